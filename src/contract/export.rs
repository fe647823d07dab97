//! Contracts as a Frictionless data package, for programs that read those. What only a contract
//! says goes under `rasoat`, where [`super::frictionless`] finds it again.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Number, Value};

use super::{
    Contract, DateFormat, EmptyYear, Field, FieldId, FieldType, ForeignKey, JOINT, Origin, Scale,
    SetId,
};
use crate::exact::Exact;
use crate::ids::IdVec;
use crate::message::Bilingual;
use crate::source::workbook::{cell_name, is_workbook};
use crate::source::{Encoding, SourceId, Sources};

/// The profile of data packages of version 2.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";

/// A data package. Its form is that of the Data Package standard.
#[derive(Serialize)]
pub struct Package {
    #[serde(rename = "$schema")]
    profile: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    resources: Vec<Resource>,
}

#[derive(Serialize)]
struct Resource {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    path: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Dialect::is_default")]
    dialect: Dialect,
    schema: Schema,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Origins>,
    #[serde(rename = "rasoat", skip_serializing_if = "is_empty")]
    own: Own,
}

/// A source a dataset was made from.
#[derive(Serialize)]
struct Origins {
    title: String,
}

#[derive(Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialect {
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header_rows: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header_join: Option<&'static str>,
}

impl Dialect {
    fn is_default(&self) -> bool {
        *self == Dialect::default()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    fields_match: &'static str,
    fields: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    primary_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<KeyDescriptor>,
}

#[derive(Serialize)]
struct KeyDescriptor {
    fields: Vec<String>,
    reference: Reference,
}

#[derive(Serialize)]
struct Reference {
    resource: String,
    fields: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimal_char: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_char: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bare_number: Option<bool>,
    #[serde(skip_serializing_if = "is_empty")]
    constraints: Constraints,
    #[serde(rename = "rasoat", skip_serializing_if = "is_empty")]
    own: OwnOfColumn,
}

#[derive(Default, Serialize)]
struct Constraints {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<Value>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    allowed: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
}

/// What only a contract says of a dataset, by its own keys.
#[derive(Default, Serialize)]
struct Own {
    #[serde(skip_serializing_if = "Option::is_none")]
    title_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_en: Option<String>,
    #[serde(rename = "primaryKey", skip_serializing_if = "Vec::is_empty")]
    primary_key: Vec<String>,
    #[serde(rename = "foreignKeys", skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<KeyDescriptor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<String>,
    #[serde(skip_serializing_if = "is_empty")]
    dimensions: Dimensions,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartDescriptor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore: Vec<String>,
    #[serde(skip_serializing_if = "is_empty")]
    layout: LayoutDescriptor,
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<Provenance>,
    /// Columns no file has, whose values come from elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Column>,
}

#[derive(Default, Serialize)]
struct Dimensions {
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    empty: Option<&'static str>,
}

#[derive(Serialize)]
struct PartDescriptor {
    part: String,
    whole: String,
}

#[derive(Default, Serialize)]
struct LayoutDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Provenance {
    kind: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_en: Option<String>,
}

#[derive(Default, Serialize)]
struct OwnOfColumn {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<&'static str>,
    #[serde(rename = "ignoreCase", skip_serializing_if = "std::ops::Not::not")]
    ignore_case: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<From>,
}

/// Where a value comes from that is the same for all rows of a file.
#[derive(Serialize)]
struct From {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
}

/// Whether a table would be written without any key.
fn is_empty<T: Serialize>(table: &T) -> bool {
    serde_json::to_value(table).is_ok_and(|value| value.as_object().is_some_and(|o| o.is_empty()))
}

/// The package of some datasets, its descriptor in `folder`.
///
/// # Errors
/// The name of a data file that is not within the folder, as the standard demands.
pub fn package(
    contracts: &IdVec<SetId, Arc<Contract>>,
    files: &IdVec<SetId, Vec<SourceId>>,
    title: Option<String>,
    sources: &Sources,
    folder: &Path,
) -> Result<Package, String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = sources.files().resolve(folder).unwrap_or_else(|_| folder.to_owned());
    let resources = contracts.iter().zip(files);
    let resources = resources.map(|(own, files)| resource(own, files, contracts, sources, &folder));
    Ok(Package { profile: PROFILE, title, resources: resources.collect::<Result<_, _>>()? })
}

