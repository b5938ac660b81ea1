//! How long sessions lasted.

use serde::{Deserialize, Serialize};

/// The classes of the histogram: below so many seconds; the last has no end.
const CLASSES: [(i64, &str); 9] = [
    (300, "under 5 m"),
    (900, "5–15 m"),
    (1800, "15–30 m"),
    (3600, "30–60 m"),
    (7200, "1–2 h"),
    (14_400, "2–4 h"),
    (28_800, "4–8 h"),
    (57_600, "8–16 h"),
    (i64::MAX, "over 16 h"),
];

/// Figures about durations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    /// How many there are.
    pub count: usize,
    /// Half lasted no longer, in seconds.
    pub median: Option<i64>,
    /// Ninety-five of a hundred lasted no longer, in seconds.
    pub p95: Option<i64>,
    /// Classes in words, and how many fall in each.
    pub classes: Vec<(String, usize)>,
}

/// Figures about durations in seconds. A negative one, of clocks that differ, counts as 0.
pub fn durations(mut seconds: Vec<i64>) -> Durations {
    seconds.iter_mut().for_each(|s| *s = (*s).max(0));
    seconds.sort_unstable();
    let mut below = 0;
    let classes = CLASSES
        .iter()
        .map(|(end, words)| {
            let upto = seconds.partition_point(|s| s < end);
            let n = upto - below;
            below = upto;
            ((*words).to_owned(), n)
        })
        .collect();
    Durations { count: seconds.len(), median: percentile(&seconds, 50), p95: percentile(&seconds, 95), classes }
}

/// The nearest rank: the smallest value that `percent` of a hundred do not exceed. `sorted` ascends.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_of_none_one_and_many() {
        assert_eq!(durations(vec![]).median, None);
        let one = durations(vec![-5]);
        assert_eq!((one.count, one.median, one.p95), (1, Some(0), Some(0)));
        let many = durations((1..=100).rev().map(|m| m * 60).collect());
        assert_eq!((many.median, many.p95), (Some(50 * 60), Some(95 * 60)));
        assert_eq!(many.classes[0], ("under 5 m".to_owned(), 4));
        assert_eq!(many.classes[4], ("1–2 h".to_owned(), 41));
    }

    proptest! {
        #[test]
        fn every_session_is_in_one_class(all in proptest::collection::vec(-10..200_000_i64, 0..80)) {
            let got = durations(all.clone());
            prop_assert_eq!(got.classes.iter().map(|(_, n)| n).sum::<usize>(), all.len());
            prop_assert!(got.median <= got.p95);
        }
    }
}
