//! Binding: every name and type a rule uses is resolved against the contracts, before any row
//! is read, and every aggregate joins one scan plan, shared between rules.

mod areas;
mod chains;
mod groups;
mod plan;
mod rows;

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

pub use areas::ComparedCode;
use rows::column_type;

pub use plan::{
    AggregateId, Bound, BoundAggregate, BoundCheck, BoundCondition, BoundQuotient, BoundRows,
    CheckId, Choice, Grouped, PlanId, PlanSize, SetPlan, shown,
};

use crate::contract::{Contract, Contracts, Field, FieldId, FieldType, SetId};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::ids::{Id, IdVec};
use crate::measure::column::{ColumnExpr, ColumnType, ExprId};
use crate::measure::row::{RowClosure, RowExpr, RowKind};
use crate::measure::{
    Aggregate, Comparison, Condition, Measure, MeasureKind, Name, TableExpr, YearRef,
};
use crate::msg;
use crate::reading::batch::ColumnId;
use crate::source::{Location, Place};

/// What a measure yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureType {
    /// A number.
    Number,
    /// A date.
    Date,
}

/// The complaint was recorded; the rule cannot be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Where a measure stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeasureScope {
    /// The year shift around it.
    year: YearRef,
    /// Whether unknown cells are to be left out.
    ignore_missing: bool,
    /// The dataset of the enclosing `each`.
    each: Option<SetId>,
    /// Whether dates are those of evidence: what comes after the run's date does not count.
    evidence: bool,
}

impl MeasureScope {
    /// Inside a rule whose bodies are rows of `each`.
    pub fn each(each: Option<SetId>) -> MeasureScope {
        MeasureScope { each, ..MeasureScope::default() }
    }

    /// The same, for the date of evidence.
    pub fn of_evidence(self) -> MeasureScope {
        MeasureScope { evidence: true, ..self }
    }
}

/// The conditions of a table.
struct Filters {
    /// All that are of its rows alone, as one.
    filter: Option<ExprId>,
    /// How its rows belong to the `each` row.
    join: Option<Join>,
}

/// A text that rows share with the `each` row they belong to.
struct Join {
    /// The text here.
    key: ExprId,
    /// The field there.
    outer: FieldId,
}

/// Binds rules against the contracts, gathering the scan plan and every complaint.
pub struct Binder<'a> {
    contracts: &'a Contracts,
    /// What each scan must compute: one for each dataset of the catalog, then those over groups.
    pub plans: IdVec<PlanId, SetPlan>,
    /// What could not be bound.
    pub complaints: Vec<Diagnostic>,
    /// Every comparison of an area's code with a text, in the order of rules.
    pub codes: Vec<ComparedCode>,
    /// Every filter, in the order of rules.
    pub choices: Vec<Choice>,
    /// The code and place of each complaint.
    told: HashSet<(Code, Option<Place>), FixedState>,
    /// The plans over groups: by the plan of their rows, their keys and the rows' condition.
    gathered: HashMap<(PlanId, Vec<FieldId>, Option<ExprId>), PlanId>,
    /// The values listed for columns that were compared with texts, by dataset and column.
    listed: HashMap<(SetId, FieldId), HashSet<&'a str>>,
}

impl<'a> Binder<'a> {
    /// A binder of rules over datasets.
    pub fn new(contracts: &'a Contracts) -> Binder<'a> {
        let plans = contracts.sets.ids().map(SetPlan::new).collect();
        Binder::on(contracts, plans)
    }

    /// A binder of further rules: what they need is added to the plans there are, in which nothing
    /// changes its place.
    pub fn on(contracts: &'a Contracts, plans: IdVec<PlanId, SetPlan>) -> Binder<'a> {
        let gathered = plans.enumerate().filter_map(|(at, plan)| {
            let grouped = plan.grouped.as_ref()?;
            Some(((grouped.parent, grouped.keys.clone(), grouped.filter), at))
        });
        let gathered = gathered.collect();
        Binder {
            contracts,
            codes: Vec::new(),
            plans,
            complaints: Vec::new(),
            choices: Vec::new(),
            told: HashSet::default(),
            gathered,
            listed: HashMap::new(),
        }
    }

    /// Makes complaints anew that have been made before: of another rule.
    pub fn forget_told(&mut self) {
        self.told.clear();
    }

    /// The contract of a plan's dataset.
    pub fn contract(&self, set: PlanId) -> &'a Contract {
        &self.contracts.sets[self.plans[set].dataset]
    }

    /// The field behind one of a plan's columns.
    fn field(&self, set: PlanId, column: ColumnId) -> &'a Field {
        &self.contract(set).fields[self.plans[set].shown(column)]
    }

