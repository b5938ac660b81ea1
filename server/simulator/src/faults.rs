//! Faults on demand, request limits, and the count of calls. Of one world.

use crate::clock::Ms;
use crate::world::draw;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A fault that waits for calls.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The operation, or `*`.
    pub operation: String,
    /// The error to answer with.
    pub error: Option<String>,
    /// Its HTTP status.
    pub status: u16,
    /// Its message.
    pub message: String,
    /// How many calls it still meets; none is all of them.
    pub count: Option<u64>,
    /// How likely it meets a call, 0 to 1.
    pub probability: f64,
    /// How long the answer is held back.
    pub latency_ms: u64,
    /// Never answer.
    pub hang: bool,
    /// Answer with bytes that are no protocol.
    pub garbage: bool,
    /// Cut the connection.
    pub close: bool,
}

/// Faults, limits and counters.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Waiting faults, oldest first.
    pub waiting: Vec<Fault>,
    calls: BTreeMap<String, u64>,
    throttled: u64,
    /// Reads and writes a second; none is no limit.
    pub limits: (Option<f64>, Option<f64>),
    buckets: [(f64, Ms); 2],
    chance: u64,
}

impl Faults {
    /// Counts a call.
    pub fn count(&mut self, operation: &str) {
        *self.calls.entry(operation.to_owned()).or_default() += 1;
    }
    /// Counts a throttled call.
    pub fn throttled(&mut self) {
        self.throttled += 1;
    }
    /// Forgets all counts.
    pub fn forget_calls(&mut self) {
        self.calls.clear();
        self.throttled = 0;
    }
    /// The counts, as the contract has them.
    pub fn show_calls(&self) -> Value {
        json!({"total": self.calls.values().sum::<u64>(), "by_operation": self.calls, "throttled": self.throttled})
    }
    /// The fault that meets this call, if one does. Its chance is its own: the world's must not depend on what was looked at.
    #[expect(clippy::cast_precision_loss, reason = "a chance of one in a million is fine enough")]
    pub fn meet(&mut self, operation: &str) -> Option<Fault> {
        let chance = &mut self.chance;
        let mut strikes = |p: f64| p >= 1.0 || ((draw(chance) % 1_000_000) as f64) / 1_000_000.0 < p;
        let at = self.waiting.iter().position(|f| (f.operation == "*" || f.operation == operation) && strikes(f.probability))?;
        let fault = self.waiting[at].clone();
        match &mut self.waiting[at].count {
            Some(n) if *n <= 1 => {
                self.waiting.remove(at);
            }
            Some(n) => *n -= 1,
            None => {}
        }
        Some(fault)
    }
    /// Whether the request limit lets this call pass at `wall`.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds between two calls")]
    pub fn admits(&mut self, is_read: bool, wall: Ms) -> bool {
        let Some(rate) = (if is_read { self.limits.0 } else { self.limits.1 }) else { return true };
        let (tokens, last) = &mut self.buckets[usize::from(!is_read)];
        if *last == 0 {
            *tokens = rate.max(1.0);
        } else {
            *tokens = (*tokens + (wall - *last).max(0) as f64 / 1000.0 * rate).min(rate.max(1.0));
        }
        *last = wall;
        let passes = *tokens >= 1.0;
        if passes {
            *tokens -= 1.0;
        }
        passes
    }
}
