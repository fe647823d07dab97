//! Assessing assignments: evidence against deadlines at the run's date, body by body.

use chrono::NaiveDate;

use super::status_without;
use crate::contract::{FieldId, SetId};
use crate::exact::Exact;
use crate::ids::Id;
use crate::measure::bind::{Bound, BoundRows};
use crate::measure::evaluate::{Absence, Point, Truth, Value, ValueResult};
use crate::measure::ignored::LeftOut;
use crate::measure::scan;
use crate::rule::Assignment;
use crate::rule::schedule::Schedule;
use crate::verdict::bound::{BoundAssignment, BoundEvidence};
use crate::verdict::deadline::{Duty, Timing, UnitValue};
use crate::verdict::{Judge, Status};

/// What evidence there is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// That it is done, and on which day where that is known.
    Done(Option<NaiveDate>),
    /// None.
    NotDone,
}

/// How a body stands, or the only one there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    /// What it came out as.
    pub status: Status,
    /// The day of its evidence.
    pub date: Option<NaiveDate>,
    /// How that stands to the deadline.
    pub timing: Timing,
    /// How far it is, 0 to 100.
    pub progress: Option<Exact>,
    /// Why it is not known.
    pub absence: Option<Absence>,
    /// What was left out of evidence and progress because the rule says `ignore_missing()`.
    pub left_out: LeftOut,
}

impl Stand {
    fn of(status: Status, date: Option<NaiveDate>, timing: Timing) -> Stand {
        let left_out = LeftOut::default();
        Stand { status, date, timing, progress: None, absence: None, left_out }
    }

    fn unknown(timing: Timing, absence: Absence) -> Stand {
        let stand = Stand::of(status_without(&absence), None, timing);
        Stand { absence: Some(absence), ..stand }
    }
}

/// What evidence is held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// The last day on which it is in time.
    pub last_day: Option<NaiveDate>,
    /// The date it is judged at.
    pub as_of: NaiveDate,
    /// The progress expected by then, where any can be.
    pub expected: Option<Exact>,
}

impl Deadline {
    /// How a body stands with such evidence. How far it is is asked for only where it is neither
    /// done nor due.
    pub fn stand(
        &self,
        shown: Result<Shown, Absence>,
        progress: impl FnOnce() -> Option<ValueResult>,
    ) -> Stand {
        let (done, date) = match shown {
            Ok(Shown::Done(date)) => (true, date),
            Ok(Shown::NotDone) => (false, None),
            Err(absence) => return Stand::unknown(Timing::Unknown, absence),
        };
        let timing = Timing::of(done, date, self.last_day, self.as_of);
        let status = match timing {
            Timing::Late(_) | Timing::Overdue(_) => Status::Unmet,
            Timing::Done | Timing::OnTime(_) => Status::Met,
            Timing::NotDue | Timing::Unknown => return self.on_the_way(timing, progress()),
        };
        Stand::of(status, date, timing)
    }

    /// How a body stands that has time left.
    fn on_the_way(&self, timing: Timing, progress: Option<ValueResult>) -> Stand {
        let reached = match progress {
            None => return Stand::of(Status::NotYet, None, timing),
            Some(Ok(Value::Number(value))) => value,
            // Nothing in the register: nothing has been done.
            Some(Ok(_)) => Exact::ZERO,
            // How far it is is not known; that it is not due is.
            Some(Err(absence)) => return Stand::unknown(timing, absence),
        };
        let status = match &self.expected {
            Some(expected) if reached >= *expected => Status::OnTrack,
            _ if reached > Exact::ZERO => Status::Behind,
            _ => Status::OffTrack,
        };
        Stand { progress: Some(reached), ..Stand::of(status, None, timing) }
    }
}

/// The share of a period that has passed at a date, in percent:
/// 100 · (days from the first day to the date) / (days of the period).
pub fn expected_progress(schedule: Schedule, year: i32, as_of: NaiveDate) -> Option<Exact> {
    let first = schedule.first_day(year)?;
    let last = schedule.last_day(year).or(NaiveDate::from_ymd_opt(year, 12, 31))?;
    let whole = (last - first).num_days() + 1;
    if whole <= 0 {
        // It was due before this year began.
        return Some(Exact::int(100));
    }
    let passed = ((as_of - first).num_days() + 1).clamp(0, whole);
    Exact::ratio(100 * i128::from(passed), i128::from(whole))
}

