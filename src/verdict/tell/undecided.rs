//! What can be said of a value that cannot be decided on: where it lies, and what the missing
//! figures would have to come to for the goal to be met, or for the path to be kept.

use super::target::TargetTeller;
use super::wording::{between_text, goal_text, noun_after};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::interval::{End, Interval};
use crate::message::{Arg, Bilingual, Key, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::Status;
use crate::verdict::assess::nouns::part_of;
use crate::verdict::assess::open;

/// With so many decimals are amounts told that are not counted.
const DIGITS: u32 = 6;

impl TargetTeller<'_> {
    /// Where the value lies, and what decides.
    pub(super) fn undecided(&self, between: &Interval) -> Vec<Message> {
        let (found, goal, unit) = (self.found, &self.found.goal, &self.found.unit);
        let mut helps =
            vec![msg!(UndecidedRange, range = between_text(between, unit, &found.marks(2)))];
        let decides =
            |values: Option<Interval>, status: Status| self.total_needed(&values?, between, status);
        let values = values_of(goal);
        // The goal may be out of reach whatever is missing, and only the standing be open.
        if values.as_ref().is_none_or(|values| overlaps(values, between)) {
            helps.extend(decides(values, Status::Met));
        } else {
            helps.push(msg!(OutOfReach, year = found.year, goal = goal_text(goal, unit)));
        }
        let (Some(required), Some(needed)) = (&found.way.required, found.required_text()) else {
            return helps;
        };
        helps.push(msg!(RequiredHelp, year = found.year, required = needed));
        let on_path = values_as_good_as(goal, required, true);
        if on_path.as_ref().is_none_or(|values| overlaps(values, between)) {
            helps.extend(decides(on_path, Status::OnTrack));
        } else if let Some(start) = &found.way.start {
            helps.extend(decides(values_as_good_as(goal, start, false), Status::Behind));
        }
        helps
    }

    /// What the missing figures must come to for the value to be among those asked for; `None`
    /// where it is whatever they are, or where more than one side of the measure is open.
    fn total_needed(
        &self,
        values: &Interval,
        between: &Interval,
        status: Status,
    ) -> Option<Message> {
        let missing = self.found.open.as_ref()?;
        let of_whole = missing.side == open::Side::Whole;
        let open = match self.measure {
            Bound::Quotient(quotient) if of_whole => &quotient.whole,
            _ => part_of(self.measure),
        };
        let counted = self.judge.counts_subjects(open);
        // The ends that some value the measure can have is beyond.
        let total =
            |end: &End| Some(Side { at: missing.total(end.at.as_ref()?)?, included: end.closed });
        let low = if is_below(&between.low, &values.low) { total(&values.low) } else { None };
        let high = if is_above(&between.high, &values.high) { total(&values.high) } else { None };
        let (low, high) = if of_whole { (high, low) } else { (low, high) };
        let low = low.and_then(|side| side.readable(counted, true));
        let high = high.and_then(|side| side.readable(counted, false));
        let what = if of_whole { msg!(MissingOfWhole) } else { msg!(MissingOfPart) };
        told(low, high, self.judge.noun(open).as_ref(), status.label(), what)
    }
}

/// One end of what the missing figures may come to.
struct Side {
    at: Exact,
    included: bool,
}

impl Side {
    /// The next whole number on the right side, where subjects are counted; else the end itself,
    /// or where that has more digits than are read, the next number of [`DIGITS`] decimals on the
    /// right side.
    fn readable(self, counted: bool, upwards: bool) -> Option<Side> {
        let digits = if counted { 0 } else { DIGITS };
        if !counted && self.at.places().is_some_and(|places| places <= digits) {
            return Some(self);
        }
        let scale = Exact::int(10i128.pow(digits));
        let units = self.at.checked_mul(&scale)?;
        let units = match (upwards, self.included) {
            (true, true) => units.ceil(),
            (true, false) => units.floor().checked_add(&Exact::ONE)?,
            (false, true) => units.floor(),
            (false, false) => units.ceil().checked_sub(&Exact::ONE)?,
        };
        Some(Side { at: units.checked_div(&scale)?, included: true })
    }

    fn number(&self) -> Arg {
        Arg::Number(self.at.exact_text())
    }

    /// What is above it, in words.
    fn upwards(&self) -> Message {
        match self.included {
            true => msg!(GoalAtLeast, bound = self.number()),
            false => msg!(GoalMoreThan, bound = self.number()),
        }
    }

    /// What is below it, in words.
    fn downwards(&self) -> Message {
        match self.included {
            true => msg!(RangeAtMost, high = self.number()),
            false => msg!(GoalLessThan, bound = self.number()),
        }
    }
}

