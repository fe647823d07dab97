//! Spreadsheets: the cells of one sheet, as their authors see them.
//!
//! Values come from the `calamine` library. What it leaves out and a reader of the sheet sees is
//! added here: that 0.68 is shown as 68 %, and which cells are merged.

mod number;
mod ods;
mod xls;

use std::collections::HashSet;
use std::io::{BufReader, Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;

use calamine::{
    Data, Dimensions, ExcelDateTime, Ods, OdsError, Reader as _, SheetType, SheetVisible, Xls,
    XlsError, Xlsx,
};

use super::guard::guarded;
use crate::files::{Files, ReadAt, Reader};

/// How the library reads a file.
type Handle = BufReader<Reader>;

/// Endings of spreadsheets.
pub const ENDINGS: [&str; 4] = [".xlsx", ".xlsm", ".xls", ".ods"];

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text as typed, line breaks as line feeds.
    Text(String),
    /// A number: digits, with a point as decimal mark and no exponent.
    Number(String),
    /// A number shown as a percentage, in percent.
    Percent(String),
    /// A date in ISO form, with the time where there is one.
    Date(String),
    /// True or false.
    Boolean(bool),
    /// What a formula came to that has no value, such as `#DIV/0!`.
    Fault(String),
}

/// A row that has anything in it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Its filled cells: column from 0, content. In order of column.
    pub cells: Vec<(u32, Content)>,
}

impl Row {
    /// The cell of a column.
    pub fn cell(&self, column: u32) -> Option<&Content> {
        let at = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        Some(&self.cells[at].1)
    }
}

/// Cells merged into one: rows from 1 and columns from 0, all inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u32, u32),
}

enum OpenBook {
    Xlsx(Box<Xlsx<Handle>>),
    /// With the cells of each sheet shown as percentages.
    Xls(Box<Xls<Handle>>, Vec<HashSet<(u32, u32)>>),
    Ods(Box<Ods<Handle>>, Vec<ods::Percentages>),
}

/// An open spreadsheet file.
pub struct Workbook {
    kind: OpenBook,
}

/// Whether a file's ending is a spreadsheet's.
pub fn is_workbook(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// What a library says of a file it cannot read: the operating system's word, or that it is not
/// what its ending says.
fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::InvalidData, error)
}

/// Why a workbook cannot be opened: it has a password.
#[derive(Debug)]
pub struct Locked;

impl std::fmt::Display for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("locked by a password")
    }
}

impl std::error::Error for Locked {}

/// Whether an error is that a workbook has a password.
pub fn is_locked(error: &Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Locked>())
}

/// Whether a file is a container for a workbook with a password, whatever its ending.
fn is_encrypted(file: &Arc<dyn ReadAt>) -> bool {
    let container = cfb::CompoundFile::open(handle(file));
    container.is_ok_and(|container| container.exists("/EncryptedPackage"))
}

fn handle(file: &Arc<dyn ReadAt>) -> Handle {
    BufReader::new(Reader::new(Arc::clone(file)))
}

impl Workbook {
    /// Opens a file, of the kind its ending says.
    ///
    /// # Errors
    /// The operating system's, or invalid data where the file is not what its ending says, or is
    /// locked by a password.
    pub fn open(files: &dyn Files, path: &Path) -> Result<Workbook> {
        guarded(|| Workbook::open_unguarded(&files.open(path)?, path))
    }

    fn open_unguarded(file: &Arc<dyn ReadAt>, path: &Path) -> Result<Workbook> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let locked = || Error::new(ErrorKind::InvalidData, Locked);
        let kind = match ending.as_str() {
            "xls" => {
                let book = Xls::new(handle(file)).map_err(|error| match error {
                    XlsError::Password => locked(),
                    other => invalid(other),
                })?;
                OpenBook::Xls(Box::new(book), xls::percents(handle(file))?)
            }
            "ods" => {
                let book = Ods::new(handle(file)).map_err(|error| match error {
                    OdsError::Password => locked(),
                    other => invalid(other),
                })?;
                OpenBook::Ods(Box::new(book), ods::marks(handle(file))?)
            }
            _ => {
                let opened = Xlsx::new(handle(file));
                let book = opened
                    .map_err(|error| if is_encrypted(file) { locked() } else { invalid(error) })?;
                OpenBook::Xlsx(Box::new(book))
            }
        };
        Ok(Workbook { kind })
    }

    /// Its sheets of cells, not those of charts: their names, and whether they are shown.
    pub fn sheets(&self) -> Vec<(String, bool)> {
        let metadata = match &self.kind {
            OpenBook::Xlsx(book) => book.sheets_metadata(),
            OpenBook::Xls(book, _) => book.sheets_metadata(),
            OpenBook::Ods(book, _) => book.sheets_metadata(),
        };
        let shown = |sheet: &calamine::Sheet| sheet.visible == SheetVisible::Visible;
        let sheets = metadata.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        sheets.map(|sheet| (sheet.name.clone(), shown(sheet))).collect()
    }

    /// The filled rows of a sheet; `progress` is told how many of how many have been read.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn rows(&mut self, sheet: &str, progress: &mut dyn FnMut(u32, u32)) -> Result<Vec<Row>> {
        guarded(|| self.rows_unguarded(sheet, progress))
    }

    fn rows_unguarded(
        &mut self,
        sheet: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Vec<Row>> {
        match &mut self.kind {
            OpenBook::Xlsx(book) => xlsx_rows(book, sheet, progress),
            OpenBook::Xls(book, percents) => {
                let range = book.worksheet_range(sheet).map_err(invalid)?;
                let at = book.sheets_metadata().iter().position(|own| own.name == sheet);
                let own = at.and_then(|at| percents.get(at));
                let percent = |row, column| own.is_some_and(|own| own.contains(&(row, column)));
                Ok(rows(&range, percent))
            }
            OpenBook::Ods(book, marks) => {
                let range = book.worksheet_range(sheet).map_err(invalid)?;
                let own = marks.iter().find(|marks| marks.sheet == sheet);
                let percent = |row, column| own.is_some_and(|own| own.is_percent(row, column));
                Ok(rows(&range, percent))
            }
        }
    }

    /// The merged cells of a sheet.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn merged(&mut self, sheet: &str) -> Result<Vec<Merged>> {
        guarded(|| self.merged_unguarded(sheet))
    }

    fn merged_unguarded(&mut self, sheet: &str) -> Result<Vec<Merged>> {
        let merged = |found: Vec<Dimensions>| {
            let merge = |found: Dimensions| Merged {
                rows: (found.start.0 + 1, found.end.0 + 1),
                columns: (found.start.1, found.end.1),
            };
            found.into_iter().map(merge).collect()
        };
        Ok(match &mut self.kind {
            OpenBook::Xlsx(book) => merged(book.merge_cells_by_sheet_name(sheet).map_err(invalid)?),
            OpenBook::Xls(book, _) => {
                merged(book.merge_cells_by_sheet_name(sheet).map_err(invalid)?)
            }
            OpenBook::Ods(_, marks) => {
                let own = marks.iter().find(|marks| marks.sheet == sheet);
                own.map(|own| own.merged.clone()).unwrap_or_default()
            }
        })
    }
}

