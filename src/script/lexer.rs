//! The script engine's own lexer, run over a text with the bytes that each token takes.
//!
//! The engine's lexer says where a token begins and never where it ends, it stops for good where
//! it cannot read on, and it leaves the nesting of `` `…${…}…` `` to the parser. What it is given
//! here counts bytes; what it cannot read becomes a token like any other, and it goes on behind it.

use rhai::{
    InputStream, LexError, Position, Token as Lexeme, TokenizeState, get_next_token,
    parse_string_literal,
};
use unicode_normalization::char::is_combining_mark;

use super::tokens::{Bracket, Comment, Token, TokenKind, Tokens};
use crate::source::Span;

/// Characters for the lexer, and the byte it has come to.
struct Stream<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Stream<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

impl InputStream for Stream<'_> {
    fn unget(&mut self, character: char) {
        self.at -= character.len_utf8();
    }

    fn get_next(&mut self) -> Option<char> {
        let next = self.peek_next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn peek_next(&mut self) -> Option<char> {
        self.rest().chars().next()
    }
}

/// Reads a text, or a part of one that is parsed by itself.
pub struct Lexer<'t> {
    stream: Stream<'t>,
    state: TokenizeState,
    tokens: &'t mut Tokens,
    /// Brackets that are open, and templates that go on behind the braces above them.
    open: Vec<usize>,
    /// How many of them are braces.
    braces: usize,
}

impl<'t> Lexer<'t> {
    /// A reader of what stands in a text from `start` on, for tokens behind those there are.
    pub fn new(text: &'t str, start: usize, tokens: &'t mut Tokens) -> Lexer<'t> {
        // With comments included the lexer stops behind each, and without a bound of length
        // behind each string.
        let state = TokenizeState { include_comments: true, ..TokenizeState::default() };
        let stream = Stream { text, at: start };
        Lexer { stream, state, tokens, open: Vec::new(), braces: 0 }
    }

    /// Reads to the end.
    pub fn run(mut self) {
        loop {
            match self.stream.rest().as_bytes() {
                [] => break,
                [first, ..] if first.is_ascii_whitespace() => self.stream.at += 1,
                [b'/', b'/', ..] => self.line_comment(),
                [b'/', b'*', ..] => self.block_comment(),
                _ => self.token(),
            }
        }
        let end = self.tokens.list.len();
        for open in self.open {
            self.tokens.list[open].next = end;
        }
    }

    /// The engine's lexer keeps some of these comments to itself (`////`, `//!`) and goes on to
    /// the next token. They end where it ends them: at a line feed or a carriage return.
    fn line_comment(&mut self) {
        let (start, rest) = (self.stream.at, self.stream.rest().as_bytes());
        self.stream.at += memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        self.comment(start, true);
    }

    /// The lexer is told that it is inside the comment: it would keep `/***` to itself too.
    fn block_comment(&mut self) {
        let start = self.stream.at;
        let unary = self.state.next_token_cannot_be_unary;
        self.stream.at += 2;
        // It takes the second star of `/**` for that of a document comment, even in `/**/`.
        self.stream.at += usize::from(self.stream.rest().starts_with('*'));
        self.state.comment_level = 1;
        self.lexeme();
        let closed = std::mem::take(&mut self.state.comment_level) == 0;
        self.state.next_token_cannot_be_unary = unary;
        self.comment(start, closed);
    }

    fn comment(&mut self, start: usize, closed: bool) {
        let span = self.span(start, self.stream.at);
        self.tokens.comments.push(Comment { span, closed });
    }

    /// What the engine's lexer reads next. Its positions have sixteen bits: they are not used.
    fn lexeme(&mut self) -> Lexeme {
        let mut position = Position::new(1, 1);
        let (lexeme, _) = get_next_token(&mut self.stream, &mut self.state, &mut position);
        // Set where the text ends inside a string.
        self.state.is_within_text_terminated_by = None;
        lexeme
    }

    fn token(&mut self) {
        let start = self.stream.at;
        match self.lexeme() {
            Lexeme::Unit => {
                self.add(start, start + 1);
                self.add(start + 1, start + 2);
            }
            Lexeme::InterpolatedString(_) => {
                let template = self.push(TokenKind::Text, start, self.stream.at);
                self.open.extend(template);
            }
            Lexeme::LexError(error) => self.unreadable(start, &error),
            _ => self.add(start, self.stream.at),
        }
        if self.stream.at == start {
            // Not known to happen; a reader must come to an end whatever it reads.
            let _ = self.stream.get_next();
            self.add(start, self.stream.at);
        }
    }

    /// What the lexer has read and cannot make anything of.
    fn unreadable(&mut self, start: usize, error: &LexError) {
        match error {
            LexError::MalformedEscapeSequence(escape) => self.interrupted(start, escape.len()),
            // It has seen the first quote of `''` only, and would begin a string at the second.
            LexError::MalformedChar(inside) if inside.is_empty() => {
                self.stream.at = start + 2;
                self.add(start, self.stream.at);
            }
            // Something other than a quote after `##`, which may well be a bracket.
            LexError::UnexpectedInput(found) if self.stream.text[start..].starts_with('#') => {
                self.stream.at -= found.len();
                self.add(start, self.stream.at);
            }
            _ => self.add(start, self.stream.at),
        }
    }

    /// A string with an escape sequence that says nothing, the last bytes read. The string goes on
    /// behind it, and may have more of them.
    fn interrupted(&mut self, start: usize, length: usize) {
        let quote = self.stream.text[start..].chars().next().unwrap_or('"');
        let mut escape = self.stream.at - length;
        let first = self.push(TokenKind::Text, start, escape);
        loop {
            self.escape(escape, quote);
            let rest = self.stream.at;
            let read = parse_string_literal(
                &mut self.stream,
                &mut self.state,
                &mut Position::new(1, 1),
                quote,
                false,
                quote == '"',
                false,
            );
            self.state.is_within_text_terminated_by = None;
            let Err((LexError::MalformedEscapeSequence(next), _)) = read else {
                self.push(TokenKind::Rest, rest, self.stream.at);
                break;
            };
            escape = self.stream.at - next.len();
            self.push(TokenKind::Rest, rest, escape);
        }
        // A string is an operand, though the lexer has told an error last.
        self.state.next_token_cannot_be_unary = true;
        if let Some(first) = first {
            self.tokens.list[first].next = self.tokens.list.len();
        }
    }

    /// An escape sequence from `start`. The last character that was read is no part of it where it
    /// ends the string or the line, or begins another escape.
    fn escape(&mut self, start: usize, quote: char) {
        let read = self.stream.text.get(start + 1..self.stream.at).unwrap_or_default();
        if let Some(last) = read.chars().next_back()
            && (last == quote || last == '\\' || last.is_ascii_whitespace())
        {
            self.stream.at -= last.len_utf8();
        }
        self.push(TokenKind::Other, start, self.stream.at);
    }

    /// Adds a token of which the text says what it is.
    fn add(&mut self, start: usize, end: usize) {
        let kind = kind(self.stream.text.get(start..end).unwrap_or_default().trim_ascii_end());
        let Some(index) = self.push(kind, start, end) else { return };
        match kind {
            TokenKind::Open(bracket) => {
                self.tokens.list[index].closed = false;
                self.open.push(index);
                self.braces += usize::from(bracket == Bracket::Curly);
            }
            TokenKind::Close(bracket) => self.close(bracket, index),
            _ => {}
        }
    }

    /// Closes what a closing bracket closes: the last bracket that is open, if it is of its kind.
    /// A brace closes the last brace: what is open inside is left so.
    fn close(&mut self, bracket: Bracket, index: usize) {
        if bracket == Bracket::Curly && self.braces > 0 {
            while let Some(inside) = self.open.pop_if(|open| !self.tokens.opens(*open, bracket)) {
                self.tokens.list[inside].next = index;
            }
        }
        let Some(open) = self.open.pop_if(|open| self.tokens.opens(*open, bracket)) else {
            return;
        };
        let opening = &mut self.tokens.list[open];
        (opening.next, opening.closed) = (index + 1, true);
        if bracket == Bracket::Curly {
            self.braces -= 1;
            self.template();
        }
    }

    /// Behind a closing brace, the text of the template it belongs to, if it does.
    fn template(&mut self) {
        let Some(template) =
            self.open.pop_if(|open| self.tokens.list[*open].kind == TokenKind::Text)
        else {
            return;
        };
        let start = self.stream.at;
        self.state.is_within_text_terminated_by = Some("`".into());
        let lexeme = self.lexeme();
        self.push(TokenKind::Rest, start, self.stream.at);
        self.tokens.list[template].next = self.tokens.list.len();
        if matches!(lexeme, Lexeme::InterpolatedString(_)) {
            self.open.push(template);
        }
    }

    /// Adds a token, without blanks at its end; none where nothing is left of it.
    fn push(&mut self, kind: TokenKind, start: usize, end: usize) -> Option<usize> {
        let span = self.span(start, end);
        let index = self.tokens.list.len();
        // A word with letters that the engine takes in no name is one word all the same.
        if kind == TokenKind::Word
            && let Some(last) = self.tokens.list.last_mut()
            && last.kind == TokenKind::Word
            && last.span.end == span.start
        {
            last.span.end = span.end;
            return Some(index - 1);
        }
        if span.start == span.end {
            return None;
        }
        self.tokens.list.push(Token { span, kind, next: index + 1, closed: true });
        Some(index)
    }

    /// The span of what stands between two bytes, without blanks at its end.
    fn span(&self, start: usize, end: usize) -> Span {
        let written = self.stream.text.get(start..end).unwrap_or_default();
        Span { start, end: start + written.trim_ascii_end().len() }
    }
}

