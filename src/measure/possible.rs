//! What a measure can be at the least and at the most, where something it needs is unknown.
//!
//! Counts lie between 0 and the rows there are, declared parts between 0 and their whole; what
//! nothing bounds is open. The ends are those of every way to complete the data: exact for counts,
//! sums and shares of them, and never too narrow for anything else.

use super::bind::{Bound, BoundAggregate, BoundQuotient};
use super::evaluate::{Absence, Missing, Point, Value, Values, finish};
use super::interval::{End, Interval};
use super::reach::{Limits, Slack};
use super::{Aggregate, Arithmetic};
use crate::contract::FieldId;
use crate::exact::Exact;
use crate::ids::Id;
use crate::reading::areas::AreaId;

/// What an aggregate can be: what is known of it and what may be added.
#[derive(Clone, Debug)]
struct Reach {
    known: Exact,
    slack: Slack,
}

impl Reach {
    fn low(&self) -> Option<Exact> {
        self.known.checked_add(&self.slack.low)
    }

    fn high(&self) -> Option<Exact> {
        self.known.checked_add(&self.slack.high)
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
            Bound::Number(value) => Some(Interval::point(value.clone())),
            Bound::Arithmetic(operation, a, b, _) => {
                let (a, b) = (self.interval(a, point)?, self.interval(b, point)?);
                match operation {
                    Arithmetic::Add => a.add(b),
                    Arithmetic::Sub => a.add(b.negated()?),
                    Arithmetic::Mul => a.multiply(&b),
                    Arithmetic::Div => a.divide(&b),
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
        let share = match self.joint(quotient, point) {
            Some(share) if whole.is_positive() => share,
            // There may be nothing to divide by.
            Some(_) => return None,
            None => {
                let mut part = self.interval(&quotient.part, point)?;
                if part.low != part.high && self.is_declared_elsewhere(quotient) {
                    part = self.within_areas(quotient, point, part);
                }
                part.divide(&whole)?
            }
        };
        share.multiply(&Interval::point(quotient.kind.factor()))
    }

    /// The quotient of a count or sum over some rows and the same over more of them, or of a sum and
    /// the sum of its declared whole: the whole grows with its part. Of other parts nobody said
    /// that they are among their whole, unless a contract does so of two datasets.
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
                let with_most = part.high()?.checked_add(&rest.low()?)?;
                let with_least = part.low()?.checked_add(&rest.high()?)?;
                (with_most, (!rest.slack.no_high).then_some(with_least))
            }
            None if self.is_declared_part(&quotient.part, &quotient.whole) => {
                let with_most = whole.low()?.checked_add(&part.slack.beyond)?;
                (with_most, (!whole.slack.no_high).then_some(whole.high()?))
            }
            None => return None,
        };
        let least = part.low()?;
        let low = match with_least {
            _ if least.is_zero() => End::closed(least),
            None => End { at: Some(Exact::ZERO), closed: false },
            Some(whole) => End::closed(least.checked_div(&whole)?),
        };
        let most = part.high()?;
        let high = match part.slack.no_high {
            // Part and whole grow by the same, without end.
            true => End { at: Some(Exact::ONE), closed: most >= with_most },
            false => End::closed(most.checked_div(&with_most)?),
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
        let plan = &self.frame.plans[*set];
        if set != other || year != same || plan.grouped.is_some() {
            return false;
        }
        let (part, whole) = (&plan.aggregates[*part], &plan.aggregates[*whole]);
        let sums = [part, whole].iter().all(|side| side.aggregate == Aggregate::Sum);
        let contract = &self.dataset(*set).contract;
        let field = |side: &BoundAggregate| Some(plan.shown(side.column?));
        let declared = field(part).and_then(|part| Limits::new(contract, part).whole());
        sums && part.filter == whole.filter && declared.is_some() && declared == field(whole)
    }

