//! What is known of a rule before anything is judged.

use std::collections::HashSet;

use crate::message::Bilingual;
use crate::rule::{Rule, RuleKind};
use crate::source::Location;
use crate::workspace::plan::{Clause, ClauseKind, Plan};

/// Which rule a verdict is about.
#[derive(Clone, Debug)]
pub struct Head {
    /// The rule's id: the clause's for targets and assignments.
    pub id: String,
    /// The kind of rule.
    pub kind: RuleKind,
    /// Position of its clause in the plan.
    pub clause: Option<usize>,
    /// Its title.
    pub title: Bilingual,
    /// Code of the unit that leads.
    pub lead: Option<String>,
    /// Where the rule is declared, or else its clause.
    pub at: Location,
}

impl Head {
    /// That of a rule. What it does not say its clause says.
    pub fn of(rule: &Rule, plan: &Plan) -> Head {
        let head = Head::lost(&rule.id, rule.kind(), rule.at, plan);
        let lead = rule.lead.as_ref().map(|lead| lead.text.clone());
        Head { title: rule.title.clone().unwrap_or(head.title), lead: lead.or(head.lead), ..head }
    }

    /// That of a declaration that could not be understood.
    pub fn lost(id: &str, kind: RuleKind, at: Location, plan: &Plan) -> Head {
        let clause = plan.clause(id);
        Head {
            id: id.to_owned(),
            kind,
            clause: plan.position(id),
            title: clause.map_or(Bilingual::same(id), |clause| clause.title.clone()),
            lead: clause.and_then(|clause| clause.lead.clone()),
            at,
        }
    }

    /// Those of the clauses no rule judges, in the plan's order.
    pub fn unjudged(plan: &Plan, judged: &HashSet<&str>) -> Vec<Head> {
        let unjudged = plan.clauses.iter().filter(|clause| !judged.contains(clause.id.as_str()));
        let head = |clause: &Clause| {
            let kind = match clause.kind {
                ClauseKind::Target => RuleKind::Target,
                ClauseKind::Assignment => RuleKind::Assignment,
            };
            Head::lost(&clause.id, kind, clause.at, plan)
        };
        unjudged.map(head).collect()
    }

    /// By what reports are ordered: clauses in the plan's order, then rules of our own in the order
    /// of their files.
    pub fn order(&self) -> (usize, RuleKind, Location) {
        (self.clause.unwrap_or(usize::MAX), self.kind, self.at)
    }
}
