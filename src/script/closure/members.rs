//! Aggregates over the members of a group, inside a closure over groups.

use rhai::{Expr, FnPtr, Stmt};

use super::{Binding, Compiler, Result, join};
use crate::measure::Aggregate;
use crate::measure::row::{RowExpr, RowKind};
use crate::msg;
use crate::source::Location;

impl Compiler<'_> {
    /// `g.count()`, `g.sum("column")`, `g.filter(|r| …).count()`: over the members of a group.
    /// Whether the row is a group is seen when names are resolved.
    pub(super) fn members(&mut self, links: &[&Expr], start: Location) -> Result<RowExpr> {
        let mut filters = Vec::new();
        let mut at = start;
        for (place, link) in links.iter().enumerate() {
            let Expr::MethodCall(call, position) = link else { break };
            let name_at = self.token(*position);
            at = join(at, self.call_span(*position));
            if call.name == "filter" {
                filters.push(self.member_filter(&call.args, name_at)?);
                continue;
            }
            let known = Aggregate::PLAIN.into_iter().find(|known| known.name() == call.name);
            let column = match (known, &*call.args) {
                (Some(Aggregate::Count), []) => None,
                (Some(Aggregate::Count), _) | (None, _) => {
                    return self.refuse(name_at, msg!(MethodOnRow, name = call.name.as_str()));
                }
                (Some(_), [Expr::StringConstant(column, position)]) => {
                    Some((column.to_string(), self.token(*position)))
                }
                (Some(_), _) => return self.refuse(name_at, msg!(MembersNeedColumn)),
            };
            let aggregate = known.unwrap_or(Aggregate::Count);
            let kind = RowKind::Members { aggregate, column, filters };
            let mut value = RowExpr { kind, at };
            for link in &links[place + 1..] {
                let Expr::MethodCall(call, position) = link else {
                    return self.refuse(self.token(link.position()), msg!(NoProperty));
                };
                value = self.method(value, call, *position)?;
            }
            return Ok(value);
        }
        self.refuse(at, msg!(NotInRow))
    }

    /// The closure in `g.filter(|r| …)`; what it captures comes before its row.
    fn member_filter(&mut self, arguments: &[Expr], at: Location) -> Result<RowExpr> {
        // What a closure captures is shared first; the closure itself comes last.
        let argument = match arguments {
            [Expr::Stmt(block)] => match block.statements() {
                [.., Stmt::Expr(last)] => Some(&**last),
                _ => None,
            },
            [only] => Some(only),
            _ => None,
        };
        let (pointer, captured): (_, &[Expr]) = match argument {
            Some(Expr::DynamicConstant(pointer, _)) => (pointer.clone().try_cast::<FnPtr>(), &[]),
            Some(Expr::FnCall(call, _)) if call.name == "curry" => match &*call.args {
                [Expr::DynamicConstant(pointer, _), captured @ ..] => {
                    (pointer.clone().try_cast::<FnPtr>(), captured)
                }
                _ => (None, &[]),
            },
            _ => (None, &[]),
        };
        let count = captured.len() + 1;
        let function = pointer.and_then(|pointer| self.functions.get(pointer.fn_name(), count));
        let Some(function) = function else { return self.refuse(at, msg!(NotAClosure)) };
        let mut scope = Vec::new();
        for (name, value) in function.parameters.iter().zip(captured) {
            let binding = match value {
                Expr::Variable(variable, ..) => self.lookup(&variable.1),
                _ => None,
            };
            if let Some(binding) = binding.filter(|binding| !matches!(binding, Binding::Row)) {
                scope.push((name.clone(), binding));
            }
        }
        if let Some(row) = function.parameters.last() {
            scope.push((row.clone(), Binding::Row));
        }
        Compiler { functions: self.functions, function, scope, depth: self.depth }.body(at)
    }
}
