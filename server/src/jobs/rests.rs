//! For how long jobs still rest, by a clock that nobody sets. The moment in the database is for the next start of the program.

use super::store::Task;
use domain::job::{JobId, Work, rest};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Until when each job rests, and the moment in the database that this was made of.
#[derive(Default)]
pub struct Rests(HashMap<JobId, (i64, Instant)>);

/// The longest that a job rests as it stands, in milliseconds: a moment further off was written by a clock that has been set back since.
fn longest(task: &Task) -> i64 {
    match (&task.work, task.tries) {
        (Work::Rollout { soak }, 0) => soak * 1_000,
        (_, 0) => 0,
        (_, tries) => rest(tries - 1),
    }
}

impl Rests {
    /// Forgets all jobs but these.
    pub fn keep(&mut self, running: &[Task]) {
        self.0.retain(|id, _| running.iter().any(|task| task.id == *id));
    }

    /// For how long `task` still rests. `now` is this machine's clock; it is asked once for each rest.
    pub fn left(&mut self, task: &Task, now: i64) -> Duration {
        let known = self.0.get(&task.id).filter(|(due, _)| *due == task.due).map(|(_, until)| *until);
        let until = known.unwrap_or_else(|| {
            let until = Instant::now() + Duration::from_millis((task.due - now).clamp(0, longest(task)).unsigned_abs());
            self.0.insert(task.id, (task.due, until));
            until
        });
        until.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn task(work: Work, tries: u32, due: i64) -> Task {
        let none = String::new;
        Task { id: 1, work, who: none(), from: none(), scope: none(), tries, due }
    }

    fn seconds(rests: &mut Rests, task: &Task, now: i64) -> u64 {
        rests.left(task, now).as_millis().div_ceil(1_000).try_into().unwrap()
    }

    #[test]
    fn a_clock_that_is_set_neither_lengthens_nor_shortens_a_rest() {
        let now = 1_800_000_000_000;
        let mut rests = Rests::default();
        let soaks = task(Work::Rollout { soak: 600 }, 0, now + 600_000);
        assert_eq!(seconds(&mut rests, &soaks, now), 600);
        for jump in [-HOUR, HOUR] {
            assert_eq!(seconds(&mut rests, &soaks, now + jump), 600, "{jump}");
        }
        let failed = task(Work::Expire, 1, now + 601_000);
        assert_eq!(seconds(&mut rests, &failed, now + 600_000), 1, "another moment is another rest");
    }

    #[test]
    fn a_start_after_the_clock_was_set_back_rests_no_longer_than_any_job_does() {
        let now = 1_800_000_000_000;
        for (work, tries, most) in [(Work::Expire, 1, 1), (Work::Expire, 9, 60), (Work::Rollout { soak: 30 }, 0, 30), (Work::Expire, 0, 0)]
        {
            assert_eq!(seconds(&mut Rests::default(), &task(work, tries, now + HOUR), now), most);
        }
        assert_eq!(seconds(&mut Rests::default(), &task(Work::Expire, 3, now), now + HOUR), 0, "and one that is over is over");
    }
}
