//! One line a finding: `file:line:column: severity[code] id message`.

use std::fmt::Write as _;

use super::{Report, Style};
use crate::source::Sources;

/// Renders the report.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    let mut text = String::new();
    for diagnostic in report.diagnostics().filter(|d| d.severity >= style.show) {
        if let Some(label) = diagnostic.labels.first() {
            let source = sources.get(label.at.source);
            let _ = write!(text, "{}: ", source.place(label.at.span.start));
        }
        let subject = diagnostic.subject.as_deref().map(|id| format!("{id} ")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{}[{}] {subject}{}",
            diagnostic.severity.name(),
            diagnostic.code.name(),
            diagnostic.message.text(style.lang)
        );
    }
    text
}
