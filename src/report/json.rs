//! The report for machines: a versioned document, described by `docs/report.schema.json`.
//!
//! The types here are the format; they are made from the report's own types and never dumped
//! from them, so that internals can change without breaking readers. Decimals are strings.

use serde::Serialize;

use super::{Report, Style, summary};
use crate::diagnostic::{self, Severity};
use crate::exact::Exact;
use crate::message::Lang;
use crate::source::Sources;
use crate::verdict::{self, Status, Verdict};

/// The version of the format. Adding fields keeps it; changing or removing any raises it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document {
    version: u32,
    generator: Generator,
    workspace: String,
    plan: String,
    year: i32,
    as_of: String,
    lang: &'static str,
    results: Vec<ResultV1>,
    diagnostics: Vec<DiagnosticV1>,
    datasets: Vec<DatasetV1>,
    summary: SummaryV1,
}

#[derive(Serialize)]
struct Generator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct ResultV1 {
    id: String,
    kind: &'static str,
    clause: Option<ClauseV1>,
    title: String,
    lead: Option<String>,
    status: &'static str,
    status_unwaived: Option<&'static str>,
    severity: Option<&'static str>,
    value: Option<String>,
    value_exact: Option<String>,
    unit: String,
    goal: Option<String>,
    every_year: bool,
    by: Option<i32>,
    year: i32,
    required: Option<String>,
    baseline: Option<YearV1>,
    due: Option<String>,
    evidence: Option<String>,
    progress: Option<String>,
    pace: Option<PaceV1>,
    readings: Option<ReadingsV1>,
    gap: Option<GapV1>,
    years: Vec<YearV1>,
    areas: Vec<AreaV1>,
    units: Vec<UnitV1>,
    reason: Option<String>,
    note: Option<String>,
    labels: Vec<LabelV1>,
    diagnostics: Vec<DiagnosticV1>,
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
    noun: Option<String>,
}

#[derive(Serialize)]
struct PaceV1 {
    so_far: String,
    needed: String,
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
}

#[derive(Serialize)]
struct YearV1 {
    year: i32,
    value: Option<String>,
}

#[derive(Serialize)]
struct AreaV1 {
    code: String,
    name: String,
    value: Option<String>,
    value_exact: Option<String>,
    needed: Option<String>,
}

#[derive(Serialize)]
struct UnitV1 {
    code: String,
    name: String,
    status: &'static str,
    date: Option<String>,
    days_late: Option<i64>,
}

#[derive(Serialize, Clone)]
struct LabelV1 {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: Option<String>,
}

#[derive(Serialize)]
struct DiagnosticV1 {
    code: &'static str,
    severity: &'static str,
    subject: Option<String>,
    message: String,
    labels: Vec<LabelV1>,
    help: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct DatasetV1 {
    name: String,
    provenance: Option<String>,
}

#[derive(Serialize)]
struct SummaryV1 {
    statuses: StatusesV1,
    severities: SeveritiesV1,
    sections: Vec<RowV1>,
    leads: Vec<RowV1>,
}

#[derive(Serialize)]
struct RowV1 {
    id: String,
    title: String,
    total: usize,
    statuses: StatusesV1,
}

#[derive(Serialize, Default)]
struct StatusesV1 {
    error: usize,
    unmet: usize,
    no_data: usize,
    off_track: usize,
    behind: usize,
    not_yet: usize,
    waived: usize,
    on_track: usize,
    met: usize,
    not_applicable: usize,
}

#[derive(Serialize)]
struct SeveritiesV1 {
    error: usize,
    warning: usize,
    advice: usize,
}

/// Renders the report.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    let context = Context { report, sources, lang: style.lang };
    let severity = |wanted| report.diagnostics().filter(|d| d.severity == wanted).count();
    let mut all = [0; 10];
    for (count, status) in all.iter_mut().zip(Status::ALL) {
        *count = report.count(status);
    }
    let row = |row: summary::Row| RowV1 {
        total: row.total(),
        statuses: statuses(row.counts),
        id: row.id,
        title: row.title,
    };
    let document = Document {
        version: VERSION,
        generator: Generator { name: "rasoat", version: env!("CARGO_PKG_VERSION") },
        workspace: report.name.get(style.lang).to_owned(),
        plan: report.plan.name.get(style.lang).to_owned(),
        year: report.year,
        as_of: report.as_of.to_string(),
        lang: style.lang.code(),
        results: report.results.iter().map(|verdict| context.result(verdict)).collect(),
        diagnostics: report.findings.iter().map(|d| context.diagnostic(d)).collect(),
        datasets: report
            .datasets
            .iter()
            .map(|set| DatasetV1 { name: set.name.clone(), provenance: set.provenance.clone() })
            .collect(),
        summary: SummaryV1 {
            statuses: statuses(all),
            severities: SeveritiesV1 {
                error: severity(Severity::Error),
                warning: severity(Severity::Warning),
                advice: severity(Severity::Advice),
            },
            sections: summary::by_section(report, style.lang).into_iter().map(row).collect(),
            leads: summary::by_lead(report, style.lang).into_iter().map(row).collect(),
        },
    };
    // These types always serialise: no maps with odd keys, no fallible conversions.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn statuses(counts: [usize; 10]) -> StatusesV1 {
    let of = |status: Status| {
        Status::ALL.iter().position(|known| *known == status).map_or(0, |at| counts[at])
    };
    StatusesV1 {
        error: of(Status::Error),
        unmet: of(Status::Unmet),
        no_data: of(Status::NoData),
        off_track: of(Status::OffTrack),
        behind: of(Status::Behind),
        not_yet: of(Status::NotYet),
        waived: of(Status::Waived),
        on_track: of(Status::OnTrack),
        met: of(Status::Met),
        not_applicable: of(Status::NotApplicable),
    }
}

