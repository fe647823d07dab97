//! What a column is called: from the words of a header to a name rules can use.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::contract::JOINT;
use crate::contract::declared::is_identifier;
use crate::reading::sheet::is_numbering;

/// Letters of a name at most; longer ones end at a word.
const LONGEST: usize = 40;

/// A header without the numbers of its columns: `Tổng số / (3)` is `Tổng số`.
pub fn words(caption: &str) -> String {
    let parts = caption.split(JOINT).filter(|part| !is_numbering(part));
    let words = parts.collect::<Vec<_>>().join(JOINT);
    if words.is_empty() { caption.to_owned() } else { words }
}

/// What the numbers of a column count, where its header says so in brackets at the end.
pub fn unit(caption: &str) -> Option<&str> {
    let (_, rest) = caption.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let rest = rest.trim();
    let rest =
        rest.strip_prefix("ĐVT:").or_else(|| rest.strip_prefix("Đvt:")).unwrap_or(rest).trim();
    let is_word = rest.chars().any(|letter| letter.is_alphabetic() || letter == '%');
    (is_word && !rest.contains('=') && rest.chars().count() <= 20).then_some(rest)
}

/// A name like a word of a header, without marks: `Số trẻ (người)` is `so_tre`.
pub fn identifier(caption: &str) -> String {
    let words = words(caption);
    let words = match unit(&words) {
        Some(_) => words.rsplit_once('(').map_or(words.as_str(), |(words, _)| words),
        None => &words,
    };
    let mut name = String::new();
    for letter in words.nfd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'đ' | 'Đ' => name.push('d'),
            '%' => name.push_str("_pt_"),
            letter if letter.is_ascii_alphanumeric() => name.push(letter.to_ascii_lowercase()),
            _ => name.push('_'),
        }
    }
    let mut short = String::new();
    for word in name.split('_').filter(|word| !word.is_empty()) {
        if !short.is_empty() && short.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !short.is_empty() {
            short.push('_');
        }
        short.push_str(&word[..word.len().min(LONGEST)]);
    }
    if short.is_empty() {
        short.push_str("cot");
    }
    if short.starts_with(|first: char| first.is_ascii_digit()) {
        short.insert_str(0, "c_");
    }
    if !is_identifier(&short) {
        short.push('_');
    }
    short
}

/// A name no other column has.
pub fn distinct(name: String, taken: &mut HashSet<String>) -> String {
    let mut own = name.clone();
    let mut number = 2;
    while !taken.insert(own.clone()) {
        own = format!("{name}_{number}");
        number += 1;
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words() {
        let cases = [
            ("Năm", "nam"),
            ("Mã xã", "ma_xa"),
            ("Số trẻ (người)", "so_tre"),
            ("Lao động / Qua đào tạo", "lao_dong_qua_dao_tao"),
            ("Tổng số / (3)", "tong_so"),
            ("Tỷ lệ (%)", "ty_le"),
            ("% hộ nghèo", "pt_ho_ngheo"),
            ("2024", "c_2024"),
            ("in", "in_"),
            ("…", "cot"),
            ("du_mui", "du_mui"),
            (
                "Đủ mũi tiêm chủng mở rộng theo độ tuổi quy định",
                "du_mui_tiem_chung_mo_rong_theo_do_tuoi",
            ),
        ];
        for (caption, name) in cases {
            assert_eq!(identifier(caption), name, "{caption}");
        }
        let mut taken = HashSet::new();
        let names = ["so", "so", "so"].map(|name| distinct(name.to_owned(), &mut taken));
        assert_eq!(names, ["so", "so_2", "so_3"]);
    }

    #[test]
    fn numbers_of_columns_are_no_words() {
        for text in ["(1)", "1", "B", "(5)=(3)+(4)", "5=3/4", "12"] {
            assert!(is_numbering(text), "{text}");
        }
        for text in ["2024", "TT", "Tổng", "", "A1", "1.234"] {
            assert!(!is_numbering(text), "{text}");
        }
        assert_eq!(unit("Diện tích (ha)"), Some("ha"));
        assert_eq!(unit("Diện tích (ĐVT: ha)"), Some("ha"));
        assert_eq!(unit("Tỷ lệ (%)"), Some("%"));
        assert_eq!(unit("Tổng (3)"), None);
        assert_eq!(unit("Tổng"), None);
    }
}
