//! Measures, computed as they are described: row by row, with fractions of any size.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::data::{Column, Row, Table, Value, World, year_of};
use super::groups;
use super::number::{Number, ends, hundred, one, plain, whole, zero};
use super::random::Literal;
use super::rows::{Expr, and, script, truth};

/// How rows become a number or a date.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    Count,
    Sum(Column),
    Mean(Column),
    Min(Column),
    Max(Column),
    Median(Column),
    Quantile(Column, Literal),
    Distinct(Column),
    First(Column),
    Last(Column),
}

/// The rows of a table that are meant, or groups of them.
#[derive(Clone, Debug)]
pub struct Source {
    pub table: String,
    pub filters: Vec<Expr>,
    /// As in `year(…)`: from 1000 up a year, else so many years later.
    pub year: Option<i32>,
    /// Conditions on groups by the column `k`; only their number can be asked for.
    pub groups: Option<Vec<Expr>>,
}

/// What is measured.
#[derive(Clone, Debug)]
pub enum Measure {
    Aggregate(Source, Aggregate),
    Number(Literal),
    Add(Box<Measure>, Box<Measure>),
    Sub(Box<Measure>, Box<Measure>),
    Mul(Box<Measure>, Box<Measure>),
    Div(Box<Measure>, Box<Measure>),
    Percent(Box<Measure>, Box<Measure>),
    Ratio(Box<Measure>, Box<Measure>),
    Per(Literal, Box<Measure>, Box<Measure>),
    InYear(i32, Box<Measure>),
    IgnoreMissing(Box<Measure>),
}

/// What comes of a measure.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Known(Number),
    Date(NaiveDate),
    /// Something needed is unknown.
    Unknown,
    /// It would be divided by 0.
    ZeroBelow,
    /// There is no row to take it from.
    Nothing,
}

impl Outcome {
    pub fn number(self) -> Option<Number> {
        match self {
            Outcome::Known(number) => Some(number),
            _ => None,
        }
    }
}

/// When and where a measure is wanted.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    pub year: i32,
    /// An area, or all together.
    pub area: Option<&'a str>,
}

/// The year that `year(…)` means, seen from another.
pub fn shifted(shift: i32, from: i32) -> i32 {
    if shift >= 1000 { shift } else { from + shift }
}

/// Whether a row is of a year and area; `None` where that is unknown.
pub fn is_at(world: &World, table: &Table, row: &Row, at: At) -> Option<bool> {
    let in_year = match row.year.number() {
        _ if !table.dated => Some(true),
        Some(year) => Some(year_of(year) == Some(at.year)),
        None => None,
    };
    let in_area = match (at.area, row.area.value()) {
        (None, _) => Some(true),
        (Some(wanted), Some(Value::Text(code)))
            if world.areas.iter().flatten().any(|area| area == code) =>
        {
            Some(code == wanted)
        }
        // A code that no area has does not say where its row is.
        (Some(_), _) => None,
    };
    and(in_year, in_area)
}

/// Whether a year of a table is unknown because nobody reported.
pub fn is_silent(table: &Table, year: i32) -> bool {
    table.dated && !table.empty_is_zero && !table.years().contains(&year)
}

/// The areas that should have a row in a year and have none.
pub fn missing_rows(world: &World, table: &Table, at: At) -> usize {
    if !table.complete || !table.years().contains(&at.year) {
        return 0;
    }
    let areas = world.areas.iter().flatten().map(String::as_str);
    let wanted = areas.filter(|area| at.area.is_none_or(|only| only == *area));
    let has = |area: &str| {
        let at = At { year: at.year, area: Some(area) };
        table.rows.iter().any(|row| is_at(world, table, row, at) == Some(true))
    };
    wanted.filter(|area| !has(area)).count()
}

/// Whether a row passes all filters.
pub fn passes(filters: &[Expr], row: &Row) -> Option<bool> {
    filters.iter().fold(Some(true), |all, filter| and(all, truth(filter, row)))
}

impl Aggregate {
    pub fn column(&self) -> Option<Column> {
        use Aggregate::*;
        match self {
            Count => None,
            Sum(column)
            | Mean(column)
            | Min(column)
            | Max(column)
            | Median(column)
            | Quantile(column, _)
            | Distinct(column)
            | First(column)
            | Last(column) => Some(*column),
        }
    }

