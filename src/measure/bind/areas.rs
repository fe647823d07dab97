//! Codes that have meant more than one area: comparing rows of different years by them compares
//! different places.

use super::{Binder, Broken, MeasureScope, PlanId};
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::YearRef;
use crate::measure::column::{ColumnExpr, ExprId};
use crate::measure::row::Literal;
use crate::message::{Arg, Message};
use crate::msg;
use crate::reading::areas::{Area, Areas};
use crate::source::Location;

/// A comparison of an area's code with a text. Whether that text has meant several areas is known
/// when the list of areas has been read.
#[derive(Clone, Debug)]
pub struct ComparedCode {
    /// The text.
    pub text: String,
    /// Where the comparison stands.
    pub at: Location,
    /// The rule that has it.
    pub rule: String,
    /// How many complaints had been made before.
    pub order: usize,
}

impl ComparedCode {
    /// What there is to say once it is known what the codes of areas have meant.
    pub fn tell(&self, areas: &Areas) -> Option<Diagnostic> {
        let meanings = areas.reused(&self.text)?;
        let meanings: Vec<Arg> =
            meanings.into_iter().map(|area| Arg::from(meaning(area))).collect();
        let told = msg!(CodeOfSeveral, code = &self.text, meanings = meanings);
        let told = Diagnostic::of(Code::AreaCodeAlone, told).subject(&self.rule).mark(self.at);
        Some(told.help(msg!(CodeOfSeveralHelp)))
    }
}

impl Binder<'_> {
    /// Notes a comparison of an area's code with a text.
    pub(super) fn note_code(&mut self, set: PlanId, a: ExprId, b: ExprId, at: Location) {
        let expressions = &self.plans[set].expressions;
        let (column, text) = match (expressions.get(a), expressions.get(b)) {
            (ColumnExpr::Column(column), ColumnExpr::Literal(Literal::Text(text)))
            | (ColumnExpr::Literal(Literal::Text(text)), ColumnExpr::Column(column)) => {
                (*column, text)
            }
            _ => return,
        };
        let contract = self.contract(set);
        let column = self.plans[set].shown(column);
        let names_area = contract.area == Some(column)
            || contract.foreign_keys.iter().any(|key| {
                let target = self.contracts.position(&key.dataset.value);
                key.field == column
                    && target.is_some_and(|at| self.contracts.sets[at].validity.is_some())
            });
        // Once for each place, like a complaint.
        if names_area && self.told.insert((Code::AreaCodeAlone, Some(at.into()))) {
            let (text, order) = (text.clone(), self.complaints.len());
            self.codes.push(ComparedCode { text, at, rule: String::new(), order });
        }
    }

    /// Warns of rows of another year found by the code of a body that holds for a time only.
    pub(super) fn check_join(&mut self, scope: MeasureScope, year: YearRef, at: Location) {
        let Some(each) = scope.each.filter(|_| year != YearRef::Same) else { return };
        let contract = self.contract(each.into());
        if contract.validity.is_some() {
            self.tell(
                Diagnostic::of(
                    Code::AreaCodeAlone,
                    msg!(JoinedByCodeAlone, table = &contract.name),
                )
                .mark(at)
                .help(msg!(CodeOfSeveralHelp)),
            );
        }
    }

    /// Refuses another year for rows that hold for a time: which of them held then is not counted.
    pub(super) fn check_year(
        &mut self,
        set: PlanId,
        year: YearRef,
        at: Location,
    ) -> Result<(), Broken> {
        let contract = self.contract(set);
        if contract.validity.is_none() || contract.year.is_some() || year == YearRef::Same {
            return Ok(());
        }
        self.complain(
            Diagnostic::of(Code::TypeMismatch, msg!(HeldOnlyNow, table = &contract.name))
                .mark(at)
                .help(msg!(HeldOnlyNowHelp)),
        )
    }

    /// Tells something that keeps nothing from being bound, once for each place.
    fn tell(&mut self, finding: Diagnostic) {
        let _ = self.complain::<()>(finding);
    }
}

/// An area's name and when it has it.
fn meaning(area: &Area) -> Message {
    let name = &area.name;
    match (area.validity.from, area.validity.to) {
        (None, None) => msg!(MeaningAlways, name = name),
        (Some(from), None) => msg!(MeaningFrom, name = name, from = from),
        (None, Some(to)) => msg!(MeaningTo, name = name, to = to),
        (Some(from), Some(to)) => msg!(MeaningFromTo, name = name, from = from, to = to),
    }
}
