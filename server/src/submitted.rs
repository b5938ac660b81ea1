//! What came of forms that were sent, for a day. A key is kept as its SHA-256: what was entered is part of it.

use app::once::{Claim, Submitted};
use async_trait::async_trait;
use domain::failure::Failure;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;

/// For how long an outcome is kept, in seconds.
const KEPT: i64 = 86_400;

/// [`Submitted`] over the database.
pub struct Store(pub SqlitePool);

fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

impl Store {
    async fn ask(&self, key: &str) -> Result<Claim, sqlx::Error> {
        let key = hash(key);
        let mine = sqlx::query("insert into submitted (key, at) values ($1, unixepoch()) on conflict do nothing")
            .bind(&key)
            .execute(&self.0)
            .await?;
        if mine.rows_affected() == 1 {
            sqlx::query("delete from submitted where at < unixepoch() - $1").bind(KEPT).execute(&self.0).await?;
            return Ok(Claim::Mine);
        }
        let outcome: Option<Option<String>> =
            sqlx::query_scalar("select outcome from submitted where key = $1").bind(&key).fetch_optional(&self.0).await?;
        // It may have been given back meanwhile.
        Ok(outcome.flatten().map_or(Claim::Running, Claim::Done))
    }
}

#[async_trait]
impl Submitted for Store {
    async fn claim(&self, key: &str) -> Result<Claim, Failure> {
        self.ask(key).await.map_err(|error| {
            tracing::error!(%error, "a form could not be claimed");
            let (reason, next) = crate::audit::why(&error);
            Failure::Internal { message: format!("Nothing was done, because it could not be recorded: {reason}. {next}") }
        })
    }

    async fn settle(&self, key: &str, outcome: Option<&str>) {
        let query = match outcome {
            Some(outcome) => sqlx::query("update submitted set outcome = $2 where key = $1").bind(hash(key)).bind(outcome.to_owned()),
            None => sqlx::query("delete from submitted where key = $1").bind(hash(key)),
        };
        if let Err(error) = query.execute(&self.0).await {
            tracing::error!(%error, "what came of a form could not be kept");
        }
    }
}
