//! Computations over whole columns: comparison, exact arithmetic, text and date functions.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, Int64Array,
    StringArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, DataType};
use chrono::Datelike;

use super::mask::{Mask, pack, pack_pairs};
use super::row::{Function, Literal};
use super::{Arithmetic, Comparison};
use crate::reading::batch::codes;
use crate::reading::days::{date_from_days, days_since_epoch};

/// An exact number did not fit 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl From<ArrowError> for Overflow {
    /// Types are checked when rules are bound, so overflow is the only way a kernel fails.
    fn from(_: ArrowError) -> Overflow {
        Overflow
    }
}

/// Which values compare so with one.
pub fn compare_all<T: Copy + Ord>(comparison: Comparison, values: &[T], with: T) -> Vec<u64> {
    match comparison {
        Comparison::Equal => pack(values, |value| value == with),
        Comparison::NotEqual => pack(values, |value| value != with),
        Comparison::Less => pack(values, |value| value < with),
        Comparison::LessOrEqual => pack(values, |value| value <= with),
        Comparison::Greater => pack(values, |value| value > with),
        Comparison::GreaterOrEqual => pack(values, |value| value >= with),
    }
}

/// Where the values of two columns of one type compare so.
pub fn compare_columns(
    comparison: Comparison,
    a: &ArrayRef,
    b: &ArrayRef,
) -> Result<Mask, Overflow> {
    let nulls = NullBuffer::union(a.nulls(), b.nulls());
    let holds = match a.data_type() {
        DataType::Int64 => pairs::<Int64Type>(comparison, a, b),
        DataType::Decimal128(..) => pairs::<Decimal128Type>(comparison, a, b),
        DataType::Date32 => pairs::<Date32Type>(comparison, a, b),
        DataType::Boolean => {
            let (Some(a), Some(b)) = (a.as_boolean_opt(), b.as_boolean_opt()) else {
                return Err(Overflow);
            };
            let value = |row: usize| Some(comparison.holds(a.value(row).cmp(&b.value(row))));
            Some(Mask::from_rows(a.len(), value).holds)
        }
        _ => {
            let (Some(left), Some(right)) = (codes(a), codes(b)) else { return Err(Overflow) };
            let (left, right) = (texts(left), texts(right));
            let value = |row: usize| Some(comparison.holds(left(row)?.cmp(right(row)?)));
            Some(Mask::from_rows(a.len(), value).holds)
        }
    };
    Ok(Mask::known(a.len(), holds.ok_or(Overflow)?, nulls.as_ref()))
}

fn pairs<T: ArrowPrimitiveType<Native: Ord>>(
    comparison: Comparison,
    a: &ArrayRef,
    b: &ArrayRef,
) -> Option<Vec<u64>> {
    let (a, b) = (a.as_primitive_opt::<T>()?.values(), b.as_primitive_opt::<T>()?.values());
    Some(match comparison {
        Comparison::Equal => pack_pairs(a, b, |a, b| a == b),
        Comparison::NotEqual => pack_pairs(a, b, |a, b| a != b),
        Comparison::Less => pack_pairs(a, b, |a, b| a < b),
        Comparison::LessOrEqual => pack_pairs(a, b, |a, b| a <= b),
        Comparison::Greater => pack_pairs(a, b, |a, b| a > b),
        Comparison::GreaterOrEqual => pack_pairs(a, b, |a, b| a >= b),
    })
}

/// The text of each row of a text column that has one.
fn texts<'a>(
    (codes, texts): (&'a Int32Array, &'a StringArray),
) -> impl Fn(usize) -> Option<&'a str> {
    |row| {
        let code = codes.is_valid(row).then(|| usize::try_from(codes.value(row)).ok()).flatten()?;
        (code < texts.len()).then(|| texts.value(code))
    }
}

pub fn constant(literal: &Literal, rows: usize) -> Result<ArrayRef, Overflow> {
    Ok(match literal {
        Literal::Number(mantissa, 0) if i64::try_from(*mantissa).is_ok() => {
            let value = i64::try_from(*mantissa).map_err(|_| Overflow)?;
            Arc::new(Int64Array::from(vec![value; rows]))
        }
        Literal::Number(mantissa, scale) => decimals(vec![Some(*mantissa); rows], *scale)?,
        Literal::Text(text) => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for _ in 0..rows {
                builder.append_value(text);
            }
            Arc::new(builder.finish())
        }
        Literal::Boolean(flag) => Arc::new(BooleanArray::from(vec![*flag; rows])),
        Literal::Date(date) => Arc::new(Date32Array::from(vec![days_since_epoch(*date); rows])),
    })
}

