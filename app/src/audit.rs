//! The audit, as server functions and the gateway see it. Implemented in `server/src/audit`.
//!
//! An act is recorded twice: what is meant, before the first call that changes something, and what came of it. [`record`] runs the act;
//! [`call`] wraps each call of AppStream, writes the first record when it is due, and refuses a call that no act stands for. So an act
//! cannot forget to be recorded: without [`record`] around it AWS is not asked.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::resource::Section;
use domain::secret::{HIDDEN, is_secret};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// The longest value that is kept of one member or field.
const LONGEST: usize = 500;
/// The most calls and members of one record; their number is told beyond.
const MOST: usize = 1_000;

/// Which of an act's two records it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// What is meant, before it is done.
    Intent,
    /// What came of it.
    #[default]
    Result,
}

/// How an act ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Not known: of intents.
    #[default]
    Open,
    /// As meant.
    Done,
    /// Some of its calls were refused.
    Partly,
    /// Refused, by the console or by AWS.
    Failed,
}

/// A member of a request: before and after; empty where nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its path.
    pub name: String,
    /// Before.
    pub was: String,
    /// As sent.
    pub is: String,
}

/// A call of AppStream that changes something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The operation.
    pub operation: String,
    /// On what.
    pub on: String,
    /// What was sent.
    pub members: Vec<Member>,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// Why it failed; empty when it did not.
    pub failure: String,
}

/// One record. Holds no secret: [`Entry::entries`] and members go through [`kept`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Intent or result.
    pub phase: Phase,
    /// The number of the intent's record that this is the result of.
    pub of: Option<i64>,
    /// The operator.
    pub who: String,
    /// The address they came from.
    pub from: String,
    /// The act, by its endpoint: `fleet/stop`.
    pub action: String,
    /// What it is done to: `fleets/finance-desktop`.
    pub target: String,
    /// Account and Region.
    pub scope: String,
    /// What was entered.
    pub entries: BTreeMap<String, String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the operator was told when it failed.
    pub message: String,
    /// The calls.
    pub calls: Vec<Call>,
}

/// Where records go, and who reads them.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Adds a record at the end; its number. The failure says what must be done before anything can be recorded again.
    async fn append(&self, entry: &Entry) -> Result<i64, Failure>;
    /// Why nothing can be recorded at present, as a sentence; none while it can.
    fn trouble(&self) -> Option<String>;
    /// What the page shows for a query string.
    async fn shown(&self, query: &str) -> Result<Vec<Section>, Failure>;
}

/// A value as it may be kept: no secret, and of bounded length.
pub fn kept(path: &str, value: &str) -> String {
    if is_secret(path) && !value.is_empty() {
        return HIDDEN.to_owned();
    }
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}… ({} characters)", &value[..at], value.chars().count()),
        None => value.to_owned(),
    }
}

/// The leaves of a request, by path. Lists of plain values are one leaf.
pub fn leaves(value: &Value) -> Vec<(String, String)> {
    fn walk(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
        let below = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
        match value {
            Value::Null => {}
            Value::Object(all) => all.iter().for_each(|(name, v)| walk(&below(name), v, out)),
            Value::Array(all) if all.iter().any(|v| v.is_object() || v.is_array()) => {
                all.iter().enumerate().for_each(|(i, v)| walk(&below(&i.to_string()), v, out));
            }
            Value::Array(all) => {
                let all: Vec<String> = all.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
                out.push((path.to_owned(), all.join(", ")));
            }
            Value::String(text) => out.push((path.to_owned(), text.clone())),
            other => out.push((path.to_owned(), other.to_string())),
        }
    }
    let mut out = vec![];
    walk("", value, &mut out);
    out
}

/// What one act leaves while it runs.
struct Trail {
    audit: Arc<dyn Audit>,
    entry: Entry,
    intent: OnceCell<i64>,
    calls: Mutex<Vec<Call>>,
    standing: Mutex<BTreeMap<String, String>>,
}

