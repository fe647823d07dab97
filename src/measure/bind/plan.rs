//! What binding makes of rules: one scan plan a dataset, and measures that refer to it.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::measure::column::{ExprId, Expressions, Met};
use crate::measure::{Aggregate, Arithmetic, Comparison, Quotient, YearRef};
use crate::source::Location;

/// An aggregate over one dataset, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoundAggregate {
    /// The condition rows must satisfy.
    pub filter: Option<ExprId>,
    /// The aggregate.
    pub aggregate: Aggregate,
    /// Its column.
    pub column: Option<usize>,
    /// A text by which rows are kept apart, for conditions on an `each` row.
    pub key: Option<ExprId>,
    /// The dataset's columns it reads: those of its conditions, then its own.
    pub reads: Vec<usize>,
}

/// A condition on rows, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoundCheck {
    /// Which rows.
    pub filter: Option<ExprId>,
    /// What they must satisfy.
    pub condition: ExprId,
    /// Of which year; of all without a shift.
    pub year: YearRef,
}

/// Rows of one dataset gathered into groups, resolved: a dataset of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grouped {
    /// The plan of the dataset whose rows are gathered.
    pub parent: usize,
    /// Its columns whose values the rows of a group share; the first columns here.
    pub keys: Vec<usize>,
    /// The condition its rows must satisfy.
    pub filter: Option<ExprId>,
    /// What is computed of each group's members; the columns after the keys.
    pub inner: Vec<BoundAggregate>,
    /// The parent's columns that `filter` reads.
    pub filter_reads: Vec<usize>,
}

impl Grouped {
    /// The parent's columns that gathering reads.
    pub fn parent_columns(&self) -> impl Iterator<Item = usize> {
        let inner = self.inner.iter().flat_map(|aggregate| &aggregate.reads);
        self.keys.iter().chain(&self.filter_reads).chain(inner).copied()
    }

    /// The parent's column by which one of these columns is shown.
    fn shown(&self, column: usize) -> usize {
        let inner = column.checked_sub(self.keys.len()).and_then(|at| self.inner.get(at));
        let own = inner.and_then(|aggregate| aggregate.column.or(aggregate.reads.last().copied()));
        own.or_else(|| self.keys.get(column).copied()).unwrap_or(self.keys[0])
    }
}

/// How much a plan has to compute. Plans only grow, so equal sizes mean the same plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanSize {
    /// Aggregates.
    pub aggregates: usize,
    /// Conditions on rows.
    pub checks: usize,
    /// What is computed of the members of groups.
    pub inner: usize,
}

/// What the scan of one dataset must compute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SetPlan {
    /// The dataset whose rows these are, or from whose rows they are gathered.
    pub dataset: usize,
    /// Distinct expressions.
    pub expressions: Expressions,
    /// Distinct aggregates.
    pub aggregates: Vec<BoundAggregate>,
    /// Conditions on rows.
    pub checks: Vec<BoundCheck>,
    /// For a plan over groups: what they are groups of.
    pub grouped: Option<Grouped>,
    /// The plans over groups of these rows.
    pub derived: Vec<usize>,
    #[serde(skip)]
    index: HashMap<BoundAggregate, usize, FixedState>,
    #[serde(skip)]
    check_index: HashMap<BoundCheck, usize, FixedState>,
    /// Of a plan over groups: the places of what is computed of the members.
    #[serde(skip)]
    inner_index: HashMap<BoundAggregate, usize, FixedState>,
}

impl SetPlan {
    pub(super) fn new(dataset: usize) -> SetPlan {
        SetPlan { dataset, ..SetPlan::default() }
    }

    /// How much there is to compute.
    pub fn size(&self) -> PlanSize {
        PlanSize {
            aggregates: self.aggregates.len(),
            checks: self.checks.len(),
            inner: self.grouped.as_ref().map_or(0, |grouped| grouped.inner.len()),
        }
    }

    pub(super) fn intern(&mut self, aggregate: BoundAggregate) -> usize {
        if let Some(at) = self.index.get(&aggregate) {
            return *at;
        }
        self.aggregates.push(aggregate.clone());
        self.index.insert(aggregate, self.aggregates.len() - 1);
        self.aggregates.len() - 1
    }