struct Context<'a> {
    report: &'a Report,
    sources: &'a Sources,
    lang: Lang,
}

impl Context<'_> {
    fn result(&self, verdict: &Verdict) -> ResultV1 {
        let mut marks = verdict.goal.as_ref().map(|goal| goal.marks()).unwrap_or_default();
        marks.extend(verdict.required);
        let decimal = |value: Exact| value.shown(6, &marks);
        let diagnostics: Vec<DiagnosticV1> =
            verdict.diagnostics.iter().map(|d| self.diagnostic(d)).collect();
        let labels = match diagnostics.first() {
            Some(first) => first.labels.clone(),
            None => vec![self.label(&diagnostic::Label { at: verdict.at, text: None })],
        };
        ResultV1 {
            id: verdict.id.clone(),
            kind: verdict.kind.name(),
            clause: verdict.clause.map(|at| self.clause(at)),
            title: verdict.title.get(self.lang).to_owned(),
            lead: verdict.lead.clone(),
            status: verdict.status.name(),
            status_unwaived: verdict.status_unwaived.map(Status::name),
            severity: verdict.severity.map(Severity::name),
            value: verdict.value.map(decimal),
            value_exact: verdict.value.map(Exact::exact_text),
            unit: verdict.unit.get(self.lang).to_owned(),
            goal: verdict
                .goal
                .as_ref()
                .map(|goal| verdict::goal_text(goal, &verdict.unit).text(self.lang)),
            every_year: verdict.every_year,
            by: verdict.by,
            year: self.report.year,
            required: verdict.required.map(decimal),
            baseline: verdict
                .baseline
                .map(|(year, value)| YearV1 { year, value: Some(decimal(value)) }),
            due: verdict.due.map(|date| date.to_string()),
            evidence: verdict.evidence.map(|date| date.to_string()),
            progress: verdict.progress.map(decimal),
            pace: verdict.pace.map(|pace| PaceV1 {
                so_far: decimal(pace.so_far),
                needed: decimal(pace.needed),
                reached: pace.reached,
            }),
            readings: verdict.readings.map(|readings| ReadingsV1 {
                growth: ReadingV1 { class: readings.growth.1.name(), number: readings.growth.0 },
                trend: ReadingV1 { class: readings.trend.1.name(), number: readings.trend.0 },
            }),
            gap: verdict.gap.as_ref().map(|gap| GapV1 {
                distance: gap.distance.shown(6, &[Exact::ZERO]),
                subjects: gap.subjects.map(|count| count.to_string()),
                noun: gap.noun.as_ref().map(|noun| noun.get(self.lang).to_owned()),
            }),
            years: verdict
                .years
                .iter()
                .map(|(year, value)| YearV1 { year: *year, value: value.map(decimal) })
                .collect(),
            areas: verdict
                .areas
                .iter()
                .map(|area| AreaV1 {
                    code: area.code.clone(),
                    name: area.name.clone(),
                    value: area.value.map(decimal),
                    value_exact: area.value.map(Exact::exact_text),
                    needed: area.needed.map(|count| count.to_string()),
                })
                .collect(),
            units: verdict
                .units
                .iter()
                .map(|unit| UnitV1 {
                    code: unit.code.clone(),
                    name: unit.name.clone(),
                    status: unit.status.name(),
                    date: unit.date.map(|date| date.to_string()),
                    days_late: unit.days_late,
                })
                .collect(),
            reason: verdict.reason.as_ref().map(|reason| reason.text(self.lang)),
            note: verdict.note.as_ref().map(|note| note.get(self.lang).to_owned()),
            labels,
            diagnostics,
        }
    }

    fn clause(&self, at: usize) -> ClauseV1 {
        let clause = &self.report.plan.clauses[at];
        ClauseV1 {
            id: clause.id.clone(),
            section: clause.section.map(|at| self.report.plan.sections[at].id.clone()),
            kind: match clause.kind {
                crate::workspace::plan::ClauseKind::Target => "target",
                crate::workspace::plan::ClauseKind::Assignment => "assignment",
            },
            form: clause.form.clone(),
            text: clause.text.get(self.lang).to_owned(),
            lead_inferred: clause.lead_inferred,
            support: clause.support.clone(),
        }
    }

    fn diagnostic(&self, diagnostic: &diagnostic::Diagnostic) -> DiagnosticV1 {
        let text = |message: &crate::message::Message| message.text(self.lang);
        DiagnosticV1 {
            code: diagnostic.code.name(),
            severity: diagnostic.severity.name(),
            subject: diagnostic.subject.clone(),
            message: text(&diagnostic.message),
            labels: diagnostic.labels.iter().map(|label| self.label(label)).collect(),
            help: diagnostic.help.iter().map(text).collect(),
            notes: diagnostic.notes.iter().map(text).collect(),
        }
    }

    fn label(&self, label: &diagnostic::Label) -> LabelV1 {
        let source = self.sources.get(label.at.source);
        let (line, column) = source.line_column(label.at.span.start);
        let (end_line, end_column) = source.line_column(label.at.span.end);
        LabelV1 {
            file: source.name.clone(),
            line,
            column,
            end_line,
            end_column,
            text: label.text.as_ref().map(|text| text.text(self.lang)),
        }
    }
}
