//! What people write where a number or a date is wanted, and what to do about it: told beside the
//! cell, never guessed at.

use chrono::NaiveDate;

use super::cell::serial_date;
use crate::contract::{Contract, DateFormat, Field, FieldType, ISO_DATE};
use crate::message::Message;
use crate::msg;

/// Signs that mean "missing" in tables of offices.
const MISSING: [&str; 8] = ["-", "–", "—", "…", "...", "x", "n/a", "na"];

/// Words before a number that make it a bound or an estimate.
const ROUGHLY: [&str; 19] = [
    "khoảng",
    "gần",
    "trên",
    "dưới",
    "hơn",
    "ít hơn",
    "nhiều hơn",
    "xấp xỉ",
    "~",
    "<",
    ">",
    "≤",
    "≥",
    ">=",
    "<=",
    "ước",
    "tối đa",
    "tối thiểu",
    "từ",
];

/// Whether a number is likely to be meant for a day: of 1970 to 2099.
fn is_recent(days: i64) -> bool {
    (25_569..=73_050).contains(&days)
}

/// Whether a text is one of the signs that mean "missing" in tables of offices.
pub fn means_missing(text: &str) -> bool {
    MISSING.contains(&text.trim().to_lowercase().as_str())
}

/// What a cell that is not of its column's type seems to be. `None` when nothing can be said.
pub fn reading(text: &str, field: &Field, contract: &Contract) -> Option<Message> {
    let text = text.trim();
    if field.kind == FieldType::Boolean {
        // A tick taken for missing would turn every yes into a blank.
        return Some(msg!(MisreadTick));
    }
    if means_missing(text) {
        return Some(msg!(MisreadMissing, text = text));
    }
    match field.kind {
        FieldType::Integer | FieldType::Number => number(text, field, contract),
        FieldType::Date => date(text, field),
        FieldType::String | FieldType::Boolean | FieldType::Year => None,
    }
}

fn number(text: &str, field: &Field, contract: &Contract) -> Option<Message> {
    let lower = text.to_lowercase();
    let is_number = |text: &str| {
        let text = text.trim();
        text.starts_with(|first: char| first.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}'))
    };
    if ROUGHLY.iter().any(|word| lower.strip_prefix(word).is_some_and(&is_number)) {
        return Some(msg!(MisreadRoughly));
    }
    let between = |mark: &str| {
        lower.split_once(mark).is_some_and(|(low, high)| is_number(low) && is_number(high))
    };
    if ["-", "–", "—", "~", "÷", "đến", "tới"].iter().any(|mark| between(mark)) {
        return Some(msg!(MisreadRange));
    }
    if let Some(share) = text.strip_suffix('%')
        && is_number(share)
    {
        // With a scale a percent sign is read; it is the number that is wrong.
        return match field.scale {
            None => Some(msg!(MisreadPercent, table = &contract.name)),
            Some(_) => number(share.trim_end(), field, contract),
        };
    }
    if let Some(told) = signs(text, &is_number) {
        return Some(told);
    }
    let marks = |mark: char| text.matches(mark).count();
    if !is_number(text) {
        return None;
    }
    if text.contains([' ', '\u{a0}']) {
        return Some(msg!(MisreadSpaces));
    }
    // A comma where a point is read, or points where nothing groups digits.
    if marks(',') == 1 && contract.decimal_char.is_none_or(|mark| mark == '.') {
        return Some(msg!(MisreadComma, table = &contract.name));
    }
    if marks('.') > 1 || marks(',') > 1 {
        return Some(msg!(MisreadGroups, table = &contract.name));
    }
    (field.kind == FieldType::Integer && marks('.') + marks(',') == 1)
        .then(|| msg!(MisreadFraction))
}

/// Numbers written with other signs than those of the keyboard, or with words.
fn signs(text: &str, is_number: &dyn Fn(&str) -> bool) -> Option<Message> {
    let code = |letter: char| format!("U+{:04X}", u32::from(letter));
    if text.strip_prefix(['\u{2212}', '–', '—']).is_some_and(is_number) {
        return Some(msg!(MisreadMinus));
    }
    let bracketed = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    if bracketed.is_some_and(is_number) {
        return Some(msg!(MisreadBrackets));
    }
    if let Some(hidden) =
        text.chars().find(|letter| crate::contract::matching::is_invisible(*letter))
    {
        let visible: String = text
            .chars()
            .filter(|letter| !crate::contract::matching::is_invisible(*letter))
            .collect();
        return is_number(&visible).then(|| msg!(MisreadInvisible, code = code(hidden)));
    }
    if let Some(digit) = text.chars().find(|letter| letter.is_numeric() && !letter.is_ascii()) {
        return Some(msg!(MisreadDigits, code = code(digit)));
    }
    let number = text.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == ' ');
    (number.len() < text.len() && is_number(number)).then(|| msg!(MisreadUnit))
}

fn date(text: &str, field: &Field) -> Option<Message> {
    const FORMATS: [&str; 4] = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"];
    if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(msg!(MisreadYearOnly));
    }
    if let Some(date) = serial_date(text).filter(|_| text.parse().is_ok_and(is_recent)) {
        return Some(msg!(MisreadSerial, date = date));
    }
    let forms = field.formats.iter().filter_map(|format| match format {
        DateFormat::Pattern(pattern) => Some(pattern.as_str()),
        DateFormat::Serial => None,
    });
    // It is a day by the column's own forms, of a year that none of these can be of.
    if forms.chain([ISO_DATE]).any(|form| NaiveDate::parse_from_str(text, form).is_ok()) {
        return Some(msg!(MisreadYear));
    }
    let own = |format: &str| field.formats.contains(&DateFormat::Pattern(format.to_owned()));
    let fits = |format: &str| !own(format) && NaiveDate::parse_from_str(text, format).is_ok();
    if let Some(format) = FORMATS.into_iter().find(|format| fits(format)) {
        return Some(msg!(MisreadFormat, format = format));
    }
    if NaiveDate::parse_from_str(text, "%m/%d/%Y").is_ok() && !own("%m/%d/%Y") {
        return Some(msg!(MisreadMonthFirst));
    }
    // Day, month and year, but no day of the calendar.
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(digits)).then(|| msg!(MisreadDay))
}
