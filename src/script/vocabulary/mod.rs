//! The words scripts are made of: tables, measures, conditions, goals, schedules.

mod numbers;
mod tables;

use chrono::NaiveDate;
use rhai::{Array, Dynamic, Engine, INT, ImmutableString, Map, NativeCallContext};

use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::measure::{
    Arithmetic, Comparison, Condition, Measure, MeasureKind, Name, Quotient, TableExpr, YearRef,
};
use crate::message::Bilingual;
use crate::msg;
use crate::rule::Milestones;
use crate::rule::goal::Goal;
use crate::rule::schedule::Schedule;
use crate::script::session::{CallSite, Native, Session, fail};
use crate::script::values::{Answer, Lost, OuterField, OuterRow, describe, exact};
use crate::source::Location;

/// The years a plan may speak of.
pub const CALENDAR_YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Years above this are calendar years, below it shifts.
const FIRST_CALENDAR_YEAR: INT = 1000;

/// Registers every word.
pub fn register(engine: &mut Engine, session: &Session) {
    tables::register(engine, session);
    quotients(engine, session);
    operators(engine, session);
    refuse_operators::<TableExpr>(engine);
    refuse_operators::<Condition>(engine);
    refuse_operators::<Goal>(engine);
    refuse_operators::<Schedule>(engine);
    refuse_operators::<Lost>(engine);
    refuse_operators::<OuterField>(engine);
    conditions(engine);
    goals(engine, session);
    schedules(engine, session);
    paths(engine, session);
    numbers::register(engine);
    engine.register_indexer_get(|_: &mut OuterRow, column: ImmutableString| {
        OuterField(column.to_string())
    });
    engine.register_fn("met", || Answer::Met);
    engine.register_fn("unmet", |text: ImmutableString| {
        Answer::Unmet(Bilingual::same(text.as_str()))
    });
    engine.register_fn("unmet", |text: ImmutableString, english: ImmutableString| {
        Answer::Unmet(Bilingual::new(text.to_string(), Some(english.to_string())))
    });
}

fn site(session: &Session, context: &NativeCallContext<'_>) -> Native<CallSite> {
    match session.site(context) {
        Some(site) => Ok(site),
        None => fail(Diagnostic::of(Code::ScriptError, msg!(CallWithoutPlace))),
    }
}

fn measure(kind: MeasureKind, at: Location) -> Native<Measure> {
    match Measure::new(kind, at) {
        Some(measure) => Ok(measure),
        None => fail(
            Diagnostic::of(Code::ScriptLimit, msg!(MeasureTooLarge)).help(msg!(ScriptLimitHelp)),
        ),
    }
}

/// A condition small enough to be used.
fn bounded(condition: Condition) -> Native<Condition> {
    if condition.fits() {
        return Ok(condition);
    }
    fail(Diagnostic::of(Code::ScriptLimit, msg!(MeasureTooLarge)).help(msg!(ScriptLimitHelp)))
}

fn year_ref(number: INT) -> YearRef {
    let clamped = i32::try_from(number.clamp(-9999, 9999)).unwrap_or(0);
    if number >= FIRST_CALENDAR_YEAR {
        YearRef::Absolute(clamped)
    } else {
        YearRef::Offset(clamped)
    }
}

/// The name inside a quoted argument, with its place.
fn name(site: &CallSite, index: usize, text: &ImmutableString) -> Name {
    let mut at = site.argument(index);
    let quoted = &site.text[at.span.start..at.span.end];
    if quoted.starts_with('"') && quoted.len() == text.len() + 2 {
        at.span.start += 1;
        at.span.end -= 1;
    }
    Name { text: text.to_string(), at }
}

/// An argument as a measure: a measure, or a number.
fn operand(value: &Dynamic, at: Location) -> Option<Measure> {
    if let Some(found) = value.clone().try_cast::<Measure>() {
        return Some(found);
    }
    exact(value).and_then(|number| Measure::new(MeasureKind::Number(number), at))
}

fn required_operand(site: &CallSite, index: usize, value: &Dynamic) -> Native<Measure> {
    let at = site.argument(index);
    match operand(value, at) {
        Some(found) => Ok(found),
        None => fail(
            Diagnostic::of(Code::TypeMismatch, msg!(NeedsMeasure, found = describe(value)))
                .mark(at)
                .help(msg!(NeedsMeasureHelp)),
        ),
    }
}

