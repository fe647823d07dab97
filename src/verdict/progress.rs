//! Progress towards a target: baseline, path, pace, movement, what published methods make of it,
//! and what has to be said where there is nothing sensible to say.

use super::path::{self, Movement, Path};
pub use super::published::Reading;
use super::published::{self, Growth, Silent, Trend};
use super::wording::{amount, goal_text, noun_after};
use super::{Judge, Verdict};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Point, Value};
use crate::message::{Arg, Message};
use crate::msg;
use crate::rule::goal::Goal;
use crate::rule::{Baseline, Target, When};

/// Second readings of the progress, by published methods.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The ratio of growth rates and its class (see [`published::growth`]).
    pub growth: Reading<Growth>,
    /// What a fitted line misses of what is left, and its class (see [`published::trend`]).
    pub trend: Reading<Trend>,
}

/// One year on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPoint {
    /// The year.
    pub year: i32,
    /// What the path requires.
    pub required: Option<Exact>,
    /// What was found.
    pub value: Option<Exact>,
}

impl Judge<'_> {
    /// Where progress starts: the stated value, or the measure's in the year named.
    pub(super) fn baseline(&self, target: &Target, measure: &Bound) -> Option<(i32, Exact)> {
        match target.baseline.clone()? {
            Baseline::Stated(value, year) => Some((year, value)),
            Baseline::Year(year) => match self.values.measure(measure, Point::whole(year)) {
                Ok(Value::Number(value)) => Some((year, value)),
                _ => None,
            },
        }
    }

    /// How the value moved since it was last known.
    pub(super) fn movement(&self, verdict: &Verdict, goal: &Goal) -> Option<Movement> {
        let known = |year: &(i32, Option<Exact>)| Some((year.0, year.1.clone()?));
        let now = verdict.years.iter().filter(|(year, _)| *year == self.year()).find_map(known)?;
        let (since, before) =
            verdict.years.iter().rev().filter(|(year, _)| *year < self.year()).find_map(known)?;
        let better = if path::is_better(goal, &now.1, &before) {
            Some(true)
        } else if path::is_better(goal, &before, &now.1) {
            Some(false)
        } else {
            None
        };
        Some(Movement { since, change: now.1.checked_sub(&before)?, better })
    }

    /// Finds what is required this year, pace and readings of a dated target.
    pub(super) fn progress(&self, verdict: &mut Verdict, target: &Target, value: Option<Exact>) {
        let When::By(by) = target.when else { return };
        let goal = &target.goal.value;
        // In the baseline's own year nothing can be required yet.
        let begun = verdict.baseline.as_ref().is_none_or(|(year, _)| *year < self.year());
        if begun && self.year() < by {
            verdict.required = verdict.path.as_ref().and_then(|path| path.required(self.year()));
        }
        let Some(value) = value else { return };
        verdict.pace = path::pace(goal, verdict.baseline.as_ref(), (self.year(), &value), by);
        // Without a baseline in the rule there is nothing to read from.
        if target.baseline.is_some() {
            verdict.readings = self.readings(verdict, goal, by, &value);
        }
    }

    fn readings(&self, verdict: &Verdict, goal: &Goal, by: i32, value: &Exact) -> Option<Readings> {
        let Some(up) = published::upwards(goal.direction()) else {
            return Some(Readings {
                growth: Reading::<Growth>::silent(Silent::TwoSided),
                trend: Reading::<Trend>::silent(Silent::TwoSided),
            });
        };
        let (now, end) = ((self.year(), value.clone()), (by, goal.path_end(value)));
        let met = goal.is_met_by(value);
        let growth = match (&verdict.baseline, verdict.baseline_year) {
            (Some(base), _) => published::growth(base, &now, &end, up, met)?,
            (None, Some(year)) if year > self.year() => {
                Reading::<Growth>::silent(Silent::BaseLater)
            }
            (None, _) => Reading::<Growth>::silent(Silent::NoBaseline),
        };
        let known = verdict.years.iter().filter(|(year, _)| *year <= self.year());
        let known: Vec<_> =
            known.filter_map(|(year, value)| Some((*year, value.clone()?))).collect();
        Some(Readings { growth, trend: published::trend(&known, &end, up, met)? })
    }

    /// What has to be said of the figures so that nobody reads more into them than they say.
    pub(super) fn remark(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        let goal = &target.goal.value;
        let shown = |value: &Exact| amount(value, &verdict.unit, &goal.marks());
        let mut remarks: Vec<Message> = Vec::new();
        if let When::By(by) = target.when {
            if self.year() > by {
                remarks.push(msg!(RemarkPassed, by = by));
            }
            self.remark_start(verdict, target, &mut remarks);
        }
        let known = verdict.years.iter().filter(|(year, _)| *year <= self.year());
        let known = known.filter(|(_, value)| value.is_some()).count();
        if known == 1 && verdict.value.is_some() {
            remarks.push(msg!(RemarkOneYear, year = self.year()));
        }
        if verdict
            .value
            .as_ref()
            .is_some_and(|value| goal.distance(value).is_some_and(|off| off.is_zero()))
            && verdict.value.as_ref().is_some_and(|value| !goal.is_met_by(value))
        {
            let goal = goal_text(goal, &verdict.unit);
            remarks.push(msg!(RemarkTouched, goal = goal));
        }
        remarks.extend(self.remark_whole(verdict, target, measure));
        if let Some(minimum) = &target.min_subjects
            && let Some(subjects) = self.subjects(measure, Point::whole(self.year()))
            && subjects < *minimum
        {
            let number = |value: &Exact| Arg::Number(value.shown(2, &[]));
            remarks.push(msg!(
                RemarkSmall,
                subjects = number(&subjects),
                minimum = number(minimum)
            ));
        }
        // Only of a ratio that was calculated.
        let ratio =
            verdict.readings.as_ref().is_some_and(|readings| readings.growth.number.is_some());
        if let Some((year, value)) = verdict.baseline.as_ref().filter(|_| ratio) {
            if value.is_zero() {
                remarks.push(msg!(RemarkZeroBase, year = *year, value = shown(value)));
            }
            if goal.path_end(value).is_zero() {
                remarks.push(msg!(RemarkZeroGoal));
            }
        }
        verdict.remarks = remarks;
    }

    /// Of the year progress starts in.
    fn remark_start(&self, verdict: &Verdict, target: &Target, remarks: &mut Vec<Message>) {
        let goal = &target.goal.value;
        match verdict.baseline_year {
            Some(year) if year > self.year() => {
                remarks.push(msg!(RemarkBaseLater, year = year, now = self.year()));
                return;
            }
            Some(year) if year == self.year() => {
                remarks.push(msg!(RemarkBaseNow, year = year));
                return;
            }
            _ => {}
        }
        let Some((year, ref value)) = verdict.baseline else { return };
        if goal.is_met_by(value) {
            let value = amount(value, &verdict.unit, &goal.marks());
            remarks.push(msg!(RemarkBaseMet, year = year, value = value));
        } else if verdict.value.as_ref() == Some(value) {
            remarks.push(msg!(RemarkNoChange, year = year));
        }
    }

    /// Of a whole that shrank: subjects are counted at this year's, and a share may have moved
    /// because of it alone.
    fn remark_whole(&self, verdict: &Verdict, target: &Target, measure: &Bound) -> Vec<Message> {
        let Bound::Quotient(quotient) = measure else { return Vec::new() };
        let since = verdict
            .baseline
            .as_ref()
            .map(|(year, _)| *year)
            .or(verdict.movement.as_ref().map(|movement| movement.since))
            .filter(|year| *year < self.year());
        let then = since.and_then(|year| self.fraction(measure, Point::whole(year)));
        let now = &verdict.fraction;
        let (Some(year), Some(then), Some(now)) = (since, then, now) else { return Vec::new() };
        if now.whole >= then.whole {
            return Vec::new();
        }
        let number = |value: &Exact| Arg::Number(value.shown(2, &[]));
        let (from, to) = (number(&then.whole), number(&now.whole));
        let noun = noun_after(self.noun(&quotient.whole).as_ref(), &now.whole.shown(2, &[]));
        let mut remarks =
            vec![msg!(RemarkWholeFell, year = year, from = from, to = to, noun = noun)];
        let value = |fraction: &super::areas::Fraction| {
            fraction.part.checked_mul(&fraction.factor)?.checked_div(&fraction.whole)
        };
        let improved = match (value(now), value(&then)) {
            (Some(now), Some(then)) => path::is_better(&target.goal.value, &now, &then),
            _ => false,
        };
        // The share rose though the part did not.
        if improved
            && now.part <= then.part
            && path::is_better(&target.goal.value, &Exact::ONE, &Exact::ZERO)
        {
            let (from, to) = (number(&then.part), number(&now.part));
            remarks.push(msg!(RemarkWholeAlone, from = from, to = to));
        }
        remarks
    }
}

impl Verdict {
    /// Required and found, year by year (see [`points`]).
    pub fn points(&self) -> Vec<PathPoint> {
        points(self.path.as_ref(), self.baseline.as_ref(), &self.years)
    }
}

/// Required and found, year by year, from the first year that has either to the last.
pub fn points(
    path: Option<&Path>,
    baseline: Option<&(i32, Exact)>,
    years: &[(i32, Option<Exact>)],
) -> Vec<PathPoint> {
    let required = path.and_then(Path::ends);
    let found = years.first().zip(years.last()).map(|(a, b)| (a.0, b.0));
    let ends = || required.into_iter().chain(found);
    let (first, last) = (ends().map(|(a, _)| a).min(), ends().map(|(_, b)| b).max());
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    // Stated baselines may lie far back; nobody reads a hundred years.
    let first = first.max(last.saturating_sub(60));
    (first..=last)
        .map(|year| {
            let known = years.iter().find(|(at, _)| *at == year);
            let stated = baseline.filter(|(at, _)| *at == year).map(|(_, value)| value.clone());
            PathPoint {
                year,
                required: path.and_then(|path| path.required(year)),
                value: known.and_then(|(_, value)| value.clone()).or(stated),
            }
        })
        .collect()
}
