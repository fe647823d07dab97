//! What script values are called in messages, and how they become literals.

use chrono::NaiveDate;
use rhai::{Dynamic, FnPtr, INT, ImmutableString, Map};
use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use crate::exact::Exact;
use crate::measure::row::Literal;
use crate::measure::{Condition, Measure, TableExpr};
use crate::message::{Bilingual, Message};
use crate::msg;
use crate::rule::Milestones;
use crate::rule::goal::Goal;
use crate::rule::schedule::Schedule;

/// The row of an enclosing `each`, known only by its columns.
#[derive(Clone, Debug)]
pub struct OuterRow;

/// One column of the enclosing `each` row.
#[derive(Clone, Debug)]
pub struct OuterField(pub String);

/// Stands for the value of a `let` that failed.
#[derive(Clone, Debug)]
pub struct Lost;

/// What a check of a `rule` answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// All is well.
    Met,
    /// Something is wrong.
    Unmet(Bilingual),
}

/// What a value is, in the user's words.
pub fn describe(value: &Dynamic) -> Message {
    if value.is::<TableExpr>() {
        msg!(ValueTable)
    } else if value.is::<Measure>() {
        msg!(ValueMeasure)
    } else if value.is::<Condition>() {
        msg!(ValueCondition)
    } else if value.is::<Goal>() {
        msg!(ValueGoal)
    } else if value.is::<Schedule>() {
        msg!(ValueSchedule)
    } else if value.is::<Milestones>() {
        msg!(ValuePath)
    } else if value.is::<FnPtr>() {
        msg!(ValueClosure)
    } else if value.is::<Map>() {
        msg!(ValueMap)
    } else if value.is_array() {
        msg!(ValueList)
    } else if value.is::<ImmutableString>() {
        msg!(TypeText)
    } else if value.is_int() || value.is::<Decimal>() || value.is::<Exact>() {
        msg!(TypeNumber)
    } else if value.is_bool() {
        msg!(TypeBoolean)
    } else if value.is::<NaiveDate>() {
        msg!(TypeDate)
    } else if value.is::<Lost>() {
        msg!(ValueLost)
    } else if value.is::<OuterRow>() || value.is::<OuterField>() {
        msg!(ValueRow)
    } else {
        msg!(ValueNothing)
    }
}

/// A number, exactly.
pub fn exact(value: &Dynamic) -> Option<Exact> {
    if let Ok(integer) = value.as_int() {
        return Some(Exact::from(integer));
    }
    if let Some(decimal) = value.clone().try_cast::<Decimal>() {
        return from_decimal(decimal);
    }
    value.clone().try_cast::<Exact>()
}

/// The decimal, exactly.
pub fn from_decimal(decimal: Decimal) -> Option<Exact> {
    Exact::decimal(decimal.mantissa(), decimal.scale())
}

/// A number as the engine knows it: a whole one of 64 bits is an integer there too, so that it can
/// count, index, name years and choose among cases.
pub fn number(number: Exact) -> Dynamic {
    match number.to_integer().and_then(|whole| INT::try_from(whole).ok()) {
        Some(whole) => Dynamic::from(whole),
        None => Dynamic::from(number),
    }
}

/// A constant a row condition can hold.
pub fn literal(value: &Dynamic) -> Option<Literal> {
    let value = value.flatten_clone();
    if let Ok(integer) = value.as_int() {
        return Some(Literal::Number(i128::from(integer), 0));
    }
    if let Ok(flag) = value.as_bool() {
        return Some(Literal::Boolean(flag));
    }
    if let Some(number) = exact(&value) {
        let (mantissa, scale) = number.to_decimal()?;
        return Some(Literal::Number(mantissa, scale));
    }
    if let Some(date) = value.clone().try_cast::<NaiveDate>() {
        return Some(Literal::Date(date));
    }
    // Cells are normalised; what they are compared with must be too.
    value.try_cast::<ImmutableString>().map(|text| Literal::Text(text.nfc().collect()))
}
