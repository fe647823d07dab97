//! Bounds on scripts, which are not trusted.
//!
//! The engine has no time limit, counts a native call as one operation, and its operation
//! counter starts anew inside callbacks; so one counter and one deadline of our own are kept
//! over all scripts together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine};

use crate::workspace::config::Limits;

/// Longest text a script may build, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// Most items a script may hold in one list.
const MAX_LIST: usize = 10_000;
/// Most entries a script may hold in one map.
const MAX_MAP: usize = 10_000;
/// How often the clock is asked, in operations.
const CLOCK_EVERY: u64 = 256;

/// Why a script was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Too many operations.
    Operations,
    /// Too much time.
    Time,
}

/// Sets every bound.
pub fn apply(engine: &mut Engine, limits: Limits) {
    // The engine's defaults for depth differ between debug and release builds.
    engine.set_max_call_levels(32);
    engine.set_max_expr_depths(64, 64);
    engine.set_max_string_size(MAX_TEXT);
    engine.set_max_array_size(MAX_LIST);
    engine.set_max_map_size(MAX_MAP);
    engine.set_max_variables(1_000);
    engine.set_max_functions(10_000);
    let counter = Arc::new(AtomicU64::new(0));
    let deadline = Instant::now() + Duration::from_millis(limits.milliseconds);
    engine.on_progress(move |_| {
        let count = counter.fetch_add(1, Ordering::Relaxed);
        if count >= limits.operations {
            return Some(Dynamic::from(Stop::Operations));
        }
        if count.is_multiple_of(CLOCK_EVERY) && Instant::now() > deadline {
            return Some(Dynamic::from(Stop::Time));
        }
        None
    });
}
