//! Numbers as they are printed beside bounds: they must be in the order of what they stand for.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::data::{Cell, Column, Row, Table, Value, World};
use super::goals::{Baseline, Goal, Plan, Way};
use super::harness::{Case, Found, Rule};
use super::invent::YEAR;
use super::judge_measures::Target;
use super::measures::{Aggregate, Measure, Source};
use super::number::{Number, fraction, hundred, plain, read, tenth, whole, zero};
use super::random::{Literal, Random};
use super::rows::{Comparison, Expr};

/// A target whose value is near a bound.
#[derive(Clone)]
pub struct Printed(Target);

/// The numbers of a text, in order. Vietnamese has a decimal comma.
pub fn numbers(text: &str, comma: bool) -> Vec<Number> {
    let is_part = |c: char| c.is_ascii_digit() || ",./-".contains(c);
    let words = text.split(|c: char| !is_part(c));
    let words = words.map(|word| word.trim_end_matches([',', '.', '/', '-']));
    let plain = |word: &str| match comma {
        true => word.replace('.', "").replace(',', "."),
        false => word.replace(',', ""),
    };
    words.filter_map(|word| read(&plain(word))).collect()
}

/// A number and how it was printed.
#[derive(Clone, Debug)]
pub struct Pair {
    pub exact: Number,
    pub printed: Number,
}

/// Complains where two printed numbers are not in the order of what they stand for.
pub fn in_order(what: &str, value: &Pair, bound: &Pair) -> Result<(), String> {
    let (is, reads) = (value.exact.cmp(&bound.exact), value.printed.cmp(&bound.printed));
    if is == reads {
        return Ok(());
    }
    let sign = |order| match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    };
    Err(format!(
        "{what}: {} {} {}, but it reads {} {} {}",
        value.exact,
        sign(is),
        bound.exact,
        value.printed,
        sign(reads),
        bound.printed
    ))
}

/// The bounds of a goal as printed: the numbers that come first.
pub fn bounds(goal: &Goal, printed: &[Number]) -> Vec<Pair> {
    let pair =
        |exact: &Number, printed: &Number| Pair { exact: exact.clone(), printed: printed.clone() };
    let at = |at: usize| printed.get(at).cloned().unwrap_or_else(zero);
    match goal {
        Goal::AtLeast(x)
        | Goal::MoreThan(x)
        | Goal::AtMost(x)
        | Goal::LessThan(x)
        | Goal::Exactly(x) => vec![pair(&x.value, &at(0))],
        Goal::Between(a, b) => vec![pair(&a.value, &at(0)), pair(&b.value, &at(1))],
        Goal::About(x, t) => vec![
            pair(&(&x.value - &t.value), &(at(0) - at(1))),
            pair(&(&x.value + &t.value), &(at(0) + at(1))),
        ],
        Goal::All => vec![pair(&hundred(), &hundred())],
        Goal::None => vec![pair(&zero(), &zero())],
    }
}

impl Printed {
    /// The finding: `q0: 67.96, must be at least 68 every year`.
    fn check_finding(
        &self,
        world: &World,
        value: &Number,
        told: &Json,
        comma: bool,
    ) -> Result<(), String> {
        let message = told["diagnostics"][0]["message"].as_str().unwrap_or_default();
        let Some((_, text)) = message.split_once(": ") else { return Ok(()) };
        if told["status"] == "error" {
            return Ok(());
        }
        let mut printed = numbers(text, comma);
        if printed.is_empty() {
            return Err(format!("no number in {text:?}"));
        }
        let value = Pair { exact: value.clone(), printed: printed.remove(0) };
        let one_sided = self.0.goal.way() != Way::Nearer;
        let year = whole(world.year.into());
        let required = match self.0.required(world) {
            Some(required)
                if matches!(told["status"].as_str(), Some("on_track" | "behind" | "off_track")) =>
            {
                Some(required)
            }
            _ => None,
        };
        // A goal that was met and has to be kept is told without what is required.
        let kept = text.contains("baseline year") || text.contains("năm gốc");
        if let Some(required) = required.filter(|_| !kept) {
            let at = printed.iter().position(|number| *number == year);
            let at = at.ok_or_else(|| format!("no year in {text:?}"))?;
            // In Vietnamese the year stands before, in English after it.
            let shown = if one_sided {
                printed.remove(at);
                Some(printed.remove(0))
            } else {
                printed.drain(..=if comma { at + 2 } else { at });
                None
            };
            if let Some(shown) = shown {
                let required = Pair { exact: required, printed: shown };
                in_order(&format!("value and required in {text:?}"), &value, &required)?;
                for bound in bounds(&self.0.goal, &printed) {
                    in_order(&format!("required and goal in {text:?}"), &required, &bound)?;
                }
            }
        }
        for bound in bounds(&self.0.goal, &printed) {
            in_order(&format!("value and goal in {text:?}"), &value, &bound)?;
        }
        Ok(())
    }

