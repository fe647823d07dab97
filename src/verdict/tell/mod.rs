//! Telling: what was worked out, in words, with the places it comes from. Nothing here decides
//! anything.

pub(super) mod absent;
pub(super) mod assignment;
pub(super) mod empty;
pub(super) mod left;
pub(super) mod quality;
pub(super) mod reason;
pub(super) mod remark;
pub(super) mod target;
pub(super) mod undecided;
pub(super) mod witness;
pub(super) mod wording;
