//! Files in pieces: what of a large one is parsed together, what is left of one with a syntax
//! error, and the declaration that a broken piece would have made.

use std::collections::HashMap;

use super::position;
use crate::rule::RuleKind;
use crate::source::Span;

/// A part of a file that begins at a line's first column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    /// Its text.
    pub text: &'t str,
    /// The byte it begins at.
    pub start: usize,
    /// How many lines stand above it.
    pub line: usize,
}

/// The pieces of a file.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut at = 0;
    for (line, written) in text.split_inclusive('\n').enumerate() {
        let begins = written
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80);
        let end = at + written.len();
        match pieces.last_mut() {
            Some(last) if !begins => last.text = &text[last.start..end],
            _ => pieces.push(Piece { text: written, start: at, line }),
        }
        at = end;
    }
    pieces
}

/// Most pieces parsed together. For every variable the engine's parser looks through all functions
/// and closures of its text.
pub const TOGETHER: usize = 200;

/// Pieces that follow one another, in parts small enough to be parsed one after another. A part
/// ends where a statement or a block does.
pub fn batches<'p, 't>(pieces: &'p [Piece<'t>]) -> Vec<&'p [Piece<'t>]> {
    let mut batches = Vec::new();
    let mut start = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if at + 1 - start >= TOGETHER && piece.text.trim_end().ends_with([';', '}']) {
            batches.push(&pieces[start..=at]);
            start = at + 1;
        }
    }
    batches.extend(Some(&pieces[start..]).filter(|rest| !rest.is_empty()));
    batches
}

/// Whether it makes no difference to any part of a file that it is parsed apart from the others:
/// nothing in it is a constant or a function that is used as a value, which the parser knows only
/// when it has read them.
pub fn come_apart(text: &str, defined: &HashMap<&str, usize>) -> bool {
    let mut words = text.split(|letter: char| !is_plain(letter) && letter.is_ascii());
    words.all(|word| {
        let called = || {
            let end = word.as_ptr().addr() - text.as_ptr().addr() + word.len();
            text.as_bytes().get(position::skip_blank(text, end)) == Some(&b'(')
        };
        word != "const" && (!defined.contains_key(word) || called())
    })
}

