//! Areas through time: which area a code means in a year, and which areas of another year it is
//! made of.
//!
//! A code may be given to another area when areas are merged, so an area is a row of the list with
//! its time of validity, and a row of data names one by code and year. An area belongs to the
//! years on whose last day it is valid.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use chrono::NaiveDate;

use serde::{Deserialize, Serialize};

use super::batch::{ColumnId, codes};
use super::days::date_from_days;
use super::successions::{Correspondence, Successions, last_day};
use crate::contract::matching;
use crate::contract::{Contract, FieldId};
use crate::diagnostic::Code;
use crate::ids::{Id, IdVec, id};
use crate::message::{Arg, Message};
use crate::msg;

/// Words before the name of an area that say of which kind it is, as [`matching::key`] has them.
const KINDS: [&str; 4] = ["xã", "phường", "thị trấn", "đặc khu"];

/// What is written for such words.
const SHORT: [(&str, &str); 5] = [
    ("x.", "xã"),
    ("p.", "phường"),
    ("tt.", "thị trấn"),
    ("tt", "thị trấn"),
    ("thị tứ", "thị trấn"),
];

/// When something holds: from the first day to the last, either open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether a day is in it.
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether some day is in both.
    pub fn overlaps(self, other: Validity) -> bool {
        let before =
            |a: Validity, b: Validity| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
        !before(self, other) && !before(other, self)
    }

    /// Whether it holds on a year's last day.
    pub fn holds_in(self, year: i32) -> bool {
        last_day(year).is_some_and(|day| self.holds_on(day))
    }
}

id!(
    /// An area's position among all [`Areas`] of all times.
    AreaId
);

/// One area as it is for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// When it is that.
    pub validity: Validity,
}

/// How the areas of two years correspond, by the earlier and the later.
type Correspondences = HashMap<(i32, i32), Option<Arc<Correspondence>>>;

/// The areas of the workspace in order of their codes, those of one code together in order of time:
/// an area that takes over the code of another takes its place in reports. In what order their list
/// has them decides nothing.
#[derive(Debug, Default)]
pub struct Areas {
    /// All areas of all times.
    areas: IdVec<AreaId, Area>,
    /// The year of rows that have none.
    standing: i32,
    /// Each different code, and each different name.
    slots: [HashMap<String, usize>; 2],
    /// The areas each slot has meant.
    meanings: Vec<Vec<AreaId>>,
    /// The areas each became part of, and those each was made of.
    heirs: IdVec<AreaId, Vec<AreaId>>,
    parts: IdVec<AreaId, Vec<AreaId>>,
    /// Areas that end and of which nobody says what became of them.
    lost: Vec<AreaId>,
    /// How the areas of two years correspond, once that was asked.
    known: Mutex<Correspondences>,
    /// The dataset and the column of its list by whose values areas may be named.
    names: Option<(String, String)>,
}

impl Clone for Areas {
    fn clone(&self) -> Areas {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Areas {
            areas: self.areas.clone(),
            standing: self.standing,
            slots: self.slots.clone(),
            meanings: self.meanings.clone(),
            heirs: self.heirs.clone(),
            parts: self.parts.clone(),
            lost: self.lost.clone(),
            known: Mutex::new(known),
            names: self.names.clone(),
        }
    }
}

impl Areas {
    /// The areas of a list. `names` is its dataset and column of names.
    pub fn new(mut areas: Vec<Area>, names: (String, String)) -> Areas {
        // An open end is the latest of all.
        areas.sort_by_cached_key(|area| {
            let Validity { from, to } = area.validity;
            (area.code.clone(), from, to.is_none(), to, area.name.clone())
        });
        let mut all = Areas { names: Some(names), ..Areas::default() };
        for area in areas {
            // Equal ones come one after another.
            let known = |other: &Area| other.code == area.code && other.validity == area.validity;
            if all.areas.as_slice().last().is_some_and(known) {
                continue;
            }
            let place = all.areas.next_id();
            for (slots, text) in all.slots.iter_mut().zip([&area.code, &area.name]) {
                let next = all.meanings.len();
                let slot = *slots.entry(text.clone()).or_insert(next);
                all.meanings.resize_with(all.meanings.len().max(slot + 1), Vec::new);
                all.meanings[slot].push(place);
            }
            all.areas.push(area);
        }
        all.heirs = IdVec::same(Vec::new(), &all.areas);
        all.parts = IdVec::same(Vec::new(), &all.areas);
        all
    }

