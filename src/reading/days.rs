//! Dates as Arrow counts them.

use chrono::NaiveDate;

/// The days of the years that anything is told of, 1900 to 2200.
pub const NEAR: std::ops::RangeInclusive<i64> = -25_567..=84_370;

/// Days since 1970-01-01, as Arrow's 32-bit dates count.
pub fn days_since_epoch(date: NaiveDate) -> i32 {
    const EPOCH: i64 = 719_163;
    i32::try_from(i64::from(chrono::Datelike::num_days_from_ce(&date)) - EPOCH).unwrap_or(i32::MAX)
}

/// The date a number of days after 1970-01-01.
pub fn date_from_days(days: i32) -> NaiveDate {
    const EPOCH: i32 = 719_163;
    NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_days_are_those_of_near_years() {
        let day = |year, month, day| {
            i64::from(days_since_epoch(NaiveDate::from_ymd_opt(year, month, day).expect("a date")))
        };
        assert_eq!(NEAR, day(1900, 1, 1)..=day(2200, 12, 31));
    }

    #[test]
    fn dates_count_from_1970() {
        let day = NaiveDate::from_ymd_opt(2024, 12, 10).expect("a date");
        assert_eq!(days_since_epoch(NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date")), 0);
        assert_eq!(date_from_days(days_since_epoch(day)), day);
    }
}