/// One of the bodies that each must do something.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Its row in the dataset of bodies.
    pub row: usize,
    /// Its key.
    pub code: String,
    /// Its name, or the key again.
    pub name: String,
    /// How it stands.
    pub stand: Stand,
}

impl Body {
    /// What is reported of it.
    pub fn value(&self) -> UnitValue {
        let Stand { status, date, timing, .. } = self.stand;
        UnitValue { code: self.code.clone(), name: self.name.clone(), status, date, timing }
    }
}

/// Who has to do it.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// One body, and how it stands.
    One(Stand),
    /// Each of several.
    Each(Vec<Body>),
    /// There is none.
    Nobody,
    /// Of so many it is not known whether they have to.
    Undecided(usize),
    /// A number in choosing them does not fit.
    Overflow,
}

/// What an assignment comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignmentAssessment {
    /// What evidence is held against.
    pub deadline: Deadline,
    /// How those stand who have to do it.
    pub who: Who,
    /// What is due every year, year by year.
    pub duties: Vec<Duty>,
    /// What was left out because the rule says `ignore_missing()`.
    pub left_out: LeftOut,
}

impl AssignmentAssessment {
    /// What it comes out as. Each of several bodies must do it: the duty stands as its worst body
    /// does, and what is known to be late decides whatever is unknown.
    pub fn status(&self) -> Status {
        let bodies = match &self.who {
            Who::One(stand) => return stand.status,
            Who::Each(bodies) => bodies,
            Who::Nobody | Who::Undecided(_) => return Status::NoData,
            Who::Overflow => return Status::Error,
        };
        let statuses = || bodies.iter().map(|body| body.stand.status);
        if statuses().any(|status| status == Status::Unmet) {
            return Status::Unmet;
        }
        if let Some((_, absence)) = first_unknown(bodies) {
            return status_without(absence);
        }
        statuses().filter(|status| *status != Status::Met).min().unwrap_or(Status::Met)
    }

    /// The day of the evidence; of several bodies that have all done it, the last.
    pub fn evidence(&self) -> Option<NaiveDate> {
        match &self.who {
            Who::One(stand) => stand.date,
            Who::Each(bodies) if self.status() == Status::Met => {
                bodies.iter().filter_map(|body| body.stand.date).max()
            }
            _ => None,
        }
    }

    /// How the evidence stands to the deadline, where there is one body.
    pub fn timing(&self) -> Option<Timing> {
        match &self.who {
            Who::One(stand) => Some(stand.timing),
            _ => None,
        }
    }