    /// Notes that the area a code meant until the day before, and no longer, became (part of) the
    /// area a code means on a day; whether there are such areas.
    pub fn succeed(&mut self, from: &str, to: &str, day: NaiveDate) -> bool {
        let eve = day.pred_opt();
        let before = eve.and_then(|eve| self.on(from, eve));
        let (Some(before), Some(after)) = (before, self.on(to, day)) else { return false };
        if before == after {
            return true;
        }
        if self.areas[before].validity.to != eve {
            return false;
        }
        if !self.heirs[before].contains(&after) {
            self.heirs[before].push(after);
            self.parts[after].push(before);
            // In whatever order the list of successors has them.
            self.heirs[before].sort_unstable();
            self.parts[after].sort_unstable();
        }
        true
    }

    /// Notes that what the successors say is all there is: areas that end without one are lost,
    /// and what their neighbours were made of cannot be told. Gives these.
    pub fn close(&mut self) -> &[AreaId] {
        let ends = |area: &AreaId| self.areas[*area].validity.to.is_some();
        let lost = self.areas.ids().filter(ends).filter(|area| self.heirs[*area].is_empty());
        self.lost = lost.collect();
        &self.lost
    }

    /// When an area is that.
    pub fn validity(&self, area: AreaId) -> Validity {
        self.areas[area].validity
    }

    fn on(&self, code: &str, day: NaiveDate) -> Option<AreaId> {
        let slot = *self.slots[0].get(code)?;
        self.meanings[slot].iter().copied().find(|area| self.areas[*area].validity.holds_on(day))
    }

    /// All areas of all times, in order.
    pub fn all(&self) -> &IdVec<AreaId, Area> {
        &self.areas
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// An area's code.
    pub fn code(&self, area: AreaId) -> &str {
        &self.areas[area].code
    }

    /// An area's name.
    pub fn name(&self, area: AreaId) -> &str {
        &self.areas[area].name
    }

    /// The areas of a year, in order of their codes.
    pub fn of_year(&self, year: i32) -> impl Iterator<Item = AreaId> {
        self.areas.ids().filter(move |area| self.areas[*area].validity.holds_in(year))
    }

    /// The year of rows that have none.
    pub fn standing(&self) -> i32 {
        self.standing
    }

    /// Says the year of rows that have none.
    pub fn stand_in(&mut self, year: i32) {
        self.standing = year;
    }

    /// How many different texts name areas.
    pub fn slots(&self) -> usize {
        self.meanings.len()
    }

    /// Which of the texts that name areas this is, in a dataset of this contract.
    pub fn slot(&self, text: &str, contract: &Contract) -> Option<usize> {
        self.slots[usize::from(self.is_by_name(contract))].get(text).copied()
    }

    /// Whether a dataset names its areas by the list's names rather than its codes: its area
    /// column refers to them.
    pub fn is_by_name(&self, contract: &Contract) -> bool {
        let key = contract.foreign_keys.iter().find(|key| Some(key.field) == contract.area);
        key.zip(self.names.as_ref()).is_some_and(|(key, (dataset, column))| {
            key.dataset.value == *dataset && key.column.value == *column
        })
    }

    /// The area such a text means in a year; without a year, in the year of rows that have none.
    pub fn meaning(&self, slot: usize, year: Option<i32>) -> Option<AreaId> {
        let year = year.unwrap_or(self.standing);
        let meanings = self.meanings.get(slot)?;
        meanings.iter().copied().find(|area| self.areas[*area].validity.holds_in(year))
    }

    /// The area such a text means in every year, where it is one and the same that always was.
    pub fn constant(&self, slot: usize) -> Option<AreaId> {
        match self.meanings.get(slot)?[..] {
            [only] if self.areas[only].validity == Validity::default() => Some(only),
            _ => None,
        }
    }

    /// The area a text means in a year, in a dataset of this contract.
    pub fn find(&self, text: &str, year: Option<i32>, contract: &Contract) -> Option<AreaId> {
        self.meaning(self.slot(text, contract)?, year)
    }

    /// The areas of a year that together are an area of the year `of`: what it was made of, what
    /// became of it, or itself, where nothing of another area is in them and nothing of it is in
    /// any other. `None` where that is not so or cannot be told: one of them was divided, or what
    /// they were made of is not known.
    pub fn in_year(&self, area: AreaId, of: i32, year: i32) -> Option<Vec<AreaId>> {
        if of == year {
            return self.areas[area].validity.holds_in(of).then(|| vec![area]);
        }
        let found = self.correspondence(of.min(year), of.max(year))?;
        found.of(area, of > year).map(<[AreaId]>::to_vec)
    }

    fn correspondence(&self, earlier: i32, later: i32) -> Option<Arc<Correspondence>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.entry((earlier, later)).or_insert_with(|| {
            let validities = self.areas.iter().map(|area| area.validity).collect();
            let all = Successions {
                validities: &validities,
                heirs: &self.heirs,
                parts: &self.parts,
                lost: &self.lost,
            };
            Correspondence::new(&all, earlier, later).map(Arc::new)
        });
        found.clone()
    }

