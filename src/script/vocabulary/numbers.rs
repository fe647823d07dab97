//! Exact numbers, as the checks of `rule` see them.

use rhai::{Dynamic, Engine, INT, Variant};
use rust_decimal::Decimal;

use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::Comparison;
use crate::msg;
use crate::script::session::{Native, fail};
use crate::script::values::{describe, exact, from_decimal, number};

/// Registers arithmetic, order and printing.
///
/// The engine would divide whole numbers like integers and stop where 64 bits end. Here numbers are
/// exact: quotients are fractions, and what does not fit an integer is wider.
pub fn register(engine: &mut Engine) {
    for symbol in ["+", "-", "*", "/", "%"] {
        arithmetic_of::<Exact, Exact>(engine, symbol);
        arithmetic_of::<Exact, INT>(engine, symbol);
        arithmetic_of::<INT, Exact>(engine, symbol);
        arithmetic_of::<INT, INT>(engine, symbol);
        arithmetic_of::<Decimal, Decimal>(engine, symbol);
        arithmetic_of::<Decimal, INT>(engine, symbol);
        arithmetic_of::<INT, Decimal>(engine, symbol);
        arithmetic_of::<Decimal, Exact>(engine, symbol);
        arithmetic_of::<Exact, Decimal>(engine, symbol);
    }
    engine.register_fn("-", |value: Exact| number(value.negated()));
    engine.register_fn("+", |value: Exact| value);
    // What is assigned to stays of its type, so that here a fraction cannot be.
    engine.register_fn("/=", |a: &mut INT, b: INT| -> Native<()> {
        let result = arithmetic("/", &(*a).into(), &b.into())?;
        match result.as_int() {
            Ok(whole) => *a = whole,
            Err(_) => return fail(Diagnostic::of(Code::ScriptError, msg!(FractionAssigned))),
        }
        Ok(())
    });
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    for comparison in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual] {
        let holds = move |a: &Dynamic, b: &Dynamic| -> Native<bool> {
            match (exact(a), exact(b)) {
                (Some(a), Some(b)) => Ok(comparison.holds(a.cmp(&b))),
                _ => fail(Diagnostic::of(
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
        engine.register_fn(word, |number: &mut Exact| shown(number));
        engine.register_fn(word, |number: &mut Decimal| {
            from_decimal(*number).map_or_else(|| number.to_string(), |number| shown(&number))
        });
    }
    engine.register_fn("abs", |number: &mut Exact| number.abs());
}

/// Registers an operator for numbers of two types of the engine's.
fn arithmetic_of<A: Variant + Clone, B: Variant + Clone>(
    engine: &mut Engine,
    symbol: &'static str,
) {
    engine.register_fn(symbol, move |a: A, b: B| {
        match (exact(&Dynamic::from(a)), exact(&Dynamic::from(b))) {
            (Some(a), Some(b)) => arithmetic(symbol, &a, &b),
            _ => fail(Diagnostic::of(Code::ScriptError, msg!(NumberDoesNotFit))),
        }
    });
}

/// One operation between two numbers. A result that is a whole number of 64 bits is one to the
/// engine too, so that it can count, index and name years.
fn arithmetic(symbol: &str, a: &Exact, b: &Exact) -> Native<Dynamic> {
    if matches!(symbol, "/" | "%") && b.is_zero() {
        return fail(Diagnostic::of(Code::ScriptError, msg!(DividedByZero)));
    }
    let result = match symbol {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        "/" => a.checked_div(b),
        _ => remainder(a, b),
    };
    match result {
        Some(result) => Ok(number(result)),
        None => fail(Diagnostic::of(Code::ScriptError, msg!(NumberDoesNotFit))),
    }
}

/// What is left of `a` after as many whole `b` as fit, with the sign of `a`.
fn remainder(a: &Exact, b: &Exact) -> Option<Exact> {
    let quotient = a.checked_div(b)?;
    let whole = if quotient.is_negative() { quotient.ceil() } else { quotient.floor() };
    a.checked_sub(&whole.checked_mul(b)?)
}

fn shown(number: &Exact) -> String {
    crate::message::localise_number(&number.shown(2, &[]), crate::message::Lang::Vi)
}
