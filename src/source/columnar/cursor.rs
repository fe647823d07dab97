//! One column of a group of rows, page by page.

use std::io::Result;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::ReaderProperties;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;

use super::column::{Column, Texts, Values};
use super::hybrid::Hybrid;
use super::plain::{end, length};
use super::{Chunks, kind, plain, unusual, wrong};
use crate::source::guard::guarded;

/// A column's pages, and the row that is read next.
pub struct Cursor {
    pages: SerializedPageReader<Chunks>,
    column: ColumnDescPtr,
    narrowed: Option<fn(i64) -> i64>,
    dictionary: Option<Dictionary>,
    page: Option<DataPage>,
    /// The next row.
    at: usize,
    levels: Vec<u32>,
}

/// The different values of a column, to which codes refer.
struct Dictionary {
    values: Dense,
    /// The page it was, for the library to decode what is decoded by it.
    page: Page,
}

enum Dense {
    Texts(Arc<Texts>),
    Others(Values),
}

/// A page of values.
struct DataPage {
    bytes: Bytes,
    /// The first row.
    first: usize,
    start: State,
    state: State,
}

/// What of a page is still to be read.
#[derive(Clone)]
struct State {
    /// Rows.
    left: usize,
    /// Which of them have values; absent where all have.
    levels: Option<Levels>,
    values: Encoded,
}

#[derive(Clone)]
enum Levels {
    Hybrid(Hybrid),
    Decoded(Arc<[u32]>, usize),
}

#[derive(Clone)]
enum Encoded {
    /// As they are, from this byte on.
    Plain(usize),
    /// Codes.
    Codes(Hybrid),
    /// Truth values, from this bit on.
    Bits(usize),
    /// Truth values in runs.
    Flags(Hybrid),
    /// By the library, the next at this place.
    Decoded(Arc<Values>, usize),
}

impl Cursor {
    /// A cursor before the first row.
    ///
    /// # Errors
    /// When the column is packed in a way that is not known.
    pub fn new(chunks: &Arc<Chunks>, meta: &ColumnChunkMetaData, rows: usize) -> Result<Cursor> {
        let properties = Arc::new(ReaderProperties::builder().build());
        let pages = guarded(|| {
            let chunks = Arc::clone(chunks);
            SerializedPageReader::new_with_properties(chunks, meta, rows, None, properties)
                .map_err(wrong)
        })?;
        let column = meta.column_descr_ptr();
        Ok(Cursor {
            pages,
            narrowed: kind::narrowed(&column),
            column,
            dictionary: None,
            page: None,
            at: 0,
            levels: Vec::new(),
        })
    }

    /// Whether a row can be read without beginning anew.
    pub fn goes_back_to(&mut self, row: usize) -> bool {
        if row < self.at
            && let Some(page) = self.page.as_mut().filter(|page| page.first <= row)
        {
            page.state = page.start.clone();
            self.at = page.first;
        }
        row >= self.at
    }

    /// Appends the values of some rows, the first of which is not before the next.
    ///
    /// # Errors
    /// When the file cannot be read, or is not as the format says.
    pub fn read(&mut self, rows: Range<usize>, into: &mut Column) -> Result<()> {
        self.pass(rows.start)?;
        while self.at < rows.end {
            if self.page.as_ref().is_none_or(|page| page.state.left == 0) {
                self.next_page()?;
            }
            let count = self.take(rows.end - self.at, into)?;
            self.at += count;
        }
        Ok(())
    }

    /// Passes over rows up to this one.
    fn pass(&mut self, row: usize) -> Result<()> {
        let mut passed = Column::default();
        while self.at < row {
            if let Some(page) = self.page.as_ref().filter(|page| page.state.left > 0) {
                let left = page.state.left;
                if self.at + left <= row {
                    self.at += left;
                    self.page = None;
                    continue;
                }
                passed.clear();
                self.at += self.take((row - self.at).min(1 << 12), &mut passed)?;
                continue;
            }
            let next = guarded(|| self.pages.peek_next_page().map_err(wrong))?;
            let next = next.ok_or_else(|| wrong("too few rows"))?;
            let levels = next.num_levels.filter(|levels| !next.is_dict && self.at + levels <= row);
            match levels {
                Some(levels) => {
                    guarded(|| self.pages.skip_next_page().map_err(wrong))?;
                    self.page = None;
                    self.at += levels;
                }
                None => self.next_page()?,
            }
        }
        Ok(())
    }

    /// Fetches the next page of values, and the dictionary where it comes before.
    fn next_page(&mut self) -> Result<()> {
        self.page = None;
        loop {
            let page = guarded(|| self.pages.get_next_page().map_err(wrong))?;
            let page = page.ok_or_else(|| wrong("too few rows"))?;
            if page.is_dictionary_page() {
                self.dictionary = Some(self.dictionary(page)?);
            } else {
                let page = self.data_page(&page)?;
                // A page may be empty.
                if page.state.left > 0 {
                    self.page = Some(page);
                    return Ok(());
                }
            }
        }
    }

