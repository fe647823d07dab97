//! Assessing: what a demand comes to, in numbers. Nothing here says anything to anybody; what is
//! worked out is values that can be compared, and a status is a function of them alone.

pub(super) mod areas;
pub(super) mod assignment;
pub(super) mod duties;
pub(super) mod left;
pub(super) mod nouns;
pub(super) mod open;
pub(super) mod quality;
pub(super) mod spread;
pub(super) mod target;
pub(super) mod terms;
pub(super) mod way;

use super::Status;
use crate::measure::evaluate::Absence;

/// The status where there is no value.
pub(super) fn status_without(absence: &Absence) -> Status {
    match absence {
        Absence::Overflow => Status::Error,
        _ => Status::NoData,
    }
}
