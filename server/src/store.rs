//! The embedded database: one SQLite file in the data folder.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::path::Path;
use std::time::Duration;

/// Its name.
pub const FILE: &str = "console.sqlite";

/// Opens the database in `folder` to read it, as it is, while a console may be running on it. The error is a sentence.
pub async fn open_to_read(folder: &Path) -> Result<SqlitePool, String> {
    let file = folder.join(FILE);
    if !file.is_file() {
        return Err(format!("There is no console’s database in {}. Name its folder with --data-dir.", folder.display()));
    }
    let options = SqliteConnectOptions::new().filename(&file).read_only(true).busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    pool.map_err(|e| format!("The database in {} cannot be read: {e}.", folder.display()))
}

/// Opens the database in `folder`, made if missing, and brings its tables up to date. The error is a sentence.
pub async fn open(folder: &Path) -> Result<SqlitePool, String> {
    let named =
        |e: &dyn std::fmt::Display| format!("The data folder {} cannot be used: {e}. Choose another with --data-dir.", folder.display());
    std::fs::create_dir_all(folder).map_err(|e| named(&e))?;
    let file = folder.join(FILE);
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await.map_err(|e| named(&e))?;
    sqlx::migrate!("./migrations").run(&pool).await.map_err(|e| named(&e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Hashes and sessions are nobody else's business.
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).map_err(|e| named(&e))?;
    }
    Ok(pool)
}
