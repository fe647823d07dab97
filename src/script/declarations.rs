//! The four declarations: raw metadata maps become validated rules, collecting every complaint.

use rhai::{Dynamic, Engine, FnPtr, ImmutableString, Map, NativeCallContext};

use super::session::{Native, RawDeclaration, Session};
use super::values::{OuterRow, describe, exact};
use super::vocabulary::CALENDAR_YEARS;
use crate::diagnostic::{
    Code, Diagnostic, Fix, Help, Severity, did_you_mean, suggested, suggestion,
};
use crate::exact::Exact;
use crate::measure::{Condition, Measure, Name, TableExpr};
use crate::message::{Arg, Bilingual, Message};
use crate::msg;
use crate::rule::goal::Goal;
use crate::rule::schedule::Schedule;
use crate::rule::{
    Assignment, Baseline, Check, CheckFunction, Demand, Evidence, Expectation, Milestones, Rule,
    RuleKind, Target, When, Written,
};
use crate::source::Location;

/// Registers `target`, `assignment`, `expect` and `rule`.
pub fn register(engine: &mut Engine, session: &Session) {
    for kind in [RuleKind::Target, RuleKind::Assignment, RuleKind::Expect, RuleKind::Rule] {
        let shared = session.clone();
        engine.register_fn(
            kind.name(),
            move |context: NativeCallContext, id: ImmutableString, map: Map| -> Native<()> {
                declare(&shared, &context, kind, &id, map)
            },
        );
    }
}

fn declare(
    session: &Session,
    context: &NativeCallContext<'_>,
    kind: RuleKind,
    id: &str,
    mut map: Map,
) -> Native<()> {
    let Some(site) = session.site(context) else {
        return super::session::fail(Diagnostic::of(Code::ScriptError, msg!(CallWithoutPlace)));
    };
    let map_at = site.argument(1);
    let entries = site.text.entries(map_at.span.start);
    // Closures over the `each` row are called once, with a row known only by its columns.
    if kind == RuleKind::Assignment && map.contains_key("each") {
        for key in ["met", "progress"] {
            let Some(closure) = map.get(key).and_then(|value| value.clone().try_cast::<FnPtr>())
            else {
                continue;
            };
            let symbolic: Dynamic = closure.call_within_context(context, (OuterRow,))?;
            map.insert(key.into(), symbolic);
        }
    }
    // A captured variable is shared with the script, which may go on changing it (a loop): the
    // check keeps the value of now.
    if kind == RuleKind::Rule
        && let Some(mut closure) =
            map.get("check").and_then(|value| value.clone().try_cast::<FnPtr>())
    {
        for captured in closure.iter_curry_mut() {
            *captured = captured.flatten_clone();
        }
        map.insert("check".into(), Dynamic::from(closure));
    }
    // The row condition of an `expect` is translated like a filter's.
    if kind == RuleKind::Expect
        && let Some(closure) = map.get("row").and_then(|value| value.clone().try_cast::<FnPtr>())
    {
        let entry = entries.iter().find(|entry| entry.key == "row");
        let at = entry.map_or(map_at, |entry| site.place(entry.value_span));
        map.insert("row".into(), Dynamic::from(session.compile(&closure, at)?));
    }
    let declaration = RawDeclaration {
        kind,
        id: id.to_owned(),
        id_at: site.argument(0),
        at: site.whole(),
        map,
        entries,
    };
    session.state().declared.push(declaration);
    Ok(())
}

/// Reads a declaration's metadata key by key.
struct Metadata<'a> {
    raw: &'a RawDeclaration,
    taken: Vec<&'static str>,
    /// Keys that have to be there and are not. They are told when it is known that none is there
    /// under a misspelt name.
    missing: Vec<&'static str>,
    complaints: &'a mut Vec<Diagnostic>,
    failed: bool,
}

