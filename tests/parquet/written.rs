//! Tables written as Parquet, in whatever way, and as the text they mean.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

/// How a column is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stored {
    Text,
    Int32,
    Int64,
    Int16,
    Unsigned8,
    Unsigned64,
    /// Decimals with so many places: in 32 bits, in 64, in bytes of one length, of any.
    Decimal32(u32),
    Decimal64(u32),
    DecimalFixed(u32),
    DecimalBytes(u32),
    Float,
    Double,
    Flag,
    Day,
    Millis,
    Micros,
    Int96,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Text(String),
    /// A whole number, in the smallest unit of what it counts.
    Number(i64),
    Fraction(f64),
    Flag(bool),
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    pub stored: Stored,
    /// Whether a cell may be null.
    pub optional: bool,
    pub cells: Vec<Cell>,
}

/// How a file is written.
#[derive(Clone, Debug)]
pub struct Writing {
    pub second_version: bool,
    pub compression: u8,
    pub dictionary: bool,
    /// Bytes of a dictionary beyond which values are written as they are.
    pub dictionary_limit: usize,
    /// Whether rare encodings are taken where there is one.
    pub unusual: bool,
    /// Rows of a page and of a group.
    pub page: usize,
    pub group: usize,
}

impl Writing {
    pub const PLAIN: Writing = Writing {
        second_version: false,
        compression: 0,
        dictionary: true,
        dictionary_limit: 1 << 20,
        unusual: false,
        page: 1 << 20,
        group: 1 << 20,
    };
}

impl Stored {
    /// The type in a schema, to be followed by a name.
    fn declared(self, name: &str) -> String {
        match self {
            Stored::Text => format!("binary {name} (UTF8)"),
            Stored::Int32 => format!("int32 {name}"),
            Stored::Int64 => format!("int64 {name}"),
            Stored::Int16 => format!("int32 {name} (INT_16)"),
            Stored::Unsigned8 => format!("int32 {name} (UINT_8)"),
            Stored::Unsigned64 => format!("int64 {name} (UINT_64)"),
            Stored::Decimal32(places) => format!("int32 {name} (DECIMAL(9, {places}))"),
            Stored::Decimal64(places) => format!("int64 {name} (DECIMAL(18, {places}))"),
            Stored::DecimalFixed(places) => {
                format!("fixed_len_byte_array(9) {name} (DECIMAL(20, {places}))")
            }
            Stored::DecimalBytes(places) => format!("binary {name} (DECIMAL(30, {places}))"),
            Stored::Float => format!("float {name}"),
            Stored::Double => format!("double {name}"),
            Stored::Flag => format!("boolean {name}"),
            Stored::Day => format!("int32 {name} (DATE)"),
            Stored::Millis => format!("int64 {name} (TIMESTAMP_MILLIS)"),
            Stored::Micros => format!("int64 {name} (TIMESTAMP_MICROS)"),
            Stored::Int96 => format!("int96 {name}"),
        }
    }

    /// The rare encoding of its physical type.
    fn unusual(self) -> Encoding {
        match self {
            Stored::Text | Stored::DecimalBytes(_) => Encoding::DELTA_BYTE_ARRAY,
            Stored::Flag => Encoding::RLE,
            Stored::Float | Stored::Double | Stored::DecimalFixed(_) => Encoding::BYTE_STREAM_SPLIT,
            Stored::Int96 => Encoding::PLAIN,
            _ => Encoding::DELTA_BINARY_PACKED,
        }
    }

    /// What a cell means as text: numbers without exponent, ISO dates, moments at midnight as dates.
    pub fn text(self, cell: &Cell) -> String {
        let day = || NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
        match (cell, self) {
            (Cell::Null, _) => String::new(),
            (Cell::Text(text), _) => text.clone(),
            (Cell::Flag(flag), _) => flag.to_string(),
            (Cell::Fraction(value), Stored::Float) => (*value as f32).to_string(),
            (Cell::Fraction(value), _) => value.to_string(),
            (Cell::Number(value), Stored::Unsigned64) => (*value as u64).to_string(),
            (
                Cell::Number(value),
                Stored::Decimal32(places)
                | Stored::Decimal64(places)
                | Stored::DecimalFixed(places)
                | Stored::DecimalBytes(places),
            ) => {
                if places == 0 {
                    return value.to_string();
                }
                let unit = 10u64.pow(places);
                let (whole, part) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
                let sign = if *value < 0 { "-" } else { "" };
                format!("{sign}{whole}.{part:0width$}", width = places as usize)
            }
            (Cell::Number(value), Stored::Day) => (day() + TimeDelta::days(*value)).to_string(),
            (Cell::Number(value), Stored::Millis | Stored::Int96) => {
                let moment = DateTime::from_timestamp_millis(*value).expect("a moment");
                match value % 86_400_000 {
                    0 => moment.date_naive().to_string(),
                    _ => moment.format("%Y-%m-%d %H:%M:%S%.3f +00:00").to_string(),
                }
            }
            (Cell::Number(value), Stored::Micros) => {
                let moment = DateTime::from_timestamp_micros(*value).expect("a moment");
                match value % 86_400_000_000 {
                    0 => moment.date_naive().to_string(),
                    _ => moment.format("%Y-%m-%d %H:%M:%S%.6f +00:00").to_string(),
                }
            }
            (Cell::Number(value), _) => value.to_string(),
        }
    }
}

