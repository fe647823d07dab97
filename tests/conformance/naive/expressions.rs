//! Conditions and values of one row, operand by operand.

use chrono::Datelike;
use rasoat::contract::{FieldId, SetId};
use rasoat::exact::Exact;
use rasoat::measure::Arithmetic;
use rasoat::measure::column::{ColumnExpr, ExprId, Expressions};
use rasoat::measure::row::{Function, Literal};
use rasoat::measure::tally::Unknown;
use rasoat::reading::batch::YearKey;

use super::{Line, Scan, holds_in};
use crate::plain::{Cell, Known};

/// Of what is computed nobody asks why it is unknown.
const UNKNOWN: Cell = Err(Unknown::Blank);

fn cell(value: Option<Known>) -> Cell {
    value.ok_or(Unknown::Blank)
}

pub fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    and(a.map(|a| !a), b.map(|b| !b)).map(|neither| !neither)
}

impl Scan<'_> {
    /// Whether a condition holds; without one it does.
    pub fn holds(&self, all: &Expressions, id: Option<ExprId>, line: &Line) -> Option<bool> {
        id.map_or(Some(true), |id| self.truth(all, id, line))
    }

    pub fn truth(&self, all: &Expressions, id: ExprId, line: &Line) -> Option<bool> {
        match self.value(all, id, line) {
            Ok(Known::Truth(truth)) => Some(truth),
            Ok(other) => panic!("{other:?} is no truth"),
            Err(_) => None,
        }
    }

    fn number(&self, all: &Expressions, id: ExprId, line: &Line) -> Option<Exact> {
        match self.value(all, id, line) {
            Ok(Known::Number(number)) => Some(number),
            Ok(other) => panic!("{other:?} is no number"),
            Err(_) => None,
        }
    }

    /// The value of an expression.
    pub fn value(&self, all: &Expressions, id: ExprId, line: &Line) -> Cell {
        let known = |id: &ExprId| self.value(all, *id, line).ok();
        let truth = |id: &ExprId| self.truth(all, *id, line);
        let told = |truth: Option<bool>| cell(truth.map(Known::Truth));
        match all.get(id) {
            ColumnExpr::Column(column) => line.cells[*column].clone(),
            ColumnExpr::GroupYear => match line.place {
                Some((YearKey::Year(year), _)) => Ok(Known::Number(i64::from(year).into())),
                _ => UNKNOWN,
            },
            ColumnExpr::Through { key, year, dataset, key_column, column } => {
                let year = match year {
                    None => Some(self.parameters.year),
                    Some(year) => self.number(all, *year, line).and_then(|year| whole(&year)),
                };
                let (Some(key), Some(year)) = (known(key), year) else { return UNKNOWN };
                self.look_up(&key, year, *dataset, *key_column, *column)
            }
            ColumnExpr::Literal(literal) => Ok(constant(literal)),
            ColumnExpr::AsOf => Ok(Known::Date(self.parameters.as_of)),
            ColumnExpr::Compare(comparison, a, b) => {
                let order = known(a).zip(known(b)).map(|(a, b)| a.partial_cmp(&b));
                told(order.map(|order| comparison.holds(order.expect("one type"))))
            }
            ColumnExpr::And(a, b) => told(and(truth(a), truth(b))),
            ColumnExpr::Or(a, b) => told(or(truth(a), truth(b))),
            ColumnExpr::Not(a) => told(truth(a).map(|a| !a)),
            ColumnExpr::Arithmetic(operation, a, b) => {
                cell(known(a).zip(known(b)).and_then(|(a, b)| computed(*operation, a, b)))
            }
            ColumnExpr::In(needle, items) => {
                let needle = known(needle);
                let equal = |item: &ExprId| Some(known(item)? == needle.clone()?);
                told(items.iter().map(equal).fold(Some(false), or))
            }
            ColumnExpr::If(condition, then, otherwise) => match truth(condition) {
                Some(true) => self.value(all, *then, line),
                Some(false) => self.value(all, *otherwise, line),
                None => UNKNOWN,
            },
            ColumnExpr::Call(Function::IsMissing, arguments) => {
                let value = self.value(all, arguments[0], line);
                let own = matches!(all.get(arguments[0]), ColumnExpr::Column(_));
                told((!own || value != Err(Unknown::Broken)).then_some(value.is_err()))
            }
            ColumnExpr::Call(function, arguments) => {
                let values: Option<Vec<Known>> = arguments.iter().map(known).collect();
                cell(values.map(|values| called(*function, &values)))
            }
        }
    }

    /// The cell of another dataset's row that has a key in a year; of several the last.
    fn look_up(
        &self,
        key: &Known,
        year: i32,
        dataset: SetId,
        key_column: FieldId,
        column: FieldId,
    ) -> Cell {
        let text = |known: &Known| match known {
            Known::Text(text) => text.clone(),
            Known::Number(number) => number.exact_text(),
            other => panic!("{other:?} is no key"),
        };
        let shape = &self.plan.shapes[dataset];
        let is_it = |line: &&Line| {
            line.cells[key_column.into()].as_ref().is_ok_and(|own| text(own) == text(key))
                && holds_in(shape, &line.cells, year)
        };
        let found = self.lines[dataset].iter().rev().find(is_it);
        found.map_or(UNKNOWN, |line| line.cells[column.into()].clone())
    }
}

pub fn whole(number: &Exact) -> Option<i32> {
    number.to_integer().and_then(|number| i32::try_from(number).ok())
}

fn constant(literal: &Literal) -> Known {
    match literal {
        Literal::Number(..) => Known::Number(literal.number().expect("a number")),
        Literal::Text(text) => Known::Text(text.clone()),
        Literal::Boolean(flag) => Known::Truth(*flag),
        Literal::Date(date) => Known::Date(*date),
    }
}

fn computed(operation: Arithmetic, a: Known, b: Known) -> Option<Known> {
    match (a, b) {
        (Known::Date(a), Known::Date(b)) => Some(Known::Number((a - b).num_days().into())),
        (Known::Number(a), Known::Number(b)) => {
            let result = match operation {
                Arithmetic::Add => a.checked_add(&b),
                Arithmetic::Sub => a.checked_sub(&b),
                Arithmetic::Mul => a.checked_mul(&b),
                Arithmetic::Div => panic!("rows are not divided"),
            };
            result.map(Known::Number)
        }
        other => panic!("{other:?} cannot be computed with"),
    }
}

fn called(function: Function, values: &[Known]) -> Known {
    let count = |count: usize| Known::Number(Exact::int(count as i128));
    match (function, values) {
        (Function::Lower, [Known::Text(text)]) => Known::Text(text.to_lowercase()),
        (Function::Trim, [Known::Text(text)]) => Known::Text(text.trim().to_owned()),
        (Function::Len, [Known::Text(text)]) => count(text.chars().count()),
        (Function::Year, [Known::Date(date)]) => Known::Number(i64::from(date.year()).into()),
        (Function::Month, [Known::Date(date)]) => count(date.month() as usize),
        (Function::Day, [Known::Date(date)]) => count(date.day() as usize),
        (Function::StartsWith, [Known::Text(a), Known::Text(b)]) => {
            Known::Truth(a.starts_with(b.as_str()))
        }
        (Function::EndsWith, [Known::Text(a), Known::Text(b)]) => {
            Known::Truth(a.ends_with(b.as_str()))
        }
        (Function::Contains, [Known::Text(a), Known::Text(b)]) => {
            Known::Truth(a.contains(b.as_str()))
        }
        other => panic!("{other:?}"),
    }
}
