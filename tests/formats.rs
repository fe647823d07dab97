//! Every format over a view of a report that was made by hand, with no file anywhere; and over one
//! whose files are gone.

mod common;

use std::process::Command;

use common::{Workspace, day, written};
use rasoat::diagnostic::{Code, Severity};
use rasoat::exact::Exact;
use rasoat::message::{Bilingual, Lang, Message};
use rasoat::msg;
use rasoat::report::format::{Concise, FORMATS, Json, Text, names};
use rasoat::report::view::{Clause, Excerpt, Finding, Fix, Judged, Label, Line, Mark, Position};
use rasoat::report::{DatasetNote, Options, ReportView};
use rasoat::rule::RuleKind;
use rasoat::rule::goal::Goal;
use rasoat::verdict::{Spread, Status};
use rasoat::workspace::plan::{ClauseKind, Section, Unit};
use serde_json::{Value, json};

fn place(file: &str, line: usize, columns: (usize, usize)) -> Position {
    let (column, end_column) = columns;
    Position { file: file.to_owned(), line, column, end_line: line, end_column, cell: None }
}

fn both(vi: &str, en: &str) -> Bilingual {
    Bilingual::new(vi, Some(en.to_owned()))
}

fn said(vi: &str, en: &str) -> Message {
    Message::plain(both(vi, en))
}

/// A line and the one mark in it.
fn excerpt(label: usize, number: usize, text: &str, word: &str) -> Excerpt {
    let start = text.find(word).expect("the word");
    Excerpt {
        lines: vec![Line { number, text: text.to_owned() }],
        marks: vec![Mark { label, line: 0, span: start..start + word.len() }],
    }
}

/// A target that is not met: a finding in a table and in the plan.
fn missed() -> Judged {
    let finding = Finding {
        code: Code::Unmet,
        severity: Severity::Error,
        subject: Some("1.a".to_owned()),
        message: said("thấp", "too low"),
        labels: vec![
            Label { place: place("so.csv", 3, (6, 8)), text: Some(said("đây", "here")) },
            Label { place: place("plan.toml", 12, (8, 18)), text: None },
        ],
        excerpts: vec![
            excerpt(0, 3, "Đà 1,40", "40"),
            excerpt(1, 12, "text = \"Từ 50 %.\"", "\"Từ 50 %.\""),
        ],
        help: vec![said("thêm", "add some")],
        fix: Some(Fix { place: place("so.csv", 3, (6, 8)), text: "60".to_owned() }),
        notes: Vec::new(),
    };
    Judged {
        id: "1.a".to_owned(),
        kind: RuleKind::Target,
        place: place("a.rhai", 1, (1, 9)),
        clause: Some(Clause {
            id: "1.a".to_owned(),
            section: Some(0),
            kind: ClauseKind::Target,
            form: String::new(),
            text: both("Từ 50 %.", "From 50 %."),
            lead_inferred: false,
            support: vec!["B".to_owned()],
        }),
        title: both("Tỷ lệ", "Share"),
        lead: Some("A".to_owned()),
        status: Status::Unmet,
        status_unwaived: None,
        severity: Some(Severity::Error),
        value: Some(Exact::int(40)),
        fraction: None,
        between: None,
        unit: Bilingual::same("%"),
        goal: Some(Goal::AtLeast(Exact::int(50))),
        every_year: true,
        by: None,
        required: None,
        baseline: None,
        path: None,
        pace: None,
        movement: None,
        readings: None,
        due: None,
        evidence: None,
        timing: None,
        duties: Vec::new(),
        progress: None,
        gap: None,
        left: None,
        years: vec![(2023, Exact::ratio(100, 3)), (2024, Some(Exact::int(40)))],
        areas: Vec::new(),
        spread: Spread::default(),
        remarks: Vec::new(),
        units: Vec::new(),
        reason: None,
        note: None,
        ignored: 0,
        findings: vec![finding],
    }
}

