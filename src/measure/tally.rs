//! Running totals of one aggregate over one group of rows.

use std::collections::HashSet;

/// How many unknown rows a tally remembers.
const SAMPLES: usize = 3;

/// What an aggregate has seen so far. Sums and extremes are in units of the column's last
/// decimal place (see [`Tally::scale`]), dates in days since 1970-01-01.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Rows that count for certain: the condition holds and the value is known.
    pub rows: u64,
    /// Sum of values.
    pub sum: i128,
    /// Smallest value.
    pub min: Option<i128>,
    /// Largest value.
    pub max: Option<i128>,
    /// Decimal places of `sum`, `min` and `max`.
    pub scale: u32,
    /// Different values, for `distinct`.
    pub distinct: Option<Box<HashSet<String>>>,
    /// Rows whose condition or value is unknown.
    pub unknown: u64,
    /// The first few of them.
    pub unknown_rows: Vec<usize>,
    /// The first row that counts.
    pub first_row: Option<usize>,
    /// Whether the sum no longer fits.
    pub overflow: bool,
}

impl Tally {
    /// Counts a row without a value.
    pub fn count(&mut self, row: usize) {
        self.rows += 1;
        self.first_row.get_or_insert(row);
    }

    /// Counts a row with a number or a date.
    pub fn add(&mut self, row: usize, value: i128) {
        self.count(row);
        match self.sum.checked_add(value) {
            Some(sum) => self.sum = sum,
            None => self.overflow = true,
        }
        self.min = Some(self.min.map_or(value, |min| min.min(value)));
        self.max = Some(self.max.map_or(value, |max| max.max(value)));
    }

    /// Counts a row with a value to be told apart.
    pub fn distinguish(&mut self, row: usize, value: String) {
        self.count(row);
        self.distinct.get_or_insert_default().insert(value);
    }

    /// Notes a row that may or may not count, or whose value is unknown.
    pub fn note_unknown(&mut self, row: usize) {
        self.unknown += 1;
        if self.unknown_rows.len() < SAMPLES {
            self.unknown_rows.push(row);
        }
    }

    /// Adds another group's tally of the same aggregate.
    pub fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.scale = self.scale.max(other.scale);
        match self.sum.checked_add(other.sum) {
            Some(sum) => self.sum = sum,
            None => self.overflow = true,
        }
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.into_iter().chain(other.max).max();
        if let Some(values) = &other.distinct {
            self.distinct.get_or_insert_default().extend(values.iter().cloned());
        }
        self.unknown += other.unknown;
        self.unknown_rows.extend(&other.unknown_rows);
        self.unknown_rows.sort_unstable();
        self.unknown_rows.truncate(SAMPLES);
        self.first_row = self.first_row.into_iter().chain(other.first_row).min();
        self.overflow |= other.overflow;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merging_parts_equals_counting_all(values in prop::collection::vec((0usize..100, -50i128..50), 0..40), at in 0usize..40) {
            let at = at.min(values.len());
            let tally = |items: &[(usize, i128)]| {
                let mut tally = Tally::default();
                for (row, value) in items {
                    tally.add(*row, *value);
                }
                tally
            };
            let mut merged = tally(&values[..at]);
            merged.merge(&tally(&values[at..]));
            let whole = tally(&values);
            prop_assert_eq!((merged.rows, merged.sum, merged.min, merged.max), (whole.rows, whole.sum, whole.min, whole.max));
        }
    }

    #[test]
    fn a_sum_that_does_not_fit_says_so() {
        let mut tally = Tally::default();
        tally.add(0, i128::MAX);
        tally.add(1, 1);
        assert!(tally.overflow);
    }
}
