//! What binding makes of rules: one scan plan a dataset, and measures that refer to it.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use crate::contract::{FieldId, SetId};
use crate::exact::Exact;
use crate::ids::{Id, IdVec, id};
use crate::measure::column::{ExprId, Expressions, Met};
use crate::measure::{Aggregate, Arithmetic, Comparison, Quotient, YearRef};
use crate::reading::batch::ColumnId;
use crate::source::Location;

id!(
    /// A plan's position among all plans: those of datasets, in their order, then those over
    /// groups of rows.
    PlanId
);

impl From<SetId> for PlanId {
    /// The plan over a dataset's own rows.
    fn from(set: SetId) -> PlanId {
        PlanId::at(set.position())
    }
}

id!(
    /// An aggregate's position among those of its plan.
    AggregateId
);

id!(
    /// A condition's position among the checks of its plan.
    CheckId
);

/// An aggregate over one dataset, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoundAggregate {
    /// The condition rows must satisfy.
    pub filter: Option<ExprId>,
    /// The aggregate.
    pub aggregate: Aggregate,
    /// Its column.
    pub column: Option<ColumnId>,
    /// A text by which rows are kept apart, for conditions on an `each` row.
    pub key: Option<ExprId>,
    /// The columns it reads: those of its conditions, then its own.
    pub reads: Vec<ColumnId>,
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
    pub parent: PlanId,
    /// The fields whose values the rows of a group share; the first columns here.
    pub keys: Vec<FieldId>,
    /// The condition its rows must satisfy.
    pub filter: Option<ExprId>,
    /// What is computed of each group's members; the columns after the keys.
    pub inner: Vec<BoundAggregate>,
    /// The fields that `filter` reads.
    pub filter_reads: Vec<FieldId>,
}

impl Grouped {
    /// The fields that gathering reads.
    pub fn parent_fields(&self) -> impl Iterator<Item = FieldId> {
        let inner = self.inner.iter().flat_map(|aggregate| &aggregate.reads);
        let inner = inner.map(|column| field_of(*column));
        self.keys.iter().chain(&self.filter_reads).copied().chain(inner)
    }

    /// What is computed of the members for a column; `None` for one of the keys.
    pub fn inner_of(&self, column: ColumnId) -> Option<&BoundAggregate> {
        self.inner.get(column.position().checked_sub(self.keys.len())?)
    }

    /// The field by which one of these columns is shown.
    pub fn shown(&self, column: ColumnId) -> FieldId {
        let inner = self.inner_of(column);
        let own = inner.and_then(|aggregate| aggregate.column.or(aggregate.reads.last().copied()));
        let key = || self.keys.get(column.position()).copied();
        own.map(field_of).or_else(key).unwrap_or(self.keys[0])
    }
}

/// The field of a dataset by which a column of its rows, or of groups of them, is shown.
pub fn shown(grouped: Option<&Grouped>, column: ColumnId) -> FieldId {
    grouped.map_or_else(|| field_of(column), |grouped| grouped.shown(column))
}

