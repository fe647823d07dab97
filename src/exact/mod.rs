//! Exact rational numbers of any size.
//!
//! Every verdict compares a measured value with a goal. Both are held as fractions of whole
//! numbers, so that 49/50 is not more than 98 % and 67,9999 % is not 68 %. Nearly all fit two
//! 128-bit integers and are worked on as such; what does not is held in integers as wide as it
//! takes, up to [`MOST_BITS`], which no figure of an office comes near and no script may pass.

mod shown;
mod written;

pub use shown::Mark;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};

/// Most bits of a numerator or denominator: some 20,000 digits. Beyond, arithmetic gives `None`, so
/// that a script that squares a number again and again runs out of digits before memory.
pub const MOST_BITS: u64 = 1 << 16;

/// Most decimal places a number may be written with.
const MOST_PLACES: u32 = 10_000;

/// An exact rational number: a fraction with a denominator above 0.
///
/// A small fraction is reduced only when an operation would otherwise not fit 128 bits, so equality
/// goes through [`Ord`] (which cross-multiplies).
#[derive(Clone, Debug)]
pub struct Exact(Repr);

#[derive(Clone, Debug)]
enum Repr {
    /// `num / den`, perhaps not in lowest terms.
    Small { num: i128, den: i128 },
    /// In lowest terms, and one of both needs more than 128 bits.
    Wide(Arc<Fraction>),
}

/// A fraction of whole numbers of any size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Fraction {
    num: BigInt,
    den: BigInt,
}

impl Fraction {
    /// In lowest terms; `None` beyond [`MOST_BITS`]. The denominator must be above 0.
    fn settle(self) -> Option<Exact> {
        let Fraction { num, den } = self;
        let divisor = gcd_wide(num.magnitude(), den.magnitude());
        let divisor = BigInt::from_biguint(Sign::Plus, divisor);
        let (num, den) = (num / &divisor, den / divisor);
        if let (Ok(num), Ok(den)) = (i128::try_from(&num), i128::try_from(&den)) {
            return Some(Exact(Repr::Small { num, den }));
        }
        let fits = num.bits() <= MOST_BITS && den.bits() <= MOST_BITS;
        fits.then(|| Exact(Repr::Wide(Arc::new(Fraction { num, den }))))
    }
}

impl Exact {
    /// The number 0.
    pub const ZERO: Exact = Exact::int(0);
    /// The number 1.
    pub const ONE: Exact = Exact::int(1);
    /// The number ½.
    pub const HALF: Exact = Exact(Repr::Small { num: 1, den: 2 });

    /// A whole number.
    pub const fn int(value: i128) -> Exact {
        Exact(Repr::Small { num: value, den: 1 })
    }

    /// `mantissa / 10^scale`; `None` when the scale is beyond 10,000 digits.
    pub fn decimal(mantissa: i128, scale: u32) -> Option<Exact> {
        match 10i128.checked_pow(scale) {
            Some(den) => Some(Exact(Repr::Small { num: mantissa, den })),
            None if scale <= MOST_PLACES => {
                Fraction { num: mantissa.into(), den: power_of_ten(scale) }.settle()
            }
            None => None,
        }
    }

    /// `num / den`; `None` when `den` is 0.
    pub fn ratio(num: i128, den: i128) -> Option<Exact> {
        match den.cmp(&0) {
            Ordering::Equal => None,
            Ordering::Greater => Some(Exact(Repr::Small { num, den })),
            Ordering::Less => match (num.checked_neg(), den.checked_neg()) {
                (Some(num), Some(den)) => Some(Exact(Repr::Small { num, den })),
                _ => Fraction { num: -BigInt::from(num), den: -BigInt::from(den) }.settle(),
            },
        }
    }

