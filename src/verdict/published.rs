//! Published methods of judging progress, as second readings beside the straight path: they never
//! decide a status. Fitted lines are exact; roots are taken to 22 decimals, and classes are decided
//! on what is left of them at 15, so that no class depends on how a number is held.

use crate::exact::Exact;
use crate::message::Message;
use crate::msg;
use crate::rule::goal::Direction;

/// Decimals to which roots are taken.
const ROOT_PLACES: u32 = 22;

/// Decimals of a growth ratio that its class is decided on.
const CLASS_PLACES: u32 = 15;

/// Decimals of a growth ratio that are told.
const TOLD_PLACES: u32 = 12;

/// Why a published method says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// The goal is approached from either side, which the methods do not know.
    TwoSided,
    /// The baseline has no figures.
    NoBaseline,
    /// The baseline year is the reporting year.
    BaseNow,
    /// The baseline year is later than the reporting year.
    BaseLater,
    /// The baseline is 0 and so is the value.
    StillZero,
    /// The baseline has the target's value, so that no growth is needed.
    NothingNeeded,
    /// Baseline and value, or target, differ in sign.
    Signs,
    /// So few years have figures.
    FewYears(usize),
}

impl Silent {
    /// In words.
    pub fn text(self) -> Message {
        match self {
            Silent::TwoSided => msg!(SilentTwoSided),
            Silent::NoBaseline => msg!(SilentNoBaseline),
            Silent::BaseNow => msg!(SilentBaseNow),
            Silent::BaseLater => msg!(SilentBaseLater),
            Silent::StillZero => msg!(SilentStillZero),
            Silent::NothingNeeded => msg!(SilentNothingNeeded),
            Silent::Signs => msg!(SilentSigns),
            Silent::FewYears(count) => msg!(SilentFewYears, count = count, least = LEAST),
        }
    }
}

/// Years the fitted line needs.
const LEAST: usize = 4;

/// Most years it is fitted through.
const MOST: usize = 6;

/// What a method says: its number, the class, and why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<C> {
    /// The number behind the class, where there is one.
    pub number: Option<Exact>,
    /// The class.
    pub class: C,
    /// Why none is available.
    pub silent: Option<Silent>,
}

impl<C> Reading<C> {
    fn of(number: Option<Exact>, class: C) -> Reading<C> {
        Reading { number, class, silent: None }
    }
}

impl Reading<Growth> {
    /// No growth ratio.
    pub fn silent(why: Silent) -> Reading<Growth> {
        Reading { number: None, class: Growth::NotAvailable, silent: Some(why) }
    }
}

impl Reading<Trend> {
    /// No fitted line.
    pub fn silent(why: Silent) -> Reading<Trend> {
        Reading { number: None, class: Trend::NotAvailable, silent: Some(why) }
    }
}

/// Classes of progress by the ratio of growth rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// The goal is met.
    Achieved,
    /// At least 95 % of the growth needed.
    Substantial,
    /// At least 60 %.
    Moderate,
    /// Less, but in the right direction.
    Limited,
    /// In the wrong direction.
    Deterioration,
    /// One year is not enough.
    NotAvailable,
}

/// Classes of progress by the fitted line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// The goal is met.
    Achieved,
    /// The line reaches the goal, or misses it by less than 5 % of what is left.
    OnCourse,
    /// By 5 to 20 %.
    Near,
    /// By more.
    Far,
    /// The line leads away from the goal.
    WrongDirection,
    /// Fewer than four years.
    NotAvailable,
}

impl Growth {
    /// The name reports for machines use.
    pub fn name(self) -> &'static str {
        match self {
            Growth::Achieved => "achieved",
            Growth::Substantial => "substantial",
            Growth::Moderate => "moderate",
            Growth::Limited => "limited",
            Growth::Deterioration => "deterioration",
            Growth::NotAvailable => "not_available",
        }
    }

    /// The name people read.
    pub fn label(self) -> Message {
        match self {
            Growth::Achieved => msg!(ClassAchieved),
            Growth::Substantial => msg!(GrowthSubstantial),
            Growth::Moderate => msg!(GrowthModerate),
            Growth::Limited => msg!(GrowthLimited),
            Growth::Deterioration => msg!(GrowthDeterioration),
            Growth::NotAvailable => msg!(ClassNotAvailable),
        }
    }
}

