//! The AppStream API as pure functions over data: both wire protocols, the state machines, and the private controls.
//!
//! No I/O, no thread, no system clock, no ambient randomness: [`handle`] gets the request, the wall clock and the universe, and
//! answers. Reading order: [`universe`] (worlds, dispatch), [`wire`], [`validate`], [`world`], then a file per resource, then
//! [`controls`] and [`seed`]. Where it differs from AWS: `server/docs/simulator.md`.

pub mod application;
pub mod block_builder;
pub mod clock;
pub mod controls;
pub mod directory;
pub mod entitlement;
pub mod error;
pub mod faults;
pub mod fleet;
pub mod image;
pub mod image_builder;
pub mod page;
pub mod pool;
pub mod record;
pub mod report;
pub mod seed;
pub mod session;
pub mod stack;
pub mod switches;
pub mod tags;
pub mod theme;
pub mod universe;
pub mod user;
pub mod validate;
pub mod wire;
pub mod world;

pub use seed::Seed;
pub use universe::{Delivery, Fate, Options, Request, Response, Universe, handle};

#[cfg(test)]
mod tests;
