//! `rasoat schema`: datasets and their contracts, without any rule.

use super::BROKEN;
use super::args::{Display, SchemaArgs, SchemaCheckArgs, SchemaCommand};
use super::output::print;
use super::watch::watched;
use crate::diagnostic::{Severity, render};
use crate::msg;

/// Runs the command.
pub fn run(args: &SchemaArgs, display: &Display) -> u8 {
    match &args.command {
        SchemaCommand::Check(args) => check_data(args, display),
    }
}

/// Every dataset against its contract, and what they say of each other.
fn check_data(args: &SchemaCheckArgs, display: &Display) -> u8 {
    let (color, lang) = (display.color(), display.lang());
    let mut request = args.common.request(args.workspace.clone());
    request.only_data = true;
    if let Some(threads) = args.threads {
        request.reading.threads = threads.into();
    }
    let checked = match watched(&mut request, display, false) {
        Ok(checked) => checked,
        Err(status) => return status,
    };
    let lang = lang.or(checked.config.lang).unwrap_or_default();
    let report = &checked.report;
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&render::render(finding, &checked.sources, lang, color));
        text.push('\n');
    }
    let count = |severity| report.findings.iter().filter(|f| f.severity == severity).count();
    let closing = msg!(
        SchemaClosing,
        datasets = report.datasets.len(),
        errors = count(Severity::Error),
        warnings = count(Severity::Warning)
    );
    text.push_str(&format!("{}\n", closing.text(lang)));
    let fail_on = args.fail_on.as_deref().and_then(Severity::parse);
    let fail_on = fail_on.or(checked.config.fail_on).unwrap_or(Severity::Error);
    let status = report.outcome(fail_on).exit_status();
    if print(&text) { status } else { BROKEN }
}
