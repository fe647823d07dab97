//! A table in a spreadsheet as text: which sheet, which header, which rows are no data.

mod table;
mod words;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::stream::Meter;
use crate::contract::matching;
use crate::contract::{Contract, FieldId};
use crate::diagnostic::{Code, Diagnostic, Findings, Severity};
use crate::message::Arg;
use crate::msg;
use crate::source::workbook::{Content, Row, Workbook};
use crate::source::{Location, SHEET_DELIMITER, Sheet, SourceId, Sources, record};
use table::Table;
pub(crate) use table::captions;
pub(crate) use words::{Beginnings, LABELS, is_numbering, numbers_columns};

/// Rows among which an undeclared header is looked for.
const SEARCHED_ROWS: usize = 50;

/// Which of a contract's columns a header may call by a text.
pub fn field_of(contract: &Contract, text: &str) -> Option<FieldId> {
    let exact = contract.fields.position(|field| field.caption() == text);
    exact.or_else(|| {
        let key = matching::key(text, true);
        let same = |caption: &str| matching::key(caption, true) == key;
        let found = contract.fields.position(|field| same(field.caption()));
        // A file made by hand may call a column by its bare name too.
        found.or_else(|| contract.fields.position(|field| field.name == text))
    })
}

/// The same of many headers' texts.
pub struct Captions<'a> {
    exact: HashMap<&'a str, FieldId>,
    spelled: HashMap<Cow<'a, str>, FieldId>,
    names: HashMap<&'a str, FieldId>,
    ignored: HashSet<Cow<'a, str>>,
}

impl<'a> Captions<'a> {
    /// Those of a contract.
    pub fn new(contract: &'a Contract) -> Captions<'a> {
        let (mut exact, mut spelled, mut names) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, field) in contract.fields.enumerate() {
            exact.entry(field.caption()).or_insert(at);
            spelled.entry(matching::key(field.caption(), true)).or_insert(at);
            names.entry(&*field.name).or_insert(at);
        }
        let ignored = contract.ignored.iter().map(|name| matching::key(name, true)).collect();
        Captions { exact, spelled, names, ignored }
    }

    /// Whether the contract says that a column of this name is none of the table's.
    pub fn ignores(&self, text: &str) -> bool {
        !self.ignored.is_empty() && self.ignored.contains(&matching::key(text, true))
    }

    /// Which column a header may call by a text, as [`field_of`] has it.
    pub fn field_of(&self, text: &str) -> Option<FieldId> {
        let spelled = || self.spelled.get(&matching::key(text, true));
        let found = self.exact.get(text).or_else(spelled).or_else(|| self.names.get(text));
        found.copied()
    }
}

