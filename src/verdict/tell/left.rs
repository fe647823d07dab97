//! What is left to do where the value is not known, in words.

use super::wording::{change_text, noun_after};
use crate::exact::Exact;
use crate::message::{Arg, Message};
use crate::msg;
use crate::rule::goal::Direction;
use crate::verdict::assess::left::Left;
use crate::verdict::assess::target::TargetAssessment;

impl Left {
    /// The gap in subjects, from the fewest to the most.
    pub fn gap_text(&self) -> Option<Message> {
        let (fewest, most) = self.subjects?;
        let (low, high) = (fewest.saturating_abs(), most.saturating_abs());
        let noun = noun_after(self.noun.as_ref(), &high.to_string());
        let count: Message = if low == high {
            msg!(AmountBare, number = low)
        } else {
            msg!(RangeOfCounts, low = low, high = high)
        };
        Some(if most < 0 {
            msg!(SubjectsFewer, count = count, noun = noun)
        } else {
            msg!(SubjectsMore, count = count, noun = noun)
        })
    }

    /// What is left, as help: the gap, and the pace to a year.
    pub(super) fn helps(&self, found: &TargetAssessment) -> Vec<Message> {
        let gap = self.gap_text().map(|gap| msg!(GapSubjects, gap = gap));
        let pace = self.needed.as_ref().zip(found.by()).map(|((near, far), by)| {
            let pace = |pace| change_text(pace, &found.unit);
            if near == far {
                msg!(NeededBy, by = by, pace = pace(near))
            } else {
                msg!(NeededBetween, by = by, near = pace(near), far = pace(far))
            }
        });
        gap.into_iter().chain(pace).collect()
    }

    /// How the paces come about, from either end of what the value can be.
    pub(super) fn step(&self, found: &TargetAssessment, places: u32) -> Option<Message> {
        let ((near, far), by) = self.needed.as_ref().zip(found.by())?;
        let (goal, between) = (&found.goal, found.between.as_ref()?);
        let (low, high) = (between.low.at.as_ref()?, between.high.at.as_ref()?);
        let ends = if goal.direction() == Direction::Up { [high, low] } else { [low, high] };
        let number = |value: &Exact| Arg::Number(value.shown(places, &[]));
        let steps = ends.into_iter().zip([near, far]).map(|(from, pace)| {
            if pace.is_zero() {
                return Arg::from(msg!(StepNoneNeeded, from = number(from)));
            }
            Arg::from(msg!(
                StepPace,
                to = number(&goal.path_end(from)),
                from = number(from),
                to_year = by,
                from_year = found.year,
                pace = number(pace)
            ))
        });
        Some(Message::plain(Arg::List(steps.collect())))
    }
}
