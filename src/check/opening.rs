//! What every command on a workspace begins with: its settings, its contracts, its data files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Refused;
use crate::contract::{Contracts, Located};
use crate::diagnostic::{Diagnostic, Told};
use crate::files::Files;
use crate::reading::Catalog;
use crate::reading::stream::Meter;
use crate::source::Sources;
use crate::workspace::config::{Config, Listing};
use crate::workspace::{self, Rulebook};

/// A workspace whose settings have been read. What else is wanted of it is read when it is asked
/// for.
#[derive(Debug)]
pub struct Opened {
    /// All files read so far.
    pub sources: Sources,
    /// Its folder.
    pub root: PathBuf,
    /// Its settings.
    pub config: Config,
}

/// Reads the settings of a workspace.
///
/// # Errors
/// [`Refused`] when there is no workspace.
pub fn open(files: &Arc<dyn Files>, root: &Path) -> Result<Told<Opened>, Box<Refused>> {
    let mut sources = Sources::among(Arc::clone(files), root);
    match workspace::settings(root, &mut sources) {
        Ok(Told { made: config, findings }) => {
            Ok(Told { made: Opened { sources, root: root.to_owned(), config }, findings })
        }
        Err(reason) => Err(Box::new(Refused { diagnostics: vec![*reason], sources, lang: None })),
    }
}

impl Opened {
    /// The folder of contracts and data files.
    pub fn datasets(&self) -> PathBuf {
        self.root.join(&self.config.datasets)
    }

    /// Reads plan, waivers and scripts.
    pub fn rulebook(&mut self) -> Told<Rulebook> {
        Rulebook::read(&self.root.join(&self.config.rules), &mut self.sources)
    }

    /// Reads the contracts and finds the data files that belong to them.
    pub fn contracts(&mut self) -> Told<(Contracts, Located)> {
        let folder = self.datasets();
        Contracts::read(&mut self.sources, &folder)
    }

    /// Reads the contracts and opens the data files.
    pub fn data(&mut self, meter: &dyn Meter) -> (Located, Told<Catalog>) {
        let mut findings = Vec::new();
        let (contracts, located) = self.contracts().tell(&mut findings);
        let opened = Catalog::open(&contracts, &located, &mut self.sources, meter);
        let catalog = opened.tell(&mut findings);
        findings.extend(contracts.check_references());
        findings.extend(check_listings(&self.config, &contracts));
        (located, Told { made: catalog, findings })
    }
}

/// The settings' lists of areas and units must exist.
fn check_listings(config: &Config, contracts: &Contracts) -> Vec<Diagnostic> {
    let lists = [&config.areas, &config.units].into_iter().flatten();
    let mut told = Vec::new();
    for (dataset, columns) in lists.flat_map(Listing::datasets) {
        // A dataset that does not exist is told once, whatever is wanted of it.
        let known = contracts.position(&dataset.value).is_some();
        let columns = columns.into_iter().take(if known { usize::MAX } else { 1 });
        told.extend(columns.filter_map(|column| contracts.check_column(dataset, column)));
    }
    told
}
