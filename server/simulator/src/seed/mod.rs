//! Estates: what a world holds when it begins.

mod beyond;
pub mod company;
pub mod crowd;
mod demo;
mod images;
mod large;

use crate::clock::{Clock, Ms};
use crate::world::World;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seed {
    /// Only the public base images.
    Empty,
    /// A mid-size company at work.
    Demo,
    /// Sixty fleets, two hundred pairs, ten thousand sessions.
    Large,
}

impl FromStr for Seed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "empty" => Ok(Self::Empty),
            "demo" => Ok(Self::Demo),
            "large" => Ok(Self::Large),
            other => {
                Err(format!("The seed must be empty, demo or large; “{}” is none of them.", other.chars().take(40).collect::<String>()))
            }
        }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Demo => "demo",
            Self::Large => "large",
        })
    }
}

/// A world around the default one, and how it begins.
pub struct Part {
    /// Twelve digits.
    pub account: &'static str,
    /// Region code.
    pub region: &'static str,
    /// What it holds.
    pub plant: fn(&mut World, Ms, &Clock),
}

/// The worlds that an estate has beside the default one.
pub fn beyond(seed: Seed) -> &'static [Part] {
    match seed {
        Seed::Demo => &beyond::PARTS,
        Seed::Empty | Seed::Large => &[],
    }
}

/// Fills `world` with `seed` at `now`.
pub fn plant(world: &mut World, seed: Seed, now: Ms, clock: &Clock) {
    match seed {
        Seed::Empty => {}
        Seed::Demo => demo::plant(world, now, clock),
        Seed::Large => large::plant(world, now, clock),
    }
}
