//! What a verdict says, asked for without regard to its kind: nothing where its kind has none.

use chrono::NaiveDate;

use super::assess::areas::{AreaValue, Fraction};
use super::assess::left::Left;
use super::assess::spread::Spread;
use super::assess::target::{Gap, TargetAssessment};
use super::assess::way::{PathPoint, Readings};
use super::deadline::{Duty, Timing, UnitValue};
use super::outcome::{AssignmentOutcome, Demanded, Outcome, TargetOutcome, Unjudged, Verdict};
use super::path::{Movement, Pace, Path};
use super::{Status, marks};
use crate::diagnostic::Severity;
use crate::exact::{Exact, Mark};
use crate::measure::interval::Interval;
use crate::message::{Bilingual, Message};
use crate::rule::When;
use crate::rule::goal::Goal;

impl Verdict {
    /// What it is reported as.
    pub fn status(&self) -> Status {
        self.standing().status()
    }

    /// Under a waiver: what it would be without.
    pub fn status_unwaived(&self) -> Option<Status> {
        self.standing().status_unwaived()
    }

    /// How much it weighs.
    pub fn severity(&self) -> Option<Severity> {
        self.standing().severity()
    }

    /// What came of a target.
    pub fn target(&self) -> Option<&TargetOutcome> {
        match &self.outcome {
            Outcome::Target(target) => Some(target),
            _ => None,
        }
    }

    /// What came of an assignment.
    pub fn assignment(&self) -> Option<&AssignmentOutcome> {
        match &self.outcome {
            Outcome::Assignment(assignment) => Some(assignment),
            _ => None,
        }
    }

    /// A target's numbers.
    pub fn numbers(&self) -> Option<&TargetAssessment> {
        self.target().map(|target| &target.found)
    }

    /// What is known of a demand that was not judged.
    fn unjudged(&self) -> Option<&Demanded> {
        match &self.outcome {
            Outcome::NotApplicable(Unjudged { demanded, .. })
            | Outcome::NotEvaluated(Unjudged { demanded, .. }) => Some(demanded),
            _ => None,
        }
    }

    /// The value found.
    pub fn value(&self) -> Option<&Exact> {
        self.numbers()?.known()
    }

    /// What is above the line and what is below it, where the value is a quotient.
    pub fn fraction(&self) -> Option<&Fraction> {
        self.numbers()?.fraction.as_ref()
    }

    /// Where the value is unknown: what it can be.
    pub fn between(&self) -> Option<&Interval> {
        self.numbers()?.between.as_ref()
    }

    /// The unit of value, goal and required value.
    pub fn unit(&self) -> Bilingual {
        self.numbers().map(|found| found.unit.clone()).unwrap_or_default()
    }

    /// The goal.
    pub fn goal(&self) -> Option<&Goal> {
        match self.unjudged() {
            Some(Demanded::Target { goal, .. }) => Some(goal),
            _ => Some(&self.numbers()?.goal),
        }
    }

    /// When a target must be met.
    fn when(&self) -> Option<When> {
        match self.unjudged() {
            Some(Demanded::Target { when, .. }) => Some(*when),
            _ => Some(self.numbers()?.when),
        }
    }

    /// Whether it must hold in every year.
    pub fn every_year(&self) -> bool {
        self.when() == Some(When::EveryYear)
    }

    /// The year it is due.
    pub fn by(&self) -> Option<i32> {
        match self.when()? {
            When::By(by) => Some(by),
            When::EveryYear => None,
        }
    }

    /// The value the path requires this year.
    pub fn required(&self) -> Option<&Exact> {
        self.numbers()?.way.required.as_ref()
    }

    /// What is required this year, in words.
    pub fn required_text(&self) -> Option<Message> {
        self.numbers()?.required_text()
    }

    /// The baseline's year and value.
    pub fn baseline(&self) -> Option<&(i32, Exact)> {
        self.numbers()?.way.baseline.as_ref()
    }

    /// The way from the baseline to the goal.
    pub fn path(&self) -> Option<&Path> {
        self.numbers()?.way.path.as_ref()
    }

    /// How fast the value moves and would have to.
    pub fn pace(&self) -> Option<&Pace> {
        self.numbers()?.way.pace.as_ref()
    }

    /// What published methods say of the progress; they never decide the status.
    pub fn readings(&self) -> Option<&Readings> {
        self.numbers()?.way.readings.as_ref()
    }

    /// How the value moved since it was last known.
    pub fn movement(&self) -> Option<&Movement> {
        self.numbers()?.movement.as_ref()
    }

    /// The gap.
    pub fn gap(&self) -> Option<&Gap> {
        self.numbers()?.gap.as_ref()
    }

    /// What may be left to do where the value is unknown.
    pub fn left(&self) -> Option<&Left> {
        self.numbers()?.left.as_ref()
    }

    /// Values for every year present.
    pub fn years(&self) -> &[(i32, Option<Exact>)] {
        self.numbers().map_or(&[], |found| &found.years)
    }

    /// Values by area in the reporting year.
    pub fn areas(&self) -> &[AreaValue] {
        self.numbers().map_or(&[], |found| &found.areas)
    }

    /// Which of them decide.
    pub fn spread(&self) -> Spread {
        self.numbers().map(|found| found.spread.clone()).unwrap_or_default()
    }

    /// What has to be said of the figures.
    pub fn remarks(&self) -> &[Message] {
        self.target().map_or(&[], |target| &target.remarks)
    }

    /// Required and found, year by year.
    pub fn points(&self) -> Vec<PathPoint> {
        self.numbers().map(TargetAssessment::points).unwrap_or_default()
    }

    /// How numbers are shown beside which others are (see [`marks`]).
    pub fn marks(&self, places: u32) -> Vec<Mark> {
        match self.numbers() {
            Some(found) => found.marks(places),
            None => marks(self.goal(), None, (None, None), places),
        }
    }

    /// The last day on which an assignment is in time.
    pub fn due(&self) -> Option<NaiveDate> {
        match self.unjudged() {
            Some(Demanded::Assignment { due }) => *due,
            _ => self.assignment()?.due,
        }
    }

    /// Date of an assignment's evidence.
    pub fn evidence(&self) -> Option<NaiveDate> {
        self.assignment()?.evidence
    }

    /// How that stands to the deadline, where there is one body.
    pub fn timing(&self) -> Option<Timing> {
        self.assignment()?.timing
    }

    /// What is due every year, year by year.
    pub fn duties(&self) -> &[Duty] {
        self.assignment().map_or(&[], |assignment| &assignment.duties)
    }

    /// Progress of an assignment, 0–100.
    pub fn progress(&self) -> Option<&Exact> {
        self.assignment()?.progress.as_ref()
    }

    /// Bodies that each must do it.
    pub fn units(&self) -> &[UnitValue] {
        self.assignment().map_or(&[], |assignment| &assignment.units)
    }
}
