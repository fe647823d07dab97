//! The tokens of a script: what stands where, and what belongs together.
//!
//! A text is read once, by the engine's own lexer; what is asked of it afterwards is looked up.

use std::ops::Range;

use super::lexer::Lexer;
use crate::source::Span;

/// What a token is, as far as places depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a word of the language.
    Word,
    /// A number, with the sign before it where that is no operator.
    Number,
    /// A string, a character or a template; of one in several parts the first.
    Text,
    /// A later part of a string that something interrupts.
    Rest,
    /// An opening bracket.
    Open(Bracket),
    /// A closing bracket.
    Close(Bracket),
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `|`
    Bar,
    /// An operator, or what the language has no use for.
    Other,
}

/// Brackets that close one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bracket {
    /// `(` and `)`
    Round,
    /// `[` or `?[`, and `]`
    Square,
    /// `{` or `#{`, and `}`
    Curly,
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its bytes.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// The number of the token after it; after an opening bracket, the one after all that it
    /// encloses and what closes it, and after the first part of a string that after the last.
    pub next: usize,
    /// Of an opening bracket, whether the token before the next closes it.
    pub closed: bool,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, without the end of the line.
    pub span: Span,
    /// Whether it ends before the text does.
    pub closed: bool,
}

/// The tokens of a text in their order, and its comments apart from them.
#[derive(Debug, Default)]
pub struct Tokens {
    /// The tokens.
    pub list: Vec<Token>,
    /// The comments.
    pub comments: Vec<Comment>,
}

impl Tokens {
    /// Reads a text.
    pub fn of(text: &str) -> Tokens {
        Tokens::apart(text, Some(0..text.len()))
    }

    /// Reads parts of a text that follow one another, each by itself: nothing that is open in one
    /// goes on in the next.
    pub fn apart(text: &str, parts: impl IntoIterator<Item = Range<usize>>) -> Tokens {
        let mut tokens = Tokens::default();
        for part in parts {
            let until = text.get(..part.end).unwrap_or(text);
            Lexer::new(until, part.start, &mut tokens).run();
        }
        tokens
    }

    /// The number of the token that a byte stands in.
    pub fn number(&self, at: usize) -> Option<usize> {
        let number = self.first_from(at + 1).checked_sub(1)?;
        (at < self.list[number].span.end).then_some(number)
    }

    /// The number of the first token that begins at a byte or after it.
    pub fn first_from(&self, at: usize) -> usize {
        self.list.partition_point(|token| token.span.start < at)
    }

    /// The comment that a byte stands in.
    pub fn comment(&self, at: usize) -> Option<Comment> {
        self.comment_before(at).filter(|comment| at < comment.span.end)
    }

    /// The last comment that begins at a byte or before it.
    pub fn comment_before(&self, at: usize) -> Option<Comment> {
        let before = self.comments.partition_point(|comment| comment.span.start <= at);
        self.comments.get(before.checked_sub(1)?).copied()
    }

    /// Whether a token is an opening bracket of a kind.
    pub fn opens(&self, number: usize, bracket: Bracket) -> bool {
        self.list.get(number).is_some_and(|token| token.kind == TokenKind::Open(bracket))
    }

    /// What a token spans with all that belongs to it: of a string every part, of an opening
    /// bracket what it encloses and what closes it.
    pub fn whole(&self, number: usize) -> Span {
        self.spanned(number..self.list[number].next)
    }

    /// From the first of some tokens to the last.
    pub fn spanned(&self, numbers: Range<usize>) -> Span {
        let start = self.list[numbers.start].span.start;
        Span { start, end: self.list[numbers.end - 1].span.end }
    }

    /// The token in which a byte stands; a string with all its parts where it is the first.
    pub fn token(&self, at: usize) -> Option<Span> {
        let number = self.number(at)?;
        let token = self.list[number];
        Some(if token.kind == TokenKind::Text { self.whole(number) } else { token.span })
    }

    /// The bracket that makes a word the name of a call.
    pub fn called(&self, name: usize) -> Option<usize> {
        let is_word = self.list.get(name)?.kind == TokenKind::Word;
        (is_word && self.opens(name + 1, Bracket::Round)).then_some(name + 1)
    }

    /// The call of which a token is the name, brackets included.
    pub fn call(&self, name: usize) -> Option<Span> {
        let open = self.called(name)?;
        Some(self.spanned(name..self.list[open].next))
    }

