//! Row conditions against an independent evaluator: one that walks the expression for each row,
//! as slowly and plainly as it can be done, over cells it parsed itself.

mod common;

use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, BooleanArray};
use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use rasoat::contract::Contract;
use rasoat::diagnostic::Findings;
use rasoat::exact::Exact;
use rasoat::measure::bind::Binder;
use rasoat::measure::evaluator::{Evaluator, Lookups};
use rasoat::measure::frame::{Frame, Parameters};
use rasoat::measure::row::{Function, Literal, RowClosure, RowExpr, RowKind};
use rasoat::measure::{Arithmetic, Comparison, TableExpr, YearRef};
use rasoat::reading::Catalog;
use rasoat::source::{Location, SourceId, Sources};
use rasoat::workspace::config::Listings;

const ROWS: &str = r#"
title = "rows"
missingValues = ["", "-"]
[[fields]]
name = "a"
type = "integer"
[[fields]]
name = "b"
type = "integer"
[[fields]]
name = "x"
type = "number"
[[fields]]
name = "s"
type = "string"
[[fields]]
name = "t"
type = "string"
[[fields]]
name = "d"
type = "date"
[[fields]]
name = "e"
type = "date"
[[fields]]
name = "f"
type = "boolean"
[[fields]]
name = "k"
type = "string"
[[foreignKeys]]
fields = "k"
reference = { resource = "places", fields = "code" }
[provenance]
kind = "synthetic"
source = "made for a test"
"#;

const PLACES: &str = r#"
title = "places"
primaryKey = ["code"]
[[fields]]
name = "code"
type = "string"
[[fields]]
name = "w"
type = "integer"
[[fields]]
name = "u"
type = "string"
[provenance]
kind = "synthetic"
source = "made for a test"
"#;

const PLACES_CSV: &str = "code,w,u\nA,1,Phú Lệ\nB,,bé\nC,-3,\n";

/// A known value.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Known {
    Number(Exact),
    Text(String),
    Date(NaiveDate),
    Truth(bool),
}

/// A value, or none where a cell is missing.
type Maybe = Option<Known>;

/// The cells of one row, in the contract's order, as text.
type Row = [String; 9];

/// What a column holds; a cell that is not of its type is unknown but not missing.
fn cell(row: &Row, name: &str) -> Maybe {
    let at = "abxstdefk".find(name).expect("a column");
    let text = row[at].as_str();
    if matches!(text, "" | "-") {
        return None;
    }
    match name {
        "a" | "b" => text.parse::<i64>().ok().map(|value| Known::Number(value.into())),
        "x" => Exact::parse(text).map(Known::Number),
        "s" | "t" => Some(Known::Text(text.to_owned())),
        "d" | "e" => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Known::Date),
        "f" => text.parse().ok().map(Known::Truth),
        _ => matches!(text, "A" | "B" | "C").then(|| Known::Text(text.to_owned())),
    }
}

fn through(row: &Row, column: &str) -> Maybe {
    let number = |value: i64| Some(Known::Number(value.into()));
    let text = |text: &str| Some(Known::Text(text.to_owned()));
    match (cell(row, "k")?, column) {
        (Known::Text(key), "w") if key == "A" => number(1),
        (Known::Text(key), "w") if key == "C" => number(-3),
        (Known::Text(key), "u") if key == "A" => text("Phú Lệ"),
        (Known::Text(key), "u") if key == "B" => text("bé"),
        _ => None,
    }
}

fn truth(value: Maybe) -> Option<bool> {
    match value? {
        Known::Truth(truth) => Some(truth),
        other => panic!("{other:?} is no truth"),
    }
}

fn number(value: Maybe) -> Option<Exact> {
    match value? {
        Known::Number(number) => Some(number),
        other => panic!("{other:?} is no number"),
    }
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    and(a.map(|a| !a), b.map(|b| !b)).map(|neither| !neither)
}

