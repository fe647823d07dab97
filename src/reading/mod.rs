//! Reading data files by their contracts, and the checks of every cell and between datasets.
//!
//! [`Catalog::open`] opens the files; [`Catalog::read`] reads headers and whatever is small or
//! referred to, in parallel, and checks keys between datasets; [`Datasets::in_year`] sees all of it
//! as one year does; [`stream::read`] reads a large dataset batch by batch, for whoever scans it.

pub mod areas;
pub mod batch;
pub mod cell;
pub mod column;
pub mod days;
pub mod group;
pub mod stream;
pub mod table;

mod catalog;
mod cells;
mod checks;
mod csv;
mod decode;
pub(crate) mod header;
mod keys;
mod links;
pub(crate) mod misread;
mod offence;
pub(crate) mod sheet;
mod stored;
mod successions;
pub(crate) mod text;
mod values;

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, Int32Array, StringArray};

use crate::contract::{Contract, FieldId, SetId};
use crate::diagnostic::{Code, Diagnostic, Findings, Told};
use crate::ids::IdVec;
use crate::msg;
use crate::source::columnar::Table;
use crate::source::{HELD_BYTES, Location, Place, Source, SourceId, Sources, record};
use areas::{AreaId, Areas, Validity};
use batch::{Batch, RowRef};
pub use catalog::Catalog;
pub use text::KnownKeys;

/// Bytes of a file that are fetched at first for one record of it. Nearly all are shorter, and
/// many may be asked for.
const RECORD_REACH: usize = 4 << 10;

/// Where the value of a field is in the rows of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// The file lacks it.
    Absent,
    /// In the column of this position.
    At(usize),
    /// It is the same for all rows.
    Given(Given),
}

/// A value that is the same for all rows of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Its text, with padding after it so that it can be read like a cell.
    bytes: Vec<u8>,
    /// Where it was taken from.
    pub at: Location,
}

impl Given {
    /// A value taken from a place.
    pub fn new(text: &str, at: Location) -> Given {
        let mut bytes = text.as_bytes().to_vec();
        bytes.extend([0; csv::range::PADDING]);
        Given { bytes, at }
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.bytes.len() - csv::range::PADDING]
    }

    /// Its text with padding after it.
    pub fn padded(&self) -> &[u8] {
        &self.bytes
    }
}

/// One file of a dataset, its header read.
#[derive(Debug)]
pub struct DataFile {
    /// The file.
    pub source: SourceId,
    /// Where each field's value is.
    pub slots: IdVec<FieldId, Slot>,
    /// Cell separator.
    pub delimiter: u8,
    /// Columns of the header.
    pub width: usize,
    /// Where the first record begins.
    pub body: usize,
}

/// Bytes of a file about the record that was read last, for rows that come in order.
#[derive(Debug, Default)]
struct Near {
    file: usize,
    start: usize,
    bytes: Vec<u8>,
}

impl Near {
    /// The record of a row, without its line break.
    fn record<'a>(&'a mut self, source: &'a Source, row: RowRef, delimiter: u8) -> Cow<'a, [u8]> {
        let start = row.offset();
        if source.is_held() {
            let bytes = source.bytes().get(start..).unwrap_or_default();
            return Cow::Borrowed(&bytes[..record::end(bytes, delimiter)]);
        }
        let before = (self.file == row.file()).then(|| start.checked_sub(self.start)).flatten();
        let at = before.filter(|at| *at < self.bytes.len());
        let known = at.map(|at| (at, at + record::end(&self.bytes[at..], delimiter)));
        // One that ends with what is known may go on.
        if let Some((at, end)) = known.filter(|(_, end)| *end < self.bytes.len()) {
            return Cow::Borrowed(&self.bytes[at..end]);
        }
        // Rows that follow each other are read many at a time.
        let follows = before.is_some_and(|at| at < self.bytes.len() + RECORD_REACH);
        let mut reach = if follows { 16 * RECORD_REACH } else { RECORD_REACH };
        loop {
            let bytes = source.slice((start..start.saturating_add(reach)).into()).into_owned();
            let end = record::end(&bytes, delimiter);
            if end < bytes.len() || start + bytes.len() >= source.len() || bytes.is_empty() {
                *self = Near { file: row.file(), start, bytes };
                return Cow::Borrowed(&self.bytes[..end]);
            }
            reach = reach.saturating_mul(4);
        }
    }
}

