//! One line a finding: `file:line:column: severity[code] id message`.

use std::io::{self, Write};

use super::{Format, Options};
use crate::diagnostic::Severity;
use crate::report::view::ReportView;

/// One line a finding.
pub struct Concise;

impl Format for Concise {
    fn id(&self) -> &'static str {
        "concise"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn placed_from(&self, options: &Options) -> Option<Severity> {
        Some(options.show)
    }

    fn render(&self, view: &ReportView, options: &Options, to: &mut dyn Write) -> io::Result<()> {
        for finding in view.all_findings().filter(|finding| finding.severity >= options.show) {
            if let Some(label) = finding.labels.first() {
                write!(to, "{}: ", label.place)?;
            }
            write!(to, "{}[{}] ", finding.severity.name(), finding.code.name())?;
            if let Some(subject) = &finding.subject {
                write!(to, "{subject} ")?;
            }
            writeln!(to, "{}", finding.message.text(options.lang))?;
        }
        Ok(())
    }
}