/// What a token is, by its text.
fn kind(written: &str) -> TokenKind {
    match written.as_bytes() {
        [b','] => TokenKind::Comma,
        [b';'] => TokenKind::Semicolon,
        [b':'] => TokenKind::Colon,
        [b'|'] => TokenKind::Bar,
        // The engine's lexer reads the comments of Pascal, to say that they are none.
        b"(" | b"(*" => TokenKind::Open(Bracket::Round),
        b")" | b"*)" => TokenKind::Close(Bracket::Round),
        b"[" | b"?[" => TokenKind::Open(Bracket::Square),
        b"]" => TokenKind::Close(Bracket::Square),
        b"{" | b"#{" | b"# {" => TokenKind::Open(Bracket::Curly),
        b"}" => TokenKind::Close(Bracket::Curly),
        [b'"' | b'\'' | b'`', ..] => TokenKind::Text,
        [b'#', rest @ ..] if rest.contains(&b'"') => TokenKind::Text,
        [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => TokenKind::Number,
        _ if written.starts_with(is_letter) => TokenKind::Word,
        _ => TokenKind::Other,
    }
}

/// Whether a character may begin what a person reads as a word, or go on with one.
fn is_letter(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric() || is_combining_mark(letter)
}

/// What a string says that is written like this, quotes included.
pub fn unquoted(written: &str) -> Option<String> {
    let mut stream = Stream { text: written, at: 0 };
    let mut state = TokenizeState::default();
    match get_next_token(&mut stream, &mut state, &mut Position::new(1, 1)).0 {
        Lexeme::StringConstant(text) => Some(text.to_string()),
        _ => None,
    }
}
