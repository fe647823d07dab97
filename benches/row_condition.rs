//! A row condition, compiled, against the same closure called by the script engine for each row.
//!
//! `cargo bench --bench row_condition` prints nanoseconds a row for both and their ratio. The
//! peer is given its rows ready made; what the columns cost to read is in neither figure. Both
//! count the same rows, or the run fails.
#![allow(clippy::print_stdout)] // printing is what it is for

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{Array, BooleanArray};
use rasoat::contract::Contract;
use rasoat::contract::Contracts;
use rasoat::diagnostic::Findings;
use rasoat::measure::bind::Binder;
use rasoat::measure::evaluator::{Evaluator, Lookups};
use rasoat::measure::frame::{Frame, Parameters};
use rasoat::measure::row::{Literal, RowClosure, RowExpr, RowKind};
use rasoat::measure::{Comparison, TableExpr, YearRef};
use rasoat::reading::Catalog;
use rasoat::source::{Location, Sources};
use rasoat::workspace::config::Listings;
use rhai::{Dynamic, Engine, Map, Scope};

const CONDITION: &str = "r.thang_tuoi < 60 && r.nhe_can";

const CONTRACT: &str = "[[fields]]\nname = \"thang_tuoi\"\ntype = \"integer\"\n\n[[fields]]\nname = \"nhe_can\"\ntype = \"boolean\"\n";

/// Months of age and whether the child weighs too little.
fn child(row: usize) -> (i64, bool) {
    let mixed = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    ((mixed % 120) as i64, mixed.is_multiple_of(7))
}

fn main() {
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let (rows, rounds) = if quick { (5_000, 1) } else { (400_000, 7) };
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..rounds {
        let (compiled, called) = (compiled(rows), called(rows));
        assert_eq!(compiled.0, called.0, "both count the same rows");
        ours.push(compiled.1);
        theirs.push(called.1);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("{CONDITION}, {rows} rows, median of {rounds}:");
    println!("  compiled           {ours:8.2} ns a row");
    println!("  called for each    {theirs:8.2} ns a row");
    println!("  ratio              {:8.0}", theirs / ours);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many rows satisfy the condition, and nanoseconds a row.
fn compiled(rows: usize) -> (usize, f64) {
    let mut csv = String::from("thang_tuoi,nhe_can\n");
    for row in 0..rows {
        let (months, light) = child(row);
        csv.push_str(&format!("{months},{light}\n"));
    }
    let mut sources = Sources::new(Path::new("/"));
    let toml = sources.add(Path::new("/tre_em.toml"), CONTRACT.as_bytes());
    let file = sources.add(Path::new("/tre_em.csv"), csv.as_bytes());
    let contract = Contract::read(&sources, toml, "tre_em", &Findings::default());
    let contract = Arc::new(contract.contract.expect("a contract"));
    let contracts = Contracts { sets: vec![contract].into(), broken: Vec::new() };
    let catalog = Catalog { contracts, files: vec![vec![file]].into() };
    let datasets = catalog.read(&sources, Listings::default(), usize::MAX).made;
    let at = Location { source: toml, span: (0..1).into() };
    let node = |kind| Box::new(RowExpr { kind, at });
    let column = |name: &str| node(RowKind::Column(vec![(name.to_owned(), at)]));
    let sixty = node(RowKind::Literal(Literal::Number(60, 0)));
    let young = node(RowKind::Compare(Comparison::Less, column("thang_tuoi"), sixty));
    let body = RowExpr { kind: RowKind::And(young, column("nhe_can")), at };
    let table = TableExpr {
        dataset: "tre_em".to_owned(),
        filters: Vec::new(),
        as_of: Vec::new(),
        year: YearRef::Same,
        grouped: None,
    };
    let day = chrono::NaiveDate::from_ymd_opt(2024, 12, 31).expect("a date");
    let mut binder = Binder::new(&catalog.contracts);
    let bound = binder.check(&table, at, &RowClosure { body, at });
    let (set, check) = bound.unwrap_or_else(|_| panic!("{:?}", binder.complaints));
    let plans = binder.plans;
    let lookups = Lookups::new(&datasets, &plans);
    let batch = datasets.sets[plans[set].dataset].table.as_ref().expect("held");
    let started = Instant::now();
    let parameters = Parameters { year: 2024, as_of: day };
    let frame = Frame { datasets: &datasets, plans: &plans, lookups: &lookups, parameters };
    let mut evaluator = Evaluator::new(&frame, &plans[set].expressions, batch);
    let column = evaluator.column(plans[set].checks[check].condition).expect("no overflow");
    let elapsed = started.elapsed();
    let truths = column.as_any().downcast_ref::<BooleanArray>().expect("truths");
    (truths.true_count(), elapsed.as_nanos() as f64 / rows as f64)
}

/// The same by the engine.
fn called(rows: usize) -> (usize, f64) {
    let engine = Engine::new();
    let source = format!("fn holds(r) {{ {CONDITION} }}");
    let ast = engine.compile(source).expect("a script");
    let children: Vec<Map> = (0..rows)
        .map(|row| {
            let (months, light) = child(row);
            let mut map = Map::new();
            map.insert("thang_tuoi".into(), Dynamic::from(months));
            map.insert("nhe_can".into(), Dynamic::from(light));
            map
        })
        .collect();
    let mut scope = Scope::new();
    let started = Instant::now();
    let mut count = 0;
    for child in children {
        let holds: bool = engine.call_fn(&mut scope, &ast, "holds", (child,)).expect("a truth");
        count += usize::from(holds);
    }
    (count, started.elapsed().as_nanos() as f64 / rows as f64)
}
