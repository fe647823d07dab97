//! Drafts of contracts: beside those people wrote, and for files as offices make them.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::{Data, Workspace, files, root};
use rasoat::contract::{Contract, FieldId};
use rasoat::diagnostic::Severity;
use rasoat::drafting::{Draft, Known, dataset_name, infer};
use rasoat::message::Lang;
use rasoat::reading::stream::Unmetered;
use rasoat::workspace::config::{Config, Listings};

fn lists(config: &Config) -> Listings<'_> {
    Listings { areas: config.areas.as_ref(), units: config.units.as_ref() }
}

/// Everything of a workspace, its data read.
fn read(folder: &Path) -> Data {
    Data::read(folder, lists, 2025)
}

fn known(folder: &Path) -> Known {
    let data = read(folder);
    Known::of(&data.datasets, lists(&data.opened.config))
}

fn draft(path: &Path, known: &Known) -> Draft {
    let draft = infer(&files(), path, Path::new(""), known, Lang::En, &Unmetered);
    draft.expect("readable").unwrap_or_else(|| panic!("no table in {}", path.display()))
}

/// What a contract says that its data can tell.
fn shape(contract: &Contract) -> BTreeMap<&'static str, String> {
    let name = |at: FieldId| contract.fields[at].name.as_str();
    let names =
        |columns: &[FieldId]| columns.iter().map(|at| name(*at)).collect::<Vec<_>>().join(" ");
    let fields = contract.fields.iter();
    let fields = fields.map(|field| {
        let required = if field.constraints.required { "!" } else { "" };
        let zero = if field.constraints.minimum.is_some() { "+" } else { "" };
        format!("{}:{}{required}{zero}", field.name, field.kind.name())
    });
    let mut keys: Vec<String> = contract
        .foreign_keys
        .iter()
        .map(|key| format!("{}>{}.{}", name(key.field), key.dataset.value, key.column.value))
        .collect();
    keys.sort();
    let (from, to) = contract.validity.unwrap_or_default();
    let times: Vec<FieldId> =
        [contract.year, contract.area, from, to].into_iter().flatten().collect();
    BTreeMap::from([
        ("fields", fields.collect::<Vec<_>>().join(" ")),
        ("key", names(&contract.primary_key)),
        ("foreign keys", keys.join(" ")),
        ("dimensions", names(&times)),
        ("delimiter", char::from(contract.delimiter).to_string()),
        ("group", contract.group_char.map(String::from).unwrap_or_default()),
    ])
}

/// Where a draft differs from what people wrote, and may.
const OTHERWISE: [(&str, &str, &str); 4] = [
    // A child's number is its own in all years; each merger is one row so far.
    ("tre_em", "key", "ma_tre"),
    ("sap_nhap", "key", "ma_cu"),
    ("thay_the", "key", "ma_cu"),
    // Where a facility stands is an area; the plan counts beds for the district only.
    ("y_te", "dimensions", "nam xa"),
];

#[test]
fn drafts_are_like_the_contracts_people_wrote() {
    let bundled = Workspace::bundled();
    let known = known(bundled.path());
    let by_hand = read(bundled.path());
    let mut compared = 0;
    for hand in &by_hand.catalog.contracts.sets {
        let name = &hand.name;
        let data = bundled.path().join(format!("datasets/{name}.csv"));
        bundled.write(&format!("datasets/{name}.toml"), draft(&data, &known).text);
        let drafted = read(bundled.path()).catalog.contracts;
        let at = drafted.position(name).unwrap_or_else(|| panic!("{name} is no contract"));
        let own = shape(&drafted.sets[at]);
        for (what, expected) in shape(hand) {
            let otherwise = OTHERWISE.iter().find(|(set, part, _)| (*set, *part) == (name, what));
            let expected = otherwise.map_or(expected, |(_, _, own)| (*own).to_owned());
            assert_eq!(own[what], expected, "{name}: {what}");
            compared += 1;
        }
    }
    assert_eq!(compared, 29 * 6);
}

/// The files of the office cases that have a table, and the folders whose files are one dataset.
fn office() -> Vec<PathBuf> {
    const BROKEN: [&str; 7] = [
        // Nothing in them.
        "rong.xlsx",
        "pho-rong-lf.csv",
        "pho-rong-crlf.csv",
        "chi-tieu-de.xlsx",
        "trang-an.xlsx",
        // Half a workbook, a text with another ending, among the others.
        "ho",
        "areas",
    ];
    let entries = std::fs::read_dir(root().join("tests/office")).expect("the cases");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        !BROKEN.contains(&name.as_str()) && !name.ends_with(".toml") && !name.ends_with(".md")
    });
    paths.sort();
    paths
}

