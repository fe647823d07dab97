//! What findings, explanations and traces say of targets in cases that could mislead.

mod common;

use common::{Workspace, english, findings, helps, marked, notes, over_years, verdict};
use rasoat::check::{Checked, trace as laid_open};
use rasoat::diagnostic::Code;
use rasoat::message::Lang;
use rasoat::report::{Options, trace};
use rasoat::verdict::published::{Growth, Silent, Trend};
use rasoat::verdict::{Status, Unclosed, Verdict};
use serde_json::Value;

fn target(checked: &Checked) -> &Verdict {
    verdict(checked, "1.a")
}

/// A workspace with one target over areas: `rows` are part and whole of each in 2024.
fn over_areas(rows: &str, rest: &str) -> Workspace {
    let workspace = Workspace::small();
    let rows: Vec<&str> = rows.split(' ').collect();
    let areas: String = (1..=rows.len()).map(|at| format!("0{at},X{at}\n")).collect();
    workspace.write("datasets/xa.csv", format!("ma,ten\n{areas}"));
    let rows = rows.iter().enumerate().map(|(at, row)| format!("2024,0{},{row}\n", at + 1));
    workspace.write("datasets/so.csv", format!("nam,xa,dat,tong\n{}", rows.collect::<String>()));
    workspace.replace(
        "datasets/so.toml",
        "unit = \"người\"\n",
        "unit = \"người\"\nunit_en = \"person|people\"\n",
    );
    workspace.write("rules/a.rhai", format!("target(\"1.a\", #{{ {rest} }});"));
    workspace
}

const SHARE: &str = "measure: percent(so.sum(\"dat\"), so.sum(\"tong\"))";
const RATIO: &str = "measure: ratio(so.sum(\"dat\"), so.sum(\"tong\"))";

fn result(checked: &Checked) -> Value {
    let document: Value = serde_json::from_str(&common::json(checked, Lang::En)).expect("JSON");
    document["results"][0].clone()
}

/// Reasons and steps of the trace.
fn traced(workspace: &Workspace) -> (Vec<String>, Vec<String>) {
    let request = workspace.request();
    let trace = laid_open(&request, "1.a").expect("a workspace").1.expect("a trace");
    let say = |message: &rasoat::message::Message| message.text(Lang::En);
    let steps = trace.steps.iter().map(|(what, how)| format!("{}: {}", say(what), say(how)));
    (trace.reasons.iter().map(say).collect(), steps.collect())
}

#[test]
fn readings_ask_the_goal_itself_whether_it_is_met() {
    let rows = "2021,90,100 2022,92,100 2023,95,100 2024,98,100";
    for (goal, growth, trend) in [
        ("more_than(98)", Growth::Substantial, Trend::OnCourse),
        ("at_least(98)", Growth::Achieved, Trend::Achieved),
    ] {
        let checked = over_years(rows, &format!("goal: {goal}, by: 2030, baseline: 2021")).check();
        let readings = target(&checked).readings().cloned().expect("readings");
        assert_eq!((readings.growth.class, readings.trend.class), (growth, trend), "{goal}");
    }
}

/// A reading that is not available has its reason, for people and for machines.
#[test]
fn readings_that_are_not_available_say_why() {
    let at_least = "goal: at_least(50), by: 2030";
    let cases = [
        (
            "2021,40,100 2024,45,100",
            "goal: about(50, 1), by: 2030, baseline: 2021",
            Silent::TwoSided,
        ),
        ("2021,,100 2024,45,100", &format!("{at_least}, baseline: 2021"), Silent::NoBaseline),
        ("2024,45,100", &format!("{at_least}, baseline: 2024"), Silent::BaseNow),
        ("2024,45,100", &format!("{at_least}, baseline: 2026"), Silent::BaseLater),
        ("2021,0,100 2024,0,100", &format!("{at_least}, baseline: 2021"), Silent::StillZero),
        ("2021,50,100 2024,45,100", &format!("{at_least}, baseline: 2021"), Silent::NothingNeeded),
    ];
    for (rows, rest, why) in cases {
        let checked = over_years(rows, rest).check();
        let growth = target(&checked).readings().cloned().expect("readings").growth;
        assert_eq!(
            (growth.class, growth.silent),
            (Growth::NotAvailable, Some(why)),
            "{rows} {rest}"
        );
        let told = &result(&checked)["readings"]["growth"];
        assert_eq!(told["class"], "not_available");
        assert_eq!(told["reason"], why.text().text(Lang::En));
    }
    let checked =
        over_years("2021,40,100 2024,45,100", &format!("{at_least}, baseline: 2021")).check();
    let trend = target(&checked).readings().cloned().expect("readings").trend;
    assert_eq!(trend.silent, Some(Silent::FewYears(2)));
    assert_eq!(
        result(&checked)["readings"]["trend"]["reason"],
        "figures for 2 years only, 4 are needed"
    );
}

