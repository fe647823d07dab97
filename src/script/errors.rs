//! The engine's errors in the analyst's words, with a caret and, where possible, a suggestion.

use std::collections::HashSet;

use rhai::{AST, Dynamic, EvalAltResult, ParseError, ParseErrorType, Position};

use super::limits::Stop;
use super::position::{ScriptText, slice};
use super::session::{ScriptFailure, Session};
use super::tokens::{Bracket, Token};
use super::words::{FAMILIES, ROW_CONDITIONS};
use crate::diagnostic::{Code, Diagnostic, Fix, Help, suggestion};
use crate::measure::row::Function;
use crate::message::Message;
use crate::msg;
use crate::source::Location;

/// Names a script may use, for suggestions.
#[derive(Clone, Debug, Default)]
pub struct Names {
    datasets: Vec<String>,
    functions: Vec<String>,
    /// The functions, to be looked up.
    known: HashSet<String>,
}

impl Names {
    /// The vocabulary and the datasets.
    pub fn new(datasets: &[String]) -> Names {
        let functions: Vec<String> = words().map(str::to_owned).collect();
        let known = functions.iter().cloned().collect();
        Names { datasets: datasets.to_vec(), functions, known }
    }

    /// Adds a script's functions.
    pub fn add_functions(&mut self, ast: &AST) {
        for name in ast.iter_functions().map(|f| f.name).filter(|name| !name.contains('$')) {
            if self.known.insert(name.to_owned()) {
                self.functions.push(name.to_owned());
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.datasets.iter().chain(&self.functions).map(String::as_str)
    }
}

/// Every word of the vocabulary that is a function.
fn words() -> impl Iterator<Item = &'static str> {
    let all = FAMILIES.iter().filter(|family| family.en != ROW_CONDITIONS);
    let names = all.flat_map(|family| family.words).map(|word| word.name);
    names.filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Whether a name is a word of the rule language.
pub fn is_word(name: &str) -> bool {
    words().any(|word| word == name) || Function::parse(name).is_some()
}

/// Where something of a text is, as far as the engine knows; else where it is called.
struct Near<'a> {
    text: &'a ScriptText,
    call: Location,
}

impl Near<'_> {
    fn token_at(&self, position: Position) -> Location {
        if position.is_none() { self.call } else { self.text.token_at(position) }
    }

    fn call_at(&self, position: Position) -> Location {
        if position.is_none() { self.call } else { self.text.call_at(position) }
    }
}

/// A syntax error.
pub fn syntax(error: &ParseError, text: &ScriptText) -> Diagnostic {
    if let Some(found) = missing_semicolon(error, text) {
        return found;
    }
    let at = text.token_at(error.position());
    let (message, help): (Message, Option<Message>) = match error.err_type() {
        ParseErrorType::MissingToken(token, _) => {
            (msg!(MissingToken, token = token), Some(msg!(MissingTokenHelp)))
        }
        ParseErrorType::MissingSymbol(_) => (msg!(MissingSymbol), None),
        ParseErrorType::UnexpectedEOF => (msg!(UnexpectedEnd), Some(msg!(UnexpectedEndHelp))),
        ParseErrorType::BadInput(_) => (msg!(BadInput), None),
        ParseErrorType::DuplicatedProperty(name) => (msg!(DoubledKey, key = name), None),
        ParseErrorType::Reserved(word) => (msg!(ReservedWord, word = word), None),
        ParseErrorType::PropertyExpected => (msg!(KeyExpected), Some(msg!(KeyExpectedHelp))),
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            (msg!(DuplicateFunction, name = name), None)
        }
        ParseErrorType::ExprTooDeep => (msg!(TooDeep), None),
        _ => (msg!(SyntaxError), None),
    };
    Diagnostic::of(Code::ScriptSyntax, message).mark(at).maybe_help(help)
}

/// What a condition on rows lacks that begins with a row nobody named: `filter(r.a > 1)`.
fn parameter_missing(name: &str, at: Location, text: &ScriptText) -> Option<Help> {
    let tokens = text.tokens();
    let number = tokens.number(at.span.start)?;
    let is_dot = |token: &Token| slice(text, token.span) == ".";
    let opened = tokens.opens(number.checked_sub(1)?, Bracket::Round);
    let reads = tokens.list.get(number + 1).is_some_and(is_dot);
    let span = (at.span.start..at.span.start).into();
    (opened && reads).then(|| Help {
        text: msg!(NameTheRow, name = name),
        fix: Some(Fix::at(Location { source: at.source, span }, format!("|{name}| "))),
    })
}

/// The function that is called and not there.
pub fn function_missing(error: &EvalAltResult) -> Option<&str> {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => function_missing(inner),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => signature.split([' ', '(']).next(),
        _ => None,
    }
}

/// A declaration that is not ended before the next: told of its last token.
fn missing_semicolon(error: &ParseError, text: &ScriptText) -> Option<Diagnostic> {
    let ParseErrorType::MissingToken(token, _) = error.err_type() else { return None };
    let tokens = text.tokens();
    let next = tokens.first_from(text.offset(error.position()));
    let last = tokens.list.get(next.checked_sub(1)?)?.span;
    let place = |span| Location { source: text.source, span };
    (token == ";").then(|| {
        Diagnostic::of(Code::ScriptSyntax, msg!(MissingAfter, mark = ";"))
            .mark(place(last))
            .help(msg!(MissingSemicolonHelp))
            .fix(Fix::at(place((last.end..last.end).into()), ";"))
    })
}

