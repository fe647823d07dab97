//! Parquet files: what a check says of one is what it says of the text it means, however it was
//! written and however it is read.

#[path = "../common/mod.rs"]
mod common;
mod pages;
mod written;

use std::path::Path;
use std::sync::Arc;

use common::{Workspace, findings, verdict};
use proptest::prelude::*;
use rasoat::check::{Checked, ReadingOptions, check};
use rasoat::diagnostic::Code;
use rasoat::diagnostic::resolved::Finding;
use rasoat::exact::Exact;
use rasoat::message::Lang;
use rasoat::verdict::Status;
use written::{Cell, Column, Stored, Writing};

const CONTRACT: &str = r#"
primaryKey = ["so", "ten"]
subject = "người"
missingValues = ["", "-", "-7"]
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
name = "ten"
type = "string"

[[fields]]
name = "cao"
type = "number"

[[fields]]
name = "con"
type = "integer"
constraints = { minimum = -2, maximum = 50 }

[[fields]]
name = "sinh"
type = "date"

[[fields]]
name = "loai"
type = "string"
constraints = { enum = ["a", "b", "ă", "7", "true"] }

[[fields]]
name = "co"
type = "boolean"

[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ma" }
"#;

const RULES: &str = r#"
let ai = nguoi.filter(|r| r.loai in ["a", "b"] && r.so != 3);
target("t1", #{ measure: percent(ai.count(), nguoi.count()), goal: at_least(50), by: 2030 });
target("t2", #{ measure: nguoi.sum("cao").ignore_missing(), goal: at_least(50), by: 2030 });
target("t3", #{ measure: nguoi.max("con").ignore_missing(), goal: at_least(50), by: 2030 });
target("t4", #{ measure: nguoi.distinct("ten"), goal: at_least(50), by: 2030 });
target("t5", #{
    measure: nguoi.filter(|r| r.xa.ten.starts_with("Phú") || year(r.sinh) < 2000).count(),
    goal: none(), every_year: true,
});
target("t6", #{ measure: nguoi.filter(|r| r.co).count().ignore_missing(), goal: none(), by: 2030 });
expect("e1", #{ title: "con", on: nguoi, row: |r| r.con * 2 <= r.cao + 9 });
expect("e2", #{ title: "năm", on: nguoi.filter(|r| r.so > 2).year(-1), row: |r| r.ten.len() < 6 });
"#;

fn workspace() -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("rules/plan.toml").remove("rules/a.rhai");
    workspace.write("rules/b.rhai", RULES).write("datasets/nguoi.toml", CONTRACT);
    workspace
}

fn checked(workspace: &Workspace, reading: ReadingOptions) -> Checked {
    let mut request = workspace.request();
    request.reading = reading;
    check(&request).expect("a workspace")
}

/// Everything a report says, for people and for machines, but for what the file is called.
fn told(checked: &Checked) -> String {
    let told = [common::json(checked, Lang::Vi), common::text(checked, Lang::Vi)].concat();
    told.replace("nguoi.parquet", "nguoi.csv")
}

fn first_difference(one: &str, other: &str) -> Option<(String, String)> {
    let ended = [one, other].map(|text| text.lines().map(str::to_owned).chain([String::new()]));
    let [one, other] = ended;
    one.zip(other).find(|(one, other)| one != other)
}

fn texts(texts: &'static [&'static str]) -> BoxedStrategy<Cell> {
    prop::sample::select(texts).prop_map(|text| Cell::Text(text.to_owned())).boxed()
}

fn numbers(numbers: &'static [i64]) -> BoxedStrategy<Cell> {
    prop::sample::select(numbers).prop_map(Cell::Number).boxed()
}

fn fractions(fractions: &'static [f64]) -> BoxedStrategy<Cell> {
    prop::sample::select(fractions).prop_map(Cell::Fraction).boxed()
}

fn flags() -> BoxedStrategy<Cell> {
    any::<bool>().prop_map(Cell::Flag).boxed()
}

/// What a column may be stored as, with what may then be in it.
fn kinds(name: &str) -> Vec<(Stored, BoxedStrategy<Cell>)> {
    use Stored::*;
    let days = |unit: i64| {
        let day = prop::sample::select(vec![10_956, 11_381, -40_000, 20_000, 100_000]);
        (day, 0..4i64).prop_map(move |(day, off)| {
            // Now and then a moment that is not midnight.
            let later = if off == 0 { unit / 3 } else { 0 };
            Cell::Number(day * unit + later)
        })
    };
    match name {
        "so" => vec![
            (Int32, (1..40i64).prop_map(Cell::Number).boxed()),
            (Int64, numbers(&[1, 2, 3, 4, 5, -7, -8, i64::MAX, i64::MIN, 123_456_789_012])),
            (Unsigned64, numbers(&[1, 2, 3, 4, 5, 6, 7, -1])),
            (Unsigned8, numbers(&[1, 2, 3, 255])),
            (Decimal32(0), (1..40i64).prop_map(Cell::Number).boxed()),
            (Double, fractions(&[1.0, 2.0, 3.0, 4.5, 1e15, f64::NAN])),
            (Text, texts(&["1", "2", "3", "04", " 5", "x", "-", ""])),
            (Flag, flags()),
        ],
        "nam" => vec![
            (Int32, numbers(&[2023, 2024, 2024, 2024, 24, 20_240])),
            (Int16, numbers(&[2023, 2024, 2024])),
            (Int64, numbers(&[2023, 2024, -2024])),
            (Text, texts(&["2023", "2024", "2024 ", "", "24"])),
            (Double, fractions(&[2023.0, 2024.0, 2024.5])),
        ],
        "xa" => vec![
            (Text, texts(&["01", "02", "01", "02", " 02", "03", ""])),
            (Int32, numbers(&[1, 2])),
        ],
        "ten" => vec![(
            Text,
            texts(&[
                "Lê",
                "Le\u{302}",
                "a\"b",
                "x,y",
                " ",
                "-",
                "",
                "Y",
                "một tên rất dài, dài nữa",
            ]),
        )],
        "cao" => vec![
            (Decimal32(2), numbers(&[150, 1200, 25, -5, 0, 9_900])),
            (Decimal64(3), numbers(&[1_500, 12, 999_999, 1_000_000, -1_500])),
            (Decimal64(1), numbers(&[15, i64::MAX / 10, -70])),
            (DecimalFixed(4), numbers(&[15_000, -3, 123_456_789_012])),
            (DecimalBytes(2), numbers(&[150, -150, 0, 128, -129, 40_000])),
            (Double, fractions(&[1.5, 0.25, 1.234, -3.0, 1e22, 0.1, f64::INFINITY, 1e-30])),
            (Float, fractions(&[1.5, 0.1, 16_777_216.0])),
            (Int64, numbers(&[1, 2, -7, -9, i64::MAX])),
            (Int32, numbers(&[0, 99])),
            (Text, texts(&["1.5", "12", "1.234", "", "x", "0.50"])),
        ],
        "con" => vec![
            (Int32, numbers(&[0, 1, 2, -1, -7, -3, 51])),
            (Int64, numbers(&[0, 1, 50, 1 << 40])),
            (Decimal32(1), numbers(&[0, 10, 15])),
            (Double, fractions(&[0.0, 1.0, 2.5])),
            (Text, texts(&["0", "1", "x", "", "2%"])),
        ],
        "sinh" => vec![
            (Day, numbers(&[10_956, 11_381, -40_000, 20_000, 100_000])),
            (Millis, days(86_400_000).boxed()),
            (Micros, days(86_400_000_000).boxed()),
            (Int96, days(86_400_000).boxed()),
            (Text, texts(&["1999-12-31", "2001-02-29", "2001-03-01", ""])),
            (Int32, numbers(&[2001, 36_526])),
        ],
        "loai" => vec![
            (Text, texts(&["a", "b", "ă", "a\u{306}", "c", ""])),
            (Int64, numbers(&[7, 8])),
            (Flag, flags()),
        ],
        _ => vec![
            (Flag, flags()),
            (Int32, numbers(&[0, 1, 2])),
            (Text, texts(&["true", "0", "x", ""])),
        ],
    }
}

const NAMES: [&str; 10] = ["so", "nam", "xa", "ten", "cao", "con", "sinh", "loai", "co", "thua"];

fn column(name: &'static str, rows: usize) -> impl Strategy<Value = Column> {
    let kinds = kinds(name);
    (0..kinds.len(), 0..3u8).prop_flat_map(move |(kind, nulls)| {
        let (stored, cells) = kinds[kind].clone();
        let cells = (cells, 0..12u8).prop_map(move |(cell, at)| match (nulls, at) {
            (1, 0) | (2, 1..) => Cell::Null,
            _ => cell,
        });
        let cells = prop::collection::vec(cells, rows);
        cells.prop_map(move |cells| Column { name, stored, optional: nulls > 0, cells })
    })
}

fn table() -> impl Strategy<Value = Vec<Column>> {
    let columns = |rows| NAMES.iter().map(|name| column(name, rows)).collect::<Vec<_>>();
    (0..70usize).prop_flat_map(columns)
}

fn writing() -> impl Strategy<Value = Writing> {
    let sizes = (prop::sample::select(vec![4, 40, 1 << 20]), 1..40usize, 1..50usize);
    (any::<bool>(), 0..5u8, any::<bool>(), sizes, 0..3u8).prop_map(
        |(second_version, compression, dictionary, (dictionary_limit, page, group), unusual)| {
            let unusual = unusual == 0;
            Writing {
                second_version,
                compression,
                dictionary,
                dictionary_limit,
                unusual,
                page,
                group,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_table_is_judged_as_the_text_it_means(
        table in table(),
        writing in writing(),
        threads in 1usize..4,
        range in 1usize..3_000,
        held in any::<bool>(),
    ) {
        let workspace = workspace();
        let reading = |held: bool| {
            if held { ReadingOptions::default() } else { ReadingOptions { threads, range, held: 0 } }
        };
        workspace.write("datasets/nguoi.csv", written::csv(&table));
        let text = told(&checked(&workspace, reading(held)));
        workspace.remove("datasets/nguoi.csv");
        workspace.write("datasets/nguoi.parquet", written::parquet(&table, &writing));
        let stored = told(&checked(&workspace, reading(held)));
        prop_assert_eq!(first_difference(&text, &stored), None);
        let other = told(&checked(&workspace, reading(!held)));
        prop_assert_eq!(first_difference(&text, &other), None);
    }
}

/// A dataset `so` with a year, an area and a number.
fn small(columns: &[Column], writing: &Writing) -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("datasets/so.csv");
    workspace.write("datasets/so.parquet", written::parquet(columns, writing));
    workspace
}

fn of_text(name: &'static str, cells: &[&str]) -> Column {
    let cell = |text: &&str| match *text {
        "" => Cell::Null,
        text => Cell::Text(text.to_owned()),
    };
    Column { name, stored: Stored::Text, optional: true, cells: cells.iter().map(cell).collect() }
}

fn of_numbers(name: &'static str, cells: &[i64]) -> Column {
    let cells = cells.iter().map(|value| Cell::Number(*value)).collect();
    Column { name, stored: Stored::Int64, optional: false, cells }
}

fn rows_of_so() -> Vec<Column> {
    vec![
        of_numbers("nam", &[2023, 2023, 2024, 2024]),
        of_text("xa", &["01", "02", "01", "02"]),
        of_numbers("dat", &[10, 20, 30, 20]),
        of_numbers("tong", &[40, 40, 50, 50]),
    ]
}

/// Where a finding points, and the line it shows with what it marks there.
fn shown(checked: &Checked, code: Code) -> Vec<(String, String, String)> {
    let finding = Finding::drawn(findings(checked, code)[0].clone(), &checked.sources);
    let marks = finding.excerpts.iter().flat_map(|excerpt| {
        excerpt.marks.iter().map(|mark| {
            let line = &excerpt.lines[mark.line].text;
            let place = finding.labels[mark.label].place.to_string();
            (place, line.clone(), line[mark.span.clone()].to_owned())
        })
    });
    marks.collect()
}

fn owned(shown: [(&str, &str, &str); 1]) -> Vec<(String, String, String)> {
    shown.map(|(place, line, marked)| (place.into(), line.into(), marked.into())).to_vec()
}

#[test]
fn a_cell_is_shown_in_its_row_as_a_line_of_text() {
    let mut columns = rows_of_so();
    columns[2] = of_numbers("dat", &[10, 20, -30, 20]);
    let checked = small(&columns, &Writing { group: 2, ..Writing::PLAIN }).check();
    let expected = [("datasets/so.parquet:4:9", "2024,01,-30,50", "-30")];
    assert_eq!(shown(&checked, Code::OutOfRange), owned(expected));
    // A row of many lines has one number, and the rows below it are counted as rows.
    columns[1] = of_text("xa", &["01", "2\n", "01", "02"]);
    let checked = small(&columns, &Writing::PLAIN).check();
    assert_eq!(shown(&checked, Code::OutOfRange), owned(expected));
    let strange = shown(&checked, Code::UnknownForeignKey);
    assert_eq!(strange, owned([("datasets/so.parquet:3:6", "2023,\"2", "\"2")]));
}

#[test]
fn rows_of_nothing_are_no_rows() {
    let contract = "ignore = [\"ghi\"]\n\n[[fields]]\nname = \"a\"\ntype = \"integer\"\nconstraints = { required = true }\n";
    let count = |note: &[&str]| {
        let workspace = Workspace::small();
        workspace.remove("rules/plan.toml").remove("rules/a.rhai").remove("datasets/so.csv");
        let number = Column {
            optional: true,
            cells: vec![Cell::Number(1), Cell::Null, Cell::Null, Cell::Number(4)],
            ..of_numbers("a", &[])
        };
        let table = written::parquet(&[number, of_text("ghi", note)], &Writing::PLAIN);
        workspace.write("datasets/so.toml", contract).write("datasets/so.parquet", table);
        workspace.write(
            "rules/b.rhai",
            "target(\"n\", #{ measure: so.count(), goal: at_least(0), every_year: true });",
        );
        let checked = workspace.check();
        let missing = findings(&checked, Code::Required).len();
        (verdict(&checked, "n").value().cloned(), missing)
    };
    assert_eq!(count(&["x", "", "  ", "y"]), (Some(Exact::int(2)), 0));
    // What stands in a column nobody reads makes it a row all the same.
    assert_eq!(count(&["", "", "x", ""]), (Some(Exact::int(3)), 1));
}

#[test]
fn nested_columns_are_refused() {
    use parquet::file::writer::SerializedFileWriter;
    let schema = "message t { required int64 nam; optional group xa { optional int64 ma; } }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).expect("a schema"));
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).expect("a writer");
    let workspace = Workspace::small();
    workspace.remove("datasets/so.csv");
    workspace.write("datasets/so.parquet", writer.into_inner().expect("room"));
    let checked = workspace.check();
    let told = common::english(findings(&checked, Code::Unreadable)[0]);
    assert!(told.starts_with("cannot read datasets/so.parquet"), "{told}");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Error);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Whatever a file holds, it is read, or told as unreadable.
    #[test]
    fn a_damaged_file_stops_nothing_else(
        writing in writing(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        held in any::<bool>(),
    ) {
        let mut bytes = written::parquet(&rows_of_so(), &writing);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let workspace = Workspace::small();
        workspace.remove("datasets/so.csv").write("datasets/so.parquet", bytes);
        let held = if held { ReadingOptions::default().held } else { 0 };
        let checked = checked(&workspace, ReadingOptions { held, ..ReadingOptions::default() });
        let is_told = !findings(&checked, Code::Unreadable).is_empty();
        let status = verdict(&checked, "1.a").status();
        prop_assert!(!is_told || status == Status::Error, "{status:?}");
    }
}

/// A dataset of two files.
fn of_two(first: (&str, Vec<u8>), second: (&str, Vec<u8>)) -> Workspace {
    let workspace = Workspace::small();
    workspace.remove("datasets/so.csv");
    let contract = workspace.read("datasets/so.toml");
    workspace.write("datasets/so.toml", format!("path = \"f/*\"\n{contract}"));
    for (name, bytes) in [first, second] {
        workspace.write(&format!("datasets/f/{name}"), bytes);
    }
    workspace
}

#[test]
fn files_of_several_kinds_are_one_dataset() {
    let later = |columns: &[Column]| {
        let cells = |column: &Column| column.cells[2..].to_vec();
        let part = |column: &Column| Column { cells: cells(column), ..column.clone() };
        columns.iter().map(part).collect::<Vec<_>>()
    };
    let table = written::parquet(&later(&rows_of_so()), &Writing::PLAIN);
    // What separates the cells of a text is nothing to a table beside it.
    let text = b"nam;xa;dat;tong\n2023;01;10;40\n2023;02;20;40\n".to_vec();
    let checked = of_two(("a.csv", text), ("b.parquet", table)).check();
    let whole = Workspace::small().check();
    assert_eq!(verdict(&checked, "1.a").value(), verdict(&whole, "1.a").value());
    assert!(verdict(&checked, "1.a").value().is_some());
    assert!(findings(&checked, Code::MissingColumn).is_empty());
}

#[test]
fn a_copy_is_known_however_it_is_written() {
    let columns = rows_of_so();
    let plain = || written::parquet(&columns, &Writing::PLAIN);
    let packed = Writing { compression: 2, group: 3, second_version: true, ..Writing::PLAIN };
    let others = [
        ("b.csv", written::csv(&columns)),
        ("b.parquet", plain()),
        ("b.parquet", written::parquet(&columns, &packed)),
    ];
    for (name, other) in others {
        let checked = of_two(("a.parquet", plain()), (name, other)).check();
        assert_eq!(findings(&checked, Code::SameFileTwice).len(), 1, "{name}");
    }
    let mut other = columns.clone();
    other[2] = of_numbers("dat", &[10, 20, 30, 21]);
    for (name, other) in
        [("b.csv", written::csv(&other)), ("b.parquet", written::parquet(&other, &Writing::PLAIN))]
    {
        let checked = of_two(("a.parquet", plain()), (name, other)).check();
        assert!(findings(&checked, Code::SameFileTwice).is_empty(), "{name}");
    }
}

#[test]
fn texts_of_tables_have_no_other_encoding() {
    let mut columns = rows_of_so();
    columns[1] = of_text("xa", &["ăâ", "02", "ăâ", "02"]);
    let workspace = small(&columns, &Writing::PLAIN);
    workspace.replace("datasets/xa.csv", "01,", "ăâ,");
    workspace.append("datasets/so.toml", "");
    let contract = workspace.read("datasets/so.toml");
    workspace.write("datasets/so.toml", format!("encoding = \"windows-1258\"\n{contract}"));
    let checked = workspace.check();
    assert!(findings(&checked, Code::UnknownForeignKey).is_empty());
    assert!(findings(&checked, Code::EncodingDoubtful).is_empty());
}

#[test]
fn a_key_that_occurs_twice_is_found_among_many() {
    let mut columns = rows_of_so();
    let count = 30_000;
    let numbers = |of: &dyn Fn(i64) -> i64| (0..count).map(of).collect::<Vec<i64>>();
    columns[0] = of_numbers("nam", &numbers(&|_| 2024));
    let areas: Vec<String> = (0..count).map(|at| format!("{:05}", at % (count - 7))).collect();
    columns[1] = of_text("xa", &areas.iter().map(String::as_str).collect::<Vec<_>>());
    columns[2] = of_numbers("dat", &numbers(&|_| 1));
    columns[3] = of_numbers("tong", &numbers(&|_| 2));
    let large = Writing { group: 4_000, page: 700, ..Writing::PLAIN };
    // With more different texts than a batch has rows.
    for writing in [Writing { dictionary: false, ..large.clone() }, large] {
        twice_among_many(&small(&columns, &writing));
    }
}

fn twice_among_many(workspace: &Workspace) {
    let checked = checked(workspace, ReadingOptions { held: 0, ..ReadingOptions::default() });
    let doubled = findings(&checked, Code::DuplicateKey);
    let told = common::english(doubled[0]);
    assert_eq!(told, "the key `2024, 00000` of `so` is there twice (7 rows, column `xa`)");
    let labels = &Finding::drawn(doubled[0].clone(), &checked.sources).labels;
    let first = labels[0].text.as_ref().expect("a label").text(Lang::En);
    assert_eq!(first, "the same key 2024, 00000 as at datasets/so.parquet:2");
    assert_eq!(labels[0].place.to_string(), "datasets/so.parquet:29995:6");
}

#[test]
fn a_table_is_described_as_the_text_it_means() {
    use rasoat::drafting::{Known, infer};
    use rasoat::reading::stream::Unmetered;
    let mut columns = rows_of_so();
    columns
        .push(Column { stored: Stored::Decimal64(1), ..of_numbers("ty_le", &[15, -25, 0, 1_000]) });
    columns.push(Column { stored: Stored::Millis, ..of_numbers("ngay", &[0, 86_400_000, 0, 0]) });
    let workspace = Workspace::small();
    workspace.write("a/bang.csv", written::csv(&columns));
    let writing = Writing { group: 3, page: 1, ..Writing::PLAIN };
    workspace.write("b/bang.parquet", written::parquet(&columns, &writing));
    let [text, stored] = ["a/bang.csv", "b/bang.parquet"].map(|path| {
        let path = workspace.path().join(path);
        let draft =
            infer(&common::files(), &path, Path::new(""), &Known::default(), Lang::En, &Unmetered);
        draft.expect("readable").expect("a table").text
    });
    assert_eq!(text, stored);
    assert!(text.contains("type = \"date\"") && text.contains("type = \"number\""), "{text}");
}
