//! Who is signed in, and where the data comes from.

use serde::{Deserialize, Serialize};

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The user name.
    pub user: String,
}

/// Where the data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The embedded AppStream.
    Embedded,
    /// AWS, or an endpoint that the operator named.
    Aws,
}
