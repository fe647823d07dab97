//! What the columns of a table are to each other and to other datasets: what names a row, when
//! and where it is, which counts are part of which.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::column::{Column, has_words};
use super::grid::Grid;
use super::marks::Marks;
use super::names;
use crate::contract::FieldType;
use crate::contract::matching;
use crate::exact::Exact;
use crate::reading::Datasets;
use crate::workspace::config::Listings;

/// Pairs of part and whole that are suggested.
const MOST_PARTS: usize = 6;
/// Columns that are tried as keys, of each type.
const MOST_TRIED: usize = 8;
/// Counts among which parts are looked for.
const MOST_COUNTS: usize = 60;
/// Rows that must agree before a pair is suggested.
const FEWEST_ROWS: usize = 5;

/// Words of columns of whole numbers that tell times of a year apart.
const PERIODS: [&str; 8] = ["thang", "quy", "ky", "dot", "lan", "tuan", "month", "quarter"];
/// What names of communes begin with, as far as people write it.
const COMMUNE_WORDS: [&str; 10] =
    ["ubnd", "xã", "x.", "phường", "p.", "thị trấn", "tt.", "tt", "thị xã", "đặc khu"];

/// What a column of another dataset is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The codes of areas.
    Area,
    /// The names of areas.
    AreaName,
    /// The codes of units.
    Unit,
    /// Names the rows of its dataset.
    Key,
}

/// A column of another dataset, by its values.
#[derive(Debug)]
pub struct KnownColumn {
    /// The dataset.
    pub dataset: String,
    /// The column.
    pub column: String,
    /// What it is there for.
    pub role: Role,
    exact: HashSet<String>,
    spellings: HashSet<String>,
}

/// The columns of a workspace that others may refer to.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<Arc<KnownColumn>>);

impl KnownColumn {
    /// Whether a text is one of its values as it is written.
    pub fn has_exactly(&self, text: &str) -> bool {
        let spelling = matching::key(text, false);
        self.exact.iter().any(|own| matching::key(own, false) == spelling)
    }

    /// Whether a text is one of its values, in whatever spelling.
    pub fn has(&self, text: &str) -> bool {
        self.spellings.contains(&*matching::key(text, true))
    }
}

/// Whether some column holds areas.
pub fn has_area(columns: &[Column], known: &Known) -> bool {
    columns.iter().enumerate().any(|(at, column)| {
        reference(at, column, known)
            .is_some_and(|own| matches!(own.target.role, Role::Area | Role::AreaName))
    })
}

impl Known {
    /// The same without the columns of a dataset itself.
    pub fn beside(&self, dataset: &str) -> Known {
        let others = self.0.iter().filter(|target| target.dataset != dataset);
        Known(others.cloned().collect())
    }

    /// The first column there for this.
    pub fn target(&self, role: Role) -> Option<&KnownColumn> {
        self.0.iter().map(Arc::as_ref).find(|target| target.role == role)
    }

    /// Those of datasets that are held: the lists of areas and units, and single primary keys.
    pub fn of(datasets: &Datasets, lists: Listings<'_>) -> Known {
        let mut targets = Vec::new();
        for dataset in &datasets.sets {
            let contract = &dataset.contract;
            let mut add = |column: &str, role: Role| {
                let Some(at) = contract.field(column) else { return };
                let rows = dataset.table.as_ref().map_or(0, |table| table.rows);
                let texts = (0..rows).filter_map(|row| dataset.text(row, at));
                let exact: HashSet<String> = texts.map(str::to_owned).collect();
                if exact.is_empty() {
                    return;
                }
                let spelling = |text: &String| matching::key(text, true).into_owned();
                let spellings = exact.iter().map(spelling).collect();
                let dataset = contract.name.clone();
                let column = column.to_owned();
                targets.push(Arc::new(KnownColumn { dataset, column, role, exact, spellings }));
            };
            let is = |list: Option<&crate::workspace::config::Listing>| {
                list.filter(|list| list.dataset.value == contract.name).cloned()
            };
            if let Some(list) = is(lists.areas) {
                add(&list.code.value, Role::Area);
                add(&list.name.value, Role::AreaName);
            } else if let Some(list) = is(lists.units) {
                add(&list.code.value, Role::Unit);
            } else if let [key] = contract.primary_key[..] {
                add(&contract.fields[key].name.clone(), Role::Key);
            }
        }
        targets.sort_by_key(|target| target.role);
        Known(targets)
    }

