//! Long acts: what a job is stands in `domain::job`, [`store`] keeps them, [`run`] works on them, [`hands`] asks AWS.
//!
//! One task works on all jobs of the console, a call at a time, so that nothing is asked twice and the rate budget is shared. Before each
//! call its items are marked as sent, after it what came of them is recorded. What is found marked and without an outcome, after a
//! restart or an answer that was lost, is looked up in AWS before it is asked for again.

pub mod hands;
mod rests;
pub mod run;
pub mod store;

use app::jobs::Order;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::job::{Job, JobId, JobView, Stands, Steer};
use sqlx::SqlitePool;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Notify;

/// How often those who wait for a job look.
const LOOK: Duration = Duration::from_millis(50);

/// The jobs over the database. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    store: Store,
    /// Something changed that the worker should know.
    wake: Arc<Notify>,
}

impl Jobs {
    /// Over `pool`. Nothing is worked on before [`work`](Self::work).
    pub fn new(pool: SqlitePool) -> Self {
        Self { store: Store(pool), wake: Arc::default() }
    }
}

fn trouble(error: sqlx::Error) -> Failure {
    tracing::error!(%error, "jobs could not be read or kept");
    let (reason, next) = crate::audit::why(&error);
    Failure::Internal { message: format!("The jobs could not be reached: {reason}. {next}") }
}

fn unknown(id: JobId) -> Failure {
    Failure::NotFound { noun: "job".into(), name: id.to_string() }
}

#[async_trait]
impl app::jobs::Jobs for Jobs {
    async fn make(&self, order: Order) -> Result<JobId, Failure> {
        let id = self.store.make(&order).await.map_err(trouble)?;
        self.wake.notify_one();
        Ok(id)
    }

    async fn list(&self) -> Result<Vec<Job>, Failure> {
        self.store.all().await.map_err(trouble)
    }

    async fn view(&self, id: JobId, only: Option<Stands>, from: usize, rows: usize) -> Result<JobView, Failure> {
        let job = self.store.job(id).await.map_err(trouble)?.ok_or_else(|| unknown(id))?;
        let matched = only.map_or_else(|| job.counts.total(), |only| job.counts.of(only));
        let from = from.min(matched.saturating_sub(1));
        let items = self.store.items(id, only, from, rows).await.map_err(trouble)?;
        Ok(JobView { job, items, matched, from })
    }

    async fn steer(&self, id: JobId, steer: Steer) -> Result<(), Failure> {
        let refused = self.store.steer(id, steer).await.map_err(trouble)?.ok_or_else(|| unknown(id))?;
        self.wake.notify_one();
        refused.map_err(|reason| Failure::Busy { noun: "job".into(), name: id.to_string(), reason })
    }

    async fn settled(&self, id: JobId, patience: Duration) -> Result<Option<JobView>, Failure> {
        let began = Instant::now();
        loop {
            let job = self.store.job(id).await.map_err(trouble)?.ok_or_else(|| unknown(id))?;
            if job.rests() || began.elapsed() >= patience {
                let done = job.state == domain::job::State::Done;
                return if done { self.view(id, None, 0, job.counts.total()).await.map(Some) } else { Ok(None) };
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
