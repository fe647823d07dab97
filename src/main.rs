//! The command: arguments in, exit status out.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use rasoat::script::CountingAllocator;

/// Scripts are bounded in memory: what they allocate is counted. A run is short and makes many small
/// things, which is where this allocator is quickest.
#[global_allocator]
static ALLOCATOR: CountingAllocator<MiMalloc> = CountingAllocator::around(MiMalloc);

fn main() -> ExitCode {
    ExitCode::from(rasoat::cli::run(std::env::args_os()))
}
