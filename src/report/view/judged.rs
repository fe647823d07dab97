//! One rule's result in a view.

use chrono::NaiveDate;

use super::{Finding, Position};
use crate::diagnostic::{Diagnostic, Severity};
use crate::exact::{Exact, Mark};
use crate::measure::interval::Interval;
use crate::message::{Bilingual, Message};
use crate::rule::RuleKind;
use crate::rule::goal::Goal;
use crate::source::Sources;
use crate::verdict::deadline::{Duty, Timing, UnitValue};
use crate::verdict::path::{Pace, Path};
use crate::verdict::{
    AreaValue, AssignmentOutcome, Fraction, Gap, Left, Movement, Outcome, PathPoint, Readings,
    Spread, Status, TargetOutcome, Verdict, marks, points,
};
use crate::workspace::plan::{ClauseKind, Plan};

/// One rule and what came of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The rule's id: the clause's for targets and assignments.
    pub id: String,
    /// The kind of rule.
    pub kind: RuleKind,
    /// Where the rule is declared.
    pub place: Position,
    /// The demand of the plan.
    pub clause: Option<Clause>,
    /// Its title.
    pub title: Bilingual,
    /// Code of the unit that leads.
    pub lead: Option<String>,
    /// What it came out as.
    pub status: Status,
    /// Under a waiver: what it would be without.
    pub status_unwaived: Option<Status>,
    /// How much it weighs.
    pub severity: Option<Severity>,
    /// The value found.
    pub value: Option<Exact>,
    /// What is above the line and what is below it, where the value is a quotient.
    pub fraction: Option<Fraction>,
    /// Where the value is unknown: what it can be.
    pub between: Option<Interval>,
    /// The unit of value, goal and required value.
    pub unit: Bilingual,
    /// The goal.
    pub goal: Option<Goal>,
    /// Whether it must hold in every year.
    pub every_year: bool,
    /// The year it is due.
    pub by: Option<i32>,
    /// The value the path requires this year.
    pub required: Option<Exact>,
    /// The baseline's year and value.
    pub baseline: Option<(i32, Exact)>,
    /// The way from the baseline to the goal.
    pub path: Option<Path>,
    /// How fast the value moves and would have to.
    pub pace: Option<Pace>,
    /// How it moved since it was last known.
    pub movement: Option<Movement>,
    /// What published methods say of the progress.
    pub readings: Option<Readings>,
    /// The last day on which an assignment is in time.
    pub due: Option<NaiveDate>,
    /// Date of an assignment's evidence.
    pub evidence: Option<NaiveDate>,
    /// How that stands to the deadline, where there is one body.
    pub timing: Option<Timing>,
    /// What is due every year, year by year.
    pub duties: Vec<Duty>,
    /// Progress of an assignment, 0–100.
    pub progress: Option<Exact>,
    /// The gap.
    pub gap: Option<Gap>,
    /// What may be left to do where the value is unknown.
    pub left: Option<Left>,
    /// Values for every year present.
    pub years: Vec<(i32, Option<Exact>)>,
    /// Values by area in the reporting year.
    pub areas: Vec<AreaValue>,
    /// Which of them decide.
    pub spread: Spread,
    /// What has to be said of the figures.
    pub remarks: Vec<Message>,
    /// Bodies that each must do it.
    pub units: Vec<UnitValue>,
    /// Why it is not applicable, waived or not evaluated.
    pub reason: Option<Message>,
    /// The rule's remark.
    pub note: Option<Bilingual>,
    /// Unknown cells left out because the rule says so.
    pub ignored: u64,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

/// One demand of the plan.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its id.
    pub id: String,
    /// Position of its section among [`ReportView::sections`](super::ReportView::sections).
    pub section: Option<usize>,
    /// Target or assignment.
    pub kind: ClauseKind,
    /// How the plan puts it; shown, never judged by.
    pub form: String,
    /// What it demands.
    pub text: Bilingual,
    /// Whether the plan names no owner and the lead is inferred.
    pub lead_inferred: bool,
    /// Codes of the units that support.
    pub support: Vec<String>,
}

