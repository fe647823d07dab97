//! Which cells of an old binary spreadsheet (BIFF8, or BIFF5 before it) are shown as percentages.
//! The structure is that of Microsoft's [MS-XLS]: records of a type, a length and that many bytes.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Result, Seek};

use super::number;

/// Types of records.
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const BOF: u16 = 0x0809;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MULTIPLE_RK: u16 = 0x00BD;
    pub const XF: u16 = 0x00E0;
    pub const NUMBER: u16 = 0x0203;
    pub const RK: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
}

/// The built-in formats `0%` and `0.00%`.
const BUILT_IN: [u16; 2] = [9, 10];

/// The cells shown as percentages, by sheet: row from 1, column from 0. Sheets are in the order
/// of the file's list. Empty where the file is older than BIFF5.
///
/// # Errors
/// When the file cannot be read.
pub fn percents(file: impl Read + Seek) -> Result<Vec<HashSet<(u32, u32)>>> {
    let mut container = cfb::CompoundFile::open(file)?;
    let is_old = !container.exists("Workbook");
    let name = if is_old { "Book" } else { "Workbook" };
    let Ok(mut stream) = container.open_stream(name) else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = if is_old { short_text } else { text };
    let mut formats: HashMap<u16, bool> = BUILT_IN.map(|format| (format, true)).into();
    let mut styles: Vec<u16> = Vec::new();
    // Where each sheet's records begin.
    let mut sheets: Vec<usize> = Vec::new();
    let mut found: Vec<HashSet<(u32, u32)>> = Vec::new();
    let mut sheet = None;
    let mut at = 0;
    while let (Some(kind), Some(len)) = (word(&bytes, at), word(&bytes, at + 2)) {
        let data = bytes.get(at + 4..at + 4 + usize::from(len)).unwrap_or_default();
        let percent = |style: Option<u16>| {
            let format = style.and_then(|style| styles.get(usize::from(style)));
            format.and_then(|format| formats.get(format)) == Some(&true)
        };
        match kind {
            record::BOF => sheet = sheets.iter().position(|start| *start == at),
            record::BOUND_SHEET => {
                let start = word(data, 0).zip(word(data, 2));
                let start = start.map(|(low, high)| usize::from(low) | usize::from(high) << 16);
                sheets.push(start.unwrap_or(usize::MAX));
                found.push(HashSet::new());
            }
            record::FORMAT => {
                if let Some((id, text)) = word(data, 0).zip(text(data.get(2..).unwrap_or_default()))
                {
                    formats.insert(id, number::is_percent(&text));
                }
            }
            record::XF => styles.push(word(data, 2).unwrap_or(0)),
            record::NUMBER | record::RK | record::FORMULA => {
                if let (Some(sheet), true) = (sheet, percent(word(data, 4)))
                    && let Some(cell) = place(data)
                {
                    found[sheet].insert(cell);
                }
            }
            record::MULTIPLE_RK => {
                let Some((row, first)) = place(data) else { break };
                let styles = data.get(4..).unwrap_or_default().chunks_exact(6);
                for (column, cell) in (first..).zip(styles) {
                    if let (Some(sheet), true) = (sheet, percent(word(cell, 0))) {
                        found[sheet].insert((row, column));
                    }
                }
            }
            _ => {}
        }
        at += 4 + usize::from(len);
    }
    Ok(found)
}

/// The row (from 1) and column (from 0) a cell's record begins with.
fn place(data: &[u8]) -> Option<(u32, u32)> {
    Some((u32::from(word(data, 0)?) + 1, u32::from(word(data, 2)?)))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([pair[0], pair[1]]))
}

/// A text of BIFF5: its length in a byte, and its letters.
fn short_text(data: &[u8]) -> Option<String> {
    let (len, letters) = data.split_first()?;
    Some(letters.iter().take(usize::from(*len)).map(|letter| char::from(*letter)).collect())
}

/// A text with its length and whether its letters take two bytes.
fn text(data: &[u8]) -> Option<String> {
    let len = usize::from(word(data, 0)?);
    let wide = data.get(2)? & 1 == 1;
    let letters = data.get(3..)?;
    if wide {
        let units: Vec<u16> = letters
            .chunks_exact(2)
            .take(len)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        return Some(String::from_utf16_lossy(&units));
    }
    Some(letters.iter().take(len).map(|letter| char::from(*letter)).collect())
}
