//! Packed text: unpacked before it is read, in memory while small, else to a nameless temporary
//! file. From there on it is text like any other, so that a finding can show the line it is about.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;
use std::sync::Arc;

use super::{HELD_BYTES, Text};
use crate::files::{ReadAt, Reader, spooled};

/// What a file's ending says it is.
enum Packing {
    Gzip,
    Zstandard,
}

impl Packing {
    fn of(path: &Path) -> Option<Packing> {
        match path.extension()?.to_str()? {
            "gz" => Some(Packing::Gzip),
            "zst" => Some(Packing::Zstandard),
            _ => None,
        }
    }
}

/// The text in a packed file; `None` when its ending says that it is not packed.
pub(super) fn unpack(path: &Path, file: &Arc<dyn ReadAt>) -> Result<Option<Text>> {
    let Some(packing) = Packing::of(path) else { return Ok(None) };
    let packed = Reader::new(Arc::clone(file));
    let text = spooled(HELD_BYTES, |text| match packing {
        Packing::Gzip => copy(&mut flate2::read::MultiGzDecoder::new(packed), text),
        Packing::Zstandard => copy(&mut zstd::Decoder::new(packed)?, text),
    })?;
    Text::of(text).map(Some)
}

/// A text kept in memory while small, else in a nameless temporary file.
pub(super) fn kept(bytes: &[u8]) -> Result<Text> {
    Text::of(spooled(HELD_BYTES, |text| text.write_all(bytes))?)
}

/// What a decoder cannot make sense of is invalid data, whatever it calls it.
fn copy(from: &mut dyn Read, mut to: &mut dyn Write) -> Result<()> {
    std::io::copy(from, &mut to).map(|_| ()).map_err(|error| match error.kind() {
        ErrorKind::Other | ErrorKind::InvalidInput => Error::new(ErrorKind::InvalidData, error),
        _ => error,
    })
}

#[cfg(test)]
mod tests {
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
}
