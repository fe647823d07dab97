//! What scripts declare: targets, assignments, expectations on rows, and free checks.

pub mod goal;
pub mod schedule;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::exact::Exact;
use crate::measure::row::RowClosure;
use crate::measure::{Condition, Measure, Name, TableExpr};
use crate::message::Bilingual;
use crate::source::Location;
use goal::Goal;
use schedule::Schedule;

/// A value with the place the rule writes it.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub at: Location,
}

/// The four kinds of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleKind {
    /// A state to be reached or kept.
    Target,
    /// A task to be done.
    Assignment,
    /// A condition on every row of a dataset.
    Expect,
    /// A check in full Rhai over concrete values.
    Rule,
}

impl RuleKind {
    /// Every kind.
    pub const ALL: [RuleKind; 4] =
        [RuleKind::Target, RuleKind::Assignment, RuleKind::Expect, RuleKind::Rule];

    /// The function that declares it.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::Target => "target",
            RuleKind::Assignment => "assignment",
            RuleKind::Expect => "expect",
            RuleKind::Rule => "rule",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<RuleKind> {
        RuleKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What every rule has.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The clause it judges, or its own id.
    pub id: String,
    /// Where the id is written.
    pub at: Location,
    /// Its title, when it does not take the clause's.
    pub title: Option<Bilingual>,
    /// The unit that leads, when not the clause's.
    pub lead: Option<Name>,
    /// When it applies at all.
    pub applies: Option<Written<Condition>>,
    /// Why it does not.
    pub not_applicable: Option<Bilingual>,
    /// Severity of a miss.
    pub severity: Option<Severity>,
    /// A remark for the report.
    pub note: Option<Bilingual>,
    /// What it demands.
    pub demand: Demand,
}

/// What a rule demands.
#[derive(Clone, Debug)]
pub enum Demand {
    /// See [`Target`].
    Target(Target),
    /// See [`Assignment`].
    Assignment(Assignment),
    /// See [`Expectation`].
    Expect(Expectation),
    /// See [`Check`].
    Check(Check),
}

impl Rule {
    /// Which kind of rule it is.
    pub fn kind(&self) -> RuleKind {
        match self.demand {
            Demand::Target(_) => RuleKind::Target,
            Demand::Assignment(_) => RuleKind::Assignment,
            Demand::Expect(_) => RuleKind::Expect,
            Demand::Check(_) => RuleKind::Rule,
        }
    }
}

/// When a target must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From this year on.
    By(i32),
    /// In every year.
    EveryYear,
}

/// What progress is measured from.
#[derive(Clone, Debug, PartialEq)]
pub enum Baseline {
    /// The measure's value in this year.
    Year(i32),
    /// A stated value, for the year given with it.
    Stated(Exact, i32),
}

impl Baseline {
    /// Its year.
    pub fn year(&self) -> i32 {
        match self {
            Baseline::Year(year) | Baseline::Stated(_, year) => *year,
        }
    }
}

/// The way to a dated goal: values to be reached by certain years, in order of year; none for a
/// straight line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Milestones(pub Vec<(i32, Exact)>);

/// A state to be reached or kept.
#[derive(Clone, Debug)]
pub struct Target {
    /// What is measured.
    pub measure: Written<Measure>,
    /// What it must be.
    pub goal: Written<Goal>,
    /// When.
    pub when: When,
    /// Where progress starts.
    pub baseline: Option<Baseline>,
    /// Values to be reached on the way, by year; the way is straight between them.
    pub milestones: Vec<(i32, Exact)>,
    /// Values of fewer subjects than this mean little and are flagged.
    pub min_subjects: Option<Exact>,
    /// The unit shown after values.
    pub unit: Option<Bilingual>,
}

/// What shows that a task is done.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// The date of a document; no date means not done.
    Date(Measure),
    /// A condition.
    Condition(Condition),
}

/// A task to be done.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The bodies that must each do it.
    pub each: Option<Written<TableExpr>>,
    /// What shows that it is done.
    pub met: Written<Evidence>,
    /// When it is due.
    pub due: Written<Schedule>,
    /// How far it is, 0 to 100.
    pub progress: Option<Measure>,
}

/// A condition on every row of a dataset.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The rows.
    pub on: Written<TableExpr>,
    /// The condition.
    pub row: Arc<RowClosure>,
}

/// A check's answer.
pub type CheckAnswer = Result<Option<Bilingual>, Box<Diagnostic>>;

/// A function of concrete values: no text when all is well, else what is wrong.
pub type CheckFunction = Arc<dyn Fn(&[(String, Exact)]) -> CheckAnswer + Send + Sync>;

/// A check in full Rhai over concrete values.
#[derive(Clone)]
pub struct Check {
    /// Names and measures.
    pub inputs: Vec<(String, Measure)>,
    /// The check.
    pub check: Written<CheckFunction>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

/// A declaration that could not be understood, so that its clause is not silently unjudged.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// Its id.
    pub id: String,
    /// What it would have been.
    pub kind: RuleKind,
    /// Where.
    pub at: Location,
}

/// Everything the scripts declared.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// In order of file and declaration.
    pub rules: Vec<Arc<Rule>>,
    /// Declarations that failed.
    pub unreadable: Vec<Unreadable>,
}
