//! Exact numbers as text.
//!
//! Bounds are shown as written, to the last digit. A value beside them is rounded for reading, but
//! never so far that it reads as if it stood elsewhere: onto a bound it is not on, or across it.

use num_bigint::{BigInt, Sign};

use super::{Exact, Fraction, MOST_PLACES, Repr, power_of_ten};

/// Digits after the mark up to which a rounded number may be told apart from others. Numbers
/// nearer than that are shown as fractions.
const MOST_SHOWN: u32 = 60;

/// A number beside which others are shown, and how it is shown itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    at: Exact,
    /// The number that `text` says.
    shown: Exact,
    text: String,
}

impl Mark {
    /// A number that is shown to the last digit.
    pub fn exact(at: &Exact) -> Mark {
        Mark { at: at.clone(), shown: at.clone(), text: at.exact_text() }
    }

    /// A number rounded to be read beside others: to `places` decimals, or as many as it takes to
    /// tell it apart from the marks and from `values` that will be shown beside it.
    pub fn rounded(at: &Exact, places: u32, marks: &[Mark], values: &[&Exact]) -> Mark {
        let mut marks = marks.to_vec();
        marks.extend(values.iter().filter(|value| **value != at).map(|value| Mark::exact(value)));
        at.beside(places, &marks)
    }

    /// What the reader sees.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Exact {
    /// The value rounded half away from zero to `places` decimals, as a plain decimal string with a
    /// decimal point.
    pub fn rounded(&self, places: u32) -> String {
        match self.quick_mantissa(places) {
            Some(mantissa) => plain_decimal(mantissa < 0, mantissa.unsigned_abs(), places),
            None => {
                let mantissa = self.wide_mantissa(places);
                plain_decimal(mantissa.sign() == Sign::Minus, mantissa.magnitude(), places)
            }
        }
    }

    fn quick_mantissa(&self, places: u32) -> Option<i128> {
        let Repr::Small { num, den } = self.0 else { return None };
        let scaled = num.checked_mul(10i128.checked_pow(places)?)?;
        let (quotient, rest) = (scaled / den, (scaled % den).abs());
        // `>= den - rest` instead of `2 * rest >= den`: the doubling could overflow.
        let away = if scaled < 0 { -1 } else { 1 };
        Some(quotient + if rest >= den - rest { away } else { 0 })
    }

    fn wide_mantissa(&self, places: u32) -> BigInt {
        let Fraction { num, den } = self.wide();
        let scaled = num * power_of_ten(places);
        let doubled = scaled.magnitude() * 2u8 + den.magnitude();
        let rounded = doubled / (den.magnitude() * 2u8);
        BigInt::from_biguint(if self.is_negative() { Sign::Minus } else { Sign::Plus }, rounded)
    }

    /// The value rounded half away from zero to `places` decimals; `None` beyond what numbers may
    /// be.
    pub fn rounded_number(&self, places: u32) -> Option<Exact> {
        match self.quick_mantissa(places) {
            Some(mantissa) => Exact::decimal(mantissa, places),
            None => {
                let num = self.wide_mantissa(places);
                Fraction { num, den: power_of_ten(places) }.settle()
            }
        }
    }

    /// The shortest decimal that shows the value beside `marks`: it compares with what is shown of
    /// each of them as the value does with the mark itself.
    ///
    /// Starts at `places` decimals and adds more until that is so. Trailing zeros are dropped only
    /// where nothing was rounded away: 94.0476 is shown as 94.0, not as 94. A fraction where no
    /// decimal of up to 60 places tells them apart.
    pub fn shown(&self, places: u32, marks: &[Mark]) -> String {
        self.beside(places, marks).text
    }

