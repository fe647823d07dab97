//! Files in pieces: what of a large one is parsed together, what is left of one with a syntax
//! error, and the declaration that a broken piece would have made.

use std::collections::HashSet;
use std::ops::Range;

use super::position;
use super::tokens::{Bracket, Token, TokenKind, Tokens};
use crate::rule::RuleKind;
use crate::source::Span;

/// A part of a file that begins at a line's first column, with the comments above that line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    /// Its text.
    pub text: &'t str,
    /// The byte it begins at.
    pub start: usize,
    /// How many lines stand above it.
    pub line: usize,
}

impl Piece<'_> {
    /// Its bytes in the file.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Whether it ends in a comment that is not closed: what follows would be part of it.
    pub fn swallows(&self, tokens: &Tokens) -> bool {
        let last = self.range().end.checked_sub(1).and_then(|last| tokens.comment_before(last));
        last.is_some_and(|comment| !comment.closed && comment.span.start >= self.start)
    }

    /// How much of it stands before the comments and blanks at its end.
    fn code(&self, tokens: &Tokens) -> usize {
        let before = tokens.first_from(self.range().end).checked_sub(1);
        let end = before.map_or(0, |last| tokens.list[last].span.end);
        end.clamp(self.start, self.range().end) - self.start
    }
}

/// The pieces of a file.
pub fn pieces<'t>(text: &'t str, tokens: &Tokens) -> Vec<Piece<'t>> {
    let mut starts = vec![0];
    let mut at = 0;
    for written in text.split_inclusive('\n') {
        let in_comment = || tokens.comment(at).is_some_and(|comment| comment.closed);
        let in_text = || in_template(text, tokens, at) && !is_statement(written);
        if begins(written) && !in_comment() && !in_text() {
            starts.extend(Some(above(text, tokens, at)).filter(|start| *start > 0));
        }
        at += written.len();
    }
    let mut line = 0;
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let piece = Piece { text: &text[*start..end], start: *start, line };
            line += piece.text.matches('\n').count();
            piece
        })
        .filter(|piece| !piece.text.is_empty())
        .collect()
}

/// Whether a line has something in its first column that a statement may begin with, or that
/// somebody takes for it.
fn begins(line: &str) -> bool {
    let first = line.chars().next();
    first.is_some_and(|first| match first {
        '_' | '"' | '(' | '?' => true,
        first if first.is_ascii() => first.is_ascii_alphanumeric(),
        first => !first.is_whitespace(),
    })
}

/// Whether a line begins as statements do and texts do not: above it a text is not ended.
fn is_statement(line: &str) -> bool {
    let word = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next();
    let word = word.unwrap_or_default();
    let declares =
        RuleKind::parse(word).is_some() && line[word.len()..].trim_start().starts_with('(');
    declares || matches!(word, "let" | "const" | "fn") && line[word.len()..].starts_with(' ')
}

/// Whether a byte stands in a text of several lines, which ends.
fn in_template(text: &str, tokens: &Tokens, at: usize) -> bool {
    let token = tokens.number(at).map(|number| tokens.list[number]);
    token.is_some_and(|token| {
        let is_text = matches!(token.kind, TokenKind::Text | TokenKind::Rest);
        is_text && token.span.start < at && text[..token.span.end].ends_with('`')
    })
}

/// Where the comments begin that belong to the line at `at`.
pub fn above(text: &str, tokens: &Tokens, at: usize) -> usize {
    let mut start = at;
    while let Some(before) = comment_above(text, tokens, start) {
        start = before;
    }
    start
}

/// Where the line begins of a comment that belongs to the line at `at`: one directly above, or a
/// document comment also beyond empty lines. The engine takes a document comment that has nothing
/// below it for an error.
fn comment_above(text: &str, tokens: &Tokens, at: usize) -> Option<usize> {
    let before = text[..at].trim_ascii_end();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let known = tokens.comment(before.len().checked_sub(1)?);
    // Below a string or a comment that is never closed all comments are part of it, but for people.
    let seen = || before[line..].trim_ascii_start();
    let start = match known.filter(|comment| comment.closed) {
        Some(comment) => comment.span.start,
        None if seen().starts_with("//") => before.len() - seen().len(),
        None => return None,
    };
    let lines = text[before.len()..at].matches('\n').count();
    let belongs = lines == 1 || is_document(&before[start..]);
    let indented = text[..start].trim_end_matches([' ', '\t']);
    let first = indented.is_empty() || indented.ends_with('\n');
    (belongs && first).then_some(indented.len())
}

/// Whether the engine's parser keeps a comment for the function below it.
fn is_document(comment: &str) -> bool {
    let is = |mark: &str, longer: &str| comment.starts_with(mark) && !comment.starts_with(longer);
    is("///", "////") || is("/**", "/***")
}

/// Most pieces parsed together. For every variable the engine's parser looks through all functions
/// and closures of its text.
pub const TOGETHER: usize = 200;

