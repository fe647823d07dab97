//! Chance that can be repeated: the same seed gives the same workspace.

use super::number::{self, Number};

/// A generator of numbers (SplitMix64 of Steele, Lea and Flood, 2014).
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A whole number from one to another, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// Whether something happens that does so many times in a hundred.
    pub fn percent(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// So many digits, the first of them not 0.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|at| char::from(b'0' + self.between(i64::from(at == 0), 9) as u8)).collect()
    }
}

/// A number as a script writes it, and what that means.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// As written; a quotient in brackets.
    pub text: String,
    /// What it is.
    pub value: Number,
}

impl Literal {
    /// A decimal.
    pub fn decimal(text: String) -> Literal {
        let value = number::read(&text).expect("a decimal");
        Literal { text, value }
    }

    /// A whole number.
    pub fn whole(value: i64) -> Literal {
        Literal::decimal(value.to_string())
    }

    /// A quotient of two whole numbers, an exact fraction.
    pub fn quotient(above: i64, below: i64) -> Literal {
        Literal { text: format!("({above}/{below})"), value: number::fraction(above, below) }
    }

    /// What of it a program may not understand yet.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        if self.text.contains('/') {
            kinds.push("quotient in a script");
        }
        if self.text.len() > 20 {
            kinds.push("long decimal in a script");
        }
        kinds
    }
}

/// A number in a script that is not below 0: mostly small, now and then a fraction or a decimal of
/// up to forty digits.
pub fn literal(random: &mut Random, most: i64) -> Literal {
    match random.below(20) {
        0 | 1 => Literal::quotient(random.between(0, most), random.between(1, 13)),
        2 => {
            let places = random.between(20, 38) as usize;
            let digits = random.digits(places);
            Literal::decimal(format!("{}.{digits}", random.between(0, most.min(99))))
        }
        3..=6 => {
            let places = random.between(1, 4) as usize;
            let digits = random.digits(places);
            Literal::decimal(format!("{}.{digits}", random.between(0, most)))
        }
        _ => Literal::whole(random.between(0, most)),
    }
}
