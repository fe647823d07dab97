//! Running totals of one aggregate over one group of rows.

use std::collections::{HashMap, HashSet};

use crate::data::batch::{AreaKey, RowRef};
use crate::exact::Exact;

/// How many unknown cells a tally remembers.
const SAMPLES: usize = 3;

/// A number or text to be told apart from others. Numbers are without trailing zeros, so that
/// equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Different {
    /// A number: mantissa and decimal places.
    Number(i128, u32),
    /// A text.
    Text(Box<str>),
}

/// A cell that makes an aggregate unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownCell {
    /// Its row.
    pub row: RowRef,
    /// Its column.
    pub column: usize,
    /// Whether it holds something that broke the contract.
    pub broken: bool,
    /// Whether the row counts for nothing because an earlier one has its key.
    pub doubled: bool,
    /// The row's area.
    pub area: AreaKey,
}

/// Numbers added up and compared.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// The sum, in units of the last decimal place: the lower 128 bits.
    sum: i128,
    /// What does not fit them. Kept, so that the order of adding never matters.
    carry: i64,
    /// Smallest and largest value.
    extremes: Option<(i128, i128)>,
    /// Decimal places of all of them.
    scale: u32,
    /// Whether a change of decimal places did not fit.
    overflow: bool,
}

/// What only few tallies have.
#[derive(Clone, Debug, Default)]
struct Rare {
    unknown: Vec<UnknownCell>,
    distinct: HashSet<Different>,
    /// How often each value occurs, for medians and quantiles.
    values: HashMap<(i128, u32), u64>,
}

/// What an aggregate has seen so far. Dates are numbers: days since 1970-01-01.
///
/// Small, since there is one for each group and aggregate.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Rows that count for certain: the condition holds and the value is known.
    pub rows: u64,
    /// Rows whose condition or value is unknown.
    pub unknown: u64,
    /// The first row that counts.
    pub first: Option<RowRef>,
    numbers: Option<Box<Numbers>>,
    rare: Option<Box<Rare>>,
}

impl Tally {
    /// Counts rows without a value, of which this is the first.
    pub fn count(&mut self, rows: u64, first: RowRef) {
        self.rows += rows;
        if self.first.is_none_or(|known| first < known) {
            self.first = Some(first);
        }
    }

    /// Adds to the sum of values with `scale` decimal places.
    pub fn add(&mut self, value: i128, scale: u32) {
        self.numbers(scale).add(value, scale);
    }

    /// Compares a value with the smallest and largest so far.
    pub fn compare(&mut self, value: i128, scale: u32) {
        self.numbers(scale).compare(value, scale);
    }

    fn numbers(&mut self, scale: u32) -> &mut Numbers {
        self.numbers.get_or_insert_with(|| Box::new(Numbers { scale, ..Numbers::default() }))
    }

    /// Notes a value to be told apart.
    pub fn distinguish(&mut self, value: Different) {
        self.rare.get_or_insert_default().distinct.insert(value);
    }

    /// Notes a value to be ranked.
    pub fn rank(&mut self, value: i128, scale: u32) {
        *self.rare.get_or_insert_default().values.entry(shortened(value, scale)).or_default() += 1;
    }

    /// Counts a row that may or may not count, or whose value is unknown, and remembers the cell
    /// if it is among the first.
    pub fn note_unknown(&mut self, cell: impl FnOnce() -> UnknownCell, row: RowRef) {
        self.unknown += 1;
        let unknown = &mut self.rare.get_or_insert_default().unknown;
        if unknown.len() < SAMPLES || unknown.last().is_some_and(|last| row < last.row) {
            unknown.push(cell());
            unknown.sort_unstable();
            unknown.truncate(SAMPLES);
        }
    }

    /// The first few unknown cells.
    pub fn unknown_cells(&self) -> &[UnknownCell] {
        self.rare.as_ref().map_or(&[], |rare| &rare.unknown)
    }

    /// Adds another group's or thread's tally of the same aggregate.
    pub fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.unknown += other.unknown;
        self.first = self.first.into_iter().chain(other.first).min();
        if let Some(numbers) = &other.numbers {
            self.numbers(numbers.scale).merge(numbers);
        }
        if let Some(rare) = &other.rare {
            let own = self.rare.get_or_insert_default();
            own.unknown.extend(&rare.unknown);
            own.unknown.sort_unstable();
            own.unknown.truncate(SAMPLES);
            own.distinct.extend(rare.distinct.iter().cloned());
            for (value, times) in &rare.values {
                *own.values.entry(*value).or_default() += times;
            }
        }
    }

    /// The exact sum and its decimal places; `None` when it does not fit.
    pub fn decimal_sum(&self) -> Option<(i128, u32)> {
        let Some(numbers) = &self.numbers else { return Some((0, 0)) };
        let fits = numbers.carry == 0 && !numbers.overflow;
        fits.then_some((numbers.sum, numbers.scale))
    }

    /// The exact sum; `None` when it does not fit.
    pub fn sum(&self) -> Option<Exact> {
        let (sum, scale) = self.decimal_sum()?;
        Exact::decimal(sum, scale)
    }

    /// Smallest and largest value, in units of the last of so many decimal places.
    pub fn extremes(&self) -> Option<(i128, i128, u32)> {
        let numbers = self.numbers.as_ref().filter(|numbers| !numbers.overflow)?;
        numbers.extremes.map(|(low, high)| (low, high, numbers.scale))
    }

    /// Whether values were too large or too finely divided for exact numbers.
    pub fn overflow(&self) -> bool {
        self.numbers.as_ref().is_some_and(|numbers| numbers.overflow)
    }

    /// How many different values there are.
    pub fn distinct(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| rare.distinct.len())
    }

    /// The quantile at `share` between 0 and 1, by linear interpolation between the two nearest
    /// ranks: with values x₁ ≤ … ≤ xₙ and h = (n−1)·share, x₍⌊h⌋₊₁₎ + (h−⌊h⌋)·(x₍⌊h⌋₊₂₎−x₍⌊h⌋₊₁₎)
    /// (definition 7 of Hyndman and Fan, 1996; what spreadsheets call PERCENTILE.INC). At ½ it is
    /// the median.
    ///
    /// `None` without values, or when the exact number does not fit.
    pub fn quantile(&self, share: Exact) -> Option<Exact> {
        let mut values: Vec<(Exact, u64)> = Vec::new();
        for ((mantissa, scale), times) in &self.rare.as_ref()?.values {
            values.push((Exact::decimal(*mantissa, *scale)?, *times));
        }
        values.sort_unstable_by_key(|(value, _)| *value);
        let count: u64 = values.iter().map(|(_, times)| times).sum();
        let rank = Exact::int(i128::from(count.checked_sub(1)?)).checked_mul(share)?;
        let below = rank.floor();
        let at = |rank: i128| {
            let mut left = rank;
            values.iter().find_map(|(value, times)| {
                left -= i128::from(*times);
                (left < 0).then_some(*value)
            })
        };
        let low = at(below)?;
        let rest = rank.checked_sub(Exact::int(below))?;
        if rest.is_zero() {
            return Some(low);
        }
        at(below + 1)?.checked_sub(low)?.checked_mul(rest)?.checked_add(low)
    }
}

