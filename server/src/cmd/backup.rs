//! `backup` and `restore`: everything that the console keeps of its own (accounts, history, audit), as one SQLite file. The embedded
//! AppStream's estate is none of it: that is a rehearsal, and its file can be copied while nobody runs it.
//!
//! A backup is taken while the console runs: SQLite writes it as of one moment. A restore puts one file in the place of another, so the
//! console must not run on it: each running one holds a lock.

use super::{say, serve::default_folder};
use crate::audit::Store;
use crate::audit::chain::{Mark, verify};
use crate::store;
use app::audit::{Audit, Entry, Outcome};
use clap::Args;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The file whose lock says that a console runs on the folder.
const LOCK: &str = "console.lock";

/// The flags of `backup`.
#[derive(Args, Debug)]
pub struct Backup {
    /// File to write the copy to; it must not exist yet
    to: PathBuf,
    /// Folder of the database [default: appstream-console in the user's data folder]
    #[arg(long, env = "APPSTREAM_CONSOLE_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// The flags of `restore`.
#[derive(Args, Debug)]
pub struct Restore {
    /// File that `backup` wrote
    from: PathBuf,
    /// Folder of the database to replace; what is there is kept beside it [default: appstream-console in the user's data folder]
    #[arg(long, env = "APPSTREAM_CONSOLE_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// Says that a console runs on `folder` for as long as the file is held. Several may share one folder.
pub fn hold(folder: &Path) -> Result<File, String> {
    let file = lock_file(folder)?;
    file.try_lock_shared()
        .map_err(|_| format!("The data folder {} is being restored. Start the console when that is done.", folder.display()))?;
    Ok(file)
}

fn lock_file(folder: &Path) -> Result<File, String> {
    let path = folder.join(LOCK);
    File::options().create(true).truncate(false).write(true).open(&path).map_err(|e| format!("{} cannot be written: {e}.", path.display()))
}

async fn opened(file: &Path, read_only: bool) -> Result<SqlitePool, String> {
    let options = SqliteConnectOptions::new().filename(file).read_only(read_only).busy_timeout(std::time::Duration::from_secs(30));
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    pool.map_err(|e| format!("{} cannot be read: {e}.", file.display()))
}

/// An empty file that only its owner reads.
fn private(file: &Path) -> Result<(), String> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop).map_err(|e| format!("{} cannot be written: {e}.", file.display()))
}

/// Writes `from`, as it is at one moment, to `to`, and reads the copy through.
async fn copy(from: &Path, to: &Path) -> Result<(), String> {
    private(to)?;
    let source = opened(from, true).await?;
    let name = to.to_str().ok_or_else(|| format!("{} is no name that SQLite takes.", to.display()))?;
    sqlx::query("vacuum into $1").bind(name).execute(&source).await.map_err(|e| format!("{} could not be copied: {e}.", from.display()))?;
    source.close().await;
    let made = opened(to, true).await?;
    let sound: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&made)
        .await
        .map_err(|e| format!("{} cannot be read: {e}.", to.display()))?;
    made.close().await;
    if sound == "ok" { Ok(()) } else { Err(format!("{} is damaged: {sound}.", from.display())) }
}

/// The newest mark of the audit in a console's database.
async fn audited(file: &Path) -> Result<Mark, String> {
    let pool = opened(file, true).await?;
    let newest = verify(&pool, &[]).await;
    pool.close().await;
    newest
}

impl Backup {
    /// Writes the copy. The error is a sentence.
    pub async fn run(self) -> Result<(), String> {
        let folder = self.data_dir.clone().map_or_else(default_folder, Ok)?;
        let file = folder.join(store::FILE);
        if !file.is_file() {
            return Err(format!("There is no console’s database in {}. Name its folder with --data-dir.", folder.display()));
        }
        copy(&file, &self.to).await?;
        let newest = audited(&self.to).await?;
        say(&format!("The copy is {}. Its audit is whole; the newest record is {newest}", self.to.display()));
        Ok(())
    }
}

impl Restore {
    /// Puts the copy in place. When it fails the data folder is as it was; the error is a sentence.
    pub async fn run(self) -> Result<(), String> {
        let folder = self.data_dir.clone().map_or_else(default_folder, Ok)?;
        if !self.from.is_file() {
            return Err(format!("There is no file {}. Name one that backup wrote.", self.from.display()));
        }
        std::fs::create_dir_all(&folder).map_err(|e| format!("The data folder {} cannot be made: {e}.", folder.display()))?;
        let lock = lock_file(&folder)?;
        lock.try_lock().map_err(|_| format!("A console runs on {}. Stop it, then restore.", folder.display()))?;
        // It is there, sound and ready, before anything is replaced.
        let made = folder.join("restore.new");
        let _ = std::fs::remove_dir_all(&made);
        std::fs::create_dir(&made).map_err(|e| format!("{} cannot be made: {e}.", made.display()))?;
        copy(&self.from, &made.join(store::FILE)).await?;
        let newest = made_ready(&made, &self.from).await?;
        let aside = aside(&folder)?;
        let moved = |from: PathBuf, to: PathBuf| {
            let failed = |e| format!("{} cannot be moved: {e}. What was there is in {}.", from.display(), aside.display());
            std::fs::rename(&from, &to).map_err(failed)
        };
        // A database goes with its -wal and -shm, or the next one would take them for its own.
        for name in [store::FILE.to_owned(), format!("{}-wal", store::FILE), format!("{}-shm", store::FILE)] {
            if folder.join(&name).exists() {
                moved(folder.join(&name), aside.join(&name))?;
            }
        }
        moved(made.join(store::FILE), folder.join(store::FILE))?;
        let _ = std::fs::remove_dir_all(&made);
        say(&format!(
            "{} is restored, with the audit up to {newest}. What was there before is in {}",
            self.from.display(),
            aside.display()
        ));
        Ok(())
    }
}

/// Brings the copy up to date, checks its audit, and records the restore in it; the newest mark of before. Everybody is signed out: who
/// signed out since the backup shall not be signed in again.
async fn made_ready(made: &Path, from: &Path) -> Result<Mark, String> {
    let failed = |e: &dyn std::fmt::Display| format!("The copy cannot be made ready: {e}.");
    let copy = opened(&made.join(store::FILE), true).await?;
    let known: i64 = sqlx::query_scalar("select count(*) from sqlite_master where type = 'table' and name in ('accounts', 'sessions')")
        .fetch_one(&copy)
        .await
        .map_err(|e| failed(&e))?;
    copy.close().await;
    if known != 2 {
        return Err(format!("{} is no console’s database. Name a file that backup wrote.", from.display()));
    }
    let pool = store::open(made).await?;
    let newest = verify(&pool, &[]).await?;
    sqlx::query("delete from sessions").execute(&pool).await.map_err(|e| failed(&e))?;
    let entry = Entry {
        who: "(command line)".into(),
        action: "restore".into(),
        target: from.display().to_string(),
        outcome: Outcome::Done,
        ..Entry::default()
    };
    Store::new(pool.clone()).append(&entry).await.map_err(|e| failed(&e))?;
    // The write-ahead log goes into the file, which is moved alone.
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&pool).await.map_err(|e| failed(&e))?;
    pool.close().await;
    Ok(newest)
}

/// A new folder beside, for what is replaced.
fn aside(folder: &Path) -> Result<PathBuf, String> {
    let seconds = time::OffsetDateTime::now_utc().unix_timestamp();
    let aside = folder.join(format!("before-restore-{seconds}"));
    std::fs::create_dir(&aside).map_err(|e| format!("{} cannot be made: {e}.", aside.display()))?;
    Ok(aside)
}
