//! The findings of targets: what was found, what was demanded, how far apart they are, where, and
//! what would close the gap.

use super::areas::AreaValue;
use super::place::Wanted;
use super::wording::{
    amount, change_text, difference, goal_text, movement_text, needed_text, noun_after, range_text,
    subjects_text,
};
use super::{Judge, Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Mark};
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Point};
use crate::measure::interval::Interval;
use crate::message::{Arg, Key, Message};
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
        let value = verdict.value.clone().unwrap_or_default();
        let shown = amount(&value, &verdict.unit, &verdict.marks(2));
        let demanded = goal_text(goal, &verdict.unit);
        let required = verdict.required_text();
        // What was met once is not to be reached but to be kept.
        let kept = verdict.baseline.as_ref().filter(|(_, value)| goal.is_met_by(value));
        let kept = kept.filter(|_| target.milestones.is_empty() && verdict.required.is_some());
        let message = match (target.when, verdict.status, required) {
            (When::EveryYear, ..) => {
                msg!(UnmetEveryYear, title = &verdict.title, value = shown, goal = demanded)
            }
            (When::By(by), Status::Unmet, _) => {
                msg!(UnmetBy, title = &verdict.title, value = shown, goal = demanded, by = by)
            }
            (When::By(_), Status::Behind | Status::OffTrack, _) if kept.is_some() => {
                let year = kept.map_or(self.year(), |(year, _)| *year);
                msg!(
                    KeptMessage,
                    title = &verdict.title,
                    value = shown,
                    goal = demanded,
                    year = year
                )
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
                    ("year", Arg::from(self.year())),
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
        if let Some(required) = verdict.required_text() {
            finding = finding.help(msg!(RequiredHelp, year = self.year(), required = required));
        }
        for help in verdict.left.iter().flat_map(|left| left.helps(verdict)) {
            finding = finding.help(help);
        }
        for remark in &verdict.remarks {
            finding = finding.note(remark.clone());
        }
        verdict.diagnostics.push(finding);
    }

    /// What would close the gap.
    fn helps(&self, verdict: &Verdict, target: &Target) -> Vec<Message> {
        let mut helps = Vec::new();
        if let Some(gap) = &verdict.gap {
            let text = gap.text();
            let areas = verdict.spread.closing.as_ref().map(|areas| {
                if areas.len() > NAMED_AREAS {
                    return Arg::from(msg!(SomeAreas, count = areas.len()));
                }
                let names = areas.iter().map(|at| Arg::from(&verdict.areas[*at].name));
                Arg::List(names.collect())
            });
            helps.push(match (text, areas, gap.of_whole) {
                (Some(gap), Some(areas), true) => msg!(GapSubjectsAreas, gap = gap, areas = areas),
                (Some(gap), Some(areas), false) => msg!(GapCountAreas, gap = gap, areas = areas),
                (Some(gap), None, true) => msg!(GapSubjects, gap = gap),
                (Some(gap), None, false) => msg!(GapCount, gap = gap),
                (None, Some(areas), _) => {
                    let distance = difference(&gap.distance, &verdict.unit);
                    msg!(GapDistanceAreas, distance = distance, areas = areas)
                }
                (None, None, _) => {
                    msg!(GapDistance, distance = difference(&gap.distance, &verdict.unit))
                }
            });
        }
        if let (Some(gap), Some(fraction)) = (&verdict.gap, verdict.fraction.clone())
            && gap.no_number
        {
            let whole = fraction.whole.shown(2, &[]);
            let noun = noun_after(gap.noun.as_ref(), &whole);
            let goal = goal_text(&target.goal.value, &verdict.unit);
            helps.push(msg!(NoNumberMeets, whole = Arg::Number(whole), noun = noun, goal = goal));
        }
        if let (Some(pace), When::By(by)) = (&verdict.pace, target.when)
            && let Some(needed) = &pace.needed
        {
            let needed = needed_text(needed, verdict, |pace| msg!(NeededBy, by = by, pace = pace));
            helps.push(match (&verdict.baseline, &pace.so_far) {
                (Some((from_year, _)), Some(so_far)) => msg!(
                    PaceHelp,
                    from_year = *from_year,
                    so_far = change_text(so_far, &verdict.unit),
                    needed = needed,
                    then = match pace.reached {
                        Some(year) => msg!(PaceThen, year = year),
                        None => msg!(PaceThenNever),
                    }
                ),
                _ => needed,
            });
        }
        if let (When::EveryYear, Some(movement)) = (target.when, &verdict.movement) {
            helps.push(movement_text(movement, &verdict.unit));
        }
        if verdict.status == Status::NotYet {
            helps.extend(match &target.baseline {
                None => Some(match target.milestones.first() {
                    Some((year, _)) => msg!(BeforeMilestone, year = *year),
                    None => msg!(NoBaselineHelp),
                }),
                // What is to be said of one that is not in the past is among the remarks.
                Some(Baseline::Year(year) | Baseline::Stated(_, year)) => {
                    (*year < self.year()).then(|| msg!(BaselineUnknown, year = *year))
                }
            });
        }
        helps
    }

    /// The data cell that stands for the gap: of the worst area's rows, or of all.
    fn worst(&self, verdict: &Verdict, measure: &Bound) -> Option<(Location, Message)> {
        // The way the whole must go: an area beyond a goal with two sides adds nothing to a gap
        // below it.
        let goal = verdict.goal.as_ref()?;
        let value = verdict.value.as_ref()?;
        let more = match goal.direction() {
            Direction::Up => true,
            Direction::Down if *goal == Goal::None => value.is_negative(),
            Direction::Down => false,
            Direction::Towards => goal.nearest(value)? > *value,
        };
        let worst = verdict
            .areas
            .iter()
            .filter(|area| area.needed.is_some_and(|n| if more { n > 0 } else { n < 0 }))
            .max_by(|a, b| {
                let size = |area: &AreaValue| area.needed.unwrap_or(0).unsigned_abs();
                size(a).cmp(&size(b)).then_with(|| b.code.cmp(&a.code))
            });
        let wanted = if more { Wanted::More } else { Wanted::Less };
        let point = |area| Point { area, ..Point::whole(self.year()) };
        let (area, text) = match worst {
            Some(area) => {
                let value = amount(area.value.as_ref()?, &verdict.unit, &goal.marks());
                let noun = verdict.gap.as_ref().and_then(|gap| gap.noun.as_ref());
                let gap = subjects_text(area.needed?, noun);
                let text = if area.is_small {
                    msg!(WorstAreaSmall, area = &area.name, value = value, gap = gap)
                } else {
                    msg!(WorstArea, area = &area.name, value = value, gap = gap)
                };
                (area.at, text)
            }
            None => {
                // Where nothing is counted, of the area farthest from the goal.
                let farthest = verdict.spread.extremes.map(|(_, worst)| &verdict.areas[worst]);
                let farthest = farthest.filter(|area| {
                    let has_goal = area.fraction.is_some() || *goal == Goal::None;
                    has_goal && area.value.as_ref().is_some_and(|value| !goal.is_met_by(value))
                });
                let place = self.place(measure, point(farthest.map(|area| area.at)), wanted)?;
                return Some((place.at, place.text(msg!(ValueFromHere))));
            }
        };
        Some((self.place(measure, point(Some(area)), wanted)?.at, text))
    }

    pub(super) fn above_whole(&self, verdict: &mut Verdict, target: &Target, measure: &Bound) {
        verdict.status = Status::Error;
        let hundred = Exact::int(100);
        let value = verdict.value.clone().unwrap_or(hundred.clone());
        let shown = amount(&value, &verdict.unit, &[Mark::exact(&hundred)]);
        let mut diagnostic = Diagnostic::new(
            Code::ShareAboveWhole,
            msg!(AboveWhole, title = &verdict.title, value = shown),
        )
        .subject(&verdict.id);
        let worst = verdict
            .areas
            .iter()
            .enumerate()
            .filter_map(|(at, area)| {
                Some((area.value.as_ref().filter(|value| **value > hundred)?, at))
            })
            .max_by(|(a, at), (b, other)| {
                a.cmp(b).then_with(|| verdict.areas[*other].code.cmp(&verdict.areas[*at].code))
            });
        if let Bound::Quotient(quotient) = measure {
            let (part, whole) = (&quotient.part, &quotient.whole);
            let area = worst.map(|(_, at)| verdict.areas[at].at);
            let place = |side: &Bound| {
                let point = Point { area, ..Point::whole(self.year()) };
                self.place(side, point, Wanted::Less)
            };
            if let Some(place) = place(part) {
                diagnostic = match worst {
                    Some((value, at)) => diagnostic.label(
                        place.at,
                        msg!(
                            AboveWholeArea,
                            area = &verdict.areas[at].name,
                            value = amount(value, &verdict.unit, &[Mark::exact(&hundred)])
                        ),
                    ),
                    None => diagnostic.label(place.at, msg!(PartHere)),
                };
            }
            if let Some(place) = place(whole) {
                diagnostic = diagnostic.label(place.at, msg!(WholeHere));
            }
        }
        diagnostic = diagnostic.label(target.measure.at, msg!(TheMeasure));
        diagnostic = self.point_at_clause(diagnostic, verdict).help(msg!(AboveWholeHelp));
        verdict.diagnostics.push(diagnostic);
    }
}
