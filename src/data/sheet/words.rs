//! Rows that are no data, told by their words: totals, notes, numbers of columns.

use std::sync::LazyLock;

use crate::data::matching;
use crate::source::workbook::{Content, Row};

/// What rows of totals begin with, where a contract does not say.
const TOTAL_WORDS: [&str; 20] = [
    "Tổng cộng",
    "Tổng số",
    "Tổng toàn",
    "Tổng",
    "Cộng chung",
    "Cộng dồn",
    "Cộng toàn",
    "Cộng",
    "T.Cộng",
    "TC",
    "Toàn xã",
    "Toàn huyện",
    "Toàn tỉnh",
    "Toàn quốc",
    "Cả huyện",
    "Cả tỉnh",
    "Cả nước",
    "Chung",
    "Grand total",
    "Total",
];

/// Filled cells at the beginning of a row by which a row of totals is told.
pub(in crate::data) const LABELS: usize = 2;

/// Words that texts may begin with, however they are spelt.
pub(in crate::data) struct Beginnings(Vec<Beginning>);

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

    /// Whether a text begins with one of them. A single word must not be the beginning of a name:
    /// "Cộng (I + II)" begins with "Cộng", "Cộng Hoà" does not; but "Ghi chú số liệu" begins with
    /// "Ghi chú".
    pub fn begin(&self, text: &str) -> bool {
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
pub(in crate::data) fn is_numbering(text: &str) -> bool {
    number_of(text).is_some()
}

/// What a text that numbers a column says: its number, or its letter, and whether it says so in
/// more than plain digits.
fn number_of(text: &str) -> Option<(Result<u32, u8>, bool)> {
    let plain: String = text.chars().filter(|letter| !"() ".contains(*letter)).collect();
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

/// Whether a row only numbers the columns, from 1 or A on, one after another. Plain digits could
/// be data: of those at least four are wanted.
pub(in crate::data) fn numbers_columns(row: &Row) -> bool {
    let mut letters = 0;
    let mut numbers = 0;
    let mut is_marked = false;
    for (_, content) in &row.cells {
        let text = match content {
            Content::Text(text) | Content::Number(text) => text.trim(),
            _ => return false,
        };
        match number_of(text) {
            Some((Ok(number), marked)) if number == numbers + 1 => {
                numbers = number;
                is_marked |= marked;
            }
            Some((Err(letter), _)) if numbers == 0 && letter == b'A' + letters => {
                letters += 1;
                is_marked = true;
            }
            _ => return false,
        }
    }
    let count = row.cells.len();
    numbers > 0 && (count >= 4 || is_marked && count >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_name_that_begins_like_it() {
        let is = |text: &str, words: &[&str]| Beginnings::of(words).begin(text);
        for text in ["Cộng", "CỘNG:", "cộng (I + II)", "Tổng cộng toàn huyện", "TỔNG SỐ", "Tổng"]
        {
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
            Row { number: 5, cells: (0..).zip(texts.iter().map(content)).collect() }
        };
        let yes: [&[&str]; 5] = [
            &["1", "2", "3", "4"],
            &["(1)", "(2)"],
            &["A", "B", "1", "2"],
            &["A", "B", "1", "2", "3=1+2"],
            &["(1)", "(2)", "(3)=(1)+(2)"],
        ];
        let no: [&[&str]; 5] = [
            &["1", "2", "3"],
            &["1", "3", "4", "5"],
            &["1", "Phú Lệ", "3", "4"],
            &["A", "B"],
            &["2", "3", "4", "5"],
        ];
        for texts in yes {
            assert!(numbers_columns(&row(texts)), "{texts:?}");
        }
        for texts in no {
            assert!(!numbers_columns(&row(texts)), "{texts:?}");
        }
    }
}
