//! Random measures, goals and ways to them.

use super::data::{Column, World};
use super::goals::{Baseline, Goal, Plan};
use super::invent::YEAR;
use super::measures::{Aggregate, Measure, Source};
use super::number::{Number, ends, hundred, plain, tenth, zero};
use super::phrase::{condition, of_group};
use super::random::{Literal, Random, literal};

fn boxed(measure: Measure) -> Box<Measure> {
    Box::new(measure)
}

fn shift(random: &mut Random) -> i32 {
    *random.pick(&[-1, -1, -2, 1, 2021, 2022, 2023, 2025])
}

fn numbers(random: &mut Random) -> Column {
    *random.pick(&[Column::I, Column::I, Column::J, Column::W, Column::X, Column::Y])
}

/// The rows of some table, filtered.
pub fn source(random: &mut Random, world: &World) -> Source {
    Source {
        table: random.pick(&world.tables).name.clone(),
        filters: (0..random.below(3)).map(|_| condition(random, 1)).collect(),
        year: random.percent(12).then(|| shift(random)),
        groups: None,
    }
}

fn aggregate(random: &mut Random, world: &World, tidy: bool) -> Measure {
    let mut rows = source(random, world);
    if tidy && random.percent(15) {
        rows.groups = Some((0..random.below(3)).map(|_| of_group(random, 1)).collect());
        return Measure::Aggregate(rows, Aggregate::Count);
    }
    let how = match random.below(16) {
        0..=3 => Aggregate::Count,
        4..=7 => Aggregate::Sum(numbers(random)),
        8 => Aggregate::Mean(numbers(random)),
        9 => Aggregate::Min(numbers(random)),
        10 => Aggregate::Max(numbers(random)),
        11 => Aggregate::Median(numbers(random)),
        12 | 13 => {
            let share = random.pick(&["0", "1", "0.25", "0.9", "0.333", "0.1"]);
            Aggregate::Quantile(numbers(random), Literal::decimal((*share).to_owned()))
        }
        _ => Aggregate::Distinct(*random.pick(&Column::ALL)),
    };
    Measure::Aggregate(rows, how)
}

/// The same rows and more conditions: a part of them.
fn part_of(random: &mut Random, rows: &Source) -> Source {
    let mut part = rows.clone();
    part.filters.push(condition(random, 1));
    part
}

fn percent(random: &mut Random, world: &World, tidy: bool, depth: usize) -> Measure {
    let rows = source(random, world);
    let (part, whole) = match random.below(4) {
        0 | 1 => {
            let part = part_of(random, &rows);
            (Measure::Aggregate(part, Aggregate::Count), Measure::Aggregate(rows, Aggregate::Count))
        }
        2 => (
            Measure::Aggregate(rows.clone(), Aggregate::Sum(Column::J)),
            Measure::Aggregate(rows, Aggregate::Sum(Column::W)),
        ),
        _ => (measure(random, world, tidy, depth - 1), measure(random, world, tidy, depth - 1)),
    };
    Measure::Percent(boxed(part), boxed(whole))
}

/// A measure of so many steps at most.
pub fn measure(random: &mut Random, world: &World, tidy: bool, depth: usize) -> Measure {
    if depth == 0 || random.percent(25) {
        return aggregate(random, world, tidy);
    }
    if random.percent(25) {
        return percent(random, world, tidy, depth);
    }
    let a = boxed(measure(random, world, tidy, depth - 1));
    let b = if random.percent(30) {
        boxed(Measure::Number(literal(random, 30)))
    } else {
        boxed(measure(random, world, tidy, depth - 1))
    };
    let (a, b) = if random.percent(20) { (b, a) } else { (a, b) };
    match random.below(11) {
        0 | 1 => Measure::Add(a, b),
        2 => Measure::Sub(a, b),
        3 => Measure::Mul(a, b),
        4 => Measure::Div(a, b),
        5 | 6 => Measure::Ratio(a, b),
        7 => {
            let factor = *random.pick(&[10, 1000, 10_000]);
            Measure::Per(Literal::whole(factor), a, b)
        }
        8 | 9 => {
            let inner = boxed(measure(random, world, tidy, depth - 1));
            Measure::InYear(shift(random), inner)
        }
        _ => Measure::IgnoreMissing(boxed(measure(random, world, tidy, depth - 1))),
    }
}

/// A bound of a goal: now and then the value itself, or very near it.
fn bound(random: &mut Random, near: Option<&Number>, percent: bool) -> Literal {
    let fits = |value: &Number| !percent || (*value >= zero() && *value <= hundred());
    if let Some(near) = near.filter(|_| random.percent(35)) {
        let step = tenth(random.between(0, 9) as u32);
        let off = match random.below(3) {
            0 => zero(),
            1 => step,
            _ => -step,
        };
        let value = near + off;
        let (above, below) = (i64::try_from(value.numer()), i64::try_from(value.denom()));
        if let (Ok(above), Ok(below)) = (above, below)
            && fits(&value)
            && above.abs() < 1_000_000_000_000
            && below < 1_000_000_000_000
        {
            return if below == 1 { Literal::whole(above) } else { exact(&value, above, below) };
        }
    }
    let most = if percent { 99 } else { 60 };
    let found = literal(random, most);
    let found = if fits(&found.value) { found } else { Literal::whole(50) };
    if percent || random.percent(85) { found } else { Literal::whole(-random.between(1, 9)) }
}

/// A number as a decimal where that ends, else as a quotient.
fn exact(value: &Number, above: i64, below: i64) -> Literal {
    if ends(value) { Literal::decimal(plain(value)) } else { Literal::quotient(above, below) }
}

/// A goal that fits a measure.
pub fn goal(random: &mut Random, measure: &Measure, near: Option<Number>) -> Goal {
    let percent = measure.is_percent();
    let counted =
        matches!(measure.bare(), Measure::Aggregate(_, Aggregate::Count | Aggregate::Sum(_)));
    let at = bound(random, near.as_ref(), percent);
    match random.below(11) {
        0 | 1 => Goal::AtLeast(at),
        2 if !percent || at.value < hundred() => Goal::MoreThan(at),
        3 | 4 => Goal::AtMost(at),
        5 if !percent || at.value > zero() => Goal::LessThan(at),
        6 => Goal::Exactly(at),
        7 => {
            let other = bound(random, near.as_ref(), percent);
            if at.value <= other.value {
                Goal::Between(at, other)
            } else {
                Goal::Between(other, at)
            }
        }
        8 => Goal::About(at, literal(random, 9)),
        9 if percent => Goal::All,
        10 if percent || counted => Goal::None,
        _ => Goal::AtLeast(at),
    }
}

/// When a goal is due, and the way there.
pub fn plan(random: &mut Random, measure: &Measure) -> Plan {
    if random.percent(25) {
        return Plan::every_year();
    }
    let percent = measure.is_percent();
    let by = *random.pick(&[2023, YEAR, 2025, 2026, 2028, 2030, 2035]);
    let stated = |random: &mut Random| bound(random, None, percent);
    let baseline = match random.below(5) {
        0 | 1 => Some(Baseline::Year(random.between(2021, 2023.min(i64::from(by) - 1)) as i32)),
        2 | 3 => {
            let year = random.between(2015, i64::from(by) - 1) as i32;
            Some(Baseline::Stated(stated(random), year))
        }
        _ => None,
    };
    let from = baseline.as_ref().map_or(2020, Baseline::year);
    let mut milestones = Vec::new();
    for year in from + 1..by {
        if random.percent(12) {
            milestones.push((year, stated(random)));
        }
    }
    Plan { by: Some(by), baseline, milestones }
}
