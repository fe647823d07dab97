//! From nodes to symbols: which name means what, by the scopes of the language.

mod rules;
mod values;

use std::cmp::Reverse;
use std::collections::HashMap;

use super::stands::Stands;
use super::tree::{Node, What};
use super::{
    Definition, DefinitionKind, Expression, Form, Reference, ReferenceKind, Surroundings, Symbols,
    comments, said,
};
use crate::rule::RuleKind;
use crate::script::functions::{self, Definitions};
use crate::script::position::{ScriptText, slice};
use crate::source::{Location, Span};

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
