//! Tallies of one plan, row after row.

use std::sync::Arc;

use chrono::NaiveDate;
use rasoat::contract::FieldId;
use rasoat::exact::Exact;
use rasoat::ids::Id;
use rasoat::measure::bind::{BoundAggregate, BoundCheck, SetPlan};
use rasoat::measure::column::Expressions;
use rasoat::measure::scan::{RowCheck, SetTallies};
use rasoat::measure::tally::{Slack, Tally, Unknown, UnknownCell};
use rasoat::measure::{Aggregate, YearRef};
use rasoat::reading::batch::{AreaKey, ColumnId, YearKey};

use super::expressions::and;
use super::{Line, Scan, reach};
use crate::plain::Known;

impl Scan<'_> {
    /// The tallies of a plan over its rows or groups.
    pub fn set(&self, plan: &SetPlan, lines: &[Line]) -> SetTallies {
        let mut found = SetTallies::new(plan);
        found.rows = lines.len() as u64;
        for line in lines {
            if let Some((YearKey::Year(year), _)) = line.place {
                found.years.insert(year);
            }
            self.tally(plan, line, &mut found);
            for (check, seen) in plan.checks.iter().zip(&mut found.checks) {
                seen.merge(&self.check(plan, check, line));
            }
        }
        found
    }

    fn tally(&self, plan: &SetPlan, line: &Line, found: &mut SetTallies) {
        let Some(place) = line.place else { return };
        let group = found.group(place);
        for (at, aggregate) in plan.aggregates.enumerate() {
            let added_up = aggregate.aggregate == Aggregate::Sum && plan.grouped.is_none();
            let adds = aggregate.column.filter(|_| added_up).map(|column| plan.shown(column));
            match aggregate.key {
                None => {
                    let tally = &mut found.tallies[at][group];
                    self.feed(plan, aggregate, line, place.1, adds, tally);
                }
                Some(key) => {
                    let mut tally = Tally::default();
                    self.feed(plan, aggregate, line, AreaKey::None, adds, &mut tally);
                    if tally.rows + tally.unknown > 0 {
                        let key = self.value(&plan.expressions, key, line).ok();
                        let key = key.map(|key| match key {
                            Known::Text(text) => Arc::from(text),
                            other => panic!("{other:?} is no key"),
                        });
                        found.keyed[at].entry((group, key)).or_default().merge(&tally);
                    }
                }
            }
        }
    }

    /// Tells a tally of one row. `adds` is the column whose unknown cells have bounds that count.
    pub fn feed(
        &self,
        plan: &SetPlan,
        aggregate: &BoundAggregate,
        line: &Line,
        area: AreaKey,
        adds: Option<FieldId>,
        tally: &mut Tally,
    ) {
        let chosen = self.holds(&plan.expressions, aggregate.filter, line);
        let value = aggregate.column.map(|column| &line.cells[column]);
        match (chosen, value) {
            (Some(false), _) => {}
            (Some(true), None) if !line.doubled => tally.count(1, line.at),
            (Some(true), Some(Ok(value))) if !line.doubled => {
                tally.count(1, line.at);
                take(aggregate.aggregate, value, line, tally);
            }
            _ => {
                let shape = &self.plan.shapes[plan.dataset];
                let key = shape.primary_key.last().copied().unwrap_or(FieldId::FIRST);
                let cell = || culprit(plan, &aggregate.reads, line, area, key);
                tally.note_unknown(line.at, None, cell);
                if line.doubled {
                    tally.loosen(&Slack::OPEN);
                } else if let Some(column) = adds {
                    tally.loosen(&reach::slack(shape, &line.cells, column, chosen.is_some()));
                }
            }
        }
    }

    fn check(&self, plan: &SetPlan, check: &BoundCheck, line: &Line) -> RowCheck {
        let of_year = match (check.year, line.place) {
            (YearRef::Same, _) | (_, Some((YearKey::Always, _))) => Some(true),
            (year, Some((YearKey::Year(of), _))) => Some(of == year.resolve(self.parameters.year)),
            (_, Some((YearKey::Unknown, _))) => None,
            (_, None) => Some(false),
        };
        // Whether there is such a group at all is not known.
        let there = (plan.grouped.is_none() || !line.doubled).then_some(true);
        let all: &Expressions = &plan.expressions;
        let chosen = and(and(self.holds(all, check.filter, line), of_year), there);
        let holds = self.truth(all, check.condition, line);
        let violates = chosen == Some(true) && holds == Some(false);
        let open = match chosen {
            Some(true) => holds.is_none(),
            Some(false) => false,
            // One that may be meant and does what is asked decides nothing.
            None => holds != Some(true),
        };
        RowCheck {
            rows: (chosen == Some(true)).into(),
            violations: violates.into(),
            first: violates.then_some(line.at).into_iter().collect(),
            undecided: open.into(),
            open: open.then_some(line.at),
        }
    }
}

fn take(aggregate: Aggregate, value: &Known, line: &Line, tally: &mut Tally) {
    if let (Aggregate::Distinct, Known::Text(text)) = (aggregate, value) {
        return tally.distinguish(text);
    }
    let (mantissa, places) = number(value).to_decimal().expect("cells are decimals");
    match aggregate {
        Aggregate::Count => {}
        Aggregate::Sum | Aggregate::Mean => tally.add(mantissa, places),
        Aggregate::Min | Aggregate::Max | Aggregate::First | Aggregate::Last => {
            tally.compare(mantissa, places, line.at);
        }
        Aggregate::Distinct | Aggregate::Quantile(_) => tally.rank(mantissa, places),
    }
}

/// A value as tallies have it: dates are days.
fn number(value: &Known) -> Exact {
    match value {
        Known::Number(number) => number.clone(),
        Known::Truth(flag) => Exact::int((*flag).into()),
        Known::Date(day) => (*day - NaiveDate::default()).num_days().into(),
        // It is only counted.
        Known::Text(_) => Exact::ZERO,
    }
}

/// The cell because of which a row is unknown: the first unknown one that the aggregate reads, else
/// its own.
fn culprit(
    plan: &SetPlan,
    reads: &[ColumnId],
    line: &Line,
    area: AreaKey,
    key_column: FieldId,
) -> UnknownCell {
    let is_unknown = |column: &&ColumnId| line.cells[**column].is_err();
    let column = reads.iter().find(is_unknown).or(reads.last()).copied();
    if let Some(cell) = line.blame.get(&column).or_else(|| line.blame.get(&None)) {
        return UnknownCell { area, ..*cell };
    }
    if line.doubled {
        return UnknownCell { row: line.at, column: key_column, why: Unknown::Doubled, area };
    }
    let column = column.unwrap_or(ColumnId::FIRST);
    UnknownCell { row: line.at, column: plan.shown(column), why: why(line, column), area }
}

/// Why a column of a row is to blame: where it is known, something it leads to is blank.
pub fn why(line: &Line, column: ColumnId) -> Unknown {
    match line.cells[column] {
        Err(Unknown::Broken) => Unknown::Broken,
        _ => Unknown::Blank,
    }
}
