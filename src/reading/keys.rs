//! Keys that must not occur twice, over any number of rows.
//!
//! While rows are read only a hash and the place of each key are kept, sixteen bytes a row, in
//! parts by the hash's upper bits. At the end each part is sorted on its own; rows whose hashes
//! are equal are read again and compared letter by letter, so the outcome is exact.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::batch::RowRef;
use super::stored::Stored;
use super::{Dataset, Near, Slot};
use crate::contract::matching;
use crate::contract::{Field, FieldId, FieldType};
use crate::source::Sources;

/// Parts the keys are kept in, once there are many: each then fits a processor's cache.
const PARTS: usize = 256;

/// Keys above which it is worth keeping parts.
const FEW: usize = 1 << 14;

/// Between the cells of a key: no cell holds it.
const SEPARATOR: u8 = 0x1f;

/// A key column or columns whose values must differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueKey {
    /// The columns, in the contract's order of naming.
    pub columns: Vec<FieldId>,
    /// Whether it is the primary key: a doubled row then counts for nothing.
    pub primary: bool,
}

/// The keys one thread has seen.
#[derive(Debug, Default)]
pub struct KeyLog {
    hashing: FixedState,
    few: Vec<(u64, RowRef)>,
    parts: Vec<Vec<(u64, RowRef)>>,
}

impl KeyLog {
    /// Notes a row's key.
    pub fn add<'a>(&mut self, row: RowRef, cells: impl Iterator<Item = &'a [u8]>) {
        let mut hasher = self.hashing.build_hasher();
        for cell in cells {
            hasher.write(cell.trim_ascii());
            hasher.write_u8(SEPARATOR);
        }
        let entry = (hasher.finish(), row);
        if self.parts.is_empty() {
            self.few.push(entry);
            if self.few.len() > FEW {
                self.parts = vec![Vec::new(); PARTS];
                for entry in std::mem::take(&mut self.few) {
                    self.parts[part(entry.0)].push(entry);
                }
            }
        } else {
            self.parts[part(entry.0)].push(entry);
        }
    }
}

fn part(hash: u64) -> usize {
    (hash >> (64 - PARTS.trailing_zeros())) as usize
}

/// Rows that have the same key.
#[derive(Debug, Default)]
pub struct Doubled {
    /// Rows whose key an earlier row has: that row.
    pub later: HashMap<RowRef, RowRef, FixedState>,
    /// The earlier rows: which of several is right cannot be told from their order.
    pub first: HashSet<RowRef, FixedState>,
}

impl Doubled {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.later.is_empty()
    }

    /// Whether another row has this one's key.
    pub fn contains(&self, row: RowRef) -> bool {
        self.later.contains_key(&row) || self.first.contains(&row)
    }
}

/// Finds doubled keys among what all threads have seen.
pub fn doubled(
    logs: Vec<KeyLog>,
    key: &UniqueKey,
    dataset: &Dataset,
    sources: &Sources,
) -> Doubled {
    let mut parts: Vec<Vec<(u64, RowRef)>> = Vec::new();
    let many = logs.iter().any(|log| !log.parts.is_empty());
    parts.resize_with(if many { PARTS } else { 1 }, Vec::new);
    for log in logs {
        for (at, entries) in log.parts.into_iter().enumerate() {
            if parts[at].is_empty() {
                parts[at] = entries;
            } else {
                parts[at].extend(entries);
            }
        }
        for entry in log.few {
            parts[if many { part(entry.0) } else { 0 }].push(entry);
        }
    }
    let sort = |part: &mut Vec<(u64, RowRef)>| part.sort_unstable();
    if many {
        parts.par_iter_mut().for_each(sort);
    } else {
        parts.iter_mut().for_each(sort);
    }
    let stored = StoredKeys::read(&parts, key, dataset, sources);
    let find = |part: Vec<(u64, RowRef)>| {
        let (mut found, mut near) = (Vec::new(), Near::default());
        for same in alike(&part) {
            // Nearly always one key; differing keys of one hash are told apart here.
            let mut first: HashMap<Cow<'_, [u8]>, RowRef> = HashMap::new();
            for (_, row) in same {
                let text = match stored.get(*row) {
                    Some(text) => Cow::Borrowed(text),
                    None => Cow::Owned(text(dataset, sources, *row, key, &mut near)),
                };
                match first.entry(text) {
                    Entry::Occupied(before) => found.push((*row, *before.get())),
                    Entry::Vacant(place) => {
                        place.insert(*row);
                    }
                }
            }
        }
        found
    };
    let later: HashMap<RowRef, RowRef, FixedState> = if many {
        parts.into_par_iter().flat_map_iter(find).collect()
    } else {
        parts.into_iter().flat_map(find).collect()
    };
    let first = later.values().copied().collect();
    Doubled { later, first }
}

