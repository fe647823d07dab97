//! Schedules: when an assignment is due.

use chrono::{Datelike, NaiveDate};

/// When an assignment is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every year, on or before this month and day.
    EveryYear {
        /// Month, 1–12.
        month: u32,
        /// Day of the month.
        day: u32,
        /// "Before" this day: the last day that counts is the one before it.
        before: bool,
    },
    /// Once.
    Once {
        /// The day.
        date: NaiveDate,
        /// "Before" this day.
        before: bool,
    },
    /// The plan sets no date.
    Open,
}

impl Schedule {
    /// The last day on which the duty of `year` is done in time; `None` without a deadline.
    pub fn last_day(self, year: i32) -> Option<NaiveDate> {
        let (date, before) = match self {
            Schedule::EveryYear { month, day, before } => {
                (NaiveDate::from_ymd_opt(year, month, day)?, before)
            }
            Schedule::Once { date, before } => (date, before),
            Schedule::Open => return None,
        };
        if before { date.pred_opt() } else { Some(date) }
    }

    /// The first day of the period in which the duty of `year` is to be done: the start of the
    /// year.
    pub fn first_day(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1)
    }

    /// `MM-DD` as month and day, 29 February included.
    pub fn parse_month_day(text: &str) -> Option<(u32, u32)> {
        let date = NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d").ok()?;
        Some((date.month(), date.day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
    }

    #[test]
    fn before_the_tenth_means_by_the_end_of_the_ninth() {
        let before = Schedule::EveryYear { month: 12, day: 10, before: true };
        let by = Schedule::EveryYear { month: 12, day: 10, before: false };
        assert_eq!(before.last_day(2024), Some(day("2024-12-09")));
        assert_eq!(by.last_day(2024), Some(day("2024-12-10")));
        let new_year = Schedule::Once { date: day("2025-01-01"), before: true };
        assert_eq!(new_year.last_day(2024), Some(day("2024-12-31")));
        assert_eq!(Schedule::Open.last_day(2024), None);
    }

    #[test]
    fn month_and_day_must_exist() {
        assert_eq!(Schedule::parse_month_day("12-10"), Some((12, 10)));
        assert_eq!(Schedule::parse_month_day("13-01"), None);
        assert_eq!(Schedule::parse_month_day("10/12"), None);
    }
}
