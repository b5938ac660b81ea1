//! Samples in buckets, how long each holds, and where nothing is known.

use serde::{Deserialize, Serialize};

/// A fleet that nobody looks at is asked once a minute, a little more or less: one bucket of the finest step may stay empty.
pub const PATIENCE: i64 = 120;

/// A stretch of which nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its first second.
    pub from: i64,
    /// The second after its last.
    pub to: i64,
}

/// Where the bucket of `step` seconds begins that `at` is in.
pub fn bucket(at: i64, step: i64) -> i64 {
    at.div_euclid(step) * step
}

/// Up to when the sample of each bucket holds: to the next one where they follow one another, else to its bucket's end. The newest one
/// holds to `to` when the next is not due yet. `ats` ascend.
pub fn holds(ats: &[i64], step: i64, to: i64) -> Vec<i64> {
    let next = ats.iter().skip(1).copied().map(Some).chain([None]);
    let until = |(at, next): (&i64, Option<i64>)| match next {
        Some(next) if next - at <= step.max(PATIENCE) => next,
        Some(_) => at + step,
        None if to - at <= step + PATIENCE => to,
        None => (at + step).min(to),
    };
    ats.iter().zip(next).map(until).collect()
}

/// Where nothing is known between `from` and `to`, given up to when each sample [`holds`].
pub fn gaps(ats: &[i64], holds: &[i64], from: i64, to: i64) -> Vec<Gap> {
    let begins = ats.iter().copied().chain([to]);
    let ends = [from].into_iter().chain(holds.iter().copied());
    ends.zip(begins).map(|(from, to)| Gap { from, to }).filter(|gap| gap.from < gap.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_missing_minute_is_no_gap_and_three_are() {
        let ats = [0, 60, 180, 420];
        let until = holds(&ats, 60, 500);
        assert_eq!(until, [60, 180, 240, 500]);
        assert_eq!(gaps(&ats, &until, 0, 500), [Gap { from: 240, to: 420 }]);
    }

    #[test]
    fn what_stopped_is_a_gap_up_to_now_and_what_has_not_begun_one_before() {
        let ats = [600, 900];
        let until = holds(&ats, 300, 3000);
        assert_eq!(until, [900, 1200]);
        assert_eq!(gaps(&ats, &until, 0, 3000), [Gap { from: 0, to: 600 }, Gap { from: 1200, to: 3000 }]);
        assert_eq!(gaps(&[], &[], 5, 9), [Gap { from: 5, to: 9 }]);
    }

    proptest! {
        #[test]
        fn every_second_is_either_known_or_in_a_gap(
            minutes in proptest::collection::btree_set(0..300_i64, 0..60),
            step in prop_oneof![Just(60_i64), Just(300), Just(3600)],
            extra in 0..5000_i64,
        ) {
            let mut ats: Vec<i64> = minutes.into_iter().map(|m| bucket(m * 60, step)).collect();
            ats.dedup();
            let to = ats.last().copied().unwrap_or_default() + extra + 1;
            let until = holds(&ats, step, to);
            let known: i64 = ats.iter().zip(&until).map(|(a, b)| b - a).sum();
            let unknown: i64 = gaps(&ats, &until, 0, to).iter().map(|g| g.to - g.from).sum();
            prop_assert_eq!(known + unknown, to);
            prop_assert!(ats.iter().zip(&until).all(|(a, b)| a < b && *b <= to));
            prop_assert!(until.iter().zip(ats.iter().skip(1)).all(|(b, next)| b <= next), "no two hold at once");
        }

        #[test]
        fn a_bucket_holds_its_moment(at in -1_000_000_000..4_000_000_000_i64, step in 1..4000_i64) {
            let begin = bucket(at, step);
            prop_assert!(begin <= at && at < begin + step && begin.rem_euclid(step) == 0);
            prop_assert_eq!(bucket(begin, step), begin);
        }
    }
}
