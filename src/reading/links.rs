//! Checks between datasets: foreign keys, the list of areas, one row for every area and year.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, DictionaryArray, Int32Array, Int64Array, StringArray};

use super::areas::{Area, AreaId, Areas, misplaced};
use super::days::date_from_days;
use super::offence::Offending;
use super::values::offence;
use super::{Datasets, KnownKeys};
use crate::contract::{FieldId, ForeignKey, SetId};
use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::msg;
use crate::source::{Location, Place, Sources};
use crate::workspace::config::Listing;

/// How many missing rows a finding names.
const SHOWN: usize = 3;

/// Every key must exist in the dataset it refers to; a cell that does not becomes unknown.
pub fn check_foreign_keys(datasets: &mut Datasets, sources: &Sources, findings: &Findings) {
    for set in datasets.sets.ids() {
        check_foreign_keys_of(datasets, set, sources, findings);
    }
}

/// Checks the references of one dataset that is held. Those that are read in batches are checked
/// while they are.
pub fn check_foreign_keys_of(
    datasets: &mut Datasets,
    set: SetId,
    sources: &Sources,
    findings: &Findings,
) {
    let contract = Arc::clone(&datasets.sets[set].contract);
    let mut offending = Offending::default();
    for key in &contract.foreign_keys {
        let Some(known) = known_keys(datasets, key) else { continue };
        let field = &contract.fields[key.field];
        respell(datasets, set, key.field, &known);
        let bad = strangers(datasets, set, key.field, &known);
        let Some(table) = datasets.sets[set].table.as_mut() else { continue };
        for (row, text) in &bad {
            let code = Code::UnknownForeignKey;
            offending.add(code, key.field, table.refs[*row], || {
                offence(code, text.as_bytes(), field, Some(&known))
            });
        }
        if !bad.is_empty() {
            Arc::make_mut(table)
                .void(key.field.into(), &bad.into_iter().map(|(row, _)| row).collect());
        }
    }
    findings.extend(offending.tell(&datasets.sets[set], sources));
}

/// The keys of the dataset a column refers to; `None` when they are not known.
pub fn known_keys(datasets: &Datasets, key: &ForeignKey) -> Option<KnownKeys> {
    let named = |set: &super::Dataset| set.contract.name == key.dataset.value;
    let target = datasets.sets.position(named)?;
    let column = datasets.sets[target].contract.field(&key.column.value)?;
    Some(texts(datasets, target, column)?.into_iter().flatten().collect())
}

/// Gives the texts of a column the spelling of the keys they stand for.
fn respell(datasets: &mut Datasets, set: SetId, column: FieldId, known: &KnownKeys) {
    let dataset = &datasets.sets[set];
    let ignore_case = dataset.contract.fields[column].ignore_case;
    let Some((codes, texts)) = dataset.codes(column) else { return };
    let spelling = |text: &str| known.find(text, ignore_case).unwrap_or(text).to_owned();
    let respelt: Vec<String> =
        texts.iter().map(|text| spelling(text.unwrap_or_default())).collect();
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
        Arc::make_mut(table).columns[column.into()] = Some(Arc::new(column_of));
    }
}

