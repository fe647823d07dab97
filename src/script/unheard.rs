//! Declarations that are written and never made, for those who look for them.

use std::ops::Range;

use super::lexer;
use super::position::slice;
use super::tokens::{Bracket, TokenKind, Tokens};
use crate::rule::RuleKind;
use crate::source::Span;

/// Why what is written somewhere in a script is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unheard {
    /// It stands in a comment that is never closed: where that opens.
    OpenComment(Span),
    /// It stands in a comment of several lines: where that opens.
    Comment(Span),
    /// It stands in a function: its name. Nobody calls it if nothing was declared.
    Function(Span),
}

/// The ids a text declares in block comments and in functions, in time proportional to its length.
pub fn unheard(text: &str) -> Vec<(String, Unheard)> {
    let tokens = Tokens::of(text);
    let mut found = Vec::new();
    for comment in &tokens.comments {
        let start = comment.span.start;
        if text[start..].starts_with("/*") {
            let opens = Span { start, end: start + 2 };
            let why =
                if comment.closed { Unheard::Comment(opens) } else { Unheard::OpenComment(opens) };
            let inside = &text[opens.end..comment.span.end];
            found.extend(declared(inside).into_iter().map(|id| (id, why)));
        }
    }
    for (name, body) in functions(text, &tokens) {
        let ids = declared_in(text, &tokens, body);
        found.extend(ids.map(|id| (id, Unheard::Function(name))));
    }
    found
}

/// The ids a text declares, if everything in it is heard.
pub fn declared(text: &str) -> Vec<String> {
    let tokens = Tokens::of(text);
    declared_in(text, &tokens, 0..tokens.list.len()).collect()
}

fn declared_in<'t>(
    text: &'t str,
    tokens: &'t Tokens,
    numbers: Range<usize>,
) -> impl Iterator<Item = String> + 't {
    numbers.filter_map(|number| {
        let open = tokens.called(number)?;
        RuleKind::parse(slice(text, tokens.list[number].span))?;
        let id = tokens.list.get(open + 1).filter(|token| token.kind == TokenKind::Text)?;
        lexer::unquoted(slice(text, id.span))
    })
}

/// The name of each function, and the tokens of its body.
fn functions<'t>(
    text: &'t str,
    tokens: &'t Tokens,
) -> impl Iterator<Item = (Span, Range<usize>)> + 't {
    let words = tokens.list.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word);
    words.filter(|(_, token)| slice(text, token.span) == "fn").filter_map(|(number, _)| {
        let parameters = tokens.called(number + 1)?;
        let body = tokens.list[parameters].next;
        let name = tokens.list[number + 1].span;
        tokens.opens(body, Bracket::Curly).then(|| (name, body..tokens.list[body].next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_declaration_from_being_made_is_found() {
        let cases = [
            ("target(\"1\", #{});", None),
            ("// target(\"1\", #{});", None),
            ("/* a\ntarget(\"1\", #{});", Some(("/*", "open"))),
            ("/* a\ntarget(\"1\", #{}); */", Some(("/*", "comment"))),
            ("fn a() { target(\"1\", #{}); }", Some(("a", "function"))),
            ("fn a() { target(\"2\", #{}); } target(\"1\", #{});", None),
            // An id that is only named is declared nowhere.
            ("/* see \"1\" */ fn a() { t.filter(|r| r.id == \"1\") }", None),
        ];
        for (text, expected) in cases {
            let all = unheard(text);
            let found = all.iter().find(|(id, _)| id == "1").map(|(_, found)| match *found {
                Unheard::OpenComment(span) => (slice(text, span), "open"),
                Unheard::Comment(span) => (slice(text, span), "comment"),
                Unheard::Function(span) => (slice(text, span), "function"),
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
