//! Published methods of judging progress, as second readings beside the straight path: they never
//! decide a status. They are defined with roots and fitted lines, so they are the one place where
//! numbers are not exact.

use crate::exact::Exact;
use crate::message::Message;
use crate::msg;
use crate::rule::goal::Direction;

/// What a growth ratio puts in place of a base or target of 0, for which it is not defined.
const NEARLY_ZERO: f64 = 0.001;

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading<C> {
    /// The number behind the class, where there is one.
    pub number: Option<f64>,
    /// The class.
    pub class: C,
    /// Why none is available.
    pub silent: Option<Silent>,
}

impl<C> Reading<C> {
    fn of(number: Option<f64>, class: C) -> Reading<C> {
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
pub type Dated = (i32, f64);

/// Compares the compound annual growth since the base with the growth needed from the base to the
/// target:
///
/// R = d · ((y/y₀)^(1/(t−t₀)) − 1) / |(T/y₀)^(1/(t_T−t₀)) − 1|, with d = 1 where more is better and
/// −1 where less is. Classes: the goal met; R ≥ 0.95; R ≥ 0.60; R ≥ 0; R < 0.
///
/// The method of Statistics Canada's indicator framework and Open SDG, after Eurostat. Whether the
/// goal is met only the goal can tell: a strict one is not where it is touched. There is no R in
/// the base year itself, where the base has the target's value already, where both base and value
/// are 0, and where base and value differ in sign.
pub fn growth(base: Dated, current: Dated, target: Dated, up: bool, met: bool) -> Reading<Growth> {
    if current.0 <= base.0 {
        return match met {
            true => Reading::of(None, Growth::Achieved),
            false if current.0 < base.0 => Reading::<Growth>::silent(Silent::BaseLater),
            false => Reading::<Growth>::silent(Silent::BaseNow),
        };
    }
    if base.1 == 0.0 && current.1 == 0.0 && !met {
        return Reading::<Growth>::silent(Silent::StillZero);
    }
    let nonzero = |value: f64| if value == 0.0 { NEARLY_ZERO } else { value };
    let (from, to) = (nonzero(base.1), nonzero(target.1));
    let rate = |value: f64, years: i32| (value / from).powf(1.0 / f64::from(years)) - 1.0;
    let found = rate(current.1, current.0 - base.0);
    let needed = rate(to, target.0 - base.0).abs();
    let ratio = if up { found } else { -found } / needed;
    let ratio = (ratio.is_finite() && needed > 0.0).then_some(ratio);
    let class = match ratio {
        _ if met => Growth::Achieved,
        None if needed == 0.0 => return Reading::<Growth>::silent(Silent::NothingNeeded),
        None => return Reading::<Growth>::silent(Silent::Signs),
        Some(ratio) if ratio >= 0.95 => Growth::Substantial,
        Some(ratio) if ratio >= 0.60 => Growth::Moderate,
        Some(ratio) if ratio >= 0.0 => Growth::Limited,
        Some(_) => Growth::Deterioration,
    };
    Reading::of(ratio, class)
}

/// Fits a line by least squares through the last six values (at least four) and compares what it
/// misses the target by with what is left to go: (T − line(t_T)) / (T − y). Where a strict goal is
/// touched nothing is left to go by, and a line that does not lead away is on course.
///
/// The method of the German Federal Statistical Office's sustainability indicators.
pub fn trend(values: &[Dated], target: Dated, up: bool, met: bool) -> Reading<Trend> {
    if met {
        return Reading::of(None, Trend::Achieved);
    }
    let current = match values.last() {
        Some((_, current)) if values.len() >= LEAST => current,
        _ => return Reading::<Trend>::silent(Silent::FewYears(values.len())),
    };
    let last = &values[values.len().saturating_sub(MOST)..];
    let count = last.len() as f64;
    let mean = |of: fn(&Dated) -> f64| last.iter().map(of).sum::<f64>() / count;
    let (year, value) = (mean(|(year, _)| f64::from(*year)), mean(|(_, value)| *value));
    let products = |(at, found): &Dated| (f64::from(*at) - year) * (found - value);
    let squares = |(at, _): &Dated| (f64::from(*at) - year).powi(2);
    let slope = last.iter().map(products).sum::<f64>() / last.iter().map(squares).sum::<f64>();
    if if up { slope <= 0.0 } else { slope >= 0.0 } {
        return Reading::of(None, Trend::WrongDirection);
    }
    let projected = value + slope * (f64::from(target.0) - year);
    if *current == target.1 {
        let short = if up { projected < target.1 } else { projected > target.1 };
        return Reading::of(None, if short { Trend::Far } else { Trend::OnCourse });
    }
    let missed = (target.1 - projected) / (target.1 - current);
    let class = match missed {
        missed if missed < 0.05 => Trend::OnCourse,
        missed if missed <= 0.20 => Trend::Near,
        _ => Trend::Far,
    };
    Reading::of(Some(missed), class)
}

/// Whether more is better; `None` for goals that are approached from either side.
pub fn upwards(direction: Direction) -> Option<bool> {
    match direction {
        Direction::Up => Some(true),
        Direction::Down => Some(false),
        Direction::Towards => None,
    }
}

/// The nearest binary number, for these readings only.
pub fn approximate(value: Exact) -> Option<f64> {
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
            let number = |at: usize| record[at].parse::<f64>().expect("a number");
            let year = |at: usize| number(at) as i32;
            let up = number(7) > 0.0;
            let (base, current, target) =
                ((year(1), number(2)), (year(3), number(4)), (year(5), number(6)));
            let met = if up { current.1 >= target.1 } else { current.1 <= target.1 };
            let Reading { number: ratio, class, .. } = growth(base, current, target, up, met);
            match record[8].parse::<f64>() {
                Ok(expected) => {
                    let found = ratio.unwrap_or_else(|| panic!("no ratio for {}", &record[0]));
                    assert!((found - expected).abs() < 1e-9, "{}: {found} {expected}", &record[0]);
                }
                Err(_) => assert_eq!(ratio, None, "{}", &record[0]),
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
            let found = growth(base, current, target, up, met);
            assert_eq!(
                (found.class, found.silent),
                (expected, why),
                "{base:?} {current:?} {target:?}"
            );
            assert!(found.silent.is_none() || found.number.is_none());
        }
        // A low base flatters: twice the growth needed, and only half of the straight path.
        let found = growth((2024, 0.4), (2026, 4.0), (2030, 20.0), true, false);
        let ratio = found.number.map(|ratio| (ratio * 100.0).round());
        assert_eq!((ratio, found.class), (Some(235.0), Substantial));
    }

    #[test]
    fn the_line_is_fitted_through_the_last_six() {
        let line = |from: f64, step: f64, years: i32| -> Vec<Dated> {
            (0..years).map(|at| (2018 + at, from + step * f64::from(at))).collect()
        };
        let class = |values: &[Dated], target: Dated, up: bool| {
            let current = values[values.len() - 1].1;
            let met = if up { current >= target.1 } else { current <= target.1 };
            trend(values, target, up, met).class
        };
        // 60, 61 … 66 in 2024: 72 in 2030.
        let rising = line(60.0, 1.0, 7);
        assert_eq!(class(&rising, (2030, 72.0), true), Trend::OnCourse);
        assert_eq!(class(&rising, (2030, 73.0), true), Trend::Near);
        assert_eq!(class(&rising, (2030, 80.0), true), Trend::Far);
        assert_eq!(class(&rising, (2030, 50.0), false), Trend::WrongDirection);
        assert_eq!(class(&rising, (2030, 66.0), true), Trend::Achieved);
        assert_eq!(class(&rising[..3], (2030, 80.0), true), Trend::NotAvailable);
        let few = trend(&rising[..3], (2030, 80.0), true, false);
        assert_eq!(few.silent, Some(Silent::FewYears(3)));
        // More than 66 is wanted, and 66 is not.
        assert_eq!(trend(&rising, (2030, 66.0), true, false).class, Trend::OnCourse);
        // What came before the last six does not count.
        let mut bent = vec![(2010, 900.0)];
        bent.extend(line(60.0, 1.0, 6));
        assert_eq!(
            trend(&bent, (2030, 73.0), true, false),
            trend(&line(60.0, 1.0, 6), (2030, 73.0), true, false)
        );
        // (73 − 72) / (73 − 66)
        let missed = trend(&rising, (2030, 73.0), true, false).number.expect("a line");
        assert!((missed - 1.0 / 7.0).abs() < 1e-12);
    }
}
