//! Files as offices produce them, each with what must be read from it: `office/cases.toml`.

mod common;

use std::collections::HashSet;
use std::path::Path;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;
use common::{Data, root};
use rasoat::contract::{FieldId, export};
use rasoat::diagnostic::{Diagnostic, Severity};
use rasoat::reading::batch::{Batch, ColumnId, codes, number};
use rasoat::reading::days::date_from_days;
use rasoat::reading::{Catalog, Datasets};
use rasoat::source::Sources;
use rasoat::workspace::config::{Config, Listings};
use serde::Deserialize;
use tempfile::TempDir;

/// The folder of the files and of the table.
fn office() -> std::path::PathBuf {
    root().join("tests/office")
}

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// One file, its contract, and what must come of it.
#[derive(Deserialize)]
struct Case {
    name: String,
    files: Vec<String>,
    contract: String,
    #[serde(default)]
    areas: bool,
    #[serde(default)]
    also: Vec<Also>,
    /// Values by the contract's order: `~` missing, `!` refused.
    rows: Vec<String>,
    /// Codes, with `@place` where a cell is meant.
    findings: Vec<String>,
}

/// Another dataset the case refers to.
#[derive(Deserialize)]
struct Also {
    name: String,
    file: String,
    contract: String,
}

/// What came of a case.
struct Outcome {
    rows: Vec<String>,
    findings: Vec<String>,
}

fn copy(file: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("a folder")).expect("room");
    std::fs::copy(file, to).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// A workspace with the files and contracts of a case.
fn prepare(case: &Case) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("datasets");
    std::fs::create_dir_all(&data).expect("room");
    std::fs::write(folder.path().join("rasoat.toml"), "year = 2025\nas_of = 2025-12-10\n")
        .expect("room");
    if case.areas {
        for entry in std::fs::read_dir(office().join("areas")).expect("the areas") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name");
            let settings = name == "rasoat.toml";
            let to = if settings { folder.path() } else { &data };
            copy(&path, &to.join(name));
        }
    }
    for file in &case.files {
        copy(&office().join(file), &data.join(file));
    }
    for also in &case.also {
        copy(&office().join(&also.file), &data.join(&also.file));
        std::fs::write(data.join(format!("{}.toml", also.name)), &also.contract).expect("room");
    }
    std::fs::write(data.join("t.toml"), &case.contract).expect("room");
    folder
}

fn lists_of_areas(config: &Config) -> Listings<'_> {
    Listings { areas: config.areas.as_ref(), units: None }
}

/// Reads the data of a workspace, its columns in the contract's order or in that of their names.
fn read(folder: &Path, by_name: bool) -> Outcome {
    // Lists of units are none of the cases' business.
    let Data { opened, catalog, datasets, findings } = Data::read(folder, lists_of_areas, 2025);
    let findings = findings.iter().map(|finding| place(finding, &opened.sources)).collect();
    let mut fields: Vec<(FieldId, String)> = Vec::new();
    if let Some(set) = catalog.contracts.position("t") {
        let all = datasets.sets[set].contract.fields.enumerate();
        fields = all.map(|(at, field)| (at, field.name.clone())).collect();
    }
    if by_name {
        fields.sort_by(|a, b| a.1.cmp(&b.1));
    }
    let order: Vec<FieldId> = fields.into_iter().map(|(field, _)| field).collect();
    Outcome { rows: rows(&catalog, &datasets, &order), findings }
}

/// A finding's code and the place of its first label: `@line:column`, or `@Sheet!B7`.
fn place(finding: &Diagnostic, sources: &Sources) -> String {
    let code = finding.code.name();
    // That rows were left out as the contract wants it is said there.
    if finding.severity == Severity::Advice {
        return code.to_owned();
    }
    let Some(label) = finding.labels.first() else { return code.to_owned() };
    let at = sources.locate(label.at);
    let source = sources.get(at.source);
    let place = source.place(at.span.start);
    format!("{code}@{}", &place[source.name.len() + 1..])
}

fn rows(catalog: &Catalog, datasets: &Datasets, order: &[FieldId]) -> Vec<String> {
    let Some(set) = catalog.contracts.position("t") else { return Vec::new() };
    let Some(table) = &datasets.sets[set].table else { return Vec::new() };
    let row = |row| {
        let cells = order.iter().map(|column| cell(table, row, (*column).into()));
        cells.collect::<Vec<_>>().join("|")
    };
    (0..table.rows).map(row).collect()
}

