//! Verdicts on measures that need missing cells, against trying every way to fill them.

mod common;

use std::collections::BTreeSet;

use common::{Workspace, flagged, judge};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rasoat::exact::Exact;
use rasoat::rule::goal::{Direction, Goal};
use rasoat::verdict::{Status, Verdict};

/// What a commune reports: a part, its whole, and what that is part of, where they are known.
type Row = (Option<i128>, Option<i128>, Option<i128>);

/// Wholes nobody knows are tried up to here, closely at first.
const WHOLES: [i128; 22] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 60, 100, 250, 500, 2000];

fn number(text: &str) -> Exact {
    Exact::parse(text).expect("a decimal")
}

/// The goals tried, as scripts write them and as what they mean.
fn goals() -> Vec<(String, Goal)> {
    let mut goals = vec![
        ("all()".to_owned(), Goal::All),
        ("none()".to_owned(), Goal::None),
        ("about(50, 10)".to_owned(), Goal::About(number("50"), number("10"))),
        ("between(20, 70)".to_owned(), Goal::Between(number("20"), number("70"))),
        ("exactly(50)".to_owned(), Goal::Exactly(number("50"))),
    ];
    for bound in [10, 30, 50, 60, 90] {
        let at = Exact::int(bound);
        goals.push((format!("at_least({bound})"), Goal::AtLeast(at.clone())));
        goals.push((format!("more_than({bound})"), Goal::MoreThan(at.clone())));
        goals.push((format!("at_most({bound})"), Goal::AtMost(at.clone())));
        goals.push((format!("less_than({bound})"), Goal::LessThan(at)));
    }
    goals
}

/// When a goal is due: how the script says it, and the baseline of 2021 if there is one.
const WHEN: [(&str, Option<i128>); 3] = [
    ("every_year: true", None),
    ("by: 2030", None),
    ("by: 2030, baseline: 40, baseline_year: 2021", Some(40)),
];

/// The status of a known value in 2024, told from the definitions.
fn status(goal: &Goal, value: Exact, when: usize) -> Status {
    if goal.is_met_by(&value) {
        return Status::Met;
    }
    let Some(base) = WHEN[when].1 else {
        return if when == 0 { Status::Unmet } else { Status::NotYet };
    };
    let base = Exact::int(base);
    let end = match goal {
        Goal::All => Exact::int(100),
        Goal::None => Exact::ZERO,
        Goal::About(at, _)
        | Goal::Exactly(at)
        | Goal::AtLeast(at)
        | Goal::MoreThan(at)
        | Goal::AtMost(at)
        | Goal::LessThan(at) => at.clone(),
        Goal::Between(low, high) => base.clone().clamp(low.clone(), high.clone()),
    };
    // A baseline that meets the goal has only to keep it.
    let third = Exact::ratio(1, 3).expect("a third");
    let required = if goal.is_met_by(&base) {
        end
    } else {
        let way = end.checked_sub(&base).and_then(|way| way.checked_mul(&third));
        base.checked_add(&way.expect("fits")).expect("fits")
    };
    let rising = matches!(goal, Goal::AtLeast(_) | Goal::MoreThan(_) | Goal::All);
    let falling = matches!(goal, Goal::AtMost(_) | Goal::LessThan(_) | Goal::None);
    let better = |a: Exact, b: Exact| {
        if rising || falling {
            return if rising { a > b } else { a < b };
        }
        goal.distance(&a).expect("fits") < goal.distance(&b).expect("fits")
    };
    if value == required || better(value.clone(), required) {
        Status::OnTrack
    } else if better(value, base) {
        Status::Behind
    } else {
        Status::OffTrack
    }
}

