//! Judging: from bound rules and tallies to verdicts with their diagnostics.

pub mod bound;

mod areas;
mod assignment;
pub mod deadline;
mod empty;
mod head;
mod left;
pub mod path;
mod place;
mod progress;
pub mod published;
mod quality;
mod reason;
mod shortfall;
mod spread;
mod status;
mod target;
pub mod trace;
mod undecided;
mod wording;

pub use areas::{AreaValue, Fraction};
pub use head::Head;
pub use left::Left;
pub use path::Movement;
pub use progress::{PathPoint, Reading, Readings, points};
pub use spread::{Spread, Unclosed};
pub use status::Status;
pub use wording::{
    amount, between_text, change_text, difference, goal_text, marks, movement_text, pace_text,
};

use std::collections::HashMap;

use chrono::NaiveDate;

use deadline::{Duty, Timing, UnitValue};
use path::{Pace, Path};
use place::Place;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::exact::Exact;
use crate::measure::evaluate::{Absence, Missing, Point, Truth, Values};
use crate::measure::frame::Frame;
use crate::measure::interval::Interval;
use crate::measure::tally::Unknown;
use crate::message::{Arg, Bilingual, Message};
use crate::msg;
use crate::rule::goal::Goal;
use crate::rule::{Demand, Rule, RuleKind, When};
use crate::source::{Location, Sources};
use crate::workspace::plan::{Clause, Plan};
use crate::workspace::waivers::Waiver;
use bound::{BoundDemand, BoundRule, Unusable};

/// The gap between a value and its goal.
#[derive(Clone, Debug)]
pub struct Gap {
    /// In the value's unit.
    pub distance: Exact,
    /// Subjects to add (negative: to take away), at this year's denominator.
    pub subjects: Option<i128>,
    /// Where the part is no number of subjects (m², m³): how much of it to add (negative: to take
    /// away) to touch the goal, at this year's denominator.
    pub amount: Option<Exact>,
    /// Whether subjects are counted and no whole number of them meets the goal.
    pub no_number: bool,
    /// What is counted.
    pub noun: Option<Bilingual>,
    /// Whether the subjects are part of a whole, this year's denominator.
    pub of_whole: bool,
}

