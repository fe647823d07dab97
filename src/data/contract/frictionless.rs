//! Frictionless descriptors as contracts: the resources of a `datapackage.json`, or a Table Schema
//! alone. What they say is brought into the tables a TOML contract has, places kept, and read by
//! the same code. Vocabulary: Data Package and Table Schema, versions 1 and 2
//! (<https://datapackage.org>). What only a contract has stands under the key `rasoat`, of the
//! resource and of each field.

use std::borrow::Cow;
use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::schema::Schema;
use super::{Contract, Described, read_contract};
use crate::data::files::is_data;
use crate::diagnostic::{Code, Diagnostic};
use crate::message::Message;
use crate::msg;
use crate::source::workbook::is_workbook;
use crate::source::{Location, SourceId, Sources};
use crate::workspace::fields::{Complaints, read_table};
use crate::workspace::json::{Item, read_json};

/// The name of a data package's descriptor.
pub const PACKAGE: &str = "datapackage.json";

/// What the name of a Table Schema beside a data file ends in.
pub const SCHEMA_ENDING: &str = ".schema.json";

/// Where a descriptor keeps what only a contract says.
pub(super) const OWN: &str = "rasoat";

/// Places named of what a descriptor demands and nothing here checks.
const PLACES: usize = 3;

/// The files a package's resources keep their schemas in, relative to the package.
pub fn schema_files(sources: &Sources, package: SourceId) -> Vec<String> {
    let Some(root) = read_json(sources, package, &Complaints::default()) else { return Vec::new() };
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
pub fn schema(
    sources: &Sources,
    source: SourceId,
    name: &str,
    complaints: &Complaints,
) -> Described {
    let at = Location { source, span: (0..1).into() };
    Described::of(name.to_owned(), at, complaints, || {
        let mut root = read_json(sources, source, complaints)?;
        let mut reading = Reading::new(source, name, complaints);
        let mut rest = DeTable::new();
        reading.add_own(taken(&mut root, OWN), &mut rest);
        let table = reading.schema(root, taken(&mut rest, "fields"));
        reading.tell();
        let schema = read_table(&table, at, complaints, |root| Schema::read(root, name));
        Some(read_table(&rest, at, complaints, |root| read_contract(root, at, schema)))
    })
}

/// Reads the resources of a package; `schemas` are the files [`schema_files`] names that are there.
pub fn package(
    sources: &Sources,
    source: SourceId,
    schemas: &HashMap<String, SourceId>,
    complaints: &Complaints,
) -> Vec<Described> {
    let Some(mut root) = read_json(sources, source, complaints) else { return Vec::new() };
    let complain = |code, message, span: std::ops::Range<usize>| {
        let at = Location { source, span: span.into() };
        complaints.borrow_mut().push(Diagnostic::new(code, message).mark(at));
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
        let own = name.clone();
        described.push(Described::of(name, at, complaints, || {
            let reading = Reading::new(source, &own, complaints);
            reading.contract(resource, at, sources, schemas)
        }));
    }
    described
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

/// Takes the value of a key out of a table.
fn taken<'s>(table: &mut DeTable<'s>, key: &str) -> Option<Item<'s>> {
    table.remove(key)
}

fn put<'s>(table: &mut DeTable<'s>, key: &'static str, value: Item<'s>) {
    table.insert(Spanned::new(value.span(), Cow::Borrowed(key)), value);
}

/// Adds the keys of a table to another, of tables in both the keys of both.
fn merge<'s>(table: &mut DeTable<'s>, added: DeTable<'s>) {
    for (key, value) in added {
        let span = value.span();
        let value = match (value.into_inner(), table.remove(&key)) {
            (DeValue::Table(added), Some(there)) if there.get_ref().as_table().is_some() => {
                let DeValue::Table(mut both) = there.into_inner() else { continue };
                merge(&mut both, added);
                DeValue::Table(both)
            }
            (value, _) => value,
        };
        table.insert(key, Spanned::new(span, value));
    }
}

fn string<'s>(text: impl Into<Cow<'s, str>>, span: std::ops::Range<usize>) -> Item<'s> {
    Spanned::new(span, DeValue::String(text.into()))
}

/// One descriptor being brought into a contract's tables.
struct Reading<'c> {
    /// The file being read.
    source: SourceId,
    /// The dataset's name.
    name: &'c str,
    complaints: &'c Complaints,
    /// What is demanded there and not checked here: whose, which key, where.
    unchecked: Vec<(String, String, Location)>,
}

