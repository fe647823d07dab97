//! What has to be said of a target's figures so that nobody reads more into them than they say.

use super::target::TargetTeller;
use super::wording::{amount, goal_text, noun_after};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::message::{Arg, Message};
use crate::msg;
use crate::verdict::assess::areas::Fraction;
use crate::verdict::path;

/// A number without a unit.
fn number(value: &Exact) -> Arg {
    Arg::Number(value.shown(2, &[]))
}

impl TargetTeller<'_> {
    /// Every remark, in the order they are told in.
    pub(super) fn remark(&self) -> Vec<Message> {
        let found = self.found;
        let mut remarks: Vec<Message> = Vec::new();
        if let Some(by) = found.by() {
            if found.year > by {
                remarks.push(msg!(RemarkPassed, by = by));
            }
            remarks.extend(self.remark_start());
        }
        remarks.extend(self.remark_value());
        remarks.extend(self.remark_whole());
        if let Some((subjects, minimum)) = &found.few {
            let (subjects, minimum) = (number(subjects), number(minimum));
            remarks.push(msg!(RemarkSmall, subjects = subjects, minimum = minimum));
        }
        remarks.extend(self.remark_ratio());
        remarks
    }

    /// Of the year progress starts in.
    fn remark_start(&self) -> Option<Message> {
        let (found, goal, now) = (self.found, &self.found.goal, self.found.year);
        match found.way.baseline_year {
            Some(year) if year > now => return Some(msg!(RemarkBaseLater, year = year, now = now)),
            Some(year) if year == now => return Some(msg!(RemarkBaseNow, year = year)),
            _ => {}
        }
        let (year, value) = found.way.baseline.as_ref()?;
        if goal.is_met_by(value) {
            let value = amount(value, &found.unit, &goal.marks());
            return Some(msg!(RemarkBaseMet, year = *year, value = value));
        }
        (found.known() == Some(value)).then(|| msg!(RemarkNoChange, year = *year))
    }

    /// Of a value that stands alone, or touches what it should be beyond.
    fn remark_value(&self) -> Vec<Message> {
        let (found, goal) = (self.found, &self.found.goal);
        let Some(value) = found.known() else { return Vec::new() };
        let mut remarks = Vec::new();
        let years = found.years.iter().filter(|(year, _)| *year <= found.year);
        if years.filter(|(_, value)| value.is_some()).count() == 1 {
            remarks.push(msg!(RemarkOneYear, year = found.year));
        }
        let touches = goal.distance(value).is_some_and(|off| off.is_zero());
        if touches && !goal.is_met_by(value) {
            remarks.push(msg!(RemarkTouched, goal = goal_text(goal, &found.unit)));
        }
        remarks
    }

    /// Of a whole that shrank: subjects are counted at this year's, and a share may have moved
    /// because of it alone.
    fn remark_whole(&self) -> Vec<Message> {
        let (found, goal) = (self.found, &self.found.goal);
        let Bound::Quotient(quotient) = self.measure else { return Vec::new() };
        let (Some((year, then)), Some(now)) = (&found.fraction_before, &found.fraction) else {
            return Vec::new();
        };
        if now.whole >= then.whole {
            return Vec::new();
        }
        let (from, to) = (number(&then.whole), number(&now.whole));
        let noun = self.judge.noun(&quotient.whole);
        let noun = noun_after(noun.as_ref(), &now.whole.shown(2, &[]));
        let mut remarks =
            vec![msg!(RemarkWholeFell, year = *year, from = from, to = to, noun = noun)];
        let value = |fraction: &Fraction| {
            fraction.part.checked_mul(&fraction.factor)?.checked_div(&fraction.whole)
        };
        let improved = match (value(now), value(then)) {
            (Some(now), Some(then)) => path::is_better(goal, &now, &then),
            _ => false,
        };
        // The share rose though the part did not.
        if improved && now.part <= then.part && path::is_better(goal, &Exact::ONE, &Exact::ZERO) {
            let (from, to) = (number(&then.part), number(&now.part));
            remarks.push(msg!(RemarkWholeAlone, from = from, to = to));
        }
        remarks
    }

    /// Of a ratio of growth rates that was calculated where it means little.
    fn remark_ratio(&self) -> Vec<Message> {
        let (found, goal) = (self.found, &self.found.goal);
        let ratio = found.way.readings.as_ref().and_then(|read| read.growth.number.as_ref());
        let (Some(_), Some((year, value))) = (ratio, &found.way.baseline) else {
            return Vec::new();
        };
        let mut remarks = Vec::new();
        if value.is_zero() {
            let value = amount(value, &found.unit, &goal.marks());
            remarks.push(msg!(RemarkZeroBase, year = *year, value = value));
        }
        if goal.path_end(value).is_zero() {
            remarks.push(msg!(RemarkZeroGoal));
        }
        remarks
    }
}
