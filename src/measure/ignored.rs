//! What `ignore_missing()` leaves out: counted once, however often a measure is evaluated.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::bind::{AggregateId, PlanId};
use crate::contract::SetId;
use crate::reading::areas::AreaId;

/// What was evaluated: the plan and its aggregate, the year, the area, and the `each` row.
pub type Evaluated = (PlanId, AggregateId, i32, Option<AreaId>, Option<(SetId, usize)>);

/// Unknown cells that were left out of what was evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut(BTreeMap<Evaluated, u64>);

impl LeftOut {
    /// How many cells.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// What was left out of this and of other evaluations; of the same one once.
    pub fn and(mut self, others: &LeftOut) -> LeftOut {
        self.0.extend(&others.0);
        self
    }
}

/// Notes what is left out while something is evaluated; nothing while nobody asks.
#[derive(Debug, Default)]
pub struct Ignored(RefCell<Option<LeftOut>>);

impl Ignored {
    /// Notes that so many were left out of an aggregate.
    pub fn note(&self, of: Evaluated, cells: u64) {
        if let Some(left_out) = self.0.borrow_mut().as_mut() {
            left_out.0.insert(of, cells);
        }
    }

    /// Does something, and says what was left out of all that it evaluates.
    pub fn during<T>(&self, act: impl FnOnce() -> T) -> (T, LeftOut) {
        let around = self.0.replace(Some(LeftOut::default()));
        let done = act();
        let left_out = self.0.replace(around).unwrap_or_default();
        (done, left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    #[test]
    fn what_is_left_out_is_counted_once() {
        let ignored = Ignored::default();
        ignored.note((PlanId::at(0), AggregateId::at(1), 2022, None, None), 9);
        let ((), first) = ignored.during(|| {
            ignored.note((PlanId::at(0), AggregateId::at(1), 2024, None, None), 3);
            ignored.note((PlanId::at(0), AggregateId::at(1), 2024, None, None), 3);
            ignored.note((PlanId::at(0), AggregateId::at(2), 2024, None, None), 1);
            // What is asked about by itself is no part of what is around it.
            let ((), aside) = ignored
                .during(|| ignored.note((PlanId::at(0), AggregateId::at(1), 2023, None, None), 9));
            assert_eq!(aside.count(), 9);
        });
        assert_eq!(first.count(), 4);
        let ((), second) = ignored.during(|| {
            ignored.note((PlanId::at(0), AggregateId::at(2), 2024, None, None), 1);
            ignored.note((PlanId::at(0), AggregateId::at(2), 2024, Some(AreaId::at(7)), None), 5);
        });
        assert_eq!(first.and(&second).count(), 9);
    }
}
