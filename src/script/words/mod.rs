//! What every word of the rule language means, in both languages: for the reference page, for
//! suggestions and for `rasoat explain`.

mod measures;
mod rows;
mod rules;
mod tables;

/// Words that belong together.
pub struct Family {
    /// What they are, in Vietnamese.
    pub vi: &'static str,
    /// What they are, in English.
    pub en: &'static str,
    /// The words.
    pub words: &'static [Word],
}

/// A word: how it is written, and what it gives.
pub struct Word {
    /// The name as registered; an operator's symbol.
    pub name: &'static str,
    /// As written, e.g. `T.filter(|r| …)`.
    pub forms: &'static [&'static str],
    /// What it gives, in Vietnamese.
    pub vi: &'static str,
    /// What it gives, in English.
    pub en: &'static str,
}

/// The family of what stands inside `|r| …`: it is translated, not registered.
pub const ROW_CONDITIONS: &str = "Row conditions";

/// Every word, by family. A name may occur in several: the year of a table, of a measure, of a
/// date.
pub const FAMILIES: &[Family] = &[
    rules::DECLARATIONS,
    tables::TABLES,
    tables::GROUPS,
    measures::MEASURES,
    measures::CONDITIONS,
    rules::GOALS,
    rules::PATHS,
    rules::SCHEDULES_AND_DATES,
    rows::WORDS,
    rules::CHECKS,
];
