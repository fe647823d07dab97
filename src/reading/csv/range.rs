//! A file in ranges of whole records, to be read by several threads at once.
//!
//! A range may begin anywhere, even between quotes. Whoever fetches one works out what the range
//! does to each possible state of quoting (nothing, where it holds no quote), then waits until the
//! state at its beginning is known from the ranges before, and passes on the state at its end. So
//! a line break between quotes never splits a record, and nobody waits for a range to be decoded.

use std::sync::{Condvar, Mutex, PoisonError};

use memchr::{memchr, memchr2};

use crate::source::{Source, Span};

/// Bytes read at a time to find the end of a range's last record.
const REACH: usize = 16 << 10;

/// Zero bytes after the last record, so that cells can be loaded eight bytes at a time.
pub const PADDING: usize = 16;

/// A record longer than this is a quote that was never closed.
const LONGEST_RECORD: usize = 1 << 30;

/// What the quotes so far mean for the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    /// It stands outside quotes.
    Outside,
    /// It stands between quotes.
    Inside,
    /// The byte before was a quote between quotes: it closes them, or this one doubles it.
    Closing,
}

/// The state at the end of a range for each state at its beginning.
struct Effect {
    outside: Quote,
    inside: Quote,
    closing: Quote,
}

impl Effect {
    fn of(&self, state: Quote) -> Quote {
        match state {
            Quote::Outside => self.outside,
            Quote::Inside => self.inside,
            Quote::Closing => self.closing,
        }
    }
}

/// Whole records, with the bytes around them.
#[derive(Debug, Default)]
pub struct Range {
    /// The bytes, with [`PADDING`] after them.
    pub bytes: Vec<u8>,
    /// Offset of the first of them in the file.
    pub base: usize,
    /// Where the first record begins, within the bytes.
    pub first: usize,
    /// Where the last record ends, within the bytes.
    pub stop: usize,
    /// Whether any byte of the records is a quote.
    pub quoted: bool,
    /// Whether the last record was cut short: a quote in it is never closed.
    pub unclosed: bool,
    /// Bytes of the file this range stands for.
    pub size: usize,
}

/// The state at the beginning of the next range whose predecessor has been fetched.
struct Baton {
    range: usize,
    state: Quote,
    /// Whether a range could not be read: those after it cannot be either.
    broken: bool,
}

/// The records of one file after its header.
pub struct Ranges<'a> {
    source: &'a Source,
    body: usize,
    size: usize,
    delimiter: u8,
    baton: Mutex<Baton>,
    passed: Condvar,
}

