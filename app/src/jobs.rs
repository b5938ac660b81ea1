//! Long acts as jobs. Implemented in `server/src/jobs`.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::job::{Job, JobId, JobView, Stands, Steer, Subject, Work};
use std::time::Duration;

/// A job that is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// The operator.
    pub who: String,
    /// The address they came from.
    pub from: String,
    /// Account and Region, for the audit.
    pub scope: String,
    /// What to do.
    pub work: Work,
    /// To what, in this order.
    pub subjects: Vec<Subject>,
}

/// Jobs: kept in the database, worked on by the server.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Keeps a job and begins it.
    async fn make(&self, order: Order) -> Result<JobId, Failure>;
    /// All jobs, the newest first.
    async fn list(&self) -> Result<Vec<Job>, Failure>;
    /// `rows` of a job's items that stand as `only` says, from place `from` among those. An unknown one is [`Failure::NotFound`].
    async fn view(&self, id: JobId, only: Option<Stands>, from: usize, rows: usize) -> Result<JobView, Failure>;
    /// Pauses it, stops it, lets it go on. Safe to repeat; what it cannot be now is [`Failure::Busy`].
    async fn steer(&self, id: JobId, steer: Steer) -> Result<(), Failure>;
    /// Waits until the server has nothing to do for it, at most for `patience`; then all its items, if it is done.
    async fn settled(&self, id: JobId, patience: Duration) -> Result<Option<JobView>, Failure>;
}
