//! The report as people read it: every finding in full, then the summary.

use owo_colors::Style as Paint;

use super::{Report, Style, summary};
use crate::diagnostic::{Diagnostic, Severity, render as draw};
use crate::message::Bilingual;
use crate::msg;
use crate::source::Sources;

/// Renders the report. Findings below `style.show` are counted but not drawn.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    let mut text = String::new();
    let bold = if style.color { Paint::new().bold() } else { Paint::new() };
    let name = if report.name.is_empty() { &report.plan.name } else { &report.name };
    let name = if name.is_empty() { Bilingual::same("rasoat") } else { name.clone() };
    let title = msg!(ReportTitle, name = name, year = report.year, as_of = report.as_of);
    text.push_str(&bold.style(title.text(style.lang)).to_string());
    text.push_str("\n\n");
    if !style.quiet {
        for diagnostic in in_reading_order(report) {
            if diagnostic.severity >= style.show {
                text.push_str(&draw::render(diagnostic, sources, style.lang, style.color));
                text.push('\n');
            }
        }
    }
    text.push_str(&summary::render(report, style));
    text
}

/// Causes before consequences: what is broken, then wrong data, then the plan's order, then the
/// rest.
fn in_reading_order(report: &Report) -> impl Iterator<Item = &Diagnostic> {
    let broken = report.findings.iter().filter(|finding| finding.is_broken());
    let wrong = |finding: &&Diagnostic| !finding.is_broken() && finding.severity == Severity::Error;
    let rules = report.results.iter().flat_map(|verdict| &verdict.diagnostics);
    let others = report.findings.iter().filter(|finding| finding.severity < Severity::Error);
    broken.chain(report.findings.iter().filter(wrong)).chain(rules).chain(others)
}
