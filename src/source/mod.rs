//! Every text a diagnostic can point into.
//!
//! A finding points symbolically, by [`SourceId`] and byte [`Span`]; lines and columns are
//! worked out only when something is printed. Scripts, settings and small data files are held in
//! memory; a large data file stays on disk and is read in ranges, whichever bytes are wanted.

mod encoding;
mod unpack;
pub mod workbook;

use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::message::printable;

pub use encoding::{Encoding, Guess};

/// Data files up to this many bytes are held in memory.
pub const HELD_BYTES: usize = 4 << 20;

/// Bytes at the beginning of a data file by which its encoding is told.
const SAMPLE_BYTES: usize = 64 << 10;

/// Bytes between two places whose line number is remembered, in files that are not held.
const BLOCK: usize = 1 << 20;

/// Bytes of a held text between two places whose number of characters is remembered.
const STRETCH: usize = 4 << 10;

/// Bytes of a line after the place asked for that are fetched from a file that is not held.
const LINE_REACH: usize = 64 << 10;

/// Names one file among [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A range of bytes in one source, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Span {
        Span { start: range.start, end: range.end }
    }
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub source: SourceId,
    /// The bytes within it.
    pub span: Span,
}

/// One line of a source.
#[derive(Debug)]
pub struct Line<'a> {
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
enum Text {
    Held(Arc<[u8]>),
    /// Too large to hold.
    File {
        file: File,
        len: usize,
    },
}

/// One file's bytes and how to call it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read from.
    pub path: PathBuf,
    /// The path as messages show it: relative to the workspace, with `/`.
    pub name: String,
    text: Text,
    /// What its encoding was taken for, where nobody declared it and it is not UTF-8; or what it
    /// seems to be instead of what was declared.
    pub guess: Option<Guess>,
    /// The sheet it was made of, where it is a spreadsheet: lines are then numbered as its rows,
    /// and columns are its columns.
    pub sheet: Option<Sheet>,
    /// Held texts: the offset of each line. Others: for each block, how many lines begin before.
    lines: OnceLock<Vec<usize>>,
    /// Held texts with long lines: the characters before each [`STRETCH`], once asked for.
    characters: OnceLock<Vec<usize>>,
}

impl Source {
    /// The file's bytes as they are on disk; empty for a file too large to be held, which only
    /// data files are allowed to be.
    pub fn bytes(&self) -> &[u8] {
        match &self.text {
            Text::Held(bytes) => bytes,
            Text::File { .. } => &[],
        }
    }

    /// Whether the bytes are in memory.
    pub fn is_held(&self) -> bool {
        matches!(self.text, Text::Held(_))
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        match &self.text {
            Text::Held(bytes) => bytes.len(),
            Text::File { len, .. } => *len,
        }
    }

    /// Whether there is nothing in the file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it holds the same bytes as another, as far as both can be read.
    pub fn has_content_of(&self, other: &Source) -> bool {
        let same = |start: usize| {
            let block = Span::from(start..start + BLOCK);
            let own = self.slice(block);
            !own.is_empty() && own == other.slice(block)
        };
        self.len() == other.len() && (0..self.len()).step_by(BLOCK).all(same)
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
            Text::File { file, .. } => {
                let filled = buffer.len();
                buffer.resize(filled + (span.end - span.start), 0);
                read_exact_at(file, &mut buffer[filled..], span.start)?;
            }
        }
        Ok(())
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
            Text::File { len, .. } => {
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
    pub fn line_at(&self, offset: usize) -> Line<'_> {
        let offset = offset.min(self.len());
        let index = self.line_index();
        if let Text::Held(bytes) = &self.text {
            let number = index.partition_point(|start| *start <= offset);
            let start = index[number - 1];
            let end = index.get(number).map_or(bytes.len(), |next| next - 1);
            return Line {
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
        Line { number: self.shown_number(number), start, bytes }
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

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: usize) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset as u64)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], offset: usize) -> std::io::Result<()> {
    let mut offset = offset as u64;
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    root: PathBuf,
    files: Vec<Source>,
}

impl Sources {
    /// An empty collection whose names are shown relative to `root`.
    pub fn new(root: &Path) -> Sources {
        Sources { root: root.to_owned(), files: Vec::new() }
    }

    /// Adds a file already read.
    pub fn add(&mut self, path: &Path, bytes: impl Into<Arc<[u8]>>) -> SourceId {
        self.push(path, Text::Held(bytes.into()))
    }

