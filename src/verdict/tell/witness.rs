//! Where in the data a value comes from: the row that decides it, one that counts or should, and
//! where there is none the header of the dataset. A finding of a measured value always has one.

use crate::contract::{FieldId, SetId};
use crate::measure::bind::{Bound, BoundCondition, BoundQuotient, PlanId};
use crate::measure::evaluate::{Point, Truth};
use crate::measure::missed::{self, Missed};
use crate::measure::{Aggregate, Arithmetic, Comparison};
use crate::message::Message;
use crate::msg;
use crate::reading::areas::Areas;
use crate::reading::batch::{AreaKey, GroupKey, RowRef, YearKey};
use crate::source::{Location, Place};
use crate::verdict::Judge;
use crate::verdict::bound::BoundEvidence;

/// What should become of a value: a row stands for it that keeps it from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verdict) enum WantedChange {
    /// It should be more: what is left out stands for a count.
    More,
    /// It should be less: what counts stands for it.
    Less,
}

impl WantedChange {
    fn reversed(self) -> WantedChange {
        match self {
            WantedChange::More => WantedChange::Less,
            WantedChange::Less => WantedChange::More,
        }
    }
}

/// A place in the data that stands for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verdict) struct Witness {
    /// The cell, or the dataset's header.
    pub at: Place,
    /// How it stands to the value.
    pub is: Role,
}

/// How a place stands to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verdict) enum Role {
    /// Its row counts.
    Counts,
    /// Its row is left out.
    LeftOut,
    /// It is a header: no row counts or could be told.
    Header,
}

impl Witness {
    /// In words; `counts` where its row counts.
    pub fn text(self, counts: Message) -> Message {
        match self.is {
            Role::Counts => counts,
            Role::LeftOut => msg!(RowLeftOut),
            Role::Header => msg!(NoRowCounts),
        }
    }
}

