//! Reading in ranges: the report is the same whether a dataset is held in memory or read by any
//! number of threads in ranges of any size, whatever is wrong with its rows.

mod common;

use common::{Workspace, findings, marked, verdict};
use proptest::prelude::*;
use rasoat::check::{Checked, ReadingOptions, check};
use rasoat::diagnostic::Code;
use rasoat::exact::Exact;
use rasoat::message::Lang;
use rasoat::source::HELD_BYTES;
use rasoat::verdict::Status;

const CONTRACT: &str = r#"
primaryKey = "so"
subject = "người"
missingValues = ["", "-"]
parts = [{ part = "con", whole = "cao" }]

[dimensions]
year = "nam"
area = "xa"

[[fields]]
name = "so"
type = "integer"

[[fields]]
name = "nam"
type = "year"
constraints = { required = true }

[[fields]]
name = "xa"
type = "string"

[[fields]]
name = "ho"
type = "string"
constraints = { pattern = "h[0-9]" }

[[fields]]
name = "ten"
type = "string"

[[fields]]
name = "cao"
type = "number"
constraints = { minimum = 0, maximum = 50 }

[[fields]]
name = "con"
type = "integer"

[[fields]]
name = "sinh"
type = "date"

[[fields]]
name = "loai"
type = "string"
constraints = { enum = ["a", "b", "ă"] }

