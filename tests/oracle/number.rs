//! Exact numbers of the oracles: fractions of integers of any size, from a library of their own.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// A fraction, as large as it has to be.
pub type Number = BigRational;

/// A whole number.
pub fn whole(value: i64) -> Number {
    Number::from_integer(BigInt::from(value))
}

/// A fraction of two whole numbers.
pub fn fraction(above: i64, below: i64) -> Number {
    Number::new(BigInt::from(above), BigInt::from(below))
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
    let value: BigInt = all.parse().ok()?;
    let scale = BigInt::from(10).pow(u32::try_from(after.len()).ok()?);
    Some(Number::new(value * sign, scale))
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
    Number::new(BigInt::one(), BigInt::from(10).pow(places))
}
