//! Cells that break their contract: gathered while rows are read, told afterwards.
//!
//! Findings of one kind in one column are told once, with the first few cells in file order and
//! the exact number of all of them. Threads gather apart and are merged; the outcome does not
//! depend on who read what.

use std::collections::BTreeMap;

use super::Dataset;
use super::batch::RowRef;
use crate::contract::{Contract, Field, FieldId, Scale};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::message::Message;
use crate::msg;
use crate::source::{Encoding, Location, Place, Sources, record};

/// How many offending cells a finding shows.
pub const SHOWN_CELLS: usize = 3;

/// Characters of a cell that a headline shows.
const MAX_EXCERPT: usize = 40;

/// Something kept for the first few rows it occurs in.
#[derive(Clone, Debug)]
pub struct First<T> {
    /// How often it occurred.
    pub count: u64,
    /// The first few, in file order.
    pub rows: Vec<(RowRef, T)>,
}

impl<T> Default for First<T> {
    fn default() -> First<T> {
        First { count: 0, rows: Vec::new() }
    }
}

impl<T> First<T> {
    /// Notes one more; `what` is asked for only if it is among the first.
    pub fn add(&mut self, row: RowRef, what: impl FnOnce() -> T) {
        self.count += 1;
        self.keep(row, what);
    }

    fn keep(&mut self, row: RowRef, what: impl FnOnce() -> T) {
        if self.rows.len() == SHOWN_CELLS && self.rows.last().is_some_and(|(last, _)| *last < row) {
            return;
        }
        let at = self.rows.partition_point(|(known, _)| *known < row);
        self.rows.insert(at, (row, what()));
        self.rows.truncate(SHOWN_CELLS);
    }

    /// Adds what another thread noted.
    pub fn merge(&mut self, other: First<T>) {
        self.count += other.count;
        for (row, what) in other.rows {
            self.keep(row, || what);
        }
    }
}

/// A cell that breaks its contract.
#[derive(Clone, Debug)]
pub struct BadCell {
    text: String,
    why: Option<Message>,
}

/// Everything gathered about one dataset.
#[derive(Debug, Default)]
pub struct Offending {
    cells: BTreeMap<(FieldId, Code), First<BadCell>>,
    /// Rows with another number of cells than the header, and that number.
    pub ragged: First<usize>,
    /// Records with a quote that is never closed.
    pub unclosed: First<()>,
}

impl Offending {
    /// Notes a cell; its text and the reason are asked for only if it will be shown.
    pub fn add(
        &mut self,
        code: Code,
        column: FieldId,
        row: RowRef,
        what: impl FnOnce() -> (String, Option<Message>),
    ) {
        self.cells.entry((column, code)).or_default().add(row, || {
            let (text, why) = what();
            BadCell { text, why }
        });
    }

    /// Adds what another thread gathered.
    pub fn merge(&mut self, other: Offending) {
        for (key, cells) in other.cells {
            self.cells.entry(key).or_default().merge(cells);
        }
        self.ragged.merge(other.ragged);
        self.unclosed.merge(other.unclosed);
    }

    /// The findings about a dataset.
    pub fn tell(&self, dataset: &Dataset, sources: &Sources) -> Vec<Diagnostic> {
        let contract = &*dataset.contract;
        let mut findings = Vec::new();
        if self.unclosed.count > 0 {
            let finding =
                Diagnostic::of(Code::UnclosedQuote, msg!(UnclosedQuote, table = &contract.name));
            let quotes = self.unclosed.rows.iter().filter_map(|(row, ())| {
                let whole = dataset.record(*row)?;
                let quote = open_quote(dataset, sources, *row, whole);
                Some((quote.map_or(whole, Place::from), None))
            });
            findings.push(finding.help(msg!(UnclosedQuoteHelp)).mark_each_or_nowhere(quotes));
        }
        if self.ragged.count > 0 {
            let expected = dataset.width(self.ragged.rows.first().map(|(row, _)| *row));
            let finding = Diagnostic::of(
                Code::RaggedRow,
                msg!(RaggedRow, table = &contract.name, count = self.ragged.count),
            );
            let rows = self.ragged.rows.iter().filter_map(|(row, found)| {
                let label = msg!(RaggedRowLabel, found = *found, expected = expected);
                Some((dataset.record(*row)?, Some(label)))
            });
            findings.push(finding.help(msg!(RaggedRowHelp)).mark_each_or_nowhere(rows));
        }
        for ((column, code), cells) in &self.cells {
            let field = &contract.fields[*column];
            let mut finding = Diagnostic::of(*code, headline(*code, field, contract, cells));
            // A share above one is refused; a percent below one is read.
            if *code == Code::DoubtfulScale && field.scale == Some(Scale::Fraction) {
                finding = finding.severity(Severity::Error);
            }
            let cells = cells.rows.iter().filter_map(|(row, BadCell { why, .. })| {
                Some((dataset.cell(*row, *column)?, why.clone()))
            });
            findings
                .push(finding.maybe_help(help(*code, field, contract)).mark_each_or_nowhere(cells));
        }
        findings
    }
}

