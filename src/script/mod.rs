//! Running rule scripts. Only this folder knows the script engine.
//!
//! Scripts run once and read no data: they declare rules, as symbolic measures and translated
//! row conditions. Every top-level statement runs on its own, so that one broken declaration
//! loses nothing else, and a file with a syntax error is read declaration by declaration.

pub mod reference;
pub mod symbols;
pub mod unheard;

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
mod repair;
mod session;
mod tokens;
mod values;
mod vocabulary;
mod words;

use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};

use crate::diagnostic::{Code, Diagnostic, Told};
use crate::msg;
use crate::rule::RuleSet;
use crate::source::{SourceId, Sources};
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;
use loader::Loader;
pub use memory::CountingAllocator;
pub use position::first_call;
use symbols::Symbols;

/// Stack for running scripts; recursion limits are pinned to fit it in any build.
const STACK_BYTES: usize = 16 << 20;

/// The scripts of a workspace. Kept from one run to the next, only files that have changed are run
/// again.
#[derive(Default)]
pub struct Scripts {
    loader: Option<Loader>,
    /// What the loader was made for.
    made_for: Option<MadeFor>,
}

/// What a loader is good for: nothing else than this.
#[derive(Debug, PartialEq)]
struct MadeFor {
    /// The names of the datasets.
    datasets: Vec<String>,
    limits: Limits,
    /// The library's files, with what was in them.
    library: Vec<(SourceId, Arc<[u8]>)>,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scripts").field("made_for", &self.made_for).finish_non_exhaustive()
    }
}

/// Scripts running on a thread of their own.
pub struct Declaring<'scope>(Option<ScopedJoinHandle<'scope, Told<RuleSet>>>);

impl Declaring<'_> {
    /// Waits for the scripts to end. The engine must not panic, whatever a script does; if it
    /// does, that is said instead of nothing.
    pub fn finish(self) -> Told<RuleSet> {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_else(|| Told {
            made: RuleSet::default(),
            findings: vec![Diagnostic::of(Code::ScriptError, msg!(EngineFailed)).nowhere()],
        })
    }
}

/// Starts running scripts against the names of the datasets, on a thread whose stack is known to
/// be deep enough. They read no data: what they make are declarations.
pub fn declare<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    scripts: &'env mut Scripts,
    sources: &'env Sources,
    files: &'env [ScriptFile],
    datasets: &'env [String],
    limits: Limits,
) -> Declaring<'scope> {
    let run = move || scripts.run(sources, files, datasets, limits);
    let thread = std::thread::Builder::new().name("scripts".into()).stack_size(STACK_BYTES);
    Declaring(thread.spawn_scoped(scope, run).ok())
}

impl Scripts {
    /// What a file defines and refers to, as it was when the scripts were last run; nothing of a
    /// file that is none of them or no text. It is worked out when it is first asked for, and again
    /// after the file or the library has changed.
    pub fn symbols(&self, file: SourceId) -> Option<Arc<Symbols>> {
        self.loader.as_ref()?.symbols(file)
    }

    fn run(
        &mut self,
        sources: &Sources,
        files: &[ScriptFile],
        datasets: &[String],
        limits: Limits,
    ) -> Told<RuleSet> {
        let library = || files.iter().filter(|file| file.library);
        let texts = library().map(|file| (file.source, sources.get(file.source).held())).collect();
        let wanted = Some(MadeFor { datasets: datasets.to_vec(), limits, library: texts });
        // Taken out, so that nothing half-made stays where the engine panics.
        let known = self.loader.take().filter(|_| self.made_for == wanted);
        let mut loader = known.unwrap_or_else(|| {
            let mut loader = Loader::new(datasets, limits);
            loader.read_library(library(), sources);
            loader
        });
        let declared = loader.run(files.iter().filter(|file| !file.library), sources);
        self.made_for = wanted;
        self.loader = Some(loader);
        declared
    }
}
