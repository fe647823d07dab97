//! Rows as plain cells: all that the naive backend gets beside the plan.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;
use chrono::NaiveDate;
use rasoat::contract::SetId;
use rasoat::exact::Exact;
use rasoat::ids::IdVec;
use rasoat::measure::tally::Unknown;
use rasoat::reading::Datasets;
use rasoat::reading::batch::{Batch, ColumnId, RowRef, codes, number};
use rasoat::reading::days::date_from_days;

/// What a cell is known to hold.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Known {
    Number(Exact),
    Text(String),
    Date(NaiveDate),
    Truth(bool),
}

/// A cell, or why it is unknown.
pub type Cell = Result<Known, Unknown>;

/// One row of a dataset.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub at: RowRef,
    /// One for each column.
    pub cells: IdVec<ColumnId, Cell>,
}

/// The rows of each dataset, in the order of its files.
pub fn tables(datasets: &Datasets) -> IdVec<SetId, Vec<Row>> {
    let rows = |table: &Batch| (0..table.rows).map(|row| plain(table, row)).collect();
    datasets.sets.iter().map(|set| set.table.as_deref().map_or(Vec::new(), rows)).collect()
}

fn plain(table: &Batch, row: usize) -> Row {
    let cells = table.columns.ids().map(|column| cell(table, row, column));
    Row { at: table.refs[row], cells: cells.collect() }
}

fn cell(table: &Batch, row: usize, column: ColumnId) -> Cell {
    let broken = table.broken.contains(&(row, column));
    let why = if broken { Unknown::Broken } else { Unknown::Blank };
    let Some(array) = table.columns[column].as_ref().filter(|array| array.is_valid(row)) else {
        return Err(why);
    };
    if let Some((codes, texts)) = codes(array) {
        let code = usize::try_from(codes.value(row)).expect("a place among the texts");
        return Ok(Known::Text(texts.value(code).to_owned()));
    }
    if let Some(dates) = array.as_primitive_opt::<Date32Type>() {
        return Ok(Known::Date(date_from_days(dates.value(row))));
    }
    if let Some(truths) = array.as_boolean_opt() {
        return Ok(Known::Truth(truths.value(row)));
    }
    Ok(Known::Number(number(array, row).expect("a number")))
}
