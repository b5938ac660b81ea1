//! Who may come in: accounts with argon2id hashes, checked in equal time and at a bounded rate.

use app::ctx::Door;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::failure::Failure;
use domain::operator::Operator;
use domain::role::Role;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sqlx::SqlitePool;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The name of the first administrator.
pub const FIRST: &str = "admin";
/// Attempts at once for one name from one address; then one more every [`PAUSE`].
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Attempts at once from one address, whatever the name.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
const PAUSE: Duration = Duration::from_secs(30);
/// Guessers remembered at once; beyond that all are forgotten, so that many addresses cannot fill the memory.
const REMEMBERED: usize = 10_000;

/// Wrong guesses, bounded for each key. A right password forgets them: whoever may come in is never kept waiting.
struct Guesses {
    quota: Quota,
    keys: Mutex<HashMap<String, DefaultDirectRateLimiter>>,
}

impl Guesses {
    fn new(burst: NonZeroU32) -> Result<Self, String> {
        let quota = Quota::with_period(PAUSE).ok_or("The pause between sign-ins must not be zero.")?;
        Ok(Self { quota: quota.allow_burst(burst), keys: Mutex::default() })
    }

    /// Counts an attempt; the seconds to wait when there were too many.
    fn count(&self, key: &str) -> Result<(), u32> {
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

    fn forget(&self, key: &str) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// The door of the console.
pub struct LocalDoor {
    pool: SqlitePool,
    by_name: Guesses,
    by_address: Guesses,
}

/// The hash of a password that nobody knows, made as [`hash`] makes them: what a sign-in with an unknown name is checked against. Written
/// down, because making one at each start costs a quarter of the start.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$G9kOPGW7Zk7j7kzMpAPxyA$Eu+BphBNKMqcm7EpwDdr3OTanU2KUQo77crQzQE2Sxs";

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
        Ok(Self { pool, by_name: Guesses::new(BURST)?, by_address: Guesses::new(ADDRESS_BURST)? })
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

/// A password that was made: shown once, and in no log.
pub struct Password(String);

impl Password {
    /// For the person at the terminal.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The accounts, as `users` keeps them. Whoever is changed is signed out everywhere: a sign-in carries its role.
pub struct Accounts(pub SqlitePool);

impl Accounts {
    /// Makes an account with a made password.
    pub async fn add(&self, name: &str, role: Role) -> Result<Password, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
            return Err(format!(
                "“{name}” cannot be an account’s name. Use up to 64 small letters, digits, dots, dashes, underscores and @."
            ));
        }
        let (password, hash) = made().await?;
        let done = sqlx::query(
            "insert into accounts (name, password_hash, role, created_ms) values ($1, $2, $3, unixepoch() * 1000) on conflict do nothing",
        )
        .bind(name)
        .bind(hash)
        .bind(role.slug())
        .execute(&self.0)
        .await
        .map_err(sentence)?;
        if done.rows_affected() == 0 {
            return Err(format!("There is an account {name} already. `users role` changes its role, `users password` its password."));
        }
        Ok(password)
    }

    /// Names and roles, by name.
    pub async fn list(&self) -> Result<Vec<(String, Role)>, String> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select name, role from accounts order by name").fetch_all(&self.0).await.map_err(sentence)?;
        Ok(rows.into_iter().map(|(name, role)| (name, Role::parse(&role).unwrap_or_default())).collect())
    }

    /// Gives an account another role.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), String> {
        if role != Role::Administrator {
            self.another_administrator(name).await?;
        }
        self.change(name, "update accounts set role = $2 where name = $1", role.slug()).await
    }

    /// Gives an account a made password.
    pub async fn renew(&self, name: &str) -> Result<Password, String> {
        let (password, hash) = made().await?;
        self.change(name, "update accounts set password_hash = $2 where name = $1", &hash).await?;
        Ok(password)
    }

    /// Removes an account.
    pub async fn remove(&self, name: &str) -> Result<(), String> {
        self.another_administrator(name).await?;
        self.change(name, "delete from accounts where name = $1 and $2 = ''", "").await
    }

    async fn change(&self, name: &str, sql: &'static str, value: &str) -> Result<(), String> {
        let done = sqlx::query(sql).bind(name).bind(value).execute(&self.0).await.map_err(sentence)?;
        if done.rows_affected() == 0 {
            return Err(format!("There is no account {name}. `users list` tells which there are."));
        }
        sqlx::query("delete from sessions where json_extract(data, '$.operator.user') = $1")
            .bind(name)
            .execute(&self.0)
            .await
            .map_err(sentence)?;
        Ok(())
    }

    /// The last administrator stays: nobody could make another.
    async fn another_administrator(&self, name: &str) -> Result<(), String> {
        let (others,): (i64,) = sqlx::query_as("select count(*) from accounts where role = 'administrator' and name <> $1")
            .bind(name)
            .fetch_one(&self.0)
            .await
            .map_err(sentence)?;
        if others == 0 { Err(format!("{name} is the last administrator. Make another one first.")) } else { Ok(()) }
    }
}

