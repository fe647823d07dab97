//! What is written eight times costs about eight times as much, and the longest honest condition
//! is no danger.

mod common;
#[path = "common/growing.rs"]
mod growing;

use std::time::Duration;

use common::{Workspace, helps, verdict};
use growing::{KINDS, Kind};
use rasoat::diagnostic::{Code, Diagnostic};
use rasoat::verdict::Status;

/// The shortest of some runs.
fn shortest(kind: &Kind, count: usize, runs: usize) -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    growing::write(folder.path(), kind, count);
    (0..runs).map(|_| growing::run(folder.path()).1).min().expect("a run")
}

/// What grows with the square takes 64 times as long. Three times as long as in proportion leaves
/// room for what a busy machine does; a run that was disturbed may be repeated.
#[test]
fn eight_times_as_much_takes_about_eight_times_as_long() {
    for kind in &KINDS {
        let mut ratio = f64::INFINITY;
        for _ in 0..3 {
            let few = shortest(kind, kind.few, 2).max(Duration::from_millis(5));
            let many = shortest(kind, kind.few * 8, 1);
            ratio = ratio.min(many.as_secs_f64() / few.as_secs_f64());
            if ratio <= 24.0 {
                break;
            }
        }
        assert!(ratio <= 24.0, "{}: {ratio:.0} times", kind.name);
    }
}

/// The rules of the growing workspaces are judged, and as they should be: nothing is quick by
/// being left out.
#[test]
fn what_grows_is_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in &KINDS {
        growing::write(folder.path(), kind, 40);
        let (checked, _) = growing::run(folder.path());
        let results = &checked.report.results;
        let count = |status| results.iter().filter(|verdict| verdict.status() == status).count();
        let found = [Status::Met, Status::Unmet, Status::Error].map(count);
        // Of 20 rows c1 is 0 to 19; t is t0 to t19.
        let expected = match kind.name {
            "expectations not met" => [0, 40, 0],
            "expectations with unknown columns" | "broken declarations" => [0, 0, 40],
            // More than half of the rows are above 0 to 9.
            "targets with filters of their own" => [10, 30, 0],
            "statements before an open bracket" => [0, 0, 0],
            "functions in a file"
            | "terms of a sum"
            | "terms of an `||`"
            | "numbers after `in`"
            | "texts after `in`"
            | "columns after `in`"
            | "cases of a `switch`" => [1, 0, 0],
            _ => [40, 0, 0],
        };
        assert_eq!(found, expected, "{}", kind.name);
    }
}

fn of_row(condition: &str, rows: &str) -> Status {
    let workspace = Workspace::small();
    workspace.write("datasets/so.csv", format!("nam,xa,dat,tong\n{rows}"));
    workspace.write(
        "rules/a.rhai",
        format!("expect(\"e\", #{{ title: \"e\", on: so, row: |r| {condition} }});"),
    );
    verdict(&workspace.check(), "e").status()
}

#[test]
fn long_conditions_mean_what_short_ones_do() {
    let rows = "2024,01,3,5000\n";
    let of = |operator: &str, part: &dyn Fn(usize) -> String, end: &str| {
        of_row(&growing::joined(1_000, operator, part, end), rows)
    };
    let one = |_| "r.dat".to_owned();
    assert_eq!(of("+", &one, " == 3000"), Status::Met);
    assert_eq!(of("+", &one, " == 3001"), Status::Unmet);
    assert_eq!(of("||", &|at| format!("r.tong == {}", 4_001 + at), ""), Status::Met);
    assert_eq!(of("||", &|at| format!("r.tong == {}", 5_001 + at), ""), Status::Unmet);
    assert_eq!(of("&&", &|at| format!("r.tong != {}", 5_001 + at), ""), Status::Met);
    assert_eq!(of("&&", &|at| format!("r.tong != {}", 4_001 + at), ""), Status::Unmet);
    let cases: Vec<String> =
        (0..1_000).map(|at| format!("{} => r.dat == {}", 4_001 + at, at % 7)).collect();
    let switch = format!("switch r.tong {{ {}, _ => true }}", cases.join(",\n"));
    // 5000 is case 999, of which 999 % 7 is 5.
    assert_eq!(of_row(&switch, rows), Status::Unmet);
    assert_eq!(of_row(&switch, "2024,01,5,5000\n"), Status::Met);
}

