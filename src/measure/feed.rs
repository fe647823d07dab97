//! From a batch's values to tallies.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, StringArray};
use arrow_buffer::NullBuffer;

use super::Aggregate;
use super::bind::{BoundAggregate, Grouped, shown};
use super::kernels::Overflow;
use super::mask::{self, Mask};
use super::reach::{Limits, Slack};
use super::regroup::Blame;
use super::tally::{Different, Tally, Unknown, UnknownCell, shortened};
use crate::contract::FieldId;
use crate::ids::Id;
use crate::reading::batch::{AreaKey, Batch, ColumnId, GroupKey};

/// The column an aggregate reads.
pub enum Values<'a> {
    /// None: rows are counted.
    Rows,
    /// Integers and years.
    Integers(&'a [i64], Option<&'a NullBuffer>),
    /// Dates, in days.
    Days(&'a [i32], Option<&'a NullBuffer>),
    /// Decimals and their places.
    Decimals(&'a [i128], u32, Option<&'a NullBuffer>),
    /// Truth values.
    Flags(&'a BooleanArray),
    /// Texts, by code.
    Texts(&'a [i32], &'a StringArray, Option<&'a NullBuffer>),
}

impl<'a> Values<'a> {
    /// The values an aggregate reads of a batch.
    ///
    /// # Errors
    /// When the batch lacks them.
    pub fn new(aggregate: &BoundAggregate, batch: &'a Batch) -> Result<Values<'a>, Overflow> {
        let Some(column) = aggregate.column else { return Ok(Values::Rows) };
        Values::of(batch.column(column)?)
    }

    /// The values of a column.
    ///
    /// # Errors
    /// When they are of a type no column has.
    pub fn of(array: &'a ArrayRef) -> Result<Values<'a>, Overflow> {
        if let Some(integers) = array.as_primitive_opt::<Int64Type>() {
            return Ok(Values::Integers(integers.values(), integers.nulls()));
        }
        if let Some(dates) = array.as_primitive_opt::<Date32Type>() {
            return Ok(Values::Days(dates.values(), dates.nulls()));
        }
        if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
            let scale = u32::try_from(decimals.scale()).unwrap_or(0);
            return Ok(Values::Decimals(decimals.values(), scale, decimals.nulls()));
        }
        if let Some(texts) = array.as_dictionary_opt::<Int32Type>() {
            let codes = texts.keys();
            return Ok(Values::Texts(codes.values(), texts.values().as_string(), codes.nulls()));
        }
        array.as_boolean_opt().map(Values::Flags).ok_or(Overflow)
    }

    fn nulls(&self) -> Option<&NullBuffer> {
        let nulls = match self {
            Values::Rows => None,
            Values::Integers(_, nulls)
            | Values::Days(_, nulls)
            | Values::Decimals(_, _, nulls)
            | Values::Texts(_, _, nulls) => *nulls,
            Values::Flags(flags) => flags.nulls(),
        };
        nulls.filter(|nulls| nulls.null_count() > 0)
    }

    /// Whether a row's value is unknown.
    pub fn is_null(&self, row: usize) -> bool {
        self.nulls().is_some_and(|nulls| nulls.is_null(row))
    }

    /// A known value as a number and its decimal places.
    fn number(&self, row: usize) -> (i128, u32) {
        match self {
            Values::Rows => (1, 0),
            Values::Integers(values, _) => (i128::from(values[row]), 0),
            Values::Days(values, _) => (i128::from(values[row]), 0),
            Values::Decimals(values, scale, _) => (values[row], *scale),
            Values::Flags(flags) => (i128::from(flags.value(row)), 0),
            Values::Texts(codes, ..) => (i128::from(codes[row]), 0),
        }
    }

    /// A known text.
    fn text(&self, row: usize) -> Option<&str> {
        let Values::Texts(codes, texts, _) = self else { return None };
        Some(usize::try_from(codes[row]).map_or("", |code| texts.value(code)))
    }

    /// A known value, to be told apart from others.
    pub fn different(&self, row: usize) -> Different {
        if let Some(text) = self.text(row) {
            return Different::Text(text.into());
        }
        let (mantissa, scale) = self.number(row);
        let (mantissa, scale) = shortened(mantissa, scale);
        Different::Number(mantissa, scale)
    }
}

/// One aggregate over one batch.
pub struct Feed<'a> {
    /// The rows.
    pub batch: &'a Batch,
    /// How they become one number.
    pub aggregate: Aggregate,
    /// Which of them; all without it.
    pub chosen: Option<&'a Mask>,
    /// The values.
    pub values: Values<'a>,
    /// The columns that decide whether a row counts, and its value: one of them is unknown where
    /// the row is.
    pub reads: &'a [ColumnId],
    /// The column by which a doubled row is shown.
    pub key_column: FieldId,
    /// What the rows are groups of, where they are groups.
    pub grouped: Option<&'a Grouped>,
    /// When and where the groups are, where that is known.
    pub keys: &'a [GroupKey],
    /// For rows that are groups themselves: why what is unknown is.
    pub blame: Option<&'a Blame>,
    /// The bounds of unknown values, where they are added up.
    pub limits: Option<&'a Limits>,
}

impl Feed<'_> {
    /// Adds every row to its group's tally.
    pub fn feed(&self, groups: &[u32], runs: &[(u32, Range<usize>)], tallies: &mut [Tally]) {
        let all = 0..self.batch.rows;
        let whole;
        let (mut holds, mut unknown) = match self.chosen {
            Some(mask) => (&mask.holds, mask.unknown.clone()),
            None => {
                whole = Mask::all(self.batch.rows, true).holds;
                (&whole, Vec::new())
            }
        };
        // A row whose value is unknown, or that has another row's key, is unknown where it would
        // have counted.
        let narrowed;
        let doubled = self.doubled();
        if self.values.nulls().is_some() || !doubled.is_empty() {
            let lost = self.lost(&doubled);
            unknown.resize(holds.len(), 0);
            for (unknown, (holds, lost)) in unknown.iter_mut().zip(holds.iter().zip(&lost)) {
                *unknown |= holds & lost;
            }
            narrowed =
                holds.iter().zip(&lost).map(|(holds, lost)| holds & !lost).collect::<Vec<u64>>();
            holds = &narrowed;
        }
        if !unknown.is_empty() {
            // What is unknown of groups is told by other rows than theirs, and rows that share a key
            // by another column.
            let plain = self.blame.is_none() && doubled.is_empty();
            let least = self.reads.iter().min().filter(|_| plain);
            let least = least.map(|column| shown(self.grouped, *column));
            mask::each(&unknown, &all, |row| {
                let group = groups[row];
                let tally = &mut tallies[group as usize];
                let again = doubled.get(row / 64).is_some_and(|rows| rows >> (row % 64) & 1 == 1);
                let culprit = || self.culprit(row, group, again);
                tally.note_unknown(self.batch.refs[row], least, culprit);
                if again {
                    // The row it repeats may be the wrong one.
                    tally.loosen(&Slack::OPEN);
                } else if let Some(limits) = self.limits {
                    let chosen = self.chosen.is_none_or(|mask| mask.holds_at(row));
                    tally.loosen(&limits.slack(self.batch, row, chosen));
                }
            });
        }
        self.feed_known(holds, groups, runs, tallies);
    }

    fn feed_known(
        &self,
        holds: &[u64],
        groups: &[u32],
        runs: &[(u32, Range<usize>)],
        tallies: &mut [Tally],
    ) {
        if runs.is_empty() {
            mask::each(holds, &(0..self.batch.rows), |row| {
                let tally = &mut tallies[groups[row] as usize];
                tally.count(1, self.batch.refs[row]);
                self.take(tally, row);
            });
            return;
        }
        for (group, rows) in runs {
            let Some(first) = mask::first(holds, rows) else { continue };
            let tally = &mut tallies[*group as usize];
            tally.count(mask::count(holds, rows), self.batch.refs[first]);
            match (&self.values, self.aggregate) {
                (Values::Rows, _) => {}
                (Values::Integers(values, _), Aggregate::Sum | Aggregate::Mean) => {
                    let mut sum = 0;
                    mask::each(holds, rows, |row| sum += i128::from(values[row]));
                    tally.add(sum, 0);
                }
                _ => mask::each(holds, rows, |row| self.take(tally, row)),
            }
        }
    }

    fn take(&self, tally: &mut Tally, row: usize) {
        match self.aggregate {
            Aggregate::Count => {}
            Aggregate::Sum | Aggregate::Mean => {
                let (value, scale) = self.values.number(row);
                tally.add(value, scale);
            }
            Aggregate::Min | Aggregate::Max | Aggregate::First | Aggregate::Last => {
                let (value, scale) = self.values.number(row);
                tally.compare(value, scale, self.batch.refs[row]);
            }
            Aggregate::Distinct if let Some(text) = self.values.text(row) => {
                tally.distinguish(text);
            }
            Aggregate::Distinct | Aggregate::Quantile(_) => {
                let (value, scale) = self.values.number(row);
                tally.rank(value, scale);
            }
        }
    }

    /// Rows without a value, and rows whose key an earlier one has.
    fn lost(&self, doubled: &[u64]) -> Vec<u64> {
        let nulls = self.values.nulls();
        let is_null = |row: usize| Some(nulls.is_some_and(|nulls| nulls.is_null(row)));
        let mut lost = match nulls {
            Some(_) => Mask::from_rows(self.batch.rows, is_null).holds,
            None => vec![0; self.batch.rows.div_ceil(64)],
        };
        lost.iter_mut().zip(doubled).for_each(|(lost, doubled)| *lost |= doubled);
        lost
    }

    /// The rows that have another row's key, as bits; nothing where there are none.
    fn doubled(&self) -> Vec<u64> {
        if self.batch.doubled.is_empty() {
            return Vec::new();
        }
        let mut bits = vec![0; self.batch.rows.div_ceil(64)];
        for row in &self.batch.doubled {
            bits[row / 64] |= 1u64 << (row % 64);
        }
        bits
    }

    /// Which cell of a row makes the aggregate unknown.
    fn culprit(&self, row: usize, group: u32, doubled: bool) -> UnknownCell {
        let is_unknown = |column: &&ColumnId| {
            self.batch
                .columns
                .get(**column)
                .and_then(Option::as_ref)
                .is_some_and(|c| c.is_null(row))
        };
        let column = self.reads.iter().find(is_unknown).or(self.reads.last()).copied();
        let area = self.keys.get(group as usize).map_or(AreaKey::None, |(_, area)| *area);
        if let Some(blame) = self.blame
            && let Some(cell) = blame.get(&(row, column)).or_else(|| blame.get(&(row, None)))
        {
            return UnknownCell { area, ..*cell };
        }
        let row_ref = self.batch.refs[row];
        if doubled {
            let why = Unknown::Doubled;
            return UnknownCell { row: row_ref, column: self.key_column, why, area };
        }
        let broken = column.is_some_and(|column| self.batch.broken.contains(&(row, column)));
        let why = if broken { Unknown::Broken } else { Unknown::Blank };
        let column = column.map_or(FieldId::FIRST, |column| shown(self.grouped, column));
        UnknownCell { row: row_ref, column, why, area }
    }
}
