//! What can be asked of tallies, in a form that every backend's give alike, and in words.

use std::collections::{BTreeMap, BTreeSet};

use rasoat::exact::Exact;
use rasoat::ids::IdVec;
use rasoat::measure::Aggregate;
use rasoat::measure::backend::ScanPlan;
use rasoat::measure::bind::{AggregateId, BoundAggregate, CheckId, PlanId, SetPlan};
use rasoat::measure::scan::{RowCheck, SetTallies};
use rasoat::measure::tally::{Slack, Tally, UnknownCell};
use rasoat::reading::batch::{AreaKey, GroupKey, RowRef, YearKey};
use rasoat::reading::days::date_from_days;

/// Stands in [`rasoat::measure::scan`] for the year of rows that do not hold: nobody asks for it.
const APART: YearKey = YearKey::Year(i32::MIN);

/// A group, and the text of the body its rows belong to where they are kept apart by that.
pub type Place = (GroupKey, Option<Option<String>>);

/// What can be asked of a plan's tallies.
#[derive(Debug, PartialEq)]
pub struct Asked {
    pub rows: u64,
    pub years: BTreeSet<i32>,
    pub unreadable: bool,
    pub aggregates: IdVec<AggregateId, BTreeMap<Place, Figure>>,
    pub checks: IdVec<CheckId, Checked>,
}

/// What can be asked of one tally.
#[derive(Debug, PartialEq)]
pub struct Figure {
    pub value: Value,
    pub rows: u64,
    pub first: Option<RowRef>,
    pub deciding: Option<RowRef>,
    pub unknown: u64,
    pub cells: Vec<UnknownCell>,
    /// What the unknown rows may add; of most aggregates nobody asks.
    pub slack: Option<Slack>,
}

/// What an aggregate comes to.
#[derive(Debug, PartialEq)]
pub enum Value {
    Number(Exact),
    Date(chrono::NaiveDate),
    /// There is nothing to compute it from.
    Nothing,
    /// It does not fit, or some value on the way does not.
    TooLong,
}

/// What can be asked of a check.
#[derive(Debug, PartialEq)]
pub enum Checked {
    Rows { rows: u64, violations: u64, first: Vec<RowRef>, undecided: u64, open: Option<RowRef> },
    TooLong,
}

/// What can be asked of all tallies.
pub fn all(plan: &ScanPlan, tallies: &IdVec<PlanId, SetTallies>) -> IdVec<PlanId, Asked> {
    assert_eq!(plan.plans.len(), tallies.len());
    plan.plans.iter().zip(tallies).map(|(plan, found)| of(plan, found)).collect()
}

impl Asked {
    /// What differs in another, as each of them has it.
    pub fn different(&self, other: &Asked) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let whole = |Asked { rows, years, unreadable, checks, .. }: &Asked| {
            format!("{rows} rows, years {years:?}, unreadable {unreadable}, {checks:?}")
        };
        pairs.extend([(whole(self), whole(other))].into_iter().filter(|(own, other)| own != other));
        for (at, (own, other)) in self.aggregates.iter().zip(&other.aggregates).enumerate() {
            let places: BTreeSet<&Place> = own.keys().chain(other.keys()).collect();
            // Not as they are written: a number may be, in several ways.
            for place in places.into_iter().filter(|place| own.get(place) != other.get(place)) {
                let told = |figure| format!("aggregate {at} {place:?} {figure:?}");
                pairs.push((told(own.get(place)), told(other.get(place))));
            }
        }
        pairs
    }
}

/// What can be asked of the tallies of one plan.
pub fn of(plan: &SetPlan, found: &SetTallies) -> Asked {
    let aggregates = plan.aggregates.enumerate();
    Asked {
        rows: found.rows,
        years: found.years.clone(),
        unreadable: found.unreadable,
        aggregates: aggregates.map(|(at, own)| figures(plan, own, found, at)).collect(),
        checks: plan.checks.ids().map(|at| checked(found, at)).collect(),
    }
}

fn figures(
    plan: &SetPlan,
    aggregate: &BoundAggregate,
    found: &SetTallies,
    at: AggregateId,
) -> BTreeMap<Place, Figure> {
    if found.overflow.aggregates.get(at) == Some(&true) {
        return BTreeMap::new();
    }
    let groups: Vec<(&GroupKey, &usize)> =
        found.groups.iter().filter(|((year, _), _)| *year != APART).collect();
    let mut tallies: Vec<(Place, &Tally)> = Vec::new();
    for (key, group) in groups {
        if aggregate.key.is_none() {
            tallies.push(((*key, None), &found.tallies[at][*group]));
        }
        let keyed = found.keyed[at].iter().filter(|((of, _), _)| of == group);
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        tallies.extend(keyed.map(|((_, own), tally)| ((*key, Some(text(own))), tally)));
    }
    // Whether a group without anything is there makes no difference.
    let some = tallies.into_iter().filter(|(_, tally)| tally.rows + tally.unknown > 0);
    some.map(|(place, tally)| (place, figure(plan, aggregate.aggregate, tally))).collect()
}

fn figure(plan: &SetPlan, aggregate: Aggregate, tally: &Tally) -> Figure {
    let bounded = matches!(aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Sum);
    Figure {
        value: value(aggregate, tally),
        rows: tally.rows,
        first: tally.first,
        deciding: tally.deciding(aggregate),
        unknown: tally.unknown,
        cells: tally.unknown_cells().to_vec(),
        slack: (bounded && plan.grouped.is_none()).then(|| tally.slack()),
    }
}

