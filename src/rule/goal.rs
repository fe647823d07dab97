//! Goals: what a measured value must be.

use crate::exact::{Exact, Mark};

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// ≥
    AtLeast(Exact),
    /// >
    MoreThan(Exact),
    /// ≤
    AtMost(Exact),
    /// <
    LessThan(Exact),
    /// =
    Exactly(Exact),
    /// Between two numbers, both allowed.
    Between(Exact, Exact),
    /// Within a tolerance of a number: target and tolerance.
    About(Exact, Exact),
    /// 100 % of a share.
    All,
    /// Nothing: a count, sum or share of 0.
    None,
}

/// Which way a value must move to meet a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Upwards.
    Up,
    /// Downwards.
    Down,
    /// Towards a number, from either side.
    Towards,
}

impl Goal {
    /// Whether `value` meets the goal. Exact: nothing is rounded.
    pub fn is_met_by(&self, value: &Exact) -> bool {
        match self {
            Goal::AtLeast(bound) => value >= bound,
            Goal::MoreThan(bound) => value > bound,
            Goal::AtMost(bound) => value <= bound,
            Goal::LessThan(bound) => value < bound,
            Goal::Exactly(bound) => value == bound,
            Goal::Between(low, high) => low <= value && value <= high,
            Goal::About(target, tolerance) => match value.checked_sub(target) {
                Some(distance) => distance.abs() <= *tolerance,
                None => false,
            },
            Goal::All => *value >= Exact::int(100),
            Goal::None => value.is_zero(),
        }
    }

    /// Which way a value must move.
    pub fn direction(&self) -> Direction {
        match self {
            Goal::AtLeast(_) | Goal::MoreThan(_) | Goal::All => Direction::Up,
            Goal::AtMost(_) | Goal::LessThan(_) | Goal::None => Direction::Down,
            Goal::Exactly(_) | Goal::Between(..) | Goal::About(..) => Direction::Towards,
        }
    }

    /// The number a straight path from a `from` value leads to.
    pub fn path_end(&self, from: &Exact) -> Exact {
        match self {
            Goal::AtLeast(bound)
            | Goal::MoreThan(bound)
            | Goal::AtMost(bound)
            | Goal::LessThan(bound)
            | Goal::Exactly(bound) => bound.clone(),
            Goal::Between(low, high) => from.clamp(low, high).clone(),
            Goal::About(target, _) => target.clone(),
            Goal::All => Exact::int(100),
            Goal::None => Exact::ZERO,
        }
    }

    /// The number a path with milestones leads to, from where it begins: of two bounds the nearer
    /// one, and the lower one of those equally near.
    pub fn nearer_end(&self, from: &Exact) -> Exact {
        match self {
            Goal::Between(low, high) => {
                let off = |bound: &Exact| bound.checked_sub(from).map(|off| off.abs());
                let nearer = if off(low) <= off(high) { low } else { high };
                nearer.clone()
            }
            other => other.path_end(from),
        }
    }

