//! The AppStream API as pure functions over data: both wire protocols, the state machines, and the private controls.
//!
//! No I/O, no thread, no system clock, no ambient randomness: [`handle`] gets the request, the wall clock and the universe, and
//! answers. Reading order: [`universe`], [`dispatch`], [`wire`], [`validate`], [`world`], then a file per resource, then
//! [`controls`] and [`seed`]. Where it differs from AWS: `server/docs/simulator.md`.

pub mod application;
pub mod block_builder;
pub mod clock;
pub mod controls;
pub mod directory;
pub mod dispatch;
pub mod entitlement;
pub mod error;
pub mod export;
pub mod faults;
pub mod fleet;
pub mod image;
pub mod image_builder;
pub mod image_source;
pub mod journal;
pub mod page;
pub mod pool;
pub mod record;
pub mod report;
pub mod seed;
pub mod session;
pub mod sharing;
pub mod software;
pub mod stack;
pub mod switches;
pub mod tags;
pub mod theme;
pub mod universe;
pub mod user;
pub mod validate;
pub mod viewer;
pub mod wire;
pub mod world;

pub use dispatch::handle;
pub use journal::Change;
pub use seed::Seed;
pub use universe::{Delivery, Fate, Options, Request, Response, Universe};

#[cfg(test)]
mod tests;
