//! The cells of a range, column by column: by the short way where they have the common form, else
//! by the long one.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Decimal128Type};
use arrow_array::{ArrayRef, PrimitiveArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};

use super::Slot;
use super::batch::RowRef;
use super::cell::MOST_PLACES;
use super::csv::range::Range;
use super::csv::split::Records;
use super::csv::unquoted;
use super::stored::Stored;
use super::text::TextReader;
use crate::contract::{Contract, Field, FieldType};
use crate::exact::Exact;
use crate::source::columnar::Native;

/// How a column is read.
pub enum Reader {
    /// Only whether it is text at all.
    Unread,
    Integer {
        low: i64,
        high: i64,
        short: Short,
    },
    Decimal {
        low: i128,
        high: i128,
        short: Short,
    },
    Date {
        short: bool,
    },
    Boolean,
    Text(TextReader),
}

/// Which numbers may be read the short way.
#[derive(Clone, Copy, Debug)]
pub struct Short {
    /// Those without a sign.
    pub unsigned: bool,
    /// Those below zero, where they are stored as numbers.
    pub signed: bool,
}

impl Short {
    const NONE: Short = Short { unsigned: false, signed: false };

    /// Whether a number may.
    #[inline(always)]
    pub fn allows(self, is_negative: bool) -> bool {
        if is_negative { self.signed } else { self.unsigned }
    }
}

impl Reader {
    /// How the cells of a field are read. `wanted` keeps its texts, `referring` looks them up.
    pub fn new(field: &Field, contract: &Contract, wanted: bool, referring: bool) -> Reader {
        let constraints = &field.constraints;
        let listed = constraints.allowed.is_some() || constraints.pattern.is_some();
        // A number that means "missing" must not be taken for one.
        let numeric = |marker: &String| marker.starts_with(|first: char| first.is_ascii_digit());
        let short = !listed && field.scale.is_none() && !contract.missing.iter().any(numeric);
        let negative = |marker: &String| marker.starts_with('-') && marker.len() > 1;
        let signed = short && !contract.missing.iter().any(negative);
        let numbers = Short { unsigned: short, signed };
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
                    (Some(low), Some(high)) => Reader::Integer { low, high, short: numbers },
                    _ => Reader::Integer { low: 0, high: 0, short: Short::NONE },
                }
            }
            FieldType::Number => {
                let low = bound_in_units(&constraints.minimum, Exact::ceil, i128::MIN);
                let high = bound_in_units(&constraints.maximum, Exact::floor, i128::MAX);
                let plain = contract.decimal_char.is_none_or(|mark| mark == '.');
                let plain = plain && contract.group_char.is_none();
                match (low, high) {
                    (Some(low), Some(high)) if plain => {
                        Reader::Decimal { low, high, short: numbers }
                    }
                    _ => Reader::Decimal { low: 0, high: 0, short: Short::NONE },
                }
            }
            FieldType::Date => Reader::Date { short },
            FieldType::Boolean => Reader::Boolean,
        }
    }
}

/// A bound as a number of the smallest units a cell may be written in, as far as there are any.
fn bound_in_units(bound: &Option<Exact>, round: fn(&Exact) -> Exact, open: i128) -> Option<i128> {
    let Some(bound) = bound else { return Some(open) };
    round(&bound.checked_mul(&Exact::int(10i128.pow(MOST_PLACES)))?).to_integer()
}

/// A number of those units. There are as many as fit: see [`super::cell::MOST_PLACES`].
#[inline(always)]
pub fn in_units(mantissa: i128, places: u32) -> i128 {
    const UNITS: [i128; MOST_PLACES as usize + 1] = {
        let mut units = [1; MOST_PLACES as usize + 1];
        let mut places = MOST_PLACES as usize;
        while places > 0 {
            units[places - 1] = units[places] * 10;
            places -= 1;
        }
        units
    };
    mantissa.saturating_mul(UNITS.get(places as usize).copied().unwrap_or(1))
}

/// A column's values in the order of the batch; unknown ones hold a zero.
pub struct Filled<T> {
    /// The values.
    pub values: Vec<T>,
    /// The rows without one.
    pub unknown: Vec<u32>,
}

impl<T: Default> Filled<T> {
    /// Adds the value of a row, or none.
    #[inline(always)]
    pub fn push(&mut self, at: usize, value: Option<T>) {
        let value = value.unwrap_or_else(|| {
            self.unknown.push(u32::try_from(at).unwrap_or(u32::MAX));
            T::default()
        });
        self.values.push(value);
    }
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

/// How the cells of a column are read.
pub struct Ways<A, B> {
    /// Whether what is there of a row with a wrong number of cells is read.
    pub keep: bool,
    /// Whether nothing at all means "unknown", and no more need be said.
    pub blank: bool,
    /// The value of a text of the common form: the bytes, and where it begins and ends in them.
    pub short: A,
    /// The same of what is stored without a text.
    pub native: B,
}

/// The long way of a cell, which notes what is wrong: the place of its row in the batch, its record
/// and its text.
pub type Long<'l, T, S> = dyn FnMut(&mut S, usize, usize, &[u8]) -> Option<T> + 'l;

/// Where cells are.
pub enum From<'a> {
    /// In a range of a text, cut into records.
    Text(&'a Range, &'a Records),
    /// In the columns of a table, whose rows are the records.
    Table(&'a Stored<'a>),
}