    /// A number of `sign · (high · 2¹²⁸ + low) / 10^scale`; `None` beyond 10,000 digits after the
    /// mark. What sums too wide for 128 bits are made of.
    pub fn limbs(negative: bool, high: u64, low: u128, scale: u32) -> Option<Exact> {
        if let (0, Ok(size)) = (high, i128::try_from(low)) {
            return Exact::decimal(if negative { -size } else { size }, scale);
        }
        if scale > MOST_PLACES {
            return None;
        }
        let size = (BigUint::from(high) << 128u32) + BigUint::from(low);
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Fraction { num: BigInt::from_biguint(sign, size), den: power_of_ten(scale) }.settle()
    }

    /// Parses a plain decimal (`-12.34`) of any length up to 10,000 places; no grouping, no
    /// exponent.
    pub fn parse(text: &str) -> Option<Exact> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let bytes = || whole.bytes().chain(fraction.bytes());
        if bytes().next().is_none() || !bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = u32::try_from(fraction.len()).ok()?;
        let quick = bytes()
            .try_fold(0i128, |all, byte| all.checked_mul(10)?.checked_add(i128::from(byte - b'0')));
        if let Some(mantissa) = quick {
            return Exact::decimal(if negative { -mantissa } else { mantissa }, scale);
        }
        if digits.len() > MOST_PLACES as usize {
            return None;
        }
        let size = BigUint::parse_bytes(&bytes().collect::<Vec<u8>>(), 10)?;
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Fraction { num: BigInt::from_biguint(sign, size), den: power_of_ten(scale) }.settle()
    }

    /// Whether the value is a whole number.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small { num, den } => num % den == 0,
            Repr::Wide(wide) => wide.den == BigInt::from(1),
        }
    }

    /// Whether the value is 0.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small { num: 0, .. })
    }

    /// Whether the value is below 0.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { num, .. } => *num < 0,
            Repr::Wide(wide) => wide.num.sign() == Sign::Minus,
        }
    }

    /// The number as an integer, where it is whole and fits.
    pub fn to_integer(&self) -> Option<i128> {
        match &self.0 {
            Repr::Small { num, den } => (num % den == 0).then(|| num / den),
            Repr::Wide(_) => None,
        }
    }

    /// Mantissa and decimal places without trailing zeros, where the number ends and both fit.
    pub fn to_decimal(&self) -> Option<(i128, u32)> {
        let places = self.places()?;
        let Repr::Small { num, den } = self.reduced().0 else { return None };
        Some((num.checked_mul(10i128.checked_pow(places)? / den)?, places))
    }

    /// Numerator and denominator in lowest terms, where both fit 64 bits.
    pub fn to_small_fraction(&self) -> Option<(i64, i64)> {
        let Repr::Small { num, den } = self.reduced().0 else { return None };
        Some((num.try_into().ok()?, den.try_into().ok()?))
    }

    fn wide(&self) -> Fraction {
        match &self.0 {
            Repr::Small { num, den } => Fraction { num: (*num).into(), den: (*den).into() },
            Repr::Wide(wide) => (**wide).clone(),
        }
    }

    fn reduced(&self) -> Exact {
        let Repr::Small { num, den } = self.0 else { return self.clone() };
        let divisor = gcd(num.unsigned_abs(), den.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => {
                Exact(Repr::Small { num: num / divisor, den: den / divisor })
            }
            _ => self.clone(),
        }
    }

    /// Runs `quick` on the fractions as they are and, if that does not fit, on reduced ones; if
    /// that does not fit either, `wide`.
    fn checked(
        &self,
        other: &Exact,
        quick: impl Fn((i128, i128), (i128, i128)) -> Option<(i128, i128)>,
        wide: impl Fn(Fraction, Fraction) -> Fraction,
    ) -> Option<Exact> {
        let small = |a: &Exact, b: &Exact| match (&a.0, &b.0) {
            (Repr::Small { num: a, den: b }, Repr::Small { num: c, den: d }) => {
                let (num, den) = quick((*a, *b), (*c, *d))?;
                Some(Exact(Repr::Small { num, den }))
            }
            _ => None,
        };
        small(self, other)
            .or_else(|| small(&self.reduced(), &other.reduced()))
            .or_else(|| wide(self.wide(), other.wide()).settle())
    }

    /// `self + other`, or `None` beyond [`MOST_BITS`].
    pub fn checked_add(&self, other: &Exact) -> Option<Exact> {
        self.checked(
            other,
            |(a, b), (c, d)| {
                if b == d {
                    return Some((a.checked_add(c)?, b));
                }
                let num = a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?;
                Some((num, b.checked_mul(d)?))
            },
            |a, b| Fraction { num: a.num * &b.den + b.num * &a.den, den: a.den * b.den },
        )
    }

    /// `self - other`, or `None` beyond [`MOST_BITS`].
    pub fn checked_sub(&self, other: &Exact) -> Option<Exact> {
        self.checked_add(&other.negated())
    }

    /// `self * other`, or `None` beyond [`MOST_BITS`].
    pub fn checked_mul(&self, other: &Exact) -> Option<Exact> {
        self.checked(
            other,
            |(a, b), (c, d)| Some((a.checked_mul(c)?, b.checked_mul(d)?)),
            |a, b| Fraction { num: a.num * b.num, den: a.den * b.den },
        )
    }

    /// `self / other`, or `None` when `other` is 0 or beyond [`MOST_BITS`].
    pub fn checked_div(&self, other: &Exact) -> Option<Exact> {
        if let (Repr::Small { num: a, den: b }, Repr::Small { num: c, den: d }) =
            (&self.0, &other.0)
            && b == d
        {
            // Decimals of as many places.
            return Exact::ratio(*a, *c);
        }
        self.checked_mul(&other.inverse()?)
    }

    fn inverse(&self) -> Option<Exact> {
        match &self.0 {
            Repr::Small { num, den } => Exact::ratio(*den, *num),
            Repr::Wide(wide) => {
                let sign = BigInt::from_biguint(wide.num.sign(), BigUint::from(1u8));
                Fraction { num: &wide.den * &sign, den: &wide.num * sign }.settle()
            }
        }
    }

    /// The root of a degree of a number that is not below 0, to so many decimals: exact where it
    /// has no more, else the next decimal below it. `None` below 0, for a degree of 0, and where
    /// the arithmetic does not fit.
    pub fn root(&self, degree: u32, places: u32) -> Option<Exact> {
        if self.is_negative() || degree == 0 || degree.checked_mul(places)? > MOST_PLACES {
            return None;
        }
        let Fraction { num, den } = self.wide();
        let scaled = num * power_of_ten(degree * places) / den;
        Fraction { num: scaled.nth_root(degree), den: power_of_ten(places) }.settle()
    }

    /// The value with the other sign.
    pub fn negated(&self) -> Exact {
        match &self.0 {
            Repr::Small { num, den } => match num.checked_neg() {
                Some(num) => Exact(Repr::Small { num, den: *den }),
                None => {
                    let Fraction { num, den } = self.wide();
                    Fraction { num: -num, den }.settle().unwrap_or_default()
                }
            },
            // The least integer of 128 bits has no opposite among them, so that what was wide may
            // fit now.
            Repr::Wide(wide) => {
                let fraction = Fraction { num: -&wide.num, den: wide.den.clone() };
                fraction.settle().unwrap_or_default()
            }
        }
    }

    /// The largest whole number not above the value.
    pub fn floor(&self) -> Exact {
        match &self.0 {
            Repr::Small { num, den } => Exact::int(num.div_euclid(*den)),
            Repr::Wide(wide) => {
                let (num, den) = (&wide.num, &wide.den);
                // Division of whole numbers rounds towards 0.
                let mut floor = num / den;
                if num.sign() == Sign::Minus && &floor * den != *num {
                    floor -= 1;
                }
                Fraction { num: floor, den: 1.into() }.settle().unwrap_or_default()
            }
        }
    }

    /// The smallest whole number not below the value.
    pub fn ceil(&self) -> Exact {
        self.negated().floor().negated()
    }

    /// The absolute value.
    pub fn abs(&self) -> Exact {
        if self.is_negative() { self.negated() } else { self.clone() }
    }
}

