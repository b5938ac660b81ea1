//! The second factor: codes that an authenticator makes from a shared secret and the time (RFC 6238), and recovery codes for when it is
//! lost. Each of either is taken once.

use super::password::letters;
use super::seal::Seal;
use domain::account::Enrolment;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use totp_rs::{Builder, Totp};

/// Who the codes are for, in the authenticator.
const ISSUER: &str = "AppStream Console";
/// So many recovery codes are made at once.
const CODES: usize = 10;
/// Letters of a recovery code, five bits each: more than 112 bits need no salt and no slow hash (ASVS 2.6.2).
const CODE_LETTERS: usize = 24;

/// What is kept of second factors.
pub struct Second<'a> {
    /// The database.
    pub pool: &'a SqlitePool,
    /// Seals secrets.
    pub seal: &'a Seal,
}

fn totp(name: &str, secret: Vec<u8>) -> Option<Totp> {
    Builder::new().with_secret(secret).with_account_name(name).with_issuer(Some(ISSUER)).build().ok()
}

/// As typed: blanks, dashes and capitals do not matter.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).flat_map(char::to_lowercase).collect()
}

fn hash(name: &str, code: &str) -> Vec<u8> {
    Sha256::digest(format!("{name}\n{code}").as_bytes()).to_vec()
}

impl Second<'_> {
    /// Makes a secret for `name`, which asks for no code before it is confirmed.
    pub async fn begin(&self, name: &str) -> sqlx::Result<()> {
        let sealed = self.seal.seal(name, &rand::random::<[u8; 20]>());
        let begun = sqlx::query("update accounts set totp = $2 where name = $1 and totp_on = 0").bind(name).bind(sealed);
        begun.execute(self.pool).await.map(drop)
    }

    /// The authenticator of `name`, and whether it was confirmed.
    async fn of(&self, name: &str) -> sqlx::Result<Option<(Totp, bool)>> {
        let row: Option<(Vec<u8>, bool)> = sqlx::query_as("select totp, totp_on from accounts where name = $1 and totp is not null")
            .bind(name)
            .fetch_optional(self.pool)
            .await?;
        Ok(row.and_then(|(sealed, on)| {
            let secret = self.seal.open_for(name, &sealed);
            if secret.is_none() {
                tracing::error!(name, "a second factor was sealed with another key; an administrator must reset it");
            }
            Some((totp(name, secret?)?, on))
        }))
    }

    /// What an authenticator must be told, while it was not confirmed.
    pub async fn enrolment(&self, name: &str) -> sqlx::Result<Option<Enrolment>> {
        let begun = self.of(name).await?.filter(|(_, on)| !on);
        Ok(begun.and_then(|(totp, _)| {
            let url = totp.to_url().ok()?;
            let (side, path) = picture(&url)?;
            Some(Enrolment { secret: totp.secret().to_base32(), url, side, path })
        }))
    }

    /// Takes a code of the authenticator, once: its time step is later than that of any code before.
    pub async fn take(&self, name: &str, code: &str) -> sqlx::Result<bool> {
        let Some((totp, _)) = self.of(name).await? else { return Ok(false) };
        let now = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp()).unwrap_or_default();
        let Some(step) = totp.check(&plain(code), now).and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
        let taken = sqlx::query("update accounts set totp_step = $2 where name = $1 and totp_step < $2").bind(name).bind(step);
        Ok(taken.execute(self.pool).await?.rows_affected() == 1)
    }

    /// Takes a recovery code, once.
    pub async fn recover(&self, name: &str, code: &str) -> sqlx::Result<bool> {
        let code = plain(code);
        let taken = sqlx::query("delete from recovery_codes where account = $1 and hash = $2").bind(name).bind(hash(name, &code));
        Ok(code.len() == CODE_LETTERS && taken.execute(self.pool).await?.rows_affected() == 1)
    }

    /// From now on a code is asked; the recovery codes, new ones. Only their hashes are kept.
    pub async fn switch_on(&self, name: &str) -> sqlx::Result<Vec<String>> {
        let codes: Vec<String> = (0..CODES).map(|_| letters(CODE_LETTERS)).collect();
        let mut change = self.pool.begin().await?;
        sqlx::query("update accounts set totp_on = 1 where name = $1").bind(name).execute(&mut *change).await?;
        sqlx::query("delete from recovery_codes where account = $1").bind(name).execute(&mut *change).await?;
        for code in &codes {
            let kept = sqlx::query("insert into recovery_codes (account, hash) values ($1, $2)").bind(name).bind(hash(name, code));
            kept.execute(&mut *change).await?;
        }
        change.commit().await?;
        let grouped = |code: &String| code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        Ok(codes.iter().map(grouped).collect())
    }

    /// No code is asked any more; the secret and the recovery codes are gone.
    pub async fn switch_off(&self, name: &str) -> sqlx::Result<()> {
        let mut change = self.pool.begin().await?;
        sqlx::query("update accounts set totp = null, totp_on = 0 where name = $1").bind(name).execute(&mut *change).await?;
        sqlx::query("delete from recovery_codes where account = $1").bind(name).execute(&mut *change).await?;
        change.commit().await
    }

    /// How many recovery codes are left.
    pub async fn codes_left(&self, name: &str) -> sqlx::Result<u32> {
        sqlx::query_scalar("select count(*) from recovery_codes where account = $1").bind(name).fetch_one(self.pool).await
    }
}

/// A QR code as an SVG path of unit squares, and how many of them are a side.
fn picture(text: &str) -> Option<(u32, String)> {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let dark = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    Some((u32::try_from(side).ok()?, dark.map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_code_is_taken_once_and_so_is_a_recovery_code() {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::store::open(folder.path()).await.unwrap();
        let seal = Seal::open(folder.path()).unwrap();
        let second = Second { pool: &pool, seal: &seal };
        let put = "insert into accounts (name, password_hash, created_ms) values ('ana', 'hash', 7)";
        sqlx::query(put).execute(&pool).await.unwrap();
        second.begin("ana").await.unwrap();
        let enrolment = second.enrolment("ana").await.unwrap().unwrap();
        assert!(enrolment.url.starts_with("otpauth://totp/") && enrolment.url.contains(&enrolment.secret), "{}", enrolment.url);
        assert!(enrolment.side > 20 && enrolment.path.starts_with("M0 0h1"), "a finder pattern begins in the corner");
        assert!(!format!("{enrolment:?}").contains(&enrolment.secret));
        let (totp, _) = second.of("ana").await.unwrap().unwrap();
        let now = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp()).unwrap();
        let code = totp.generate(now).to_string();
        assert!(!second.take("ana", "12345").await.unwrap() && !second.take("bob", &code).await.unwrap());
        assert!(second.take("ana", &format!(" {} {}", &code[..3], &code[3..])).await.unwrap());
        assert!(!second.take("ana", &code).await.unwrap(), "not twice");
        assert!(!second.take("ana", &totp.generate(now - 30).to_string()).await.unwrap(), "nor an earlier one");
        assert!(second.take("ana", &totp.generate(now + 30).to_string()).await.unwrap());
        let codes = second.switch_on("ana").await.unwrap();
        assert_eq!((codes.len(), second.codes_left("ana").await.unwrap()), (10, 10));
        assert!(second.recover("ana", &codes[3].to_uppercase()).await.unwrap());
        assert!(!second.recover("ana", &codes[3]).await.unwrap() && !second.recover("bob", &codes[4]).await.unwrap());
        assert_eq!(second.codes_left("ana").await.unwrap(), 9);
        assert!(second.enrolment("ana").await.unwrap().is_none(), "its secret is not shown again");
    }
}
