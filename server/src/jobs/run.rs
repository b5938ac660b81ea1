//! The worker: one call at a time, over all jobs in turn.

use super::Jobs;
use super::hands::Hands;
use super::rests::Rests;
use super::store::{Next, Settled, Task, now};
use app::audit::{Audit, Begins, Entry, record};
use domain::failure::Failure;
use domain::job::{Item, Stands, Subject, Verdict, rest, verdict};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the worker rests when the database fails it.
const TROUBLE: Duration = Duration::from_secs(5);
/// How long it rests when there is nothing to do; it is woken before.
const IDLE: Duration = Duration::from_secs(3_600);

/// A failure in one line.
fn words(failure: &Failure) -> String {
    let advice = failure.advice();
    format!("{}. {}", advice.title, advice.next)
}

impl Jobs {
    /// Works until `end`. What a former run left is gone on with.
    pub fn work(&self, hands: Hands, audit: Arc<dyn Audit>, end: CancellationToken) {
        let jobs = self.clone();
        let mut rests = Rests::default();
        tokio::spawn(async move {
            while !end.is_cancelled() {
                let wait = jobs.round(&hands, &audit, &end, &mut rests).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "jobs cannot go on; trying again");
                    TROUBLE
                });
                tokio::select! {
                    () = end.cancelled() => {}
                    () = jobs.wake.notified() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        });
    }

    /// A step of each job that may go on; for how long there is nothing to do then.
    async fn round(
        &self,
        hands: &Hands,
        audit: &Arc<dyn Audit>,
        end: &CancellationToken,
        rests: &mut Rests,
    ) -> Result<Duration, sqlx::Error> {
        let mut wait = IDLE;
        let running = self.store.running().await?;
        rests.keep(&running);
        for task in running {
            let left = rests.left(&task, now());
            if left > Duration::ZERO {
                wait = wait.min(left);
                continue;
            }
            if end.is_cancelled() {
                break;
            }
            wait = Duration::ZERO;
            // A defect in one job must not end the others.
            let (jobs, hands, audit, id) = (self.clone(), hands.clone(), Arc::clone(audit), task.id);
            match tokio::spawn(async move { jobs.step(&task, &hands, audit).await }).await {
                Ok(stepped) => stepped?,
                Err(panic) => {
                    tracing::error!(%panic, job = id, "a defect stopped a job");
                    let why =
                        "A defect of the console stopped it; tell its makers. What it was doing is looked up when it goes on.".to_owned();
                    self.store.settle(id, &[], &Next { why, pause: true, ..Next::default() }).await?;
                }
            }
        }
        Ok(wait)
    }

    /// The next thing to do for a job.
    async fn step(&self, task: &Task, hands: &Hands, audit: Arc<dyn Audit>) -> Result<(), sqlx::Error> {
        if let Some(lost) = self.store.items(task.id, Some(Stands::Sent), 0, 1).await?.pop() {
            return self.look(task, hands, &lost).await;
        }
        let most = domain::job::MOST_PAIRS_A_CALL;
        let mut next = self.store.items(task.id, Some(Stands::Waiting), 0, most).await?;
        let Some(first) = next.first() else { return self.store.end(task.id).await };
        let (batch, kind) = (first.subject.batch(), std::mem::discriminant(&first.subject));
        let alike = next.iter().take(batch).take_while(|item| std::mem::discriminant(&item.subject) == kind).count();
        next.truncate(alike);
        let items = self.store.send(task.id, &next).await?;
        if items.is_empty() {
            return Ok(());
        }
        let outcomes = carry(task, hands, audit, &items).await;
        self.take_in(task, &items, outcomes).await
    }

    /// Looks up whether what was sent and never answered was done.
    async fn look(&self, task: &Task, hands: &Hands, lost: &Item) -> Result<(), sqlx::Error> {
        let (stands, told) = match hands.is_done(&task.work, &lost.subject).await {
            Ok(true) => (Stands::Done, "AWS had done it; its answer was lost.".to_owned()),
            Ok(false) => (Stands::Waiting, String::new()),
            Err(failure) => {
                let halts = verdict(&failure, 1) == Verdict::Halt;
                return self.store.settle(task.id, &[], &rested(task, &failure, halts)).await;
            }
        };
        // What comes of asking again tells whether AWS is well; until then the job rests as before.
        let next = Next { tries: task.tries, ..Next::default() };
        self.store.settle(task.id, &[Settled { n: lost.n, stands, told, failure: None }], &next).await
    }

    /// Records what came of a call.
    async fn take_in(&self, task: &Task, items: &[Item], outcomes: Vec<Result<String, Failure>>) -> Result<(), sqlx::Error> {
        let (mut settled, mut next, mut failed) = (vec![], Next::default(), vec![]);
        for (item, outcome) in items.iter().zip(outcomes) {
            let (stands, told, failure) = match outcome {
                Ok(told) => (Stands::Done, told, None),
                Err(failure) => match verdict(&failure, item.tries) {
                    Verdict::Refused => {
                        failed.push(&item.subject);
                        (Stands::Failed, words(&failure), Some(failure))
                    }
                    verdict => {
                        next = rested(task, &failure, verdict == Verdict::Halt);
                        (if verdict == Verdict::Unknown { Stands::Sent } else { Stands::Waiting }, words(&failure), None)
                    }
                },
            };
            settled.push(Settled { n: item.n, stands, told, failure });
        }
        if !failed.is_empty() && task.work.halts() {
            next = Next { why: "It waits because one failed: look at it, then resume or stop.".to_owned(), pause: true, ..next };
        }
        if let (domain::job::Work::Rollout { soak }, true) = (&task.work, next.why.is_empty()) {
            next.due = now() + soak * 1_000;
        }
        self.store.settle(task.id, &settled, &next).await?;
        for subject in failed {
            if let Subject::Person { user, .. } = subject {
                self.store.drop_rest(task.id, user, "Not sent: the user was not made.").await?;
            }
        }
        Ok(())
    }
}

/// A job that cannot go on at present.
fn rested(task: &Task, failure: &Failure, halts: bool) -> Next {
    let why = words(failure);
    if halts {
        Next { why, pause: true, ..Next::default() }
    } else {
        Next { tries: task.tries + 1, due: now() + rest(task.tries), why, pause: false }
    }
}

/// Asks AWS, as an act of whoever made the job.
async fn carry(task: &Task, hands: &Hands, audit: Arc<dyn Audit>, items: &[Item]) -> Vec<Result<String, Failure>> {
    let target = match items {
        [one] => one.subject.target(),
        all => format!("{} of {}", all.len(), task.work.title(all.len())),
    };
    let entry = Entry {
        who: task.who.clone(),
        from: task.from.clone(),
        action: task.work.action().to_owned(),
        target,
        scope: task.scope.clone(),
        entries: [("job".to_owned(), task.id.to_string())].into(),
        ..Entry::default()
    };
    let done = record(audit, entry, Begins::Called, async {
        let all = hands.carry(&task.work, items).await;
        // One that failed is a failed act; of several, each call tells its own.
        match <[_; 1]>::try_from(all) {
            Ok([one]) => one.map(|told| vec![Ok(told)]),
            Err(all) => Ok(all),
        }
    });
    done.await.unwrap_or_else(|failure| vec![Err(failure); items.len()])
}
