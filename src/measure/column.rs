//! Row conditions as column expressions: typed, shared between rules, evaluated with Arrow
//! kernels over whole columns. Unknown cells are nulls and logic is Kleene's.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Datum, Decimal128Array, Int64Array, UInt32Array,
};
use arrow_ord::cmp;
use arrow_schema::{ArrowError, DataType};
use chrono::Datelike;
use foldhash::fast::FixedState;

use super::bind::SetPlan;
use super::mask::{Mask, pack};
use super::row::{Function, Literal};
use super::{Arithmetic, Comparison};
use crate::data::Datasets;
use crate::data::batch::{Batch, codes};
use crate::data::table::{date_from_days, days_since_epoch};

/// Different texts of a column up to which the rows of each are found apart.
const FEW_TEXTS: usize = 64;

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
    /// A column of another dataset, found by a key.
    Through {
        /// The key, in this dataset.
        key: ExprId,
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
    nodes: Vec<ColumnExpr>,
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
            ColumnExpr::Column(_) | ColumnExpr::Literal(_) => {}
            ColumnExpr::Through { key, .. } => self.visit(*key, see),
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

/// An exact number did not fit 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl From<ArrowError> for Overflow {
    /// Types are checked when rules are bound, so overflow is the only way a kernel fails.
    fn from(_: ArrowError) -> Overflow {
        Overflow
    }
}

/// Where the rows of a dataset that expressions reach into are, by key.
#[derive(Debug, Default)]
pub struct Lookups {
    /// By dataset and key column.
    rows: HashMap<(usize, usize), HashMap<String, u32, FixedState>>,
}

