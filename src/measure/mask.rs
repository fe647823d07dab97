//! Rows chosen by a condition, as bits: those it holds for, and those it is unknown for.

use std::ops::Range;

use arrow_array::{Array, BooleanArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use wide::u8x16;

/// Which of a batch's rows a condition holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    rows: usize,
    /// A bit for each row it holds for.
    pub holds: Vec<u64>,
    /// A bit for each row it is unknown for; empty where there is none.
    pub unknown: Vec<u64>,
}

impl Mask {
    /// The rows a column of truth values says.
    pub fn of(truths: &BooleanArray) -> Mask {
        Mask::known(truths.len(), words(truths.values()), truths.nulls())
    }

    /// The rows `holds` says, where the value is known.
    pub fn known(rows: usize, mut holds: Vec<u64>, nulls: Option<&NullBuffer>) -> Mask {
        let mut unknown = Vec::new();
        if let Some(known) = nulls.filter(|nulls| nulls.null_count() > 0) {
            unknown = words(known.inner());
            for (holds, known) in holds.iter_mut().zip(&mut unknown) {
                *holds &= *known;
                *known = !*known;
            }
            clear_after(&mut unknown, rows);
        }
        Mask { rows, holds, unknown }
    }

    /// The rows for which `choose` says so; `None` is unknown.
    pub fn from_rows(rows: usize, choose: impl Fn(usize) -> Option<bool>) -> Mask {
        let truths: BooleanArray = (0..rows).map(choose).collect();
        Mask::of(&truths)
    }

    /// All of so many rows, or none of them.
    pub fn all(rows: usize, holds: bool) -> Mask {
        let mut holds = vec![if holds { u64::MAX } else { 0 }; rows.div_ceil(64)];
        clear_after(&mut holds, rows);
        Mask { rows, holds, unknown: Vec::new() }
    }

    /// Whether it holds for a row for certain.
    pub fn holds_at(&self, row: usize) -> bool {
        self.holds[row / 64] >> (row % 64) & 1 == 1
    }

    /// Whether it is unknown for a row.
    pub fn is_unknown_at(&self, row: usize) -> bool {
        self.unknown(row / 64) >> (row % 64) & 1 == 1
    }

    fn unknown(&self, word: usize) -> u64 {
        self.unknown.get(word).copied().unwrap_or(0)
    }

    /// Where both hold (Kleene).
    pub fn and(&self, other: &Mask) -> Mask {
        self.join(
            other,
            |a, b| a & b,
            |(a, a_unknown), (b, b_unknown)| (a_unknown & (b | b_unknown)) | (b_unknown & a),
        )
    }

    /// Where either holds (Kleene).
    pub fn or(&self, other: &Mask) -> Mask {
        self.join(
            other,
            |a, b| a | b,
            |(a, a_unknown), (b, b_unknown)| (a_unknown | b_unknown) & !(a | b),
        )
    }

    fn join(
        &self,
        other: &Mask,
        holds: impl Fn(u64, u64) -> u64,
        unknown: impl Fn((u64, u64), (u64, u64)) -> u64,
    ) -> Mask {
        let pairs = self.holds.iter().zip(&other.holds);
        let both = pairs.clone().map(|(a, b)| holds(*a, *b)).collect();
        let mut open = Vec::new();
        if !self.unknown.is_empty() || !other.unknown.is_empty() {
            let join = |(word, (a, b)): (usize, (&u64, &u64))| {
                unknown((*a, self.unknown(word)), (*b, other.unknown(word)))
            };
            open = pairs.enumerate().map(join).collect();
        }
        Mask { rows: self.rows, holds: both, unknown: open }
    }

    /// Where it does not hold.
    pub fn not(&self) -> Mask {
        let flip = |(word, holds): (usize, &u64)| !(holds | self.unknown(word));
        let mut holds: Vec<u64> = self.holds.iter().enumerate().map(flip).collect();
        clear_after(&mut holds, self.rows);
        Mask { rows: self.rows, holds, unknown: self.unknown.clone() }
    }

