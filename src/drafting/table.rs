//! Where the table stands in a sheet nobody has described: its header, its totals, its notes.

use std::io::Result;

use super::grid::{Cell, Grid, GridRow, TablePlace};
use crate::contract::matching;
use crate::reading::sheet::{Beginnings, LABELS, captions, numbers_columns};
use crate::reading::stream::Meter;
use crate::source::workbook::{Content, Merged, Row, Workbook};

/// Rows of a header at most.
const MOST_HEADER_ROWS: usize = 8;
/// Rows that must follow a header without a gap, as far as there are any.
const FOLLOWING: usize = 3;
/// Letters of a beginning of notes at most.
const LONGEST: usize = 60;

/// Units that stand without brackets in a row below captions.
const UNITS: [&str; 20] = [
    "%",
    "người",
    "hộ",
    "đồng",
    "nghìn đồng",
    "triệu đồng",
    "tỷ đồng",
    "ha",
    "m",
    "m2",
    "m²",
    "m³",
    "km",
    "kg",
    "tạ",
    "tấn",
    "con",
    "cái",
    "lượt",
    "giường",
];

/// Finds the table of a workbook: of the sheets that are shown, in the one with the most cells.
pub fn find(book: &mut Workbook, size: usize, meter: &dyn Meter) -> Result<Option<Grid>> {
    meter.begin(size);
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
    meter.advance(size);
    let Some((_, sheet, rows)) = best else { return Ok(None) };
    let merged = book.merged(&sheet)?;
    let others = filled.into_iter().filter(|name| *name != sheet).collect();
    Ok(Some(table(sheet, others, &rows, &merged)))
}

