//! What `ignore_missing()` leaves out is told, with the count, once, wherever a rule has it.

mod common;

use common::{Workspace, english, verdict};
use rasoat::diagnostic::Code;
use rasoat::verdict::Status;
use rasoat::verdict::deadline::Timing;

/// Two numbers a row, some of them blank, in two years.
fn workspace(kind: &str, rule: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.replace("rules/plan.toml", "kind = \"target\"", &format!("kind = \"{kind}\""));
    workspace.write(
        "datasets/so.toml",
        "[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"a\"\ntype = \"integer\"\n\n[[fields]]\nname = \"b\"\ntype = \"integer\"\n\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n",
    );
    workspace.write(
        "datasets/so.csv",
        "nam,a,b,ngay\n2023,,,\n2024,1,,2024-02-01\n2024,,,2024-03-01\n2024,4,2,\n",
    );
    workspace.write("rules/a.rhai", rule);
    workspace
}

#[test]
fn what_is_left_out_is_told_wherever_a_rule_has_it() {
    let a = "so.sum(\"a\").ignore_missing()";
    let b = "so.sum(\"b\").ignore_missing()";
    let due = "due: every_year_by(\"12-31\")";
    // (kind, rule, cells left out): in 2024 one of a is blank and two of b.
    let cases = [
        (
            "target",
            format!("target(\"1.a\", #{{ measure: {a}, goal: at_least(5), every_year: true }});"),
            1,
        ),
        (
            "target",
            format!(
                "target(\"1.a\", #{{ measure: so.count(), goal: at_least(1), every_year: true, applies: {b} > 1, not_applicable: \"x\" }});"
            ),
            2,
        ),
        // The same cells twice are the same cells.
        (
            "target",
            format!(
                "target(\"1.a\", #{{ measure: {a}, goal: at_least(1), every_year: true, applies: {a} > 1, not_applicable: \"x\" }});"
            ),
            1,
        ),
        (
            "target",
            format!(
                "target(\"1.a\", #{{ measure: {a}, goal: at_least(1), every_year: true, applies: {b} > 1, not_applicable: \"x\" }});"
            ),
            3,
        ),
        // Also where it then does not apply.
        (
            "target",
            format!(
                "target(\"1.a\", #{{ measure: so.count(), goal: at_least(1), every_year: true, applies: {b} > 9, not_applicable: \"x\" }});"
            ),
            2,
        ),
        ("assignment", format!("assignment(\"1.a\", #{{ {due}, met: {a} > 3 }});"), 1),
        ("assignment", format!("assignment(\"1.a\", #{{ {due}, met: {a} > 9 }});"), 1),
        (
            "assignment",
            format!("assignment(\"1.a\", #{{ {due}, met: so.last(\"ngay\").ignore_missing() }});"),
            1,
        ),
        // Not met yet, so that progress is asked for as well.
        (
            "assignment",
            format!("assignment(\"1.a\", #{{ {due}, met: {a} > 9, progress: {b} }});"),
            3,
        ),
    ];
    for (kind, rule, count) in cases {
        let checked = workspace(kind, &rule).check();
        let found = verdict(&checked, "1.a");
        assert_eq!(found.ignored, count, "{rule}");
        let told = found.diagnostics().iter().filter(|told| told.code == Code::MissingIgnored);
        let told: Vec<String> = told.map(english).collect();
        assert_eq!(told.len(), 1, "{rule}: once");
        let cells = if count == 1 { "cell" } else { "cells" };
        assert!(told[0].contains(&format!("{count} unknown {cells} left out")), "{told:?}");
    }
}

#[test]
fn a_blank_progress_leaves_the_timing_as_it_is() {
    let rule = "assignment(\"1.a\", #{ due: every_year_by(\"12-31\"), met: so.count() > 9, progress: so.sum(\"a\") });";
    let checked = workspace("assignment", rule).check();
    let found = verdict(&checked, "1.a");
    assert_eq!((found.status(), found.timing()), (Status::NoData, Some(Timing::NotDue)));
    // Nothing can be said of the timing where it is the evidence that is not known.
    let rule = "assignment(\"1.a\", #{ due: every_year_by(\"12-31\"), met: so.sum(\"b\") > 9 });";
    let checked = workspace("assignment", rule).check();
    let found = verdict(&checked, "1.a");
    assert_eq!((found.status(), found.timing()), (Status::NoData, Some(Timing::Unknown)));
}

#[test]
fn evidence_of_a_year_nobody_means_is_no_evidence() {
    let rule = "assignment(\"1.a\", #{ due: every_year_by(\"12-31\"), met: so.first(\"ngay\") });";
    for (date, is_read) in
        [("2024-12-01", true), ("0024-12-01", false), ("1024-12-01", false), ("2924-12-01", false)]
    {
        let workspace = workspace("assignment", rule);
        workspace.write("datasets/so.csv", format!("nam,a,b,ngay\n2024,1,1,{date}\n"));
        let checked = workspace.check();
        let found = verdict(&checked, "1.a");
        let expected = if is_read { Status::Met } else { Status::NoData };
        assert_eq!(found.status(), expected, "{date}");
        let bad = common::findings(&checked, Code::BadCell);
        assert_eq!(bad.is_empty(), is_read, "{date}");
        if let Some(bad) = bad.first() {
            assert_eq!(common::marked(&checked, bad, 0), date);
            let label =
                bad.labels[0].text.as_ref().map(|text| text.text(rasoat::message::Lang::En));
            let told = format!("{:?} {:?}", label, common::helps(bad));
            assert!(told.contains("the year must have four digits, from 1900 to 2200"), "{told}");
        }
    }
}