    /// Records a complaint, once for each place: a shared function bound for forty rules
    /// complains once.
    pub fn complain<T>(&mut self, complaint: Diagnostic) -> Result<T, Broken> {
        let place = complaint.labels.first().map(|label| label.at);
        if self.told.insert((complaint.code, place)) {
            self.complaints.push(complaint);
        }
        Err(Broken)
    }

    /// The dataset of this name.
    pub fn dataset(&mut self, name: &str, at: Location) -> Result<SetId, Broken> {
        if let Some(set) = self.contracts.position(name) {
            return Ok(set);
        }
        if self.contracts.broken.iter().any(|broken| broken == name) {
            return Err(Broken);
        }
        let help = suggestion(name, self.contracts.names());
        self.complain(
            Diagnostic::of(Code::UnknownName, msg!(UnknownDataset, name = name))
                .mark(at)
                .maybe_help(help),
        )
    }

    /// The column of this name.
    pub fn column(&mut self, set: PlanId, name: &str, at: Location) -> Result<ColumnId, Broken> {
        let contract = self.contract(set);
        if let Some(grouped) = &self.plans[set].grouped {
            let keys: Vec<&str> =
                grouped.keys.iter().map(|key| contract.fields[*key].name.as_str()).collect();
            if let Some(key) = keys.iter().position(|key| *key == name) {
                return Ok(ColumnId::at(key));
            }
            let complaint = Diagnostic::of(
                Code::UnknownColumn,
                msg!(NotAGroupKey, name = name, keys = keys.join(", ")),
            );
            return self.complain(complaint.mark(at).help(msg!(NotAGroupKeyHelp, name = name)));
        }
        match contract.field(name) {
            Some(field) => Ok(field.into()),
            None => {
                let help = suggestion(name, contract.names()).unwrap_or_else(|| {
                    msg!(KnownColumns, columns = contract.names().collect::<Vec<_>>().join(", "))
                        .into()
                });
                self.complain(
                    Diagnostic::of(
                        Code::UnknownColumn,
                        msg!(UnknownColumn, name = name, table = &contract.name),
                    )
                    .mark(at)
                    .help(help),
                )
            }
        }
    }