#[test]
fn a_goal_of_none_is_a_published_goal_of_nearly_none() {
    let checked =
        over_years("2021,8,100 2024,4,100", "goal: none(), by: 2030, baseline: 2021").check();
    let finding = &target(&checked).diagnostics()[0];
    let told =
        "the goal is 0: the growth ratio is undefined, the published method puts 0.001 for 0";
    assert!(notes(finding).iter().any(|note| note == told), "{:?}", notes(finding));
}

/// The areas below the goal stand for a gap below it, those above it for one above.
#[test]
fn the_area_that_lacks_most_lacks_on_the_side_of_the_gap() {
    let worst = |rows: &str, goal: &str| {
        let workspace = over_areas(rows, &format!("{RATIO}, goal: {goal}, every_year: true"));
        let checked = workspace.check();
        let label =
            target(&checked).diagnostics()[0].labels[0].text.as_ref().expect("a text").clone();
        label.text(Lang::En)
    };
    // 1250 of 40 are 31.25: 30 more are wanted. X2 has 660 too many, X3 lacks 440, X1 270.
    let told = worst("50,10 1000,10 200,20", "about(33, 1)");
    assert_eq!(told, "X3: 10, 440 people short, the largest part of the gap");
    // 1410 of 40 are 35.25: X2 has 660 too many, though X1 lacks 270.
    let told = worst("50,10 1000,10 360,20", "about(33, 1)");
    assert_eq!(told, "X2: 100, 660 people too many, the largest part of the gap");
    let told = worst("9,10 3,10", "at_most(0.5)");
    assert_eq!(told, "X1: 0.9, 4 people too many, the largest part of the gap");
}

#[test]
fn a_baseline_lies_before_its_goal() {
    let cases = [
        (
            "by: 2030, baseline: 2030",
            "2030",
            "the baseline year 2030 must lie before 2030, the year of the goal",
        ),
        (
            "by: 2030, baseline: 2040",
            "2040",
            "the baseline year 2040 must lie before 2030, the year of the goal",
        ),
        (
            "by: 2030, baseline: 40, baseline_year: 2031",
            "2031",
            "the baseline year 2031 must lie before 2030, the year of the goal",
        ),
        (
            "every_year: true, baseline: 2021",
            "2021",
            "`baseline` goes with `by` only: a goal of every year has no baseline, each year is compared with the one before",
        ),
    ];
    for (rest, at, told) in cases {
        let checked = over_years("2024,45,100", &format!("goal: at_least(50), {rest}")).check();
        let finding = findings(&checked, Code::InvalidValue)[0];
        assert_eq!((english(finding).as_str(), marked(&checked, finding, 0).as_str()), (told, at));
        assert_eq!(target(&checked).status(), Status::Error);
    }
}

#[test]
fn a_baseline_that_is_still_to_come_is_told() {
    let told = "the baseline year 2025 is later than the reporting year 2024: nothing to judge the pace by yet";
    for baseline in ["baseline: 2025", "baseline: 40, baseline_year: 2025"] {
        let rest = format!("goal: at_least(50), by: 2030, {baseline}");
        let workspace = over_years("2023,44,100 2024,45,100", &rest);
        let checked = workspace.check();
        assert_eq!(target(&checked).status(), Status::NotYet);
        assert_eq!(notes(&target(&checked).diagnostics()[0]), [told]);
        let (reasons, _) = traced(&workspace);
        assert!(reasons.iter().any(|reason| reason == told), "{reasons:?}");
        assert!(!reasons.iter().any(|reason| reason.contains("no baseline")), "{reasons:?}");
    }
    // One without figures, and none at all.
    for (rows, baseline, told) in [
        (
            "2021,,100 2024,45,100",
            "baseline: 2021,",
            "there are no figures for the baseline year 2021",
        ),
        ("2024,45,100", "", "there is no baseline or milestone"),
    ] {
        let rest = format!("{baseline} goal: at_least(50), by: 2030");
        let (reasons, _) = traced(&over_years(rows, &rest));
        assert!(reasons.iter().any(|reason| reason.contains(told)), "{reasons:?}");
    }
}

#[test]
fn a_share_that_can_never_be_is_refused() {
    let refused = [
        "at_least(100.5)",
        "more_than(100)",
        "at_most(-1)",
        "less_than(0)",
        "exactly(101)",
        "between(101, 120)",
        "about(110, 5)",
    ];
    let accepted = [
        "at_least(100)",
        "more_than(99.9)",
        "at_most(0)",
        "less_than(0.1)",
        "exactly(100)",
        "between(90, 120)",
        "about(100, 5)",
        "all()",
        "none()",
    ];
    for (goals, expected) in [(&refused[..], 1), (&accepted[..], 0)] {
        for goal in goals {
            let rest = format!("goal: {goal}, every_year: true");
            let checked = over_years("2024,40,100", &rest).check();
            let found = findings(&checked, Code::GoalUnit);
            assert_eq!(found.len(), expected, "{goal}");
            for finding in found {
                assert_eq!(marked(&checked, finding, 0), *goal);
                assert!(english(finding).starts_with("a percentage lies between 0 and 100 %"));
            }
        }
    }
    // More than the whole is nothing odd where the part is not among it.
    let workspace = over_areas("50,10", &format!("{RATIO}, goal: at_least(101), every_year: true"));
    assert_eq!(target(&workspace.check()).status(), Status::Unmet);
}

