use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rhai::{AST, ASTNode, Expr, Stmt};

use super::*;
use crate::script::limits;
use crate::script::literals;
use crate::source::Sources;

fn source() -> SourceId {
    Sources::of_texts().add(Path::new("/a"), *b"")
}

fn read(text: &str) -> Symbols {
    Symbols::of(source(), text, &Surroundings::default())
}

/// The text without its marks `‹…›`, and where these stand in it.
fn unmarked(marked: &str) -> (String, Vec<Span>) {
    let (mut text, mut spans, mut open) = (String::new(), Vec::new(), 0);
    for character in marked.chars() {
        match character {
            '‹' => open = text.len(),
            '›' => spans.push((open..text.len()).into()),
            other => text.push(other),
        }
    }
    (text, spans)
}

/// Every name but the words of the language: what stands at its place, in the words of the tables
/// below. A definition is told by its number among the places.
fn described(symbols: &Symbols) -> BTreeMap<(usize, usize), Vec<String>> {
    use DefinitionKind as D;
    use ReferenceKind as R;
    let mut all: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    for it in &symbols.definitions {
        let kind = match it.kind {
            D::Function { parameters } => format!("function/{parameters}"),
            D::Parameter => "parameter".to_owned(),
            D::ClosureParameter => "closure parameter".to_owned(),
            D::Variable => "variable".to_owned(),
            D::Constant => "constant".to_owned(),
            D::Rule(kind) => kind.name().to_owned(),
            D::Input => "input".to_owned(),
        };
        let of = it.dataset.as_ref().map(|dataset| format!(" of {dataset}")).unwrap_or_default();
        all.entry((it.span.start, it.span.end)).or_default().push(format!("{kind}{of}"));
    }
    let references: Vec<&Reference> =
        symbols.references.iter().filter(|it| it.kind != R::Word).collect();
    let mut places: BTreeSet<(usize, usize)> = all.keys().copied().collect();
    places.extend(references.iter().map(|it| (it.span.start, it.span.end)));
    for it in references {
        let to = it.definition.map(|at| {
            let number = places.iter().position(|place| *place == (at.span.start, at.span.end));
            format!(" → {}", number.expect("a definition"))
        });
        let kind = match &it.kind {
            R::Function { .. } => "call".to_owned(),
            R::Variable => "use".to_owned(),
            R::Input => "input".to_owned(),
            R::Dataset => "dataset".to_owned(),
            R::Column { dataset, through } => {
                let mut path = vec![dataset.as_deref().unwrap_or("?")];
                path.extend(through.iter().map(String::as_str));
                format!("column of {}", path.join("."))
            }
            R::Clause => "clause".to_owned(),
            R::Unit => "unit".to_owned(),
            R::Word => continue,
        };
        let said = format!("{kind}{}", to.unwrap_or_default());
        all.entry((it.span.start, it.span.end)).or_default().push(said);
    }
    all
}

fn assert_table(cases: &[(&str, &[&str])]) {
    for (marked, expected) in cases {
        let (text, spans) = unmarked(marked);
        let found = described(&read(&text));
        let texts: Vec<&str> = found.keys().map(|(start, end)| &text[*start..*end]).collect();
        let said: Vec<String> = found.values().map(|said| said.join(", ")).collect();
        assert_eq!(said, *expected, "{marked}: {texts:?}");
        let places: Vec<Span> = found.keys().map(|(start, end)| (*start..*end).into()).collect();
        assert_eq!(places, spans, "{marked}: {texts:?}");
    }
}