    /// How far it is; of several bodies of which none is late, how far they are on average.
    pub fn progress(&self) -> Option<Exact> {
        match &self.who {
            Who::One(stand) => stand.progress.clone(),
            Who::Each(bodies) => match self.status() {
                Status::OnTrack | Status::Behind | Status::OffTrack | Status::NotYet => {
                    mean_progress(bodies)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What is reported of each body.
    pub fn units(&self) -> Vec<UnitValue> {
        match &self.who {
            Who::Each(bodies) => bodies.iter().map(Body::value).collect(),
            _ => Vec::new(),
        }
    }
}

/// Of the bodies of which something is unknown the first by code, whatever the order of rows.
pub fn first_unknown(bodies: &[Body]) -> Option<(&Body, &Absence)> {
    let unknown = bodies.iter().filter_map(|body| Some((body, body.stand.absence.as_ref()?)));
    unknown.min_by(|(a, _), (b, _)| (&a.code, &a.name).cmp(&(&b.code, &b.name)))
}

/// The mean over all bodies; one that is done counts as 100.
fn mean_progress(bodies: &[Body]) -> Option<Exact> {
    let (mut sum, done) = (Exact::ZERO, Exact::int(100));
    for Body { stand, .. } in bodies {
        let progress = match (stand.status, &stand.progress) {
            (Status::Met, _) => &done,
            (_, progress) => progress.as_ref()?,
        };
        sum = sum.checked_add(progress)?;
    }
    sum.checked_div(&Exact::int(i128::try_from(bodies.len()).ok()?))
}

impl Judge<'_> {
    /// Works out what an assignment comes to.
    pub(in crate::verdict) fn assess_assignment(
        &self,
        assignment: &Assignment,
        bound: &BoundAssignment,
    ) -> AssignmentAssessment {
        let duties = self.duties(assignment, bound);
        let deadline = self.deadline(assignment, self.year());
        let who = match &bound.each {
            None => Who::One(self.stand(&deadline, bound, Point::whole(self.year()))),
            Some(rows) => match scan::select(&self.frame, rows, self.of_year(rows, self.year())) {
                Err(_) => Who::Overflow,
                Ok((_, undecided)) if undecided > 0 => Who::Undecided(undecided),
                Ok((selected, _)) if selected.is_empty() => Who::Nobody,
                Ok((selected, _)) => {
                    Who::Each(self.stand_each(&deadline, bound, (rows, self.year()), &selected))
                }
            },
        };
        let left_out = match &who {
            Who::One(stand) => stand.left_out.clone(),
            Who::Each(bodies) => {
                bodies.iter().fold(LeftOut::default(), |all, body| all.and(&body.stand.left_out))
            }
            _ => LeftOut::default(),
        };
        AssignmentAssessment { deadline, who, duties, left_out }
    }

    /// What evidence of a year is held against.
    pub(super) fn deadline(&self, assignment: &Assignment, year: i32) -> Deadline {
        let schedule = assignment.due.value;
        Deadline {
            last_day: schedule.last_day(year),
            as_of: self.as_of(),
            expected: expected_progress(schedule, self.year(), self.as_of()),
        }
    }

    /// The year that rows of bodies are chosen in, where they are judged in one.
    pub(super) fn of_year(&self, rows: &BoundRows, year: i32) -> Option<i32> {
        Some(rows.year.resolve(year))
    }

    /// How each of the bodies chosen stands in a year.
    pub(super) fn stand_each(
        &self,
        deadline: &Deadline,
        bound: &BoundAssignment,
        (rows, year): (&BoundRows, i32),
        selected: &[usize],
    ) -> Vec<Body> {
        let body = |row: &usize| {
            let point = Point { each: Some((rows.set, *row)), ..Point::whole(year) };
            let (code, name) = self.unit_name(rows.set, *row);
            Body { row: *row, code, name, stand: self.stand(deadline, bound, point) }
        };
        selected.iter().map(body).collect()
    }

    /// How one body (or the only one) stands in the point's year.
    pub(super) fn stand(
        &self,
        deadline: &Deadline,
        bound: &BoundAssignment,
        point: Point,
    ) -> Stand {
        let progress = |measure: &Bound| self.values.measure(measure, point);
        let (stand, left_out) = self.values.ignored.during(|| {
            let shown = self.shown(&bound.met, point);
            deadline.stand(shown, || bound.progress.as_ref().map(progress))
        });
        Stand { left_out, ..stand }
    }

    /// What evidence there is at a point.
    fn shown(&self, met: &BoundEvidence, point: Point) -> Result<Shown, Absence> {
        match met {
            BoundEvidence::Condition(condition) => match self.values.condition(condition, point) {
                Truth::True => Ok(Shown::Done(None)),
                Truth::False => Ok(Shown::NotDone),
                Truth::Unknown(absence) => Err(absence),
            },
            BoundEvidence::Date(measure) => Ok(match self.values.measure(measure, point)? {
                // Evidence from after the run's date does not count yet.
                Value::Date(date) if date <= self.as_of() => Shown::Done(Some(date)),
                _ => Shown::NotDone,
            }),
        }
    }

    /// The rows of the bodies that each must do something, in the reporting year.
    pub(in crate::verdict) fn bodies(&self, rows: &BoundRows) -> Vec<usize> {
        let selected = scan::select(&self.frame, rows, self.of_year(rows, self.year()));
        selected.map(|(rows, _)| rows).unwrap_or_default()
    }

    /// A body's key and name: the primary key, and the first text column after it.
    pub(in crate::verdict) fn unit_name(&self, set: SetId, row: usize) -> (String, String) {
        let dataset = &self.frame.datasets.sets[set];
        let key = dataset.contract.primary_key.first().copied().unwrap_or(FieldId::FIRST);
        let code = dataset.text(row, key).unwrap_or_default().to_owned();
        let fields = dataset.contract.fields.ids();
        let name = fields
            .filter(|column| *column != key)
            .find_map(|column| dataset.text(row, column))
            .unwrap_or(&code)
            .to_owned();
        (code, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn deadline(last_day: Option<&str>, expected: Option<i128>) -> Deadline {
        Deadline {
            last_day: last_day.map(day),
            as_of: day("2024-07-01"),
            expected: expected.map(Exact::int),
        }
    }

    fn missing() -> Absence {
        Absence::Missing(Vec::new(), 1)
    }

    #[test]
    fn evidence_is_held_against_its_deadline_and_then_progress_against_time() {
        let number = |value: i128| Some(Ok(Value::Number(Exact::int(value))));
        let done = |text: &str| Ok(Shown::Done(Some(day(text))));
        let (early, late) = (Some("2024-12-01"), Some("2024-06-01"));
        // The last day, the evidence, the progress of which 50 is expected; status and timing.
        let cases = vec![
            (early, done("2024-06-30"), None, Status::Met, Timing::OnTime(154)),
            (late, done("2024-06-30"), None, Status::Unmet, Timing::Late(29)),
            (late, done("2024-06-01"), number(3), Status::Met, Timing::OnTime(0)),
            (None, done("2024-06-30"), None, Status::Met, Timing::Done),
            (late, Ok(Shown::Done(None)), None, Status::Met, Timing::Done),
            (late, Ok(Shown::NotDone), number(99), Status::Unmet, Timing::Overdue(30)),
            (early, Ok(Shown::NotDone), None, Status::NotYet, Timing::NotDue),
            (None, Ok(Shown::NotDone), None, Status::NotYet, Timing::NotDue),
            (early, Ok(Shown::NotDone), number(50), Status::OnTrack, Timing::NotDue),
            (early, Ok(Shown::NotDone), number(49), Status::Behind, Timing::NotDue),
            (early, Ok(Shown::NotDone), number(0), Status::OffTrack, Timing::NotDue),
            (early, Ok(Shown::NotDone), Some(Ok(Value::Nothing)), Status::OffTrack, Timing::NotDue),
            (early, Ok(Shown::NotDone), Some(Err(missing())), Status::NoData, Timing::NotDue),
            (early, Err(missing()), number(50), Status::NoData, Timing::Unknown),
            (late, Err(missing()), None, Status::NoData, Timing::Unknown),
            (late, Err(Absence::Overflow), None, Status::Error, Timing::Unknown),
        ];
        for (last_day, shown, progress, status, timing) in cases {
            let told = format!("{last_day:?} {shown:?} {progress:?}");
            let stand = deadline(last_day, Some(50)).stand(shown, || progress);
            assert_eq!((stand.status, stand.timing), (status, timing), "{told}");
        }
        // Where nothing can be expected what has begun is behind at worst.
        let stand = deadline(None, None).stand(Ok(Shown::NotDone), || number(1));
        assert_eq!(stand.status, Status::Behind);
    }

    #[test]
    fn progress_is_expected_as_time_passes() {
        let once = |text: &str| Schedule::Once { date: day(text), before: false };
        let cases = [
            // 182 of 366 days, and 183 of 366.
            (Schedule::Open, "2024-06-30", Exact::ratio(18_200, 366)),
            (Schedule::Open, "2024-07-01", Some(Exact::int(50))),
            (Schedule::Open, "2023-01-01", Some(Exact::ZERO)),
            (Schedule::Open, "2025-03-01", Some(Exact::int(100))),
            (once("2024-01-04"), "2024-01-01", Some(Exact::int(25))),
            (once("2024-01-04"), "2024-01-04", Some(Exact::int(100))),
            // Due before the year began.
            (once("2023-05-01"), "2024-01-01", Some(Exact::int(100))),
            (
                Schedule::EveryYear { month: 1, day: 11, before: true },
                "2024-01-02",
                Some(Exact::int(20)),
            ),
        ];
        for (schedule, as_of, expected) in cases {
            assert_eq!(
                expected_progress(schedule, 2024, day(as_of)),
                expected,
                "{schedule:?} {as_of}"
            );
        }
    }

    fn body(code: &str, stand: Stand) -> Body {
        Body { row: 0, code: code.to_owned(), name: code.to_owned(), stand }
    }

    #[test]
    fn a_duty_of_several_stands_as_its_worst_body_does() {
        let met = |text| Stand::of(Status::Met, Some(day(text)), Timing::Done);
        let late = Stand::of(Status::Unmet, Some(day("2024-06-30")), Timing::Late(3));
        let not_yet = Stand::of(Status::NotYet, None, Timing::NotDue);
        let open = Stand::unknown(Timing::Unknown, missing());
        let wide = Stand::unknown(Timing::Unknown, Absence::Overflow);
        let at = |status, progress: i128| Stand {
            progress: Some(Exact::int(progress)),
            ..Stand::of(status, None, Timing::NotDue)
        };
        let (first, last) = (met("2024-02-01"), met("2024-03-01"));
        let (on_track, behind) = (at(Status::OnTrack, 60), at(Status::Behind, 20));
        // The bodies in order of their codes; status, evidence and progress.
        let cases = [
            (vec![&first, &last], Status::Met, Some("2024-03-01"), None),
            (vec![&first, &late], Status::Unmet, None, None),
            (vec![&open, &late], Status::Unmet, None, None),
            (vec![&open, &first], Status::NoData, None, None),
            (vec![&open, &wide], Status::NoData, None, None),
            (vec![&wide, &open], Status::Error, None, None),
            (vec![&wide, &late], Status::Unmet, None, None),
            (vec![&first, &not_yet], Status::NotYet, None, None),
            (vec![&first, &on_track], Status::OnTrack, None, Some(80)),
            (vec![&first, &on_track, &behind], Status::Behind, None, Some(60)),
            (vec![&not_yet, &on_track], Status::NotYet, None, None),
            (vec![&behind, &open], Status::NoData, None, None),
        ];
        for (stands, status, evidence, progress) in cases {
            let told = format!("{stands:?}");
            let mut bodies: Vec<Body> = stands
                .into_iter()
                .enumerate()
                .map(|(at, stand)| body(&format!("{at:02}"), stand.clone()))
                .collect();
            // Whatever the order of rows.
            bodies.reverse();
            let found = AssignmentAssessment {
                deadline: deadline(None, None),
                who: Who::Each(bodies),
                duties: Vec::new(),
                left_out: LeftOut::default(),
            };
            assert_eq!(found.status(), status, "{told}");
            assert_eq!(found.evidence(), evidence.map(day), "{told}");
            assert_eq!(found.progress(), progress.map(Exact::int), "{told}");
            assert_eq!(found.timing(), None, "{told}");
        }
    }

    #[test]
    fn a_duty_of_nobody_is_not_known_to_be_done() {
        let of = |who| AssignmentAssessment {
            deadline: deadline(None, None),
            who,
            duties: Vec::new(),
            left_out: LeftOut::default(),
        };
        assert_eq!(of(Who::Nobody).status(), Status::NoData);
        assert_eq!(of(Who::Undecided(2)).status(), Status::NoData);
        assert_eq!(of(Who::Overflow).status(), Status::Error);
        let done = Stand::of(Status::Met, Some(day("2024-02-01")), Timing::OnTime(9));
        let one = of(Who::One(done));
        assert_eq!((one.status(), one.evidence()), (Status::Met, Some(day("2024-02-01"))));
        assert_eq!((one.timing(), one.units()), (Some(Timing::OnTime(9)), Vec::new()));
    }
}
