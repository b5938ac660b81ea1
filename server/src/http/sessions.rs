//! Web sessions in the embedded database: tower-sessions with a store of our own, because no published one fits this set of
//! versions. Its key is the SHA-256 of the session's id.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use tower_sessions::{Expiry, SessionManagerLayer};

/// How long a sign-in lasts.
pub const LASTS: Duration = Duration::hours(8);
/// The cookie's name. The prefix makes browsers insist on Secure, on Path=/ and on this very host.
pub const COOKIE: &str = "__Host-sid";

/// Sessions in SQLite.
#[derive(Clone, Debug)]
pub struct Store(pub SqlitePool);

/// The layer that reads and writes the cookie.
pub fn layer(store: Store) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(store)
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(LASTS))
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
            let done = sqlx::query("insert into sessions (key, data, expires) values ($1, $2, $3) on conflict do nothing")
                .bind(key(&record.id))
                .bind(serde_json::to_string(&record.data).map_err(backend)?)
                .bind(record.expiry_date.unix_timestamp())
                .execute(&self.0)
                .await
                .map_err(backend)?;
            if done.rows_affected() == 1 {
                break;
            }
            record.id = Id::default();
        }
        sqlx::query("delete from sessions where expires < $1")
            .bind(OffsetDateTime::now_utc().unix_timestamp())
            .execute(&self.0)
            .await
            .map_err(backend)?;
        Ok(())
    }

    /// Only a session that is still there: one that was signed out meanwhile must not come back.
    async fn save(&self, record: &Record) -> Result<()> {
        sqlx::query("update sessions set data = $2, expires = $3 where key = $1")
            .bind(key(&record.id))
            .bind(serde_json::to_string(&record.data).map_err(backend)?)
            .bind(record.expiry_date.unix_timestamp())
            .execute(&self.0)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String, i64)> = sqlx::query_as("select data, expires from sessions where key = $1 and expires > $2")
            .bind(key(id))
            .bind(OffsetDateTime::now_utc().unix_timestamp())
            .fetch_optional(&self.0)
            .await
            .map_err(backend)?;
        row.map(|(data, expires)| {
            Ok(Record {
                id: *id,
                data: serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?,
                expiry_date: OffsetDateTime::from_unix_timestamp(expires).map_err(|e| Error::Decode(e.to_string()))?,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("delete from sessions where key = $1").bind(key(id)).execute(&self.0).await.map_err(backend)?;
        Ok(())
    }
}
