//! Numbers and dates of the common form, read eight digits at a time.
//!
//! Everything here is a shortcut: what is not of the common form is `None` and goes the general
//! way through [`crate::reading::cell::parse`].

use super::range::PADDING;

const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);

/// The eight bytes from `at` on, the first one lowest.
#[inline(always)]
pub fn load(bytes: &[u8], at: usize) -> u64 {
    const { assert!(PADDING >= 8) };
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Eight digits as a number. Bytes are taken together pairwise, then pairs, then fours (the
/// well-known way of Wojciech Muła and Daniel Lemire).
#[inline(always)]
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
#[inline(always)]
fn few_digits(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    // Moved to the upper end, with zeros before them.
    let shift = 64 - 8 * len as u32;
    eight_digits(load(bytes, at) << shift | ZEROS & !(u64::MAX << shift))
}

/// One to sixteen digits and nothing else.
#[inline(always)]
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
#[inline(always)]
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

/// `2024-12-31` as days since 1970-01-01; a year far from ours is for the long way to judge.
#[inline(always)]
pub fn iso_date(bytes: &[u8], start: usize, end: usize) -> Option<i32> {
    if end.wrapping_sub(start) != 10 {
        return None;
    }
    let text: &[u8; 10] = bytes.get(start..end)?.try_into().ok()?;
    let digit = |at: usize| u32::from(text[at].wrapping_sub(b'0'));
    let digits = [0, 1, 2, 3, 5, 6, 8, 9].map(digit);
    if digits.iter().any(|digit| *digit > 9) || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let [a, b, c, d, e, f, g, h] = digits;
    let (year, month, day) = (a * 1000 + b * 100 + c * 10 + d, e * 10 + f, g * 10 + h);
    if !(1900..=2200).contains(&year)
        || !(1..=12).contains(&month)
        || day == 0
        || (day > 28 && day > days_of(year, month))
    {
        return None;
    }
    // Years from March on, so that the leap day is a year's last: 153 days every five months.
    // Four hundred years more, a whole cycle, keep it above zero.
    let early = u32::from(month < 3);
    let (year, month) = (year + 400 - early, month + 12 * early - 3);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    i32::try_from(days).ok().map(|days| days - 719_468 - 146_097)
}

/// The days of a month.
fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::reading::days::days_since_epoch;

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
            // Years far from ours go the long way.
            let near = (1900..=2200).contains(&year);
            let date = NaiveDate::from_ymd_opt(year.cast_signed(), month, day).filter(|_| near);
            prop_assert_eq!(on(iso_date, &text), date.map(days_since_epoch));
        }

        #[test]
        fn any_other_byte_is_no_digit(text in "[0-9]{0,7}[^0-9][0-9]{0,7}") {
            prop_assert_eq!(on(whole_number, &text), None);
        }
    }
}
