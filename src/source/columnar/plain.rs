//! Values that are written as they are, one after another.

use std::io::Result;

use parquet::basic::Type;
use parquet::schema::types::ColumnDescriptor;

use super::column::Values;
use super::{kind, wrong};

/// Appends values that are written as they are, from a byte on, which then is the one after them.
///
/// # Errors
/// When there are fewer.
pub fn read(
    column: &ColumnDescriptor,
    bytes: &[u8],
    at: &mut usize,
    count: usize,
    into: &mut Values,
) -> Result<()> {
    let rest = bytes.get(*at..).unwrap_or_default();
    let few = || wrong("too few values");
    let size = match (into, column.physical_type()) {
        (Values::Integers(own), Type::INT32) => {
            let values = rest.as_chunks().0.get(..count).ok_or_else(few)?;
            own.extend(values.iter().map(|value| i64::from(i32::from_le_bytes(*value))));
            4 * count
        }
        (Values::Integers(own), Type::INT64) => {
            let values = rest.as_chunks().0.get(..count).ok_or_else(few)?;
            own.extend(values.iter().map(|value| i64::from_le_bytes(*value)));
            8 * count
        }
        (Values::Integers(own), Type::INT96) => {
            let values = rest.as_chunks().0.get(..count).ok_or_else(few)?;
            own.extend(values.iter().map(kind::millis));
            12 * count
        }
        (Values::Singles(own), Type::FLOAT) => {
            let values = rest.as_chunks().0.get(..count).ok_or_else(few)?;
            own.extend(values.iter().map(|value| f32::from_le_bytes(*value)));
            4 * count
        }
        (Values::Doubles(own), Type::DOUBLE) => {
            let values = rest.as_chunks().0.get(..count).ok_or_else(few)?;
            own.extend(values.iter().map(|value| f64::from_le_bytes(*value)));
            8 * count
        }
        (Values::Flags(own), Type::BOOLEAN) => {
            // In a dictionary, where nobody expects them.
            let bits = 0..count;
            if count > rest.len() * 8 {
                return Err(few());
            }
            own.extend(bits.map(|bit| rest[bit / 8] >> (bit % 8) & 1 == 1));
            count.div_ceil(8)
        }
        (Values::Texts(own), Type::FIXED_LEN_BYTE_ARRAY) => {
            let width = usize::try_from(column.type_length()).map_err(wrong)?;
            let size = width.checked_mul(count).ok_or_else(few)?;
            let values = rest.get(..size).ok_or_else(few)?;
            own.extend(values, (0..count).map(|at| (at * width, (at + 1) * width)))?;
            size
        }
        (Values::Texts(own), Type::BYTE_ARRAY) => {
            let mut spans = Vec::with_capacity(count.min(rest.len() / 4));
            let mut start = 0;
            for _ in 0..count {
                let stop = end(rest, start + 4, length(rest, start)?)?;
                spans.push((start + 4, stop));
                start = stop;
            }
            own.extend(&rest[..start], spans.into_iter())?;
            start
        }
        _ => return Err(wrong("another type")),
    };
    *at += size;
    Ok(())
}

/// A length of four bytes.
///
/// # Errors
/// When there are fewer.
pub fn length(bytes: &[u8], at: usize) -> Result<usize> {
    let length = bytes.get(at..).and_then(|rest| rest.first_chunk());
    let length = length.ok_or_else(|| wrong("a length"))?;
    usize::try_from(u32::from_le_bytes(*length)).map_err(wrong)
}

/// Where so many bytes end.
///
/// # Errors
/// When that is after the last there are.
pub fn end(bytes: &[u8], start: usize, length: usize) -> Result<usize> {
    let end = start.checked_add(length).filter(|end| *end <= bytes.len());
    end.ok_or_else(|| wrong("more bytes than there are"))
}
