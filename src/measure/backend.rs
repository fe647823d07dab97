//! Who scans: this machine, or anything else that understands the plan.
//!
//! A [`ScanPlan`] says everything that has to be known to compute tallies, and nothing of where the
//! rows are: which columns datasets have, what each scan must compute, what the codes of areas
//! mean. It can be written down and sent elsewhere. What comes back, [`SetTallies`], can be written
//! down too, and tallies of parts of a dataset add up to those of the whole
//! ([`SetTallies::together`]).

use serde::{Deserialize, Serialize};

use super::bind::{PlanSize, SetPlan};
use super::column::ColumnType;
use super::frame::{Frame, Parameters};
use super::scan::{self, SetTallies};
use crate::contract::Contracts;
use crate::contract::{Contract, FieldType};
use crate::diagnostic::Told;
use crate::exact::Exact;
use crate::reading::Datasets;
use crate::reading::areas::{Area, Areas};
use crate::reading::stream::Pace;
use crate::source::Sources;

use super::evaluator::Lookups;

/// What scans must compute, whoever does it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ScanPlan {
    /// What the datasets look like, in the order by which plans name them.
    pub shapes: Vec<Shape>,
    /// All areas of all times, in the order by which tallies name them.
    pub areas: Vec<Area>,
    /// One for each dataset, then those over groups of rows.
    pub plans: Vec<SetPlan>,
    /// Whether each has to be scanned.
    pub wanted: Vec<bool>,
}

/// What a dataset looks like to a scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its columns, in the order by which plans name them.
    pub columns: Vec<ColumnShape>,
    /// The columns that name a row.
    pub primary_key: Vec<usize>,
    /// Pairs (part, whole) of columns with part ≤ whole.
    pub parts: Vec<(usize, usize)>,
    /// The column that says which year a row is for.
    pub year: Option<usize>,
    /// The column that says which area a row is for.
    pub area: Option<AreaColumn>,
    /// The columns with the first and the last day a row holds; an unknown one bounds nothing.
    /// Rows that do not hold on the last day of the reporting year belong to no group that is
    /// asked for; checks look at them all the same.
    pub validity: Option<(Option<usize>, Option<usize>)>,
}

/// How rows say which area they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaColumn {
    /// The column.
    pub column: usize,
    /// Whether it has the areas' names instead of their codes.
    pub by_name: bool,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnShape {
    /// Its name.
    pub name: String,
    /// What its cells hold. Whole numbers are numbers.
    pub kind: ColumnType,
    /// The smallest number a cell can hold.
    pub minimum: Option<Exact>,
    /// The largest.
    pub maximum: Option<Exact>,
}

impl ScanPlan {
    /// What plans need to be understood elsewhere.
    pub fn new(contracts: &Contracts, areas: &Areas, plans: Vec<SetPlan>) -> ScanPlan {
        let shapes = contracts.sets.iter().map(|contract| Shape::of(contract, areas));
        let wanted = vec![true; plans.len()];
        ScanPlan { shapes: shapes.collect(), areas: areas.all().to_vec(), plans, wanted }
    }

    /// What of the plan is beyond its earlier sizes; `None` where nothing is. Plans over groups are
    /// scanned whole where anything was added to them.
    pub fn beyond(&self, before: &[PlanSize]) -> Option<ScanPlan> {
        let sizes = self.plans.iter().enumerate();
        let grown: Vec<bool> =
            sizes.map(|(at, plan)| before.get(at) != Some(&plan.size())).collect();
        if !grown.contains(&true) {
            return None;
        }
        let mut rest = self.clone();
        for (at, plan) in rest.plans.iter_mut().enumerate() {
            plan.derived.retain(|derived| grown[*derived]);
            rest.wanted[at] = grown[at] || !plan.derived.is_empty();
            if let Some(before) = before.get(at).filter(|_| plan.grouped.is_none()) {
                plan.aggregates.drain(..before.aggregates);
                plan.checks.drain(..before.checks);
            }
        }
        Some(rest)
    }
}

impl Shape {
    /// That of a dataset of this contract.
    pub fn of(contract: &Contract, areas: &Areas) -> Shape {
        let columns = contract.fields.iter().map(|field| ColumnShape {
            name: field.name.clone(),
            kind: match field.kind {
                FieldType::String => ColumnType::Text,
                FieldType::Integer | FieldType::Number | FieldType::Year => ColumnType::Number,
                FieldType::Boolean => ColumnType::Boolean,
                FieldType::Date => ColumnType::Date,
            },
            minimum: field.constraints.minimum.clone(),
            maximum: field.constraints.maximum.clone(),
        });
        let area = |column| AreaColumn { column, by_name: areas.is_by_name(contract) };
        Shape {
            name: contract.name.clone(),
            columns: columns.collect(),
            primary_key: contract.primary_key.clone(),
            parts: contract.parts.clone(),
            year: contract.year,
            area: contract.area.map(area),
            validity: contract.validity,
        }
    }
}

/// Computes tallies.
pub trait Backend {
    /// Scans every dataset for a year and a date; what comes back is aligned with the plans. The
    /// findings are about rows that break their contract.
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<Vec<SetTallies>>;
}

/// This machine: datasets in memory, or files read in ranges by several threads.
pub struct Local<'a> {
    /// The datasets, as the year sees them.
    pub datasets: &'a Datasets,
    /// All files.
    pub sources: &'a Sources,
    /// How large files are read.
    pub pace: Pace<'a>,
}

impl Backend for Local<'_> {
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<Vec<SetTallies>> {
        let (datasets, plans) = (self.datasets, &plan.plans);
        let lookups = Lookups::new(datasets, plans);
        let frame = Frame { datasets, plans, lookups: &lookups, parameters };
        scan::scan(&frame, &plan.wanted, self.sources, &self.pace)
    }
}