#[test]
fn names_mean_what_the_scopes_of_the_language_say() {
    assert_table(&[
        ("let ‹a› = 1; let ‹b› = ‹a› + ‹a›;", &["variable", "variable", "use → 0", "use → 0"]),
        // The value is read before there is the name.
        ("let ‹a› = 1; let ‹a› = ‹a›; ‹a›", &["variable", "variable", "use → 0", "use → 1"]),
        (
            "const ‹A› = 1; { let ‹A› = 2; ‹A› } ‹A›",
            &["constant", "variable", "use → 1", "use → 0"],
        ),
        // A function sees nothing of the file; what nothing defines is a dataset.
        (
            "let ‹a› = 1; fn ‹f›(‹b›) { ‹a› + ‹b› }",
            &["variable", "function/1", "parameter", "dataset", "use → 2"],
        ),
        (
            "‹f›(1); ‹f›(1, 2); fn ‹f›(‹a›) { ‹f›(‹a›) }",
            &["call → 2", "call", "function/1", "parameter", "call → 2", "use → 3"],
        ),
        (
            "fn ‹f›() { 1 } fn ‹f›(‹a›) { ‹f›() }",
            &["function/0", "function/1", "parameter", "call → 0"],
        ),
        (
            "let ‹a› = 1; let ‹g› = |‹a›, ‹b›| ‹a› + ‹b› + ‹c›; ‹a›",
            &[
                "variable",
                "variable",
                "closure parameter",
                "closure parameter",
                "use → 2",
                "use → 3",
                "dataset",
                "use → 0",
            ],
        ),
        ("for ‹x› in [1, 2] { ‹x› } ‹x›", &["variable", "use → 0", "dataset"]),
        (
            "for (‹x›, ‹n›) in ‹y› { ‹x› * ‹n› }",
            &["variable", "variable", "dataset", "use → 0", "use → 1"],
        ),
        ("try { ‹f›() } catch (‹e›) { ‹e› } ‹e›", &["call", "variable", "use → 1", "dataset"]),
        (
            "let ‹x›; if ‹x› { let ‹y› = 1; ‹y› } else if ‹y› { 1 } else { ‹x› }",
            &["variable", "use → 0", "variable", "use → 2", "dataset", "use → 0"],
        ),
        (
            "let ‹x› = 1; switch ‹x› { 1 | 2 if ‹x› > 1 => ‹x›, _ => ‹y› }",
            &["variable", "use → 0", "use → 0", "use → 0", "dataset"],
        ),
        (
            "let ‹x› = 1; `a${‹x›}b${let ‹z› = ‹x›; ‹z›}`",
            &["variable", "use → 0", "variable", "use → 0", "use → 2"],
        ),
        (
            "let ‹x› = 1; while ‹x› < 3 { ‹x› += 1; } loop { break ‹x› } do { } until ‹x› == 1",
            &["variable", "use → 0", "use → 0", "use → 0", "use → 0"],
        ),
        (
            "fn ‹f›(‹a›) { return ‹a›; } let ‹g› = ‹f›; ‹so›.filter(Fn(\"‹f›\"))",
            &["function/1", "parameter", "use → 1", "variable", "call → 0", "dataset", "call → 0"],
        ),
    ]);
}

#[test]
fn columns_are_of_the_dataset_that_the_text_tells() {
    assert_table(&[
        (
            "‹t›.filter(|‹r›| ‹r›.‹a› < 5).sum(\"‹b›\")",
            &["dataset", "closure parameter of t", "use → 1", "column of t", "column of t"],
        ),
        (
            "let ‹nho› = ‹t›.as_of(\"‹ngay›\").year(-1); ‹nho›.filter(|‹r›| ‹r›.‹xa›.‹ten› == 1)",
            &[
                "variable of t",
                "dataset",
                "column of t",
                "use → 0",
                "closure parameter of t",
                "use → 4",
                "column of t",
                "column of t.xa",
            ],
        ),
        (
            "‹t›.group(\"‹a›\", \"‹b›\").filter(|‹g›| ‹g›.filter(|‹r›| ‹r›.‹c›).sum(\"‹d›\") > ‹g›.‹a›.‹e›)",
            &[
                "dataset",
                "column of t",
                "column of t",
                "closure parameter of t",
                "use → 3",
                "closure parameter of t",
                "use → 5",
                "column of t",
                "column of t",
                "use → 3",
                "column of t",
                "column of t.a",
            ],
        ),
        (
            "‹t›.filter(|‹r›| ‹r›.‹a›.starts_with(\"b\") && year(‹r›.‹c›) == 1)",
            &[
                "dataset",
                "closure parameter of t",
                "use → 1",
                "column of t",
                "use → 1",
                "column of t",
            ],
        ),
        // Written the other way round.
        (
            "sum(‹t›, \"‹a›\") + quantile(‹t›, \"‹b›\", 0.5) + abs(‹t›.count())",
            &["dataset", "column of t", "dataset", "column of t", "dataset"],
        ),
        // A parameter may be anything.
        (
            "fn ‹f›(‹ma›, ‹u›) { ‹t›.filter(|‹r›| ‹r›.‹a› == ‹ma› && ‹r›.‹b› == ‹u›.‹ma›) }",
            &[
                "function/2",
                "parameter",
                "parameter",
                "dataset",
                "closure parameter of t",
                "use → 4",
                "column of t",
                "use → 1",
                "use → 4",
                "column of t",
                "use → 2",
                "column of ?",
            ],
        ),
        (
            "fn ‹f›(‹x›) { ‹x›.filter(|‹r›| ‹r›.‹a›).sum(\"‹b›\") }",
            &[
                "function/1",
                "parameter",
                "use → 1",
                "closure parameter",
                "use → 3",
                "column of ?",
                "column of ?",
            ],
        ),
        // Of one table or of another nothing is said; of the same one it is.
        (
            "let ‹x› = if ‹c› { ‹t› } else { ‹s› }; ‹x›.sum(\"‹a›\")",
            &["variable", "dataset", "dataset", "dataset", "use → 0", "column of ?"],
        ),
        (
            "let ‹x› = ‹t›; ‹x› = ‹x›.year(1); ‹x›.sum(\"‹a›\"); ‹x› = ‹s›; ‹x›.sum(\"‹a›\")",
            &[
                "variable of t",
                "dataset",
                "use → 0",
                "use → 0",
                "use → 0",
                "column of t",
                "use → 0",
                "dataset",
                "use → 0",
                "column of ?",
            ],
        ),
        (
            "let ‹x› = (‹t›); { let ‹x› = ‹s›; ‹x›.max(\"‹a›\") } ‹x›.max(\"‹a›\")",
            &[
                "variable of t",
                "dataset",
                "variable of s",
                "dataset",
                "use → 2",
                "column of s",
                "use → 0",
                "column of t",
            ],
        ),
        // What is no table has no columns.
        (
            "let ‹m› = #{ a: [1] }; ‹m›.a.first(\"b\"); [1].filter(|‹x›| ‹x›.c)",
            &["variable", "use → 0", "closure parameter", "use → 2"],
        ),
    ]);
}