/// A dataset whose headers have been read, and its rows too where they are held.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its contract.
    pub contract: Arc<Contract>,
    /// The data files that have a header.
    pub files: Arc<[DataFile]>,
    /// The rows, in file order. Small datasets and those that others refer to are held; large
    /// ones are read batch by batch when they are scanned.
    pub table: Option<Arc<Batch>>,
    /// Years and areas that should have a row and have none, in order.
    pub missing_rows: Vec<(i32, AreaId)>,
    /// When each row held here holds, where the contract says so.
    pub validity: Option<Arc<[Validity]>>,
}

/// All datasets. A copy shares the rows with what it is a copy of.
#[derive(Clone, Debug, Default)]
pub struct Datasets {
    /// Aligned with the contracts.
    pub sets: IdVec<SetId, Dataset>,
    /// The list of areas.
    pub areas: Areas,
    /// The list of units, which come and go and are succeeded like areas.
    pub units: Areas,
}

impl Datasets {
    /// Where a cell stands in its file.
    pub fn cell(&self, set: SetId, row: RowRef, column: FieldId) -> Option<Place> {
        self.sets[set].cell(row, column)
    }

    /// For each column of a dataset, the keys it must be one of, as far as they are known.
    pub fn keys(&self, set: SetId) -> IdVec<FieldId, Option<KnownKeys>> {
        let contract = &self.sets[set].contract;
        let mut keys = IdVec::same(None, &contract.fields);
        for key in &contract.foreign_keys {
            keys[key.field] = links::known_keys(self, key);
        }
        keys
    }

    /// What `look` finds in the rows of a dataset that is small enough to be looked through once
    /// more, whether or not they are held. `None` for a larger one, also where it is held: what is
    /// told does not depend on how it was read.
    pub fn in_small<T>(
        &self,
        set: SetId,
        sources: &Sources,
        look: impl FnOnce(&Batch) -> T,
    ) -> Option<T> {
        let dataset = &self.sets[set];
        let size: usize = dataset.files.iter().map(|file| sources.get(file.source).size()).sum();
        if !dataset.is_readable() || size > HELD_BYTES {
            return None;
        }
        match &dataset.table {
            Some(table) => Some(look(table)),
            None => table::read_by(dataset, sources, &self.keys(set)).0.as_ref().map(look),
        }
    }

    /// The same as a year sees them: rows without a year are of that one, codes of areas mean what
    /// they mean in it, and gaps in it are errors.
    pub fn in_year(mut self, year: i32, sources: &Sources) -> Told<Datasets> {
        let findings = Findings::default();
        self.areas.stand_in(year);
        self.units.stand_in(year);
        links::check_areas(&mut self, sources, &findings);
        links::check_complete(&mut self, year, &findings);
        findings.about(self)
    }

    /// Holds the rows of datasets that turned out to be needed one by one, and says what is wrong
    /// with them.
    pub fn hold(&mut self, sets: &[SetId], sources: &Sources) -> Vec<Diagnostic> {
        let findings = Findings::default();
        for set in sets {
            if self.sets[*set].table.is_none() && self.sets[*set].is_readable() {
                self.sets[*set].hold(sources, &findings);
                links::check_foreign_keys_of(self, *set, sources, &findings);
                links::check_areas_of(self, *set, sources, &findings);
            }
        }
        findings.into_vec()
    }
}

