//! Row conditions as written: the closure's body, free of the script engine, with a place on
//! every node. Names and types are resolved later, against the contract.

use chrono::NaiveDate;

use serde::{Deserialize, Serialize};

use super::{Aggregate, Arithmetic, Comparison};
use crate::exact::Exact;
use crate::source::Location;

/// A closure over the rows of one dataset.
#[derive(Clone, Debug)]
pub struct RowClosure {
    /// Its body.
    pub body: RowExpr,
    /// The closure as a whole.
    pub at: Location,
}

/// A constant in a row condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// A number, exact: mantissa and scale.
    Number(i128, u32),
    /// Text.
    Text(String),
    /// true or false.
    Boolean(bool),
    /// A date.
    Date(NaiveDate),
}

impl Literal {
    /// The exact number, where it is one.
    pub fn number(&self) -> Option<Exact> {
        match self {
            Literal::Number(mantissa, scale) => Exact::decimal(*mantissa, *scale),
            _ => None,
        }
    }
}

/// Functions of one text or date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Function {
    /// Text in lower case.
    Lower,
    /// Number of characters.
    Len,
    /// Text without surrounding spaces.
    Trim,
    /// The year of a date.
    Year,
    /// The month of a date, 1–12.
    Month,
    /// The day of the month.
    Day,
    /// Whether the cell is unknown.
    IsMissing,
    /// Whether a text begins so.
    StartsWith,
    /// Whether a text ends so.
    EndsWith,
    /// Whether a text contains so.
    Contains,
}

impl Function {
    /// Every function, for lookups and the reference page.
    pub const ALL: [Function; 10] = [
        Function::Lower,
        Function::Len,
        Function::Trim,
        Function::Year,
        Function::Month,
        Function::Day,
        Function::IsMissing,
        Function::StartsWith,
        Function::EndsWith,
        Function::Contains,
    ];

    /// The name in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Function::Lower => "lower",
            Function::Len => "len",
            Function::Trim => "trim",
            Function::Year => "year",
            Function::Month => "month",
            Function::Day => "day",
            Function::IsMissing => "is_missing",
            Function::StartsWith => "starts_with",
            Function::EndsWith => "ends_with",
            Function::Contains => "contains",
        }
    }

    /// The function of this name.
    pub fn parse(name: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| function.name() == name)
    }

    /// How many arguments it takes.
    pub fn arity(self) -> usize {
        match self {
            Function::StartsWith | Function::EndsWith | Function::Contains => 2,
            _ => 1,
        }
    }
}

/// An expression over one row.
#[derive(Clone, Debug)]
pub struct RowExpr {
    /// What it is.
    pub kind: RowKind,
    /// Where it stands.
    pub at: Location,
}

impl RowExpr {
    /// The number of nodes, as far as `limit`.
    pub fn size(&self, limit: usize) -> usize {
        let mut nodes = 0;
        let mut open = vec![self];
        while let Some(part) = open.pop() {
            nodes += 1;
            if nodes > limit {
                break;
            }
            match &part.kind {
                RowKind::Column(_) | RowKind::Outer(_) | RowKind::Literal(_) => {}
                RowKind::Not(a) | RowKind::Negate(a) => open.push(a),
                RowKind::Compare(_, a, b)
                | RowKind::And(a, b)
                | RowKind::Or(a, b)
                | RowKind::Arithmetic(_, a, b) => open.extend([&**a, &**b]),
                RowKind::If(a, b, c) => open.extend([&**a, &**b, &**c]),
                RowKind::In(a, items) => open.extend(std::iter::once(&**a).chain(items)),
                RowKind::Call(_, parts) | RowKind::Members { filters: parts, .. } => {
                    open.extend(parts);
                }
            }
        }
        nodes
    }
}

/// The forms of a row expression.
#[derive(Clone, Debug)]
pub enum RowKind {
    /// A column, possibly through foreign keys: `r.xa.ten`.
    Column(Vec<(String, Location)>),
    /// A column of the enclosing `each` row.
    Outer(String),
    /// A constant.
    Literal(Literal),
    /// A comparison.
    Compare(Comparison, Box<RowExpr>, Box<RowExpr>),
    /// Both hold (Kleene).
    And(Box<RowExpr>, Box<RowExpr>),
    /// Either holds (Kleene).
    Or(Box<RowExpr>, Box<RowExpr>),
    /// It does not hold.
    Not(Box<RowExpr>),
    /// Arithmetic, without division.
    Arithmetic(Arithmetic, Box<RowExpr>, Box<RowExpr>),
    /// The negative.
    Negate(Box<RowExpr>),
    /// Is one of these.
    In(Box<RowExpr>, Vec<RowExpr>),
    /// A choice.
    If(Box<RowExpr>, Box<RowExpr>, Box<RowExpr>),
    /// A function.
    Call(Function, Vec<RowExpr>),
    /// An aggregate over the members of a group: `g.filter(|r| r.head).count()`.
    Members {
        /// The aggregate.
        aggregate: Aggregate,
        /// Its column; `count()` has none.
        column: Option<(String, Location)>,
        /// Conditions members must satisfy.
        filters: Vec<RowExpr>,
    },
}
