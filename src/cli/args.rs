//! Arguments as typed. Their help texts stand in the message catalogue, in both languages.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Args, ColorChoice, Parser, Subcommand};

use crate::check::Request;
use crate::message::{Lang, Message};
use crate::msg;
use crate::report::format::names;

#[derive(Parser)]
#[command(name = "rasoat", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub display: Display,
}

/// How to speak; taken before or after the command.
#[derive(Args)]
pub struct Display {
    #[arg(long, global = true, value_parser = PossibleValuesParser::new(["vi", "en"]))]
    lang: Option<String>,
    #[arg(long, global = true, value_parser = PossibleValuesParser::new(["auto", "always", "never"]))]
    color: Option<String>,
}

#[derive(Subcommand)]
pub enum Command {
    Check(CheckArgs),
    List(ListArgs),
    Explain(ExplainArgs),
    Trace(TraceArgs),
    Schema(SchemaArgs),
}

/// What every command takes.
#[derive(Args)]
pub struct Common {
    #[arg(long, value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: Option<i32>,
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
}

impl Display {
    /// The language asked for.
    pub fn lang(&self) -> Option<Lang> {
        self.lang.as_deref().and_then(Lang::parse)
    }

    /// Whether to colour what goes to standard output.
    pub fn color(&self) -> bool {
        match self.color.as_deref() {
            Some("always") => true,
            Some("never") => false,
            _ => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

impl Common {
    /// A request for a workspace.
    #[allow(clippy::disallowed_methods)] // the one place that asks the clock
    pub fn request(&self, workspace: PathBuf) -> Request {
        let mut request = Request::new(workspace, chrono::Local::now().date_naive());
        request.year = self.year;
        request.as_of = self.as_of;
        request
    }
}

#[derive(Args)]
pub struct CheckArgs {
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[command(flatten)]
    pub common: Common,
    #[arg(long, value_delimiter = ',')]
    pub select: Vec<String>,
    #[arg(long, value_delimiter = ',')]
    pub lead: Vec<String>,
    #[arg(long)]
    pub format: Vec<String>,
    #[arg(long, short)]
    pub output: Vec<PathBuf>,
    #[arg(long, value_parser = PossibleValuesParser::new(["error", "warning", "advice"]))]
    pub fail_on: Option<String>,
    #[arg(long)]
    pub strict: bool,
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Args)]
pub struct ListArgs {
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[command(flatten)]
    pub common: Common,
    #[arg(long, value_delimiter = ',')]
    pub select: Vec<String>,
    #[arg(long, value_delimiter = ',')]
    pub lead: Vec<String>,
}

#[derive(Args)]
pub struct ExplainArgs {
    pub subject: String,
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Args)]
pub struct TraceArgs {
    pub rule: String,
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[command(flatten)]
    pub common: Common,
    #[arg(id = "form", long = "format", value_parser = PossibleValuesParser::new(["text", "json"]))]
    pub format: Option<String>,
}

#[derive(Args)]
pub struct SchemaArgs {
    #[command(subcommand)]
    pub command: SchemaCommand,
}

#[derive(Subcommand)]
pub enum SchemaCommand {
    Check(SchemaCheckArgs),
    Infer(SchemaInferArgs),
    Export(SchemaExportArgs),
}

#[derive(Args)]
pub struct SchemaInferArgs {
    #[arg(required = true)]
    pub data: Vec<PathBuf>,
    #[arg(long)]
    pub stdout: bool,
}

#[derive(Args)]
pub struct SchemaExportArgs {
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[arg(id = "package", long = "output", short = 'o')]
    pub package: Option<PathBuf>,
}

#[derive(Args)]
pub struct SchemaCheckArgs {
    #[arg(default_value = ".")]
    pub workspace: PathBuf,
    #[command(flatten)]
    pub common: Common,
    #[arg(long, value_parser = PossibleValuesParser::new(["error", "warning", "advice"]))]
    pub fail_on: Option<String>,
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// The language of help and usage errors: `--lang` where it is written, else Vietnamese. It must
/// be known before the arguments are parsed.
pub fn language(arguments: &[OsString]) -> Lang {
    let texts: Vec<_> = arguments.iter().map(|text| text.to_string_lossy()).collect();
    let given = texts.iter().enumerate().find_map(|(at, text)| match text.strip_prefix("--lang") {
        Some("") => texts.get(at + 1).map(|next| next.to_string()),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    given.and_then(|code| Lang::parse(&code)).unwrap_or_default()
}

/// The help of each argument.
fn help(id: &str) -> Option<Message> {
    Some(match id {
        "workspace" => msg!(HelpWorkspace),
        "year" => msg!(HelpYear),
        "as_of" => msg!(HelpAsOf),
        "lang" => msg!(HelpLang),
        "color" => msg!(HelpColor),
        "select" => msg!(HelpSelect),
        "lead" => msg!(HelpLead),
        "format" => msg!(HelpFormat, names = names()),
        "form" => msg!(HelpForm),
        "output" => msg!(HelpOutput),
        "fail_on" => msg!(HelpFailOn),
        "strict" => msg!(HelpStrict),
        "threads" => msg!(HelpThreads),
        "quiet" => msg!(HelpQuiet),
        "verbose" => msg!(HelpVerbose),
        "subject" => msg!(HelpSubject),
        "rule" => msg!(HelpRule),
        "data" => msg!(HelpData),
        "stdout" => msg!(HelpStdout),
        "package" => msg!(HelpPackage),
        _ => return None,
    })
}

/// How each argument's value is called.
fn value_name(id: &str) -> Option<Message> {
    Some(match id {
        "workspace" => msg!(ValueFolder),
        "year" => msg!(ValueYear),
        "as_of" => msg!(ValueDate),
        "select" => msg!(ValueIds),
        "lead" => msg!(ValueUnits),
        "format" | "form" => msg!(ValueFormat),
        "output" | "package" => msg!(ValueFile),
        "data" => msg!(ValueData),
        "subject" => msg!(ValueSubject),
        "rule" => msg!(ValueId),
        "threads" => msg!(ValueCount),
        "lang" => msg!(ValueLang),
        "color" => msg!(ValueColor),
        "fail_on" => msg!(ValueSeverity),
        _ => return None,
    })
}

/// Gives a command and its subcommands the help texts of a language.
pub fn localise(command: clap::Command, lang: Lang) -> clap::Command {
    localise_as(command, "rasoat", lang)
}

/// The same for a command called by these words.
fn localise_as(command: clap::Command, words: &str, lang: Lang) -> clap::Command {
    let text = |message: Message| message.text(lang);
    let about = match words {
        "check" => msg!(AboutCheck),
        "list" => msg!(AboutList),
        "explain" => msg!(AboutExplain),
        "trace" => msg!(AboutTrace),
        "schema" => msg!(AboutSchema),
        "schema check" => msg!(AboutSchemaCheck),
        "schema infer" => msg!(AboutSchemaInfer),
        "schema export" => msg!(AboutSchemaExport),
        _ => msg!(About),
    };
    let usage = match words {
        "check" => msg!(UsageCheck),
        "list" => msg!(UsageList),
        "explain" => msg!(UsageExplain),
        "trace" => msg!(UsageTrace),
        "schema" => msg!(UsageSchema),
        "schema check" => msg!(UsageSchemaCheck),
        "schema infer" => msg!(UsageSchemaInfer),
        "schema export" => msg!(UsageSchemaExport),
        _ => msg!(UsageRoot),
    };
    let after = match words {
        "check" => Some(msg!(AfterCheck)),
        "rasoat" => Some(msg!(AfterHelp)),
        _ => None,
    };
    let template =
        format!("{{about}}\n\n{}: {{usage}}\n\n{{all-args}}{{after-help}}", text(msg!(UsageWord)));
    let mut command = command
        .about(text(about))
        .override_usage(text(usage))
        .help_template(template)
        .color(ColorChoice::Auto)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_help_heading(text(msg!(HeadingCommands)))
        .subcommand_value_name(text(msg!(ValueCommand)));
    if let Some(after) = after {
        command = command.after_help(text(after));
    }
    let is_root = words == "rasoat";
    command = command.mut_args(|argument| {
        let id = argument.get_id().to_string();
        let heading =
            if argument.is_positional() { msg!(HeadingArguments) } else { msg!(HeadingOptions) };
        let mut argument = argument.help_heading(text(heading));
        if argument.get_action().takes_values() {
            argument = argument.hide_possible_values(true).hide_default_value(true);
        }
        if let Some(help) = help(&id) {
            argument = argument.help(text(help));
        }
        match value_name(&id) {
            Some(name) => argument.value_name(text(name)),
            None => argument,
        }
    });
    let heading = text(msg!(HeadingOptions));
    command = command.arg(
        Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help(text(msg!(HelpHelp)))
            .help_heading(heading.clone()),
    );
    if is_root {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(text(msg!(HelpVersion)))
                .help_heading(heading),
        );
    }
    command.mut_subcommands(|inner| {
        let name = inner.get_name().to_owned();
        let inner_words = if is_root { name } else { format!("{words} {name}") };
        localise_as(inner, &inner_words, lang)
    })
}
