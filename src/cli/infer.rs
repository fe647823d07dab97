//! `rasoat schema infer`: contracts for data that has none.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::BROKEN;
use super::args::{Display, SchemaInferArgs};
use super::output::{self, print};
use super::watch::with_bar;
use crate::check::open;
use crate::drafting::{Known, dataset_name, infer, is_described};
use crate::files::{Disk, Files, Kind};
use crate::message::{Lang, Message};
use crate::msg;
use crate::reading::stream::Meter;
use crate::source::{HELD_BYTES, Sources};
use crate::workspace::config::Listings;
use crate::workspace::{SETTINGS, reason, settings};

/// The workspace a file is in: its language, and what its columns may refer to.
#[derive(Default)]
struct Around {
    lang: Option<Lang>,
    /// Its folder of datasets.
    datasets: Option<PathBuf>,
    known: Known,
}

/// Runs the command.
pub fn run(args: &SchemaInferArgs, display: &Display) -> u8 {
    let files: Arc<dyn Files> = Arc::new(Disk);
    let mut status = 0;
    let mut workspaces: HashMap<Option<PathBuf>, Around> = HashMap::new();
    // Lists of areas and units go first: the columns of others refer to them.
    let mut data: Vec<(bool, &PathBuf)> =
        args.data.iter().map(|path| (is_list(&files, path), path)).collect();
    data.sort_by_key(|(is_list, _)| !is_list);
    for (is_list, path) in data {
        let root = workspace_of(&*files, path);
        let done = with_bar(display, false, root.as_deref(), |meter| {
            let around = workspaces.entry(root.clone()).or_insert_with(|| {
                root.as_deref().map(|root| around(&files, root, &*meter)).unwrap_or_default()
            });
            Ok(describe(&files, path, args.stdout, around, display, &*meter))
        });
        status = status.max(done.unwrap_or_else(|status| status));
        // What it lists is known from now on.
        if is_list {
            workspaces.remove(&root);
        }
    }
    status
}

/// Whether a file is what the settings of its workspace name as the list of areas or of units.
fn is_list(files: &Arc<dyn Files>, path: &Path) -> bool {
    let Some(root) = workspace_of(&**files, path) else { return false };
    let mut sources = Sources::among(Arc::clone(files), &root);
    let Ok(config) = settings(&root, &mut sources).map(|told| told.made) else { return false };
    let name = dataset_name(path).0;
    [&config.areas, &config.units].into_iter().flatten().any(|list| list.dataset.value == name)
}

/// The nearest folder above a file that has settings.
fn workspace_of(files: &dyn Files, path: &Path) -> Option<PathBuf> {
    let whole = files.resolve(path).ok()?;
    let mut above = whole.ancestors().skip(1);
    let has_settings = |folder: &&Path| files.kind(&folder.join(SETTINGS)) == Some(Kind::File);
    above.find(has_settings).map(Path::to_owned)
}

/// What is wrong with the workspace is no matter here: whatever can be read of it is used.
fn around(files: &Arc<dyn Files>, root: &Path, meter: &dyn Meter) -> Around {
    let Ok(opened) = open(files, root) else { return Around::default() };
    let mut opened = opened.made;
    let catalog = opened.data(meter).1.made;
    let config = &opened.config;
    let lists = Listings { areas: config.areas.as_ref(), units: config.units.as_ref() };
    let year = config.year.unwrap_or_default();
    let datasets =
        catalog.read(&opened.sources, lists, HELD_BYTES).made.in_year(year, &opened.sources).made;
    let folder = files.resolve(&opened.datasets()).ok();
    Around { lang: config.lang, datasets: folder, known: Known::of(&datasets, lists) }
}

fn describe(
    files: &Arc<dyn Files>,
    path: &Path,
    stdout: bool,
    around: &Around,
    display: &Display,
    meter: &dyn Meter,
) -> u8 {
    let lang = display.lang().or(around.lang).unwrap_or_default();
    let refuse = |message: &Message, help: Option<&Message>| {
        output::error(message, help, lang);
        BROKEN
    };
    let shown = path.display().to_string();
    if files.kind(path).is_some() && !is_described(&**files, path) {
        return refuse(&msg!(DraftNotData, path = &shown), Some(&msg!(DraftKinds)));
    }
    let name = format!("{}.toml", dataset_name(path).0);
    let whole = files.resolve(path).unwrap_or_else(|_| path.to_owned());
    let inside = around.datasets.as_deref().and_then(|folder| whole.strip_prefix(folder).ok());
    // Contracts are looked for in the datasets folder itself.
    let (contract, beneath) = match (&around.datasets, inside.map(Path::parent)) {
        (Some(_), Some(None)) => {
            let told = msg!(DraftOfDatasets, path = &shown);
            return refuse(&told, Some(&msg!(DraftOfDatasetsHelp)));
        }
        (Some(folder), Some(Some(beneath))) if !beneath.as_os_str().is_empty() => {
            (folder.join(name), beneath)
        }
        _ => (path.with_file_name(name), Path::new("")),
    };
    let here = files.resolve(Path::new("."));
    let near = here.ok().and_then(|here| contract.strip_prefix(here).ok().map(Path::to_owned));
    let contract_shown = near.as_deref().unwrap_or(&contract).display().to_string();
    let draft = match infer(files, path, beneath, &around.known, lang, meter) {
        Ok(Some(draft)) => draft,
        Ok(None) => {
            return refuse(&msg!(DraftNoTable, path = &shown), Some(&msg!(DraftNoTableHelp)));
        }
        Err(error) => {
            let told = msg!(Unreadable, path = &shown, detail = reason(&error));
            return refuse(&told, Some(&msg!(DraftKinds)));
        }
    };
    if stdout {
        return if print(&draft.text) { 0 } else { BROKEN };
    }
    if files.kind(&contract).is_some() {
        let there = msg!(DraftThere, path = &contract_shown);
        return refuse(&there, Some(&msg!(DraftThereHelp)));
    }
    if let Err(error) = output::write(&contract, &draft.text) {
        let told = msg!(CannotWrite, path = &contract_shown, detail = reason(&error));
        return refuse(&told, None);
    }
    let (columns, unsure) = (draft.columns, draft.unsure);
    let written = msg!(DraftWritten, path = &contract_shown, columns = columns, unsure = unsure);
    let next = match &around.datasets {
        Some(folder) if inside.is_none() => {
            msg!(DraftElsewhere, folder = folder.display().to_string())
        }
        _ => msg!(DraftNext),
    };
    let text = format!("{}\n  {}\n", written.text(lang), next.text(lang));
    if print(&text) { 0 } else { BROKEN }
}
