//! The symbolic measure: what a rule asks of the data, before any row is read.
//!
//! Scripts build these trees; [`bind`] resolves their names and types against the contracts and
//! collects every aggregate into one scan plan; [`scan`] reads each dataset once for all rules;
//! [`evaluate`] turns tallies into values, by year and area.

pub mod backend;
pub mod bind;
pub mod column;
pub mod describe;
pub mod evaluate;
pub mod evaluator;
pub mod frame;
pub mod ignored;
pub mod interval;
pub mod missed;
pub mod row;
pub mod scan;
pub mod tally;

mod feed;
mod kernels;
pub mod mask;
mod pairs;
mod possible;
mod ranked;
mod reach;
mod regroup;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::source::Location;
use row::RowClosure;

/// A name in a script, with its place.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub at: Location,
}

/// Which year's rows are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum YearRef {
    /// The year being judged.
    #[default]
    Same,
    /// So many years later (negative: earlier).
    Offset(i32),
    /// This very year.
    Absolute(i32),
}

impl YearRef {
    /// This year as seen from inside a measure shifted by `outer`.
    pub fn within(self, outer: YearRef) -> YearRef {
        match (outer, self) {
            (_, YearRef::Absolute(year)) => YearRef::Absolute(year),
            (outer, YearRef::Same) => outer,
            (YearRef::Same, inner) => inner,
            (YearRef::Offset(a), YearRef::Offset(b)) => YearRef::Offset(a.saturating_add(b)),
            (YearRef::Absolute(year), YearRef::Offset(b)) => {
                YearRef::Absolute(year.saturating_add(b))
            }
        }
    }

    /// The year meant when `year` is being judged.
    pub fn resolve(self, year: i32) -> i32 {
        match self {
            YearRef::Same => year,
            YearRef::Offset(years) => year.saturating_add(years),
            YearRef::Absolute(year) => year,
        }
    }
}

/// A dataset, filtered.
#[derive(Clone, Debug)]
pub struct TableExpr {
    /// The dataset.
    pub dataset: String,
    /// Conditions every row must satisfy.
    pub filters: Vec<Arc<RowClosure>>,
    /// Date columns that must not be after the run's date.
    pub as_of: Vec<Name>,
    /// Which year's rows.
    pub year: YearRef,
    /// What its rows were gathered by; conditions are then about groups.
    pub grouped: Option<Arc<GroupExpr>>,
}

/// Rows gathered into groups.
#[derive(Clone, Debug)]
pub struct GroupExpr {
    /// The columns whose values the rows of a group share.
    pub keys: Vec<Name>,
    /// Conditions every row must satisfy to be gathered.
    pub filters: Vec<Arc<RowClosure>>,
    /// Date columns that must not be after the run's date.
    pub as_of: Vec<Name>,
}

/// A share of a whole between 0 and 1, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Share {
    part: i64,
    whole: i64,
}

impl Share {
    /// One half.
    pub const HALF: Share = Share { part: 1, whole: 2 };

    /// A number as a share; `None` outside 0 to 1, or with more than 18 digits.
    pub fn new(number: &Exact) -> Option<Share> {
        let (part, whole) = number.to_small_fraction()?;
        (0..=whole).contains(&part).then_some(Share { part, whole })
    }

    /// As a number.
    pub fn number(self) -> Exact {
        Exact::ratio(self.part.into(), self.whole.into()).unwrap_or_default()
    }
}

/// How rows become one number or date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Aggregate {
    /// Number of rows.
    Count,
    /// Sum of a numeric column.
    Sum,
    /// Mean of a numeric column: sum ÷ rows.
    Mean,
    /// Smallest number.
    Min,
    /// Largest number.
    Max,
    /// Number of different values.
    Distinct,
    /// The value at this share of the way from the smallest to the largest; the median at ½.
    Quantile(Share),
    /// Earliest date.
    First,
    /// Latest date.
    Last,
}

impl Aggregate {
    /// Those that take nothing but a column.
    pub const PLAIN: [Aggregate; 9] = [
        Aggregate::Count,
        Aggregate::Sum,
        Aggregate::Mean,
        Aggregate::Min,
        Aggregate::Max,
        Aggregate::Distinct,
        Aggregate::Quantile(Share::HALF),
        Aggregate::First,
        Aggregate::Last,
    ];

