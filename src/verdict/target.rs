//! Judging targets: value against goal, gap, areas, and the path before the goal is due.

use std::collections::BTreeSet;

use super::progress::stand_on_path;
use super::{AreaValue, Gap, Judge, Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::Quotient;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Point, Value};
use crate::message::{Arg, Bilingual, Key, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::rule::{Baseline, Target, When};
use crate::source::Location;

/// How many areas are named as enough to close a gap.
const NAMED_AREAS: usize = 4;

impl Judge<'_> {
    pub(super) fn judge_target(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        let goal = &target.goal.value;
        verdict.unit = self.unit(target, measure);
        verdict.years = self.years(measure);
        self.values.ignored.set(0);
        let value = self.values.measure(measure, Point::whole(self.year));
        verdict.ignored = self.values.ignored.get();
        // Also where the whole is unknown: the areas that are known are.
        verdict.areas = self.areas(goal, measure);
        let value = match value {
            Ok(Value::Number(value)) => value,
            Ok(_) => return self.absent(verdict, &Absence::NoRows, target.measure.at),
            Err(absence) => return self.absent(verdict, &absence, target.measure.at),
        };
        verdict.value = Some(value);
        if matches!(measure, Bound::Quotient(Quotient::Percent, ..)) && value > Exact::int(100) {
            self.above_whole(verdict, target, measure);
            return;
        }
        self.progress(verdict, target, measure, value);
        if goal.is_met_by(value) {
            verdict.status = Status::Met;
            return;
        }
        verdict.gap = self.gap(goal, measure, value);
        let due = match target.when {
            When::EveryYear => true,
            When::By(year) => self.year >= year,
        };
        if due {
            verdict.status = Status::Unmet;
        } else {
            stand_on_path(verdict, target, (self.year, value));
        }
        let diagnostic = self.shortfall(verdict, target, measure);
        verdict.diagnostics.push(diagnostic);
    }

    /// The unit values are shown in.
    fn unit(&self, target: &Target, measure: &Bound) -> Bilingual {
        if let Some(unit) = &target.unit {
            return unit.clone();
        }
        match measure {
            Bound::Quotient(Quotient::Percent, ..) => Bilingual::same("%"),
            other => self.noun(other).unwrap_or_default(),
        }
    }

    fn noun(&self, measure: &Bound) -> Option<Bilingual> {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return None };
        let contract = &self.values.dataset(*set).contract;
        if let Some(subject) = self.group_noun(*set) {
            return Some(subject);
        }
        let aggregate = &self.plans[*set].aggregates[*aggregate];
        use crate::measure::Aggregate::{Count, Distinct, Sum};
        let noun = match (aggregate.aggregate, aggregate.column) {
            (Count | Distinct, _) => &contract.subject,
            (Sum, Some(column)) => &contract.fields[column].unit,
            _ => return None,
        };
        (!noun.is_empty()).then(|| noun.clone())
    }

    /// What one group is, for measures over groups: a row of the dataset its key refers to.
    fn group_noun(&self, set: usize) -> Option<Bilingual> {
        let plan = &self.plans[set];
        let key = *plan.grouped.as_ref()?.keys.first()?;
        let contract = &self.datasets.sets[plan.dataset].contract;
        let target = contract.reference(&contract.fields[key])?;
        let named = |set: &&crate::data::Dataset| set.contract.name == target;
        let subject = &self.datasets.sets.iter().find(named)?.contract.subject;
        (!subject.is_empty()).then(|| subject.clone())
    }

    /// The measure in every year its datasets have.
    fn years(&self, measure: &Bound) -> Vec<(i32, Option<Exact>)> {
        let mut years = BTreeSet::new();
        self.collect_years(measure, &mut years);
        years
            .into_iter()
            .map(|year| match self.values.measure(measure, Point::whole(year)) {
                Ok(Value::Number(value)) => (year, Some(value)),
                _ => (year, None),
            })
            .collect()
    }

    fn collect_years(&self, measure: &Bound, years: &mut BTreeSet<i32>) {
        match measure {
            Bound::Number(_) => {}
            Bound::Arithmetic(_, a, b, _) | Bound::Quotient(_, a, b, _) => {
                self.collect_years(a, years);
                self.collect_years(b, years);
            }
            Bound::Aggregate { set, .. } => years.extend(&self.values.tallies[*set].years),
        }
    }

    /// The measure by area in the reporting year; empty when it is not kept by area.
    fn areas(&self, goal: &Goal, measure: &Bound) -> Vec<AreaValue> {
        let areas = &self.datasets.areas;
        let mut values = Vec::with_capacity(areas.codes.len());
        for (area, code) in areas.codes.iter().enumerate() {
            let point = Point { year: self.year, area: Some(area), each: None };
            let value = match self.values.measure(measure, point) {
                Ok(Value::Number(value)) => Some(value),
                Err(Absence::NotByArea) => return Vec::new(),
                _ => None,
            };
            let short = value.filter(|value| !goal.is_met_by(*value));
            values.push(AreaValue {
                code: code.clone(),
                name: areas.names[area].clone(),
                value,
                needed: short.and_then(|_| self.subjects(goal, measure, point)),
            });
        }
        values
    }

    /// Subjects needed at a point, where the measure counts subjects.
    fn subjects(&self, goal: &Goal, measure: &Bound, point: Point) -> Option<i128> {
        let number = |bound: &Bound| match self.values.measure(bound, point) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        };
        match measure {
            Bound::Quotient(quotient, part, whole, _) => {
                goal.subjects_needed(number(part)?, number(whole)?, quotient.factor())
            }
            Bound::Aggregate { .. } if self.counts_subjects(measure) => {
                goal.subjects_needed(number(measure)?, Exact::ONE, Exact::ONE)
            }
            _ => None,
        }
    }

    fn gap(&self, goal: &Goal, measure: &Bound, value: Exact) -> Option<Gap> {
        let noun = match measure {
            Bound::Quotient(_, part, ..) => self.noun(part),
            other => self.noun(other),
        };
        // A gap in subjects needs something to count; m³ or m² of a sum are no subjects.
        let counts = match measure {
            Bound::Quotient(_, part, ..) => self.counts_subjects(part),
            other => self.counts_subjects(other),
        };
        let subjects =
            if counts { self.subjects(goal, measure, Point::whole(self.year)) } else { None };
        let of_whole = matches!(measure, Bound::Quotient(..));
        Some(Gap { distance: goal.distance(value)?, subjects, noun, of_whole })
    }

    fn counts_subjects(&self, measure: &Bound) -> bool {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return true };
        let aggregate = &self.plans[*set].aggregates[*aggregate];
        use crate::measure::Aggregate::{Count, Distinct, Sum};
        if !matches!(aggregate.aggregate, Count | Distinct | Sum) {
            return false;
        }
        aggregate.column.is_none_or(|column| {
            self.values.dataset(*set).contract.fields[self.plans[*set].shown(column)].kind
                == crate::data::contract::FieldType::Integer
        })
    }

    /// The finding of a value that does not meet its goal.
    fn shortfall(&self, verdict: &Verdict, target: &Target, measure: &Bound) -> Diagnostic {
        let goal = &target.goal.value;
        let value = verdict.value.unwrap_or(Exact::ZERO);
        let mut marks = goal.marks();
        marks.extend(verdict.required);
        let shown = amount(value, &verdict.unit, &marks);
        let demanded = goal_text(goal, &verdict.unit);
        let required = verdict.required.map(|required| {
            let bound = amount(required, &verdict.unit, &[value]);
            match goal.direction() {
                Direction::Up => msg!(GoalAtLeast, bound = bound),
                Direction::Down => msg!(GoalAtMost, bound = bound),
                Direction::Towards => bound,
            }
        });
        let (code, message) = match (verdict.status, target.when, required) {
            (Status::Unmet, When::EveryYear, _) => (
                Code::Unmet,
                msg!(UnmetEveryYear, title = &verdict.title, value = shown, goal = demanded),
            ),
            (Status::Unmet, When::By(by), _) => (
                Code::Unmet,
                msg!(UnmetBy, title = &verdict.title, value = shown, goal = demanded, by = by),
            ),
            (status, When::By(by), Some(required)) => {
                let code = match status {
                    Status::OnTrack => Code::OnTrack,
                    Status::Behind => Code::Behind,
                    _ => Code::OffTrack,
                };
                let sentence = match status {
                    Status::OnTrack => Key::OnTrackMessage,
                    _ => Key::BehindMessage,
                };
                let arguments = vec![
                    ("title", Arg::from(&verdict.title)),
                    ("value", Arg::from(shown)),
                    ("required", Arg::from(required)),
                    ("year", Arg::from(self.year)),
                    ("goal", Arg::from(demanded)),
                    ("by", Arg::from(by)),
                ];
                let message = Message::new(sentence, arguments);
                (code, message)
            }
            (_, When::By(by), None) => (
                Code::NotYet,
                msg!(
                    NotYetMessage,
                    title = &verdict.title,
                    value = shown,
                    goal = demanded,
                    by = by
                ),
            ),
            (_, When::EveryYear, _) => (
                Code::NotYet,
                msg!(UnmetEveryYear, title = &verdict.title, value = shown, goal = demanded),
            ),
        };
        let mut diagnostic = Diagnostic::new(code, message).subject(&verdict.id);
        if let Some((at, text)) = self.worst(verdict, measure) {
            diagnostic = diagnostic.label(at, text);
        }
        diagnostic = diagnostic.label(target.goal.at, msg!(GoalLabel));
        diagnostic = self.point_at_clause(diagnostic, verdict);
        for help in self.helps(verdict, target) {
            diagnostic = diagnostic.help(help);
        }
        diagnostic
    }

    /// What would close the gap.
    fn helps(&self, verdict: &Verdict, target: &Target) -> Vec<Message> {
        let mut helps = Vec::new();
        if let Some(gap) = &verdict.gap {
            let text = gap.subjects.map(|subjects| subjects_text(subjects, gap.noun.as_ref()));
            let areas = closing_areas(verdict, gap)
                .filter(|areas| !areas.is_empty() && areas.len() <= NAMED_AREAS)
                .map(|areas| areas.iter().map(|area| Arg::from(&area.name)).collect::<Vec<_>>());
            helps.push(match (text, areas, gap.of_whole) {
                (Some(gap), Some(areas), true) => msg!(GapSubjectsAreas, gap = gap, areas = areas),
                (Some(gap), Some(areas), false) => msg!(GapCountAreas, gap = gap, areas = areas),
                (Some(gap), None, true) => msg!(GapSubjects, gap = gap),
                (Some(gap), None, false) => msg!(GapCount, gap = gap),
                (None, _, _) => msg!(
                    GapDistance,
                    distance = amount(gap.distance, &verdict.unit, &[Exact::ZERO])
                ),
            });
        }
        if let (Some((from_year, _)), Some(pace), When::By(by)) =
            (verdict.baseline, verdict.pace, target.when)
            && verdict.status != Status::OnTrack
        {
            let change = |pace: Exact| {
                let sign = if pace.is_negative() || pace.is_zero() { "" } else { "+" };
                let number = Arg::Number(pace.shown(2, &[Exact::ZERO]));
                if verdict.unit.is_empty() {
                    return msg!(ChangeBare, sign = sign, number = number);
                }
                msg!(Change, sign = sign, number = number, unit = point_unit(&verdict.unit))
            };
            helps.push(msg!(
                PaceHelp,
                from_year = from_year,
                so_far = change(pace.so_far),
                needed = change(pace.needed),
                by = by
            ));
        }
        if verdict.status == Status::NotYet {
            helps.push(match target.baseline {
                None => msg!(NoBaselineHelp),
                Some(Baseline::Year(year) | Baseline::Stated(_, year)) if year >= self.year => {
                    msg!(BaselineTooLate, year = year)
                }
                Some(Baseline::Year(year) | Baseline::Stated(_, year)) => {
                    msg!(BaselineUnknown, year = year)
                }
            });
        }
        helps
    }

    /// The data cell that stands for the gap: the worst area's, or the measure's first row.
    fn worst(&self, verdict: &Verdict, measure: &Bound) -> Option<(Location, Message)> {
        let part = match measure {
            Bound::Quotient(_, part, ..) => part,
            other => other,
        };
        let worst = verdict
            .areas
            .iter()
            .enumerate()
            .filter(|(_, area)| area.needed.is_some_and(|needed| needed != 0))
            .max_by_key(|(at, area)| {
                (area.needed.unwrap_or(0).unsigned_abs(), std::cmp::Reverse(*at))
            });
        let (area, text) = match worst {
            Some((at, area)) => {
                let goal = verdict.goal.as_ref()?;
                let value = amount(area.value?, &verdict.unit, &goal.marks());
                let noun = verdict.gap.as_ref().and_then(|gap| gap.noun.as_ref());
                let gap = subjects_text(area.needed?, noun);
                (Some(at), msg!(WorstArea, area = &area.name, value = value, gap = gap))
            }
            None => (None, msg!(ValueFromHere)),
        };
        Some((self.first_cell(part, area)?, text))
    }

    /// The cell of the first row an aggregate counts, for an area or the whole.
    pub(super) fn first_cell(&self, measure: &Bound, area: Option<usize>) -> Option<Location> {
        match measure {
            Bound::Number(_) => None,
            Bound::Arithmetic(_, a, b, _) | Bound::Quotient(_, a, b, _) => {
                self.first_cell(a, area).or_else(|| self.first_cell(b, area))
            }
            Bound::Aggregate { set, aggregate, year, .. } => {
                let point = Point { year: self.year, area, each: None };
                let year = year.resolve(self.year);
                let (tally, _) = self.values.tally(*set, *aggregate, year, point, None).ok()?;
                let bound = &self.plans[*set].aggregates[*aggregate];
                let plan = &self.plans[*set];
                let contract = &self.values.dataset(*set).contract;
                let conditions = &self.plans[*set].expressions;
                // A count has no column of its own: its condition's last column says why a row
                // counts.
                let column = bound
                    .column
                    .or_else(|| conditions.columns(bound.filter?).last().copied())
                    .map(|column| plan.shown(column))
                    .or(contract.area)
                    .unwrap_or(0);
                self.datasets.cell(self.sources, plan.dataset, tally.first?, column)
            }
        }
    }

    fn above_whole(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        verdict.status = Status::Error;
        let hundred = Exact::int(100);
        let value = verdict.value.unwrap_or(hundred);
        let shown = amount(value, &verdict.unit, &[hundred]);
        let mut diagnostic = Diagnostic::new(
            Code::ShareAboveWhole,
            msg!(AboveWhole, title = &verdict.title, value = shown),
        )
        .subject(&verdict.id);
        let worst = verdict
            .areas
            .iter()
            .enumerate()
            .filter_map(|(at, area)| Some((area.value.filter(|value| *value > hundred)?, at)))
            .max_by_key(|(value, at)| (*value, std::cmp::Reverse(*at)));
        if let Bound::Quotient(_, part, whole, _) = measure {
            let area = worst.map(|(_, at)| at);
            if let Some(cell) = self.first_cell(part, area) {
                diagnostic = match worst {
                    Some((value, at)) => diagnostic.label(
                        cell,
                        msg!(
                            AboveWholeArea,
                            area = &verdict.areas[at].name,
                            value = amount(value, &verdict.unit, &[hundred])
                        ),
                    ),
                    None => diagnostic.label(cell, msg!(PartHere)),
                };
            }
            if let Some(cell) = self.first_cell(whole, area) {
                diagnostic = diagnostic.label(cell, msg!(WholeHere));
            }
        }
        diagnostic = diagnostic.label(target.measure.at, msg!(TheMeasure));
        diagnostic = self.point_at_clause(diagnostic, verdict).help(msg!(AboveWholeHelp));
        verdict.diagnostics.push(diagnostic);
    }
}

