//! Web sessions in the embedded database: tower-sessions with a store of our own, because no published one fits this set of
//! versions. Its key is the SHA-256 of the session's id.
//!
//! A web session in which somebody signed in is a sign-in: its row says whose, since when, from where. It ends when nobody did anything
//! for a while, and in any case some time after it began; whoever ends it by taking the row away ends it everywhere.

use crate::audit::chain::hex;
use app::door::From;
use async_trait::async_trait;
use domain::account::SignIn;
use domain::time::Millis;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

/// The cookie's name. The prefix makes browsers insist on Secure, on Path=/ and on this very host.
pub const COOKIE: &str = "__Host-sid";
/// How long the web session of a visitor who has not signed in is kept.
const VISIT: Duration = Duration::from_secs(3600);
/// That somebody does something is noted so often at most.
const NOTED: Duration = Duration::from_secs(60);

/// A sign-in that was used so many seconds later than now tells of a clock that was set back.
const AHEAD: i64 = 60;

/// When sign-ins end by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// After so long without anybody doing anything.
    pub idle: Duration,
    /// So long after they began.
    pub most: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle: Duration::from_secs(60 * 60), most: Duration::from_secs(12 * 60 * 60) }
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

impl Limits {
    /// Both, in minutes.
    pub fn minutes(self) -> (u32, u32) {
        let minutes = |d: Duration| u32::try_from(d.as_secs() / 60).unwrap_or(u32::MAX);
        (minutes(self.idle), minutes(self.most))
    }
}

/// Sessions in SQLite. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    limits: Limits,
    /// Told when sign-ins were ended in this process.
    ended: Arc<watch::Sender<()>>,
}

type Row = (Vec<u8>, i64, i64, String, String);

impl Store {
    /// Over `pool`.
    pub fn new(pool: SqlitePool, limits: Limits) -> Self {
        Self { pool, limits, ended: Arc::new(watch::Sender::new(())) }
    }

    /// When sign-ins end by themselves.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Hears of sign-ins that are ended, so that streams end at once.
    pub fn ended(&self) -> watch::Receiver<()> {
        self.ended.subscribe()
    }

    /// Tells streams to look whether they are still signed in.
    pub fn tell(&self) {
        self.ended.send_replace(());
    }

    /// `session`, which is saved, is a sign-in of `account` from now on.
    pub async fn began(&self, session: &Session, account: &str, from: &From) -> sqlx::Result<()> {
        let Some(id) = session.id() else { return Err(sqlx::Error::RowNotFound) };
        let begun = sqlx::query(
            "update sessions set account = $2, began = unixepoch(), seen = unixepoch(), ends = unixepoch() + $3,
             expires = unixepoch() + min($3, $4), address = $5, browser = $6 where key = $1",
        )
        .bind(key(&id))
        .bind(account)
        .bind(seconds(self.limits.most))
        .bind(seconds(self.limits.idle))
        .bind(&from.address)
        .bind(&from.browser)
        .execute(&self.pool)
        .await?;
        if begun.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
    }

