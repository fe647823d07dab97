//! Where a gap comes from: the measure by area, and what each adds to the gap.

use crate::exact::Exact;
use crate::measure::Aggregate;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Point, Value, ValueResult};
use crate::measure::ignored::LeftOut;
use crate::measure::interval::Interval;
use crate::reading::areas::AreaId;
use crate::rule::Target;
use crate::rule::goal::Goal;
use crate::verdict::Judge;

/// A value for one area.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaValue {
    /// Its place in the list of areas.
    pub at: AreaId,
    /// The area's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The value, where there is one.
    pub value: Option<Exact>,
    /// Where there is none because something is unknown: what it can be.
    pub between: Option<Interval>,
    /// What is above the line, and below it, where the measure is a quotient.
    pub fraction: Option<Fraction>,
    /// What is known of the part and of the whole, each by itself.
    pub known: (Option<Exact>, Option<Exact>),
    /// The same area the year before, where the measure has that year.
    pub before: Option<Before>,
    /// Subjects to add (negative: to take away) for the area to meet the goal itself.
    pub needed: Option<i128>,
    /// What the area adds to the gap: the part it should have at the goal less the part it has;
    /// negative where it has more. The contributions of all areas sum to that of the whole.
    pub contribution: Option<Exact>,
    /// Whether there are fewer subjects than the rule wants for a value to mean much.
    pub is_small: bool,
}

/// A value for an area of the reporting year in an earlier year, however it was divided then.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    /// The year.
    pub year: i32,
    /// The value, where there is one.
    pub value: Option<Exact>,
    /// What is above the line, and below it, where the measure is a quotient.
    pub fraction: Option<Fraction>,
    /// Code and name of the areas it was made of, unless it was the same.
    pub merged: Vec<(String, String)>,
}

/// A measure as a part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Fraction {
    /// What is above the line.
    pub part: Exact,
    /// What is below it.
    pub whole: Exact,
    /// What the quotient is multiplied by.
    pub factor: Exact,
}

impl Fraction {
    /// What the part lacks to touch the goal: nearest·whole/factor − part.
    pub(in crate::verdict) fn lacks(&self, goal: &Goal, value: &Exact) -> Option<Exact> {
        let level = goal.nearest(value)?.checked_mul(&self.whole)?.checked_div(&self.factor)?;
        level.checked_sub(&self.part)
    }
}

/// What a measure is at a point.
#[derive(Clone, Debug)]
pub(in crate::verdict) struct Measured {
    /// Its value, or why there is none.
    pub found: ValueResult,
    /// What is above and below the line, where it is a quotient or a mean.
    pub fraction: Option<Fraction>,
    /// What was left out of it because the rule says `ignore_missing()`.
    pub left_out: LeftOut,
}

impl Measured {
    /// The value, where there is one.
    pub fn value(&self) -> Option<Exact> {
        match &self.found {
            Ok(Value::Number(value)) => Some(value.clone()),
            _ => None,
        }
    }

    /// The value, or why there is no number.
    pub fn number(&self) -> Result<Exact, Absence> {
        match &self.found {
            Ok(Value::Number(value)) => Ok(value.clone()),
            Ok(_) => Err(Absence::NoRows),
            Err(absence) => Err(absence.clone()),
        }
    }
}

