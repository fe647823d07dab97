//! From tallies to values: a bound measure for a year, a whole area or one of its parts.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bind::{AggregateId, Bound, BoundCondition, PlanId};
use super::frame::Frame;
use super::ignored::Ignored;
use super::scan::SetTallies;
use super::tally::{Tally, Unknown, UnknownCell};
use super::{Aggregate, Arithmetic, Quotient};
use crate::contract::{EmptyYear, FieldId, SetId};
use crate::exact::Exact;
use crate::ids::{Id, IdVec};
use crate::reading::Dataset;
use crate::reading::areas::AreaId;
use crate::reading::batch::{AreaKey, RowRef, YearKey};
use crate::reading::days::date_from_days;
use crate::source::Location;

/// Where and when a measure is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The year being judged.
    pub year: i32,
    /// One area, or the whole.
    pub area: Option<AreaId>,
    /// The year whose area that is. In other years it is what it was made of, or what became of
    /// it.
    pub of: i32,
    /// The row of the enclosing `each`: dataset and row.
    pub each: Option<(SetId, usize)>,
}

impl Point {
    /// The whole area in a year.
    pub fn whole(year: i32) -> Point {
        Point { year, area: None, of: year, each: None }
    }

    /// An area of a year in that year.
    pub fn in_area(year: i32, area: AreaId) -> Point {
        Point { area: Some(area), ..Point::whole(year) }
    }
}

/// A value found.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(Exact),
    /// A date.
    Date(NaiveDate),
    /// No row to take it from.
    Nothing,
}

/// One thing that is not known. Ordered by what is told of it, so that what is named first does
/// not depend on the order of rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// A dataset without any row for a year.
    Year {
        /// Dataset.
        set: SetId,
        /// Year.
        year: i32,
    },
    /// An area without a row.
    Row {
        /// The area.
        area: AreaId,
        /// Dataset.
        set: SetId,
        /// Year.
        year: i32,
    },
    /// A blank or broken cell.
    Cell {
        /// The row's area, where it has one.
        area: Option<AreaId>,
        /// Dataset.
        set: SetId,
        /// Column.
        column: FieldId,
        /// Why it is unknown.
        why: Unknown,
        /// Where its row stands.
        row: RowRef,
    },
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Absence {
    /// Something needed is unknown: the first few of each group, in order, and how many in all.
    Missing(Vec<Missing>, u64),
    /// The denominator is 0.
    ZeroDenominator(Location),
    /// The measure is not kept by area.
    NotByArea,
    /// The area cannot be put together from those of that year.
    NotThen,
    /// There is no row to take the value from.
    NoRows,
    /// The exact number does not fit.
    Overflow,
}

/// A value or why there is none.
pub type ValueResult = Result<Value, Absence>;

/// A truth value in Kleene's logic.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Not known, and why.
    Unknown(Absence),
}

/// Everything needed to evaluate bound measures.
pub struct Values<'a> {
    /// The data, and what was scanned for.
    pub frame: Frame<'a>,
    /// What the scan found.
    pub tallies: &'a IdVec<PlanId, SetTallies>,
    /// Notes the unknown cells left out because rules say so.
    pub ignored: Ignored,
}

