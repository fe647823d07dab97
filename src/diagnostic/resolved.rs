//! Findings that stand on their own: their places looked up, and the lines they point at copied.
//!
//! A [`Diagnostic`] points symbolically into [`Sources`]. A [`Finding`] says the same with
//! nothing behind it, so that it can be told when the files are long gone. Of a very long line
//! only what is about its first label is copied.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;

use super::{Class, Code, Diagnostic, Severity};
use crate::message::Message;
use crate::source::{Place, Source, SourceId, SourceLine, Sources, Span, character_at};

/// Bytes a line of source may have before only what is about its first label is looked at, and how
/// many of them are then looked at before that label, and after it.
const LONG_LINE: usize = 4 << 10;
const LOOKED_AT: usize = 1 << 10;

/// What a file may begin with that is no text of it.
const MARK_OF_ORDER: char = '\u{feff}';

/// A place looked up, as a reader finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file, as messages call it.
    pub file: String,
    /// 1-based line, in a spreadsheet the row.
    pub line: usize,
    /// 1-based column in characters, in a spreadsheet the column of the cell.
    pub column: usize,
    /// The line of the end.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// The cell of a spreadsheet, as `Sheet!B7`.
    pub cell: Option<String>,
}

impl Position {
    /// Looks a place up.
    pub fn of(place: impl Into<Place>, sources: &Sources) -> Position {
        let at = sources.locate(place.into());
        let source = sources.get(at.source);
        let (line, column) = source.line_column(at.span.start);
        let (end_line, end_column) = source.line_column(at.span.end);
        let cell = source.cell_name(at.span.start);
        Position { file: source.name.clone(), line, column, end_line, end_column, cell }
    }
}

impl Display for Position {
    /// As messages give it: `file:line:column`, or `file:Sheet!B7`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => write!(f, "{}:{cell}", self.file),
            None => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// One place a finding points at, and what is to be seen there.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub place: Position,
    /// What is to be seen there; nothing when the caret says it all.
    pub text: Option<Message>,
}

/// A text to put in place of what stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The place; where it begins and ends at one, something is put in between.
    pub place: Position,
    /// The text.
    pub text: String,
}

impl Fix {
    /// A fix looked up; `None` where what it would replace is not there, or is shown as a text and
    /// is none.
    fn of(fix: super::Fix, first: Option<Place>, sources: &Sources) -> Option<Fix> {
        let mut at = sources.locate(fix.at.or(first)?);
        if sources.get(at.source).table().is_some() {
            return None;
        }
        if let Some(part) = &fix.part {
            let bytes = sources.get(at.source).slice(at.span);
            let start = at.span.start + memchr::memmem::find(&bytes, part.as_bytes())?;
            at.span = (start..start + part.len()).into();
        }
        Some(Fix { place: Position::of(at, sources), text: fix.text })
    }
}

/// A finding, complete and independent of language, format and files.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which kind of finding.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// The rule or clause concerned, shown before the message.
    pub subject: Option<String>,
    /// What is wrong, in one sentence.
    pub message: Message,
    /// Where, most important first.
    pub labels: Vec<Label>,
    /// The lines the labels stand on, a file each, in the order of their first labels. Empty where
    /// nobody is going to draw them.
    pub excerpts: Vec<Excerpt>,
    /// What would mend it.
    pub help: Vec<Message>,
    /// What would mend it, as a program can do it.
    pub fix: Option<Fix>,
    /// What else a reader should know.
    pub notes: Vec<Message>,
}

/// Lines of one file and what is marked in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines, from the top.
    pub lines: Vec<Line>,
    /// A mark for each label in the file, in the order of the labels.
    pub marks: Vec<Mark>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number as its author counts; several lines of a spreadsheet's text may be one row.
    pub number: usize,
    /// What it says, tabs and control characters included; of a very long line, a part.
    pub text: String,
}

/// What a label marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Position among [`Finding::labels`].
    pub label: usize,
    /// Position among [`Excerpt::lines`].
    pub line: usize,
    /// The bytes of that line's text: as many of those meant as stand in it, perhaps none.
    pub span: Range<usize>,
}

impl Finding {
    /// A finding with its places and the lines they are on.
    pub fn drawn(diagnostic: Diagnostic, sources: &Sources) -> Finding {
        let excerpts = excerpts(&diagnostic, sources);
        Finding { excerpts, ..Finding::told(diagnostic, sources) }
    }