    /// The comma-separated expressions that an opening bracket encloses, each as its tokens.
    pub fn items(&self, open: usize) -> Vec<Range<usize>> {
        let end = self.list[open].next - usize::from(self.list[open].closed);
        let mut items = Vec::new();
        let (mut start, mut here) = (open + 1, open + 1);
        while here < end {
            match self.list[here].kind {
                TokenKind::Comma | TokenKind::Semicolon => {
                    items.extend(Some(start..here).filter(|item| !item.is_empty()));
                    here += 1;
                    start = here;
                }
                // The commas of a closure separate its parameters.
                TokenKind::Bar if self.wants_operand(here) => here = self.parameters_end(here, end),
                _ => here = self.list[here].next.min(end),
            }
        }
        items.extend(Some(start..end).filter(|item| !item.is_empty()));
        items
    }

    /// Whether an operand should follow before this token, so that a bar there begins a closure.
    fn wants_operand(&self, number: usize) -> bool {
        let before = number.checked_sub(1).map(|before| self.list[before].kind);
        !before.is_some_and(|kind| {
            matches!(
                kind,
                TokenKind::Word
                    | TokenKind::Number
                    | TokenKind::Text
                    | TokenKind::Rest
                    | TokenKind::Close(_)
            )
        })
    }

    /// The token after the second bar of a closure's parameters.
    fn parameters_end(&self, bar: usize, end: usize) -> usize {
        let inside = self.list[bar + 1..end].iter();
        let length = inside.take_while(|token| token.kind != TokenKind::Bar).count();
        (bar + length + 2).min(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What scripts are written with, whole and broken.
    const PIECES: &str = "fn let x f1 _ _1 var eval thị_trấn e\u{301} ấ “ \u{a0} \u{feff} 😀 € 1 1_000 \
        99.9 1. 0x1F 0b 12345678901234567890123 ( ) () [ ] ?[ { } #{ # ## #\" \"# #! (* *) , ; : \
        :: ::< | || |> <| - -- -> -5 + ! !in !i . .. ..= ... = === => ? ?? ?. $ ${ ` \" \"\" ' '' \
        '(' \\ \\q \\x4 // /// //! /* */ /**/ \r";

    /// What the engine can read, mostly also one after the other.
    const READABLE: &str = "fn x _f1 eval 1 1_000.5 7. 0x1F -5 - + * ** = == !in ! || | ..= .. . :: ( ) \
        () [ ] #{ } , ; : \"a,\\\"(\"\"\\\n)\" '(' #\"a\",\"\"# `a,\n(\"` \"ộ\"";

    /// Comments of each kind, which the engine's lexer treats each in its own way.
    const COMMENTS: &str =
        "//(\n ///\"\n ////\n //!'\n /*(/**/,*/ /*(/*x*/,*/ /**\"*/ /***'***/ /**/x*/";

    fn mixed(pieces: &'static str) -> impl Strategy<Value = String> {
        let blanks = ["", "", " ", " ", "\t", "\n", "\r\n", "\u{c}"].as_slice();
        let pieces: Vec<&str> = pieces.split(' ').filter(|piece| !piece.is_empty()).collect();
        let piece = (prop::sample::select(pieces), prop::sample::select(blanks));
        prop::collection::vec(piece, 0..24)
            .prop_map(|pieces| pieces.into_iter().flat_map(|(a, b)| [a, b]).collect())
    }

    fn soup() -> impl Strategy<Value = String> {
        mixed(PIECES)
    }

    /// Words in which the engine finds no mistake, some of them between comments. A sign after a
    /// document comment is an operator to it, but its parser lets none stand there.
    fn readable() -> impl Strategy<Value = String> {
        let part = prop_oneof![3 => mixed(READABLE), 1 => mixed(COMMENTS)];
        prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(";"))
    }

    /// Everything a text is made of, in order.
    fn places(tokens: &Tokens) -> Vec<Span> {
        let spans = tokens.list.iter().map(|token| token.span);
        let mut all: Vec<Span> =
            spans.chain(tokens.comments.iter().map(|comment| comment.span)).collect();
        all.sort_by_key(|span| span.start);
        all
    }

    fn covers(text: &str, tokens: &Tokens) -> Result<(), TestCaseError> {
        prop_assert!(tokens.list.is_sorted_by_key(|token| token.span.start));
        prop_assert!(tokens.comments.is_sorted_by_key(|comment| comment.span.start));
        let mut before = 0;
        for span in places(tokens).into_iter().chain([(text.len()..text.len()).into()]) {
            let between = text.get(before..span.start);
            prop_assert!(between.is_some_and(|blank| blank.trim_ascii().is_empty()), "{span:?}");
            prop_assert!(text.get(span.start..span.end).is_some(), "{span:?}");
            before = span.end;
        }
        prop_assert!(places(tokens).iter().all(|span| span.start < span.end));
        Ok(())
    }

    fn nests(tokens: &Tokens) -> Result<(), TestCaseError> {
        let mut open = vec![tokens.list.len()];
        for (number, token) in tokens.list.iter().enumerate() {
            open.retain(|end| *end > number);
            let around = open.last().copied().unwrap_or_default();
            prop_assert!(number < token.next && token.next <= around, "{number}: {token:?}");
            if let (TokenKind::Open(bracket), true) = (token.kind, token.closed) {
                prop_assert_eq!(tokens.list[token.next - 1].kind, TokenKind::Close(bracket));
            }
            open.push(token.next);
        }
        Ok(())
    }

    /// What the engine's lexer says of where tokens begin; nothing where it cannot read a text, and
    /// nothing of templates, in which its parser leads it.
    fn beginnings(text: &str) -> Option<Vec<usize>> {
        use rhai::Token as Lexeme;
        let engine = rhai::Engine::new_raw();
        let texts = [text];
        let mut found = Vec::new();
        for (lexeme, position) in engine.lex(&texts).0 {
            match lexeme {
                Lexeme::EOF => return Some(found),
                Lexeme::LexError(error)
                    if !matches!(*error, rhai::LexError::ImproperSymbol(..)) =>
                {
                    return None;
                }
                Lexeme::InterpolatedString(_) => return None,
                Lexeme::Comment(_) => {}
                lexeme => {
                    let line = text.split_inclusive('\n').nth(position.line()? - 1)?;
                    let (at, _) = line.char_indices().nth(position.position()? - 1)?;
                    let at = line.as_ptr().addr() - text.as_ptr().addr() + at;
                    found.push(at);
                    found.extend((lexeme == Lexeme::Unit).then_some(at + 1));
                }
            }
        }
        None
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn tokens_and_comments_are_all_of_a_text(text in soup()) {
            let tokens = Tokens::of(&text);
            covers(&text, &tokens)?;
            nests(&tokens)?;
        }

        #[test]
        fn parts_read_by_themselves_are_all_of_a_text(first in soup(), second in soup()) {
            let text = format!("{first}\n{second}");
            let end = first.len() + 1;
            let tokens = Tokens::apart(&text, [0..end, end..text.len()]);
            covers(&text, &tokens)?;
            nests(&tokens)?;
            // The second is what it is alone.
            let behind = |token: &Token| token.span.start >= end;
            let moved = tokens.list.iter().filter(|token| behind(token));
            let alone = Tokens::of(&second);
            prop_assert_eq!(
                moved.map(|token| (token.span.start - end, token.span.end - end, token.kind)).collect::<Vec<_>>(),
                alone.list.iter().map(|token| (token.span.start, token.span.end, token.kind)).collect::<Vec<_>>()
            );
        }

        #[test]
        fn tokens_begin_where_the_engine_says(text in readable()) {
            if let Some(expected) = beginnings(&text) {
                let found: Vec<usize> = Tokens::of(&text).list.iter().map(|token| token.span.start).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn brackets_know_what_closes_them() {
        for (text, expected) in [
            (
                "f(a[1], #{ x: { 2 } })",
                vec!["(a[1], #{ x: { 2 } })", "[1]", "#{ x: { 2 } }", "{ 2 }"],
            ),
            ("(')', \")\", `)`, /* ) */ 1)", vec!["(')', \")\", `)`, /* ) */ 1)"]),
            (
                "`a${ { `${ (1) }` } }` ()",
                vec!["{ { `${ (1) }` } }", "{ `${ (1) }` }", "{ (1) }", "(1)", "()"],
            ),
            ("a ?[ 1 ]", vec!["?[ 1 ]"]),
        ] {
            let tokens = Tokens::of(text);
            let open = (0..tokens.list.len())
                .filter(|number| matches!(tokens.list[*number].kind, TokenKind::Open(_)));
            let found: Vec<&str> = open
                .map(|number| tokens.whole(number))
                .map(|span| &text[span.start..span.end])
                .collect();
            assert_eq!(found, expected, "{text}");
            assert!(tokens.list.iter().all(|token| token.closed), "{text}");
        }
    }

    /// Closing brackets of another kind close nothing; a brace closes what is inside of it.
    #[test]
    fn brackets_that_do_not_fit_are_left_open() {
        for (text, open) in [
            ("f(a]) (", vec!["("]),
            ("{ ( [ } )", vec!["(", "["]),
            ("} ) ] ( )", vec![]),
            ("( { )", vec!["(", "{"]),
            ("`${ ( } `)", vec!["("]),
        ] {
            let tokens = Tokens::of(text);
            let found: Vec<&str> = tokens
                .list
                .iter()
                .filter(|token| !token.closed)
                .map(|token| &text[token.span.start..token.span.end])
                .collect();
            assert_eq!(found, open, "{text}");
        }
    }
}
