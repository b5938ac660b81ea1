//! The file in which the embedded AppStream keeps its estate: a snapshot, and every change after it, in SQLite. A change is written
//! before its answer goes out, so that a restart, also by SIGKILL in mid-write, comes back with the last acknowledged one.
//!
//! Raise [`FORMAT`] when the shape of a universe or a change changes.

use simulator::{Change, Universe};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// The shape of what is kept.
const FORMAT: i64 = 1;
/// After so many changes a new snapshot takes their place.
const CHANGES: u64 = 5_000;
/// The most changes that are written at once.
const BATCH: usize = 256;

/// What waits to be written.
struct Entry {
    number: u64,
    body: Vec<u8>,
    done: oneshot::Sender<Result<(), String>>,
}

/// Where changes go.
#[derive(Debug)]
pub struct Journal {
    entries: mpsc::UnboundedSender<Entry>,
    last: u64,
}

/// A universe, and the journal it writes to if it keeps one.
#[derive(Debug)]
pub struct Kept {
    /// The universe.
    pub universe: Universe,
    /// Its journal.
    pub journal: Option<Journal>,
}

/// Resolves when a change is written; the error says why it is not.
pub type Written = oneshot::Receiver<Result<(), String>>;

impl Journal {
    /// Takes a change in. Must be called while the universe is held, so that the order is that of the changes.
    pub fn take(&mut self, change: &Change) -> Written {
        let (done, written) = oneshot::channel();
        self.last += 1;
        let mut body = Vec::new();
        match ciborium::into_writer(change, &mut body) {
            // A writer that is gone drops `done`, which the waiting side sees.
            Ok(()) => drop(self.entries.send(Entry { number: self.last, body, done })),
            Err(error) => drop(done.send(Err(error.to_string()))),
        }
        written
    }
}

/// Opens `file`, made if missing: what `new` makes goes into a new one, an old one is continued. Whether it is continued comes with
/// it. The error is a sentence.
pub async fn open(file: &Path, new: impl FnOnce() -> Universe) -> Result<(Arc<Mutex<Kept>>, bool), String> {
    let named = |e: &dyn std::fmt::Display| {
        format!("The state file {} cannot be used: {e}. Name another one, or move it away to begin anew.", file.display())
    };
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| named(&e))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Two programs on one estate would each undo the other's changes.
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(std::time::Duration::from_secs(2));
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(|e| named(&e))?;
    let (format,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(&pool).await.map_err(|e| named(&e))?;
    let (universe, last, continued) = match format {
        0 => {
            sqlx::raw_sql(
                "CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), covers INTEGER NOT NULL, body BLOB NOT NULL);
                 CREATE TABLE change (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
                 PRAGMA user_version = 1;",
            )
            .execute(&pool)
            .await
            .map_err(|e| named(&e))?;
            (new(), 0, false)
        }
        FORMAT => {
            let (universe, last) = load(&pool).await.map_err(|e| named(&e))?;
            match universe {
                Some(universe) => (universe, last, true),
                None => (new(), 0, false),
            }
        }
        _ => return Err(named(&"it was written by another version of this program")),
    };
    snapshot(&pool, &universe, last).await.map_err(|e| named(&e))?;
    let (entries, waiting) = mpsc::unbounded_channel();
    let kept = Arc::new(Mutex::new(Kept { universe, journal: Some(Journal { entries, last }) }));
    tokio::spawn(write(pool, file.to_owned(), waiting, Arc::downgrade(&kept), last));
    Ok((kept, continued))
}

/// The universe as it was after the last change, and that change's number; none when the file holds no snapshot.
async fn load(pool: &SqlitePool) -> Result<(Option<Universe>, u64), String> {
    let found: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT covers, body FROM snapshot").fetch_optional(pool).await.map_err(|e| e.to_string())?;
    let Some((covers, body)) = found else { return Ok((None, 0)) };
    let mut universe: Universe = ciborium::from_reader(body.as_slice()).map_err(|e| format!("its snapshot cannot be read ({e})"))?;
    let changes: Vec<(i64, Vec<u8>)> = sqlx::query_as("SELECT number, body FROM change WHERE number > ? ORDER BY number")
        .bind(covers)
        .fetch_all(pool)
        .await
        .map_err(|e| e.to_string())?;
    let mut last = covers;
    for (number, body) in changes {
        let change: Change = ciborium::from_reader(body.as_slice()).map_err(|e| format!("its change {number} cannot be read ({e})"))?;
        universe.replay(&change);
        last = number;
    }
    Ok((Some(universe), u64::try_from(last).unwrap_or(0)))
}

/// Puts the universe as it is after change `covers` in the place of all changes until then.
async fn snapshot(pool: &SqlitePool, universe: &Universe, covers: u64) -> Result<(), String> {
    let mut body = Vec::new();
    ciborium::into_writer(universe, &mut body).map_err(|e| e.to_string())?;
    let covers = covers.cast_signed();
    let done = async {
        let mut all = pool.begin().await?;
        sqlx::query("INSERT INTO snapshot VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET covers = ?1, body = ?2")
            .bind(covers)
            .bind(body)
            .execute(&mut *all)
            .await?;
        sqlx::query("DELETE FROM change WHERE number <= ?").bind(covers).execute(&mut *all).await?;
        all.commit().await
    };
    done.await.map_err(|e: sqlx::Error| e.to_string())
}

async fn write(
    pool: SqlitePool,
    file: PathBuf,
    mut waiting: mpsc::UnboundedReceiver<Entry>,
    kept: std::sync::Weak<Mutex<Kept>>,
    mut covered: u64,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let last = batch.last().map_or(0, |e| e.number);
        let result = insert(&pool, &batch).await;
        if let Err(error) = &result {
            tracing::error!(%error, file = %file.display(), "the embedded AppStream's changes cannot be written");
        }
        for entry in batch.drain(..) {
            // Whoever asked may be gone.
            let _ = entry.done.send(result.clone());
        }
        if last - covered < CHANGES {
            continue;
        }
        let Some(kept) = kept.upgrade() else { return };
        let (universe, covers) = {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            (kept.universe.clone(), kept.journal.as_ref().map_or(last, |j| j.last))
        };
        match snapshot(&pool, &universe, covers).await {
            Ok(()) => covered = covers,
            Err(error) => tracing::error!(%error, file = %file.display(), "the embedded AppStream's snapshot cannot be written"),
        }
    }
}

async fn insert(pool: &SqlitePool, batch: &[Entry]) -> Result<(), String> {
    let done = async {
        let mut all = pool.begin().await?;
        for entry in batch {
            // A snapshot may have overtaken it; then it is not read again.
            sqlx::query("INSERT INTO change VALUES (?, ?)").bind(entry.number.cast_signed()).bind(&entry.body).execute(&mut *all).await?;
        }
        all.commit().await
    };
    done.await.map_err(|e: sqlx::Error| e.to_string())
}
