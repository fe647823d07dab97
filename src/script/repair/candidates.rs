//! The changes that slips call for, the likely ones first.

use super::{Broken, Repair, characters, written_as};
use crate::msg;
use crate::rule::RuleKind;
use crate::script::declarations::own_keys;
use crate::script::tokens::{Bracket, Token, TokenKind};
use crate::source::Span;

/// Tokens before and behind the place where the engine stopped that may be wrong.
const NEAR: usize = 3;

/// What may be missing anywhere.
const MARKS: [&str; 9] = [",", ";", ":", ")", "}", "]", "(", "|", "#{"];

/// Words of other languages for operators, and operators that are written otherwise.
const OTHERWISE: [(&str, &str); 9] = [
    ("and", "&&"),
    ("AND", "&&"),
    ("or", "||"),
    ("OR", "||"),
    ("not", "!"),
    ("NOT", "!"),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
];

/// Goals that a comparison stands for.
const GOALS: [(&str, &str); 4] =
    [(">=", "at_least"), (">", "more_than"), ("<=", "at_most"), ("<", "less_than")];

/// All of them.
pub(super) fn all<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    heads(broken)
        .chain(characters::strange(broken))
        .chain(quotes(broken))
        .chain(doubled(broken))
        .chain(otherwise(broken))
        .chain(values(broken))
        .chain(maps(broken))
        .chain(open(broken))
        .chain(superfluous_brackets(broken))
        .chain(characters::accented(broken))
        .chain(near(broken))
}

impl Broken<'_> {
    fn is(&self, token: &Token, text: &str) -> bool {
        self.written(token.span) == text
    }

    /// Whether a byte stands in a string that ends, or in a comment.
    pub(super) fn is_quoted(&self, at: usize) -> bool {
        let before = self.tokens.partition_point(|token| token.span.start <= at);
        let token = before.checked_sub(1).map(|before| &self.tokens[before]);
        let in_string = token.is_some_and(|token| {
            matches!(token.kind, TokenKind::Text | TokenKind::Rest)
                && at < token.span.end
                && self.written(token.span).len() > 1
                && self.is_closed(token)
        });
        in_string || self.text.tokens().comment(at).is_some()
    }

    /// Whether a string ends with the quote it begins with.
    fn is_closed(&self, token: &Token) -> bool {
        let text = self.written(token.span);
        let quote = text.chars().next().filter(|first| matches!(first, '"' | '`' | '\''));
        quote.is_none_or(|quote| text.len() > 1 && text.ends_with(quote))
    }
}

/// What a declaration begins with: its word, its bracket, its id.
fn heads<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let declares = |first: &&Token| RuleKind::parse(broken.written(first.span)).is_some();
    let named = broken.tokens.first().filter(declares);
    let without_id = (|| {
        let (open, comma) = (broken.tokens.get(1)?, broken.tokens.get(2)?);
        let is_so = open.kind == TokenKind::Open(Bracket::Round) && comma.kind == TokenKind::Comma;
        let word = named.filter(|_| is_so)?;
        let (edit, text, mark) = (after(open), "\"?\"".to_owned(), open.span);
        let message = msg!(IdMissing, word = broken.written(word.span));
        let help = msg!(WriteInstead, wanted = format!("{}(\"…\", #{{", broken.written(word.span)));
        Some(Repair { edit, text, mark, message, help, offered: false })
    })();
    // What stands in place of the word, or nothing.
    let bracket = broken.tokens.iter().take(2).find(|token| broken.is(token, "("));
    let without_word = bracket.filter(|_| named.is_none()).and_then(|bracket| {
        let has = |entry: &str| {
            broken
                .tokens
                .windows(2)
                .any(|pair| broken.is(&pair[0], entry) && pair[1].kind == TokenKind::Colon)
        };
        let is_it = |kind: &RuleKind| own_keys(*kind).into_iter().any(has);
        let word = RuleKind::ALL.into_iter().find(is_it)?.name();
        let start = broken.tokens.first()?.span.start;
        let edit = Span { start, end: bracket.span.start };
        let mark = if edit.start == edit.end { bracket.span } else { edit };
        let message = msg!(WordMissing, word = word);
        let help = msg!(WriteInstead, wanted = format!("{word}("));
        Some(Repair { edit, text: word.to_owned(), mark, message, help, offered: true })
    });
    without_id.into_iter().chain(without_word)
}

