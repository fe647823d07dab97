//! The text of one file, in memory or not, and its lines.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::columnar::Table;
use super::{Guess, Span, workbook};
use crate::files::ReadAt;

/// Bytes between two places whose line number is remembered, in files that are not held.
pub(super) const BLOCK: usize = 1 << 20;

/// Bytes of a held text between two places whose number of characters is remembered.
pub(super) const STRETCH: usize = 4 << 10;

/// Bytes of a line after the place asked for that are fetched from a file that is not held.
const LINE_REACH: usize = 64 << 10;

/// One line of a source.
#[derive(Debug)]
pub struct SourceLine<'a> {
    /// 1-based number.
    pub number: usize,
    /// Offset of its first byte.
    pub start: usize,
    /// Its bytes, without the line break.
    pub bytes: Cow<'a, [u8]>,
}

/// Between the cells of a spreadsheet's row, in the text made of it.
pub const SHEET_DELIMITER: u8 = b'|';

/// The sheet of a spreadsheet a source was made of, row by row.
#[derive(Debug)]
pub struct Sheet {
    /// The sheet's name.
    pub name: String,
    /// The number of the sheet's row that each line stands for.
    pub rows: Vec<u32>,
    /// Where the line of the header begins.
    pub header: usize,
}

/// Where a source's bytes are.
#[derive(Debug)]
pub(super) enum Text {
    Held(Arc<[u8]>),
    /// Too large to hold.
    Parts {
        file: Arc<dyn ReadAt>,
        len: usize,
    },
    /// Rows that are no text, but are shown as one.
    Table(Box<Table>),
}

/// One file's bytes and how to call it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read from.
    pub path: PathBuf,
    /// The path as messages show it: relative to the workspace, with `/`.
    pub name: String,
    pub(super) text: Text,
    /// What its encoding was taken for, where nobody declared it and it is not UTF-8; or what it
    /// seems to be instead of what was declared.
    pub guess: Option<Guess>,
    /// The sheet it was made of, where it is a spreadsheet: lines are then numbered as its rows,
    /// and columns are its columns.
    pub sheet: Option<Sheet>,
    /// What separates the cells of its rows, once its header has been read.
    pub(super) delimiter: OnceLock<u8>,
    /// Held texts: the offset of each line. Others: for each block, how many lines begin before.
    lines: OnceLock<Vec<usize>>,
    /// Held texts with long lines: the characters before each [`STRETCH`], once asked for.
    characters: OnceLock<Vec<usize>>,
}

impl Text {
    /// A text made by a decoder, or a file that is read as it is.
    pub(super) fn of(file: Arc<dyn ReadAt>) -> std::io::Result<Text> {
        Ok(match file.held() {
            Some(bytes) => Text::Held(bytes),
            None => Text::Parts { len: size(file.len())?, file },
        })
    }
}

fn size(bytes: u64) -> std::io::Result<usize> {
    usize::try_from(bytes).map_err(|_| std::io::ErrorKind::FileTooLarge.into())
}

impl Source {
    pub(super) fn new(path: PathBuf, name: String, text: Text) -> Source {
        Source {
            path,
            name,
            text,
            guess: None,
            sheet: None,
            delimiter: OnceLock::new(),
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        }
    }

    /// The file's bytes as they are on disk; empty for a file too large to be held and for a
    /// table, which only data files are allowed to be.
    pub fn bytes(&self) -> &[u8] {
        match &self.text {
            Text::Held(bytes) => bytes,
            Text::Parts { .. } | Text::Table(_) => &[],
        }
    }

    /// The same, shared.
    pub fn held(&self) -> Arc<[u8]> {
        match &self.text {
            Text::Held(bytes) => Arc::clone(bytes),
            Text::Parts { .. } | Text::Table(_) => Arc::default(),
        }
    }

