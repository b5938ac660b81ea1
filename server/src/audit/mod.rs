//! Who did what: records in the embedded database that are only ever added, each with a hash over itself and the one before.
//!
//! [`Store`] adds and is what server functions reach; [`chain`] makes and checks the hashes, [`read`] filters and makes the page,
//! [`export`] writes files, [`follow`] sends records on. What an act is and when it is recorded is `app::audit`'s.

pub mod chain;
pub mod export;
pub mod follow;
pub mod read;

use app::audit::{Audit, Begins, Entry};
use async_trait::async_trait;
use chain::Mark;
use domain::failure::Failure;
use domain::resource::Section;
use sqlx::SqlitePool;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// A record as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Its number, from 1 on.
    pub seq: i64,
    /// When, in epoch milliseconds by this machine's clock.
    pub at: i64,
    /// The [`Entry`] as JSON; what is hashed.
    pub record: String,
    /// See [`chain`].
    pub hash: Vec<u8>,
}

impl Row {
    /// What it says; empty where it cannot be read, which [`chain::verify`] would tell.
    pub fn entry(&self) -> Entry {
        serde_json::from_str(&self.record).unwrap_or_default()
    }
}

/// The audit over the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    trouble: Arc<Mutex<Option<String>>>,
    /// The newest number, for those who follow.
    newest: Arc<watch::Sender<i64>>,
}

impl Store {
    /// Over `pool`.
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool, trouble: Arc::default(), newest: Arc::new(watch::Sender::new(0)) }
    }

    async fn add(&self, entry: &Entry) -> Result<i64, sqlx::Error> {
        let record = serde_json::to_string(entry).map_err(|e| sqlx::Error::Encode(e.into()))?;
        let at = i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let mut change = self.pool.begin_with("begin immediate").await?;
        let head: Mark = sqlx::query_as("select seq, hash from audit_head").fetch_one(&mut *change).await?;
        let seq = head.seq + 1;
        let hash = chain::next(&head.hash, seq, at, &record);
        sqlx::query("insert into audit (seq, at, record, hash) values ($1, $2, $3, $4)")
            .bind(seq)
            .bind(at)
            .bind(&record)
            .bind(&hash)
            .execute(&mut *change)
            .await?;
        sqlx::query("update audit_head set seq = $1, hash = $2").bind(seq).bind(&hash).execute(&mut *change).await?;
        change.commit().await?;
        self.newest.send_replace(seq);
        Ok(seq)
    }
}

/// Does `work` for whoever has the data folder and a shell, and records it, before and after.
pub async fn by_command<T>(
    pool: &SqlitePool,
    action: &str,
    target: &str,
    entered: &[(&str, &str)],
    work: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let user = std::env::var("USER").unwrap_or_default();
    let entry = Entry {
        who: if user.is_empty() { "(command line)".to_owned() } else { format!("(command line, {user})") },
        action: action.to_owned(),
        target: target.to_owned(),
        entries: entered.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Entry::default()
    };
    let work = async { work.await.map_err(|message| Failure::Internal { message }) };
    app::audit::record(Arc::new(Store::new(pool.clone())), entry, Begins::AtOnce, work).await.map_err(|failure| match failure {
        Failure::Internal { message } => message,
        other => other.advice().title,
    })
}

/// Why the database takes nothing, and what to do, as two clauses.
pub(crate) fn why(error: &sqlx::Error) -> (String, &'static str) {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<u32>().ok()).unwrap_or_default();
    // The low byte is SQLite's primary result code.
    match code & 0xff {
        5 | 6 => ("another program holds the console’s database".to_owned(), "End that program, then try again."),
        8 => ("the console’s database is read-only".to_owned(), "Let the console write its data folder, then try again."),
        10 | 13 => ("the disk with the console’s data folder is full or broken".to_owned(), "Make room on it, then try again."),
        _ => ("the console’s database refused it".to_owned(), "Look into the console’s log, then try again."),
    }
}

#[async_trait]
impl Audit for Store {
    async fn append(&self, entry: &Entry) -> Result<i64, Failure> {
        let added = self.add(entry).await;
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match added {
            Ok(seq) => {
                *trouble = None;
                Ok(seq)
            }
            Err(error) => {
                tracing::error!(%error, action = entry.action, who = entry.who, "the audit could not be written");
                let (reason, next) = why(&error);
                *trouble = Some(format!("Nothing can be changed at present, because {reason} and every change must be recorded. {next}"));
                Err(Failure::Internal { message: format!("Nothing was done, because it could not be recorded: {reason}. {next}") })
            }
        }
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn shown(&self, query: &str) -> Result<Vec<Section>, Failure> {
        self.page(query).await.map_err(|error| {
            tracing::error!(%error, "the audit could not be read");
            Failure::Internal {
                message: "The audit could not be read from the console’s database. Try again, or look into its log.".into(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    async fn reopened(folder: &tempfile::TempDir, options: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions) -> SqlitePool {
        let file = SqliteConnectOptions::new().filename(folder.path().join(crate::store::FILE));
        SqlitePoolOptions::new().max_connections(1).connect_with(options(file)).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_leaves_the_chain_whole() {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::store::open(folder.path()).await.unwrap();
        let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&pool).await.unwrap();
        pool.close().await;
        let small = Store::new(reopened(&folder, |o| o.pragma("max_page_count", (pages + 4).to_string())).await);
        let entry = Entry { message: "x".repeat(3_000), ..Entry::default() };
        let mut told = 0;
        let failure = loop {
            match small.append(&entry).await {
                Ok(seq) => told = seq,
                Err(failure) => break failure,
            }
            assert!(told < 100, "it is never full");
        };
        let Failure::Internal { message } = failure else { panic!("{failure:?}") };
        assert!(told > 0 && message.contains("disk with the console’s data folder is full") && message.contains("Make room"), "{message}");
        assert!(small.trouble().is_some_and(|t| t.starts_with("Nothing can be changed at present")));
        assert_eq!(chain::verify(&small.pool, &[]).await.map(|m| m.seq), Ok(told), "it is read all the same");
        small.pool.close().await;
        let roomy = Store::new(reopened(&folder, |o| o).await);
        assert_eq!(roomy.append(&entry).await, Ok(told + 1), "with room it goes on");
        assert_eq!(roomy.trouble(), None);
    }

    #[tokio::test]
    async fn a_read_only_database_is_told() {
        let folder = tempfile::tempdir().unwrap();
        crate::store::open(folder.path()).await.unwrap().close().await;
        let store = Store::new(reopened(&folder, |o| o.read_only(true)).await);
        let failed = store.append(&Entry::default()).await.unwrap_err();
        assert!(format!("{failed:?}").contains("read-only"), "{failed:?}");
        assert!(store.shown("").await.is_ok(), "it is read all the same");
    }
}