    fn dictionary(&self, page: Page) -> Result<Dictionary> {
        let count = page.num_values() as usize;
        let mut values = self.empty();
        plain::read(&self.column, page.buffer(), &mut 0, count, &mut values)?;
        self.narrow(&mut values, 0);
        let values = match values {
            Values::Texts(texts) => Dense::Texts(Arc::new(texts)),
            others => Dense::Others(others),
        };
        Ok(Dictionary { values, page })
    }

    /// No values of the column's physical type.
    fn empty(&self) -> Values {
        match self.column.physical_type() {
            Type::BOOLEAN => Values::Flags(Vec::new()),
            Type::INT32 | Type::INT64 | Type::INT96 => Values::Integers(Vec::new()),
            Type::FLOAT => Values::Singles(Vec::new()),
            Type::DOUBLE => Values::Doubles(Vec::new()),
            Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => Values::Texts(Texts::default()),
        }
    }

    fn data_page(&self, page: &Page) -> Result<DataPage> {
        let bytes = page.buffer().clone();
        let left = page.num_values() as usize;
        let state = match self.usual(page, &bytes)? {
            Some((levels, values)) => State { left, levels, values },
            None => {
                let dictionary = self.dictionary.as_ref().map(|known| &known.page);
                let (levels, mut values) = unusual::decoded(&self.column, dictionary, page)?;
                self.narrow(&mut values, 0);
                let levels = levels.map(|levels| Levels::Decoded(levels.into(), 0));
                State { left, levels, values: Encoded::Decoded(Arc::new(values), 0) }
            }
        };
        Ok(DataPage { bytes, first: self.at, start: state.clone(), state })
    }

