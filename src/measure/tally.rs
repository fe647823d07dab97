//! Running totals of one aggregate over one group of rows.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use super::ranked::{Decimal, Ranked};
pub use super::reach::Slack;
use super::{Aggregate, Share};
use crate::contract::FieldId;
use crate::exact::Exact;
use crate::reading::batch::{AreaKey, RowRef};
use crate::reading::cell::MOST_PLACES;

/// How many unknown cells a tally remembers.
const SAMPLES: usize = 3;

/// A number or text to be told apart from others. Numbers are without trailing zeros, so that
/// equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Different {
    /// A number: mantissa and decimal places.
    Number(i128, u32),
    /// A text.
    Text(Arc<str>),
}

/// Why a cell is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unknown {
    /// It is blank.
    Blank,
    /// It holds something that broke the contract.
    Broken,
    /// Blank or broken, one of those that hide where their rows belong.
    Either,
    /// Its row has the key of an earlier one.
    Doubled,
    /// It is the first of a group that has nothing to compute a value from.
    Group,
}

/// A cell that makes an aggregate unknown. Ordered by what is told of it first, so that which of
/// many are told does not depend on the order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnknownCell {
    /// The row's area.
    pub area: AreaKey,
    /// The field of the dataset it is of.
    pub column: FieldId,
    /// Why it is unknown.
    pub why: Unknown,
    /// Its row.
    pub row: RowRef,
}

/// Numbers added up and compared, all in units of one decimal place: the last that a cell may have
/// where any has one, so that nothing depends on the order in which they come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Numbers {
    /// The lower 128 bits of the sum.
    sum: i128,
    /// What does not fit them.
    carry: i64,
    /// Smallest and largest value, and the first row that has each.
    extremes: Option<[(i128, RowRef); 2]>,
    /// Decimal places: none for whole numbers, else [`MOST_PLACES`].
    scale: u32,
}

/// What only few tallies have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Rare {
    unknown: Vec<UnknownCell>,
    /// The different texts.
    texts: HashSet<Arc<str>, FixedState>,
    /// How often each number occurs.
    values: Ranked,
    /// What the unknown rows may add to a sum.
    slack: Slack,
}

