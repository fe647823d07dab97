//! Assessing what must hold between the data themselves: row expectations and free checks.

use super::status_without;
use crate::exact::Exact;
use crate::measure::bind::{Bound, CheckId, PlanId};
use crate::measure::evaluate::{Absence, Point, Value};
use crate::measure::ignored::LeftOut;
use crate::measure::scan::RowCheck;
use crate::rule::{Check, CheckAnswer};
use crate::verdict::{Judge, Status};

/// What an expectation on rows comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationAssessment {
    /// Rows, or groups, that the condition is about.
    pub rows: u64,
    /// Of them those that break it.
    pub violations: u64,
    /// And those of which it is not known.
    pub undecided: u64,
    /// Whether no row was read at all.
    pub is_empty: bool,
    /// Whether a number in the condition does not fit.
    pub overflow: bool,
}

impl ExpectationAssessment {
    /// What it comes out as. One row that breaks the condition decides, whatever is unknown.
    pub fn status(&self) -> Status {
        match self {
            ExpectationAssessment { overflow: true, .. } => Status::Error,
            ExpectationAssessment { violations: 1.., .. } => Status::Unmet,
            ExpectationAssessment { undecided: 1.., .. } => Status::NoData,
            ExpectationAssessment { is_empty: true, .. } => Status::NoData,
            _ => Status::Met,
        }
    }
}

/// What a free check comes to.
#[derive(Clone, Debug)]
pub struct CheckAssessment {
    /// The values it was asked with.
    pub values: Vec<(String, Exact)>,
    /// What it answered; or the input that has no value, by its place, and why.
    pub answer: Result<CheckAnswer, (usize, Absence)>,
    /// What was left out of the values because the rule says `ignore_missing()`.
    pub left_out: LeftOut,
}

impl CheckAssessment {
    /// What it comes out as.
    pub fn status(&self) -> Status {
        match &self.answer {
            Ok(Ok(None)) => Status::Met,
            Ok(Ok(Some(_))) => Status::Unmet,
            Ok(Err(_)) => Status::Error,
            Err((_, absence)) => status_without(absence),
        }
    }
}

impl Judge<'_> {
    /// What was counted of an expectation's rows.
    pub(in crate::verdict) fn row_check(&self, set: PlanId, check: CheckId) -> RowCheck {
        self.values.tallies[set].checks.get(check).cloned().unwrap_or_default()
    }

    /// Works out what an expectation comes to.
    pub(in crate::verdict) fn assess_expectation(
        &self,
        set: PlanId,
        check: CheckId,
    ) -> ExpectationAssessment {
        let found = self.row_check(set, check);
        // Where rows were read and no group came of them there is nothing that fails.
        let grouped = self.frame.plans[set].grouped.as_ref();
        let read = grouped.map_or(set, |grouped| grouped.parent);
        ExpectationAssessment {
            rows: found.rows,
            violations: found.violations,
            undecided: found.undecided,
            is_empty: self.values.tallies[read].rows == 0,
            overflow: self.values.tallies[set].overflow.checks.get(check) == Some(&true),
        }
    }

    /// Asks a check with the values of its inputs, where all have one.
    pub(in crate::verdict) fn assess_check(
        &self,
        check: &Check,
        inputs: &[(String, Bound)],
    ) -> CheckAssessment {
        let mut values: Vec<(String, Exact)> = Vec::new();
        let mut left_out = LeftOut::default();
        for (at, (name, bound)) in inputs.iter().enumerate() {
            let measured = || self.values.measure(bound, Point::whole(self.year()));
            let (found, of_value) = self.values.ignored.during(measured);
            let absence = match found {
                Ok(Value::Number(value)) => {
                    values.push((name.clone(), value));
                    left_out = left_out.and(&of_value);
                    continue;
                }
                Ok(_) => Absence::NoRows,
                Err(absence) => absence,
            };
            // What was never asked leaves nothing out.
            let left_out = LeftOut::default();
            return CheckAssessment { values, answer: Err((at, absence)), left_out };
        }
        let answer = Ok((check.check.value)(&values));
        CheckAssessment { values, answer, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Diagnostic};
    use crate::message::Bilingual;
    use crate::msg;

    #[test]
    fn one_row_that_breaks_a_condition_decides() {
        // Violations, undecided rows, whether none was read, whether a number does not fit.
        let cases = [
            (0, 0, false, false, Status::Met),
            (1, 0, false, false, Status::Unmet),
            (1, 5, false, false, Status::Unmet),
            (0, 1, false, false, Status::NoData),
            (0, 0, true, false, Status::NoData),
            (0, 0, false, true, Status::Error),
            (3, 1, false, true, Status::Error),
        ];
        for (violations, undecided, is_empty, overflow, expected) in cases {
            let found =
                ExpectationAssessment { rows: 9, violations, undecided, is_empty, overflow };
            assert_eq!(found.status(), expected, "{found:?}");
        }
    }

    #[test]
    fn a_check_comes_out_as_it_answers() {
        let complaint =
            Box::new(Diagnostic::of(Code::ScriptError, msg!(NumberDoesNotFit)).nowhere());
        let cases = [
            (Ok(Ok(None)), Status::Met),
            (Ok(Ok(Some(Bilingual::same("too few")))), Status::Unmet),
            (Ok(Err(complaint)), Status::Error),
            (Err((0, Absence::NoRows)), Status::NoData),
            (Err((1, Absence::Overflow)), Status::Error),
        ];
        for (answer, expected) in cases {
            let left_out = LeftOut::default();
            let found = CheckAssessment { values: Vec::new(), answer, left_out };
            assert_eq!(found.status(), expected, "{found:?}");
        }
    }
}