impl Values<'_> {
    /// The measure's value.
    ///
    /// # Errors
    /// [`Absence`] saying why there is none.
    pub fn measure(&self, bound: &Bound, point: Point) -> ValueResult {
        match bound {
            Bound::Number(value) => Ok(Value::Number(value.clone())),
            Bound::Arithmetic(operation, a, b, at) => {
                let (Some(a), Some(b)) = self.numbers(a, b, point)? else {
                    return Ok(Value::Nothing);
                };
                let result = match operation {
                    Arithmetic::Add => a.checked_add(&b),
                    Arithmetic::Sub => a.checked_sub(&b),
                    Arithmetic::Mul => a.checked_mul(&b),
                    Arithmetic::Div if b.is_zero() => return Err(Absence::ZeroDenominator(*at)),
                    Arithmetic::Div => a.checked_div(&b),
                };
                result.map(Value::Number).ok_or(Absence::Overflow)
            }
            Bound::Quotient(quotient) => {
                let (Some(a), Some(b)) = self.numbers(&quotient.part, &quotient.whole, point)?
                else {
                    return Ok(Value::Nothing);
                };
                if b.is_zero() {
                    return Err(Absence::ZeroDenominator(quotient.at));
                }
                let value = match &quotient.kind {
                    Quotient::Ratio => a.checked_div(&b),
                    kind => a.checked_mul(&kind.factor()).and_then(|a| a.checked_div(&b)),
                };
                value.map(Value::Number).ok_or(Absence::Overflow)
            }
            Bound::Aggregate { set, aggregate, year, outer, ignore_missing, .. } => {
                let year = year.resolve(point.year);
                let bound = &self.frame.plans[*set].aggregates[*aggregate];
                let (tally, missing) =
                    self.tally(*set, *aggregate, year, point, outer.as_ref().copied())?;
                let missing_rows = missing.len() as u64;
                if !*ignore_missing && (tally.unknown > 0 || !missing.is_empty()) {
                    let total = tally.unknown + missing_rows;
                    let cells = tally.unknown_cells().iter();
                    let mut items: Vec<Missing> = missing
                        .into_iter()
                        .chain(cells.map(|cell| self.missing_cell(*set, *cell, point.area)))
                        .collect();
                    items.sort_unstable();
                    return Err(Absence::Missing(items, total));
                }
                let left_out = tally.unknown + missing_rows;
                if left_out > 0 {
                    let each = outer.and(point.each);
                    self.ignored.note((*set, *aggregate, year, point.area, each), left_out);
                }
                finish(bound.aggregate, &tally)
            }
        }
    }

    /// Two numbers; what is unknown in either is told for both.
    fn numbers(
        &self,
        a: &Bound,
        b: &Bound,
        point: Point,
    ) -> Result<(Option<Exact>, Option<Exact>), Absence> {
        let number = |value| match value {
            Value::Number(number) => Some(number),
            Value::Date(_) | Value::Nothing => None,
        };
        match (self.measure(a, point), self.measure(b, point)) {
            // Whatever is unknown besides, it has no value by area.
            (Err(Absence::NotByArea), _) | (_, Err(Absence::NotByArea)) => Err(Absence::NotByArea),
            (Ok(a), Ok(b)) => Ok((number(a), number(b))),
            (Err(Absence::Missing(a, count)), Err(Absence::Missing(b, others))) => {
                // The same cell can be unknown for both sides; it is named and counted once. Where
                // not all are remembered, it is not known which are the same: there are at least as
                // many as either side has.
                let complete = a.len() as u64 == count && b.len() as u64 == others;
                let items: Vec<Missing> =
                    a.into_iter().chain(b).collect::<BTreeSet<_>>().into_iter().collect();
                let all = if complete { items.len() as u64 } else { count.max(others) };
                Err(Absence::Missing(items, all))
            }
            (Err(missing @ Absence::Missing(..)), _) | (_, Err(missing @ Absence::Missing(..))) => {
                Err(missing)
            }
            (Err(absence), _) | (_, Err(absence)) => Err(absence),
        }
    }

    /// The aggregate's tally for a year and place, and what is missing beyond its rows.
    pub fn tally(
        &self,
        set: PlanId,
        aggregate: AggregateId,
        year: i32,
        point: Point,
        outer: Option<FieldId>,
    ) -> Result<(Tally, Vec<Missing>), Absence> {
        let found = &self.tallies[set];
        let dataset = self.dataset(set);
        let contract = &dataset.contract;
        if found.overflow.aggregates.get(aggregate) == Some(&true) {
            return Err(Absence::Overflow);
        }
        if point.area.is_some() && contract.area.is_none() {
            return Err(Absence::NotByArea);
        }
        let place = self.frame.plans[set].dataset;
        if contract.year.is_some()
            && !found.years.contains(&year)
            && contract.empty_year == EmptyYear::Unknown
        {
            return Err(Absence::Missing(vec![Missing::Year { set: place, year }], 1));
        }
        // Which rows held in another year was not counted.
        if dataset.validity.is_some() && year != self.frame.parameters.year {
            return Err(Absence::Missing(vec![Missing::Year { set: place, year }], 1));
        }
        let key = outer.map(|column| self.outer_key(column, point)).transpose()?;
        // When the rows are, and the areas of then that make up the one asked for. Those of rows
        // that have no year are the standing ones.
        let areas = &self.frame.datasets.areas;
        let (when, then) = match contract.year {
            Some(_) => (YearKey::Year(year), year),
            None => (YearKey::Always, self.frame.parameters.year),
        };
        let made_of = |area| areas.in_year(area, point.of, then).ok_or(Absence::NotThen);
        let parts = point.area.map(made_of).transpose()?;
        let mut missing = self.missing_rows(set, year, parts.as_deref());
        let mut total = Tally::default();
        let mut add = |group: usize| self.merge(set, aggregate, group, &key, &mut total);
        match &parts {
            None => self.each_group(set, when, None, &mut add),
            Some(parts) => {
                for part in parts {
                    self.each_group(set, when, Some(AreaKey::Area(*part)), &mut add);
                }
            }
        }
        // Rows that may belong here: whatever they hold is unknown.
        let mut stray = |of: YearKey, area: Option<AreaKey>| {
            let column = if of == YearKey::Unknown { contract.year } else { contract.area };
            self.each_group(set, of, area, |group| {
                let row = self.first_row(set, aggregate, group, &key);
                missing.extend(row.zip(column).map(|(row, column)| {
                    let (area, why) = (None, Unknown::Either);
                    Missing::Cell { set: place, row, column, area, why }
                }));
            });
        };
        match point.area {
            None => {
                stray(YearKey::Unknown, None);
                // Where each area has its one row, a row of no area belongs to nothing known.
                if contract.is_complete_by_area() && !areas.is_empty() {
                    stray(when, Some(AreaKey::Unknown));
                }
            }
            Some(_) => {
                for year in [when, YearKey::Unknown] {
                    stray(year, Some(AreaKey::Unknown));
                }
                for part in parts.iter().flatten() {
                    stray(YearKey::Unknown, Some(AreaKey::Area(*part)));
                }
            }
        }
        Ok((total, missing))
    }

    /// The text of the enclosing row that rows are counted by.
    fn outer_key(&self, column: FieldId, point: Point) -> Result<Option<Arc<str>>, Absence> {
        let Some((each, row)) = point.each else { return Ok(None) };
        let bodies = &self.frame.datasets.sets[each];
        if let Some(text) = bodies.text(row, column) {
            return Ok(Some(Arc::from(text)));
        }
        let row = bodies.table.as_ref().and_then(|table| table.refs.get(row)).copied();
        let why = Unknown::Blank;
        let missing = row.map(|row| Missing::Cell { set: each, row, column, area: None, why });
        Err(Absence::Missing(missing.into_iter().collect(), 1))
    }

    /// The rows that areas of a year should have and have not: all, or those of some areas.
    fn missing_rows(&self, set: PlanId, year: i32, parts: Option<&[AreaId]>) -> Vec<Missing> {
        // In order of year and area.
        let all = &self.dataset(set).missing_rows;
        let of_year = &all[all.partition_point(|(of, _)| *of < year)..];
        let of_year = &of_year[..of_year.partition_point(|(of, _)| *of == year)];
        let place = self.frame.plans[set].dataset;
        let row = |area: AreaId| Missing::Row { set: place, year, area };
        match parts {
            None => of_year.iter().map(|(_, area)| row(*area)).collect(),
            Some(parts) => {
                let lacks = |area: &&AreaId| of_year.binary_search(&(year, **area)).is_ok();
                parts.iter().filter(lacks).map(|area| row(*area)).collect()
            }
        }
    }

    /// Calls `see` with each group of a year, or the one of a year and area.
    fn each_group(
        &self,
        set: PlanId,
        year: YearKey,
        area: Option<AreaKey>,
        mut see: impl FnMut(usize),
    ) {
        let groups = &self.tallies[set].groups;
        match area {
            Some(area) => {
                if let Some(group) = groups.get(&(year, area)) {
                    see(*group);
                }
            }
            None => {
                let from = groups.range((year, AreaKey::None)..);
                let of_year = from.take_while(|((of, _), _)| *of == year);
                of_year.for_each(|(_, group)| see(*group));
            }
        }
    }

    /// The dataset behind a plan.
    pub fn dataset(&self, set: PlanId) -> &Dataset {
        &self.frame.datasets.sets[self.frame.plans[set].dataset]
    }

    /// An unknown cell as it is told.
    fn missing_cell(&self, set: PlanId, cell: UnknownCell, area: Option<AreaId>) -> Missing {
        let UnknownCell { row, column, why, area: own } = cell;
        let area = match own {
            AreaKey::Area(own) => Some(own),
            _ => area,
        };
        Missing::Cell { set: self.frame.plans[set].dataset, row, column, area, why }
    }

    /// The first row of a group that counts or may; with a key, of those that may have it.
    fn first_row(
        &self,
        set: PlanId,
        aggregate: AggregateId,
        group: usize,
        key: &Option<Option<Arc<str>>>,
    ) -> Option<RowRef> {
        let found = &self.tallies[set];
        let first = |tally: &Tally| {
            tally.first.into_iter().chain(tally.unknown_cells().iter().map(|cell| cell.row)).min()
        };
        let Some(key) = key else { return first(&found.tallies[aggregate][group]) };
        let keyed = |key: Option<Arc<str>>| found.keyed[aggregate].get(&(group, key));
        [keyed(key.clone()), keyed(None)].into_iter().flatten().filter_map(first).min()
    }

    /// Adds a group's tally; with a key, the key's own and, as unknown, that of unknown keys.
    fn merge(
        &self,
        set: PlanId,
        aggregate: AggregateId,
        group: usize,
        key: &Option<Option<Arc<str>>>,
        total: &mut Tally,
    ) {
        let found = &self.tallies[set];
        let Some(key) = key else {
            total.gather(&found.tallies[aggregate][group]);
            return;
        };
        let keyed = &found.keyed[aggregate];
        if let Some(tally) = keyed.get(&(group, key.clone())) {
            total.gather(tally);
        }
        if let Some(stray) = keyed.get(&(group, None)) {
            let plan = &self.frame.plans[set];
            let columns = plan.aggregates[aggregate].key.map(|key| plan.expressions.columns(key));
            let column = columns.and_then(|columns| Some(plan.shown(*columns.first()?)));
            let column = column.unwrap_or(FieldId::FIRST);
            let cells = stray.unknown_cells().iter().map(|cell| cell.row);
            let mut either = Tally::default();
            for row in cells.chain(stray.first) {
                let cell = UnknownCell { row, column, why: Unknown::Either, area: AreaKey::None };
                either.note_unknown(row, None, || cell);
            }
            total.gather(&either);
        }
    }

    /// Whether a condition holds.
    pub fn condition(&self, condition: &BoundCondition, point: Point) -> Truth {
        match condition {
            BoundCondition::Constant(true) => Truth::True,
            BoundCondition::Constant(false) => Truth::False,
            BoundCondition::Compare(comparison, a, b) => match self.numbers(a, b, point) {
                Ok((Some(a), Some(b))) if comparison.holds(a.cmp(&b)) => Truth::True,
                Ok((Some(_), Some(_))) => Truth::False,
                Ok(_) => Truth::Unknown(Absence::NoRows),
                // It may hold, or not, whatever is unknown.
                Err(absence @ Absence::Missing(..)) => {
                    let between = self.interval(a, point).zip(self.interval(b, point));
                    match between.and_then(|(a, b)| a.compare(*comparison, &b)) {
                        Some(true) => Truth::True,
                        Some(false) => Truth::False,
                        None => Truth::Unknown(absence),
                    }
                }
                Err(absence) => Truth::Unknown(absence),
            },
            BoundCondition::Not(inner) => match self.condition(inner, point) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                unknown => unknown,
            },
            BoundCondition::All(items) => self.fold(items, point, &Truth::False, Truth::True),
            BoundCondition::Any(items) => self.fold(items, point, &Truth::True, Truth::False),
        }
    }

    /// Kleene's and/or: `decisive` wins, then unknown, then `otherwise`.
    fn fold(
        &self,
        items: &[BoundCondition],
        point: Point,
        decisive: &Truth,
        otherwise: Truth,
    ) -> Truth {
        let mut unknown = None;
        for item in items {
            match self.condition(item, point) {
                truth if truth == *decisive => return truth,
                Truth::Unknown(absence) => unknown = unknown.or(Some(absence)),
                _ => {}
            }
        }
        unknown.map_or(otherwise, Truth::Unknown)
    }
}

