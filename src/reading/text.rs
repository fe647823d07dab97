//! A text column while it is read: each different text gets a code and is judged once.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use arrow_array::{ArrayRef, StringArray};
use foldhash::fast::FixedState;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::csv::digits::load;
use crate::contract::matching;
use crate::contract::{Contract, Field};
use crate::diagnostic::Code;

/// Different texts above which a column starts a new dictionary, so that a column of names does
/// not fill the memory.
const MOST_TEXTS: usize = 8192;

/// Different texts up to which a column never does.
const FEW_TEXTS: usize = 32;

/// Texts seen lately, to be found without hashing; a power of two. Each has two places.
const RECENT: usize = 256;

/// What a cell's text came to: a code of the dictionary, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coded {
    /// A text of the dictionary.
    Text(i32),
    /// Nothing there.
    Missing,
    /// It breaks the contract.
    Refused(Code),
}

/// What formulas without a value leave in a cell.
const FAULTS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

/// The keys of the dataset a column refers to.
#[derive(Clone, Debug, Default)]
pub struct KnownKeys {
    keys: HashSet<String, FixedState>,
    /// The spelling of each key by what spellings share, with case and without; `None` where
    /// several keys do.
    spellings: [OnceLock<HashMap<String, Option<String>, FixedState>>; 2],
}

impl FromIterator<String> for KnownKeys {
    fn from_iter<I: IntoIterator<Item = String>>(keys: I) -> KnownKeys {
        KnownKeys { keys: keys.into_iter().collect(), ..KnownKeys::default() }
    }
}

impl KnownKeys {
    /// All keys, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    /// The key a text is a spelling of.
    pub fn find(&self, text: &str, ignore_case: bool) -> Option<&str> {
        if let Some(same) = self.keys.get(text) {
            return Some(same);
        }
        let spellings = self.spellings[usize::from(ignore_case)].get_or_init(|| {
            let mut spellings = HashMap::default();
            for known in &self.keys {
                spellings
                    .entry(matching::key(known, ignore_case).into_owned())
                    .and_modify(|spelling| *spelling = None)
                    .or_insert_with(|| Some(known.clone()));
            }
            spellings
        });
        spellings.get(&*matching::key(text, ignore_case))?.as_deref()
    }
}

/// A text seen lately: its ends, which are all of it up to sixteen bytes.
#[derive(Clone, Copy, Debug)]
struct Recent {
    first: u64,
    last: u64,
    len: u32,
    coded: Coded,
}

impl Recent {
    const NONE: Recent = Recent { first: 0, last: 0, len: u32::MAX, coded: Coded::Missing };
}

/// Codes for the texts of one column.
#[derive(Debug)]
pub struct TextReader {
    recent: Vec<Recent>,
    /// The whole of each recent text that is longer than its ends.
    long: Vec<Box<[u8]>>,
    known: HashMap<Box<[u8]>, Coded, FixedState>,
    texts: Vec<String>,
    array: Option<ArrayRef>,
    /// Whether texts are kept. A column no rule reads is only checked.
    keeps: bool,
}

impl TextReader {
    /// A reader that keeps texts, or only checks them.
    pub fn new(keeps: bool) -> TextReader {
        TextReader {
            recent: vec![Recent::NONE; RECENT],
            long: Vec::new(),
            known: HashMap::default(),
            texts: Vec::new(),
            array: None,
            keeps,
        }
    }

    /// To be called before each batch of so many rows: codes given out before it may lose their
    /// meaning. Batches that are kept keep their dictionary, which must not be that of many others.
    pub fn begin(&mut self, rows: usize) {
        if self.known.len() > rows.saturating_mul(4).clamp(FEW_TEXTS, MOST_TEXTS) {
            self.recent.fill(Recent::NONE);
            self.known.clear();
            self.texts.clear();
            self.array = None;
        }
    }

