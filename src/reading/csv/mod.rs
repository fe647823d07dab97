//! Comma-separated text: cutting a file into ranges, ranges into records, records into cells.
//!
//! The grammar is that of [`record`](crate::source::record).

pub mod digits;
pub mod range;
pub mod split;

use std::borrow::Cow;

/// A cell's text: quotes around it taken off, doubled ones inside halved.
pub fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = raw.strip_prefix(b"\"") else { return Cow::Borrowed(raw) };
    match memchr::memchr(b'"', inner) {
        // The common form: one closing quote, at the end.
        Some(at) if at + 1 == inner.len() => Cow::Borrowed(&inner[..at]),
        None => Cow::Borrowed(inner),
        Some(_) => {
            let mut text = Vec::with_capacity(inner.len());
            let mut rest = inner;
            while let Some(at) = memchr::memchr(b'"', rest) {
                text.extend_from_slice(&rest[..at]);
                rest = &rest[at + 1..];
                match rest.strip_prefix(b"\"") {
                    Some(after) => {
                        text.push(b'"');
                        rest = after;
                    }
                    // Closed: what follows is literal, whatever it is.
                    None => break,
                }
            }
            text.extend_from_slice(rest);
            Cow::Owned(text)
        }
    }
}
