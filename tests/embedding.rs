//! The library inside another program: in that program's threads, telling its own meter.

mod common;

use std::collections::BTreeSet;
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use common::{day, root};
use rasoat::check::{ReadingOptions, Request, Session, check, list, schema, trace};
use rasoat::files::{Disk, Files, FolderEntry, ReadAt, Stamp};
use rasoat::message::Lang;
use rasoat::reading::stream::Meter;
use rasoat::report::format::Json;
use rasoat::report::{Format, Options, Report, ReportView};
use rasoat::source::Sources;

/// Files of this machine, and the names of the threads that asked for them.
#[derive(Debug, Default)]
struct Asked(Mutex<BTreeSet<Option<String>>>);

impl Asked {
    fn note(&self) {
        let name = std::thread::current().name().map(str::to_owned);
        self.0.lock().expect("no panic").insert(name);
    }
}

impl Files for Asked {
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>> {
        self.note();
        Disk.list(folder)
    }

    fn read(&self, path: &Path) -> Result<Arc<[u8]>> {
        self.note();
        Disk.read(path)
    }

    fn open(&self, path: &Path) -> Result<Arc<dyn ReadAt>> {
        self.note();
        Disk.open(path)
    }

    fn stamp(&self, path: &Path) -> Result<Stamp> {
        self.note();
        Disk.stamp(path)
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf> {
        self.note();
        Disk.resolve(path)
    }
}

fn request(threads: usize) -> (Arc<Asked>, Request) {
    let files = Arc::new(Asked::default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.thread_name(|_| "mine".to_owned()).build().expect("threads");
    let request = Request {
        files: files.clone(),
        pool: Some(Arc::new(pool)),
        ..Request::new(root(), day("2025-12-10"))
    };
    (files, request)
}

fn written(report: Report, sources: &Sources) -> String {
    let view = ReportView::new(report, sources, None);
    let mut text = Vec::new();
    Json.render(&view, &Options::new(Lang::En), &mut text).expect("room");
    String::from_utf8(text).expect("text")
}

#[test]
fn everything_runs_in_the_pool_that_is_given() {
    type Run = fn(&Request);
    let runs: [Run; 5] = [
        |request| drop(check(request).expect("a workspace")),
        |request| drop(schema(request).expect("a workspace")),
        |request| drop(list(request).expect("a workspace")),
        |request| drop(trace(request, "II.2.1.b.3-4").expect("a workspace")),
        |request| {
            let mut session = Session::new(request.clone());
            session.check().expect("a workspace");
            session.check().expect("a workspace");
        },
    ];
    for run in runs {
        let (files, request) = request(2);
        run(&request);
        let asked = files.0.lock().expect("no panic").clone();
        assert_eq!(asked, BTreeSet::from([Some("mine".to_owned())]));
    }
}

#[test]
fn the_report_is_the_same_in_any_pool() {
    let here = check(&Request::new(root(), day("2025-12-10"))).expect("a workspace");
    let here = written(here.report, &here.sources);
    for threads in [1, 3] {
        let checked = check(&request(threads).1).expect("a workspace");
        assert!(written(checked.report, &checked.sources) == here);
    }
}

/// Counts, and stops when it is told to.
#[derive(Debug, Default)]
struct Counted {
    begun: AtomicUsize,
    done: AtomicUsize,
    stop: AtomicBool,
}

impl Meter for Counted {
    fn begin(&self, bytes: usize) {
        self.begun.fetch_add(bytes, Ordering::Relaxed);
    }

    fn advance(&self, bytes: usize) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[test]
fn a_meter_is_told_of_all_that_is_read_and_can_end_it() {
    let meter = Arc::new(Counted::default());
    // Nothing is held in memory but what others refer to.
    let reading = ReadingOptions { threads: 2, range: 100, held: 0 };
    let request =
        Request { meter: meter.clone(), reading, ..Request::new(root(), day("2025-12-10")) };
    check(&request).expect("a workspace");
    let begun = meter.begun.load(Ordering::Relaxed);
    assert!(begun > 0);
    // What stands before the rows is no part of what is read in ranges.
    assert!((1..=begun).contains(&meter.done.load(Ordering::Relaxed)));
    meter.stop.store(true, Ordering::Relaxed);
    let stopped = check(&request).expect_err("it was stopped");
    assert!(stopped.diagnostics.is_empty());
}