/// An error while running what stands at `call`.
pub fn runtime(
    error: &EvalAltResult,
    text: &ScriptText,
    call: Location,
    names: &Names,
    session: &Session,
) -> Diagnostic {
    use EvalAltResult as E;
    let code = Code::ScriptError;
    let near = Near { text, call };
    match error {
        E::ErrorInFunctionCall(_, source, inner, position) => {
            let inside = session.state().texts.get(source.as_str()).cloned();
            let call = near.token_at(*position);
            runtime(inner, inside.as_ref().unwrap_or(text), call, names, session)
        }
        E::ErrorRuntime(value, position) => match value.clone().try_cast::<ScriptFailure>() {
            Some(ScriptFailure::Placed(found)) => *found,
            Some(ScriptFailure::Unplaced(found)) => found.mark(near.call_at(*position)),
            None => Diagnostic::of(code, msg!(Thrown, text = value.to_string()))
                .mark(near.token_at(*position)),
        },
        E::ErrorVariableNotFound(name, position) => {
            let at = near.token_at(*position);
            let help = suggestion(name, names.all());
            Diagnostic::of(Code::UnknownName, msg!(UnknownVariable, name = name))
                .mark(at)
                .maybe_help(help.or_else(|| parameter_missing(name, at, text)))
        }
        E::ErrorFunctionNotFound(signature, position) => {
            function_not_found(signature, *position, &near, names)
        }
        // Only the values given to a check are a map with names.
        E::ErrorPropertyNotFound(name, position) => {
            let missing = msg!(UnknownInput, name = property(name));
            Diagnostic::of(code, missing).mark(near.token_at(*position))
        }
        E::ErrorDotExpr(name, position) => {
            Diagnostic::of(code, msg!(UnknownProperty, name = property(name)))
                .mark(near.token_at(*position))
                .help(msg!(UnknownPropertyHelp))
        }
        E::ErrorTerminated(reason, position) => Diagnostic::of(Code::ScriptLimit, stopped(reason))
            .mark(near.token_at(*position))
            .help(msg!(ScriptLimitHelp)),
        E::ErrorTooManyOperations(position)
        | E::ErrorTooManyVariables(position)
        | E::ErrorTooManyModules(position)
        | E::ErrorStackOverflow(position)
        | E::ErrorDataTooLarge(_, position) => {
            Diagnostic::of(Code::ScriptLimit, msg!(ScriptTooLarge))
                .mark(near.token_at(*position))
                .help(msg!(ScriptLimitHelp))
        }
        E::ErrorMismatchDataType(..) | E::ErrorMismatchOutputType(..) => {
            Diagnostic::of(Code::TypeMismatch, msg!(ScriptTypes))
                .mark(near.token_at(error.position()))
                .help(msg!(ScriptTypesHelp))
        }
        E::ErrorArithmetic(_, position) => {
            Diagnostic::of(code, msg!(NumberDoesNotFit)).mark(near.token_at(*position))
        }
        other => Diagnostic::of(code, msg!(ScriptFailed)).mark(near.token_at(other.position())),
    }
}

fn stopped(reason: &Dynamic) -> Message {
    match reason.clone().try_cast::<Stop>() {
        Some(Stop::Time) => msg!(ScriptTooSlow),
        Some(Stop::Memory) => msg!(ScriptTooLarge),
        _ => msg!(ScriptTooLong),
    }
}

/// The name inside the engine's description of a property.
fn property(description: &str) -> String {
    description.split('\'').nth(1).unwrap_or(description).to_owned()
}

/// The engine gives `name (type, type)`; types are not the analyst's business.
fn function_not_found(
    signature: &str,
    position: Position,
    near: &Near<'_>,
    names: &Names,
) -> Diagnostic {
    let name = signature.split([' ', '(']).next().unwrap_or(signature);
    let name = name.strip_prefix("get$").or(name.strip_prefix("set$")).unwrap_or(name);
    let at = near.token_at(position);
    if name.starts_with("anon$") {
        let wrong = Diagnostic::of(Code::ScriptError, msg!(CheckParameters));
        return wrong.mark(at).help(msg!(CheckParametersHelp));
    }
    if names.known.contains(name) {
        return Diagnostic::of(Code::ScriptError, msg!(WrongArguments, name = name))
            .mark(near.call_at(position))
            .help(usage(name));
    }
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return Diagnostic::of(Code::TypeMismatch, msg!(WrongOperands, name = name))
            .mark(at)
            .help(msg!(WrongOperandsHelp));
    }
    Diagnostic::of(Code::UnknownName, msg!(UnknownFunction, name = name)).mark(at).help(
        suggestion(name, names.all()).unwrap_or_else(|| {
            msg!(KnownFunctions, names = words().collect::<Vec<_>>().join(", ")).into()
        }),
    )
}

/// How a word is used.
fn usage(name: &str) -> Message {
    let words = FAMILIES.iter().flat_map(|family| family.words);
    let mut known = words.filter(|word| word.name == name).flat_map(|word| word.forms);
    let form = known.next().map_or_else(|| format!("{name}(…)"), |form| (*form).to_owned());
    msg!(Usage, form = form)
}