fn value(aggregate: Aggregate, tally: &Tally) -> Value {
    let number = |number: Option<Exact>| number.map_or(Value::TooLong, Value::Number);
    let rows = Exact::int(tally.rows.into());
    let end = |at: usize| tally.extremes().map(|ends| ends[at]);
    let decimal = |end: Option<(i128, u32)>| match end {
        Some((mantissa, places)) => number(Exact::decimal(mantissa, places)),
        None => Value::Nothing,
    };
    let date = |end: Option<(i128, u32)>| match end {
        Some((days, _)) => Value::Date(date_from_days(i32::try_from(days).expect("a date"))),
        None => Value::Nothing,
    };
    match aggregate {
        Aggregate::Count => Value::Number(rows),
        Aggregate::Sum => number(tally.sum()),
        Aggregate::Distinct => number(Some(Exact::int(tally.distinct() as i128))),
        _ if tally.rows == 0 => Value::Nothing,
        Aggregate::Mean => number(tally.sum().and_then(|sum| sum.checked_div(&rows))),
        Aggregate::Quantile(share) => number(tally.quantile(share)),
        Aggregate::Min => decimal(end(0)),
        Aggregate::Max => decimal(end(1)),
        Aggregate::First => date(end(0)),
        Aggregate::Last => date(end(1)),
    }
}

fn checked(found: &SetTallies, at: CheckId) -> Checked {
    if found.overflow.checks.get(at) == Some(&true) {
        return Checked::TooLong;
    }
    let Some(check) = found.checks.get(at) else { return Checked::TooLong };
    let RowCheck { rows, violations, first, undecided, open } = check.clone();
    Checked::Rows { rows, violations, first, undecided, open }
}

/// Tallies in words, with the rows of a dataset by their numbers and the columns by their names.
pub struct Words<'w> {
    pub plan: &'w ScanPlan,
    pub set: &'w SetPlan,
    /// The names of the dataset's rows.
    pub rows: &'w [RowRef],
}

impl Words<'_> {
    /// Where a figure is, and what it is: `2024 01: 3 of 2, 1 unknown #4 a blank`.
    pub fn figure(&self, (group, key): &Place, figure: &Figure, aggregate: Aggregate) -> String {
        let mut told = self.group(*group);
        match key {
            None => {}
            Some(None) => told += " of nobody known",
            Some(Some(key)) => told += &format!(" of {key}"),
        }
        let value = match &figure.value {
            Value::Number(number) => number.exact_text(),
            Value::Date(day) => day.to_string(),
            Value::Nothing => "nothing".to_owned(),
            Value::TooLong => "too long".to_owned(),
        };
        told += &format!(": {value} of {}", figure.rows);
        let named = !matches!(aggregate, Aggregate::Count | Aggregate::Sum | Aggregate::Mean);
        if let Some(row) = figure.deciding.filter(|_| named) {
            told += &format!(" {}", self.row(row));
        }
        if figure.unknown > 0 {
            let cells: Vec<String> = figure.cells.iter().map(|cell| self.cell(cell)).collect();
            told += &format!(", {} unknown {}", figure.unknown, cells.join(", "));
        }
        told + self.slack(figure, aggregate).as_str()
    }

    fn slack(&self, figure: &Figure, aggregate: Aggregate) -> String {
        let slack = figure.slack.as_ref().filter(|slack| {
            (aggregate == Aggregate::Sum || **slack != Slack::default()) && figure.unknown > 0
        });
        let Some(slack) = slack else { return String::new() };
        let end = |end: &Exact, open: bool| if open { "…".to_owned() } else { end.exact_text() };
        let (low, high) = (end(&slack.low, slack.no_low), end(&slack.high, slack.no_high));
        let beyond = match slack.beyond.is_zero() {
            true => String::new(),
            false => format!(", its whole then {} more", slack.beyond.exact_text()),
        };
        format!(", adding {low} to {high}{beyond}")
    }

    /// What a check found: `3 rows, 1 broken #2, 1 open #3`.
    pub fn check(&self, checked: &Checked) -> String {
        let Checked::Rows { rows, violations, first, undecided, open } = checked else {
            return "too long".to_owned();
        };
        let mut told = format!("{rows} rows");
        if *violations > 0 {
            let first: Vec<String> = first.iter().map(|row| self.row(*row)).collect();
            told += &format!(", {violations} broken {}", first.join(" "));
        }
        if let Some(row) = open {
            told += &format!(", {undecided} open {}", self.row(*row));
        }
        told
    }

    fn group(&self, (year, area): GroupKey) -> String {
        let year = match year {
            YearKey::Always => "always".to_owned(),
            YearKey::Unknown => "some year".to_owned(),
            YearKey::Year(year) => year.to_string(),
        };
        match area {
            AreaKey::None => year,
            AreaKey::Unknown => format!("{year} somewhere"),
            AreaKey::Area(area) => format!("{year} {}", self.plan.areas[area].name),
        }
    }

    fn row(&self, row: RowRef) -> String {
        let place = self.rows.iter().position(|other| *other == row);
        format!("#{}", place.expect("a row") + 1)
    }

    fn cell(&self, cell: &UnknownCell) -> String {
        let column = &self.plan.shapes[self.set.dataset].columns[cell.column];
        format!("{} {} {:?}", self.row(cell.row), column.name, cell.why).to_lowercase()
    }
}