    /// Resolves a measure.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn measure(
        &mut self,
        measure: &Measure,
        scope: MeasureScope,
    ) -> Result<(Bound, MeasureType), Broken> {
        match &*measure.kind {
            MeasureKind::Number(value) => Ok((Bound::Number(value.clone()), MeasureType::Number)),
            MeasureKind::InYear(year, inner) => {
                self.measure(inner, MeasureScope { year: year.within(scope.year), ..scope })
            }
            MeasureKind::IgnoreMissing(inner) => {
                self.measure(inner, MeasureScope { ignore_missing: true, ..scope })
            }
            MeasureKind::Arithmetic(operation, a, b) => {
                let a = self.number(a, scope);
                let b = self.number(b, scope);
                let bound = Bound::Arithmetic(*operation, Box::new(a?), Box::new(b?), measure.at);
                Ok((bound, MeasureType::Number))
            }
            MeasureKind::Quotient(quotient, a, b) => {
                let a = self.number(a, scope);
                let b = self.number(b, scope);
                let (part, whole) = (a?, b?);
                let rest = self.rest(&part, &whole);
                let (kind, at) = (quotient.clone(), measure.at);
                let bound = BoundQuotient { kind, part, whole, rest, at };
                Ok((Bound::Quotient(Box::new(bound)), MeasureType::Number))
            }
            MeasureKind::Aggregate { table, aggregate, column } => {
                self.aggregate(table, *aggregate, column.as_ref(), measure.at, scope)
            }
        }
    }

    /// Resolves a measure that must be a number.
    pub fn number(&mut self, measure: &Measure, scope: MeasureScope) -> Result<Bound, Broken> {
        match self.measure(measure, scope)? {
            (bound, MeasureType::Number) => Ok(bound),
            (_, MeasureType::Date) => self.complain(
                Diagnostic::of(Code::TypeMismatch, msg!(DateNotNumber))
                    .mark(measure.at)
                    .help(msg!(DateNotNumberHelp)),
            ),
        }
    }

    /// Resolves a condition.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn condition(
        &mut self,
        condition: &Condition,
        scope: MeasureScope,
    ) -> Result<BoundCondition, Broken> {
        let all = |binder: &mut Self, items: &[Condition]| {
            let bound: Vec<_> = items.iter().map(|item| binder.condition(item, scope)).collect();
            bound.into_iter().collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::Compare(comparison, a, b) => {
                let a = self.number(a, scope);
                let b = self.number(b, scope);
                BoundCondition::Compare(*comparison, a?, b?)
            }
            Condition::All(items) => BoundCondition::All(all(self, items)?),
            Condition::Any(items) => BoundCondition::Any(all(self, items)?),
            Condition::Not(inner) => BoundCondition::Not(Box::new(self.condition(inner, scope)?)),
            Condition::Constant(value) => BoundCondition::Constant(*value),
        })
    }

    /// Resolves the bodies that must each do something: rows that will be needed one by one.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn rows(&mut self, table: &TableExpr, at: Location) -> Result<BoundRows, Broken> {
        if table.grouped.is_some() {
            let complaint = Diagnostic::of(Code::TypeMismatch, msg!(EachOfGroups));
            return self.complain(complaint.mark(at));
        }
        let set = self.dataset(&table.dataset, at)?;
        let Filters { filter, join } = self.filters(set.into(), table, MeasureScope::default())?;
        debug_assert!(join.is_none());
        Ok(BoundRows { set, filter, year: table.year })
    }

    /// Resolves a condition every row (or group) of a table must satisfy: its plan and its place
    /// among the plan's checks.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn check(
        &mut self,
        table: &TableExpr,
        at: Location,
        closure: &RowClosure,
    ) -> Result<(PlanId, CheckId), Broken> {
        let set = self.table(table, at, MeasureScope::default())?;
        let filters = self.filters(set, table, MeasureScope::default());
        let condition = self.truth(set, &closure.body, MeasureScope::default());
        let (filter, condition) = (filters?.filter, condition?);
        self.check_year(set, table.year, at)?;
        let check = BoundCheck { filter, condition, year: table.year };
        Ok((set, self.plans[set].check(check)))
    }

    fn aggregate(
        &mut self,
        table: &TableExpr,
        aggregate: Aggregate,
        column: Option<&Name>,
        at: Location,
        scope: MeasureScope,
    ) -> Result<(Bound, MeasureType), Broken> {
        let set = self.table(table, at, scope)?;
        if table.grouped.is_some() && aggregate != Aggregate::Count {
            let message = msg!(OnlyCountGroups, name = aggregate.name());
            return self.complain(
                Diagnostic::of(Code::TypeMismatch, message)
                    .mark(at)
                    .help(msg!(OnlyCountGroupsHelp)),
            );
        }
        let filters = self.filters(set, table, scope);
        let column = column
            .map(|name| {
                let column = self.column(set, &name.text, name.at)?;
                self.check_column(set, column, aggregate, name.at)?;
                Ok(column)
            })
            .transpose();
        let (Filters { mut filter, join }, column) = (filters?, column?);
        let dated = matches!(aggregate, Aggregate::First | Aggregate::Last);
        if let Some(column) = column.filter(|_| scope.evidence && dated) {
            filter = Some(self.known_by_now(set, filter, column));
        }
        let (key, outer) = join.map(|join| (join.key, join.outer)).unzip();
        let bound = self.plans[set].aggregate(filter, aggregate, column, key);
        let year = table.year.within(scope.year);
        self.check_year(set, year, at)?;
        if outer.is_some() {
            self.check_join(scope, year, at);
        }
        let kind = match aggregate {
            Aggregate::First | Aggregate::Last => MeasureType::Date,
            _ => MeasureType::Number,
        };
        let measure = Bound::Aggregate {
            set,
            aggregate: self.plans[set].intern(bound),
            year,
            outer,
            ignore_missing: scope.ignore_missing,
            at,
        };
        Ok((measure, kind))
    }

    /// Where `part` counts or adds up some of the rows that `whole` does, by further conditions: the
    /// same of the others.
    fn rest(&mut self, part: &Bound, whole: &Bound) -> Option<Bound> {
        let Bound::Aggregate { set, aggregate, year, outer: None, ignore_missing: false, .. } =
            part
        else {
            return None;
        };
        let Bound::Aggregate {
            set: of,
            aggregate: all,
            year: same,
            outer: None,
            ignore_missing: false,
            at,
            ..
        } = whole
        else {
            return None;
        };
        let plan = &mut self.plans[*set];
        let (some, all) = (&plan.aggregates[*aggregate], plan.aggregates.get(*all)?);
        let (kind, column) = (some.aggregate, some.column);
        let alike = all.aggregate == kind && all.column == column;
        let adds_up = matches!(kind, Aggregate::Count | Aggregate::Sum);
        if set != of || year != same || !alike || !adds_up || plan.grouped.is_some() {
            return None;
        }
        let expressions = &mut plan.expressions;
        let within = all.filter.map_or_else(Vec::new, |filter| expressions.conjuncts(filter));
        let mut further = expressions.conjuncts(some.filter?);
        let whole: HashSet<ExprId, FixedState> = within.into_iter().collect();
        let part: HashSet<ExprId, FixedState> = further.iter().copied().collect();
        if !whole.is_subset(&part) {
            return None;
        }
        further.retain(|condition| !whole.contains(condition));
        let further = further
            .into_iter()
            .reduce(|all, next| expressions.intern(ColumnExpr::And(all, next)))?;
        let others = expressions.intern(ColumnExpr::Not(further));
        let filter = match all.filter {
            Some(filter) => expressions.intern(ColumnExpr::And(filter, others)),
            None => others,
        };
        let bound = plan.aggregate(Some(filter), kind, column, None);
        Some(Bound::Aggregate {
            set: *set,
            aggregate: plan.intern(bound),
            year: *year,
            outer: None,
            ignore_missing: false,
            at: *at,
        })
    }

    fn check_column(
        &mut self,
        set: PlanId,
        column: ColumnId,
        aggregate: Aggregate,
        at: Location,
    ) -> Result<(), Broken> {
        let field = self.field(set, column);
        let fits = match aggregate {
            Aggregate::First | Aggregate::Last => field.kind == FieldType::Date,
            Aggregate::Distinct | Aggregate::Count => true,
            _ => field.kind.is_numeric(),
        };
        if fits {
            return Ok(());
        }
        let message = msg!(
            AggregateType,
            aggregate = aggregate.name(),
            column = &field.name,
            kind = field.kind.name()
        );
        self.complain(
            Diagnostic::of(Code::TypeMismatch, message)
                .mark(at)
                .label(field.at, msg!(DeclaredHere)),
        )
    }

    /// All conditions of a table.
    fn filters(
        &mut self,
        set: PlanId,
        table: &TableExpr,
        scope: MeasureScope,
    ) -> Result<Filters, Broken> {
        let mut conditions = Vec::new();
        let mut parts = Vec::new();
        let mut join = None;
        let mut failed = false;
        for closure in &table.filters {
            for conjunct in split(&closure.body) {
                match self.correlation(set, conjunct, scope) {
                    Ok(Some(found)) if join.is_none() => join = Some(found),
                    Ok(Some(_)) => {
                        failed = true;
                        let _ = self.complain::<()>(
                            Diagnostic::of(Code::UnsupportedInRow, msg!(OneCorrelation))
                                .mark(conjunct.at),
                        );
                    }
                    Ok(None) => match self.truth(set, conjunct, scope) {
                        Ok(condition) => {
                            conditions.push(condition);
                            parts.push((condition, conjunct.at));
                        }
                        Err(Broken) => failed = true,
                    },
                    Err(Broken) => failed = true,
                }
            }
        }
        for name in &table.as_of {
            match self.not_after(set, name) {
                Ok(condition) => conditions.push(condition),
                Err(Broken) => failed = true,
            }
        }
        if failed {
            return Err(Broken);
        }
        let expressions = &mut self.plans[set].expressions;
        let filter = conditions
            .into_iter()
            .reduce(|all, next| expressions.intern(ColumnExpr::And(all, next)));
        if let Some(filter) = filter {
            self.choices.push(Choice { set, filter, parts, rule: String::new() });
        }
        Ok(Filters { filter, join })
    }

    /// A condition, and that a date is not after the run's.
    fn known_by_now(&mut self, set: PlanId, filter: Option<ExprId>, column: ColumnId) -> ExprId {
        let by_now = self.by_now(set, column);
        let expressions = &mut self.plans[set].expressions;
        match filter {
            Some(filter) if expressions.conjuncts(filter).contains(&by_now) => filter,
            Some(filter) => expressions.intern(ColumnExpr::And(filter, by_now)),
            None => by_now,
        }
    }

    /// The condition that a date is not after the run's.
    fn by_now(&mut self, set: PlanId, column: ColumnId) -> ExprId {
        let as_of = ColumnExpr::AsOf;
        let expressions = &mut self.plans[set].expressions;
        let date = expressions.intern(ColumnExpr::Column(column));
        let limit = expressions.intern(as_of);
        expressions.intern(ColumnExpr::Compare(Comparison::LessOrEqual, date, limit))
    }

    fn not_after(&mut self, set: PlanId, name: &Name) -> Result<ExprId, Broken> {
        let column = self.column(set, &name.text, name.at)?;
        let field = self.field(set, column);
        if field.kind != FieldType::Date {
            let message = msg!(AsOfNeedsDate, column = &field.name, kind = field.kind.name());
            return self.complain(
                Diagnostic::of(Code::TypeMismatch, message)
                    .mark(name.at)
                    .label(field.at, msg!(DeclaredHere)),
            );
        }
        Ok(self.by_now(set, column))
    }

    /// `r.column == u.column`: the rows of this dataset that belong to the `each` row.
    fn correlation(
        &mut self,
        set: PlanId,
        conjunct: &RowExpr,
        scope: MeasureScope,
    ) -> Result<Option<Join>, Broken> {
        let RowKind::Compare(Comparison::Equal, a, b) = &conjunct.kind else { return Ok(None) };
        let (own, outer) = match (&a.kind, &b.kind) {
            (_, RowKind::Outer(outer)) => (a, (outer, b.at)),
            (RowKind::Outer(outer), _) => (b, (outer, a.at)),
            _ => return Ok(None),
        };
        let Some(each) = scope.each else {
            return self.complain(
                Diagnostic::of(Code::UnsupportedInRow, msg!(OuterOutsideEach)).mark(outer.1),
            );
        };
        let each = PlanId::from(each);
        let outer_column = self.column(each, outer.0, outer.1)?;
        let (key, kind) = self.expression(set, own, scope)?;
        let outer_kind = column_type(self.field(each, outer_column).kind);
        if kind != ColumnType::Text || outer_kind != ColumnType::Text {
            return self.complain(
                Diagnostic::of(Code::TypeMismatch, msg!(CorrelationNeedsText)).mark(conjunct.at),
            );
        }
        Ok(Some(Join { key, outer: self.plans[each].shown(outer_column) }))
    }
}

/// Splits a condition at its top-level `&&`.
fn split(expr: &RowExpr) -> Vec<&RowExpr> {
    let mut conjuncts = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            RowKind::And(a, b) => open.extend([&**b, &**a]),
            _ => conjuncts.push(expr),
        }
    }
    conjuncts
}
