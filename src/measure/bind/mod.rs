//! Binding: every name and type a rule uses is resolved against the contracts, before any row
//! is read, and every aggregate joins one scan plan, shared between rules.

mod rows;

use std::collections::HashMap;

use chrono::NaiveDate;

use rows::column_type;

use crate::data::Catalog;
use crate::data::contract::{Contract, FieldType};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::exact::Exact;
use crate::measure::column::{ColumnExpr, ColumnType, ExprId, Expressions};
use crate::measure::row::{Literal, RowClosure, RowExpr, RowKind};
use crate::measure::{
    Aggregate, Arithmetic, Comparison, Condition, Measure, MeasureKind, Name, Quotient, TableExpr,
    YearRef,
};
use crate::msg;
use crate::source::Location;

/// An aggregate over one dataset, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BoundAggregate {
    /// The condition rows must satisfy.
    pub filter: Option<ExprId>,
    /// The aggregate.
    pub aggregate: Aggregate,
    /// Its column.
    pub column: Option<usize>,
    /// A text by which rows are kept apart, for conditions on an `each` row.
    pub key: Option<ExprId>,
}

/// What the scan of one dataset must compute.
#[derive(Debug, Default)]
pub struct SetPlan {
    /// Distinct expressions.
    pub expressions: Expressions,
    /// Distinct aggregates.
    pub aggregates: Vec<BoundAggregate>,
    index: HashMap<BoundAggregate, usize>,
}

impl SetPlan {
    fn intern(&mut self, aggregate: BoundAggregate) -> usize {
        if let Some(at) = self.index.get(&aggregate) {
            return *at;
        }
        self.aggregates.push(aggregate.clone());
        self.index.insert(aggregate, self.aggregates.len() - 1);
        self.aggregates.len() - 1
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
    },
    /// A constant.
    Number(Exact),
    /// Arithmetic.
    Arithmetic(Arithmetic, Box<Bound>, Box<Bound>, Location),
    /// A share, ratio or rate.
    Quotient(Quotient, Box<Bound>, Box<Bound>, Location),
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
pub struct Context {
    /// The year shift around it.
    year: YearRef,
    /// Whether unknown cells are to be left out.
    ignore_missing: bool,
    /// The dataset of the enclosing `each`.
    each: Option<usize>,
}

impl Context {
    /// Inside a rule whose bodies are rows of `each`.
    pub fn each(each: Option<usize>) -> Context {
        Context { each, ..Context::default() }
    }
}

/// Binds rules against the contracts, gathering the scan plan and every complaint.
pub struct Binder<'a> {
    catalog: &'a Catalog,
    as_of: NaiveDate,
    /// What each dataset's scan must compute, aligned with the catalog.
    pub plans: Vec<SetPlan>,
    /// What could not be bound.
    pub complaints: Vec<Diagnostic>,
}

impl<'a> Binder<'a> {
    /// A binder for rules judged at `as_of`.
    pub fn new(catalog: &'a Catalog, as_of: NaiveDate) -> Binder<'a> {
        let plans = catalog.datasets.iter().map(|_| SetPlan::default()).collect();
        Binder { catalog, as_of, plans, complaints: Vec::new() }
    }

    /// The contract of a dataset.
    pub fn contract(&self, set: usize) -> &'a Contract {
        &self.catalog.datasets[set].contract
    }

    /// Records a complaint, once for each place: a shared function bound for forty rules
    /// complains once.
    pub fn complain<T>(&mut self, complaint: Diagnostic) -> Result<T, Broken> {
        let known = self.complaints.iter().any(|other| {
            other.code == complaint.code
                && other.labels.first().map(|l| l.at) == complaint.labels.first().map(|l| l.at)
        });
        if !known {
            self.complaints.push(complaint);
        }
        Err(Broken)
    }

    /// The dataset of this name.
    pub fn dataset(&mut self, name: &str, at: Location) -> Result<usize, Broken> {
        if let Some(set) = self.catalog.position(name) {
            return Ok(set);
        }
        if self.catalog.broken.iter().any(|broken| broken == name) {
            return Err(Broken);
        }
        let help = suggestion(name, self.catalog.names());
        self.complain(
            Diagnostic::new(Code::UnknownName, msg!(UnknownDataset, name = name))
                .mark(at)
                .maybe_help(help),
        )
    }