impl<'a> Ranges<'a> {
    /// The records from byte `body` on, in ranges of `size` bytes.
    pub fn new(source: &'a Source, body: usize, size: usize, delimiter: u8) -> Ranges<'a> {
        Ranges {
            source,
            body,
            size: size.max(1),
            delimiter,
            baton: Mutex::new(Baton { range: 0, state: Quote::Outside, broken: false }),
            passed: Condvar::new(),
        }
    }

    /// How many ranges there are.
    pub fn count(&self) -> usize {
        // A file without records still has one range, so that it has columns.
        self.source.len().saturating_sub(self.body).div_ceil(self.size).max(1)
    }

    /// Fetches a range. Ranges must be asked for in order, each by one caller: one that is
    /// fetched waits for all before it.
    ///
    /// # Errors
    /// The operating system's, when the file cannot be read.
    pub fn fetch(&self, index: usize, range: &mut Range) -> std::io::Result<()> {
        let start = self.body + index * self.size;
        let end = (start + self.size).min(self.source.len());
        // One byte before, to see whether a record begins right here.
        let base = start.saturating_sub(usize::from(index > 0));
        range.bytes.clear();
        range.base = base;
        range.size = end - start;
        range.unclosed = false;
        let read = self.source.read(Span { start: base, end }, &mut range.bytes);
        let from = start - base;
        let effect = match read {
            Ok(()) => self.effect(&range.bytes, from),
            Err(_) => {
                Effect { outside: Quote::Outside, inside: Quote::Inside, closing: Quote::Closing }
            }
        };
        let (state, broken) = self.pass(index, &effect, read.is_err());
        read?;
        if broken {
            return Err(std::io::ErrorKind::Other.into());
        }
        let last = effect.of(state);
        range.first = match index {
            0 => from,
            _ if state == Quote::Outside && is_break(range.bytes[from - 1]) => from,
            _ => self.record_end(&range.bytes, from, state).unwrap_or(range.bytes.len()),
        };
        range.stop = range.bytes.len();
        if range.first < range.stop {
            self.complete(range, last)?;
        }
        range.quoted = memchr(b'"', &range.bytes[range.first..range.stop]).is_some();
        range.bytes.resize(range.stop + PADDING, 0);
        Ok(())
    }

    /// Waits for the state at the beginning of a range and passes on the one at its end.
    fn pass(&self, index: usize, effect: &Effect, broken: bool) -> (Quote, bool) {
        let mut baton = self.baton.lock().unwrap_or_else(PoisonError::into_inner);
        while baton.range < index {
            baton = self.passed.wait(baton).unwrap_or_else(PoisonError::into_inner);
        }
        let (state, was_broken) = (baton.state, baton.broken);
        *baton = Baton { range: index + 1, state: effect.of(state), broken: was_broken || broken };
        drop(baton);
        self.passed.notify_all();
        (state, was_broken)
    }

    /// Extends a range to the end of the record that its last byte belongs to.
    fn complete(&self, range: &mut Range, mut state: Quote) -> std::io::Result<()> {
        let mut at = range.bytes.len();
        if state == Quote::Outside && is_break(range.bytes[at - 1]) {
            return Ok(());
        }
        let mut reach = REACH;
        loop {
            let end = range.base + range.bytes.len();
            if end >= self.source.len() {
                range.unclosed = state == Quote::Inside;
                range.stop = range.bytes.len();
                return Ok(());
            }
            if range.bytes.len() > LONGEST_RECORD + self.size {
                range.unclosed = true;
                range.stop = range.bytes.len();
                return Ok(());
            }
            self.source.read(Span { start: end, end: end + reach }, &mut range.bytes)?;
            reach = (reach * 2).min(64 << 20);
            if let Some(stop) = self.record_end(&range.bytes, at, state) {
                range.stop = stop;
                return Ok(());
            }
            state = self.advance(&range.bytes, at, state);
            at = range.bytes.len();
        }
    }

    fn effect(&self, bytes: &[u8], from: usize) -> Effect {
        // Without quotes nothing changes, but that a quote before the range has closed.
        if memchr(b'"', &bytes[from..]).is_none() {
            let closing = if from < bytes.len() { Quote::Outside } else { Quote::Closing };
            return Effect { outside: Quote::Outside, inside: Quote::Inside, closing };
        }
        Effect {
            outside: self.advance(bytes, from, Quote::Outside),
            inside: self.advance(bytes, from, Quote::Inside),
            closing: self.advance(bytes, from, Quote::Closing),
        }
    }

    /// Whether a quote at this place opens: at the beginning of a cell.
    fn opens(&self, bytes: &[u8], at: usize) -> bool {
        match at.checked_sub(1) {
            Some(before) => bytes[before] == self.delimiter || is_break(bytes[before]),
            None => true,
        }
    }

    /// The state after all bytes from `at` on.
    fn advance(&self, bytes: &[u8], mut at: usize, mut state: Quote) -> Quote {
        while at < bytes.len() {
            match state {
                Quote::Closing if bytes[at] == b'"' => {
                    state = Quote::Inside;
                    at += 1;
                }
                Quote::Closing => state = Quote::Outside,
                Quote::Outside | Quote::Inside => {
                    let Some(found) = memchr(b'"', &bytes[at..]) else { return state };
                    let quote = at + found;
                    state = match state {
                        Quote::Inside => Quote::Closing,
                        _ if self.opens(bytes, quote) => Quote::Inside,
                        same => same,
                    };
                    at = quote + 1;
                }
            }
        }
        state
    }

    /// One past the line break that ends the record `at` stands in, where it is among the bytes.
    fn record_end(&self, bytes: &[u8], mut at: usize, mut state: Quote) -> Option<usize> {
        while at < bytes.len() {
            match state {
                Quote::Closing if bytes[at] == b'"' => {
                    state = Quote::Inside;
                    at += 1;
                }
                Quote::Closing => state = Quote::Outside,
                Quote::Inside => {
                    at += memchr(b'"', &bytes[at..])? + 1;
                    state = Quote::Closing;
                }
                Quote::Outside => {
                    let line = memchr2(b'\n', b'\r', &bytes[at..]).map(|found| at + found);
                    let within = &bytes[at..line.unwrap_or(bytes.len())];
                    match memchr(b'"', within).map(|found| at + found) {
                        Some(quote) => {
                            state = if self.opens(bytes, quote) { Quote::Inside } else { state };
                            at = quote + 1;
                        }
                        None => return line.map(|line| line + 1),
                    }
                }
            }
        }
        None
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
