//! A verdict's calculation laid open: every part of the measure with its number and the rows it
//! comes from, and the arithmetic of goal, path, pace and gap.

use std::collections::BTreeMap;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use chrono::NaiveDate;

use super::bound::{BoundAssignment, BoundDemand, BoundEvidence, BoundRule};
use super::deadline::UnitValue;
use super::{Judge, Outcome, Verdict};
use crate::exact::Exact;
use crate::ids::Id;
use crate::measure::Quotient;
use crate::measure::bind::{AggregateId, Bound, BoundCondition, CheckId, PlanId};
use crate::measure::column::ExprId;
use crate::measure::describe::describe;
use crate::measure::evaluate::{Absence, Point, Truth, Value};
use crate::measure::evaluator::Evaluator;
use crate::measure::interval::Interval;
use crate::measure::mask::Mask;
use crate::message::Message;
use crate::msg;
use crate::reading::areas::AreaId;
use crate::reading::batch::ColumnId;
use crate::source::{Location, Place};

/// Most rows that are remembered for one area.
const MOST_ROWS: usize = 100;

/// A calculation laid open.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What is calculated, each from the top.
    pub parts: Vec<Part>,
    /// The arithmetic after that, step by step: what, and how.
    pub steps: Vec<(Message, Message)>,
    /// Why the verdict is what it is.
    pub reasons: Vec<Message>,
    /// For bodies that each must do something: where the evidence of each stands.
    pub evidence: Vec<(String, Vec<Place>)>,
}

/// One of the things a rule calculates.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is for.
    pub role: Message,
    /// The calculation.
    pub tree: Node,
}

/// A step of a calculation and what it is made of.
#[derive(Clone, Debug)]
pub struct Node {
    /// The step in the words of the rule language.
    pub text: String,
    /// Where the rule makes it, where it does.
    pub at: Option<Location>,
    /// What comes out.
    pub result: Found,
    /// Where that is unknown: what it can be.
    pub between: Option<Interval>,
    /// The rows it is made of.
    pub rows: Option<Rows>,
    /// What it is made of.
    pub children: Vec<Node>,
}

/// What came out of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A number.
    Number(Exact),
    /// A date.
    Date(NaiveDate),
    /// A truth value.
    Truth(bool),
    /// Nothing, and why.
    Nothing(Message),
}

/// The rows an aggregate is made of.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The dataset.
    pub dataset: String,
    /// The year.
    pub year: Option<i32>,
    /// The condition they satisfy.
    pub filter: Option<String>,
    /// How many count.
    pub count: u64,
    /// How many are unknown.
    pub unknown: u64,
    /// By area, in order of their codes; one without an area for datasets without.
    pub areas: Vec<AreaRows>,
}

/// The rows of one area.
#[derive(Clone, Debug)]
pub struct AreaRows {
    /// The area's code.
    pub area: Option<String>,
    /// What comes out there.
    pub value: Option<Exact>,
    /// How many count.
    pub count: u64,
    /// Where they stand: the cell of each, the first so many.
    pub cells: Vec<Place>,
}

