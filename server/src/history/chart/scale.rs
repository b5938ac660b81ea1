//! Ticks: round numbers upwards, round clock times across.

use domain::history::Range;
use domain::time::Millis;

const DAY: i64 = 86_400;

/// Whole numbers from 0 to at most `most`, evenly apart by 1, 2 or 5 with zeros; about as many as asked for.
pub fn numbers(most: i32, about: i32) -> Vec<i32> {
    let most = most.max(1);
    let enough = |step: &i32| most / step <= about.max(2) || i64::from(*step) * 2 > i64::from(most);
    let steps = (0..9_u32).flat_map(|zeros| [1, 2, 5].map(|n| n * 10_i32.pow(zeros)));
    let step = steps.into_iter().find(enough).unwrap_or(most);
    (0..=most / step).map(|n| n * step).collect()
}

/// A tick across.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: i64,
    /// Its label: the clock in UTC, or the day.
    pub label: String,
    /// Whether a day begins there on an axis of hours.
    pub day: bool,
}

/// Round clock times from `from` to `to`; on a narrow chart half as many.
pub fn moments(range: Range, from: i64, to: i64, narrow: bool) -> Vec<Moment> {
    let step = match range {
        Range::Hour => 600,
        Range::Day => 10_800,
        Range::Week => DAY,
        Range::Month => 5 * DAY,
    } * if narrow { 2 } else { 1 };
    let first = from.div_euclid(step) * step;
    let all = (0..).map(|n| first + n * step).take_while(|at| *at <= to).filter(|at| *at >= from);
    all.map(|at| {
        let when = Millis::from_seconds(at);
        let begins = at.rem_euclid(DAY) == 0;
        Moment { at, label: if begins { when.day_month() } else { when.hour_minute() }, day: begins && step < DAY }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_round() {
        for (most, want) in [
            (0, &[0, 1][..]),
            (1, &[0, 1]),
            (3, &[0, 1, 2, 3]),
            (7, &[0, 2, 4, 6]),
            (60, &[0, 20, 40, 60]),
            (100, &[0, 50, 100]),
            (150, &[0, 50, 100, 150]),
            (9_999, &[0, 2_000, 4_000, 6_000, 8_000]),
            (540, &[0, 200, 400]),
        ] {
            assert_eq!(numbers(most, 4), want, "{most}");
        }
    }

    #[test]
    fn a_day_has_clock_times_and_the_new_day_in_its_place() {
        // 17 March 2026, 14:32 UTC.
        let to = 1_773_757_920;
        let labels: Vec<String> = moments(Range::Day, to - DAY, to, false).into_iter().map(|m| m.label).collect();
        assert_eq!(labels, ["15:00", "18:00", "21:00", "17 Mar", "03:00", "06:00", "09:00", "12:00"]);
        let days = moments(Range::Week, to - 7 * DAY, to, false);
        assert_eq!((days.len(), days[0].label.as_str(), days[0].day), (7, "11 Mar", false));
    }

    proptest! {
        #[test]
        fn ticks_stay_within_and_are_few(most in 0..2_000_000_000_i32, from in 0..4_000_000_000_i64, narrow in any::<bool>()) {
            let all = numbers(most, 4);
            prop_assert!((2..=6).contains(&all.len()), "{all:?} up to {most}");
            prop_assert!(*all.last().unwrap() <= most.max(1));
            for range in Range::ALL {
                let ticks = moments(range, from, from + range.seconds(), narrow);
                prop_assert!((2..=9).contains(&ticks.len()), "{range:?}: {}", ticks.len());
                prop_assert!(ticks.iter().all(|t| t.at >= from && t.at <= from + range.seconds()));
            }
        }
    }
}
