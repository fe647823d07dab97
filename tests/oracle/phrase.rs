//! Random conditions on rows and groups.

use super::data::{Column, Kind, Value};
use super::invent::{KEYS, TEXTS, date};
use super::number::{fraction, whole};
use super::random::Random;
use super::rows::{Comparison, Expr, Gather};

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

/// A constant like the cells of a column.
pub fn constant(random: &mut Random, kind: Kind) -> Value {
    match kind {
        Kind::Integer => Value::Number(whole(random.between(-6, 12))),
        Kind::Decimal => Value::Number(fraction(random.between(-1000, 1000), 100)),
        Kind::Text => Value::Text((*random.pick(&TEXTS)).to_owned()),
        Kind::Date => Value::Date(date(random)),
        Kind::Truth => Value::Truth(random.percent(50)),
    }
}

fn column(random: &mut Random, kind: Kind) -> Column {
    let of_kind: Vec<Column> =
        Column::ALL.into_iter().filter(|column| column.kind() == kind).collect();
    *random.pick(&of_kind)
}

/// An expression of whole numbers, small ones.
fn count(random: &mut Random, depth: usize) -> Expr {
    let small = [Column::I, Column::J, Column::W];
    match random.below(if depth == 0 { 5 } else { 12 }) {
        0..=3 => Expr::Column(*random.pick(&small)),
        4 => Expr::Literal(constant(random, Kind::Integer)),
        5 => Expr::Len(boxed(words(random, depth - 1))),
        6 => {
            let date = boxed(day(random, depth - 1));
            match random.below(3) {
                0 => Expr::Year(date),
                1 => Expr::Month(date),
                _ => Expr::Day(date),
            }
        }
        7 => Expr::Days(boxed(Expr::Column(Column::D)), boxed(day(random, depth - 1))),
        8 => Expr::Negative(boxed(count(random, depth - 1))),
        9 => choice(random, depth, count),
        _ => sum(random, depth, count),
    }
}

/// An expression of decimals.
fn decimal(random: &mut Random, depth: usize) -> Expr {
    match random.below(if depth == 0 { 4 } else { 9 }) {
        0 | 1 => Expr::Column(Column::X),
        2 => Expr::Column(Column::Y),
        3 => Expr::Literal(constant(random, Kind::Decimal)),
        4 => count(random, depth - 1),
        5 => choice(random, depth, decimal),
        _ => sum(random, depth, modest),
    }
}

/// Decimals that can be multiplied without end of digits.
fn modest(random: &mut Random, depth: usize) -> Expr {
    match random.below(if depth == 0 { 2 } else { 4 }) {
        0 => Expr::Column(Column::X),
        1 => Expr::Literal(constant(random, Kind::Decimal)),
        2 => count(random, depth - 1),
        _ => sum(random, depth, modest),
    }
}

fn sum(random: &mut Random, depth: usize, of: fn(&mut Random, usize) -> Expr) -> Expr {
    let (a, b) = (boxed(of(random, depth - 1)), boxed(of(random, depth - 1)));
    match random.below(3) {
        0 => Expr::Add(a, b),
        1 => Expr::Sub(a, b),
        _ => Expr::Mul(a, b),
    }
}

fn choice(random: &mut Random, depth: usize, of: fn(&mut Random, usize) -> Expr) -> Expr {
    let condition = boxed(condition(random, depth - 1));
    Expr::If(condition, boxed(of(random, depth - 1)), boxed(of(random, depth - 1)))
}

fn words(random: &mut Random, depth: usize) -> Expr {
    match random.below(if depth == 0 { 4 } else { 6 }) {
        0..=2 => Expr::Column(column(random, Kind::Text)),
        3 => Expr::Literal(constant(random, Kind::Text)),
        4 => Expr::Lower(boxed(words(random, depth - 1))),
        _ => choice(random, depth, words),
    }
}

fn day(random: &mut Random, depth: usize) -> Expr {
    match random.below(if depth == 0 { 4 } else { 5 }) {
        0..=2 => Expr::Column(Column::D),
        3 => Expr::Literal(constant(random, Kind::Date)),
        _ => choice(random, depth, day),
    }
}

