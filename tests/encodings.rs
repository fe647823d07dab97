//! Files as the machines of offices write them: encodings and separators, declared or not.

mod common;

use common::{Workspace, english, findings, verdict};
use rasoat::diagnostic::Code;
use rasoat::exact::Exact;
use rasoat::source::Encoding;
use unicode_normalization::UnicodeNormalization;

const NAMES: [&str; 3] = ["Thị trấn Hồi Xuân", "Xã Phú Lệ", "Xã Nam Động"];

/// The list of communes as UTF-8, with a separator.
fn list(separator: char) -> String {
    let mut text = format!("ma{separator}ten\n");
    for (at, name) in NAMES.iter().enumerate() {
        text.push_str(&format!("0{}{separator}{name}\n", at + 1));
    }
    text
}

/// TCVN 5712-1 as `iconv -f UTF-8 -t TCVN5712-1` writes it: each letter and its byte.
fn tcvn_table() -> Vec<(char, u8)> {
    let path = common::root().join("tests/tcvn5712-1.csv");
    let mut reader = csv::Reader::from_path(path).expect("the table of letters");
    let letter = |record: csv::StringRecord| {
        let letter = record[0].chars().next().expect("a letter");
        (letter, u8::from_str_radix(&record[1], 16).expect("a byte"))
    };
    reader.records().map(|record| letter(record.expect("a row"))).collect()
}

fn tcvn(text: &str) -> Vec<u8> {
    let table = tcvn_table();
    let byte = |letter: char| match table.iter().find(|(known, _)| *known == letter) {
        Some((_, byte)) => *byte,
        None => u8::try_from(letter).expect("a byte"),
    };
    text.chars().map(byte).collect()
}

