//! `/fleets` and one fleet.

pub mod acts;
pub mod detail;
pub mod list;
