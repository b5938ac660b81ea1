use super::*;
use proptest::prelude::*;

/// 17 March 2026, 14:32 UTC.
const NOW: i64 = 1_773_757_920;

fn story(range: Range, samples: Vec<Sample>) -> Story {
    let since = samples.first().map(|s| s.at);
    Story { range, from: NOW - range.seconds(), to: NOW, since, samples, others: vec![] }
}

fn sample(minutes_ago: i64, in_use: i32) -> Sample {
    let at = NOW - minutes_ago * 60;
    Sample {
        at,
        in_use,
        available: 60 - in_use,
        desired: Some(60),
        max: 60,
        sessions: Some(in_use),
        connected: Some(in_use),
        ..Sample::default()
    }
}

#[test]
fn a_gap_stays_empty_and_is_told() {
    let before = (40..60).map(|m| sample(m, 20)).rev();
    let after = (0..10).map(|m| sample(m, 30)).rev();
    let told = Story { since: Some(0), ..story(Range::Hour, before.chain(after).collect()) };
    let view = capacity(&told, "alpha");
    assert_eq!(view.gaps, ["No data from 13:53 to 14:23: the console was not watching."]);
    assert!(view.summary.contains("In use: 30 now, at most 30 at 14:32, at least 20 at 13:52."), "{}", view.summary);
    let used = view.wide.svg.split("class=\"c-use\"").nth(1).unwrap().split('>').next().unwrap();
    assert_eq!(used.matches('M').count(), 2, "two stretches: {used}");
    assert!(view.wide.svg.contains("no data") && view.wide.svg.contains("max 60"));
    let gone = Story { others: (0..60).map(|m| NOW - m * 60).collect(), ..told };
    assert_eq!(capacity(&gone, "alpha").gaps, ["No data from 13:53 to 14:23: the fleet was not there."]);
}

#[test]
fn what_has_only_begun_says_since_when() {
    let view = capacity(&Story { since: Some(NOW - 60), ..story(Range::Day, vec![sample(1, 3)]) }, "alpha");
    assert_eq!(view.notice.as_deref(), Some("Collecting since 14:31; the first points appear within two minutes."));
    assert_eq!(view.wide.svg, "");
    let younger = capacity(&story(Range::Day, vec![sample(20, 3), sample(15, 4), sample(10, 4), sample(5, 4)]), "alpha");
    assert_eq!(younger.notice, None);
    assert!(younger.summary.contains("Collected since 14:12.") && younger.gaps.is_empty(), "{}", younger.summary);
}

#[test]
fn sessions_that_could_not_be_read_are_a_gap_of_their_own_kind() {
    let hidden = |m| Sample { sessions: None, connected: None, ..sample(m, 20) };
    let samples = (0..60).rev().map(|m| if (10..30).contains(&m) { hidden(m) } else { sample(m, 20) }).collect();
    let view = concurrency(&Story { since: Some(0), ..story(Range::Hour, samples) }, "");
    assert_eq!(view.gaps, ["No data from 14:03 to 14:23: sessions could not be read."]);
    assert!(view.points.iter().all(|(_, n)| n[1] == Some(20)));
}

#[test]
fn names_cannot_break_out_of_the_picture() {
    let view = capacity(&story(Range::Hour, vec![sample(2, 1), sample(1, 1)]), "\"><script>");
    assert!(!view.wide.svg.contains("<script"), "{}", view.wide.svg);
}

#[test]
fn equal_neighbours_are_one_step() {
    let view = capacity(&story(Range::Hour, (0..60).rev().map(|m| sample(m, 7)).collect()), "alpha");
    assert!(view.wide.svg.len() < 3000, "{} bytes", view.wide.svg.len());
}

proptest! {
    #[test]
    fn whatever_was_it_can_be_drawn(
        minutes in proptest::collection::btree_map(0..43_000_i64, (0..300_i32, 0..300_i32, 0..50_i32, proptest::option::of(0..600_i32)), 0..40),
        range in prop_oneof![Just(Range::Hour), Just(Range::Day), Just(Range::Week), Just(Range::Month)],
    ) {
        let step = range.step();
        let mut samples: Vec<Sample> = minutes
            .into_iter()
            .rev()
            .map(|(m, (in_use, available, pending, desired))| {
                let at = domain::history::series::bucket(NOW - m * 60, step);
                Sample { at, in_use, available, pending, desired, max: 700, sessions: desired, connected: desired }
            })
            .filter(|s| s.at + step > NOW - range.seconds())
            .collect();
        samples.dedup_by_key(|s| s.at);
        let told = Story { since: Some(0), ..story(range, samples) };
        for view in [capacity(&told, "alpha"), concurrency(&told, "alpha")] {
            for plot in [&view.wide, &view.narrow] {
                prop_assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf") && !plot.svg.contains("style"));
                prop_assert!(plot.svg.ends_with("</svg>"));
            }
            prop_assert!(view.points.iter().all(|(_, n)| n.len() == view.labels.len()));
        }
    }
}
