//! What a column holds, told from its cells.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::grid::Cell;
use super::marks::Marks;
use super::names;
use crate::contract::{FieldType, Scale};
use crate::exact::Exact;
use crate::message::Message;
use crate::msg;
use crate::reading::cell::serial_date;
use crate::reading::misread;

/// Different texts of a column that are kept.
const MOST_TEXTS: usize = 50_000;
/// Of a hundred cells, how many must fit for the others to be taken for slips.
const MOST_OF_THEM: usize = 80;
/// Different values of a list at most, and rows for each at least.
const LIST: (usize, usize) = (8, 5);
/// Cells that do not fit which a remark names.
const SHOWN: usize = 3;
/// Forms of dates that are told, day first before month first.
const DATES: [&str; 10] = [
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
];
/// Years a column of years may have.
const YEARS: std::ops::RangeInclusive<i64> = 1990..=2100;

/// Words a header of codes begins with.
const CODES: [&str; 4] = ["ma", "code", "id", "so_hieu"];
/// Words that make a header one of codes wherever they stand in it.
const CODES_ANYWHERE: [&str; 8] =
    ["cccd", "cmnd", "dien_thoai", "sdt", "mst", "dinh_danh", "so_the", "so_tai_khoan"];
/// Words of years that are not the one a row is about.
const OTHER_YEARS: [&str; 12] = [
    "sinh",
    "thanh_lap",
    "xay_dung",
    "su_dung",
    "bat_dau",
    "ket_thuc",
    "goc",
    "vao",
    "cong_nhan",
    "hoan_thanh",
    "khoi_cong",
    "cap",
];
/// Words of what may fall below 0 and rise above 100.
const CHANGES: [&str; 5] = ["tang", "giam", "thay_doi", "chenh_lech", "nhiet_do"];
/// Words of shares that may be above 100 %: of a plan, of another year.
const RATIOS: [&str; 6] =
    ["so_sanh", "so_voi", "thuc_hien", "hoan_thanh", "ke_hoach", "phat_trien"];
/// Words of what names nobody for certain.
const CONTACTS: [&str; 3] = ["dien_thoai", "sdt", "email"];
/// Different years at most of a column not called so.
const MOST_YEARS: usize = 15;
/// Digits at least of the numbers of cards, telephones and the like.
const CODE_DIGITS: usize = 8;

/// A column as it seems to be.
#[derive(Debug)]
pub struct Column {
    /// Its header.
    pub caption: String,
    /// Its name for rules.
    pub name: String,
    /// What it holds.
    pub kind: FieldType,
    /// The form of its dates, where that is not ISO's.
    pub format: Option<&'static str>,
    /// How its percentages are written.
    pub scale: Option<Scale>,
    /// Whether no cell is blank.
    pub is_full: bool,
    /// Whether no number is below 0.
    pub from_zero: bool,
    /// Whether no percentage is above 100.
    pub to_hundred: bool,
    /// The form of all its texts.
    pub pattern: Option<String>,
    /// Its few values.
    pub list: Option<Vec<String>>,
    /// Whether some of them differ in capitals only.
    pub ignore_case: bool,
    /// Whether it is likely to name things rather than to count or describe them.
    pub is_code: bool,
    /// Its different texts, as many as are kept.
    pub texts: BTreeSet<String>,
    /// Signs that seem to mean "missing".
    pub missing: BTreeSet<String>,
    /// What is not certain.
    pub remarks: Vec<Message>,
}

/// What the cells of a column are, counted.
#[derive(Default)]
struct Seen<'a> {
    blank: usize,
    missing: BTreeSet<String>,
    /// Everything else, with the row it is in.
    filled: Vec<(u32, &'a Cell)>,
}

