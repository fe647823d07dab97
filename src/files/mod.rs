//! Where files come from: the one door to everything outside the program.
//!
//! A check reads through [`Files`] alone, so it can be run on a folder ([`Disk`]), on texts held
//! in memory ([`Memory`], for tests and for embedding), or on a folder some of whose files are
//! other than they are on disk ([`Overlaid`], for what an editor has not saved yet and for
//! questions of the kind "what if this figure were …").

mod disk;
mod memory;
mod overlaid;
mod pattern;
mod reader;

use std::fmt::Debug;
use std::io::Result;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use disk::{Disk, spooled};
pub use memory::{Memory, Uses};
pub use overlaid::Overlaid;
pub use pattern::{Matching, matching};
pub use reader::Reader;

/// A tree of files.
///
/// Paths are taken as they are: relative ones against the process's folder on disk, and against
/// nothing in memory.
pub trait Files: Debug + Send + Sync {
    /// What is in a folder, in order of path.
    ///
    /// # Errors
    /// Where there is no such folder or it may not be looked into.
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>>;

    /// All bytes of a file.
    ///
    /// # Errors
    /// Where there is no such file or it cannot be read.
    fn read(&self, path: &Path) -> Result<Arc<[u8]>>;

    /// A file to be read in parts, in any order and by several threads.
    ///
    /// # Errors
    /// Where there is no such file or it cannot be read.
    fn open(&self, path: &Path) -> Result<Arc<dyn ReadAt>>;

    /// What tells whether something has changed, and what it is; nothing of it is read.
    ///
    /// # Errors
    /// Where there is nothing of this name.
    fn stamp(&self, path: &Path) -> Result<Stamp>;

    /// The path once every link in it has been followed: two of one file are equal.
    ///
    /// # Errors
    /// Where there is nothing of this name.
    fn resolve(&self, path: &Path) -> Result<PathBuf>;

    /// What a path is; `None` where there is nothing.
    fn kind(&self, path: &Path) -> Option<Kind> {
        self.stamp(path).ok().map(|stamp| stamp.kind)
    }
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderEntry {
    /// The folder's path and its name there.
    pub path: PathBuf,
    /// What it is; of a link, what that leads to.
    pub kind: Kind,
    /// Whether it is a link.
    pub is_link: bool,
}

/// What something in a tree of files is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A file with bytes that stay.
    File,
    /// A folder.
    Folder,
    /// A pipe, a device, a broken link: nothing to read figures from.
    Other,
}

/// What tells whether a file has changed: two equal stamps of one path mean the same bytes, as far
/// as the tree can tell without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub len: u64,
    /// On disk the time it was last changed, in nanoseconds; in memory the number of the change.
    pub version: u128,
}

/// Bytes that can be read from any place on.
pub trait ReadAt: Debug + Send + Sync {
    /// How many there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, where they are in memory anyway.
    fn held(&self) -> Option<Arc<[u8]>> {
        None
    }

    /// Fills a buffer with the bytes from `offset` on.
    ///
    /// # Errors
    /// The operating system's, and an unexpected end where there are fewer.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<()>;
}

/// A path without `.`, and without what `..` takes back.
pub fn normal(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(whole.components().next_back(), Some(Component::Normal(_))) =>
            {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}
