//! A piece of a dataset as Arrow columns, and the way back from each row to its place in a file.

use std::collections::HashSet;
use std::num::NonZeroU64;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow_schema::ArrowError;
use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use super::areas::AreaId;
use super::column;
use crate::contract::FieldId;
use crate::exact::Exact;
use crate::ids::{Id, IdVec, id};

id!(
    /// A column's position among those of a [`Batch`]. Rows of a dataset have those of the
    /// contract's fields; rows that are groups have their own.
    ColumnId
);

impl From<FieldId> for ColumnId {
    /// Where rows of a dataset have a field.
    fn from(field: FieldId) -> ColumnId {
        ColumnId::at(field.position())
    }
}

/// Where a row's record begins: which of the dataset's files, and the byte within it. Ordered as
/// the rows are in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowRef(NonZeroU64);

impl RowRef {
    const OFFSET_BITS: u32 = 44;

    /// The record at `offset` (below 16 TiB) of the dataset's `file`-th file.
    pub fn new(file: usize, offset: usize) -> RowRef {
        // One more than the offset, so that an optional place is no larger than a place.
        let place = (file as u64) << Self::OFFSET_BITS | offset as u64;
        RowRef(NonZeroU64::MIN.saturating_add(place))
    }

    /// Which of the dataset's files.
    pub fn file(self) -> usize {
        usize::try_from((self.0.get() - 1) >> Self::OFFSET_BITS).unwrap_or(usize::MAX)
    }

    /// The record's first byte.
    pub fn offset(self) -> usize {
        let mask = (1 << Self::OFFSET_BITS) - 1;
        usize::try_from((self.0.get() - 1) & mask).unwrap_or(usize::MAX)
    }
}

/// Which area a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AreaKey {
    /// The dataset has no area column.
    None,
    /// The cell is unknown, or not in the list of areas.
    Unknown,
    /// This one of [`super::Areas`].
    Area(AreaId),
}

/// Which year a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum YearKey {
    /// The dataset has no year column: its rows hold in every year.
    Always,
    /// The cell is unknown.
    Unknown,
    /// This year.
    Year(i32),
}

/// When and where a row is.
pub type GroupKey = (YearKey, AreaKey);

/// Rows of a dataset, column by column.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// One array a field of the contract, `None` for columns nobody asked for. Integers and years
    /// are `Int64`, numbers `Decimal128`, text is dictionary-coded, dates are `Date32`. A null is
    /// an unknown cell: blank, or broken.
    pub columns: IdVec<ColumnId, Option<ArrayRef>>,
    /// The year of each row where rows are groups, null where it is unknown or there is none; of
    /// other rows it stands in a column.
    pub years: Option<ArrayRef>,
    /// Number of rows.
    pub rows: usize,
    /// Where each row stands.
    pub refs: Vec<RowRef>,
    /// Each row's group.
    pub groups: Vec<u32>,
    /// Where rows are sorted by group: each group's rows. Empty where they are not.
    pub runs: Vec<(u32, Range<usize>)>,
    /// Cells that hold something that broke the contract (row, column).
    pub broken: HashSet<(usize, ColumnId), FixedState>,
    /// Rows whose primary key another row has.
    pub doubled: HashSet<usize, FixedState>,
}

impl Batch {
    /// A column that was asked for.
    ///
    /// # Errors
    /// When it was not: a fault of the plan, told like any other failed computation.
    pub fn column(&self, column: ColumnId) -> Result<&ArrayRef, ArrowError> {
        self.columns.get(column).and_then(Option::as_ref).ok_or_else(|| {
            ArrowError::InvalidArgumentError(format!("column {}", column.position()))
        })
    }

    /// Makes cells unknown after the fact.
    pub fn void(&mut self, at: ColumnId, rows: &HashSet<usize, FixedState>) {
        if let Some(Some(array)) = self.columns.get_mut(at)
            && let Some(voided) = column::without(array, |row| rows.contains(&row))
        {
            *array = voided;
        }
        self.broken.extend(rows.iter().map(|row| (*row, at)));
    }
}

/// A text column as the code of each row and the texts behind the codes.
pub fn codes(array: &ArrayRef) -> Option<(&Int32Array, &StringArray)> {
    let array = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>()?;
    Some((array.keys(), array.values().as_any().downcast_ref::<StringArray>()?))
}

/// A known number of a column of integers or decimals.
pub fn number(array: &ArrayRef, row: usize) -> Option<Exact> {
    if array.is_null(row) {
        return None;
    }
    if let Some(integers) = array.as_primitive_opt::<Int64Type>() {
        return Some(Exact::from(integers.value(row)));
    }
    let decimals = array.as_primitive_opt::<Decimal128Type>()?;
    Exact::decimal(decimals.value(row), u32::try_from(decimals.scale()).ok()?)
}
