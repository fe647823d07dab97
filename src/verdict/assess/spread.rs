//! Which areas decide: the fewest that close a gap, the best and the worst.

use std::cmp::Ordering;

use super::areas::{AreaValue, Fraction, Measured};
use super::nouns::part_of;
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::message::Message;
use crate::msg;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::{Judge, path};

/// Most steps of the search for the fewest areas that bring a value between two bounds.
const MOST_STEPS: usize = 100_000;

/// Where a gap comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Positions of the fewest areas that close the gap if each of them meets the goal, the one
    /// that adds most first.
    pub closing: Option<Vec<usize>>,
    /// Why there are none, where there could be.
    pub unclosed: Option<Unclosed>,
    /// The area nearest to the goal or farthest beyond, and the one farthest from it; of equals
    /// the one with the smaller code. None where all are equal.
    pub extremes: Option<(usize, usize)>,
}

/// Why no areas are named that would close a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclosed {
    /// No set of areas does.
    NoSet,
    /// There are too many to try.
    TooMany,
}

impl Unclosed {
    /// The name in machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Unclosed::NoSet => "no_set",
            Unclosed::TooMany => "too_many",
        }
    }

    /// In words.
    pub fn text(self) -> Message {
        match self {
            Unclosed::NoSet => msg!(StepNoSet),
            Unclosed::TooMany => msg!(StepTooMany),
        }
    }
}

impl Judge<'_> {
    /// Which areas decide whether the goal is met, and which are best and worst.
    pub(in crate::verdict) fn spread(
        &self,
        goal: &Goal,
        measure: &Bound,
        measured: &Measured,
        areas: &[AreaValue],
    ) -> Spread {
        let found = measured.value().filter(|value| !goal.is_met_by(value)).and_then(|value| {
            let counted = Fraction { part: value, whole: Exact::ONE, factor: Exact::ONE };
            let fraction = measured.fraction.clone().unwrap_or(counted);
            // Only areas with a goal of their own can meet it.
            let has_goal = |area: &AreaValue| area.fraction.is_some() || *goal == Goal::None;
            areas
                .iter()
                .any(has_goal)
                .then(|| closing(goal, fraction, areas, self.counts_subjects(part_of(measure))))
        });
        let (closing, unclosed) = match found {
            Some(Ok(closing)) => (Some(closing), None),
            Some(Err(unclosed)) => (None, unclosed),
            None => (None, None),
        };
        Spread { closing, unclosed, extremes: extremes(goal, areas) }
    }
}

/// The areas nearest to and farthest from the goal, small ones left aside.
fn extremes(goal: &Goal, areas: &[AreaValue]) -> Option<(usize, usize)> {
    let known = || {
        areas
            .iter()
            .enumerate()
            .filter(|(_, area)| !area.is_small)
            .filter_map(|(at, area)| Some((at, area.value.as_ref()?, &area.code)))
    };
    let choose = |better: fn(&Goal, &Exact, &Exact) -> bool| {
        known().reduce(|best, next| {
            let wins =
                better(goal, next.1, best.1) || (!better(goal, best.1, next.1) && next.2 < best.2);
            if wins { next } else { best }
        })
    };
    let best = choose(path::is_better)?;
    let worst = choose(|goal, a, b| path::is_better(goal, b, a))?;
    path::is_better(goal, best.1, worst.1).then_some((best.0, worst.0))
}