    /// The report for machines: value, goal and what is required.
    fn check_machine(
        &self,
        world: &World,
        value: &Number,
        told: &Json,
        comma: bool,
    ) -> Result<(), String> {
        let text = |key: &str| told[key].as_str().map(str::to_owned);
        let goal = text("goal").unwrap_or_default();
        let bounds = bounds(&self.0.goal, &numbers(&goal, comma));
        let printed = text("value").ok_or("no value")?;
        let number = |text: &str| read(text).ok_or_else(|| format!("{text:?} is no number"));
        let value = Pair { exact: value.clone(), printed: number(&printed)? };
        for bound in &bounds {
            in_order(&format!("`value` {printed} and `goal` {goal:?}"), &value, bound)?;
        }
        if let (Some(text), Some(exact)) = (text("required"), self.0.required(world)) {
            let required = Pair { exact, printed: number(&text)? };
            in_order("`value` and `required`", &value, &required)?;
            if self.0.goal.way() != Way::Nearer {
                for bound in &bounds {
                    in_order(&format!("`required` and `goal` {goal:?}"), &required, bound)?;
                }
            }
        }
        Ok(())
    }
}

impl Rule for Printed {
    fn script(&self, id: &str) -> String {
        self.0.script(id)
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        self.0.verify(world, found)?;
        let value = self.0.value(world, world.year, None).ok_or("no value")?;
        for (told, comma) in [(found.english, false), (found.vietnamese, true)] {
            self.check_finding(world, &value, told, comma)?;
            self.check_machine(world, &value, told, comma)?;
        }
        Ok(())
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        let mut kinds = self.0.kinds(world);
        // Of one number, which is not added to any other.
        kinds.retain(|kind| *kind != "large numbers");
        kinds.push("numbers printed beside a bound");
        kinds
    }
}

/// A decimal of so many places and digits before them.
fn decimal(random: &mut Random) -> Number {
    let before = random.between(1, 7) as usize;
    let places = *random.pick(&[0, 0, 1, 2, 2, 3, 4, 6, 9, 14, 18]);
    let text = match places {
        0 => random.digits(before),
        _ => format!("{}.{}", random.digits(before), random.digits(places)),
    };
    let sign = if random.percent(15) { "-" } else { "" };
    read(&format!("{sign}{text}")).expect("a decimal")
}

/// The value of row `p0`, `p1` and so on.
fn measure(at: usize, divided: Option<i64>) -> Measure {
    let key = Value::Text(format!("p{at}"));
    let own = Expr::Compare(
        Comparison::Equal,
        Box::new(Expr::Column(Column::K)),
        Box::new(Expr::Literal(key)),
    );
    let rows = Source { table: "t".to_owned(), filters: vec![own], year: None, groups: None };
    let sum = Measure::Aggregate(rows, Aggregate::Sum(Column::Y));
    match divided {
        None => sum,
        Some(by) => Measure::Div(Box::new(sum), Box::new(Measure::Number(Literal::whole(by)))),
    }
}

/// A bound near a value, as a script can write it.
fn near(random: &mut Random, value: &Number) -> Literal {
    let places = random.between(0, 20) as u32;
    let unit = tenth(places);
    let cut = (value / &unit).floor() * &unit;
    let at = match random.below(5) {
        0 => cut,
        1 => cut + &unit,
        2 => cut - tenth(random.between(1, 20) as u32),
        3 => cut + tenth(random.between(1, 20) as u32),
        _ => {
            let (above, below) = (i64::try_from(value.numer()), i64::try_from(value.denom()));
            if let (Ok(above), Ok(below)) = (above, below)
                && below > 1
                && below < 1000
            {
                return Literal::quotient(above, below);
            }
            cut
        }
    };
    Literal::decimal(plain(&at))
}

fn goal(random: &mut Random, value: &Number) -> Goal {
    let at = near(random, value);
    match random.below(9) {
        0 | 1 => Goal::AtLeast(at),
        2 => Goal::MoreThan(at),
        3 | 4 => Goal::AtMost(at),
        5 => Goal::LessThan(at),
        6 => Goal::Exactly(at),
        7 => {
            let other = near(random, value);
            if at.value <= other.value {
                Goal::Between(at, other)
            } else {
                Goal::Between(other, at)
            }
        }
        _ => {
            let tolerance = tenth(random.between(0, 6) as u32);
            Goal::About(at, Literal::decimal(plain(&tolerance)))
        }
    }
}

fn plan(random: &mut Random, value: &Number) -> Plan {
    if random.percent(50) {
        return Plan::every_year();
    }
    let off = fraction(random.between(-3, 3), 1) * tenth(random.between(0, 6) as u32);
    let start = near(random, value);
    // A quotient stays one.
    let start = match start.text.contains('/') {
        true => start,
        false => Literal::decimal(plain(&(start.value + off))),
    };
    let baseline = random.percent(80).then_some(Baseline::Stated(start, 2021));
    Plan { by: Some(2030), baseline, milestones: Vec::new() }
}

/// Targets whose values are near their bounds.
pub fn case(random: &mut Random) -> Case<Printed> {
    let mut table = Table { name: "t".to_owned(), ..Table::default() };
    let mut rules = Vec::new();
    for at in 0..60 {
        let number = decimal(random);
        let mut row = Row::blank();
        row.set(Column::K, Cell::Is(Value::Text(format!("p{at}"))));
        row.set(Column::Y, Cell::Is(Value::Number(number.clone())));
        table.rows.push(row);
        let divided = random.percent(35).then(|| *random.pick(&[3, 7, 8, 9, 11, 97]));
        let value = divided.map_or(number.clone(), |by| number / whole(by));
        let (goal, plan) = (goal(random, &value), plan(random, &value));
        rules.push(Printed(Target { measure: measure(at, divided), goal, plan }));
    }
    let as_of = NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a date");
    let world = World { year: YEAR, as_of, areas: None, tables: vec![table], streamed: false };
    Case { world, rules }
}
