//! Waivers: accepted exceptions, held against what they cover.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::msg;
use crate::workspace::waivers::Waiver;

/// Applies waivers: a rule that is judged and not met becomes `waived`; expired and unused ones
/// are findings of their own.
pub fn apply_waivers(
    verdicts: &mut [Verdict],
    waivers: &[Waiver],
    as_of: NaiveDate,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut places = HashMap::new();
    for (at, verdict) in verdicts.iter().enumerate() {
        places.entry(verdict.head.id.clone()).or_insert(at);
    }
    for waiver in waivers {
        let place = places.get(&waiver.rule);
        let Some(verdict) = place.and_then(|at| verdicts.get_mut(*at)) else { continue };
        if waiver.until < as_of {
            findings.push(
                Diagnostic::of(
                    Code::WaiverExpired,
                    msg!(WaiverExpired, rule = &waiver.rule, until = waiver.until),
                )
                .subject(&waiver.rule)
                .label(waiver.at, msg!(WaiverReason, reason = &waiver.reason))
                .help(msg!(WaiverExpiredHelp)),
            );
            continue;
        }
        if verdict.status() == Status::Waived || !verdict.standing().is_missed() {
            findings.push(
                Diagnostic::of(
                    Code::WaiverUnused,
                    msg!(WaiverUnused, rule = &waiver.rule, status = verdict.status().label()),
                )
                .subject(&waiver.rule)
                .mark(waiver.at),
            );
            continue;
        }
        verdict.restand(|standing| standing.waiver = Some(waiver.clone()));
    }
    findings
}