    /// What became, by a year, of what a code meant at first: codes and names. None where that is still
    /// there.
    pub fn heirs(&self, code: &str, year: i32) -> Vec<(String, String)> {
        let Some(slot) = self.slots[0].get(code) else { return Vec::new() };
        let first = self.meanings[*slot][0];
        let mut seen = HashSet::from([first]);
        let mut waiting = vec![first];
        let mut found = Vec::new();
        while let Some(area) = waiting.pop() {
            if !self.areas[area].validity.holds_in(year) {
                waiting.extend(self.heirs[area].iter().filter(|heir| seen.insert(**heir)));
            } else if area != first {
                found.push(area);
            }
        }
        found.sort_unstable();
        let named = |area: AreaId| (self.code(area).to_owned(), self.name(area).to_owned());
        found.into_iter().map(named).collect()
    }

    /// Codes that have meant more than one area, with the names of these.
    pub fn reused(&self, code: &str) -> Option<Vec<&Area>> {
        let meanings = &self.meanings[*self.slots[0].get(code)?];
        (meanings.len() > 1).then(|| meanings.iter().map(|area| &self.areas[*area]).collect())
    }

    /// What is told of a text that names no area of a year: what it meant at other times.
    fn why_unknown(&self, text: &str, contract: &Contract) -> Message {
        let Some(slot) = self.slot(text, contract) else { return msg!(NotAnArea) };
        let Some(area) = self.meanings[slot].last().copied() else { return msg!(NotAnArea) };
        let Area { name, validity, .. } = &self.areas[area];
        let heirs = self.heirs[area].iter().map(|heir| &self.areas[*heir]);
        let heirs: Vec<Arg> =
            heirs.map(|heir| Arg::from(format!("{} {}", heir.code, heir.name))).collect();
        match (validity.from, validity.to) {
            (_, Some(to)) if !heirs.is_empty() => {
                msg!(AreaUntilThen, name = name, to = to, heirs = heirs)
            }
            (_, Some(to)) => msg!(AreaUntil, name = name, to = to),
            (Some(from), None) => msg!(AreaFrom, name = name, from = from),
            (None, None) => msg!(NotAnArea),
        }
    }

    /// Whether an area may be called so: by its name, or by it without the word for its kind.
    fn is_called(&self, area: AreaId, text: &str) -> bool {
        let parts = |text: &str| -> (Option<String>, String) {
            let text = matching::key(text, true).into_owned();
            let short = SHORT.iter().map(|(short, kind)| (*short, *kind));
            for (word, kind) in KINDS.iter().map(|kind| (*kind, *kind)).chain(short) {
                let word = matching::key(word, true);
                let rest = text.strip_prefix(&*word);
                if let Some(rest) = rest.filter(|rest| word.ends_with('.') || rest.starts_with(' '))
                {
                    return (Some(kind.to_owned()), rest.trim().to_owned());
                }
            }
            (None, text)
        };
        let ((kind, name), (other_kind, other)) = (parts(&self.areas[area].name), parts(text));
        name == other && (kind.is_none() || other_kind.is_none() || kind == other_kind)
    }
}

/// A row whose area cannot be told.
#[derive(Debug)]
pub struct Misplaced {
    /// The row.
    pub row: usize,
    /// What is wrong.
    pub code: Code,
    /// The column that shows it.
    pub column: FieldId,
    /// What that says.
    pub text: String,
    /// Why it is wrong.
    pub why: Message,
}

