//! Stacks, as far as sessions and fleets need them, and the pairs of stack and fleet that sessions belong to.

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