#[test]
fn declarations_define_rules_and_say_what_they_are_about() {
    assert_table(&[
        (
            "target(\"‹II.1›\", #{ measure: ‹t›.sum(\"‹a›\"), lead: \"‹GDDT›\" });",
            &["target, clause → 0", "dataset", "column of t", "unit"],
        ),
        // The id once more, as an argument.
        (
            "assignment(\"‹IV.1›\", #{ met: ‹f›(\"‹IV.1›\"), note: \"IV\" });",
            &["assignment, clause → 0", "call", "clause → 0"],
        ),
        // What `each` and `on` name may stand below.
        (
            "assignment(\"‹a›\", #{ met: |‹u›| ‹t›.filter(|‹r›| ‹r›.‹b› == ‹u›.‹c›), each: ‹s› });",
            &[
                "assignment, clause → 0",
                "closure parameter of s",
                "dataset",
                "closure parameter of t",
                "use → 3",
                "column of t",
                "use → 1",
                "column of s",
                "dataset",
            ],
        ),
        (
            "expect(\"‹e›\", #{ on: ‹t›.group(\"‹k›\"), row: |‹g›| ‹g›.count() == ‹g›.‹k›.‹n› });",
            &[
                "expect",
                "dataset",
                "column of t",
                "closure parameter of t",
                "use → 3",
                "use → 3",
                "column of t",
                "column of t.k",
            ],
        ),
        (
            "rule(\"‹r›\", #{ inputs: #{ ‹a›: ‹t›.count(), \"‹b›\": 1 }, check: |‹v›| ‹v›.‹a› > ‹v›.‹b› + ‹v›.‹c› });",
            &[
                "rule",
                "input",
                "dataset",
                "input",
                "closure parameter",
                "use → 4",
                "input → 1",
                "use → 4",
                "input → 3",
                "use → 4",
                "input",
            ],
        ),
        // The id of an expectation is no clause.
        (
            "expect(\"‹e›\", #{ on: ‹e›, row: |‹r›| ‹r›.‹e› == \"e\" });",
            &["expect", "dataset", "closure parameter of e", "use → 2", "column of e"],
        ),
        ("target(‹id›, #{ measure: 1 });", &["dataset"]),
        (
            "target(#\"‹a\"b›\"#, #{}); target(`‹c›`, 1);",
            &["target, clause → 0", "target, clause → 1"],
        ),
    ]);
}

