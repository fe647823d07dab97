//! What is done with whole columns of a [`Batch`](super::batch::Batch), whichever of its five
//! types they have: integers, decimals, dates, truth values and coded texts.
//!
//! `None` where a column is of another type, or two are not of the same: a fault of the plan.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Int32Array, PrimitiveArray, StringArray,
    UInt32Array,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::DataType;
use foldhash::fast::FixedState;

use super::batch::codes;

/// The rows of a column that are asked for, in that order; unknown for those that are no row.
pub fn take(column: &ArrayRef, rows: &UInt32Array) -> Option<ArrayRef> {
    let known = |own: Option<&NullBuffer>| match (own, rows.nulls()) {
        (None, nulls) => nulls.cloned(),
        (Some(own), nulls) => {
            let is_known = |at: usize| {
                nulls.is_none_or(|nulls| nulls.is_valid(at))
                    && own.is_valid(rows.value(at) as usize)
            };
            Some(NullBuffer::new(BooleanBuffer::collect_bool(rows.len(), is_known)))
        }
    };
    Some(match column.data_type() {
        DataType::Int64 => Arc::new(taken(column.as_primitive::<Int64Type>(), rows, known)),
        DataType::Decimal128(..) => {
            Arc::new(taken(column.as_primitive::<Decimal128Type>(), rows, known))
        }
        DataType::Date32 => Arc::new(taken(column.as_primitive::<Date32Type>(), rows, known)),
        DataType::Boolean => {
            let own = column.as_boolean();
            let is_true = |at: usize| rows.is_valid(at) && own.value(rows.value(at) as usize);
            let values = BooleanBuffer::collect_bool(rows.len(), is_true);
            Arc::new(BooleanArray::new(values, known(own.nulls())))
        }
        _ => {
            let (codes, texts) = codes(column)?;
            coded(taken(codes, rows, known), texts.clone())?
        }
    })
}

fn taken<T: ArrowPrimitiveType>(
    column: &PrimitiveArray<T>,
    rows: &UInt32Array,
    known: impl Fn(Option<&NullBuffer>) -> Option<NullBuffer>,
) -> PrimitiveArray<T> {
    let own = column.values();
    // What stands where no row is asked for is not looked at.
    let value = |row: &u32| own.get(*row as usize).copied().unwrap_or_default();
    let values: Vec<T::Native> = rows.values().iter().map(value).collect();
    let nulls = known(column.nulls().filter(|nulls| nulls.null_count() > 0));
    PrimitiveArray::new(values.into(), nulls).with_data_type(column.data_type().clone())
}

/// A column whose values are unknown in some rows on top of its own.
pub fn without(column: &ArrayRef, unknown: impl Fn(usize) -> bool) -> Option<ArrayRef> {
    let known = NullBuffer::new(BooleanBuffer::collect_bool(column.len(), |row| !unknown(row)));
    let nulls = NullBuffer::union(column.nulls(), Some(&known));
    let data = column.to_data().into_builder().nulls(nulls).build().ok()?;
    Some(arrow_array::make_array(data))
}

/// The values of one column where a condition holds, of another where it does not; unknown where
/// the condition is.
pub fn choose(condition: &BooleanArray, then: &ArrayRef, otherwise: &ArrayRef) -> Option<ArrayRef> {
    if then.data_type() != otherwise.data_type() {
        return None;
    }
    let holds = condition.values();
    let chosen = match then.data_type() {
        DataType::Int64 => chosen::<Int64Type>(holds, then, otherwise)?,
        DataType::Decimal128(..) => chosen::<Decimal128Type>(holds, then, otherwise)?,
        DataType::Date32 => chosen::<Date32Type>(holds, then, otherwise)?,
        DataType::Boolean => {
            let (a, b) = (then.as_boolean(), otherwise.as_boolean_opt()?);
            let side = |row: usize| if holds.value(row) { a } else { b };
            let values = BooleanBuffer::collect_bool(holds.len(), |row| side(row).value(row));
            Arc::new(BooleanArray::new(values, side_nulls(holds, then, otherwise)))
        }
        _ => {
            let mut texts = Texts::default();
            let a: ArrayRef = Arc::new(texts.add(codes(then)?)?);
            let b: ArrayRef = Arc::new(texts.add(codes(otherwise)?)?);
            let chosen = chosen::<Int32Type>(holds, &a, &b)?;
            coded(chosen.as_primitive::<Int32Type>().clone(), texts.into_array())?
        }
    };
    match condition.nulls() {
        Some(nulls) => without(&chosen, |row| nulls.is_null(row)),
        None => Some(chosen),
    }
}

