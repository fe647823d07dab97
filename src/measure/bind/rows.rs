//! Row conditions: typed against the contract and interned as column expressions.

use super::{Binder, Broken, MeasureScope, PlanId};
use crate::contract::FieldType;
use crate::contract::matching;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::measure::Arithmetic;
use crate::measure::column::{ColumnExpr, ColumnType, ExprId};
use crate::measure::row::{Literal, RowExpr, RowKind};
use crate::msg;
use crate::source::Location;

impl Binder<'_> {
    pub(super) fn truth(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        scope: MeasureScope,
    ) -> Result<ExprId, Broken> {
        self.typed(set, expr, ColumnType::Boolean, scope)
    }

    /// An expression that must be of a type.
    pub(super) fn typed(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        wanted: ColumnType,
        scope: MeasureScope,
    ) -> Result<ExprId, Broken> {
        let found = self.expression(set, expr, scope)?;
        self.wanted(found, wanted, expr.at)
    }

    /// The same of an expression that is bound already.
    pub(super) fn wanted(
        &mut self,
        (id, found): (ExprId, ColumnType),
        wanted: ColumnType,
        at: Location,
    ) -> Result<ExprId, Broken> {
        if found == wanted {
            return Ok(id);
        }
        self.complain(
            Diagnostic::of(
                Code::TypeMismatch,
                msg!(WantedType, wanted = type_name(wanted), found = type_name(found)),
            )
            .mark(at),
        )
    }

    pub(super) fn expression(
        &mut self,
        set: PlanId,
        expr: &RowExpr,
        scope: MeasureScope,
    ) -> Result<(ExprId, ColumnType), Broken> {
        use ColumnType::{Boolean, Number, Text};
        let (node, kind) = match &expr.kind {
            RowKind::Column(path) => return self.path(set, path),
            RowKind::Outer(_) => {
                return self.complain(
                    Diagnostic::of(Code::UnsupportedInRow, msg!(OuterOnlyEqual))
                        .mark(expr.at)
                        .help(msg!(OuterOnlyEqualHelp)),
                );
            }
            RowKind::Literal(literal) => {
                let kind = match literal {
                    Literal::Number(..) => Number,
                    Literal::Text(_) => Text,
                    Literal::Boolean(_) => Boolean,
                    Literal::Date(_) => ColumnType::Date,
                };
                (ColumnExpr::Literal(literal.clone()), kind)
            }
            RowKind::Compare(comparison, a, b) => {
                let (a, b) = self.pair(set, a, b, expr.at, scope)?;
                (ColumnExpr::Compare(*comparison, a, b), Boolean)
            }
            RowKind::And(..) | RowKind::Or(..) => return self.logic(set, expr, scope),
            RowKind::Not(a) => (ColumnExpr::Not(self.truth(set, a, scope)?), Boolean),
            RowKind::Negate(a) => {
                let a = self.typed(set, a, Number, scope)?;
                let zero = ColumnExpr::Literal(Literal::Number(0, 0));
                let zero = self.plans[set].expressions.intern(zero);
                (ColumnExpr::Arithmetic(Arithmetic::Sub, zero, a), Number)
            }
            RowKind::Arithmetic(..) => return self.arithmetic(set, expr, scope),
            RowKind::Members { aggregate, column, filters } => {
                let (column, kind) =
                    self.members(set, *aggregate, column.as_ref(), filters, expr.at)?;
                (ColumnExpr::Column(column), kind)
            }
            RowKind::In(needle, items) => {
                let mut ids = Vec::new();
                let found = self.expression(set, needle, scope)?;
                for item in items {
                    let item_found = self.expression(set, item, scope)?;
                    let (needle, item) = ((found, needle.at), (item_found, item.at));
                    ids.push(self.comparable(set, needle, item, item.1)?.1);
                }
                (ColumnExpr::In(found.0, ids), Boolean)
            }
            RowKind::If(..) => return self.choice(set, expr, scope),
            RowKind::Call(function, arguments) => {
                use crate::measure::row::Function::*;
                let (wanted, kind) = match function {
                    Lower | Trim => (Some(Text), Text),
                    Len => (Some(Text), Number),
                    Year | Month | Day => (Some(ColumnType::Date), Number),
                    IsMissing => (None, Boolean),
                    StartsWith | EndsWith | Contains => (Some(Text), Boolean),
                };
                let mut ids = Vec::new();
                for argument in arguments {
                    ids.push(match wanted {
                        Some(wanted) => self.typed(set, argument, wanted, scope)?,
                        None => self.expression(set, argument, scope)?.0,
                    });
                }
                (ColumnExpr::Call(*function, ids), kind)
            }
        };
        Ok((self.plans[set].expressions.intern(node), kind))
    }

    /// Two expressions of the same type.
    fn pair(
        &mut self,
        set: PlanId,
        a: &RowExpr,
        b: &RowExpr,
        at: Location,
        scope: MeasureScope,
    ) -> Result<(ExprId, ExprId), Broken> {
        let left = self.expression(set, a, scope);
        let right = self.expression(set, b, scope);
        self.comparable(set, (left?, a.at), (right?, b.at), at)
    }

    /// The same of two expressions that are bound already, each with its place.
    fn comparable(
        &mut self,
        set: PlanId,
        ((left, left_kind), left_at): ((ExprId, ColumnType), Location),
        ((right, right_kind), right_at): ((ExprId, ColumnType), Location),
        at: Location,
    ) -> Result<(ExprId, ExprId), Broken> {
        if left_kind == right_kind {
            self.note_code(set, left, right, at);
            let listed = self.listed(set, left, right, right_at)?;
            return Ok((self.listed(set, right, left, left_at)?, listed));
        }
        let mut complaint = Diagnostic::of(
            Code::TypeMismatch,
            msg!(CompareTypes, left = type_name(left_kind), right = type_name(right_kind)),
        )
        .mark(at);
        if left_kind == ColumnType::Text && right_kind == ColumnType::Number {
            complaint = complaint.help(msg!(QuoteIt));
        } else if left_kind == ColumnType::Date && right_kind == ColumnType::Text {
            complaint = complaint.help(msg!(UseDate));
        }
        self.complain(complaint)
    }

    /// What a column is compared with, in the spelling of the column's list where it has one: a
    /// text that is in no spelling among the values listed could only be a slip.
    fn listed(
        &mut self,
        set: PlanId,
        column: ExprId,
        other: ExprId,
        at: Location,
    ) -> Result<ExprId, Broken> {
        let expressions = &self.plans[set].expressions;
        let ColumnExpr::Literal(Literal::Text(text)) = expressions.get(other) else {
            return Ok(other);
        };
        let (table, column) = match expressions.get(column) {
            ColumnExpr::Column(column) => (self.plans[set].dataset, self.plans[set].shown(*column)),
            ColumnExpr::Through { dataset, column, .. } => (*dataset, *column),
            _ => return Ok(other),
        };
        let contract = &self.contracts.sets[table];
        let field = &contract.fields[column];
        let Some(allowed) = &field.constraints.allowed else { return Ok(other) };
        // Looked up, not searched: a list may be as long as what is compared with it.
        let known = self
            .listed
            .entry((table, column))
            .or_insert_with(|| allowed.iter().map(String::as_str).collect());
        if known.contains(text.as_str()) {
            return Ok(other);
        }
        let same = |known: &&String| matching::same(known, text, field.ignore_case);
        if let Some(known) = allowed.iter().find(same) {
            let literal = ColumnExpr::Literal(Literal::Text(known.clone()));
            return Ok(self.plans[set].expressions.intern(literal));
        }
        let values = allowed.join(", ");
        self.complain(
            Diagnostic::of(
                Code::UnlistedValue,
                msg!(NotInEnumLiteral, text = text, column = &field.name, table = &contract.name),
            )
            .mark(at)
            .label(field.at, msg!(DeclaredHere))
            .help(
                suggestion(text, allowed.iter().map(String::as_str))
                    .unwrap_or(msg!(AllowedValues, values = values).into()),
            ),
        )
    }

    /// A column, possibly through foreign keys.
    fn path(
        &mut self,
        set: PlanId,
        path: &[(String, Location)],
    ) -> Result<(ExprId, ColumnType), Broken> {
        let Some(((name, at), mut rest)) = path.split_first() else { return Err(Broken) };
        let own = self.column(set, name, *at)?;
        let mut column = self.plans[set].shown(own);
        let mut kind = column_type(self.field(set, own).kind);
        let mut id = self.plans[set].expressions.intern(ColumnExpr::Column(own));
        let mut here = set;
        while let Some(((next, next_at), tail)) = rest.split_first() {
            let contract = self.contract(here);
            let Some(key) = contract.foreign_keys.iter().find(|key| key.field == column) else {
                return self.complain(
                    Diagnostic::of(
                        Code::UnknownColumn,
                        msg!(
                            NoForeignKey,
                            column = &contract.fields[column].name,
                            table = &contract.name
                        ),
                    )
                    .mark(*next_at)
                    .help(msg!(NoForeignKeyHelp, table = &contract.name)),
                );
            };
            let dataset = self.dataset(&key.dataset.value, key.dataset.at)?;
            let target = PlanId::from(dataset);
            let key_column = self.column(target, &key.column.value, key.column.at)?;
            let key_column = self.plans[target].shown(key_column);
            let wanted = self.column(target, next, *next_at)?;
            column = self.plans[target].shown(wanted);
            kind = column_type(self.contract(target).fields[column].kind);
            // A code may have meant another row in another year.
            let dated = self.contract(target).validity.is_some();
            let year = self.contract(set).year.filter(|_| dated).map(|year| {
                let plan = &mut self.plans[set];
                let year = match plan.grouped {
                    Some(_) => ColumnExpr::GroupYear,
                    None => ColumnExpr::Column(year.into()),
                };
                plan.expressions.intern(year)
            });
            let node = ColumnExpr::Through { key: id, year, dataset, key_column, column };
            id = self.plans[set].expressions.intern(node);
            here = target;
            rest = tail;
        }
        Ok((id, kind))
    }
}

pub(super) fn column_type(kind: FieldType) -> ColumnType {
    match kind {
        FieldType::String => ColumnType::Text,
        FieldType::Integer | FieldType::Number | FieldType::Year => ColumnType::Number,
        FieldType::Boolean => ColumnType::Boolean,
        FieldType::Date => ColumnType::Date,
    }
}

fn type_name(kind: ColumnType) -> crate::message::Message {
    match kind {
        ColumnType::Number => msg!(TypeNumber),
        ColumnType::Text => msg!(TypeText),
        ColumnType::Boolean => msg!(TypeBoolean),
        ColumnType::Date => msg!(TypeDate),
    }
}
