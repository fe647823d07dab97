//! From verdicts to a report: what is left over, what stands above single rules, and the order.
//!
//! All of it is worked out from what the phases before gave; none of it reads anything.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::ids::IdVec;
use crate::measure::bind::PlanId;
use crate::measure::scan::SetTallies;
use crate::msg;
use crate::script::unheard::{Unheard, declared, unheard};
use crate::source::{Location, Place, SourceId, Sources};
use crate::verdict::{self, Demanded, Head, Judge, Verdict};
use crate::workspace::Rulebook;
use crate::workspace::config::UnreadableSettings;
use crate::workspace::waivers::Waiver;

/// Clauses no rule judges: never silence.
pub fn unjudged(
    judge: &Judge<'_>,
    rulebook: &Rulebook,
    results: &[Verdict],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Verdict> {
    let judged: HashSet<&str> = results.iter().map(|verdict| verdict.head.id.as_str()).collect();
    let heads = Head::unjudged(judge.plan, &judged).into_iter();
    let lost: Vec<Verdict> = heads
        .map(|head| Verdict::not_evaluated(head, Demanded::Nothing, msg!(NoRuleForClause)))
        .collect();
    let unheard = tell_unheard(judge.sources, rulebook, &lost, findings);
    let told = |verdict: &&Verdict| !unheard.contains(verdict.head.id.as_str());
    if let Some(first) = lost.iter().find(told) {
        let rest: Vec<&Verdict> = lost.iter().filter(told).collect();
        let ids: Vec<&str> = rest.iter().map(|verdict| verdict.head.id.as_str()).collect();
        findings.push(
            Diagnostic::of(
                Code::ClauseWithoutRule,
                msg!(ClausesWithoutRule, count = ids.len(), ids = ids.join(", ")),
            )
            .mark(first.head.at)
            .help(msg!(ClausesWithoutRuleHelp, id = &first.head.id)),
        );
    }
    lost
}

/// Says of clauses that are declared where nobody hears it why that is so: once for each place.
/// Gives their ids.
fn tell_unheard<'v>(
    sources: &Sources,
    rulebook: &Rulebook,
    lost: &'v [Verdict],
    findings: &mut Vec<Diagnostic>,
) -> HashSet<&'v str> {
    if lost.is_empty() {
        return HashSet::new();
    }
    let text = |source: SourceId| std::str::from_utf8(sources.get(source).bytes()).unwrap_or("");
    let in_files: HashMap<String, SourceId> = (rulebook.unread.iter().copied())
        .flat_map(|file| declared(text(file)).into_iter().map(move |id| (id, file)))
        .collect();
    let in_scripts: HashMap<String, (SourceId, Unheard)> = (rulebook.scripts.iter())
        .map(|script| script.source)
        .flat_map(|file| unheard(text(file)).into_iter().map(move |(id, why)| (id, (file, why))))
        .collect();
    let mut causes: Vec<((SourceId, Unheard), Vec<&str>)> = Vec::new();
    let mut places: HashMap<(SourceId, Unheard), usize> = HashMap::new();
    let mut unread: HashMap<SourceId, Vec<&str>> = HashMap::new();
    for verdict in lost {
        let id = verdict.head.id.as_str();
        if let Some(file) = in_files.get(id) {
            unread.entry(*file).or_default().push(id);
        } else if let Some(found) = in_scripts.get(id) {
            let at = *places.entry(*found).or_insert(causes.len());
            if at == causes.len() {
                causes.push((*found, Vec::new()));
            }
            causes[at].1.push(id);
        }
    }
    for ((source, cause), ids) in &causes {
        let (count, listed) = (ids.len(), ids.join(", "));
        let (span, message, help) = match *cause {
            Unheard::OpenComment(span) => {
                let message = msg!(ClausesInOpenComment, count = count, ids = listed);
                (span, message, msg!(CloseComment))
            }
            Unheard::Comment(span) => {
                (span, msg!(ClausesInComment, count = count, ids = listed), msg!(DeleteIt))
            }
            Unheard::Function(span) => {
                let name = sources.get(*source).slice(span);
                let help = msg!(CallFunction, name = String::from_utf8_lossy(&name).into_owned());
                (span, msg!(ClausesInFunction, count = count, ids = listed), help)
            }
        };
        let at = Location { source: *source, span };
        findings.push(Diagnostic::of(Code::ClauseWithoutRule, message).mark(at).help(help));
    }
    for finding in findings.iter_mut().filter(|finding| finding.code == Code::ScriptNotRead) {
        let file = finding.labels.first().map(|label| label.at.source());
        if let Some(ids) = file.and_then(|file| unread.get(&file)) {
            let note = msg!(NotJudgedForThis, count = ids.len(), ids = ids.join(", "));
            finding.notes.push(note);
        }
    }
    let causes = causes.into_iter().flat_map(|(_, ids)| ids);
    causes.chain(unread.into_values().flatten()).collect()
}

