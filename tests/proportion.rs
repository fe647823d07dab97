//! What takes time takes it in proportion to the data, whatever their shape: eight times as much of
//! something takes about eight times as long, where what grows with the square takes 64 times.
//!
//! The bound is far above what is seen, and each time is the shortest of several, so that a busy
//! machine fails nothing.

mod common;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use common::Workspace;
use rasoat::diagnostic::Severity;
use rasoat::message::Lang;
use rasoat::report::Options;
use rasoat::report::format::Text;

/// Below this it is starting that takes the time.
const LEAST: Duration = Duration::from_millis(15);

/// The least of several times.
fn time(workspace: &Workspace, work: &dyn Fn(&Workspace)) -> Duration {
    let once = || {
        let start = Instant::now();
        work(workspace);
        start.elapsed()
    };
    (0..3).map(|_| once()).min().expect("several")
}

/// Eight times as much must not take more than 24 times as long.
fn grows_in_proportion(most: usize, make: impl Fn(usize) -> Workspace, work: &dyn Fn(&Workspace)) {
    let (small, large) = (make(most / 8), make(most));
    let few = time(&small, work).max(LEAST);
    // Once is enough where it is quick enough.
    let start = Instant::now();
    work(&large);
    if start.elapsed() <= few * 24 {
        return;
    }
    let many = time(&large, work);
    assert!(many <= few * 24, "{many:?} for eight times what takes {few:?}");
}

fn check(workspace: &Workspace) {
    workspace.check();
}

/// A workspace of one dataset and one measure of it.
fn with(contract: &str, rows: &str, measure: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.write("datasets/so.toml", contract).write("datasets/so.csv", rows);
    workspace.write(
        "rules/a.rhai",
        format!(
            "target(\"1.a\", #{{ measure: {measure}, goal: at_least(1), every_year: true }});\n"
        ),
    );
    workspace
}

fn field(name: &str, kind: &str, rest: &str) -> String {
    format!("[[fields]]\nname = \"{name}\"\ntype = \"{kind}\"\n{rest}\n")
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|at| line(at) + "\n").collect()
}

fn drawn(workspace: &Workspace) -> String {
    let options = Options { show: Severity::Warning, ..Options::new(Lang::En) };
    common::rendered(&workspace.check(), &Text, &options)
}

#[test]
fn columns_nobody_declared() {
    let make = |count: usize| {
        let names: String = (0..count).map(|at| format!(",cot_{at}")).collect();
        let row = ",2".repeat(count);
        with(&field("a", "integer", ""), &format!("a{names}\n1{row}\n"), "so.count()")
    };
    grows_in_proportion(8_000, make, &|workspace| {
        drawn(workspace);
    });
}

#[test]
fn fields_of_a_wide_contract() {
    let make = |count: usize| {
        let fields: String = (0..count).map(|at| field(&format!("a{at}"), "string", "")).collect();
        let names: Vec<String> = (0..count).map(|at| format!("a{at}")).collect();
        with(&fields, &format!("{}\n{}\n", names.join(","), names.join(",")), "so.count()")
    };
    grows_in_proportion(8_000, make, &check);
}

#[test]
fn rows_with_one_key() {
    let make = |count: usize| {
        let contract = ["primaryKey = \"a\"\n\n", &field("a", "integer", "")].concat();
        with(&contract, &["a\n", &"1\n".repeat(count)].concat(), "so.count()")
    };
    grows_in_proportion(160_000, make, &check);
}

#[test]
fn line_breaks_of_one_character() {
    let make = |count: usize| {
        let rows = ["a\r1\r", &"\r".repeat(count), "x\r"].concat();
        with(&field("a", "integer", ""), &rows, "so.count()")
    };
    grows_in_proportion(8_000_000, make, &|workspace| {
        drawn(workspace);
    });
}

#[test]
fn different_years() {
    let make = |count: usize| {
        let contract = [
            "[dimensions]\nyear = \"nam\"\n\n",
            &field("nam", "integer", ""),
            &field("a", "integer", ""),
        ];
        let rows = lines(count, |at| format!("{},1", 2024 + at));
        with(&contract.concat(), &["nam,a\n", &rows].concat(), "so.count()")
    };
    grows_in_proportion(64_000, make, &check);
}

#[test]
fn values_of_a_list() {
    let make = |count: usize| {
        let listed: Vec<String> = (0..count).map(|at| format!("\"gia tri {at}\"")).collect();
        let listed = format!("constraints = {{ enum = [{}] }}", listed.join(", "));
        // Some as they are listed, some in another spelling, some not at all.
        let rows = lines(count, |at| match at % 3 {
            0 => format!("gia tri {at}"),
            1 => format!("gia  tri {at}"),
            _ => format!("gia trị {at}"),
        });
        with(&field("a", "string", &listed), &["a\n", &rows].concat(), "so.count()")
    };
    grows_in_proportion(16_000, make, &check);
}

#[test]
fn areas_of_which_half_are_missing() {
    let make = |count: usize| {
        let workspace = Workspace::small();
        let areas = lines(count, |at| format!("{at:06},Xã {at}"));
        workspace.write("datasets/xa.csv", ["ma,ten\n", &areas].concat());
        let rows = lines(count, |at| format!("{},{:06},{},90", 2023 + at % 2, at / 4 * 2, at % 80));
        workspace.write("datasets/so.csv", ["nam,xa,dat,tong\n", &rows].concat());
        workspace
    };
    grows_in_proportion(16_000, make, &check);
}

#[test]
fn areas_that_end_and_nobody_says_why() {
    let make = |count: usize| {
        let workspace = Workspace::small();
        let settings = workspace.read("rasoat.toml");
        let after =
            "successors = { dataset = \"sau\", from = \"cu\", to = \"moi\", date = \"ngay\" }\n";
        workspace.write("rasoat.toml", [&settings, after].concat());
        let dates = "[dimensions]\nvalid_to = \"den\"\n\n";
        let fields =
            [field("ma", "string", ""), field("ten", "string", ""), field("den", "date", "")];
        workspace.write(
            "datasets/xa.toml",
            ["primaryKey = \"ma\"\n\n", dates, &fields.concat()].concat(),
        );
        let areas = lines(count, |at| format!("{at:06},Xã {at},2023-06-30"));
        workspace.write("datasets/xa.csv", ["ma,ten,den\n", &areas].concat());
        let fields =
            [field("cu", "string", ""), field("moi", "string", ""), field("ngay", "date", "")];
        workspace.write("datasets/sau.toml", fields.concat());
        workspace.write("datasets/sau.csv", "cu,moi,ngay\n000000,000001,\n");
        workspace
    };
    grows_in_proportion(8_000, make, &check);
}

/// Decimals of 37 digits, each another.
fn decimals(count: usize) -> String {
    let mut state = 1u64;
    let mut text = String::new();
    for _ in 0..count {
        let mut digits = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            10u64.pow(18) + state % (8 * 10u64.pow(18))
        };
        let (whole, rest) = (digits(), digits().to_string());
        let _ = writeln!(text, "{whole}.{}", &rest[..18]);
    }
    text
}

#[test]
fn different_decimals() {
    for measure in ["so.distinct(\"a\")", "so.median(\"a\")", "so.quantile(\"a\", 0.9)"] {
        let make = |count: usize| {
            let rows = ["a\n", &decimals(count)].concat();
            with(&field("a", "number", ""), &rows, measure)
        };
        grows_in_proportion(160_000, make, &check);
    }
}
