//! Workspaces for tests: copies of the bundled one, or small ones written for a case.
#![allow(dead_code)] // each test binary uses its own part

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use rasoat::check::{Checked, Opened, Request, check, open};
use rasoat::diagnostic::{Code, Diagnostic, Severity};
use rasoat::files::{Disk, Files, Kind, Memory};
use rasoat::message::Lang;
use rasoat::reading::stream::Unmetered;
use rasoat::reading::{Catalog, Datasets};
use rasoat::report::format::{Json, Text};
use rasoat::report::view::{Judged, TraceView};
use rasoat::report::{Format, Options, ReportView, RunOutcome};
use rasoat::script::CountingAllocator;
use rasoat::verdict::Verdict;
use rasoat::workspace::config::{Config, Listings};

/// As the program has it, so that the memory of scripts is bounded here too.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::new();

/// The repository's root, which is the bundled workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
}

/// The files of this machine.
pub fn files() -> Arc<dyn Files> {
    Arc::new(Disk)
}

/// A workspace's data, read as a year sees it.
pub struct Data {
    pub opened: Opened,
    pub catalog: Catalog,
    pub datasets: Datasets,
    pub findings: Vec<Diagnostic>,
}

impl Data {
    pub fn read(folder: &Path, lists: impl Fn(&Config) -> Listings<'_>, year: i32) -> Data {
        let mut findings = Vec::new();
        let mut opened = open(&files(), folder).expect("a workspace").tell(&mut findings);
        let catalog = opened.data(&Unmetered).1.tell(&mut findings);
        let datasets = catalog.read(&opened.sources, lists(&opened.config), usize::MAX);
        let datasets = datasets.tell(&mut findings).in_year(year, &opened.sources);
        let datasets = datasets.tell(&mut findings);
        Data { opened, catalog, datasets, findings }
    }
}

/// A workspace in a folder of its own, removed with it.
pub struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// A copy of the bundled workspace.
    pub fn bundled() -> Workspace {
        let workspace = Workspace { folder: tempfile::tempdir().expect("a folder") };
        for part in ["rules", "datasets"] {
            copy(&root().join(part), &workspace.path().join(part));
        }
        std::fs::copy(root().join("rasoat.toml"), workspace.path().join("rasoat.toml"))
            .expect("copied");
        workspace
    }

    /// A copy of the bundled workspace that reports on another year, on the same day of it.
    pub fn bundled_in(year: i32) -> Workspace {
        let workspace = Workspace::bundled();
        workspace.replace("rasoat.toml", "year = 2025", &format!("year = {year}"));
        workspace.replace("rasoat.toml", "as_of = 2025-12-10", &format!("as_of = {year}-12-10"));
        workspace
    }

    /// A small workspace: two areas, two years, one target, one expectation.
    pub fn small() -> Workspace {
        let workspace = Workspace { folder: tempfile::tempdir().expect("a folder") };
        for (path, text) in [
            (
                "rasoat.toml",
                "year = 2024\nas_of = 2024-12-10\n\n[areas]\ndataset = \"xa\"\ncode = \"ma\"\nname = \"ten\"\n",
            ),
            (
                "rules/plan.toml",
                "[[units]]\ncode = \"A\"\nname = \"Phòng A\"\n\n[[sections]]\nid = \"1\"\ntitle = \"Mục\"\n\n[[clauses]]\nid = \"1.a\"\nsection = \"1\"\nkind = \"target\"\nlead = \"A\"\ntitle = \"Tỷ lệ\"\ntext = \"Từ 50 %.\"\n",
            ),
            (
                "rules/a.rhai",
                "target(\"1.a\", #{\n    measure: percent(so.sum(\"dat\"), so.sum(\"tong\")),\n    goal: at_least(50),\n    every_year: true,\n});\n\nexpect(\"dat-khong-vuot\", #{\n    title: \"Đạt không vượt tổng\",\n    on: so,\n    row: |r| r.dat <= r.tong,\n});\n",
            ),
            (
                "datasets/xa.toml",
                "primaryKey = \"ma\"\n\n[[fields]]\nname = \"ma\"\ntype = \"string\"\n\n[[fields]]\nname = \"ten\"\ntype = \"string\"\n",
            ),
            ("datasets/xa.csv", "ma,ten\n01,Phú Lệ\n02,Nam Động\n"),
            (
                "datasets/so.toml",
                "primaryKey = [\"nam\", \"xa\"]\n\n[dimensions]\nyear = \"nam\"\narea = \"xa\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[fields]]\nname = \"dat\"\ntype = \"integer\"\nunit = \"người\"\nconstraints = { minimum = 0 }\n\n[[fields]]\nname = \"tong\"\ntype = \"integer\"\n\n[[foreignKeys]]\nfields = \"xa\"\nreference = { resource = \"xa\", fields = \"ma\" }\n",
            ),
            (
                "datasets/so.csv",
                "nam,xa,dat,tong\n2023,01,10,40\n2023,02,20,40\n2024,01,30,50\n2024,02,20,50\n",
            ),
        ] {
            workspace.write(path, text);
        }
        workspace
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Workspace {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
        self
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("readable")
    }

    pub fn remove(&self, path: &str) -> &Workspace {
        let path = self.path().join(path);
        if path.is_dir() {
            std::fs::remove_dir_all(path).expect("removed");
        } else {
            std::fs::remove_file(path).expect("removed");
        }
        self
    }

    /// Replaces the one occurrence of a text.
    pub fn replace(&self, path: &str, from: &str, to: &str) -> &Workspace {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}");
        self.write(path, text.replacen(from, to, 1))
    }

    /// Appends to a file.
    pub fn append(&self, path: &str, text: &str) -> &Workspace {
        self.write(path, self.read(path) + text)
    }

    /// Runs a check as of the workspace's own date.
    pub fn check(&self) -> Checked {
        check(&self.request()).unwrap_or_else(|refused| {
            panic!("refused: {:?}", refused.diagnostics);
        })
    }

    pub fn request(&self) -> Request {
        Request::new(self.path(), day("2024-12-31"))
    }
}

