//! The order in which rows stand in their files decides nothing: the whole report is the same
//! apart from the places it points at.

mod common;

use common::Workspace;
use rasoat::message::Lang;
use rasoat::report::Options;
use rasoat::report::format::json;
use serde_json::Value;

/// The report for machines without its places. Bodies stand in the order of their own list and
/// findings in the order of the files, so that these are put in order of what they say.
fn report(workspace: &Workspace) -> Value {
    let text = common::json(&workspace.check(), Lang::En);
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    without_places(&mut document);
    document
}

fn without_places(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("end_line") {
                map.retain(|key, _| key == "file" || key == "text");
            }
            for (key, inner) in map.iter_mut() {
                without_places(inner);
                let lists = ["labels", "diagnostics", "units", "cells", "evidence"];
                if let (true, Value::Array(items)) = (lists.contains(&key.as_str()), inner) {
                    items.sort_by_key(ToString::to_string);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_places),
        _ => {}
    }
}

/// Where two documents differ, in words short enough to read.
fn differences(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            for (key, value) in one {
                differences(&format!("{path}.{key}"), value, &other[key], found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (a, b)) in one.iter().zip(other).enumerate() {
                differences(&format!("{path}[{at}]"), a, b, found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: {a} / {b}")),
    }
}

/// Puts the rows of every dataset of a workspace into another order.
fn turn(workspace: &Workspace, by: usize, reverse: bool) {
    let folder = workspace.path().join("datasets");
    let mut turned = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let mut lines: Vec<&str> = text.lines().collect();
        let rows = &mut lines[1..];
        if reverse {
            rows.reverse();
        }
        let length = rows.len().max(1);
        rows.rotate_left(by % length);
        std::fs::write(&path, lines.join("\n") + "\n").expect("written");
        turned += 1;
    }
    assert!(turned > 1, "datasets");
}

#[test]
fn the_whole_report_is_the_same_whatever_the_order_of_rows() {
    for year in [2024, 2025] {
        let original = report(&Workspace::bundled_in(year));
        for (by, reverse) in [(0, true), (7, true), (3, false)] {
            let workspace = Workspace::bundled_in(year);
            turn(&workspace, by, reverse);
            let mut found = Vec::new();
            differences("", &original, &report(&workspace), &mut found);
            assert_eq!(found, Vec::<String>::new(), "{year}, {by}, {reverse}");
        }
    }
}

/// The calculations too, of some rules of each kind: their numbers, steps and reasons.
#[test]
fn calculations_are_the_same_whatever_the_order_of_rows() {
    let ids = ["II.2.1.a.3-2", "II.2.1.b.3-3", "II.2.1.b.3-6", "II.2.1.c.1-4", "IV.1-2", "III.2.5"];
    let trace = |workspace: &Workspace, id: &str| {
        let (view, judged, trace) = common::traced(workspace, id);
        let (options, mut text) = (Options::new(Lang::En), Vec::new());
        json::trace::render(&view, &judged, &trace, &options, &mut text).expect("room");
        let mut document: Value = serde_json::from_slice(&text).expect("JSON");
        without_places(&mut document);
        document
    };
    let (original, turned) = (Workspace::bundled(), Workspace::bundled());
    turn(&turned, 5, true);
    for id in ids {
        let mut found = Vec::new();
        differences("", &trace(&original, id), &trace(&turned, id), &mut found);
        assert_eq!(found, Vec::<String>::new(), "{id}");
    }
}

/// A unit whose code is in the list twice is the one of the reporting year, wherever it stands.
#[test]
fn a_code_listed_twice_is_told_apart_by_date() {
    for year in [2024, 2025] {
        let workspace = Workspace::bundled_in(year);
        turn(&workspace, 0, true);
        let document = report(&workspace);
        let results = document["results"].as_array().expect("results");
        let led = results.iter().filter(|result| result["lead"] == "TAPTHE");
        let now: Vec<&Value> = led.map(|result| &result["lead_now"]).collect();
        assert!(!now.is_empty());
        let expected =
            if year == 2024 { serde_json::json!([]) } else { serde_json::json!(["TAPTHE"]) };
        assert!(now.iter().all(|now| **now == expected), "{year}: {now:?}");
        let leads = document["summary"]["leads"].as_array().expect("leads");
        let titles: Vec<&str> = leads.iter().filter_map(|lead| lead["title"].as_str()).collect();
        let named = titles.contains(&"Các sở, ngành cấp tỉnh và UBND xã");
        assert_eq!(named, year == 2025, "{titles:?}");
    }
}

/// Of many blank cells those of the first areas and columns are named, and each once, though both
/// sides of a share need it.
#[test]
fn which_blanks_are_named_does_not_depend_on_their_rows() {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", "ma,ten\n03,C\n01,A\n02,B\n04,D\n");
    let rows = ["2024,04,,", "2024,02,,9", "2024,03,1,", "2024,01,,9"];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
        let rows: Vec<&str> = order.iter().map(|at| rows[*at]).collect();
        workspace.write("datasets/so.csv", format!("nam,xa,dat,tong\n{}\n", rows.join("\n")));
        let checked = workspace.check();
        let told = common::english(&common::verdict(&checked, "1.a").diagnostics()[0]);
        assert!(
            told.ends_with("a blank cell in dat for A, a blank cell in dat for B, a blank cell in tong for C and 2 more"),
            "{order:?}: {told}"
        );
    }
}
