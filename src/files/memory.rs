//! Files held in memory.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Files, FolderEntry, Kind, ReadAt, Stamp, normal};

/// A tree of files that never was on disk. Folders are there as far as files are in them.
///
/// It counts what is asked of it, so that a test can show what is not read.
#[derive(Debug, Default)]
pub struct Memory {
    files: Mutex<BTreeMap<PathBuf, MemoryFile>>,
    changes: AtomicU64,
    uses: Mutex<BTreeMap<PathBuf, Uses>>,
}

#[derive(Clone, Debug)]
struct MemoryFile {
    bytes: Arc<[u8]>,
    change: u64,
}

/// How often what was asked of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// All its bytes, or a part of them.
    pub read: u64,
    /// Its stamp.
    pub stamped: u64,
    /// What is in it.
    pub listed: u64,
}

impl Memory {
    /// A tree of these files.
    pub fn new<P: AsRef<Path>, B: Into<Arc<[u8]>>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Memory {
        let memory = Memory::default();
        for (path, bytes) in files {
            memory.write(path, bytes);
        }
        memory
    }

    /// Writes a file, or writes it anew.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl Into<Arc<[u8]>>) {
        let change = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        let written = MemoryFile { bytes: bytes.into(), change };
        locked(&self.files).insert(normal(path.as_ref()), written);
    }

    /// Takes a file away; whether it was there.
    pub fn remove(&self, path: impl AsRef<Path>) -> bool {
        locked(&self.files).remove(&normal(path.as_ref())).is_some()
    }

    /// What has been asked of a path since [`Memory::forget_uses`].
    pub fn uses(&self, path: impl AsRef<Path>) -> Uses {
        locked(&self.uses).get(&normal(path.as_ref())).copied().unwrap_or_default()
    }

    /// The paths whose bytes have been read since then.
    pub fn paths_read(&self) -> Vec<PathBuf> {
        let uses = locked(&self.uses);
        uses.iter().filter(|(_, uses)| uses.read > 0).map(|(path, _)| path.clone()).collect()
    }

    /// Counts anew.
    pub fn forget_uses(&self) {
        locked(&self.uses).clear();
    }

    fn count(&self, path: &Path, add: impl FnOnce(&mut Uses)) {
        add(locked(&self.uses).entry(path.to_owned()).or_default());
    }

    fn written(&self, path: &Path) -> Result<MemoryFile> {
        let files = locked(&self.files);
        match files.get(path) {
            Some(written) => Ok(written.clone()),
            None if is_folder(&files, path) => Err(ErrorKind::IsADirectory.into()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}

impl Files for Memory {
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>> {
        let within = normal(folder);
        self.count(&within, |uses| uses.listed += 1);
        let files = locked(&self.files);
        if files.contains_key(&within) {
            return Err(ErrorKind::NotADirectory.into());
        }
        if !is_folder(&files, &within) {
            return Err(ErrorKind::NotFound.into());
        }
        let mut entries = Vec::new();
        for path in files.keys() {
            let Ok(below) = path.strip_prefix(&within) else { continue };
            let mut parts = below.components();
            let Some(name) = parts.next() else { continue };
            let kind = if parts.next().is_some() { Kind::Folder } else { Kind::File };
            entries.push(FolderEntry { path: folder.join(name), kind, is_link: false });
        }
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    fn read(&self, path: &Path) -> Result<Arc<[u8]>> {
        let path = normal(path);
        self.count(&path, |uses| uses.read += 1);
        self.written(&path).map(|written| written.bytes)
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(Held(self.read(path)?)))
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf> {
        let path = normal(path);
        match self.written(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(error),
            _ => Ok(path),
        }
    }

    fn stamp(&self, path: &Path) -> Result<Stamp> {
        let path = normal(path);
        self.count(&path, |uses| uses.stamped += 1);
        match self.written(&path) {
            Ok(MemoryFile { bytes, change }) => {
                Ok(Stamp { kind: Kind::File, len: bytes.len() as u64, version: change.into() })
            }
            Err(error) if error.kind() == ErrorKind::IsADirectory => {
                Ok(Stamp { kind: Kind::Folder, len: 0, version: 0 })
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether files are in a folder of this path. The root of all is always there.
fn is_folder(files: &BTreeMap<PathBuf, MemoryFile>, path: &Path) -> bool {
    let mut below = files.range(path.to_owned()..).map(|(below, _)| below);
    path.as_os_str().is_empty()
        || below.find(|below| *below != path).is_some_and(|below| below.starts_with(path))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes in memory.
#[derive(Debug)]
pub(super) struct Held(pub Arc<[u8]>);

impl ReadAt for Held {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn held(&self) -> Option<Arc<[u8]>> {
        Some(Arc::clone(&self.0))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let rest = &self.0[start..];
        let part = rest.get(..buffer.len()).ok_or(ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_where_files_are() {
        let memory = Memory::new(
            [("/w/rasoat.toml", "a"), ("/w/rules/a/b.rhai", "b"), ("/x", "")]
                .map(|(path, text)| (path, text.as_bytes())),
        );
        let listed = |folder: &str| {
            let entries = memory.list(Path::new(folder)).map_err(|error| error.kind())?;
            let names =
                entries.into_iter().map(|entry| (entry.path.display().to_string(), entry.kind));
            Ok::<_, ErrorKind>(names.collect::<Vec<_>>())
        };
        let (file, folder) = (Kind::File, Kind::Folder);
        assert_eq!(
            listed("/w/./rules/.."),
            Ok(vec![
                ("/w/./rules/../rasoat.toml".into(), file),
                ("/w/./rules/../rules".into(), folder)
            ])
        );
        assert_eq!(listed("/w/rules"), Ok(vec![("/w/rules/a".into(), folder)]));
        assert_eq!(listed("/w/rule"), Err(ErrorKind::NotFound));
        assert_eq!(listed("/x"), Err(ErrorKind::NotADirectory));
        assert_eq!(memory.kind(Path::new("/w/rules")), Some(folder));
        assert_eq!(memory.kind(Path::new("/w/x")), None);
        let read = memory.read(Path::new("/w/rules"));
        assert_eq!(read.map_err(|error| error.kind()), Err(ErrorKind::IsADirectory));
    }

    #[test]
    fn what_is_written_anew_has_another_stamp_and_uses_are_counted() {
        let memory = Memory::new([("a", b"1".as_slice())]);
        let path = Path::new("a");
        let before = memory.stamp(path).expect("there");
        assert_eq!(memory.stamp(path).expect("there"), before);
        memory.write("a", b"2".as_slice());
        assert_ne!(memory.stamp(path).expect("there"), before);
        assert_eq!(&*memory.read(path).expect("there"), b"2");
        assert_eq!(memory.uses("./a"), Uses { read: 1, stamped: 3, listed: 0 });
        assert_eq!(memory.paths_read(), [PathBuf::from("a")]);
        memory.forget_uses();
        assert_eq!(memory.uses("a"), Uses::default());
        assert!(memory.remove("a") && memory.read(path).is_err());
    }

    #[test]
    fn parts_end_where_the_file_does() {
        let file = Held(b"0123456789".as_slice().into());
        let mut part = [0; 4];
        file.read_at(&mut part, 6).expect("there");
        assert_eq!(&part, b"6789");
        for offset in [7, 11, u64::MAX] {
            let error = file.read_at(&mut part, offset).expect_err("too far");
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        }
    }
}
