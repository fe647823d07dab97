//! Tallies of parts of a dataset add up to those of the whole.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, UInt32Array};
use rasoat::contract::SetId;
use rasoat::ids::IdVec;
use rasoat::measure::backend::{Backend, ScanPlan};
use rasoat::measure::bind::PlanId;
use rasoat::measure::scan::SetTallies;
use rasoat::reading::batch::Batch;
use rasoat::reading::column::take;
use rasoat::reading::{Dataset, Datasets};

use crate::asked;
use crate::world::World;

/// Scans each dataset in pieces and compares what they come to together, in this order and the
/// other, with what the whole does. `piece` says of which piece a row is.
///
/// # Errors
/// Everything that differs.
pub fn compare(world: &World, pieces: usize, piece: &dyn Fn(usize) -> usize) -> Result<(), String> {
    for set in world.datasets.sets.ids() {
        let at = PlanId::from(set);
        let plan = alone(&world.plan, at);
        let scan = |datasets: &Datasets| {
            let all = world.local(datasets).scan(&plan, world.parameters).made;
            // As it would come from elsewhere.
            let sent = serde_json::to_string(&all[at]).expect("tallies as text");
            serde_json::from_str::<SetTallies>(&sent).expect("the same tallies")
        };
        let whole = asked::of(&plan.plans[at], &scan(&world.datasets));
        let mut parts: Vec<SetTallies> = (0..pieces)
            .map(|own| scan(&part(&world.datasets, set, &|row| piece(row) == own)))
            .collect();
        for order in ["in order", "the other way round"] {
            let together = asked::of(&plan.plans[at], &SetTallies::together(parts.clone()));
            if let Some((whole, together)) = whole.different(&together).first() {
                let name = &plan.shapes[set].name;
                return Err(format!("{name} {order}\n  whole    {whole}\n  together {together}"));
            }
            parts.reverse();
        }
    }
    Ok(())
}

/// What is to be computed of one dataset alone, and not of groups of its rows: those of a part are
/// not those of the whole.
fn alone(plan: &ScanPlan, only: PlanId) -> ScanPlan {
    let mut plan = plan.clone();
    for (at, other) in plan.plans.enumerate_mut() {
        other.derived.clear();
        if at != only {
            other.aggregates = IdVec::new();
            other.checks = IdVec::new();
        }
    }
    plan
}

/// The datasets with some rows only of one of them.
fn part(datasets: &Datasets, set: SetId, chosen: &dyn Fn(usize) -> bool) -> Datasets {
    let mut part = datasets.clone();
    let whole = &datasets.sets[set];
    let Some(table) = &whole.table else { return part };
    let rows: Vec<usize> = (0..table.rows).filter(|row| chosen(*row)).collect();
    let validity =
        whole.validity.as_ref().map(|all| rows.iter().map(|row| all[*row]).collect::<Vec<_>>());
    part.sets[set] = Dataset {
        table: Some(Arc::new(some(table, &rows))),
        validity: validity.map(Arc::from),
        ..whole.clone()
    };
    part
}

/// Some rows of a batch.
fn some(table: &Batch, rows: &[usize]) -> Batch {
    let picked: UInt32Array =
        rows.iter().map(|row| Some(u32::try_from(*row).expect("few"))).collect();
    let column =
        |column: &Option<ArrayRef>| column.as_ref().map(|all| take(all, &picked).expect("rows"));
    let place: HashMap<usize, usize> =
        rows.iter().enumerate().map(|(at, row)| (*row, at)).collect();
    let broken = table.broken.iter().filter_map(|(row, column)| Some((*place.get(row)?, *column)));
    Batch {
        columns: table.columns.iter().map(column).collect(),
        rows: rows.len(),
        refs: rows.iter().map(|row| table.refs[*row]).collect(),
        broken: broken.collect(),
        doubled: table.doubled.iter().filter_map(|row| place.get(row).copied()).collect(),
        ..Batch::default()
    }
}
