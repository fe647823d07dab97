//! Contracts for data nobody has described: what its cells say, written down as a draft.

mod column;
mod draft;
mod grid;
mod marks;
mod names;
mod origin;
mod relations;
mod table;
mod text;

use std::collections::HashSet;
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::contract::endings;
use crate::files::{Files, Kind};
use crate::message::Lang;
use crate::msg;
use crate::reading::sheet::{Beginnings, LABELS};
use crate::reading::stream::Meter;
use crate::source::Sources;
use crate::source::workbook::{Workbook, column_name, is_workbook};
use column::{Column, is_row_number};
use draft::Parts;
use grid::{Cell, Grid, GridRow, TablePlace};
use marks::Marks;
pub use relations::Known;
use relations::{Given, relations};

/// A contract that was written.
#[derive(Debug)]
pub struct Draft {
    /// The contract, in TOML.
    pub text: String,
    /// Comments that begin with `# ?`.
    pub unsure: usize,
    /// Columns described.
    pub columns: usize,
}

/// The name of a file or folder as one a dataset can have, and whether that is another.
pub fn dataset_name(path: &Path) -> (String, bool) {
    let stem = endings::stem(path);
    let name = if crate::contract::declared::is_identifier(&stem) {
        stem.clone()
    } else {
        names::identifier(&stem)
    };
    let differs = name != stem;
    (name, differs)
}

/// Whether a file, or a folder with such, can be described.
pub fn is_described(files: &dyn Files, path: &Path) -> bool {
    files.kind(path) == Some(Kind::Folder) || endings::is_data(path)
}

/// Describes a file, or the files of a folder as one dataset, for a contract in the same folder
/// or, `beneath` it, in one further up; `None` when there is no table.
///
/// # Errors
/// The operating system's, or invalid data where a file is not what its ending says.
pub fn infer(
    files: &Arc<dyn Files>,
    path: &Path,
    beneath: &Path,
    known: &Known,
    lang: Lang,
    meter: &dyn Meter,
) -> Result<Option<Draft>> {
    let known = &known.beside(&dataset_name(path).0);
    let mut sources = Sources::among(Arc::clone(files), Path::new(""));
    let is_folder = files.kind(path) == Some(Kind::Folder);
    let data = if is_folder { endings::data_in(&**files, path)? } else { vec![path.to_owned()] };
    let mut grids = Vec::new();
    for file in &data {
        match read(file, &mut sources, meter)? {
            Some(grid) => grids.push(grid),
            None => return Ok(None),
        }
    }
    let Some((grid, others)) = joined(grids) else { return Ok(None) };
    let path = if is_folder {
        Some(pattern_of_folder(path, beneath, &data))
    } else {
        pattern_of_file(&**files, path, beneath)
    };
    let draft = describe(&grid, path, &stems(&data), others, known, lang);
    Ok(Some(draft).filter(|draft| draft.columns > 0))
}

/// Reads a file; `None` when there is no table in it.
///
/// # Errors
/// The operating system's, or invalid data where the file is not what its ending says.
fn read(path: &Path, sources: &mut Sources, meter: &dyn Meter) -> Result<Option<Grid>> {
    if is_workbook(path) {
        let files = sources.files();
        let mut book = Workbook::open(&**files, path)?;
        let size = usize::try_from(files.stamp(path)?.len).unwrap_or(usize::MAX);
        return table::find(&mut book, size, meter);
    }
    let source = sources.open(path, b',', None)?;
    text::read(source, sources)
}

/// How a contract names its file: not at all where that has the contract's name.
fn pattern_of_file(files: &dyn Files, path: &Path, beneath: &Path) -> Option<String> {
    // Beside another file of its name it has to be named too.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = endings::data_in(files, folder.unwrap_or(Path::new("."))).unwrap_or_default();
    let alone =
        beside.iter().filter(|other| endings::stem(other) == endings::stem(path)).count() <= 1;
    let is_below = beneath.components().next().is_some();
    let is_own = !dataset_name(path).1 && endings::is_stray(path) && !is_below && alone;
    (!is_own).then(|| escaped(path, beneath))
}

