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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::message::Bilingual;
    use crate::source::{Location, Sources};

    fn waiver() -> Waiver {
        let source = Sources::new(Path::new("/")).add(Path::new("/waivers.toml"), &b"rule"[..]);
        Waiver {
            rule: "1.a".to_owned(),
            at: Location { source, span: (0..4).into() },
            reason: Bilingual::same("flood"),
            document: "12/QĐ".to_owned(),
            until: "2025-12-31".parse().expect("a date"),
        }
    }

    /// Every way in which something may stand above a rule.
    fn all(own: Status, of_miss: Option<Severity>) -> Vec<Standing> {
        let mut all = Vec::new();
        for waiver in [None, Some(waiver())] {
            for strict in [false, true] {
                for year_absent in [false, true] {
                    let waiver = waiver.clone();
                    all.push(Standing { own, of_miss, waiver, strict, year_absent });
                }
            }
        }
        all
    }

    #[test]
    fn status_and_severity_follow_from_the_standing() {
        use Severity::{Advice, Error, Warning};
        // What it came out as; its severity by itself, where a miss is a warning, and where what
        // cannot be decided is an error; whether a waiver covers it.
        let cases = [
            (Status::Error, Some(Error), Some(Error), Some(Error), false),
            (Status::Unmet, Some(Error), Some(Warning), Some(Error), true),
            (Status::NoData, Some(Warning), Some(Warning), Some(Error), false),
            (Status::OffTrack, Some(Warning), Some(Warning), Some(Warning), true),
            (Status::Behind, Some(Warning), Some(Warning), Some(Warning), true),
            (Status::NotYet, Some(Advice), Some(Advice), Some(Advice), true),
            (Status::OnTrack, Some(Advice), Some(Advice), Some(Advice), false),
            (Status::Met, None, None, None, false),
            (Status::NotApplicable, None, None, None, false),
        ];
        for (own, alone, lenient, strict, is_covered) in cases {
            for of_miss in [None, Some(Warning)] {
                for standing in all(own, of_miss) {
                    let told = format!("{standing:?}");
                    let waived = is_covered && standing.waiver.is_some();
                    let status = if waived { Status::Waived } else { own };
                    assert_eq!(standing.status(), status, "{told}");
                    assert_eq!(standing.status_unwaived(), waived.then_some(own), "{told}");
                    let severity = match (waived, standing.strict, of_miss) {
                        (true, ..) => Some(Advice),
                        (false, true, None) => strict,
                        (false, true, Some(_)) if own == Status::NoData => strict,
                        (false, _, Some(_)) => lenient,
                        (false, false, None) => alone,
                    };
                    assert_eq!(standing.severity(), severity, "{told}");
                }
            }
        }
    }

    #[test]
    fn what_bears_on_a_rule_does_so_in_any_order() {
        let changes: [fn(&mut Standing); 3] = [
            |standing| standing.waiver = Some(waiver()),
            |standing| standing.strict = true,
            |standing| standing.year_absent = true,
        ];
        for own in Status::ALL {
            let seen = |order: [usize; 3]| {
                let mut standing = Standing::of(own, None);
                order.iter().for_each(|at| changes[*at](&mut standing));
                (standing.status(), standing.severity(), standing.reason())
            };
            let first = seen([0, 1, 2]);
            for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                assert_eq!(seen(order), first, "{own:?} {order:?}");
            }
        }
    }

    #[test]
    fn findings_weigh_what_the_standing_does() {
        use Severity::{Advice, Error, Warning};
        let told = |code| Diagnostic::of(code, msg!(NumberDoesNotFit)).nowhere();
        // What it came out as, and the weights of its own finding and of the one that cells were
        // left out: by itself, strictly, under a waiver, and in a year no dataset knows.
        let cases = [
            (
                Status::Unmet,
                Code::Unmet,
                [&[Error, Advice][..], &[Error, Advice], &[Advice, Advice], &[Error, Advice]],
            ),
            (
                Status::NoData,
                Code::NoData,
                [&[Warning, Advice], &[Error, Error], &[Warning, Advice], &[]],
            ),
            (
                Status::Behind,
                Code::Behind,
                [&[Warning, Advice], &[Warning, Advice], &[Advice, Advice], &[Warning, Advice]],
            ),
        ];
        for (own, code, expected) in cases {
            let alone = Standing::of(own, None);
            let standings = [
                alone.clone(),
                Standing { strict: true, ..alone.clone() },
                Standing { waiver: Some(waiver()), ..alone.clone() },
                Standing { year_absent: true, ..alone },
            ];
            for (standing, expected) in standings.iter().zip(expected) {
                let found = standing.weigh(&[told(code), told(Code::MissingIgnored)]);
                let weights: Vec<Severity> = found.iter().map(|found| found.severity).collect();
                assert_eq!(weights, expected, "{standing:?}");
                if standing.status() == Status::Waived {
                    assert_eq!((found[0].code, found[0].notes.len()), (Code::Waived, 1));
                    assert_eq!((found[1].code, found[1].notes.len()), (Code::MissingIgnored, 0));
                }
                // Weighing what is weighed changes nothing, unless a waiver says so again.
                if standing.waiver.is_none() {
                    assert_eq!(standing.weigh(&found), found, "{standing:?}");
                }
            }
        }
    }
}
