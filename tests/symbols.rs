//! What scripts define and refer to: every name in the bundled rules, renaming, and what a session
//! works out again.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{day, root};
use rasoat::check::{Request, Session};
use rasoat::files::{Disk, Files, Kind, Memory, Overlaid};
use rasoat::message::Lang;
use rasoat::report::format::Json;
use rasoat::report::{Format, Options, ReportView};
use rasoat::script::symbols::{DefinitionKind, ReferenceKind, Symbols};
use rasoat::source::{Location, Span};

/// A check of the bundled workspace with other files over it, and its report.
fn checked(above: Memory) -> (Session, String) {
    let files: Arc<dyn Files> =
        Arc::new(Overlaid { above: Arc::new(above), below: Arc::new(Disk) });
    let mut session = Session::new(Request { files, ..Request::new(root(), day("2025-12-10")) });
    let report = session.check().expect("a workspace");
    let view = ReportView::new(report, session.sources().expect("sources"), None);
    let mut text = Vec::new();
    Json.render(&view, &Options::new(Lang::En), &mut text).expect("room");
    (session, String::from_utf8(text).expect("text"))
}

/// The scripts of a session: their path, text and symbols.
fn scripts(session: &Session) -> Vec<(PathBuf, String, Arc<Symbols>)> {
    let sources = session.sources().expect("sources");
    let read = |script: &rasoat::workspace::ScriptFile| {
        let text = std::str::from_utf8(sources.get(script.source).bytes()).expect("text");
        let symbols = session.symbols(script.source).expect("symbols");
        (script.path.clone(), text.to_owned(), symbols)
    };
    session.scripts().iter().map(read).collect()
}

/// A text without its comments, its templates and, if wanted, its strings: blanks in their place.
fn code(text: &str, strings: bool) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if matches!(next, '"' | '`') {
            rest[1..].find(next).map_or(rest.len(), |end| end + 2)
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let kept = strings && next == '"';
        let blank = || " ".repeat(length);
        code.push_str(&if kept { rest[..length].to_owned() } else { blank() });
        rest = &rest[length..];
    }
    code
}

/// The words of a text, with the bytes they take.
fn words(text: &str) -> Vec<Span> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_part(character)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(Span { start: from, end: at });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The names behind a word and a bracket and quotes: of `sum("a")` the `a`.
fn quoted_after(text: &str, word: &str) -> Vec<Span> {
    let opened = format!(".{word}(\"");
    let found = text.match_indices(&opened).map(|(at, _)| at + opened.len());
    found.map(|start| Span { start, end: start + text[start..].find('"').unwrap_or(0) }).collect()
}

/// The datasets, and the columns of each, by their contracts.
fn contracts() -> BTreeMap<String, BTreeSet<String>> {
    let mut contracts = BTreeMap::new();
    for entry in Disk.list(&root().join("datasets")).expect("a folder") {
        if entry.path.extension().is_some_and(|extension| extension == "toml") {
            let name = entry.path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = Disk.read(&entry.path).expect("a contract");
            let text = std::str::from_utf8(&text).expect("text").parse::<toml::Table>();
            let contract = text.expect("TOML");
            let fields = contract["fields"].as_array().expect("fields").iter();
            let names = fields.map(|it| it["name"].as_str().expect("a name").to_owned());
            contracts.insert(name, names.collect());
        }
    }
    contracts
}

