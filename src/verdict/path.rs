//! The path from a baseline to a goal, and how fast a value moves along it.

use crate::exact::Exact;
use crate::rule::goal::{Direction, Goal};
use crate::verdict::Status;

/// How a value moved since it was last known.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// The year before, of those that have a value.
    pub since: i32,
    /// By how much, in the value's unit.
    pub change: Exact,
    /// Towards the goal or away from it; `None` where neither.
    pub better: Option<bool>,
}

/// A year, and the value then.
pub type YearValue = (i32, Exact);

/// The values required on the way to a goal: straight lines between the baseline, the milestones
/// and the goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Years and values, in order of year.
    points: Vec<YearValue>,
}

impl Path {
    /// The path of a goal due `by` a year. Where the baseline meets the goal already the goal is
    /// what is required all along. `None` without baseline and milestones.
    pub fn new(
        goal: &Goal,
        baseline: Option<YearValue>,
        milestones: &[YearValue],
        by: i32,
    ) -> Option<Path> {
        let between = milestones.iter().filter(|(year, _)| {
            *year < by && baseline.as_ref().is_none_or(|(from, _)| year > from)
        });
        let mut points: Vec<YearValue> = between.cloned().collect();
        let (_, first) = baseline.as_ref().or(milestones.first())?;
        let end = if milestones.is_empty() { goal.path_end(first) } else { goal.nearer_end(first) };
        let begins = baseline.as_ref().map(|(year, _)| *year);
        if let Some((year, value)) = baseline {
            let kept = milestones.is_empty() && goal.is_met_by(&value);
            points.insert(0, (year, if kept { end.clone() } else { value }));
        }
        if begins.is_none_or(|begins| by > begins) {
            points.push((by, end));
        }
        Some(Path { points })
    }

    /// The value required in a year: between two points (t₁, y₁) and (t₂, y₂) of the path
    /// y₁ + (y₂ − y₁)·(t − t₁)/(t₂ − t₁), after the last the last.
    ///
    /// `None` before the path begins, or when the arithmetic does not fit.
    pub fn required(&self, year: i32) -> Option<Exact> {
        let Some([(from_year, from), (to_year, to)]) = self.stretch(year) else {
            let last = self.points.last()?;
            return (last.0 <= year).then(|| last.1.clone());
        };
        let passed = Exact::int(i128::from(year) - i128::from(*from_year));
        let whole = Exact::int(i128::from(*to_year) - i128::from(*from_year));
        let share = passed.checked_div(&whole)?;
        from.checked_add(&to.checked_sub(from)?.checked_mul(&share)?)
    }

    /// The two points of the path between which a year lies; `None` before the first and from the
    /// last on.
    pub fn stretch(&self, year: i32) -> Option<[&YearValue; 2]> {
        let next = self.points.partition_point(|(at, _)| *at <= year);
        Some([self.points.get(next.checked_sub(1)?)?, self.points.get(next)?])
    }

    /// The years of the first point and the last.
    pub fn ends(&self) -> Option<(i32, i32)> {
        Some((self.points.first()?.0, self.points.last()?.0))
    }
}

/// Whether one value is nearer to meeting a goal than another; values that both meet it are no
/// nearer than each other towards a number, and better the farther beyond a bound.
pub fn is_better(goal: &Goal, value: &Exact, other: &Exact) -> bool {
    // Less than nothing is no better than nothing.
    if *goal == Goal::None {
        return value.abs() < other.abs();
    }
    match goal.direction() {
        Direction::Up => value > other,
        Direction::Down => value < other,
        Direction::Towards => match (goal.distance(value), goal.distance(other)) {
            (Some(a), Some(b)) => a < b,
            _ => false,
        },
    }
}

/// Where a value that is not yet due stands: at or better than the path, better than where it
/// started only, or not even that. Without a start it is at best behind.
pub fn standing(goal: &Goal, value: &Exact, required: &Exact, start: Option<&Exact>) -> Status {
    if value == required || is_better(goal, value, required) {
        Status::OnTrack
    } else if start.is_none_or(|start| is_better(goal, value, start)) {
        Status::Behind
    } else {
        Status::OffTrack
    }
}

