//! What can be said of a value that cannot be decided on: where it lies, and what the missing
//! figures would have to come to for the goal to be met, or for the path to be kept.

use super::target::part_of;
use super::wording::{between_text, goal_text, noun_after, required_text};
use super::{Judge, Status, Verdict};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Point, Value};
use crate::measure::interval::{End, Interval};
use crate::message::{Arg, Bilingual, Message};
use crate::msg;
use crate::rule::Target;
use crate::rule::goal::{Direction, Goal};

/// In so many parts of a unit are amounts told that are not counted.
const PARTS: i128 = 100;

/// How a measure depends on what is missing.
struct Missing {
    /// Whether that is part of what is below the line.
    of_whole: bool,
    /// What the missing figures come to, where the measure comes to what it is asked for.
    total: fn(&Missing, Exact) -> Option<Exact>,
    /// What is known of the part, or of the measure itself.
    part: Exact,
    /// What is known of the whole; 1 where there is none.
    whole: Exact,
    /// What the quotient is multiplied by.
    factor: Exact,
}

impl Judge<'_> {
    /// Where the value lies, and what decides.
    pub(super) fn undecided(
        &self,
        verdict: &Verdict,
        target: &Target,
        measure: &Bound,
        between: &Interval,
    ) -> Vec<Message> {
        let goal = &target.goal.value;
        let unit = &verdict.unit;
        let mut helps =
            vec![msg!(UndecidedRange, range = between_text(between, unit, &goal.marks()))];
        let decides = |values: Option<Interval>, status: Status| {
            self.total_needed(measure, &values?, between, status)
        };
        let values = values_of(goal);
        // The goal may be out of reach whatever is missing, and only the standing be open.
        if values.is_none_or(|values| overlaps(&values, between)) {
            helps.extend(decides(values, Status::Met));
        } else {
            helps.push(msg!(OutOfReach, year = self.year, goal = goal_text(goal, unit)));
        }
        let Some(required) = verdict.required else { return helps };
        let needed = required_text(goal, required, None, unit);
        helps.push(msg!(RequiredHelp, year = self.year, required = needed));
        let on_path = values_as_good_as(goal, required, true);
        if on_path.is_none_or(|values| overlaps(&values, between)) {
            helps.extend(decides(on_path, Status::OnTrack));
        } else if let Some(start) = self.start(verdict, target) {
            helps.extend(decides(values_as_good_as(goal, start, false), Status::Behind));
        }
        helps
    }

    /// What the missing figures must come to for the value to be among those asked for; `None`
    /// where it is whatever they are, or where more than one side of the measure is open.
    fn total_needed(
        &self,
        measure: &Bound,
        values: &Interval,
        between: &Interval,
        status: Status,
    ) -> Option<Message> {
        let missing = self.missing_part(measure)?;
        let open = match measure {
            Bound::Quotient(quotient) if missing.of_whole => &quotient.whole,
            _ => part_of(measure),
        };
        let scale = if self.counts_subjects(open) { 1 } else { PARTS };
        // The ends that some value the measure can have is beyond.
        let total = |end: End| Some((missing.total)(&missing, end.at?)).map(|at| (at, end.closed));
        let low = if is_below(between.low, values.low) { total(values.low) } else { None };
        let high = if is_above(between.high, values.high) { total(values.high) } else { None };
        let (low, high) = if missing.of_whole { (high, low) } else { (low, high) };
        // The next number of whole units, or of parts of one, that is on the right side.
        let units = |at: Exact| at.checked_mul(Exact::int(scale));
        let low = match low {
            Some((at, true)) => Some(units(at?)?.ceil()),
            Some((at, false)) => Some(units(at?)?.floor().checked_add(1)?),
            None => None,
        };
        let high = match high {
            Some((at, true)) => Some(units(at?)?.floor()),
            Some((at, false)) => Some(units(at?)?.ceil().checked_sub(1)?),
            None => None,
        };
        let noun = self.noun(open);
        let outcome = status.label();
        let what = if missing.of_whole { msg!(MissingOfWhole) } else { msg!(MissingOfPart) };
        told(low, high, scale, noun.as_ref(), outcome, what)
    }

    /// How the measure depends on what is missing, where only one sum or count of it is unknown.
    fn missing_part(&self, measure: &Bound) -> Option<Missing> {
        let whole = Point::whole(self.year);
        let number = |bound: &Bound| match self.values.measure(bound, whole) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        };
        let Bound::Quotient(quotient) = measure else {
            return Some(Missing {
                of_whole: false,
                total: |missing, value| value.checked_sub(missing.part),
                part: self.values.known(measure, whole)?,
                whole: Exact::ONE,
                factor: Exact::ONE,
            });
        };
        let factor = quotient.kind.factor();
        match (number(&quotient.part), number(&quotient.whole)) {
            (None, Some(all)) => Some(Missing {
                of_whole: false,
                total: |missing, value| {
                    let level = value.checked_mul(missing.whole)?.checked_div(missing.factor)?;
                    level.checked_sub(missing.part)
                },
                part: self.values.known(&quotient.part, whole)?,
                whole: all,
                factor,
            }),
            (Some(part), None) if part > Exact::ZERO => Some(Missing {
                of_whole: true,
                // A larger whole makes a smaller value, and none makes it 0.
                total: |missing, value| {
                    let level = missing.part.checked_mul(missing.factor)?.checked_div(value)?;
                    level.checked_sub(missing.whole)
                },
                part,
                whole: self.values.known(&quotient.whole, whole)?,
                factor,
            }),
            _ => None,
        }
    }
}