/// The field that a column of a dataset's own rows is of.
fn field_of(column: ColumnId) -> FieldId {
    FieldId::at(column.position())
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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetPlan {
    /// The dataset whose rows these are, or from whose rows they are gathered.
    pub dataset: SetId,
    /// Distinct expressions.
    pub expressions: Expressions,
    /// Distinct aggregates.
    pub aggregates: IdVec<AggregateId, BoundAggregate>,
    /// Conditions on rows.
    pub checks: IdVec<CheckId, BoundCheck>,
    /// For a plan over groups: what they are groups of.
    pub grouped: Option<Grouped>,
    /// The plans over groups of these rows.
    pub derived: Vec<PlanId>,
    #[serde(skip)]
    index: HashMap<BoundAggregate, AggregateId, FixedState>,
    #[serde(skip)]
    check_index: HashMap<BoundCheck, CheckId, FixedState>,
    /// Of a plan over groups: the places of what is computed of the members.
    #[serde(skip)]
    inner_index: HashMap<BoundAggregate, usize, FixedState>,
}

impl SetPlan {
    pub(super) fn new(dataset: SetId) -> SetPlan {
        SetPlan {
            dataset,
            expressions: Expressions::default(),
            aggregates: IdVec::new(),
            checks: IdVec::new(),
            grouped: None,
            derived: Vec::new(),
            index: HashMap::default(),
            check_index: HashMap::default(),
            inner_index: HashMap::default(),
        }
    }

    /// How much there is to compute.
    pub fn size(&self) -> PlanSize {
        PlanSize {
            aggregates: self.aggregates.len(),
            checks: self.checks.len(),
            inner: self.grouped.as_ref().map_or(0, |grouped| grouped.inner.len()),
        }
    }

    pub(super) fn intern(&mut self, aggregate: BoundAggregate) -> AggregateId {
        if let Some(id) = self.index.get(&aggregate) {
            return *id;
        }
        let id = self.aggregates.push(aggregate.clone());
        self.index.insert(aggregate, id);
        id
    }

    pub(super) fn check(&mut self, check: BoundCheck) -> CheckId {
        let next = self.checks.next_id();
        let place = *self.check_index.entry(check.clone()).or_insert(next);
        if place == next {
            self.checks.push(check);
        }
        place
    }

    /// The column of a plan over groups that holds an aggregate over their members.
    pub(super) fn inner(&mut self, aggregate: BoundAggregate) -> Option<ColumnId> {
        let grouped = self.grouped.as_mut()?;
        let next = grouped.inner.len();
        let place = *self.inner_index.entry(aggregate.clone()).or_insert(next);
        if place == next {
            grouped.inner.push(aggregate);
        }
        Some(ColumnId::at(grouped.keys.len() + place))
    }

    /// An aggregate together with the columns it reads.
    pub(super) fn aggregate(
        &self,
        filter: Option<ExprId>,
        aggregate: Aggregate,
        column: Option<ColumnId>,
        key: Option<ExprId>,
    ) -> BoundAggregate {
        let mut reads: Vec<ColumnId> = Vec::new();
        let mut seen = Met::default();
        let conditions = filter.into_iter().chain(key).flat_map(|id| self.expressions.columns(id));
        reads.extend(conditions.chain(column).filter(|read| seen.insert(*read)));
        BoundAggregate { filter, aggregate, column, key, reads }
    }

    /// The columns whose values the plan needs, with repetitions.
    pub fn own_columns(&self) -> impl Iterator<Item = ColumnId> {
        let aggregates = self.aggregates.iter().flat_map(|aggregate| aggregate.reads.clone());
        let conditions =
            self.checks.iter().flat_map(|check| check.filter.into_iter().chain([check.condition]));
        aggregates.chain(conditions.flat_map(|id| self.expressions.columns(id)))
    }

    /// The field of the dataset by which one of the plan's columns is shown.
    pub fn shown(&self, column: ColumnId) -> FieldId {
        shown(self.grouped.as_ref(), column)
    }
}

/// A measure with every name resolved.
#[derive(Clone, Debug)]
pub enum Bound {
    /// An aggregate of the scan plan.
    Aggregate {
        /// The plan over its rows.
        set: PlanId,
        /// The aggregate within its plan.
        aggregate: AggregateId,
        /// Which year.
        year: YearRef,
        /// The field of the `each` row whose text chooses among the aggregate's keys.
        outer: Option<FieldId>,
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
    pub set: PlanId,
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
    pub set: SetId,
    /// The condition, if any.
    pub filter: Option<ExprId>,
    /// Which year's rows.
    pub year: YearRef,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::column::ColumnExpr;

    #[test]
    fn positions_are_plain_numbers_in_a_plan_that_is_written() {
        let mut plan = SetPlan::new(SetId::at(2));
        let filter = plan.expressions.intern(ColumnExpr::Through {
            key: ExprId::at(0),
            year: None,
            dataset: SetId::at(1),
            key_column: FieldId::at(3),
            column: FieldId::at(4),
        });
        plan.aggregates.push(BoundAggregate {
            filter: Some(filter),
            aggregate: Aggregate::Count,
            column: Some(ColumnId::at(5)),
            key: None,
            reads: vec![ColumnId::at(5)],
        });
        plan.derived.push(PlanId::at(6));
        let through = r#"{"Through":{"key":0,"year":null,"dataset":1,"key_column":3,"column":4}}"#;
        let counted = r#"{"filter":0,"aggregate":"Count","column":5,"key":null,"reads":[5]}"#;
        let expected = format!(
            r#"{{"dataset":2,"expressions":{{"nodes":[{through}]}},"aggregates":[{counted}],"checks":[],"grouped":null,"derived":[6]}}"#
        );
        assert_eq!(serde_json::to_string(&plan).expect("plain data"), expected);
    }
}
