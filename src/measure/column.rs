//! Row conditions as column expressions: typed, with equal ones shared between rules.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use foldhash::fast::FixedState;

use serde::{Deserialize, Serialize};

use super::row::{Function, Literal};
use super::{Arithmetic, Comparison};
use crate::contract::{FieldId, SetId};
use crate::ids::{Id, IdVec, id};
use crate::reading::batch::ColumnId;

id!(
    /// An expression's position among those of its plan.
    ExprId
);

/// What an expression yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnType {
    /// Integers and exact decimals.
    Number,
    /// Text.
    Text,
    /// true, false or unknown.
    Boolean,
    /// Dates.
    Date,
}

/// One distinct expression; operands are earlier expressions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnExpr {
    /// A column of the dataset.
    Column(ColumnId),
    /// The year of each row, where rows are groups of rows of a dataset that has years.
    GroupYear,
    /// A column of another dataset, found by a key.
    Through {
        /// The key, in this dataset.
        key: ExprId,
        /// The year of the row, where a key may mean another row in another year.
        year: Option<ExprId>,
        /// The other dataset.
        dataset: SetId,
        /// Its key column.
        key_column: FieldId,
        /// The column wanted there.
        column: FieldId,
    },
    /// A constant.
    Literal(Literal),
    /// The date deadlines are judged at, which the plan leaves open.
    AsOf,
    /// A comparison.
    Compare(Comparison, ExprId, ExprId),
    /// Both hold.
    And(ExprId, ExprId),
    /// Either holds.
    Or(ExprId, ExprId),
    /// It does not hold.
    Not(ExprId),
    /// Arithmetic without division.
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// Is one of these.
    In(ExprId, Vec<ExprId>),
    /// A choice.
    If(ExprId, ExprId, ExprId),
    /// A function.
    Call(Function, Vec<ExprId>),
}

/// All distinct expressions of one dataset, operands before their users.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Expressions {
    pub(super) nodes: IdVec<ExprId, ColumnExpr>,
    #[serde(skip)]
    index: HashMap<ColumnExpr, ExprId, FixedState>,
}

impl Expressions {
    /// The id of an expression, the same for equal ones.
    pub fn intern(&mut self, node: ColumnExpr) -> ExprId {
        if let Some(id) = self.index.get(&node) {
            return *id;
        }
        let id = self.nodes.push(node.clone());
        self.index.insert(node, id);
        id
    }

    /// The expression of an id.
    pub fn get(&self, id: ExprId) -> &ColumnExpr {
        &self.nodes[id]
    }

    /// How many distinct expressions there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The dataset's own columns an expression reads, in order of first use.
    pub fn columns(&self, id: ExprId) -> Vec<ColumnId> {
        let mut columns = Vec::new();
        self.visit(id, |node| {
            if let ColumnExpr::Column(column) = node {
                columns.push(*column);
            }
        });
        columns
    }

    /// The conditions that must all hold for one to hold.
    pub fn conjuncts(&self, id: ExprId) -> Vec<ExprId> {
        let mut all = Vec::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            match &self.nodes[id] {
                ColumnExpr::And(a, b) => open.extend([*b, *a]),
                _ => all.push(id),
            }
        }
        all
    }

    /// The columns of other datasets an expression reads.
    pub fn foreign_columns(&self, id: ExprId) -> Vec<(SetId, FieldId)> {
        let mut columns = Vec::new();
        self.visit(id, |node| {
            if let ColumnExpr::Through { dataset, key_column, column, .. } = node {
                columns.push((*dataset, *key_column));
                columns.push((*dataset, *column));
            }
        });
        columns
    }

    /// Whether the day of the run bears on an expression.
    pub fn is_dated(&self, id: ExprId) -> bool {
        let mut dated = false;
        self.visit(id, |node| dated |= *node == ColumnExpr::AsOf);
        dated
    }

    /// Sees an expression and all its operands, each before its own and only once, however often
    /// it is used. Not by recursion: a condition may be as long as its author likes.
    fn visit(&self, id: ExprId, mut see: impl FnMut(&ColumnExpr)) {
        let mut seen = Met::default();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let node = &self.nodes[id];
                see(node);
                let first = open.len();
                node.operands(&mut open);
                open[first..].reverse();
            }
        }
    }
}

/// Positions met so far: few are searched, many are looked up.
pub(in crate::measure) struct Met<I> {
    few: Vec<I>,
    many: HashSet<I, FixedState>,
}

impl<I> Default for Met<I> {
    fn default() -> Met<I> {
        Met { few: Vec::new(), many: HashSet::default() }
    }
}

impl<I: Id + Eq + Hash> Met<I> {
    /// How many are searched.
    const FEW: usize = 32;

    /// Notes one; whether it is new.
    pub fn insert(&mut self, id: I) -> bool {
        if !self.many.is_empty() {
            return self.many.insert(id);
        }
        if self.few.contains(&id) {
            return false;
        }
        self.few.push(id);
        if self.few.len() > Met::<I>::FEW {
            self.many.extend(self.few.drain(..));
        }
        true
    }
}

impl ColumnExpr {
    /// Adds the operands to a list, left to right.
    fn operands(&self, to: &mut Vec<ExprId>) {
        match self {
            ColumnExpr::Column(_)
            | ColumnExpr::GroupYear
            | ColumnExpr::Literal(_)
            | ColumnExpr::AsOf => {}
            ColumnExpr::Through { key, year, .. } => to.extend([*key].into_iter().chain(*year)),
            ColumnExpr::Not(a) => to.push(*a),
            ColumnExpr::Compare(_, a, b)
            | ColumnExpr::And(a, b)
            | ColumnExpr::Or(a, b)
            | ColumnExpr::Arithmetic(_, a, b) => to.extend([*a, *b]),
            ColumnExpr::If(a, b, c) => to.extend([*a, *b, *c]),
            ColumnExpr::In(a, items) => {
                to.push(*a);
                to.extend(items);
            }
            ColumnExpr::Call(_, arguments) => to.extend(arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_reads_is_told_once_in_the_order_of_first_use() {
        let mut all = Expressions::default();
        let [c, a, b] = [7, 3, 5].map(|at| all.intern(ColumnExpr::Column(ColumnId::at(at))));
        let sum = all.intern(ColumnExpr::Arithmetic(Arithmetic::Add, a, c));
        let twice = all.intern(ColumnExpr::Arithmetic(Arithmetic::Mul, sum, sum));
        let test = all.intern(ColumnExpr::Compare(Comparison::Less, twice, b));
        assert_eq!(all.columns(test), [3, 7, 5].map(ColumnId::at));
    }

    #[test]
    fn conjuncts_stand_as_written() {
        let mut all = Expressions::default();
        let [a, b, c] = [0, 1, 2].map(|at| all.intern(ColumnExpr::Column(ColumnId::at(at))));
        let right = all.intern(ColumnExpr::And(b, c));
        let both = all.intern(ColumnExpr::And(a, right));
        assert_eq!(all.conjuncts(both), [a, b, c]);
    }

    /// 2 to the power of 64 paths lead to one column.
    #[test]
    fn a_value_used_over_and_over_is_looked_at_once() {
        let mut all = Expressions::default();
        let mut value = all.intern(ColumnExpr::Column(ColumnId::at(1)));
        for _ in 0..64 {
            value = all.intern(ColumnExpr::Arithmetic(Arithmetic::Add, value, value));
        }
        assert_eq!(all.columns(value), [ColumnId::at(1)]);
    }
}
