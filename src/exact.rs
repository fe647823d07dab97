//! Exact rational numbers.
//!
//! Every verdict compares a measured value with a goal. Both are held as a fraction of two
//! 128-bit integers, so that 49/50 is not more than 98 % and 67,9999 % is not 68 %. Arithmetic
//! is checked: what does not fit is `None`, never a wrapped number.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An exact rational number: `num / den`, with `den > 0`.
///
/// The fraction is reduced only when an operation would otherwise overflow, so equality must go
/// through [`Ord`] (which cross-multiplies) and is implemented that way.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    num: i128,
    den: i128,
}

impl Exact {
    /// The number 0.
    pub const ZERO: Exact = Exact { num: 0, den: 1 };
    /// The number 1.
    pub const ONE: Exact = Exact { num: 1, den: 1 };
    /// The number ½.
    pub const HALF: Exact = Exact { num: 1, den: 2 };

    /// A whole number.
    pub const fn int(value: i128) -> Exact {
        Exact { num: value, den: 1 }
    }

    /// `mantissa / 10^scale`; `None` when the scale is beyond 38 digits.
    pub fn decimal(mantissa: i128, scale: u32) -> Option<Exact> {
        Some(Exact { num: mantissa, den: 10i128.checked_pow(scale)? })
    }

    /// `num / den`; `None` when `den` is 0 or the sign cannot be moved.
    pub fn ratio(num: i128, den: i128) -> Option<Exact> {
        match den.cmp(&0) {
            Ordering::Equal => None,
            Ordering::Greater => Some(Exact { num, den }),
            Ordering::Less => Some(Exact { num: num.checked_neg()?, den: den.checked_neg()? }),
        }
    }

