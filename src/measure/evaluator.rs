//! Column expressions over one batch: conditions as bits, values as Arrow columns. Unknown cells
//! are nulls and logic is Kleene's.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int64Array, UInt32Array};
use foldhash::fast::FixedState;

use super::Comparison;
use super::bind::{PlanId, SetPlan};
use super::column::{ColumnExpr, ExprId, Expressions};
use super::frame::Frame;
use super::kernels::{
    Overflow, arithmetic, bound_at, call, compare_all, compare_columns, constant, same_type,
    text_of, text_test, text_tests,
};
use super::mask::{Mask, pack};
use super::row::{Function, Literal};
use crate::contract::{FieldId, SetId};
use crate::ids::IdVec;
use crate::reading::Datasets;
use crate::reading::batch::{Batch, codes};
use crate::reading::column::{choose, take};
use crate::reading::days::days_since_epoch;

/// Expressions for which an evaluator makes room at once.
const MOST_ROOM: usize = 256;

/// Different texts of a column up to which the rows of each are found apart.
const FEW_TEXTS: usize = 64;

/// Items of a list up to which each is compared with a whole column at once: quicker than looking
/// each value up.
const FEW_ITEMS: usize = 32;

/// Where the rows of a dataset that expressions reach into are, by key.
#[derive(Debug, Default)]
pub struct Lookups {
    /// By dataset and key column.
    rows: HashMap<(SetId, FieldId), HashMap<String, Vec<u32>, FixedState>>,
}

impl Lookups {
    /// Everything the plans' expressions reach into.
    pub fn new(datasets: &Datasets, plans: &IdVec<PlanId, SetPlan>) -> Lookups {
        let mut rows: HashMap<(SetId, FieldId), HashMap<String, Vec<u32>, FixedState>> =
            HashMap::new();
        let nodes = plans.iter().flat_map(|plan| &plan.expressions.nodes);
        for node in nodes {
            let ColumnExpr::Through { dataset, key_column, .. } = node else { continue };
            rows.entry((*dataset, *key_column)).or_insert_with(|| {
                let table = datasets.sets[*dataset].table.as_ref();
                let keys = table.and_then(|table| table.columns[(*key_column).into()].as_ref());
                let keys = keys.map(text_of).unwrap_or_default();
                let mut places: HashMap<String, Vec<u32>, FixedState> = HashMap::default();
                for (row, key) in keys.into_iter().enumerate() {
                    if let (Some(key), Ok(row)) = (key, u32::try_from(row)) {
                        places.entry(key).or_default().push(row);
                    }
                }
                places
            });
        }
        Lookups { rows }
    }
}

/// A column of values, or one value for every row.
#[derive(Clone, Debug)]
enum Vector {
    Column(ArrayRef),
    Constant(Literal),
}

