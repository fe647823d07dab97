//! Workspaces that are not on disk: what a check says of them, and what it reads.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{day, held_bundled, root};
use rasoat::check::{Request, Session, check, list, schema};
use rasoat::files::{Files, Memory, Overlaid};
use rasoat::message::Lang;
use rasoat::report::format::Json;
use rasoat::report::{Format, Options, Report, ReportView};
use rasoat::source::Sources;

fn request(files: Arc<dyn Files>) -> Request {
    Request { files, ..Request::new("/w", day("2025-12-10")) }
}

fn document(request: &Request) -> String {
    let checked = check(request).expect("a workspace");
    written(&checked.report, &checked.sources)
}

fn written(report: &Report, sources: &Sources) -> String {
    let view = ReportView::new(report.clone(), sources, None);
    let mut text = Vec::new();
    Json.render(&view, &Options::new(Lang::En), &mut text).expect("room");
    String::from_utf8(text).expect("text")
}

#[test]
fn a_workspace_in_memory_is_reported_on_like_one_on_disk() {
    let on_disk = Request::new(root(), day("2025-12-10"));
    let held = request(held_bundled());
    assert!(document(&held) == document(&on_disk));
}

#[test]
fn what_is_laid_over_a_workspace_counts_and_nothing_else_changes() {
    let below = held_bundled();
    let path = "/w/rules/targets/b-giao-duc-y-te.rhai";
    let text = String::from_utf8(below.read(Path::new(path)).expect("rules").to_vec());
    let text = text.expect("text").replace("more_than(95)", "more_than(90)");
    let above = Arc::new(Memory::new([(path, text.into_bytes())]));
    let status = |files: Arc<dyn Files>| {
        let checked = check(&request(files)).expect("a workspace");
        common::verdict(&checked, "II.2.1.b.3-4").status().name()
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
    let memory = held_bundled();
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

/// Edits of rules, each of the file named: what is replaced, and by what.
const EDITS: [(&str, &str, &str); 7] = [
    ("targets/b-giao-duc-y-te.rhai", "more_than(95)", "more_than(90)"),
    // A filter and a column no rule needed before.
    (
        "targets/b-giao-duc-y-te.rhai",
        "tiem_chung.sum(\"du_mui\")",
        "tiem_chung.filter(|r| r.dien_tiem > 50).sum(\"du_mui\")",
    ),
    (
        "targets/a-lao-dong-an-sinh.rhai",
        "measure:  percent(lao_dong.sum(\"qua_dao_tao\"), lao_dong.sum(\"luc_luong\"))",
        "measure:  percent(lao_dong.sum(\"qua_dao_tao\"), lao_dong.sum(\"luc_luongg\"))",
    ),
    (
        "targets/a-lao-dong-an-sinh.rhai",
        "\ntarget(\"II.2.1.a.2-1\", #{",
        "\ntarget(\"II.2.1.a.2-1\", #",
    ),
    ("targets/b-giao-duc-y-te.rhai", "more_than(90)", "more_than(95)"),
    ("waivers.toml", "until =", "until_ ="),
    ("plan.toml", "title_en = \"Full immunisation\"", "title_en = \"Whole immunisation\""),
];

/// After every edit a session says what a check from nothing says, and reads what was edited only.
#[test]
fn a_second_check_does_again_what_depends_on_what_changed() {
    let memory = held_bundled();
    let mut session = Session::new(request(memory.clone()));
    let first = session.check().expect("a workspace");
    let mut last = written(&first, session.sources().expect("sources"));
    let mut edited = 0;
    for (file, from, to) in EDITS {
        let path = Path::new("/w/rules").join(file);
        let text = String::from_utf8(memory.read(&path).expect("rules").to_vec()).expect("text");
        if !text.contains(from) {
            continue;
        }
        edited += 1;
        memory.write(&path, text.replacen(from, to, 1).into_bytes());
        memory.forget_uses();
        let report = session.check().expect("a workspace");
        let read = memory.paths_read();
        if file.ends_with(".rhai") {
            assert_eq!(read, std::slice::from_ref(&path), "{file}");
        }
        assert!(read.iter().all(|path| path.starts_with("/w/rules")), "{file}: {read:?}");
        let fresh = check(&request(memory.clone())).expect("a workspace");
        let again = written(&report, session.sources().expect("sources"));
        assert!(again == written(&fresh.report, &fresh.sources), "{file}: {from}");
        assert!(again != last, "{file}: {from} changes nothing");
        last = again;
    }
    assert_eq!(edited, EDITS.len());
    // Nothing changed: nothing is read. Data changed: everything may be.
    memory.forget_uses();
    session.check().expect("a workspace");
    assert!(memory.paths_read().is_empty());
    let path = "/w/datasets/tiem_chung.csv";
    let rows = memory.read(Path::new(path)).expect("data").to_vec();
    memory.write(
        path,
        String::from_utf8(rows).expect("text").replacen(",110", ",119", 1).into_bytes(),
    );
    let report = session.check().expect("a workspace");
    let fresh = check(&request(memory.clone())).expect("a workspace");
    let again = written(&report, session.sources().expect("sources"));
    assert!(again == written(&fresh.report, &fresh.sources));
}