/// The expression's value for one row.
fn naive(expr: &RowExpr, row: &Row) -> Maybe {
    let bool = |truth: Option<bool>| truth.map(Known::Truth);
    match &expr.kind {
        RowKind::Column(path) => match path.as_slice() {
            [(name, _)] => cell(row, name),
            [_, (name, _)] => through(row, name),
            _ => panic!("too long a path"),
        },
        RowKind::Literal(literal) => Some(match literal {
            Literal::Number(mantissa, scale) => {
                Known::Number(Exact::decimal(*mantissa, *scale).expect("small"))
            }
            Literal::Text(text) => Known::Text(text.clone()),
            Literal::Boolean(flag) => Known::Truth(*flag),
            Literal::Date(date) => Known::Date(*date),
        }),
        RowKind::Compare(comparison, a, b) => {
            let (a, b) = (naive(a, row)?, naive(b, row)?);
            let order = a.partial_cmp(&b).expect("one type");
            bool(Some(comparison.holds(order)))
        }
        RowKind::And(a, b) => bool(and(truth(naive(a, row)), truth(naive(b, row)))),
        RowKind::Or(a, b) => bool(or(truth(naive(a, row)), truth(naive(b, row)))),
        RowKind::Not(a) => bool(truth(naive(a, row)).map(|truth| !truth)),
        RowKind::Negate(a) => {
            number(naive(a, row)).and_then(|a| Exact::ZERO.checked_sub(&a)).map(Known::Number)
        }
        RowKind::Arithmetic(operation, a, b) => match (naive(a, row)?, naive(b, row)?) {
            (Known::Date(a), Known::Date(b)) => Some(Known::Number((a - b).num_days().into())),
            (Known::Number(a), Known::Number(b)) => {
                let result = match operation {
                    Arithmetic::Add => a.checked_add(&b),
                    Arithmetic::Sub => a.checked_sub(&b),
                    _ => a.checked_mul(&b),
                };
                result.map(Known::Number)
            }
            other => panic!("{other:?}"),
        },
        RowKind::In(needle, items) => {
            let needle = naive(needle, row);
            let equal = |item: &RowExpr| Some(naive(item, row)? == needle.clone()?);
            let mut found = Some(false);
            for item in items {
                found = or(found, equal(item));
            }
            bool(found)
        }
        RowKind::If(condition, then, otherwise) => match truth(naive(condition, row))? {
            true => naive(then, row),
            false => naive(otherwise, row),
        },
        RowKind::Call(Function::IsMissing, arguments) => {
            let blank = |name: &str| {
                let at = "abxstdefk".find(name).expect("a column");
                matches!(row[at].as_str(), "" | "-")
            };
            // Of a column, unreadable cells are neither missing nor known.
            bool(match &arguments[0].kind {
                RowKind::Column(path) if path.len() == 1 => {
                    let (known, blank) = (cell(row, &path[0].0).is_some(), blank(&path[0].0));
                    (known || blank).then_some(blank)
                }
                _ => Some(naive(&arguments[0], row).is_none()),
            })
        }
        RowKind::Call(function, arguments) => {
            let first = naive(&arguments[0], row)?;
            let second = match arguments.get(1) {
                Some(second) => Some(naive(second, row)?),
                None => None,
            };
            Some(match (function, first, second) {
                (Function::Lower, Known::Text(text), _) => Known::Text(text.to_lowercase()),
                (Function::Trim, Known::Text(text), _) => Known::Text(text.trim().to_owned()),
                (Function::Len, Known::Text(text), _) => {
                    Known::Number(Exact::int(text.chars().count() as i128))
                }
                (Function::Year, Known::Date(date), _) => {
                    Known::Number(i64::from(date.year()).into())
                }
                (Function::Month, Known::Date(date), _) => {
                    Known::Number(i64::from(date.month()).into())
                }
                (Function::Day, Known::Date(date), _) => {
                    Known::Number(i64::from(date.day()).into())
                }
                (Function::StartsWith, Known::Text(a), Some(Known::Text(b))) => {
                    Known::Truth(a.starts_with(&b))
                }
                (Function::EndsWith, Known::Text(a), Some(Known::Text(b))) => {
                    Known::Truth(a.ends_with(&b))
                }
                (Function::Contains, Known::Text(a), Some(Known::Text(b))) => {
                    Known::Truth(a.contains(&b))
                }
                other => panic!("{other:?}"),
            })
        }
        other => panic!("{other:?} is not made here"),
    }
}

/// What kind of value an expression is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Date,
    Truth,
}

fn at(source: SourceId) -> Location {
    Location { source, span: (0..1).into() }
}

fn expr(kind: RowKind) -> RowExpr {
    let source = Sources::new(Path::new("/")).add(Path::new("/rule.rhai"), "x".as_bytes());
    RowExpr { kind, at: at(source) }
}

fn column(names: &[&str]) -> RowExpr {
    let source = Sources::new(Path::new("/")).add(Path::new("/rule.rhai"), "x".as_bytes());
    let path = names.iter().map(|name| ((*name).to_owned(), at(source))).collect();
    expr(RowKind::Column(path))
}

