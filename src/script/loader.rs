//! Loading: every file parsed, every top-level statement run on its own, every declaration
//! validated.

use std::collections::HashMap;
use std::sync::Arc;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{
    AST, ASTNode, Dynamic, Engine, EvalAltResult, Expr, FnPtr, Module, OptimizationLevel, Scope,
    Stmt,
};

use super::checks::Runtime;
use super::errors::{self, Names};
use super::functions::ScriptFunction;
use super::limits::{self, Budget};
use super::position::{self, ScriptText};
use super::session::Session;
use super::values::Lost;
use super::{Loaded, declarations, literals, vocabulary};
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::TableExpr;
use crate::msg;
use crate::rule::Milestones;
use crate::rule::{RuleKind, Unreadable};
use crate::source::{Location, SourceId, Sources};
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;

/// The state of loading.
pub struct Loader<'a> {
    sources: &'a Sources,
    engine: Engine,
    budget: Budget,
    session: Session,
    names: Names,
    datasets: Scope<'static>,
    loaded: Loaded,
    library: AST,
    library_functions: HashMap<(String, usize), Location>,
    /// Each rule file's functions and the library's, for checks called later.
    functions: HashMap<SourceId, AST>,
}

impl<'a> Loader<'a> {
    /// An engine with the vocabulary and the datasets' names.
    pub fn new(sources: &'a Sources, datasets: &[String], limits: Limits) -> Loader<'a> {
        let session = Session::default();
        let mut engine = Engine::new_raw();
        LanguageCorePackage::new().register_into_engine(&mut engine);
        ArithmeticPackage::new().register_into_engine(&mut engine);
        LogicPackage::new().register_into_engine(&mut engine);
        BasicIteratorPackage::new().register_into_engine(&mut engine);
        BasicArrayPackage::new().register_into_engine(&mut engine);
        BasicMapPackage::new().register_into_engine(&mut engine);
        MoreStringPackage::new().register_into_engine(&mut engine);
        // Constant folding may rewrite conditions; what is analysed must be what was written.
        engine.set_optimization_level(OptimizationLevel::None);
        engine.disable_symbol("eval");
        engine.disable_symbol("import");
        engine.set_fail_on_invalid_map_property(true);
        let budget = Budget::new(limits);
        // Whole numbers divide like integers there; ours are exact.
        engine.set_fast_operators(false);
        limits::apply(&mut engine, &budget);
        literals::register(&mut engine);
        vocabulary::register(&mut engine, &session);
        declarations::register(&mut engine, &session);
        // Variables of a global module are seen inside functions too, but closures capture only
        // what is in the scope: the datasets are put in both.
        let mut module = Module::new();
        let mut scope = Scope::new();
        for dataset in datasets {
            let table = TableExpr {
                dataset: dataset.clone(),
                filters: Vec::new(),
                as_of: Vec::new(),
                year: crate::measure::YearRef::Same,
                grouped: None,
            };
            module.set_var(dataset.as_str(), table.clone());
            scope.push_constant(dataset.as_str(), table);
        }
        // A path without milestones: `path: linear`.
        module.set_var("linear", Milestones::default());
        engine.register_global_module(module.into());
        Loader {
            sources,
            names: Names::new(datasets),
            engine,
            budget,
            session,
            datasets: scope,
            loaded: Loaded::default(),
            library: AST::empty(),
            library_functions: HashMap::new(),
            functions: HashMap::new(),
        }
    }

    /// The engine with the vocabulary.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Runs all files and validates what they declared.
    pub fn run(mut self, files: &[ScriptFile]) -> Loaded {
        for file in files.iter().filter(|file| file.library) {
            self.load_library(file);
        }
        for file in files.iter().filter(|file| !file.library) {
            self.run_file(file);
        }
        self.validate();
        self.loaded
    }

    fn text(&mut self, file: &ScriptFile) -> Option<(String, ScriptText)> {
        let source = self.sources.get(file.source);
        match std::str::from_utf8(source.bytes()) {
            Ok(text) => {
                let text = ScriptText::new(file.source, text.trim_start_matches('\u{feff}'));
                self.session.state().texts.insert(source.name.clone(), text.clone());
                Some((source.name.clone(), text))
            }
            Err(error) => {
                let at = error.valid_up_to();
                let at = Location { source: file.source, span: (at..at + 1).into() };
                self.loaded.complaints.push(
                    Diagnostic::new(Code::ScriptSyntax, msg!(NotUtf8File))
                        .mark(at)
                        .help(msg!(SaveAsUtf8)),
                );
                None
            }
        }
    }

    /// Parses a file. After a syntax error it is parsed again declaration by declaration, each
    /// with blank lines before it so that positions stay true.
    fn parse(&mut self, name: &str, text: &ScriptText) -> Vec<AST> {
        match self.engine.compile(&**text) {
            Ok(mut ast) => {
                ast.set_source(name);
                vec![ast]
            }
            Err(whole) => {
                let known = self.loaded.complaints.len();
                let mut asts = Vec::new();
                for chunk in chunks(text) {
                    match self.engine.compile(&chunk) {
                        Ok(mut ast) => {
                            ast.set_source(name);
                            asts.push(ast);
                        }
                        Err(error) => {
                            let complaint = errors::syntax(&error, text);
                            self.note_unreadable(&chunk, text);
                            self.loaded.complaints.push(complaint);
                        }
                    }
                }
                // Pieces that are each in order may still not go together (a doubled function).
                if self.loaded.complaints.len() == known {
                    self.loaded.complaints.push(errors::syntax(&whole, text));
                }
                asts
            }
        }
    }

    /// Remembers the declaration a broken piece of text would have made.
    fn note_unreadable(&mut self, chunk: &str, text: &ScriptText) {
        let start = position::skip_blank(chunk, 0);
        let word = position::token(chunk, start);
        let Some(kind) = RuleKind::parse(&chunk[word.start..word.end]) else { return };
        let open = position::skip_blank(chunk, word.end);
        let quoted = position::token(chunk, position::skip_blank(chunk, open + 1));
        let id = chunk[quoted.start..quoted.end].trim_matches('"').to_owned();
        // A piece is padded with line breaks only: lines and columns are the file's own.
        let before = &chunk[..quoted.start];
        let column = quoted.start - before.rfind('\n').map_or(0, |at| at + 1);
        let start = text.line_start(before.matches('\n').count()) + column;
        let span = (start..start + (quoted.end - quoted.start)).into();
        let at = Location { source: text.source, span };
        self.loaded.rules.unreadable.push(Unreadable { id, kind, at });
    }

    /// Makes a file's functions known for translation and for suggestions; a name that is taken
    /// is a complaint.
    fn register_functions(&mut self, ast: &AST, text: &ScriptText, library: bool) {
        for function in ast.iter_functions().filter(|function| !function.name.contains('$')) {
            let span = text
                .find(&format!("fn {}", function.name))
                .map_or(0..0, |at| at + "fn ".len()..at + "fn ".len() + function.name.len());
            let at = Location { source: text.source, span: span.into() };
            if errors::is_word(function.name) {
                self.loaded.complaints.push(
                    Diagnostic::new(
                        Code::DuplicateId,
                        msg!(ReservedFunction, name = function.name),
                    )
                    .mark(at)
                    .help(msg!(ReservedFunctionHelp)),
                );
            }
            let key = (function.name.to_owned(), function.params.len());
            if let Some(first) = self.library_functions.get(&key) {
                self.loaded.complaints.push(
                    Diagnostic::new(
                        Code::DuplicateId,
                        msg!(DuplicateFunction, name = function.name),
                    )
                    .label(at, msg!(SecondDeclaration))
                    .label(*first, msg!(FirstDeclaration)),
                );
            } else if library {
                self.library_functions.insert(key, at);
            }
        }
        self.names.add_functions(ast);
        let mut state = self.session.state();
        let functions = Arc::make_mut(&mut state.functions);
        for function in ScriptFunction::all(ast, text) {
            functions.insert(function);
        }
    }

    fn load_library(&mut self, file: &ScriptFile) {
        let Some((name, text)) = self.text(file) else { return };
        for ast in self.parse(&name, &text) {
            self.register_functions(&ast, &text, true);
            if let Some(statement) = ast.statements().first() {
                self.loaded.complaints.push(
                    Diagnostic::new(Code::ScriptError, msg!(OnlyFunctionsInLib))
                        .severity(crate::diagnostic::Severity::Warning)
                        .mark(text.token_at(statement.position()))
                        .help(msg!(OnlyFunctionsInLibHelp)),
                );
            }
            let functions = ast.clone_functions_only();
            self.library = self.library.merge(&functions);
            // As a module the functions keep their own file's name for positions.
            match Module::eval_ast_as_new(Scope::new(), &functions, &self.engine) {
                Ok(mut module) => {
                    module.set_id(name.as_str());
                    self.engine.register_global_module(module.into());
                }
                Err(error) => self.complain(&error, &text),
            }
        }
    }

    fn complain(&mut self, error: &EvalAltResult, text: &ScriptText) {
        let complaint = errors::runtime(error, text, &self.names, &self.session);
        self.loaded.complaints.push(complaint);
    }

    fn run_file(&mut self, file: &ScriptFile) {
        let Some((name, text)) = self.text(file) else { return };
        let pieces = self.parse(&name, &text);
        // A file sees the library's functions and its own, not those of other files.
        let library = Arc::clone(&self.session.state().functions);
        let mut own = AST::empty();
        for piece in &pieces {
            self.register_functions(piece, &text, false);
            own = own.merge(&piece.clone_functions_only());
        }
        let functions = Arc::clone(own.shared_lib());
        let mut scope = self.datasets.clone();
        for statement in pieces.iter().flat_map(AST::statements) {
            let mut piece = AST::new([statement.clone()], Arc::clone(&functions));
            piece.set_source(name.as_str());
            self.budget.renew();
            let known = scope.len();
            if let Err(error) = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &piece) {
                let mut complaint = errors::runtime(&error, &text, &self.names, &self.session);
                complaint.subject = complaint.subject.or(self.note_failed(statement, &text));
                self.loaded.complaints.push(complaint);
                // The engine finds variables by their place in the scope: what a failed `let`
                // should have added must stand there all the same.
                scope.rewind(known);
                if let Stmt::Var(declaration, ..) = statement {
                    scope.push(declaration.0.name.to_string(), Lost);
                }
            }
        }
        self.functions.insert(file.source, self.library.merge(&own));
        self.session.state().functions = library;
    }

