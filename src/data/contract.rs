//! Dataset contracts: the Frictionless *Table Schema* vocabulary in TOML, plus `dimensions`,
//! `parts` and `provenance`.

use std::collections::HashMap;

use regex::Regex;

use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean, suggestion};
use crate::exact::Exact;
use crate::message::Bilingual;
use crate::msg;
use crate::source::{Encoding, Location, SourceId, Sources};
use crate::workspace::fields::{Complaints, Fields, Placed, read_toml};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A decimal number, kept exactly.
    Number,
    /// true or false.
    Boolean,
    /// A calendar date.
    Date,
    /// A four-digit year.
    Year,
}

impl FieldType {
    const NAMES: [(&'static str, FieldType); 6] = [
        ("string", FieldType::String),
        ("integer", FieldType::Integer),
        ("number", FieldType::Number),
        ("boolean", FieldType::Boolean),
        ("date", FieldType::Date),
        ("year", FieldType::Year),
    ];

    /// The name contracts use.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether values can be added up.
    pub fn is_numeric(self) -> bool {
        matches!(self, FieldType::Integer | FieldType::Number | FieldType::Year)
    }
}

/// What every cell of a column must satisfy.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Must not be missing.
    pub required: bool,
    /// No value twice.
    pub unique: bool,
    /// Smallest number allowed.
    pub minimum: Option<Exact>,
    /// Largest number allowed.
    pub maximum: Option<Exact>,
    /// The values allowed.
    pub allowed: Option<Vec<String>>,
    /// The whole text must match.
    pub pattern: Option<(String, Regex)>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Field {
    /// The column's name in the header.
    pub name: String,
    /// Where the contract declares it.
    pub at: Location,
    /// What it holds.
    pub kind: FieldType,
    /// What it means.
    pub title: Bilingual,
    /// The noun its numbers count ("lao động"), for saying a gap.
    pub unit: Bilingual,
    /// Date format in strftime notation; ISO without it.
    pub format: Option<String>,
    /// What its cells must satisfy.
    pub constraints: Constraints,
}

/// A column whose values are keys of another dataset.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The column.
    pub field: usize,
    /// The dataset referred to.
    pub dataset: Placed<String>,
    /// The key column there.
    pub column: Placed<String>,
}

/// Whether a year without rows means nothing happened or nobody reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyYear {
    /// Nobody reported: totals are unknown.
    Unknown,
    /// Nothing happened: counts are 0.
    Zero,
}

/// Where the data comes from.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// `synthetic`, `published` or `mixed`.
    pub kind: String,
    /// The source, in words.
    pub source: Bilingual,
}

/// A dataset's contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The dataset's name, as scripts use it.
    pub name: String,
    /// The contract's own file.
    pub source: SourceId,
    /// Where its data files are, relative to the datasets' folder (`ho/*.csv`); `None` for the
    /// file of its own name.
    pub path: Option<Placed<String>>,
    /// What the dataset is.
    pub title: Bilingual,
    /// What one row is ("trạm y tế").
    pub subject: Bilingual,
    /// The columns.
    pub fields: Vec<Field>,
    /// Columns that together name a row.
    pub primary_key: Vec<usize>,
    /// References to other datasets.
    pub foreign_keys: Vec<ForeignKey>,
    /// Pairs (part, whole) of columns with part ≤ whole.
    pub parts: Vec<(usize, usize)>,
    /// The column that says which year a row is for.
    pub year: Option<usize>,
    /// The column that says which area a row is for.
    pub area: Option<usize>,
    /// What a year without rows means.
    pub empty_year: EmptyYear,
    /// Texts that mean "missing".
    pub missing: Vec<String>,
    /// Decimal mark; `None` when undeclared (a point is read, `1.234` is a finding).
    pub decimal_char: Option<char>,
    /// Thousands mark.
    pub group_char: Option<char>,
    /// Cell separator.
    pub delimiter: u8,
    /// Whether the contract declares it, or it is taken from the header.
    pub delimiter_declared: bool,
    /// How the files' letters are kept; told from the files where undeclared.
    pub encoding: Option<Encoding>,
    /// Where the data comes from.
    pub provenance: Option<Provenance>,
}

impl Contract {
    /// The index of a column.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The names of all columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// The dataset a column refers to.
    pub fn reference(&self, field: &Field) -> Option<&str> {
        let column = self.field(&field.name)?;
        let key = self.foreign_keys.iter().find(|key| key.field == column)?;
        Some(&key.dataset.value)
    }