impl<'c> Reading<'c> {
    fn new(source: SourceId, name: &'c str, complaints: &'c Complaints) -> Reading<'c> {
        Reading { source, name, complaints, unchecked: Vec::new() }
    }

    fn place(&self, span: std::ops::Range<usize>) -> Location {
        Location { source: self.source, span: span.into() }
    }

    fn complain(&self, message: Message, help: Message, span: std::ops::Range<usize>) {
        let told = Diagnostic::new(Code::InvalidValue, message).mark(self.place(span)).help(help);
        self.complaints.borrow_mut().push(told);
    }

    /// Notes that a demand is not checked.
    fn leave(&mut self, whose: &str, key: &str, span: std::ops::Range<usize>) {
        let at = self.place(span);
        self.unchecked.push((whose.to_owned(), key.to_owned(), at));
    }

    /// Tells what is not checked.
    fn tell(&mut self) {
        if self.unchecked.is_empty() {
            return;
        }
        let keys: Vec<String> =
            self.unchecked.iter().map(|(whose, key, _)| format!("{whose}: {key}")).collect();
        let mut told = Diagnostic::new(
            Code::DescriptorPartly,
            msg!(DescriptorPartly, table = self.name, keys = keys.join(", ")),
        );
        for (_, _, at) in self.unchecked.iter().take(PLACES) {
            told = told.mark(*at);
        }
        self.complaints.borrow_mut().push(told.help(msg!(DescriptorPartlyHelp)));
    }

    /// Adds what stands under `rasoat`.
    fn add_own<'s>(&self, own: Option<Item<'s>>, table: &mut DeTable<'s>) {
        let Some(own) = own else { return };
        let span = own.span();
        match own.into_inner() {
            DeValue::Table(own) => merge(table, own),
            _ => {
                let wrong = msg!(WrongType, key = OWN, expected = msg!(ExpectedObject));
                let told = Diagnostic::new(Code::InvalidValue, wrong).mark(self.place(span));
                self.complaints.borrow_mut().push(told);
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
        let (name, complaints) = (self.name, self.complaints);
        let Some(schema) = taken(&mut resource, "schema") else {
            let told = Diagnostic::new(Code::MissingKey, msg!(MissingKey, key = "schema"));
            complaints.borrow_mut().push(told.mark(at).help(msg!(SchemaHelp)));
            return None;
        };
        let mut rest = self.resource(resource);
        let span = schema.span();
        let (table, place) = match schema.into_inner() {
            DeValue::Table(inner) => {
                (self.schema(inner, taken(&mut rest, "fields")), self.place(span))
            }
            DeValue::String(path) => {
                let Some(file) = schemas.get(path.as_ref()).copied() else {
                    let absent = msg!(SchemaFileAbsent, path = path.as_ref());
                    let told = Diagnostic::new(Code::Unreadable, absent).mark(self.place(span));
                    complaints.borrow_mut().push(told);
                    return None;
                };
                let package = std::mem::replace(&mut self.source, file);
                let table = self.schema(read_json(sources, file, complaints)?, None);
                let place = self.place(0..1);
                self.source = package;
                (table, place)
            }
            _ => {
                let wrong = msg!(WrongType, key = "schema", expected = msg!(ExpectedObject));
                let told = Diagnostic::new(Code::InvalidValue, wrong).mark(self.place(span));
                complaints.borrow_mut().push(told);
                return None;
            }
        };
        self.tell();
        let schema = read_table(&table, place, complaints, |root| Schema::read(root, name));
        Some(read_table(&rest, at, complaints, |root| read_contract(root, at, schema)))
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
                let told = Diagnostic::new(Code::MissingKey, msg!(MissingKey, key = "path"));
                self.complaints.borrow_mut().push(told.mark(self.place(at)));
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
        let DeValue::Table(mut dialect) = dialect.into_inner() else { return };
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

    /// A Table Schema as the tables of a contract. `given` are the columns no file has.
    fn schema<'s>(&mut self, mut schema: DeTable<'s>, given: Option<Item<'s>>) -> DeTable<'s> {
        let mut table = DeTable::new();
        if let Some(fields) = taken(&mut schema, "fields") {
            let span = fields.span();
            let fields = match fields.into_inner() {
                DeValue::Array(fields) => {
                    let mut marks = Marks::default();
                    let given = match given.map(Spanned::into_inner) {
                        Some(DeValue::Array(given)) => given,
                        _ => DeArray::new(),
                    };
                    let fields = fields.into_iter().chain(given);
                    let fields = fields.map(|field| self.field(field, &mut marks)).collect();
                    self.marks(marks, &mut table);
                    DeValue::Array(fields)
                }
                other => other,
            };
            put(&mut table, "fields", Spanned::new(span, fields));
        }
        if let Some(key) = taken(&mut schema, "primaryKey") {
            put(&mut table, "primaryKey", key);
        }
        if let Some(missing) = taken(&mut schema, "missingValues") {
            put(&mut table, "missingValues", each(missing, value_of));
        }
        if let Some(keys) = taken(&mut schema, "foreignKeys") {
            let name = self.name;
            put(&mut table, "foreignKeys", each(keys, |key| foreign_key(key, name)));
        }
        table
    }

    fn field<'s>(&mut self, field: Item<'s>, marks: &mut Marks<'s>) -> Item<'s> {
        let span = field.span();
        let mut field = match field.into_inner() {
            DeValue::Table(field) => field,
            other => return Spanned::new(span, other),
        };
        let start = span.start..span.start + 1;
        let name = field.get("name").and_then(|name| name.get_ref().as_str());
        let name = name.unwrap_or_default().to_owned();
        let mut table = DeTable::new();
        let title = taken(&mut field, "title").or_else(|| taken(&mut field, "description"));
        if let Some(title) = title {
            put(&mut table, "title", title);
        }
        if let Some(name) = taken(&mut field, "name") {
            put(&mut table, "name", name);
        }
        let kind = taken(&mut field, "type").unwrap_or_else(|| string("string", start));
        let kind = self.kind(kind, &name);
        let of = |name: &str| kind.get_ref().as_str() == Some(name);
        let (date, number, whole) = (of("date"), of("number"), of("integer"));
        if let Some(format) = taken(&mut field, "format") {
            match format.get_ref().as_str() {
                Some("default") => {}
                Some("any") if date => self.leave(&name, "format any", format.span()),
                _ if date => put(&mut table, "format", format),
                _ => self.leave(&name, "format", format.span()),
            }
        }
        put(&mut table, "type", kind);
        let decimal = taken(&mut field, "decimalChar");
        if number {
            marks.decimal.push((span.clone(), decimal));
        }
        if let Some(group) = taken(&mut field, "groupChar").filter(|_| number || whole) {
            marks.group.push(group);
        }
        if let Some(constraints) = taken(&mut field, "constraints") {
            let constraints = self.constraints(constraints, &name, number || whole);
            put(&mut table, "constraints", constraints);
        }
        for key in ["trueValues", "falseValues", "missingValues", "categories"] {
            if let Some(value) = taken(&mut field, key) {
                self.leave(&name, key, value.span());
            }
        }
        if let Some(bare) = taken(&mut field, "bareNumber")
            && bare.get_ref().as_bool() == Some(false)
        {
            self.leave(&name, "bareNumber", bare.span());
        }
        let called = table.get("name").cloned();
        let own = taken(&mut field, OWN);
        self.add_own(own, &mut table);
        // A name of its own for rules: what the descriptor calls it is what the files do.
        if let (Some(called), Some(name)) = (called, table.get("name"))
            && name.get_ref().as_str() != called.get_ref().as_str()
        {
            put(&mut table, "header", called);
        }
        Spanned::new(span, DeValue::Table(table))
    }

    /// A field's type; those contracts do not have are read as text.
    fn kind<'s>(&mut self, kind: Item<'s>, name: &str) -> Item<'s> {
        const AS_TEXT: [&str; 11] = [
            "any",
            "time",
            "datetime",
            "yearmonth",
            "duration",
            "object",
            "array",
            "list",
            "geopoint",
            "geojson",
            "binary",
        ];
        let span = kind.span();
        match kind.get_ref().as_str() {
            Some(other) if AS_TEXT.contains(&other) => {
                if other != "any" {
                    self.leave(name, &format!("type {other}"), span.clone());
                }
                string("string", span)
            }
            _ => kind,
        }
    }

    fn constraints<'s>(&mut self, item: Item<'s>, name: &str, is_number: bool) -> Item<'s> {
        let span = item.span();
        let constraints = match item.into_inner() {
            DeValue::Table(constraints) => constraints,
            other => return Spanned::new(span, other),
        };
        let mut table = DeTable::new();
        for (key, value) in constraints {
            match key.get_ref().as_ref() {
                "required" | "unique" | "enum" | "pattern" => {
                    table.insert(key, value);
                }
                "minimum" | "maximum" if is_number => {
                    // Numbers with more digits than JSON's readers keep are written as texts.
                    let parsed = match value.get_ref() {
                        DeValue::String(Cow::Borrowed(text)) => DeValue::parse(text).ok(),
                        _ => None,
                    };
                    let parsed = parsed.map(|inner| Spanned::new(value.span(), inner.into_inner()));
                    table.insert(key, parsed.unwrap_or(value));
                }
                other => self.leave(name, other, value.span()),
            }
        }
        Spanned::new(span, DeValue::Table(table))
    }

    /// Marks of numbers are each field's own there and the contract's here.
    fn marks<'s>(&self, marks: Marks<'s>, table: &mut DeTable<'s>) {
        let declared = marks.decimal.iter().any(|(_, mark)| mark.is_some());
        let mut decimals: Vec<Item<'s>> = Vec::new();
        if declared {
            let point = |span: std::ops::Range<usize>| string(".", span.start..span.start + 1);
            decimals.extend(
                marks.decimal.into_iter().map(|(field, mark)| mark.unwrap_or_else(|| point(field))),
            );
        }
        for (key, values) in [("decimalChar", decimals), ("groupChar", marks.group)] {
            let mut values = values.into_iter();
            let Some(first) = values.next() else { continue };
            let other = values.find(|next| next.get_ref().as_str() != first.get_ref().as_str());
            if let Some(other) = other {
                let told = Diagnostic::new(Code::InvalidValue, msg!(MarksDiffer, key = key))
                    .mark(self.place(other.span()))
                    .label(self.place(first.span()), msg!(FirstDeclaration))
                    .help(msg!(MarksDifferHelp));
                self.complaints.borrow_mut().push(told);
            }
            put(table, key, first);
        }
        // Whole numbers have no decimal mark of their own: it is the one that is left.
        let group =
            table.get("groupChar").map(|mark| (mark.get_ref().as_str() == Some("."), mark.span()));
        if let Some((is_point, span)) = group
            && !table.contains_key("decimalChar")
        {
            put(table, "decimalChar", string(if is_point { "," } else { "." }, span));
        }
    }
}

