//! Rows of a table that is kept column by column, as cells.
//!
//! A value means what its text would mean, but is only written as text where it is not plain from
//! what is stored.

use std::borrow::Cow;
use std::io::Result;
use std::ops::Range;

use super::cells::{Filled, Long, Ways};
use super::csv::range;
use crate::source::columnar::{Column, Kind, Native, PADDING, Rows, Table, Texts, Values};

const _: () = assert!(PADDING >= range::PADDING);

/// Rows that one thread reads at a time, at most; of fewer a page would be unpacked too often.
const MOST_ROWS: usize = 1 << 18;
const FEWEST_ROWS: usize = 1 << 16;

/// Bytes that a cell counts where a batch is to have so many.
const CELL_BYTES: usize = 5;

/// Rows that lie no further apart than this are read together when single ones are wanted.
const PICKED_ROWS: usize = 1 << 12;

/// Different texts up to which each is looked at once a batch, however few rows that has.
const FEW_TEXTS: usize = 64;

/// A table's rows in pieces, each of which lies in one group.
pub fn pieces(table: &Table, threads: usize) -> Vec<Range<usize>> {
    let share = table.rows() / threads.saturating_mul(4).max(1);
    let most = if threads > 1 { share.clamp(FEWEST_ROWS, MOST_ROWS) } else { usize::MAX };
    let mut pieces = Vec::new();
    for group in table.groups().filter(|group| !group.is_empty()) {
        let count = group.len().div_ceil(most);
        let edge = |at: usize| group.start + group.len() / count * at + at.min(group.len() % count);
        pieces.extend((0..count).map(|at| edge(at)..edge(at + 1)));
    }
    // A table without rows still has columns.
    if pieces.is_empty() {
        pieces.push(0..0);
    }
    pieces
}

/// How many rows make a batch of so many bytes.
pub fn batch_rows(table: &Table, bytes: usize) -> usize {
    (bytes / (CELL_BYTES * table.width().max(1))).max(1)
}

/// Some rows of a table.
pub struct Stored<'a> {
    reader: Rows<'a>,
    /// The first of them.
    pub first: usize,
    /// How many there are.
    pub rows: usize,
    columns: Vec<Column>,
}