    /// As a column of truth values.
    pub fn to_array(&self) -> BooleanArray {
        let bits = |words: Vec<u64>| BooleanBuffer::new(Buffer::from_vec(words), 0, self.rows);
        let nulls = (!self.unknown.is_empty()).then(|| {
            let known = self.unknown.iter().map(|unknown| !unknown).collect();
            NullBuffer::new(bits(known))
        });
        BooleanArray::new(bits(self.holds.clone()), nulls)
    }
}

/// A bit for each value that passes a test.
///
/// Sixty-four at a time: the tests become bytes, which the compiler does several at once, and the
/// bytes bits.
#[inline(always)]
pub fn pack<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Vec<u64> {
    let (blocks, rest) = values.as_chunks::<64>();
    let mut words = Vec::with_capacity(values.len().div_ceil(64));
    for block in blocks {
        words.push(word(block.iter().map(|value| test(*value))));
    }
    if !rest.is_empty() {
        words.push(last_word(rest.iter().map(|value| test(*value))));
    }
    words
}

/// A bit for each pair of values that passes a test.
#[inline(always)]
pub fn pack_pairs<T: Copy>(a: &[T], b: &[T], test: impl Fn(T, T) -> bool) -> Vec<u64> {
    let ((blocks, rest), (others, other_rest)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let mut words = Vec::with_capacity(a.len().div_ceil(64));
    for (block, other) in blocks.iter().zip(others) {
        words.push(word(block.iter().zip(other).map(|(a, b)| test(*a, *b))));
    }
    if !rest.is_empty() {
        words.push(last_word(rest.iter().zip(other_rest).map(|(a, b)| test(*a, *b))));
    }
    words
}

/// Sixty-four bits.
#[inline(always)]
fn word(tests: impl Iterator<Item = bool>) -> u64 {
    let mut bytes = [0u8; 64];
    for (byte, test) in bytes.iter_mut().zip(tests) {
        *byte = if test { u8::MAX } else { 0 };
    }
    let mut word = 0;
    for (quarter, lanes) in bytes.as_chunks::<16>().0.iter().enumerate() {
        let bits = u8x16::new(*lanes).move_mask().cast_unsigned();
        word |= u64::from(bits) << (quarter * 16);
    }
    word
}

/// Fewer bits.
fn last_word(tests: impl Iterator<Item = bool>) -> u64 {
    tests.enumerate().fold(0, |word, (at, test)| word | u64::from(test) << at)
}

/// The bits of a buffer, first row lowest.
fn words(bits: &BooleanBuffer) -> Vec<u64> {
    bits.bit_chunks().iter_padded().take(bits.len().div_ceil(64)).collect()
}

fn clear_after(words: &mut [u64], rows: usize) {
    if !rows.is_multiple_of(64)
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
        let bit =
            |words: &[u64]| words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
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
            let (first, second) = (of(&a), of(&b));
            let (both, either, not) = (first.and(&second), first.or(&second), first.not());
            for (row, (a, b)) in pairs.iter().enumerate() {
                let and = match (a, b) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
                let or = match (a, b) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
                prop_assert_eq!(truth(&both, row), and);
                prop_assert_eq!(truth(&either, row), or);
                prop_assert_eq!(truth(&not, row), a.map(|a| !a));
            }
            prop_assert_eq!(&Mask::of(&both.to_array()).holds, &both.holds);
            let start = start.min(pairs.len());
            let range = start..(start + len).min(pairs.len());
            let set: Vec<usize> = range.clone().filter(|row| a[*row] == Some(true)).collect();
            prop_assert_eq!(count(&first.holds, &range), set.len() as u64);
            prop_assert_eq!(super::first(&first.holds, &range), set.first().copied());
            let mut seen = Vec::new();
            each(&first.holds, &range, |row| seen.push(row));
            prop_assert_eq!(seen, set);
            prop_assert_eq!(count(&Mask::all(pairs.len(), true).holds, &range), range.len() as u64);
            prop_assert_eq!(count(&not.not().not().holds, &(0..pairs.len())), count(&not.holds, &(0..pairs.len())));
        }

        #[test]
        fn packing_is_testing_each(values in prop::collection::vec(-5i32..5, 0..300)) {
            let packed = Mask::known(values.len(), pack(&values, |value| value < 2), None);
            prop_assert_eq!(packed, Mask::from_rows(values.len(), |row| Some(values[row] < 2)));
        }
    }
}
