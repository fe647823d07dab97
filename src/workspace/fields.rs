//! Reading TOML tables key by key, collecting every complaint with its place.
//!
//! A reader takes the keys it knows; what nobody took is reported by [`Fields::finish`] as an
//! unknown key, with the nearest known one suggested.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Findings, suggestion};
use crate::exact::Exact;
use crate::message::{Bilingual, Message};
use crate::msg;
use crate::source::{Location, SourceId, Sources};

/// A value with the place it was written at.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Location,
}

/// One TOML table being read.
pub struct Fields<'a> {
    table: &'a DeTable<'a>,
    /// Where the table stands.
    pub at: Location,
    taken: Vec<&'static str>,
    findings: &'a Findings,
}

/// Parses a TOML source and hands its root table to `read`; syntax errors are findings.
pub fn read_toml<T>(
    sources: &Sources,
    source: SourceId,
    findings: &Findings,
    read: impl FnOnce(&mut Fields<'_>) -> T,
) -> Option<T> {
    let text = text_of(sources, source, Code::TomlSyntax, findings)?;
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        findings.tell(
            Diagnostic::of(Code::TomlSyntax, msg!(TomlSyntax))
                .mark(Location { source, span: span.into() })
                .help(msg!(TomlSyntaxHelp)),
        );
    }
    let at = Location { source, span: (0..0).into() };
    Some(read_table(root.get_ref(), at, findings, read))
}

/// Hands a table to `read`; what it does not ask for is a complaint.
pub fn read_table<'t, T>(
    table: &'t DeTable<'t>,
    at: Location,
    findings: &'t Findings,
    read: impl FnOnce(&mut Fields<'t>) -> T,
) -> T {
    let mut fields = Fields { table, at, taken: Vec::new(), findings };
    let value = read(&mut fields);
    fields.finish();
    value
}

/// A source's text; a complaint with this code where it is not UTF-8.
pub fn text_of<'s>(
    sources: &'s Sources,
    source: SourceId,
    code: Code,
    findings: &Findings,
) -> Option<&'s str> {
    match std::str::from_utf8(sources.get(source).bytes()) {
        Ok(text) => Some(text),
        Err(error) => {
            let at = error.valid_up_to();
            findings.tell(
                Diagnostic::of(code, msg!(NotUtf8File))
                    .mark(Location { source, span: (at..at + 1).into() })
                    .help(msg!(SaveAsUtf8)),
            );
            None
        }
    }
}

impl<'a> Fields<'a> {
    fn place(&self, span: std::ops::Range<usize>) -> Location {
        Location { source: self.at.source, span: span.into() }
    }

