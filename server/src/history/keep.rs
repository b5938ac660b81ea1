//! Which samples are written, and which are dropped. No I/O, no clock.

use domain::estate::{Estate, Kind};
use domain::fleet::{Fleet, Seats};
use domain::history::series::bucket;
use domain::history::{STEPS, Sample, Step};
use domain::session::{Session, Tally};
use std::collections::HashMap;

/// The name under which all fleets together are kept.
pub const ALL: &str = "";
/// Buckets that are dropped at once: after a long rest the past goes in pieces, and nobody waits for it.
const AT_ONCE: i64 = 120;

/// What was written of each fleet last: in which minute, and with how many seats in use.
#[derive(Debug, Default)]
pub struct Written(HashMap<String, (i64, i32)>);

impl Written {
    /// The samples of `estate` that are worth writing: the first of each minute, and those that are busier than what the minute has. None
    /// while it is not known how the fleets are: that shall be a gap.
    pub fn due(&self, estate: &Estate) -> Vec<(String, Sample)> {
        if !estate.health_of(Kind::Fleets).is_some_and(|h| h.is_fresh(estate.now)) {
            return vec![];
        }
        let at = bucket(estate.now.0.div_euclid(1000), STEPS[0].seconds);
        let mut all = Seats { desired: Some(0), ..Seats::default() };
        let mut due: Vec<(String, Seats)> = Vec::new();
        for fleet in &estate.fleets {
            let seats = fleet.seats();
            all = Seats::sum([all, seats].into_iter());
            if self.wants(fleet.name.as_str(), at, seats.in_use) {
                due.push((fleet.name.0.clone(), seats));
            }
        }
        if self.wants(ALL, at, all.in_use) {
            due.push((ALL.to_owned(), all));
        }
        if due.is_empty() {
            return vec![];
        }
        let counts = counts(estate);
        due.into_iter()
            .map(|(fleet, seats)| {
                let tally = counts.get(fleet.as_str()).copied().flatten();
                let sample = Sample {
                    at,
                    in_use: seats.in_use,
                    available: seats.free,
                    pending: seats.pending,
                    desired: seats.desired,
                    max: seats.max,
                    sessions: tally.map(|t| t.total().cast_signed()),
                    connected: tally.map(|t| t.connected.cast_signed()),
                };
                (fleet, sample)
            })
            .collect()
    }

    fn wants(&self, fleet: &str, at: i64, in_use: i32) -> bool {
        self.0.get(fleet).is_none_or(|(minute, most)| *minute != at || in_use > *most)
    }

    /// Remembers what was written.
    pub fn wrote(&mut self, samples: &[(String, Sample)]) {
        let Some((_, newest)) = samples.last() else { return };
        self.0.retain(|_, (minute, _)| *minute == newest.at);
        self.0.extend(samples.iter().map(|(fleet, s)| (fleet.clone(), (s.at, s.in_use))));
    }
}

/// The sessions of each fleet and of all; none where they could not be read.
fn counts(estate: &Estate) -> HashMap<&str, Option<Tally>> {
    let mut of: HashMap<&str, Vec<&Session>> = estate.fleets.iter().map(|f: &Fleet| (f.name.as_str(), vec![])).collect();
    for session in &estate.sessions {
        of.entry(session.fleet.as_str()).or_default().push(session);
    }
    let unread = |fleet: &str| estate.pairs.iter().any(|p| p.fleet() == fleet && !p.is_read());
    let mut counts: HashMap<&str, Option<Tally>> =
        of.into_iter().map(|(fleet, rows)| (fleet, (!unread(fleet)).then(|| Tally::of(rows)))).collect();
    let known = estate.is_ready() && estate.health_of(Kind::Sessions).is_some_and(|h| h.failure.is_none());
    counts.insert(ALL, known.then(|| Tally::of(estate.sessions.iter().map(AsRef::as_ref))));
    counts
}

/// What of `step` is too old at `now`: everything before the answer, given where the oldest bucket begins.
pub fn too_old(step: Step, oldest: i64, now: i64) -> Option<i64> {
    let before = (now - step.keep).min(oldest + AT_ONCE * step.seconds);
    (oldest < before).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::estate::Health;
    use domain::time::Millis;
    use proptest::prelude::*;

    fn estate(now: i64) -> Estate {
        let taken = |kind| Health { taken: Some(Millis(now)), every: 15_000, ..Health::unread(kind) };
        Estate { now: Millis(now), health: Kind::ALL.map(taken).into(), ..Estate::default() }
    }

    #[test]
    fn a_minute_is_written_once_and_again_only_when_it_gets_busier() {
        let mut written = Written::default();
        let first = written.due(&estate(125_000));
        assert_eq!(first.iter().map(|(f, s)| (f.as_str(), s.at)).collect::<Vec<_>>(), [(ALL, 120)]);
        written.wrote(&first);
        assert_eq!(written.due(&estate(179_000)), []);
        assert!(written.wants(ALL, 120, 1), "busier");
        assert_eq!(written.due(&estate(180_000)).len(), 1, "the next minute");
    }

    #[test]
    fn what_is_not_fresh_is_not_written() {
        let old = Estate { now: Millis(600_000), ..estate(125_000) };
        assert_eq!(Written::default().due(&old), []);
        let never = Estate { health: vec![Health::unread(Kind::Fleets)], ..estate(125_000) };
        assert_eq!(Written::default().due(&never), []);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_never_dropped_and_the_rest_goes_in_pieces(oldest in 0..4_000_000_000_i64, age in -1000..50_000_000_i64) {
            for step in STEPS {
                let (now, mut at, mut pieces) = (oldest + age, oldest, 0);
                while let Some(before) = too_old(step, at, now) {
                    prop_assert!(before > at && before <= now - step.keep && before - at <= AT_ONCE * step.seconds);
                    (at, pieces) = (before, pieces + 1);
                }
                prop_assert!(at >= now - step.keep || at == oldest);
                prop_assert!(pieces <= age.max(0) / (AT_ONCE * step.seconds) + 1);
            }
        }
    }
}
