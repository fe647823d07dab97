//! What a syntax error comes from: the one change that mends it.
//!
//! The engine says where it could not read on, which is often behind the slip, and seldom what was
//! meant. Here the changes a slip of the pen calls for are tried, the likely ones first, until the
//! engine can read the text. What is proposed is therefore known to work.

mod candidates;
mod characters;

use rhai::{Engine, ParseError, ParseErrorType};

use super::pieces::Piece;
use super::position::ScriptText;
use super::tokens::{Token, Tokens};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::message::Message;
use crate::msg;
use crate::source::{Location, Span};

/// Bytes a piece may have to be tried: declarations have hundreds.
const LARGEST: usize = 16 << 10;

/// Changes tried of one piece.
const MOST_TRIED: usize = 400;

/// Bytes read in trying, in one file: so many broken declarations are no more than that dearer.
pub const MOST_READ: usize = 8 << 20;

/// A change that may be what is missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repair {
    /// What is replaced, in bytes of the file; empty where something is put in between.
    edit: Span,
    /// What it is replaced by.
    text: String,
    /// What is marked.
    mark: Span,
    /// What is wrong.
    message: Message,
    /// What to do.
    help: Message,
    /// Whether it is what was meant, and not only in its place.
    offered: bool,
}

/// A piece that cannot be read, understood.
pub struct Repaired {
    /// What is wrong with it.
    pub finding: Diagnostic,
    /// Its text as it can be read.
    pub text: String,
}

/// A piece that cannot be read.
struct Broken<'a> {
    text: &'a ScriptText,
    piece: &'a Piece<'a>,
    /// Its tokens.
    tokens: &'a [Token],
    /// The number of the first of them in the file.
    first: usize,
    /// The byte at which the engine could not read on.
    stop: usize,
}

impl Broken<'_> {
    fn written(&self, span: Span) -> &str {
        super::position::slice(self.text, span)
    }

    /// The token at which the engine stopped, or the first behind that.
    fn stopped_at(&self) -> usize {
        let at = self.tokens.partition_point(|token| token.span.end <= self.stop);
        at.min(self.tokens.len().saturating_sub(1))
    }

    /// Whether two tokens stand on one line.
    fn on_one_line(&self, a: &Token, b: &Token) -> bool {
        !self.written((a.span.end..b.span.start).into()).contains('\n')
    }

    /// The piece with a change made.
    fn with(&self, repair: &Repair) -> String {
        let start = repair.edit.start - self.piece.start;
        let end = repair.edit.end - self.piece.start;
        let text = self.piece.text;
        [&text[..start], &repair.text, &text[end..]].concat()
    }
}

/// What is wrong with a piece that cannot be read, if one change mends it and as long as bytes to
/// try with are `left`.
pub fn find(
    engine: &Engine,
    error: &ParseError,
    piece: &Piece<'_>,
    text: &ScriptText,
    left: &mut usize,
) -> Option<Repaired> {
    if piece.text.len() > LARGEST || is_told_well(error.err_type()) {
        return None;
    }
    let all: &Tokens = text.tokens();
    let first = all.first_from(piece.start);
    let last = all.first_from(piece.range().end);
    let tokens = all.list.get(first..last)?;
    let stop = text.below(piece.line).offset(error.position());
    let stop = if error.position().is_none() { piece.range().end } else { stop };
    let broken = Broken { text, piece, tokens, first, stop };
    let mut affordable = |_: &Repair| {
        let paid = left.checked_sub(piece.text.len());
        *left = paid.unwrap_or(0);
        paid.is_some()
    };
    let mends = |repair: &Repair| engine.compile(broken.with(repair)).is_ok();
    let mut tried = candidates::all(&broken).take(MOST_TRIED).take_while(&mut affordable);
    let repair = tried.find(mends)?;
    let readable = broken.with(&repair);
    let place = |span| Location { source: text.source, span };
    let mut finding = Diagnostic::of(Code::ScriptSyntax, repair.message)
        .mark(place(repair.mark))
        .help(repair.help);
    if repair.offered {
        finding = finding.fix(Fix::at(place(repair.edit), repair.text));
    }
    Some(Repaired { finding, text: readable })
}

/// Whether the engine's own word is the right one: there is nothing to mend in how it is written.
fn is_told_well(error: &ParseErrorType) -> bool {
    matches!(
        error,
        ParseErrorType::DuplicatedProperty(_)
            | ParseErrorType::FnDuplicatedDefinition(..)
            | ParseErrorType::ExprTooDeep
            | ParseErrorType::TooManyFunctions
    )
}

/// A sentence that names what was written and what is to be written.
fn written_as(found: &str, wanted: &str) -> (Message, Message) {
    (msg!(WrittenAs, found = found, wanted = wanted), msg!(WriteInstead, wanted = wanted))
}
