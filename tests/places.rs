//! Where findings point: at the row that decides a value, at one that counts or should count, and
//! where no row does at the header. Lines are those of the file, the header being the first.

mod common;

use common::{Workspace, english, verdict};
use rasoat::check::{Checked, ReadingOptions, check};
use rasoat::diagnostic::{Code, Diagnostic};
use rasoat::message::Lang;
use rasoat::verdict::Status;

/// Rows of two communes with a number, a flag, a text and a date, and one rule: `declared` as it
/// stands in the script, of the clause's `kind`.
fn with_rule(rows: &str, kind: &str, declared: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.replace("rules/plan.toml", "kind = \"target\"", &format!("kind = \"{kind}\""));
    let field =
        |name: &str, kind: &str| format!("[[fields]]\nname = \"{name}\"\ntype = \"{kind}\"\n\n");
    let fields = [
        field("nam", "year"),
        field("xa", "string"),
        field("a", "integer"),
        field("k", "boolean"),
        field("loai", "string"),
        field("ngay", "date"),
    ];
    workspace.write(
        "datasets/so.toml",
        format!("[dimensions]\nyear = \"nam\"\narea = \"xa\"\n\n{}", fields.concat()),
    );
    let rows: String = rows.split(' ').map(|row| format!("{row}\n")).collect();
    workspace.write("datasets/so.csv", format!("nam,xa,a,k,loai,ngay\n{rows}"));
    workspace.write("rules/a.rhai", declared);
    workspace
}

const ROWS: &str = "2024,01,5,true,nha,2024-03-01 2024,01,9,false,bep,2024-05-01 \
    2024,02,7,true,nha,2024-02-01 2024,02,9,false,nha,2024-06-01 2024,02,3,false,bep,2024-06-01";

/// The line of a finding's first label and what it marks there.
fn first(checked: &Checked, finding: &Diagnostic) -> (String, usize, String) {
    let at = checked.sources.locate(finding.labels[0].at);
    let source = checked.sources.get(at.source);
    let bytes = source.bytes();
    let line = 1 + bytes[..at.span.start].iter().filter(|byte| **byte == b'\n').count();
    let text = String::from_utf8_lossy(&bytes[at.span.start..at.span.end]).into_owned();
    (source.name.clone(), line, text)
}

#[test]
fn a_finding_points_at_the_row_that_decides_or_should_count() {
    let cases = [
        // Of equal extremes the earliest row.
        ("so.max(\"a\")", "at_most(8)", 3, "9"),
        ("so.min(\"a\")", "at_least(4)", 6, "3"),
        // 1 of 3 lack 2, 1 of 2 lack 1: the second commune's first row that is left out.
        ("percent(so.filter(|r| r.k).count(), so.count())", "at_least(90)", 5, "false"),
        // Both have one too many: the first commune's row that counts.
        ("percent(so.filter(|r| r.k).count(), so.count())", "less_than(10)", 2, "true"),
        // The whole has conditions of its own, which what is left out fulfils.
        (
            "percent(so.filter(|r| r.loai == \"nha\" && r.k).count(), so.filter(|r| r.loai == \"nha\").count())",
            "at_least(90)",
            5,
            "false",
        ),
        ("so.filter(|r| r.k).count()", "at_least(5)", 3, "false"),
        ("so.filter(|r| r.loai == \"nha\" && r.k).count()", "at_least(5)", 5, "false"),
        // What breaks the first of several conditions is about something else.
        ("so.filter(|r| r.a > 100 && r.k).count()", "at_least(1)", 1, "nam,xa,a,k,loai,ngay"),
        ("so.filter(|r| r.loai == \"ham\").count()", "at_least(1)", 1, "nam,xa,a,k,loai,ngay"),
        ("so.sum(\"a\")", "at_least(100)", 2, "5"),
        ("so.sum(\"a\")", "at_most(10)", 2, "5"),
        ("so.sum(\"a\") - so.filter(|r| r.k).count()", "at_least(100)", 2, "5"),
        // Of two and one that must go the second commune's.
        ("so.filter(|r| !r.k).count()", "none()", 5, "false"),
        // Nothing to take a mean of, and nothing to divide by.
        ("so.filter(|r| r.a > 100).mean(\"a\")", "at_least(1)", 2, "5"),
        (
            "percent(so.filter(|r| r.a > 100 && r.k).count(), so.filter(|r| r.a > 100).count())",
            "at_least(1)",
            2,
            "5",
        ),
    ];
    for (measure, goal, line, text) in cases {
        let rule =
            format!("target(\"1.a\", #{{ measure: {measure}, goal: {goal}, every_year: true }});");
        let workspace = with_rule(ROWS, "target", &rule);
        let checked = workspace.check();
        let found = verdict(&checked, "1.a");
        let expected = ("datasets/so.csv".to_owned(), line, text.to_owned());
        assert_eq!(first(&checked, &found.diagnostics()[0]), expected, "{measure} {goal}");
        // Whether rows are held or read in pieces makes no difference.
        let mut request = workspace.request();
        request.reading = ReadingOptions { threads: 2, range: 64, held: 0 };
        let read = check(&request).expect("a report");
        let labels = |finding: &Diagnostic| -> Vec<_> {
            finding.labels.iter().map(|label| (label.at, label.text.clone())).collect()
        };
        let again = &verdict(&read, "1.a").diagnostics()[0];
        assert_eq!(labels(again), labels(&found.diagnostics()[0]), "{measure} {goal}");
    }
}