    /// The area a text names somewhere in it, as the list spells it: where it begins and ends.
    pub fn area_in(&self, text: &str) -> Option<(usize, usize)> {
        let names = self.0.iter().filter(|target| target.role == Role::AreaName);
        let names = names.flat_map(|target| target.exact.iter());
        let lower = text.to_lowercase();
        let found = names.filter_map(|name| {
            // Lower case of Vietnamese letters is as long as their upper case.
            let at = lower.find(&name.to_lowercase())?;
            (lower.len() == text.len()).then_some((at, at + name.len()))
        });
        found.max_by_key(|(start, end)| (end - start, usize::MAX - start))
    }

    fn holds(target: &KnownColumn, column: &Column) -> Option<bool> {
        if column.texts.iter().all(|text| target.exact.contains(text)) {
            return Some(false);
        }
        let spelt = |text: &String| target.spellings.contains(&*matching::key(text, true));
        column.texts.iter().all(spelt).then_some(true)
    }

    /// Whether the values of a column would name areas but for words they begin with: one of them,
    /// and how the list has it.
    pub fn shortened(&self, column: &Column) -> Option<(String, String)> {
        let target = self.target(Role::AreaName)?;
        let whole: HashMap<String, &String> =
            target.exact.iter().map(|name| (bare(name), name)).collect();
        let text = column.texts.first().filter(|text| text.chars().any(char::is_alphabetic))?;
        let all = column.texts.iter().all(|text| whole.contains_key(&bare(text)));
        let name = whole.get(&bare(text)).filter(|_| all)?;
        Some((text.clone(), (*name).clone()))
    }

    /// Whether some values of a column, but not all, name areas: how many do not.
    pub fn strangers(&self, column: &Column) -> Option<(usize, String)> {
        let lists = self.0.iter().filter(|own| matches!(own.role, Role::Area | Role::AreaName));
        lists
            .filter_map(|target| {
                let strange =
                    |text: &&String| !target.spellings.contains(&*matching::key(text, true));
                let strangers: Vec<&String> = column.texts.iter().filter(strange).collect();
                let known = column.texts.len() - strangers.len();
                let first = strangers.first()?;
                (known > strangers.len()).then(|| (strangers.len(), (*first).clone()))
            })
            .min_by_key(|(count, _)| *count)
    }
}

/// A commune's name without what it begins with, by [`matching::key`].
fn bare(name: &str) -> String {
    let mut name = matching::key(name, true).into_owned();
    while let Some(rest) = COMMUNE_WORDS.iter().find_map(|word| {
        let word = matching::key(word, true);
        let rest = name.strip_prefix(&*word)?;
        (rest.starts_with(' ') || word.ends_with('.')).then(|| rest.trim_start())
    }) {
        name = rest.to_owned();
    }
    name
}

/// A column that refers to another dataset.
#[derive(Debug)]
pub struct Reference<'k> {
    /// The column.
    pub column: usize,
    /// What it refers to.
    pub target: &'k KnownColumn,
    /// Whether capitals differ.
    pub ignore_case: bool,
}

/// What the columns are to each other.
#[derive(Debug, Default)]
pub struct Relations<'k> {
    /// References to other datasets.
    pub references: Vec<Reference<'k>>,
    /// The column of years.
    pub year: Option<usize>,
    /// The column of areas.
    pub area: Option<usize>,
    /// Whether several columns may be it.
    pub several_areas: bool,
    /// The first column that would be it, were no cell of it blank.
    pub area_with_blanks: Option<usize>,
    /// The column that names areas beside their codes.
    pub area_name: Option<usize>,
    /// The columns of the first and the last day a row holds.
    pub validity: Option<(usize, usize)>,
    /// Columns that together, and with those that come from elsewhere, name a row; none found,
    /// `None`.
    pub key: Option<Vec<usize>>,
    /// Counts that are nowhere above another: part, whole.
    pub parts: Vec<(usize, usize)>,
}

