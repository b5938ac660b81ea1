//! `/sessions`.

pub mod expire;
pub mod list;
pub mod peek;
pub mod rows;
