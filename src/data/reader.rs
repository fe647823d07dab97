//! Reading a CSV file into a [`Table`], checking every cell against the contract on the way.
//!
//! A cell that breaks its contract is a finding and counts as unknown, so no figure is ever
//! computed from it. Findings of one kind in one column are told once, with the first few cells
//! and the exact number of all of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::RandomState;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::cell::{self, Refusal, Value};
use super::contract::{Contract, Field};
use super::table::{ColumnBuilder, Table};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::message::{Arg, Message};
use crate::msg;
use crate::source::{Location, SourceId};

/// How many offending cells a finding shows.
const SHOWN_CELLS: usize = 3;

/// How many texts that satisfied an enum or pattern are remembered for each column.
const REMEMBERED_TEXTS: usize = 4096;

/// Characters of a cell that a headline shows.
const MAX_EXCERPT: usize = 40;

/// What reading a file gave.
pub struct Reading {
    /// The rows; `None` when there is no header to read by.
    pub table: Option<Table>,
    /// The position of each field's column in the file; `None` where the file lacks it.
    pub slots: Vec<Option<usize>>,
    /// What was wrong.
    pub findings: Vec<Diagnostic>,
}

/// Findings of one kind in one column.
#[derive(Default)]
struct Offences {
    count: usize,
    /// (row, cell text, why) of the first few.
    cells: Vec<(usize, String, Option<Message>)>,
}

/// Gathers offending cells by kind and column.
#[derive(Default)]
struct Offending {
    by_kind: BTreeMap<(usize, Code), Offences>,
}

impl Offending {
    fn add(&mut self, code: Code, column: usize, row: usize, text: &str, why: Option<Message>) {
        let offences = self.by_kind.entry((column, code)).or_default();
        offences.count += 1;
        if offences.cells.len() < SHOWN_CELLS {
            offences.cells.push((row, text.to_owned(), why));
        }
    }
}

/// Reads `bytes`, the content of `source`, by its contract.
pub fn read(contract: &Contract, source: SourceId, bytes: &[u8]) -> Reading {
    let mut reading =
        Reading { table: None, slots: vec![None; contract.fields.len()], findings: Vec::new() };
    let whole = |end: usize| Location { source, span: (0..end).into() };
    let body = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(bytes);
    let base = bytes.len() - body.len();
    if body.iter().all(u8::is_ascii_whitespace) {
        reading.findings.push(
            Diagnostic::new(Code::DatasetEmpty, msg!(DatasetEmpty, table = &contract.name))
                .mark(whole(0))
                .help(msg!(DatasetEmptyHelp, columns = columns(contract.names()))),
        );
        return reading;
    }
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(contract.delimiter)
        .buffer_capacity(body.len().clamp(1, 1 << 16))
        .from_reader(body);
    let mut record = csv::ByteRecord::new();
    if !matches!(csv.read_byte_record(&mut record), Ok(true)) {
        return reading;
    }
    let header: Vec<String> =
        record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let header_at = |column: usize| Location {
        source,
        span: cell::span(bytes, base, column, contract.delimiter),
    };
    let slots = bind_header(contract, &header, &header_at, &mut reading);

    let lines = body.iter().filter(|byte| **byte == b'\n').count();
    let mut rows = Rows::new(contract, slots, header.len(), lines);
    while let Ok(true) = csv.read_byte_record(&mut record) {
        // A line of nothing but spaces is no row.
        if record.len() == 1 && record.get(0).is_some_and(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let offset =
            record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0)) + base;
        rows.read(&record, offset);
    }
    if rows.offsets.is_empty() {
        reading.findings.push(
            Diagnostic::new(Code::DatasetNoRows, msg!(DatasetNoRows, table = &contract.name))
                .mark(whole(bytes.len().min(base + 1))),
        );
    }
    rows.finish(source, bytes, &mut reading);
    reading
}