/// The cells of a column whose texts are not among the known ones, in order.
fn strangers(
    datasets: &Datasets,
    set: SetId,
    column: FieldId,
    known: &KnownKeys,
) -> Vec<(usize, String)> {
    let dataset = &datasets.sets[set];
    // Codes repeat: each distinct text is looked up once.
    if let Some((codes, texts)) = dataset.codes(column) {
        let strange: Vec<bool> = texts
            .iter()
            .map(|text| text.is_some_and(|text| known.find(text, false).is_none()))
            .collect();
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
fn texts(datasets: &Datasets, set: SetId, column: FieldId) -> Option<Vec<Option<String>>> {
    let dataset = &datasets.sets[set];
    if dataset.lacks(column) {
        return None;
    }
    if let Some((codes, texts)) = dataset.codes(column) {
        let text = |code: Option<i32>| Some(texts.value(usize::try_from(code?).ok()?).to_owned());
        return Some(codes.iter().map(text).collect());
    }
    let array = dataset.table.as_ref()?.columns[column.into()].as_ref()?;
    let numbers = array.as_any().downcast_ref::<Int64Array>()?;
    Some(numbers.iter().map(|number| number.map(|number| number.to_string())).collect())
}

/// The areas (or units) of a list, and what became of them.
pub fn areas(datasets: &Datasets, list: &Listing, sources: &Sources, findings: &Findings) -> Areas {
    let place = |name: &str| datasets.sets.position(|set| set.contract.name == name);
    let column =
        |set: SetId, name: &str| texts(datasets, set, datasets.sets[set].contract.field(name)?);
    let listed = || {
        let set = place(&list.dataset.value)?;
        Some((set, column(set, &list.code.value)?, column(set, &list.name.value)?))
    };
    let Some((set, codes, names)) = listed() else { return Areas::default() };
    let validity = |row: usize| {
        let all = datasets.sets[set].validity.as_ref();
        all.and_then(|all| all.get(row).copied()).unwrap_or_default()
    };
    let dates = datasets.sets[set].contract.validity.unwrap_or_default();
    // When an area whose dates cannot be read is one, nobody knows.
    let is_dated = |row: usize| {
        let broken = datasets.sets[set].table.as_ref().map(|table| &table.broken);
        let broken =
            |column: FieldId| broken.is_some_and(|broken| broken.contains(&(row, column.into())));
        ![dates.0, dates.1].into_iter().flatten().any(broken)
    };
    let mut found: Vec<Area> = Vec::new();
    let mut rows: Vec<usize> = Vec::new();
    for (row, (code, name)) in codes.into_iter().zip(names).enumerate() {
        let Some(code) = code.filter(|_| is_dated(row)) else { continue };
        let name = name.unwrap_or_else(|| code.clone());
        found.push(Area { code, name, validity: validity(row) });
        rows.push(row);
    }
    let overlaps = overlaps(&found, &rows, &datasets.sets[set], &list.code.value);
    let by = (list.dataset.value.clone(), list.name.value.clone());
    let mut areas = Areas::new(found, by);
    let Some(after) = &list.successors else {
        findings.extend(overlaps);
        return areas;
    };
    let successions = || {
        let set = place(&after.dataset.value)?;
        let (from, to) = (column(set, &after.from.value)?, column(set, &after.to.value)?);
        let day = datasets.sets[set].contract.field(&after.date.value)?;
        let days = datasets.sets[set].table.as_ref()?.columns[day.into()].clone()?;
        let own = datasets.sets[set].contract.field(&after.from.value)?;
        Some((set, own, from, to, days))
    };
    let found = successions();
    findings.extend(overlaps);
    let Some((set, own, from, to, days)) = found else { return areas };
    let Some(days) = days.as_primitive_opt::<Date32Type>() else { return areas };
    let mut offending = Offending::default();
    for (row, (from, to)) in from.into_iter().zip(to).enumerate() {
        let (Some(from), Some(to), true) = (from, to, days.is_valid(row)) else { continue };
        let day = date_from_days(days.value(row));
        if !areas.succeed(&from, &to, day)
            && let Some(table) = &datasets.sets[set].table
        {
            let why = msg!(NoSuccession, from = &from, to = &to, day = day);
            offending.add(Code::UnknownArea, own, table.refs[row], || (from.clone(), Some(why)));
        }
    }
    let told = offending.tell(&datasets.sets[set], sources);
    findings.extend(told);
    let table = datasets.sets[set].contract.name.clone();
    let lost = areas.close().to_vec();
    let ends = if lost.is_empty() { HashMap::new() } else { last_rows(datasets, list) };
    let mut told = Vec::new();
    for area in lost {
        let (code, name) = (areas.code(area), areas.name(area));
        let Some(to) = areas.validity(area).to else { continue };
        let ending =
            Diagnostic::of(Code::AreaEnds, msg!(AreaEnds, name = name, code = code, to = to));
        let row = ends.get(&(code, to));
        let ending = ending.mark_or_nowhere(row.and_then(|row| ends_at(datasets, list, *row)));
        told.push(ending.help(msg!(AreaEndsHelp, table = &table, to = to)));
    }
    findings.extend(told);
    areas
}

/// The first row of a list that has a code until a day.
fn last_rows<'a>(
    datasets: &'a Datasets,
    list: &Listing,
) -> HashMap<(&'a str, chrono::NaiveDate), usize> {
    let mut rows = HashMap::new();
    let found = || {
        let dataset = listing(datasets, list)?;
        let column = dataset.contract.field(&list.code.value)?;
        Some((dataset, column, dataset.validity.as_ref()?))
    };
    let Some((dataset, column, validities)) = found() else { return rows };
    for (row, validity) in validities.iter().enumerate() {
        if let Some(last) = dataset.text(row, column).zip(validity.to) {
            rows.entry(last).or_insert(row);
        }
    }
    rows
}

/// Where a row of a list says until when it holds.
fn ends_at(datasets: &Datasets, list: &Listing, row: usize) -> Option<Place> {
    let dataset = listing(datasets, list)?;
    let last = dataset.contract.validity?.1?;
    dataset.cell(*dataset.table.as_ref()?.refs.get(row)?, last)
}

/// The dataset of a list.
fn listing<'a>(datasets: &'a Datasets, list: &Listing) -> Option<&'a super::Dataset> {
    datasets.sets.iter().find(|set| set.contract.name == list.dataset.value)
}

