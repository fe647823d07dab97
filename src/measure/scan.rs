//! One pass over each dataset for all rules together.
//!
//! Every distinct expression is evaluated once a batch; masks feed tallies keyed by year and area
//! (and, for conditions on an `each` row, by one text more). Threads tally apart and are merged;
//! nothing depends on how rows were dealt out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use rayon::prelude::*;

use serde::{Deserialize, Serialize};

use super::bind::{AggregateId, BoundRows, CheckId, PlanId, SetPlan};
use super::evaluator::Evaluator;
use super::feed::{Feed, Values};
use super::frame::Frame;
use super::kernels::Overflow;
use super::mask::{self, Mask};
use super::reach::Limits;
use super::regroup::{Blame, Members};
use super::tally::Tally;
use super::{Aggregate, YearRef};
use crate::contract::{Contract, FieldId, SetId};
use crate::diagnostic::{Findings, Told};
use crate::ids::{Id, IdVec};
use crate::reading::batch::{AreaKey, Batch, GroupKey, RowRef, YearKey};
use crate::reading::group::Grouping;
use crate::reading::stream::{self, Consumer, Pace};
use crate::reading::{Dataset, no_rows};
use crate::source::Sources;

/// How many offending rows a row check remembers.
const SHOWN_ROWS: usize = 3;

/// Stands for the year of rows that do not hold in the reporting year.
const APART: i32 = i32::MIN;

/// The tallies of an aggregate kept apart by the texts of a key, for each group and text; `None`
/// is the unknown key.
pub type Keyed = HashMap<(usize, Option<Arc<str>>), Tally>;

/// The groups of a dataset and their tallies.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SetTallies {
    /// The number of each group, in order of year and area.
    #[serde(with = "super::pairs")]
    pub groups: BTreeMap<GroupKey, usize>,
    /// For each aggregate, a tally a group.
    pub tallies: IdVec<AggregateId, Vec<Tally>>,
    /// For each aggregate, its tallies by key.
    #[serde(with = "super::pairs::each")]
    pub keyed: IdVec<AggregateId, Keyed>,
    /// Aligned with the plan's checks.
    pub checks: IdVec<CheckId, RowCheck>,
    /// Aggregates and checks some value of which did not fit an exact number.
    pub overflow: Overflows,
    /// Years that have rows.
    pub years: BTreeSet<i32>,
    /// How many rows there are.
    pub rows: u64,
    /// Whether a file could not be read to its end: nothing here can be relied on.
    pub unreadable: bool,
}

impl SetTallies {
    /// Those of no rows, as wide as a plan wants them: what a backend begins with.
    pub fn new(plan: &SetPlan) -> SetTallies {
        SetTallies::wide(&plan.aggregates, &plan.checks)
    }

    /// Those of no rows, as wide as other lists.
    fn wide<A, C>(aggregates: &IdVec<AggregateId, A>, checks: &IdVec<CheckId, C>) -> SetTallies {
        SetTallies {
            tallies: IdVec::same(Vec::new(), aggregates),
            keyed: IdVec::same(Keyed::new(), aggregates),
            checks: IdVec::same(RowCheck::default(), checks),
            overflow: Overflows {
                aggregates: IdVec::same(false, aggregates),
                checks: IdVec::same(false, checks),
            },
            ..SetTallies::default()
        }
    }

    /// The number of a group; one met for the first time gets a tally for each aggregate. In
    /// whatever order they are met, [`SetTallies::together`] brings them in theirs.
    pub fn group(&mut self, key: GroupKey) -> usize {
        let next = self.groups.len();
        let group = *self.groups.entry(key).or_insert(next);
        if group == next {
            self.tallies.iter_mut().for_each(|tallies| tallies.push(Tally::default()));
        }
        group
    }

    /// The tallies of a dataset from those of its parts, all of the same plan. In what order the
    /// parts come makes no difference.
    pub fn together(parts: Vec<SetTallies>) -> SetTallies {
        let keys: BTreeSet<GroupKey> =
            parts.iter().flat_map(|part| part.groups.keys().copied()).collect();
        let groups: BTreeMap<GroupKey, usize> =
            keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
        let wide = |part: &SetTallies| SetTallies::wide(&part.tallies, &part.checks);
        let mut whole = parts.first().map(wide).unwrap_or_default();
        for tallies in &mut whole.tallies {
            tallies.resize_with(groups.len(), Tally::default);
        }
        for part in parts {
            let mut place = vec![0; part.groups.len()];
            for (key, at) in &part.groups {
                place[*at] = groups[key];
            }
            whole.add(part, &place);
        }
        whole.groups = groups;
        whole
    }