fn after(token: &Token) -> Span {
    Span { start: token.span.end, end: token.span.end }
}

fn before(token: &Token) -> Span {
    Span { start: token.span.start, end: token.span.start }
}

/// Quotes that are missing, or are of the kind for a single character.
fn quotes<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let texts = broken.tokens.iter().filter(|token| token.kind == TokenKind::Text);
    texts.flat_map(move |token| {
        let text = broken.written(token.span);
        match text.chars().next() {
            Some('\'') if text.len() > 2 && text.ends_with('\'') => {
                let inner = &text[1..text.len() - 1];
                let fix = format!("\"{}\"", inner.replace('"', "\\\""));
                let (message, help) = (msg!(SingleQuotes), msg!(WriteInstead, wanted = &fix));
                let (edit, mark) = (token.span, token.span);
                vec![Repair { edit, text: fix, mark, message, help, offered: true }]
            }
            Some('"') if !broken.is_closed(token) => unclosed(broken, token),
            _ => Vec::new(),
        }
    })
}

/// Where a string may end that has no end, or begin where what seems to begin one ends it.
fn unclosed(broken: &Broken<'_>, token: &Token) -> Vec<Repair> {
    let text = broken.written(token.span);
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let quote = Span { start: token.span.start, end: token.span.start + 1 };
    let closes = |at: usize| {
        let at = token.span.start + at;
        let content = broken.written((token.span.start..at).into()).to_owned() + "\"";
        let edit = Span { start: at, end: at };
        let (message, help) = (msg!(QuoteOpen), msg!(CloseQuote, text = content));
        Repair { edit, text: "\"".to_owned(), mark: quote, message, help, offered: true }
    };
    // No text is meant to hold the entries of a declaration.
    let end = line.find("#{").unwrap_or(line.trim_end().len());
    let marks = line[..end].char_indices().skip(1);
    let mut found: Vec<Repair> =
        marks.filter(|(_, mark)| ",);:]}".contains(*mark)).map(|(at, _)| closes(at)).collect();
    found.push(closes(end));
    // What is before a quote that ends a string was meant to stand in it.
    let word = broken.tokens.iter().rev().find(|before| before.span.end <= token.span.start);
    let mut start = word.filter(|word| broken.on_one_line(word, token));
    for before in broken.tokens.iter().rev().filter(|before| before.span.end <= token.span.start) {
        let separates = matches!(
            before.kind,
            TokenKind::Comma | TokenKind::Colon | TokenKind::Open(_) | TokenKind::Semicolon
        );
        if separates || !broken.on_one_line(before, token) {
            break;
        }
        start = Some(before);
    }
    if let Some(word) = start {
        let content = broken.written((word.span.start..quote.end).into());
        let (message, help) =
            (msg!(QuoteMissing), msg!(WriteInstead, wanted = format!("\"{content}")));
        let (edit, mark) = (before(word), Span { start: word.span.start, end: quote.end });
        found.push(Repair { edit, text: "\"".to_owned(), mark, message, help, offered: true });
    }
    found
}

/// Tokens written twice, one after the other.
fn doubled<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let twice = broken.tokens.windows(2).enumerate().filter(move |(_, pair)| {
        pair[0].kind == pair[1].kind && broken.is(&pair[1], broken.written(pair[0].span))
    });
    twice.map(move |(at, pair)| {
        // With the blank between them.
        let edit = Span { start: pair[0].span.end, end: pair[1].span.end };
        Repair { edit, ..superfluous(broken, at + 1) }
    })
}