/// The rows of a sorted part that share their hash with another.
fn alike(part: &[(u64, RowRef)]) -> impl Iterator<Item = &[(u64, RowRef)]> {
    part.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1)
}

/// Keys of rows of tables as compared: a single row costs a page, so all are read in one go.
#[derive(Default)]
struct StoredKeys {
    /// The rows, in order.
    rows: Vec<RowRef>,
    /// Where the key of each ends, and where that of the first begins.
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl StoredKeys {
    fn read(
        parts: &[Vec<(u64, RowRef)>],
        key: &UniqueKey,
        dataset: &Dataset,
        sources: &Sources,
    ) -> StoredKeys {
        let mut keys = StoredKeys { ends: vec![0], ..StoredKeys::default() };
        let is_stored = |row: &RowRef| dataset.table_of(sources, *row).is_some();
        let rows = parts.iter().flat_map(|part| alike(part)).flatten().map(|(_, row)| *row);
        keys.rows = rows.filter(is_stored).collect();
        keys.rows.sort_unstable();
        let rows = std::mem::take(&mut keys.rows);
        for own in rows.chunk_by(|a, b| a.file() == b.file()) {
            let Some(table) = dataset.table_of(sources, own[0]) else { continue };
            let slots = &dataset.files[own[0].file()].slots;
            let columns: Vec<usize> = key
                .columns
                .iter()
                .filter_map(|column| match &slots[*column] {
                    Slot::At(slot) => Some(*slot),
                    _ => None,
                })
                .collect();
            let places: Vec<usize> = own.iter().map(|row| row.offset()).collect();
            let picked = Stored::pick(table, &places, &columns, |stored, at, record| {
                for (position, column) in key.columns.iter().enumerate() {
                    if position > 0 {
                        keys.bytes.push(SEPARATOR);
                    }
                    let raw = match &slots[*column] {
                        Slot::At(slot) => stored.text(record, *slot),
                        Slot::Given(given) => Cow::Borrowed(given.text()),
                        Slot::Absent => Cow::Borrowed(&[][..]),
                    };
                    let field = &dataset.contract.fields[*column];
                    keys.bytes.extend_from_slice(comparable(raw, field).trim_ascii());
                }
                keys.rows.push(own[at]);
                keys.ends.push(keys.bytes.len());
            });
            // What could be read a moment ago is asked for one by one.
            if picked.is_err() {
                keys.bytes.truncate(keys.ends.last().copied().unwrap_or(0));
            }
        }
        keys
    }

    fn get(&self, row: RowRef) -> Option<&[u8]> {
        let at = self.rows.binary_search(&row).ok()?;
        Some(&self.bytes[self.ends[at]..self.ends[at + 1]])
    }
}

/// A row's key as compared.
fn text(
    dataset: &Dataset,
    sources: &Sources,
    row: RowRef,
    key: &UniqueKey,
    near: &mut Near,
) -> Vec<u8> {
    let mut text = Vec::new();
    for (at, raw) in dataset.raws(sources, row, &key.columns, near).into_iter().enumerate() {
        if at > 0 {
            text.push(SEPARATOR);
        }
        let field = &dataset.contract.fields[key.columns[at]];
        text.extend_from_slice(comparable(Cow::Owned(raw), field).trim_ascii());
    }
    text
}

/// A row's key as written.
pub fn shown(dataset: &Dataset, sources: &Sources, row: RowRef, key: &UniqueKey) -> String {
    let raws = dataset.raws(sources, row, &key.columns, &mut Near::default());
    let texts: Vec<String> =
        raws.iter().map(|raw| String::from_utf8_lossy(raw).trim().to_owned()).collect();
    texts.join(", ")
}

/// A cell of a key as it is compared: a text by what its spellings share.
pub fn comparable<'a>(raw: Cow<'a, [u8]>, field: &Field) -> Cow<'a, [u8]> {
    // By far the most keys are codes, of which there is only one spelling.
    let plain =
        |byte: &u8| byte.is_ascii_graphic() && !(field.ignore_case && byte.is_ascii_uppercase());
    if field.kind != FieldType::String || raw.iter().all(plain) {
        return raw;
    }
    let key =
        std::str::from_utf8(&raw).map(|text| matching::key(text, field.ignore_case).into_owned());
    key.map_or(raw, |key| Cow::Owned(key.into_bytes()))
}
