//! Readers of foreign files, which may panic over a damaged one.

use std::cell::Cell;
use std::io::{ErrorKind, Result};
use std::panic::AssertUnwindSafe;

thread_local! {
    /// See [`is_guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is expected: it becomes an error like any other. A program that
/// prints panics should not print these.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs a reader of foreign files. Where a damaged one makes it panic, that is an error.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = GUARDED.replace(true);
    let read = std::panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
    read.unwrap_or_else(|_| Err(ErrorKind::InvalidData.into()))
}