    /// Somebody does something in `session`: it goes on.
    pub async fn seen(&self, session: &Session) -> sqlx::Result<()> {
        let Some(id) = session.id() else { return Ok(()) };
        // Asked first: most requests come within a minute of another, and reading holds nobody up.
        let due: Option<i64> = sqlx::query_scalar("select 1 from sessions where key = $1 and seen <= unixepoch() - $2")
            .bind(key(&id))
            .bind(seconds(NOTED.min(self.limits.idle / 4)))
            .fetch_optional(&self.pool)
            .await?;
        if due.is_some() {
            sqlx::query("update sessions set seen = unixepoch(), expires = min(unixepoch() + $2, ends) where key = $1")
                .bind(key(&id))
                .bind(seconds(self.limits.idle))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// The clock was set back: sign-ins that were used later than now would last longer by that. They are taken for used now.
    async fn set_back(&self) -> sqlx::Result<()> {
        let query = "update sessions set expires = expires - (seen - unixepoch()), ends = ends - (seen - unixepoch()),
            began = began - (seen - unixepoch()), seen = unixepoch() where seen > unixepoch() + $1";
        let moved = sqlx::query(query).bind(AHEAD).execute(&self.pool).await?.rows_affected();
        tracing::warn!(moved, "this machine’s clock was set back; sign-ins were moved with it");
        Ok(())
    }

    /// The sign-ins of `account` that go on, the newest first. `here` is the session that asks.
    pub async fn of(&self, account: &str, here: Option<&Session>) -> sqlx::Result<Vec<SignIn>> {
        let rows: Vec<Row> = sqlx::query_as(
            "select key, began, seen, address, browser from sessions where account = $1 and expires > unixepoch() order by began desc, key",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let here = here.and_then(Session::id).map(|id| key(&id));
        let sign_in = |(key, began, seen, address, browser): Row| SignIn {
            id: hex(&key[..key.len().min(NAMED)]),
            began: Millis(began * 1000),
            seen: Millis(seen * 1000),
            address,
            browser,
            here: Some(key) == here,
        };
        Ok(rows.into_iter().map(sign_in).collect())
    }

    /// Whether `account` is signed in from `address`.
    pub async fn is_at(&self, account: &str, address: &str) -> sqlx::Result<bool> {
        let one: Option<i64> =
            sqlx::query_scalar("select 1 from sessions where account = $1 and address = $2 and expires > unixepoch() limit 1")
                .bind(account)
                .bind(address)
                .fetch_optional(&self.pool)
                .await?;
        Ok(one.is_some())
    }

    /// Ends the sign-in `id` of `account`, or all of them when it is empty. One that has ended already is no error.
    pub async fn end(&self, account: &str, id: &str) -> sqlx::Result<()> {
        sqlx::query("delete from sessions where account = $1 and ($2 = '' or lower(hex(substr(key, 1, $3))) = $2) or $2 = '' and data ->> '$.half.user' = $1")
            .bind(account)
            .bind(id)
            .bind(i64::try_from(NAMED).unwrap_or(i64::MAX))
            .execute(&self.pool)
            .await?;
        self.tell();
        Ok(())
    }
}

/// So many bytes of a key name a sign-in in forms; they open nothing.
const NAMED: usize = 8;

/// The layer that reads and writes the cookie. The cookie goes with the browser; when a session ends is the store's to say.
pub fn layer(store: Store) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(store)
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.to_string().as_bytes()).to_vec()
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let done = sqlx::query("insert into sessions (key, data, expires) values ($1, $2, unixepoch() + $3) on conflict do nothing")
                .bind(key(&record.id))
                .bind(serde_json::to_string(&record.data).map_err(backend)?)
                .bind(seconds(VISIT))
                .execute(&self.pool)
                .await
                .map_err(backend)?;
            if done.rows_affected() == 1 {
                break;
            }
            record.id = Id::default();
        }
        sqlx::query("delete from sessions where expires < unixepoch()").execute(&self.pool).await.map_err(backend)?;
        Ok(())
    }

    /// Only a session that is still there: one that was signed out meanwhile must not come back. When it ends stays.
    async fn save(&self, record: &Record) -> Result<()> {
        sqlx::query("update sessions set data = $2 where key = $1")
            .bind(key(&record.id))
            .bind(serde_json::to_string(&record.data).map_err(backend)?)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let query = "select data, expires, coalesce(seen, 0) - unixepoch() from sessions where key = $1 and expires > unixepoch()";
        let row: Option<(String, i64, i64)> = sqlx::query_as(query).bind(key(id)).fetch_optional(&self.pool).await.map_err(backend)?;
        if row.as_ref().is_some_and(|(_, _, ahead)| *ahead > AHEAD)
            && let Err(error) = self.set_back().await
        {
            // A database that takes nothing keeps nobody from reading; it is tried again with the next request.
            tracing::warn!(%error, "sign-ins could not be moved with a clock that was set back");
        }
        row.map(|(data, expires, _)| {
            Ok(Record {
                id: *id,
                data: serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?,
                expiry_date: OffsetDateTime::from_unix_timestamp(expires).map_err(|e| Error::Decode(e.to_string()))?,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("delete from sessions where key = $1").bind(key(id)).execute(&self.pool).await.map_err(backend)?;
        Ok(())
    }
}
