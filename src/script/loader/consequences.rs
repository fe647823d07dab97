//! What is lost because a name is not there: told at the cause, and not where it is missed.

use std::ops::Range;

use super::Loader;
use crate::diagnostic::Diagnostic;
use crate::msg;
use crate::script::position::{self, ScriptText};
use crate::script::tokens::TokenKind;

/// A function or variable that is not there because of what is wrong with its definition.
pub(super) struct BrokenName {
    pub name: String,
    /// What is wrong: which of the findings of its file.
    pub cause: usize,
}

impl Loader {
    /// The first name in a statement that is not there because of what is wrong elsewhere.
    pub(super) fn wants<'t>(
        &self,
        statement: Range<usize>,
        text: &'t ScriptText,
    ) -> Option<&'t str> {
        let tokens = text.tokens();
        let all = tokens.first_from(statement.start)..tokens.first_from(statement.end);
        let words = tokens.list.get(all)?.iter().filter(|token| token.kind == TokenKind::Word);
        let mut words = words.map(|token| position::slice(text, token.span));
        words.find(|word| self.is_broken(word))
    }

    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.iter().chain(&self.library_broken).any(|broken| broken.name == name)
    }
}

/// Says at each cause which declarations are lost for want of the name it should have defined.
pub(super) fn note_consequences(
    told: &mut [Diagnostic],
    broken: &[BrokenName],
    wanting: &[&(String, String)],
) {
    for BrokenName { name, cause } in broken {
        let ids: Vec<&str> = wanting
            .iter()
            .filter(|(wanted, _)| wanted == name)
            .map(|(_, id)| id.as_str())
            .collect();
        if let Some(finding) = told.get_mut(*cause).filter(|_| !ids.is_empty()) {
            let note = msg!(NotJudgedForThis, count = ids.len(), ids = ids.join(", "));
            finding.notes.push(note);
        }
    }
}
