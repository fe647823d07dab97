//! How far what is not known reaches: the bounds that contracts and the rest of a row set for a
//! cell without a value.

use serde::{Deserialize, Serialize};

use crate::contract::{Contract, FieldId};
use crate::exact::Exact;
use crate::reading::batch::{Batch, number};

/// What a contract says of the numbers of one column.
#[derive(Clone, Debug)]
pub struct Limits {
    column: FieldId,
    minimum: Option<Exact>,
    maximum: Option<Exact>,
    /// Columns of which it is a part, of which those are parts, and so on.
    wholes: Vec<FieldId>,
    /// Columns that are parts of it, their parts, and so on.
    parts: Vec<FieldId>,
    /// The column of which it is declared a part first.
    whole: Option<Box<Limits>>,
}

impl Limits {
    /// The limits of a column. Counts that are part of another, or have parts, are not below 0.
    pub fn new(contract: &Contract, column: FieldId) -> Limits {
        let constraints = &contract.fields[column].constraints;
        let wholes = closure(column, |at| {
            contract.parts.iter().filter(move |(part, _)| *part == at).map(|(_, whole)| *whole)
        });
        let parts = closure(column, |at| {
            contract.parts.iter().filter(move |(_, whole)| *whole == at).map(|(part, _)| *part)
        });
        let counted = !(wholes.is_empty() && parts.is_empty());
        // Columns declared parts of each other have no first.
        let whole = wholes.first().filter(|whole| !parts.contains(whole));
        Limits {
            column,
            minimum: constraints
                .minimum
                .clone()
                .into_iter()
                .chain(counted.then_some(Exact::ZERO))
                .max(),
            maximum: constraints.maximum.clone(),
            whole: whole.map(|whole| Box::new(Limits::new(contract, *whole))),
            wholes,
            parts,
        }
    }

    /// The column of which this one is declared a part first.
    pub fn whole(&self) -> Option<FieldId> {
        self.whole.as_ref().map(|whole| whole.column)
    }

    /// Whether the column's numbers cannot be below 0.
    pub fn is_nonnegative(&self) -> bool {
        self.minimum.as_ref().is_some_and(|minimum| !minimum.is_negative())
    }

    /// The number in a row, or the least and the most it can be.
    fn range(&self, value: &dyn Fn(FieldId) -> Option<Exact>) -> (Option<Exact>, Option<Exact>) {
        if let Some(known) = value(self.column) {
            return (Some(known.clone()), Some(known));
        }
        let parts = self.parts.iter().filter_map(|part| value(*part));
        let wholes = self.wholes.iter().filter_map(|whole| value(*whole));
        (
            self.minimum.clone().into_iter().chain(parts).max(),
            self.maximum.clone().into_iter().chain(wholes).min(),
        )
    }

    /// What a row whose condition or value is unknown may add to the column's sum. `chosen` is
    /// whether its condition holds for certain.
    pub fn slack(&self, batch: &Batch, row: usize, chosen: bool) -> Slack {
        let value = |column: FieldId| number(batch.columns.get(column.into())?.as_ref()?, row);
        self.slack_of(&value, chosen)
    }

    /// What a row that is not there may add to the column's sum.
    pub fn slack_of_missing(&self, chosen: bool) -> Slack {
        self.slack_of(&|_| None, chosen)
    }

    fn slack_of(&self, value: &dyn Fn(FieldId) -> Option<Exact>, chosen: bool) -> Slack {
        let (low, high) = self.range(value);
        let with_nothing = |end: Exact, choose: fn(Exact, Exact) -> Exact| {
            if chosen { end } else { choose(Exact::ZERO, end) }
        };
        if low > high && low.is_some() && high.is_some() {
            // The row contradicts itself.
            return Slack::OPEN;
        }
        let low = low.map(|low| with_nothing(low, Exact::min));
        let high = high.map(|high| with_nothing(high, Exact::max));
        let mut slack = Slack {
            low: low.clone().unwrap_or_default(),
            high: high.clone().unwrap_or_default(),
            beyond: Exact::ZERO,
            no_low: low.is_none(),
            no_high: high.is_none(),
        };
        let Some(whole) = &self.whole else { return slack };
        // What the whole adds at the least, where this column adds the most, beyond what the
        // whole adds at the least anyway.
        let (whole_low, whole_high) = whole.range(value);
        let whole_low = whole_low.unwrap_or_default();
        slack.beyond = match high {
            Some(_) if chosen && whole_high == Some(whole_low.clone()) => Exact::ZERO,
            Some(high) if chosen => {
                high.checked_sub(&whole_low).unwrap_or_default().max(Exact::ZERO)
            }
            // Both grow without end, and equally.
            None if chosen => Exact::ZERO.checked_sub(&whole_low).unwrap_or_default(),
            // A row that need not count need not add to the whole either; which of these makes
            // the most of a quotient depends on the other rows.
            _ => Exact::ZERO,
        };
        slack
    }
}

/// Everything reached from `from`, in order of the way there.
fn closure<I: Iterator<Item = FieldId>>(
    from: FieldId,
    next: impl Fn(FieldId) -> I,
) -> Vec<FieldId> {
    let mut found: Vec<FieldId> = Vec::new();
    let mut at = from;
    let mut seen = 0;
    loop {
        for column in next(at) {
            if column != from && !found.contains(&column) {
                found.push(column);
            }
        }
        let Some(column) = found.get(seen) else { return found };
        at = *column;
        seen += 1;
    }
}

/// What rows with something unknown may add to a sum, at the least and at the most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slack {
    /// At the least, as far as it is bounded.
    pub low: Exact,
    /// At the most, as far as it is bounded.
    pub high: Exact,
    /// What the declared whole's sum has beyond its own least where this one has its most.
    pub beyond: Exact,
    /// Whether something has no lower bound.
    pub no_low: bool,
    /// Whether something has no upper bound.
    pub no_high: bool,
}

impl Slack {
    /// Without any bound.
    pub const OPEN: Slack = Slack {
        low: Exact::ZERO,
        high: Exact::ZERO,
        beyond: Exact::ZERO,
        no_low: true,
        no_high: true,
    };

    /// Adds what other rows may add. What does not fit an exact number is unbounded.
    pub fn add(&mut self, other: &Slack) {
        let sums = (
            self.low.checked_add(&other.low),
            self.high.checked_add(&other.high),
            self.beyond.checked_add(&other.beyond),
        );
        let (Some(low), Some(high), Some(beyond)) = sums else {
            *self = Slack::OPEN;
            return;
        };
        let no_low = self.no_low || other.no_low;
        let no_high = self.no_high || other.no_high;
        *self = Slack { low, high, beyond, no_low, no_high };
    }
}
