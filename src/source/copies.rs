//! Whether two files hold the same.

use std::borrow::Cow;
use std::io::Result;

use super::columnar::{Printer, Table};
use super::text::BLOCK;
use super::{Source, Span};

/// How many of the last bytes of a file are compared first.
const END: usize = 4096;

/// What files that hold the same have in common, if both are texts or both are tables.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum Mark<'a> {
    /// A text's length and what it ends with.
    Text(usize, Cow<'a, [u8]>),
    /// A table's number of rows, and the names of its columns.
    Table(usize, &'a [u8]),
}

impl Source {
    /// What files that hold the same have in common.
    pub fn mark(&self) -> Mark<'_> {
        match self.table() {
            None => {
                let end = self.len().saturating_sub(END)..self.len();
                Mark::Text(self.len(), self.slice(end.into()))
            }
            Some(table) => Mark::Table(table.rows(), table.header()),
        }
    }

    /// Whether it holds the same as another, as far as both can be read: the same bytes, or a table
    /// the rows that a text has.
    pub fn has_content_of(&self, other: &Source) -> bool {
        match (self.table(), other.table()) {
            (None, None) => self.has_bytes_of(other),
            (Some(table), None) => is_printed(table, other).unwrap_or(false),
            (None, Some(table)) => is_printed(table, self).unwrap_or(false),
            (Some(table), Some(other)) => has_rows_of(table, other).unwrap_or(false),
        }
    }

    fn has_bytes_of(&self, other: &Source) -> bool {
        let same = |start: usize| {
            let block = Span::from(start..start + BLOCK);
            let own = self.slice(block);
            !own.is_empty() && own == other.slice(block)
        };
        self.len() == other.len() && (0..self.len()).step_by(BLOCK).all(same)
    }
}

/// Whether a text is what a table looks like as one.
fn is_printed(table: &Table, text: &Source) -> Result<bool> {
    let (mut piece, mut at) = (table.header().to_vec(), 0);
    let mut printer = table.printer();
    loop {
        if *text.slice((at..at + piece.len()).into()) != *piece {
            return Ok(false);
        }
        at += piece.len();
        piece.clear();
        if !printer.print(&mut piece)? {
            return Ok(at == text.len());
        }
    }
}

/// Whether two tables look the same.
fn has_rows_of(one: &Table, other: &Table) -> Result<bool> {
    let is_alike = one.rows() == other.rows() && one.header() == other.header();
    if !is_alike || one.beginning() != other.beginning() {
        return Ok(false);
    }
    let mut printers = [one.printer(), other.printer()];
    let mut pieces = [Vec::new(), Vec::new()];
    loop {
        for (printer, piece) in printers.iter_mut().zip(&mut pieces) {
            fill(printer, piece)?;
        }
        let common = pieces[0].len().min(pieces[1].len());
        if common == 0 {
            return Ok(pieces[0].is_empty() && pieces[1].is_empty());
        }
        if pieces[0][..common] != pieces[1][..common] {
            return Ok(false);
        }
        pieces.iter_mut().for_each(|piece| drop(piece.drain(..common)));
    }
}

/// Writes out some rows where none are left.
fn fill(printer: &mut Printer<'_>, piece: &mut Vec<u8>) -> Result<()> {
    if piece.is_empty() {
        printer.print(piece)?;
    }
    Ok(())
}
