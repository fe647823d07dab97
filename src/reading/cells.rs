//! The cells of a range, column by column: by the short way where they have the common form, else
//! by the long one.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Decimal128Type};
use arrow_array::{ArrayRef, PrimitiveArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};

use super::Slot;
use super::batch::RowRef;
use super::csv::range::Range;
use super::csv::split::Records;
use super::csv::unquoted;
use super::text::TextReader;
use crate::contract::{Contract, Field, FieldType};
use crate::exact::Exact;

/// How a column is read.
pub enum Reader {
    /// Only whether it is text at all.
    Unread,
    Integer {
        low: i64,
        high: i64,
        short: bool,
    },
    Decimal {
        short: bool,
    },
    Date {
        short: bool,
    },
    Boolean,
    Text(TextReader),
}

impl Reader {
    /// How the cells of a field are read. `wanted` keeps its texts, `referring` looks them up.
    pub fn new(field: &Field, contract: &Contract, wanted: bool, referring: bool) -> Reader {
        let constraints = &field.constraints;
        let listed = constraints.allowed.is_some() || constraints.pattern.is_some();
        // A number that means "missing" must not be taken for one.
        let numeric = |marker: &String| marker.starts_with(|first: char| first.is_ascii_digit());
        let short = !listed && field.scale.is_none() && !contract.missing.iter().any(numeric);
        match field.kind {
            FieldType::String if !wanted && !listed && !constraints.required && !referring => {
                Reader::Unread
            }
            FieldType::String => Reader::Text(TextReader::new(wanted)),
            FieldType::Integer | FieldType::Year => {
                let bound =
                    |bound: &Option<Exact>, round: fn(&Exact) -> Exact, open: i64| match bound {
                        Some(bound) => round(bound).to_integer()?.try_into().ok(),
                        None => Some(open),
                    };
                let low = bound(&constraints.minimum, Exact::ceil, i64::MIN);
                let high = bound(&constraints.maximum, Exact::floor, i64::MAX);
                // A year has four digits.
                let year = field.kind == FieldType::Year;
                let low = low.map(|low| if year { low.max(1000) } else { low });
                let high = high.map(|high| if year { high.min(9999) } else { high });
                match (low, high) {
                    (Some(low), Some(high)) => Reader::Integer { low, high, short },
                    _ => Reader::Integer { low: 0, high: 0, short: false },
                }
            }
            FieldType::Number => {
                let bounded = constraints.minimum.is_some() || constraints.maximum.is_some();
                let plain = contract.decimal_char.is_none_or(|mark| mark == '.');
                Reader::Decimal {
                    short: short && plain && !bounded && contract.group_char.is_none(),
                }
            }
            FieldType::Date => Reader::Date { short },
            FieldType::Boolean => Reader::Boolean,
        }
    }
}

/// Reads a cell that is not of the common form: the column's own state, the place in the batch,
/// the row, the text.
pub type LongWay<'l, S, T> = dyn FnMut(&mut S, usize, RowRef, &[u8]) -> Option<T> + 'l;

/// A column's values in the order of the batch; unknown ones hold a zero.
pub struct Filled<T> {
    /// The values.
    pub values: Vec<T>,
    /// The rows without one.
    pub unknown: Vec<u32>,
}

impl<T> Filled<T> {
    /// The unknown ones as Arrow marks them.
    pub fn nulls(&self) -> Option<NullBuffer> {
        if self.unknown.is_empty() {
            return None;
        }
        let mut valid = BooleanBufferBuilder::new(self.values.len());
        valid.append_n(self.values.len(), true);
        for row in &self.unknown {
            valid.set_bit(*row as usize, false);
        }
        Some(valid.finish().into())
    }
}

pub fn primitive<T: ArrowPrimitiveType>(filled: Filled<T::Native>) -> PrimitiveArray<T> {
    let nulls = filled.nulls();
    PrimitiveArray::new(filled.values.into(), nulls)
}

/// The cells of one range in the order of the batch.
pub struct Cells<'a> {
    /// The range.
    pub range: &'a Range,
    /// Its records.
    pub records: &'a Records,
    /// Which of the dataset's files it is of.
    pub file: usize,
    /// The record of each row of the batch.
    pub order: Vec<u32>,
}