/// The fewest areas that close a gap if each of them meets the goal: the part then grows by what
/// each needs, and the whole stays. Among equally few, those that add most; of equals the one with
/// the smaller code.
///
/// `counted` says whether the part is a number of subjects; where it is not, an area that meets the
/// goal is taken to touch it.
///
/// # Errors
/// Why there are none; nothing where the arithmetic does not fit.
fn closing(
    goal: &Goal,
    whole: Fraction,
    areas: &[AreaValue],
    counted: bool,
) -> Result<Vec<usize>, Option<Unclosed>> {
    // What an area adds when it meets the goal; one that cannot meet it adds nothing.
    let lift = |area: &AreaValue| {
        if counted {
            return area.needed.map(Exact::int);
        }
        let short = area.value.as_ref().filter(|value| !goal.is_met_by(value))?;
        match &area.fraction {
            Some(fraction) => fraction.lacks(goal, short),
            // Where there shall be nothing, an area meets it by giving up all it has.
            None if *goal == Goal::None => Some(short.negated()),
            None => None,
        }
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
        let part = whole.part.checked_add(&added)?;
        if *goal == Goal::None {
            return Some(part.cmp(&Exact::ZERO));
        }
        let value = part.checked_mul(&whole.factor)?.checked_div(&whole.whole)?;
        let nearest = goal.nearest(&value)?;
        let touched = !counted && value == nearest;
        let met = touched || goal.is_met_by(&value) || path::is_better(goal, &value, &nearest);
        // Touching a strict bound is not meeting it.
        let short =
            if goal.direction() == Direction::Down { Ordering::Greater } else { Ordering::Less };
        Some(if met { Ordering::Equal } else { value.cmp(&nearest).then(short) })
    };
    // What one area adds another may take away again; nothing is nothing from either side.
    if goal.direction() == Direction::Towards || *goal == Goal::None {
        return search(&lifts, &side);
    }
    // All add in one direction, and the largest of so many add most: no other so many do better.
    let mut added = Exact::ZERO;
    for (taken, (lift, _)) in lifts.iter().enumerate() {
        added = added.checked_add(lift).ok_or(None)?;
        if side(added.clone()).ok_or(None)?.is_eq() {
            return Ok(lifts[..=taken].iter().map(|(_, at)| *at).collect());
        }
    }
    Err(Some(Unclosed::NoSet))
}

