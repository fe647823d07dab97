//! Workspaces that are not on disk: what a check says of them, and what it reads.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{day, root};
use rasoat::check::{Request, check, list, schema};
use rasoat::files::{Disk, Files, Kind, Memory, Overlaid};
use rasoat::message::Lang;
use rasoat::report::{Style, json};

/// The bundled workspace in memory.
fn bundled() -> Arc<Memory> {
    let memory = Memory::default();
    memory.write("/w/rasoat.toml", Disk.read(&root().join("rasoat.toml")).expect("settings"));
    for part in ["rules", "datasets"] {
        copy(&root().join(part), &Path::new("/w").join(part), &memory);
    }
    Arc::new(memory)
}

fn copy(from: &Path, to: &Path, memory: &Memory) {
    for entry in Disk.list(from).expect("a folder") {
        let target = to.join(entry.path.file_name().expect("a name"));
        match entry.kind {
            Kind::Folder => copy(&entry.path, &target, memory),
            _ => memory.write(target, Disk.read(&entry.path).expect("a file")),
        }
    }
}

fn request(files: Arc<dyn Files>) -> Request {
    Request { files, ..Request::new("/w", day("2025-12-10")) }
}

fn document(request: &Request) -> String {
    let checked = check(request).expect("a workspace");
    let show = rasoat::diagnostic::Severity::Advice;
    let style = Style { lang: Lang::En, color: false, show, quiet: false };
    json::render(&checked.report, &checked.sources, style)
}

#[test]
fn a_workspace_in_memory_is_reported_on_like_one_on_disk() {
    let on_disk = Request::new(root(), day("2025-12-10"));
    let held = request(bundled());
    assert!(document(&held) == document(&on_disk));
}

#[test]
fn what_is_laid_over_a_workspace_counts_and_nothing_else_changes() {
    let below = bundled();
    let path = "/w/rules/targets/b-giao-duc-y-te.rhai";
    let text = String::from_utf8(below.read(Path::new(path)).expect("rules").to_vec());
    let text = text.expect("text").replace("more_than(95)", "more_than(90)");
    let above = Arc::new(Memory::new([(path, text.into_bytes())]));
    let status = |files: Arc<dyn Files>| {
        let checked = check(&request(files)).expect("a workspace");
        common::verdict(&checked, "II.2.1.b.3-4").status.name()
    };
    assert_eq!(status(below.clone()), "unmet");
    assert_eq!(status(Arc::new(Overlaid { above, below: below.clone() })), "met");
    assert_eq!(status(below), "unmet");
}

/// The files of a kind among those that were read.
fn read_of(memory: &Memory, ending: &str) -> Vec<PathBuf> {
    let read = memory.paths_read().into_iter();
    read.filter(|path| path.to_string_lossy().ends_with(ending)).collect()
}

#[test]
fn nothing_is_read_that_is_not_wanted() {
    let memory = bundled();
    schema(&request(memory.clone())).expect("a workspace");
    assert!(read_of(&memory, ".rhai").is_empty());
    assert_eq!(memory.uses("/w/rules/plan.toml").read, 0);
    assert!(!read_of(&memory, ".csv").is_empty());

    memory.forget_uses();
    let listed = list(&request(memory.clone())).expect("a workspace");
    assert_eq!(listed.heads.len(), 122);
    assert!(read_of(&memory, ".csv").is_empty());
    assert!(!read_of(&memory, ".rhai").is_empty());

    // Who leads now stands in the list of units.
    memory.forget_uses();
    let led = Request { lead: vec!["GDDT".to_owned()], ..request(memory.clone()) };
    let heads = list(&led).expect("a workspace").heads;
    assert!(!heads.is_empty() && heads.iter().all(|head| head.lead.as_deref() == Some("GDDT")));
    assert_eq!(memory.uses("/w/datasets/don_vi.csv").read, 1);
}
