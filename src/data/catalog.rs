//! Which datasets there are: their contracts and files, and what of them is held in memory.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::contract::frictionless::{self, PACKAGE};
use super::contract::{Contract, Described, ForeignKey, Origin};
use super::stream::Watch;
use super::{DataFile, Dataset, Datasets, endings, files, header, links, sheet};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::msg;
use crate::source::workbook::is_workbook;
use crate::source::{SourceId, Sources};
use crate::workspace::config::Listings;
use crate::workspace::fields::Complaints;
use crate::workspace::reason;

/// Words of the script language a dataset cannot be called by.
const RESERVED_NAMES: [&str; 12] =
    ["if", "else", "switch", "for", "in", "while", "loop", "let", "const", "fn", "return", "this"];

/// A contract and its files.
#[derive(Debug)]
pub struct Declared {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The data files, in order of name; none when they are missing or unreadable.
    pub files: Vec<SourceId>,
}

/// All declared datasets, before any row is read.
#[derive(Debug, Default)]
pub struct Catalog {
    /// In order of name.
    pub datasets: Vec<Declared>,
    /// Names whose contract or file is broken: rules that need them cannot be evaluated, but
    /// the name is not a misspelling.
    pub broken: Vec<String>,
}

impl Catalog {
    /// The position of a dataset.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.datasets.iter().position(|set| set.contract.name == name)
    }

    /// The names of all datasets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.datasets.iter().map(|set| set.contract.name.as_str())
    }

    /// Finds contracts and data files in `folder`.
    ///
    /// Spreadsheets are read here already, since only then it is known what stands in them.
    pub fn load(
        sources: &mut Sources,
        folder: &Path,
        watch: &dyn Watch,
        complaints: &Complaints,
    ) -> Catalog {
        let mut catalog = Catalog::default();
        // Paths found by a pattern come without a `./` before them.
        let folder: PathBuf =
            folder.components().filter(|part| *part != Component::CurDir).collect();
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        let listed = match endings::list(&**sources.files(), folder) {
            Ok(listed) => listed,
            Err(error) => {
                let path = sources.display(folder);
                complaints.borrow_mut().push(
                    Diagnostic::new(
                        Code::Unreadable,
                        msg!(Unreadable, path = path, detail = reason(&error)),
                    )
                    .help(msg!(DatasetsFolderHelp)),
                );
                return catalog;
            }
        };
        let contracts = contracts(folder, &listed, sources, complaints);
        let mut taken = HashSet::new();
        let mut named = HashSet::new();
        for Described { name, at, contract, is_sound } in contracts {
            named.insert(name.clone());
            // Whether the files of a broken contract are there is not the question.
            let unasked = Complaints::default();
            let asked = if is_sound { complaints } else { &unasked };
            let data = files::of(contract.as_ref(), &name, at, folder, &listed, sources, asked);
            taken.extend(data.iter().cloned());
            let Some(mut contract) = contract.filter(|_| is_sound) else {
                catalog.broken.push(name);
                continue;
            };
            let mut files = Vec::new();
            for path in &data {
                let mut told = Vec::new();
                let opened = if is_workbook(path) {
                    sheet::open(path, &contract, sources, watch, &mut told)
                } else {
                    sources.open(path, contract.delimiter, contract.encoding).map(Some)
                };
                match opened {
                    Ok(source) => {
                        files.extend(source);
                        let guess = |source| files::tell_guess(&contract, source, sources);
                        told.extend(source.and_then(guess));
                    }
                    Err(error) => told.push(files::unreadable(sources, path, &error)),
                }
                complaints.borrow_mut().extend(told);
            }
            // Files that differ in what their names say are no copies.
            if contract.fields.iter().all(|field| !matches!(field.origin, Some(Origin::File(_)))) {
                complaints.borrow_mut().extend(files::tell_copies(&files, sources));
            }
            // Figures from some of the files would be taken for the figures of all; and rows a
            // contract wants left out of a text would be read.
            let of_text = contract.layout.at.filter(|_| !data.iter().any(|path| is_workbook(path)));
            if let (Some(at), Some(path)) = (of_text, data.first()) {
                let wrong = msg!(LayoutOfText, path = sources.display(path));
                let told = Diagnostic::new(Code::InvalidValue, wrong).mark(at);
                complaints.borrow_mut().push(told.help(msg!(LayoutOfTextHelp)));
            }
            if files.len() < data.len() || of_text.is_some() {
                files.clear();
            }
            if !contract.delimiter_declared {
                complaints.borrow_mut().extend(header::sniff(&mut contract, &files, sources));
            }
            catalog.datasets.push(Declared { contract: Arc::new(contract), files });
        }
        // A file named like a contract has been told of, where there was anything to tell.
        let strays = listed.iter().filter(|path| {
            endings::is_stray(path)
                && !taken.contains(*path)
                && !named.contains(&endings::stem(path))
        });
        for path in strays {
            files::tell_stray(path, sources, complaints);
            catalog.broken.push(endings::stem(path));
        }
        check_references(&catalog, complaints);
        catalog
    }

    /// Whether a dataset's rows are held in memory: when they are few, when other datasets or the
    /// list of areas refer to them, and when there is at most one for each area and year.
    fn is_held(&self, set: usize, sources: &Sources, lists: Listings<'_>, held: usize) -> bool {
        let Declared { contract, files } = &self.datasets[set];
        let small: usize = files.iter().map(|file| sources.get(*file).len()).sum();
        let referred = |other: &Declared| {
            other.contract.foreign_keys.iter().any(|key| key.dataset.value == contract.name)
        };
        small <= held
            || contract.is_complete_by_area()
            || contract.validity.is_some()
            || lists.need(&contract.name)
            || self.datasets.iter().any(referred)
    }

    /// Reads all headers, and the rows of the datasets that are to be held (those of up to `held`
    /// bytes, and those others refer to), and checks keys between those.
    pub fn read(&self, sources: &Sources, lists: Listings<'_>, year: i32, held: usize) -> Datasets {
        let readings: Vec<(Dataset, Vec<Diagnostic>)> = (0..self.datasets.len())
            .into_par_iter()
            .map(|set| {
                let Declared { contract, files } = &self.datasets[set];
                let mut findings = Vec::new();
                // Figures from some of the files would be taken for the figures of all.
                let headers: Vec<Option<DataFile>> = files
                    .iter()
                    .map(|file| header::read(contract, *file, sources, &mut findings))
                    .collect();
                let files: Vec<DataFile> =
                    headers.into_iter().collect::<Option<_>>().unwrap_or_default();
                let mut dataset = Dataset {
                    contract: Arc::clone(contract),
                    files,
                    table: None,
                    missing_rows: Vec::new(),
                    validity: None,
                };
                if self.is_held(set, sources, lists, held) {
                    dataset.hold(sources, &mut findings);
                }
                (dataset, findings)
            })
            .collect();
        let mut datasets = Datasets { year, ..Datasets::default() };
        for (set, findings) in readings {
            datasets.sets.push(set);
            datasets.findings.extend(findings);
        }
        links::check_foreign_keys(&mut datasets, sources);
        if let Some(list) = lists.areas {
            datasets.areas = links::areas(&mut datasets, list, year, sources);
        }
        if let Some(list) = lists.units {
            datasets.units = links::areas(&mut datasets, list, year, sources);
        }
        links::check_areas(&mut datasets, sources);
        links::check_complete(&mut datasets, year);
        datasets
    }
}

