//! The findings of what must hold between the data themselves.

use super::witness::WantedChange;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::Id;
use crate::measure::bind::{Bound, CheckId, PlanId};
use crate::measure::evaluate::Absence;
use crate::message::{Bilingual, Message};
use crate::msg;
use crate::reading::batch::ColumnId;
use crate::reading::batch::RowRef;
use crate::rule::Check;
use crate::source::{Location, Place};
use crate::verdict::assess::quality::{CheckAssessment, ExpectationAssessment};
use crate::verdict::{Head, Judge};

impl Judge<'_> {
    /// The finding of an expectation that does not hold or cannot be decided; `at` is where the
    /// condition is written.
    pub(in crate::verdict) fn tell_expectation(
        &self,
        head: &Head,
        (set, check): (PlanId, CheckId),
        found: &ExpectationAssessment,
        at: Location,
    ) -> Option<Diagnostic> {
        if found.overflow {
            return Some(self.absent(head, &Absence::Overflow, at, None));
        }
        let rows = self.row_check(set, check);
        let cell = |row: &RowRef| self.tested(set, check, *row);
        let table = &self.values.dataset(set).contract.name;
        let told = |code, message| Diagnostic::of(code, message).subject(&head.id);
        if found.violations > 0 {
            let cells = rows.first.iter().filter_map(cell).map(|cell| (cell, msg!(RowViolates)));
            let finding = told(Code::RowViolation, self.violation(head, set, found)).lead(cells);
            return Some(finding.label(at, msg!(RowCondition)));
        }
        let title = &head.title;
        if found.undecided > 0 {
            let count = found.undecided;
            let message = msg!(RowsUndecided, title = title, table = table, count = count);
            let cells = rows.open.iter().filter_map(cell).map(|cell| (cell, msg!(RowUndecided)));
            let finding = told(Code::NoData, message).lead(cells);
            return Some(finding.label(at, msg!(RowCondition)).help(msg!(MissingDataHelp)));
        }
        if !found.is_empty {
            return None;
        }
        let header = self.header(self.frame.plans[set].dataset);
        let header = header.map(|header| (header.at, msg!(NoRowCounts)));
        let finding = told(Code::NoData, msg!(NoRowsToCheck, title = title, table = table));
        Some(finding.lead(header).label(at, msg!(RowCondition)))
    }

    /// How many rows, or groups, break a condition.
    fn violation(&self, head: &Head, set: PlanId, found: &ExpectationAssessment) -> Message {
        let contract = &self.values.dataset(set).contract;
        let (title, table) = (&head.title, &contract.name);
        let (count, rows) = (found.violations, found.rows);
        let Some(grouped) = &self.frame.plans[set].grouped else {
            return msg!(RowsViolate, title = title, table = table, count = count, rows = rows);
        };
        let keys = grouped.keys.iter().map(|key| contract.fields[*key].name.as_str());
        msg!(
            GroupsViolate,
            title = title,
            table = table,
            count = count,
            rows = rows,
            keys = keys.collect::<Vec<_>>().join(", ")
        )
    }

    /// The cell of a row that a check is about.
    fn tested(&self, set: PlanId, check: CheckId, row: RowRef) -> Option<Place> {
        let plan = &self.frame.plans[set];
        // The condition's first column is the one most conditions are about.
        let columns = plan.expressions.columns(plan.checks[check].condition);
        let column = plan.shown(columns.first().copied().unwrap_or(ColumnId::FIRST));
        self.frame.datasets.cell(plan.dataset, row, column)
    }

    /// The finding of a check that something is wrong with, or that could not be asked.
    pub(in crate::verdict) fn tell_check(
        &self,
        head: &Head,
        check: &Check,
        inputs: &[(String, Bound)],
        found: &CheckAssessment,
    ) -> Option<Diagnostic> {
        match &found.answer {
            Ok(Ok(None)) => None,
            Ok(Ok(Some(text))) => Some(self.failed(head, check, inputs, text)),
            Ok(Err(complaint)) => Some(complaint.as_ref().clone().subject(&head.id)),
            Err((input, absence)) => {
                let (_, bound) = inputs.get(*input)?;
                let data = self.place_of(bound, WantedChange::More);
                Some(self.absent(head, absence, check.check.at, data))
            }
        }
    }

    fn failed(
        &self,
        head: &Head,
        check: &Check,
        inputs: &[(String, Bound)],
        text: &Bilingual,
    ) -> Diagnostic {
        let message = msg!(CheckFailed, title = &head.title, text = text);
        let data = inputs.iter().find_map(|(_, bound)| self.place_of(bound, WantedChange::Less));
        let data = data.map(|data| (data.at, data.text(msg!(ValueFromHere))));
        let finding = Diagnostic::of(Code::CheckFailed, message).subject(&head.id);
        finding.lead(data).label(check.check.at, msg!(TheCheck))
    }
}
