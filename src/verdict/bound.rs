//! Rules with every name resolved, ready to be judged once the data is scanned.

use std::collections::HashMap;
use std::sync::Arc;

use super::tell::wording::goal_text;
use crate::contract::{Contracts, FieldId, SetId};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::ids::IdVec;
use crate::measure::Quotient;
use crate::measure::bind::{
    Binder, Bound, BoundCondition, BoundRows, Broken, CheckId, Choice, ComparedCode, MeasureScope,
    MeasureType, PlanId, SetPlan,
};
use crate::measure::column::ExprId;
use crate::message::Bilingual;
use crate::msg;
use crate::reading::Datasets;
use crate::reading::areas::Areas;
use crate::reading::batch::ColumnId;
use crate::rule::goal::Goal;
use crate::rule::{Assignment, Check, Demand, Evidence, Expectation, Rule, Target};
use crate::source::Place;

/// What shows that a task is done, resolved.
#[derive(Clone, Debug)]
pub enum BoundEvidence {
    /// A date.
    Date(Bound),
    /// A condition.
    Condition(BoundCondition),
}

/// An assignment, resolved.
#[derive(Clone, Debug)]
pub struct BoundAssignment {
    /// The bodies that must each do it.
    pub each: Option<BoundRows>,
    /// What shows that it is done.
    pub met: BoundEvidence,
    /// How far it is.
    pub progress: Option<Bound>,
}

/// A rule's demand, resolved.
#[derive(Clone, Debug)]
pub enum BoundDemand {
    /// A target's measure.
    Target(Bound),
    /// See [`BoundAssignment`].
    Assignment(Box<BoundAssignment>),
    /// The plan and the place among its checks.
    Expect(PlanId, CheckId),
    /// The inputs of a check.
    Check(Vec<(String, Bound)>),
}

/// A rule, resolved.
#[derive(Clone, Debug)]
pub struct BoundRule {
    /// When it applies.
    pub applies: Option<BoundCondition>,
    /// What it demands.
    pub demand: BoundDemand,
}

impl BoundRule {
    /// The dataset whose rows are bodies that must each do something.
    pub fn bodies(&self) -> Option<SetId> {
        match &self.demand {
            BoundDemand::Assignment(assignment) => assignment.each.as_ref().map(|rows| rows.set),
            _ => None,
        }
    }
}

/// A rule resolved, or what keeps it from being so.
#[derive(Debug)]
pub struct Resolved {
    /// The rule.
    pub rule: Arc<Rule>,
    /// Nothing where it cannot be evaluated.
    pub bound: Option<BoundRule>,
    /// Its filters.
    pub choices: Vec<Choice>,
    complaints: Vec<Diagnostic>,
    /// Its comparisons of areas' codes with texts.
    codes: Vec<ComparedCode>,
}

/// Rules resolved together, and what they need of the data.
#[derive(Debug, Default)]
pub struct BoundRules {
    /// In the order of the rules.
    pub rules: Vec<Arc<Resolved>>,
    /// What each scan must compute.
    pub plans: IdVec<PlanId, SetPlan>,
}

impl BoundRules {
    /// Resolves rules against contracts. No data is needed for that.
    ///
    /// `before` is what was resolved of other rules of the same contracts: those that are still
    /// there are not resolved again, and their places in the plans stay.
    pub fn bind(rules: &[Arc<Rule>], contracts: &Contracts, before: BoundRules) -> BoundRules {
        let known: HashMap<*const Rule, Arc<Resolved>> =
            before.rules.into_iter().map(|one| (Arc::as_ptr(&one.rule), one)).collect();
        let mut binder = match before.plans.is_empty() {
            true => Binder::new(contracts),
            false => Binder::on(contracts, before.plans),
        };
        let rules = rules.iter().map(|rule| match known.get(&Arc::as_ptr(rule)) {
            Some(resolved) => Arc::clone(resolved),
            None => Arc::new(resolve(&mut binder, rule)),
        });
        let rules = rules.collect();
        BoundRules { rules, plans: binder.plans }
    }

