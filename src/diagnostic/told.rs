//! What is found on the way to something: collected by [`Findings`], handed on as [`Told`].

use std::cell::RefCell;

use super::{Code, Diagnostic, Severity};
use crate::source::Place;

/// What was made, together with what there is to say of it. Every phase of a check returns one.
#[derive(Clone, Debug, Default)]
#[must_use = "what was found would be lost"]
pub struct Told<T> {
    /// What was made.
    pub made: T,
    /// What there is to say of it, in order.
    pub findings: Vec<Diagnostic>,
}

impl<T> Told<T> {
    /// What was made, its findings added to those of a larger whole.
    pub fn tell(self, findings: &mut Vec<Diagnostic>) -> T {
        findings.extend(self.findings);
        self.made
    }
}

/// Findings as they come up. Whoever finds something is lent this and need not be able to change
/// anything else.
#[derive(Debug, Default)]
pub struct Findings(RefCell<Vec<Diagnostic>>);

impl Findings {
    /// Adds one.
    pub fn tell(&self, finding: Diagnostic) {
        self.0.borrow_mut().push(finding);
    }

    /// Adds several.
    pub fn extend(&self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.0.borrow_mut().extend(findings);
    }

    /// Takes back what was found of a kind at a place: there is a better word for it.
    pub fn withdraw(&self, code: Code, at: Place) {
        let is_it = |finding: &Diagnostic| {
            finding.code == code && finding.labels.first().is_some_and(|label| label.at == at)
        };
        self.0.borrow_mut().retain(|finding| !is_it(finding));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of them are errors.
    pub fn errors(&self) -> usize {
        self.0.borrow().iter().filter(|found| found.severity == Severity::Error).count()
    }

    /// All of them, in order.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }

    /// Hands them on with what they are about.
    pub fn about<T>(self, made: T) -> Told<T> {
        Told { made, findings: self.into_vec() }
    }
}