/// The keys by which a kind of declaration is told from the others.
pub fn own_keys(kind: RuleKind) -> [&'static str; 2] {
    match kind {
        RuleKind::Target => ["measure", "goal"],
        RuleKind::Assignment => ["met", "due"],
        RuleKind::Expect => ["on", "row"],
        RuleKind::Rule => ["inputs", "check"],
    }
}

impl Metadata<'_> {
    fn place(&self, key: &str) -> Location {
        let entry = self.raw.entries.iter().find(|entry| entry.key == key);
        let span = entry.map_or(self.raw.id_at.span, |entry| entry.value_span);
        Location { source: self.raw.id_at.source, span }
    }

    fn complain(&mut self, complaint: Diagnostic) {
        self.failed = true;
        self.complaints.push(complaint.subject(&self.raw.id));
    }

    fn wrong(&mut self, key: &str, wanted: Message) {
        let found = self.raw.map.get(key).map_or(msg!(ValueNothing), describe);
        let at = self.place(key);
        self.complain(
            Diagnostic::of(
                Code::InvalidValue,
                msg!(MetadataType, key = key, wanted = wanted, found = found),
            )
            .mark(at)
            .maybe_help(self.meant(key)),
        );
    }

    /// What was meant by a value of another type, where that is plain: a number or a truth value in
    /// quotes, a goal without its word.
    fn meant(&self, key: &str) -> Option<Help> {
        let value = self.raw.map.get(key)?;
        let written = |text: String| Help {
            text: msg!(WriteInstead, wanted = &text),
            fix: Some(Fix::at(self.place(key), text)),
        };
        if key == "goal" {
            let number = exact(value)?;
            return Some(written(format!("at_least({})", number.exact_text())));
        }
        let text = value.clone().try_cast::<ImmutableString>()?;
        let text = text.trim();
        let is_plain = matches!(text, "true" | "false") || Exact::parse(text).is_some();
        is_plain.then(|| written(text.to_owned()))
    }

    /// A value converted by `convert`; a complaint naming `wanted` where that fails.
    fn take<T>(
        &mut self,
        key: &'static str,
        wanted: Message,
        convert: impl FnOnce(&Dynamic) -> Option<T>,
    ) -> Option<Written<T>> {
        self.taken.push(key);
        let value = self.raw.map.get(key)?;
        match convert(value) {
            Some(value) => Some(Written { value, at: self.place(key) }),
            None => {
                self.wrong(key, wanted);
                None
            }
        }
    }

    fn cast<T: Clone + Send + Sync + 'static>(
        &mut self,
        key: &'static str,
        wanted: Message,
    ) -> Option<Written<T>> {
        self.take(key, wanted, |value| value.clone().try_cast::<T>())
    }

    fn text(&mut self, key: &'static str) -> Option<Written<String>> {
        self.take(key, msg!(TypeText), |value| {
            value.clone().try_cast::<ImmutableString>().map(|text| text.to_string())
        })
    }

    fn bilingual(&mut self, key: &'static str, key_en: &'static str) -> Option<Bilingual> {
        let en = self.text(key_en).map(|text| text.value);
        self.text(key).map(|text| Bilingual::new(text.value, en))
    }

    fn condition(&mut self, key: &'static str) -> Option<Written<Condition>> {
        self.take(key, msg!(ValueCondition), as_condition)
    }

    fn require<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.raw.map.contains_key(key) {
            self.failed = true;
            self.missing.push(key);
        }
        value
    }

    /// Another kind of declaration, if the keys are those of that and not of this one.
    fn other_kind(&self) -> Option<RuleKind> {
        let has = |kind: RuleKind| own_keys(kind).iter().any(|key| self.raw.map.contains_key(*key));
        let mut kinds = RuleKind::ALL.into_iter().filter(|kind| *kind != self.raw.kind);
        kinds.find(|kind| !has(self.raw.kind) && has(*kind))
    }

    /// A declaration under the name of another: nothing else of it can be told.
    fn tell_other_kind(&mut self, meant: RuleKind) {
        let (start, kind) = (self.raw.at.span.start, self.raw.kind.name());
        let span = (start..start + kind.len()).into();
        let at = Location { source: self.raw.at.source, span };
        let keys = own_keys(meant).join(", ");
        let found = msg!(OtherKind, keys = keys, meant = meant.name(), kind = kind);
        self.complain(
            Diagnostic::of(Code::UnknownKey, found)
                .mark(at)
                .help(msg!(WriteInstead, wanted = meant.name()))
                .fix(Fix::at(at, meant.name())),
        );
    }

    fn finish(&mut self) {
        let unknown: Vec<String> = self
            .raw
            .map
            .keys()
            .filter(|key| !self.taken.contains(&key.as_str()))
            .map(ToString::to_string)
            .collect();
        // One key there that is not known, and one known that is not there.
        let renamed = match (&unknown[..], &self.missing[..]) {
            ([_], [missing]) => Some(*missing),
            _ => None,
        };
        for key in unknown {
            let entry = self.raw.entries.iter().find(|entry| entry.key == key);
            let span = entry.map_or(self.raw.id_at.span, |entry| entry.key_span);
            let absent = self.taken.iter().copied().filter(|key| !self.raw.map.contains_key(*key));
            let meant = did_you_mean(&key, absent).or(renamed);
            self.missing.retain(|missing| Some(*missing) != meant);
            let help = meant.map(|meant| suggested(&key, meant));
            let help = help.unwrap_or_else(|| msg!(KnownKeys, keys = self.taken.join(", ")).into());
            let at = Location { source: self.raw.id_at.source, span };
            self.complain(
                Diagnostic::of(Code::UnknownKey, msg!(UnknownKey, key = &key)).mark(at).help(help),
            );
        }
        for key in std::mem::take(&mut self.missing) {
            let at = self.raw.id_at;
            self.complain(
                Diagnostic::of(
                    Code::MissingKey,
                    msg!(MissingMetadata, key = key, kind = self.raw.kind.name()),
                )
                .mark(at)
                .help(msg!(MissingMetadataHelp, key = key)),
            );
        }
    }
}

