//! The datasets of all cases: a register of people, lists it refers to, and some of other kinds.

/// Settings, contracts and the rows a case does not write itself.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("/w/rasoat.toml".to_owned(), SETTINGS.as_bytes().to_vec())];
    for (name, contract, fields, rows) in ALL {
        let contract = format!("{contract}{}", fields.iter().map(|f| field(f)).collect::<String>());
        files.push((format!("/w/datasets/{name}.toml"), contract.into_bytes()));
        files.push((format!("/w/datasets/{name}.csv"), rows.as_bytes().to_vec()));
    }
    files
}

const SETTINGS: &str = r#"
[areas]
dataset = "xa"
code = "ma"
name = "ten"
successors = { dataset = "sap_nhap", from = "ma_cu", to = "ma_moi", date = "ngay" }
"#;

/// A field in words: its name and type, then its bounds.
fn field(words: &str) -> String {
    let mut words = words.split(' ');
    let mut word = || words.next();
    let (name, kind) = (word().expect("a name"), word().expect("a type"));
    let bounds = match (word(), word()) {
        (Some(low), Some(high)) => {
            format!("constraints = {{ minimum = {low}, maximum = {high} }}\n")
        }
        _ => String::new(),
    };
    format!("\n[[fields]]\nname = \"{name}\"\ntype = \"{kind}\"\n{bounds}")
}

type Dataset = (&'static str, &'static str, &'static [&'static str], &'static str);

const ALL: &[Dataset] = &[
    ("so", SO, &SO_FIELDS, "so,nam,xa\n1,2024,01\n"),
    ("xa", DATED, &["ma string", "ten string", "tu date", "den date"], XA),
    ("sap_nhap", "", &["ma_cu string", "ma_moi string", "ngay date"], SAP_NHAP),
    ("loai", DATED, &["ma string", "ten string", "w integer", "tu date", "den date"], LOAI),
    ("don_vi", "primaryKey = \"ma\"\n", &["ma string", "ten string"], DON_VI),
    ("nen", NEN, &["ma string", "k string", "n integer"], "ma,k,n\n1,A,1\n"),
    ("bieu", BIEU, &["nam year", "xa string", "muc string", "n integer"], "nam,xa,muc,n\n"),
    ("ten", TEN, &["nam year", "xa string", "n integer"], "nam,xa,n\n2024,Phú Lệ,1\n"),
    ("co", CO, &["nam year", "n integer", "tu date", "den date"], "nam,n,tu,den\n2024,1,,\n"),
    ("han", HAN, &["ma string", "xa string", "n integer", "tu date", "den date"], HAN_ROWS),
];

const SO_FIELDS: [&str; 13] = [
    "so integer",
    "nam year",
    "xa string",
    "ho string",
    "a integer",
    "b integer",
    "x number 0 50",
    "s string",
    "d date",
    "f boolean",
    "k string",
    "dv string",
    "c integer 1 9",
];

const SO: &str = r#"
primaryKey = "so"
parts = [{ part = "a", whole = "b" }, { part = "c", whole = "b" }]
missingValues = ["", "-"]
dimensions = { year = "nam", area = "xa" }

[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ma" }

[[foreignKeys]]
fields = "k"
reference = { resource = "loai", fields = "ma" }
"#;

const DATED: &str = r#"dimensions = { valid_from = "tu", valid_to = "den" }
"#;

const NEN: &str = r#"
primaryKey = "ma"

[[foreignKeys]]
fields = "k"
reference = { resource = "loai", fields = "ma" }
"#;

const BIEU: &str = r#"
primaryKey = ["nam", "xa", "muc"]
dimensions = { year = "nam", area = "xa" }

[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ma" }
"#;

const TEN: &str = r#"
dimensions = { year = "nam", area = "xa" }

[[foreignKeys]]
fields = "xa"
reference = { resource = "xa", fields = "ten" }
"#;

const HAN: &str = r#"
dimensions = { area = "xa", valid_from = "tu", valid_to = "den" }
"#;

const CO: &str = r#"
dimensions = { year = "nam", valid_from = "tu", valid_to = "den" }
"#;

/// 02 took 03 in and has had another name since.
const XA: &str = "ma,ten,tu,den
01,Phú Lệ,,
02,Nam Động,,2023-12-31
02,Nam Xuân,2024-01-01,
03,Hồi Xuân,,2023-12-31
";

const SAP_NHAP: &str = "ma_cu,ma_moi,ngay\n02,02,2024-01-01\n03,02,2024-01-01\n";

/// B has meant two things.
const LOAI: &str = "ma,ten,w,tu,den
A,an toàn,1,,
B,bán trú,2,,2023-12-31
B,bình thường,3,2024-01-01,
C,,,,
";

const DON_VI: &str = "ma,ten\nA,Phòng A\nB,Phòng B\n";

const HAN_ROWS: &str = "ma,xa,n,tu,den\n1,01,1,,\n";
