//! Exact numbers, as the checks of `rule` see them.

use rhai::{Dynamic, Engine, INT};
use rust_decimal::Decimal;

use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::Comparison;
use crate::msg;
use crate::script::session::{Native, fail};
use crate::script::values::{describe, exact, from_decimal};

/// Registers arithmetic, order and printing.
pub fn register(engine: &mut Engine) {
    fn arithmetic(engine: &mut Engine, symbol: &str, operation: fn(Exact, Exact) -> Option<Exact>) {
        let divides = symbol == "/";
        let checked = move |a: Option<Exact>, b: Option<Exact>| -> Native<Exact> {
            if divides && b.is_some_and(Exact::is_zero) {
                return fail(Diagnostic::new(Code::ScriptError, msg!(DividedByZero)));
            }
            match a.zip(b).and_then(|(a, b)| operation(a, b)) {
                Some(result) => Ok(result),
                None => fail(Diagnostic::new(Code::ScriptError, msg!(NumberDoesNotFit))),
            }
        };
        engine.register_fn(symbol, move |a: Exact, b: Exact| checked(Some(a), Some(b)));
        engine.register_fn(symbol, move |a: Exact, b: INT| checked(Some(a), Some(Exact::from(b))));
        engine.register_fn(symbol, move |a: INT, b: Exact| checked(Some(Exact::from(a)), Some(b)));
        engine.register_fn(symbol, move |a: Exact, b: Decimal| checked(Some(a), from_decimal(b)));
        engine.register_fn(symbol, move |a: Decimal, b: Exact| checked(from_decimal(a), Some(b)));
    }
    arithmetic(engine, "+", Exact::checked_add);
    arithmetic(engine, "-", Exact::checked_sub);
    arithmetic(engine, "*", Exact::checked_mul);
    arithmetic(engine, "/", Exact::checked_div);
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    for comparison in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual] {
        let holds = move |a: &Dynamic, b: &Dynamic| -> Native<bool> {
            match (exact(a), exact(b)) {
                (Some(a), Some(b)) => Ok(comparison.holds(a.cmp(&b))),
                _ => fail(Diagnostic::new(
                    Code::TypeMismatch,
                    msg!(OperatorTypes, left = describe(a), right = describe(b)),
                )),
            }
        };
        let symbol = comparison.symbol();
        engine.register_fn(symbol, move |a: Exact, b: Dynamic| holds(&Dynamic::from(a), &b));
        engine.register_fn(symbol, move |a: Dynamic, b: Exact| holds(&a, &Dynamic::from(b)));
        engine.register_fn(symbol, move |a: Exact, b: Exact| comparison.holds(a.cmp(&b)));
    }
    // In messages numbers are shown to two decimals, with the decimal comma of Vietnamese.
    for word in ["to_string", "to_debug"] {
        engine.register_fn(word, |number: &mut Exact| shown(*number));
    }
    engine.register_fn("abs", |number: &mut Exact| number.abs());
}

fn shown(number: Exact) -> String {
    crate::message::localise_number(&number.shown(2, &[]), crate::message::Lang::Vi)
}
