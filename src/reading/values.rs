//! One column of a batch: each cell's value, and what is wrong with it.
//!
//! Cells of the common form, and values that are stored as what they mean, take a short way
//! ([`digits`], [`TextReader`], [`Native`]); all others go through [`cell::parse`], which alone says
//! what a text means.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray};
use foldhash::fast::FixedState;

use super::batch::{ColumnId, RowRef};
use super::cell::{self, Refusal, Value};
use super::cells::{Cells, Reader, Ways, decimals, in_units, primitive};
use super::csv::digits;
use super::decode::Decoder;
use super::offence::Offending;
use super::text::{Coded, Judge, KnownKeys, TextReader, composed};
use super::{DataFile, days, misread};
use crate::contract::{Contract, Field, FieldId, FieldType};
use crate::diagnostic::{Code, did_you_mean};
use crate::message::{Arg, Message};
use crate::msg;
use crate::source::columnar::Native;

impl Decoder<'_> {
    /// Reads a column; `None` where its values are not wanted.
    pub(super) fn column(
        &mut self,
        cells: &Cells<'_>,
        column: FieldId,
        file: &DataFile,
        broken: &mut HashSet<(usize, ColumnId), FixedState>,
    ) -> Option<ArrayRef> {
        let contract = self.setting.contract;
        let field = &contract.fields[column];
        let slot = &file.slots[column];
        // When and where a row is can be told even when something else of it is missing.
        let keep = contract.year == Some(column) || contract.area == Some(column);
        let blank = !field.constraints.required && contract.missing.iter().any(String::is_empty);
        let (setting, strangers) = (self.setting, &mut self.strangers);
        let offending = &mut self.offending;
        let broken = std::cell::RefCell::new(broken);
        let mark = |at: usize| {
            broken.borrow_mut().insert((at, column.into()));
        };
        let mut ragged = |at: usize| mark(at);
        let mut general = |at: usize, record: usize, text: &[u8]| {
            let value = general(contract, column, cells.row(record), text, offending);
            value.unwrap_or_else(|Broken| {
                mark(at);
                Value::Missing
            })
        };
        Some(match &mut self.columns[column] {
            Reader::Unread => {
                let mut long = |(): &mut (), at: usize, record: usize, text: &[u8]| {
                    general(at, record, text);
                    Some(())
                };
                let short = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let text = &bytes[start..end];
                    (text.is_ascii() || std::str::from_utf8(text).is_ok()).then_some(())
                };
                let ways = Ways { keep, blank, short, native: |_| Some(()) };
                cells.fill(slot, &ways, &mut (), &mut long, &mut ragged);
                return None;
            }
            Reader::Integer { low, high, short: which } => {
                let (low, high, which) = (*low, *high, *which);
                let four = field.kind == FieldType::Year;
                let short = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let value = digits::whole_number(bytes, start, end)?;
                    let fits = which.unsigned && (!four || end - start == 4);
                    (fits && value >= low && value <= high).then_some(value)
                };
                let native = |value: Native| match value {
                    Native::Integer(value) => {
                        let fits = which.allows(value < 0) && value >= low && value <= high;
                        fits.then_some(value)
                    }
                    _ => None,
                };
                let mut long = |(): &mut (), at: usize, record: usize, text: &[u8]| match general(
                    at, record, text,
                ) {
                    Value::Integer(value) => Some(value),
                    _ => None,
                };
                let ways = Ways { keep, blank, short, native };
                let filled = cells.fill(slot, &ways, &mut (), &mut long, &mut ragged);
                Arc::new(primitive::<Int64Type>(filled))
            }
            Reader::Decimal { low, high, short: which } => {
                let (low, high, which) = (*low, *high, *which);
                let is_open = (low, high) == (i128::MIN, i128::MAX);
                let within = |mantissa: i128, places: u32| {
                    is_open || (low..=high).contains(&in_units(mantissa, places))
                };
                let short = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let (mantissa, scale) = digits::decimal(bytes, start, end)?;
                    let value = (i128::from(mantissa), u32::from(scale));
                    (which.unsigned && within(value.0, value.1)).then_some(value)
                };
                let native = |value: Native| match value {
                    Native::Integer(value) => {
                        let fits = which.allows(value < 0) && within(value.into(), 0);
                        fits.then_some((value.into(), 0))
                    }
                    Native::Decimal(mantissa, scale) => {
                        let fits = which.allows(mantissa < 0)
                            && cell::is_plain(mantissa, scale)
                            && within(mantissa, scale);
                        fits.then_some((mantissa, scale))
                    }
                    _ => None,
                };
                let mut long = |(): &mut (), at: usize, record: usize, text: &[u8]| match general(
                    at, record, text,
                ) {
                    Value::Decimal(mantissa, scale) => Some((mantissa, scale)),
                    _ => None,
                };
                let ways = Ways { keep, blank, short, native };
                decimals(cells.fill(slot, &ways, &mut (), &mut long, &mut ragged))
            }
            Reader::Date { short: is_short } => {
                let is_short = *is_short;
                let short = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    if is_short { digits::iso_date(bytes, start, end) } else { None }
                };
                let native = |value: Native| match value {
                    Native::Day(day) if is_short && days::NEAR.contains(&day) => {
                        i32::try_from(day).ok()
                    }
                    _ => None,
                };
                let mut long = |(): &mut (), at: usize, record: usize, text: &[u8]| match general(
                    at, record, text,
                ) {
                    Value::Date(date) => Some(days::days_since_epoch(date)),
                    _ => None,
                };
                let ways = Ways { keep, blank, short, native };
                let filled = cells.fill(slot, &ways, &mut (), &mut long, &mut ragged);
                Arc::new(primitive::<Date32Type>(filled))
            }
            Reader::Boolean => {
                let mut long = |(): &mut (), at: usize, record: usize, text: &[u8]| match general(
                    at, record, text,
                ) {
                    Value::Boolean(flag) => Some(flag),
                    _ => None,
                };
                let listed =
                    field.constraints.allowed.is_some() || field.constraints.pattern.is_some();
                let short = |(): &mut (), bytes: &[u8], start: usize, end: usize| match &bytes
                    [start..end]
                {
                    b"true" if !listed => Some(true),
                    b"false" if !listed => Some(false),
                    _ => None,
                };
                let native = |value: Native| match value {
                    Native::Flag(flag) if !listed => Some(flag),
                    _ => None,
                };
                let ways = Ways { keep, blank, short, native };
                let filled = cells.fill(slot, &ways, &mut (), &mut long, &mut ragged);
                let nulls = filled.nulls();
                Arc::new(BooleanArray::new(filled.values.into(), nulls))
            }
            Reader::Text(reader) => {
                reader.begin(cells.order.len());
                let keys = self.setting.keys[column].as_ref();
                let judge = Judge { field, contract, keys };
                let short =
                    |reader: &mut TextReader, bytes: &[u8], start: usize, end: usize| match reader
                        .code(bytes, start, end, &judge)
                    {
                        Coded::Text(code) => Some(code),
                        Coded::Missing | Coded::Refused(_) => None,
                    };
                let mut long = |reader: &mut TextReader, at: usize, record: usize, text: &[u8]| {
                    let row = cells.row(record);
                    let mut copy = text.to_vec();
                    copy.extend([0; super::csv::range::PADDING]);
                    match reader.code(&copy, 0, text.len(), &judge) {
                        Coded::Text(code) => Some(code),
                        Coded::Missing => None,
                        Coded::Refused(code) => {
                            let stranger = code == Code::UnknownForeignKey;
                            if stranger {
                                strangers.insert((row, column));
                            }
                            if !stranger || !setting.is_void(row, column) {
                                mark(at);
                                let what = || offence(code, text, field, keys);
                                offending.add(code, column, row, what);
                            }
                            None
                        }
                    }
                };
                let ways = Ways { keep, blank, short, native: |_| None };
                let filled = cells.fill(slot, &ways, reader, &mut long, &mut ragged);
                let codes = primitive::<Int32Type>(filled);
                let texts = reader.texts();
                // Codes are places of the dictionary by construction.
                Arc::new(DictionaryArray::try_new(codes, texts).ok()?)
            }
        })
    }
}

