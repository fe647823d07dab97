//! The analyst's folder: settings, the plan's skeleton, waivers, rule files, where the data is.

pub mod config;
pub mod fields;
pub mod json;
pub mod plan;
pub mod waivers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Findings, Told};
use crate::files::{Files, FolderEntry, Kind};
use crate::message::Message;
use crate::msg;
use crate::source::workbook::is_locked;
use crate::source::{Location, SourceId, Sources};
use config::Config;
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

/// What analysts write: the plan's skeleton, exceptions and rules, read but not yet run.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    /// The plan's skeleton.
    pub plan: Plan,
    /// Accepted exceptions.
    pub waivers: Vec<Waiver>,
    /// Rule files, shared functions first, then in order of path.
    pub scripts: Vec<ScriptFile>,
    /// Files that are named like rule files and are not read.
    pub unread: Vec<SourceId>,
}

/// Reads the settings of the workspace in a folder.
///
/// # Errors
/// The one complaint that leaves nothing to work with: no folder, or no rasoat.toml.
pub fn settings(root: &Path, sources: &mut Sources) -> Result<Told<Config>, Box<Diagnostic>> {
    let source = sources.read(&root.join(SETTINGS)).map_err(|error| {
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
            Diagnostic::of(Code::NoWorkspace, message).help(msg!(NoWorkspaceHelp)).nowhere()
        } else {
            unreadable(SETTINGS, &error)
        })
    })?;
    let findings = Findings::default();
    let config = Config::read(sources, source, &findings);
    Ok(findings.about(config))
}

impl Rulebook {
    /// Reads plan, waivers and scripts in a folder. Every one of them may be missing.
    pub fn read(folder: &Path, sources: &mut Sources) -> Told<Rulebook> {
        let findings = Findings::default();
        let mut own = |name: &str| {
            let path = folder.join(name);
            let source = sources.read(&path);
            source.map_err(|error| (sources.display(&path), error))
        };
        let (plan, waivers) = (own("plan.toml"), own("waivers.toml"));
        let plan = match plan {
            Ok(source) => Plan::read(sources, source, &findings),
            Err((path, error)) => {
                findings.tell(match error.kind() {
                    std::io::ErrorKind::NotFound => {
                        Diagnostic::of(Code::NoPlan, msg!(NoPlan, path = path))
                            .help(msg!(NoPlanHelp))
                            .nowhere()
                    }
                    _ => unreadable(&path, &error),
                });
                Plan::default()
            }
        };
        let waivers = match waivers {
            Ok(source) => waivers::read(sources, source, &findings),
            Err((path, error)) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    findings.tell(unreadable(&path, &error));
                }
                Vec::new()
            }
        };
        let (scripts, unread) = read_scripts(folder, sources, &findings);
        if scripts.iter().all(|script| script.library) {
            findings.tell(
                Diagnostic::of(Code::NoRules, msg!(NoRules, path = sources.display(folder)))
                    .help(msg!(NoRulesHelp))
                    .nowhere(),
            );
        }
        findings.about(Rulebook { plan, waivers, scripts, unread })
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

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::of(Code::Unreadable, msg!(Unreadable, path = path, detail = reason(error)))
        .help(msg!(UnreadableHelp))
        .nowhere()
}

/// Reads the scripts in a folder, and the files in it that are named like some.
fn read_scripts(
    folder: &Path,
    sources: &mut Sources,
    findings: &Findings,
) -> (Vec<ScriptFile>, Vec<SourceId>) {
    let mut paths = Vec::new();
    collect(&**sources.files(), folder, &mut paths);
    paths.sort();
    let (paths, others): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| is_script(path));
    let unread = others.iter().filter_map(|path| tell_unread(path, sources, findings)).collect();
    let library = folder.join("lib");
    let mut scripts: Vec<ScriptFile> = paths
        .into_iter()
        .filter_map(|path| match read_script(&path, sources) {
            Ok(source) => Some(ScriptFile { source, library: path.starts_with(&library), path }),
            Err(error) => {
                findings.tell(unreadable(&sources.display(&path), &error));
                None
            }
        })
        .collect();
    scripts.sort_by_key(|script| !script.library);
    (scripts, unread)
}

/// Says that a file is not read that is named like a script.
fn tell_unread(path: &Path, sources: &mut Sources, findings: &Findings) -> Option<SourceId> {
    let source = read_script(path, sources).ok();
    let at = source.map(|source| Location { source, span: (0..0).into() });
    let told = msg!(ScriptNotRead, path = sources.display(path));
    let name = format!("{}.rhai", stem(path));
    findings.tell(
        Diagnostic::of(Code::ScriptNotRead, told)
            .mark_or_nowhere(at)
            .help(msg!(ScriptNotReadHelp, name = name)),
    );
    source
}

/// Reads a script. A byte order mark is no part of its text; positions count without it.
///
/// # Errors
/// The operating system's, when the file cannot be read.
pub fn read_script(path: &Path, sources: &mut Sources) -> std::io::Result<SourceId> {
    let bytes = sources.files().read(path)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).map(Arc::from);
    Ok(sources.add(path, text.unwrap_or(bytes)))
}

fn collect(files: &dyn Files, folder: &Path, paths: &mut Vec<PathBuf>) {
    for FolderEntry { path, kind, .. } in files.list(folder).unwrap_or_default() {
        if kind == Kind::Folder {
            collect(files, &path, paths);
        } else if is_named_like_a_script(&path) {
            paths.push(path);
        }
    }
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rhai")
}

/// A script, or what somebody takes for one: `a.RHAI`, `a.rhai.txt`.
fn is_named_like_a_script(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    name.is_some_and(|name| name.ends_with(".rhai") || name.ends_with(".rhai.txt"))
}

/// A file's name without what it ends in.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}
