//! The findings of targets: what was found, what was demanded, how far apart they are, where, and
//! what would close the gap.

use super::witness::WantedChange;
use super::wording::{
    amount, change_text, difference, goal_text, movement_text, needed_text, noun_after, range_text,
    subjects_text,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Mark};
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Missing, Point};
use crate::measure::interval::Interval;
use crate::message::{Arg, Key, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::rule::{Baseline, Target, When};
use crate::source::Place;
use crate::verdict::assess::areas::AreaValue;
use crate::verdict::assess::target::TargetAssessment;
use crate::verdict::{Head, Judge, Status};

/// How many areas are named as enough to close a gap.
const NAMED_AREAS: usize = 4;

/// Tells of a target that has been assessed.
pub(in crate::verdict) struct TargetTeller<'a> {
    pub judge: &'a Judge<'a>,
    pub head: &'a Head,
    pub target: &'a Target,
    pub measure: &'a Bound,
    pub found: &'a TargetAssessment,
    /// What has to be said of the figures.
    pub remarks: Vec<Message>,
}

/// What there is to say of a target.
pub(in crate::verdict) struct TargetTold {
    /// What has to be said of the figures.
    pub remarks: Vec<Message>,
    /// Why it is met though something is unknown.
    pub reason: Option<Message>,
    /// The finding of one that is not met or not known to be.
    pub finding: Option<Diagnostic>,
}

