//! Workspaces that grow: so many of a kind of thing in the rules of one small dataset.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use rasoat::check::{Checked, Request, check};
use rasoat::message::Lang;
use rasoat::report::format::{Json, Text};
use rasoat::report::{Format, Options, ReportView};

/// Columns of numbers of the dataset.
const COLUMNS: usize = 30;

/// Rows of the dataset.
const ROWS: usize = 20;

/// Something there may be many of.
pub struct Kind {
    pub name: &'static str,
    /// How many there are before they become eight times as many.
    pub few: usize,
    /// The rules with so many of it.
    rules: fn(usize) -> String,
}

/// What a workspace may hold much of. The numbers keep within what the script engine takes: 10,000
/// functions and closures in a file, and lines of 65,535 characters.
pub const KINDS: [Kind; 16] = [
    Kind { name: "expectations of a line each", few: 625, rules: expectations },
    Kind { name: "expectations not met", few: 500, rules: unmet },
    Kind { name: "expectations with filters of their own", few: 500, rules: filtered },
    Kind { name: "expectations with unknown columns", few: 500, rules: unknown },
    Kind { name: "rules with filters of their own", few: 500, rules: counted },
    Kind { name: "targets with filters of their own", few: 250, rules: targets },
    Kind { name: "groups with conditions of their own", few: 250, rules: groups },
    Kind { name: "functions in a file", few: 1_000, rules: functions },
    Kind { name: "terms of a sum", few: 250, rules: sum },
    Kind { name: "terms of an `||`", few: 250, rules: alternatives },
    Kind { name: "numbers after `in`", few: 1_000, rules: numbers },
    Kind { name: "texts after `in`", few: 1_000, rules: texts },
    Kind { name: "columns after `in`", few: 1_000, rules: columns },
    Kind { name: "cases of a `switch`", few: 125, rules: cases },
    Kind { name: "statements before an open bracket", few: 2_500, rules: before_a_bracket },
    Kind { name: "broken declarations", few: 500, rules: broken },
];

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|at| line(at) + "\n").collect()
}

/// Parts of one list, some to a line.
fn parts(count: usize, part: impl Fn(usize) -> String) -> String {
    let lines: Vec<Vec<String>> = chunked(count, 16, part);
    lines.iter().map(|line| line.join(", ")).collect::<Vec<_>>().join(",\n    ")
}

fn chunked(count: usize, size: usize, part: impl Fn(usize) -> String) -> Vec<Vec<String>> {
    let all: Vec<String> = (0..count).map(part).collect();
    all.chunks(size).map(<[String]>::to_vec).collect()
}

/// A condition of so many terms. The script engine takes some sixty operators in a row, so that
/// long ones are put together of shorter ones.
pub fn joined(count: usize, operator: &str, part: impl Fn(usize) -> String, end: &str) -> String {
    let between = format!(" {operator} ");
    let groups = chunked(count, 40, part);
    let mut block = String::from("{\n");
    for (at, group) in groups.iter().enumerate() {
        let _ = writeln!(block, "    let p{at} = {};", group.join(&between));
    }
    let names: Vec<String> = (0..groups.len()).map(|at| format!("p{at}")).collect();
    format!("{block}    {}{end}\n}}", names.join(&between))
}

fn expect(id: impl std::fmt::Display, on: &str, row: &str) -> String {
    format!("expect(\"{id}\", #{{ title: \"{id}\", on: {on}, row: |r| {row} }});")
}

fn expectations(count: usize) -> String {
    lines(count, |at| expect(at, "so", &format!("r.c1 >= -{at}")))
}

fn unmet(count: usize) -> String {
    lines(count, |at| expect(at, "so", &format!("r.c1 > {at}")))
}

fn filtered(count: usize) -> String {
    lines(count, |at| expect(at, &format!("so.filter(|r| r.c1 > {at})"), "r.c1 >= 0"))
}

fn unknown(count: usize) -> String {
    lines(count, |at| expect(at, "so", &format!("r.la{at} >= 0")))
}

