//! From the script engine's positions to spans.
//!
//! Rhai tells only where a thing begins. The tokens of the text tell where it ends, and where each
//! argument of a call or entry of a map literal stands.

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use super::lexer;
use super::pieces::{self, Piece};
use super::symbols::{Surroundings, Symbols};
use super::tokens::{Bracket, TokenKind, Tokens};
use crate::source::{Location, SourceId, Span};

/// Characters between two whose offsets are remembered.
const STEP: usize = 64;

/// A script's text with its lines and tokens found, so that positions become offsets and spans
/// quickly, however long its lines are.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// The file.
    pub source: SourceId,
    text: Arc<str>,
    /// Of each line, how many bytes and how many characters stand before it.
    lines: Arc<[(usize, usize)]>,
    /// Where every 64th character stands.
    steps: Arc<[usize]>,
    tokens: Arc<Tokens>,
    /// Whether they were read piece by piece.
    apart: bool,
    /// Lines of the file above the text that positions are counted in.
    above: usize,
    /// What it defines and refers to, once somebody has asked.
    symbols: Arc<OnceLock<Arc<Symbols>>>,
}

impl ScriptText {
    /// Finds the lines and tokens of a file's text.
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
        let tokens = Tokens::of(text).into();
        let symbols = Arc::default();
        ScriptText {
            source,
            text: text.into(),
            lines,
            steps,
            tokens,
            apart: false,
            above: 0,
            symbols,
        }
    }

    /// The same text, as it is where its pieces are parsed one by one.
    pub fn apart(&self, pieces: &[Piece<'_>]) -> ScriptText {
        let tokens = Tokens::apart(self, pieces.iter().map(Piece::range)).into();
        ScriptText { tokens, apart: true, symbols: Arc::default(), ..self.clone() }
    }

    /// Whether its tokens are those of its pieces, each by itself.
    pub fn is_apart(&self) -> bool {
        self.apart
    }

    /// What it defines and refers to.
    pub fn symbols(&self, around: &Surroundings) -> Arc<Symbols> {
        Arc::clone(self.symbols.get_or_init(|| Symbols::read(self, around).into()))
    }

    /// The text's tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
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
        Location { source: self.source, span: self.token(self.offset(position)) }
    }

    /// The call whose name stands at a position.
    pub fn call_at(&self, position: rhai::Position) -> Location {
        Location { source: self.source, span: self.call(self.offset(position)) }
    }

    /// The token in which a byte stands: a word, a number, a string with all its parts, an
    /// operator; the line of a comment, or a blank.
    pub fn token(&self, at: usize) -> Span {
        if let Some(span) = self.tokens.token(at) {
            return span;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        let length = match self.tokens.comment(at) {
            Some(comment) => {
                let line = slice(self, Span { start: at, end: comment.span.end }).lines().next();
                line.unwrap_or_default().len()
            }
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
        Span { start: at, end: at + length }
    }

    /// The whole call whose name stands at a byte, brackets included; what stands there where that
    /// is none.
    pub fn call(&self, at: usize) -> Span {
        let call = self.tokens.number(at).and_then(|name| self.tokens.call(name));
        call.unwrap_or_else(|| self.token(at))
    }

    /// The arguments of the call whose name stands at a byte.
    pub fn arguments(&self, at: usize) -> Vec<Span> {
        let open = self.tokens.number(at).and_then(|name| self.tokens.called(name));
        let items = open.map(|open| self.tokens.items(open)).unwrap_or_default();
        items.into_iter().map(|item| self.tokens.spanned(item)).collect()
    }

    /// The entries of the map literal `#{ … }` at a byte; none when something else stands there.
    pub fn entries(&self, at: usize) -> Vec<MapEntry> {
        let Some(open) = self.tokens.number(at) else { return Vec::new() };
        let written = slice(self, self.tokens.list[open].span);
        if !(self.tokens.opens(open, Bracket::Curly) && written.starts_with('#')) {
            return Vec::new();
        }
        self.tokens.items(open).into_iter().filter_map(|item| self.entry(item)).collect()
    }

    /// The entry that some tokens of a map literal are.
    fn entry(&self, item: Range<usize>) -> Option<MapEntry> {
        let colon = self.tokens.list[item.start].next;
        if colon >= item.end || self.tokens.list[colon].kind != TokenKind::Colon {
            return None;
        }
        let key_span = self.tokens.whole(item.start);
        let key = slice(self, key_span);
        let end = self.tokens.spanned(item.clone()).end;
        let value = self.tokens.list.get(colon + 1).map_or(end, |value| value.span.start);
        Some(MapEntry {
            key: lexer::unquoted(key).unwrap_or_else(|| key.to_owned()),
            key_span,
            value_span: Span { start: value.min(end), end },
        })
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

/// One entry of a map literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// The key, unquoted.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

/// The first call from the beginning of a line on, brackets included, or the token there that is
/// none. Where the text as a whole cannot be read so far, what its piece holds of the call.
pub fn first_call(text: &str, line: usize) -> Span {
    let whole = Tokens::of(text);
    let first = whole.first_from(line);
    let begins = whole.number(line).is_none_or(|number| number == first);
    let unclosed = whole.called(first).is_some_and(|open| !whole.list[open].closed);
    if begins && !unclosed {
        return first_of(&whole, line);
    }
    let all = pieces::pieces(text, &whole);
    first_of(&Tokens::apart(text, all.iter().map(Piece::range)), line)
}

fn first_of(tokens: &Tokens, line: usize) -> Span {
    let first = tokens.first_from(line);
    let token = || tokens.token(tokens.list.get(first)?.span.start);
    tokens.call(first).or_else(token).unwrap_or(Span { start: line, end: line })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> ScriptText {
        let mut sources = crate::source::Sources::new(std::path::Path::new("/"));
        let source = sources.add(std::path::Path::new("/a"), text.as_bytes());
        ScriptText::new(source, text)
    }

    fn texts(text: &str, spans: impl IntoIterator<Item = Span>) -> Vec<&str> {
        spans.into_iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn arguments_survive_strings_closures_and_comments() {
        let text = "f ( \"a,)\" , |r, q| r.x in [1, 2] /* , */ && true, g(1, 2), `x${h(1, 2)},` )";
        let script = script(text);
        assert_eq!(
            texts(text, script.arguments(0)),
            ["\"a,)\"", "|r, q| r.x in [1, 2] /* , */ && true", "g(1, 2)", "`x${h(1, 2)},`"]
        );
        assert_eq!(texts(text, [script.call(0)]), [text]);
    }

    #[test]
    fn arguments_are_told_apart_whatever_is_written_in_them() {
        for (text, expected) in [
            ("f(',', '(', '\"', '\\'', b)", vec!["','", "'('", "'\"'", "'\\''", "b"]),
            ("f(#\"a\", (\"#, ##\"\"#,\"##, b)", vec!["#\"a\", (\"#", "##\"\"#,\"##", "b"]),
            ("f(\"say \"\"a, (\"\" b\", c)", vec!["\"say \"\"a, (\"\" b\"", "c"]),
            ("f(\"a, \\\n  (b\", c)", vec!["\"a, \\\n  (b\"", "c"]),
            ("f(`a,\n(b`, c)", vec!["`a,\n(b`", "c"]),
            (
                "f(`a${g(`,${\"}\"})`, #{ x: 1 })}(`, c)",
                vec!["`a${g(`,${\"}\"})`, #{ x: 1 })}(`", "c"],
            ),
            ("f(/* /* , */ ( */ a /* , */, /** ) */ b // ,\n)", vec!["a", "b"]),
            ("f(/**/ a, b */ c)", vec!["c"]),
            ("f(-5, x - 5, |a, b| -a, || c)", vec!["-5", "x - 5", "|a, b| -a", "|| c"]),
            ("f(a | b, c || d, x => |p, q| p)", vec!["a | b", "c || d", "x => |p, q| p"]),
            ("f(1_000, 99.9, 1..5, a[b, c], ())", vec!["1_000", "99.9", "1..5", "a[b, c]", "()"]),
            ("f(\"é, ộ\", ế)", vec!["\"é, ộ\"", "ế"]),
            ("f(\"\\q, \\x\", b)", vec!["\"\\q, \\x\"", "b"]),
            ("f('', b)", vec!["''", "b"]),
            ("f(,, a; b,)", vec!["a", "b"]),
            ("f ()", vec![]),
            ("f", vec![]),
            ("+ (a)", vec![]),
        ] {
            assert_eq!(texts(text, script(text).arguments(0)), expected, "{text}");
        }
    }

    #[test]
    fn calls_end_where_their_bracket_is_closed() {
        for (text, expected) in [
            ("f(')')(1)", "f(')')"),
            ("f /* ( */ (\n#\")\"#) + 1", "f /* ( */ (\n#\")\"#)"),
            ("f(`)${)}`) + 1", "f(`)${)}`)"),
            ("f + (1)", "f"),
            ("- (1)", "-"),
            ("f({ ( }) + 1", "f({ ( })"),
            ("f(1; g // end", "f(1; g"),
        ] {
            assert_eq!(texts(text, [script(text).call(0)]), [expected], "{text}");
        }
    }

    #[test]
    fn map_entries_have_keys_and_values() {
        let text = "target(\"x\", #{\n  goal:  at_least(68), // not } this\n  \"by\": 2030,\n});";
        let script = script(text);
        let map = script.arguments(0)[1];
        let found: Vec<_> = script
            .entries(map.start)
            .into_iter()
            .map(|entry| (entry.key, &text[entry.value_span.start..entry.value_span.end]))
            .collect();
        assert_eq!(found, [("goal".to_owned(), "at_least(68)"), ("by".to_owned(), "2030")]);
    }

    #[test]
    fn keys_are_what_they_say() {
        let text =
            "#{ #\"a\"#: ',', `b`: #{ z: 1 }, \"\\x63\": |x, y| x, d /* : */ : /* , */ 4, e: }";
        let found: Vec<_> = script(text)
            .entries(0)
            .into_iter()
            .map(|entry| (entry.key, &text[entry.value_span.start..entry.value_span.end]))
            .collect();
        let expected = [("a", "','"), ("b", "#{ z: 1 }"), ("c", "|x, y| x"), ("d", "4"), ("e", "")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(script("{ a: 1 }").entries(0), []);
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
            ("1_000.5.abs()", "1_000.5"),
            ("-0.25", "-0.25"),
            ("12345678901234567890123.5 ", "12345678901234567890123.5"),
            ("!in x", "!in"),
            ("#{ a: 1 }", "#{"),
            ("`a${`b}`}c` d", "`a${`b}`}c`"),
            ("\"a\\qb\" c", "\"a\\qb\""),
            ("\"a\nb\"", "\"a"),
            ("#\"a\nb", "#\"a\nb"),
            ("thi\u{323}_x y", "thi\u{323}_x"),
            ("“a”", "“"),
            ("\u{a0}a", "\u{a0}"),
            ("var x", "var"),
            ("// of x \ny", "// of x"),
            ("/* one\ntwo */ y", "/* one"),
            (" a", " "),
            ("", ""),
        ] {
            assert_eq!(texts(text, [script(text).token(0)]), [expected], "{text}");
        }
        let inside = script("thị_trấn \"a\\qb\"");
        assert_eq!(
            texts(&inside, [3, 13, 15].map(|at| inside.token(at))),
            ["thị_trấn", "\"a\\qb\"", "\\q"]
        );
    }

    #[test]
    fn the_first_call_of_a_line_ends_where_it_does() {
        for (text, line, expected) in [
            ("a;\n  f(1,\n2);\ng();", 3, "f(1,\n2)"),
            ("f(1,\nx: 2);\ng();", 0, "f(1,\nx: 2)"),
            ("f(\n \"id\", 1);", 3, "\"id\""),
            // The rest of a broken call is what its piece has of it.
            ("f(1,\n  [2);\ng();", 0, "f(1,\n  [2);"),
            ("x = `a;\nf(1);\ng();", 8, "f(1)"),
            ("a;\n", 3, ""),
        ] {
            assert_eq!(texts(text, [first_call(text, line)])[0].trim_start(), expected, "{text}");
        }
    }

    /// Columns count characters, of one byte or of several, on lines short and long.
    #[test]
    fn positions_are_found_however_long_the_line() {
        let long = "một hai ".repeat(100);
        let file = format!("a\n{long}\nxã = 1\n");
        let text = script(&file);
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
            "f(\"é\\é\\xé\\ué\n'\\é",
            "##é #é é# `é${`é${é",
        ] {
            let script = script(text);
            for at in 0..=text.len() + 1 {
                let mut spans = script.arguments(at);
                spans.extend([script.token(at), script.call(at), first_call(text, at)]);
                spans.extend(script.entries(at).into_iter().map(|entry| entry.value_span));
                for span in spans.into_iter().filter(|_| text.is_char_boundary(at)) {
                    assert!(text.get(span.start..span.end).is_some(), "{text}: {at}: {span:?}");
                }
            }
        }
    }

    #[test]
    fn unfinished_text_does_not_hang() {
        for text in [
            "f(",
            "f(a",
            "f(\"",
            "f(#{",
            "f(#{ a",
            "f(#{ a:",
            "f(/*",
            "f(|a",
            "f(`${",
            "f('",
            "f(#\"",
            "f(##",
            "f(\"\\",
            "f(\"\\x",
            "f('\\u12",
            "f(`a${`b${",
            "f(`a${b}",
            "f(`a${b}c",
            "f(/* /* */",
            "f(# {",
            "f(?[",
            "f(\"\\q",
            "f(//",
            "f(`",
            "f(-",
            "f(1.",
            "f(0x",
            "f(!i",
            "f(\u{feff}",
        ] {
            let script = script(text);
            assert!(script.call(0).end <= text.len(), "{text}");
            for span in script.arguments(0) {
                let _ = script.entries(span.start);
            }
        }
    }
}