fn as_condition(value: &Dynamic) -> Option<Condition> {
    if let Ok(flag) = value.as_bool() {
        return Some(Condition::Constant(flag));
    }
    value.clone().try_cast::<Condition>()
}

/// Validates a declaration; `None` after complaining.
pub fn validate(
    raw: &RawDeclaration,
    check: impl FnOnce(&FnPtr) -> CheckFunction,
    complaints: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let mut data =
        Metadata { raw, taken: Vec::new(), missing: Vec::new(), complaints, failed: false };
    if let Some(meant) = data.other_kind() {
        data.tell_other_kind(meant);
        return None;
    }
    let title = data.bilingual("title", "title_en");
    let severity = data.text("severity").and_then(|text| {
        let severity = Severity::parse(&text.value);
        if severity.is_none() {
            let names = ["advice", "warning", "error"];
            data.complain(
                Diagnostic::of(
                    Code::InvalidValue,
                    msg!(NotOneOf, value = &text.value, allowed = names.join(", ")),
                )
                .mark(text.at)
                .maybe_help(suggestion(&text.value, names)),
            );
        }
        severity
    });
    let note = data.bilingual("note", "note_en");
    let lead = data.text("lead").map(|text| Name { text: text.value, at: text.at });
    let judged = matches!(raw.kind, RuleKind::Target | RuleKind::Assignment);
    let (mut applies, mut not_applicable) = (None, None);
    if judged {
        applies = data.condition("applies");
        not_applicable = data.bilingual("not_applicable", "not_applicable_en");
        if applies.is_some() {
            not_applicable = data.require("not_applicable", not_applicable);
        }
    }
    let demand = match raw.kind {
        RuleKind::Target => target(&mut data).map(Demand::Target),
        RuleKind::Assignment => assignment(&mut data).map(Demand::Assignment),
        RuleKind::Expect => expectation(&mut data).map(Demand::Expect),
        RuleKind::Rule => free_check(&mut data, check).map(Demand::Check),
    };
    if !judged {
        title.as_ref().map_or_else(|| data.require("title", None), |_| Some(()));
    }
    data.finish();
    let failed = data.failed;
    let demand = demand.filter(|_| !failed)?;
    Some(Rule {
        id: raw.id.clone(),
        at: raw.id_at,
        title,
        lead,
        applies,
        not_applicable,
        severity,
        note,
        demand,
    })
}