/// The value of an aggregate, from its tally.
pub fn finish(aggregate: Aggregate, tally: &Tally) -> ValueResult {
    let number = |value: Option<Exact>| value.map(Value::Number).ok_or(Absence::Overflow);
    let date = |days: i128| {
        i32::try_from(days)
            .map(|days| Value::Date(date_from_days(days)))
            .map_err(|_| Absence::Overflow)
    };
    let rows = Exact::int(i128::from(tally.rows));
    if tally.rows == 0
        && !matches!(aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Sum)
    {
        return Ok(Value::Nothing);
    }
    match (aggregate, tally.extremes()) {
        (Aggregate::Count, _) => Ok(Value::Number(rows)),
        (Aggregate::Distinct, _) => {
            let distinct = i128::try_from(tally.distinct()).map_err(|_| Absence::Overflow)?;
            Ok(Value::Number(Exact::int(distinct)))
        }
        (Aggregate::Sum, _) => number(tally.sum()),
        (Aggregate::Mean, _) => number(tally.sum().and_then(|sum| sum.checked_div(&rows))),
        (Aggregate::Quantile(share), _) => number(tally.quantile(share)),
        (_, None) => Ok(Value::Nothing),
        (Aggregate::Min, Some([(low, scale), _])) => number(Exact::decimal(low, scale)),
        (Aggregate::Max, Some([_, (high, scale)])) => number(Exact::decimal(high, scale)),
        (Aggregate::First, Some([(low, _), _])) => date(low),
        (Aggregate::Last, Some([_, (high, _)])) => date(high),
    }
}
