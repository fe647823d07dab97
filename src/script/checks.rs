//! The checks of `rule`: closures called once the values are known.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, FnPtr, Map};

use super::errors::{self, Names};
use super::limits::Budget;
use super::position::ScriptText;
use super::session::Session;
use super::values::{self, Answer};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::message::{Bilingual, Lang};
use crate::msg;
use crate::rule::{CheckAnswer, CheckFunction};
use crate::source::Location;

/// What the checks of `rule` need when they are called later.
pub struct Runtime {
    /// The engine that ran the scripts.
    pub engine: Arc<Engine>,
    /// What a check may use.
    pub budget: Budget,
    /// The functions of the file and of the library.
    pub functions: AST,
    /// Names for suggestions.
    pub names: Names,
    /// Texts for positions.
    pub session: Session,
}

impl Runtime {
    /// A check as a function of concrete values.
    pub fn check(
        self: &Arc<Self>,
        closure: FnPtr,
        text: Option<ScriptText>,
        at: Location,
    ) -> CheckFunction {
        let runtime = Arc::clone(self);
        Arc::new(move |inputs: &[(String, Exact)]| {
            let map: Map = inputs
                .iter()
                .map(|(name, value)| (name.as_str().into(), values::number(value.clone())))
                .collect();
            runtime.budget.renew();
            match closure.call::<Dynamic>(&runtime.engine, &runtime.functions, (map,)) {
                Ok(answer) => verdict_of(&answer, at),
                Err(error) => {
                    let (names, session) = (&runtime.names, &runtime.session);
                    Err(Box::new(match &text {
                        Some(text) => errors::runtime(&error, text, at, names, session),
                        None => Diagnostic::of(Code::ScriptError, msg!(CallWithoutPlace)).mark(at),
                    }))
                }
            }
        })
    }
}

/// What a check's answer means: nothing, `met()` or true is fine; `unmet(…)` or false is not;
/// anything else is no answer.
fn verdict_of(answer: &Dynamic, at: Location) -> CheckAnswer {
    if answer.is_unit() {
        return Ok(None);
    }
    if let Ok(holds) = answer.as_bool() {
        let text = msg!(CheckIsFalse);
        let both = Bilingual::new(text.text(Lang::Vi), Some(text.text(Lang::En)));
        return Ok((!holds).then_some(both));
    }
    match answer.clone().try_cast::<Answer>() {
        Some(Answer::Met) => Ok(None),
        Some(Answer::Unmet(text)) => Ok(Some(text)),
        None => Err(Box::new(
            Diagnostic::of(Code::ScriptError, msg!(NoAnswer, found = values::describe(answer)))
                .mark(at)
                .help(msg!(NoAnswerHelp)),
        )),
    }
}
