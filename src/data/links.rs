//! Checks between datasets: foreign keys, the list of areas, one row for every area and year.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, Int32Array, Int64Array, StringArray};

use super::contract::ForeignKey;
use super::decode::offence;
use super::offence::Offending;
use super::{Areas, Datasets, KnownKeys};
use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::source::{Location, Sources};
use crate::workspace::config::AreaList;

/// How many missing rows a finding names.
const SHOWN: usize = 3;

/// Every key must exist in the dataset it refers to; a cell that does not becomes unknown.
pub fn check_foreign_keys(datasets: &mut Datasets, sources: &Sources) {
    for set in 0..datasets.sets.len() {
        check_foreign_keys_of(datasets, set, sources);
    }
}

/// Checks the references of one dataset that is held. Those that are read in batches are checked
/// while they are.
pub fn check_foreign_keys_of(datasets: &mut Datasets, set: usize, sources: &Sources) {
    let contract = Arc::clone(&datasets.sets[set].contract);
    let mut offending = Offending::default();
    for key in &contract.foreign_keys {
        let Some(known) = known_keys(datasets, key) else { continue };
        let field = &contract.fields[key.field];
        respell(datasets, set, key.field, &known);
        let bad = strangers(datasets, set, key.field, &known);
        let Some(table) = &mut datasets.sets[set].table else { continue };
        for (row, text) in &bad {
            let code = Code::UnknownForeignKey;
            offending.add(code, key.field, table.refs[*row], || {
                offence(code, text.as_bytes(), field, Some(&known))
            });
        }
        if !bad.is_empty() {
            table.void(key.field, &bad.into_iter().map(|(row, _)| row).collect());
        }
    }
    datasets.findings.extend(offending.tell(&datasets.sets[set], sources));
}

/// The keys of the dataset a column refers to; `None` when they are not known.
pub fn known_keys(datasets: &Datasets, key: &ForeignKey) -> Option<KnownKeys> {
    let named = |set: &super::Dataset| set.contract.name == key.dataset.value;
    let target = datasets.sets.iter().position(named)?;
    let column = datasets.sets[target].contract.field(&key.column.value)?;
    Some(texts(datasets, target, column)?.into_iter().flatten().collect())
}

/// Gives the texts of a column the spelling of the keys they stand for.
fn respell(datasets: &mut Datasets, set: usize, column: usize, known: &KnownKeys) {
    let dataset = &datasets.sets[set];
    let ignore_case = dataset.contract.fields[column].ignore_case;
    let Some((codes, texts)) = dataset.codes(column) else { return };
    let spelling = |text: &str| known.find(text, ignore_case).unwrap_or(text).to_owned();
    let respelt: Vec<String> = texts.iter().map(|text| spelling(text.unwrap_or_default())).collect();
    if texts.iter().zip(&respelt).all(|(before, after)| before == Some(after)) {
        return;
    }
    // One code for one text, though two spellings of it may have had one each.
    let mut places: HashMap<&str, i32> = HashMap::new();
    let mut kept: Vec<&str> = Vec::new();
    let moved: Vec<i32> = respelt
        .iter()
        .map(|text| {
            *places.entry(text).or_insert_with(|| {
                kept.push(text);
                i32::try_from(kept.len() - 1).unwrap_or(i32::MAX)
            })
        })
        .collect();
    let code = |code: i32| moved[usize::try_from(code).unwrap_or(0)];
    let codes: Int32Array = codes.iter().map(|own| own.map(code)).collect();
    let texts = Arc::new(StringArray::from_iter_values(kept));
    if let Some(table) = &mut datasets.sets[set].table
        && let Ok(column_of) = DictionaryArray::<Int32Type>::try_new(codes, texts)
    {
        table.columns[column] = Some(Arc::new(column_of));
    }
}

/// The cells of a column whose texts are not among the known ones, in order.
fn strangers(
    datasets: &Datasets,
    set: usize,
    column: usize,
    known: &KnownKeys,
) -> Vec<(usize, String)> {
    let dataset = &datasets.sets[set];
    // Codes repeat: each distinct text is looked up once.
    if let Some((codes, texts)) = dataset.codes(column) {
        let strange: Vec<bool> =
            texts.iter().map(|text| text.is_some_and(|text| known.find(text, false).is_none())).collect();
        if !strange.contains(&true) {
            return Vec::new();
        }
        return codes
            .iter()
            .enumerate()
            .filter_map(|(row, code)| {
                let code = usize::try_from(code?).ok()?;
                strange[code].then(|| (row, texts.value(code).to_owned()))
            })
            .collect();
    }
    texts(datasets, set, column)
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .filter_map(|(row, text)| text.map(|text| (row, text)))
        .filter(|(_, text)| known.find(text, false).is_none())
        .collect()
}

