//! What a check depends on outside itself: every file it may have read, and whether that changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::contract::Located;
use crate::files::{Files, Kind, Stamp};
use crate::workspace::SETTINGS;
use crate::workspace::config::Config;

/// The stamps of a workspace's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<PathBuf, Option<Stamp>>);

/// What is different from before.
#[derive(Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    Nothing,
    /// The text of these files in the folder of rules.
    Rules(Vec<PathBuf>),
    /// Settings, contracts or data, or which files there are.
    Everything,
}

impl Stamps {
    /// Takes them. Nothing is read but the names in folders.
    pub fn take(files: &dyn Files, root: &Path, config: &Config, located: &Located) -> Stamps {
        let mut stamps = Stamps::default();
        stamps.add(files, &root.join(SETTINGS));
        stamps.add_folder(files, &root.join(&config.rules), true);
        stamps.add_folder(files, &root.join(&config.datasets), false);
        // Patterns may lead out of the folder of datasets.
        for path in located.sets.iter().flat_map(|set| &set.paths) {
            if !stamps.0.contains_key(path) {
                stamps.add(files, path);
            }
        }
        stamps
    }

    fn add(&mut self, files: &dyn Files, path: &Path) {
        self.0.insert(path.to_owned(), files.stamp(path).ok());
    }

    fn add_folder(&mut self, files: &dyn Files, folder: &Path, below: bool) {
        for entry in files.list(folder).unwrap_or_default() {
            match entry.kind {
                Kind::Folder if below => self.add_folder(files, &entry.path, true),
                Kind::Folder => {
                    self.0.insert(entry.path, None);
                }
                _ => self.add(files, &entry.path),
            }
        }
    }

    /// What changed since these were taken.
    pub fn changed(&self, now: &Stamps, rules: &Path) -> Changed {
        if !self.0.keys().eq(now.0.keys()) {
            return Changed::Everything;
        }
        let pairs = self.0.iter().zip(now.0.values());
        let changed: Vec<PathBuf> = pairs
            .filter(|((_, before), now)| before != now)
            .map(|((path, _), _)| path.clone())
            .collect();
        match changed.iter().all(|path| path.starts_with(rules)) {
            _ if changed.is_empty() => Changed::Nothing,
            true => Changed::Rules(changed),
            false => Changed::Everything,
        }
    }
}
