//! What is said of measures that need unknown cells, against every way to fill these.

use std::collections::BTreeSet;

use super::complete::{columns, completions, domain, is_possible};
use super::data::{Column, Table, World};
use super::goals::{Baseline, Goal, Plan, Way};
use super::harness::{Case, Found, Rule};
use super::judge_measures::{Target, equal, held, same};
use super::judge_printing::{Pair, bounds, in_order, numbers};
use super::measures::{Aggregate, At, Measure, Outcome, evaluate, told};
use super::number::{Number, hundred, read, zero};
use super::random::{Literal, Random, literal};
use super::rows::{Comparison, Expr};
use super::unknown::{measure, world};

/// Completions that are tried at most for one rule.
pub const MOST: usize = 700;

/// A target that needs unknown cells.
#[derive(Clone)]
pub struct Open(Target);

/// Whether the ends of what a measure can be are to be exact: the least, the most.
type Exactness = (bool, bool);

/// Filters whose truth every unknown cell leaves open, each about a column of its own; whether
/// `column` is none of these.
fn are_free(filters: &[Expr], column: Option<Column>) -> bool {
    let mut read = Vec::new();
    for filter in filters {
        let of = match filter {
            Expr::Column(Column::F) => Column::F,
            Expr::Not(inner) if matches!(**inner, Expr::Column(Column::F)) => Column::F,
            Expr::Compare(Comparison::GreaterOrEqual, ..) => Column::I,
            _ => return false,
        };
        if read.contains(&of) || Some(of) == column {
            return false;
        }
        read.push(of);
    }
    true
}

/// Which limits a column has, also where a row's whole bounds its part.
fn is_limited(table: &Table, column: Column) -> Exactness {
    let (low, high) = table.limits(column);
    let counted = table.parts && matches!(column, Column::J | Column::W);
    let of_part = counted && column == Column::J && wholes_are_known(table);
    (low.is_some() || counted, high.is_some() || of_part)
}

/// Whether there is a whole wherever there is no part.
fn wholes_are_known(table: &Table) -> bool {
    let both_open = |row: &super::data::Row| {
        [Column::J, Column::W].iter().all(|column| row.cell(*column).value().is_none())
    };
    !table.complete && !table.rows.iter().any(both_open)
}

/// Which ends are to be exact: those of counts, of sums of columns with limits, and of shares of
/// these in one another, of one table.
pub fn exactness(world: &World, measure: &Measure) -> Exactness {
    let table = &world.tables[0];
    match measure {
        Measure::Aggregate(source, Aggregate::Count) => {
            let free = are_free(&source.filters, None);
            (free, free)
        }
        Measure::Aggregate(source, Aggregate::Sum(column)) => {
            let limited = is_limited(table, *column);
            let free = are_free(&source.filters, Some(*column));
            (free && limited.0, free && limited.1)
        }
        Measure::Percent(part, whole)
        | Measure::Ratio(part, whole)
        | Measure::Per(_, part, whole) => {
            let (Measure::Aggregate(part, of), Measure::Aggregate(whole, all)) =
                (&**part, &**whole)
            else {
                return (false, false);
            };
            let exact = match (of, all) {
                (Aggregate::Count, Aggregate::Count) => {
                    part.filters.len() == whole.filters.len() + 1 && are_free(&part.filters, None)
                }
                (Aggregate::Sum(Column::J), Aggregate::Sum(Column::W)) => {
                    let limited = table.limits(Column::W).1.is_some();
                    let limited = limited && wholes_are_known(table);
                    table.parts && limited && part.filters.is_empty() && whole.filters.is_empty()
                }
                _ => false,
            };
            (exact, exact)
        }
        _ => (false, false),
    }
}

/// Whether a number that may be 0 is multiplied by a `max` or `mean` that may be of no row.
pub fn multiplies_nothing(measure: &Measure) -> bool {
    let mut found = false;
    measure.each(&mut |part| {
        let Measure::Mul(a, b) = part else { return };
        for side in [a, b] {
            side.each(&mut |part| {
                found |= matches!(part, Measure::Aggregate(source, Aggregate::Max(_) | Aggregate::Mean(_))
                    if !source.filters.is_empty());
            });
        }
    });
    found
}

