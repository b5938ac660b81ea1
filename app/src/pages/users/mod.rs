//! Many users of the pool at once: import, and assigning stacks. One user has the pages of every resource.

pub mod assign;
pub mod import;
