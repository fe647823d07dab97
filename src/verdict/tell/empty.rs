//! Filters that choose nothing because of a text no cell holds: nearly always a slip.
//!
//! A number, a flag or a date that no row has may be good news; a text is one of those that people
//! write, and one that nobody wrote was misspelt in the rule or in the data.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::contract::{FieldId, SetId};
use crate::diagnostic::{Code, Diagnostic, Help, suggestion};
use crate::measure::Comparison;
use crate::measure::bind::{Choice, PlanId, SetPlan};
use crate::measure::column::{ColumnExpr, ExprId};
use crate::measure::evaluator::Evaluator;
use crate::measure::row::{Function, Literal};
use crate::msg;
use crate::reading::Dataset;
use crate::reading::batch::{Batch, codes};
use crate::source::Location;
use crate::verdict::Judge;

/// How many values of a column are listed.
const LISTED_VALUES: usize = 10;

/// A condition that compares a text with constants.
struct TextTest<'a> {
    /// The text.
    subject: ExprId,
    /// What it is compared with.
    constants: Vec<&'a str>,
    /// Whether it must be one of them, and not only have them in it.
    whole: bool,
}

/// A condition of a filter, and its place among all filters.
struct Tested<'a> {
    order: usize,
    choice: &'a Choice,
    part: ExprId,
    at: Location,
    test: TextTest<'a>,
}

/// A condition that no row fulfils.
struct Empty {
    at: Location,
    help: Vec<Help>,
    rules: BTreeSet<String>,
}

impl Judge<'_> {
    /// A finding for each condition on a text that no row fulfils, in a filter that chooses no row
    /// in any year: at the first rule that has it, with how many do. Of datasets that are small
    /// enough to be looked through.
    pub fn empty_filters(&self, choices: &[&Choice]) -> Vec<Diagnostic> {
        let mut tested: BTreeMap<PlanId, Vec<Tested<'_>>> = BTreeMap::new();
        for (order, choice) in choices.iter().enumerate() {
            let set = choice.set;
            if self.frame.plans[set].grouped.is_some() {
                continue;
            }
            for (part, at) in &choice.parts {
                if let Some(test) = self.text_test(set, *part) {
                    let one = Tested { order, choice, part: *part, at: *at, test };
                    tested.entry(set).or_default().push(one);
                }
            }
        }
        let mut all: Vec<(usize, PlanId, Empty)> = Vec::new();
        for (set, tested) in tested {
            let look = |table: &Batch| self.empty_in(table, set, &tested);
            let empty =
                self.frame.datasets.in_small(self.frame.plans[set].dataset, self.sources, look);
            let empty = empty.into_iter().flatten();
            all.extend(empty.map(|(order, empty)| (order, set, empty)));
        }
        all.sort_by_key(|(order, ..)| *order);
        let told = all.into_iter().map(|(order, set, empty)| {
            let table = &self.values.dataset(set).contract.name;
            let message = match empty.rules.len() {
                1 => msg!(EmptyFilter, table = table),
                count => msg!(EmptyFilterShared, table = table, count = count),
            };
            let told = Diagnostic::of(Code::EmptyFilter, message).subject(&choices[order].rule);
            empty.help.into_iter().fold(told.mark(empty.at), Diagnostic::help)
        });
        told.collect()
    }

    /// What chooses nothing of a table, each with the first choice that has it.
    fn empty_in(&self, table: &Batch, set: PlanId, tested: &[Tested<'_>]) -> Vec<(usize, Empty)> {
        let plan = &self.frame.plans[set];
        let mut found: Vec<(usize, Empty)> = Vec::new();
        let mut places: HashMap<(ExprId, Location), usize> = HashMap::new();
        let mut last = None;
        if table.rows == 0 {
            return found;
        }
        let mut evaluator = Evaluator::new(&self.frame, &plan.expressions, table);
        for Tested { order, choice, part, at, test } in tested {
            // A filter is told of once, however many of its conditions nothing fulfils.
            if last == Some(*order) {
                continue;
            }
            let (Ok(filter), Ok(mask)) = (evaluator.mask(choice.filter), evaluator.mask(*part))
            else {
                continue;
            };
            let none = |words: &[u64]| words.iter().all(|word| *word == 0);
            if !none(&filter.holds) || !none(&filter.unknown) || !none(&mask.holds) {
                continue;
            }
            if let Some(place) = places.get(&(*part, *at)) {
                found[*place].1.rules.insert(choice.rule.clone());
            } else if self.is_known(plan, test) {
                continue;
            } else if let Some(help) = values_of(&mut evaluator, test) {
                places.insert((*part, *at), found.len());
                let rules = BTreeSet::from([choice.rule.clone()]);
                found.push((*order, Empty { at: *at, help, rules }));
            }
            last = Some(*order);
        }
        found
    }

    /// A condition as one that compares a text with constants, unless its column lists its values.
    fn text_test(&self, set: PlanId, id: ExprId) -> Option<TextTest<'_>> {
        let plan = &self.frame.plans[set];
        let test = text_test(plan, id)?;
        let (dataset, column) = column_of(plan, test.subject)?;
        let field = &self.frame.datasets.sets[dataset].contract.fields[column];
        field.constraints.allowed.is_none().then_some(test)
    }

    /// Whether what a text is compared with is known elsewhere, in the plan or where the column
    /// refers to: that no row has it yet is then nothing strange.
    fn is_known(&self, plan: &SetPlan, test: &TextTest<'_>) -> bool {
        let from = self.origin(plan, test.subject);
        let is_known = |text: &&str| {
            self.plan.clause(text).is_some()
                || self.plan.unit(text).is_some()
                || from.is_some_and(|(dataset, column)| self.occurs(dataset, column, text))
        };
        test.whole && test.constants.iter().any(is_known)
    }

    /// The column of another dataset that has the values of a text.
    fn origin(&self, plan: &SetPlan, id: ExprId) -> Option<(SetId, FieldId)> {
        let (dataset, column) = column_of(plan, id)?;
        if dataset != plan.dataset {
            return Some((dataset, column));
        }
        let keys = &self.frame.datasets.sets[dataset].contract.foreign_keys;
        let key = keys.iter().find(|key| key.field == column)?;
        let named = |set: &Dataset| set.contract.name == key.dataset.value;
        let dataset = self.frame.datasets.sets.position(named)?;
        Some((dataset, self.frame.datasets.sets[dataset].contract.field(&key.column.value)?))
    }

    /// Whether a column of another dataset has a text; where its rows are not held it may.
    fn occurs(&self, dataset: SetId, column: FieldId, text: &str) -> bool {
        let texts = self.frame.datasets.sets[dataset].codes(column);
        texts.is_none_or(|(_, texts)| texts.iter().flatten().any(|known| known == text))
    }
}