fn power_of_ten(scale: u32) -> BigInt {
    BigInt::from(10).pow(scale)
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

fn gcd_wide(a: &BigUint, b: &BigUint) -> BigUint {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b.bits() > 0 {
        if let (Ok(a), Ok(b)) = (u128::try_from(&a), u128::try_from(&b)) {
            return gcd(a, b).into();
        }
        (a, b) = (b.clone(), a % b);
    }
    a
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
        match self.reduced().0 {
            Repr::Small { num, den } => (num, den).hash(state),
            Repr::Wide(wide) => wide.hash(state),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    /// Cross-multiplies.
    fn cmp(&self, other: &Exact) -> Ordering {
        if let (Repr::Small { num: a, den: b }, Repr::Small { num: c, den: d }) =
            (&self.0, &other.0)
            && let (Some(left), Some(right)) = (a.checked_mul(*d), c.checked_mul(*b))
        {
            return left.cmp(&right);
        }
        let (a, b) = (self.wide(), other.wide());
        (a.num * b.den).cmp(&(b.num * a.den))
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
    use proptest::prelude::*;

    use super::*;

    fn ratio(num: i128, den: i128) -> Exact {
        Exact::ratio(num, den).expect("non-zero denominator")
    }

    #[test]
    fn shares_at_the_threshold_are_exact() {
        let percent = |num, den| ratio(num, den).checked_mul(&Exact::int(100)).expect("small");
        assert_eq!(percent(49, 50), Exact::int(98), "49/50 is exactly 98 %, not more");
        assert!(percent(999, 1000) >= Exact::parse("99.9").expect("a decimal"));
        assert!(percent(679_999, 1_000_000) < Exact::int(68));
    }

    #[test]
    fn what_does_not_fit_128_bits_is_exact_all_the_same() {
        let huge = Exact::int(i128::MAX);
        let more = huge.checked_add(&Exact::ONE).expect("any size");
        assert_eq!(more.to_string(), "170141183460469231731687303715884105728");
        assert_eq!(more.checked_sub(&Exact::ONE), Some(huge.clone()));
        assert_eq!(more.to_integer(), None);
        assert_eq!(huge.to_integer(), Some(i128::MAX));
        let least = Exact::int(i128::MIN);
        assert_eq!(least.negated(), more);
        assert_eq!(more.negated(), least);
        assert_eq!(more.negated().to_integer(), Some(i128::MIN), "fits again");
        assert_eq!(
            Exact::ratio(1, i128::MIN).map(|part| part.checked_mul(&least)),
            Some(Some(Exact::ONE))
        );
        let just_less = ratio(i128::MAX - 1, i128::MAX);
        let less_still = ratio(i128::MAX - 2, i128::MAX - 1);
        assert!(less_still < just_less);
        assert!(just_less < Exact::ONE);
        let square = huge.checked_mul(&huge).expect("any size");
        assert_eq!(square.checked_div(&huge), Some(huge));
        let third = square.checked_div(&Exact::int(3)).expect("any size");
        assert_eq!(third.floor().checked_add(&Exact::ONE), Some(third.ceil()));
        assert_eq!(third.negated().floor(), third.ceil().negated());
    }

    #[test]
    fn roots_are_exact_where_they_end() {
        let number = |text: &str| Exact::parse(text).expect("a decimal");
        assert_eq!(number("1.4641").root(4, 10), Some(number("1.1")));
        assert_eq!(number("2").root(2, 5), Some(number("1.41421")));
        assert_eq!(number("1").root(7, 40), Some(Exact::ONE));
        assert_eq!(Exact::ZERO.root(3, 40), Some(Exact::ZERO));
        assert_eq!(number("-8").root(3, 5), None);
        assert_eq!(number("8").root(0, 5), None);
    }

    #[test]
    fn there_is_an_end_to_digits() {
        let mut number = Exact::int(3);
        let squared = (0..64).find(|_| match number.checked_mul(&number) {
            Some(square) => {
                number = square;
                false
            }
            None => true,
        });
        assert_eq!(squared, Some(15), "3^(2^15) is the last below 2^65536");
        assert!(Exact::parse(&format!("0.{}", "3".repeat(10_001))).is_none());
        assert!(Exact::decimal(1, 10_001).is_none());
    }

    #[test]
    fn decimals_are_read_to_the_last_digit() {
        let text =
            "99999999999999999999999999999999999999999.000000000000000000000000000000000000001";
        assert_eq!(Exact::parse(text).expect("a decimal").to_string(), text);
        assert_eq!(Exact::parse("-0.50"), Some(ratio(-1, 2)));
        assert_eq!(Exact::parse("1.25").and_then(|number| number.to_decimal()), Some((125, 2)));
        assert_eq!(ratio(1, 3).to_decimal(), None);
        for wrong in ["", "-", ".", "1e5", "1,5", "--1", "1.2.3"] {
            assert_eq!(Exact::parse(wrong), None, "{wrong}");
        }
        assert_eq!(
            Exact::limbs(true, 1, 0, 0).map(|n| n.to_string()).as_deref(),
            Some("-340282366920938463463374607431768211456")
        );
    }

    proptest! {
        #[test]
        fn ordering_agrees_with_the_sign_of_the_difference(
            a in -1_000_000i128..1_000_000, b in 1i128..10_000,
            c in -1_000_000i128..1_000_000, d in 1i128..10_000,
        ) {
            let difference = ratio(a, b).checked_sub(&ratio(c, d)).expect("small");
            prop_assert_eq!(ratio(a, b).cmp(&ratio(c, d)), difference.cmp(&Exact::ZERO));
        }

        /// Small or wide, it is the same arithmetic: scaled up beyond 128 bits and down again.
        #[test]
        fn width_changes_nothing(
            a in any::<i64>(), b in 1i64.., c in any::<i64>(), d in 1i64.., up in 100u32..400,
        ) {
            let factor = Exact::int(2).checked_mul(&Exact::ONE).expect("small");
            let factor = (0..up).fold(Exact::ONE, |all, _| all.checked_mul(&factor).expect("fits"));
            let (x, y) = (ratio(a.into(), b.into()), ratio(c.into(), d.into()));
            let (wide_x, wide_y) =
                (x.checked_mul(&factor).expect("fits"), y.checked_mul(&factor).expect("fits"));
            prop_assert_eq!(wide_x.cmp(&wide_y), x.cmp(&y));
            let down = |value: Option<Exact>| value.and_then(|value| value.checked_div(&factor));
            prop_assert_eq!(down(wide_x.checked_add(&wide_y)), x.checked_add(&y));
            prop_assert_eq!(down(wide_x.checked_sub(&wide_y)), x.checked_sub(&y));
            prop_assert_eq!(wide_x.checked_div(&wide_y), x.checked_div(&y));
            prop_assert_eq!(down(wide_x.checked_mul(&y)), x.checked_mul(&y));
        }

        #[test]
        fn floor_and_ceil_enclose(a in -1_000_000i128..1_000_000, b in 1i128..10_000) {
            let value = ratio(a, b);
            prop_assert!(value.floor() <= value && value <= value.ceil());
            let width = value.ceil().checked_sub(&value.floor()).expect("small");
            prop_assert_eq!(width.is_zero(), value.is_integer());
            prop_assert!(width <= Exact::ONE);
        }
    }
}
