//! A table in a spreadsheet as text: which sheet, which header, which rows are no data.

use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::contract::Contract;
use super::matching;
use super::stream::Watch;
use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::source::workbook::{Content, Merged, Row, Workbook};
use crate::source::{Location, SHEET_DELIMITER, Sheet, SourceId, Sources, Span};

/// Rows among which an undeclared header is looked for.
const SEARCHED_ROWS: usize = 50;

/// Between the texts of a header of several rows.
pub(super) const JOINT: &str = " / ";

/// What rows of totals begin with, where a contract does not say. Compared by
/// [`matching::key`], without regard to case.
pub(super) const TOTALS: [&str; 6] =
    ["Tổng cộng", "Tổng số", "Cộng", "Toàn huyện", "Toàn tỉnh", "Toàn xã"];

/// Filled cells at the beginning of a row by which a row of totals is told.
pub(super) const LABELS: usize = 2;

/// Which of a contract's columns a header may call by a text.
pub fn field_of(contract: &Contract, text: &str) -> Option<usize> {
    let exact = contract.fields.iter().position(|field| field.caption() == text);
    exact.or_else(|| {
        let key = matching::key(text, true);
        let same = |caption: &str| matching::key(caption, true) == key;
        let found = contract.fields.iter().position(|field| same(field.caption()));
        // A file made by hand may call a column by its bare name too.
        found.or_else(|| contract.fields.iter().position(|field| field.name == text))
    })
}