impl Trend {
    /// The name reports for machines use.
    pub fn name(self) -> &'static str {
        match self {
            Trend::Achieved => "achieved",
            Trend::OnCourse => "on_course",
            Trend::Near => "near",
            Trend::Far => "far",
            Trend::WrongDirection => "wrong_direction",
            Trend::NotAvailable => "not_available",
        }
    }

    /// The name people read.
    pub fn label(self) -> Message {
        match self {
            Trend::Achieved => msg!(ClassAchieved),
            Trend::OnCourse => msg!(TrendOnCourse),
            Trend::Near => msg!(TrendNear),
            Trend::Far => msg!(TrendFar),
            Trend::WrongDirection => msg!(TrendWrongDirection),
            Trend::NotAvailable => msg!(ClassNotAvailable),
        }
    }
}

/// A year and a value.
pub type Dated = (i32, Exact);

/// Compares the compound annual growth since the base with the growth needed from the base to the
/// target:
///
/// R = d · ((y/y₀)^(1/(t−t₀)) − 1) / |(T/y₀)^(1/(t_T−t₀)) − 1|, with d = 1 where more is better and
/// −1 where less is. Classes: the goal met; R ≥ 0.95; R ≥ 0.60; R ≥ 0; R < 0. In place of a base or
/// target of 0, for which it is not defined, stands 0.001.
///
/// The method of Statistics Canada's indicator framework and Open SDG, after Eurostat. Whether the
/// goal is met only the goal can tell: a strict one is not where it is touched. There is no R in
/// the base year itself, where the base has the target's value already, where both base and value
/// are 0, and where base and value differ in sign.
///
/// `None` where the arithmetic does not fit.
pub fn growth(
    base: &Dated,
    current: &Dated,
    target: &Dated,
    up: bool,
    met: bool,
) -> Option<Reading<Growth>> {
    if current.0 <= base.0 {
        return Some(match met {
            true => Reading::of(None, Growth::Achieved),
            false if current.0 < base.0 => Reading::<Growth>::silent(Silent::BaseLater),
            false => Reading::<Growth>::silent(Silent::BaseNow),
        });
    }
    if base.1.is_zero() && current.1.is_zero() && !met {
        return Some(Reading::<Growth>::silent(Silent::StillZero));
    }
    let nonzero = |value: &Exact| {
        if value.is_zero() { Exact::decimal(1, 3) } else { Some(value.clone()) }
    };
    let (from, to) = (nonzero(&base.1)?, nonzero(&target.1)?);
    // No root of even degree, nor a growth of odd, is taken across 0.
    let rate = |value: &Exact, years: i32| -> Option<Exact> {
        let grown = value.checked_div(&from)?;
        let years = u32::try_from(years).ok()?;
        let root = if years == 1 { grown } else { grown.root(years, ROOT_PLACES)? };
        root.checked_sub(&Exact::ONE)
    };
    let found = rate(&current.1, current.0 - base.0);
    let needed = rate(&to, target.0 - base.0).map(|rate| rate.abs());
    let nothing_needed = needed.as_ref().is_some_and(Exact::is_zero);
    let ratio = found.zip(needed).and_then(|(found, needed)| found.checked_div(&needed));
    let ratio = ratio.map(|ratio| if up { ratio } else { ratio.negated() });
    let judged = ratio.as_ref().and_then(|ratio| ratio.rounded_number(CLASS_PLACES));
    let at_least = |ratio: &Exact, hundredths: i128| {
        Exact::decimal(hundredths, 2).is_some_and(|bound| *ratio >= bound)
    };
    let class = match &judged {
        _ if met => Growth::Achieved,
        None if nothing_needed => {
            return Some(Reading::<Growth>::silent(Silent::NothingNeeded));
        }
        None => return Some(Reading::<Growth>::silent(Silent::Signs)),
        Some(ratio) if at_least(ratio, 95) => Growth::Substantial,
        Some(ratio) if at_least(ratio, 60) => Growth::Moderate,
        Some(ratio) if at_least(ratio, 0) => Growth::Limited,
        Some(_) => Growth::Deterioration,
    };
    Some(Reading::of(ratio.and_then(|ratio| ratio.rounded_number(TOLD_PLACES)), class))
}