/// What came of one rule.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The rule's id: the clause's for targets and assignments.
    pub id: String,
    /// The kind of rule.
    pub kind: RuleKind,
    /// Position of its clause in the plan.
    pub clause: Option<usize>,
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
    /// The baseline's year, whether or not it has figures.
    pub baseline_year: Option<i32>,
    /// The baseline's year and value.
    pub baseline: Option<(i32, Exact)>,
    /// The way from the baseline to the goal.
    pub path: Option<Path>,
    /// How fast the value moves and would have to.
    pub pace: Option<Pace>,
    /// How it moved since it was last known.
    pub movement: Option<Movement>,
    /// What published methods say of the progress; they never decide the status.
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
    /// Unknown cells left out because the rule says `ignore_missing()`.
    pub ignored: u64,
    /// Where the rule is declared.
    pub at: Location,
    /// What there is to say.
    pub diagnostics: Vec<Diagnostic>,
}

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
        let mut verdict = self.blank(rule);
        let Some(bound) = bound else {
            return self.broken(verdict, msg!(RuleBroken));
        };
        if let Some(unusable) =
            bound::unusable(bound, self.frame.datasets, self.frame.plans, |set| {
                self.values.tallies[set].unreadable
            })
        {
            let reason = match unusable {
                Unusable::Dataset(set) => {
                    msg!(NeedsDataset, table = &self.frame.datasets.sets[set].contract.name)
                }
                Unusable::Column(set, column) => {
                    let contract = &self.frame.datasets.sets[set].contract;
                    let column = &contract.fields[column].name;
                    msg!(NeedsColumn, table = &contract.name, column = column)
                }
            };
            return self.broken(verdict, reason);
        }
        self.values.ignored.forget();
        if let (Some(condition), Some(written)) = (&bound.applies, &rule.applies) {
            let applies = self.values.condition(condition, Point::whole(self.year()));
            verdict.ignored = self.values.ignored.count();
            match applies {
                Truth::True => {}
                Truth::False => {
                    verdict.status = Status::NotApplicable;
                    verdict.reason = rule.not_applicable.clone().map(Message::plain);
                    return self.weigh(verdict, rule);
                }
                Truth::Unknown(absence) => {
                    let whole = Point::whole(self.year());
                    let data = self.place_of_condition(condition, whole, true);
                    self.absent(&mut verdict, &absence, written.at, data);
                    return self.weigh(verdict, rule);
                }
            }
        }
        match (&rule.demand, &bound.demand) {
            (Demand::Target(target), BoundDemand::Target(measure)) => {
                self.judge_target(&mut verdict, target, measure);
            }
            (Demand::Assignment(assignment), BoundDemand::Assignment(bound)) => {
                self.judge_assignment(&mut verdict, assignment, bound);
            }
            (Demand::Expect(expectation), BoundDemand::Expect(set, check)) => {
                self.judge_expectation(&mut verdict, expectation, *set, *check);
            }
            (Demand::Check(check), BoundDemand::Check(inputs)) => {
                self.judge_check(&mut verdict, check, inputs);
            }
            _ => return self.broken(verdict, msg!(RuleBroken)),
        }
        self.weigh(verdict, rule)
    }

    /// A verdict for a declaration that could not be understood.
    pub fn unreadable(&self, id: &str, kind: RuleKind, at: Location) -> Verdict {
        let clause = self.plan.clause(id);
        let verdict = Verdict {
            id: id.to_owned(),
            kind,
            clause: self.plan.position(id),
            title: clause.map_or(Bilingual::same(id), |clause| clause.title.clone()),
            lead: clause.and_then(|clause| clause.lead.clone()),
            ..self.empty(at)
        };
        self.broken(verdict, msg!(RuleBroken))
    }

    fn empty(&self, at: Location) -> Verdict {
        Verdict {
            id: String::new(),
            kind: RuleKind::Target,
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
            baseline_year: None,
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
            at,
            diagnostics: Vec::new(),
        }
    }

    fn blank(&self, rule: &Rule) -> Verdict {
        let clause = self.plan.clause(&rule.id);
        let mut verdict = Verdict {
            id: rule.id.clone(),
            kind: rule.kind(),
            clause: self.plan.position(&rule.id),
            title: rule
                .title
                .clone()
                .or_else(|| clause.map(|clause| clause.title.clone()))
                .unwrap_or_else(|| Bilingual::same(&rule.id)),
            lead: rule
                .lead
                .as_ref()
                .map(|lead| lead.text.clone())
                .or_else(|| clause.and_then(|clause| clause.lead.clone())),
            note: rule.note.clone(),
            ..self.empty(rule.at)
        };
        match &rule.demand {
            Demand::Target(target) => {
                verdict.goal = Some(target.goal.value.clone());
                verdict.every_year = target.when == When::EveryYear;
                verdict.by = match target.when {
                    When::By(year) => Some(year),
                    When::EveryYear => None,
                };
            }
            Demand::Assignment(assignment) => {
                verdict.due = assignment.due.value.last_day(self.year());
            }
            Demand::Expect(_) | Demand::Check(_) => {}
        }
        verdict
    }

    fn broken(&self, mut verdict: Verdict, reason: Message) -> Verdict {
        verdict.status = Status::Error;
        verdict.severity = Some(Severity::Error);
        verdict.reason = Some(reason);
        verdict
    }

    /// Sets the verdict's severity: the status's own, or the rule's for a miss.
    fn weigh(&self, mut verdict: Verdict, rule: &Rule) -> Verdict {
        verdict.severity = match (verdict.status, rule.severity) {
            (Status::Unmet, Some(severity)) => Some(severity),
            (status, _) => status.severity(),
        };
        if let Some(severity) = verdict.severity {
            for diagnostic in &mut verdict.diagnostics {
                diagnostic.severity = severity;
            }
        }
        if verdict.ignored > 0 {
            let left_out = Diagnostic::new(
                Code::MissingIgnored,
                msg!(MissingIgnored, title = &verdict.title, count = verdict.ignored),
            );
            verdict.diagnostics.push(left_out.subject(&verdict.id).mark(verdict.at));
        }
        verdict
    }

    /// The clause's place in the plan, as the last label of a finding.
    fn point_at_clause(&self, diagnostic: Diagnostic, verdict: &Verdict) -> Diagnostic {
        match verdict.clause {
            Some(position) => {
                let clause: &Clause = &self.plan.clauses[position];
                diagnostic.label(clause.text_at, msg!(ClauseLabel, id = &clause.id))
            }
            None => diagnostic,
        }
    }

    /// Records why a verdict has no value: `at` is what needed it, `data` where it would have come
    /// from.
    fn absent(&self, verdict: &mut Verdict, absence: &Absence, at: Location, data: Option<Place>) {
        let points = |finding: Diagnostic| match data {
            Some(place) => finding.label(place.at, place.text(msg!(ValueFromHere))),
            None => finding,
        };
        verdict.status = Status::NoData;
        let diagnostic = match absence {
            Absence::Missing(items, total) => {
                let mut diagnostic = Diagnostic::new(
                    Code::NoData,
                    msg!(MissingData, title = &verdict.title, what = self.missing(items, *total)),
                );
                for item in items.iter().take(3) {
                    if let Some(cell) = self.missing_at(item) {
                        diagnostic = diagnostic.label(cell, self.missing_text(item));
                    }
                }
                diagnostic.label(at, msg!(NeededHere)).help(msg!(MissingDataHelp))
            }
            Absence::ZeroDenominator(here) => points(Diagnostic::new(
                Code::NoData,
                msg!(ZeroDenominator, title = &verdict.title, year = self.year()),
            ))
            .label(*here, msg!(DividedHere))
            .help(msg!(ZeroDenominatorHelp)),
            Absence::NotByArea | Absence::NotThen | Absence::NoRows => {
                let message = msg!(NoRowsMatch, title = &verdict.title);
                points(Diagnostic::new(Code::NoData, message)).mark(at)
            }
            Absence::Overflow => {
                verdict.status = Status::Error;
                Diagnostic::new(Code::Overflow, msg!(NumberDoesNotFit)).mark(at)
            }
        };
        let diagnostic = self.point_at_clause(diagnostic.subject(&verdict.id), verdict);
        verdict.diagnostics.push(diagnostic);
    }

    /// What is missing, in one line: the first few and how many in all.
    pub(crate) fn missing(&self, items: &[Missing], total: u64) -> Message {
        let shown: Vec<Arg> =
            items.iter().take(3).map(|item| Arg::from(self.missing_text(item))).collect();
        let others = total.saturating_sub(shown.len() as u64);
        if others == 0 {
            msg!(Listed, items = shown)
        } else {
            msg!(ListedAndMore, items = shown, count = others)
        }
    }

    fn missing_text(&self, item: &Missing) -> Message {
        match item {
            Missing::Cell { set, column, area, why, .. } => {
                let contract = &self.frame.datasets.sets[*set].contract;
                let field = &contract.fields[*column];
                let area = area.map(|area| self.frame.datasets.areas.name(area).to_owned());
                let broken = *why == Unknown::Broken;
                match (why, area) {
                    // Of many such rows any may be the one pointed at.
                    (Unknown::Either, _) => msg!(UnknownCellIn, column = &field.name),
                    (Unknown::Doubled, _) => msg!(DoubledRow, table = &contract.name),
                    (Unknown::Group, _) => msg!(EmptyGroup, table = &contract.name),
                    (_, Some(area)) if broken => {
                        msg!(BrokenCellIn, column = &field.name, area = area)
                    }
                    (_, None) if broken => msg!(BrokenCell, column = &field.name),
                    (_, Some(area)) => {
                        msg!(BlankCellIn, column = &field.name, area = area)
                    }
                    (_, None) => msg!(BlankCell, column = &field.name),
                }
            }
            Missing::Row { set, year, area } => {
                let name = self.frame.datasets.areas.name(*area);
                let table = &self.frame.datasets.sets[*set].contract.name;
                msg!(NoRowFor, table = table, area = name, year = *year)
            }
            Missing::Year { set, year } => {
                let table = &self.frame.datasets.sets[*set].contract.name;
                msg!(NoRowsForYear, table = table, year = *year)
            }
        }
    }

    fn missing_at(&self, item: &Missing) -> Option<Location> {
        match item {
            Missing::Cell { set, row, column, .. } => {
                self.frame.datasets.cell(self.sources, *set, *row, *column)
            }
            Missing::Row { set, .. } | Missing::Year { set, .. } => {
                self.header(*set).map(|header| header.at)
            }
        }
    }
}

