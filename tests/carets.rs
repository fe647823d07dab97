//! Where in a script a caret stands, whatever is written around the word that is wrong.

mod common;

use common::{Workspace, findings, marked};
use rasoat::diagnostic::Code;

/// The finding of a kind, as the line it points at and the words it marks there.
fn caret(checked: &rasoat::check::Checked, code: Code) -> (usize, String) {
    let found = findings(checked, code);
    let Some(finding) = found.iter().find(|finding| !finding.labels.is_empty()) else {
        return (0, String::new());
    };
    let line = common::line_column(checked, finding, 0).0;
    (line, marked(checked, finding, 0))
}

#[test]
fn carets_stand_under_the_right_words_whatever_is_written_around_them() {
    let expect = |entries: &str| format!("expect(\"e\", #{{ title: \"t\", {entries} }});");
    let row = |row: &str| expect(&format!("on: so, row: |r| {row}"));
    let goal = |goal: &str| {
        format!("target(\"t\", #{{ measure: so.count(), goal: {goal}, every_year: true }});")
    };
    let cases = [
        // Characters that are brackets, commas and quotes.
        (goal("about(50, ',')"), Code::TypeMismatch, (1, "','")),
        (goal("between('(', 50)"), Code::TypeMismatch, (1, "'('")),
        (goal("about(50, [',', '\"', 1])"), Code::TypeMismatch, (1, "[',', '\"', 1]")),
        (expect("severity: '\"', note: \"x\""), Code::InvalidValue, (1, "'\"'")),
        (expect("lead: ')', ttle: \"x\""), Code::UnknownKey, (1, "ttle")),
        // Raw strings.
        (expect("note: #\"a\", (\"#, severity: \"eror\""), Code::InvalidValue, (1, "\"eror\"")),
        (expect("note: ##\"a\"#, \"##, ttle: 1"), Code::UnknownKey, (1, "ttle")),
        (goal("at_least(#\"5\" )\"#)"), Code::TypeMismatch, (1, "#\"5\" )\"#")),
        (expect("#\"ttle\"#: 1"), Code::UnknownKey, (1, "#\"ttle\"#")),
        // Doubled quotes, and what escapes do.
        (row("\"a\"\", (b\""), Code::TypeMismatch, (1, "\"a\"\", (b\"")),
        (expect("\"s\\x65verity\": \"eror\""), Code::InvalidValue, (1, "\"eror\"")),
        (expect("note: \"a\\qb, c\""), Code::ScriptSyntax, (1, "\\q")),
        // Strings over several lines, and such as are not closed.
        (expect("note: `a,\n') (${'{'}`, severity: \"eror\""), Code::InvalidValue, (2, "\"eror\"")),
        (expect("note: \"a\n, severity: \"eror\""), Code::ScriptSyntax, (1, "\"")),
        // Templates in templates, with brackets and quotes in them.
        (
            expect("note: `${`${'`'}}, (`}`, severity: \"eror\""),
            Code::InvalidValue,
            (1, "\"eror\""),
        ),
        // Comments.
        (format!("// fn percent\n{}", "fn percent(a, b) { a }"), Code::DuplicateId, (2, "percent")),
        (
            "/* fn percent() */\nfn  percent(a, b) { a }".to_owned(),
            Code::DuplicateId,
            (2, "percent"),
        ),
        (
            "let x = `\nfn percent\n`;\nfn\n percent(a, b) { a }".to_owned(),
            Code::DuplicateId,
            (5, "percent"),
        ),
        (format!("/// about\n{}", row("true")), Code::ScriptSyntax, (1, "/// about")),
        // Words and signs.
        ("let thị_trấn = 1;".to_owned(), Code::ScriptSyntax, (1, "thị_trấn")),
        ("let thi\u{323}_x = 1;".to_owned(), Code::ScriptSyntax, (1, "thi\u{323}_x")),
        (row("r.dat ** (2) > 0"), Code::UnsupportedInRow, (1, "**")),
        (row("-5"), Code::TypeMismatch, (1, "-5")),
        ("let x = 2 ** all();".to_owned(), Code::TypeMismatch, (1, "**")),
        // What is empty has a place all the same.
        (format!("// about\n{}", row("{ }")), Code::UnsupportedInRow, (2, "|r| { }")),
        (format!("fn f(a) {{ }}\n{}", row("f(r.dat)")), Code::UnsupportedInRow, (2, "f")),
    ];
    for (rules, code, (line, words)) in cases {
        let workspace = Workspace::small();
        workspace.write("rules/b.rhai", &rules);
        assert_eq!(caret(&workspace.check(), code), (line, words.to_owned()), "{rules}");
    }
}

/// What a text begins with, and on which line something then stands.
type Beginnings<'b> = &'b [(&'b str, usize)];

/// What is left open in one declaration is nothing to the next, and comments belong to what stands
/// below them, in a file with a mistake too.
#[test]
fn a_file_with_a_mistake_is_read_declaration_by_declaration() {
    let expect = "expect(\"e\", #{ title: \"t\", on: so, row: |r| f(r.dta) });\n";
    let lines = [("", 3), ("/// Whether it is.\n\n", 5), ("// Whether\n// it is.\n", 5)];
    let block = [("/**\nWhether\nit is. */\n\n", 7)];
    let cases: [(&str, &str, Beginnings<'_>); 6] = [
        ("let x = `a;\n", "`a;", &lines),
        ("let x = (1;\n", "(", &lines),
        ("let x = (1;\n", "(", &block),
        ("let x = \"a;\n", "\"", &lines),
        ("let x = \"a;\n", "\"", &block),
        ("let x = ); /*\n", ")", &lines),
    ];
    for (broken, words, comments) in cases {
        for (above, line) in comments {
            let workspace = Workspace::small();
            let rules = [broken, *above, "fn f(a) { a > 0 }\n", expect].concat();
            workspace.write("rules/b.rhai", &rules);
            let checked = workspace.check();
            assert_eq!(findings(&checked, Code::ScriptSyntax).len(), 1, "{rules}");
            assert_eq!(caret(&checked, Code::ScriptSyntax), (1, words.to_owned()), "{rules}");
            assert_eq!(caret(&checked, Code::UnknownColumn), (*line, "dta".to_owned()), "{rules}");
        }
    }
}

/// Of two functions of one name the one is marked that is taken.
#[test]
fn functions_are_told_apart_by_their_parameters() {
    let workspace = Workspace::small();
    workspace.write("rules/lib/a.rhai", "fn f(a, b) { a }\n");
    workspace.write("rules/b.rhai", "fn f(a) { a }\nfn f(a, b) { b }\n");
    assert_eq!(caret(&workspace.check(), Code::DuplicateId), (2, "f".to_owned()));
}
