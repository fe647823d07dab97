//! Headers: which column of a file is which field of the contract.

use std::borrow::Cow;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::text::composed;
use super::{DataFile, Given, Slot, sheet};
use crate::contract::{Contract, Field, FieldId, Origin};
use crate::diagnostic::{Code, Diagnostic, Findings, did_you_mean};
use crate::ids::IdVec;
use crate::message::Message;
use crate::msg;
use crate::source::workbook::cell_name;
use crate::source::{Location, SHEET_DELIMITER, SourceId, Sources, Span, record};

/// Bytes of a file that are fetched at first to find its header.
const HEADER_REACH: usize = 1 << 20;

/// Bytes of a file by whose first line its delimiter is told.
const SNIFFED_BYTES: usize = 64 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file's header. `None` when there is nothing to read; every column that is missing, not
/// in the contract or there twice is a finding.
pub fn read(
    contract: &Contract,
    source: SourceId,
    sources: &Sources,
    findings: &Findings,
) -> Option<DataFile> {
    let file = sources.get(source);
    let mut delimiter = match file.table() {
        _ if file.sheet.is_some() => SHEET_DELIMITER,
        Some(table) => table.delimiter(),
        None => contract.delimiter,
    };
    let mut reach = HEADER_REACH;
    let (text, base, spans) = loop {
        let text = file.slice((0..reach).into());
        let base = match &file.sheet {
            Some(sheet) => sheet.header,
            None => {
                let (base, said) = beginning(&text);
                delimiter = said.filter(|_| !contract.delimiter_declared).unwrap_or(delimiter);
                base
            }
        };
        let spans: Vec<Span> = record::cells(&text, base, delimiter).collect();
        let end = spans.last().map_or(base, |last| last.end);
        if end < text.len() || reach >= file.len() {
            let blank = match &file.sheet {
                Some(_) => spans.iter().all(|span| span.start == span.end),
                None => text[base..].iter().all(u8::is_ascii_whitespace),
            };
            break (text, base, (!blank).then_some(spans));
        }
        reach = reach.saturating_mul(4);
    };
    let Some(spans) = spans else {
        findings.tell(
            Diagnostic::of(Code::DatasetEmpty, msg!(DatasetEmpty, table = &contract.name))
                .mark(Location { source, span: (0..0).into() })
                .help(msg!(DatasetEmptyHelp, columns = captions(contract))),
        );
        return None;
    };
    let header: Vec<String> = spans
        .iter()
        .map(|span| super::csv::unquoted(&text[span.start..span.end]))
        .map(|name| {
            composed(&name).map_or_else(|()| String::from_utf8_lossy(&name).into(), Cow::into_owned)
        })
        .map(|name: String| name.trim().to_owned())
        .collect();
    let mut body = spans.last().map_or(base, |last| last.end);
    for mark in [b'\r', b'\n'] {
        body += usize::from(text.get(body) == Some(&mark));
    }
    let at = |column: usize| Location {
        source,
        span: spans.get(column).copied().unwrap_or(Span { start: base, end: base }),
    };
    let mut slots = bind(contract, &header, file.sheet.is_some(), &at, findings);
    for (slot, field) in slots.iter_mut().zip(&contract.fields) {
        if let Some(origin) = &field.origin {
            if let Slot::At(column) = slot {
                let name = &header[*column];
                let beside = msg!(OriginBeside, name = name, field = &field.name);
                let told = Diagnostic::of(Code::ExtraColumn, beside).mark(at(*column));
                findings.tell(told.label(field.at, msg!(DeclaredHere)));
            }
            *slot = match given(origin, source, sources) {
                Ok(given) => Slot::Given(given),
                Err(wrong) => {
                    let wrong = Diagnostic::of(Code::OriginAbsent, wrong)
                        .label(field.at, msg!(DeclaredHere));
                    findings.tell(wrong.label(at(0), msg!(HereIsTheTable)));
                    Slot::Absent
                }
            };
        }
    }
    file.cut_at(delimiter);
    Some(DataFile { source, slots, delimiter, width: header.len(), body })
}

/// Where a text's header begins, after a byte order mark and the line `sep=;` by which spreadsheet
/// programs are told what separates cells; and what that says.
pub(crate) fn beginning(text: &[u8]) -> (usize, Option<u8>) {
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    match &text[mark..] {
        [b's', b'e', b'p', b'=', delimiter, b'\r', b'\n', ..] => (mark + 7, Some(*delimiter)),
        [b's', b'e', b'p', b'=', delimiter, b'\n', ..] => (mark + 6, Some(*delimiter)),
        _ => (mark, None),
    }
}

