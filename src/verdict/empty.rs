//! Filters that choose nothing because of a text no cell holds: nearly always a slip.
//!
//! A number, a flag or a date that no row has may be good news; a text is one of those that people
//! write, and one that nobody wrote was misspelt in the rule or in the data.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use crate::data::batch::{Batch, codes};
use crate::data::contract::Field;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::measure::Comparison;
use crate::measure::bind::{Choice, SetPlan};
use crate::measure::column::{ColumnExpr, ExprId};
use crate::measure::evaluator::Evaluator;
use crate::measure::row::{Function, Literal};
use crate::message::Message;
use crate::msg;
use crate::source::Location;

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

/// A condition that no row fulfils.
struct Empty {
    at: Location,
    help: Vec<Message>,
    rules: BTreeSet<String>,
}

impl Judge<'_> {
    /// A finding for each condition on a text that no row fulfils, in a filter that chooses no row
    /// in any year: at the first rule that has it, with how many do. Of datasets that are small
    /// enough to be looked through.
    pub fn empty_filters(&self, choices: &[Choice]) -> Vec<Diagnostic> {
        let mut found: BTreeMap<usize, Vec<(usize, Empty)>> = BTreeMap::new();
        for (set, plan) in self.plans.iter().enumerate().filter(|(_, plan)| plan.grouped.is_none())
        {
            let own: Vec<(usize, &Choice)> =
                choices.iter().enumerate().filter(|(_, choice)| choice.set == set).collect();
            let has_test = |choice: &Choice| {
                choice.parts.iter().any(|(part, _)| self.text_test(set, *part).is_some())
            };
            if !own.iter().any(|(_, choice)| has_test(choice)) {
                continue;
            }
            let look = |table: &Batch| self.empty_in(table, set, &own);
            let empty = self.datasets.in_small(plan.dataset, self.sources, look);
            found.insert(set, empty.unwrap_or_default());
        }
        let mut all: Vec<(usize, usize, Empty)> = found
            .into_iter()
            .flat_map(|(set, empty)| empty.into_iter().map(move |(order, e)| (order, set, e)))
            .collect();
        all.sort_by_key(|(order, ..)| *order);
        let told = all.into_iter().map(|(order, set, empty)| {
            let table = &self.values.dataset(set).contract.name;
            let message = match empty.rules.len() {
                1 => msg!(EmptyFilter, table = table),
                count => msg!(EmptyFilterShared, table = table, count = count),
            };
            let told = Diagnostic::new(Code::EmptyFilter, message).subject(&choices[order].rule);
            empty.help.into_iter().fold(told.mark(empty.at), Diagnostic::help)
        });
        told.collect()
    }

    /// What chooses nothing of a table, each with the first choice that has it.
    fn empty_in(&self, table: &Batch, set: usize, own: &[(usize, &Choice)]) -> Vec<(usize, Empty)> {
        let plan = &self.plans[set];
        let mut found: Vec<(usize, ExprId, Empty)> = Vec::new();
        if table.rows == 0 {
            return Vec::new();
        }
        let mut evaluator = Evaluator::new(self.datasets, self.lookups, &plan.expressions, table);
        for (order, choice) in own {
            let tests = choice
                .parts
                .iter()
                .filter_map(|(part, at)| Some((*part, *at, self.text_test(set, *part)?)));
            for (part, at, test) in tests {
                let same = |(_, other, empty): &&mut (usize, ExprId, Empty)| {
                    *other == part && empty.at == at
                };
                let (Ok(filter), Ok(mask)) = (evaluator.mask(choice.filter), evaluator.mask(part))
                else {
                    continue;
                };
                let none = |words: &[u64]| words.iter().all(|word| *word == 0);
                if !none(&filter.holds) || !none(&filter.unknown) || !none(&mask.holds) {
                    continue;
                }
                if let Some((.., empty)) = found.iter_mut().find(same) {
                    empty.rules.insert(choice.rule.clone());
                } else if let Some(help) = values_of(&mut evaluator, &test) {
                    let rules = BTreeSet::from([choice.rule.clone()]);
                    found.push((*order, part, Empty { at, help, rules }));
                }
                break;
            }
        }
        found.into_iter().map(|(order, _, empty)| (order, empty)).collect()
    }

    /// A condition as one that compares a text with constants, where not finding them would be
    /// strange: not of a column that lists its values, and not with what is known elsewhere, in the
    /// plan or where the column refers to.
    fn text_test(&self, set: usize, id: ExprId) -> Option<TextTest<'_>> {
        let plan = &self.plans[set];
        let test = text_test(plan, id)?;
        let (field, from) = self.column_of(plan, test.subject)?;
        if field.constraints.allowed.is_some() {
            return None;
        }
        let is_known = |text: &&str| {
            self.plan.clause(text).is_some()
                || self.plan.unit(text).is_some()
                || from.is_some_and(|(dataset, column)| self.occurs(dataset, column, text))
        };
        (!test.whole || !test.constants.iter().any(is_known)).then_some(test)
    }

    /// The field a text is of, and the column of another dataset that has its values.
    fn column_of(&self, plan: &SetPlan, id: ExprId) -> Option<(&Field, Option<(usize, usize)>)> {
        match plan.expressions.get(id) {
            ColumnExpr::Column(column) => {
                let contract = &self.datasets.sets[plan.dataset].contract;
                let key = contract.foreign_keys.iter().find(|key| key.field == *column);
                let from = key.and_then(|key| {
                    let named = |set: &crate::data::Dataset| set.contract.name == key.dataset.value;
                    let dataset = self.datasets.sets.iter().position(named)?;
                    let column = self.datasets.sets[dataset].contract.field(&key.column.value)?;
                    Some((dataset, column))
                });
                Some((&contract.fields[*column], from))
            }
            ColumnExpr::Through { dataset, column, .. } => {
                let contract = &self.datasets.sets[*dataset].contract;
                Some((&contract.fields[*column], Some((*dataset, *column))))
            }
            ColumnExpr::Call(Function::Lower | Function::Trim, parts) => {
                self.column_of(plan, *parts.first()?)
            }
            _ => None,
        }
    }

    /// Whether a column of another dataset has a text; where its rows are not held it may.
    fn occurs(&self, dataset: usize, column: usize, text: &str) -> bool {
        let texts = self.datasets.sets[dataset].codes(column);
        texts.is_none_or(|(_, texts)| texts.iter().flatten().any(|known| known == text))
    }
}

/// A condition as one that compares a text with constants.
fn text_test(plan: &SetPlan, id: ExprId) -> Option<TextTest<'_>> {
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
        ColumnExpr::Or(a, b) => {
            let (mut a, b) = (text_test(plan, *a)?, text_test(plan, *b)?);
            let same = a.subject == b.subject;
            a.constants.extend(b.constants);
            a.whole &= b.whole;
            same.then_some(a)
        }
        _ => None,
    }
}

/// What might have been meant, and the values there are.
fn values_of(evaluator: &mut Evaluator<'_>, test: &TextTest<'_>) -> Option<Vec<Message>> {
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
    Some(meant.into_iter().chain([values]).collect())
}
