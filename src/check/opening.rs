//! What every command on a workspace begins with: its settings, its contracts, its data files.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use super::Refused;
use crate::data::Catalog;
use crate::data::stream::Watch;
use crate::diagnostic::Diagnostic;
use crate::files::Files;
use crate::source::Sources;
use crate::workspace::fields::Complaints;
use crate::workspace::{SETTINGS, Workspace};

/// A workspace whose contracts have been read and whose data files are open.
#[derive(Debug)]
pub struct Opened {
    /// All files.
    pub sources: Sources,
    /// Everything but the data.
    pub workspace: Workspace,
    /// The datasets.
    pub catalog: Catalog,
    /// What was wrong so far.
    pub findings: Vec<Diagnostic>,
}

/// Opens a workspace. With `only_data`, what is wrong with its plan, waivers and rules is not told.
///
/// # Errors
/// [`Refused`] when there is no workspace.
pub fn open(
    files: &Arc<dyn Files>,
    root: &Path,
    only_data: bool,
    watch: &dyn Watch,
) -> Result<Opened, Box<Refused>> {
    let mut sources = Sources::among(Arc::clone(files), root);
    let complaints: Complaints = RefCell::default();
    let workspace = match Workspace::open(root, &mut sources, &complaints) {
        Ok(workspace) => workspace,
        Err(reason) => {
            return Err(Box::new(Refused { diagnostics: vec![*reason], sources, lang: None }));
        }
    };
    if only_data {
        complaints.borrow_mut().retain(|complaint| {
            let place = complaint.labels.first().map(|label| sources.get(label.at.source));
            place.is_some_and(|source| source.path == root.join(SETTINGS))
        });
    }
    if let Some(lang) = workspace.config.lang {
        watch.speak(lang);
    }
    let catalog = Catalog::load(&mut sources, &workspace.datasets, watch, &complaints);
    Ok(Opened { sources, workspace, catalog, findings: complaints.into_inner() })
}