/// The table as the text it means.
pub fn csv(columns: &[Column]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.name)).expect("room");
    for row in 0..columns[0].cells.len() {
        let cells = columns.iter().map(|column| column.stored.text(&column.cells[row]));
        writer.write_record(cells).expect("room");
    }
    writer.into_inner().expect("room")
}

/// The table as Parquet.
pub fn parquet(columns: &[Column], writing: &Writing) -> Vec<u8> {
    let declared = columns.iter().map(|column| {
        let kind = if column.optional { "optional" } else { "required" };
        format!("{kind} {};", column.stored.declared(column.name))
    });
    let schema = format!("message table {{ {} }}", declared.collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let mut properties = WriterProperties::builder()
        .set_writer_version(match writing.second_version {
            true => WriterVersion::PARQUET_2_0,
            false => WriterVersion::PARQUET_1_0,
        })
        .set_compression(match writing.compression {
            0 => Compression::UNCOMPRESSED,
            1 => Compression::SNAPPY,
            2 => Compression::ZSTD(ZstdLevel::default()),
            3 => Compression::GZIP(Default::default()),
            _ => Compression::LZ4_RAW,
        })
        .set_dictionary_enabled(writing.dictionary)
        .set_dictionary_page_size_limit(writing.dictionary_limit)
        .set_data_page_row_count_limit(writing.page)
        .set_write_batch_size(writing.page.min(1024));
    if writing.unusual {
        for column in columns {
            let path = ColumnPath::from(column.name);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, column.stored.unusual());
        }
    }
    let properties = Arc::new(properties.build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    let rows = columns[0].cells.len();
    for start in (0..rows).step_by(writing.group) {
        let mut group = file.next_row_group().expect("a group");
        for column in columns {
            let mut writer = group.next_column().expect("no error").expect("a column");
            let cells = &column.cells[start..rows.min(start + writing.group)];
            write(&mut writer, column, cells);
            writer.close().expect("room");
        }
        group.close().expect("room");
    }
    file.into_inner().expect("room")
}

fn write(writer: &mut SerializedColumnWriter<'_>, column: &Column, cells: &[Cell]) {
    let big = |value: i64| value.to_be_bytes();
    match column.stored {
        Stored::Text => values::<ByteArrayType>(writer, column, cells, |cell| match cell {
            Cell::Text(text) => text.as_str().into(),
            other => panic!("{other:?}"),
        }),
        Stored::DecimalBytes(_) => values::<ByteArrayType>(writer, column, cells, |cell| {
            // As short as can be, as some write them.
            let bytes = big(number(cell)).to_vec();
            let spare = |pair: &[u8]| {
                (pair[0] == 0 && pair[1] < 0x80) || (pair[0] == 0xff && pair[1] >= 0x80)
            };
            let skipped = bytes.windows(2).take_while(|pair| spare(pair)).count();
            ByteArray::from(bytes[skipped..].to_vec())
        }),
        Stored::DecimalFixed(_) => values::<FixedLenByteArrayType>(writer, column, cells, |cell| {
            let value = number(cell);
            let mut bytes = vec![if value < 0 { 0xff } else { 0 }];
            bytes.extend(big(value));
            FixedLenByteArray::from(bytes)
        }),
        Stored::Int32 | Stored::Int16 | Stored::Unsigned8 | Stored::Decimal32(_) | Stored::Day => {
            values::<Int32Type>(writer, column, cells, |cell| {
                i32::try_from(number(cell)).expect("32 bits")
            });
        }
        Stored::Int64
        | Stored::Unsigned64
        | Stored::Decimal64(_)
        | Stored::Millis
        | Stored::Micros => {
            values::<Int64Type>(writer, column, cells, number);
        }
        Stored::Int96 => values::<Int96Type>(writer, column, cells, |cell| {
            let value = number(cell);
            let nanos = value.rem_euclid(86_400_000).cast_unsigned() * 1_000_000;
            let days = value.div_euclid(86_400_000) + 2_440_588;
            let mut moment = Int96::new();
            moment.set_data(nanos as u32, (nanos >> 32) as u32, days as u32);
            moment
        }),
        Stored::Float => values::<FloatType>(writer, column, cells, |cell| match cell {
            Cell::Fraction(value) => *value as f32,
            other => panic!("{other:?}"),
        }),
        Stored::Double => values::<DoubleType>(writer, column, cells, |cell| match cell {
            Cell::Fraction(value) => *value,
            other => panic!("{other:?}"),
        }),
        Stored::Flag => values::<BoolType>(writer, column, cells, |cell| match cell {
            Cell::Flag(flag) => *flag,
            other => panic!("{other:?}"),
        }),
    }
}

fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Number(value) => *value,
        other => panic!("{other:?}"),
    }
}

fn values<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    cells: &[Cell],
    of: impl Fn(&Cell) -> T::T,
) {
    let values: Vec<T::T> = cells.iter().filter(|cell| **cell != Cell::Null).map(of).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(*cell != Cell::Null)).collect();
    assert!(column.optional || !levels.contains(&0), "{}", column.name);
    let levels = column.optional.then_some(&levels[..]);
    writer.typed::<T>().write_batch(&values, levels, None).expect("room");
}