/// How a contract names the files of a folder.
fn pattern_of_folder(path: &Path, beneath: &Path, data: &[PathBuf]) -> String {
    let ending =
        |file: &PathBuf| file.extension().map(|ending| format!("*.{}", ending.to_string_lossy()));
    let mut endings = data.iter().map(ending);
    let first = endings.next().flatten().unwrap_or_else(|| "*".to_owned());
    let same = endings.all(|other| other.as_deref() == Some(&first));
    format!("{}/{}", escaped(path, beneath), if same { &first } else { "*" })
}

/// The pattern that means what is of this name `beneath` the folder of contracts.
fn escaped(path: &Path, beneath: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    let parts: Vec<_> = beneath.iter().chain([name]).map(|part| part.to_string_lossy()).collect();
    glob::Pattern::escape(&parts.join("/"))
}

fn stems(data: &[PathBuf]) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    data.iter().map(|file| endings::stem(file).nfc().collect()).collect()
}

/// The rows of files with the same header as one grid, by the first file's layout; and how many
/// files have another header.
fn joined(grids: Vec<Grid>) -> Option<(Grid, usize)> {
    let mut grids = grids.into_iter();
    let mut first = grids.next()?;
    let mut others = 0;
    for (file, grid) in (1..).zip(grids) {
        // Columns may stand in another order.
        let place = |caption| grid.captions.iter().position(|own| own == caption);
        let order: Option<Vec<usize>> = if first.captions == grid.captions {
            Some((0..grid.captions.len()).collect())
        } else {
            first.captions.iter().map(place).collect()
        };
        let is_whole = |order: &Vec<usize>| {
            let places: HashSet<&usize> = order.iter().collect();
            order.len() == grid.captions.len() && places.len() == order.len()
        };
        let Some(order) = order.filter(is_whole) else {
            others += 1;
            continue;
        };
        let blank = || Cell { text: String::new(), native: false };
        first.rows.extend(grid.rows.into_iter().map(|row| GridRow {
            file,
            number: row.number,
            cells:
                order.iter().map(|at| row.cells.get(*at).cloned().unwrap_or_else(blank)).collect(),
        }));
        first.is_whole &= grid.is_whole;
        if let (Some(place), Some(other)) = (&mut first.place, &grid.place) {
            place.wanders |= place.header != other.header;
        }
    }
    Some((first, others))
}

