//! The reference page of the rule language: what is registered, and what it means.
//!
//! Which words there are, and what they take, is asked of the engine that runs the scripts;
//! [`words`](super::words) says what each is for. A word that is only in one of the two is an
//! error, so the page cannot fall behind the program.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::NaiveDate;
use rhai::{Array, Dynamic, FnPtr, INT, ImmutableString, Map};
use rust_decimal::Decimal;

use super::loader::Loader;
use super::values::{Answer, Lost, OuterField, OuterRow};
use super::words::{FAMILIES, ROW_CONDITIONS, Word};
use crate::exact::Exact;
use crate::measure::row::Function;
use crate::measure::{Condition, Measure, TableExpr};
use crate::rule::goal::Goal;
use crate::rule::schedule::Schedule;

/// What a registered function takes, in the words of the page.
type Signatures = BTreeMap<String, BTreeSet<Vec<&'static str>>>;

/// The page, in Markdown.
///
/// # Errors
/// The words that are registered and not explained, or explained and not registered.
pub fn page() -> Result<String, String> {
    let registered = registered();
    let mut explained = BTreeSet::new();
    let mut page = String::from(
        "# Words of the rule language\n\n<!-- Made by the program from what it registers: \
         `RASOAT_UPDATE=1 cargo test --test reference` writes it anew. -->\n\n\
         [rules.md](rules.md) explains how they work together. *T* is a table, *M* a measure, *C* a \
         condition, *r* a row, *g* a group.\n",
    );
    let mut problems = Vec::new();
    for family in FAMILIES {
        let _ = write!(
            page,
            "\n## {} · {}\n\n| | takes | | |\n|---|---|---|---|\n",
            family.vi, family.en
        );
        for word in family.words {
            let mut takes = String::new();
            if family.en == ROW_CONDITIONS {
                if let Some(function) = Function::parse(word.name) {
                    takes = function.arity().to_string();
                }
            } else {
                explained.insert(word.name);
                match registered.get(word.name) {
                    Some(signatures) => takes = listed(signatures),
                    None => problems.push(format!("{} is explained, not registered", word.name)),
                }
            }
            line(&mut page, word, &takes);
        }
    }
    for name in registered.keys().filter(|name| !explained.contains(name.as_str())) {
        problems.push(format!("{name} is registered, not explained"));
    }
    let rows = FAMILIES.iter().filter(|family| family.en == ROW_CONDITIONS);
    let rows: Vec<&str> = rows.flat_map(|family| family.words).map(|word| word.name).collect();
    for function in Function::ALL.iter().filter(|function| !rows.contains(&function.name())) {
        problems.push(format!("the row function {} is not explained", function.name()));
    }
    if problems.is_empty() { Ok(page) } else { Err(problems.join("\n")) }
}

fn line(page: &mut String, word: &Word, takes: &str) {
    let escaped = |text: &str| text.replace('|', "\\|");
    let forms: Vec<String> = word.forms.iter().map(|form| format!("`{}`", escaped(form))).collect();
    let _ = writeln!(
        page,
        "| {} | {takes} | {} | {} |",
        forms.join("<br>"),
        escaped(word.vi),
        escaped(word.en)
    );
}

/// What a word takes; operators say it by their form.
fn listed(signatures: &BTreeSet<Vec<&'static str>>) -> String {
    let lines: Vec<String> = signatures
        .iter()
        .map(|parameters| match parameters.as_slice() {
            [] => "nothing".to_owned(),
            some => some.join(", "),
        })
        .collect();
    lines.join("<br>")
}

/// Every function of the vocabulary, from the engine itself.
fn registered() -> Signatures {
    let loader = Loader::new(&[], crate::workspace::config::Limits::default());
    let all = loader.engine().collect_fn_metadata(
        None,
        |info| Some((info.metadata.name.to_string(), info.metadata.param_types.to_vec())),
        false,
    );
    let mut signatures = Signatures::new();
    for (name, types) in all {
        let parameters: Option<Vec<&'static str>> = types.iter().map(|kind| named(*kind)).collect();
        let is_operator = !name.starts_with(|first: char| first.is_ascii_alphabetic());
        let known = signatures.entry(name).or_default();
        // Operators are registered for many pairs, most of which they refuse.
        if let Some(parameters) = parameters.filter(|_| !is_operator) {
            known.insert(parameters);
        }
    }
    signatures.retain(|name, _| !name.contains('$'));
    signatures
}

/// A parameter's type as the page calls it; `None` for values that only stand for failures.
fn named(kind: TypeId) -> Option<&'static str> {
    let names = [
        (TypeId::of::<TableExpr>(), "table"),
        (TypeId::of::<Measure>(), "measure"),
        (TypeId::of::<Condition>(), "condition"),
        (TypeId::of::<Goal>(), "goal"),
        (TypeId::of::<Schedule>(), "schedule"),
        (TypeId::of::<Answer>(), "answer"),
        (TypeId::of::<NaiveDate>(), "date"),
        (TypeId::of::<ImmutableString>(), "text"),
        (TypeId::of::<FnPtr>(), "closure"),
        (TypeId::of::<INT>(), "whole number"),
        (TypeId::of::<Decimal>(), "number"),
        (TypeId::of::<Exact>(), "number"),
        (TypeId::of::<Array>(), "list"),
        (TypeId::of::<Map>(), "map"),
        (TypeId::of::<Dynamic>(), "value"),
        (TypeId::of::<bool>(), "truth"),
    ];
    let standing_in = [TypeId::of::<Lost>(), TypeId::of::<OuterRow>(), TypeId::of::<OuterField>()];
    if standing_in.contains(&kind) {
        return None;
    }
    Some(names.iter().find(|(known, _)| *known == kind).map_or("value", |(_, name)| name))
}