/// The texts of a text or integer column, `None` for unknown cells.
fn texts(datasets: &Datasets, set: usize, column: usize) -> Option<Vec<Option<String>>> {
    let dataset = &datasets.sets[set];
    if dataset.lacks(column) {
        return None;
    }
    if let Some((codes, texts)) = dataset.codes(column) {
        let text = |code: Option<i32>| Some(texts.value(usize::try_from(code?).ok()?).to_owned());
        return Some(codes.iter().map(text).collect());
    }
    let array = dataset.table.as_ref()?.columns[column].as_ref()?;
    let numbers = array.as_any().downcast_ref::<Int64Array>()?;
    Some(numbers.iter().map(|number| number.map(|number| number.to_string())).collect())
}

/// The areas, in the order of their dataset.
pub fn areas(datasets: &Datasets, list: &AreaList) -> Areas {
    let column = |name: &str| {
        let set = datasets.sets.iter().position(|s| s.contract.name == list.dataset.value)?;
        let column = datasets.sets[set].contract.field(name)?;
        texts(datasets, set, column)
    };
    let (Some(codes), Some(names)) = (column(&list.code.value), column(&list.name.value)) else {
        return Areas::default();
    };
    let mut areas = Areas::default();
    for (code, name) in codes.into_iter().zip(names) {
        let Some(code) = code else { continue };
        let name = name.unwrap_or_else(|| code.clone());
        areas.add(code, name);
    }
    areas
}

/// Datasets keyed by year and area must have every area in every year they have at all.
///
/// Gaps in the reporting year are errors; in earlier years they are warnings, since only
/// baselines and trends need them.
pub fn check_complete(datasets: &mut Datasets, reporting_year: i32) {
    let mut findings = Vec::new();
    let areas = &datasets.areas;
    for dataset in &mut datasets.sets {
        let (Some(year), Some(area)) = (dataset.contract.year, dataset.contract.area) else {
            continue;
        };
        if !dataset.contract.is_complete_by_area() || areas.codes.is_empty() {
            continue;
        }
        let (Some(table), Some(file)) = (&dataset.table, dataset.files.first()) else { continue };
        let source = file.source;
        let Some(years) = table.columns[year].as_ref() else { continue };
        let Some(years) = years.as_any().downcast_ref::<Int64Array>() else { continue };
        let Some((codes, texts)) = dataset.codes(area) else { continue };
        let positions: Vec<Option<usize>> =
            texts.iter().map(|text| areas.position(text?)).collect();
        // For each year, which areas have a row.
        let mut seen: BTreeMap<i64, Vec<bool>> = BTreeMap::new();
        for row in 0..table.rows {
            if years.is_null(row) {
                continue;
            }
            let year =
                seen.entry(years.value(row)).or_insert_with(|| vec![false; areas.codes.len()]);
            let code = codes.is_valid(row).then(|| usize::try_from(codes.value(row)).ok());
            if let Some(area) = code.flatten().and_then(|code| positions[code]) {
                year[area] = true;
            }
        }
        let mut missing = Vec::new();
        for (year, present) in seen {
            let Ok(year) = i32::try_from(year) else { continue };
            for (code, _) in areas.codes.iter().zip(present).filter(|(_, present)| !present) {
                missing.push((year, code.clone()));
            }
        }
        if let Some((first_year, first_code)) = missing.first() {
            let names: Vec<String> = missing
                .iter()
                .take(SHOWN)
                .map(|(year, code)| {
                    let name = areas.position(code).map_or("", |at| areas.names[at].as_str());
                    format!("{year} {code} {name}")
                })
                .collect();
            let severity = if missing.iter().any(|(year, _)| *year == reporting_year) {
                crate::diagnostic::Severity::Error
            } else {
                crate::diagnostic::Severity::Warning
            };
            findings.push(
                Diagnostic::new(
                    Code::MissingRow,
                    msg!(
                        MissingRow,
                        table = &dataset.contract.name,
                        rows = names.join("; "),
                        count = missing.len()
                    ),
                )
                .severity(severity)
                .mark(Location { source, span: (0..1).into() })
                .help(msg!(MissingRowHelp, year = *first_year, code = first_code)),
            );
        }
        dataset.missing_rows = missing;
    }
    datasets.findings.extend(findings);
}
