//! What native functions share while scripts run: texts, functions, declarations, complaints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Dynamic, EvalAltResult, FnPtr, Map, NativeCallContext, Position};

use super::closure;
use super::functions::Functions;
use super::position::{MapEntry, ScriptText};
use crate::diagnostic::{Diagnostic, Unplaced};
use crate::measure::row::RowClosure;
use crate::rule::RuleKind;
use crate::source::{Location, SourceId, Span};

/// A declaration as the script made it, not yet validated.
pub struct RawDeclaration {
    /// What it declares.
    pub kind: RuleKind,
    /// The id.
    pub id: String,
    /// Where the id stands.
    pub id_at: Location,
    /// The metadata.
    pub map: Map,
    /// Where each key and value stands; empty when the map is not written out in the call.
    pub entries: Vec<MapEntry>,
    /// The call.
    pub at: Location,
}

/// The state behind one run of all scripts.
#[derive(Default)]
pub struct ScriptState {
    /// Texts by the name the engine knows the file by.
    pub texts: HashMap<String, ScriptText>,
    /// Functions and closures.
    pub functions: Arc<Functions>,
    /// What has been declared.
    pub declared: Vec<RawDeclaration>,
}

/// A handle on the state, shared with native functions.
#[derive(Clone, Default)]
pub struct Session(Arc<Mutex<ScriptState>>);

/// Our error inside the engine's.
#[derive(Clone, Debug)]
pub enum ScriptFailure {
    /// It points where it has to.
    Placed(Box<Diagnostic>),
    /// It is to point at the call it comes from.
    Unplaced(Box<Unplaced>),
}

impl From<Diagnostic> for ScriptFailure {
    fn from(found: Diagnostic) -> ScriptFailure {
        ScriptFailure::Placed(Box::new(found))
    }
}

impl From<Box<Diagnostic>> for ScriptFailure {
    fn from(found: Box<Diagnostic>) -> ScriptFailure {
        ScriptFailure::Placed(found)
    }
}

impl From<Unplaced> for ScriptFailure {
    fn from(found: Unplaced) -> ScriptFailure {
        ScriptFailure::Unplaced(Box::new(found))
    }
}

/// The engine's result type.
pub type Native<T> = Result<T, Box<EvalAltResult>>;

/// Wraps what is found so that the engine carries it out unchanged.
pub fn fail<T>(failure: impl Into<ScriptFailure>) -> Native<T> {
    let failure = Dynamic::from(failure.into());
    Err(Box::new(EvalAltResult::ErrorRuntime(failure, Position::NONE)))
}

/// Where a native call stands.
pub struct CallSite {
    /// The file's text.
    pub text: ScriptText,
    /// The byte offset of the function's name.
    pub offset: usize,
}

impl CallSite {
    /// The whole call.
    pub fn whole(&self) -> Location {
        self.place(self.text.call(self.offset))
    }

    /// The n-th argument in brackets; the call where there is none.
    pub fn argument(&self, index: usize) -> Location {
        match self.text.arguments(self.offset).get(index) {
            Some(span) => self.place(*span),
            None => self.whole(),
        }
    }

    /// A span of this file.
    pub fn place(&self, span: Span) -> Location {
        Location { source: self.text.source, span }
    }
}

impl Session {
    /// The state, locked. A panic elsewhere while it was locked does not matter: the state is
    /// only ever added to.
    pub fn state(&self) -> MutexGuard<'_, ScriptState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of a file.
    pub fn text(&self, source: SourceId) -> Option<ScriptText> {
        self.state().texts.values().find(|text| text.source == source).cloned()
    }

    /// Where the current native call stands.
    pub fn site(&self, context: &NativeCallContext<'_>) -> Option<CallSite> {
        let state = self.state();
        let text = state.texts.get(context.call_source()?)?.clone();
        let offset = text.offset(context.call_position());
        Some(CallSite { text, offset })
    }

    /// Translates a closure argument.
    pub fn compile(&self, pointer: &FnPtr, at: Location) -> Native<Arc<RowClosure>> {
        let functions = Arc::clone(&self.state().functions);
        match closure::compile(&functions, pointer, at) {
            Ok(closure) => Ok(Arc::new(closure)),
            Err(diagnostic) => fail(diagnostic),
        }
    }
}