impl Judged {
    /// What came of a rule, with its clause and its places looked up.
    pub(super) fn new(
        verdict: Verdict,
        plan: &Plan,
        sources: &Sources,
        finding: impl Fn(Diagnostic) -> Finding,
    ) -> Judged {
        let judged = Judged {
            status: verdict.status(),
            status_unwaived: verdict.status_unwaived(),
            severity: verdict.severity(),
            goal: verdict.goal().cloned(),
            every_year: verdict.every_year(),
            by: verdict.by(),
            due: verdict.due(),
            reason: verdict.reason(),
            note: verdict.note.clone(),
            ignored: verdict.ignored,
            ..Judged::of_nothing(Position::of(verdict.head.at, sources))
        };
        let (head, outcome, told) = verdict.into_parts();
        let judged = Judged {
            id: head.id,
            kind: head.kind,
            clause: head.clause.map(|at| Clause::of(plan, at)),
            title: head.title,
            lead: head.lead,
            findings: told.into_iter().map(finding).collect(),
            ..judged
        };
        match outcome {
            Outcome::Target(target) => judged.with_target(*target),
            Outcome::Assignment(assignment) => judged.with_assignment(*assignment),
            Outcome::Expectation(_)
            | Outcome::Check(_)
            | Outcome::NotApplicable(_)
            | Outcome::NotEvaluated(_) => judged,
        }
    }

    fn with_target(self, TargetOutcome { found, remarks, .. }: TargetOutcome) -> Judged {
        let way = found.way;
        Judged {
            value: found.value.ok(),
            fraction: found.fraction,
            between: found.between,
            unit: found.unit,
            required: way.required,
            baseline: way.baseline,
            path: way.path,
            pace: way.pace,
            readings: way.readings,
            movement: found.movement,
            gap: found.gap,
            left: found.left,
            years: found.years,
            areas: found.areas,
            spread: found.spread,
            remarks,
            ..self
        }
    }

    fn with_assignment(self, found: AssignmentOutcome) -> Judged {
        Judged {
            evidence: found.evidence,
            timing: found.timing,
            duties: found.duties,
            progress: found.progress,
            units: found.units,
            ..self
        }
    }

    /// A result that says nothing.
    fn of_nothing(place: Position) -> Judged {
        Judged {
            id: String::new(),
            kind: RuleKind::Rule,
            place,
            clause: None,
            title: Bilingual::default(),
            lead: None,
            status: Status::Error,
            status_unwaived: None,
            severity: None,
            value: None,
            fraction: None,
            between: None,
            unit: Bilingual::default(),
            goal: None,
            every_year: false,
            by: None,
            required: None,
            baseline: None,
            path: None,
            pace: None,
            movement: None,
            readings: None,
            due: None,
            evidence: None,
            timing: None,
            duties: Vec::new(),
            progress: None,
            gap: None,
            left: None,
            years: Vec::new(),
            areas: Vec::new(),
            spread: Spread::default(),
            remarks: Vec::new(),
            units: Vec::new(),
            reason: None,
            note: None,
            ignored: 0,
            findings: Vec::new(),
        }
    }

    /// How numbers are shown beside which others are (see [`marks`]).
    pub fn marks(&self, places: u32) -> Vec<Mark> {
        let found = (self.value.as_ref(), self.between.as_ref());
        marks(self.goal.as_ref(), self.required.as_ref(), found, places)
    }

    /// Required and found, year by year (see [`points`]).
    pub fn points(&self) -> Vec<PathPoint> {
        points(self.path.as_ref(), self.baseline.as_ref(), &self.years)
    }
}

impl Clause {
    fn of(plan: &Plan, at: usize) -> Clause {
        let clause = &plan.clauses[at];
        Clause {
            id: clause.id.clone(),
            section: clause.section,
            kind: clause.kind,
            form: clause.form.clone(),
            text: clause.text.clone(),
            lead_inferred: clause.lead_inferred,
            support: clause.support.clone(),
        }
    }
}