fn columns<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Finds each field's position in the header. Missing, extra and doubled columns are findings.
fn bind_header(
    contract: &Contract,
    header: &[String],
    header_at: &dyn Fn(usize) -> Location,
    reading: &mut Reading,
) -> Vec<Option<usize>> {
    let mut slots = vec![None; contract.fields.len()];
    let mut extra = Vec::new();
    for (position, name) in header.iter().enumerate() {
        match contract.field(name) {
            Some(field) if slots[field].is_none() => slots[field] = Some(position),
            Some(_) => reading.findings.push(
                Diagnostic::new(Code::DuplicateColumn, msg!(DuplicateColumn, name = name))
                    .mark(header_at(position))
                    .help(msg!(DuplicateColumnHelp)),
            ),
            None => extra.push(position),
        }
    }
    let missing: Vec<&Field> = contract
        .fields
        .iter()
        .zip(&slots)
        .filter(|(_, slot)| slot.is_none())
        .map(|(field, _)| field)
        .collect();
    for position in &extra {
        let guess = did_you_mean(&header[*position], missing.iter().map(|f| f.name.as_str()));
        let mut finding = Diagnostic::new(
            Code::ExtraColumn,
            msg!(ExtraColumn, name = &header[*position], table = &contract.name),
        )
        .mark(header_at(*position));
        if let Some(name) = guess {
            finding = finding.help(msg!(DidYouMean, name = name));
        }
        reading.findings.push(finding);
    }
    for field in missing {
        let guess = did_you_mean(&field.name, extra.iter().map(|at| header[*at].as_str()));
        let mut finding = Diagnostic::new(
            Code::MissingColumn,
            msg!(MissingColumn, name = &field.name, table = &contract.name),
        )
        .label(header_at(0), msg!(HeaderHas, columns = header.join(", ")))
        .label(field.at, msg!(DeclaredHere));
        finding = finding.help(match guess {
            Some(name) => msg!(RenameColumn, from = name, to = &field.name),
            None => msg!(AddColumn, name = &field.name),
        });
        reading.findings.push(finding);
    }
    reading.slots.clone_from(&slots);
    slots
}

/// The rows read so far.
struct Rows<'a> {
    contract: &'a Contract,
    slots: Vec<Option<usize>>,
    width: usize,
    builders: Vec<ColumnBuilder>,
    offsets: Vec<usize>,
    offending: Offending,
    ragged: Vec<(usize, usize)>,
    ragged_count: usize,
    /// The first row of each primary key.
    keys: HashMap<Box<[u8]>, usize, RandomState>,
    /// The first row of each value of a unique column.
    uniques: Vec<(usize, HashMap<Box<[u8]>, usize, RandomState>)>,
    /// The key being looked up.
    key: Vec<u8>,
    broken: HashSet<(usize, usize)>,
    doubled: HashSet<usize>,
    /// Texts that have satisfied their column's enum and pattern before.
    accepted: Vec<HashSet<String, RandomState>>,
}