    pub(super) fn check(&mut self, check: BoundCheck) -> usize {
        let next = self.checks.len();
        let place = *self.check_index.entry(check.clone()).or_insert(next);
        if place == next {
            self.checks.push(check);
        }
        place
    }

    /// The column of a plan over groups that holds an aggregate over their members.
    pub(super) fn inner(&mut self, aggregate: BoundAggregate) -> Option<usize> {
        let grouped = self.grouped.as_mut()?;
        let next = grouped.inner.len();
        let place = *self.inner_index.entry(aggregate.clone()).or_insert(next);
        if place == next {
            grouped.inner.push(aggregate);
        }
        Some(grouped.keys.len() + place)
    }

    /// An aggregate together with the columns it reads.
    pub(super) fn aggregate(
        &self,
        filter: Option<ExprId>,
        aggregate: Aggregate,
        column: Option<usize>,
        key: Option<ExprId>,
    ) -> BoundAggregate {
        let mut reads: Vec<usize> = Vec::new();
        let mut seen = Met::default();
        let conditions = filter.into_iter().chain(key).flat_map(|id| self.expressions.columns(id));
        reads.extend(conditions.chain(column).filter(|read| seen.insert(*read)));
        BoundAggregate { filter, aggregate, column, key, reads }
    }

    /// The columns whose values the plan needs, with repetitions.
    pub fn own_columns(&self) -> impl Iterator<Item = usize> {
        let aggregates = self.aggregates.iter().flat_map(|aggregate| aggregate.reads.clone());
        let conditions =
            self.checks.iter().flat_map(|check| check.filter.into_iter().chain([check.condition]));
        aggregates.chain(conditions.flat_map(|id| self.expressions.columns(id)))
    }

    /// The column of the dataset by which one of the plan's columns is shown.
    pub fn shown(&self, column: usize) -> usize {
        self.grouped.as_ref().map_or(column, |grouped| grouped.shown(column))
    }
}

/// A measure with every name resolved.
#[derive(Clone, Debug)]
pub enum Bound {
    /// An aggregate of the scan plan.
    Aggregate {
        /// The dataset.
        set: usize,
        /// The aggregate within its plan.
        aggregate: usize,
        /// Which year.
        year: YearRef,
        /// The column of the `each` row whose text chooses among the aggregate's keys.
        outer: Option<usize>,
        /// Unknown cells are left out.
        ignore_missing: bool,
        /// The call that made it.
        at: Location,
    },
    /// A constant.
    Number(Exact),
    /// Arithmetic.
    Arithmetic(Arithmetic, Box<Bound>, Box<Bound>, Location),
    /// A share, ratio or rate.
    Quotient(Box<BoundQuotient>),
}

/// A share, ratio or rate with every name resolved.
#[derive(Clone, Debug)]
pub struct BoundQuotient {
    /// Which of the three.
    pub kind: Quotient,
    /// What is above the line.
    pub part: Bound,
    /// What is below it.
    pub whole: Bound,
    /// Where the part is a count of some of the rows that the whole counts: the count of the
    /// others.
    pub rest: Option<Bound>,
    /// The call that made it.
    pub at: Location,
}

/// A condition with every name resolved.
#[derive(Clone, Debug)]
pub enum BoundCondition {
    /// Two measures compared.
    Compare(Comparison, Bound, Bound),
    /// All hold.
    All(Vec<BoundCondition>),
    /// At least one holds.
    Any(Vec<BoundCondition>),
    /// It does not hold.
    Not(Box<BoundCondition>),
    /// Always so.
    Constant(bool),
}

/// A filter as a rule has it.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The plan whose rows are chosen from.
    pub set: usize,
    /// The whole condition.
    pub filter: ExprId,
    /// The conditions written in it that must all hold, and where each stands.
    pub parts: Vec<(ExprId, Location)>,
    /// The rule that has it.
    pub rule: String,
}

/// Rows chosen from a dataset.
#[derive(Clone, Debug)]
pub struct BoundRows {
    /// The dataset.
    pub set: usize,
    /// The condition, if any.
    pub filter: Option<ExprId>,
    /// Which year's rows.
    pub year: YearRef,
}
