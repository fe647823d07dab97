//! Conditions on rows as text: what the scan evaluates, in the words of the rule language.

use super::Comparison;
use super::column::{ColumnExpr, ExprId, Expressions};
use super::frame::Frame;
use super::row::Literal;
use crate::exact::Exact;
use crate::reading::batch::ColumnId;

/// Writes an expression over the rows of a dataset; `name` names its own columns.
pub fn describe(
    expressions: &Expressions,
    id: ExprId,
    frame: &Frame<'_>,
    name: &dyn Fn(ColumnId) -> String,
) -> String {
    Writer { expressions, frame, name }.write(id, 0)
}

struct Writer<'a> {
    expressions: &'a Expressions,
    frame: &'a Frame<'a>,
    name: &'a dyn Fn(ColumnId) -> String,
}

impl Writer<'_> {
    /// An expression, in brackets where what is around it binds tighter.
    fn write(&self, id: ExprId, around: u8) -> String {
        let node = self.expressions.get(id);
        let binds = match node {
            ColumnExpr::Or(..) => 1,
            ColumnExpr::And(..) => 2,
            ColumnExpr::Compare(..) | ColumnExpr::In(..) => 3,
            ColumnExpr::Arithmetic(..) => 4,
            _ => 5,
        };
        let text = match node {
            ColumnExpr::Column(column) => (self.name)(*column),
            ColumnExpr::GroupYear => "year".to_owned(),
            ColumnExpr::Through { key, dataset, column, .. } => {
                let fields = &self.frame.datasets.sets[*dataset].contract.fields;
                format!("{}.{}", self.write(*key, 5), fields[*column].name)
            }
            ColumnExpr::Literal(literal) => self.literal(literal),
            ColumnExpr::AsOf => self.literal(&Literal::Date(self.frame.parameters.as_of)),
            ColumnExpr::Compare(comparison, a, b) => {
                format!("{} {} {}", self.write(*a, 4), comparison.symbol(), self.write(*b, 4))
            }
            ColumnExpr::And(a, b) => format!("{} && {}", self.write(*a, 2), self.write(*b, 2)),
            ColumnExpr::Or(a, b) => format!("{} || {}", self.write(*a, 1), self.write(*b, 1)),
            ColumnExpr::Not(inner) => match self.expressions.get(*inner) {
                ColumnExpr::Compare(Comparison::Equal, a, b) => {
                    format!("{} != {}", self.write(*a, 4), self.write(*b, 4))
                }
                _ => format!("!{}", self.write(*inner, 5)),
            },
            ColumnExpr::Arithmetic(operation, a, b) => {
                format!("{} {} {}", self.write(*a, 4), operation.symbol(), self.write(*b, 5))
            }
            ColumnExpr::In(value, items) => {
                let items: Vec<String> = items.iter().map(|item| self.write(*item, 0)).collect();
                format!("{} in [{}]", self.write(*value, 4), items.join(", "))
            }
            ColumnExpr::If(condition, yes, no) => format!(
                "if {} {{ {} }} else {{ {} }}",
                self.write(*condition, 0),
                self.write(*yes, 0),
                self.write(*no, 0)
            ),
            ColumnExpr::Call(function, operands) => {
                let operands: Vec<String> =
                    operands.iter().map(|operand| self.write(*operand, 0)).collect();
                format!("{}({})", function.name(), operands.join(", "))
            }
        };
        if binds < around { format!("({text})") } else { text }
    }

    fn literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::Number(mantissa, scale) => {
                Exact::decimal(*mantissa, *scale).unwrap_or_default().exact_text()
            }
            Literal::Text(text) => format!("\"{text}\""),
            Literal::Boolean(flag) => flag.to_string(),
            Literal::Date(date) => format!("date(\"{date}\")"),
        }
    }
}