impl Judge<'_> {
    /// A measure as a part of a whole at a point, where it is one: a quotient, or a mean.
    pub(in crate::verdict) fn fraction(&self, measure: &Bound, point: Point) -> Option<Fraction> {
        let number = |bound: &Bound| match self.values.measure(bound, point) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        };
        match measure {
            Bound::Quotient(quotient) => Some(Fraction {
                part: number(&quotient.part)?,
                whole: number(&quotient.whole)?,
                factor: quotient.kind.factor(),
            }),
            Bound::Aggregate { set, aggregate, year, outer: None, .. }
                if self.frame.plans[*set].aggregates[*aggregate].aggregate == Aggregate::Mean =>
            {
                // A tally says what is known; whether that is all only the measure does.
                number(measure)?;
                let year = year.resolve(point.year);
                let (tally, _) = self.values.tally(*set, *aggregate, year, point, None).ok()?;
                let whole = Exact::int(i128::from(tally.rows));
                Some(Fraction { part: tally.sum()?, whole, factor: Exact::ONE })
            }
            _ => None,
        }
    }

    /// What is above the line and below it at a point, where the measure is a quotient: each as
    /// far as it is known.
    fn sides(&self, measure: &Bound, point: Point) -> (Option<Exact>, Option<Exact>) {
        let Bound::Quotient(quotient) = measure else { return (None, None) };
        let number = |bound: &Bound| match self.values.measure(bound, point) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        };
        (number(&quotient.part), number(&quotient.whole))
    }

    /// A measure at a point.
    pub(in crate::verdict) fn measured(&self, measure: &Bound, point: Point) -> Measured {
        let ((found, fraction), left_out) = self.values.ignored.during(|| {
            let fraction = self.fraction(measure, point);
            let value = fraction.as_ref().and_then(|Fraction { part, whole, factor }| {
                part.checked_mul(factor)?.checked_div(whole)
            });
            // Why there is no value only the measure itself can tell.
            let found = match value {
                Some(value) => Ok(Value::Number(value)),
                None => self.values.measure(measure, point),
            };
            (found, fraction)
        });
        Measured { found, fraction, left_out }
    }

    /// How many subjects a measure is about: what is below the line, else the count itself.
    pub(in crate::verdict) fn subjects(&self, measure: &Bound, point: Point) -> Option<Exact> {
        let counted = match measure {
            // The whole may be known where the part is not.
            Bound::Quotient(quotient) => &quotient.whole,
            _ => match self.fraction(measure, point) {
                Some(fraction) => return Some(fraction.whole),
                None => measure,
            },
        };
        match self.values.measure(counted, point) {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        }
    }

    /// The measure by area in the reporting year; empty when it is not kept by area.
    pub(in crate::verdict) fn areas(
        &self,
        target: &Target,
        measure: &Bound,
        whole: Option<&Exact>,
    ) -> Vec<AreaValue> {
        let goal = &target.goal.value;
        let areas = &self.frame.datasets.areas;
        let mut values = Vec::new();
        for area in areas.of_year(self.year()) {
            let point = Point::in_area(self.year(), area);
            let measured = self.measured(measure, point);
            let between = match &measured.found {
                Err(Absence::NotByArea) => return Vec::new(),
                Err(Absence::Missing(..)) => self.values.interval(measure, point),
                _ => None,
            };
            let (value, fraction) = (measured.value(), measured.fraction.clone());
            // A number the whole must reach is no goal for its areas, unless it is that there be
            // nothing.
            let has_goal = matches!(measure, Bound::Quotient(_)) || *goal == Goal::None;
            let short = value.as_ref().filter(|value| !goal.is_met_by(value));
            let few =
                |min: &Exact| self.subjects(measure, point).is_some_and(|subjects| subjects < *min);
            values.push(AreaValue {
                at: area,
                code: areas.code(area).to_owned(),
                name: areas.name(area).to_owned(),
                between: between.filter(|between| !between.is_open()),
                known: match &fraction {
                    Some(Fraction { part, whole, .. }) => (Some(part.clone()), Some(whole.clone())),
                    None => self.sides(measure, point),
                },
                before: self.before(measure, area),
                needed: short
                    .filter(|_| has_goal)
                    .and_then(|_| self.subjects_needed(goal, measure, &measured)),
                contribution: whole.and_then(|whole| match &fraction {
                    Some(fraction) => fraction.lacks(goal, whole),
                    None if *goal == Goal::None => value.as_ref().map(Exact::negated),
                    None => None,
                }),
                is_small: target.min_subjects.as_ref().is_some_and(few),
                value,
                fraction,
            });
        }
        values
    }

    /// An area the year before.
    fn before(&self, measure: &Bound, area: AreaId) -> Option<Before> {
        let areas = &self.frame.datasets.areas;
        let year = self.year() - 1;
        let parts = areas.in_year(area, self.year(), year)?;
        let point = Point { year, ..Point::in_area(self.year(), area) };
        let measured = self.measured(measure, point);
        let value = measured.value();
        let named = |area: &AreaId| (areas.code(*area).to_owned(), areas.name(*area).to_owned());
        let merged = if parts == [area] { Vec::new() } else { parts.iter().map(named).collect() };
        let known = value.is_some() || !merged.is_empty();
        known.then_some(Before { year, value, fraction: measured.fraction, merged })
    }

    /// Subjects to add so that what was measured meets the goal, where the measure counts
    /// subjects.
    pub(in crate::verdict) fn subjects_needed(
        &self,
        goal: &Goal,
        measure: &Bound,
        measured: &Measured,
    ) -> Option<i128> {
        match measure {
            Bound::Quotient(quotient) if self.counts_subjects(&quotient.part) => {
                let Fraction { part, whole, factor } = measured.fraction.as_ref()?;
                goal.subjects_needed(part, whole, factor)
            }
            Bound::Aggregate { .. } if self.counts_subjects(measure) => {
                goal.subjects_needed(&measured.value()?, &Exact::ONE, &Exact::ONE)
            }
            _ => None,
        }
    }
}
