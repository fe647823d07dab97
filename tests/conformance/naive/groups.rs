//! Rows gathered into groups, each of which is then a row of its own.

use std::collections::HashMap;

use rasoat::contract::FieldId;
use rasoat::exact::Exact;
use rasoat::ids::{Id, IdVec};
use rasoat::measure::Aggregate;
use rasoat::measure::bind::{BoundAggregate, Grouped, SetPlan};
use rasoat::measure::tally::{Tally, Unknown, UnknownCell};
use rasoat::reading::batch::{AreaKey, ColumnId, GroupKey, YearKey};

use super::aggregates::why;
use super::{Line, Scan};
use crate::plain::{Cell, Known};

/// What the members of a group share.
#[derive(Clone, PartialEq)]
struct Which {
    place: Option<GroupKey>,
    /// What names the area where nobody listed them.
    area: Option<Known>,
    /// Nothing where one of the keys, or that name, is unknown.
    keys: Option<Vec<Known>>,
}

struct Group<'l> {
    which: Which,
    members: Vec<&'l Line>,
    /// For each member, the cell that leaves open whether it is one.
    doubts: Vec<Option<UnknownCell>>,
}

impl Group<'_> {
    fn first(&self) -> &Line {
        self.members.iter().min_by_key(|line| line.at).expect("a member")
    }

    fn doubt(&self) -> Option<UnknownCell> {
        self.doubts.iter().flatten().min().copied()
    }
}

impl Scan<'_> {
    /// The groups of a plan over groups.
    pub fn groups(&self, plan: &SetPlan, grouped: &Grouped) -> Vec<Line> {
        let parent = &self.plan.plans[grouped.parent];
        let mut groups: Vec<Group<'_>> = Vec::new();
        for line in &self.lines[plan.dataset] {
            let chosen = self.holds(&parent.expressions, grouped.filter, line);
            if chosen == Some(false) {
                continue;
            }
            let (which, doubt) = self.which(plan, grouped, line, chosen.is_some());
            match groups.iter_mut().find(|group| group.which == which) {
                Some(group) => {
                    group.members.push(line);
                    group.doubts.push(doubt);
                }
                None => {
                    groups.push(Group { which, members: vec![line], doubts: vec![doubt] });
                }
            }
        }
        let strays = self.strays(plan, &groups);
        groups.iter().map(|group| self.line(grouped, group, &strays)).collect()
    }

    /// The group of a row, and what leaves open whether the row is of that one.
    fn which(
        &self,
        plan: &SetPlan,
        grouped: &Grouped,
        line: &Line,
        chosen: bool,
    ) -> (Which, Option<UnknownCell>) {
        let shape = &self.plan.shapes[plan.dataset];
        let unlisted = shape.area.filter(|_| self.plan.areas.is_empty()).map(|area| area.column);
        let known = |field: &FieldId| line.cells[(*field).into()].clone().ok();
        let area = unlisted.and_then(|column| known(&column));
        let keys = grouped.keys.iter().map(known).collect::<Option<Vec<Known>>>();
        let keys = keys.filter(|_| unlisted.is_none() || area.is_some());
        let is_unknown = |field: &FieldId| line.cells[(*field).into()].is_err();
        let blank = |column: FieldId| {
            let (row, why) = (line.at, why(line, column.into()));
            UnknownCell { row, column, why, area: AreaKey::None }
        };
        let doubt = if !chosen {
            let read = grouped.filter_reads.iter().copied().find(is_unknown);
            Some(blank(read.unwrap_or(grouped.keys[0])))
        } else if line.doubled {
            let column = shape.primary_key.last().copied().unwrap_or(FieldId::FIRST);
            let (row, why) = (line.at, Unknown::Doubled);
            Some(UnknownCell { row, column, why, area: AreaKey::None })
        } else {
            grouped.keys.iter().copied().chain(unlisted).find(is_unknown).map(blank)
        };
        (Which { place: line.place, area, keys }, doubt)
    }

    /// The rows that may belong to other groups than their own, and to which.
    fn strays(&self, plan: &SetPlan, groups: &[Group<'_>]) -> Vec<(Which, UnknownCell)> {
        let shape = &self.plan.shapes[plan.dataset];
        let either = |group: &Group<'_>, column: Option<FieldId>| UnknownCell {
            row: group.first().at,
            column: column.unwrap_or(FieldId::FIRST),
            why: Unknown::Either,
            area: AreaKey::None,
        };
        let mut strays: Vec<(Which, UnknownCell)> = Vec::new();
        for group in groups {
            let cell = match group.which.place {
                Some((YearKey::Unknown, _)) => Some(either(group, shape.year)),
                Some((_, AreaKey::Unknown)) => {
                    Some(either(group, shape.area.map(|area| area.column)))
                }
                _ if group.which.keys.is_none() => group.doubt(),
                _ => None,
            };
            strays.extend(cell.map(|cell| (group.which.clone(), cell)));
        }
        // By year and area, and within those by row.
        strays.sort_by_key(|(which, cell)| (which.place, cell.row));
        strays
    }

    /// A group as a row: its keys, then what is computed of its members.
    fn line(&self, grouped: &Grouped, group: &Group<'_>, strays: &[(Which, UnknownCell)]) -> Line {
        let Which { place, keys, .. } = &group.which;
        let at = group.first().at;
        let stray = stray(&group.which, strays);
        let certain = group.doubts.iter().any(Option::is_none);
        let unplaced =
            place.is_some_and(|(year, area)| year == YearKey::Unknown || area == AreaKey::Unknown);
        let doubled = keys.is_none() || !certain || unplaced;
        let mut blame = HashMap::new();
        if let Some(cell) = stray.or(group.doubt()).filter(|_| doubled) {
            blame.insert(None, cell);
        }
        let mut cells: IdVec<ColumnId, Cell> = match keys {
            Some(keys) => keys.iter().cloned().map(Ok).collect(),
            // It stands for any group of which its rows may be, whose keys are there.
            None => grouped.keys.iter().map(|_| Err(Unknown::Broken)).collect(),
        };
        for inner in &grouped.inner {
            let tally = self.members(&self.plan.plans[grouped.parent], inner, group);
            let unknown = tally.unknown_cells().first().copied();
            let (cell, culprit) = match (stray.or(unknown), result(inner.aggregate, &tally)) {
                (Some(cell), _) => (Err(Unknown::Broken), Some(cell)),
                (None, Some(value)) => (Ok(value), None),
                (None, None) => {
                    let (column, why) = (grouped.keys[0], Unknown::Group);
                    let cell = UnknownCell { row: at, column, why, area: AreaKey::None };
                    (Err(Unknown::Group), Some(cell))
                }
            };
            blame.extend(culprit.map(|cell| (Some(cells.next_id()), cell)));
            cells.push(cell);
        }
        Line { at, cells, place: *place, doubled, blame }
    }

    /// An aggregate over the members of a group.
    fn members(&self, parent: &SetPlan, inner: &BoundAggregate, group: &Group<'_>) -> Tally {
        let mut tally = Tally::default();
        for line in &group.members {
            self.feed(parent, inner, line, AreaKey::None, None, &mut tally);
        }
        tally
    }
}

