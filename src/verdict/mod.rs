//! Judging: from bound rules and tallies to verdicts with their diagnostics.
//!
//! A rule is judged in three steps: `assess` works out numbers, a status follows from them, and
//! `tell` puts them into words. What stands above single rules bears on the [`Standing`] alone.

mod assess;
pub mod bound;
pub mod deadline;
mod flat;
mod head;
mod outcome;
pub mod path;
pub mod published;
mod standing;
mod status;
mod tell;
pub mod trace;
mod waiving;

pub use assess::areas::{AreaValue, Before, Fraction};
pub use assess::left::Left;
pub use assess::open::{Open, Side};
pub use assess::quality::{CheckAssessment, ExpectationAssessment};
pub use assess::spread::{Spread, Unclosed};
pub use assess::target::{Gap, TargetAssessment};
pub use assess::way::{PathPoint, Reading, Readings, Way, points};
pub use head::Head;
pub use outcome::{AssignmentOutcome, Demanded, Outcome, TargetOutcome, Unjudged, Verdict};
pub use path::Movement;
pub use standing::Standing;
pub use status::Status;
pub use tell::wording::{
    amount, between_text, change_text, difference, goal_text, marks, movement_text, pace_text,
};
pub use waiving::apply_waivers;

use chrono::NaiveDate;

use crate::contract::SetId;
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::bind::{Bound, BoundCondition, CheckId, PlanId};
use crate::measure::evaluate::{Absence, Point, Truth, Values};
use crate::measure::frame::Frame;
use crate::measure::ignored::LeftOut;
use crate::message::Message;
use crate::msg;
use crate::rule::{Assignment, Check, Demand, Rule, RuleKind, Target};
use crate::source::{Location, Sources};
use crate::workspace::config::UnreadableSettings;
use crate::workspace::plan::Plan;
use assess::status_without;
use bound::{BoundAssignment, BoundDemand, BoundRule, Unusable};
use tell::assignment::AssignmentTeller;
use tell::target::TargetTeller;

/// Everything judging needs.
pub struct Judge<'a> {
    /// All files, for the places of cells.
    pub sources: &'a Sources,
    /// The plan's skeleton.
    pub plan: &'a Plan,
    /// The data, what was scanned for, the reporting year and the run's date.
    pub frame: Frame<'a>,
    /// Tallies.
    pub values: Values<'a>,
    /// Settings that cannot be read.
    pub unreadable: UnreadableSettings,
}

/// What came of a rule's demand.
struct Came {
    status: Status,
    outcome: Outcome,
    told: Vec<Diagnostic>,
    left_out: LeftOut,
}