/// How fast a value moves, in its unit a year, and how fast it would have to.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// From the baseline to now; `None` without a baseline.
    pub so_far: Option<Exact>,
    /// From now to the goal, by the year it is due; `None` when it is met.
    pub needed: Option<Exact>,
    /// The first year in which the goal is met if the value goes on as so far; `None` if it never
    /// is, or there is no pace to go on at.
    pub reached: Option<i32>,
}

/// The pace of a value that stood at the baseline and stands where it does now, towards a goal due
/// `by` a year.
///
/// `None` when no time is left, or nothing can be said.
pub fn pace(
    goal: &Goal,
    baseline: Option<&YearValue>,
    (year, value): (i32, &Exact),
    by: i32,
) -> Option<Pace> {
    let years = |from: i32, to: i32| Exact::int(i128::from(to) - i128::from(from));
    if year >= by {
        return None;
    }
    let so_far = baseline
        .filter(|(from, _)| *from < year)
        .and_then(|(from, base)| value.checked_sub(base)?.checked_div(&years(*from, year)));
    let needed = if goal.is_met_by(value) {
        None
    } else {
        let left = goal.path_end(value).checked_sub(value)?;
        Some(left.checked_div(&years(year, by))?)
    };
    let reached = so_far.as_ref().and_then(|so_far| reached(goal, (year, value), so_far));
    (so_far.is_some() || needed.is_some()).then_some(Pace { so_far, needed, reached })
}

