//! One run through all phases, and what can be asked of it afterwards.

use std::sync::Arc;

use super::{Checked, Refused, Request, reporting, selection, settling};
use crate::check::opening::{Opened, open};
use crate::data::stream::Pace;
use crate::data::{Catalog, Datasets};
use crate::diagnostic::{Diagnostic, Told};
use crate::measure::backend::{Backend, Local, ScanPlan};
use crate::measure::evaluate::Values;
use crate::measure::evaluator::Lookups;
use crate::measure::frame::{Frame, Parameters};
use crate::measure::ignored::Ignored;
use crate::measure::scan::SetTallies;
use crate::report::{DatasetNote, Report};
use crate::rule::{Rule, RuleSet, Unreadable};
use crate::script;
use crate::source::Sources;
use crate::verdict::bound::BoundRules;
use crate::verdict::trace::Trace;
use crate::verdict::{Judge, Verdict};
use crate::workspace::Rulebook;
use crate::workspace::config::{Config, Listings};
use crate::workspace::plan::Plan;
use crate::workspace::waivers::Waiver;

/// Everything a check makes on its way to a report.
pub(super) struct Run {
    sources: Sources,
    config: Config,
    /// The plan, its units handed over to those that have their duties now.
    plan: Arc<Plan>,
    waivers: Vec<Waiver>,
    rules: Vec<Arc<Rule>>,
    unreadable: Vec<Unreadable>,
    bound: BoundRules,
    /// What was scanned for.
    scan_plan: ScanPlan,
    datasets: Datasets,
    lookups: Lookups,
    tallies: Vec<SetTallies>,
    parameters: Parameters,
    /// What settings, plan, contracts and rules gave to say.
    findings: Vec<Diagnostic>,
    /// What the data gave to say.
    data_findings: Vec<Diagnostic>,
}

impl Run {
    /// Runs all phases up to the scan. Without `rules` only the data is looked at.
    ///
    /// # Errors
    /// See [`super::check`].
    pub fn new(request: &Request, rules: bool) -> Result<Run, Box<Refused>> {
        let mut findings = Vec::new();
        let mut opened = open(&request.files, &request.workspace)?.tell(&mut findings);
        if let Some(lang) = opened.config.lang {
            request.watch.speak(lang);
        }
        let Rulebook { mut plan, waivers, scripts } = match rules {
            true => opened.rulebook().tell(&mut findings),
            false => Rulebook::default(),
        };
        let catalog = opened.data(&*request.watch).tell(&mut findings);
        let Opened { sources, config, .. } = opened;
        let parameters = request.parameters(&config);

        // Scripts read no data and data needs no scripts: both at once.
        let names = catalog.contracts.known_names();
        let mut engine = script::Scripts::default();
        let (declared, read) = std::thread::scope(|scope| {
            let (scripts, files) = (&mut engine, &scripts);
            let declaring = script::declare(scope, scripts, &sources, files, &names, config.limits);
            let read = read(&catalog, &config, &sources, request, parameters);
            (declaring.finish(), read)
        });
        let declared = declared.tell(&mut findings);
        let settled = settling::settle(declared, &plan).tell(&mut findings);
        let mut data_findings = Vec::new();
        let mut datasets = read.tell(&mut data_findings);
        plan.hand_over(&datasets.units, parameters.year);
        let selected = selection::select(settled, request, &plan);
        let RuleSet { rules, unreadable } = match selected {
            Ok(selected) => selected,
            Err(reason) => {
                let diagnostics = vec![*reason];
                return Err(Box::new(Refused { diagnostics, lang: config.lang, sources }));
            }
        };
        let Told { made: mut bound, findings: told } = BoundRules::bind(&rules, &catalog.contracts);
        findings.extend(bound.with_codes(told, &datasets.areas));
        data_findings.extend(datasets.hold(&bound.bodies(), &sources));
        let plans = std::mem::take(&mut bound.plans);
        let scan_plan = ScanPlan::new(&catalog.contracts, &datasets.areas, plans);
        let backend = Local { datasets: &datasets, sources: &sources, pace: request.pace() };
        let tallies = backend.scan(&scan_plan, parameters).tell(&mut data_findings);
        let lookups = Lookups::new(&datasets, &scan_plan.plans);
        if request.watch.stopped() {
            let (diagnostics, lang) = (Vec::new(), config.lang);
            return Err(Box::new(Refused { diagnostics, lang, sources }));
        }
        Ok(Run {
            sources,
            config,
            plan: Arc::new(plan),
            waivers,
            rules,
            unreadable,
            bound,
            scan_plan,
            datasets,
            lookups,
            tallies,
            parameters,
            findings,
            data_findings,
        })
    }

