//! How long a check of the bundled workspace takes in one process: the first, and one after a rule
//! file has changed.
#![allow(clippy::print_stdout)] // it is what a bench is for

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rasoat::check::{Request, Session};
use rasoat::files::{Disk, Files, Kind, Memory};

const RULES: &str = "rules/targets/b-giao-duc-y-te.rhai";

/// Puts a file, or all that is in a folder, into memory.
fn hold(path: &Path, root: &Path, memory: &Memory) {
    if Disk.kind(path) == Some(Kind::Folder) {
        for entry in Disk.list(path).expect("a folder") {
            hold(&entry.path, root, memory);
        }
    } else {
        let within = path.strip_prefix(root).expect("a path in the workspace");
        memory.write(within, Disk.read(path).expect("a file"));
    }
}

fn shown(mut times: Vec<Duration>) -> String {
    times.sort();
    let ms = |at: usize| times[at].as_secs_f64() * 1e3;
    format!("median {:.2} ms, least {:.2} ms of {}", ms(times.len() / 2), ms(0), times.len())
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let memory = Arc::new(Memory::default());
    for part in ["rasoat.toml", "rules", "datasets"] {
        hold(&root.join(part), root, &memory);
    }
    let request = || {
        let today = chrono::NaiveDate::from_ymd_opt(2025, 12, 10).expect("a date");
        Request { files: memory.clone(), ..Request::new("", today) }
    };
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let mut session = Session::new(request());
        let started = Instant::now();
        session.check().expect("a workspace");
        first.push(started.elapsed());
    }
    let text = memory.read(Path::new(RULES)).expect("rules").to_vec();
    let text = String::from_utf8(text).expect("text");
    let mut session = Session::new(request());
    session.check().expect("a workspace");
    for goal in 0..200 {
        // Another goal each time, so that nothing of before can be taken over.
        let goal = format!("more_than({}.{})", 90 + goal % 9, goal);
        memory.write(RULES, text.replace("more_than(95)", &goal).into_bytes());
        let started = Instant::now();
        session.check().expect("a workspace");
        again.push(started.elapsed());
    }
    println!("a first check: {}", shown(first));
    println!("one after a rule file has changed: {}", shown(again));
}
