//! One rule's result in the report for machines.

use serde::Serialize;

use super::{Context, DiagnosticV1, LabelV1, place};
use crate::diagnostic::Severity;
use crate::exact::{Exact, Mark};
use crate::measure::interval::{End, Interval};
use crate::report::view::{Clause, Judged};
use crate::verdict::deadline::{Duty, Timing, UnitValue};
use crate::verdict::published::approximate;
use crate::verdict::{self, Fraction, Status, Unclosed};
use crate::workspace::plan::ClauseKind;

/// One rule and what came of it.
#[derive(Serialize)]
pub(super) struct ResultV1<'a> {
    id: String,
    kind: &'static str,
    clause: Option<ClauseV1>,
    title: String,
    lead: Option<String>,
    lead_now: Vec<String>,
    status: &'static str,
    status_unwaived: Option<&'static str>,
    severity: Option<&'static str>,
    value: Option<String>,
    value_exact: Option<String>,
    fraction: Option<FractionV1>,
    between: Option<BetweenV1>,
    unit: String,
    goal: Option<String>,
    every_year: bool,
    by: Option<i32>,
    year: i32,
    required: Option<String>,
    baseline: Option<YearV1>,
    due: Option<String>,
    evidence: Option<String>,
    timing: Option<TimingV1>,
    duties: Vec<DutyV1>,
    progress: Option<String>,
    path: Vec<PathV1>,
    movement: Option<MovementV1>,
    pace: Option<PaceV1>,
    readings: Option<ReadingsV1>,
    gap: Option<GapV1>,
    left: Option<LeftV1>,
    years: Vec<YearV1>,
    areas: Vec<AreaV1>,
    closing_areas: Option<Vec<String>>,
    closing_none: Option<&'static str>,
    best_area: Option<String>,
    worst_area: Option<String>,
    remarks: Vec<String>,
    units: Vec<UnitV1>,
    reason: Option<String>,
    note: Option<String>,
    labels: Vec<LabelV1<'a>>,
    diagnostics: Vec<DiagnosticV1<'a>>,
}

#[derive(Serialize)]
struct ClauseV1 {
    id: String,
    section: Option<String>,
    kind: &'static str,
    form: String,
    text: String,
    lead_inferred: bool,
    support: Vec<String>,
}

#[derive(Serialize)]
struct GapV1 {
    distance: String,
    subjects: Option<String>,
    amount: Option<String>,
    no_number: bool,
    noun: Option<String>,
}

#[derive(Serialize)]
struct PaceV1 {
    so_far: Option<String>,
    needed: Option<String>,
    reached: Option<i32>,
}

#[derive(Serialize)]
struct ReadingsV1 {
    growth: ReadingV1,
    trend: ReadingV1,
}