fn pair(random: &mut Random, depth: usize) -> (Box<Expr>, Box<Expr>) {
    let of = *random.pick(&[count, decimal, words, day]);
    (boxed(of(random, depth)), boxed(of(random, depth)))
}

/// A condition on rows.
pub fn condition(random: &mut Random, depth: usize) -> Expr {
    let below = depth.saturating_sub(1);
    match random.below(if depth == 0 { 4 } else { 16 }) {
        0 => Expr::Column(Column::F),
        1 => {
            let kind = Column::ALL[random.below(Column::ALL.len())];
            Expr::IsMissing(boxed(Expr::Column(kind)))
        }
        2 | 3 => {
            let (a, b) = pair(random, 0);
            Expr::Compare(*random.pick(&Comparison::ALL), a, b)
        }
        4..=6 => {
            let (a, b) = pair(random, below);
            Expr::Compare(*random.pick(&Comparison::ALL), a, b)
        }
        7 | 8 => Expr::And(boxed(condition(random, below)), boxed(condition(random, below))),
        9 | 10 => Expr::Or(boxed(condition(random, below)), boxed(condition(random, below))),
        11 => Expr::Not(boxed(condition(random, below))),
        12 => {
            let (of, kind): (fn(&mut Random, usize) -> Expr, Kind) = *random.pick(&[
                (count as fn(&mut Random, usize) -> Expr, Kind::Integer),
                (words, Kind::Text),
                (day, Kind::Date),
            ]);
            let items = (0..random.below(4)).map(|_| constant(random, kind)).collect();
            Expr::In(boxed(of(random, below)), items)
        }
        13 => {
            let low = random.between(-4, 4);
            let high = low + random.between(0, 8);
            Expr::Within(boxed(count(random, below)), low, high, random.percent(50))
        }
        14 => {
            let of = boxed(words(random, below));
            let with = *random.pick(&["a", "b", "Ph", "ệ", "gái", "ab", "g"]);
            match random.below(3) {
                0 => Expr::StartsWith(of, with.to_owned()),
                1 => Expr::EndsWith(of, with.to_owned()),
                _ => Expr::Contains(of, with.to_owned()),
            }
        }
        _ => match random.below(2) {
            0 => choice(random, depth, condition),
            _ => {
                let (a, _) = pair(random, below);
                Expr::IsMissing(a)
            }
        },
    }
}

/// A condition on groups by the column `k`.
pub fn of_group(random: &mut Random, depth: usize) -> Expr {
    let below = depth.saturating_sub(1);
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 => {
            let key = Value::Text((*random.pick(&KEYS)).to_owned());
            let comparison = *random.pick(&[Comparison::Equal, Comparison::NotEqual]);
            Expr::Compare(comparison, boxed(Expr::Column(Column::K)), boxed(Expr::Literal(key)))
        }
        1..=4 => {
            let a = boxed(gathered(random));
            let b = match random.below(3) {
                0 => gathered(random),
                _ => Expr::Literal(Value::Number(whole(random.between(0, 12)))),
            };
            Expr::Compare(*random.pick(&Comparison::ALL), a, boxed(b))
        }
        5 | 6 => Expr::And(boxed(of_group(random, below)), boxed(of_group(random, below))),
        7 => Expr::Or(boxed(of_group(random, below)), boxed(of_group(random, below))),
        _ => Expr::Not(boxed(of_group(random, below))),
    }
}

fn gathered(random: &mut Random) -> Expr {
    let filter = random.percent(40).then(|| boxed(condition(random, 1)));
    let numbers = [Column::I, Column::J, Column::W, Column::X];
    let what = match random.below(8) {
        0..=2 => Gather::Count,
        3 | 4 => Gather::Sum(*random.pick(&numbers)),
        5 => Gather::Min(*random.pick(&numbers)),
        6 => Gather::Max(*random.pick(&numbers)),
        _ => Gather::Distinct(*random.pick(&Column::ALL)),
    };
    Expr::Members(what, filter)
}
