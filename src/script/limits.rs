//! Bounds on scripts, which are not trusted.
//!
//! The engine has no time limit, counts a native call as one operation, starts its counter anew
//! inside callbacks, and does not bound memory. So each top-level statement, and each call of a
//! check, has a budget of our own: operations, time and memory. One that runs away stops there,
//! and the others go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine};

use super::memory;
use crate::workspace::config::Limits;

/// Longest text a script may build, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// Most items a script may hold in one list.
const MAX_LIST: usize = 10_000;
/// Most entries a script may hold in one map.
const MAX_MAP: usize = 10_000;
/// How often clock and memory are looked at, in operations.
const LOOK_EVERY: u64 = 64;

/// Why a script was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Too many operations.
    Operations,
    /// Too much time.
    Time,
    /// Too much memory.
    Memory,
}

/// What the statement or check that is running may still use.
#[derive(Clone)]
pub struct Budget {
    limits: Limits,
    zero: Instant,
    state: Arc<BudgetState>,
}

#[derive(Default)]
struct BudgetState {
    operations: AtomicU64,
    /// Milliseconds after `zero`.
    deadline: AtomicU64,
    /// The thread's memory when the budget was renewed.
    memory: AtomicI64,
}

impl Budget {
    /// A fresh budget.
    pub fn new(limits: Limits) -> Budget {
        let budget = Budget { limits, zero: Instant::now(), state: Arc::default() };
        budget.renew();
        budget
    }

    /// Starts anew, for the next statement or check.
    pub fn renew(&self) {
        let now = u64::try_from(self.zero.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.state.operations.store(0, Ordering::Relaxed);
        self.state.deadline.store(now.saturating_add(self.limits.milliseconds), Ordering::Relaxed);
        self.state.memory.store(memory::held() as i64, Ordering::Relaxed);
    }

    /// Counts one operation; a reason where that was one too many.
    fn spend(&self) -> Option<Stop> {
        let count = self.state.operations.fetch_add(1, Ordering::Relaxed);
        if count >= self.limits.operations {
            return Some(Stop::Operations);
        }
        if !count.is_multiple_of(LOOK_EVERY) {
            return None;
        }
        let held = memory::held() as i64 - self.state.memory.load(Ordering::Relaxed);
        if held > i64::try_from(self.limits.megabytes << 20).unwrap_or(i64::MAX) {
            return Some(Stop::Memory);
        }
        let deadline = Duration::from_millis(self.state.deadline.load(Ordering::Relaxed));
        (self.zero.elapsed() > deadline).then_some(Stop::Time)
    }
}

/// Sets every bound.
pub fn apply(engine: &mut Engine, budget: &Budget) {
    // The engine's defaults for depth differ between debug and release builds.
    engine.set_max_call_levels(32);
    engine.set_max_expr_depths(64, 64);
    engine.set_max_string_size(MAX_TEXT);
    engine.set_max_array_size(MAX_LIST);
    engine.set_max_map_size(MAX_MAP);
    engine.set_max_variables(1_000);
    engine.set_max_functions(10_000);
    let budget = budget.clone();
    engine.on_progress(move |_| budget.spend().map(Dynamic::from));
}
