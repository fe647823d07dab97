//! One cell: from text to a value, and back to its bytes in the file.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::contract::{Contract, DateFormat, Field, FieldType, ISO_DATE, Scale};
use crate::exact::Exact;

/// A cell's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing there.
    Missing,
    /// A whole number or a year.
    Integer(i64),
    /// `mantissa / 10^scale`.
    Decimal(i128, u32),
    /// Text, trimmed of surrounding spaces.
    Text(Cow<'a, str>),
    /// true or false.
    Boolean(bool),
    /// A date.
    Date(NaiveDate),
}

impl Value<'_> {
    /// The value with a text of its own.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Missing => Value::Missing,
            Value::Integer(value) => Value::Integer(value),
            Value::Decimal(mantissa, scale) => Value::Decimal(mantissa, scale),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Boolean(flag) => Value::Boolean(flag),
            Value::Date(date) => Value::Date(date),
        }
    }

    /// The number, where the value is one.
    pub fn number(&self) -> Option<Exact> {
        match self {
            Value::Integer(value) => Some(Exact::from(*value)),
            Value::Decimal(mantissa, scale) => Exact::decimal(*mantissa, *scale),
            _ => None,
        }
    }
}

/// Why a cell has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not readable as the column's type.
    Type,
    /// Could be a thousand or a fraction.
    Ambiguous,
    /// A share of more than one.
    AboveOne,
}

/// Most decimal places of a number, and with [`MOST_WHOLE`] few enough that any two numbers can be
/// brought to the same number of places within 128 bits.
pub const MOST_PLACES: u32 = 18;

/// Numbers must be below this: twenty digits before the decimal mark.
pub const MOST_WHOLE: i128 = 10i128.pow(20);

/// Whether a number with a decimal point means what it says: it is not too long, nor could it be a
/// thousand.
pub fn is_plain(mantissa: i128, places: u32) -> bool {
    let size = mantissa.unsigned_abs();
    places <= MOST_PLACES
        && size / 10u128.pow(places) < MOST_WHOLE.unsigned_abs()
        && !(places == 3 && (1_000..1_000_000).contains(&size))
}

/// Reads a cell by its column's type.
///
/// # Errors
/// [`Refusal`] when the text is not a value of the type.
pub fn parse<'a>(text: &'a str, field: &Field, contract: &Contract) -> Result<Value<'a>, Refusal> {
    let text = text.trim();
    if contract.missing.iter().any(|marker| marker == text) {
        return Ok(Value::Missing);
    }
    match field.kind {
        FieldType::String => Ok(Value::Text(Cow::Borrowed(text))),
        FieldType::Integer => {
            let digits = || !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if text.len() < 18 && field.scale.is_none() && digits() {
                // The overwhelmingly common cell: digits only.
                return Ok(Value::Integer(
                    text.bytes().fold(0, |value, b| value * 10 + i64::from(b - b'0')),
                ));
            }
            match scaled(text, field, contract)? {
                (mantissa, 0) => {
                    i64::try_from(mantissa).map(Value::Integer).map_err(|_| Refusal::Type)
                }
                _ => Err(Refusal::Type),
            }
        }
        FieldType::Number => {
            scaled(text, field, contract).map(|(mantissa, scale)| Value::Decimal(mantissa, scale))
        }
        FieldType::Year => match text.parse::<i64>() {
            Ok(year) if text.len() == 4 && year >= 1000 => Ok(Value::Integer(year)),
            _ => Err(Refusal::Type),
        },
        FieldType::Boolean => match text {
            "true" | "True" | "TRUE" | "1" => Ok(Value::Boolean(true)),
            "false" | "False" | "FALSE" | "0" => Ok(Value::Boolean(false)),
            _ => Err(Refusal::Type),
        },
        FieldType::Date => date(text, field, contract).map(Value::Date).ok_or(Refusal::Type),
    }
}

/// First and last day a spreadsheet's number of days may stand for: 18 May 1927, since numbers of
/// four digits are years, and 31 December 9999.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=2_958_465;

