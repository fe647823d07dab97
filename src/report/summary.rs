//! The report in numbers: by section of the plan and by unit that leads.

use std::fmt::Write as _;

use owo_colors::Style as Paint;
use unicode_width::UnicodeWidthStr;

use super::format::Options;
use super::table::{Cell, aligned, cut, spark};
use super::view::{Judged, ReportView};
use crate::diagnostic::Severity;
use crate::exact::{Exact, Mark};
use crate::measure::interval::{End, Interval};
use crate::message::{Lang, Message, localise_number};
use crate::msg;
use crate::rule::RuleKind;
use crate::verdict::published::approximate;
use crate::verdict::{self, Status};
use crate::workspace::plan::Unit;

/// Columns a target's title may take in the table of targets.
const TITLE_WIDTH: usize = 40;

/// Columns a goal or a gap may take there.
const GOAL_WIDTH: usize = 26;

/// One line of a table: a title and how many of each status.
pub struct SummaryRow {
    /// Code of the section or unit.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Counts aligned with [`Status::ALL`].
    pub counts: [usize; 10],
}

impl SummaryRow {
    fn new(id: &str, title: &str) -> SummaryRow {
        SummaryRow { id: id.to_owned(), title: title.to_owned(), counts: [0; 10] }
    }

    fn add(&mut self, judged: &Judged) {
        let at = Status::ALL.iter().position(|status| *status == judged.status).unwrap_or(0);
        self.counts[at] += 1;
    }

