//! Gaps in subjects, by area too, and the areas that decide: by trying one number after another,
//! and one set after another.

use std::cmp::Reverse;

use chrono::NaiveDate;

use super::data::{Cell, Column, Row, Table, Value, World};
use super::goals::{Goal, Way};
use super::harness::{Case, Found, Rule};
use super::invent::{YEAR, area};
use super::judge_measures::{Target, equal, same};
use super::measure_of::{goal, plan};
use super::measures::{Aggregate, At, Measure, Source, evaluate};
use super::number::{Number, fraction, one, whole, zero};
use super::random::{Literal, Random};
use super::rows::Expr;

/// A target whose figures are all known.
#[derive(Clone)]
pub struct Short(Target);

/// A part of a whole, and what the quotient is multiplied by.
struct Share {
    part: Number,
    whole: Number,
    factor: Number,
}

impl Share {
    fn value(&self) -> Number {
        self.with(&zero())
    }

    /// The value with so much added to the part.
    fn with(&self, more: &Number) -> Number {
        (&self.part + more) * &self.factor / &self.whole
    }

    /// What the part lacks to touch the goal, as near as a value is to it.
    fn lacks(&self, goal: &Goal, near: &Number) -> Number {
        goal.nearest(near) * &self.whole / &self.factor - &self.part
    }

    /// The fewest subjects to add, or to take away, so that the goal is met: one of the whole
    /// numbers around what is lacking.
    fn fewest(&self, goal: &Goal) -> Option<i64> {
        let near = self.lacks(goal, &self.value()).floor().to_integer();
        let near = i64::try_from(near).expect("a small number");
        let meets = |count: &i64| goal.is_met(&self.with(&whole(*count)));
        (near - 2..=near + 2).filter(meets).min_by_key(|count| count.abs())
    }
}

impl Short {
    fn share(&self, world: &World, area: Option<&str>) -> Option<Share> {
        let at = At { year: world.year, area };
        let number = |measure: &Measure| evaluate(world, measure, at, false).number();
        let Some((part, below, factor)) = self.0.measure.quotient() else {
            let part = number(&self.0.measure)?;
            return Some(Share { part, whole: one(), factor: one() });
        };
        let share = Share { part: number(part)?, whole: number(below)?, factor };
        (share.whole != zero()).then_some(share)
    }

    /// Whether the part is a number of rows, or of an integer column.
    fn counts(&self) -> bool {
        let part = self.0.measure.quotient().map_or(&self.0.measure, |(part, ..)| part);
        match part {
            Measure::Aggregate(_, how) => how.column() != Some(Column::X),
            _ => true,
        }
    }

    fn check_gap(&self, share: &Share, found: &Found) -> Result<(), String> {
        let gap = found.verdict.gap().ok_or("there is no gap")?;
        let goal = &self.0.goal;
        let is_quotient = self.0.measure.quotient().is_some();
        let fewest = share.fewest(goal).filter(|_| self.counts());
        let subjects = gap.subjects.as_ref().map(|count| count.to_string());
        same("subjects", subjects, fewest.map(|count| count.to_string()))?;
        let amount = gap.amount.as_ref().map(|amount| amount.exact_text());
        let lacks = share.lacks(goal, &share.value());
        equal("the amount", amount, (is_quotient && !self.counts()).then_some(lacks))?;
        same("no number", gap.no_number, is_quotient && self.counts() && fewest.is_none())
    }

    /// By area: what each lacks, and its part of the gap.
    fn check_areas(&self, world: &World, share: &Share, found: &Found) -> Result<(), String> {
        let goal = &self.0.goal;
        let has_goal = self.0.measure.quotient().is_some() || *goal == Goal::None;
        let told = found.english["areas"].as_array().cloned().unwrap_or_default();
        let total = share.value();
        for told in &told {
            let code = told["code"].as_str().unwrap_or_default();
            let Some(own) = self.share(world, Some(code)) else { continue };
            let short = !goal.is_met(&own.value());
            let needed = own.fewest(goal).filter(|_| short && has_goal && self.counts());
            let text = told["needed"].as_str().map(str::to_owned);
            same(&format!("needed in {code}"), text, needed.map(|count| count.to_string()))?;
            let contribution = has_goal && !goal.is_met(&total);
            let contribution = contribution.then(|| own.lacks(goal, &total));
            let exact = told["contribution_exact"].as_str().map(str::to_owned);
            equal(&format!("the contribution of {code}"), exact, contribution)?;
        }
        Ok(())
    }

