//! Dates as Arrow counts them.

use chrono::NaiveDate;

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
    fn dates_count_from_1970() {
        let day = NaiveDate::from_ymd_opt(2024, 12, 10).expect("a date");
        assert_eq!(days_since_epoch(NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date")), 0);
        assert_eq!(date_from_days(days_since_epoch(day)), day);
    }
}