/// Where the quote opens that is never closed: at the beginning of the record's last cell.
fn open_quote(dataset: &Dataset, sources: &Sources, row: RowRef, whole: Place) -> Option<Location> {
    let delimiter = dataset.files.get(row.file())?.delimiter;
    let Location { source, span } = sources.locate(whole);
    let bytes = sources.get(source).slice(span);
    let last = record::cells(&bytes, 0, delimiter).last()?;
    let at = span.start + last.start;
    (bytes.get(last.start) == Some(&b'"')).then_some(Location { source, span: (at..at + 1).into() })
}

fn headline(code: Code, field: &Field, contract: &Contract, found: &First<BadCell>) -> Message {
    let text = found.rows.first().map(|(_, cell)| excerpt(&cell.text)).unwrap_or_default();
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
        Code::InvalidText => {
            let encoding = contract.encoding.unwrap_or(Encoding::Utf8).name();
            msg!(InvalidText, column = column, table = table, encoding = encoding, count = count)
        }
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
        // A succession has no area column; its rows are about the list.
        Code::UnknownArea if contract.area.is_none() => {
            msg!(SuccessionUnfit, text = text, table = table, count = count)
        }
        Code::UnknownArea => {
            msg!(UnknownArea, text = text, column = column, table = table, count = count)
        }
        Code::AreaNameMismatch => {
            msg!(AreaNameMismatch, text = text, column = column, table = table, count = count)
        }
        Code::DoubtfulScale if field.scale == Some(Scale::Fraction) => {
            msg!(AboveOne, text = text, column = column, table = table, count = count)
        }
        Code::DoubtfulScale => {
            msg!(DoubtfulScale, text = text, column = column, table = table, count = count)
        }
        Code::PartAboveWhole => {
            msg!(PartsBroken, column = column, table = table, count = count)
        }
        Code::UnknownForeignKey => {
            let target = contract.reference(field).unwrap_or_default();
            msg!(
                UnknownForeignKey,
                text = text,
                column = column,
                table = table,
                target = target,
                count = count
            )
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
    use crate::contract::FieldType::*;
    match field.kind {
        String => msg!(ExpectedPlainText),
        Integer => msg!(ExpectedInteger),
        Number => msg!(ExpectedNumber),
        Boolean => msg!(ExpectedBoolean),
        Date => {
            let example = chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap_or_default();
            msg!(ExpectedDateFormat, format = field.write_date(example))
        }
        Year => msg!(ExpectedYear),
    }
}

fn help(code: Code, field: &Field, contract: &Contract) -> Option<Message> {
    match code {
        Code::BadCell | Code::InvalidText => Some(msg!(BadCellHelp)),
        Code::AmbiguousNumber => Some(msg!(AmbiguousNumberHelp, table = &contract.name)),
        Code::NotInEnum => field
            .constraints
            .allowed
            .as_ref()
            .map(|allowed| msg!(AllowedValues, values = allowed.join(", "))),
        Code::UnknownArea if contract.area.is_none() => Some(msg!(SuccessionUnfitHelp)),
        Code::UnknownArea => Some(msg!(UnknownAreaHelp)),
        Code::AreaNameMismatch => Some(msg!(AreaNameMismatchHelp)),
        Code::DoubtfulScale if field.scale == Some(Scale::Fraction) => Some(msg!(AboveOneHelp)),
        Code::DoubtfulScale => Some(msg!(DoubtfulScaleHelp)),
        Code::PatternMismatch => field
            .constraints
            .pattern
            .as_ref()
            .map(|(pattern, _)| msg!(PatternHelp, pattern = pattern)),
        Code::UnknownForeignKey => {
            contract.reference(field).map(|target| msg!(ForeignKeyHelp, target = target))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_are_the_same_however_they_are_gathered() {
        let rows: Vec<RowRef> = (0..20).map(|at| RowRef::new(at % 2, at * 7 % 20)).collect();
        let all = |rows: &[RowRef]| {
            let mut first = First::default();
            rows.iter().for_each(|row| first.add(*row, || row.offset()));
            first
        };
        let whole = all(&rows);
        let mut sorted = rows.clone();
        sorted.sort_unstable();
        let expected: Vec<_> = sorted.iter().take(SHOWN_CELLS).map(|r| (*r, r.offset())).collect();
        assert_eq!((whole.count, &whole.rows), (20, &expected));
        for at in 0..rows.len() {
            let mut merged = all(&rows[at..]);
            merged.merge(all(&rows[..at]));
            assert_eq!((merged.count, merged.rows), (20, expected.clone()));
        }
    }
}
