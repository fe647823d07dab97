//! Codes that have meant more than one area: comparing rows of different years by them compares
//! different places.

use super::{Binder, Broken, Context};
use crate::data::areas::{Area, Areas};
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::YearRef;
use crate::measure::column::{ColumnExpr, ExprId};
use crate::measure::row::Literal;
use crate::message::{Arg, Message};
use crate::msg;
use crate::source::Location;

impl<'a> Binder<'a> {
    /// The binder, knowing what the codes of areas have meant.
    pub fn knowing(self, areas: &'a Areas) -> Binder<'a> {
        Binder { areas: Some(areas), ..self }
    }

    /// Warns of a comparison of an area's code with a text that has meant several areas.
    pub(super) fn check_code(&mut self, set: usize, a: ExprId, b: ExprId, at: Location) {
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
                key.field == column
                    && self.catalog.position(&key.dataset.value).is_some_and(|target| {
                        self.catalog.datasets[target].contract.validity.is_some()
                    })
            });
        let Some(meanings) = self.areas.filter(|_| names_area).and_then(|areas| areas.reused(text))
        else {
            return;
        };
        let meanings: Vec<Arg> =
            meanings.into_iter().map(|area| Arg::from(meaning(area))).collect();
        self.tell(
            Diagnostic::new(
                Code::AreaCodeAlone,
                msg!(CodeOfSeveral, code = text, meanings = meanings),
            )
            .mark(at)
            .help(msg!(CodeOfSeveralHelp)),
        );
    }

    /// Warns of rows of another year found by the code of a body that holds for a time only.
    pub(super) fn check_join(&mut self, context: Context, year: YearRef, at: Location) {
        let Some(each) = context.each.filter(|_| year != YearRef::Same) else { return };
        let contract = self.contract(each);
        if contract.validity.is_some() {
            self.tell(
                Diagnostic::new(
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
        set: usize,
        year: YearRef,
        at: Location,
    ) -> Result<(), Broken> {
        let contract = self.contract(set);
        if contract.validity.is_none() || contract.year.is_some() || year == YearRef::Same {
            return Ok(());
        }
        self.complain(
            Diagnostic::new(Code::TypeMismatch, msg!(HeldOnlyNow, table = &contract.name))
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
