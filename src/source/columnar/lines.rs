//! Rows of a table as lines of text, for whoever is to be shown them.
//!
//! A table has no text, but a place in one is told as if it had: the names of its columns in the
//! first line, and below them row after row. Since nobody knows how long the lines before a row
//! are, every one begins at a multiple of [`STRIDE`], and there is nothing between its end and the
//! next.

use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::hash::BuildHasher;
use std::io::{Error, Result};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;

use super::{Chunks, Column, Open, Rows, Table};
use crate::source::{SourceLine, Span};

/// Bytes between the beginnings of two lines. What is longer is shown as far as it fits.
const STRIDE: usize = 1 << 24;

/// How many lines are remembered.
const REMEMBERED: usize = 256;

/// Bytes of a line above which it is not.
const LONG: usize = 64 << 10;

/// Rows that are written out at a time.
const WRITTEN: usize = 512;

/// Where the pages lie of which rows are shown: those of one table at a time.
#[derive(Default)]
pub struct Desk(Mutex<Option<(Arc<Chunks>, Open)>>);

impl Debug for Desk {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

/// The lines of a table that were shown.
#[derive(Debug)]
pub struct Shown {
    desk: Arc<Desk>,
    lines: Mutex<HashMap<usize, Arc<[u8]>>>,
}

impl Shown {
    pub fn new(desk: &Arc<Desk>) -> Shown {
        Shown { desk: Arc::clone(desk), lines: Mutex::default() }
    }
}

/// Cells as a line of text, with its line break.
pub fn record<T: AsRef<[u8]>>(
    delimiter: u8,
    cells: impl IntoIterator<Item = T>,
) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| Error::other(error.to_string()))
}

impl Table {
    /// The text's length, with what is not there.
    pub fn len(&self) -> usize {
        Table::start_of(self.rows())
    }

    /// Where the line of a row begins.
    pub fn start_of(row: usize) -> usize {
        row.saturating_add(1).saturating_mul(STRIDE)
    }

    /// The text from a place on, as far as its line is wanted.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn text(&self, span: Span) -> Result<Vec<u8>> {
        let line = self.line(span.start / STRIDE)?;
        let within = span.start % STRIDE;
        let end = within.saturating_add(span.end.saturating_sub(span.start));
        let end = end.min(line.len()).min(STRIDE);
        Ok(line[within.min(end)..end].to_vec())
    }

    /// The line a place is in: of a row with line breaks in its cells, one of several that all have
    /// its number.
    pub fn line_at(&self, offset: usize) -> SourceLine<'static> {
        let number = offset / STRIDE;
        let text = self.line(number).unwrap_or_else(|_| Arc::default());
        let within = (offset % STRIDE).min(text.len());
        let start = memchr::memrchr(b'\n', &text[..within]).map_or(0, |before| before + 1);
        let end = memchr::memchr(b'\n', &text[within..]).map_or(text.len(), |found| within + found);
        let bytes = text[start..end].strip_suffix(b"\r").unwrap_or(&text[start..end]);
        SourceLine {
            number: number + 1,
            start: number * STRIDE + start,
            bytes: bytes.to_vec().into(),
        }
    }

    /// A line: the names of the columns, or one further down a row.
    fn line(&self, number: usize) -> Result<Arc<[u8]>> {
        let Some(row) = number.checked_sub(1) else { return Ok(self.header().into()) };
        if let Some(known) = self.remembered().get(&row) {
            return Ok(Arc::clone(known));
        }
        let line: Arc<[u8]> = record(self.delimiter(), self.cells(row)?)?.into();
        if line.len() <= LONG {
            let mut lines = self.remembered();
            if lines.len() >= REMEMBERED {
                lines.clear();
            }
            lines.insert(row, Arc::clone(&line));
        }
        Ok(line)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<usize, Arc<[u8]>>> {
        self.shown.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The texts of a row's cells.
    ///
    /// # Errors
    /// When it cannot be read.
    fn cells(&self, row: usize) -> Result<Vec<Vec<u8>>> {
        (0..self.width()).map(|column| self.cell(row, column)).collect()
    }

    /// The text of a cell.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn cell(&self, row: usize, column: usize) -> Result<Vec<u8>> {
        let mut desk = self.shown.desk.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_here = |(of, open): &(Arc<Chunks>, Open)| {
            Arc::ptr_eq(of, &self.chunks) && open.range(self).contains(&row)
        };
        let (_, open) = match desk.take_if(|here| is_here(here)) {
            Some(here) => desk.insert(here),
            None => desk.insert((Arc::clone(&self.chunks), Open::new(self, row))),
        };
        let (mut values, mut text) = (Column::default(), Vec::new());
        open.read(self, column, row..row + 1, &mut values)?;
        self.kind(column).write(&values, 0, &mut text)?;
        Ok(text)
    }

    /// What stands for the first row: the same in tables that begin alike.
    pub fn beginning(&self) -> u64 {
        *self.beginning.get_or_init(|| {
            let mut first = Vec::new();
            // What cannot be read is told elsewhere.
            let _ = Printer { at_once: 1, ..self.printer() }.print(&mut first);
            FixedState::default().hash_one(first)
        })
    }

    /// The whole table as text, piece by piece.
    pub fn printer(&self) -> Printer<'_> {
        Printer { table: self, next: 0, at_once: WRITTEN, reader: None, columns: Vec::new() }
    }
}

