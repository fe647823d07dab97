//! What a script defines and what it refers to, with the place of every name, expression and
//! metadata value.
//!
//! A file is read through its tokens, not through the engine's syntax tree, so that one that cannot
//! be parsed has symbols too: what is broken loses only itself. Nothing is run and no data is read;
//! what only a contract knows, such as the dataset behind a foreign key, is not known here.
//!
//! ```
//! use std::sync::Arc;
//! use rasoat::check::{Request, Session};
//! use rasoat::files::Memory;
//! use rasoat::script::symbols::ReferenceKind;
//!
//! let files = [
//!     ("rasoat.toml", "year = 2025"),
//!     ("rules/a.rhai", "let dat = so.filter(|r| r.diem > 5);\nexpect(\"a\", #{ on: dat, row: |r| r.co });"),
//!     ("datasets/so.toml", "fields = [{ name = \"diem\", type = \"integer\" }]"),
//!     ("datasets/so.csv", "diem\n1\n"),
//! ];
//! let files = Arc::new(Memory::new(files.map(|(path, text)| (path, text.as_bytes()))));
//! let mut session = Session::new(Request { files, ..Request::new("", "2025-12-10".parse()?) });
//! session.check()?;
//! let file = session.scripts()[0].source;
//! let symbols = session.symbols(file).expect("a script");
//! let column = symbols.references.iter().find(|reference| reference.name == "co").expect("r.co");
//! let so = Some("so".to_owned());
//! assert_eq!(column.kind, ReferenceKind::Column { dataset: so, through: Vec::new() });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod comments;
mod reader;
mod resolve;
mod stands;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::{HashMap, HashSet};

use super::functions;
use super::lexer::unquoted;
use super::pieces::{self, Piece};
use super::position::{ScriptText, slice};
use super::tokens::{TokenKind, Tokens};
use crate::rule::RuleKind;
use crate::source::{Location, SourceId, Span};
use reader::Reader;
use resolve::Resolver;

/// The symbols of one file. All lists are in the order of the text; of two that begin at the same
/// byte the longer comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// What it defines.
    pub definitions: Vec<Definition>,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Every expression.
    pub expressions: Vec<Expression>,
    /// Every entry of every map literal.
    pub entries: Vec<Entry>,
}

/// Something a script gives a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What it is.
    pub kind: DefinitionKind,
    /// The name; of a rule its id.
    pub name: String,
    /// Where the name stands, without quotes.
    pub span: Span,
    /// Where all of it stands: a function with its body, a `let` with its value, the call that
    /// declares a rule, an entry of `inputs`; of a parameter only the name.
    pub whole: Span,
    /// The dataset whose rows it holds or is one of, where the text says so.
    pub dataset: Option<String>,
    /// The comment above it, without the marks of comments.
    pub comment: Option<String>,
}

/// What is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionKind {
    /// A function of so many parameters. One of `rules/lib` is seen in every file.
    Function {
        /// How many.
        parameters: usize,
    },
    /// A parameter of a function.
    Parameter,
    /// A parameter of a closure `|r| …`.
    ClosureParameter,
    /// A `let`, the variable of a loop, or what a `catch` catches.
    Variable,
    /// A `const`.
    Constant,
    /// A rule. The id of a target or an assignment also refers to the clause of the plan.
    Rule(RuleKind),
    /// An input of a `rule`, which its check reads as `v.name`.
    Input,
}

/// A name that stands for something defined here or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What it refers to.
    pub kind: ReferenceKind,
    /// The name.
    pub name: String,
    /// Where it stands, without quotes.
    pub span: Span,
    /// Where the name stands in its definition, if that is in the scripts.
    pub definition: Option<Location>,
}

/// What is referred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A function of the scripts. Without a definition it is one of the engine's, or none at all.
    Function {
        /// How many arguments it is called with; nothing where it is a value.
        arguments: Option<usize>,
    },
    /// A word of the rule language, such as `percent` or `filter`.
    Word,
    /// A variable, constant or parameter.
    Variable,
    /// An input of a `rule`.
    Input,
    /// A dataset: any name that nothing in the scripts defines.
    Dataset,
    /// A column: `r.name`, or `"name"` in `sum`, `as_of`, `group` and the like.
    Column {
        /// The dataset whose row one begins at, where the text says so.
        dataset: Option<String>,
        /// The foreign keys that lead from that row to the one the column is read of, in
        /// `r.xa.ten` the `xa`.
        through: Vec<String>,
    },
    /// A clause of the plan, by its id. The definition is the rule that judges it, if that is in
    /// the same file.
    Clause,
    /// A unit of the plan, by its code.
    Unit,
}

/// An expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expression {
    /// What it is.
    pub form: Form,
    /// Where it stands, without brackets around it.
    pub span: Span,
    /// Where the name of a call, method or property or the operator stands.
    pub word: Option<Span>,
    /// The number of the expression it is part of.
    pub parent: Option<usize>,
}

/// What an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A name.
    Name,
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A string.
    Text,
    /// `` `…${…}…` ``
    Template,
    /// `()`
    Nothing,
    /// `[…]`
    List,
    /// `#{…}`
    Map,
    /// `|…| …`
    Closure,
    /// `f(…)`
    Call,
    /// `a.f(…)`, from the beginning of `a` on.
    Method,
    /// `a.b`, from the beginning of `a` on.
    Property,
    /// `a[…]`, from the beginning of `a` on.
    Index,
    /// `a + b`; in `a + b + c` the `a + b` is one by itself.
    Operation,
    /// `-a`, `!a`
    Prefix,
    /// `if` or `switch`
    Choice,
    /// `for`, `while`, `loop` or `do`
    Loop,
    /// `{…}`
    Block,
}