impl Lookups {
    /// Everything the plans' expressions reach into.
    pub fn new(datasets: &Datasets, plans: &[SetPlan]) -> Lookups {
        let mut rows: HashMap<(usize, usize), HashMap<String, u32, FixedState>> = HashMap::new();
        let nodes = plans.iter().flat_map(|plan| &plan.expressions.nodes);
        for node in nodes {
            let ColumnExpr::Through { dataset, key_column, .. } = node else { continue };
            rows.entry((*dataset, *key_column)).or_insert_with(|| {
                let table = datasets.sets[*dataset].table.as_ref();
                let keys = table.and_then(|table| table.columns[*key_column].as_ref());
                let keys = keys.map(text_of).unwrap_or_default();
                let place =
                    |(row, key): (usize, Option<String>)| Some((key?, u32::try_from(row).ok()?));
                keys.into_iter().enumerate().filter_map(place).collect()
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
    datasets: &'a Datasets,
    lookups: &'a Lookups,
    expressions: &'a Expressions,
    batch: &'a Batch,
    columns: Vec<Option<Vector>>,
    masks: Vec<Option<Rc<Mask>>>,
    /// Columns of integers as 32 bits, where all values fit.
    narrow: HashMap<ExprId, Option<Rc<[i32]>>, FixedState>,
    /// The rows that have a certain text.
    with_text: HashMap<(ExprId, usize), Rc<Mask>, FixedState>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator over the rows of a batch.
    pub fn new(
        datasets: &'a Datasets,
        lookups: &'a Lookups,
        expressions: &'a Expressions,
        batch: &'a Batch,
    ) -> Evaluator<'a> {
        Evaluator {
            datasets,
            lookups,
            expressions,
            batch,
            columns: vec![None; expressions.len()],
            masks: vec![None; expressions.len()],
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
        if let Some(mask) = &self.masks[id] {
            return Ok(Rc::clone(mask));
        }
        let mask = Rc::new(self.condition(id)?);
        self.masks[id] = Some(Rc::clone(&mask));
        Ok(mask)
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
        if let Some(vector) = &self.columns[id] {
            return Ok(vector.clone());
        }
        let vector = self.compute(id)?;
        self.columns[id] = Some(vector.clone());
        Ok(vector)
    }

    fn compute(&mut self, id: ExprId) -> Result<Vector, Overflow> {
        let expressions = self.expressions;
        let column: ArrayRef = match expressions.get(id) {
            ColumnExpr::Column(column) => self.batch.column(*column)?.clone(),
            ColumnExpr::Literal(literal) => return Ok(Vector::Constant(literal.clone())),
            ColumnExpr::Through { key, dataset, key_column, column } => {
                let key = self.column(*key)?;
                self.through(&key, *dataset, *key_column, *column)?
            }
            ColumnExpr::Arithmetic(operation, a, b) => {
                let (a, b) = (self.column(*a)?, self.column(*b)?);
                arithmetic(*operation, &a, &b)?
            }
            ColumnExpr::If(condition, then, otherwise) => {
                let condition = self.mask(*condition)?.to_array();
                let (then, otherwise) = (self.column(*then)?, self.column(*otherwise)?);
                let (then, otherwise) = same_type(then, otherwise)?;
                let chosen = arrow_select::zip::zip(&condition, &then, &otherwise)?;
                // An unknown condition makes the choice unknown, not the second branch.
                let unknown = arrow_arith::boolean::is_null(&condition)?;
                arrow_select::nullif::nullif(&chosen, &unknown)?
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
        let expressions = self.expressions;
        let texts: Option<Vec<&str>> = items
            .iter()
            .map(|item| match expressions.get(*item) {
                ColumnExpr::Literal(Literal::Text(text)) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        if let Some(texts) = texts.filter(|_| !self.is_constant(needle)) {
            return self.by_text(needle, |text| texts.contains(&text));
        }
        let mut found = Mask::all(self.batch.rows, false);
        for item in items {
            found = found.or(&self.compare(Comparison::Equal, needle, *item)?);
        }
        Ok(found)
    }

    fn is_constant(&self, id: ExprId) -> bool {
        matches!(self.expressions.get(id), ColumnExpr::Literal(_))
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
        let expressions = self.expressions;
        if let ColumnExpr::Literal(literal) = expressions.get(b)
            && !self.is_constant(a)
        {
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
        }
        let (a, b) = same_type(self.column(a)?, self.column(b)?)?;
        Ok(Mask::of(&kernel(comparison, &a, &b)?))
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

    /// Looks `column` of another dataset up by key; unknown keys give unknown values.
    fn through(
        &self,
        key: &ArrayRef,
        dataset: usize,
        key_column: usize,
        column: usize,
    ) -> Result<ArrayRef, Overflow> {
        let Some(table) = &self.datasets.sets[dataset].table else { return Err(Overflow) };
        let rows = self.lookups.rows.get(&(dataset, key_column)).ok_or(Overflow)?;
        let wanted: UInt32Array = if let Some((codes, texts)) = codes(key) {
            let places: Vec<Option<u32>> =
                texts.iter().map(|text| rows.get(text?).copied()).collect();
            let place = |code: Option<i32>| places[usize::try_from(code?).ok()?];
            codes.iter().map(place).collect()
        } else {
            text_of(key).iter().map(|key| rows.get(key.as_deref()?).copied()).collect()
        };
        Ok(arrow_select::take::take(table.column(column)?, &wanted, None)?)
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Dictionary(_, _))
}

/// Which values compare so with one.
fn compare_all<T: Copy + Ord>(comparison: Comparison, values: &[T], with: T) -> Vec<u64> {
    match comparison {
        Comparison::Equal => pack(values, |value| value == with),
        Comparison::NotEqual => pack(values, |value| value != with),
        Comparison::Less => pack(values, |value| value < with),
        Comparison::LessOrEqual => pack(values, |value| value <= with),
        Comparison::Greater => pack(values, |value| value > with),
        Comparison::GreaterOrEqual => pack(values, |value| value >= with),
    }
}

fn kernel(comparison: Comparison, a: &dyn Datum, b: &dyn Datum) -> Result<BooleanArray, Overflow> {
    Ok(match comparison {
        Comparison::Equal => cmp::eq(a, b),
        Comparison::NotEqual => cmp::neq(a, b),
        Comparison::Less => cmp::lt(a, b),
        Comparison::LessOrEqual => cmp::lt_eq(a, b),
        Comparison::Greater => cmp::gt(a, b),
        Comparison::GreaterOrEqual => cmp::gt_eq(a, b),
    }?)
}

fn constant(literal: &Literal, rows: usize) -> Result<ArrayRef, Overflow> {
    Ok(match literal {
        Literal::Number(mantissa, 0) if i64::try_from(*mantissa).is_ok() => {
            let value = i64::try_from(*mantissa).map_err(|_| Overflow)?;
            Arc::new(Int64Array::from(vec![value; rows]))
        }
        Literal::Number(mantissa, scale) => decimals(vec![Some(*mantissa); rows], *scale)?,
        Literal::Text(text) => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for _ in 0..rows {
                builder.append_value(text);
            }
            Arc::new(builder.finish())
        }
        Literal::Boolean(flag) => Arc::new(BooleanArray::from(vec![*flag; rows])),
        Literal::Date(date) => Arc::new(Date32Array::from(vec![days_since_epoch(*date); rows])),
    })
}

/// A number column as mantissas and a scale.
fn mantissas(column: &ArrayRef) -> (Vec<Option<i128>>, u32) {
    if let Some(integers) = column.as_primitive_opt::<Int64Type>() {
        return (integers.iter().map(|value| value.map(i128::from)).collect(), 0);
    }
    match column.as_primitive_opt::<Decimal128Type>() {
        Some(decimals) => (decimals.iter().collect(), u32::try_from(decimals.scale()).unwrap_or(0)),
        None => (vec![None; column.len()], 0),
    }
}

fn decimals(values: Vec<Option<i128>>, scale: u32) -> Result<ArrayRef, Overflow> {
    let scale = i8::try_from(scale).map_err(|_| Overflow)?;
    Ok(Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, scale)?))
}

fn rescaled(values: Vec<Option<i128>>, from: u32, to: u32) -> Result<Vec<Option<i128>>, Overflow> {
    let factor = 10i128.checked_pow(to - from).ok_or(Overflow)?;
    values
        .into_iter()
        .map(|value| value.map(|value| value.checked_mul(factor).ok_or(Overflow)).transpose())
        .collect()
}

/// Brings two number columns to one type; other types are the same already.
fn same_type(a: ArrayRef, b: ArrayRef) -> Result<(ArrayRef, ArrayRef), Overflow> {
    if a.data_type() == b.data_type() || is_text(a.data_type()) {
        return Ok((a, b));
    }
    let ((left, left_scale), (right, right_scale)) = (mantissas(&a), mantissas(&b));
    let scale = left_scale.max(right_scale);
    Ok((
        decimals(rescaled(left, left_scale, scale)?, scale)?,
        decimals(rescaled(right, right_scale, scale)?, scale)?,
    ))
}

fn arithmetic(operation: Arithmetic, a: &ArrayRef, b: &ArrayRef) -> Result<ArrayRef, Overflow> {
    use arrow_arith::numeric;
    if let (Some(a), Some(b)) = (a.as_primitive_opt::<Date32Type>(), b.as_primitive_opt()) {
        return Ok(days_between(a, b));
    }
    if a.data_type() == &DataType::Int64 && b.data_type() == &DataType::Int64 {
        let whole = match operation {
            Arithmetic::Add => numeric::add(a, b),
            Arithmetic::Sub => numeric::sub(a, b),
            Arithmetic::Mul | Arithmetic::Div => numeric::mul(a, b),
        };
        // What does not fit 64 bits is computed once more with 128.
        if let Ok(whole) = whole {
            return Ok(whole);
        }
    }
    let ((left, left_scale), (right, right_scale)) = (mantissas(a), mantissas(b));
    let (left, right, scale) = if operation == Arithmetic::Mul {
        (left, right, left_scale + right_scale)
    } else {
        let scale = left_scale.max(right_scale);
        (rescaled(left, left_scale, scale)?, rescaled(right, right_scale, scale)?, scale)
    };
    let values: Result<Vec<Option<i128>>, Overflow> = left
        .into_iter()
        .zip(right)
        .map(|pair| match pair {
            (Some(x), Some(y)) => match operation {
                Arithmetic::Add => x.checked_add(y),
                Arithmetic::Sub => x.checked_sub(y),
                Arithmetic::Mul | Arithmetic::Div => x.checked_mul(y),
            }
            .map(Some)
            .ok_or(Overflow),
            _ => Ok(None),
        })
        .collect();
    decimals(values?, scale)
}

/// The texts of a text or number column.
pub fn text_of(column: &ArrayRef) -> Vec<Option<String>> {
    if let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() {
        let values = dictionary.values().as_string::<i32>();
        return dictionary
            .keys()
            .iter()
            .map(|key| Some(values.value(usize::try_from(key?).ok()?).to_owned()))
            .collect();
    }
    if let Some(integers) = column.as_primitive_opt::<Int64Type>() {
        return integers.iter().map(|value| value.map(|value| value.to_string())).collect();
    }
    vec![None; column.len()]
}

fn call(function: Function, column: &ArrayRef) -> Result<ArrayRef, Overflow> {
    let date_part = |part: fn(&chrono::NaiveDate) -> i64| -> ArrayRef {
        let mut builder = Int64Builder::with_capacity(column.len());
        if let Some(dates) = column.as_primitive_opt::<Date32Type>() {
            for day in dates {
                builder.append_option(day.map(|day| part(&date_from_days(day))));
            }
        }
        Arc::new(builder.finish())
    };
    Ok(match function {
        Function::Year => date_part(|date| i64::from(date.year())),
        Function::Month => date_part(|date| i64::from(date.month())),
        Function::Day => date_part(|date| i64::from(date.day())),
        Function::Len => {
            let Some((codes, texts)) = codes(column) else { return Err(Overflow) };
            let count = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            let lengths: Vec<i64> = texts.iter().map(|text| text.map_or(0, count)).collect();
            let length = |code: Option<i32>| lengths.get(usize::try_from(code?).ok()?).copied();
            Arc::new(codes.iter().map(length).collect::<Int64Array>())
        }
        _ => {
            let Some((codes, texts)) = codes(column) else { return Err(Overflow) };
            let changed: Vec<String> = texts
                .iter()
                .map(|text| {
                    let text = text.unwrap_or_default();
                    if function == Function::Lower {
                        text.to_lowercase()
                    } else {
                        text.trim().to_owned()
                    }
                })
                .collect();
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for code in codes {
                let text = code.and_then(|code| changed.get(usize::try_from(code).ok()?));
                builder.append_option(text);
            }
            Arc::new(builder.finish())
        }
    })
}

/// The days from the dates of `b` to those of `a`.
fn days_between(a: &Date32Array, b: &Date32Array) -> ArrayRef {
    let days = a.iter().zip(b).map(|(a, b)| Some(i64::from(a?) - i64::from(b?)));
    Arc::new(days.collect::<Int64Array>())
}

fn text_test(function: Function, text: &str, part: &str) -> bool {
    match function {
        Function::StartsWith => text.starts_with(part),
        Function::EndsWith => text.ends_with(part),
        _ => text.contains(part),
    }
}

/// The test for parts that differ from row to row.
fn text_tests(function: Function, texts: &ArrayRef, parts: &ArrayRef) -> BooleanArray {
    let pairs = text_of(texts).into_iter().zip(text_of(parts));
    let tests = pairs.map(|(text, part)| Some(text_test(function, &text?, &part?)));
    tests.collect()
}