/// Pieces that follow one another, in parts small enough to be parsed one after another. A part
/// ends where a statement or a block does.
pub fn batches<'p, 't>(pieces: &'p [Piece<'t>], tokens: &Tokens) -> Vec<&'p [Piece<'t>]> {
    let mut batches = Vec::new();
    let mut start = 0;
    for (at, piece) in pieces.iter().enumerate() {
        let ends = || piece.text[..piece.code(tokens)].ends_with([';', '}']);
        if at + 1 - start >= TOGETHER && ends() {
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
pub fn come_apart(text: &str, tokens: &Tokens, defined: &HashSet<&str>) -> bool {
    tokens.list.iter().enumerate().all(|(number, token)| {
        let word = position::slice(text, token.span);
        let value = || defined.contains(word) && !tokens.opens(number + 1, Bracket::Round);
        token.kind != TokenKind::Word || (word != "const" && !value())
    })
}

/// Pieces as one text in which each stands in its own line, ended so that the next may follow.
pub fn placed(pieces: &[Piece<'_>], tokens: &Tokens) -> String {
    let mut text = String::new();
    let mut line = 0;
    for piece in pieces {
        text.extend(std::iter::repeat_n('\n', piece.line.saturating_sub(line)));
        let (code, rest) = piece.text.split_at(piece.code(tokens));
        text.push_str(code);
        if !code.ends_with(';') && pieces.len() > 1 {
            text.push(';');
        }
        text.push_str(rest);
        line = piece.line + piece.text.matches('\n').count();
    }
    text
}

/// The kind of declaration a broken piece begins with, and its id: the text in the first quotes
/// of whatever kind, or the first word. The span is that of the id, quotes included.
///
/// The id is read by hand: quotes of print, and those that are not closed, are none to the lexer.
pub fn declaration(piece: &str) -> Option<(RuleKind, &str, Span)> {
    let tokens = Tokens::of(piece);
    let first = tokens.list.first().filter(|token| token.kind == TokenKind::Word)?;
    let kind = RuleKind::parse(position::slice(piece, first.span))?;
    let at = id_start(piece, &tokens);
    let opened = &piece[at..];
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
            let token = tokens.token(at).unwrap_or((at..at).into());
            (position::slice(piece, token), token.end - token.start)
        }
    };
    // Without a letter it is what a slip left of one.
    let is_id = id.contains(char::is_alphanumeric);
    is_id.then_some((kind, id, Span { start: at, end: at + length }))
}

/// Where the token after a declaration's name and bracket begins. Blanks of every script are
/// passed over, which are tokens to the lexer.
fn id_start(piece: &str, tokens: &Tokens) -> usize {
    let written = |token: &&Token| position::slice(piece, token.span);
    let is_blank = |token: &&Token| written(token).trim().is_empty();
    let mut rest = tokens.list.iter().skip(1).filter(|token| !is_blank(token));
    let opens = |token: &&Token| matches!(written(token), "(" | "[" | "{");
    let id = rest.find(|token| !opens(token));
    id.map_or(piece.len(), |token| token.span.start)
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

    fn of(text: &str) -> Vec<Piece<'_>> {
        pieces(text, &Tokens::of(text))
    }

    #[test]
    fn pieces_begin_in_the_first_column_and_lose_nothing() {
        let text = "// a\n  x;\nfn f() {\n  1\n}\ný;\n";
        let found = of(text);
        let texts: Vec<&str> = found.iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["// a\n  x;\n", "fn f() {\n  1\n}\n", "ý;\n"]);
        assert_eq!(found.iter().map(|piece| piece.line).collect::<Vec<_>>(), [0, 2, 5]);
        assert!(found.iter().all(|piece| text[piece.start..].starts_with(piece.text)));
    }

    #[test]
    fn comments_belong_to_what_stands_below_them() {
        for (text, expected) in [
            ("x;\n// of y\ny;\n", vec!["x;\n", "// of y\ny;\n"]),
            ("// of x\nx;\n", vec!["// of x\nx;\n"]),
            ("x;\n/// one\n/// two\nfn f() {}\n", vec!["x;\n", "/// one\n/// two\nfn f() {}\n"]),
            ("x;\n/// one\r\n\r\nfn f() {}\n", vec!["x;\n", "/// one\r\n\r\nfn f() {}\n"]),
            ("x;\n/** one\ntwo */\nfn f() {}", vec!["x;\n", "/** one\ntwo */\nfn f() {}"]),
            ("x;\n  /* one */ \n// two\ny;", vec!["x;\n", "  /* one */ \n// two\ny;"]),
            // Neither directly above nor kept for a function.
            ("x;\n// end\n\ny;\n", vec!["x;\n// end\n\n", "y;\n"]),
            ("x;\n//// ---\n\ny;\n", vec!["x;\n//// ---\n\n", "y;\n"]),
            ("// file\n\n// of x\nx;\n", vec!["// file\n\n", "// of x\nx;\n"]),
            // At the end of what stands above.
            ("x; // of x\ny;\n", vec!["x; // of x\n", "y;\n"]),
            ("x; /* of\nx */\ny;\n", vec!["x; /* of\nx */\n", "y;\n"]),
            // A comment that is never closed is no reason to lose what follows.
            ("/*\nx;\ny;\n", vec!["/*\n", "x;\n", "y;\n"]),
            ("x = `;\n// of y\ny;\n", vec!["x = `;\n", "// of y\ny;\n"]),
            ("x /*\n/// f\n\nfn f() {}", vec!["x /*\n", "/// f\n\nfn f() {}"]),
            ("x;\n// y\n", vec!["x;\n// y\n"]),
        ] {
            let found = of(text);
            let texts: Vec<&str> = found.iter().map(|piece| piece.text).collect();
            assert_eq!(texts, expected, "{text}");
            for piece in found {
                assert_eq!(piece.line, text[..piece.start].matches('\n').count(), "{text}");
                assert!(text[piece.start..].starts_with(piece.text), "{text}");
            }
        }
    }

    #[test]
    fn document_comments_are_kept_piece_by_piece() {
        let text = "let x = 1;\n/// Whether it is.\n/// Or not.\nfn f(a) { a }\n/** Another. */\n\nfn g(a) { a }\n";
        let tokens = Tokens::of(text);
        let found = pieces(text, &tokens);
        let engine = rhai::Engine::new_raw();
        let ast = engine.compile(placed(&found, &tokens)).expect("in order");
        let mut kept: Vec<_> =
            ast.iter_functions().map(|it| (it.name, it.comments.join("|"))).collect();
        kept.sort();
        let expected = [("f", "/// Whether it is.\n/// Or not."), ("g", "/** Another. */")];
        assert_eq!(kept, expected.map(|(name, comment)| (name, comment.to_owned())));
        for piece in found {
            assert!(engine.compile(piece.text).is_ok(), "{}", piece.text);
        }
    }

    #[test]
    fn batches_end_where_something_ends_and_lose_nothing() {
        let line = |at: usize| if at.is_multiple_of(3) { "x;\n" } else { "y\n" };
        let text: String = (0..3 * TOGETHER).map(line).collect();
        let tokens = Tokens::of(&text);
        let all = pieces(&text, &tokens);
        let found = batches(&all, &tokens);
        assert_eq!(found.concat(), all);
        assert!(found.len() >= 2);
        for batch in &found[..found.len() - 1] {
            assert!(batch.len() >= TOGETHER);
            assert!(batch.last().is_some_and(|last| last.text == "x;\n"));
        }
        assert_eq!(batches(&all[..5], &tokens), [&all[..5]]);
    }

    #[test]
    fn constants_and_functions_as_values_keep_a_file_together() {
        let defined = HashSet::from(["f", "tốt"]);
        for (text, apart) in [
            ("fn f(a) { a } f (1); f2(3); tốt(1)", true),
            ("so.filter(f)", false),
            ("let x = tốt;", false),
            ("tốt1; ftốt", true),
            ("f", false),
            ("const N = 1;", false),
            ("constant", true),
            // What is no word of the script.
            ("// const f\nx = \"const f\" /* f */ + #\"f\"#;", true),
            ("x = `const f ${f(1)} f`;", true),
            ("x = `${f}`;", false),
            ("f /* of */ (1); f // of\n(1)", true),
        ] {
            assert_eq!(come_apart(text, &Tokens::of(text), &defined), apart, "{text}");
        }
    }

    #[test]
    fn placed_pieces_stand_in_their_own_lines() {
        let text = "a\nb (\nc; // x\nd() // y\n";
        let tokens = Tokens::of(text);
        let mut found = pieces(text, &tokens);
        found.remove(1);
        assert_eq!(placed(&found, &tokens), "a;\n\nc; // x\nd(); // y\n");
        assert_eq!(placed(&found[2..], &tokens), "\n\n\nd() // y\n");
    }

    #[test]
    fn comments_that_are_not_closed_swallow_what_follows() {
        for (text, expected) in [
            ("a /*\n", vec![true]),
            ("a /* /* */\nb /* c */\nd", vec![true, false, false]),
            ("a \"/*\";\nb // /*\nc `/*`", vec![false; 3]),
            ("a /**/\nb", vec![true, false]),
        ] {
            let pieces = of(text);
            let tokens = Tokens::apart(text, pieces.iter().map(Piece::range));
            let found: Vec<bool> = pieces.iter().map(|piece| piece.swallows(&tokens)).collect();
            assert_eq!(found, expected, "{text}");
        }
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
            // Without an id there is none.
            ("rule", None),
            ("rule #{ title: 1 }", None),
            ("rule(, #{ title: 1 })", None),
            ("ruleé(\"x\")", None),
            ("rule_of(\"x\")", None),
            ("// rule(\"y\")\n/* é */ rule(\"x\")", Some((RuleKind::Rule, "x", "\"x\""))),
            ("rulee\u{301}(\"x\")", None),
            ("é", None),
            ("", None),
        ] {
            let found = declaration(piece);
            let found = found.map(|(kind, id, span)| (kind, id, position::slice(piece, span)));
            assert_eq!(found, expected, "{piece}");
        }
    }
}
