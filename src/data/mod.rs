//! Datasets: contracts, files, and the checks between them.
//!
//! Loading has two steps. [`Catalog::load`] finds contracts and files, so that rules can be
//! bound before any row is read; [`Catalog::read`] reads every file, in parallel, and checks
//! keys between datasets.

pub mod cell;
pub mod contract;
pub mod reader;
pub mod table;

mod links;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, Date32Array, DictionaryArray, Int32Array, StringArray};
use chrono::NaiveDate;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::msg;
use crate::source::{Location, SourceId, Sources};
use crate::workspace::config::AreaList;
use crate::workspace::fields::Complaints;
use crate::workspace::reason;
use contract::Contract;
use table::Table;

/// Words of the script language a dataset cannot be called by.
const RESERVED_NAMES: [&str; 12] =
    ["if", "else", "switch", "for", "in", "while", "loop", "let", "const", "fn", "return", "this"];

/// A contract and its file.
#[derive(Debug)]
pub struct Declared {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The data file; `None` when it is missing or unreadable.
    pub file: Option<SourceId>,
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

/// A dataset that has been read.
#[derive(Debug)]
pub struct Dataset {
    /// Its contract.
    pub contract: Arc<Contract>,
    /// The data file.
    pub file: Option<SourceId>,
    /// The rows; `None` when there is nothing to read.
    pub table: Option<Table>,
    /// The position of each field's column in the file; `None` where the file lacks it.
    pub slots: Vec<Option<usize>>,
    /// (year, area code) pairs that should have a row and have none.
    pub missing_rows: Vec<(i32, String)>,
}

/// The areas of the workspace, in the order of their list.
#[derive(Debug, Default)]
pub struct Areas {
    /// Codes.
    pub codes: Vec<String>,
    /// Names, aligned with the codes.
    pub names: Vec<String>,
}

impl Areas {
    /// The position of a code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.codes.iter().position(|known| known == code)
    }
}

