//! What a measure counts, and how it is named.

use crate::contract::FieldId;
use crate::ids::Id;
use crate::measure::Aggregate::{Count, Distinct, Sum};
use crate::measure::Quotient;
use crate::measure::bind::{AggregateId, Bound, PlanId};
use crate::message::Bilingual;
use crate::rule::Target;
use crate::verdict::Judge;

impl Judge<'_> {
    /// The unit values are shown in.
    pub(in crate::verdict) fn unit(&self, target: &Target, measure: &Bound) -> Bilingual {
        if let Some(unit) = &target.unit {
            return unit.clone();
        }
        match measure {
            Bound::Quotient(quotient) if quotient.kind == Quotient::Percent => Bilingual::same("%"),
            other => self.noun(other).unwrap_or_default(),
        }
    }

    /// What a measure counts or adds up, where that has a name.
    pub(in crate::verdict) fn noun(&self, measure: &Bound) -> Option<Bilingual> {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return None };
        let contract = &self.values.dataset(*set).contract;
        if let Some(subject) = self.group_noun(*set) {
            return Some(subject);
        }
        let aggregate = &self.frame.plans[*set].aggregates[*aggregate];
        let noun = match (aggregate.aggregate, aggregate.column) {
            (Count | Distinct, _) => &contract.subject,
            (Sum, Some(column)) => &contract.fields[self.frame.plans[*set].shown(column)].unit,
            _ => return None,
        };
        (!noun.is_empty()).then(|| noun.clone())
    }

    /// What one group is, for measures over groups: a row of the dataset its key refers to.
    fn group_noun(&self, set: PlanId) -> Option<Bilingual> {
        let plan = &self.frame.plans[set];
        let key = *plan.grouped.as_ref()?.keys.first()?;
        let contract = &self.frame.datasets.sets[plan.dataset].contract;
        let target = contract.reference(&contract.fields[key])?;
        let named = |set: &&crate::reading::Dataset| set.contract.name == target;
        let subject = &self.frame.datasets.sets.iter().find(named)?.contract.subject;
        (!subject.is_empty()).then(|| subject.clone())
    }

    /// Whether a measure comes to a number of subjects, which is whole.
    pub(in crate::verdict) fn counts_subjects(&self, measure: &Bound) -> bool {
        let Bound::Aggregate { set, aggregate, .. } = measure else { return true };
        let aggregate = &self.frame.plans[*set].aggregates[*aggregate];
        if !matches!(aggregate.aggregate, Count | Distinct | Sum) {
            return false;
        }
        aggregate.column.is_none_or(|column| {
            self.values.dataset(*set).contract.fields[self.frame.plans[*set].shown(column)].kind
                == crate::contract::FieldType::Integer
        })
    }

    /// The column by which rows of an aggregate are shown: its own; a count has none, but its
    /// condition's last column says why a row counts.
    pub(in crate::verdict) fn shown_column(&self, set: PlanId, aggregate: AggregateId) -> FieldId {
        let plan = &self.frame.plans[set];
        let bound = &plan.aggregates[aggregate];
        let condition = || plan.expressions.columns(bound.filter?).last().copied();
        let column = bound.column.or_else(condition).map(|column| plan.shown(column));
        column.or(self.values.dataset(set).contract.area).unwrap_or(FieldId::FIRST)
    }
}

/// Whether a measure is a percentage of a whole, which none is above 100 of.
pub(in crate::verdict) fn is_share(measure: &Bound) -> bool {
    matches!(measure, Bound::Quotient(quotient) if quotient.kind == Quotient::Percent)
}

/// What is above the line of a measure, or the measure itself.
pub(in crate::verdict) fn part_of(measure: &Bound) -> &Bound {
    match measure {
        Bound::Quotient(quotient) => &quotient.part,
        other => other,
    }
}
