//! From tallies to values: a bound measure for a year, a whole area or one of its parts.

use std::cell::Cell;

use arrow_array::Array;
use chrono::NaiveDate;

use super::bind::{Bound, BoundAggregate, BoundCondition, SetPlan};
use super::scan::{AreaKey, SetTallies, YearKey};
use super::tally::Tally;
use super::{Aggregate, Arithmetic, Quotient};
use crate::data::Datasets;
use crate::data::contract::EmptyYear;
use crate::data::table::date_from_days;
use crate::exact::Exact;
use crate::source::Location;

/// Where and when a measure is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The year being judged.
    pub year: i32,
    /// One area, or the whole.
    pub area: Option<usize>,
    /// The row of the enclosing `each`: dataset and row.
    pub each: Option<(usize, usize)>,
}

impl Point {
    /// The whole area in a year.
    pub fn whole(year: i32) -> Point {
        Point { year, area: None, each: None }
    }
}

/// A value found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(Exact),
    /// A date.
    Date(NaiveDate),
    /// No row to take it from.
    Nothing,
}

/// One thing that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A blank or broken cell.
    Cell {
        /// Dataset.
        set: usize,
        /// Row.
        row: usize,
        /// Column.
        column: usize,
    },
    /// An area without a row.
    Row {
        /// Dataset.
        set: usize,
        /// Year.
        year: i32,
        /// Area code.
        area: String,
    },
    /// A dataset without any row for a year.
    Year {
        /// Dataset.
        set: usize,
        /// Year.
        year: i32,
    },
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Absence {
    /// Something needed is unknown: the first few, and how many in all.
    Missing(Vec<Missing>, u64),
    /// The denominator is 0.
    ZeroDenominator(Location),
    /// The measure is not kept by area.
    NotByArea,
    /// There is no row to take the value from.
    NoRows,
    /// The exact number does not fit.
    Overflow,
}

/// A value or why there is none.
pub type Outcome = Result<Value, Absence>;

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
    /// The data.
    pub datasets: &'a Datasets,
    /// What was scanned for.
    pub plans: &'a [SetPlan],
    /// What the scan found.
    pub tallies: &'a [SetTallies],
    /// Unknown cells left out so far because rules say so.
    pub ignored: Cell<u64>,
}

