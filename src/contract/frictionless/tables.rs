//! Putting tables together.

use std::borrow::Cow;
use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::workspace::json::Item;

/// Takes the value of a key out of a table.
pub(super) fn taken<'s>(table: &mut DeTable<'s>, key: &str) -> Option<Item<'s>> {
    table.remove(key)
}

pub(super) fn put<'s>(table: &mut DeTable<'s>, key: &'static str, value: Item<'s>) {
    table.insert(Spanned::new(value.span(), Cow::Borrowed(key)), value);
}

/// Adds the keys of a table to another, of tables in both the keys of both.
pub(super) fn merge<'s>(table: &mut DeTable<'s>, added: DeTable<'s>) {
    for (key, value) in added {
        let span = value.span();
        let value = match (value.into_inner(), table.remove(&key)) {
            (DeValue::Table(added), Some(there)) if there.get_ref().as_table().is_some() => {
                let DeValue::Table(mut both) = there.into_inner() else { continue };
                merge(&mut both, added);
                DeValue::Table(both)
            }
            (value, _) => value,
        };
        table.insert(key, Spanned::new(span, value));
    }
}

pub(super) fn string<'s>(text: impl Into<Cow<'s, str>>, span: std::ops::Range<usize>) -> Item<'s> {
    Spanned::new(span, DeValue::String(text.into()))
}

/// Changes each item of a list.
pub(super) fn each<'s>(list: Item<'s>, change: impl Fn(Item<'s>) -> Item<'s>) -> Item<'s> {
    let span = list.span();
    match list.into_inner() {
        DeValue::Array(items) => {
            Spanned::new(span, DeValue::Array(items.into_iter().map(change).collect()))
        }
        other => Spanned::new(span, other),
    }
}

/// A text, or each of a list of texts, by its other name if it has one.
pub(super) fn renamed<'s>(item: Item<'s>, names: &HashMap<String, String>) -> Item<'s> {
    let span = item.span();
    match item.into_inner() {
        DeValue::String(text) => {
            let name = names.get(text.as_ref()).map(|name| Cow::Owned(name.clone()));
            string(name.unwrap_or(text), span)
        }
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| renamed(item, names)).collect();
            Spanned::new(span, DeValue::Array(items))
        }
        other => Spanned::new(span, other),
    }
}