/// What is broken loses only itself.
#[test]
fn broken_scripts_have_symbols_all_the_same() {
    assert_table(&[
        ("let ‹a› = ;\nlet ‹b› = ‹a› +;\n‹b›", &["variable", "variable", "use → 0", "use → 1"]),
        ("let ‹a› = 1\nlet ‹b› = ‹a›", &["variable", "variable", "use → 0"]),
        ("let = 1; let ‹b› = 2; ‹b›", &["variable", "use → 0"]),
        ("fn ‹f›(‹a› { ‹a› }\n‹f›(1)", &["function/1", "parameter", "use → 1", "call → 0"]),
        ("fn ‹f›(‹a›) { ‹a›.\n}\n‹f›(1)", &["function/1", "parameter", "use → 1", "call → 0"]),
        ("‹x›)\nlet ‹a› = (1;\nlet ‹b› = ‹a›;", &["dataset", "variable", "variable", "use → 1"]),
        (
            "target(\"‹I.1›\", #{ measure: ‹t›.sum(\"‹a›\" goal: at_least(), by 2030 lead: \"‹X›\"\ntarget(\"‹I.2›\" #{ measure: ‹t› });",
            &[
                "target, clause → 0",
                "dataset",
                "column of t",
                "unit",
                "target, clause → 4",
                "dataset",
            ],
        ),
        // A string, a template, a comment that nothing closes.
        (
            "let ‹a› = \"x;\nlet ‹b› = `y;\nlet ‹c› = /* z;\nlet ‹d› = ‹a›;",
            &["variable", "variable", "variable", "variable", "use → 0"],
        ),
        // Somebody is about to write a column.
        (
            "expect(\"‹e›\", #{\n    on: ‹t›,\n    row: |‹r›| ‹r›.‹a› > ‹r›.\n    severity: \"error\",\n});\nexpect(\"‹f›\", 1);",
            &[
                "expect",
                "dataset",
                "closure parameter of t",
                "use → 2",
                "column of t",
                "use → 2",
                "expect",
            ],
        ),
        ("‹t›.filter(|‹r›|\nlet ‹b› = 1;", &["dataset", "closure parameter of t", "variable"]),
        ("‹a›.\nexpect(\"‹f›\", 1)", &["dataset", "expect"]),
    ]);
}

/// The bundled rule files.
fn bundled() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rhai") {
                let text = std::fs::read_to_string(&path).expect("a text");
                files.push((path, text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 15);
    files
}

/// Scripts in which there is more of the language than in the bundled rules.
const SCRIPTS: [&str; 12] = [
    "let a = 1 + 2 * 3 - 4 / 5 % 6; let b = a ** 2 ** 3; a << 1 + b >> 2;",
    "let a = true && false || !true && (1 < 2) == (3 >= 4); a & true | false ^ a;",
    "let a = [1, -2, 3.5]; a[0]; a[1 + 1].abs(); let b = #{ x: #{ y: [a] } }; b.x.y[0][1];",
    "let a = 3; if a in 0..5 { a } else if a !in [1, 2] { -a } else { a ?? 1 }",
    "for x in 0..=9 { if x > 3 { break; } continue; } for (y, i) in [1] { y + i }",
    "let a = 0; while a < 3 { a += 1; } loop { break; } do { a -= 1; } while a > 0;",
    "fn f(a, b) { let c = a + b; return c * 2; } fn g() { f(1, 2).abs() } f(g(), 3);",
    "let f = |x| |y| x + y; let g = || 1; f.call(2).call(3) + g.call();",
    "let a = 1; let s = `x${a}y${`z${a + 1}`}w`; switch a { 1 | 2 if a > 1 => \"p\", 3 => s, _ => () }",
    "try { throw \"x\"; } catch (e) { e + \"y\" } let a = { let b = 1; b + 1 }; a.b.c(d).e;",
    "so.group(\"a\").filter(|g| g.filter(|r| r.c == 1).sum(\"b\") > g.count()).count() >= 2;",
    "let x = if a { b } else { c }; x.y += 2; x[0] = 3; let z; z = x.y.z;",
];

type Found = BTreeSet<(char, String)>;