/// What an aggregate has seen so far. Dates are numbers: days since 1970-01-01.
///
/// Small, since there is one for each group and aggregate.
///
/// A backend makes one from nothing ([`Tally::default`]) by telling it of each row: one that
/// counts for certain by [`Tally::count`] and, with its value, by [`Tally::add`] for sums and
/// means, [`Tally::compare`] for the smallest and largest, [`Tally::rank`] and, for texts,
/// [`Tally::distinguish`] for quantiles and what differs; one that may or may not count, or whose
/// value is unknown, by [`Tally::note_unknown`] and [`Tally::loosen`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
        let numbers = self.numbers(scale);
        numbers.add(numbers.at_scale(value, scale));
    }

    /// Compares a row's value with the smallest and largest so far.
    pub fn compare(&mut self, value: i128, scale: u32, row: RowRef) {
        let numbers = self.numbers(scale);
        numbers.compare(numbers.at_scale(value, scale), row);
    }

    fn numbers(&mut self, scale: u32) -> &mut Numbers {
        let scale = if scale == 0 { 0 } else { MOST_PLACES };
        let numbers = self.numbers.get_or_insert_default();
        if numbers.scale < scale {
            // Whole so far, by chance of what came first.
            numbers.refine(scale);
        }
        numbers
    }

    /// Notes a text to be told apart.
    pub fn distinguish(&mut self, text: &str) {
        let texts = &mut self.rare.get_or_insert_default().texts;
        if !texts.contains(text) {
            texts.insert(text.into());
        }
    }

    /// Notes a number to be told apart and ranked.
    pub fn rank(&mut self, value: i128, scale: u32) {
        self.rare.get_or_insert_default().values.add(Decimal::new(value, scale));
    }

    /// Counts a row that may or may not count, or whose value is unknown, and remembers the cell
    /// if it is among the first. `least` is the least field the cell can be of, where the cell is
    /// of this row and of the area of all others here.
    pub fn note_unknown(
        &mut self,
        row: RowRef,
        least: Option<FieldId>,
        cell: impl FnOnce() -> UnknownCell,
    ) {
        self.unknown += 1;
        let unknown = &mut self.rare.get_or_insert_default().unknown;
        // Nearly all come too late whatever they are: no need to find out.
        let is_late = |last: &UnknownCell| {
            let first = least.is_some_and(|least| last.column <= least);
            first && last.why == Unknown::Blank && last.row < row
        };
        if unknown.len() == SAMPLES && unknown.last().is_some_and(is_late) {
            return;
        }
        let cell = cell();
        if unknown.len() < SAMPLES || unknown.last().is_some_and(|last| cell < *last) {
            unknown.push(cell);
            unknown.sort_unstable();
            unknown.truncate(SAMPLES);
        }
    }

    /// The first few unknown cells of each group.
    pub fn unknown_cells(&self) -> &[UnknownCell] {
        self.rare.as_ref().map_or(&[], |rare| &rare.unknown)
    }

    /// Notes what an unknown row may add to a sum, or that nothing can be said of it.
    pub fn loosen(&mut self, slack: &Slack) {
        self.rare.get_or_insert_default().slack.add(slack);
    }

    /// What the unknown rows may add to a sum.
    pub fn slack(&self) -> Slack {
        self.rare.as_ref().map_or(Slack::default(), |rare| rare.slack.clone())
    }

    /// Adds another thread's tally of the same aggregate and group.
    pub fn merge(&mut self, other: &Tally) {
        self.gather(other);
        if let Some(rare) = &mut self.rare {
            rare.unknown.sort_unstable();
            rare.unknown.truncate(SAMPLES);
        }
    }

    /// Adds another group's tally of the same aggregate, with every unknown cell that is
    /// remembered of either.
    pub fn gather(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.unknown += other.unknown;
        self.first = self.first.into_iter().chain(other.first).min();
        if let Some(numbers) = &other.numbers {
            self.numbers(numbers.scale).merge(numbers);
        }
        if let Some(rare) = &other.rare {
            let own = self.rare.get_or_insert_default();
            own.unknown.extend(&rare.unknown);
            own.slack.add(&rare.slack);
            own.texts.extend(rare.texts.iter().cloned());
            own.values.merge(&rare.values);
        }
    }

    /// The exact sum and its decimal places; `None` when it does not fit 128 bits.
    pub fn decimal_sum(&self) -> Option<(i128, u32)> {
        let Some(numbers) = &self.numbers else { return Some((0, 0)) };
        let Total { negative, high, low, scale } = numbers.total()?;
        let size = i128::try_from(low).ok().filter(|_| high == 0)?;
        Some((if negative { -size } else { size }, scale))
    }

    /// The exact sum, of any size.
    pub fn sum(&self) -> Option<Exact> {
        let Some(numbers) = &self.numbers else { return Some(Exact::ZERO) };
        let Total { negative, high, low, scale } = numbers.total()?;
        Exact::limbs(negative, high, low, scale)
    }

    /// Smallest and largest value with their decimal places.
    pub fn extremes(&self) -> Option<[(i128, u32); 2]> {
        let numbers = self.numbers.as_ref()?;
        let [(low, _), (high, _)] = numbers.extremes?;
        Some([shortened(low, numbers.scale), shortened(high, numbers.scale)])
    }

    /// The row that decides an aggregate: of an extreme the first that has it, else the first that
    /// counts.
    pub fn deciding(&self, aggregate: Aggregate) -> Option<RowRef> {
        let extremes = self.numbers.as_ref().and_then(|numbers| numbers.extremes);
        match (aggregate, extremes) {
            (Aggregate::Min | Aggregate::First, Some([(_, row), _])) => Some(row),
            (Aggregate::Max | Aggregate::Last, Some([_, (_, row)])) => Some(row),
            _ => self.first,
        }
    }

    /// How many different values there are.
    pub fn distinct(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| rare.texts.len() + rare.values.in_order().len())
    }

    /// The quantile at `share` between 0 and 1, by linear interpolation between the two nearest
    /// ranks: with values x₁ ≤ … ≤ xₙ and h = (n−1)·share, x₍⌊h⌋₊₁₎ + (h−⌊h⌋)·(x₍⌊h⌋₊₂₎−x₍⌊h⌋₊₁₎)
    /// (definition 7 of Hyndman and Fan, 1996; what spreadsheets call PERCENTILE.INC). At ½ it is
    /// the median.
    ///
    /// `None` without values, or when the exact number does not fit.
    pub fn quantile(&self, share: Share) -> Option<Exact> {
        let values = self.rare.as_ref()?.values.in_order();
        let count: u64 = values.iter().map(|(_, times)| times).sum();
        let rank = Exact::int(i128::from(count.checked_sub(1)?)).checked_mul(&share.number())?;
        let below = rank.floor();
        let at = |rank: i128| {
            let mut left = rank;
            let of = |(value, times): &(Decimal, u64)| {
                left -= i128::from(*times);
                (left < 0).then_some(*value)
            };
            values.iter().find_map(of)?.exact()
        };
        let place = below.to_integer()?;
        let low = at(place)?;
        let rest = rank.checked_sub(&below)?;
        if rest.is_zero() {
            return Some(low);
        }
        at(place + 1)?.checked_sub(&low)?.checked_mul(&rest)?.checked_add(&low)
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
    /// A value in the units here. Cells are bounded so that it fits (see [`MOST_PLACES`]).
    fn at_scale(&self, value: i128, scale: u32) -> i128 {
        if scale == self.scale {
            return value;
        }
        value.saturating_mul(10i128.pow(self.scale - scale))
    }

    fn refine(&mut self, scale: u32) {
        let factor = 10i128.pow(scale - self.scale);
        let whole = std::mem::replace(self, Numbers { scale, ..Numbers::default() });
        self.extremes =
            whole.extremes.map(|ends| ends.map(|(value, row)| (value.saturating_mul(factor), row)));
        // Part by part, since the product may need more than 128 bits.
        let mut rest = whole.sum;
        let part = i128::MAX / factor;
        while rest != 0 {
            let next = rest.clamp(-part, part);
            self.add(next * factor);
            rest -= next;
        }
    }

    /// Adds a value in the units here.
    fn add(&mut self, value: i128) {
        let (sum, over) = self.sum.overflowing_add(value);
        self.sum = sum;
        if over {
            self.carry += if value < 0 { -1 } else { 1 };
        }
    }

    fn compare(&mut self, value: i128, row: RowRef) {
        let [low, high] = self.extremes.get_or_insert([(value, row); 2]);
        // Of equal values the earliest row, in whatever order they come.
        if value < low.0 || (value == low.0 && row < low.1) {
            *low = (value, row);
        }
        if value > high.0 || (value == high.0 && row < high.1) {
            *high = (value, row);
        }
    }

    fn merge(&mut self, other: &Numbers) {
        let mut other = other.clone();
        if other.scale < self.scale {
            other.refine(self.scale);
        }
        self.add(other.sum);
        self.carry += other.carry;
        for (value, row) in other.extremes.into_iter().flatten() {
            self.compare(value, row);
        }
    }

    /// The sum without trailing zeros.
    fn total(&self) -> Option<Total> {
        let negative = self.carry < 0 || (self.carry == 0 && self.sum < 0);
        // carry · 2¹²⁸ + sum, where the sum is signed: its size as an upper and a lower part.
        let high = i128::from(self.carry) - i128::from(self.sum < 0);
        let (mut high, mut low) = (high, self.sum.cast_unsigned());
        if negative {
            low = low.wrapping_neg();
            high = -high - i128::from(low != 0);
        }
        let mut high = u64::try_from(high).ok()?;
        let mut scale = self.scale;
        // Divided by ten in limbs of 64 bits, as long as nothing is left over.
        while scale > 0 {
            let upper = (u128::from(high % 10) << 64) | (low >> 64);
            let lower = ((upper % 10) << 64) | (low & u128::from(u64::MAX));
            if lower % 10 != 0 {
                break;
            }
            (high, low) = (high / 10, ((upper / 10) << 64) | (lower / 10));
            scale -= 1;
        }
        Some(Total { negative, high, low, scale })
    }
}

