//! What the console asks of AppStream, over domain types. Implemented once, with aws-sdk-appstream, in `server/src/gateway`.

use async_trait::async_trait;
use domain::estate::Rate;
use domain::failure::Failure;
use domain::fleet::Fleet;
use domain::form::NewCapacity;
use domain::names::{FleetName, SessionId, StackName};
use domain::session::Session;
use domain::stack::{Pair, Stack};
use domain::time::Millis;

/// AppStream in one account and Region. No SDK type crosses this line; errors are already sorted into [`Failure`].
#[async_trait]
pub trait AppStream: Send + Sync {
    /// DescribeFleets without names, all pages. Safe to repeat.
    async fn describe_fleets(&self) -> Result<Vec<Fleet>, Failure>;
    /// DescribeStacks without names, all pages. Safe to repeat.
    async fn describe_stacks(&self) -> Result<Vec<Stack>, Failure>;
    /// ListAssociatedStacks of one fleet, all pages. Safe to repeat.
    async fn list_associated_stacks(&self, fleet: &FleetName) -> Result<Vec<StackName>, Failure>;
    /// DescribeSessions of one pair, all pages of 50, of all authentication types. Safe to repeat.
    async fn describe_sessions(&self, pair: &Pair) -> Result<Vec<Session>, Failure>;
    /// StartFleet. AWS accepts a repeat on a starting or running fleet.
    async fn start_fleet(&self, name: &FleetName) -> Result<(), Failure>;
    /// StopFleet; ends all its sessions. AWS accepts a repeat.
    async fn stop_fleet(&self, name: &FleetName) -> Result<(), Failure>;
    /// UpdateFleet with the new capacity and nothing else. Safe to repeat.
    async fn change_capacity(&self, name: &FleetName, capacity: NewCapacity) -> Result<(), Failure>;
    /// ExpireSession. Models no error: an unknown or ended session succeeds, so it is safe to repeat.
    async fn expire_session(&self, id: &SessionId) -> Result<(), Failure>;
    /// AWS's clock now, learnt from the `Date` of its answers; this host's clock before the first answer.
    fn aws_now(&self) -> Millis;
    /// How fast AWS may be asked now.
    fn rate(&self) -> Rate;
}
