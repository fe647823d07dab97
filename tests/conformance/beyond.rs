//! Rules that come later: only what they need beyond what was scanned for is scanned for.

use rasoat::ids::IdVec;
use rasoat::measure::backend::{Backend, ScanPlan};
use rasoat::measure::bind::{PlanId, PlanSize, SetPlan};
use rasoat::measure::scan::SetTallies;
use rasoat::verdict::bound::BoundRules;

use crate::suite;
use crate::world::World;

/// Scans for so many rules first and then for the others, and compares what comes of it with what
/// a scan for all at once gives.
///
/// # Errors
/// Everything that differs.
pub fn compare(world: &World, first: usize, backend: &dyn Backend) -> Result<(), String> {
    let (contracts, areas) = (&world.catalog.contracts, &world.datasets.areas);
    let some = BoundRules::bind(&world.rules[..first], contracts, BoundRules::default());
    let sizes: IdVec<PlanId, PlanSize> = some.plans.iter().map(SetPlan::size).collect();
    let before = ScanPlan::new(contracts, areas, some.plans.clone());
    let mut tallies = backend.scan(&before, world.parameters).made;
    let all = BoundRules::bind(&world.rules, contracts, some);
    let plan = ScanPlan::new(contracts, areas, all.plans);
    if let Some(rest) = plan.beyond(&sizes) {
        let found = backend.scan(&rest, world.parameters).made;
        tallies.as_mut_vec().resize_with(found.len(), SetTallies::default);
        for (at, more) in plan.plans.ids().zip(found).filter(|(at, _)| rest.wanted[*at]) {
            if sizes.get(at).is_none() || plan.plans[at].grouped.is_some() {
                tallies[at] = more;
            } else if !tallies[at].extend(more) {
                return Err(format!("{at:?} has other rows than before"));
            }
        }
    }
    suite::compare(world, &tallies)
}
