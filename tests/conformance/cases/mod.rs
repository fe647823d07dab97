//! What is told to be so by hand.

mod figures;
mod places;
mod rows;
mod unknown;

use crate::suite::Case;

/// Each kind of cases.
pub const ALL: &[&[Case]] = &[figures::CASES, rows::CASES, unknown::CASES, places::CASES];
