//! `rules/waivers.toml`: accepted exceptions, each with a document and an end.

use chrono::NaiveDate;

use super::fields::read_toml;
use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::message::Bilingual;
use crate::msg;
use crate::source::{Location, SourceId, Sources};

/// An accepted exception.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The rule it covers.
    pub rule: String,
    /// Where the rule is named.
    pub at: Location,
    /// Why.
    pub reason: Bilingual,
    /// The document that authorises it.
    pub document: String,
    /// The last day it counts.
    pub until: NaiveDate,
}

/// Reads waivers.toml. A waiver without a rule, reason, document or end is a complaint and is
/// not applied.
pub fn read(sources: &Sources, source: SourceId, findings: &Findings) -> Vec<Waiver> {
    read_toml(sources, source, findings, |root| {
        root.tables("waivers", |fields| {
            let rule = fields.required_string("rule");
            let reason = fields.bilingual("reason", "reason_en");
            let reason = fields.required("reason", reason);
            let document = fields.required_string("document");
            let until = fields.date("until");
            let until = fields.required("until", until);
            let empty = [
                ("document", document.as_ref().is_some_and(|text| text.value.trim().is_empty())),
                ("reason", reason.as_ref().is_some_and(|text| text.vi.trim().is_empty())),
            ];
            for (key, _) in empty.iter().filter(|(_, empty)| *empty) {
                let at = rule.as_ref().map_or(fields.at, |rule| rule.at);
                fields.complain(
                    Diagnostic::of(Code::InvalidValue, msg!(MustNotBeEmpty, key = *key)).mark(at),
                );
            }
            if empty.iter().any(|(_, empty)| *empty) {
                return None;
            }
            let rule = rule?;
            Some(Waiver {
                at: rule.at,
                rule: rule.value,
                reason: reason?,
                document: document?.value,
                until: until?.value,
            })
        })
    })
    .unwrap_or_default()
}
