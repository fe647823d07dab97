//! How far, how fast and where: path, pace, gap and areas, against figures calculated by a separate
//! script and against small cases done by hand.

mod common;

use common::{Workspace, english, findings, verdict};
use rasoat::check::Checked;
use rasoat::diagnostic::Code;
use rasoat::exact::Exact;
use rasoat::message::Lang;
use rasoat::verdict::{Status, Verdict};

/// An exact number as the tables write it.
fn text(value: &Exact) -> String {
    match value.to_small_fraction().expect("small") {
        (whole, 1) => whole.to_string(),
        (num, den) => format!("{num}/{den}"),
    }
}

/// `expected-progress-YEAR.csv` were computed from the same data by a separate script with exact
/// fractions and, for the smallest sets of communes, by trying every set.
#[test]
fn the_bundled_targets_have_the_expected_path_pace_gap_and_areas() {
    for year in [2024, 2025] {
        have_the_expected_path_pace_gap_and_areas(year);
    }
}

fn have_the_expected_path_pace_gap_and_areas(year: i32) {
    let checked = Workspace::bundled_in(year).check();
    let path = common::root().join(format!("tests/expected-progress-{year}.csv"));
    let mut reader = csv::Reader::from_path(path).expect("the table of expectations");
    let mut wrong = Vec::new();
    let mut rows = 0;
    let mut uncounted = 0;
    for record in reader.records() {
        let record = record.expect("a row");
        rows += 1;
        let found = verdict(&checked, &record[0]);
        if record[1].is_empty() {
            // No value: nothing here was computed for it.
            if found.value().is_some() && found.status() != Status::NotApplicable {
                wrong.push(format!("{}: a value where none can be", &record[0]));
            }
            continue;
        }
        let shown = |value: Option<Exact>| value.as_ref().map(text).unwrap_or_default();
        let codes = |at: &Vec<usize>| {
            at.iter().map(|at| found.areas()[*at].code.as_str()).collect::<Vec<_>>().join("+")
        };
        let contributions: Vec<String> = found
            .areas()
            .iter()
            .filter_map(|area| Some(format!("{}:{}", area.code, text(area.contribution.as_ref()?))))
            .collect();
        let figures = [
            shown(found.value().cloned()),
            shown(found.required().cloned()),
            shown(found.pace().cloned().and_then(|pace| pace.so_far)),
            shown(found.pace().cloned().and_then(|pace| pace.needed)),
            found.gap().and_then(|gap| gap.subjects).map(|n| n.to_string()).unwrap_or_default(),
            found.spread().closing.as_ref().map(codes).unwrap_or_default(),
            contributions.join(";"),
        ];
        // What is not counted lacks what its communes lack together.
        if let Some(amount) = found.gap().and_then(|gap| gap.amount.clone()) {
            let parts = found.areas().iter().filter_map(|area| area.contribution.clone());
            let sum = parts.fold(Exact::ZERO, |sum, part| sum.checked_add(&part).expect("fits"));
            assert_eq!(amount, sum, "{}", found.head.id);
            uncounted += 1;
        }
        for (at, figure) in figures.iter().enumerate() {
            if figure != &record[at + 1] {
                let name = ["value", "required", "so far", "needed", "gap", "closing", "areas"][at];
                wrong.push(format!(
                    "{} {name}: {figure} instead of {}",
                    found.head.id,
                    &record[at + 1]
                ));
            }
        }
    }
    assert_eq!(rows, 52);
    assert_eq!(uncounted, 2, "m² of floor and m³ of water");
    assert_eq!(wrong, Vec::<String>::new(), "{year}");
}

fn target(checked: &Checked) -> &Verdict {
    verdict(checked, "1.a")
}

fn number(text: &str) -> Option<Exact> {
    Some(Exact::parse(text).expect("a decimal"))
}

#[test]
fn milestones_bend_the_path() {
    let cases = [
        // 2024 lies half-way between the baseline, 40 in 2023, and the milestone.
        ("path: milestones(#{ \"2025\": 60, \"2027\": 65 })", "50", Status::Behind),
        ("path: milestones(#{ \"2024\": 45, \"2027\": 65 })", "45", Status::OnTrack),
        ("path: linear", "44", Status::OnTrack),
        ("min_subjects: 30", "44", Status::OnTrack),
    ];
    for (path, required, status) in cases {
        let rest = format!("goal: at_least(68), by: 2030, baseline: 2023, {path}");
        let checked = common::over_years("2023,40,100 2024,45,100", &rest).check();
        assert_eq!(target(&checked).required().cloned(), number(required), "{path}");
        assert_eq!(target(&checked).status(), status, "{path}");
    }
    // Without a baseline the path begins at the first milestone; what came before says whether
    // the value moves.
    let cases = [
        ("2024,45,100", "2024", Status::Behind, Some("50")),
        ("2023,46,100 2024,45,100", "2024", Status::OffTrack, Some("50")),
        ("2023,44,100 2024,45,100", "2024", Status::Behind, Some("50")),
        ("2024,50,100", "2024", Status::OnTrack, Some("50")),
        ("2024,45,100", "2025", Status::NotYet, None),
    ];
    for (rows, first, status, required) in cases {
        let rest = format!(
            "goal: at_least(68), by: 2030, path: milestones(#{{ \"{first}\": 50, \"2027\": 65 }})"
        );
        let checked = common::over_years(rows, &rest).check();
        let found = (target(&checked).status(), target(&checked).required().cloned());
        assert_eq!(found, (status, required.and_then(number)), "{rows} {first}");
    }
}

