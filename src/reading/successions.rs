//! Which areas of one year are which of another, by the whole graph of successions between them.
//!
//! Between the last days of two years, areas are linked by what became of them: one that ends with
//! each it became part of, whether that begins then or stood before and goes on. What is linked,
//! directly or through others, keeps its whole extent and shares it with nothing else. So an area
//! can be put together from whole areas of the other year where it is the only one of its own year
//! among those it is linked with: then it is all of theirs. Where there are two, something went
//! from one area of the other year into both, and nobody says how much.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::areas::{AreaId, Validity};
use crate::ids::IdVec;

/// Areas and what became of them.
pub struct Successions<'a> {
    /// When each area is one.
    pub validities: &'a IdVec<AreaId, Validity>,
    /// What each became (part of), on the day after its last.
    pub heirs: &'a IdVec<AreaId, Vec<AreaId>>,
    /// What each was made of, at first or later.
    pub parts: &'a IdVec<AreaId, Vec<AreaId>>,
    /// Areas of which nobody says what became.
    pub lost: &'a [AreaId],
}

/// How the areas of two years correspond.
#[derive(Debug)]
pub struct Correspondence {
    /// The group of linked areas each is in.
    groups: IdVec<AreaId, AreaId>,
    /// By the group's first area: its areas of the earlier and of the later year, in order.
    of: HashMap<AreaId, [Vec<AreaId>; 2]>,
    /// Groups that something unknown went into, or something of which went nobody knows where.
    open: HashSet<AreaId>,
}

impl Correspondence {
    /// The correspondence between an earlier and a later year; `None` for years no date can have.
    pub fn new(all: &Successions<'_>, earlier: i32, later: i32) -> Option<Correspondence> {
        let days = [last_day(earlier)?, last_day(later)?];
        let areas = || all.validities.ids();
        let mut links = Links(areas().collect());
        for area in areas() {
            if all.ends_between(area, days) {
                all.heirs[area].iter().for_each(|heir| links.join(area, *heir));
            }
        }
        let groups: IdVec<_, _> = areas().map(|area| links.first(area)).collect();
        let mut of: HashMap<AreaId, [Vec<AreaId>; 2]> = HashMap::new();
        for (area, validity) in all.validities.enumerate() {
            for (side, day) in days.into_iter().enumerate() {
                if validity.holds_on(day) {
                    of.entry(groups[area]).or_default()[side].push(area);
                }
            }
        }
        let eves: HashSet<NaiveDate> =
            all.lost.iter().filter_map(|lost| all.validities[*lost].to).collect();
        let is_open = |area: &AreaId| all.is_open(*area, days, &eves);
        let open = areas().filter(is_open).map(|area| groups[area]).collect();
        Some(Correspondence { groups, of, open })
    }

    /// The areas of the one year that an area of the other is all of; `None` where it is not just
    /// whole areas. `from_later` is whether the area is one of the later year.
    pub fn of(&self, area: AreaId, from_later: bool) -> Option<&[AreaId]> {
        let group = self.groups.get(area)?;
        let [earlier, later] = self.of.get(group).filter(|_| !self.open.contains(group))?;
        let (own, other) = if from_later { (later, earlier) } else { (earlier, later) };
        (own[..] == [area] && !other.is_empty()).then_some(other)
    }
}

impl Successions<'_> {
    /// Whether what becomes of an area does so after the first day, and by the last.
    fn ends_between(&self, area: AreaId, [first, last]: [NaiveDate; 2]) -> bool {
        self.validities[area].to.is_some_and(|to| first <= to && to < last)
    }

    /// Whether between two days something unknown may have gone into an area, or the area went
    /// nobody knows where. `eves` are the last days of areas that are lost: one may have gone into
    /// any area that begins or takes another in on the day after.
    fn is_open(&self, area: AreaId, days: [NaiveDate; 2], eves: &HashSet<NaiveDate>) -> bool {
        let begins = self.validities[area]
            .from
            .filter(|from| days[0] < *from && *from <= days[1])
            .and_then(|from| from.pred_opt());
        let took_in = self.parts[area]
            .iter()
            .filter(|part| self.ends_between(**part, days))
            .filter_map(|part| self.validities[*part].to);
        let unmade = begins.is_some() && self.parts[area].is_empty();
        let gone = self.ends_between(area, days) && self.heirs[area].is_empty();
        unmade || gone || begins.into_iter().chain(took_in).any(|eve| eves.contains(&eve))
    }
}

