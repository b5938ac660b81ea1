//! The past, as server functions see it. Implemented in `server/src/history`. Never calls AWS.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::history::{ChartView, Range, SessionsView};
use domain::names::Scope;
use domain::time::Millis;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where.
    pub scope: Scope,
    /// Which fleet; empty for all together.
    pub fleet: String,
    /// How far back.
    pub range: Range,
    /// AWS's clock.
    pub now: Millis,
    /// Whose sessions: part of a user's name, in any case; empty for everybody's.
    pub user: String,
}

impl Asked {
    /// From decoded query pairs: `range`, `fleet` and `q`, as pages and files have them.
    pub fn of(pairs: &[(String, String)], scope: Scope, now: Millis) -> Self {
        let value = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default();
        Self { scope, fleet: value("fleet"), range: Range::parse(&value("range")), now, user: value("q") }
    }
}

/// Samples of capacity, and sessions that came and went.
#[async_trait]
pub trait History: Send + Sync {
    /// Seats of a fleet over time.
    async fn capacity(&self, asked: &Asked) -> Result<ChartView, Failure>;
    /// Sessions over time, figures about them, and those that ended.
    async fn sessions(&self, asked: &Asked) -> Result<SessionsView, Failure>;
    /// The samples as CSV.
    async fn capacity_csv(&self, asked: &Asked) -> Result<String, Failure>;
    /// The sessions that started or ended in the range as CSV.
    async fn sessions_csv(&self, asked: &Asked) -> Result<String, Failure>;
}