impl Judge<'_> {
    /// Lays a rule's calculation open.
    pub fn trace(&self, rule: &BoundRule, verdict: &Verdict) -> Trace {
        let whole = Point::whole(self.year());
        let mut trace = Trace::default();
        if let Some(condition) = &rule.applies {
            let tree = self.condition_node(condition, whole);
            trace.parts.push(Part { role: msg!(TraceApplies), tree });
        }
        match &rule.demand {
            BoundDemand::Target(measure) => {
                let tree = self.node(measure, whole);
                trace.parts.push(Part { role: msg!(TraceMeasure, year = self.year()), tree });
                if let Outcome::Target(target) = &verdict.outcome {
                    trace.steps = self.steps(&target.found);
                }
            }
            BoundDemand::Assignment(assignment) => {
                self.trace_assignment(&mut trace, assignment, verdict);
            }
            BoundDemand::Expect(set, check) => {
                trace.parts.push(self.trace_check(*set, *check));
            }
            BoundDemand::Check(inputs) => {
                for (name, measure) in inputs {
                    let tree = self.node(measure, whole);
                    trace.parts.push(Part { role: msg!(TraceInput, name = name), tree });
                }
            }
        }
        trace.reasons = self.reasons(verdict);
        trace
    }

    fn trace_assignment(&self, trace: &mut Trace, bound: &BoundAssignment, verdict: &Verdict) {
        let points: Vec<(Message, Point)> = match &bound.each {
            None => vec![(msg!(TraceEvidence), Point::whole(self.year()))],
            Some(rows) => self
                .bodies(rows)
                .into_iter()
                .map(|row| {
                    let name = self.unit_name(rows.set, row).1;
                    let point = Point { each: Some((rows.set, row)), ..Point::whole(self.year()) };
                    (msg!(TraceEvidenceOf, name = name), point)
                })
                .collect(),
        };
        // Of many bodies each has the same calculation: the worst one's is shown, and where the
        // evidence of every one stands.
        let worst = |unit: &UnitValue| {
            // Nothing at all is worse than something late, and later is worse.
            let days = unit.timing.days_late().unwrap_or(0);
            (unit.status, unit.date.is_some(), -days, unit.code.clone())
        };
        let units = verdict.units().iter().enumerate();
        let shown = units.min_by_key(|(_, unit)| worst(unit)).map_or(0, |(at, _)| at);
        if let Some((role, point)) = points.get(shown) {
            let tree = match &bound.met {
                BoundEvidence::Date(measure) => self.node(measure, *point),
                BoundEvidence::Condition(condition) => self.condition_node(condition, *point),
            };
            trace.parts.push(Part { role: role.clone(), tree });
            if let Some(progress) = &bound.progress {
                let tree = self.node(progress, *point);
                trace.parts.push(Part { role: msg!(TraceProgress), tree });
            }
        }
        let evidence = |measure: &Bound, point: Point| {
            let rows = self.rows(measure, point)?;
            Some(rows.areas.into_iter().flat_map(|area| area.cells).collect::<Vec<_>>())
        };
        for (unit, (_, point)) in verdict.units().iter().zip(&points) {
            let cells = match &bound.met {
                BoundEvidence::Date(measure) => evidence(measure, *point),
                BoundEvidence::Condition(_) => None,
            };
            trace.evidence.push((unit.code.clone(), cells.unwrap_or_default()));
        }
    }

    fn trace_check(&self, set: PlanId, check: CheckId) -> Part {
        let plan = &self.frame.plans[set];
        let bound = &plan.checks[check];
        let found = self.values.tallies[set].checks.get(check).cloned().unwrap_or_default();
        let columns = plan.expressions.columns(bound.condition);
        let column = columns.first().copied().unwrap_or(ColumnId::FIRST);
        let cells = found
            .first
            .iter()
            .filter_map(|row| self.frame.datasets.cell(plan.dataset, *row, plan.shown(column)));
        let rows = Rows {
            dataset: self.values.dataset(set).contract.name.clone(),
            year: None,
            filter: bound.filter.map(|filter| self.text(set, filter)),
            count: found.rows,
            unknown: found.undecided,
            areas: vec![AreaRows {
                area: None,
                value: None,
                count: found.violations,
                cells: cells.collect(),
            }],
        };
        let tree = Node {
            text: self.text(set, bound.condition),
            at: None,
            result: if found.violations == 0 && found.undecided > 0 {
                Found::Nothing(msg!(TraceUndecided, count = found.undecided))
            } else {
                Found::Truth(found.violations == 0)
            },
            between: None,
            rows: Some(rows),
            children: Vec::new(),
        };
        Part { role: msg!(TraceRows, count = found.rows, violations = found.violations), tree }
    }

    /// An expression over a plan's rows, as text.
    fn text(&self, set: PlanId, id: ExprId) -> String {
        let plan = &self.frame.plans[set];
        let contract = &self.values.dataset(set).contract;
        let name = |column: ColumnId| {
            let name = &contract.fields[plan.shown(column)].name;
            match plan.grouped.as_ref().and_then(|grouped| grouped.inner_of(column)) {
                Some(inner) => {
                    let of = inner.column.map(|_| format!("\"{name}\"")).unwrap_or_default();
                    format!("{}({of})", inner.aggregate.name())
                }
                None => name.clone(),
            }
        };
        describe(&plan.expressions, id, &self.frame, &name)
    }

    fn node(&self, measure: &Bound, point: Point) -> Node {
        let found = self.values.measure(measure, point);
        let between = match &found {
            Err(Absence::Missing(..)) => self.values.interval(measure, point),
            _ => None,
        };
        let (text, at, children) = match measure {
            Bound::Number(value) => (value.exact_text(), None, Vec::new()),
            Bound::Arithmetic(operation, a, b, at) => {
                let children = vec![self.node(a, point), self.node(b, point)];
                (operation.symbol().to_owned(), Some(*at), children)
            }
            Bound::Quotient(quotient) => {
                let name = match &quotient.kind {
                    Quotient::Percent => "percent".to_owned(),
                    Quotient::Ratio => "ratio".to_owned(),
                    Quotient::Per(number) => format!("per {}", number.exact_text()),
                };
                let children =
                    vec![self.node(&quotient.part, point), self.node(&quotient.whole, point)];
                (name, Some(quotient.at), children)
            }
            Bound::Aggregate { set, aggregate, year, at, ignore_missing, .. } => {
                let plan = &self.frame.plans[*set];
                let bound = &plan.aggregates[*aggregate];
                let contract = &self.values.dataset(*set).contract;
                let column =
                    bound.column.map(|column| contract.fields[plan.shown(column)].name.as_str());
                let column = column.map(|name| format!("\"{name}\"")).unwrap_or_default();
                let mut text = format!("{}.{}({column})", contract.name, bound.aggregate.name());
                if year.resolve(point.year) != point.year {
                    text.push_str(&format!(".year({})", year.resolve(point.year)));
                }
                if *ignore_missing {
                    text.push_str(".ignore_missing()");
                }
                (text, Some(*at), Vec::new())
            }
        };
        let result = match found {
            Ok(Value::Number(value)) => Found::Number(value),
            Ok(Value::Date(date)) => Found::Date(date),
            Ok(Value::Nothing) => Found::Nothing(msg!(TraceNothing)),
            Err(absence) => Found::Nothing(self.absence_text(&absence)),
        };
        let between = between.filter(|between| !between.is_open());
        Node { text, at, result, between, rows: self.rows(measure, point), children }
    }

    fn condition_node(&self, condition: &BoundCondition, point: Point) -> Node {
        let (text, children) = match condition {
            BoundCondition::Constant(value) => (value.to_string(), Vec::new()),
            BoundCondition::Compare(comparison, a, b) => {
                (comparison.symbol().to_owned(), vec![self.node(a, point), self.node(b, point)])
            }
            BoundCondition::All(items) | BoundCondition::Any(items) => {
                let name =
                    if matches!(condition, BoundCondition::All(_)) { "all_of" } else { "any_of" };
                let items = items.iter().map(|item| self.condition_node(item, point));
                (name.to_owned(), items.collect())
            }
            BoundCondition::Not(inner) => ("!".to_owned(), vec![self.condition_node(inner, point)]),
        };
        let result = match self.values.condition(condition, point) {
            Truth::True => Found::Truth(true),
            Truth::False => Found::Truth(false),
            Truth::Unknown(absence) => Found::Nothing(self.absence_text(&absence)),
        };
        Node { text, at: None, result, between: None, rows: None, children }
    }

    fn absence_text(&self, absence: &Absence) -> Message {
        match absence {
            Absence::Missing(items, total) => self.missing(items, *total),
            Absence::ZeroDenominator(_) => msg!(TraceZero),
            Absence::NotByArea => msg!(TraceNotByArea),
            Absence::NotThen => msg!(TraceNotThen),
            Absence::NoRows => msg!(TraceNothing),
            Absence::Overflow => msg!(NumberDoesNotFit),
        }
    }

    /// The rows an aggregate is made of, by area.
    fn rows(&self, measure: &Bound, point: Point) -> Option<Rows> {
        let Bound::Aggregate { set, aggregate, year, outer, .. } = measure else { return None };
        let plan = &self.frame.plans[*set];
        let bound = &plan.aggregates[*aggregate];
        let contract = &self.values.dataset(*set).contract;
        let year = year.resolve(point.year);
        let tally = self.values.tally(*set, *aggregate, year, point, *outer);
        let (count, unknown) = match &tally {
            Ok((tally, missing)) => (tally.rows, tally.unknown + missing.len() as u64),
            Err(_) => (0, 0),
        };
        let cells = match outer {
            None => self.cells_by_area(*set, *aggregate, year),
            Some(_) => BTreeMap::new(),
        };
        let by_area = contract.area.is_some() && point.area.is_none() && point.each.is_none();
        // Each row's area is one of the row's year.
        let of = if contract.year.is_some() { year } else { self.frame.datasets.areas.standing() };
        let of = if by_area { of } else { point.of };
        let at = |area: Option<AreaId>| {
            let point = Point { area, of, ..point };
            let value = match self.values.measure(measure, point) {
                Ok(Value::Number(value)) => Some(value),
                _ => None,
            };
            let tally = self.values.tally(*set, *aggregate, year, point, *outer).ok();
            let first = tally.as_ref().and_then(|(tally, _)| tally.deciding(bound.aggregate));
            let first = first.and_then(|row| {
                let column = self.shown_column(*set, *aggregate);
                self.frame.datasets.cell(plan.dataset, row, column)
            });
            AreaRows {
                area: area.map(|area| self.frame.datasets.areas.code(area).to_owned()),
                value,
                count: tally.map_or(0, |(tally, _)| tally.rows),
                cells: cells.get(&area).cloned().unwrap_or_else(|| first.into_iter().collect()),
            }
        };
        let areas = if by_area {
            self.frame.datasets.areas.of_year(of).map(|area| at(Some(area))).collect()
        } else {
            vec![at(point.area)]
        };
        let joined = bound.key.zip(outer.zip(point.each)).map(|(key, (column, (each, row)))| {
            let text = self.frame.datasets.sets[each].text(row, column).unwrap_or_default();
            format!("{} == \"{text}\"", self.text(*set, key))
        });
        let filter = bound.filter.map(|filter| self.text(*set, filter));
        let filter: Vec<String> = joined.into_iter().chain(filter).collect();
        Some(Rows {
            dataset: contract.name.clone(),
            year: contract.year.map(|_| year),
            filter: (!filter.is_empty()).then(|| filter.join(" && ")),
            count,
            unknown,
            areas,
        })
    }

    /// The cells of the rows that count, by area, for datasets in memory.
    fn cells_by_area(
        &self,
        set: PlanId,
        aggregate: AggregateId,
        year: i32,
    ) -> BTreeMap<Option<AreaId>, Vec<Place>> {
        let mut cells: BTreeMap<Option<AreaId>, Vec<Place>> = BTreeMap::new();
        let plan = &self.frame.plans[set];
        let dataset = self.values.dataset(set);
        let (Some(table), None) = (&dataset.table, &plan.grouped) else { return cells };
        let bound = &plan.aggregates[aggregate];
        let mut evaluator = Evaluator::new(&self.frame, &plan.expressions, table);
        let chosen = match bound.filter.map(|filter| evaluator.mask(filter)).transpose() {
            Ok(chosen) => {
                chosen.map_or_else(|| Mask::all(table.rows, true), |mask| (*mask).clone())
            }
            Err(_) => return cells,
        };
        let contract = &dataset.contract;
        let array = |column: ColumnId| table.columns[column].as_ref();
        let years = contract.year.and_then(|year| array(year.into()));
        let value = bound.column.and_then(array);
        let column = self.shown_column(set, aggregate);
        for row in 0..table.rows {
            let of_year = years.is_none_or(|years| {
                years.is_valid(row)
                    && years.as_primitive::<Int64Type>().value(row) == i64::from(year)
            });
            let counts = chosen.holds_at(row)
                && !table.doubled.contains(&row)
                && value.is_none_or(|value| value.is_valid(row));
            if !of_year || !counts {
                continue;
            }
            let area =
                contract.area.and_then(|column| dataset.text(row, column)).and_then(|code| {
                    self.frame.datasets.areas.find(code, contract.year.map(|_| year), contract)
                });
            let cells = cells.entry(area).or_default();
            if cells.len() < MOST_ROWS
                && let Some(cell) = self.frame.datasets.cell(plan.dataset, table.refs[row], column)
            {
                cells.push(cell);
            }
        }
        // Without areas all rows are of the whole.
        if contract.area.is_none() {
            return cells;
        }
        let all: Vec<Place> = cells.values().flatten().copied().take(MOST_ROWS).collect();
        cells.insert(None, all);
        cells
    }
}