impl Cells<'_> {
    /// Where a record stands.
    pub fn row(&self, record: usize) -> RowRef {
        RowRef::new(self.file, self.range.base + self.records.start(record))
    }

    /// The cell's place without its quotes; `None` where it must be copied to lose them.
    fn bare(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let bytes = &self.range.bytes;
        if start == end || bytes[start] != b'"' {
            return Some((start, end));
        }
        let inner = (start + 1, end - 1);
        let plain = inner.0 <= inner.1
            && bytes[inner.1] == b'"'
            && memchr::memchr(b'"', &bytes[inner.0..inner.1]).is_none();
        plain.then_some(inner)
    }

    /// A field's text, unquoted; nothing where the file lacks it.
    pub fn text_of<'s>(&'s self, record: usize, slot: &'s Slot) -> Cow<'s, [u8]> {
        match slot {
            Slot::At(slot) => self.text(record, *slot),
            Slot::Given(given) => Cow::Borrowed(given.text()),
            Slot::Absent => Cow::Borrowed(&[]),
        }
    }

    /// A cell's text, unquoted.
    fn text(&self, record: usize, slot: usize) -> Cow<'_, [u8]> {
        let (start, end) = self.records.cell(record, slot);
        unquoted(&self.range.bytes[start..end])
    }

    /// Reads a column: each cell by the short way, or else by the long one, which notes what is
    /// wrong. Rows with a wrong number of cells are unknown; `keep` reads what is there of them.
    /// `blank` says that nothing at all means "unknown", and no more need be said.
    pub fn fill<T: Copy + Default, S>(
        &self,
        slot: &Slot,
        (keep, blank): (bool, bool),
        state: &mut S,
        short: impl Fn(&mut S, &[u8], usize, usize) -> Option<T>,
        long: &mut LongWay<'_, S, T>,
        broken: &mut dyn FnMut(usize),
    ) -> Filled<T> {
        let rows = self.order.len();
        let mut filled = Filled { values: Vec::with_capacity(rows), unknown: Vec::new() };
        let bytes = &self.range.bytes;
        let even = self.records.ragged.is_empty();
        let mut unknown = |at: usize| {
            filled.unknown.push(u32::try_from(at).unwrap_or(u32::MAX));
            T::default()
        };
        let slot = match slot {
            Slot::At(slot) => *slot,
            Slot::Absent => {
                filled.values.resize(rows, T::default());
                filled.unknown.extend(0..u32::try_from(rows).unwrap_or(u32::MAX));
                return filled;
            }
            Slot::Given(given) => {
                for (at, record) in self.order.iter().enumerate() {
                    let (bytes, text) = (given.padded(), given.text());
                    let value = short(state, bytes, 0, text.len())
                        .or_else(|| long(state, at, self.row(*record as usize), text))
                        .unwrap_or_else(|| unknown(at));
                    filled.values.push(value);
                }
                return filled;
            }
        };
        if even && !self.range.quoted {
            // By far the most ranges: no quotes, and every row as wide as the header.
            let (starts, ends) = self.records.column(slot);
            for (at, record) in self.order.iter().enumerate() {
                let record = *record as usize;
                let (start, end) = (starts[record] as usize, ends[record] as usize - 1);
                let value = match short(state, bytes, start, end) {
                    Some(value) => value,
                    None if blank && start == end => unknown(at),
                    None => long(state, at, self.row(record), &bytes[start..end])
                        .unwrap_or_else(|| unknown(at)),
                };
                filled.values.push(value);
            }
            return filled;
        }
        for (at, record) in self.order.iter().enumerate() {
            let record = *record as usize;
            let mut value = None;
            let ragged = !even && self.records.is_ragged(record);
            if ragged && (!keep || slot >= self.records.cells(record)) {
                if !keep {
                    broken(at);
                }
            } else {
                let (start, end) = self.records.cell(record, slot);
                match self.bare(start, end) {
                    Some((start, end)) if blank && start == end => {}
                    Some((start, end)) => {
                        value = short(state, bytes, start, end)
                            .or_else(|| long(state, at, self.row(record), &bytes[start..end]));
                    }
                    None => value = long(state, at, self.row(record), &self.text(record, slot)),
                }
            }
            let value = value.unwrap_or_else(|| unknown(at));
            filled.values.push(value);
        }
        filled
    }
}

/// Decimals at the largest scale that occurs. They all fit: see [`super::cell::MOST_PLACES`].
pub fn decimals(filled: Filled<(i128, u32)>) -> ArrayRef {
    let scale = filled.values.iter().map(|(_, scale)| *scale).max().unwrap_or(0);
    let nulls = filled.nulls();
    let values: Vec<i128> = filled
        .values
        .iter()
        .map(|(mantissa, own)| mantissa.saturating_mul(10i128.saturating_pow(scale - own)))
        .collect();
    let array = PrimitiveArray::<Decimal128Type>::new(values.into(), nulls);
    let scale = i8::try_from(scale).unwrap_or(0);
    match array.clone().with_precision_and_scale(38, scale) {
        Ok(array) => Arc::new(array),
        Err(_) => Arc::new(array),
    }
}