/// What a draft has settled and must not be left to be told again.
const SETTLED: [&str; 8] = [
    "missing-column",
    "extra-column",
    "sheet-guessed",
    "header-guessed",
    "total-row",
    "delimiter-guessed",
    "encoding-guessed",
    "origin-absent",
];

/// What the data itself gets wrong, or lacks, against the list of areas: no contract can mend it.
const OF_THE_DATA: [&str; 4] = ["unknown-area", "area-name-mismatch", "missing-row", "area-ends"];

#[test]
fn every_draft_is_a_contract_its_data_keeps_or_says_where_it_is_unsure() {
    let mut wrong = String::new();
    let mut tried = 0;
    for path in office() {
        let workspace = Workspace::small();
        for (from, to) in [
            ("rasoat.toml", "rasoat.toml"),
            ("xa.csv", "datasets/xa.csv"),
            ("xa.toml", "datasets/xa.toml"),
            ("sap_nhap.csv", "datasets/sap_nhap.csv"),
            ("sap_nhap.toml", "datasets/sap_nhap.toml"),
        ] {
            let text = std::fs::read(root().join("tests/office/areas").join(from)).expect("areas");
            workspace.write(to, text);
        }
        workspace.remove("datasets/so.csv").remove("datasets/so.toml");
        let known = known(workspace.path());
        let data = workspace.path().join("datasets").join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir(&data).expect("room");
            for entry in std::fs::read_dir(&path).expect("files") {
                let file = entry.expect("a file").path();
                std::fs::copy(&file, data.join(file.file_name().expect("a name"))).expect("room");
            }
        } else {
            std::fs::copy(&path, &data).expect("room");
        }
        let name = dataset_name(&data).0;
        let draft = draft(&data, &known);
        workspace.write(&format!("datasets/{name}.toml"), &draft.text);
        let data_read = read(workspace.path());
        tried += 1;
        let findings = data_read.findings.iter();
        // That rows are left out is what the draft says.
        let findings = findings.filter(|found| found.severity > Severity::Advice);
        let mut told: Vec<&str> = findings.map(|found| found.code.name()).collect();
        told.retain(|code| !OF_THE_DATA.contains(code));
        let sound = data_read.catalog.contracts.position(&name).is_some();
        // Of a text every row is read: that one is a total can only be said.
        let said = draft.text.contains("looks like a total");
        let open = |code: &&&str| !said || **code != "total-row";
        let settled = told.iter().filter(open).any(|code| SETTLED.contains(code));
        if !sound || settled || (!told.is_empty() && draft.unsure == 0) {
            wrong.push_str(&format!("\n{}: {told:?}\n{}", path.display(), draft.text));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tried >= 100, "{tried}");
}