fn counted(count: usize) -> String {
    lines(count, |at| {
        format!(
            "rule(\"{at}\", #{{ title: \"{at}\", inputs: #{{ n: so.filter(|r| r.c1 > {at}).count() }}, check: |v| v.n >= 0 }});"
        )
    })
}

fn targets(count: usize) -> String {
    lines(count, |at| {
        format!(
            "target(\"{at}\", #{{ measure: percent(so.filter(|r| r.c1 > {at}).count(), so.count()), goal: at_least(50), every_year: true }});"
        )
    })
}

fn groups(count: usize) -> String {
    lines(count, |at| {
        let table = format!("so.filter(|r| r.c1 >= -{at}).group(\"t\")");
        expect(at, &table, &format!("r.filter(|m| m.c2 > {at}).count() >= 0"))
    })
}

fn functions(count: usize) -> String {
    lines(count, |at| format!("fn f{at}(a) {{ a > {at} }}"))
        + expect("e", "so", &format!("f{}(r.c1) || true", count - 1)).as_str()
}

fn sum(count: usize) -> String {
    expect("e", "so", &joined(count, "+", |at| format!("r.c{}", at % COLUMNS), " >= 0"))
}

fn alternatives(count: usize) -> String {
    expect("e", "so", &joined(count, "||", |at| format!("r.c1 == {at}"), ""))
}

fn among(items: &str) -> String {
    expect("e", "so", &format!("r.c1 in [{items}]"))
}

fn numbers(count: usize) -> String {
    among(&parts(count, |at| at.to_string()))
}

fn columns(count: usize) -> String {
    among(&parts(count, |at| format!("r.c{}", at % COLUMNS)))
}

fn texts(count: usize) -> String {
    let items = parts(count, |at| format!("\"t{at}\""));
    expect("e", "so", &format!("r.t in [{items}]"))
}

fn cases(count: usize) -> String {
    let cases = parts(count, |at| format!("{at} => r.c2 >= 0"));
    expect("e", "so", &format!("switch r.c1 {{ {cases}, _ => true }}"))
}

fn before_a_bracket(count: usize) -> String {
    lines(count, |_| "x;".to_owned()) + "(\n"
}

fn broken(count: usize) -> String {
    lines(count, |at| {
        format!("expect(\"{at}\", #{{ title: \"{at}\", on: so, row: |r| r.c1 >= }});")
    })
}

/// A workspace with so many of a kind in a folder.
pub fn write(folder: &Path, kind: &Kind, count: usize) {
    let mut contract = String::from(
        "[dimensions]\nyear = \"nam\"\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n[[fields]]\nname = \"t\"\ntype = \"string\"\n",
    );
    let mut table = String::from("nam,t");
    for column in 0..COLUMNS {
        let _ = write!(contract, "[[fields]]\nname = \"c{column}\"\ntype = \"integer\"\n");
        let _ = write!(table, ",c{column}");
    }
    for row in 0..ROWS {
        let _ = write!(table, "\n2024,t{row}");
        for column in 0..COLUMNS {
            let _ = write!(table, ",{}", row * column);
        }
    }
    for (path, text) in [
        ("rasoat.toml", "year = 2024\nas_of = 2024-12-10\n".to_owned()),
        ("datasets/so.toml", contract),
        ("datasets/so.csv", table + "\n"),
        ("rules/a.rhai", (kind.rules)(count)),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    }
}

/// Checks a workspace and writes its report as people and as programs read it.
pub fn run(folder: &Path) -> (Checked, Duration) {
    let day = NaiveDate::from_ymd_opt(2024, 12, 31).expect("a date");
    let start = Instant::now();
    let checked = check(&Request::new(folder, day)).expect("a workspace");
    let options = Options::new(Lang::Vi);
    let view = ReportView::new(checked.report.clone(), &checked.sources, Text.drawn_from(&options));
    let (mut shown, mut told) = (Vec::new(), Vec::new());
    Text.render(&view, &options, &mut shown).expect("room");
    Json.render(&view, &options, &mut told).expect("room");
    let elapsed = start.elapsed();
    assert!(!shown.is_empty() && !told.is_empty());
    (checked, elapsed)
}
