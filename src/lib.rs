//! rasoat checks whether a government action plan's demands are met.
//!
//! A [`workspace`] is a folder with settings, the plan's skeleton, rule scripts and datasets.
//! The [`script`]s run once and read no data: they declare [`rule`]s whose [`measure`]s are
//! symbolic. Names and types are bound against the contracts of the [`data`] before any row is
//! read; one pass over each dataset serves all rules; the tallies become [`verdict`]s, the
//! verdicts a [`report`], and its formats turn a view of that into bytes. Everything found is a
//! [`diagnostic`] that points into a [`source`] and speaks through the [`message`] catalogue.

pub mod check;
pub mod cli;
pub mod data;
pub mod diagnostic;
pub mod exact;
pub mod measure;
pub mod message;
pub mod report;
pub mod rule;
pub mod script;
pub mod source;
pub mod verdict;
pub mod workspace;
