//! Places as they are found: symbolic. What they are in a file is looked up when they are shown.
//!
//! A data file has a source for each dataset that reads it, so that a source, a row and a column
//! say which dataset, which row and which column.

use super::{Location, Source, SourceId, Sources, Span, record};

/// Bytes of a file that are fetched at first to find the cells of one record in it. Nearly all
/// records are shorter, and many may be asked for.
const RECORD_REACH: usize = 4 << 10;

/// Where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Some bytes of a text.
    Text(Location),
    /// A cell of a data file.
    Cell {
        /// The file.
        source: SourceId,
        /// What the file finds the row by: of a text, the byte its record begins at, of a table,
        /// how many rows are before it.
        row: usize,
        /// The 0-based position of its column in the header.
        column: usize,
    },
    /// All cells of a row of a data file.
    Row {
        /// The file.
        source: SourceId,
        /// What the file finds the row by.
        row: usize,
    },
}

impl From<Location> for Place {
    fn from(at: Location) -> Place {
        Place::Text(at)
    }
}

impl Place {
    /// The file it is in.
    pub fn source(self) -> SourceId {
        match self {
            Place::Text(Location { source, .. })
            | Place::Cell { source, .. }
            | Place::Row { source, .. } => source,
        }
    }
}

impl Sources {
    /// The bytes of a place; of a cell, with its quotes, and of a row, without its line break.
    pub fn locate(&self, place: Place) -> Location {
        let source = place.source();
        let span = match place {
            Place::Text(at) => at.span,
            Place::Cell { row, column, .. } => self.get(source).cell(row, column),
            Place::Row { row, .. } => self.get(source).record(row),
        };
        Location { source, span }
    }
}

impl Source {
    /// Says what separates the cells of its rows: from then on they can be found.
    pub fn cut_at(&self, delimiter: u8) {
        // A file is cut by one contract, and its first answer stands.
        self.delimiter.get_or_init(|| delimiter);
    }

    /// The bytes of a cell, quotes included. A column past the end of its record gives the
    /// record's last byte.
    fn cell(&self, row: usize, column: usize) -> Span {
        self.find(row, |bytes, delimiter| record::cell(bytes, 0, column, delimiter))
    }

    /// The bytes of a record, without its line break.
    fn record(&self, row: usize) -> Span {
        self.find(row, |bytes, delimiter| (0..record::end(bytes, delimiter)).into())
    }

    /// What is found among the bytes from a record's first one on, as many as it takes.
    fn find(&self, row: usize, find: impl Fn(&[u8], u8) -> Span) -> Span {
        let delimiter = self.delimiter.get().copied().unwrap_or(b',');
        let row = self.start_of(row);
        let mut reach = if self.is_held() { self.len() } else { RECORD_REACH };
        loop {
            let bytes = self.slice((row..row.saturating_add(reach)).into());
            let span = find(&bytes, delimiter);
            if span.end < bytes.len() || row + bytes.len() >= self.len() || bytes.is_empty() {
                return (row + span.start..row + span.end).into();
            }
            reach = reach.saturating_mul(4);
        }
    }
}
