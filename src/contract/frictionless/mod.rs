//! Frictionless descriptors as contracts: the resources of a `datapackage.json`, or a Table Schema
//! alone. What they say is brought into the tables a TOML contract has, places kept, and read by
//! the same code. Vocabulary: Data Package and Table Schema, versions 1 and 2
//! (<https://datapackage.org>). What only a contract has stands under the key `rasoat`, of the
//! resource and of each field.

mod schema;
mod tables;

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::schema::Schema;
use super::{Contract, Described, JOINT, read_contract};
use crate::contract::endings::is_data;
use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::message::Message;
use crate::msg;
use crate::source::workbook::is_workbook;
use crate::source::{Location, SourceId, Sources};
use crate::workspace::fields::read_table;
use crate::workspace::json::{Item, read_json};
use schema::foreign_key;
use tables::{each, merge, put, renamed, string, taken};

/// The name of a data package's descriptor.
pub const PACKAGE: &str = "datapackage.json";

/// Where a descriptor keeps what only a contract says.
pub(super) const OWN: &str = "rasoat";

/// Places named of what a descriptor demands and nothing here checks.
const PLACES: usize = 3;

/// The files a package's resources keep their schemas in, relative to the package.
pub fn schema_files(sources: &Sources, package: SourceId) -> Vec<String> {
    let Some(root) = read_json(sources, package, &Findings::default()) else { return Vec::new() };
    let Some(DeValue::Array(resources)) = root.get("resources").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let schema = |resource: &Item<'_>| {
        let path = resource.get_ref().as_table()?.get("schema")?.get_ref().as_str()?;
        is_inside(path).then(|| path.to_owned())
    };
    resources.iter().filter_map(schema).collect()
}

/// Reads a Table Schema.
pub fn schema(sources: &Sources, source: SourceId, name: &str, findings: &Findings) -> Described {
    let at = Location { source, span: (0..1).into() };
    Described::of(name.to_owned(), at, findings, || {
        let mut root = read_json(sources, source, findings)?;
        let mut reading = DescriptorReading::new(source, name, findings);
        let mut rest = DeTable::new();
        reading.add_own(taken(&mut root, OWN), &mut rest);
        let mut table = reading.schema(root, taken(&mut rest, "fields"));
        complete_keys(&mut rest, &mut table, name);
        reading.tell();
        let schema = read_table(&table, at, findings, |root| Schema::read(root, name));
        Some(read_table(&rest, at, findings, |root| read_contract(root, at, schema)))
    })
}

/// Reads the resources of a package, each with what is wrong with it; `schemas` are the files
/// [`schema_files`] names that are there.
pub fn package(
    sources: &Sources,
    source: SourceId,
    schemas: &HashMap<String, SourceId>,
    findings: &Findings,
) -> Vec<(Described, Findings)> {
    let Some(mut root) = read_json(sources, source, findings) else { return Vec::new() };
    let complain = |code, message, span: std::ops::Range<usize>| {
        let at = Location { source, span: span.into() };
        findings.tell(Diagnostic::of(code, message).mark(at));
    };
    let no_objects = |span| {
        let wrong = msg!(WrongType, key = "resources", expected = msg!(ExpectedObjects));
        complain(Code::InvalidValue, wrong, span);
    };
    let Some(resources) = taken(&mut root, "resources") else {
        complain(Code::MissingKey, msg!(MissingKey, key = "resources"), 0..1);
        return Vec::new();
    };
    let span = resources.span();
    let DeValue::Array(resources) = resources.into_inner() else {
        no_objects(span);
        return Vec::new();
    };
    let mut described = Vec::new();
    for resource in resources {
        let span = resource.span();
        let DeValue::Table(resource) = resource.into_inner() else {
            no_objects(span);
            continue;
        };
        // A document or a picture is no table and none of ours.
        if !resource.contains_key("schema") && !is_table(&resource) {
            continue;
        }
        let name = resource.get("name").and_then(|name| {
            Some((
                dataset_name(name.get_ref().as_str()?),
                Location { source, span: name.span().into() },
            ))
        });
        let Some((name, at)) = name else {
            complain(Code::MissingKey, msg!(MissingKey, key = "name"), span.start..span.start + 1);
            continue;
        };
        let (own, told) = (name.clone(), Findings::default());
        let resource = Described::of(name, at, &told, || {
            let reading = DescriptorReading::new(source, &own, &told);
            reading.contract(resource, at, sources, schemas)
        });
        described.push((resource, told));
    }
    described
}

