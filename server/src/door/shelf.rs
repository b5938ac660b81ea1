//! Secrets that were made and not shown yet. In memory only: what a restart loses is made anew.

use super::password::letters;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For how long they wait.
const KEPT: Duration = Duration::from_secs(300);
/// And so long after they were shown.
const SHOWN: Duration = Duration::from_secs(5);

/// Where they wait.
pub struct Shelf<T>(Mutex<HashMap<String, (Instant, T)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Shelf<T> {
    /// Puts one there; the ticket to take it with.
    pub fn put(&self, secret: T) -> String {
        let ticket = letters(26);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(ticket.clone(), (Instant::now() + KEPT, secret));
        ticket
    }

    /// Takes it. A page is made more than once before it is sent, so it stays for some seconds.
    pub fn take(&self, ticket: &str) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|_, (until, _)| *until > now);
        let (until, secret) = all.get_mut(ticket)?;
        *until = (*until).min(now + SHOWN);
        Some(secret.clone())
    }
}