/// The value a file has for all its rows.
///
/// # Errors
/// What is not there.
fn given(origin: &Origin, source: SourceId, sources: &Sources) -> Result<Given, Message> {
    let file = sources.get(source);
    let part = |text: &str, pattern: &Regex| -> Option<String> {
        let found = pattern.captures(text)?;
        found.get(1).or(found.get(0)).map(|part| part.as_str().trim().to_owned())
    };
    match origin {
        Origin::File(pattern) => {
            let name: String = crate::contract::endings::stem(&file.path).nfc().collect();
            let value = part(&name, pattern).filter(|value| !value.is_empty());
            let value =
                value.ok_or(msg!(FileNameUnlike, path = &file.name, pattern = pattern.as_str()))?;
            Ok(Given::new(&value, Location { source, span: file.first_line() }))
        }
        Origin::Cell { place, pattern } => {
            let cell = cell_name(*place);
            if file.sheet.is_none() {
                return Err(msg!(NoSheetNoCell, path = &file.name, cell = cell));
            }
            let found = sheet::cell_above(sources, source, *place);
            let found = found.filter(|(text, _)| !text.is_empty());
            let (text, at) = found.ok_or(msg!(NoSuchCell, path = &file.name, cell = &cell))?;
            let value = match pattern {
                None => text,
                Some(pattern) => {
                    part(&text, pattern).filter(|value| !value.is_empty()).ok_or(msg!(
                        CellUnlike,
                        path = &file.name,
                        cell = &cell,
                        text = &text,
                        pattern = pattern.as_str()
                    ))?
                }
            };
            Ok(Given::new(&value, at))
        }
    }
}

/// Finds out what separates cells where the contract does not say: what makes most of its columns
/// out of the first file's header. Anything but a comma is told.
pub fn sniff(contract: &mut Contract, files: &[SourceId], sources: &Sources) -> Option<Diagnostic> {
    let source = *files.iter().find(|file| sources.get(**file).sheet.is_none())?;
    // Not by lines: those of a large file are counted when the first is asked for.
    let head = sources.get(source).slice((0..SNIFFED_BYTES).into());
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let captions = sheet::Captions::new(contract);
    let known = |delimiter: u8| {
        let cells = line.split(|byte| *byte == delimiter).map(|cell| {
            let cell = super::csv::unquoted(cell);
            let name = composed(&cell).unwrap_or_default();
            captions.field_of(name.trim())
        });
        cells.flatten().count()
    };
    // The first of equals: a comma, unless another does better.
    let (delimiter, columns) = [b'|', b'\t', b';', b',']
        .map(|delimiter| (delimiter, known(delimiter)))
        .into_iter()
        .max_by_key(|(_, columns)| *columns)?;
    if delimiter == b',' || columns < 2 {
        return None;
    }
    contract.delimiter = delimiter;
    let shown =
        if delimiter == b'\t' { "\\t".to_owned() } else { char::from(delimiter).to_string() };
    let complaint =
        msg!(DelimiterGuessed, path = &sources.get(source).name, delimiter = shown.as_str());
    Some(
        Diagnostic::of(Code::DelimiterGuessed, complaint)
            .mark(Location { source, span: sources.get(source).first_line() })
            .label(contract.at, msg!(DelimiterDeclare, delimiter = shown.as_str())),
    )
}

/// What the header should say.
fn captions(contract: &Contract) -> String {
    let own = contract.fields.iter().filter(|field| field.origin.is_none());
    own.map(Field::caption).collect::<Vec<_>>().join(", ")
}

/// Finds each field's position in the header.
fn bind(
    contract: &Contract,
    header: &[String],
    is_sheet: bool,
    at: &dyn Fn(usize) -> Location,
    findings: &Findings,
) -> IdVec<FieldId, Slot> {
    let mut slots = IdVec::same(Slot::Absent, &contract.fields);
    let mut extra = Vec::new();
    let captions = sheet::Captions::new(contract);
    for (position, name) in header.iter().enumerate() {
        if captions.ignores(name) {
            continue;
        }
        match captions.field_of(name) {
            Some(field) if slots[field] == Slot::Absent => slots[field] = Slot::At(position),
            Some(_) => findings.tell(
                Diagnostic::of(Code::DuplicateColumn, msg!(DuplicateColumn, name = name))
                    .mark(at(position))
                    .help(msg!(DuplicateColumnHelp)),
            ),
            // A column nobody named is none of the table's, as beside one in a spreadsheet.
            None if name.is_empty() && is_sheet => {}
            None => extra.push(position),
        }
    }
    let missing: Vec<&Field> = contract
        .fields
        .iter()
        .zip(&slots)
        .filter(|(field, slot)| **slot == Slot::Absent && field.origin.is_none())
        .map(|(field, _)| field)
        .collect();
    for position in &extra {
        let guess = did_you_mean(&header[*position], missing.iter().map(|f| f.caption()));
        let mut finding = Diagnostic::of(
            Code::ExtraColumn,
            msg!(ExtraColumn, name = &header[*position], table = &contract.name),
        )
        .mark(at(*position));
        if let Some(name) = guess {
            finding = finding.help(msg!(DidYouMean, name = name));
        }
        findings.tell(finding);
    }
    for field in missing {
        let guess = did_you_mean(field.caption(), extra.iter().map(|at| header[*at].as_str()));
        let mut finding = Diagnostic::of(
            Code::MissingColumn,
            msg!(MissingColumn, name = field.caption(), table = &contract.name),
        )
        .label(at(0), msg!(HeaderHas, columns = header.join(", ")))
        .label(field.at, msg!(DeclaredHere));
        finding = finding.help(match guess {
            Some(name) => msg!(RenameColumn, from = name, to = field.caption()),
            None => msg!(AddColumn, name = field.caption()),
        });
        findings.tell(finding);
    }
    slots
}