tokio::task_local! {
    static TRAIL: Arc<Trail>;
    /// The request id of AWS's newest answer to the call at hand.
    static ANSWERED: Arc<Mutex<Option<String>>>;
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Trail {
    /// Writes what is meant, once.
    async fn intend(&self) -> Result<(), Failure> {
        let write = || async {
            let entry = Entry { phase: Phase::Intent, calls: locked(&self.calls).clone(), ..self.entry.clone() };
            self.audit.append(&entry).await
        };
        self.intent.get_or_try_init(write).await.map(drop)
    }

    fn members(&self, on: &str, input: &Value) -> Vec<Member> {
        let standing = locked(&self.standing);
        let member = |(name, is): (String, String)| {
            let was = standing.get(&name).map(|was| kept(&name, was)).unwrap_or_default();
            Member { is: kept(&name, &is), was, name }
        };
        // What it is called is told beside it.
        let told = |m: &Member| (m.is != on || !m.was.is_empty()) && (m.was != m.is || is_secret(&m.name));
        leaves(input).into_iter().map(member).filter(told).take(MOST).collect()
    }

    async fn finish(&self, failure: Option<&Failure>) {
        let calls = std::mem::take(&mut *locked(&self.calls));
        let refused = calls.iter().any(|c| !c.failure.is_empty());
        let outcome = match failure {
            Some(_) => Outcome::Failed,
            None if refused => Outcome::Partly,
            None => Outcome::Done,
        };
        let message = failure.map(sentence).unwrap_or_default();
        // What was entered stands in the intent, if there is one.
        let of = self.intent.get().copied();
        let entries = if of.is_some() { BTreeMap::new() } else { self.entry.entries.clone() };
        let entry = Entry { phase: Phase::Result, of, outcome, message, calls, entries, ..self.entry.clone() };
        if let Err(error) = self.audit.append(&entry).await {
            tracing::error!(%error, action = entry.action, "an act was done, and what came of it could not be recorded");
        }
    }
}

fn sentence(failure: &Failure) -> String {
    let advice = failure.advice();
    kept("", &[advice.title, ". ".to_owned(), advice.next].concat())
}

/// When the first record of an act is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// With the first call that changes something.
    Called,
    /// At once: for acts on the console itself.
    AtOnce,
    /// With the first call that changes something, and without one nothing is recorded: a check changes nothing.
    Check,
}

/// Runs an act and records it. An act whose intent cannot be written is refused before anything happens.
pub async fn record<T>(
    audit: Arc<dyn Audit>,
    entry: Entry,
    begins: Begins,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let entries = entry.entries.iter().map(|(path, value)| (path.clone(), kept(path, value))).collect();
    let entry = Entry { entries, target: kept("", &entry.target), ..entry };
    let trail = Arc::new(Trail { audit, entry, intent: OnceCell::new(), calls: Mutex::default(), standing: Mutex::default() });
    if begins == Begins::AtOnce {
        trail.intend().await?;
    }
    let result = Box::pin(TRAIL.scope(Arc::clone(&trail), work)).await;
    if begins != Begins::Check || trail.intent.initialized() {
        trail.finish(result.as_ref().err()).await;
    }
    result
}

/// Tells the act at hand what stands where it will write, by the member's path.
pub fn standing(values: impl IntoIterator<Item = (String, String)>) {
    let _ = TRAIL.try_with(|trail| locked(&trail.standing).extend(values));
}

/// Tells the call at hand the request id of an answer.
pub fn answered(request_id: &str) {
    let _ = ANSWERED.try_with(|id| *locked(id) = Some(request_id.chars().take(100).collect()));
}

/// Whether the operation changes nothing.
pub fn reads(operation: &str) -> bool {
    ["Describe", "List", "Get"].iter().any(|verb| operation.starts_with(verb))
}

/// Makes a call of `operation` with `input`. One that changes something is part of the act at hand: its intent is written before, and if
/// that fails the call is not made. Without an act it is refused, if `strict`.
pub async fn call<T>(
    strict: bool,
    operation: &str,
    on: &str,
    input: &Value,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    if reads(operation) {
        return Box::pin(work).await;
    }
    let Ok(trail) = TRAIL.try_with(Arc::clone) else {
        if strict {
            tracing::error!(operation, "a call that nobody would have answered for was held back");
            return Err(Failure::Internal {
                message: format!(
                    "{operation} was not sent, because it could not be recorded as anybody’s act. This is a defect of the console; tell its makers."
                ),
            });
        }
        return Box::pin(work).await;
    };
    let at = {
        let call = Call { operation: operation.to_owned(), on: kept("", on), members: trail.members(on, input), ..Call::default() };
        let mut calls = locked(&trail.calls);
        calls.push(call);
        calls.len() - 1
    };
    if let Err(failure) = trail.intend().await {
        locked(&trail.calls).truncate(at);
        return Err(failure);
    }
    let id = Arc::new(Mutex::new(None));
    let result = Box::pin(ANSWERED.scope(Arc::clone(&id), work)).await;
    if let Some(call) = locked(&trail.calls).get_mut(at) {
        call.request_id = locked(&id).take();
        call.failure = result.as_ref().err().map(sentence).unwrap_or_default();
    }
    result
}