/// What must be missing, from so many up to so many (in units divided by `scale`).
fn told(
    low: Option<i128>,
    high: Option<i128>,
    scale: i128,
    noun: Option<&Bilingual>,
    outcome: Message,
    what: Message,
) -> Option<Message> {
    let number = |count: i128| Exact::ratio(count, scale).map(|count| count.shown(2, &[]));
    let end = |count: i128| {
        let number = number(count)?;
        Some((Arg::Number(number.clone()), noun_after(noun, &number)))
    };
    let low = low.filter(|low| *low > 0);
    Some(match (low, high) {
        (Some(low), Some(high)) if low > high => {
            msg!(NoTotalMeets, outcome = outcome, noun = noun_after(noun, "0"))
        }
        (Some(low), Some(high)) if low == high => {
            let (count, noun) = end(low)?;
            msg!(UndecidedExactly, outcome = outcome, what = what, count = count, noun = noun)
        }
        (Some(low), Some(high)) => {
            let (high, noun) = end(high)?;
            let low = end(low)?.0;
            let ends = vec![
                ("outcome", Arg::from(outcome)),
                ("what", Arg::from(what)),
                ("low", low),
                ("high", high),
                ("noun", noun),
            ];
            Message::new(crate::message::Key::UndecidedWithin, ends)
        }
        (Some(low), None) => {
            let (count, noun) = end(low)?;
            msg!(UndecidedAtLeast, outcome = outcome, what = what, count = count, noun = noun)
        }
        (None, Some(0)) => msg!(UndecidedZero, outcome = outcome),
        (None, Some(high)) if high > 0 => {
            let (count, noun) = end(high)?;
            msg!(UndecidedAtMost, outcome = outcome, what = what, count = count, noun = noun)
        }
        (None, Some(_)) => {
            msg!(NoTotalMeets, outcome = outcome, noun = noun_after(noun, "0"))
        }
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
        Goal::AtLeast(bound) => from(*bound, true),
        Goal::MoreThan(bound) => from(*bound, false),
        Goal::AtMost(bound) => to(*bound, true),
        Goal::LessThan(bound) => to(*bound, false),
        Goal::Exactly(bound) => within(*bound, *bound),
        Goal::Between(low, high) => within(*low, *high),
        Goal::About(target, tolerance) => {
            within(target.checked_sub(*tolerance)?, target.checked_add(*tolerance)?)
        }
        Goal::All => from(Exact::int(100), true),
        Goal::None => within(Exact::ZERO, Exact::ZERO),
    })
}

/// The values as near to a goal as one, or only those nearer than it.
fn values_as_good_as(goal: &Goal, value: Exact, included: bool) -> Option<Interval> {
    let end = End { at: Some(value), closed: included };
    match goal.direction() {
        Direction::Up => Some(Interval { low: end, ..Interval::OPEN }),
        Direction::Down => Some(Interval { high: end, ..Interval::OPEN }),
        Direction::Towards => {
            let (values, distance) = (values_of(goal)?, goal.distance(value)?);
            let end = |at: Option<Exact>| End { at, closed: included };
            Some(Interval {
                low: end(Some(values.low.at?.checked_sub(distance)?)),
                high: end(Some(values.high.at?.checked_add(distance)?)),
            })
        }
    }
}

fn overlaps(a: &Interval, b: &Interval) -> bool {
    use crate::measure::Comparison::{Greater, Less};
    a.compare(Less, b) != Some(true) && a.compare(Greater, b) != Some(true)
}

/// Whether an interval that begins at one end has something below another.
fn is_below(from: End, bound: End) -> bool {
    let Some(bound_at) = bound.at else { return false };
    from.at.is_none_or(|at| at < bound_at || (at == bound_at && from.closed && !bound.closed))
}

/// Whether an interval that ends at one end has something above another.
fn is_above(to: End, bound: End) -> bool {
    let Some(bound_at) = bound.at else { return false };
    to.at.is_none_or(|at| at > bound_at || (at == bound_at && to.closed && !bound.closed))
}