/// Operators of other languages.
fn otherwise<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let replaced = move |edit: Span, wanted: &str| {
        let (message, help) = written_as(broken.written(edit), wanted);
        Repair { edit, text: wanted.to_owned(), mark: edit, message, help, offered: true }
    };
    // Two tokens may be one mark that is none: `< >`.
    let single = broken.tokens.iter().map(|token| token.span);
    let double = broken.tokens.windows(2).filter(|pair| pair[0].span.end == pair[1].span.start);
    let double = double.map(|pair| Span { start: pair[0].span.start, end: pair[1].span.end });
    let known = single.chain(double).filter_map(move |span| {
        let written = broken.written(span);
        OTHERWISE.iter().find(|(wrong, _)| *wrong == written).map(|(_, right)| (span, *right))
    });
    known.map(move |(span, right)| replaced(span, right))
}

/// Goals written as comparisons, and percent signs behind numbers.
fn values<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let compared = broken.tokens.windows(3).filter_map(move |three| {
        let [colon, sign, number] = three else { return None };
        if colon.kind != TokenKind::Colon || number.kind != TokenKind::Number {
            return None;
        }
        let sign_meant = match broken.written(sign.span) {
            "≥" => ">=",
            "≤" => "<=",
            written => written,
        };
        let goal = GOALS.iter().find(|(comparison, _)| *comparison == sign_meant)?.1;
        let text = format!("{goal}({})", broken.written(number.span));
        let edit = Span { start: sign.span.start, end: number.span.end };
        let message = msg!(ComparisonForGoal, goal = goal);
        let help = msg!(WriteInstead, wanted = &text);
        Some(Repair { edit, text, mark: edit, message, help, offered: true })
    });
    let percent = broken.tokens.windows(2).filter_map(move |pair| {
        let [number, sign] = pair else { return None };
        if number.kind != TokenKind::Number || !broken.is(sign, "%") {
            return None;
        }
        let edit = Span { start: number.span.end, end: sign.span.end };
        let (message, help) = (msg!(PercentSign), msg!(DeleteIt));
        Some(Repair { edit, text: String::new(), mark: sign.span, message, help, offered: true })
    });
    compared.chain(percent)
}

/// What maps are written with: `#{` before them, `:` behind a key, `,` behind a value.
fn maps<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let opened = broken.tokens.windows(2).filter_map(move |pair| {
        let [behind, brace] = pair else { return None };
        let follows = matches!(behind.kind, TokenKind::Comma | TokenKind::Open(Bracket::Round));
        if !(follows || behind.kind == TokenKind::Colon) || !broken.is(brace, "{") {
            return None;
        }
        let (edit, text) = (brace.span, "#{".to_owned());
        let (message, help) = (msg!(BlockForMap), msg!(WriteInstead, wanted = "#{"));
        Some(Repair { edit, text, mark: brace.span, message, help, offered: true })
    });
    let ended = broken.tokens.iter().filter(|token| token.kind == TokenKind::Semicolon);
    let ended = ended.map(move |token| {
        let (message, help) = written_as(";", ",");
        Repair {
            edit: token.span,
            text: ",".to_owned(),
            mark: token.span,
            message,
            help,
            offered: true,
        }
    });
    let named = broken.tokens.windows(2).filter_map(move |pair| {
        let [key, sign] = pair else { return None };
        if key.kind != TokenKind::Word || !(broken.is(sign, "=") || broken.is(sign, "==")) {
            return None;
        }
        let (message, help) = written_as(broken.written(sign.span), ":");
        Some(Repair {
            edit: sign.span,
            text: ":".to_owned(),
            mark: sign.span,
            message,
            help,
            offered: true,
        })
    });
    opened.chain(ended).chain(named)
}

/// Brackets that are not closed, the last first: each may be closed at the end of its line, before
/// the end of the piece, or anywhere behind it.
fn open<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let left = broken.tokens.iter().enumerate().rev();
    let left = left.filter_map(move |(at, token)| match token.kind {
        TokenKind::Open(bracket) if !token.closed => Some((at, bracket)),
        _ => None,
    });
    left.flat_map(move |(at, bracket)| {
        let opening = &broken.tokens[at];
        let closing = match bracket {
            Bracket::Round => ")",
            Bracket::Square => "]",
            Bracket::Curly => "}",
        };
        let line_end = broken.line_end(at);
        let rest = at + 1..broken.tokens.len();
        let places = std::iter::once(line_end).chain(rest.clone().rev().take(4)).chain(rest);
        places.map(move |behind| {
            let last = &broken.tokens[behind];
            let message = msg!(BracketOpen, bracket = broken.written(opening.span));
            let help = msg!(CloseBracket, closing = closing, after = broken.tail(behind));
            let (edit, text, mark) = (after(last), closing.to_owned(), opening.span);
            Repair { edit, text, mark, message, help, offered: true }
        })
    })
}

