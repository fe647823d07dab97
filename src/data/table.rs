//! A dataset in memory: Arrow columns, and the way back to each cell in the file.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Int64Builder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, Decimal128Array};
use chrono::NaiveDate;

use super::cell::Value;
use super::contract::FieldType;

/// Days since 1970-01-01, as Arrow's 32-bit dates count.
pub fn days_since_epoch(date: NaiveDate) -> i32 {
    const EPOCH: i64 = 719_163;
    i32::try_from(i64::from(chrono::Datelike::num_days_from_ce(&date)) - EPOCH).unwrap_or(i32::MAX)
}

/// The date a number of days after 1970-01-01.
pub fn date_from_days(days: i32) -> NaiveDate {
    const EPOCH: i32 = 719_163;
    NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH)).unwrap_or(NaiveDate::MAX)
}

/// The rows of a dataset, column by column in the contract's order.
#[derive(Debug)]
pub struct Table {
    /// One array a field. Integers and years are `Int64`, numbers `Decimal128`, text is
    /// dictionary-coded, dates are `Date32`. A null is an unknown cell: blank, or broken.
    pub columns: Vec<ArrayRef>,
    /// Number of rows.
    pub rows: usize,
    /// Byte offset of each row's record in the file.
    pub offsets: Vec<usize>,
    /// Cells that hold something that broke the contract (row, column).
    pub broken_cells: HashSet<(usize, usize)>,
    /// Rows whose primary key an earlier row has.
    pub doubled_rows: HashSet<usize>,
}

impl Table {
    /// Makes cells unknown after the fact.
    pub fn void(&mut self, column: usize, rows: &HashSet<usize>) {
        let mask: BooleanArray = (0..self.rows).map(|row| Some(rows.contains(&row))).collect();
        if let Ok(array) = arrow_select::nullif::nullif(&self.columns[column], &mask) {
            self.columns[column] = array;
        }
        self.broken_cells.extend(rows.iter().map(|row| (*row, column)));
    }
}

/// Builds one column from parsed cells.
pub enum ColumnBuilder {
    /// Whole numbers and years.
    Integer(Int64Builder),
    /// Decimals as written; brought to one scale at the end.
    Decimal(Vec<Option<(i128, u32)>>),
    /// Text, dictionary-coded.
    Text(StringDictionaryBuilder<Int32Type>),
    /// Truth values.
    Boolean(BooleanBuilder),
    /// Dates.
    Date(Date32Builder),
}

impl ColumnBuilder {
    /// An empty column of a type,
    /// with room for `rows` values. (The builders' own default room is for a thousand, which a
    /// workspace of many small files would pay for in page faults.)
    pub fn new(kind: FieldType, rows: usize) -> ColumnBuilder {
        match kind {
            FieldType::Integer | FieldType::Year => {
                ColumnBuilder::Integer(Int64Builder::with_capacity(rows))
            }
            FieldType::Number => ColumnBuilder::Decimal(Vec::with_capacity(rows)),
            FieldType::String => {
                ColumnBuilder::Text(StringDictionaryBuilder::with_capacity(rows, 16, 256))
            }
            FieldType::Boolean => ColumnBuilder::Boolean(BooleanBuilder::with_capacity(rows)),
            FieldType::Date => ColumnBuilder::Date(Date32Builder::with_capacity(rows)),
        }
    }

    /// Appends a value of the column's type; anything else is unknown.
    pub fn push(&mut self, value: &Value<'_>) {
        match (self, value) {
            (ColumnBuilder::Integer(builder), Value::Integer(value)) => {
                builder.append_value(*value);
            }
            (ColumnBuilder::Decimal(values), Value::Decimal(mantissa, scale)) => {
                values.push(Some((*mantissa, *scale)));
            }
            (ColumnBuilder::Text(builder), Value::Text(text)) => builder.append_value(text),
            (ColumnBuilder::Boolean(builder), Value::Boolean(flag)) => builder.append_value(*flag),
            (ColumnBuilder::Date(builder), Value::Date(date)) => {
                builder.append_value(days_since_epoch(*date));
            }
            (ColumnBuilder::Integer(builder), _) => builder.append_null(),
            (ColumnBuilder::Decimal(values), _) => values.push(None),
            (ColumnBuilder::Text(builder), _) => builder.append_null(),
            (ColumnBuilder::Boolean(builder), _) => builder.append_null(),
            (ColumnBuilder::Date(builder), _) => builder.append_null(),
        }
    }

    /// The finished array. Decimals take the largest scale that occurs.
    pub fn finish(self) -> ArrayRef {
        match self {
            ColumnBuilder::Integer(mut builder) => Arc::new(builder.finish()),
            ColumnBuilder::Text(mut builder) => Arc::new(builder.finish()),
            ColumnBuilder::Boolean(mut builder) => Arc::new(builder.finish()),
            ColumnBuilder::Date(mut builder) => Arc::new(builder.finish()),
            ColumnBuilder::Decimal(values) => {
                let scale = values.iter().flatten().map(|(_, scale)| *scale).max().unwrap_or(0);
                let scale = scale.min(37);
                let array: Decimal128Array = values
                    .into_iter()
                    .map(|value| {
                        let (mantissa, own) = value?;
                        mantissa.checked_mul(10i128.checked_pow(scale.checked_sub(own)?)?)
                    })
                    .collect();
                let scale = i8::try_from(scale).unwrap_or(0);
                match array.clone().with_precision_and_scale(38, scale) {
                    Ok(array) => Arc::new(array),
                    Err(_) => Arc::new(array),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;

    #[test]
    fn dates_count_from_1970() {
        let day = NaiveDate::from_ymd_opt(2024, 12, 10).expect("a date");
        assert_eq!(days_since_epoch(NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date")), 0);
        assert_eq!(date_from_days(days_since_epoch(day)), day);
    }

    #[test]
    fn decimals_share_the_widest_scale() {
        let mut builder = ColumnBuilder::new(FieldType::Number, 3);
        builder.push(&Value::Decimal(15, 1));
        builder.push(&Value::Missing);
        builder.push(&Value::Decimal(125, 2));
        let array = builder.finish();
        let array = array.as_any().downcast_ref::<Decimal128Array>().expect("decimals");
        assert_eq!((array.value(0), array.value(2), array.scale()), (150, 125, 2));
        assert!(array.is_null(1));
    }
}
