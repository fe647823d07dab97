//! The functions and closures of scripts, by name, for translation and inlining.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rhai::{AST, ASTNode, FnPtr, Module, Stmt};

use super::position::{ScriptText, slice};
use super::tokens::TokenKind;
use crate::source::Span;

/// Where the name of each function stands, by name and number of parameters.
pub type Definitions<'t> = HashMap<(&'t str, usize), Span>;

/// The words after `fn`, by their numbers among the tokens.
fn defined(text: &ScriptText) -> impl Iterator<Item = usize> {
    let list = &text.tokens().list;
    let pairs = list.windows(2).enumerate().filter(|(_, pair)| {
        pair.iter().all(|token| token.kind == TokenKind::Word) && slice(text, pair[0].span) == "fn"
    });
    pairs.map(|(number, _)| number + 1)
}

/// Where a file's functions have their names; the first of them where there are several.
pub fn definitions(text: &ScriptText) -> Definitions<'_> {
    let mut definitions = HashMap::new();
    for name in defined(text) {
        let span = text.tokens().list[name].span;
        let parameters = text.arguments(span.start).len();
        definitions.entry((slice(text, span), parameters)).or_insert(span);
    }
    definitions
}

/// The names of a file's functions.
pub fn names(text: &ScriptText) -> HashSet<&str> {
    defined(text).map(|name| slice(text, text.tokens().list[name].span)).collect()
}

/// A script function or closure body and the file it stands in.
#[derive(Clone)]
pub struct ScriptFunction {
    /// The file.
    pub text: ScriptText,
    name: String,
    /// Names of its parameters, captured ones first.
    pub parameters: Vec<String>,
    /// Its statements.
    pub body: Arc<[Stmt]>,
}

impl ScriptFunction {
    /// All functions and closures of a file.
    ///
    /// The engine keeps the type of a function's body to itself, so each body is reached by
    /// walking a tree that holds this one function only, shared and not copied.
    pub fn all(ast: &AST, text: &ScriptText) -> Vec<ScriptFunction> {
        ast.iter_fn_def()
            .map(|definition| {
                let mut alone = Module::new();
                alone.set_script_fn(Arc::clone(definition));
                let mut body = Vec::new();
                AST::new([], alone).walk(&mut |path| {
                    if let [ASTNode::Stmt(statement)] = path {
                        body.push((*statement).clone());
                    }
                    true
                });
                ScriptFunction {
                    text: text.clone(),
                    name: definition.name.to_string(),
                    parameters: definition.params.iter().map(ToString::to_string).collect(),
                    body: body.into(),
                }
            })
            .collect()
    }
}

/// All functions that may be called or compiled, by name and number of parameters.
#[derive(Clone, Default)]
pub struct Functions {
    by_name: HashMap<(String, usize), ScriptFunction>,
}

impl Functions {
    /// Adds a function.
    pub fn insert(&mut self, function: ScriptFunction) {
        let key = (function.name.clone(), function.parameters.len());
        self.by_name.insert(key, function);
    }

    /// The function of this name and number of parameters.
    pub fn get(&self, name: &str, parameters: usize) -> Option<&ScriptFunction> {
        self.by_name.get(&(name.to_owned(), parameters))
    }

    /// The closure behind a pointer.
    pub fn closure(&self, pointer: &FnPtr) -> Option<&ScriptFunction> {
        let curried = pointer.curry().len();
        (curried..curried + 4).find_map(|count| self.get(pointer.fn_name(), count))
    }

    /// The names of all functions an analyst wrote.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|(name, _)| name.as_str()).filter(|name| !name.contains('$'))
    }
}