fn chosen<T: ArrowPrimitiveType>(
    holds: &BooleanBuffer,
    then: &ArrayRef,
    otherwise: &ArrayRef,
) -> Option<ArrayRef> {
    let (a, b) = (then.as_primitive_opt::<T>()?, otherwise.as_primitive_opt::<T>()?);
    let values: Vec<T::Native> = (a.values().iter().zip(b.values()).zip(holds))
        .map(|((a, b), holds)| if holds { *a } else { *b })
        .collect();
    let chosen = PrimitiveArray::<T>::new(values.into(), side_nulls(holds, then, otherwise));
    Some(Arc::new(chosen.with_data_type(a.data_type().clone())))
}

fn side_nulls(holds: &BooleanBuffer, then: &ArrayRef, otherwise: &ArrayRef) -> Option<NullBuffer> {
    if then.null_count() + otherwise.null_count() == 0 {
        return None;
    }
    let is_known = |row: usize| {
        if holds.value(row) { then.is_valid(row) } else { otherwise.is_valid(row) }
    };
    Some(NullBuffer::new(BooleanBuffer::collect_bool(holds.len(), is_known)))
}

/// Columns one after another; decimals with the most decimal places of all.
pub fn joined(parts: &[&ArrayRef]) -> Option<ArrayRef> {
    Some(match parts.first()?.data_type() {
        DataType::Int64 => Arc::new(all::<Int64Type>(parts)?),
        DataType::Date32 => Arc::new(all::<Date32Type>(parts)?),
        DataType::Decimal128(..) => decimals(parts)?,
        DataType::Boolean => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| part.as_boolean_opt()).collect();
            Arc::new(parts?.into_iter().flatten().collect::<BooleanArray>())
        }
        _ => {
            let mut texts = Texts::default();
            let mut all: Vec<Option<i32>> = Vec::new();
            for part in parts {
                all.extend(texts.add(codes(part)?)?.iter());
            }
            coded(Int32Array::from(all), texts.into_array())?
        }
    })
}

fn all<T: ArrowPrimitiveType>(parts: &[&ArrayRef]) -> Option<PrimitiveArray<T>> {
    let parts: Option<Vec<_>> = parts.iter().map(|part| part.as_primitive_opt::<T>()).collect();
    Some(parts?.into_iter().flatten().collect())
}

fn decimals(parts: &[&ArrayRef]) -> Option<ArrayRef> {
    let parts: Option<Vec<_>> =
        parts.iter().map(|part| part.as_primitive_opt::<Decimal128Type>()).collect();
    let parts = parts?;
    let widest = parts.iter().map(|part| part.scale()).max()?;
    let mut values: Vec<Option<i128>> = Vec::new();
    for part in parts {
        let factor = 10i128.pow(u32::try_from(widest - part.scale()).ok()?);
        values.extend(part.iter().map(|value| value.and_then(|value| value.checked_mul(factor))));
    }
    let array = PrimitiveArray::<Decimal128Type>::from(values);
    Some(Arc::new(array.with_precision_and_scale(38, widest).ok()?))
}

fn coded(codes: Int32Array, texts: StringArray) -> Option<ArrayRef> {
    Some(Arc::new(DictionaryArray::try_new(codes, Arc::new(texts)).ok()?))
}

