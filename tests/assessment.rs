//! What rules come to in numbers, below every report: values, ways, gaps and dates that were
//! worked out by hand.

mod common;

use common::{Workspace, day, over_years, verdict};
use rasoat::exact::Exact;
use rasoat::measure::evaluate::Absence;
use rasoat::verdict::deadline::{Duty, Timing};
use rasoat::verdict::{AssignmentOutcome, Open, Side, Status, TargetAssessment};

fn number(text: &str) -> Exact {
    match text.split_once('/') {
        Some((part, whole)) => {
            number(part).checked_div(&number(whole)).expect("a fraction that fits")
        }
        None => Exact::parse(text).expect("a decimal"),
    }
}

/// A target's numbers, in one line each.
fn numbers(found: &TargetAssessment) -> Vec<String> {
    let text = |value: &Exact| value.exact_text();
    let mut lines = vec![format!("{:?}", found.status)];
    let mut line = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{name} {value}")));
    };
    line("value", found.known().map(text));
    line(
        "between",
        found.between.as_ref().map(|between| {
            let end = |at: &Option<Exact>| at.as_ref().map(text).unwrap_or_default();
            format!("{}..{}", end(&between.low.at), end(&between.high.at))
        }),
    );
    line("required", found.way.required.as_ref().map(text));
    line("start", found.way.start.as_ref().map(text));
    let movement = found.movement.as_ref();
    line("moved", movement.map(|moved| format!("{} since {}", text(&moved.change), moved.since)));
    let gap = found.gap.as_ref();
    line("gap", gap.map(|gap| format!("{} {:?}", text(&gap.distance), gap.subjects)));
    let before = found.fraction_before.as_ref();
    line(
        "before",
        before.map(|(year, old)| format!("{}/{} in {year}", text(&old.part), text(&old.whole))),
    );
    let few = found.few.as_ref();
    line("few", few.map(|(found, wanted)| format!("{} of {}", text(found), text(wanted))));
    let left_out = found.left_out.count();
    line("left out", (left_out > 0).then(|| left_out.to_string()));
    lines
}

#[test]
fn targets_come_to_numbers() {
    let dated = "goal: at_least(60), by: 2030, baseline: 2021";
    let every_year = "goal: at_least(60), every_year: true";
    let cases: [(&str, &str, &[&str]); 9] = [
        ("2024,60,100", every_year, &["Met", "value 60"]),
        ("2024,45,100", every_year, &["Unmet", "value 45", "gap 15 Some(15)"]),
        // 60 % of 99 are 59.4.
        ("2024,44,99", every_year, &["Unmet", "value 400/9", "gap 140/9 Some(16)"]),
        // 40 in 2021, 60 in 2030: 40 + 20·3/9 in 2024.
        (
            "2021,40,100 2024,45,100",
            dated,
            &[
                "Behind",
                "value 45",
                "required 140/3",
                "start 40",
                "moved 5 since 2021",
                "gap 15 Some(15)",
                "before 40/100 in 2021",
            ],
        ),
        (
            "2021,40,100 2024,40,80",
            dated,
            &[
                "OnTrack",
                "value 50",
                "required 140/3",
                "start 40",
                "moved 10 since 2021",
                "gap 10 Some(8)",
                "before 40/100 in 2021",
            ],
        ),
        ("2024,101,100", every_year, &["Error", "value 101"]),
        (
            "2024,70,100",
            "goal: at_least(60), every_year: true, min_subjects: 200",
            &["Met", "value 70", "few 100 of 200"],
        ),
        ("2024,,100", every_year, &["NoData", "between 0.."]),
        // It meets its goal whatever is missing, but may be a share above its whole.
        ("2024,,100", "goal: at_least(0), every_year: true", &["NoData", "between 0.."]),
    ];
    for (rows, rest, expected) in cases {
        let checked = over_years(rows, rest).check();
        let found = verdict(&checked, "1.a").numbers().expect("a target");
        assert_eq!(numbers(found), expected, "{rows} {rest}");
    }
}

#[test]
fn what_is_missing_is_known_by_its_place() {
    let cases = [
        ("2024,,100", Some((Side::Part, "0", "100"))),
        ("2024,30,", Some((Side::Whole, "30", "0"))),
        // With both sides open nothing can be said of either.
        ("2024,,", None),
    ];
    for (rows, expected) in cases {
        let workspace = over_years(rows, "goal: at_least(60), every_year: true");
        let whole = "name = \"tong\"\ntype = \"integer\"\n";
        let least = format!("{whole}constraints = {{ minimum = 1 }}\n");
        workspace.replace("datasets/so.toml", whole, &least);
        let checked = workspace.check();
        let found = verdict(&checked, "1.a").numbers().expect("a target");
        assert!(matches!(found.value, Err(Absence::Missing(..))), "{rows}");
        let expected = expected.map(|(side, part, whole)| Open {
            side,
            part: number(part),
            whole: number(whole),
            factor: Exact::int(100),
        });
        assert_eq!(found.open, expected, "{rows}");
    }
}

#[test]
fn an_assignment_comes_to_dates() {
    let workspace = Workspace::small();
    workspace.replace("rules/plan.toml", "kind = \"target\"", "kind = \"assignment\"");
    workspace.write(
        "datasets/so.toml",
        "[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n",
    );
    workspace.write("datasets/so.csv", "nam,ngay\n2023,2023-02-10\n2024,2024-03-01\n");
    workspace.write(
        "rules/a.rhai",
        "assignment(\"1.a\", #{ due: every_year_by(\"12-31\"), met: so.last(\"ngay\") });",
    );
    let checked = workspace.check();
    let duty = |year: i32, last: &str, evidence: &str, days: i64| Duty {
        year,
        due: Some(day(last)),
        status: Status::Met,
        timing: Some(Timing::OnTime(days)),
        evidence: Some(day(evidence)),
        units: Vec::new(),
    };
    let expected = AssignmentOutcome {
        due: Some(day("2024-12-31")),
        evidence: Some(day("2024-03-01")),
        timing: Some(Timing::OnTime(305)),
        progress: None,
        units: Vec::new(),
        duties: vec![
            duty(2023, "2023-12-31", "2023-02-10", 324),
            duty(2024, "2024-12-31", "2024-03-01", 305),
        ],
    };
    assert_eq!(verdict(&checked, "1.a").assignment(), Some(&expected));
}
