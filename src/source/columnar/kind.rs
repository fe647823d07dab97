//! What the values of a column mean, and how they are written: numbers without exponent, ISO dates.

use std::io::{Result, Write as _};

use chrono::{DateTime, Utc};
use num_bigint::BigInt;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::data_type::{ByteArray, Int96};
use parquet::record::Field;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use super::column::{Column, Values};
use super::wrong;
use crate::source::guard::guarded;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What the values of a column mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Itself: a truth value, a whole number, a fraction or a text.
    Plain,
    /// A whole number without sign, stored with the bits of one that has a sign.
    Unsigned,
    /// A whole number divided by ten so many times.
    Decimal(u32),
    /// Days since 1970-01-01.
    Day,
    /// Milliseconds since then.
    Millis,
    /// Microseconds since then.
    Micros,
    /// Something rare, which the library writes.
    Rare(ColumnDescPtr),
}

/// A value as it is stored, without its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Native {
    /// A whole number.
    Integer(i64),
    /// A number and its decimal places.
    Decimal(i128, u32),
    /// Days since 1970-01-01.
    Day(i64),
    /// A truth value.
    Flag(bool),
}

impl Kind {
    /// What the values of a column mean.
    ///
    /// # Errors
    /// When it is of a type that is not read.
    pub fn of(column: &ColumnDescPtr) -> Result<Kind> {
        use ConvertedType as Converted;
        let scale = u32::try_from(column.type_scale()).unwrap_or(0);
        let rare = || Kind::Rare(ColumnDescPtr::clone(column));
        Ok(match (column.physical_type(), column.converted_type()) {
            (Type::BOOLEAN | Type::FLOAT | Type::DOUBLE, _) => Kind::Plain,
            (Type::INT96, _) | (Type::INT64, Converted::TIMESTAMP_MILLIS) => Kind::Millis,
            (Type::INT64, Converted::TIMESTAMP_MICROS) => Kind::Micros,
            (_, Converted::DECIMAL) => Kind::Decimal(scale),
            (Type::INT32, Converted::DATE) => Kind::Day,
            (Type::INT64, Converted::UINT_64) => Kind::Unsigned,
            (Type::INT32, Converted::TIME_MILLIS) | (Type::INT64, Converted::TIME_MICROS) => rare(),
            (Type::INT64, Converted::INT_64 | Converted::NONE)
            | (
                Type::INT32,
                Converted::NONE
                | Converted::INT_8
                | Converted::INT_16
                | Converted::INT_32
                | Converted::UINT_8
                | Converted::UINT_16
                | Converted::UINT_32,
            )
            | (
                Type::BYTE_ARRAY,
                Converted::NONE
                | Converted::UTF8
                | Converted::ENUM
                | Converted::JSON
                | Converted::BSON,
            ) => Kind::Plain,
            (Type::FIXED_LEN_BYTE_ARRAY, Converted::NONE) => {
                let half = column.logical_type_ref() == Some(&LogicalType::Float16);
                if half { rare() } else { Kind::Plain }
            }
            _ => return Err(wrong("a type that is not read")),
        })
    }

    /// The value of a row that has one, where it need not be written to be read.
    #[inline(always)]
    pub fn native(&self, column: &Column, row: usize) -> Option<Native> {
        match &column.values {
            Values::Flags(values) => Some(Native::Flag(values[row])),
            Values::Integers(values) => self.of_integer(values[row]),
            Values::Texts(texts) => self.of_bytes(texts.get(row)),
            Values::Codes(codes, texts) => self.of_bytes(texts.get(codes[row] as usize)),
            Values::Singles(values) => whole(values[row].into(), 1 << f32::MANTISSA_DIGITS),
            Values::Doubles(values) => whole(values[row], 1 << f64::MANTISSA_DIGITS),
        }
    }

    /// The same of what is stored as a whole number.
    #[inline(always)]
    pub fn of_integer(&self, value: i64) -> Option<Native> {
        match self {
            Kind::Plain => Some(Native::Integer(value)),
            Kind::Decimal(scale) => Some(Native::Decimal(value.into(), *scale)),
            Kind::Day => Some(Native::Day(value)),
            // A date that was stored as a moment at midnight is a date again.
            Kind::Millis => (value % DAY == 0).then_some(Native::Day(value / DAY)),
            Kind::Micros => {
                let day = DAY * 1000;
                (value % day == 0).then_some(Native::Day(value / day))
            }
            Kind::Unsigned | Kind::Rare(_) => None,
        }
    }

    /// The same of what is stored as bytes.
    fn of_bytes(&self, bytes: &[u8]) -> Option<Native> {
        match self {
            Kind::Decimal(scale) => mantissa(bytes).map(|value| Native::Decimal(value, *scale)),
            _ => None,
        }
    }

