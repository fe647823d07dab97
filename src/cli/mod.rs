//! The command line: arguments, one file a command, exit statuses.

mod args;
mod check;
mod explain;
mod infer;
mod list;
mod output;
mod schema;
mod trace;
mod watch;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use crate::check::Refused;
use crate::diagnostic::render;
use crate::diagnostic::resolved::Finding;
use crate::message::{Lang, Message};
use crate::msg;
use crate::source::is_guarded;
use args::{Cli, Command};
use output::print;

/// Exit status for what could not be evaluated, wrong usage included.
const BROKEN: u8 = 2;

/// Runs the program; the result is the process's exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    hush_guarded();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let lang = args::language(&arguments);
    let command = args::localise(Cli::command(), lang);
    let cli = command.try_get_matches_from(&arguments).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return usage(&error, lang),
    };
    let run = || match &cli.command {
        Command::Check(options) => check::run(options, &cli.display),
        Command::List(options) => list::run(options, &cli.display),
        Command::Explain(options) => explain::run(options, &cli.display),
        Command::Trace(options) => trace::run(options, &cli.display),
        Command::Schema(options) => schema::run(options, &cli.display),
    };
    match shared_cores() {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

/// Panics that become errors are told as those.
fn hush_guarded() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_guarded() {
            usual(panic);
        }
    }));
}

/// The threads of a run, this one among them; none where there is such a pool already. Data is read
/// while scripts run on a thread of their own, which has one of the cores meanwhile.
fn shared_cores() -> Option<rayon::ThreadPool> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.saturating_sub(1).max(1));
    pool.use_current_thread().build().ok()
}

/// Help and version go to standard output; wrong usage is told in the user's language.
fn usage(error: &clap::Error, lang: Lang) -> u8 {
    use clap::error::{ContextKind, ContextValue};
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let message: Message = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print(&error.render().to_string());
            return 0;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output::complain(&error.render().to_string());
            return BROKEN;
        }
        ErrorKind::UnknownArgument => msg!(UsageUnknownArgument, argument = &argument),
        ErrorKind::InvalidSubcommand => {
            msg!(UsageUnknownCommand, name = context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => msg!(UsageMissing, argument = &argument),
        ErrorKind::ArgumentConflict => {
            msg!(UsageConflict, argument = &argument, other = context(ContextKind::PriorArg))
        }
        _ => msg!(
            UsageInvalidValue,
            argument = &argument,
            value = context(ContextKind::InvalidValue)
        ),
    };
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .map(context)
            .find(|text| !text.is_empty());
    let allowed = context(ContextKind::ValidValue);
    let help = match suggested {
        Some(name) => msg!(DidYouMean, name = name),
        None if argument.starts_with("--as-of") => msg!(UsageDateForm),
        None if argument.starts_with("--year") => msg!(UsageYearForm),
        None if !allowed.is_empty() => msg!(UsageAllowed, allowed = allowed),
        None => msg!(UsageSeeHelp),
    };
    output::error(&message, Some(&help), lang);
    BROKEN
}

/// Tells why a check could not begin.
fn refused(refused: &Refused, lang: Option<Lang>, color: bool) -> u8 {
    let lang = lang.or(refused.lang).unwrap_or_default();
    for diagnostic in &refused.diagnostics {
        let finding = Finding::drawn(diagnostic.clone(), &refused.sources);
        output::complain(&render::render(&finding, lang, color));
    }
    BROKEN
}
