//! The embedded database: one SQLite file in the data folder.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::path::Path;
use std::time::Duration;

/// Opens the database in `folder`, made if missing, and brings its tables up to date. The error is a sentence.
pub async fn open(folder: &Path) -> Result<SqlitePool, String> {
    let named =
        |e: &dyn std::fmt::Display| format!("The data folder {} cannot be used: {e}. Choose another with --data-dir.", folder.display());
    std::fs::create_dir_all(folder).map_err(|e| named(&e))?;
    let file = folder.join("console.sqlite");
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