/// The day of a spreadsheet's number of days.
pub fn serial_date(text: &str) -> Option<NaiveDate> {
    let days = text.parse().ok().filter(|days| SERIALS.contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::TimeDelta::days(days))
}

/// Years of dates that anything is told of: what is outside is a slip, such as a year of two digits.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A date in ISO form or one of the field's own. Only what holds for ever may end in a far year.
fn date(text: &str, field: &Field, contract: &Contract) -> Option<NaiveDate> {
    let ends = contract.validity.map(|(from, to)| [from, to]).into_iter().flatten().flatten();
    let holds = ends.into_iter().any(|at| contract.fields[at].name == field.name);
    let years = if holds { 1000..=9999 } else { YEARS };
    let within = |date: &NaiveDate| years.contains(&chrono::Datelike::year(date));
    let pattern =
        |pattern: &str| NaiveDate::parse_from_str(text, pattern).ok().filter(|date| within(date));
    // Which is tried first makes no difference: a contract's forms read no text in two ways.
    pattern(ISO_DATE).or_else(|| {
        field.formats.iter().find_map(|format| match format {
            DateFormat::Pattern(own) => pattern(own),
            DateFormat::Serial => serial_date(text).filter(within),
        })
    })
}

/// A number by its column's scale: percentages are in percent, however they are written.
fn scaled(text: &str, field: &Field, contract: &Contract) -> Result<(i128, u32), Refusal> {
    let Some(scale) = field.scale else { return number(text, contract) };
    if let Some(digits) = text.strip_suffix('%') {
        return number(digits.trim_end(), contract);
    }
    let (mantissa, places) = number(text, contract)?;
    if scale == Scale::Percent {
        return Ok((mantissa, places));
    }
    let one = 10i128.pow(places);
    if mantissa.abs() > one && field.constraints.maximum.is_none() {
        return Err(Refusal::AboveOne);
    }
    let percent = match places.checked_sub(2) {
        Some(places) => (mantissa, places),
        None => (mantissa * 10i128.pow(2 - places), 0),
    };
    if percent.0 / 10i128.pow(percent.1) >= MOST_WHOLE { Err(Refusal::Type) } else { Ok(percent) }
}

/// Whether a number of a column of percents may be a share of one: between 0 and 1, and written
/// without `%`.
pub fn is_doubtful(text: &str, value: &Value<'_>, field: &Field) -> bool {
    let share = |value: Exact| {
        let size = if value < Exact::ZERO { Exact::ZERO.checked_sub(&value) } else { Some(value) };
        size.is_some_and(|size| size > Exact::ZERO && size < Exact::ONE)
    };
    field.scale == Some(Scale::Percent)
        && !text.trim_end().ends_with('%')
        && value.number().is_some_and(share)
}

/// A number as `(mantissa, scale)`, by the contract's decimal and grouping marks.
fn number(text: &str, contract: &Contract) -> Result<(i128, u32), Refusal> {
    let decimal = contract.decimal_char.unwrap_or('.');
    // What looks like a blank between digits is one, however wide.
    let narrowed = (contract.group_char == Some(' ') && !text.is_ascii())
        .then(|| text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " "));
    let text = narrowed.as_deref().unwrap_or(text);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if contract.decimal_char.is_none() && contract.group_char.is_none() && looks_grouped(digits) {
        return Err(Refusal::Ambiguous);
    }
    let (whole, fraction) = match digits.split_once(decimal) {
        Some((_, "")) => return Err(Refusal::Type),
        Some(parts) => parts,
        None => (digits, ""),
    };
    let whole = match contract.group_char.filter(|mark| whole.contains(*mark)) {
        None => whole.to_owned(),
        Some(mark) => {
            let mut groups = whole.split(mark);
            let first = groups.next().unwrap_or_default();
            let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
            if !leads || groups.any(|group| group.len() != 3) {
                return Err(Refusal::Type);
            }
            whole.replace(mark, "")
        }
    };
    if whole.is_empty() {
        return Err(Refusal::Type);
    }
    let mut mantissa: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return Err(Refusal::Type);
        }
        mantissa = mantissa
            .checked_mul(10)
            .and_then(|value| value.checked_add(i128::from(byte - b'0')))
            .ok_or(Refusal::Type)?;
    }
    let scale = u32::try_from(fraction.len()).map_err(|_| Refusal::Type)?;
    if scale > MOST_PLACES || mantissa / 10i128.pow(scale) >= MOST_WHOLE {
        return Err(Refusal::Type);
    }
    Ok((if text.starts_with('-') { -mantissa } else { mantissa }, scale))
}

