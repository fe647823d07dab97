//! Judging targets: value against goal, and before the goal is due against the path.

use std::collections::BTreeSet;

use super::areas::Measured;
use super::path::{self, Path};
use super::place::Wanted;
use super::{Gap, Judge, Status, Verdict};
use crate::exact::Exact;
use crate::measure::Quotient;
use crate::measure::bind::{Bound, BoundCondition};
use crate::measure::evaluate::{Absence, Point, Value};
use crate::message::Bilingual;
use crate::rule::goal::{Direction, Goal};
use crate::rule::{Baseline, Target, When};

impl Judge<'_> {
    pub(super) fn judge_target(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        let goal = &target.goal.value;
        verdict.unit = self.unit(target, measure);
        verdict.years = self.values.ignored.aside(|| self.years(measure));
        verdict.movement = self.movement(verdict, goal);
        let measured = self.measured(measure, Point::whole(self.year()));
        verdict.ignored = self.values.ignored.count();
        let value = measured.value();
        verdict.value = value.clone();
        verdict.fraction = measured.fraction.clone();
        let short = value.as_ref().filter(|value| !goal.is_met_by(value));
        // Also where the whole is unknown: the areas that are known are.
        verdict.areas = self.areas(target, measure, short);
        verdict.spread = self.spread(goal, measure, &measured, &verdict.areas);
        verdict.path = self.path(verdict, target, measure);
        self.progress(verdict, target, value.clone());
        if value.is_some_and(|value| is_above_whole(measure, &value)) {
            self.above_whole(verdict, target, measure);
            return;
        }
        self.remark(verdict, target, measure);
        match &measured.found {
            Ok(Value::Number(value)) => {
                verdict.status = self.status(verdict, target, value);
                if verdict.status == Status::Met {
                    return;
                }
                verdict.gap = self.gap(goal, measure, &measured);
                let finding = self.shortfall(verdict, target, measure);
                verdict.diagnostics.push(finding);
            }
            Ok(_) => self.valueless(verdict, target, measure, &Absence::NoRows),
            Err(absence @ Absence::Missing(..)) => {
                self.judge_unknown(verdict, target, measure, absence);
            }
            Err(absence) => self.valueless(verdict, target, measure, absence),
        }
    }

    fn valueless(
        &self,
        verdict: &mut Verdict,
        target: &Target,
        measure: &Bound,
        absence: &Absence,
    ) {
        let data = self.place_of(measure, Wanted::More);
        self.absent(verdict, absence, target.measure.at, data);
    }

    /// The status a value gives.
    fn status(&self, verdict: &Verdict, target: &Target, value: &Exact) -> Status {
        let goal = &target.goal.value;
        if goal.is_met_by(value) {
            return Status::Met;
        }
        match target.when {
            When::EveryYear => Status::Unmet,
            When::By(by) if self.year() >= by => Status::Unmet,
            When::By(_) => match &verdict.required {
                Some(required) => {
                    let start = self.start(verdict, target);
                    match path::standing(goal, value, required, start.as_ref()) {
                        Status::OnTrack => Status::OnTrack,
                        // Whether it is better than a baseline nobody knows cannot be said.
                        _ if target.baseline.is_some() && verdict.baseline.is_none() => {
                            Status::NotYet
                        }
                        standing => standing,
                    }
                }
                None => Status::NotYet,
            },
        }
    }

    /// The value that what comes after is compared with: the baseline's, or where the rule names
    /// none the last before this year.
    pub(super) fn start(&self, verdict: &Verdict, target: &Target) -> Option<Exact> {
        verdict.baseline.clone().map(|(_, value)| value).or_else(|| {
            if target.baseline.is_some() {
                return None;
            }
            let earlier = verdict.years.iter().rev().filter(|(year, _)| *year < self.year());
            earlier.filter_map(|(_, value)| value.clone()).next()
        })
    }

    /// Something needed is unknown: the verdict is given where it is the same whatever that is.
    fn judge_unknown(
        &self,
        verdict: &mut Verdict,
        target: &Target,
        measure: &Bound,
        absence: &Absence,
    ) {
        let between = self.values.interval(measure, Point::whole(self.year()));
        verdict.between = between.filter(|between| !between.is_open());
        let Some(between) = verdict.between.clone() else {
            return self.valueless(verdict, target, measure, absence);
        };
        verdict.left = self.left(target, measure, &between);
        let mut marks = self.turning_points(verdict, target);
        marks.push(Exact::int(100));
        let mut statuses = BTreeSet::new();
        for value in between.samples(&marks).unwrap_or_default() {
            // A share above its whole is an error, whatever was demanded.
            let above = is_above_whole(measure, &value);
            statuses.insert(if above {
                Status::Error
            } else {
                self.status(verdict, target, &value)
            });
        }
        match statuses.first() {
            Some(status) if statuses.len() == 1 && *status != Status::Error => {
                verdict.status = *status;
                self.decided_anyway(verdict, target, absence, &between);
            }
            _ => {
                self.valueless(verdict, target, measure, absence);
                let mut helps = self.undecided(verdict, target, measure, &between);
                helps.extend(verdict.left.iter().flat_map(|left| left.helps(verdict)));
                if let Some(finding) = verdict.diagnostics.last_mut() {
                    finding.help.splice(0..0, helps);
                }
            }
        }
    }

    /// The values at which a status may change.
    fn turning_points(&self, verdict: &Verdict, target: &Target) -> Vec<Exact> {
        let goal = &target.goal.value;
        let bounds = goal.bounds();
        let compared: Vec<Exact> =
            verdict.required.clone().into_iter().chain(self.start(verdict, target)).collect();
        let mut points = bounds.clone();
        if goal.direction() == Direction::Towards || *goal == Goal::None {
            // As far from the goal on the other side.
            for distance in compared.iter().filter_map(|value| goal.distance(value)) {
                let below = bounds.first().and_then(|low| low.checked_sub(&distance));
                let above = bounds.last().and_then(|high| high.checked_add(&distance));
                points.extend(below.into_iter().chain(above));
            }
        }
        points.extend(compared);
        points
    }

    /// The unit values are shown in.
    pub(super) fn unit(&self, target: &Target, measure: &Bound) -> Bilingual {
        if let Some(unit) = &target.unit {
            return unit.clone();
        }
        match measure {
            Bound::Quotient(quotient) if quotient.kind == Quotient::Percent => Bilingual::same("%"),
            other => self.noun(other).unwrap_or_default(),
        }
    }

    pub(super) fn noun(&self, measure: &Bound) -> Option<Bilingual> {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return None };
        let contract = &self.values.dataset(*set).contract;
        if let Some(subject) = self.group_noun(*set) {
            return Some(subject);
        }
        let aggregate = &self.frame.plans[*set].aggregates[*aggregate];
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
        let plan = &self.frame.plans[set];
        let key = *plan.grouped.as_ref()?.keys.first()?;
        let contract = &self.frame.datasets.sets[plan.dataset].contract;
        let target = contract.reference(&contract.fields[key])?;
        let named = |set: &&crate::data::Dataset| set.contract.name == target;
        let subject = &self.frame.datasets.sets.iter().find(named)?.contract.subject;
        (!subject.is_empty()).then(|| subject.clone())
    }

    /// The measure in every year its datasets have, up to the reporting year: what came later is
    /// for a later report.
    fn years(&self, measure: &Bound) -> Vec<(i32, Option<Exact>)> {
        let mut years = BTreeSet::new();
        self.collect_years(measure, &mut years);
        years
            .into_iter()
            .filter(|year| *year <= self.year())
            .map(|year| match self.values.measure(measure, Point::whole(year)) {
                Ok(Value::Number(value)) => (year, Some(value)),
                _ => (year, None),
            })
            .collect()
    }

    /// The years the datasets of a measure have.
    pub(super) fn collect_years(&self, measure: &Bound, years: &mut BTreeSet<i32>) {
        match measure {
            Bound::Number(_) => {}
            Bound::Arithmetic(_, a, b, _) => {
                self.collect_years(a, years);
                self.collect_years(b, years);
            }
            Bound::Quotient(quotient) => {
                self.collect_years(&quotient.part, years);
                self.collect_years(&quotient.whole, years);
            }
            Bound::Aggregate { set, .. } => years.extend(&self.values.tallies[*set].years),
        }
    }

    /// The years the datasets of a condition have.
    pub(super) fn collect_condition_years(
        &self,
        condition: &BoundCondition,
        years: &mut BTreeSet<i32>,
    ) {
        match condition {
            BoundCondition::Compare(_, a, b) => {
                self.collect_years(a, years);
                self.collect_years(b, years);
            }
            BoundCondition::All(items) | BoundCondition::Any(items) => {
                items.iter().for_each(|item| self.collect_condition_years(item, years));
            }
            BoundCondition::Not(inner) => self.collect_condition_years(inner, years),
            BoundCondition::Constant(_) => {}
        }
    }

    /// The straight lines to a dated goal, from its baseline or its first milestone.
    fn path(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) -> Option<Path> {
        let When::By(by) = target.when else { return None };
        verdict.baseline = self.baseline(target, measure);
        verdict.baseline_year = target.baseline.as_ref().map(Baseline::year);
        Path::new(&target.goal.value, verdict.baseline.clone(), &target.milestones, by)
    }

    fn gap(&self, goal: &Goal, measure: &Bound, measured: &Measured) -> Option<Gap> {
        let noun = match measure {
            Bound::Quotient(quotient) => self.noun(&quotient.part),
            other => self.noun(other),
        };
        // A gap in subjects needs something to count; m³ or m² of a sum are no subjects.
        let subjects = self.subjects_needed(goal, measure, measured);
        let value = measured.value()?;
        let uncounted =
            measured.fraction.as_ref().filter(|_| !self.counts_subjects(part_of(measure)));
        let amount = uncounted.and_then(|fraction| fraction.lacks(goal, &value));
        let of_whole = matches!(measure, Bound::Quotient(_));
        let counted = of_whole && self.counts_subjects(part_of(measure));
        let whole_part =
            measured.fraction.as_ref().is_some_and(|fraction| fraction.part.is_integer());
        let no_number = counted && whole_part && subjects.is_none();
        let distance = goal.distance(&value)?;
        Some(Gap { distance, subjects, amount, no_number, noun, of_whole })
    }

    pub(super) fn counts_subjects(&self, measure: &Bound) -> bool {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return true };
        let aggregate = &self.frame.plans[*set].aggregates[*aggregate];
        use crate::measure::Aggregate::{Count, Distinct, Sum};
        if !matches!(aggregate.aggregate, Count | Distinct | Sum) {
            return false;
        }
        aggregate.column.is_none_or(|column| {
            self.values.dataset(*set).contract.fields[self.frame.plans[*set].shown(column)].kind
                == crate::data::contract::FieldType::Integer
        })
    }

    /// The column by which rows of an aggregate are shown: its own; a count has none, but its
    /// condition's last column says why a row counts.
    pub(super) fn shown_column(&self, set: usize, aggregate: usize) -> usize {
        let plan = &self.frame.plans[set];
        let bound = &plan.aggregates[aggregate];
        let condition = || plan.expressions.columns(bound.filter?).last().copied();
        let column = bound.column.or_else(condition).map(|column| plan.shown(column));
        column.or(self.values.dataset(set).contract.area).unwrap_or(0)
    }
}

/// Whether a value is a share above 100 %.
fn is_above_whole(measure: &Bound, value: &Exact) -> bool {
    matches!(measure, Bound::Quotient(quotient) if quotient.kind == Quotient::Percent)
        && *value > Exact::int(100)
}

/// Where the measure of a target stands: for its label.
pub(super) fn part_of(measure: &Bound) -> &Bound {
    match measure {
        Bound::Quotient(quotient) => &quotient.part,
        other => other,
    }
}
