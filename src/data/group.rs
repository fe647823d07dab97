//! When and where rows are: the group of each row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef};

use super::Areas;
use super::batch::{AreaKey, GroupKey, YearKey, codes};
use super::contract::Contract;

/// Numbers groups in order of first appearance.
#[derive(Debug, Default)]
pub struct Grouping {
    /// The groups met so far.
    pub keys: Vec<GroupKey>,
    /// For each year met, the group of each area, `NONE` where not met; the places after the
    /// areas' own are for unknown areas and for datasets without areas.
    years: Vec<(YearKey, Vec<u32>)>,
    /// The area of each code of the last dictionary seen, as a place in `years`.
    places: Option<(ArrayRef, Vec<usize>)>,
}

const NONE: u32 = u32::MAX;

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
        let (nowhere, unknown) = (areas.codes.len(), areas.codes.len() + 1);
        if let Some((_, texts)) = area.and_then(codes)
            && let Some(dictionary) = area.and_then(|array| array.as_any_dictionary_opt())
            && !self.places.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, dictionary.values()))
        {
            let place = |text: Option<&str>| text.and_then(|text| areas.position(text));
            let places = texts.iter().map(|text| place(text).unwrap_or(unknown)).collect();
            self.places = Some((Arc::clone(dictionary.values()), places));
        }
        let places = self.places.as_ref().map_or(&[][..], |(_, places)| places);
        let area_codes = area.and_then(codes).map(|(codes, _)| codes);
        let key = |place: usize| match place {
            place if place < nowhere => AreaKey::Area(place),
            place if place == nowhere => AreaKey::None,
            _ => AreaKey::Unknown,
        };
        let mut groups = Vec::with_capacity(rows);
        let mut at = 0;
        for row in 0..rows {
            let year = match (contract.year, years) {
                (None, _) => YearKey::Always,
                (_, Some(years)) if years.is_valid(row) => {
                    i32::try_from(years.value(row)).map_or(YearKey::Unknown, YearKey::Year)
                }
                _ => YearKey::Unknown,
            };
            let place = match (contract.area, area_codes) {
                (None, _) => nowhere,
                (_, Some(codes)) if codes.is_valid(row) => {
                    usize::try_from(codes.value(row)).map_or(unknown, |code| places[code])
                }
                _ => unknown,
            };
            // Rows of one year mostly stand together.
            if self.years.get(at).is_none_or(|(known, _)| *known != year) {
                at = self.years.iter().position(|(known, _)| *known == year).unwrap_or_else(|| {
                    self.years.push((year, vec![NONE; nowhere + 2]));
                    self.years.len() - 1
                });
            }
            let group = &mut self.years[at].1[place];
            if *group == NONE {
                *group = u32::try_from(self.keys.len()).unwrap_or(NONE);
                self.keys.push((year, key(place)));
            }
            groups.push(*group);
        }
        groups
    }
}