fn describe(
    grid: &Grid,
    path: Option<String>,
    stems: &[String],
    others: usize,
    known: &Known,
    lang: Lang,
) -> Draft {
    let mut remarks = Vec::new();
    if !grid.is_whole {
        remarks.push(msg!(DraftSample, rows = grid.rows.len()));
    }
    if others > 0 {
        remarks.push(msg!(DraftOtherHeaders, count = others));
    }
    if let Some((row, text)) = total(grid) {
        remarks.push(msg!(DraftTotalRow, row = row.to_string(), text = text));
    }
    let is_number = |caption: &&String| {
        let year = caption.parse().is_ok_and(|year: u16| (1990..=2100).contains(&year));
        !year
            && caption.bytes().all(|byte| byte.is_ascii_digit() || b".,%-".contains(&byte))
            && caption.bytes().any(|byte| byte.is_ascii_digit())
    };
    if let Some(text) = grid.captions.iter().find(is_number) {
        let row = grid.place.as_ref().and_then(|place| place.header.first()).copied().unwrap_or(1);
        remarks.push(msg!(DraftHeaderOfData, text = text, row = row.to_string()));
    }
    let only = grid.captions.iter().filter(|caption| !caption.is_empty()).count() == 1;
    let mut ignored = Vec::new();
    let mut wanted = Vec::new();
    let mut seen = HashSet::new();
    for (at, caption) in grid.captions.iter().enumerate() {
        if caption.is_empty() && grid.place.is_some() {
            let filled =
                grid.column(at).filter(|(_, cell)| cell.is_some_and(|c| !c.text.is_empty()));
            if let Some((row, _)) = filled.last() {
                let column = column_name(u32::try_from(at).unwrap_or(0));
                remarks.push(msg!(DraftNoCaption, column = column, row = row.to_string()));
            }
            continue;
        }
        if caption.is_empty() || is_row_number(caption) && !only {
            ignored.push(caption.clone());
        } else if seen.insert(caption) {
            wanted.push(at);
        } else {
            remarks.push(msg!(DraftTwice, name = caption));
        }
    }
    let numbers = wanted.iter().flat_map(|at| grid.column(*at)).filter_map(|(_, cell)| cell);
    let marks = Marks::of(numbers);
    let mut taken = HashSet::new();
    let mut columns: Vec<Column> = wanted
        .iter()
        .map(|at| {
            let caption = &grid.captions[*at];
            let name = names::distinct(names::identifier(caption), &mut taken);
            column::column(caption, name, grid.column(*at), &marks)
        })
        .collect();
    let has_year = columns.iter().any(Column::is_of_rows);
    let year = (!has_year).then(|| origin::year(stems, grid)).flatten();
    let has_area = relations::has_area(&columns, known);
    let area = (!has_area).then(|| origin::area(stems, grid, known)).flatten();
    let given = Given { year: year.is_some(), area: area.is_some() };
    let narrowed = Grid { rows: narrow(grid, &wanted), captions: Vec::new(), place: None, ..*grid };
    let relations = relations(&columns, &narrowed, &marks, known, given);
    for (at, column) in columns.iter_mut().enumerate() {
        if relations.references.iter().any(|own| own.column == at) {
            column.kind = crate::contract::FieldType::String;
            column.from_zero = false;
        } else if !has_area && let Some((count, text)) = known.strangers(column) {
            column.remarks.push(msg!(DraftStrangers, count = count, text = text));
        } else if !has_area && let Some((text, name)) = known.shortened(column) {
            let told = msg!(DraftShortened, text = text, name = name);
            column.remarks.push(told);
        }
    }
    let origins: Vec<origin::Origin> = year.into_iter().chain(area).collect();
    let mut origins = origins;
    for origin in &mut origins {
        origin.name = names::distinct(origin.name.clone(), &mut taken);
    }
    let title = grid.place.as_ref().and_then(title);
    let parts = Parts {
        path,
        title,
        grid,
        marks: &marks,
        columns: &columns,
        origins: &origins,
        relations: &relations,
        ignored,
        remarks,
    };
    draft::write(&parts, lang)
}

/// The first row of a text that looks like a total; those of a sheet are left out of it.
fn total(grid: &Grid) -> Option<(u32, &str)> {
    grid.rows.iter().filter(|_| grid.place.is_none()).find_map(|row| {
        let labels = row.cells.iter().take(LABELS).map(|cell| cell.text.as_str());
        let mut totals = labels.filter(|text| Beginnings::totals().begin(text));
        Some((row.number, totals.next()?))
    })
}

/// The rows with the wanted columns only.
fn narrow(grid: &Grid, wanted: &[usize]) -> Vec<GridRow> {
    let blank = || Cell { text: String::new(), native: false };
    let cell = |row: &GridRow, at: &usize| row.cells.get(*at).cloned().unwrap_or_else(blank);
    let row = |row: &GridRow| GridRow {
        file: row.file,
        number: row.number,
        cells: wanted.iter().map(|at| cell(row, at)).collect(),
    };
    grid.rows.iter().map(row).collect()
}

/// The title of a table: of the cells above it the last that is a line of its own and no remark.
fn title(place: &TablePlace) -> Option<String> {
    let alone = |row: u32| place.above.iter().filter(|((own, _), _)| *own == row).count() == 1;
    let is_remark = |text: &str| {
        let text = text.trim_start_matches('(').to_lowercase();
        ["đơn vị", "đvt", "kèm theo", "ban hành"].iter().any(|words| text.starts_with(words))
    };
    let mut lines = place.above.iter().filter(|((row, _), text)| alone(*row) && !is_remark(text));
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    lines.next_back().map(|(_, text)| line(text))
}