impl<'a> TargetTeller<'a> {
    /// Of what was found for a target.
    pub fn new(
        judge: &'a Judge<'a>,
        head: &'a Head,
        (target, measure): (&'a Target, &'a Bound),
        found: &'a TargetAssessment,
    ) -> TargetTeller<'a> {
        TargetTeller { judge, head, target, measure, found, remarks: Vec::new() }
    }

    /// Says it.
    pub fn tell(mut self) -> TargetTold {
        let found = self.found;
        match &found.value {
            Ok(value) if found.status == Status::Error => {
                let finding = Some(self.above_whole(value));
                return TargetTold { remarks: Vec::new(), reason: None, finding };
            }
            _ => self.remarks = self.remark(),
        }
        let (reason, finding) = match (&found.value, &found.between) {
            (Ok(_), _) if found.status == Status::Met => (None, None),
            (Ok(value), _) => (None, Some(self.shortfall(value))),
            (Err(Absence::Missing(items, total)), Some(between)) => {
                self.unknown(items, *total, between)
            }
            (Err(absence), _) => (None, Some(self.valueless(absence))),
        };
        TargetTold { remarks: self.remarks, reason, finding }
    }

    fn valueless(&self, absence: &Absence) -> Diagnostic {
        let data = self.judge.place_of(self.measure, WantedChange::More);
        self.judge.absent(self.head, absence, self.target.measure.at, data)
    }

    /// Something needed is unknown: why it is met all the same, or the finding.
    fn unknown(
        &self,
        items: &[Missing],
        total: u64,
        between: &Interval,
    ) -> (Option<Message>, Option<Diagnostic>) {
        let found = self.found;
        if found.status == Status::NoData {
            let mut finding = self.valueless(&Absence::Missing(items.to_vec(), total));
            let mut helps = self.undecided(between);
            helps.extend(found.left.iter().flat_map(|left| left.helps(found)));
            finding.help.splice(0..0, helps);
            return (None, Some(finding));
        }
        let what = self.judge.missing(items, total);
        let range = range_text(between, &found.goal, found.status, &found.unit);
        let demanded = goal_text(&found.goal, &found.unit);
        if found.status == Status::Met {
            return (Some(msg!(MetAnyway, range = range, goal = demanded, what = what)), None);
        }
        (None, Some(self.decided_anyway(items, what, range, demanded)))
    }

    /// The finding of a value that does not meet its goal.
    fn shortfall(&self, value: &Exact) -> Diagnostic {
        let found = self.found;
        let goal = &found.goal;
        let shown = amount(value, &found.unit, &found.marks(2));
        let demanded = goal_text(goal, &found.unit);
        let required = found.required_text();
        // What was met once is not to be reached but to be kept.
        let kept = found.way.baseline.as_ref().filter(|(_, value)| goal.is_met_by(value));
        let kept =
            kept.filter(|_| self.target.milestones.is_empty() && found.way.required.is_some());
        let message = match (self.target.when, found.status, required) {
            (When::EveryYear, ..) => {
                msg!(UnmetEveryYear, title = &self.head.title, value = shown, goal = demanded)
            }
            (When::By(by), Status::Unmet, _) => {
                msg!(UnmetBy, title = &self.head.title, value = shown, goal = demanded, by = by)
            }
            (When::By(_), Status::Behind | Status::OffTrack, _) if kept.is_some() => {
                let year = kept.map_or(found.year, |(year, _)| *year);
                msg!(
                    KeptMessage,
                    title = &self.head.title,
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
                    ("title", Arg::from(&self.head.title)),
                    ("value", Arg::from(shown)),
                    ("required", Arg::from(required)),
                    ("year", Arg::from(found.year)),
                    ("goal", Arg::from(demanded)),
                    ("by", Arg::from(by)),
                ];
                Message::new(sentence, arguments)
            }
            (When::By(by), _, None) => {
                msg!(
                    NotYetMessage,
                    title = &self.head.title,
                    value = shown,
                    goal = demanded,
                    by = by
                )
            }
        };
        let code = found.status.code();
        let diagnostic = Diagnostic::of(code, message)
            .subject(&self.head.id)
            .lead(self.worst(value))
            .label(self.target.goal.at, msg!(GoalLabel));
        let mut diagnostic = self.judge.point_at_clause(diagnostic, self.head);
        for help in self.helps() {
            diagnostic = diagnostic.help(help);
        }
        for remark in &self.remarks {
            diagnostic = diagnostic.note(remark.clone());
        }
        diagnostic
    }

    /// The finding of a verdict that is the same whatever the unknown cells hold.
    fn decided_anyway(
        &self,
        items: &[Missing],
        what: Message,
        range: Message,
        demanded: Message,
    ) -> Diagnostic {
        let found = self.found;
        let message = msg!(
            DecidedAnyway,
            title = &self.head.title,
            status = found.status.label(),
            range = range,
            goal = demanded
        );
        let finding = Diagnostic::of(found.status.code(), message)
            .subject(&self.head.id)
            .lead(self.judge.missing_cells(items))
            .label(self.target.goal.at, msg!(GoalLabel));
        let mut finding =
            self.judge.point_at_clause(finding, self.head).help(msg!(AnywayHelp, what = what));
        if let Some(required) = found.required_text() {
            finding = finding.help(msg!(RequiredHelp, year = found.year, required = required));
        }
        for help in found.left.iter().flat_map(|left| left.helps(found)) {
            finding = finding.help(help);
        }
        for remark in &self.remarks {
            finding = finding.note(remark.clone());
        }
        finding
    }

    /// What would close the gap.
    fn helps(&self) -> Vec<Message> {
        let found = self.found;
        let mut helps = Vec::new();
        if let Some(gap) = &found.gap {
            let text = gap.text();
            let areas = found.spread.closing.as_ref().map(|areas| {
                if areas.len() > NAMED_AREAS {
                    return Arg::from(msg!(SomeAreas, count = areas.len()));
                }
                let names = areas.iter().map(|at| Arg::from(&found.areas[*at].name));
                Arg::List(names.collect())
            });
            helps.push(match (text, areas, gap.of_whole) {
                (Some(gap), Some(areas), true) => msg!(GapSubjectsAreas, gap = gap, areas = areas),
                (Some(gap), Some(areas), false) => msg!(GapCountAreas, gap = gap, areas = areas),
                (Some(gap), None, true) => msg!(GapSubjects, gap = gap),
                (Some(gap), None, false) => msg!(GapCount, gap = gap),
                (None, Some(areas), _) => {
                    let distance = difference(&gap.distance, &found.unit);
                    msg!(GapDistanceAreas, distance = distance, areas = areas)
                }
                (None, None, _) => {
                    msg!(GapDistance, distance = difference(&gap.distance, &found.unit))
                }
            });
        }
        if let (Some(gap), Some(fraction)) = (&found.gap, found.fraction.clone())
            && gap.no_number
        {
            let whole = fraction.whole.shown(2, &[]);
            let noun = noun_after(gap.noun.as_ref(), &whole);
            let goal = goal_text(&found.goal, &found.unit);
            helps.push(msg!(NoNumberMeets, whole = Arg::Number(whole), noun = noun, goal = goal));
        }
        if let (Some(pace), When::By(by)) = (&found.way.pace, self.target.when)
            && let Some(needed) = &pace.needed
        {
            let needed = needed_text(needed, found, |pace| msg!(NeededBy, by = by, pace = pace));
            helps.push(match (&found.way.baseline, &pace.so_far) {
                (Some((from_year, _)), Some(so_far)) => msg!(
                    PaceHelp,
                    from_year = *from_year,
                    so_far = change_text(so_far, &found.unit),
                    needed = needed,
                    then = match pace.reached {
                        Some(year) => msg!(PaceThen, year = year),
                        None => msg!(PaceThenNever),
                    }
                ),
                _ => needed,
            });
        }
        if let (When::EveryYear, Some(movement)) = (self.target.when, &found.movement) {
            helps.push(movement_text(movement, &found.unit));
        }
        if found.status == Status::NotYet {
            helps.extend(match &self.target.baseline {
                None => Some(match self.target.milestones.first() {
                    Some((year, _)) => msg!(BeforeMilestone, year = *year),
                    None => msg!(NoBaselineHelp),
                }),
                // What is to be said of one that is not in the past is among the remarks.
                Some(Baseline::Year(year) | Baseline::Stated(_, year)) => {
                    (*year < found.year).then(|| msg!(BaselineUnknown, year = *year))
                }
            });
        }
        helps
    }

    /// The data cell that stands for the gap: of the worst area's rows, or of all.
    fn worst(&self, value: &Exact) -> Option<(Place, Message)> {
        let found = self.found;
        let goal = &found.goal;
        // The way the whole must go: an area beyond a goal with two sides adds nothing to a gap
        // below it.
        let more = match goal.direction() {
            Direction::Up => true,
            Direction::Down if *goal == Goal::None => value.is_negative(),
            Direction::Down => false,
            Direction::Towards => goal.nearest(value)? > *value,
        };
        let worst = found
            .areas
            .iter()
            .filter(|area| area.needed.is_some_and(|n| if more { n > 0 } else { n < 0 }))
            .max_by(|a, b| {
                let size = |area: &AreaValue| area.needed.unwrap_or(0).unsigned_abs();
                size(a).cmp(&size(b)).then_with(|| b.code.cmp(&a.code))
            });
        let wanted = if more { WantedChange::More } else { WantedChange::Less };
        let point = |area| Point { area, ..Point::whole(found.year) };
        let (area, text) = match worst {
            Some(area) => {
                let value = amount(area.value.as_ref()?, &found.unit, &goal.marks());
                let noun = found.gap.as_ref().and_then(|gap| gap.noun.as_ref());
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
                let farthest = found.spread.extremes.map(|(_, worst)| &found.areas[worst]);
                let farthest = farthest.filter(|area| {
                    let has_goal = area.fraction.is_some() || *goal == Goal::None;
                    has_goal && area.value.as_ref().is_some_and(|value| !goal.is_met_by(value))
                });
                let place =
                    self.judge.place(self.measure, point(farthest.map(|area| area.at)), wanted)?;
                return Some((place.at, place.text(msg!(ValueFromHere))));
            }
        };
        Some((self.judge.place(self.measure, point(Some(area)), wanted)?.at, text))
    }

    /// The finding of a share above its whole.
    fn above_whole(&self, value: &Exact) -> Diagnostic {
        let found = self.found;
        let hundred = Exact::int(100);
        let shown = amount(value, &found.unit, &[Mark::exact(&hundred)]);
        let mut diagnostic = Diagnostic::of(
            Code::ShareAboveWhole,
            msg!(AboveWhole, title = &self.head.title, value = shown),
        )
        .subject(&self.head.id);
        let worst = found
            .areas
            .iter()
            .enumerate()
            .filter_map(|(at, area)| {
                Some((area.value.as_ref().filter(|value| **value > hundred)?, at))
            })
            .max_by(|(a, at), (b, other)| {
                a.cmp(b).then_with(|| found.areas[*other].code.cmp(&found.areas[*at].code))
            });
        if let Bound::Quotient(quotient) = self.measure {
            let (part, whole) = (&quotient.part, &quotient.whole);
            let area = worst.map(|(_, at)| found.areas[at].at);
            let place = |side: &Bound| {
                let point = Point { area, ..Point::whole(found.year) };
                self.judge.place(side, point, WantedChange::Less)
            };
            if let Some(place) = place(part) {
                let text = match worst {
                    Some((value, at)) => msg!(
                        AboveWholeArea,
                        area = &found.areas[at].name,
                        value = amount(value, &found.unit, &[Mark::exact(&hundred)])
                    ),
                    None => msg!(PartHere),
                };
                diagnostic = diagnostic.lead([(place.at, text)]);
            }
            let whole = place(whole).map(|place| (place.at, msg!(WholeHere)));
            diagnostic = diagnostic.lead(whole);
        }
        let diagnostic = diagnostic.label(self.target.measure.at, msg!(TheMeasure));
        self.judge.point_at_clause(diagnostic, self.head).help(msg!(AboveWholeHelp))
    }
}
