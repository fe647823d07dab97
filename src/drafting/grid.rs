//! The cells of a table nobody has described yet.

use crate::source::Guess;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// Whether it is a spreadsheet's own number, date or truth value, not a text.
    pub native: bool,
}

/// A row of a table.
#[derive(Debug)]
pub struct GridRow {
    /// Which of the files it is in.
    pub file: usize,
    /// The number of its line, or of the sheet's row.
    pub number: u32,
    /// Its cells, as many as there are.
    pub cells: Vec<Cell>,
}

/// The cells of a table.
#[derive(Debug)]
pub struct Grid {
    /// The text of each column's header.
    pub captions: Vec<String>,
    /// The rows below it.
    pub rows: Vec<GridRow>,
    /// Whether these are all rows of the file.
    pub is_whole: bool,
    /// What separates cells; `None` for spreadsheets.
    pub delimiter: Option<u8>,
    /// What its encoding was taken for, where it is not UTF-8.
    pub encoding: Option<Guess>,
    /// Where the table stands in a spreadsheet.
    pub place: Option<TablePlace>,
}

impl Grid {
    /// The cells of a column, with the rows they are in.
    pub fn column(&self, at: usize) -> impl Iterator<Item = (u32, Option<&Cell>)> {
        self.rows.iter().map(move |row| (row.number, row.cells.get(at)))
    }
}

/// Where a table stands in a workbook.
#[derive(Debug)]
pub struct TablePlace {
    /// The sheet.
    pub sheet: String,
    /// The other sheets that have anything in them.
    pub others: Vec<String>,
    /// The rows of the header.
    pub header: Vec<u32>,
    /// Whether the header stands elsewhere in other files.
    pub wanders: bool,
    /// What rows of totals begin with.
    pub totals: Vec<String>,
    /// What rows of groups begin with, such as `I`.
    pub groups: Vec<String>,
    /// What notes below the table begin with.
    pub notes: Vec<String>,
    /// The cells above the header: row from 1, column from 0, text.
    pub above: Vec<((u32, u32), String)>,
}