/// A finished check as a format writes it.
pub fn rendered(checked: &Checked, format: &dyn Format, options: &Options) -> String {
    let drawn_from = format.drawn_from(options);
    written(&ReportView::new(checked.report.clone(), &checked.sources, drawn_from), format, options)
}

/// A view as a format writes it.
pub fn written(view: &ReportView, format: &dyn Format, options: &Options) -> String {
    let mut bytes = Vec::new();
    format.render(view, options, &mut bytes).expect("room");
    String::from_utf8(bytes).expect("UTF-8")
}

/// A schema of the documentation.
pub fn schema(name: &str) -> jsonschema::Validator {
    let path = root().join("docs").join(name);
    let text = std::fs::read_to_string(path).expect("the schema");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// All that a check tells people.
pub fn text(checked: &Checked, lang: Lang) -> String {
    rendered(checked, &Text, &Options::new(lang))
}

/// All that a check tells programs.
pub fn json(checked: &Checked, lang: Lang) -> String {
    rendered(checked, &Json, &Options::new(lang))
}

/// The calculation of a rule that was asked for: the report, what came of the rule, and the rest.
pub fn traced(workspace: &Workspace, id: &str) -> (ReportView, Judged, TraceView) {
    let (checked, trace) = rasoat::check::trace(&workspace.request(), id).expect("a workspace");
    let view = ReportView::new(checked.report.clone(), &checked.sources, None);
    let judged = view.results.iter().find(|judged| judged.id == id).expect("the rule").clone();
    let trace = TraceView::new(trace.as_ref().expect("a trace"), &checked.sources);
    (view, judged, trace)
}

/// A workspace with one target over years: `rows` are year, part and whole of its one commune.
pub fn over_years(rows: &str, rest: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", "ma,ten\n01,Phú Lệ\n");
    let rows: String =
        rows.split(' ').map(|row| row.replacen(',', ",01,", 1) + "\n").collect::<Vec<_>>().concat();
    workspace.write("datasets/so.csv", format!("nam,xa,dat,tong\n{rows}"));
    let measure = "percent(so.sum(\"dat\"), so.sum(\"tong\"))";
    workspace.write("rules/a.rhai", format!("target(\"1.a\", #{{ measure: {measure}, {rest} }});"));
    workspace
}

/// The verdict on a small workspace's one target.
pub fn judge(workspace: &Workspace) -> Verdict {
    verdict(&workspace.check(), "1.a").clone()
}

/// A workspace with rows of `a`, its whole `b`, and a flag `k`, all of one commune.
pub fn flagged(rows: &str, measure: &str, goal: &str) -> Verdict {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/so.toml",
        "[dimensions]\nyear = \"nam\"\narea = \"xa\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[fields]]\nname = \"a\"\ntype = \"integer\"\n\n[[fields]]\nname = \"b\"\ntype = \"integer\"\n\n[[fields]]\nname = \"k\"\ntype = \"boolean\"\n\n[[parts]]\npart = \"a\"\nwhole = \"b\"\n",
    );
    let rows: String = rows.split(' ').map(|row| format!("2024,01,{row}\n")).collect();
    workspace.write("datasets/so.csv", format!("nam,xa,a,b,k\n{rows}"));
    workspace.write(
        "rules/a.rhai",
        format!("target(\"1.a\", #{{ measure: {measure}, goal: {goal}, every_year: true }});"),
    );
    judge(&workspace)
}

