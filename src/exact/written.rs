//! Exact numbers in documents: a fraction as text, in lowest terms.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Exact, Repr};

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Small { num, den } => serializer.collect_str(&format_args!("{num}/{den}")),
            Repr::Wide(wide) => serializer.collect_str(&format_args!("{}/{}", wide.num, wide.den)),
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = || {
            let (num, den) = text.split_once('/')?;
            Exact::parse(num)?.checked_div(&Exact::parse(den)?)
        };
        number().ok_or_else(|| D::Error::custom(format_args!("{text:?} is no fraction")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        let wide = Exact::parse("99999999999999999999999999999999999999999.001").expect("a number");
        let third = Exact::ratio(-1, 3).expect("a fraction");
        for number in [Exact::ZERO, Exact::int(-7), third, wide] {
            let text = serde_json::to_string(&number).expect("text");
            assert_eq!(serde_json::from_str::<Exact>(&text).expect("a number"), number, "{text}");
        }
        for wrong in ["\"1\"", "\"1/0\"", "\"a/b\"", "1"] {
            assert!(serde_json::from_str::<Exact>(wrong).is_err(), "{wrong}");
        }
    }
}