/// What numbers of `places` decimals must be for a comparison with `mantissa / 10^scale` to hold:
/// the comparison with a number of as many decimals, or where all or none of them do, that.
///
/// A bound between two of them is taken at the lower one; no bound is too long to compare with.
pub fn bound_at(
    comparison: Comparison,
    (mantissa, scale): (i128, u32),
    places: u32,
) -> Result<(Comparison, i128), bool> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let factor = 10i128.checked_pow(scale.abs_diff(places));
    if scale <= places {
        let bound = factor.and_then(|factor| mantissa.checked_mul(factor));
        // Beyond 128 bits it is beyond whatever there is, to its side.
        let above = mantissa > 0;
        return match (bound, comparison) {
            (Some(bound), _) => Ok((comparison, bound)),
            (None, Less | LessOrEqual) => Err(above),
            (None, Greater | GreaterOrEqual) => Err(!above),
            (None, Equal | NotEqual) => Err(comparison == NotEqual),
        };
    }
    let Some(factor) = factor else { return Err(comparison == NotEqual) };
    let (below, rest) = (mantissa.div_euclid(factor), mantissa.rem_euclid(factor));
    match comparison {
        _ if rest == 0 => Ok((comparison, below)),
        Less | LessOrEqual => Ok((LessOrEqual, below)),
        Greater | GreaterOrEqual => Ok((Greater, below)),
        Equal | NotEqual => Err(comparison == NotEqual),
    }
}

/// A number column as mantissas and a scale.
fn mantissas(column: &ArrayRef) -> (Vec<Option<i128>>, u32) {
    if let Some(integers) = column.as_primitive_opt::<Int64Type>() {
        return (integers.iter().map(|value| value.map(i128::from)).collect(), 0);
    }
    match column.as_primitive_opt::<Decimal128Type>() {
        Some(decimals) => (decimals.iter().collect(), u32::try_from(decimals.scale()).unwrap_or(0)),
        None => (vec![None; column.len()], 0),
    }
}

fn decimals(values: Vec<Option<i128>>, scale: u32) -> Result<ArrayRef, Overflow> {
    let scale = i8::try_from(scale).map_err(|_| Overflow)?;
    Ok(Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, scale)?))
}

fn rescaled(values: Vec<Option<i128>>, from: u32, to: u32) -> Result<Vec<Option<i128>>, Overflow> {
    let factor = 10i128.checked_pow(to - from).ok_or(Overflow)?;
    values
        .into_iter()
        .map(|value| value.map(|value| value.checked_mul(factor).ok_or(Overflow)).transpose())
        .collect()
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Dictionary(_, _))
}

/// Brings two number columns to one type; other types are the same already.
pub fn same_type(a: ArrayRef, b: ArrayRef) -> Result<(ArrayRef, ArrayRef), Overflow> {
    if a.data_type() == b.data_type() || is_text(a.data_type()) {
        return Ok((a, b));
    }
    let ((left, left_scale), (right, right_scale)) = (mantissas(&a), mantissas(&b));
    let scale = left_scale.max(right_scale);
    Ok((
        decimals(rescaled(left, left_scale, scale)?, scale)?,
        decimals(rescaled(right, right_scale, scale)?, scale)?,
    ))
}

/// Sums, differences or products of integers; nothing where one does not fit 64 bits.
fn integers(operation: Arithmetic, a: &Int64Array, b: &Int64Array) -> Option<Int64Array> {
    let each = |with: fn(i64, i64) -> (i64, bool)| {
        let mut fits = true;
        let one = |(a, b): (&i64, &i64)| {
            let (value, overflows) = with(*a, *b);
            fits &= !overflows;
            value
        };
        let values: Vec<i64> = a.values().iter().zip(b.values()).map(one).collect();
        let nulls = NullBuffer::union(a.nulls(), b.nulls());
        fits.then(|| Int64Array::new(values.into(), nulls))
    };
    match operation {
        Arithmetic::Add => each(i64::overflowing_add),
        Arithmetic::Sub => each(i64::overflowing_sub),
        Arithmetic::Mul | Arithmetic::Div => each(i64::overflowing_mul),
    }
}