/// A foreign key, its columns as the files call them, and whether files have both.
fn foreign_key(
    contract: &Contract,
    key: &ForeignKey,
    all: &IdVec<SetId, Arc<Contract>>,
) -> (bool, KeyDescriptor) {
    let own = &contract.fields[key.field];
    let target = all.iter().find(|other| other.name == key.dataset.value);
    let field = target.and_then(|target| {
        let at = target.field(&key.column.value)?;
        Some(&target.fields[at])
    });
    let reference = field.map_or(key.column.value.as_str(), Field::caption);
    let of_files = own.origin.is_none() && field.is_none_or(|field| field.origin.is_none());
    let (resource, fields) = (key.dataset.value.clone(), vec![reference.to_owned()]);
    let reference = Reference { resource, fields };
    (of_files, KeyDescriptor { fields: vec![own.caption().to_owned()], reference })
}

fn resource(
    contract: &Contract,
    files: &[SourceId],
    all: &IdVec<SetId, Arc<Contract>>,
    sources: &Sources,
    folder: &Path,
) -> Result<Resource, String> {
    let mut paths = Vec::new();
    let mut is_sheet = false;
    for file in files {
        let source = sources.get(*file);
        is_sheet |= is_workbook(&source.path);
        let resolved = sources.files().resolve(&source.path);
        let whole = resolved.unwrap_or_else(|_| source.path.clone());
        let inside = whole.strip_prefix(folder).map_err(|_| source.name.clone())?;
        paths.push(inside.to_string_lossy().replace('\\', "/"));
    }
    let path = match &paths[..] {
        [one] => Value::from(one.as_str()),
        several => Value::from(several),
    };
    let guess = files.first().and_then(|file| sources.get(*file).guess);
    let encoding = contract.encoding.or(guess.map(|guess| guess.encoding));
    let delimiter = (!is_sheet && contract.delimiter != b',')
        .then(|| char::from(contract.delimiter).to_string());
    let layout = &contract.layout;
    let sheet = layout.sheet.as_ref().map(|sheet| sheet.value.clone());
    let (of_files, given): (Vec<&Field>, Vec<&Field>) =
        contract.fields.iter().partition(|field| field.origin.is_none());
    // A key with columns no file has is none to others.
    let given_column = |at: &FieldId| contract.fields[*at].origin.is_some();
    let key_is_given = contract.primary_key.iter().any(given_column);
    let key = names(contract, &contract.primary_key);
    let (mut keys_of_files, mut keys_given) = (Vec::new(), Vec::new());
    for key in &contract.foreign_keys {
        let (of_files, key) = foreign_key(contract, key, all);
        if of_files { keys_of_files.push(key) } else { keys_given.push(key) }
    }
    let columns = |fields: Vec<&Field>| -> Vec<Column> {
        fields.into_iter().map(|field| column(field, contract)).collect()
    };
    Ok(Resource {
        name: contract.name.clone(),
        kind: "table",
        title: contract.title.vi.clone(),
        path,
        encoding: encoding.map(Encoding::name),
        dialect: Dialect {
            delimiter,
            sheet_name: sheet.clone().filter(|_| is_sheet),
            header_rows: layout.header.clone().filter(|_| is_sheet),
            header_join: layout
                .header
                .as_ref()
                .filter(|rows| is_sheet && rows.len() > 1)
                .map(|_| JOINT),
        },
        schema: Schema {
            // Files may have their columns in another order, and others beside them.
            fields_match: "subset",
            fields: columns(of_files),
            missing_values: Some(contract.missing.clone()).filter(|texts| *texts != [""]),
            primary_key: if key_is_given { Vec::new() } else { key.clone() },
            foreign_keys: keys_of_files,
        },
        sources: contract
            .provenance
            .iter()
            .map(|from| Origins { title: from.source.vi.clone() })
            .collect(),
        own: Own {
            title_en: contract.title.en.clone(),
            subject: some(&contract.subject),
            subject_en: contract.subject.english_forms(),
            primary_key: if key_is_given { key } else { Vec::new() },
            foreign_keys: keys_given,
            path: contract.paths.iter().map(|path| path.value.clone()).collect(),
            dimensions: dimensions(contract),
            parts: contract
                .parts
                .iter()
                .map(|(part, whole)| PartDescriptor {
                    part: contract.fields[*part].name.clone(),
                    whole: contract.fields[*whole].name.clone(),
                })
                .chain(contract.parts_elsewhere.iter().map(|pair| PartDescriptor {
                    part: contract.fields[pair.part].name.clone(),
                    whole: format!("{}.{}", pair.dataset.value, pair.column.value),
                }))
                .collect(),
            ignore: contract.ignored.clone(),
            layout: LayoutDescriptor {
                sheet: sheet.filter(|_| !is_sheet),
                header: layout.header.clone().filter(|_| !is_sheet),
                totals: layout.totals.clone(),
                notes: layout.notes.clone(),
            },
            provenance: contract.provenance.as_ref().map(|from| Provenance {
                kind: from.kind.clone(),
                source: from.source.vi.clone(),
                source_en: from.source.en.clone(),
            }),
            fields: columns(given),
        },
    })
}

