//! Measures over groups of rows: the members of each household, the pupils of each class.
//!
//! Rows are gathered by keys within one year and area. What was gathered becomes a dataset of its
//! own, one row a group, whose columns are the keys and the aggregates over its members; rules are
//! then evaluated over it like over any other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Date32Array, Decimal128Array, Int64Array};
use foldhash::fast::FixedState;

use super::Aggregate;
use super::bind::{BoundAggregate, Grouped};
use super::evaluator::Evaluator;
use super::feed::{Feed, Values};
use super::kernels::Overflow;
use super::mask::{self, Mask};
use super::scan::{Context, Rows};
use super::tally::{Different, Tally};
use crate::data::batch::{Batch, GroupKey, RowRef};
use crate::data::contract::FieldType;

/// The keys of a group; `None` when one of them is unknown.
type Key = Option<Box<[Different]>>;

/// The groups of rows of one dataset, and the tallies of their members.
#[derive(Debug)]
pub struct Members {
    keys: Vec<usize>,
    filter: Option<usize>,
    inner: Vec<BoundAggregate>,
    known: HashMap<(u32, Key), u32, FixedState>,
    entries: Vec<Entry>,
    /// For each inner aggregate, a tally a group.
    tallies: Vec<Vec<Tally>>,
    /// Year and area of the groups, once threads are merged.
    places: Vec<GroupKey>,
    overflow: bool,
}

#[derive(Debug)]
struct Entry {
    place: u32,
    key: Key,
    first: RowRef,
    /// Whether some row is a member for certain.
    certain: bool,
}

impl Members {
    /// No groups yet.
    pub fn new(grouped: &Grouped) -> Members {
        Members {
            keys: grouped.keys.clone(),
            filter: grouped.filter,
            inner: grouped.inner.clone(),
            known: HashMap::default(),
            entries: Vec::new(),
            tallies: vec![Vec::new(); grouped.inner.len()],
            places: Vec::new(),
            overflow: false,
        }
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, rows: &Rows<'_>, evaluator: &mut Evaluator<'_>) {
        if self.gather(rows, evaluator).is_err() {
            self.overflow = true;
        }
    }

    fn gather(&mut self, rows: &Rows<'_>, evaluator: &mut Evaluator<'_>) -> Result<(), Overflow> {
        let batch = rows.batch;
        let whole = std::rc::Rc::new(Mask::all(batch.rows, true));
        let chosen = self.filter.map(|filter| evaluator.mask(filter)).transpose()?.unwrap_or(whole);
        let keys: Result<Vec<Values<'_>>, Overflow> =
            self.keys.iter().map(|column| Values::of(batch.column(*column)?)).collect();
        let keys = keys?;
        let mut entries = vec![0; batch.rows];
        let all = 0..batch.rows;
        mask::each(&chosen.holds, &all, |row| {
            entries[row] = self.entry_of(rows, &keys, row, !batch.doubled.contains(&row));
        });
        if !chosen.unknown.is_empty() {
            mask::each(&chosen.unknown, &all, |row| {
                entries[row] = self.entry_of(rows, &keys, row, false);
            });
        }
        for (aggregate, tallies) in self.inner.iter().zip(&mut self.tallies) {
            tallies.resize_with(self.entries.len(), Tally::default);
            let chosen = aggregate.filter.map(|filter| evaluator.mask(filter)).transpose()?;
            let feed = Feed {
                batch,
                aggregate: aggregate.aggregate,
                chosen: chosen.as_deref(),
                values: Values::new(aggregate, batch)?,
                reads: &aggregate.reads,
                key_column: 0,
                keys: &[],
            };
            feed.feed(&entries, &[], tallies);
        }
        Ok(())
    }

