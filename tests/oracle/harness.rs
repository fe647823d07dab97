//! Many rules in one workspace, judged by the program in one run and by the oracles one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rasoat::check::{Checked, Request, check};
use rasoat::diagnostic::Severity;
use rasoat::message::Lang;
use rasoat::report::format;
use rasoat::report::{Format, Options, ReportView};
use rasoat::verdict::Verdict;
use serde_json::Value as Json;

use super::data::World;
use super::random::Random;

/// Kinds of cases in which the program does not yet do what is documented. They are run and may
/// fail; what is not in this list may not. To be emptied.
pub const PENDING: &[&str] = &[];

/// A rule in a script, and what an oracle says of it.
pub trait Rule {
    /// The declaration, under this id.
    fn script(&self, id: &str) -> String;

    /// Compares what was found with what should be.
    ///
    /// # Errors
    /// How they differ.
    fn verify(&self, world: &World, found: &Found) -> Result<(), String>;

    /// What kinds of things it needs; see [`PENDING`].
    fn kinds(&self, world: &World) -> Vec<&'static str>;
}

/// What the program found of a rule, as it is held and as it is told in both languages.
pub struct Found<'a> {
    pub verdict: &'a Verdict,
    pub vietnamese: &'a Json,
    pub english: &'a Json,
}

impl Found<'_> {
    pub fn status(&self) -> &str {
        self.english["status"].as_str().unwrap_or_default()
    }
}

/// A workspace and its rules.
pub struct Case<R> {
    pub world: World,
    pub rules: Vec<R>,
}

fn id(at: usize) -> String {
    format!("q{at}")
}

impl<R: Rule> Case<R> {
    fn files(&self) -> Vec<(String, String)> {
        let mut files = self.world.files();
        let scripts = self.rules.iter().enumerate().map(|(at, rule)| rule.script(&id(at)));
        files.push(("rules/a.rhai".to_owned(), scripts.collect::<Vec<_>>().join("\n")));
        files
    }

    fn told(&self) -> String {
        let files = self.files().into_iter();
        files.map(|(path, text)| format!("--- {path}\n{text}\n")).collect()
    }

    /// Which of the kinds that are pending a rule is of.
    fn pending(&self, at: usize) -> Vec<&'static str> {
        let kinds = self.rules[at].kinds(&self.world);
        PENDING.iter().copied().filter(|kind| kinds.contains(kind)).collect()
    }

    /// Runs the program and compares all its verdicts: those in which it is wrong, and how.
    fn wrong(&self) -> Vec<(usize, String)> {
        let reports = match catch_unwind(AssertUnwindSafe(|| run(&self.world, &self.files()))) {
            Ok(reports) => reports,
            Err(_) => return vec![(0, "the program panicked".to_owned())],
        };
        let compared = self.rules.iter().enumerate().filter_map(|(at, rule)| {
            let id = id(at);
            let verdict = reports.checked.report.results.iter().find(|found| found.head.id == id);
            let told = [&reports.vietnamese, &reports.english].map(|told| told.get(&id));
            let (Some(verdict), [Some(vietnamese), Some(english)]) = (verdict, told) else {
                return Some((at, "no verdict".to_owned()));
            };
            let found = Found { verdict, vietnamese, english };
            let wrong = rule.verify(&self.world, &found).err()?;
            let findings = reports.findings(&id);
            Some((at, format!("{wrong}\n  status: {}\n{findings}", found.status())))
        });
        compared.collect()
    }

    /// The first rule in which the program is wrong and should not be.
    fn first_wrong(&self) -> Option<(usize, String)> {
        self.wrong().into_iter().find(|(at, _)| self.pending(*at).is_empty())
    }
}

struct Reports {
    checked: Checked,
    /// The results by id, as told in either language.
    vietnamese: HashMap<String, Json>,
    english: HashMap<String, Json>,
}

impl Reports {
    /// The sentences about a rule, and about no rule.
    fn findings(&self, id: &str) -> String {
        let own = self.checked.report.results.iter().filter(|verdict| verdict.head.id == id);
        let own = own.flat_map(|verdict| verdict.diagnostics());
        let all = own.chain(&self.checked.report.findings);
        all.map(|finding| format!("  {}\n", finding.message.text(Lang::En))).collect()
    }
}

