//! Dataset contracts: the Frictionless *Table Schema* vocabulary in TOML, plus `dimensions`,
//! `parts` and `provenance`.

mod field;
mod layout;

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Severity, suggestion};
use crate::message::Bilingual;
use crate::msg;
use crate::source::{Encoding, Location, SourceId, Sources};
use crate::workspace::fields::{Complaints, Fields, Placed, read_toml};
use field::read_field;
pub use field::{Constraints, DateFormat, Field, FieldType, Origin, Scale};
pub use layout::Layout;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyYear {
    /// Nobody reported: totals are unknown.
    #[default]
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
    /// The column that names the area a row is for, beside its code.
    pub area_name: Option<usize>,
    /// The columns with the first and the last day a row holds; a blank is no bound. A row then
    /// belongs to the years on whose last day it holds.
    pub validity: Option<(Option<usize>, Option<usize>)>,
    /// What a year without rows means.
    pub empty_year: EmptyYear,
    /// Columns of the files that are known and not wanted.
    pub ignored: Vec<String>,
    /// Where the table stands in a spreadsheet.
    pub layout: Layout,
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

/// What `[dimensions]` says.
#[derive(Default)]
struct Dimensions {
    year: Option<usize>,
    area: Option<usize>,
    area_name: Option<usize>,
    validity: Option<(Option<usize>, Option<usize>)>,
    empty: EmptyYear,
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
    let dimensions = root
        .table("dimensions", |dimensions| {
            let year = dimensions.string("year");
            let area = dimensions.string("area");
            let empty = dimensions.string("empty");
            let area_name = dimensions.string("area_name");
            let (from, to) = (dimensions.string("valid_from"), dimensions.string("valid_to"));
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
            let area_name = of_type(area_name, &[FieldType::String], msg!(AreaMustBeText));
            let dated = from.is_some() || to.is_some();
            let from = of_type(from, &[FieldType::Date], msg!(ValidityMustBeDate));
            let to = of_type(to, &[FieldType::Date], msg!(ValidityMustBeDate));
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
            Dimensions { year, area, area_name, validity: dated.then_some((from, to)), empty }
        })
        .unwrap_or_default();
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
        year: dimensions.year,
        area: dimensions.area,
        area_name: dimensions.area_name,
        validity: dimensions.validity,
        empty_year: dimensions.empty,
        ignored: root
            .strings("ignore")
            .map(|texts| texts.into_iter().map(|text| text.value).collect())
            .unwrap_or_default(),
        layout: root.table("layout", Layout::read).unwrap_or_default(),
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