    /// Adds what was computed later of the same rows; whether it fits.
    pub fn extend(&mut self, more: SetTallies) -> bool {
        let fits = self.groups == more.groups;
        if fits {
            self.tallies.extend(more.tallies);
            self.keyed.extend(more.keyed);
            self.checks.extend(more.checks);
            self.overflow.aggregates.extend(more.overflow.aggregates);
            self.overflow.checks.extend(more.overflow.checks);
            self.unreadable |= more.unreadable;
        }
        fits
    }

    /// Adds a part; `place` is the number here of each of its groups.
    fn add(&mut self, part: SetTallies, place: &[usize]) {
        for (whole, part) in self.tallies.iter_mut().zip(part.tallies) {
            for (group, tally) in part.iter().enumerate() {
                whole[place[group]].merge(tally);
            }
        }
        for (whole, part) in self.keyed.iter_mut().zip(part.keyed) {
            for ((group, text), tally) in part {
                whole.entry((place[group], text)).or_default().merge(&tally);
            }
        }
        for (whole, part) in self.checks.iter_mut().zip(&part.checks) {
            whole.merge(part);
        }
        self.overflow.add(&part.overflow);
        self.years.extend(part.years);
        self.rows += part.rows;
        self.unreadable |= part.unreadable;
    }
}

/// What overflowed, aligned with a plan's aggregates and checks.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Overflows {
    /// Aggregates.
    pub aggregates: IdVec<AggregateId, bool>,
    /// Row checks.
    pub checks: IdVec<CheckId, bool>,
}

impl Overflows {
    /// Adds what overflowed in a part.
    fn add(&mut self, part: &Overflows) {
        for (whole, part) in self.aggregates.iter_mut().zip(&part.aggregates) {
            *whole |= part;
        }
        for (whole, part) in self.checks.iter_mut().zip(&part.checks) {
            *whole |= part;
        }
    }

    /// Notes that nothing may have fitted.
    fn fill(&mut self) {
        self.aggregates.as_mut_slice().fill(true);
        self.checks.as_mut_slice().fill(true);
    }
}

/// What checking a condition over rows found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RowCheck {
    /// Rows looked at.
    pub rows: u64,
    /// Rows that break it.
    pub violations: u64,
    /// The first few of them.
    pub first: Vec<RowRef>,
    /// Rows that cannot be decided.
    pub undecided: u64,
    /// The first of them.
    pub open: Option<RowRef>,
}

impl RowCheck {
    /// Adds what checking other rows found.
    pub fn merge(&mut self, other: &RowCheck) {
        self.rows += other.rows;
        self.violations += other.violations;
        self.undecided += other.undecided;
        self.open = self.open.into_iter().chain(other.open).min();
        self.first.extend(&other.first);
        self.first.sort_unstable();
        self.first.truncate(SHOWN_ROWS);
    }
}

/// Scans every dataset; results are aligned with the plans. Datasets in memory are scanned at
/// once; the others one after another, each by all threads. Adds what broke their contracts to
/// the findings.
pub fn scan(
    frame: &Frame<'_>,
    wanted: &IdVec<PlanId, bool>,
    sources: &Sources,
    pace: &Pace<'_>,
) -> Told<IdVec<PlanId, SetTallies>> {
    let Frame { datasets, plans, .. } = *frame;
    let findings = Findings::default();
    let held: Vec<_> = (0..datasets.sets.len())
        .into_par_iter()
        .map(SetId::at)
        .map(|set| {
            let table = datasets.sets[set].table.as_ref().filter(|_| wanted[set.into()]);
            Some(scan_held(frame, set, table?))
        })
        .collect();
    let unread =
        |(set, dataset): &(SetId, &Dataset)| wanted[PlanId::from(*set)] && dataset.table.is_none();
    let unread = datasets.sets.enumerate().filter(unread).map(|(_, dataset)| dataset);
    let files = unread.flat_map(|set| set.files.iter());
    pace.meter.begin(files.map(|file| sources.get(file.source).size()).sum());
    let mut scanned = IdVec::same(SetTallies::default(), plans);
    let mut members: HashMap<PlanId, Members> = HashMap::new();
    for ((set, dataset), held) in datasets.sets.enumerate().zip(held) {
        let plan = PlanId::from(set);
        let (tallies, grouped) = match held {
            Some(held) => held,
            None if wanted[plan] && dataset.is_readable() => {
                let streamed = stream::read(
                    dataset,
                    sources,
                    &datasets.keys(set),
                    &read_fields(plans, plan, &dataset.contract),
                    Some(&datasets.areas),
                    pace,
                    &|| Scanner::new(frame, plan),
                );
                findings.extend(streamed.findings);
                let (mut tallies, grouped) = merged(frame, plan, streamed.consumers);
                tallies.unreadable = streamed.unreadable;
                if tallies.rows == 0 && !tallies.unreadable {
                    findings.tell(no_rows(dataset, sources));
                }
                (tallies, grouped)
            }
            None => continue,
        };
        scanned[plan] = tallies;
        members.extend(plans[plan].derived.iter().copied().zip(grouped));
    }
    for (plan, members) in members {
        let Some(grouped) = &plans[plan].grouped else { continue };
        let gathered = members.into_batch(frame, grouped);
        let mut scanner = Scanner::new(frame, plan);
        let rows = GroupedRows {
            batch: &gathered.batch,
            groups: &gathered.groups,
            runs: &[],
            blame: Some(&gathered.blame),
        };
        scanner.scan(&rows, &gathered.places);
        if gathered.overflow {
            scanner.found.overflow.fill();
        }
        let (mut tallies, _) = merged(frame, plan, vec![scanner]);
        // A group without rows is no group, but a year without rows is one nobody reported.
        tallies.years.clone_from(&scanned[grouped.parent].years);
        tallies.unreadable = scanned[grouped.parent].unreadable;
        scanned[plan] = tallies;
    }
    findings.about(scanned)
}