/// Evaluates a dataset's expressions over one batch, each at most once.
pub struct Evaluator<'a> {
    frame: &'a Frame<'a>,
    expressions: &'a Expressions,
    batch: &'a Batch,
    // Tables of what is asked for: a dataset has the expressions of all rules, and one who
    // evaluates a single one should not pay for a place for each.
    columns: HashMap<ExprId, Vector, FixedState>,
    masks: HashMap<ExprId, Rc<Mask>, FixedState>,
    /// Columns of integers as 32 bits, where all values fit.
    narrow: HashMap<ExprId, Option<Rc<[i32]>>, FixedState>,
    /// The rows that have a certain text.
    with_text: HashMap<(ExprId, usize), Rc<Mask>, FixedState>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator over the rows of a batch.
    pub fn new(
        frame: &'a Frame<'a>,
        expressions: &'a Expressions,
        batch: &'a Batch,
    ) -> Evaluator<'a> {
        // All of few expressions, so that nothing grows while rows are read.
        let room = expressions.len().min(MOST_ROOM);
        Evaluator {
            frame,
            expressions,
            batch,
            columns: HashMap::with_capacity_and_hasher(room, FixedState::default()),
            masks: HashMap::with_capacity_and_hasher(room, FixedState::default()),
            narrow: HashMap::default(),
            with_text: HashMap::default(),
        }
    }

    /// The values of an expression, one a row.
    ///
    /// # Errors
    /// [`Overflow`] when an exact number does not fit.
    pub fn column(&mut self, id: ExprId) -> Result<ArrayRef, Overflow> {
        match self.vector(id)? {
            Vector::Column(column) => Ok(column),
            Vector::Constant(literal) => constant(&literal, self.batch.rows),
        }
    }

    /// The rows a condition holds for.
    ///
    /// # Errors
    /// [`Overflow`] when an exact number does not fit.
    pub fn mask(&mut self, id: ExprId) -> Result<Rc<Mask>, Overflow> {
        if let Some(mask) = self.masks.get(&id) {
            return Ok(Rc::clone(mask));
        }
        // From the first operand on, not by recursion: a condition may be long.
        let first = |node: &ColumnExpr| match node {
            ColumnExpr::And(a, _) | ColumnExpr::Or(a, _) | ColumnExpr::Not(a) => Some(*a),
            _ => None,
        };
        for id in self.chain(id, first, |known, id| known.masks.contains_key(&id)) {
            let mask = Rc::new(self.condition(id)?);
            self.masks.insert(id, mask);
        }
        self.masks.get(&id).map(Rc::clone).ok_or(Overflow)
    }

    /// An expression after those it hangs on by `down`, as far as they are not known yet.
    fn chain(
        &self,
        id: ExprId,
        down: impl Fn(&ColumnExpr) -> Option<ExprId>,
        is_known: impl Fn(&Self, ExprId) -> bool,
    ) -> Vec<ExprId> {
        let mut chain = vec![id];
        let mut here = id;
        while let Some(next) = down(self.expressions.get(here)).filter(|id| !is_known(self, *id)) {
            chain.push(next);
            here = next;
        }
        chain.reverse();
        chain
    }

    fn condition(&mut self, id: ExprId) -> Result<Mask, Overflow> {
        let expressions = self.expressions;
        Ok(match expressions.get(id) {
            ColumnExpr::Literal(Literal::Boolean(flag)) => Mask::all(self.batch.rows, *flag),
            ColumnExpr::Compare(comparison, a, b) => self.compare(*comparison, *a, *b)?,
            ColumnExpr::And(a, b) => self.mask(*a)?.and(&*self.mask(*b)?),
            ColumnExpr::Or(a, b) => self.mask(*a)?.or(&*self.mask(*b)?),
            ColumnExpr::Not(a) => self.mask(*a)?.not(),
            ColumnExpr::In(needle, items) => self.is_in(*needle, items)?,
            ColumnExpr::Call(Function::IsMissing, arguments) => self.is_missing(arguments[0])?,
            ColumnExpr::Call(function, arguments) if arguments.len() == 2 => {
                let part = self.vector(arguments[1])?;
                if let Vector::Constant(Literal::Text(part)) = &part {
                    return self.by_text(arguments[0], |text| text_test(*function, text, part));
                }
                let (texts, parts) = (self.column(arguments[0])?, self.column(arguments[1])?);
                Mask::of(&text_tests(*function, &texts, &parts))
            }
            _ => Mask::of(self.column(id)?.as_boolean_opt().ok_or(Overflow)?),
        })
    }

    fn vector(&mut self, id: ExprId) -> Result<Vector, Overflow> {
        if let Some(vector) = self.columns.get(&id) {
            return Ok(vector.clone());
        }
        let first = |node: &ColumnExpr| match node {
            ColumnExpr::Arithmetic(_, a, _) => Some(*a),
            ColumnExpr::If(_, _, otherwise) => Some(*otherwise),
            _ => None,
        };
        for id in self.chain(id, first, |known, id| known.columns.contains_key(&id)) {
            let vector = self.compute(id)?;
            self.columns.insert(id, vector);
        }
        self.columns.get(&id).cloned().ok_or(Overflow)
    }

    /// The date deadlines are judged at, as a constant.
    fn as_of(&self) -> Literal {
        Literal::Date(self.frame.parameters.as_of)
    }

    fn compute(&mut self, id: ExprId) -> Result<Vector, Overflow> {
        let expressions = self.expressions;
        let column: ArrayRef = match expressions.get(id) {
            ColumnExpr::Column(column) => self.batch.column(*column)?.clone(),
            ColumnExpr::GroupYear => self.batch.years.clone().ok_or(Overflow)?,
            ColumnExpr::Literal(literal) => return Ok(Vector::Constant(literal.clone())),
            ColumnExpr::AsOf => return Ok(Vector::Constant(self.as_of())),
            ColumnExpr::Through { key, year, dataset, key_column, column } => {
                let key = self.column(*key)?;
                let year = year.map(|year| self.column(year)).transpose()?;
                self.through(&key, year.as_ref(), *dataset, *key_column, *column)?
            }
            ColumnExpr::Arithmetic(operation, a, b) => {
                let (a, b) = (self.column(*a)?, self.column(*b)?);
                arithmetic(*operation, &a, &b)?
            }
            ColumnExpr::If(condition, then, otherwise) => {
                let condition = self.mask(*condition)?.to_array();
                let (then, otherwise) = (self.column(*then)?, self.column(*otherwise)?);
                let (then, otherwise) = same_type(then, otherwise)?;
                choose(&condition, &then, &otherwise).ok_or(Overflow)?
            }
            ColumnExpr::Call(function, arguments)
                if arguments.len() == 1 && *function != Function::IsMissing =>
            {
                call(*function, &self.column(arguments[0])?)?
            }
            _ => Arc::new(self.mask(id)?.to_array()),
        };
        Ok(Vector::Column(column))
    }

    /// Whether values are blank. A cell that holds something unreadable is neither blank nor
    /// known.
    fn is_missing(&mut self, id: ExprId) -> Result<Mask, Overflow> {
        let values = self.column(id)?;
        let own = match self.expressions.get(id) {
            ColumnExpr::Column(column) => Some(*column),
            _ => None,
        };
        let broken = &self.batch.broken;
        Ok(Mask::from_rows(self.batch.rows, |row| {
            let broken = own.is_some_and(|column| broken.contains(&(row, column)));
            (!broken).then(|| values.is_null(row))
        }))
    }

    /// Whether values are among some others.
    fn is_in(&mut self, needle: ExprId, items: &[ExprId]) -> Result<Mask, Overflow> {
        // Nothing is among nothing, not even what is unknown.
        if items.is_empty() {
            return Ok(Mask::all(self.batch.rows, false));
        }
        let (mut found, rest) = match self.among_constants(needle, items)? {
            Some((found, rest)) => (found, rest),
            None => (Mask::all(self.batch.rows, false), items.to_vec()),
        };
        for item in rest {
            found = found.or(&self.compare(Comparison::Equal, needle, item)?);
        }
        Ok(found)
    }

    /// Whether the values of a column are among the constants of its own kind, looked up together
    /// and not one by one, and the items still to be compared. Nothing where there are no such
    /// constants.
    fn among_constants(
        &mut self,
        needle: ExprId,
        items: &[ExprId],
    ) -> Result<Option<(Mask, Vec<ExprId>)>, Overflow> {
        if self.is_constant(needle) {
            return Ok(None);
        }
        let column = self.column(needle)?;
        let expressions = self.expressions;
        let many = items.len() > FEW_ITEMS;
        let integers = column.as_primitive_opt::<Int64Type>().filter(|_| many);
        let dates = column.as_primitive_opt::<Date32Type>().filter(|_| many);
        let mut texts: HashSet<&str, FixedState> = HashSet::default();
        let mut numbers: HashSet<i64, FixedState> = HashSet::default();
        let mut days: HashSet<i32, FixedState> = HashSet::default();
        let mut rest = items.to_vec();
        rest.retain(|item| match expressions.get(*item) {
            ColumnExpr::Literal(Literal::Text(text)) => {
                texts.insert(text.as_str());
                false
            }
            ColumnExpr::Literal(Literal::Number(value, 0)) if integers.is_some() => {
                i64::try_from(*value).map(|value| numbers.insert(value)).is_err()
            }
            ColumnExpr::Literal(Literal::Date(date)) if dates.is_some() => {
                days.insert(days_since_epoch(*date));
                false
            }
            _ => true,
        });
        let found = if !texts.is_empty() {
            self.by_text(needle, |text| texts.contains(text))?
        } else if let Some(integers) = integers.filter(|_| !numbers.is_empty()) {
            let holds = pack(integers.values(), |value| numbers.contains(&value));
            Mask::known(integers.len(), holds, integers.nulls())
        } else if let Some(dates) = dates.filter(|_| !days.is_empty()) {
            let holds = pack(dates.values(), |value| days.contains(&value));
            Mask::known(dates.len(), holds, dates.nulls())
        } else {
            return Ok(None);
        };
        Ok(Some((found, rest)))
    }

    fn is_constant(&self, id: ExprId) -> bool {
        matches!(self.expressions.get(id), ColumnExpr::Literal(_) | ColumnExpr::AsOf)
    }

    /// Where a text passes a test. Each different text is tested once; where there are few, the
    /// rows that have one are found once for all tests.
    fn by_text(&mut self, id: ExprId, holds: impl Fn(&str) -> bool) -> Result<Mask, Overflow> {
        let column = self.column(id)?;
        let Some((codes, texts)) = codes(&column) else { return Err(Overflow) };
        let truths: Vec<bool> = texts.iter().map(|text| text.is_some_and(&holds)).collect();
        if truths.len() > FEW_TEXTS {
            let test = |code: i32| {
                usize::try_from(code).ok().and_then(|code| truths.get(code)) == Some(&true)
            };
            return Ok(Mask::known(codes.len(), pack(codes.values(), test), codes.nulls()));
        }
        // Shared: the rows of each text, or else of none of them.
        let mut found = Mask::known(codes.len(), vec![0; codes.len().div_ceil(64)], codes.nulls());
        for (at, _) in truths.iter().enumerate().filter(|(_, holds)| **holds) {
            let rows = self.with_text.entry((id, at)).or_insert_with(|| {
                let code = i32::try_from(at).unwrap_or(i32::MAX);
                let rows = pack(codes.values(), |value| value == code);
                Rc::new(Mask::known(codes.len(), rows, codes.nulls()))
            });
            found.holds.iter_mut().zip(&rows.holds).for_each(|(all, these)| *all |= these);
        }
        Ok(found)
    }

    fn compare(&mut self, comparison: Comparison, a: ExprId, b: ExprId) -> Result<Mask, Overflow> {
        if self.is_constant(a) && !self.is_constant(b) {
            let mirrored = match comparison {
                Comparison::Less => Comparison::Greater,
                Comparison::LessOrEqual => Comparison::GreaterOrEqual,
                Comparison::Greater => Comparison::Less,
                Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                same => same,
            };
            return self.compare(mirrored, b, a);
        }
        let (expressions, as_of) = (self.expressions, self.as_of());
        let constant = match expressions.get(b) {
            ColumnExpr::Literal(literal) => Some(literal),
            ColumnExpr::AsOf => Some(&as_of),
            _ => None,
        };
        if let Some(literal) = constant.filter(|_| !self.is_constant(a)) {
            // The common form: a column against one constant.
            if let Literal::Text(text) = literal {
                return self.by_text(a, |value| comparison.holds(value.cmp(text.as_str())));
            }
            let column = self.column(a)?;
            if let (Some(days), Literal::Date(date)) =
                (column.as_primitive_opt::<Date32Type>(), literal)
            {
                let holds = compare_all(comparison, days.values(), days_since_epoch(*date));
                return Ok(Mask::known(days.len(), holds, days.nulls()));
            }
            if let (Some(numbers), Literal::Number(value, 0)) =
                (column.as_primitive_opt::<Int64Type>(), literal)
                && let Ok(value) = i64::try_from(*value)
            {
                let holds = match (self.narrow(a, numbers), i32::try_from(value)) {
                    (Some(narrow), Ok(value)) => compare_all(comparison, &narrow, value),
                    _ => compare_all(comparison, numbers.values(), value),
                };
                return Ok(Mask::known(numbers.len(), holds, numbers.nulls()));
            }
            if let Literal::Number(mantissa, scale) = literal
                && let Some(mask) = compare_number(comparison, &column, (*mantissa, *scale))
            {
                return Ok(mask);
            }
        }
        let (a, b) = same_type(self.column(a)?, self.column(b)?)?;
        compare_columns(comparison, &a, &b)
    }

    /// A column of integers as 32 bits, where all values fit: twice as many are compared at once.
    fn narrow(&mut self, id: ExprId, numbers: &Int64Array) -> Option<Rc<[i32]>> {
        let narrow = self.narrow.entry(id).or_insert_with(|| {
            let fits = |value: &i64| i64::from(*value as i32) == *value;
            let all = numbers.values().iter().fold(true, |all, value| all & fits(value));
            all.then(|| numbers.values().iter().map(|value| *value as i32).collect())
        });
        narrow.clone()
    }

    /// Looks `column` of another dataset up by key; unknown keys give unknown values. Where rows
    /// there hold for a time, a key means the one that holds in the year.
    fn through(
        &self,
        key: &ArrayRef,
        year: Option<&ArrayRef>,
        dataset: SetId,
        key_column: FieldId,
        column: FieldId,
    ) -> Result<ArrayRef, Overflow> {
        let target = &self.frame.datasets.sets[dataset];
        let Some(table) = &target.table else { return Err(Overflow) };
        let rows = self.frame.lookups.rows.get(&(dataset, key_column)).ok_or(Overflow)?;
        let place = |key: &str, year: i32| {
            let rows = rows.get(key)?;
            rows.iter().copied().rev().find(|row| target.holds_in(*row as usize, year))
        };
        let standing = self.frame.parameters.year;
        let years = year.and_then(|years| years.as_primitive_opt::<Int64Type>());
        let wanted: UInt32Array = match (codes(key), years) {
            (Some((codes, texts)), None) => {
                let places: Vec<Option<u32>> =
                    texts.iter().map(|text| place(text?, standing)).collect();
                let place = |code: Option<i32>| places[usize::try_from(code?).ok()?];
                codes.iter().map(place).collect()
            }
            (coded, years) => {
                let mut known: HashMap<(i32, i64), Option<u32>, FixedState> = HashMap::default();
                let year = |row: usize| match years {
                    Some(years) => years.is_valid(row).then(|| years.value(row)),
                    None => Some(i64::from(standing)),
                };
                let texts = if coded.is_none() { text_of(key) } else { Vec::new() };
                let of_row = |row: usize| {
                    let year = year(row)?;
                    let at = i32::try_from(year).ok()?;
                    match coded {
                        Some((codes, _)) if codes.is_null(row) => None,
                        Some((codes, texts)) => {
                            let code = codes.value(row);
                            *known.entry((code, year)).or_insert_with(|| {
                                place(texts.value(usize::try_from(code).ok()?), at)
                            })
                        }
                        None => place(texts[row].as_deref()?, at),
                    }
                };
                (0..key.len()).map(of_row).collect()
            }
        };
        take(table.column(column.into())?, &wanted).ok_or(Overflow)
    }
}

/// Where numbers compare so with one number, however many digits that has.
fn compare_number(comparison: Comparison, column: &ArrayRef, number: (i128, u32)) -> Option<Mask> {
    let decimals = column.as_primitive_opt::<Decimal128Type>();
    let places = decimals.map_or(Some(0), |decimals| u32::try_from(decimals.scale()).ok())?;
    let holds = match (bound_at(comparison, number, places), decimals) {
        (Ok((comparison, bound)), Some(decimals)) => {
            compare_all(comparison, decimals.values(), bound)
        }
        (Ok((comparison, bound)), None) => {
            let numbers = column.as_primitive_opt::<Int64Type>()?;
            match i64::try_from(bound) {
                Ok(bound) => compare_all(comparison, numbers.values(), bound),
                // Beyond 64 bits 0 compares as all of them do.
                Err(_) => Mask::all(column.len(), comparison.holds(0.cmp(&bound))).holds,
            }
        }
        (Err(holds), _) => Mask::all(column.len(), holds).holds,
    };
    Some(Mask::known(column.len(), holds, column.nulls()))
}
