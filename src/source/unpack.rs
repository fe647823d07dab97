//! Data files that are not plain text: unpacked or written out as text before they are read, in
//! memory while small, else to a nameless temporary file. From there on they are text like any
//! other, so that a finding can show the line it is about.

use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::Field;

use super::{HELD_BYTES, Text};
use crate::files::{ReadAt, Reader, spooled};

/// What a file's ending says it is.
enum Packing {
    Gzip,
    Zstandard,
    Parquet,
}

impl Packing {
    fn of(path: &Path) -> Option<Packing> {
        match path.extension()?.to_str()? {
            "gz" => Some(Packing::Gzip),
            "zst" => Some(Packing::Zstandard),
            "parquet" => Some(Packing::Parquet),
            _ => None,
        }
    }
}

/// The text in a packed file; `None` when its ending says that it is plain text. Tables that have
/// no text of their own are written with `delimiter` between cells.
pub(super) fn unpack(path: &Path, file: &Arc<dyn ReadAt>, delimiter: u8) -> Result<Option<Text>> {
    let Some(packing) = Packing::of(path) else { return Ok(None) };
    let packed = Reader::new(Arc::clone(file));
    let text = spooled(HELD_BYTES, |text| match packing {
        Packing::Gzip => copy(&mut flate2::read::MultiGzDecoder::new(packed), text),
        Packing::Zstandard => copy(&mut zstd::Decoder::new(packed)?, text),
        Packing::Parquet => write_rows(Chunks(packed), delimiter, text),
    })?;
    Text::of(text).map(Some)
}

/// A text kept in memory while small, else in a nameless temporary file.
pub(super) fn kept(bytes: &[u8]) -> Result<Text> {
    Text::of(spooled(HELD_BYTES, |text| text.write_all(bytes))?)
}

/// A file behind the traits of the Parquet library.
struct Chunks(Reader);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Reader>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let mut reader = self.0.clone();
        reader.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let mut bytes = vec![0; length];
        let mut reader = self.0.clone();
        reader.seek(SeekFrom::Start(start))?;
        reader.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// What a decoder cannot make sense of is invalid data, whatever it calls it.
fn copy(from: &mut dyn Read, mut to: &mut dyn Write) -> Result<()> {
    std::io::copy(from, &mut to).map(|_| ()).map_err(|error| match error.kind() {
        ErrorKind::Other | ErrorKind::InvalidInput => Error::new(ErrorKind::InvalidData, error),
        _ => error,
    })
}

/// Writes the rows of a Parquet file as delimited text with a header.
fn write_rows(file: Chunks, delimiter: u8, to: &mut dyn Write) -> Result<()> {
    let wrong = |error: parquet::errors::ParquetError| Error::new(ErrorKind::InvalidData, error);
    let reader = SerializedFileReader::new(file).map_err(wrong)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).buffer_capacity(1 << 16).from_writer(to);
    let fields = schema.root_schema().get_fields();
    writer.write_record(fields.iter().map(|field| field.name()))?;
    let mut cells: Vec<String> = vec![String::new(); fields.len()];
    for row in reader.get_row_iter(None).map_err(wrong)? {
        let row = row.map_err(wrong)?;
        for (cell, (_, field)) in cells.iter_mut().zip(row.get_column_iter()) {
            cell.clear();
            write_cell(field, cell)?;
        }
        writer.write_record(&cells)?;
    }
    writer.flush()
}

/// A value as a contract reads it: numbers without exponent, ISO dates, nothing for null.
fn write_cell(field: &Field, cell: &mut String) -> Result<()> {
    use std::fmt::Write;
    let written = match field {
        Field::Null => Ok(()),
        Field::Str(text) => cell.write_str(text),
        Field::Bytes(bytes) => cell.write_str(&String::from_utf8_lossy(bytes.data())),
        Field::Float(value) => write!(cell, "{value}"),
        Field::Double(value) => write!(cell, "{value}"),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            return Err(Error::new(ErrorKind::InvalidData, "nested columns"));
        }
        Field::TimestampMillis(_) | Field::TimestampMicros(_) => {
            // A date that was stored as a moment at midnight is a date again.
            let text = field.to_string();
            let date = text
                .split_once(' ')
                .filter(|(_, time)| time.chars().all(|mark| !mark.is_ascii_digit() || mark == '0'));
            cell.write_str(date.map_or(&*text, |(date, _)| date))
        }
        plain => write!(cell, "{plain}"),
    };
    written.map_err(Error::other)
}