/// Pieces as one text in which each stands in its own line, ended so that the next may follow.
pub fn placed(pieces: &[Piece<'_>]) -> String {
    let mut text = String::new();
    let mut line = 0;
    for piece in pieces {
        text.extend(std::iter::repeat_n('\n', piece.line.saturating_sub(line)));
        let code = piece.text.trim_end();
        text.push_str(code);
        if !code.ends_with(';') && pieces.len() > 1 {
            text.push(';');
        }
        let rest = &piece.text[code.len()..];
        text.push_str(rest);
        line = piece.line + piece.text.matches('\n').count();
    }
    text
}

/// The kind of declaration a broken piece begins with, and its id: the text in the first quotes
/// of whatever kind, or the first word. The span is that of the id, quotes included.
pub fn declaration(piece: &str) -> Option<(RuleKind, &str, Span)> {
    let start = position::skip_blank(piece, 0);
    let word = piece.get(start..)?;
    let length = word.find(|letter: char| !is_plain(letter)).unwrap_or(word.len());
    let kind = RuleKind::parse(&word[..length])?;
    let rest = &word[length..];
    // `rule_of_thumb` has been read as one word; `ruleé` is another word too.
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let opened = after_blank(rest);
    let opened = after_blank(opened.strip_prefix(['(', '[', '{']).unwrap_or(opened));
    let at = piece.len() - opened.len();
    let first = opened.chars().next();
    let (id, length) = match first.and_then(closing) {
        Some(quote) => {
            let inside = &opened[first.map_or(0, char::len_utf8)..];
            let line = inside.lines().next().unwrap_or_default();
            match line.find(quote) {
                Some(end) => {
                    let quotes = opened.len() - inside.len() + quote.len_utf8();
                    (&inside[..end], end + quotes)
                }
                None => (line.trim_end(), opened.len() - inside.len() + line.trim_end().len()),
            }
        }
        None => {
            let token = position::token(piece, at);
            (position::slice(piece, token), token.end - token.start)
        }
    };
    Some((kind, id, Span { start: at, end: at + length }))
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// What follows blanks, of every script, and comments.
fn after_blank(text: &str) -> &str {
    let mut rest = text;
    loop {
        let next = rest.trim_start();
        let next = &next[position::skip_blank(next, 0)..];
        if next.len() == rest.len() {
            return rest;
        }
        rest = next;
    }
}

/// The quote that ends what a quote begins.
fn closing(quote: char) -> Option<char> {
    Some(match quote {
        '"' | '\'' | '`' => quote,
        '“' | '„' | '”' => '”',
        '‘' | '’' => '’',
        '«' => '»',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_begin_in_the_first_column_and_lose_nothing() {
        let text = "// a\n  x;\nfn f() {\n  1\n}\ný;\n";
        let found = pieces(text);
        let texts: Vec<&str> = found.iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["// a\n  x;\n", "fn f() {\n  1\n}\n", "ý;\n"]);
        assert_eq!(found.iter().map(|piece| piece.line).collect::<Vec<_>>(), [0, 2, 5]);
        assert!(found.iter().all(|piece| text[piece.start..].starts_with(piece.text)));
    }

    #[test]
    fn batches_end_where_something_ends_and_lose_nothing() {
        let line = |at: usize| if at.is_multiple_of(3) { "x;\n" } else { "y\n" };
        let text: String = (0..3 * TOGETHER).map(line).collect();
        let all = pieces(&text);
        let found = batches(&all);
        assert_eq!(found.concat(), all);
        assert!(found.len() >= 2);
        for batch in &found[..found.len() - 1] {
            assert!(batch.len() >= TOGETHER);
            assert!(batch.last().is_some_and(|last| last.text == "x;\n"));
        }
        assert_eq!(batches(&all[..5]), [&all[..5]]);
    }

    #[test]
    fn constants_and_functions_as_values_keep_a_file_together() {
        let defined = HashMap::from([("f", 3), ("tốt", 9)]);
        for (text, apart) in [
            ("fn f(a) { a } f (1); f2(3); tốt(1)", true),
            ("so.filter(f)", false),
            ("let x = tốt;", false),
            ("tốt1; ftốt", true),
            ("f", false),
            ("const N = 1;", false),
            ("constant", true),
        ] {
            assert_eq!(come_apart(text, &defined), apart, "{text}");
        }
    }

    #[test]
    fn placed_pieces_stand_in_their_own_lines() {
        let text = "a\nb (\nc; // x\nd()\n";
        let mut found = pieces(text);
        found.remove(1);
        assert_eq!(placed(&found), "a;\n\nc; // x;\nd();\n");
        assert_eq!(placed(&found[2..]), "\n\n\nd()\n");
    }

    #[test]
    fn what_a_broken_piece_would_have_declared() {
        for (piece, expected) in [
            ("target(\"II.1\", #{", Some((RuleKind::Target, "II.1", "\"II.1\""))),
            ("expect \u{a0}(\"x\", #{", Some((RuleKind::Expect, "x", "\"x\""))),
            ("expect\u{a0}(\"x\")", Some((RuleKind::Expect, "x", "\"x\""))),
            ("target “II.1”, #{", Some((RuleKind::Target, "II.1", "“II.1”"))),
            ("rule é", Some((RuleKind::Rule, "é", "é"))),
            ("rule(/* é */ 'r', )", Some((RuleKind::Rule, "r", "'r'"))),
            ("rule(\"r, #{\n\"", Some((RuleKind::Rule, "r, #{", "\"r, #{"))),
            ("rule", Some((RuleKind::Rule, "", ""))),
            ("ruleé(\"x\")", None),
            ("rule_of(\"x\")", None),
            ("é", None),
            ("", None),
        ] {
            let found = declaration(piece);
            let found = found.map(|(kind, id, span)| (kind, id, position::slice(piece, span)));
            assert_eq!(found, expected, "{piece}");
        }
    }
}