    /// The result for known values.
    pub fn of(&self, values: &[Value]) -> Outcome {
        let numbers = || -> Vec<Number> {
            let number = |value: &Value| match value {
                Value::Number(number) => number.clone(),
                other => panic!("{other:?} is no number"),
            };
            let mut numbers: Vec<Number> = values.iter().map(number).collect();
            numbers.sort();
            numbers
        };
        let dates = || {
            values.iter().map(|value| match value {
                Value::Date(date) => *date,
                other => panic!("{other:?} is no date"),
            })
        };
        let rows = whole(values.len() as i64);
        let sum = || numbers().into_iter().fold(zero(), |sum, number| sum + number);
        let or_nothing = |found: Option<Number>| found.map_or(Outcome::Nothing, Outcome::Known);
        match self {
            Aggregate::Count => Outcome::Known(rows),
            Aggregate::Sum(_) => Outcome::Known(sum()),
            Aggregate::Distinct(_) => {
                let mut different: Vec<&Value> = Vec::new();
                for value in values {
                    if !different.contains(&value) {
                        different.push(value);
                    }
                }
                Outcome::Known(whole(different.len() as i64))
            }
            _ if values.is_empty() => Outcome::Nothing,
            Aggregate::Mean(_) => Outcome::Known(sum() / rows),
            Aggregate::Min(_) => or_nothing(numbers().first().cloned()),
            Aggregate::Max(_) => or_nothing(numbers().last().cloned()),
            Aggregate::Median(_) => Outcome::Known(quantile(&numbers(), &(one() / whole(2)))),
            Aggregate::Quantile(_, share) => Outcome::Known(quantile(&numbers(), &share.value)),
            Aggregate::First(_) => dates().min().map_or(Outcome::Nothing, Outcome::Date),
            Aggregate::Last(_) => dates().max().map_or(Outcome::Nothing, Outcome::Date),
        }
    }

    fn call(&self) -> String {
        use Aggregate::*;
        match self {
            Count => "count()".to_owned(),
            Sum(column) => format!("sum(\"{}\")", column.name()),
            Mean(column) => format!("mean(\"{}\")", column.name()),
            Min(column) => format!("min(\"{}\")", column.name()),
            Max(column) => format!("max(\"{}\")", column.name()),
            Median(column) => format!("median(\"{}\")", column.name()),
            Quantile(column, share) => format!("quantile(\"{}\", {})", column.name(), share.text),
            Distinct(column) => format!("distinct(\"{}\")", column.name()),
            First(column) => format!("first(\"{}\")", column.name()),
            Last(column) => format!("last(\"{}\")", column.name()),
        }
    }
}

/// The value at a share of the way from the smallest to the largest, on the straight line between
/// two: definition 7 of Hyndman and Fan.
fn quantile(sorted: &[Number], share: &Number) -> Number {
    let way = whole(sorted.len() as i64 - 1) * share;
    let below = way.floor();
    let at: usize = below.to_integer().try_into().expect("a place");
    let next = sorted.get(at + 1).unwrap_or(&sorted[at]);
    &sorted[at] + (next - &sorted[at]) * (way - below)
}

/// Two sides of an operation; what is unknown of either is unknown of both.
fn both(a: Outcome, b: Outcome, join: impl Fn(Number, Number) -> Outcome) -> Outcome {
    match (a, b) {
        (Outcome::Known(a), Outcome::Known(b)) => join(a, b),
        (Outcome::Unknown, _) | (_, Outcome::Unknown) => Outcome::Unknown,
        (Outcome::ZeroBelow, _) | (_, Outcome::ZeroBelow) => Outcome::ZeroBelow,
        _ => Outcome::Nothing,
    }
}

fn divided(above: Number, below: Number) -> Outcome {
    if below == zero() { Outcome::ZeroBelow } else { Outcome::Known(above / below) }
}

/// What a measure comes to.
pub fn evaluate(world: &World, measure: &Measure, at: At, ignore: bool) -> Outcome {
    use Measure::*;
    let of = |measure: &Measure| evaluate(world, measure, at, ignore);
    match measure {
        Number(literal) => Outcome::Known(literal.value.clone()),
        Add(a, b) => both(of(a), of(b), |a, b| Outcome::Known(a + b)),
        Sub(a, b) => both(of(a), of(b), |a, b| Outcome::Known(a - b)),
        Mul(a, b) => both(of(a), of(b), |a, b| Outcome::Known(a * b)),
        Div(a, b) | Ratio(a, b) => both(of(a), of(b), divided),
        Percent(a, b) => both(of(a), of(b), |a, b| divided(a * hundred(), b)),
        Per(factor, a, b) => both(of(a), of(b), |a, b| divided(a * &factor.value, b)),
        InYear(shift, inner) => {
            evaluate(world, inner, At { year: shifted(*shift, at.year), ..at }, ignore)
        }
        IgnoreMissing(inner) => evaluate(world, inner, at, true),
        Aggregate(source, how) => {
            let at = At { year: source.year.map_or(at.year, |to| shifted(to, at.year)), ..at };
            let table = world.table(&source.table);
            if is_silent(table, at.year) {
                return Outcome::Unknown;
            }
            let found = match &source.groups {
                Some(conditions) => groups::count(world, source, conditions, at),
                None => rows(world, source, how, at),
            };
            let unknown = found.unknown + missing_rows(world, table, at);
            if unknown > 0 && !ignore { Outcome::Unknown } else { how.of(&found.values) }
        }
    }
}