fn literal(kind: Kind) -> BoxedStrategy<RowExpr> {
    let literal = match kind {
        Kind::Number => prop_oneof![
            (-6i128..7).prop_map(|value| Literal::Number(value, 0)),
            (-99i128..99, 1u32..3).prop_map(|(mantissa, scale)| Literal::Number(mantissa, scale)),
            Just(Literal::Number(i128::from(i64::MAX), 0)),
        ]
        .boxed(),
        Kind::Text => text().prop_map(Literal::Text).boxed(),
        Kind::Date => date().prop_map(Literal::Date).boxed(),
        Kind::Truth => any::<bool>().prop_map(Literal::Boolean).boxed(),
    };
    literal.prop_map(|literal| expr(RowKind::Literal(literal))).boxed()
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "A", "Phú Lệ", "phú lệ", "lệ", "bé", "Bé ", "B"])
        .prop_map(str::to_owned)
}

fn date() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2023, 12, 28).expect("a date");
    (0u64..70).prop_map(move |days| first + Days::new(days))
}

/// An expression of a kind, `depth` levels deep at most.
fn expression(kind: Kind, depth: u32) -> BoxedStrategy<RowExpr> {
    let columns: Vec<RowExpr> = match kind {
        Kind::Number => vec![column(&["a"]), column(&["b"]), column(&["x"]), column(&["k", "w"])],
        Kind::Text => vec![column(&["s"]), column(&["t"]), column(&["k"]), column(&["k", "u"])],
        Kind::Date => vec![column(&["d"]), column(&["e"])],
        Kind::Truth => vec![column(&["f"])],
    };
    let leaf = prop_oneof![3 => prop::sample::select(columns), 1 => literal(kind)].boxed();
    if depth == 0 {
        return leaf;
    }
    let below = |kind| expression(kind, depth - 1);
    let call = |function, arguments| expr(RowKind::Call(function, arguments));
    let choice = (below(Kind::Truth), below(kind), below(kind))
        .prop_map(|(c, a, b)| expr(RowKind::If(Box::new(c), Box::new(a), Box::new(b))));
    let date_part = prop::sample::select(vec![Function::Year, Function::Month, Function::Day]);
    match kind {
        Kind::Number => {
            let operation =
                prop::sample::select(vec![Arithmetic::Add, Arithmetic::Sub, Arithmetic::Mul]);
            prop_oneof![
                2 => leaf,
                2 => (operation, below(kind), below(kind)).prop_map(|(operation, a, b)| {
                    expr(RowKind::Arithmetic(operation, Box::new(a), Box::new(b)))
                }),
                1 => (below(Kind::Date), below(Kind::Date)).prop_map(|(a, b)| {
                    expr(RowKind::Arithmetic(Arithmetic::Sub, Box::new(a), Box::new(b)))
                }),
                1 => below(kind).prop_map(|a| expr(RowKind::Negate(Box::new(a)))),
                1 => below(Kind::Text).prop_map(move |a| call(Function::Len, vec![a])),
                1 => (date_part, below(Kind::Date)).prop_map(move |(f, a)| call(f, vec![a])),
                1 => choice,
            ]
            .boxed()
        }
        Kind::Text => prop_oneof![
            3 => leaf,
            1 => below(kind).prop_map(move |a| call(Function::Lower, vec![a])),
            1 => below(kind).prop_map(move |a| call(Function::Trim, vec![a])),
            1 => choice,
        ]
        .boxed(),
        Kind::Date => prop_oneof![3 => leaf, 1 => choice].boxed(),
        Kind::Truth => {
            let some = || prop::sample::select(vec![Kind::Number, Kind::Text, Kind::Date]);
            let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="])
                .prop_map(|symbol| Comparison::parse(symbol).expect("an operator"));
            let pair = some().prop_flat_map(move |kind| {
                (expression(kind, depth - 1), expression(kind, depth - 1))
            });
            let list = some().prop_flat_map(move |kind| {
                let items = prop::collection::vec(literal(kind), 0..4);
                (expression(kind, depth - 1), items)
            });
            let test = prop::sample::select(vec![
                Function::StartsWith,
                Function::EndsWith,
                Function::Contains,
            ]);
            let any = prop_oneof![some(), Just(Kind::Truth)];
            prop_oneof![
                1 => leaf,
                4 => (comparison, pair).prop_map(|(comparison, (a, b))| {
                    expr(RowKind::Compare(comparison, Box::new(a), Box::new(b)))
                }),
                2 => (below(kind), below(kind)).prop_map(|(a, b)| {
                    expr(RowKind::And(Box::new(a), Box::new(b)))
                }),
                2 => (below(kind), below(kind)).prop_map(|(a, b)| {
                    expr(RowKind::Or(Box::new(a), Box::new(b)))
                }),
                1 => below(kind).prop_map(|a| expr(RowKind::Not(Box::new(a)))),
                2 => list.prop_map(|(a, items)| expr(RowKind::In(Box::new(a), items))),
                1 => (test, below(Kind::Text), below(Kind::Text))
                    .prop_map(move |(test, a, b)| call(test, vec![a, b])),
                1 => any
                    .prop_flat_map(move |kind| expression(kind, depth - 1))
                    .prop_map(move |a| call(Function::IsMissing, vec![a])),
                1 => choice,
            ]
            .boxed()
        }
    }
}