    fn entry_of(&mut self, rows: &Rows<'_>, keys: &[Values<'_>], row: usize, certain: bool) -> u32 {
        let known = keys.iter().all(|key| !key.is_null(row));
        let key = known.then(|| keys.iter().map(|key| key.different(row)).collect());
        self.entry(rows.groups[row], key, rows.batch.refs[row], certain)
    }

    fn entry(&mut self, place: u32, key: Key, row: RowRef, certain: bool) -> u32 {
        let entries = &mut self.entries;
        let at = *self.known.entry((place, key)).or_insert_with_key(|(place, key)| {
            entries.push(Entry { place: *place, key: key.clone(), first: row, certain: false });
            u32::try_from(entries.len() - 1).unwrap_or(u32::MAX)
        });
        let entry = &mut entries[at as usize];
        entry.first = entry.first.min(row);
        entry.certain |= certain;
        at
    }

    /// Adds what another thread gathered; its places mean these years and areas.
    pub fn merge(&mut self, other: Members, places: &[GroupKey]) {
        let numbers: Vec<u32> = places
            .iter()
            .map(|place| {
                let at = self.places.iter().position(|known| known == place).unwrap_or_else(|| {
                    self.places.push(*place);
                    self.places.len() - 1
                });
                u32::try_from(at).unwrap_or(u32::MAX)
            })
            .collect();
        let mut own = Vec::with_capacity(other.entries.len());
        for entry in other.entries {
            let place = numbers[entry.place as usize];
            own.push(self.entry(place, entry.key, entry.first, entry.certain));
        }
        for (whole, part) in self.tallies.iter_mut().zip(other.tallies) {
            whole.resize_with(self.entries.len(), Tally::default);
            for (entry, tally) in part.iter().enumerate() {
                whole[own[entry] as usize].merge(tally);
            }
        }
        self.overflow |= other.overflow;
    }

    /// The groups as rows: the batch, and the year and area of each.
    pub fn into_batch(
        self,
        context: &Context<'_>,
        grouped: &Grouped,
    ) -> (Batch, Vec<u32>, Vec<GroupKey>, bool) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_unstable_by_key(|at| {
            let entry = &self.entries[*at];
            (self.places[entry.place as usize], entry.first)
        });
        let entries: Vec<&Entry> = order.iter().map(|at| &self.entries[*at]).collect();
        let contract = &context.datasets.sets[grouped.parent].contract;
        let mut overflow = self.overflow;
        let mut columns: Vec<Option<ArrayRef>> = Vec::new();
        for (at, column) in self.keys.iter().enumerate() {
            columns.push(Some(key_column(&entries, at, contract.fields[*column].kind)));
        }
        for (aggregate, tallies) in self.inner.iter().zip(&self.tallies) {
            let values = order.iter().map(|entry| tallies.get(*entry));
            columns.push(Some(value_column(aggregate.aggregate, values, &mut overflow)));
        }
        let lost = |entry: &Entry| entry.key.is_none() || !entry.certain;
        let batch = Batch {
            columns,
            rows: entries.len(),
            refs: entries.iter().map(|entry| entry.first).collect(),
            doubled: (0..entries.len()).filter(|row| lost(entries[*row])).collect::<HashSet<_>>(),
            ..Batch::default()
        };
        let groups = entries.iter().map(|entry| entry.place).collect();
        (batch, groups, self.places, overflow)
    }
}

fn key_column(entries: &[&Entry], at: usize, kind: FieldType) -> ArrayRef {
    let part = |entry: &&Entry| entry.key.as_ref().map(|key| key[at].clone());
    if kind == FieldType::String {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        for entry in entries {
            match part(entry) {
                Some(Different::Text(text)) => builder.append_value(text),
                _ => builder.append_null(),
            }
        }
        return Arc::new(builder.finish());
    }
    let number = |entry: &&Entry| match part(entry) {
        Some(Different::Number(number, _)) => Some(number),
        _ => None,
    };
    if kind == FieldType::Date {
        let days = entries.iter().map(|entry| number(entry).and_then(|days| days.try_into().ok()));
        return Arc::new(days.collect::<Date32Array>());
    }
    let whole = entries.iter().map(|entry| number(entry).and_then(|value| value.try_into().ok()));
    Arc::new(whole.collect::<Int64Array>())
}

/// What an aggregate came to for each group; unknown where any member is.
fn value_column<'t>(
    aggregate: Aggregate,
    tallies: impl Iterator<Item = Option<&'t Tally>>,
    overflow: &mut bool,
) -> ArrayRef {
    let values: Vec<Option<(i128, u32)>> = tallies
        .map(|tally| {
            let tally = tally.filter(|tally| tally.unknown == 0)?;
            *overflow |= tally.overflow();
            match aggregate {
                Aggregate::Count => Some((i128::from(tally.rows), 0)),
                Aggregate::Distinct => Some((i128::try_from(tally.distinct()).ok()?, 0)),
                Aggregate::Min | Aggregate::First => {
                    tally.extremes().map(|(low, _, scale)| (low, scale))
                }
                Aggregate::Max | Aggregate::Last => {
                    tally.extremes().map(|(_, high, scale)| (high, scale))
                }
                Aggregate::Sum | Aggregate::Mean | Aggregate::Quantile(_) => {
                    let sum = tally.decimal_sum();
                    *overflow |= sum.is_none();
                    sum
                }
            }
        })
        .collect();
    if matches!(aggregate, Aggregate::First | Aggregate::Last) {
        let days = values.iter().map(|value| value.and_then(|(days, _)| days.try_into().ok()));
        return Arc::new(days.collect::<Date32Array>());
    }
    let scale = values.iter().flatten().map(|(_, scale)| *scale).max().unwrap_or(0);
    let fits = |value: &Option<(i128, u32)>| value.is_none_or(|(v, _)| i64::try_from(v).is_ok());
    if scale == 0 && values.iter().all(fits) {
        let whole = values.iter().map(|value| value.and_then(|(value, _)| value.try_into().ok()));
        return Arc::new(whole.collect::<Int64Array>());
    }
    let scaled = values.iter().map(|value| {
        let (value, own) = (*value)?;
        let scaled = 10i128.checked_pow(scale - own).and_then(|factor| value.checked_mul(factor));
        *overflow |= scaled.is_none();
        scaled
    });
    let array = scaled.collect::<Decimal128Array>();
    let places = i8::try_from(scale).unwrap_or(0);
    Arc::new(array.clone().with_precision_and_scale(38, places).unwrap_or(array))
}