/// What a row calls its area, by the codes that texts have in their columns.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Called {
    code: i32,
    year: Option<i64>,
    name: Option<i32>,
}

/// The rows of a batch whose code means no area in their year, or whose name is not that area's.
pub fn misplaced(
    contract: &Contract,
    areas: &Areas,
    columns: &IdVec<ColumnId, Option<ArrayRef>>,
    rows: usize,
) -> Vec<Misplaced> {
    let mut found = Vec::new();
    let column = |column: Option<FieldId>| columns.get(column?.into())?.as_ref();
    let Some((area_codes, area_texts)) = column(contract.area).and_then(codes) else {
        return found;
    };
    if areas.is_empty() {
        return found;
    }
    let years = column(contract.year).and_then(|years| years.as_primitive_opt::<Int64Type>());
    let names = column(contract.area_name).and_then(codes);
    // What was found of the same code, year and name before.
    let mut known: BTreeMap<Called, Option<(Code, Message)>> = BTreeMap::new();
    for row in (0..rows).filter(|row| area_codes.is_valid(*row)) {
        let year = match years {
            Some(years) if years.is_null(row) => continue,
            Some(years) => Some(years.value(row)),
            None => None,
        };
        let name =
            names.filter(|(codes, _)| codes.is_valid(row)).map(|(codes, _)| codes.value(row));
        let text = |texts: &arrow_array::StringArray, code: i32| {
            texts.value(usize::try_from(code).unwrap_or(0)).to_owned()
        };
        let code = text(area_texts, area_codes.value(row));
        let called = Called { code: area_codes.value(row), year, name };
        let verdict = known.entry(called).or_insert_with(|| {
            let year = year.map(|year| i32::try_from(year).unwrap_or(i32::MAX));
            let Some(area) = areas.find(&code, year, contract) else {
                return Some((Code::UnknownArea, areas.why_unknown(&code, contract)));
            };
            let name = text(names?.1, name?);
            let why = msg!(AreaIsCalled, code = areas.code(area), name = areas.name(area));
            (!areas.is_called(area, &name)).then_some((Code::AreaNameMismatch, why))
        });
        let Some((wrong, why)) = verdict else { continue };
        let (column, shown) = match (&*wrong, contract.area_name, name.zip(names)) {
            (Code::AreaNameMismatch, Some(column), Some((name, (_, texts)))) => {
                (column, text(texts, name))
            }
            _ => (contract.area.unwrap_or(FieldId::FIRST), code),
        };
        found.push(Misplaced { row, code: *wrong, column, text: shown, why: why.clone() });
    }
    found
}

