//! Progress towards a dated target: baseline, path, pace, and what published methods make of it.

use super::published::{self, Growth, Trend};
use super::{Judge, Status, Verdict, path};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Point, Value};
use crate::rule::{Baseline, Target, When};

/// Second readings of the progress, by published methods.
#[derive(Clone, Copy, Debug)]
pub struct Readings {
    /// The ratio of growth rates and its class (see [`published::growth`]).
    pub growth: (Option<f64>, Growth),
    /// What a fitted line misses of what is left, and its class (see [`published::trend`]).
    pub trend: (Option<f64>, Trend),
}

impl Judge<'_> {
    /// Finds baseline, pace and readings of a dated target.
    pub(super) fn progress(
        &self,
        verdict: &mut Verdict,
        target: &Target,
        measure: &Bound,
        value: Exact,
    ) {
        let When::By(by) = target.when else { return };
        let baseline = match target.baseline {
            None => return,
            Some(Baseline::Stated(value, year)) => (year, value),
            Some(Baseline::Year(year)) => match self.values.measure(measure, Point::whole(year)) {
                Ok(Value::Number(value)) => (year, value),
                _ => return,
            },
        };
        // In the baseline's own year there is no pace to judge yet.
        if baseline.0 >= self.year || baseline.0 >= by {
            return;
        }
        let goal = &target.goal.value;
        verdict.baseline = Some(baseline);
        verdict.pace = path::pace(goal, baseline, (self.year, value), by);
        verdict.readings = self.readings(verdict, target, (by, goal.path_end(baseline.1)), value);
    }

    fn readings(
        &self,
        verdict: &Verdict,
        target: &Target,
        (by, end): (i32, Exact),
        value: Exact,
    ) -> Option<Readings> {
        let up = published::upwards(target.goal.value.direction())?;
        let dated = |year: i32, value: Exact| Some((year, published::approximate(value)?));
        let (from_year, from) = verdict.baseline?;
        let (base, end) = (dated(from_year, from)?, dated(by, end)?);
        let known = verdict.years.iter().filter(|(year, _)| *year <= self.year);
        let known: Vec<_> = known.filter_map(|(year, value)| dated(*year, (*value)?)).collect();
        Some(Readings {
            growth: published::growth(base, dated(self.year, value)?, end, up),
            trend: published::trend(&known, end, up),
        })
    }
}

/// Before the goal is due: where the value stands against the straight path.
pub fn stand_on_path(verdict: &mut Verdict, target: &Target, (year, value): (i32, Exact)) {
    verdict.status = Status::NotYet;
    let (When::By(by), Some(baseline)) = (target.when, verdict.baseline) else { return };
    let goal = &target.goal.value;
    let end = (by, goal.path_end(baseline.1));
    if let Some(required) = path::required(baseline, end, year) {
        verdict.required = Some(required);
        verdict.status = path::standing(goal, value, required, baseline.1);
    }
}