    /// What was found while binding: once for each place, since a shared function that forty rules
    /// call is at fault once. What comparisons of codes mean is known by the list of areas.
    pub fn findings(&self, areas: &Areas) -> Vec<Diagnostic> {
        let mut told: HashMap<(Code, Option<Place>), usize> = HashMap::new();
        let mut all: Vec<(Diagnostic, Vec<&str>)> = Vec::new();
        for one in &self.rules {
            let mut tell = |finding: &Diagnostic| {
                let place = finding.labels.first().map(|label| label.at);
                let at = *told.entry((finding.code, place)).or_insert(all.len());
                if at == all.len() {
                    all.push((finding.clone(), Vec::new()));
                }
                let ids = &mut all[at].1;
                if one.bound.is_none() && ids.last() != Some(&one.rule.id.as_str()) {
                    ids.push(&one.rule.id);
                }
            };
            let mut codes = one.codes.iter().peekable();
            for (order, finding) in one.complaints.iter().enumerate() {
                while let Some(code) = codes.next_if(|code| code.order <= order) {
                    code.tell(areas).iter().for_each(&mut tell);
                }
                tell(finding);
            }
            codes.filter_map(|code| code.tell(areas)).for_each(|finding| tell(&finding));
        }
        let with_lost = |(finding, ids): (Diagnostic, Vec<&str>)| match ids.len() {
            0 | 1 => finding,
            count => finding.note(msg!(NotJudgedForThis, count = count, ids = ids.join(", "))),
        };
        all.into_iter().map(with_lost).collect()
    }

    /// The datasets whose rows are bodies that must each do something: they are looked up one by
    /// one.
    pub fn bodies(&self) -> Vec<SetId> {
        let bound = self.rules.iter().filter_map(|one| one.bound.as_ref());
        bound.filter_map(BoundRule::bodies).collect()
    }
}

fn resolve(binder: &mut Binder<'_>, rule: &Arc<Rule>) -> Resolved {
    binder.forget_told();
    let bound = bind(binder, rule).ok();
    let mut complaints = std::mem::take(&mut binder.complaints);
    let mut choices = std::mem::take(&mut binder.choices);
    let mut codes = std::mem::take(&mut binder.codes);
    for complaint in &mut complaints {
        complaint.subject.get_or_insert_with(|| rule.id.clone());
    }
    choices.iter_mut().for_each(|choice| choice.rule.clone_from(&rule.id));
    codes.iter_mut().for_each(|code| code.rule.clone_from(&rule.id));
    Resolved { rule: Arc::clone(rule), bound, choices, complaints, codes }
}

/// Resolves a rule.
///
/// # Errors
/// [`Broken`] after the binder recorded what is wrong.
fn bind(binder: &mut Binder<'_>, rule: &Rule) -> Result<BoundRule, Broken> {
    let scope = MeasureScope::default();
    let applies =
        rule.applies.as_ref().map(|applies| binder.condition(&applies.value, scope)).transpose();
    let demand = match &rule.demand {
        Demand::Target(target) => bind_target(binder, target),
        Demand::Assignment(assignment) => bind_assignment(binder, assignment),
        Demand::Expect(expectation) => bind_expectation(binder, expectation),
        Demand::Check(check) => bind_check(binder, check),
    };
    Ok(BoundRule { applies: applies?, demand: demand? })
}

fn bind_target(binder: &mut Binder<'_>, target: &Target) -> Result<BoundDemand, Broken> {
    let bound = binder.number(&target.measure.value, MeasureScope::default())?;
    let kind = match &bound {
        Bound::Quotient(quotient) => Some(&quotient.kind),
        _ => None,
    };
    let fits = match target.goal.value {
        Goal::All => kind == Some(&Quotient::Percent),
        Goal::None => !matches!(kind, Some(Quotient::Ratio | Quotient::Per(_))),
        _ => true,
    };
    if !fits {
        let all = target.goal.value == Goal::All;
        let complaint = Diagnostic::of(
            Code::GoalUnit,
            if all { msg!(AllNeedsShare) } else { msg!(NoneNeedsCount) },
        )
        .mark(target.goal.at)
        .label(target.measure.at, msg!(TheMeasure))
        .help(if all { msg!(AllNeedsShareHelp) } else { msg!(NoneNeedsCountHelp) });
        return binder.complain(complaint);
    }
    if kind == Some(&Quotient::Percent) && !is_a_share(&target.goal.value) {
        let goal = goal_text(&target.goal.value, &Bilingual::same("%"));
        let complaint = Diagnostic::of(Code::GoalUnit, msg!(GoalOutsideShare, goal = goal))
            .mark(target.goal.at)
            .label(target.measure.at, msg!(TheMeasure))
            .help(msg!(GoalOutsideShareHelp));
        return binder.complain(complaint);
    }
    Ok(BoundDemand::Target(bound))
}