[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ma" }
"#;

const RULES: &str = r#"
let ai = nguoi.filter(|r| r.loai in ["a", "b"] && r.so != 3);
target("t1", #{ measure: percent(ai.count(), nguoi.count()), goal: at_least(50), by: 2030 });
target("t2", #{ measure: nguoi.sum("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t3", #{ measure: nguoi.mean("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t4", #{ measure: nguoi.min("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t5", #{ measure: nguoi.max("con").ignore_missing(), goal: at_least(50), by: 2030 });
target("t6", #{ measure: nguoi.median("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t7", #{ measure: nguoi.quantile("con", 0.9).ignore_missing(), goal: at_least(5), by: 2030 });
target("t8", #{ measure: nguoi.distinct("ten"), goal: at_least(50), by: 2030 });
target("t9", #{ measure: nguoi.distinct("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t10", #{
    measure: nguoi.filter(|r| r.xa.ten.starts_with("Phú") || year(r.sinh) < 2000).count(),
    goal: none(), every_year: true,
});
target("t11", #{
    measure: nguoi.group("ho").filter(|g| g.filter(|r| r.loai == "a").count() == 1).count(),
    goal: at_least(9), every_year: true,
});
expect("e1", #{ title: "con", on: nguoi, row: |r| r.con * 2 <= r.cao + 9 });
expect("e2", #{ title: "hộ", on: nguoi.group("ho", "xa"), row: |g| g.count() < 3 && g.sum("con") < 30 });
expect("e3", #{ title: "năm", on: nguoi.filter(|r| r.so > 2).year(-1), row: |r| r.ten.len() < 6 });
rule("r1", #{ title: "tổng", inputs: #{ a: nguoi.sum("con"), b: nguoi.year(-1).sum("con") },
    check: |v| if v.a > v.b { unmet(`tăng ${v.a - v.b}`, `up ${v.a - v.b}`) } });
"#;

fn workspace(csv: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("rules/plan.toml").remove("rules/a.rhai");
    workspace.write("rules/b.rhai", RULES);
    workspace.write("datasets/nguoi.toml", CONTRACT).write("datasets/nguoi.csv", csv);
    workspace
}

fn checked(workspace: &Workspace, reading: ReadingOptions) -> Checked {
    let mut request = workspace.request();
    request.reading = reading;
    check(&request).expect("a workspace")
}

/// Everything a report says, for people and for machines.
fn told(checked: &Checked) -> String {
    [common::json(checked, Lang::Vi), common::text(checked, Lang::Vi)].concat()
}

/// A cell, quoted or not, and what a quoted one may hold.
fn cell(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    (prop::sample::select(values), 0..8u8).prop_map(|(value, quoting)| match quoting {
        0 => format!("\"{value}\""),
        1 if values.contains(&"Y") => format!("\"{value}\n,\"\"{value}\""),
        2 => format!(" {value}"),
        _ => value.to_owned(),
    })
}

fn row() -> impl Strategy<Value = String> {
    let cells = (
        (1..60u8).prop_map(|so| so.to_string()),
        cell(&["2023", "2024", "2024", "2024", "24", ""]),
        cell(&["01", "02", "01", "02", "03", ""]),
        cell(&["h1", "h2", "h3", "h4", "x", ""]),
        cell(&["Y", "Lê", "Le\u{302}", "a\"b", "-"]),
        cell(&["1.5", "12", "0.25", "1.234", "99", "-3", "", "7.50"]),
        cell(&["0", "1", "2", "-1", "x", ""]),
        cell(&["1999-12-31", "2001-02-29", "2001-03-01", ""]),
        cell(&["a", "b", "ă", "a\u{306}", "c", ""]),
    );
    (cells, 0..30u8).prop_map(|((a, b, c, d, e, f, g, h, i), shape)| {
        let row = [a, b, c, d, e, f, g, h, i];
        match shape {
            0 => row[..8].join(","),
            1 => row.join(",") + ",",
            2 => String::new(),
            _ => row.join(","),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_report_does_not_depend_on_how_rows_are_read(
        rows in prop::collection::vec(row(), 0..60),
        ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        threads in 1usize..4,
        range in 1usize..300,
        last in any::<bool>(),
    ) {
        let mut csv = format!("so,nam,xa,ho,ten,cao,con,sinh,loai{ending}{}", rows.join(ending));
        if last {
            csv.push_str(ending);
        }
        let workspace = workspace(&csv);
        let held = told(&checked(&workspace, ReadingOptions::default()));
        let read = told(&checked(&workspace, ReadingOptions { threads, range, held: 0 }));
        let lines = held.lines().zip(read.lines());
        let different = lines.enumerate().find(|(_, (held, read))| held != read);
        prop_assert_eq!(different, None, "in {}", csv);
        prop_assert_eq!(held.len(), read.len());
    }
}

/// Within a range, rows of few areas are sorted by these.
#[test]
fn the_first_row_that_is_open_is_the_first_in_the_file() {
    let blank = |csv: String, so: u8, xa: &str| {
        let from = format!("\n{so},2024,01,h{so},Lê,5.5,1,");
        csv.replace(&from, &format!("\n{so},2024,{xa},h{so},Lê,5.5,,"))
    };
    let workspace = workspace(&blank(blank(plain(40), 2, "02"), 3, "01"));
    let [held, read] = [HELD_BYTES, 0].map(|held| {
        let reading = ReadingOptions { threads: 1, range: 1 << 20, held };
        told(&checked(&workspace, reading))
    });
    assert!(held == read);
}

/// Rows 1 to `count`, all in order.
fn plain(count: usize) -> String {
    let mut csv = String::from("so,nam,xa,ho,ten,cao,con,sinh,loai\n");
    for so in 1..=count {
        csv.push_str(&format!("{so},2024,01,h{},Lê,5.5,1,2001-03-01,a\n", so % 10));
    }
    csv
}

const SMALL: ReadingOptions = ReadingOptions { threads: 2, range: 64, held: 0 };

#[test]
fn a_key_far_from_its_double_is_found_and_counts_once() {
    let workspace = workspace(&format!("{}7,2024,01,h7,Lê,5.5,1,2001-03-01,a\n", plain(500)));
    let checked = checked(&workspace, SMALL);
    let doubled = findings(&checked, Code::DuplicateKey);
    assert_eq!(doubled.len(), 1);
    assert_eq!(marked(&checked, doubled[0], 0), "7");
    let label = doubled[0].labels[0].text.as_ref().expect("a label").text(Lang::En);
    assert_eq!(label, "the same key 7 as at datasets/nguoi.csv:8");
    assert_eq!(verdict(&checked, "t1").status(), Status::NoData);
    assert_eq!(verdict(&checked, "t9").value().cloned(), Some(Exact::ONE));
}

#[test]
fn offending_cells_are_counted_exactly_and_the_first_are_shown() {
    let mut csv = plain(900);
    for (from, to) in [(",5.5,", ",99,"), (",h3,", ",q3,")] {
        csv = csv.replace(from, to);
    }
    let checked = checked(&workspace(&csv), SMALL);
    let range = findings(&checked, Code::OutOfRange)[0];
    assert_eq!(common::english(range), "`99` in `cao` of `nguoi` is out of range (900 cells)");
    let line = |label: usize| common::line_column(&checked, range, label).0;
    let lines: Vec<usize> = (0..range.labels.len()).map(line).collect();
    assert_eq!(lines, [2, 3, 4]);
    let pattern = findings(&checked, Code::PatternMismatch)[0];
    assert_eq!(common::line_column(&checked, pattern, 0), (4, 11));
}

#[test]
fn a_quote_that_never_closes_is_said() {
    let csv = plain(50).replacen(",Lê,", ",\"Lê,", 1);
    for reading in [ReadingOptions::default(), SMALL] {
        let workspace = workspace(&csv);
        let checked = checked(&workspace, reading);
        let open = findings(&checked, Code::UnclosedQuote);
        assert_eq!(open.len(), 1);
        assert_eq!(marked(&checked, open[0], 0), "\"");
        // What the quote swallowed is not read: nothing is known of any total.
        assert_eq!(verdict(&checked, "t1").status(), Status::Error);
    }
}

/// A workspace with one dataset `so` of text `t`, key `k`, area `xa`, year `nam` and number `a`.
fn keyed(contract: &str, csv: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("rules/plan.toml").remove("rules/a.rhai");
    let mut fields = String::new();
    for (name, kind) in
        [("t", "string"), ("k", "string"), ("nam", "year"), ("xa", "string"), ("a", "number")]
    {
        if csv.lines().next().is_some_and(|header| header.split(',').any(|column| column == name)) {
            fields.push_str(&format!("[[fields]]\nname = \"{name}\"\ntype = \"{kind}\"\n\n"));
        }
    }
    workspace
        .write("datasets/so.toml", format!("{contract}\n{fields}"))
        .write("datasets/so.csv", csv);
    workspace.write(
        "rules/b.rhai",
        "target(\"n\", #{ measure: so.count(), goal: at_least(0), every_year: true });\n\
         target(\"s\", #{ measure: so.sum(\"a\"), goal: at_least(0), every_year: true });\n",
    );
    workspace
}

/// The status or value of the count and the sum, held and read in ranges.
fn count_and_sum(workspace: &Workspace) -> [Result<Exact, Status>; 2] {
    let of = |checked: &Checked, id: &str| {
        let verdict = verdict(checked, id);
        verdict.value().cloned().ok_or(verdict.status())
    };
    let both = [ReadingOptions::default(), SMALL].map(|reading| {
        let checked = checked(workspace, reading);
        ["n", "s"].map(|id| of(&checked, id))
    });
    assert_eq!(both[0], both[1]);
    both[0].clone()
}

#[test]
fn doubled_keys_are_found_whatever_they_look_like() {
    let unknown = [Err(Status::NoData), Err(Status::NoData)];
    // A quote inside a cell before the key.
    let inner = keyed("primaryKey = \"k\"", "t,k,a\n5\" pipe,x,1\n6\" pipe,x,2\n7,z,3\n");
    assert_eq!(count_and_sum(&inner), unknown);
    // A key that is far along its record.
    let far = format!("t,k,a\n{},x,1\n{},x,2\nz,y,3\n", "q".repeat(70_000), "r".repeat(70_001));
    assert_eq!(count_and_sum(&keyed("primaryKey = \"k\"", &far)), unknown);
    // A key that also refers to another dataset, and finds nothing there.
    let reference = "primaryKey = \"xa\"\nforeignKeys = [{ fields = \"xa\", reference = { resource = \"xa\", fields = \"ma\" } }]";
    let stranger = keyed(reference, "xa,a\n01,1\n99,5\n99,7\n");
    assert_eq!(count_and_sum(&stranger), unknown);
    // Only the year of a doubled row becomes unknown.
    let other_year = keyed(
        "primaryKey = \"k\"\n[dimensions]\nyear = \"nam\"\n",
        "nam,k,a\n2023,x,1\n2023,x,5\n2024,y,10\n2024,z,20\n",
    );
    assert_eq!(count_and_sum(&other_year), [Ok(Exact::int(2)), Ok(Exact::int(30))]);
}

#[test]
fn rows_of_no_area_then_share_a_key_all_the_same() {
    let contract = "primaryKey = [\"nam\", \"xa\", \"k\"]\n\
        dimensions = { year = \"nam\", area = \"xa\" }\n\
        foreignKeys = [{ fields = \"xa\", reference = { resource = \"xa\", fields = \"ma\" } }]";
    let workspace = keyed(contract, "nam,xa,k,a\n2024,02,x,1\n2024,02,x,2\n2024,01,x,4\n");
    workspace.replace(
        "datasets/xa.toml",
        "primaryKey = \"ma\"",
        "dimensions = { valid_to = \"den\" }",
    );
    workspace.append("datasets/xa.toml", "\n[[fields]]\nname = \"den\"\ntype = \"date\"\n");
    workspace.write("datasets/xa.csv", "ma,ten,den\n01,Phú Lệ,\n02,Nam Động,2023-12-31\n");
    assert_eq!(count_and_sum(&workspace), [Err(Status::NoData), Err(Status::NoData)]);
}

#[test]
fn sums_are_exact_whatever_their_parts_come_to() {
    let plain = "";
    let mut csv = String::from("a\n");
    // In the smallest units these parts need more than 128 bits; together they do not.
    csv.push_str(&"99999999999999999999\n".repeat(3));
    csv.push_str(&"1\n".repeat(40));
    csv.push_str(&"-99999999999999999999\n".repeat(3));
    csv.push_str("0.000000000000000001\n");
    let expected = Exact::decimal(40 * 10i128.pow(18) + 1, 18).ok_or(Status::Error);
    assert_eq!(count_and_sum(&keyed(plain, &csv)), [Ok(Exact::int(47)), expected]);
    // More than twenty digits are no number.
    let long = keyed(plain, "a\n100000000000000000000\n");
    assert_eq!(count_and_sum(&long)[1], Err(Status::NoData));
}

#[test]
fn long_headers_and_long_lines_are_read_whole() {
    let csv = format!("t,k,a,{}\n{}", "z".repeat(3_000_000), "r,1,2,3\n".repeat(5));
    assert_eq!(count_and_sum(&keyed("", &csv)), [Ok(Exact::int(5)), Ok(Exact::int(10))]);
    let csv = format!("t,k,a\n{},v,bad\n", "t".repeat(90_000));
    let workspace = keyed("", &csv);
    let checked = checked(&workspace, SMALL);
    let cell = findings(&checked, Code::BadCell)[0];
    assert_eq!(common::line_column(&checked, cell, 0), (2, 90_004));
}

#[test]
fn several_files_are_one_dataset() {
    let workspace = workspace("");
    workspace.remove("datasets/nguoi.csv");
    workspace.write("datasets/nguoi.toml", format!("path = \"nguoi/*.csv\"\n{CONTRACT}"));
    let (head, rows) = (plain(0), plain(30));
    let rows: Vec<&str> = rows.lines().skip(1).collect();
    workspace.write("datasets/nguoi/a.csv", format!("{head}{}", rows[..10].join("\n")));
    // Another order of columns, another ending of lines.
    let turned: Vec<String> =
        rows[10..].iter().map(|row| format!("a,{}", row.strip_suffix(",a").expect("a"))).collect();
    workspace.write(
        "datasets/nguoi/b.csv",
        format!("loai,so,nam,xa,ho,ten,cao,con,sinh\r\n{}\r\n", turned.join("\r\n")),
    );
    for reading in [ReadingOptions::default(), SMALL] {
        let found = checked(&workspace, reading);
        assert_eq!(verdict(&found, "t2").value().cloned(), Some(Exact::int(165)));
        // Nothing but that the workspace has no plan.
        assert_eq!(found.report.findings.len(), 1, "{:?}", found.report.findings);
    }
    // Figures from some of the files would be taken for the figures of all.
    workspace.write("datasets/nguoi/c.csv", "");
    assert_eq!(verdict(&checked(&workspace, SMALL), "t2").status(), Status::Error);
    workspace.remove("datasets/nguoi/c.csv");
    // A key in one file doubles one in another; the place names the file.
    workspace.append("datasets/nguoi/b.csv", "a,3,2024,01,h3,Lê,5.5,1,2001-03-01\r\n");
    let found = checked(&workspace, SMALL);
    let doubled = findings(&found, Code::DuplicateKey)[0];
    assert_eq!(found.sources.get(doubled.labels[0].at.source()).name, "datasets/nguoi/b.csv");
    let label = doubled.labels[0].text.as_ref().expect("a label").text(Lang::En);
    assert_eq!(label, "the same key 3 as at datasets/nguoi/a.csv:4");
}

#[test]
fn a_pattern_without_files_and_two_files_of_one_name_are_said() {
    let lost = workspace("");
    lost.remove("datasets/nguoi.csv");
    lost.write("datasets/nguoi.toml", format!("path = \"nguoi/*.csv\"\n{CONTRACT}"));
    let found = checked(&lost, SMALL);
    let absent = findings(&found, Code::ContractWithoutDataset);
    assert_eq!(marked(&found, absent[0], 0), "\"nguoi/*.csv\"");
    assert_eq!(verdict(&found, "t1").status(), Status::Error);

    let doubled = workspace(&plain(3));
    let packed = zstd::encode_all(plain(3).as_bytes(), 1).expect("room");
    doubled.write("datasets/nguoi.csv.zst", &packed);
    let found = checked(&doubled, SMALL);
    assert_eq!(
        common::english(findings(&found, Code::ContractWithoutDataset)[0]),
        "dataset `nguoi` has several files: datasets/nguoi.csv, datasets/nguoi.csv.zst"
    );
    doubled.remove("datasets/nguoi.csv");
    assert_eq!(verdict(&checked(&doubled, SMALL), "t2").value().cloned(), Exact::ratio(33, 2));
    doubled.write("datasets/nguoi.csv.zst", "nguoi");
    let found = checked(&doubled, SMALL);
    assert_eq!(findings(&found, Code::Unreadable).len(), 1);
    assert_eq!(verdict(&found, "t1").status(), Status::Error);
}

#[test]
fn a_large_file_that_is_there_twice_is_said() {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/lon.toml",
        "path = \"lon/*.csv\"\n[[fields]]\nname = \"so\"\ntype = \"integer\"\n",
    );
    let rows = |last: u32| {
        let numbers = (1_000_000..1_999_999).chain([last]);
        numbers.fold("so\n".to_owned(), |text, number| text + &*format!("{number}\n"))
    };
    let (large, other) = (rows(2_000_000), rows(2_000_001));
    for (name, text) in [("a", &large), ("b", &other), ("c", &large)] {
        workspace.write(&format!("datasets/lon/{name}.csv"), text);
    }
    let found = workspace.check();
    let told = findings(&found, Code::SameFileTwice);
    assert_eq!(told.len(), 1);
    assert!(common::english(told[0]).starts_with("datasets/lon/a.csv and datasets/lon/c.csv"));
}
