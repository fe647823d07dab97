//! Targets: the value of the measure in every year and area, and everything that follows from a
//! known value.

use std::collections::BTreeSet;

use super::data::World;
use super::goals::{Baseline, Goal, Path, Plan, Standing, Way, status};
use super::harness::{Case, Found, Rule};
use super::invent::world;
use super::measure_of::{goal, measure, plan};
use super::measures::{At, Measure, Outcome, evaluate, told};
use super::number::{Number, hundred, read, zero};
use super::random::Random;

/// A `target`.
#[derive(Clone)]
pub struct Target {
    pub measure: Measure,
    pub goal: Goal,
    pub plan: Plan,
}

/// The exact number the program holds.
pub fn held(text: String) -> Number {
    read(&text).unwrap_or_else(|| panic!("{text:?} is no number"))
}

/// Complains where two things differ.
pub fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: T,
    expected: T,
) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}"))
}

/// Complains where two numbers differ.
pub fn equal(what: &str, found: Option<String>, expected: Option<Number>) -> Result<(), String> {
    let found = found.map(held);
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: expected {}, found {}", told(&expected), told(&found)))
}

impl Target {
    pub fn value(&self, world: &World, year: i32, area: Option<&str>) -> Option<Number> {
        evaluate(world, &self.measure, At { year, area }, false).number()
    }

    /// The years its datasets have, up to the reporting year.
    fn years(&self, world: &World) -> BTreeSet<i32> {
        let tables = self.measure.tables();
        let years = tables.iter().flat_map(|table| world.table(table).years());
        years.filter(|year| *year <= world.year).collect()
    }

    pub fn baseline(&self, world: &World) -> Option<(i32, Number)> {
        match self.plan.baseline.as_ref()? {
            Baseline::Stated(value, year) => Some((*year, value.value.clone())),
            Baseline::Year(year) => Some((*year, self.value(world, *year, None)?)),
        }
    }

    /// What is required in the reporting year.
    pub fn required(&self, world: &World) -> Option<Number> {
        let begun = self.baseline(world).is_none_or(|(year, _)| year < world.year);
        if !begun || self.plan.by.is_none_or(|by| by <= world.year) {
            return None;
        }
        let path = Path::new(&self.goal, &self.plan, self.baseline(world));
        path.and_then(|path| path.required(world.year))
    }

    /// The last earlier year that has a value, and that.
    fn before(&self, world: &World) -> Option<(i32, Number)> {
        let earlier = self.years(world).into_iter().rev().filter(|year| *year < world.year);
        earlier.filter_map(|year| Some((year, self.value(world, year, None)?))).next()
    }