    fn beside(&self, places: u32, marks: &[Mark]) -> Mark {
        // On a mark it is shown as that is.
        if let Some(mark) = marks.iter().find(|mark| mark.at == *self) {
            return mark.clone();
        }
        for digits in places..=MOST_SHOWN {
            let Some(shown) = self.rounded_number(digits) else { break };
            if marks.iter().all(|mark| shown.cmp(&mark.shown) == self.cmp(&mark.at)) {
                let text = self.rounded(digits);
                let text = if shown == *self { trimmed(text) } else { text };
                return Mark { at: self.clone(), shown, text };
            }
        }
        Mark::exact(self)
    }

    /// How many decimal places the number has; `None` where they never end.
    pub fn places(&self) -> Option<u32> {
        let reduced = self.reduced();
        if let Repr::Small { den, .. } = reduced.0 {
            let twos = den.trailing_zeros();
            let (mut rest, mut fives) = (den >> twos, 0);
            while rest % 5 == 0 {
                rest /= 5;
                fives += 1;
            }
            return (rest == 1).then(|| twos.max(fives));
        }
        let mut rest = reduced.wide().den;
        let mut count = [0u32; 2];
        for (factor, count) in [2u32, 5].into_iter().zip(&mut count) {
            while *count <= MOST_PLACES && (&rest % factor).sign() == Sign::NoSign {
                rest /= factor;
                *count += 1;
            }
        }
        (rest == BigInt::from(1)).then(|| count[0].max(count[1]))
    }

    /// The exact value: a terminating decimal where there is one, else `num/den`.
    pub fn exact_text(&self) -> String {
        match self.places() {
            Some(places) => self.rounded(places),
            None => {
                let Fraction { num, den } = self.reduced().wide();
                format!("{num}/{den}")
            }
        }
    }
}