    /// Parses a plain decimal (`-12.34`); no grouping, no exponent.
    pub fn parse(text: &str) -> Option<Exact> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut mantissa: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return None;
            }
            mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        }
        Exact::decimal(sign * mantissa, u32::try_from(fraction.len()).ok()?)
    }

    /// The numerator of the reduced fraction.
    pub fn numerator(self) -> i128 {
        self.reduced().num
    }

    /// The denominator of the reduced fraction, always positive.
    pub fn denominator(self) -> i128 {
        self.reduced().den
    }

    /// Whether the value is a whole number.
    pub fn is_integer(self) -> bool {
        self.num % self.den == 0
    }

    /// Whether the value is 0.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Whether the value is below 0.
    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    fn reduced(self) -> Exact {
        let divisor = gcd(self.num.unsigned_abs(), self.den.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => {
                Exact { num: self.num / divisor, den: self.den / divisor }
            }
            _ => self,
        }
    }

    /// Runs `operation` on the fractions as they are and, if that overflows, on reduced ones.
    fn checked(
        self,
        other: Exact,
        operation: impl Fn(Exact, Exact) -> Option<Exact>,
    ) -> Option<Exact> {
        operation(self, other).or_else(|| operation(self.reduced(), other.reduced()))
    }

    /// `self + other`, or `None` on overflow.
    pub fn checked_add(self, other: Exact) -> Option<Exact> {
        self.checked(other, |a, b| {
            if a.den == b.den {
                return Some(Exact { num: a.num.checked_add(b.num)?, den: a.den });
            }
            let num = a.num.checked_mul(b.den)?.checked_add(b.num.checked_mul(a.den)?)?;
            Some(Exact { num, den: a.den.checked_mul(b.den)? })
        })
    }

    /// `self - other`, or `None` on overflow.
    pub fn checked_sub(self, other: Exact) -> Option<Exact> {
        self.checked_add(Exact { num: other.num.checked_neg()?, den: other.den })
    }

    /// `self * other`, or `None` on overflow.
    pub fn checked_mul(self, other: Exact) -> Option<Exact> {
        self.checked(other, |a, b| {
            Some(Exact { num: a.num.checked_mul(b.num)?, den: a.den.checked_mul(b.den)? })
        })
    }

    /// `self / other`, or `None` when `other` is 0 or on overflow.
    pub fn checked_div(self, other: Exact) -> Option<Exact> {
        self.checked_mul(Exact::ratio(other.den, other.num)?)
    }

    /// The largest whole number not above the value.
    pub fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The smallest whole number not below the value.
    pub fn ceil(self) -> i128 {
        let floor = self.floor();
        if self.is_integer() { floor } else { floor + 1 }
    }

    /// The absolute value.
    pub fn abs(self) -> Exact {
        Exact { num: self.num.saturating_abs(), den: self.den }
    }

    /// The value rounded half away from zero to `places` decimals, as a plain decimal string
    /// with a decimal point; `None` when the digits do not fit.
    pub fn rounded(self, places: u32) -> Option<String> {
        let (mantissa, scale) = self.round_mantissa(places)?;
        Some(plain_decimal(mantissa, scale))
    }

    fn round_mantissa(self, places: u32) -> Option<(i128, u32)> {
        let value = self.reduced();
        let scaled = value.num.checked_abs()?.checked_mul(10i128.checked_pow(places)?)?;
        let quotient = scaled / value.den;
        // `>= den - rem` instead of `2 * rem >= den`: the doubling could overflow.
        let remainder = scaled % value.den;
        let magnitude =
            if remainder >= value.den - remainder { quotient.checked_add(1)? } else { quotient };
        Some((if value.num < 0 { -magnitude } else { magnitude }, places))
    }

    /// The shortest decimal that shows the value without moving it onto or across `marks`.
    ///
    /// Starts at `places` decimals and adds more until the rounded number stands on the same
    /// side of every mark as the value itself. Trailing zeros are dropped only where nothing was
    /// rounded away: 94.0476 is shown as 94.0, not as 94.
    pub fn shown(self, places: u32, marks: &[Exact]) -> String {
        for digits in places..=24 {
            let Some((mantissa, scale)) = self.round_mantissa(digits) else { break };
            let Some(rounded) = Exact::decimal(mantissa, scale) else { break };
            // A mark the value stands on exactly cannot be shown as such when the digits never
            // end; the rounded number is then as good as it gets.
            if marks.iter().all(|mark| *mark == self || rounded.cmp(mark) == self.cmp(mark)) {
                let text = plain_decimal(mantissa, scale);
                return if rounded == self { trimmed(text) } else { text };
            }
        }
        let value = self.reduced();
        format!("{}/{}", value.num, value.den)
    }

    /// The exact value: a terminating decimal where there is one, else `num/den`.
    pub fn exact_text(self) -> String {
        let value = self.reduced();
        let mut rest = value.den;
        let (mut twos, mut fives) = (0, 0);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        if rest == 1
            && let Some(text) = value.rounded(twos.max(fives))
        {
            return text;
        }
        format!("{}/{}", value.num, value.den)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        // Most values fit 64 bits, where the division is an order of magnitude cheaper.
        if let (Ok(small_a), Ok(small_b)) = (u64::try_from(a), u64::try_from(b)) {
            let (mut x, mut y) = (small_a, small_b);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return u128::from(x);
        }
        (a, b) = (b, a % b);
    }
    a
}

fn plain_decimal(mantissa: i128, scale: u32) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = mantissa.unsigned_abs().to_string();
    let scale = scale as usize;
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::ZERO
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

impl Hash for Exact {
    /// Of the reduced fraction, so that equal numbers have equal hashes.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let reduced = self.reduced();
        (reduced.num, reduced.den).hash(state);
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    /// Cross-multiplies; where that would overflow, compares the continued fractions, which
    /// never does.
    fn cmp(&self, other: &Exact) -> Ordering {
        if let (Some(left), Some(right)) =
            (self.num.checked_mul(other.den), other.num.checked_mul(self.den))
        {
            return left.cmp(&right);
        }
        let (mut a, mut b) = (*self, *other);
        let mut flipped = false;
        loop {
            let order = a.floor().cmp(&b.floor());
            if order != Ordering::Equal {
                return if flipped { order.reverse() } else { order };
            }
            let (rest_a, rest_b) = (a.num.rem_euclid(a.den), b.num.rem_euclid(b.den));
            let order = match (rest_a, rest_b) {
                (0, 0) => Some(Ordering::Equal),
                (0, _) => Some(Ordering::Less),
                (_, 0) => Some(Ordering::Greater),
                _ => None,
            };
            if let Some(order) = order {
                return if flipped { order.reverse() } else { order };
            }
            a = Exact { num: a.den, den: rest_a };
            b = Exact { num: b.den, den: rest_b };
            flipped = !flipped;
        }
    }
}