/// Every way to fill a commune's row.
fn completions((part, whole, most): Row) -> Vec<(i128, i128)> {
    let wholes: Vec<i128> = match whole {
        Some(whole) => vec![whole],
        None => match most {
            Some(most) => (0..=most).collect(),
            None => WHOLES.to_vec(),
        },
    };
    let mut filled = Vec::new();
    for whole in wholes {
        match part {
            Some(part) if part <= whole => filled.push((part, whole)),
            Some(_) => {}
            None => {
                let mut parts: Vec<i128> = (0..=whole.min(12)).collect();
                parts.extend([whole / 2, whole - 1, whole].into_iter().filter(|part| *part > 12));
                filled.extend(parts.into_iter().map(|part| (part, whole)));
            }
        }
    }
    filled
}

fn cell(value: Option<i128>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// What a commune may report; the first always reports all, so that the whole is not 0.
fn row(known: bool) -> impl Strategy<Value = Row> {
    let missing = if known { 0.0 } else { 0.35 };
    let more = prop::option::of(0i128..6);
    (1i128..9, more)
        .prop_flat_map(move |(whole, more)| {
            let lost = || prop::bool::weighted(missing);
            (0..=whole, Just(whole), Just(more), lost(), lost())
        })
        .prop_map(|(part, whole, more, no_part, no_whole)| {
            let most = more.map(|more| whole + more);
            ((!no_part).then_some(part), (!no_whole).then_some(whole), most)
        })
}

/// The statuses of all values from one end of an interval to the other: those at sixths, since
/// goals, baselines and paths here lie at thirds, and those at the ends that can be reached.
/// Nothing where an end is open.
fn throughout(goal: &Goal, found: &Verdict, when: usize) -> Option<BTreeSet<Status>> {
    let between = found.between()?;
    let (low, high) = (between.low.at.clone()?, between.high.at.clone()?);
    let ends = [(low.clone(), between.low.closed), (high.clone(), between.high.closed)];
    let ends = ends.into_iter().filter(|(_, closed)| *closed).map(|(at, _)| at);
    let sixths = (0..=600).filter_map(|sixths| Exact::ratio(sixths, 6));
    let inside = sixths.filter(|at| low < *at && *at < high);
    Some(inside.chain(ends).map(|value| status(goal, value, when)).collect())
}

/// The verdict must be that of every completion, or none where they differ; and what the value can
/// be must reach from the least to the most of them. A goal between two bounds is judged on the
/// whole interval, where whole numbers may happen to jump over it.
fn agrees(
    found: &Verdict,
    goal: &Goal,
    when: usize,
    values: &[Exact],
    expected: &BTreeSet<Status>,
) -> Result<(), TestCaseError> {
    if let Some(value) = found.value() {
        prop_assert!(values.iter().all(|other| other == value));
        prop_assert_eq!(Some(&found.status()), expected.first());
        return Ok(());
    }
    let two_sided = goal.direction() == Direction::Towards;
    let judged = match throughout(goal, found, when).filter(|_| two_sided) {
        Some(statuses) => {
            prop_assert!(statuses.is_superset(expected), "{statuses:?} {expected:?}");
            statuses
        }
        None => expected.clone(),
    };
    match judged.first() {
        Some(status) if judged.len() == 1 => prop_assert_eq!(found.status(), *status),
        _ => prop_assert_eq!(found.status(), Status::NoData),
    }
    let between = found.between().expect("something is known");
    let (low, high) = (values.iter().min(), values.iter().max());
    prop_assert!(between.low.at.as_ref().is_none_or(|at| Some(at) <= low), "{between:?} {low:?}");
    prop_assert!(
        between.high.at.as_ref().is_none_or(|at| Some(at) >= high),
        "{between:?} {high:?}"
    );
    if between.low.closed {
        prop_assert_eq!(between.low.at.as_ref(), low);
    }
    if between.high.closed {
        prop_assert_eq!(between.high.at.as_ref(), high);
    }
    Ok(())
}

#[test]
fn shares_of_sums_are_judged_as_every_completion_is() {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", "ma,ten\n01,A\n02,B\n03,C\n");
    let contract = std::fs::read_to_string(workspace.path().join("datasets/so.toml"));
    let contract = contract.expect("the contract")
        + "\n[[fields]]\nname = \"dan\"\ntype = \"integer\"\n\n[[parts]]\npart = \"dat\"\nwhole = \"tong\"\n\n[[parts]]\npart = \"tong\"\nwhole = \"dan\"\n";
    workspace.write("datasets/so.toml", contract);
    let goals = goals();
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    });
    let input = (row(true), row(false), row(false), 0..goals.len(), 0..WHEN.len(), 0..4usize);
    runner
        .run(&input, |(first, second, third, goal, when, absent)| {
            let (script, goal) = &goals[goal];
            let mut rows = [first, second, third];
            let mut text = String::from("nam,xa,dat,tong,dan\n");
            for (at, (part, whole, most)) in rows.iter_mut().enumerate() {
                // Now and then a commune sends nothing at all.
                if at == 2 && absent == 0 {
                    (*part, *whole, *most) = (None, None, None);
                    continue;
                }
                let cells = [*part, *whole, *most].map(cell).join(",");
                text.push_str(&format!("2024,0{},{cells}\n", at + 1));
            }
            workspace.write("datasets/so.csv", text);
            workspace.write(
                "rules/a.rhai",
                format!(
                    "target(\"1.a\", #{{ measure: percent(so.sum(\"dat\"), so.sum(\"tong\")), goal: {script}, {} }});",
                    WHEN[when].0
                ),
            );
            let mut values = Vec::new();
            let mut expected = BTreeSet::new();
            for (a, of_a) in completions(rows[0]) {
                for (b, of_b) in completions(rows[1]) {
                    for (c, of_c) in completions(rows[2]) {
                        let share = Exact::ratio(100 * (a + b + c), of_a + of_b + of_c);
                        let share = share.expect("a whole");
                        expected.insert(status(goal, share.clone(), when));
                        values.push(share);
                    }
                }
            }
            agrees(&judge(&workspace), goal, when, &values, &expected)
        })
        .expect("every verdict agrees");
}

