//! Names, calls and chains: what each refers to, and what its value stands for.

use super::super::stands::{Columns, Stands};
use super::super::tree::{Link, Node, What};
use super::super::{Form, ReferenceKind, said};
use super::Resolver;
use crate::rule::RuleKind;
use crate::script::errors::is_word;
use crate::source::{Location, Span};

/// The milestones of no path, a variable of the language.
const LINEAR: &str = "linear";

/// What makes a value of a function's name.
const POINTER: &str = "Fn";

impl Resolver<'_> {
    pub(super) fn name(&mut self, token: usize) -> Stands {
        let (name, span) = (self.written(token), self.span(token));
        if matches!(name, "_" | "this") {
            return Stands::Unknown;
        }
        if let Some(local) = self.scope.iter().rev().find(|local| local.name == name) {
            let (definition, stands) = (self.place(local.at), local.stands.clone());
            self.refer(ReferenceKind::Variable, name, span, Some(definition));
            return stands;
        }
        if !self.around.datasets.contains(name) {
            if let Some(definition) = self.called(name) {
                let kind = ReferenceKind::Function { arguments: None };
                self.refer(kind, name, span, Some(definition));
                return Stands::Value;
            }
            if name == LINEAR {
                self.refer(ReferenceKind::Word, name, span, None);
                return Stands::Value;
            }
        }
        self.refer(ReferenceKind::Dataset, name, span, None);
        Stands::Table { dataset: name.to_owned(), grouped: false }
    }

    /// A function of a name, whatever it takes.
    fn called(&self, name: &str) -> Option<Location> {
        let own = self.functions.iter().filter(|((known, _), _)| *known == name);
        let own = own.map(|(_, span)| self.place(*span)).min();
        let others = self.around.functions.iter().filter(|((known, _), _)| known == name);
        own.or_else(|| others.map(|(_, at)| *at).min())
    }

    fn function_of(&self, name: &str, arguments: usize) -> Option<Location> {
        let own = self.functions.get(&(name, arguments)).map(|span| self.place(*span));
        own.or_else(|| self.around.functions.get(&(name.to_owned(), arguments)).copied())
    }

    pub(super) fn call(&mut self, span: Span, name: usize, arguments: &[Node]) -> Stands {
        let (word, at) = (self.written(name), self.span(name));
        self.express(Form::Call, span, Some(at));
        let count = arguments.len();
        if let Some(definition) = self.function_of(word, count) {
            let kind = ReferenceKind::Function { arguments: Some(count) };
            self.refer(kind, word, at, Some(definition));
            self.all(arguments);
            return Stands::Unknown;
        }
        if !is_word(word) && word != POINTER {
            let kind = ReferenceKind::Function { arguments: Some(count) };
            self.refer(kind, word, at, None);
            self.all(arguments);
            return Stands::Unknown;
        }
        self.refer(ReferenceKind::Word, word, at, None);
        if word == POINTER {
            self.pointer(arguments);
        }
        if let Some(kind) = RuleKind::parse(word) {
            self.declaration(kind, span, arguments);
            return Stands::Value;
        }
        // `sum(T, "c")` is `T.sum("c")`.
        let Some((first, rest)) = arguments.split_first() else { return Stands::Value };
        match self.walk(first) {
            table @ (Stands::Table { .. } | Stands::Group { .. }) => {
                self.arguments(&table, word, rest)
            }
            _ => {
                self.all(rest);
                Stands::Value
            }
        }
    }

    /// `Fn("name")`
    fn pointer(&mut self, arguments: &[Node]) {
        let Some(Node { what: What::Text(token), .. }) = arguments.first() else { return };
        let Some((name, span)) = said(self.text, self.text.tokens().whole(*token)) else { return };
        let definition = self.called(&name);
        self.refer(ReferenceKind::Function { arguments: None }, &name, span, definition);
    }

    /// The arguments of a method on something, and what it gives.
    fn arguments(&mut self, on: &Stands, method: &str, arguments: &[Node]) -> Stands {
        let (columns, gives) = on.method(method);
        let row = on.each();
        for (number, argument) in arguments.iter().enumerate() {
            let is_column = columns == Columns::All || columns == Columns::First && number == 0;
            if let (What::Text(token), true) = (&argument.what, is_column) {
                self.column(*token, on);
            }
            self.given(argument, &row);
        }
        gives
    }

    /// A string that names a column.
    fn column(&mut self, token: usize, on: &Stands) {
        let Some((name, span)) = said(self.text, self.text.tokens().whole(token)) else { return };
        let dataset = on.dataset().cloned();
        self.refer(ReferenceKind::Column { dataset, through: Vec::new() }, &name, span, None);
    }

    pub(super) fn chain(&mut self, start: usize, base: &Node, links: &[Link]) -> Stands {
        let mut value = self.walk(base);
        for link in links {
            let end = self.text.tokens().list[link.end() - 1].span.end;
            let span = Span { start, end };
            value = match link {
                Link::Property(name) => {
                    self.express(Form::Property, span, Some(self.span(*name)));
                    self.property(&value, *name)
                }
                Link::Method(name, arguments, _) => {
                    self.express(Form::Method, span, Some(self.span(*name)));
                    self.method(&value, *name, arguments)
                }
                Link::Index(inside, _) => {
                    self.express(Form::Index, span, None);
                    self.all(inside);
                    Stands::Unknown
                }
            };
        }
        value
    }

    fn property(&mut self, of: &Stands, token: usize) -> Stands {
        let (name, span) = (self.written(token), self.span(token));
        let (dataset, through) = match of {
            Stands::Row { dataset, through } => (dataset.clone(), through.clone()),
            Stands::Group { dataset } => (Some(dataset.clone()), Vec::new()),
            Stands::Inputs(inputs) => {
                let input = inputs.iter().find(|(known, _)| known == name);
                let definition = input.map(|(_, at)| self.place(*at));
                self.refer(ReferenceKind::Input, name, span, definition);
                return Stands::Value;
            }
            Stands::Unknown => return Stands::Unknown,
            Stands::Value | Stands::Table { .. } => return Stands::Value,
        };
        let mut beyond = through.clone();
        beyond.push(name.to_owned());
        let column = ReferenceKind::Column { dataset: dataset.clone(), through };
        self.refer(column, name, span, None);
        Stands::Row { dataset, through: beyond }
    }

    fn method(&mut self, on: &Stands, token: usize, arguments: &[Node]) -> Stands {
        let (name, span) = (self.written(token), self.span(token));
        if is_word(name) {
            self.refer(ReferenceKind::Word, name, span, None);
            return self.arguments(on, name, arguments);
        }
        // In a row condition what stands before the dot is the first argument, elsewhere `this`.
        let count = arguments.len();
        let definition = self.function_of(name, count + 1).or(self.function_of(name, count));
        let kind = ReferenceKind::Function { arguments: Some(count + 1) };
        self.refer(kind, name, span, definition);
        let row = on.each();
        for argument in arguments {
            self.given(argument, &row);
        }
        Stands::Unknown
    }

    pub(super) fn operation(
        &mut self,
        span: Span,
        operands: &[Node],
        operators: &[usize],
    ) -> Stands {
        self.all(operands);
        for (number, operator) in operators.iter().enumerate() {
            let word = self.span(*operator);
            let end = operands.get(number + 1).map_or(word.end, |right| self.whole(right).end);
            self.express(Form::Operation, Span { start: span.start, end }, Some(word));
        }
        Stands::Value
    }
}
