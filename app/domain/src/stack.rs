//! Stacks, as far as sessions and fleets need them, and the pairs of stack and fleet that sessions belong to.

use crate::failure::Failure;
use crate::fleet::ResourceError;
use crate::names::{FleetName, StackName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What DescribeStacks tells of one stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Its name, unique in account and Region.
    pub name: StackName,
    /// Its ARN.
    pub arn: String,
    /// What users see.
    pub display_name: Option<String>,
    /// What operators noted.
    pub description: Option<String>,
    /// When it was made.
    pub created: Option<Millis>,
    /// What AWS reports as wrong.
    pub errors: Vec<ResourceError>,
}

/// A stack and a fleet that are associated; sessions always belong to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// The stack.
    pub stack: StackName,
    /// The fleet.
    pub fleet: FleetName,
}

impl Pair {
    /// `stack/fleet`, the key of its [`PairRead`].
    pub fn id(&self) -> String {
        [self.stack.as_str(), "/", self.fleet.as_str()].concat()
    }
}

/// An association, and how its sessions were last read. Pairs are asked one by one, so each ages and fails on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRead {
    /// `stack/fleet`: no name holds a slash.
    pub id: String,
    /// When DescribeSessions last answered in full, or when DescribeFleets last showed that nobody uses the fleet; by AWS's clock.
    /// None before the first answer.
    pub taken: Option<Millis>,
    /// The last failure, if the newest attempt failed. The rows of before stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// How many attempts failed one after the other.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub times: u32,
    /// When it is asked again after a failure, by AWS's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Millis>,
    /// How many of its sessions have a person connected, as last read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub connected: u32,
}

// Pages carry all pairs, and most are well.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl PairRead {
    /// An association that nobody has read yet.
    pub fn unread(pair: &Pair) -> Self {
        Self { id: pair.id(), taken: None, failure: None, times: 0, next: None, connected: 0 }
    }
    /// The stack's name.
    pub fn stack(&self) -> &str {
        self.id.split_once('/').map_or("", |(stack, _)| stack)
    }
    /// The fleet's name.
    pub fn fleet(&self) -> &str {
        self.id.split_once('/').map_or("", |(_, fleet)| fleet)
    }
    /// Which stack and fleet.
    pub fn pair(&self) -> Pair {
        Pair { stack: self.stack().into(), fleet: self.fleet().into() }
    }
    /// Whether its sessions were read, or cannot be there, and nothing failed since.
    pub fn is_read(&self) -> bool {
        self.taken.is_some() && self.failure.is_none()
    }
}
