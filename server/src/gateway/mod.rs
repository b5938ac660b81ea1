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

use app::audit;
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
use serde_json::json;
pub use session::SessionTypes;

/// [`AppStream`] over `aws-sdk-appstream`.
#[derive(Clone)]
pub struct Sdk {
    client: aws_sdk_appstream::Client,
    clock: AwsClock,
    gate: Gate,
    types: SessionTypes,
    strict: bool,
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
        let answer = audit::call(self.strict, operation, name, input, invoke::invoke(&self.client, operation, input, noun, name)).await?;
        // Errors of single rows come with a 200.
        if let Some(refused) = answer["errors"].as_array().filter(|all| !all.is_empty()) {
            audit::refused_in_part(&format!("AWS refused {} of its rows.", refused.len()));
        }
        Ok(answer)
    }

    /// Over a client whose calls pass `gate` and whose answers `clock` listens to.
    pub fn new(client: aws_sdk_appstream::Client, clock: AwsClock, gate: Gate, types: SessionTypes) -> Self {
        Self { client, clock, gate, types, strict: false }
    }

    /// One whose calls change something only as part of an act that is recorded: what people reach.
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
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
        audit::call(self.strict, "StartFleet", &name.0, &json!({}), fleet::start(&self.client, name)).await
    }
    async fn stop_fleet(&self, name: &FleetName) -> Result<(), Failure> {
        audit::call(self.strict, "StopFleet", &name.0, &json!({}), fleet::stop(&self.client, name)).await
    }
    async fn change_capacity(&self, name: &FleetName, capacity: NewCapacity) -> Result<(), Failure> {
        let input = json!({capacity.member(): capacity.number()});
        audit::call(self.strict, "UpdateFleet", &name.0, &input, fleet::change_capacity(&self.client, name, capacity)).await
    }
    async fn expire_session(&self, id: &SessionId) -> Result<(), Failure> {
        audit::call(self.strict, "ExpireSession", &id.0, &json!({}), session::expire(&self.client, id)).await
    }
    fn aws_now(&self) -> Millis {
        self.clock.now()
    }
    fn rate(&self) -> Rate {
        self.gate.rate()
    }
}