fn quotients(engine: &mut Engine, session: &Session) {
    for (word, quotient) in [("percent", Quotient::Percent), ("ratio", Quotient::Ratio)] {
        let shared = session.clone();
        engine.register_fn(
            word,
            move |context: NativeCallContext, part: Dynamic, whole: Dynamic| -> Native<Measure> {
                let site = site(&shared, &context)?;
                let part = required_operand(&site, 0, &part)?;
                let whole = required_operand(&site, 1, &whole)?;
                let kind = MeasureKind::Quotient(quotient.clone(), part, whole);
                measure(kind, site.whole())
            },
        );
    }
    let shared = session.clone();
    engine.register_fn(
        "per",
        move |context: NativeCallContext,
              number: Dynamic,
              part: Dynamic,
              whole: Dynamic|
              -> Native<Measure> {
            let site = site(&shared, &context)?;
            let Some(number) = exact(&number).filter(|number| *number > Exact::ZERO) else {
                return fail(
                    Diagnostic::of(Code::TypeMismatch, msg!(PerNeedsNumber)).mark(site.argument(0)),
                );
            };
            let part = required_operand(&site, 1, &part)?;
            let whole = required_operand(&site, 2, &whole)?;
            let kind = MeasureKind::Quotient(Quotient::Per(number), part, whole);
            measure(kind, site.whole())
        },
    );
}

/// Arithmetic and comparison between measures and numbers, in either order.
///
/// A comparison with anything else would silently be `false` in Rhai; it is an error here.
fn operators(engine: &mut Engine, session: &Session) {
    for (symbol, operation) in [
        ("+", Arithmetic::Add),
        ("-", Arithmetic::Sub),
        ("*", Arithmetic::Mul),
        ("/", Arithmetic::Div),
    ] {
        let shared = session.clone();
        let combine =
            move |context: NativeCallContext, a: Dynamic, b: Dynamic| -> Native<Measure> {
                let (a, b, at) = operands(&shared, &context, &a, &b)?;
                measure(MeasureKind::Arithmetic(operation, a, b), at)
            };
        let (left, right) = (combine.clone(), combine);
        engine.register_fn(symbol, move |context: NativeCallContext, a: Measure, b: Dynamic| {
            left(context, Dynamic::from(a), b)
        });
        engine.register_fn(symbol, move |context: NativeCallContext, a: Dynamic, b: Measure| {
            right(context, a, Dynamic::from(b))
        });
    }
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    for comparison in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual] {
        let shared = session.clone();
        let compare =
            move |context: NativeCallContext, a: Dynamic, b: Dynamic| -> Native<Condition> {
                let (a, b, _) = operands(&shared, &context, &a, &b)?;
                bounded(Condition::Compare(comparison, a, b))
            };
        let (left, right) = (compare.clone(), compare);
        let symbol = comparison.symbol();
        engine.register_fn(symbol, move |context: NativeCallContext, a: Measure, b: Dynamic| {
            left(context, Dynamic::from(a), b)
        });
        engine.register_fn(symbol, move |context: NativeCallContext, a: Dynamic, b: Measure| {
            right(context, a, Dynamic::from(b))
        });
    }
}

/// Values that have no arithmetic or order: what Rhai would answer with a silent `false` (or with
/// the name of a type) is an error.
fn refuse_operators<T: rhai::Variant + Clone>(engine: &mut Engine) {
    let refuse = |a: &Dynamic, b: &Dynamic| -> Native<bool> {
        fail(
            Diagnostic::of(
                Code::TypeMismatch,
                msg!(OperatorTypes, left = describe(a), right = describe(b)),
            )
            .help(msg!(OperatorTypesHelp)),
        )
    };
    for symbol in ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"] {
        engine.register_fn(symbol, move |a: T, b: Dynamic| refuse(&Dynamic::from(a), &b));
        engine.register_fn(symbol, move |a: Dynamic, b: T| refuse(&a, &Dynamic::from(b)));
    }
}