#[test]
fn where_no_whole_number_meets_the_goal_that_is_said() {
    for (row, goal, told) in [
        ("40,101", "exactly(50)", "of a whole of 101, no whole number of people is exactly 50 %"),
        (
            "40,100",
            "between(50.1, 50.4)",
            "of a whole of 100, no whole number of people is between 50.1 % and 50.4 %",
        ),
    ] {
        let workspace = over_areas(row, &format!("{SHARE}, goal: {goal}, every_year: true"));
        let checked = workspace.check();
        let found = target(&checked);
        assert!(
            helps(&found.diagnostics()[0]).contains(&told.to_owned()),
            "{:?}",
            found.diagnostics()
        );
        assert_eq!(found.spread().unclosed, Some(Unclosed::NoSet));
        let told_machines = result(&checked);
        assert_eq!(told_machines["gap"]["no_number"], true);
        assert_eq!(told_machines["closing_none"], "no_set");
        let (_, steps) = traced(&workspace);
        assert!(steps.contains(&format!("In subjects: {told}")), "{steps:?}");
    }
    // 40 of 100 and 50 of 102: exactly half are 101 of 202.
    let workspace =
        over_areas("40,100 50,102", &format!("{SHARE}, goal: exactly(50), every_year: true"));
    let found = result(&workspace.check());
    assert_eq!(
        (&found["gap"]["no_number"], &found["gap"]["subjects"]),
        (&false.into(), &"11".into())
    );
    assert_eq!(found["closing_none"], Value::Null);
}

#[test]
fn sentences_fit_their_numbers() {
    let rest = |more: &str| format!("{SHARE}, {more}");
    // One person, and more than one.
    for (row, told) in [("49,100", "1 person short"), ("48,100", "2 people short")] {
        let workspace = over_areas(row, &rest("goal: at_least(50), every_year: true"));
        let checked = workspace.check();
        let told =
            format!("overall {told} (at this year's denominator); enough if X1 reached the goal");
        assert_eq!(helps(&target(&checked).diagnostics()[0])[0], told);
    }
    // What is above a strict bound is enough.
    let checked =
        over_years("2021,40,100 2024,50,100", "goal: more_than(50), by: 2030, baseline: 2021")
            .check();
    let told = &helps(&target(&checked).diagnostics()[0])[1];
    assert!(told.ends_with("at the bound; anything above it is enough (1 người)"), "{told}");
    // A goal that was met once.
    let checked =
        over_years("2021,60,100 2024,45,100", "goal: at_least(50), by: 2030, baseline: 2021")
            .check();
    assert_eq!(
        english(&target(&checked).diagnostics()[0]),
        "Tỷ lệ: 45 %, at least 50 % was met in the baseline year 2021 and has to be kept"
    );
    // On the way to a goal with two sides it is the distance that counts: 20 was 28 from 48, the
    // path is at 30 now, 18 from it, and 26 is 22 from it.
    let checked =
        over_years("2021,20,100 2024,26,100", "goal: about(50, 2), by: 2030, baseline: 2021")
            .check();
    assert_eq!(
        english(&target(&checked).diagnostics()[0]),
        "Tỷ lệ: 26 %, a distance of at most 18 percentage points from the goal (now 22 percentage points) needed in 2024 on the way to about 50 % (± 2 percentage points) by 2030"
    );
    // Many areas are counted, not named.
    let workspace = over_areas("1,10 1,10 1,10 1,10 1,10", &rest("goal: all(), every_year: true"));
    let checked = workspace.check();
    assert!(
        helps(&target(&checked).diagnostics()[0])[0]
            .ends_with("enough if 5 areas reached the goal")
    );
    // A minimum below 0.
    let checked =
        over_years("2024,1,10", "goal: all(), every_year: true, min_subjects: -5").check();
    let finding = findings(&checked, Code::InvalidValue)[0];
    assert_eq!(english(finding), "`min_subjects` is -5; it must be 0 or more");
}

#[test]
fn areas_are_told_by_what_is_known_of_them() {
    let workspace = over_areas("1,10 0,0 ,7", &format!("{SHARE}, goal: all(), every_year: true"));
    let checked = workspace.check();
    let found = target(&checked);
    let known: Vec<_> =
        found.areas().iter().map(|area| area.known.1.as_ref().map(|n| n.exact_text())).collect();
    assert_eq!(known, [Some("10".to_owned()), Some("0".to_owned()), Some("7".to_owned())]);
    let (view, judged, laid_open) = common::traced(&workspace, "1.a");
    let page = trace::render(&view, &judged, &laid_open, &Options::new(Lang::En));
    assert!(page.contains("whole of 0: X2; without figures: X3"), "{page}");
    // Equal areas are neither best nor worst.
    let workspace = over_areas("1,10 2,20", &format!("{SHARE}, goal: all(), every_year: true"));
    assert_eq!(target(&workspace.check()).spread().extremes, None);
}
