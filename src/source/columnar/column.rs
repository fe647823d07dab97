//! Values of a column as they are stored, some rows of it at a time.

use std::io::Result;
use std::sync::Arc;

use super::wrong;

/// Zero bytes after texts, so that they can be looked at eight bytes at a time.
pub const PADDING: usize = 16;

/// Texts one after another.
#[derive(Debug)]
pub struct Texts {
    /// Their bytes, what stands between them too, with [`PADDING`] after the last.
    bytes: Vec<u8>,
    /// Where each begins and ends.
    spans: Vec<(u32, u32)>,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { bytes: vec![0; PADDING], spans: Vec::new() }
    }
}

impl Texts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// All bytes, with padding.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where a text begins and ends among the bytes.
    pub fn span(&self, at: usize) -> (usize, usize) {
        let (start, end) = self.spans[at];
        (start as usize, end as usize)
    }

    /// A text's bytes.
    pub fn get(&self, at: usize) -> &[u8] {
        let (start, end) = self.span(at);
        &self.bytes[start..end]
    }

    fn clear(&mut self) {
        self.spans.clear();
        self.bytes.clear();
        self.bytes.resize(PADDING, 0);
    }

    /// Appends texts: their bytes and whatever is between, and where each begins and ends there.
    ///
    /// # Errors
    /// When there are too many bytes to be counted.
    pub fn extend(
        &mut self,
        bytes: &[u8],
        spans: impl Iterator<Item = (usize, usize)>,
    ) -> Result<()> {
        let base = self.bytes.len() - PADDING;
        if u32::try_from(base + bytes.len()).is_err() {
            return Err(wrong("too much text"));
        }
        self.bytes.truncate(base);
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len() + PADDING, 0);
        // Both are below the length, which fits.
        self.spans.extend(spans.map(|(start, end)| ((base + start) as u32, (base + end) as u32)));
        Ok(())
    }
}

/// Values of one physical type; a row without one has any.
#[derive(Debug)]
pub enum Values {
    /// Truth values.
    Flags(Vec<bool>),
    /// Whole numbers, and whatever is stored as such: decimals, days, moments.
    Integers(Vec<i64>),
    /// Fractions of 32 bits.
    Singles(Vec<f32>),
    /// Fractions of 64 bits.
    Doubles(Vec<f64>),
    /// Bytes: texts, and numbers of many digits.
    Texts(Texts),
    /// Places in a list of texts.
    Codes(Vec<u32>, Arc<Texts>),
}

/// Some rows of a column.
#[derive(Debug)]
pub struct Column {
    /// A value for each row.
    pub values: Values,
    /// Whether each row has one; empty where all have.
    pub valid: Vec<bool>,
}

impl Default for Column {
    fn default() -> Column {
        Column { values: Values::Flags(Vec::new()), valid: Vec::new() }
    }
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Flags(values) => values.len(),
            Values::Integers(values) => values.len(),
            Values::Singles(values) => values.len(),
            Values::Doubles(values) => values.len(),
            Values::Texts(texts) => texts.len(),
            Values::Codes(codes, _) => codes.len(),
        }
    }

    /// Leaves none.
    pub fn clear(&mut self) {
        match self {
            Values::Flags(values) => values.clear(),
            Values::Integers(values) => values.clear(),
            Values::Singles(values) => values.clear(),
            Values::Doubles(values) => values.clear(),
            Values::Texts(texts) => texts.clear(),
            Values::Codes(codes, _) => codes.clear(),
        }
    }

    /// Where texts are appended: what was codes is written out.
    ///
    /// # Errors
    /// When there is too much text.
    pub fn as_texts(&mut self) -> Result<&mut Texts> {
        if !matches!(self, Values::Texts(_)) {
            let mut texts = Texts::default();
            if let Values::Codes(codes, list) = self {
                for code in codes.iter() {
                    // A row without a value has any code, of a list that may be empty.
                    let known = (*code as usize) < list.len();
                    let text = if known { list.get(*code as usize) } else { &[] };
                    texts.extend(text, std::iter::once((0, text.len())))?;
                }
            }
            *self = Values::Texts(texts);
        }
        match self {
            Values::Texts(texts) => Ok(texts),
            _ => Err(wrong("texts")),
        }
    }

    /// Appends some of the values of another of the same type.
    ///
    /// # Errors
    /// When it is not of that type, or there is too much text.
    pub fn append(&mut self, other: &Values, from: usize, count: usize) -> Result<()> {
        let range = from..from + count;
        match (&mut *self, other) {
            (Values::Flags(own), Values::Flags(new)) => own.extend_from_slice(&new[range]),
            (Values::Integers(own), Values::Integers(new)) => own.extend_from_slice(&new[range]),
            (Values::Singles(own), Values::Singles(new)) => own.extend_from_slice(&new[range]),
            (Values::Doubles(own), Values::Doubles(new)) => own.extend_from_slice(&new[range]),
            (_, Values::Texts(new)) => {
                let own = self.as_texts()?;
                for at in range {
                    let text = new.get(at);
                    own.extend(text, std::iter::once((0, text.len())))?;
                }
            }
            _ => return Err(wrong("another type")),
        }
        Ok(())
    }

    /// Makes room for rows without a value: the last values belong to those of the last rows that
    /// have one.
    fn spread(&mut self, levels: &[u32]) {
        match self {
            Values::Flags(values) => spread(values, levels),
            Values::Integers(values) => spread(values, levels),
            Values::Singles(values) => spread(values, levels),
            Values::Doubles(values) => spread(values, levels),
            Values::Texts(texts) => spread(&mut texts.spans, levels),
            Values::Codes(codes, _) => spread(codes, levels),
        }
    }
}

impl Column {
    /// Whether a row has a value.
    pub fn is_valid(&self, row: usize) -> bool {
        self.valid.is_empty() || self.valid[row]
    }

    /// Leaves no row.
    pub fn clear(&mut self) {
        self.values.clear();
        self.valid.clear();
    }

    /// Rows whose values have just been appended, one for each level that is 1.
    pub fn end(&mut self, levels: &[u32]) {
        self.values.spread(levels);
        let before = self.values.len() - levels.len();
        self.valid.resize(before, true);
        self.valid.extend(levels.iter().map(|level| *level == 1));
    }

    /// Rows all of which have a value, which has just been appended.
    pub fn end_full(&mut self) {
        if !self.valid.is_empty() {
            self.valid.resize(self.values.len(), true);
        }
    }
}

fn spread<T: Copy + Default>(values: &mut Vec<T>, levels: &[u32]) {
    let dense = levels.iter().filter(|level| **level == 1).count();
    let start = values.len() - dense;
    let mut from = values.len();
    values.resize(start + levels.len(), T::default());
    for (at, level) in levels.iter().enumerate().rev() {
        values[start + at] = if *level == 1 {
            from -= 1;
            values[from]
        } else {
            T::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_value_are_let_in() {
        let mut column = Column { values: Values::Integers(vec![7, 8]), valid: Vec::new() };
        column.end_full();
        assert!(column.is_valid(1));
        if let Values::Integers(values) = &mut column.values {
            values.extend([1, 2, 3]);
        }
        column.end(&[0, 1, 1, 0, 1, 0]);
        let Values::Integers(values) = &column.values else { panic!("integers") };
        assert_eq!(values, &[7, 8, 0, 1, 2, 0, 3, 0]);
        assert_eq!(column.valid, [true, true, false, true, true, false, true, false]);
    }
}