    /// Where levels and values of a page are; `None` where they are encoded in a way that is left
    /// to the library.
    fn usual(&self, page: &Page, bytes: &[u8]) -> Result<Option<(Option<Levels>, Encoded)>> {
        let optional = self.column.max_def_level() > 0;
        let mut at = 0;
        let mut levels = None;
        match page {
            Page::DataPage { def_level_encoding, .. } if optional => {
                if *def_level_encoding != Encoding::RLE {
                    return Ok(None);
                }
                let len = length(bytes, 0)?;
                at = end(bytes, 4, len)?;
                levels = Some(Levels::Hybrid(Hybrid::new(1, 4, at)?));
            }
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                let start = *rep_levels_byte_len as usize;
                at = end(bytes, start, *def_levels_byte_len as usize)?;
                if optional {
                    levels = Some(Levels::Hybrid(Hybrid::new(1, start, at)?));
                }
            }
            _ => {}
        }
        let is_flag = self.column.physical_type() == Type::BOOLEAN;
        let values = match page.encoding() {
            Encoding::PLAIN if is_flag => Encoded::Bits(at * 8),
            Encoding::PLAIN => Encoded::Plain(at),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => match bytes.get(at) {
                Some(width) => {
                    Encoded::Codes(Hybrid::new(usize::from(*width), at + 1, bytes.len())?)
                }
                // No row of the page has a value.
                None => Encoded::Codes(Hybrid::new(1, at, at)?),
            },
            Encoding::RLE if is_flag && at == bytes.len() => Encoded::Bits(at * 8),
            Encoding::RLE if is_flag => {
                let stop = end(bytes, at + 4, length(bytes, at)?)?;
                Encoded::Flags(Hybrid::new(1, at + 4, stop)?)
            }
            _ => return Ok(None),
        };
        Ok(Some((levels, values)))
    }

    /// Appends the values of up to so many rows, as many as the page has; how many.
    fn take(&mut self, count: usize, into: &mut Column) -> Result<usize> {
        let Some(mut page) = self.page.take() else { return Err(wrong("no page")) };
        let count = count.min(page.state.left);
        self.levels.clear();
        let mut levels = std::mem::take(&mut self.levels);
        let full = match &mut page.state.levels {
            None => true,
            Some(Levels::Hybrid(hybrid)) => {
                let passed = hybrid.pass(&page.bytes, count, 1)?;
                if !passed {
                    hybrid.read(&page.bytes, count, &mut levels)?;
                }
                passed || levels.iter().all(|level| *level == 1)
            }
            Some(Levels::Decoded(known, at)) => {
                levels.extend_from_slice(&known[*at..*at + count]);
                *at += count;
                false
            }
        };
        let dense = if full { count } else { levels.iter().filter(|level| **level == 1).count() };
        let before = into.values.len();
        self.values(&page.bytes, &mut page.state.values, dense, &mut into.values)?;
        if into.values.len() < before + dense {
            return Err(wrong("too few values"));
        }
        if full {
            into.end_full();
        } else {
            into.end(&levels);
        }
        page.state.left -= count;
        self.levels = levels;
        self.page = Some(page);
        Ok(count)
    }

    /// Appends values of the rows that have one.
    fn values(
        &self,
        bytes: &[u8],
        from: &mut Encoded,
        count: usize,
        into: &mut Values,
    ) -> Result<()> {
        match from {
            Encoded::Plain(at) => {
                let into = self.of_type(into)?;
                let before = into.len();
                plain::read(&self.column, bytes, at, count, into)?;
                self.narrow(into, before);
                Ok(())
            }
            Encoded::Bits(bit) => {
                let Values::Flags(flags) = self.of_type(into)? else { return Err(wrong("flags")) };
                let bits = *bit..*bit + count;
                if bits.end > bytes.len() * 8 {
                    return Err(wrong("too few values"));
                }
                flags.extend(bits.clone().map(|bit| bytes[bit / 8] >> (bit % 8) & 1 == 1));
                *bit = bits.end;
                Ok(())
            }
            Encoded::Flags(hybrid) => {
                let mut numbers = Vec::with_capacity(count);
                hybrid.read(bytes, count, &mut numbers)?;
                let Values::Flags(flags) = self.of_type(into)? else { return Err(wrong("flags")) };
                flags.extend(numbers.iter().map(|number| *number == 1));
                Ok(())
            }
            Encoded::Codes(hybrid) => self.codes(bytes, hybrid, count, into),
            Encoded::Decoded(known, at) => {
                if known.len() < *at + count {
                    return Err(wrong("too few values"));
                }
                self.of_type(into)?.append(known, *at, count)?;
                *at += count;
                Ok(())
            }
        }
    }

    /// Appends what codes stand for: of texts, the codes.
    fn codes(
        &self,
        bytes: &[u8],
        hybrid: &mut Hybrid,
        count: usize,
        into: &mut Values,
    ) -> Result<()> {
        let Some(dictionary) = &self.dictionary else { return Err(wrong("no dictionary")) };
        match &dictionary.values {
            Dense::Texts(texts) => {
                let same = matches!(into, Values::Codes(_, own) if Arc::ptr_eq(own, texts));
                if !same && into.len() == 0 {
                    *into = Values::Codes(Vec::new(), Arc::clone(texts));
                }
                if let Values::Codes(codes, own) = into
                    && Arc::ptr_eq(own, texts)
                {
                    let before = codes.len();
                    hybrid.read(bytes, count, codes)?;
                    return within(&codes[before..], texts.len());
                }
                let mut codes = Vec::with_capacity(count);
                hybrid.read(bytes, count, &mut codes)?;
                within(&codes, texts.len())?;
                let own = into.as_texts()?;
                for code in codes {
                    let text = texts.get(code as usize);
                    own.extend(text, std::iter::once((0, text.len())))?;
                }
                Ok(())
            }
            Dense::Others(known) => {
                let mut codes = Vec::with_capacity(count);
                hybrid.read(bytes, count, &mut codes)?;
                within(&codes, known.len())?;
                let codes = codes.iter().map(|code| *code as usize);
                match (self.of_type(into)?, known) {
                    (Values::Integers(own), Values::Integers(known)) => {
                        own.extend(codes.map(|code| known[code]));
                    }
                    (Values::Singles(own), Values::Singles(known)) => {
                        own.extend(codes.map(|code| known[code]));
                    }
                    (Values::Doubles(own), Values::Doubles(known)) => {
                        own.extend(codes.map(|code| known[code]));
                    }
                    (Values::Flags(own), Values::Flags(known)) => {
                        own.extend(codes.map(|code| known[code]));
                    }
                    _ => return Err(wrong("another type")),
                }
                Ok(())
            }
        }
    }

    /// The values as some of the column's physical type, with codes of texts written out.
    fn of_type<'v>(&self, values: &'v mut Values) -> Result<&'v mut Values> {
        let empty = self.empty();
        if let Values::Texts(_) = empty {
            values.as_texts()?;
        } else if std::mem::discriminant(values) != std::mem::discriminant(&empty) {
            *values = empty;
        }
        Ok(values)
    }

    /// Brings small whole numbers, from one on, into their bounds.
    fn narrow(&self, values: &mut Values, from: usize) {
        if let (Some(narrowed), Values::Integers(values)) = (self.narrowed, values) {
            values[from..].iter_mut().for_each(|value| *value = narrowed(*value));
        }
    }
}

/// Whether all codes are of a dictionary of so many values.
fn within(codes: &[u32], known: usize) -> Result<()> {
    match codes.iter().max() {
        Some(most) if *most as usize >= known => Err(wrong("a code of nothing")),
        _ => Ok(()),
    }
}