pub fn arithmetic(operation: Arithmetic, a: &ArrayRef, b: &ArrayRef) -> Result<ArrayRef, Overflow> {
    if let (Some(a), Some(b)) = (a.as_primitive_opt::<Date32Type>(), b.as_primitive_opt()) {
        return Ok(days_between(a, b));
    }
    // What does not fit 64 bits is computed once more with 128.
    if let (Some(a), Some(b)) = (a.as_primitive_opt(), b.as_primitive_opt())
        && let Some(whole) = integers(operation, a, b)
    {
        return Ok(Arc::new(whole));
    }
    let ((left, left_scale), (right, right_scale)) = (mantissas(a), mantissas(b));
    let (left, right, scale) = if operation == Arithmetic::Mul {
        (left, right, left_scale + right_scale)
    } else {
        let scale = left_scale.max(right_scale);
        (rescaled(left, left_scale, scale)?, rescaled(right, right_scale, scale)?, scale)
    };
    let values: Result<Vec<Option<i128>>, Overflow> = left
        .into_iter()
        .zip(right)
        .map(|pair| match pair {
            (Some(x), Some(y)) => match operation {
                Arithmetic::Add => x.checked_add(y),
                Arithmetic::Sub => x.checked_sub(y),
                Arithmetic::Mul | Arithmetic::Div => x.checked_mul(y),
            }
            .map(Some)
            .ok_or(Overflow),
            _ => Ok(None),
        })
        .collect();
    decimals(values?, scale)
}

/// The texts of a text or number column.
pub fn text_of(column: &ArrayRef) -> Vec<Option<String>> {
    if let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() {
        let values = dictionary.values().as_string::<i32>();
        return dictionary
            .keys()
            .iter()
            .map(|key| Some(values.value(usize::try_from(key?).ok()?).to_owned()))
            .collect();
    }
    if let Some(integers) = column.as_primitive_opt::<Int64Type>() {
        return integers.iter().map(|value| value.map(|value| value.to_string())).collect();
    }
    vec![None; column.len()]
}

pub fn call(function: Function, column: &ArrayRef) -> Result<ArrayRef, Overflow> {
    let date_part = |part: fn(&chrono::NaiveDate) -> i64| -> ArrayRef {
        let mut builder = Int64Builder::with_capacity(column.len());
        if let Some(dates) = column.as_primitive_opt::<Date32Type>() {
            for day in dates {
                builder.append_option(day.map(|day| part(&date_from_days(day))));
            }
        }
        Arc::new(builder.finish())
    };
    Ok(match function {
        Function::Year => date_part(|date| i64::from(date.year())),
        Function::Month => date_part(|date| i64::from(date.month())),
        Function::Day => date_part(|date| i64::from(date.day())),
        Function::Len => {
            let Some((codes, texts)) = codes(column) else { return Err(Overflow) };
            let count = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            let lengths: Vec<i64> = texts.iter().map(|text| text.map_or(0, count)).collect();
            let length = |code: Option<i32>| lengths.get(usize::try_from(code?).ok()?).copied();
            Arc::new(codes.iter().map(length).collect::<Int64Array>())
        }
        _ => {
            let Some((codes, texts)) = codes(column) else { return Err(Overflow) };
            let changed: Vec<String> = texts
                .iter()
                .map(|text| {
                    let text = text.unwrap_or_default();
                    if function == Function::Lower {
                        text.to_lowercase()
                    } else {
                        text.trim().to_owned()
                    }
                })
                .collect();
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for code in codes {
                let text = code.and_then(|code| changed.get(usize::try_from(code).ok()?));
                builder.append_option(text);
            }
            Arc::new(builder.finish())
        }
    })
}

/// The days from the dates of `b` to those of `a`.
fn days_between(a: &Date32Array, b: &Date32Array) -> ArrayRef {
    let days = a.iter().zip(b).map(|(a, b)| Some(i64::from(a?) - i64::from(b?)));
    Arc::new(days.collect::<Int64Array>())
}

pub fn text_test(function: Function, text: &str, part: &str) -> bool {
    match function {
        Function::StartsWith => text.starts_with(part),
        Function::EndsWith => text.ends_with(part),
        _ => text.contains(part),
    }
}

/// The test for parts that differ from row to row.
pub fn text_tests(function: Function, texts: &ArrayRef, parts: &ArrayRef) -> BooleanArray {
    let pairs = text_of(texts).into_iter().zip(text_of(parts));
    let tests = pairs.map(|(text, part)| Some(text_test(function, &text?, &part?)));
    tests.collect()
}
