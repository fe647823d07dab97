//! Why there is no value: what is missing, and where.

use super::witness::Witness;
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::evaluate::{Absence, Missing};
use crate::measure::tally::Unknown;
use crate::message::{Arg, Message};
use crate::msg;
use crate::source::{Location, Place};
use crate::verdict::{Head, Judge};
use crate::workspace::plan::Clause;

impl Judge<'_> {
    /// The clause's place in the plan, as the last label of a finding.
    pub(in crate::verdict) fn point_at_clause(
        &self,
        diagnostic: Diagnostic,
        head: &Head,
    ) -> Diagnostic {
        match head.clause {
            Some(position) => {
                let clause: &Clause = &self.plan.clauses[position];
                diagnostic.label(clause.text_at, msg!(ClauseLabel, id = &clause.id))
            }
            None => diagnostic,
        }
    }

    /// The finding of a rule that has no value: `at` is what needed it, `data` where it would have come
    /// from.
    pub(in crate::verdict) fn absent(
        &self,
        head: &Head,
        absence: &Absence,
        at: Location,
        data: Option<Witness>,
    ) -> Diagnostic {
        let data = data.map(|data| (data.at, data.text(msg!(ValueFromHere))));
        let diagnostic = match absence {
            Absence::Missing(items, total) => {
                let what = self.missing(items, *total);
                Diagnostic::of(Code::NoData, msg!(MissingData, title = &head.title, what = what))
                    .lead(self.missing_cells(items))
                    .label(at, msg!(NeededHere))
                    .help(msg!(MissingDataHelp))
            }
            Absence::ZeroDenominator(here) => Diagnostic::of(
                Code::NoData,
                msg!(ZeroDenominator, title = &head.title, year = self.year()),
            )
            .lead(data)
            .label(*here, msg!(DividedHere))
            .help(msg!(ZeroDenominatorHelp)),
            Absence::NotByArea | Absence::NotThen | Absence::NoRows => {
                let message = msg!(NoRowsMatch, title = &head.title);
                Diagnostic::of(Code::NoData, message).lead(data).mark(at)
            }
            Absence::Overflow => Diagnostic::of(Code::Overflow, msg!(NumberDoesNotFit)).mark(at),
        };
        self.point_at_clause(diagnostic.subject(&head.id), head)
    }

    /// What is missing, in one line: the first few and how many in all.
    pub(in crate::verdict) fn missing(&self, items: &[Missing], total: u64) -> Message {
        let shown: Vec<Arg> =
            items.iter().take(3).map(|item| Arg::from(self.missing_text(item))).collect();
        let others = total.saturating_sub(shown.len() as u64);
        if others == 0 {
            msg!(Listed, items = shown)
        } else {
            msg!(ListedAndMore, items = shown, count = others)
        }
    }

    /// One thing that is missing, in words.
    pub(in crate::verdict) fn missing_text(&self, item: &Missing) -> Message {
        match item {
            Missing::Cell { set, column, area, why, .. } => {
                let contract = &self.frame.datasets.sets[*set].contract;
                let field = &contract.fields[*column];
                let area = area.map(|area| self.frame.datasets.areas.name(area).to_owned());
                let broken = *why == Unknown::Broken;
                match (why, area) {
                    // Of many such rows any may be the one pointed at.
                    (Unknown::Either, _) => msg!(UnknownCellIn, column = &field.name),
                    (Unknown::Doubled, _) => msg!(DoubledRow, table = &contract.name),
                    (Unknown::Group, _) => msg!(EmptyGroup, table = &contract.name),
                    (_, Some(area)) if broken => {
                        msg!(BrokenCellIn, column = &field.name, area = area)
                    }
                    (_, None) if broken => msg!(BrokenCell, column = &field.name),
                    (_, Some(area)) => {
                        msg!(BlankCellIn, column = &field.name, area = area)
                    }
                    (_, None) => msg!(BlankCell, column = &field.name),
                }
            }
            Missing::Row { set, year, area } => {
                let name = self.frame.datasets.areas.name(*area);
                let table = &self.frame.datasets.sets[*set].contract.name;
                msg!(NoRowFor, table = table, area = name, year = *year)
            }
            Missing::Year { set, year } => {
                let table = &self.frame.datasets.sets[*set].contract.name;
                msg!(NoRowsForYear, table = table, year = *year)
            }
        }
    }

    /// Where the first of several should be, and what each is.
    pub(in crate::verdict) fn missing_cells(
        &self,
        items: &[Missing],
    ) -> impl Iterator<Item = (Place, Message)> {
        let shown = items.iter().take(3);
        shown.filter_map(|item| Some((self.missing_at(item)?, self.missing_text(item))))
    }

    /// Where it should be.
    pub(in crate::verdict) fn missing_at(&self, item: &Missing) -> Option<Place> {
        match item {
            Missing::Cell { set, row, column, .. } => self.frame.datasets.cell(*set, *row, *column),
            Missing::Row { set, .. } | Missing::Year { set, .. } => {
                self.header(*set).map(|header| header.at)
            }
        }
    }
}