/// An entry of a map literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands, quotes included.
    pub key_span: Span,
    /// Where the value stands, where there is one.
    pub value: Option<Span>,
    /// Where the id of the rule stands whose metadata it is, if it is that of one.
    pub rule: Option<Span>,
}

/// What a file sees of other files.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The names of the datasets.
    pub datasets: HashSet<String>,
    /// The functions of `rules/lib`, by name and number of parameters, and where their names stand.
    pub functions: HashMap<(String, usize), Location>,
}

impl Surroundings {
    /// Adds what a file of `rules/lib` defines.
    pub(super) fn add_library(&mut self, text: &ScriptText) {
        for ((name, parameters), span) in functions::definitions(text) {
            let at = Location { source: text.source, span };
            self.functions.entry((name.to_owned(), parameters)).or_insert(at);
        }
    }
}

impl Symbols {
    /// The symbols of a text, as it is in a file.
    pub fn of(source: SourceId, text: &str, around: &Surroundings) -> Symbols {
        Symbols::read(&ScriptText::new(source, text), around)
    }

    /// The symbols of a text whose tokens are known.
    pub(super) fn read(text: &ScriptText, around: &Surroundings) -> Symbols {
        let text = &in_order(text);
        let statements = Reader::new(text, text.tokens()).statements();
        Resolver::new(text, around).resolve(&statements)
    }

    /// The definition in whose name a byte stands.
    pub fn definition_at(&self, byte: usize) -> Option<&Definition> {
        self.definitions.iter().find(|it| holds(it.span, byte))
    }

    /// The references in whose names a byte stands: of an id that is a rule's own, the clause.
    pub fn references_at(&self, byte: usize) -> impl Iterator<Item = &Reference> {
        self.references.iter().filter(move |it| holds(it.span, byte))
    }

    /// The references to what has its name at a place.
    pub fn references_to(&self, definition: Location) -> impl Iterator<Item = &Reference> {
        self.references.iter().filter(move |it| it.definition == Some(definition))
    }

    /// The innermost expression in which a byte stands, by its number.
    pub fn expression_at(&self, byte: usize) -> Option<usize> {
        let before = self.expressions.partition_point(|it| it.span.start <= byte);
        let mut number = before.checked_sub(1)?;
        while !holds(self.expressions[number].span, byte) {
            number = self.expressions[number].parent?;
        }
        Some(number)
    }

    /// The metadata of a rule, as far as it is written out in its declaration.
    pub fn metadata(&self, rule: &Definition) -> impl Iterator<Item = &Entry> {
        let id = rule.span;
        self.entries.iter().filter(move |entry| entry.rule == Some(id))
    }
}

fn holds(span: Span, byte: usize) -> bool {
    (span.start..span.end).contains(&byte)
}

/// The text with its tokens as they are told best: all of them where every bracket, string and
/// comment is closed, otherwise piece by piece, so that what is open in one swallows no other.
fn in_order(text: &ScriptText) -> ScriptText {
    let whole = if text.is_apart() { ScriptText::new(text.source, text) } else { text.clone() };
    if is_closed(&whole, whole.tokens()) {
        return whole;
    }
    let all: Vec<Piece<'_>> = pieces::pieces(&whole, whole.tokens());
    whole.apart(&all)
}

/// Whether nothing is open at the end, and no bracket closes what is not open.
fn is_closed(text: &str, tokens: &Tokens) -> bool {
    let mut open = 0usize;
    for token in &tokens.list {
        match token.kind {
            TokenKind::Open(_) if !token.closed => return false,
            TokenKind::Open(_) => open += 1,
            TokenKind::Close(_) if open == 0 => return false,
            TokenKind::Close(_) => open -= 1,
            _ => {}
        }
    }
    // A string that is never closed is the last one.
    let last = tokens.list.iter().rposition(|token| token.kind == TokenKind::Text);
    let string = last.map(|last| slice(text, tokens.whole(last)));
    tokens.comments.iter().all(|comment| comment.closed) && string.is_none_or(ends)
}

/// Whether a string goes no further than its line, or is closed.
fn ends(string: &str) -> bool {
    let hashes = string.len() - string.trim_start_matches('#').len();
    match string.as_bytes().get(hashes) {
        Some(b'`') => string.len() > 1 && string.ends_with('`'),
        Some(b'"') if hashes > 0 => {
            let end = string.trim_end_matches('#');
            string.len() - end.len() >= hashes && end.len() > hashes + 1 && end.ends_with('"')
        }
        _ => true,
    }
}

/// What a string without braces says, and where that stands between its quotes; nothing of one that
/// is not closed.
fn said(text: &str, whole: Span) -> Option<(String, Span)> {
    let written = slice(text, whole);
    let hashes = written.len() - written.trim_start_matches('#').len();
    let said = unquoted(written).filter(|_| ends(written))?;
    let inside = Span { start: whole.start + hashes + 1, end: whole.end - hashes - 1 };
    (inside.start <= inside.end).then_some((said, inside))
}
