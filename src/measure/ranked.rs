//! Numbers in order, and how often each occurs: for medians, quantiles, and counts of different
//! numbers.
//!
//! New ones are counted in a hash table as long as it is small. What it holds is then sorted and
//! becomes a run, and runs of about one length are merged into one. So a million different numbers
//! cost what sorting them costs, and a few that occur a million times what looking them up costs.
//! Runs are shared where tallies are added up, not copied.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::reading::cell::MOST_PLACES;

/// Different numbers that are counted before they are sorted, at the least and at the most.
const FEW: usize = 1 << 11;
const MANY: usize = 1 << 16;

/// Units of [`Decimal::fraction`] in a whole.
const UNITS: i128 = 10i128.pow(MOST_PLACES);

/// A decimal number of at most [`MOST_PLACES`] places: what it is above the whole number below it,
/// and that number. Ordered as numbers are, and equal where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Decimal {
    whole: i128,
    /// In units of the last place.
    fraction: u64,
}

impl Decimal {
    /// `mantissa / 10^scale`.
    pub fn new(mantissa: i128, scale: u32) -> Decimal {
        if scale == 0 {
            return Decimal { whole: mantissa, fraction: 0 };
        }
        let one = 10i128.pow(scale.min(MOST_PLACES));
        // Most fit 64 bits, whose division is much faster.
        let (whole, rest) = match (i64::try_from(mantissa), i64::try_from(one)) {
            (Ok(mantissa), Ok(one)) => {
                (i128::from(mantissa.div_euclid(one)), i128::from(mantissa.rem_euclid(one)))
            }
            _ => (mantissa.div_euclid(one), mantissa.rem_euclid(one)),
        };
        Decimal { whole, fraction: u64::try_from(rest * (UNITS / one)).unwrap_or(0) }
    }

    /// The number; `None` when it does not fit.
    pub fn exact(self) -> Option<Exact> {
        let fraction = Exact::decimal(i128::from(self.fraction), MOST_PLACES)?;
        Exact::int(self.whole).checked_add(&fraction)
    }
}

/// Numbers in order, each once, and how often it occurs.
type Run = [(Decimal, u64)];

/// Numbers and how often each occurs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ranked {
    /// Those not sorted yet.
    #[serde(with = "super::pairs")]
    recent: HashMap<Decimal, u64, FixedState>,
    /// Each less than half as long as the one before. A number may be in several.
    runs: Vec<Arc<Run>>,
}

impl Ranked {
    /// Notes a number.
    pub fn add(&mut self, value: Decimal) {
        self.add_times(value, 1);
    }

    fn add_times(&mut self, value: Decimal, times: u64) {
        *self.recent.entry(value).or_default() += times;
        // As many as there are already, so that a number of times as many that keep coming back
        // are sorted once.
        let longest = self.runs.first().map_or(0, |run| run.len());
        if self.recent.len() > longest.clamp(FEW, MANY) {
            let run = sorted(&self.recent);
            self.recent.clear();
            self.push(run.into());
        }
    }

    /// Adds what others are.
    pub fn merge(&mut self, other: &Ranked) {
        other.runs.iter().for_each(|run| self.push(Arc::clone(run)));
        other.recent.iter().for_each(|(value, times)| self.add_times(*value, *times));
    }

    fn push(&mut self, mut run: Arc<Run>) {
        while let Some(last) = self.runs.pop_if(|last| last.len() < 2 * run.len()) {
            run = merged(&last, &run).into();
        }
        self.runs.push(run);
    }

    /// All numbers in order, each once, and how often it occurs.
    pub fn in_order(&self) -> Cow<'_, Run> {
        if let ([run], true) = (&self.runs[..], self.recent.is_empty()) {
            return Cow::Borrowed(run);
        }
        // The shortest first.
        let runs = self.runs.iter().rev();
        Cow::Owned(runs.fold(sorted(&self.recent), |all, run| merged(&all, run)))
    }
}

fn sorted(recent: &HashMap<Decimal, u64, FixedState>) -> Vec<(Decimal, u64)> {
    let mut run: Vec<(Decimal, u64)> =
        recent.iter().map(|(value, times)| (*value, *times)).collect();
    run.sort_unstable();
    run
}

fn merged(a: &Run, b: &Run) -> Vec<(Decimal, u64)> {
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    while let (Some(first), Some(second)) = (a.peek(), b.peek()) {
        let order = first.0.cmp(&second.0);
        let next = if order.is_le() { a.next() } else { b.next() };
        let Some((value, mut times)) = next else { break };
        if order.is_eq() {
            times += b.next().map_or(0, |(_, more)| more);
        }
        all.push((value, times));
    }
    all.extend(a.chain(b));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_ordered_and_equal_as_numbers() {
        let cases = [
            (i128::MIN, 0),
            (-10i128.pow(37), 17),
            (-15, 1),
            (-1, 0),
            (-1, 18),
            (0, 5),
            (1, 18),
            (25, 2),
            (3, 1),
            (7, 0),
            (10i128.pow(38) - 1, 18),
            (10i128.pow(20), 0),
            (i128::MAX, 0),
        ];
        let decimals: Vec<Decimal> =
            cases.iter().map(|(mantissa, scale)| Decimal::new(*mantissa, *scale)).collect();
        assert!(decimals.is_sorted_by(|a, b| a < b), "{decimals:?}");
        assert_eq!(Decimal::new(-1500, 3), Decimal::new(-15, 1));
        assert_eq!(Decimal::new(-20, 1), Decimal::new(-2, 0));
        for (mantissa, scale) in &cases[1..12] {
            let exact = Decimal::new(*mantissa, *scale).exact();
            assert_eq!(exact, Exact::decimal(*mantissa, *scale), "{mantissa} {scale}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// More different numbers than are counted before they are sorted, in several parts.
        #[test]
        fn numbers_are_counted_whatever_the_parts(
            seed in any::<u64>(),
            kinds in prop::sample::select(vec![3u64, 1_000, 5_000, 1 << 40]),
            counts in prop::collection::vec(0usize..9_000, 1..5),
        ) {
            let mut state = seed | 1;
            let mut next = || {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e);
                i128::from((state >> 20) % kinds) - 1_000
            };
            let mut expected: BTreeMap<i128, u64> = BTreeMap::new();
            let mut whole = Ranked::default();
            for count in counts {
                let mut part = Ranked::default();
                for _ in 0..count {
                    let value = next();
                    *expected.entry(value).or_default() += 1;
                    part.add(Decimal::new(value, 2));
                }
                whole.merge(&part);
            }
            let expected: Vec<(Decimal, u64)> =
                expected.into_iter().map(|(value, times)| (Decimal::new(value, 2), times)).collect();
            prop_assert_eq!(whole.in_order().to_vec(), expected);
        }
    }
}