/// What stands where by the engine's own tree: names, properties, calls, methods and operators,
/// each with the byte its word begins at, and constants, each with that it begins at itself.
fn by_the_engine(ast: &AST, text: &ScriptText) -> Found {
    let mut found = Found::new();
    let mut add = |kind, name: &str, position: rhai::Position| {
        if !position.is_none() {
            found.insert((kind, format!("{} {name}", text.offset(position))));
        }
    };
    ast.walk(&mut |path| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::FnCall(call, at))) => called(call, *at, &mut add),
            Some(ASTNode::Stmt(Stmt::Var(it, ..))) => add('d', &it.0.name, it.0.pos),
            Some(ASTNode::Expr(expression)) => match expression {
                Expr::FnCall(call, at) => called(call, *at, &mut add),
                Expr::MethodCall(call, at) => add('m', &call.name, *at),
                Expr::Property(it, at) => add('p', &it.2, *at),
                Expr::Variable(it, _, at) => add('n', &it.1, *at),
                Expr::StringConstant(_, at) => add('t', "", *at),
                Expr::IntegerConstant(_, at) => add('i', "", *at),
                Expr::BoolConstant(_, at) => add('b', "", *at),
                Expr::Array(_, at) => add('l', "", *at),
                Expr::Map(_, at) => add('#', "", *at),
                _ => {}
            },
            _ => {}
        }
        true
    });
    found
}

fn called(
    call: &rhai::FnCallExpr,
    at: rhai::Position,
    add: &mut impl FnMut(char, &str, rhai::Position),
) {
    let is_name = call.name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    match &*call.name {
        // Made up by the parser.
        "curry" => {}
        // `a in b`; no script here calls it.
        "contains" => add('o', "", at),
        _ if call.op_token.is_some() || !is_name => add('o', "", at),
        name => add('c', name, at),
    }
}

/// The same by the reader.
fn by_the_reader(symbols: &Symbols, text: &str) -> Found {
    let mut found = Found::new();
    for it in &symbols.expressions {
        let word = it.word.map_or_else(|| slice(text, it.span), |word| slice(text, word));
        let at = it.word.map_or(it.span.start, |word| word.start);
        let (kind, name) = match it.form {
            Form::Name if word == "_" => continue,
            Form::Name => ('n', word),
            Form::Property => ('p', word),
            Form::Call => ('c', word),
            Form::Method => ('m', word),
            Form::Operation | Form::Prefix => ('o', ""),
            Form::Text | Form::Template => ('t', ""),
            Form::Number => ('i', ""),
            Form::Truth => ('b', ""),
            Form::List => ('l', ""),
            Form::Map => ('#', ""),
            _ => continue,
        };
        found.insert((kind, format!("{at} {name}")));
    }
    let is_let = |kind| matches!(kind, DefinitionKind::Variable | DefinitionKind::Constant);
    for it in symbols.definitions.iter().filter(|it| is_let(it.kind)) {
        if slice(text, it.whole).starts_with("let") || slice(text, it.whole).starts_with("const") {
            found.insert(('d', format!("{} {}", it.span.start, it.name)));
        }
    }
    found
}

/// What the engine's parser makes of a script is what the reader makes of it.
#[test]
fn the_reader_agrees_with_the_engine() {
    let mut engine = rhai::Engine::new_raw();
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    engine.set_fast_operators(false);
    limits::apply(&mut engine, &limits::Budget::new(Default::default()));
    literals::register(&mut engine);
    let bundled = bundled();
    let texts = bundled.iter().map(|(_, text)| text.as_str()).chain(SCRIPTS);
    let mut compared = 0;
    for written in texts {
        let text = ScriptText::new(source(), written);
        let ast = engine.compile(written).expect(written);
        let symbols = Symbols::read(&text, &Surroundings::default());
        assert_functions(&ast, &symbols, written);
        let (engine, reader) = (by_the_engine(&ast, &text), by_the_reader(&symbols, written));
        // The engine keeps one place at most for all of `a && b && c`, none for the cases of a `switch`,
        // places within templates for their texts, and for the beginning of `..5` the whole of it.
        let joins = |(kind, at): &(char, String)| {
            let at: usize = at.split(' ').next().and_then(|at| at.parse().ok()).unwrap_or_default();
            let rest = &written[at..];
            *kind == 'o' && ["&&", "||", "??"].iter().any(|join| rest.starts_with(join))
                || *kind == 't' && !rest.starts_with(['"', '`', '#'])
        };
        let only = |a: &Found, b: &Found| -> Vec<(char, String)> {
            a.difference(b).filter(|it| !joins(it)).cloned().collect()
        };
        assert_eq!(only(&engine, &reader), [], "{written}");
        let named: Found = reader.iter().filter(|it| "npcmod".contains(it.0)).cloned().collect();
        assert_eq!(only(&named, &engine), [], "{written}");
        compared += engine.len();
    }
    assert!(compared > 2_000, "{compared}");
}

