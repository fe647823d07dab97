//! The JSON report against its schema, and the same bytes in every run.

mod common;

use common::{Workspace, schema};
use rasoat::message::Lang;
use rasoat::report::Options;
use rasoat::report::format::json;

fn document(workspace: &Workspace, lang: Lang) -> serde_json::Value {
    serde_json::from_str(&common::json(&workspace.check(), lang)).expect("JSON")
}

#[test]
fn the_report_satisfies_its_schema() {
    let schema = schema("report.schema.json");
    for lang in [Lang::Vi, Lang::En] {
        let document = document(&Workspace::bundled(), lang);
        let errors: Vec<String> = schema
            .iter_errors(&document)
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let schema = schema("report.schema.json");
    let good = document(&Workspace::small(), Lang::En);
    assert!(schema.is_valid(&good));
    let broken: [fn(&mut serde_json::Value); 5] = [
        |d| d["results"][0]["status"] = "great".into(),
        |d| d["results"][0]["value"] = 50.0.into(),
        |d| d["extra"] = 1.into(),
        |d| d["year"] = "2024".into(),
        |d| drop(d.as_object_mut().and_then(|d| d.remove("summary"))),
    ];
    for mutate in broken {
        let mut document = good.clone();
        mutate(&mut document);
        assert!(!schema.is_valid(&document));
    }
}

/// Every rule of the bundled workspace, whatever its kind.
#[test]
fn every_trace_satisfies_its_schema() {
    let schema = schema("trace.schema.json");
    let workspace = Workspace::bundled();
    let ids: Vec<String> =
        workspace.check().report.results.iter().map(|verdict| verdict.head.id.clone()).collect();
    let mut wrong = Vec::new();
    for id in &ids {
        let (view, judged, trace) = common::traced(&workspace, id);
        assert!(!trace.parts.is_empty(), "{id}: nothing is calculated");
        let (options, mut text) = (Options::new(Lang::En), Vec::new());
        json::trace::render(&view, &judged, &trace, &options, &mut text).expect("room");
        let document = serde_json::from_slice(&text).expect("JSON");
        wrong.extend(schema.iter_errors(&document).map(|error| format!("{id}: {error}")));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn two_runs_give_the_same_bytes() {
    let workspace = Workspace::bundled();
    let run = || {
        let checked = workspace.check();
        [common::text(&checked, Lang::Vi), common::json(&checked, Lang::Vi)].concat()
    };
    assert_eq!(run(), run());
}

#[test]
fn decimals_are_strings_and_positions_are_lines() {
    let document = document(&Workspace::bundled_in(2024), Lang::En);
    let results = document["results"].as_array().expect("results");
    let result = results.iter().find(|r| r["id"] == "II.2.1.b.3-4").expect("the clause");
    assert_eq!(result["value"], "94.047619");
    assert_eq!(result["value_exact"], "1975/21");
    assert_eq!(result["gap"]["subjects"], "9");
    assert_eq!(result["areas"].as_array().map(Vec::len), Some(15));
    assert_eq!(result["labels"][0]["file"], "datasets/tiem_chung.csv");
    let line = result["labels"][0]["line"].as_u64().expect("a line");
    let text =
        std::fs::read_to_string(common::root().join("datasets/tiem_chung.csv")).expect("data");
    let row = text.lines().nth(usize::try_from(line).expect("small") - 1).expect("the row");
    assert!(row.starts_with("2024,14884,"), "{row}");
}
