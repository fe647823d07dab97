//! Where the table stands in a sheet nobody has described: its header, its totals, its notes.

use std::io::Result;
use std::path::Path;

use super::grid::{Cell, Grid, GridRow, Place};
use crate::data::sheet::{Beginnings, LABELS, captions, numbers_columns};
use crate::data::stream::Watch;
use crate::source::workbook::{Content, Merged, Row, Workbook};

/// Rows of a header at most.
const MOST_HEADER_ROWS: usize = 8;
/// Letters of a beginning of notes at most.
const LONGEST: usize = 60;

/// Finds the table of a workbook: of the sheets that are shown, in the one with the most cells.
pub fn find(book: &mut Workbook, path: &Path, watch: &dyn Watch) -> Result<Option<Grid>> {
    let size = usize::try_from(std::fs::metadata(path)?.len()).unwrap_or(usize::MAX);
    watch.begin(size);
    let mut best: Option<(usize, String, Vec<Row>)> = None;
    let mut filled = Vec::new();
    for (name, _) in book.sheets().into_iter().filter(|(_, shown)| *shown) {
        let rows = book.rows(&name, &mut |_, _| {})?;
        let cells: usize = rows.iter().map(|row| row.cells.len()).sum();
        if cells == 0 {
            continue;
        }
        filled.push(name.clone());
        if best.as_ref().is_none_or(|(most, ..)| cells > *most) {
            best = Some((cells, name, rows));
        }
    }
    watch.advance(size);
    let Some((_, sheet, rows)) = best else { return Ok(None) };
    let merged = book.merged(&sheet)?;
    let others = filled.into_iter().filter(|name| *name != sheet).collect();
    Ok(Some(table(sheet, others, &rows, &merged)))
}

fn table(sheet: String, others: Vec<String>, rows: &[Row], merged: &[Merged]) -> Grid {
    let header = header(rows, merged);
    let (top, last) = (header.first().copied().unwrap_or(1), header.last().copied().unwrap_or(1));
    let captions = captions(rows, &header, merged);
    let mut place = Place {
        sheet,
        others,
        header,
        totals: Vec::new(),
        groups: Vec::new(),
        notes: Vec::new(),
        above: above(rows, top),
    };
    let width = u32::try_from(captions.len()).unwrap_or(u32::MAX);
    let below: Vec<&Row> = rows.iter().filter(|row| row.number > last).collect();
    let body = body(&below, width, &mut place);
    let numbered = numbers_rows(body);
    let mut found = Vec::new();
    for row in body {
        if let Some((_, text)) = Beginnings::totals().of_row(row, LABELS) {
            add(&mut place.totals, text);
        } else if let Some(text) = group(row).filter(|_| numbered) {
            add(&mut place.groups, text);
        } else if row.cells.first().is_some_and(|(column, _)| *column < width) {
            let cell = |column| row.cell(column).map_or_else(blank, self::cell);
            let cells = (0..width).map(cell).collect();
            found.push(GridRow { file: 0, number: row.number, cells });
        }
    }
    Grid {
        captions,
        rows: found,
        is_whole: true,
        delimiter: None,
        encoding: None,
        place: Some(place),
    }
}

fn add(texts: &mut Vec<String>, text: String) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

fn blank() -> Cell {
    Cell { text: String::new(), native: false }
}

fn cell(content: &Content) -> Cell {
    let (text, native) = match content {
        Content::Text(text) | Content::Fault(text) => (text.clone(), false),
        Content::Number(text) | Content::Date(text) => (text.clone(), true),
        Content::Percent(text) => (format!("{text}%"), true),
        Content::Boolean(flag) => (flag.to_string(), true),
    };
    Cell { text, native }
}

fn texts(row: &Row) -> impl Iterator<Item = (u32, &str)> {
    row.cells.iter().filter_map(|(column, content)| match content {
        Content::Text(text) => Some((*column, text.trim())),
        _ => None,
    })
}

/// Whether a cell of a header may hold this.
fn is_caption(content: &Content) -> bool {
    match content {
        Content::Text(text) => !text.trim().is_empty(),
        // A year that heads a column.
        Content::Number(digits) => digits.len() == 4 && digits.starts_with(['1', '2']),
        _ => false,
    }
}

