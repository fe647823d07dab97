//! One column of a contract: what it holds, how it is written, what its cells must satisfy.

use std::collections::HashMap;

use chrono::NaiveDate;
use regex::Regex;

use super::listed::Listed;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::ids::id;
use crate::message::Bilingual;
use crate::msg;
use crate::source::Location;
use crate::source::workbook::cell_place;
use crate::workspace::fields::{Fields, Placed};

id!(
    /// A column's position among the fields of its contract, and among all that is aligned with
    /// them.
    FieldId
);

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
    pub allowed: Option<Listed>,
    /// The whole text must match.
    pub pattern: Option<(String, Regex)>,
}

/// How a column of percentages is written. Its values are always in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 68 and 68% are 68.
    Percent,
    /// 0.68 and 68% are 68.
    Fraction,
}

impl Scale {
    const NAMES: [(&'static str, Scale); 2] =
        [("percent", Scale::Percent), ("fraction", Scale::Fraction)];

    /// The name contracts use.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, scale)| *scale == self).map_or("", |(name, _)| name)
    }
}

/// The form of dates that is always read.
pub const ISO_DATE: &str = "%Y-%m-%d";

/// A form of dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// In strftime notation.
    Pattern(String),
    /// A spreadsheet's number of days, counted from 30 December 1899.
    Serial,
}

/// Where a value comes from that is the same for all rows of a file.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The file's name without its ending, or the part of it a pattern finds.
    File(Regex),
    /// A cell of the sheet (row from 1, column from 0), or the part of it a pattern finds.
    Cell {
        /// The cell.
        place: (u32, u32),
        /// What of its text.
        pattern: Option<Regex>,
    },
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
    /// What the files call it, where that is not its name.
    pub header: Option<String>,
    /// Where its value is taken from, where the files have no such column.
    pub origin: Option<Origin>,
    /// How percentages are written.
    pub scale: Option<Scale>,
    /// The forms of a date besides ISO.
    pub formats: Vec<DateFormat>,
    /// Whether capital letters make no difference.
    pub ignore_case: bool,
    /// What its cells must satisfy.
    pub constraints: Constraints,
}

impl Field {
    /// What a file's header may call the column.
    pub fn caption(&self) -> &str {
        self.header.as_deref().unwrap_or(&self.name)
    }

    /// A day as the column's cells write it.
    pub fn write_date(&self, day: NaiveDate) -> String {
        written(self.shown_format(), day).unwrap_or_else(|| day.to_string())
    }

    /// The form of dates a message shows.
    fn shown_format(&self) -> &str {
        let pattern = self.formats.iter().find_map(|format| match format {
            DateFormat::Pattern(pattern) => Some(pattern.as_str()),
            DateFormat::Serial => None,
        });
        pattern.unwrap_or(ISO_DATE)
    }
}

pub(super) fn read_field(
    fields: &mut Fields<'_>,
    seen: &mut HashMap<String, Location>,
) -> Option<Field> {
    let name = fields.required_string("name");
    let kind = fields.required_choice("type", &FieldType::NAMES);
    let title = fields.bilingual("title", "title_en");
    let unit = fields.bilingual("unit", "unit_en").map(Bilingual::counted).unwrap_or_default();
    let header = fields.string("header").map(|header| header.value);
    let origin = fields.table("from", read_origin).flatten();
    let scale = fields.choice("scale", &Scale::NAMES);
    let formats = read_formats(fields);
    let ignore_case = fields.boolean("ignoreCase").is_some_and(|flag| flag.value);
    let constraints = fields.table("constraints", read_constraints).unwrap_or_default();
    let name = name?;
    if let Some(kind) = kind {
        let idle = [
            ("scale", scale.is_some() && !matches!(kind, FieldType::Integer | FieldType::Number)),
            ("format", !formats.is_empty() && kind != FieldType::Date),
            ("ignoreCase", ignore_case && kind != FieldType::String),
        ];
        for (key, _) in idle.into_iter().filter(|(_, idle)| *idle) {
            let told = msg!(IdleKey, key = key, kind = kind.name());
            fields.complain(Diagnostic::of(Code::InvalidValue, told).mark(name.at));
        }
    }
    if let Some(first) = seen.insert(name.value.clone(), name.at) {
        fields.complain(
            Diagnostic::of(Code::DuplicateId, msg!(DuplicateId, id = &name.value))
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
        header,
        origin,
        scale,
        formats,
        ignore_case,
        constraints,
    })
}

