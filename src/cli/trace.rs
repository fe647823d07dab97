//! `rasoat trace`: one rule's calculation laid open.

use super::BROKEN;
use super::args::{Display, TraceArgs};
use super::output::{error, print};
use super::watch::with_bar;
use crate::check;
use crate::diagnostic::{Severity, suggestion};
use crate::msg;
use crate::report::{Style, json, trace};
use crate::verdict::Status;

/// Runs the command.
pub fn run(args: &TraceArgs, display: &Display) -> u8 {
    let mut request = args.common.request(args.workspace.clone());
    request.select = vec![args.rule.clone()];
    let color = display.color();
    let traced = with_bar(display, false, |watch| {
        request.watch = watch;
        check::trace(&request, &args.rule)
    });
    let (checked, traced) = match traced {
        Ok(traced) => traced,
        Err(status) => return status,
    };
    let lang = display.lang().or(checked.config.lang).unwrap_or_default();
    let results = &checked.report.results;
    let Some(verdict) = results.iter().find(|verdict| verdict.id == args.rule) else {
        let ids = results.iter().map(|verdict| verdict.id.as_str());
        let help = suggestion(&args.rule, ids.clone())
            .unwrap_or_else(|| msg!(TraceOneOf, ids = ids.collect::<Vec<_>>().join(", ")));
        error(&msg!(TraceNeedsRule, id = &args.rule), Some(&help), lang);
        return BROKEN;
    };
    let Some(traced) = &traced else {
        // The rule could not be evaluated: why is in its findings, or in those of its file.
        let style = Style { lang, color, show: Severity::Advice, quiet: false };
        print(&crate::report::terminal::render(&checked.report, &checked.sources, style));
        return BROKEN;
    };
    let style = Style { lang, color, show: Severity::Advice, quiet: false };
    let text = match args.format.as_deref() {
        Some("json") => {
            json::trace::render(&checked.report, verdict, traced, &checked.sources, style)
        }
        _ => trace::render(&checked.report, verdict, traced, &checked.sources, style),
    };
    let unjudged = verdict.status == Status::Error && verdict.diagnostics.is_empty();
    if print(&text) && !unjudged { 0 } else { BROKEN }
}