impl Values<'_> {
    /// The measure's value.
    ///
    /// # Errors
    /// [`Absence`] saying why there is none.
    pub fn measure(&self, bound: &Bound, point: Point) -> Outcome {
        match bound {
            Bound::Number(value) => Ok(Value::Number(*value)),
            Bound::Arithmetic(operation, a, b, at) => {
                let (Some(a), Some(b)) = self.numbers(a, b, point)? else {
                    return Ok(Value::Nothing);
                };
                let result = match operation {
                    Arithmetic::Add => a.checked_add(b),
                    Arithmetic::Sub => a.checked_sub(b),
                    Arithmetic::Mul => a.checked_mul(b),
                    Arithmetic::Div if b.is_zero() => return Err(Absence::ZeroDenominator(*at)),
                    Arithmetic::Div => a.checked_div(b),
                };
                result.map(Value::Number).ok_or(Absence::Overflow)
            }
            Bound::Quotient(quotient, a, b, at) => {
                let (Some(a), Some(b)) = self.numbers(a, b, point)? else {
                    return Ok(Value::Nothing);
                };
                if b.is_zero() {
                    return Err(Absence::ZeroDenominator(*at));
                }
                let value = match quotient {
                    Quotient::Ratio => a.checked_div(b),
                    _ => a.checked_mul(quotient.factor()).and_then(|a| a.checked_div(b)),
                };
                value.map(Value::Number).ok_or(Absence::Overflow)
            }
            Bound::Aggregate { set, aggregate, year, outer, ignore_missing } => {
                let year = year.resolve(point.year);
                let bound = &self.plans[*set].aggregates[*aggregate];
                let (tally, missing) =
                    self.tally(*set, *aggregate, year, point, outer.as_ref().copied())?;
                let missing_rows = missing.len() as u64;
                if !*ignore_missing && (tally.unknown > 0 || !missing.is_empty()) {
                    let mut items = missing;
                    let total = tally.unknown + items.len() as u64;
                    items.extend(tally.unknown_rows.iter().map(|row| Missing::Cell {
                        set: *set,
                        row: *row,
                        column: self.culprit(*set, bound, *row),
                    }));
                    return Err(Absence::Missing(items, total));
                }
                let left_out = tally.unknown + missing_rows;
                if left_out > 0 {
                    self.ignored.set(self.ignored.get() + left_out);
                    if tally.rows == 0 {
                        return Ok(Value::Nothing);
                    }
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
            (Ok(a), Ok(b)) => Ok((number(a), number(b))),
            (Err(Absence::Missing(mut items, count)), Err(Absence::Missing(more, others))) => {
                // The same cell can be unknown for both sides; it is named and counted once.
                let fresh: Vec<_> =
                    more.iter().filter(|item| !items.contains(item)).cloned().collect();
                let doubled = (more.len() - fresh.len()) as u64;
                items.extend(fresh);
                Err(Absence::Missing(items, count + others - doubled))
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
        set: usize,
        aggregate: usize,
        year: i32,
        point: Point,
        outer: Option<usize>,
    ) -> Result<(Tally, Vec<Missing>), Absence> {
        let found = &self.tallies[set];
        let contract = &self.datasets.sets[set].contract;
        if found.overflow {
            return Err(Absence::Overflow);
        }
        if point.area.is_some() && contract.area.is_none() {
            return Err(Absence::NotByArea);
        }
        if contract.year.is_some()
            && !found.years.contains(&year)
            && contract.empty_year == EmptyYear::Unknown
        {
            return Err(Absence::Missing(vec![Missing::Year { set, year }], 1));
        }
        let key = match (outer, point.each) {
            (Some(column), Some((each, row))) => {
                let Some(text) = self.datasets.sets[each].text(row, column) else {
                    return Err(Absence::Missing(
                        vec![Missing::Cell { set: each, row, column }],
                        1,
                    ));
                };
                Some(text.to_owned())
            }
            _ => None,
        };
        let mut total = Tally::default();
        let mut missing: Vec<Missing> = self.datasets.sets[set]
            .missing_rows
            .iter()
            .filter(|(of, code)| {
                *of == year
                    && point.area.is_none_or(|area| self.datasets.areas.codes[area] == *code)
            })
            .map(|(_, code)| Missing::Row { set, year, area: code.clone() })
            .collect();
        for (group, (of, area)) in found.groups.iter().enumerate() {
            let in_year = match of {
                YearKey::Always => true,
                YearKey::Year(of) => *of == year,
                YearKey::Unknown => false,
            };
            let in_area = match (area, point.area) {
                (_, None) => true,
                (AreaKey::Area(area), Some(wanted)) => *area == wanted,
                _ => false,
            };
            if in_year && in_area {
                self.merge(set, aggregate, group, outer.map(|_| key.as_deref()), &mut total);
            } else if (*of == YearKey::Unknown || (in_year && *area == AreaKey::Unknown))
                && (in_area || *area == AreaKey::Unknown)
            {
                // Rows that may belong here: whatever they hold is unknown.
                let mut stray = Tally::default();
                self.merge(set, aggregate, group, outer.map(|_| key.as_deref()), &mut stray);
                let column = if *of == YearKey::Unknown { contract.year } else { contract.area };
                if let (Some(row), Some(column)) =
                    (stray.first_row.into_iter().chain(stray.unknown_rows).min(), column)
                {
                    missing.push(Missing::Cell { set, row, column });
                }
            }
        }
        Ok((total, missing))
    }

    /// Adds a group's tally; with a key, the key's own and, as unknown, that of unknown keys.
    fn merge(
        &self,
        set: usize,
        aggregate: usize,
        group: usize,
        key: Option<Option<&str>>,
        total: &mut Tally,
    ) {
        let found = &self.tallies[set];
        let Some(key) = key else {
            total.merge(&found.tallies[group][aggregate]);
            return;
        };
        let keyed = &found.keyed[group];
        if let Some(tally) = keyed.get(&(aggregate, key.map(str::to_owned))) {
            total.merge(tally);
        }
        if let Some(stray) = keyed.get(&(aggregate, None)) {
            for row in stray.unknown_rows.iter().copied().chain(stray.first_row) {
                total.note_unknown(row);
            }
        }
    }

    /// Which cell of a row makes an aggregate unknown: its value, or the first unknown cell its
    /// condition reads.
    fn culprit(&self, set: usize, aggregate: &BoundAggregate, row: usize) -> usize {
        let dataset = &self.datasets.sets[set];
        let Some(table) = &dataset.table else { return 0 };
        if table.doubled_rows.contains(&row) {
            return dataset.contract.primary_key.last().copied().unwrap_or(0);
        }
        let expressions = &self.plans[set].expressions;
        let condition = aggregate.filter.into_iter().chain(aggregate.key);
        condition
            .flat_map(|id| expressions.columns(id))
            .chain(aggregate.column)
            .find(|column| table.columns[*column].is_null(row))
            .or(aggregate.column)
            .unwrap_or(0)
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

fn finish(aggregate: Aggregate, tally: &Tally) -> Outcome {
    if tally.overflow {
        return Err(Absence::Overflow);
    }
    let number = |mantissa: i128| {
        Exact::decimal(mantissa, tally.scale).map(Value::Number).ok_or(Absence::Overflow)
    };
    let date = |days: i128| {
        i32::try_from(days)
            .map(|days| Value::Date(date_from_days(days)))
            .map_err(|_| Absence::Overflow)
    };
    match aggregate {
        Aggregate::Count => Ok(Value::Number(Exact::int(i128::from(tally.rows)))),
        Aggregate::Distinct => {
            let distinct = tally.distinct.as_ref().map_or(0, |values| values.len());
            Ok(Value::Number(Exact::int(i128::try_from(distinct).map_err(|_| Absence::Overflow)?)))
        }
        Aggregate::Sum => number(tally.sum),
        Aggregate::Mean => {
            if tally.rows == 0 {
                return Ok(Value::Nothing);
            }
            Exact::decimal(tally.sum, tally.scale)
                .and_then(|sum| sum.checked_div(Exact::int(i128::from(tally.rows))))
                .map(Value::Number)
                .ok_or(Absence::Overflow)
        }
        Aggregate::Min => tally.min.map_or(Ok(Value::Nothing), number),
        Aggregate::Max => tally.max.map_or(Ok(Value::Nothing), number),
        Aggregate::First => tally.min.map_or(Ok(Value::Nothing), date),
        Aggregate::Last => tally.max.map_or(Ok(Value::Nothing), date),
    }
}
