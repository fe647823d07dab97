//! A calculation laid open, for machines: described by `docs/trace.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::result::{BetweenV1, ResultV1, between};
use super::{Context, Generator, LabelV1, VERSION, generator, place};
use crate::exact::{Exact, Mark};
use crate::report::format::Options;
use crate::report::view::{
    AreaRowsView, Judged, NodeView, Position, ReportView, RowsView, TraceView,
};
use crate::verdict::trace::Found;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    generator: Generator,
    workspace: &'a str,
    plan: &'a str,
    year: i32,
    as_of: String,
    lang: &'static str,
    result: ResultV1<'a>,
    parts: Vec<PartV1<'a>>,
    evidence: Vec<EvidenceV1<'a>>,
    steps: Vec<StepV1>,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct PartV1<'a> {
    role: String,
    tree: NodeV1<'a>,
}

#[derive(Serialize)]
struct NodeV1<'a> {
    text: &'a str,
    at: Option<LabelV1<'a>>,
    number: Option<String>,
    number_exact: Option<String>,
    date: Option<String>,
    truth: Option<bool>,
    why: Option<String>,
    between: Option<BetweenV1>,
    rows: Option<RowsV1<'a>>,
    children: Vec<NodeV1<'a>>,
}

#[derive(Serialize)]
struct RowsV1<'a> {
    dataset: &'a str,
    year: Option<i32>,
    filter: Option<&'a str>,
    count: u64,
    unknown: u64,
    areas: Vec<AreaRowsV1<'a>>,
}

#[derive(Serialize)]
struct AreaRowsV1<'a> {
    area: Option<&'a str>,
    value_exact: Option<String>,
    count: u64,
    cells: Vec<LabelV1<'a>>,
}

#[derive(Serialize)]
struct EvidenceV1<'a> {
    unit: &'a str,
    cells: Vec<LabelV1<'a>>,
}

#[derive(Serialize)]
struct StepV1 {
    what: String,
    how: String,
}

/// Writes a trace.
///
/// # Errors
/// Those of the writer.
pub fn render(
    view: &ReportView,
    judged: &Judged,
    trace: &TraceView,
    options: &Options,
    to: &mut dyn Write,
) -> io::Result<()> {
    let lang = options.lang;
    let context = Context { view, lang };
    let say = |message| context.say(message);
    let marks = judged.marks(6);
    let parts = trace
        .parts
        .iter()
        .map(|part| PartV1 { role: say(&part.role), tree: context.node(&part.tree, &marks) });
    let evidence =
        trace.evidence.iter().map(|(unit, cells)| EvidenceV1 { unit, cells: places(cells) });
    let steps = trace.steps.iter().map(|(what, how)| StepV1 { what: say(what), how: say(how) });
    let document = Document {
        version: VERSION,
        generator: generator(),
        workspace: view.name.get(lang),
        plan: view.plan.get(lang),
        year: view.year,
        as_of: view.as_of.to_string(),
        lang: lang.code(),
        result: context.result(judged),
        parts: parts.collect(),
        evidence: evidence.collect(),
        steps: steps.collect(),
        reasons: trace.reasons.iter().map(say).collect(),
    };
    super::write(&document, to)
}

impl Context<'_> {
    fn node<'n>(&self, node: &'n NodeView, marks: &[Mark]) -> NodeV1<'n> {
        let number = match &node.result {
            Found::Number(value) => Some(value),
            _ => None,
        };
        NodeV1 {
            text: &node.text,
            at: node.place.as_ref().map(place),
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
                Found::Nothing(why) => Some(self.say(why)),
                _ => None,
            },
            between: node.between.as_ref().map(|interval| between(interval, marks)),
            rows: node.rows.as_ref().map(rows),
            children: node.children.iter().map(|child| self.node(child, marks)).collect(),
        }
    }
}

fn rows(rows: &RowsView) -> RowsV1<'_> {
    RowsV1 {
        dataset: &rows.dataset,
        year: rows.year,
        filter: rows.filter.as_deref(),
        count: rows.count,
        unknown: rows.unknown,
        areas: rows.areas.iter().map(area_rows).collect(),
    }
}

fn area_rows(area: &AreaRowsView) -> AreaRowsV1<'_> {
    AreaRowsV1 {
        area: area.area.as_deref(),
        value_exact: area.value.as_ref().map(Exact::exact_text),
        count: area.count,
        cells: places(&area.cells),
    }
}

fn places(cells: &[Position]) -> Vec<LabelV1<'_>> {
    cells.iter().map(place).collect()
}
