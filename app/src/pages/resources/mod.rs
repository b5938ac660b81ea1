//! Images, stacks, users and the rest: one list, one page, one form for all kinds. What they hold is told by the server.

mod bulk;
pub mod cell;
pub mod code;
pub mod entering;
mod fields;
pub mod form;
pub mod item;
pub mod list;
mod outcome;
mod preview;
