//! The server as its clients see it: one binary, a module a subject.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod accounts;
mod audit;
mod backup;
mod canary;
mod chaos;
mod clock;
mod coverage;
mod faults;
mod flood;
mod forms;
mod gateway;
mod history;
mod http;
mod identity;
mod images;
mod jobs;
mod live;
mod malformed;
mod metrics;
mod once;
mod people;
mod program;
mod resources;
mod roles;
mod second;
mod single;
mod state;
mod support;
mod watcher;
mod web;