    /// The status a value gives.
    pub fn status_of(&self, world: &World, value: &Number) -> &'static str {
        if self.measure.is_percent() && *value > hundred() {
            return "error";
        }
        let at = Standing {
            year: world.year,
            plan: &self.plan,
            required: self.required(world),
            baseline: self.baseline(world),
            before: self.before(world).map(|(_, value)| value),
        };
        status(&self.goal, value, &at)
    }

    fn check_years(&self, world: &World, found: &Found) -> Result<(), String> {
        let years = found.verdict.years();
        same(
            "the years",
            years.iter().map(|(year, _)| *year).collect::<Vec<_>>(),
            self.years(world).into_iter().collect(),
        )?;
        for (year, value) in years {
            let held = value.as_ref().map(|value| value.exact_text());
            equal(&format!("the value in {year}"), held, self.value(world, *year, None))?;
        }
        Ok(())
    }

    fn check_areas(&self, world: &World, found: &Found) -> Result<(), String> {
        let placed = self.measure.tables().iter().all(|table| world.table(table).placed);
        let areas: Vec<&String> = world.areas.iter().flatten().filter(|_| placed).collect();
        let told = found.english["areas"].as_array().cloned().unwrap_or_default();
        let codes: Vec<&str> = told.iter().filter_map(|area| area["code"].as_str()).collect();
        same("the areas", codes, areas.iter().map(|code| code.as_str()).collect())?;
        for (code, told) in areas.iter().zip(&told) {
            let exact = |of: &serde_json::Value| of["value_exact"].as_str().map(str::to_owned);
            let of = |year| self.value(world, year, Some(code));
            equal(&format!("the value of {code}"), exact(told), of(world.year))?;
            equal(&format!("{code} before"), exact(&told["before"]), of(world.year - 1))?;
        }
        Ok(())
    }

    fn check_path(&self, world: &World, found: &Found) -> Result<(), String> {
        let baseline = found.verdict.baseline();
        let baseline = baseline.map(|(_, value)| value.exact_text());
        equal("the baseline", baseline, self.baseline(world).map(|(_, value)| value))?;
        let required = found.verdict.required().map(|value| value.exact_text());
        equal("required", required, self.required(world))?;
        let path = Path::new(&self.goal, &self.plan, self.baseline(world));
        for point in found.verdict.points() {
            let expected = path.as_ref().and_then(|path| path.required(point.year));
            let held = point.required.as_ref().map(|value| value.exact_text());
            equal(&format!("required in {}", point.year), held, expected)?;
        }
        Ok(())
    }

    fn check_pace(&self, world: &World, value: &Number, found: &Found) -> Result<(), String> {
        let year = world.year;
        let Some(by) = self.plan.by.filter(|by| year < *by) else {
            return same("a pace", found.verdict.pace().is_some(), false);
        };
        let pace = found.verdict.pace();
        let years = |count: i32| super::number::whole(count.into());
        let so_far = self.baseline(world).filter(|(from, _)| *from < year);
        let so_far = so_far.map(|(from, start)| (value - start) / years(year - from));
        let met = self.goal.is_met(value);
        let needed = (!met).then(|| (self.goal.end(value) - value) / years(by - year));
        let text = |number: &rasoat::exact::Exact| number.exact_text();
        equal("so far", pace.and_then(|pace| pace.so_far.as_ref().map(text)), so_far.clone())?;
        equal("needed", pace.and_then(|pace| pace.needed.as_ref().map(text)), needed)?;
        let reached = pace.and_then(|pace| pace.reached);
        let Some(so_far) = so_far else { return same("reached", reached, None) };
        // Less than none of something cannot be: on the way down nothing is reached first.
        let met = |at: i32| {
            let then = value + &so_far * years(at - year);
            let gone = self.goal == Goal::None && then < zero() && *value >= zero();
            self.goal.is_met(&then) || gone
        };
        match (reached, (year..year + 300).find(|at| met(*at))) {
            (Some(late), None) if late >= year + 300 && met(late) && !met(late - 1) => Ok(()),
            (found, expected) => same("the year it is reached", found, expected),
        }
    }

    fn check_movement(&self, world: &World, value: &Number, found: &Found) -> Result<(), String> {
        let movement = found.verdict.movement();
        // The value of this year is among those of the years only where a dataset has it.
        let known = self.years(world).contains(&world.year);
        let before = self.before(world).filter(|_| known);
        same("since", movement.map(|m| m.since), before.as_ref().map(|(year, _)| *year))?;
        let Some((movement, (_, before))) = movement.zip(before) else { return Ok(()) };
        equal("the change", Some(movement.change.exact_text()), Some(value - &before))?;
        let better = match self.goal.way() {
            _ if self.goal.is_better(value, &before) => Some(true),
            Way::Up | Way::Down if *value != before && self.goal != Goal::None => Some(false),
            _ => self.goal.is_better(&before, value).then_some(false),
        };
        same("better", movement.better, better)
    }

    fn check_distance(&self, value: &Number, found: &Found) -> Result<(), String> {
        let gap = found.verdict.gap().map(|gap| gap.distance.exact_text());
        let short = !self.goal.is_met(value);
        equal("the distance", gap, short.then(|| self.goal.distance(value)))
    }
}

impl Rule for Target {
    fn script(&self, id: &str) -> String {
        format!(
            "target(\"{id}\", #{{ measure: {}, goal: {}, {} }});",
            self.measure.script(),
            self.goal.script(),
            self.plan.script()
        )
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        let outcome = evaluate(world, &self.measure, At { year: world.year, area: None }, false);
        let exact = found.english["value_exact"].as_str().map(str::to_owned);
        equal("the value", exact, outcome.clone().number())?;
        self.check_years(world, found)?;
        self.check_areas(world, found)?;
        self.check_path(world, found)?;
        match outcome {
            Outcome::Known(value) => {
                self.check_pace(world, &value, found)?;
                let status = self.status_of(world, &value);
                same("the status", found.status(), status)?;
                self.check_movement(world, &value, found)?;
                if status == "error" { Ok(()) } else { self.check_distance(&value, found) }
            }
            // What is unknown may be decided all the same; that is told by another oracle.
            Outcome::Unknown => Ok(()),
            _ => same("the status", found.status(), "no_data"),
        }
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        let mut kinds = [self.measure.kinds(), self.goal.kinds(), self.plan.kinds()].concat();
        let placed: BTreeSet<bool> =
            self.measure.tables().iter().map(|table| world.table(table).placed).collect();
        if placed.len() > 1 {
            kinds.push("a measure of which one dataset has areas");
        }
        let undated = |name: &&str| {
            let table = world.table(name);
            let unknown = |row: &super::data::Row| row.year.value().is_none();
            table.dated && table.placed && table.rows.iter().any(unknown)
        };
        if world.areas.is_some() && self.measure.tables().iter().any(undated) {
            kinds.push("the area of a row of an unknown year");
        }
        self.measure.each(&mut |part| {
            if let Measure::Aggregate(source, _) = part
                && source.groups.is_some()
                && world.areas.is_none()
                && world.table(&source.table).placed
            {
                kinds.push("groups by area without a list of areas");
            }
        });
        kinds
    }
}

/// Targets of every kind.
pub fn case(random: &mut Random) -> Case<Target> {
    let tidy = random.percent(50);
    let world = world(random, tidy);
    let rules = (0..60)
        .map(|_| {
            let depth = random.between(0, 2) as usize;
            let measure = measure(random, &world, tidy, depth);
            let near = evaluate(&world, &measure, At { year: world.year, area: None }, false);
            let goal = goal(random, &measure, near.number());
            let plan = plan(random, &measure);
            Target { measure, goal, plan }
        })
        .collect();
    Case { world, rules }
}
