//! What is left to do where the value is not known: the pace needed and the gap, at either end of
//! what it can be.

use super::nouns::part_of;
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Point, Value};
use crate::measure::interval::Interval;
use crate::message::Bilingual;
use crate::rule::goal::{Direction, Goal};
use crate::rule::{Target, When};
use crate::verdict::Judge;

/// The least and the most that may be left to do, whatever the missing figures are.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// What the value must change by in a year, from the end nearer to the goal and from the
    /// other.
    pub needed: Option<(Exact, Exact)>,
    /// Subjects to add to the part, or below 0 to take away: the fewest and the most.
    pub subjects: Option<(i128, i128)>,
    /// What the part counts.
    pub noun: Option<Bilingual>,
}

impl Judge<'_> {
    /// What is left to do at either end of what a value can be. Nothing where an end is open or
    /// where the goal is approached from either side, so that what lies between may be further off
    /// than both.
    pub(in crate::verdict) fn left(
        &self,
        target: &Target,
        measure: &Bound,
        between: &Interval,
    ) -> Option<Left> {
        let goal = &target.goal.value;
        let (low, high) = (between.low.at.as_ref()?, between.high.at.as_ref()?);
        // Below nothing it is approached from the other side.
        if *goal == Goal::None && low.is_negative() {
            return None;
        }
        let (near, far) = match goal.direction() {
            Direction::Up => (high, low),
            Direction::Down => (low, high),
            Direction::Towards => return None,
        };
        if goal.is_met_by(far) {
            return None;
        }
        let needed = match target.when {
            When::By(by) if self.year() < by => {
                let needed = |value| needed(goal, value, by - self.year());
                needed(near).zip(needed(far))
            }
            _ => None,
        };
        let subjects = |value| self.subjects_left(goal, measure, value);
        let left = Left {
            needed,
            subjects: subjects(near).zip(subjects(far)),
            noun: self.noun(part_of(measure)),
        };
        (left.needed.is_some() || left.subjects.is_some()).then_some(left)
    }

    /// The subjects that lack at a value, where the whole is known.
    fn subjects_left(&self, goal: &Goal, measure: &Bound, value: &Exact) -> Option<i128> {
        let Bound::Quotient(quotient) = measure else { return None };
        if !self.counts_subjects(&quotient.part) {
            return None;
        }
        let Ok(Value::Number(whole)) =
            self.values.measure(&quotient.whole, Point::whole(self.year()))
        else {
            return None;
        };
        let factor = quotient.kind.factor();
        let part = value.checked_mul(&whole)?.checked_div(&factor)?;
        if goal.is_met_by(value) { Some(0) } else { goal.subjects_needed(&part, &whole, &factor) }
    }
}

/// What a value must change by in each of so many years to meet a goal.
fn needed(goal: &Goal, value: &Exact, years: i32) -> Option<Exact> {
    if goal.is_met_by(value) {
        return Some(Exact::ZERO);
    }
    goal.path_end(value).checked_sub(value)?.checked_div(&Exact::int(years.into()))
}
