//! Small scripts with every name marked.

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;
use super::read;

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