/// The fewest areas that bring a value between two bounds, tried one set after another.
fn search(
    lifts: &[(Exact, usize)],
    side: &impl Fn(Exact) -> Option<Ordering>,
) -> Result<Vec<usize>, Option<Unclosed>> {
    let mut signed: Vec<Exact> = lifts.iter().map(|(lift, _)| lift.clone()).collect();
    signed.sort_unstable();
    let sum =
        |items: &[Exact]| items.iter().try_fold(Exact::ZERO, |sum, item| sum.checked_add(item));
    let mut steps = MOST_STEPS;
    for size in 1..=lifts.len() {
        // No set of this size when those that add least add too much, or those that add most too
        // little.
        let ends = sum(&signed[..size]).zip(sum(&signed[lifts.len() - size..]));
        let (least, most) = ends.ok_or(None)?;
        if side(least).ok_or(None)?.is_gt() || side(most).ok_or(None)?.is_lt() {
            continue;
        }
        let mut chosen: Vec<usize> = (0..size).collect();
        loop {
            steps = steps.checked_sub(1).ok_or(Some(Unclosed::TooMany))?;
            let added =
                chosen.iter().try_fold(Exact::ZERO, |sum, at| sum.checked_add(&lifts[*at].0));
            if side(added.ok_or(None)?).ok_or(None)?.is_eq() {
                return Ok(chosen.iter().map(|at| lifts[*at].1).collect());
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
    Err(Some(Unclosed::NoSet))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Id;
    use crate::reading::areas::AreaId;

    /// Areas of a percentage, from their parts and wholes.
    fn areas(goal: &Goal, counts: &[(i128, i128)]) -> Vec<AreaValue> {
        let hundred = Exact::int(100);
        counts
            .iter()
            .enumerate()
            .map(|(at, (part, whole))| {
                let (part, whole) = (Exact::int(*part), Exact::int(*whole));
                let value = part.checked_mul(&hundred).and_then(|part| part.checked_div(&whole));
                let short = value.as_ref().filter(|value| !goal.is_met_by(value));
                AreaValue {
                    at: AreaId::at(at),
                    code: format!("{at:02}"),
                    name: String::new(),
                    between: None,
                    known: (Some(part.clone()), Some(whole.clone())),
                    before: None,
                    needed: short.and_then(|_| goal.subjects_needed(&part, &whole, &hundred)),
                    contribution: None,
                    is_small: false,
                    value,
                    fraction: Some(Fraction { part, whole, factor: hundred.clone() }),
                }
            })
            .collect()
    }

    fn sums(counts: &[(i128, i128)]) -> Fraction {
        let (part, whole) = counts.iter().fold((0, 0), |(p, w), (part, of)| (p + part, w + of));
        Fraction { part: Exact::int(part), whole: Exact::int(whole), factor: Exact::int(100) }
    }

    /// A goal and, told by whole numbers alone, its bounds and whether it is strict.
    #[derive(Clone, Debug)]
    struct Wanted {
        goal: Goal,
        low: Option<i128>,
        high: Option<i128>,
        strict: bool,
    }

    impl Wanted {
        /// Whether so many of a whole, both in `scale`-ths, are a share that is wanted; one that
        /// touches a strict bound is, where that is enough.
        fn has(&self, part: i128, whole: i128, scale: i128, touching: bool) -> bool {
            let (part, strict) = (100 * part, self.strict && !touching);
            let above = |low: i128| {
                let bound = low * whole * scale;
                if strict { part > bound } else { part >= bound }
            };
            let below = |high: i128| {
                let bound = high * whole * scale;
                if strict { part < bound } else { part <= bound }
            };
            self.low.is_none_or(above) && self.high.is_none_or(below)
        }

        /// What a part in tenths lacks to touch the goal, in thousandths.
        fn lacks(&self, tenths: i128, whole: i128) -> i128 {
            let level = |bound: i128| bound * whole * 10;
            let part = tenths * 100;
            let least = self.low.map_or(part, |low| part.max(level(low)));
            self.high.map_or(least, |high| least.min(level(high))) - part
        }
    }

    /// The size of the smallest set of changes that closes the gap, by trying every one.
    fn smallest(changes: &[i128], closes: impl Fn(i128) -> bool) -> Option<usize> {
        (1u32..1 << changes.len())
            .filter(|set| {
                let taken = changes.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
                closes(taken.map(|(_, change)| change).sum())
            })
            .map(|set| set.count_ones() as usize)
            .min()
    }

    fn wanted() -> impl Strategy<Value = Wanted> {
        (0usize..9, 0i128..=20, 0i128..=4).prop_map(|(kind, fives, off)| {
            let (at, bound) = (5 * fives, Exact::int(5 * fives));
            let end = (at + 5 * off).min(100);
            let (goal, low, high, strict) = match kind {
                0 => (Goal::AtLeast(bound), Some(at), None, false),
                1 => (Goal::MoreThan(bound), Some(at), None, true),
                2 => (Goal::AtMost(bound), None, Some(at), false),
                3 => (Goal::LessThan(bound), None, Some(at), true),
                4 => (Goal::About(bound, Exact::int(off)), Some(at - off), Some(at + off), false),
                5 => (Goal::Exactly(bound), Some(at), Some(at), false),
                6 => (Goal::Between(bound, Exact::int(end)), Some(at), Some(end), false),
                7 => (Goal::All, Some(100), None, false),
                _ => (Goal::None, Some(0), Some(0), false),
            };
            Wanted { goal, low, high, strict }
        })
    }

    fn goals() -> impl Strategy<Value = Goal> {
        wanted().prop_map(|wanted| wanted.goal)
    }

    fn counts(most: usize) -> impl Strategy<Value = Vec<(i128, i128)>> {
        let area = (1i128..40).prop_flat_map(|whole| (0..=whole, Just(whole)));
        prop::collection::vec(area, 1..=most)
    }

    proptest! {
        #[test]
        fn the_closing_areas_close_the_gap_and_no_fewer_do(
            wanted in wanted(), counts in counts(12),
        ) {
            let Wanted { goal, .. } = &wanted;
            let (whole, areas) = (sums(&counts), areas(goal, &counts));
            let (part, of) = counts.iter().fold((0, 0), |(p, w), (part, of)| (p + part, w + of));
            let closes = |added: i128| wanted.has(part + added, of, 1, false);
            prop_assume!(!closes(0));
            let found = closing(goal, whole, &areas, true).ok();
            let needed: Vec<i128> = areas.iter().map(|area| area.needed.unwrap_or(0)).collect();
            prop_assert_eq!(found.as_ref().map(Vec::len), smallest(&needed, closes));
            let added = found.iter().flatten().map(|at| needed[*at]).sum();
            prop_assert!(found.is_none() || closes(added));
        }

        /// Of m² there are tenths, and an area that meets the goal touches it.
        #[test]
        fn what_is_not_counted_is_closed_by_the_fewest_areas_too(
            wanted in wanted(), counts in counts(9),
        ) {
            let Wanted { goal, .. } = &wanted;
            // Wholes and, in tenths, parts of them.
            let tenth = |part: i128| Exact::ratio(part, 10).expect("a tenth");
            let (mut areas, mut whole) = (areas(goal, &counts), sums(&counts));
            for (area, (tenths, of)) in areas.iter_mut().zip(&counts) {
                let fraction = Fraction { part: tenth(*tenths), whole: Exact::int(*of), ..whole.clone() };
                area.value = Exact::ratio(10 * tenths, *of);
                (area.fraction, area.needed) = (Some(fraction), None);
            }
            let (part, of) = counts.iter().fold((0, 0), |(p, w), (part, of)| (p + part, w + of));
            whole.part = tenth(part);
            // In thousandths: what is added is that, and the part is 100 times its tenths.
            let closes = |added: i128| wanted.has(part * 100 + added, of, 1000, true);
            prop_assume!(!wanted.has(part, of, 10, false));
            let lifts: Vec<i128> = counts
                .iter()
                .map(|(part, of)| wanted.lacks(*part, *of))
                .collect();
            let found = closing(goal, whole, &areas, false).ok();
            // Where the goal is touched already no area is needed that adds nothing.
            prop_assume!(!closes(0));
            prop_assert_eq!(found.as_ref().map(Vec::len), smallest(&lifts, closes));
        }

        /// Sums in tenths, also below 0, of which nothing shall be left: no more and no less.
        #[test]
        fn nothing_is_left_where_the_fewest_areas_have_nothing(
            tenths in prop::collection::vec(-9i128..=9, 1..9),
            strays in prop_oneof![3 => Just(0i128), 1 => -9i128..=9],
            counted in any::<bool>(),
        ) {
            let scale = if counted { 1 } else { 10 };
            let number = |tenths: i128| Exact::ratio(tenths, scale).expect("a number");
            let areas: Vec<AreaValue> = tenths
                .iter()
                .zip(areas(&Goal::None, &vec![(0, 1); tenths.len()]))
                .map(|(tenths, area)| AreaValue {
                    value: Some(number(*tenths)),
                    fraction: None,
                    needed: (counted && *tenths != 0).then_some(-tenths),
                    ..area
                })
                .collect();
            let sum = tenths.iter().sum::<i128>() + strays;
            prop_assume!(sum != 0);
            let whole = Fraction { part: number(sum), whole: Exact::ONE, factor: Exact::ONE };
            let lifts: Vec<i128> = tenths.iter().map(|tenths| -tenths).collect();
            let found = closing(&Goal::None, whole, &areas, counted).ok();
            let fewest = smallest(&lifts, |added| sum + added == 0);
            prop_assert_eq!(found.as_ref().map(Vec::len), fewest);
            let added: i128 = found.iter().flatten().map(|at| lifts[*at]).sum();
            prop_assert!(found.is_none() || sum + added == 0);
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
            let first = codes(&areas, closing(&goal, whole.clone(), &areas, true).ok());
            prop_assert_eq!(first, codes(&turned, closing(&goal, whole, &turned, true).ok()));
            let ends = |list: &[AreaValue]| {
                extremes(&goal, list)
                    .map(|(best, worst)| (list[best].code.clone(), list[worst].code.clone()))
            };
            prop_assert_eq!(ends(&areas), ends(&turned));
        }

        #[test]
        fn contributions_sum_to_the_gap(goal in goals(), counts in counts(12)) {
            let whole = sums(&counts);
            let of_whole = whole.part.checked_mul(&whole.factor).and_then(|p| p.checked_div(&whole.whole));
            let value = of_whole.expect("a whole");
            let mut sum = Exact::ZERO;
            for (part, of) in &counts {
                let area = Fraction { part: Exact::int(*part), whole: Exact::int(*of), ..whole.clone() };
                sum = sum.checked_add(&area.lacks(&goal, &value).expect("fits")).expect("fits");
            }
            prop_assert_eq!(Some(sum), whole.lacks(&goal, &value));
        }
    }
}
