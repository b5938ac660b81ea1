//! Pages: mirrors the URLs.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod fleets;
pub mod images;
pub mod jobs;
pub mod more;
pub mod not_found;
pub mod overview;
pub mod resources;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_code;
pub mod users;
