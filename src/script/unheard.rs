//! Declarations that are written and never made, for those who look for them.

use super::position::ScriptText;
use super::tokens::{Bracket, TokenKind, Tokens};
use crate::source::{SourceId, Span};

/// Why what is written somewhere in a script is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unheard {
    /// It stands in a comment that is never closed: where that opens.
    OpenComment(Span),
    /// It stands in a comment of several lines: where that opens.
    Comment(Span),
    /// It stands in a function, which nobody calls: the function's name.
    Function(Span),
}

/// Where a script declares an id, in quotes, without being heard.
pub fn unheard(source: SourceId, text: &str, id: &str) -> Option<Unheard> {
    let quoted = format!("\"{id}\"");
    // Most scripts do not know most ids, and tokens cost more than a look.
    let places: Vec<usize> = text.match_indices(&quoted).map(|(at, _)| at).collect();
    if places.is_empty() {
        return None;
    }
    let script = ScriptText::new(source, text);
    let tokens = script.tokens();
    places
        .into_iter()
        .find_map(|at| in_comment(text, tokens, at).or_else(|| in_function(text, tokens, at)))
}

fn in_comment(text: &str, tokens: &Tokens, at: usize) -> Option<Unheard> {
    let comment = tokens.comment(at)?;
    let start = comment.span.start;
    if !text[start..].starts_with("/*") {
        return None;
    }
    let opens = Span { start, end: start + 2 };
    Some(if comment.closed { Unheard::Comment(opens) } else { Unheard::OpenComment(opens) })
}

fn in_function(text: &str, tokens: &Tokens, at: usize) -> Option<Unheard> {
    let word = |number: usize| {
        let token = tokens.list.get(number)?;
        (token.kind == TokenKind::Word).then(|| &text[token.span.start..token.span.end])
    };
    let definitions = (0..tokens.list.len()).filter(|number| word(*number) == Some("fn"));
    for definition in definitions {
        let parameters = definition + 2;
        if !tokens.opens(parameters, Bracket::Round) {
            continue;
        }
        let body = tokens.list[parameters].next;
        if tokens.opens(body, Bracket::Curly) {
            let whole = tokens.whole(body);
            if whole.start < at && at < whole.end {
                return Some(Unheard::Function(tokens.list[definition + 1].span));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn what_keeps_a_declaration_from_being_made_is_found() {
        let mut sources = Sources::of_texts();
        let source = sources.add(std::path::Path::new("/a.rhai"), b"".as_slice());
        let cases = [
            ("target(\"1\", #{});", None),
            ("// target(\"1\", #{});", None),
            ("/* a\ntarget(\"1\", #{});", Some(("/*", "open"))),
            ("/* a\ntarget(\"1\", #{}); */", Some(("/*", "comment"))),
            ("fn a() { target(\"1\", #{}); }", Some(("a", "function"))),
            ("fn a() { target(\"2\", #{}); } target(\"1\", #{});", None),
        ];
        for (text, expected) in cases {
            let found = unheard(source, text, "1").map(|found| match found {
                Unheard::OpenComment(span) => (&text[span.start..span.end], "open"),
                Unheard::Comment(span) => (&text[span.start..span.end], "comment"),
                Unheard::Function(span) => (&text[span.start..span.end], "function"),
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
