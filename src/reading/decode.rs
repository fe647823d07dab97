//! Cells into typed columns, every cell checked against the contract on the way.
//!
//! A cell that breaks its contract is noted and counts as unknown, so no figure is ever computed
//! from it. Cells of the common form take a short way ([`digits`], [`TextReader`]); all others
//! go through [`cell::parse`], which alone says what a text means.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray};
use foldhash::fast::FixedState;

use super::areas::{Areas, misplaced};
use super::batch::{Batch, RowRef, number};
use super::cell::{self, Refusal, Value};
use super::cells::{Cells, Reader, decimals, primitive};
use super::column;
use super::csv::digits;
use super::csv::range::Range;
use super::csv::split::Records;
use super::group::Grouping;
use super::keys::{Doubled, Key, KeyLog, comparable};
use super::offence::Offending;
use super::text::{Coded, Judge, KnownKeys, TextReader, composed};
use super::{DataFile, Slot, misread};
use crate::contract::{Contract, Field, FieldType};
use crate::diagnostic::{Code, did_you_mean};
use crate::message::{Arg, Message};
use crate::msg;

/// What is known about a dataset before its rows are read.
pub struct Setting<'a> {
    /// Its contract.
    pub contract: &'a Contract,
    /// For each column, the keys it must be one of.
    pub keys: &'a [Option<KnownKeys>],
    /// For each column, whether its values are wanted. The others are only checked.
    pub wanted: &'a [bool],
    /// The columns whose values must differ.
    pub unique: &'a [Key],
    /// Rows known to have a key that an earlier row has, aligned with `unique`. Without it keys
    /// are gathered, to find such rows.
    pub doubled: Option<&'a [Doubled]>,
    /// The list of areas; with it rows are grouped.
    pub areas: Option<&'a Areas>,
}

/// Decodes one thread's ranges of a dataset.
pub struct Decoder<'a> {
    setting: &'a Setting<'a>,
    columns: Vec<Reader>,
    /// The groups met so far.
    pub grouping: Grouping,
    /// What broke the contract so far.
    pub offending: Offending,
    /// Keys seen, aligned with the setting's.
    pub logs: Vec<KeyLog>,
    /// Cells of the current batch that are unknown only because they refer to nothing or name no
    /// area of their year: as keys they are there.
    strangers: HashSet<(RowRef, usize), FixedState>,
}

impl Setting<'_> {
    /// Whether a cell counts for nothing because its row has the primary key of an earlier one.
    /// When and where the row is stays known: only there figures become unknown.
    fn is_void(&self, row: RowRef, column: usize) -> bool {
        let doubled = self.unique.iter().zip(self.doubled.unwrap_or_default());
        let mut doubled = doubled.filter(|(key, _)| key.primary && !key.columns.contains(&column));
        let dimension = self.contract.year == Some(column) || self.contract.area == Some(column);
        !dimension && doubled.any(|(_, doubled)| doubled.contains(row))
    }
}