/// A draft of a text, without the comments on what nothing can tell.
fn drafted(name: &str, text: impl AsRef<[u8]>) -> String {
    let workspace = Workspace::small();
    workspace.write(&format!("datasets/{name}"), text);
    let path = workspace.path().join("datasets").join(name);
    let text = draft(&path, &known(workspace.path())).text;
    let line =
        |line: &&str| !line.is_empty() && (!line.starts_with('#') || line.starts_with("# ?"));
    text.lines().filter(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_cells_tell_is_written_and_what_they_do_not_is_asked() {
    let cases: [(&str, &str, &[&str]); 31] = [
        (
            "ten,so\na,2.000\nb,3\nc,1.5\n",
            "a fraction of nothing is no whole number",
            &["name = \"so\"\ntype = \"number\"", "# ? `2.000`"],
        ),
        (
            "luc\n2024-02-13 08:30:00\n2024-02-14 09:00:00\n",
            "times of day",
            &["type = \"date\"\nformat = \"%Y-%m-%d %H:%M:%S\""],
        ),
        (
            "Điện thoại,Số hiệu\n0912345678,QĐ1\n0912345679,QĐ2\n",
            "a telephone names nobody",
            &["primaryKey = [\"so_hieu\"]"],
        ),
        ("dia_ban,so\nA,5\nA,7\nB,5\n", "a count is no part of a key", &["# ? no key found"]),
        (
            "ten,Số thẻ BHYT\na,1204\nb,99\n",
            "cards are counted",
            &["name = \"so_the_bhyt\"\ntype = \"integer\""],
        ),
        (
            "Kỳ,so\n2019,4\n2020,5\n2021,5\n2022,6\n",
            "years one after another",
            &["name = \"ky\"\ntype = \"year\"", "primaryKey = [\"ky\"]", "# ? "],
        ),
        (
            "dia_ban,so\nUBND xã Phú Lệ,5\nX. Phú Lệ,6\n",
            "names of areas with other words",
            &["# ? the cells seem to be areas", "instead of `Phú Lệ`"],
        ),
        (
            "xa,ten\n01,a\n,b\n02,c\n",
            "areas in merged cells",
            &["# ? the column `xa` holds areas but has blank cells"],
        ),
        ("Phú Lệ,12\nNam Động,30\n", "no header", &["# ? there is a number, `12`, in the header"]),
        (
            "ten,Năm công nhận\na,2024\nb,2023\nc,2024\n",
            "the year of a decision",
            &["type = \"year\"", "# ? no column of years"],
        ),
        (
            "Năm;Mã xã;Số trẻ (người)\n2024;01;1.204,5\n2024;02;7\n",
            "decimal comma, thousands, a header with a unit",
            &[
                "decimalChar = \",\"",
                "groupChar = \".\"",
                "delimiter = \";\"",
                "name = \"so_tre\"",
                "header = \"Số trẻ (người)\"",
                "unit = \"người\"",
                "reference = { resource = \"xa\", fields = \"ma\" }",
                "primaryKey = [\"nam\", \"ma_xa\"]",
            ],
        ),
        (
            "a,b\nx1,1.234\nx2,5\n",
            "a thousand or a fraction",
            &["# ? `1.234` may be", "a fraction: write decimalChar = \".\""],
        ),
        (
            "a;b\nx1;1,234\nx2;5\n",
            "the same with a comma",
            &["# ? `1,234` may be", "a fraction: write decimalChar = \",\""],
        ),
        (
            "a,b\nx1,7.5\nx2,\"7,25\"\nx3,1.5\n",
            "two decimal marks",
            &["decimalChar = \".\"", "there is `7,25`"],
        ),
        (
            "ngay\n01/02/2024\n03/04/2024\n",
            "day or month first",
            &["format = \"%d/%m/%Y\"", "# ? the form"],
        ),
        (
            "ngay\n13/02/2024\n03/04/2024\n",
            "day first for certain",
            &["format = \"%d/%m/%Y\"", "type = \"date\""],
        ),
        (
            "ngay\n02/13/2024\n03/04/2024\n",
            "month first",
            &["format = \"%m/%d/%Y\"", "# ? the form"],
        ),
        (
            "ngay_nhan\n45000\n45351\n",
            "numbers of days",
            &["format = \"serial\"", "`45000` is 2023-03-15"],
        ),
        (
            "ty_le\n68%\n\"70,5 %\"\n",
            "percentages",
            &["scale = \"percent\"", "type = \"number\"", "maximum = 100"],
        ),
        (
            "ty_le\n0.68\n0.705\n",
            "shares of one",
            &["scale = \"fraction\"", "# ? the cells are between 0 and 1"],
        ),
        (
            "ma,so\n001,-\n002,…\n003,7\n",
            "codes and signs",
            &["missingValues = [\"\", \"-\", \"…\"]", "name = \"ma\"\ntype = \"string\""],
        ),
        (
            "ten,so\na,1\nb,60-62\nc,3\nd,4\ne,5\n",
            "a range",
            &["type = \"integer\"", "`60-62` (3)"],
        ),
        ("stt,ten\n1,a\n2,b\n", "row numbers", &["ignore = [\"stt\"]"]),
        (
            "ho_ten,Năm sinh\nA,1995\nB,1996\nC,1995\n",
            "a year of birth is not the row's",
            &["type = \"year\"", "# ? no column of years"],
        ),
        (
            "ten,Dân số\na,1990\nb,1997\nc,1994\n",
            "counts like years",
            &["name = \"dan_so\"\ntype = \"integer\""],
        ),
        (
            "ma,loai\nA1,Giỏi\nA2,giỏi\nA3,Khá\nA4,Giỏi\nA5,Khá\nA6,khá\nA7,Khá\nA8,Giỏi\nA9,Khá\nB1,Khá\nB2,Khá\nB3,Giỏi\nB4,Khá\nB5,Khá\nB6,Khá\nB7,Khá\nB8,Khá\nB9,Khá\nC1,Khá\nC2,Khá\n",
            "values that differ in capitals",
            &["ignoreCase = true", "# ? some values differ"],
        ),
        (
            "Số CCCD,so\n038095001234,1\n038095001235,2\n",
            "identity numbers",
            &["name = \"so_cccd\"\ntype = \"string\""],
        ),
        (
            "ten,so\na,1 ha\nb,2 ha\nc,nhiều\n",
            "numbers with words",
            &["# ? 2 cells begin with digits, such as `1 ha` (2)"],
        ),
        ("Tháng,xa,so\n1,01,5\n2,01,6\n1,02,7\n", "months", &["primaryKey = [\"xa\", \"thang\"]"]),
        (
            "so,ghi\nToàn huyện\u{7},6\n5,7\n6,8\n7,8\n8,9\n9,9\n",
            "control characters",
            &["`Toàn huyện ` (2)"],
        ),
        ("ten,dat\na,x\nb,\nc,x\n", "ticks", &["name = \"dat\"", "# ? only x"]),
    ];
    for (text, what, expected) in cases {
        let told = drafted("moi.csv", text);
        for line in expected {
            assert!(told.contains(line), "{what}: no {line} in\n{told}");
        }
        let unsure = expected.iter().any(|line| line.contains("# ?") || line.contains('`'));
        if !unsure {
            let asked: Vec<&str> = told.lines().filter(|line| line.starts_with("# ?")).collect();
            let allowed = ["# ? no column of years", "# ? no key found"];
            let asked =
                asked.iter().filter(|line| !allowed.iter().any(|own| line.starts_with(own)));
            assert_eq!(asked.count(), 0, "{what}: {told}");
        }
    }
}

/// Files of one dataset: columns in another order are the same, two of one name are not.
#[test]
fn files_with_other_columns_are_told() {
    let workspace = Workspace::small();
    let joined = |a: &str, b: &str| {
        workspace.write("datasets/gop/a.csv", a);
        workspace.write("datasets/gop/b.csv", b);
        draft(&workspace.path().join("datasets/gop"), &Known::default()).text
    };
    let told = "another header than the first";
    let same = joined("ten,so\nx,1\n", "so,ten\n2,y\n");
    assert!(!same.contains(told) && same.contains("name = \"so\"\ntype = \"integer\""), "{same}");
    for (a, b) in [("ten,ten,so\nx,y,1\n", "ten,loai,so\nx,y,1\n"), ("ten\nx\n", "ten,so\nx,1\n")] {
        let other = joined(a, b);
        assert!(other.contains(told), "{other}");
    }
}

/// The whole draft of a sheet with a title, a header of two rows, a total and notes.
#[test]
fn a_sheet_is_described_with_where_its_table_stands() {
    let workspace = Workspace::small();
    let from = root().join("tests/office/bieu-3.xlsx");
    let to = workspace.path().join("datasets/bieu-3.xlsx");
    std::fs::copy(from, &to).expect("room");
    workspace
        .write("datasets/xa.csv", "ma,ten\n01,Thị trấn Hồi Xuân\n02,Xã Nam Tiến\n03,Xã Phú Lệ\n");
    let text = draft(&to, &known(workspace.path())).text;
    let layout = "[layout]\nsheet = \"Biểu 3\"\nheader = [4, 5]\ntotals = [\"Tổng cộng\"]\n";
    let year = "name = \"nam\"\ntype = \"year\"\nfrom = { cell = \"A2\", pattern = \"(?i)năm[^0-9]{0,3}(20[0-9]{2})\" }";
    for part in [
        "title = \"Biểu 3: LAO ĐỘNG QUA ĐÀO TẠO NĂM 2024\"\n",
        "path = \"bieu-3.xlsx\"\n",
        "primaryKey = [\"nam\", \"xa\"]\n",
        layout,
        "notes = [\"Ghi chú\"]\n",
        year,
        "header = \"Lao động / Qua đào tạo\"\n",
        "scale = \"percent\"\n",
        "reference = { resource = \"xa\", fields = \"ten\" }\n",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}