/// Children: whether below five, and whether underweight, where that is known.
#[test]
fn shares_of_counts_are_judged_as_every_completion_is() {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/so.toml",
        "[dimensions]\nyear = \"nam\"\narea = \"xa\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[fields]]\nname = \"tuoi\"\ntype = \"integer\"\n\n[[fields]]\nname = \"nhe\"\ntype = \"boolean\"\n",
    );
    let goals = goals();
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    });
    let flag = || prop::option::weighted(0.7, any::<bool>());
    let children = prop::collection::vec((flag(), flag()), 0..5);
    let input = (children, 0..goals.len(), 0..WHEN.len());
    runner
        .run(&input, |(mut children, goal, when)| {
            // One child is known to be young, so that the whole is not 0.
            children.push((Some(true), Some(false)));
            let (script, goal) = &goals[goal];
            let mut text = String::from("nam,xa,tuoi,nhe\n");
            for (at, (young, light)) in children.iter().enumerate() {
                let age = young.map(|young| if young { "3" } else { "7" }).unwrap_or_default();
                let light = light.map(|light| light.to_string()).unwrap_or_default();
                text.push_str(&format!("2024,0{},{age},{light}\n", at % 2 + 1));
            }
            workspace.write("datasets/so.csv", text);
            workspace.write(
                "rules/a.rhai",
                format!(
                    "let tre = so.filter(|r| r.tuoi < 5);\ntarget(\"1.a\", #{{ measure: percent(tre.filter(|r| r.nhe).count(), tre.count()), goal: {script}, {} }});",
                    WHEN[when].0
                ),
            );
            let mut filled: Vec<Vec<(bool, bool)>> = vec![Vec::new()];
            for (young, light) in &children {
                let each = |known: &Option<bool>| known.map_or(vec![false, true], |known| vec![known]);
                let mut longer = Vec::new();
                for list in &filled {
                    for young in each(young) {
                        for light in each(light) {
                            let mut list = list.clone();
                            list.push((young, light));
                            longer.push(list);
                        }
                    }
                }
                filled = longer;
            }
            let mut values = Vec::new();
            let mut expected = BTreeSet::new();
            for list in filled {
                let young = list.iter().filter(|(young, _)| *young).count();
                let light = list.iter().filter(|(young, light)| *young && *light).count();
                let share = Exact::ratio(100 * light as i128, young as i128).expect("a whole");
                expected.insert(status(goal, share.clone(), when));
                values.push(share);
            }
            agrees(&judge(&workspace), goal, when, &values, &expected)
        })
        .expect("every verdict agrees");
}

