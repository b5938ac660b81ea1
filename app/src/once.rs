//! A form is done once, however often it is sent: the first that comes with its key does it, the others wait and get what came of it.
//! What failed may be sent again.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::secret::is_secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// How often those who wait look.
const LOOK: Duration = Duration::from_millis(100);
/// For how long they wait; the act goes on.
const PATIENCE: u32 = 600;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody had it: whoever asked does it, and must [`Submitted::settle`] it.
    Mine,
    /// It is being done.
    Running,
    /// It was done, with this outcome.
    Done(String),
}

/// What came of forms that were sent. Implemented in `server/src/submitted.rs`, which keeps no key but its hash.
#[async_trait]
pub trait Submitted: Send + Sync {
    /// Asks for a key.
    async fn claim(&self, key: &str) -> Result<Claim, Failure>;
    /// Keeps the outcome of a claimed key; none gives the key back.
    async fn settle(&self, key: &str, outcome: Option<&str>);
}

/// Whether there is a secret somewhere in it.
fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Object(all) => all.iter().any(|(name, v)| (is_secret(name) && !v.is_null()) || holds_secret(v)),
        Value::Array(all) => all.iter().any(holds_secret),
        _ => false,
    }
}

/// Does `work` unless the key's form was sent before; then gives what came of that.
pub async fn once<T: Serialize + DeserializeOwned>(
    submitted: &dyn Submitted,
    key: &str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    for _ in 0..PATIENCE {
        match submitted.claim(key).await? {
            Claim::Mine => {
                let result = Box::pin(work).await;
                let outcome = result.as_ref().ok().map(|done| serde_json::to_value(done).unwrap_or_default());
                let kept = outcome.map(|value| if holds_secret(&value) { String::new() } else { value.to_string() });
                submitted.settle(key, kept.as_deref()).await;
                return result;
            }
            Claim::Done(outcome) => {
                return serde_json::from_str(&outcome).map_err(|_| Failure::Internal {
                    message: "This form was done already. What it gave is not kept; open the form anew to do it again.".into(),
                });
            }
            Claim::Running => tokio::time::sleep(LOOK).await,
        }
    }
    Err(Failure::Internal {
        message:
            "This form was sent before, and what came of it is not known yet. Look into the audit, and open the form anew to do it again."
                .into(),
    })
}
