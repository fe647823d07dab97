//! A contract as its author would write it, with a comment wherever it is not certain.

use std::fmt::Write as _;

use super::column::Column;
use super::grid::Grid;
use super::marks::Marks;
use super::origin::Origin;
use super::relations::Relations;
use super::{Draft, names};
use crate::contract::{FieldType, Scale};
use crate::message::{Lang, Message};
use crate::msg;

/// What a contract is written from.
pub struct Parts<'a> {
    /// What the files are called, where that is not the contract's own name.
    pub path: Option<String>,
    /// What the table is, where a title stands above it.
    pub title: Option<String>,
    /// The cells.
    pub grid: &'a Grid,
    /// How numbers are written.
    pub marks: &'a Marks,
    /// The columns.
    pub columns: &'a [Column],
    /// Columns whose values come from a file's name or a cell.
    pub origins: &'a [Origin],
    /// What the columns are to each other.
    pub relations: &'a Relations<'a>,
    /// Headers of columns nobody wants.
    pub ignored: Vec<String>,
    /// What is not certain of the whole.
    pub remarks: Vec<Message>,
}

/// A contract being written.
struct Writer {
    text: String,
    lang: Lang,
    unsure: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn pair(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    /// A remark on what follows, or on what would follow.
    fn unsure(&mut self, remark: &Message) {
        self.unsure += 1;
        // Texts of cells come into remarks, and a comment ends with its line.
        let line: String =
            remark.text(self.lang).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(self.text, "# ? {line}");
    }

    /// Something to be filled in.
    fn blank(&mut self, remark: &Message, lines: &[&str]) {
        let _ = writeln!(self.text, "# {}", remark.text(self.lang));
        for line in lines {
            let _ = writeln!(self.text, "# {line}");
        }
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Texts as TOML writes a list.
fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// Writes a contract.
pub fn write(parts: &Parts<'_>, lang: Lang) -> Draft {
    let mut out = Writer { text: String::new(), lang, unsure: 0 };
    let name = |at: usize| parts.columns[at].name.as_str();
    for remark in &parts.remarks {
        out.unsure(remark);
    }
    match &parts.title {
        Some(title) => out.pair("title", &quoted(title)),
        None => out.blank(&msg!(DraftTitle), &["title = \"…\""]),
    }
    out.blank(&msg!(DraftSubject), &["subject = \"…\""]);
    if let Some(path) = &parts.path {
        out.pair("path", &quoted(path));
    }
    head(parts, &mut out);
    match key(parts) {
        None => out.unsure(&msg!(DraftNoKey)),
        Some(key) => {
            if !parts.grid.is_whole {
                out.unsure(&msg!(DraftKeyOfSample, rows = parts.grid.rows.len()));
            }
            out.pair("primaryKey", &list(key));
        }
    }
    tables(parts, &mut out);
    out.line("");
    out.blank(&msg!(DraftProvenance), &["[provenance]", "kind = \"published\"", "source = \"…\""]);
    for origin in parts.origins {
        out.line("\n[[fields]]");
        if let Some(remark) = &origin.remark {
            out.unsure(remark);
        }
        out.pair("name", &quoted(&origin.name));
        out.pair("type", &quoted(origin.kind.name()));
        out.pair("from", &origin.from());
        if origin.ignore_case {
            out.pair("ignoreCase", "true");
        }
    }
    for (at, column) in parts.columns.iter().enumerate() {
        field(at, column, parts, &mut out);
    }
    for reference in &parts.relations.references {
        out.line("\n[[foreignKeys]]");
        out.pair("fields", &quoted(name(reference.column)));
        let (dataset, column) = (&reference.target.dataset, &reference.target.column);
        let target = format!("{{ resource = {}, fields = {} }}", quoted(dataset), quoted(column));
        out.pair("reference", &target);
    }
    for origin in parts.origins {
        if let Some((dataset, column)) = &origin.reference {
            out.line("\n[[foreignKeys]]");
            out.pair("fields", &quoted(&origin.name));
            let target =
                format!("{{ resource = {}, fields = {} }}", quoted(dataset), quoted(column));
            out.pair("reference", &target);
        }
    }
    if !parts.relations.parts.is_empty() {
        out.line("");
        for (part, whole) in &parts.relations.parts {
            out.unsure(&msg!(DraftParts, part = name(*part), whole = name(*whole)));
            out.line("# [[parts]]");
            out.line(&format!("# part = {}", quoted(name(*part))));
            out.line(&format!("# whole = {}", quoted(name(*whole))));
        }
    }
    Draft { text: out.text, unsure: out.unsure, columns: parts.columns.len() + parts.origins.len() }
}

/// The columns that name a row, those from elsewhere among them; `None` when none do.
fn key<'p>(parts: &'p Parts<'_>) -> Option<Vec<&'p str>> {
    let own = parts.relations.key.as_ref()?;
    let own = own.iter().map(|at| parts.columns[*at].name.as_str());
    let (years, others): (Vec<&Origin>, Vec<&Origin>) =
        parts.origins.iter().partition(|origin| origin.kind == FieldType::Year);
    let names = |origins: Vec<&'p Origin>| origins.into_iter().map(|own| own.name.as_str());
    Some(names(years).chain(own).chain(names(others)).collect())
}

/// How the file is written.
fn head(parts: &Parts<'_>, out: &mut Writer) {
    let missing: Vec<&str> = std::iter::once("")
        .chain(parts.columns.iter().flat_map(|column| column.missing.iter().map(String::as_str)))
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    if missing.len() > 1 {
        if missing.iter().any(|sign| sign.eq_ignore_ascii_case("x")) {
            out.unsure(&msg!(DraftMissingX));
        }
        out.pair("missingValues", &list(missing));
    }
    for remark in parts.marks.remarks() {
        out.unsure(&remark);
    }
    if let Some(mark) = parts.marks.decimal {
        out.pair("decimalChar", &quoted(&mark.to_string()));
        if let Some(group) = parts.marks.group {
            out.pair("groupChar", &quoted(&group.to_string()));
        }
    }
    if let Some(guess) = parts.grid.encoding {
        if guess.confidence < 100 {
            out.unsure(&msg!(DraftEncoding, confidence = guess.confidence));
        }
        out.pair("encoding", &quoted(guess.encoding.name()));
    }
    if !parts.ignored.is_empty() {
        out.pair("ignore", &list(parts.ignored.iter().map(String::as_str)));
    }
}

/// Dialect, layout and dimensions.
fn tables(parts: &Parts<'_>, out: &mut Writer) {
    if let Some(delimiter) = parts.grid.delimiter.filter(|mark| *mark != b',') {
        out.line("\n[dialect]");
        out.pair("delimiter", &quoted(&char::from(delimiter).to_string()));
    }
    if let Some(place) = &parts.grid.place {
        out.line("\n[layout]");
        if !place.others.is_empty() {
            out.unsure(&msg!(DraftSheet, others = place.others.join(", ")));
        }
        out.pair("sheet", &quoted(&place.sheet));
        let rows: Vec<String> = place.header.iter().map(u32::to_string).collect();
        match &rows[..] {
            _ if place.wanders => out.unsure(&msg!(DraftWanders)),
            [one] => out.pair("header", one),
            several => out.pair("header", &format!("[{}]", several.join(", "))),
        }
        let totals = place.totals.iter().chain(&place.groups).map(String::as_str);
        if !place.groups.is_empty() {
            out.unsure(&msg!(DraftGroups, groups = place.groups.join(", ")));
        }
        if place.totals.len() + place.groups.len() > 0 {
            out.pair("totals", &list(totals));
        }
        if !place.notes.is_empty() {
            out.unsure(&msg!(DraftNotes));
            out.pair("notes", &list(place.notes.iter().map(String::as_str)));
        }
    }
    let relations = parts.relations;
    let of = |kind: FieldType| parts.origins.iter().find(|origin| origin.kind == kind);
    let named = |at: Option<usize>| at.map(|at| parts.columns[at].name.as_str());
    let year = named(relations.year).or_else(|| of(FieldType::Year).map(|own| own.name.as_str()));
    let area = named(relations.area).or_else(|| of(FieldType::String).map(|own| own.name.as_str()));
    if year.is_none() && relations.validity.is_none() {
        out.line("");
        out.unsure(&msg!(DraftNoYear));
    }
    if relations.several_areas {
        out.line("");
        out.unsure(&msg!(DraftSeveralAreas));
    }
    if let Some(column) = relations.area_with_blanks {
        out.line("");
        out.unsure(&msg!(DraftAreaBlank, name = &parts.columns[column].name));
    }
    let validity = relations.validity;
    let (from, to) = (named(validity.map(|own| own.0)), named(validity.map(|own| own.1)));
    let dimensions = [
        ("year", year),
        ("area", area),
        ("area_name", named(relations.area_name)),
        ("valid_from", from),
        ("valid_to", to),
    ];
    if dimensions.iter().all(|(_, column)| column.is_none()) {
        return;
    }
    out.line("\n[dimensions]");
    for (key, column) in dimensions {
        if let Some(column) = column {
            out.pair(key, &quoted(column));
        }
    }
}

fn field(at: usize, column: &Column, parts: &Parts<'_>, out: &mut Writer) {
    out.line("\n[[fields]]");
    let referred = parts.relations.references.iter().any(|own| own.column == at);
    for remark in &column.remarks {
        out.unsure(remark);
    }
    if column.list.is_some() && !referred {
        out.unsure(&msg!(DraftList));
    } else if column.pattern.is_some() && !referred {
        out.unsure(&msg!(DraftPattern));
    }
    out.pair("name", &quoted(&column.name));
    out.pair("type", &quoted(column.kind.name()));
    let words = names::words(&column.caption);
    if column.caption != column.name {
        out.pair("header", &quoted(&column.caption));
        out.pair("title", &quoted(&words));
    }
    if let Some(unit) = names::unit(&words).filter(|_| column.kind.is_numeric()) {
        out.pair("unit", &quoted(unit));
    }
    if let Some(format) = column.format {
        out.pair("format", &quoted(format));
    }
    if let Some(scale) = column.scale {
        out.pair("scale", &quoted(scale.name()));
    }
    if parts.relations.references.iter().any(|own| own.column == at && own.ignore_case) {
        out.pair("ignoreCase", "true");
    }
    if column.ignore_case && !referred {
        out.pair("ignoreCase", "true");
    }
    let mut constraints = Vec::new();
    if column.is_full {
        constraints.push("required = true".to_owned());
    }
    if column.from_zero && column.kind != FieldType::Year {
        constraints.push("minimum = 0".to_owned());
    }
    if column.to_hundred && column.scale == Some(Scale::Percent) {
        constraints.push("maximum = 100".to_owned());
    }
    if let Some(values) = column.list.as_ref().filter(|_| !referred) {
        constraints.push(format!("enum = {}", list(values.iter().map(String::as_str))));
    }
    if let Some(pattern) = column.pattern.as_ref().filter(|_| !referred) {
        constraints.push(format!("pattern = {}", quoted(pattern)));
    }
    if !constraints.is_empty() {
        out.pair("constraints", &format!("{{ {} }}", constraints.join(", ")));
    }
}