fn target(data: &mut Metadata<'_>) -> Option<Target> {
    let measure = data.cast::<Measure>("measure", msg!(ValueMeasure));
    let measure = data.require("measure", measure);
    let goal = data.cast::<Goal>("goal", msg!(ValueGoal));
    let goal = data.require("goal", goal);
    let by = data.take("by", msg!(ExpectedYear), as_year);
    let every_year = data.take("every_year", msg!(TypeBoolean), |value| value.as_bool().ok());
    let when = match (&by, &every_year) {
        (Some(by), None) => Some(When::By(by.value)),
        (None, Some(flag)) if flag.value => Some(When::EveryYear),
        (Some(_), Some(flag)) => {
            data.complain(Diagnostic::of(Code::InvalidValue, msg!(ByAndEveryYear)).mark(flag.at));
            None
        }
        _ => {
            // A value that cannot be read has been told.
            let is_told = every_year.is_none() && data.raw.map.contains_key("every_year");
            if !is_told {
                data.require::<()>("by", None);
            }
            None
        }
    };
    let baseline_year = data.take("baseline_year", msg!(ExpectedYear), as_year);
    let baseline = data.take("baseline", msg!(TypeNumber), exact).and_then(|stated| {
        match (&baseline_year, as_calendar_year(&stated.value)) {
            (Some(year), _) => Some(Baseline::Stated(stated.value, year.value)),
            (None, Some(year)) => Some(Baseline::Year(year)),
            (None, None) => {
                data.complain(
                    Diagnostic::of(Code::InvalidValue, msg!(StatedBaselineYear))
                        .mark(stated.at)
                        .help(msg!(StatedBaselineYearHelp)),
                );
                None
            }
        }
    });
    baseline_in_the_past(data, when, baseline.as_ref());
    let milestones = path(data, when, baseline.as_ref());
    let min_subjects = data.take("min_subjects", msg!(TypeNumber), exact).and_then(|minimum| {
        if !minimum.value.is_negative() {
            return Some(minimum.value);
        }
        let value = Arg::Number(minimum.value.shown(2, &[]));
        let complaint = Diagnostic::of(Code::InvalidValue, msg!(MinimumNegative, value = value));
        data.complain(complaint.mark(minimum.at));
        None
    });
    let unit = data.bilingual("unit", "unit_en").map(Bilingual::counted);
    let (measure, goal, when) = (measure?, goal?, when?);
    Some(Target { measure, goal, when, baseline, milestones, min_subjects, unit })
}

/// Complains of a baseline that no path can begin at.
fn baseline_in_the_past(data: &mut Metadata<'_>, when: Option<When>, baseline: Option<&Baseline>) {
    let Some(baseline) = baseline else { return };
    let complaint = match when {
        Some(When::EveryYear) => (data.place("baseline"), msg!(BaselineNeedsBy)),
        Some(When::By(by)) if baseline.year() >= by => {
            let stated = matches!(baseline, Baseline::Stated(..));
            let at = data.place(if stated { "baseline_year" } else { "baseline" });
            (at, msg!(BaselineOutside, year = baseline.year(), by = by))
        }
        _ => return,
    };
    data.complain(Diagnostic::of(Code::InvalidValue, complaint.1).mark(complaint.0));
}