/// What a finding notes, in English.
pub fn notes(finding: &Diagnostic) -> Vec<String> {
    finding.notes.iter().map(|note| note.text(Lang::En)).collect()
}

/// The bundled workspace in memory, in the folder `/w`.
pub fn held_bundled() -> Arc<Memory> {
    let memory = Memory::default();
    memory.write("/w/rasoat.toml", Disk.read(&root().join("rasoat.toml")).expect("settings"));
    for part in ["rules", "datasets"] {
        hold(&root().join(part), &Path::new("/w").join(part), &memory);
    }
    Arc::new(memory)
}

fn hold(from: &Path, to: &Path, memory: &Memory) {
    for entry in Disk.list(from).expect("a folder") {
        let target = to.join(entry.path.file_name().expect("a name"));
        match entry.kind {
            Kind::Folder => hold(&entry.path, &target, memory),
            _ => memory.write(target, Disk.read(&entry.path).expect("a file")),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("created");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable").path();
        let target: PathBuf = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).expect("copied");
        }
    }
}

pub fn verdict<'c>(checked: &'c Checked, id: &str) -> &'c Verdict {
    checked
        .report
        .results
        .iter()
        .find(|verdict| verdict.head.id == id)
        .unwrap_or_else(|| panic!("no verdict {id}"))
}

/// The findings of a code.
pub fn findings(checked: &Checked, code: Code) -> Vec<&Diagnostic> {
    checked.report.diagnostics().filter(|finding| finding.code == code).collect()
}

/// The text of the source a finding's label marks.
pub fn marked(checked: &Checked, finding: &Diagnostic, label: usize) -> String {
    let at = checked.sources.locate(finding.labels[label].at);
    let bytes = checked.sources.get(at.source).bytes();
    String::from_utf8_lossy(&bytes[at.span.start..at.span.end]).into_owned()
}

/// The 1-based line and column a finding's label stands at.
pub fn line_column(checked: &Checked, finding: &Diagnostic, label: usize) -> (usize, usize) {
    let at = checked.sources.locate(finding.labels[label].at);
    checked.sources.get(at.source).line_column(at.span.start)
}

pub fn english(finding: &Diagnostic) -> String {
    finding.message.text(Lang::En)
}

pub fn helps(finding: &Diagnostic) -> Vec<String> {
    finding.help.iter().map(|help| help.text(Lang::En)).collect()
}

pub fn exit(checked: &Checked) -> u8 {
    checked.report.outcome(Severity::Error).exit_status()
}

pub fn is_broken(checked: &Checked) -> bool {
    checked.report.outcome(Severity::Error) == RunOutcome::Broken
}

/// The one finding of a code.
pub fn only(checked: &Checked, code: Code) -> &Diagnostic {
    let found = findings(checked, code);
    assert_eq!(found.len(), 1, "{code:?} in {:?}", checked.report.findings);
    found[0]
}
