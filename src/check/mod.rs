//! The whole check: a workspace folder to a finished report.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::data::Catalog;
use crate::data::areas::Areas;
use crate::data::stream::{Pace, RANGE_BYTES, Unwatched, Watch};
use crate::diagnostic::{Code, Diagnostic, Severity, suggestion};
use crate::files::{Disk, Files};
use crate::measure::bind::Binder;
use crate::measure::evaluate::Values;
use crate::measure::evaluator::Lookups;
use crate::measure::ignored::Ignored;
use crate::measure::scan::{self, SetTallies};
use crate::message::Lang;
use crate::msg;
use crate::report::{DatasetNote, Report};
use crate::rule::{Rule, RuleKind, RuleSet};
use crate::script;
use crate::source::{HELD_BYTES, Sources};
use crate::verdict::bound::{self, BoundRule};
use crate::verdict::trace::Trace;
use crate::verdict::{self, Judge, Status, Verdict};
use crate::workspace::Workspace;
use crate::workspace::config::{Config, Listing, Listings};
use crate::workspace::plan::{ClauseKind, Plan};

mod opening;
mod selection;

pub use opening::{Opened, open};

/// What to check and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where files come from.
    pub files: Arc<dyn Files>,
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// The reporting year, when not the workspace's.
    pub year: Option<i32>,
    /// The date deadlines are judged at, when not the workspace's.
    pub as_of: Option<NaiveDate>,
    /// The date to take when neither says: the day of the run.
    pub today: NaiveDate,
    /// Ids or beginnings of ids; empty means all.
    pub select: Vec<String>,
    /// Codes of leading units; empty means all.
    pub lead: Vec<String>,
    /// Whether what cannot be decided weighs as much as what is not met.
    pub strict: bool,
    /// Whether datasets are checked against their contracts only: no rule is read.
    pub only_data: bool,
    /// The rule whose calculation is laid open.
    pub trace: Option<String>,
    /// How large datasets are read. The report does not depend on it.
    pub reading: Reading,
    /// Who is told how far reading is.
    pub watch: Arc<dyn Watch>,
}

impl Request {
    /// A request for everything in a workspace on this machine.
    pub fn new(workspace: impl Into<PathBuf>, today: NaiveDate) -> Request {
        Request {
            files: Arc::new(Disk),
            workspace: workspace.into(),
            year: None,
            as_of: None,
            today,
            select: Vec::new(),
            lead: Vec::new(),
            strict: false,
            only_data: false,
            trace: None,
            reading: Reading::default(),
            watch: Arc::new(Unwatched),
        }
    }
}

/// How large datasets are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Threads.
    pub threads: usize,
    /// Bytes a thread reads at a time.
    pub range: usize,
    /// Datasets up to this many bytes are held in memory instead.
    pub held: usize,
}

impl Default for Reading {
    /// All processors, in pieces that fit their caches.
    fn default() -> Reading {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Reading { threads, range: RANGE_BYTES, held: HELD_BYTES }
    }
}

/// A finished check.
#[derive(Debug)]
pub struct Checked {
    /// The report.
    pub report: Report,
    /// All files, for printing places.
    pub sources: Sources,
    /// The settings.
    pub config: Config,
    /// The calculation asked for, where its rule could be evaluated.
    pub trace: Option<Trace>,
}

/// A check that could not begin.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
    /// All files, for printing places.
    pub sources: Sources,
    /// The language to say it in, where the settings could be read.
    pub lang: Option<Lang>,
}

