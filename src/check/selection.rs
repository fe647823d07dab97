//! Which rules a request is about: by id and by the unit that leads.

use super::Request;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::msg;
use crate::rule::{Rule, RuleSet};
use crate::workspace::plan::Plan;

/// Whether an id is asked for: exactly, or by a beginning that ends at one of its joints.
fn asked_for(id: &str, wanted: &[String]) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|prefix| {
            let prefix = prefix.trim_end_matches('*');
            id.strip_prefix(prefix).is_some_and(|rest| {
                rest.is_empty() || prefix.ends_with(['.', '-']) || rest.starts_with(['.', '-'])
            })
        })
}

fn rule_lead(rule: &Rule) -> Option<&str> {
    rule.lead.as_ref().map(|lead| lead.text.as_str())
}

/// Whether the request is about a rule; without a lead of its own the clause's counts.
fn is_chosen(id: &str, lead: Option<&str>, request: &Request, plan: &Plan) -> bool {
    let lead = lead.or_else(|| plan.clause(id).and_then(|clause| clause.lead.as_deref()));
    let leads = |wanted: &String| lead.is_some_and(|lead| plan.is_led_by(lead, wanted));
    asked_for(id, &request.select) && (request.lead.is_empty() || request.lead.iter().any(leads))
}

/// The rules a request is about.
///
/// # Errors
/// What is asked for and is not there.
pub(super) fn select(
    mut all: RuleSet,
    request: &Request,
    plan: &Plan,
) -> Result<RuleSet, Box<Diagnostic>> {
    selectable(&all, request, plan)?;
    all.rules.retain(|rule| is_chosen(&rule.id, rule_lead(rule), request, plan));
    all.unreadable.retain(|lost| is_chosen(&lost.id, None, request, plan));
    Ok(all)
}

/// Every id and unit asked for must exist, and some rule must belong to both.
fn selectable(rules: &RuleSet, request: &Request, plan: &Plan) -> Result<(), Box<Diagnostic>> {
    let ids: Vec<&str> = rules
        .rules
        .iter()
        .map(|rule| rule.id.as_str())
        .chain(rules.unreadable.iter().map(|lost| lost.id.as_str()))
        .collect();
    // What was asked for stands on the command line.
    let refuse = |message, help| {
        Err(Box::new(Diagnostic::of(Code::UnknownName, message).help(help).nowhere()))
    };
    for wanted in &request.select {
        if !ids.iter().any(|id| asked_for(id, std::slice::from_ref(wanted))) {
            let help = suggestion(wanted, ids.iter().copied())
                .map_or(msg!(NothingSelectedHelp), |help| help.text);
            return refuse(msg!(NothingSelected, names = wanted), help);
        }
    }
    let leads = || {
        rules.rules.iter().filter_map(|rule| match &rule.lead {
            Some(lead) => Some(lead.text.as_str()),
            None => plan.clause(&rule.id).and_then(|clause| clause.lead.as_deref()),
        })
    };
    for wanted in &request.lead {
        if !leads().any(|lead| plan.is_led_by(lead, wanted)) {
            let known = leads().flat_map(|lead| plan.codes_of(lead));
            let help =
                suggestion(wanted, known).map_or(msg!(NothingSelectedHelp), |help| help.text);
            return refuse(msg!(NothingSelected, names = wanted), help);
        }
    }
    let any = rules.rules.iter().any(|rule| is_chosen(&rule.id, rule_lead(rule), request, plan))
        || rules.unreadable.iter().any(|lost| is_chosen(&lost.id, None, request, plan));
    let asked = !(request.select.is_empty() && request.lead.is_empty());
    if asked && !any {
        let names: Vec<&str> =
            request.select.iter().chain(&request.lead).map(String::as_str).collect();
        return refuse(msg!(NoneInCommon, names = names.join(", ")), msg!(NothingSelectedHelp));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_end_at_joints() {
        let asked = |id, wanted: &str| asked_for(id, &[wanted.to_owned()]);
        assert!(asked("II.2.1.a.2-1", "II.2.1.a"));
        assert!(asked("II.2.1.a.2-1", "II.2.1.a.2-1"));
        assert!(asked("II.2.1.a.2-1", "II.2.1.a.*"));
        assert!(!asked("III.2.1-1", "II"));
        assert!(!asked("II.2.1.a.2-10", "II.2.1.a.2-1"));
        assert!(asked_for("anything", &[]));
    }
}
