//! When two spellings are the same text: keys and listed values are compared without regard to
//! Unicode form, spacing and where in a syllable its tone mark stands, and to case where a
//! contract says so. The spellings themselves are kept.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The marks of tones: grave, acute, tilde, hook above, dot below. All other marks belong to the
/// letter they stand on.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A text by which different spellings of the same words are equal: decomposed, tone marks at the
/// end of their word, runs of blanks as one.
pub fn key(text: &str, ignore_case: bool) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() && !has_wide_blank(text) {
        let same = !ignore_case || !text.bytes().any(|byte| byte.is_ascii_uppercase());
        return if same { Cow::Borrowed(text) } else { Cow::Owned(text.to_ascii_lowercase()) };
    }
    let mut key = String::with_capacity(text.len() + 8);
    let mut tones = Tones::default();
    let mut blank = false;
    for letter in text.nfd() {
        if is_invisible(letter) {
            continue;
        }
        if TONES.contains(&letter) {
            // One that stands alone after a blank is a word of its own.
            if std::mem::take(&mut blank) {
                key.push(' ');
            }
            tones.0.push(letter);
            continue;
        }
        // A word ends where there is neither a letter nor a mark on one.
        let inside =
            letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter);
        if !inside {
            tones.end_word(&mut key);
        }
        if letter.is_whitespace() {
            blank = !key.is_empty();
            continue;
        }
        if std::mem::take(&mut blank) {
            key.push(' ');
        }
        if ignore_case {
            key.extend(letter.to_lowercase());
        } else {
            key.push(letter);
        }
    }
    tones.end_word(&mut key);
    Cow::Owned(key)
}

/// The tone marks of a word.
#[derive(Default)]
struct Tones(Vec<char>);

impl Tones {
    /// Writes them, in the canonical order of marks should a word have several.
    fn end_word(&mut self, key: &mut String) {
        self.0.sort_by_key(|mark| unicode_normalization::char::canonical_combining_class(*mark));
        key.extend(self.0.drain(..));
    }
}

/// Whether two texts are the same but for spelling.
pub fn same(a: &str, b: &str, ignore_case: bool) -> bool {
    key(a, ignore_case) == key(b, ignore_case)
}

fn has_wide_blank(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).any(|pair| pair[0].is_ascii_whitespace() && pair[1].is_ascii_whitespace())
        || bytes.iter().any(|byte| byte.is_ascii_whitespace() && *byte != b' ')
}

/// Marks that show nothing and come along when text is copied: joiners, byte order marks, soft
/// hyphens.
pub fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_word_are_the_same() {
        let same_words = [
            ("Hoá", "Hóa"),
            ("thủy", "thuỷ"),
            ("Hòan", "Hoàn"),
            ("Quan Hoá", "Quan\u{a0}Hóa"),
            ("Phú  Lệ ", "Phú Lệ"),
            ("Phu\u{301} Le\u{323}\u{302}", "Phú Lệ"),
            ("Trung\u{200b} Sơn", "Trung Sơn"),
            ("khuỷu", "khủyu"),
            ("", " "),
            ("a\tb", "a b"),
        ];
        for (a, b) in same_words {
            assert!(same(a, b, false), "{a:?} {b:?}");
        }
        let other_words = [
            ("Phú Lệ", "Phú Lễ"),
            ("Hoa", "Hoá"),
            ("Phú Lệ", "PhúLệ"),
            ("ma", "mă"),
            ("Ma", "ma"),
            // The tone is the word's own.
            ("Hóa Hoa", "Hoa Hóa"),
            ("Đà", "Da"),
        ];
        for (a, b) in other_words {
            assert!(!same(a, b, false), "{a:?} {b:?}");
        }
        assert_eq!(key("ữ \u{323}", false), "u\u{31b}\u{303} \u{323}");
        assert!(same("XÃ PHÚ LỆ", "Xã Phú Lệ", true));
        assert!(same("BHYT", "bhyt", true) && !same("BHYT", "bhyt", false));
    }

    proptest! {
        /// A key is a spelling of its text, in whatever Unicode form that is.
        #[test]
        fn a_key_is_the_key_of_itself(text in "[a-zA-ZăâđêôơưĐ áàảãạấộữ\u{a0}\u{301}\u{323}0-9.-]{0,24}") {
            for ignore_case in [false, true] {
                let once = key(&text, ignore_case).into_owned();
                prop_assert_eq!(&key(&once, ignore_case), &once);
                let composed: String = text.nfc().collect();
                prop_assert_eq!(key(&composed, ignore_case), once);
            }
        }
    }
}