/// Finds out what the columns are to each other. `given` tells of columns that are not in the
/// grid, whose values come from elsewhere.
pub fn relations<'k>(
    columns: &[Column],
    grid: &Grid,
    marks: &Marks,
    known: &'k Known,
    given: Given,
) -> Relations<'k> {
    let mut found = Relations { year: year(columns), ..Relations::default() };
    for (at, column) in columns.iter().enumerate() {
        if let Some(reference) = reference(at, column, known) {
            found.references.push(reference);
        }
    }
    let of = |role: Role| -> Vec<usize> {
        let all = found.references.iter().filter(|own| own.target.role == role);
        all.map(|own| own.column).filter(|at| columns[*at].is_full).collect()
    };
    match (&of(Role::Area)[..], &of(Role::AreaName)[..]) {
        ([code], names) => {
            found.area = Some(*code);
            found.area_name = names.first().copied();
        }
        ([], [name]) => found.area = Some(*name),
        ([], []) => {
            let listed = |own: &&Reference<'_>| {
                !columns[own.column].is_full
                    && matches!(own.target.role, Role::Area | Role::AreaName)
            };
            found.area_with_blanks = found.references.iter().find(listed).map(|own| own.column);
        }
        // Which of them says where the row is only its author knows.
        _ => found.several_areas = true,
    }
    // The name beside a code is checked against it; it is no key of its own.
    let name = found.area_name;
    found.references.retain(|own| Some(own.column) != name);
    found.validity = validity(columns);
    found.key = key(columns, grid, &found, given);
    let refers = |at: &usize| found.references.iter().any(|own| own.column == *at);
    found.parts = parts(columns, grid, marks, |at| !refers(at));
    found
}

/// Dimensions whose values do not stand in a column.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// Years come from a file's name or a cell.
    pub year: bool,
    /// So do areas.
    pub area: bool,
}

fn year(columns: &[Column]) -> Option<usize> {
    let years = || columns.iter().enumerate().filter(|(_, column)| column.is_of_rows());
    let plain = years().find(|(_, column)| matches!(column.name.as_str(), "nam" | "year"));
    plain.or_else(|| years().next()).map(|(at, _)| at)
}

/// Columns of dates called like the beginning and the end of something.
fn validity(columns: &[Column]) -> Option<(usize, usize)> {
    const CALLED: [(&str, &str); 4] = [
        ("tu_ngay", "den_ngay"),
        ("hieu_luc_tu", "hieu_luc_den"),
        ("ngay_hieu_luc", "ngay_het_hieu_luc"),
        ("valid_from", "valid_to"),
    ];
    let date =
        |name: &str| columns.iter().position(|own| own.kind == FieldType::Date && own.name == name);
    CALLED.iter().find_map(|(from, to)| Some((date(from)?, date(to)?)))
}

fn reference<'k>(at: usize, column: &Column, known: &'k Known) -> Option<Reference<'k>> {
    let text = column.kind == FieldType::String && column.list.is_none();
    let digits = column.kind == FieldType::Integer && column.scale.is_none();
    if column.texts.is_empty() || !(text || digits || column.list.is_some()) {
        return None;
    }
    known.0.iter().find_map(|target| {
        let ignore_case = Known::holds(target, column)?;
        let called = column.name.split('_').any(|word| {
            word == target.dataset
                || target.dataset.split('_').any(|own| own == word && own.len() > 1)
        });
        let listed = matches!(target.role, Role::Area | Role::AreaName | Role::Unit);
        let long = column.texts.iter().all(|text| text.chars().count() >= 2);
        let sure = match target.role {
            // A number that happens to be a code is a number.
            _ if digits => listed && (called || column.is_code) && long,
            Role::Area | Role::AreaName | Role::Unit => long,
            Role::Key => called,
        };
        sure.then_some(Reference { column: at, target, ignore_case })
    })
}