/// Adds the keys said under `rasoat`, which have columns no file has, to those of the schema, and
/// calls the columns of all as rules do.
fn complete_keys<'s>(own: &mut DeTable<'s>, schema: &mut DeTable<'s>, name: &str) {
    if let Some(key) = taken(own, "primaryKey") {
        put(schema, "primaryKey", key);
    }
    if let Some(keys) = taken(own, "foreignKeys") {
        let keys = each(keys, |key| foreign_key(key, name));
        let span = keys.span();
        let of_files = taken(schema, "foreignKeys").map(Spanned::into_inner);
        let keys = match (of_files, keys.into_inner()) {
            (Some(DeValue::Array(of_files)), DeValue::Array(keys)) => {
                DeValue::Array(of_files.into_iter().chain(keys).collect())
            }
            (_, keys) => keys,
        };
        put(schema, "foreignKeys", Spanned::new(span, keys));
    }
    let mut names: HashMap<String, String> = HashMap::new();
    let fields = schema.get("fields").and_then(|fields| fields.get_ref().as_array());
    for field in fields.into_iter().flatten().filter_map(|field| field.get_ref().as_table()) {
        let text = |key| field.get(key).and_then(|item: &Item<'_>| item.get_ref().as_str());
        if let (Some(header), Some(name)) = (text("header"), text("name")) {
            names.insert(header.to_owned(), name.to_owned());
        }
    }
    if let Some(key) = taken(schema, "primaryKey") {
        put(schema, "primaryKey", renamed(key, &names));
    }
    if let Some(keys) = taken(schema, "foreignKeys") {
        let keys = each(keys, |key| {
            let span = key.span();
            let mut inner = key.into_inner();
            if let DeValue::Table(key) = &mut inner
                && let Some(fields) = taken(key, "fields")
            {
                put(key, "fields", renamed(fields, &names));
            }
            Spanned::new(span, inner)
        });
        put(schema, "foreignKeys", keys);
    }
}

/// A resource's name as rules can call it: `lao-dong` is `lao_dong`.
fn dataset_name(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

/// Whether a path stays within its folder, as descriptors demand.
fn is_inside(path: &str) -> bool {
    let parts = path.split(['/', '\\']);
    !path.contains("://")
        && !path.starts_with(['/', '\\'])
        && !path.contains(':')
        && parts.clone().all(|part| part != "..")
}

/// Whether a resource's file is of a kind that is read as data.
fn is_table(resource: &DeTable<'_>) -> bool {
    resource.get("path").is_some_and(|path| paths(path).any(|path| is_data(path.as_ref())))
}

/// The paths of a resource, one or several.
fn paths<'a>(path: &'a Item<'_>) -> impl Iterator<Item = &'a str> {
    let several = path.get_ref().as_array().into_iter().flat_map(|paths| paths.iter());
    std::iter::once(path).chain(several).filter_map(|path| path.get_ref().as_str())
}

/// Whether rows of a header are the first row alone.
fn is_first_row(rows: &Item<'_>) -> bool {
    let rows = rows.get_ref().as_array();
    rows.is_some_and(|rows| {
        rows.len() == 1 && rows[0].get_ref().as_integer().is_some_and(|row| row.as_str() == "1")
    })
}

/// One descriptor being brought into a contract's tables.
struct DescriptorReading<'c> {
    /// The file being read.
    source: SourceId,
    /// The dataset's name.
    name: &'c str,
    findings: &'c Findings,
    /// What is demanded there and not checked here: whose, which key, where.
    unchecked: Vec<(String, String, Location)>,
}

