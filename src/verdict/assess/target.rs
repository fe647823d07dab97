//! Assessing targets: value against goal, and before the goal is due against the path.

use std::collections::BTreeSet;

use super::areas::{AreaValue, Fraction, Measured};
use super::left::Left;
use super::nouns::{is_share, part_of};
use super::open::Open;
use super::spread::Spread;
use super::way::{Asked, PathPoint, Way, points};
use crate::exact::Exact;
use crate::measure::bind::{Bound, BoundCondition};
use crate::measure::evaluate::{Absence, Point, Value};
use crate::measure::ignored::LeftOut;
use crate::measure::interval::Interval;
use crate::message::Bilingual;
use crate::rule::goal::Goal;
use crate::rule::{Baseline, Target, When};
use crate::verdict::path::Movement;
use crate::verdict::{Judge, Status};

/// The gap between a value and its goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// In the value's unit.
    pub distance: Exact,
    /// Subjects to add (negative: to take away), at this year's denominator.
    pub subjects: Option<i128>,
    /// Where the part is no number of subjects (m², m³): how much of it to add (negative: to take
    /// away) to touch the goal, at this year's denominator.
    pub amount: Option<Exact>,
    /// Whether subjects are counted and no whole number of them meets the goal.
    pub no_number: bool,
    /// What is counted.
    pub noun: Option<Bilingual>,
    /// Whether the subjects are part of a whole, this year's denominator.
    pub of_whole: bool,
}

/// What a target comes to, in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetAssessment {
    /// The reporting year.
    pub year: i32,
    /// The goal.
    pub goal: Goal,
    /// When it must be met.
    pub when: When,
    /// The unit of value, goal and required value.
    pub unit: Bilingual,
    /// What it comes out as, taken by itself.
    pub status: Status,
    /// The value found, or why there is none.
    pub value: Result<Exact, Absence>,
    /// What is above the line and what is below it, where the value is a quotient.
    pub fraction: Option<Fraction>,
    /// What was left out of the value because the rule says `ignore_missing()`.
    pub left_out: LeftOut,
    /// Where the value is unknown: what it can be.
    pub between: Option<Interval>,
    /// The way to the goal.
    pub way: Way,
    /// How the value moved since it was last known.
    pub movement: Option<Movement>,
    /// The gap.
    pub gap: Option<Gap>,
    /// What may be left to do where the value is unknown.
    pub left: Option<Left>,
    /// Where it cannot be decided on: how it depends on what is missing.
    pub open: Option<Open>,
    /// Values for every year present.
    pub years: Vec<(i32, Option<Exact>)>,
    /// Values by area in the reporting year.
    pub areas: Vec<AreaValue>,
    /// Which of them decide.
    pub spread: Spread,
    /// Part and whole in the year it is compared with, where the value is a quotient.
    pub fraction_before: Option<(i32, Fraction)>,
    /// The number of subjects, where there are fewer than the rule wants for a value to mean much,
    /// and how many it wants.
    pub few: Option<(Exact, Exact)>,
}

impl TargetAssessment {
    /// The year it is due, where it is not every year.
    pub fn by(&self) -> Option<i32> {
        match self.when {
            When::By(by) => Some(by),
            When::EveryYear => None,
        }
    }

    /// The value, where there is one.
    pub fn known(&self) -> Option<&Exact> {
        self.value.as_ref().ok()
    }

    /// Required and found, year by year (see [`points`]).
    pub fn points(&self) -> Vec<PathPoint> {
        points(self.way.path.as_ref(), self.way.baseline.as_ref(), &self.years)
    }
}

impl Judge<'_> {
    /// Works out what a target comes to.
    pub(in crate::verdict) fn assess_target(
        &self,
        target: &Target,
        measure: &Bound,
    ) -> TargetAssessment {
        let asked = Asked::of(target, self.year());
        let goal = asked.goal;
        let years = self.years(measure);
        let measured = self.measured(measure, Point::whole(self.year()));
        let known = measured.value();
        let short = known.as_ref().filter(|value| !goal.is_met_by(value));
        // Also where the whole is unknown: the areas that are known are.
        let areas = self.areas(target, measure, short);
        let way = asked.way(self.baseline(asked, measure), &years, known.as_ref());
        let movement = asked.movement(&years);
        let between = self.between(measure, &measured);
        let terms = asked.terms(&way, is_share(measure));
        let value = measured.number();
        let status = terms.status(value.as_ref(), between.as_ref());
        let gap = match status {
            Status::Met | Status::Error => None,
            _ => self.gap(goal, measure, &measured),
        };
        let undecided = between.as_ref().filter(|_| status == Status::NoData);
        TargetAssessment {
            year: self.year(),
            goal: goal.clone(),
            when: target.when,
            unit: self.unit(target, measure),
            status,
            value,
            gap,
            left: between.as_ref().and_then(|between| self.left(target, measure, between)),
            open: undecided.and_then(|_| self.open(measure)),
            spread: self.spread(goal, measure, &measured, &areas),
            fraction_before: self.fraction_before(measure, &way, movement.as_ref()),
            few: self.few(target, measure),
            fraction: measured.fraction,
            left_out: measured.left_out,
            between,
            way,
            movement,
            years,
            areas,
        }
    }

    /// What an unknown value can be, where that is not just anything.
    fn between(&self, measure: &Bound, measured: &Measured) -> Option<Interval> {
        let Err(Absence::Missing(..)) = measured.found else { return None };
        let between = self.values.interval(measure, Point::whole(self.year()));
        between.filter(|between| !between.is_open())
    }

    /// Where progress to a dated goal starts: the stated value, or the measure's in the year named.
    fn baseline(&self, asked: Asked<'_>, measure: &Bound) -> Option<(i32, Exact)> {
        asked.by()?;
        match asked.baseline.cloned()? {
            Baseline::Stated(value, year) => Some((year, value)),
            Baseline::Year(year) => match self.values.measure(measure, Point::whole(year)) {
                Ok(Value::Number(value)) => Some((year, value)),
                _ => None,
            },
        }
    }

    /// Part and whole in the year a share is compared with: the baseline's, or else the last one
    /// before that has a value.
    fn fraction_before(
        &self,
        measure: &Bound,
        way: &Way,
        movement: Option<&Movement>,
    ) -> Option<(i32, Fraction)> {
        let Bound::Quotient(_) = measure else { return None };
        let baseline = way.baseline.as_ref().map(|(year, _)| *year);
        let since = baseline.or(movement.map(|movement| movement.since))?;
        let then = (since < self.year()).then(|| self.fraction(measure, Point::whole(since)))?;
        Some((since, then?))
    }

    /// The number of subjects, where it is smaller than the rule wants, and what that is.
    fn few(&self, target: &Target, measure: &Bound) -> Option<(Exact, Exact)> {
        let minimum = target.min_subjects.clone()?;
        let subjects = self.subjects(measure, Point::whole(self.year()))?;
        (subjects < minimum).then_some((subjects, minimum))
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
    pub(in crate::verdict) fn collect_years(&self, measure: &Bound, years: &mut BTreeSet<i32>) {
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
    pub(in crate::verdict) fn collect_condition_years(
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

    /// How far a value is from its goal.
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
}