/// Adds the sheet of a spreadsheet file that a contract means, as text with one line a row.
///
/// # Errors
/// The operating system's, or invalid data where the file is damaged.
pub fn open(
    path: &Path,
    contract: &Contract,
    sources: &mut Sources,
    meter: &dyn Meter,
    findings: &Findings,
) -> std::io::Result<Option<SourceId>> {
    let size = usize::try_from(sources.files().stamp(path)?.len).unwrap_or(usize::MAX);
    meter.begin(size);
    let mut book = Workbook::open(&**sources.files(), path)?;
    // A hidden sheet is read where a contract names it, and never chosen: nobody looking at the
    // file knows that it is there.
    let (shown, hidden): (Vec<_>, Vec<_>) = book.sheets().into_iter().partition(|sheet| sheet.1);
    let names = |sheets: Vec<(String, bool)>| sheets.into_iter().map(|(name, _)| name).collect();
    let (sheets, hidden): (Vec<String>, Vec<String>) = (names(shown), names(hidden));
    let share = |done: u32, all: u32| {
        let share = size as u64 * u64::from(done.min(all)) / u64::from(all.max(1));
        usize::try_from(share).unwrap_or(0)
    };
    let mut told = 0;
    let mut advance = |done: usize| {
        meter.advance(done.saturating_sub(told));
        told = told.max(done);
    };
    let shown = sources.display(path);
    let (name, rows, others) = match &contract.layout.sheet {
        Some(wanted) => {
            let all = sheets.iter().chain(&hidden);
            let mut named = all.filter(|name| matching::same(name, &wanted.value, true));
            let Some(name) = named.next() else {
                let none = msg!(SheetAbsent, path = &shown, sheet = &wanted.value);
                let help = msg!(SheetsThere, sheets = sheets.join(", "));
                findings.tell(Diagnostic::of(Code::SheetAbsent, none).mark(wanted.at).help(help));
                return Ok(None);
            };
            let rows = book.rows(name, &mut |done, all| advance(share(done, all)))?;
            (name.clone(), rows, Vec::new())
        }
        None => {
            let mut best: Option<(usize, String, Vec<Row>)> = None;
            let mut filled = Vec::new();
            for name in &sheets {
                let rows = book.rows(name, &mut |done, all| advance(share(done, all)))?;
                if rows.is_empty() {
                    continue;
                }
                filled.push(name.clone());
                let columns = known_columns(contract, &rows);
                if best.as_ref().is_none_or(|(most, ..)| columns > *most) {
                    best = Some((columns, name.clone(), rows));
                }
            }
            let first = || (sheets.first().cloned().unwrap_or_default(), Vec::new());
            let (name, rows) = best.map_or_else(first, |(_, name, rows)| (name, rows));
            let others = if filled.len() > 1 { filled } else { Vec::new() };
            (name, rows, others)
        }
    };
    advance(size);
    let table = Table::of(contract, &mut book, &name, rows)?;
    let written = table.write(contract);
    let sheet = Sheet { name: name.clone(), rows: written.rows, header: written.header };
    let source = sources.add_sheet(path, &written.text, sheet)?;
    let header = Location { source, span: sources.get(source).first_line() };
    let own = contract.at;
    if !others.is_empty() {
        findings.tell(
            Diagnostic::of(Code::SheetGuessed, msg!(SheetGuessed, path = &shown, sheet = &name))
                .mark(header)
                .label(own, msg!(SheetDeclare, sheet = &name))
                .help(msg!(SheetsThere, sheets = others.join(", "))),
        );
    }
    if table.guessed {
        let row = table.header.last().copied().unwrap_or(1);
        findings.tell(
            Diagnostic::of(
                Code::HeaderGuessed,
                msg!(HeaderGuessed, path = &shown, row = row.to_string()),
            )
            .mark(header)
            .label(own, msg!(HeaderDeclare, row = row.to_string())),
        );
    }
    if let Some(row) = written.numbering {
        let rows: Vec<String> =
            table.header.iter().chain([&row]).map(ToString::to_string).collect();
        findings.tell(
            Diagnostic::of(
                Code::RowsLeftOut,
                msg!(NumberingRow, path = &shown, row = row.to_string()),
            )
            .severity(Severity::Warning)
            .mark(header)
            .label(own, msg!(NumberingDeclare, rows = rows.join(", "))),
        );
    }
    let named = |text: &String, row: &u32| Arg::from(format!("`{text}` ({row})"));
    let mut told: Vec<Arg> = written.left_out.iter().map(|(text, row)| named(text, row)).collect();
    if let Some((text, row, below)) = &written.ended {
        told.push(named(text, row));
        told.extend((*below > 0).then(|| Arg::from(msg!(RowsBelow, count = *below))));
    }
    if !told.is_empty() {
        let ended = written.ended.as_ref().map_or(0, |(_, _, below)| below + 1);
        findings.tell(
            Diagnostic::of(
                Code::RowsLeftOut,
                msg!(
                    RowsLeftOut,
                    path = &shown,
                    count = written.left_out.len() + ended,
                    rows = told
                ),
            )
            .mark(contract.layout.at.unwrap_or(own)),
        );
    }
    if let Some(first) = written.totals.first() {
        let texts: Vec<String> =
            written.totals.iter().map(|(text, _)| format!("\"{text}\"")).collect();
        let (texts, count) = (texts.join(", "), written.totals.len());
        let declare = match contract.layout.totals {
            None => msg!(TotalsDeclare, texts = texts, count = count),
            Some(_) => msg!(TotalsDeclareMore, texts = texts, count = count),
        };
        findings.tell(
            Diagnostic::of(Code::TotalRow, msg!(TotalRow, path = &shown, text = &first.0))
                .mark(Location { source, span: first.1 })
                .label(own, declare),
        );
    }
    Ok(Some(source))
}

/// The most columns of a contract that one row names.
fn known_columns(contract: &Contract, rows: &[Row]) -> usize {
    rows.iter().take(SEARCHED_ROWS).map(|row| named_columns(contract, row)).max().unwrap_or(0)
}

fn named_columns(contract: &Contract, row: &Row) -> usize {
    let texts = row.cells.iter().filter_map(|(_, content)| match content {
        Content::Text(text) => field_of(contract, text.trim()),
        _ => None,
    });
    texts.count()
}

/// The text of a cell above the header of a sheet made into a source, and where it stands.
pub fn cell_above(
    sources: &Sources,
    source: SourceId,
    (row, column): (u32, u32),
) -> Option<(String, Location)> {
    let file = sources.get(source);
    let sheet = file.sheet.as_ref()?;
    let line = sheet.rows.iter().position(|number| *number == row)?;
    let above = file.slice((0..sheet.header).into());
    let mut lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', &above).map(|at| at + 1));
    let start = lines.nth(line).filter(|start| *start < above.len())?;
    let span = record::cells(&above, start, SHEET_DELIMITER).nth(usize::try_from(column).ok()?)?;
    let text = super::csv::unquoted(&above[span.start..span.end]);
    let text: String = String::from_utf8_lossy(&text).trim().nfc().collect();
    Some((text, Location { source, span }))
}
