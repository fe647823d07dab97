//! Which datasets there are: their contracts, and which files belong to each. Nothing of the data
//! is read here.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::frictionless::{self, PACKAGE};
use super::{Contract, Described, ForeignKey, endings, located};
use crate::diagnostic::{Code, Diagnostic, Findings, Told, suggestion};
use crate::ids::{IdVec, id};
use crate::msg;
use crate::source::{SourceId, Sources};
use crate::workspace::fields::Placed;
use crate::workspace::reason;

/// Words of the script language a dataset cannot be called by.
const RESERVED_NAMES: [&str; 12] =
    ["if", "else", "switch", "for", "in", "while", "loop", "let", "const", "fn", "return", "this"];

id!(
    /// A dataset's position among the [`Contracts`], and among all that is aligned with them.
    SetId
);

/// The contracts of all datasets: all that rules need to be bound.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    /// In order of name.
    pub sets: IdVec<SetId, Arc<Contract>>,
    /// Names whose contract or file is broken: rules that need them cannot be evaluated, but
    /// the name is not a misspelling.
    pub broken: Vec<String>,
}

/// Which data files belong to which dataset.
#[derive(Clone, Debug, Default)]
pub struct Located {
    /// Aligned with the contracts.
    pub sets: IdVec<SetId, LocatedFiles>,
    /// Data files no contract describes.
    pub strays: Vec<PathBuf>,
}

/// The data files of one dataset.
#[derive(Clone, Debug, Default)]
pub struct LocatedFiles {
    /// In order of name.
    pub paths: Vec<PathBuf>,
    /// What is wrong with that choice.
    pub told: Vec<Diagnostic>,
}

impl Contracts {
    /// The position of a dataset.
    pub fn position(&self, name: &str) -> Option<SetId> {
        self.sets.position(|contract| contract.name == name)
    }

    /// The names of all datasets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sets.iter().map(|contract| contract.name.as_str())
    }

    /// The names rules may use, whether or not there is anything behind them.
    pub fn known_names(&self) -> Vec<String> {
        self.names().map(str::to_owned).chain(self.broken.iter().cloned()).collect()
    }

    /// Reads the contracts in `folder` and finds the data files of each.
    pub fn read(sources: &mut Sources, folder: &Path) -> Told<(Contracts, Located)> {
        let findings = Findings::default();
        let (mut contracts, mut located) = (Contracts::default(), Located::default());
        let listed = match endings::list(&**sources.files(), folder) {
            Ok(listed) => listed,
            Err(error) => {
                let path = sources.display(folder);
                findings.tell(
                    Diagnostic::of(
                        Code::Unreadable,
                        msg!(Unreadable, path = path, detail = reason(&error)),
                    )
                    .help(msg!(DatasetsFolderHelp))
                    .nowhere(),
                );
                return findings.about((contracts, located));
            }
        };
        let own = located::by_stem(&listed);
        let (mut taken, mut named) = (HashSet::new(), HashSet::new());
        for described in described(folder, &listed, sources, &findings) {
            let Described { name, at, contract, is_sound } = described;
            named.insert(name.clone());
            let told = Findings::default();
            let paths = located::of(contract.as_ref(), &name, at, folder, &own, sources, &told);
            taken.extend(paths.iter().cloned());
            match contract.filter(|_| is_sound) {
                Some(contract) => {
                    contracts.sets.push(Arc::new(contract));
                    located.sets.push(LocatedFiles { paths, told: told.into_vec() });
                }
                // Whether the files of a broken contract are there is not the question.
                None => contracts.broken.push(name),
            }
        }
        // A file named like a contract has been told of, where there was anything to tell.
        let strays = listed.into_iter().filter(|path| {
            endings::is_stray(path)
                && !taken.contains(path)
                && !named.contains(&endings::stem(path))
        });
        located.strays = strays.collect();
        contracts.broken.extend(located.strays.iter().map(|path| endings::stem(path)));
        findings.about((contracts, located))
    }

    /// Foreign keys, and parts of other datasets, must name a dataset and a column that exist.
    pub fn check_references(&self) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for contract in &self.sets {
            let keys = contract.foreign_keys.iter().map(|key| (&key.dataset, &key.column));
            let wholes = contract.parts_elsewhere.iter().map(|pair| (&pair.dataset, &pair.column));
            for (dataset, column) in keys.chain(wholes) {
                told.extend(self.check_column(dataset, column));
            }
        }
        told
    }

    /// What is wrong with naming a column of a dataset, if anything is.
    pub fn check_column(
        &self,
        dataset: &Placed<String>,
        column: &Placed<String>,
    ) -> Option<Diagnostic> {
        let Some(target) = self.position(&dataset.value) else {
            return (!self.broken.contains(&dataset.value)).then(|| {
                let unknown = msg!(UnknownDataset, name = &dataset.value);
                Diagnostic::of(Code::UnknownName, unknown)
                    .mark(dataset.at)
                    .maybe_help(suggestion(&dataset.value, self.names()))
            });
        };
        let target = &self.sets[target];
        target.field(&column.value).is_none().then(|| {
            let unknown = msg!(UnknownColumn, name = &column.value, table = &target.name);
            Diagnostic::of(Code::UnknownColumn, unknown)
                .mark(column.at)
                .maybe_help(suggestion(&column.value, target.names()))
        })
    }
}

/// The contracts of a folder, in order of name: each dataset's own `NAME.toml`, else its own
/// `NAME.schema.json`, else its place in `datapackage.json`.
fn described(
    folder: &Path,
    listed: &[PathBuf],
    sources: &mut Sources,
    findings: &Findings,
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
            findings.tell(
                Diagnostic::of(Code::InvalidValue, msg!(BadDatasetName, path = shown))
                    .help(msg!(BadDatasetNameHelp))
                    .nowhere(),
            );
            continue;
        }
        match (sources.read(path), of) {
            (Ok(source), Some(of)) => of.push((name, source)),
            (Ok(source), None) => package = Some(source),
            (Err(error), of) => {
                findings.tell(located::unreadable(sources, path, &error));
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
            let findings = Findings::default();
            (Contract::read(sources, source, &name, &findings), findings.into_vec())
        })
        .collect();
    for (described, told) in read {
        findings.extend(told);
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
        let own = Findings::default();
        let described = frictionless::schema(sources, source, &name, &own);
        add(&mut found, described, own, sources, findings);
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
        for (described, told) in frictionless::package(sources, package, &files, findings) {
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
                    let told = Diagnostic::of(Code::InvalidValue, wrong);
                    findings.tell(told.mark_or_nowhere(described.at).help(help));
                }
                None => add(&mut found, described, told, sources, findings),
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
    told: Findings,
    sources: &Sources,
    findings: &Findings,
) {
    let Some(first) = found.iter().find(|first| first.name == described.name) else {
        findings.extend(told.into_vec());
        found.push(described);
        return;
    };
    let other = first.at.map(|at| sources.get(at.source).name.as_str()).unwrap_or_default();
    let told = msg!(ContractElsewhere, table = &described.name, path = other);
    findings.tell(Diagnostic::of(Code::ContractElsewhere, told).mark_or_nowhere(described.at));
}

/// Whether rules can call a dataset by this name.
pub fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !RESERVED_NAMES.contains(&name)
}
