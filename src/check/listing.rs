//! Which rules there are, without a figure.

use super::{Refused, Request, selection, settling, within};
use crate::check::opening::{Opened, open};
use crate::rule::RuleSet;
use crate::script;
use crate::source::Sources;
use crate::verdict::Head;
use crate::workspace::Rulebook;
use crate::workspace::config::{Config, Listings};

/// The rules of a workspace.
#[derive(Debug)]
pub struct Listed {
    /// Clauses in the plan's order, then rules of our own in the order of their files.
    pub heads: Vec<Head>,
    /// All files read, for printing places.
    pub sources: Sources,
    /// The settings.
    pub config: Config,
}

/// Lists the rules a request is about. Data is read only where it says which units lead now.
///
/// # Errors
/// As [`super::check`].
pub fn list(request: &Request) -> Result<Listed, Box<Refused>> {
    within(request.pool.as_deref(), || list_here(request))
}

fn list_here(request: &Request) -> Result<Listed, Box<Refused>> {
    // What is wrong with the rules is told where they are checked.
    let mut opened = open(&request.files, &request.workspace)?.made;
    let Rulebook { mut plan, scripts, .. } = opened.rulebook().made;
    if !request.lead.is_empty() && opened.config.units.is_some() {
        let catalog = opened.data(&*request.meter).1.made;
        let lists = Listings { areas: None, units: opened.config.units.as_ref() };
        let datasets = catalog.read(&opened.sources, lists, 0).made;
        let year = request.parameters(&opened.config).year;
        plan.hand_over(|unit| datasets.units.heirs(unit, year));
    }
    let names = opened.contracts().made.0.known_names();
    let Opened { sources, config, .. } = opened;
    let mut engine = script::Scripts::default();
    let declared = std::thread::scope(|scope| {
        script::declare(scope, &mut engine, &sources, &scripts, &names, config.limits).finish()
    });
    let settled = settling::settle(&declared.made, &plan).made;
    let RuleSet { rules, unreadable } = match selection::select(settled, request, &plan) {
        Ok(selected) => selected,
        Err(reason) => {
            let diagnostics = vec![*reason];
            return Err(Box::new(Refused { diagnostics, lang: config.lang, sources }));
        }
    };
    let mut heads: Vec<Head> = rules.iter().map(|rule| Head::of(rule, &plan)).collect();
    heads.extend(unreadable.iter().map(|lost| Head::lost(&lost.id, lost.kind, lost.at, &plan)));
    if !request.is_partial() {
        let judged = heads.iter().map(|head| head.id.as_str()).collect();
        let unjudged = Head::unjudged(&plan, &judged);
        heads.extend(unjudged);
    }
    heads.sort_by_key(Head::order);
    Ok(Listed { heads, sources, config })
}
