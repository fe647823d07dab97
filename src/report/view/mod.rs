//! A finished report that stands on its own: what every format is made from.
//!
//! A [`Report`] points into the files it was made from. A [`ReportView`] is made from it once and
//! holds all that any format tells, with nothing behind it: places looked up, the lines findings
//! point at, the words of the plan. Messages are in both languages and numbers exact until a
//! format writes them.

mod judged;
mod trace;

pub use crate::diagnostic::resolved::{Excerpt, Finding, Fix, Label, Line, Mark, Position};
pub use judged::{Clause, Judged};
pub use trace::{AreaRowsView, NodeView, PartView, RowsView, TraceView};

use chrono::NaiveDate;

use super::{DatasetNote, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::message::Bilingual;
use crate::source::Sources;
use crate::verdict::Status;
use crate::workspace::plan::{Section, Unit};

/// Everything a check found, independent of the files.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// The workspace's name.
    pub name: Bilingual,
    /// What the plan is called.
    pub plan: Bilingual,
    /// The reporting year.
    pub year: i32,
    /// The date deadlines are judged at.
    pub as_of: NaiveDate,
    /// The plan's sections, in its order.
    pub sections: Vec<Section>,
    /// The plan's units, in its order.
    pub units: Vec<Unit>,
    /// What came of each rule: clauses in the plan's order, then rules of our own by id.
    pub results: Vec<Judged>,
    /// Findings that belong to no rule: settings, rule files, data, waivers.
    pub findings: Vec<Finding>,
    /// The datasets read.
    pub datasets: Vec<DatasetNote>,
}

/// Which findings have what in a view: those of a severity and above, or none.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The places they point at.
    pub placed_from: Option<Severity>,
    /// The lines there too.
    pub drawn_from: Option<Severity>,
}

impl ReportView {
    /// Looks up all that a report points at. Lines are copied for findings from a severity on, for
    /// none without one: that is worth while only where findings will be drawn (see
    /// [`Format::drawn_from`](super::format::Format::drawn_from)).
    pub fn new(report: Report, sources: &Sources, drawn_from: Option<Severity>) -> ReportView {
        ReportView::of(report, sources, Wanted { placed_from: Some(Severity::Advice), drawn_from })
    }

    /// The same for formats that do not need all of it.
    pub fn of(report: Report, sources: &Sources, wanted: Wanted) -> ReportView {
        let from = |least: Option<Severity>, found: &Diagnostic| {
            least.is_some_and(|least| found.severity >= least)
        };
        let finding = |found: Diagnostic| match &found {
            it if from(wanted.drawn_from, it) => Finding::drawn(found, sources),
            it if from(wanted.placed_from, it) => Finding::told(found, sources),
            _ => Finding::counted(found, sources),
        };
        let Report { plan, results, findings, .. } = report;
        let judged = |verdict| Judged::new(verdict, &plan, sources, finding);
        ReportView {
            results: results.into_iter().map(judged).collect(),
            findings: findings.into_iter().map(finding).collect(),
            name: report.name,
            plan: plan.name.clone(),
            year: report.year,
            as_of: report.as_of,
            sections: plan.sections.clone(),
            units: plan.units.clone(),
            datasets: report.datasets,
        }
    }

    /// How many results have a status.
    pub fn count(&self, status: Status) -> usize {
        self.results.iter().filter(|judged| judged.status == status).count()
    }

    /// Findings of rules in order, then those of no rule.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.results.iter().flat_map(|judged| &judged.findings).chain(&self.findings)
    }

    /// How many findings weigh so much.
    pub fn weighing(&self, severity: Severity) -> usize {
        self.all_findings().filter(|finding| finding.severity == severity).count()
    }

    /// The unit that leads what a rule demands, where the plan knows it.
    pub fn lead(&self, judged: &Judged) -> Option<&Unit> {
        let lead = judged.lead.as_ref()?;
        self.units.iter().find(|unit| unit.code == *lead)
    }
}
