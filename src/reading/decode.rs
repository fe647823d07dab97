//! Cells into typed columns, every cell checked against the contract on the way.
//!
//! A cell that breaks its contract is noted and counts as unknown, so no figure is ever computed
//! from it. What a cell comes to is found out column by column ([`super::values`]); what holds
//! between cells and rows is checked afterwards ([`super::checks`]).

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::DataFile;
use super::areas::{Areas, misplaced};
use super::batch::{Batch, RowRef};
use super::cells::{Cells, From, Reader};
use super::column;
use super::group::Grouping;
use super::keys::{Doubled, KeyLog, UniqueKey};
use super::offence::Offending;
use super::text::KnownKeys;
use crate::contract::{Contract, FieldId};
use crate::ids::IdVec;

/// What is known about a dataset before its rows are read.
pub struct Setting<'a> {
    /// Its contract.
    pub contract: &'a Contract,
    /// For each column, the keys it must be one of.
    pub keys: &'a IdVec<FieldId, Option<KnownKeys>>,
    /// For each column, whether its values are wanted. The others are only checked.
    pub wanted: &'a IdVec<FieldId, bool>,
    /// The columns whose values must differ.
    pub unique: &'a [UniqueKey],
    /// Rows known to have a key that an earlier row has, aligned with `unique`. Without it keys
    /// are gathered, to find such rows.
    pub doubled: Option<&'a [Doubled]>,
    /// The list of areas; with it rows are grouped.
    pub areas: Option<&'a Areas>,
}

/// Decodes one thread's ranges of a dataset.
pub struct Decoder<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) columns: IdVec<FieldId, Reader>,
    /// The groups met so far.
    pub grouping: Grouping,
    /// What broke the contract so far.
    pub offending: Offending,
    /// Keys seen, aligned with the setting's.
    pub logs: Vec<KeyLog>,
    /// Cells of the current batch that are unknown only because they refer to nothing or name no
    /// area of their year: as keys they are there.
    pub(super) strangers: HashSet<(RowRef, FieldId), FixedState>,
}

impl Setting<'_> {
    /// Whether a cell counts for nothing because its row has the primary key of an earlier one.
    /// When and where the row is stays known: only there figures become unknown.
    pub(super) fn is_void(&self, row: RowRef, column: FieldId) -> bool {
        let doubled = self.unique.iter().zip(self.doubled.unwrap_or_default());
        let mut doubled = doubled.filter(|(key, _)| key.primary && !key.columns.contains(&column));
        let dimension = self.contract.year == Some(column) || self.contract.area == Some(column);
        !dimension && doubled.any(|(_, doubled)| doubled.contains(row))
    }
}