/// Runs a check.
///
/// # Errors
/// [`Refused`] when there is no workspace, when nothing in it matches the request, and, with
/// nothing more to say, when the watch stopped it.
pub fn check(request: &Request) -> Result<Checked, Box<Refused>> {
    let opened =
        opening::open(&request.files, &request.workspace, request.only_data, &*request.watch)?;
    let Opened { sources, mut workspace, catalog, mut findings } = opened;
    let config = workspace.config.clone();
    let as_of = request.as_of.or(config.as_of).unwrap_or(request.today);
    let year = request.year.or(config.year).unwrap_or_else(|| chrono::Datelike::year(&as_of));
    check_listings(&config, &catalog, &mut findings);

    // Scripts read no data and data needs no scripts: both at once.
    let names: Vec<String> =
        catalog.names().map(str::to_owned).chain(catalog.broken.iter().cloned()).collect();
    let scripts = if request.only_data { &[][..] } else { &workspace.scripts };
    let lists = Listings { areas: config.areas.as_ref(), units: config.units.as_ref() };
    let (loaded, mut datasets) = std::thread::scope(|scope| {
        let loading = script::load(scope, &sources, scripts, &names, config.limits);
        let datasets = catalog.read(&sources, lists, year, request.reading.held);
        (loading.finish(), datasets)
    });
    findings.extend(loaded.complaints);
    let rules = settle(loaded.rules, &workspace.plan, &mut findings);
    hand_over(&mut workspace.plan, &datasets.units, year);
    if let Err(reason) = selection::selectable(&rules, request, &workspace.plan) {
        return Err(Box::new(Refused { diagnostics: vec![*reason], lang: config.lang, sources }));
    }
    let (rules, unreadable) = selection::select(rules, request, &workspace.plan);

    let mut binder = Binder::new(&catalog, as_of).knowing(&datasets.areas);
    let bound: Vec<Option<BoundRule>> =
        rules.iter().map(|rule| bound::bind(&mut binder, rule).ok()).collect();
    let (plans, choices) = (binder.plans, binder.choices);
    findings.extend(binder.complaints);

    // Bodies that must each do something are looked up one by one.
    let bodies: Vec<usize> = bound.iter().flatten().filter_map(BoundRule::bodies).collect();
    for set in bodies {
        datasets.hold(set, &sources);
    }
    let pace = Pace {
        threads: request.reading.threads,
        range: request.reading.range,
        watch: &*request.watch,
    };
    let lookups = Lookups::new(&datasets, &plans);
    let mut told = Vec::new();
    let tallies = scan::scan(&datasets, &sources, &plans, &lookups, year, &pace, &mut told);
    datasets.findings.extend(told);
    if request.watch.stopped() {
        return Err(Box::new(Refused { diagnostics: Vec::new(), lang: config.lang, sources }));
    }
    let judge = Judge {
        sources: &sources,
        plan: &workspace.plan,
        datasets: &datasets,
        plans: &plans,
        lookups: &lookups,
        values: Values {
            datasets: &datasets,
            plans: &plans,
            tallies: &tallies,
            ignored: Ignored::default(),
        },
        year,
        as_of,
    };
    let mut results: Vec<Verdict> =
        rules.iter().zip(&bound).map(|(rule, bound)| judge.judge(rule, bound.as_ref())).collect();
    findings.extend(judge.empty_filters(&choices));
    results.extend(unreadable.iter().map(|lost| judge.unreadable(&lost.id, lost.kind, lost.at)));
    if !request.only_data && request.select.is_empty() && request.lead.is_empty() {
        results.extend(unjudged(&judge, &results, &mut findings));
    }
    if let Some(absent) = year_absent(&tallies, year) {
        findings.push(absent);
        fold_year_absent(&mut results);
    }
    if request.strict {
        strengthen(&mut results);
    }
    findings.extend(verdict::apply_waivers(&mut results, &workspace.waivers, as_of));
    findings.extend(unknown_waivers(&workspace, &results, request));
    let traced = request.trace.as_ref().and_then(|id| {
        let verdict = results.iter().find(|verdict| verdict.id == *id)?;
        let at = rules.iter().position(|rule| rule.id == *id)?;
        Some(judge.trace(bound[at].as_ref()?, verdict))
    });
    results.sort_by_key(|verdict| {
        (
            verdict.clause.unwrap_or(usize::MAX),
            verdict.kind,
            verdict.clause.map_or(verdict.at.source, |_| verdict.at.source),
            verdict.at.span,
        )
    });
    let mut told = std::mem::take(&mut datasets.findings);
    // In the order of the files, however they were read.
    told.sort_by_key(|finding| {
        (finding.labels.first().map(|label| (label.at.source, label.at.span)), finding.code)
    });
    findings.extend(told);
    let notes = datasets
        .sets
        .iter()
        .map(|set| DatasetNote {
            name: set.contract.name.clone(),
            provenance: set.contract.provenance.as_ref().map(|from| from.kind.clone()),
        })
        .collect();
    let report = Report {
        name: config.name.clone(),
        plan: workspace.plan,
        year,
        as_of,
        results,
        findings,
        datasets: notes,
    };
    Ok(Checked { report, sources, config, trace: traced })
}

