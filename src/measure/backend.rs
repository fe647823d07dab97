//! Who scans: this machine, or anything else that understands the plan.
//!
//! A [`ScanPlan`] says everything that has to be known to compute tallies, and nothing of where the
//! rows are: which columns datasets have, what each scan must compute, what the codes of areas
//! mean. It can be written down and sent elsewhere. What comes back, [`SetTallies`], can be written
//! down too, and tallies of parts of a dataset add up to those of the whole
//! ([`SetTallies::together`]).

use serde::{Deserialize, Serialize};

use super::bind::{PlanId, PlanSize, SetPlan};
use super::column::ColumnType;
use super::frame::{Frame, Parameters};
use super::scan::{self, SetTallies};
use crate::contract::{Contract, Contracts, FieldId, FieldType, SetId};
use crate::diagnostic::Told;
use crate::exact::Exact;
use crate::ids::IdVec;
use crate::reading::Datasets;
use crate::reading::areas::{Area, AreaId, Areas};
use crate::reading::stream::Pace;
use crate::source::Sources;

use super::evaluator::Lookups;

/// What scans must compute, whoever does it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ScanPlan {
    /// What the datasets look like, in the order by which plans name them.
    pub shapes: IdVec<SetId, Shape>,
    /// All areas of all times, in the order by which tallies name them.
    pub areas: IdVec<AreaId, Area>,
    /// One for each dataset, then those over groups of rows.
    pub plans: IdVec<PlanId, SetPlan>,
    /// Whether each has to be scanned.
    pub wanted: IdVec<PlanId, bool>,
}

/// What a dataset looks like to a scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its columns, in the order by which plans name them.
    pub columns: IdVec<FieldId, ColumnShape>,
    /// The columns that name a row.
    pub primary_key: Vec<FieldId>,
    /// Pairs (part, whole) of columns with part ≤ whole.
    pub parts: Vec<(FieldId, FieldId)>,
    /// The column that says which year a row is for.
    pub year: Option<FieldId>,
    /// The column that says which area a row is for.
    pub area: Option<AreaColumn>,
    /// The columns with the first and the last day a row holds; an unknown one bounds nothing.
    /// Rows that do not hold on the last day of the reporting year belong to no group that is
    /// asked for; checks look at them all the same.
    pub validity: Option<(Option<FieldId>, Option<FieldId>)>,
}

/// How rows say which area they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaColumn {
    /// The column.
    pub column: FieldId,
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
    pub fn new(contracts: &Contracts, areas: &Areas, plans: IdVec<PlanId, SetPlan>) -> ScanPlan {
        let shapes = contracts.sets.iter().map(|contract| Shape::of(contract, areas));
        let wanted = IdVec::same(true, &plans);
        ScanPlan { shapes: shapes.collect(), areas: areas.all().clone(), plans, wanted }
    }

    /// What of the plan is beyond its earlier sizes; `None` where nothing is. Plans over groups are
    /// scanned whole where anything was added to them.
    pub fn beyond(&self, before: &IdVec<PlanId, PlanSize>) -> Option<ScanPlan> {
        let sizes = self.plans.enumerate();
        let grown: IdVec<PlanId, bool> =
            sizes.map(|(at, plan)| before.get(at) != Some(&plan.size())).collect();
        if !grown.iter().any(|grown| *grown) {
            return None;
        }
        let mut rest = self.clone();
        for (at, plan) in rest.plans.enumerate_mut() {
            plan.derived.retain(|derived| grown[*derived]);
            rest.wanted[at] = grown[at] || !plan.derived.is_empty();
            if let Some(before) = before.get(at).filter(|_| plan.grouped.is_none()) {
                plan.aggregates.as_mut_vec().drain(..before.aggregates);
                plan.checks.as_mut_vec().drain(..before.checks);
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
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<IdVec<PlanId, SetTallies>>;
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
    fn scan(&self, plan: &ScanPlan, parameters: Parameters) -> Told<IdVec<PlanId, SetTallies>> {
        let (datasets, plans) = (self.datasets, &plan.plans);
        let lookups = Lookups::new(datasets, plans);
        let frame = Frame { datasets, plans, lookups: &lookups, parameters };
        scan::scan(&frame, &plan.wanted, self.sources, &self.pace)
    }
}
