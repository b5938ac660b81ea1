//! What changed, so that a restart comes back with it: a universe is a pure function of how it began and of its changes.
//!
//! Not in it: faults, request limits and call counters, which end with the process; and passwords, which no state holds.

use crate::clock::Ms;
use crate::universe::{Key, Request, Universe};
use domain::constraints::operation;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request that changed something that lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When it came, by the wall's clock.
    pub wall: Ms,
    /// Worlds whose crowds were spared a long gap just before it.
    pub skipped: Vec<Gap>,
    /// What it was.
    pub what: What,
}

/// A world whose crowds were spared what they would have done since `settled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The world.
    pub world: Key,
    /// The moment it was last brought to.
    pub settled: Ms,
}

/// What a request was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// An operation on valid input.
    Call(Key, String, Value),
    /// A private control: method, path, query, body.
    Control(String, String, String, Vec<u8>),
    /// Somebody opened a streaming URL, or did something on its page: method, query, body.
    Visit(String, String, Vec<u8>),
    /// Nothing but that worlds were looked at after a long gap.
    Look,
}

impl Change {
    /// An operation. Passwords are masked: nothing that lasts depends on them.
    pub(crate) fn call(wall: Ms, key: &Key, operation: &str, input: &Value) -> Self {
        let mut input = input.clone();
        if let Some(password) = input.pointer_mut("/ServiceAccountCredentials/AccountPassword") {
            *password = "masked".into();
        }
        Self { wall, skipped: vec![], what: What::Call(key.clone(), operation.to_owned(), input) }
    }

    /// A control.
    pub(crate) fn control(wall: Ms, request: &Request) -> Self {
        let Request { method, path, query, body, .. } = request.clone();
        Self { wall, skipped: vec![], what: What::Control(method, path, query, body) }
    }

    /// A visit.
    pub(crate) fn visit(wall: Ms, request: &Request) -> Self {
        let Request { method, query, body, .. } = request.clone();
        Self { wall, skipped: vec![], what: What::Visit(method, query, body) }
    }
}

/// Does `change` again. Its answer went out then; what it refused then, it refuses again.
pub(crate) fn apply(universe: &mut Universe, change: &Change) {
    match &change.what {
        What::Call(key, name, input) => {
            // As when it came in: first the world is brought to the present.
            universe.world(&key.0, &key.1, change.wall);
            if let Some(model) = operation(name) {
                let _ = crate::dispatch::act(universe, key, model, input, change.wall);
            }
        }
        What::Control(method, path, query, body) => {
            let request = Request { method: method.clone(), path: path.clone(), query: query.clone(), headers: vec![], body: body.clone() };
            let _ = crate::controls::handle(universe, change.wall, &request);
        }
        What::Visit(method, query, body) => {
            let path = crate::viewer::PATH.to_owned();
            let request = Request { method: method.clone(), path, query: query.clone(), headers: vec![], body: body.clone() };
            let _ = crate::viewer::handle(universe, change.wall, &request);
        }
        What::Look => {
            for gap in &change.skipped {
                universe.world(&gap.world.0, &gap.world.1, change.wall);
            }
        }
    }
}
