//! What is told where missing figures decide: where the value lies, and what they must come to.

mod common;

use common::{Workspace, flagged, helps, judge};
use rasoat::exact::Exact;
use rasoat::message::Lang;
use rasoat::verdict::Status;

#[test]
fn what_is_missing_is_told_as_far_as_it_matters() {
    let helps = |rows: &str, goal: &str| -> Vec<String> {
        let found = flagged(rows, "percent(so.sum(\"a\"), so.sum(\"b\"))", goal);
        assert_eq!(found.status(), Status::NoData, "{rows}");
        found.diagnostics()[0].help.iter().map(|help| help.text(Lang::En)).collect()
    };
    // 6 are known; 16 of 20 are needed, so that the blank must come to 10 of its own 10.
    let told = helps("6,10,true ,10,true", "at_least(80)");
    assert_eq!(told[0], "depending on what is missing, the value is from 30 % to 80 %");
    assert_eq!(told[1], "met once what is missing comes to 10 units or more");
    let told = helps("2,10,true ,10,true", "less_than(50)");
    assert_eq!(told[1], "met if what is missing comes to no more than 7 units");
    // Only the whole is open: 10 of at most 16 are 62.5 %, of 17 58.8 %.
    let told = helps("6,10,true 4,,true", "at_least(60)");
    assert_eq!(told[0], "depending on what is missing, the value is from more than 0 % to 71.43 %");
    assert_eq!(told[1], "met if what is missing of the whole comes to no more than 6 units");
    // 10 of 20 are half, of 21 less.
    let told = helps("6,10,true 4,,true", "less_than(50)");
    assert_eq!(told[1], "met once what is missing of the whole comes to 11 units or more");
    // 10 are from 32 to 34 % of 30 and of 31.
    let told = helps("6,10,true 4,,true", "about(33, 1)");
    assert_eq!(told[1], "met if what is missing of the whole comes to between 20 and 21 units");
    // 2 and 4 more are 40 % of 10 and 60 % of 10 in all.
    let told = helps("2,5,true ,5,true", "between(40, 60)");
    assert_eq!(told[1], "met if what is missing comes to between 2 and 4 units");
    let told = helps("2,5,true ,5,true", "exactly(50)");
    assert_eq!(told[1], "met if what is missing comes to exactly 3 units");
    // Half of 11 is no number of people.
    let told = helps("2,5,true ,6,true", "exactly(50)");
    assert_eq!(told[1], "no whole number of units makes it met");
}

#[test]
fn what_is_missing_of_a_plain_sum_is_told_too() {
    let told = |rows: &str, measure: &str, goal: &str| -> String {
        let found = flagged(rows, measure, goal);
        assert_eq!(found.status(), Status::NoData, "{rows}");
        found.diagnostics()[0].help[1].text(Lang::En)
    };
    let sum = "so.sum(\"b\")";
    let cases = [
        ("at_least(30)", "met once what is missing comes to 20 units or more"),
        ("more_than(30)", "met once what is missing comes to 21 units or more"),
        ("at_most(30)", "met if what is missing comes to no more than 20 units"),
        ("less_than(11)", "met only if every missing figure is 0"),
        ("between(12, 15)", "met if what is missing comes to between 2 and 5 units"),
        ("exactly(12)", "met if what is missing comes to exactly 2 units"),
    ];
    for (goal, expected) in cases {
        assert_eq!(told("1,10,true 0,,true", sum, goal), expected, "{goal}");
    }
    // Rows that may count: two are known to, three more may.
    let count = "so.filter(|r| r.k).count()";
    let rows = "1,1,true 1,1,true 1,1, 1,1, 1,1,";
    assert_eq!(
        told(rows, count, "at_least(4)"),
        "met once what is missing comes to 2 units or more"
    );
}

