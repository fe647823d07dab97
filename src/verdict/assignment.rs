//! Judging assignments: evidence against deadlines at the run's date, body by body.

use chrono::NaiveDate;

use super::bound::{BoundAssignment, BoundEvidence};
use super::deadline::{Timing, UnitValue};
use super::place::Place;
use super::{Judge, Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Mark};
use crate::measure::bind::{Bound, BoundRows};
use crate::measure::evaluate::{Absence, Point, Truth, Value};
use crate::measure::scan;
use crate::message::{Arg, Message};
use crate::msg;
use crate::rule::{Assignment, Evidence};
use crate::source::Location;

/// How many bodies a finding names.
const NAMED_UNITS: usize = 4;

/// How a body stands.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub status: Status,
    pub date: Option<NaiveDate>,
    pub timing: Timing,
    progress: Option<Exact>,
    absence: Option<Absence>,
}

impl Judge<'_> {
    pub(super) fn judge_assignment(
        &self,
        verdict: &mut Verdict,
        assignment: &Assignment,
        bound: &BoundAssignment,
    ) {
        let (each, met, progress) = (&bound.each, &bound.met, bound.progress.as_ref());
        verdict.duties = self.values.ignored.aside(|| self.duties(assignment, bound));
        let Some(rows) = each else {
            let standing = self.stand(assignment, met, progress, Point::whole(self.year()));
            verdict.ignored = self.values.ignored.count();
            verdict.evidence = standing.date;
            verdict.timing = Some(standing.timing);
            verdict.progress = standing.progress.clone();
            verdict.status = standing.status;
            let data = self.place_of_evidence(met, progress, Point::whole(self.year()));
            self.report_one(verdict, assignment, &standing, data);
            return;
        };
        let at = assignment.each.as_ref().map_or(assignment.met.at, |each| each.at);
        let (selected, undecided) =
            match scan::select(&self.frame, rows, Some(rows.year.resolve(self.year()))) {
                Ok(found) => found,
                Err(_) => return self.absent(verdict, &Absence::Overflow, at, None),
            };
        if undecided > 0 || selected.is_empty() {
            verdict.status = Status::NoData;
            let message = if undecided > 0 {
                msg!(UnitsUndecided, title = &verdict.title, count = undecided)
            } else {
                msg!(NoUnits, title = &verdict.title)
            };
            let mut finding = Diagnostic::new(Code::NoData, message).subject(&verdict.id);
            if let Some(header) = self.header(rows.set) {
                finding = finding.mark(header.at);
            }
            finding = finding.mark(at);
            let finding = self.recall(self.point_at_clause(finding, verdict), verdict);
            verdict.diagnostics.push(finding);
            return;
        }
        let standings: Vec<(usize, Standing)> = selected
            .into_iter()
            .map(|row| {
                let point = Point { each: Some((rows.set, row)), ..Point::whole(self.year()) };
                (row, self.stand(assignment, met, progress, point))
            })
            .collect();
        verdict.ignored = self.values.ignored.count();
        verdict.units = standings
            .iter()
            .map(|(row, standing)| self.unit_value(rows.set, *row, standing))
            .collect();
        self.judge_units(verdict, assignment, bound, &standings);
    }

    /// The rows of the bodies that each must do something, in the reporting year.
    pub(super) fn bodies(&self, rows: &BoundRows) -> Vec<usize> {
        let of = Some(rows.year.resolve(self.year()));
        let selected = scan::select(&self.frame, rows, of);
        selected.map(|(rows, _)| rows).unwrap_or_default()
    }

    /// Where a cell of a body's row stands.
    fn cell_of(&self, set: usize, row: usize, column: usize) -> Option<Location> {
        let row = *self.frame.datasets.sets[set].table.as_ref()?.refs.get(row)?;
        self.frame.datasets.cell(self.sources, set, row, column)
    }

    /// A body's key and name: the primary key, and the first text column after it.
    pub(super) fn unit_name(&self, set: usize, row: usize) -> (String, String) {
        let dataset = &self.frame.datasets.sets[set];
        let key = dataset.contract.primary_key.first().copied().unwrap_or(0);
        let code = dataset.text(row, key).unwrap_or_default().to_owned();
        let name = (0..dataset.contract.fields.len())
            .filter(|column| *column != key)
            .find_map(|column| dataset.text(row, column))
            .unwrap_or(&code)
            .to_owned();
        (code, name)
    }

    pub(super) fn unit_value(&self, set: usize, row: usize, standing: &Standing) -> UnitValue {
        let (code, name) = self.unit_name(set, row);
        let Standing { status, date, timing, .. } = *standing;
        UnitValue { code, name, status, date, timing }
    }

    /// How one body (or the only one) stands in the point's year.
    pub(super) fn stand(
        &self,
        assignment: &Assignment,
        met: &BoundEvidence,
        progress: Option<&Bound>,
        point: Point,
    ) -> Standing {
        let mut standing = Standing {
            status: Status::NotYet,
            date: None,
            timing: Timing::NotDue,
            progress: None,
            absence: None,
        };
        let unknown = |absence: Absence| Standing {
            status: if absence == Absence::Overflow { Status::Error } else { Status::NoData },
            date: None,
            timing: Timing::Unknown,
            progress: None,
            absence: Some(absence),
        };
        let last_day = assignment.due.value.last_day(point.year);
        let done = match met {
            BoundEvidence::Condition(condition) => match self.values.condition(condition, point) {
                Truth::True => true,
                Truth::False => false,
                Truth::Unknown(absence) => return unknown(absence),
            },
            BoundEvidence::Date(measure) => match self.values.measure(measure, point) {
                // Evidence from after the run's date does not count yet.
                Ok(Value::Date(date)) if date <= self.as_of() => {
                    standing.date = Some(date);
                    true
                }
                Ok(_) => false,
                Err(absence) => return unknown(absence),
            },
        };
        standing.timing = Timing::of(done, standing.date, last_day, self.as_of());
        match standing.timing {
            Timing::Late(_) | Timing::Overdue(_) => {
                standing.status = Status::Unmet;
                return standing;
            }
            Timing::Done | Timing::OnTime(_) => {
                standing.status = Status::Met;
                return standing;
            }
            Timing::NotDue | Timing::Unknown => {}
        }
        let Some(progress) = progress else { return standing };
        let reached = match self.values.measure(progress, point) {
            Ok(Value::Number(value)) => value,
            // Nothing in the register: nothing has been done.
            Ok(_) => Exact::ZERO,
            // How far it is is not known; that it is not due is.
            Err(absence) => return Standing { timing: standing.timing, ..unknown(absence) },
        };
        standing.progress = Some(reached.clone());
        standing.status = match self.expected_progress(assignment) {
            Some(expected) if reached >= expected => Status::OnTrack,
            _ if reached > Exact::ZERO => Status::Behind,
            _ => Status::OffTrack,
        };
        standing
    }

    /// The share of the period that has passed at the run's date, in percent:
    /// 100 · (days from the first day to the date) / (days of the period).
    fn expected_progress(&self, assignment: &Assignment) -> Option<Exact> {
        let schedule = assignment.due.value;
        let first = schedule.first_day(self.year())?;
        let last =
            schedule.last_day(self.year()).or(NaiveDate::from_ymd_opt(self.year(), 12, 31))?;
        let whole = (last - first).num_days() + 1;
        if whole <= 0 {
            // It was due before this year began.
            return Some(Exact::int(100));
        }
        let passed = ((self.as_of() - first).num_days() + 1).clamp(0, whole);
        Exact::ratio(100 * i128::from(passed), i128::from(whole))
    }

    fn report_one(
        &self,
        verdict: &mut Verdict,
        assignment: &Assignment,
        standing: &Standing,
        data: Option<Place>,
    ) {
        if let Some(absence) = &standing.absence {
            self.absent(verdict, absence, assignment.met.at, data);
            return self.recall_last(verdict);
        }
        let title = &verdict.title;
        let last_day = assignment.due.value.last_day(self.year());
        let (code, message) = match (standing.status, standing.date, standing.timing.days_late()) {
            (Status::Unmet, Some(date), Some(days)) => (
                Code::Unmet,
                msg!(DoneLate, title = title, date = date, days = days, due = due_text(last_day)),
            ),
            (Status::Unmet, _, days) => (
                Code::Unmet,
                msg!(
                    Overdue,
                    title = title,
                    due = due_text(last_day),
                    days = days.unwrap_or_default(),
                    as_of = self.as_of()
                ),
            ),
            (Status::NotYet, ..) => {
                (Code::NotYet, msg!(NotDoneYet, title = title, due = due_text(last_day)))
            }
            (status @ (Status::OnTrack | Status::Behind | Status::OffTrack), ..) => {
                let code = match status {
                    Status::OnTrack => Code::OnTrack,
                    Status::Behind => Code::Behind,
                    _ => Code::OffTrack,
                };
                (code, self.progress_text(verdict, assignment, standing.progress.clone()))
            }
            _ => return,
        };
        let mut finding = Diagnostic::new(code, message).subject(&verdict.id);
        if let Some(place) = data {
            finding = finding.label(place.at, place.text(self.register_text(standing)));
        }
        finding = finding.label(assignment.due.at, msg!(DueHere));
        finding = self.point_at_clause(finding, verdict);
        if standing.date.is_none() {
            finding = finding.help(match assignment.met.value {
                Evidence::Date(_) => msg!(EvidenceHelp, as_of = self.as_of()),
                Evidence::Condition(_) => msg!(ConditionHelp),
            });
        }
        let finding = self.recall(finding, verdict);
        verdict.diagnostics.push(finding);
    }

    fn register_text(&self, standing: &Standing) -> Message {
        match &standing.progress {
            Some(progress) => {
                msg!(ProgressHere, progress = Arg::Number(progress.shown(1, &[])))
            }
            None => msg!(EvidenceHere),
        }
    }

    fn progress_text(
        &self,
        verdict: &Verdict,
        assignment: &Assignment,
        progress: Option<Exact>,
    ) -> Message {
        let reached = progress.unwrap_or_default();
        let expected = self.expected_progress(assignment).unwrap_or_default();
        let needed = Mark::rounded(&expected, 1, &[], &[&reached]);
        msg!(
            ProgressMessage,
            title = &verdict.title,
            progress = Arg::Number(reached.shown(1, std::slice::from_ref(&needed))),
            expected = Arg::Number(needed.text().to_owned()),
            as_of = self.as_of(),
            due = due_text(assignment.due.value.last_day(self.year()))
        )
    }

    fn judge_units(
        &self,
        verdict: &mut Verdict,
        assignment: &Assignment,
        bound: &BoundAssignment,
        standings: &[(usize, Standing)],
    ) {
        let Some(set) = bound.each.as_ref().map(|rows| rows.set) else { return };
        let count = |status: Status| standings.iter().filter(|(_, s)| s.status == status).count();
        let (late, missing): (Vec<_>, Vec<_>) = standings
            .iter()
            .filter(|(_, standing)| standing.status == Status::Unmet)
            .partition(|(_, standing)| standing.date.is_some());
        let unfinished: Vec<&(usize, Standing)> =
            standings.iter().filter(|(_, standing)| standing.status != Status::Met).collect();
        if late.is_empty() && missing.is_empty() {
            // The first by code, whatever the order of rows.
            let mut open: Vec<_> = standings
                .iter()
                .filter_map(|(row, s)| Some((self.unit_name(set, *row), *row, s.absence.as_ref()?)))
                .collect();
            open.sort_by(|(a, ..), (b, ..)| a.cmp(b));
            if let Some((_, row, absence)) = open.first() {
                let point = Point { each: Some((set, *row)), ..Point::whole(self.year()) };
                let data = self.place_of_evidence(&bound.met, bound.progress.as_ref(), point);
                self.absent(verdict, absence, assignment.met.at, data);
                let all = open.len();
                let names = open.into_iter().take(NAMED_UNITS);
                let names: Vec<Arg> = names.map(|((_, name), ..)| Arg::from(name)).collect();
                let others = all.saturating_sub(names.len());
                if let Some(finding) = verdict.diagnostics.last_mut() {
                    let help = if others == 0 {
                        msg!(UnknownFor, units = names)
                    } else {
                        msg!(UnknownForMore, units = names, count = others)
                    };
                    finding.help.insert(0, help);
                }
                return self.recall_last(verdict);
            }
        }
        let last_day = assignment.due.value.last_day(self.year());
        let name = |row: usize| Arg::from(self.unit_name(set, row).1);
        if unfinished.is_empty() {
            verdict.status = Status::Met;
            verdict.evidence = standings.iter().filter_map(|(_, s)| s.date).max();
            return;
        }
        let (code, message) = if !late.is_empty() || !missing.is_empty() {
            verdict.status = Status::Unmet;
            let parts = [
                (missing.len(), msg!(UnitsMissing, count = missing.len())),
                (late.len(), msg!(UnitsDoneLate, count = late.len())),
            ];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let message = msg!(
                UnitsLate,
                title = &verdict.title,
                parts = parts.map(|(_, text)| Arg::from(text)).collect::<Vec<_>>(),
                all = standings.len(),
                due = due_text(last_day)
            );
            (Code::Unmet, message)
        } else {
            verdict.progress = mean_progress(standings);
            // Each of them must do it: the duty stands as its worst body does.
            verdict.status = unfinished
                .iter()
                .map(|(_, standing)| standing.status)
                .min()
                .unwrap_or(Status::NotYet);
            let code = match verdict.status {
                Status::NotYet => Code::NotYet,
                Status::OnTrack => Code::OnTrack,
                Status::Behind => Code::Behind,
                _ => Code::OffTrack,
            };
            let message = msg!(
                UnitsUnfinished,
                title = &verdict.title,
                count = unfinished.len(),
                all = standings.len(),
                progress = Arg::Number(verdict.progress.clone().unwrap_or_default().shown(1, &[])),
                due = due_text(last_day)
            );
            (code, message)
        };
        debug_assert_eq!(count(Status::Met) + unfinished.len(), standings.len());
        let mut finding = Diagnostic::new(code, message).subject(&verdict.id);
        let key = self.frame.datasets.sets[set].contract.primary_key.first().copied().unwrap_or(0);
        let mut named = if late.is_empty() && missing.is_empty() {
            unfinished.clone()
        } else {
            missing.iter().chain(&late).copied().collect()
        };
        // The worst are named, whatever the order of rows.
        named.sort_by_cached_key(|(row, standing)| {
            (standing.date.is_some(), standing.progress.clone(), self.unit_name(set, *row).0)
        });
        let mut shown: Vec<_> = named.iter().take(NAMED_UNITS).collect();
        shown.sort_by_key(|(row, _)| *row);
        for (row, standing) in shown {
            let Some(cell) = self.cell_of(set, *row, key) else { continue };
            let text = match (standing.date, standing.timing.days_late(), standing.progress.clone())
            {
                (Some(date), Some(days), _) => {
                    msg!(UnitLate, name = name(*row), date = date, days = days)
                }
                (None, Some(days), _) => msg!(UnitOverdue, name = name(*row), days = days),
                (_, _, Some(progress)) => msg!(
                    UnitProgress,
                    name = name(*row),
                    progress = Arg::Number(progress.shown(1, &[]))
                ),
                _ => msg!(UnitNotDone, name = name(*row)),
            };
            finding = finding.label(cell, text);
        }
        finding = finding.label(assignment.due.at, msg!(DueHere));
        finding = self.point_at_clause(finding, verdict);
        let unknown = count(Status::NoData);
        if unknown > 0 {
            finding = finding.note(msg!(UnitsUnknown, count = unknown));
        }
        // Who was late has nothing left to do.
        named.retain(|(_, standing)| standing.date.is_none());
        let names: Vec<Arg> = named.iter().take(NAMED_UNITS).map(|(row, _)| name(*row)).collect();
        match named.len().saturating_sub(names.len()) {
            _ if names.is_empty() => {}
            0 => finding = finding.help(msg!(AskUnits, units = names)),
            others => {
                finding = finding.help(msg!(AskUnitsMore, units = names, count = others));
            }
        }
        let finding = self.recall(finding, verdict);
        verdict.diagnostics.push(finding);
    }
}

/// The mean over all bodies; one that is done counts as 100.
fn mean_progress(standings: &[(usize, Standing)]) -> Option<Exact> {
    let mut sum = Exact::ZERO;
    for (_, standing) in standings {
        let progress = match (standing.status, standing.progress.clone()) {
            (Status::Met, _) => Exact::int(100),
            (_, Some(progress)) => progress,
            (_, None) => return None,
        };
        sum = sum.checked_add(&progress)?;
    }
    sum.checked_div(&Exact::int(i128::try_from(standings.len()).ok()?))
}

fn due_text(last_day: Option<NaiveDate>) -> Message {
    match last_day {
        Some(day) => msg!(LastDay, date = day),
        None => msg!(NoDeadline),
    }
}
