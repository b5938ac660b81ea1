//! Server functions: one file per resource. Their first line is `Ctx::authorize`; all but sign-in refuse an anonymous caller.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod fleet;
pub mod frame;
pub mod history;
pub mod image;
pub mod jobs;
pub mod resource;
pub mod session;
pub mod sign_in;
pub mod users;