impl Judge<'_> {
    /// The place that stands for a measure's value at a point; of the whole where the area has
    /// none. `None` only of measures that read no data.
    pub(in crate::verdict) fn place(
        &self,
        measure: &Bound,
        point: Point,
        wanted: WantedChange,
    ) -> Option<Witness> {
        let whole = Point { area: None, ..point };
        self.row_of(measure, point, wanted)
            .or_else(|| point.area.and_then(|_| self.row_of(measure, whole, wanted)))
            .or_else(|| self.header_of(measure))
    }

    /// The same of the whole in the reporting year.
    pub(in crate::verdict) fn place_of(
        &self,
        measure: &Bound,
        wanted: WantedChange,
    ) -> Option<Witness> {
        self.place(measure, Point::whole(self.year()), wanted)
    }

    fn row_of(&self, measure: &Bound, point: Point, wanted: WantedChange) -> Option<Witness> {
        match measure {
            Bound::Number(_) => None,
            Bound::Arithmetic(operation, a, b, _) => {
                let turned = matches!(operation, Arithmetic::Sub | Arithmetic::Div);
                let other = if turned { wanted.reversed() } else { wanted };
                self.row_of(a, point, wanted).or_else(|| self.row_of(b, point, other))
            }
            Bound::Quotient(quotient) => self.row_of_quotient(quotient, point, wanted),
            Bound::Aggregate { set, aggregate, .. } => {
                let counts =
                    self.frame.plans[*set].aggregates[*aggregate].aggregate == Aggregate::Count;
                let counted = || self.counted(measure, point);
                let left_out = || self.left_out(measure, point);
                match wanted {
                    WantedChange::More if counts => left_out().or_else(counted),
                    _ => counted().or_else(left_out),
                }
            }
        }
    }

    fn row_of_quotient(
        &self,
        quotient: &BoundQuotient,
        point: Point,
        wanted: WantedChange,
    ) -> Option<Witness> {
        let (part, whole) = (&quotient.part, &quotient.whole);
        let counts = matches!(part, Bound::Aggregate { set, aggregate, .. }
            if self.frame.plans[*set].aggregates[*aggregate].aggregate == Aggregate::Count);
        // Where the whole counts rows of the same dataset its others were counted apart.
        let left_out = || {
            let place = self.counted(quotient.rest.as_ref()?, point)?;
            Some(Witness { is: Role::LeftOut, ..place })
        };
        let found = if wanted == WantedChange::More && counts { left_out() } else { None };
        found
            .or_else(|| self.row_of(part, point, wanted))
            .or_else(|| self.row_of(whole, point, wanted.reversed()))
    }

    /// The row that decides an aggregate.
    fn counted(&self, measure: &Bound, point: Point) -> Option<Witness> {
        let Bound::Aggregate { set, aggregate, year, outer, .. } = measure else { return None };
        let year = year.resolve(point.year);
        let outer = outer.filter(|_| point.each.is_some());
        let (tally, _) = self.values.tally(*set, *aggregate, year, point, outer).ok()?;
        let row = tally.deciding(self.frame.plans[*set].aggregates[*aggregate].aggregate)?;
        let column = self.shown_column(*set, *aggregate);
        Some(Witness { at: self.cell_at(*set, row, column)?, is: Role::Counts })
    }

    /// A row that an aggregate's condition leaves out.
    fn left_out(&self, measure: &Bound, point: Point) -> Option<Witness> {
        let Bound::Aggregate { set, aggregate, year, outer: None, .. } = measure else {
            return None;
        };
        let filter = self.frame.plans[*set].aggregates[*aggregate].filter?;
        let year = year.resolve(point.year);
        let belongs = |key: GroupKey| is_of(&self.frame.datasets.areas, key, year, point);
        let missed = Missed { set: *set, filter, belongs: &belongs, year };
        let found = missed::nearest(&self.frame, self.sources, &missed)?;
        let column = found.column.unwrap_or_else(|| self.shown_column(*set, *aggregate));
        Some(Witness { at: self.cell_at(*set, found.row, column)?, is: Role::LeftOut })
    }

    fn cell_at(&self, set: PlanId, row: RowRef, column: FieldId) -> Option<Place> {
        self.frame.datasets.cell(self.frame.plans[set].dataset, row, column)
    }

    /// The header of the first dataset a measure reads.
    fn header_of(&self, measure: &Bound) -> Option<Witness> {
        match measure {
            Bound::Number(_) => None,
            Bound::Arithmetic(_, a, b, _) => self.header_of(a).or_else(|| self.header_of(b)),
            Bound::Quotient(quotient) => {
                self.header_of(&quotient.part).or_else(|| self.header_of(&quotient.whole))
            }
            Bound::Aggregate { set, .. } => self.header(self.frame.plans[*set].dataset),
        }
    }

    /// The header of a dataset: the first line of its first file.
    pub(in crate::verdict) fn header(&self, dataset: SetId) -> Option<Witness> {
        let source = self.frame.datasets.sets[dataset].files.first()?.source;
        let at = Location { source, span: self.sources.get(source).first_line() };
        Some(Witness { at: at.into(), is: Role::Header })
    }

    /// The place that stands for evidence, or for its absence: where progress is recorded, else
    /// where the evidence is or should be.
    pub(in crate::verdict) fn place_of_evidence(
        &self,
        met: &BoundEvidence,
        progress: Option<&Bound>,
        point: Point,
    ) -> Option<Witness> {
        let is_row = |place: &Witness| place.is != Role::Header;
        let progress = progress.and_then(|measure| self.place(measure, point, WantedChange::More));
        let evidence = || match met {
            BoundEvidence::Date(measure) => self.place(measure, point, WantedChange::More),
            BoundEvidence::Condition(condition) => self.place_of_condition(condition, point, true),
        };
        progress.filter(is_row).or_else(evidence).or(progress)
    }

    /// The place that keeps a condition from being as wanted: of several, of the first that is not.
    pub(in crate::verdict) fn place_of_condition(
        &self,
        condition: &BoundCondition,
        point: Point,
        holds: bool,
    ) -> Option<Witness> {
        match condition {
            BoundCondition::Constant(_) => None,
            BoundCondition::Not(inner) => self.place_of_condition(inner, point, !holds),
            BoundCondition::All(items) | BoundCondition::Any(items) => {
                let found = if holds { Truth::True } else { Truth::False };
                let is_wrong = |item: &&BoundCondition| self.values.condition(item, point) != found;
                let place = |item| self.place_of_condition(item, point, holds);
                items
                    .iter()
                    .filter(is_wrong)
                    .find_map(place)
                    .or_else(|| items.iter().find_map(place))
            }
            BoundCondition::Compare(comparison, a, b) => {
                let less = matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
                let wanted = if less == holds { WantedChange::Less } else { WantedChange::More };
                let place = |side, wanted| self.place(side, point, wanted);
                place(a, wanted).or_else(|| place(b, wanted.reversed()))
            }
        }
    }
}

/// Whether rows of a group are of a year and, where the point is in an area, of what makes it up.
fn is_of(areas: &Areas, (when, whose): GroupKey, year: i32, point: Point) -> bool {
    let then = match when {
        YearKey::Always => areas.standing(),
        YearKey::Year(of) if of == year => year,
        YearKey::Year(_) | YearKey::Unknown => return false,
    };
    let Some(area) = point.area else { return true };
    let AreaKey::Area(own) = whose else { return false };
    areas.in_year(area, point.of, then).is_some_and(|parts| parts.contains(&own))
}
