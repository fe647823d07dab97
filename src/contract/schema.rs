//! What a contract says of the table itself: its columns, its keys, how numbers are written.

use std::collections::HashMap;

use super::ForeignKey;
use super::field::{Field, FieldId, read_field};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::ids::IdVec;
use crate::msg;
use crate::source::Location;
use crate::workspace::fields::{Fields, Placed};

/// The part of a contract that is a Table Schema.
pub(super) struct Schema<'n> {
    /// The dataset's name.
    pub name: &'n str,
    /// The columns; none only where that has been told.
    pub fields: IdVec<FieldId, Field>,
    /// Columns that together name a row.
    pub primary_key: Vec<FieldId>,
    /// References to other datasets.
    pub foreign_keys: Vec<ForeignKey>,
    /// Texts that mean "missing".
    pub missing: Vec<String>,
    /// Decimal mark.
    pub decimal_char: Option<char>,
    /// Thousands mark.
    pub group_char: Option<char>,
}

impl<'n> Schema<'n> {
    pub fn read(root: &mut Fields<'_>, name: &'n str) -> Schema<'n> {
        let mut seen: HashMap<String, Location> = HashMap::new();
        let fields = IdVec::from(root.tables("fields", |fields| read_field(fields, &mut seen)));
        root.required("fields", (!fields.is_empty()).then_some(()));
        let mut schema = Schema {
            name,
            fields,
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            missing: vec![String::new()],
            decimal_char: None,
            group_char: None,
        };
        (schema.decimal_char, schema.group_char) = marks(root);
        if let Some(texts) = root.strings("missingValues") {
            schema.missing = texts.into_iter().map(|text| text.value).collect();
        }
        let key = root.strings("primaryKey").unwrap_or_default();
        schema.primary_key =
            key.iter().filter_map(|column| schema.position(root, column)).collect();
        schema.foreign_keys = root.tables("foreignKeys", |key| {
            let column = key.required_string("fields");
            let reference = key.table("reference", |target| {
                (target.required_string("resource"), target.required_string("fields"))
            });
            let (dataset, target) = key.required("reference", reference)?;
            let field = schema.position(key, &column?)?;
            Some(ForeignKey { field, dataset: dataset?, column: target? })
        });
        schema
    }

    /// The index of a column named somewhere in the contract, or called as the files call it; a
    /// complaint where there is none.
    pub fn position(&self, root: &Fields<'_>, column: &Placed<String>) -> Option<FieldId> {
        let found = position(&self.fields, &column.value);
        // Without columns every name would be an unknown one.
        if found.is_none() && !self.fields.is_empty() {
            let names = self.fields.iter().map(|field| field.name.as_str());
            root.complain(
                Diagnostic::of(
                    Code::UnknownColumn,
                    msg!(UnknownColumn, name = &column.value, table = self.name),
                )
                .mark(column.at)
                .maybe_help(suggestion(&column.value, names)),
            );
        }
        found
    }
}

/// The decimal and the thousands mark. A thousands mark alone would leave open what a point is.
fn marks(root: &mut Fields<'_>) -> (Option<char>, Option<char>) {
    const DECIMAL: [char; 2] = ['.', ','];
    const GROUP: [char; 4] = ['.', ',', ' ', '\''];
    let decimal = mark(root, "decimalChar", &DECIMAL);
    let group = mark(root, "groupChar", &GROUP);
    if let Some(group) = &group {
        let wrong = match &decimal {
            None => Some(msg!(GroupAlone)),
            Some(decimal) if decimal.value == group.value => Some(msg!(MarksAlike)),
            Some(_) => None,
        };
        if let Some(wrong) = wrong {
            root.complain(
                Diagnostic::of(Code::InvalidValue, wrong).mark(group.at).help(msg!(MarksHelp)),
            );
        }
    }
    (decimal.map(|mark| mark.value), group.map(|mark| mark.value))
}

fn mark(root: &mut Fields<'_>, key: &'static str, allowed: &[char]) -> Option<Placed<char>> {
    let text = root.string(key)?;
    let found = allowed.iter().copied().find(|mark| text.value == mark.to_string());
    if found.is_none() {
        let names: Vec<String> = allowed.iter().map(|mark| format!("\"{mark}\"")).collect();
        root.complain_of_choice(&text, &names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    Some(Placed { value: found?, at: text.at })
}

/// The index of a column by its name, or else by what the files call it.
pub(super) fn position(fields: &IdVec<FieldId, Field>, text: &str) -> Option<FieldId> {
    let named = fields.position(|field| field.name == text);
    named.or_else(|| fields.position(|field| field.caption() == text))
}
