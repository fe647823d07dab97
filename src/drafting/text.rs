//! The cells of a text nobody has described yet.

use super::grid::{Cell, Grid, GridRow};
use crate::reading::header::beginning;
use crate::reading::text::composed;
use crate::source::{Guess, SourceId, Sources};

/// Bytes of a text by which it is described.
const SAMPLE: usize = 16 << 20;
/// Records by which cells are found to be separated.
const TRIED: usize = 100;

/// The cells of a text; `None` when there is not even a header.
///
/// # Errors
/// When it cannot be read.
pub fn read(source: SourceId, sources: &Sources) -> std::io::Result<Option<Grid>> {
    let file = sources.get(source);
    let (bytes, is_whole) = file.sample(SAMPLE)?;
    Ok(cut(&bytes, is_whole, file.guess))
}

fn cut(bytes: &[u8], is_whole: bool, encoding: Option<Guess>) -> Option<Grid> {
    // The last record of a sample may be cut.
    let end = if is_whole { bytes.len() } else { memchr::memrchr(b'\n', bytes)? + 1 };
    let (start, said) = beginning(bytes);
    let bytes = &bytes[start.min(end)..end];
    let delimiter = said.unwrap_or_else(|| delimiter(bytes));
    let mut records = records(bytes, delimiter);
    let captions: Vec<String> = records.next()?.1;
    let captions = captions.into_iter().map(|caption| caption.trim().to_owned()).collect();
    let row = |(number, cells): (u32, Vec<String>)| {
        let cells = cells.into_iter().map(|text| Cell { text, native: false }).collect();
        GridRow { file: 0, number, cells }
    };
    Some(Grid {
        captions,
        rows: records.map(row).collect(),
        is_whole,
        delimiter: Some(delimiter),
        encoding,
        place: None,
    })
}

/// The records of a text: the line each begins in, and its cells.
fn records(bytes: &[u8], delimiter: u8) -> impl Iterator<Item = (u32, Vec<String>)> {
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let records = reader.into_byte_records().map_while(Result::ok);
    records.map(|record| {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |cell: &[u8]| {
            composed(cell).map_or_else(
                |()| String::from_utf8_lossy(cell).into_owned(),
                std::borrow::Cow::into_owned,
            )
        };
        (u32::try_from(line).unwrap_or(u32::MAX), record.iter().map(cell).collect())
    })
}

/// What makes the most records as wide as the first, and wider than one cell; the widest of equals.
fn delimiter(bytes: &[u8]) -> u8 {
    let fitness = |delimiter: u8| {
        let widths: Vec<usize> =
            records(bytes, delimiter).take(TRIED).map(|(_, cells)| cells.len()).collect();
        let width = widths.first().copied().unwrap_or(0);
        let same = widths.iter().filter(|own| **own == width).count();
        let share = if width > 1 { same * 100 / widths.len() } else { 0 };
        (share, width)
    };
    // The last of equals is taken.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| fitness(*delimiter))
        .unwrap_or(b',')
}