    /// Whether every area must have exactly one row for every year: the primary key is the
    /// dimensions themselves.
    pub fn is_complete_by_area(&self) -> bool {
        let (Some(year), Some(area)) = (self.year, self.area) else { return false };
        self.primary_key.len() == 2
            && self.primary_key.contains(&year)
            && self.primary_key.contains(&area)
    }

    /// Reads a contract. Complaints are collected. A contract with a mistake is `None`: reading
    /// data by half of it could give wrong figures.
    pub fn read(
        sources: &Sources,
        source: SourceId,
        name: &str,
        complaints: &Complaints,
    ) -> Option<Contract> {
        let before = complaints.borrow().len();
        let contract =
            read_toml(sources, source, complaints, |root| read_contract(root, source, name));
        let sound = complaints.borrow()[before..]
            .iter()
            .all(|complaint| complaint.severity < Severity::Error);
        contract.flatten().filter(|_| sound)
    }
}

fn read_contract(root: &mut Fields<'_>, source: SourceId, name: &str) -> Option<Contract> {
    let mut seen: HashMap<String, Location> = HashMap::new();
    let fields = root.tables("fields", |fields| read_field(fields, &mut seen));
    if fields.is_empty() {
        let value: Option<()> = None;
        root.required("fields", value);
        return None;
    }
    let position = |root: &Fields<'_>, column: &Placed<String>| {
        let found = fields.iter().position(|field| field.name == column.value);
        if found.is_none() {
            let names = fields.iter().map(|field| field.name.as_str());
            root.complain(
                Diagnostic::new(
                    Code::UnknownColumn,
                    msg!(UnknownColumn, name = &column.value, table = name),
                )
                .mark(column.at)
                .maybe_help(suggestion(&column.value, names)),
            );
        }
        found
    };
    let primary_key = root.strings("primaryKey").unwrap_or_default();
    let primary_key = primary_key.iter().filter_map(|column| position(root, column)).collect();
    let foreign_keys = root.tables("foreignKeys", |key| {
        let column = key.required_string("fields");
        let reference = key.table("reference", |target| {
            (target.required_string("resource"), target.required_string("fields"))
        });
        let (dataset, target) = key.required("reference", reference)?;
        Some(ForeignKey { field: position(key, &column?)?, dataset: dataset?, column: target? })
    });
    let parts = root.tables("parts", |pair| {
        let part = pair.required_string("part");
        let whole = pair.required_string("whole");
        Some((position(pair, &part?)?, position(pair, &whole?)?))
    });
    let (year, area, empty_year) = root
        .table("dimensions", |dimensions| {
            let year = dimensions.string("year");
            let area = dimensions.string("area");
            let empty = dimensions.string("empty");
            let of_type = |column: Option<Placed<String>>, allowed: &[FieldType], otherwise| {
                let column = column?;
                let at = position(dimensions, &column)?;
                if allowed.contains(&fields[at].kind) {
                    return Some(at);
                }
                dimensions.complain(
                    Diagnostic::new(Code::InvalidValue, otherwise)
                        .mark(column.at)
                        .label(fields[at].at, msg!(DeclaredHere)),
                );
                None
            };
            let year = of_type(year, &[FieldType::Year, FieldType::Integer], msg!(YearMustBeYear));
            let area = of_type(area, &[FieldType::String], msg!(AreaMustBeText));
            let empty = match empty {
                Some(text) if text.value == "zero" => EmptyYear::Zero,
                Some(text) if text.value != "unknown" => {
                    dimensions.complain(
                        Diagnostic::new(
                            Code::InvalidValue,
                            msg!(NotOneOf, value = &text.value, allowed = "unknown, zero"),
                        )
                        .mark(text.at)
                        .maybe_help(suggestion(&text.value, ["unknown", "zero"])),
                    );
                    EmptyYear::Unknown
                }
                _ => EmptyYear::Unknown,
            };
            (year, area, empty)
        })
        .unwrap_or((None, None, EmptyYear::Unknown));
    let delimiter = root.table("dialect", |dialect| character(dialect, "delimiter")).flatten();
    Some(Contract {
        name: name.to_owned(),
        source,
        path: root.string("path"),
        title: root.bilingual("title", "title_en").unwrap_or_else(|| Bilingual::same(name)),
        subject: root.bilingual("subject", "subject_en").unwrap_or_default(),
        primary_key,
        foreign_keys,
        parts,
        year,
        area,
        empty_year,
        missing: root.strings("missingValues").map_or_else(
            || vec![String::new()],
            |texts| texts.into_iter().map(|text| text.value).collect(),
        ),
        decimal_char: character(root, "decimalChar"),
        group_char: character(root, "groupChar"),
        delimiter_declared: delimiter.is_some(),
        encoding: encoding(root),
        delimiter: delimiter.and_then(|mark| u8::try_from(mark).ok()).unwrap_or(b','),
        provenance: root.table("provenance", read_provenance).flatten(),
        fields,
    })
}

