//! Who may come in: accounts with argon2id hashes, checked in equal time and at a bounded rate.

use app::ctx::Door;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::failure::Failure;
use domain::operator::Operator;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sqlx::SqlitePool;
use std::num::NonZeroU32;
use std::time::Duration;

/// The name of the first administrator.
pub const FIRST: &str = "admin";
/// Attempts at once for one name from one address; then one more every [`PAUSE`].
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Attempts at once from one address, whatever the name.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
const PAUSE: Duration = Duration::from_secs(30);

/// The door of the console.
pub struct LocalDoor {
    pool: SqlitePool,
    by_name: DefaultKeyedRateLimiter<(String, String)>,
    by_address: DefaultKeyedRateLimiter<String>,
    nobody: String,
}

/// Where the first administrator's password came from.
#[derive(Debug, PartialEq, Eq)]
pub enum FirstPassword {
    /// From `APPSTREAM_CONSOLE_ADMIN_PASSWORD`.
    Given,
    /// Made now; shown once.
    Made(String),
    /// Set at an earlier start.
    Kept,
}

impl LocalDoor {
    /// The door over `pool`.
    pub fn new(pool: SqlitePool) -> Result<Self, String> {
        let quota = |burst| Quota::with_period(PAUSE).map(|q| q.allow_burst(burst)).ok_or("The pause between sign-ins must not be zero.");
        Ok(Self {
            pool,
            by_name: RateLimiter::keyed(quota(BURST)?),
            by_address: RateLimiter::keyed(quota(ADDRESS_BURST)?),
            nobody: hash("nobody signs in with this")?,
        })
    }

    /// Makes sure that there is a first administrator. A given password replaces the one of before.
    pub async fn first(&self, given: Option<&str>) -> Result<FirstPassword, String> {
        let known: Option<(String,)> =
            sqlx::query_as("select name from accounts where name = $1").bind(FIRST).fetch_optional(&self.pool).await.map_err(sentence)?;
        let (password, told) = match (given, known) {
            (Some(password), _) => (password.to_owned(), FirstPassword::Given),
            (None, Some(_)) => return Ok(FirstPassword::Kept),
            (None, None) => {
                let made = password();
                (made.clone(), FirstPassword::Made(made))
            }
        };
        let hash = tokio::task::spawn_blocking(move || hash(&password)).await.map_err(sentence)??;
        sqlx::query("insert into accounts (name, password_hash, created_ms) values ($1, $2, unixepoch() * 1000) on conflict (name) do update set password_hash = excluded.password_hash")
            .bind(FIRST)
            .bind(hash)
            .execute(&self.pool)
            .await
            .map_err(sentence)?;
        Ok(told)
    }
}

fn sentence(error: impl std::fmt::Display) -> String {
    format!("The accounts could not be read or written: {error}.")
}

fn hash(password: &str) -> Result<String, String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|h| h.to_string())
        .map_err(|e| format!("The password could not be hashed: {e}."))
}

/// Twenty letters and digits without those that look alike: 100 bits.
fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    (0..20).map(|_| char::from(LETTERS[usize::from(rand::random::<u8>() & 31)])).collect()
}

#[async_trait::async_trait]
impl Door for LocalDoor {
    async fn check(&self, user: &str, password: &str, address: &str) -> Result<Operator, Failure> {
        let broken = |e: &dyn std::fmt::Display| {
            tracing::error!(error = %e, "a sign-in could not be checked");
            Failure::Internal { message: "The console’s accounts could not be read. Try again, or look into its log.".into() }
        };
        let name = user.to_lowercase();
        let by_name = self.by_name.check_key(&(name.clone(), address.to_owned()));
        let by_address = self.by_address.check_key(&address.to_owned());
        if let Err(early) = by_name.and(by_address) {
            let wait = early.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            return Err(Failure::TooManyAttempts { retry_in_seconds: u32::try_from(wait).unwrap_or(u32::MAX) });
        }
        let row: Option<(String, String)> = sqlx::query_as("select name, password_hash from accounts where name = $1")
            .bind(&name)
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| broken(&e))?;
        // An unknown name costs the same hashing as a wrong password.
        let (known, hash) = row.map_or((None, self.nobody.clone()), |(name, hash)| (Some(name), hash));
        let password = password.to_owned();
        let matches = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
        })
        .await
        .map_err(|e| broken(&e))?;
        match known.filter(|_| matches) {
            Some(user) => Ok(Operator { user }),
            None => Err(Failure::WrongPassword),
        }
    }
}