impl Judge<'_> {
    /// The reporting year.
    fn year(&self) -> i32 {
        self.frame.parameters.year
    }

    /// The date deadlines are judged at.
    fn as_of(&self) -> NaiveDate {
        self.frame.parameters.as_of
    }

    /// Judges one rule. Without a bound form the rule could not be evaluated.
    pub fn judge(&self, rule: &Rule, bound: Option<&BoundRule>) -> Verdict {
        let head = Head::of(rule, self.plan);
        let mut verdict = match self.judged(&head, rule, bound) {
            Ok(came) => self.verdict(head, rule, came),
            Err(reason) => Verdict::not_evaluated(head, Demanded::of(rule, self.year()), reason),
        };
        verdict.note = rule.note.clone();
        verdict
    }

    /// A verdict for a declaration that could not be understood.
    pub fn unreadable(&self, id: &str, kind: RuleKind, at: Location) -> Verdict {
        let head = Head::lost(id, kind, at, self.plan);
        Verdict::not_evaluated(head, Demanded::Nothing, msg!(RuleBroken))
    }

    /// What came of a rule.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    fn judged(&self, head: &Head, rule: &Rule, bound: Option<&BoundRule>) -> Result<Came, Message> {
        let bound = bound.ok_or_else(|| msg!(RuleBroken))?;
        if let Some(key) = self.unreadable_setting(bound) {
            return Err(msg!(NeedsSetting, key = key));
        }
        if let Some(reason) = self.unusable(bound) {
            return Err(reason);
        }
        let mut of_condition = LeftOut::default();
        if let (Some(condition), Some(written)) = (&bound.applies, &rule.applies) {
            let whole = Point::whole(self.year());
            let applies = || self.values.condition(condition, whole);
            let (applies, left_out) = self.values.ignored.during(applies);
            let unjudged = Unjudged { demanded: Demanded::of(rule, self.year()), reason: None };
            match applies {
                Truth::True => of_condition = left_out,
                Truth::False => {
                    return Ok(Came {
                        status: Status::NotApplicable,
                        outcome: Outcome::NotApplicable(Unjudged {
                            reason: rule.not_applicable.clone().map(Message::plain),
                            ..unjudged
                        }),
                        told: Vec::new(),
                        left_out,
                    });
                }
                Truth::Unknown(absence) => {
                    let finding = self.may_apply(head, condition, &absence, written.at);
                    return Ok(Came {
                        status: status_without(&absence),
                        outcome: Outcome::NotEvaluated(unjudged),
                        told: vec![finding],
                        left_out,
                    });
                }
            }
        }
        let came = self.came(head, &rule.demand, &bound.demand).ok_or_else(|| msg!(RuleBroken))?;
        Ok(Came { left_out: of_condition.and(&came.left_out), ..came })
    }

    /// The setting a rule depends on that cannot be read.
    fn unreadable_setting(&self, bound: &BoundRule) -> Option<&'static str> {
        if self.unreadable.year.is_some() {
            return Some("year");
        }
        let is_dated = || bound::is_dated(bound, self.frame.plans);
        (self.unreadable.as_of.is_some() && is_dated()).then_some("as_of")
    }

    /// Why a rule cannot be evaluated though it could be bound: what it needs could not be read.
    fn unusable(&self, bound: &BoundRule) -> Option<Message> {
        let unreadable = |set: SetId| self.values.tallies[set.into()].unreadable;
        let contract = |set: SetId| &self.frame.datasets.sets[set].contract;
        Some(match bound::unusable(bound, self.frame.datasets, self.frame.plans, unreadable)? {
            Unusable::Dataset(set) => msg!(NeedsDataset, table = &contract(set).name),
            Unusable::Column(set, column) => {
                let column = &contract(set).fields[column].name;
                msg!(NeedsColumn, table = &contract(set).name, column = column)
            }
        })
    }

    /// The finding of a rule of which it is not known whether it applies.
    fn may_apply(
        &self,
        head: &Head,
        condition: &BoundCondition,
        absence: &Absence,
        at: Location,
    ) -> Diagnostic {
        let data = self.place_of_condition(condition, Point::whole(self.year()), true);
        self.absent(head, absence, at, data)
    }

    /// What came of a demand; `None` where it was bound as another.
    fn came(&self, head: &Head, demand: &Demand, bound: &BoundDemand) -> Option<Came> {
        Some(match (demand, bound) {
            (Demand::Target(target), BoundDemand::Target(measure)) => {
                self.judge_target(head, target, measure)
            }
            (Demand::Assignment(assignment), BoundDemand::Assignment(bound)) => {
                self.judge_assignment(head, assignment, bound)
            }
            (Demand::Expect(expectation), BoundDemand::Expect(set, check)) => {
                self.judge_expectation(head, (*set, *check), expectation.row.at)
            }
            (Demand::Check(check), BoundDemand::Check(inputs)) => {
                self.judge_check(head, check, inputs)
            }
            _ => return None,
        })
    }

    fn judge_target(&self, head: &Head, target: &Target, measure: &Bound) -> Came {
        let found = self.assess_target(target, measure);
        let told = TargetTeller::new(self, head, (target, measure), &found).tell();
        let (status, left_out) = (found.status, found.left_out.clone());
        let outcome = TargetOutcome { found, remarks: told.remarks, reason: told.reason };
        let told = told.finding.into_iter().collect();
        Came { status, outcome: Outcome::Target(Box::new(outcome)), told, left_out }
    }

    fn judge_assignment(
        &self,
        head: &Head,
        assignment: &Assignment,
        bound: &BoundAssignment,
    ) -> Came {
        let found = self.assess_assignment(assignment, bound);
        let teller = AssignmentTeller { judge: self, head, assignment, bound, found: &found };
        let told = teller.tell().into_iter().collect();
        let (status, left_out) = (found.status(), found.left_out.clone());
        Came { status, outcome: Outcome::Assignment(Box::new(found.into())), told, left_out }
    }

    fn judge_expectation(&self, head: &Head, check: (PlanId, CheckId), at: Location) -> Came {
        let found = self.assess_expectation(check.0, check.1);
        let told = self.tell_expectation(head, check, &found, at).into_iter().collect();
        let (status, left_out) = (found.status(), LeftOut::default());
        Came { status, outcome: Outcome::Expectation(found), told, left_out }
    }

    fn judge_check(&self, head: &Head, check: &Check, inputs: &[(String, Bound)]) -> Came {
        let found = self.assess_check(check, inputs);
        let told = self.tell_check(head, check, inputs, &found).into_iter().collect();
        let (status, left_out) = (found.status(), found.left_out.clone());
        Came { status, outcome: Outcome::Check(Box::new(found)), told, left_out }
    }

    /// The verdict on a rule of which something came. That cells were left out is told with it.
    fn verdict(&self, head: Head, rule: &Rule, came: Came) -> Verdict {
        let (mut told, ignored) = (came.told, came.left_out.count());
        if ignored > 0 {
            let message = msg!(MissingIgnored, title = &head.title, count = ignored);
            let left_out = Diagnostic::of(Code::MissingIgnored, message);
            told.push(left_out.subject(&head.id).mark(head.at));
        }
        let standing = Standing::of(came.status, rule.severity);
        let mut verdict = Verdict::new(head, standing, came.outcome, told);
        verdict.ignored = ignored;
        verdict
    }
}
