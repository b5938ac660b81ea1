//! Images, stacks, users and the rest: one list, one page, one form for all kinds. What they hold is told by the server.

pub mod act;
pub mod cell;
pub mod item;
pub mod list;