/// The cells of some records in the order of the batch.
pub struct Cells<'a> {
    /// Where they are.
    pub from: From<'a>,
    /// Which of the dataset's files they are of.
    pub file: usize,
    /// The record of each row of the batch.
    pub order: Vec<u32>,
}

impl<'a> Cells<'a> {
    /// The cells of a range.
    pub fn of_text(range: &'a Range, records: &'a Records, file: usize) -> Cells<'a> {
        let count = u32::try_from(records.rows).unwrap_or(u32::MAX);
        Cells { from: From::Text(range, records), file, order: (0..count).collect() }
    }

    /// Where a record stands.
    pub fn row(&self, record: usize) -> RowRef {
        let place = match self.from {
            From::Text(range, records) => range.base + records.start(record),
            From::Table(stored) => stored.first + record,
        };
        RowRef::new(self.file, place)
    }

    /// A field's text, unquoted; nothing where the file lacks it.
    pub fn text_of<'s>(&'s self, record: usize, slot: &'s Slot) -> Cow<'s, [u8]> {
        match slot {
            Slot::At(slot) => match self.from {
                From::Text(range, records) => text(range, records, record, *slot),
                From::Table(stored) => stored.text(record, *slot),
            },
            Slot::Given(given) => Cow::Borrowed(given.text()),
            Slot::Absent => Cow::Borrowed(&[]),
        }
    }

    /// Reads a column: each cell by the short way, or else by the long one. Rows with a wrong number
    /// of cells are unknown, and told to `broken`, unless they are kept.
    pub fn fill<T, S, A, B>(
        &self,
        slot: &Slot,
        ways: &Ways<A, B>,
        state: &mut S,
        long: &mut Long<'_, T, S>,
        broken: &mut dyn FnMut(usize),
    ) -> Filled<T>
    where
        T: Copy + Default,
        A: Fn(&mut S, &[u8], usize, usize) -> Option<T>,
        B: Fn(Native) -> Option<T>,
    {
        let rows = self.order.len();
        let mut filled = Filled { values: Vec::with_capacity(rows), unknown: Vec::new() };
        match slot {
            Slot::At(slot) => match self.from {
                From::Text(range, records) => {
                    let text = InText { range, records, order: &self.order };
                    text.fill(*slot, ways, state, long, broken)
                }
                From::Table(stored) => stored.fill(*slot, &self.order, ways, state, long),
            },
            Slot::Absent => {
                filled.values.resize(rows, T::default());
                filled.unknown.extend(0..u32::try_from(rows).unwrap_or(u32::MAX));
                filled
            }
            Slot::Given(given) => {
                for (at, record) in self.order.iter().enumerate() {
                    let (bytes, text) = (given.padded(), given.text());
                    let value = (ways.short)(state, bytes, 0, text.len())
                        .or_else(|| long(state, at, *record as usize, text));
                    filled.push(at, value);
                }
                filled
            }
        }
    }
}

/// A cell's text, unquoted.
fn text<'r>(range: &'r Range, records: &Records, record: usize, slot: usize) -> Cow<'r, [u8]> {
    let (start, end) = records.cell(record, slot);
    unquoted(&range.bytes[start..end])
}

/// Cells in a range of a text.
struct InText<'a> {
    range: &'a Range,
    records: &'a Records,
    order: &'a [u32],
}

impl InText<'_> {
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

    fn fill<T, S, A, B>(
        &self,
        slot: usize,
        ways: &Ways<A, B>,
        state: &mut S,
        long: &mut Long<'_, T, S>,
        broken: &mut dyn FnMut(usize),
    ) -> Filled<T>
    where
        T: Copy + Default,
        A: Fn(&mut S, &[u8], usize, usize) -> Option<T>,
    {
        let Ways { keep, blank, short, .. } = ways;
        let bytes = &self.range.bytes;
        let even = self.records.ragged.is_empty();
        let rows = self.order.len();
        let mut filled = Filled { values: Vec::with_capacity(rows), unknown: Vec::new() };
        if even && !self.range.quoted {
            // By far the most ranges: no quotes, and every row as wide as the header.
            let (starts, ends) = self.records.column(slot);
            for (at, record) in self.order.iter().enumerate() {
                let record = *record as usize;
                let (start, end) = (starts[record] as usize, ends[record] as usize - 1);
                let value = match short(state, bytes, start, end) {
                    Some(value) => Some(value),
                    None if *blank && start == end => None,
                    None => long(state, at, record, &bytes[start..end]),
                };
                filled.push(at, value);
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
                value = match self.bare(start, end) {
                    Some((start, end)) if *blank && start == end => None,
                    Some((start, end)) => short(state, bytes, start, end)
                        .or_else(|| long(state, at, record, &bytes[start..end])),
                    None => long(state, at, record, &text(self.range, self.records, record, slot)),
                };
            }
            filled.push(at, value);
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