    /// The rows, where they are kept column by column and not as text.
    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.text {
            Text::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Whether the bytes are in memory.
    pub fn is_held(&self) -> bool {
        matches!(self.text, Text::Held(_))
    }

    /// Length in bytes; of a table, one past the last place that can be shown.
    pub fn len(&self) -> usize {
        match &self.text {
            Text::Held(bytes) => bytes.len(),
            Text::Parts { len, .. } => *len,
            Text::Table(table) => table.len(),
        }
    }

    /// Bytes of data in it; of a table, roughly.
    pub fn size(&self) -> usize {
        self.table().map_or_else(|| self.len(), Table::size)
    }

    /// The first byte of what a row is shown as: of a text, what the row is found by.
    pub fn start_of(&self, row: usize) -> usize {
        if self.table().is_some() { Table::start_of(row) } else { row }
    }

    /// Whether there is nothing in the file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the bytes of a span to a buffer, as many of them as there are.
    ///
    /// # Errors
    /// The operating system's, when the file cannot be read, and an unexpected end when it has
    /// become shorter since it was opened.
    pub fn read(&self, span: Span, buffer: &mut Vec<u8>) -> std::io::Result<()> {
        let span = Span { start: span.start.min(self.len()), end: span.end.min(self.len()) };
        match &self.text {
            Text::Held(bytes) => buffer.extend_from_slice(&bytes[span.start..span.end]),
            Text::Parts { file, .. } => {
                let filled = buffer.len();
                buffer.resize(filled + (span.end - span.start), 0);
                file.read_at(&mut buffer[filled..], span.start as u64)?;
            }
            Text::Table(table) => buffer.extend_from_slice(&table.text(span)?),
        }
        Ok(())
    }

    /// The first bytes of a data file, about as many as asked for or all there are, and whether
    /// these are all; of a table, what it looks like as text.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn sample(&self, bytes: usize) -> std::io::Result<(Cow<'_, [u8]>, bool)> {
        let Some(table) = self.table() else {
            let text = self.slice((0..bytes).into());
            let is_whole = text.len() >= self.len();
            return Ok((text, is_whole));
        };
        let (mut text, mut printer) = (table.header().to_vec(), table.printer());
        while text.len() < bytes {
            if !printer.print(&mut text)? {
                return Ok((text.into(), true));
            }
        }
        Ok((text.into(), false))
    }