/// Every function the engine knows is found, with the same parameters, and no other.
fn assert_functions(ast: &AST, symbols: &Symbols, text: &str) {
    let known = ast.iter_functions().filter(|it| !it.name.contains('$'));
    let mut known: Vec<(String, Vec<String>)> = known
        .map(|it| (it.name.to_owned(), it.params.iter().map(ToString::to_string).collect()))
        .collect();
    known.sort();
    let functions = symbols.definitions.iter().filter_map(|it| match it.kind {
        DefinitionKind::Function { parameters } => Some((it, parameters)),
        _ => None,
    });
    let mut found: Vec<(String, Vec<String>)> = functions
        .map(|(it, count)| {
            let inside = |other: &&Definition| {
                other.kind == DefinitionKind::Parameter && holds(it.whole, other.span.start)
            };
            let names = symbols.definitions.iter().filter(inside).map(|it| it.name.clone());
            let names: Vec<String> = names.collect();
            assert_eq!(names.len(), count, "{text}");
            (it.name.clone(), names)
        })
        .collect();
    found.sort();
    assert_eq!(found, known, "{text}");
}

/// The invariants of every list, whatever the text.
fn assert_in_order(symbols: &Symbols, text: &str) {
    for it in &symbols.expressions {
        assert!(text.get(it.span.start..it.span.end).is_some(), "{it:?}");
        if let Some(parent) = it.parent {
            let around = symbols.expressions[parent].span;
            assert!(around.start <= it.span.start && it.span.end <= around.end, "{it:?}");
        }
    }
    assert!(symbols.expressions.is_sorted_by_key(|it| (it.span.start, usize::MAX - it.span.end)));
    for (name, span) in symbols
        .definitions
        .iter()
        .map(|it| (&it.name, it.span))
        .chain(symbols.references.iter().map(|it| (&it.name, it.span)))
    {
        assert_eq!(text.get(span.start..span.end), Some(name.as_str()));
    }
    for it in &symbols.definitions {
        assert!(it.whole.start <= it.span.start && it.span.end <= it.whole.end, "{it:?}");
    }
}

/// What of some symbols stands before a byte. That a function or rule is defined below is no
/// matter.
fn before(symbols: &Symbols, byte: usize) -> Symbols {
    let definition = |at: Option<Location>| at.filter(|at| at.span.start < byte);
    let mut symbols = symbols.clone();
    symbols.definitions.retain(|it| it.span.start < byte);
    symbols.references.retain(|it| it.span.start < byte);
    symbols.references.iter_mut().for_each(|it| it.definition = definition(it.definition));
    symbols.expressions.retain(|it| it.span.start < byte);
    symbols.entries.retain(|it| it.key_span.start < byte);
    symbols
}

/// Where the statement begins in which a byte stands, with the comments above it.
fn statement(text: &str, tokens: &Tokens, byte: usize) -> usize {
    let all = pieces::pieces(text, tokens);
    all.iter().rev().find(|piece| piece.start <= byte).map_or(0, |piece| piece.start)
}

/// One token less in a bundled file loses nothing of what stands before its statement.
#[test]
fn a_token_that_is_missing_changes_nothing_before_its_statement() {
    let around = Surroundings::default();
    let mut removed = 0;
    for (path, text) in bundled() {
        let whole = Symbols::of(source(), &text, &around);
        assert_in_order(&whole, &text);
        let tokens = Tokens::of(&text);
        for token in &tokens.list {
            let mut broken = text.clone();
            broken.replace_range(token.span.start..token.span.end, "");
            let symbols = Symbols::of(source(), &broken, &around);
            assert_in_order(&symbols, &broken);
            let from = statement(&text, &tokens, token.span.start);
            let cut = |symbols| before(symbols, from);
            assert!(cut(&symbols) == cut(&whole), "{path:?}: {:?}", &text[token.span.start..]);
            removed += 1;
        }
    }
    assert!(removed > 5_000, "{removed}");
}

