//! Checks of one workspace, one after another: what has not changed is not done again.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::opening::{Opened, open};
use super::stamps::{Changed, Stamps};
use super::{Checked, Refused, Request, reporting, selection, settling, within};
use crate::contract::Located;
use crate::diagnostic::{Diagnostic, Told};
use crate::ids::IdVec;
use crate::measure::backend::{Backend, Local, ScanPlan};
use crate::measure::bind::{Choice, PlanId, PlanSize, SetPlan};
use crate::measure::evaluate::Values;
use crate::measure::evaluator::Lookups;
use crate::measure::frame::{Frame, Parameters};
use crate::measure::ignored::Ignored;
use crate::measure::scan::SetTallies;
use crate::reading::stream::Pace;
use crate::reading::{Catalog, Dataset, Datasets};
use crate::report::{DatasetNote, Report};
use crate::rule::{RuleSet, Unreadable};
use crate::script::symbols::Symbols;
use crate::script::{self, Scripts};
use crate::source::{SourceId, Sources};
use crate::verdict::bound::{BoundRules, Resolved};
use crate::verdict::trace::Trace;
use crate::verdict::{Judge, Verdict};
use crate::workspace::config::{Config, Listings, UnreadableSettings};
use crate::workspace::plan::Plan;
use crate::workspace::{Rulebook, ScriptFile, read_script};

/// Checks of one workspace. The first reads everything; a later one reads what has changed, and does
/// again what depends on that: after a change in one rule file that file is run, its rules are
/// bound and judged, and rows are passed over for what no rule before them needed.
#[derive(Debug)]
pub struct Session {
    request: Request,
    state: Option<State>,
}

/// Everything a check makes on its way to a report.
#[derive(Debug)]
pub(super) struct State {
    opened: Opened,
    /// What the files were when they were read; of a check that is the only one nobody asks.
    stamps: Option<Stamps>,
    parameters: Parameters,
    /// Settings that cannot be read and that the request does not replace.
    unreadable_settings: UnreadableSettings,
    /// What the settings gave to say.
    settings_told: Vec<Diagnostic>,
    rulebook: Told<Rulebook>,
    /// The plan, its units handed over to those that have their duties now.
    plan: Arc<Plan>,
    located: Located,
    /// Contracts and files, with all there is to say of them.
    catalog: Told<Catalog>,
    /// The data as the reporting year sees it.
    datasets: Told<Datasets>,
    scripts: Scripts,
    declared: Told<RuleSet>,
    /// What of it is asked for and failed, and what is wrong with all of it by the plan.
    unreadable: Vec<Unreadable>,
    settling_told: Vec<Diagnostic>,
    bound: BoundRules,
    /// What was scanned for, and what was found.
    scan_plan: ScanPlan,
    tallies: IdVec<PlanId, SetTallies>,
    scan_told: Vec<Diagnostic>,
    lookups: Lookups,
    /// Verdicts as they are before anything above single rules, each of the resolved rule at this
    /// address.
    verdicts: HashMap<usize, (Arc<Resolved>, Verdict)>,
}

impl Session {
    /// Checks for a request. Nothing is read yet.
    pub fn new(request: Request) -> Session {
        Session { request, state: None }
    }

    /// All files read so far, for printing places.
    pub fn sources(&self) -> Option<&Sources> {
        self.state.as_ref().map(|state| &state.opened.sources)
    }

    /// Checks the workspace as it is now.
    ///
    /// # Errors
    /// [`Refused`]; then nothing is kept.
    pub fn check(&mut self) -> Result<Report, Box<Refused>> {
        let pool = self.request.pool.clone();
        within(pool.as_deref(), || self.check_here())
    }

    fn check_here(&mut self) -> Result<Report, Box<Refused>> {
        let kept = self.state.take().and_then(|state| state.still(&self.request));
        let mut state = match kept {
            Some(state) => state,
            None => State::open(&self.request, true)?.stamped(&self.request),
        };
        state = state.bind_and_scan(&self.request)?;
        let report = state.report(&self.request, true);
        self.state = Some(state);
        Ok(report)
    }

    /// The scripts of the last check.
    pub fn scripts(&self) -> &[ScriptFile] {
        self.state.as_ref().map_or(&[], |state| &state.rulebook.made.scripts)
    }

    /// What a script defines and refers to, as it was in the last check. Of a script that has not
    /// changed it is worked out once.
    pub fn symbols(&self, script: SourceId) -> Option<Arc<Symbols>> {
        self.state.as_ref()?.scripts.symbols(script)
    }

