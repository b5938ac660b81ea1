//! AppStream through its SDK, for the embedded simulator and for AWS alike. No SDK type leaves this folder.

mod bucket;
pub mod client;
pub mod clock;
pub mod embedded;
mod error;
pub mod estate;
mod fleet;
pub mod gate;
mod invoke;
mod paging;
mod retry;
mod session;
mod stack;

use app::gateway::AppStream;
use async_trait::async_trait;
use clock::AwsClock;
use domain::estate::Rate;
use domain::failure::Failure;
use domain::fleet::Fleet;
use domain::form::NewCapacity;
use domain::names::{FleetName, SessionId, StackName};
use domain::session::Session;
use domain::stack::{Pair, Stack};
use domain::time::Millis;
use gate::Gate;
pub use session::SessionTypes;

/// [`AppStream`] over `aws-sdk-appstream`.
#[derive(Clone)]
pub struct Sdk {
    client: aws_sdk_appstream::Client,
    clock: AwsClock,
    gate: Gate,
    types: SessionTypes,
}

impl Sdk {
    /// Calls any operation by its name with a tree. `noun` and `name` are for the sentences of failures.
    pub async fn invoke(
        &self,
        operation: &'static str,
        input: &serde_json::Value,
        noun: &'static str,
        name: &str,
    ) -> Result<serde_json::Value, Failure> {
        invoke::invoke(&self.client, operation, input, noun, name).await
    }

    /// Over a client whose calls pass `gate` and whose answers `clock` listens to.
    pub fn new(client: aws_sdk_appstream::Client, clock: AwsClock, gate: Gate, types: SessionTypes) -> Self {
        Self { client, clock, gate, types }
    }
}

#[async_trait]
impl AppStream for Sdk {
    async fn describe_fleets(&self) -> Result<Vec<Fleet>, Failure> {
        fleet::describe(&self.client).await
    }
    async fn describe_stacks(&self) -> Result<Vec<Stack>, Failure> {
        stack::describe(&self.client).await
    }
    async fn list_associated_stacks(&self, fleet: &FleetName) -> Result<Vec<StackName>, Failure> {
        stack::associated(&self.client, fleet).await
    }
    async fn describe_sessions(&self, pair: &Pair) -> Result<Vec<Session>, Failure> {
        session::describe(&self.client, pair, self.types).await
    }
    async fn start_fleet(&self, name: &FleetName) -> Result<(), Failure> {
        fleet::start(&self.client, name).await
    }
    async fn stop_fleet(&self, name: &FleetName) -> Result<(), Failure> {
        fleet::stop(&self.client, name).await
    }
    async fn change_capacity(&self, name: &FleetName, capacity: NewCapacity) -> Result<(), Failure> {
        fleet::change_capacity(&self.client, name, capacity).await
    }
    async fn expire_session(&self, id: &SessionId) -> Result<(), Failure> {
        session::expire(&self.client, id).await
    }
    fn aws_now(&self) -> Millis {
        self.clock.now()
    }
    fn rate(&self) -> Rate {
        self.gate.rate()
    }
}
