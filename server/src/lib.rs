//! The console's server. Reading order: [`cmd`] (what the program can do), [`http`] (the router), [`gateway`] (AppStream through
//! its SDK), [`poll`] (the watcher), [`history`] (the past), [`jobs`] (long acts), [`metrics`] (what it counts of itself), [`door`] (sign-in), [`audit`] (who did what), [`store`] (the database).

pub mod audit;
pub mod cmd;
pub mod door;
pub mod gateway;
pub mod history;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod poll;
pub mod resource;
pub mod store;
pub mod submitted;

/// Version and commit, as `--version` and the side bar show them.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("COMMIT"), ")");
