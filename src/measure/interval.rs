//! What a measure can be at the least and at the most, where something it needs is unknown.
//!
//! Counts and parts lie between 0 and their whole; what nothing bounds is open. The ends are those
//! of every way to complete the data: exact for counts, sums and shares of them, and never too
//! narrow for anything else.

use super::bind::{Bound, BoundQuotient};
use super::evaluate::{Absence, Missing, Point, Value, Values, finish};
use super::reach::{Limits, Slack};
use super::{Aggregate, Arithmetic, Comparison, Quotient};
use crate::exact::Exact;

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Where it is; `None` when the interval goes on for ever.
    pub at: Option<Exact>,
    /// Whether the end itself can be reached.
    pub closed: bool,
}

impl End {
    const OPEN: End = End { at: None, closed: false };

    fn closed(at: Exact) -> End {
        End { at: Some(at), closed: true }
    }
}

/// Every value a measure can have lies between these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The least.
    pub low: End,
    /// The most.
    pub high: End,
}

impl Interval {
    /// Nothing is known.
    pub const OPEN: Interval = Interval { low: End::OPEN, high: End::OPEN };

    /// A known value.
    pub fn point(value: Exact) -> Interval {
        Interval { low: End::closed(value), high: End::closed(value) }
    }

    /// Whether nothing at all is known.
    pub fn is_open(&self) -> bool {
        self.low.at.is_none() && self.high.at.is_none()
    }

    /// Values that stand for all in the interval, where what is asked of a value changes at
    /// `marks` only: the marks inside, and one value between each two and towards each end.
    /// `None` when one does not fit an exact number.
    pub fn samples(&self, marks: &[Exact]) -> Option<Vec<Exact>> {
        let inside = |mark: &&Exact| {
            self.low.at.is_none_or(|low| low < **mark)
                && self.high.at.is_none_or(|high| **mark < high)
        };
        let mut points: Vec<Exact> = marks.iter().filter(inside).copied().collect();
        points.sort_unstable();
        points.dedup();
        let first = self.low.at.or(points.first().copied()).or(self.high.at);
        let (Some(first), Some(last)) =
            (first, self.high.at.or(points.last().copied()).or(self.low.at))
        else {
            return Some(vec![Exact::ZERO]);
        };
        let mut samples = points.clone();
        match self.low.at {
            Some(low) if self.low.closed => samples.push(low),
            Some(_) => {}
            None => samples.push(first.checked_sub(Exact::ONE)?),
        }
        match self.high.at {
            Some(high) if self.high.closed => samples.push(high),
            Some(_) => {}
            None => samples.push(last.checked_add(Exact::ONE)?),
        }
        let ends = self.low.at.into_iter().chain(points).chain(self.high.at);
        let ends: Vec<Exact> = ends.collect();
        for pair in ends.windows(2).filter(|pair| pair[0] < pair[1]) {
            samples.push(pair[0].checked_add(pair[1])?.checked_mul(Exact::HALF)?);
        }
        samples.sort_unstable();
        samples.dedup();
        Some(samples)
    }

    /// Whether a comparison holds whatever the values are; `None` when that depends on them.
    pub fn compare(&self, comparison: Comparison, other: &Interval) -> Option<bool> {
        let below = |a: End, b: End| {
            // Everything up to `a` is below everything from `b` on, or at most at it.
            let (a_at, b_at) = (a.at?, b.at?);
            Some((a_at < b_at || (a_at == b_at && !(a.closed && b.closed)), a_at <= b_at))
        };
        let (less, at_most) = below(self.high, other.low).unwrap_or_default();
        let (greater, at_least) = below(other.high, self.low).unwrap_or_default();
        let single = |interval: &Interval| interval.low.closed && interval.low == interval.high;
        let same = single(self) && self == other;
        let decide = |holds: bool, fails: bool| match (holds, fails) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        match comparison {
            Comparison::Less => decide(less, at_least),
            Comparison::LessOrEqual => decide(at_most, greater),
            Comparison::Greater => decide(greater, at_most),
            Comparison::GreaterOrEqual => decide(at_least, less),
            Comparison::Equal => decide(same, less || greater),
            Comparison::NotEqual => decide(less || greater, same),
        }
    }