/// A report of one target, one rule of our own and one wrong cell, without any workspace.
fn fixture() -> ReportView {
    let kept = Judged {
        id: "dat".to_owned(),
        kind: RuleKind::Expect,
        place: place("a.rhai", 7, (1, 20)),
        clause: None,
        title: both("Đủ", "Enough"),
        lead: None,
        status: Status::Met,
        severity: None,
        value: None,
        unit: Bilingual::default(),
        goal: None,
        every_year: false,
        years: Vec::new(),
        findings: Vec::new(),
        ..missed()
    };
    let cell = Position { cell: Some("Tổng!B7".to_owned()), ..place("xa.xlsx", 7, (2, 2)) };
    let wrong = Finding {
        code: Code::OutOfRange,
        severity: Severity::Warning,
        subject: None,
        message: msg!(Plain, text = "-1"),
        labels: vec![Label { place: cell, text: None }],
        excerpts: vec![excerpt(0, 7, "Phú Lệ|-1", "-1")],
        help: Vec::new(),
        fix: None,
        notes: vec![said("dưới 0", "below 0")],
    };
    ReportView {
        name: both("Thử", "Test"),
        plan: both("Kế hoạch", "Plan"),
        year: 2024,
        as_of: day("2024-12-31"),
        sections: vec![Section { id: "1".to_owned(), title: both("Mục", "Part") }],
        units: vec![Unit {
            code: "A".to_owned(),
            name: both("Phòng A", "Office A"),
            heirs: vec![("C".to_owned(), "Sở C".to_owned())],
        }],
        results: vec![missed(), kept],
        findings: vec![wrong],
        datasets: vec![DatasetNote { name: "so".to_owned(), provenance: Some("synthetic".into()) }],
    }
}
/// How the finding without a rule begins and ends, in English.
const WRONG: &str = "warning[out-of-range] -1
    ╭─[xa.xlsx:Tổng!B7]
  7 │ Phú Lệ|-1
    ·        ──
    ╰────
  note: below 0
";

#[test]
fn as_text() {
    let expected = format!(
        "Test · year 2024 · as of 2024-12-31

error[unmet] 1.a too low
    ╭─[so.csv:3:6]
  3 │ Đà 1,40
    ·      ┬─
    ·      ╰ here
    ╰────
    ╭─[plan.toml:12:8]
 12 │ text = \"Từ 50 %.\"
    ·        ──────────
    ╰────
  help: add some

{WRONG}
By target
       target  status  value  required 2024  goal           needed a year  gap  trend
  1.a  Share   unmet      40                 at least 50 %                      ▁█

By section of the plan
  1  Part             1   1 unmet
     Data quality     1   1 met

By leading unit
  C  Sở C     1   1 unmet

Note: 1 of 1 datasets hold made-up figures, not real ones (see datasets/README.md).

1 target, 0 assignments, 1 data rule: 1 unmet, 1 met · 1 error, 1 warning · year 2024, as of 2024-12-31
"
    );
    let (view, all) = (fixture(), Options::new(Lang::En));
    assert_eq!(written(&view, &Text, &all), expected);
    let errors = Options { show: Severity::Error, ..all };
    let without = expected.replace(&format!("{WRONG}\n"), "");
    assert_eq!(written(&view, &Text, &errors), without);
    let quiet = written(&view, &Text, &Options { quiet: true, ..all });
    let (title, tables) =
        (&expected[..expected.find("error[").unwrap()], expected.find("By target"));
    assert_eq!(quiet, format!("{title}{}", &expected[tables.unwrap()..]));
    let timed = Options { started: Some(std::time::Instant::now()), ..all };
    assert!(written(&view, &Text, &timed).ends_with(" ms)\n"));
    let colored = written(&view, &Text, &Options { color: true, ..all });
    assert!(colored.contains("\u{1b}["));
}