    /// Declarations inside a statement that failed still have ids; unless they came to be
    /// declared all the same, their rules are reported as not evaluated. Gives the first id.
    fn note_failed(&mut self, statement: &Stmt, text: &ScriptText) -> Option<String> {
        let mut lost = Vec::new();
        statement.walk(&mut Vec::new(), &mut |path| {
            let call = match path.last() {
                Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => call,
                Some(ASTNode::Expr(Expr::FnCall(call, _))) => call,
                _ => return true,
            };
            if let (Some(kind), Some(Expr::StringConstant(id, at))) =
                (RuleKind::parse(&call.name), call.args.first())
            {
                let at = text.token_at(*at);
                lost.push(Unreadable { id: id.to_string(), kind, at });
            }
            true
        });
        let first = lost.first().map(|lost: &Unreadable| lost.id.clone());
        self.loaded.rules.unreadable.extend(lost);
        first
    }

    fn validate(&mut self) {
        let declared = std::mem::take(&mut self.session.state().declared);
        let runtime = Arc::new(Runtime {
            engine: std::mem::replace(&mut self.engine, Engine::new_raw()),
            budget: self.budget.clone(),
            functions: std::mem::take(&mut self.functions),
            names: std::mem::take(&mut self.names),
            session: self.session.clone(),
        });
        for raw in &declared {
            let at = raw.at;
            let text = {
                let state = self.session.state();
                state.texts.values().find(|text| text.source == at.source).cloned()
            };
            let check = |closure: &FnPtr| runtime.check(closure.clone(), text, at);
            match declarations::validate(raw, check, &mut self.loaded.complaints) {
                Some(rule) => self.loaded.rules.rules.push(rule),
                None => self.loaded.rules.unreadable.push(Unreadable {
                    id: raw.id.clone(),
                    kind: raw.kind,
                    at: raw.id_at,
                }),
            }
        }
    }
}

/// The pieces of a file that begin at a line's first column, each padded to its own place.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let begins = line
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80);
        if begins || chunks.is_empty() {
            chunks.push("\n".repeat(number));
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.push_str(line);
        }
    }
    chunks
}
