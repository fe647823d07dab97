//! The straight path from a baseline to a goal.

use crate::exact::Exact;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::Status;

/// The value a straight line from (`from_year`, `from`) to (`to_year`, `to`) has in `year`:
/// from + (to − from)·(year − from_year)/(to_year − from_year).
///
/// `None` when the line has no length or the arithmetic does not fit.
pub fn required(
    (from_year, from): (i32, Exact),
    (to_year, to): (i32, Exact),
    year: i32,
) -> Option<Exact> {
    let passed = Exact::int(i128::from(year) - i128::from(from_year));
    let whole = Exact::int(i128::from(to_year) - i128::from(from_year));
    let share = passed.checked_div(whole)?;
    from.checked_add(to.checked_sub(from)?.checked_mul(share)?)
}

/// Where a value that is not yet due stands: at or better than the path, better than the
/// baseline only, or not even that.
pub fn standing(goal: &Goal, value: Exact, required: Exact, baseline: Exact) -> Status {
    let better = |a: Exact, b: Exact| match goal.direction() {
        Direction::Up => a > b,
        Direction::Down => a < b,
        Direction::Towards => match (goal.distance(a), goal.distance(b)) {
            (Some(a), Some(b)) => a < b,
            _ => false,
        },
    };
    if value == required || better(value, required) {
        Status::OnTrack
    } else if better(value, baseline) {
        Status::Behind
    } else {
        Status::OffTrack
    }
}

/// How fast a value moves, in its unit a year, and how fast it would have to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// From the baseline to now.
    pub so_far: Exact,
    /// From now to the goal, by the year it is due.
    pub needed: Exact,
    /// The first year in which the goal is met if the value goes on as so far; `None` if it never
    /// is.
    pub reached: Option<i32>,
}

/// The pace of a value that stood at the baseline and stands where it does now, towards a goal due
/// `by` a year.
///
/// `None` when no time has passed or is left, or the arithmetic does not fit.
pub fn pace(goal: &Goal, baseline: (i32, Exact), now: (i32, Exact), by: i32) -> Option<Pace> {
    let years = |from: i32, to: i32| Exact::int(i128::from(to) - i128::from(from));
    if baseline.0 >= now.0 || now.0 >= by {
        return None;
    }
    let so_far = now.1.checked_sub(baseline.1)?.checked_div(years(baseline.0, now.0))?;
    let left = goal.path_end(baseline.1).checked_sub(now.1)?;
    let needed = left.checked_div(years(now.0, by))?;
    Some(Pace { so_far, needed, reached: reached(goal, now, so_far) })
}

/// The first year from now on in which a value that changes by `pace` a year meets a goal.
fn reached(goal: &Goal, (year, value): (i32, Exact), pace: Exact) -> Option<i32> {
    if goal.is_met_by(value) {
        return Some(year);
    }
    let nearest = match goal.direction() {
        Direction::Down => value.checked_sub(goal.distance(value)?)?,
        Direction::Up => value.checked_add(goal.distance(value)?)?,
        Direction::Towards => {
            let (below, above) = (
                value.checked_sub(goal.distance(value)?)?,
                value.checked_add(goal.distance(value)?)?,
            );
            if goal.is_met_by(above) { above } else { below }
        }
    };
    let left = nearest.checked_sub(value)?;
    // A pace of 0, or one that leads away, never arrives.
    let steps = left.checked_div(pace).filter(|steps| !steps.is_negative())?.ceil();
    // A strict goal is met one step after it is touched.
    (steps..=steps + 1).find_map(|steps| {
        let then = value.checked_add(pace.checked_mul(Exact::int(steps))?)?;
        let year = i128::from(year).checked_add(steps)?;
        // Nothing can be less than none.
        let met = goal.is_met_by(then) || (*goal == Goal::None && then.is_negative());
        met.then(|| i32::try_from(year).ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Exact {
        Exact::parse(text).expect("a decimal")
    }

    #[test]
    fn the_line_is_exact() {
        let line = required((2021, number("60")), (2030, number("68")), 2024).expect("fits");
        // 60 + 8·3/9
        assert_eq!(line, Exact::ratio(188, 3).expect("fits"));
        assert_eq!(required((2021, number("1")), (2021, number("2")), 2024), None);
    }

    #[test]
    fn standings_follow_the_direction_of_the_goal() {
        let up = Goal::AtLeast(number("68"));
        let down = Goal::LessThan(number("12"));
        let about = Goal::About(number("33"), number("1"));
        let cases = [
            (&up, "63", "62", "60", Status::OnTrack),
            (&up, "62", "62", "60", Status::OnTrack),
            (&up, "61", "62", "60", Status::Behind),
            (&up, "60", "62", "60", Status::OffTrack),
            (&up, "59", "62", "60", Status::OffTrack),
            (&down, "14", "15", "16", Status::OnTrack),
            (&down, "15.5", "15", "16", Status::Behind),
            (&down, "17", "15", "16", Status::OffTrack),
            (&about, "26", "27", "24", Status::Behind),
            (&about, "40", "38", "42", Status::Behind),
            (&about, "23", "27", "24", Status::OffTrack),
        ];
        for (goal, value, required, baseline, expected) in cases {
            assert_eq!(
                standing(goal, number(value), number(required), number(baseline)),
                expected,
                "{goal:?} {value} {required} {baseline}"
            );
        }
    }

    #[test]
    fn the_pace_says_when_the_goal_is_reached() {
        let about = Goal::About(number("33"), number("1"));
        let cases = [
            // 60 in 2021, 62 in 2024: two thirds a year; 6 are left.
            (Goal::AtLeast(number("68")), "60", "62", Some(2033)),
            (Goal::AtLeast(number("64")), "60", "62", Some(2027)),
            // Touched in 2027, exceeded in 2028.
            (Goal::MoreThan(number("64")), "60", "62", Some(2028)),
            (Goal::AtLeast(number("68")), "60", "60", None),
            (Goal::AtLeast(number("68")), "60", "59", None),
            (Goal::LessThan(number("12")), "18", "15", Some(2028)),
            (Goal::AtMost(number("12")), "18", "15", Some(2027)),
            (Goal::None, "9", "3", Some(2026)),
            (about.clone(), "26", "29", Some(2027)),
            (about.clone(), "40", "37", Some(2027)),
            // Two steps of nine jump over the narrow goal.
            (about, "0", "27", None),
        ];
        for (goal, from, now, expected) in cases {
            let found = pace(&goal, (2021, number(from)), (2024, number(now)), 2030).expect("fits");
            assert_eq!(found.reached, expected, "{goal:?} from {from} to {now}");
        }
        let goal = Goal::AtLeast(number("68"));
        let found = pace(&goal, (2021, number("60")), (2024, number("62")), 2030).expect("fits");
        assert_eq!(Some(found.so_far), Exact::ratio(2, 3));
        assert_eq!(found.needed, Exact::ONE);
        assert_eq!(pace(&goal, (2024, number("60")), (2024, number("62")), 2030), None);
        assert_eq!(pace(&goal, (2021, number("60")), (2030, number("62")), 2030), None);
    }
}