/// Filter upon filter is one condition as deep as they are many.
#[test]
fn filter_upon_filter_is_one_condition() {
    for (last, count) in [(5_000, 2), (5_001, 1)] {
        let workspace = Workspace::small();
        workspace.write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,1,5000\n2024,02,1,5001\n");
        let first = last - 60;
        workspace.write(
            "rules/a.rhai",
            format!(
                "let t = so;\nfor i in {first}..{last} {{ t = t.filter(|r| r.tong != i); }}\ntarget(\"1.a\", #{{ measure: t.count(), goal: at_least(0), every_year: true }});"
            ),
        );
        let found = verdict(&workspace.check(), "1.a").value().cloned();
        assert_eq!(found, Some(rasoat::exact::Exact::int(count)), "{last}");
    }
}

/// Lists long enough to be looked up as one are no different from short ones, item by item:
/// numbers with and without places, dates, texts, columns, and what is unknown.
#[test]
fn long_lists_are_like_comparisons() {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/m.toml",
        "[[fields]]\nname = \"n\"\ntype = \"integer\"\n[[fields]]\nname = \"p\"\ntype = \"integer\"\n[[fields]]\nname = \"x\"\ntype = \"number\"\n[[fields]]\nname = \"d\"\ntype = \"date\"\n[[fields]]\nname = \"t\"\ntype = \"string\"\n",
    );
    workspace.write(
        "datasets/m.csv",
        "n,p,x,d,t\n3,8,1.5,2024-01-03,a\n4,4,2.0,2024-01-04,b\n900,1,7.25,2023-01-01,\n,5,,,t30\n5,6,0.5,2024-02-01,z\n",
    );
    let list = |item: &dyn Fn(usize) -> String| (0..40).map(item).collect::<Vec<_>>();
    let cases = [
        ("n", list(&|at| at.to_string()), 3),
        ("n", list(&|at| format!("{at}.0")), 3),
        ("n", list(&|at| if at == 39 { "r.p".to_owned() } else { (at + 100).to_string() }), 1),
        ("n", list(&|at| if at == 39 { "900".to_owned() } else { format!("{at}.5") }), 1),
        ("x", list(&|at| format!("{at}.5")), 2),
        ("x", list(&|at| at.to_string()), 1),
        ("d", list(&|at| format!("date(\"2024-01-{:02}\")", at % 31 + 1)), 2),
        ("t", list(&|at| format!("\"t{at}\"")), 1),
        ("t", list(&|at| if at == 7 { "r.t".to_owned() } else { format!("\"t{at}\"") }), 4),
    ];
    for (column, items, count) in cases {
        let listed = format!("r.{column} in [{}]", items.join(", "));
        let tests: Vec<String> = items.iter().map(|item| format!("r.{column} == {item}")).collect();
        for condition in [listed, tests.join(" || ")] {
            let measure = format!("m.filter(|r| {condition}).count().ignore_missing()");
            workspace.write(
                "rules/a.rhai",
                format!("target(\"1.a\", #{{ measure: {measure}, goal: at_least(0), every_year: true }});"),
            );
            let checked = workspace.check();
            let found = verdict(&checked, "1.a").value().cloned();
            assert_eq!(found, Some(rasoat::exact::Exact::int(count)), "{column}: {condition}");
        }
    }
}

