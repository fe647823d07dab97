//! Tables: filters, years, groups, and how rows become one number.

use std::sync::Arc;

use rhai::{Dynamic, Engine, FnPtr, INT, ImmutableString, NativeCallContext};

use super::{measure, name, site, year_ref};
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::{Aggregate, GroupExpr, Measure, MeasureKind, Share, TableExpr};
use crate::msg;
use crate::script::session::{Native, Session, fail};
use crate::script::values::exact;

/// Most conditions one after another on a table.
const MAX_FILTERS: usize = 64;

pub fn register(engine: &mut Engine, session: &Session) {
    let shared = session.clone();
    engine.register_fn(
        "filter",
        move |context: NativeCallContext,
              table: &mut TableExpr,
              condition: FnPtr|
              -> Native<TableExpr> {
            let site = site(&shared, &context)?;
            let closure = shared.compile(&condition, site.argument(0))?;
            let mut filtered = table.clone();
            filtered.filters.push(closure);
            if filtered.filters.len() > MAX_FILTERS {
                return fail(
                    Diagnostic::of(Code::ScriptLimit, msg!(MeasureTooLarge))
                        .mark(site.whole())
                        .help(msg!(ScriptLimitHelp)),
                );
            }
            Ok(filtered)
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "as_of",
        move |context: NativeCallContext,
              table: &mut TableExpr,
              column: ImmutableString|
              -> Native<TableExpr> {
            let site = site(&shared, &context)?;
            let mut dated = table.clone();
            dated.as_of.push(name(&site, 0, &column));
            Ok(dated)
        },
    );
    engine.register_fn("year", |table: &mut TableExpr, year: INT| {
        let mut shifted = table.clone();
        shifted.year = year_ref(year).within(table.year);
        shifted
    });
    let shared = session.clone();
    engine.register_fn(
        "count",
        move |context: NativeCallContext, table: &mut TableExpr| -> Native<Measure> {
            let at = site(&shared, &context)?.whole();
            let kind = MeasureKind::Aggregate {
                table: table.clone(),
                aggregate: Aggregate::Count,
                column: None,
            };
            measure(kind, at)
        },
    );
    for aggregate in Aggregate::PLAIN.into_iter().filter(|plain| *plain != Aggregate::Count) {
        let shared = session.clone();
        engine.register_fn(
            aggregate.name(),
            move |context: NativeCallContext,
                  table: &mut TableExpr,
                  column: ImmutableString|
                  -> Native<Measure> {
                let site = site(&shared, &context)?;
                let column = Some(name(&site, 0, &column));
                let kind = MeasureKind::Aggregate { table: table.clone(), aggregate, column };
                measure(kind, site.whole())
            },
        );
    }
    let shared = session.clone();
    engine.register_fn(
        "quantile",
        move |context: NativeCallContext,
              table: &mut TableExpr,
              column: ImmutableString,
              share: Dynamic|
              -> Native<Measure> {
            let site = site(&shared, &context)?;
            let Some(share) = exact(&share).and_then(|share| Share::new(&share)) else {
                return fail(
                    Diagnostic::of(Code::InvalidValue, msg!(QuantileShare)).mark(site.argument(1)),
                );
            };
            let column = Some(name(&site, 0, &column));
            let aggregate = Aggregate::Quantile(share);
            let kind = MeasureKind::Aggregate { table: table.clone(), aggregate, column };
            measure(kind, site.whole())
        },
    );
    groups(engine, session);
    engine.register_fn("year", |inner: &mut Measure, year: INT| {
        measure(MeasureKind::InYear(year_ref(year), inner.clone()), inner.at)
    });
    engine.register_fn("ignore_missing", |inner: &mut Measure| {
        measure(MeasureKind::IgnoreMissing(inner.clone()), inner.at)
    });
}

/// `table.group("key", …)`: what follows is about groups of rows.
fn groups(engine: &mut Engine, session: &Session) {
    let shared = session.clone();
    let group = move |context: NativeCallContext<'_>,
                      table: &TableExpr,
                      columns: &[ImmutableString]|
          -> Native<TableExpr> {
        let site = site(&shared, &context)?;
        if table.grouped.is_some() {
            let told = Diagnostic::of(Code::TypeMismatch, msg!(GroupedTwice));
            return fail(told.mark(site.whole()));
        }
        let keys = columns.iter().enumerate().map(|(at, column)| name(&site, at, column));
        Ok(TableExpr {
            grouped: Some(Arc::new(GroupExpr {
                keys: keys.collect(),
                filters: table.filters.clone(),
                as_of: table.as_of.clone(),
            })),
            filters: Vec::new(),
            as_of: Vec::new(),
            ..table.clone()
        })
    };
    type Text = ImmutableString;
    let (one, two, three) = (group.clone(), group.clone(), group);
    engine
        .register_fn("group", move |context: NativeCallContext, table: &mut TableExpr, a: Text| {
            one(context, table, &[a])
        });
    engine.register_fn(
        "group",
        move |context: NativeCallContext, table: &mut TableExpr, a: Text, b: Text| {
            two(context, table, &[a, b])
        },
    );
    engine.register_fn(
        "group",
        move |context: NativeCallContext, table: &mut TableExpr, a: Text, b: Text, c: Text| {
            three(context, table, &[a, b, c])
        },
    );
}
