//! `rasoat check`: judge everything and report.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Instant;

use super::BROKEN;
use super::args::{CheckArgs, Display};
use super::output::{self, print, print_with, targets};
use super::watch::watched;
use crate::check::Checked;
use crate::diagnostic::Severity;
use crate::msg;
use crate::report::view::Wanted;
use crate::report::{Format, Options, ReportView, summary};
use crate::workspace::reason;

/// Runs the command.
pub fn run(args: &CheckArgs, display: &Display) -> u8 {
    let started = Instant::now();
    let color = display.color();
    let lang = display.lang();
    let targets = match targets(&args.format, &args.output) {
        Ok(targets) => targets,
        Err(message) => {
            let lang = lang.unwrap_or_default();
            output::error(&message, None, lang);
            return BROKEN;
        }
    };
    let mut request = args.common.request(args.workspace.clone());
    request.select.clone_from(&args.select);
    request.lead.clone_from(&args.lead);
    request.strict = args.strict;
    if let Some(threads) = args.threads {
        request.reading.threads = threads.into();
    }
    let checked = match watched(&mut request, display, args.quiet) {
        Ok(checked) => checked,
        Err(status) => return status,
    };
    let Checked { report, sources, config, kept } = checked;
    let lang = lang.or(config.lang).unwrap_or_default();
    let fail_on = args
        .fail_on
        .as_deref()
        .and_then(Severity::parse)
        .or(config.fail_on)
        .unwrap_or(Severity::Error);
    let status = report.outcome(fail_on).exit_status();
    let options = Options {
        color,
        show: if args.verbose { Severity::Advice } else { Severity::Warning },
        quiet: args.quiet,
        // A report in a file is the same bytes in every run.
        started: std::io::stdout().is_terminal().then_some(started),
        ..Options::new(lang)
    };
    let formats = || targets.iter().map(|(format, _)| format);
    let wanted = Wanted {
        placed_from: formats().filter_map(|format| format.placed_from(&options)).min(),
        drawn_from: formats().filter_map(|format| format.drawn_from(&options)).min(),
    };
    let view = ReportView::of(report, &sources, wanted);
    let mut failed = false;
    for (format, file) in &targets {
        failed |= !match file {
            None => print_with(|to| format.render(&view, &options, to)),
            Some(file) => keep(*format, &view, &options, file),
        };
    }
    if targets.iter().all(|(_, file)| file.is_some()) && !args.quiet {
        failed |= !print(&format!("{}\n", summary::closing(&view, &options)));
    }
    // The process ends here: giving every piece of memory back one by one would only take time.
    std::mem::forget((sources, config, view, kept));
    if failed { BROKEN } else { status }
}

/// Writes the report to a file; whether that worked.
fn keep(format: &dyn Format, view: &ReportView, options: &Options, file: &Path) -> bool {
    let options = Options { color: false, started: None, ..*options };
    let written = output::write_with(file, |to| format.render(view, &options, to));
    if let Err(error) = &written {
        let path = file.display().to_string();
        let message = msg!(CannotWrite, path = path, detail = reason(error));
        output::error(&message, None, options.lang);
    }
    written.is_ok()
}
