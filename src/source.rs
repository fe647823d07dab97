//! Every text a diagnostic can point into.
//!
//! A finding points symbolically, by [`SourceId`] and byte [`Span`]; lines and columns are
//! worked out only when something is printed.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

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

/// One file's bytes and how to call it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read from.
    pub path: PathBuf,
    /// The path as messages show it: relative to the workspace, with `/`.
    pub name: String,
    bytes: Arc<[u8]>,
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// The file's bytes as they are on disk.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0)
                .chain(
                    self.bytes
                        .iter()
                        .enumerate()
                        .filter(|(_, byte)| **byte == b'\n')
                        .map(|(at, _)| at + 1),
                )
                .collect()
        })
    }

    /// 1-based line, and 1-based column in characters (invalid UTF-8 counts one a byte run).
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.bytes.len());
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset);
        let before = &self.bytes[starts[line - 1]..offset];
        let mut column = String::from_utf8_lossy(before).chars().count() + 1;
        if line == 1 && before.starts_with("\u{feff}".as_bytes()) {
            column -= 1;
        }
        (line, column)
    }

    /// The bytes of a 1-based line, without its line break.
    pub fn line(&self, number: usize) -> Span {
        let starts = self.line_starts();
        let start = starts.get(number.saturating_sub(1)).copied().unwrap_or(self.bytes.len());
        let mut end = starts.get(number).map_or(self.bytes.len(), |next| next - 1);
        if end > start && self.bytes[end - 1] == b'\r' {
            end -= 1;
        }
        Span { start, end: end.max(start) }
    }

    /// The byte offset of a 1-based line and 1-based column counted in characters.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let span = self.line(line);
        let text = String::from_utf8_lossy(&self.bytes[span.start..span.end]);
        let skipped: usize = text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        (span.start + skipped).min(span.end)
    }
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
        let name =
            path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        self.files.push(Source {
            path: path.to_owned(),
            name,
            bytes: bytes.into(),
            lines: OnceLock::new(),
        });
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

    /// The file behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// How messages name a path of the workspace.
    pub fn display(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
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
        assert_eq!(source.offset(2, 6), at);
        let line = source.line(1);
        assert_eq!(&source.bytes()[line.start..line.end], "năm,xã".as_bytes());
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let mut sources = Sources::new(Path::new("/"));
        let id = sources.add(Path::new("/x"), "\u{feff}ab".as_bytes());
        assert_eq!(sources.get(id).line_column(4), (1, 2));
    }
}