#[test]
fn depth_is_bounded() {
    for part in
        ["(", "[", "#{ a: ", "{ ", "-", "!", "|x| ", "f(", "a.b(", "if x { ", "`${", "a ** "]
    {
        let text = part.repeat(20_000);
        let _ = read(&text);
    }
    let long = format!("{}b.{}", "a + ".repeat(20_000), "c.".repeat(20_000));
    assert_eq!(
        read(&long).expressions.iter().filter(|it| it.form == Form::Operation).count(),
        20_000
    );
}

#[test]
fn places_are_told_of_every_value() {
    let text = "/// One.\n/// Two.\nfn f(a) { a }\n\n// of x\nlet x = 1;\n\n// no more\n\n// Tỷ lệ.\ntarget(\"A\", #{\n    goal: at_least(68),\n    \"lead\": \"X\",\n    note: ,\n});\n";
    let symbols = read(text);
    let comments: Vec<_> =
        symbols.definitions.iter().map(|it| (&*it.name, it.comment.as_deref())).collect();
    let expected =
        [("f", Some("One.\nTwo.")), ("a", None), ("x", Some("of x")), ("A", Some("Tỷ lệ."))];
    assert_eq!(comments, expected);
    let wholes: Vec<&str> = symbols.definitions.iter().map(|it| slice(text, it.whole)).collect();
    assert_eq!(wholes[..3], ["fn f(a) { a }", "a", "let x = 1"]);
    assert!(wholes[3].starts_with("target(") && wholes[3].ends_with("})"));
    let entries: Vec<_> = symbols
        .metadata(&symbols.definitions[3])
        .map(|it| (&*it.key, slice(text, it.key_span), it.value.map(|value| slice(text, value))))
        .collect();
    let expected = [
        ("goal", "goal", Some("at_least(68)")),
        ("lead", "\"lead\"", Some("\"X\"")),
        ("note", "note", None),
    ];
    assert_eq!(entries, expected);
    let at = |word: &str| text.find(word).expect("there");
    let number = symbols.expression_at(at("68")).expect("an expression");
    let parent = symbols.expressions[number].parent.expect("a call");
    assert_eq!(symbols.expressions[number].form, Form::Number);
    assert_eq!(slice(text, symbols.expressions[parent].span), "at_least(68)");
    assert_eq!(symbols.definition_at(at("A\"")).map(|it| &*it.name), Some("A"));
    assert!(symbols.references_at(at("A\"")).all(|it| it.kind == ReferenceKind::Clause));
}

/// `a + b + c` is `(a + b) + c`, powers the other way round, and each part has its place.
#[test]
fn parts_of_expressions_nest_as_they_are_computed() {
    for (text, expected) in [
        ("a + b - c", vec!["a + b - c", "a + b", "a", "b", "c"]),
        ("a + b * c", vec!["a + b * c", "a", "b * c", "b", "c"]),
        ("a ** b ** c", vec!["a ** b ** c", "a", "b ** c", "b", "c"]),
        ("(a + b) * c", vec!["(a + b) * c", "a + b", "a", "b", "c"]),
        (
            "!a && b == c || d",
            vec!["!a && b == c || d", "!a && b == c", "!a", "a", "b == c", "b", "c", "d"],
        ),
        ("a.b(c).d[e]", vec!["a.b(c).d[e]", "a.b(c).d", "a.b(c)", "a", "c", "e"]),
        (
            "f(|r| r.x in [1], -2)",
            vec![
                "f(|r| r.x in [1], -2)",
                "|r| r.x in [1]",
                "r.x in [1]",
                "r.x",
                "r",
                "[1]",
                "1",
                "-2",
            ],
        ),
    ] {
        let symbols = read(text);
        let found: Vec<&str> = symbols.expressions.iter().map(|it| slice(text, it.span)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn functions_of_the_library_are_defined_where_they_stand() {
    let mut sources = Sources::of_texts();
    let (library, file) =
        (sources.add(Path::new("/lib"), *b""), sources.add(Path::new("/f"), *b""));
    let mut around = Surroundings::default();
    around.add_library(&ScriptText::new(library, "fn f(a) { a } fn g() {"));
    around.datasets.insert("g".to_owned());
    let symbols = Symbols::of(file, "f(1); f(); g(); g; f", &around);
    let found: Vec<_> = symbols
        .references
        .iter()
        .map(|it| (&*it.name, it.definition.map(|at| (at.source, at.span.start))))
        .collect();
    let (f, g) = (Some((library, 3)), Some((library, 17)));
    assert_eq!(found, [("f", f), ("f", None), ("g", g), ("g", None), ("f", f)]);
}