/// Each part of a condition is bound once: what is wrong with the innermost one of a deep sum is
/// told once and nothing is tried twice.
#[test]
fn what_is_wrong_in_a_long_condition_is_told_once() {
    let workspace = Workspace::small();
    for condition in [
        format!("0 < r.dta{}", " + r.tong".repeat(40)),
        format!("r.dta in [{}1]", "2, ".repeat(40)),
        format!("(r.dta == 1){}", " || r.tong == 1".repeat(40)),
    ] {
        workspace.write(
            "rules/a.rhai",
            format!("expect(\"e\", #{{ title: \"e\", on: so, row: |r| {condition} }});"),
        );
        let checked = workspace.check();
        let finding = common::only(&checked, Code::UnknownColumn);
        assert_eq!(common::marked(&checked, finding, 0), "dta");
        assert_eq!(helps(finding), ["did you mean `dat`?"]);
    }
}

/// A file with a syntax error keeps what is in order, and every place in it.
#[test]
fn a_broken_piece_moves_nothing() {
    let workspace = Workspace::small();
    workspace.write(
        "rules/a.rhai",
        "let n = 1;\nexpect(\"á\", #{ title: \"a\", on: so, row: |r| r.dat >= n });\n\ny (\nfn f(r) {\n  r > n\n}\nexpect(\"b\" #{ title: \"b\" });\nexpect(\"c\", #{ title: \"c\", on: so, row: |r| r.dta > 0 })\n// no semicolon above\nexpect(\"d\", #{ title: \"d\", on: so, row: |r| g(r.dat) })\nfn g(a) { a > 0 /* ; */ }\nla();\nx /*\nexpect(\"e\", #{ title: \"e\", on: so, row: |r| r.dat > 0 });\n",
    );
    let checked = workspace.check();
    let status = |id| verdict(&checked, id).status();
    assert_eq!(status("á"), Status::Met);
    assert_eq!(status("b"), Status::Error);
    assert_eq!(status("c"), Status::Error);
    assert_eq!(status("d"), Status::Met);
    // The comment that is never closed belongs to its own piece.
    assert_eq!(status("e"), Status::Met);
    let column = common::only(&checked, Code::UnknownColumn);
    assert_eq!(common::marked(&checked, column, 0), "dta");
    let unknown = common::findings(&checked, Code::UnknownName);
    let places: Vec<String> =
        unknown.iter().map(|finding| common::marked(&checked, finding, 0)).collect();
    assert!(places.contains(&"la".to_owned()) && places.contains(&"x".to_owned()), "{places:?}");
    let line = |finding: &&Diagnostic| common::line_column(&checked, finding, 0).0;
    let mut lines: Vec<usize> =
        common::findings(&checked, Code::ScriptSyntax).iter().map(line).collect();
    lines.sort_unstable();
    // Where the bracket opens that is never closed, and where a comma is missing.
    assert_eq!(lines, [4, 8]);
}

