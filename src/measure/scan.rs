//! One pass over each dataset for all rules together.
//!
//! Every distinct expression is evaluated once; masks feed tallies keyed by year and area (and,
//! for conditions on an `each` row, by one text more).

use std::collections::{BTreeSet, HashMap};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray};
use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::Aggregate;
use super::bind::{BoundRows, SetPlan};
use super::column::{Evaluator, ExprId, Overflow, text_of};
use super::tally::Tally;
use crate::data::Datasets;

/// How many offending rows a row check remembers.
const SHOWN_ROWS: usize = 3;

/// Which area a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AreaKey {
    /// The dataset has no area column.
    None,
    /// The cell is unknown, or not in the list of areas.
    Unknown,
    /// This one of [`crate::data::Areas`].
    Area(usize),
}

/// Which year a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum YearKey {
    /// The dataset has no year column: its rows hold in every year.
    Always,
    /// The cell is unknown.
    Unknown,
    /// This year.
    Year(i32),
}

/// The groups of a dataset and their tallies.
#[derive(Debug, Default)]
pub struct SetTallies {
    /// Groups in order of first appearance.
    pub groups: Vec<(YearKey, AreaKey)>,
    /// For each group, one tally an aggregate.
    pub tallies: Vec<Vec<Tally>>,
    /// For aggregates with a key: for each group, tallies by the key's text. `None` is the
    /// unknown key.
    pub keyed: Vec<HashMap<(usize, Option<String>), Tally>>,
    /// Years that have rows.
    pub years: BTreeSet<i32>,
    /// Whether an expression overflowed.
    pub overflow: bool,
}

/// What checking a condition over rows found.
#[derive(Debug, Default)]
pub struct RowCheck {
    /// Rows looked at.
    pub rows: usize,
    /// Rows that break it.
    pub violations: usize,
    /// The first few of them.
    pub first: Vec<usize>,
    /// Rows that cannot be decided.
    pub undecided: usize,
}

/// Scans every dataset that some rule needs; results are aligned with the datasets.
pub fn scan(datasets: &Datasets, plans: &[SetPlan]) -> Vec<SetTallies> {
    plans
        .par_iter()
        .enumerate()
        .map(|(set, plan)| {
            let mut tallies = SetTallies::default();
            if scan_set(datasets, set, plan, &mut tallies).is_err() {
                tallies.overflow = true;
            }
            tallies
        })
        .collect()
}

/// Whether a row is for a year; `None` when that is unknown.
fn is_for_year(datasets: &Datasets, set: usize, row: usize, year: Option<i32>) -> Option<bool> {
    let dataset = &datasets.sets[set];
    let (Some(year), Some(column), Some(table)) = (year, dataset.contract.year, &dataset.table)
    else {
        return Some(true);
    };
    let years = table.columns[column].as_primitive_opt::<Int64Type>()?;
    years.is_valid(row).then(|| years.value(row) == i64::from(year))
}

/// The rows chosen, for one year or for all, and how many are undecided.
///
/// # Errors
/// [`Overflow`] when an exact number does not fit.
pub fn select(
    datasets: &Datasets,
    plans: &[SetPlan],
    rows: &BoundRows,
    year: Option<i32>,
) -> Result<(Vec<usize>, usize), Overflow> {
    let set = rows.set;
    let Some(table) = &datasets.sets[set].table else { return Ok((Vec::new(), 0)) };
    let mask = rows
        .filter
        .map(|filter| Evaluator::new(datasets, &plans[set].expressions, table).mask(filter))
        .transpose()?;
    let (mut chosen, mut undecided) = (Vec::new(), 0);
    for row in 0..table.rows {
        match (selected(mask.as_ref(), row), is_for_year(datasets, set, row, year)) {
            (Some(false), _) | (_, Some(false)) => {}
            (Some(true), Some(true)) => chosen.push(row),
            _ => undecided += 1,
        }
    }
    Ok((chosen, undecided))
}