/// What the files call some columns.
fn names(contract: &Contract, columns: &[FieldId]) -> Vec<String> {
    columns.iter().map(|column| contract.fields[*column].caption().to_owned()).collect()
}

fn dimensions(contract: &Contract) -> Dimensions {
    let name = |column: Option<FieldId>| column.map(|column| contract.fields[column].name.clone());
    let (from, to) = contract.validity.unwrap_or_default();
    Dimensions {
        year: name(contract.year),
        area: name(contract.area),
        area_name: name(contract.area_name),
        valid_from: name(from),
        valid_to: name(to),
        empty: (contract.empty_year == EmptyYear::Zero).then_some("zero"),
    }
}

fn column(field: &Field, contract: &Contract) -> Column {
    let (decimal, whole) = (field.kind == FieldType::Number, field.kind == FieldType::Integer);
    let mut formats: Vec<String> = field
        .formats
        .iter()
        .map(|format| match format {
            DateFormat::Pattern(pattern) => pattern.clone(),
            DateFormat::Serial => "serial".to_owned(),
        })
        .collect();
    let simple = matches!(&field.formats[..], [DateFormat::Pattern(_)]);
    let constraints = &field.constraints;
    Column {
        name: field.caption().to_owned(),
        kind: field.kind.name(),
        title: some(&field.title).filter(|title| *title != field.name),
        format: if simple { formats.pop() } else { None },
        decimal_char: contract.decimal_char.filter(|_| decimal),
        group_char: contract.group_char.filter(|_| decimal || whole),
        // Percentages may have a percent sign.
        bare_number: field.scale.map(|_| false),
        constraints: Constraints {
            required: constraints.required,
            unique: constraints.unique,
            minimum: constraints.minimum.as_ref().map(number),
            maximum: constraints.maximum.as_ref().map(number),
            allowed: constraints.allowed.as_deref().map(<[String]>::to_vec),
            pattern: constraints.pattern.as_ref().map(|(pattern, _)| pattern.clone()),
        },
        own: OwnOfColumn {
            name: (field.caption() != field.name).then(|| field.name.clone()),
            title_en: field.title.en.clone(),
            unit: some(&field.unit),
            unit_en: field.unit.english_forms(),
            format: Some(formats).filter(|formats| !formats.is_empty()),
            scale: field.scale.map(Scale::name),
            ignore_case: field.ignore_case,
            from: field.origin.as_ref().map(|origin| match origin {
                Origin::File(pattern) => {
                    From { file: Some(pattern.to_string()), cell: None, pattern: None }
                }
                Origin::Cell { place, pattern } => From {
                    file: None,
                    cell: Some(cell_name(*place)),
                    pattern: pattern.as_ref().map(ToString::to_string),
                },
            }),
        },
    }
}

fn some(text: &Bilingual) -> Option<String> {
    (!text.is_empty()).then(|| text.vi.clone())
}

/// A bound as JSON writes it: digits for digits, and as text what JSON's readers would round.
fn number(bound: &Exact) -> Value {
    let text = bound.exact_text();
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    let near = text.parse::<f64>().ok().and_then(Number::from_f64);
    near.filter(|near| near.to_string() == text).map_or(Value::from(text), Value::Number)
}