    /// The smallest set of areas that closes the gap, by trying all.
    fn check_closing(&self, world: &World, share: &Share, found: &Found) -> Result<(), String> {
        let goal = &self.0.goal;
        let has_goal = self.0.measure.quotient().is_some() || *goal == Goal::None;
        let closing = found.english["closing_areas"].as_array().map(|codes| {
            codes.iter().filter_map(|code| code.as_str()).map(str::to_owned).collect::<Vec<_>>()
        });
        if !has_goal || goal.is_met(&share.value()) {
            return same("closing areas", closing, None);
        }
        let lift = |code: &str| -> Option<Number> {
            let own = self.share(world, Some(code))?;
            if goal.is_met(&own.value()) {
                return None;
            }
            if self.counts() {
                own.fewest(goal).map(whole)
            } else {
                Some(own.lacks(goal, &own.value()))
            }
        };
        let areas = world.areas.iter().flatten();
        let lifts: Vec<(&String, Number)> = areas
            .filter_map(|code| Some((code, lift(code)?)))
            .filter(|(_, lift)| *lift != zero())
            .collect();
        let closes = |added: &Number| {
            let then = share.with(added);
            goal.is_met(&then) || (!self.counts() && then == goal.nearest(&then))
        };
        if closes(&zero()) {
            // At a strict bound already: how much beyond it is enough nobody says.
            return Ok(());
        }
        let sets = 1u32..1 << lifts.len();
        let of = |set: u32| lifts.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1);
        let added = |set: u32| of(set).fold(zero(), |sum, (_, (_, lift))| sum + lift);
        let size = |added: Number| if added < zero() { -added } else { added };
        // The fewest; of these those that add most, with the smaller codes.
        let best = sets.filter(|set| closes(&added(*set))).min_by_key(|set| {
            let codes: Vec<&String> = of(*set).map(|(_, (code, _))| *code).collect();
            (set.count_ones(), Reverse(size(added(*set))), codes)
        });
        let Some(best) = best else {
            same("closing areas", closing, None)?;
            return same("closing none", found.english["closing_none"].as_str(), Some("no_set"));
        };
        let expected: Vec<String> = of(best).map(|(_, (code, _))| (*code).clone()).collect();
        let mut closing = closing.ok_or_else(|| format!("no closing areas, but {expected:?}"))?;
        closing.sort();
        if goal.way() != Way::Nearer {
            return same("closing areas", closing, expected);
        }
        // Which of equally small ones it is depends on which is tried first.
        same("how many areas close it", closing.len(), expected.len())?;
        let chosen = lifts.iter().filter(|(code, _)| closing.contains(code));
        let chosen = chosen.fold(zero(), |sum, (_, lift)| sum + lift);
        same("that they close it", closes(&chosen), true)
    }

    fn check_extremes(&self, world: &World, found: &Found) -> Result<(), String> {
        let goal = &self.0.goal;
        let areas = world.areas.iter().flatten();
        let mut values: Vec<(&String, Number)> =
            areas.filter_map(|code| Some((code, self.share(world, Some(code))?.value()))).collect();
        values.sort();
        let is = |a: &Number, b: &Number| goal.is_better(a, b);
        let best = values.iter().find(|(_, at)| !values.iter().any(|(_, other)| is(other, at)));
        let worst = values.iter().find(|(_, at)| !values.iter().any(|(_, other)| is(at, other)));
        let ends = best.zip(worst).filter(|((_, best), (_, worst))| is(best, worst));
        let told = |key: &str| found.english[key].as_str().map(str::to_owned);
        let expected = ends.map(|((best, _), (worst, _))| ((*best).clone(), (*worst).clone()));
        same("best and worst", told("best_area").zip(told("worst_area")), expected)
    }
}

impl Rule for Short {
    fn script(&self, id: &str) -> String {
        self.0.script(id)
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        self.0.verify(world, found)?;
        let share = self.share(world, None).ok_or("no value")?;
        if found.status() == "error" {
            return Ok(());
        }
        if !self.0.goal.is_met(&share.value()) {
            self.check_gap(&share, found)?;
        }
        self.check_areas(world, &share, found)?;
        self.check_closing(world, &share, found)?;
        self.check_extremes(world, found)
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        self.0.kinds(world)
    }
}

/// Areas with parts and wholes, all of them known.
fn world(random: &mut Random) -> World {
    let areas: Vec<String> = (1..=random.between(2, 7)).map(|at| format!("0{at}")).collect();
    let mut table = Table { name: "t".to_owned(), placed: true, parts: true, ..Table::default() };
    for at in 0..areas.len() + random.below(4) {
        let mut row = Row::blank();
        row.area = area(&areas[at % areas.len()]);
        let number = |value: Number| Cell::Is(Value::Number(value));
        let below = random.between(1, 20);
        let part = if random.percent(25) { below } else { random.between(0, below) };
        row.set(Column::J, number(whole(part)));
        row.set(Column::W, number(whole(below)));
        row.set(Column::I, number(whole(random.between(0, 3))));
        row.set(Column::X, number(fraction(random.between(0, 10 * below), 10)));
        row.set(Column::F, Cell::Is(Value::Truth(random.percent(60))));
        table.rows.push(row);
    }
    let as_of = NaiveDate::from_ymd_opt(YEAR, 12, 31).expect("a date");
    World { year: YEAR, as_of, areas: Some(areas), tables: vec![table], streamed: false }
}

fn measure(random: &mut Random) -> Measure {
    let source = |filters| Source { table: "t".to_owned(), filters, year: None, groups: None };
    let sum = |column| Box::new(Measure::Aggregate(source(Vec::new()), Aggregate::Sum(column)));
    let count = |filters| Box::new(Measure::Aggregate(source(filters), Aggregate::Count));
    let flagged = || vec![Expr::Column(Column::F)];
    match random.below(10) {
        0..=2 => Measure::Percent(sum(Column::J), sum(Column::W)),
        3 => Measure::Percent(count(flagged()), count(Vec::new())),
        4 => Measure::Percent(sum(Column::X), sum(Column::W)),
        5 => Measure::Ratio(sum(Column::J), sum(Column::W)),
        6 => Measure::Per(Literal::whole(10), sum(Column::J), sum(Column::W)),
        7 => *count(flagged()),
        8 => *sum(*random.pick(&[Column::J, Column::I])),
        _ => *sum(Column::X),
    }
}

/// Targets of known figures by area.
pub fn case(random: &mut Random) -> Case<Short> {
    let world = world(random);
    let rules = (0..50)
        .map(|_| {
            let measure = measure(random);
            let at = At { year: world.year, area: None };
            let near = evaluate(&world, &measure, at, false).number();
            let mut goal = goal(random, &measure, near);
            if random.percent(12) && !matches!(measure, Measure::Ratio(..) | Measure::Per(..)) {
                goal = Goal::None;
            }
            let plan = plan(random, &measure);
            Short(Target { measure, goal, plan })
        })
        .collect();
    Case { world, rules }
}