    /// How one rule of the last report came about, where it could be evaluated.
    pub fn trace(&self, report: &Report, id: &str) -> Option<Trace> {
        self.state.as_ref()?.trace(report, id)
    }
}

/// What a check made besides its report. It is kept with that, since giving all of it back piece by
/// piece takes time, and a program that ends with the check need not.
#[derive(Debug)]
#[expect(dead_code)]
pub(crate) struct Kept {
    datasets: Told<Datasets>,
    scripts: Scripts,
    bound: BoundRules,
    scan_plan: ScanPlan,
    tallies: IdVec<PlanId, SetTallies>,
    lookups: Lookups,
    verdicts: HashMap<usize, (Arc<Resolved>, Verdict)>,
}

/// One check from nothing: its report, and what it takes to show or to trace it.
pub(super) fn once(request: &Request, rules: bool) -> Result<(State, Report), Box<Refused>> {
    within(request.pool.as_deref(), || {
        let mut state = State::open(request, rules)?.bind_and_scan(request)?;
        let report = state.report(request, rules);
        Ok((state, report))
    })
}

impl State {
    /// Opens everything, then runs the scripts and reads the data.
    fn open(request: &Request, rules: bool) -> Result<State, Box<Refused>> {
        let Told { made: mut opened, findings: settings_told } =
            open(&request.files, &request.workspace)?;
        let rulebook = if rules { opened.rulebook() } else { Told::default() };
        let (located, catalog) = opened.data(&*request.meter);
        let parameters = request.parameters(&opened.config);
        let unreadable_settings = request.unreadable(&opened.config);
        let mut state = State {
            opened,
            stamps: None,
            parameters,
            unreadable_settings,
            settings_told,
            rulebook,
            plan: Arc::default(),
            located,
            catalog,
            datasets: Told::default(),
            scripts: Scripts::default(),
            declared: Told::default(),
            unreadable: Vec::new(),
            settling_told: Vec::new(),
            bound: BoundRules::default(),
            scan_plan: ScanPlan::default(),
            tallies: IdVec::new(),
            scan_told: Vec::new(),
            lookups: Lookups::default(),
            verdicts: HashMap::new(),
        };
        state.datasets = state.declare(|state| state.read(request));
        state.hand_over();
        Ok(state)
    }

    /// Notes what the files are.
    fn stamped(mut self, request: &Request) -> State {
        let Opened { root, config, .. } = &self.opened;
        self.stamps = Some(Stamps::take(&*request.files, root, config, &self.located));
        self
    }

    /// The state, brought up to what is in the rules now; `None` where anything else has changed.
    fn still(mut self, request: &Request) -> Option<State> {
        let Opened { root, config, .. } = &self.opened;
        let now = Stamps::take(&*request.files, root, config, &self.located);
        let rules = root.join(&config.rules);
        let changed = match self.stamps.as_ref()?.changed(&now, &rules) {
            Changed::Nothing => return Some(self),
            Changed::Rules(changed) => changed,
            Changed::Everything => return None,
        };
        self.stamps = Some(now);
        let is_script = |path: &PathBuf| self.rulebook.made.scripts.iter().any(|s| s.path == *path);
        if changed.iter().all(is_script) {
            for path in &changed {
                read_script(path, &mut self.opened.sources).ok()?;
            }
        } else {
            self.rulebook = self.opened.rulebook();
            self.verdicts.clear();
            self.hand_over();
        }
        self.declare(|_| ());
        Some(self)
    }

    /// Runs the scripts that have to be, and does something else meanwhile: scripts read no data,
    /// and data needs no scripts.
    fn declare<T>(&mut self, meanwhile: impl FnOnce(&State) -> T) -> T {
        let mut scripts = std::mem::take(&mut self.scripts);
        let names = self.catalog.made.contracts.known_names();
        let this = &*self;
        let (declared, other) = std::thread::scope(|scope| {
            let (sources, files) = (&this.opened.sources, &this.rulebook.made.scripts);
            let limits = this.opened.config.limits;
            let declaring = script::declare(scope, &mut scripts, sources, files, &names, limits);
            let other = meanwhile(this);
            (declaring.finish(), other)
        });
        (self.scripts, self.declared) = (scripts, declared);
        other
    }

    /// Reads the data as the reporting year sees it.
    fn read(&self, request: &Request) -> Told<Datasets> {
        let Opened { config, sources, .. } = &self.opened;
        let lists = Listings { areas: config.areas.as_ref(), units: config.units.as_ref() };
        let mut findings = Vec::new();
        let read = self.catalog.made.read(sources, lists, request.reading.held);
        let datasets = read.tell(&mut findings);
        let made = datasets.in_year(self.parameters.year, sources).tell(&mut findings);
        Told { made, findings }
    }