/// Where the goal is out of reach this year whatever is missing, what decides is the path, or
/// else the baseline.
#[test]
fn what_decides_on_the_way_is_told() {
    let workspace = Workspace::small();
    workspace.append("datasets/so.toml", "\n[[parts]]\npart = \"dat\"\nwhole = \"tong\"\n");
    let told = |goal: &str, baseline: i128, known: i128| -> Vec<String> {
        workspace.write(
            "datasets/so.csv",
            format!("nam,xa,dat,tong\n2024,01,{known},50\n2024,02,,50\n"),
        );
        workspace.write(
            "rules/a.rhai",
            format!("target(\"1.a\", #{{ measure: percent(so.sum(\"dat\"), so.sum(\"tong\")), goal: {goal}, by: 2030, baseline: {baseline}, baseline_year: 2021 }});"),
        );
        let found = judge(&workspace);
        assert_eq!(found.status(), Status::NoData, "{goal}");
        found.diagnostics()[0].help.iter().skip(1).map(|help| help.text(Lang::En)).collect()
    };
    // A third of the way from 30 to 90 is 50; 20 are known of 100.
    let unreachable = "it cannot be met in 2024 (at least 90 %) whatever the missing figures are";
    let required = "at least 50 % is required in 2024";
    let helps = told("at_least(90)", 30, 20);
    assert_eq!(
        helps[..3],
        [unreachable, required, "on track once what is missing comes to 30 người or more"]
    );
    // 60 of 90 is out of reach too: the path is at 70, the baseline at 60.
    let helps = told("at_least(90)", 60, 15);
    assert_eq!(
        helps[1..3],
        [
            "at least 70 % is required in 2024",
            "behind once what is missing comes to 46 người or more"
        ]
    );
    // Downwards: a third of the way from 70 to 10 is 50.
    let helps = told("at_most(10)", 70, 20);
    assert_eq!(
        helps[1..3],
        [
            "at most 50 % is required in 2024",
            "on track if what is missing comes to no more than 30 người"
        ]
    );
    // Within reach both are told: 65 of 100 are the goal, 45 the path.
    let helps = told("at_least(65)", 35, 20);
    assert_eq!(
        helps[..3],
        [
            "met once what is missing comes to 45 người or more",
            "at least 45 % is required in 2024",
            "on track once what is missing comes to 25 người or more",
        ]
    );
    // Two-sided: from 60 to 90 ± 2 the path is at 70, 18 from 88.
    let helps = told("about(90, 2)", 60, 30);
    assert_eq!(
        helps[..3],
        [
            "it cannot be met in 2024 (about 90 % (± 2 percentage points)) whatever the missing figures are",
            "a distance of at most 18 percentage points from the goal is required in 2024",
            "on track once what is missing comes to 40 người or more",
        ]
    );
}

/// Of 40 people 10 are known to count and 20 more may: from 25 % to 75 %.
#[test]
fn what_is_left_to_do_is_told_at_either_end() {
    let left = |goal: &str| {
        let workspace = Workspace::small();
        workspace.replace(
            "datasets/so.csv",
            "2024,01,30,50\n2024,02,20,50",
            "2024,01,10,20\n2024,02,,20",
        );
        workspace.append("datasets/so.toml", "\n[[parts]]\npart = \"dat\"\nwhole = \"tong\"\n");
        workspace.write(
            "rules/a.rhai",
            format!(
                "target(\"1.a\", #{{ measure: percent(so.sum(\"dat\"), so.sum(\"tong\")), goal: {goal}, by: 2030, baseline: 40, baseline_year: 2021 }});\n"
            ),
        );
        let found = judge(&workspace);
        let left = found.left().cloned();
        let helps = found.diagnostics().first().map(helps).unwrap_or_default();
        (left, helps.join("\n"))
    };
    let percent = |text: &str| {
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let number = |text: &str| Exact::parse(text).expect("a number");
        number(above).checked_div(&number(below)).expect("a quotient")
    };
    // 80 % of 40 are 32: 2 to 22 more; (80 − 75) ÷ 6 to (80 − 25) ÷ 6 a year.
    let (found, helps) = left("at_least(80)");
    let found = found.expect("ends");
    assert_eq!(found.subjects, Some((2, 22)));
    assert_eq!(found.needed, Some((percent("5/6"), percent("55/6"))));
    assert!(helps.contains("overall 2–22 người short (at this year's denominator)"), "{helps}");
    assert!(helps.contains("between +0.83 percentage points"), "{helps}");
    // More than 50 %: met with 21 of 40; 11 more from 10, none from 30.
    let (found, _) = left("more_than(50)");
    let found = found.expect("ends");
    assert_eq!(found.subjects, Some((0, 11)));
    assert_eq!(found.needed, Some((Exact::ZERO, percent("25/6"))));
    // Below 20 % are at most 7: 3 to 23 too many.
    let (found, _) = left("less_than(20)");
    assert_eq!(found.and_then(|found| found.subjects), Some((-3, -23)));
    // Met whatever the missing figures are: nothing is left.
    assert_eq!(left("at_least(20)").0, None);
    // From either side there may be more to do in between.
    assert_eq!(left("about(50, 1)").0, None);
}
