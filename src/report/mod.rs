//! The finished report. A [`view`] of it stands on its own; [`Format`]s turn that into bytes and
//! never evaluate.

pub mod format;
pub mod summary;
pub mod table;
pub mod trace;
pub mod view;

pub use format::{Format, Options};
pub use view::ReportView;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Severity};
use crate::message::Bilingual;
use crate::verdict::{Status, Verdict};
use crate::workspace::plan::Plan;

/// Where a dataset's figures come from.
#[derive(Clone, Debug)]
pub struct DatasetNote {
    /// Its name.
    pub name: String,
    /// `synthetic`, `published`, `mixed`, or nothing declared.
    pub provenance: Option<String>,
}

/// Everything a check found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The workspace's name.
    pub name: Bilingual,
    /// The plan's skeleton.
    pub plan: Arc<Plan>,
    /// The reporting year.
    pub year: i32,
    /// The date deadlines are judged at.
    pub as_of: NaiveDate,
    /// Verdicts: clauses in the plan's order, then rules of our own by id.
    pub results: Vec<Verdict>,
    /// Findings that belong to no rule: settings, rule files, data, waivers.
    pub findings: Vec<Diagnostic>,
    /// The datasets read.
    pub datasets: Vec<DatasetNote>,
}

/// How the run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunOutcome {
    /// Nothing at or above the chosen severity.
    Clean,
    /// Findings.
    Findings,
    /// Something could not be evaluated.
    Broken,
}

impl RunOutcome {
    /// The process's exit status.
    pub fn exit_status(self) -> u8 {
        match self {
            RunOutcome::Clean => 0,
            RunOutcome::Findings => 1,
            RunOutcome::Broken => 2,
        }
    }
}

impl Report {
    /// How the run ended, with findings from `fail_on` up counting.
    pub fn outcome(&self, fail_on: Severity) -> RunOutcome {
        let diagnostics =
            || self.findings.iter().chain(self.results.iter().flat_map(Verdict::diagnostics));
        let unevaluated = self
            .results
            .iter()
            .any(|verdict| verdict.status() == Status::Error && verdict.diagnostics().is_empty());
        if unevaluated || diagnostics().any(Diagnostic::is_broken) {
            return RunOutcome::Broken;
        }
        let fails = |severity: Severity| severity >= fail_on;
        let findings = self.findings.iter().any(|finding| fails(finding.severity));
        let verdicts = self.results.iter().any(|verdict| verdict.severity().is_some_and(fails));
        if findings || verdicts { RunOutcome::Findings } else { RunOutcome::Clean }
    }

    /// Findings of rules in order, then those of no rule.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.results.iter().flat_map(Verdict::diagnostics).chain(&self.findings)
    }
}