/// The fewest columns that name a row, those likely to be meant first.
fn key(columns: &[Column], grid: &Grid, found: &Relations<'_>, given: Given) -> Option<Vec<usize>> {
    let full = |at: &usize| columns[*at].may_be_key();
    let is_code = |at: &usize| {
        let column = &columns[*at];
        full(at) && column.kind == FieldType::String && (column.is_code || column.pattern.is_some())
    };
    let all = || 0..columns.len();
    let year = found.year.filter(full);
    let area = found.area.filter(full);
    let is_text = |at: &usize| columns[*at].kind == FieldType::String;
    let texts: Vec<usize> = all().filter(full).filter(is_text).take(MOST_TRIED).collect();
    let is_period = |at: &usize| {
        columns[*at].kind == FieldType::Integer && has_words(&columns[*at].name, &PERIODS)
    };
    let numbers: Vec<usize> = all().filter(full).filter(is_period).take(MOST_TRIED).collect();
    let mut candidates: Vec<Vec<usize>> = Vec::new();
    let with_year =
        |rest: &[usize]| -> Vec<usize> { year.into_iter().chain(rest.iter().copied()).collect() };
    if let Some((from, _)) = found.validity {
        candidates.extend(texts.iter().map(|at| vec![*at, from]));
    }
    if let Some(area) = area {
        candidates.push(with_year(&[area]));
    }
    if given.area {
        candidates.push(with_year(&[]));
    }
    let references = found.references.iter().map(|own| own.column).filter(full);
    candidates.extend(references.map(|at| with_year(&[at])));
    candidates.extend(all().filter(is_code).map(|at| vec![at]));
    candidates.extend(all().filter(is_code).map(|at| with_year(&[at])));
    candidates.extend(texts.iter().map(|at| with_year(&[*at])));
    candidates.extend(texts.iter().map(|at| vec![*at]));
    for (place, first) in texts.iter().enumerate() {
        candidates.extend(texts[place + 1..].iter().map(|second| with_year(&[*first, *second])));
    }
    // Months or quarters beside an area or a text.
    for first in area.iter().chain(&texts) {
        candidates.extend(numbers.iter().map(|second| with_year(&[*first, *second])));
    }
    candidates.push(with_year(&[]));
    let by_file = given.area || given.year;
    candidates.into_iter().find(|key| (by_file || !key.is_empty()) && is_unique(grid, key, by_file))
}

/// Whether no two rows, of one file or of all, have the same texts in some columns.
fn is_unique(grid: &Grid, key: &[usize], by_file: bool) -> bool {
    let mut seen = HashSet::new();
    grid.rows.iter().all(|row| {
        let text = |at: &usize| row.cells.get(*at).map_or("", |cell| cell.text.trim());
        let texts = key.iter().map(text).collect::<Vec<_>>().join("\u{1f}");
        seen.insert((by_file.then_some(row.file), texts))
    })
}

/// Counts that are nowhere above another and somewhere below it, each with the smallest such.
fn parts(
    columns: &[Column],
    grid: &Grid,
    marks: &Marks,
    may_count: impl Fn(&usize) -> bool,
) -> Vec<(usize, usize)> {
    let counts: Vec<usize> = (0..columns.len())
        .filter(may_count)
        .filter(|at| {
            let column = &columns[*at];
            matches!(column.kind, FieldType::Integer | FieldType::Number)
                && column.scale.is_none()
                && column.from_zero
                && !column.is_code
        })
        .take(MOST_COUNTS)
        .collect();
    let mut values: HashMap<usize, Vec<Option<Exact>>> = HashMap::new();
    for at in &counts {
        let cells = grid.column(*at).map(|(_, cell)| cell.and_then(|cell| marks.value(cell)));
        values.insert(*at, cells.collect());
    }
    let sum = |at: usize| {
        let known = values[&at].iter().flatten();
        known.fold(Exact::ZERO, |sum, value| sum.checked_add(value).unwrap_or(sum))
    };
    let sums: BTreeMap<usize, Exact> = counts.iter().map(|at| (*at, sum(*at))).collect();
    let unit = |at: usize| names::unit(&columns[at].caption);
    let is_part = |part: usize, whole: usize| {
        if unit(part).zip(unit(whole)).is_some_and(|(a, b)| a != b) {
            return false;
        }
        let pairs = values[&part].iter().zip(&values[&whole]);
        let known: Vec<(Exact, Exact)> =
            pairs.filter_map(|(a, b)| Some((a.clone()?, b.clone()?))).collect();
        known.len() >= FEWEST_ROWS
            && known.iter().all(|(a, b)| a <= b)
            && known.iter().any(|(a, b)| a < b && *a > Exact::ZERO)
    };
    // The whole is likely to be called like its part; else it is the smallest that holds it.
    let alike = |part: usize, whole: usize| {
        let words = columns[part].name.split('_').zip(columns[whole].name.split('_'));
        words.take_while(|(a, b)| a == b).count()
    };
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for part in &counts {
        let wholes = counts.iter().filter(|whole| *whole != part && is_part(*part, **whole));
        let best =
            wholes.max_by_key(|whole| (alike(*part, **whole), Reverse(sums[*whole].clone())));
        found.extend(best.map(|whole| (*part, *whole, alike(*part, *whole))));
    }
    found.sort_by_key(|(_, _, alike)| Reverse(*alike));
    found.truncate(MOST_PARTS);
    found.into_iter().map(|(part, whole, _)| (part, whole)).collect()
}
