//! The report for machines: a versioned document, described by `docs/report.schema.json`.
//!
//! The types here are the format; they are made from the report's own types and never dumped
//! from them, so that internals can change without breaking readers. Decimals are strings.

mod result;
pub mod trace;

use serde::Serialize;

use super::{Report, Style, summary};
use crate::diagnostic::{self, Severity};
use crate::message::Lang;
use crate::source::Sources;
use crate::verdict::Status;

use result::ResultV1;

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

#[derive(Serialize, Clone)]
struct LabelV1 {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// In a spreadsheet.
    cell: Option<String>,
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
        generator: generator(),
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
    written(&document)
}

fn generator() -> Generator {
    Generator { name: "rasoat", version: env!("CARGO_PKG_VERSION") }
}

fn written(document: &impl Serialize) -> String {
    // These types always serialise: no maps with odd keys, no fallible conversions.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
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

/// What the parts of a document are made from.
struct Context<'a> {
    report: &'a Report,
    sources: &'a Sources,
    lang: Lang,
}

impl Context<'_> {
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
            cell: source.cell_name(label.at.span.start),
            text: label.text.as_ref().map(|text| text.text(self.lang)),
        }
    }
}