/// The day by which areas belong to a year.
pub fn last_day(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 12, 31)
}

/// Disjoint sets: from each area towards the first of its set.
struct Links(IdVec<AreaId, AreaId>);

impl Links {
    fn first(&mut self, mut area: AreaId) -> AreaId {
        while self.0[area] != area {
            self.0[area] = self.0[self.0[area]];
            area = self.0[area];
        }
        area
    }

    fn join(&mut self, a: AreaId, b: AreaId) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::reading::areas::{Area, Areas};

    const FIRST: i32 = 2020;
    const YEARS: i32 = 6;

    /// What happens on a day to the areas that stand then, which are chosen by number.
    #[derive(Clone, Debug)]
    enum Event {
        /// Two or more become a new one, with the code of the first.
        Merge(Vec<usize>),
        /// One takes another in and goes on.
        TakeIn(usize, usize),
        /// One is called by another code, which may be one that was given up before.
        Rename(usize, usize),
        /// One is divided into two, the first of which has its code.
        Divide(usize),
        /// One is divided between two others, which go on.
        DealOut(usize, usize, usize),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => prop::collection::vec(0usize..20, 2..4).prop_map(Event::Merge),
            3 => (0usize..20, 0usize..20).prop_map(|(a, b)| Event::TakeIn(a, b)),
            2 => (0usize..20, 0usize..20).prop_map(|(a, b)| Event::Rename(a, b)),
            2 => (0usize..20).prop_map(Event::Divide),
            1 => (0usize..20, 0usize..20, 0usize..20)
                .prop_map(|(a, b, c)| Event::DealOut(a, b, c)),
        ]
    }

    /// An area as it was for some time, and the villages it had in each year.
    struct Told {
        area: Area,
        villages: HashMap<i32, BTreeSet<u32>>,
        /// The last day on which it took something in.
        took_in: Option<NaiveDate>,
    }

    /// A made-up history: what the lists say of it, and what really happened to the villages.
    #[derive(Default)]
    struct History {
        told: Vec<Told>,
        successions: Vec<(String, String, NaiveDate)>,
        /// Areas that stand, by their place in `told`, and their villages.
        standing: Vec<(usize, BTreeSet<u32>)>,
        divisions: u32,
        codes: usize,
    }

    impl History {
        /// Each division there may be parts the villages of each area there was at first, and
        /// those of any part of it that there may be by then: whatever is divided holds villages
        /// of all kinds.
        fn new(areas: usize, divisions: usize) -> History {
            let mut history = History::default();
            for area in 0..areas {
                let villages = (0..1u32 << divisions).map(|kind| (area as u32) << 16 | kind);
                history.begin(format!("{area}"), None, villages.collect());
            }
            history.codes = areas;
            history
        }

        fn begin(&mut self, code: String, from: Option<NaiveDate>, villages: BTreeSet<u32>) {
            let validity = Validity { from, to: None };
            let name = format!("{code} {}", self.told.len());
            self.standing.push((self.told.len(), villages));
            let area = Area { code, name, validity };
            self.told.push(Told { area, villages: HashMap::new(), took_in: None });
        }

        /// Ends the area of a place among the standing ones; its code and villages.
        fn end(&mut self, at: usize, day: NaiveDate) -> (String, BTreeSet<u32>) {
            let (told, villages) = self.standing.remove(at);
            self.told[told].area.validity.to = day.pred_opt();
            (self.told[told].area.code.clone(), villages)
        }

        fn code(&self, at: usize) -> String {
            self.told[self.standing[at].0].area.code.clone()
        }

        fn divided(&mut self, villages: BTreeSet<u32>) -> [BTreeSet<u32>; 2] {
            let bit = 1 << self.divisions;
            self.divisions += 1;
            let (first, second) = villages.into_iter().partition(|village| village & bit == 0);
            [first, second]
        }

        fn take_in(&mut self, taker: usize, villages: BTreeSet<u32>, day: NaiveDate) {
            self.told[taker].took_in = Some(day);
            let taker = self.standing.iter_mut().find(|(told, _)| *told == taker);
            taker.expect("it goes on").1.extend(villages);
        }

        /// Those of the areas that stand, each once, to which nothing has happened on the day.
        fn chosen(&self, numbers: &[usize], day: NaiveDate) -> Option<Vec<usize>> {
            let mut found: Vec<usize> = Vec::new();
            for number in numbers {
                let at = number % self.standing.len();
                let told = &self.told[self.standing[at].0];
                let happened = told.area.validity.from.max(told.took_in);
                if found.contains(&at) || happened >= Some(day) {
                    return None;
                }
                found.push(at);
            }
            Some(found)
        }

        fn happen(&mut self, event: &Event, day: NaiveDate) {
            let numbers = match event {
                Event::Merge(numbers) => numbers.clone(),
                Event::TakeIn(a, b) => vec![*a, *b],
                Event::Rename(a, _) | Event::Divide(a) => vec![*a],
                Event::DealOut(a, b, c) => vec![*a, *b, *c],
            };
            let Some(chosen) = self.chosen(&numbers, day) else { return };
            let succeed = |from: &str, to: &str| (from.to_owned(), to.to_owned(), day);
            match event {
                Event::Merge(_) => {
                    let code = self.code(chosen[0]);
                    let mut order = chosen;
                    order.sort_unstable_by(|a, b| b.cmp(a));
                    let mut villages = BTreeSet::new();
                    for at in order {
                        let (old, own) = self.end(at, day);
                        self.successions.push(succeed(&old, &code));
                        villages.extend(own);
                    }
                    self.begin(code, Some(day), villages);
                }
                Event::TakeIn(..) => {
                    let (taken, code) = (chosen[1], self.code(chosen[0]));
                    let taker = self.standing[chosen[0]].0;
                    let (old, own) = self.end(taken, day);
                    self.successions.push(succeed(&old, &code));
                    self.take_in(taker, own, day);
                }
                Event::Rename(_, number) => {
                    // Codes nobody has then, and one nobody ever had.
                    let code = format!("{}", number % (self.codes + 1));
                    if (0..self.standing.len()).any(|at| self.code(at) == code) {
                        return;
                    }
                    self.codes += usize::from(number % (self.codes + 1) == self.codes);
                    let (old, villages) = self.end(chosen[0], day);
                    self.successions.push(succeed(&old, &code));
                    self.begin(code, Some(day), villages);
                }
                Event::Divide(_) => {
                    let (old, villages) = self.end(chosen[0], day);
                    let [first, second] = self.divided(villages);
                    let new = format!("{}", self.codes);
                    self.codes += 1;
                    self.successions.push(succeed(&old, &old));
                    self.successions.push(succeed(&old, &new));
                    self.begin(old, Some(day), first);
                    self.begin(new, Some(day), second);
                }
                Event::DealOut(..) => {
                    let takers = [self.standing[chosen[1]].0, self.standing[chosen[2]].0];
                    let (old, villages) = self.end(chosen[0], day);
                    let parts = self.divided(villages);
                    for (taker, own) in takers.into_iter().zip(parts) {
                        let code = self.told[taker].area.code.clone();
                        self.successions.push(succeed(&old, &code));
                        self.take_in(taker, own, day);
                    }
                }
            }
        }

        /// Writes down which villages each area had on a year's last day.
        fn remember(&mut self, year: i32) {
            for (told, villages) in &self.standing {
                self.told[*told].villages.insert(year, villages.clone());
            }
        }

        /// What the lists say, the successions in another order.
        fn areas(&self) -> Areas {
            let listed = self.told.iter().rev().map(|told| told.area.clone()).collect();
            let mut areas = Areas::new(listed, (String::new(), String::new()));
            for (from, to, day) in self.successions.iter().rev() {
                assert!(areas.succeed(from, to, *day), "{from} {to} {day}");
            }
            assert_eq!(areas.close(), []);
            areas
        }
    }

    /// How many people a village has in a year: no two sets of villages have the same number by
    /// chance.
    fn people(village: u32, year: i32) -> u64 {
        let mixed = (u64::from(village) << 16 | u64::from(year.cast_unsigned() & 0xffff))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed >> 20
    }

    fn all_people(villages: &BTreeSet<u32>, year: i32) -> u64 {
        villages.iter().map(|village| people(*village, year)).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// An area's figure for any other year is that of its villages, where whole areas of that
        /// year have these and no others; else there is none.
        #[test]
        fn an_area_of_another_year_is_its_villages(
            count in 1usize..7,
            events in prop::collection::vec((event(), 0..YEARS - 1, 1u32..12), 0..10),
        ) {
            let is_division =
                |event: &Event| matches!(event, Event::Divide(_) | Event::DealOut(..));
            let divisions = events.iter().filter(|(event, ..)| is_division(event)).count();
            let mut history = History::new(count, divisions);
            let mut events = events;
            events.sort_by_key(|(_, year, month)| (*year, *month));
            let mut next = 0;
            for year in 0..YEARS {
                // What happens in a year shows on its last day.
                while let Some((event, of, month)) = events.get(next)
                    && *of < year
                {
                    let day = NaiveDate::from_ymd_opt(FIRST + of + 1, *month, 1);
                    history.happen(event, day.expect("a day"));
                    next += 1;
                }
                history.remember(FIRST + year);
            }
            let areas = history.areas();
            let place = |told: &Told| {
                areas.all().position(|area| area.name == told.area.name)
            };
            let places: Vec<AreaId> =
                history.told.iter().map(|told| place(told).expect("listed")).collect();
            let had = |at: AreaId, year: i32| {
                let told = places.iter().position(|place| *place == at).expect("listed");
                history.told[told].villages.get(&year)
            };
            for of in FIRST..FIRST + YEARS {
                for year in FIRST..FIRST + YEARS {
                    let then: Vec<AreaId> = areas.of_year(year).collect();
                    let figure = |at: AreaId| all_people(had(at, year).expect("then"), year);
                    let (mut sum, mut told_all) = (0, true);
                    for area in areas.of_year(of) {
                        let own = had(area, of).expect("of that year");
                        // The whole areas that have any of its villages.
                        let touched: Vec<AreaId> = then
                            .iter()
                            .copied()
                            .filter(|at| !had(*at, year).expect("then").is_disjoint(own))
                            .collect();
                        let whole = touched.iter().all(|at| had(*at, year).expect("then").is_subset(own));
                        let found = areas.in_year(area, of, year);
                        prop_assert_eq!(&found, &whole.then_some(touched), "{} {}", of, year);
                        let found = found.map(|parts| parts.into_iter().map(figure).sum::<u64>());
                        prop_assert_eq!(found, whole.then(|| all_people(own, year)));
                        told_all &= found.is_some();
                        sum += found.unwrap_or(0);
                    }
                    if told_all {
                        prop_assert_eq!(sum, then.into_iter().map(figure).sum::<u64>());
                    }
                }
            }
        }
    }
}