#[test]
fn every_dataset_and_column_in_the_bundled_rules_is_a_reference() {
    let contracts = contracts();
    let (session, _) = checked(Memory::default());
    let (mut datasets, mut columns, mut unknown) = (0, 0, 0);
    for (path, text, symbols) in scripts(&session) {
        let of = |wanted: &dyn Fn(&ReferenceKind) -> bool| -> BTreeSet<Span> {
            let found = symbols.references.iter().filter(|it| wanted(&it.kind));
            found.map(|it| it.span).collect()
        };
        for it in &symbols.references {
            assert_eq!(text[it.span.start..it.span.end], it.name, "{path:?}");
        }
        // A dataset is written like nothing else, but for keys, what stands behind a dot, and names.
        let plain = code(&text, false);
        let is_dataset = |span: &Span| {
            let (above, below) = (&plain[..span.start], &plain[span.end..]);
            contracts.contains_key(&plain[span.start..span.end])
                && !above.ends_with('.')
                && !below.trim_start().starts_with(':')
        };
        let expected: BTreeSet<Span> = words(&plain).into_iter().filter(is_dataset).collect();
        assert_eq!(of(&|kind| *kind == ReferenceKind::Dataset), expected, "{path:?}");
        datasets += expected.len();
        // A column stands behind a dot and no bracket behind it, or in the quotes of an aggregate.
        let mut expected: BTreeSet<Span> = words(&plain)
            .into_iter()
            .filter(|span| {
                plain[..span.start].ends_with('.') && !plain[span.end..].starts_with('(')
            })
            .filter(|span| !plain[..span.start - 1].ends_with(|it: char| it.is_ascii_digit()))
            .filter(|span| !plain[span.start..].starts_with(|it: char| it.is_ascii_digit()))
            .collect();
        let quoted = code(&text, true);
        for word in ["sum", "mean", "min", "max", "distinct", "first", "last", "as_of", "group"] {
            expected.extend(quoted_after(&quoted, word));
        }
        let is_read = |kind: &ReferenceKind| {
            matches!(kind, ReferenceKind::Column { .. } | ReferenceKind::Input)
        };
        let found = of(&is_read);
        // Templates are read with what is in their braces.
        assert!(found.is_superset(&expected), "{path:?}");
        assert!(found.difference(&expected).all(|span| in_template(&text, *span)), "{path:?}");
        for it in &symbols.references {
            match &it.kind {
                ReferenceKind::Column { dataset: Some(dataset), through } => {
                    let first = through.first().unwrap_or(&it.name);
                    assert!(contracts[dataset].contains(first), "{path:?}: {it:?}");
                    columns += 1;
                }
                ReferenceKind::Column { .. } => unknown += 1,
                ReferenceKind::Input | ReferenceKind::Variable => {
                    assert!(it.definition.is_some(), "{path:?}: {it:?}");
                }
                ReferenceKind::Function { .. } => {
                    assert!(it.definition.is_some(), "{path:?}: {it:?}");
                }
                _ => {}
            }
        }
    }
    // Two functions of the library take the row of a body.
    assert_eq!(unknown, 2);
    assert!(datasets > 100 && columns > 150, "{datasets} {columns}");
}

/// Whether a place is in the braces of a template.
fn in_template(text: &str, span: Span) -> bool {
    let line = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    text[line..span.start].contains('`')
}

/// Strings that say an id of the plan are references, and the first is where the rule is defined.
#[test]
fn every_clause_id_in_the_bundled_rules_is_a_reference() {
    let plan = Disk.read(&root().join("rules/plan.toml")).expect("a plan");
    let plan = std::str::from_utf8(&plan).expect("text").parse::<toml::Table>().expect("TOML");
    let ids: BTreeSet<String> = plan["clauses"]
        .as_array()
        .expect("clauses")
        .iter()
        .map(|clause| clause["id"].as_str().expect("an id").to_owned())
        .collect();
    let (session, _) = checked(Memory::default());
    let mut defined = BTreeSet::new();
    for (path, text, symbols) in scripts(&session) {
        let quoted = code(&text, true);
        let mut expected = Vec::new();
        for id in &ids {
            let written = format!("\"{id}\"");
            expected.extend(quoted.match_indices(&written).map(|(at, _)| at + 1));
        }
        expected.sort_unstable();
        let clauses = || symbols.references.iter().filter(|it| it.kind == ReferenceKind::Clause);
        let found: Vec<usize> = clauses().map(|it| it.span.start).collect();
        assert_eq!(found, expected, "{path:?}");
        for it in clauses() {
            assert_eq!(text[it.span.start..it.span.end], it.name);
            let at = it.definition.expect("a rule").span;
            let rule = symbols.definition_at(at.start).expect("a rule");
            assert_eq!((&rule.name, rule.span), (&it.name, at));
            defined.insert(it.name.clone());
        }
    }
    assert_eq!(defined, ids);
}

/// Another name of the same length: every letter becomes the next, so that no two become one.
fn renamed(name: &str) -> String {
    let next = |letter: char| match letter {
        'z' => 'a',
        'Z' => 'A',
        'a'..='y' | 'A'..='Y' => char::from(letter as u8 + 1),
        other => other,
    };
    name.chars().map(next).collect()
}