fn scan_held(frame: &Frame<'_>, set: SetId, table: &Batch) -> (SetTallies, Vec<Members>) {
    let contract = &frame.datasets.sets[set].contract;
    let mut grouping = Grouping::default();
    let column = |column: Option<FieldId>| table.columns[column?.into()].as_ref();
    let (year, area) = (column(contract.year), column(contract.area));
    let mut groups = grouping.assign(contract, &frame.datasets.areas, year, area, table.rows);
    let dataset = &frame.datasets.sets[set];
    if dataset.validity.is_some() {
        // Rows that do not hold in the reporting year are kept apart, where nobody asks for them.
        let apart = u32::try_from(grouping.keys.len()).unwrap_or(u32::MAX);
        grouping.keys.push((YearKey::Year(APART), AreaKey::None));
        for (row, group) in groups.iter_mut().enumerate() {
            if !dataset.holds_in(row, frame.parameters.year) {
                *group = apart;
            }
        }
    }
    let mut scanner = Scanner::new(frame, set.into());
    scanner.scan(
        &GroupedRows { batch: table, groups: &groups, runs: &[], blame: None },
        &grouping.keys,
    );
    merged(frame, set.into(), vec![scanner])
}

/// The fields of a dataset whose values rules need.
fn read_fields(
    plans: &IdVec<PlanId, SetPlan>,
    plan: PlanId,
    contract: &Contract,
) -> IdVec<FieldId, bool> {
    let mut wanted = IdVec::same(false, &contract.fields);
    let mut want = |field: FieldId| wanted[field] = true;
    plans[plan].own_columns().map(|column| plans[plan].shown(column)).for_each(&mut want);
    for derived in &plans[plan].derived {
        plans[*derived].grouped.iter().flat_map(|g| g.parent_fields()).for_each(&mut want);
    }
    wanted
}

/// Rows to be scanned, and the group of each.
pub struct GroupedRows<'a> {
    /// The rows.
    pub batch: &'a Batch,
    /// Each row's group.
    pub groups: &'a [u32],
    /// Where rows are sorted by group: each group's rows.
    pub runs: &'a [(u32, Range<usize>)],
    /// For rows that are groups themselves: why what is unknown is.
    pub blame: Option<&'a Blame>,
}

/// One thread's part of a scan.
pub struct Scanner<'a> {
    frame: &'a Frame<'a>,
    plan: &'a SetPlan,
    /// The column by which a doubled row is shown.
    key_column: FieldId,
    /// For each aggregate that adds up a column of the dataset, the column's limits.
    limits: IdVec<AggregateId, Option<Limits>>,
    found: SetTallies,
    keys: Vec<GroupKey>,
    members: Vec<Members>,
}

impl Consumer for Scanner<'_> {
    fn take(&mut self, batch: Batch, grouping: &Grouping) {
        let rows =
            GroupedRows { batch: &batch, groups: &batch.groups, runs: &batch.runs, blame: None };
        self.scan(&rows, &grouping.keys);
    }
}