impl Broken<'_> {
    /// The last token of the line a token stands on that a closing bracket may follow.
    fn line_end(&self, at: usize) -> usize {
        let line =
            self.tokens[at..].windows(2).take_while(|pair| self.on_one_line(&pair[0], &pair[1]));
        let end = at + line.count();
        let is_end = |token: &Token| matches!(token.kind, TokenKind::Comma | TokenKind::Semicolon);
        if end > at && is_end(&self.tokens[end]) { end - 1 } else { end }
    }

    /// The end of what stands before a change, so that a reader finds it: a word or a bracket and
    /// what it belongs to, no more than a few characters.
    fn tail(&self, at: usize) -> String {
        let start = self.tokens[at.saturating_sub(2)..=at]
            .iter()
            .find(|token| self.on_one_line(token, &self.tokens[at]))
            .map_or(self.tokens[at].span.start, |token| token.span.start);
        self.written((start..self.tokens[at].span.end).into()).to_owned()
    }
}

/// Closing brackets that close nothing.
fn superfluous_brackets<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let closed: std::collections::HashSet<usize> = (broken.tokens.iter())
        .filter(|token| matches!(token.kind, TokenKind::Open(_)) && token.closed)
        .map(|token| token.next - 1 - broken.first)
        .collect();
    let closing = broken.tokens.iter().enumerate();
    let closing = closing.filter(|(_, token)| matches!(token.kind, TokenKind::Close(_)));
    closing.filter(move |(at, _)| !closed.contains(at)).map(move |(_, token)| {
        let message = msg!(BracketExtra, bracket = broken.written(token.span));
        let (edit, mark) = (token.span, token.span);
        Repair { edit, text: String::new(), mark, message, help: msg!(DeleteIt), offered: true }
    })
}

/// One token too few or too many about where the engine stopped.
fn near<'b>(broken: &'b Broken<'_>) -> impl Iterator<Item = Repair> + 'b {
    let here = broken.stopped_at();
    let last = broken.tokens.len();
    let places = (0..=NEAR).flat_map(move |away| {
        let back = here.checked_sub(away);
        let forth = Some(here + away).filter(|at| away > 0 && *at < last);
        back.into_iter().chain(forth)
    });
    places.filter(move |at| *at < last).flat_map(move |at| {
        let marks = MARKS.iter().map(move |mark| missing(broken, at, mark));
        marks.chain(std::iter::once_with(move || superfluous(broken, at)))
    })
}

/// A mark that is missing before a token: told of what stands before it, where there is something.
fn missing(broken: &Broken<'_>, at: usize, mark: &str) -> Repair {
    let token = &broken.tokens[at];
    let text = mark.to_owned();
    match at.checked_sub(1).map(|at| &broken.tokens[at]) {
        Some(behind) => {
            let message = msg!(MissingAfter, mark = mark);
            let help = msg!(WriteAfter, mark = mark, after = broken.tail(at - 1));
            Repair { edit: after(behind), text, mark: behind.span, message, help, offered: true }
        }
        None => {
            let message = msg!(MissingToken, token = mark);
            let help = msg!(WriteInstead, wanted = format!("{mark}{}", broken.written(token.span)));
            Repair { edit: before(token), text, mark: token.span, message, help, offered: true }
        }
    }
}

fn superfluous(broken: &Broken<'_>, at: usize) -> Repair {
    let token = &broken.tokens[at];
    let message = msg!(OneTooMany, text = broken.written(token.span));
    Repair {
        edit: token.span,
        text: String::new(),
        mark: token.span,
        message,
        help: msg!(DeleteIt),
        offered: true,
    }
}
