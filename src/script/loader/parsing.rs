//! Scripts parsed: at once, or after a syntax error declaration by declaration.

use std::collections::HashSet;
use std::sync::Arc;

use rhai::{AST, Stmt};

use super::Loader;
use super::consequences::BrokenName;
use crate::rule::Unreadable;
use crate::script::pieces::{self, Piece};
use crate::script::position::{self, ScriptText};
use crate::script::tokens::{TokenKind, Tokens};
use crate::script::{errors, functions, repair};
use crate::source::{Location, SourceId, Span};

/// The name of a variable that stands for whatever follows a part of a file.
const NEXT: &str = "rasoat_next";

impl Loader {
    /// Parses a file. After a syntax error it is parsed again declaration by declaration, and
    /// what is in order once more together, each where it stands in the file.
    pub(super) fn parse(&mut self, name: &str, text: &ScriptText) -> (ScriptText, Vec<AST>) {
        let all = pieces::pieces(text, text.tokens());
        let batches = pieces::batches(&all, text.tokens());
        if batches.len() > 1
            && pieces::come_apart(text, text.tokens(), &functions::names(text))
            && let Some(asts) = self.parse_apart(name, text, &batches)
        {
            return (text.clone(), asts);
        }
        let whole = match self.engine.compile(&**text) {
            Ok(mut ast) => {
                ast.set_source(name);
                return (text.clone(), vec![ast]);
            }
            Err(whole) => whole,
        };
        // What is not closed in one piece is nothing to the others.
        let apart = text.apart(&all);
        let known = self.told.len();
        let mut left = repair::MOST_READ;
        let mut sound = Vec::new();
        for piece in all {
            match self.engine.compile(piece.text) {
                Ok(_) => sound.push(piece),
                Err(error) => {
                    let repaired = repair::find(&self.engine, &error, &piece, &apart, &mut left);
                    let readable = repaired.as_ref().map(|repaired| repaired.text.as_str());
                    self.note_unreadable(&piece, readable, text.source);
                    self.note_broken(&piece, &apart);
                    let told = || errors::syntax(&error, &apart.below(piece.line));
                    self.told.push(repaired.map_or_else(told, |repaired| repaired.finding));
                }
            }
        }
        // Pieces that are each in order may still not go together (a doubled function).
        if self.told.len() == known {
            self.told.push(errors::syntax(&whole, text));
        }
        let asts = self.parse_together(name, &sound, apart.tokens());
        (apart, asts)
    }

    /// Parses a large file part by part; `None` where that could differ from parsing it at once:
    /// something is wrong, a part does not end where it seems to, or there are too many functions.
    fn parse_apart(
        &self,
        name: &str,
        text: &ScriptText,
        batches: &[&[Piece<'_>]],
    ) -> Option<Vec<AST>> {
        let mut asts = Vec::new();
        let mut known = HashSet::new();
        for (at, batch) in batches.iter().enumerate() {
            let (first, last) = (batch.first()?, batch.last()?);
            let mut part = "\n".repeat(first.line);
            part.push_str(position::slice(
                text,
                Span { start: first.start, end: last.start + last.text.len() },
            ));
            let ends_file = at + 1 == batches.len();
            if !ends_file {
                // Shows whether a statement may follow: nothing is left open, not even a comment.
                part.push_str("\nlet ");
                part.push_str(NEXT);
                part.push_str(" = ();");
            }
            let ast = self.engine.compile(part).ok()?;
            let (statements, last) = match ast.statements() {
                [statements @ .., last] if !ends_file => (statements, Some(last)),
                statements => (statements, None),
            };
            let is_next = |last: &Stmt| matches!(last, Stmt::Var(it, ..) if it.0.name == NEXT);
            if !ends_file && !last.is_some_and(is_next) {
                return None;
            }
            for function in ast.iter_functions() {
                let is_new = known.insert((function.name.to_owned(), function.params.len()));
                if !is_new && !function.name.contains('$') {
                    return None;
                }
            }
            let mut part = AST::new(statements.iter().cloned(), Arc::clone(ast.shared_lib()));
            part.set_source(name);
            asts.push(part);
        }
        (known.len() <= self.engine.max_functions()).then_some(asts)
    }

    /// Parses pieces that are each in order, as many at a time as go together: a text of its own
    /// for each, with all lines above it, would cost as much as the file.
    fn parse_together(&self, name: &str, pieces: &[Piece<'_>], tokens: &Tokens) -> Vec<AST> {
        let mut asts = Vec::new();
        let runs = pieces.chunk_by(|piece, _| !piece.swallows(tokens));
        let mut open: Vec<&[Piece<'_>]> =
            runs.flat_map(|run| run.chunks(pieces::TOGETHER)).collect();
        open.reverse();
        while let Some(run) = open.pop() {
            match self.engine.compile(pieces::placed(run, tokens)) {
                Ok(mut ast) => {
                    ast.set_source(name);
                    asts.push(ast);
                }
                Err(_) => {
                    let (first, second) = run.split_at(run.len() / 2);
                    open.extend([second, first].into_iter().filter(|_| run.len() > 1));
                }
            }
        }
        asts
    }

    /// Remembers the function or variable a broken piece would have defined.
    fn note_broken(&mut self, piece: &Piece<'_>, text: &ScriptText) {
        let tokens = text.tokens();
        let first = tokens.first_from(piece.start);
        let word = |number: usize| {
            let token = tokens.list.get(number)?;
            (token.kind == TokenKind::Word).then(|| position::slice(text, token.span))
        };
        if let (Some("fn" | "let" | "const"), Some(name)) = (word(first), word(first + 1)) {
            self.broken.push(BrokenName { name: name.to_owned(), cause: self.told.len() });
        }
    }

    /// Remembers the declaration a broken piece of text would have made, by the text as it can be
    /// read if there is one.
    fn note_unreadable(&mut self, piece: &Piece<'_>, readable: Option<&str>, source: SourceId) {
        let declared = readable.and_then(pieces::declaration);
        let Some((kind, id, _)) = declared.or_else(|| pieces::declaration(piece.text)) else {
            return;
        };
        let written = pieces::declaration(piece.text).map(|(.., span)| span);
        let span = written.unwrap_or((0..0).into());
        let span = (piece.start + span.start..piece.start + span.end).into();
        let at = Location { source, span };
        self.lost.push(Unreadable { id: id.to_owned(), kind, at });
    }
}
