//! The data files of a workspace: opened, and what of them is held in memory.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::stream::Meter;
use super::{DataFile, Dataset, Datasets, header, links, sheet};
use crate::contract::{Contract, Contracts, Located, Origin, SetId, located};
use crate::diagnostic::{Code, Diagnostic, Findings, Told};
use crate::ids::{Id, IdVec};
use crate::msg;
use crate::source::workbook::is_workbook;
use crate::source::{SourceId, Sources};
use crate::workspace::config::Listings;

/// The datasets, their files open, no row of them read.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Their contracts, with what the files themselves say of how they are written.
    pub contracts: Contracts,
    /// The data files of each, in order of name; none when they are missing or unreadable.
    pub files: IdVec<SetId, Vec<SourceId>>,
}

impl Catalog {
    /// Opens the data files that belong to contracts.
    ///
    /// Spreadsheets are read here already, since only then it is known what stands in them.
    pub fn open(
        contracts: &Contracts,
        located: &Located,
        sources: &mut Sources,
        meter: &dyn Meter,
    ) -> Told<Catalog> {
        let findings = Findings::default();
        let mut catalog = Catalog { contracts: contracts.clone(), files: IdVec::new() };
        for (contract, own) in catalog.contracts.sets.iter_mut().zip(&located.sets) {
            findings.extend(own.told.iter().cloned());
            let files = opened(contract, &own.paths, sources, meter, &findings);
            if !contract.delimiter_declared {
                findings.extend(header::sniff(Arc::make_mut(contract), &files, sources));
            }
            catalog.files.push(files);
        }
        for path in &located.strays {
            located::tell_stray(path, sources, &findings);
        }
        findings.about(catalog)
    }

    /// Whether a dataset's rows are held in memory: when they are few, when other datasets or the
    /// list of areas refer to them, and when there is at most one for each area and year.
    fn is_held(&self, set: SetId, sources: &Sources, lists: Listings<'_>, held: usize) -> bool {
        let contract = &self.contracts.sets[set];
        let small: usize = self.files[set].iter().map(|file| sources.get(*file).size()).sum();
        let referred = |other: &Arc<Contract>| {
            other.foreign_keys.iter().any(|key| key.dataset.value == contract.name)
        };
        small <= held
            || contract.is_complete_by_area()
            || contract.validity.is_some()
            || lists.need(&contract.name)
            || self.contracts.sets.iter().any(referred)
    }

    /// Reads all headers, and the rows of the datasets that are to be held (those of up to `held`
    /// bytes, and those others refer to), and checks keys between those. Which year is reported on
    /// makes no difference here: see [`Datasets::in_year`].
    pub fn read(&self, sources: &Sources, lists: Listings<'_>, held: usize) -> Told<Datasets> {
        let readings: Vec<Told<Dataset>> = (0..self.files.len())
            .into_par_iter()
            .map(SetId::at)
            .map(|set| self.read_one(set, sources, self.is_held(set, sources, lists, held)))
            .collect();
        let findings = Findings::default();
        let mut datasets = Datasets::default();
        for Told { made, findings: told } in readings {
            datasets.sets.push(made);
            findings.extend(told);
        }
        links::check_foreign_keys(&mut datasets, sources, &findings);
        if let Some(list) = lists.areas {
            datasets.areas = links::areas(&datasets, list, sources, &findings);
        }
        if let Some(list) = lists.units {
            datasets.units = links::areas(&datasets, list, sources, &findings);
        }
        findings.about(datasets)
    }

    fn read_one(&self, set: SetId, sources: &Sources, hold: bool) -> Told<Dataset> {
        let contract = &self.contracts.sets[set];
        let findings = Findings::default();
        // Figures from some of the files would be taken for the figures of all.
        let headers: Vec<Option<DataFile>> = self.files[set]
            .iter()
            .map(|file| header::read(contract, *file, sources, &findings))
            .collect();
        let files = headers.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default();
        let mut dataset = Dataset {
            contract: Arc::clone(contract),
            files: files.into(),
            table: None,
            missing_rows: Vec::new(),
            validity: None,
        };
        if hold {
            dataset.hold(sources, &findings);
        }
        findings.about(dataset)
    }
}

/// The files of one dataset.
fn opened(
    contract: &Contract,
    paths: &[PathBuf],
    sources: &mut Sources,
    meter: &dyn Meter,
    findings: &Findings,
) -> Vec<SourceId> {
    let mut files = Vec::new();
    for path in paths {
        let told = Findings::default();
        let opened = if is_workbook(path) {
            sheet::open(path, contract, sources, meter, &told)
        } else {
            sources.open(path, contract.delimiter, contract.encoding).map(Some)
        };
        findings.extend(told.into_vec());
        match opened {
            Ok(source) => {
                files.extend(source);
                findings.extend(source.and_then(|it| located::tell_guess(contract, it, sources)));
            }
            Err(error) => findings.tell(located::unreadable(sources, path, &error)),
        }
    }
    // Files that differ in what their names say are no copies.
    if contract.fields.iter().all(|field| !matches!(field.origin, Some(Origin::File(_)))) {
        findings.extend(located::tell_copies(&files, sources));
    }
    // Figures from some of the files would be taken for the figures of all; and rows a
    // contract wants left out of a text would be read.
    let of_text = contract.layout.at.filter(|_| !paths.iter().any(|path| is_workbook(path)));
    if let (Some(at), Some(path)) = (of_text, paths.first()) {
        let wrong = msg!(LayoutOfText, path = sources.display(path));
        let told = Diagnostic::of(Code::InvalidValue, wrong).mark(at);
        findings.tell(told.help(msg!(LayoutOfTextHelp)));
    }
    if files.len() < paths.len() || of_text.is_some() {
        files.clear();
    }
    files
}