/// So many declarations that a file is parsed in parts: what a part ends with, what it takes from
/// others, and where everything stands.
#[test]
fn large_files_are_read_like_small_ones() {
    let many = |from: usize, to: usize| -> String {
        (from..to)
            .map(|at| {
                format!("expect(\"{at}\", #{{ title: \"{at}\", on: so, row: |r| r.dat >= n }});\n")
            })
            .collect()
    };
    let read = |text: String| {
        let workspace = Workspace::small();
        workspace.write("rules/a.rhai", text);
        let checked = workspace.check();
        let results = &checked.report.results;
        let count = |status| results.iter().filter(|verdict| verdict.status() == status).count();
        let counts = (count(Status::Met), count(Status::Unmet), count(Status::Error));
        let marks = checked.report.findings.iter().filter(|found| !found.labels.is_empty());
        let lines: Vec<usize> =
            marks.map(|found| common::line_column(&checked, found, 0).0).collect();
        (counts, lines)
    };
    // The clause of the plan that no rule judges is told at its own line of plan.toml, and counts
    // as an error.
    let told = 10;
    let lets = "let n = 1;\n";
    // A variable of the first part; functions of parts before and after.
    let calls = "expect(\"g\", #{ title: \"g\", on: so, row: |r| f(r.dat) && h(r.dat) });\n";
    let (f, h) = ("fn f(a) { a > 0 }\n", "fn h(a) { a > 0 }\n");
    let text = [lets, f, &many(0, 300), calls, &many(300, 600), h].concat();
    assert_eq!(read(text), ((601, 0, 1), vec![told]));
    // A function as a value, known only where it has been read.
    let value = "expect(\"v\", #{ title: \"v\", on: so, row: dat });\n";
    let text = [lets, "fn dat(r) { r.dat > 100 }\n", &many(0, 300), value].concat();
    assert_eq!(read(text), ((300, 1, 1), vec![told]));
    // A comment over several parts, and one that is never closed.
    let text = [lets, "/*\n", &many(0, 500), "*/\n", &many(500, 501)].concat();
    assert_eq!(read(text), ((1, 0, 1), vec![told]));
    let text = [lets, &many(0, 300), "/*\n", &many(300, 600)].concat();
    assert_eq!(read(text), ((300, 0, 1), vec![told]));
    // A statement that is not ended, a function that is there twice, a constant that is changed.
    let open = "expect(\"o\", #{ title: \"o\", on: so, row: |r| r.dat >= n })\n";
    let text = [lets, &many(0, 198), open, &many(198, 600)].concat();
    assert_eq!(read(text), ((601, 0, 1), vec![200, told]));
    let text = [lets, f, &many(0, 500), f].concat();
    assert_eq!(read(text), ((500, 0, 1), vec![503, told]));
    let text = ["const n = 1;\n", &many(0, 500), "n = 2;\n"].concat();
    // Told of the file and, since every piece is in order by itself, when it runs.
    let ((met, ..), lines) = read(text);
    assert_eq!((met, lines), (500, vec![502, 502, told]));
    // What is broken in a late part stands where it stands.
    let column = "expect(\"c\", #{ title: \"c\", on: so, row: |r| r.dta > 0 });\n";
    let text = [lets, &many(0, 500), column, &many(500, 900), "la();\n"].concat();
    assert_eq!(read(text), ((900, 0, 2), vec![903, 502, told]));
}

/// Lines of a text of several lines are part of it, whatever they begin with, in a file with a
/// mistake too.
#[test]
fn texts_of_several_lines_stay_whole_beside_a_mistake() {
    let workspace = Workspace::small();
    workspace.append(
        "rules/a.rhai",
        "\nexpect(\"c\", #{ title: `a\nđạt\nb`, on: so, row: |r| r.dat >= 0 });\nlet x = (;\n",
    );
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "c").status(), Status::Met);
    assert_eq!(common::findings(&checked, Code::ScriptSyntax).len(), 1);
}

/// What stands where a bracket or a quote should is no reason to lose every rule.
#[test]
fn declarations_with_letters_where_none_belong_lose_only_themselves() {
    for (broken, id) in [
        ("expect \u{a0}(\"x\", #{ title: \"x\" });", Some("x")),
        ("expect\u{a0}(\"x\", #{ title: \"x\" });", Some("x")),
        ("target “II.1”, #{ by: 2030 });", Some("II.1")),
        ("rule é", Some("é")),
        ("assignment\u{3000}é(\"x\")", None),
        ("expect(\"x\u{a0}, #{ título: “á” });", Some("x\u{a0}, #{ título: “á” });")),
        ("é", None),
        ("“", None),
    ] {
        let workspace = Workspace::small();
        workspace.append("rules/a.rhai", &format!("\n{broken}\n"));
        let checked = workspace.check();
        assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "{broken}");
        assert_eq!(verdict(&checked, "dat-khong-vuot").status(), Status::Met, "{broken}");
        assert!(common::is_broken(&checked), "{broken}");
        if let Some(id) = id {
            assert_eq!(verdict(&checked, id).status(), Status::Error, "{broken}");
        }
    }
}
