//! What an unknown row may add to a sum.

use rasoat::contract::FieldId;
use rasoat::exact::Exact;
use rasoat::ids::IdVec;
use rasoat::measure::backend::Shape;
use rasoat::measure::tally::Slack;
use rasoat::reading::batch::ColumnId;

use crate::plain::{Cell, Known};

/// The least and the most a row may add to a column's sum; `chosen` is whether it counts for
/// certain.
pub fn slack(shape: &Shape, cells: &IdVec<ColumnId, Cell>, column: FieldId, chosen: bool) -> Slack {
    let (low, high) = range(shape, cells, column);
    if low.as_ref().zip(high.as_ref()).is_some_and(|(low, high)| low > high) {
        // The row contradicts itself.
        return Slack::OPEN;
    }
    let beyond = beyond(shape, cells, column, high.clone().filter(|_| chosen), chosen);
    // A row that may not count may add nothing.
    let or_nothing = |end: Exact, choose: fn(Exact, Exact) -> Exact| match chosen {
        true => end,
        false => choose(end, Exact::ZERO),
    };
    Slack {
        no_low: low.is_none(),
        no_high: high.is_none(),
        low: low.map_or(Exact::ZERO, |low| or_nothing(low, Exact::min)),
        high: high.map_or(Exact::ZERO, |high| or_nothing(high, Exact::max)),
        beyond,
    }
}

/// What the declared whole adds, where the column adds its most, beyond what it adds at the least.
fn beyond(
    shape: &Shape,
    cells: &IdVec<ColumnId, Cell>,
    column: FieldId,
    high: Option<Exact>,
    chosen: bool,
) -> Exact {
    let whole = shape.parts.iter().find(|(part, whole)| *part == column && *whole != column);
    let Some(whole) = whole.map(|(_, whole)| *whole).filter(|_| chosen) else { return Exact::ZERO };
    if reached(&shape.parts, column, true).contains(&whole) {
        return Exact::ZERO;
    }
    let (least, most) = range(shape, cells, whole);
    let least = least.unwrap_or_default();
    match high {
        // Both grow without end, and equally.
        None => least.negated(),
        // The whole is known.
        Some(_) if most.as_ref() == Some(&least) => Exact::ZERO,
        Some(high) => high.checked_sub(&least).expect("small").max(Exact::ZERO),
    }
}

/// The number in a row, or the least and the most it can be.
fn range(
    shape: &Shape,
    cells: &IdVec<ColumnId, Cell>,
    column: FieldId,
) -> (Option<Exact>, Option<Exact>) {
    if let Some(known) = number(cells, column) {
        return (Some(known.clone()), Some(known));
    }
    let own = &shape.columns[column];
    let wholes = reached(&shape.parts, column, false);
    let parts = reached(&shape.parts, column, true);
    let counted = !(wholes.is_empty() && parts.is_empty());
    let lows = own.minimum.clone().into_iter().chain(counted.then_some(Exact::ZERO));
    let lows = lows.chain(parts.iter().filter_map(|part| number(cells, *part)));
    let highs = own.maximum.clone().into_iter();
    let highs = highs.chain(wholes.iter().filter_map(|whole| number(cells, *whole)));
    (lows.max(), highs.min())
}

fn number(cells: &IdVec<ColumnId, Cell>, column: FieldId) -> Option<Exact> {
    match &cells[column.into()] {
        Ok(Known::Number(number)) => Some(number.clone()),
        _ => None,
    }
}

/// The parts of a column, their parts and so on; or its wholes, and theirs.
fn reached(pairs: &[(FieldId, FieldId)], column: FieldId, down: bool) -> Vec<FieldId> {
    let mut found: Vec<FieldId> = Vec::new();
    loop {
        let next = pairs.iter().map(|(part, whole)| match down {
            true => (*whole, *part),
            false => (*part, *whole),
        });
        let next = next.filter(|(from, _)| *from == column || found.contains(from));
        let mut new = next.map(|(_, to)| to).filter(|to| *to != column && !found.contains(to));
        let Some(to) = new.next() else { return found };
        found.push(to);
    }
}
