//! Filters that choose nothing because of a text nobody wrote.

mod common;

use common::{Workspace, english, exit, findings, helps, marked, verdict};
use rasoat::diagnostic::{Code, Severity};
use rasoat::verdict::Status;

const FIELDS: &str = "[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[fields]]\nname = \"a\"\ntype = \"integer\"\n\n[[fields]]\nname = \"k\"\ntype = \"boolean\"\n\n[[fields]]\nname = \"loai\"\ntype = \"string\"\n\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n\n[[foreignKeys]]\nfields = \"xa\"\nreference = { resource = \"xa\", fields = \"ma\" }\n";

const ROWS: &str = "nam,xa,a,k,loai,ngay\n2024,01,5,true,nha,2024-03-01\n2024,01,9,true,Bep,2024-05-01\n2023,01,7,true,kho,2024-02-01\n";

/// A target of at most five rows that pass a condition.
fn filtered(condition: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.write("datasets/so.toml", FIELDS);
    workspace.write("datasets/so.csv", ROWS);
    workspace.write("datasets/xa.csv", "ma,ten\n01,Phú Lệ\n02,Nam Động\n");
    workspace.write(
        "rules/a.rhai",
        format!("target(\"1.a\", #{{ measure: so.filter(|r| {condition}).count(), goal: at_most(5), every_year: true }});"),
    );
    workspace
}

#[test]
fn a_text_that_no_row_has_is_told_with_those_there_are() {
    let listed = "the values of the column are: Bep, kho, nha";
    let cases: [(&str, &str, &[&str]); 7] = [
        ("r.loai == \"nhaa\"", "r.loai == \"nhaa\"", &["did you mean `nha`?", listed]),
        ("\"xyzxyz\" == r.loai", "\"xyzxyz\" == r.loai", &[listed]),
        (
            "r.k && r.loai in [\"khoo\", \"bepp\"]",
            "r.loai in [\"khoo\", \"bepp\"]",
            &["did you mean `kho`?", listed],
        ),
        ("r.loai.starts_with(\"x\")", "r.loai.starts_with(\"x\")", &[listed]),
        ("r.loai == \"a\" || r.loai == \"bc\"", "r.loai == \"a\" || r.loai == \"bc\"", &[listed]),
        (
            "r.xa == \"03\"",
            "r.xa == \"03\"",
            &["did you mean `01`?", "the values of the column are: 01"],
        ),
        (
            "r.xa.ten == \"Phú Lê\"",
            "r.xa.ten == \"Phú Lê\"",
            &["did you mean `Phú Lệ`?", "the values of the column are: Phú Lệ"],
        ),
    ];
    for (condition, at, help) in cases {
        let checked = filtered(condition).check();
        let told = findings(&checked, Code::EmptyFilter);
        assert_eq!(told.len(), 1, "{condition}: {:?}", checked.report.findings);
        // The closing bracket of a list may be left out of what is marked.
        let mark = marked(&checked, told[0], 0);
        assert_eq!(mark.trim_end_matches(']'), at.trim_end_matches(']'), "{condition}");
        assert_eq!(helps(told[0]), help, "{condition}");
        assert_eq!(told[0].subject.as_deref(), Some("1.a"), "{condition}");
        assert_eq!(told[0].severity, Severity::Warning);
        assert_eq!(
            english(told[0]),
            "no row of `so`, of whatever year, fulfils this condition",
            "{condition}"
        );
        assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "{condition}");
        assert_eq!(exit(&checked), 0, "{condition}: a warning");
    }
}

#[test]
fn what_may_well_be_empty_is_not_told() {
    let silent = [
        "r.loai == \"nha\"",
        // In another year it is there.
        "r.loai == \"kho\"",
        "r.loai == \"nha\" || r.loai == \"nhaa\"",
        "r.loai != \"nhaa\"",
        "r.loai.contains(\"h\")",
        // Nothing of the kind is good news.
        "!r.k",
        "r.a > 100",
        "r.a == 4",
        "r.ngay > date(\"2030-01-01\")",
        "is_missing(r.loai)",
        // It is there, and something else decides.
        "r.loai == \"nha\" && r.a > 100",
        // Known where the column refers to, or to the plan.
        "r.xa == \"02\"",
        "r.xa.ten == \"Nam Động\"",
        "r.loai == \"1.a\"",
        "r.loai == \"A\"",
    ];
    for condition in silent {
        let checked = filtered(condition).check();
        assert!(findings(&checked, Code::EmptyFilter).is_empty(), "{condition}");
        assert!(!common::is_broken(&checked), "{condition}: {:?}", checked.report.findings);
    }
    // A cell that is blank may be anything.
    let workspace = filtered("r.loai == \"nhaa\"");
    workspace.replace("datasets/so.csv", "2024,01,9,true,Bep", "2024,01,9,true,");
    assert!(findings(&workspace.check(), Code::EmptyFilter).is_empty());
    // A value that is listed and does not occur is no slip.
    let workspace = filtered("r.loai == \"bom\"");
    workspace.replace(
        "datasets/so.toml",
        "name = \"loai\"\ntype = \"string\"\n",
        "name = \"loai\"\ntype = \"string\"\nconstraints = { enum = [\"nha\", \"Bep\", \"kho\", \"bom\"] }\n",
    );
    assert!(findings(&workspace.check(), Code::EmptyFilter).is_empty());
    // Without rows nothing is to be found anywhere.
    let workspace = filtered("r.loai == \"nhaa\"");
    workspace.write("datasets/so.csv", "nam,xa,a,k,loai,ngay\n");
    assert!(findings(&workspace.check(), Code::EmptyFilter).is_empty());
}

#[test]
fn one_condition_of_many_rules_is_told_once() {
    let workspace = filtered("true");
    workspace.write("rules/lib/chung.rhai", "fn nha() { so.filter(|r| r.loai == \"nhaa\") }\n");
    workspace.write(
        "rules/a.rhai",
        "target(\"1.a\", #{ measure: nha().count(), goal: at_most(5), every_year: true });\nrule(\"r\", #{ title: \"R\", inputs: #{ n: nha().sum(\"a\"), m: nha().count() }, check: |v| v.n == v.m });\n",
    );
    let checked = workspace.check();
    let told = findings(&checked, Code::EmptyFilter);
    assert_eq!(told.len(), 1, "{:?}", checked.report.findings);
    assert_eq!(told[0].subject.as_deref(), Some("1.a"));
    assert_eq!(
        english(told[0]),
        "no row of `so`, of whatever year, fulfils this condition, which 2 rules use"
    );
}

#[test]
fn many_values_are_cut_short() {
    let workspace = filtered("r.loai == \"nhaaaaaa\"");
    let rows: String = (10..22).map(|n| format!("2024,01,1,true,v{n},2024-01-01\n")).collect();
    workspace.write("datasets/so.csv", format!("nam,xa,a,k,loai,ngay\n{rows}"));
    let checked = workspace.check();
    let told = findings(&checked, Code::EmptyFilter);
    let values: Vec<String> = (10..20).map(|n| format!("v{n}")).collect();
    assert_eq!(
        helps(told[0]),
        [format!("the values of the column are: {} and 2 more", values.join(", "))]
    );
}

#[test]
fn the_bundled_workspace_has_no_such_filter() {
    for year in [2024, 2025] {
        let checked = Workspace::bundled_in(year).check();
        let told: Vec<String> =
            findings(&checked, Code::EmptyFilter).into_iter().map(english).collect();
        assert_eq!(told, Vec::<String>::new(), "{year}");
    }
}
