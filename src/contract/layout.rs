//! Where a table stands in a spreadsheet: its sheet, its header, what is left out of it.

use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::source::Location;
use crate::workspace::fields::{Fields, Placed};

/// Rows of a header at most.
const MOST_HEADER_ROWS: usize = 8;

/// Between the texts of a header of several rows.
pub const JOINT: &str = " / ";

/// What a contract says of its spreadsheets.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The sheet.
    pub sheet: Option<Placed<String>>,
    /// The rows of the header, as the spreadsheet numbers them.
    pub header: Option<Vec<u32>>,
    /// What rows of totals begin with; such rows are left out.
    pub totals: Option<Vec<String>>,
    /// What notes below the table begin with: the first such row ends it.
    pub notes: Vec<String>,
    /// Where the contract says so.
    pub at: Option<Location>,
}

impl Layout {
    /// Reads `[layout]`.
    pub(super) fn read(fields: &mut Fields<'_>) -> Layout {
        let texts = |texts: Vec<Placed<String>>| texts.into_iter().map(|text| text.value).collect();
        Layout {
            sheet: fields.string("sheet"),
            header: header(fields),
            totals: fields.strings("totals").map(texts),
            notes: fields.strings("notes").map(texts).unwrap_or_default(),
            at: Some(fields.at),
        }
    }
}

/// `header = 4` or `header = [4, 5]`.
fn header(fields: &mut Fields<'_>) -> Option<Vec<u32>> {
    let rows = fields.integers("header")?;
    let valid: Option<Vec<u32>> =
        rows.value.iter().map(|row| u32::try_from(*row).ok().filter(|row| *row > 0)).collect();
    let valid = valid.filter(|rows| {
        (1..=MOST_HEADER_ROWS).contains(&rows.len()) && rows.is_sorted_by(|a, b| a < b)
    });
    if valid.is_none() {
        fields.complain(Diagnostic::of(Code::InvalidValue, msg!(HeaderRows)).mark(rows.at));
    }
    valid
}
