//! The report as people read it: every finding in full, then the summary.

use std::io::{self, Write};

use owo_colors::Style as Paint;

use super::{Format, Options};
use crate::diagnostic::{Severity, render as draw};
use crate::message::{Arg, Bilingual};
use crate::msg;
use crate::report::summary;
use crate::report::view::{Finding, ReportView};

/// Findings in full and the summary. Findings below the severity shown are counted but not drawn.
pub struct Text;

impl Format for Text {
    fn id(&self) -> &'static str {
        "text"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn placed_from(&self, _: &Options) -> Option<Severity> {
        None
    }

    fn drawn_from(&self, options: &Options) -> Option<Severity> {
        (!options.quiet).then_some(options.show)
    }

    fn render(&self, view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()> {
        page(view, options, to)?;
        if let Some(started) = options.started {
            let elapsed = started.elapsed().as_micros();
            let shown = Arg::Number(format!("{}.{:01}", elapsed / 1000, elapsed % 1000 / 100));
            write!(to, " {}", msg!(Elapsed, milliseconds = shown).text(options.lang))?;
        }
        writeln!(to)
    }
}

/// The report up to its last line, which is left open.
///
/// # Errors
/// Those of the writer.
pub fn page(view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()> {
    title(view, options, to)?;
    if !options.quiet {
        for finding in in_reading_order(view).filter(|it| it.severity >= options.show) {
            writeln!(to, "{}", draw::render(finding, options.lang, options.color))?;
        }
    }
    write!(to, "{}", summary::render(view, options))
}

fn title(view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()> {
    let bold = if options.color { Paint::new().bold() } else { Paint::new() };
    let name = if view.name.is_empty() { &view.plan } else { &view.name };
    let name = if name.is_empty() { Bilingual::same("rasoat") } else { name.clone() };
    let title = msg!(ReportTitle, name = name, year = view.year, as_of = view.as_of);
    writeln!(to, "{}\n", bold.style(title.text(options.lang)))
}

/// Causes before consequences: what is broken, then wrong data, then the plan's order, then the
/// rest.
fn in_reading_order(view: &ReportView) -> impl Iterator<Item = &Finding> {
    let broken = view.findings.iter().filter(|finding| finding.is_broken());
    let wrong = |finding: &&Finding| !finding.is_broken() && finding.severity == Severity::Error;
    let rules = view.results.iter().flat_map(|judged| &judged.findings);
    let others = view.findings.iter().filter(|finding| finding.severity < Severity::Error);
    broken.chain(view.findings.iter().filter(wrong)).chain(rules).chain(others)
}
