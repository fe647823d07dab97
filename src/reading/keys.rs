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
use super::{Dataset, Near};
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
    let find = |mut part: Vec<(u64, RowRef)>| {
        part.sort_unstable();
        let (mut found, mut near) = (Vec::new(), Near::default());
        for same in part.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            // Nearly always one key; differing keys of one hash are told apart here.
            let mut first: HashMap<Vec<u8>, RowRef> = HashMap::new();
            for (_, row) in same {
                match first.entry(text(dataset, sources, *row, key, &mut near)) {
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
