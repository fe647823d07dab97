//! One rule's calculation laid open, as people read it.

use std::fmt::Write as _;

use super::format::Options;
use super::summary;
use super::table::{Cell, aligned, chart};
use super::view::{AreaRowsView, Judged, NodeView, Position, ReportView, TraceView};
use crate::exact::{Exact, Mark};
use crate::message::{Arg, Lang, Message, localise_number, show_date};
use crate::msg;
use crate::verdict::published::approximate;
use crate::verdict::trace::Found;
use crate::verdict::{AreaValue, between_text, goal_text};

/// How many lines of a file are named for an area.
const NAMED_LINES: usize = 5;

/// Renders a trace.
pub fn render(view: &ReportView, judged: &Judged, trace: &TraceView, options: &Options) -> String {
    let page = Page { view, judged, options };
    let mut text = page.head();
    for part in &trace.parts {
        page.heading(&mut text, &part.role);
        let mut rows = Vec::new();
        page.tree(&part.tree, "", "", &mut rows);
        text.push_str(&aligned(&rows, "  "));
    }
    page.areas(&mut text, trace);
    page.units(&mut text, trace);
    page.duties(&mut text);
    if !trace.steps.is_empty() {
        page.heading(&mut text, &msg!(TraceSteps));
        let rows: Vec<Vec<Cell>> = trace
            .steps
            .iter()
            .map(|(what, how)| vec![Cell::left(page.say(what)), Cell::left(page.say(how))])
            .collect();
        text.push_str(&aligned(&rows, "  "));
    }
    page.path(&mut text);
    page.heading(&mut text, &msg!(TraceVerdict));
    let status = page.say(&judged.status.label());
    let paint = summary::paint(judged.status, options.color);
    let _ = writeln!(text, "  {}", paint.style(status));
    for reason in &trace.reasons {
        let _ = writeln!(text, "  · {}", page.say(reason));
    }
    text
}

struct Page<'a> {
    view: &'a ReportView,
    judged: &'a Judged,
    options: &'a Options,
}