impl<'c> DescriptorReading<'c> {
    fn new(source: SourceId, name: &'c str, findings: &'c Findings) -> DescriptorReading<'c> {
        DescriptorReading { source, name, findings, unchecked: Vec::new() }
    }

    fn place(&self, span: std::ops::Range<usize>) -> Location {
        Location { source: self.source, span: span.into() }
    }

    fn complain(&self, message: Message, help: Message, span: std::ops::Range<usize>) {
        let told = Diagnostic::of(Code::InvalidValue, message).mark(self.place(span)).help(help);
        self.findings.tell(told);
    }

    /// Notes that a demand is not checked.
    fn leave(&mut self, whose: &str, key: &str, span: std::ops::Range<usize>) {
        let at = self.place(span);
        self.unchecked.push((whose.to_owned(), key.to_owned(), at));
    }

    /// Tells what is not checked.
    fn tell(&mut self) {
        let Some((_, _, first)) = self.unchecked.first() else { return };
        let keys: Vec<String> =
            self.unchecked.iter().map(|(whose, key, _)| format!("{whose}: {key}")).collect();
        let mut told = Diagnostic::of(
            Code::DescriptorPartly,
            msg!(DescriptorPartly, table = self.name, keys = keys.join(", ")),
        )
        .mark(*first);
        for (_, _, at) in self.unchecked.iter().take(PLACES).skip(1) {
            told = told.mark(*at);
        }
        self.findings.tell(told.help(msg!(DescriptorPartlyHelp)));
    }

    /// Adds what stands under `rasoat`.
    fn add_own<'s>(&self, own: Option<Item<'s>>, table: &mut DeTable<'s>) {
        let Some(own) = own else { return };
        let span = own.span();
        match own.into_inner() {
            DeValue::Table(own) => merge(table, own),
            _ => {
                let wrong = msg!(WrongType, key = OWN, expected = msg!(ExpectedObject));
                let told = Diagnostic::of(Code::InvalidValue, wrong).mark(self.place(span));
                self.findings.tell(told);
            }
        }
    }

    /// The contract a resource is.
    fn contract<'s>(
        mut self,
        mut resource: DeTable<'s>,
        at: Location,
        sources: &'s Sources,
        schemas: &HashMap<String, SourceId>,
    ) -> Option<Contract> {
        let (name, findings) = (self.name, self.findings);
        let Some(schema) = taken(&mut resource, "schema") else {
            let told = Diagnostic::of(Code::MissingKey, msg!(MissingKey, key = "schema"));
            findings.tell(told.mark(at).help(msg!(SchemaHelp)));
            return None;
        };
        let mut rest = self.resource(resource);
        let span = schema.span();
        let (table, place) = match schema.into_inner() {
            DeValue::Table(inner) => {
                let mut table = self.schema(inner, taken(&mut rest, "fields"));
                complete_keys(&mut rest, &mut table, name);
                (table, self.place(span))
            }
            DeValue::String(path) => {
                let Some(file) = schemas.get(path.as_ref()).copied() else {
                    let absent = msg!(SchemaFileAbsent, path = path.as_ref());
                    let told = Diagnostic::of(Code::Unreadable, absent).mark(self.place(span));
                    findings.tell(told);
                    return None;
                };
                let package = std::mem::replace(&mut self.source, file);
                let mut table = self.schema(read_json(sources, file, findings)?, None);
                complete_keys(&mut DeTable::new(), &mut table, name);
                let place = self.place(0..1);
                self.source = package;
                (table, place)
            }
            _ => {
                let wrong = msg!(WrongType, key = "schema", expected = msg!(ExpectedObject));
                let told = Diagnostic::of(Code::InvalidValue, wrong).mark(self.place(span));
                findings.tell(told);
                return None;
            }
        };
        self.tell();
        let schema = read_table(&table, place, findings, |root| Schema::read(root, name));
        Some(read_table(&rest, at, findings, |root| read_contract(root, at, schema)))
    }

    /// What a resource says besides its schema.
    fn resource<'s>(&mut self, mut resource: DeTable<'s>) -> DeTable<'s> {
        let mut table = DeTable::new();
        let title = taken(&mut resource, "title").or_else(|| taken(&mut resource, "description"));
        if let Some(title) = title {
            put(&mut table, "title", title);
        }
        if let Some(encoding) = taken(&mut resource, "encoding") {
            put(&mut table, "encoding", encoding);
        }
        if let Some(data) = resource.get("data") {
            self.complain(msg!(InlineData, table = self.name), msg!(InlineDataHelp), data.span());
        }
        let mut is_sheet = false;
        match taken(&mut resource, "path") {
            Some(path) => {
                is_sheet = paths(&path).any(|path| is_workbook(path.as_ref()));
                let path = self.path(path);
                put(&mut table, "path", path);
            }
            None if resource.contains_key("data") => {}
            None => {
                let at = resource.get("name").map_or(0..1, Spanned::span);
                let told = Diagnostic::of(Code::MissingKey, msg!(MissingKey, key = "path"));
                self.findings.tell(told.mark(self.place(at)));
            }
        }
        if let Some(dialect) = taken(&mut resource, "dialect") {
            self.dialect(dialect, is_sheet, &mut table);
        }
        let own = taken(&mut resource, OWN);
        self.add_own(own, &mut table);
        table
    }

    /// Paths are names of files, not patterns, and stay inside the package's folder.
    fn path<'s>(&self, path: Item<'s>) -> Item<'s> {
        let span = path.span();
        match path.into_inner() {
            DeValue::String(text) => {
                if !is_inside(&text) {
                    let wrong = msg!(PathOutside, path = text.as_ref());
                    self.complain(wrong, msg!(PathOutsideHelp), span.clone());
                }
                string(glob::Pattern::escape(&text), span)
            }
            DeValue::Array(paths) => {
                let paths = paths.into_iter().map(|path| self.path(path)).collect();
                Spanned::new(span, DeValue::Array(paths))
            }
            other => Spanned::new(span, other),
        }
    }

    /// The delimiter and, of spreadsheets, sheet and header. What would change how cells are cut
    /// and is not done here is an error.
    fn dialect<'s>(&self, dialect: Item<'s>, is_sheet: bool, table: &mut DeTable<'s>) {
        let span = dialect.span();
        let DeValue::Table(mut dialect) = dialect.into_inner() else {
            let wrong = msg!(WrongType, key = "dialect", expected = msg!(ExpectedObject));
            self.complain(wrong, msg!(DialectInline), span);
            return;
        };
        // Some programs put it one level down, by the file's kind.
        for kind in ["csv", "excel", "ods"] {
            if let Some(DeValue::Table(inner)) = taken(&mut dialect, kind).map(Spanned::into_inner)
            {
                dialect.extend(inner);
            }
        }
        let is = |item: &Item<'_>, text: &str| item.get_ref().as_str() == Some(text);
        let mut layout = DeTable::new();
        for (key, value) in dialect {
            match key.get_ref().as_ref() {
                "delimiter" => {
                    let mut dialect = DeTable::new();
                    put(&mut dialect, "delimiter", value);
                    put(table, "dialect", Spanned::new(span.clone(), DeValue::Table(dialect)));
                }
                "sheet" | "sheetName" => put(&mut layout, "sheet", value),
                "headerRows" if is_sheet => put(&mut layout, "header", value),
                "headerRows" if is_first_row(&value) => {}
                "quoteChar" if is(&value, "\"") => {}
                "headerJoin" if is(&value, JOINT) => {}
                "header" | "doubleQuote" if value.get_ref().as_bool() == Some(true) => {}
                key @ ("quoteChar" | "header" | "doubleQuote" | "escapeChar" | "commentChar"
                | "commentRows" | "headerRows" | "nullSequence" | "sheetNumber"
                | "headerJoin") => {
                    let wrong = msg!(DialectUnknown, key = key);
                    self.complain(wrong, msg!(DialectUnknownHelp), value.span());
                }
                _ => {}
            }
        }
        if !layout.is_empty() {
            put(table, "layout", Spanned::new(span, DeValue::Table(layout)));
        }
    }
}