#[derive(Serialize)]
struct ReadingV1 {
    class: &'static str,
    number: Option<f64>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct YearV1 {
    year: i32,
    value: Option<String>,
}

/// What may be left to do where the value is unknown: the least and the most.
#[derive(Serialize)]
struct LeftV1 {
    needed: Option<[String; 2]>,
    subjects: Option<[String; 2]>,
    noun: Option<String>,
}

#[derive(Serialize)]
struct AreaV1 {
    code: String,
    name: String,
    value: Option<String>,
    value_exact: Option<String>,
    fraction: Option<FractionV1>,
    between: Option<BetweenV1>,
    before: Option<BeforeV1>,
    needed: Option<String>,
    contribution: Option<String>,
    contribution_exact: Option<String>,
    is_small: bool,
}

#[derive(Serialize)]
struct BeforeV1 {
    year: i32,
    value: Option<String>,
    value_exact: Option<String>,
    fraction: Option<FractionV1>,
    merged_from: Vec<String>,
}

#[derive(Serialize)]
struct UnitV1 {
    code: String,
    name: String,
    status: &'static str,
    date: Option<String>,
    timing: TimingV1,
    days_late: Option<i64>,
}

/// Exact numbers: what is above the line and what is below it.
#[derive(Serialize)]
struct FractionV1 {
    part: String,
    whole: String,
}

/// What an unknown value can be; an end that is absent goes on for ever, one that is not included
/// cannot be reached.
#[derive(Serialize)]
pub(super) struct BetweenV1 {
    low: Option<String>,
    low_included: bool,
    high: Option<String>,
    high_included: bool,
}

#[derive(Serialize)]
struct PathV1 {
    year: i32,
    required: Option<String>,
    value: Option<String>,
}

#[derive(Serialize)]
struct MovementV1 {
    since: i32,
    change: String,
    direction: &'static str,
}

#[derive(Serialize)]
struct TimingV1 {
    name: &'static str,
    days: Option<i64>,
}

#[derive(Serialize)]
struct DutyV1 {
    year: i32,
    due: Option<String>,
    status: &'static str,
    timing: Option<TimingV1>,
    evidence: Option<String>,
    units: Vec<UnitV1>,
}

fn timing(timing: Timing) -> TimingV1 {
    let days = match timing {
        Timing::OnTime(days) | Timing::Late(days) | Timing::Overdue(days) => Some(days),
        Timing::NotDue | Timing::Done | Timing::Unknown => None,
    };
    TimingV1 { name: timing.name(), days }
}

fn unit(unit: &UnitValue) -> UnitV1 {
    UnitV1 {
        code: unit.code.clone(),
        name: unit.name.clone(),
        status: unit.status.name(),
        date: unit.date.map(|date| date.to_string()),
        timing: timing(unit.timing),
        days_late: unit.timing.days_late(),
    }
}

fn duty(duty: &Duty) -> DutyV1 {
    DutyV1 {
        year: duty.year,
        due: duty.due.map(|date| date.to_string()),
        status: duty.status.name(),
        timing: duty.timing.map(timing),
        evidence: duty.evidence.map(|date| date.to_string()),
        units: duty.units.iter().map(unit).collect(),
    }
}

fn fraction(fraction: &Fraction) -> FractionV1 {
    FractionV1 { part: fraction.part.exact_text(), whole: fraction.whole.exact_text() }
}

pub(super) fn between(between: &Interval, marks: &[Mark]) -> BetweenV1 {
    let end = |end: &End| end.at.as_ref().map(|at| at.shown(6, marks));
    BetweenV1 {
        low: end(&between.low),
        low_included: between.low.closed,
        high: end(&between.high),
        high_included: between.high.closed,
    }
}

/// The 0 that differences are not rounded onto.
fn zero() -> Mark {
    Mark::exact(&Exact::ZERO)
}

impl<'a> Context<'a> {
    pub(super) fn result(&self, verdict: &'a Judged) -> ResultV1<'a> {
        let marks = verdict.marks(6);
        let decimal = |value: &Exact| value.shown(6, &marks);
        let pace_decimal = |pace: &Exact| pace.shown(6, &[zero()]);
        let labels = match verdict.findings.first() {
            Some(first) => self.labels(first),
            None => vec![place(&verdict.place)],
        };
        ResultV1 {
            id: verdict.id.clone(),
            kind: verdict.kind.name(),
            clause: verdict.clause.as_ref().map(|clause| self.clause(clause)),
            title: verdict.title.get(self.lang).to_owned(),
            lead: verdict.lead.clone(),
            lead_now: self.heirs(verdict),
            status: verdict.status.name(),
            status_unwaived: verdict.status_unwaived.map(Status::name),
            severity: verdict.severity.map(Severity::name),
            value: verdict.value.as_ref().map(decimal),
            value_exact: verdict.value.as_ref().map(Exact::exact_text),
            fraction: verdict.fraction.as_ref().map(fraction),
            between: verdict.between.as_ref().map(|interval| between(interval, &marks)),
            unit: verdict.unit.get(self.lang).to_owned(),
            goal: verdict
                .goal
                .as_ref()
                .map(|goal| verdict::goal_text(goal, &verdict.unit).text(self.lang)),
            every_year: verdict.every_year,
            by: verdict.by,
            year: self.view.year,
            required: verdict.required.as_ref().map(decimal),
            baseline: verdict
                .baseline
                .as_ref()
                .map(|(year, value)| YearV1 { year: *year, value: Some(decimal(value)) }),
            due: verdict.due.map(|date| date.to_string()),
            evidence: verdict.evidence.map(|date| date.to_string()),
            timing: verdict.timing.map(timing),
            duties: verdict.duties.iter().map(duty).collect(),
            progress: verdict.progress.as_ref().map(decimal),
            path: verdict
                .points()
                .into_iter()
                .map(|point| PathV1 {
                    year: point.year,
                    required: point.required.as_ref().map(decimal),
                    value: point.value.as_ref().map(decimal),
                })
                .collect(),
            movement: verdict.movement.as_ref().map(|movement| MovementV1 {
                since: movement.since,
                change: movement.change.shown(6, &[zero()]),
                direction: match movement.better {
                    Some(true) => "better",
                    Some(false) => "worse",
                    None => "neither",
                },
            }),
            pace: verdict.pace.as_ref().map(|pace| PaceV1 {
                so_far: pace.so_far.as_ref().map(pace_decimal),
                needed: pace.needed.as_ref().map(pace_decimal),
                reached: pace.reached,
            }),
            readings: verdict.readings.as_ref().map(|readings| ReadingsV1 {
                growth: ReadingV1 {
                    class: readings.growth.class.name(),
                    number: readings.growth.number.as_ref().and_then(approximate),
                    reason: readings.growth.silent.map(|why| why.text().text(self.lang)),
                },
                trend: ReadingV1 {
                    class: readings.trend.class.name(),
                    number: readings.trend.number.as_ref().and_then(approximate),
                    reason: readings.trend.silent.map(|why| why.text().text(self.lang)),
                },
            }),
            gap: verdict.gap.as_ref().map(|gap| GapV1 {
                distance: gap.distance.shown(6, &[zero()]),
                subjects: gap.subjects.map(|count| count.to_string()),
                amount: gap.amount.as_ref().map(|amount| amount.shown(6, &[zero()])),
                no_number: gap.no_number,
                noun: gap.noun.as_ref().map(|noun| noun.get(self.lang).to_owned()),
            }),
            left: verdict.left.as_ref().map(|left| LeftV1 {
                needed: left.needed.as_ref().map(|(near, far)| [near, far].map(pace_decimal)),
                subjects: left.subjects.map(|(low, high)| [low, high].map(|n| n.to_string())),
                noun: left.noun.as_ref().map(|noun| noun.get(self.lang).to_owned()),
            }),
            years: verdict
                .years
                .iter()
                .map(|(year, value)| YearV1 { year: *year, value: value.as_ref().map(decimal) })
                .collect(),
            areas: verdict
                .areas
                .iter()
                .map(|area| AreaV1 {
                    code: area.code.clone(),
                    name: area.name.clone(),
                    value: area.value.as_ref().map(decimal),
                    value_exact: area.value.as_ref().map(Exact::exact_text),
                    fraction: area.fraction.as_ref().map(fraction),
                    between: area.between.as_ref().map(|interval| between(interval, &marks)),
                    before: area.before.as_ref().map(|before| BeforeV1 {
                        year: before.year,
                        value: before.value.as_ref().map(decimal),
                        value_exact: before.value.as_ref().map(Exact::exact_text),
                        fraction: before.fraction.as_ref().map(fraction),
                        merged_from: before.merged.iter().map(|(code, _)| code.clone()).collect(),
                    }),
                    needed: area.needed.map(|count| count.to_string()),
                    contribution: area.contribution.as_ref().map(|part| part.shown(2, &[zero()])),
                    contribution_exact: area.contribution.as_ref().map(Exact::exact_text),
                    is_small: area.is_small,
                })
                .collect(),
            closing_areas: verdict
                .spread
                .closing
                .as_ref()
                .map(|areas| areas.iter().map(|at| verdict.areas[*at].code.clone()).collect()),
            closing_none: verdict.spread.unclosed.map(Unclosed::name),
            best_area: verdict.spread.extremes.map(|(at, _)| verdict.areas[at].code.clone()),
            worst_area: verdict.spread.extremes.map(|(_, at)| verdict.areas[at].code.clone()),
            remarks: verdict.remarks.iter().map(|remark| remark.text(self.lang)).collect(),
            units: verdict.units.iter().map(unit).collect(),
            reason: verdict.reason.as_ref().map(|reason| reason.text(self.lang)),
            note: verdict.note.as_ref().map(|note| note.get(self.lang).to_owned()),
            labels,
            diagnostics: verdict.findings.iter().map(|found| self.diagnostic(found)).collect(),
        }
    }

    fn heirs(&self, verdict: &Judged) -> Vec<String> {
        let heirs = self.view.lead(verdict).into_iter().flat_map(|unit| &unit.heirs);
        heirs.map(|(code, _)| code.clone()).collect()
    }

    fn clause(&self, clause: &Clause) -> ClauseV1 {
        ClauseV1 {
            id: clause.id.clone(),
            section: clause.section.map(|at| self.view.sections[at].id.clone()),
            kind: match clause.kind {
                ClauseKind::Target => "target",
                ClauseKind::Assignment => "assignment",
            },
            form: clause.form.clone(),
            text: clause.text.get(self.lang).to_owned(),
            lead_inferred: clause.lead_inferred,
            support: clause.support.clone(),
        }
    }
}
