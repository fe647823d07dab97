//! Writing results: to standard output, or whole files at once.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::message::{Lang, Message};
use crate::msg;
use crate::report::{Renderer, concise, json, terminal};

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Findings in full and the summary.
    Text,
    /// One line a finding.
    Concise,
    /// For machines.
    Json,
}

impl Format {
    const NAMES: [(&'static str, Format); 3] =
        [("text", Format::Text), ("concise", Format::Concise), ("json", Format::Json)];

    /// The format of this name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// The format a file's ending suggests.
    fn of_file(path: &Path) -> Format {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => Format::Json,
            _ => Format::Text,
        }
    }

    /// What renders it.
    pub fn renderer(self) -> Renderer {
        match self {
            Format::Text => terminal::render,
            Format::Concise => concise::render,
            Format::Json => json::render,
        }
    }
}

/// A format and the file it goes to; standard output without one.
pub type Target = (Format, Option<PathBuf>);

/// Pairs `--format` with `--output`: `--format json:report.json` names its own file, an
/// `--output` takes the next format without one, or the format its ending suggests.
///
/// # Errors
/// What is wrong with a format's name.
pub fn targets(formats: &[String], files: &[PathBuf]) -> Result<Vec<Target>, Message> {
    let mut targets: Vec<Target> = Vec::new();
    for text in formats {
        let (name, file) = match text.split_once(':') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text.as_str(), None),
        };
        let Some(format) = Format::parse(name) else {
            let names = Format::NAMES.map(|(name, _)| name).join(", ");
            return Err(msg!(NotOneOf, value = name, allowed = names));
        };
        targets.push((format, file));
    }
    for file in files {
        match targets.iter_mut().find(|(_, taken)| taken.is_none()) {
            Some(target) => target.1 = Some(file.clone()),
            None => targets.push((Format::of_file(file), Some(file.clone()))),
        }
    }
    if targets.is_empty() {
        targets.push((Format::Text, None));
    }
    Ok(targets)
}

/// Writes a file whole: beside it first, then in its place, so that nothing half-written stays.
/// A link stays a link to the file written; a device or a pipe is written to, never replaced.
///
/// # Errors
/// The operating system's.
#[allow(clippy::disallowed_methods)] // the one place that writes files
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        return std::fs::write(&path, text);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tmp");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, &path).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

/// Prints to standard output; whether that worked. A reader that went away (`| head`) is no error.
pub fn print(text: &str) -> bool {
    let mut out =
        anstream::AutoStream::new(std::io::stdout().lock(), anstream::ColorChoice::AlwaysAnsi);
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::BrokenPipe,
    }
}

/// Prints to standard error.
pub fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints an error that points at no file, and what to do about it.
pub fn error(message: &Message, help: Option<&Message>, lang: Lang) {
    let mut text = format!("{}: {}\n", msg!(WordError).text(lang), message.text(lang));
    if let Some(help) = help {
        text.push_str(&format!("  {}: {}\n", msg!(Help).text(lang), help.text(lang)));
    }
    complain(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_files_pair_up() {
        let pair = |formats: &[&str], files: &[&str]| {
            let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            targets(&formats, &files).ok()
        };
        let file = |name: &str| Some(PathBuf::from(name));
        assert_eq!(pair(&[], &[]), Some(vec![(Format::Text, None)]));
        assert_eq!(pair(&["json"], &["a.json"]), Some(vec![(Format::Json, file("a.json"))]));
        assert_eq!(pair(&[], &["a.json"]), Some(vec![(Format::Json, file("a.json"))]));
        assert_eq!(
            pair(&["text", "json:b.json"], &[]),
            Some(vec![(Format::Text, None), (Format::Json, file("b.json"))])
        );
        assert_eq!(pair(&["jsn"], &[]), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_stays_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.txt"), folder.path().join("link"));
        std::fs::write(&file, "before").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "after").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "after");

        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap())
        };
        write(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(!std::fs::symlink_metadata(&pipe).unwrap().is_file());
    }
}
