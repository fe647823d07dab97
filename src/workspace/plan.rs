//! `rules/plan.toml`: the plan's skeleton — units, sections and every clause, in our own words.

use std::collections::HashMap;

use super::fields::{Fields, Placed, read_toml};
use crate::diagnostic::{Code, Diagnostic, Findings, suggestion};
use crate::message::Bilingual;
use crate::msg;
use crate::source::{Location, SourceId, Sources};

/// Whether a clause sets a target or assigns a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// A state to be reached or kept.
    Target,
    /// A task given to somebody.
    Assignment,
}

/// A body that leads or supports.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The code rules and clauses use.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// The bodies that have its duties in the reporting year, code and name, where it is no more
    /// itself.
    pub heirs: Vec<(String, String)>,
}

/// A heading of the plan.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading's number (`II.2.1.a`).
    pub id: String,
    /// Its title.
    pub title: Bilingual,
}

/// One demand of the plan.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its id, never renumbered.
    pub id: String,
    /// Where the id stands in plan.toml.
    pub at: Location,
    /// Index of its section in [`Plan::sections`].
    pub section: Option<usize>,
    /// Target or assignment.
    pub kind: ClauseKind,
    /// How the plan puts it (`percent`, `status`, `lead`, `request` …); shown, never judged by.
    pub form: String,
    /// Code of the unit that leads.
    pub lead: Option<String>,
    /// Whether the plan names no owner and the lead is our inference.
    pub lead_inferred: bool,
    /// Codes of the units that support.
    pub support: Vec<String>,
    /// A short title.
    pub title: Bilingual,
    /// What it demands.
    pub text: Bilingual,
    /// Where the demand's text stands.
    pub text_at: Location,
}

/// The plan's skeleton.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What the plan is called.
    pub name: Bilingual,
    /// Units in the order of the file.
    pub units: Vec<Unit>,
    /// Sections in the order of the plan.
    pub sections: Vec<Section>,
    /// Clauses in the order of the plan.
    pub clauses: Vec<Clause>,
    by_id: HashMap<String, usize>,
}

impl Plan {
    /// The clause of this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.by_id.get(id).map(|at| &self.clauses[*at])
    }

    /// The position of a clause in the plan's order.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Notes which bodies have the duties of the units now: the code and name of each, for a unit's
    /// code.
    pub fn hand_over(&mut self, heirs: impl Fn(&str) -> Vec<(String, String)>) {
        for unit in &mut self.units {
            unit.heirs = heirs(&unit.code);
        }
    }

    /// Whether a unit is meant by a code: its own, or that of a body that has its duties now.
    pub fn is_led_by(&self, lead: &str, code: &str) -> bool {
        self.codes_of(lead).any(|known| known == code)
    }

    /// The codes a unit goes by: its own, and those of the bodies that have its duties now.
    pub fn codes_of<'p>(&'p self, lead: &'p str) -> impl Iterator<Item = &'p str> {
        let heirs = self.unit(lead).into_iter().flat_map(|unit| &unit.heirs);
        std::iter::once(lead).chain(heirs.map(|(code, _)| code.as_str()))
    }

    /// The unit of this code.
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// Reads plan.toml.
    pub fn read(sources: &Sources, source: SourceId, findings: &Findings) -> Plan {
        read_toml(sources, source, findings, |root| {
            let name = root.table("plan", |fields| fields.bilingual("name", "name_en")).flatten();
            let mut plan = Plan { name: name.unwrap_or_default(), ..Plan::default() };
            let mut seen = HashMap::new();
            plan.units = root.tables("units", |fields| {
                let code = fields.required_string("code");
                let name = fields.bilingual("name", "name_en");
                let name = fields.required("name", name);
                let code = code.filter(|code| first(fields, &mut seen, "units", code))?;
                let name = name.unwrap_or(Bilingual::same(&code.value));
                Some(Unit { name, code: code.value, heirs: Vec::new() })
            });
            plan.sections = root.tables("sections", |fields| {
                let id = fields.required_string("id");
                let title = fields.bilingual("title", "title_en");
                let title = fields.required("title", title);
                let id = id.filter(|id| first(fields, &mut seen, "sections", id))?;
                Some(Section { title: title.unwrap_or(Bilingual::same(&id.value)), id: id.value })
            });
            let clauses = root.tables("clauses", |fields| read_clause(fields, &plan, &mut seen));
            plan.by_id =
                clauses.iter().enumerate().map(|(at, clause)| (clause.id.clone(), at)).collect();
            plan.clauses = clauses;
            plan
        })
        .unwrap_or_default()
    }
}

/// Whether this id is the first of its name in its list; the second is a complaint.
fn first(
    fields: &Fields<'_>,
    seen: &mut HashMap<(&'static str, String), Location>,
    list: &'static str,
    id: &Placed<String>,
) -> bool {
    match seen.entry((list, id.value.clone())) {
        std::collections::hash_map::Entry::Vacant(entry) => {
            entry.insert(id.at);
            true
        }
        std::collections::hash_map::Entry::Occupied(entry) => {
            fields.complain(
                Diagnostic::of(Code::DuplicateId, msg!(DuplicateId, id = &id.value))
                    .label(id.at, msg!(SecondDeclaration))
                    .label(*entry.get(), msg!(FirstDeclaration)),
            );
            false
        }
    }
}

fn read_clause(
    fields: &mut Fields<'_>,
    plan: &Plan,
    seen: &mut HashMap<(&'static str, String), Location>,
) -> Option<Clause> {
    let id = fields.required_string("id");
    let section = fields.required_string("section");
    let kinds = [("target", ClauseKind::Target), ("assignment", ClauseKind::Assignment)];
    let kind = fields.required_choice("kind", &kinds);
    let form = fields.string("form");
    let lead = fields.string("lead");
    let lead_inferred = fields.boolean("lead_inferred");
    let support = fields.strings("support").unwrap_or_default();
    let title = fields.bilingual("title", "title_en");
    let title = fields.required("title", title);
    let text_en = fields.string("text_en");
    let text = fields.string("text");

    let known = |code: &&Placed<String>| {
        let found = plan.unit(&code.value).is_some();
        if !found {
            let codes = plan.units.iter().map(|unit| unit.code.as_str());
            fields.complain(
                Diagnostic::of(Code::UnknownName, msg!(UnknownUnit, name = &code.value))
                    .mark(code.at)
                    .maybe_help(suggestion(&code.value, codes)),
            );
        }
        found
    };
    let lead = lead.as_ref().filter(known).map(|code| code.value.clone());
    let support = support.iter().filter(known).map(|code| code.value.clone()).collect();
    let section = section.and_then(|section| {
        let position = plan.sections.iter().position(|known| known.id == section.value);
        if position.is_none() {
            let ids = plan.sections.iter().map(|known| known.id.as_str());
            fields.complain(
                Diagnostic::of(Code::UnknownName, msg!(UnknownSection, name = &section.value))
                    .mark(section.at)
                    .maybe_help(suggestion(&section.value, ids)),
            );
        }
        position
    });
    let id = id.filter(|id| first(fields, seen, "clauses", id))?;
    let title = title.unwrap_or(Bilingual::same(&id.value));
    let (text, text_at) = match text {
        Some(text) => (Bilingual::new(text.value, text_en.map(|text| text.value)), text.at),
        None => (title.clone(), id.at),
    };
    Some(Clause {
        at: id.at,
        id: id.value,
        section,
        kind: kind?,
        form: form.map(|form| form.value).unwrap_or_default(),
        lead,
        lead_inferred: lead_inferred.is_some_and(|inferred| inferred.value),
        support,
        title,
        text,
        text_at,
    })
}
