//! `rasoat explain`: a kind of finding, or one rule with its numbers.

use std::fmt::Write as _;

use super::BROKEN;
use super::args::{Display, ExplainArgs};
use super::output::{error, print};
use super::watch::watched;
use crate::check::Checked;
use crate::diagnostic::resolved::{Finding, Position};
use crate::diagnostic::{Code, render, suggestion};
use crate::exact::Exact;
use crate::message::{Arg, Lang, Message, localise_number};
use crate::msg;
use crate::script::first_call;
use crate::verdict::published::Silent;
use crate::verdict::{self, Verdict, goal_text};

/// Runs the command.
pub fn run(args: &ExplainArgs, display: &Display) -> u8 {
    let lang = display.lang();
    if let Some(code) = Code::ALL.iter().find(|code| code.name() == args.subject) {
        let lang = lang.unwrap_or_default();
        print(&format!("{}\n\n{}\n", code.name(), code.explanation(lang)));
        return 0;
    }
    let mut request = args.common.request(args.workspace.clone());
    let color = display.color();
    let checked = match watched(&mut request, display, false) {
        Ok(checked) => checked,
        Err(status) => return status,
    };
    let lang = lang.or(checked.config.lang).unwrap_or_default();
    match checked.report.results.iter().find(|verdict| verdict.head.id == args.subject) {
        Some(verdict) => {
            print(&page(&checked, verdict, lang, color));
            0
        }
        None => {
            let ids = checked.report.results.iter().map(|verdict| verdict.head.id.as_str());
            let names = ids.chain(Code::ALL.iter().map(|code| code.name()));
            let help = suggestion(&args.subject, names).map_or(msg!(ExplainHelp), |help| help.text);
            error(&msg!(NothingToExplain, name = &args.subject), Some(&help), lang);
            BROKEN
        }
    }
}