/// What the fields of a schema say of how numbers are written.
#[derive(Default)]
struct Marks<'s> {
    /// Of each number: where its field is, what it says.
    decimal: Vec<(std::ops::Range<usize>, Option<Item<'s>>)>,
    group: Vec<Item<'s>>,
}

/// Changes each item of a list.
fn each<'s>(list: Item<'s>, change: impl Fn(Item<'s>) -> Item<'s>) -> Item<'s> {
    let span = list.span();
    match list.into_inner() {
        DeValue::Array(items) => {
            Spanned::new(span, DeValue::Array(items.into_iter().map(change).collect()))
        }
        other => Spanned::new(span, other),
    }
}

/// A missing value, or the value of one with a label.
fn value_of(item: Item<'_>) -> Item<'_> {
    let span = item.span();
    match item.into_inner() {
        DeValue::Table(mut labelled) => match taken(&mut labelled, "value") {
            Some(value) => value,
            None => Spanned::new(span, DeValue::Table(labelled)),
        },
        other => Spanned::new(span, other),
    }
}

/// A foreign key of one field; without a resource it refers to its own.
fn foreign_key<'s>(key: Item<'s>, name: &str) -> Item<'s> {
    let span = key.span();
    let mut key = match key.into_inner() {
        DeValue::Table(key) => key,
        other => return Spanned::new(span, other),
    };
    let mut table = DeTable::new();
    if let Some(fields) = taken(&mut key, "fields") {
        put(&mut table, "fields", single(fields));
    }
    if let Some(reference) = taken(&mut key, "reference") {
        let span = reference.span();
        let reference = match reference.into_inner() {
            DeValue::Table(mut target) => {
                let mut table = DeTable::new();
                let resource = taken(&mut target, "resource");
                let place = resource.as_ref().map_or(span.start..span.start + 1, Spanned::span);
                let resource = match resource.as_ref().map(|item| item.get_ref().as_str()) {
                    None | Some(Some("")) => string(name.to_owned(), place),
                    Some(Some(other)) => string(dataset_name(other), place),
                    Some(None) => resource.unwrap_or_else(|| string("", place)),
                };
                put(&mut table, "resource", resource);
                if let Some(fields) = taken(&mut target, "fields") {
                    put(&mut table, "fields", single(fields));
                }
                DeValue::Table(table)
            }
            other => other,
        };
        put(&mut table, "reference", Spanned::new(span, reference));
    }
    Spanned::new(span, DeValue::Table(table))
}

/// The one item of a list of one.
fn single(item: Item<'_>) -> Item<'_> {
    let span = item.span();
    match item.into_inner() {
        DeValue::Array(items) if items.len() == 1 => {
            let mut items = items.into_iter();
            items.next().unwrap_or_else(|| string("", span))
        }
        other => Spanned::new(span, other),
    }
}
