//! `rasoat schema`: datasets and their contracts, without any rule.

use std::sync::Arc;

use super::args::{Display, SchemaArgs, SchemaCheckArgs, SchemaCommand, SchemaExportArgs};
use super::output::{self, complain, print};
use super::watch::with_bar;
use super::{BROKEN, infer};
use crate::check::{open, schema};
use crate::contract::export;
use crate::contract::frictionless::PACKAGE;
use crate::diagnostic::resolved::Finding;
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::files::{Disk, Files};
use crate::msg;
use crate::workspace::reason;

/// Runs the command.
pub fn run(args: &SchemaArgs, display: &Display) -> u8 {
    match &args.command {
        SchemaCommand::Check(args) => check_data(args, display),
        SchemaCommand::Infer(args) => infer::run(args, display),
        SchemaCommand::Export(args) => export_contracts(args, display),
    }
}

/// Every dataset against its contract, and what they say of each other.
fn check_data(args: &SchemaCheckArgs, display: &Display) -> u8 {
    let (color, lang) = (display.color(), display.lang());
    let mut request = args.common.request(args.workspace.clone());
    if let Some(threads) = args.threads {
        request.reading.threads = threads.into();
    }
    let checked = with_bar(display, false, Some(&args.workspace), |meter| {
        request.meter = meter;
        schema(&request)
    });
    let checked = match checked {
        Ok(checked) => checked,
        Err(status) => return status,
    };
    let lang = lang.or(checked.config.lang).unwrap_or_default();
    let report = &checked.report;
    let mut text = String::new();
    for finding in &report.findings {
        let finding = Finding::drawn(finding.clone(), &checked.sources);
        text.push_str(&render::render(&finding, lang, color));
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

/// The contracts as a data package, in the datasets folder unless a file is named.
fn export_contracts(args: &SchemaExportArgs, display: &Display) -> u8 {
    let files: Arc<dyn Files> = Arc::new(Disk);
    let opened = with_bar(display, false, Some(&args.workspace), |meter| {
        let mut findings = Vec::new();
        let mut opened = open(&files, &args.workspace)?.tell(&mut findings);
        let catalog = opened.data(&*meter).1.tell(&mut findings);
        Ok((opened, catalog, findings))
    });
    let (opened, catalog, findings) = match opened {
        Ok(opened) => opened,
        Err(status) => return status,
    };
    let config = &opened.config;
    let lang = display.lang().or(config.lang).unwrap_or_default();
    let mut broken = false;
    // A package that is there already is to be written anew: what is wrong with it is no matter.
    let is_package = |finding: &Diagnostic| {
        let at = finding.labels.first().map(|label| &opened.sources.get(label.at.source()).path);
        at.and_then(|path| path.file_name()).is_some_and(|name| name == PACKAGE)
    };
    let errors = findings.iter().filter(|found| found.severity == Severity::Error);
    for finding in errors.filter(|finding| !is_package(finding)) {
        broken = true;
        let finding = Finding::drawn(finding.clone(), &opened.sources);
        complain(&render::render(&finding, lang, display.color()));
    }
    if let Some(path) = args.package.as_ref().filter(|path| files.kind(path).is_some()) {
        let there = msg!(DraftThere, path = path.display().to_string());
        output::error(&there, Some(&msg!(PackageThereHelp)), lang);
        return BROKEN;
    }
    // Half a package would be taken for a whole one.
    if broken {
        return BROKEN;
    }
    let folder = match &args.package {
        Some(file) => file.parent().unwrap_or(file).to_owned(),
        None => opened.datasets(),
    };
    let title = (!config.name.is_empty()).then(|| config.name.vi.clone());
    let package =
        export::package(&catalog.contracts.sets, &catalog.files, title, &opened.sources, &folder);
    let package = match package {
        Ok(package) => package,
        Err(file) => {
            let path = args.package.as_ref().map(|path| path.display().to_string());
            let told = msg!(PackageOutside, file = file, path = path.unwrap_or_default());
            output::error(&told, Some(&msg!(PackageOutsideHelp)), lang);
            return BROKEN;
        }
    };
    let Ok(mut text) = serde_json::to_string_pretty(&package) else { return BROKEN };
    text.push('\n');
    let written = match &args.package {
        None => print(&text),
        Some(path) => match output::write(path, &text) {
            Ok(()) => {
                let count = catalog.files.len();
                let told = msg!(PackageWritten, count = count, path = path.display().to_string());
                print(&format!("{}\n", told.text(lang)))
            }
            Err(error) => {
                let path = path.display().to_string();
                let told = msg!(CannotWrite, path = path, detail = reason(&error));
                output::error(&told, None, lang);
                return BROKEN;
            }
        },
    };
    if written { 0 } else { BROKEN }
}
