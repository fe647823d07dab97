//! Parquet files: tables kept column by column, read some rows at a time.
//!
//! Pages are fetched, unpacked and their headers read by the `parquet` library; the values in them
//! are decoded here where their encoding is one of the usual, since rows are read by the million.
//! A file is never read as a whole: one page of each column is held at a time.

mod column;
mod cursor;
mod hybrid;
mod kind;
mod lines;
mod plain;
mod unusual;

use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};
use parquet::file::reader::{ChunkReader, Length};

use super::guard::guarded;
use crate::files::{ReadAt, Reader};
pub use column::{Column, PADDING, Texts, Values};
use cursor::Cursor;
pub use kind::{Kind, Native};
use lines::Shown;
pub use lines::{Desk, Printer};

/// Bytes a cell is counted with, at least, when the size of a table is asked for: what a number
/// takes in memory. As text a cell takes about as much.
const CELL_BYTES: usize = 8;

/// A file behind the traits of the library.
#[derive(Debug)]
struct Chunks(Arc<dyn ReadAt>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Reader>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let mut reader = Reader::new(Arc::clone(&self.0));
        reader.seek(SeekFrom::Start(start))?;
        // For the header of a page, which has some dozen bytes.
        Ok(BufReader::with_capacity(1 << 9, reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        if start.saturating_add(length as u64) > self.0.len() {
            return Err(Error::from(ErrorKind::UnexpectedEof).into());
        }
        let mut bytes = vec![0; length];
        let mut reader = Reader::new(Arc::clone(&self.0));
        reader.seek(SeekFrom::Start(start))?;
        reader.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// What is not as the format says is invalid data, whatever the library calls it.
fn wrong(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::InvalidData, error)
}

/// A Parquet file, its description read.
#[derive(Debug)]
pub struct Table {
    chunks: Arc<Chunks>,
    metadata: ParquetMetaData,
    /// What each column means.
    kinds: Vec<Kind>,
    /// The row each group begins at, and one more: their number.
    starts: Vec<usize>,
    /// What is between cells where rows are written as text.
    delimiter: u8,
    /// The names of the columns as a line of text.
    header: Vec<u8>,
    /// See [`Table::size`].
    size: usize,
    /// The rows that were shown.
    shown: Shown,
    /// See [`Table::beginning`].
    beginning: OnceLock<u64>,
}

impl Table {
    /// Opens a file. Its rows are shown with `delimiter` between cells, one after another on `desk`.
    ///
    /// # Errors
    /// Invalid data, when it is no Parquet file or has nested columns.
    pub fn open(file: &Arc<dyn ReadAt>, delimiter: u8, desk: &Arc<Desk>) -> Result<Table> {
        let chunks = Arc::new(Chunks(Arc::clone(file)));
        let metadata = guarded(|| described(&chunks))?;
        let schema = metadata.file_metadata().schema_descr();
        let fields = schema.root_schema().get_fields();
        let is_flat = |field: &parquet::schema::types::TypePtr| field.is_primitive();
        let columns = schema.columns();
        let repeated = columns.iter().any(|column| column.max_rep_level() > 0);
        if repeated || !fields.iter().all(is_flat) || columns.len() != fields.len() {
            return Err(wrong("nested columns"));
        }
        let kinds = columns.iter().map(Kind::of).collect::<Result<Vec<_>>>()?;
        let mut starts = vec![0usize];
        for group in metadata.row_groups() {
            let rows = usize::try_from(group.num_rows()).map_err(wrong)?;
            let last = starts.last().copied().unwrap_or(0);
            starts.push(last.checked_add(rows).ok_or_else(|| wrong("too many rows"))?);
            if group.num_columns() != columns.len() {
                return Err(wrong("columns that are missing"));
            }
        }
        let names = fields.iter().map(|field| field.name());
        let header = lines::record(delimiter, names)?;
        let shown = Shown::new(desk);
        let stored = metadata.row_groups().iter().map(|group| group.total_byte_size());
        let stored = usize::try_from(stored.fold(0, i64::saturating_add)).unwrap_or(0);
        let cells = starts.last().map_or(0, |rows| rows.saturating_mul(kinds.len()));
        let size = stored.max(cells.saturating_mul(CELL_BYTES));
        Ok(Table {
            chunks,
            metadata,
            kinds,
            starts,
            delimiter,
            header,
            size,
            shown,
            beginning: OnceLock::new(),
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.kinds.len()
    }

    /// What the values of a column mean.
    pub fn kind(&self, column: usize) -> &Kind {
        &self.kinds[column]
    }

    /// What is between cells where rows are written as text.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The names of the columns as a line of text, with its line break.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Roughly the bytes of its values: as they are in the pages, but no cell counts less than a
    /// number in memory does.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The part of the size that some rows have.
    pub fn share(&self, rows: Range<usize>) -> usize {
        let before = |row: usize| {
            let part = self.size() as u128 * row as u128 / self.rows().max(1) as u128;
            usize::try_from(part).unwrap_or(usize::MAX)
        };
        before(rows.end) - before(rows.start)
    }

    /// The rows of each group.
    pub fn groups(&self) -> impl Iterator<Item = Range<usize>> {
        self.starts.windows(2).map(|ends| ends[0]..ends[1])
    }

    /// A reader of the group a row is in.
    pub fn reader(&self, row: usize) -> Rows<'_> {
        Rows { table: self, open: Open::new(self, row) }
    }
}

/// What a file says of itself, without statistics.
fn described(chunks: &Chunks) -> Result<ParquetMetaData> {
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let reader = ParquetMetaDataReader::new().with_metadata_options(Some(options));
    reader.parse_and_finish(chunks).map_err(wrong)
}

/// A group whose rows are being read, and how far each column has been.
struct Open {
    group: usize,
    cursors: Vec<Option<Cursor>>,
}

impl Open {
    fn new(table: &Table, row: usize) -> Open {
        let group = table.starts.partition_point(|start| *start <= row).saturating_sub(1);
        Open { group, cursors: (0..table.width()).map(|_| None).collect() }
    }

    /// The rows of the group.
    fn range(&self, table: &Table) -> Range<usize> {
        let start = |group: usize| table.starts.get(group).copied().unwrap_or(table.rows());
        start(self.group)..start(self.group + 1)
    }

    fn read(
        &mut self,
        table: &Table,
        column: usize,
        rows: Range<usize>,
        into: &mut Column,
    ) -> Result<()> {
        let own = self.range(table);
        into.clear();
        if rows.is_empty() {
            return Ok(());
        }
        if rows.start < own.start || rows.end > own.end {
            return Err(wrong("rows of another group"));
        }
        let rows = rows.start - own.start..rows.end - own.start;
        let slot = &mut self.cursors[column];
        let cursor = match slot.take_if(|cursor| cursor.goes_back_to(rows.start)) {
            Some(cursor) => slot.insert(cursor),
            None => {
                let stored = table.metadata.row_group(self.group).column(column);
                slot.insert(Cursor::new(&table.chunks, stored, own.len())?)
            }
        };
        cursor.read(rows, into)
    }
}

/// Rows of one group, read forwards.
pub struct Rows<'a> {
    table: &'a Table,
    open: Open,
}

impl<'a> Rows<'a> {
    /// The table.
    pub fn table(&self) -> &'a Table {
        self.table
    }

    /// Reads the values of a column in some rows of the group. What comes before is passed over;
    /// going back further than to the last page begins anew.
    ///
    /// # Errors
    /// When the file cannot be read, or is not as the format says.
    pub fn read(&mut self, column: usize, rows: Range<usize>, into: &mut Column) -> Result<()> {
        self.open.read(self.table, column, rows, into)
    }
}
