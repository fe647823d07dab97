//! Rows that are no data, told by their words: totals, notes, numbers of columns.

use std::sync::LazyLock;

use crate::contract::matching;
use crate::source::workbook::{Content, Row};

/// What rows of totals begin with, where a contract does not say.
const TOTAL_WORDS: [&str; 39] = [
    "Tổng cộng",
    "Tổng số",
    "Tổng toàn",
    "Tổng xã",
    "Tổng huyện",
    "Tổng",
    "Cộng chung",
    "Cộng dồn",
    "Cộng toàn",
    "Cộng các",
    "Cộng cụm",
    "Cộng khối",
    "Cộng khu",
    "Cộng mục",
    "Cộng nhóm",
    "Cộng phần",
    "Cộng tiểu",
    "Cộng vùng",
    "Cộng",
    "T.Cộng",
    "T.C",
    "TC",
    "Toàn xã",
    "Toàn huyện",
    "Toàn tỉnh",
    "Toàn quốc",
    "Tổng chi",
    "Tổng thu",
    "Luỹ kế",
    "Cộng trang",
    "Cả huyện",
    "Cả tỉnh",
    "Cả nước",
    "Chung toàn",
    "Chung",
    "Sum",
    "∑",
    "Grand total",
    "Total",
];

/// Filled cells at the beginning of a row by which a row of totals is told.
pub(crate) const LABELS: usize = 2;

/// Words that texts may begin with, however they are spelt.
pub(crate) struct Beginnings(Vec<Beginning>);

struct Beginning {
    /// The words, by [`matching::key`].
    key: String,
    /// Whether any text may follow: they end in a sign.
    is_sign: bool,
    /// Whether they are more than one.
    several: bool,
}

impl Beginnings {
    /// These words.
    pub fn of(words: &[impl AsRef<str>]) -> Beginnings {
        let beginning = |words: &str| {
            let key = matching::key(words, true).into_owned();
            let last = key.chars().next_back()?;
            let is_letter =
                last.is_alphanumeric() || unicode_normalization::char::is_combining_mark(last);
            Some(Beginning { is_sign: !is_letter, several: key.contains(' '), key })
        };
        Beginnings(words.iter().filter_map(|words| beginning(words.as_ref())).collect())
    }

    /// What rows of totals begin with, where a contract does not say.
    pub fn totals() -> &'static Beginnings {
        static TOTALS: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(&TOTAL_WORDS));
        &TOTALS
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text begins with one of them. A single word must not be the beginning of a name:
    /// "Cộng (I + II)" begins with "Cộng", "Cộng Hoà" does not; but "Ghi chú số liệu" begins with
    /// "Ghi chú".
    pub fn begin(&self, text: &str) -> bool {
        // Nearly all texts begin with another letter, which is told without spelling them out.
        let first = text.trim_start().chars().next().filter(char::is_ascii_alphanumeric);
        let first = first.map(|letter| letter.to_ascii_lowercase());
        if first.is_some_and(|first| !self.0.iter().any(|own| own.key.starts_with(first))) {
            return false;
        }
        let key = matching::key(text, true);
        self.0.iter().any(|own| {
            let Some(rest) = key.strip_prefix(&own.key) else { return false };
            own.is_sign
                || !rest.starts_with(char::is_alphanumeric)
                    && (own.several || !rest.trim_start().starts_with(char::is_alphabetic))
        })
    }

    /// Which of the first filled cells of a row begins with one of them, and what it says.
    pub fn of_row(&self, row: &Row, cells: usize) -> Option<(usize, String)> {
        row.cells.iter().take(cells).enumerate().find_map(|(at, (_, content))| {
            let Content::Text(text) = content else { return None };
            self.begin(text).then(|| (at, text.trim().to_owned()))
        })
    }
}

/// Whether a text only numbers a column: `(3)`, `3`, `B`, `(5)=(3)+(4)`, `5=3:4`.
pub(crate) fn is_numbering(text: &str) -> bool {
    number_of(text).is_some()
}