fn cell(table: &Batch, row: usize, column: ColumnId) -> String {
    if table.broken.contains(&(row, column)) {
        return "!".to_owned();
    }
    let Some(array) = table.columns[column].as_ref().filter(|array| array.is_valid(row)) else {
        return "~".to_owned();
    };
    if let Some(number) = number(array, row) {
        return number.exact_text();
    }
    if let Some((codes, texts)) = codes(array) {
        return texts.value(usize::try_from(codes.value(row)).expect("a code")).to_owned();
    }
    if let Some(days) = array.as_primitive_opt::<Date32Type>() {
        return date_from_days(days.value(row)).to_string();
    }
    array.as_boolean().value(row).to_string()
}

/// Whether what was told is what was expected: `code` alone stands for any place.
fn agree(expected: &[String], told: &[String]) -> bool {
    let mut left: Vec<&String> = told.iter().collect();
    let mut expected: Vec<&String> = expected.iter().collect();
    // Those with a place first, so that the others take what is left.
    expected.sort_by_key(|finding| !finding.contains('@'));
    expected.iter().all(|finding| {
        let same = |told: &&String| match finding.contains('@') {
            true => *told == *finding,
            false => told.split('@').next() == Some(finding),
        };
        let at = left.iter().position(same);
        at.map(|at| left.remove(at)).is_some()
    }) && left.is_empty()
}

/// The cases.
fn cases() -> Vec<Case> {
    let table = std::fs::read_to_string(office().join("cases.toml")).expect("the cases");
    let table: Table =
        toml::from_str(&table).unwrap_or_else(|e| panic!("cases.toml: {}", e.message()));
    table.case
}

/// Puts a data package in the place of a workspace's contracts; whether `t` is in it.
fn package(folder: &Path) -> bool {
    let Data { opened, catalog, .. } = Data::read(folder, lists_of_areas, 2025);
    let data = folder.join("datasets");
    let package =
        export::package(&catalog.contracts.sets, &catalog.files, None, &opened.sources, &data);
    let package = package.unwrap_or_else(|file| panic!("{file} is outside"));
    for entry in std::fs::read_dir(&data).expect("the datasets") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            std::fs::remove_file(path).expect("a contract");
        }
    }
    let text = serde_json::to_string_pretty(&package).expect("JSON");
    std::fs::write(data.join("datapackage.json"), text).expect("room");
    catalog.contracts.position("t").is_some()
}

/// What the exported contract says and the first one left to be told from the file.
fn is_guess(finding: &str) -> bool {
    ["encoding-guessed", "delimiter-guessed"].iter().any(|code| finding.starts_with(code))
}

#[test]
fn exported_contracts_read_every_file_the_same() {
    let (mut wrong, mut same) = (String::new(), 0);
    for case in cases() {
        let folder = prepare(&case);
        let mut before = read(folder.path(), true);
        if !package(folder.path()) {
            continue;
        }
        let mut after = read(folder.path(), true);
        for outcome in [&mut before, &mut after] {
            outcome.findings.retain(|finding| !is_guess(finding));
            // A mistake of the contract stands elsewhere in the package.
            for finding in &mut outcome.findings {
                if let Some(at) = finding.find('@').filter(|_| finding.starts_with("invalid-value"))
                {
                    finding.truncate(at);
                }
            }
            outcome.findings.sort();
        }
        if (&before.rows, &before.findings) == (&after.rows, &after.findings) {
            same += 1;
        } else {
            wrong.push_str(&format!(
                "\n{}\n  rows     {:?}\n  exported {:?}\n  findings {:?}\n  exported {:?}\n",
                case.name, before.rows, after.rows, before.findings, after.findings
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(same >= 100, "{same} cases");
}

#[test]
fn every_file_is_read_as_its_author_meant_it_or_not_at_all() {
    let cases = cases();
    let mut names = HashSet::new();
    for case in &cases {
        assert!(names.insert(&case.name), "twice: {}", case.name);
    }
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let outcome = read(prepare(case).path(), false);
        if outcome.rows != case.rows || !agree(&case.findings, &outcome.findings) {
            wrong.push_str(&format!(
                "\n{}\n  rows     {:?}\n  expected {:?}\n  findings {:?}\n  expected {:?}\n",
                case.name, outcome.rows, case.rows, outcome.findings, case.findings
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
