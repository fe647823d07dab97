//! The findings of targets: what was found, what was demanded, how far apart they are, where, and
//! what would close the gap.

use super::areas::AreaValue;
use super::path::Pace;
use super::progress::Movement;
use super::target::part_of;
use super::{Gap, Judge, Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Point, Value};
use crate::measure::interval::Interval;
use crate::message::{Arg, Bilingual, Key, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::rule::{Baseline, Target, When};
use crate::source::Location;

/// How many areas are named as enough to close a gap.
const NAMED_AREAS: usize = 4;

impl Judge<'_> {
    /// The finding of a value that does not meet its goal.
    pub(super) fn shortfall(
        &self,
        verdict: &Verdict,
        target: &Target,
        measure: &Bound,
    ) -> Diagnostic {
        let goal = &target.goal.value;
        let value = verdict.value.unwrap_or(Exact::ZERO);
        let shown = amount(value, &verdict.unit, &verdict.marks());
        let demanded = goal_text(goal, &verdict.unit);
        let required = verdict.required.map(|required| {
            let bound = amount(required, &verdict.unit, &[value]);
            match goal.direction() {
                Direction::Up => msg!(GoalAtLeast, bound = bound),
                Direction::Down => msg!(GoalAtMost, bound = bound),
                Direction::Towards => bound,
            }
        });
        let message = match (target.when, verdict.status, required) {
            (When::EveryYear, ..) => {
                msg!(UnmetEveryYear, title = &verdict.title, value = shown, goal = demanded)
            }
            (When::By(by), Status::Unmet, _) => {
                msg!(UnmetBy, title = &verdict.title, value = shown, goal = demanded, by = by)
            }
            (When::By(by), status, Some(required)) => {
                let sentence = match status {
                    Status::OnTrack => Key::OnTrackMessage,
                    _ => Key::BehindMessage,
                };
                let arguments = vec![
                    ("title", Arg::from(&verdict.title)),
                    ("value", Arg::from(shown)),
                    ("required", Arg::from(required)),
                    ("year", Arg::from(self.year)),
                    ("goal", Arg::from(demanded)),
                    ("by", Arg::from(by)),
                ];
                Message::new(sentence, arguments)
            }
            (When::By(by), _, None) => {
                msg!(NotYetMessage, title = &verdict.title, value = shown, goal = demanded, by = by)
            }
        };
        let code = verdict.status.code();
        let mut diagnostic = Diagnostic::new(code, message).subject(&verdict.id);
        if let Some((at, text)) = self.worst(verdict, measure) {
            diagnostic = diagnostic.label(at, text);
        }
        diagnostic = diagnostic.label(target.goal.at, msg!(GoalLabel));
        diagnostic = self.point_at_clause(diagnostic, verdict);
        for help in self.helps(verdict, target) {
            diagnostic = diagnostic.help(help);
        }
        for remark in &verdict.remarks {
            diagnostic = diagnostic.note(remark.clone());
        }
        diagnostic
    }

    /// The finding of a verdict that is the same whatever the unknown cells hold.
    pub(super) fn decided_anyway(
        &self,
        verdict: &mut Verdict,
        target: &Target,
        absence: &Absence,
        between: &Interval,
    ) {
        let Absence::Missing(items, total) = absence else { return };
        let what = self.missing(items, *total);
        let range = range_text(between, &target.goal.value, verdict.status, &verdict.unit);
        let demanded = goal_text(&target.goal.value, &verdict.unit);
        if verdict.status == Status::Met {
            verdict.reason = Some(msg!(MetAnyway, range = range, goal = demanded, what = what));
            return;
        }
        let message = msg!(
            DecidedAnyway,
            title = &verdict.title,
            status = verdict.status.label(),
            range = range,
            goal = demanded
        );
        let mut finding = Diagnostic::new(verdict.status.code(), message).subject(&verdict.id);
        for item in items.iter().take(3) {
            if let Some(cell) = self.missing_at(item) {
                finding = finding.label(cell, self.missing_text(item));
            }
        }
        finding = finding.label(target.goal.at, msg!(GoalLabel));
        finding = self.point_at_clause(finding, verdict).help(msg!(AnywayHelp, what = what));
        if let Some(required) = verdict.required {
            let required = amount(required, &verdict.unit, &target.goal.value.marks());
            finding = finding.help(msg!(RequiredHelp, year = self.year, required = required));
        }
        for remark in &verdict.remarks {
            finding = finding.note(remark.clone());
        }
        verdict.diagnostics.push(finding);
    }

    /// What can be said of a value that cannot be decided on: where it lies, and what the missing
    /// cells would have to come to.
    pub(super) fn undecided(
        &self,
        target: &Target,
        measure: &Bound,
        between: &Interval,
    ) -> Vec<Message> {
        let goal = &target.goal.value;
        let unit = self.unit(target, measure);
        let mut helps =
            vec![msg!(UndecidedRange, range = between_text(between, &unit, &goal.marks()))];
        let Bound::Quotient(quotient) = measure else { return helps };
        let whole = Point::whole(self.year);
        // Only where nothing but the part is open can it be said what it must come to.
        let (Ok(Value::Number(all)), Some(known)) =
            (self.values.measure(&quotient.whole, whole), self.values.known(&quotient.part, whole))
        else {
            return helps;
        };
        if !self.counts_subjects(&quotient.part) {
            return helps;
        }
        let Some(needed) = goal.subjects_needed(known, all, quotient.kind.factor()) else {
            return helps;
        };
        // The goal may be out of reach whatever is missing, and only the standing be open.
        let samples = between.samples(&goal.marks()).unwrap_or_default();
        if !samples.into_iter().any(|value| goal.is_met_by(value)) {
            return helps;
        }
        let noun = self.noun(&quotient.part).map_or_else(|| Arg::from(msg!(Units)), Arg::from);
        match goal.direction() {
            Direction::Up if needed > 0 => {
                helps.push(msg!(UndecidedAtLeast, count = needed, noun = noun));
            }
            Direction::Down if needed >= 0 => {
                helps.push(msg!(UndecidedAtMost, count = needed, noun = noun));
            }
            _ => {}
        }
        helps
    }

    /// What would close the gap.
    fn helps(&self, verdict: &Verdict, target: &Target) -> Vec<Message> {
        let mut helps = Vec::new();
        if let Some(gap) = &verdict.gap {
            let text = gap.text();
            let areas = verdict
                .spread
                .closing
                .as_ref()
                .filter(|areas| areas.len() <= NAMED_AREAS)
                .map(|areas| {
                    areas.iter().map(|at| Arg::from(&verdict.areas[*at].name)).collect::<Vec<_>>()
                });
            helps.push(match (text, areas, gap.of_whole) {
                (Some(gap), Some(areas), true) => msg!(GapSubjectsAreas, gap = gap, areas = areas),
                (Some(gap), Some(areas), false) => msg!(GapCountAreas, gap = gap, areas = areas),
                (Some(gap), None, true) => msg!(GapSubjects, gap = gap),
                (Some(gap), None, false) => msg!(GapCount, gap = gap),
                (None, Some(areas), _) => {
                    let distance = difference(gap.distance, &verdict.unit);
                    msg!(GapDistanceAreas, distance = distance, areas = areas)
                }
                (None, None, _) => {
                    msg!(GapDistance, distance = difference(gap.distance, &verdict.unit))
                }
            });
        }
        if let (Some(pace), When::By(by)) = (verdict.pace, target.when)
            && let Some(needed) = pace.needed
            && verdict.status != Status::OnTrack
        {
            let needed = change_text(needed, &verdict.unit);
            helps.push(match (verdict.baseline, pace.so_far) {
                (Some((from_year, _)), Some(so_far)) => msg!(
                    PaceHelp,
                    from_year = from_year,
                    so_far = change_text(so_far, &verdict.unit),
                    needed = needed,
                    by = by,
                    then = match pace.reached {
                        Some(year) => msg!(PaceThen, year = year),
                        None => msg!(PaceThenNever),
                    }
                ),
                _ => msg!(PaceNeededHelp, needed = needed, by = by),
            });
        }
        if let (When::EveryYear, Some(movement)) = (target.when, verdict.movement) {
            helps.push(movement_text(&movement, &verdict.unit));
        }
        if verdict.status == Status::NotYet {
            helps.extend(match target.baseline {
                None => Some(match target.milestones.first() {
                    Some((year, _)) => msg!(BeforeMilestone, year = *year),
                    None => msg!(NoBaselineHelp),
                }),
                // What is to be said of one that is not in the past is among the remarks.
                Some(Baseline::Year(year) | Baseline::Stated(_, year)) => {
                    (year < self.year).then(|| msg!(BaselineUnknown, year = year))
                }
            });
        }
        helps
    }

    /// The data cell that stands for the gap: the worst area's, or the measure's first row.
    fn worst(&self, verdict: &Verdict, measure: &Bound) -> Option<(Location, Message)> {
        let part = part_of(measure);
        let worst = verdict
            .areas
            .iter()
            .filter(|area| area.needed.is_some_and(|needed| needed != 0))
            .max_by(|a, b| {
                let size = |area: &AreaValue| area.needed.unwrap_or(0).unsigned_abs();
                size(a).cmp(&size(b)).then_with(|| b.code.cmp(&a.code))
            });
        let (area, text) = match worst {
            Some(area) => {
                let goal = verdict.goal.as_ref()?;
                let value = amount(area.value?, &verdict.unit, &goal.marks());
                let noun = verdict.gap.as_ref().and_then(|gap| gap.noun.as_ref());
                let gap = subjects_text(area.needed?, noun);
                let text = if area.is_small {
                    msg!(WorstAreaSmall, area = &area.name, value = value, gap = gap)
                } else {
                    msg!(WorstArea, area = &area.name, value = value, gap = gap)
                };
                (Some(area.at), text)
            }
            None => (None, msg!(ValueFromHere)),
        };
        Some((self.first_cell(part, area)?, text))
    }

    pub(super) fn above_whole(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        verdict.status = Status::Error;
        let hundred = Exact::int(100);
        let value = verdict.value.unwrap_or(hundred);
        let shown = amount(value, &verdict.unit, &[hundred]);
        let mut diagnostic = Diagnostic::new(
            Code::ShareAboveWhole,
            msg!(AboveWhole, title = &verdict.title, value = shown),
        )
        .subject(&verdict.id);
        let worst = verdict
            .areas
            .iter()
            .enumerate()
            .filter_map(|(at, area)| Some((area.value.filter(|value| *value > hundred)?, at)))
            .max_by(|(a, at), (b, other)| {
                a.cmp(b).then_with(|| verdict.areas[*other].code.cmp(&verdict.areas[*at].code))
            });
        if let Bound::Quotient(quotient) = measure {
            let (part, whole) = (&quotient.part, &quotient.whole);
            let area = worst.map(|(_, at)| verdict.areas[at].at);
            if let Some(cell) = self.first_cell(part, area) {
                diagnostic = match worst {
                    Some((value, at)) => diagnostic.label(
                        cell,
                        msg!(
                            AboveWholeArea,
                            area = &verdict.areas[at].name,
                            value = amount(value, &verdict.unit, &[hundred])
                        ),
                    ),
                    None => diagnostic.label(cell, msg!(PartHere)),
                };
            }
            if let Some(cell) = self.first_cell(whole, area) {
                diagnostic = diagnostic.label(cell, msg!(WholeHere));
            }
        }
        diagnostic = diagnostic.label(target.measure.at, msg!(TheMeasure));
        diagnostic = self.point_at_clause(diagnostic, verdict).help(msg!(AboveWholeHelp));
        verdict.diagnostics.push(diagnostic);
    }
}
/// A value with its unit, never rounded onto or across `marks`.
pub fn amount(value: Exact, unit: &Bilingual, marks: &[Exact]) -> Message {
    let number = Arg::Number(value.shown(2, marks));
    if unit.is_empty() {
        msg!(AmountBare, number = number)
    } else {
        msg!(Amount, number = number, unit = unit)
    }
}