    /// The code of the text in `bytes[start..end]`; eight bytes after `start` may be looked at.
    #[inline(always)]
    pub fn code(&mut self, bytes: &[u8], start: usize, end: usize, judge: &Judge<'_>) -> Coded {
        let len = end - start;
        let (first, last) = if len >= 8 {
            (load(bytes, start), load(bytes, end - 8))
        } else {
            (load(bytes, start) & !(u64::MAX << (8 * len)), 0)
        };
        let mixed = (first ^ last.rotate_left(29) ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = (mixed >> (64 - RECENT.trailing_zeros())) as usize;
        for slot in [slot, slot ^ 1] {
            let recent = &self.recent[slot];
            if (recent.first, recent.last, recent.len as usize) == (first, last, len)
                && (len <= 16 || *self.long[slot] == bytes[start..end])
            {
                return recent.coded;
            }
        }
        self.find_and_keep(&bytes[start..end], slot, first, last, judge)
    }

    #[cold]
    fn find_and_keep(
        &mut self,
        raw: &[u8],
        slot: usize,
        first: u64,
        last: u64,
        judge: &Judge<'_>,
    ) -> Coded {
        let coded = self.find(raw, judge);
        // Lengths that do not fit are not kept.
        if let Ok(len) = u32::try_from(raw.len()) {
            let taken = self.recent[slot].len != u32::MAX;
            let slot = if taken { slot ^ 1 } else { slot };
            if raw.len() > 16 {
                self.long.resize_with(RECENT, Box::default);
                self.long[slot] = raw.into();
            }
            self.recent[slot] = Recent { first, last, len, coded };
        }
        coded
    }

    fn find(&mut self, raw: &[u8], judge: &Judge<'_>) -> Coded {
        if let Some(coded) = self.known.get(raw) {
            return *coded;
        }
        let coded = match judge.text(raw) {
            Err(coded) => coded,
            Ok(_) if !self.keeps => return Coded::Text(0),
            Ok(text) => match self.known.get(text.as_bytes()) {
                Some(same) => *same,
                None => {
                    let code = Coded::Text(i32::try_from(self.texts.len()).unwrap_or(i32::MAX));
                    self.known.insert(text.as_bytes().into(), code);
                    self.texts.push(text.into_owned());
                    self.array = None;
                    code
                }
            },
        };
        if self.known.len() <= 2 * MOST_TEXTS {
            self.known.entry(raw.into()).or_insert(coded);
        }
        coded
    }

    /// The texts behind the codes.
    pub fn texts(&mut self) -> ArrayRef {
        let texts = &self.texts;
        Arc::clone(self.array.get_or_insert_with(|| {
            Arc::new(StringArray::from_iter_values(texts.iter().map(String::as_str)))
        }))
    }
}

/// What the texts of a column must be.
pub struct Judge<'a> {
    /// The column.
    pub field: &'a Field,
    /// Its contract.
    pub contract: &'a Contract,
    /// The keys it must be one of.
    pub keys: Option<&'a KnownKeys>,
}

impl Judge<'_> {
    /// The text as compared: trimmed and composed, since composed and decomposed letters look
    /// alike, and in the spelling of the contract's list or of the key it stands for.
    fn text<'r>(&self, raw: &'r [u8]) -> Result<Cow<'r, str>, Coded> {
        let text = composed(raw).map_err(|()| Coded::Refused(Code::InvalidText))?;
        let constraints = &self.field.constraints;
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        if self.contract.missing.iter().any(|marker| *marker == *text) {
            return Err(if constraints.required {
                Coded::Refused(Code::Required)
            } else {
                Coded::Missing
            });
        }
        if FAULTS.contains(&&*text) {
            return Err(Coded::Refused(Code::BadCell));
        }
        let ignore_case = self.field.ignore_case;
        let text = match &constraints.allowed {
            Some(allowed) => match allowed.find(&text, ignore_case) {
                Some(known) => Cow::Owned(known.to_owned()),
                None => return Err(Coded::Refused(Code::NotInEnum)),
            },
            None => text,
        };
        if let Some((_, pattern)) = &constraints.pattern
            && !pattern.is_match(&text)
        {
            return Err(Coded::Refused(Code::PatternMismatch));
        }
        match self.keys {
            Some(keys) => match keys.find(&text, ignore_case) {
                Some(known) => Ok(Cow::Owned(known.to_owned())),
                None => Err(Coded::Refused(Code::UnknownForeignKey)),
            },
            None => Ok(text),
        }
    }
}

/// Bytes as text in Unicode's composed form.
///
/// # Errors
/// When they are not UTF-8, or were no letters of the file's own encoding.
pub fn composed(raw: &[u8]) -> Result<Cow<'_, str>, ()> {
    let text = std::str::from_utf8(raw).map_err(|_| ())?;
    // What stands for bytes that were no letters when the file was decoded.
    if text.contains('\u{fffd}') {
        return Err(());
    }
    if text.is_ascii() || is_nfc(text) {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(text.nfc().collect()))
}
