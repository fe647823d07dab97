//! Groups of rows: the plan over them, and aggregates over their members.

use super::{Binder, Broken, Filters, Grouped, MeasureScope, PlanId, SetPlan};
use crate::contract::FieldType;
use crate::diagnostic::{Code, Diagnostic};
use crate::measure::column::{ColumnExpr, ColumnType};
use crate::measure::row::RowExpr;
use crate::measure::{Aggregate, TableExpr};
use crate::msg;
use crate::reading::batch::ColumnId;
use crate::source::Location;

impl Binder<'_> {
    /// The plan of a table: its dataset's, or the one of its groups.
    pub(super) fn table(
        &mut self,
        table: &TableExpr,
        at: Location,
        scope: MeasureScope,
    ) -> Result<PlanId, Broken> {
        let set = self.dataset(&table.dataset, at)?;
        let parent = PlanId::from(set);
        let Some(group) = &table.grouped else { return Ok(parent) };
        let mut keys = Vec::new();
        for name in &group.keys {
            let key = self.column(parent, &name.text, name.at)?;
            let field = self.field(parent, key);
            if matches!(field.kind, FieldType::Number | FieldType::Boolean) {
                let message = msg!(GroupKeyType, column = &field.name, kind = field.kind.name());
                return self.complain(
                    Diagnostic::of(Code::TypeMismatch, message)
                        .mark(name.at)
                        .label(field.at, msg!(DeclaredHere)),
                );
            }
            keys.push(self.plans[parent].shown(key));
        }
        let members = TableExpr {
            filters: group.filters.clone(),
            as_of: group.as_of.clone(),
            grouped: None,
            ..table.clone()
        };
        let Filters { filter, join } = self.filters(parent, &members, scope)?;
        if join.is_some() {
            return self.complain(
                Diagnostic::of(Code::UnsupportedInRow, msg!(OuterOnlyEqual))
                    .mark(at)
                    .help(msg!(OuterOnlyEqualHelp)),
            );
        }
        let known = (parent, keys.clone(), filter);
        if let Some(known) = self.gathered.get(&known) {
            return Ok(*known);
        }
        let reads = filter.map(|filter| self.plans[parent].expressions.columns(filter));
        let reads = reads.unwrap_or_default().into_iter();
        let filter_reads = reads.map(|column| self.plans[parent].shown(column)).collect();
        let mut plan = SetPlan::new(set);
        plan.grouped = Some(Grouped { parent, keys, filter, inner: Vec::new(), filter_reads });
        let place = self.plans.push(plan);
        self.gathered.insert(known, place);
        self.plans[parent].derived.push(place);
        Ok(place)
    }

    /// An aggregate over the members of a group: the column of the groups that holds it.
    pub(super) fn members(
        &mut self,
        set: PlanId,
        aggregate: Aggregate,
        column: Option<&(String, Location)>,
        filters: &[RowExpr],
        at: Location,
    ) -> Result<(ColumnId, ColumnType), Broken> {
        let gathered = self.plans[set].grouped.as_ref();
        let Some((parent, filter)) = gathered.map(|grouped| (grouped.parent, grouped.filter))
        else {
            return self.complain(
                Diagnostic::of(Code::UnsupportedInRow, msg!(MethodOnRow, name = aggregate.name()))
                    .mark(at),
            );
        };
        if matches!(aggregate, Aggregate::Mean | Aggregate::Quantile(_)) {
            return self.complain(
                Diagnostic::of(Code::UnsupportedInRow, msg!(NotOfMembers, name = aggregate.name()))
                    .mark(at)
                    .help(msg!(NotOfMembersHelp)),
            );
        }
        let column = match column {
            Some((name, at)) => {
                let column = self.column(parent, name, *at)?;
                self.check_column(parent, column, aggregate, *at)?;
                Some(column)
            }
            None => None,
        };
        let mut all = filter;
        for condition in filters {
            let next = self.truth(parent, condition, MeasureScope::default())?;
            let expressions = &mut self.plans[parent].expressions;
            all = Some(all.map_or(next, |all| expressions.intern(ColumnExpr::And(all, next))));
        }
        let bound = self.plans[parent].aggregate(all, aggregate, column, None);
        let kind = match aggregate {
            Aggregate::First | Aggregate::Last => ColumnType::Date,
            _ => ColumnType::Number,
        };
        Ok((self.plans[set].inner(bound).ok_or(Broken)?, kind))
    }
}