    fn negated(self) -> Option<Interval> {
        let negated = |end: End| match end.at {
            Some(at) => Some(End { at: Some(Exact::ZERO.checked_sub(at)?), ..end }),
            None => Some(end),
        };
        Some(Interval { low: negated(self.high)?, high: negated(self.low)? })
    }

    fn add(self, other: Interval) -> Option<Interval> {
        let sum = |a: End, b: End| match (a.at, b.at) {
            (Some(x), Some(y)) => {
                Some(End { at: Some(x.checked_add(y)?), closed: a.closed && b.closed })
            }
            _ => Some(End::OPEN),
        };
        Some(Interval { low: sum(self.low, other.low)?, high: sum(self.high, other.high)? })
    }

    /// The product of two intervals that hold nothing below 0; of others nothing is said.
    fn multiply(self, other: Interval) -> Option<Interval> {
        if !(self.is_nonnegative() && other.is_nonnegative()) {
            return Some(Interval::OPEN);
        }
        let product = |a: End, b: End| {
            let zero = |end: End| end.at.is_some_and(Exact::is_zero) && end.closed;
            if zero(a) || zero(b) {
                return Some(End::closed(Exact::ZERO));
            }
            let (Some(x), Some(y)) = (a.at, b.at) else { return Some(End::OPEN) };
            Some(End { at: Some(x.checked_mul(y)?), closed: a.closed && b.closed })
        };
        Some(Interval { low: product(self.low, other.low)?, high: product(self.high, other.high)? })
    }

    /// The quotient of intervals that hold nothing below 0; of others nothing is said, nor where
    /// there may be nothing to divide by.
    fn divide(self, other: Interval) -> Option<Interval> {
        if other.low.closed && other.low.at.is_some_and(Exact::is_zero) {
            return None;
        }
        if !(self.is_nonnegative() && other.is_nonnegative()) {
            return Some(Interval::OPEN);
        }
        let low = match (self.low.at?, other.high.at) {
            (least, _) if least.is_zero() => End { at: Some(least), closed: self.low.closed },
            (_, None) => End { at: Some(Exact::ZERO), closed: false },
            (_, Some(most)) if most.is_zero() => return Some(Interval::OPEN),
            (least, Some(most)) => End {
                at: Some(least.checked_div(most)?),
                closed: self.low.closed && other.high.closed,
            },
        };
        let high = match (self.high.at, other.low.at?) {
            (_, least) if least.is_zero() => End::OPEN,
            (None, _) => End::OPEN,
            (Some(most), least) => End {
                at: Some(most.checked_div(least)?),
                closed: self.high.closed && other.low.closed,
            },
        };
        Some(Interval { low, high })
    }

    fn is_nonnegative(&self) -> bool {
        self.low.at.is_some_and(|low| !low.is_negative())
    }
}

/// What an aggregate can be: what is known of it and what may be added.
#[derive(Clone, Copy, Debug)]
struct Reach {
    known: Exact,
    slack: Slack,
}

impl Reach {
    fn low(&self) -> Option<Exact> {
        self.known.checked_add(self.slack.low)
    }

    fn high(&self) -> Option<Exact> {
        self.known.checked_add(self.slack.high)
    }

    fn interval(&self) -> Option<Interval> {
        let end = |open: bool, at: Option<Exact>| {
            if open { Some(End::OPEN) } else { Some(End::closed(at?)) }
        };
        Some(Interval {
            low: end(self.slack.no_low, self.low())?,
            high: end(self.slack.no_high, self.high())?,
        })
    }
}

