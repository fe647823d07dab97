//! Assignments shown by a date: the first or last of some rows that is not after the run's.

use super::data::{Column, Value, World};
use super::harness::{Case, Found, Rule};
use super::invent::world;
use super::judge_measures::same;
use super::measure_of::source;
use super::measures::{Aggregate, At, Measure, Outcome, Source, evaluate};
use super::random::Random;
use super::rows::{Comparison, Expr};

/// An assignment that is done once there is a date.
#[derive(Clone)]
pub struct Dated {
    rows: Source,
    how: Aggregate,
    ignore_missing: bool,
    /// The last day, where there is one.
    by: Option<chrono::NaiveDate>,
}

impl Dated {
    fn measure(&self, rows: Source) -> Measure {
        let measure = Measure::Aggregate(rows, self.how.clone());
        if self.ignore_missing { Measure::IgnoreMissing(Box::new(measure)) } else { measure }
    }

    /// The evidence: later dates are left out before the first or last is taken.
    fn evidence(&self, world: &World) -> Outcome {
        let until = Expr::Compare(
            Comparison::LessOrEqual,
            Box::new(Expr::Column(Column::D)),
            Box::new(Expr::Literal(Value::Date(world.as_of))),
        );
        let mut rows = self.rows.clone();
        rows.filters.push(until);
        evaluate(world, &self.measure(rows), At { year: world.year, area: None }, false)
    }
}

impl Rule for Dated {
    fn script(&self, id: &str) -> String {
        let due = match self.by {
            Some(by) => format!("by_date(\"{by}\")"),
            None => "no_deadline()".to_owned(),
        };
        let met = self.measure(self.rows.clone()).script();
        format!("assignment(\"{id}\", #{{ met: {met}, due: {due} }});")
    }

    fn verify(&self, world: &World, found: &Found) -> Result<(), String> {
        let evidence = self.evidence(world);
        let date = match evidence {
            Outcome::Date(date) => Some(date),
            _ => None,
        };
        let expected = match (&evidence, self.by) {
            (Outcome::Date(date), Some(by)) if *date > by => "unmet",
            (Outcome::Date(_), _) => "met",
            (Outcome::Unknown, _) => "no_data",
            (_, Some(by)) if world.as_of > by => "unmet",
            _ => "not_yet",
        };
        same("the status", found.status(), expected)?;
        let told = found.english["evidence"].as_str().map(str::to_owned);
        same("the evidence", told, date.map(|date| date.to_string()))
    }

    fn kinds(&self, _: &World) -> Vec<&'static str> {
        if self.ignore_missing { vec!["ignore_missing of nothing"] } else { Vec::new() }
    }
}

/// Assignments with dates.
pub fn case(random: &mut Random) -> Case<Dated> {
    let tidy = random.percent(60);
    let world = world(random, tidy);
    let rules = (0..40)
        .map(|_| {
            let how = *random.pick(&[Aggregate::First as fn(Column) -> Aggregate, Aggregate::Last]);
            Dated {
                rows: source(random, &world),
                how: how(Column::D),
                ignore_missing: random.percent(20),
                by: random.percent(60).then(|| super::invent::date(random)),
            }
        })
        .collect();
    Case { world, rules }
}
