//! How a rule stands: what it came out as by itself, and what stands above single rules.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::message::Message;
use crate::msg;
use crate::verdict::Status;
use crate::workspace::waivers::Waiver;

/// What a rule came out as by itself, and all that bears on how that is reported. Status, severity
/// and the findings' weight follow from these alone, in whatever order they came to be known.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it came out as by itself.
    pub own: Status,
    /// How much a miss weighs, where the rule says so.
    pub of_miss: Option<Severity>,
    /// The waiver that covers a miss.
    pub waiver: Option<Waiver>,
    /// Whether what cannot be decided weighs as an error.
    pub strict: bool,
    /// Whether no dataset knows the reporting year, which is told once for all rules.
    pub year_absent: bool,
}

impl Standing {
    /// Of a rule by itself.
    pub fn of(own: Status, of_miss: Option<Severity>) -> Standing {
        Standing { own, of_miss, waiver: None, strict: false, year_absent: false }
    }

    /// Whether nothing bears on it but what it came out as.
    pub fn is_own(&self) -> bool {
        self.covered_by().is_none() && !self.strict && !self.year_absent
    }

    /// Whether it came out as something a waiver covers: judged, and not met or not on its way.
    pub fn is_missed(&self) -> bool {
        matches!(self.own, Status::Unmet | Status::OffTrack | Status::Behind | Status::NotYet)
    }

    /// What it is reported as.
    pub fn status(&self) -> Status {
        match self.covered_by() {
            Some(_) => Status::Waived,
            None => self.own,
        }
    }

    /// Under a waiver: what it would be without.
    pub fn status_unwaived(&self) -> Option<Status> {
        self.covered_by().map(|_| self.own)
    }

    /// How much it weighs; `None` where there is nothing to report.
    pub fn severity(&self) -> Option<Severity> {
        match (self.status(), self.of_miss) {
            (Status::Unmet, Some(severity)) => Some(severity),
            (Status::NoData, _) if self.strict => Some(Severity::Error),
            (status, _) => status.severity(),
        }
    }

    /// Why it is reported as something else than it came out as, or without a finding.
    pub fn reason(&self) -> Option<Message> {
        if let Some(waiver) = self.covered_by() {
            return Some(msg!(
                WaivedBy,
                reason = &waiver.reason,
                document = &waiver.document,
                until = waiver.until,
                status = self.own.label()
            ));
        }
        self.is_folded().then(|| msg!(NoFiguresForYear))
    }

    /// The rule's findings as they weigh: under a waiver advice, and none where one cause is told
    /// for all rules.
    pub fn weigh(&self, findings: &[Diagnostic]) -> Vec<Diagnostic> {
        if self.is_folded() {
            return Vec::new();
        }
        findings.iter().cloned().map(|finding| self.weigh_one(finding)).collect()
    }

    fn weigh_one(&self, mut finding: Diagnostic) -> Diagnostic {
        let undecided = self.strict && self.own == Status::NoData;
        // That something was left out weighs what it weighs, however the rule came out.
        if finding.code == Code::MissingIgnored && !undecided {
            return finding;
        }
        if let Some(severity) = self.severity() {
            finding.severity = severity;
        }
        if self.covered_by().is_some() {
            finding.code = Code::Waived;
            finding.notes.extend(self.reason());
        }
        finding
    }

    fn covered_by(&self) -> Option<&Waiver> {
        self.waiver.as_ref().filter(|_| self.is_missed())
    }

    fn is_folded(&self) -> bool {
        self.year_absent && self.own == Status::NoData
    }
}
