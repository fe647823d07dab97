//! Records of delimited text and the cells in them.
//!
//! The grammar is the `csv` crate's: a quote opens only at the beginning of a cell and is doubled
//! inside, a line feed, a carriage return or both end a record, empty lines are no records.

use super::Span;

/// The cells of the record that starts at `start`: the place of each, quotes included. The last
/// ends where its line break begins, or at the end of the bytes.
pub fn cells(bytes: &[u8], start: usize, delimiter: u8) -> impl Iterator<Item = Span> {
    let blank = bytes[start.min(bytes.len())..].iter().take_while(|byte| is_break(**byte)).count();
    let mut next = Some(start + blank);
    std::iter::from_fn(move || {
        let start = next?;
        let mut at = start;
        if bytes.get(at) == Some(&b'"') {
            at = closing(bytes, at + 1);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let end =
            memchr::memchr3(delimiter, b'\n', b'\r', rest).map_or(bytes.len(), |end| at + end);
        next = (bytes.get(end) == Some(&delimiter)).then_some(end + 1);
        Some(Span { start, end })
    })
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The bytes of the cell `column` in the record that starts at `start`; quotes included.
/// A column past the end of the record gives the record's last byte.
pub fn cell(bytes: &[u8], start: usize, column: usize, delimiter: u8) -> Span {
    let mut last = Span { start, end: start };
    for (at, cell) in cells(bytes, start, delimiter).enumerate() {
        last = cell;
        if at == column {
            return cell;
        }
    }
    Span { start: last.end.saturating_sub(1).max(start), end: last.end }
}

/// The length of the record `bytes` begin with, without its line break.
pub fn end(bytes: &[u8], delimiter: u8) -> usize {
    cells(bytes, 0, delimiter).last().map_or(0, |cell| cell.end)
}

/// One past the quote that closes the cell whose content begins at `at`; the end where none does.
pub fn closing(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr(b'"', &bytes[at..]) {
        at += found + 1;
        if bytes.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_in_their_record() {
        let text = b"a,b\r\n\"x,\ny\",2,\r\n";
        let cell = |start, column| {
            let span = cell(text, start, column, b',');
            std::str::from_utf8(&text[span.start..span.end]).expect("ascii")
        };
        assert_eq!(cell(0, 1), "b");
        // The reader may give the offset of the line feed that ends the previous record.
        assert_eq!(cell(4, 0), "\"x,\ny\"");
        assert_eq!(cell(5, 1), "2");
        assert_eq!(cell(5, 2), "");
        assert_eq!(cell(5, 7), ",", "past the end: the record's last byte");
        // A quote inside a cell is a letter like any other.
        let text = b"5\" pipe,\"a\"\"b\",\"c\"d,e\nf";
        let found: Vec<&str> = cells(text, 0, b',')
            .map(|span| std::str::from_utf8(&text[span.start..span.end]).expect("ascii"))
            .collect();
        assert_eq!(found, ["5\" pipe", "\"a\"\"b\"", "\"c\"d", "e"]);
        assert_eq!(end(text, b','), text.len() - 2);
    }
}
