//! A dataset held in memory, and dates as Arrow counts them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array, ArrayRef, Decimal128Array};

use super::Dataset;
use super::batch::Batch;
use super::group::Grouping;
use super::stream::{self, Consumer, Pace, Unmetered};
use super::text::KnownKeys;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// Bytes in a range of what is held: nearly always the whole file.
const LARGEST_RANGE: usize = 1 << 30;

/// Reads all rows of a dataset, in file order; `None` when a file cannot be read to its end.
pub fn read(dataset: &Dataset, sources: &Sources) -> (Option<Batch>, Vec<Diagnostic>) {
    read_by(dataset, sources, &vec![None; dataset.contract.fields.len()])
}

/// The same, where each column's cells must be among those known, if any are.
pub fn read_by(
    dataset: &Dataset,
    sources: &Sources,
    keys: &[Option<KnownKeys>],
) -> (Option<Batch>, Vec<Diagnostic>) {
    let fields = dataset.contract.fields.len();
    let wanted = vec![true; fields];
    let pace = Pace { threads: 1, range: LARGEST_RANGE, meter: &Unmetered };
    let streamed = stream::read(dataset, sources, keys, &wanted, None, &pace, &Collected::default);
    let batches = streamed.consumers.into_iter().flat_map(|collected| collected.0).collect();
    let table = if streamed.unreadable { None } else { Some(joined(batches, fields)) };
    (table, streamed.findings)
}

/// Keeps every batch.
#[derive(Default)]
struct Collected(Vec<Batch>);

impl Consumer for Collected {
    fn take(&mut self, batch: Batch, _: &Grouping) {
        self.0.push(batch);
    }
}

/// All batches as one, in file order.
fn joined(mut batches: Vec<Batch>, columns: usize) -> Batch {
    if batches.len() == 1
        && let Some(only) = batches.pop()
    {
        return only;
    }
    batches.sort_by_key(|batch| batch.refs.first().copied());
    let mut whole = Batch { columns: vec![None; columns], ..Batch::default() };
    for column in 0..columns {
        let parts: Vec<&ArrayRef> =
            batches.iter().filter_map(|batch| batch.columns[column].as_ref()).collect();
        whole.columns[column] = concatenated(&parts);
    }
    for batch in batches {
        let before = whole.rows;
        whole.rows += batch.rows;
        whole.refs.extend(batch.refs);
        whole.broken.extend(batch.broken.into_iter().map(|(row, c)| (before + row, c)));
        whole.doubled.extend(batch.doubled.into_iter().map(|row| before + row));
    }
    whole
}

/// Arrays one after another; decimals are brought to the largest scale first.
fn concatenated(parts: &[&ArrayRef]) -> Option<ArrayRef> {
    let scale = |part: &ArrayRef| part.as_primitive_opt::<Decimal128Type>().map(|p| p.scale());
    let Some(widest) = parts.iter().filter_map(|part| scale(part)).max() else {
        let parts: Vec<&dyn Array> = parts.iter().map(|part| part.as_ref()).collect();
        return arrow_select::concat::concat(&parts).ok();
    };
    let mut values: Vec<Option<i128>> = Vec::new();
    for part in parts {
        let decimals = part.as_primitive_opt::<Decimal128Type>()?;
        let factor = 10i128.pow(u32::try_from(widest - decimals.scale()).ok()?);
        values.extend(decimals.iter().map(|value| value.and_then(|v| v.checked_mul(factor))));
    }
    let array = Decimal128Array::from(values).with_precision_and_scale(38, widest).ok()?;
    Some(Arc::new(array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_share_the_widest_scale() {
        let part = |values: Vec<Option<i128>>, scale| -> ArrayRef {
            let array = Decimal128Array::from(values).with_precision_and_scale(38, scale);
            Arc::new(array.expect("a scale"))
        };
        let (a, b) = (part(vec![Some(15), None], 1), part(vec![Some(125)], 2));
        let whole = concatenated(&[&a, &b]).expect("decimals");
        let whole = whole.as_primitive::<Decimal128Type>();
        assert_eq!((whole.value(0), whole.value(2), whole.scale()), (150, 125, 2));
        assert!(whole.is_null(1));
    }
}