    /// Hands the units of the plan over to those that have their duties in the reporting year.
    fn hand_over(&mut self) {
        let mut plan = self.rulebook.made.plan.clone();
        let (units, year) = (&self.datasets.made.units, self.parameters.year);
        plan.hand_over(|unit| units.heirs(unit, year));
        self.plan = Arc::new(plan);
    }

    /// Binds the rules that are asked for, and scans for what they need beyond what was scanned for
    /// before.
    fn bind_and_scan(mut self, request: &Request) -> Result<State, Box<Refused>> {
        let settled = settling::settle(&self.declared.made, &self.plan);
        let RuleSet { rules, unreadable } =
            match selection::select(settled.made, request, &self.plan) {
                Ok(selected) => selected,
                Err(reason) => return Err(self.refused(vec![*reason])),
            };
        (self.unreadable, self.settling_told) = (unreadable, settled.findings);
        let mut before = std::mem::take(&mut self.bound);
        before.plans = std::mem::take(&mut self.scan_plan.plans);
        let sizes: IdVec<PlanId, PlanSize> = before.plans.iter().map(SetPlan::size).collect();
        let contracts = &self.catalog.made.contracts;
        self.bound = BoundRules::bind(&rules, contracts, before);
        let sources = &self.opened.sources;
        self.datasets.findings.extend(self.datasets.made.hold(&self.bound.bodies(), sources));
        let plans = std::mem::take(&mut self.bound.plans);
        self.scan_plan = ScanPlan::new(contracts, &self.datasets.made.areas, plans);
        self.scan(&sizes, request);
        if request.meter.stopped() {
            return Err(self.refused(Vec::new()));
        }
        self.lookups = Lookups::new(&self.datasets.made, &self.scan_plan.plans);
        Ok(self)
    }

    fn scan(&mut self, before: &IdVec<PlanId, PlanSize>, request: &Request) {
        let datasets = &self.datasets.made;
        let backend = Local { datasets, sources: &self.opened.sources, pace: request.pace() };
        if before.is_empty() {
            let found = backend.scan(&self.scan_plan, self.parameters);
            (self.tallies, self.scan_told) = (found.made, found.findings);
            return;
        }
        let Some(rest) = self.scan_plan.beyond(before) else { return };
        let found = backend.scan(&rest, self.parameters).made;
        let tallies = self.tallies.as_mut_vec();
        tallies.resize_with(found.len(), SetTallies::default);
        let mut fits = true;
        for (at, more) in rest.plans.ids().zip(found).filter(|(at, _)| rest.wanted[*at]) {
            let whole = before.get(at).is_none() || rest.plans[at].grouped.is_some();
            match whole {
                true => self.tallies[at] = more,
                false => fits &= self.tallies[at].extend(more),
            }
        }
        // Rows that are not what they were: nothing of before can be relied on.
        if !fits {
            let found = backend.scan(&self.scan_plan, self.parameters);
            (self.tallies, self.scan_told) = (found.made, found.findings);
        }
    }

    fn refused(self, diagnostics: Vec<Diagnostic>) -> Box<Refused> {
        let Opened { sources, config, .. } = self.opened;
        Box::new(Refused { diagnostics, lang: config.lang, sources })
    }

