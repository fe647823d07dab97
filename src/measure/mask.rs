//! Rows chosen by a condition, as bits: those it holds for, and those it is unknown for.

use std::ops::Range;

use arrow_array::{Array, BooleanArray};
use arrow_buffer::BooleanBuffer;

/// Which of a batch's rows a condition holds for.
#[derive(Clone, Debug)]
pub struct Mask {
    /// A bit for each row it holds for.
    pub holds: Vec<u64>,
    /// A bit for each row it is unknown for; empty where there is none.
    pub unknown: Vec<u64>,
}

impl Mask {
    /// The rows a column of truth values says.
    pub fn of(truths: &BooleanArray) -> Mask {
        let mut holds = words(truths.values());
        let mut unknown = Vec::new();
        if let Some(known) = truths.nulls().filter(|nulls| nulls.null_count() > 0) {
            unknown = words(known.inner());
            for (holds, known) in holds.iter_mut().zip(&mut unknown) {
                *holds &= *known;
                *known = !*known;
            }
            clear_after(&mut unknown, truths.len());
        }
        Mask { holds, unknown }
    }

    /// The rows for which `choose` says so; `None` is unknown.
    pub fn from_rows(rows: usize, choose: impl Fn(usize) -> Option<bool>) -> Mask {
        let truths: BooleanArray = (0..rows).map(choose).collect();
        Mask::of(&truths)
    }

    /// All of so many rows.
    pub fn all(rows: usize) -> Mask {
        let mut holds = vec![u64::MAX; rows.div_ceil(64)];
        clear_after(&mut holds, rows);
        Mask { holds, unknown: Vec::new() }
    }

    /// Takes rows away for which something is known not to hold, or unknown: Kleene's *and*.
    pub fn and(&mut self, other: &Mask) {
        if !self.unknown.is_empty() || !other.unknown.is_empty() {
            let words = self.holds.len();
            self.unknown.resize(words, 0);
            for at in 0..words {
                let theirs = other.unknown.get(at).copied().unwrap_or(0);
                let (mine, held) = (self.unknown[at], self.holds[at]);
                self.unknown[at] = (mine & (other.holds[at] | theirs)) | (theirs & held);
            }
        }
        for (mine, theirs) in self.holds.iter_mut().zip(&other.holds) {
            *mine &= theirs;
        }
    }
}

/// The bits of a buffer, first row lowest.
fn words(bits: &BooleanBuffer) -> Vec<u64> {
    bits.bit_chunks().iter_padded().take(bits.len().div_ceil(64)).collect()
}

fn clear_after(words: &mut [u64], rows: usize) {
    if rows % 64 != 0
        && let Some(last) = words.last_mut()
    {
        *last &= (1 << (rows % 64)) - 1;
    }
}

/// The bits of one word that belong to a range of rows.
fn within(range: &Range<usize>, word: usize) -> u64 {
    let (start, end) = (word * 64, word * 64 + 64);
    let mut bits = u64::MAX;
    if range.start > start {
        bits &= u64::MAX << (range.start - start);
    }
    if range.end < end {
        bits &= u64::MAX >> (end - range.end);
    }
    bits
}

fn touched(range: &Range<usize>) -> Range<usize> {
    if range.is_empty() { 0..0 } else { range.start / 64..range.end.div_ceil(64) }
}

/// How many bits of a range are set.
pub fn count(words: &[u64], range: &Range<usize>) -> u64 {
    touched(range).map(|word| u64::from((words[word] & within(range, word)).count_ones())).sum()
}

/// The first bit of a range that is set.
pub fn first(words: &[u64], range: &Range<usize>) -> Option<usize> {
    touched(range).find_map(|word| {
        let bits = words[word] & within(range, word);
        (bits != 0).then(|| word * 64 + bits.trailing_zeros() as usize)
    })
}

/// Calls `see` with each bit of a range that is set, in order.
pub fn each(words: &[u64], range: &Range<usize>, mut see: impl FnMut(usize)) {
    for word in touched(range) {
        let mut bits = words[word] & within(range, word);
        while bits != 0 {
            see(word * 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn truth(mask: &Mask, row: usize) -> Option<bool> {
        let bit = |words: &[u64]| words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
        if bit(&mask.unknown) { None } else { Some(bit(&mask.holds)) }
    }

    proptest! {
        #[test]
        fn bits_are_counted_and_joined_as_truths_are(
            pairs in prop::collection::vec((any::<Option<bool>>(), any::<Option<bool>>()), 0..200),
            start in 0usize..200,
            len in 0usize..200,
        ) {
            let (a, b): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
            let of = |truths: &[Option<bool>]| Mask::of(&truths.iter().copied().collect());
            let mut both = of(&a);
            both.and(&of(&b));
            for (row, (a, b)) in pairs.iter().enumerate() {
                let expected = match (a, b) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
                prop_assert_eq!(truth(&both, row), expected);
            }
            let start = start.min(pairs.len());
            let range = start..(start + len).min(pairs.len());
            let set: Vec<usize> = range.clone().filter(|row| a[*row] == Some(true)).collect();
            let mask = of(&a);
            prop_assert_eq!(count(&mask.holds, &range), set.len() as u64);
            prop_assert_eq!(first(&mask.holds, &range), set.first().copied());
            let mut seen = Vec::new();
            each(&mask.holds, &range, |row| seen.push(row));
            prop_assert_eq!(seen, set);
            prop_assert_eq!(count(&Mask::all(pairs.len()).holds, &range), range.len() as u64);
        }
    }
}