impl<'a> Decoder<'a> {
    /// A decoder that has read nothing yet.
    pub fn new(setting: &'a Setting<'a>) -> Decoder<'a> {
        let contract = setting.contract;
        let readers = contract.fields.iter().enumerate().map(|(at, field)| {
            let keyed = setting.unique.iter().any(|key| key.columns.contains(&at));
            let needed = setting.wanted[at]
                || (setting.areas.is_some()
                    && (contract.area == Some(at) || contract.area_name == Some(at)))
                || keyed;
            Reader::new(field, contract, needed, setting.keys[at].is_some())
        });
        Decoder {
            setting,
            columns: readers.collect(),
            grouping: Grouping::default(),
            offending: Offending::default(),
            logs: setting.unique.iter().map(|_| KeyLog::default()).collect(),
            strangers: HashSet::default(),
        }
    }

    /// Decodes a range. With a list of areas, rows come sorted by group where that pays; without
    /// one they come as they stand in the file.
    pub fn decode(
        &mut self,
        range: &Range,
        records: &Records,
        file: &DataFile,
        number: usize,
    ) -> Batch {
        let contract = self.setting.contract;
        self.strangers.clear();
        let count = u32::try_from(records.rows).unwrap_or(u32::MAX);
        let mut cells = Cells { range, records, file: number, order: (0..count).collect() };
        for (record, found) in &records.ragged {
            self.offending.ragged.add(cells.row(*record), || *found);
        }
        if range.unclosed && records.rows > 0 {
            self.offending.unclosed.add(cells.row(records.rows - 1), || ());
        }
        let mut batch = Batch {
            columns: vec![None; contract.fields.len()],
            rows: records.rows,
            ..Batch::default()
        };
        let dimensions = [contract.year, contract.area];
        if let Some(areas) = self.setting.areas {
            for column in dimensions.into_iter().flatten() {
                batch.columns[column] = self.column(&cells, column, file, &mut batch.broken);
            }
            if let Some(column) = contract.area_name {
                batch.columns[column] = self.column(&cells, column, file, &mut batch.broken);
            }
            // Names are looked at row by row; codes only where one turns out to mean nothing.
            if contract.area_name.is_some() {
                self.check_areas(&cells, areas, &mut batch);
            }
            self.group(areas, &mut batch);
            if self.grouping.strange {
                self.check_areas(&cells, areas, &mut batch);
            }
            self.sort(&mut batch, &mut cells);
        }
        batch.refs = cells.order.iter().map(|record| cells.row(*record as usize)).collect();
        for column in 0..contract.fields.len() {
            if batch.columns[column].is_none() {
                batch.columns[column] = self.column(&cells, column, file, &mut batch.broken);
            }
        }
        self.check_references(&cells, file, &mut batch);
        self.check_parts(&mut batch);
        self.check_keys(&cells, file, &mut batch);
        batch
    }

    fn group(&mut self, areas: &Areas, batch: &mut Batch) {
        let contract = self.setting.contract;
        let dimension = |column: Option<usize>| batch.columns[column?].as_ref();
        let (year, area) = (dimension(contract.year), dimension(contract.area));
        batch.groups = self.grouping.assign(contract, areas, year, area, batch.rows);
    }

    /// Rows whose code means no area in their year, or whose name is not that area's: of which
    /// area they are is unknown.
    fn check_areas(&mut self, cells: &Cells<'_>, areas: &Areas, batch: &mut Batch) {
        let contract = self.setting.contract;
        let Some(area) = contract.area else { return };
        let found = misplaced(contract, areas, &batch.columns, batch.rows);
        for wrong in &found {
            let row = cells.row(cells.order[wrong.row] as usize);
            self.strangers.insert((row, area));
            self.offending.add(wrong.code, wrong.column, row, || {
                (wrong.text.clone(), Some(wrong.why.clone()))
            });
        }
        if !found.is_empty() {
            batch.void(area, &found.iter().map(|wrong| wrong.row).collect());
        }
    }

    /// Brings rows of one group together, so that they can be counted by the stretch. The columns
    /// already read follow; all others are then read in the new order.
    fn sort(&self, batch: &mut Batch, cells: &mut Cells<'_>) {
        let groups = self.grouping.keys.len();
        // With few rows to a group, stretches are not worth the sorting.
        if groups > batch.rows / 8 {
            return;
        }
        let mut starts = vec![0u32; groups + 1];
        for group in &batch.groups {
            starts[*group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
            if starts[group + 1] > starts[group] {
                let rows = starts[group] as usize..starts[group + 1] as usize;
                batch.runs.push((u32::try_from(group).unwrap_or(u32::MAX), rows));
            }
        }
        if batch.groups.is_sorted() {
            return;
        }
        let mut order = vec![0u32; batch.rows];
        for (record, group) in batch.groups.iter().enumerate() {
            let place = &mut starts[*group as usize];
            order[*place as usize] = u32::try_from(record).unwrap_or(u32::MAX);
            *place += 1;
        }
        let picked = arrow_array::UInt32Array::from(order);
        for column in batch.columns.iter_mut().flatten() {
            if let Some(sorted) = column::take(column, &picked) {
                *column = sorted;
            }
        }
        let order = picked.values().to_vec();
        if !batch.broken.is_empty() {
            let mut places = vec![0; order.len()];
            for (place, record) in order.iter().enumerate() {
                places[*record as usize] = place;
            }
            let moved = batch.broken.iter().map(|(row, column)| (places[*row], *column));
            batch.broken = moved.collect();
        }
        batch.groups = order.iter().map(|record| batch.groups[*record as usize]).collect();
        cells.order = order;
    }

    /// Reads a column; `None` where its values are not wanted.
    fn column(
        &mut self,
        cells: &Cells<'_>,
        column: usize,
        file: &DataFile,
        broken: &mut HashSet<(usize, usize), FixedState>,
    ) -> Option<ArrayRef> {
        let contract = self.setting.contract;
        let field = &contract.fields[column];
        let slot = &file.slots[column];
        // When and where a row is can be told even when something else of it is missing.
        let keep = contract.year == Some(column) || contract.area == Some(column);
        let blank = !field.constraints.required && contract.missing.iter().any(String::is_empty);
        let how = (keep, blank);
        let (setting, strangers) = (self.setting, &mut self.strangers);
        let offending = &mut self.offending;
        let broken = std::cell::RefCell::new(broken);
        let mark = |at: usize| {
            broken.borrow_mut().insert((at, column));
        };
        let mut ragged = |at: usize| mark(at);
        let mut general = |at: usize, row: RowRef, text: &[u8]| {
            let value = general(contract, column, row, text, offending);
            value.unwrap_or_else(|Broken| {
                mark(at);
                Value::Missing
            })
        };
        Some(match &mut self.columns[column] {
            Reader::Unread => {
                let mut long = |(): &mut (), at: usize, row: RowRef, text: &[u8]| {
                    general(at, row, text);
                    Some(())
                };
                let plain = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let text = &bytes[start..end];
                    (text.is_ascii() || std::str::from_utf8(text).is_ok()).then_some(())
                };
                cells.fill(slot, how, &mut (), plain, &mut long, &mut ragged);
                return None;
            }
            Reader::Integer { low, high, short } => {
                let (low, high, short) = (*low, *high, *short);
                let four = field.kind == FieldType::Year;
                let fits = |len: usize| short && (!four || len == 4);
                let quick = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let value = digits::whole_number(bytes, start, end)?;
                    (fits(end - start) && value >= low && value <= high).then_some(value)
                };
                let mut long =
                    |(): &mut (), at: usize, row: RowRef, text: &[u8]| match general(at, row, text)
                    {
                        Value::Integer(value) => Some(value),
                        _ => None,
                    };
                let filled = cells.fill(slot, how, &mut (), quick, &mut long, &mut ragged);
                Arc::new(primitive::<Int64Type>(filled))
            }
            Reader::Decimal { short } => {
                let short = *short;
                let quick = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    let (mantissa, scale) = digits::decimal(bytes, start, end)?;
                    short.then_some((i128::from(mantissa), u32::from(scale)))
                };
                let mut long =
                    |(): &mut (), at: usize, row: RowRef, text: &[u8]| match general(at, row, text)
                    {
                        Value::Decimal(mantissa, scale) => Some((mantissa, scale)),
                        _ => None,
                    };
                decimals(cells.fill(slot, how, &mut (), quick, &mut long, &mut ragged))
            }
            Reader::Date { short } => {
                let short = *short;
                let quick = |(): &mut (), bytes: &[u8], start: usize, end: usize| {
                    if short { digits::iso_date(bytes, start, end) } else { None }
                };
                let mut long =
                    |(): &mut (), at: usize, row: RowRef, text: &[u8]| match general(at, row, text)
                    {
                        Value::Date(date) => Some(super::days::days_since_epoch(date)),
                        _ => None,
                    };
                let filled = cells.fill(slot, how, &mut (), quick, &mut long, &mut ragged);
                Arc::new(primitive::<Date32Type>(filled))
            }
            Reader::Boolean => {
                let mut long =
                    |(): &mut (), at: usize, row: RowRef, text: &[u8]| match general(at, row, text)
                    {
                        Value::Boolean(flag) => Some(flag),
                        _ => None,
                    };
                let listed =
                    field.constraints.allowed.is_some() || field.constraints.pattern.is_some();
                let quick = |(): &mut (), bytes: &[u8], start: usize, end: usize| match &bytes
                    [start..end]
                {
                    b"true" if !listed => Some(true),
                    b"false" if !listed => Some(false),
                    _ => None,
                };
                let filled = cells.fill(slot, how, &mut (), quick, &mut long, &mut ragged);
                let nulls = filled.nulls();
                Arc::new(BooleanArray::new(filled.values.into(), nulls))
            }
            Reader::Text(reader) => {
                reader.begin(cells.order.len());
                let keys = self.setting.keys[column].as_ref();
                let judge = Judge { field, contract, keys };
                let quick =
                    |reader: &mut TextReader, bytes: &[u8], start: usize, end: usize| match reader
                        .code(bytes, start, end, &judge)
                    {
                        Coded::Text(code) => Some(code),
                        Coded::Missing | Coded::Refused(_) => None,
                    };
                let mut long = |reader: &mut TextReader, at: usize, row: RowRef, text: &[u8]| {
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
                let filled = cells.fill(slot, how, reader, quick, &mut long, &mut ragged);
                let codes = primitive::<Int32Type>(filled);
                let texts = reader.texts();
                // Codes are places of the dictionary by construction.
                Arc::new(DictionaryArray::try_new(codes, texts).ok()?)
            }
        })
    }

    /// Numbers that must be keys of another dataset; texts have been looked up already.
    fn check_references(&mut self, cells: &Cells<'_>, file: &DataFile, batch: &mut Batch) {
        for (column, keys) in self.setting.keys.iter().enumerate() {
            let (Some(keys), slot) = (keys, &file.slots[column]) else { continue };
            let Some(array) = batch.columns[column].as_ref() else { continue };
            let Some(numbers) = array.as_any().downcast_ref::<PrimitiveArray<Int64Type>>() else {
                continue;
            };
            let mut strangers = HashSet::default();
            for row in (0..batch.rows).filter(|row| numbers.is_valid(*row)) {
                let text = numbers.value(row).to_string();
                if keys.find(&text, false).is_some() {
                    continue;
                }
                strangers.insert(row);
                self.strangers.insert((batch.refs[row], column));
                if !self.setting.is_void(batch.refs[row], column) {
                    let raw = cells.text_of(cells.order[row] as usize, slot);
                    let field = &self.setting.contract.fields[column];
                    let code = Code::UnknownForeignKey;
                    self.offending.add(code, column, batch.refs[row], || {
                        offence(code, &raw, field, Some(keys))
                    });
                }
            }
            if !strangers.is_empty() {
                batch.void(column, &strangers);
            }
        }
    }

    /// Counts that are part of another cannot be above it.
    fn check_parts(&mut self, batch: &mut Batch) {
        for (part, whole) in &self.setting.contract.parts {
            let (Some(parts), Some(wholes)) = (&batch.columns[*part], &batch.columns[*whole])
            else {
                continue;
            };
            let mut above = HashSet::default();
            for row in 0..batch.rows {
                let (Some(small), Some(large)) = (number(parts, row), number(wholes, row)) else {
                    continue;
                };
                if small > large {
                    above.insert(row);
                    let column = &self.setting.contract.fields[*whole].name;
                    self.offending.add(Code::PartAboveWhole, *part, batch.refs[row], || {
                        let why = msg!(
                            PartAboveWhole,
                            part = Arg::Number(small.exact_text()),
                            column = column,
                            whole = Arg::Number(large.exact_text())
                        );
                        (small.exact_text(), Some(why))
                    });
                }
            }
            if !above.is_empty() {
                batch.void(*part, &above);
            }
        }
    }

    /// Notes the keys of all rows; where doubled ones are known already, the rows' cells
    /// become unknown so that nothing is counted twice.
    fn check_keys(&mut self, cells: &Cells<'_>, file: &DataFile, batch: &mut Batch) {
        for (at, key) in self.setting.unique.iter().enumerate() {
            let slots: Vec<&Slot> = key.columns.iter().map(|column| &file.slots[*column]).collect();
            if slots.contains(&&Slot::Absent) {
                continue;
            }
            let Some(doubled) = self.setting.doubled else {
                let known = |row: usize| {
                    key.columns.iter().all(|column| {
                        let array = batch.columns[*column].as_ref();
                        array.is_some_and(|array| array.is_valid(row))
                            || self.strangers.contains(&(batch.refs[row], *column))
                    })
                };
                for row in (0..batch.rows).filter(|row| known(*row)) {
                    let record = cells.order[row] as usize;
                    let texts: Vec<_> = slots
                        .iter()
                        .zip(&key.columns)
                        .map(|(slot, column)| {
                            let field = &self.setting.contract.fields[*column];
                            comparable(cells.text_of(record, slot), field)
                        })
                        .collect();
                    self.logs[at].add(batch.refs[row], texts.iter().map(|text| &**text));
                }
                continue;
            };
            let doubled = &doubled[at];
            if doubled.is_empty() {
                continue;
            }
            let rows: HashSet<usize, FixedState> =
                (0..batch.rows).filter(|row| doubled.contains(batch.refs[*row])).collect();
            if rows.is_empty() {
                continue;
            }
            for column in 0..self.setting.contract.fields.len() {
                let void = if key.primary {
                    rows.iter()
                        .next()
                        .is_some_and(|row| self.setting.is_void(batch.refs[*row], column))
                } else {
                    key.columns.contains(&column)
                };
                if void {
                    batch.void(column, &rows);
                }
            }
            if key.primary {
                batch.doubled.extend(rows);
            }
        }
    }
}

/// The cell breaks its contract; it has been noted.
struct Broken;

/// One cell's value by the long way.
fn general(
    contract: &Contract,
    column: usize,
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
pub(super) fn offence(
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
