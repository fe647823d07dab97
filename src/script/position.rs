//! From the script engine's positions to spans.
//!
//! Rhai tells only where a thing begins. A small reader of its lexical grammar (strings,
//! comments, brackets) finds where it ends, and where each argument of a call or entry of a map
//! literal stands.

use std::ops::Deref;
use std::sync::Arc;

use crate::source::{Location, SourceId, Span};

/// Characters between two whose offsets are remembered.
const STEP: usize = 64;

/// A script's text with its lines found, so that positions become offsets quickly, however long
/// its lines are.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// The file.
    pub source: SourceId,
    text: Arc<str>,
    /// Of each line, how many bytes and how many characters stand before it.
    lines: Arc<[(usize, usize)]>,
    /// Where every 64th character stands.
    steps: Arc<[usize]>,
    /// Lines of the file above the text that positions are counted in.
    above: usize,
}

impl ScriptText {
    /// Finds the lines of a file's text.
    pub fn new(source: SourceId, text: &str) -> ScriptText {
        let (mut lines, mut steps) = (vec![(0, 0)], Vec::new());
        for (number, (at, character)) in text.char_indices().enumerate() {
            if number.is_multiple_of(STEP) {
                steps.push(at);
            }
            if character == '\n' {
                lines.push((at + 1, number + 1));
            }
        }
        let (lines, steps) = (lines.into(), steps.into());
        ScriptText { source, text: text.into(), lines, steps, above: 0 }
    }

    /// The same text, for positions in what stands below so many of its lines.
    pub fn below(&self, lines: usize) -> ScriptText {
        ScriptText { above: lines, ..self.clone() }
    }

    /// The byte offset of a position; the start of the text for none.
    pub fn offset(&self, position: rhai::Position) -> usize {
        let Some(line) = position.line() else { return 0 };
        let line = (line + self.above).saturating_sub(1);
        let Some((_, before)) = self.lines.get(line) else { return self.text.len() };
        self.character(before + position.position().unwrap_or(1).saturating_sub(1))
    }

    /// The byte offset of a character; the end of the text where there are not so many.
    fn character(&self, number: usize) -> usize {
        let Some(start) = self.steps.get(number / STEP) else { return self.text.len() };
        let skipped = self.text[*start..].chars().take(number % STEP).map(char::len_utf8);
        start + skipped.sum::<usize>()
    }

    /// The token at a position.
    pub fn token_at(&self, position: rhai::Position) -> Location {
        Location { source: self.source, span: token(&self.text, self.offset(position)) }
    }

    /// The call whose name stands at a position.
    pub fn call_at(&self, position: rhai::Position) -> Location {
        Location { source: self.source, span: call(&self.text, self.offset(position)) }
    }
}

impl Deref for ScriptText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// The text of a span; nothing where it is none of this text or cuts a character in two.
pub fn slice(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap_or_default()
}

/// The byte just past white space and comments from `at`.
pub fn skip_blank(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
        } else if bytes[at..].starts_with(b"//") {
            at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
        } else if bytes[at..].starts_with(b"/*") {
            at = comment_end(text, at);
        } else {
            break;
        }
    }
    at
}

/// The end of a block comment that begins at `at`; they nest.
fn comment_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut here) = (0, at);
    while here < bytes.len() {
        if bytes[here..].starts_with(b"/*") {
            depth += 1;
            here += 2;
        } else if bytes[here..].starts_with(b"*/") {
            depth -= 1;
            here += 2;
            if depth == 0 {
                return here;
            }
        } else {
            here += 1;
        }
    }
    here
}

/// The end of the string, character or template that begins at `at`.
fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let mut here = at + 1;
    while here < bytes.len() {
        match bytes[here] {
            b'\\' if quote != b'`' => here += 2,
            b'$' if quote == b'`' && bytes.get(here + 1) == Some(&b'{') => {
                here = expression_end(text, here + 2, true) + 1;
            }
            byte if byte == quote => return here + 1,
            _ => here += 1,
        }
    }
    bytes.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The token at `at`: a word, a number, a string, or one operator character.
pub fn token(text: &str, at: usize) -> Span {
    let bytes = text.as_bytes();
    let Some(first) = bytes.get(at) else { return Span { start: at, end: at } };
    let end = match first {
        b'"' | b'`' | b'\'' => string_end(text, at),
        byte if is_word(*byte) => {
            let decimal = byte.is_ascii_digit();
            let mut end = at;
            while end < bytes.len()
                && (is_word(bytes[end])
                    || (decimal
                        && bytes[end] == b'.'
                        && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)))
            {
                end += 1;
            }
            end
        }
        b'<' | b'>' | b'=' | b'!' | b'&' | b'|' | b'.' | b'+' | b'-' => {
            let mut end = at + 1;
            while end < bytes.len()
                && matches!(bytes[end], b'=' | b'&' | b'|' | b'.')
                && end < at + 3
            {
                end += 1;
            }
            end
        }
        // Whatever is left is ASCII: everything else is part of a word.
        _ => at + 1,
    };
    Span { start: at, end }
}

