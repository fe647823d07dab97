//! Declarations: rules, what they are about, and their metadata.

use std::rc::Rc;

use super::super::stands::Stands;
use super::super::tree::{Entry as Pair, Node, What};
use super::super::{DefinitionKind, Entry, Form, ReferenceKind, said};
use super::Resolver;
use crate::rule::RuleKind;
use crate::script::position::slice;
use crate::source::Span;

impl Resolver<'_> {
    /// What stands in the brackets of `target`, `assignment`, `expect` or `rule`.
    pub(super) fn declaration(&mut self, kind: RuleKind, call: Span, arguments: &[Node]) {
        let id = match arguments.first() {
            Some(Node { what: What::Text(token), .. }) => {
                said(self.text, self.text.tokens().whole(*token))
            }
            _ => None,
        };
        let at = id.as_ref().map(|(_, span)| *span);
        if let Some((name, span)) = &id {
            self.define(DefinitionKind::Rule(kind), name, *span, call);
        }
        for argument in arguments {
            match &argument.what {
                What::Map(entries, strays) => {
                    self.express(Form::Map, self.whole(argument), None);
                    self.metadata(kind, at, entries);
                    self.all(strays);
                }
                _ => {
                    self.walk(argument);
                }
            }
        }
    }

    /// The metadata of a rule. What its closures are given stands beside them, above or below.
    fn metadata(&mut self, kind: RuleKind, id: Option<Span>, entries: &[Pair]) {
        let source = match kind {
            RuleKind::Target => "",
            RuleKind::Assignment => "each",
            RuleKind::Expect => "on",
            RuleKind::Rule => "inputs",
        };
        let (first, rest): (Vec<&Pair>, Vec<&Pair>) =
            entries.iter().partition(|entry| self.key(entry) == source);
        let mut row = match kind {
            RuleKind::Rule => Stands::Inputs(Rc::default()),
            _ => Stands::row(),
        };
        for entry in first {
            self.entry(entry, id);
            row = self.given_by(kind, entry.value.as_ref());
        }
        for entry in rest {
            self.entry(entry, id);
            let key = self.key(entry);
            if let (Some(Node { what: What::Text(token), .. }), "lead") = (&entry.value, &*key)
                && let Some((code, span)) = said(self.text, self.text.tokens().whole(*token))
            {
                self.refer(ReferenceKind::Unit, &code, span, None);
            }
            if let Some(value) = &entry.value {
                self.given(value, &row);
            }
        }
    }

    /// What the closures of a rule are given, by the value of its `each`, `on` or `inputs`.
    fn given_by(&mut self, kind: RuleKind, value: Option<&Node>) -> Stands {
        match value {
            Some(Node { what: What::Map(inputs, strays), tokens }) if kind == RuleKind::Rule => {
                self.express(Form::Map, self.text.tokens().spanned(tokens.clone()), None);
                let inputs = self.inputs(inputs);
                self.all(strays);
                inputs
            }
            value => {
                let stands = self.optional(value);
                match kind {
                    RuleKind::Rule => Stands::Inputs(Rc::default()),
                    _ => stands.each(),
                }
            }
        }
    }

    /// The inputs of a `rule`: what its check is given.
    fn inputs(&mut self, entries: &[Pair]) -> Stands {
        let mut inputs = Vec::new();
        for entry in entries {
            self.entry(entry, None);
            let (name, span) = self.key_said(entry);
            let whole = self.text.tokens().whole(entry.key);
            let end = entry.value.as_ref().map_or(whole.end, |value| self.whole(value).end);
            self.define(DefinitionKind::Input, &name, span, Span { start: whole.start, end });
            inputs.push((name, span));
            self.optional(entry.value.as_ref());
        }
        Stands::Inputs(inputs.into())
    }

    /// What a key says, and where that stands.
    fn key_said(&self, entry: &Pair) -> (String, Span) {
        let span = self.text.tokens().whole(entry.key);
        said(self.text, span).unwrap_or_else(|| (slice(self.text, span).to_owned(), span))
    }

    fn key(&self, entry: &Pair) -> String {
        self.key_said(entry).0
    }

    pub(super) fn entry(&mut self, entry: &Pair, rule: Option<Span>) {
        let key_span = self.text.tokens().whole(entry.key);
        let value = entry.value.as_ref().map(|value| self.whole(value));
        self.found.entries.push(Entry { key: self.key(entry), key_span, value, rule });
    }
}