impl Values<'_> {
    /// What a measure can be, whatever the unknown cells it needs hold. `None` when nothing can be
    /// said: it is no number, not kept by area, or does not fit.
    pub fn interval(&self, bound: &Bound, point: Point) -> Option<Interval> {
        match bound {
            Bound::Number(value) => Some(Interval::point(*value)),
            Bound::Arithmetic(operation, a, b, _) => {
                let (a, b) = (self.interval(a, point)?, self.interval(b, point)?);
                match operation {
                    Arithmetic::Add => a.add(b),
                    Arithmetic::Sub => a.add(b.negated()?),
                    Arithmetic::Mul => a.multiply(b),
                    Arithmetic::Div => a.divide(b),
                }
            }
            Bound::Quotient(quotient) => self.quotient_interval(quotient, point),
            Bound::Aggregate { .. } => self.reach(bound, point)?.interval(),
        }
    }

    /// What is known of a sum or count for certain, whatever is unknown beside it.
    pub fn known(&self, bound: &Bound, point: Point) -> Option<Exact> {
        let reach = self.reach(bound, point)?;
        (!reach.slack.no_low && !reach.slack.low.is_negative()).then_some(reach.known)
    }

    fn quotient_interval(&self, quotient: &BoundQuotient, point: Point) -> Option<Interval> {
        let whole = self.interval(&quotient.whole, point)?;
        if whole.low.at.is_none_or(|low| low.is_negative() || (low.is_zero() && whole.low.closed)) {
            // There may be nothing to divide by.
            return None;
        }
        let share = match self.joint(quotient, point) {
            Some(share) => share,
            None => {
                let mut part = self.interval(&quotient.part, point)?;
                if quotient.kind == Quotient::Percent && part.low != part.high {
                    part = self.within_areas(quotient, point, part);
                }
                part.divide(whole)?
            }
        };
        let factor = Interval::point(quotient.kind.factor());
        let mut interval = share.multiply(factor)?;
        let hundred = Exact::int(100);
        // A part is among its whole.
        if quotient.kind == Quotient::Percent
            && interval.low.at.is_some_and(|low| low <= hundred)
            && interval.high.at.is_none_or(|high| high > hundred)
        {
            interval.high = End::closed(hundred);
        }
        Some(interval)
    }

    /// A part that is among its whole in every area too: where something is unknown of it in one
    /// area, it is no more there than that area's whole.
    fn within_areas(&self, quotient: &BoundQuotient, point: Point, part: Interval) -> Interval {
        let areas: Vec<usize> = match point.area {
            Some(area) => vec![area],
            None => self.datasets.areas.of_year(point.year).collect(),
        };
        let sum = || -> Option<Interval> {
            let mut sum = Interval::point(Exact::ZERO);
            for area in areas {
                let point = Point { area: Some(area), ..point };
                let mut own = self.interval(&quotient.part, point)?;
                if own.low != own.high
                    && let Ok(Value::Number(whole)) = self.measure(&quotient.whole, point)
                    && own.low.at.is_some_and(|low| low <= whole)
                    && own.high.at.is_none_or(|high| high > whole)
                {
                    own.high = End::closed(whole);
                }
                sum = sum.add(own)?;
            }
            Some(sum)
        };
        // Rows of no area would be missing from the sum.
        match sum() {
            Some(sum) if sum.low == part.low && sum.high.at.is_some() => sum,
            _ => part,
        }
    }

    /// The quotient of a count and a count of more of the same rows, or of a sum and the sum of
    /// its declared whole: the whole grows with its part.
    fn joint(&self, quotient: &BoundQuotient, point: Point) -> Option<Interval> {
        let part = self.reach(&quotient.part, point)?;
        let whole = self.reach(&quotient.whole, point)?;
        if part.slack.no_low || whole.slack.no_low || part.low()?.is_negative() {
            return None;
        }
        // The whole where the part is at its most, and where it is at its least.
        let (with_most, with_least) = match &quotient.rest {
            Some(rest) => {
                let rest = self.reach(rest, point)?;
                if rest.slack.no_low {
                    return None;
                }
                let with_most = part.high()?.checked_add(rest.low()?)?;
                let with_least = part.low()?.checked_add(rest.high()?)?;
                (with_most, (!rest.slack.no_high).then_some(with_least))
            }
            None if self.is_declared_part(&quotient.part, &quotient.whole) => {
                let with_most = whole.low()?.checked_add(part.slack.beyond)?;
                (with_most, (!whole.slack.no_high).then_some(whole.high()?))
            }
            None => return None,
        };
        let least = part.low()?;
        let low = match with_least {
            _ if least.is_zero() => End::closed(least),
            None => End { at: Some(Exact::ZERO), closed: false },
            Some(whole) => End::closed(least.checked_div(whole)?),
        };
        let most = part.high()?;
        let high = match part.slack.no_high {
            // Part and whole grow by the same, without end.
            true => End { at: Some(Exact::ONE), closed: most >= with_most },
            false => End::closed(most.checked_div(with_most)?),
        };
        Some(Interval { low, high })
    }

    /// Whether one aggregate adds up a declared part of what the other adds up, over the same rows.
    fn is_declared_part(&self, part: &Bound, whole: &Bound) -> bool {
        let (
            Bound::Aggregate {
                set, aggregate: part, year, outer: None, ignore_missing: false, ..
            },
            Bound::Aggregate {
                set: other,
                aggregate: whole,
                year: same,
                outer: None,
                ignore_missing: false,
                ..
            },
        ) = (part, whole)
        else {
            return false;
        };
        let plan = &self.plans[*set];
        if set != other || year != same || plan.grouped.is_some() {
            return false;
        }
        let (part, whole) = (&plan.aggregates[*part], &plan.aggregates[*whole]);
        let sums = [part, whole].iter().all(|side| side.aggregate == Aggregate::Sum);
        let contract = &self.dataset(*set).contract;
        let declared = part.column.and_then(|column| Limits::new(contract, column).whole());
        sums && part.filter == whole.filter && declared.is_some() && declared == whole.column
    }

    /// What an aggregate can be.
    fn reach(&self, bound: &Bound, point: Point) -> Option<Reach> {
        let Bound::Aggregate { set, aggregate, year, outer, ignore_missing, .. } = bound else {
            return None;
        };
        let year = year.resolve(point.year);
        let plan = &self.plans[*set];
        let bound = &plan.aggregates[*aggregate];
        let contract = &self.dataset(*set).contract;
        let nonnegative = match bound.aggregate {
            Aggregate::Count | Aggregate::Distinct => true,
            Aggregate::Sum => bound
                .column
                .is_some_and(|column| Limits::new(contract, plan.shown(column)).is_nonnegative()),
            _ => false,
        };
        let nothing_known = Slack { no_low: !nonnegative, no_high: true, ..Slack::default() };
        let (tally, missing) =
            match self.tally(*set, *aggregate, year, point, outer.as_ref().copied()) {
                Ok(found) => found,
                Err(Absence::Missing(..)) if !*ignore_missing => {
                    return Some(Reach { known: Exact::ZERO, slack: nothing_known });
                }
                Err(_) => return None,
            };
        let known = match finish(bound.aggregate, &tally) {
            Ok(Value::Number(value)) => value,
            Ok(Value::Nothing) if tally.unknown > 0 || !missing.is_empty() => Exact::ZERO,
            _ => return None,
        };
        if *ignore_missing || (tally.unknown == 0 && missing.is_empty()) {
            return Some(Reach { known, slack: Slack::default() });
        }
        let mut slack = tally.slack();
        match bound.aggregate {
            // Groups, and rows kept apart by a key, may become more by what is unknown elsewhere.
            _ if outer.is_some() || plan.grouped.is_some() => slack.add(&nothing_known),
            Aggregate::Count | Aggregate::Distinct => {
                let high = Exact::int(i128::from(tally.unknown));
                slack.add(&Slack { high, ..Slack::default() });
            }
            Aggregate::Sum => {}
            _ => slack = Slack::OPEN,
        }
        for item in &missing {
            slack.add(&match (item, bound.aggregate) {
                // An area that has no row is to have exactly one.
                (Missing::Row { .. }, Aggregate::Count) => {
                    let low = if bound.filter.is_none() { Exact::ONE } else { Exact::ZERO };
                    Slack { low, high: Exact::ONE, ..Slack::default() }
                }
                (Missing::Row { .. }, Aggregate::Sum) if plan.grouped.is_none() => {
                    let column = bound.column.unwrap_or(0);
                    Limits::new(contract, column).slack_of_missing(bound.filter.is_none())
                }
                _ => nothing_known,
            });
        }
        Some(Reach { known, slack })
    }
}
