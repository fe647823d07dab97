//! Measures over groups of rows: the members of each household, the pupils of each class.
//!
//! Rows are gathered by keys within one year and area. What was gathered becomes a dataset of its
//! own, one row a group, whose columns are the keys and the aggregates over its members; rules are
//! then evaluated over it like over any other.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Date32Array, Decimal128Array, Int64Array};
use foldhash::fast::FixedState;

use super::Aggregate;
use super::bind::{BoundAggregate, Grouped};
use super::column::ExprId;
use super::evaluator::Evaluator;
use super::feed::{Feed, Values};
use super::frame::Frame;
use super::kernels::Overflow;
use super::mask::{self, Mask};
use super::scan::GroupedRows;
use super::tally::{Different, Tally, Unknown, UnknownCell};
use crate::contract::{Contract, FieldId, FieldType};
use crate::ids::Id;
use crate::reading::batch::{AreaKey, Batch, ColumnId, GroupKey, RowRef, YearKey};

/// The keys of a group; `None` when one of them is unknown.
type KeyValues = Option<Box<[Different]>>;

/// The groups of rows of one dataset, and the tallies of their members.
#[derive(Debug)]
pub struct Members {
    keys: Vec<FieldId>,
    filter: Option<ExprId>,
    /// The columns the filter reads.
    filter_reads: Vec<FieldId>,
    /// The column by which a doubled row is shown.
    key_column: FieldId,
    /// The column of areas, where nobody listed them: rows of different ones are kept apart.
    area: Option<FieldId>,
    inner: Vec<BoundAggregate>,
    known: HashMap<(u32, Option<Different>, KeyValues), u32, FixedState>,
    entries: Vec<GatheredGroup>,
    /// For each inner aggregate, a tally a group.
    tallies: Vec<Vec<Tally>>,
    /// Year and area of the groups, once threads are merged.
    places: Vec<GroupKey>,
    /// The place of each in `places`.
    place_of: HashMap<GroupKey, u32, FixedState>,
    overflow: bool,
}

#[derive(Debug)]
struct GatheredGroup {
    place: u32,
    /// What names the area, where nobody listed them and it is known.
    area: Option<Different>,
    key: KeyValues,
    first: RowRef,
    /// Whether some row is a member for certain.
    certain: bool,
    /// A cell that leaves open whether its row is a member, or of which group.
    doubt: Option<UnknownCell>,
}

/// The cells because of which rows of groups are unknown, by row and column; those of whole rows
/// have no column.
pub type Blame = HashMap<(usize, Option<ColumnId>), UnknownCell, FixedState>;

impl Members {
    /// No groups yet.
    pub fn new(grouped: &Grouped, key_column: FieldId, area: Option<FieldId>) -> Members {
        Members {
            keys: grouped.keys.clone(),
            filter: grouped.filter,
            filter_reads: grouped.filter_reads.clone(),
            key_column,
            area,
            inner: grouped.inner.clone(),
            known: HashMap::default(),
            entries: Vec::new(),
            tallies: vec![Vec::new(); grouped.inner.len()],
            places: Vec::new(),
            place_of: HashMap::default(),
            overflow: false,
        }
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, rows: &GroupedRows<'_>, evaluator: &mut Evaluator<'_>) {
        if self.gather(rows, evaluator).is_err() {
            self.overflow = true;
        }
    }