/// Checks a condition on every row chosen, of one year or of all.
///
/// # Errors
/// [`Overflow`] when an exact number does not fit.
pub fn check_rows(
    datasets: &Datasets,
    plans: &[SetPlan],
    rows: &BoundRows,
    year: Option<i32>,
    condition: ExprId,
) -> Result<RowCheck, Overflow> {
    let set = rows.set;
    let mut check = RowCheck::default();
    let Some(table) = &datasets.sets[set].table else { return Ok(check) };
    let holds = Evaluator::new(datasets, &plans[set].expressions, table).mask(condition)?;
    let (chosen, undecided) = select(datasets, plans, rows, year)?;
    check.undecided = undecided;
    for row in chosen {
        check.rows += 1;
        if holds.is_null(row) {
            check.undecided += 1;
        } else if !holds.value(row) {
            check.violations += 1;
            if check.first.len() < SHOWN_ROWS {
                check.first.push(row);
            }
        }
    }
    Ok(check)
}

/// Which group each row belongs to.
fn group_rows(datasets: &Datasets, set: usize, tallies: &mut SetTallies) -> Vec<u32> {
    let dataset = &datasets.sets[set];
    let Some(table) = &dataset.table else { return Vec::new() };
    let years = dataset.contract.year.map(|column| table.columns[column].clone());
    let years = years.as_ref().and_then(|column| column.as_primitive_opt::<Int64Type>());
    let codes = dataset.contract.area.and_then(|column| dataset.codes(column));
    // Each distinct code is looked up once.
    let places: Vec<AreaKey> = codes.map_or_else(Vec::new, |(_, texts)| {
        let place = |text: Option<&str>| datasets.areas.position(text?);
        texts.iter().map(|text| place(text).map_or(AreaKey::Unknown, AreaKey::Area)).collect()
    });
    let mut known: HashMap<(YearKey, AreaKey), u32> = HashMap::new();
    let mut last: Option<((YearKey, AreaKey), u32)> = None;
    (0..table.rows)
        .map(|row| {
            let year = match (dataset.contract.year, years) {
                (None, _) => YearKey::Always,
                (_, Some(years)) if years.is_valid(row) => {
                    i32::try_from(years.value(row)).map_or(YearKey::Unknown, YearKey::Year)
                }
                _ => YearKey::Unknown,
            };
            if let YearKey::Year(year) = year {
                tallies.years.insert(year);
            }
            let area = match (dataset.contract.area, codes) {
                (None, _) => AreaKey::None,
                (_, Some((codes, _))) if codes.is_valid(row) => {
                    usize::try_from(codes.value(row)).map_or(AreaKey::Unknown, |code| places[code])
                }
                _ => AreaKey::Unknown,
            };
            // Files are mostly sorted by year and area: the last group is the likely one.
            if let Some((key, group)) = last
                && key == (year, area)
            {
                return group;
            }
            let group = *known.entry((year, area)).or_insert_with(|| {
                tallies.groups.push((year, area));
                u32::try_from(tallies.groups.len() - 1).unwrap_or(u32::MAX)
            });
            last = Some(((year, area), group));
            group
        })
        .collect()
}

fn scan_set(
    datasets: &Datasets,
    set: usize,
    plan: &SetPlan,
    tallies: &mut SetTallies,
) -> Result<(), Overflow> {
    let Some(table) = &datasets.sets[set].table else { return Ok(()) };
    let groups = group_rows(datasets, set, tallies);
    let empty = vec![Tally::default(); plan.aggregates.len()];
    tallies.tallies = vec![empty; tallies.groups.len()];
    tallies.keyed = vec![HashMap::new(); tallies.groups.len()];
    let mut evaluator = Evaluator::new(datasets, &plan.expressions, table);
    for (at, aggregate) in plan.aggregates.iter().enumerate() {
        let mask = aggregate.filter.map(|filter| evaluator.mask(filter)).transpose()?;
        let values = Values::new(aggregate.aggregate, aggregate.column.map(|c| &table.columns[c]));
        let keys = aggregate.key.map(|key| evaluator.column(key)).transpose()?;
        let keys = keys.as_ref().map(Keys::new);
        let mut keyed: HashMap<(usize, usize), Tally, RandomState> = HashMap::default();
        for (row, group) in groups.iter().enumerate() {
            let selected = selected(mask.as_ref(), row);
            if selected == Some(false) {
                continue;
            }
            let group = *group as usize;
            let tally = match &keys {
                None => &mut tallies.tallies[group][at],
                Some(keys) => keyed.entry((group, keys.of_row[row])).or_default(),
            };
            tally.scale = values.scale;
            // The second row of a doubled key may be there by mistake: it is not counted, and
            // what it would have been counted in is unknown.
            if selected.is_none() || table.doubled_rows.contains(&row) {
                tally.note_unknown(row);
            } else {
                values.feed(tally, row);
            }
        }
        for ((group, key), tally) in keyed {
            let text = keys.as_ref().and_then(|keys| keys.texts.get(key).cloned());
            tallies.keyed[group].insert((at, text), tally);
        }
    }
    Ok(())
}

