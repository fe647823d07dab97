//! Goals and the way to them, from the tables that define them.

use super::number::{Number, hundred, zero};
use super::random::Literal;
use num_traits::Signed;

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    AtLeast(Literal),
    MoreThan(Literal),
    AtMost(Literal),
    LessThan(Literal),
    Exactly(Literal),
    Between(Literal, Literal),
    About(Literal, Literal),
    All,
    None,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    Nearer,
}

impl Goal {
    pub fn is_met(&self, value: &Number) -> bool {
        match self {
            Goal::AtLeast(x) => *value >= x.value,
            Goal::MoreThan(x) => *value > x.value,
            Goal::AtMost(x) => *value <= x.value,
            Goal::LessThan(x) => *value < x.value,
            Goal::Exactly(x) => *value == x.value,
            Goal::Between(a, b) => a.value <= *value && *value <= b.value,
            Goal::About(x, t) => &x.value - &t.value <= *value && *value <= &x.value + &t.value,
            Goal::All => *value >= hundred(),
            Goal::None => *value == zero(),
        }
    }

    pub fn way(&self) -> Way {
        match self {
            Goal::AtLeast(_) | Goal::MoreThan(_) | Goal::All => Way::Up,
            Goal::AtMost(_) | Goal::LessThan(_) | Goal::None => Way::Down,
            Goal::Exactly(_) | Goal::Between(..) | Goal::About(..) => Way::Nearer,
        }
    }

    /// The least and the most that meets the goal, or touches it where it is strict.
    pub fn bounds(&self) -> (Option<Number>, Option<Number>) {
        match self {
            Goal::AtLeast(x) | Goal::MoreThan(x) => (Some(x.value.clone()), None),
            Goal::AtMost(x) | Goal::LessThan(x) => (None, Some(x.value.clone())),
            Goal::Exactly(x) => (Some(x.value.clone()), Some(x.value.clone())),
            Goal::Between(a, b) => (Some(a.value.clone()), Some(b.value.clone())),
            Goal::About(x, t) => (Some(&x.value - &t.value), Some(&x.value + &t.value)),
            Goal::All => (Some(hundred()), None),
            Goal::None => (Some(zero()), Some(zero())),
        }
    }

    /// The nearest value that meets the goal, or the bound of a strict one.
    pub fn nearest(&self, value: &Number) -> Number {
        let one_sided = |bound: Number| bound;
        match (self.way(), self.bounds()) {
            // What is beyond the bound of one side is measured from it all the same.
            (Way::Up, (Some(low), _)) => one_sided(low),
            (Way::Down, (_, Some(high))) => one_sided(high),
            (_, (low, high)) => {
                let at = low.map_or(value.clone(), |low| low.max(value.clone()));
                high.map_or(at.clone(), |high| high.min(at.clone()))
            }
        }
    }

    /// How far a value is from the goal.
    pub fn distance(&self, value: &Number) -> Number {
        let way = self.nearest(value) - value;
        if way < zero() { -way } else { way }
    }

    /// Where a path from a value ends: of a range at what is nearest in it.
    pub fn end(&self, from: &Number) -> Number {
        match self {
            Goal::About(x, _) => x.value.clone(),
            other => other.nearest(from),
        }
    }

    /// Whether one value is better than another.
    pub fn is_better(&self, value: &Number, than: &Number) -> bool {
        match self.way() {
            // Nothing is nothing from either side.
            _ if *self == Goal::None => self.distance(value) < self.distance(than),
            Way::Up => value > than,
            Way::Down => value < than,
            Way::Nearer => self.distance(value) < self.distance(than),
        }
    }

    pub fn script(&self) -> String {
        match self {
            Goal::AtLeast(x) => format!("at_least({})", x.text),
            Goal::MoreThan(x) => format!("more_than({})", x.text),
            Goal::AtMost(x) => format!("at_most({})", x.text),
            Goal::LessThan(x) => format!("less_than({})", x.text),
            Goal::Exactly(x) => format!("exactly({})", x.text),
            Goal::Between(a, b) => format!("between({}, {})", a.text, b.text),
            Goal::About(x, t) => format!("about({}, {})", x.text, t.text),
            Goal::All => "all()".to_owned(),
            Goal::None => "none()".to_owned(),
        }
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        match self {
            Goal::AtLeast(x)
            | Goal::MoreThan(x)
            | Goal::AtMost(x)
            | Goal::LessThan(x)
            | Goal::Exactly(x) => x.kinds(),
            Goal::Between(a, b) | Goal::About(a, b) => [a.kinds(), b.kinds()].concat(),
            Goal::All | Goal::None => Vec::new(),
        }
    }
}

