//! How often somebody may guess: bounded for each key, in memory.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Attempts at once for one name from one address; then one more every [`PAUSE`].
pub const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Attempts at once from one address, whatever the name.
pub const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Attempts at once for one name, wherever they come from; then one more every [`ACCOUNT_PAUSE`]: at most 90 in an hour (ASVS 2.2.1).
pub const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// For how long one more waits for one name.
pub const ACCOUNT_PAUSE: Duration = Duration::from_secs(60);
/// For how long one more waits.
pub const PAUSE: Duration = Duration::from_secs(30);
/// Guessers remembered at once; beyond that all are forgotten, so that many addresses cannot fill the memory.
const REMEMBERED: usize = 10_000;

/// Wrong guesses, bounded for each key. A right password forgets them: whoever may come in is never kept waiting.
pub struct Guesses {
    quota: Quota,
    keys: Mutex<HashMap<String, DefaultDirectRateLimiter>>,
}

impl Guesses {
    /// `burst` at once, then one every `pause`.
    pub fn new(burst: NonZeroU32, pause: Duration) -> Result<Self, String> {
        let quota = Quota::with_period(pause).ok_or("The pause between sign-ins must not be zero.")?;
        Ok(Self { quota: quota.allow_burst(burst), keys: Mutex::default() })
    }

    /// Counts an attempt; the seconds to wait when there were too many.
    pub fn count(&self, key: &str) -> Result<(), u32> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= REMEMBERED && !keys.contains_key(key) {
            keys.clear();
        }
        let limiter = keys.entry(key.to_owned()).or_insert_with(|| RateLimiter::direct(self.quota));
        limiter.check().map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            u32::try_from(wait).unwrap_or(u32::MAX)
        })
    }

    /// Forgets the wrong guesses.
    pub fn forget(&self, key: &str) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}
