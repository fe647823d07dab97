//! The suite: cases that every backend must pass.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use rasoat::files::Memory;
use rasoat::ids::IdVec;
use rasoat::measure::backend::Backend;
use rasoat::measure::bind::{AggregateId, Bound, BoundCondition, CheckId, PlanId};
use rasoat::measure::frame::Parameters;
use rasoat::measure::scan::SetTallies;
use rasoat::verdict::bound::{BoundDemand, BoundEvidence, BoundRule};

use crate::asked::{self, Words};
use crate::common::day;
use crate::datasets;
use crate::world::World;

/// Makes a backend that has a world's rows.
pub type Make<'m> = &'m dyn for<'w> Fn(&'w World) -> Box<dyn Backend + 'w>;

/// One thing that a backend must know how to do.
pub struct Case {
    pub name: &'static str,
    /// What differs from [`datasets`]: the name of a dataset and its file, header first; or the
    /// path of another file.
    pub rows: &'static [(&'static str, &'static str)],
    pub rules: &'static [Ask],
    /// A line for each figure and check, by hand.
    pub expected: &'static [&'static str],
}

/// A rule that asks for figures.
#[derive(Clone, Copy)]
pub enum Ask {
    /// A measure that is a number.
    Number(&'static str),
    /// A date of evidence.
    Date(&'static str),
    /// Rows, and what each of them must satisfy.
    Check(&'static str, &'static str),
    /// Evidence of the bodies in `don_vi`, about `u`.
    Each(&'static str),
}

impl Ask {
    /// The rule, by the number it has.
    pub fn script(self, at: usize) -> String {
        match self {
            Ask::Number(measure) => target(at, measure),
            Ask::Date(measure) => evidence(at, measure),
            Ask::Check(on, row) => check(at, on, row),
            Ask::Each(met) => each(at, met),
        }
    }
}

pub fn target(at: usize, measure: &str) -> String {
    format!("target(\"q{at}\", #{{ measure: {measure}, goal: at_least(1), every_year: true }});\n")
}

pub fn evidence(at: usize, measure: &str) -> String {
    format!("assignment(\"q{at}\", #{{ met: {measure}, due: no_deadline() }});\n")
}

pub fn check(at: usize, on: &str, row: &str) -> String {
    format!("expect(\"q{at}\", #{{ title: \"q\", on: {on}, row: {row} }});\n")
}

pub fn each(at: usize, met: &str) -> String {
    format!("assignment(\"q{at}\", #{{ each: don_vi, met: |u| {met}, due: no_deadline() }});\n")
}

/// The world of some files, by their paths, over those of [`datasets`], and of rules.
pub fn world<'f>(files: impl IntoIterator<Item = (String, &'f str)>, rules: &str) -> World {
    let memory = Memory::new(datasets::files());
    for (path, text) in files {
        memory.write(Path::new("/w").join(path), text.as_bytes());
    }
    memory.write("/w/rules/q.rhai", rules.as_bytes());
    World::open(Arc::new(memory), Path::new("/w"), parameters())
}

/// Where the rows of a dataset are. Any other path is itself.
pub fn csv(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("datasets/{name}.csv") }
}

/// The year and date of all cases.
pub fn parameters() -> Parameters {
    Parameters { year: 2024, as_of: day("2024-10-01") }
}

impl Case {
    fn world(&self) -> World {
        let rules = self.rules.iter().enumerate().map(|(at, ask)| ask.script(at));
        let files = self.rows.iter().map(|(name, rows)| (csv(name), *rows));
        let world = world(files, &rules.collect::<String>());
        assert_eq!(world.complaints, [""; 0], "{}", self.name);
        world
    }
}

/// Runs cases with one backend, and tells in which it is wrong.
pub fn run(make: Make<'_>, cases: &[Case]) -> String {
    let mut wrong = String::new();
    for case in cases {
        let world = case.world();
        let found = make(&world).scan(&world.plan, world.parameters).made;
        let told = lines(&world, &found);
        if told != case.expected {
            let _ = writeln!(wrong, "{}\n  found     {told:#?}", case.name);
            let _ = writeln!(wrong, "  expected  {:#?}", case.expected);
        }
        if let Err(other) = compare(&world, &found) {
            let _ = writeln!(wrong, "{}: {other}", case.name);
        }
    }
    wrong
}

/// Compares what can be asked of tallies with what this machine gives.
///
/// # Errors
/// Everything that differs.
pub fn compare(world: &World, found: &IdVec<PlanId, SetTallies>) -> Result<(), String> {
    let expected = asked::all(&world.plan, &world.reference());
    let found = asked::all(&world.plan, found);
    let mut wrong = String::new();
    for ((at, plan), (expected, found)) in
        world.plan.plans.enumerate().zip(expected.iter().zip(&found))
    {
        let name = &world.plan.shapes[plan.dataset].name;
        for (expected, found) in expected.different(found) {
            let _ = writeln!(wrong, "{at:?} ({name})\n  local {expected}\n  found {found}");
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The figures and checks that rules ask for, in words.
fn lines(world: &World, tallies: &IdVec<PlanId, SetTallies>) -> Vec<String> {
    let all = asked::all(&world.plan, tallies);
    let mut lines = Vec::new();
    for (at, rule) in world.bound.rules.iter().enumerate() {
        let mut parts = parts(rule.bound.as_ref().expect("a rule that binds"));
        parts.dedup();
        for part in parts {
            let (Part::Aggregate(set, _) | Part::Check(set, _)) = part;
            let plan = &world.plan.plans[set];
            let rows: Vec<_> = world.tables[plan.dataset].iter().map(|row| row.at).collect();
            let words = Words { plan: &world.plan, set: plan, rows: &rows };
            match part {
                Part::Aggregate(_, aggregate) => {
                    let kind = plan.aggregates[aggregate].aggregate;
                    let figures = &all[set].aggregates[aggregate];
                    let figure = |(place, figure)| words.figure(place, figure, kind);
                    lines.extend(figures.iter().map(figure).map(|told| format!("q{at} {told}")));
                }
                Part::Check(_, check) => {
                    lines.push(format!("q{at} {}", words.check(&all[set].checks[check])));
                }
            }
        }
    }
    lines
}

/// What a rule looks at: a plan, and the place of the aggregate or check in it.
#[derive(PartialEq)]
enum Part {
    Aggregate(PlanId, AggregateId),
    Check(PlanId, CheckId),
}

fn parts(rule: &BoundRule) -> Vec<Part> {
    let mut parts = Vec::new();
    match &rule.demand {
        BoundDemand::Target(measure) => measured(measure, &mut parts),
        BoundDemand::Assignment(assignment) => match &assignment.met {
            BoundEvidence::Date(measure) => measured(measure, &mut parts),
            BoundEvidence::Condition(BoundCondition::Compare(_, a, b)) => {
                measured(a, &mut parts);
                measured(b, &mut parts);
            }
            BoundEvidence::Condition(_) => panic!("one comparison will do"),
        },
        BoundDemand::Expect(set, check) => parts.push(Part::Check(*set, *check)),
        BoundDemand::Check(_) => panic!("not asked for"),
    }
    parts
}

fn measured(measure: &Bound, parts: &mut Vec<Part>) {
    match measure {
        Bound::Aggregate { set, aggregate, .. } => parts.push(Part::Aggregate(*set, *aggregate)),
        Bound::Number(_) => {}
        Bound::Arithmetic(_, a, b, _) => {
            measured(a, parts);
            measured(b, parts);
        }
        Bound::Quotient(quotient) => {
            measured(&quotient.part, parts);
            measured(&quotient.whole, parts);
        }
    }
}