/// Codes that mean two areas at the same time.
fn overlaps(
    found: &[Area],
    rows: &[usize],
    dataset: &super::Dataset,
    code: &str,
) -> Vec<Diagnostic> {
    let Some((column, table)) = dataset.contract.field(code).zip(dataset.table.as_ref()) else {
        return Vec::new();
    };
    // That a key is there twice has been told.
    if dataset.contract.primary_key == [column] {
        return Vec::new();
    }
    let at = |index: usize| dataset.cell(table.refs[rows[index]], column);
    let mut seen: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut told = Vec::new();
    for (index, area) in found.iter().enumerate() {
        let others = seen.entry(&area.code).or_default();
        let clash = others.iter().find(|other| found[**other].validity.overlaps(area.validity));
        if let Some(other) = clash {
            let overlap =
                msg!(AreaOverlap, code = &area.code, a = &found[*other].name, b = &area.name);
            let mut finding = Diagnostic::of(Code::AreaOverlap, overlap).mark_or_nowhere(at(index));
            if let Some(first) = at(*other) {
                finding = finding.label(first, msg!(FirstDeclaration));
            }
            told.push(finding.help(msg!(AreaOverlapHelp)));
        }
        others.push(index);
    }
    told
}

/// Every row's code must mean an area in the row's year, and its name be that area's.
pub fn check_areas(datasets: &mut Datasets, sources: &Sources, findings: &Findings) {
    for set in datasets.sets.ids() {
        check_areas_of(datasets, set, sources, findings);
    }
}

/// Checks the areas of one dataset that is held.
pub fn check_areas_of(datasets: &mut Datasets, set: SetId, sources: &Sources, findings: &Findings) {
    let contract = Arc::clone(&datasets.sets[set].contract);
    let (Some(area), Some(table)) = (contract.area, &mut datasets.sets[set].table) else { return };
    let mut offending = Offending::default();
    let found = misplaced(&contract, &datasets.areas, &table.columns, table.rows);
    for wrong in &found {
        offending.add(wrong.code, wrong.column, table.refs[wrong.row], || {
            (wrong.text.clone(), Some(wrong.why.clone()))
        });
    }
    if !found.is_empty() {
        Arc::make_mut(table).void(area.into(), &found.iter().map(|wrong| wrong.row).collect());
        findings.extend(offending.tell(&datasets.sets[set], sources));
    }
}

/// Datasets keyed by year and area must have every area in every year they have at all.
///
/// Gaps in the reporting year are errors; in earlier years they are warnings, since only
/// baselines and trends need them.
pub fn check_complete(datasets: &mut Datasets, reporting_year: i32, findings: &Findings) {
    let areas = &datasets.areas;
    for dataset in &mut datasets.sets {
        let (Some(year), Some(area)) = (dataset.contract.year, dataset.contract.area) else {
            continue;
        };
        if !dataset.contract.is_complete_by_area() || areas.is_empty() {
            continue;
        }
        let (Some(table), Some(file)) = (&dataset.table, dataset.files.first()) else { continue };
        let source = file.source;
        let Some(years) = table.columns[year.into()].as_ref() else { continue };
        let Some(years) = years.as_any().downcast_ref::<Int64Array>() else { continue };
        let Some((codes, texts)) = dataset.codes(area) else { continue };
        let slots: Vec<Option<usize>> =
            texts.iter().map(|text| areas.slot(text?, &dataset.contract)).collect();
        // For each year, which areas have a row.
        let mut seen: BTreeMap<i32, HashSet<AreaId>> = BTreeMap::new();
        for row in 0..table.rows {
            if years.is_null(row) {
                continue;
            }
            let Ok(year) = i32::try_from(years.value(row)) else { continue };
            let present = seen.entry(year).or_default();
            let code = codes.is_valid(row).then(|| usize::try_from(codes.value(row)).ok());
            let slot = code.flatten().and_then(|code| slots[code]);
            present.extend(slot.and_then(|slot| areas.meaning(slot, Some(year))));
        }
        let mut missing = Vec::new();
        for (year, present) in seen {
            let absent = areas.of_year(year).filter(|area| !present.contains(area));
            missing.extend(absent.map(|area| (year, area)));
        }
        if let Some((first_year, first_area)) = missing.first() {
            let names: Vec<String> = missing
                .iter()
                .take(SHOWN)
                .map(|(year, area)| format!("{year} {} {}", areas.code(*area), areas.name(*area)))
                .collect();
            let severity = if missing.iter().any(|(year, _)| *year == reporting_year) {
                crate::diagnostic::Severity::Error
            } else {
                crate::diagnostic::Severity::Warning
            };
            findings.tell(
                Diagnostic::of(
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
                .help(msg!(
                    MissingRowHelp,
                    year = *first_year,
                    code = areas.code(*first_area)
                )),
            );
        }
        dataset.missing_rows = missing;
    }
}
