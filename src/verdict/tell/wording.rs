//! Values, goals, gaps, paces and intervals in words.

use crate::exact::{Exact, Mark};
use crate::measure::interval::Interval;
use crate::message::{Arg, Bilingual, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::Status;
use crate::verdict::assess::target::{Gap, TargetAssessment};
use crate::verdict::path::{Movement, Pace};

/// A value with its unit, never rounded onto or across `marks`.
pub fn amount(value: &Exact, unit: &Bilingual, marks: &[Mark]) -> Message {
    with_unit(value.shown(2, marks), unit)
}

/// A number as it is to be read, with its unit.
fn with_unit(number: String, unit: &Bilingual) -> Message {
    if unit.is_empty() {
        msg!(AmountBare, number = Arg::Number(number))
    } else {
        let unit = Arg::Noun(unit.clone(), number.clone());
        msg!(Amount, number = Arg::Number(number), unit = unit)
    }
}

/// What is counted, as it stands after a number.
pub(in crate::verdict) fn noun_after(noun: Option<&Bilingual>, number: &str) -> Arg {
    match noun {
        Some(noun) => Arg::Noun(noun.clone(), number.to_owned()),
        None => Arg::from(msg!(Units, count = number)),
    }
}

/// A number of subjects.
fn count_text(count: i128, noun: Option<&Bilingual>) -> Message {
    msg!(Amount, number = count, unit = noun_after(noun, &count.to_string()))
}

/// The unit of a difference: percentages differ by points.
fn point_unit(unit: &Bilingual, number: &str) -> Arg {
    if unit.vi == "%" {
        Arg::from(msg!(PercentPoints, count = number))
    } else {
        Arg::Noun(unit.clone(), number.to_owned())
    }
}

/// A goal in words.
pub fn goal_text(goal: &Goal, unit: &Bilingual) -> Message {
    let number = |bound: &Exact| with_unit(bound.exact_text(), unit);
    match goal {
        Goal::AtLeast(bound) => msg!(GoalAtLeast, bound = number(bound)),
        Goal::MoreThan(bound) => msg!(GoalMoreThan, bound = number(bound)),
        Goal::AtMost(bound) => msg!(GoalAtMost, bound = number(bound)),
        Goal::LessThan(bound) => msg!(GoalLessThan, bound = number(bound)),
        Goal::Exactly(bound) => msg!(GoalExactly, bound = number(bound)),
        Goal::Between(low, high) => msg!(GoalBetween, low = number(low), high = number(high)),
        Goal::About(target, tolerance) => {
            msg!(
                GoalAbout,
                target = number(target),
                tolerance = with_point_unit(tolerance.exact_text(), unit)
            )
        }
        Goal::All => msg!(GoalAll),
        Goal::None => msg!(GoalNone),
    }
}

/// How numbers are shown beside which others are, so that they are read as they compare: the
/// goal's bounds to the last digit, the value required this year to `places` decimals or as many
/// as tell it apart from what was found, a value or what it can be.
pub fn marks(
    goal: Option<&Goal>,
    required: Option<&Exact>,
    (value, between): (Option<&Exact>, Option<&Interval>),
    places: u32,
) -> Vec<Mark> {
    let Some(goal) = goal else { return Vec::new() };
    let mut marks = goal.marks();
    if let Some(required) = required {
        let ends = between.into_iter().flat_map(|between| [&between.low.at, &between.high.at]);
        let found: Vec<&Exact> = value.into_iter().chain(ends.flatten()).collect();
        marks.push(Mark::rounded(required, places, &marks, &found));
    }
    marks
}

impl TargetAssessment {
    /// How numbers are shown beside which others are (see [`marks`]).
    pub fn marks(&self, places: u32) -> Vec<Mark> {
        let found = (self.known(), self.between.as_ref());
        marks(Some(&self.goal), self.way.required.as_ref(), found, places)
    }

    /// What is required on the way to the goal: at least or at most so much, or for a goal that is
    /// approached from either side, no more than a distance from it.
    pub fn required_text(&self) -> Option<Message> {
        let (goal, required) = (&self.goal, self.way.required.as_ref()?);
        let bound = || amount(required, &self.unit, &self.marks(2));
        let found = self.known().and_then(|value| goal.distance(value));
        Some(match (goal.direction(), goal.distance(required), found) {
            (Direction::Up, ..) => msg!(GoalAtLeast, bound = bound()),
            (Direction::Down, ..) => msg!(GoalAtMost, bound = bound()),
            (Direction::Towards, Some(allowed), Some(found)) => {
                let zero = Mark::exact(&Exact::ZERO);
                let mark = Mark::rounded(&allowed, 2, std::slice::from_ref(&zero), &[&found]);
                let allowed = with_point_unit(mark.text().to_owned(), &self.unit);
                let found = with_point_unit(found.shown(2, &[zero, mark]), &self.unit);
                msg!(RequiredNearer, allowed = allowed, found = found)
            }
            (Direction::Towards, Some(allowed), None) => {
                msg!(RequiredNear, allowed = difference(&allowed, &self.unit))
            }
            (Direction::Towards, None, _) => bound(),
        })
    }
}

impl Gap {
    /// The gap in subjects or, where nothing is counted, in the unit of the part.
    pub fn text(&self) -> Option<Message> {
        match (self.subjects, &self.amount) {
            (Some(subjects), _) => Some(subjects_text(subjects, self.noun.as_ref())),
            (None, Some(amount)) => {
                let count = amount.abs().shown(2, &[Mark::exact(&Exact::ZERO)]);
                let noun = noun_after(Some(self.noun.as_ref()?), &count);
                let count = Arg::Number(count);
                Some(if amount.is_negative() {
                    msg!(SubjectsFewer, count = count, noun = noun)
                } else {
                    msg!(SubjectsMore, count = count, noun = noun)
                })
            }
            (None, None) => None,
        }
    }
}

/// So many more, or so many fewer.
pub(in crate::verdict) fn subjects_text(subjects: i128, noun: Option<&Bilingual>) -> Message {
    let count = subjects.saturating_abs();
    let noun = noun_after(noun, &count.to_string());
    if subjects >= 0 {
        msg!(SubjectsMore, count = count, noun = noun)
    } else {
        msg!(SubjectsFewer, count = count, noun = noun)
    }
}

/// A difference of values with its unit.
pub fn difference(difference: &Exact, unit: &Bilingual) -> Message {
    with_point_unit(difference.shown(2, &[Mark::exact(&Exact::ZERO)]), unit)
}

/// A difference as it is to be read, with its unit.
fn with_point_unit(number: String, unit: &Bilingual) -> Message {
    if unit.is_empty() {
        return msg!(AmountBare, number = Arg::Number(number));
    }
    let unit = point_unit(unit, &number);
    msg!(Amount, number = Arg::Number(number), unit = unit)
}

/// A change a year.
pub fn change_text(change: &Exact, unit: &Bilingual) -> Message {
    let (sign, number) = signed(change);
    if unit.is_empty() {
        return msg!(ChangeBare, sign = sign, number = Arg::Number(number));
    }
    let unit = point_unit(unit, &number);
    msg!(Change, sign = sign, number = Arg::Number(number), unit = unit)
}

/// The pace needed to a goal. Exactly at a strict bound none is: anything beyond it is enough.
pub(in crate::verdict) fn needed_text(
    needed: &Exact,
    found: &TargetAssessment,
    of: impl Fn(Message) -> Message,
) -> Message {
    if !needed.is_zero() {
        return of(change_text(needed, &found.unit));
    }
    let down = found.goal.direction() == Direction::Down;
    let text = if down { msg!(AtBoundBelow) } else { msg!(AtBoundAbove) };
    match found.gap.as_ref().and_then(|gap| Some((gap.subjects?, gap.noun.as_ref()))) {
        Some((count, noun)) => {
            msg!(AtBoundCount, text = text, count = count_text(count.saturating_abs(), noun))
        }
        None => text,
    }
}

/// A pace in words: so far, needed, and when the goal is reached at it.
pub fn pace_text(pace: &Pace, found: &TargetAssessment) -> Message {
    let so_far = pace.so_far.as_ref().map(|change| change_text(change, &found.unit));
    let needed = |change: &Exact| needed_text(change, found, |pace| msg!(NeededPace, pace = pace));
    let needed = pace.needed.as_ref().map(needed);
    match (so_far, needed, pace.reached) {
        (Some(so_far), Some(needed), Some(year)) => {
            msg!(PaceReached, so_far = so_far, needed = needed, year = year)
        }
        (Some(so_far), Some(needed), None) => {
            msg!(PaceNever, so_far = so_far, needed = needed)
        }
        (Some(so_far), None, _) => msg!(PaceSoFar, so_far = so_far),
        (None, Some(needed), _) => needed,
        (None, None, _) => msg!(PaceUnknown),
    }
}

/// A change with its sign.
fn signed(change: &Exact) -> (&'static str, String) {
    let sign = if change.is_negative() || change.is_zero() { "" } else { "+" };
    (sign, change.shown(2, &[Mark::exact(&Exact::ZERO)]))
}

/// How a value moved since it was last known, in words.
pub fn movement_text(movement: &Movement, unit: &Bilingual) -> Message {
    let (sign, number) = signed(&movement.change);
    let unit = if unit.is_empty() { Arg::from("") } else { point_unit(unit, &number) };
    let number = Arg::Number(number);
    let since = movement.since;
    match movement.better {
        Some(true) => msg!(MovedBetter, since = since, sign = sign, number = number, unit = unit),
        Some(false) => msg!(MovedWorse, since = since, sign = sign, number = number, unit = unit),
        None if movement.change.is_zero() => msg!(MovedNot, since = since),
        None => msg!(MovedAside, since = since, sign = sign, number = number, unit = unit),
    }
}

/// An interval in words, from end to end.
pub fn between_text(between: &Interval, unit: &Bilingual, marks: &[Mark]) -> Message {
    let low = between.low.at.as_ref().map(|low| {
        let shown = amount(low, unit, marks);
        if between.low.closed { shown } else { msg!(GoalMoreThan, bound = shown) }
    });
    let high = between.high.at.as_ref().map(|high| {
        let shown = amount(high, unit, marks);
        if between.high.closed { shown } else { msg!(GoalLessThan, bound = shown) }
    });
    match (low, high) {
        (Some(low), Some(_)) if between.low == between.high => low,
        (Some(low), Some(high)) => msg!(RangeBetween, low = low, high = high),
        (Some(low), None) if between.low.closed => msg!(RangeAtLeast, low = low),
        (None, Some(high)) if between.high.closed => msg!(RangeAtMost, high = high),
        (Some(end), None) | (None, Some(end)) => end,
        (None, None) => msg!(RangeOpen),
    }
}

/// An interval by the end that decides.
pub(in crate::verdict) fn range_text(
    between: &Interval,
    goal: &Goal,
    status: Status,
    unit: &Bilingual,
) -> Message {
    if status == Status::Behind {
        return between_text(between, unit, &goal.marks());
    }
    let (worst, best) = match goal.direction() {
        Direction::Up => (&between.low.at, &between.high.at),
        Direction::Down => (&between.high.at, &between.low.at),
        Direction::Towards => (&None, &None),
    };
    let marks = goal.marks();
    let holds = matches!(status, Status::Met | Status::OnTrack);
    let decisive = if holds { worst } else { best };
    let at_least = (goal.direction() == Direction::Up) == holds;
    let closed = if at_least { between.low.closed } else { between.high.closed };
    match decisive.as_ref().map(|end| amount(end, unit, &marks)) {
        Some(end) if at_least && closed => msg!(RangeAtLeast, low = end),
        Some(end) if at_least => msg!(GoalMoreThan, bound = end),
        Some(end) if closed => msg!(RangeAtMost, high = end),
        Some(end) => msg!(GoalLessThan, bound = end),
        None => between_text(between, unit, &marks),
    }
}