/// The cell breaks its contract; it has been noted.
struct Broken;

/// One cell's value by the long way.
fn general(
    contract: &Contract,
    column: FieldId,
    row: RowRef,
    raw: &[u8],
    offending: &mut Offending,
) -> Result<Value<'static>, Broken> {
    let field = &contract.fields[column];
    // Why is asked only where it will be told: of the first few.
    let refuse = |offending: &mut Offending, code: Code, why: &dyn Fn() -> Option<Message>| {
        offending.add(code, column, row, || (String::from_utf8_lossy(raw).into_owned(), why()));
        Err(Broken)
    };
    let Ok(text) = composed(raw) else { return refuse(offending, Code::InvalidText, &|| None) };
    let value = match cell::parse(&text, field, contract) {
        Ok(value) => value.into_owned(),
        Err(Refusal::Type) => {
            return refuse(offending, Code::BadCell, &|| misread::reading(&text, field, contract));
        }
        Err(Refusal::Ambiguous) => return refuse(offending, Code::AmbiguousNumber, &|| None),
        Err(Refusal::AboveOne) => return refuse(offending, Code::DoubtfulScale, &|| None),
    };
    if cell::is_doubtful(&text, &value, field) {
        offending.add(Code::DoubtfulScale, column, row, || (text.trim().to_owned(), None));
    }
    let constraints = &field.constraints;
    if value == Value::Missing {
        return if constraints.required {
            refuse(offending, Code::Required, &|| None)
        } else {
            Ok(value)
        };
    }
    if let Some(number) = value.number() {
        let below = constraints.minimum.as_ref().filter(|bound| number < **bound);
        let above = constraints.maximum.as_ref().filter(|bound| number > **bound);
        let why = || {
            below
                .map(|bound| msg!(BelowMinimum, bound = Arg::Number(bound.exact_text())))
                .or(above.map(|bound| msg!(AboveMaximum, bound = Arg::Number(bound.exact_text()))))
        };
        if below.is_some() || above.is_some() {
            return refuse(offending, Code::OutOfRange, &why);
        }
    }
    let trimmed = text.trim();
    if let Some(allowed) = &constraints.allowed
        && !allowed.has(trimmed)
    {
        let guess = || did_you_mean(trimmed, allowed.iter().map(String::as_str));
        return refuse(offending, Code::NotInEnum, &|| {
            guess().map(|name| msg!(DidYouMean, name = name))
        });
    }
    if let Some((_, pattern)) = &constraints.pattern
        && !pattern.is_match(trimmed)
    {
        return refuse(offending, Code::PatternMismatch, &|| None);
    }
    Ok(value)
}

/// How an offending text is told: itself, and a guess at what was meant.
pub fn offence(
    code: Code,
    raw: &[u8],
    field: &Field,
    keys: Option<&KnownKeys>,
) -> (String, Option<Message>) {
    let text = String::from_utf8_lossy(raw).into_owned();
    let guess = match code {
        Code::NotInEnum => {
            let allowed = field.constraints.allowed.as_deref().unwrap_or_default();
            let allowed = allowed.iter().map(String::as_str);
            did_you_mean(text.trim(), allowed)
        }
        Code::UnknownForeignKey => {
            // The nearest key, and among equally near ones always the same.
            let mut known: Vec<&str> = keys.into_iter().flat_map(KnownKeys::iter).collect();
            known.sort_unstable();
            did_you_mean(text.trim(), known)
        }
        _ => None,
    };
    let guess = guess.map(|name| msg!(DidYouMean, name = name));
    (text, guess)
}
