//! The findings of assignments: what is late or missing, of whom, and since when.

use chrono::NaiveDate;

use super::witness::Witness;
use crate::contract::{FieldId, SetId};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Mark};
use crate::ids::Id;
use crate::measure::bind::BoundRows;
use crate::measure::evaluate::{Absence, Point};
use crate::message::{Arg, Message};
use crate::msg;
use crate::rule::{Assignment, Evidence};
use crate::source::{Location, Place};
use crate::verdict::assess::assignment::{AssignmentAssessment, Body, Stand, Who, first_unknown};
use crate::verdict::bound::BoundAssignment;
use crate::verdict::{Head, Judge, Status};

/// How many bodies a finding names.
const NAMED_UNITS: usize = 4;

/// Tells of an assignment that has been assessed.
pub(in crate::verdict) struct AssignmentTeller<'a> {
    pub judge: &'a Judge<'a>,
    pub head: &'a Head,
    pub assignment: &'a Assignment,
    pub bound: &'a BoundAssignment,
    pub found: &'a AssignmentAssessment,
}

impl AssignmentTeller<'_> {
    /// The finding, where there is anything to say.
    pub fn tell(&self) -> Option<Diagnostic> {
        let each = self.assignment.each.as_ref();
        let at = each.map_or(self.assignment.met.at, |each| each.at);
        let rows = self.bound.each.as_ref();
        match &self.found.who {
            Who::One(stand) => self.one(stand),
            Who::Overflow => Some(self.judge.absent(self.head, &Absence::Overflow, at, None)),
            Who::Undecided(count) => {
                let message = msg!(UnitsUndecided, title = &self.head.title, count = *count);
                Some(self.no_bodies(message, rows, at))
            }
            Who::Nobody => Some(self.no_bodies(msg!(NoUnits, title = &self.head.title), rows, at)),
            Who::Each(bodies) => self.each(rows?, bodies),
        }
    }

    /// The finding where nobody is known to have to do it.
    fn no_bodies(&self, message: Message, rows: Option<&BoundRows>, at: Location) -> Diagnostic {
        let finding = Diagnostic::of(Code::NoData, message).subject(&self.head.id);
        let finding = match rows.and_then(|rows| self.judge.header(rows.set)) {
            Some(header) => finding.mark(header.at).mark(at),
            None => finding.mark(at),
        };
        self.recall(self.judge.point_at_clause(finding, self.head))
    }

    /// The finding where something is unknown at a point.
    fn unknown(&self, absence: &Absence, point: Point) -> Diagnostic {
        self.judge.absent(self.head, absence, self.assignment.met.at, self.place(point))
    }

    /// The place that stands for evidence.
    fn place(&self, point: Point) -> Option<Witness> {
        self.judge.place_of_evidence(&self.bound.met, self.bound.progress.as_ref(), point)
    }

    /// A finding with what came of the duty in earlier years, where anything was amiss.
    fn recall(&self, finding: Diagnostic) -> Diagnostic {
        let now = self.judge.year();
        let earlier = || self.found.duties.iter().filter(|duty| duty.year < now);
        if earlier().all(|duty| duty.status == Status::Met) {
            return finding;
        }
        let years: Vec<Arg> = earlier().map(|duty| Arg::from(duty.text())).collect();
        finding.note(msg!(EarlierYears, years = years))
    }

    fn due_text(&self) -> Message {
        due_text(self.found.deadline.last_day)
    }

    /// The finding of the only body there is.
    fn one(&self, stand: &Stand) -> Option<Diagnostic> {
        let whole = Point::whole(self.judge.year());
        if let Some(absence) = &stand.absence {
            return Some(self.recall(self.unknown(absence, whole)));
        }
        let message = self.message_of_one(stand)?;
        let data = self.place(whole).map(|data| (data.at, data.text(register_text(stand))));
        let finding = Diagnostic::of(stand.status.code(), message)
            .subject(&self.head.id)
            .lead(data)
            .label(self.assignment.due.at, msg!(DueHere));
        let mut finding = self.judge.point_at_clause(finding, self.head);
        if stand.date.is_none() {
            finding = finding.help(match self.assignment.met.value {
                Evidence::Date(_) => msg!(EvidenceHelp, as_of = self.judge.as_of()),
                Evidence::Condition(_) => msg!(ConditionHelp),
            });
        }
        Some(self.recall(finding))
    }

    fn message_of_one(&self, stand: &Stand) -> Option<Message> {
        let (title, due) = (&self.head.title, self.due_text());
        Some(match (stand.status, stand.date, stand.timing.days_late()) {
            (Status::Unmet, Some(date), Some(days)) => {
                msg!(DoneLate, title = title, date = date, days = days, due = due)
            }
            (Status::Unmet, _, days) => msg!(
                Overdue,
                title = title,
                due = due,
                days = days.unwrap_or_default(),
                as_of = self.judge.as_of()
            ),
            (Status::NotYet, ..) => msg!(NotDoneYet, title = title, due = due),
            (Status::OnTrack | Status::Behind | Status::OffTrack, ..) => {
                self.progress_text(&stand.progress.clone().unwrap_or_default())
            }
            _ => return None,
        })
    }

    fn progress_text(&self, reached: &Exact) -> Message {
        let expected = self.found.deadline.expected.clone().unwrap_or_default();
        let needed = Mark::rounded(&expected, 1, &[], &[reached]);
        msg!(
            ProgressMessage,
            title = &self.head.title,
            progress = Arg::Number(reached.shown(1, std::slice::from_ref(&needed))),
            expected = Arg::Number(needed.text().to_owned()),
            as_of = self.judge.as_of(),
            due = self.due_text()
        )
    }

    /// The finding of bodies that each must do it.
    fn each(&self, rows: &BoundRows, bodies: &[Body]) -> Option<Diagnostic> {
        let unmet = bodies.iter().filter(|body| body.stand.status == Status::Unmet);
        let (late, missing): (Vec<&Body>, Vec<&Body>) =
            unmet.partition(|body| body.stand.date.is_some());
        if !late.is_empty() || !missing.is_empty() {
            let message = self.late_message(missing.len(), late.len(), bodies.len());
            let named = missing.into_iter().chain(late).collect();
            return Some(self.unfinished(rows, bodies, (Status::Unmet, message), named));
        }
        if let Some((first, absence)) = first_unknown(bodies) {
            let each = Some((rows.set, first.row));
            let point = Point { each, ..Point::whole(self.judge.year()) };
            let mut finding = self.unknown(absence, point);
            finding.help.insert(0, unknown_for(bodies));
            return Some(self.recall(finding));
        }
        let unfinished: Vec<&Body> =
            bodies.iter().filter(|body| body.stand.status != Status::Met).collect();
        if unfinished.is_empty() {
            return None;
        }
        let progress = self.found.progress().unwrap_or_default();
        let message = msg!(
            UnitsUnfinished,
            title = &self.head.title,
            count = unfinished.len(),
            all = bodies.len(),
            progress = Arg::Number(progress.shown(1, &[])),
            due = self.due_text()
        );
        Some(self.unfinished(rows, bodies, (self.found.status(), message), unfinished))
    }

    fn late_message(&self, missing: usize, late: usize, all: usize) -> Message {
        let parts = [
            (missing, msg!(UnitsMissing, count = missing)),
            (late, msg!(UnitsDoneLate, count = late)),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        msg!(
            UnitsLate,
            title = &self.head.title,
            parts = parts.map(|(_, text)| Arg::from(text)).collect::<Vec<_>>(),
            all = all,
            due = self.due_text()
        )
    }

    /// The finding that names some of the bodies that have not done it in time.
    fn unfinished(
        &self,
        rows: &BoundRows,
        bodies: &[Body],
        (status, message): (Status, Message),
        mut named: Vec<&Body>,
    ) -> Diagnostic {
        // The worst are named, whatever the order of rows.
        named.sort_by(|a, b| worst_first(a).cmp(&worst_first(b)));
        let mut shown: Vec<&Body> = named.iter().take(NAMED_UNITS).copied().collect();
        shown.sort_by_key(|body| body.row);
        let cell = |body: &Body| Some((self.key_cell(rows.set, body.row)?, unit_text(body)));
        let finding = Diagnostic::of(status.code(), message)
            .subject(&self.head.id)
            .lead(shown.into_iter().filter_map(cell))
            .label(self.assignment.due.at, msg!(DueHere));
        let mut finding = self.judge.point_at_clause(finding, self.head);
        let unknown = bodies.iter().filter(|body| body.stand.status == Status::NoData).count();
        if unknown > 0 {
            finding = finding.note(msg!(UnitsUnknown, count = unknown));
        }
        // Who was late has nothing left to do.
        named.retain(|body| body.stand.date.is_none());
        let names: Vec<Arg> =
            named.iter().take(NAMED_UNITS).map(|body| Arg::from(&body.name)).collect();
        match named.len().saturating_sub(names.len()) {
            _ if names.is_empty() => {}
            0 => finding = finding.help(msg!(AskUnits, units = names)),
            others => {
                finding = finding.help(msg!(AskUnitsMore, units = names, count = others));
            }
        }
        self.recall(finding)
    }

    /// Where the key of a body's row stands.
    fn key_cell(&self, set: SetId, row: usize) -> Option<Place> {
        let dataset = &self.judge.frame.datasets.sets[set];
        let key = dataset.contract.primary_key.first().copied().unwrap_or(FieldId::FIRST);
        let row = *dataset.table.as_ref()?.refs.get(row)?;
        self.judge.frame.datasets.cell(set, row, key)
    }
}

