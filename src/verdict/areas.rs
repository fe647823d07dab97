//! Where a gap comes from: the measure by area, what each adds to the gap, and the fewest areas
//! that would close it.

use std::cmp::Ordering;

use super::target::part_of;
use super::{Judge, path};
use crate::exact::Exact;
use crate::measure::Aggregate;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Outcome, Point, Value};
use crate::measure::interval::Interval;
use crate::rule::Target;
use crate::rule::goal::{Direction, Goal};

/// Most steps of the search for the fewest areas that bring a value between two bounds.
const MOST_STEPS: usize = 100_000;

/// A value for one area.
#[derive(Clone, Debug)]
pub struct AreaValue {
    /// Its place in the list of areas.
    pub at: usize,
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq)]
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
    pub(super) fn lacks(&self, goal: &Goal, value: Exact) -> Option<Exact> {
        let level = goal.nearest(value)?.checked_mul(self.whole)?.checked_div(self.factor)?;
        level.checked_sub(self.part)
    }
}

/// What a measure is at a point.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Its value, or why there is none.
    pub found: Outcome,
    /// What is above and below the line, where it is a quotient or a mean.
    pub fraction: Option<Fraction>,
}

impl Measured {
    /// The value, where there is one.
    pub fn value(&self) -> Option<Exact> {
        match self.found {
            Ok(Value::Number(value)) => Some(value),
            _ => None,
        }
    }
}

/// Where a gap comes from.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Positions of the fewest areas that close the gap if each of them meets the goal, the one
    /// that adds most first; `None` where no set of areas does, or it takes too long to say.
    pub closing: Option<Vec<usize>>,
    /// The area nearest to the goal or farthest beyond, and the one farthest from it; of equals
    /// the one with the smaller code.
    pub extremes: Option<(usize, usize)>,
}