async fn made() -> Result<(Password, String), String> {
    let made = password();
    let clear = made.clone();
    let hash = tokio::task::spawn_blocking(move || hash(&clear)).await.map_err(sentence)??;
    Ok((Password(made), hash))
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
        let name_and_address = format!("{address} {name}");
        if let Err(retry_in_seconds) = self.by_name.count(&name_and_address).and_then(|()| self.by_address.count(address)) {
            return Err(Failure::TooManyAttempts { retry_in_seconds });
        }
        let row: Option<(String, String, String)> = sqlx::query_as("select name, password_hash, role from accounts where name = $1")
            .bind(&name)
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| broken(&e))?;
        // An unknown name costs the same hashing as a wrong password.
        let (known, hash) = row.map_or((None, NOBODY.to_owned()), |(name, hash, role)| (Some((name, role)), hash));
        let password = password.to_owned();
        let matches = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
        })
        .await
        .map_err(|e| broken(&e))?;
        match known.filter(|_| matches) {
            Some((user, role)) => {
                self.by_name.forget(&name_and_address);
                self.by_address.forget(address);
                // A role that this version does not know may look.
                Ok(Operator { user, role: Role::parse(&role).unwrap_or_default() })
            }
            None => Err(Failure::WrongPassword),
        }
    }

    async fn known(&self, user: &str) -> Option<String> {
        let found = sqlx::query_scalar("select name from accounts where name = $1").bind(user.to_lowercase());
        found.fetch_optional(&self.pool).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn door() -> (tempfile::TempDir, LocalDoor) {
        let folder = tempfile::tempdir().unwrap();
        let door = LocalDoor::new(crate::store::open(folder.path()).await.unwrap()).unwrap();
        door.first(Some("right")).await.unwrap();
        (folder, door)
    }

    #[tokio::test]
    async fn wrong_guesses_are_bounded_and_a_right_password_forgets_them() {
        let (_folder, door) = door().await;
        for _ in 0..20 {
            assert_eq!(door.check("Admin", "right", "a").await.map(|o| o.user), Ok("admin".to_owned()), "however often one signs in");
        }
        for _ in 0..BURST.get() {
            assert_eq!(door.check("admin", "wrong", "a").await, Err(Failure::WrongPassword));
        }
        assert!(matches!(door.check("admin", "right", "a").await, Err(Failure::TooManyAttempts { retry_in_seconds: 1..=31 })));
        assert!(door.check("admin", "right", "b").await.is_ok(), "another address is not kept waiting");
    }

    #[test]
    fn an_unknown_name_costs_what_a_known_one_costs() {
        let costs = |text: &str| {
            let hash = PasswordHash::new(text).unwrap();
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), hash.hash.unwrap().as_bytes().len())
        };
        assert_eq!(costs(NOBODY), costs(&hash("right").unwrap()));
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused_like_a_wrong_password() {
        let (_folder, door) = door().await;
        assert_eq!(door.check("nobody", "right", "a").await, Err(Failure::WrongPassword));
    }

    #[tokio::test]
    async fn the_first_password_is_made_once_and_a_given_one_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let door = LocalDoor::new(crate::store::open(folder.path()).await.unwrap()).unwrap();
        let FirstPassword::Made(made) = door.first(None).await.unwrap() else { panic!("one is made") };
        assert_eq!(made.len(), 20);
        assert_eq!(door.first(None).await.unwrap(), FirstPassword::Kept);
        assert!(door.check("admin", &made, "a").await.is_ok());
        assert_eq!(door.first(Some("other")).await.unwrap(), FirstPassword::Given);
        assert!(door.check("admin", "other", "a").await.is_ok());
        assert_eq!(door.check("admin", &made, "a").await, Err(Failure::WrongPassword));
    }
}
