//! Verdicts: what came of a rule, by its kind.

use std::sync::OnceLock;

use chrono::NaiveDate;

use super::assess::assignment::AssignmentAssessment;
use super::assess::quality::{CheckAssessment, ExpectationAssessment};
use super::assess::target::TargetAssessment;
use super::deadline::{Duty, Timing, UnitValue};
use super::{Head, Standing, Status};
use crate::diagnostic::Diagnostic;
use crate::exact::Exact;
use crate::message::{Bilingual, Message};
use crate::rule::goal::Goal;
use crate::rule::{Demand, Rule, When};

/// What came of one rule.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which rule it is about.
    pub head: Head,
    /// What came out, by the kind of rule.
    pub outcome: Outcome,
    /// The rule's remark.
    pub note: Option<Bilingual>,
    /// Unknown cells left out because the rule says `ignore_missing()`.
    pub ignored: u64,
    standing: Standing,
    /// What there is to say, as it weighs for the rule by itself.
    told: Vec<Diagnostic>,
    /// The same as it weighs with what stands above single rules, once somebody asks.
    weighed: OnceLock<Vec<Diagnostic>>,
}

/// What came out.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Of a target.
    Target(Box<TargetOutcome>),
    /// Of an assignment.
    Assignment(Box<AssignmentOutcome>),
    /// Of an expectation on rows.
    Expectation(ExpectationAssessment),
    /// Of a free check.
    Check(Box<CheckAssessment>),
    /// Nothing: the demand does not arise.
    NotApplicable(Unjudged),
    /// Nothing: it could not be evaluated, or it is not known whether the demand arises.
    NotEvaluated(Unjudged),
}

/// What came of a target.
#[derive(Clone, Debug)]
pub struct TargetOutcome {
    /// All its numbers.
    pub found: TargetAssessment,
    /// What has to be said of them.
    pub remarks: Vec<Message>,
    /// Why it is met though something is unknown.
    pub reason: Option<Message>,
}

/// What came of an assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignmentOutcome {
    /// The last day on which it is in time.
    pub due: Option<NaiveDate>,
    /// Date of its evidence.
    pub evidence: Option<NaiveDate>,
    /// How that stands to the deadline, where there is one body.
    pub timing: Option<Timing>,
    /// Its progress, 0–100.
    pub progress: Option<Exact>,
    /// Bodies that each must do it.
    pub units: Vec<UnitValue>,
    /// What is due every year, year by year.
    pub duties: Vec<Duty>,
}

/// A demand that was not judged.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// What of it is known without a figure.
    pub demanded: Demanded,
    /// Why it was not judged.
    pub reason: Option<Message>,
}

/// What is known of a demand without a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Demanded {
    /// That of a target.
    Target {
        /// What the value must be.
        goal: Goal,
        /// When.
        when: When,
    },
    /// That of an assignment.
    Assignment {
        /// The last day on which it is in time.
        due: Option<NaiveDate>,
    },
    /// Nothing: the rule is about rows or asks a function, or it could not be understood.
    Nothing,
}

impl Demanded {
    /// Of a rule in a year.
    pub fn of(rule: &Rule, year: i32) -> Demanded {
        match &rule.demand {
            Demand::Target(target) => {
                Demanded::Target { goal: target.goal.value.clone(), when: target.when }
            }
            Demand::Assignment(assignment) => {
                Demanded::Assignment { due: assignment.due.value.last_day(year) }
            }
            Demand::Expect(_) | Demand::Check(_) => Demanded::Nothing,
        }
    }
}

impl From<AssignmentAssessment> for AssignmentOutcome {
    fn from(found: AssignmentAssessment) -> AssignmentOutcome {
        AssignmentOutcome {
            due: found.deadline.last_day,
            evidence: found.evidence(),
            timing: found.timing(),
            progress: found.progress(),
            units: found.units(),
            duties: found.duties,
        }
    }
}

impl Outcome {
    /// Why nothing came out, or why it came out as it did, where that needs a reason.
    pub fn reason(&self) -> Option<Message> {
        match self {
            Outcome::Target(target) => target.reason.clone(),
            Outcome::Check(check) => match &check.answer {
                Ok(Err(complaint)) => {
                    Some(Message::plain(complaint.message.text(Default::default())))
                }
                _ => None,
            },
            Outcome::NotApplicable(unjudged) | Outcome::NotEvaluated(unjudged) => {
                unjudged.reason.clone()
            }
            Outcome::Assignment(_) | Outcome::Expectation(_) => None,
        }
    }
}

impl Verdict {
    /// What came of a rule, how it stands by itself, and what there is to say.
    pub fn new(head: Head, standing: Standing, outcome: Outcome, told: Vec<Diagnostic>) -> Verdict {
        let told = standing.weigh(&told);
        let weighed = OnceLock::new();
        Verdict { head, outcome, note: None, ignored: 0, standing, told, weighed }
    }

    /// Of a rule that could not be evaluated.
    pub fn not_evaluated(head: Head, demanded: Demanded, reason: Message) -> Verdict {
        let unjudged = Unjudged { demanded, reason: Some(reason) };
        let standing = Standing::of(Status::Error, None);
        Verdict::new(head, standing, Outcome::NotEvaluated(unjudged), Vec::new())
    }

    /// How it stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Lets something that stands above single rules bear on it.
    pub fn restand(&mut self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.standing);
        self.weighed = OnceLock::new();
    }

    /// What there is to say.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        if self.standing.is_own() {
            return &self.told;
        }
        self.weighed.get_or_init(|| self.standing.weigh(&self.told))
    }

    /// What it is about, what came out, and what there is to say.
    pub fn into_parts(self) -> (Head, Outcome, Vec<Diagnostic>) {
        let is_own = self.standing.is_own();
        let told = if is_own { self.told } else { self.standing.weigh(&self.told) };
        (self.head, self.outcome, told)
    }

    /// Why it is not applicable, waived or not evaluated.
    pub fn reason(&self) -> Option<Message> {
        self.standing.reason().or_else(|| self.outcome.reason())
    }
}