/// A decimal without trailing zeros.
pub fn shortened(mut mantissa: i128, mut scale: u32) -> (i128, u32) {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa, scale)
}

impl Numbers {
    fn add(&mut self, value: i128, scale: u32) {
        let value = self.at_scale(value, scale);
        let (sum, over) = self.sum.overflowing_add(value);
        self.sum = sum;
        if over {
            self.carry += if value < 0 { -1 } else { 1 };
        }
    }

    fn compare(&mut self, value: i128, scale: u32) {
        let value = self.at_scale(value, scale);
        let (low, high) = self.extremes.unwrap_or((value, value));
        self.extremes = Some((low.min(value), high.max(value)));
    }

    /// The value in units of the last place here; where it is finer, everything here becomes so.
    fn at_scale(&mut self, value: i128, scale: u32) -> i128 {
        if scale == self.scale {
            return value;
        }
        let factor = 10i128.checked_pow(scale.abs_diff(self.scale));
        let mut overflow = factor.is_none();
        let mut times = |number: i128| {
            factor.and_then(|factor| number.checked_mul(factor)).unwrap_or_else(|| {
                overflow = true;
                0
            })
        };
        let value = if scale > self.scale {
            self.sum = times(self.sum);
            self.extremes = self.extremes.map(|(low, high)| (times(low), times(high)));
            self.scale = scale;
            value
        } else {
            times(value)
        };
        self.overflow |= overflow;
        value
    }

    fn merge(&mut self, other: &Numbers) {
        self.add(other.sum, other.scale);
        self.carry += other.carry;
        if let Some((low, high)) = other.extremes {
            self.compare(low, other.scale);
            self.compare(high, other.scale);
        }
        self.overflow |= other.overflow;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(items: &[(usize, i128, u32)]) -> Tally {
        let mut tally = Tally::default();
        for (row, value, scale) in items {
            tally.count(1, RowRef::new(0, *row));
            tally.add(*value, *scale);
            tally.compare(*value, *scale);
            tally.rank(*value, *scale);
        }
        tally
    }

    proptest! {
        #[test]
        fn merging_parts_equals_counting_all(
            values in prop::collection::vec((0usize..100, -50i128..50, 0u32..4), 0..40),
            at in 0usize..40,
        ) {
            let at = at.min(values.len());
            let mut merged = tally(&values[at..]);
            merged.merge(&tally(&values[..at]));
            let whole = tally(&values);
            let extremes = |tally: &Tally| tally.extremes().map(|(low, high, scale)| {
                (Exact::decimal(low, scale), Exact::decimal(high, scale))
            });
            prop_assert_eq!((merged.rows, merged.first), (whole.rows, whole.first));
            prop_assert_eq!(merged.sum(), whole.sum());
            prop_assert_eq!(extremes(&merged), extremes(&whole));
            let half = Exact::ratio(1, 2).expect("a half");
            prop_assert_eq!(merged.quantile(half), whole.quantile(half));
        }

        #[test]
        fn a_quantile_is_what_sorting_gives(mut values in prop::collection::vec(-9i128..9, 1..20), tenths in 0i128..=10) {
            let items: Vec<_> = values.iter().map(|value| (1, *value, 0)).collect();
            values.sort_unstable();
            let places = (values.len() as i128 - 1) * tenths;
            let (at, rest) = ((places / 10) as usize, places % 10);
            let next = values.get(at + 1).copied().unwrap_or(values[at]);
            let expected = Exact::ratio(values[at] * 10 + rest * (next - values[at]), 10);
            let share = Exact::ratio(tenths, 10).expect("tenths");
            prop_assert_eq!(tally(&items).quantile(share), expected);
        }
    }

    #[test]
    fn a_sum_that_does_not_fit_says_so_whatever_the_order() {
        let large = i128::MAX / 2 + 1;
        let with = |values: &[i128]| {
            let mut tally = Tally::default();
            values.iter().for_each(|value| tally.add(*value, 0));
            tally.sum()
        };
        assert_eq!(with(&[large, large]), None);
        // It fits in the end, so it fits, though not on the way.
        assert_eq!(with(&[large, large, -large]), Some(Exact::int(large)));
        assert_eq!(with(&[large, -large, large]), Some(Exact::int(large)));
    }
}