/// A column of keys: for each row the position of its text, past the end for an unknown one.
struct Keys {
    of_row: Vec<usize>,
    texts: Vec<String>,
}

impl Keys {
    fn new(column: &ArrayRef) -> Keys {
        let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() else {
            return Keys { of_row: vec![0; column.len()], texts: Vec::new() };
        };
        let texts: Vec<String> = dictionary
            .values()
            .as_string::<i32>()
            .iter()
            .map(|text| text.unwrap_or_default().to_owned())
            .collect();
        let unknown = texts.len();
        let of_row = dictionary
            .keys()
            .iter()
            .map(|code| code.and_then(|code| usize::try_from(code).ok()).unwrap_or(unknown))
            .collect();
        Keys { of_row, texts }
    }
}

/// Whether a row is selected; `None` when that is unknown.
fn selected(mask: Option<&BooleanArray>, row: usize) -> Option<bool> {
    match mask {
        None => Some(true),
        Some(mask) if mask.is_null(row) => None,
        Some(mask) => Some(mask.value(row)),
    }
}

/// The column an aggregate reads, in the form tallies take.
struct Values {
    kind: Kind,
    scale: u32,
}

enum Kind {
    Rows,
    Numbers(Vec<Option<i128>>),
    Texts(Vec<Option<String>>),
}

impl Values {
    fn new(aggregate: Aggregate, column: Option<&ArrayRef>) -> Values {
        let Some(column) = column else { return Values { kind: Kind::Rows, scale: 0 } };
        if aggregate == Aggregate::Distinct {
            let texts = if column.as_dictionary_opt::<Int32Type>().is_some() {
                text_of(column)
            } else {
                numbers(column).0.into_iter().map(|value| value.map(|v| v.to_string())).collect()
            };
            return Values { kind: Kind::Texts(texts), scale: 0 };
        }
        let (values, scale) = numbers(column);
        Values { kind: Kind::Numbers(values), scale }
    }

    fn feed(&self, tally: &mut Tally, row: usize) {
        match &self.kind {
            Kind::Rows => tally.count(row),
            Kind::Numbers(values) => match values[row] {
                Some(value) => tally.add(row, value),
                None => tally.note_unknown(row),
            },
            Kind::Texts(values) => match &values[row] {
                Some(value) => tally.distinguish(row, value.clone()),
                None => tally.note_unknown(row),
            },
        }
    }
}

/// Integers, decimals, dates or truth values as whole numbers at a scale.
fn numbers(column: &ArrayRef) -> (Vec<Option<i128>>, u32) {
    if let Some(integers) = column.as_primitive_opt::<Int64Type>() {
        return (integers.iter().map(|value| value.map(i128::from)).collect(), 0);
    }
    if let Some(dates) = column.as_primitive_opt::<Date32Type>() {
        return (dates.iter().map(|value| value.map(i128::from)).collect(), 0);
    }
    if let Some(decimals) = column.as_primitive_opt::<Decimal128Type>() {
        return (decimals.iter().collect(), u32::try_from(decimals.scale()).unwrap_or(0));
    }
    if let Some(flags) = column.as_boolean_opt() {
        return (flags.iter().map(|flag| flag.map(i128::from)).collect(), 0);
    }
    (vec![None; column.len()], 0)
}
