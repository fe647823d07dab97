//! How a measure depends on what is missing.

use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Point, Value};
use crate::verdict::Judge;

/// Where in a measure the missing figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In a measure that is no quotient.
    Itself,
    /// In what is above the line.
    Part,
    /// In what is below it.
    Whole,
}

/// How a measure depends on what is missing, where only one sum or count of it is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Where the missing figures are.
    pub side: Side,
    /// What is known of the part, or of the measure itself.
    pub part: Exact,
    /// What is known of the whole; 1 where there is none.
    pub whole: Exact,
    /// What the quotient is multiplied by.
    pub factor: Exact,
}

impl Open {
    /// What the missing figures come to, where the measure comes to a value.
    pub fn total(&self, value: &Exact) -> Option<Exact> {
        match self.side {
            Side::Itself => value.checked_sub(&self.part),
            Side::Part => {
                let level = value.checked_mul(&self.whole)?.checked_div(&self.factor)?;
                level.checked_sub(&self.part)
            }
            // A larger whole makes a smaller value, and none makes it 0.
            Side::Whole => {
                let level = self.part.checked_mul(&self.factor)?.checked_div(value)?;
                level.checked_sub(&self.whole)
            }
        }
    }
}

impl Judge<'_> {
    /// How a measure depends on what is missing in the reporting year.
    pub(in crate::verdict) fn open(&self, measure: &Bound) -> Option<Open> {
        let whole = Point::whole(self.year());
        let number = |bound: &Bound| match self.values.measure(bound, whole) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        };
        let Bound::Quotient(quotient) = measure else {
            return Some(Open {
                side: Side::Itself,
                part: self.values.known(measure, whole)?,
                whole: Exact::ONE,
                factor: Exact::ONE,
            });
        };
        let factor = quotient.kind.factor();
        match (number(&quotient.part), number(&quotient.whole)) {
            (None, Some(all)) => Some(Open {
                side: Side::Part,
                part: self.values.known(&quotient.part, whole)?,
                whole: all,
                factor,
            }),
            (Some(part), None) if part > Exact::ZERO => Some(Open {
                side: Side::Whole,
                part,
                whole: self.values.known(&quotient.whole, whole)?,
                factor,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_follows_from_the_value_wanted() {
        let number = |text: &str| Exact::parse(text).expect("a decimal");
        let open = |side, part: &str, whole: &str, factor: &str| Open {
            side,
            part: number(part),
            whole: number(whole),
            factor: number(factor),
        };
        for (open, value, expected) in [
            (open(Side::Itself, "7", "1", "1"), "10", Some("3")),
            (open(Side::Itself, "7", "1", "1"), "5", Some("-2")),
            // 60 % of 50 are 30.
            (open(Side::Part, "12", "50", "100"), "60", Some("18")),
            // 12 are 60 % of 20.
            (open(Side::Whole, "12", "15", "100"), "60", Some("5")),
            (open(Side::Whole, "12", "15", "100"), "0", None),
        ] {
            assert_eq!(open.total(&number(value)), expected.map(number), "{open:?} {value}");
        }
    }
}
