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
}
