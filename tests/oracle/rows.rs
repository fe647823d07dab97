//! Row conditions, one row at a time, in Kleene's logic.

use chrono::{Datelike, NaiveDate};

use super::data::{Cell, Column, Row, Value};
use super::number::{Number, plain, whole};

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    pub fn symbol(self) -> &'static str {
        ["==", "!=", "<", "<=", ">", ">="][self as usize]
    }

    pub fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::Greater => a > b,
            Comparison::GreaterOrEqual => a >= b,
        }
    }
}

/// Something computed of members of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gather {
    Count,
    Sum(Column),
    Min(Column),
    Max(Column),
    Distinct(Column),
}

/// An expression over a row, or over a group.
#[derive(Clone, Debug)]
pub enum Expr {
    Column(Column),
    Literal(Value),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Add(Box<Expr>, Box<Expr>),
    Sub(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    Negative(Box<Expr>),
    In(Box<Expr>, Vec<Value>),
    /// From a number to another, the last included or not.
    Within(Box<Expr>, i64, i64, bool),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    IsMissing(Box<Expr>),
    StartsWith(Box<Expr>, String),
    EndsWith(Box<Expr>, String),
    Contains(Box<Expr>, String),
    Lower(Box<Expr>),
    Len(Box<Expr>),
    Year(Box<Expr>),
    Month(Box<Expr>),
    Day(Box<Expr>),
    /// Days from the second date to the first.
    Days(Box<Expr>, Box<Expr>),
    /// Of the members of a group for which a row condition holds.
    Members(Gather, Option<Box<Expr>>),
}

/// What expressions are about: cells, and where it is a group, its members.
pub trait Subject {
    fn cell(&self, column: Column) -> Cell;

    /// What is computed of the members; `None` where unknown, or where there is nothing to take
    /// it from.
    fn gather(&self, what: Gather, filter: Option<&Expr>) -> Option<Value>;
}

impl Subject for Row {
    fn cell(&self, column: Column) -> Cell {
        Row::cell(self, column).clone()
    }

    fn gather(&self, _: Gather, _: Option<&Expr>) -> Option<Value> {
        unreachable!("a row has no members")
    }
}

/// Whether a condition holds; `None` where that is unknown.
pub fn truth(condition: &Expr, of: &dyn Subject) -> Option<bool> {
    match value(condition, of)? {
        Value::Truth(truth) => Some(truth),
        other => panic!("{other:?} is no truth value"),
    }
}

fn number(expr: &Expr, of: &dyn Subject) -> Option<Number> {
    match value(expr, of)? {
        Value::Number(number) => Some(number),
        other => panic!("{other:?} is no number"),
    }
}

fn text(expr: &Expr, of: &dyn Subject) -> Option<String> {
    match value(expr, of)? {
        Value::Text(text) => Some(text),
        other => panic!("{other:?} is no text"),
    }
}

fn date(expr: &Expr, of: &dyn Subject) -> Option<NaiveDate> {
    match value(expr, of)? {
        Value::Date(date) => Some(date),
        other => panic!("{other:?} is no date"),
    }
}

/// Kleene's and: false wins over unknown.
pub fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Kleene's or: true wins over unknown.
pub fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    not(and(not(a), not(b)))
}

/// Kleene's not.
pub fn not(a: Option<bool>) -> Option<bool> {
    a.map(|a| !a)
}

