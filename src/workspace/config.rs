//! `rasoat.toml`: the workspace's settings.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::fields::{Fields, Placed, read_toml};
use crate::diagnostic::{Code, Diagnostic, Findings, Severity};
use crate::message::{Bilingual, Lang};
use crate::msg;
use crate::source::{Location, SourceId, Sources};

/// Which dataset lists the areas, or the units.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The dataset.
    pub dataset: Placed<String>,
    /// Its column of codes.
    pub code: Placed<String>,
    /// Its column of names.
    pub name: Placed<String>,
    /// Which dataset says what became of those that are no more.
    pub successors: Option<Successors>,
}

/// Which dataset says what became of an area or a unit.
#[derive(Clone, Debug)]
pub struct Successors {
    /// The dataset.
    pub dataset: Placed<String>,
    /// Its column of the codes before.
    pub from: Placed<String>,
    /// Its column of the codes after.
    pub to: Placed<String>,
    /// Its column with the first day of the new ones.
    pub date: Placed<String>,
}

/// The lists of a workspace.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listings<'c> {
    /// The list of areas.
    pub areas: Option<&'c Listing>,
    /// The list of units.
    pub units: Option<&'c Listing>,
}

impl Listings<'_> {
    /// Whether a dataset is one of those they are read from.
    pub fn need(self, dataset: &str) -> bool {
        [self.areas, self.units].into_iter().flatten().any(|list| list.needs(dataset))
    }
}

impl Listing {
    fn needs(&self, dataset: &str) -> bool {
        let after = self.successors.as_ref().map(|after| &after.dataset);
        [Some(&self.dataset), after].into_iter().flatten().any(|own| own.value == dataset)
    }

    /// Each dataset it is read from, with the columns it needs there.
    pub fn datasets(&self) -> Vec<(&Placed<String>, Vec<&Placed<String>>)> {
        let mut datasets = vec![(&self.dataset, vec![&self.code, &self.name])];
        if let Some(after) = &self.successors {
            datasets.push((&after.dataset, vec![&after.from, &after.to, &after.date]));
        }
        datasets
    }
}

/// Bounds on scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rhai operations of one declaration or check.
    pub operations: u64,
    /// Wall time of one declaration or check, in milliseconds.
    pub milliseconds: u64,
    /// Memory of one declaration or check, in mebibytes.
    pub megabytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { operations: 1_000_000, milliseconds: 2_000, megabytes: 256 }
    }
}

/// The settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the workspace is called.
    pub name: Bilingual,
    /// The reporting year; the command line may override it.
    pub year: Option<i32>,
    /// The date deadlines are judged at.
    pub as_of: Option<NaiveDate>,
    /// The language of the report.
    pub lang: Option<Lang>,
    /// Folder of rules, relative to the workspace.
    pub rules: PathBuf,
    /// Folder of datasets, relative to the workspace.
    pub datasets: PathBuf,
    /// The list of areas.
    pub areas: Option<Listing>,
    /// The list of units.
    pub units: Option<Listing>,
    /// Severity from which the exit status is 1.
    pub fail_on: Option<Severity>,
    /// Bounds on scripts.
    pub limits: Limits,
    /// What is set to something that cannot be read.
    pub unreadable: UnreadableSettings,
}

/// Settings that cannot be read: what depends on them is not judged by a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadableSettings {
    /// Where the reporting year stands, if it is one of them.
    pub year: Option<Location>,
    /// Where the date stands that deadlines are judged at, if it is one of them.
    pub as_of: Option<Location>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            name: Bilingual::default(),
            year: None,
            as_of: None,
            lang: None,
            rules: "rules".into(),
            datasets: "datasets".into(),
            areas: None,
            units: None,
            fail_on: None,
            limits: Limits::default(),
            unreadable: UnreadableSettings::default(),
        }
    }
}

impl Config {
    /// Reads rasoat.toml; what is wrong is a complaint and the default stands in.
    pub fn read(sources: &Sources, source: SourceId, findings: &Findings) -> Config {
        read_toml(sources, source, findings, |root| {
            let defaults = Config::default();
            let year = root.integer("year");
            let mut config = Config {
                name: root.bilingual("name", "name_en").unwrap_or_default(),
                year: year.and_then(|year| {
                    let valid =
                        i32::try_from(year.value).ok().filter(|y| (1900..=2200).contains(y));
                    if valid.is_none() {
                        root.complain(
                            Diagnostic::of(Code::InvalidValue, msg!(NotAYear)).mark(year.at),
                        );
                    }
                    valid
                }),
                as_of: root.date("as_of").map(|date| date.value),
                lang: root.choice("lang", &[("vi", Lang::Vi), ("en", Lang::En)]),
                rules: root.string("rules").map_or(defaults.rules, |path| path.value.into()),
                datasets: root
                    .string("datasets")
                    .map_or(defaults.datasets, |path| path.value.into()),
                areas: root.table("areas", read_listing).flatten(),
                units: root.table("units", read_listing).flatten(),
                fail_on: root.choice(
                    "fail_on",
                    &[
                        ("advice", Severity::Advice),
                        ("warning", Severity::Warning),
                        ("error", Severity::Error),
                    ],
                ),
                limits: root.table("limits", read_limits).unwrap_or_default(),
                unreadable: UnreadableSettings::default(),
            };
            config.unreadable = UnreadableSettings {
                year: root.place_of("year").filter(|_| config.year.is_none()),
                as_of: root.place_of("as_of").filter(|_| config.as_of.is_none()),
            };
            config
        })
        .unwrap_or_default()
    }
}

fn read_listing(fields: &mut Fields<'_>) -> Option<Listing> {
    let dataset = fields.required_string("dataset");
    let code = fields.required_string("code");
    let name = fields.required_string("name");
    let successors = fields.table("successors", read_successors).flatten();
    Some(Listing { dataset: dataset?, code: code?, name: name?, successors })
}

fn read_successors(fields: &mut Fields<'_>) -> Option<Successors> {
    let dataset = fields.required_string("dataset");
    let (from, to) = (fields.required_string("from"), fields.required_string("to"));
    let date = fields.required_string("date");
    Some(Successors { dataset: dataset?, from: from?, to: to?, date: date? })
}

fn read_limits(fields: &mut Fields<'_>) -> Limits {
    let defaults = Limits::default();
    let mut bound = |key, default| {
        let Some(number) = fields.integer(key) else { return default };
        u64::try_from(number.value).ok().filter(|value| *value > 0).unwrap_or_else(|| {
            fields.complain(
                Diagnostic::of(Code::InvalidValue, msg!(NotPositive, key = key)).mark(number.at),
            );
            default
        })
    };
    Limits {
        operations: bound("operations", defaults.operations),
        milliseconds: bound("milliseconds", defaults.milliseconds),
        megabytes: bound("megabytes", defaults.megabytes),
    }
}