    /// The method's name in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Aggregate::Count => "count",
            Aggregate::Sum => "sum",
            Aggregate::Mean => "mean",
            Aggregate::Min => "min",
            Aggregate::Max => "max",
            Aggregate::Distinct => "distinct",
            Aggregate::Quantile(Share::HALF) => "median",
            Aggregate::Quantile(_) => "quantile",
            Aggregate::First => "first",
            Aggregate::Last => "last",
        }
    }
}

/// Arithmetic between measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

impl Arithmetic {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Sub => "-",
            Arithmetic::Mul => "*",
            Arithmetic::Div => "/",
        }
    }
}

/// What kind of quotient a measure is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quotient {
    /// `percent(part, whole)`: the part is among the whole, so it cannot be above 100.
    Percent,
    /// `ratio(a, b)`.
    Ratio,
    /// `per(n, a, b)`: so many `a` for every `n` of `b`.
    Per(Exact),
}

impl Quotient {
    /// What the quotient is multiplied by.
    pub fn factor(&self) -> Exact {
        match self {
            Quotient::Percent => Exact::int(100),
            Quotient::Ratio => Exact::ONE,
            Quotient::Per(number) => number.clone(),
        }
    }
}

/// A measure and where the script makes it.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What it is.
    pub kind: Arc<MeasureKind>,
    /// The call that made it.
    pub at: Location,
    /// Nodes of the tree, shared ones counted each time.
    size: u32,
    /// Nodes on the longest way down.
    depth: u32,
}

impl Measure {
    /// Most nodes of a tree: parts are shared, so a loop could grow one beyond any memory.
    const MAX_SIZE: u32 = 5_000;
    /// Deepest tree: it is walked by recursion.
    const MAX_DEPTH: u32 = 100;

    /// A measure of this kind; `None` when its tree would be too large.
    pub fn new(kind: MeasureKind, at: Location) -> Option<Measure> {
        let (mut size, mut depth) = (1u32, 1u32);
        let parts = match &kind {
            MeasureKind::Aggregate { .. } | MeasureKind::Number(_) => [None, None],
            MeasureKind::InYear(_, inner) | MeasureKind::IgnoreMissing(inner) => {
                [Some(inner), None]
            }
            MeasureKind::Arithmetic(_, a, b) | MeasureKind::Quotient(_, a, b) => [Some(a), Some(b)],
        };
        for part in parts.into_iter().flatten() {
            size = size.saturating_add(part.size);
            depth = depth.max(part.depth + 1);
        }
        let fits = size <= Measure::MAX_SIZE && depth <= Measure::MAX_DEPTH;
        fits.then(|| Measure { kind: Arc::new(kind), at, size, depth })
    }
}

/// The forms of a measure.
#[derive(Clone, Debug)]
pub enum MeasureKind {
    /// An aggregate over a table.
    Aggregate {
        /// The rows.
        table: TableExpr,
        /// The aggregate.
        aggregate: Aggregate,
        /// Its column; `count()` has none.
        column: Option<Name>,
    },
    /// A constant.
    Number(Exact),
    /// Arithmetic.
    Arithmetic(Arithmetic, Measure, Measure),
    /// A share, ratio or rate.
    Quotient(Quotient, Measure, Measure),
    /// The same measure in another year.
    InYear(YearRef, Measure),
    /// Unknown cells are left out instead of making the measure unknown.
    IgnoreMissing(Measure),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Whether the ordering satisfies the comparison.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// The operator of this spelling.
    pub fn parse(symbol: &str) -> Option<Comparison> {
        use Comparison::*;
        [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]
            .into_iter()
            .find(|comparison| comparison.symbol() == symbol)
    }
}

/// A statement about measures that is true, false or unknown.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Two measures compared.
    Compare(Comparison, Measure, Measure),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Always so.
    Constant(bool),
}

impl Condition {
    /// Most nodes of a condition.
    const MAX_SIZE: usize = 1_000;

    /// Whether the condition is small enough to be walked by recursion.
    pub fn fits(&self) -> bool {
        self.count(Condition::MAX_SIZE) <= Condition::MAX_SIZE
    }

    /// The number of nodes, as far as `limit`.
    fn count(&self, limit: usize) -> usize {
        match self {
            Condition::Compare(..) | Condition::Constant(_) => 1,
            Condition::Not(inner) => 1 + inner.count(limit),
            Condition::All(items) | Condition::Any(items) => {
                let mut nodes = 1;
                for item in items {
                    if nodes > limit {
                        break;
                    }
                    nodes += item.count(limit);
                }
                nodes
            }
        }
    }
}