impl From<i64> for Exact {
    fn from(value: i64) -> Exact {
        Exact::int(i128::from(value))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.exact_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(num: i128, den: i128) -> Exact {
        Exact::ratio(num, den).expect("non-zero denominator")
    }

    #[test]
    fn shares_at_the_threshold_are_exact() {
        let percent = |num, den| ratio(num, den).checked_mul(Exact::int(100)).expect("small");
        assert_eq!(percent(49, 50), Exact::int(98), "49/50 is exactly 98 %, not more");
        assert!(percent(999, 1000) >= Exact::parse("99.9").expect("a decimal"));
        assert!(percent(679_999, 1_000_000) < Exact::int(68));
    }

    #[test]
    fn printing_never_moves_a_value_onto_its_goal() {
        let cases = [
            (ratio(6796, 100), "68", "67.96"),
            (ratio(679_999, 10_000), "68", "67.9999"),
            (ratio(941, 10), "95", "94.1"),
            (ratio(16, 17).checked_mul(Exact::int(100)).expect("small"), "95", "94.1"),
            (Exact::int(68), "68", "68"),
            (ratio(940_476, 10_000), "95", "94.0"),
            (ratio(188, 3), "63", "62.7"),
            (ratio(68_000_001, 1_000_000), "68", "68.000001"),
            (ratio(-1, 3), "0", "-0.3"),
        ];
        for (value, goal, expected) in cases {
            let goal = Exact::parse(goal).expect("a decimal");
            assert_eq!(value.shown(1, &[goal]), expected);
        }
    }

    #[test]
    fn exact_text_terminates_only_where_the_fraction_does() {
        assert_eq!(ratio(1, 8).exact_text(), "0.125");
        assert_eq!(ratio(3, 6).exact_text(), "0.5");
        assert_eq!(ratio(1600, 17).exact_text(), "1600/17");
        assert_eq!(Exact::int(-4).exact_text(), "-4");
    }

    #[test]
    fn overflow_is_none_and_comparison_still_holds() {
        let huge = Exact::int(i128::MAX);
        assert!(huge.checked_add(Exact::ONE).is_none());
        let just_less = ratio(i128::MAX - 1, i128::MAX);
        let less_still = ratio(i128::MAX - 2, i128::MAX - 1);
        assert!(less_still < just_less);
        assert!(just_less < Exact::ONE);
    }

    proptest! {
        #[test]
        fn ordering_agrees_with_the_sign_of_the_difference(
            a in -1_000_000i128..1_000_000, b in 1i128..10_000,
            c in -1_000_000i128..1_000_000, d in 1i128..10_000,
        ) {
            let difference = ratio(a, b).checked_sub(ratio(c, d)).expect("small");
            prop_assert_eq!(ratio(a, b).cmp(&ratio(c, d)), difference.cmp(&Exact::ZERO));
        }

        #[test]
        fn floor_and_ceil_enclose(a in -1_000_000i128..1_000_000, b in 1i128..10_000) {
            let value = ratio(a, b);
            prop_assert!(Exact::int(value.floor()) <= value && value <= Exact::int(value.ceil()));
            prop_assert!(value.ceil() - value.floor() <= 1);
        }

        #[test]
        fn shown_stands_on_the_same_side(a in 0i128..1_000_000, b in 1i128..10_000, g in 0i128..200) {
            let (value, goal) = (ratio(a, b), Exact::int(g));
            let shown = Exact::parse(&value.shown(1, &[goal])).expect("a decimal");
            prop_assert_eq!(shown.cmp(&goal), value.cmp(&goal));
            // A value that is itself one of the marks is still shown as a number.
            prop_assert!(Exact::parse(&value.shown(1, &[value])).is_some());
        }
    }
}
