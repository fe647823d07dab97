//! rasoat checks whether a government action plan's demands are met.
//!
//! A workspace is a folder with settings, the plan's skeleton, rule scripts and datasets. It may be
//! on disk or in memory:
//!
//! ```
//! use std::sync::Arc;
//! use rasoat::{check::{Request, check}, files::Memory};
//!
//! let files = [
//!     ("rasoat.toml", "year = 2025"),
//!     ("rules/a.rhai", "target(\"A\", #{ measure: so.sum(\"dat\"), goal: at_least(3), every_year: true });"),
//!     ("datasets/so.toml", "fields = [{ name = \"dat\", type = \"integer\" }]"),
//!     ("datasets/so.csv", "dat\n1\n1\n"),
//! ];
//! let today = "2025-12-10".parse()?;
//! let files = Arc::new(Memory::new(files.map(|(path, text)| (path, text.as_bytes()))));
//! let checked = check(&Request { files, ..Request::new("", today) })?;
//! assert_eq!(checked.report.results[0].status().name(), "unmet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From a folder to a report
//!
//! [`check`] calls the phases one after another; each returns what it made together with what it
//! has to say ([`diagnostic::Told`]).
//!
//! - **Open.** [`files`] are read as [`source`]s, which know their lines. [`workspace`] reads the
//!   settings, the plan's skeleton and the waivers; [`contract::Contracts`] say what each dataset looks
//!   like.
//! - **Declare.** [`script`]s run once and see no figure: they declare [`rule`]s, whose
//!   [`measure`]s are trees of what is to be counted, added up and compared.
//! - **Read.** [`reading::Catalog::read`] reads headers and small datasets, whatever year is reported
//!   on; [`reading::Datasets::in_year`] sees them as one year does.
//! - **Bind.** [`verdict::bound::BoundRules::bind`] resolves every name and type against the
//!   contracts and collects what must be computed into one plan a dataset.
//! - **Scan.** A [`measure::backend::Backend`] passes once over each dataset for all rules together
//!   and gives tallies.
//! - **Judge.** [`verdict::Judge`] makes values of tallies, [`exact`] ones, statuses of values, and
//!   then words of both: a [`verdict::Verdict`].
//! - **Report.** The finished [`report`] stands on its own; its renderers never evaluate.
//!
//! What a script defines and refers to, and where, is in its [`script::symbols`], which also a file
//! that cannot be parsed has. A [`check::Session`] works them out when it is asked.
//!
//! A check uses the threads it is called in, or those of the pool and as many as its
//! [`Request`](check::Request) says, and tells the request's
//! [`Meter`](reading::stream::Meter) how far it is.
//!
//! Everything found is a [`diagnostic`] that points at a [`source::Place`], a text or a cell, which
//! is looked up when it is shown, and that speaks through the [`message`] catalogue. The program around all this, arguments and progress bar, is `cli`, behind
//! the feature of that name.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod contract;
pub mod diagnostic;
pub mod drafting;
pub mod exact;
pub mod files;
pub mod ids;
pub mod measure;
pub mod message;
pub mod reading;
pub mod report;
pub mod rule;
pub mod script;
pub mod source;
pub mod verdict;
pub mod workspace;
