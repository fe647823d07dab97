//! The command: arguments in, exit status out.

use std::process::ExitCode;

use rasoat::script::CountingAllocator;

/// Scripts are bounded in memory: what they allocate is counted.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::new();

fn main() -> ExitCode {
    ExitCode::from(rasoat::cli::run(std::env::args_os()))
}
