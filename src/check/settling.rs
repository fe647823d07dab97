//! What scripts declared, held against the plan: every rule once, each with a clause and a unit
//! that exist.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Findings, Told, suggestion};
use crate::msg;
use crate::rule::{Rule, RuleKind, RuleSet};
use crate::source::Location;
use crate::workspace::plan::{ClauseKind, Plan};

/// Checks ids against the plan: doubled rules, and clauses that do not exist.
pub fn settle(declared: &RuleSet, plan: &Plan) -> Told<RuleSet> {
    let findings = Findings::default();
    let mut first: HashMap<String, Location> = HashMap::new();
    let mut settled = RuleSet { rules: Vec::new(), unreadable: declared.unreadable.clone() };
    for rule in &declared.rules {
        if let Some(before) = first.get(&rule.id) {
            findings.tell(
                Diagnostic::of(Code::DuplicateId, msg!(DuplicateId, id = &rule.id))
                    .label(rule.at, msg!(SecondDeclaration))
                    .label(*before, msg!(FirstDeclaration)),
            );
            continue;
        }
        first.insert(rule.id.clone(), rule.at);
        check_clause(rule, plan, &findings);
        check_lead(rule, plan, &findings);
        settled.rules.push(Arc::clone(rule));
    }
    settled.unreadable.retain(|lost| !first.contains_key(&lost.id));
    findings.about(settled)
}

fn check_clause(rule: &Rule, plan: &Plan, findings: &Findings) {
    let expected = match rule.kind() {
        RuleKind::Target => ClauseKind::Target,
        RuleKind::Assignment => ClauseKind::Assignment,
        RuleKind::Expect | RuleKind::Rule => return,
    };
    if plan.clauses.is_empty() {
        return;
    }
    match plan.clause(&rule.id) {
        None => {
            let ids = plan.clauses.iter().map(|clause| clause.id.as_str());
            findings.tell(
                Diagnostic::of(Code::UnknownName, msg!(UnknownClause, id = &rule.id))
                    .mark(rule.at)
                    .help(suggestion(&rule.id, ids).unwrap_or(msg!(UnknownClauseHelp).into())),
            );
        }
        Some(clause) if clause.kind != expected => findings.tell(
            Diagnostic::of(
                Code::InvalidValue,
                msg!(WrongClauseKind, id = &rule.id, kind = rule.kind().name()),
            )
            .mark(rule.at)
            .label(clause.at, msg!(DeclaredHere)),
        ),
        Some(_) => {}
    }
}

fn check_lead(rule: &Rule, plan: &Plan, findings: &Findings) {
    if let Some(lead) = &rule.lead
        && plan.unit(&lead.text).is_none()
        && !plan.units.is_empty()
    {
        let codes = plan.units.iter().map(|unit| unit.code.as_str());
        findings.tell(
            Diagnostic::of(Code::UnknownName, msg!(UnknownUnit, name = &lead.text))
                .mark(lead.at)
                .maybe_help(suggestion(&lead.text, codes)),
        );
    }
}
