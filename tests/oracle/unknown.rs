//! Random small workspaces with a few unknown cells, and measures that need them.

use chrono::NaiveDate;

use super::data::{Cell, Column, Row, Table, Value, World};
use super::invent::{YEAR, area, year};
use super::measures::{Aggregate, Measure, Source};
use super::number::{fraction, whole};
use super::random::{Literal, Random};
use super::rows::{Comparison, Expr};

/// A workspace of one table `t` with unknown cells, and a table `n` of one row without any.
pub fn world(random: &mut Random) -> World {
    let areas = match random.below(5) {
        0 => Some(Vec::new()),
        1 | 2 => None,
        _ => Some((1..=random.between(1, 3)).map(|at| format!("0{at}")).collect::<Vec<_>>()),
    };
    let listed = areas.clone().unwrap_or_default();
    let (dated, placed) = (random.percent(50), random.percent(70));
    let complete = dated && placed && !listed.is_empty() && random.percent(50);
    let mut table = Table {
        name: "t".to_owned(),
        dated,
        placed,
        complete,
        parts: random.percent(60),
        ..Table::default()
    };
    if random.percent(70) {
        let low = random.between(-1, 0);
        table.limits.push((Column::I, Some(whole(low)), random.percent(80).then(|| whole(2))));
    }
    if random.percent(60) {
        table.limits.push((Column::X, Some(whole(0)), random.percent(80).then(|| whole(2))));
    }
    if random.percent(70) {
        table.limits.push((Column::W, Some(whole(0)), Some(whole(3))));
    }
    let mut places: Vec<Cell> = Vec::new();
    if complete {
        places.extend(listed.iter().filter(|_| random.percent(80)).map(|code| area(code)));
    }
    while places.is_empty() || (!complete && random.percent(70) && places.len() < 5) {
        let code = if listed.is_empty() { "A" } else { &listed[random.below(listed.len())] };
        let stray = !complete && random.percent(10);
        places.push(if stray { Cell::Blank } else { area(code) });
    }
    for place in places {
        let mut row = Row::blank();
        (row.year, row.area) = (year(YEAR), place);
        let number = |value: i64| Cell::Is(Value::Number(whole(value)));
        let part = random.between(0, 2);
        row.set(Column::I, number(random.between(0, 2)));
        row.set(Column::J, number(part));
        row.set(Column::W, number(random.between(part, 3)));
        row.set(Column::X, Cell::Is(Value::Number(fraction(random.between(0, 8), 4))));
        row.set(Column::F, Cell::Is(Value::Truth(random.percent(50))));
        row.set(Column::K, Cell::Is(Value::Text("p".to_owned())));
        table.rows.push(row);
    }
    let some = [Column::I, Column::J, Column::W, Column::X, Column::F];
    for _ in 0..random.between(1, 6) {
        let at = random.below(table.rows.len());
        let cell = if random.percent(85) { Cell::Blank } else { Cell::Broken };
        table.rows[at].set(*random.pick(&some), cell);
    }
    let mut known = Table { name: "n".to_owned(), rows: vec![Row::blank()], ..Table::default() };
    known.rows[0].set(Column::I, Cell::Is(Value::Number(whole(1))));
    let as_of = NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a date");
    World { year: YEAR, as_of, areas, tables: vec![table, known], streamed: random.percent(15) }
}

fn boxed<T>(of: T) -> Box<T> {
    Box::new(of)
}

/// The flag, or that it is not.
fn flag(random: &mut Random) -> Expr {
    let flag = Expr::Column(Column::F);
    if random.percent(70) { flag } else { Expr::Not(boxed(flag)) }
}

/// Whether `I` is at least 1, which it can be and need not.
fn some_of_it() -> Expr {
    let one = Expr::Literal(Value::Number(whole(1)));
    Expr::Compare(Comparison::GreaterOrEqual, boxed(Expr::Column(Column::I)), boxed(one))
}

fn filters(random: &mut Random) -> Vec<Expr> {
    match random.below(8) {
        0..=3 => Vec::new(),
        4 | 5 => vec![flag(random)],
        6 => vec![some_of_it()],
        _ => {
            let (a, b) = (Expr::Column(Column::J), Expr::Column(Column::W));
            let same = Expr::Compare(Comparison::Equal, boxed(a), boxed(b));
            vec![same, flag(random)]
        }
    }
}

fn source(random: &mut Random) -> Source {
    Source { table: "t".to_owned(), filters: filters(random), year: None, groups: None }
}

fn count(rows: Source) -> Measure {
    Measure::Aggregate(rows, Aggregate::Count)
}

fn sum(rows: Source, column: Column) -> Measure {
    Measure::Aggregate(rows, Aggregate::Sum(column))
}

fn single(random: &mut Random) -> Measure {
    let rows = source(random);
    let column = *random.pick(&[Column::I, Column::J, Column::W, Column::X]);
    match random.below(12) {
        0..=3 => count(rows),
        4..=8 => sum(rows, column),
        9 => Measure::Aggregate(rows, Aggregate::Distinct(*random.pick(&[Column::I, Column::F]))),
        10 => Measure::Aggregate(rows, Aggregate::Mean(column)),
        _ => Measure::Aggregate(rows, Aggregate::Max(column)),
    }
}

fn quotient(random: &mut Random, part: Measure, whole: Measure) -> Measure {
    match random.below(4) {
        0 | 1 => Measure::Percent(boxed(part), boxed(whole)),
        2 => Measure::Ratio(boxed(part), boxed(whole)),
        _ => Measure::Per(Literal::whole(10), boxed(part), boxed(whole)),
    }
}

/// A measure of the table `t`.
pub fn measure(random: &mut Random) -> Measure {
    let rows = source(random);
    match random.below(14) {
        0..=4 => single(random),
        5 | 6 => {
            let mut part = rows.clone();
            part.filters.push(if random.percent(50) { flag(random) } else { some_of_it() });
            quotient(random, count(part), count(rows))
        }
        7 | 8 => quotient(random, sum(rows.clone(), Column::J), sum(rows, Column::W)),
        9 => {
            let times = Measure::Number(Literal::whole(*random.pick(&[2, 3, 10])));
            let whole = Measure::Mul(boxed(count(rows.clone())), boxed(times));
            let column = *random.pick(&[Column::I, Column::J, Column::X]);
            quotient(random, sum(rows, column), whole)
        }
        10 => {
            let (part, whole) = (single(random), single(random));
            quotient(random, part, whole)
        }
        _ => {
            let (a, b) = (boxed(single(random)), boxed(single(random)));
            match random.below(5) {
                0 | 1 => Measure::Add(a, b),
                2 => Measure::Sub(a, b),
                3 => Measure::Mul(a, b),
                _ => Measure::Div(a, b),
            }
        }
    }
}
