//! From nodes to symbols: which name means what, by the scopes of the language.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

use super::stands::{Columns, Stands};
use super::tree::{Entry as Pair, Link, Node, What};
use super::{
    Definition, DefinitionKind, Entry, Expression, Form, Reference, ReferenceKind, Surroundings,
    Symbols, comments, said,
};
use crate::rule::RuleKind;
use crate::script::errors::is_word;
use crate::script::functions::{self, Definitions};
use crate::script::position::{ScriptText, slice};
use crate::source::{Location, Span};

/// The milestones of no path, a variable of the language.
const LINEAR: &str = "linear";

/// What makes a value of a function's name.
const POINTER: &str = "Fn";

/// A name that may be used.
struct Local<'t> {
    name: &'t str,
    at: Span,
    stands: Stands,
}

/// What is known while nodes are gone through.
pub struct Resolver<'t> {
    text: &'t ScriptText,
    around: &'t Surroundings,
    /// The file's functions.
    functions: Definitions<'t>,
    scope: Vec<Local<'t>>,
    found: Symbols,
}

impl<'t> Resolver<'t> {
    /// Nothing is known yet but which functions there are.
    pub fn new(text: &'t ScriptText, around: &'t Surroundings) -> Resolver<'t> {
        let functions = functions::definitions(text);
        Resolver { text, around, functions, scope: Vec::new(), found: Symbols::default() }
    }

    /// The symbols of a file of these statements.
    pub fn resolve(mut self, statements: &[Node]) -> Symbols {
        self.all(statements);
        self.clauses();
        let Symbols { definitions, references, expressions, entries } = &mut self.found;
        definitions.sort_by_key(|it| order(it.span));
        references.sort_by_key(|it| order(it.span));
        expressions.sort_by_key(|it| order(it.span));
        entries.sort_by_key(|it| order(it.key_span));
        let mut around: Vec<usize> = Vec::new();
        for number in 0..expressions.len() {
            let start = expressions[number].span.start;
            while around.pop_if(|outer| expressions[*outer].span.end <= start).is_some() {}
            expressions[number].parent = around.last().copied();
            around.push(number);
        }
        self.found
    }

    /// Strings that say the id of a target or an assignment of the file.
    fn clauses(&mut self) {
        let mut ids: HashMap<&str, Span> = HashMap::new();
        for it in &self.found.definitions {
            if matches!(it.kind, DefinitionKind::Rule(RuleKind::Target | RuleKind::Assignment)) {
                ids.entry(&it.name).or_insert(it.span);
            }
        }
        let texts = self.found.expressions.iter().filter(|it| it.form == Form::Text);
        let said = texts.filter_map(|it| said(self.text, it.span));
        let mut found = Vec::new();
        for (name, span) in said {
            if let Some(id) = ids.get(name.as_str()) {
                let definition = Some(self.place(*id));
                found.push(Reference { kind: ReferenceKind::Clause, name, span, definition });
            }
        }
        self.found.references.extend(found);
    }

    fn written(&self, token: usize) -> &'t str {
        slice(self.text, self.text.tokens().list[token].span)
    }

    fn span(&self, token: usize) -> Span {
        self.text.tokens().list[token].span
    }

    fn place(&self, span: Span) -> Location {
        Location { source: self.text.source, span }
    }

    fn whole(&self, node: &Node) -> Span {
        self.text.tokens().spanned(node.tokens.clone())
    }

    fn express(&mut self, form: Form, span: Span, word: Option<Span>) {
        self.found.expressions.push(Expression { form, span, word, parent: None });
    }

    fn refer(&mut self, kind: ReferenceKind, name: &str, span: Span, to: Option<Location>) {
        let name = name.to_owned();
        self.found.references.push(Reference { kind, name, span, definition: to });
    }

    fn define(&mut self, kind: DefinitionKind, name: &str, span: Span, whole: Span) {
        let name = name.to_owned();
        let comment = match kind {
            DefinitionKind::Parameter | DefinitionKind::ClosureParameter => None,
            _ => comments::above(self.text, whole.start),
        };
        let dataset = None;
        self.found.definitions.push(Definition { kind, name, span, whole, dataset, comment });
    }

    /// Defines what is a name from here on.
    fn local(&mut self, kind: DefinitionKind, token: usize, whole: Span, stands: Stands) {
        let (name, at) = (self.written(token), self.span(token));
        self.define(kind, name, at, whole);
        if let Some(defined) = self.found.definitions.last_mut() {
            defined.dataset = stands.dataset().cloned();
        }
        self.scope.push(Local { name, at, stands });
    }

    fn parameter(&mut self, kind: DefinitionKind, token: usize, stands: Stands) {
        self.local(kind, token, self.span(token), stands);
    }

    /// Goes through statements; what the last one gives.
    fn all(&mut self, statements: &[Node]) -> Stands {
        let mut last = Stands::Value;
        for statement in statements {
            last = self.walk(statement);
        }
        last
    }

    /// Does something after which the names it brought are none any more.
    fn scoped<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let known = self.scope.len();
        let made = walk(self);
        self.scope.truncate(known);
        made
    }

    fn optional(&mut self, node: Option<&Node>) -> Stands {
        node.map_or(Stands::Value, |node| self.walk(node))
    }

    fn walk(&mut self, node: &Node) -> Stands {
        let span = self.whole(node);
        match &node.what {
            What::Name(name) => {
                self.express(Form::Name, span, None);
                self.name(*name)
            }
            What::Number => self.constant(Form::Number, span),
            What::Truth => self.constant(Form::Truth, span),
            What::Text(_) => self.constant(Form::Text, span),
            What::Template(blocks) => {
                for block in blocks {
                    self.scoped(|this| this.all(block));
                }
                self.constant(Form::Template, span)
            }
            What::List(items) => {
                self.all(items);
                self.constant(Form::List, span)
            }
            What::Map(entries, strays) => {
                for entry in entries {
                    self.entry(entry, None);
                    self.optional(entry.value.as_ref());
                }
                self.all(strays);
                self.constant(Form::Map, span)
            }
            What::Group(items) if items.is_empty() => self.constant(Form::Nothing, span),
            What::Group(items) => self.all(items),
            What::Block(statements) => {
                self.express(Form::Block, span, None);
                self.scoped(|this| this.all(statements))
            }
            What::Closure(parameters, body) => {
                self.closure(span, parameters, body.as_deref(), Stands::row())
            }
            What::Call(name, arguments) => self.call(span, *name, arguments),
            What::Chain(base, links) => self.chain(span.start, base, links),
            What::Operation(operands, operators) => self.operation(span, operands, operators),
            What::Prefix(operator, operand) => {
                self.optional(operand.as_deref());
                self.express(Form::Prefix, span, Some(self.span(*operator)));
                Stands::Value
            }
            _ => self.statement(node, span),
        }
    }

    fn statement(&mut self, node: &Node, span: Span) -> Stands {
        match &node.what {
            What::If(parts) => {
                self.express(Form::Choice, span, None);
                let mut values = Vec::new();
                for part in parts {
                    let value = self.walk(part);
                    values.extend(matches!(part.what, What::Block(_)).then_some(value));
                }
                any(&values)
            }
            What::Switch(subject, arms) => {
                self.express(Form::Choice, span, None);
                self.optional(subject.as_deref());
                let mut values = Vec::new();
                for arm in arms {
                    self.all(&arm.tests);
                    values.push(self.optional(arm.value.as_ref()));
                }
                any(&values)
            }
            What::Loop(variables, parts) => {
                self.express(Form::Loop, span, None);
                self.scoped(|this| this.repeated(variables, parts));
                Stands::Value
            }
            What::Let { constant, name, value } => {
                let stands = self.optional(value.as_deref());
                let kind =
                    if *constant { DefinitionKind::Constant } else { DefinitionKind::Variable };
                self.local(kind, *name, span, stands);
                Stands::Value
            }
            What::Function { name, parameters, body } => {
                self.function(span, *name, parameters, body.as_deref());
                Stands::Value
            }
            What::Try(tried, caught, handler) => {
                self.optional(tried.as_deref());
                self.scoped(|this| {
                    if let Some(name) = caught {
                        this.parameter(DefinitionKind::Variable, *name, Stands::Value);
                    }
                    this.optional(handler.as_deref())
                });
                Stands::Value
            }
            What::Leave(value) => self.optional(value.as_deref()),
            What::Assign(left, right) => {
                self.walk(left);
                let stands = self.optional(right.as_deref());
                if let What::Name(name) = left.what {
                    self.assigned(self.written(name), &stands);
                }
                Stands::Value
            }
            _ => Stands::Unknown,
        }
    }

    fn constant(&mut self, form: Form, span: Span) -> Stands {
        self.express(form, span, None);
        Stands::Value
    }

    fn assigned(&mut self, name: &str, stands: &Stands) {
        if let Some(known) = self.scope.iter_mut().rev().find(|local| local.name == name) {
            known.stands = std::mem::take(&mut known.stands).or(stands);
        }
    }

    fn repeated(&mut self, variables: &[usize], parts: &[Node]) {
        let (through, rest) = match parts {
            [through, rest @ ..] if !matches!(through.what, What::Block(_)) => {
                (Some(through), rest)
            }
            all => (None, all),
        };
        self.optional(through);
        for name in variables {
            self.parameter(DefinitionKind::Variable, *name, Stands::Value);
        }
        self.all(rest);
    }

    /// A function sees nothing of the file around it.
    fn function(&mut self, span: Span, name: usize, parameters: &[usize], body: Option<&Node>) {
        let outside = std::mem::take(&mut self.scope);
        let kind = DefinitionKind::Function { parameters: parameters.len() };
        self.define(kind, self.written(name), self.span(name), span);
        for parameter in parameters {
            self.parameter(DefinitionKind::Parameter, *parameter, Stands::row());
        }
        self.optional(body);
        self.scope = outside;
    }

    /// A closure, and what its only parameter stands for.
    fn closure(
        &mut self,
        span: Span,
        parameters: &[usize],
        body: Option<&Node>,
        row: Stands,
    ) -> Stands {
        self.express(Form::Closure, span, None);
        self.scoped(|this| {
            for name in parameters {
                let stands = if parameters.len() == 1 { row.clone() } else { Stands::Unknown };
                this.parameter(DefinitionKind::ClosureParameter, *name, stands);
            }
            this.optional(body);
        });
        Stands::Value
    }

    /// Goes through a node; a closure is given a row.
    fn given(&mut self, node: &Node, row: &Stands) -> Stands {
        match &node.what {
            What::Closure(parameters, body) => {
                self.closure(self.whole(node), parameters, body.as_deref(), row.clone())
            }
            _ => self.walk(node),
        }
    }

    fn name(&mut self, token: usize) -> Stands {
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

    fn call(&mut self, span: Span, name: usize, arguments: &[Node]) -> Stands {
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

    fn chain(&mut self, start: usize, base: &Node, links: &[Link]) -> Stands {
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

    fn operation(&mut self, span: Span, operands: &[Node], operators: &[usize]) -> Stands {
        self.all(operands);
        for (number, operator) in operators.iter().enumerate() {
            let word = self.span(*operator);
            let end = operands.get(number + 1).map_or(word.end, |right| self.whole(right).end);
            self.express(Form::Operation, Span { start: span.start, end }, Some(word));
        }
        Stands::Value
    }

    /// What stands in the brackets of `target`, `assignment`, `expect` or `rule`.
    fn declaration(&mut self, kind: RuleKind, call: Span, arguments: &[Node]) {
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
        let mut row = Stands::row();
        for entry in first {
            self.entry(entry, id);
            row = match &entry.value {
                Some(Node { what: What::Map(inputs, strays), tokens })
                    if kind == RuleKind::Rule =>
                {
                    self.express(Form::Map, self.text.tokens().spanned(tokens.clone()), None);
                    let inputs = self.inputs(inputs);
                    self.all(strays);
                    inputs
                }
                Some(value) if kind == RuleKind::Rule => {
                    self.walk(value);
                    Stands::Inputs(Rc::default())
                }
                value => self.optional(value.as_ref()).each(),
            };
        }
        if kind == RuleKind::Rule && row == Stands::row() {
            row = Stands::Inputs(Rc::default());
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

    fn entry(&mut self, entry: &Pair, rule: Option<Span>) {
        let key_span = self.text.tokens().whole(entry.key);
        let value = entry.value.as_ref().map(|value| self.whole(value));
        self.found.entries.push(Entry { key: self.key(entry), key_span, value, rule });
    }
}

/// What is one of several.
fn any(values: &[Stands]) -> Stands {
    let Some((first, rest)) = values.split_first() else { return Stands::Value };
    rest.iter().fold(first.clone(), Stands::or)
}

/// The order of the text, what encloses another before it.
fn order(span: Span) -> (usize, Reverse<usize>) {
    (span.start, Reverse(span.end))
}
