//! The bundled workspace: every clause judged once, with the values and statuses an independent
//! calculation gives, and every rule able to come out differently.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Workspace, exit, verdict};
use rasoat::exact::Exact;
use rasoat::rule::RuleKind;
use rasoat::verdict::Status;

/// `expected-YEAR.csv` were computed from the same data by a separate script with exact
/// fractions, from the wording of the clauses, not from this program's output.
#[test]
fn every_clause_has_the_expected_status_and_value() {
    for year in [2024, 2025] {
        has_the_expected_statuses_and_values(year);
    }
}

fn has_the_expected_statuses_and_values(year: i32) {
    let checked = Workspace::bundled_in(year).check();
    let path = common::root().join(format!("tests/expected-{year}.csv"));
    let mut reader = csv::Reader::from_path(path).expect("the table of expectations");
    let mut expected = BTreeSet::new();
    let mut wrong = Vec::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let (id, status, value) = (&record[0], &record[1], &record[2]);
        expected.insert(id.to_owned());
        let found = verdict(&checked, id);
        if found.status().name() != status {
            wrong.push(format!("{id}: {} instead of {status}", found.status().name()));
        }
        if !value.is_empty() {
            let exact = found
                .value()
                .and_then(Exact::to_small_fraction)
                .map(|(num, den)| format!("{num}/{den}"));
            let whole = format!("{value}/1");
            let value = if value.contains('/') { value } else { &whole };
            if exact.as_deref() != Some(value) {
                wrong.push(format!("{id}: {exact:?} instead of {value}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{year}");
    let judged: Vec<String> = checked
        .report
        .results
        .iter()
        .filter(|verdict| matches!(verdict.head.kind, RuleKind::Target | RuleKind::Assignment))
        .map(|verdict| verdict.head.id.clone())
        .collect();
    assert_eq!(judged.len(), 104, "each clause exactly once");
    assert_eq!(judged.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(exit(&checked), 1, "findings, nothing broken");
}

#[test]
fn every_status_occurs() {
    let checked = Workspace::bundled_in(2024).check();
    let found: BTreeSet<Status> = checked.report.results.iter().map(|v| v.status()).collect();
    assert_eq!(found, Status::ALL.into_iter().collect());
}

/// `flips.csv`: a change of data for every rule, thought out by hand, that changes its status.
#[test]
fn every_rule_can_come_out_differently() {
    let original = Workspace::bundled_in(2024).check();
    let mut reader =
        csv::Reader::from_path(common::root().join("tests/flips.csv")).expect("the table of flips");
    let flips: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let mut wrong = Vec::new();
    let mut flipped = BTreeSet::new();
    for flip in &flips {
        let (id, from, to) = (&flip[0], &flip[5], &flip[6]);
        flipped.insert(id.to_owned());
        assert_ne!(from, to, "{id} would prove nothing");
        let before = verdict(&original, id).status().name();
        if before != from {
            wrong.push(format!("{id}: is {before}, the table says {from}"));
            continue;
        }
        let workspace = Workspace::bundled_in(2024);
        edit(&workspace, &flip[1], &flip[2], &flip[3], &flip[4]);
        let after = workspace.check();
        let after = verdict(&after, id).status().name();
        if after != to {
            wrong.push(format!("{id}: becomes {after}, the table says {to}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let all: BTreeSet<String> =
        original.report.results.iter().map(|verdict| verdict.head.id.clone()).collect();
    assert_eq!(flipped, all, "one flip for every rule");
}

/// Sets `column` to `value` in all rows of a dataset that match `where` (`a=1;b=2`).
fn edit(workspace: &Workspace, dataset: &str, conditions: &str, column: &str, value: &str) {
    let path = format!("datasets/{dataset}.csv");
    let delimiter = if workspace.read(&path).lines().next().expect("a header").contains(';') {
        b';'
    } else {
        b','
    };
    let text = workspace.read(&path);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let position = |name: &str| {
        header.iter().position(|known| known == name).unwrap_or_else(|| panic!("{path}: {name}"))
    };
    let conditions: BTreeMap<usize, &str> = conditions
        .split(';')
        .filter(|condition| !condition.is_empty())
        .map(|condition| condition.split_once('=').expect("column=value"))
        .map(|(name, value)| (position(name), value))
        .collect();
    let target = position(column);
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(&header).expect("written");
    let mut changed = 0;
    for record in reader.records() {
        let record = record.expect("a row");
        let matches = conditions.iter().all(|(at, value)| &record[*at] == *value);
        changed += usize::from(matches && &record[target] != value);
        let cells = record
            .iter()
            .enumerate()
            .map(|(at, cell)| if matches && at == target { value } else { cell });
        writer.write_record(cells).expect("written");
    }
    assert!(changed > 0, "{path}: {column} := {value:?} changes nothing");
    workspace.write(&path, writer.into_inner().expect("flushed"));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let workspace = Workspace::bundled_in(2024);
    let summary = |workspace: &Workspace| -> Vec<String> {
        let checked = workspace.check();
        let line = |v: &rasoat::verdict::Verdict| {
            format!(
                "{} {} {:?} {:?}",
                v.head.id,
                v.status().name(),
                v.value(),
                v.gap().map(|g| g.subjects)
            )
        };
        checked.report.results.iter().map(line).collect()
    };
    let before = summary(&workspace);
    for entry in std::fs::read_dir(workspace.path().join("datasets")).expect("readable") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let mut lines: Vec<&str> = text.lines().collect();
        // The list of areas keeps its order: it is the order of reports.
        if path.file_stem().is_some_and(|name| name != "xa") {
            lines[1..].reverse();
        }
        std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    }
    assert_eq!(summary(&workspace), before);
}

#[test]
fn values_at_the_threshold_are_not_rounded() {
    // Exactly 11 % is not "more than 11 %"; 67.96 % is not 68 % and is not shown as such.
    let checked = Workspace::bundled_in(2024).check();
    let strict = verdict(&checked, "II.2.1.a.3-2");
    assert_eq!(strict.value().cloned(), Some(rasoat::exact::Exact::int(11)));
    assert_eq!(strict.status(), Status::OnTrack);
    assert_eq!(strict.gap().and_then(|gap| gap.subjects), Some(1));
    let close = verdict(&checked, "II.2.1.a.2-1");
    let shown = close.diagnostics()[0].message.text(rasoat::message::Lang::Vi);
    assert!(shown.contains("67,96 %"), "{shown}");
    assert_eq!(close.gap().and_then(|gap| gap.subjects), Some(11));
}

#[test]
fn the_worst_area_and_what_would_close_the_gap_are_named() {
    // Immunisation: 790 of 840; more than 95 % needs 799. Phú Lệ alone lacks 10 of the 9.
    let checked = Workspace::bundled_in(2024).check();
    let verdict = verdict(&checked, "II.2.1.b.3-4");
    let gap = verdict.gap().expect("a gap");
    assert_eq!(gap.subjects, Some(9));
    let finding = &verdict.diagnostics()[0];
    assert_eq!(common::marked(&checked, finding, 0), "29");
    let label = finding.labels[0].text.as_ref().expect("a text").text(rasoat::message::Lang::Vi);
    assert!(label.contains("Phú Lệ: 72,5 %, thiếu 10 trẻ"), "{label}");
    let help = finding.help[0].text(rasoat::message::Lang::Vi);
    assert!(help.contains("thiếu 9 trẻ") && help.contains("riêng Xã Phú Lệ"), "{help}");
    let files: Vec<&str> = finding
        .labels
        .iter()
        .map(|label| checked.sources.get(label.at.source()).name.as_str())
        .collect();
    assert_eq!(
        files,
        ["datasets/tiem_chung.csv", "rules/targets/b-giao-duc-y-te.rhai", "rules/plan.toml"]
    );
}

#[test]
fn deadlines_are_judged_at_the_stated_date() {
    let workspace = Workspace::bundled_in(2024);
    let at = |date: &str| {
        let mut request = workspace.request();
        request.as_of = Some(common::day(date));
        let checked = rasoat::check::check(&request).expect("a report");
        let verdict = verdict(&checked, "IV.1-2");
        let late: Vec<(String, Option<i64>)> = verdict
            .units()
            .iter()
            .filter(|unit| unit.status == Status::Unmet)
            .map(|unit| (unit.code.clone(), unit.timing.days_late()))
            .collect();
        (verdict.status(), late)
    };
    let unit = |code: &str, days| (code.to_owned(), Some(days));
    assert_eq!(at("2024-12-09").1, [], "the last day is still in time");
    assert_eq!(at("2024-12-10"), (Status::Unmet, vec![unit("X14875", 1), unit("X14917", 1)]));
    assert_eq!(at("2025-01-08"), (Status::Unmet, vec![unit("X14875", 1), unit("X14917", 30)]));
}
