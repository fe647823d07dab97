//! Years and areas that stand in no column but in a file's name or above its table.

use std::sync::LazyLock;

use regex::Regex;

use super::grid::Grid;
use super::relations::{Known, KnownColumn, Role};
use crate::contract::FieldType;
use crate::message::Message;
use crate::msg;
use crate::source::workbook::cell_name;

/// A year of this century.
const YEAR: &str = "20[0-9]{2}";
/// A year after its word, in any case.
static YEAR_IN_TEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?i)năm[^0-9]{{0,3}}{YEAR}")).ok());
static YEAR_IN_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(YEAR).ok());

/// Where a value comes from.
#[derive(Clone, Debug)]
enum ValueSource {
    /// The file's name.
    File,
    /// A cell of the sheet.
    Cell((u32, u32)),
}

/// A column whose values come from elsewhere.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldType,
    place: ValueSource,
    pattern: Option<String>,
    /// The dataset and column it refers to.
    pub reference: Option<(String, String)>,
    /// Whether capitals differ.
    pub ignore_case: bool,
    /// What is not certain.
    pub remark: Option<Message>,
}

impl Origin {
    /// How a contract says it.
    pub fn from(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        match (&self.place, &self.pattern) {
            (ValueSource::File, pattern) => {
                format!("{{ file = {} }}", quoted(pattern.as_deref().unwrap_or(".+")))
            }
            (ValueSource::Cell(cell), None) => {
                format!("{{ cell = {} }}", quoted(&cell_name(*cell)))
            }
            (ValueSource::Cell(cell), Some(pattern)) => {
                format!("{{ cell = {}, pattern = {} }}", quoted(&cell_name(*cell)), quoted(pattern))
            }
        }
    }
}

/// A year told by the names of files or a cell above the table.
pub fn year(stems: &[String], grid: &Grid) -> Option<Origin> {
    let origin = |place, pattern: &str| Origin {
        name: "nam".to_owned(),
        kind: FieldType::Year,
        place,
        pattern: Some(pattern.to_owned()),
        reference: None,
        ignore_case: false,
        remark: Some(msg!(DraftOrigin)),
    };
    let in_name = YEAR_IN_NAME.as_ref()?;
    if !stems.is_empty() && stems.iter().all(|stem| in_name.find_iter(stem).count() == 1) {
        return Some(origin(ValueSource::File, YEAR));
    }
    let above = grid.place.iter().flat_map(|place| &place.above);
    let in_text = YEAR_IN_TEXT.as_ref()?;
    let mut cells = above.filter(|(_, text)| in_text.is_match(text));
    let (cell, _) = cells.next()?;
    Some(origin(ValueSource::Cell(*cell), &format!("(?i)năm[^0-9]{{0,3}}({YEAR})")))
}

/// An area told by the names of files or a cell above the table.
pub fn area(stems: &[String], grid: &Grid, known: &Known) -> Option<Origin> {
    let origin = |place, pattern: String, target: &KnownColumn| Origin {
        name: "xa".to_owned(),
        kind: FieldType::String,
        place,
        pattern: Some(pattern),
        reference: Some((target.dataset.clone(), target.column.clone())),
        ignore_case: false,
        remark: Some(msg!(DraftOrigin)),
    };
    let codes = known.target(Role::Area);
    let names = known.target(Role::AreaName);
    let word = |stem: &str, pattern: &str| -> Option<String> {
        let found = Regex::new(pattern).ok()?.captures(stem)?;
        Some(found.get(1).or(found.get(0))?.as_str().to_owned())
    };
    let told = |pattern: &str, target: &KnownColumn| {
        let is = |stem: &String| word(stem, pattern).is_some_and(|word| target.has(&word));
        !stems.is_empty() && stems.iter().all(is)
    };
    if let Some(codes) = codes {
        for pattern in ["^([0-9]{3,})", "([0-9]{3,})$", "^([^_ ]+)[_ ]"] {
            if told(pattern, codes) {
                return Some(origin(ValueSource::File, pattern.to_owned(), codes));
            }
        }
    }
    let names = names?;
    for pattern in [".+", "_ ?(.+)$", "^([^_]+)_"] {
        if told(pattern, names) {
            return Some(origin(ValueSource::File, pattern.to_owned(), names));
        }
    }
    let above = grid.place.iter().flat_map(|place| &place.above);
    above.clone().find_map(|(cell, text)| {
        let (start, end) = known.area_in(text)?;
        let (before, after) = (regex::escape(&text[..start]), &text[end..]);
        let after = if after.is_empty() { "$".to_owned() } else { regex::escape(after) };
        let found = origin(ValueSource::Cell(*cell), format!("^{before}(.+?){after}"), names);
        Some(Origin { ignore_case: !names.has_exactly(&text[start..end]), ..found })
    })
}
