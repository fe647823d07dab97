//! `rasoat trace`: one rule's calculation laid open.

use super::BROKEN;
use super::args::{Display, TraceArgs};
use super::output::{error, print, print_with};
use super::watch::with_bar;
use crate::check;
use crate::diagnostic::suggestion;
use crate::msg;
use crate::report::format::{json, text};
use crate::report::view::TraceView;
use crate::report::{Options, ReportView, trace};
use crate::verdict::Status;

/// Runs the command.
pub fn run(args: &TraceArgs, display: &Display) -> u8 {
    let mut request = args.common.request(args.workspace.clone());
    request.select = vec![args.rule.clone()];
    let color = display.color();
    let traced = with_bar(display, false, Some(&args.workspace), |meter| {
        request.meter = meter;
        check::trace(&request, &args.rule)
    });
    let (checked, traced) = match traced {
        Ok(traced) => traced,
        Err(status) => return status,
    };
    let lang = display.lang().or(checked.config.lang).unwrap_or_default();
    let options = Options { color, ..Options::new(lang) };
    let drawn_from = traced.is_none().then_some(options.show);
    let view = ReportView::new(checked.report, &checked.sources, drawn_from);
    let Some(judged) = view.results.iter().find(|judged| judged.id == args.rule) else {
        let ids = view.results.iter().map(|judged| judged.id.as_str());
        let help = suggestion(&args.rule, ids.clone()).map_or_else(
            || msg!(TraceOneOf, ids = ids.collect::<Vec<_>>().join(", ")),
            |help| help.text,
        );
        error(&msg!(TraceNeedsRule, id = &args.rule), Some(&help), lang);
        return BROKEN;
    };
    let Some(traced) = &traced else {
        // The rule could not be evaluated: why is in its findings, or in those of its file.
        print_with(|to| text::page(&view, &options, to));
        return BROKEN;
    };
    let traced = TraceView::new(traced, &checked.sources);
    let printed = match args.format.as_deref() {
        Some("json") => print_with(|to| json::trace::render(&view, judged, &traced, &options, to)),
        _ => print(&trace::render(&view, judged, &traced, &options)),
    };
    let unjudged = judged.status == Status::Error && judged.findings.is_empty();
    if printed && !unjudged { 0 } else { BROKEN }
}
