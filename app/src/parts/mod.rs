//! Parts that know AppStream: the frame, chips, bars, tables, error views.

pub mod account;
pub mod attend;
pub mod capacity;
pub mod chart;
pub mod chip;
pub mod data_age;
pub mod error_view;
pub mod filter;
pub mod frame;
pub mod hold;
pub mod many;
pub mod moment;
pub mod once;
pub mod table;
pub mod threshold;
pub mod unsent;