#[test]
fn as_concise_lines() {
    let (view, all) = (fixture(), Options::new(Lang::Vi));
    let lines = "so.csv:3:6: error[unmet] 1.a thấp\nxa.xlsx:Tổng!B7: warning[out-of-range] -1\n";
    assert_eq!(written(&view, &Concise, &all), lines);
    let errors = Options { show: Severity::Error, ..all };
    assert_eq!(written(&view, &Concise, &errors), "so.csv:3:6: error[unmet] 1.a thấp\n");
}

#[test]
fn as_json() {
    let text = written(&fixture(), &Json, &Options::new(Lang::En));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let schema = common::schema("report.schema.json");
    let errors: Vec<String> = schema.iter_errors(&document).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let here = json!({
        "file": "so.csv", "line": 3, "column": 6, "end_line": 3, "end_column": 8, "cell": null,
        "text": "here",
    });
    let [missed, kept] = [0, 1].map(|at| &document["results"][at]);
    assert_eq!([&missed["labels"][0], &missed["diagnostics"][0]["labels"][0]], [&here, &here]);
    assert_eq!(kept["labels"][0]["file"], "a.rhai");
    assert_eq!([&missed["value"], &missed["years"][0]["value"]], ["40", "33.333333"]);
    assert_eq!([&missed["clause"]["section"], &missed["clause"]["text"]], ["1", "From 50 %."]);
    assert_eq!(missed["lead_now"], json!(["C"]));
    let found = &document["diagnostics"][0];
    assert_eq!([&found["labels"][0]["cell"], &found["notes"][0]], ["Tổng!B7", "below 0"]);
    let summary = &document["summary"];
    assert_eq!(summary["severities"], json!({ "error": 1, "warning": 1, "advice": 0 }));
    assert_eq!([&summary["sections"][0]["total"], &summary["leads"][0]["total"]], [1, 1]);
}

/// Every format there is, over the same view, wherever it is taken.
#[test]
fn a_view_can_be_copied_and_taken_elsewhere() {
    for format in FORMATS {
        for lang in [Lang::Vi, Lang::En] {
            let (view, options) = (fixture(), Options::new(lang));
            let here = written(&view, *format, &options);
            assert!(here.ends_with('\n') && !here.ends_with("\n\n"), "{}", format.id());
            let copy = view.clone();
            let elsewhere = std::thread::spawn(move || written(&copy, *format, &options));
            assert_eq!(elsewhere.join().expect("written"), here);
        }
    }
}

/// What the command prints while it has the files is what a view says when they are gone.
#[test]
fn a_view_outlives_its_files() {
    let workspace = Workspace::bundled();
    // A cell and a rule that are wrong, and a line too long to be shown whole.
    workspace.replace("datasets/tiem_chung.csv", "2025,14878,119,110", "2025,14878,119,x");
    let long = format!("expect(\"e\", #{{ on: so, row: |r| r.{} > 0 }}); //", "x".repeat(9_000));
    workspace.write("rules/quality/z.rhai", long);
    let printed = FORMATS.iter().map(|format| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rasoat"));
        command.args(["check", "--verbose", "--lang", "en", "--format", format.id()]);
        let output = command.arg(workspace.path()).output().expect("it runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    });
    let printed: Vec<String> = printed.collect();
    let checked = workspace.check();
    let view = ReportView::new(checked.report, &checked.sources, Some(Severity::Advice));
    drop((checked.sources, workspace));
    for (format, printed) in FORMATS.iter().zip(printed) {
        assert_eq!(written(&view, *format, &Options::new(Lang::En)), printed, "{}", format.id());
    }
}

#[test]
fn every_format_is_known_to_those_who_read_about_it() {
    for readme in ["README.md", "README.vi.md"] {
        let text = std::fs::read_to_string(common::root().join(readme)).expect("readable");
        let told = text.lines().find(|line| line.contains("check --format")).expect("the command");
        for format in FORMATS {
            assert!(told.contains(format.id()), "{readme}: {}", format.id());
        }
    }
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rasoat")).args(arguments).output();
        let output = output.expect("it runs");
        String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8")
    };
    assert!(run(&["check", "--help"]).contains(&names()));
    assert!(run(&["check", "--format", "jsn"]).contains(&names()));
}
