//! A calculation laid open, independent of the files.

use super::Position;
use crate::exact::Exact;
use crate::measure::interval::Interval;
use crate::message::Message;
use crate::source::{Place, Sources};
use crate::verdict::trace::{self, Found, Trace};

/// A calculation laid open, with its places looked up.
#[derive(Clone, Debug, Default)]
pub struct TraceView {
    /// What is calculated, each from the top.
    pub parts: Vec<PartView>,
    /// The arithmetic after that, step by step: what, and how.
    pub steps: Vec<(Message, Message)>,
    /// Why the verdict is what it is.
    pub reasons: Vec<Message>,
    /// For bodies that each must do something: where the evidence of each stands.
    pub evidence: Vec<(String, Vec<Position>)>,
}

/// One of the things a rule calculates.
#[derive(Clone, Debug)]
pub struct PartView {
    /// What it is for.
    pub role: Message,
    /// The calculation.
    pub tree: NodeView,
}

/// A step of a calculation and what it is made of.
#[derive(Clone, Debug)]
pub struct NodeView {
    /// The step in the words of the rule language.
    pub text: String,
    /// Where the rule makes it, where it does.
    pub place: Option<Position>,
    /// What comes out.
    pub result: Found,
    /// Where that is unknown: what it can be.
    pub between: Option<Interval>,
    /// The rows it is made of.
    pub rows: Option<RowsView>,
    /// What it is made of.
    pub children: Vec<NodeView>,
}

/// The rows an aggregate is made of.
#[derive(Clone, Debug)]
pub struct RowsView {
    /// The dataset.
    pub dataset: String,
    /// The year.
    pub year: Option<i32>,
    /// The condition they satisfy.
    pub filter: Option<String>,
    /// How many count.
    pub count: u64,
    /// How many are unknown.
    pub unknown: u64,
    /// By area, in order of their codes; one without an area for datasets without.
    pub areas: Vec<AreaRowsView>,
}

/// The rows of one area.
#[derive(Clone, Debug)]
pub struct AreaRowsView {
    /// The area's code.
    pub area: Option<String>,
    /// What comes out there.
    pub value: Option<Exact>,
    /// How many count.
    pub count: u64,
    /// Where they stand: the cell of each, the first so many.
    pub cells: Vec<Position>,
}

impl TraceView {
    /// Looks up all that a trace points at.
    pub fn new(trace: &Trace, sources: &Sources) -> TraceView {
        let part = |part: &trace::Part| PartView {
            role: part.role.clone(),
            tree: NodeView::of(&part.tree, sources),
        };
        let evidence =
            trace.evidence.iter().map(|(unit, cells)| (unit.clone(), places(cells, sources)));
        TraceView {
            parts: trace.parts.iter().map(part).collect(),
            steps: trace.steps.clone(),
            reasons: trace.reasons.clone(),
            evidence: evidence.collect(),
        }
    }
}

impl NodeView {
    fn of(node: &trace::Node, sources: &Sources) -> NodeView {
        NodeView {
            text: node.text.clone(),
            place: node.at.map(|at| Position::of(at, sources)),
            result: node.result.clone(),
            between: node.between.clone(),
            rows: node.rows.as_ref().map(|rows| RowsView::of(rows, sources)),
            children: node.children.iter().map(|child| NodeView::of(child, sources)).collect(),
        }
    }
}

impl RowsView {
    fn of(rows: &trace::Rows, sources: &Sources) -> RowsView {
        let area = |area: &trace::AreaRows| AreaRowsView {
            area: area.area.clone(),
            value: area.value.clone(),
            count: area.count,
            cells: places(&area.cells, sources),
        };
        RowsView {
            dataset: rows.dataset.clone(),
            year: rows.year,
            filter: rows.filter.clone(),
            count: rows.count,
            unknown: rows.unknown,
            areas: rows.areas.iter().map(area).collect(),
        }
    }
}

fn places(cells: &[Place], sources: &Sources) -> Vec<Position> {
    cells.iter().map(|at| Position::of(*at, sources)).collect()
}