/// What counts for certain, and how many rows or groups may count or have no known value.
pub struct Found {
    pub values: Vec<Value>,
    pub unknown: usize,
}

fn rows(world: &World, source: &Source, how: &Aggregate, at: At) -> Found {
    let mut found = Found { values: Vec::new(), unknown: 0 };
    let table = world.table(&source.table);
    for row in &table.rows {
        let counts = and(is_at(world, table, row, at), passes(&source.filters, row));
        let value = match how.column() {
            None => Some(Value::Truth(true)),
            Some(column) => row.cell(column).value().cloned(),
        };
        match (counts, value) {
            (Some(false), _) => {}
            (Some(true), Some(value)) => found.values.push(value),
            _ => found.unknown += 1,
        }
    }
    found
}

impl Source {
    pub fn script(&self) -> String {
        let mut text = self.table.clone();
        for filter in &self.filters {
            text.push_str(&format!(".filter(|r| {})", script(filter, "r")));
        }
        if let Some(year) = self.year {
            text.push_str(&format!(".year({year})"));
        }
        if let Some(conditions) = &self.groups {
            text.push_str(".group(\"k\")");
            for condition in conditions {
                text.push_str(&format!(".filter(|g| {})", script(condition, "g")));
            }
        }
        text
    }
}

impl Measure {
    /// The measure as a script writes it.
    pub fn script(&self) -> String {
        use Measure::*;
        match self {
            Number(literal) => literal.text.clone(),
            Add(a, b) => format!("({} + {})", a.script(), b.script()),
            Sub(a, b) => format!("({} - {})", a.script(), b.script()),
            Mul(a, b) => format!("({} * {})", a.script(), b.script()),
            Div(a, b) => format!("({} / {})", a.script(), b.script()),
            Percent(a, b) => format!("percent({}, {})", a.script(), b.script()),
            Ratio(a, b) => format!("ratio({}, {})", a.script(), b.script()),
            Per(factor, a, b) => format!("per({}, {}, {})", factor.text, a.script(), b.script()),
            InYear(shift, inner) => format!("{}.year({shift})", inner.script()),
            IgnoreMissing(inner) => format!("{}.ignore_missing()", inner.script()),
            Aggregate(source, how) => format!("{}.{}", source.script(), how.call()),
        }
    }

    /// The measure without the year and the leniency it is taken in.
    pub fn bare(&self) -> &Measure {
        match self {
            Measure::InYear(_, inner) | Measure::IgnoreMissing(inner) => inner.bare(),
            other => other,
        }
    }

    /// Whether it is a percentage, which lies between 0 and 100.
    pub fn is_percent(&self) -> bool {
        matches!(self.bare(), Measure::Percent(..))
    }

    /// What is above and below the line of a quotient, and what it is multiplied by.
    pub fn quotient(&self) -> Option<(&Measure, &Measure, super::number::Number)> {
        match self {
            Measure::Percent(a, b) => Some((a, b, hundred())),
            Measure::Ratio(a, b) => Some((a, b, one())),
            Measure::Per(factor, a, b) => Some((a, b, factor.value.clone())),
            _ => None,
        }
    }

    /// Calls a function with the measure and each of its parts.
    pub fn each<'a>(&'a self, see: &mut dyn FnMut(&'a Measure)) {
        use Measure::*;
        see(self);
        match self {
            Aggregate(..) | Number(_) => {}
            Add(a, b)
            | Sub(a, b)
            | Mul(a, b)
            | Div(a, b)
            | Percent(a, b)
            | Ratio(a, b)
            | Per(_, a, b) => {
                a.each(see);
                b.each(see);
            }
            InYear(_, inner) | IgnoreMissing(inner) => inner.each(see),
        }
    }

    /// The tables it is about.
    pub fn tables(&self) -> BTreeSet<&str> {
        let mut tables = BTreeSet::new();
        self.each(&mut |part| {
            if let Measure::Aggregate(source, _) = part {
                tables.insert(source.table.as_str());
            }
        });
        tables
    }

    /// What of it a program may not do yet.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        self.each(&mut |part| match part {
            Measure::Number(literal) | Measure::Per(literal, ..) => kinds.extend(literal.kinds()),
            Measure::Aggregate(source, how) => {
                if how.column() == Some(Column::Y) {
                    kinds.push("large numbers");
                }
                if let Aggregate::Quantile(_, share) = how {
                    kinds.extend(share.kinds());
                }
                if source.groups.is_some() {
                    kinds.push("groups");
                }
            }
            Measure::IgnoreMissing(_) => kinds.push("ignore_missing of nothing"),
            _ => {}
        });
        kinds
    }
}

/// A number for messages.
pub fn told(number: &Option<Number>) -> String {
    match number {
        None => "nothing".to_owned(),
        Some(number) if ends(number) => plain(number),
        Some(number) => number.to_string(),
    }
}
