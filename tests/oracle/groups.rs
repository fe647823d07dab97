//! Groups by the column `k`: the rows of one year and one area that have the same value there.

use super::data::{Cell, Column, Row, Table, Value, World, year_of};
use super::measures::{Aggregate, At, Found, Outcome, Source, is_at, passes};
use super::rows::{Expr, Gather, Subject, and, truth};

/// A group: its key, its members, and what leaves open which these are.
pub struct Group<'a> {
    key: &'a str,
    /// Rows that are members, for certain or perhaps.
    members: Vec<(Option<bool>, &'a Row)>,
    /// Whether a row of no known key may be a member.
    open: bool,
}

impl Subject for Group<'_> {
    fn cell(&self, column: Column) -> Cell {
        assert_eq!(column, Column::K, "a group has its key only");
        Cell::Is(Value::Text(self.key.to_owned()))
    }

    fn gather(&self, what: Gather, filter: Option<&Expr>) -> Option<Value> {
        if self.open {
            return None;
        }
        let (how, column) = match what {
            Gather::Count => (Aggregate::Count, None),
            Gather::Sum(column) => (Aggregate::Sum(column), Some(column)),
            Gather::Min(column) => (Aggregate::Min(column), Some(column)),
            Gather::Max(column) => (Aggregate::Max(column), Some(column)),
            Gather::Distinct(column) => (Aggregate::Distinct(column), Some(column)),
        };
        let mut values = Vec::new();
        for (member, row) in &self.members {
            let passes = filter.map_or(Some(true), |filter| truth(filter, *row));
            if and(*member, passes)? {
                values.push(match column {
                    Some(column) => row.cell(column).value()?.clone(),
                    None => Value::Truth(true),
                });
            }
        }
        match how.of(&values) {
            Outcome::Known(number) => Some(Value::Number(number)),
            _ => None,
        }
    }
}

/// The groups of a table, and whether some row has no known key and may be in any, or be one of
/// its own. Rows are of known years and areas, or the table has none.
fn gather<'a>(table: &Table, rows: &[(Option<bool>, &'a Row)]) -> (Vec<Group<'a>>, usize) {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let place = |row: &Row| {
        let year = row.year.number().and_then(year_of).filter(|_| table.dated);
        let area = row.area.value().cloned().filter(|_| table.placed);
        (year, area)
    };
    let mut places = Vec::new();
    let mut strays = Vec::new();
    for (gathered, row) in rows.iter().filter(|(gathered, _)| *gathered != Some(false)) {
        let Some(Value::Text(key)) = row.cell(Column::K).value() else {
            strays.push(place(row));
            continue;
        };
        let same = |(at, group): (usize, &Group)| {
            (group.key == key && places[at] == place(row)).then_some(at)
        };
        let found = groups.iter().enumerate().find_map(same);
        let at = found.unwrap_or_else(|| {
            groups.push(Group { key, members: Vec::new(), open: false });
            places.push(place(row));
            groups.len() - 1
        });
        groups[at].members.push((*gathered, row));
    }
    for (group, place) in groups.iter_mut().zip(&places) {
        group.open |= strays.contains(place);
    }
    (groups, strays.len())
}

/// Groups that there are and that meet conditions, and how many may be or may meet them.
pub fn count(world: &World, source: &Source, conditions: &[Expr], at: At) -> Found {
    let table = world.table(&source.table);
    let chosen = |row: &Row| and(is_at(world, table, row, at), passes(&source.filters, row));
    let rows: Vec<_> = table.rows.iter().map(|row| (chosen(row), row)).collect();
    let (groups, strays) = gather(table, &rows);
    let mut found = Found { values: Vec::new(), unknown: strays };
    for group in &groups {
        let holds = conditions.iter().fold(Some(true), |all, each| and(all, truth(each, group)));
        match and(exists(group), holds) {
            Some(true) => found.values.push(Value::Truth(true)),
            Some(false) => {}
            None => found.unknown += 1,
        }
    }
    found
}

/// A group has at least one member.
fn exists(group: &Group) -> Option<bool> {
    group.members.iter().any(|(member, _)| *member == Some(true)).then_some(true)
}

/// The groups of a table in all years, or in that of the source, and how many rows have no key.
fn all<'a>(world: &'a World, source: &Source) -> (Vec<Group<'a>>, usize) {
    let table = world.table(&source.table);
    let year = |row: &Row| match source.year {
        Some(year) => is_at(world, table, row, At { year, area: None }),
        None => Some(true),
    };
    let chosen = |row: &Row| and(year(row), passes(&source.filters, row));
    let rows: Vec<_> = table.rows.iter().map(|row| (chosen(row), row)).collect();
    gather(table, &rows)
}

/// Rows without a known key: it is not known how many groups there are.
pub fn strays(world: &World, source: &Source) -> usize {
    all(world, source).1
}

/// Whether each group exists, and whether it satisfies a condition.
pub fn subjects(
    world: &World,
    source: &Source,
    condition: &Expr,
) -> Vec<(Option<bool>, Option<bool>)> {
    let (groups, _) = all(world, source);
    groups.iter().map(|group| (exists(group), truth(condition, group))).collect()
}
