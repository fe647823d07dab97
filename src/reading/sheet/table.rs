//! A table in a sheet: its header, and its rows as text.

use super::words::{Beginnings, LABELS, numbers_columns};
use super::{SEARCHED_ROWS, field_of, named_columns};
use crate::contract::{Contract, JOINT};
use crate::source::workbook::{Content, Merged, Row, Workbook};
use crate::source::{SHEET_DELIMITER, Span, record};

/// Columns without a caption that end a header: what stands beyond is none of the table's.
const GAP: usize = 32;

/// Rows of texts between a header and the numbers of its columns at most.
const MOST_BETWEEN: usize = 2;

/// A table found in a sheet.
pub(super) struct Table {
    rows: Vec<Row>,
    /// The rows of the header, as the sheet numbers them.
    pub header: Vec<u32>,
    /// The header's text of each column from the sheet's first.
    captions: Vec<String>,
    /// Whether the contract does not say where the header is, and it is not the first thing.
    pub guessed: bool,
}

/// A table as text.
#[derive(Default)]
pub(super) struct TableText {
    pub text: String,
    /// The sheet's row of each line.
    pub rows: Vec<u32>,
    /// Where the header begins.
    pub header: usize,
    /// Rows that look like totals but that the contract does not name, nor lists the values of
    /// their column: what they begin with, where.
    pub totals: Vec<(String, Span)>,
    /// Rows left out because the contract names them: what they begin with, their numbers.
    pub left_out: Vec<(String, u32)>,
    /// The row of notes the table ends before, and how many rows stand below that.
    pub ended: Option<(String, u32, usize)>,
    /// A row below the header that only numbers the columns.
    pub numbering: Option<u32>,
}