/// Cells: mostly good, some missing, some broken.
fn row() -> impl Strategy<Value = Row> {
    let mix = |good: BoxedStrategy<String>| prop_oneof![7 => good, 2 => Just(String::new()), 1 => Just("-".to_owned())];
    let broken = |good: BoxedStrategy<String>| {
        mix(prop_oneof![9 => good, 1 => Just("x?".to_owned())].boxed())
    };
    let whole = || (-6i64..7).prop_map(|value| value.to_string()).boxed();
    let decimal = (-99i32..99).prop_map(|value| format!("{}.{}", value / 10, value.abs() % 10));
    let texts = || text().prop_map(|text| text.trim().to_owned()).boxed();
    let dates = || date().prop_map(|date| date.to_string()).boxed();
    let key = prop::sample::select(vec!["A", "B", "C", "D"]).prop_map(str::to_owned);
    let flag = any::<bool>().prop_map(|flag| flag.to_string());
    (
        (broken(whole()), broken(whole()), broken(decimal.boxed()), mix(texts()), mix(texts())),
        (broken(dates()), broken(dates()), broken(flag.boxed()), mix(key.boxed())),
    )
        .prop_map(|((a, b, x, s, t), (d, e, f, k))| [a, b, x, s, t, d, e, f, k])
}

fn catalog(sources: &mut Sources, csv: &str) -> Catalog {
    let mut catalog = Catalog::default();
    for (name, contract, data) in [("places", PLACES, PLACES_CSV), ("rows", ROWS, csv)] {
        let path = format!("/datasets/{name}");
        let toml = sources.add(Path::new(&format!("{path}.toml")), contract.as_bytes());
        let file = sources.add(Path::new(&format!("{path}.csv")), data.as_bytes());
        let contract = Contract::read(sources, toml, name, &Findings::default()).contract;
        catalog.contracts.sets.push(Arc::new(contract.expect("a contract")));
        catalog.files.push(vec![file]);
    }
    catalog
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]
    #[test]
    fn conditions_hold_where_the_naive_evaluator_says(
        condition in expression(Kind::Truth, 3),
        rows in prop_oneof![9 => prop::collection::vec(row(), 1..12), 1 => prop::collection::vec(row(), 60..70)],
    ) {
        // A row of nothing but separators is no record.
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        prop_assume!(!rows.is_empty());
        let mut csv = String::from("a,b,x,s,t,d,e,f,k\n");
        for row in &rows {
            csv.push_str(&row.join(","));
            csv.push('\n');
        }
        let mut sources = Sources::new(Path::new("/"));
        let catalog = catalog(&mut sources, &csv);
        let datasets = catalog.read(&sources, Listings::default(), usize::MAX).made;
        let mut binder = Binder::new(&catalog.contracts);
        let table = TableExpr {
            dataset: "rows".to_owned(),
            filters: Vec::new(),
            as_of: Vec::new(),
            year: YearRef::Same,
            grouped: None,
        };
        let place = condition.at;
        let closure = RowClosure { body: condition.clone(), at: place };
        let bound = binder.check(&table, place, &closure);
        prop_assert!(bound.is_ok(), "{:?}", binder.complaints);
        let (set, check) = bound.expect("just seen");
        let plans = binder.plans;
        let lookups = Lookups::new(&datasets, &plans);
        let batch = datasets.sets[plans[set].dataset].table.as_ref().expect("held");
        let plan = &plans[set];
        let parameters = Parameters { year: 2024, as_of: common::day("2024-12-31") };
        let frame = Frame { datasets: &datasets, plans: &plans, lookups: &lookups, parameters };
        let mut evaluator = Evaluator::new(&frame, &plan.expressions, batch);
        let Ok(found) = evaluator.column(plan.checks[check].condition) else {
            // Products of products of the largest integer do not fit 128 bits; all else does.
            let large = format!("{condition:?}").contains(&i64::MAX.to_string());
            prop_assert!(large, "an overflow out of nothing");
            return Ok(());
        };
        let found = found.as_any().downcast_ref::<BooleanArray>().expect("truths");
        prop_assert_eq!(found.len(), rows.len());
        for (at, row) in rows.iter().enumerate() {
            let found = found.is_valid(at).then(|| found.value(at));
            prop_assert_eq!(found, truth(naive(&condition, row)), "row {} of\n{}", at + 1, csv);
        }
    }
}
