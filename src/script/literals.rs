//! Numbers as they are written.
//!
//! The engine reads a number with a decimal mark, and a whole one beyond 64 bits, as a decimal of 28
//! digits: what it cannot hold it rounds without a word or refuses. Here such a number stays the text
//! it is, as if it were the name of a variable, and its value is the [`Exact`] one that text says.

use rhai::{Dynamic, Engine, LexError, Token};
use rust_decimal::Decimal;

use super::values;
use crate::exact::Exact;

/// Lets numbers of any length through, and gives them their value.
#[allow(deprecated)] // the engine calls both hooks volatile, not deprecated
pub fn register(engine: &mut Engine) {
    engine.on_parse_token(|token, _, _| match token {
        Token::DecimalConstant(number) if !holds(number.0, &number.1) => {
            Token::Identifier(Box::new(number.1))
        }
        Token::LexError(error) => match *error {
            LexError::MalformedNumber(text) if parse(&text).is_some() => {
                Token::Identifier(Box::new(text.into()))
            }
            other => Token::LexError(Box::new(other)),
        },
        token => token,
    });
    engine.on_var(|name, _, _| Ok(parse(name).map(Dynamic::from)));
}

/// Whether a decimal of the engine's is the number of a text.
fn holds(decimal: Decimal, text: &str) -> bool {
    values::from_decimal(decimal).is_some_and(|held| parse(text).as_ref() == Some(&held))
}

/// The number a text is; nothing for the names of variables, which begin with a letter.
pub fn parse(text: &str) -> Option<Exact> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    // Digits may be parted by underscores.
    let digits: String = text.chars().filter(|character| *character != '_').collect();
    Exact::parse(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_their_digits_say() {
        let number = |text: &str| Exact::parse(text).expect("a decimal");
        for (text, expected) in [
            ("1_000.5", "1000.5"),
            ("-0.25", "-0.25"),
            (
                "123456789012345678901234567890.123456789012345678901234567890",
                "123456789012345678901234567890.12345678901234567890123456789",
            ),
        ] {
            assert_eq!(parse(text), Some(number(expected)), "{text}");
        }
        for text in ["x1", "", "-", "1e5", "1x", "_1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
