//! Plans and tallies of the bundled workspace, written down and read again.

use std::sync::Arc;

use rasoat::files::Disk;
use rasoat::ids::IdVec;
use rasoat::measure::backend::{Backend, ScanPlan};
use rasoat::measure::bind::PlanId;
use rasoat::measure::evaluate::Values;
use rasoat::measure::evaluator::Lookups;
use rasoat::measure::frame::{Frame, Parameters};
use rasoat::measure::ignored::Ignored;
use rasoat::measure::scan::SetTallies;
use rasoat::message::Lang;
use rasoat::report::format::Json;
use rasoat::report::{Format, Options, Report, ReportView};
use rasoat::verdict::Judge;
use rasoat::verdict::bound::Resolved;
use serde_json::Value;

use crate::common::{day, root};
use crate::naive::Naive;
use crate::world::World;
use crate::{parts, suite};

fn bundled(year: i32, as_of: &str) -> World {
    World::open(Arc::new(Disk), root(), Parameters { year, as_of: day(as_of) })
}

fn sent<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("text");
    serde_json::from_str(&text).expect("the same again")
}

/// What is reported where a scan gave these tallies.
fn report(world: &World, tallies: &IdVec<PlanId, SetTallies>) -> String {
    let World { datasets, plan, parameters, sources, book, .. } = world;
    let lookups = Lookups::new(datasets, &plan.plans);
    let frame = Frame { datasets, plans: &plan.plans, lookups: &lookups, parameters: *parameters };
    let values = Values { frame, tallies, ignored: Ignored::default() };
    let unreadable = world.config.unreadable;
    let judge = Judge { sources, plan: book, frame, values, unreadable };
    let verdict = |rule: &Arc<Resolved>| judge.judge(&rule.rule, rule.bound.as_ref());
    let report = Report {
        name: world.config.name.clone(),
        plan: Arc::clone(book),
        year: parameters.year,
        as_of: parameters.as_of,
        results: world.bound.rules.iter().map(verdict).collect(),
        findings: Vec::new(),
        datasets: Vec::new(),
    };
    let mut written = Vec::new();
    let view = ReportView::new(report, sources, None);
    Json.render(&view, &Options::new(Lang::En), &mut written).expect("room");
    String::from_utf8(written).expect("text")
}

#[test]
fn a_report_is_the_same_from_tallies_that_were_sent() {
    let world = bundled(2025, "2025-12-10");
    let tallies = world.reference();
    let expected = report(&world, &tallies);
    assert!(expected.matches("\"status\": \"unmet\"").count() > 3, "{expected}");
    assert!(report(&world, &sent(&tallies)) == expected);
    let plan: ScanPlan = sent(&world.plan);
    let by_sent_plan = world.local(&world.datasets).scan(&plan, world.parameters).made;
    assert!(report(&world, &by_sent_plan) == expected);
}

#[test]
fn a_report_is_the_same_from_the_naive_backend() {
    let world = bundled(2025, "2025-12-10");
    let naive = Naive { tables: &world.tables };
    let tallies = naive.scan(&world.plan, world.parameters).made;
    suite::compare(&world, &tallies).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(report(&world, &tallies) == report(&world, &world.reference()));
}

#[test]
fn a_plan_that_was_sent_is_the_same() {
    let world = bundled(2025, "2025-12-10");
    let text = serde_json::to_string(&world.plan).expect("a plan as text");
    assert!(serde_json::to_string(&sent(&world.plan)).expect("text") == text);
}

#[test]
fn a_plan_leaves_open_when_it_is_run_and_where_rules_stand() {
    let plan =
        |year, as_of| serde_json::to_string(&bundled(year, as_of).plan).expect("a plan as text");
    let text = plan(2025, "2025-12-10");
    assert!(plan(2022, "2031-02-03") == text);
    assert!(!plan(2022, "2031-02-03").contains("2031-02-03"));
    let mut open: Vec<Value> = vec![serde_json::from_str(&text).expect("a document")];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                for (name, value) in fields {
                    assert!(!["span", "source", "at"].contains(&name.as_str()), "{name}: {value}");
                    open.push(value);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn tallies_of_parts_come_to_those_of_the_whole() {
    let world = bundled(2025, "2025-12-10");
    let halves = parts::compare(&world, 2, &|row| usize::from(row > 40));
    let thirds = parts::compare(&world, 3, &|row| row * 7 % 3);
    for compared in [halves, thirds] {
        compared.unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}