/// One to three digits, a mark, exactly three digits: a thousand or a fraction.
fn looks_grouped(digits: &str) -> bool {
    let Some((whole, rest)) = digits.split_once(['.', ',']) else { return false };
    (1..=3).contains(&whole.len())
        && whole != "0"
        && rest.len() == 3
        && whole.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Constraints;
    use crate::message::Bilingual;
    use crate::source::{Location, Sources};
    use std::path::Path;

    fn contract(decimal: Option<char>, group: Option<char>) -> Contract {
        let source = Sources::new(Path::new("/")).add(Path::new("/x.toml"), Vec::new());
        Contract {
            name: "x".into(),
            at: Location { source, span: (0..1).into() },
            paths: Vec::new(),
            title: Bilingual::default(),
            subject: Bilingual::default(),
            fields: crate::ids::IdVec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            parts_elsewhere: Vec::new(),
            parts: Vec::new(),
            year: None,
            area: None,
            area_name: None,
            validity: None,
            ignored: Vec::new(),
            layout: crate::contract::Layout::default(),
            empty_year: crate::contract::EmptyYear::Unknown,
            missing: vec![String::new(), "-".into(), "…".into()],
            decimal_char: decimal,
            group_char: group,
            delimiter_declared: true,
            encoding: None,
            delimiter: b',',
            provenance: None,
        }
    }

    fn field(contract: &Contract, kind: FieldType, format: Option<&str>) -> Field {
        Field {
            name: "f".into(),
            at: contract.at,
            kind,
            title: Bilingual::default(),
            unit: Bilingual::default(),
            header: None,
            origin: None,
            scale: None,
            formats: format.map(|format| DateFormat::Pattern(format.into())).into_iter().collect(),
            ignore_case: false,
            constraints: Constraints::default(),
        }
    }

    #[test]
    fn numbers_follow_the_declared_marks() {
        use Refusal::{Ambiguous, Type};
        let plain = contract(None, None);
        let comma = contract(Some(','), Some('.'));
        let cases = &[
            (&plain, "12", Ok((12, 0))),
            (&plain, "12.5", Ok((125, 1))),
            (&plain, "0.125", Ok((125, 3))),
            (&plain, "-3.25", Ok((-325, 2))),
            (&plain, "1.234", Err(Ambiguous)),
            (&plain, "1,234", Err(Ambiguous)),
            (&plain, "12,5", Err(Type)),
            (&plain, "68%", Err(Type)),
            (&plain, "60-62", Err(Type)),
            (&plain, "Khoảng 4", Err(Type)),
            (&plain, "1e5", Err(Type)),
            (&plain, "5.", Err(Type)),
            (&plain, ".5", Err(Type)),
            (&comma, "1.234", Ok((1234, 0))),
            (&comma, "1.234,5", Ok((12345, 1))),
            (&comma, "7,4", Ok((74, 1))),
            (&comma, "0.125", Err(Type)),
            (&comma, "0", Ok((0, 0))),
            (&comma, "0,125", Ok((125, 3))),
            (&comma, "1.23", Err(Type)),
            (&comma, "1234.567", Err(Type)),
            (&comma, "12.3456,7", Err(Type)),
        ];
        for (contract, text, expected) in cases {
            assert_eq!(number(text, contract), *expected, "{text}");
        }
    }

    #[test]
    fn missing_markers_are_not_zero() {
        let contract = contract(None, None);
        let integer = field(&contract, FieldType::Integer, None);
        for text in ["", " ", "-", "…"] {
            assert_eq!(parse(text, &integer, &contract), Ok(Value::Missing), "{text:?}");
        }
        assert_eq!(parse("0", &integer, &contract), Ok(Value::Integer(0)));
        assert_eq!(parse("abc", &integer, &contract), Err(Refusal::Type));
        assert_eq!(parse("1.5", &integer, &contract), Err(Refusal::Type));
    }

    #[test]
    fn dates_must_exist() {
        let contract = contract(None, None);
        let iso = field(&contract, FieldType::Date, None);
        let local = field(&contract, FieldType::Date, Some("%d/%m/%Y"));
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day");
        assert_eq!(parse("2024-02-29", &iso, &contract), Ok(Value::Date(day)));
        assert_eq!(parse("29/02/2024", &local, &contract), Ok(Value::Date(day)));
        assert_eq!(parse("2024-02-29", &local, &contract), Ok(Value::Date(day)));
        assert_eq!(parse("29/02/24", &local, &contract), Err(Refusal::Type));
        let mut serial = field(&contract, FieldType::Date, Some("%d/%m/%Y"));
        serial.formats.push(DateFormat::Serial);
        assert_eq!(parse("45351", &serial, &contract), Ok(Value::Date(day)));
        assert_eq!(parse("29/02/2024", &serial, &contract), Ok(Value::Date(day)));
        assert_eq!(parse("2024", &serial, &contract), Err(Refusal::Type), "a year, not 1905");
        assert_eq!(parse("45351", &local, &contract), Err(Refusal::Type));
        assert_eq!(parse("45351.5", &serial, &contract), Err(Refusal::Type));
        assert_eq!(parse("2023-02-29", &iso, &contract), Err(Refusal::Type));
        for (year, is_near) in
            [("0024", false), ("1899", false), ("1900", true), ("2200", true), ("2201", false)]
        {
            let read = parse(&format!("{year}-12-01"), &iso, &contract).map(|_| true);
            assert_eq!(read.is_ok(), is_near, "{year}");
            let read = parse(&format!("01/12/{year}"), &local, &contract).map(|_| true);
            assert_eq!(read.is_ok(), is_near, "{year}");
        }
        assert_eq!(parse("109940", &serial, &contract), Err(Refusal::Type), "in 2201");
        assert_eq!(parse("29/02/2024", &iso, &contract), Err(Refusal::Type));
    }

    #[test]
    fn percentages_follow_the_declared_scale() {
        use Scale::{Fraction, Percent};
        let comma = contract(Some(','), Some('.'));
        let cases = [
            (Percent, "68", Ok((68, 0))),
            (Percent, "68%", Ok((68, 0))),
            (Percent, "68,5 %", Ok((685, 1))),
            (Percent, "0,68", Ok((68, 2))),
            (Fraction, "0,68", Ok((68, 0))),
            (Fraction, "0,685", Ok((685, 1))),
            (Fraction, "0,7", Ok((70, 0))),
            (Fraction, "1", Ok((100, 0))),
            (Fraction, "68%", Ok((68, 0))),
            (Fraction, "-0,05", Ok((-5, 0))),
            (Fraction, "68", Err(Refusal::AboveOne)),
            (Percent, "%", Err(Refusal::Type)),
            (Percent, "68%%", Err(Refusal::Type)),
        ];
        for (scale, text, expected) in cases {
            let mut share = field(&comma, FieldType::Number, None);
            share.scale = Some(scale);
            let expected = expected.map(|(mantissa, places)| Value::Decimal(mantissa, places));
            assert_eq!(parse(text, &share, &comma), expected, "{text}");
        }
        let mut share = field(&comma, FieldType::Number, None);
        share.scale = Some(Percent);
        for (text, doubtful) in [("0,68", true), ("0,68%", false), ("1", false), ("0", false)] {
            let value = parse(text, &share, &comma).expect("a number");
            assert_eq!(is_doubtful(text, &value, &share), doubtful, "{text}");
        }
    }
}
