//! Intervals of exact numbers, each end in it or not, or further than any number.

use super::Comparison;
use crate::exact::Exact;

/// One end of an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Where it is; `None` when the interval goes on for ever.
    pub at: Option<Exact>,
    /// Whether the end itself can be reached.
    pub closed: bool,
}

impl End {
    pub(super) const OPEN: End = End { at: None, closed: false };

    pub(super) fn closed(at: Exact) -> End {
        End { at: Some(at), closed: true }
    }

    /// How far the end goes; without a number, to this side.
    fn reach(&self, side: i32) -> Corner {
        let open = if side < 0 { Far::Below } else { Far::Above };
        let value = self.at.clone().map_or(open, Far::At);
        Corner { value, reached: self.closed }
    }
}

/// Every value a measure can have lies between these.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        Interval { low: End::closed(value.clone()), high: End::closed(value) }
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
            self.low.at.as_ref().is_none_or(|low| low < *mark)
                && self.high.at.as_ref().is_none_or(|high| *mark < high)
        };
        let mut points: Vec<Exact> = marks.iter().filter(inside).cloned().collect();
        points.sort_unstable();
        points.dedup();
        let (low, high) = (self.low.at.as_ref(), self.high.at.as_ref());
        let ends =
            (low.or(points.first()).or(high).cloned(), high.or(points.last()).or(low).cloned());
        let (Some(first), Some(last)) = ends else { return Some(vec![Exact::ZERO]) };
        let mut samples = points.clone();
        match &self.low.at {
            Some(low) if self.low.closed => samples.push(low.clone()),
            Some(_) => {}
            None => samples.push(first.checked_sub(&Exact::ONE)?),
        }
        match &self.high.at {
            Some(high) if self.high.closed => samples.push(high.clone()),
            Some(_) => {}
            None => samples.push(last.checked_add(&Exact::ONE)?),
        }
        let ends = self.low.at.clone().into_iter().chain(points).chain(self.high.at.clone());
        let ends: Vec<Exact> = ends.collect();
        for pair in ends.windows(2).filter(|pair| pair[0] < pair[1]) {
            samples.push(pair[0].checked_add(&pair[1])?.checked_mul(&Exact::HALF)?);
        }
        samples.sort_unstable();
        samples.dedup();
        Some(samples)
    }

    /// Whether a comparison holds whatever the values are; `None` when that depends on them.
    pub fn compare(&self, comparison: Comparison, other: &Interval) -> Option<bool> {
        let below = |a: &End, b: &End| {
            // Everything up to `a` is below everything from `b` on, or at most at it.
            let (a_at, b_at) = (a.at.as_ref()?, b.at.as_ref()?);
            Some((a_at < b_at || (a_at == b_at && !(a.closed && b.closed)), a_at <= b_at))
        };
        let (less, at_most) = below(&self.high, &other.low).unwrap_or_default();
        let (greater, at_least) = below(&other.high, &self.low).unwrap_or_default();
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

    pub(super) fn negated(self) -> Option<Interval> {
        let negated = |end: End| match end.at {
            Some(at) => Some(End { at: Some(Exact::ZERO.checked_sub(&at)?), ..end }),
            None => Some(end),
        };
        Some(Interval { low: negated(self.high)?, high: negated(self.low)? })
    }

    pub(super) fn add(self, other: Interval) -> Option<Interval> {
        let sum = |a: End, b: End| match (a.at, b.at) {
            (Some(x), Some(y)) => {
                Some(End { at: Some(x.checked_add(&y)?), closed: a.closed && b.closed })
            }
            _ => Some(End::OPEN),
        };
        Some(Interval { low: sum(self.low, other.low)?, high: sum(self.high, other.high)? })
    }

    /// The products of any value of one and any of the other. `None` when one does not fit.
    pub(super) fn multiply(&self, other: &Interval) -> Option<Interval> {
        let mut corners = Vec::with_capacity(4);
        for a in [self.low.reach(-1), self.high.reach(1)] {
            for b in [other.low.reach(-1), other.high.reach(1)] {
                corners.push(a.times(&b)?);
            }
        }
        // Of corners at the same value one that is reached is enough.
        let least = corners.iter().min_by_key(|corner| (&corner.value, !corner.reached))?;
        let most = corners.iter().max_by_key(|corner| (&corner.value, corner.reached))?;
        Some(Interval { low: least.end(), high: most.end() })
    }

    pub(super) fn is_positive(&self) -> bool {
        let low = self.low.at.as_ref();
        low.is_some_and(|low| *low > Exact::ZERO || (low.is_zero() && !self.low.closed))
    }

    /// The quotients of any value of one and any of the other; `None` where there may be nothing to
    /// divide by, or when one does not fit.
    pub(super) fn divide(&self, other: &Interval) -> Option<Interval> {
        let holds_zero = |end: &End| end.closed && end.at.as_ref().is_some_and(Exact::is_zero);
        let below = other.low.at.as_ref().is_none_or(Exact::is_negative) || holds_zero(&other.low);
        let above = other.high.at.as_ref().is_none_or(|high| *high > Exact::ZERO)
            || holds_zero(&other.high);
        if below && above {
            return None;
        }
        // What is far from 0 becomes near, and the other way about.
        let inverse = |end: &End| match &end.at {
            None => Some(End { at: Some(Exact::ZERO), closed: false }),
            Some(at) if at.is_zero() => Some(End::OPEN),
            Some(at) => Some(End { at: Some(Exact::ONE.checked_div(at)?), closed: end.closed }),
        };
        let inverse = Interval { low: inverse(&other.high)?, high: inverse(&other.low)? };
        self.multiply(&inverse)
    }
}

