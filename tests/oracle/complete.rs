//! Every way to fill the cells that are unknown, as the contract allows.

use super::data::{Cell, Column, Row, Table, Value, World};
use super::measures::{At, Measure, Outcome, evaluate};
use super::number::{Number, fraction, hundred, whole};
use super::rows::Expr;

/// Where an unknown cell stands: row and column.
type Place = (usize, Column);

/// Values that stand for all a cell may hold: all whole numbers within limits, the limits and
/// one between of decimals, and of what has no limits some on either side of every constant.
pub fn domain(table: &Table, column: Column) -> Vec<Value> {
    let (low, high) = table.limits(column);
    let counted = table.parts && matches!(column, Column::J | Column::W);
    let low = low.or(counted.then(|| whole(0)));
    let numbers: Vec<Number> = match (column, low, high) {
        (Column::F, ..) => return vec![Value::Truth(false), Value::Truth(true)],
        (Column::S | Column::K | Column::D | Column::Y, ..) => {
            panic!("{column:?} is not to be unknown here")
        }
        (Column::X, Some(low), Some(high)) => {
            vec![low.clone(), (&low + &high) * fraction(1, 2), high]
        }
        (_, Some(low), Some(high)) => {
            let mut at = low;
            std::iter::from_fn(|| {
                let now = at.clone();
                at += whole(1);
                (now <= high).then_some(now)
            })
            .collect()
        }
        (_, Some(low), None) => {
            [0, 1, 2, 3, 60].into_iter().map(|more| &low + whole(more)).collect()
        }
        (_, None, Some(high)) => {
            [60, 2, 1, 0].into_iter().map(|less| &high - whole(less)).collect()
        }
        (_, None, None) => [-60, -1, 0, 1, 2, 60].map(whole).to_vec(),
    };
    numbers.into_iter().map(Value::Number).collect()
}

/// The columns an expression reads.
pub fn columns_of(expr: &Expr, into: &mut Vec<Column>) {
    use Expr::*;
    match expr {
        Column(column) => into.push(*column),
        Literal(_) => {}
        Not(a) => columns_of(a, into),
        And(a, b) | Or(a, b) | Compare(_, a, b) => {
            columns_of(a, into);
            columns_of(b, into);
        }
        other => panic!("{other:?} is not used where cells are filled"),
    }
}

/// The columns a measure reads.
pub fn columns(measure: &Measure) -> Vec<Column> {
    let mut columns = Vec::new();
    measure.each(&mut |part| {
        if let Measure::Aggregate(source, how) = part {
            columns.extend(how.column());
            source.filters.iter().for_each(|filter| columns_of(filter, &mut columns));
        }
    });
    columns
}

/// A world of one table in which areas that lack their row have one of unknown cells.
fn with_missing_rows(world: &World) -> World {
    let mut world = world.clone();
    let table = &mut world.tables[0];
    if table.complete {
        for code in world.areas.iter().flatten() {
            let own = Some(Value::Text(code.clone()));
            if !table.rows.iter().any(|row| row.area.value() == own.as_ref()) {
                let mut row = Row::blank();
                row.year = super::invent::year(world.year);
                row.area = super::invent::area(code);
                table.rows.push(row);
            }
        }
    }
    world
}

/// Every completion of the first table in the columns that count; the rest stays as it is. `None`
/// where there are too many to try.
pub fn completions(world: &World, columns: &[Column], most: usize) -> Option<Vec<World>> {
    let full = with_missing_rows(world);
    let table = &full.tables[0];
    // What a part may be depends on its whole.
    let both = [Column::J, Column::W];
    let tied = table.parts && columns.iter().any(|column| both.contains(column));
    let counts = |column: &Column| columns.contains(column) || (tied && both.contains(column));
    let wanted: Vec<Column> = Column::ALL.into_iter().filter(counts).collect();
    let mut places: Vec<Place> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let unknown = wanted.iter().filter(|column| row.cell(**column).value().is_none());
        places.extend(unknown.map(|column| (at, *column)));
    }
    let count = places.iter().map(|(_, column)| domain(table, *column).len());
    count.clone().try_fold(1usize, |all, each| all.checked_mul(each)).filter(|all| *all <= most)?;
    let mut worlds = vec![full.clone()];
    for (at, column) in places {
        let mut longer = Vec::new();
        for filled in &worlds {
            for value in domain(table, column) {
                let mut filled = filled.clone();
                filled.tables[0].rows[at].set(column, Cell::Is(value));
                if is_allowed(&filled.tables[0], at) {
                    longer.push(filled);
                }
            }
        }
        worlds = longer;
    }
    Some(worlds)
}

/// Whether a row's part is not above its whole, as far as they are known.
fn is_allowed(table: &Table, at: usize) -> bool {
    let row = &table.rows[at];
    match (row.cell(Column::J).number(), row.cell(Column::W).number()) {
        (Some(part), Some(whole)) if table.parts => part <= whole,
        _ => true,
    }
}

/// Whether the percentages of a measure are as they must be in a completion: at most 100, and in
/// each area too whose whole is known.
pub fn is_possible(world: &World, completed: &World, measure: &Measure) -> bool {
    let mut possible = true;
    measure.each(&mut |part| {
        let Measure::Percent(above, below) = part else { return };
        let at = At { year: world.year, area: None };
        if let Outcome::Known(value) = evaluate(completed, part, at, false) {
            possible &= value <= hundred();
        }
        if !world.tables[0].placed {
            return;
        }
        for code in world.areas.iter().flatten() {
            let at = At { area: Some(code), ..at };
            let known = evaluate(world, below, at, false).number();
            let of_area = evaluate(completed, above, at, false).number();
            if let (Some(whole), Some(part)) = (known, of_area) {
                possible &= part <= whole;
            }
        }
    });
    possible
}