/// Whether some number from 0 to 100 meets a goal.
fn is_a_share(goal: &Goal) -> bool {
    let hundred = Exact::int(100);
    match goal {
        Goal::AtLeast(bound) => *bound <= hundred,
        Goal::MoreThan(bound) => *bound < hundred,
        Goal::AtMost(bound) => !bound.is_negative(),
        Goal::LessThan(bound) => *bound > Exact::ZERO,
        Goal::Exactly(bound) => !bound.is_negative() && *bound <= hundred,
        Goal::Between(low, high) => *low <= hundred && !high.is_negative() && low <= high,
        Goal::About(target, tolerance) => {
            goal.distance(target.clamp(&Exact::ZERO, &hundred)).is_some_and(|off| off.is_zero())
                && !tolerance.is_negative()
        }
        Goal::All | Goal::None => true,
    }
}

fn bind_assignment(
    binder: &mut Binder<'_>,
    assignment: &Assignment,
) -> Result<BoundDemand, Broken> {
    let each =
        assignment.each.as_ref().map(|each| binder.rows(&each.value, each.at)).transpose()?;
    let scope = MeasureScope::each(each.as_ref().map(|rows| rows.set));
    let met = match &assignment.met.value {
        Evidence::Condition(condition) => {
            binder.condition(condition, scope).map(BoundEvidence::Condition)
        }
        Evidence::Date(measure) => match binder.measure(measure, scope.of_evidence())? {
            (bound, MeasureType::Date) => Ok(BoundEvidence::Date(bound)),
            (_, MeasureType::Number) => binder.complain(
                Diagnostic::of(Code::TypeMismatch, msg!(EvidenceNotNumber))
                    .mark(assignment.met.at)
                    .help(msg!(EvidenceNotNumberHelp)),
            ),
        },
    };
    let progress =
        assignment.progress.as_ref().map(|progress| binder.number(progress, scope)).transpose();
    let bound = BoundAssignment { each, met: met?, progress: progress? };
    Ok(BoundDemand::Assignment(Box::new(bound)))
}

fn bind_expectation(
    binder: &mut Binder<'_>,
    expectation: &Expectation,
) -> Result<BoundDemand, Broken> {
    let on = &expectation.on;
    let (set, check) = binder.check(&on.value, on.at, &expectation.row)?;
    Ok(BoundDemand::Expect(set, check))
}

fn bind_check(binder: &mut Binder<'_>, check: &Check) -> Result<BoundDemand, Broken> {
    let inputs: Vec<_> = check
        .inputs
        .iter()
        .map(|(name, measure)| Ok((name.clone(), binder.number(measure, MeasureScope::default())?)))
        .collect();
    Ok(BoundDemand::Check(inputs.into_iter().collect::<Result<_, Broken>>()?))
}

/// Why a rule's data cannot be used at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The dataset has no rows to read.
    Dataset(SetId),
    /// The file lacks the column.
    Column(SetId, FieldId),
}

/// Whether the day of the run bears on a rule: its deadlines are held against it, or its rows.
pub fn is_dated(rule: &BoundRule, plans: &IdVec<PlanId, SetPlan>) -> bool {
    matches!(rule.demand, BoundDemand::Assignment(_)) || Needs::of(rule, plans).dated
}

