//! Dataset contracts: the Frictionless *Table Schema* vocabulary in TOML, plus `dimensions`,
//! `parts` and `provenance`; or a Frictionless descriptor itself.

pub mod declared;
pub mod endings;
pub mod export;
pub mod frictionless;
pub mod located;
pub mod matching;

mod field;
mod layout;
mod listed;
mod schema;

use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::ids::IdVec;
use crate::message::Bilingual;
use crate::msg;
use crate::source::{Encoding, Location, SourceId, Sources};
use crate::workspace::fields::{Fields, Placed, read_toml};
pub use declared::{Contracts, Located, LocatedFiles, SetId};
pub use field::{Constraints, DateFormat, Field, FieldId, FieldType, ISO_DATE, Origin, Scale};
pub use layout::{JOINT, Layout};
pub use listed::Listed;
use schema::Schema;

/// A column whose values are keys of another dataset.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The column.
    pub field: FieldId,
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
    /// Where the contract begins.
    pub at: Location,
    /// Where its data files are, relative to the datasets' folder (`ho/*.csv`); none for the file
    /// of its own name.
    pub paths: Vec<Placed<String>>,
    /// What the dataset is.
    pub title: Bilingual,
    /// What one row is ("trạm y tế").
    pub subject: Bilingual,
    /// The columns.
    pub fields: IdVec<FieldId, Field>,
    /// Columns that together name a row.
    pub primary_key: Vec<FieldId>,
    /// References to other datasets.
    pub foreign_keys: Vec<ForeignKey>,
    /// Pairs (part, whole) of columns with part ≤ whole.
    pub parts: Vec<(FieldId, FieldId)>,
    /// Columns that are, area by area and year by year, part of a column of another dataset.
    pub parts_elsewhere: Vec<PartElsewhere>,
    /// The column that says which year a row is for.
    pub year: Option<FieldId>,
    /// The column that says which area a row is for.
    pub area: Option<FieldId>,
    /// The column that names the area a row is for, beside its code.
    pub area_name: Option<FieldId>,
    /// The columns with the first and the last day a row holds; a blank is no bound. A row then
    /// belongs to the years on whose last day it holds.
    pub validity: Option<(Option<FieldId>, Option<FieldId>)>,
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
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.position(|field| field.name == name)
    }

    /// The columns other contracts refer to by what this one's files call them, by name.
    pub fn referred(&self, text: &str) -> Option<&str> {
        schema::position(&self.fields, text).map(|field| self.fields[field].name.as_str())
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

    /// Reads a contract in TOML. Findings are collected.
    pub fn read(sources: &Sources, source: SourceId, name: &str, findings: &Findings) -> Described {
        let at = Location { source, span: (0..1).into() };
        Described::of(name.to_owned(), at, findings, || {
            read_toml(sources, source, findings, |root| {
                let schema = Schema::read(root, name);
                read_contract(root, at, schema)
            })
        })
    }
}

/// A dataset that is described somewhere.
#[derive(Debug)]
pub struct Described {
    /// Its name, as rules call it.
    pub name: String,
    /// Where the description begins, if it could be read.
    pub at: Option<Location>,
    /// What could be read of its contract.
    pub contract: Option<Contract>,
    /// Whether there is no mistake in that: reading data by half of a contract could give wrong
    /// figures.
    pub is_sound: bool,
}

impl Described {
    /// What is read, and whether without an error.
    fn of(
        name: String,
        at: Location,
        findings: &Findings,
        read: impl FnOnce() -> Option<Contract>,
    ) -> Described {
        let before = findings.errors();
        let contract = read();
        let mistakes = findings.errors() > before;
        Described { name, at: Some(at), is_sound: contract.is_some() && !mistakes, contract }
    }

    /// A description nothing can be read of.
    pub fn unreadable(name: String) -> Described {
        Described { name, at: None, contract: None, is_sound: false }
    }
}

/// What `[dimensions]` says.
#[derive(Default)]
struct Dimensions {
    year: Option<FieldId>,
    area: Option<FieldId>,
    area_name: Option<FieldId>,
    validity: Option<(Option<FieldId>, Option<FieldId>)>,
    empty: EmptyYear,
}