/// Writes a workspace, checks it, and renders every report.
fn run(world: &World, files: &[(String, String)]) -> Reports {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
    }
    let mut request = Request::new(folder.path(), world.as_of);
    if world.streamed {
        (request.reading.held, request.reading.range, request.reading.threads) = (0, 64, 2);
    }
    let checked = check(&request).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let view = ReportView::new(checked.report.clone(), &checked.sources, Some(Severity::Advice));
    let written = |format: &dyn Format, lang| {
        let mut bytes = Vec::new();
        format.render(&view, &Options::new(lang), &mut bytes).expect("room");
        bytes
    };
    let told = |lang| -> HashMap<String, Json> {
        let mut report: Json =
            serde_json::from_slice(&written(&format::Json, lang)).expect("a report for machines");
        let results = report["results"].as_array_mut().expect("results").drain(..);
        let id = |result: &Json| result["id"].as_str().expect("an id").to_owned();
        results.map(|result| (id(&result), result)).collect()
    };
    let (vietnamese, english) = (told(Lang::Vi), told(Lang::En));
    assert!(!written(&format::Text, Lang::Vi).is_empty());
    Reports { checked, vietnamese, english }
}

/// How many times as many cases are wanted, by `RASOAT_ORACLE`.
fn times() -> u64 {
    std::env::var("RASOAT_ORACLE").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Judges so many workspaces, each from a seed of its own. `RASOAT_ORACLE_SEED` names the only one
/// to judge.
pub fn compare<R: Rule + Clone>(workspaces: u64, invent: impl Fn(&mut Random) -> Case<R>) {
    let only = std::env::var("RASOAT_ORACLE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = only.map_or(0..workspaces * times(), |seed: u64| seed..seed + 1);
    let (mut judged, mut pending) = (0, BTreeMap::<&str, BTreeSet<u64>>::new());
    for seed in seeds {
        let case = invent(&mut Random::new(seed));
        judged += case.rules.len();
        let wrong = case.wrong();
        if let Some((at, wrong)) = wrong.iter().find(|(at, _)| case.pending(*at).is_empty()) {
            let (smallest, wrong) = shrink(&case, *at, wrong.clone());
            panic!(
                "seed {seed} (RASOAT_ORACLE_SEED={seed} judges it alone): {wrong}\n{}",
                smallest.told()
            );
        }
        for kind in wrong.iter().flat_map(|(at, _)| case.pending(*at)) {
            pending.entry(kind).or_default().insert(seed);
        }
    }
    // How many, for whoever asks with `--nocapture`.
    #[allow(clippy::print_stdout)]
    {
        println!("{judged} rules judged, of kinds that are pending failed in: {pending:?}");
    }
}

/// The failing rule alone, in a workspace with as few rows as still show that it fails.
fn shrink<R: Rule + Clone>(case: &Case<R>, at: usize, wrong: String) -> (Case<R>, String) {
    let rule = case.rules[at].clone();
    let mut smallest = Case { world: case.world.clone(), rules: vec![rule] };
    let Some((_, mut told)) = smallest.first_wrong() else {
        // It fails beside the others only.
        let rules = case.rules.clone();
        return (Case { world: smallest.world, rules }, format!("q{at}: {wrong}"));
    };
    let text = smallest.rules[0].script("q0");
    let mut tables = smallest.world.tables.len();
    while tables > 0 {
        tables -= 1;
        let name = format!("{}.", smallest.world.tables[tables].name);
        if !text.contains(&name) {
            let mut fewer = Case { world: smallest.world.clone(), rules: smallest.rules.clone() };
            fewer.world.tables.remove(tables);
            if !fewer.world.has_its_year() {
                continue;
            }
            if let Some((_, wrong)) = fewer.first_wrong() {
                (smallest, told) = (fewer, wrong);
                continue;
            }
        }
        let mut row = smallest.world.tables[tables].rows.len();
        while row > 0 {
            row -= 1;
            let mut fewer = Case { world: smallest.world.clone(), rules: smallest.rules.clone() };
            fewer.world.tables[tables].rows.remove(row);
            if fewer.world.tables[tables].rows.is_empty() || !fewer.world.has_its_year() {
                continue;
            }
            if let Some((_, wrong)) = fewer.first_wrong() {
                (smallest, told) = (fewer, wrong);
            }
        }
    }
    (smallest, told)
}
