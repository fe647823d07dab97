//! `rasoat check`: judge everything and report.

use std::time::Instant;

use super::BROKEN;
use super::args::{CheckArgs, Display};
use super::output::{self, print, targets};
use super::watch::watched;
use crate::diagnostic::Severity;
use crate::msg;
use crate::report::{Style, summary};

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
    let lang = lang.or(checked.config.lang).unwrap_or_default();
    let style = Style {
        lang,
        color: false,
        show: if args.verbose { Severity::Advice } else { Severity::Warning },
        quiet: args.quiet,
    };
    let mut printed = false;
    let mut failed = false;
    for (format, file) in &targets {
        let style = Style { color: color && file.is_none(), ..style };
        let text = (format.renderer())(&checked.report, &checked.sources, style);
        match file {
            None => {
                failed |= !print(&text);
                if *format == output::Format::Text {
                    // Only for people: a report in a file is the same bytes in every run.
                    let timing = if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
                        let elapsed = started.elapsed().as_micros();
                        let shown = format!("{}.{:01}", elapsed / 1000, elapsed % 1000 / 100);
                        let number = crate::message::Arg::Number(shown);
                        format!(" {}", msg!(Elapsed, milliseconds = number).text(lang))
                    } else {
                        String::new()
                    };
                    failed |= !print(&format!("{timing}\n"));
                }
                printed = true;
            }
            Some(path) => {
                let text = if *format == output::Format::Text { text + "\n" } else { text };
                if let Err(error) = output::write(path, &text) {
                    let message = msg!(
                        CannotWrite,
                        path = path.display().to_string(),
                        detail = crate::workspace::reason(&error)
                    );
                    output::error(&message, None, lang);
                    failed = true;
                }
            }
        }
    }
    if !printed && !args.quiet {
        failed |=
            !print(&format!("{}\n", summary::closing(&checked.report, Style { color, ..style })));
    }
    let fail_on = args
        .fail_on
        .as_deref()
        .and_then(Severity::parse)
        .or(checked.config.fail_on)
        .unwrap_or(Severity::Error);
    let status = checked.report.outcome(fail_on).exit_status();
    // The process ends here: giving every piece of memory back one by one would only take time.
    std::mem::forget(checked);
    if failed { BROKEN } else { status }
}
