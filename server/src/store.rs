//! The embedded database: one SQLite file in the data folder.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::path::Path;
use std::time::Duration;

/// How its tables came to be, step by step. A step that was released never changes.
pub static TABLES: Migrator = sqlx::migrate!("./migrations");
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
    TABLES.run(&pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) => format!(
            "The database in {} was written by a newer console (its tables are at {version}). Start that one, or restore a backup of this one’s.",
            folder.display()
        ),
        other => named(&other),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Hashes and sessions are nobody else's business, nor is what SQLite keeps beside the file.
        for name in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
            let file = folder.join(name);
            if file.exists() {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).map_err(|e| named(&e))?;
            }
        }
    }
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row;
    use std::borrow::Cow;

    #[tokio::test]
    async fn every_earlier_database_is_brought_up_to_date_with_what_is_in_it() {
        for steps in 1..=TABLES.migrations.len() {
            let folder = tempfile::tempdir().unwrap();
            let options = SqliteConnectOptions::new().filename(folder.path().join(FILE)).create_if_missing(true);
            let old = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
            let some = Migrator { migrations: Cow::Owned(TABLES.migrations[..steps].to_vec()), ..Migrator::DEFAULT };
            some.run(&old).await.unwrap();
            let put = "insert into accounts (name, password_hash, created_ms) values ('ana', 'hash', 7)";
            sqlx::query(put).execute(&old).await.unwrap();
            old.close().await;
            let pool = open(folder.path()).await.unwrap();
            let row = sqlx::query("select name, password_hash, created_ms from accounts").fetch_one(&pool).await.unwrap();
            assert_eq!((row.get::<&str, _>(0), row.get::<&str, _>(1), row.get::<i64, _>(2)), ("ana", "hash", 7), "after {steps} steps");
            crate::audit::chain::verify(&pool, &[]).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_step_that_came_later_with_a_smaller_number_is_done_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join(FILE)).create_if_missing(true);
        let old = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        // A release had 0006 before there was 0005.
        let some = TABLES.migrations.iter().filter(|m| m.version != 5).cloned().collect();
        Migrator { migrations: Cow::Owned(some), ..Migrator::DEFAULT }.run(&old).await.unwrap();
        old.close().await;
        let pool = open(folder.path()).await.unwrap();
        let versions: Vec<i64> =
            sqlx::query_scalar("select version from _sqlx_migrations order by version").fetch_all(&pool).await.unwrap();
        assert_eq!(versions, TABLES.migrations.iter().map(|m| m.version).collect::<Vec<_>>());
        assert!(sqlx::query("select one_time, subject from accounts").fetch_all(&pool).await.is_ok());
        drop(pool);
        open(folder.path()).await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_a_newer_console_is_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open(folder.path()).await.unwrap();
        sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'x', true, x'00', 0)",
        )
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;
        let refused = open(folder.path()).await.unwrap_err();
        assert!(refused.contains("newer console"), "{refused}");
    }
}
