//! Writing results: to standard output, or whole files at once.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::message::{Lang, Message};
use crate::msg;
use crate::report::format::{self, Format};

/// Bytes that go to standard output at a time.
const PRINTED_BYTES: usize = 64 << 10;

/// A format and the file it goes to; standard output without one.
pub type Destination = (&'static dyn Format, Option<PathBuf>);

/// Pairs `--format` with `--output`: `--format json:report.json` names its own file, an
/// `--output` takes the next format without one, or the format its ending suggests.
///
/// # Errors
/// What is wrong with a format's name.
pub fn targets(formats: &[String], files: &[PathBuf]) -> Result<Vec<Destination>, Message> {
    let mut targets: Vec<Destination> = Vec::new();
    for text in formats {
        let (name, file) = match text.split_once(':') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text.as_str(), None),
        };
        let Some(format) = format::named(name) else {
            return Err(msg!(NotOneOf, value = name, allowed = format::names()));
        };
        targets.push((format, file));
    }
    for file in files {
        match targets.iter_mut().find(|(_, taken)| taken.is_none()) {
            Some(target) => target.1 = Some(file.clone()),
            None => targets.push((format::of_file(file), Some(file.clone()))),
        }
    }
    if targets.is_empty() {
        targets.push((format::usual(), None));
    }
    Ok(targets)
}

/// Writes a text to a file (see [`write_with`]).
///
/// # Errors
/// The operating system's.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    write_with(path, |to| to.write_all(text.as_bytes()))
}

/// Writes a file whole: beside it first, then in its place, so that nothing half-written stays.
/// A link stays a link to the file written; a device or a pipe is written to, never replaced.
///
/// # Errors
/// The operating system's.
#[allow(clippy::disallowed_methods)] // the one place that writes files
pub fn write_with(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        return fill(&path, content);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tmp");
    let beside = PathBuf::from(beside);
    fill(&beside, content)?;
    std::fs::rename(&beside, &path).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

#[allow(clippy::disallowed_methods)] // likewise
fn fill(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut to = BufWriter::new(File::create(path)?);
    content(&mut to)?;
    to.flush()
}

/// Prints a text to standard output (see [`print_with`]).
pub fn print(text: &str) -> bool {
    print_with(|to| to.write_all(text.as_bytes()))
}

/// Prints to standard output; whether that worked. A reader that went away (`| head`) is no error.
pub fn print_with(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> bool {
    let out =
        anstream::AutoStream::new(std::io::stdout().lock(), anstream::ColorChoice::AlwaysAnsi);
    // Standard output by itself goes out line by line.
    let mut out = BufWriter::with_capacity(PRINTED_BYTES, out);
    match content(&mut out).and_then(|()| out.flush()) {
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

    type Words = &'static [&'static str];
    type Pairs = &'static [(&'static str, &'static str)];

    #[test]
    fn formats_and_files_pair_up() {
        let pair = |formats: &[&str], files: &[&str]| {
            let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            targets(&formats, &files).ok()
        };
        let cases: [(Words, Words, Pairs); 4] = [
            (&[], &[], &[("text", "")]),
            (&["json"], &["a.json"], &[("json", "a.json")]),
            (&[], &["a.json"], &[("json", "a.json")]),
            (&["text", "json:b.json"], &[], &[("text", ""), ("json", "b.json")]),
        ];
        for (formats, files, expected) in cases {
            let found = pair(formats, files).unwrap();
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(format, file)| {
                    let file = file.as_ref().and_then(|file| file.to_str());
                    (format.id(), file.unwrap_or_default())
                })
                .collect();
            assert_eq!(found, expected);
        }
        assert!(pair(&["jsn"], &[]).is_none());
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