    /// Whether bytes are a text.
    pub fn is_text(&self) -> bool {
        *self == Kind::Plain
    }

    /// Appends the text of a row's value; nothing where it has none.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, column: &Column, row: usize, into: &mut Vec<u8>) -> Result<()> {
        if !column.is_valid(row) {
            return Ok(());
        }
        match (&column.values, self) {
            (Values::Flags(values), _) => write!(into, "{}", values[row]),
            (Values::Singles(values), _) => write!(into, "{}", values[row]),
            (Values::Doubles(values), _) => write!(into, "{}", values[row]),
            (Values::Integers(values), _) => self.write_integer(values[row], into),
            (Values::Texts(texts), _) => self.write_bytes(texts.get(row), into),
            (Values::Codes(codes, texts), _) => {
                self.write_bytes(texts.get(codes[row] as usize), into)
            }
        }
    }

    fn write_integer(&self, value: i64, into: &mut Vec<u8>) -> Result<()> {
        if let Some(Native::Day(day)) = self.of_integer(value) {
            return match day.checked_mul(DAY).and_then(DateTime::from_timestamp_millis) {
                Some(date) => write!(into, "{}", date.format("%Y-%m-%d")),
                // No calendar reaches so far.
                None => write!(into, "{value}"),
            };
        }
        let moment = |moment: Option<DateTime<Utc>>, form: &str, into: &mut Vec<u8>| match moment {
            Some(moment) => write!(into, "{}", moment.format(form)),
            None => write!(into, "{value}"),
        };
        match self {
            Kind::Decimal(scale) => {
                into.extend_from_slice(with_point(value.to_string(), *scale).as_bytes());
                Ok(())
            }
            Kind::Unsigned => write!(into, "{}", value.cast_unsigned()),
            Kind::Millis => {
                let at = DateTime::from_timestamp_millis(value);
                moment(at, "%Y-%m-%d %H:%M:%S%.3f %:z", into)
            }
            Kind::Micros => {
                let at = DateTime::from_timestamp_micros(value);
                moment(at, "%Y-%m-%d %H:%M:%S%.6f %:z", into)
            }
            Kind::Rare(column) => rare(into, || match i32::try_from(value) {
                Ok(value) if column.physical_type() == Type::INT32 => {
                    Ok(Field::convert_int32(column, value))
                }
                _ => Ok(Field::convert_int64(column, value)),
            }),
            Kind::Plain | Kind::Day => write!(into, "{value}"),
        }
    }

    fn write_bytes(&self, bytes: &[u8], into: &mut Vec<u8>) -> Result<()> {
        match self {
            Kind::Decimal(scale) => {
                let number = BigInt::from_signed_bytes_be(bytes);
                into.extend_from_slice(with_point(number.to_string(), *scale).as_bytes());
                Ok(())
            }
            Kind::Rare(column) => rare(into, || {
                Field::convert_byte_array(column, ByteArray::from(bytes.to_vec())).map_err(wrong)
            }),
            _ => {
                into.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// A fraction that is a whole number, below the bound up to which each is written with its own
/// digits.
#[inline(always)]
fn whole(value: f64, bound: u64) -> Option<Native> {
    // Saturating: what is no number, or too large, is not the same again.
    let number = value as i64;
    let is_whole = number.unsigned_abs() < bound && number as f64 == value;
    // Zero may be below zero.
    (is_whole && (number != 0 || value.is_sign_positive())).then_some(Native::Integer(number))
}

/// What the library writes.
fn rare(into: &mut Vec<u8>, field: impl FnOnce() -> Result<Field>) -> Result<()> {
    let text = guarded(|| Ok(field()?.to_string()))?;
    into.extend_from_slice(text.as_bytes());
    Ok(())
}

/// The number that bytes are, the highest first, where it is not too long.
fn mantissa(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    (bytes.len() <= 16).then(|| bytes.iter().fold(start, |n, byte| n << 8 | i128::from(*byte)))
}

/// The digits of a whole number with a point before the last few of them.
fn with_point(mut digits: String, places: u32) -> String {
    let places = usize::try_from(places).unwrap_or(usize::MAX);
    if places == 0 {
        return digits;
    }
    let sign = usize::from(digits.starts_with('-'));
    if let Some(lacking) = (places + 1).checked_sub(digits.len() - sign) {
        digits.insert_str(sign, &"0".repeat(lacking));
    }
    digits.insert(digits.len() - places, '.');
    digits
}

/// Milliseconds of a moment in twelve bytes.
pub fn millis(bytes: &[u8; 12]) -> i64 {
    let (parts, _) = bytes.as_chunks::<4>();
    let mut moment = Int96::new();
    let part = |at: usize| u32::from_le_bytes(parts[at]);
    moment.set_data(part(0), part(1), part(2));
    moment.to_millis()
}

/// What a small whole number is that is stored in 32 bits.
pub fn narrowed(column: &ColumnDescriptor) -> Option<fn(i64) -> i64> {
    match (column.physical_type(), column.converted_type()) {
        (Type::INT32, ConvertedType::INT_8) => Some(|value| i64::from(value as i8)),
        (Type::INT32, ConvertedType::INT_16) => Some(|value| i64::from(value as i16)),
        (Type::INT32, ConvertedType::UINT_8) => Some(|value| i64::from(value as u8)),
        (Type::INT32, ConvertedType::UINT_16) => Some(|value| i64::from(value as u16)),
        (Type::INT32, ConvertedType::UINT_32) => Some(|value| i64::from(value as u32)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: &Kind, values: Values) -> Vec<String> {
        let column = Column { valid: Vec::new(), values };
        let text = |row| {
            let mut text = Vec::new();
            kind.write(&column, row, &mut text).expect("a text");
            String::from_utf8(text).expect("text")
        };
        (0..column.values.len()).map(text).collect()
    }

    #[test]
    fn numbers_have_no_exponent_and_moments_at_midnight_are_days() {
        use Values::{Doubles, Integers};
        let minute = 60_000;
        for (kind, values, expected) in [
            (Kind::Plain, Integers(vec![-5, i64::MAX]), &["-5", "9223372036854775807"][..]),
            (Kind::Unsigned, Integers(vec![-1, 3]), &["18446744073709551615", "3"]),
            (
                Kind::Decimal(2),
                Integers(vec![-105, 5, -5, 100]),
                &["-1.05", "0.05", "-0.05", "1.00"],
            ),
            (Kind::Decimal(0), Integers(vec![-12, 0]), &["-12", "0"]),
            (Kind::Day, Integers(vec![20_088, -1]), &["2024-12-31", "1969-12-31"]),
            (
                Kind::Millis,
                Integers(vec![20_088 * DAY, 20_088 * DAY + minute, -DAY]),
                &["2024-12-31", "2024-12-31 00:01:00.000 +00:00", "1969-12-31"],
            ),
            (
                Kind::Micros,
                Integers(vec![20_088 * DAY * 1000, 20_088 * DAY * 1000 + 1]),
                &["2024-12-31", "2024-12-31 00:00:00.000001 +00:00"],
            ),
            (Kind::Plain, Doubles(vec![12.0, 1e21, 0.1]), &["12", "1000000000000000000000", "0.1"]),
        ] {
            assert_eq!(written(&kind, values), expected, "{kind:?}");
        }
    }

    #[test]
    fn whole_fractions_are_whole_numbers_where_they_are_written_as_such() {
        let native = |value: f64| {
            let column = Column { valid: Vec::new(), values: Values::Doubles(vec![value]) };
            Kind::Plain.native(&column, 0)
        };
        for value in [0.0, 1.0, -12.0, 1e15, 9_007_199_254_740_991.0] {
            let text = written(&Kind::Plain, Values::Doubles(vec![value]));
            assert_eq!(native(value), text[0].parse().ok().map(Native::Integer), "{value}");
        }
        for value in [-0.0, 0.5, f64::NAN, f64::INFINITY, 1e19, -1e300, 9_007_199_254_740_992.0] {
            assert_eq!(native(value), None, "{value}");
        }
        for value in [16_777_215.0, 16_777_216.0, 123_456_789.0f32] {
            let column = Column { valid: Vec::new(), values: Values::Singles(vec![value]) };
            let text = written(&Kind::Plain, Values::Singles(vec![value]));
            let found = Kind::Plain.native(&column, 0);
            assert!(
                found
                    .is_none_or(|found| Native::Integer(text[0].parse().expect("digits")) == found)
            );
        }
    }

    #[test]
    fn bytes_are_numbers_of_any_length() {
        for number in [0i128, 1, -1, 255, -256, i128::MAX, i128::MIN, 10i128.pow(30)] {
            let bytes = number.to_be_bytes();
            assert_eq!(mantissa(&bytes), Some(number));
            let short = BigInt::from(number).to_signed_bytes_be();
            assert_eq!(mantissa(&short), Some(number), "{number}");
            let long = [vec![if number < 0 { 0xff } else { 0 }; 4], bytes.to_vec()].concat();
            assert_eq!(mantissa(&long), None);
            let mut texts = super::super::column::Texts::default();
            texts.extend(&long, std::iter::once((0, long.len()))).expect("room");
            assert_eq!(written(&Kind::Decimal(0), Values::Texts(texts)), [number.to_string()]);
        }
    }
}