impl Dimensions {
    fn read(dimensions: &mut Fields<'_>, schema: &Schema<'_>) -> Dimensions {
        let year = dimensions.string("year");
        let area = dimensions.string("area");
        let empty = dimensions
            .choice("empty", &[("unknown", EmptyYear::Unknown), ("zero", EmptyYear::Zero)]);
        let area_name = dimensions.string("area_name");
        let (from, to) = (dimensions.string("valid_from"), dimensions.string("valid_to"));
        let of_type = |column: Option<Placed<String>>, allowed: &[FieldType], otherwise| {
            let column = column?;
            let at = schema.position(dimensions, &column)?;
            let field = &schema.fields[at];
            if allowed.contains(&field.kind) {
                return Some(at);
            }
            dimensions.complain(
                Diagnostic::of(Code::InvalidValue, otherwise)
                    .mark(column.at)
                    .label(field.at, msg!(DeclaredHere)),
            );
            None
        };
        let dated = from.is_some() || to.is_some();
        let from = of_type(from, &[FieldType::Date], msg!(ValidityMustBeDate));
        let to = of_type(to, &[FieldType::Date], msg!(ValidityMustBeDate));
        Dimensions {
            year: of_type(year, &[FieldType::Year, FieldType::Integer], msg!(YearMustBeYear)),
            area: of_type(area, &[FieldType::String], msg!(AreaMustBeText)),
            area_name: of_type(area_name, &[FieldType::String], msg!(AreaMustBeText)),
            validity: dated.then_some((from, to)),
            empty: empty.unwrap_or_default(),
        }
    }
}

/// A column whose sum over an area in a year is part of the sum of another dataset's column there.
#[derive(Clone, Debug)]
pub struct PartElsewhere {
    /// The column here.
    pub part: FieldId,
    /// The other dataset.
    pub dataset: Placed<String>,
    /// Its column.
    pub column: Placed<String>,
}

/// What a contract says besides its schema: what the dataset is, where it is, how it is read.
fn read_contract(root: &mut Fields<'_>, at: Location, schema: Schema<'_>) -> Contract {
    let name = schema.name;
    let mut parts_elsewhere = Vec::new();
    let parts = root.tables("parts", |pair| {
        let part = pair.required_string("part");
        let whole = pair.required_string("whole");
        let (part, whole) = (schema.position(pair, &part?)?, whole?);
        if let Some((dataset, column)) = whole.value.split_once('.')
            && schema::position(&schema.fields, &whole.value).is_none()
        {
            let named = |text: &str| Placed { value: text.to_owned(), at: whole.at };
            let (dataset, column) = (named(dataset), named(column));
            parts_elsewhere.push(PartElsewhere { part, dataset, column });
            return None;
        }
        Some((part, schema.position(pair, &whole)?))
    });
    let dimensions = root
        .table("dimensions", |dimensions| Dimensions::read(dimensions, &schema))
        .unwrap_or_default();
    let delimiter = root.table("dialect", |dialect| character(dialect, "delimiter")).flatten();
    let texts = |texts: Vec<Placed<String>>| texts.into_iter().map(|text| text.value).collect();
    Contract {
        name: name.to_owned(),
        at,
        paths: root.strings("path").unwrap_or_default(),
        title: root.bilingual("title", "title_en").unwrap_or_else(|| Bilingual::same(name)),
        subject: root
            .bilingual("subject", "subject_en")
            .map(Bilingual::counted)
            .unwrap_or_default(),
        primary_key: schema.primary_key,
        foreign_keys: schema.foreign_keys,
        parts,
        parts_elsewhere,
        year: dimensions.year,
        area: dimensions.area,
        area_name: dimensions.area_name,
        validity: dimensions.validity,
        empty_year: dimensions.empty,
        ignored: root.strings("ignore").map(texts).unwrap_or_default(),
        layout: root.table("layout", Layout::read).unwrap_or_default(),
        missing: schema.missing,
        decimal_char: schema.decimal_char,
        group_char: schema.group_char,
        delimiter_declared: delimiter.is_some(),
        encoding: encoding(root),
        delimiter: delimiter.and_then(|mark| u8::try_from(mark).ok()).unwrap_or(b','),
        provenance: root.table("provenance", read_provenance).flatten(),
        fields: schema.fields,
    }
}

fn read_provenance(fields: &mut Fields<'_>) -> Option<Provenance> {
    const KINDS: [&str; 3] = ["synthetic", "published", "mixed"];
    let kind = fields.required_choice("kind", &KINDS.map(|kind| (kind, kind)));
    let source = fields.bilingual("source", "source_en");
    let source = fields.required("source", source);
    Some(Provenance { kind: kind?.to_owned(), source: source? })
}

fn encoding(root: &mut Fields<'_>) -> Option<Encoding> {
    let text = root.string("encoding")?;
    let found = Encoding::parse(&text.value);
    if found.is_none() {
        root.complain_of_choice(&text, &Encoding::NAMES.map(|(name, _)| name));
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
                Diagnostic::of(Code::InvalidValue, msg!(NotOneCharacter, key = key)).mark(text.at),
            );
            None
        }
    }
}
