//! Positions in lists, as types: that of an area cannot be taken for that of a dataset.
//!
//! The list that a position belongs to is an [`IdVec`] of it, which nothing else indexes.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// A position in a list of one kind of thing.
pub trait Id: Copy {
    /// The first one.
    const FIRST: Self;

    /// The one at a position, counted from 0.
    fn at(position: usize) -> Self;

    /// Where it is, counted from 0.
    fn position(self) -> usize;
}

/// Declares positions of one kind, which are written as plain numbers.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(usize);

        impl $crate::ids::Id for $name {
            const FIRST: $name = $name(0);

            fn at(position: usize) -> $name {
                $name(position)
            }

            fn position(self) -> usize {
                self.0
            }
        }
    };
}
pub(crate) use id;

/// A list indexed by positions of its own type. Written as a plain list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct IdVec<I, T> {
    items: Vec<T>,
    of: PhantomData<fn(I) -> I>,
}

impl<I: Id, T> IdVec<I, T> {
    /// An empty list.
    pub fn new() -> IdVec<I, T> {
        IdVec::from(Vec::new())
    }

    /// As many of one as another list has items.
    pub fn same<U>(item: T, other: &IdVec<I, U>) -> IdVec<I, T>
    where
        T: Clone,
    {
        IdVec::from(vec![item; other.len()])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds an item, and says where it is.
    pub fn push(&mut self, item: T) -> I {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// Where the next item will be.
    pub fn next_id(&self) -> I {
        I::at(self.items.len())
    }

    /// The item at a position, if there is one.
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.position())
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.position())
    }

    /// All positions, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.items.len()).map(I::at)
    }

    /// The items, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// The items with their positions.
    pub fn enumerate(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.items.iter().enumerate().map(|(at, item)| (I::at(at), item))
    }

    /// The same, to be changed.
    pub fn enumerate_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> {
        self.items.iter_mut().enumerate().map(|(at, item)| (I::at(at), item))
    }

    /// Where the first item is of which something holds.
    pub fn position(&self, is: impl FnMut(&T) -> bool) -> Option<I> {
        self.items.iter().position(is).map(I::at)
    }

    /// The items without positions of their own.
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// The same, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// The items in a list that may grow and shrink.
    pub fn as_mut_vec(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<I, T> Default for IdVec<I, T> {
    fn default() -> IdVec<I, T> {
        IdVec { items: Vec::new(), of: PhantomData }
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IdVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<I: Id, T> From<Vec<T>> for IdVec<I, T> {
    fn from(items: Vec<T>) -> IdVec<I, T> {
        IdVec { items, of: PhantomData }
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<A: IntoIterator<Item = T>>(items: A) -> IdVec<I, T> {
        IdVec::from(Vec::from_iter(items))
    }
}

impl<I, T> Extend<T> for IdVec<I, T> {
    fn extend<A: IntoIterator<Item = T>>(&mut self, items: A) {
        self.items.extend(items);
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.items[id.position()]
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.position()]
    }
}

impl<I, T> IntoIterator for IdVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IdVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IdVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    id!(
        /// A letter of the alphabet.
        Letter
    );

    #[test]
    fn an_item_is_where_its_position_says() {
        let mut letters: IdVec<Letter, char> = ['a', 'b'].into_iter().collect();
        let c = letters.push('c');
        assert_eq!((letters[c], c.position()), ('c', 2));
        assert_eq!(letters.get(letters.next_id()), None);
        assert_eq!(letters.position(|letter| *letter == 'b'), Some(Letter::at(1)));
        assert_eq!(letters.ids().map(|id| letters[id]).collect::<String>(), "abc");
    }

    #[test]
    fn positions_and_lists_are_written_as_what_they_hold() {
        let letters: IdVec<Letter, char> = ['a', 'b'].into_iter().collect();
        let written = serde_json::to_string(&(Letter::at(1), &letters)).expect("plain data");
        assert_eq!(written, r#"[1,["a","b"]]"#);
        let read: (Letter, IdVec<Letter, char>) =
            serde_json::from_str(&written).expect("what was written");
        assert_eq!(read, (Letter::at(1), letters));
    }
}