/// The end of the expression that begins at `at`: the comma, semicolon or closing bracket that
/// ends it. With `in_template` only a closing brace does.
fn expression_end(text: &str, at: usize, in_template: bool) -> usize {
    let bytes = text.as_bytes();
    let (mut here, mut depth, mut bars) = (at, 0usize, 0usize);
    while here < bytes.len() {
        match bytes[here] {
            b'"' | b'`' => here = string_end(text, here),
            b'/' if bytes.get(here + 1) == Some(&b'/') || bytes.get(here + 1) == Some(&b'*') => {
                here = skip_blank(text, here);
            }
            b'(' | b'[' | b'{' => {
                depth += 1;
                here += 1;
            }
            b')' | b']' | b'}' if depth == 0 => return here,
            b')' | b']' | b'}' => {
                depth -= 1;
                here += 1;
            }
            // A closure's parameter list: its commas separate parameters, not arguments.
            b'|' if bars == 0 && starts_closure(bytes, at, here) => {
                bars = 1;
                here += 1;
            }
            b'|' if bars == 1 => {
                bars = 0;
                here += 1;
            }
            b',' | b';' if depth == 0 && bars == 0 && !in_template => return here,
            _ => here += 1,
        }
    }
    here
}

/// Whether the bar at `here` opens a closure: only an operator or nothing stands before it.
fn starts_closure(bytes: &[u8], start: usize, here: usize) -> bool {
    if bytes.get(here + 1) == Some(&b'|') || (here > start && bytes[here - 1] == b'|') {
        return false;
    }
    bytes[start..here]
        .iter()
        .rev()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_none_or(|byte| matches!(byte, b'(' | b',' | b':' | b'=' | b'{' | b'['))
}

/// The expression that begins at `at`, without the white space and comments after it.
pub fn expression(text: &str, at: usize) -> Span {
    let start = skip_blank(text, at);
    trimmed(text, start, expression_end(text, start, false))
}

/// The span from `start` to `limit` without the white space and comments at its end.
fn trimmed(text: &str, start: usize, limit: usize) -> Span {
    let whole = slice(text, Span { start, end: limit.max(start) });
    if !whole.contains("//") && !whole.contains("/*") {
        return Span { start, end: start + whole.trim_end().len() };
    }
    let (mut end, mut here) = (start, start);
    while here < limit {
        let next = skip_blank(text, here);
        if next >= limit {
            break;
        }
        end = token(text, next).end.min(limit);
        here = end;
    }
    Span { start, end: end.max(start) }
}

/// The arguments of the call whose name begins at `at`.
pub fn arguments(text: &str, at: usize) -> Vec<Span> {
    let open = skip_blank(text, token(text, at).end);
    if text.as_bytes().get(open) != Some(&b'(') {
        return Vec::new();
    }
    items(text, open + 1)
}

/// The comma-separated expressions from `at` to the closing bracket.
fn items(text: &str, mut at: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    loop {
        at = skip_blank(text, at);
        match text.as_bytes().get(at) {
            None | Some(b')' | b']' | b'}') => return spans,
            Some(b',') => at += 1,
            Some(_) => {
                let end = expression_end(text, at, false);
                spans.push(trimmed(text, at, end));
                // A stray semicolon would stop the reader on the spot.
                at = if text.as_bytes().get(end) == Some(&b';') { end + 1 } else { end };
            }
        }
    }
}

/// One entry of a map literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, unquoted.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

/// The entries of the map literal `#{ … }` at `at`; none when something else stands there.
pub fn entries(text: &str, at: usize) -> Vec<Entry> {
    if !text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(b"#{")) {
        return Vec::new();
    }
    items(text, at + 2)
        .into_iter()
        .filter_map(|item| {
            let key_span = token(text, item.start);
            let colon = skip_blank(text, key_span.end);
            if text.as_bytes().get(colon) != Some(&b':') {
                return None;
            }
            Some(Entry {
                key: slice(text, key_span).trim_matches('"').to_owned(),
                key_span,
                value_span: Span {
                    start: skip_blank(text, colon + 1).min(item.end),
                    end: item.end,
                },
            })
        })
        .collect()
}

