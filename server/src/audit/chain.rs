//! The chain of hashes. A record's hash is SHA-256 over the hash before it, its number, its time and its text; the first goes on from 32
//! zero bytes. So a record that was changed, taken out or put in makes every later hash wrong, unless all of them are made anew – against
//! that helps a mark, number and hash, that was noted elsewhere (the stream carries both).

use super::Row;
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;

/// A place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mark {
    /// The record's number.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl Mark {
    /// Before the first record.
    pub fn start() -> Self {
        Self { seq: 0, hash: vec![0; 32] }
    }
    /// Reads `12:0af3…`.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hex) = text.trim().split_once(':')?;
        let digits = hex.as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let hash: Vec<u8> = digits.chunks_exact(2).map(byte).collect::<Option<_>>()?;
        (digits.len() == 64).then_some(Self { seq: seq.parse().ok()?, hash })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The hash of the record that follows `before`.
pub fn next(before: &[u8], seq: i64, at: i64, record: &str) -> Vec<u8> {
    let mut sum = Sha256::new();
    sum.update(before);
    sum.update(seq.to_be_bytes());
    sum.update(at.to_be_bytes());
    sum.update(record.as_bytes());
    sum.finalize().to_vec()
}

/// Checks every record, and that `noted` marks lie on the chain. The newest mark, or a sentence that names the first record that is wrong.
pub async fn verify(pool: &SqlitePool, noted: &[Mark]) -> Result<Mark, String> {
    let unread = |e: sqlx::Error| format!("The audit cannot be read: {e}.");
    let mut rows = sqlx::query_as::<_, Row>("select seq, at, record, hash from audit order by seq").fetch(pool);
    let mut last = Mark::start();
    while let Some(row) = rows.try_next().await.map_err(unread)? {
        if row.seq != last.seq + 1 {
            return Err(format!("Record {} is missing: after {} comes {}.", last.seq + 1, last.seq, row.seq));
        }
        if next(&last.hash, row.seq, row.at, &row.record) != row.hash {
            return Err(format!("Record {} is not what was written, or the one before it was changed.", row.seq));
        }
        last = Mark { seq: row.seq, hash: row.hash };
        if let Some(mark) = noted.iter().find(|m| m.seq == last.seq && m.hash != last.hash) {
            return Err(format!("Record {} is another than the one that was noted as {mark}.", last.seq));
        }
    }
    drop(rows);
    let head: Mark = sqlx::query_as("select seq, hash from audit_head").fetch_one(pool).await.map_err(unread)?;
    if head != last {
        return Err(format!("The end is missing: the newest record was {}, and the last one here is {}.", head.seq, last.seq));
    }
    match noted.iter().find(|m| m.seq > last.seq) {
        Some(mark) => Err(format!("Record {} was noted, and the last one here is {}.", mark.seq, last.seq)),
        None => Ok(last),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;
    use app::audit::{Audit, Entry};

    async fn five() -> (tempfile::TempDir, SqlitePool) {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::store::open(folder.path()).await.unwrap();
        let store = Store::new(pool.clone());
        for n in 0..5 {
            store.append(&Entry { who: format!("p{n}"), ..Entry::default() }).await.unwrap();
        }
        (folder, pool)
    }

    async fn run(pool: &SqlitePool, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql).execute(pool).await.map(drop)
    }

    /// As somebody would who may write the file.
    async fn without_triggers(pool: &SqlitePool) {
        let all = "drop trigger audit_stays; drop trigger audit_keeps; drop trigger audit_in_order; drop trigger audit_head_keeps; drop trigger audit_head_goes_on";
        run(pool, all).await.unwrap();
    }

    #[tokio::test]
    async fn records_can_only_be_added() {
        let (_folder, pool) = five().await;
        for sql in [
            "update audit set record = '{}' where seq = 2",
            "delete from audit where seq = 5",
            "insert or replace into audit (seq, at, record, hash) values (5, 0, '{}', zeroblob(32))",
            "insert into audit (seq, at, record, hash) values (9, 0, '{}', zeroblob(32))",
            "update audit_head set seq = 1",
            "delete from audit_head",
        ] {
            let refused = run(&pool, sql).await.expect_err(sql).to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
        assert_eq!(verify(&pool, &[]).await.map(|m| m.seq), Ok(5));
    }

    #[tokio::test]
    async fn what_was_changed_or_taken_out_is_found() {
        for (sql, words) in [
            ("update audit set record = replace(record, 'p2', 'p9') where seq = 3", "Record 3 is not what was written"),
            ("update audit set at = at + 1 where seq = 1", "Record 1 is not what was written"),
            ("delete from audit where seq = 3", "Record 3 is missing"),
            ("delete from audit where seq = 1", "Record 1 is missing"),
            ("delete from audit where seq = 5", "The end is missing"),
            ("delete from audit", "The end is missing"),
            ("update audit set seq = 9 where seq = 5", "Record 5 is missing"),
        ] {
            let (_folder, pool) = five().await;
            without_triggers(&pool).await;
            run(&pool, sql).await.unwrap();
            let found = verify(&pool, &[]).await.expect_err(sql);
            assert!(found.contains(words), "{sql}: {found}");
        }
    }

    #[tokio::test]
    async fn a_chain_that_was_made_anew_is_found_by_a_mark() {
        let (_folder, pool) = five().await;
        let noted = verify(&pool, &[]).await.unwrap();
        assert_eq!(Mark::parse(&noted.to_string()), Some(noted.clone()));
        without_triggers(&pool).await;
        run(&pool, "delete from audit where seq = 5; update audit_head set seq = 4, hash = (select hash from audit where seq = 4)")
            .await
            .unwrap();
        assert_eq!(verify(&pool, &[]).await.map(|m| m.seq), Ok(4), "by itself the chain is whole");
        assert!(verify(&pool, std::slice::from_ref(&noted)).await.unwrap_err().contains("Record 5 was noted"));
        Store::new(pool.clone()).append(&Entry::default()).await.unwrap();
        assert!(verify(&pool, &[noted]).await.unwrap_err().contains("Record 5 is another"));
    }

    #[test]
    fn what_is_no_mark_is_none() {
        for text in ["", "5", "5:ab", "x:00", &format!("1:{}", "é".repeat(32))] {
            assert_eq!(Mark::parse(text), None, "{text}");
        }
    }
}