fn plain_decimal(negative: bool, size: impl ToString, scale: u32) -> String {
    let sign = if negative { "-" } else { "" };
    let digits = size.to_string();
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::{Lang, localise_number};

    fn ratio(num: i128, den: i128) -> Exact {
        Exact::ratio(num, den).expect("non-zero denominator")
    }

    fn mark(text: &str) -> Mark {
        Mark::exact(&Exact::parse(text).expect("a decimal"))
    }

    #[test]
    fn printing_never_moves_a_value_onto_its_goal() {
        let cases = [
            (ratio(6796, 100), "68", "67.96"),
            (ratio(679_999, 10_000), "68", "67.9999"),
            (ratio(941, 10), "95", "94.1"),
            (ratio(1600, 17), "95", "94.1"),
            (Exact::int(68), "68", "68"),
            (ratio(940_476, 10_000), "95", "94.0"),
            (ratio(188, 3), "63", "62.7"),
            (ratio(68_000_001, 1_000_000), "68", "68.000001"),
            (ratio(-1, 3), "0", "-0.3"),
            // On its goal it is shown as that, whatever its places.
            (ratio(39_358_626_636, 1_000_000_000), "39.358626636", "39.358626636"),
            (ratio(50_116, 1000), "50.12", "50.1"),
            (ratio(127, 1000), "0.13", "0.1"),
        ];
        for (value, goal, expected) in cases {
            assert_eq!(value.shown(1, &[mark(goal)]), expected);
        }
    }

    /// The number a text says, perhaps as a fraction.
    fn read(text: &str) -> Exact {
        let number = |text| Exact::parse(text).expect("a number");
        match text.split_once('/') {
            Some((num, den)) => number(num).checked_div(&number(den)).expect("no 0"),
            None => number(text),
        }
    }

    /// The number a text says in a language, with its marks.
    fn read_in(text: &str, lang: Lang) -> Exact {
        let (group, decimal) = if lang == Lang::Vi { ('.', ",") } else { (',', ".") };
        read(&text.replace(group, "").replace(decimal, "."))
    }

    #[test]
    fn a_rounded_bound_is_told_apart_from_the_value() {
        // What is required, what was found, and both as they are shown.
        let cases = [
            (ratio(251, 100), ratio(2_509, 1000), "2.51", "2.509"),
            // 0.67 and 0.667 would be above the value, which is above two thirds.
            (ratio(2, 3), ratio(666_667, 1_000_000), "0.6666667", "0.67"),
            (ratio(260, 3), ratio(260, 3), "86.67", "86.67"),
            (ratio(260, 3), ratio(867, 10), "86.67", "86.7"),
            (ratio(260, 3), ratio(8667, 100), "86.667", "86.67"),
        ];
        for (bound, value, bound_text, value_text) in cases {
            let mark = Mark::rounded(&bound, 2, &[], &[&value]);
            let texts = (mark.text().to_owned(), value.shown(2, &[mark]));
            assert_eq!(texts, (bound_text.to_owned(), value_text.to_owned()));
        }
    }

    /// Numbers and others near them: in 10^-38ths of a distance, or equal.
    fn near() -> impl Strategy<Value = (Exact, Exact)> {
        let number = (-1_000_000i128..1_000_000, 1i128..1_000).prop_map(|(a, b)| ratio(a, b));
        let decimal = (-10i128.pow(12)..10i128.pow(12), 0u32..12)
            .prop_map(|(mantissa, scale)| Exact::decimal(mantissa, scale).expect("small"));
        let off = (-3i128..=3, 0u32..38)
            .prop_map(|(mantissa, scale)| Exact::decimal(mantissa, scale).expect("small"));
        (prop_oneof![number, decimal], off).prop_map(|(number, off)| {
            let other = number.checked_add(&off).expect("any size");
            (number, other)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]

        /// A bound as written and a value beside it, then a bound that is worked out, too: what
        /// is read orders as the numbers do.
        #[test]
        fn what_is_printed_orders_as_the_numbers_do(
            (bound, value) in near(), places in 0u32..4, shift in -2i128..=2,
        ) {
            let goal = Mark::exact(&bound);
            let shown = value.shown(places, std::slice::from_ref(&goal));
            prop_assert_eq!(read(&shown).cmp(&read(goal.text())), value.cmp(&bound));
            let required = bound.checked_add(&ratio(shift, 3)).expect("any size");
            let needed = Mark::rounded(&required, places, std::slice::from_ref(&goal), &[&value]);
            let marks = [goal, needed];
            let shown = read(&value.shown(places, &marks));
            // As it stands in either language, too.
            for lang in [Lang::Vi, Lang::En] {
                let told = |text: &str| read_in(&localise_number(text, lang), lang);
                let value_told = told(&value.shown(places, &marks));
                prop_assert_eq!(value_told.cmp(&told(marks[0].text())), value.cmp(&bound));
                prop_assert_eq!(value_told.cmp(&told(marks[1].text())), value.cmp(&required));
            }
            prop_assert_eq!(shown.cmp(&read(marks[0].text())), value.cmp(&bound));
            prop_assert_eq!(shown.cmp(&read(marks[1].text())), value.cmp(&required));
            prop_assert_eq!(
                read(marks[1].text()).cmp(&read(marks[0].text())), required.cmp(&bound));
        }

        /// Nothing is shown farther off than half of its last digit.
        #[test]
        fn what_is_printed_is_near((value, bound) in near(), places in 0u32..6) {
            let shown = value.shown(places, &[Mark::exact(&bound)]);
            prop_assert!(!shown.starts_with("-0") || value.is_negative());
            let digits = shown.split_once('.').map_or(0, |(_, digits)| digits.len());
            let off = read(&shown).checked_sub(&value).expect("any size").abs();
            prop_assert!(off <= Exact::decimal(5, digits as u32 + 1).expect("small") || value == bound);
        }
    }

    #[test]
    fn exact_text_terminates_only_where_the_fraction_does() {
        assert_eq!(ratio(1, 8).exact_text(), "0.125");
        assert_eq!(ratio(3, 6).exact_text(), "0.5");
        assert_eq!(ratio(1600, 17).exact_text(), "1600/17");
        assert_eq!(Exact::int(-4).exact_text(), "-4");
        let long = "99999999999.999999999999999999";
        assert_eq!(Exact::parse(long).expect("a decimal").exact_text(), long);
    }
}
