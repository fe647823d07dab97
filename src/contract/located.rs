//! Which files belong to a dataset.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Contract;
use super::endings::{is_data, is_lock, is_stray, stem};
use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::files::matching;
use crate::msg;
use crate::source::workbook::{is_locked, is_workbook};
use crate::source::{Location, Mark, SourceId, Sources};
use crate::workspace::reason;

/// The data files of a folder by the name they have without their ending. A text file beside a
/// dataset is as likely to be a note on it.
pub fn by_stem(listed: &[PathBuf]) -> HashMap<String, Vec<PathBuf>> {
    let mut files: HashMap<String, Vec<PathBuf>> = HashMap::new();
    for path in listed.iter().filter(|path| is_stray(path)) {
        files.entry(stem(path)).or_default().push(path.clone());
    }
    files
}

/// The files of a dataset: those its contract's `path` matches, else the one of its own name.
/// None found, or several where one was meant, is a complaint.
pub fn of(
    contract: Option<&Contract>,
    name: &str,
    at: Option<Location>,
    folder: &Path,
    own: &HashMap<String, Vec<PathBuf>>,
    sources: &Sources,
    findings: &Findings,
) -> Vec<PathBuf> {
    let complain = |complaint| findings.tell(complaint);
    let patterns = contract.map(|contract| &contract.paths[..]).unwrap_or_default();
    if patterns.is_empty() {
        let own = own.get(name).cloned().unwrap_or_default();
        if own.is_empty() {
            let path = sources.display(&folder.join(format!("{name}.csv")));
            complain(
                Diagnostic::of(
                    Code::ContractWithoutDataset,
                    msg!(ContractWithoutDataset, table = name, path = &path),
                )
                .mark_or_nowhere(at)
                .help(msg!(ContractWithoutDatasetHelp, path = &path)),
            );
        } else if own.len() > 1 {
            let names: Vec<String> = own.iter().map(|path| sources.display(path)).collect();
            complain(
                Diagnostic::of(
                    Code::ContractWithoutDataset,
                    msg!(SeveralFiles, table = name, paths = names.join(", ")),
                )
                .mark_or_nowhere(at)
                .help(msg!(SeveralFilesHelp)),
            );
            return Vec::new();
        }
        return own;
    }
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let before = found.len();
        let matching = matching(&**sources.files(), folder, &pattern.value);
        found.extend(matching.files.into_iter().filter(|path| is_data(path) && !is_lock(path)));
        for (path, error) in &matching.closed {
            complain(unreadable(sources, path, error));
        }
        if found.len() == before {
            let path = sources.display(&folder.join(&pattern.value));
            complain(
                Diagnostic::of(
                    Code::ContractWithoutDataset,
                    msg!(ContractWithoutDataset, table = name, path = &path),
                )
                .mark(pattern.at)
                .help(msg!(DataPathHelp)),
            );
            // Figures from some of the files would be taken for the figures of all.
            return Vec::new();
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A data file no contract describes.
pub fn tell_stray(path: &Path, sources: &mut Sources, findings: &Findings) {
    let shown = sources.display(path);
    let contract = sources.display(&path.with_file_name(format!("{}.toml", stem(path))));
    let header = (!is_workbook(path)).then(|| sources.open(path, b',', None).ok()).flatten();
    let header = header.map(|source| Location { source, span: sources.get(source).first_line() });
    let finding =
        Diagnostic::of(Code::DatasetWithoutContract, msg!(DatasetWithoutContract, path = &shown))
            .help(msg!(DatasetWithoutContractHelp, path = &contract));
    findings.tell(finding.mark_or_nowhere(header));
}

/// Files of a dataset with the same content, which would count twice.
pub fn tell_copies(files: &[SourceId], sources: &Sources) -> Vec<Diagnostic> {
    if files.len() < 2 {
        return Vec::new();
    }
    // Most files differ in length or where they end; what is a table may stand in a text as well.
    let is_table = |file: &SourceId| sources.get(*file).table().is_some();
    let is_mixed = files.iter().any(is_table) && !files.iter().all(is_table);
    let mut first: HashMap<Mark<'_>, Vec<SourceId>> = HashMap::new();
    let mut told = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let source = sources.get(*file);
        if source.is_empty() {
            continue;
        }
        let alike = first.entry(source.mark()).or_default();
        let others =
            files[..at].iter().filter(|other| is_mixed && is_table(other) != is_table(file));
        let mut others = alike.iter().chain(others);
        match others.find(|other| source.has_content_of(sources.get(**other))) {
            Some(other) => {
                let a = &sources.get(*other).name;
                let copy = msg!(SameFileTwice, a = a, b = &source.name);
                let at = Location { source: *file, span: source.first_line() };
                let copy = Diagnostic::of(Code::SameFileTwice, copy).mark(at);
                told.push(copy.help(msg!(SameFileTwiceHelp)));
            }
            None => alike.push(*file),
        }
    }
    told
}

/// A file that could not be read.
pub fn unreadable(sources: &Sources, path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::of(
        Code::Unreadable,
        msg!(Unreadable, path = sources.display(path), detail = reason(error)),
    )
    .help(match error.kind() {
        _ if is_locked(error) => msg!(UnlockHelp),
        std::io::ErrorKind::InvalidData if is_workbook(path) => msg!(SaveAgainHelp),
        _ => msg!(UnreadableHelp),
    })
    .nowhere()
}

/// What is told of a file whose encoding nobody declared and that is not UTF-8, or whose content
/// does not fit the one declared.
pub fn tell_guess(contract: &Contract, source: SourceId, sources: &Sources) -> Option<Diagnostic> {
    let file = sources.get(source);
    let guess = file.guess?;
    let name = guess.encoding.name();
    if let Some(declared) = contract.encoding {
        let doubt = msg!(
            EncodingDoubtful,
            path = &file.name,
            declared = declared.name(),
            encoding = name,
            confidence = guess.confidence
        );
        let help =
            if guess.is_marked { msg!(EncodingMarkHelp) } else { msg!(EncodingDoubtfulHelp) };
        return Some(
            Diagnostic::of(Code::EncodingDoubtful, doubt)
                .mark(Location { source, span: file.first_line() })
                .help(help),
        );
    }
    let complaint =
        msg!(EncodingGuessed, path = &file.name, encoding = name, confidence = guess.confidence);
    Some(
        Diagnostic::of(Code::EncodingGuessed, complaint)
            .mark(Location { source, span: file.first_line() })
            .label(contract.at, msg!(EncodingDeclare, encoding = name)),
    )
}