/// A sum: `(high · 2¹²⁸ + low) / 10^scale`, perhaps below 0.
struct Total {
    negative: bool,
    high: u64,
    low: u128,
    scale: u32,
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
            tally.compare(*value, *scale, RowRef::new(0, *row));
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
            prop_assert_eq!((merged.rows, merged.first), (whole.rows, whole.first));
            prop_assert_eq!(merged.sum(), whole.sum());
            prop_assert_eq!(merged.extremes(), whole.extremes());
            let by_value = |item: &&(usize, i128, u32)| item.1 * 10i128.pow(3 - item.2);
            let row = |value: Option<i128>| {
                let of = values.iter().filter(|item| Some(by_value(item)) == value);
                of.map(|(row, ..)| RowRef::new(0, *row)).min()
            };
            let (low, high) =
                (values.iter().map(|v| by_value(&v)).min(), values.iter().map(|v| by_value(&v)).max());
            for all in [&merged, &whole] {
                prop_assert_eq!(all.deciding(Aggregate::Min), row(low));
                prop_assert_eq!(all.deciding(Aggregate::Last), row(high));
                prop_assert_eq!(all.deciding(Aggregate::Sum), whole.first);
            }
            prop_assert_eq!(merged.quantile(Share::HALF), whole.quantile(Share::HALF));
        }

        #[test]
        fn a_quantile_is_what_sorting_gives(mut values in prop::collection::vec(-9i128..9, 1..20), tenths in 0i128..=10) {
            let items: Vec<_> = values.iter().map(|value| (1, *value, 0)).collect();
            values.sort_unstable();
            let places = (values.len() as i128 - 1) * tenths;
            let (at, rest) = ((places / 10) as usize, places % 10);
            let next = values.get(at + 1).copied().unwrap_or(values[at]);
            let expected = Exact::ratio(values[at] * 10 + rest * (next - values[at]), 10);
            let share = Exact::ratio(tenths, 10).and_then(|tenths| Share::new(&tenths)).expect("tenths");
            prop_assert_eq!(tally(&items).quantile(share), expected);
        }
    }

    #[test]
    fn a_sum_is_exact_whatever_its_size_and_the_order() {
        let large = i128::MAX / 2 + 1;
        let with = |values: &[i128]| {
            let mut tally = Tally::default();
            values.iter().for_each(|value| tally.add(*value, 0));
            tally.sum()
        };
        let twice = Exact::int(large).checked_mul(&Exact::int(2));
        assert_eq!(with(&[large, large]), twice);
        assert!(with(&[large, large]).is_some_and(|sum| sum > Exact::int(i128::MAX)));
        let below = with(&[-large, -large, -large]).expect("any size");
        assert_eq!(Some(below), Exact::int(large).checked_mul(&Exact::int(-3)));
        // In units of 10⁻¹⁸ it needs more than 128 bits, in its own it does not.
        let mut tally = Tally::default();
        (0..300).for_each(|_| tally.add(10i128.pow(18) - 1, 0));
        tally.add(5, 1);
        assert_eq!(tally.sum(), Exact::decimal((10i128.pow(18) - 1) * 3000 + 5, 1));
        (0..700).for_each(|_| tally.add(1 - 10i128.pow(18), 0));
        assert_eq!(tally.sum(), Exact::decimal((1 - 10i128.pow(18)) * 4000 + 5, 1));
        // It fits in the end, so it fits, though not on the way.
        assert_eq!(with(&[large, large, -large]), Some(Exact::int(large)));
        assert_eq!(with(&[large, -large, large]), Some(Exact::int(large)));
    }
}