    /// The bytes of a span, empty where they cannot be read.
    pub fn slice(&self, span: Span) -> Cow<'_, [u8]> {
        if let Text::Held(bytes) = &self.text {
            let end = span.end.min(bytes.len());
            return Cow::Borrowed(&bytes[span.start.min(end)..end]);
        }
        let mut buffer = Vec::new();
        match self.read(span, &mut buffer) {
            Ok(()) => Cow::Owned(buffer),
            Err(_) => Cow::Borrowed(&[]),
        }
    }

    fn line_index(&self) -> &[usize] {
        self.lines.get_or_init(|| match &self.text {
            Text::Held(bytes) => std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1))
                .collect(),
            Text::Table(_) => Vec::new(),
            Text::Parts { len, .. } => {
                let mut lines = 0;
                let mut before = Vec::with_capacity(len / BLOCK + 1);
                for start in (0..*len).step_by(BLOCK) {
                    before.push(lines);
                    let block = self.slice((start..start + BLOCK).into());
                    lines += memchr::memchr_iter(b'\n', &block).count();
                }
                before
            }
        })
    }

    /// The line a byte stands in.
    pub fn line_at(&self, offset: usize) -> SourceLine<'_> {
        let offset = offset.min(self.len());
        if let Some(table) = self.table() {
            return table.line_at(offset);
        }
        let index = self.line_index();
        if let Text::Held(bytes) = &self.text {
            let number = index.partition_point(|start| *start <= offset);
            let start = index[number - 1];
            let end = index.get(number).map_or(bytes.len(), |next| next - 1);
            return SourceLine {
                number: self.shown_number(number),
                start,
                bytes: Cow::Borrowed(without_return(&bytes[start..end.max(start)])),
            };
        }
        let block = (offset / BLOCK).min(index.len().saturating_sub(1));
        let until = self.slice((block * BLOCK..offset).into());
        let before = index.get(block).copied().unwrap_or(0);
        let number = before + memchr::memchr_iter(b'\n', &until).count() + 1;
        let start = self.line_start(offset);
        let piece = self.slice((start..offset + LINE_REACH).into());
        let at = offset - start;
        let end = memchr::memchr(b'\n', &piece[at..]).map_or(piece.len(), |found| at + found);
        let bytes = Cow::Owned(without_return(&piece[..end]).to_vec());
        SourceLine { number: self.shown_number(number), start, bytes }
    }

    /// The number of a line as its author counts.
    fn shown_number(&self, line: usize) -> usize {
        let row = self.sheet.as_ref().and_then(|sheet| sheet.rows.get(line - 1));
        row.and_then(|row| usize::try_from(*row).ok()).unwrap_or(line)
    }

    /// Where the line of a byte begins, in a file that is not held.
    fn line_start(&self, offset: usize) -> usize {
        let mut end = offset;
        while end > 0 {
            let start = end.saturating_sub(LINE_REACH);
            let piece = self.slice((start..end).into());
            if let Some(found) = memchr::memrchr(b'\n', &piece) {
                return start + found + 1;
            }
            end = start;
        }
        0
    }

    /// 1-based line, and 1-based column in characters (invalid UTF-8 counts one a byte run); in a
    /// spreadsheet, the row and the column of the cell.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.len());
        let line = self.line_at(offset);
        let before = &line.bytes[..(offset - line.start).min(line.bytes.len())];
        if self.sheet.is_some() {
            // A cell with line breaks makes several lines of its row.
            let mut start = line.start;
            while start > 0 {
                let above = self.line_at(start - 1);
                if above.number != line.number {
                    break;
                }
                start = above.start;
            }
            let before = self.slice((start..offset).into());
            let mut quoted = false;
            let delimiters = before.iter().filter(|byte| {
                quoted ^= **byte == b'"';
                **byte == SHEET_DELIMITER && !quoted
            });
            return (line.number, delimiters.count() + 1);
        }
        let mut column = if before.len() > STRETCH && self.is_held() {
            self.characters_before(offset) - self.characters_before(line.start) + 1
        } else {
            characters(before) + 1
        };
        if line.number == 1 && before.starts_with("\u{feff}".as_bytes()) {
            column -= 1;
        }
        (line.number, column)
    }

    /// How many characters of a held text stand before a byte. Many places may be asked for of a
    /// long line, which is counted once.
    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.bytes();
        let starts = |stretch: usize| character_at(bytes, stretch * STRETCH);
        let known = self.characters.get_or_init(|| {
            let mut known = vec![0];
            while let Some(last) = known.last().filter(|_| known.len() * STRETCH < bytes.len()) {
                let stretch = starts(known.len() - 1)..starts(known.len());
                known.push(last + characters(&bytes[stretch]));
            }
            known
        });
        let stretch = (0..=offset / STRETCH).rev().find(|at| starts(*at) <= offset).unwrap_or(0);
        let stretch = stretch.min(known.len() - 1);
        known[stretch] + characters(&bytes[starts(stretch)..offset])
    }

    /// A place as messages give it: `file:line:column`, or `file:Sheet!B7`.
    pub fn place(&self, offset: usize) -> String {
        match self.cell_name(offset) {
            Some(cell) => format!("{}:{cell}", self.name),
            None => {
                let (line, column) = self.line_column(offset);
                format!("{}:{line}:{column}", self.name)
            }
        }
    }

    /// The cell of a spreadsheet a place is in, as `Sheet!B7`.
    pub fn cell_name(&self, offset: usize) -> Option<String> {
        let sheet = self.sheet.as_ref()?;
        let (row, column) = self.line_column(offset);
        let cell = (u32::try_from(row).ok()?, u32::try_from(column - 1).ok()?);
        Some(format!("{}!{}", sheet.name, workbook::cell_name(cell)))
    }

    /// The bytes of the first line, or of a sheet's header, without its line break.
    pub fn first_line(&self) -> Span {
        let line = self.line_at(self.sheet.as_ref().map_or(0, |sheet| sheet.header));
        Span { start: line.start, end: line.start + line.bytes.len() }
    }
}

/// Characters of a text; of what is no UTF-8, one a run of bytes.
fn characters(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).chars().count()
}

/// The first byte from a place on at which a character begins, or what stands for one.
pub fn character_at(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    let within = bytes[at..].iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    at + within
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
