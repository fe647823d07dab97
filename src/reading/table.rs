//! A dataset held in memory.

use arrow_array::ArrayRef;

use super::Dataset;
use super::batch::{Batch, ColumnId};
use super::column;
use super::group::Grouping;
use super::stream::{self, Consumer, Pace, Unmetered};
use super::text::KnownKeys;
use crate::contract::{Field, FieldId};
use crate::diagnostic::Diagnostic;
use crate::ids::IdVec;
use crate::source::Sources;

/// Bytes in a range of what is held: nearly always the whole file.
const LARGEST_RANGE: usize = 1 << 30;

/// Reads all rows of a dataset, in file order; `None` when a file cannot be read to its end.
pub fn read(dataset: &Dataset, sources: &Sources) -> (Option<Batch>, Vec<Diagnostic>) {
    read_by(dataset, sources, &IdVec::same(None, &dataset.contract.fields))
}

/// The same, where each column's cells must be among those known, if any are.
pub fn read_by(
    dataset: &Dataset,
    sources: &Sources,
    keys: &IdVec<FieldId, Option<KnownKeys>>,
) -> (Option<Batch>, Vec<Diagnostic>) {
    let fields = &dataset.contract.fields;
    let wanted = IdVec::same(true, fields);
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
fn joined(mut batches: Vec<Batch>, fields: &IdVec<FieldId, Field>) -> Batch {
    if batches.len() == 1
        && let Some(only) = batches.pop()
    {
        return only;
    }
    batches.sort_by_key(|batch| batch.refs.first().copied());
    let mut whole = Batch::default();
    for at in fields.ids().map(ColumnId::from) {
        let parts: Vec<&ArrayRef> =
            batches.iter().filter_map(|batch| batch.columns[at].as_ref()).collect();
        whole.columns.push(column::joined(&parts));
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