/// All datasets, read.
#[derive(Debug, Default)]
pub struct Datasets {
    /// Aligned with [`Catalog::datasets`].
    pub sets: Vec<Dataset>,
    /// The list of areas.
    pub areas: Areas,
    /// What was wrong with the data.
    pub findings: Vec<Diagnostic>,
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
    pub fn load(sources: &mut Sources, folder: &Path, complaints: &Complaints) -> Catalog {
        let mut catalog = Catalog::default();
        let files = match list(folder) {
            Ok(files) => files,
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
        let mut found: Vec<(String, SourceId, Option<SourceId>)> = Vec::new();
        for path in files.iter().filter(|path| has_extension(path, "toml")) {
            let name = stem(path);
            if !is_identifier(&name) {
                let shown = sources.display(path);
                complaints.borrow_mut().push(
                    Diagnostic::new(Code::InvalidValue, msg!(BadDatasetName, path = shown))
                        .help(msg!(BadDatasetNameHelp)),
                );
                continue;
            }
            let data = path.with_extension("csv");
            let source = match sources.read(path) {
                Ok(source) => source,
                Err(error) => {
                    complaints.borrow_mut().push(unreadable(sources, path, &error));
                    catalog.broken.push(name);
                    continue;
                }
            };
            let file = if files.contains(&data) {
                let read = sources.read(&data);
                if let Err(error) = &read {
                    complaints.borrow_mut().push(unreadable(sources, &data, error));
                }
                read.ok()
            } else {
                let expected = sources.display(&data);
                complaints.borrow_mut().push(
                    Diagnostic::new(
                        Code::ContractWithoutDataset,
                        msg!(ContractWithoutDataset, table = &name, path = &expected),
                    )
                    .mark(Location { source, span: (0..1).into() })
                    .help(msg!(ContractWithoutDatasetHelp, path = &expected)),
                );
                None
            };
            found.push((name, source, file));
        }
        let contracts: Vec<(Option<Contract>, Vec<Diagnostic>)> = found
            .par_iter()
            .map(|(name, source, _)| {
                let complaints = Complaints::default();
                let contract = Contract::read(sources, *source, name, &complaints);
                (contract, complaints.into_inner())
            })
            .collect();
        for ((name, _, file), (contract, wrong)) in found.into_iter().zip(contracts) {
            complaints.borrow_mut().extend(wrong);
            match contract {
                Some(contract) => {
                    catalog.datasets.push(Declared { contract: Arc::new(contract), file });
                }
                None => catalog.broken.push(name),
            }
        }
        for path in files.iter().filter(|path| has_extension(path, "csv")) {
            if files.contains(&path.with_extension("toml")) {
                continue;
            }
            let shown = sources.display(path);
            let contract = sources.display(&path.with_extension("toml"));
            let mut finding = Diagnostic::new(
                Code::DatasetWithoutContract,
                msg!(DatasetWithoutContract, path = &shown),
            )
            .help(msg!(DatasetWithoutContractHelp, path = &contract));
            if let Ok(source) = sources.read(path) {
                let line = sources.get(source).line(1);
                finding = finding.mark(Location { source, span: line });
            }
            complaints.borrow_mut().push(finding);
            catalog.broken.push(stem(path));
        }
        check_references(&catalog, complaints);
        catalog
    }

    /// Reads all files and checks keys between them.
    pub fn read(&self, sources: &Sources, areas: Option<&AreaList>, year: i32) -> Datasets {
        let readings: Vec<_> = self
            .datasets
            .par_iter()
            .map(|declared| {
                let source = declared.file?;
                Some(reader::read(&declared.contract, source, sources.get(source).bytes()))
            })
            .collect();
        let mut datasets = Datasets::default();
        for (declared, reading) in self.datasets.iter().zip(readings) {
            let (table, slots) = match reading {
                Some(reading) => {
                    datasets.findings.extend(reading.findings);
                    (reading.table, reading.slots)
                }
                None => (None, vec![None; declared.contract.fields.len()]),
            };
            datasets.sets.push(Dataset {
                contract: Arc::clone(&declared.contract),
                file: declared.file,
                table,
                slots,
                missing_rows: Vec::new(),
            });
        }
        links::check_foreign_keys(&mut datasets, sources);
        datasets.areas = areas.map(|list| links::areas(&datasets, list)).unwrap_or_default();
        links::check_complete(&mut datasets, year);
        datasets
    }
}

/// Foreign keys must name a dataset and a column that exist.
fn check_references(catalog: &Catalog, complaints: &Complaints) {
    for set in &catalog.datasets {
        for key in &set.contract.foreign_keys {
            let Some(target) = catalog.position(&key.dataset.value) else {
                if !catalog.broken.contains(&key.dataset.value) {
                    complaints.borrow_mut().push(
                        Diagnostic::new(
                            Code::UnknownName,
                            msg!(UnknownDataset, name = &key.dataset.value),
                        )
                        .mark(key.dataset.at)
                        .maybe_help(suggestion(&key.dataset.value, catalog.names())),
                    );
                }
                continue;
            };
            let target = &catalog.datasets[target].contract;
            if target.field(&key.column.value).is_none() {
                complaints.borrow_mut().push(
                    Diagnostic::new(
                        Code::UnknownColumn,
                        msg!(UnknownColumn, name = &key.column.value, table = &target.name),
                    )
                    .mark(key.column.at)
                    .maybe_help(suggestion(&key.column.value, target.names())),
                );
            }
        }
    }
}

impl Datasets {
    /// Where a cell stands in its file.
    pub fn cell(
        &self,
        sources: &Sources,
        set: usize,
        row: usize,
        column: usize,
    ) -> Option<Location> {
        let dataset = &self.sets[set];
        let source = dataset.file?;
        let offset = *dataset.table.as_ref()?.offsets.get(row)?;
        let bytes = sources.get(source).bytes();
        let slot = dataset.slots[column].unwrap_or(0);
        Some(Location { source, span: cell::span(bytes, offset, slot, dataset.contract.delimiter) })
    }
}

impl Dataset {
    /// The date in a date column.
    pub fn date(&self, row: usize, column: usize) -> Option<NaiveDate> {
        let array = self.table.as_ref()?.columns.get(column)?;
        let dates = array.as_any().downcast_ref::<Date32Array>()?;
        (!dates.is_null(row)).then(|| table::date_from_days(dates.value(row)))
    }

    /// A text column as the code of each row and the texts behind the codes.
    pub fn codes(&self, column: usize) -> Option<(&Int32Array, &StringArray)> {
        let array = self.table.as_ref()?.columns.get(column)?;
        let array = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>()?;
        Some((array.keys(), array.values().as_any().downcast_ref::<StringArray>()?))
    }

    /// The text in a text column.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        let (codes, texts) = self.codes(column)?;
        if codes.is_null(row) {
            return None;
        }
        Some(texts.value(usize::try_from(codes.value(row)).ok()?))
    }
}

fn list(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// Whether rules can call a dataset by this name.
fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !RESERVED_NAMES.contains(&name)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn unreadable(sources: &Sources, path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::Unreadable,
        msg!(Unreadable, path = sources.display(path), detail = reason(error)),
    )
    .help(msg!(UnreadableHelp))
}
