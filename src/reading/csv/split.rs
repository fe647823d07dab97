//! Records into cells.

use memchr::memchr3;
use wide::u8x16;

use super::range::Range;
use super::unquoted;
use crate::source::record::{self, closing};

/// The cells of a range's records: their places, column after column, since that is how they are
/// read.
#[derive(Debug, Default)]
pub struct Records {
    /// For each column and one more, for each row: where its cell begins, which is one past the
    /// separator before it; in the last, one past the separator after the last cell.
    bounds: Vec<u32>,
    /// Rows there is room for in each column.
    room: usize,
    /// Cells of a whole row.
    width: usize,
    /// Number of rows.
    pub rows: usize,
    /// Rows with another number of cells than the header, and that number; in order.
    pub ragged: Vec<(usize, usize)>,
}

impl Records {
    /// Cuts a range. Empty lines, lines of nothing but spaces and lines of blank cells, which
    /// spreadsheets write for blank rows, are no records.
    pub fn split(&mut self, range: &Range, width: usize, delimiter: u8) {
        if self.width != width {
            (self.width, self.room) = (width, 0);
        }
        self.ragged.clear();
        self.rows = 0;
        if self.room == 0 {
            self.grow();
        }
        let mut row = OpenRecord { start: range.first, cells: 0 };
        self.put(0, row.start);
        if range.quoted {
            self.split_quoted(range, delimiter, &mut row);
        } else {
            self.split_plain(range, delimiter, &mut row);
        }
        // The last record of a file may lack its line break.
        if row.start < range.stop {
            self.end(range, range.stop, delimiter, &mut row);
        }
        let last = self.ragged.last().map(|(row, _)| row + 1);
        if range.unclosed && self.rows > 0 && last != Some(self.rows) {
            self.ragged.push((self.rows - 1, width));
        }
    }

    /// Where a cell is: its first byte, and one past its last. In a ragged row only the cells
    /// that are there may be asked for.
    pub fn cell(&self, row: usize, slot: usize) -> (usize, usize) {
        let at = slot * self.room + row;
        (self.bounds[at] as usize, self.bounds[at + self.room] as usize - 1)
    }

    /// Where a column's cells begin, and one past the separators after them. In a ragged row only
    /// the cells that are there may be asked for.
    pub fn column(&self, slot: usize) -> (&[u32], &[u32]) {
        let at = slot * self.room;
        (&self.bounds[at..][..self.rows], &self.bounds[at + self.room..][..self.rows])
    }

    /// Where a row begins.
    pub fn start(&self, row: usize) -> usize {
        self.bounds[row] as usize
    }

    /// Doubles the room for rows.
    fn grow(&mut self) {
        let room = (self.room * 2).max(64);
        let mut bounds = vec![0; room * (self.width + 1)];
        if self.room > 0 {
            let columns = self.bounds.chunks_exact(self.room).zip(bounds.chunks_exact_mut(room));
            for (old, new) in columns {
                new[..self.room].copy_from_slice(old);
            }
        }
        (self.bounds, self.room) = (bounds, room);
    }

    /// Notes where the cell `slot` of the current row begins; beyond the last there is no room.
    #[inline(always)]
    fn put(&mut self, slot: usize, at: usize) {
        if slot <= self.width {
            // Ranges are far below 4 GiB.
            self.bounds[slot * self.room + self.rows] = at as u32;
        }
    }

    /// Whether a row has another number of cells than the header.
    pub fn is_ragged(&self, row: usize) -> bool {
        self.ragged.binary_search_by_key(&row, |(at, _)| *at).is_ok()
    }

    /// How many cells a row has.
    pub fn cells(&self, row: usize) -> usize {
        match self.ragged.binary_search_by_key(&row, |(at, _)| *at) {
            Ok(found) => self.ragged[found].1,
            Err(_) => self.width,
        }
    }

    /// Sixty-four bytes at a time: a bit for each separator, then from bit to bit.
    fn split_plain(&mut self, range: &Range, delimiter: u8, row: &mut OpenRecord) {
        let bytes = &range.bytes[..range.stop];
        let marks = [u8x16::splat(delimiter), u8x16::splat(b'\n'), u8x16::splat(b'\r')];
        let mut base = range.first;
        while base < bytes.len() {
            let mut block = [0; 64];
            let (mut delimiters, mut breaks) = (0u64, 0u64);
            let here: &[u8] = match bytes.get(base..base + 64) {
                Some(here) => here,
                None => {
                    let rest = &bytes[base..];
                    block[..rest.len()].copy_from_slice(rest);
                    &block
                }
            };
            for (quarter, lanes) in here.as_chunks::<16>().0.iter().enumerate() {
                let lanes = u8x16::new(*lanes);
                let bits =
                    |mask: u8x16| u64::from(mask.move_mask().cast_unsigned()) << (quarter * 16);
                delimiters |= bits(lanes.cmp_eq(marks[0]));
                breaks |= bits(lanes.cmp_eq(marks[1]) | lanes.cmp_eq(marks[2]));
            }
            let mut separators = delimiters | breaks;
            while separators != 0 {
                let bit = separators.trailing_zeros();
                separators &= separators - 1;
                let at = base + bit as usize;
                if breaks >> bit & 1 == 0 {
                    row.cells += 1;
                    self.put(row.cells, at + 1);
                } else {
                    self.end(range, at, delimiter, row);
                }
            }
            base += 64;
        }
    }