/// Everything that has a name of its own, renamed wherever it is referred to: the report stays.
#[test]
fn renaming_everything_by_its_references_changes_no_report() {
    let (session, before) = checked(Memory::default());
    let scripts = scripts(&session);
    let sources = session.sources().expect("sources");
    let mut edits: BTreeMap<PathBuf, BTreeSet<Span>> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for (path, _, symbols) in &scripts {
        let source = sources.find(path).expect("a source");
        for definition in &symbols.definitions {
            if let DefinitionKind::Rule(_) = definition.kind {
                continue;
            }
            kinds.insert(format!("{:?}", definition.kind));
            let at = Location { source, span: definition.span };
            edits.entry(path.clone()).or_default().insert(definition.span);
            for (other, _, symbols) in &scripts {
                let uses = symbols.references_to(at).map(|reference| reference.span);
                edits.entry(other.clone()).or_default().extend(uses);
            }
        }
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
    let above = Memory::default();
    let mut count = 0;
    for (path, text, _) in &scripts {
        let mut text = text.clone();
        for span in edits.remove(path).unwrap_or_default() {
            let name = renamed(&text[span.start..span.end]);
            text.replace_range(span.start..span.end, &name);
            count += 1;
        }
        above.write(path, text.into_bytes());
    }
    assert!(count > 500, "{count}");
    let (_, after) = checked(above);
    assert!(after == before, "the report is another one");
}

/// The bundled workspace in memory, for edits.
fn bundled() -> Arc<Memory> {
    fn copy(from: &Path, to: &Path, memory: &Memory) {
        for entry in Disk.list(from).expect("a folder") {
            let target = to.join(entry.path.file_name().expect("a name"));
            match entry.kind {
                Kind::Folder => copy(&entry.path, &target, memory),
                _ => memory.write(target, Disk.read(&entry.path).expect("a file")),
            }
        }
    }
    let memory = Memory::default();
    memory.write("/w/rasoat.toml", Disk.read(&root().join("rasoat.toml")).expect("settings"));
    for part in ["rules", "datasets"] {
        copy(&root().join(part), &Path::new("/w").join(part), &memory);
    }
    Arc::new(memory)
}

#[test]
fn a_session_keeps_symbols_of_what_has_not_changed() {
    let memory = bundled();
    let files: Arc<dyn Files> = memory.clone();
    let mut session = Session::new(Request { files, ..Request::new("/w", day("2025-12-10")) });
    session.check().expect("a workspace");
    let before = scripts(&session);
    let edit = |path: &str, from: &str, to: &str| {
        let text = String::from_utf8(memory.read(Path::new(path)).expect("rules").to_vec());
        memory.write(path, text.expect("text").replacen(from, to, 1).into_bytes());
    };
    let same = |before: &[(PathBuf, String, Arc<Symbols>)], session: &Session| -> Vec<PathBuf> {
        let pairs = before.iter().zip(scripts(session));
        let changed = pairs.filter(|(old, new)| !Arc::ptr_eq(&old.2, &new.2));
        changed.map(|(old, _)| old.0.clone()).collect()
    };
    let path = "/w/rules/targets/b-giao-duc-y-te.rhai";
    // Also where it cannot be parsed any more.
    for (from, to) in [("more_than(95)", "more_than(90)"), ("more_than(90),", "more_than(90")] {
        let before = scripts(&session);
        edit(path, from, to);
        session.check().expect("a workspace");
        assert_eq!(same(&before, &session), [Path::new(path)]);
        let of = |all: &[(PathBuf, String, Arc<Symbols>)]| {
            all.iter().find(|it| it.0 == Path::new(path)).map(|it| it.2.definitions.len())
        };
        assert_eq!(of(&scripts(&session)), of(&before));
    }
    // What the library defines is seen by all.
    edit("/w/rules/lib/nhiem_vu.rhai", "fn tien_do(ma)", "fn tien_do_moi(ma)");
    session.check().expect("a workspace");
    assert_eq!(same(&before, &session).len(), before.len());
    let lost = scripts(&session).into_iter().flat_map(|it| it.2.references.clone());
    let lost: BTreeSet<String> = lost
        .filter(|it| matches!(it.kind, ReferenceKind::Function { .. }) && it.definition.is_none())
        .map(|it| it.name)
        .collect();
    assert_eq!(lost, BTreeSet::from(["tien_do".to_owned()]));
    // A file that is no text has none.
    memory.write(path, vec![b'a', 0xff]);
    session.check().expect("a workspace");
    let file = session.sources().and_then(|sources| sources.find(Path::new(path)));
    assert!(session.symbols(file.expect("a source")).is_none());
}