/// Fits a line by least squares through the last six values (at least four) and compares what it
/// misses the target by with what is left to go: (T − line(t_T)) / (T − y). Where a strict goal is
/// touched nothing is left to go by, and a line that does not lead away is on course.
///
/// The method of the German Federal Statistical Office's sustainability indicators.
///
/// `None` where the arithmetic does not fit.
pub fn trend(values: &[Dated], target: &Dated, up: bool, met: bool) -> Option<Reading<Trend>> {
    if met {
        return Some(Reading::of(None, Trend::Achieved));
    }
    let current = match values.last() {
        Some((_, current)) if values.len() >= LEAST => current,
        _ => return Some(Reading::<Trend>::silent(Silent::FewYears(values.len()))),
    };
    let last = &values[values.len().saturating_sub(MOST)..];
    let whole = |years: i32| Exact::int(years.into());
    let sum = |of: &dyn Fn(&Dated) -> Option<Exact>| {
        last.iter().try_fold(Exact::ZERO, |sum, dated| sum.checked_add(&of(dated)?))
    };
    let count = Exact::int(i128::try_from(last.len()).ok()?);
    let year = sum(&|(year, _)| Some(whole(*year)))?.checked_div(&count)?;
    let value = sum(&|(_, value)| Some(value.clone()))?.checked_div(&count)?;
    let off = |at: i32| whole(at).checked_sub(&year);
    let products = sum(&|(at, found)| off(*at)?.checked_mul(&found.checked_sub(&value)?))?;
    let squares = sum(&|(at, _)| off(*at)?.checked_mul(&off(*at)?))?;
    let slope = products.checked_div(&squares)?;
    if slope.is_zero() || slope.is_negative() == up {
        return Some(Reading::of(None, Trend::WrongDirection));
    }
    let projected = value.checked_add(&slope.checked_mul(&off(target.0)?)?)?;
    if *current == target.1 {
        let short = if up { projected < target.1 } else { projected > target.1 };
        return Some(Reading::of(None, if short { Trend::Far } else { Trend::OnCourse }));
    }
    let left = target.1.checked_sub(current)?;
    let missed = target.1.checked_sub(&projected)?.checked_div(&left)?;
    let hundredths = missed.checked_mul(&Exact::int(100))?;
    let class = if hundredths < Exact::int(5) {
        Trend::OnCourse
    } else if hundredths <= Exact::int(20) {
        Trend::Near
    } else {
        Trend::Far
    };
    Some(Reading::of(Some(missed), class))
}

/// Whether more is better; `None` for goals that are approached from either side.
pub fn upwards(direction: Direction) -> Option<bool> {
    match direction {
        Direction::Up => Some(true),
        Direction::Down => Some(false),
        Direction::Towards => None,
    }
}