/// Where progress starts.
#[derive(Clone, Debug)]
pub enum Baseline {
    /// The measure's value of a year.
    Year(i32),
    /// A value, and its year.
    Stated(Literal, i32),
}

impl Baseline {
    pub fn year(&self) -> i32 {
        match self {
            Baseline::Year(year) | Baseline::Stated(_, year) => *year,
        }
    }
}

/// When a goal must hold, and the way there.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The year from which it must hold; every year where there is none.
    pub by: Option<i32>,
    pub baseline: Option<Baseline>,
    pub milestones: Vec<(i32, Literal)>,
}

impl Plan {
    /// A goal of every year.
    pub fn every_year() -> Plan {
        Plan { by: None, baseline: None, milestones: Vec::new() }
    }

    pub fn script(&self) -> String {
        let Some(by) = self.by else { return "every_year: true".to_owned() };
        let mut text = format!("by: {by}");
        match &self.baseline {
            Some(Baseline::Year(year)) => text.push_str(&format!(", baseline: {year}")),
            Some(Baseline::Stated(value, year)) => {
                text.push_str(&format!(", baseline: {}, baseline_year: {year}", value.text));
            }
            None => {}
        }
        if !self.milestones.is_empty() {
            let each = self.milestones.iter().map(|(year, at)| format!("\"{year}\": {}", at.text));
            let each: Vec<String> = each.collect();
            text.push_str(&format!(", path: milestones(#{{ {} }})", each.join(", ")));
        }
        text
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        let stated = match &self.baseline {
            Some(Baseline::Stated(value, _)) => value.kinds(),
            _ => Vec::new(),
        };
        let milestones = self.milestones.iter().flat_map(|(_, at)| at.kinds());
        stated.into_iter().chain(milestones).collect()
    }
}

/// Straight lines through points of years and values.
pub struct Path {
    points: Vec<(i32, Number)>,
}

impl Path {
    /// The path to a goal, from what is known of the baseline. `None` where nothing says how it
    /// begins.
    pub fn new(goal: &Goal, plan: &Plan, baseline: Option<(i32, Number)>) -> Option<Path> {
        let by = plan.by?;
        let milestones = plan.milestones.iter().map(|(year, at)| (*year, at.value.clone()));
        let mut points: Vec<_> = baseline.clone().into_iter().chain(milestones).collect();
        // Between two bounds the nearer one to where the path begins.
        let first = &points.first()?.1;
        let end = match goal {
            Goal::Between(low, high) if !plan.milestones.is_empty() => {
                let (low, high) = (&low.value, &high.value);
                let nearer = if (low - first).abs() <= (high - first).abs() { low } else { high };
                nearer.clone()
            }
            goal => goal.end(first),
        };
        // A baseline that meets the goal already has only to be kept.
        if plan.milestones.is_empty() && baseline.is_some_and(|(_, at)| goal.is_met(&at)) {
            points[0].1 = end.clone();
        }
        points.push((by, end));
        Some(Path { points })
    }

    /// What is required in a year; nothing before the path begins.
    pub fn required(&self, year: i32) -> Option<Number> {
        for pair in self.points.windows(2) {
            let ((from, low), (to, high)) = (&pair[0], &pair[1]);
            if *from <= year && year < *to {
                let share = super::number::fraction((year - from).into(), (to - from).into());
                return Some(low + (high - low) * share);
            }
        }
        let (last, end) = self.points.last()?;
        (*last <= year).then(|| end.clone())
    }
}

/// What is known when a value is judged.
pub struct Standing<'a> {
    pub year: i32,
    pub plan: &'a Plan,
    pub required: Option<Number>,
    /// The baseline's year and value, where it has one.
    pub baseline: Option<(i32, Number)>,
    /// The last earlier year's value.
    pub before: Option<Number>,
}

/// The status of a value.
pub fn status(goal: &Goal, value: &Number, at: &Standing) -> &'static str {
    if goal.is_met(value) {
        return "met";
    }
    if at.plan.by.is_none_or(|by| at.year >= by) {
        return "unmet";
    }
    let good_enough = match &at.required {
        None => return "not_yet",
        Some(required) => value == required || goal.is_better(value, required),
    };
    if good_enough {
        return "on_track";
    }
    match (&at.plan.baseline, &at.baseline, &at.before) {
        (Some(_), None, _) => "not_yet",
        (Some(_), Some((_, start)), _) | (None, _, Some(start)) => {
            if goal.is_better(value, start) {
                "behind"
            } else {
                "off_track"
            }
        }
        (None, _, None) => "behind",
    }
}