/// Rows are told of in steps of this many.
const STEP: u32 = 1024;

fn xlsx_rows(
    book: &mut Xlsx<Handle>,
    sheet: &str,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Vec<Row>> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(invalid)?;
    let percent: Vec<bool> = cells
        .styles()
        .iter()
        .map(|style| {
            style.number_format.as_ref().is_some_and(|f| number::is_percent(&f.format_code))
        })
        .collect();
    let all = cells.dimensions().end.0 + 1;
    let mut rows: Vec<Row> = Vec::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(invalid)? {
        let (row, column) = cell.get_position();
        let percent = percent.get(style) == Some(&true);
        let Some(content) = content(cell.get_value().clone().into(), percent) else { continue };
        let number = row + 1;
        match rows.last_mut().filter(|last| last.number == number) {
            Some(last) => last.cells.push((column, content)),
            None => {
                if number.is_multiple_of(STEP) {
                    progress(number, all);
                }
                rows.push(Row { number, cells: vec![(column, content)] });
            }
        }
    }
    Ok(rows)
}

/// The filled rows of a range; `percent` says which cells are shown as percentages.
fn rows(range: &calamine::Range<Data>, percent: impl Fn(u32, u32) -> bool) -> Vec<Row> {
    let (first, left) = range.start().unwrap_or_default();
    let mut rows = Vec::new();
    for (at, cells) in (first..).zip(range.rows()) {
        let number = at + 1;
        let filled = (left..).zip(cells).filter_map(|(column, value)| {
            let content = content(value.clone(), percent(number, column))?;
            Some((column, content))
        });
        let cells: Vec<(u32, Content)> = filled.collect();
        if !cells.is_empty() {
            rows.push(Row { number, cells });
        }
    }
    rows
}

/// What a cell holds; `None` for blanks.
fn content(value: Data, percent: bool) -> Option<Content> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) => {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            return (!text.trim().is_empty()).then_some(Content::Text(text));
        }
        Data::Float(value) if percent => {
            Content::Percent(number::hundredfold(&number::plain(value)))
        }
        Data::Int(value) if percent => Content::Percent(number::hundredfold(&value.to_string())),
        Data::Float(value) => Content::Number(number::plain(value)),
        Data::Int(value) => Content::Number(value.to_string()),
        Data::Bool(flag) => Content::Boolean(flag),
        Data::DateTime(moment) => Content::Date(date(moment)),
        Data::DateTimeIso(text) => {
            let day = text.strip_suffix("T00:00:00").map(str::to_owned);
            Content::Date(day.unwrap_or(text))
        }
        Data::DurationIso(text) => Content::Text(text),
        Data::Error(error) => Content::Fault(error.to_string()),
    })
}

/// A day, a day and time, or the time alone where there is no day.
fn date(moment: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if moment.is_duration() || moment.as_f64() < 1.0 {
        return time;
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {time}") }
}

/// The name of a column as spreadsheets write it: A, B, …, Z, AA.
pub fn column_name(column: u32) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        rest /= 26;
    }
    name
}

/// The name of a cell as spreadsheets write it: row from 1, column from 0.
pub fn cell_name((row, column): (u32, u32)) -> String {
    format!("{}{row}", column_name(column))
}

/// A cell's place from its name, as spreadsheets write it (`B7`): row from 1, column from 0.
pub fn cell_place(name: &str) -> Option<(u32, u32)> {
    let letters =
        name.find(|c: char| !c.is_ascii_alphabetic()).filter(|at| (1..=3).contains(at))?;
    let (letters, digits) = name.split_at(letters);
    let column = letters
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = digits.parse().ok().filter(|row| *row > 0)?;
    Some((row, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_name(column), name);
            let cell = format!("{name}12");
            assert_eq!(cell_place(&cell), Some((12, column)));
            assert_eq!(cell_name((12, column)), cell);
        }
        for wrong in ["", "B", "7", "B0", "7B", "B7x", "ABCD1"] {
            assert_eq!(cell_place(wrong), None, "{wrong}");
        }
    }
}