/// The milestones of `path:`, which lie between the baseline and the year of the goal.
fn path(
    data: &mut Metadata<'_>,
    when: Option<When>,
    baseline: Option<&Baseline>,
) -> Vec<(i32, Exact)> {
    let Some(path) = data.cast::<Milestones>("path", msg!(ValuePath)) else { return Vec::new() };
    if when == Some(When::EveryYear) {
        data.complain(Diagnostic::of(Code::InvalidValue, msg!(PathNeedsBy)).mark(path.at));
    }
    let Milestones(milestones) = path.value;
    let from = baseline.map(|baseline| baseline.year());
    let by = match when {
        Some(When::By(by)) => Some(by),
        _ => None,
    };
    let outside = milestones.iter().find(|(year, _)| {
        by.is_some_and(|by| *year >= by) || from.is_some_and(|from| *year <= from)
    });
    if let Some((year, _)) = outside {
        let complaint = Diagnostic::of(Code::InvalidValue, msg!(MilestoneOutside, year = *year));
        data.complain(complaint.mark(path.at));
    }
    milestones
}

fn as_year(value: &Dynamic) -> Option<i32> {
    as_calendar_year(&exact(value)?)
}

fn as_calendar_year(number: &Exact) -> Option<i32> {
    let year = i32::try_from(number.to_integer()?).ok()?;
    CALENDAR_YEARS.contains(&year).then_some(year)
}

fn as_evidence(value: &Dynamic) -> Option<Evidence> {
    if let Some(measure) = value.clone().try_cast::<Measure>() {
        return Some(Evidence::Date(measure));
    }
    as_condition(value).map(Evidence::Condition)
}

fn assignment(data: &mut Metadata<'_>) -> Option<Assignment> {
    let each = data.cast::<TableExpr>("each", msg!(ValueTable));
    let met = data.take("met", msg!(EvidenceWanted), as_evidence);
    let met = data.require("met", met);
    let due = data.cast::<Schedule>("due", msg!(ValueSchedule));
    let due = data.require("due", due);
    let progress = data.cast::<Measure>("progress", msg!(ValueMeasure));
    Some(Assignment {
        each,
        met: met?,
        due: due?,
        progress: progress.map(|progress| progress.value),
    })
}

fn expectation(data: &mut Metadata<'_>) -> Option<Expectation> {
    let on = data.cast::<TableExpr>("on", msg!(ValueTable));
    let on = data.require("on", on);
    data.taken.push("row");
    // The closure was translated when it was declared.
    let row = data.raw.map.get("row").cloned();
    let row = data.require("row", row)?;
    match row.try_cast::<std::sync::Arc<crate::measure::row::RowClosure>>() {
        Some(row) => Some(Expectation { on: on?, row }),
        None => {
            data.wrong("row", msg!(ValueClosure));
            None
        }
    }
}

fn free_check(
    data: &mut Metadata<'_>,
    check: impl FnOnce(&FnPtr) -> CheckFunction,
) -> Option<Check> {
    let inputs = data.cast::<Map>("inputs", msg!(ValueMap));
    let inputs = data.require("inputs", inputs);
    let closure = data.cast::<FnPtr>("check", msg!(ValueClosure));
    let closure = data.require("check", closure);
    let mut measures = Vec::new();
    if let Some(inputs) = &inputs {
        for (name, value) in &inputs.value {
            match value.clone().try_cast::<Measure>() {
                Some(measure) => measures.push((name.to_string(), measure)),
                None => data.complain(
                    Diagnostic::of(
                        Code::TypeMismatch,
                        msg!(InputType, name = name.as_str(), found = describe(value)),
                    )
                    .mark(inputs.at),
                ),
            }
        }
    }
    let closure = closure?;
    inputs?;
    Some(Check {
        inputs: measures,
        check: Written { value: check(&closure.value), at: closure.at },
    })
}
