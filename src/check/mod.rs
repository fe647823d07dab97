//! The whole check, phase by phase: a workspace folder to a finished report.
//!
//! Each phase takes what those before it made and returns what it makes together with what it has
//! to say ([`Told`]). What is wanted decides which of them are called: [`list`] declares and reads
//! no figure, [`schema`] reads figures and no rule.
//!
//! 1. *open*: the settings, then on demand the rulebook (plan, waivers, scripts), the contracts and
//!    the data files ([`Opened`]);
//! 2. *declare*: scripts run and declare rules ([`script::declare`]), which are held against the
//!    plan;
//! 3. *read*: headers, and the rows of small datasets ([`Catalog::read`]), without regard to the
//!    year that is reported on;
//! 4. *bind*: names and types of rules are resolved against the contracts ([`BoundRules::bind`]);
//! 5. *scan*: one pass over each dataset, now for a year and a date ([`scan::scan`]);
//! 6. *judge*: a verdict for each rule ([`Judge::judge`]);
//! 7. *report*: waivers, strictness and order ([`Report`]).

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::ThreadPool;

use crate::diagnostic::Diagnostic;
use crate::files::{Disk, Files};
use crate::message::Lang;
use crate::reading::stream::{Meter, RANGE_BYTES, Unmetered};
use crate::report::Report;
use crate::source::{HELD_BYTES, Sources};
use crate::verdict::trace::Trace;
use crate::workspace::config::Config;

mod listing;
mod opening;
mod reporting;
mod selection;
mod session;
mod settling;
mod stamps;

pub use listing::{Listed, list};
pub use opening::{Opened, open};
use session::Kept;
pub use session::Session;

/// What to check and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where files come from.
    pub files: Arc<dyn Files>,
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// The reporting year, when not the workspace's.
    pub year: Option<i32>,
    /// The date deadlines are judged at, when not the workspace's.
    pub as_of: Option<NaiveDate>,
    /// The date to take when neither says: the day of the run.
    pub today: NaiveDate,
    /// Ids or beginnings of ids; empty means all.
    pub select: Vec<String>,
    /// Codes of leading units; empty means all.
    pub lead: Vec<String>,
    /// Whether what cannot be decided weighs as much as what is not met.
    pub strict: bool,
    /// How large datasets are read. The report does not depend on it.
    pub reading: ReadingOptions,
    /// Who is told how far reading is.
    pub meter: Arc<dyn Meter>,
    /// Where it runs, and what it does side by side besides reading large datasets and running
    /// scripts, which have threads of their own. Without one it runs where it is called, and the
    /// pool of that thread is used, which is rayon's global one on a thread of no pool.
    pub pool: Option<Arc<ThreadPool>>,
}

impl Request {
    /// A request for everything in a workspace on this machine.
    pub fn new(workspace: impl Into<PathBuf>, today: NaiveDate) -> Request {
        Request {
            files: Arc::new(Disk),
            workspace: workspace.into(),
            year: None,
            as_of: None,
            today,
            select: Vec::new(),
            lead: Vec::new(),
            strict: false,
            reading: ReadingOptions::default(),
            meter: Arc::new(Unmetered),
            pool: None,
        }
    }
}

/// How large datasets are read.
#[derive(Clone, Copy, Debug)]
pub struct ReadingOptions {
    /// Threads.
    pub threads: usize,
    /// Bytes a thread reads at a time.
    pub range: usize,
    /// Datasets up to this many bytes are held in memory instead.
    pub held: usize,
}

impl Default for ReadingOptions {
    /// All processors, in pieces that fit their caches.
    fn default() -> ReadingOptions {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        ReadingOptions { threads, range: RANGE_BYTES, held: HELD_BYTES }
    }
}

/// Runs something in a pool, or here.
fn within<T: Send>(pool: Option<&ThreadPool>, run: impl FnOnce() -> T + Send) -> T {
    match pool {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

/// A finished check.
#[derive(Debug)]
pub struct Checked {
    /// The report.
    pub report: Report,
    /// All files, for printing places.
    pub sources: Sources,
    /// The settings.
    pub config: Config,
    #[cfg_attr(not(feature = "cli"), expect(dead_code))]
    pub(crate) kept: Kept,
}

/// A check that could not begin.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
    /// All files, for printing places.
    pub sources: Sources,
    /// The language to say it in, where the settings could be read.
    pub lang: Option<Lang>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.diagnostics[..] {
            [] => f.write_str("stopped"),
            [first, others @ ..] => {
                write!(f, "{first}")?;
                others.iter().try_for_each(|other| write!(f, "; {other}"))
            }
        }
    }
}

impl std::error::Error for Refused {}

/// Runs a check.
///
/// # Errors
/// [`Refused`] when there is no workspace, when nothing in it matches the request, and, with
/// nothing more to say, when the meter stopped it.
pub fn check(request: &Request) -> Result<Checked, Box<Refused>> {
    let (state, report) = session::once(request, true)?;
    Ok(state.checked(report))
}

/// Runs a check and lays the calculation of one rule open, where that could be evaluated.
///
/// # Errors
/// As [`check`].
pub fn trace(request: &Request, id: &str) -> Result<(Checked, Option<Trace>), Box<Refused>> {
    let (state, report) = session::once(request, true)?;
    let traced = state.trace(&report, id);
    Ok((state.checked(report), traced))
}

/// Holds the data against the contracts; plan, waivers and rules are not even read.
///
/// # Errors
/// As [`check`].
pub fn schema(request: &Request) -> Result<Checked, Box<Refused>> {
    let (state, report) = session::once(request, false)?;
    Ok(state.checked(report))
}