/// What comes of a measure in every completion that can be.
pub fn outcomes(world: &World, measures: &[&Measure]) -> Option<Vec<Vec<Outcome>>> {
    let read: Vec<Column> = measures.iter().flat_map(|measure| columns(measure)).collect();
    let at = At { year: world.year, area: None };
    let filled = completions(world, &read, MOST)?;
    let can_be =
        |completed: &&World| measures.iter().all(|measure| is_possible(world, completed, measure));
    let of = |completed: &World| -> Vec<Outcome> {
        measures.iter().map(|measure| evaluate(completed, measure, at, false)).collect()
    };
    Some(filled.iter().filter(can_be).map(of).collect())
}

impl Open {
    /// What the report says the value lies between must hold every value, and as tightly as
    /// documented.
    fn check_between(
        &self,
        world: &World,
        found: &Found,
        values: &[Number],
        all: bool,
    ) -> Result<(), String> {
        let (least, most) = (values.iter().min().cloned(), values.iter().max().cloned());
        let exact = exactness(world, &self.0.measure);
        let Some(between) = &found.verdict.between() else {
            // Of a value that may be anything, or that may not be there, nothing is said.
            let something = all && (exact.0 || exact.1);
            return same("whether it is said where the value lies", false, something);
        };
        let end = |at: &Option<rasoat::exact::Exact>| at.as_ref().map(|at| held(at.exact_text()));
        let (low, high) = (end(&between.low.at), end(&between.high.at));
        let text = format!(
            "from {} to {}; completions from {} to {}",
            told(&low),
            told(&high),
            told(&least),
            told(&most)
        );
        let is_below = |end: &Number, value: &Number, closed: bool| {
            if closed { end <= value } else { end < value }
        };
        for value in values {
            let inside = low.as_ref().is_none_or(|low| is_below(low, value, between.low.closed))
                && high.as_ref().is_none_or(|high| is_below(value, high, between.high.closed));
            if !inside {
                return Err(format!("{} is not {text}", told(&Some(value.clone()))));
            }
        }
        if (exact.0 && low != least) || (exact.1 && high != most) {
            return Err(format!("not exact: {text}"));
        }
        Ok(())
    }

