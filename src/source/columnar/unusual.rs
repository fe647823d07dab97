//! Pages in one of the less usual encodings, decoded by the library.

use std::collections::VecDeque;
use std::io::Result;

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::schema::types::ColumnDescPtr;

use super::column::{Texts, Values};
use super::wrong;
use crate::source::guard::guarded;

/// A page, and the dictionary before it.
struct Pages(VecDeque<Page>);

impl Iterator for Pages {
    type Item = parquet::errors::Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.pop_front().map(Ok)
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> parquet::errors::Result<Option<Page>> {
        Ok(self.0.pop_front())
    }

    fn peek_next_page(&mut self) -> parquet::errors::Result<Option<PageMetadata>> {
        Ok(self.0.front().map(|page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: page.is_dictionary_page(),
        }))
    }

    fn skip_next_page(&mut self) -> parquet::errors::Result<()> {
        self.0.pop_front();
        Ok(())
    }
}

/// The levels and values of a page; levels only where rows may lack a value.
///
/// # Errors
/// When it is not as the format says.
pub fn decoded(
    column: &ColumnDescPtr,
    dictionary: Option<&Page>,
    page: &Page,
) -> Result<(Option<Vec<u32>>, Values)> {
    let rows = page.num_values() as usize;
    let pages = dictionary.into_iter().chain([page]).cloned().collect();
    let reader = guarded(|| Ok(get_column_reader(ColumnDescPtr::clone(column), pages_of(pages))))?;
    match reader {
        ColumnReader::BoolColumnReader(reader) => {
            read(reader, rows, column, |values| Ok(Values::Flags(values)))
        }
        ColumnReader::Int32ColumnReader(reader) => read(reader, rows, column, |values| {
            Ok(Values::Integers(values.into_iter().map(i64::from).collect()))
        }),
        ColumnReader::Int64ColumnReader(reader) => {
            read(reader, rows, column, |values| Ok(Values::Integers(values)))
        }
        ColumnReader::Int96ColumnReader(reader) => read(reader, rows, column, |values| {
            Ok(Values::Integers(values.iter().map(|moment| moment.to_millis()).collect()))
        }),
        ColumnReader::FloatColumnReader(reader) => {
            read(reader, rows, column, |values| Ok(Values::Singles(values)))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            read(reader, rows, column, |values| Ok(Values::Doubles(values)))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            read(reader, rows, column, |values| texts(values.iter().map(|value| value.data())))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            read(reader, rows, column, |values| texts(values.iter().map(|value| value.data())))
        }
    }
}

fn pages_of(pages: VecDeque<Page>) -> Box<dyn PageReader> {
    Box::new(Pages(pages))
}

fn read<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    column: &ColumnDescPtr,
    made: impl FnOnce(Vec<T::T>) -> Result<Values>,
) -> Result<(Option<Vec<u32>>, Values)> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let (read, ..) =
        guarded(|| reader.read_records(rows, Some(&mut levels), None, &mut values).map_err(wrong))?;
    let optional = column.max_def_level() > 0;
    if read < rows || (optional && levels.len() < rows) {
        return Err(wrong("too few values"));
    }
    let levels = optional.then(|| levels.iter().map(|level| u32::from(*level == 1)).collect());
    Ok((levels, made(values)?))
}

fn texts<'v>(values: impl Iterator<Item = &'v [u8]>) -> Result<Values> {
    let mut texts = Texts::default();
    for value in values {
        texts.extend(value, std::iter::once((0, value.len())))?;
    }
    Ok(Values::Texts(texts))
}