/// The nearest binary number, for drawing only.
pub fn approximate(value: &Exact) -> Option<f64> {
    value.shown(12, &[]).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published results of the Canadian Indicator Framework: base, current and target year and
    /// value, direction, R and class.
    const PUBLISHED: &str = include_str!("../../tests/progress-cif.csv");

    #[test]
    fn published_growth_ratios_agree() {
        let mut reader = csv::Reader::from_reader(PUBLISHED.as_bytes());
        let mut cases = 0;
        for record in reader.records() {
            let record = record.expect("a record");
            let number = |at: usize| Exact::parse(&record[at]).expect("a number");
            let year = |at: usize| {
                let year = number(at).to_integer().expect("a whole number");
                i32::try_from(year).expect("a year")
            };
            let up = number(7) > Exact::ZERO;
            let (base, current, target) =
                ((year(1), number(2)), (year(3), number(4)), (year(5), number(6)));
            let met = if up { current.1 >= target.1 } else { current.1 <= target.1 };
            let Reading { number: ratio, class, .. } =
                growth(&base, &current, &target, up, met).expect("fits");
            match Exact::parse(&record[8]) {
                Some(expected) => {
                    let found = ratio.unwrap_or_else(|| panic!("no ratio for {}", &record[0]));
                    let off = found.checked_sub(&expected).expect("fits").abs();
                    let near = Exact::decimal(1, 9).expect("small");
                    assert!(off < near, "{}: {found} {expected}", &record[0]);
                }
                None => assert_eq!(ratio, None, "{}", &record[0]),
            }
            let expected = match &record[9] {
                "target_achieved" => Growth::Achieved,
                "substantial_progress" => Growth::Substantial,
                "moderate_progress" => Growth::Moderate,
                "limited_progress" => Growth::Limited,
                "deterioration" => Growth::Deterioration,
                "not_available" => Growth::NotAvailable,
                other => panic!("{other}"),
            };
            assert_eq!(class, expected, "{}", &record[0]);
            cases += 1;
        }
        assert_eq!(cases, 41);
    }

    /// A short decimal, exactly.
    fn dated(value: f64) -> Exact {
        Exact::parse(&value.to_string()).expect("a decimal")
    }

    #[test]
    fn corners_of_the_growth_ratio() {
        use Growth::{Achieved, Deterioration, NotAvailable, Substantial};
        let cases = [
            // Base, current and target are one.
            ((2024, 5.0), (2024, 5.0), (2030, 5.0), true, true, Achieved, None),
            (
                (2024, 4.0),
                (2024, 4.0),
                (2030, 5.0),
                true,
                false,
                NotAvailable,
                Some(Silent::BaseNow),
            ),
            (
                (2025, 4.0),
                (2024, 4.0),
                (2030, 5.0),
                true,
                false,
                NotAvailable,
                Some(Silent::BaseLater),
            ),
            // Nothing at the base, something since.
            ((2021, 0.0), (2024, 4.0), (2030, 8.0), true, false, Substantial, None),
            // Nothing at the base and nothing since: no change is no deterioration.
            (
                (2021, 0.0),
                (2024, 0.0),
                (2030, 8.0),
                true,
                false,
                NotAvailable,
                Some(Silent::StillZero),
            ),
            // To nothing.
            ((2021, 8.0), (2024, 0.0), (2030, 0.0), false, true, Achieved, None),
            ((2021, 8.0), (2024, 9.0), (2030, 0.0), false, false, Deterioration, None),
            // A strict goal that is touched is not met: the growth was (98/90)^(1/3), that needed
            // (98/90)^(1/9), which is less.
            ((2021, 90.0), (2024, 98.0), (2030, 98.0), true, false, Substantial, None),
            ((2021, 90.0), (2024, 98.0), (2030, 98.0), true, true, Achieved, None),
            // The base met the target and the value no longer does.
            (
                (2021, 5.0),
                (2024, 4.0),
                (2030, 5.0),
                true,
                false,
                NotAvailable,
                Some(Silent::NothingNeeded),
            ),
            // A change of sign has no growth rate.
            (
                (2021, -2.0),
                (2024, 1.0),
                (2030, 3.0),
                true,
                false,
                NotAvailable,
                Some(Silent::Signs),
            ),
        ];
        for (base, current, target, up, met, expected, why) in cases {
            let number = |(year, value): (i32, f64)| (year, dated(value));
            let (base, current, target) = (number(base), number(current), number(target));
            let found = growth(&base, &current, &target, up, met).expect("fits");
            assert_eq!(
                (found.class, found.silent),
                (expected, why),
                "{base:?} {current:?} {target:?}"
            );
            assert!(found.silent.is_none() || found.number.is_none());
        }
        // A low base flatters: twice the growth needed, and only half of the straight path.
        let (base, now, end) = ((2024, dated(0.4)), (2026, dated(4.0)), (2030, dated(20.0)));
        let found = growth(&base, &now, &end, true, false).expect("fits");
        let ratio = found.number.map(|ratio| ratio.rounded(2));
        assert_eq!((ratio.as_deref(), found.class), (Some("2.35"), Substantial));
        // Exactly at a class: a tenth in each of two years of four, 21 % and 46.41 % in all.
        let (base, end) = ((2020, dated(1000.0)), (2024, dated(1464.1)));
        let found = growth(&base, &(2022, dated(1210.0)), &end, true, false).expect("fits");
        assert_eq!((found.number, found.class), (Some(Exact::ONE), Substantial));
        let found = growth(&base, &(2022, dated(1000.0)), &end, true, false).expect("fits");
        assert_eq!((found.number, found.class), (Some(Exact::ZERO), Growth::Limited));
    }

    #[test]
    fn the_line_is_fitted_through_the_last_six() {
        let line = |from: i128, step: i128, years: i32| -> Vec<Dated> {
            let value = |at: i32| Exact::int(from + step * i128::from(at));
            (0..years).map(|at| (2018 + at, value(at))).collect()
        };
        let fitted = |values: &[Dated], target: i128, up: bool, met: bool| {
            trend(values, &(2030, Exact::int(target)), up, met).expect("fits")
        };
        let class = |values: &[Dated], target: i128, up: bool| {
            let (current, end) = (&values[values.len() - 1].1, Exact::int(target));
            let met = if up { *current >= end } else { *current <= end };
            fitted(values, target, up, met).class
        };
        // 60, 61 … 66 in 2024: 72 in 2030.
        let rising = line(60, 1, 7);
        assert_eq!(class(&rising, 72, true), Trend::OnCourse);
        assert_eq!(class(&rising, 73, true), Trend::Near);
        assert_eq!(class(&rising, 80, true), Trend::Far);
        assert_eq!(class(&rising, 50, false), Trend::WrongDirection);
        assert_eq!(class(&rising, 66, true), Trend::Achieved);
        assert_eq!(class(&rising[..3], 80, true), Trend::NotAvailable);
        let few = fitted(&rising[..3], 80, true, false);
        assert_eq!(few.silent, Some(Silent::FewYears(3)));
        // More than 66 is wanted, and 66 is not.
        assert_eq!(fitted(&rising, 66, true, false).class, Trend::OnCourse);
        // What came before the last six does not count.
        let mut bent = vec![(2010, Exact::int(900))];
        bent.extend(line(60, 1, 6));
        assert_eq!(fitted(&bent, 73, true, false), fitted(&line(60, 1, 6), 73, true, false));
        // (73 − 72) / (73 − 66)
        assert_eq!(fitted(&rising, 73, true, false).number, Exact::ratio(1, 7));
        // Just at the ends of a class: (75 − 72) / (75 − 60) of a line that fell back.
        let mut back = line(60, 1, 6);
        back.push((2024, Exact::int(66)));
        assert_eq!(fitted(&back, 73, true, false).class, Trend::Near);
        // A value that never changes leads nowhere, whatever its digits.
        let tenths = |text: &str| -> Vec<Dated> {
            (2019..2025).map(|year| (year, Exact::parse(text).expect("a decimal"))).collect()
        };
        for text in ["0.1", "0.3", "33.33", "7.7777777"] {
            for up in [true, false] {
                let target = if up { 80 } else { 0 };
                assert_eq!(fitted(&tenths(text), target, up, false).class, Trend::WrongDirection);
            }
        }
    }
}
