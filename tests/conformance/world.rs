//! A workspace that is read and whose rules are bound: what a backend is made from, and what it
//! is to scan.

use std::path::Path;
use std::sync::Arc;

use rasoat::check::{Opened, open};
use rasoat::contract::SetId;
use rasoat::diagnostic::Told;
use rasoat::files::Files;
use rasoat::ids::IdVec;
use rasoat::measure::backend::{Backend, Local, ScanPlan};
use rasoat::measure::bind::PlanId;
use rasoat::measure::frame::Parameters;
use rasoat::measure::scan::SetTallies;
use rasoat::reading::stream::{Pace, Unmetered};
use rasoat::reading::{Catalog, Datasets};
use rasoat::rule::Rule;
use rasoat::script::{self, Scripts};
use rasoat::source::Sources;
use rasoat::verdict::bound::BoundRules;
use rasoat::workspace::Rulebook;
use rasoat::workspace::config::{Config, Listings};
use rasoat::workspace::plan::Plan;

use crate::plain::{self, Row};

/// Everything there is of a workspace before it is scanned.
pub struct World {
    pub sources: Sources,
    pub config: Config,
    pub catalog: Catalog,
    pub book: Arc<Plan>,
    pub rules: Vec<Arc<Rule>>,
    /// What could not be declared or bound.
    pub complaints: Vec<String>,
    pub bound: BoundRules,
    pub plan: ScanPlan,
    pub parameters: Parameters,
    /// All rows held, as the reporting year sees them.
    pub datasets: Datasets,
    /// The rows of each dataset as they are whatever year is reported on.
    pub tables: IdVec<SetId, Vec<Row>>,
}

impl World {
    /// Reads and binds a workspace, as a check does up to the scan.
    pub fn open(files: Arc<dyn Files>, root: &Path, parameters: Parameters) -> World {
        let mut opened = open(&files, root).expect("a workspace").made;
        let Rulebook { plan: mut book, scripts, .. } = opened.rulebook().made;
        let catalog = opened.data(&Unmetered).1.made;
        let Opened { sources, config, .. } = opened;
        let names = catalog.contracts.known_names();
        let mut engine = Scripts::default();
        let declared = std::thread::scope(|scope| {
            let limits = config.limits;
            script::declare(scope, &mut engine, &sources, &scripts, &names, limits).finish()
        });
        let rules = declared.made.rules;
        let mut bound = BoundRules::bind(&rules, &catalog.contracts, BoundRules::default());
        let read = catalog.read(&sources, lists(&config), usize::MAX).made;
        let tables = plain::tables(&read);
        let datasets = read.in_year(parameters.year, &sources).made;
        book.hand_over(|unit| datasets.units.heirs(unit, parameters.year));
        let told = bound.findings(&datasets.areas);
        let complaints = declared.findings.iter().chain(&told);
        let complaints = complaints.map(|finding| format!("{:?}", finding.message)).collect();
        let plans = std::mem::take(&mut bound.plans);
        let plan = ScanPlan::new(&catalog.contracts, &datasets.areas, plans);
        World {
            sources,
            config,
            catalog,
            book: Arc::new(book),
            rules,
            complaints,
            bound,
            plan,
            parameters,
            datasets,
            tables,
        }
    }

    /// What this machine finds with all rows held: what others are compared with.
    pub fn reference(&self) -> IdVec<PlanId, SetTallies> {
        self.local(&self.datasets).scan(&self.plan, self.parameters).made
    }

    /// This machine, on the datasets as they are or as a test made them.
    pub fn local<'w>(&'w self, datasets: &'w Datasets) -> Local<'w> {
        self.paced(datasets, RANGE)
    }

    fn paced<'w>(&'w self, datasets: &'w Datasets, range: usize) -> Local<'w> {
        let pace = Pace { threads: 2, range, meter: &Unmetered };
        Local { datasets, sources: &self.sources, pace }
    }
}

fn lists(config: &Config) -> Listings<'_> {
    Listings { areas: config.areas.as_ref(), units: config.units.as_ref() }
}

/// Bytes in a range: so few that a few rows make several.
pub const RANGE: usize = 64;

/// This machine reading files in ranges; nothing is held that need not be.
pub struct InRanges<'w> {
    world: &'w World,
    datasets: Datasets,
    range: usize,
}

impl<'w> InRanges<'w> {
    pub fn new(world: &'w World, range: usize) -> InRanges<'w> {
        let World { catalog, config, sources, parameters, .. } = world;
        let read = catalog.read(sources, lists(config), 0).made;
        let datasets = read.in_year(parameters.year, sources).made;
        InRanges { world, datasets, range }
    }
}

impl Backend for InRanges<'_> {
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<IdVec<PlanId, SetTallies>> {
        self.world.paced(&self.datasets, self.range).scan(plan, parameters)
    }
}