/// Adds the sheet of a spreadsheet file that a contract means, as text with one line a row.
///
/// # Errors
/// The operating system's, or invalid data where the file is damaged.
pub fn open(
    path: &Path,
    contract: &Contract,
    sources: &mut Sources,
    watch: &dyn Watch,
    findings: &mut Vec<Diagnostic>,
) -> std::io::Result<Option<SourceId>> {
    let size = usize::try_from(std::fs::metadata(path)?.len()).unwrap_or(usize::MAX);
    watch.begin(size);
    let mut book = Workbook::open(path)?;
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
        watch.advance(done.saturating_sub(told));
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
                findings.push(Diagnostic::new(Code::SheetAbsent, none).mark(wanted.at).help(help));
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
        findings.push(
            Diagnostic::new(Code::SheetGuessed, msg!(SheetGuessed, path = &shown, sheet = &name))
                .mark(header)
                .label(own, msg!(SheetDeclare, sheet = &name))
                .help(msg!(SheetsThere, sheets = others.join(", "))),
        );
    }
    if table.guessed {
        let row = table.header.last().copied().unwrap_or(1);
        findings.push(
            Diagnostic::new(
                Code::HeaderGuessed,
                msg!(HeaderGuessed, path = &shown, row = row.to_string()),
            )
            .mark(header)
            .label(own, msg!(HeaderDeclare, row = row.to_string())),
        );
    }
    if let Some(first) = written.totals.first() {
        let texts: Vec<String> =
            written.totals.iter().map(|(text, _)| format!("\"{text}\"")).collect();
        let count = written.totals.len();
        findings.push(
            Diagnostic::new(Code::TotalRow, msg!(TotalRow, path = &shown, text = &first.0))
                .mark(Location { source, span: first.1 })
                .label(own, msg!(TotalsDeclare, texts = texts.join(", "), count = count)),
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

/// A table found in a sheet.
struct Table {
    rows: Vec<Row>,
    /// The rows of the header, as the sheet numbers them.
    header: Vec<u32>,
    /// The header's text of each column from the sheet's first.
    captions: Vec<String>,
    /// Whether the contract does not say where the header is, and it is not the first thing.
    guessed: bool,
}

/// A table as text.
struct Written {
    text: String,
    rows: Vec<u32>,
    header: usize,
    /// Rows that look like totals though the contract names none: what they begin with, where.
    totals: Vec<(String, Span)>,
}

impl Table {
    fn of(
        contract: &Contract,
        book: &mut Workbook,
        sheet: &str,
        rows: Vec<Row>,
    ) -> std::io::Result<Table> {
        let first = rows.first().map_or(1, |row| row.number);
        let (header, guessed) = match &contract.layout.header {
            Some(declared) => (declared.clone(), false),
            None => {
                // The first of equals.
                let mut best = (0, first);
                for row in rows.iter().take(SEARCHED_ROWS) {
                    let columns = named_columns(contract, row);
                    if columns > best.0 {
                        best = (columns, row.number);
                    }
                }
                (vec![best.1], best.1 != first)
            }
        };
        let merged = if header.len() > 1 { book.merged(sheet)? } else { Vec::new() };
        let captions = captions(&rows, &header, &merged);
        Ok(Table { rows, header, captions, guessed })
    }

    /// The rows above the header, the header as one line, and the rows of data.
    fn write(&self, contract: &Contract) -> Written {
        let decimal = contract.decimal_char.unwrap_or('.');
        let exact = contract.decimal_char.is_none() && contract.group_char.is_none();
        let write = |line: &mut String, content: &Content| match content {
            Content::Text(text) => quoted(line, text.trim()),
            Content::Number(digits) => line.push_str(&marked(digits, decimal, exact)),
            Content::Percent(digits) => {
                line.push_str(&marked(digits, decimal, exact));
                line.push('%');
            }
            Content::Date(text) => line.push_str(text),
            Content::Boolean(flag) => line.push_str(if *flag { "true" } else { "false" }),
            Content::Fault(text) => line.push_str(text),
        };
        let mut written =
            Written { text: String::new(), rows: Vec::new(), header: 0, totals: Vec::new() };
        let (above, last) =
            (self.header.first().copied().unwrap_or(1), self.header.last().copied().unwrap_or(1));
        let width = u32::try_from(self.captions.len()).unwrap_or(u32::MAX);
        for row in self.rows.iter().filter(|row| row.number < above) {
            let columns = row.cells.last().map_or(0, |(column, _)| column + 1);
            line(&mut written, row, columns, &write);
        }
        written.header = written.text.len();
        for (at, caption) in self.captions.iter().enumerate() {
            if at > 0 {
                written.text.push(char::from(SHEET_DELIMITER));
            }
            quoted(&mut written.text, caption);
        }
        written.text.push('\n');
        written.rows.push(last);
        for row in self.rows.iter().filter(|row| row.number > last) {
            if begins(row, 1, &contract.layout.notes).is_some() {
                break;
            }
            let total = match &contract.layout.totals {
                Some(totals) if begins(row, LABELS, totals).is_some() => continue,
                Some(_) => None,
                None => begins(row, LABELS, &TOTALS).filter(|(_, text)| !is_name(text)),
            };
            // What stands beside the table is none of its cells.
            if row.cells.first().is_none_or(|(column, _)| *column >= width) {
                continue;
            }
            let start = written.text.len();
            line(&mut written, row, width, &write);
            if let Some((at, total)) = total {
                let column = usize::try_from(row.cells[at].0).unwrap_or(0);
                let span =
                    super::cell::span(written.text.as_bytes(), start, column, SHEET_DELIMITER);
                written.totals.push((total, span));
            }
        }
        written
    }
}

/// Writes the first columns of a row as a line.
fn line(written: &mut Written, row: &Row, columns: u32, write: &dyn Fn(&mut String, &Content)) {
    let start = written.text.len();
    let mut cells = row.cells.iter().peekable();
    for column in 0..columns {
        if column > 0 {
            written.text.push(char::from(SHEET_DELIMITER));
        }
        if let Some((_, content)) = cells.next_if(|(at, _)| *at == column) {
            write(&mut written.text, content);
        }
    }
    written.text.push('\n');
    let lines = memchr::memchr_iter(b'\n', &written.text.as_bytes()[start..]).count();
    written.rows.extend(std::iter::repeat_n(row.number, lines));
}

/// A number with a contract's decimal mark. Where none is declared, three places could be taken
/// for a thousand, which in a spreadsheet's number they are not: a zero says so.
fn marked(digits: &str, decimal: char, exact: bool) -> String {
    let ambiguous = exact && digits.split_once('.').is_some_and(|(_, places)| places.len() == 3);
    let text = if ambiguous { format!("{digits}0") } else { digits.to_owned() };
    if decimal == '.' { text } else { text.replace('.', &decimal.to_string()) }
}

fn quoted(line: &mut String, text: &str) {
    if text.contains(['"', '\n', char::from(SHEET_DELIMITER)]) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// Which of the first filled cells of a row begins with one of some texts, and what it says.
pub(super) fn begins(
    row: &Row,
    cells: usize,
    texts: &[impl AsRef<str>],
) -> Option<(usize, String)> {
    row.cells.iter().take(cells).enumerate().find_map(|(at, (_, content))| {
        let Content::Text(text) = content else { return None };
        let key = matching::key(text, true);
        let found = texts.iter().any(|beginning| {
            let rest = key.strip_prefix(&*matching::key(beginning.as_ref(), true));
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
        found.then(|| (at, text.trim().to_owned()))
    })
}

/// Whether a text only begins like a total: "Cộng (I + II)" is one, "Cộng Hoà" is not.
pub(super) fn is_name(text: &str) -> bool {
    let key = matching::key(text, true);
    let rest = key.strip_prefix(&*matching::key("Cộng", true));
    rest.is_some_and(|rest| rest.trim_start().starts_with(char::is_alphabetic))
}

/// The text of each column of a header, up to the last that has any: from top to bottom, merged
/// cells spread, repetitions once.
pub(super) fn captions(rows: &[Row], header: &[u32], merged: &[Merged]) -> Vec<String> {
    let text = |row: u32, column: u32| -> Option<String> {
        let own = |row: u32, column: u32| {
            let at = rows.binary_search_by_key(&row, |row| row.number).ok()?;
            Some(match rows[at].cell(column)? {
                Content::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
                Content::Number(text) | Content::Date(text) | Content::Fault(text) => text.clone(),
                Content::Percent(text) => format!("{text}%"),
                Content::Boolean(flag) => flag.to_string(),
            })
        };
        own(row, column).or_else(|| {
            let within = |merged: &&Merged| {
                (merged.rows.0..=merged.rows.1).contains(&row)
                    && (merged.columns.0..=merged.columns.1).contains(&column)
            };
            let merged = merged.iter().find(within)?;
            own(merged.rows.0, merged.columns.0)
        })
    };
    let of_header = rows.iter().filter(|row| header.contains(&row.number));
    let own_width = of_header.flat_map(|row| row.cells.last()).map(|(column, _)| column + 1).max();
    let spread = merged.iter().filter(|merged| header.contains(&merged.rows.0));
    let width = own_width.into_iter().chain(spread.map(|merged| merged.columns.1 + 1)).max();
    (0..width.unwrap_or(0))
        .map(|column| {
            let mut parts: Vec<String> = Vec::new();
            for row in header {
                let part = text(*row, column).filter(|part| !part.is_empty());
                parts.extend(part.filter(|part| parts.last() != Some(part)));
            }
            parts.join(JOINT)
        })
        .collect()
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
    let span =
        super::cell::spans(&above, start, SHEET_DELIMITER).nth(usize::try_from(column).ok()?)?;
    let text = super::csv::unquoted(&above[span.start..span.end]);
    let text: String = String::from_utf8_lossy(&text).trim().nfc().collect();
    Some((text, Location { source, span }))
}
