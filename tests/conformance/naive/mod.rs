//! The naive backend: a plan as text, rows as plain cells, and one row after the other, in the
//! most obvious way. It knows no contract, no catalog and no rule.

mod aggregates;
mod expressions;
mod groups;
mod reach;

use std::collections::HashMap;

use chrono::NaiveDate;
use rasoat::contract::{FieldId, SetId};
use rasoat::diagnostic::Told;
use rasoat::ids::IdVec;
use rasoat::measure::backend::{Backend, ScanPlan, Shape};
use rasoat::measure::bind::PlanId;
use rasoat::measure::frame::Parameters;
use rasoat::measure::scan::SetTallies;
use rasoat::measure::tally::{Unknown, UnknownCell};
use rasoat::reading::areas::Area;
use rasoat::reading::batch::{AreaKey, ColumnId, GroupKey, RowRef, YearKey};

use crate::plain::{Cell, Known, Row};

/// The rows of each dataset, in the order in which plans name them.
pub struct Naive<'w> {
    pub tables: &'w IdVec<SetId, Vec<Row>>,
}

impl Naive<'_> {
    /// What a plan in JSON asks for, in JSON.
    pub fn answer(&self, plan: &str, parameters: Parameters) -> String {
        let plan: ScanPlan = serde_json::from_str(plan).expect("a plan");
        let tallies = Scan::new(&plan, self.tables, parameters).tallies();
        serde_json::to_string(&tallies).expect("tallies as text")
    }
}

impl Backend for Naive<'_> {
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<IdVec<PlanId, SetTallies>> {
        let sent = serde_json::to_string(plan).expect("a plan as text");
        let answer = self.answer(&sent, parameters);
        Told { made: serde_json::from_str(&answer).expect("tallies"), findings: Vec::new() }
    }
}

/// A row, or a group of rows, and what is known of it as a whole.
pub struct Line {
    at: RowRef,
    cells: IdVec<ColumnId, Cell>,
    /// When and where it is; nothing where it does not hold in the reporting year.
    place: Option<GroupKey>,
    /// Whether it may be no row at all: another has its key, or it is a group that may not be one.
    doubled: bool,
    /// Of a group: the members' cells that make one of its columns unknown, or itself.
    blame: HashMap<Option<ColumnId>, UnknownCell>,
}

/// A plan and the rows it is about.
pub struct Scan<'p> {
    plan: &'p ScanPlan,
    parameters: Parameters,
    /// Of each dataset.
    lines: IdVec<SetId, Vec<Line>>,
}

impl<'p> Scan<'p> {
    fn new(
        plan: &'p ScanPlan,
        tables: &IdVec<SetId, Vec<Row>>,
        parameters: Parameters,
    ) -> Scan<'p> {
        let mut scan = Scan { plan, parameters, lines: IdVec::new() };
        let pairs = plan.shapes.iter().zip(tables);
        scan.lines = pairs.map(|(shape, rows)| scan.read(shape, rows)).collect();
        scan
    }

    fn read(&self, shape: &Shape, rows: &[Row]) -> Vec<Line> {
        let doubled = doubled(shape, rows);
        let lines = rows.iter().zip(doubled).map(|(row, doubled)| {
            let mut cells = row.cells.clone();
            let year = year(shape, &cells);
            let area = self.area(shape, year, &cells);
            if let (Some(own), AreaKey::Unknown) = (shape.area, area)
                && year != YearKey::Unknown
                && cells[own.column.into()].is_ok()
            {
                // It names no area of its year.
                cells[own.column.into()] = Err(Unknown::Broken);
            }
            let holds = holds_in(shape, &cells, self.parameters.year);
            let (at, place) = (row.at, holds.then_some((year, area)));
            Line { at, cells, place, doubled, blame: HashMap::new() }
        });
        lines.collect()
    }

    /// The area that a row's code or name means in its year.
    fn area(&self, shape: &Shape, year: YearKey, cells: &IdVec<ColumnId, Cell>) -> AreaKey {
        let Some(own) = shape.area.filter(|_| !self.plan.areas.is_empty()) else {
            return AreaKey::None;
        };
        let Ok(Known::Text(text)) = &cells[own.column.into()] else { return AreaKey::Unknown };
        let is_called = |area: &Area| *text == *if own.by_name { &area.name } else { &area.code };
        let all = self.plan.areas.enumerate();
        let mut called = all.filter(|(_, area)| is_called(area));
        let year = match year {
            YearKey::Always => self.parameters.year,
            YearKey::Year(year) => year,
            // One that is what it is in every year.
            YearKey::Unknown => {
                return match (called.next(), called.next()) {
                    (Some((only, area)), None) if area.validity == Default::default() => {
                        AreaKey::Area(only)
                    }
                    _ => AreaKey::Unknown,
                };
            }
        };
        let then = called.find(|(_, area)| within(area.validity.from, area.validity.to, year));
        then.map_or(AreaKey::Unknown, |(area, _)| AreaKey::Area(area))
    }

    /// The tallies of every plan.
    fn tallies(&self) -> IdVec<PlanId, SetTallies> {
        let mut all: IdVec<PlanId, SetTallies> = IdVec::new();
        for (plan, wanted) in self.plan.plans.iter().zip(&self.plan.wanted) {
            let found = match &plan.grouped {
                _ if !wanted => SetTallies::default(),
                None => self.set(plan, &self.lines[plan.dataset]),
                Some(grouped) => {
                    let mut found = self.set(plan, &self.groups(plan, grouped));
                    // A year in which no row makes a group is one there are figures of.
                    found.years.clone_from(&all[grouped.parent].years);
                    found
                }
            };
            all.push(if *wanted { SetTallies::together(vec![found]) } else { found });
        }
        all
    }
}

/// Whether some other row has the key of each.
fn doubled(shape: &Shape, rows: &[Row]) -> Vec<bool> {
    let key = |row: &Row| -> Option<Vec<Known>> {
        shape.primary_key.iter().map(|column| row.cells[(*column).into()].clone().ok()).collect()
    };
    let keys: Vec<_> = rows.iter().map(key).collect();
    let again = |key: &Option<Vec<Known>>| {
        key.as_ref().is_some_and(|key| !key.is_empty())
            && keys.iter().filter(|other| *other == key).count() > 1
    };
    keys.iter().map(again).collect()
}

fn year(shape: &Shape, cells: &IdVec<ColumnId, Cell>) -> YearKey {
    let Some(column) = shape.year else { return YearKey::Always };
    match &cells[column.into()] {
        Ok(Known::Number(year)) => {
            let year = year.to_integer().and_then(|year| i32::try_from(year).ok());
            year.map_or(YearKey::Unknown, YearKey::Year)
        }
        _ => YearKey::Unknown,
    }
}

/// Whether a row holds in a year. A day that is unknown is no bound.
fn holds_in(shape: &Shape, cells: &IdVec<ColumnId, Cell>, year: i32) -> bool {
    let Some((from, to)) = shape.validity else { return true };
    let day = |column: Option<FieldId>| match &cells[column?.into()] {
        Ok(Known::Date(day)) => Some(*day),
        _ => None,
    };
    within(day(from), day(to), year)
}

/// Whether the last day of a year is between two days, each included.
fn within(from: Option<NaiveDate>, to: Option<NaiveDate>, year: i32) -> bool {
    NaiveDate::from_ymd_opt(year, 12, 31)
        .is_some_and(|last| from.is_none_or(|from| from <= last) && to.is_none_or(|to| last <= to))
}
