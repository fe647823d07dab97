//! Loading: every file parsed, every top-level statement run on its own, every declaration
//! validated.

mod consequences;
mod parsing;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, ASTNode, Dynamic, Engine, Expr, FnPtr, Module, OptimizationLevel, Scope, Stmt};

use self::consequences::{BrokenName, note_consequences};
use super::checks::Runtime;
use super::errors::{self, Names};
use super::functions::{self, Definitions, ScriptFunction};
use super::limits::{self, Budget};
use super::position::ScriptText;
use super::session::Session;
use super::symbols::{Surroundings, Symbols};
use super::values::Lost;
use super::{declarations, literals, vocabulary};
use crate::diagnostic::{Code, Diagnostic, Told};
use crate::measure::TableExpr;
use crate::msg;
use crate::rule::{Milestones, Rule, RuleKind, RuleSet, Unreadable};
use crate::source::{Location, SourceId, Sources};
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;

/// An engine that has the library's functions, and what each rule file declared when it was run.
/// A file is run again when it or the library has changed.
pub struct Loader {
    engine: Arc<Engine>,
    budget: Budget,
    session: Session,
    datasets: Scope<'static>,
    /// The vocabulary, the datasets and the library's functions.
    names: Names,
    library: AST,
    library_functions: HashMap<(String, usize), Location>,
    /// What was wrong with the library.
    library_told: Vec<Diagnostic>,
    library_files: Vec<SourceId>,
    /// What every file sees of others, once somebody has asked for symbols.
    around: OnceLock<Surroundings>,
    files: HashMap<SourceId, Declared>,
    /// What is wrong with the file being read.
    told: Vec<Diagnostic>,
    /// The declarations in it that failed.
    lost: Vec<Unreadable>,
    /// The names it would have defined, were it not for what is wrong.
    broken: Vec<BrokenName>,
    /// Those of the library.
    library_broken: Vec<BrokenName>,
}

/// What one rule file declared.
#[derive(Default)]
struct Declared {
    text: Arc<[u8]>,
    rules: Vec<Arc<Rule>>,
    /// Declarations that failed: while the file ran, and when they were looked at.
    lost: [Vec<Unreadable>; 2],
    /// What was wrong, likewise.
    told: [Vec<Diagnostic>; 2],
    /// The ids of declarations that failed for want of a function of the library.
    wanting: Vec<(String, String)>,
}