fn read_provenance(fields: &mut Fields<'_>) -> Option<Provenance> {
    let kind = fields.required_string("kind");
    let source = fields.bilingual("source", "source_en");
    let source = fields.required("source", source);
    let kind = kind?;
    let known = ["synthetic", "published", "mixed"];
    if !known.contains(&kind.value.as_str()) {
        fields.complain(
            Diagnostic::new(
                Code::InvalidValue,
                msg!(NotOneOf, value = &kind.value, allowed = known.join(", ")),
            )
            .mark(kind.at)
            .maybe_help(suggestion(&kind.value, known)),
        );
    }
    Some(Provenance { kind: kind.value, source: source? })
}

fn encoding(root: &mut Fields<'_>) -> Option<Encoding> {
    let text = root.string("encoding")?;
    let found = Encoding::parse(&text.value);
    if found.is_none() {
        let names = Encoding::NAMES.map(|(name, _)| name);
        root.complain(
            Diagnostic::new(
                Code::InvalidValue,
                msg!(NotOneOf, value = &text.value, allowed = names.join(", ")),
            )
            .mark(text.at)
            .maybe_help(suggestion(&text.value, names)),
        );
    }
    found
}

fn character(fields: &mut Fields<'_>, key: &'static str) -> Option<char> {
    let text = fields.string(key)?;
    let mut characters = text.value.chars();
    match (characters.next(), characters.next()) {
        (Some(mark), None) if mark.is_ascii() => Some(mark),
        _ => {
            fields.complain(
                Diagnostic::new(Code::InvalidValue, msg!(NotOneCharacter, key = key)).mark(text.at),
            );
            None
        }
    }
}

fn read_field(fields: &mut Fields<'_>, seen: &mut HashMap<String, Location>) -> Option<Field> {
    let name = fields.required_string("name");
    let kind = fields.required_string("type");
    let title = fields.bilingual("title", "title_en");
    let unit = fields.bilingual("unit", "unit_en").unwrap_or_default();
    let format = fields.string("format").map(|format| format.value);
    let constraints = fields.table("constraints", read_constraints).unwrap_or_default();
    let kind = kind.and_then(|kind| {
        let names = FieldType::NAMES.map(|(name, _)| name);
        let found =
            FieldType::NAMES.iter().find(|(name, _)| *name == kind.value).map(|(_, kind)| *kind);
        if found.is_none() {
            let guess = did_you_mean(&kind.value, names);
            fields.complain(
                Diagnostic::new(
                    Code::InvalidValue,
                    msg!(NotOneOf, value = &kind.value, allowed = names.join(", ")),
                )
                .mark(kind.at)
                .maybe_help(guess.map(|name| msg!(DidYouMean, name = name))),
            );
        }
        found
    });
    let name = name?;
    if let Some(first) = seen.insert(name.value.clone(), name.at) {
        fields.complain(
            Diagnostic::new(Code::DuplicateId, msg!(DuplicateId, id = &name.value))
                .label(name.at, msg!(SecondDeclaration))
                .label(first, msg!(FirstDeclaration)),
        );
        return None;
    }
    Some(Field {
        at: name.at,
        title: title.unwrap_or_else(|| Bilingual::same(&name.value)),
        name: name.value,
        kind: kind?,
        unit,
        format,
        constraints,
    })
}

fn read_constraints(fields: &mut Fields<'_>) -> Constraints {
    let pattern = fields.string("pattern").and_then(|pattern| {
        match Regex::new(&format!("^(?:{})$", pattern.value)) {
            Ok(regex) => Some((pattern.value, regex)),
            Err(_) => {
                fields.complain(
                    Diagnostic::new(Code::InvalidValue, msg!(BadPattern)).mark(pattern.at),
                );
                None
            }
        }
    });
    Constraints {
        required: fields.boolean("required").is_some_and(|flag| flag.value),
        unique: fields.boolean("unique").is_some_and(|flag| flag.value),
        minimum: fields.number("minimum").map(|bound| bound.value),
        maximum: fields.number("maximum").map(|bound| bound.value),
        allowed: fields
            .scalars("enum")
            .map(|texts| texts.into_iter().map(|text| text.value).collect()),
        pattern,
    }
}
