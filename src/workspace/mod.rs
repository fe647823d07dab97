//! The analyst's folder: settings, the plan's skeleton, waivers, rule files, where the data is.

pub mod config;
pub mod fields;
pub mod json;
pub mod plan;
pub mod waivers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::files::{Entry, Files, Kind};
use crate::message::Message;
use crate::msg;
use crate::source::workbook::is_locked;
use crate::source::{SourceId, Sources};
use config::Config;
use fields::Complaints;
use plan::Plan;
use waivers::Waiver;

/// The name of the settings, which make a folder a workspace.
pub const SETTINGS: &str = "rasoat.toml";

/// One script file.
#[derive(Clone, Debug)]
pub struct ScriptFile {
    /// Its source.
    pub source: SourceId,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it holds shared functions rather than declarations.
    pub library: bool,
}

/// Everything in the folder but the data, read but not yet run.
#[derive(Debug)]
pub struct Workspace {
    /// The settings.
    pub config: Config,
    /// The plan's skeleton.
    pub plan: Plan,
    /// Accepted exceptions.
    pub waivers: Vec<Waiver>,
    /// Rule files, shared functions first, then in order of path.
    pub scripts: Vec<ScriptFile>,
    /// The folder of contracts and data files.
    pub datasets: PathBuf,
}

impl Workspace {
    /// Reads a workspace.
    ///
    /// # Errors
    /// The one complaint that leaves nothing to work with: no folder, or no rasoat.toml.
    pub fn open(
        root: &Path,
        sources: &mut Sources,
        complaints: &Complaints,
    ) -> Result<Workspace, Box<Diagnostic>> {
        let path = root.join(SETTINGS);
        let source = sources.read(&path).map_err(|error| {
            let shown = root.display().to_string();
            let kind = sources.files().kind(root);
            let message = match kind {
                Some(Kind::Folder) => msg!(NoWorkspace, path = shown),
                Some(_) => msg!(NotAFolder, path = shown),
                None => msg!(NoFolder, path = shown),
            };
            let is_folder = kind == Some(Kind::Folder);
            let missing = error.kind() == std::io::ErrorKind::NotFound || !is_folder;
            Box::new(if missing {
                Diagnostic::new(Code::NoWorkspace, message).help(msg!(NoWorkspaceHelp))
            } else {
                Diagnostic::new(
                    Code::Unreadable,
                    msg!(Unreadable, path = SETTINGS, detail = reason(&error)),
                )
                .help(msg!(UnreadableHelp))
            })
        })?;
        let config = Config::read(sources, source, complaints);
        let rules = root.join(&config.rules);
        let plan = match sources.read(&rules.join("plan.toml")) {
            Ok(source) => Plan::read(sources, source, complaints),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let path = sources.display(&rules.join("plan.toml"));
                complaints.borrow_mut().push(
                    Diagnostic::new(Code::NoPlan, msg!(NoPlan, path = path)).help(msg!(NoPlanHelp)),
                );
                Plan::default()
            }
            Err(error) => {
                complain_unreadable(sources, &rules.join("plan.toml"), &error, complaints);
                Plan::default()
            }
        };
        let waivers = match sources.read(&rules.join("waivers.toml")) {
            Ok(source) => waivers::read(sources, source, complaints),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                complain_unreadable(sources, &rules.join("waivers.toml"), &error, complaints);
                Vec::new()
            }
        };
        let scripts = read_scripts(&rules, sources, complaints);
        if scripts.iter().all(|script| script.library) {
            complaints.borrow_mut().push(
                Diagnostic::new(Code::NoRules, msg!(NoRules, path = sources.display(&rules)))
                    .help(msg!(NoRulesHelp)),
            );
        }
        let datasets = root.join(&config.datasets);
        Ok(Workspace { config, plan, waivers, scripts, datasets })
    }
}

/// Why the operating system refused, in the user's language.
pub fn reason(error: &std::io::Error) -> Message {
    match error.kind() {
        _ if is_locked(error) => msg!(IoLocked),
        std::io::ErrorKind::NotFound => msg!(IoNotFound),
        std::io::ErrorKind::PermissionDenied => msg!(IoDenied),
        std::io::ErrorKind::IsADirectory => msg!(IoIsFolder),
        std::io::ErrorKind::StorageFull => msg!(IoFull),
        std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::InvalidInput
        | std::io::ErrorKind::UnexpectedEof => msg!(IoNotAsNamed),
        _ => msg!(IoOther, detail = error.to_string()),
    }
}

fn complain_unreadable(
    sources: &Sources,
    path: &Path,
    error: &std::io::Error,
    complaints: &Complaints,
) {
    complaints.borrow_mut().push(
        Diagnostic::new(
            Code::Unreadable,
            msg!(Unreadable, path = sources.display(path), detail = reason(error)),
        )
        .help(msg!(UnreadableHelp)),
    );
}

fn read_scripts(folder: &Path, sources: &mut Sources, complaints: &Complaints) -> Vec<ScriptFile> {
    let files = Arc::clone(sources.files());
    let mut paths = Vec::new();
    collect(&*files, folder, &mut paths);
    paths.sort();
    let library = folder.join("lib");
    let mut scripts: Vec<ScriptFile> = paths
        .into_iter()
        .filter_map(|path| match files.read(&path) {
            Ok(bytes) => {
                // A byte order mark is no part of the text; positions count without it.
                let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes);
                let source = sources.add(&path, text);
                Some(ScriptFile { source, library: path.starts_with(&library), path })
            }
            Err(error) => {
                complain_unreadable(sources, &path, &error, complaints);
                None
            }
        })
        .collect();
    scripts.sort_by_key(|script| !script.library);
    scripts
}

fn collect(files: &dyn Files, folder: &Path, paths: &mut Vec<PathBuf>) {
    for Entry { path, kind, .. } in files.list(folder).unwrap_or_default() {
        if kind == Kind::Folder {
            collect(files, &path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rhai") {
            paths.push(path);
        }
    }
}