impl<'a> Rows<'a> {
    fn new(
        contract: &'a Contract,
        slots: Vec<Option<usize>>,
        width: usize,
        lines: usize,
    ) -> Rows<'a> {
        Rows {
            contract,
            slots,
            width,
            builders: contract.fields.iter().map(|f| ColumnBuilder::new(f.kind, lines)).collect(),
            offsets: Vec::with_capacity(lines),
            offending: Offending::default(),
            ragged: Vec::new(),
            ragged_count: 0,
            keys: HashMap::default(),
            key: Vec::new(),
            uniques: contract
                .fields
                .iter()
                .enumerate()
                .filter(|(_, field)| field.constraints.unique)
                .map(|(column, _)| (column, HashMap::default()))
                .collect(),
            broken: HashSet::new(),
            doubled: HashSet::new(),
            accepted: vec![HashSet::default(); contract.fields.len()],
        }
    }

    fn read(&mut self, record: &csv::ByteRecord, offset: usize) {
        let row = self.offsets.len();
        self.offsets.push(offset);
        let mut values: Vec<Value<'_>> = Vec::with_capacity(self.contract.fields.len());
        for column in 0..self.contract.fields.len() {
            let cell = self.slots[column].and_then(|slot| record.get(slot));
            values.push(self.cell(cell, column, row));
        }
        if record.len() != self.width {
            self.ragged_count += 1;
            if self.ragged.len() < SHOWN_CELLS {
                self.ragged.push((row, record.len()));
            }
            for (column, value) in values.iter_mut().enumerate() {
                if Some(column) != self.contract.year && Some(column) != self.contract.area {
                    *value = Value::Missing;
                    self.broken.insert((row, column));
                }
            }
        }
        self.check_parts(&mut values, row);
        self.check_keys(record, &mut values, row);
        for (builder, value) in self.builders.iter_mut().zip(&values) {
            builder.push(value);
        }
    }

    /// One cell's value; what breaks the contract is noted and unknown.
    fn cell<'r>(&mut self, cell: Option<&'r [u8]>, column: usize, row: usize) -> Value<'r> {
        let field = &self.contract.fields[column];
        let Some(cell) = cell else { return Value::Missing };
        let Ok(raw) = std::str::from_utf8(cell) else {
            let text = String::from_utf8_lossy(cell);
            return self.refuse(Code::InvalidText, column, row, &text, None);
        };
        // Composed and decomposed letters look alike; what is compared is always composed.
        let composed: Option<String> =
            if raw.is_ascii() || is_nfc(raw) { None } else { Some(raw.nfc().collect()) };
        let text: &str = composed.as_deref().unwrap_or(raw);
        let parsed = match &composed {
            Some(text) => cell::parse(text, field, self.contract).map(Value::into_owned),
            None => cell::parse(raw, field, self.contract),
        };
        let value = match parsed {
            Ok(value) => value,
            Err(Refusal::Type) => return self.refuse(Code::BadCell, column, row, text, None),
            Err(Refusal::Ambiguous) => {
                return self.refuse(Code::AmbiguousNumber, column, row, text, None);
            }
        };
        let constraints = &field.constraints;
        if value == Value::Missing {
            if constraints.required {
                return self.refuse(Code::Required, column, row, text, None);
            }
            return value;
        }
        if constraints.minimum.is_some() || constraints.maximum.is_some() {
            let number = value.number();
            let below = constraints.minimum.filter(|bound| number.is_some_and(|n| n < *bound));
            let above = constraints.maximum.filter(|bound| number.is_some_and(|n| n > *bound));
            let why = below
                .map(|bound| msg!(BelowMinimum, bound = Arg::Number(bound.exact_text())))
                .or(above.map(|bound| msg!(AboveMaximum, bound = Arg::Number(bound.exact_text()))));
            if why.is_some() {
                return self.refuse(Code::OutOfRange, column, row, text, why);
            }
        }
        if constraints.allowed.is_some() || constraints.pattern.is_some() {
            let trimmed = text.trim();
            if self.accepted[column].contains(trimmed) {
                return value;
            }
            if let Some(allowed) = &constraints.allowed
                && !allowed.iter().any(|known| known == trimmed)
            {
                let guess = did_you_mean(trimmed, allowed.iter().map(String::as_str));
                let why = guess.map(|name| msg!(DidYouMean, name = name));
                return self.refuse(Code::NotInEnum, column, row, text, why);
            }
            if let Some((_, pattern)) = &constraints.pattern
                && !pattern.is_match(trimmed)
            {
                return self.refuse(Code::PatternMismatch, column, row, text, None);
            }
            // Codes repeat; a column of free text must not fill the memory.
            if self.accepted[column].len() < REMEMBERED_TEXTS {
                self.accepted[column].insert(trimmed.to_owned());
            }
        }
        value
    }

    fn refuse<'r>(
        &mut self,
        code: Code,
        column: usize,
        row: usize,
        text: &str,
        why: Option<Message>,
    ) -> Value<'r> {
        self.offending.add(code, column, row, text, why);
        self.broken.insert((row, column));
        Value::Missing
    }

    fn check_parts(&mut self, values: &mut [Value<'_>], row: usize) {
        for (part, whole) in &self.contract.parts {
            let (Some(small), Some(large)) = (values[*part].number(), values[*whole].number())
            else {
                continue;
            };
            if small > large {
                let why = msg!(
                    PartAboveWhole,
                    part = Arg::Number(small.exact_text()),
                    column = &self.contract.fields[*whole].name,
                    whole = Arg::Number(large.exact_text())
                );
                let text = small.exact_text();
                values[*part] = self.refuse(Code::PartAboveWhole, *part, row, &text, Some(why));
            }
        }
    }

    /// Doubled keys: the later row's cells become unknown so that nothing is counted twice.
    fn check_keys(&mut self, record: &csv::ByteRecord, values: &mut [Value<'_>], row: usize) {
        let raw = |slot: Option<usize>| {
            slot.and_then(|slot| record.get(slot)).unwrap_or_default().trim_ascii()
        };
        let primary = &self.contract.primary_key;
        if !primary.is_empty() && primary.iter().all(|column| values[*column] != Value::Missing) {
            self.key.clear();
            for column in primary {
                self.key.extend_from_slice(raw(self.slots[*column]));
                self.key.push(0x1f);
            }
            if let Some(first) = self.keys.get(self.key.as_slice()).copied() {
                self.doubled.insert(row);
                let last = primary[primary.len() - 1];
                let shown: Vec<_> = primary
                    .iter()
                    .map(|column| String::from_utf8_lossy(raw(self.slots[*column])).into_owned())
                    .collect();
                let why = msg!(SameKeyAsRow, key = shown.join(", "), row = first + 1);
                self.offending.add(Code::DuplicateKey, last, row, &shown.join(", "), Some(why));
                for (column, value) in values.iter_mut().enumerate() {
                    if !primary.contains(&column) {
                        *value = Value::Missing;
                        self.broken.insert((row, column));
                    }
                }
            } else {
                self.keys.insert(self.key.as_slice().into(), row);
            }
        }
        for at in 0..self.uniques.len() {
            let column = self.uniques[at].0;
            if values[column] == Value::Missing {
                continue;
            }
            let key = raw(self.slots[column]);
            let Some(first) = self.uniques[at].1.get(key).copied() else {
                self.uniques[at].1.insert(key.into(), row);
                continue;
            };
            let text = String::from_utf8_lossy(key).into_owned();
            let why = msg!(SameKeyAsRow, key = &text, row = first + 1);
            values[column] = self.refuse(Code::DuplicateKey, column, row, &text, Some(why));
        }
    }

    fn finish(self, source: SourceId, bytes: &[u8], reading: &mut Reading) {
        let contract = self.contract;
        let at = |row: usize, slot: usize| Location {
            source,
            span: cell::span(bytes, self.offsets[row], slot, contract.delimiter),
        };
        if let Some((first, _)) = self.ragged.first() {
            let mut finding = Diagnostic::new(
                Code::RaggedRow,
                msg!(RaggedRow, table = &contract.name, count = self.ragged_count),
            );
            for (row, width) in &self.ragged {
                let mut whole = at(*row, 0);
                whole.span.end = at(*row, width.saturating_sub(1)).span.end;
                finding = finding
                    .label(whole, msg!(RaggedRowLabel, found = *width, expected = self.width));
            }
            debug_assert!(*first < self.offsets.len());
            reading.findings.push(finding.help(msg!(RaggedRowHelp)));
        }
        for ((column, code), offences) in &self.offending.by_kind {
            let field = &contract.fields[*column];
            let slot = self.slots[*column].unwrap_or(0);
            let mut finding =
                Diagnostic::new(*code, offence_message(*code, field, contract, offences));
            for (row, _, why) in &offences.cells {
                let cell = at(*row, slot);
                finding = match why {
                    Some(why) => finding.label(cell, why.clone()),
                    None => finding.mark(cell),
                };
            }
            finding = finding.maybe_help(offence_help(*code, field, contract));
            reading.findings.push(finding);
        }
        reading.table = Some(Table {
            columns: self.builders.into_iter().map(ColumnBuilder::finish).collect(),
            rows: self.offsets.len(),
            offsets: self.offsets,
            broken_cells: self.broken,
            doubled_rows: self.doubled,
        });
    }
}

fn offence_message(code: Code, field: &Field, contract: &Contract, found: &Offences) -> Message {
    let text = found.cells.first().map(|(_, text, _)| excerpt(text)).unwrap_or_default();
    let (column, table, count) = (&field.name, &contract.name, found.count);
    match code {
        Code::BadCell => msg!(
            BadCell,
            text = text,
            column = column,
            table = table,
            expected = expected(field),
            count = count
        ),
        Code::AmbiguousNumber => {
            msg!(AmbiguousNumber, text = text, column = column, table = table, count = count)
        }
        Code::InvalidText => msg!(InvalidText, column = column, table = table, count = count),
        Code::Required => msg!(RequiredCell, column = column, table = table, count = count),
        Code::OutOfRange => {
            msg!(OutOfRange, text = text, column = column, table = table, count = count)
        }
        Code::NotInEnum => {
            msg!(NotInEnum, text = text, column = column, table = table, count = count)
        }
        Code::PatternMismatch => {
            msg!(PatternMismatch, text = text, column = column, table = table, count = count)
        }
        Code::PartAboveWhole => {
            msg!(PartsBroken, column = column, table = table, count = count)
        }
        _ => msg!(DuplicateKey, text = text, column = column, table = table, count = count),
    }
}

/// A cell's text as a headline shows it: one line, not too long.
fn excerpt(text: &str) -> String {
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= MAX_EXCERPT {
        return line;
    }
    line.chars().take(MAX_EXCERPT - 1).chain(['…']).collect()
}

fn expected(field: &Field) -> Message {
    use super::contract::FieldType::*;
    match field.kind {
        String => msg!(ExpectedText),
        Integer => msg!(ExpectedInteger),
        Number => msg!(ExpectedNumber),
        Boolean => msg!(ExpectedBoolean),
        Date => {
            let format = field.format.as_deref().unwrap_or("%Y-%m-%d");
            let example = chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap_or_default();
            msg!(ExpectedDateFormat, format = example.format(format).to_string())
        }
        Year => msg!(ExpectedYear),
    }
}

fn offence_help(code: Code, field: &Field, contract: &Contract) -> Option<Message> {
    match code {
        Code::BadCell | Code::InvalidText => Some(msg!(BadCellHelp)),
        Code::AmbiguousNumber => Some(msg!(AmbiguousNumberHelp, table = &contract.name)),
        Code::NotInEnum => field
            .constraints
            .allowed
            .as_ref()
            .map(|allowed| msg!(AllowedValues, values = allowed.join(", "))),
        Code::PatternMismatch => field
            .constraints
            .pattern
            .as_ref()
            .map(|(pattern, _)| msg!(PatternHelp, pattern = pattern)),
        _ => None,
    }
}