impl Table {
    pub(super) fn of(
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
    pub(super) fn write(&self, contract: &Contract) -> TableText {
        let mut written = TableText::default();
        let plain = vec![false; self.captions.len()];
        let (above, last) =
            (self.header.first().copied().unwrap_or(1), self.header.last().copied().unwrap_or(1));
        let width = u32::try_from(self.captions.len()).unwrap_or(u32::MAX);
        for row in self.rows.iter().filter(|row| row.number < above) {
            let columns = row.cells.last().map_or(0, |(column, _)| column + 1);
            line(&mut written, row, columns, contract, &plain);
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
        let number = |caption: &String| {
            field_of(contract, caption).is_some_and(|at| contract.fields[at].kind.is_numeric())
        };
        let numbers: Vec<bool> = self.captions.iter().map(number).collect();
        let is_listed = |column: u32| {
            let caption = usize::try_from(column).ok().and_then(|at| self.captions.get(at));
            let field = caption.and_then(|caption| field_of(contract, caption));
            field.is_some_and(|at| contract.fields[at].constraints.allowed.is_some())
        };
        let below: Vec<&Row> = self.rows.iter().filter(|row| row.number > last).collect();
        written.numbering = numbering(&below);
        let numbering = written.numbering;
        let mut rows = below.into_iter().filter(|row| Some(row.number) != numbering);
        let notes = Beginnings::of(&contract.layout.notes);
        let totals = contract.layout.totals.as_ref().map(|totals| Beginnings::of(totals));
        while let Some(row) = rows.next() {
            if let Some((_, text)) = notes.of_row(row, 1) {
                written.ended = Some((text, row.number, rows.count()));
                break;
            }
            let total = match &totals {
                Some(totals) => match totals.of_row(row, LABELS) {
                    Some((_, text)) => {
                        written.left_out.push((text, row.number));
                        continue;
                    }
                    None if totals.is_empty() => None,
                    None => Beginnings::totals().of_row(row, LABELS),
                },
                None => Beginnings::totals().of_row(row, LABELS),
            };
            let total = total.filter(|(at, _)| !is_listed(row.cells[*at].0));
            // What stands beside the table is none of its cells.
            if row.cells.first().is_none_or(|(column, _)| *column >= width) {
                continue;
            }
            let start = written.text.len();
            line(&mut written, row, width, contract, &numbers);
            if let Some((at, total)) = total {
                let column = usize::try_from(row.cells[at].0).unwrap_or(0);
                let span = record::cell(written.text.as_bytes(), start, column, SHEET_DELIMITER);
                written.totals.push((total, span));
            }
        }
        written
    }
}

/// The row that only numbers the columns: right below the header, or below a row of texts such as
/// units.
fn numbering(below: &[&Row]) -> Option<u32> {
    let is_text = |row: &Row| row.cells.iter().all(|(_, own)| matches!(own, Content::Text(_)));
    let texts = below.iter().take(MOST_BETWEEN).take_while(|row| is_text(row)).count();
    let found = (0..=texts).find(|at| {
        let next = below.get(at + 1).copied();
        below.get(*at).is_some_and(|row| numbers_columns(row, next))
    });
    found.map(|at| below[at].number)
}

/// Writes the first columns of a row as a line; `numbers` says which hold numbers.
fn line(written: &mut TableText, row: &Row, columns: u32, contract: &Contract, numbers: &[bool]) {
    let start = written.text.len();
    let mut cells = row.cells.iter().peekable();
    for column in 0..columns {
        if column > 0 {
            written.text.push(char::from(SHEET_DELIMITER));
        }
        if let Some((_, content)) = cells.next_if(|(at, _)| *at == column) {
            let at = usize::try_from(column).unwrap_or(usize::MAX);
            let number = numbers.get(at) == Some(&true);
            write_cell(&mut written.text, content, contract, number);
        }
    }
    written.text.push('\n');
    let lines = memchr::memchr_iter(b'\n', &written.text.as_bytes()[start..]).count();
    written.rows.extend(std::iter::repeat_n(row.number, lines));
}

/// Writes a cell so that it is read as what it is.
fn write_cell(line: &mut String, content: &Content, contract: &Contract, number: bool) {
    match content {
        Content::Text(text) => quoted(line, text.trim()),
        Content::Number(digits) => line.push_str(&marked(digits, contract, number)),
        Content::Percent(digits) => {
            line.push_str(&marked(digits, contract, number));
            line.push('%');
        }
        Content::Date(text) => line.push_str(text),
        Content::Boolean(flag) => line.push_str(if *flag { "true" } else { "false" }),
        Content::Fault(text) => line.push_str(text),
    }
}

/// A number with a contract's decimal mark. Where none is declared, three places could be taken
/// for a thousand, which in a spreadsheet's number they are not: in a column of numbers a zero
/// says so.
fn marked(digits: &str, contract: &Contract, number: bool) -> String {
    let ambiguous = number
        && contract.decimal_char.is_none()
        && digits.split_once('.').is_some_and(|(_, places)| places.len() == 3);
    let text = if ambiguous { format!("{digits}0") } else { digits.to_owned() };
    match contract.decimal_char {
        Some(decimal) if decimal != '.' => text.replace('.', &decimal.to_string()),
        _ => text,
    }
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

/// The text of each column of a header, up to the last that has any: from top to bottom, merged
/// cells spread, repetitions once.
pub(crate) fn captions(rows: &[Row], header: &[u32], merged: &[Merged]) -> Vec<String> {
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
    // A merged cell is as wide as what stands below the header, however far it was drawn.
    let last = header.last().copied().unwrap_or(0);
    let below = rows.iter().filter(|row| row.number > last);
    let filled = below.flat_map(|row| row.cells.last()).map(|(column, _)| column + 1).max();
    let spread = merged.iter().filter(|merged| header.contains(&merged.rows.0));
    let spread = spread.map(|merged| (merged.columns.1 + 1).min(filled.unwrap_or(0)));
    let width = own_width.into_iter().chain(spread).max();
    let mut captions: Vec<String> = (0..width.unwrap_or(0))
        .map(|column| {
            let mut parts: Vec<String> = Vec::new();
            for row in header {
                let part = text(*row, column).filter(|part| !part.is_empty());
                parts.extend(part.filter(|part| parts.last() != Some(part)));
            }
            parts.join(JOINT)
        })
        .collect();
    let mut blank = 0;
    let end = captions.iter().position(|caption| {
        blank = if caption.is_empty() { blank + 1 } else { 0 };
        blank == GAP
    });
    captions.truncate(end.map_or(captions.len(), |end| end + 1 - GAP));
    captions
}
