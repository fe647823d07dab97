//! From Rhai's syntax tree to a row expression.
//!
//! Closures over rows are never called. Their bodies are translated once, with a place on every
//! node; what has no column form is an error at its position that says what to write instead.

mod members;

use rhai::{Dynamic, Expr, FnCallExpr, FnPtr, Position, Stmt, StmtBlock, SwitchCasesCollection};

use unicode_normalization::UnicodeNormalization;

use crate::diagnostic::{At, Code, Diagnostic, suggestion};
use crate::measure::row::{Function, Literal, RowClosure, RowExpr, RowKind};
use crate::measure::{Arithmetic, Comparison};
use crate::message::Arg;
use crate::msg;
use crate::script::functions::{Functions, ScriptFunction};
use crate::script::literals;
use crate::script::position;
use crate::script::values::{self, OuterField, OuterRow, literal};
use crate::source::Location;

/// How deep functions may be inlined.
const MAX_INLINING: usize = 16;

/// Most nodes of a value that is used again by name.
const MAX_NODES: usize = 500;

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// What a name stands for inside a closure.
#[derive(Clone)]
enum Binding {
    /// The row.
    Row,
    /// The row of the enclosing `each`.
    Outer,
    /// A column of it.
    OuterField(String),
    /// A value or a `let`.
    Value(RowExpr),
    /// A captured list.
    List(Vec<Literal>),
    /// A captured value that has no place in a row condition.
    Other(Box<Dynamic>),
}

/// Translates one closure.
pub fn compile(functions: &Functions, pointer: &FnPtr, at: Location) -> Result<RowClosure> {
    let Some(function) = functions.closure(pointer) else {
        return Err(Box::new(Diagnostic::of(Code::UnsupportedInRow, msg!(NotAClosure)).mark(at)));
    };
    let mut scope = Vec::new();
    let parameters = &function.parameters;
    let captured = pointer.curry().len();
    for (name, value) in parameters.iter().zip(pointer.curry()) {
        scope.push((name.to_string(), captured_value(value, at)));
    }
    match &parameters[captured.min(parameters.len())..] {
        [row] => scope.push((row.to_string(), Binding::Row)),
        _ => {
            return Err(Box::new(
                Diagnostic::of(Code::UnsupportedInRow, msg!(OneParameter)).mark(at),
            ));
        }
    }
    let compiler = Compiler { functions, function, scope, depth: 0 };
    Ok(RowClosure { body: compiler.body(at)?, at })
}

fn captured_value(value: &Dynamic, at: Location) -> Binding {
    let value = value.flatten_clone();
    if value.is::<OuterRow>() {
        return Binding::Outer;
    }
    if let Some(OuterField(name)) = value.clone().try_cast::<OuterField>() {
        return Binding::OuterField(name);
    }
    if let Some(literal) = literal(&value) {
        return Binding::Value(RowExpr { kind: RowKind::Literal(literal), at });
    }
    if let Ok(items) = value.as_array_ref()
        && let Some(items) = items.iter().map(literal).collect()
    {
        return Binding::List(items);
    }
    Binding::Other(Box::new(value))
}

#[derive(Clone)]
struct Compiler<'a> {
    functions: &'a Functions,
    function: &'a ScriptFunction,
    scope: Vec<(String, Binding)>,
    depth: usize,
}