/// The settings' lists of areas and units must exist.
fn check_listings(config: &Config, catalog: &Catalog, findings: &mut Vec<Diagnostic>) {
    let lists = [&config.areas, &config.units].into_iter().flatten();
    for (dataset, columns) in lists.flat_map(Listing::datasets) {
        let Some(set) = catalog.position(&dataset.value) else {
            if !catalog.broken.contains(&dataset.value) {
                findings.push(
                    Diagnostic::new(Code::UnknownName, msg!(UnknownDataset, name = &dataset.value))
                        .mark(dataset.at)
                        .maybe_help(suggestion(&dataset.value, catalog.names())),
                );
            }
            continue;
        };
        let contract = &catalog.datasets[set].contract;
        for column in columns {
            if contract.field(&column.value).is_none() {
                findings.push(
                    Diagnostic::new(
                        Code::UnknownColumn,
                        msg!(UnknownColumn, name = &column.value, table = &contract.name),
                    )
                    .mark(column.at)
                    .maybe_help(suggestion(&column.value, contract.names())),
                );
            }
        }
    }
}

/// Notes which bodies have the duties of the plan's units in a year.
fn hand_over(plan: &mut Plan, units: &Areas, year: i32) {
    for unit in &mut plan.units {
        let heirs = units.heirs(&unit.code, year).into_iter();
        unit.heirs = heirs.map(|heir| (heir.code.clone(), heir.name.clone())).collect();
    }
}

/// Checks ids against the plan: doubled rules, and clauses that do not exist.
fn settle(loaded: RuleSet, plan: &Plan, findings: &mut Vec<Diagnostic>) -> RuleSet {
    let mut first: HashMap<String, crate::source::Location> = HashMap::new();
    let mut settled = RuleSet { rules: Vec::new(), unreadable: loaded.unreadable };
    for rule in loaded.rules {
        if let Some(before) = first.get(&rule.id) {
            findings.push(
                Diagnostic::new(Code::DuplicateId, msg!(DuplicateId, id = &rule.id))
                    .label(rule.at, msg!(SecondDeclaration))
                    .label(*before, msg!(FirstDeclaration)),
            );
            continue;
        }
        first.insert(rule.id.clone(), rule.at);
        check_clause(&rule, plan, findings);
        check_lead(&rule, plan, findings);
        settled.rules.push(rule);
    }
    settled.unreadable.retain(|lost| !first.contains_key(&lost.id));
    settled
}

fn check_clause(rule: &Rule, plan: &Plan, findings: &mut Vec<Diagnostic>) {
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
            findings.push(
                Diagnostic::new(Code::UnknownName, msg!(UnknownClause, id = &rule.id))
                    .mark(rule.at)
                    .help(suggestion(&rule.id, ids).unwrap_or(msg!(UnknownClauseHelp))),
            );
        }
        Some(clause) if clause.kind != expected => findings.push(
            Diagnostic::new(
                Code::InvalidValue,
                msg!(WrongClauseKind, id = &rule.id, kind = rule.kind().name()),
            )
            .mark(rule.at)
            .label(clause.at, msg!(DeclaredHere)),
        ),
        Some(_) => {}
    }
}