/// Writes the rows of a table as text, one piece after another, without the names of the columns.
pub struct Printer<'a> {
    table: &'a Table,
    /// The next row.
    next: usize,
    /// Rows that are written at a time.
    at_once: usize,
    reader: Option<(Range<usize>, Rows<'a>)>,
    columns: Vec<Column>,
}

impl Printer<'_> {
    /// Appends some more rows; whether there were any.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn print(&mut self, into: &mut Vec<u8>) -> Result<bool> {
        let Printer { table, next, at_once, reader, columns } = self;
        if *next >= table.rows() {
            return Ok(false);
        }
        let (group, reader) = match reader.take_if(|(group, _)| group.contains(next)) {
            Some(known) => reader.insert(known),
            None => {
                let new = table.reader(*next);
                reader.insert((new.open.range(table), new))
            }
        };
        let rows = *next..group.end.min(*next + *at_once);
        columns.resize_with(table.width(), Column::default);
        for (at, column) in columns.iter_mut().enumerate() {
            reader.read(at, rows.clone(), column)?;
        }
        let delimiter = table.delimiter();
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(into);
        let mut cells = vec![Vec::new(); columns.len()];
        for row in 0..rows.len() {
            for (at, (cell, column)) in cells.iter_mut().zip(columns.iter()).enumerate() {
                cell.clear();
                table.kind(at).write(column, row, cell)?;
            }
            writer.write_record(&cells)?;
        }
        writer.flush()?;
        *next = rows.end;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use crate::source::Sources;

    #[test]
    fn parquet_rows_become_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.parquet");
        let schema = "message a { required int64 nam; optional binary xa (UTF8);
            optional int32 ngay (DATE); optional int64 luc (TIMESTAMP_MILLIS);
            optional int64 gia (DECIMAL(12, 2)); }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let file = std::fs::File::create(&path).expect("room");
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).expect("a writer");
        let mut rows = writer.next_row_group().expect("a group");
        let mut next = |values: &dyn Fn(&mut parquet::file::writer::SerializedColumnWriter<'_>)| {
            let mut column = rows.next_column().expect("no error").expect("a column");
            values(&mut column);
            column.close().expect("room");
        };
        next(&|column| {
            let column = column.typed::<Int64Type>();
            column.write_batch(&[2024, 2025], None, None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<ByteArrayType>();
            column.write_batch(&["Phú \"Lệ\", x".into()], Some(&[1, 0]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int32Type>();
            column.write_batch(&[20_088], Some(&[0, 1]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int64Type>();
            let (midnight, later) = (20_088 * 86_400_000, 20_088 * 86_400_000 + 60_000);
            column.write_batch(&[midnight, later], Some(&[1, 1]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int64Type>();
            column.write_batch(&[-105, 1_234_500], Some(&[1, 1]), None).expect("room");
        });
        rows.close().expect("room");
        writer.close().expect("room");
        let mut sources = Sources::new(folder.path());
        let id = sources.open(&path, b';', None).expect("readable");
        let expected = "nam;xa;ngay;luc;gia\n2024;\"Phú \"\"Lệ\"\", x\";;2024-12-31;-1.05\n\
            2025;;2024-12-31;2024-12-31 00:01:00.000 +00:00;12345.00\n";
        let source = sources.get(id);
        let (text, is_whole) = source.sample(usize::MAX).expect("readable");
        assert_eq!((std::str::from_utf8(&text).expect("text"), is_whole), (expected, true));
        assert!(!source.sample(1).expect("readable").1, "there are rows");
        // The same, line by line, in any order.
        for row in [1, 0, 1] {
            let line = source.line_at(source.start_of(row) + 3);
            assert_eq!((line.number, line.start), (row + 2, source.start_of(row)));
            assert_eq!(Some(&*line.bytes), expected.lines().nth(row + 1).map(str::as_bytes));
            assert_eq!(source.line_column(source.start_of(row) + 5), (row + 2, 6));
        }
        assert_eq!(&*source.line_at(0).bytes, b"nam;xa;ngay;luc;gia");
        assert!(source.slice((source.start_of(2)..source.start_of(2) + 9).into()).is_empty());
    }
}
