//! What a value comes to: the status of a target, as a function of numbers alone.

use std::collections::BTreeSet;

use super::status_without;
use crate::exact::Exact;
use crate::measure::evaluate::Absence;
use crate::measure::interval::Interval;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::{Status, path};

/// What decides the status of a target, besides its value.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// Whether it must be met in the year reported on.
    pub is_due: bool,
    /// What the path requires in that year.
    pub required: Option<&'a Exact>,
    /// What the value is compared with where it is worse than that: where progress starts.
    pub start: Option<&'a Exact>,
    /// Whether progress starts at a baseline nobody knows.
    pub no_baseline: bool,
    /// Whether the value is a percentage of a whole, which none can be above.
    pub is_share: bool,
}

impl Terms<'_> {
    /// The status of a value, or where that is unknown of what it can be.
    pub fn status(&self, value: Result<&Exact, &Absence>, between: Option<&Interval>) -> Status {
        match (value, between) {
            (Ok(value), _) => self.of(value),
            (Err(Absence::Missing(..)), Some(between)) => {
                self.throughout(between).unwrap_or(Status::NoData)
            }
            (Err(absence), _) => status_without(absence),
        }
    }

    /// The status of a value.
    pub fn of(&self, value: &Exact) -> Status {
        // A share above its whole is an error, whatever was demanded.
        if self.is_share && *value > Exact::int(100) {
            return Status::Error;
        }
        if self.goal.is_met_by(value) {
            return Status::Met;
        }
        if self.is_due {
            return Status::Unmet;
        }
        let Some(required) = self.required else { return Status::NotYet };
        match path::standing(self.goal, value, required, self.start) {
            Status::OnTrack => Status::OnTrack,
            // Whether it is better than a baseline nobody knows cannot be said.
            _ if self.no_baseline => Status::NotYet,
            standing => standing,
        }
    }

    /// The status of a value that is not known, where it is the same whatever that is.
    pub fn throughout(&self, between: &Interval) -> Option<Status> {
        let mut marks = self.turning_points();
        marks.push(Exact::int(100));
        let samples = between.samples(&marks).unwrap_or_default();
        let statuses: BTreeSet<Status> = samples.iter().map(|value| self.of(value)).collect();
        let status = statuses.first().filter(|_| statuses.len() == 1)?;
        (*status != Status::Error).then_some(*status)
    }

    /// The values at which the status may change.
    fn turning_points(&self) -> Vec<Exact> {
        let bounds = self.goal.bounds();
        let compared: Vec<Exact> = self.required.into_iter().chain(self.start).cloned().collect();
        let mut points = bounds.clone();
        if self.goal.direction() == Direction::Towards || *self.goal == Goal::None {
            // As far from the goal on the other side.
            for distance in compared.iter().filter_map(|value| self.goal.distance(value)) {
                let below = bounds.first().and_then(|low| low.checked_sub(&distance));
                let above = bounds.last().and_then(|high| high.checked_add(&distance));
                points.extend(below.into_iter().chain(above));
            }
        }
        points.extend(compared);
        points
    }
}
