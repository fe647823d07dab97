//! Files on disk. The only place that asks the operating system for any.
#![allow(clippy::disallowed_methods)] // the bans say: through here

use std::fs::{self, File, FileType};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use tempfile::{SpooledData, SpooledTempFile};

use super::{Files, FolderEntry, Kind, ReadAt, Stamp};

/// The files of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)?.flatten() {
            let path = entry.path();
            // Only what a link leads to has to be asked for.
            let own = entry.file_type();
            let is_link = own.as_ref().is_ok_and(FileType::is_symlink);
            let kind = match own {
                Ok(kind) if !is_link => kind_of(kind),
                _ => fs::metadata(&path).map_or(Kind::Other, |there| kind_of(there.file_type())),
            };
            entries.push(FolderEntry { path, kind, is_link });
        }
        entries.sort();
        Ok(entries)
    }

    fn read(&self, path: &Path) -> Result<Arc<[u8]>> {
        fs::read(path).map(Arc::from)
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(OnDisk::new(File::open(path)?)?))
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn stamp(&self, path: &Path) -> Result<Stamp> {
        let there = fs::metadata(path)?;
        let changed = there.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Stamp {
            kind: kind_of(there.file_type()),
            len: there.len(),
            version: changed.map_or(0, |time| time.as_nanos()),
        })
    }
}

fn kind_of(kind: FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    }
}

/// A file that is open. Not mapped into memory: reading at offsets needs no unsafe code, and a
/// file that shrinks meanwhile is an error and not a signal.
#[derive(Debug)]
struct OnDisk {
    file: File,
    len: u64,
}

impl OnDisk {
    fn new(file: File) -> Result<OnDisk> {
        let len = file.metadata()?.len();
        Ok(OnDisk { file, len })
    }
}

impl ReadAt for OnDisk {
    fn len(&self) -> u64 {
        self.len
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, mut buffer: &mut [u8], mut offset: u64) -> Result<()> {
        while !buffer.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                read => {
                    buffer = &mut buffer[read..];
                    offset += read as u64;
                }
            }
        }
        Ok(())
    }
}

/// What `write` makes: kept in memory up to so many bytes, else in a nameless temporary file, which
/// the operating system removes when nobody has it open any more.
///
/// # Errors
/// Those of `write`, and the operating system's where there is no room.
pub fn spooled(
    held: usize,
    write: impl FnOnce(&mut SpooledTempFile) -> Result<()>,
) -> Result<Arc<dyn ReadAt>> {
    let mut text = SpooledTempFile::new(held);
    write(&mut text)?;
    Ok(match text.into_inner() {
        SpooledData::InMemory(bytes) => Arc::new(super::memory::Held(bytes.into_inner().into())),
        SpooledData::OnDisk(file) => Arc::new(OnDisk::new(file)?),
    })
}