/// Applies waivers: a rule that is judged and not met becomes `waived`; expired and unused ones
/// are findings of their own.
pub fn apply_waivers(
    verdicts: &mut [Verdict],
    waivers: &[Waiver],
    as_of: NaiveDate,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut places = HashMap::new();
    for (at, verdict) in verdicts.iter().enumerate() {
        places.entry(verdict.id.clone()).or_insert(at);
    }
    for waiver in waivers {
        let place = places.get(&waiver.rule);
        let Some(verdict) = place.and_then(|at| verdicts.get_mut(*at)) else { continue };
        if waiver.until < as_of {
            findings.push(
                Diagnostic::new(
                    Code::WaiverExpired,
                    msg!(WaiverExpired, rule = &waiver.rule, until = waiver.until),
                )
                .subject(&waiver.rule)
                .label(waiver.at, msg!(WaiverReason, reason = &waiver.reason))
                .help(msg!(WaiverExpiredHelp)),
            );
            continue;
        }
        let covered = matches!(
            verdict.status,
            Status::Unmet | Status::OffTrack | Status::Behind | Status::NotYet
        );
        if !covered {
            findings.push(
                Diagnostic::new(
                    Code::WaiverUnused,
                    msg!(WaiverUnused, rule = &waiver.rule, status = verdict.status.label()),
                )
                .subject(&waiver.rule)
                .mark(waiver.at),
            );
            continue;
        }
        verdict.status_unwaived = Some(verdict.status);
        let was = verdict.status.label();
        verdict.status = Status::Waived;
        verdict.severity = Status::Waived.severity();
        let reason = msg!(
            WaivedBy,
            reason = &waiver.reason,
            document = &waiver.document,
            until = waiver.until,
            status = was
        );
        let own = |diagnostic: &&mut Diagnostic| diagnostic.code != Code::MissingIgnored;
        for diagnostic in verdict.diagnostics.iter_mut().filter(own) {
            diagnostic.code = Code::Waived;
            diagnostic.severity = Severity::Advice;
            diagnostic.notes.push(reason.clone());
        }
        verdict.reason = Some(reason);
    }
    findings
}