/// A value with its unit, never rounded onto or across `marks`.
pub fn amount(value: Exact, unit: &Bilingual, marks: &[Exact]) -> Message {
    let number = Arg::Number(value.shown(2, marks));
    if unit.is_empty() {
        msg!(AmountBare, number = number)
    } else {
        msg!(Amount, number = number, unit = unit)
    }
}

/// The unit of a difference: percentages differ by points.
fn point_unit(unit: &Bilingual) -> Arg {
    if unit.vi == "%" { Arg::from(msg!(PercentPoints)) } else { Arg::from(unit) }
}

/// A goal in words.
pub fn goal_text(goal: &Goal, unit: &Bilingual) -> Message {
    let number = |value: &Exact| amount(*value, unit, &[]);
    match goal {
        Goal::AtLeast(bound) => msg!(GoalAtLeast, bound = number(bound)),
        Goal::MoreThan(bound) => msg!(GoalMoreThan, bound = number(bound)),
        Goal::AtMost(bound) => msg!(GoalAtMost, bound = number(bound)),
        Goal::LessThan(bound) => msg!(GoalLessThan, bound = number(bound)),
        Goal::Exactly(bound) => msg!(GoalExactly, bound = number(bound)),
        Goal::Between(low, high) => msg!(GoalBetween, low = number(low), high = number(high)),
        Goal::About(target, tolerance) => {
            msg!(GoalAbout, target = number(target), tolerance = number(tolerance))
        }
        Goal::All => msg!(GoalAll),
        Goal::None => msg!(GoalNone),
    }
}

