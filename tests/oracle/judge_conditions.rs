//! Conditions over measures, some of them unknown: `applies`, and `met` of an assignment.

use std::collections::BTreeSet;

use super::data::World;
use super::harness::{Case, Found, Rule};
use super::judge_unknown::{exactness, multiplies_nothing, outcomes};
use super::measures::{At, Measure, Outcome, evaluate};
use super::random::{Literal, Random};
use super::rows::{Comparison, and, not, or};
use super::unknown::{measure, world};

/// A condition.
#[derive(Clone, Debug)]
enum Condition {
    Compare(Comparison, Measure, Measure),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    None(Vec<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

/// Where a condition stands.
#[derive(Clone)]
pub struct When {
    condition: Condition,
    /// In `applies` of a target that is met, else in `met` of an assignment that is due.
    applies: bool,
}

impl Condition {
    fn measures(&self) -> Vec<&Measure> {
        match self {
            Condition::Compare(_, a, b) => vec![a, b],
            Condition::All(items) | Condition::Any(items) | Condition::None(items) => {
                items.iter().flat_map(Condition::measures).collect()
            }
            Condition::And(a, b) | Condition::Or(a, b) => [a.measures(), b.measures()].concat(),
            Condition::Not(inner) => inner.measures(),
        }
    }

    /// In Kleene's logic, from what comes of its measures, in their order.
    fn truth(&self, outcomes: &mut impl Iterator<Item = Outcome>) -> Option<bool> {
        let mut fold =
            |items: &[Condition], join: fn(Option<bool>, Option<bool>) -> Option<bool>, first| {
                items.iter().fold(Some(first), |all, item| join(all, item.truth(outcomes)))
            };
        match self {
            Condition::Compare(comparison, ..) => {
                let (a, b) = (outcomes.next(), outcomes.next());
                let (a, b) = (a?.number(), b?.number());
                Some(comparison.holds(&a?, &b?))
            }
            Condition::All(items) => fold(items, and, true),
            Condition::Any(items) => fold(items, or, false),
            Condition::None(items) => not(fold(items, or, false)),
            Condition::And(a, b) => and(a.truth(outcomes), b.truth(outcomes)),
            Condition::Or(a, b) => or(a.truth(outcomes), b.truth(outcomes)),
            Condition::Not(inner) => not(inner.truth(outcomes)),
        }
    }

    fn script(&self) -> String {
        let list = |items: &[Condition]| {
            items.iter().map(Condition::script).collect::<Vec<_>>().join(", ")
        };
        match self {
            Condition::Compare(comparison, a, b) => {
                format!("({} {} {})", a.script(), comparison.symbol(), b.script())
            }
            Condition::All(items) => format!("all_of([{}])", list(items)),
            Condition::Any(items) => format!("any_of([{}])", list(items)),
            Condition::None(items) => format!("none_of([{}])", list(items)),
            Condition::And(a, b) => format!("({} & {})", a.script(), b.script()),
            Condition::Or(a, b) => format!("({} | {})", a.script(), b.script()),
            Condition::Not(inner) => format!("(!{})", inner.script()),
        }
    }

    /// Whether a comparison of one count or sum with a number must be decided, as the number is
    /// not among what that can be, or at its end.
    fn is_plain(&self, world: &World) -> bool {
        matches!(self, Condition::Compare(comparison, a, Measure::Number(_))
            if exactness(world, a) == (true, true)
                && !matches!(comparison, Comparison::Equal | Comparison::NotEqual))
    }
}

impl Rule for When {
    fn script(&self, id: &str) -> String {
        let condition = self.condition.script();
        if self.applies {
            return format!(
                "target(\"{id}\", #{{ measure: n.count(), goal: at_least(0), every_year: true, applies: {condition}, not_applicable: \"x\" }});"
            );
        }
        format!("assignment(\"{id}\", #{{ met: {condition}, due: by_date(\"2024-06-30\") }});")
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        let decided = match (found.status(), self.applies) {
            ("met", _) => Some(true),
            ("not_applicable", true) | ("unmet", false) => Some(false),
            ("no_data", _) => None,
            (other, _) => return Err(format!("{other} is no answer")),
        };
        let at = At { year: world.year, area: None };
        let measures = self.condition.measures();
        let known = measures.iter().map(|measure| evaluate(world, measure, at, false));
        let truth = self.condition.truth(&mut known.collect::<Vec<_>>().into_iter());
        if truth.is_some() && decided != truth {
            return Err(format!("it is {truth:?}, not {decided:?}"));
        }
        let Some(completed) = outcomes(world, &measures) else { return Ok(()) };
        let mut truths = BTreeSet::new();
        for outcomes in completed {
            truths.insert(self.condition.truth(&mut outcomes.into_iter()));
        }
        if truths.is_empty() || truths == BTreeSet::from([decided]) {
            return Ok(());
        }
        if decided.is_some() {
            return Err(format!("decided as {decided:?}, but it may be {truths:?}"));
        }
        if truths.len() == 1 && self.condition.is_plain(world) {
            return Err(format!("undecided, but it is {truths:?} whatever is missing"));
        }
        Ok(())
    }

    fn kinds(&self, world: &World) -> Vec<&'static str> {
        let mut kinds: Vec<_> =
            self.condition.measures().iter().flat_map(|measure| measure.kinds()).collect();
        let listed = world.areas.iter().flatten().count() > 0;
        if self.condition.measures().iter().any(|measure| multiplies_nothing(measure)) {
            kinds.push("a max of perhaps nothing in a product");
        }
        let mut percent = false;
        for measure in self.condition.measures() {
            measure.each(&mut |part| percent |= matches!(part, Measure::Percent(..)));
        }
        if percent && !listed {
            kinds.push("a percent without areas");
        }
        kinds
    }
}

fn condition(random: &mut Random, depth: usize) -> Condition {
    if depth == 0 || random.percent(35) {
        let a = measure(random);
        let number = super::random::literal(random, 9);
        let far = Literal::whole(random.between(0, 60));
        let b = match random.below(5) {
            0 => measure(random),
            1 => Measure::Number(far),
            _ => Measure::Number(number),
        };
        return Condition::Compare(*random.pick(&Comparison::ALL), a, b);
    }
    let mut inner = || Box::new(condition(random, depth - 1));
    let (a, b) = (inner(), inner());
    match random.below(6) {
        0 => Condition::And(a, b),
        1 => Condition::Or(a, b),
        2 => Condition::Not(a),
        3 => Condition::All(vec![*a, *b]),
        4 => Condition::Any(vec![*a, *b]),
        _ => Condition::None(vec![*a, *b]),
    }
}

/// Conditions with few unknown cells.
pub fn case(random: &mut Random) -> Case<When> {
    let world = world(random);
    let rules = (0..50)
        .map(|_| {
            let depth = random.between(0, 2) as usize;
            When { condition: condition(random, depth), applies: random.percent(50) }
        })
        .collect();
    Case { world, rules }
}
