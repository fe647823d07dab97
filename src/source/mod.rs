//! Every text a diagnostic can point into.
//!
//! A finding points symbolically, by a [`Place`]; bytes, lines and columns are worked out only
//! when something is printed. Scripts, settings and small data files are held in
//! memory; a large data file stays on disk and is read in ranges, whichever bytes are wanted.

pub(crate) mod columnar;
mod copies;
mod encoding;
mod guard;
mod place;
pub mod record;
mod text;
mod unpack;
pub mod workbook;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::{Disk, Files, Memory, ReadAt};
use crate::message::printable;
use columnar::{Desk, Table};
use text::Text;

pub use copies::Mark;
pub use encoding::{Encoding, Guess};
pub use guard::is_guarded;
pub use place::Place;
pub use text::{SHEET_DELIMITER, Sheet, Source, SourceLine, character_at};

/// Data files up to this many bytes are held in memory.
pub const HELD_BYTES: usize = 4 << 20;

/// Bytes at the beginning of a data file by which its encoding is told.
const SAMPLE_BYTES: usize = 64 << 10;

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

/// Some bytes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub source: SourceId,
    /// The bytes within it.
    pub span: Span,
}

/// All files of a run.
///
/// A file that is read whole has one id, however often it is read; data files and sheets have one
/// for each dataset that reads them.
#[derive(Debug)]
pub struct Sources {
    files: Arc<dyn Files>,
    root: PathBuf,
    sources: Vec<Source>,
    by_path: HashMap<PathBuf, SourceId>,
    desk: Arc<Desk>,
}

impl Sources {
    /// An empty collection of files of this machine whose names are shown relative to `root`.
    pub fn new(root: &Path) -> Sources {
        Sources::among(Arc::new(Disk), root)
    }

    /// The same of any tree of files.
    pub fn among(files: Arc<dyn Files>, root: &Path) -> Sources {
        Sources {
            files,
            root: root.to_owned(),
            sources: Vec::new(),
            by_path: HashMap::new(),
            desk: Arc::default(),
        }
    }

    /// An empty collection of texts that come from no file.
    pub fn of_texts() -> Sources {
        Sources::among(Arc::new(Memory::default()), Path::new("/"))
    }

    /// Where the files come from.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// Adds a file already read, or puts what is in it now in place of what was.
    pub fn add(&mut self, path: &Path, bytes: impl Into<Arc<[u8]>>) -> SourceId {
        let text = Text::Held(bytes.into());
        match self.find(path) {
            Some(known) => {
                self.set(known, text);
                known
            }
            None => {
                let id = self.push(path, text);
                self.by_path.insert(path.to_owned(), id);
                id
            }
        }
    }

    fn push(&mut self, path: &Path, text: Text) -> SourceId {
        let name = self.display(path);
        self.sources.push(Source::new(path.to_owned(), name, text));
        SourceId(u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX))
    }

    fn set(&mut self, id: SourceId, text: Text) {
        let source = &mut self.sources[id.0 as usize];
        let (path, name) = (std::mem::take(&mut source.path), std::mem::take(&mut source.name));
        *source = Source::new(path, name, text);
    }

    /// The file of this path that has been read whole.
    pub fn find(&self, path: &Path) -> Option<SourceId> {
        self.by_path.get(path).copied()
    }

    /// Reads a file and adds it, or puts what is in it now in place of what was.
    ///
    /// # Errors
    /// The operating system's, when the file cannot be read.
    pub fn read(&mut self, path: &Path) -> std::io::Result<SourceId> {
        let bytes = self.files.read(path)?;
        Ok(self.add(path, bytes))
    }

    /// Adds a data file: held when small, else to be read in ranges. What is compressed (`.gz`,
    /// `.zst`) is unpacked. What is not UTF-8 is decoded: from the encoding whose mark it begins
    /// with, else the one given, else what it probably is ([`Source::guess`]). A `.parquet` file is
    /// no text ([`Source::table`]); its rows are shown with `delimiter` between cells.
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
        let file = self.files.open(path)?;
        if path.extension().is_some_and(|ending| ending == "parquet") {
            let table = Table::open(&file, delimiter, &self.desk)?;
            return Ok(self.push(path, Text::Table(Box::new(table))));
        }
        let text = match unpack::unpack(path, &file)? {
            Some(text) => text,
            None if file.len() <= HELD_BYTES as u64 => Text::Held(whole(&*file)?),
            None => Text::of(file)?,
        };
        let id = self.push(path, text);
        let Some(source) = self.sources.last_mut() else { return Ok(id) };
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
        if let Some(source) = self.sources.last_mut() {
            source.sheet = Some(sheet);
        }
        Ok(id)
    }

    /// The file behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// How messages name a path of the workspace.
    pub fn display(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy();
        printable(&path.replace('\\', "/"))
    }
}

/// All bytes of a small file.
fn whole(file: &dyn ReadAt) -> std::io::Result<Arc<[u8]>> {
    if let Some(bytes) = file.held() {
        return Ok(bytes);
    }
    let mut bytes = vec![0; usize::try_from(file.len()).unwrap_or(0)];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::text::{BLOCK, STRETCH};
    use std::io::Write as _;

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
        let mut sources = Sources::of_texts();
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
        let mut sources = Sources::of_texts();
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
        let file = crate::files::spooled(1, |file| file.write_all(text.as_bytes())).expect("room");
        assert!(file.held().is_none());
        let mut sources = Sources::of_texts();
        let held = sources.add(Path::new("/held"), text.as_bytes());
        let disk = sources.push(Path::new("/disk"), Text::of(file).expect("a size"));
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