impl Judge<'_> {
    /// A measure as a part of a whole at a point, where it is one: a quotient, or a mean.
    pub(super) fn fraction(&self, measure: &Bound, point: Point) -> Option<Fraction> {
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
                if self.plans[*set].aggregates[*aggregate].aggregate == Aggregate::Mean =>
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

    /// A measure at a point.
    pub(super) fn measured(&self, measure: &Bound, point: Point) -> Measured {
        let ignored = self.values.ignored.get();
        let fraction = self.fraction(measure, point);
        let value = fraction.and_then(|Fraction { part, whole, factor }| {
            part.checked_mul(factor)?.checked_div(whole)
        });
        // Why there is no value only the measure itself can tell.
        let found = match value {
            Some(value) => Ok(Value::Number(value)),
            None => {
                self.values.ignored.set(ignored);
                self.values.measure(measure, point)
            }
        };
        Measured { found, fraction }
    }

    /// How many subjects a measure is about: what is below the line, else the count itself.
    pub(super) fn subjects(&self, measure: &Bound, point: Point) -> Option<Exact> {
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
    pub(super) fn areas(
        &self,
        target: &Target,
        measure: &Bound,
        whole: Option<Exact>,
    ) -> Vec<AreaValue> {
        let goal = &target.goal.value;
        let areas = &self.datasets.areas;
        let mut values = Vec::new();
        for area in areas.of_year(self.year) {
            let point = Point { year: self.year, area: Some(area), each: None };
            let measured = self.measured(measure, point);
            let between = match &measured.found {
                Err(Absence::NotByArea) => return Vec::new(),
                Err(Absence::Missing(..)) => self.values.interval(measure, point),
                _ => None,
            };
            let (value, fraction) = (measured.value(), measured.fraction);
            // A number the whole must reach is no goal for its areas, unless it is that there be
            // nothing.
            let has_goal = matches!(measure, Bound::Quotient(_)) || *goal == Goal::None;
            let short = value.filter(|value| !goal.is_met_by(*value));
            let few =
                |min: Exact| self.subjects(measure, point).is_some_and(|subjects| subjects < min);
            values.push(AreaValue {
                at: area,
                code: areas.code(area).to_owned(),
                name: areas.name(area).to_owned(),
                value,
                between: between.filter(|between| !between.is_open()),
                fraction,
                before: self.before(measure, area),
                needed: short
                    .filter(|_| has_goal)
                    .and_then(|_| self.subjects_needed(goal, measure, &measured)),
                contribution: whole.and_then(|whole| match fraction {
                    Some(fraction) => fraction.lacks(goal, whole),
                    None if *goal == Goal::None => Exact::ZERO.checked_sub(value?),
                    None => None,
                }),
                is_small: target.min_subjects.is_some_and(few),
            });
        }
        values
    }

    /// An area the year before.
    fn before(&self, measure: &Bound, area: usize) -> Option<Before> {
        let areas = &self.datasets.areas;
        let year = self.year - 1;
        let parts = areas.in_year(area, year)?;
        let measured = self.measured(measure, Point { year, area: Some(area), each: None });
        let value = measured.value();
        let named = |area: &usize| (areas.code(*area).to_owned(), areas.name(*area).to_owned());
        let merged = if parts == [area] { Vec::new() } else { parts.iter().map(named).collect() };
        let known = value.is_some() || !merged.is_empty();
        known.then_some(Before { year, value, fraction: measured.fraction, merged })
    }

    /// Subjects to add so that what was measured meets the goal, where the measure counts
    /// subjects.
    pub(super) fn subjects_needed(
        &self,
        goal: &Goal,
        measure: &Bound,
        measured: &Measured,
    ) -> Option<i128> {
        match measure {
            Bound::Quotient(quotient) if self.counts_subjects(&quotient.part) => {
                let Fraction { part, whole, factor } = measured.fraction?;
                goal.subjects_needed(part, whole, factor)
            }
            Bound::Aggregate { .. } if self.counts_subjects(measure) => {
                goal.subjects_needed(measured.value()?, Exact::ONE, Exact::ONE)
            }
            _ => None,
        }
    }

    /// Which areas decide whether the goal is met, and which are best and worst.
    pub(super) fn spread(
        &self,
        goal: &Goal,
        measure: &Bound,
        measured: &Measured,
        areas: &[AreaValue],
    ) -> Spread {
        let closing = measured.value().filter(|value| !goal.is_met_by(*value)).and_then(|value| {
            let counted = Fraction { part: value, whole: Exact::ONE, factor: Exact::ONE };
            let fraction = measured.fraction.unwrap_or(counted);
            closing(goal, fraction, areas, self.counts_subjects(part_of(measure)))
        });
        Spread { closing, extremes: extremes(goal, areas) }
    }
}

/// The areas nearest to and farthest from the goal, small ones left aside.
fn extremes(goal: &Goal, areas: &[AreaValue]) -> Option<(usize, usize)> {
    let known = || {
        areas
            .iter()
            .enumerate()
            .filter(|(_, area)| !area.is_small)
            .filter_map(|(at, area)| Some((at, area.value?, &area.code)))
    };
    let choose = |better: fn(&Goal, Exact, Exact) -> bool| {
        known().reduce(|best, next| {
            let wins =
                better(goal, next.1, best.1) || (!better(goal, best.1, next.1) && next.2 < best.2);
            if wins { next } else { best }
        })
    };
    let best = choose(path::is_better)?;
    let worst = choose(|goal, a, b| path::is_better(goal, b, a))?;
    Some((best.0, worst.0))
}

/// The fewest areas that close a gap if each of them meets the goal: the part then grows by what
/// each needs, and the whole stays. Among equally few, those that add most; of equals the one with
/// the smaller code.
///
/// `counted` says whether the part is a number of subjects; where it is not, an area that meets the
/// goal is taken to touch it.
fn closing(goal: &Goal, whole: Fraction, areas: &[AreaValue], counted: bool) -> Option<Vec<usize>> {
    // What an area adds when it meets the goal; one that cannot meet it adds nothing.
    let lift = |area: &AreaValue| {
        if counted {
            return area.needed.map(Exact::int);
        }
        let short = area.value.filter(|value| !goal.is_met_by(*value))?;
        area.fraction?.lacks(goal, short)
    };
    let mut lifts: Vec<(Exact, usize)> = areas
        .iter()
        .enumerate()
        .filter_map(|(at, area)| Some((lift(area)?, at)))
        .filter(|(lift, _)| !lift.is_zero())
        .collect();
    lifts.sort_by(|a, b| {
        b.0.abs().cmp(&a.0.abs()).then_with(|| areas[a.1].code.cmp(&areas[b.1].code))
    });
    // Below the goal, at it, or above it, once so much is added.
    let side = |added: Exact| {
        let part = whole.part.checked_add(added)?;
        let value = part.checked_mul(whole.factor)?.checked_div(whole.whole)?;
        let nearest = goal.nearest(value)?;
        let touched = !counted && value == nearest;
        let met = touched || goal.is_met_by(value) || path::is_better(goal, value, nearest);
        // Touching a strict bound is not meeting it.
        let short =
            if goal.direction() == Direction::Down { Ordering::Greater } else { Ordering::Less };
        Some(if met { Ordering::Equal } else { value.cmp(&nearest).then(short) })
    };
    // What one area adds another may take away again.
    if goal.direction() == Direction::Towards {
        return search(&lifts, &side);
    }
    // All add in one direction, and the largest of so many add most: no other so many do better.
    let mut added = Exact::ZERO;
    for (taken, (lift, _)) in lifts.iter().enumerate() {
        added = added.checked_add(*lift)?;
        if side(added)?.is_eq() {
            return Some(lifts[..=taken].iter().map(|(_, at)| *at).collect());
        }
    }
    None
}

/// The fewest areas that bring a value between two bounds, tried one set after another.
fn search(
    lifts: &[(Exact, usize)],
    side: &impl Fn(Exact) -> Option<Ordering>,
) -> Option<Vec<usize>> {
    let mut signed: Vec<Exact> = lifts.iter().map(|(lift, _)| *lift).collect();
    signed.sort_unstable();
    let sum =
        |items: &[Exact]| items.iter().try_fold(Exact::ZERO, |sum, item| sum.checked_add(*item));
    let mut steps = MOST_STEPS;
    for size in 1..=lifts.len() {
        // No set of this size when those that add least add too much, or those that add most too
        // little.
        let (least, most) = (sum(&signed[..size])?, sum(&signed[lifts.len() - size..])?);
        if side(least)?.is_gt() || side(most)?.is_lt() {
            continue;
        }
        let mut chosen: Vec<usize> = (0..size).collect();
        loop {
            steps = steps.checked_sub(1)?;
            let added =
                chosen.iter().try_fold(Exact::ZERO, |sum, at| sum.checked_add(lifts[*at].0))?;
            if side(added)?.is_eq() {
                return Some(chosen.iter().map(|at| lifts[*at].1).collect());
            }
            // The next set of this size, in order of position.
            let Some(at) = (0..size).rev().find(|at| chosen[*at] < lifts.len() - size + at) else {
                break;
            };
            chosen[at] += 1;
            for later in at + 1..size {
                chosen[later] = chosen[later - 1] + 1;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Areas of a percentage, from their parts and wholes.
    fn areas(goal: &Goal, counts: &[(i128, i128)]) -> Vec<AreaValue> {
        let hundred = Exact::int(100);
        counts
            .iter()
            .enumerate()
            .map(|(at, (part, whole))| {
                let (part, whole) = (Exact::int(*part), Exact::int(*whole));
                let value = part.checked_mul(hundred).and_then(|part| part.checked_div(whole));
                let short = value.filter(|value| !goal.is_met_by(*value));
                AreaValue {
                    at,
                    code: format!("{at:02}"),
                    name: String::new(),
                    value,
                    between: None,
                    fraction: Some(Fraction { part, whole, factor: hundred }),
                    before: None,
                    needed: short.and_then(|_| goal.subjects_needed(part, whole, hundred)),
                    contribution: None,
                    is_small: false,
                }
            })
            .collect()
    }

    fn sums(counts: &[(i128, i128)]) -> Fraction {
        let (part, whole) = counts.iter().fold((0, 0), |(p, w), (part, of)| (p + part, w + of));
        Fraction { part: Exact::int(part), whole: Exact::int(whole), factor: Exact::int(100) }
    }

    fn closes(goal: &Goal, whole: Fraction, added: i128) -> bool {
        let part = whole.part.checked_add(Exact::int(added)).expect("small");
        let value = part.checked_mul(whole.factor).and_then(|p| p.checked_div(whole.whole));
        goal.is_met_by(value.expect("a whole"))
    }

    /// The size of the smallest set that closes the gap, by trying every one.
    fn smallest(goal: &Goal, whole: Fraction, areas: &[AreaValue]) -> Option<usize> {
        (1u32..1 << areas.len())
            .filter(|set| {
                let taken = areas.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
                let added = taken.map(|(_, area)| area.needed.unwrap_or(0)).sum();
                closes(goal, whole, added)
            })
            .map(|set| set.count_ones() as usize)
            .min()
    }

    fn goals() -> impl Strategy<Value = Goal> {
        let bound = (0i128..=20).prop_map(|fives| Exact::int(5 * fives));
        prop_oneof![
            bound.clone().prop_map(Goal::AtLeast),
            bound.clone().prop_map(Goal::MoreThan),
            bound.clone().prop_map(Goal::AtMost),
            bound.clone().prop_map(Goal::LessThan),
            (bound, 0i128..6).prop_map(|(at, off)| Goal::About(at, Exact::int(off))),
            Just(Goal::All),
            Just(Goal::None),
        ]
    }

    fn counts(most: usize) -> impl Strategy<Value = Vec<(i128, i128)>> {
        let area = (1i128..40).prop_flat_map(|whole| (0..=whole, Just(whole)));
        prop::collection::vec(area, 1..=most)
    }

    proptest! {
        #[test]
        fn the_closing_areas_close_the_gap_and_no_fewer_do(goal in goals(), counts in counts(12)) {
            let (whole, areas) = (sums(&counts), areas(&goal, &counts));
            prop_assume!(!closes(&goal, whole, 0));
            let found = closing(&goal, whole, &areas, true);
            prop_assert_eq!(found.as_ref().map(Vec::len), smallest(&goal, whole, &areas));
            let added = found.iter().flatten().map(|at| areas[*at].needed.unwrap_or(0)).sum();
            prop_assert!(found.is_none() || closes(&goal, whole, added));
        }

        #[test]
        fn which_areas_decide_does_not_depend_on_their_order(
            goal in goals(), counts in counts(12), turn in 0usize..12,
        ) {
            let whole = sums(&counts);
            let areas = areas(&goal, &counts);
            let mut turned = areas.clone();
            turned.rotate_left(turn % areas.len());
            turned.reverse();
            let codes = |list: &[AreaValue], found: Option<Vec<usize>>| {
                found.map(|found| found.iter().map(|at| list[*at].code.clone()).collect::<Vec<_>>())
            };
            let first = codes(&areas, closing(&goal, whole, &areas, true));
            prop_assert_eq!(first, codes(&turned, closing(&goal, whole, &turned, true)));
            let ends = |list: &[AreaValue]| {
                extremes(&goal, list)
                    .map(|(best, worst)| (list[best].code.clone(), list[worst].code.clone()))
            };
            prop_assert_eq!(ends(&areas), ends(&turned));
        }

        #[test]
        fn contributions_sum_to_the_gap(goal in goals(), counts in counts(12)) {
            let whole = sums(&counts);
            let of_whole = whole.part.checked_mul(whole.factor).and_then(|p| p.checked_div(whole.whole));
            let value = of_whole.expect("a whole");
            let mut sum = Exact::ZERO;
            for (part, of) in &counts {
                let area = Fraction { part: Exact::int(*part), whole: Exact::int(*of), ..whole };
                sum = sum.checked_add(area.lacks(&goal, value).expect("fits")).expect("fits");
            }
            prop_assert_eq!(Some(sum), whole.lacks(&goal, value));
        }
    }
}