/// The texts of several columns, each once.
#[derive(Default)]
struct Texts<'a> {
    codes: HashMap<&'a str, i32, FixedState>,
    texts: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// The codes of a column's rows among all texts.
    fn add(&mut self, (codes, texts): (&'a Int32Array, &'a StringArray)) -> Option<Int32Array> {
        let mut code = |text: Option<&'a str>| {
            let text = text?;
            let next = i32::try_from(self.texts.len()).ok()?;
            let code = *self.codes.entry(text).or_insert(next);
            if code == next {
                self.texts.push(text);
            }
            Some(code)
        };
        let anew: Vec<Option<i32>> = texts.iter().map(&mut code).collect();
        let of = |code: Option<i32>| anew.get(usize::try_from(code?).ok()?).copied().flatten();
        Some(codes.iter().map(of).collect())
    }

    fn into_array(self) -> StringArray {
        StringArray::from(self.texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column of each type with the values 1, unknown, 3 of it; of truth values 1 is the true.
    fn columns() -> Vec<ArrayRef> {
        vec![
            Arc::new([Some(1), None, Some(3)].into_iter().collect::<PrimitiveArray<Int64Type>>()),
            decimal(&[Some(1), None, Some(3)], 1),
            Arc::new([Some(1), None, Some(3)].into_iter().collect::<PrimitiveArray<Date32Type>>()),
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            Arc::new(
                [Some("1"), None, Some("3")].into_iter().collect::<DictionaryArray<Int32Type>>(),
            ),
        ]
    }

    fn decimal(values: &[Option<i128>], scale: i8) -> ArrayRef {
        let array = PrimitiveArray::<Decimal128Type>::from(values.to_vec());
        Arc::new(array.with_precision_and_scale(38, scale).expect("a scale"))
    }

    /// Each row as a number; a truth value as 1 and 3.
    fn read(column: &ArrayRef) -> Vec<Option<i64>> {
        let row = |row: usize| {
            if column.is_null(row) {
                return None;
            }
            Some(match column.data_type() {
                DataType::Int64 => column.as_primitive::<Int64Type>().value(row),
                DataType::Decimal128(..) => {
                    i64::try_from(column.as_primitive::<Decimal128Type>().value(row)).expect("few")
                }
                DataType::Date32 => i64::from(column.as_primitive::<Date32Type>().value(row)),
                DataType::Boolean if column.as_boolean().value(row) => 1,
                DataType::Boolean => 3,
                _ => {
                    let (codes, texts) = codes(column).expect("texts");
                    let code = usize::try_from(codes.value(row)).expect("a code");
                    texts.value(code).parse().expect("a number")
                }
            })
        };
        (0..column.len()).map(row).collect()
    }

    #[test]
    fn rows_are_taken_in_the_order_asked_for() {
        let rows = UInt32Array::from(vec![Some(2), None, Some(1), Some(0), Some(0)]);
        let plain = UInt32Array::from(vec![2, 1]);
        for column in columns() {
            let found = take(&column, &rows).expect("a column");
            assert_eq!(read(&found), [Some(3), None, None, Some(1), Some(1)]);
            assert_eq!(found.data_type(), column.data_type());
            assert_eq!(read(&take(&column, &plain).expect("a column")), [Some(3), None]);
        }
    }

    #[test]
    fn what_becomes_unknown_is_added_to_what_is() {
        for column in columns() {
            let found = without(&column, |row| row == 2).expect("a column");
            assert_eq!(read(&found), [Some(1), None, None]);
            assert_eq!(found.data_type(), column.data_type());
            assert_eq!(read(&without(&column, |_| false).expect("a column")), read(&column));
        }
    }

    #[test]
    fn an_unknown_condition_chooses_neither() {
        let condition = BooleanArray::from(vec![Some(false), Some(true), Some(true), None]);
        for column in columns() {
            let then = take(&column, &UInt32Array::from(vec![0, 1, 2, 0])).expect("a column");
            let otherwise = take(&column, &UInt32Array::from(vec![2, 0, 1, 2])).expect("a column");
            let found = choose(&condition, &then, &otherwise).expect("a column");
            assert_eq!(read(&found), [Some(3), None, Some(3), None]);
            assert_eq!(found.data_type(), column.data_type());
        }
    }

    #[test]
    fn columns_follow_each_other() {
        for column in columns() {
            let turned = take(&column, &UInt32Array::from(vec![2, 0])).expect("a column");
            let found = joined(&[&column, &turned]).expect("columns");
            assert_eq!(read(&found), [Some(1), None, Some(3), Some(3), Some(1)]);
            if let Some((_, texts)) = codes(&found) {
                assert_eq!(texts.len(), 2, "each text once");
            }
        }
        let found = joined(&[&decimal(&[Some(15), None], 1), &decimal(&[Some(125)], 2)]);
        let found = found.expect("decimals");
        assert_eq!(read(&found), [Some(150), None, Some(125)]);
        assert_eq!(found.as_primitive::<Decimal128Type>().scale(), 2);
    }

    #[test]
    fn columns_of_two_types_are_refused() {
        let columns = columns();
        let condition = BooleanArray::from(vec![true; 3]);
        for (at, a) in columns.iter().enumerate() {
            for b in columns.iter().skip(at + 1) {
                assert!(choose(&condition, a, b).is_none());
                assert!(joined(&[a, b]).is_none());
            }
        }
    }
}