/// What must be missing, from so much up to so much.
fn told(
    low: Option<Side>,
    high: Option<Side>,
    noun: Option<&Bilingual>,
    outcome: Message,
    what: Message,
) -> Option<Message> {
    let number = Side::number;
    let noun = |side: &Side| noun_after(noun, &side.at.exact_text());
    // Nothing that is missing comes to less than 0.
    let low = low.filter(|low| low.at > Exact::ZERO || (low.at.is_zero() && !low.included));
    let none = || {
        let nothing = Side { at: Exact::ZERO, included: true };
        Some(msg!(NoTotalMeets, outcome = outcome.clone(), noun = noun(&nothing)))
    };
    Some(match (&low, &high) {
        (Some(low), Some(high)) if low.at > high.at => return none(),
        (Some(low), Some(high)) if low.at == high.at => msg!(
            UndecidedExactly,
            outcome = outcome,
            what = what,
            count = number(low),
            noun = noun(low)
        ),
        (Some(low), Some(high)) => {
            let noun = noun(high);
            let (key, low, high) = if low.included && high.included {
                (Key::UndecidedWithin, number(low), number(high))
            } else {
                (Key::UndecidedBetween, Arg::from(low.upwards()), Arg::from(high.downwards()))
            };
            let arguments = vec![
                ("outcome", Arg::from(outcome)),
                ("what", Arg::from(what)),
                ("low", low),
                ("high", high),
                ("noun", noun),
            ];
            Message::new(key, arguments)
        }
        (Some(low), None) => {
            let (count, noun) = (number(low), noun(low));
            if low.included {
                msg!(UndecidedAtLeast, outcome = outcome, what = what, count = count, noun = noun)
            } else {
                msg!(UndecidedMoreThan, outcome = outcome, what = what, count = count, noun = noun)
            }
        }
        (None, Some(high)) if high.at.is_zero() && high.included => {
            msg!(UndecidedZero, outcome = outcome)
        }
        (None, Some(high)) if high.at > Exact::ZERO => {
            let (count, noun) = (number(high), noun(high));
            if high.included {
                msg!(UndecidedAtMost, outcome = outcome, what = what, count = count, noun = noun)
            } else {
                msg!(UndecidedLessThan, outcome = outcome, what = what, count = count, noun = noun)
            }
        }
        (None, Some(_)) => return none(),
        (None, None) => return None,
    })
}

/// The values that meet a goal.
fn values_of(goal: &Goal) -> Option<Interval> {
    let from = |at: Exact, closed| Interval { low: End { at: Some(at), closed }, ..Interval::OPEN };
    let to = |at: Exact, closed| Interval { high: End { at: Some(at), closed }, ..Interval::OPEN };
    let within = |low: Exact, high: Exact| Interval {
        low: End { at: Some(low), closed: true },
        high: End { at: Some(high), closed: true },
    };
    Some(match goal {
        Goal::AtLeast(bound) => from(bound.clone(), true),
        Goal::MoreThan(bound) => from(bound.clone(), false),
        Goal::AtMost(bound) => to(bound.clone(), true),
        Goal::LessThan(bound) => to(bound.clone(), false),
        Goal::Exactly(bound) => within(bound.clone(), bound.clone()),
        Goal::Between(low, high) => within(low.clone(), high.clone()),
        Goal::About(target, tolerance) => {
            within(target.checked_sub(tolerance)?, target.checked_add(tolerance)?)
        }
        Goal::All => from(Exact::int(100), true),
        Goal::None => within(Exact::ZERO, Exact::ZERO),
    })
}

/// The values as near to a goal as one, or only those nearer than it.
fn values_as_good_as(goal: &Goal, value: &Exact, included: bool) -> Option<Interval> {
    let end = End { at: Some(value.clone()), closed: included };
    match goal.direction() {
        Direction::Up => Some(Interval { low: end, ..Interval::OPEN }),
        Direction::Down => Some(Interval { high: end, ..Interval::OPEN }),
        Direction::Towards => {
            let (values, distance) = (values_of(goal)?, goal.distance(value)?);
            let end = |at: Option<Exact>| End { at, closed: included };
            Some(Interval {
                low: end(Some(values.low.at?.checked_sub(&distance)?)),
                high: end(Some(values.high.at?.checked_add(&distance)?)),
            })
        }
    }
}

fn overlaps(a: &Interval, b: &Interval) -> bool {
    use crate::measure::Comparison::{Greater, Less};
    a.compare(Less, b) != Some(true) && a.compare(Greater, b) != Some(true)
}

/// Whether an interval that begins at one end has something below another.
fn is_below(from: &End, bound: &End) -> bool {
    let Some(bound_at) = &bound.at else { return false };
    let below = |at| at < bound_at || (at == bound_at && from.closed && !bound.closed);
    from.at.as_ref().is_none_or(below)
}

/// Whether an interval that ends at one end has something above another.
fn is_above(to: &End, bound: &End) -> bool {
    let Some(bound_at) = &bound.at else { return false };
    let above = |at| at > bound_at || (at == bound_at && to.closed && !bound.closed);
    to.at.as_ref().is_none_or(above)
}