/// So many more, or so many fewer.
fn subjects_text(subjects: i128, noun: Option<&Bilingual>) -> Message {
    let noun = noun.map_or_else(|| Arg::from(msg!(Units)), Arg::from);
    if subjects >= 0 {
        msg!(SubjectsMore, count = subjects, noun = noun)
    } else {
        msg!(SubjectsFewer, count = subjects.saturating_neg(), noun = noun)
    }
}

/// The fewest areas whose own gaps together cover the whole one, largest first; `None` where
/// areas do not cover it.
fn closing_areas<'v>(verdict: &'v Verdict, gap: &Gap) -> Option<Vec<&'v AreaValue>> {
    let needed = gap.subjects?;
    let upwards = needed > 0;
    if verdict.goal.as_ref().map(Goal::direction) == Some(Direction::Towards) {
        return None;
    }
    let mut areas: Vec<&AreaValue> = verdict
        .areas
        .iter()
        .filter(|area| area.needed.is_some_and(|n| n != 0 && (n > 0) == upwards))
        .collect();
    areas.sort_by_key(|area| std::cmp::Reverse(area.needed.unwrap_or(0).unsigned_abs()));
    let mut covered = 0u128;
    let mut chosen = Vec::new();
    for area in areas {
        chosen.push(area);
        covered += area.needed.unwrap_or(0).unsigned_abs();
        if covered >= needed.unsigned_abs() {
            return Some(chosen);
        }
    }
    None
}