    /// How many in all.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// How a status is coloured.
pub fn paint(status: Status, color: bool) -> Paint {
    if !color {
        return Paint::new();
    }
    match status {
        Status::Error | Status::Unmet => Paint::new().red(),
        Status::NoData | Status::OffTrack | Status::Behind => Paint::new().yellow(),
        Status::NotYet | Status::Waived => Paint::new().cyan(),
        Status::OnTrack | Status::Met => Paint::new().green(),
        Status::NotApplicable => Paint::new().dimmed(),
    }
}

/// Results by section of the plan; rules of our own come last.
pub fn by_section(view: &ReportView, lang: Lang) -> Vec<SummaryRow> {
    let sections = view.sections.iter();
    let mut rows: Vec<SummaryRow> =
        sections.map(|section| SummaryRow::new(&section.id, section.title.get(lang))).collect();
    let mut others = SummaryRow::new("", &msg!(OtherSection).text(lang));
    let mut quality = SummaryRow::new("", &msg!(QualitySection).text(lang));
    for judged in &view.results {
        let section = judged.clause.as_ref().and_then(|clause| clause.section);
        match (section, judged.kind) {
            (Some(section), _) => rows[section].add(judged),
            (None, RuleKind::Expect | RuleKind::Rule) => quality.add(judged),
            (None, _) => others.add(judged),
        }
    }
    rows.push(others);
    rows.push(quality);
    rows.retain(|row| row.total() > 0);
    rows
}

/// Results on clauses by the unit that leads, in the plan's order of units; by the body that has
/// its duties in the reporting year, where the unit is no more.
pub fn by_lead(view: &ReportView, lang: Lang) -> Vec<SummaryRow> {
    let now = |unit: &Unit| match &unit.heirs[..] {
        [] => (unit.code.clone(), unit.name.get(lang).to_owned()),
        heirs => {
            let (codes, names): (Vec<&str>, Vec<&str>) =
                heirs.iter().map(|(code, name)| (code.as_str(), name.as_str())).unzip();
            (codes.join("+"), names.join(", "))
        }
    };
    let mut rows: Vec<SummaryRow> = Vec::new();
    for unit in &view.units {
        let (code, name) = now(unit);
        if rows.iter().all(|row| row.id != code) {
            rows.push(SummaryRow::new(&code, &name));
        }
    }
    for judged in view.results.iter().filter(|judged| judged.clause.is_some()) {
        let Some(unit) = view.lead(judged) else { continue };
        let (code, _) = now(unit);
        if let Some(row) = rows.iter_mut().find(|row| row.id == code) {
            row.add(judged);
        }
    }
    rows.retain(|row| row.total() > 0);
    rows
}

/// The tables and the closing line.
pub fn render(view: &ReportView, options: &Options) -> String {
    let mut text = String::new();
    targets(&mut text, view, options);
    table(&mut text, &msg!(BySection), &by_section(view, options.lang), options);
    table(&mut text, &msg!(ByLead), &by_lead(view, options.lang), options);
    unevaluated(&mut text, view, options);
    let left_out: Vec<&str> = view
        .results
        .iter()
        .filter(|judged| judged.ignored > 0)
        .map(|judged| judged.id.as_str())
        .collect();
    if !left_out.is_empty() {
        let line = msg!(IgnoredLine, ids = left_out.join(", "));
        let _ = writeln!(text, "{}\n", line.text(options.lang));
    }
    let made_up: Vec<&str> = view
        .datasets
        .iter()
        .filter(|set| set.provenance.as_deref().is_some_and(|kind| kind != "published"))
        .map(|set| set.name.as_str())
        .collect();
    if !made_up.is_empty() {
        let note = msg!(SyntheticNote, count = made_up.len(), all = view.datasets.len());
        let _ = writeln!(text, "{}\n", note.text(options.lang));
    }
    text.push_str(&closing(view, options));
    text
}

/// A line a target: what was found, what is required, how fast it must go, and how it went.
fn targets(text: &mut String, view: &ReportView, options: &Options) {
    let lang = options.lang;
    let targets = || view.results.iter().filter(|judged| judged.kind == RuleKind::Target);
    if targets().next().is_none() {
        return;
    }
    let (bold, dim) = match options.color {
        true => (Paint::new().bold(), Paint::new().dimmed()),
        false => (Paint::new(), Paint::new()),
    };
    let _ = writeln!(text, "{}", bold.style(msg!(ByTarget).text(lang)));
    let title = |message: Message| Cell::left(message.text(lang)).painted(dim);
    let number = |message: Message| Cell::right(message.text(lang)).painted(dim);
    let mut rows = vec![vec![
        Cell::left(""),
        title(msg!(ColumnTarget)),
        title(msg!(ColumnStatus)),
        number(msg!(ColumnValue)),
        number(msg!(ColumnRequiredIn, year = view.year)),
        title(msg!(ColumnGoal)),
        number(msg!(ColumnPace)),
        title(msg!(ColumnGap)),
        title(msg!(ColumnTrend)),
    ]];
    for judged in targets() {
        let marks = judged.marks(2);
        let shown = |value: &Exact| localise_number(&value.shown(2, &marks), lang);
        let value = match (&judged.value, &judged.between) {
            (Some(value), _) => shown(value),
            (None, Some(between)) => interval(between, &marks, lang),
            (None, None) => String::new(),
        };
        let required = match &judged.required {
            Some(required) => shown(required),
            None if has_no_path(judged) => "–".to_owned(),
            None => String::new(),
        };
        let goal = judged.goal.as_ref().map(|goal| {
            let goal = verdict::goal_text(goal, &judged.unit).text(lang);
            match judged.by {
                Some(by) => format!("{by}: {goal}"),
                None => goal,
            }
        });
        let pace = |pace: &Exact| {
            let sign = if pace.is_negative() || pace.is_zero() { "" } else { "+" };
            format!("{sign}{}", localise_number(&pace.shown(2, &[Mark::exact(&Exact::ZERO)]), lang))
        };
        let needed = judged.pace.as_ref().and_then(|pace| pace.needed.as_ref()).map(pace);
        let needed = needed.or_else(|| {
            let (near, far) = judged.left.as_ref()?.needed.as_ref()?;
            let (near, far) = (pace(near), pace(far));
            Some(if near == far {
                near
            } else {
                msg!(PaceRange, near = near, far = far).text(lang)
            })
        });
        let gap = judged.gap.as_ref().map(|gap| match gap.text() {
            Some(text) => text.text(lang),
            None => verdict::difference(&gap.distance, &judged.unit).text(lang),
        });
        let gap = gap.or_else(|| Some(judged.left.as_ref()?.gap_text()?.text(lang)));
        let years: Vec<Option<f64>> = judged
            .years
            .iter()
            .filter(|(year, _)| *year <= view.year)
            .map(|(_, value)| value.as_ref().and_then(approximate))
            .collect();
        let status = judged.status.label().text(lang);
        rows.push(vec![
            Cell::left(&judged.id),
            Cell::left(cut(judged.title.get(lang), TITLE_WIDTH)),
            Cell::left(status).painted(paint(judged.status, options.color)),
            Cell::right(value),
            Cell::right(required),
            Cell::left(cut(&goal.unwrap_or_default(), GOAL_WIDTH)),
            Cell::right(needed.unwrap_or_default()),
            Cell::left(cut(&gap.unwrap_or_default(), GOAL_WIDTH)),
            Cell::left(spark(&years)),
        ]);
    }
    text.push_str(&aligned(&rows, "  "));
    let without: Vec<&str> =
        targets().filter(|judged| has_no_path(judged)).map(|judged| judged.id.as_str()).collect();
    if !without.is_empty() {
        let note = msg!(NoPathNote, ids = without.join(", ")).text(lang);
        let _ = writeln!(text, "  {}", dim.style(note));
    }
    text.push('\n');
}

/// Whether a dated target that is still to be met has nothing required on the way.
fn has_no_path(judged: &Judged) -> bool {
    judged.status == Status::NotYet && judged.required.is_none() && judged.value.is_some()
}

/// An interval in little room.
fn interval(between: &Interval, marks: &[Mark], lang: Lang) -> String {
    // An end that cannot be reached says which side of it the value is.
    let end = |end: &End, open: &str| {
        let sign = if end.closed { "" } else { open };
        let shown = |at: &Exact| format!("{sign}{}", localise_number(&at.shown(2, marks), lang));
        end.at.as_ref().map_or("?".to_owned(), shown)
    };
    let (low, high) = (end(&between.low, ">"), end(&between.high, "<"));
    if between.low == between.high { low } else { format!("{low}–{high}") }
}

/// A line a row: what it is, how many, and how many of each status that occurs, worst first.
fn table(text: &mut String, title: &Message, rows: &[SummaryRow], options: &Options) {
    if rows.is_empty() {
        return;
    }
    let bold = if options.color { Paint::new().bold() } else { Paint::new() };
    let _ = writeln!(text, "{}", bold.style(title.text(options.lang)));
    let id_width = rows.iter().map(|row| row.id.width()).max().unwrap_or(0);
    let title_width = rows.iter().map(|row| row.title.width()).max().unwrap_or(0);
    for row in rows {
        let id_pad = " ".repeat(id_width - row.id.width());
        let title_pad = " ".repeat(title_width - row.title.width());
        let _ = write!(text, "  {}{id_pad}  {}{title_pad}", row.id, row.title);
        let _ = write!(text, "  {:>4}", row.total());
        for (at, (status, count)) in
            Status::ALL.iter().zip(row.counts).filter(|(_, count)| *count > 0).enumerate()
        {
            let cell = format!("{count} {}", status.label().text(options.lang));
            let separator = if at == 0 { "   " } else { " · " };
            let _ = write!(text, "{separator}{}", paint(*status, options.color).style(cell));
        }
        text.push('\n');
    }
    text.push('\n');
}

/// Rules that could not be evaluated, one line for each cause.
fn unevaluated(text: &mut String, view: &ReportView, options: &Options) {
    let mut causes: Vec<(String, Vec<&str>)> = Vec::new();
    for judged in &view.results {
        let silent =
            matches!(judged.status, Status::Error | Status::NoData) && judged.findings.is_empty();
        if !silent {
            continue;
        }
        let cause = judged.reason.as_ref().map(|r| r.text(options.lang)).unwrap_or_default();
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, ids)) => ids.push(&judged.id),
            None => causes.push((cause, vec![&judged.id])),
        }
    }
    for (cause, ids) in causes {
        let line = msg!(Unevaluated, count = ids.len(), cause = cause, ids = ids.join(", "));
        let paint = paint(Status::Error, options.color);
        let _ = writeln!(text, "{}\n", paint.style(line.text(options.lang)));
    }
}

/// How many demands, how many of each status, the year and the date.
pub fn closing(view: &ReportView, options: &Options) -> String {
    let clauses = |kind: RuleKind| view.results.iter().filter(|judged| judged.kind == kind).count();
    let mut parts = Vec::new();
    for status in Status::ALL {
        let count = view.count(status);
        if count > 0 {
            let part = format!("{count} {}", status.label().text(options.lang));
            parts.push(paint(status, options.color).style(part).to_string());
        }
    }
    if parts.is_empty() {
        parts.push(msg!(NothingJudged).text(options.lang));
    }
    let demands = msg!(
        ClosingDemands,
        targets = clauses(RuleKind::Target),
        assignments = clauses(RuleKind::Assignment),
        others = clauses(RuleKind::Expect) + clauses(RuleKind::Rule)
    );
    let findings = msg!(
        ClosingFindings,
        errors = view.weighing(Severity::Error),
        warnings = view.weighing(Severity::Warning),
        year = view.year,
        as_of = view.as_of
    );
    let (demands, findings) = (demands.text(options.lang), findings.text(options.lang));
    // Colours are put beside what a message makes of its arguments: within it they would be taken
    // for control characters of the data.
    format!("{demands}: {} · {findings}", parts.join(", "))
}
