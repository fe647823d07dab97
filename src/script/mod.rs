//! Running rule scripts. Only this folder knows the script engine.
//!
//! Scripts run once and read no data: they declare rules, as symbolic measures and translated
//! row conditions. Every top-level statement runs on its own, so that one broken declaration
//! loses nothing else, and a file with a syntax error is read declaration by declaration.

pub mod reference;

mod checks;
mod closure;
mod declarations;
mod errors;
mod functions;
mod lexer;
mod limits;
mod literals;
mod loader;
mod memory;
mod pieces;
mod position;
mod session;
mod tokens;
mod values;
mod vocabulary;
mod words;

use std::thread::{Scope, ScopedJoinHandle};

use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::rule::RuleSet;
use crate::source::Sources;
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;
use loader::Loader;
pub use position::first_call;

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

/// Scripts running on a thread of their own.
pub struct Loading<'scope>(Option<ScopedJoinHandle<'scope, Loaded>>);

impl Loading<'_> {
    /// Waits for the scripts to end. The engine must not panic, whatever a script does; if it
    /// does, that is said instead of nothing.
    pub fn finish(self) -> Loaded {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_else(|| Loaded {
            complaints: vec![Diagnostic::new(Code::ScriptError, msg!(EngineFailed))],
            ..Loaded::default()
        })
    }
}

/// Starts running all scripts against the names of the datasets, on a thread whose stack is
/// known to be deep enough.
pub fn load<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    sources: &'env Sources,
    files: &'env [ScriptFile],
    datasets: &'env [String],
    limits: Limits,
) -> Loading<'scope> {
    let run = move || Loader::new(sources, datasets, limits).run(files);
    let thread = std::thread::Builder::new().name("scripts".into()).stack_size(STACK_BYTES);
    Loading(thread.spawn_scoped(scope, run).ok())
}