/// By what bodies are named: who has nothing before who was late, who is least far, by code.
fn worst_first(body: &Body) -> (bool, Option<&Exact>, &str) {
    (body.stand.date.is_some(), body.stand.progress.as_ref(), &body.code)
}

/// Of whom something is unknown, by code.
fn unknown_for(bodies: &[Body]) -> Message {
    let mut open: Vec<(&str, &str)> = bodies
        .iter()
        .filter(|body| body.stand.absence.is_some())
        .map(|body| (body.code.as_str(), body.name.as_str()))
        .collect();
    open.sort_unstable();
    let names: Vec<Arg> = open.iter().take(NAMED_UNITS).map(|(_, name)| Arg::from(*name)).collect();
    match open.len().saturating_sub(names.len()) {
        0 => msg!(UnknownFor, units = names),
        others => msg!(UnknownForMore, units = names, count = others),
    }
}

/// How a body stands, at its row.
fn unit_text(Body { name, stand, .. }: &Body) -> Message {
    match (stand.date, stand.timing.days_late(), &stand.progress) {
        (Some(date), Some(days), _) => msg!(UnitLate, name = name, date = date, days = days),
        (None, Some(days), _) => msg!(UnitOverdue, name = name, days = days),
        (_, _, Some(progress)) => {
            msg!(UnitProgress, name = name, progress = Arg::Number(progress.shown(1, &[])))
        }
        _ => msg!(UnitNotDone, name = name),
    }
}

fn register_text(stand: &Stand) -> Message {
    match &stand.progress {
        Some(progress) => msg!(ProgressHere, progress = Arg::Number(progress.shown(1, &[]))),
        None => msg!(EvidenceHere),
    }
}

fn due_text(last_day: Option<NaiveDate>) -> Message {
    match last_day {
        Some(day) => msg!(LastDay, date = day),
        None => msg!(NoDeadline),
    }
}