impl Page<'_> {
    fn say(&self, message: &Message) -> String {
        message.text(self.options.lang)
    }

    fn lang(&self) -> Lang {
        self.options.lang
    }

    fn number(&self, value: &Exact) -> String {
        localise_number(&value.shown(4, &self.judged.marks(4)), self.lang())
    }

    fn heading(&self, text: &mut String, title: &Message) {
        let bold = if self.options.color {
            owo_colors::Style::new().bold()
        } else {
            owo_colors::Style::new()
        };
        let _ = writeln!(text, "\n{}", bold.style(self.say(title)));
    }

    /// What the rule is about.
    fn head(&self) -> String {
        let judged = self.judged;
        let mut text = format!("{}  {}\n\n", judged.id, judged.title.get(self.lang()));
        let mut line = |label: Message, value: String| {
            let _ = writeln!(text, "{}: {value}", self.say(&label));
        };
        if let Some(clause) = &judged.clause {
            line(msg!(LabelDemand), clause.text.get(self.lang()).to_owned());
        }
        if let Some(goal) = &judged.goal {
            let goal = self.say(&goal_text(goal, &judged.unit));
            let when = match judged.by {
                Some(by) => msg!(GoalBy, goal = goal, by = by),
                None => msg!(GoalEveryYear, goal = goal),
            };
            line(msg!(LabelGoal), self.say(&when));
        }
        if let Some(due) = judged.due {
            line(msg!(LabelDue), show_date(due, self.lang()));
        }
        line(msg!(LabelRule), place(&judged.place));
        text
    }

    fn tree(&self, node: &NodeView, first: &str, rest: &str, rows: &mut Vec<Vec<Cell>>) {
        let value = match &node.result {
            Found::Number(value) => self.number(value),
            Found::Date(date) => show_date(*date, self.lang()),
            Found::Truth(true) => self.say(&msg!(TraceTrue)),
            Found::Truth(false) => self.say(&msg!(TraceFalse)),
            Found::Nothing(_) => "?".to_owned(),
        };
        let mut remarks = Vec::new();
        if let Found::Nothing(why) = &node.result {
            remarks.push(self.say(why));
        }
        if let Some(between) = &node.between {
            let unit = Default::default();
            remarks.push(self.say(&between_text(between, &unit, &self.judged.marks(2))));
        }
        if let Some(found) = &node.rows {
            remarks.push(self.say(&if found.unknown > 0 {
                msg!(TraceRowsUnknown, count = found.count, unknown = found.unknown)
            } else {
                msg!(TraceRowCount, count = found.count)
            }));
            if let Some(filter) = &found.filter {
                remarks.push(self.say(&msg!(TraceWhere, filter = filter)));
            }
        }
        let made = node.place.as_ref().map(place).unwrap_or_default();
        rows.push(vec![
            Cell::left(format!("{first}{}", node.text)),
            Cell::left(format!("= {value}")),
            Cell::left(remarks.join("; ")),
            Cell::left(made).painted(self.dim()),
        ]);
        for (at, child) in node.children.iter().enumerate() {
            let last = at + 1 == node.children.len();
            let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.tree(child, &format!("{rest}{branch}"), &format!("{rest}{below}"), rows);
        }
    }

    fn dim(&self) -> owo_colors::Style {
        if self.options.color {
            owo_colors::Style::new().dimmed()
        } else {
            owo_colors::Style::new()
        }
    }

    /// The areas with their numbers and the lines these come from.
    fn areas(&self, text: &mut String, trace: &TraceView) {
        let mut leaves = Vec::new();
        for part in &trace.parts {
            leaves_of(&part.tree, &mut leaves);
        }
        let judged = self.judged;
        if judged.areas.is_empty() {
            self.lines(text, &leaves);
            return;
        }
        self.heading(text, &msg!(TraceByArea));
        let titles = [
            msg!(ColumnArea),
            msg!(ColumnPart),
            msg!(ColumnWhole),
            msg!(ColumnValue),
            msg!(ColumnIn, year = self.view.year - 1),
            msg!(ColumnNeeded),
            msg!(ColumnContribution),
            msg!(Plain, text = ""),
            msg!(ColumnRows),
        ];
        let fractions = judged.areas.iter().any(|area| {
            area.fraction.is_some() || area.known.0.is_some() || area.known.1.is_some()
        });
        let any = |has: fn(&AreaValue) -> bool| judged.areas.iter().any(has);
        let shown = [
            true,
            fractions,
            fractions,
            true,
            any(|area| area.before.as_ref().is_some_and(|before| before.value.is_some())),
            any(|area| area.needed.is_some()),
            any(|area| area.contribution.is_some()),
            true,
            true,
        ];
        let title = |(at, title): (usize, &Message)| {
            let text = if shown[at] { self.say(title) } else { String::new() };
            let cell = if at == 0 || at == 8 { Cell::left(text) } else { Cell::right(text) };
            cell.painted(self.dim())
        };
        let mut rows = vec![titles.iter().enumerate().map(title).collect::<Vec<_>>()];
        for area in &judged.areas {
            let part = area
                .fraction
                .as_ref()
                .map(|fraction| fraction.part.clone())
                .or(area.known.0.clone());
            let whole = area
                .fraction
                .as_ref()
                .map(|fraction| fraction.whole.clone())
                .or(area.known.1.clone());
            let optional = |value: &Option<Exact>| {
                value.as_ref().map(|value| self.number(value)).unwrap_or_default()
            };
            let value = match (&area.value, &area.between) {
                (Some(value), _) => self.number(value),
                (None, Some(between)) => {
                    self.say(&between_text(between, &Default::default(), &judged.marks(2)))
                }
                (None, None) => "?".to_owned(),
            };
            let needed = area.needed.filter(|needed| *needed != 0);
            let needed = needed.map(|needed| localise_number(&needed.to_string(), self.lang()));
            let places = leaves.iter().flat_map(|(_, leaf)| {
                leaf.iter().filter(|rows| rows.area.as_deref() == Some(&area.code))
            });
            let small = if area.is_small { self.say(&msg!(TraceSmall)) } else { String::new() };
            rows.push(vec![
                Cell::left(format!("{} {}", area.code, area.name)),
                Cell::right(optional(&part)),
                Cell::right(optional(&whole)),
                Cell::right(value),
                Cell::right(optional(
                    &area.before.as_ref().and_then(|before| before.value.clone()),
                )),
                Cell::right(needed.unwrap_or_default()),
                Cell::right(
                    area.contribution
                        .as_ref()
                        .map(|part| {
                            localise_number(
                                &part.shown(2, &[Mark::exact(&Exact::ZERO)]),
                                self.lang(),
                            )
                        })
                        .unwrap_or_default(),
                ),
                Cell::left(small),
                Cell::left(self.places(places)).painted(self.dim()),
            ]);
        }
        text.push_str(&aligned(&rows, "  "));
        let mut remarks = Vec::new();
        if let Some((best, worst)) = judged.spread.extremes {
            remarks.push(self.say(&msg!(TraceBest, area = &judged.areas[best].name)));
            remarks.push(self.say(&msg!(TraceWorst, area = &judged.areas[worst].name)));
        }
        let of_nothing = |area: &&AreaValue| area.known.1.as_ref().is_some_and(Exact::is_zero);
        let without = || judged.areas.iter().filter(|area| area.value.is_none());
        let named = |areas: Vec<&AreaValue>| -> Vec<Arg> {
            areas.into_iter().map(|area| Arg::from(&area.name)).collect()
        };
        let zero = named(without().filter(of_nothing).collect());
        if !zero.is_empty() {
            remarks.push(self.say(&msg!(TraceZeroWhole, areas = zero)));
        }
        let without = named(without().filter(|area| !of_nothing(area)).collect());
        if !without.is_empty() {
            remarks.push(self.say(&msg!(TraceWithout, areas = without)));
        }
        if !remarks.is_empty() {
            let _ = writeln!(text, "  {}", remarks.join("; "));
        }
        self.merged(text);
    }

    /// Which areas those of the reporting year were the year before, where they have changed.
    fn merged(&self, text: &mut String) {
        let merged = self.judged.areas.iter().filter_map(|area| {
            let before = area.before.as_ref().filter(|before| !before.merged.is_empty())?;
            let parts: Vec<String> =
                before.merged.iter().map(|(code, name)| format!("{code} {name}")).collect();
            Some(format!("{} {} = {}", area.code, area.name, parts.join(" + ")))
        });
        let merged: Vec<String> = merged.collect();
        if !merged.is_empty() {
            let year = self.view.year - 1;
            let _ = writeln!(text, "  {}", self.say(&msg!(TraceMerged, year = year)));
            merged.iter().for_each(|line| {
                let _ = writeln!(text, "    {line}");
            });
        }
    }

    /// The lines the numbers come from, where they are not kept by area.
    fn lines(&self, text: &mut String, leaves: &[Leaf<'_>]) {
        let mut rows = Vec::new();
        for (name, leaf) in leaves {
            for area in leaf.iter().filter(|rows| !rows.cells.is_empty()) {
                let code = area.area.clone().unwrap_or_default();
                let value = area.value.as_ref().map(|value| self.number(value)).unwrap_or_default();
                let places = self.places(std::iter::once(area));
                let name = Cell::left(*name);
                rows.push(vec![name, Cell::left(code), Cell::right(value), Cell::left(places)]);
            }
        }
        if !rows.is_empty() {
            self.heading(text, &msg!(TraceLines));
            text.push_str(&aligned(&rows, "  "));
        }
    }

    /// Files and lines, each file once.
    fn places<'r>(&self, areas: impl Iterator<Item = &'r AreaRowsView>) -> String {
        let mut files: Vec<(&str, Vec<usize>, u64)> = Vec::new();
        for area in areas {
            let more = area.count.saturating_sub(area.cells.len() as u64);
            for cell in &area.cells {
                match files.iter_mut().find(|(known, ..)| *known == cell.file) {
                    Some((_, lines, unseen)) => {
                        lines.push(cell.line);
                        *unseen = (*unseen).max(more);
                    }
                    None => files.push((&cell.file, vec![cell.line], more)),
                }
            }
        }
        let mut shown = Vec::new();
        for (name, mut lines, more) in files {
            lines.sort_unstable();
            lines.dedup();
            let named: Vec<String> =
                lines.iter().take(NAMED_LINES).map(ToString::to_string).collect();
            let others = (lines.len() - named.len()) as u64 + more;
            let mut text = format!("{name}:{}", named.join(","));
            if others > 0 {
                text.push_str(&format!(" {}", self.say(&msg!(TraceMoreRows, count = others))));
            }
            shown.push(text);
        }
        shown.join("  ")
    }

    fn units(&self, text: &mut String, trace: &TraceView) {
        if self.judged.units.is_empty() {
            return;
        }
        self.heading(text, &msg!(TraceUnits));
        let rows: Vec<Vec<Cell>> = self
            .judged
            .units
            .iter()
            .map(|unit| {
                let cells = trace.evidence.iter().find(|(code, _)| *code == unit.code);
                let cells = cells.map(|(_, cells)| cells.as_slice()).unwrap_or_default();
                let places: Vec<String> = cells.iter().take(1).map(place).collect();
                let date = unit.date.map(|date| show_date(date, self.lang())).unwrap_or_default();
                let status = self.say(&unit.status.label());
                vec![
                    Cell::left(&unit.code),
                    Cell::left(&unit.name),
                    Cell::left(status).painted(summary::paint(unit.status, self.options.color)),
                    Cell::left(date),
                    Cell::left(self.say(&unit.timing.text())),
                    Cell::left(places.join(" ")).painted(self.dim()),
                ]
            })
            .collect();
        text.push_str(&aligned(&rows, "  "));
    }

    fn duties(&self, text: &mut String) {
        if self.judged.duties.is_empty() {
            return;
        }
        self.heading(text, &msg!(TraceDuties));
        for duty in &self.judged.duties {
            let _ = writeln!(text, "  {}", self.say(&duty.text()));
        }
    }

    /// The years, and a chart of them.
    fn path(&self, text: &mut String) {
        let points = self.judged.points();
        if points.iter().filter(|point| point.value.is_some() || point.required.is_some()).count()
            < 2
        {
            return;
        }
        self.heading(text, &msg!(TracePath));
        let titles =
            [msg!(ColumnYear), msg!(ColumnRequired), msg!(ColumnFound), msg!(ColumnDifference)];
        let required = points.iter().any(|point| point.required.is_some());
        let title = |(at, title): (usize, &Message)| {
            let text = if at % 2 == 0 || required { self.say(title) } else { String::new() };
            Cell::right(text).painted(self.dim())
        };
        let mut rows = vec![titles.iter().enumerate().map(title).collect::<Vec<_>>()];
        for point in &points {
            let shown = |value: &Option<Exact>| {
                value.as_ref().map(|value| self.number(value)).unwrap_or_default()
            };
            let difference = point
                .value
                .clone()
                .zip(point.required.clone())
                .and_then(|(value, required)| value.checked_sub(&required))
                .map(|difference| {
                    localise_number(&difference.shown(4, &[Mark::exact(&Exact::ZERO)]), self.lang())
                });
            rows.push(vec![
                Cell::right(point.year.to_string()),
                Cell::right(shown(&point.required)),
                Cell::right(shown(&point.value)),
                Cell::right(difference.unwrap_or_default()),
            ]);
        }
        text.push_str(&aligned(&rows, "  "));
        // Without a path the goal itself is what every year is measured by.
        let goal = self.judged.goal.as_ref().filter(|_| !required);
        let goal = goal.and_then(|goal| approximate(&goal.path_end(self.judged.value.as_ref()?)));
        let _ = write!(text, "\n{}", chart(&points, goal, self.lang()));
        let legend = if required { msg!(TraceLegend) } else { msg!(TraceLegendGoal) };
        let _ = writeln!(text, "  {}", self.say(&legend));
    }
}

/// The file and line of a place.
fn place(place: &Position) -> String {
    format!("{}:{}", place.file, place.line)
}

/// An aggregate as the rule writes it, and its rows by area.
type Leaf<'t> = (&'t str, &'t [AreaRowsView]);

/// The rows of every aggregate of a tree.
fn leaves_of<'t>(node: &'t NodeView, leaves: &mut Vec<Leaf<'t>>) {
    leaves.extend(node.rows.iter().map(|rows| (node.text.as_str(), rows.areas.as_slice())));
    node.children.iter().for_each(|child| leaves_of(child, leaves));
}
