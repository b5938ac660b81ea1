//! `/fleets` and one fleet.

pub mod acts;
pub mod chart;
pub mod detail;
pub mod list;
pub mod rollout;
