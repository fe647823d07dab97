//! Long forms of row conditions: `a || b || c …`, `a + b + c …`, and a `switch` of many cases.
//!
//! As trees they are as deep as they are long. They are bound along that side, not by recursion,
//! so that no honest condition is too long, and each part is bound once.

use super::{Binder, Broken, MeasureScope, PlanId};
use crate::measure::Arithmetic;
use crate::measure::column::{ColumnExpr, ColumnType, ExprId};
use crate::measure::row::{RowExpr, RowKind};

/// An expression and the ones it hangs from by `down`, itself first, and what the last hangs on.
fn chain<'e>(
    expr: &'e RowExpr,
    down: impl Fn(&'e RowExpr) -> Option<&'e RowExpr>,
) -> (Vec<&'e RowExpr>, &'e RowExpr) {
    let (mut nodes, mut here) = (Vec::new(), expr);
    while let Some(next) = down(here) {
        nodes.push(here);
        here = next;
    }
    (nodes, here)
}

impl Binder<'_> {
    /// `&&` and `||`. Every part is bound, so that whatever is wrong with any is told.
    pub(super) fn logic(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        scope: MeasureScope,
    ) -> Result<(ExprId, ColumnType), Broken> {
        let (nodes, first) = chain(expr, |expr| match &expr.kind {
            RowKind::And(a, _) | RowKind::Or(a, _) => Some(a),
            _ => None,
        });
        let mut bound = self.truth(set, first, scope);
        for node in nodes.into_iter().rev() {
            let (RowKind::And(_, b) | RowKind::Or(_, b)) = &node.kind else { return Err(Broken) };
            let next = self.truth(set, b, scope);
            bound = match (bound, next) {
                (Ok(a), Ok(b)) => {
                    let and = matches!(node.kind, RowKind::And(..));
                    let both = if and { ColumnExpr::And(a, b) } else { ColumnExpr::Or(a, b) };
                    Ok(self.plans[set].expressions.intern(both))
                }
                _ => Err(Broken),
            };
        }
        Ok((bound?, ColumnType::Boolean))
    }

    /// `+`, `-` and `*`, of numbers or of two dates.
    pub(super) fn arithmetic(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        scope: MeasureScope,
    ) -> Result<(ExprId, ColumnType), Broken> {
        use ColumnType::{Date, Number};
        let (nodes, first) = chain(expr, |expr| match &expr.kind {
            RowKind::Arithmetic(_, a, _) => Some(a),
            _ => None,
        });
        let mut found = self.expression(set, first, scope)?;
        for node in nodes.into_iter().rev() {
            let RowKind::Arithmetic(operation, a, b) = &node.kind else { return Err(Broken) };
            let (left, right) = if found.1 == Date && *operation == Arithmetic::Sub {
                (found.0, self.typed(set, b, Date, scope)?)
            } else {
                let left = self.wanted(found, Number, a.at);
                let right = self.typed(set, b, Number, scope);
                (left?, right?)
            };
            let value = ColumnExpr::Arithmetic(*operation, left, right);
            found = (self.plans[set].expressions.intern(value), Number);
        }
        Ok(found)
    }

    /// `if … else …` and `switch`: all branches are of the first one's type.
    pub(super) fn choice(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        scope: MeasureScope,
    ) -> Result<(ExprId, ColumnType), Broken> {
        let (nodes, last) = chain(expr, |expr| match &expr.kind {
            RowKind::If(_, _, otherwise) => Some(otherwise),
            _ => None,
        });
        let mut arms = Vec::new();
        for node in nodes {
            let RowKind::If(condition, then, otherwise) = &node.kind else { return Err(Broken) };
            let condition = self.truth(set, condition, scope);
            arms.push((condition, self.expression(set, then, scope)?, otherwise.at));
        }
        let mut bound = self.expression(set, last, scope);
        for (condition, (then, kind), otherwise_at) in arms.into_iter().rev() {
            let otherwise = bound.and_then(|found| self.wanted(found, kind, otherwise_at));
            let value = ColumnExpr::If(condition?, then, otherwise?);
            bound = Ok((self.plans[set].expressions.intern(value), kind));
        }
        bound
    }
}