    /// Cell by cell, for ranges that hold a quote.
    fn split_quoted(&mut self, range: &Range, delimiter: u8, row: &mut OpenRecord) {
        let bytes = &range.bytes[..range.stop];
        let mut at = range.first;
        while at < bytes.len() {
            if bytes[at] == b'"' {
                at = closing(bytes, at + 1);
            }
            let Some(found) = memchr3(delimiter, b'\n', b'\r', &bytes[at..]) else { break };
            at += found;
            if bytes[at] == delimiter {
                row.cells += 1;
                self.put(row.cells, at + 1);
            } else {
                self.end(range, at, delimiter, row);
            }
            at += 1;
        }
    }

    /// The record ends at `at`, where its line break or the file's end is.
    #[inline]
    fn end(&mut self, range: &Range, at: usize, delimiter: u8, row: &mut OpenRecord) {
        if !is_blank(&range.bytes[row.start..at], delimiter) {
            row.cells += 1;
            self.put(row.cells, at + 1);
            if row.cells != self.width {
                self.ragged.push((self.rows, row.cells));
            }
            self.rows += 1;
            if self.rows == self.room {
                self.grow();
            }
        }
        *row = OpenRecord { start: at + 1, cells: 0 };
        self.put(0, row.start);
    }
}

/// Whether a record has nothing in any of its cells. Its first byte tells of nearly all.
#[inline]
fn is_blank(record: &[u8], delimiter: u8) -> bool {
    let bare = |byte: &u8| *byte == delimiter || *byte == b'"' || byte.is_ascii_whitespace();
    match record.first() {
        None => true,
        Some(first) if !bare(first) => false,
        Some(_) => record.iter().all(bare) && are_blank(record, delimiter),
    }
}

/// The same of a record of separators, quotes and spaces, which may still hold a quote.
#[cold]
fn are_blank(record: &[u8], delimiter: u8) -> bool {
    let mut cells = record::cells(record, 0, delimiter);
    cells.all(|cell| unquoted(&record[cell.start..cell.end]).trim_ascii().is_empty())
}

/// The record being cut.
struct OpenRecord {
    start: usize,
    /// Cells that have ended.
    cells: usize,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::range::Ranges;
    use super::*;
    use crate::source::Sources;

    type Rows = Vec<Vec<Vec<u8>>>;

    /// All cells, by way of ranges of a size.
    fn ours(text: &[u8], size: usize, delimiter: u8) -> Rows {
        let mut sources = Sources::new(Path::new("/"));
        let id = sources.add(Path::new("/x.csv"), text);
        let ranges = Ranges::new(sources.get(id), 0, size, delimiter);
        let (mut range, mut records, mut rows) =
            (Range::default(), Records::default(), Rows::new());
        for index in 0..ranges.count() {
            ranges.fetch(index, &mut range).expect("in memory");
            // As wide as any row gets, so that every cell is seen.
            records.split(&range, 40, delimiter);
            for row in 0..records.rows {
                let cells = (0..records.cells(row)).map(|slot| {
                    let (start, end) = records.cell(row, slot);
                    unquoted(&range.bytes[start..end]).into_owned()
                });
                rows.push(cells.collect());
            }
        }
        rows
    }

    /// The same by the `csv` crate.
    fn theirs(text: &[u8], delimiter: u8) -> Rows {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text);
        let rows = reader.byte_records().map(|record| {
            record.expect("in memory").iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
        });
        rows.filter(|row| row.iter().any(|cell| !cell.trim_ascii().is_empty())).collect()
    }

    #[test]
    fn cells_are_cut_where_the_grammar_says() {
        let cases: &[(&str, &[&[&str]])] = &[
            ("a,b\nc,d\n", &[&["a", "b"], &["c", "d"]]),
            ("a,b\r\nc,d", &[&["a", "b"], &["c", "d"]]),
            ("a,b\rc,d\r", &[&["a", "b"], &["c", "d"]]),
            ("\n\na,\n  \n,b\n", &[&["a", ""], &["", "b"]]),
            // Blank rows of spreadsheets.
            ("a,b\n,\n , \n\"\",\"\"\nc,d\n", &[&["a", "b"], &["c", "d"]]),
            ("\"\"\"\",\n", &[&["\"", ""]]),
            ("\"a\nb\",c\n", &[&["a\nb", "c"]]),
            ("\"a\"\"b\",\"\"\n", &[&["a\"b", ""]]),
            ("5\" pipe,\"x\"y\"z\n", &[&["5\" pipe", "xy\"z"]]),
            ("\"never closed,\n1,2\n", &[&["never closed,\n1,2\n"]]),
        ];
        for (text, expected) in cases {
            let expected: Rows = expected
                .iter()
                .map(|row| row.iter().map(|cell| cell.as_bytes().to_vec()).collect())
                .collect();
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(ours(text.as_bytes(), size, b','), expected, "{text:?} by {size}");
            }
            assert_eq!(theirs(text.as_bytes(), b','), expected, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        /// Any text at all, in ranges of any size: the same cells as the `csv` crate's.
        #[test]
        fn ranges_of_any_size_give_the_same_cells(
            text in prop::collection::vec(prop::sample::select(b"ab1 ,;\n\r\"\"\"".to_vec()), 0..120),
            size in 1usize..40,
            delimiter in prop::sample::select(b",;".to_vec()),
        ) {
            prop_assert_eq!(ours(&text, size, delimiter), theirs(&text, delimiter));
        }
    }
}