/// The first year from now on in which a value that changes by `pace` a year meets a goal.
fn reached(goal: &Goal, (year, value): (i32, &Exact), pace: &Exact) -> Option<i32> {
    if goal.is_met_by(value) {
        return Some(year);
    }
    let left = goal.nearest(value)?.checked_sub(value)?;
    // A pace of 0, or one that leads away, never arrives.
    let steps = left.checked_div(pace).filter(|steps| !steps.is_negative())?.ceil();
    // A strict goal is met one step after it is touched.
    [steps.clone(), steps.checked_add(&Exact::ONE)?].into_iter().find_map(|steps| {
        let then = value.checked_add(&pace.checked_mul(&steps)?)?;
        let year = i128::from(year).checked_add(steps.to_integer()?)?;
        // Nothing can be less than none, unless it already is.
        let gone = *goal == Goal::None && then.is_negative() && !value.is_negative();
        let met = goal.is_met_by(&then) || gone;
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
    fn the_path_is_exact() {
        let goal = Goal::AtLeast(number("68"));
        let baseline = Some((2021, number("60")));
        let line = Path::new(&goal, baseline, &[], 2030).expect("a path");
        // 60 + 8·3/9
        assert_eq!(line.required(2024), Exact::ratio(188, 3));
        assert_eq!(line.required(2020), None);
        assert_eq!(line.required(2021), Some(number("60")));
        assert_eq!(line.required(2030), Some(number("68")));
        assert_eq!(line.required(2035), Some(number("68")));
        assert_eq!(line.ends(), Some((2021, 2030)));
        assert_eq!(Path::new(&goal, None, &[], 2030), None);
    }

    #[test]
    fn a_bent_path_between_two_bounds_ends_at_the_one_nearer_to_its_beginning() {
        let goal = Goal::Between(number("40"), number("60"));
        for (from, milestone, year, required) in [
            // 30 in 2025, 40 in 2030.
            ("45", "30", 2027, "34"),
            ("55", "30", 2027, "42"),
            ("30", "70", 2027, "58"),
            ("70", "30", 2027, "42"),
            ("50", "30", 2030, "40"),
        ] {
            let milestones = [(2025, number(milestone))];
            let path = Path::new(&goal, Some((2021, number(from))), &milestones, 2030);
            let found = path.and_then(|path| path.required(year));
            assert_eq!(found, Some(number(required)), "{from} {milestone}");
        }
    }

    #[test]
    fn milestones_bend_the_path() {
        let goal = Goal::AtLeast(number("68"));
        let milestones = [(2025, number("66")), (2027, number("67"))];
        let path = Path::new(&goal, Some((2021, number("60"))), &milestones, 2030).expect("a path");
        for (year, required) in
            [(2021, "60"), (2023, "63"), (2025, "66"), (2026, "66.5"), (2027, "67"), (2030, "68")]
        {
            assert_eq!(path.required(year), Some(number(required)), "{year}");
        }
        let path = Path::new(&goal, None, &milestones, 2030).expect("a path");
        assert_eq!(path.required(2024), None, "before the first milestone nothing is required");
        assert_eq!(path.required(2025), Some(number("66")));
    }

    #[test]
    fn what_is_met_at_the_start_is_to_be_kept() {
        let goal = Goal::LessThan(number("12"));
        let path = Path::new(&goal, Some((2021, number("9"))), &[], 2030).expect("a path");
        assert_eq!(path.required(2024), Some(number("12")));
        let start = Some(number("9"));
        assert_eq!(
            standing(&goal, &number("12.5"), &number("12"), start.as_ref()),
            Status::OffTrack
        );
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
            (&Goal::None, "2", "3", "9", Status::OnTrack),
            (&Goal::None, "4", "3", "9", Status::Behind),
            // Below 0 it is as far from nothing as above.
            (&Goal::None, "-2", "3", "9", Status::OnTrack),
            (&Goal::None, "-4", "3", "9", Status::Behind),
            (&Goal::None, "-10", "3", "9", Status::OffTrack),
            (&Goal::None, "-7", "-6", "-9", Status::Behind),
            (&Goal::None, "-5", "-6", "-9", Status::OnTrack),
            (&about, "26", "27", "24", Status::Behind),
            (&about, "40", "38", "42", Status::Behind),
            (&about, "23", "27", "24", Status::OffTrack),
        ];
        for (goal, value, required, baseline, expected) in cases {
            assert_eq!(
                standing(goal, &number(value), &number(required), Some(&number(baseline))),
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
            // What is below 0 moves away from nothing, jumps over it, or hits it.
            (Goal::None, "2", "-1", None),
            (Goal::None, "-9", "-3", None),
            (Goal::None, "-9", "-4", None),
            (Goal::None, "-10", "-4", Some(2026)),
            (about.clone(), "26", "29", Some(2027)),
            (about.clone(), "40", "37", Some(2027)),
            // Two steps of nine jump over the narrow goal.
            (about, "0", "27", None),
        ];
        for (goal, from, now, expected) in cases {
            let from_then = Some((2021, number(from)));
            let found = pace(&goal, from_then.as_ref(), (2024, &number(now)), 2030).expect("fits");
            assert_eq!(found.reached, expected, "{goal:?} from {from} to {now}");
        }
        let goal = Goal::AtLeast(number("68"));
        let value = number("62");
        let now = (2024, &value);
        let found = pace(&goal, Some(&(2021, number("60"))), now, 2030).expect("fits");
        assert_eq!(found.so_far, Exact::ratio(2, 3));
        assert_eq!(found.needed, Some(Exact::ONE));
        // Without time behind there is no pace so far, without time ahead none to be needed.
        for baseline in [None, Some((2024, number("60")))] {
            let found = pace(&goal, baseline.as_ref(), now, 2030).expect("fits");
            assert_eq!((found.so_far, found.reached), (None, None));
            assert_eq!(found.needed, Some(Exact::ONE));
        }
        assert_eq!(pace(&goal, Some(&(2021, number("60"))), (2030, &number("62")), 2030), None);
        let met = pace(&goal, Some(&(2021, number("60"))), (2024, &number("69")), 2030);
        let met = met.expect("fits");
        assert_eq!((met.needed, met.reached), (None, Some(2024)));
    }
}
