//! `/sessions`.

pub mod expire;
pub mod history;
pub mod list;
pub mod peek;
pub mod rows;