/// The contracts of a folder, in order of name: each dataset's own `NAME.toml`, else its own
/// `NAME.schema.json`, else its place in `datapackage.json`.
fn contracts(
    folder: &Path,
    listed: &[PathBuf],
    sources: &mut Sources,
    complaints: &Complaints,
) -> Vec<Described> {
    let mut tables: Vec<(String, SourceId)> = Vec::new();
    let mut schemas: Vec<(String, SourceId)> = Vec::new();
    let mut package = None;
    let mut found: Vec<Described> = Vec::new();
    for path in listed {
        let is_package = path.file_name().is_some_and(|name| name == PACKAGE);
        let of = match [".toml", endings::SCHEMA_ENDING]
            .iter()
            .find(|end| endings::has_ending(path, end))
        {
            Some(&".toml") => Some(&mut tables),
            Some(_) => Some(&mut schemas),
            None if is_package => None,
            None => continue,
        };
        let name = endings::stem(path);
        if !is_package && !is_identifier(&name) {
            let shown = sources.display(path);
            complaints.borrow_mut().push(
                Diagnostic::new(Code::InvalidValue, msg!(BadDatasetName, path = shown))
                    .help(msg!(BadDatasetNameHelp)),
            );
            continue;
        }
        match (sources.read(path), of) {
            (Ok(source), Some(of)) => of.push((name, source)),
            (Ok(source), None) => package = Some(source),
            (Err(error), of) => {
                complaints.borrow_mut().push(files::unreadable(sources, path, &error));
                // That is told; there is nothing to look for a place in.
                if of.is_some() {
                    found.push(Described::unreadable(name));
                }
            }
        }
    }
    let read: Vec<(Described, Vec<Diagnostic>)> = tables
        .into_par_iter()
        .map(|(name, source)| {
            let complaints = Complaints::default();
            (Contract::read(sources, source, &name, &complaints), complaints.into_inner())
        })
        .collect();
    for (described, told) in read {
        complaints.borrow_mut().extend(told);
        found.push(described);
    }
    let referred = package.map(|package| frictionless::schema_files(sources, package));
    let referred = referred.unwrap_or_default();
    // A schema a package refers to is part of what the package says.
    schemas.retain(|(_, source)| {
        let path = &sources.get(*source).path;
        !referred.iter().any(|own| folder.join(own) == *path)
    });
    for (name, source) in schemas {
        let own = Complaints::default();
        let described = frictionless::schema(sources, source, &name, &own);
        add(&mut found, described, own, sources, complaints);
    }
    if let Some(package) = package {
        let mut files = HashMap::new();
        for path in referred {
            // A missing one is told where it is referred to.
            if let Ok(source) = sources.read(&folder.join(&path)) {
                files.insert(path, source);
            }
        }
        let mut names = HashSet::new();
        for (described, told) in frictionless::package(sources, package, &files, complaints) {
            let wrong = if !is_identifier(&described.name) {
                Some((msg!(BadResourceName, name = &described.name), msg!(BadDatasetNameHelp)))
            } else if !names.insert(described.name.clone()) {
                let same = msg!(SameResource, name = &described.name);
                Some((same, msg!(BadDatasetNameHelp)))
            } else {
                None
            };
            match wrong {
                Some((wrong, help)) => {
                    let told = Diagnostic::new(Code::InvalidValue, wrong);
                    complaints.borrow_mut().push(told.maybe_mark(described.at).help(help));
                }
                None => add(&mut found, described, told, sources, complaints),
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    name_references(&mut found);
    found
}

/// Foreign keys may call the column they refer to as its files do; from here on it has its name.
fn name_references(found: &mut [Described]) {
    let named = |key: &ForeignKey| -> Option<String> {
        let target = found.iter().find(|other| other.name == key.dataset.value)?;
        Some(target.contract.as_ref()?.referred(&key.column.value)?.to_owned())
    };
    let keys = |described: &Described| -> Vec<Option<String>> {
        let contract = described.contract.as_ref();
        contract.map(|own| own.foreign_keys.iter().map(named).collect()).unwrap_or_default()
    };
    let names: Vec<Vec<Option<String>>> = found.iter().map(keys).collect();
    for (described, names) in found.iter_mut().zip(names) {
        let keys = described.contract.iter_mut().flat_map(|own| &mut own.foreign_keys);
        for (key, name) in keys.zip(names) {
            key.column.value = name.unwrap_or_else(|| std::mem::take(&mut key.column.value));
        }
    }
}

/// Adds a description and what is wrong with it, unless the dataset has one already.
fn add(
    found: &mut Vec<Described>,
    described: Described,
    told: Complaints,
    sources: &Sources,
    complaints: &Complaints,
) {
    let Some(first) = found.iter().find(|first| first.name == described.name) else {
        complaints.borrow_mut().extend(told.into_inner());
        found.push(described);
        return;
    };
    let other = first.at.map(|at| sources.get(at.source).name.as_str()).unwrap_or_default();
    let told = msg!(ContractElsewhere, table = &described.name, path = other);
    complaints
        .borrow_mut()
        .push(Diagnostic::new(Code::ContractElsewhere, told).maybe_mark(described.at));
}

/// Foreign keys, and parts of other datasets, must name a dataset and a column that exist.
fn check_references(catalog: &Catalog, complaints: &Complaints) {
    for set in &catalog.datasets {
        let keys = set.contract.foreign_keys.iter().map(|key| (&key.dataset, &key.column));
        let wholes = set.contract.parts_elsewhere.iter().map(|pair| (&pair.dataset, &pair.column));
        for (dataset, column) in keys.chain(wholes) {
            let Some(target) = catalog.position(&dataset.value) else {
                if !catalog.broken.contains(&dataset.value) {
                    complaints.borrow_mut().push(
                        Diagnostic::new(
                            Code::UnknownName,
                            msg!(UnknownDataset, name = &dataset.value),
                        )
                        .mark(dataset.at)
                        .maybe_help(suggestion(&dataset.value, catalog.names())),
                    );
                }
                continue;
            };
            let target = &catalog.datasets[target].contract;
            if target.field(&column.value).is_none() {
                complaints.borrow_mut().push(
                    Diagnostic::new(
                        Code::UnknownColumn,
                        msg!(UnknownColumn, name = &column.value, table = &target.name),
                    )
                    .mark(column.at)
                    .maybe_help(suggestion(&column.value, target.names())),
                );
            }
        }
    }
}

/// Whether rules can call a dataset by this name.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !RESERVED_NAMES.contains(&name)
}