impl<'a> Scanner<'a> {
    /// A scanner of one plan's dataset that has seen nothing yet.
    pub fn new(frame: &'a Frame<'a>, plan: PlanId) -> Scanner<'a> {
        let plan = &frame.plans[plan];
        let found = SetTallies::new(plan);
        let dataset = &frame.datasets.sets[plan.dataset];
        let key_column = dataset.contract.primary_key.last().copied().unwrap_or(FieldId::FIRST);
        let limits = plan.aggregates.iter().map(|aggregate| {
            let added_up = aggregate.aggregate == Aggregate::Sum && plan.grouped.is_none();
            aggregate
                .column
                .filter(|_| added_up)
                .map(|column| Limits::new(&dataset.contract, plan.shown(column)))
        });
        let limits = limits.collect();
        let grouped = plan.derived.iter().filter_map(|at| frame.plans[*at].grouped.as_ref());
        let unlisted = dataset.contract.area.filter(|_| frame.datasets.areas.is_empty());
        let members = grouped.map(|grouped| Members::new(grouped, key_column, unlisted)).collect();
        Scanner { frame, plan, key_column, limits, found, keys: Vec::new(), members }
    }

    /// Scans rows; `keys` are the groups their numbers mean.
    pub fn scan(&mut self, rows: &GroupedRows<'_>, keys: &[GroupKey]) {
        let batch = rows.batch;
        self.keys.extend_from_slice(&keys[self.keys.len()..]);
        self.found.rows += batch.rows as u64;
        for tallies in &mut self.found.tallies {
            tallies.resize_with(keys.len(), Tally::default);
        }
        let mut evaluator = Evaluator::new(self.frame, &self.plan.expressions, batch);
        for at in self.plan.aggregates.ids() {
            if self.aggregate(at, rows, &mut evaluator).is_err() {
                self.found.overflow.aggregates[at] = true;
            }
        }
        for at in self.plan.checks.ids() {
            if self.check(at, rows, &mut evaluator).is_err() {
                self.found.overflow.checks[at] = true;
            }
        }
        for members in &mut self.members {
            members.add(rows, &mut evaluator);
        }
    }

    fn aggregate(
        &mut self,
        at: AggregateId,
        rows: &GroupedRows<'_>,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<(), Overflow> {
        let aggregate = &self.plan.aggregates[at];
        let chosen = aggregate.filter.map(|filter| evaluator.mask(filter)).transpose()?;
        let values = Values::new(aggregate, rows.batch)?;
        let feed = Feed {
            batch: rows.batch,
            aggregate: aggregate.aggregate,
            chosen: chosen.as_deref(),
            values,
            reads: &aggregate.reads,
            key_column: self.key_column,
            grouped: self.plan.grouped.as_ref(),
            keys: if aggregate.key.is_some() { &[] } else { &self.keys },
            blame: rows.blame,
            limits: self.limits[at].as_ref(),
        };
        match aggregate.key {
            None => feed.feed(rows.groups, rows.runs, &mut self.found.tallies[at]),
            Some(key) => {
                let keys = evaluator.column(key)?;
                keyed(rows, &keys, &feed, &mut self.found.keyed[at]);
            }
        }
        Ok(())
    }

    fn check(
        &mut self,
        at: CheckId,
        rows: &GroupedRows<'_>,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<(), Overflow> {
        let check = &self.plan.checks[at];
        let all = 0..rows.batch.rows;
        let mut chosen = match check.filter {
            Some(filter) => (*evaluator.mask(filter)?).clone(),
            None => Mask::all(rows.batch.rows, true),
        };
        if check.year != YearRef::Same {
            let year = check.year.resolve(self.frame.parameters.year);
            chosen = chosen.and(&Mask::from_rows(rows.batch.rows, |row| {
                match self.keys[rows.groups[row] as usize].0 {
                    YearKey::Always => Some(true),
                    YearKey::Unknown => None,
                    YearKey::Year(of) => Some(of == year),
                }
            }));
        }
        if self.plan.grouped.is_some() && !rows.batch.doubled.is_empty() {
            // Whether there are such groups at all is not known.
            let doubtful = |row: usize| (!rows.batch.doubled.contains(&row)).then_some(true);
            chosen = chosen.and(&Mask::from_rows(rows.batch.rows, doubtful));
        }
        let holds = evaluator.mask(check.condition)?;
        let unknown = |word: usize| holds.unknown.get(word).copied().unwrap_or(0);
        let words = chosen.holds.iter().zip(&holds.holds).enumerate();
        let violating: Vec<u64> =
            words.map(|(word, (chosen, holds))| chosen & !holds & !unknown(word)).collect();
        // A row that may be meant and does what is asked decides nothing.
        let maybe = |word: usize| chosen.unknown.get(word).copied().unwrap_or(0);
        let open: Vec<u64> = (0..chosen.holds.len())
            .map(|word| chosen.holds[word] & unknown(word) | maybe(word) & !holds.holds[word])
            .collect();
        let (mut first, mut undecided) = (Vec::new(), 0);
        // Rows of a batch stand as they do in the file, or sorted by group.
        let mut first_open: Option<RowRef> = None;
        mask::each(&violating, &all, |row| first.push(rows.batch.refs[row]));
        mask::each(&open, &all, |row| {
            undecided += 1;
            first_open = first_open.into_iter().chain([rows.batch.refs[row]]).min();
        });
        self.found.checks[at].merge(&RowCheck {
            rows: mask::count(&chosen.holds, &all),
            violations: first.len() as u64,
            first,
            undecided,
            open: first_open,
        });
        Ok(())
    }
}