#[cfg(test)]
mod tests {
    use parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::super::{SourceId, Sources};
    use super::*;

    fn all(sources: &Sources, id: SourceId) -> Vec<u8> {
        let source = sources.get(id);
        source.slice((0..source.len()).into()).into_owned()
    }

    #[test]
    fn compressed_files_are_unpacked() {
        use flate2::{Compression, write::GzEncoder};
        let folder = tempfile::tempdir().expect("a folder");
        let long = "năm,xã\n2024,14884\n".repeat(300_000);
        assert!(long.len() > HELD_BYTES);
        for (text, held) in [("năm,xã\n2024,14884\n", true), (long.as_str(), false)] {
            // Two members, as `cat a.gz b.gz` or a parallel packer leave them.
            let (one, two) = text.as_bytes().split_at(9);
            let gz = |text: &[u8]| {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(text).expect("room");
                encoder.finish().expect("room")
            };
            let zst = |text: &[u8]| zstd::encode_all(text, 1).expect("room");
            let files = [
                ("a.csv.gz", [gz(one), gz(two)].concat()),
                ("a.csv.zst", [zst(one), zst(two)].concat()),
            ];
            for (name, packed) in files {
                let path = folder.path().join(name);
                std::fs::write(&path, packed).expect("room");
                let mut sources = Sources::new(folder.path());
                let id = sources.open(&path, b',', None).expect("readable");
                assert_eq!(sources.get(id).is_held(), held);
                assert!(all(&sources, id) == text.as_bytes(), "{name}");
            }
        }
    }

    #[test]
    fn what_is_not_what_its_ending_says_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.csv.gz", "a.csv.zst", "a.parquet"] {
            let path = folder.path().join(name);
            std::fs::write(&path, "năm,xã\n2024,14884\n").expect("room");
            assert!(Sources::new(folder.path()).open(&path, b',', None).is_err(), "{name}");
        }
    }

    #[test]
    fn parquet_rows_become_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.parquet");
        let schema = "message a { required int64 nam; optional binary xa (UTF8);
            optional int32 ngay (DATE); optional int64 luc (TIMESTAMP_MILLIS);
            optional int64 gia (DECIMAL(12, 2)); }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let file = std::fs::File::create(&path).expect("room");
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).expect("a writer");
        let mut rows = writer.next_row_group().expect("a group");
        let mut next = |values: &dyn Fn(&mut parquet::file::writer::SerializedColumnWriter<'_>)| {
            let mut column = rows.next_column().expect("no error").expect("a column");
            values(&mut column);
            column.close().expect("room");
        };
        next(&|column| {
            let column = column.typed::<Int64Type>();
            column.write_batch(&[2024, 2025], None, None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<ByteArrayType>();
            column.write_batch(&["Phú \"Lệ\", x".into()], Some(&[1, 0]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int32Type>();
            column.write_batch(&[20_088], Some(&[0, 1]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int64Type>();
            let (midnight, later) = (20_088 * 86_400_000, 20_088 * 86_400_000 + 60_000);
            column.write_batch(&[midnight, later], Some(&[1, 1]), None).expect("room");
        });
        next(&|column| {
            let column = column.typed::<Int64Type>();
            column.write_batch(&[-105, 1_234_500], Some(&[1, 1]), None).expect("room");
        });
        rows.close().expect("room");
        writer.close().expect("room");
        let mut sources = Sources::new(folder.path());
        let id = sources.open(&path, b';', None).expect("readable");
        let expected = "nam;xa;ngay;luc;gia\n2024;\"Phú \"\"Lệ\"\", x\";;2024-12-31;-1.05\n\
            2025;;2024-12-31;2024-12-31 00:01:00.000 +00:00;12345.00\n";
        assert_eq!(String::from_utf8(all(&sources, id)).expect("text"), expected);
    }
}
