//! What must hold between the cells of a batch, and between its rows and others: references, parts
//! and wholes, keys.

use std::collections::HashSet;

use arrow_array::types::Int64Type;
use arrow_array::{Array, PrimitiveArray};
use foldhash::fast::FixedState;

use super::batch::{Batch, number};
use super::cells::Cells;
use super::decode::Decoder;
use super::keys::comparable;
use super::values::offence;
use super::{DataFile, Slot};
use crate::diagnostic::Code;
use crate::message::Arg;
use crate::msg;

impl Decoder<'_> {
    /// Numbers that must be keys of another dataset; texts have been looked up already.
    pub(super) fn check_references(
        &mut self,
        cells: &Cells<'_>,
        file: &DataFile,
        batch: &mut Batch,
    ) {
        for (column, keys) in self.setting.keys.enumerate() {
            let (Some(keys), slot) = (keys, &file.slots[column]) else { continue };
            let Some(array) = batch.columns[column.into()].as_ref() else { continue };
            let Some(numbers) = array.as_any().downcast_ref::<PrimitiveArray<Int64Type>>() else {
                continue;
            };
            let mut strangers = HashSet::default();
            for row in (0..batch.rows).filter(|row| numbers.is_valid(*row)) {
                let text = numbers.value(row).to_string();
                if keys.find(&text, false).is_some() {
                    continue;
                }
                strangers.insert(row);
                self.strangers.insert((batch.refs[row], column));
                if !self.setting.is_void(batch.refs[row], column) {
                    let raw = cells.text_of(cells.order[row] as usize, slot);
                    let field = &self.setting.contract.fields[column];
                    let code = Code::UnknownForeignKey;
                    self.offending.add(code, column, batch.refs[row], || {
                        offence(code, &raw, field, Some(keys))
                    });
                }
            }
            if !strangers.is_empty() {
                batch.void(column.into(), &strangers);
            }
        }
    }

    /// Counts that are part of another cannot be above it.
    pub(super) fn check_parts(&mut self, batch: &mut Batch) {
        for (part, whole) in &self.setting.contract.parts {
            let (Some(parts), Some(wholes)) =
                (&batch.columns[(*part).into()], &batch.columns[(*whole).into()])
            else {
                continue;
            };
            let mut above = HashSet::default();
            for row in 0..batch.rows {
                let (Some(small), Some(large)) = (number(parts, row), number(wholes, row)) else {
                    continue;
                };
                if small > large {
                    above.insert(row);
                    let column = &self.setting.contract.fields[*whole].name;
                    self.offending.add(Code::PartAboveWhole, *part, batch.refs[row], || {
                        let why = msg!(
                            PartAboveWhole,
                            part = Arg::Number(small.exact_text()),
                            column = column,
                            whole = Arg::Number(large.exact_text())
                        );
                        (small.exact_text(), Some(why))
                    });
                }
            }
            if !above.is_empty() {
                batch.void((*part).into(), &above);
            }
        }
    }

    /// Notes the keys of all rows; where doubled ones are known already, the rows' cells
    /// become unknown so that nothing is counted twice.
    pub(super) fn check_keys(&mut self, cells: &Cells<'_>, file: &DataFile, batch: &mut Batch) {
        for (at, key) in self.setting.unique.iter().enumerate() {
            let slots: Vec<&Slot> = key.columns.iter().map(|column| &file.slots[*column]).collect();
            if slots.contains(&&Slot::Absent) {
                continue;
            }
            let Some(doubled) = self.setting.doubled else {
                let known = |row: usize| {
                    key.columns.iter().all(|column| {
                        let array = batch.columns[(*column).into()].as_ref();
                        array.is_some_and(|array| array.is_valid(row))
                            || self.strangers.contains(&(batch.refs[row], *column))
                    })
                };
                for row in (0..batch.rows).filter(|row| known(*row)) {
                    let record = cells.order[row] as usize;
                    let texts: Vec<_> = slots
                        .iter()
                        .zip(&key.columns)
                        .map(|(slot, column)| {
                            let field = &self.setting.contract.fields[*column];
                            comparable(cells.text_of(record, slot), field)
                        })
                        .collect();
                    self.logs[at].add(batch.refs[row], texts.iter().map(|text| &**text));
                }
                continue;
            };
            let doubled = &doubled[at];
            if doubled.is_empty() {
                continue;
            }
            let rows: HashSet<usize, FixedState> =
                (0..batch.rows).filter(|row| doubled.contains(batch.refs[*row])).collect();
            if rows.is_empty() {
                continue;
            }
            for column in self.setting.contract.fields.ids() {
                let void = if key.primary {
                    rows.iter()
                        .next()
                        .is_some_and(|row| self.setting.is_void(batch.refs[*row], column))
                } else {
                    key.columns.contains(&column)
                };
                if void {
                    batch.void(column.into(), &rows);
                }
            }
            if key.primary {
                batch.doubled.extend(rows);
            }
        }
    }
}
