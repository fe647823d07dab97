//! What plans leave open, and what they are worked out against.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bind::{PlanId, SetPlan};
use super::evaluator::Lookups;
use crate::ids::IdVec;
use crate::reading::Datasets;

/// What a plan is the same for whatever it is: known only when a scan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Parameters {
    /// The reporting year.
    pub year: i32,
    /// The date deadlines are judged at; evidence of a later day does not count.
    pub as_of: NaiveDate,
}

/// Everything that expressions and measures are worked out against.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The data, as the reporting year sees it.
    pub datasets: &'a Datasets,
    /// What scans must compute.
    pub plans: &'a IdVec<PlanId, SetPlan>,
    /// Keys of the datasets that expressions reach into.
    pub lookups: &'a Lookups,
    /// What the plans leave open.
    pub parameters: Parameters,
}
