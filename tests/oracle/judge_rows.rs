//! Conditions on rows and on groups: which rows break them, and of which that is not known.

use super::data::World;
use super::groups;
use super::harness::{Case, Found, Rule};
use super::invent::world;
use super::measures::{At, Source, is_at, passes};
use super::phrase::{condition, of_group};
use super::random::Random;
use super::rows::{Expr, and, not, or, script, truth};

/// An `expect`.
#[derive(Clone)]
pub struct Expect {
    on: Source,
    row: Expr,
}

impl Expect {
    /// Whether each row is meant and whether it satisfies the condition.
    fn rows(&self, world: &World) -> Vec<(Option<bool>, Option<bool>)> {
        let table = world.table(&self.on.table);
        let of = |row| {
            let in_year = match self.on.year {
                Some(year) => is_at(world, table, row, At { year, area: None }),
                None => Some(true),
            };
            (and(in_year, passes(&self.on.filters, row)), truth(&self.row, row))
        };
        table.rows.iter().map(of).collect()
    }

    /// Rows, or groups, that are meant or may be, and whether they satisfy the condition.
    fn subjects(&self, world: &World) -> Vec<(Option<bool>, Option<bool>)> {
        match self.on.groups {
            Some(_) => groups::subjects(world, &self.on, &self.row),
            None => self.rows(world),
        }
    }
}

impl Rule for Expect {
    fn script(&self, id: &str) -> String {
        let of = if self.on.groups.is_some() { "g" } else { "r" };
        format!(
            "expect(\"{id}\", #{{ title: \"{id}\", on: {}, row: |{of}| {} }});",
            self.on.script(),
            script(&self.row, of)
        )
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        let subjects = self.subjects(world);
        let broken = subjects.iter().filter(|each| **each == (Some(true), Some(false))).count();
        // One that is not meant, or that holds, breaks nothing whatever the other is.
        let is_open =
            |(meant, holds): &(Option<bool>, Option<bool>)| or(not(*meant), *holds).is_none();
        let open = subjects.iter().filter(|each| is_open(each)).count();
        let open =
            open + if self.on.groups.is_some() { groups::strays(world, &self.on) } else { 0 };
        let expected = match (broken, open) {
            (0, 0) => "met",
            (0, _) => "no_data",
            _ => "unmet",
        };
        let told = found.english["diagnostics"][0]["message"].as_str().unwrap_or_default();
        if found.status() != expected {
            return Err(format!("{expected} ({broken} break it, {open} may), not: {told}"));
        }
        // q1: 2 of 5 rows of t break it; q1: 1 row of t cannot be decided
        let count = told.split(": ").nth(1).and_then(|rest| rest.split(' ').next());
        let wanted = if broken > 0 { broken } else { open };
        // Of groups nobody knows it is not said how many they are counted for.
        let uncounted =
            broken == 0 && self.on.groups.is_some() && groups::strays(world, &self.on) > 0;
        if expected != "met" && !uncounted && count != Some(&*wanted.to_string()) {
            return Err(format!("{wanted}, not: {told}"));
        }
        Ok(())
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        let subjects = self.subjects(world);
        if self.on.groups.is_some() {
            if subjects.is_empty() && groups::strays(world, &self.on) == 0 {
                kinds.push("an expect where no group is left");
            }
            if subjects.iter().any(|(meant, _)| meant.is_none()) {
                kinds.push("groups that may not exist");
            }
            if world.areas.is_none() && world.table(&self.on.table).placed {
                kinds.push("groups by area without a list of areas");
            }
        }
        if subjects.contains(&(None, Some(true))) {
            kinds.push("a row that holds whether it is chosen or not");
        }
        kinds
    }
}

/// Expectations on rows and on groups.
pub fn case(random: &mut Random) -> Case<Expect> {
    let tidy = random.percent(50);
    let world = world(random, tidy);
    let rules = (0..60)
        .map(|_| {
            let table = random.pick(&world.tables);
            let grouped = tidy && random.percent(40);
            let depth = random.between(0, 3) as usize;
            let filters = (0..random.below(3)).map(|_| condition(random, 1)).collect();
            Expect {
                on: Source {
                    table: table.name.clone(),
                    filters,
                    year: random.percent(20).then(|| random.between(2021, 2025) as i32),
                    groups: grouped.then(Vec::new),
                },
                row: if grouped { of_group(random, depth) } else { condition(random, depth) },
            }
        })
        .collect();
    Case { world, rules }
}