/// The unit of a difference: percentages differ by points.
fn point_unit(unit: &Bilingual) -> Arg {
    if unit.vi == "%" { Arg::from(msg!(PercentPoints)) } else { Arg::from(unit) }
}

/// A goal in words.
pub fn goal_text(goal: &Goal, unit: &Bilingual) -> Message {
    let number = |value: &Exact| amount(*value, unit, &[]);
    match goal {
        Goal::AtLeast(bound) => msg!(GoalAtLeast, bound = number(bound)),
        Goal::MoreThan(bound) => msg!(GoalMoreThan, bound = number(bound)),
        Goal::AtMost(bound) => msg!(GoalAtMost, bound = number(bound)),
        Goal::LessThan(bound) => msg!(GoalLessThan, bound = number(bound)),
        Goal::Exactly(bound) => msg!(GoalExactly, bound = number(bound)),
        Goal::Between(low, high) => msg!(GoalBetween, low = number(low), high = number(high)),
        Goal::About(target, tolerance) => {
            msg!(GoalAbout, target = number(target), tolerance = number(tolerance))
        }
        Goal::All => msg!(GoalAll),
        Goal::None => msg!(GoalNone),
    }
}

impl Gap {
    /// The gap in subjects or, where nothing is counted, in the unit of the part.
    pub fn text(&self) -> Option<Message> {
        match (self.subjects, self.amount) {
            (Some(subjects), _) => Some(subjects_text(subjects, self.noun.as_ref())),
            (None, Some(amount)) => {
                let noun = Arg::from(self.noun.as_ref()?);
                let count = Arg::Number(amount.abs().shown(2, &[Exact::ZERO]));
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
fn subjects_text(subjects: i128, noun: Option<&Bilingual>) -> Message {
    let noun = noun.map_or_else(|| Arg::from(msg!(Units)), Arg::from);
    if subjects >= 0 {
        msg!(SubjectsMore, count = subjects, noun = noun)
    } else {
        msg!(SubjectsFewer, count = subjects.saturating_neg(), noun = noun)
    }
}

/// A difference of values with its unit.
pub fn difference(difference: Exact, unit: &Bilingual) -> Message {
    let number = Arg::Number(difference.shown(2, &[Exact::ZERO]));
    if unit.is_empty() {
        return msg!(AmountBare, number = number);
    }
    msg!(Amount, number = number, unit = point_unit(unit))
}

/// A change a year.
pub fn change_text(change: Exact, unit: &Bilingual) -> Message {
    let (sign, number) = signed(change);
    if unit.is_empty() {
        return msg!(ChangeBare, sign = sign, number = number);
    }
    msg!(Change, sign = sign, number = number, unit = point_unit(unit))
}

/// A pace in words: so far, needed, and when the goal is reached at it.
pub fn pace_text(pace: &Pace, unit: &Bilingual) -> Message {
    let so_far = pace.so_far.map(|change| change_text(change, unit));
    let needed = pace.needed.map(|change| change_text(change, unit));
    match (so_far, needed, pace.reached) {
        (Some(so_far), Some(needed), Some(year)) => {
            msg!(PaceReached, so_far = so_far, needed = needed, year = year)
        }
        (Some(so_far), Some(needed), None) => {
            msg!(PaceNever, so_far = so_far, needed = needed)
        }
        (Some(so_far), None, _) => msg!(PaceSoFar, so_far = so_far),
        (None, Some(needed), _) => msg!(PaceNeeded, needed = needed),
        (None, None, _) => msg!(PaceUnknown),
    }
}

/// A change with its sign.
fn signed(change: Exact) -> (&'static str, Arg) {
    let sign = if change.is_negative() || change.is_zero() { "" } else { "+" };
    (sign, Arg::Number(change.shown(2, &[Exact::ZERO])))
}

/// How a value moved since it was last known, in words.
pub fn movement_text(movement: &Movement, unit: &Bilingual) -> Message {
    let (sign, number) = signed(movement.change);
    let unit = if unit.is_empty() { Arg::from("") } else { point_unit(unit) };
    let since = movement.since;
    match movement.better {
        Some(true) => msg!(MovedBetter, since = since, sign = sign, number = number, unit = unit),
        Some(false) => msg!(MovedWorse, since = since, sign = sign, number = number, unit = unit),
        None if movement.change.is_zero() => msg!(MovedNot, since = since),
        None => msg!(MovedAside, since = since, sign = sign, number = number, unit = unit),
    }
}

/// An interval in words, from end to end.
pub fn between_text(between: &Interval, unit: &Bilingual, marks: &[Exact]) -> Message {
    let low = between.low.at.map(|low| {
        let shown = amount(low, unit, marks);
        if between.low.closed { shown } else { msg!(GoalMoreThan, bound = shown) }
    });
    let high = between.high.at.map(|high| {
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
fn range_text(between: &Interval, goal: &Goal, status: Status, unit: &Bilingual) -> Message {
    if status == Status::Behind {
        return between_text(between, unit, &goal.marks());
    }
    let (worst, best) = match goal.direction() {
        Direction::Up => (between.low.at, between.high.at),
        Direction::Down => (between.high.at, between.low.at),
        Direction::Towards => (None, None),
    };
    let marks = goal.marks();
    let holds = matches!(status, Status::Met | Status::OnTrack);
    let decisive = if holds { worst } else { best };
    let at_least = (goal.direction() == Direction::Up) == holds;
    let closed = if at_least { between.low.closed } else { between.high.closed };
    match decisive.map(|end| amount(end, unit, &marks)) {
        Some(end) if at_least && closed => msg!(RangeAtLeast, low = end),
        Some(end) if at_least => msg!(GoalMoreThan, bound = end),
        Some(end) if closed => msg!(RangeAtMost, high = end),
        Some(end) => msg!(GoalLessThan, bound = end),
        None => between_text(between, unit, &marks),
    }
}