/// A number, or further than any to one side. In order of size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    Below,
    At(Exact),
    Above,
}

/// How far a value goes to one side, and whether that is reached.
#[derive(Clone, Debug)]
struct Corner {
    value: Far,
    reached: bool,
}

impl Corner {
    fn end(&self) -> End {
        match &self.value {
            Far::At(value) => End { at: Some(value.clone()), closed: self.reached },
            Far::Below | Far::Above => End::OPEN,
        }
    }

    fn sign(&self) -> i32 {
        match &self.value {
            Far::Below => -1,
            Far::Above => 1,
            Far::At(value) if value.is_zero() => 0,
            Far::At(value) => {
                if value.is_negative() {
                    -1
                } else {
                    1
                }
            }
        }
    }

    fn times(&self, other: &Corner) -> Option<Corner> {
        let reached = match (self.sign(), other.sign()) {
            // Nothing times anything is nothing, however far that goes.
            (0, _) if self.reached => true,
            (_, 0) if other.reached => true,
            _ => self.reached && other.reached,
        };
        let value = match (&self.value, &other.value, self.sign() * other.sign()) {
            (Far::At(a), Far::At(b), _) => Far::At(a.checked_mul(b)?),
            (.., 0) => Far::At(Exact::ZERO),
            (.., sign) if sign < 0 => Far::Below,
            _ => Far::Above,
        };
        Some(Corner { value, reached })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end() -> impl Strategy<Value = Option<(i128, bool)>> {
        prop_oneof![1 => Just(None), 6 => (-3i128..=3, any::<bool>()).prop_map(Some)]
    }

    fn interval() -> impl Strategy<Value = Interval> {
        (end(), end()).prop_filter_map("empty", |(low, high)| {
            if let (Some((low, from)), Some((high, to))) = (low, high)
                && (low > high || (low == high && !(from && to)))
            {
                return None;
            }
            let end = |end: Option<(i128, bool)>| match end {
                None => End::OPEN,
                Some((at, closed)) => End { at: Some(Exact::int(at)), closed },
            };
            Some(Interval { low: end(low), high: end(high) })
        })
    }

    fn holds(interval: &Interval, value: &Exact) -> bool {
        let above = interval
            .low
            .at
            .as_ref()
            .is_none_or(|low| low < value || (low == value && interval.low.closed));
        let below = interval
            .high
            .at
            .as_ref()
            .is_none_or(|high| value < high || (value == high && interval.high.closed));
        above && below
    }

    /// Values of an interval: its ends where they are in it, others close to them, and far ones.
    fn values(interval: &Interval) -> Vec<Exact> {
        let near = Exact::ratio(1, 1000).expect("small");
        let ends = [&interval.low.at, &interval.high.at].into_iter().flatten();
        let mut found: Vec<Exact> = [-900, -1, 0, 1, 900].map(Exact::int).to_vec();
        for end in ends {
            found.push(end.clone());
            found.push(end.checked_add(&near).expect("small"));
            found.push(end.checked_sub(&near).expect("small"));
        }
        found.retain(|value| holds(interval, value));
        found
    }

    type Operation = fn(&Exact, &Exact) -> Option<Exact>;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever comes of two values is in what is said of their intervals, and what is said is
        /// no wider: its ends are reached, or nearly.
        #[test]
        fn operations_hold_what_comes_of_values(a in interval(), b in interval()) {
            let one = Exact::ONE;
            let operations: [(Option<Interval>, Operation); 4] = [
                (a.clone().add(b.clone()), Exact::checked_add),
                (b.clone().negated().and_then(|b| a.clone().add(b)), Exact::checked_sub),
                (a.multiply(&b), Exact::checked_mul),
                (a.divide(&b), Exact::checked_div),
            ];
            for (at, (found, operation)) in operations.into_iter().enumerate() {
                let zero = holds(&b, &Exact::ZERO);
                prop_assert_eq!(found.is_none(), at == 3 && zero);
                let Some(found) = found else { continue };
                let mut results = Vec::new();
                for x in values(&a) {
                    for y in values(&b) {
                        let result = operation(&x, &y).expect("small, and no 0");
                        prop_assert!(holds(&found, &result), "{found:?} lacks {result}");
                        results.push(result);
                    }
                }
                let (least, most) = (results.iter().min(), results.iter().max());
                let close = |end: &End, result: Option<&Exact>| {
                    let (Some(end), Some(result)) = (&end.at, result) else { return true };
                    end.checked_sub(result).expect("small").abs() < one
                };
                prop_assert!(close(&found.low, least) && close(&found.high, most), "{found:?}");
                let reached = |end: &End| {
                    !end.closed || end.at.as_ref().is_some_and(|at| results.contains(at))
                };
                prop_assert!(reached(&found.low) && reached(&found.high), "{found:?}");
            }
        }

        #[test]
        fn samples_stand_for_all_values(a in interval(), marks in prop::collection::vec(-4i128..4, 0..4)) {
            let marks: Vec<Exact> = marks.into_iter().map(Exact::int).collect();
            let samples = a.samples(&marks).expect("small");
            prop_assert!(!samples.is_empty() && samples.iter().all(|sample| holds(&a, sample)));
            // A value stands to every mark as some sample does.
            for value in values(&a) {
                let stands = |to: &Exact| marks.iter().map(|mark| to.cmp(mark)).collect::<Vec<_>>();
                prop_assert!(samples.iter().any(|sample| stands(sample) == stands(&value)));
            }
        }
    }
}