/// Both sides of an operator as measures.
fn operands(
    session: &Session,
    context: &NativeCallContext<'_>,
    a: &Dynamic,
    b: &Dynamic,
) -> Native<(Measure, Measure, Location)> {
    let site = site(session, context)?;
    let at = site.place(site.text.token(site.offset));
    match (operand(a, at), operand(b, at)) {
        (Some(a), Some(b)) => {
            let at = Location {
                source: at.source,
                span: crate::source::Span {
                    start: if a.at.source == at.source {
                        a.at.span.start.min(at.span.start)
                    } else {
                        at.span.start
                    },
                    end: if b.at.source == at.source {
                        b.at.span.end.max(at.span.end)
                    } else {
                        at.span.end
                    },
                },
            };
            Ok((a, b, at))
        }
        _ => fail(
            Diagnostic::of(
                Code::TypeMismatch,
                msg!(OperatorTypes, left = describe(a), right = describe(b)),
            )
            .mark(at),
        ),
    }
}

fn conditions(engine: &mut Engine) {
    fn list(items: Array) -> Native<Vec<Condition>> {
        let mut conditions = Vec::new();
        for item in items {
            if let Ok(flag) = item.as_bool() {
                conditions.push(Condition::Constant(flag));
                continue;
            }
            match item.clone().try_cast::<Condition>() {
                Some(condition) => conditions.push(condition),
                None => {
                    return fail(Diagnostic::of(
                        Code::TypeMismatch,
                        msg!(NeedsConditions, found = describe(&item)),
                    ));
                }
            }
        }
        Ok(conditions)
    }
    engine.register_fn("all_of", |items: Array| bounded(Condition::All(list(items)?)));
    engine.register_fn("any_of", |items: Array| bounded(Condition::Any(list(items)?)));
    engine.register_fn("none_of", |items: Array| {
        bounded(Condition::Not(Box::new(Condition::Any(list(items)?))))
    });
    engine.register_fn("&", |a: Condition, b: Condition| bounded(Condition::All(vec![a, b])));
    engine.register_fn("|", |a: Condition, b: Condition| bounded(Condition::Any(vec![a, b])));
    engine.register_fn("!", |a: Condition| bounded(Condition::Not(Box::new(a))));
}

/// Makes a goal of its bound.
type ToGoal = fn(Exact) -> Goal;