#[test]
fn findings_of_duties_point_at_the_register() {
    let cases = [
        // Late: the row whose day decides, not the first of them.
        ("met: so.filter(|r| r.loai == \"nha\").last(\"ngay\")", 5, "2024-06-01"),
        // The evidence there should be is of a row that is left out.
        ("met: so.filter(|r| r.loai == \"nha\" && r.a > 100).first(\"ngay\")", 2, "5"),
        ("met: so.filter(|r| r.loai == \"ham\" && r.k).first(\"ngay\")", 1, "nam,xa,a,k,loai,ngay"),
        // A row of something else is no place for it.
        ("met: so.filter(|r| r.loai == \"ham\").count() >= 1", 1, "nam,xa,a,k,loai,ngay"),
        ("met: so.filter(|r| r.k).count() >= 3", 3, "false"),
        ("met: all_of([so.count() >= 5, so.max(\"a\") < 9])", 3, "9"),
        // Nothing says whether it is.
        ("met: so.filter(|r| r.a > 100).max(\"a\") > 3", 2, "5"),
    ];
    for (met, line, text) in cases {
        let rule = format!("assignment(\"1.a\", #{{ due: by_date(\"2024-03-01\"), {met} }});");
        let workspace = with_rule(ROWS, "assignment", &rule);
        let checked = workspace.check();
        let found = verdict(&checked, "1.a");
        let expected = ("datasets/so.csv".to_owned(), line, text.to_owned());
        assert_eq!(first(&checked, &found.diagnostics()[0]), expected, "{met}");
    }
}

#[test]
fn findings_of_rules_point_at_the_data_too() {
    let check =
        "rule(\"r\", #{ title: \"R\", inputs: #{ lon: so.max(\"a\") }, check: |v| v.lon < 5 });";
    let checked = with_rule(ROWS, "target", check).check();
    let found = verdict(&checked, "r");
    assert_eq!(first(&checked, &found.diagnostics()[0]).1, 3, "the largest");
    // Rows that cannot be decided, and no rows at all.
    let expect = "expect(\"e\", #{ title: \"E\", on: so, row: |r| r.a > 0 });";
    let checked = with_rule("2024,01,5,,, 2024,01,,,,", "target", expect).check();
    let found = verdict(&checked, "e");
    assert_eq!(found.status(), Status::NoData);
    assert_eq!(first(&checked, &found.diagnostics()[0]).1, 3, "the blank");
    let checked = with_rule("", "target", expect).check();
    let found = verdict(&checked, "e");
    assert_eq!(found.status(), Status::NoData);
    assert_eq!(first(&checked, &found.diagnostics()[0]).1, 1, "the header");
}

/// Every finding of a verdict with a value points at data first.
#[test]
fn every_measured_value_of_the_bundled_workspace_points_at_data() {
    for year in [2024, 2025] {
        let checked = Workspace::bundled_in(year).check();
        let mut elsewhere = Vec::new();
        let mut seen = 0;
        for found in &checked.report.results {
            let told = found.diagnostics().iter().filter(|told| told.code != Code::MissingIgnored);
            for finding in told {
                let file = finding.labels.first().map(|label| label.at.source());
                let file = file.map(|file| checked.sources.get(file).name.clone());
                seen += 1;
                if !file.as_ref().is_some_and(|file| file.ends_with(".csv")) {
                    let text = finding.message.text(Lang::En);
                    elsewhere.push(format!("{}: {text} at {file:?}", found.head.id));
                }
            }
        }
        assert!(seen > 30, "{seen}");
        assert_eq!(elsewhere, Vec::<String>::new(), "{year}");
    }
}

/// Which of the bodies a row of no known kind is of is not known; of other columns all is.
#[test]
fn what_is_unknown_of_groups_is_told_at_the_column_they_share() {
    let met = "met: |u| so.group(\"loai\").filter(|g| g.loai == u.ma).count() > 0";
    let rule = format!("assignment(\"1.a\", #{{ each: xa, {met}, due: no_deadline() }});");
    let checked = with_rule("2024,01,5,true,,2024-03-01", "assignment", &rule).check();
    let finding = &verdict(&checked, "1.a").diagnostics()[0];
    let told = english(finding);
    assert!(told.contains("a blank or invalid cell in loai"), "{told}");
    assert_eq!(first(&checked, finding), ("datasets/so.csv".to_owned(), 2, String::new()));
}
