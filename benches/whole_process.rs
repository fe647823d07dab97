//! The whole process, from start to exit, on the bundled workspace: what somebody waits for after
//! changing a threshold and running the check again.
//!
//! `cargo bench --bench whole_process` runs `rasoat check` with its output discarded, interleaved
//! run by run with peers, so that a machine that slows down slows all of them. The peers do less:
//! they compute the values of the 35 targets in `tests/expected-2024.csv` for one year, without
//! contracts, other years, goals, assignments, data rules or diagnostics. `python3 -c pass` does
//! nothing: it is the floor under anything written for that interpreter. Python runs with `-I -S`,
//! without the packages somebody happens to have installed, some of which slow its start. A peer
//! that is not installed is skipped with a line that says so; one that prints a value other than
//! the table's fails the run, since the time of a wrong answer compares to nothing.
//!
//! It prints and never judges a time. `--quick`, and any run without cargo's `--bench` (such as
//! `cargo test --benches`), does three runs: enough to see that it works, not to quote.
#![allow(clippy::print_stdout)] // printing is what it is for

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const EXPECTED: &str = "tests/expected-2024.csv";

struct Subject {
    name: &'static str,
    program: String,
    arguments: &'static [&'static str],
    /// The exit statuses of a run that did its work.
    exits: &'static [i32],
    milliseconds: Vec<f64>,
}

impl Subject {
    fn new(name: &'static str, program: String, arguments: &'static [&'static str]) -> Subject {
        Subject { name, program, arguments, exits: &[0], milliseconds: Vec::new() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.arguments).current_dir(ROOT);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self) -> f64 {
        let mut command = self.command();
        command.stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("the program starts");
        let elapsed = start.elapsed();
        let done = status.code().is_some_and(|code| self.exits.contains(&code));
        assert!(done, "{}: {status}", self.name);
        elapsed.as_secs_f64() * 1000.0
    }

    /// Of a peer that prints `id,value`: whether these are the values of the table.
    fn agrees(&self) -> bool {
        let output = self.command().output().expect("the program starts");
        let table = std::fs::read_to_string(Path::new(ROOT).join(EXPECTED)).expect("the table");
        let printed = String::from_utf8_lossy(&output.stdout);
        let (printed, table) = (values(&printed), values(&table));
        output.status.success()
            && printed.len() == table.len()
            && table.iter().all(|(id, (n, d))| {
                printed.get(id).is_some_and(|(other_n, other_d)| n * other_d == other_n * d)
            })
    }
}

/// Ids and values, as numerator and denominator, of lines whose first column is the id and last
/// column a whole number or a fraction; lines without a value are left out.
fn values(lines: &str) -> BTreeMap<&str, (i128, i128)> {
    let value = |line| -> Option<(&str, (i128, i128))> {
        let (id, rest) = str::split_once(line, ',')?;
        let value = rest.rsplit(',').next()?;
        let (numerator, denominator) = value.split_once('/').unwrap_or((value, "1"));
        Some((id, (numerator.parse().ok()?, denominator.parse().ok()?)))
    };
    lines.lines().filter_map(value).collect()
}

/// What a short command prints, or nothing if it cannot be run.
fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

fn median(sorted: &[f64]) -> f64 {
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

fn main() -> ExitCode {
    let given = |name: &str| std::env::args().any(|argument| argument == name);
    let quick = given("--quick") || given("--test") || !given("--bench");
    let (warm_ups, runs) = if quick { (1, 3) } else { (5, 60) };

    let rasoat = env!("CARGO_BIN_EXE_rasoat").to_owned();
    let mut subjects =
        vec![Subject { exits: &[0, 1], ..Subject::new("rasoat check", rasoat, &["check"]) }];
    let mut peers = Vec::new();
    // The interpreter itself: `python3` may be a script that first looks for one.
    match answer("python3", &["-c", "import sys; print(sys.executable)"]) {
        Some(python) => {
            let pass = &["-I", "-S", "-c", "pass"];
            subjects.push(Subject::new("python3 -c pass", python.clone(), pass));
            let script = &["-I", "-S", "benches/peer_python.py"];
            peers.push(Subject::new("python3, values only", python, script));
        }
        None => println!("python3 is not installed: its peers are skipped"),
    }
    if answer("sqlite3", &["-version"]).is_some() {
        let arguments = &["-batch", "-init", "benches/peer_sqlite.sql", ":memory:", ".exit"];
        peers.push(Subject::new("sqlite3, values only", "sqlite3".to_owned(), arguments));
    } else {
        println!("sqlite3 is not installed: its peer is skipped");
    }
    if let Some(wrong) = peers.iter().find(|peer| !peer.agrees()) {
        println!("{}: its values are not those of {EXPECTED}", wrong.name);
        return ExitCode::FAILURE;
    }
    subjects.extend(peers);

    for run in 0..warm_ups + runs {
        for subject in &mut subjects {
            let milliseconds = subject.run();
            if run >= warm_ups {
                subject.milliseconds.push(milliseconds);
            }
        }
    }

    if cfg!(debug_assertions) {
        println!("built without optimisation: the figures say nothing about a release");
    }
    println!("{runs} runs each, after {warm_ups} to warm up; milliseconds");
    println!("{:24}{:>9}{:>9}{:>9}  rasoat's median / its own", "", "min", "median", "p90");
    let mut rasoat = None;
    for Subject { name, milliseconds: times, .. } in &mut subjects {
        times.sort_by(f64::total_cmp);
        let (least, middle, p90) =
            (times[0], median(times), times[(times.len() * 9).div_ceil(10) - 1]);
        let ratio = *rasoat.get_or_insert(middle) / middle;
        println!("{name:24}{least:9.1}{middle:9.1}{p90:9.1}{ratio:9.2}");
    }
    ExitCode::SUCCESS
}
