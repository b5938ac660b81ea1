//! Who is signed in, and where the data comes from.

use crate::role::Role;
use serde::{Deserialize, Serialize};

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The user name.
    pub user: String,
    /// What they are to the console. A sign-in from before there were roles may look.
    #[serde(default)]
    pub role: Role,
    /// Whether they came in by a password that somebody else made: nothing but changing it is possible.
    #[serde(default)]
    pub one_time: bool,
}

/// Where the data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The embedded AppStream.
    Embedded,
    /// AWS, or an endpoint that the operator named.
    Aws,
}