impl Compiler<'_> {
    fn token(&self, position: Position) -> Location {
        self.function.text.token_at(position)
    }

    fn call_span(&self, position: Position) -> Location {
        self.function.text.call_at(position)
    }

    fn refuse<T>(&self, at: Location, message: crate::message::Message) -> Result<T> {
        Err(Diagnostic::of(Code::UnsupportedInRow, message)).at(at)
    }

    /// The value of the whole body. One that is empty has no place of its own: `at` is where it is
    /// written or called.
    fn body(mut self, at: Location) -> Result<RowExpr> {
        self.statements(&self.function.body, at)
    }

    fn block(&mut self, block: &StmtBlock) -> Result<RowExpr> {
        let known = self.scope.len();
        let value = self.statements(block.statements(), self.token(block.position()));
        self.scope.truncate(known);
        value
    }

    /// `let`s, then the expression that is the value.
    fn statements(&mut self, statements: &[Stmt], at: Location) -> Result<RowExpr> {
        let Some((last, before)) = statements.split_last() else {
            return self.refuse(at, msg!(EmptyClosure));
        };
        for statement in before {
            match statement {
                Stmt::Var(declaration, ..) => {
                    let value = self.expression(&declaration.1)?;
                    let name = declaration.0.name.to_string();
                    self.scope.push((name, Binding::Value(value)));
                }
                Stmt::Noop(_) | Stmt::Share(_) => {}
                other => return self.refuse(self.token(other.position()), msg!(OnlyLet)),
            }
        }
        self.statement(last)
    }

    fn statement(&mut self, statement: &Stmt) -> Result<RowExpr> {
        match statement {
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(block),
            Stmt::Return(Some(expression), ..) => self.expression(expression),
            Stmt::If(flow, position) => {
                let condition = self.expression(&flow.expr)?;
                let then = self.block(&flow.body)?;
                if flow.branch.statements().is_empty() {
                    return self.refuse(self.token(*position), msg!(IfNeedsElse));
                }
                let otherwise = self.block(&flow.branch)?;
                let at = join(self.token(*position), otherwise.at);
                let kind = RowKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
                Ok(RowExpr { kind, at })
            }
            Stmt::Switch(parts, position) => self.switch(&parts.0, &parts.1, *position),
            other => self.refuse(self.token(other.position()), msg!(NotInRow)),
        }
    }

    /// A `switch` as nested choices, last case innermost.
    fn switch(
        &mut self,
        subject: &Expr,
        cases: &SwitchCasesCollection,
        position: Position,
    ) -> Result<RowExpr> {
        let at = self.token(position);
        let subject = self.expression(subject)?;
        if !cases.ranges.is_empty() {
            return self.refuse(at, msg!(NoRangeInSwitch));
        }
        let Some(default) = cases.def_case else {
            return self.refuse(at, msg!(SwitchNeedsDefault));
        };
        let mut choice = self.expression(&cases.expressions[default].rhs)?;
        // Cases stand in a hash table; the place of their blocks gives back the written order.
        let mut arms: Vec<(usize, RowExpr)> = Vec::new();
        for case in cases.cases.values() {
            let Some(value) = literal(&case.value) else {
                return self.refuse(at, msg!(NotInRow));
            };
            for block in &case.blocks {
                let value = Box::new(RowExpr { kind: RowKind::Literal(value.clone()), at });
                let kind = RowKind::Compare(Comparison::Equal, Box::new(subject.clone()), value);
                arms.push((*block, RowExpr { kind, at }));
            }
        }
        arms.sort_by_key(|(block, _)| std::cmp::Reverse(*block));
        for (block, test) in arms {
            let arm = &cases.expressions[block];
            let guard = match &arm.lhs {
                Expr::BoolConstant(true, _) | Expr::Unit(_) => None,
                guard => Some(self.expression(guard)?),
            };
            let test = match guard {
                None => test,
                Some(guard) => RowExpr { kind: RowKind::And(Box::new(test), Box::new(guard)), at },
            };
            let then = self.expression(&arm.rhs)?;
            choice =
                RowExpr { kind: RowKind::If(Box::new(test), Box::new(then), Box::new(choice)), at };
        }
        Ok(choice)
    }

    fn expression(&mut self, expression: &Expr) -> Result<RowExpr> {
        let here = self.token(expression.start_position());
        let constant = |kind| Ok(RowExpr { kind: RowKind::Literal(kind), at: here });
        match expression {
            Expr::BoolConstant(flag, _) => constant(Literal::Boolean(*flag)),
            Expr::IntegerConstant(value, _) => constant(Literal::Number(i128::from(*value), 0)),
            Expr::StringConstant(text, _) => constant(Literal::Text(text.nfc().collect())),
            Expr::CharConstant(character, _) => constant(Literal::Text(character.to_string())),
            Expr::DynamicConstant(value, _) => match literal(value) {
                Some(value) => constant(value),
                None => self.refuse(here, msg!(NotInRow)),
            },
            Expr::Unit(_) => self.refuse(here, msg!(NoUnitInRow)),
            Expr::InterpolatedString(..) => self.refuse(here, msg!(NoTemplateInRow)),
            Expr::Variable(variable, ..) => self.variable(&variable.1, here),
            Expr::Dot(..) => self.chain(expression),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::And(operands, _) => self.fold(operands, here, RowKind::And),
            Expr::Or(operands, _) => self.fold(operands, here, RowKind::Or),
            Expr::Stmt(block) => self.block(block),
            Expr::Array(..) => self.refuse(here, msg!(ListOnlyAfterIn)),
            Expr::Index(..) => self.refuse(here, msg!(NoIndexInRow)),
            Expr::Coalesce(..) => self.refuse(here, msg!(NoCoalesceInRow)),
            _ => self.refuse(here, msg!(NotInRow)),
        }
    }

    fn fold(
        &mut self,
        operands: &[Expr],
        here: Location,
        make: fn(Box<RowExpr>, Box<RowExpr>) -> RowKind,
    ) -> Result<RowExpr> {
        let mut folded: Option<RowExpr> = None;
        for operand in operands {
            let next = self.expression(operand)?;
            folded = Some(match folded {
                None => next,
                Some(before) => {
                    let at = join(before.at, next.at);
                    RowExpr { kind: make(Box::new(before), Box::new(next)), at }
                }
            });
        }
        folded.map_or_else(|| self.refuse(here, msg!(NotInRow)), Ok)
    }

    fn lookup(&self, name: &str) -> Option<Binding> {
        self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn variable(&self, name: &str, at: Location) -> Result<RowExpr> {
        if let Some(number) = literals::parse(name) {
            return match values::literal(&Dynamic::from(number)) {
                Some(literal) => Ok(RowExpr { kind: RowKind::Literal(literal), at }),
                None => self.refuse(at, msg!(NumberTooLong)),
            };
        }
        match self.lookup(name) {
            // Inlined functions repeat their arguments; a few levels could repeat them beyond
            // any memory.
            Some(Binding::Value(value)) if value.size(MAX_NODES) > MAX_NODES => {
                self.refuse(at, msg!(MeasureTooLarge))
            }
            Some(Binding::Value(value)) => Ok(RowExpr { kind: value.kind, at }),
            Some(Binding::OuterField(field)) => Ok(RowExpr { kind: RowKind::Outer(field), at }),
            Some(Binding::Row | Binding::Outer) => self.refuse(at, msg!(RowAlone, name = name)),
            Some(Binding::List(_)) => self.refuse(at, msg!(ListOnlyAfterIn)),
            Some(Binding::Other(value)) => match values::exact(&value) {
                Some(number) => {
                    let number = Arg::Number(number.exact_text());
                    self.refuse(at, msg!(FractionInRow, number = number))
                }
                None => {
                    let kind = values::describe(&value);
                    self.refuse(at, msg!(ValueInRow, name = name, kind = kind))
                }
            },
            None => {
                let known = self.scope.iter().map(|(name, _)| name.as_str());
                Err(Diagnostic::of(Code::UnknownName, msg!(UnknownVariable, name = name))
                    .maybe_help(suggestion(name, known)))
                .at(at)
            }
        }
    }

    /// `r.column`, `r.key.column`, `u.column`, and methods at the end: `r.name.starts_with("x")`.
    fn chain(&mut self, expression: &Expr) -> Result<RowExpr> {
        let mut links = Vec::new();
        flatten(expression, &mut links);
        let Some((first, mut rest)) = links.split_first() else {
            return self.refuse(self.token(expression.position()), msg!(NotInRow));
        };
        let start = self.token(first.start_position());
        let binding = match first {
            Expr::Variable(variable, ..) => self.lookup(&variable.1),
            _ => None,
        };
        let mut value = match binding {
            Some(Binding::Row) => {
                let mut path = Vec::new();
                let mut at = start;
                while let Some((Expr::Property(property, position), tail)) = rest.split_first() {
                    let here = self.token(*position);
                    path.push((property.2.to_string(), here));
                    at = join(at, here);
                    rest = tail;
                }
                if path.is_empty() {
                    return self.members(rest, start);
                }
                RowExpr { kind: RowKind::Column(path), at }
            }
            Some(Binding::Outer) => match rest.split_first() {
                Some((Expr::Property(property, position), tail)) => {
                    rest = tail;
                    let at = join(start, self.token(*position));
                    RowExpr { kind: RowKind::Outer(property.2.to_string()), at }
                }
                _ => return self.refuse(start, msg!(NotInRow)),
            },
            _ => self.expression(first)?,
        };
        for link in rest {
            value = match link {
                Expr::MethodCall(call, position) => self.method(value, call, *position)?,
                other => return self.refuse(self.token(other.position()), msg!(NoProperty)),
            };
        }
        Ok(value)
    }

    fn method(
        &mut self,
        receiver: RowExpr,
        call: &FnCallExpr,
        position: Position,
    ) -> Result<RowExpr> {
        let at = join(receiver.at, self.call_span(position));
        let mut arguments = vec![receiver];
        for argument in &call.args {
            arguments.push(self.expression(argument)?);
        }
        self.function(&call.name, arguments, self.token(position), at)
    }

    fn function(
        &self,
        name: &str,
        arguments: Vec<RowExpr>,
        name_at: Location,
        at: Location,
    ) -> Result<RowExpr> {
        if let Some(function) = Function::parse(name)
            && function.arity() == arguments.len()
        {
            return Ok(RowExpr { kind: RowKind::Call(function, arguments), at });
        }
        if let Some(function) = self.functions.get(name, arguments.len()) {
            if self.depth >= MAX_INLINING {
                return self.refuse(name_at, msg!(InlinedTooDeep, name = name));
            }
            let scope = function
                .parameters
                .iter()
                .zip(arguments)
                .map(|(parameter, value)| (parameter.to_string(), Binding::Value(value)))
                .collect();
            let inlined =
                Compiler { functions: self.functions, function, scope, depth: self.depth + 1 };
            // Findings point at the call: that is the line the analyst looks at.
            return inlined.body(name_at).map(|body| RowExpr { kind: body.kind, at });
        }
        let known = Function::ALL.map(Function::name);
        let names = known.into_iter().chain(self.functions.names()).chain(["date"]);
        Err(Diagnostic::of(Code::UnsupportedInRow, msg!(UnknownRowFunction, name = name)).help(
            suggestion(name, names).unwrap_or(msg!(RowFunctions, names = known.join(", ")).into()),
        ))
        .at(name_at)
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) -> Result<RowExpr> {
        let name = call.name.as_str();
        // `a in b` arrives as `contains(b, a)`, with nothing but its position to tell it from a
        // call of that name.
        if let ("contains", [haystack, needle]) = (name, call.args.as_slice()) {
            let word = position::slice(&self.function.text, self.token(position).span);
            if matches!(word, "in" | "!in") {
                return self.contains(haystack, needle);
            }
        }
        if call.op_token.is_none() {
            let at = self.call_span(position);
            if name == "date" {
                return self.date(call, at);
            }
            let mut arguments = Vec::new();
            for argument in &call.args {
                arguments.push(self.expression(argument)?);
            }
            return self.function(name, arguments, self.token(position), at);
        }
        let operator = self.token(position);
        match (name, call.args.as_slice()) {
            ("!", [operand]) => {
                let operand = self.expression(operand)?;
                let at = join(operator, operand.at);
                Ok(RowExpr { kind: RowKind::Not(Box::new(operand)), at })
            }
            ("-", [operand]) => {
                let operand = self.expression(operand)?;
                let at = join(operator, operand.at);
                Ok(RowExpr { kind: RowKind::Negate(Box::new(operand)), at })
            }
            ("+", [operand]) => self.expression(operand),
            (_, [_, _]) => self.operators(call, position),
            _ => self.refuse(operator, msg!(NotInRow)),
        }
    }

    /// `a + b + c … < d`: as a tree as deep as it is long, so not by recursion.
    fn operators(&mut self, call: &FnCallExpr, position: Position) -> Result<RowExpr> {
        let mut calls = vec![(call, position)];
        let mut first = &call.args[0];
        while let Expr::FnCall(inner, position) = first
            && inner.op_token.is_some()
            && inner.name != "contains"
            && let [left, _] = inner.args.as_slice()
        {
            calls.push((&**inner, *position));
            first = left;
        }
        let mut value = self.expression(first)?;
        for (call, position) in calls.into_iter().rev() {
            let right = self.expression(&call.args[1])?;
            value = self.operator(&call.name, value, right, self.token(position))?;
        }
        Ok(value)
    }

    fn operator(
        &self,
        name: &str,
        left: RowExpr,
        right: RowExpr,
        operator: Location,
    ) -> Result<RowExpr> {
        let at = join(left.at, right.at);
        let (left, right) = (Box::new(left), Box::new(right));
        if let Some(comparison) = Comparison::parse(name) {
            return Ok(RowExpr { kind: RowKind::Compare(comparison, left, right), at });
        }
        let kind = match name {
            "+" => RowKind::Arithmetic(Arithmetic::Add, left, right),
            "-" => RowKind::Arithmetic(Arithmetic::Sub, left, right),
            "*" => RowKind::Arithmetic(Arithmetic::Mul, left, right),
            "&" => RowKind::And(left, right),
            "|" => RowKind::Or(left, right),
            "/" => return self.refuse(operator, msg!(NoDivisionInRow)),
            _ => return self.refuse(operator, msg!(NoOperatorInRow, name = name)),
        };
        Ok(RowExpr { kind, at })
    }

    fn date(&self, call: &FnCallExpr, at: Location) -> Result<RowExpr> {
        let date = match call.args.as_slice() {
            [Expr::StringConstant(text, _)] => {
                chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
            }
            _ => None,
        };
        match date {
            Some(date) => Ok(RowExpr { kind: RowKind::Literal(Literal::Date(date)), at }),
            None => self.refuse(at, msg!(DateLiteral)),
        }
    }

    /// `needle in [a, b]`, `needle in low..high`, `needle in captured_list`.
    fn contains(&mut self, haystack: &Expr, needle: &Expr) -> Result<RowExpr> {
        let needle = self.expression(needle)?;
        let haystack_at = self.token(haystack.start_position());
        let items = match haystack {
            Expr::Array(items, _) => {
                let items: Result<Vec<_>> =
                    items.iter().map(|item| self.expression(item)).collect();
                items?
            }
            Expr::Variable(variable, ..) => match self.lookup(&variable.1) {
                Some(Binding::List(items)) => items
                    .into_iter()
                    .map(|item| RowExpr { kind: RowKind::Literal(item), at: haystack_at })
                    .collect(),
                _ => return self.refuse(haystack_at, msg!(InNeedsList)),
            },
            Expr::FnCall(range, _) if matches!(range.name.as_str(), ".." | "..=") => {
                let [low, high] = range.args.as_slice() else {
                    return self.refuse(haystack_at, msg!(InNeedsList));
                };
                let (low, high) = (self.expression(low)?, self.expression(high)?);
                let at = join(needle.at, high.at);
                let upper =
                    if range.name == "..=" { Comparison::LessOrEqual } else { Comparison::Less };
                let compare = |comparison, bound: RowExpr| {
                    let kind =
                        RowKind::Compare(comparison, Box::new(needle.clone()), Box::new(bound));
                    Box::new(RowExpr { kind, at })
                };
                let kind =
                    RowKind::And(compare(Comparison::GreaterOrEqual, low), compare(upper, high));
                return Ok(RowExpr { kind, at });
            }
            Expr::DynamicConstant(value, _) if value.is_array() => {
                match captured_value(value, haystack_at) {
                    Binding::List(items) => items
                        .into_iter()
                        .map(|item| RowExpr { kind: RowKind::Literal(item), at: haystack_at })
                        .collect(),
                    _ => return self.refuse(haystack_at, msg!(InNeedsList)),
                }
            }
            _ => return self.refuse(haystack_at, msg!(InNeedsList)),
        };
        let at = join(needle.at, items.last().map_or(haystack_at, |item| item.at));
        Ok(RowExpr { kind: RowKind::In(Box::new(needle), items), at })
    }
}

/// The links of a dotted chain, left to right.
fn flatten<'e>(expression: &'e Expr, links: &mut Vec<&'e Expr>) {
    match expression {
        Expr::Dot(pair, ..) => {
            flatten(&pair.lhs, links);
            flatten(&pair.rhs, links);
        }
        other => links.push(other),
    }
}

/// From the start of one place to the end of the other.
fn join(a: Location, b: Location) -> Location {
    if a.source != b.source {
        return a;
    }
    let span = crate::source::Span {
        start: a.span.start.min(b.span.start),
        end: a.span.end.max(b.span.end),
    };
    Location { source: a.source, span }
}