/// The first dataset or column a rule needs and does not have.
pub fn unusable(
    rule: &BoundRule,
    datasets: &Datasets,
    plans: &IdVec<PlanId, SetPlan>,
    unreadable: impl Fn(SetId) -> bool,
) -> Option<Unusable> {
    let needs = Needs::of(rule, plans);
    needs.columns.into_iter().find_map(|(set, column)| {
        let dataset = &datasets.sets[set];
        if !dataset.is_readable() || unreadable(set) {
            return Some(Unusable::Dataset(set));
        }
        let dimensions = [dataset.contract.year, dataset.contract.area];
        column
            .into_iter()
            .chain(dimensions.into_iter().flatten())
            .find(|column| dataset.lacks(*column))
            .map(|column| Unusable::Column(set, column))
    })
}

/// What a rule reads.
struct Needs<'a> {
    plans: &'a IdVec<PlanId, SetPlan>,
    columns: Vec<(SetId, Option<FieldId>)>,
    /// Whether it compares something with the day of the run.
    dated: bool,
}

impl Needs<'_> {
    fn of<'a>(rule: &BoundRule, plans: &'a IdVec<PlanId, SetPlan>) -> Needs<'a> {
        let mut needs = Needs { plans, columns: Vec::new(), dated: false };
        needs.rule(rule);
        needs
    }

    fn rule(&mut self, rule: &BoundRule) {
        if let Some(condition) = &rule.applies {
            self.condition(condition);
        }
        match &rule.demand {
            BoundDemand::Target(bound) => self.measure(bound),
            BoundDemand::Assignment(bound) => {
                let BoundAssignment { each, met, progress } = &**bound;
                if let Some(rows) = each {
                    self.rows(rows);
                }
                match met {
                    BoundEvidence::Date(bound) => self.measure(bound),
                    BoundEvidence::Condition(condition) => self.condition(condition),
                }
                if let Some(progress) = progress {
                    self.measure(progress);
                }
            }
            BoundDemand::Expect(set, check) => self.check(*set, *check),
            BoundDemand::Check(inputs) => inputs.iter().for_each(|(_, bound)| self.measure(bound)),
        }
    }

    fn expression(&mut self, set: PlanId, id: ExprId) {
        let expressions = &self.plans[set].expressions;
        self.dated |= expressions.is_dated(id);
        for column in expressions.columns(id) {
            self.column(set, Some(column));
        }
        self.columns
            .extend(expressions.foreign_columns(id).into_iter().map(|(set, c)| (set, Some(c))));
    }

    fn column(&mut self, set: PlanId, column: Option<ColumnId>) {
        let plan = &self.plans[set];
        self.columns.push((plan.dataset, column.map(|column| plan.shown(column))));
        let gathered = plan.grouped.iter().flat_map(|grouped| grouped.parent_fields());
        self.columns.extend(gathered.map(|column| (plan.dataset, Some(column))));
    }

    fn check(&mut self, set: PlanId, check: CheckId) {
        let check = &self.plans[set].checks[check];
        self.column(set, None);
        for id in check.filter.into_iter().chain([check.condition]) {
            self.expression(set, id);
        }
    }

    fn rows(&mut self, rows: &BoundRows) {
        self.column(rows.set.into(), None);
        if let Some(filter) = rows.filter {
            self.expression(rows.set.into(), filter);
        }
    }

    fn measure(&mut self, bound: &Bound) {
        match bound {
            Bound::Number(_) => {}
            Bound::Arithmetic(_, a, b, _) => {
                self.measure(a);
                self.measure(b);
            }
            Bound::Quotient(quotient) => {
                self.measure(&quotient.part);
                self.measure(&quotient.whole);
            }
            Bound::Aggregate { set, aggregate, .. } => {
                let aggregate = &self.plans[*set].aggregates[*aggregate];
                self.column(*set, aggregate.column);
                for id in aggregate.filter.into_iter().chain(aggregate.key) {
                    self.expression(*set, id);
                }
            }
        }
    }

    fn condition(&mut self, condition: &BoundCondition) {
        match condition {
            BoundCondition::Compare(_, a, b) => {
                self.measure(a);
                self.measure(b);
            }
            BoundCondition::All(items) | BoundCondition::Any(items) => {
                items.iter().for_each(|item| self.condition(item));
            }
            BoundCondition::Not(inner) => self.condition(inner),
            BoundCondition::Constant(_) => {}
        }
    }
}