    /// The numbers at which what is said of a value changes: one bound, or the ends of a range.
    pub fn bounds(&self) -> Vec<Exact> {
        match self {
            Goal::Between(low, high) => vec![low.clone(), high.clone()],
            Goal::About(target, tolerance) => {
                [target.checked_sub(tolerance), target.checked_add(tolerance)]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            other => vec![other.path_end(&Exact::ZERO)],
        }
    }

    /// The bounds as they are shown, for values beside them: to the last digit.
    pub fn marks(&self) -> Vec<Mark> {
        self.bounds().iter().map(Mark::exact).collect()
    }

    /// The number nearest to a value that meets the goal, or touches it where it is strict.
    pub fn nearest(&self, value: &Exact) -> Option<Exact> {
        Some(match self {
            Goal::About(target, tolerance) => {
                let ends = (target.checked_sub(tolerance)?, target.checked_add(tolerance)?);
                value.clamp(&ends.0, &ends.1).clone()
            }
            other => other.path_end(value),
        })
    }

    /// How far a value is from meeting the goal, in the value's unit; 0 when it touches it.
    pub fn distance(&self, value: &Exact) -> Option<Exact> {
        Some(self.nearest(value)?.checked_sub(value)?.abs())
    }

    /// The whole number of subjects to add to `part` (negative: to take away) so that
    /// `part · factor / whole` meets the goal, the fewest that do; `None` where no number does
    /// or the arithmetic does not fit.
    ///
    /// With g the goal and f the factor the part must reach g·whole/f: the next whole number at
    /// or above it, and for a strict goal the next one above.
    pub fn subjects_needed(&self, part: &Exact, whole: &Exact, factor: &Exact) -> Option<i128> {
        if !part.is_integer() {
            return None;
        }
        let level = |bound: &Exact| bound.checked_mul(whole)?.checked_div(factor);
        let needed = match self {
            Goal::AtLeast(bound) => level(bound)?.ceil(),
            Goal::MoreThan(bound) => level(bound)?.floor().checked_add(&Exact::ONE)?,
            Goal::AtMost(bound) => level(bound)?.floor(),
            Goal::LessThan(bound) => level(bound)?.ceil().checked_sub(&Exact::ONE)?,
            Goal::All => level(&Exact::int(100))?.ceil(),
            Goal::None => Exact::ZERO,
            Goal::Exactly(bound) => level(bound).filter(Exact::is_integer)?,
            Goal::Between(low, high) => within(part, &level(low)?, &level(high)?)?,
            Goal::About(target, tolerance) => within(
                part,
                &level(&target.checked_sub(tolerance)?)?,
                &level(&target.checked_add(tolerance)?)?,
            )?,
        };
        needed.checked_sub(part)?.to_integer()
    }
}

/// The whole number within two levels that is nearest to `have`.
fn within(have: &Exact, low: &Exact, high: &Exact) -> Option<Exact> {
    let (low, high) = (low.ceil(), high.floor());
    (low <= high).then(|| have.clamp(&low, &high).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Exact {
        Exact::parse(text).expect("a decimal")
    }

    #[test]
    fn comparators_are_exact_and_strict_where_they_say_so() {
        let cases = [
            (Goal::MoreThan(number("98")), "98", false),
            (Goal::MoreThan(number("98")), "98.0000001", true),
            (Goal::AtLeast(number("99.9")), "99.9", true),
            (Goal::AtLeast(number("68")), "67.9999", false),
            (Goal::LessThan(number("108")), "108", false),
            (Goal::AtMost(number("12")), "12", true),
            (Goal::About(number("75"), number("1")), "76", true),
            (Goal::About(number("75"), number("1")), "76.01", false),
            (Goal::Between(number("1"), number("2")), "2", true),
            (Goal::Exactly(number("3")), "3.0", true),
            (Goal::All, "99.99", false),
            (Goal::All, "100", true),
            (Goal::None, "0", true),
            (Goal::None, "1", false),
        ];
        for (goal, value, met) in cases {
            assert_eq!(goal.is_met_by(&number(value)), met, "{goal:?} {value}");
        }
    }

    #[test]
    fn subjects_needed_counts_whole_people() {
        let need = |goal: Goal, part, whole| {
            goal.subjects_needed(&Exact::int(part), &Exact::int(whole), &Exact::int(100))
        };
        assert_eq!(need(Goal::MoreThan(number("95")), 790, 840), Some(9));
        assert_eq!(need(Goal::MoreThan(number("98")), 49, 50), Some(1), "49/50 is exactly 98 %");
        assert_eq!(need(Goal::AtLeast(number("98")), 49, 50), Some(0));
        assert_eq!(need(Goal::LessThan(number("12")), 13, 100), Some(-2));
        assert_eq!(need(Goal::All, 7, 9), Some(2));
    }

    /// How many parts bounds are given in, as shares of the whole.
    const PARTS: i128 = 97;

    /// A goal of a kind and two shares of the whole, with what meets it, told by whole numbers
    /// alone: a part of a whole, in `PARTS`.
    fn goal_of(
        kind: usize,
        low: i128,
        high: i128,
        factor: i128,
    ) -> (Goal, [Option<i128>; 2], bool) {
        let at = |share: i128| Exact::ratio(share * factor, PARTS).expect("small");
        let middle = Exact::ratio((low + high) * factor, 2 * PARTS).expect("small");
        let off = Exact::ratio((high - low) * factor, 2 * PARTS).expect("small");
        match kind {
            0 => (Goal::AtLeast(at(low)), [Some(low), None], false),
            1 => (Goal::MoreThan(at(low)), [Some(low), None], true),
            2 => (Goal::AtMost(at(low)), [None, Some(low)], false),
            // Nothing is less than none.
            3 => (Goal::LessThan(at(low.max(1))), [None, Some(low.max(1))], true),
            4 => (Goal::Exactly(at(low)), [Some(low), Some(low)], false),
            5 => (Goal::Between(at(low), at(high)), [Some(low), Some(high)], false),
            6 => (Goal::About(middle, off), [Some(low), Some(high)], false),
            7 => (Goal::None, [Some(0), Some(0)], false),
            _ => (Goal::All, [Some(PARTS * 100 / factor), None], false),
        }
    }

    proptest! {
        /// The nearest number of subjects that meets a goal, found by trying one after another.
        #[test]
        fn the_number_needed_is_the_nearest_that_meets_the_goal(
            kind in 0usize..9,
            ends in (0..=PARTS, 0..=PARTS),
            factor in prop_oneof![Just(1i128), Just(100), Just(10_000)],
            part in 0i128..90,
            whole in 1i128..60,
        ) {
            // All is of a percentage.
            let factor = if kind == 8 { 100 } else { factor };
            let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
            let (goal, [least, most], strict) = goal_of(kind, low, high, factor);
            let meets = |part: i128| {
                let inside = |bound: i128, part: i128| {
                    let (part, bound) = (part * PARTS, bound * whole);
                    if strict { part > bound } else { part >= bound }
                };
                least.is_none_or(|low| inside(low, part))
                    && most.is_none_or(|high| {
                        let (part, bound) = (part * PARTS, high * whole);
                        if strict { part < bound } else { part <= bound }
                    })
            };
            prop_assume!(!meets(part));
            let nearest = (1..200).flat_map(|by| [by, -by]).find(|by| meets(part + by));
            let found = goal.subjects_needed(
                &Exact::int(part), &Exact::int(whole), &Exact::int(factor),
            );
            prop_assert_eq!(found, nearest, "{:?}", goal);
        }
    }
}