/// What a text that numbers a column says: its number, or its letter, and whether it says so in
/// more than plain digits.
fn number_of(text: &str) -> Option<(Result<u32, u8>, bool)> {
    let plain: String = text.chars().filter(|letter| !"()[] ".contains(*letter)).collect();
    let marked = plain.len() < text.trim().len();
    let number = |text: &str| {
        let digits = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u32>().ok() } else { None }
    };
    if let Some(number) = number(&plain) {
        return Some((Ok(number), marked));
    }
    if let [letter @ b'A'..=b'Z'] = plain.as_bytes() {
        return Some((Err(*letter), true));
    }
    let (own, of) = plain.split_once('=')?;
    let is_sum = of.bytes().all(|byte| byte.is_ascii_digit() || b"+-*/:x%.,".contains(&byte));
    Some((Ok(number(own).filter(|_| is_sum)?), true))
}

/// Whether a row only numbers the columns, from 0, 1 or A on, one after another; `next` is the row
/// below. Plain digits and letters could be data, so that something must speak for it.
pub(crate) fn numbers_columns(row: &Row, next: Option<&Row>) -> bool {
    let Some(own) = Sequence::of(row) else { return false };
    if own.all_marked && own.count >= 2 {
        return true;
    }
    let begin = next.and_then(|next| next.cells.first()).map(|(column, _)| *column);
    let starts_late = begin.is_some_and(|begin| begin < own.column);
    let lettered = own.letters >= 2 && (own.begins_with_a || starts_late);
    // Without the labels that the row below has.
    let label = next.and_then(|next| next.cells.iter().find(|(_, own)| is_words(own)));
    let label = label.map(|(column, _)| *column);
    let unlabelled = own.letters == 0
        && own.from == 1
        && label.is_some_and(|label| label < own.column)
        && (own.count >= 3 || begin < label);
    let is_number = |column: u32| matches!(row.cell(column), Some(Content::Number(_)));
    let above_text = next.is_some_and(|next| {
        next.cells.iter().any(|(column, own)| is_number(*column) && is_words(own))
    });
    // The row below begins to number the rows.
    let above_first =
        own.count >= 4 && next.is_some_and(|next| row.cells.first() == next.cells.first());
    unlabelled || own.count >= 3 && (lettered || above_text || above_first)
}

/// The numbers, after letters or without, that a row counts its columns with.
struct Sequence {
    /// The first column.
    column: u32,
    /// How many cells.
    count: usize,
    /// The first number.
    from: u32,
    /// The letters before it, those left out at the beginning counted.
    letters: u8,
    begins_with_a: bool,
    /// Whether no number is in digits alone.
    all_marked: bool,
}

impl Sequence {
    fn of(row: &Row) -> Option<Sequence> {
        let (column, first) = row.cells.first()?;
        let (mut letters, mut all_marked) = (0, true);
        let mut from = None;
        let mut last: Option<(u32, u32)> = None;
        for (column, content) in &row.cells {
            let (Content::Text(text) | Content::Number(text)) = content else { return None };
            match (number_of(text.trim())?, last) {
                ((Ok(number), marked), None) if number <= 1 => {
                    from = Some(number);
                    last = Some((number, *column));
                    all_marked &= marked;
                }
                // One more than the column before, or more by the columns between that have none.
                ((Ok(number), marked), Some((before, at)))
                    if number == before + 1 || number == before + (column - at) =>
                {
                    last = Some((number, *column));
                    all_marked &= marked;
                }
                // The first letter may be left out with the column that numbers the rows.
                ((Err(letter), _), None)
                    if letter == b'A' + letters
                        || letters == 0 && letter == b'B' && *column > 0 =>
                {
                    letters = letter - b'A' + 1;
                }
                _ => return None,
            }
        }
        Some(Sequence {
            column: *column,
            count: row.cells.len(),
            from: from?,
            letters,
            begins_with_a: matches!(first, Content::Text(text) if text.trim() == "A"),
            all_marked,
        })
    }
}

