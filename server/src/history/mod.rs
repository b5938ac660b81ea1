//! The past: capacity of each fleet and starts and ends of sessions, kept in the embedded database. [`record`] listens to the watcher and
//! writes; [`ledger`] finds out from snapshots which sessions came and went, and [`keep`] which samples to write and to drop (both pure);
//! [`read`] answers pages, [`chart`] draws, [`export`] writes CSV. Nothing here asks AWS.

pub mod chart;
pub mod export;
pub mod keep;
pub mod ledger;
pub mod read;
pub mod record;

use domain::failure::Failure;

/// The history in the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(pub sqlx::SqlitePool);

/// A failure of the database, for the person who asked.
fn storage(error: impl std::fmt::Display) -> Failure {
    tracing::error!(%error, "the history could not be read");
    Failure::Internal { message: "The history could not be read from the console’s storage. Try again.".into() }
}
