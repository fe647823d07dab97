//! Table Schemas: fields, keys and constraints as a contract's tables.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::tables::{each, put, string, taken};
use super::{DescriptorReading, OWN, dataset_name};
use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::workspace::json::Item;

impl DescriptorReading<'_> {
    /// A Table Schema as the tables of a contract. `given` are the columns no file has.
    pub(super) fn schema<'s>(
        &mut self,
        mut schema: DeTable<'s>,
        given: Option<Item<'s>>,
    ) -> DeTable<'s> {
        let mut table = DeTable::new();
        if let Some(fields) = taken(&mut schema, "fields") {
            let span = fields.span();
            let fields = match fields.into_inner() {
                DeValue::Array(fields) => {
                    let mut marks = FieldMarks::default();
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
            let span = keys.span();
            let keys = match keys.into_inner() {
                DeValue::Array(keys) => {
                    let mut followed = DeArray::new();
                    for key in keys {
                        match columns_of(&key) {
                            // Keys of several columns are not followed.
                            Some(columns) if columns.len() > 1 => {
                                self.leave("foreignKeys", &columns.join(" + "), key.span());
                            }
                            _ => followed.push(foreign_key(key, self.name)),
                        }
                    }
                    DeValue::Array(followed)
                }
                other => other,
            };
            put(&mut table, "foreignKeys", Spanned::new(span, keys));
        }
        table
    }

    fn field<'s>(&mut self, field: Item<'s>, marks: &mut FieldMarks<'s>) -> Item<'s> {
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
        let bare = taken(&mut field, "bareNumber");
        let called = table.get("name").cloned();
        let own = taken(&mut field, OWN);
        self.add_own(own, &mut table);
        // A percent sign is what a scale is for.
        if let Some(bare) = bare.filter(|bare| bare.get_ref().as_bool() == Some(false))
            && !table.contains_key("scale")
        {
            self.leave(&name, "bareNumber", bare.span());
        }
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
    fn marks<'s>(&self, marks: FieldMarks<'s>, table: &mut DeTable<'s>) {
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
                let told = Diagnostic::of(Code::InvalidValue, msg!(MarksDiffer, key = key))
                    .mark(self.place(other.span()))
                    .label(self.place(first.span()), msg!(FirstDeclaration))
                    .help(msg!(MarksDifferHelp));
                self.findings.tell(told);
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
struct FieldMarks<'s> {
    /// Of each number: where its field is, what it says.
    decimal: Vec<(std::ops::Range<usize>, Option<Item<'s>>)>,
    group: Vec<Item<'s>>,
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

/// The columns of a key, where they are a list of names.
fn columns_of(key: &Item<'_>) -> Option<Vec<String>> {
    let columns = key.get_ref().as_table()?.get("fields")?.get_ref().as_array()?;
    columns.iter().map(|column| column.get_ref().as_str().map(str::to_owned)).collect()
}

/// A foreign key of one field; without a resource it refers to its own.
pub(super) fn foreign_key<'s>(key: Item<'s>, name: &str) -> Item<'s> {
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