/// Whether a cell holds a text that does not number a column.
fn is_words(content: &Content) -> bool {
    matches!(content, Content::Text(text) if number_of(text.trim()).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_name_that_begins_like_it() {
        let is = |text: &str, words: &[&str]| Beginnings::of(words).begin(text);
        for text in [
            "Cộng",
            "CỘNG:",
            "cộng (I + II)",
            "Cộng vùng I",
            "Tổng cộng toàn huyện",
            "TỔNG SỐ",
            "Tổng",
        ] {
            assert!(Beginnings::totals().begin(text), "{text}");
        }
        for text in ["Cộng Hoà", "Tổng Cọt", "Chung Chải", "Toàn Thắng", "Tổngcộng", ""]
        {
            assert!(!Beginnings::totals().begin(text), "{text}");
        }
        assert!(is("Ghi chú số liệu", &["Ghi chú"]) && is("Nguồn: sổ hộ", &["Nguồn"]));
        assert!(!is("Nguồn Sơn", &["Nguồn"]) && !is("Chú Sơn", &["Chú"]));
        assert!(is("(*) Không gồm", &["(*)"]) && is("*Không gồm", &["*"]));
    }

    #[test]
    fn rows_of_numbers_of_columns_are_told_from_data() {
        let row = |texts: &[&str]| {
            let content = |text: &&str| match text.parse::<f64>() {
                Ok(_) => Content::Number((*text).to_owned()),
                Err(_) => Content::Text((*text).to_owned()),
            };
            let cells = (0..).zip(texts).filter(|(_, text)| !text.is_empty());
            Row { number: 5, cells: cells.map(|(at, text)| (at, content(text))).collect() }
        };
        // Each with the row below it.
        let yes: [[&[&str]; 2]; 10] = [
            [&["", "B", "1", "2"], &["1", "Phú Lệ", "5", "6"]],
            [&["", "", "1", "2"], &["1", "Phú Lệ", "5", "6"]],
            [&["1", "2", "3", "4"], &["1", "Phú Lệ", "5", "6"]],
            [&["(1)", "(2)"], &["Phú Lệ", "5"]],
            [&["[1]", "[2]", "[3]"], &["7", "8", "9"]],
            [&["A", "B", "1", "2"], &["1", "Phú Lệ", "5", "6"]],
            [&["A", "B", "1", "2", "3=1+2"], &["1", "Phú Lệ", "5", "6", "11"]],
            [&["(1)", "(2)", "(3)=(1)+(2)"], &["7", "8", "15"]],
            [&["0", "1", "2", "3"], &["1", "Phú Lệ", "5", "6"]],
            [&["1", "2", "3", "4"], &["1", "7", "8", "9"]],
        ];
        let no: [[&[&str]; 2]; 12] = [
            [&["", "0", "1"], &["Phú Lệ", "5", "6"]],
            [&["", "1", "2"], &["Phú Lệ", "5", "6"]],
            [&["", "B", "1", "2"], &["", "C", "5", "6"]],
            [&["", "1", "2"], &["", "5", "6"]],
            [&["A", "1"], &["B", "7"]],
            [&["A", "1", "2"], &["B", "7", "9"]],
            [&["1", "2", "3", "4"], &["2", "5", "6", "9"]],
            [&["1", "2"], &["1", "Phú Lệ"]],
            [&["1", "3", "4", "5"], &["1", "Phú Lệ", "5", "6"]],
            [&["1", "Phú Lệ", "3", "4"], &["2", "Nam Động", "5", "6"]],
            [&["A", "B"], &["1", "Phú Lệ"]],
            [&["2", "3", "4", "5"], &["1", "Phú Lệ", "5", "6"]],
        ];
        for [texts, next] in yes {
            assert!(numbers_columns(&row(texts), Some(&row(next))), "{texts:?}");
        }
        for [texts, next] in no {
            assert!(!numbers_columns(&row(texts), Some(&row(next))), "{texts:?}");
        }
        assert!(!numbers_columns(&row(&["A", "1"]), None), "the only row there is");
    }
}
