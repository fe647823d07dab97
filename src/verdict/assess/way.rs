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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Status;
    use crate::verdict::path::YearValue;

    fn number(text: &str) -> Exact {
        Exact::parse(text).expect("a decimal")
    }

    /// Values by year, `?` where there are none: `2021:40 2023:?`.
    fn years(text: &str) -> Vec<(i32, Option<Exact>)> {
        let year = |one: &str| {
            let (year, value) = one.split_once(':').expect("a year and a value");
            (year.parse().expect("a year"), (value != "?").then(|| number(value)))
        };
        text.split_whitespace().map(year).collect()
    }

    fn value_in(years: &Years, year: i32) -> Option<Exact> {
        years.iter().find(|(at, _)| *at == year)?.1.clone()
    }

    #[test]
    fn the_way_follows_from_values_by_year() {
        let up = Goal::AtLeast(number("60"));
        let named = Baseline::Year(2020);
        let stated = Baseline::Stated(number("20"), 2022);
        let now = Baseline::Year(2024);
        let milestones = [(2025, number("50"))];
        let straight: &[YearValue] = &[];
        let bent = &milestones[..];
        // When it is due, the baseline, the milestones, values by year; of 2024: what is required,
        // where it starts, the pace so far and needed, and what it comes to.
        let cases = [
            // 40 in 2020, 60 in 2030: 48 in 2024.
            (
                When::By(2030),
                Some(&named),
                straight,
                "2020:40 2024:48",
                (Some("48"), Some("40"), [Some("2"), Some("2")], Status::OnTrack),
            ),
            (
                When::By(2030),
                Some(&named),
                straight,
                "2020:40 2023:41 2024:44",
                (Some("48"), Some("40"), [Some("1"), Some("2.6666666")], Status::Behind),
            ),
            (
                When::By(2030),
                Some(&named),
                straight,
                "2020:40 2024:36",
                (Some("48"), Some("40"), [Some("-1"), Some("4")], Status::OffTrack),
            ),
            // The baseline has no figures.
            (
                When::By(2030),
                Some(&named),
                straight,
                "2020:? 2023:30 2024:48",
                (None, None, [None, Some("2")], Status::NotYet),
            ),
            // Two of eight years from 20 to 60.
            (
                When::By(2030),
                Some(&stated),
                straight,
                "2020:1 2024:30",
                (Some("30"), Some("20"), [Some("5"), Some("5")], Status::OnTrack),
            ),
            // In its own year a baseline requires nothing.
            (
                When::By(2030),
                Some(&now),
                straight,
                "2024:30",
                (None, Some("30"), [None, Some("5")], Status::NotYet),
            ),
            // Without one what came last is what it is compared with.
            (
                When::By(2030),
                None,
                straight,
                "2021:10 2023:30 2024:48",
                (None, Some("30"), [None, Some("2")], Status::NotYet),
            ),
            // Bent at 50 in 2025: 48 of 40 + 10·4/5.
            (
                When::By(2030),
                Some(&named),
                bent,
                "2020:40 2024:47",
                (Some("48"), Some("40"), [Some("1.75"), Some("2.1666666")], Status::Behind),
            ),
            // Before the first milestone nothing is required.
            (
                When::By(2030),
                None,
                bent,
                "2023:40 2024:47",
                (None, Some("40"), [None, Some("2.1666666")], Status::NotYet),
            ),
            // Due, there is neither a path nor time left.
            (
                When::By(2024),
                Some(&named),
                straight,
                "2020:40 2024:48",
                (None, Some("40"), [None, None], Status::Unmet),
            ),
            (
                When::By(2023),
                Some(&named),
                straight,
                "2020:40 2024:60",
                (None, Some("40"), [None, None], Status::Met),
            ),
            (
                When::EveryYear,
                None,
                straight,
                "2023:70 2024:48",
                (None, Some("70"), [None; 2], Status::Unmet),
            ),
            // A value that is not known has no pace, and the path requires what it requires.
            (
                When::By(2030),
                Some(&named),
                straight,
                "2020:40 2024:?",
                (Some("48"), Some("40"), [None, None], Status::NoData),
            ),
        ];
        for (when, baseline, milestones, by_year, expected) in cases {
            let asked = Asked { goal: &up, when, baseline, milestones, year: 2024 };
            let years = years(by_year);
            let known = baseline.filter(|_| asked.by().is_some()).and_then(|base| match base {
                Baseline::Stated(value, year) => Some((*year, value.clone())),
                Baseline::Year(year) => Some((*year, value_in(&years, *year)?)),
            });
            let value = value_in(&years, 2024);
            let way = asked.way(known, &years, value.as_ref());
            let missing = crate::measure::evaluate::Absence::Missing(Vec::new(), 1);
            let status = asked.terms(&way, false).status(value.as_ref().ok_or(&missing), None);
            let (required, start, [so_far, needed], expected) = expected;
            let told = format!("{when:?} {baseline:?} {by_year}");
            assert_eq!(way.required, required.map(number), "{told}");
            assert_eq!(way.start, start.map(number), "{told}");
            let pace = way.pace.unwrap_or(Pace { so_far: None, needed: None, reached: None });
            let shown = |pace: Option<Exact>| pace.map(|pace| pace.rounded(4));
            assert_eq!(shown(pace.so_far), shown(so_far.map(number)), "{told}");
            assert_eq!(shown(pace.needed), shown(needed.map(number)), "{told}");
            assert_eq!(status, expected, "{told}");
        }
    }

    #[test]
    fn a_value_moved_since_it_was_last_known() {
        let up = Goal::AtLeast(number("60"));
        let about = Goal::Between(number("40"), number("60"));
        let cases = [
            (&up, "2021:40 2023:? 2024:45", Some((2021, "5", Some(true)))),
            (&up, "2023:50 2024:45", Some((2023, "-5", Some(false)))),
            (&up, "2023:45 2024:45", Some((2023, "0", None))),
            (&up, "2023:45 2024:?", None),
            (&up, "2024:45", None),
            (&up, "2024:45 2025:50", None),
            (&about, "2023:30 2024:35", Some((2023, "5", Some(true)))),
            (&about, "2023:45 2024:55", Some((2023, "10", None))),
            (&about, "2023:30 2024:70", Some((2023, "40", None))),
        ];
        for (goal, by_year, expected) in cases {
            let when = When::EveryYear;
            let asked = Asked { goal, when, baseline: None, milestones: &[], year: 2024 };
            let expected = expected.map(|(since, change, better)| Movement {
                since,
                change: number(change),
                better,
            });
            assert_eq!(asked.movement(&years(by_year)), expected, "{goal:?} {by_year}");
        }
    }
}