impl Loader {
    /// An engine with the vocabulary and the datasets' names.
    pub fn new(datasets: &[String], limits: Limits) -> Loader {
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
            engine: Arc::new(engine),
            budget,
            session,
            datasets: scope,
            names: Names::new(datasets),
            library: AST::empty(),
            library_functions: HashMap::new(),
            library_told: Vec::new(),
            library_files: Vec::new(),
            around: OnceLock::new(),
            files: HashMap::new(),
            told: Vec::new(),
            lost: Vec::new(),
            broken: Vec::new(),
            library_broken: Vec::new(),
        }
    }

    /// The engine with the vocabulary.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Reads the library. It must be read before any file is run.
    pub fn read_library<'f>(
        &mut self,
        files: impl Iterator<Item = &'f ScriptFile>,
        sources: &Sources,
    ) {
        for file in files {
            self.library_files.push(file.source);
            self.load_library(file, sources);
        }
        self.library_told = std::mem::take(&mut self.told);
        self.library_broken = std::mem::take(&mut self.broken);
    }

    /// Runs the files that have not been run as they are now, and gives what all of them declare.
    pub fn run<'f>(
        &mut self,
        files: impl Iterator<Item = &'f ScriptFile> + Clone,
        sources: &Sources,
    ) -> Told<RuleSet> {
        for file in files.clone() {
            let text = sources.get(file.source).held();
            if self.files.get(&file.source).is_none_or(|known| known.text != text) {
                let declared = self.run_file(file, sources);
                self.files.insert(file.source, Declared { text, ..declared });
            }
        }
        let all = || files.clone().filter_map(|file| self.files.get(&file.source));
        let parts = || (0..2).flat_map(|part| all().map(move |file| (part, file)));
        let told = parts().flat_map(|(part, file)| &file.told[part]);
        let mut library_told = self.library_told.clone();
        let wanting: Vec<&(String, String)> = all().flat_map(|file| &file.wanting).collect();
        note_consequences(&mut library_told, &self.library_broken, &wanting);
        let lost = parts().flat_map(|(part, file)| &file.lost[part]);
        Told {
            made: RuleSet {
                rules: all().flat_map(|file| file.rules.iter().cloned()).collect(),
                unreadable: lost.cloned().collect(),
            },
            findings: library_told.into_iter().chain(told.cloned()).collect(),
        }
    }

    /// What a file defines and refers to, as it was read last; nothing of one that was not.
    pub fn symbols(&self, file: SourceId) -> Option<Arc<Symbols>> {
        let text = self.session.text(file)?;
        Some(text.symbols(self.around.get_or_init(|| self.surroundings())))
    }

    fn surroundings(&self) -> Surroundings {
        let datasets = self.datasets.iter().map(|(name, ..)| name.to_owned()).collect();
        let mut around = Surroundings { datasets, ..Surroundings::default() };
        for text in self.library_files.iter().filter_map(|file| self.session.text(*file)) {
            around.add_library(&text);
        }
        around
    }

    fn text(&mut self, file: &ScriptFile, sources: &Sources) -> Option<(String, ScriptText)> {
        let source = sources.get(file.source);
        match std::str::from_utf8(source.bytes()) {
            Ok(text) => {
                let text = ScriptText::new(file.source, text.trim_start_matches('\u{feff}'));
                Some((source.name.clone(), text))
            }
            Err(error) => {
                let at = error.valid_up_to();
                let at = Location { source: file.source, span: (at..at + 1).into() };
                self.told.push(
                    Diagnostic::of(Code::ScriptSyntax, msg!(NotUtf8File))
                        .mark(at)
                        .help(msg!(SaveAsUtf8)),
                );
                None
            }
        }
    }

    /// Reads and parses a file. Its text is such as its parts were parsed.
    fn read(
        &mut self,
        file: &ScriptFile,
        sources: &Sources,
    ) -> Option<(String, ScriptText, Vec<AST>)> {
        let Some((name, text)) = self.text(file, sources) else {
            self.session.state().texts.remove(&sources.get(file.source).name);
            return None;
        };
        let (text, asts) = self.parse(&name, &text);
        self.session.state().texts.insert(name.clone(), text.clone());
        Some((name, text, asts))
    }

    /// Makes a file's functions known for translation and for suggestions; a name that is taken
    /// is a complaint.
    fn register_functions(
        &mut self,
        ast: &AST,
        text: &ScriptText,
        defined: &Definitions<'_>,
        library: bool,
        names: &mut Names,
    ) {
        for function in ast.iter_functions().filter(|function| !function.name.contains('$')) {
            let span = defined.get(&(function.name, function.params.len())).copied();
            let at = Location { source: text.source, span: span.unwrap_or((0..0).into()) };
            if errors::is_word(function.name) {
                self.told.push(
                    Diagnostic::of(Code::DuplicateId, msg!(ReservedFunction, name = function.name))
                        .mark(at)
                        .help(msg!(ReservedFunctionHelp)),
                );
            }
            let key = (function.name.to_owned(), function.params.len());
            if let Some(first) = self.library_functions.get(&key) {
                self.told.push(
                    Diagnostic::of(
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
        let mut state = self.session.state();
        names.add_functions(ast);
        let functions = Arc::make_mut(&mut state.functions);
        for function in ScriptFunction::all(ast, text) {
            functions.insert(function);
        }
    }

    fn load_library(&mut self, file: &ScriptFile, sources: &Sources) {
        let Some((name, text, asts)) = self.read(file, sources) else { return };
        let mut names = std::mem::take(&mut self.names);
        let defined = functions::definitions(&text);
        let mut functions = AST::empty();
        functions.set_source(name.as_str());
        for ast in &asts {
            self.register_functions(ast, &text, &defined, true, &mut names);
            functions.combine(ast.clone_functions_only());
        }
        self.names = names;
        if let Some(statement) = asts.iter().flat_map(AST::statements).next() {
            self.told.push(
                Diagnostic::of(Code::ScriptError, msg!(OnlyFunctionsInLib))
                    .severity(crate::diagnostic::Severity::Warning)
                    .mark(text.token_at(statement.position()))
                    .help(msg!(OnlyFunctionsInLibHelp)),
            );
        }
        self.library.combine(functions.clone());
        // As a module the functions keep their own file's name for positions.
        match Module::eval_ast_as_new(Scope::new(), &functions, &self.engine) {
            Ok(mut module) => {
                module.set_id(name.as_str());
                // Nobody else has the engine before the first file has been run.
                if let Some(engine) = Arc::get_mut(&mut self.engine) {
                    engine.register_global_module(module.into());
                }
            }
            Err(error) => {
                let whole = text.token_at(rhai::Position::NONE);
                self.told.push(errors::runtime(&error, &text, whole, &self.names, &self.session));
            }
        }
    }

    fn run_file(&mut self, file: &ScriptFile, sources: &Sources) -> Declared {
        let Some((name, text, pieces)) = self.read(file, sources) else {
            return Declared {
                told: [std::mem::take(&mut self.told), Vec::new()],
                ..Declared::default()
            };
        };
        let mut names = self.names.clone();
        let defined = functions::definitions(&text);
        // A file sees the library's functions and its own, not those of other files.
        let library = Arc::clone(&self.session.state().functions);
        let mut own = AST::empty();
        for piece in &pieces {
            self.register_functions(piece, &text, &defined, false, &mut names);
            own.combine(piece.clone_functions_only());
        }
        let functions = Arc::clone(own.shared_lib());
        let mut scope = self.datasets.clone();
        let mut wanting = Vec::new();
        let statements: Vec<&Stmt> = pieces.iter().flat_map(AST::statements).collect();
        for (number, statement) in statements.iter().copied().enumerate() {
            let mut piece = AST::new([statement.clone()], Arc::clone(&functions));
            piece.set_source(name.as_str());
            self.budget.renew();
            let known = scope.len();
            if let Err(error) = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &piece) {
                let ids = self.note_failed(statement, &text);
                let start = text.offset(statement.position());
                let next = statements.get(number + 1);
                let end = next.map_or(text.len(), |next| text.offset(next.position()));
                let missing = errors::function_missing(&error).filter(|name| self.is_broken(name));
                let wanted = missing.or_else(|| self.wants(start..end, &text)).map(str::to_owned);
                let cause = match &wanted {
                    // A consequence of what is wrong elsewhere is told there.
                    Some(name) => {
                        wanting.extend(ids.into_iter().map(|id| (name.clone(), id)));
                        self.broken.iter().find(|broken| broken.name == *name).map(|it| it.cause)
                    }
                    None => {
                        let at = text.token_at(statement.position());
                        let (names, session) = (&names, &self.session);
                        let mut complaint = errors::runtime(&error, &text, at, names, session);
                        complaint.subject = complaint.subject.or(ids.into_iter().next());
                        self.told.push(complaint);
                        Some(self.told.len() - 1)
                    }
                };
                // The engine finds variables by their place in the scope: what a failed `let`
                // should have added must stand there all the same.
                scope.rewind(known);
                if let Stmt::Var(declaration, ..) = statement {
                    let name = declaration.0.name.to_string();
                    scope.push(name.clone(), Lost);
                    let cause = cause.unwrap_or(usize::MAX);
                    self.broken.push(BrokenName { name, cause });
                }
            }
        }
        self.session.state().functions = library;
        let runtime = Arc::new(Runtime {
            engine: Arc::clone(&self.engine),
            budget: self.budget.clone(),
            functions: self.library.merge(&own),
            names,
            session: self.session.clone(),
        });
        let broken = std::mem::take(&mut self.broken);
        note_consequences(&mut self.told, &broken, &wanting.iter().collect::<Vec<_>>());
        wanting.retain(|(name, _)| !broken.iter().any(|broken| broken.name == *name));
        let ran = (std::mem::take(&mut self.lost), std::mem::take(&mut self.told));
        let rules = self.validate(&runtime);
        Declared {
            text: Arc::default(),
            rules,
            lost: [ran.0, std::mem::take(&mut self.lost)],
            told: [ran.1, std::mem::take(&mut self.told)],
            wanting,
        }
    }

    /// Declarations inside a statement that failed still have ids; unless they came to be
    /// declared all the same, their rules are reported as not evaluated. Gives the ids.
    fn note_failed(&mut self, statement: &Stmt, text: &ScriptText) -> Vec<String> {
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
        let ids = lost.iter().map(|lost: &Unreadable| lost.id.clone()).collect();
        self.lost.extend(lost);
        ids
    }

    /// Looks at what a file declared.
    fn validate(&mut self, runtime: &Arc<Runtime>) -> Vec<Arc<Rule>> {
        let declared = std::mem::take(&mut self.session.state().declared);
        let mut rules = Vec::new();
        for raw in &declared {
            // One that a function of the library makes stands in the library.
            let text = self.session.text(raw.at.source);
            let check = |closure: &FnPtr| runtime.check(closure.clone(), text, raw.at);
            match declarations::validate(raw, check, &mut self.told) {
                Some(rule) => rules.push(Arc::new(rule)),
                None => {
                    self.lost.push(Unreadable { id: raw.id.clone(), kind: raw.kind, at: raw.id_at })
                }
            }
        }
        rules
    }
}