fn table(sheet: String, others: Vec<String>, rows: &[Row], merged: &[Merged]) -> Grid {
    let header = header(rows, merged);
    let (top, last) = (header.first().copied().unwrap_or(1), header.last().copied().unwrap_or(1));
    let captions = captions(rows, &header, merged);
    let mut place = TablePlace {
        sheet,
        others,
        header,
        wanders: false,
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

/// The rows of the header: the first row of texts about as wide as the table that rows follow
/// without a gap, and those below it that merged cells bind to it, or that have units or numbers
/// of columns only.
fn header(rows: &[Row], merged: &[Merged]) -> Vec<u32> {
    let wide = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let covered = |row: &Row| {
        let own =
            |own: &Merged| u32::from(own.rows.0 == row.number) * (own.columns.1 - own.columns.0);
        let merged: u32 = merged.iter().map(own).sum();
        row.cells.len() + usize::try_from(merged).unwrap_or(0)
    };
    let is_wide = |row: &Row| row.cells.len() >= 2.min(wide) && covered(row) * 10 >= wide * 6;
    let all_captions = |row: &Row| row.cells.iter().all(|(_, content)| is_caption(content));
    // Lines of a letterhead have titles and gaps after them, not rows; the heading of a group
    // stands alone.
    let leads = |at: usize| {
        let below = rows[at..].windows(2).take(FOLLOWING);
        let short = below.clone().filter(|pair| pair[1].cells.len() < 2.min(wide)).count();
        below.clone().count() > short
            && short <= 1
            && below.clone().all(|pair| pair[1].number == pair[0].number + 1)
    };
    let candidates =
        || (0..rows.len()).filter(|at| is_wide(&rows[*at]) && all_captions(&rows[*at]));
    let before_numbers = rows.iter().position(|row| !all_captions(row)).unwrap_or(rows.len());
    let top = candidates()
        .find(|at| leads(*at))
        .or_else(|| candidates().rfind(|at| *at < before_numbers))
        .or_else(|| candidates().next())
        .unwrap_or(0);
    let Some(first) = rows.get(top) else { return vec![1] };
    let mut header = vec![first.number];
    let mut has_units = false;
    for (at, next) in rows.iter().enumerate().skip(top + 1) {
        let last = header[header.len() - 1];
        if next.number != last + 1 || header.len() >= MOST_HEADER_ROWS {
            break;
        }
        if numbers_columns(next, rows.get(at + 1)) {
            header.push(next.number);
            break;
        }
        let binds = merged.iter().any(|own| {
            let down = own.rows.0 <= last && own.rows.1 >= next.number;
            let columns = own.columns.0..=own.columns.1;
            let across = own.rows.1 == last
                && own.columns.0 < own.columns.1
                && next.cells.iter().filter(|(column, _)| columns.contains(column)).count() > 1;
            header.contains(&own.rows.0) && (down || across)
        });
        let units = !has_units
            && rows.len() > at + 1
            && next.cells.iter().all(|(_, content)| match content {
                Content::Text(text) => is_unit(text.trim()),
                _ => false,
            });
        // What stands between captions and the numbers of the columns.
        let numbered = rows.get(at + 1).is_some_and(|below| {
            below.number == next.number + 1 && numbers_columns(below, rows.get(at + 2))
        });
        if !all_captions(next) || !(binds || units || numbered) {
            break;
        }
        has_units |= units;
        header.push(next.number);
    }
    header
}

/// Whether a text is a unit: in brackets, or one that tables often have.
fn is_unit(text: &str) -> bool {
    text.starts_with('(') && text.ends_with(')')
        || UNITS.iter().any(|unit| matching::same(unit, text, true))
}

/// The cells above a row.
fn above(rows: &[Row], top: u32) -> Vec<((u32, u32), String)> {
    let rows = rows.iter().filter(|row| row.number < top);
    rows.flat_map(|row| texts(row).map(|(column, text)| ((row.number, column), text.to_owned())))
        .collect()
}

/// The rows of the table: what stands below its last row with a number is notes; in a table
/// without numbers, what stands below its last row that is about as wide as it.
fn body<'r, 'a>(below: &'r [&'a Row], width: u32, place: &mut TablePlace) -> &'r [&'a Row] {
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let has_number = |row: &&Row| {
        row.cells.iter().any(|(_, content)| match content {
            Content::Number(_) | Content::Percent(_) => true,
            Content::Text(text) => {
                let text = text.trim();
                text.starts_with(|first: char| first.is_ascii_digit())
                    && text.bytes().all(|byte| byte.is_ascii_digit() || b".,% ".contains(&byte))
            }
            _ => false,
        })
    };
    let numbers = below.iter().filter(|row| has_number(row)).count() * 2 >= below.len();
    let is_row = |row: &&Row| {
        let total = Beginnings::totals().of_row(row, LABELS).is_some();
        let own = if numbers { has_number(row) } else { row.cells.len() * 2 >= width };
        own || total
    };
    let mut end = below.iter().rposition(is_row).map_or(0, |last| last + 1);
    // Rows whose figures are still missing: right below, and about as wide as the others.
    while let [.., last, next] = &below[..below.len().min(end + 1)]
        && end > 0
        && end < below.len()
        && next.number == last.number + 1
        && next.cells.len() * 3 >= width * 2
    {
        end += 1;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows by number; `_` is a blank, digits are a number.
    fn rows(texts: &[(u32, &[&str])]) -> Vec<Row> {
        let content = |text: &str| match text.parse::<f64>() {
            Ok(_) => Content::Number(text.to_owned()),
            Err(_) => Content::Text(text.to_owned()),
        };
        let row = |(number, texts): &(u32, &[&str])| {
            let cells = (0..).zip(*texts).filter(|(_, text)| **text != "_");
            let cells = cells.map(|(column, text)| (column, content(text))).collect();
            Row { number: *number, cells }
        };
        texts.iter().map(row).collect()
    }

    fn merged(rows: (u32, u32), columns: (u32, u32)) -> Merged {
        Merged { rows, columns }
    }

    #[test]
    fn headers_are_where_rows_begin() {
        let plain = rows(&[(1, &["xa", "so"]), (2, &["a", "1"])]);
        assert_eq!(header(&plain, &[]), [1]);
        // A letterhead as wide as a narrow table.
        let letter = rows(&[
            (1, &["UBND HUYỆN", "_", "CỘNG HOÀ"]),
            (2, &["PHÒNG A", "_", "Độc lập"]),
            (4, &["BÁO CÁO"]),
            (6, &["TT", "Xã", "Số"]),
            (7, &["1", "Phú Lệ", "5"]),
        ]);
        assert_eq!(header(&letter, &[]), [6]);
        // A register of texts with a number late in it.
        let register = rows(&[
            (1, &["Trường", "Cấp", "Ghi chú"]),
            (2, &["A", "THCS", "_"]),
            (3, &["B", "TH", "x"]),
            (4, &["C", "TH", "_"]),
            (5, &["D", "TH", "12"]),
        ]);
        assert_eq!(header(&register, &[]), [1]);
        // The heading of a group is no title.
        let group = rows(&[
            (1, &["Họ tên", "Chức vụ", "Ghi chú"]),
            (2, &["I. Vùng cao", "_", "_"]),
            (3, &["A", "Chủ tịch", "x"]),
            (4, &["B", "Phó chủ tịch", "y"]),
        ]);
        assert_eq!(header(&group, &[]), [1]);
        // Units and numbers of columns below.
        let units = rows(&[
            (3, &["Xã", "Dân số", "Diện tích"]),
            (4, &["_", "(người)", "(ha)"]),
            (5, &["(1)", "(2)", "(3)"]),
            (6, &["Phú Lệ", "10", "20"]),
        ]);
        assert_eq!(header(&units, &[]), [3, 4, 5]);
        // The same without brackets, and what is no unit but stands above the numbers.
        for unit in ["hộ", "Kế hoạch"] {
            let units = rows(&[
                (1, &["TT", "Xã", "Dân số", "Số hộ"]),
                (2, &["_", "_", "người", unit]),
                (3, &["1", "2", "3", "4"]),
                (4, &["1", "Phú Lệ", "10", "20"]),
                (5, &["2", "Nam Động", "30", "40"]),
            ]);
            assert_eq!(header(&units, &[]), [1, 2, 3], "{unit}");
        }
        // One row of units at most.
        let twice = rows(&[
            (1, &["Xã", "Dân số"]),
            (2, &["_", "người"]),
            (3, &["hộ", "người"]),
            (4, &["hộ", "con"]),
        ]);
        assert_eq!(header(&twice, &[]), [1, 2]);
        // Cells merged across only, or downwards too.
        let double = rows(&[
            (1, &["BIỂU 3"]),
            (2, &["TT", "Xã", "Hộ nghèo", "_"]),
            (3, &["_", "_", "Tổng", "Nữ"]),
            (4, &["1", "Phú Lệ", "5", "2"]),
            (5, &["2", "Nam Động", "6", "3"]),
        ]);
        let across = [merged((2, 2), (2, 3))];
        assert_eq!(header(&double, &across), [2, 3]);
        let down = [across[0], merged((2, 3), (0, 0)), merged((2, 3), (1, 1))];
        assert_eq!(header(&double, &down), [2, 3]);
    }

    #[test]
    fn rows_without_figures_yet_are_no_notes() {
        let body_of = |texts: &[(u32, &[&str])]| {
            let rows = rows(texts);
            let below: Vec<&Row> = rows.iter().collect();
            let mut place = TablePlace {
                sheet: String::new(),
                others: Vec::new(),
                header: vec![1],
                wanders: false,
                totals: Vec::new(),
                groups: Vec::new(),
                notes: Vec::new(),
                above: Vec::new(),
            };
            (body(&below, 3, &mut place).len(), place.notes)
        };
        let table: [(u32, &[&str]); 3] = [
            (2, &["Phú Lệ", "5", "x"]),
            (3, &["Nam Động", "6", "y"]),
            (4, &["Na Mèo", "chưa có", "rà soát"]),
        ];
        assert_eq!(body_of(&table), (3, vec![]));
        let notes: [(u32, &[&str]); 4] = [
            (2, &["Phú Lệ", "5", "x"]),
            (3, &["Nam Động", "6", "y"]),
            (4, &["Ghi chú: số liệu tạm", "_", "_"]),
            (6, &["Người lập", "Kế toán", "Chủ tịch"]),
        ];
        assert_eq!(body_of(&notes), (2, vec!["Ghi chú".to_owned()]));
    }
}
