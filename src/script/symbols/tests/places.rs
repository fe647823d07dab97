//! Where everything stands, in scripts whole and broken.

use std::path::Path;

use proptest::prelude::*;

use super::super::*;
use super::{bundled, read, source};
use crate::source::Sources;

/// What holds of every list, whatever the text.
fn assert_in_order(symbols: &Symbols, text: &str) {
    assert_nested(symbols, text);
    let definitions = symbols.definitions.iter().map(|it| (&it.name, it.span));
    let references = symbols.references.iter().map(|it| (&it.name, it.span));
    for (name, span) in definitions.chain(references) {
        assert_eq!(text.get(span.start..span.end), Some(name.as_str()));
    }
}

/// The places are some of the text's, one within the other.
fn assert_nested(symbols: &Symbols, text: &str) {
    for it in &symbols.expressions {
        assert!(text.get(it.span.start..it.span.end).is_some(), "{it:?}");
        if let Some(parent) = it.parent {
            let around = symbols.expressions[parent].span;
            assert!(around.start <= it.span.start && it.span.end <= around.end, "{it:?}");
        }
    }
    assert!(symbols.expressions.is_sorted_by_key(|it| (it.span.start, usize::MAX - it.span.end)));
    for it in &symbols.references {
        assert!(text.get(it.span.start..it.span.end).is_some(), "{it:?}");
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
            if removed % 20 == 0 {
                // Also where the engine has read it piece by piece.
                let text = ScriptText::new(source(), &broken);
                let apart = text.apart(&pieces::pieces(&text, text.tokens()));
                assert!(Symbols::read(&apart, &around) == symbols, "{path:?}");
            }
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

/// What rules are written with.
const PIECES: &str = "let const fn if else switch for in while loop do try catch return break a b \
    target( rule( expect( assignment( filter( sum( group( Fn( inputs: on: each: row: lead: x: \"c\" \
    \"\" \" ' ` `d${ `e` #\"f\"# 1 -2 3.5 true ( ) [ ] ?[ { } #{ |r| | || , ; : . ?. = += == => .. \
    + - * ** ! && ?? in !in _ this thị_trấn \\ // /* */ ///";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_that_is_written_stops_the_reader(
        pieces in prop::collection::vec(
            (prop::sample::select(PIECES.split(' ').filter(|it| !it.is_empty()).collect::<Vec<_>>()),
             prop::sample::select(vec!["", " ", "\n", "\r\n"])),
            0..40,
        )
    ) {
        let text: String = pieces.into_iter().flat_map(|(piece, blank)| [piece, blank]).collect();
        assert_nested(&read(&text), &text);
    }
}