/// Says at a setting that cannot be read what is not judged because of it.
pub fn note_unreadable(
    findings: &mut [Diagnostic],
    settings: UnreadableSettings,
    results: &[Verdict],
) {
    for (key, at) in [("year", settings.year), ("as_of", settings.as_of)] {
        let Some(place) = at.map(Place::from) else { continue };
        let reason = Some(msg!(NeedsSetting, key = key));
        let lost = results.iter().filter(|verdict| verdict.reason() == reason).count();
        let is_it = |finding: &&mut Diagnostic| {
            finding.labels.first().is_some_and(|label| label.at == place)
        };
        if let Some(finding) = findings.iter_mut().find(is_it).filter(|_| lost > 0) {
            finding.notes.push(msg!(NotJudgedForSetting, count = lost));
        }
    }
}

/// A reporting year no dataset knows: nothing about it can be judged.
pub fn year_absent(tallies: &IdVec<PlanId, SetTallies>, year: i32) -> Option<Diagnostic> {
    let years: BTreeSet<i32> = tallies.iter().flat_map(|set| set.years.iter().copied()).collect();
    if years.is_empty() || years.contains(&year) {
        return None;
    }
    let known: Vec<String> = years.iter().map(ToString::to_string).collect();
    Some(
        Diagnostic::of(Code::YearAbsent, msg!(YearAbsent, year = year))
            .help(msg!(YearAbsentHelp, years = known.join(", ")))
            .nowhere(),
    )
}

/// One cause is told once: rules without figures for the year keep their status and a reason.
pub fn fold_year_absent(results: &mut [Verdict]) {
    for verdict in results {
        verdict.restand(|standing| standing.year_absent = true);
    }
}

/// `--strict`: what cannot be decided weighs as an error.
pub fn strengthen(results: &mut [Verdict]) {
    for verdict in results {
        verdict.restand(|standing| standing.strict = true);
    }
}

/// Lets waivers take effect; what is wrong with them is told. `complete` is whether all rules were
/// judged: only then is a waiver of none of them a mistake.
pub fn waive(
    results: &mut [Verdict],
    waivers: &[Waiver],
    as_of: NaiveDate,
    complete: bool,
) -> Vec<Diagnostic> {
    let mut told = verdict::apply_waivers(results, waivers, as_of);
    if complete {
        told.extend(unknown_waivers(results, waivers));
    }
    told
}

fn unknown_waivers(results: &[Verdict], waivers: &[Waiver]) -> Vec<Diagnostic> {
    let known: HashSet<&str> = results.iter().map(|verdict| verdict.head.id.as_str()).collect();
    let unknown = waivers.iter().filter(|waiver| !known.contains(waiver.rule.as_str()));
    let told = unknown.map(|waiver| {
        let ids = results.iter().map(|verdict| verdict.head.id.as_str());
        Diagnostic::of(Code::UnknownName, msg!(UnknownRule, id = &waiver.rule))
            .mark(waiver.at)
            .maybe_help(suggestion(&waiver.rule, ids))
    });
    told.collect()
}

/// Clauses in the plan's order, then rules of our own in the order of their files.
pub fn order(results: &mut [Verdict]) {
    results.sort_by_key(|verdict| verdict.head.order());
}
