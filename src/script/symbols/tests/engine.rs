//! The reader beside the engine's own parser.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, Stmt};

use super::super::*;
use super::{bundled, source};
use crate::script::{limits, literals};

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