    fn gather(
        &mut self,
        rows: &GroupedRows<'_>,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<(), Overflow> {
        let batch = rows.batch;
        let whole = std::rc::Rc::new(Mask::all(batch.rows, true));
        let chosen = self.filter.map(|filter| evaluator.mask(filter)).transpose()?.unwrap_or(whole);
        let keys: Result<Vec<Values<'_>>, Overflow> =
            self.shared_columns().map(|column| Values::of(batch.column(column.into())?)).collect();
        let keys = keys?;
        let mut entries = vec![0; batch.rows];
        let all = 0..batch.rows;
        mask::each(&chosen.holds, &all, |row| {
            let doubt = batch.doubled.contains(&row).then(|| UnknownCell {
                row: batch.refs[row],
                column: self.key_column,
                why: Unknown::Doubled,
                area: AreaKey::None,
            });
            entries[row] = self.entry_of(rows, &keys, row, doubt);
        });
        if !chosen.unknown.is_empty() {
            mask::each(&chosen.unknown, &all, |row| {
                let column =
                    self.filter_reads.iter().find(|column| is_unknown(batch, row, **column));
                let doubt = unknown_cell(batch, row, column.copied().unwrap_or(self.keys[0]));
                entries[row] = self.entry_of(rows, &keys, row, Some(doubt));
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
                key_column: self.key_column,
                grouped: None,
                keys: &[],
                blame: None,
                limits: None,
            };
            feed.feed(&entries, &[], tallies);
        }
        Ok(())
    }

    fn entry_of(
        &mut self,
        rows: &GroupedRows<'_>,
        keys: &[Values<'_>],
        row: usize,
        doubt: Option<UnknownCell>,
    ) -> u32 {
        let unknown = keys.iter().position(|key| key.is_null(row));
        // The area comes last, where it is one of them.
        let (keys, area) = keys.split_at(self.keys.len());
        let area = area.first().filter(|area| !area.is_null(row)).map(|area| area.different(row));
        let key = match unknown {
            None => Some(keys.iter().map(|key| key.different(row)).collect()),
            Some(_) => None,
        };
        let unknown = unknown.and_then(|at| self.shared_columns().nth(at));
        let doubt = doubt.or(unknown.map(|column| unknown_cell(rows.batch, row, column)));
        self.entry((rows.groups[row], area, key), rows.batch.refs[row], doubt)
    }

    /// The columns whose values the rows of a group share.
    fn shared_columns(&self) -> impl Iterator<Item = FieldId> {
        self.keys.iter().copied().chain(self.area)
    }

    fn entry(
        &mut self,
        which: (u32, Option<Different>, KeyValues),
        row: RowRef,
        doubt: Option<UnknownCell>,
    ) -> u32 {
        let entries = &mut self.entries;
        let at = *self.known.entry(which).or_insert_with_key(|(place, area, key)| {
            let (place, area, key) = (*place, area.clone(), key.clone());
            entries.push(GatheredGroup {
                place,
                area,
                key,
                first: row,
                certain: false,
                doubt: None,
            });
            u32::try_from(entries.len() - 1).unwrap_or(u32::MAX)
        });
        let entry = &mut entries[at as usize];
        entry.first = entry.first.min(row);
        entry.certain |= doubt.is_none();
        entry.doubt = entry.doubt.into_iter().chain(doubt).min();
        at
    }

    /// Adds what another thread gathered; its places mean these years and areas.
    pub fn merge(&mut self, other: Members, places: &[GroupKey]) {
        let numbers: Vec<u32> = places
            .iter()
            .map(|place| {
                let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
                let at = *self.place_of.entry(*place).or_insert(next);
                if at == next {
                    self.places.push(*place);
                }
                at
            })
            .collect();
        let mut own = Vec::with_capacity(other.entries.len());
        for entry in other.entries {
            let place = numbers[entry.place as usize];
            let at = self.entry((place, entry.area, entry.key), entry.first, entry.doubt);
            self.entries[at as usize].certain |= entry.certain;
            own.push(at);
        }
        for (whole, part) in self.tallies.iter_mut().zip(other.tallies) {
            whole.resize_with(self.entries.len(), Tally::default);
            for (entry, tally) in part.iter().enumerate() {
                whole[own[entry] as usize].merge(tally);
            }
        }
        self.overflow |= other.overflow;
    }

    /// The groups as rows.
    pub fn into_batch(self, frame: &Frame<'_>, grouped: &Grouped) -> Gathered {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let place = |entry: &GatheredGroup| self.places[entry.place as usize];
        order.sort_unstable_by_key(|at| {
            let entry = &self.entries[*at];
            (place(entry), entry.first)
        });
        let entries: Vec<&GatheredGroup> = order.iter().map(|at| &self.entries[*at]).collect();
        let dataset = frame.plans[grouped.parent].dataset;
        let contract = &frame.datasets.sets[dataset].contract;
        let mut gathered = Gathered {
            batch: Batch {
                rows: entries.len(),
                refs: entries.iter().map(|entry| entry.first).collect(),
                years: Some(Arc::new(
                    entries.iter().map(|entry| year_of(place(entry))).collect::<Int64Array>(),
                )),
                ..Batch::default()
            },
            groups: entries.iter().map(|entry| entry.place).collect(),
            places: self.places.clone(),
            overflow: self.overflow,
            blame: Blame::default(),
        };
        let strays = Strays::new(&entries, &self.places, contract);
        // What leaves a group's members open, and whether there is such a group at all.
        let mut open: Vec<Option<UnknownCell>> = Vec::with_capacity(entries.len());
        for (row, entry) in entries.iter().enumerate() {
            let stray = strays.of(place(entry), &entry.area);
            if entry.key.is_none() || !entry.certain || strays.are_at(place(entry)) {
                gathered.batch.doubled.insert(row);
                if let Some(cell) = stray.or(entry.doubt) {
                    gathered.blame.insert((row, None), cell);
                }
            }
            open.push(stray);
        }
        for (at, field) in self.keys.iter().enumerate() {
            let column = gathered.batch.columns.next_id();
            // Such a group stands for any of which its rows may be, whose keys are there.
            let keyless = entries.iter().enumerate().filter(|(_, entry)| entry.key.is_none());
            gathered.batch.broken.extend(keyless.map(|(row, _)| (row, column)));
            let values = key_column(&entries, at, contract.fields[*field].kind);
            gathered.batch.columns.push(Some(values));
        }
        for (aggregate, tallies) in self.inner.iter().zip(&self.tallies) {
            let column = gathered.batch.columns.next_id();
            let mut values = Vec::with_capacity(entries.len());
            for (row, entry) in order.iter().enumerate() {
                let tally = tallies.get(*entry);
                let unknown = tally.and_then(|tally| tally.unknown_cells().first().copied());
                if let Some(cell) = open[row].or(unknown) {
                    gathered.blame.insert((row, Some(column)), cell);
                    gathered.batch.broken.insert((row, column));
                    values.push(None);
                    continue;
                }
                let value = tally
                    .and_then(|tally| value_of(aggregate.aggregate, tally, &mut gathered.overflow));
                if value.is_none() {
                    let cell = UnknownCell {
                        row: entries[row].first,
                        column: self.keys[0],
                        why: Unknown::Group,
                        area: AreaKey::None,
                    };
                    gathered.blame.insert((row, Some(column)), cell);
                }
                values.push(value);
            }
            let array = value_column(aggregate.aggregate, &values, &mut gathered.overflow);
            gathered.batch.columns.push(Some(array));
        }
        gathered
    }
}

/// Groups as rows of a dataset of their own.
pub struct Gathered {
    /// The rows: keys, then aggregates. Rows that may be no group count as doubled.
    pub batch: Batch,
    /// The place of each.
    pub groups: Vec<u32>,
    /// When and where the places are.
    pub places: Vec<GroupKey>,
    /// Whether an aggregate did not fit.
    pub overflow: bool,
    /// Why what is unknown is.
    pub blame: Blame,
}

/// Rows of unknown key, year or area: each may belong to any group it could belong to, so that the
/// members of all of those are unknown.
struct Strays {
    anywhere: Option<UnknownCell>,
    years: HashMap<YearKey, UnknownCell>,
    /// By place, and the name of the area where nobody listed them; without one of any of them.
    places: HashMap<(GroupKey, Option<Different>), UnknownCell>,
}

impl Strays {
    fn new(entries: &[&GatheredGroup], places: &[GroupKey], contract: &Contract) -> Strays {
        let mut strays = Strays { anywhere: None, years: HashMap::new(), places: HashMap::new() };
        // From the last to the first, so that the first is kept.
        for entry in entries.iter().rev() {
            let place = places[entry.place as usize];
            let cell = |column: Option<FieldId>| UnknownCell {
                row: entry.first,
                column: column.unwrap_or(FieldId::FIRST),
                why: Unknown::Either,
                area: AreaKey::None,
            };
            match place {
                (YearKey::Unknown, _) => strays.anywhere = Some(cell(contract.year)),
                (year, AreaKey::Unknown) => {
                    strays.years.insert(year, cell(contract.area));
                }
                _ if entry.key.is_none() => {
                    let place = (place, entry.area.clone());
                    strays.places.extend(entry.doubt.map(|doubt| (place, doubt)));
                }
                _ => {}
            }
        }
        strays
    }

    /// Whether the groups of a place are themselves of unknown year or area.
    fn are_at(&self, (year, area): GroupKey) -> bool {
        year == YearKey::Unknown || area == AreaKey::Unknown
    }

    /// The stray that may belong to the groups of a place, and of an area there.
    fn of(&self, place: GroupKey, area: &Option<Different>) -> Option<UnknownCell> {
        let year = || self.years.get(&place.0).copied();
        let here = |area: Option<Different>| self.places.get(&(place, area)).copied();
        self.anywhere.or_else(year).or_else(|| here(area.clone())).or_else(|| here(None))
    }
}

/// The year of groups, if it is known and they have one.
fn year_of((year, _): GroupKey) -> Option<i64> {
    match year {
        YearKey::Year(year) => Some(i64::from(year)),
        YearKey::Always | YearKey::Unknown => None,
    }
}

fn is_unknown(batch: &Batch, row: usize, column: FieldId) -> bool {
    batch
        .columns
        .get(column.into())
        .and_then(Option::as_ref)
        .is_some_and(|array| array.is_null(row))
}

/// A blank or broken cell of a row.
fn unknown_cell(batch: &Batch, row: usize, column: FieldId) -> UnknownCell {
    let broken = batch.broken.contains(&(row, column.into()));
    let why = if broken { Unknown::Broken } else { Unknown::Blank };
    UnknownCell { row: batch.refs[row], column, why, area: AreaKey::None }
}

fn key_column(entries: &[&GatheredGroup], at: usize, kind: FieldType) -> ArrayRef {
    let part = |entry: &&GatheredGroup| entry.key.as_ref().map(|key| key[at].clone());
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
    let number = |entry: &&GatheredGroup| match part(entry) {
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

/// What an aggregate over known members came to.
fn value_of(aggregate: Aggregate, tally: &Tally, overflow: &mut bool) -> Option<(i128, u32)> {
    match aggregate {
        Aggregate::Count => Some((i128::from(tally.rows), 0)),
        Aggregate::Distinct => Some((i128::try_from(tally.distinct()).ok()?, 0)),
        Aggregate::Min | Aggregate::First => tally.extremes().map(|[low, _]| low),
        Aggregate::Max | Aggregate::Last => tally.extremes().map(|[_, high]| high),
        Aggregate::Sum | Aggregate::Mean | Aggregate::Quantile(_) => {
            let sum = tally.decimal_sum();
            *overflow |= sum.is_none();
            sum
        }
    }
}

/// What an aggregate came to for each group.
fn value_column(
    aggregate: Aggregate,
    values: &[Option<(i128, u32)>],
    overflow: &mut bool,
) -> ArrayRef {
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