    fn judge(&self) -> Judge<'_> {
        let frame = Frame {
            datasets: &self.datasets.made,
            plans: &self.scan_plan.plans,
            lookups: &self.lookups,
            parameters: self.parameters,
        };
        let values = Values { frame, tallies: &self.tallies, ignored: Ignored::default() };
        let unreadable = self.unreadable_settings;
        Judge { sources: &self.opened.sources, plan: &self.plan, frame, values, unreadable }
    }

    /// Judges the rules whose verdict is not known yet.
    fn judge_rules(&mut self) {
        let mut known = std::mem::take(&mut self.verdicts);
        let judge = self.judge();
        let verdicts = self.bound.rules.iter().map(|one| {
            let place = Arc::as_ptr(one).addr();
            let verdict = known.remove(&place).map(|(_, verdict)| verdict);
            let judged = || judge.judge(&one.rule, one.bound.as_ref());
            (place, (Arc::clone(one), verdict.unwrap_or_else(judged)))
        });
        self.verdicts = verdicts.collect();
    }

    /// Judges every rule and puts the report together.
    fn report(&mut self, request: &Request, rules: bool) -> Report {
        self.judge_rules();
        let judge = self.judge();
        let mut findings = self.settings_told.clone();
        let told = [&self.rulebook.findings, &self.catalog.findings, &self.declared.findings];
        findings.extend(told.into_iter().flatten().cloned());
        findings.extend(self.settling_told.iter().cloned());
        findings.extend(self.bound.findings(&self.datasets.made.areas));
        let verdict = |one: &Arc<Resolved>| self.verdicts[&Arc::as_ptr(one).addr()].1.clone();
        let mut results: Vec<Verdict> = self.bound.rules.iter().map(verdict).collect();
        let choices: Vec<&Choice> = self.bound.rules.iter().flat_map(|one| &one.choices).collect();
        findings.extend(judge.empty_filters(&choices));
        let lost = self.unreadable.iter();
        results.extend(lost.map(|lost| judge.unreadable(&lost.id, lost.kind, lost.at)));
        let complete = rules && !request.is_partial();
        if complete {
            results.extend(reporting::unjudged(
                &judge,
                &self.rulebook.made,
                &results,
                &mut findings,
            ));
        }
        let Parameters { year, as_of } = self.parameters;
        let year_absent = || reporting::year_absent(&self.tallies, year);
        if let Some(absent) = self.unreadable_settings.year.is_none().then(year_absent).flatten() {
            findings.push(absent);
            reporting::fold_year_absent(&mut results);
        }
        if request.strict {
            reporting::strengthen(&mut results);
        }
        let waivers = &self.rulebook.made.waivers;
        // Whether a waiver still holds is not known without the date.
        let waivers = if self.unreadable_settings.as_of.is_some() { &[] } else { &waivers[..] };
        findings.extend(reporting::waive(&mut results, waivers, as_of, complete));
        reporting::note_unreadable(&mut findings, self.unreadable_settings, &results);
        reporting::order(&mut results);
        findings.extend(self.data_findings(judge.sources));
        let note = |set: &Dataset| DatasetNote {
            name: set.contract.name.clone(),
            provenance: set.contract.provenance.as_ref().map(|from| from.kind.clone()),
        };
        Report {
            name: self.opened.config.name.clone(),
            plan: Arc::clone(&self.plan),
            year,
            as_of,
            results,
            findings,
            datasets: self.datasets.made.sets.iter().map(note).collect(),
        }
    }

    /// How one rule of a report came about, where it could be evaluated.
    pub fn trace(&self, report: &Report, id: &str) -> Option<Trace> {
        let verdict = report.results.iter().find(|verdict| verdict.head.id == id)?;
        let resolved = self.bound.rules.iter().find(|one| one.rule.id == id)?;
        Some(self.judge().trace(resolved.bound.as_ref()?, verdict))
    }

    /// A report, and what it takes to show it.
    pub fn checked(self, report: Report) -> Checked {
        let State {
            opened, datasets, scripts, bound, scan_plan, tallies, lookups, verdicts, ..
        } = self;
        let Opened { sources, config, .. } = opened;
        let kept = Kept { datasets, scripts, bound, scan_plan, tallies, lookups, verdicts };
        Checked { report, sources, config, kept }
    }

    /// What the data gave to say, in the order of the files, however they were read.
    fn data_findings(&self, sources: &Sources) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> =
            self.datasets.findings.iter().chain(&self.scan_told).cloned().collect();
        told.sort_by_cached_key(|finding| {
            (finding.labels.first().map(|label| sources.locate(label.at)), finding.code)
        });
        told
    }
}

impl Request {
    pub(super) fn parameters(&self, config: &Config) -> Parameters {
        let as_of = self.as_of.or(config.as_of).unwrap_or(self.today);
        let year = self.year.or(config.year);
        Parameters { year: year.unwrap_or_else(|| chrono::Datelike::year(&as_of)), as_of }
    }

    /// Settings that cannot be read and that the request does not replace.
    pub(super) fn unreadable(&self, config: &Config) -> UnreadableSettings {
        let as_of = config.unreadable.as_of.filter(|_| self.as_of.is_none());
        // Without a year it is that of the date.
        let of_date = as_of.filter(|_| config.year.is_none());
        let year = config.unreadable.year.or(of_date).filter(|_| self.year.is_none());
        UnreadableSettings { as_of, year }
    }

    fn pace(&self) -> Pace<'_> {
        Pace { threads: self.reading.threads, range: self.reading.range, meter: &*self.meter }
    }

    /// Whether only some rules are asked for.
    pub(super) fn is_partial(&self) -> bool {
        !(self.select.is_empty() && self.lead.is_empty())
    }
}
