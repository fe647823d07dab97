//! Loading: every file parsed, every top-level statement run on its own, every declaration
//! validated.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, ASTNode, Dynamic, Engine, Expr, FnPtr, Module, OptimizationLevel, Scope, Stmt};

use super::checks::Runtime;
use super::errors::{self, Names};
use super::functions::{self, Definitions, ScriptFunction};
use super::limits::{self, Budget};
use super::pieces::{self, Piece};
use super::position::{self, ScriptText};
use super::repair;
use super::session::Session;
use super::symbols::{Surroundings, Symbols};
use super::tokens::Tokens;
use super::values::Lost;
use super::{declarations, literals, vocabulary};
use crate::diagnostic::{Code, Diagnostic, Told};
use crate::measure::TableExpr;
use crate::msg;
use crate::rule::{Milestones, Rule, RuleKind, RuleSet, Unreadable};
use crate::source::{Location, SourceId, Sources, Span};
use crate::workspace::ScriptFile;
use crate::workspace::config::Limits;

/// The name of a variable that stands for whatever follows a part of a file.
const NEXT: &str = "rasoat_next";

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
        let lost = parts().flat_map(|(part, file)| &file.lost[part]);
        Told {
            made: RuleSet {
                rules: all().flat_map(|file| file.rules.iter().cloned()).collect(),
                unreadable: lost.cloned().collect(),
            },
            findings: self.library_told.iter().chain(told).cloned().collect(),
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

    /// Parses a file. After a syntax error it is parsed again declaration by declaration, and
    /// what is in order once more together, each where it stands in the file.
    fn parse(&mut self, name: &str, text: &ScriptText) -> (ScriptText, Vec<AST>) {
        let all = pieces::pieces(text, text.tokens());
        let batches = pieces::batches(&all, text.tokens());
        if batches.len() > 1
            && pieces::come_apart(text, text.tokens(), &functions::names(text))
            && let Some(asts) = self.parse_apart(name, text, &batches)
        {
            return (text.clone(), asts);
        }
        let whole = match self.engine.compile(&**text) {
            Ok(mut ast) => {
                ast.set_source(name);
                return (text.clone(), vec![ast]);
            }
            Err(whole) => whole,
        };
        // What is not closed in one piece is nothing to the others.
        let apart = text.apart(&all);
        let known = self.told.len();
        let mut sound = Vec::new();
        for piece in all {
            match self.engine.compile(piece.text) {
                Ok(_) => sound.push(piece),
                Err(error) => {
                    let repaired = repair::find(&self.engine, &error, &piece, &apart);
                    let readable = repaired.as_ref().map(|repaired| repaired.text.as_str());
                    self.note_unreadable(&piece, readable, text.source);
                    let told = || errors::syntax(&error, &apart.below(piece.line));
                    self.told.push(repaired.map_or_else(told, |repaired| repaired.finding));
                }
            }
        }
        // Pieces that are each in order may still not go together (a doubled function).
        if self.told.len() == known {
            self.told.push(errors::syntax(&whole, text));
        }
        let asts = self.parse_together(name, &sound, apart.tokens());
        (apart, asts)
    }

    /// Parses a large file part by part; `None` where that could differ from parsing it at once:
    /// something is wrong, a part does not end where it seems to, or there are too many functions.
    fn parse_apart(
        &self,
        name: &str,
        text: &ScriptText,
        batches: &[&[Piece<'_>]],
    ) -> Option<Vec<AST>> {
        let mut asts = Vec::new();
        let mut known = HashSet::new();
        for (at, batch) in batches.iter().enumerate() {
            let (first, last) = (batch.first()?, batch.last()?);
            let mut part = "\n".repeat(first.line);
            part.push_str(position::slice(
                text,
                Span { start: first.start, end: last.start + last.text.len() },
            ));
            let ends_file = at + 1 == batches.len();
            if !ends_file {
                // Shows whether a statement may follow: nothing is left open, not even a comment.
                part.push_str("\nlet ");
                part.push_str(NEXT);
                part.push_str(" = ();");
            }
            let ast = self.engine.compile(part).ok()?;
            let (statements, last) = match ast.statements() {
                [statements @ .., last] if !ends_file => (statements, Some(last)),
                statements => (statements, None),
            };
            let is_next = |last: &Stmt| matches!(last, Stmt::Var(it, ..) if it.0.name == NEXT);
            if !ends_file && !last.is_some_and(is_next) {
                return None;
            }
            for function in ast.iter_functions() {
                let is_new = known.insert((function.name.to_owned(), function.params.len()));
                if !is_new && !function.name.contains('$') {
                    return None;
                }
            }
            let mut part = AST::new(statements.iter().cloned(), Arc::clone(ast.shared_lib()));
            part.set_source(name);
            asts.push(part);
        }
        (known.len() <= self.engine.max_functions()).then_some(asts)
    }

    /// Parses pieces that are each in order, as many at a time as go together: a text of its own
    /// for each, with all lines above it, would cost as much as the file.
    fn parse_together(&self, name: &str, pieces: &[Piece<'_>], tokens: &Tokens) -> Vec<AST> {
        let mut asts = Vec::new();
        let runs = pieces.chunk_by(|piece, _| !piece.swallows(tokens));
        let mut open: Vec<&[Piece<'_>]> =
            runs.flat_map(|run| run.chunks(pieces::TOGETHER)).collect();
        open.reverse();
        while let Some(run) = open.pop() {
            match self.engine.compile(pieces::placed(run, tokens)) {
                Ok(mut ast) => {
                    ast.set_source(name);
                    asts.push(ast);
                }
                Err(_) => {
                    let (first, second) = run.split_at(run.len() / 2);
                    open.extend([second, first].into_iter().filter(|_| run.len() > 1));
                }
            }
        }
        asts
    }

    /// Remembers the declaration a broken piece of text would have made, by the text as it can be
    /// read if there is one.
    fn note_unreadable(&mut self, piece: &Piece<'_>, readable: Option<&str>, source: SourceId) {
        let declared = readable.and_then(pieces::declaration);
        let Some((kind, id, _)) = declared.or_else(|| pieces::declaration(piece.text)) else {
            return;
        };
        let written = pieces::declaration(piece.text).map(|(.., span)| span);
        let span = written.unwrap_or((0..0).into());
        let span = (piece.start + span.start..piece.start + span.end).into();
        let at = Location { source, span };
        self.lost.push(Unreadable { id: id.to_owned(), kind, at });
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
        for statement in pieces.iter().flat_map(AST::statements) {
            let mut piece = AST::new([statement.clone()], Arc::clone(&functions));
            piece.set_source(name.as_str());
            self.budget.renew();
            let known = scope.len();
            if let Err(error) = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &piece) {
                let at = text.token_at(statement.position());
                let mut complaint = errors::runtime(&error, &text, at, &names, &self.session);
                complaint.subject = complaint.subject.or(self.note_failed(statement, &text));
                self.told.push(complaint);
                // The engine finds variables by their place in the scope: what a failed `let`
                // should have added must stand there all the same.
                scope.rewind(known);
                if let Stmt::Var(declaration, ..) = statement {
                    scope.push(declaration.0.name.to_string(), Lost);
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
        let ran = (std::mem::take(&mut self.lost), std::mem::take(&mut self.told));
        let rules = self.validate(&runtime);
        Declared {
            text: Arc::default(),
            rules,
            lost: [ran.0, std::mem::take(&mut self.lost)],
            told: [ran.1, std::mem::take(&mut self.told)],
        }
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
        self.lost.extend(lost);
        first
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