    fn push(&mut self, path: &Path, text: Text) -> SourceId {
        let name = self.display(path);
        let (lines, characters) = (OnceLock::new(), OnceLock::new());
        let path = path.to_owned();
        let (guess, sheet) = (None, None);
        self.files.push(Source { path, name, text, guess, sheet, lines, characters });
        SourceId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Reads and adds a file.
    ///
    /// # Errors
    /// The operating system's, when the file cannot be read.
    pub fn read(&mut self, path: &Path) -> std::io::Result<SourceId> {
        let bytes = std::fs::read(path)?;
        Ok(self.add(path, bytes))
    }

    /// Adds a data file: held when small, else to be read in ranges. What is compressed (`.gz`,
    /// `.zst`) is unpacked, and a table without a text of its own (`.parquet`) written out with
    /// `delimiter` between its cells. What is not UTF-8 is decoded: from the encoding whose mark it
    /// begins with, else the one given, else what it probably is ([`Source::guess`]).
    ///
    /// # Errors
    /// The operating system's, when the file cannot be read, or the decoder's, when it is not
    /// what its ending says.
    pub fn open(
        &mut self,
        path: &Path,
        delimiter: u8,
        encoding: Option<Encoding>,
    ) -> std::io::Result<SourceId> {
        let file = File::open(path)?;
        let text = match unpack::unpack(path, &file, delimiter)? {
            Some(text) => text,
            None => {
                let len = size(file.metadata()?.len())?;
                if len <= HELD_BYTES {
                    Text::Held(std::fs::read(path)?.into())
                } else {
                    Text::File { file, len }
                }
            }
        };
        let id = self.push(path, text);
        let Some(source) = self.files.last_mut() else { return Ok(id) };
        let sample = source.slice((0..SAMPLE_BYTES).into());
        let guess = match encoding {
            None => encoding::detect(&sample),
            Some(declared) => encoding::contradiction(declared, &sample),
        };
        source.guess = guess;
        // A declaration goes before what a text looks like, but not before its own mark.
        let told = guess.filter(|guess| encoding.is_none() || guess.is_marked);
        let encoding = told.map(|guess| guess.encoding).or(encoding);
        if let Some(encoding) = encoding.filter(|known| *known != Encoding::Utf8) {
            let mut bytes = Vec::new();
            source.read((0..source.len()).into(), &mut bytes)?;
            source.text = unpack::kept(encoding.decode(&bytes).as_bytes())?;
        }
        Ok(id)
    }

    /// Adds the text made of a sheet, held when small.
    ///
    /// # Errors
    /// The operating system's, when there is no room for it.
    pub fn add_sheet(
        &mut self,
        path: &Path,
        text: &str,
        sheet: Sheet,
    ) -> std::io::Result<SourceId> {
        let id = self.push(path, unpack::kept(text.as_bytes())?);
        if let Some(source) = self.files.last_mut() {
            source.sheet = Some(sheet);
        }
        Ok(id)
    }

    /// The file behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// How messages name a path of the workspace.
    pub fn display(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy();
        printable(&path.replace('\\', "/"))
    }
}

fn size(bytes: u64) -> std::io::Result<usize> {
    usize::try_from(bytes).map_err(|_| std::io::ErrorKind::FileTooLarge.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let mut sources = Sources::new(Path::new("/w"));
        let id = sources.add(Path::new("/w/a/b.csv"), "năm,xã\r\n2024,Phú Lệ\n".as_bytes());
        let source = sources.get(id);
        assert_eq!(source.name, "a/b.csv");
        let at = "năm,xã\r\n2024,".len();
        assert_eq!(source.line_column(at), (2, 6));
        let line = source.line_at(at);
        assert_eq!((line.number, line.start), (2, "năm,xã\r\n".len()));
        assert_eq!(&*line.bytes, "2024,Phú Lệ".as_bytes());
        assert_eq!(source.first_line(), Span { start: 0, end: "năm,xã".len() });
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let mut sources = Sources::new(Path::new("/"));
        let id = sources.add(Path::new("/x"), "\u{feff}ab".as_bytes());
        assert_eq!(sources.get(id).line_column(4), (1, 2));
    }

    #[test]
    fn columns_of_a_long_line_are_counted_as_those_of_a_short_one() {
        // Letters of one to four bytes, and bytes that are none: cut through and left alone.
        let pieces: [&[u8]; 7] = [
            b"a",
            "ữ".as_bytes(),
            "😀".as_bytes(),
            b"\xe1\xbb",
            b"\x80\x80\x80\x80\x80",
            b",",
            b"\xff",
        ];
        let mut line = b"first\n".to_vec();
        for at in 0..12_000usize {
            line.extend_from_slice(pieces[(at * at + at / 7) % pieces.len()]);
        }
        let mut sources = Sources::new(Path::new("/"));
        let id = sources.add(Path::new("/long"), &*line);
        let source = sources.get(id);
        let odd = (0..line.len()).step_by(997);
        let near = (1..line.len() / STRETCH).flat_map(|at| at * STRETCH - 5..at * STRETCH + 5);
        for at in odd.chain(near).filter(|at| *at > 6) {
            let expected = String::from_utf8_lossy(&line[6..at]).chars().count() + 1;
            assert_eq!(source.line_column(at), (2, expected), "{at}");
        }
    }

    /// Lines of different lengths, a little more than two blocks of them.
    fn long_text() -> String {
        use std::fmt::Write;
        let mut text = String::new();
        for number in 0..150_000 {
            let _ = write!(text, "{number},{}\r\n", "x".repeat(number % 23));
        }
        text
    }

    #[test]
    fn a_file_on_disk_has_the_same_lines_as_one_in_memory() {
        let text = long_text();
        let mut file = tempfile::tempfile().expect("a file");
        std::io::copy(&mut text.as_bytes(), &mut file).expect("room");
        let mut sources = Sources::new(Path::new("/"));
        let held = sources.add(Path::new("/held"), text.as_bytes());
        let disk = sources.push(Path::new("/disk"), Text::File { file, len: text.len() });
        let (held, disk) = (sources.get(held), sources.get(disk));
        for at in (0..text.len()).step_by(77_777).chain([0, BLOCK, BLOCK - 1, text.len()]) {
            let (a, b) = (held.line_at(at), disk.line_at(at));
            assert_eq!((a.number, a.start, &a.bytes), (b.number, b.start, &b.bytes), "{at}");
            assert_eq!(held.line_column(at), disk.line_column(at));
            let span = Span { start: at, end: at + 10 };
            assert_eq!(held.slice(span), disk.slice(span));
        }
    }
}
