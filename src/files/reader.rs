//! A file read from its beginning to its end, and from wherever one likes.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::sync::Arc;

use super::ReadAt;

/// What can be read at any place, behind the traits of the standard library.
#[derive(Clone, Debug)]
pub struct Reader {
    file: Arc<dyn ReadAt>,
    at: u64,
}

impl Reader {
    /// A reader that stands at the beginning.
    pub fn new(file: Arc<dyn ReadAt>) -> Reader {
        Reader { file, at: 0 }
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.file.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.file.len().saturating_sub(self.at);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        self.file.read_at(&mut buffer[..count], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::Held;
    use super::*;

    #[test]
    fn it_reads_and_seeks_like_a_file() {
        let mut reader = Reader::new(Arc::new(Held(b"0123456789".as_slice().into())));
        let mut two = [0; 2];
        reader.read_exact(&mut two).expect("there");
        assert_eq!(reader.seek(SeekFrom::Current(3)).expect("there"), 5);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).expect("text");
        assert_eq!((&two, &*rest), (b"01", "56789"));
        assert_eq!(reader.seek(SeekFrom::End(-1)).expect("there"), 9);
        assert!(reader.seek(SeekFrom::Current(-10)).is_err());
        reader.seek(SeekFrom::Start(99)).expect("past the end");
        assert_eq!(reader.read(&mut two).expect("nothing"), 0);
    }
}
