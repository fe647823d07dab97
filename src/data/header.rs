//! Headers: which column of a file is which field of the contract.

use std::borrow::Cow;

use super::contract::{Contract, Field};
use super::text::composed;
use super::{DataFile, cell};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::msg;
use crate::source::{Location, SourceId, Sources, Span};

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
    findings: &mut Vec<Diagnostic>,
) -> Option<DataFile> {
    let file = sources.get(source);
    let mut reach = HEADER_REACH;
    let (text, base, spans) = loop {
        let text = file.slice((0..reach).into());
        let base = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let spans: Vec<Span> = cell::spans(&text, base, contract.delimiter).collect();
        let end = spans.last().map_or(base, |last| last.end);
        if end < text.len() || reach >= file.len() {
            let blank = text[base..].iter().all(u8::is_ascii_whitespace);
            break (text, base, (!blank).then_some(spans));
        }
        reach = reach.saturating_mul(4);
    };
    let Some(spans) = spans else {
        findings.push(
            Diagnostic::new(Code::DatasetEmpty, msg!(DatasetEmpty, table = &contract.name))
                .mark(Location { source, span: (0..0).into() })
                .help(msg!(DatasetEmptyHelp, columns = columns(contract.names()))),
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
    let slots = bind(contract, &header, &at, findings);
    Some(DataFile { source, slots, width: header.len(), body })
}

/// Finds out what separates cells where the contract does not say: what makes most of its columns
/// out of the first file's header. Anything but a comma is told.
pub fn sniff(contract: &mut Contract, files: &[SourceId], sources: &Sources) -> Option<Diagnostic> {
    let source = *files.first()?;
    // Not by lines: those of a large file are counted when the first is asked for.
    let head = sources.get(source).slice((0..SNIFFED_BYTES).into());
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let known = |delimiter: u8| {
        let cells = line.split(|byte| *byte == delimiter).map(|cell| {
            let cell = super::csv::unquoted(cell);
            let name = composed(&cell).unwrap_or_default();
            contract.field(name.trim())
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
        Diagnostic::new(Code::DelimiterGuessed, complaint)
            .mark(Location { source, span: sources.get(source).first_line() })
            .label(
                Location { source: contract.source, span: (0..1).into() },
                msg!(DelimiterDeclare, delimiter = shown.as_str()),
            ),
    )
}

fn columns<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Finds each field's position in the header.
fn bind(
    contract: &Contract,
    header: &[String],
    at: &dyn Fn(usize) -> Location,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Option<usize>> {
    let mut slots = vec![None; contract.fields.len()];
    let mut extra = Vec::new();
    for (position, name) in header.iter().enumerate() {
        match contract.field(name) {
            Some(field) if slots[field].is_none() => slots[field] = Some(position),
            Some(_) => findings.push(
                Diagnostic::new(Code::DuplicateColumn, msg!(DuplicateColumn, name = name))
                    .mark(at(position))
                    .help(msg!(DuplicateColumnHelp)),
            ),
            None => extra.push(position),
        }
    }
    let missing: Vec<&Field> = contract
        .fields
        .iter()
        .zip(&slots)
        .filter(|(_, slot)| slot.is_none())
        .map(|(field, _)| field)
        .collect();
    for position in &extra {
        let guess = did_you_mean(&header[*position], missing.iter().map(|f| f.name.as_str()));
        let mut finding = Diagnostic::new(
            Code::ExtraColumn,
            msg!(ExtraColumn, name = &header[*position], table = &contract.name),
        )
        .mark(at(*position));
        if let Some(name) = guess {
            finding = finding.help(msg!(DidYouMean, name = name));
        }
        findings.push(finding);
    }
    for field in missing {
        let guess = did_you_mean(&field.name, extra.iter().map(|at| header[*at].as_str()));
        let mut finding = Diagnostic::new(
            Code::MissingColumn,
            msg!(MissingColumn, name = &field.name, table = &contract.name),
        )
        .label(at(0), msg!(HeaderHas, columns = header.join(", ")))
        .label(field.at, msg!(DeclaredHere));
        finding = finding.help(match guess {
            Some(name) => msg!(RenameColumn, from = name, to = &field.name),
            None => msg!(AddColumn, name = &field.name),
        });
        findings.push(finding);
    }
    slots
}
