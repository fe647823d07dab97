//! The way to a target's goal: baseline, path, pace, movement, and what published methods make of
//! it. All of it follows from what a target asks for and from values by year.

use super::terms::Terms;
use crate::exact::Exact;
use crate::rule::goal::Goal;
use crate::rule::{Baseline, Target, When};
use crate::verdict::path::{self, Movement, Pace, Path};
pub use crate::verdict::published::Reading;
use crate::verdict::published::{self, Growth, Silent, Trend};

/// Second readings of the progress, by published methods.
#[derive(Clone, Debug, PartialEq)]
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

/// A measure's value by year; none in years that have no figures.
pub type Years = [(i32, Option<Exact>)];

/// What a target asks for, and the year in which it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What the value must be.
    pub goal: &'a Goal,
    /// When.
    pub when: When,
    /// Where progress starts.
    pub baseline: Option<&'a Baseline>,
    /// Values to be reached on the way.
    pub milestones: &'a [(i32, Exact)],
    /// The reporting year.
    pub year: i32,
}

/// Where a target's value comes from and where it has to go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// The baseline's year, whether or not it has figures.
    pub baseline_year: Option<i32>,
    /// The baseline's year and value.
    pub baseline: Option<(i32, Exact)>,
    /// The way from the baseline, or from the first milestone, to the goal.
    pub path: Option<Path>,
    /// The value the path requires in the reporting year.
    pub required: Option<Exact>,
    /// The value that what comes after is compared with: the baseline's, or where the rule names
    /// none the last before the reporting year.
    pub start: Option<Exact>,
    /// How fast the value moves and would have to.
    pub pace: Option<Pace>,
    /// What published methods say of the progress; they never decide the status.
    pub readings: Option<Readings>,
}

impl<'a> Asked<'a> {
    /// What a target asks for, looked at in a year.
    pub fn of(target: &'a Target, year: i32) -> Asked<'a> {
        Asked {
            goal: &target.goal.value,
            when: target.when,
            baseline: target.baseline.as_ref(),
            milestones: &target.milestones,
            year,
        }
    }

    /// The year it is due, where it is not every year.
    pub fn by(&self) -> Option<i32> {
        match self.when {
            When::By(by) => Some(by),
            When::EveryYear => None,
        }
    }

    /// Whether the goal must be met in the year it is looked at.
    pub fn is_due(&self) -> bool {
        self.by().is_none_or(|by| self.year >= by)
    }

    /// What decides the status, besides the value.
    pub fn terms<'w>(&self, way: &'w Way, is_share: bool) -> Terms<'w>
    where
        'a: 'w,
    {
        Terms {
            goal: self.goal,
            is_due: self.is_due(),
            required: way.required.as_ref(),
            start: way.start.as_ref(),
            no_baseline: self.baseline.is_some() && way.baseline.is_none(),
            is_share,
        }
    }

    /// How the value moved since it was last known.
    pub fn movement(&self, years: &Years) -> Option<Movement> {
        let known = |year: &(i32, Option<Exact>)| Some((year.0, year.1.clone()?));
        let now = years.iter().filter(|(year, _)| *year == self.year).find_map(known)?;
        let (since, before) =
            years.iter().rev().filter(|(year, _)| *year < self.year).find_map(known)?;
        let better = if path::is_better(self.goal, &now.1, &before) {
            Some(true)
        } else if path::is_better(self.goal, &before, &now.1) {
            Some(false)
        } else {
            None
        };
        Some(Movement { since, change: now.1.checked_sub(&before)?, better })
    }

    /// The way to the goal, from the baseline where its value is known. Only a dated goal has a
    /// path.
    pub fn way(&self, baseline: Option<(i32, Exact)>, years: &Years, value: Option<&Exact>) -> Way {
        let Some(by) = self.by() else {
            return Way { start: self.start(None, years), ..Way::default() };
        };
        let path = Path::new(self.goal, baseline.clone(), self.milestones, by);
        // In the baseline's own year nothing can be required yet.
        let begun = baseline.as_ref().is_none_or(|(year, _)| *year < self.year);
        let asks = begun && self.year < by;
        let required = path.as_ref().filter(|_| asks).and_then(|path| path.required(self.year));
        let now = value.map(|value| (self.year, value));
        let pace = now.and_then(|now| path::pace(self.goal, baseline.as_ref(), now, by));
        // Without a baseline in the rule there is nothing to read from.
        let read = value.filter(|_| self.baseline.is_some());
        Way {
            baseline_year: self.baseline.map(Baseline::year),
            start: self.start(baseline.as_ref(), years),
            readings: read.and_then(|value| self.readings(baseline.as_ref(), years, by, value)),
            baseline,
            path,
            required,
            pace,
        }
    }

    fn start(&self, baseline: Option<&(i32, Exact)>, years: &Years) -> Option<Exact> {
        if self.baseline.is_some() {
            return baseline.map(|(_, value)| value.clone());
        }
        let earlier = years.iter().rev().filter(|(year, _)| *year < self.year);
        earlier.filter_map(|(_, value)| value.clone()).next()
    }

    fn readings(
        &self,
        baseline: Option<&(i32, Exact)>,
        years: &Years,
        by: i32,
        value: &Exact,
    ) -> Option<Readings> {
        let goal = self.goal;
        let Some(up) = published::upwards(goal.direction()) else {
            return Some(Readings {
                growth: Reading::<Growth>::silent(Silent::TwoSided),
                trend: Reading::<Trend>::silent(Silent::TwoSided),
            });
        };
        let (now, end) = ((self.year, value.clone()), (by, goal.path_end(value)));
        let met = goal.is_met_by(value);
        let growth = match (baseline, self.baseline.map(Baseline::year)) {
            (Some(base), _) => published::growth(base, &now, &end, up, met)?,
            (None, Some(year)) if year > self.year => Reading::<Growth>::silent(Silent::BaseLater),
            (None, _) => Reading::<Growth>::silent(Silent::NoBaseline),
        };
        let known = years.iter().filter(|(year, _)| *year <= self.year);
        let known: Vec<_> =
            known.filter_map(|(year, value)| Some((*year, value.clone()?))).collect();
        Some(Readings { growth, trend: published::trend(&known, &end, up, met)? })
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