    /// A finding with its places alone, to be told without being drawn.
    pub fn told(diagnostic: Diagnostic, sources: &Sources) -> Finding {
        let label = |label: super::Label| Label {
            place: Position::of(label.at, sources),
            text: label.text,
        };
        let first = diagnostic.labels.first().map(|label| label.at);
        Finding {
            fix: diagnostic.fix.and_then(|fix| Fix::of(fix, first, sources)),
            code: diagnostic.code,
            severity: diagnostic.severity,
            subject: diagnostic.subject,
            message: diagnostic.message,
            labels: diagnostic.labels.into_iter().map(label).collect(),
            excerpts: Vec::new(),
            help: diagnostic.help,
            notes: diagnostic.notes,
        }
    }

    /// A finding that is only counted: where it points is not looked up, which in a large data file
    /// means counting its lines.
    pub fn counted(mut diagnostic: Diagnostic, sources: &Sources) -> Finding {
        diagnostic.labels.clear();
        Finding::told(diagnostic, sources)
    }

    /// Whether this keeps something from being evaluated (exit status 2).
    pub fn is_broken(&self) -> bool {
        self.code.class() == Class::Broken && self.severity == Severity::Error
    }
}

/// A label's position among those of its finding, and where it points.
type Pointer = (usize, Span);