    fn judge(&self) -> Judge<'_> {
        let frame = Frame {
            datasets: &self.datasets,
            plans: &self.scan_plan.plans,
            lookups: &self.lookups,
            parameters: self.parameters,
        };
        let values = Values { frame, tallies: &self.tallies, ignored: Ignored::default() };
        Judge { sources: &self.sources, plan: &self.plan, frame, values }
    }

    /// Judges every rule and puts the report together.
    pub fn report(&mut self, request: &Request, rules: bool) -> Report {
        let mut findings = std::mem::take(&mut self.findings);
        let judge = self.judge();
        let pairs = self.rules.iter().zip(&self.bound.rules);
        let mut results: Vec<Verdict> =
            pairs.map(|(rule, bound)| judge.judge(rule, bound.as_ref())).collect();
        findings.extend(judge.empty_filters(&self.bound.choices));
        let lost = self.unreadable.iter();
        results.extend(lost.map(|lost| judge.unreadable(&lost.id, lost.kind, lost.at)));
        let complete = rules && !request.is_partial();
        if complete {
            results.extend(reporting::unjudged(&judge, &results, &mut findings));
        }
        let Parameters { year, as_of } = self.parameters;
        if let Some(absent) = reporting::year_absent(&self.tallies, year) {
            findings.push(absent);
            reporting::fold_year_absent(&mut results);
        }
        if request.strict {
            reporting::strengthen(&mut results);
        }
        findings.extend(reporting::waive(&mut results, &self.waivers, as_of, complete));
        reporting::order(&mut results);
        // In the order of the files, however they were read.
        let mut told = std::mem::take(&mut self.data_findings);
        told.sort_by_key(|finding| {
            (finding.labels.first().map(|label| (label.at.source, label.at.span)), finding.code)
        });
        findings.extend(told);
        let note = |set: &crate::data::Dataset| DatasetNote {
            name: set.contract.name.clone(),
            provenance: set.contract.provenance.as_ref().map(|from| from.kind.clone()),
        };
        Report {
            name: self.config.name.clone(),
            plan: Arc::clone(&self.plan),
            year,
            as_of,
            results,
            findings,
            datasets: self.datasets.sets.iter().map(note).collect(),
        }
    }

    /// How one rule of a report came about, where it could be evaluated.
    pub fn trace(&self, report: &Report, id: &str) -> Option<Trace> {
        let verdict = report.results.iter().find(|verdict| verdict.id == id)?;
        let at = self.rules.iter().position(|rule| rule.id == id)?;
        Some(self.judge().trace(self.bound.rules[at].as_ref()?, verdict))
    }

    /// The report, and what it takes to show it.
    pub fn checked(self, report: Report) -> Checked {
        Checked { report, sources: self.sources, config: self.config }
    }
}

/// Reads the data as the reporting year sees it.
fn read(
    catalog: &Catalog,
    config: &Config,
    sources: &Sources,
    request: &Request,
    parameters: Parameters,
) -> Told<Datasets> {
    let lists = Listings { areas: config.areas.as_ref(), units: config.units.as_ref() };
    let mut findings = Vec::new();
    let datasets = catalog.read(sources, lists, request.reading.held).tell(&mut findings);
    let made = datasets.in_year(parameters.year, sources).tell(&mut findings);
    Told { made, findings }
}

impl Request {
    pub(super) fn parameters(&self, config: &Config) -> Parameters {
        let as_of = self.as_of.or(config.as_of).unwrap_or(self.today);
        let year = self.year.or(config.year);
        Parameters { year: year.unwrap_or_else(|| chrono::Datelike::year(&as_of)), as_of }
    }

    fn pace(&self) -> Pace<'_> {
        Pace { threads: self.reading.threads, range: self.reading.range, watch: &*self.watch }
    }

    /// Whether only some rules are asked for.
    pub(super) fn is_partial(&self) -> bool {
        !(self.select.is_empty() && self.lead.is_empty())
    }
}