    /// Where the value lies, as it is printed beside the goal.
    fn check_printed(&self, found: &Found) -> Result<(), String> {
        let Some(between) = &found.verdict.between() else { return Ok(()) };
        let exact = |at: &Option<rasoat::exact::Exact>| at.as_ref().map(|at| held(at.exact_text()));
        let ends = [exact(&between.low.at), exact(&between.high.at)];
        for (told, comma) in [(found.english, false), (found.vietnamese, true)] {
            let bounds =
                bounds(&self.0.goal, &numbers(told["goal"].as_str().unwrap_or_default(), comma));
            let keys = ["low", "high"];
            let json = keys.map(|key| told["between"][key].as_str().and_then(read));
            // from 30 % to 80 %; where only one end is known, or both are one, it is the only one
            let help = told["diagnostics"][0]["help"][0].as_str().unwrap_or_default();
            let range =
                ["the value is ", "giá trị "].iter().find_map(|begin| help.split_once(begin));
            let said = range.map(|(_, range)| numbers(range, comma)).unwrap_or_default();
            let said = match (said.as_slice(), &ends) {
                ([low, high], [Some(_), Some(_)]) => [Some(low.clone()), Some(high.clone())],
                ([low], [Some(_), None]) => [Some(low.clone()), None],
                ([high], [None, Some(_)]) => [None, Some(high.clone())],
                _ => [None, None],
            };
            for printed in [json, said] {
                for (exact, printed) in ends.iter().zip(printed) {
                    let Some((exact, printed)) = exact.clone().zip(printed) else { continue };
                    let end = Pair { exact, printed };
                    for bound in &bounds {
                        in_order(
                            &format!("an end of {:?} and the goal", told["between"]),
                            &end,
                            bound,
                        )?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The one status of all values, where a simple bound shows it.
    fn is_plain(&self, world: &World, values: &[Number]) -> bool {
        let exact = exactness(world, &self.0.measure);
        let goal = &self.0.goal;
        let met = values.iter().all(|value| goal.is_met(value));
        let positive = values.iter().all(|value| *value >= zero());
        match (goal.way(), exact) {
            // The worst end decides what holds, the best end what does not.
            (Way::Up | Way::Down, (true, true)) => *goal != Goal::None || positive,
            (Way::Up, (true, _)) | (Way::Down, (_, true)) => met && *goal != Goal::None,
            (Way::Nearer, (true, true)) => met,
            _ => false,
        }
    }
}

impl Rule for Open {
    fn script(&self, id: &str) -> String {
        self.0.script(id)
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        let at = At { year: world.year, area: None };
        if evaluate(world, &self.0.measure, at, false) != Outcome::Unknown {
            return self.0.verify(world, found);
        }
        equal("the value", found.english["value_exact"].as_str().map(str::to_owned), None)?;
        let Some(outcomes) = outcomes(world, &[&self.0.measure]) else { return Ok(()) };
        let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
        let mut values = Vec::new();
        let mut statuses = BTreeSet::new();
        for outcome in &outcomes {
            match outcome {
                Outcome::Known(value) => {
                    values.push(value.clone());
                    statuses.insert(self.0.status_of(world, value));
                }
                _ => {
                    statuses.insert("no_data");
                }
            }
        }
        let status = found.status();
        if values.is_empty() {
            return Ok(());
        }
        if status != "no_data" && statuses != BTreeSet::from([status]) {
            return Err(format!("decided as {status}, but it may be {statuses:?}"));
        }
        let all = !statuses.contains("no_data");
        self.check_printed(found)?;
        self.check_between(world, found, &values, all)?;
        if status == "no_data" && all && statuses.len() == 1 && self.is_plain(world, &values) {
            return Err(format!("undecided, but it is {statuses:?} whatever is missing"));
        }
        Ok(())
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        let mut kinds = self.0.kinds(world);
        if multiplies_nothing(&self.0.measure) {
            kinds.push("a max of perhaps nothing in a product");
        }
        let listed = world.areas.iter().flatten().count() > 0;
        if matches!(self.0.measure, Measure::Percent(..)) && !listed {
            kinds.push("a percent without areas");
        }
        kinds
    }
}

fn bound(random: &mut Random, most: i64) -> Literal {
    match random.below(6) {
        0 => Literal::decimal(format!("{}.5", random.between(0, most - 1))),
        1 => literal(random, most),
        _ => Literal::whole(random.between(0, most)),
    }
}

/// A goal near what small tables come to.
fn goal(random: &mut Random, measure: &Measure) -> Goal {
    let percent = matches!(measure, Measure::Percent(..));
    let fits = |at: &Literal| !percent || at.value < hundred();
    let at = match percent {
        true => Literal::whole(*random.pick(&[10, 20, 25, 40, 50, 60, 75, 90])),
        false => bound(random, 8),
    };
    assert!(fits(&at));
    let at_all = |random: &mut Random| if percent { Literal::whole(95) } else { bound(random, 9) };
    let nothing = matches!(
        measure,
        Measure::Aggregate(_, Aggregate::Count | Aggregate::Sum(_)) | Measure::Percent(..)
    );
    match random.below(12) {
        0..=2 => Goal::AtLeast(at),
        3 => Goal::MoreThan(at),
        4 | 5 => Goal::AtMost(at),
        6 if at.value > zero() => Goal::LessThan(at),
        7 => Goal::Exactly(at),
        8 => {
            let high = at_all(random);
            if at.value <= high.value { Goal::Between(at, high) } else { Goal::Between(high, at) }
        }
        9 => Goal::About(at, bound(random, 5)),
        10 if percent => Goal::All,
        _ if nothing => Goal::None,
        _ => Goal::AtMost(at),
    }
}

fn plan(random: &mut Random) -> Plan {
    match random.below(4) {
        0 | 1 => Plan::every_year(),
        2 => Plan { by: Some(2030), baseline: None, milestones: Vec::new() },
        _ => {
            let baseline = Baseline::Stated(Literal::whole(random.between(0, 9)), 2021);
            Plan { by: Some(2030), baseline: Some(baseline), milestones: Vec::new() }
        }
    }
}

/// Targets with few unknown cells.
pub fn case(random: &mut Random) -> Case<Open> {
    let world = world(random);
    let rules = (0..50)
        .map(|_| {
            let measure = measure(random);
            let goal = goal(random, &measure);
            Open(Target { measure, goal, plan: plan(random) })
        })
        .collect();
    assert!(!domain(&world.tables[0], Column::F).is_empty());
    Case { world, rules }
}