/// The lines a finding's labels stand on, by file.
fn excerpts(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Excerpt> {
    let mut files: Vec<(SourceId, Vec<Pointer>)> = Vec::new();
    for (position, label) in diagnostic.labels.iter().enumerate() {
        let at = sources.locate(label.at);
        let pointer = (position, at.span);
        match files.iter_mut().find(|(source, _)| *source == at.source) {
            Some((_, pointers)) => pointers.push(pointer),
            None => files.push((at.source, vec![pointer])),
        }
    }
    files.iter().map(|(source, pointers)| excerpt(sources.get(*source), pointers)).collect()
}

fn excerpt(source: &Source, pointers: &[Pointer]) -> Excerpt {
    // By where they begin: each line, and where the first label on it does.
    let mut found: BTreeMap<usize, (SourceLine<'_>, usize)> = BTreeMap::new();
    let mut starts = Vec::with_capacity(pointers.len());
    for (_, span) in pointers {
        let line = source.line_at(span.start);
        starts.push(line.start);
        let (_, first) = found.entry(line.start).or_insert((line, span.start));
        *first = span.start.min(*first);
    }
    let shown: Vec<(usize, Shown<'_>)> =
        found.iter().map(|(start, (line, first))| (*start, Shown::of(line, *first))).collect();
    let mark = |(start, (label, span)): (&usize, &Pointer)| {
        let line = shown.partition_point(|(other, _)| other < start);
        Mark { label: *label, line, span: shown[line].1.within(*span) }
    };
    let marks = starts.iter().zip(pointers).map(mark).collect();
    let lines = shown.into_iter().zip(found.values());
    let lines = lines.map(|((_, shown), (line, _))| shown.line(line.number)).collect();
    Excerpt { lines, marks }
}

/// What is shown of a line.
struct Shown<'a> {
    bytes: &'a [u8],
    /// Where they begin in the file.
    start: usize,
    text: Cow<'a, str>,
}

impl<'a> Shown<'a> {
    fn of(line: &'a SourceLine<'_>, first: usize) -> Shown<'a> {
        let (bytes, skipped) = about(&line.bytes, first.saturating_sub(line.start));
        Shown { bytes, start: line.start + skipped, text: String::from_utf8_lossy(bytes) }
    }

    /// Which bytes of the text a span of the file is; one that runs past the line ends with it.
    fn within(&self, span: Span) -> Range<usize> {
        let start = self.position(span.start);
        start..self.position(span.end).max(start)
    }

    fn position(&self, offset: usize) -> usize {
        let at = offset.saturating_sub(self.start).min(self.bytes.len());
        let before = String::from_utf8_lossy(&self.bytes[..at]);
        // What is no UTF-8 is longer in the text than in the file.
        let characters = readable(&before).chars().count();
        let text = readable(&self.text);
        text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
    }

    fn line(self, number: usize) -> Line {
        Line { number, text: readable(&self.text).to_owned() }
    }
}

fn readable(text: &str) -> &str {
    text.trim_start_matches(MARK_OF_ORDER)
}

/// What is looked at of a line whose first label begins at a byte, and how many bytes were skipped.
fn about(line: &[u8], first: usize) -> (&[u8], usize) {
    if line.len() <= LONG_LINE {
        return (line, 0);
    }
    let from = character_at(line, first.saturating_sub(LOOKED_AT));
    let to = character_at(line, first.saturating_add(LOOKED_AT));
    (&line[from..to], from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;
    use crate::source::{Location, Sheet};
    use std::path::Path;

    /// A finding that points at spans of a text, and the spans again as they are in its excerpt.
    fn excerpt_of(text: &[u8], spans: &[Range<usize>]) -> Excerpt {
        let mut sources = Sources::new(Path::new("/w"));
        let source = sources.add(Path::new("/w/a.csv"), text);
        let found = Diagnostic::of(Code::InvalidValue, msg!(Plain, text = "x"));
        let places = spans.iter().map(|span| Location { source, span: span.clone().into() });
        let found = found.mark_each_or_nowhere(places.map(|at| (at.into(), None)));
        let mut finding = Finding::drawn(found, &sources);
        assert_eq!(finding.excerpts.len(), 1);
        finding.excerpts.remove(0)
    }

    fn marked(excerpt: &Excerpt) -> Vec<&str> {
        excerpt.marks.iter().map(|mark| &excerpt.lines[mark.line].text[mark.span.clone()]).collect()
    }

    #[test]
    fn marks_are_of_the_text_whatever_the_bytes_are() {
        // A mark of byte order, and two bytes that are no UTF-8.
        let text = "\u{feff}mã,Phú\r\n".bytes().chain(*b"\xc3(\xff,abc\nlast").collect::<Vec<_>>();
        let at = |word: &str| {
            let word = word.as_bytes();
            let start = text.windows(word.len()).position(|bytes| bytes == word).unwrap();
            start..start + word.len()
        };
        let excerpt = excerpt_of(&text, &[at("abc"), at("mã"), at("Phú"), 0..6]);
        assert_eq!(marked(&excerpt), ["abc", "mã", "Phú", "mã"]);
        let lines: Vec<(usize, &str)> =
            excerpt.lines.iter().map(|line| (line.number, line.text.as_str())).collect();
        assert_eq!(lines, [(1, "mã,Phú"), (2, "\u{fffd}(\u{fffd},abc")]);
        let order: Vec<(usize, usize)> =
            excerpt.marks.iter().map(|mark| (mark.label, mark.line)).collect();
        assert_eq!(order, [(0, 1), (1, 0), (2, 0), (3, 0)]);
        // Past the end of its line, and past that of the file.
        let last = text.len() - 4;
        let excerpt = excerpt_of(&text, &[last - 4..last + 2, last + 1..last + 99, last + 50..200]);
        assert_eq!(marked(&excerpt), ["abc", "ast", ""]);
    }

    #[test]
    fn of_a_very_long_line_only_a_part_is_kept() {
        let text = format!("{}đây{}", "ữ".repeat(300_000), "ữ".repeat(300_000));
        let start = 300_000 * "ữ".len();
        let near = start + "đây".len();
        let excerpt = excerpt_of(
            text.as_bytes(),
            &[start..near, near..near + 3, near + 90_000..near + 90_003],
        );
        assert_eq!(marked(&excerpt), ["đây", "ữ", ""]);
        assert!(excerpt.lines[0].text.len() <= 2 * LOOKED_AT + 6);
        // What is asked for first in the line leads, not what was named first.
        let excerpt = excerpt_of(text.as_bytes(), &[near..near + 3, 3..6]);
        assert_eq!(marked(&excerpt), ["", "ữ"]);
    }

    #[test]
    fn a_cell_with_line_breaks_is_one_place() {
        let mut sources = Sources::new(Path::new("/w"));
        let (text, rows) = ("a|b\n\"x\ny\"|z\n", vec![1, 4, 4]);
        let sheet = Sheet { name: "S".to_owned(), rows, header: 0 };
        let source = sources.add_sheet(Path::new("/w/a.xlsx"), text, sheet).expect("room");
        let at = text.find('z').unwrap();
        let place = Position::of(Location { source, span: (at..at + 1).into() }, &sources);
        assert_eq!(place.to_string(), "a.xlsx:S!B4");
        assert_eq!((place.line, place.column, place.end_line, place.end_column), (4, 2, 4, 2));
    }
}
