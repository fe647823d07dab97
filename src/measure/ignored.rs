//! What `ignore_missing()` leaves out: counted once, however often a measure is evaluated.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// What was evaluated: the plan and its aggregate, the year, the area, and the `each` row.
pub type Evaluated = (usize, usize, i32, Option<usize>, Option<(usize, usize)>);

/// Unknown cells left out so far.
#[derive(Debug, Default)]
pub struct Ignored(RefCell<BTreeMap<Evaluated, u64>>);

impl Ignored {
    /// Notes that so many were left out of an aggregate.
    pub fn note(&self, of: Evaluated, cells: u64) {
        self.0.borrow_mut().insert(of, cells);
    }

    /// How many were, of all that was evaluated since the last time this was forgotten.
    pub fn count(&self) -> u64 {
        self.0.borrow().values().sum()
    }

    /// Forgets everything.
    pub fn forget(&self) {
        self.0.borrow_mut().clear();
    }

    /// Does something whose evaluations are not to be counted.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.0.borrow().clone();
        let done = act();
        self.0.replace(before);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_once() {
        let ignored = Ignored::default();
        ignored.note((0, 1, 2024, None, None), 3);
        ignored.note((0, 1, 2024, None, None), 3);
        ignored.note((0, 2, 2024, None, None), 1);
        ignored.aside(|| ignored.note((0, 1, 2023, None, None), 9));
        assert_eq!(ignored.count(), 4);
        ignored.forget();
        assert_eq!(ignored.count(), 0);
    }
}
