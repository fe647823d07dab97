//! JSON read into the tables TOML is read as, places kept: what reads the one reads the other.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::text_of;
use crate::diagnostic::{Code, Diagnostic, Findings};
use crate::msg;
use crate::source::{Location, SourceId, Sources};

/// A value with the place it was written at.
pub type Item<'s> = Spanned<DeValue<'s>>;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Parses a JSON source, which must hold an object. What has the value `null` is left out, as if
/// it were not there. A key that is there twice is a complaint: readers differ on which counts.
pub fn read_json<'s>(
    sources: &'s Sources,
    source: SourceId,
    findings: &Findings,
) -> Option<DeTable<'s>> {
    let text = text_of(sources, source, Code::JsonSyntax, findings)?;
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let complain = |start: usize, end: usize, message| {
        let span = (start + mark..end.max(start + 1) + mark).into();
        let found = Diagnostic::of(Code::JsonSyntax, message).mark(Location { source, span });
        findings.tell(found.help(msg!(JsonSyntaxHelp)));
    };
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(&text[mark..], &CollectOptions::default(), &strict) {
        Ok(parsed) => {
            let mut twice = Vec::new();
            let value = parsed.value.as_ref().and_then(|value| item(value, mark, &mut twice));
            for at in twice {
                findings.tell(
                    Diagnostic::of(Code::JsonSyntax, msg!(JsonKeyTwice))
                        .mark(Location { source, span: at.into() })
                        .help(msg!(JsonKeyTwiceHelp)),
                );
            }
            match value.map(Spanned::into_inner) {
                Some(DeValue::Table(table)) => Some(table),
                _ => {
                    complain(0, 1, msg!(JsonNoObject));
                    None
                }
            }
        }
        Err(error) => {
            complain(error.range().start, error.range().end, msg!(JsonSyntax));
            None
        }
    }
}

/// A value, `None` for `null`. `shift` is added to its places; those of keys that are there again
/// are added to `twice`.
fn item<'s>(
    value: &Value<'s>,
    shift: usize,
    twice: &mut Vec<std::ops::Range<usize>>,
) -> Option<Item<'s>> {
    let range = value.range();
    let inner = match value {
        Value::NullKeyword(_) => return None,
        Value::StringLit(text) => DeValue::String(text.value.clone()),
        Value::BooleanLit(flag) => DeValue::Boolean(flag.value),
        Value::NumberLit(number) => {
            // Every number of JSON is one of TOML.
            DeValue::parse(number.value).ok()?.into_inner()
        }
        Value::Array(array) => {
            let items = array.elements.iter().filter_map(|each| item(each, shift, twice));
            DeValue::Array(items.collect())
        }
        Value::Object(object) => {
            let mut table = DeTable::new();
            let mut seen = HashSet::new();
            for property in &object.properties {
                let at = property.name.range();
                let at = at.start + shift..at.end + shift;
                let name = property.name.as_str();
                if !seen.insert(name) {
                    twice.push(at);
                } else if let Some(value) = item(&property.value, shift, twice) {
                    table.insert(Spanned::new(at, Cow::Owned(name.to_owned())), value);
                }
            }
            DeValue::Table(table)
        }
    };
    Some(Spanned::new(range.start + shift..range.end + shift, inner))
}