#[test]
fn a_path_that_cannot_be_is_refused_where_it_stands() {
    let cases = [
        ("path: milestones(#{ \"sau\": 60 })", "the milestone `sau` is not a year"),
        ("path: milestones(#{ \"2025\": \"60\" })", "a number is needed here, not text"),
        (
            "path: milestones(#{ \"2031\": 60 })",
            "the milestone of 2031 does not lie between the baseline and the year of the goal",
        ),
        (
            "path: milestones(#{ \"2023\": 60 })",
            "the milestone of 2023 does not lie between the baseline and the year of the goal",
        ),
        ("path: \"linear\"", "`path` must be a path: `linear` or `milestones(#{…})`, not text"),
    ];
    for (path, expected) in cases {
        let rest = format!("goal: at_least(68), by: 2030, baseline: 2023, {path}");
        let checked = common::over_years("2024,45,100", &rest).check();
        let told: Vec<String> = checked.report.findings.iter().map(english).collect();
        assert!(told.iter().any(|told| told == expected), "{path}: {told:?}");
        assert_eq!(target(&checked).status(), Status::Error, "{path}");
    }
    let rest = "goal: at_least(68), every_year: true, path: linear";
    let checked = common::over_years("2024,45,100", rest).check();
    assert_eq!(
        english(findings(&checked, Code::InvalidValue)[0]),
        "`path` goes with `by` only: a goal of every year has no path"
    );
}

/// Where there is nothing sensible to say, that is said.
#[test]
fn corner_cases_are_told_in_words() {
    let dated = "goal: at_least(50), by: 2030, baseline: 2021";
    let cases = [
        // The baseline met the goal; the value fell below it.
        (
            "2021,60,100 2024,40,100",
            dated,
            Status::OffTrack,
            "the baseline year 2021 met the goal already (60 %): it only has to be kept; pace and growth ratio say nothing",
        ),
        ("2021,60,100 2024,70,100", dated, Status::Met, "met the goal already"),
        (
            "2021,0,100 2024,10,100",
            dated,
            Status::Behind,
            "the baseline of 2021 is 0 %: the growth ratio is undefined, the published method puts 0.001 for 0",
        ),
        (
            "2024,40,100",
            "goal: at_least(50), every_year: true",
            Status::Unmet,
            "there are figures for 2024 only: no trend yet",
        ),
        (
            "2021,40,200 2024,29,100",
            dated,
            Status::Behind,
            "the whole fell from 200 (in 2021) to 100 units",
        ),
        (
            "2021,40,200 2024,29,100",
            dated,
            Status::Behind,
            "the share improved only because its whole fell: the part went from 40 to 29",
        ),
        (
            "2021,40,100 2024,45,100",
            "goal: at_least(50), by: 2023, baseline: 2021",
            Status::Unmet,
            "the year it was due, 2023, has passed",
        ),
        (
            "2024,40,100",
            "goal: at_least(50), by: 2030, baseline: 2024",
            Status::NotYet,
            "the baseline year 2024 is the reporting year: there is no pace yet",
        ),
        (
            "2021,40,100 2024,40,100",
            dated,
            Status::OffTrack,
            "no change since the baseline year 2021",
        ),
        (
            "2021,40,100 2024,50,100",
            "goal: more_than(50), by: 2030, baseline: 2021",
            Status::OnTrack,
            "exactly at the bound, but it must be more than 50 %",
        ),
        (
            "2021,40,100 2024,45,100",
            "goal: at_least(50), by: 2030, baseline: 2021, min_subjects: 200",
            Status::OnTrack,
            "small numbers: 100, the rule wants 200; one case more or less changes a lot",
        ),
    ];
    for (rows, rest, status, expected) in cases {
        let checked = common::over_years(rows, rest).check();
        let found = target(&checked);
        assert_eq!(found.status(), status, "{rows} {rest}");
        let told: Vec<String> = found.remarks().iter().map(|r| r.text(Lang::En)).collect();
        assert!(told.iter().any(|told| told.contains(expected)), "{rows} {rest}: {told:?}");
        // Whoever reads the finding reads it too.
        for finding in found.diagnostics() {
            let notes: Vec<String> = finding.notes.iter().map(|n| n.text(Lang::En)).collect();
            assert!(notes.iter().any(|note| note.contains(expected)), "{notes:?}");
        }
    }
    // A denominator of 0 is no value at all.
    let checked = common::over_years("2024,0,0", dated).check();
    assert_eq!(target(&checked).status(), Status::NoData);
    let told = english(&target(&checked).diagnostics()[0]);
    assert!(told.contains("the denominator is 0"), "{told}");
}

#[test]
fn goals_of_every_year_have_the_trend_beside_them() {
    let rest = "goal: at_least(50), every_year: true";
    let checked = common::over_years("2021,40,100 2023,47,100 2024,45,100", rest).check();
    let movement = target(&checked).movement().cloned().expect("an earlier year");
    assert_eq!(
        (movement.since, Some(movement.change), movement.better),
        (2023, number("-2"), Some(false))
    );
    let helps: Vec<String> =
        target(&checked).diagnostics()[0].help.iter().map(|help| help.text(Lang::En)).collect();
    assert!(helps.contains(&"since 2023: -2 percentage points, worse".to_owned()), "{helps:?}");
}

#[test]
fn a_baseline_that_nobody_knows_says_nothing_of_improvement() {
    let rest = "goal: at_least(50), by: 2030, baseline: 2022, path: milestones(#{ \"2024\": 40 })";
    let workspace = common::over_years("2021,10,100 2022,,100 2024,30,100", rest);
    let checked = workspace.check();
    let found = target(&checked);
    assert_eq!(found.status(), Status::NotYet);
    assert_eq!(found.diagnostics()[0].code, Code::NotYet);
    workspace.replace("datasets/so.csv", "2024,01,30", "2024,01,40");
    assert_eq!(
        target(&workspace.check()).status(),
        Status::OnTrack,
        "at the milestone all the same"
    );
}