/// Tallies by group and by a key's text: a group for each pair, for this batch.
fn keyed(rows: &GroupedRows<'_>, keys: &ArrayRef, feed: &Feed<'_>, found: &mut Keyed) {
    let Some(dictionary) = keys.as_dictionary_opt::<Int32Type>() else { return };
    let mut numbers: HashMap<(u32, Option<i32>), u32> = HashMap::new();
    let mut pairs = Vec::new();
    let groups: Vec<u32> = rows
        .groups
        .iter()
        .zip(dictionary.keys())
        .map(|(group, code)| {
            *numbers.entry((*group, code)).or_insert_with(|| {
                pairs.push((*group, code));
                u32::try_from(pairs.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    let mut tallies = vec![Tally::default(); pairs.len()];
    feed.feed(&groups, &[], &mut tallies);
    let texts = dictionary.values().as_string::<i32>();
    for ((group, code), tally) in pairs.into_iter().zip(tallies) {
        if tally.rows == 0 && tally.unknown == 0 {
            continue;
        }
        let text = code.and_then(|code| usize::try_from(code).ok());
        let text = text.map(|code| Arc::from(texts.value(code)));
        found.entry((group as usize, text)).or_default().merge(&tally);
    }
}

/// All threads' parts together.
fn merged(
    frame: &Frame<'_>,
    plan: PlanId,
    scanners: Vec<Scanner<'_>>,
) -> (SetTallies, Vec<Members>) {
    let Scanner { found, mut members, .. } = Scanner::new(frame, plan);
    let mut parts = vec![found];
    for Scanner { mut found, keys, members: own, .. } in scanners {
        for (whole, part) in members.iter_mut().zip(own) {
            whole.merge(part, &keys);
        }
        let years = keys.iter().filter_map(|(year, _)| match year {
            YearKey::Year(year) if *year != APART => Some(*year),
            _ => None,
        });
        found.years = years.collect();
        found.groups = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
        parts.push(found);
    }
    (SetTallies::together(parts), members)
}

/// The rows chosen from a dataset in memory, of one year or of all, and how many are undecided.
///
/// # Errors
/// [`Overflow`] when an exact number does not fit.
pub fn select(
    frame: &Frame<'_>,
    rows: &BoundRows,
    year: Option<i32>,
) -> Result<(Vec<usize>, usize), Overflow> {
    let dataset = &frame.datasets.sets[rows.set];
    let Some(table) = &dataset.table else { return Ok((Vec::new(), 0)) };
    let mut evaluator = Evaluator::new(frame, &frame.plans[rows.set.into()].expressions, table);
    let mut chosen = match rows.filter {
        Some(filter) => (*evaluator.mask(filter)?).clone(),
        None => Mask::all(table.rows, true),
    };
    if let (Some(year), Some(column)) = (year, dataset.contract.year) {
        let years = table.column(column.into())?.as_primitive::<Int64Type>();
        chosen = chosen.and(&Mask::from_rows(table.rows, |row| {
            years.is_valid(row).then(|| years.value(row) == i64::from(year))
        }));
    }
    if dataset.validity.is_some() {
        let year = year.unwrap_or(frame.parameters.year);
        chosen = chosen.and(&Mask::from_rows(table.rows, |row| Some(dataset.holds_in(row, year))));
    }
    let all = 0..table.rows;
    let mut found = Vec::new();
    mask::each(&chosen.holds, &all, |row| found.push(row));
    let undecided = if chosen.unknown.is_empty() { 0 } else { mask::count(&chosen.unknown, &all) };
    Ok((found, usize::try_from(undecided).unwrap_or(usize::MAX)))
}