impl<'a> Seen<'a> {
    fn of(cells: impl Iterator<Item = (u32, Option<&'a Cell>)>) -> Seen<'a> {
        let mut seen = Seen::default();
        let mut signs = Vec::new();
        for (row, cell) in cells {
            match cell.filter(|cell| !cell.text.trim().is_empty()) {
                None => seen.blank += 1,
                Some(cell) if misread::means_missing(&cell.text) => signs.push((row, cell)),
                Some(cell) => seen.filled.push((row, cell)),
            }
        }
        // A cross that is all there is says something: a tick.
        let is_tick = |(_, cell): &(u32, &Cell)| cell.text.trim().eq_ignore_ascii_case("x");
        if seen.filled.is_empty() && signs.iter().all(is_tick) {
            seen.filled = signs;
        } else {
            seen.missing = signs.iter().map(|(_, cell)| cell.text.trim().to_owned()).collect();
        }
        seen
    }

    /// Whether most cells satisfy a condition, and the ones that do not.
    fn mostly(&self, fits: impl Fn(&Cell) -> bool) -> Option<Vec<(u32, &'a Cell)>> {
        let strays: Vec<(u32, &Cell)> =
            self.filled.iter().filter(|(_, cell)| !fits(cell)).copied().collect();
        let fitting = self.filled.len() - strays.len();
        (fitting > 0 && fitting * 100 >= self.filled.len() * MOST_OF_THEM).then_some(strays)
    }
}

/// What a column is, by its header and its cells with the rows they are in.
pub fn column<'a>(
    caption: &str,
    name: String,
    cells: impl Iterator<Item = (u32, Option<&'a Cell>)>,
    marks: &Marks,
) -> Column {
    let seen = Seen::of(cells);
    let mut column = Column {
        caption: caption.to_owned(),
        kind: FieldType::String,
        format: None,
        scale: None,
        is_full: seen.blank == 0 && seen.missing.is_empty() && !seen.filled.is_empty(),
        from_zero: false,
        to_hundred: false,
        pattern: None,
        list: None,
        ignore_case: false,
        is_code: CODES.iter().any(|code| name == *code || name.starts_with(&format!("{code}_"))),
        texts: BTreeSet::new(),
        missing: seen.missing.clone(),
        remarks: Vec::new(),
        name,
    };
    for (_, cell) in &seen.filled {
        if column.texts.len() < MOST_TEXTS {
            column.texts.insert(cell.text.trim().to_owned());
        }
    }
    if seen.filled.is_empty() {
        column.remarks.push(msg!(DraftAllBlank));
        return column;
    }
    // Short numbers under such a header count cards or telephones.
    column.is_code |= has_words(&column.name, &CODES_ANYWHERE)
        && column.texts.iter().all(|text| text.len() >= CODE_DIGITS);
    let told = column.years(&seen)
        || column.booleans(&seen)
        || column.dates(&seen)
        || column.numbers(&seen, marks);
    if !told {
        column.strings(&seen);
    }
    column
}

/// Whether a name has one of some words, or words in a row, in it.
pub fn has_words(name: &str, words: &[&str]) -> bool {
    let name = format!("_{name}_");
    words.iter().any(|own| name.contains(&format!("_{own}_")))
}

impl Column {
    /// Whether its years are those its rows are about, not of birth or building.
    pub fn is_of_rows(&self) -> bool {
        self.kind == FieldType::Year && !has_words(&self.name, &OTHER_YEARS)
    }

    /// Whether it may be what rows are told apart by.
    pub fn may_be_key(&self) -> bool {
        self.is_full && !has_words(&self.name, &CONTACTS)
    }

    fn stray(&mut self, strays: &[(u32, &Cell)]) {
        if strays.is_empty() {
            return;
        }
        let shown =
            strays.iter().take(SHOWN).map(|(row, cell)| format!("`{}` ({row})", cell.text.trim()));
        let shown = shown.collect::<Vec<_>>().join(", ");
        self.remarks.push(msg!(DraftStrays, count = strays.len(), shown = shown));
    }

    /// Years, where the header says so, or where there is nothing else and they are few.
    fn years(&mut self, seen: &Seen<'_>) -> bool {
        let is_year = |cell: &Cell| {
            let text = cell.text.trim();
            text.len() == 4 && text.parse().is_ok_and(|year| YEARS.contains(&year))
        };
        let called = has_words(&self.name, &["nam", "year"]);
        let Some(strays) = seen.mostly(is_year) else { return false };
        // Years are few and come again, or one after another.
        let again = self.texts.len() < seen.filled.len() || seen.filled.len() <= 2;
        let years: Vec<i64> = self.texts.iter().filter_map(|text| text.parse().ok()).collect();
        let in_a_row = years.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let like_years = strays.is_empty() && (again || in_a_row) && self.texts.len() <= MOST_YEARS;
        if !called && !like_years {
            return false;
        }
        if !called {
            self.remarks.push(msg!(DraftPerhapsYear));
        }
        self.kind = FieldType::Year;
        self.stray(&strays);
        true
    }

    fn booleans(&mut self, seen: &Seen<'_>) -> bool {
        let is_boolean = |cell: &Cell| {
            matches!(cell.text.trim(), "true" | "false" | "True" | "False" | "TRUE" | "FALSE")
        };
        let told = seen.filled.iter().all(|(_, cell)| is_boolean(cell));
        if told {
            self.kind = FieldType::Boolean;
        }
        told
    }

    fn dates(&mut self, seen: &Seen<'_>) -> bool {
        let of = |format: &str, text: &str| {
            let date = NaiveDate::parse_from_str(text.trim(), format);
            date.is_ok_and(|date| date.year() >= 1000)
        };
        if let Some(strays) = seen.mostly(|cell| of("%Y-%m-%d", &cell.text)) {
            self.kind = FieldType::Date;
            self.stray(&strays);
            return true;
        }
        let fits = |format: &str| {
            let fits = |cell: &Cell| of(format, &cell.text) || of("%Y-%m-%d", &cell.text);
            seen.mostly(fits).map(|strays| strays.len())
        };
        // The first of equals: day first, unless the days say otherwise.
        let best = DATES
            .into_iter()
            .filter_map(|format| Some((fits(format)?, format)))
            .min_by_key(|(strays, _)| *strays);
        if let Some((_, format)) = best {
            self.kind = FieldType::Date;
            self.format = Some(format);
            let both = format == "%d/%m/%Y" && fits("%m/%d/%Y") == Some(0) && self.texts.len() > 1;
            if both || format == "%m/%d/%Y" {
                self.remarks.push(msg!(DraftDayFirst, format = format));
            }
            let strays = seen.mostly(|cell| of(format, &cell.text) || of("%Y-%m-%d", &cell.text));
            self.stray(&strays.unwrap_or_default());
            return true;
        }
        let called = self.name.split('_').any(|word| matches!(word, "ngay" | "date"));
        let serial = |cell: &Cell| {
            serial_date(cell.text.trim()).is_some_and(|day| (1970..2100).contains(&day.year()))
        };
        if called && let Some(strays) = seen.mostly(serial) {
            self.kind = FieldType::Date;
            self.format = Some("serial");
            let first = seen.filled.iter().find_map(|(_, cell)| {
                Some((cell.text.trim().to_owned(), serial_date(cell.text.trim())?))
            });
            if let Some((text, date)) = first {
                self.remarks.push(msg!(DraftSerial, text = text, date = date));
            }
            self.stray(&strays);
            return true;
        }
        false
    }

    fn numbers(&mut self, seen: &Seen<'_>, marks: &Marks) -> bool {
        let is_digits = |cell: &Cell| cell.text.trim().bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = |cell: &Cell| {
            let text = cell.text.trim();
            text.len() > 1 && text.starts_with('0') && is_digits(cell)
        };
        // 0123 is no number of anything.
        if seen.filled.iter().any(|(_, cell)| leading_zero(cell)) {
            self.is_code = true;
        }
        if self.is_code && seen.mostly(is_digits).is_some() {
            if seen.filled.iter().any(|(_, cell)| cell.native) {
                self.remarks.push(msg!(DraftLostZeros));
            }
            return false;
        }
        let Some(strays) = seen.mostly(|cell| marks.value(cell).is_some()) else { return false };
        let values: Vec<Exact> =
            seen.filled.iter().filter_map(|(_, cell)| marks.value(cell)).collect();
        let shares =
            seen.filled.iter().filter(|(_, cell)| cell.text.trim_end().ends_with('%')).count();
        let whole =
            seen.filled.iter().all(|(_, cell)| marks.is_whole(cell) || marks.value(cell).is_none());
        self.kind = if whole && shares == 0 { FieldType::Integer } else { FieldType::Number };
        let changes = has_words(&self.name, &CHANGES);
        self.from_zero = !changes && values.iter().all(|value| !value.is_negative());
        let called = self.caption.contains('%') || self.name.starts_with("ty_le");
        let below_one = values.iter().all(|value| value.abs() <= Exact::ONE);
        if shares > 0 {
            self.scale = Some(Scale::Percent);
            if shares < values.len() {
                self.remarks.push(msg!(DraftSomePercent, count = values.len() - shares));
            }
        } else if called && below_one && !whole {
            self.scale = Some(Scale::Fraction);
            self.remarks.push(msg!(DraftFraction));
        } else if called {
            self.scale = Some(Scale::Percent);
        }
        self.to_hundred = !changes
            && !has_words(&self.name, &RATIOS)
            && self.scale == Some(Scale::Percent)
            && values.iter().all(|value| *value <= Exact::int(100));
        let flags = self.kind == FieldType::Integer
            && self.scale.is_none()
            && self.texts.iter().all(|text| text == "0" || text == "1")
            && self.texts.len() == 2;
        if flags {
            self.remarks.push(msg!(DraftFlags));
        }
        self.stray(&strays);
        true
    }

    /// Texts many of which begin like numbers are likely to be meant for numbers or dates.
    fn mixed(&mut self, seen: &Seen<'_>) {
        let digits =
            |cell: &Cell| cell.text.trim().starts_with(|first: char| first.is_ascii_digit());
        let like: Vec<_> = seen.filled.iter().filter(|(_, cell)| digits(cell)).copied().collect();
        if like.len() * 3 > seen.filled.len() {
            let shown = like.iter().take(SHOWN);
            let shown = shown.map(|(row, cell)| format!("`{}` ({row})", cell.text.trim()));
            let shown = shown.collect::<Vec<_>>().join(", ");
            self.remarks.push(msg!(DraftMixed, count = like.len(), shown = shown));
        }
    }

    fn strings(&mut self, seen: &Seen<'_>) {
        let distinct = self.texts.len();
        if distinct == 1 && self.texts.iter().any(|text| text.eq_ignore_ascii_case("x")) {
            self.remarks.push(msg!(DraftTick));
            return;
        }
        let short = self.texts.iter().all(|text| text.chars().count() <= 30);
        let few = distinct <= LIST.0 && seen.filled.len() >= distinct * LIST.1;
        if !self.is_code && short && few && distinct > 1 {
            let spellings: BTreeMap<String, usize> =
                self.texts.iter().fold(BTreeMap::new(), |mut all, text| {
                    *all.entry(crate::contract::matching::key(text, true).into_owned())
                        .or_default() += 1;
                    all
                });
            let capitals: BTreeSet<String> = self
                .texts
                .iter()
                .map(|text| crate::contract::matching::key(text, false).into_owned())
                .collect();
            if spellings.len() < distinct {
                self.ignore_case = spellings.len() < capitals.len();
                self.remarks.push(msg!(DraftSpellings));
            }
            self.list = Some(self.texts.iter().cloned().collect());
            return;
        }
        if self.is_code || self.texts.len() == seen.filled.len() {
            self.pattern = mask(&self.texts);
            self.is_code |= self.pattern.is_some();
        }
        if !self.is_code {
            self.mixed(seen);
        }
    }
}

/// The form that all texts have: as many characters, the same ones in their places or digits or
/// letters. At least five texts are wanted to tell.
fn mask(texts: &BTreeSet<String>) -> Option<String> {
    let mut texts = texts.iter();
    let first: Vec<char> = texts.next()?.chars().collect();
    let mut classes: Vec<Class> =
        first.iter().map(|letter| Class::of(*letter)).collect::<Option<_>>()?;
    let mut count = 1;
    for text in texts {
        count += 1;
        let mut letters = text.chars();
        for class in &mut classes {
            *class = class.with(letters.next()?)?;
        }
        if letters.next().is_some() {
            return None;
        }
    }
    let varies = classes.iter().any(|class| !matches!(class, Class::Same(_)));
    if count < 5 || !varies || first.len() < 2 {
        return None;
    }
    let mut pattern = String::from("^");
    for run in classes.chunk_by(|a, b| a == b) {
        match run[0] {
            Class::Same('.') => pattern.push_str(&"\\.".repeat(run.len())),
            Class::Same(letter) => pattern.extend(std::iter::repeat_n(letter, run.len())),
            Class::Digit => pattern.push_str(&repeated("[0-9]", run.len())),
            Class::Capital => pattern.push_str(&repeated("[A-Z]", run.len())),
            Class::Small => pattern.push_str(&repeated("[a-z]", run.len())),
        }
    }
    pattern.push('$');
    Some(pattern)
}

fn repeated(class: &str, times: usize) -> String {
    if times == 1 { class.to_owned() } else { format!("{class}{{{times}}}") }
}

/// What stands at one place of all texts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Same(char),
    Digit,
    Capital,
    Small,
}

impl Class {
    fn of(letter: char) -> Option<Class> {
        // A digit may be another one in the next file.
        match letter {
            '0'..='9' => Some(Class::Digit),
            'A'..='Z' | 'a'..='z' | '-' | '.' | '/' | '_' => Some(Class::Same(letter)),
            _ => None,
        }
    }

    fn with(self, letter: char) -> Option<Class> {
        match (self, Class::of(letter)?) {
            (own, other) if own == other => Some(own),
            (Class::Same(a), Class::Same(b)) => {
                let all = |within: fn(&char) -> bool| within(&a) && within(&b);
                if all(char::is_ascii_uppercase) {
                    Some(Class::Capital)
                } else if all(char::is_ascii_lowercase) {
                    Some(Class::Small)
                } else {
                    None
                }
            }
            (Class::Capital, Class::Same(b)) if b.is_ascii_uppercase() => Some(Class::Capital),
            (Class::Small, Class::Same(b)) if b.is_ascii_lowercase() => Some(Class::Small),
            _ => None,
        }
    }
}

/// Whether a header numbers the rows.
pub fn is_row_number(caption: &str) -> bool {
    matches!(names::identifier(caption).as_str(), "stt" | "tt" | "so_tt" | "so_thu_tu" | "no")
}