/// Says of the newest call that AWS took it but refused a part.
pub fn refused_in_part(words: &str) {
    let _ = TRAIL.try_with(|trail| {
        if let Some(call) = locked(&trail.calls).last_mut() {
            call.failure = kept("", words);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Default)]
    struct Book(Mutex<Vec<Entry>>, bool);

    #[async_trait]
    impl Audit for Book {
        async fn append(&self, entry: &Entry) -> Result<i64, Failure> {
            if self.1 {
                return Err(Failure::Internal { message: "Full.".into() });
            }
            let mut all = locked(&self.0);
            all.push(entry.clone());
            Ok(i64::try_from(all.len()).unwrap())
        }
        fn trouble(&self) -> Option<String> {
            None
        }
        async fn shown(&self, _: &str) -> Result<Vec<Section>, Failure> {
            Ok(vec![])
        }
    }

    fn entry() -> Entry {
        Entry { who: "ana".into(), action: "fleet/stop".into(), ..Entry::default() }
    }

    #[tokio::test]
    async fn an_act_is_recorded_before_its_first_call_and_after() {
        let book = Arc::new(Book::default());
        let seen = Arc::clone(&book);
        let input = json!({"Name": "cad", "Seats": 5, "AccountPassword": "hunter2"});
        let done = record(book.clone(), entry(), Begins::Called, async {
            standing([("Seats".to_owned(), "3".to_owned())]);
            call(true, "UpdateFleet", "cad", &input, async {
                assert_eq!(locked(&seen.0).len(), 1, "before the call");
                answered("id-1");
                Ok(())
            })
            .await
        });
        assert_eq!(done.await, Ok(()));
        let all = locked(&book.0).clone();
        assert_eq!((all[0].phase, all[1].phase, all[1].of, all[1].outcome), (Phase::Intent, Phase::Result, Some(1), Outcome::Done));
        let member = |name: &str, was: &str, is: &str| Member { name: name.into(), was: was.into(), is: is.into() };
        assert_eq!(all[1].calls[0].members, [member("AccountPassword", "", HIDDEN), member("Seats", "3", "5")]);
        assert_eq!(all[1].calls[0].request_id.as_deref(), Some("id-1"));
    }

    #[tokio::test]
    async fn an_act_that_cannot_be_recorded_is_not_done() {
        let book = Arc::new(Book(Mutex::default(), true));
        let work = async { call(true, "StopFleet", "cad", &json!({}), async { panic!("called") }).await };
        let done: Result<(), Failure> = record(book, entry(), Begins::Called, work).await;
        assert_eq!(done, Err(Failure::Internal { message: "Full.".into() }));
    }

    #[tokio::test]
    async fn a_call_that_changes_something_belongs_to_an_act() {
        let held: Result<(), Failure> = call(true, "StopFleet", "cad", &json!({}), async { panic!("called") }).await;
        assert!(matches!(held, Err(Failure::Internal { message }) if message.contains("StopFleet was not sent")));
        assert_eq!(call(true, "DescribeFleets", "", &json!({}), async { Ok(7) }).await, Ok(7));
    }

    #[tokio::test]
    async fn a_check_leaves_nothing_and_a_refusal_does() {
        let book = Arc::new(Book::default());
        let _ = record(book.clone(), entry(), Begins::Check, async { Ok(()) }).await;
        assert!(locked(&book.0).is_empty());
        let _: Result<(), _> = record(book.clone(), entry(), Begins::Called, async { Err(Failure::WrongPassword) }).await;
        assert_eq!(locked(&book.0)[0].outcome, Outcome::Failed);
    }
}
