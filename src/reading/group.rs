//! When and where rows are: the group of each row.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef};
use foldhash::fast::FixedState;

use super::areas::Areas;
use super::batch::{AreaKey, GroupKey, YearKey, codes};
use crate::contract::Contract;

/// Numbers groups in order of first appearance.
#[derive(Debug, Default)]
pub struct Grouping {
    /// The groups met so far.
    pub keys: Vec<GroupKey>,
    /// The place of each in `keys`.
    known: HashMap<GroupKey, u32, FixedState>,
    /// For each year met, the group of each text that names areas, `NONE` where not met; the
    /// places after those are for unknown areas and for datasets without areas.
    years: Vec<(YearKey, Places)>,
    /// The place of each in `years`.
    met: HashMap<YearKey, usize, FixedState>,
    /// The place in `years` of each year from [`FIRST_YEAR`] on, one more than it is.
    slots: Vec<u8>,
    /// The slot of each code of the last dictionary seen, as a place in `years`.
    places: Option<(ArrayRef, Vec<usize>)>,
    /// Whether any code named no area of its year.
    pub strange: bool,
}

const NONE: u32 = u32::MAX;

/// The groups of one year, by place.
#[derive(Debug)]
enum Places {
    /// None so far.
    None,
    /// The one that was met.
    One(usize, u32),
    /// Those that were met.
    Some(HashMap<usize, u32, FixedState>),
    /// All that there may be.
    All(Vec<u32>),
}

impl Places {
    #[inline]
    fn get(&self, place: usize) -> u32 {
        match self {
            Places::All(groups) => groups[place],
            Places::One(only, group) if *only == place => *group,
            Places::None | Places::One(..) => NONE,
            Places::Some(groups) => groups.get(&place).copied().unwrap_or(NONE),
        }
    }

    fn set(&mut self, place: usize, group: u32) {
        match self {
            Places::All(groups) => groups[place] = group,
            Places::None => *self = Places::One(place, group),
            Places::One(only, first) => {
                *self = Places::Some([(*only, *first), (place, group)].into_iter().collect());
            }
            Places::Some(groups) => {
                groups.insert(place, group);
            }
        }
    }
}

/// Years from here on, [`YEARS`] of them, are found without searching.
const FIRST_YEAR: i64 = 1900;
const YEARS: usize = 256;

impl Grouping {
    /// The group of each row, from the columns of the contract's dimensions.
    pub fn assign(
        &mut self,
        contract: &Contract,
        areas: &Areas,
        year: Option<&ArrayRef>,
        area: Option<&ArrayRef>,
        rows: usize,
    ) -> Vec<u32> {
        let years = year.and_then(|column| column.as_primitive_opt::<Int64Type>());
        let (nowhere, unknown) = (areas.slots(), areas.slots() + 1);
        if let Some((_, texts)) = area.and_then(codes)
            && let Some(dictionary) = area.and_then(|array| array.as_any_dictionary_opt())
            && !self
                .places
                .as_ref()
                .is_some_and(|(known, _)| Arc::ptr_eq(known, dictionary.values()))
        {
            let place = |text: Option<&str>| text.and_then(|text| areas.slot(text, contract));
            let places = texts.iter().map(|text| place(text).unwrap_or(unknown)).collect();
            self.places = Some((Arc::clone(dictionary.values()), places));
        }
        let remembered = self.places.take();
        let places = remembered.as_ref().map_or(&[][..], |(_, places)| places);
        let area_codes = area.and_then(codes).map(|(codes, _)| codes);
        // A text means one area in one year, and another in another.
        let key = |place: usize, year: YearKey| match (place, year) {
            (place, YearKey::Year(_) | YearKey::Always) if place < nowhere => {
                let year = if let YearKey::Year(year) = year { Some(year) } else { None };
                areas.meaning(place, year).map_or(AreaKey::Unknown, AreaKey::Area)
            }
            (place, YearKey::Unknown) if place < nowhere => {
                areas.constant(place).map_or(AreaKey::Unknown, AreaKey::Area)
            }
            (place, _) if place == nowhere => AreaKey::None,
            _ => AreaKey::Unknown,
        };
        self.slots.resize(YEARS, 0);
        let mut groups = Vec::with_capacity(rows);
        let always = contract.year.is_none().then(|| self.year(None, nowhere + 2));
        // Without a list nobody said which areas there are.
        let by_area = contract.area.is_some() && !areas.is_empty();
        for row in 0..rows {
            let place = match (by_area, area_codes) {
                (false, _) => nowhere,
                (_, Some(codes)) if codes.is_valid(row) => {
                    usize::try_from(codes.value(row)).map_or(unknown, |code| places[code])
                }
                _ => unknown,
            };
            let at = always.unwrap_or_else(|| {
                let year = years.filter(|years| years.is_valid(row)).map(|years| years.value(row));
                let slot =
                    year.and_then(|year| usize::try_from(year.wrapping_sub(FIRST_YEAR)).ok());
                match slot.and_then(|slot| self.slots.get(slot)).copied().unwrap_or(0) {
                    0 => self.year(Some(year.unwrap_or(i64::MAX)), nowhere + 2),
                    place => usize::from(place) - 1,
                }
            });
            let year = self.years[at].0;
            let mut group = self.years[at].1.get(place);
            if group == NONE {
                let key = (year, key(place, year));
                self.strange |= place < unknown && key.1 == AreaKey::Unknown;
                // Two texts may mean one area.
                let next = u32::try_from(self.keys.len()).unwrap_or(NONE);
                group = *self.known.entry(key).or_insert(next);
                if group == next {
                    self.keys.push(key);
                }
                self.years[at].1.set(place, group);
            }
            groups.push(group);
        }
        self.places = remembered;
        groups
    }

    /// The place of a year met for the first time, or of one that is not among the usual.
    #[cold]
    fn year(&mut self, year: Option<i64>, places: usize) -> usize {
        let key = match year {
            None => YearKey::Always,
            Some(year) => i32::try_from(year).map_or(YearKey::Unknown, YearKey::Year),
        };
        let next = self.years.len();
        let at = *self.met.entry(key).or_insert(next);
        if at == next {
            // As many places as years there may be, but not for each of them.
            let room = if next < YEARS { Places::All(vec![NONE; places]) } else { Places::None };
            self.years.push((key, room));
        }
        let slot = year.and_then(|year| usize::try_from(year.wrapping_sub(FIRST_YEAR)).ok());
        if let (Some(slot), Ok(place)) =
            (slot.and_then(|at| self.slots.get_mut(at)), u8::try_from(at + 1))
        {
            *slot = place;
        }
        at
    }
}
