//! Small numbers as Parquet writes codes and levels: in runs, or packed bit by bit.

use std::io::Result;

use super::wrong;

/// A stream of numbers of a few bits each, within the bytes of a page.
#[derive(Clone, Debug)]
pub struct Hybrid {
    /// Bits of a number.
    width: usize,
    /// The byte the next run begins at.
    at: usize,
    /// One past the last byte.
    end: usize,
    run: Run,
}

#[derive(Clone, Debug)]
enum Run {
    /// The same number so many times.
    Repeated { value: u32, left: usize },
    /// Numbers side by side: the first bit of the first of them, and of the next.
    Packed { first: usize, bit: usize, left: usize },
}

impl Hybrid {
    /// The numbers of `width` bits in `bytes[at..end]`.
    ///
    /// # Errors
    /// When they are wider than any number may be, or end before they begin.
    pub fn new(width: usize, at: usize, end: usize) -> Result<Hybrid> {
        if width > 32 || at > end {
            return Err(wrong("bits of a number"));
        }
        Ok(Hybrid { width, at, end, run: Run::Repeated { value: 0, left: 0 } })
    }

    /// Appends the next numbers.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn read(&mut self, bytes: &[u8], mut count: usize, into: &mut Vec<u32>) -> Result<()> {
        if self.width == 0 {
            into.resize(into.len() + count, 0);
            return Ok(());
        }
        while count > 0 {
            let width = self.width;
            let taken = match self.run(bytes)? {
                Run::Repeated { value, left } => {
                    let taken = count.min(*left);
                    into.resize(into.len() + taken, *value);
                    *left -= taken;
                    taken
                }
                Run::Packed { first, bit, left } => {
                    let taken = count.min(*left);
                    unpack(bytes, *first, *bit, width, taken, into);
                    *bit += taken * width;
                    *left -= taken;
                    taken
                }
            };
            count -= taken;
        }
        Ok(())
    }

    /// Passes over the next numbers where they are all this one; whether they are.
    ///
    /// # Errors
    /// When there are none at all.
    pub fn pass(&mut self, bytes: &[u8], count: usize, number: u32) -> Result<bool> {
        match self.run(bytes)? {
            Run::Repeated { value, left } if *value == number && *left >= count => {
                *left -= count;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The run the next number is in.
    fn run(&mut self, bytes: &[u8]) -> Result<&mut Run> {
        // A run may be empty.
        while let Run::Repeated { left: 0, .. } | Run::Packed { left: 0, .. } = self.run {
            self.run = self.next_run(&bytes[..self.end])?;
        }
        Ok(&mut self.run)
    }

    fn next_run(&mut self, bytes: &[u8]) -> Result<Run> {
        let header = self.header(bytes)?;
        let count = usize::try_from(header >> 1).unwrap_or(usize::MAX);
        if header & 1 == 0 {
            let size = self.width.div_ceil(8);
            let value = bytes.get(self.at..self.at + size).ok_or_else(|| wrong("a run"))?;
            let value = value.iter().rev().fold(0u32, |value, byte| value << 8 | u32::from(*byte));
            self.at += size;
            return Ok(Run::Repeated { value, left: count });
        }
        // Groups of eight; the last may have been cut short.
        let size = count.saturating_mul(self.width).min(bytes.len() - self.at);
        let first = self.at * 8;
        self.at += size;
        Ok(Run::Packed { first, bit: first, left: size * 8 / self.width })
    }

    /// A run's header: seven bits a byte, the lowest first.
    fn header(&mut self, bytes: &[u8]) -> Result<u64> {
        let mut header = 0;
        for shift in (0..64).step_by(7) {
            let byte = *bytes.get(self.at).ok_or_else(|| wrong("too few numbers"))?;
            self.at += 1;
            header |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(header);
            }
        }
        Err(wrong("a run's header"))
    }
}

/// Eight bytes from `at` on, the first one lowest; zeros after the last.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    if let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        return u64::from_le_bytes(*word);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Appends numbers that stand side by side from `bit` on, in groups of eight from `first` on.
fn unpack(
    bytes: &[u8],
    first: usize,
    mut bit: usize,
    width: usize,
    count: usize,
    into: &mut Vec<u32>,
) {
    let mask = (1u64 << width) - 1;
    // At most 32 bits of a number, so that it is below the mask's.
    let number = |bit: usize| ((word(bytes, bit / 8) >> (bit % 8)) & mask) as u32;
    let mut left = count;
    if width <= 8 {
        // To the next group of eight, then a group at a time.
        let before = ((bit - first) / width).wrapping_neg() % 8;
        for _ in 0..before.min(left) {
            into.push(number(bit));
            bit += width;
        }
        left -= before.min(left);
        for _ in 0..left / 8 {
            let group = word(bytes, bit / 8);
            into.extend((0..8).map(|at| ((group >> (at * width)) & mask) as u32));
            bit += 8 * width;
        }
        left %= 8;
    }
    into.extend((0..left).map(|at| number(bit + at * width)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers packed bit by bit, as slowly as can be.
    fn packed(numbers: &[u32], width: usize) -> Vec<u8> {
        let groups = numbers.len().div_ceil(8);
        let mut bytes = vec![0u8; groups * width];
        for (at, number) in numbers.iter().enumerate() {
            for bit in (0..width).filter(|bit| number >> bit & 1 == 1) {
                bytes[(at * width + bit) / 8] |= 1 << ((at * width + bit) % 8);
            }
        }
        bytes
    }

    fn header(mut header: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while header > 0x7f {
            bytes.push(header as u8 & 0x7f | 0x80);
            header >>= 7;
        }
        bytes.push(header as u8);
        bytes
    }

    proptest! {
        #[test]
        fn runs_are_read_as_they_were_written(
            width in 1usize..=32,
            runs in prop::collection::vec((any::<bool>(), any::<u32>(), 1usize..60), 1..8),
            steps in prop::collection::vec(1usize..40, 1..40),
        ) {
            let mask = ((1u64 << width) - 1) as u32;
            let (mut bytes, mut expected) = (vec![9, 9, 9], Vec::new());
            for (is_packed, seed, count) in runs {
                if is_packed {
                    let numbers: Vec<u32> = (0..count as u32 * 8)
                        .map(|at| seed.wrapping_mul(at * 2 + 1).rotate_left(at % 32) & mask)
                        .collect();
                    bytes.extend(header(count << 1 | 1));
                    bytes.extend(packed(&numbers, width));
                    expected.extend(numbers);
                } else {
                    bytes.extend(header(count << 1));
                    bytes.extend(&(seed & mask).to_le_bytes()[..width.div_ceil(8)]);
                    expected.extend(vec![seed & mask; count]);
                }
            }
            let mut hybrid = Hybrid::new(width, 3, bytes.len()).expect("few bits");
            let mut found = Vec::new();
            for step in steps.iter().cycle() {
                let step = (*step).min(expected.len() - found.len());
                let passed = step > 0 && hybrid.pass(&bytes, step, expected[found.len()]).expect("there");
                if passed {
                    found.extend(vec![expected[found.len()]; step]);
                } else {
                    hybrid.read(&bytes, step, &mut found).expect("there");
                }
                if found.len() == expected.len() {
                    break;
                }
            }
            prop_assert_eq!(found, expected);
            prop_assert!(hybrid.read(&bytes, 1, &mut Vec::new()).is_err());
        }
    }
}
