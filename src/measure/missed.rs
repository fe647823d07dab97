//! Rows that a condition leaves out: which of them comes nearest to being chosen.

use super::Comparison;
use super::bind::{PlanId, SetPlan};
use super::column::{ColumnExpr, ExprId};
use super::evaluator::Evaluator;
use super::frame::Frame;
use super::kernels::Overflow;
use super::row::Literal;
use crate::contract::FieldId;
use crate::reading::batch::{Batch, GroupKey, RowRef};
use crate::reading::group::Grouping;
use crate::source::Sources;

/// Which rows of a dataset may have been chosen.
pub struct Missed<'a> {
    /// The plan of the dataset.
    pub set: PlanId,
    /// What chooses among them.
    pub filter: ExprId,
    /// When and where they must be.
    pub belongs: &'a dyn Fn(GroupKey) -> bool,
    /// For rows that hold for a time only: the year.
    pub year: i32,
}

/// A row that is left out, and the column that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The row.
    pub row: RowRef,
    /// The column of the first condition it breaks, where that reads one of the dataset.
    pub column: Option<FieldId>,
}

/// The row a condition leaves out that satisfies most of its parts before the first it breaks, and
/// the earliest of several. Of a condition that has several parts the first says what it is about,
/// and so does one that a text is a certain one: a row that breaks that is of something else, and
/// none is named.
///
/// `None` too where the rows are groups of others, or so many that they are read only once.
pub fn nearest(frame: &Frame<'_>, sources: &Sources, missed: &Missed<'_>) -> Option<LeftOut> {
    let plan = frame.plans.get(missed.set).filter(|plan| plan.grouped.is_none())?;
    let look = |table: &Batch| nearest_of(table, frame, plan, missed);
    frame.datasets.in_small(plan.dataset, sources, look)?.ok()?
}

fn nearest_of(
    table: &Batch,
    frame: &Frame<'_>,
    plan: &SetPlan,
    missed: &Missed<'_>,
) -> Result<Option<LeftOut>, Overflow> {
    let dataset = &frame.datasets.sets[plan.dataset];
    let mut evaluator = Evaluator::new(frame, &plan.expressions, table);
    let parts = plan.expressions.conjuncts(missed.filter);
    let least = usize::from(parts.len() > 1 || parts.iter().any(|part| is_of_text(plan, *part)));
    let masks: Vec<_> =
        parts.iter().map(|part| evaluator.mask(*part)).collect::<Result<_, Overflow>>()?;
    let column = |column: Option<FieldId>| table.columns[column?.into()].as_ref();
    let mut grouping = Grouping::default();
    let (year, area) = (column(dataset.contract.year), column(dataset.contract.area));
    let groups = grouping.assign(&dataset.contract, &frame.datasets.areas, year, area, table.rows);
    let belongs: Vec<bool> = grouping.keys.iter().map(|key| (missed.belongs)(*key)).collect();
    let candidates = (0..table.rows).filter(|row| {
        usize::try_from(groups[*row]).is_ok_and(|group| belongs[group])
            && dataset.holds_in(*row, missed.year)
    });
    let mut best: Option<(usize, usize)> = None;
    for row in candidates {
        // A part that is unknown for the row is told as missing, not as left out.
        let Some(broken) = masks.iter().position(|mask| !mask.holds_at(row)) else { continue };
        if masks[broken].is_unknown_at(row) || broken < least {
            continue;
        }
        let earlier = |other: usize| table.refs[row] < table.refs[other];
        if best.is_none_or(|(most, other)| broken > most || (broken == most && earlier(other))) {
            best = Some((broken, row));
        }
    }
    Ok(best.map(|(broken, row)| LeftOut {
        row: table.refs[row],
        column: plan.expressions.columns(parts[broken]).first().map(|column| plan.shown(*column)),
    }))
}

/// Whether a condition says which text a column has.
fn is_of_text(plan: &SetPlan, part: ExprId) -> bool {
    let is_text =
        |id: &ExprId| matches!(plan.expressions.get(*id), ColumnExpr::Literal(Literal::Text(_)));
    match plan.expressions.get(part) {
        ColumnExpr::Compare(Comparison::Equal, a, b) => is_text(a) || is_text(b),
        ColumnExpr::In(_, items) => items.iter().all(is_text),
        _ => false,
    }
}