#[test]
fn what_may_not_count_at_all_does_not_narrow_a_share() {
    let share = "percent(so.filter(|r| r.k).sum(\"a\"), so.filter(|r| r.k).sum(\"b\"))";
    // Without the second row 90 %, with it 50 %.
    let found = flagged("9,10,true 1,10,", share, "at_most(60)");
    assert_eq!(found.status(), Status::NoData);
    let between = found.between().expect("something is known");
    assert!(between.high.at.as_ref().is_none_or(|high| *high >= number("90")), "{between:?}");
    // Either way above 40 %.
    assert_eq!(flagged("9,10,true 1,10,", share, "at_least(40)").status(), Status::Met);
}

#[test]
fn nothing_is_said_where_there_may_be_nothing_to_divide_by() {
    let cases = [
        ("percent(so.sum(\"a\"), so.sum(\"b\"))", ",0,true ,0,true", "at_most(100)"),
        ("percent(so.sum(\"a\"), so.sum(\"b\"))", "0,,true", "at_most(100)"),
        ("5 / so.filter(|r| r.k).count()", "1,1,", "at_least(1)"),
        (
            "per(10, so.filter(|r| r.k).count(), so.filter(|r| r.k).sum(\"b\"))",
            "1,1,",
            "at_most(10)",
        ),
    ];
    for (measure, rows, goal) in cases {
        assert_eq!(flagged(rows, measure, goal).status(), Status::NoData, "{measure} {rows}");
    }
}

/// What counts as certain must not depend on which of two rows with one key stands first.
#[test]
fn rows_that_share_a_key_are_all_unknown() {
    let rows = ["2024,01,30,50", "2023,02,20,40", "2024,02,20,50", "2023,01,10,40"];
    let count = |order: &[usize]| {
        let workspace = Workspace::small();
        let contract = std::fs::read_to_string(workspace.path().join("datasets/so.toml"));
        let contract = contract.expect("the contract");
        // The part alone is the key now, and 20 stands in both years.
        let contract = contract.replace("[\"nam\", \"xa\"]", "\"dat\"");
        workspace.write("datasets/so.toml", contract);
        let rows: Vec<&str> = order.iter().map(|at| rows[*at]).collect();
        workspace.write("datasets/so.csv", format!("nam,xa,dat,tong\n{}\n", rows.join("\n")));
        workspace.write(
            "rules/a.rhai",
            "target(\"1.a\", #{ measure: so.sum(\"tong\"), goal: at_least(100), every_year: true });",
        );
        let found = judge(&workspace);
        (found.status(), found.value().cloned(), found.years().to_vec())
    };
    let first = count(&[0, 1, 2, 3]);
    assert_eq!((first.0, &first.1), (Status::NoData, &None));
    assert_eq!(first.2, [(2023, None), (2024, None)]);
    for order in [[3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        assert_eq!(count(&order), first, "{order:?}");
    }
}

/// A mean is as unknown as the cells it is of, whether the mean is the whole measure or a part.
#[test]
fn a_mean_of_something_unknown_is_unknown() {
    for measure in ["so.mean(\"b\")", "so.mean(\"b\") + 0", "ratio(so.mean(\"b\"), 2)"] {
        let found = flagged("1,10,true 1,,true", measure, "at_least(1)");
        assert_eq!((found.status(), found.value()), (Status::NoData, None), "{measure}");
        let found = flagged("1,10,true 1,20,true", measure, "at_least(1)");
        assert_eq!(found.status(), Status::Met, "{measure}");
        assert!(found.areas().iter().any(|area| area.value.is_some()), "{measure}");
    }
}
