//! What reports are written in: one file a format, and the list of them.

mod concise;
pub mod json;
pub mod text;

pub use concise::Concise;
pub use json::Json;
pub use text::Text;

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use super::view::ReportView;
use crate::diagnostic::Severity;
use crate::message::Lang;

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The language.
    pub lang: Lang,
    /// Whether to colour.
    pub color: bool,
    /// The least severity shown in full.
    pub show: Severity,
    /// Whether findings are shown at all, or the summary alone.
    pub quiet: bool,
    /// When the run began, where a reader waits for it and may be told how long it took.
    pub started: Option<Instant>,
}

impl Options {
    /// All there is, without colours.
    pub fn new(lang: Lang) -> Options {
        Options { lang, color: false, show: Severity::Advice, quiet: false, started: None }
    }
}

/// A form a report is written in.
pub trait Format: Sync {
    /// What it is called on the command line.
    fn id(&self) -> &'static str;

    /// What files that hold it end in. Of formats that share an ending the first of [`FORMATS`] is
    /// meant by it.
    fn extension(&self) -> &'static str;

    /// The severity from which on it draws findings with the lines they point at, which a view
    /// made for it must then have; nothing for a format that draws none.
    fn drawn_from(&self, _options: &Options) -> Option<Severity> {
        None
    }

    /// The severity from which on it tells the places of findings that it does not draw; nothing
    /// for a format that tells none.
    fn placed_from(&self, _options: &Options) -> Option<Severity> {
        Some(Severity::Advice)
    }

    /// Writes the report, to its last line break.
    ///
    /// # Errors
    /// Those of the writer.
    fn render(&self, view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()>;
}

/// Every format, the usual one first.
pub static FORMATS: &[&dyn Format] = &[&Text, &Concise, &Json];

/// The format used where none is asked for.
pub fn usual() -> &'static dyn Format {
    FORMATS[0]
}

/// The format of this name.
pub fn named(id: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.id() == id).copied()
}

/// The format a file's ending suggests.
pub fn of_file(path: &Path) -> &'static dyn Format {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let known = FORMATS.iter().find(|format| ending == Some(format.extension()));
    known.copied().unwrap_or_else(usual)
}

/// The names of all formats, as they are told.
pub fn names() -> String {
    FORMATS.iter().map(|format| format.id()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_endings_lead_to_the_first() {
        for format in FORMATS {
            assert_eq!(named(format.id()).map(Format::id), Some(format.id()));
            let file = format!("report.{}", format.extension());
            assert_eq!(of_file(Path::new(&file)).extension(), format.extension());
        }
        let guessed = ["a.json", "a.txt", "a.JSON", "a", "json"].map(|file| {
            let format = of_file(Path::new(file));
            format.id()
        });
        assert_eq!(guessed, ["json", "text", "text", "text", "text"]);
    }
}