    /// Adds a complaint.
    pub fn complain(&self, diagnostic: Diagnostic) {
        self.findings.tell(diagnostic);
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.taken.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn wrong_type(&self, value: &Spanned<DeValue<'_>>, key: &str, expected: Message) {
        let at = self.place(value.span());
        let told =
            Diagnostic::of(Code::InvalidValue, msg!(WrongType, key = key, expected = expected));
        // What is no TOML either is told by what it should be.
        self.findings.withdraw(Code::TomlSyntax, at.into());
        self.complain(told.mark(at));
    }

    /// Where the value of a key stands, if it is there.
    pub fn place_of(&self, key: &str) -> Option<Location> {
        let entry = self.table.iter().find(|(name, _)| name.get_ref() == key);
        entry.map(|(_, value)| self.place(value.span()))
    }

    /// A value converted by `convert`; a complaint naming `expected` where that fails.
    fn take<T>(
        &mut self,
        key: &'static str,
        expected: Message,
        convert: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Placed<T>> {
        let value = self.get(key)?;
        match convert(value.get_ref()) {
            Some(converted) => Some(Placed { value: converted, at: self.place(value.span()) }),
            None => {
                self.wrong_type(value, key, expected);
                None
            }
        }
    }

    /// Complains that a key is missing.
    pub fn missing(&self, key: &str) {
        self.complain(
            Diagnostic::of(Code::MissingKey, msg!(MissingKey, key = key))
                .mark(self.at)
                .help(msg!(MissingKeyHelp, key = key)),
        );
    }

    /// Turns an absent value into a complaint.
    pub fn required<T>(&self, key: &str, value: Option<T>) -> Option<T> {
        let absent = !self.table.iter().any(|(name, _)| name.get_ref() == key);
        if value.is_none() && absent {
            self.missing(key);
        }
        value
    }

    /// A text.
    pub fn string(&mut self, key: &'static str) -> Option<Placed<String>> {
        self.take(key, msg!(ExpectedText), |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there.
    pub fn required_string(&mut self, key: &'static str) -> Option<Placed<String>> {
        let value = self.string(key);
        self.required(key, value)
    }

    /// A text with its translation under `key_en`.
    pub fn bilingual(&mut self, key: &'static str, key_en: &'static str) -> Option<Bilingual> {
        let en = self.string(key_en).map(|text| text.value);
        self.string(key).map(|text| Bilingual::new(text.value, en))
    }

    /// One of some names.
    pub fn choice<T: Copy>(&mut self, key: &'static str, allowed: &[(&str, T)]) -> Option<T> {
        let text = self.string(key)?;
        self.chosen(&text, allowed)
    }

    /// One of some names, which must be there.
    pub fn required_choice<T: Copy>(
        &mut self,
        key: &'static str,
        allowed: &[(&str, T)],
    ) -> Option<T> {
        let text = self.required_string(key)?;
        self.chosen(&text, allowed)
    }

    fn chosen<T: Copy>(&self, text: &Placed<String>, allowed: &[(&str, T)]) -> Option<T> {
        let found = allowed.iter().find(|(name, _)| *name == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
            self.complain_of_choice(text, &names);
        }
        found
    }

    /// Complains that a text is none of some names.
    pub fn complain_of_choice(&self, text: &Placed<String>, names: &[&str]) {
        self.complain(
            Diagnostic::of(
                Code::InvalidValue,
                msg!(NotOneOf, value = &text.value, allowed = names.join(", ")),
            )
            .mark(text.at)
            .maybe_help(suggestion(&text.value, names.iter().copied())),
        );
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str) -> Option<Placed<i64>> {
        self.take(key, msg!(ExpectedInteger), |value| {
            let digits = value.as_integer()?;
            i64::from_str_radix(digits.as_str(), digits.radix()).ok()
        })
    }

    /// A number, kept exactly as written.
    pub fn number(&mut self, key: &'static str) -> Option<Placed<Exact>> {
        self.take(key, msg!(ExpectedNumber), exact)
    }

    /// A truth value.
    pub fn boolean(&mut self, key: &'static str) -> Option<Placed<bool>> {
        self.take(key, msg!(ExpectedBoolean), DeValue::as_bool)
    }

    /// A date, as a TOML date or an ISO text.
    pub fn date(&mut self, key: &'static str) -> Option<Placed<NaiveDate>> {
        self.take(key, msg!(ExpectedDate), |value| {
            let text = match value {
                DeValue::Datetime(datetime) if datetime.time.is_none() => datetime.to_string(),
                DeValue::String(text) => text.to_string(),
                _ => return None,
            };
            NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()
        })
    }

    /// A list of texts; a single text is a list of one.
    pub fn strings(&mut self, key: &'static str) -> Option<Vec<Placed<String>>> {
        self.list(key, |value| value.as_str().map(str::to_owned))
    }

    /// A list of texts or numbers, as texts.
    pub fn scalars(&mut self, key: &'static str) -> Option<Vec<Placed<String>>> {
        self.list(key, |value| match value {
            DeValue::String(text) => Some(text.to_string()),
            other => exact(other).map(|number| number.exact_text()),
        })
    }

    /// A list of whole numbers; a single one is a list of one.
    pub fn integers(&mut self, key: &'static str) -> Option<Placed<Vec<i64>>> {
        let integer = |value: &DeValue<'_>| {
            let digits = value.as_integer()?;
            i64::from_str_radix(digits.as_str(), digits.radix()).ok()
        };
        self.take(key, msg!(ExpectedIntegers), |value| match value {
            DeValue::Array(items) => items.iter().map(|item| integer(item.get_ref())).collect(),
            single => integer(single).map(|number| vec![number]),
        })
    }

    fn list(
        &mut self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Option<String>,
    ) -> Option<Vec<Placed<String>>> {
        let value = self.get(key)?;
        let items: Vec<_> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut texts = Vec::new();
        for item in items {
            match convert(item.get_ref()) {
                Some(text) => texts.push(Placed { value: text, at: self.place(item.span()) }),
                None => self.wrong_type(item, key, msg!(ExpectedTexts)),
            }
        }
        Some(texts)
    }

    /// A table.
    pub fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        let value = self.get(key)?;
        self.enter(key, value, read)
    }

    /// An array of tables.
    pub fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Fields<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, key, msg!(ExpectedTables, key = key));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.enter(key, item, &mut read).flatten()).collect()
    }

    fn enter<T>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, key, msg!(ExpectedTable));
            return None;
        };
        Some(read_table(table, self.place(value.span()), self.findings, read))
    }

    /// Reports the keys nobody asked for.
    fn finish(self) {
        for (key, _) in self.table.iter() {
            let name = key.get_ref();
            if !self.taken.iter().any(|taken| name == taken) {
                let at = self.place(key.span());
                self.complain(
                    Diagnostic::of(Code::UnknownKey, msg!(UnknownKey, key = name.as_ref()))
                        .mark(at)
                        .help(suggestion(name, self.taken.iter().copied()).unwrap_or_else(|| {
                            msg!(KnownKeys, keys = self.taken.join(", ")).into()
                        })),
                );
            }
        }
    }
}

/// A decimal, with a power of ten after `e` or without: `1.5e3`.
fn scientific(text: &str) -> Option<Exact> {
    let Some((digits, power)) = text.split_once(['e', 'E']) else { return Exact::parse(text) };
    let power: i32 = power.parse().ok()?;
    let ten = Exact::int(10i128.checked_pow(power.unsigned_abs())?);
    let digits = Exact::parse(digits)?;
    if power < 0 { digits.checked_div(&ten) } else { digits.checked_mul(&ten) }
}

fn exact(value: &DeValue<'_>) -> Option<Exact> {
    match value {
        DeValue::Integer(digits) => {
            i64::from_str_radix(digits.as_str(), digits.radix()).ok().map(Exact::from)
        }
        DeValue::Float(digits) => scientific(digits.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_exact() {
        for (text, value) in [
            ("1e2", Some("100")),
            ("1.5E3", Some("1500")),
            ("-25e-1", Some("-2.5")),
            ("0.5", Some("0.5")),
            ("1e400", None),
            ("inf", None),
        ] {
            assert_eq!(scientific(text), value.and_then(Exact::parse), "{text}");
        }
    }
}