/// Windows-1258 with every tone apart from its letter; what `iconv -t CP1258` writes, with some
/// letters in one piece, is `windows-1258.csv`.
fn windows_1258(text: &str) -> Vec<u8> {
    let tones = [
        ('\u{300}', 0xcc),
        ('\u{301}', 0xec),
        ('\u{303}', 0xde),
        ('\u{309}', 0xd2),
        ('\u{323}', 0xf2),
    ];
    let letters = [
        ('đ', 0xf0),
        ('Đ', 0xd0),
        ('ơ', 0xf5),
        ('Ơ', 0xd5),
        ('ư', 0xfd),
        ('Ư', 0xdd),
        ('ă', 0xe3),
        ('Ă', 0xc3),
        ('â', 0xe2),
        ('ê', 0xea),
        ('ô', 0xf4),
    ];
    let mut bytes = Vec::new();
    for letter in text.chars() {
        let apart: String = letter.to_string().nfd().collect();
        let tone = apart.chars().find_map(|mark| tones.iter().find(|(tone, _)| *tone == mark));
        let plain: String = apart
            .chars()
            .filter(|mark| !tones.iter().any(|(tone, _)| tone == mark))
            .nfc()
            .collect();
        let plain = plain.chars().next().expect("a letter");
        bytes.push(match letters.iter().find(|(known, _)| *known == plain) {
            Some((_, byte)) => *byte,
            None => u8::try_from(plain).expect("a byte"),
        });
        bytes.extend(tone.map(|(_, byte)| *byte));
    }
    bytes
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// VNI for Windows, written down by hand: each byte as the Latin letter it would be.
fn vni() -> Vec<u8> {
    let text = "ma,ten\n01,Thò traán Hoài Xuaân\n02,Xaõ Phuù Leä\n03,Xaõ Nam Ñoäng\n";
    text.chars().map(|letter| u8::try_from(letter).expect("a byte")).collect()
}

/// A workspace whose list of communes has these bytes, and more of its contract.
fn with_list(bytes: &[u8], contract: &str) -> Workspace {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", bytes);
    let rest = workspace.read("datasets/xa.toml");
    workspace.write("datasets/xa.toml", format!("{contract}{rest}"));
    workspace
        .write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,30,50\n2024,02,20,50\n2024,03,20,50\n");
    workspace
}

fn areas(workspace: &Workspace) -> Vec<String> {
    let checked = workspace.check();
    let verdict = verdict(&checked, "1.a");
    assert!(verdict.value().is_some(), "{:?}", checked.report.findings);
    verdict.areas().iter().map(|area| area.name.clone()).collect()
}

#[test]
fn encodings_are_told_from_the_letters() {
    let text = list(',');
    let bom = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let by_iconv = std::fs::read(common::root().join("tests/windows-1258.csv")).expect("a file");
    let cases = [
        (text.clone().into_bytes(), None),
        (bom, None),
        (text.nfd().collect::<String>().into_bytes(), None),
        (utf16(&text, u16::to_le_bytes, true), Some(("utf-16le", 100))),
        (utf16(&text, u16::to_be_bytes, true), Some(("utf-16be", 100))),
        (utf16(&text, u16::to_le_bytes, false), Some(("utf-16le", 0))),
        // Nine words are Vietnamese so; four, two and three of them otherwise too: the squares'
        // shares are 81 of 97, of 85 and of 90.
        (windows_1258(&text), Some(("windows-1258", 83))),
        (by_iconv, Some(("windows-1258", 83))),
        (tcvn(&text), Some(("tcvn3", 95))),
        (vni(), Some(("vni", 90))),
    ];
    for (bytes, guess) in cases {
        let workspace = with_list(&bytes, "");
        assert_eq!(areas(&workspace), NAMES, "{guess:?}");
        let checked = workspace.check();
        let told: Vec<String> =
            findings(&checked, Code::EncodingGuessed).into_iter().map(english).collect();
        match guess {
            None => assert_eq!(told, Vec::<String>::new()),
            Some((name, confidence)) => {
                let beginning = format!("datasets/xa.csv is not UTF-8; read as {name} (");
                assert!(told[0].starts_with(&beginning), "{told:?}");
                assert!(
                    confidence == 0 || told[0].contains(&format!("({confidence} % sure)")),
                    "{told:?}"
                );
                // Declared, it is nothing to be told of.
                let declared = with_list(&bytes, &format!("encoding = \"{name}\"\n"));
                assert_eq!(areas(&declared), NAMES, "{name}");
                assert!(findings(&declared.check(), Code::EncodingGuessed).is_empty());
            }
        }
    }
}

/// Every letter with every tone, both ways.
#[test]
fn tcvn_agrees_with_iconv_over_every_letter() {
    let table = tcvn_table();
    assert_eq!(table.len(), 2 * 12 * 6 + 2);
    for (letter, byte) in table {
        assert_eq!(Encoding::Tcvn3.decode(&[byte]), letter.to_string(), "{byte:x}");
    }
    // A tone of its own joins its letter.
    assert_eq!(Encoding::Tcvn3.decode(&[b'E', 0xb3, 0xa1, 0xb4]), "ÉẶ");
}

#[test]
fn vni_marks_join_their_letters() {
    let cases = [
        ("Nguyeãn", "Nguyễn"),
        ("Ñaëng", "Đặng"),
        ("Höông", "Hương"),
        ("tröôøng", "trường"),
        ("PHÖÔÙC", "PHƯỚC"),
        ("Kyõ thuaät", "Kỹ thuật"),
        ("ñòa chæ", "địa chỉ"),
        ("Quyù", "Quý"),
        ("baéc", "bắc"),
    ];
    for (vni, expected) in cases {
        let bytes: Vec<u8> =
            vni.chars().map(|letter| u8::try_from(letter).expect("a byte")).collect();
        assert_eq!(Encoding::Vni.decode(&bytes), expected);
    }
}

#[test]
fn one_broken_byte_is_a_cell_not_an_encoding() {
    let mut bytes = list(',').into_bytes();
    let at = bytes.windows(2).position(|pair| *pair == "ệ".as_bytes()[..2]).expect("there");
    bytes[at] = 0xff;
    let checked = with_list(&bytes, "").check();
    assert!(findings(&checked, Code::EncodingGuessed).is_empty());
    assert!(!findings(&checked, Code::InvalidText).is_empty());
}

#[test]
fn places_are_those_of_the_decoded_text() {
    let text = list(',').replace("03,", "01,");
    let checked = with_list(&tcvn(&text), "encoding = \"TCVN3\"\n").check();
    let finding = findings(&checked, Code::DuplicateKey)[0];
    let at = checked.sources.locate(finding.labels[0].at);
    let source = checked.sources.get(at.source);
    assert_eq!(source.line_column(at.span.start), (4, 1));
    let line = source.line_at(at.span.start);
    assert_eq!(String::from_utf8_lossy(&line.bytes), "01,Xã Nam Động");
}

#[test]
fn an_encoding_nobody_knows_is_refused_where_it_stands() {
    let checked = with_list(list(',').as_bytes(), "encoding = \"tcvn\"\n").check();
    let told: Vec<String> = checked.report.findings.iter().map(english).collect();
    assert!(
        told.iter().any(|told| told.starts_with("`tcvn` is not valid; choose one of: utf-8")),
        "{told:?}"
    );
}

#[test]
fn separators_are_told_from_the_header() {
    for (separator, shown) in [(',', None), (';', Some(";")), ('\t', Some("\\t")), ('|', Some("|"))]
    {
        let workspace = with_list(list(separator).as_bytes(), "");
        assert_eq!(areas(&workspace), NAMES, "{separator:?}");
        let checked = workspace.check();
        let told: Vec<String> =
            findings(&checked, Code::DelimiterGuessed).into_iter().map(english).collect();
        let expected: Vec<String> = shown
            .map(|shown| {
                format!("datasets/xa.csv: cells are separated by `{shown}`, which the contract does not declare")
            })
            .into_iter()
            .collect();
        assert_eq!(told, expected);
    }
    // "Unicode text" of a spreadsheet: both at once.
    let workspace = with_list(&utf16(&list('\t'), u16::to_le_bytes, true), "");
    assert_eq!(areas(&workspace), NAMES);
    // What is declared stands, even where it does not fit.
    let checked = with_list(list(';').as_bytes(), "").check();
    assert_eq!(verdict(&checked, "1.a").value().cloned(), Exact::ratio(7000, 150));
    let workspace = with_list(list(';').as_bytes(), "");
    workspace.append("datasets/xa.toml", "\n[dialect]\ndelimiter = \",\"\n");
    let checked = workspace.check();
    assert!(findings(&checked, Code::DelimiterGuessed).is_empty());
    assert!(!findings(&checked, Code::MissingColumn).is_empty());
}