fn read_constraints(fields: &mut Fields<'_>) -> Constraints {
    let pattern = fields.string("pattern").and_then(|pattern| {
        match Regex::new(&format!("^(?:{})$", pattern.value)) {
            Ok(regex) => Some((pattern.value, regex)),
            Err(_) => {
                fields.complain(
                    Diagnostic::of(Code::InvalidValue, msg!(BadPattern)).mark(pattern.at),
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

/// `format = "%d/%m/%Y"`, `format = "serial"` or a list of such. Each must read back what it
/// writes, and no text may be one day by one of them and another day by another.
fn read_formats(fields: &mut Fields<'_>) -> Vec<DateFormat> {
    let mut formats = Vec::new();
    let mut patterns = vec![ISO_DATE.to_owned()];
    for text in fields.strings("format").unwrap_or_default() {
        if text.value == "serial" {
            formats.push(DateFormat::Serial);
            continue;
        }
        let complaint = if is_date_format(&text.value) {
            let clashes = |other: &String| Some((other.clone(), clash(&text.value, other)?));
            patterns.iter().find_map(clashes).map(|(other, shown)| {
                let told = msg!(DateFormatsClash, text = shown, a = &text.value, b = other);
                (told, msg!(DateFormatsClashHelp))
            })
        } else {
            Some((msg!(BadDateFormat, format = &text.value), msg!(BadDateFormatHelp)))
        };
        if let Some((told, help)) = complaint {
            fields.complain(Diagnostic::of(Code::InvalidValue, told).mark(text.at).help(help));
            continue;
        }
        patterns.push(text.value.clone());
        formats.push(DateFormat::Pattern(text.value));
    }
    formats
}

/// Days by whose two readings forms of dates differ.
fn trial_days() -> impl Iterator<Item = NaiveDate> {
    // Two of one century each, so that a year of two digits is found out.
    [(2024, 1, 5), (2024, 5, 1), (2011, 12, 10), (2010, 11, 12), (1950, 2, 3), (2075, 3, 2)]
        .into_iter()
        .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day))
}

/// A day, at some time of it, as a form writes it; `None` where it cannot.
fn written(format: &str, day: NaiveDate) -> Option<String> {
    use std::fmt::Write as _;
    let mut text = String::new();
    write!(text, "{}", day.and_hms_opt(8, 30, 0)?.format(format)).ok().map(|()| text)
}

/// Whether a form has year, month and day: it reads every day it writes.
fn is_date_format(format: &str) -> bool {
    trial_days().all(|day| {
        let text = written(format, day);
        text.is_some_and(|text| NaiveDate::parse_from_str(&text, format) == Ok(day))
    })
}

/// A text that two forms read as different days.
fn clash(a: &str, b: &str) -> Option<String> {
    let pairs = [(a, b), (b, a)];
    pairs.into_iter().flat_map(|pair| trial_days().map(move |day| (pair, day))).find_map(
        |((writes, reads), day)| {
            let text = written(writes, day)?;
            let other = NaiveDate::parse_from_str(&text, reads).ok()?;
            // A year of fewer than four digits is not meant.
            (other != day && chrono::Datelike::year(&other) >= 1000).then_some(text)
        },
    )
}

/// `from = { file = "…" }` or `from = { cell = "B2", pattern = "…" }`.
fn read_origin(fields: &mut Fields<'_>) -> Option<Origin> {
    let file = fields.string("file");
    let cell = fields.string("cell");
    let pattern = fields.string("pattern").and_then(|pattern| regex(fields, &pattern));
    match (file, cell) {
        (Some(file), None) => regex(fields, &file).map(Origin::File),
        (None, Some(cell)) => {
            let place = cell_place(&cell.value);
            if place.is_none() {
                let wrong = msg!(NotACellName, value = &cell.value);
                fields.complain(Diagnostic::of(Code::InvalidValue, wrong).mark(cell.at));
            }
            Some(Origin::Cell { place: place?, pattern })
        }
        _ => {
            fields.complain(Diagnostic::of(Code::InvalidValue, msg!(FileOrCell)).mark(fields.at));
            None
        }
    }
}

fn regex(fields: &Fields<'_>, pattern: &Placed<String>) -> Option<Regex> {
    let regex = Regex::new(&pattern.value).ok();
    if regex.is_none() {
        fields.complain(Diagnostic::of(Code::InvalidValue, msg!(BadPattern)).mark(pattern.at));
    }
    regex
}