    /// The column of this name.
    pub fn column(&mut self, set: usize, name: &str, at: Location) -> Result<usize, Broken> {
        let contract = self.contract(set);
        match contract.field(name) {
            Some(column) => Ok(column),
            None => {
                let help = suggestion(name, contract.names()).unwrap_or_else(|| {
                    msg!(KnownColumns, columns = contract.names().collect::<Vec<_>>().join(", "))
                });
                self.complain(
                    Diagnostic::new(
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
        context: Context,
    ) -> Result<(Bound, MeasureType), Broken> {
        match &*measure.kind {
            MeasureKind::Number(value) => Ok((Bound::Number(*value), MeasureType::Number)),
            MeasureKind::InYear(year, inner) => {
                self.measure(inner, Context { year: year.within(context.year), ..context })
            }
            MeasureKind::IgnoreMissing(inner) => {
                self.measure(inner, Context { ignore_missing: true, ..context })
            }
            MeasureKind::Arithmetic(operation, a, b) => {
                let a = self.number(a, context);
                let b = self.number(b, context);
                let bound = Bound::Arithmetic(*operation, Box::new(a?), Box::new(b?), measure.at);
                Ok((bound, MeasureType::Number))
            }
            MeasureKind::Quotient(quotient, a, b) => {
                let a = self.number(a, context);
                let b = self.number(b, context);
                let (a, b) = (Box::new(a?), Box::new(b?));
                let bound = Bound::Quotient(quotient.clone(), a, b, measure.at);
                Ok((bound, MeasureType::Number))
            }
            MeasureKind::Aggregate { table, aggregate, column } => {
                self.aggregate(table, *aggregate, column.as_ref(), measure.at, context)
            }
        }
    }

    /// Resolves a measure that must be a number.
    pub fn number(&mut self, measure: &Measure, context: Context) -> Result<Bound, Broken> {
        match self.measure(measure, context)? {
            (bound, MeasureType::Number) => Ok(bound),
            (_, MeasureType::Date) => self.complain(
                Diagnostic::new(Code::TypeMismatch, msg!(DateNotNumber))
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
        context: Context,
    ) -> Result<BoundCondition, Broken> {
        let all = |binder: &mut Self, items: &[Condition]| {
            let bound: Vec<_> = items.iter().map(|item| binder.condition(item, context)).collect();
            bound.into_iter().collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::Compare(comparison, a, b) => {
                let a = self.number(a, context);
                let b = self.number(b, context);
                BoundCondition::Compare(*comparison, a?, b?)
            }
            Condition::All(items) => BoundCondition::All(all(self, items)?),
            Condition::Any(items) => BoundCondition::Any(all(self, items)?),
            Condition::Not(inner) => BoundCondition::Not(Box::new(self.condition(inner, context)?)),
            Condition::Constant(value) => BoundCondition::Constant(*value),
        })
    }

    /// Resolves rows chosen from a dataset.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn rows(&mut self, table: &TableExpr, at: Location) -> Result<BoundRows, Broken> {
        let set = self.dataset(&table.dataset, at)?;
        let (filter, key) = self.filters(set, table, Context::default())?;
        debug_assert!(key.is_none());
        Ok(BoundRows { set, filter, year: table.year })
    }

    /// Resolves one condition over the rows of a dataset.
    ///
    /// # Errors
    /// [`Broken`] after recording what is wrong.
    pub fn row_condition(&mut self, set: usize, closure: &RowClosure) -> Result<ExprId, Broken> {
        self.truth(set, &closure.body, Context::default())
    }

    fn aggregate(
        &mut self,
        table: &TableExpr,
        aggregate: Aggregate,
        column: Option<&Name>,
        at: Location,
        context: Context,
    ) -> Result<(Bound, MeasureType), Broken> {
        let set = self.dataset(&table.dataset, at)?;
        let filters = self.filters(set, table, context);
        let column = column
            .map(|name| {
                let column = self.column(set, &name.text, name.at)?;
                self.check_column(set, column, aggregate, name.at)?;
                Ok(column)
            })
            .transpose();
        let ((filter, outer), column) = (filters?, column?);
        let (key, outer) = match outer {
            Some((key, outer)) => (Some(key), Some(outer)),
            None => (None, None),
        };
        let bound = BoundAggregate { filter, aggregate, column, key };
        let kind = match aggregate {
            Aggregate::First | Aggregate::Last => MeasureType::Date,
            _ => MeasureType::Number,
        };
        let measure = Bound::Aggregate {
            set,
            aggregate: self.plans[set].intern(bound),
            year: table.year.within(context.year),
            outer,
            ignore_missing: context.ignore_missing,
        };
        Ok((measure, kind))
    }

    fn check_column(
        &mut self,
        set: usize,
        column: usize,
        aggregate: Aggregate,
        at: Location,
    ) -> Result<(), Broken> {
        let field = &self.contract(set).fields[column];
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
            Diagnostic::new(Code::TypeMismatch, message)
                .mark(at)
                .label(field.at, msg!(DeclaredHere)),
        )
    }

    /// All conditions of a table as one expression, and the correlation with the `each` row:
    /// the key expression here and the column there.
    fn filters(
        &mut self,
        set: usize,
        table: &TableExpr,
        context: Context,
    ) -> Result<(Option<ExprId>, Option<(ExprId, usize)>), Broken> {
        let mut conditions = Vec::new();
        let mut key = None;
        let mut failed = false;
        for closure in &table.filters {
            let mut conjuncts = Vec::new();
            split(&closure.body, &mut conjuncts);
            for conjunct in conjuncts {
                match self.correlation(set, conjunct, context) {
                    Ok(Some(found)) if key.is_none() => key = Some(found),
                    Ok(Some(_)) => {
                        failed = true;
                        let _ = self.complain::<()>(
                            Diagnostic::new(Code::UnsupportedInRow, msg!(OneCorrelation))
                                .mark(conjunct.at),
                        );
                    }
                    Ok(None) => match self.truth(set, conjunct, context) {
                        Ok(condition) => conditions.push(condition),
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
        Ok((filter, key))
    }

    fn not_after(&mut self, set: usize, name: &Name) -> Result<ExprId, Broken> {
        let column = self.column(set, &name.text, name.at)?;
        let field = &self.contract(set).fields[column];
        if field.kind != FieldType::Date {
            let message = msg!(AsOfNeedsDate, column = &field.name, kind = field.kind.name());
            return self.complain(
                Diagnostic::new(Code::TypeMismatch, message)
                    .mark(name.at)
                    .label(field.at, msg!(DeclaredHere)),
            );
        }
        let as_of = ColumnExpr::Literal(Literal::Date(self.as_of));
        let expressions = &mut self.plans[set].expressions;
        let date = expressions.intern(ColumnExpr::Column(column));
        let limit = expressions.intern(as_of);
        Ok(expressions.intern(ColumnExpr::Compare(Comparison::LessOrEqual, date, limit)))
    }

    /// `r.column == u.column`: the rows of this dataset that belong to the `each` row.
    fn correlation(
        &mut self,
        set: usize,
        conjunct: &RowExpr,
        context: Context,
    ) -> Result<Option<(ExprId, usize)>, Broken> {
        let RowKind::Compare(Comparison::Equal, a, b) = &conjunct.kind else { return Ok(None) };
        let (own, outer) = match (&a.kind, &b.kind) {
            (_, RowKind::Outer(outer)) => (a, (outer, b.at)),
            (RowKind::Outer(outer), _) => (b, (outer, a.at)),
            _ => return Ok(None),
        };
        let Some(each) = context.each else {
            return self.complain(
                Diagnostic::new(Code::UnsupportedInRow, msg!(OuterOutsideEach)).mark(outer.1),
            );
        };
        let outer_column = self.column(each, outer.0, outer.1)?;
        let (key, kind) = self.expression(set, own, context)?;
        let outer_kind = column_type(self.contract(each).fields[outer_column].kind);
        if kind != ColumnType::Text || outer_kind != ColumnType::Text {
            return self.complain(
                Diagnostic::new(Code::TypeMismatch, msg!(CorrelationNeedsText)).mark(conjunct.at),
            );
        }
        Ok(Some((key, outer_column)))
    }
}

/// Splits a condition at its top-level `&&`.
fn split<'e>(expr: &'e RowExpr, out: &mut Vec<&'e RowExpr>) {
    match &expr.kind {
        RowKind::And(a, b) => {
            split(a, out);
            split(b, out);
        }
        _ => out.push(expr),
    }
}
