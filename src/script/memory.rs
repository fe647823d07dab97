//! How much memory the current thread holds.
//!
//! Rhai bounds neither the memory of a script nor what grows around its size limits
//! (`m[k] = v`), so the thread that runs scripts counts what it allocates. This is the one
//! module with unsafe code: the allocator interface is unsafe by nature, and this one only adds
//! to a counter and hands over to the system's.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    // Constant and without a destructor, so that it may be used inside the allocator.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

/// An allocator with a counter for each thread. The program installs it:
///
/// ```no_run
/// # use rasoat::script::CountingAllocator;
/// #[global_allocator]
/// static ALLOCATOR: CountingAllocator = CountingAllocator::new();
/// # fn main() {}
/// ```
///
/// Without it the bound on the memory of a script has nothing to go by; those on its operations,
/// its time and the sizes of its texts and lists hold all the same.
#[derive(Debug, Default)]
pub struct CountingAllocator<A = System>(A);

impl CountingAllocator<System> {
    /// A counter around the system's allocator.
    pub const fn new() -> CountingAllocator {
        CountingAllocator(System)
    }
}

impl<A> CountingAllocator<A> {
    /// A counter around any allocator.
    pub const fn around(allocator: A) -> CountingAllocator<A> {
        CountingAllocator(allocator)
    }
}

fn count(bytes: isize) {
    // While a thread ends its counter may be gone already.
    let _ = HELD.try_with(|held| held.set(held.get().wrapping_add(bytes)));
}

// SAFETY: every call is passed to the allocator inside unchanged.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { self.0.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        unsafe { self.0.realloc(pointer, layout, size) }
    }
}

/// Bytes allocated less bytes freed by this thread. Only differences mean anything: what one
/// thread allocates another may free.
pub fn held() -> isize {
    HELD.try_with(Cell::get).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{CountingAllocator, held};

    #[global_allocator]
    static ALLOCATOR: CountingAllocator = CountingAllocator::new();

    #[test]
    fn what_is_allocated_is_counted_and_given_back() {
        let before = held();
        let block = vec![0u8; 1 << 20];
        assert!(held() - before >= 1 << 20);
        drop(block);
        assert!(held() - before < 1 << 20);
    }
}