fn check_lead(rule: &Rule, plan: &Plan, findings: &mut Vec<Diagnostic>) {
    if let Some(lead) = &rule.lead
        && plan.unit(&lead.text).is_none()
        && !plan.units.is_empty()
    {
        let codes = plan.units.iter().map(|unit| unit.code.as_str());
        findings.push(
            Diagnostic::new(Code::UnknownName, msg!(UnknownUnit, name = &lead.text))
                .mark(lead.at)
                .maybe_help(suggestion(&lead.text, codes)),
        );
    }
}

/// Clauses no rule judges: never silence.
fn unjudged(
    judge: &Judge<'_>,
    results: &[Verdict],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Verdict> {
    let judged: HashSet<&str> = results.iter().map(|verdict| verdict.id.as_str()).collect();
    let mut lost = Vec::new();
    for clause in &judge.plan.clauses {
        if judged.contains(clause.id.as_str()) {
            continue;
        }
        let kind = match clause.kind {
            ClauseKind::Target => RuleKind::Target,
            ClauseKind::Assignment => RuleKind::Assignment,
        };
        let mut verdict = judge.unreadable(&clause.id, kind, clause.at);
        verdict.reason = Some(msg!(NoRuleForClause));
        lost.push(verdict);
    }
    if let Some(first) = lost.first() {
        let ids: Vec<&str> = lost.iter().map(|verdict| verdict.id.as_str()).collect();
        findings.push(
            Diagnostic::new(
                Code::ClauseWithoutRule,
                msg!(ClausesWithoutRule, count = lost.len(), ids = ids.join(", ")),
            )
            .mark(first.at)
            .help(msg!(ClausesWithoutRuleHelp, id = &first.id)),
        );
    }
    lost
}

/// A reporting year no dataset knows: nothing about it can be judged.
fn year_absent(tallies: &[SetTallies], year: i32) -> Option<Diagnostic> {
    let years: std::collections::BTreeSet<i32> =
        tallies.iter().flat_map(|set| set.years.iter().copied()).collect();
    if years.is_empty() || years.contains(&year) {
        return None;
    }
    let known: Vec<String> = years.iter().map(ToString::to_string).collect();
    Some(
        Diagnostic::new(Code::YearAbsent, msg!(YearAbsent, year = year))
            .help(msg!(YearAbsentHelp, years = known.join(", "))),
    )
}

/// One cause is told once: rules without figures for the year keep their status and a reason.
fn fold_year_absent(results: &mut [Verdict]) {
    for verdict in results.iter_mut().filter(|verdict| verdict.status == Status::NoData) {
        verdict.diagnostics.clear();
        verdict.reason = Some(msg!(NoFiguresForYear));
    }
}

/// `--strict`: what cannot be decided weighs as an error.
fn strengthen(results: &mut [Verdict]) {
    for verdict in results.iter_mut().filter(|verdict| verdict.status == Status::NoData) {
        verdict.severity = Some(Severity::Error);
        for diagnostic in &mut verdict.diagnostics {
            diagnostic.severity = Severity::Error;
        }
    }
}

fn unknown_waivers(
    workspace: &Workspace,
    results: &[Verdict],
    request: &Request,
) -> Vec<Diagnostic> {
    if request.only_data || !request.select.is_empty() || !request.lead.is_empty() {
        return Vec::new();
    }
    let known: HashSet<&str> = results.iter().map(|verdict| verdict.id.as_str()).collect();
    workspace
        .waivers
        .iter()
        .filter(|waiver| !known.contains(waiver.rule.as_str()))
        .map(|waiver| {
            let ids = results.iter().map(|verdict| verdict.id.as_str());
            Diagnostic::new(Code::UnknownName, msg!(UnknownRule, id = &waiver.rule))
                .mark(waiver.at)
                .maybe_help(suggestion(&waiver.rule, ids))
        })
        .collect()
}
