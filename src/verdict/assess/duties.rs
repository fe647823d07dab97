//! Yearly duties: how they stood in every year there are data for.

use std::collections::BTreeSet;

use super::assignment::Body;
use crate::measure::evaluate::Point;
use crate::measure::scan;
use crate::rule::Assignment;
use crate::rule::schedule::Schedule;
use crate::verdict::bound::{BoundAssignment, BoundEvidence};
use crate::verdict::deadline::{Duty, UnitValue};
use crate::verdict::{Judge, Status};

/// Most years before the reporting year that are told of.
const MOST_YEARS: i32 = 60;

impl Judge<'_> {
    /// A yearly duty in every year from the first there are data for to the reporting year.
    pub(super) fn duties(&self, assignment: &Assignment, bound: &BoundAssignment) -> Vec<Duty> {
        if !matches!(assignment.due.value, Schedule::EveryYear { .. }) {
            return Vec::new();
        }
        let mut years = BTreeSet::from([self.year()]);
        match &bound.met {
            BoundEvidence::Date(measure) => self.collect_years(measure, &mut years),
            BoundEvidence::Condition(condition) => {
                self.collect_condition_years(condition, &mut years);
            }
        }
        // A year in which nobody did anything has no row to be known by.
        let first = years.first().copied().unwrap_or(self.year()).min(self.year());
        let years = first.max(self.year().saturating_sub(MOST_YEARS))..=self.year();
        years.filter_map(|year| self.duty(assignment, bound, year)).collect()
    }

    fn duty(&self, assignment: &Assignment, bound: &BoundAssignment, year: i32) -> Option<Duty> {
        let deadline = self.deadline(assignment, year);
        let due = deadline.last_day;
        let Some(rows) = &bound.each else {
            let stand = self.stand(&deadline, bound, Point::whole(year));
            return Some(Duty {
                year,
                due,
                status: stand.status,
                timing: Some(stand.timing),
                evidence: stand.date,
                units: Vec::new(),
            });
        };
        let selected = scan::select(&self.frame, rows, self.of_year(rows, year));
        let (selected, undecided) = selected.ok()?;
        let bodies = self.stand_each(&deadline, bound, (rows, year), &selected);
        let units: Vec<UnitValue> = bodies.iter().map(Body::value).collect();
        // A body that may or may not have the duty leaves it open.
        let open = (undecided > 0).then_some(Status::NoData);
        let status = units.iter().map(|unit| unit.status).chain(open).min()?;
        let evidence = units.iter().filter_map(|unit| unit.date).max();
        Some(Duty { year, due, status, timing: None, evidence, units })
    }
}
