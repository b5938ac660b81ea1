//! How often somebody may guess: bounded for each key, in memory.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

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

/// Strangers whose passwords wait to be checked at once; each takes some 30 ms. More are asked to come again.
const WAITING: usize = 20;
/// After so many seconds.
pub const COME_AGAIN: u32 = 5;
/// Addresses that are known at once; beyond that the one that came in longest ago is a stranger again.
const KNOWN: usize = 4_096;

/// A refusal is recorded so often at most; what others there were is told with it. Recording each would be the flood's own work.
const TOLD: Duration = Duration::from_secs(1);

/// Sign-ins that were refused unchecked, since the last one that was recorded.
#[derive(Default)]
pub struct Refusals(Mutex<(u32, Option<Instant>)>);

impl Refusals {
    /// Counts one; how many there were, when that is to be recorded now.
    pub fn count(&self) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.saturating_add(1);
        if state.1.is_some_and(|told| told.elapsed() < TOLD) {
            return None;
        }
        state.1 = Some(Instant::now());
        Some(std::mem::take(&mut state.0))
    }
}

/// Who may wait for a password to be checked: few strangers at once, and everybody from an address from which somebody came in before.
/// However many guess, those have no more than the strangers' few before them.
pub struct Queue {
    strangers: Semaphore,
    known: Mutex<HashMap<String, Instant>>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { strangers: Semaphore::new(WAITING), known: Mutex::default() }
    }
}

impl Queue {
    /// A place for somebody from `address`; they keep it while they hold what is in it. None when there is no room.
    pub fn enter(&self, address: &str) -> Option<Option<SemaphorePermit<'_>>> {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains_key(address) {
            return Some(None);
        }
        self.strangers.try_acquire().ok().map(Some)
    }

    /// Somebody came in from `address`.
    pub fn welcome(&self, address: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN
            && !known.contains_key(address)
            && let Some(oldest) = known.iter().min_by_key(|(_, at)| **at).map(|(address, _)| address.clone())
        {
            known.remove(&oldest);
        }
        known.insert(address.to_owned(), Instant::now());
    }
}

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