/// When each row of a dataset with times of validity holds.
pub fn validities(
    contract: &Contract,
    columns: &IdVec<ColumnId, Option<ArrayRef>>,
    rows: usize,
) -> Vec<Validity> {
    let Some((from, to)) = contract.validity else { return vec![Validity::default(); rows] };
    let dates = |column: Option<FieldId>| {
        let array = columns.get(column?.into())?.as_ref()?;
        array.as_primitive_opt::<Date32Type>()
    };
    let (from, to) = (dates(from), dates(to));
    let day = |dates: Option<&arrow_array::Date32Array>, row: usize| {
        dates.filter(|dates| dates.is_valid(row)).map(|dates| date_from_days(dates.value(row)))
    };
    (0..rows).map(|row| Validity { from: day(from, row), to: day(to, row) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list in the order of the codes and times it is written in: code, first and last day.
    fn listed(rows: &[(&str, &str, &str)], successions: &[(&str, &str, &str)]) -> Areas {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let area = |(code, from, to): &(&str, &str, &str)| {
            let validity = Validity { from: day(from), to: day(to) };
            Area { code: (*code).into(), name: format!("{code} {from}"), validity }
        };
        let mut areas = Areas::new(rows.iter().map(area).collect(), (String::new(), String::new()));
        areas.stand_in(2025);
        for (from, to, on) in successions {
            assert!(areas.succeed(from, to, day(on).expect("a day")), "{from} {to} {on}");
        }
        areas.close();
        areas
    }

    #[test]
    fn an_area_of_a_year_is_what_it_was_made_of_in_another() {
        let none: Option<Vec<AreaId>> = None;
        let ids = |all: &[usize]| Some(all.iter().copied().map(AreaId::at).collect::<Vec<_>>());
        // A takes B in, and then C.
        let taking = listed(
            &[("A", "", ""), ("B", "", "2022-06-30"), ("C", "", "2024-06-30")],
            &[("B", "A", "2022-07-01"), ("C", "A", "2024-07-01")],
        );
        for (of, year, expected) in [
            (2025, 2024, Some(&[0][..])),
            (2025, 2023, Some(&[0, 2])),
            (2025, 2022, Some(&[0, 2])),
            (2025, 2021, Some(&[0, 1, 2])),
            (2023, 2021, Some(&[0, 1])),
            (2023, 2025, None),
            (2021, 2025, None),
            (2024, 2025, Some(&[0])),
            (2021, 2020, Some(&[0])),
        ] {
            assert_eq!(
                taking.in_year(AreaId::at(0), of, year),
                expected.and_then(ids),
                "{of} {year}"
            );
        }
        // B goes into A, which goes into C: in one year, and in two.
        for (first, second) in [("2023-03-01", "2023-09-01"), ("2022-07-01", "2024-07-01")] {
            let eve = |day: &str| {
                let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").expect("a day");
                day.pred_opt().expect("one before").to_string()
            };
            let chain = listed(
                &[("A", "", &eve(second)), ("B", "", &eve(first)), ("C", "", "")],
                &[("B", "A", first), ("A", "C", second)],
            );
            assert_eq!(chain.in_year(AreaId::at(2), 2025, 2021), ids(&[0, 1, 2]));
        }
        // Divided, and reunited.
        let reunited = listed(
            &[
                ("A", "", "2021-12-31"),
                ("B", "2022-01-01", "2023-12-31"),
                ("C", "2022-01-01", "2023-12-31"),
                ("D", "2024-01-01", ""),
            ],
            &[
                ("A", "B", "2022-01-01"),
                ("A", "C", "2022-01-01"),
                ("B", "D", "2024-01-01"),
                ("C", "D", "2024-01-01"),
            ],
        );
        assert_eq!(reunited.in_year(AreaId::at(3), 2025, 2023), ids(&[1, 2]));
        assert_eq!(reunited.in_year(AreaId::at(3), 2025, 2021), ids(&[0]));
        assert_eq!(reunited.in_year(AreaId::at(0), 2021, 2025), ids(&[3]));
        assert_eq!(reunited.in_year(AreaId::at(0), 2021, 2023), ids(&[1, 2]));
        assert_eq!(reunited.in_year(AreaId::at(1), 2023, 2021), none);
        assert_eq!(reunited.in_year(AreaId::at(1), 2023, 2025), none);
        // One that was none for some years is another one then.
        let gap = listed(&[("A", "", "2021-12-31"), ("A", "2024-01-01", "")], &[]);
        assert_eq!(gap.in_year(AreaId::at(1), 2025, 2021), none);
        assert_eq!(gap.in_year(AreaId::at(0), 2021, 2020), ids(&[0]));
        assert_eq!(gap.in_year(AreaId::at(0), 2022, 2020), none, "it was none in 2022");
        // One that is lost may have gone into whatever began or took another in the day after;
        // before and after that all is known.
        let lost = listed(
            &[
                ("A", "", ""),
                ("B", "", "2023-12-31"),
                ("C", "", "2023-12-31"),
                ("D", "", ""),
                ("E", "2024-01-01", ""),
            ],
            &[("B", "A", "2024-01-01")],
        );
        assert_eq!(lost.in_year(AreaId::at(0), 2025, 2023), none);
        assert_eq!(lost.in_year(AreaId::at(3), 2025, 2023), ids(&[3]));
        assert_eq!(lost.in_year(AreaId::at(4), 2025, 2023), none);
        assert_eq!(lost.in_year(AreaId::at(0), 2025, 2024), ids(&[0]));
        assert_eq!(lost.in_year(AreaId::at(0), 2023, 2020), ids(&[0]));
    }

    #[test]
    fn years_no_date_can_have_have_no_areas() {
        let areas = listed(&[("A", "", "")], &[]);
        for year in [i32::MIN, i32::MAX] {
            assert_eq!(areas.in_year(AreaId::at(0), 2025, year), None);
            assert_eq!(areas.in_year(AreaId::at(0), year, year), None);
        }
    }
}