impl Dataset {
    /// Whether there is a file with a header to read by.
    pub fn is_readable(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether some file lacks a column.
    pub fn lacks(&self, column: FieldId) -> bool {
        self.files.iter().any(|file| file.slots[column] == Slot::Absent)
    }

    fn hold(&mut self, sources: &Sources, findings: &Findings) {
        if !self.is_readable() {
            return;
        }
        let (table, told) = table::read(self, sources);
        findings.extend(told);
        match &table {
            Some(table) if table.rows == 0 => findings.tell(no_rows(self, sources)),
            Some(table) => {
                findings.extend(self.files_without_rows(table, sources));
                findings.extend(self.rows_like_totals(table, sources));
            }
            None => {}
        }
        match table {
            Some(table) => {
                self.validity = (self.contract.validity.is_some())
                    .then(|| areas::validities(&self.contract, &table.columns, table.rows).into());
                self.table = Some(Arc::new(table));
            }
            None => self.files = Arc::default(),
        }
    }

    /// Files of several that have a header and nothing below it.
    fn files_without_rows(&self, table: &Batch, sources: &Sources) -> Vec<Diagnostic> {
        let mut filled = vec![self.files.len() == 1; self.files.len()];
        for row in &table.refs {
            filled[row.file()] = true;
        }
        let bare = self.files.iter().zip(filled).filter(|(_, filled)| !filled);
        bare.map(|(file, _)| {
            let source = sources.get(file.source);
            let at = Location { source: file.source, span: source.first_line() };
            Diagnostic::of(Code::DatasetNoRows, msg!(FileNoRows, path = &source.name)).mark(at)
        })
        .collect()
    }

    /// Rows of a text that begin like totals, in a column that has no list of values. Those of
    /// sheets are told where the sheet is read.
    fn rows_like_totals(&self, table: &Batch, sources: &Sources) -> Option<Diagnostic> {
        let is_text = |row: &RowRef| sources.get(self.files[row.file()].source).sheet.is_none();
        let labels = self.contract.fields.enumerate().filter(|(at, field)| {
            let first =
                |file: &DataFile| matches!(file.slots[*at], Slot::At(slot) if slot < sheet::LABELS);
            field.constraints.allowed.is_none() && self.files.iter().any(first)
        });
        for (column, _) in labels {
            let read = table.columns[column.into()].as_ref().and_then(batch::codes);
            let Some((codes, texts)) = read else { continue };
            let like: Vec<bool> = texts
                .iter()
                .map(|text| text.is_some_and(|text| sheet::Beginnings::totals().begin(text)))
                .collect();
            if !like.contains(&true) {
                continue;
            }
            let code = |row: usize| {
                let known = codes.is_valid(row) && is_text(&table.refs[row]);
                known.then(|| usize::try_from(codes.value(row)).ok()).flatten()
            };
            let is = |row: &usize| code(*row).is_some_and(|code| like[code]);
            let rows: Vec<usize> = (0..table.rows).filter(is).collect();
            let Some(first) = rows.first() else { continue };
            let text = code(*first).map(|code| texts.value(code)).unwrap_or_default();
            let table_name = &self.contract.name;
            let told = msg!(TotalRowOfText, count = rows.len(), table = table_name, text = text);
            let at = self.cell(table.refs[*first], column);
            let told = Diagnostic::of(Code::TotalRow, told).mark_or_nowhere(at);
            return Some(told.help(msg!(TotalRowOfTextHelp)));
        }
        None
    }

    /// Where a cell stands.
    pub fn cell(&self, row: RowRef, column: FieldId) -> Option<Place> {
        let file = self.files.get(row.file())?;
        let column = match &file.slots[column] {
            Slot::Given(given) => return Some(given.at.into()),
            Slot::At(slot) => *slot,
            Slot::Absent => 0,
        };
        Some(Place::Cell { source: file.source, row: row.offset(), column })
    }

    /// A cell's bytes, without quotes.
    pub fn raw(&self, sources: &Sources, row: RowRef, column: FieldId) -> Vec<u8> {
        if let Some(Slot::Given(given)) = self.files.get(row.file()).map(|file| &file.slots[column])
        {
            return given.text().to_vec();
        }
        if let Some(table) = self.table_of(sources, row) {
            return self.stored(table, row, column);
        }
        let Some(cell) = self.cell(row, column) else { return Vec::new() };
        let cell = sources.locate(cell);
        csv::unquoted(&sources.get(cell.source).slice(cell.span)).into_owned()
    }

    /// The table a row is of, where it is of one.
    fn table_of<'s>(&self, sources: &'s Sources, row: RowRef) -> Option<&'s Table> {
        sources.get(self.files.get(row.file())?.source).table()
    }

    /// A cell of a table; nothing where it cannot be read.
    fn stored(&self, table: &Table, row: RowRef, column: FieldId) -> Vec<u8> {
        let slot = match self.files.get(row.file()).map(|file| &file.slots[column]) {
            Some(Slot::At(slot)) => *slot,
            _ => 0,
        };
        table.cell(row.offset(), slot).unwrap_or_default()
    }

    /// The bytes of several cells of a row, without quotes. `near` remembers what was read of the
    /// file for the row before.
    fn raws(
        &self,
        sources: &Sources,
        row: RowRef,
        columns: &[FieldId],
        near: &mut Near,
    ) -> Vec<Vec<u8>> {
        if self.table_of(sources, row).is_some() {
            return columns.iter().map(|column| self.raw(sources, row, *column)).collect();
        }
        let Some(file) = self.files.get(row.file()) else { return vec![Vec::new(); columns.len()] };
        let bytes = near.record(sources.get(file.source), row, file.delimiter);
        let raw = |column: &FieldId| {
            let slot = match &file.slots[*column] {
                Slot::Given(given) => return given.text().to_vec(),
                Slot::At(slot) => *slot,
                Slot::Absent => 0,
            };
            let cell = record::cell(&bytes, 0, slot, file.delimiter);
            csv::unquoted(&bytes[cell.start..cell.end]).into_owned()
        };
        columns.iter().map(raw).collect()
    }

    /// Where a row stands.
    pub fn record(&self, row: RowRef) -> Option<Place> {
        let source = self.files.get(row.file())?.source;
        Some(Place::Row { source, row: row.offset() })
    }

    /// Whether a row held here holds in a year.
    pub fn holds_in(&self, row: usize, year: i32) -> bool {
        let validity = self.validity.as_ref().and_then(|all| all.get(row));
        validity.is_none_or(|validity| validity.holds_in(year))
    }

    /// The number of columns of the header of a row's file.
    pub fn width(&self, row: Option<RowRef>) -> usize {
        self.files.get(row.map_or(0, RowRef::file)).map_or(0, |file| file.width)
    }

    /// A text column of the rows held: the code of each row and the texts behind the codes.
    pub fn codes(&self, column: FieldId) -> Option<(&Int32Array, &StringArray)> {
        batch::codes(self.table.as_ref()?.columns.get(column.into())?.as_ref()?)
    }

    /// The text in a text column of a row that is held.
    pub fn text(&self, row: usize, column: FieldId) -> Option<&str> {
        let (codes, texts) = self.codes(column)?;
        if codes.is_null(row) {
            return None;
        }
        Some(texts.value(usize::try_from(codes.value(row)).ok()?))
    }
}

/// A dataset with a header and nothing below it.
pub fn no_rows(dataset: &Dataset, sources: &Sources) -> Diagnostic {
    let told =
        Diagnostic::of(Code::DatasetNoRows, msg!(DatasetNoRows, table = &dataset.contract.name));
    let header = dataset.files.first().map(|file| {
        let span = sources.get(file.source).first_line();
        Location { source: file.source, span }
    });
    told.mark_or_nowhere(header)
}
