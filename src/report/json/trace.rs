//! A calculation laid open, for machines: described by `docs/trace.schema.json`.

use serde::Serialize;

use super::result::{BetweenV1, ResultV1, between};
use super::{Context, Generator, LabelV1, VERSION, generator};
use crate::diagnostic;
use crate::exact::{Exact, Mark};
use crate::message::Message;
use crate::report::{Report, Style};
use crate::source::{Location, Sources};
use crate::verdict::Verdict;
use crate::verdict::trace::{Found, Node, Trace};

#[derive(Serialize)]
struct Document {
    version: u32,
    generator: Generator,
    workspace: String,
    plan: String,
    year: i32,
    as_of: String,
    lang: &'static str,
    result: ResultV1,
    parts: Vec<PartV1>,
    evidence: Vec<EvidenceV1>,
    steps: Vec<StepV1>,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct PartV1 {
    role: String,
    tree: NodeV1,
}

#[derive(Serialize)]
struct NodeV1 {
    text: String,
    at: Option<LabelV1>,
    number: Option<String>,
    number_exact: Option<String>,
    date: Option<String>,
    truth: Option<bool>,
    why: Option<String>,
    between: Option<BetweenV1>,
    rows: Option<RowsV1>,
    children: Vec<NodeV1>,
}

#[derive(Serialize)]
struct RowsV1 {
    dataset: String,
    year: Option<i32>,
    filter: Option<String>,
    count: u64,
    unknown: u64,
    areas: Vec<AreaRowsV1>,
}

#[derive(Serialize)]
struct AreaRowsV1 {
    area: Option<String>,
    value_exact: Option<String>,
    count: u64,
    cells: Vec<LabelV1>,
}

#[derive(Serialize)]
struct EvidenceV1 {
    unit: String,
    cells: Vec<LabelV1>,
}

#[derive(Serialize)]
struct StepV1 {
    what: String,
    how: String,
}

/// Renders a trace.
pub fn render(
    report: &Report,
    verdict: &Verdict,
    trace: &Trace,
    sources: &Sources,
    style: Style,
) -> String {
    let context = Context { report, sources, lang: style.lang };
    let say = |message: &Message| message.text(style.lang);
    let cells = |cells: &[Location]| cells.iter().map(|at| context.place(*at)).collect();
    let marks = verdict.marks(6);
    let document = Document {
        version: VERSION,
        generator: generator(),
        workspace: report.name.get(style.lang).to_owned(),
        plan: report.plan.name.get(style.lang).to_owned(),
        year: report.year,
        as_of: report.as_of.to_string(),
        lang: style.lang.code(),
        result: context.result(verdict),
        parts: trace
            .parts
            .iter()
            .map(|part| PartV1 { role: say(&part.role), tree: context.node(&part.tree, &marks) })
            .collect(),
        evidence: trace
            .evidence
            .iter()
            .map(|(unit, at)| EvidenceV1 { unit: unit.clone(), cells: cells(at) })
            .collect(),
        steps: trace
            .steps
            .iter()
            .map(|(what, how)| StepV1 { what: say(what), how: say(how) })
            .collect(),
        reasons: trace.reasons.iter().map(say).collect(),
    };
    super::written(&document)
}

impl Context<'_> {
    fn place(&self, at: Location) -> LabelV1 {
        self.label(&diagnostic::Label { at, text: None })
    }

    fn node(&self, node: &Node, marks: &[Mark]) -> NodeV1 {
        let number = match &node.result {
            Found::Number(value) => Some(value),
            _ => None,
        };
        NodeV1 {
            text: node.text.clone(),
            at: node.at.map(|at| self.place(at)),
            number: number.map(|value| value.shown(6, marks)),
            number_exact: number.map(Exact::exact_text),
            date: match node.result {
                Found::Date(date) => Some(date.to_string()),
                _ => None,
            },
            truth: match node.result {
                Found::Truth(truth) => Some(truth),
                _ => None,
            },
            why: match &node.result {
                Found::Nothing(why) => Some(why.text(self.lang)),
                _ => None,
            },
            between: node.between.as_ref().map(|interval| between(interval, marks)),
            rows: node.rows.as_ref().map(|rows| RowsV1 {
                dataset: rows.dataset.clone(),
                year: rows.year,
                filter: rows.filter.clone(),
                count: rows.count,
                unknown: rows.unknown,
                areas: rows
                    .areas
                    .iter()
                    .map(|area| AreaRowsV1 {
                        area: area.area.clone(),
                        value_exact: area.value.as_ref().map(Exact::exact_text),
                        count: area.count,
                        cells: area.cells.iter().map(|at| self.place(*at)).collect(),
                    })
                    .collect(),
            }),
            children: node.children.iter().map(|child| self.node(child, marks)).collect(),
        }
    }
}