/// The whole call whose name begins at `at`, brackets included.
pub fn call(text: &str, at: usize) -> Span {
    let name = token(text, at);
    let open = skip_blank(text, name.end);
    if text.as_bytes().get(open) != Some(&b'(') {
        return name;
    }
    let mut here = open + 1;
    loop {
        here = expression_end(text, here, false);
        match text.as_bytes().get(here) {
            Some(b',' | b';') => here += 1,
            Some(_) => return Span { start: at, end: here + 1 },
            None => return Span { start: at, end: here },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(text: &str, span: Span) -> &str {
        &text[span.start..span.end]
    }

    #[test]
    fn arguments_survive_strings_closures_and_comments() {
        let text = "f ( \"a,)\" , |r, q| r.x in [1, 2] /* , */ && true, g(1, 2), `x${h(1, 2)},` )";
        let found: Vec<_> =
            arguments(text, 0).into_iter().map(|span| text_of(text, span)).collect();
        assert_eq!(
            found,
            ["\"a,)\"", "|r, q| r.x in [1, 2] /* , */ && true", "g(1, 2)", "`x${h(1, 2)},`"]
        );
        assert_eq!(text_of(text, call(text, 0)), text);
    }

    #[test]
    fn map_entries_have_keys_and_values() {
        let text = "target(\"x\", #{\n  goal:  at_least(68), // not } this\n  \"by\": 2030,\n});";
        let map = arguments(text, 0)[1];
        let found: Vec<_> = entries(text, map.start)
            .into_iter()
            .map(|entry| (entry.key, text_of(text, entry.value_span)))
            .collect();
        assert_eq!(found, [("goal".to_owned(), "at_least(68)"), ("by".to_owned(), "2030")]);
    }

    #[test]
    fn tokens_are_words_numbers_strings_and_operators() {
        for (text, expected) in [
            ("qua_dao_tao)", "qua_dao_tao"),
            ("99.9,", "99.9"),
            ("\"a b\" c", "\"a b\""),
            (">= 3", ">="),
            ("thị_trấn.x", "thị_trấn"),
            ("1..5", "1"),
        ] {
            assert_eq!(text_of(text, token(text, 0)), expected);
        }
    }

    /// Columns count characters, of one byte or of several, on lines short and long.
    #[test]
    fn positions_are_found_however_long_the_line() {
        let long = "một hai ".repeat(100);
        let file = format!("a\n{long}\nxã = 1\n");
        let mut sources = crate::source::Sources::new(std::path::Path::new("/"));
        let source = sources.add(std::path::Path::new("/a"), file.as_bytes());
        let text = ScriptText::new(source, &file);
        let at = |line, column| text.offset(rhai::Position::new(line, column));
        for (line, written) in (1u16..).zip(file.split('\n')) {
            let start = written.as_ptr().addr() - file.as_ptr().addr();
            for (column, (before, _)) in (1u16..).zip(written.char_indices()) {
                assert_eq!(at(line, column), start + before, "{line}:{column}");
            }
        }
        assert_eq!(at(9, 1), file.len());
        assert_eq!(at(3, 99), file.len());
        assert_eq!(text.below(2).offset(rhai::Position::new(1, 4)), at(3, 4));
    }

    /// No text makes the reader stop in the middle of a character, wherever it begins.
    #[test]
    fn characters_of_several_bytes_are_not_cut() {
        for text in [
            "expect\u{a0}(\"x\")",
            "expect \u{a0}(\"x\", #{ a: 1 })",
            "target “II.1”, #{ tên: “á” }",
            "rule é",
            "f(\"\\é\", é/**/é, `é${é}é`) // é",
            "#{ é\u{a0}: 1, \"é\": 2 é",
            "'é' é /é /*é",
        ] {
            for at in 0..=text.len() {
                let _ = (skip_blank(text, at), token(text, at), call(text, at));
                let _ = (expression(text, at), entries(text, at));
                for span in arguments(text, at) {
                    let _ = slice(text, span);
                }
            }
            for at in text.char_indices().map(|(at, _)| at) {
                let mut spans = arguments(text, at);
                spans.extend([token(text, at), call(text, at), expression(text, at)]);
                spans.extend(entries(text, at).into_iter().map(|entry| entry.value_span));
                for span in spans {
                    assert!(text.get(span.start..span.end).is_some(), "{text}: {at}: {span:?}");
                }
            }
        }
    }

    #[test]
    fn unfinished_text_does_not_hang() {
        for text in ["f(", "f(a", "f(\"", "f(#{", "f(#{ a", "f(#{ a:", "f(/*", "f(|a", "f(`${"] {
            let _ = call(text, 0);
            let _ = arguments(text, 0);
            for span in arguments(text, 0) {
                let _ = entries(text, span.start);
            }
        }
    }
}
