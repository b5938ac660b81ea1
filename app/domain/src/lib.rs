//! What browser and server agree on: AppStream's things under AppStream's names, the rules about them, and the words.
//!
//! Pure: no Leptos, no SDK, no async, no I/O, no clock. Reading order: [`names`], [`time`], [`fleet`], [`session`], [`estate`],
//! [`live`], [`failure`], [`form`], [`query`], [`view`]; for resources [`resource`], [`entry`] and [`sharing`]; for long acts [`job`]; for the past [`history`].

pub mod account;
pub mod constraints;
pub mod entry;
pub mod estate;
pub mod failure;
pub mod fleet;
pub mod fleet_error;
pub mod fleet_members;
pub mod form;
pub mod history;
pub mod image_error;
pub mod job;
pub mod list;
pub mod live;
pub mod names;
pub mod operator;
pub mod packaging;
pub mod pool;
pub mod preview;
pub mod problem;
pub mod query;
pub mod ranges;
pub mod resource;
pub mod role;
pub mod secret;
pub mod session;
pub mod sharing;
pub mod stack;
pub mod time;
pub mod users_csv;
pub mod view;