    /// Whether a sum is declared a part of the sum of another dataset's column, area by area.
    fn is_declared_elsewhere(&self, quotient: &BoundQuotient) -> bool {
        let plain = |bound: &Bound| match bound {
            Bound::Aggregate {
                set, aggregate, year, outer: None, ignore_missing: false, ..
            } => {
                let plan = &self.frame.plans[*set];
                let sum = &plan.aggregates[*aggregate];
                let whole = sum.aggregate == Aggregate::Sum && plan.grouped.is_none();
                whole.then_some((*set, plan.shown(sum.column?), sum.filter, *year))
            }
            _ => None,
        };
        let sides = plain(&quotient.part).zip(plain(&quotient.whole));
        let Some(((set, part, _, year), (of, whole, None, same))) = sides else { return false };
        let (contract, other) = (&self.dataset(set).contract, &self.dataset(of).contract);
        year == same
            && contract.parts_elsewhere.iter().any(|pair| {
                pair.part == part
                    && pair.dataset.value == other.name
                    && other.field(&pair.column.value) == Some(whole)
            })
    }

    /// A part that is declared among its whole in every area: where something is unknown of it in
    /// one area, it is no more there than that area's whole.
    fn within_areas(&self, quotient: &BoundQuotient, point: Point, part: Interval) -> Interval {
        let areas: Vec<AreaId> = match point.area {
            Some(area) => vec![area],
            None => self.frame.datasets.areas.of_year(point.year).collect(),
        };
        let sum = || -> Option<Interval> {
            let mut sum = Interval::point(Exact::ZERO);
            for area in &areas {
                let point = match point.area {
                    Some(_) => point,
                    None => Point { each: point.each, ..Point::in_area(point.year, *area) },
                };
                let mut own = self.interval(&quotient.part, point)?;
                if own.low != own.high
                    && let Ok(Value::Number(whole)) = self.measure(&quotient.whole, point)
                    && own.low.at.as_ref().is_some_and(|low| *low <= whole)
                    && own.high.at.as_ref().is_none_or(|high| *high > whole)
                {
                    own.high = End::closed(whole);
                }
                sum = sum.add(own)?;
            }
            Some(sum)
        };
        // Without areas there is nothing to add up, and rows of no area would be missing.
        match sum() {
            Some(sum) if !areas.is_empty() && sum.low == part.low && sum.high.at.is_some() => sum,
            _ => part,
        }
    }

    /// What an aggregate can be.
    fn reach(&self, bound: &Bound, point: Point) -> Option<Reach> {
        let Bound::Aggregate { set, aggregate, year, outer, ignore_missing, .. } = bound else {
            return None;
        };
        let year = year.resolve(point.year);
        let plan = &self.frame.plans[*set];
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
        // The others have no value where no row is left, so that nothing is known of them then.
        let always =
            matches!(bound.aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Sum);
        let (tally, missing) =
            match self.tally(*set, *aggregate, year, point, outer.as_ref().copied()) {
                Ok(found) => found,
                Err(Absence::Missing(..)) if !*ignore_missing && always => {
                    return Some(Reach { known: Exact::ZERO, slack: nothing_known });
                }
                Err(_) => return None,
            };
        let known = match finish(bound.aggregate, &tally) {
            Ok(Value::Number(value)) => value,
            _ => return None,
        };
        if *ignore_missing || (tally.unknown == 0 && missing.is_empty()) {
            return Some(Reach { known, slack: Slack::default() });
        }
        let mut slack = match (&plan.grouped, bound.aggregate) {
            // Groups that are known count, whatever others there may be.
            (Some(_), Aggregate::Count) => Slack::default(),
            _ => tally.slack(),
        };
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
                // An area that has no row is to have exactly one, perhaps with a value of its own.
                (Missing::Row { .. }, Aggregate::Count | Aggregate::Distinct) => {
                    let counts = bound.aggregate == Aggregate::Count && bound.filter.is_none();
                    let low = if counts { Exact::ONE } else { Exact::ZERO };
                    Slack { low, high: Exact::ONE, ..Slack::default() }
                }
                (Missing::Row { .. }, Aggregate::Sum) if plan.grouped.is_none() => {
                    let field = bound.column.map_or(FieldId::FIRST, |column| plan.shown(column));
                    Limits::new(contract, field).slack_of_missing(bound.filter.is_none())
                }
                _ => nothing_known.clone(),
            });
        }
        Some(Reach { known, slack })
    }
}
