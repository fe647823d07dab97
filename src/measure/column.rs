//! Row conditions as column expressions: typed, with equal ones shared between rules.

use std::collections::HashMap;

use super::row::{Function, Literal};
use super::{Arithmetic, Comparison};

/// An expression's place among its dataset's expressions.
pub type ExprId = usize;

/// What an expression yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ColumnExpr {
    /// A column of the dataset.
    Column(usize),
    /// The year of each row, where rows are groups of rows of a dataset that has years.
    GroupYear,
    /// A column of another dataset, found by a key.
    Through {
        /// The key, in this dataset.
        key: ExprId,
        /// The year of the row, where a key may mean another row in another year.
        year: Option<ExprId>,
        /// The other dataset.
        dataset: usize,
        /// Its key column.
        key_column: usize,
        /// The column wanted there.
        column: usize,
    },
    /// A constant.
    Literal(Literal),
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
#[derive(Debug, Default)]
pub struct Expressions {
    pub(super) nodes: Vec<ColumnExpr>,
    index: HashMap<ColumnExpr, ExprId>,
}

impl Expressions {
    /// The id of an expression, the same for equal ones.
    pub fn intern(&mut self, node: ColumnExpr) -> ExprId {
        if let Some(id) = self.index.get(&node) {
            return *id;
        }
        self.nodes.push(node.clone());
        self.index.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
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
    pub fn columns(&self, id: ExprId) -> Vec<usize> {
        let mut columns = Vec::new();
        self.visit(id, &mut |node| {
            if let ColumnExpr::Column(column) = node
                && !columns.contains(column)
            {
                columns.push(*column);
            }
        });
        columns
    }

    /// The conditions that must all hold for one to hold.
    pub fn conjuncts(&self, id: ExprId) -> Vec<ExprId> {
        match &self.nodes[id] {
            ColumnExpr::And(a, b) => {
                let mut all = self.conjuncts(*a);
                all.extend(self.conjuncts(*b));
                all
            }
            _ => vec![id],
        }
    }

    /// The columns of other datasets an expression reads.
    pub fn foreign_columns(&self, id: ExprId) -> Vec<(usize, usize)> {
        let mut columns = Vec::new();
        self.visit(id, &mut |node| {
            if let ColumnExpr::Through { dataset, key_column, column, .. } = node {
                columns.push((*dataset, *key_column));
                columns.push((*dataset, *column));
            }
        });
        columns
    }

    fn visit(&self, id: ExprId, see: &mut impl FnMut(&ColumnExpr)) {
        let node = &self.nodes[id];
        see(node);
        match node {
            ColumnExpr::Column(_) | ColumnExpr::GroupYear | ColumnExpr::Literal(_) => {}
            ColumnExpr::Through { key, year, .. } => {
                self.visit(*key, see);
                if let Some(year) = year {
                    self.visit(*year, see);
                }
            }
            ColumnExpr::Not(a) => self.visit(*a, see),
            ColumnExpr::Compare(_, a, b)
            | ColumnExpr::And(a, b)
            | ColumnExpr::Or(a, b)
            | ColumnExpr::Arithmetic(_, a, b) => {
                self.visit(*a, see);
                self.visit(*b, see);
            }
            ColumnExpr::If(a, b, c) => {
                for operand in [a, b, c] {
                    self.visit(*operand, see);
                }
            }
            ColumnExpr::In(a, items) => {
                self.visit(*a, see);
                for item in items {
                    self.visit(*item, see);
                }
            }
            ColumnExpr::Call(_, arguments) => {
                for argument in arguments {
                    self.visit(*argument, see);
                }
            }
        }
    }
}