/// The value of an expression; `None` where it is unknown.
pub fn value(expr: &Expr, of: &dyn Subject) -> Option<Value> {
    use Expr::*;
    let counted = |count: usize| Some(Value::Number(whole(count as i64)));
    match expr {
        Column(column) => of.cell(*column).value().cloned(),
        Literal(value) => Some(value.clone()),
        Not(a) => not(truth(a, of)).map(Value::Truth),
        And(a, b) => and(truth(a, of), truth(b, of)).map(Value::Truth),
        Or(a, b) => or(truth(a, of), truth(b, of)).map(Value::Truth),
        Compare(comparison, a, b) => {
            let (a, b) = (value(a, of)?, value(b, of)?);
            Some(Value::Truth(comparison.holds(&a, &b)))
        }
        Add(a, b) => Some(Value::Number(number(a, of)? + number(b, of)?)),
        Sub(a, b) => Some(Value::Number(number(a, of)? - number(b, of)?)),
        Mul(a, b) => Some(Value::Number(number(a, of)? * number(b, of)?)),
        Negative(a) => Some(Value::Number(-number(a, of)?)),
        In(_, items) if items.is_empty() => Some(Value::Truth(false)),
        In(a, items) => Some(Value::Truth(items.contains(&value(a, of)?))),
        Within(a, low, high, included) => {
            let at = number(a, of)?;
            let below = if *included { at <= whole(*high) } else { at < whole(*high) };
            Some(Value::Truth(at.is_integer() && whole(*low) <= at && below))
        }
        If(condition, yes, no) => {
            if truth(condition, of)? {
                value(yes, of)
            } else {
                value(no, of)
            }
        }
        IsMissing(a) => match &**a {
            Column(column) => match of.cell(*column) {
                Cell::Blank => Some(Value::Truth(true)),
                Cell::Broken => None,
                Cell::Is(_) => Some(Value::Truth(false)),
            },
            other => Some(Value::Truth(value(other, of).is_none())),
        },
        StartsWith(a, with) => Some(Value::Truth(text(a, of)?.starts_with(with))),
        EndsWith(a, with) => Some(Value::Truth(text(a, of)?.ends_with(with))),
        Contains(a, with) => Some(Value::Truth(text(a, of)?.contains(with))),
        Lower(a) => Some(Value::Text(text(a, of)?.to_lowercase())),
        Len(a) => counted(text(a, of)?.chars().count()),
        Year(a) => Some(Value::Number(whole(date(a, of)?.year().into()))),
        Month(a) => counted(date(a, of)?.month() as usize),
        Day(a) => counted(date(a, of)?.day() as usize),
        Days(a, b) => {
            let days = date(a, of)?.signed_duration_since(date(b, of)?).num_days();
            Some(Value::Number(whole(days)))
        }
        Members(what, filter) => of.gather(*what, filter.as_deref()),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Number(number) => plain(number),
        Value::Text(text) => format!("\"{text}\""),
        Value::Date(date) => format!("date(\"{date}\")"),
        Value::Truth(truth) => truth.to_string(),
    }
}

/// The expression as a script writes it, with brackets around everything; `of` is the name of the
/// row or group.
pub fn script(expr: &Expr, of: &str) -> String {
    use Expr::*;
    let inner = |expr: &Expr| script(expr, of);
    match expr {
        Column(column) => format!("{of}.{}", column.name()),
        Literal(value) => literal(value),
        Not(a) => format!("!({})", inner(a)),
        And(a, b) => format!("({} && {})", inner(a), inner(b)),
        Or(a, b) => format!("({} || {})", inner(a), inner(b)),
        Compare(comparison, a, b) => {
            format!("({} {} {})", inner(a), comparison.symbol(), inner(b))
        }
        Add(a, b) => format!("({} + {})", inner(a), inner(b)),
        Sub(a, b) | Days(a, b) => format!("({} - {})", inner(a), inner(b)),
        Mul(a, b) => format!("({} * {})", inner(a), inner(b)),
        Negative(a) => format!("(-({}))", inner(a)),
        In(a, items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("({} in [{}])", inner(a), items.join(", "))
        }
        Within(a, low, high, included) => {
            format!("({} in {low}..{}{high})", inner(a), if *included { "=" } else { "" })
        }
        If(condition, yes, no) => {
            format!("(if {} {{ {} }} else {{ {} }})", inner(condition), inner(yes), inner(no))
        }
        IsMissing(a) => format!("is_missing({})", inner(a)),
        StartsWith(a, with) => format!("({}).starts_with(\"{with}\")", inner(a)),
        EndsWith(a, with) => format!("({}).ends_with(\"{with}\")", inner(a)),
        Contains(a, with) => format!("({}).contains(\"{with}\")", inner(a)),
        Lower(a) => format!("lower({})", inner(a)),
        Len(a) => format!("len({})", inner(a)),
        Year(a) => format!("year({})", inner(a)),
        Month(a) => format!("month({})", inner(a)),
        Day(a) => format!("day({})", inner(a)),
        Members(what, filter) => {
            let rows = match filter {
                Some(filter) => format!("{of}.filter(|r| {})", script(filter, "r")),
                None => of.to_owned(),
            };
            match what {
                Gather::Count => format!("{rows}.count()"),
                Gather::Sum(column) => format!("{rows}.sum(\"{}\")", column.name()),
                Gather::Min(column) => format!("{rows}.min(\"{}\")", column.name()),
                Gather::Max(column) => format!("{rows}.max(\"{}\")", column.name()),
                Gather::Distinct(column) => format!("{rows}.distinct(\"{}\")", column.name()),
            }
        }
    }
}
