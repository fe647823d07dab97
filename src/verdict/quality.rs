//! Judging what must hold between the data themselves: row expectations and free checks.

use super::place::Wanted;
use super::{Judge, Status, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::bind::Bound;
use crate::measure::evaluate::{Absence, Point, Value};
use crate::measure::scan::RowCheck;
use crate::message::Message;
use crate::msg;
use crate::rule::{Check, Expectation};

impl Judge<'_> {
    pub(super) fn judge_expectation(
        &self,
        verdict: &mut Verdict,
        expectation: &Expectation,
        set: usize,
        check: usize,
    ) {
        let at = expectation.row.at;
        let plan = &self.frame.plans[set];
        let found = &self.values.tallies[set];
        // Where rows were read and no group came of them there is nothing that fails.
        let read = plan.grouped.as_ref().map_or(set, |grouped| grouped.parent);
        let rows = self.values.tallies[read].rows;
        if found.overflow.checks.get(check) == Some(&true) {
            return self.absent(verdict, &Absence::Overflow, at, None);
        }
        let condition = plan.checks[check].condition;
        let none = RowCheck::default();
        let check = found.checks.get(check).unwrap_or(&none);
        let table = &self.values.dataset(set).contract.name;
        // The condition's first column is the one most conditions are about.
        let column = plan.expressions.columns(condition).first().copied().unwrap_or(0);
        let cell =
            |row| self.frame.datasets.cell(self.sources, plan.dataset, row, plan.shown(column));
        if check.violations > 0 {
            verdict.status = Status::Unmet;
            let mut finding = Diagnostic::new(
                Code::RowViolation,
                match &plan.grouped {
                    None => msg!(
                        RowsViolate,
                        title = &verdict.title,
                        table = table,
                        count = check.violations,
                        rows = check.rows
                    ),
                    Some(grouped) => {
                        let fields = &self.values.dataset(set).contract.fields;
                        let keys = grouped.keys.iter().map(|key| fields[*key].name.as_str());
                        msg!(
                            GroupsViolate,
                            title = &verdict.title,
                            table = table,
                            count = check.violations,
                            rows = check.rows,
                            keys = keys.collect::<Vec<_>>().join(", ")
                        )
                    }
                },
            )
            .subject(&verdict.id);
            for row in &check.first {
                if let Some(cell) = cell(*row) {
                    finding = finding.label(cell, msg!(RowViolates));
                }
            }
            verdict.diagnostics.push(finding.label(at, msg!(RowCondition)));
        } else if check.undecided > 0 {
            verdict.status = Status::NoData;
            let message =
                msg!(RowsUndecided, title = &verdict.title, table = table, count = check.undecided);
            let mut finding = Diagnostic::new(Code::NoData, message).subject(&verdict.id);
            if let Some(cell) = check.open.and_then(cell) {
                finding = finding.label(cell, msg!(RowUndecided));
            }
            finding = finding.label(at, msg!(RowCondition)).help(msg!(MissingDataHelp));
            verdict.diagnostics.push(finding);
        } else if rows == 0 {
            verdict.status = Status::NoData;
            let message = msg!(NoRowsToCheck, title = &verdict.title, table = table);
            let mut finding = Diagnostic::new(Code::NoData, message).subject(&verdict.id);
            if let Some(header) = self.header(plan.dataset) {
                finding = finding.label(header.at, msg!(NoRowCounts));
            }
            verdict.diagnostics.push(finding.label(at, msg!(RowCondition)));
        } else {
            verdict.status = Status::Met;
        }
    }

    pub(super) fn judge_check(
        &self,
        verdict: &mut Verdict,
        check: &Check,
        inputs: &[(String, Bound)],
    ) {
        let mut values: Vec<(String, Exact)> = Vec::new();
        for (name, bound) in inputs {
            let absence = match self.values.measure(bound, Point::whole(self.year())) {
                Ok(Value::Number(value)) => {
                    values.push((name.clone(), value));
                    continue;
                }
                Ok(_) => Absence::NoRows,
                Err(absence) => absence,
            };
            let data = self.place_of(bound, Wanted::More);
            return self.absent(verdict, &absence, check.check.at, data);
        }
        verdict.ignored = self.values.ignored.count();
        match (check.check.value)(&values) {
            Ok(None) => verdict.status = Status::Met,
            Ok(Some(text)) => {
                verdict.status = Status::Unmet;
                let mut finding = Diagnostic::new(
                    Code::CheckFailed,
                    msg!(CheckFailed, title = &verdict.title, text = &text),
                )
                .subject(&verdict.id);
                let place = inputs.iter().find_map(|(_, bound)| self.place_of(bound, Wanted::Less));
                if let Some(place) = place {
                    finding = finding.label(place.at, place.text(msg!(ValueFromHere)));
                }
                verdict.diagnostics.push(finding.label(check.check.at, msg!(TheCheck)));
            }
            Err(complaint) => {
                verdict.status = Status::Error;
                verdict.reason = Some(Message::plain(complaint.message.text(Default::default())));
                verdict.diagnostics.push(complaint.subject(&verdict.id));
            }
        }
    }
}