/// The first row that may belong to a group, of those of unknown year, area or key in this order.
fn stray(which: &Which, strays: &[(Which, UnknownCell)]) -> Option<UnknownCell> {
    let year = |place: Option<GroupKey>| place.map(|(year, _)| year);
    let area = |place: Option<GroupKey>| place.map(|(_, area)| area);
    let find = |may: &dyn Fn(&Which) -> bool| strays.iter().find(|(other, _)| may(other));
    let here = |other: &Which, area: &Option<Known>| {
        other.place == which.place && other.keys.is_none() && other.area == *area
    };
    let found = find(&|other| year(other.place) == Some(YearKey::Unknown))
        .or_else(|| {
            find(&|other| {
                year(other.place) == year(which.place)
                    && area(other.place) == Some(AreaKey::Unknown)
            })
        })
        .or_else(|| find(&|other| here(other, &which.area)))
        .or_else(|| find(&|other| here(other, &None)));
    found.map(|(_, cell)| *cell)
}

/// What an aggregate over known members came to.
fn result(aggregate: Aggregate, tally: &Tally) -> Option<Known> {
    let number = |(mantissa, places)| Exact::decimal(mantissa, places);
    let day = |(days, _): (i128, u32)| {
        let days = chrono::TimeDelta::days(i64::try_from(days).expect("a date"));
        Known::Date(chrono::NaiveDate::default() + days)
    };
    match aggregate {
        Aggregate::Count => Some(Known::Number(Exact::int(tally.rows.into()))),
        Aggregate::Distinct => Some(Known::Number(Exact::int(tally.distinct() as i128))),
        Aggregate::Sum => tally.sum().map(Known::Number),
        Aggregate::Min => tally.extremes().and_then(|[low, _]| number(low)).map(Known::Number),
        Aggregate::Max => tally.extremes().and_then(|[_, high]| number(high)).map(Known::Number),
        Aggregate::First => tally.extremes().map(|[low, _]| day(low)),
        Aggregate::Last => tally.extremes().map(|[_, high]| day(high)),
        Aggregate::Mean | Aggregate::Quantile(_) => panic!("not of the members of a group"),
    }
}
