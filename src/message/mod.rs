//! What the program says, in Vietnamese and English, from one catalogue.
//!
//! A [`Message`] is a catalogue key with its arguments; it becomes text only when a format
//! asks for a language. Numbers and dates are arguments too and take the language's form
//! (`94,1` and `10/12/2024` in Vietnamese, `94.1` and `2024-12-10` in English).

mod catalogue;

pub use catalogue::Key;

use chrono::NaiveDate;

/// The languages reports are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The language's code, as the settings spell it.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// The language of a code.
    pub fn parse(code: &str) -> Option<Lang> {
        [Lang::Vi, Lang::En].into_iter().find(|lang| lang.code() == code)
    }
}

/// A text that comes from the workspace, with its translation where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// The Vietnamese text.
    pub vi: String,
    /// The English text; the Vietnamese one stands in where it is missing.
    pub en: Option<String>,
    /// Of a noun that is counted: its English form for one, where that is another.
    pub one: Option<String>,
}

impl Bilingual {
    /// The same text in every language (a file name, a code).
    pub fn same(text: impl Into<String>) -> Bilingual {
        Bilingual { vi: text.into(), ..Bilingual::default() }
    }

    /// A text in both languages.
    pub fn new(vi: impl Into<String>, en: Option<String>) -> Bilingual {
        Bilingual { vi: vi.into(), en, one: None }
    }

    /// A noun that is counted: in English it may be given in two forms, `person|people`, of which
    /// the first is for one.
    pub fn counted(self) -> Bilingual {
        match self.en.as_deref().and_then(|en| en.split_once('|')) {
            Some((one, many)) => {
                let (one, many) = (one.trim().to_owned(), many.trim().to_owned());
                Bilingual { en: Some(many), one: Some(one), ..self }
            }
            None => self,
        }
    }

    /// The English text as it was written: a noun's forms, or the text alone.
    pub fn english_forms(&self) -> Option<String> {
        let en = self.en.as_deref()?;
        Some(self.one.as_ref().map_or_else(|| en.to_owned(), |one| format!("{one}|{en}")))
    }

    /// A noun as it stands after a number, in `lang`.
    pub fn after(&self, number: &str, lang: Lang) -> &str {
        match (lang, &self.one) {
            (Lang::En, Some(one)) if number == "1" => one,
            _ => self.get(lang),
        }
    }

    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match (lang, &self.en) {
            (Lang::En, Some(en)) => en,
            _ => &self.vi,
        }
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.vi.is_empty()
    }
}

/// One argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Shown as it is.
    Text(String),
    /// A text of the workspace, in the reader's language.
    Both(Bilingual),
    /// A canonical decimal (`-1234.5`), shown in the reader's notation.
    Number(String),
    /// A date.
    Date(NaiveDate),
    /// Another message.
    Message(Box<Message>),
    /// Several, joined with commas.
    List(Vec<Arg>),
    /// A noun of the workspace and the canonical decimal before it.
    Noun(Bilingual, String),
}

impl Arg {
    fn text(&self, lang: Lang) -> String {
        match self {
            Arg::Text(text) => printable(text),
            Arg::Both(text) => printable(text.get(lang)),
            Arg::Number(number) => localise_number(number, lang),
            Arg::Date(date) => show_date(*date, lang),
            Arg::Message(message) => message.text(lang),
            Arg::List(items) => {
                items.iter().map(|item| item.text(lang)).collect::<Vec<_>>().join(", ")
            }
            Arg::Noun(noun, number) => noun.after(number, lang).to_owned(),
        }
    }
}

/// A text of the workspace that leaves terminals and the order of letters as they are: control
/// characters and marks of direction, which a file may hold to hide what it says, are blanks.
pub fn printable(text: &str) -> String {
    let hides = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(hides, " ")
}

/// A date in the form the language uses.
pub fn show_date(date: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Vi => date.format("%d/%m/%Y").to_string(),
        Lang::En => date.format("%Y-%m-%d").to_string(),
    }
}