/// The rows of the header: the last row of texts above the first row with anything else, if it is
/// about as wide as the table, and those above it that merged cells bind to it.
fn header(rows: &[Row], merged: &[Merged]) -> Vec<u32> {
    let wide = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let covered = |row: &Row| {
        let vertical =
            merged.iter().filter(|own| own.rows.0 < row.number && row.number <= own.rows.1);
        let vertical: u32 = vertical.map(|own| own.columns.1 - own.columns.0 + 1).sum();
        row.cells.len() + usize::try_from(vertical).unwrap_or(0)
    };
    let is_wide = |row: &Row| row.cells.len() >= 2.min(wide) && covered(row) * 10 >= wide * 6;
    let all_captions = |row: &Row| row.cells.iter().all(|(_, content)| is_caption(content));
    let bottom = rows
        .windows(2)
        .position(|pair| {
            let (row, next) = (&pair[0], &pair[1]);
            is_wide(row) && all_captions(row) && (!all_captions(next) || numbers_columns(next))
        })
        .or_else(|| rows.iter().position(|row| is_wide(row) && all_captions(row)))
        .unwrap_or(0);
    let Some(lowest) = rows.get(bottom) else { return vec![1] };
    let mut header = vec![lowest.number];
    // Cells merged downwards, or sideways over several headed columns, bind a row to the next.
    for row in rows[..bottom].iter().rev() {
        let next = header[0];
        let binds = merged.iter().any(|own| {
            let down = own.rows.0 <= row.number && own.rows.1 >= next;
            let across = own.rows.0 == row.number && own.columns.0 < own.columns.1;
            (down || across) && row.cell(own.columns.0).is_some_and(is_caption)
        });
        let close = row.number + 1 == next;
        if !close
            || !binds
            || !all_captions(row)
            || row.cells.len() < 2
            || header.len() >= MOST_HEADER_ROWS
        {
            break;
        }
        header.insert(0, row.number);
    }
    if let Some(next) = rows.get(bottom + 1).filter(|next| numbers_columns(next)) {
        header.push(next.number);
    }
    header
}

/// The cells above a row.
fn above(rows: &[Row], top: u32) -> Vec<((u32, u32), String)> {
    let rows = rows.iter().filter(|row| row.number < top);
    rows.flat_map(|row| texts(row).map(|(column, text)| ((row.number, column), text.to_owned())))
        .collect()
}

/// The rows of the table: what stands below its last row that is about as wide as it are notes.
fn body<'r, 'a>(below: &'r [&'a Row], width: u32, place: &mut Place) -> &'r [&'a Row] {
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let is_row = |row: &&Row| {
        let total = Beginnings::totals().of_row(row, LABELS).is_some();
        row.cells.len() * 2 >= width
            || total
            || row
                .cells
                .iter()
                .any(|(_, content)| matches!(content, Content::Number(_) | Content::Percent(_)))
    };
    let end = below.iter().rposition(is_row).map_or(0, |last| last + 1);
    if let Some((_, text)) = below.get(end).and_then(|row| texts(row).next()) {
        let text = match text.split_once(':') {
            Some((words, _)) if words.chars().count() <= LONGEST / 2 => words,
            _ => text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at]),
        };
        place.notes.push(text.trim().to_owned());
    }
    &below[..end]
}

/// Whether the first column numbers the rows with whole numbers.
fn numbers_rows(body: &[&Row]) -> bool {
    let numbers = body.iter().filter(|row| {
        row.cells.first().is_some_and(|(column, content)| match content {
            Content::Number(digits) => {
                *column == 0 && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Content::Text(text) => {
                *column == 0 && text.trim().bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        })
    });
    numbers.count() * 2 >= body.len()
}

/// What a row of a group begins with: a Roman number or a capital letter where others have whole
/// numbers.
fn group(row: &Row) -> Option<String> {
    let (column, text) = texts(row).next()?;
    let plain = text.trim_end_matches(['.', ')']);
    let roman =
        !plain.is_empty() && plain.len() <= 4 && plain.bytes().all(|byte| b"IVX".contains(&byte));
    let letter = plain.len() == 1 && plain.bytes().all(|byte| byte.is_ascii_uppercase());
    (column == 0 && (roman || letter)).then(|| text.to_owned())
}