impl<'a> Decoder<'a> {
    /// A decoder that has read nothing yet.
    pub fn new(setting: &'a Setting<'a>) -> Decoder<'a> {
        let contract = setting.contract;
        let readers = contract.fields.enumerate().map(|(at, field)| {
            let keyed = setting.unique.iter().any(|key| key.columns.contains(&at));
            let needed = setting.wanted[at]
                || (setting.areas.is_some()
                    && (contract.area == Some(at) || contract.area_name == Some(at)))
                || keyed;
            Reader::new(field, contract, needed, setting.keys[at].is_some())
        });
        Decoder {
            setting,
            columns: readers.collect(),
            grouping: Grouping::default(),
            offending: Offending::default(),
            logs: setting.unique.iter().map(|_| KeyLog::default()).collect(),
            strangers: HashSet::default(),
        }
    }

    /// Decodes some records. With a list of areas, rows come sorted by group where that pays; without
    /// one they come as they stand in the file.
    pub fn decode(&mut self, mut cells: Cells<'_>, file: &DataFile) -> Batch {
        let contract = self.setting.contract;
        self.strangers.clear();
        if let From::Text(range, records) = cells.from {
            for (record, found) in &records.ragged {
                self.offending.ragged.add(cells.row(*record), || *found);
            }
            if range.unclosed && records.rows > 0 {
                self.offending.unclosed.add(cells.row(records.rows - 1), || ());
            }
        }
        let mut batch = Batch {
            columns: contract.fields.iter().map(|_| None).collect(),
            rows: cells.order.len(),
            ..Batch::default()
        };
        let dimensions = [contract.year, contract.area];
        if let Some(areas) = self.setting.areas {
            for column in dimensions.into_iter().flatten() {
                batch.columns[column.into()] = self.column(&cells, column, file, &mut batch.broken);
            }
            if let Some(column) = contract.area_name {
                batch.columns[column.into()] = self.column(&cells, column, file, &mut batch.broken);
            }
            // Names are looked at row by row; codes only where one turns out to mean nothing.
            if contract.area_name.is_some() {
                self.check_areas(&cells, areas, &mut batch);
            }
            self.group(areas, &mut batch);
            if self.grouping.strange {
                self.check_areas(&cells, areas, &mut batch);
            }
            self.sort(&mut batch, &mut cells);
        }
        batch.refs = cells.order.iter().map(|record| cells.row(*record as usize)).collect();
        for column in contract.fields.ids() {
            if batch.columns[column.into()].is_none() {
                batch.columns[column.into()] = self.column(&cells, column, file, &mut batch.broken);
            }
        }
        self.check_references(&cells, file, &mut batch);
        self.check_parts(&mut batch);
        self.check_keys(&cells, file, &mut batch);
        batch
    }

    fn group(&mut self, areas: &Areas, batch: &mut Batch) {
        let contract = self.setting.contract;
        let dimension = |column: Option<FieldId>| batch.columns[column?.into()].as_ref();
        let (year, area) = (dimension(contract.year), dimension(contract.area));
        batch.groups = self.grouping.assign(contract, areas, year, area, batch.rows);
    }

    /// Rows whose code means no area in their year, or whose name is not that area's: of which
    /// area they are is unknown.
    fn check_areas(&mut self, cells: &Cells<'_>, areas: &Areas, batch: &mut Batch) {
        let contract = self.setting.contract;
        let Some(area) = contract.area else { return };
        let found = misplaced(contract, areas, &batch.columns, batch.rows);
        for wrong in &found {
            let row = cells.row(cells.order[wrong.row] as usize);
            self.strangers.insert((row, area));
            self.offending.add(wrong.code, wrong.column, row, || {
                (wrong.text.clone(), Some(wrong.why.clone()))
            });
        }
        if !found.is_empty() {
            batch.void(area.into(), &found.iter().map(|wrong| wrong.row).collect());
        }
    }

    /// Brings rows of one group together, so that they can be counted by the stretch. The columns
    /// already read follow; all others are then read in the new order.
    fn sort(&self, batch: &mut Batch, cells: &mut Cells<'_>) {
        let groups = self.grouping.keys.len();
        // With few rows to a group, stretches are not worth the sorting.
        if groups > batch.rows / 8 {
            return;
        }
        let mut starts = vec![0u32; groups + 1];
        for group in &batch.groups {
            starts[*group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
            if starts[group + 1] > starts[group] {
                let rows = starts[group] as usize..starts[group + 1] as usize;
                batch.runs.push((u32::try_from(group).unwrap_or(u32::MAX), rows));
            }
        }
        if batch.groups.is_sorted() {
            return;
        }
        let mut order = vec![0u32; batch.rows];
        for (row, group) in batch.groups.iter().enumerate() {
            let place = &mut starts[*group as usize];
            order[*place as usize] = u32::try_from(row).unwrap_or(u32::MAX);
            *place += 1;
        }
        let picked = arrow_array::UInt32Array::from(order);
        for column in batch.columns.iter_mut().flatten() {
            if let Some(sorted) = column::take(column, &picked) {
                *column = sorted;
            }
        }
        let order = picked.values().to_vec();
        if !batch.broken.is_empty() {
            let mut places = vec![0; order.len()];
            for (place, row) in order.iter().enumerate() {
                places[*row as usize] = place;
            }
            let moved = batch.broken.iter().map(|(row, column)| (places[*row], *column));
            batch.broken = moved.collect();
        }
        batch.groups = order.iter().map(|place| batch.groups[*place as usize]).collect();
        cells.order = order.iter().map(|place| cells.order[*place as usize]).collect();
    }
}