fn goals(engine: &mut Engine, session: &Session) {
    let one: [(&str, ToGoal); 5] = [
        ("at_least", Goal::AtLeast),
        ("more_than", Goal::MoreThan),
        ("at_most", Goal::AtMost),
        ("less_than", Goal::LessThan),
        ("exactly", Goal::Exactly),
    ];
    for (word, make) in one {
        let shared = session.clone();
        engine.register_fn(
            word,
            move |context: NativeCallContext, bound: Dynamic| -> Native<Goal> {
                Ok(make(number_argument(&shared, &context, 0, &bound)?))
            },
        );
    }
    let shared = session.clone();
    engine.register_fn(
        "between",
        move |context: NativeCallContext, low: Dynamic, high: Dynamic| -> Native<Goal> {
            let low = number_argument(&shared, &context, 0, &low)?;
            let high = number_argument(&shared, &context, 1, &high)?;
            if low > high {
                let at = site(&shared, &context)?.whole();
                return fail(Diagnostic::of(Code::InvalidValue, msg!(BetweenOrder)).mark(at));
            }
            Ok(Goal::Between(low, high))
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "about",
        move |context: NativeCallContext, target: Dynamic, tolerance: Dynamic| -> Native<Goal> {
            let target = number_argument(&shared, &context, 0, &target)?;
            let tolerance = number_argument(&shared, &context, 1, &tolerance)?;
            if tolerance.is_negative() {
                let at = site(&shared, &context)?.argument(1);
                return fail(Diagnostic::of(Code::InvalidValue, msg!(NegativeTolerance)).mark(at));
            }
            Ok(Goal::About(target, tolerance))
        },
    );
    let shared = session.clone();
    engine.register_fn("about", move |context: NativeCallContext, _: Dynamic| -> Native<Goal> {
        let at = site(&shared, &context)?.whole();
        fail(
            Diagnostic::of(Code::InvalidValue, msg!(AboutNeedsTolerance))
                .mark(at)
                .help(msg!(AboutNeedsToleranceHelp)),
        )
    });
    engine.register_fn("all", || Goal::All);
    engine.register_fn("none", || Goal::None);
}

fn number_argument(
    session: &Session,
    context: &NativeCallContext<'_>,
    index: usize,
    value: &Dynamic,
) -> Native<Exact> {
    match exact(value) {
        Some(number) => Ok(number),
        None => {
            let at = site(session, context)?.argument(index);
            fail(
                Diagnostic::of(Code::TypeMismatch, msg!(NeedsNumber, found = describe(value)))
                    .mark(at),
            )
        }
    }
}

fn paths(engine: &mut Engine, session: &Session) {
    let shared = session.clone();
    engine.register_fn(
        "milestones",
        move |context: NativeCallContext, map: Map| -> Native<Milestones> {
            let site = site(&shared, &context)?;
            let at = site.argument(0);
            let entries = site.text.entries(at.span.start);
            let mut milestones = Vec::with_capacity(map.len());
            for (key, value) in &map {
                let entry = entries.iter().find(|entry| entry.key == key.as_str());
                let digits = key.len() == 4 && key.bytes().all(|byte| byte.is_ascii_digit());
                let year = key.parse().ok().filter(|year| digits && CALENDAR_YEARS.contains(year));
                let Some(year) = year else {
                    let at = entry.map_or(at, |entry| site.place(entry.key_span));
                    let complaint = msg!(MilestoneYear, key = key.as_str());
                    return fail(
                        Diagnostic::of(Code::InvalidValue, complaint)
                            .mark(at)
                            .help(msg!(MilestonesHelp)),
                    );
                };
                let Some(value) = exact(value) else {
                    let at = entry.map_or(at, |entry| site.place(entry.value_span));
                    let complaint = msg!(NeedsNumber, found = describe(value));
                    return fail(Diagnostic::of(Code::TypeMismatch, complaint).mark(at));
                };
                milestones.push((year, value));
            }
            milestones.sort_unstable_by_key(|(year, _)| *year);
            Ok(Milestones(milestones))
        },
    );
}

fn schedules(engine: &mut Engine, session: &Session) {
    for (word, before) in [("every_year_before", true), ("every_year_by", false)] {
        let shared = session.clone();
        engine.register_fn(
            word,
            move |context: NativeCallContext, text: ImmutableString| -> Native<Schedule> {
                let (complaint, help) = match Schedule::parse_month_day(&text) {
                    // There is none in three years of four.
                    Some((2, 29)) => {
                        (msg!(NotEveryYear, text = text.as_str()), msg!(NotEveryYearHelp))
                    }
                    Some((month, day)) => return Ok(Schedule::EveryYear { month, day, before }),
                    None => (msg!(NotMonthDay, text = text.as_str()), msg!(NotMonthDayHelp)),
                };
                let at = site(&shared, &context)?.argument(0);
                fail(Diagnostic::of(Code::InvalidValue, complaint).mark(at).help(help))
            },
        );
    }
    for (word, before) in [("before", true), ("by_date", false)] {
        let shared = session.clone();
        engine.register_fn(
            word,
            move |context: NativeCallContext, date: Dynamic| -> Native<Schedule> {
                Ok(Schedule::Once { date: date_argument(&shared, &context, &date)?, before })
            },
        );
    }
    engine.register_fn("no_deadline", || Schedule::Open);
    let shared = session.clone();
    engine.register_fn(
        "date",
        move |context: NativeCallContext, text: Dynamic| -> Native<NaiveDate> {
            date_argument(&shared, &context, &text)
        },
    );
}

fn date_argument(
    session: &Session,
    context: &NativeCallContext<'_>,
    value: &Dynamic,
) -> Native<NaiveDate> {
    if let Some(date) = value.clone().try_cast::<NaiveDate>() {
        return Ok(date);
    }
    let text = value.clone().try_cast::<ImmutableString>();
    match text.and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()) {
        Some(date) => Ok(date),
        None => {
            let at = site(session, context)?.argument(0);
            fail(Diagnostic::of(Code::InvalidValue, msg!(DateLiteral)).mark(at))
        }
    }
}
