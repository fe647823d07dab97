//! Running rule scripts. Only this folder knows the script engine.
//!
//! Scripts run once and read no data: they declare rules, as symbolic measures and translated
//! row conditions. Every top-level statement runs on its own, so that one broken declaration
//! loses nothing else, and a file with a syntax error is read declaration by declaration.

pub mod position;

mod closure;
mod declarations;
mod errors;
mod functions;
mod limits;
mod session;
mod values;
mod vocabulary;

use std::sync::Arc;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, Dynamic, Engine, Expr, FnPtr, Map, Module, OptimizationLevel, Scope, Stmt};

use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::TableExpr;
use crate::message::Bilingual;
use crate::msg;
use crate::rule::{CheckFunction, RuleKind, RuleSet, Unreadable};
use crate::source::{Location, Sources};
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;
use errors::Names;
use functions::ScriptFunction;
use position::ScriptText;
use session::Session;
use values::Answer;

/// Stack for running scripts; recursion limits are pinned to fit it in any build.
const STACK_BYTES: usize = 16 << 20;

/// What the scripts gave.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rules.
    pub rules: RuleSet,
    /// What was wrong.
    pub complaints: Vec<Diagnostic>,
}

/// Runs all scripts against the names of the datasets.
pub fn load(
    sources: &Sources,
    files: &[ScriptFile],
    datasets: &[String],
    limits: Limits,
) -> Loaded {
    let loaded = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("scripts".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || Loader::new(sources, datasets, limits).run(files))
            .ok()
            .and_then(|thread| thread.join().ok())
    });
    // The engine must not panic, whatever a script does; if it does, say so instead of nothing.
    loaded.unwrap_or_else(|| Loaded {
        complaints: vec![Diagnostic::new(Code::ScriptError, msg!(EngineFailed))],
        ..Loaded::default()
    })
}

