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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::interval::End;

    fn number(text: &str) -> Exact {
        Exact::parse(text).expect("a decimal")
    }

    /// From one end to the other; an end in round brackets is not reached, one that is empty not
    /// there.
    fn interval(text: &str) -> Interval {
        let (low, high) = text.split_once("..").expect("two ends");
        let end = |text: &str| {
            let at = text.trim_matches(['(', ')']);
            let at = (!at.is_empty()).then(|| number(at));
            End { closed: at.is_some() && !text.contains(['(', ')']), at }
        };
        Interval { low: end(low), high: end(high) }
    }

    fn at_least() -> Goal {
        Goal::AtLeast(number("60"))
    }

    /// One goal of each kind, with a value that meets it and one that does not.
    fn goals() -> Vec<(Goal, &'static str, &'static str)> {
        vec![
            (at_least(), "60", "59.99"),
            (Goal::MoreThan(number("60")), "60.01", "60"),
            (Goal::AtMost(number("20")), "20", "20.01"),
            (Goal::LessThan(number("20")), "19.99", "20"),
            (Goal::Exactly(number("50")), "50", "49.99"),
            (Goal::Between(number("40"), number("60")), "40", "60.01"),
            (Goal::About(number("33"), number("1")), "32", "34.01"),
            (Goal::All, "100", "99.99"),
            (Goal::None, "0", "0.01"),
        ]
    }

    #[test]
    fn what_meets_its_goal_is_met_and_what_is_due_and_does_not_is_unmet() {
        for (goal, met, short) in goals() {
            for is_due in [true, false] {
                let terms = Terms {
                    goal: &goal,
                    is_due,
                    required: None,
                    start: None,
                    no_baseline: false,
                    is_share: false,
                };
                let expected = if is_due { Status::Unmet } else { Status::NotYet };
                assert_eq!(terms.of(&number(met)), Status::Met, "{goal:?} {is_due}");
                assert_eq!(terms.of(&number(short)), expected, "{goal:?} {is_due}");
            }
        }
    }

    #[test]
    fn what_is_not_due_is_held_against_the_path_and_where_it_started() {
        let up = at_least();
        let down = Goal::LessThan(number("20"));
        let between = Goal::Between(number("40"), number("60"));
        let none = Goal::None;
        // Goal, required this year, start, whether the baseline is unknown; value, status.
        let cases = [
            (&up, "50", Some("40"), false, "50", Status::OnTrack),
            (&up, "50", Some("40"), false, "49", Status::Behind),
            (&up, "50", Some("40"), false, "40", Status::OffTrack),
            (&up, "50", None, false, "30", Status::Behind),
            // A path of milestones alone tells what is required, not what is better than before.
            (&up, "50", None, true, "50", Status::OnTrack),
            (&up, "50", None, true, "49", Status::NotYet),
            (&up, "50", None, true, "60", Status::Met),
            (&down, "25", Some("30"), false, "25", Status::OnTrack),
            (&down, "25", Some("30"), false, "26", Status::Behind),
            (&down, "25", Some("30"), false, "31", Status::OffTrack),
            // 30 is 10 below the range, 70 as far above it.
            (&between, "30", Some("20"), false, "70", Status::Behind),
            (&between, "30", Some("20"), false, "69", Status::OnTrack),
            (&between, "30", Some("20"), false, "80", Status::OffTrack),
            (&between, "30", Some("20"), false, "29", Status::Behind),
            (&none, "3", Some("9"), false, "2", Status::OnTrack),
            (&none, "3", Some("9"), false, "4", Status::Behind),
            (&none, "3", Some("9"), false, "9", Status::OffTrack),
        ];
        for (goal, required, start, no_baseline, value, expected) in cases {
            let (required, start) = (number(required), start.map(number));
            let terms = |is_due| Terms {
                goal,
                is_due,
                required: Some(&required),
                start: start.as_ref(),
                no_baseline,
                is_share: false,
            };
            let value = number(value);
            let told = format!("{goal:?} {required:?} {start:?} {value:?}");
            assert_eq!(terms(false).of(&value), expected, "{told}");
            // Once it is due the path asks nothing more.
            let due = if expected == Status::Met { Status::Met } else { Status::Unmet };
            assert_eq!(terms(true).of(&value), due, "{told}");
        }
    }

    #[test]
    fn a_share_above_its_whole_is_an_error_whatever_is_demanded() {
        for (goal, ..) in goals() {
            for (is_share, is_error) in [(true, true), (false, false)] {
                let terms = Terms {
                    goal: &goal,
                    is_due: true,
                    required: None,
                    start: None,
                    no_baseline: false,
                    is_share,
                };
                let found = terms.of(&number("100.01"));
                assert_eq!(found == Status::Error, is_error, "{goal:?}");
                assert_ne!(terms.of(&number("100")), Status::Error, "{goal:?}");
            }
        }
    }

    #[test]
    fn an_unknown_value_has_the_status_that_all_it_can_be_have() {
        let (up, two_sided) = (at_least(), Goal::Between(number("40"), number("60")));
        let none = Goal::None;
        let (required, start) = (number("50"), number("40"));
        // Goal, whether it is due, whether there is a path from 40 that requires 50; what the
        // value can be, and whether that is a share; the status.
        let cases = [
            (&up, true, false, "60..70", false, Some(Status::Met)),
            (&up, true, false, "(60)..70", false, Some(Status::Met)),
            (&up, true, false, "60..", false, Some(Status::Met)),
            (&up, true, false, "59..60", false, None),
            (&up, true, false, "59..(60)", false, Some(Status::Unmet)),
            (&up, true, false, "..(60)", false, Some(Status::Unmet)),
            (&up, false, false, "10..(60)", false, Some(Status::NotYet)),
            (&up, false, false, "10..60", false, None),
            (&up, false, true, "50..59", false, Some(Status::OnTrack)),
            (&up, false, true, "(40)..(50)", false, Some(Status::Behind)),
            (&up, false, true, "40..(50)", false, None),
            (&up, false, true, "..40", false, Some(Status::OffTrack)),
            // Beyond 100 it is none of these.
            (&up, true, false, "60..100", true, Some(Status::Met)),
            (&up, true, false, "60..101", true, None),
            (&up, true, false, "101..102", true, None),
            // Between two bounds what lies inside decides too.
            (&two_sided, true, false, "39..61", false, None),
            (&two_sided, true, false, "40..60", false, Some(Status::Met)),
            (&two_sided, true, false, "61..", false, Some(Status::Unmet)),
            (&none, true, false, "1..5", false, Some(Status::Unmet)),
            (&none, true, false, "(0)..5", false, Some(Status::Unmet)),
            (&none, true, false, "-1..1", false, None),
            // As far from nothing on the other side as where it started.
            (&none, false, true, "-45..-41", false, Some(Status::OffTrack)),
        ];
        for (goal, is_due, path, between, is_share, expected) in cases {
            let terms = Terms {
                goal,
                is_due,
                required: path.then_some(&required),
                start: path.then_some(&start),
                no_baseline: false,
                is_share,
            };
            let between = interval(between);
            let terms = if *goal == Goal::None && path {
                // Nothing is reached from above: 30 is required on the way from 40.
                Terms { required: Some(&Exact::int(30)), ..terms }.throughout(&between)
            } else {
                terms.throughout(&between)
            };
            assert_eq!(terms, expected, "{goal:?} {between:?}");
        }
    }

    #[test]
    fn without_a_value_it_is_said_why() {
        let goal = at_least();
        let terms = Terms {
            goal: &goal,
            is_due: true,
            required: None,
            start: None,
            no_baseline: false,
            is_share: false,
        };
        let missing = Absence::Missing(Vec::new(), 1);
        let (met, open) = (interval("60..70"), interval("50..70"));
        let cases = [
            (&missing, None, Status::NoData),
            (&missing, Some(&met), Status::Met),
            (&missing, Some(&open), Status::NoData),
            (&Absence::NoRows, None, Status::NoData),
            (&Absence::NotByArea, None, Status::NoData),
            (&Absence::Overflow, None, Status::Error),
            // What a value can be counts only where something of it is missing.
            (&Absence::Overflow, Some(&met), Status::Error),
        ];
        for (absence, between, expected) in cases {
            assert_eq!(terms.status(Err(absence), between), expected, "{absence:?} {between:?}");
        }
        assert_eq!(terms.status(Ok(&number("60")), None), Status::Met);
    }
}