fn page(checked: &Checked, verdict: &Verdict, lang: Lang, color: bool) -> String {
    let mut text = String::new();
    let plan = &checked.report.plan;
    let _ = writeln!(text, "{}  {}\n", verdict.head.id, verdict.head.title.get(lang));
    let mut line = |label: Message, value: String| {
        let _ = writeln!(text, "{}: {value}", label.text(lang));
    };
    if let Some(at) = verdict.head.clause {
        let clause = &plan.clauses[at];
        line(msg!(LabelDemand), clause.text.get(lang).to_owned());
    }
    if let Some(lead) = &verdict.head.lead {
        let name = plan.unit(lead).map_or(lead.as_str(), |unit| unit.name.get(lang));
        let inferred = verdict.head.clause.is_some_and(|at| plan.clauses[at].lead_inferred);
        let inferred =
            if inferred { format!(" {}", msg!(Inferred).text(lang)) } else { String::new() };
        let heirs: Vec<&str> = plan
            .unit(lead)
            .into_iter()
            .flat_map(|unit| &unit.heirs)
            .map(|(_, name)| name.as_str())
            .collect();
        let now = match &heirs[..] {
            [] => String::new(),
            heirs => format!(" {}", msg!(LeadNow, names = heirs.join(", ")).text(lang)),
        };
        line(msg!(LabelLead), format!("{name}{now}{inferred}"));
    }
    line(msg!(LabelStatus), verdict.status().label().text(lang));
    let (unit, marks) = (verdict.unit(), verdict.marks(2));
    let number = |value: &Exact| {
        format!("{} {}", localise_number(&value.shown(2, &marks), lang), unit.get(lang))
            .trim_end()
            .to_owned()
    };
    if let Some(value) = verdict.value() {
        line(msg!(LabelValue, year = checked.report.year), number(value));
    }
    if let Some(between) = verdict.between() {
        let range = verdict::between_text(between, &unit, &marks);
        line(msg!(LabelValue, year = checked.report.year), range.text(lang));
    }
    if let Some(movement) = verdict.movement() {
        line(msg!(LabelMovement), verdict::movement_text(movement, &unit).text(lang));
    }
    if let Some(goal) = verdict.goal() {
        line(msg!(LabelGoal), goal_text(goal, &unit).text(lang));
    }
    if let Some((year, value)) = verdict.baseline() {
        line(msg!(LabelBaseline, year = *year), number(value));
    }
    if let Some(required) = verdict.required_text() {
        line(msg!(LabelRequired, year = checked.report.year), required.text(lang));
    }
    if let (Some(pace), Some(found)) = (verdict.pace(), verdict.numbers()) {
        line(msg!(LabelPace), verdict::pace_text(pace, found).text(lang));
    }
    if let Some(readings) = verdict.readings() {
        let silent = |why: Option<Silent>| why.map(|why| msg!(NotAvailableFor, why = why.text()));
        let (growth, trend) = (&readings.growth, &readings.trend);
        let ratio = growth.number.as_ref().map(|ratio| localise_number(&ratio.rounded(2), lang));
        let ratio = ratio.map(|ratio| format!("R = {ratio}: ")).unwrap_or_default();
        let class = silent(growth.silent).unwrap_or_else(|| growth.class.label());
        line(msg!(LabelGrowth), format!("{ratio}{}", class.text(lang)));
        let class = silent(trend.silent).unwrap_or_else(|| trend.class.label());
        line(msg!(LabelTrend), class.text(lang));
    }
    if let Some(due) = verdict.due() {
        line(msg!(LabelDue), crate::message::show_date(due, lang));
    }
    if let Some(evidence) = verdict.evidence() {
        line(msg!(LabelEvidence), crate::message::show_date(evidence, lang));
    }
    if let Some(timing) = verdict.timing() {
        line(msg!(LabelTiming), timing.text().text(lang));
    }
    if verdict.duties().len() > 1 {
        let years: Vec<String> =
            verdict.duties().iter().map(|duty| duty.text().text(lang)).collect();
        line(msg!(TraceDuties), years.join(" · "));
    }
    if let Some(progress) = verdict.progress() {
        line(msg!(LabelProgress), format!("{} %", localise_number(&progress.shown(1, &[]), lang)));
    }
    // Those of a finding are told with it.
    let told = |remark: &&Message| !verdict.diagnostics().iter().any(|d| d.notes.contains(remark));
    for remark in verdict.remarks().iter().filter(told) {
        line(msg!(LabelRemark), remark.text(lang));
    }
    if let Some(reason) = verdict.reason() {
        line(msg!(LabelReason), reason.text(lang));
    }
    if let Some(note) = &verdict.note {
        line(msg!(LabelNote), note.get(lang).to_owned());
    }
    if !verdict.years().is_empty() {
        let years: Vec<String> = verdict
            .years()
            .iter()
            .map(|(year, value)| {
                format!("{year}: {}", value.as_ref().map_or("?".to_owned(), number))
            })
            .collect();
        line(msg!(LabelYears), years.join(" · "));
    }
    if !verdict.areas().is_empty() {
        let _ = writeln!(text, "\n{}:", msg!(LabelAreas).text(lang));
        for area in verdict.areas() {
            let value = match (&area.value, &area.between) {
                (Some(value), _) => number(value),
                (None, Some(between)) => verdict::between_text(between, &unit, &marks).text(lang),
                (None, None) => "?".to_owned(),
            };
            let needed = match area.needed {
                Some(needed) if needed != 0 => {
                    let shown = Arg::from(needed);
                    format!("  ({})", msg!(NeededCount, count = shown).text(lang))
                }
                _ => String::new(),
            };
            let _ = writeln!(text, "  {} {}  {value}{needed}", area.code, area.name);
        }
    }
    if !verdict.units().is_empty() {
        let _ = writeln!(text, "\n{}:", msg!(LabelUnits).text(lang));
        for unit in verdict.units() {
            let status = unit.status.label().text(lang);
            let date = unit.date.map(|date| crate::message::show_date(date, lang));
            let date = date.map(|date| format!("  {date}")).unwrap_or_default();
            let timing = unit.timing.text().text(lang);
            let _ = writeln!(text, "  {} {}  {status}{date}  {timing}", unit.code, unit.name);
        }
    }
    let place = Position::of(verdict.head.at, &checked.sources);
    let _ = writeln!(text, "\n{}:{}", place.file, place.line);
    let source = checked.sources.get(verdict.head.at.source);
    if let Ok(script) = std::str::from_utf8(source.bytes()) {
        let start = source.line_at(verdict.head.at.span.start).start;
        let end = first_call(script, start).end;
        for line in script[start..end.max(start)].lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    for diagnostic in verdict.diagnostics() {
        let finding = Finding::drawn(diagnostic.clone(), &checked.sources);
        let _ = write!(text, "\n{}", render::render(&finding, lang, color));
    }
    text
}
