//! What an OpenDocument sheet says of its cells beyond their values: which are shown as
//! percentages, which are merged.

use std::collections::HashSet;
use std::io::{BufReader, Read, Result, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Merged, invalid};

/// Repetitions above this are the sheet's empty rest.
const MOST_REPEATED: u32 = 1 << 16;

/// The marks of one sheet.
#[derive(Debug, Default)]
pub struct Percentages {
    /// The sheet's name.
    pub sheet: String,
    /// Merged cells.
    pub merged: Vec<Merged>,
    /// Cells shown as percentages: row from 1, column from 0.
    percent: HashSet<(u32, u32)>,
}

impl Percentages {
    /// Whether a cell is shown as a percentage; its row counts from 1, its column from 0.
    pub fn is_percent(&self, row: u32, column: u32) -> bool {
        self.percent.contains(&(row, column))
    }
}

/// The marks of all sheets.
///
/// # Errors
/// When the file is damaged.
pub fn marks(file: impl Read + Seek) -> Result<Vec<Percentages>> {
    let mut archive = zip::ZipArchive::new(file).map_err(invalid)?;
    let content = archive.by_name("content.xml").map_err(invalid)?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let mut sheets: Vec<Percentages> = Vec::new();
    let (mut row, mut rows, mut column) = (0, 1, 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(invalid)? {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "table:table" => {
                    let sheet = attribute(&tag, "table:name").unwrap_or_default();
                    sheets.push(Percentages { sheet, ..Percentages::default() });
                    (row, rows) = (0, 1);
                }
                "table:table-row" => {
                    row += rows;
                    rows = count(&tag, "table:number-rows-repeated");
                    column = 0;
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let columns = count(&tag, "table:number-columns-repeated");
                    if let Some(sheet) = sheets.last_mut() {
                        let place = ((row, rows), (column, columns));
                        note(sheet, &tag, place);
                    }
                    column = column.saturating_add(columns);
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// Notes what a cell, or a block of equal ones, says of itself: first and count of rows and of
/// columns.
fn note(sheet: &mut Percentages, tag: &BytesStart<'_>, place: ((u32, u32), (u32, u32))) {
    let ((row, rows), (column, columns)) = place;
    let spanned =
        |name| attribute(tag, name).and_then(|text| text.parse::<u32>().ok()).unwrap_or(1);
    let (down, across) =
        (spanned("table:number-rows-spanned"), spanned("table:number-columns-spanned"));
    if down > 1 || across > 1 {
        sheet
            .merged
            .push(Merged { rows: (row, row + down - 1), columns: (column, column + across - 1) });
    }
    let percent = attribute(tag, "office:value-type").is_some_and(|kind| kind == "percentage");
    if percent && rows <= MOST_REPEATED && columns <= MOST_REPEATED {
        let cells =
            (row..row + rows).flat_map(|row| (column..column + columns).map(move |c| (row, c)));
        sheet.percent.extend(cells);
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok().flatten()?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}

fn count(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(1)
}
