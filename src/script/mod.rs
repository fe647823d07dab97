//! Running rule scripts. Only this folder knows the script engine.
//!
//! Scripts run once and read no data: they declare rules, as symbolic measures and translated
//! row conditions. Every top-level statement runs on its own, so that one broken declaration
//! loses nothing else, and a file with a syntax error is read declaration by declaration.

pub mod position;

mod checks;
mod closure;
mod declarations;
mod errors;
mod functions;
mod limits;
mod loader;
mod memory;
mod session;
mod values;
mod vocabulary;

use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::rule::RuleSet;
use crate::source::Sources;
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;
use loader::Loader;

/// Stack for running scripts; recursion limits are pinned to fit it in any build.
const STACK_BYTES: usize = 16 << 20;

/// What the scripts gave.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rules.
    pub rules: RuleSet,
    /// What was wrong.
    pub complaints: Vec<Diagnostic>,
}

/// Runs all scripts against the names of the datasets.
pub fn load(
    sources: &Sources,
    files: &[ScriptFile],
    datasets: &[String],
    limits: Limits,
) -> Loaded {
    let loaded = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("scripts".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || Loader::new(sources, datasets, limits).run(files))
            .ok()
            .and_then(|thread| thread.join().ok())
    });
    // The engine must not panic, whatever a script does; if it does, say so instead of nothing.
    loaded.unwrap_or_else(|| Loaded {
        complaints: vec![Diagnostic::new(Code::ScriptError, msg!(EngineFailed))],
        ..Loaded::default()
    })
}
