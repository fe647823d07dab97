//! Deadlines: how evidence stands to the last day on which a duty is done in time, body by body
//! and, for yearly duties, year by year.

use chrono::NaiveDate;

use super::Status;
use crate::message::{Arg, Message};
use crate::msg;

/// How evidence stands to a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Nothing yet, and there is time.
    NotDue,
    /// Done; when is not known, or there is no deadline.
    Done,
    /// Done so many days before the last one, or on it.
    OnTime(i64),
    /// Done so many days after it.
    Late(i64),
    /// Nothing so many days after it.
    Overdue(i64),
    /// Not known.
    Unknown,
}

impl Timing {
    /// How a duty stands at `as_of` whose evidence is of `date`.
    pub fn of(
        done: bool,
        date: Option<NaiveDate>,
        last_day: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> Timing {
        let after = |day: NaiveDate| last_day.map(|last| (day - last).num_days());
        match (done, date.and_then(after), after(as_of)) {
            (true, Some(days), _) if days > 0 => Timing::Late(days),
            (true, Some(days), _) => Timing::OnTime(-days),
            (true, None, _) => Timing::Done,
            (false, _, Some(days)) if days > 0 => Timing::Overdue(days),
            (false, ..) => Timing::NotDue,
        }
    }

    /// The name in machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Timing::NotDue => "not_due",
            Timing::Done => "done",
            Timing::OnTime(_) => "on_time",
            Timing::Late(_) => "late",
            Timing::Overdue(_) => "overdue",
            Timing::Unknown => "no_data",
        }
    }

    /// In words, with the days.
    pub fn text(self) -> Message {
        match self {
            Timing::NotDue => msg!(TimingNotDue),
            Timing::Done => msg!(TimingDone),
            Timing::OnTime(0) => msg!(TimingLastDay),
            Timing::OnTime(days) => msg!(TimingOnTime, days = days),
            Timing::Late(days) => msg!(TimingLate, days = days),
            Timing::Overdue(days) => msg!(TimingOverdue, days = days),
            Timing::Unknown => msg!(TimingUnknown),
        }
    }

    /// Days after the deadline, where there are any.
    pub fn days_late(self) -> Option<i64> {
        match self {
            Timing::Late(days) | Timing::Overdue(days) => Some(days),
            _ => None,
        }
    }
}

/// One body's part in an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitValue {
    /// Its key.
    pub code: String,
    /// Its name, or the key again.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// Date of evidence.
    pub date: Option<NaiveDate>,
    /// How the evidence stands to the deadline.
    pub timing: Timing,
}

/// What is due every year, in one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The year.
    pub year: i32,
    /// The last day on which it is in time.
    pub due: Option<NaiveDate>,
    /// How it stands; of several bodies, how the worst does.
    pub status: Status,
    /// How its evidence stands to the deadline, where there is one body.
    pub timing: Option<Timing>,
    /// Date of its evidence; of several bodies, the last.
    pub evidence: Option<NaiveDate>,
    /// The bodies that each must do it.
    pub units: Vec<UnitValue>,
}

impl Duty {
    /// The year in a few words: when it was done, or how many bodies were in time, late and so on.
    pub fn text(&self) -> Message {
        if let Some(timing) = self.timing {
            return match self.evidence {
                Some(date) => {
                    msg!(DutyDated, year = self.year, timing = timing.text(), date = date)
                }
                None => msg!(DutyUndated, year = self.year, timing = timing.text()),
            };
        }
        let count = |name: &str| self.units.iter().filter(|u| u.timing.name() == name).count();
        let parts = [
            (
                count("on_time") + count("done"),
                msg!(UnitsOnTime, count = count("on_time") + count("done")),
            ),
            (count("late"), msg!(UnitsDoneLate, count = count("late"))),
            (count("overdue"), msg!(UnitsOverdue, count = count("overdue"))),
            (count("not_due"), msg!(UnitsNotDue, count = count("not_due"))),
            (count("no_data"), msg!(UnitsNoData, count = count("no_data"))),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<Arg> = parts.map(|(_, text)| Arg::from(text)).collect();
        msg!(DutyUnits, year = self.year, parts = parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
    }

    #[test]
    fn evidence_stands_to_its_deadline() {
        let last = Some(day("2024-12-09"));
        let cases = [
            (true, Some("2024-12-09"), "2024-12-10", Timing::OnTime(0)),
            (true, Some("2024-12-01"), "2024-12-10", Timing::OnTime(8)),
            (true, Some("2024-12-10"), "2024-12-10", Timing::Late(1)),
            (true, None, "2024-12-10", Timing::Done),
            (false, None, "2024-12-09", Timing::NotDue),
            (false, None, "2024-12-10", Timing::Overdue(1)),
        ];
        for (done, date, as_of, expected) in cases {
            assert_eq!(Timing::of(done, date.map(day), last, day(as_of)), expected, "{date:?}");
        }
        let date = Some(day("2030-01-01"));
        assert_eq!(Timing::of(true, date, None, day("2030-01-02")), Timing::Done);
        assert_eq!(Timing::of(false, None, None, day("2030-01-02")), Timing::NotDue);
    }
}