/// A canonical decimal in the language's notation, thousands grouped. Fractions (`16/17`) are
/// left as they are.
pub fn localise_number(number: &str, lang: Lang) -> String {
    let (point, group) = match lang {
        Lang::Vi => (',', '.'),
        Lang::En => ('.', ','),
    };
    let (sign, digits) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

macro_rules! arg_from {
    ($($from:ty => |$value:ident| $make:expr),* $(,)?) => {
        $(impl From<$from> for Arg {
            fn from($value: $from) -> Arg {
                $make
            }
        })*
    };
}

arg_from! {
    &str => |value| Arg::Text(value.to_owned()),
    String => |value| Arg::Text(value),
    &String => |value| Arg::Text(value.clone()),
    Bilingual => |value| Arg::Both(value),
    &Bilingual => |value| Arg::Both(value.clone()),
    i32 => |value| Arg::Text(value.to_string()),
    i64 => |value| Arg::Number(value.to_string()),
    i128 => |value| Arg::Number(value.to_string()),
    u64 => |value| Arg::Number(value.to_string()),
    usize => |value| Arg::Number(value.to_string()),
    NaiveDate => |value| Arg::Date(value),
    Message => |value| Arg::Message(Box::new(value)),
    Vec<Arg> => |value| Arg::List(value),
}

/// A catalogue entry with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    key: Key,
    args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A message; prefer the [`msg!`](crate::msg) macro.
    pub fn new(key: Key, args: Vec<(&'static str, Arg)>) -> Message {
        Message { key, args }
    }

    /// A text of the workspace passed through unchanged.
    pub fn plain(text: impl Into<Arg>) -> Message {
        Message { key: Key::Plain, args: vec![("text", text.into())] }
    }

    /// The message in `lang`.
    pub fn text(&self, lang: Lang) -> String {
        let template = self.key.template(lang);
        let mut out = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(open) = rest.find(['{', '}']) {
            out.push_str(&rest[..open]);
            // A doubled brace stands for itself.
            if rest[open + 1..].starts_with(&rest[open..=open]) {
                out.push_str(&rest[open..=open]);
                rest = &rest[open + 2..];
                continue;
            }
            let Some(close) = rest[open..].find('}') else { break };
            let placeholder = &rest[open + 1..open + close];
            // `{count|row|rows}`: the first form for one, the second for any other number.
            let (name, forms) = match placeholder.split_once('|') {
                Some((name, forms)) => (name, forms.split_once('|')),
                None => (placeholder, None),
            };
            match (self.args.iter().find(|(known, _)| *known == name), forms) {
                (Some((_, arg)), Some((one, many))) => {
                    out.push_str(if arg.text(lang) == "1" { one } else { many });
                }
                (Some((_, arg)), None) => out.push_str(&arg.text(lang)),
                (None, _) => debug_assert!(false, "{:?} lacks the argument {name}", self.key),
            }
            rest = &rest[open + close + 1..];
        }
        out.push_str(rest);
        out
    }
}

/// Builds a [`Message`](crate::message::Message): `msg!(UnknownColumn, name = …, table = …)`.
#[macro_export]
macro_rules! msg {
    ($key:ident $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::Message::new(
            $crate::message::Key::$key,
            vec![$((stringify!($name), $crate::message::Arg::from($value))),*],
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(template: &str) -> BTreeSet<String> {
        let template = template.replace("{{", "").replace("}}", "");
        template
            .split('{')
            .skip(1)
            .map(|rest| rest.split_once('}').expect("closed placeholder").0)
            .map(|name| name.split('|').next().unwrap_or(name).to_owned())
            .collect()
    }

    #[test]
    fn both_languages_take_the_same_arguments() {
        for key in Key::ALL {
            assert_eq!(
                placeholders(key.template(Lang::Vi)),
                placeholders(key.template(Lang::En)),
                "{key:?}"
            );
            for name in placeholders(key.template(Lang::Vi)) {
                let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                assert!(plain && !name.is_empty(), "{key:?}: {name:?} is no argument's name");
            }
        }
    }

    #[test]
    fn english_counts_have_two_forms() {
        let late = |days: i64| crate::msg!(UnitOverdue, name = "A", days = days).text(Lang::En);
        assert_eq!(late(1), "A: nothing, 1 day overdue");
        assert_eq!(late(30), "A: nothing, 30 days overdue");
    }

    #[test]
    fn nouns_of_the_workspace_have_two_english_forms() {
        let people = Bilingual::new("người", Some("person|people".to_owned())).counted();
        let women = Bilingual::new("phụ nữ", Some("women".to_owned())).counted();
        let cases = [
            (&people, "1", "person", "người"),
            (&people, "0", "people", "người"),
            (&people, "1.5", "people", "người"),
            (&women, "1", "women", "phụ nữ"),
        ];
        for (noun, number, en, vi) in cases {
            assert_eq!((noun.after(number, Lang::En), noun.after(number, Lang::Vi)), (en, vi));
        }
        assert_eq!(people.get(Lang::En), "people");
        assert_eq!(people.english_forms().as_deref(), Some("person|people"));
        assert_eq!(women.english_forms().as_deref(), Some("women"));
    }

    #[test]
    fn vietnamese_templates_are_nfc() {
        use unicode_normalization::is_nfc;
        for key in Key::ALL {
            assert!(is_nfc(key.template(Lang::Vi)), "{key:?}");
        }
    }

    #[test]
    fn numbers_take_the_notation_of_the_language() {
        for (number, vi, en) in [
            ("1234567.5", "1.234.567,5", "1,234,567.5"),
            ("-999", "-999", "-999"),
            ("-1000", "-1.000", "-1,000"),
            ("0.05", "0,05", "0.05"),
            ("16/17", "16/17", "16/17"),
        ] {
            assert_eq!(localise_number(number, Lang::Vi), vi);
            assert_eq!(localise_number(number, Lang::En), en);
        }
    }

    #[test]
    fn what_a_file_says_does_not_steer_the_terminal() {
        let text = printable("a\u{1b}[31mb\u{0}c\td\u{202e}e\nf");
        assert_eq!(text, "a [31mb c d e\nf");
        assert_eq!(Arg::from("\u{7}").text(Lang::En), " ");
    }
}
