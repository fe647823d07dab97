//! Frictionless descriptors as contracts: `datapackage.json`, `NAME.schema.json`, both versions.

mod common;

use common::{Data, Workspace, findings, marked, verdict};
use rasoat::check::Checked;
use rasoat::contract::export;
use rasoat::diagnostic::{Code, Severity};
use rasoat::exact::Exact;
use rasoat::message::Lang;
use rasoat::workspace::config::Listings;

/// The small workspace with a descriptor in the place of the contract of `so`.
fn described(file: &str, text: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("datasets/so.toml");
    workspace.write(&format!("datasets/{file}"), text);
    workspace
}

/// What a resource called `so` looks like with a schema.
fn package(resource: &str) -> String {
    format!(
        r#"{{ "name": "ke-hoach", "resources": [
  {{ "name": "so", "path": "so.csv", {resource} }}
] }}"#
    )
}

const SCHEMA: &str = r#""schema": {
    "fields": [
      { "name": "nam", "type": "year", "constraints": { "required": true } },
      { "name": "xa", "type": "string" },
      { "name": "dat", "type": "integer", "constraints": { "minimum": 0 } },
      { "name": "tong", "type": "integer" }
    ],
    "primaryKey": ["nam", "xa"],
    "foreignKeys": [ { "fields": ["xa"], "reference": { "resource": "xa", "fields": ["ma"] } } ]
  }"#;

const OWN: &str = r#""rasoat": {
    "dimensions": { "year": "nam", "area": "xa" },
    "parts": [ { "part": "dat", "whole": "tong" } ]
  }"#;

fn errors(checked: &Checked) -> Vec<String> {
    let errors = checked.report.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|found| format!("{}: {}", found.code.name(), found.message.text(Lang::En))).collect()
}

#[test]
fn a_resource_is_a_contract() {
    let toml = Workspace::small().check();
    let json = described("datapackage.json", &package(&format!("{SCHEMA},\n  {OWN}"))).check();
    assert_eq!(errors(&json), [""; 0]);
    let (a, b) = (verdict(&toml, "1.a"), verdict(&json, "1.a"));
    assert_eq!(
        (a.status(), a.value().cloned(), a.areas().len()),
        (b.status(), b.value().cloned(), b.areas().len())
    );
    assert!(a.value().is_some());
}

#[test]
fn a_table_schema_beside_its_data_is_a_contract() {
    let schema = SCHEMA.strip_prefix("\"schema\": {").expect("an object");
    let text = format!("{{ {OWN}, {schema}");
    let checked = described("so.schema.json", &text).check();
    assert_eq!(errors(&checked), [""; 0]);
    assert_eq!(
        verdict(&checked, "1.a").value().cloned(),
        verdict(&Workspace::small().check(), "1.a").value().cloned()
    );
}

#[test]
fn a_schema_may_stand_in_a_file_of_its_own() {
    let schema = SCHEMA.strip_prefix("\"schema\": ").expect("an object");
    let workspace =
        described("datapackage.json", &package(&format!("\"schema\": \"luoc-do/so.json\", {OWN}")));
    workspace.write("datasets/luoc-do/so.json", schema);
    let checked = workspace.check();
    assert_eq!(errors(&checked), [""; 0]);
    assert!(verdict(&checked, "1.a").value().is_some());
    // What is wrong in it is shown in it.
    workspace.write("datasets/luoc-do/so.json", schema.replace("\"year\"", "\"yaer\""));
    let checked = workspace.check();
    let wrong = findings(&checked, Code::InvalidValue)[0];
    assert_eq!(checked.sources.get(wrong.labels[0].at.source()).name, "datasets/luoc-do/so.json");
    assert_eq!(marked(&checked, wrong, 0), "\"yaer\"");
    workspace.remove("datasets/luoc-do/so.json");
    assert!(errors(&workspace.check()).iter().any(|told| told.contains("luoc-do/so.json")));
}

#[test]
fn a_contract_goes_before_a_resource() {
    let workspace = Workspace::small();
    workspace.write("datasets/datapackage.json", package(SCHEMA));
    let checked = workspace.check();
    let told = findings(&checked, Code::ContractElsewhere);
    assert_eq!((told.len(), told[0].severity), (1, Severity::Advice));
    assert_eq!(marked(&checked, told[0], 0), "\"so\"");
    assert!(verdict(&checked, "1.a").value().is_some());
    // What is wrong with it is no matter then.
    let wrong = SCHEMA.replace("\"year\"", "\"yaer\"");
    workspace.write("datasets/datapackage.json", package(&wrong));
    let checked = workspace.check();
    assert_eq!(errors(&checked), [""; 0]);
    assert_eq!(findings(&checked, Code::ContractElsewhere).len(), 1);
}