impl<'a> Stored<'a> {
    /// Rows of the group a row is in, none of them read.
    pub fn new(table: &'a Table, row: usize) -> Stored<'a> {
        let mut columns = Vec::new();
        columns.resize_with(table.width(), Column::default);
        Stored { reader: table.reader(row), first: row, rows: 0, columns }
    }

    /// Reads some columns of rows that follow those read before; the rows that are not blank.
    ///
    /// # Errors
    /// When the file cannot be read, or is not as the format says.
    pub fn read(&mut self, rows: Range<usize>, slots: &[usize]) -> Result<Vec<u32>> {
        (self.first, self.rows) = (rows.start, rows.len());
        for slot in slots {
            self.reader.read(*slot, rows.clone(), &mut self.columns[*slot])?;
        }
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        // Nearly always some column has a value in every row.
        if slots.iter().any(|slot| self.is_full(*slot)) {
            return Ok((0..count).collect());
        }
        let mut blank = vec![true; rows.len()];
        let others = (0..self.columns.len()).filter(|slot| !slots.contains(slot));
        for (slot, is_read) in
            slots.iter().map(|slot| (*slot, true)).chain(others.map(|s| (s, false)))
        {
            if !blank.contains(&true) {
                break;
            }
            if !is_read {
                self.reader.read(slot, rows.clone(), &mut self.columns[slot])?;
            }
            for (row, blank) in blank.iter_mut().enumerate().filter(|(_, blank)| **blank) {
                *blank = self.is_blank(row, slot);
            }
        }
        Ok((0..count).filter(|row| !blank[*row as usize]).collect())
    }

    /// Reads some columns of single rows, in order; tells of each which of them it is, and where it
    /// stands among those just read.
    ///
    /// # Errors
    /// When the file cannot be read, or is not as the format says.
    pub fn pick(
        table: &'a Table,
        rows: &[usize],
        slots: &[usize],
        mut take: impl FnMut(&Stored<'a>, usize, usize),
    ) -> Result<()> {
        let mut at = 0;
        for group in table.groups() {
            let mut stored = Stored::new(table, group.start);
            while let Some(first) = rows.get(at).copied().filter(|row| *row < group.end) {
                let end = group.end.min(first + PICKED_ROWS);
                let near = at + rows[at..].partition_point(|row| *row < end);
                let last = rows[near - 1];
                for slot in slots {
                    stored.reader.read(*slot, first..last + 1, &mut stored.columns[*slot])?;
                }
                (at..near).for_each(|picked| take(&stored, picked, rows[picked] - first));
                at = near;
            }
        }
        Ok(())
    }

    /// Whether every row has a number in a column, or something else that is no text.
    fn is_full(&self, slot: usize) -> bool {
        let column = &self.columns[slot];
        column.valid.is_empty() && !matches!(column.values, Values::Texts(_) | Values::Codes(..))
    }

    fn is_blank(&self, row: usize, slot: usize) -> bool {
        let column = &self.columns[slot];
        !column.is_valid(row)
            || match &column.values {
                Values::Texts(texts) => texts.get(row).trim_ascii().is_empty(),
                Values::Codes(codes, texts) => {
                    texts.get(codes[row] as usize).trim_ascii().is_empty()
                }
                _ => false,
            }
    }

    fn kind(&self, slot: usize) -> &'a Kind {
        self.reader.table().kind(slot)
    }

    /// A cell's text.
    pub fn text(&self, row: usize, slot: usize) -> Cow<'_, [u8]> {
        let (column, kind) = (&self.columns[slot], self.kind(slot));
        if !column.is_valid(row) {
            return Cow::Borrowed(&[]);
        }
        match &column.values {
            Values::Texts(texts) if kind.is_text() => Cow::Borrowed(texts.get(row)),
            Values::Codes(codes, texts) if kind.is_text() => {
                Cow::Borrowed(texts.get(codes[row] as usize))
            }
            _ => {
                let mut text = Vec::new();
                write(kind, column, row, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// Reads a column: each value as it is stored where that will do, else by way of its text.
    pub fn fill<T, S, A, B>(
        &self,
        slot: usize,
        order: &[u32],
        ways: &Ways<A, B>,
        state: &mut S,
        long: &mut Long<'_, T, S>,
    ) -> Filled<T>
    where
        T: Copy + Default,
        A: Fn(&mut S, &[u8], usize, usize) -> Option<T>,
        B: Fn(Native) -> Option<T>,
    {
        let (column, kind) = (&self.columns[slot], self.kind(slot));
        let mut by_text = ByText { kind, column, ways, state, long, scratch: Vec::new() };
        let native = &ways.native;
        match &column.values {
            Values::Integers(values) if *kind == Kind::Plain => {
                by_text.fill(order, |_, row| native(Native::Integer(values[row])))
            }
            Values::Integers(values) => {
                by_text.fill(order, |_, row| native(kind.of_integer(values[row])?))
            }
            Values::Flags(values) => {
                by_text.fill(order, |_, row| native(Native::Flag(values[row])))
            }
            Values::Texts(texts) if kind.is_text() => {
                by_text.fill(order, |by_text, row| by_text.short(texts, row))
            }
            Values::Codes(codes, texts) if texts.len() > order.len().max(FEW_TEXTS) => {
                by_text.fill(order, |by_text, row| by_text.coded(texts, codes[row] as usize, row))
            }
            Values::Codes(codes, texts) => {
                // What each code came to, once it has.
                let mut known: Vec<Option<Option<T>>> = vec![None; texts.len()];
                by_text.fill(order, |by_text, row| {
                    let code = codes[row] as usize;
                    match known[code] {
                        Some(value) => value,
                        None => {
                            let value = by_text.coded(texts, code, row);
                            known[code] = Some(value);
                            value
                        }
                    }
                })
            }
            _ => by_text.fill(order, |_, row| native(kind.native(column, row)?)),
        }
    }
}

/// Appends a cell's text; of what cannot be written, nothing.
fn write(kind: &Kind, column: &Column, row: usize, into: &mut Vec<u8>) {
    if kind.write(column, row, into).is_err() {
        into.clear();
    }
}

/// The way of a cell by its text.
struct ByText<'a, 'l, T, S, A, B> {
    kind: &'a Kind,
    column: &'a Column,
    ways: &'a Ways<A, B>,
    state: &'a mut S,
    long: &'a mut Long<'l, T, S>,
    scratch: Vec<u8>,
}

impl<T, S, A, B> ByText<'_, '_, T, S, A, B>
where
    T: Copy + Default,
    A: Fn(&mut S, &[u8], usize, usize) -> Option<T>,
    B: Fn(Native) -> Option<T>,
{
    /// The values of all rows, each by the quick way or else by its text.
    fn fill(
        &mut self,
        order: &[u32],
        mut quick: impl FnMut(&mut Self, usize) -> Option<T>,
    ) -> Filled<T> {
        let mut filled = Filled { values: Vec::with_capacity(order.len()), unknown: Vec::new() };
        let full = self.column.valid.is_empty();
        for (at, row) in order.iter().enumerate() {
            let row = *row as usize;
            let value = if full || self.column.valid[row] {
                match quick(self, row) {
                    Some(value) => Some(value),
                    None => self.slow(at, row),
                }
            } else if self.ways.blank {
                None
            } else {
                self.slow(at, row)
            };
            let value = value.unwrap_or_else(|| {
                filled.unknown.push(u32::try_from(at).unwrap_or(u32::MAX));
                T::default()
            });
            filled.values.push(value);
        }
        filled
    }

    /// A text by the short way.
    fn short(&mut self, texts: &Texts, at: usize) -> Option<T> {
        let (start, end) = texts.span(at);
        (self.ways.short)(self.state, texts.bytes(), start, end)
    }

    /// What a code stands for by a short way.
    fn coded(&mut self, texts: &Texts, code: usize, row: usize) -> Option<T> {
        if self.kind.is_text() {
            return self.short(texts, code);
        }
        (self.ways.native)(self.kind.native(self.column, row)?)
    }

    /// A cell's text by the short way where it has not been tried, else by the long one.
    #[cold]
    fn slow(&mut self, at: usize, row: usize) -> Option<T> {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        write(self.kind, self.column, row, &mut text);
        let end = text.len();
        text.resize(end + PADDING, 0);
        let value = if end == 0 && self.ways.blank {
            None
        } else {
            match (self.ways.short)(self.state, &text, 0, end) {
                Some(value) => Some(value),
                None => (self.long)(self.state, at, row, &text[..end]),
            }
        };
        self.scratch = text;
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::Int32Type;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::files::{Files, Memory};

    /// A table of groups of so many rows.
    fn table(groups: &[usize]) -> Table {
        let schema =
            Arc::new(parse_message_type("message t { required int32 a; }").expect("a schema"));
        let mut file =
            SerializedFileWriter::new(Vec::new(), schema, Arc::default()).expect("a writer");
        for rows in groups {
            let mut group = file.next_row_group().expect("a group");
            let mut column = group.next_column().expect("no error").expect("a column");
            column.typed::<Int32Type>().write_batch(&vec![7; *rows], None, None).expect("room");
            column.close().expect("room");
            group.close().expect("room");
        }
        let memory = Memory::new([("t", file.into_inner().expect("room"))]);
        let file = memory.open("t".as_ref()).expect("there");
        Table::open(&file, b',', &Arc::default()).expect("a table")
    }

    #[test]
    fn pieces_are_all_rows_and_lie_in_one_group() {
        for (groups, threads, expected) in [
            (&[][..], 4, &[0][..]),
            (&[5, 0, 7], 4, &[5, 7]),
            (&[200_000], 1, &[200_000]),
            (&[200_000], 4, &[50_000, 50_000, 50_000, 50_000]),
            (&[65_537, 3], 8, &[32_769, 32_768, 3]),
        ] {
            let table = table(groups);
            let pieces = pieces(&table, threads);
            let lens: Vec<usize> = pieces.iter().map(|piece| piece.len()).collect();
            assert_eq!(lens, expected, "{groups:?}");
            let mut next = 0;
            for piece in &pieces {
                assert_eq!(piece.start, next);
                assert!(
                    next == table.rows()
                        || table
                            .groups()
                            .any(|group| group.start <= piece.start && piece.end <= group.end)
                );
                next = piece.end;
            }
            assert_eq!(next, table.rows());
            let shares: usize = pieces.iter().map(|piece| table.share(piece.clone())).sum();
            assert_eq!(shares, if next == 0 { 0 } else { table.size() });
        }
    }
}
