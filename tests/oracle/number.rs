//! Exact numbers of the oracles: fractions of integers of any size, from a library of their own.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero, pow};

/// A fraction, as large as it has to be.
pub type Number = BigRational;

/// A whole number.
pub fn whole(value: i64) -> Number {
    Number::from_integer(value.into())
}

/// A fraction of two whole numbers.
pub fn fraction(above: i64, below: i64) -> Number {
    Number::new(above.into(), below.into())
}

/// Reads a decimal (`-12.34`) or a fraction of two (`188/3`); `None` for anything else.
pub fn read(text: &str) -> Option<Number> {
    if let Some((above, below)) = text.split_once('/') {
        return Some(read(above)? / read(below).filter(|below| !below.is_zero())?);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{before}{after}");
    if before.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = Number::from_integer(all.parse().ok()?);
    Some(value * whole(sign) / pow(whole(10), after.len()))
}

/// Writes a number whose decimals end, as a decimal.
pub fn plain(number: &Number) -> String {
    let mut places = 0;
    let mut scaled = number.clone();
    while !scaled.is_integer() {
        scaled *= whole(10);
        places += 1;
        assert!(places < 200, "{number} has no end");
    }
    let digits = format!("{:0>width$}", scaled.to_integer().abs(), width = places + 1);
    let (before, after) = digits.split_at(digits.len() - places);
    let sign = if number.is_negative() { "-" } else { "" };
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}

/// 100.
pub fn hundred() -> Number {
    whole(100)
}

/// 0.
pub fn zero() -> Number {
    Number::zero()
}

/// 1.
pub fn one() -> Number {
    Number::one()
}

/// Powers of ten downwards: 10⁻ⁿ.
pub fn tenth(places: u32) -> Number {
    one() / pow(whole(10), places as usize)
}

/// Whether the decimals of a number end.
pub fn ends(number: &Number) -> bool {
    let mut below = Number::from_integer(number.denom().clone());
    for factor in [2, 5] {
        while (&below / whole(factor)).is_integer() {
            below /= whole(factor);
        }
    }
    below.is_one()
}
