//! Numbers and dates of the common form, read eight digits at a time.
//!
//! Everything here is a shortcut: what is not of the common form is `None` and goes the general
//! way through [`crate::data::cell::parse`].

use super::range::PADDING;

const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);

/// The eight bytes from `at` on, the first one lowest.
pub fn load(bytes: &[u8], at: usize) -> u64 {
    const { assert!(PADDING >= 8) };
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Eight digits as a number. Bytes are taken together pairwise, then pairs, then fours (the
/// well-known way of Wojciech Muła and Daniel Lemire).
fn eight_digits(text: u64) -> Option<u64> {
    let digits = text ^ ZEROS;
    // A byte above 9 carries into its upper half when 6 is added.
    if (digits | digits.wrapping_add(0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff)
}

/// Up to eight digits: `len` bytes from `at` on.
fn few_digits(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    // Moved to the upper end, with zeros before them.
    let shift = 64 - 8 * len as u32;
    eight_digits(load(bytes, at) << shift | ZEROS & !(u64::MAX << shift))
}

/// One to sixteen digits and nothing else.
pub fn whole_number(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    let len = end.wrapping_sub(start);
    match len {
        1..=8 => few_digits(bytes, start, len)?.try_into().ok(),
        9..=16 => {
            let high = few_digits(bytes, start, len - 8)?;
            let low = eight_digits(load(bytes, end - 8))?;
            (high * 100_000_000 + low).try_into().ok()
        }
        _ => None,
    }
}

/// Digits, possibly a point and more digits, sixteen in all: mantissa and decimal places. What
/// could be a thousand (`1.234`) is `None`.
pub fn decimal(bytes: &[u8], start: usize, end: usize) -> Option<(i64, u8)> {
    let text = bytes.get(start..end)?;
    if text.len() > 16 {
        return None;
    }
    let Some(point) = memchr::memchr(b'.', text) else {
        return Some((whole_number(bytes, start, end)?, 0));
    };
    let places = text.len() - point - 1;
    if places == 3 && point <= 3 {
        return None;
    }
    let whole = whole_number(bytes, start, start + point)?;
    let fraction = whole_number(bytes, start + point + 1, end)?;
    let factor = 10i64.pow(u32::try_from(places).ok()?);
    Some((whole.checked_mul(factor)?.checked_add(fraction)?, u8::try_from(places).ok()?))
}

/// `2024-12-31` as days since 1970-01-01.
pub fn iso_date(bytes: &[u8], start: usize, end: usize) -> Option<i32> {
    if end.wrapping_sub(start) != 10 || bytes[start + 4] != b'-' || bytes[start + 7] != b'-' {
        return None;
    }
    let part = |at, len| few_digits(bytes, start + at, len).and_then(|part| i64::try_from(part).ok());
    let (year, month, day) = (part(0, 4)?, part(5, 2)?, part(8, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years from March on, so that the leap day is a year's last: 153 days every five months.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1;
    i32::try_from(days - 719_468).ok()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::data::table::days_since_epoch;

    fn padded(text: &str) -> Vec<u8> {
        // What stands before and after must not matter.
        let mut bytes = b"987".to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(b",5432109876543210");
        bytes
    }

    fn on<T>(read: impl Fn(&[u8], usize, usize) -> T, text: &str) -> T {
        read(&padded(text), 3, 3 + text.len())
    }

    #[test]
    fn only_digits_are_numbers() {
        let cases = [
            ("", None),
            ("0", Some(0)),
            ("007", Some(7)),
            ("12345678", Some(12_345_678)),
            ("123456789", Some(123_456_789)),
            ("9999999999999999", Some(9_999_999_999_999_999)),
            ("99999999999999999", None),
            ("-1", None),
            ("1 ", None),
            ("1,2", None),
            ("12a45678", None),
            ("1234567:", None),
            ("1234567/", None),
        ];
        for (text, expected) in cases {
            assert_eq!(on(whole_number, text), expected, "{text:?}");
        }
    }

    #[test]
    fn decimals_keep_their_places() {
        let cases = [
            ("12", Some((12, 0))),
            ("12.5", Some((125, 1))),
            ("0.05", Some((5, 2))),
            ("1.234", None),
            ("1234.567", Some((1_234_567, 3))),
            ("1.2345", Some((12_345, 4))),
            (".5", None),
            ("5.", None),
            ("1.2.3", None),
            ("1,5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(on(decimal, text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_digits_are_read_as_the_library_reads_them(text in "[0-9]{1,16}") {
            prop_assert_eq!(on(whole_number, &text), text.parse().ok());
        }

        #[test]
        fn any_date_is_read_as_the_library_reads_it(
            year in 0u32..10_000, month in 0u32..14, day in 0u32..33
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}");
            let date = NaiveDate::from_ymd_opt(year.cast_signed(), month, day);
            prop_assert_eq!(on(iso_date, &text), date.map(days_since_epoch));
        }

        #[test]
        fn any_other_byte_is_no_digit(text in "[0-9]{0,7}[^0-9][0-9]{0,7}") {
            prop_assert_eq!(on(whole_number, &text), None);
        }
    }
}
