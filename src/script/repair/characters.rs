//! Characters that a keyboard's help, a word processor or a web page puts in place of those that
//! are meant.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Broken, Repair, written_as};
use crate::msg;
use crate::source::Span;

/// What is meant by a character that scripts have no use for; nothing for one that is only in the
/// way.
fn meant(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            " "
        }
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => "",
        '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '‛' | '″' | '＂' => {
            "\""
        }
        '≤' | '⩽' => "<=",
        '≥' | '⩾' => ">=",
        '≠' => "!=",
        '×' | '∗' | '＊' => "*",
        '÷' | '∕' => "/",
        '−' | '–' | '—' | '‐' | '‑' | '－' => "-",
        '，' | '、' => ",",
        '；' => ";",
        '：' => ":",
        '（' => "(",
        '）' => ")",
        '｛' => "{",
        '｝' => "}",
        '［' => "[",
        '］' => "]",
        '＝' => "=",
        '＋' => "+",
        '｜' => "|",
        '．' => ".",
        _ => return None,
    })
}

/// Characters outside strings and comments that are meant to be others: all quotes of a piece,
/// between which others may stand as they are; else all there are.
pub(super) fn strange<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let is_quote = |character: char| meant(character) == Some("\"");
    let others = move |character: char| meant(character).is_some();
    replaced(broken, is_quote).into_iter().chain(replaced(broken, others))
}

fn replaced(broken: &Broken<'_>, of: impl Fn(char) -> bool) -> Option<Repair> {
    let start = broken.piece.start;
    let mut found =
        (broken.piece.text.char_indices()).map(|(at, character)| (start + at, character)).filter(
            |(at, character)| !character.is_ascii() && of(*character) && !broken.is_quoted(*at),
        );
    let first = found.next()?;
    let last = found.last().unwrap_or(first);
    let edit = Span { start: first.0, end: last.0 + last.1.len_utf8() };
    let mut text = String::new();
    for character in broken.written(edit).chars() {
        match meant(character).filter(|_| of(character)) {
            Some(wanted) => text.push_str(wanted),
            None => text.push(character),
        }
    }
    let mark = Span { start: first.0, end: first.0 + first.1.len_utf8() };
    let code = format!("U+{:04X}", u32::from(first.1));
    let (message, help) = match meant(first.1).unwrap_or_default() {
        "" => (msg!(InvisibleCharacter, code = code), msg!(DeleteIt)),
        " " => (msg!(InvisibleCharacter, code = code), msg!(TypeBlank)),
        wanted => written_as(&format!("{} ({code})", first.1), wanted),
    };
    Some(Repair { edit, text, mark, message, help, offered: true })
}

/// Names with letters that names do not have, each without their marks.
pub(super) fn accented<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    broken.tokens.iter().filter_map(|token| {
        let name = broken.written(token.span);
        let first = name.chars().next()?;
        if name.is_ascii() || !first.is_alphabetic() && first != '_' {
            return None;
        }
        let text = plain(name);
        let is_name = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let message = msg!(AccentedName, name = name);
        let help = msg!(WriteInstead, wanted = &text);
        (is_name && !text.is_empty()).then_some(Repair {
            edit: token.span,
            text,
            mark: token.span,
            message,
            help,
            offered: true,
        })
    })
}

/// A name in the letters that names have.
fn plain(name: &str) -> String {
    let letters = name.nfd().filter(|letter| !is_combining_mark(*letter));
    letters
        .map(|letter| match letter {
            'đ' => 'd',
            'Đ' => 'D',
            letter => letter,
        })
        .collect()
}