/// What is written in a descriptor, and the error or warning it gives with the text it points at.
#[test]
fn what_cannot_be_read_is_told_where_it_stands() {
    let field = |more: &str| SCHEMA.replace(r#""type": "integer" }"#, more);
    let cases: Vec<(String, &str, &str)> = vec![
        (package(&SCHEMA.replace("\"xa\"],\n", "\"xa\"]\n")), "json-syntax", "\n"),
        (package(&format!("{SCHEMA}, // chú thích\n {OWN}")), "json-syntax", "// chú thích"),
        (package("\"schema\": 3"), "invalid-value", "3"),
        (package("\"title\": \"t\""), "missing-key", "\"so\""),
        (r#"{ "resources": {} }"#.to_owned(), "invalid-value", "{}"),
        (r#"[]"#.to_owned(), "json-syntax", "["),
        (package(&SCHEMA.replace("\"string\"", "\"sting\"")), "invalid-value", "\"sting\""),
        (package(&SCHEMA.replace("[\"xa\"]", "[\"xaa\"]")), "unknown-column", "\"xaa\""),
        (
            package(&SCHEMA.replace("[\"xa\"]", "[\"xa\", \"nam\"]")),
            "descriptor-partly",
            r#"{ "fields": ["xa", "nam"], "reference": { "resource": "xa", "fields": ["ma"] } }"#,
        ),
        (
            package(
                &SCHEMA.replace("\"type\": \"year\"", "\"type\": \"year\", \"type\": \"string\""),
            ),
            "json-syntax",
            "\"type\"",
        ),
        (
            package(&format!("{SCHEMA}, \"dialect\": {{ \"quoteChar\": \"'\" }}")),
            "invalid-value",
            "\"'\"",
        ),
        (
            package(&format!("{SCHEMA}, \"dialect\": {{ \"header\": false }}")),
            "invalid-value",
            "false",
        ),
        (
            package(&format!("{SCHEMA}, \"dialect\": {{ \"headerRows\": [3] }}")),
            "invalid-value",
            "[3]",
        ),
        (package(&format!("{SCHEMA}, \"encoding\": \"latin-1\"")), "invalid-value", "\"latin-1\""),
        (
            package(&format!("{SCHEMA}, \"rasoat\": {{ \"dimension\": {{}} }}")),
            "unknown-key",
            "\"dimension\"",
        ),
        (package(SCHEMA).replace("so.csv", "../so.csv"), "invalid-value", "\"../so.csv\""),
        (
            package(SCHEMA).replace("so.csv", "https://example.org/so.csv"),
            "invalid-value",
            "\"https://example.org/so.csv\"",
        ),
        (package(SCHEMA).replace("\"path\": \"so.csv\"", "\"data\": []"), "invalid-value", "[]"),
        (package(SCHEMA).replace("so.csv", "khac.csv"), "contract-without-dataset", "\"khac.csv\""),
        (
            package(&field(r#""type": "integer", "constraints": { "minLength": 2 } }"#)),
            "descriptor-partly",
            "2",
        ),
        (package(&field(r#""type": "datetime" }"#)), "descriptor-partly", "\"datetime\""),
        (
            package(&field(
                r#""type": "number", "decimalChar": "," }, { "name": "x", "type": "number" }"#,
            )),
            "invalid-value",
            "{",
        ),
    ];
    for (text, code, place) in cases {
        let workspace = described("datapackage.json", &text);
        let checked = workspace.check();
        let told = checked.report.findings.iter().find(|found| found.code.name() == code);
        let told = told.unwrap_or_else(|| panic!("no {code} in {:?}: {text}", errors(&checked)));
        assert_eq!(marked(&checked, told, 0), place, "{text}");
        assert!(!told.message.text(Lang::Vi).is_empty());
    }
}

#[test]
fn both_versions_say_the_same() {
    // Version 1: marks of numbers by field, names with dashes, texts for self and type.
    let one = r#"{ "profile": "tabular-data-package", "resources": [ {
      "name": "ho-so.1", "path": ["so.csv"], "profile": "tabular-data-resource",
      "dialect": { "delimiter": ";", "caseSensitiveHeader": false },
      "schema": { "missingValues": ["", "-"], "primaryKey": "nam", "fields": [
        { "name": "nam", "type": "integer" },
        { "name": "tien", "type": "number", "decimalChar": ",", "groupChar": ".",
          "constraints": { "minimum": "0.5" } },
        { "name": "cha", "type": "integer" } ],
        "foreignKeys": [ { "fields": "cha", "reference": { "resource": "", "fields": "nam" } } ] }
    } ] }"#;
    // Version 2: missing values with labels, a reference without a resource.
    let two = one
        .replace(r#"["", "-"]"#, r#"[{ "value": "", "label": "trống" }, { "value": "-" }]"#)
        .replace(r#""resource": "", "#, "")
        .replace(r#""cha", "type": "integer""#, r#""cha", "type": "integer", "bareNumber": true"#);
    for text in [one, &two] {
        let workspace = described("datapackage.json", text);
        workspace.write("datasets/so.csv", "nam;tien;cha\n2023;1.234,5;-\n2024;2,25;2023\n");
        workspace.write(
            "rules/a.rhai",
            "expect(\"e\", #{ title: \"e\", on: ho_so_1, row: |r| r.tien == 1234.5 || r.cha == 2023 });\n",
        );
        workspace.write("rules/plan.toml", "");
        let checked = workspace.check();
        assert_eq!(errors(&checked), [""; 0], "{text}");
        assert_eq!(verdict(&checked, "e").status().name(), "met");
        workspace.write("datasets/so.csv", "nam;tien;cha\n2023;0,4;-\n2024;2,25;2022\n");
        let codes: Vec<String> = errors(&workspace.check())
            .iter()
            .map(|e| e.split(':').next().unwrap_or("").into())
            .collect();
        assert_eq!(codes, ["out-of-range", "unknown-foreign-key"], "{text}");
    }
}

#[test]
fn the_bundled_contracts_give_the_same_report_as_a_package() {
    let workspace = Workspace::bundled_in(2025);
    let before = workspace.check();
    assert_eq!(packed(&workspace)["resources"].as_array().expect("resources").len(), 29);
    let after = workspace.check();
    let told = |checked: &Checked| -> Vec<String> {
        let results = checked.report.results.iter().map(|found| {
            let (value, areas) = (found.value().map(Exact::exact_text), found.areas().len());
            format!(
                "{} {} {value:?} {areas} {}",
                found.head.id,
                found.status().name(),
                found.diagnostics().len()
            )
        });
        let findings = checked.report.findings.iter().map(|found| found.message.text(Lang::En));
        results.chain(findings).collect()
    };
    assert_eq!(told(&before), told(&after));
}

/// Puts a data package in the place of the workspace's contracts.
fn packed(workspace: &Workspace) -> serde_json::Value {
    let data = workspace.path().join("datasets");
    let Data { opened, catalog, .. } = Data::read(workspace.path(), |_| Listings::default(), 2025);
    let package =
        export::package(&catalog.contracts.sets, &catalog.files, None, &opened.sources, &data);
    let package = serde_json::to_string_pretty(&package.expect("a package")).expect("JSON");
    let mut removed = 0;
    for entry in std::fs::read_dir(&data).expect("the datasets") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            std::fs::remove_file(path).expect("a contract");
            removed += 1;
        }
    }
    assert_eq!(removed, catalog.files.len());
    workspace.write("datasets/datapackage.json", &package);
    serde_json::from_str(&package).expect("JSON")
}

#[test]
fn keys_are_by_the_columns_of_files_or_apart() {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/ten.toml",
        r#"primaryKey = "ma_so"
[[fields]]
name = "ma"
type = "string"
header = "ten"
[[fields]]
name = "ma_so"
type = "string"
header = "ma"
"#,
    );
    workspace.write("datasets/ten.csv", "ten,ma\nA,1\nA,2\n");
    workspace.write(
        "datasets/theo.toml",
        r#"path = "theo/*.csv"
[[fields]]
name = "xa"
type = "string"
from = { file = '(\d+)' }
[[fields]]
name = "so"
type = "integer"
[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ma" }
"#,
    );
    workspace.write("datasets/theo/01.csv", "so\n5\n");
    workspace.write("datasets/theo/03.csv", "so\n5\n6\n");
    let before = errors(&workspace.check());
    assert!(before.len() == 1 && before[0].starts_with("unknown-foreign-key"), "{before:?}");
    let package = packed(&workspace);
    let resource = |name: &str| {
        let resources = package["resources"].as_array().expect("resources");
        resources.iter().find(|resource| resource["name"] == name).expect(name)
    };
    assert_eq!(resource("ten")["schema"]["primaryKey"], serde_json::json!(["ma"]));
    assert_eq!(resource("ten")["schema"]["fieldsMatch"], "subset");
    // No file has the column, so to others there is no such key.
    assert_eq!(resource("theo")["schema"].get("foreignKeys"), None);
    assert_eq!(resource("theo")["rasoat"]["foreignKeys"][0]["fields"], serde_json::json!(["xa"]));
    assert_eq!(errors(&workspace.check()), before);
}
