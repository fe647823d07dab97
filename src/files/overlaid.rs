//! One tree of files laid over another.

use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Files, FolderEntry, Memory, ReadAt, Stamp};

/// What is in memory stands for what is below it; everything else is as it is below.
#[derive(Debug)]
pub struct Overlaid {
    /// What stands above.
    pub above: Arc<Memory>,
    /// What is seen where nothing does.
    pub below: Arc<dyn Files>,
}

/// Added to the number of a change above, so that its stamp is never one from below.
const ABOVE: u128 = 1 << 120;

impl Files for Overlaid {
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>> {
        let mut entries = match (self.above.list(folder), self.below.list(folder)) {
            (Err(_), below) => return below,
            (above, Err(_)) => return above,
            (Ok(above), Ok(below)) => [above, below].concat(),
        };
        // What is above comes first and is kept.
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, first| later.path == first.path);
        Ok(entries)
    }

    fn read(&self, path: &Path) -> Result<Arc<[u8]>> {
        self.above.read(path).or_else(|_| self.below.read(path))
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn ReadAt>> {
        self.above.open(path).or_else(|_| self.below.open(path))
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf> {
        self.below.resolve(path).or_else(|_| self.above.resolve(path))
    }

    fn stamp(&self, path: &Path) -> Result<Stamp> {
        match self.above.stamp(path) {
            Ok(stamp) => Ok(Stamp { version: stamp.version | ABOVE, ..stamp }),
            Err(_) => self.below.stamp(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_hides_what_is_below() {
        let texts = |files: &[(&str, &str)]| {
            Arc::new(Memory::new(files.iter().map(|(path, text)| (path, text.as_bytes()))))
        };
        let below = texts(&[("w/a", "below"), ("w/b", "below"), ("w/c/d", "")]);
        let above = texts(&[("w/a", "above"), ("w/e", "above")]);
        let both = Overlaid { above: Arc::clone(&above), below: below.clone() };
        let read = |path: &str| both.read(Path::new(path)).map(|bytes| bytes.to_vec()).ok();
        assert_eq!(read("w/a").as_deref(), Some(b"above".as_slice()));
        assert_eq!(read("w/b").as_deref(), Some(b"below".as_slice()));
        assert_eq!(read("w/f"), None);
        let listed = both.list(Path::new("w")).expect("a folder");
        let names: Vec<_> = listed.iter().map(|entry| entry.path.to_str()).collect();
        assert_eq!(names, ["w/a", "w/b", "w/c", "w/e"].map(Some));
        let stamp = |path: &str| both.stamp(Path::new(path)).expect("there");
        let before = stamp("w/a");
        above.remove("w/a");
        assert_ne!(stamp("w/a"), before);
        assert_eq!(stamp("w/a"), below.stamp(Path::new("w/a")).expect("there"));
    }
}
