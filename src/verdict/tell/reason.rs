//! The arithmetic behind a verdict, step by step, and the reasons for it, so that a person can
//! follow them by hand.

use super::wording::{amount, between_text, goal_text, movement_text, noun_after, pace_text};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::message::{Arg, Message};
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::assess::target::TargetAssessment;
use crate::verdict::path::is_better;
use crate::verdict::{Judge, Outcome, Status, Verdict};

/// How many decimal places steps are shown with.
const PLACES: u32 = 4;

impl Judge<'_> {
    /// The arithmetic from the measure's parts to the gap.
    pub(in crate::verdict) fn steps(&self, found: &TargetAssessment) -> Vec<(Message, Message)> {
        let mut steps = Vec::new();
        let marks = found.marks(PLACES);
        let number = |value: &Exact| Arg::Number(value.shown(PLACES, &marks));
        if let (Some(value), Some(fraction)) = (found.known(), &found.fraction) {
            let (part, of, value) =
                (number(&fraction.part), number(&fraction.whole), number(value));
            let step = if fraction.factor == Exact::ONE {
                msg!(StepRatio, part = part, whole = of, value = value)
            } else {
                let factor = number(&fraction.factor);
                msg!(StepPercent, factor = factor, part = part, whole = of, value = value)
            };
            steps.push((msg!(StepValue, year = self.year()), step));
        }
        self.step_required(found, &mut steps);
        self.step_pace(found, &mut steps);
        self.step_gap(found, &mut steps);
        if let Some(between) = &found.between {
            let text = between_text(between, &found.unit, &marks);
            steps.push((msg!(StepBetween), text));
        }
        if let Some(left) = &found.left {
            let pace = left.step(found, PLACES);
            steps.extend(pace.map(|step| (msg!(StepPaceNeeded), step)));
            steps.extend(left.gap_text().map(|gap| (msg!(StepSubjectsLabel), gap)));
        }
        steps
    }

    fn step_required(&self, found: &TargetAssessment, steps: &mut Vec<(Message, Message)>) {
        let marks = found.marks(PLACES);
        let number = |value: &Exact| Arg::Number(value.shown(PLACES, &marks));
        let (Some(required), Some(path)) = (&found.way.required, &found.way.path) else { return };
        let step = match path.stretch(self.year()) {
            Some([(from_year, from), (to_year, to)]) => msg!(
                StepLine,
                from = number(from),
                to = number(to),
                year = self.year(),
                from_year = *from_year,
                to_year = *to_year,
                required = number(required)
            ),
            None => msg!(AmountBare, number = number(required)),
        };
        steps.push((msg!(LabelRequired, year = self.year()), step));
    }

    fn step_pace(&self, found: &TargetAssessment, steps: &mut Vec<(Message, Message)>) {
        let (Some(pace), Some(now)) = (&found.way.pace, found.known()) else { return };
        let marks = found.marks(PLACES);
        let number = |value: &Exact| Arg::Number(value.shown(PLACES, &marks));
        if let (Some(so_far), Some((year, base))) = (&pace.so_far, &found.way.baseline) {
            let step = msg!(
                StepPace,
                to = number(now),
                from = number(base),
                to_year = self.year(),
                from_year = *year,
                pace = number(so_far)
            );
            steps.push((msg!(StepPaceSoFar), step));
        }
        if let (Some(needed), Some(by)) = (&pace.needed, found.by()) {
            let goal = &found.goal;
            let step = msg!(
                StepPace,
                to = number(&goal.path_end(now)),
                from = number(now),
                to_year = by,
                from_year = self.year(),
                pace = number(needed)
            );
            // The middle of a goal with a tolerance, though any place in it will do.
            let middle = matches!(goal, Goal::About(..));
            let label = if middle { msg!(StepPaceMiddle) } else { msg!(StepPaceNeeded) };
            steps.push((label, step));
        }
        steps.push((msg!(LabelPace), pace_text(pace, found)));
    }

    fn step_gap(&self, found: &TargetAssessment, steps: &mut Vec<(Message, Message)>) {
        let (Some(gap), Some(value)) = (&found.gap, found.known()) else { return };
        let goal = &found.goal;
        let marks = found.marks(PLACES);
        let number = |value: &Exact| Arg::Number(value.shown(PLACES, &marks));
        let Some(nearest) = goal.nearest(value) else { return };
        let step = msg!(
            StepDistance,
            goal = number(&nearest),
            value = number(value),
            distance = number(&gap.distance)
        );
        let two_sided = matches!(goal, Goal::About(..) | Goal::Between(..));
        let label = if two_sided { msg!(StepDistanceBound) } else { msg!(StepDistanceLabel) };
        steps.push((label, step));
        self.step_subjects(found, steps);
        if let Some(closing) = &found.spread.closing {
            let areas: Vec<Arg> = closing
                .iter()
                .map(|at| {
                    let area = &found.areas[*at];
                    match area.needed {
                        Some(needed) => Arg::from(msg!(StepArea, area = &area.name, lift = needed)),
                        None => Arg::from(&area.name),
                    }
                })
                .collect();
            let step = msg!(StepClosing, count = closing.len(), areas = areas);
            steps.push((msg!(StepClosingLabel), step));
        }
        if let Some(unclosed) = found.spread.unclosed {
            steps.push((msg!(StepClosingLabel), unclosed.text()));
        }
    }

    /// How the gap becomes a number of subjects.
    fn step_subjects(&self, found: &TargetAssessment, steps: &mut Vec<(Message, Message)>) {
        let (Some(gap), Some(value)) = (&found.gap, found.known()) else { return };
        let goal = &found.goal;
        let Some(nearest) = goal.nearest(value) else { return };
        let marks = found.marks(PLACES);
        let number = |value: &Exact| Arg::Number(value.shown(PLACES, &marks));
        if let (Some(amount), Some(fraction)) = (&gap.amount, &found.fraction) {
            let step = msg!(
                StepAmount,
                goal = number(&nearest),
                whole = number(&fraction.whole),
                factor = number(&fraction.factor),
                part = number(&fraction.part),
                amount = number(amount),
                noun = noun_after(gap.noun.as_ref(), &amount.shown(PLACES, &[]))
            );
            steps.push((msg!(StepSubjectsLabel), step));
        }
        let demand = goal_text(goal, &found.unit);
        if let (true, Some(fraction)) = (gap.no_number, &found.fraction) {
            let whole = fraction.whole.shown(PLACES, &[]);
            let noun = noun_after(gap.noun.as_ref(), &whole);
            let whole = Arg::Number(whole);
            let step = msg!(NoNumberMeets, whole = whole, noun = noun, goal = demand);
            steps.push((msg!(StepSubjectsLabel), step));
            return;
        }
        let Some(subjects) = gap.subjects else { return };
        let noun = noun_after(gap.noun.as_ref(), &subjects.saturating_abs().to_string());
        let step = match &found.fraction {
            Some(fraction) => {
                let level = nearest
                    .checked_mul(&fraction.whole)
                    .and_then(|level| level.checked_div(&fraction.factor));
                let Some(level) = level else { return };
                let least =
                    fraction.part.checked_add(&Exact::int(subjects)).unwrap_or(level.clone());
                msg!(
                    StepSubjects,
                    bound = number(&nearest),
                    factor = number(&fraction.factor),
                    goal = demand,
                    whole = number(&fraction.whole),
                    level = number(&level),
                    least = number(&least),
                    part = number(&fraction.part),
                    count = subjects,
                    noun = noun
                )
            }
            None => {
                let least = value.checked_add(&Exact::int(subjects)).unwrap_or(value.clone());
                msg!(
                    StepCount,
                    least = number(&least),
                    value = number(value),
                    count = subjects,
                    noun = noun
                )
            }
        };
        steps.push((msg!(StepSubjectsLabel), step));
    }

    /// Why the verdict is what it is, from the first reason to the last.
    pub(in crate::verdict) fn reasons(&self, verdict: &Verdict) -> Vec<Message> {
        let mut reasons = Vec::new();
        if let Outcome::Target(target) = &verdict.outcome {
            // What is met whatever is missing has that for its reason already.
            let is_told = verdict.reason().is_some();
            self.reasons_of_target(&target.found, is_told, &mut reasons);
        } else if verdict.goal().is_none() {
            let due = verdict.due();
            reasons.extend(due.map(|due| msg!(ReasonDue, due = due, as_of = self.as_of())));
            // What a check answered, and how bodies and registers stand, is in the finding.
            let found = |finding: &&Diagnostic| finding.code != Code::MissingIgnored;
            let told = verdict.diagnostics().iter().find(found);
            reasons.extend(told.map(|finding| finding.message.clone()));
        }
        if let Some(timing) = verdict.timing() {
            reasons.push(timing.text());
        }
        reasons.extend(verdict.remarks().iter().cloned());
        reasons.extend(verdict.reason());
        reasons
    }

    fn reasons_of_target(
        &self,
        found: &TargetAssessment,
        is_told: bool,
        reasons: &mut Vec<Message>,
    ) {
        let (goal, marks) = (&found.goal, found.marks(2));
        let shown = |value: &Exact| amount(value, &found.unit, &marks);
        let demanded = goal_text(goal, &found.unit);
        let Some(value) = found.known() else {
            if let Some(between) = found.between.as_ref().filter(|_| !is_told) {
                let range = between_text(between, &found.unit, &marks);
                reasons.push(if found.status == Status::NoData {
                    msg!(ReasonUndecided, range = range, goal = demanded)
                } else {
                    msg!(ReasonDecided, range = range, goal = demanded)
                });
                if let Some(required) = found.required_text() {
                    reasons.push(msg!(RequiredHelp, year = self.year(), required = required));
                }
            }
            return;
        };
        if found.status == Status::Error {
            reasons.push(msg!(ReasonAboveWhole, value = shown(value)));
            return;
        }
        let met = goal.is_met_by(value);
        reasons.push(if met {
            msg!(ReasonMet, value = shown(value), goal = demanded)
        } else {
            msg!(ReasonShort, value = shown(value), goal = demanded)
        });
        if let Some(movement) = &found.movement {
            reasons.push(movement_text(movement, &found.unit));
        }
        if met {
            return;
        }
        match found.by() {
            None => reasons.push(msg!(ReasonEveryYear)),
            Some(by) if self.year() >= by => reasons.push(msg!(ReasonIsDue, by = by)),
            Some(by) => {
                reasons.push(msg!(ReasonNotDue, by = by, years = by - self.year()));
                let (Some(required), Some(needed)) = (&found.way.required, found.required_text())
                else {
                    reasons.extend(self.reason_without_path(found));
                    return;
                };
                let on_path = value == required || is_better(goal, value, required);
                reasons.push(if on_path {
                    msg!(ReasonOnPath, value = shown(value), required = needed)
                } else {
                    msg!(ReasonOffPath, value = shown(value), required = needed)
                });
                if let (Some((year, base)), false) = (&found.way.baseline, on_path) {
                    reasons.push(if is_better(goal, value, base) {
                        msg!(ReasonBetter, year = *year, value = shown(base))
                    } else {
                        msg!(ReasonNotBetter, year = *year, value = shown(base))
                    });
                }
            }
        }
        if goal.direction() == Direction::Towards {
            reasons.push(msg!(ReasonTowards));
        }
        if let (Goal::About(middle, _), Some(bound), true) =
            (goal, goal.nearest(value), found.way.pace.is_some())
        {
            reasons.push(msg!(ReasonAbout, middle = shown(middle), bound = shown(&bound)));
        }
    }

    /// Why nothing is required this year, unless a remark says so.
    fn reason_without_path(&self, found: &TargetAssessment) -> Option<Message> {
        match (found.way.baseline_year, &found.way.path) {
            (Some(year), _) => (year < self.year()).then(|| msg!(BaselineUnknown, year = year)),
            (None, Some(path)) => path.ends().map(|(year, _)| msg!(BeforeMilestone, year = year)),
            (None, None) => Some(msg!(ReasonNoPath)),
        }
    }
}