/// A condition as one that compares a text with constants, or as several of one text of which any
/// may hold.
fn text_test(plan: &SetPlan, id: ExprId) -> Option<TextTest<'_>> {
    let mut all: Option<TextTest<'_>> = None;
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if let ColumnExpr::Or(a, b) = plan.expressions.get(id) {
            open.extend([*b, *a]);
            continue;
        }
        let next = one_test(plan, id)?;
        match &mut all {
            None => all = Some(next),
            Some(all) if all.subject == next.subject => {
                all.constants.extend(next.constants);
                all.whole &= next.whole;
            }
            Some(_) => return None,
        }
    }
    all
}

fn one_test(plan: &SetPlan, id: ExprId) -> Option<TextTest<'_>> {
    let text = |id: ExprId| match plan.expressions.get(id) {
        ColumnExpr::Literal(Literal::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    match plan.expressions.get(id) {
        ColumnExpr::Compare(Comparison::Equal, a, b) => {
            let (subject, constant) = match (text(*a), text(*b)) {
                (None, Some(constant)) => (*a, constant),
                (Some(constant), None) => (*b, constant),
                _ => return None,
            };
            Some(TextTest { subject, constants: vec![constant], whole: true })
        }
        ColumnExpr::In(subject, items) => {
            let constants: Vec<&str> =
                items.iter().map(|item| text(*item)).collect::<Option<_>>()?;
            let test = TextTest { subject: *subject, constants, whole: true };
            (!test.constants.is_empty()).then_some(test)
        }
        ColumnExpr::Call(Function::StartsWith | Function::EndsWith | Function::Contains, parts) => {
            match parts[..] {
                [subject, part] => {
                    Some(TextTest { subject, constants: vec![text(part)?], whole: false })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The dataset and the column a text is of.
fn column_of(plan: &SetPlan, id: ExprId) -> Option<(SetId, FieldId)> {
    match plan.expressions.get(id) {
        ColumnExpr::Column(column) => Some((plan.dataset, plan.shown(*column))),
        ColumnExpr::Through { dataset, column, .. } => Some((*dataset, *column)),
        ColumnExpr::Call(Function::Lower | Function::Trim, parts) => {
            column_of(plan, *parts.first()?)
        }
        _ => None,
    }
}

/// What might have been meant, and the values there are.
fn values_of(evaluator: &mut Evaluator<'_>, test: &TextTest<'_>) -> Option<Vec<Help>> {
    let column = evaluator.column(test.subject).ok()?;
    let (codes, texts) = codes(&column)?;
    let known = codes.iter().flatten().filter_map(|code| usize::try_from(code).ok());
    let values: BTreeSet<&str> = known.map(|code| texts.value(code)).collect();
    let meant = test.constants.iter().find_map(|text| suggestion(text, values.iter().copied()));
    let listed: Vec<&str> = values.iter().take(LISTED_VALUES).copied().collect();
    let others = values.len() - listed.len();
    let listed = listed.join(", ");
    let values = match others {
        0 => msg!(ColumnValues, values = listed),
        others => msg!(ColumnValuesMore, values = listed, count = others),
    };
    Some(meant.into_iter().chain([values.into()]).collect())
}