struct Loader<'a> {
    sources: &'a Sources,
    engine: Engine,
    session: Session,
    names: Names,
    datasets: Scope<'static>,
    loaded: Loaded,
    library: AST,
    asts: Vec<AST>,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a Sources, datasets: &[String], limits: Limits) -> Loader<'a> {
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
        limits::apply(&mut engine, limits);
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
            };
            module.set_var(dataset.as_str(), table.clone());
            scope.push_constant(dataset.as_str(), table);
        }
        engine.register_global_module(module.into());
        Loader {
            sources,
            names: Names::new(&engine, datasets),
            engine,
            session,
            datasets: scope,
            loaded: Loaded::default(),
            library: AST::empty(),
            asts: Vec::new(),
        }
    }

    fn run(mut self, files: &[ScriptFile]) -> Loaded {
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
            Err(_) => {
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
        let Some(offset) = text.find(&format!("\"{id}\"")) else { return };
        let span = (offset..offset + id.len() + 2).into();
        let at = Location { source: text.source, span };
        self.loaded.rules.unreadable.push(Unreadable { id, kind, at });
    }

    fn register_functions(&mut self, ast: &AST, text: &ScriptText) {
        let mut state = self.session.state();
        let functions = Arc::make_mut(&mut state.functions);
        for function in ScriptFunction::all(ast, text) {
            functions.insert(function);
        }
    }

    fn load_library(&mut self, file: &ScriptFile) {
        let Some((name, text)) = self.text(file) else { return };
        for ast in self.parse(&name, &text) {
            self.register_functions(&ast, &text);
            self.names.add_functions(&ast);
            if let Some(statement) = ast.statements().first() {
                self.loaded.complaints.push(
                    Diagnostic::new(Code::ScriptError, msg!(OnlyFunctionsInLib))
                        .severity(crate::diagnostic::Severity::Warning)
                        .mark(text.token_at(statement.position()))
                        .help(msg!(OnlyFunctionsInLibHelp)),
                );
            }
            self.library = self.library.merge(&ast.clone_functions_only());
            // As a module the functions keep their own file's name for positions.
            match Module::eval_ast_as_new(Scope::new(), &ast.clone_functions_only(), &self.engine) {
                Ok(mut module) => {
                    module.set_id(name.as_str());
                    self.engine.register_global_module(module.into());
                }
                Err(error) => {
                    self.loaded.complaints.push(errors::runtime(
                        &error,
                        &text,
                        &self.names,
                        &self.session,
                    ));
                }
            }
        }
    }

    fn run_file(&mut self, file: &ScriptFile) {
        let Some((name, text)) = self.text(file) else { return };
        let mut scope = self.datasets.clone();
        for ast in self.parse(&name, &text) {
            self.register_functions(&ast, &text);
            self.names.add_functions(&ast);
            for statement in ast.statements() {
                let mut piece = ast.clone_functions_only();
                let alone = AST::new([statement.clone()], Module::new());
                piece.combine(alone);
                piece.set_source(name.as_str());
                let result = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &piece);
                if let Err(error) = result {
                    let complaint = errors::runtime(&error, &text, &self.names, &self.session);
                    self.loaded.complaints.push(complaint);
                    self.note_failed(statement, &text);
                    // The engine finds variables by their place in the scope: what a failed
                    // `let` should have added must stand there all the same.
                    if let Stmt::Var(declaration, ..) = statement {
                        scope.push(declaration.0.name.to_string(), Lost);
                    }
                }
            }
            self.asts.push(ast);
        }
    }

    /// A declaration that failed still has an id; its rule is reported as not evaluated.
    fn note_failed(&mut self, statement: &Stmt, text: &ScriptText) {
        let call = match statement {
            Stmt::FnCall(call, _) => call,
            Stmt::Expr(expression) => match &**expression {
                Expr::FnCall(call, _) => call,
                _ => return,
            },
            _ => return,
        };
        let Some(kind) = RuleKind::parse(&call.name) else { return };
        if let Some(Expr::StringConstant(id, at)) = call.args.first() {
            let at = text.token_at(*at);
            self.loaded.rules.unreadable.push(Unreadable { id: id.to_string(), kind, at });
        }
    }

    fn validate(&mut self) {
        let declared = std::mem::take(&mut self.session.state().declared);
        let functions = self
            .asts
            .iter()
            .fold(self.library.clone(), |all, ast| all.merge(&ast.clone_functions_only()));
        let runtime = Arc::new(Runtime {
            engine: std::mem::take(&mut self.engine),
            functions,
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

/// Stands for the value of a `let` that failed.
#[derive(Clone)]
struct Lost;

/// What the checks of `rule` need when they are called later.
struct Runtime {
    engine: Engine,
    functions: AST,
    names: Names,
    session: Session,
}

impl Runtime {
    fn check(
        self: &Arc<Self>,
        closure: FnPtr,
        text: Option<ScriptText>,
        at: Location,
    ) -> CheckFunction {
        let runtime = Arc::clone(self);
        Arc::new(move |inputs: &[(String, Exact)]| {
            let map: Map = inputs
                .iter()
                .map(|(name, value)| (name.as_str().into(), Dynamic::from(*value)))
                .collect();
            match closure.call::<Dynamic>(&runtime.engine, &runtime.functions, (map,)) {
                Ok(answer) => match answer.try_cast::<Answer>() {
                    Some(Answer::Unmet(text)) => Ok(Some(Bilingual::same(text))),
                    Some(Answer::Met) | None => Ok(None),
                },
                Err(error) => {
                    let complaint = match &text {
                        Some(text) => {
                            errors::runtime(&error, text, &runtime.names, &runtime.session)
                        }
                        None => Diagnostic::new(Code::ScriptError, msg!(CallWithoutPlace)),
                    };
                    let placed =
                        if complaint.labels.is_empty() { complaint.mark(at) } else { complaint };
                    Err(Box::new(placed))
                }
            }
        })
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
