//! Random workspaces.

use chrono::{Days, NaiveDate};

use super::data::{Cell, Column, Row, Table, Value, World};
use super::number::{Number, read, whole};
use super::random::Random;

/// The reporting year of all workspaces.
pub const YEAR: i32 = 2024;

/// Texts for cells and conditions.
pub const TEXTS: [&str; 8] = ["a", "ab", "Bé", "bé gái", "Phú Lệ", "phú lệ", "ĐÔNG", "x y"];

/// Keys of groups.
pub const KEYS: [&str; 3] = ["p", "q", "r"];

fn text(value: &str) -> Cell {
    Cell::Is(Value::Text(value.to_owned()))
}

fn number(value: Number) -> Cell {
    Cell::Is(Value::Number(value))
}

pub fn year(year: i32) -> Cell {
    number(whole(year.into()))
}

pub fn area(code: &str) -> Cell {
    text(code)
}

/// A day within three years around the reporting year.
pub fn date(random: &mut Random) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2023, 1, 1).expect("a date");
    first + Days::new(random.below(1000) as u64)
}

/// A decimal with up to 18 places, or with up to 20 digits before them.
fn large(random: &mut Random) -> Number {
    let (before, after) = *random.pick(&[(1, 18), (2, 3), (20, 18), (18, 0), (20, 2)]);
    let digits = format!("{}.{}0", random.digits(before), random.digits(after + 1));
    let cut = digits.len() - 2;
    let text = digits[..cut].trim_end_matches('.').to_owned();
    let sign = if random.percent(30) { "-" } else { "" };
    read(&format!("{sign}{text}")).expect("a decimal")
}

/// A value for a column, within its limits.
fn value(random: &mut Random, table: &Table, column: Column) -> Value {
    let (low, high) = table.limits(column);
    let small = |bound: Option<Number>| bound.and_then(|at| i64::try_from(at.to_integer()).ok());
    let (low, high) = (small(low), small(high));
    match column {
        Column::I => Value::Number(whole(random.between(low.unwrap_or(-6), high.unwrap_or(7)))),
        Column::J | Column::W => {
            Value::Number(whole(random.between(low.unwrap_or(0), high.unwrap_or(20))))
        }
        Column::X => {
            let tenths = random.between(10 * low.unwrap_or(-10), 10 * high.unwrap_or(10));
            Value::Number(super::number::fraction(tenths, 10))
        }
        Column::Y => Value::Number(large(random)),
        Column::S => Value::Text((*random.pick(&TEXTS)).to_owned()),
        Column::K => Value::Text((*random.pick(&KEYS)).to_owned()),
        Column::D => Value::Date(date(random)),
        Column::F => Value::Truth(random.percent(50)),
    }
}

/// How often cells of a workspace are unknown, in percent.
#[derive(Clone, Copy, Debug)]
pub struct Holes {
    pub blank: usize,
    pub broken: usize,
}

/// Fills a row's cells.
fn fill(random: &mut Random, table: &Table, row: &mut Row, holes: Holes) {
    for column in Column::ALL {
        let broken = !matches!(column, Column::S | Column::K) && random.percent(holes.broken);
        let cell = if random.percent(holes.blank) {
            Cell::Blank
        } else if broken {
            Cell::Broken
        } else {
            Cell::Is(value(random, table, column))
        };
        row.set(column, cell);
    }
    // A part is not above its whole.
    if table.parts
        && let (Some(part), Some(whole)) =
            (row.cell(Column::J).number().cloned(), row.cell(Column::W).number().cloned())
        && part > whole
    {
        row.set(Column::J, number(whole));
        row.set(Column::W, number(part));
    }
}

fn limits(random: &mut Random) -> Vec<(Column, Option<Number>, Option<Number>)> {
    let mut limits: Vec<(Column, Option<Number>, Option<Number>)> = Vec::new();
    for (column, low, high) in
        [(Column::I, 0, 7), (Column::X, 0, 9), (Column::X, -4, 5), (Column::W, 0, 25)]
    {
        if random.percent(25) && !limits.iter().any(|(of, ..)| *of == column) {
            let low = random.percent(80).then(|| whole(low));
            let high = random.percent(60).then(|| whole(high));
            limits.push((column, low, high));
        }
    }
    limits
}

/// A table of a workspace with these areas.
fn table(random: &mut Random, name: &str, areas: Option<&[String]>, tidy: bool) -> Table {
    let holes = Holes { blank: *random.pick(&[0, 4, 12, 30]), broken: *random.pick(&[0, 0, 4]) };
    let (dated, placed) = (random.percent(75), random.percent(65));
    let listed: Vec<&str> = areas.unwrap_or_default().iter().map(String::as_str).collect();
    let mut table = Table {
        name: name.to_owned(),
        dated,
        placed,
        complete: dated && placed && !listed.is_empty() && random.percent(35),
        empty_is_zero: random.percent(25),
        parts: random.percent(50),
        limits: limits(random),
        rows: Vec::new(),
    };
    let years = [2021, 2022, 2023, YEAR, YEAR, YEAR, 2025];
    let mut places = Vec::new();
    if table.complete {
        let mut kept: Vec<i32> = years.into_iter().filter(|_| random.percent(60)).collect();
        kept.push(YEAR);
        kept.sort_unstable();
        kept.dedup();
        for at in kept {
            for code in &listed {
                if random.percent(88) {
                    places.push((year(at), area(code)));
                }
            }
        }
    } else {
        let known: Vec<&str> = if listed.is_empty() { vec!["A", "B"] } else { listed };
        for _ in 0..random.between(1, 10) {
            let mut when = year(*random.pick(&years));
            let mut place = area(known[random.below(known.len())]);
            if !tidy {
                match random.below(30) {
                    0 => when = Cell::Blank,
                    1 => when = Cell::Broken,
                    2 => place = Cell::Blank,
                    3 => place = area("ZZ"),
                    _ => {}
                }
            }
            places.push((when, place));
        }
    }
    // Some dataset has the reporting year.
    if places.is_empty() {
        places.push((year(YEAR), area("A")));
    }
    for (when, place) in places {
        let mut row = Row::blank();
        (row.year, row.area) = (when, place);
        fill(random, &table, &mut row, holes);
        table.rows.push(row);
    }
    table
}

/// A workspace of up to three tables. A tidy one has no rows of unknown years or areas.
pub fn world(random: &mut Random, tidy: bool) -> World {
    let codes = |count: usize| (1..=count).map(|at| format!("0{at}")).collect::<Vec<_>>();
    let areas = match random.below(10) {
        0..=5 => Some(codes(random.between(1, 4) as usize)),
        // A list without areas, and rows of no area.
        6 if !tidy => Some(Vec::new()),
        _ => None,
    };
    let names = &["t", "u", "v"][..random.between(1, 3) as usize];
    let mut tables: Vec<Table> = Vec::new();
    for name in names {
        tables.push(table(random, name, areas.as_deref(), tidy));
    }
    // Without any row of the reporting year there is nothing to report on.
    if tables.iter().any(|table| table.dated)
        && !tables.iter().any(|table| table.dated && table.years().contains(&YEAR))
    {
        let table = tables.iter_mut().find(|table| table.dated).expect("just seen");
        table.rows[0].year = year(YEAR);
    }
    let as_of = NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a date");
    World { year: YEAR, as_of, areas, tables, streamed: random.percent(20) }
}
