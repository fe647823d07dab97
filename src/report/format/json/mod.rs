//! The report for machines: a versioned document, described by `docs/report.schema.json`.
//!
//! The types here are the format; they are made from the report's own types and never dumped
//! from them, so that internals can change without breaking readers. Decimals are strings.

mod result;
pub mod trace;

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};

use super::{Format, Options};
use crate::diagnostic::Severity;
use crate::message::{Lang, Message};
use crate::report::summary;
use crate::report::view::{Finding, Fix, Label, Position, ReportView};
use crate::verdict::Status;

/// The version of the format. Adding fields keeps it; changing or removing any raises it.
const VERSION: u32 = 1;

/// For machines.
pub struct Json;

#[derive(Serialize)]
struct Document<'a, R: Serialize, D: Serialize> {
    version: u32,
    generator: Generator,
    workspace: &'a str,
    plan: &'a str,
    year: i32,
    as_of: String,
    lang: &'static str,
    results: R,
    diagnostics: D,
    datasets: Vec<DatasetV1<'a>>,
    summary: SummaryV1,
}

#[derive(Serialize)]
struct Generator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct LabelV1<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// In a spreadsheet.
    cell: Option<&'a str>,
    text: Option<String>,
}

#[derive(Serialize)]
struct DiagnosticV1<'a> {
    code: &'static str,
    severity: &'static str,
    subject: Option<&'a str>,
    message: String,
    labels: Vec<LabelV1<'a>>,
    help: Vec<String>,
    fix: Option<FixV1<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct FixV1<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    replacement: &'a str,
}

#[derive(Serialize)]
struct DatasetV1<'a> {
    name: &'a str,
    provenance: Option<&'a str>,
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

impl Format for Json {
    fn id(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()> {
        let lang = options.lang;
        let context = Context { view, lang };
        let datasets = view
            .datasets
            .iter()
            .map(|set| DatasetV1 { name: &set.name, provenance: set.provenance.as_deref() });
        let document = Document {
            version: VERSION,
            generator: generator(),
            workspace: view.name.get(lang),
            plan: view.plan.get(lang),
            year: view.year,
            as_of: view.as_of.to_string(),
            lang: lang.code(),
            results: Each(&view.results, |judged| context.result(judged)),
            diagnostics: Each(&view.findings, |finding| context.diagnostic(finding)),
            datasets: datasets.collect(),
            summary: summary(view, lang),
        };
        write(&document, to)
    }
}

/// A list whose items are made one by one while it is written.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, U: Serialize, F: Fn(&'a T) -> U> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(&self.1))
    }
}

fn summary(view: &ReportView, lang: Lang) -> SummaryV1 {
    let row = |row: summary::SummaryRow| RowV1 {
        total: row.total(),
        statuses: statuses(row.counts),
        id: row.id,
        title: row.title,
    };
    SummaryV1 {
        statuses: statuses(Status::ALL.map(|status| view.count(status))),
        severities: SeveritiesV1 {
            error: view.weighing(Severity::Error),
            warning: view.weighing(Severity::Warning),
            advice: view.weighing(Severity::Advice),
        },
        sections: summary::by_section(view, lang).into_iter().map(row).collect(),
        leads: summary::by_lead(view, lang).into_iter().map(row).collect(),
    }
}

fn generator() -> Generator {
    Generator { name: "rasoat", version: env!("CARGO_PKG_VERSION") }
}

fn write(document: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    // It is written in very small pieces.
    let mut to = BufWriter::new(to);
    serde_json::to_writer_pretty(&mut to, document)?;
    to.write_all(b"\n")?;
    to.flush()
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
    view: &'a ReportView,
    lang: Lang,
}

impl<'a> Context<'a> {
    fn say(&self, message: &Message) -> String {
        message.text(self.lang)
    }

    fn diagnostic(&self, finding: &'a Finding) -> DiagnosticV1<'a> {
        let say = |message| self.say(message);
        DiagnosticV1 {
            code: finding.code.name(),
            severity: finding.severity.name(),
            subject: finding.subject.as_deref(),
            message: say(&finding.message),
            labels: self.labels(finding),
            help: finding.help.iter().map(say).collect(),
            fix: finding.fix.as_ref().map(fix),
            notes: finding.notes.iter().map(say).collect(),
        }
    }

    fn labels(&self, finding: &'a Finding) -> Vec<LabelV1<'a>> {
        let label = |label: &'a Label| LabelV1 {
            text: label.text.as_ref().map(|text| self.say(text)),
            ..place(&label.place)
        };
        finding.labels.iter().map(label).collect()
    }
}

fn fix(fix: &Fix) -> FixV1<'_> {
    let at = &fix.place;
    FixV1 {
        file: &at.file,
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        replacement: &fix.text,
    }
}

fn place(place: &Position) -> LabelV1<'_> {
    LabelV1 {
        file: &place.file,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        cell: place.cell.as_deref(),
        text: None,
    }
}
