//! Who may come in: accounts with argon2id hashes, checked in equal time and at a bounded rate; what people do with their own account.

pub mod accounts;
mod entering;
pub mod guesses;
pub mod oidc;
pub mod password;
pub mod seal;
pub mod second;
pub mod shelf;
mod single;

pub use accounts::Accounts;
pub use password::Password;

use crate::http::sessions::Store;
use domain::account::{Codes, Handed};
use domain::failure::Failure;
use domain::form::FieldError;
use guesses::{ACCOUNT_BURST, ACCOUNT_PAUSE, ADDRESS_BURST, BURST, Guesses, PAUSE, Queue, Refusals};
use password::{Matches, NOBODY};
use seal::Seal;
use second::Second;
use shelf::Shelf;
use sqlx::SqlitePool;

/// The name of the first administrator.
pub const FIRST: &str = "admin";

/// The door of the console.
pub struct LocalDoor {
    pool: SqlitePool,
    sign_ins: Store,
    seal: Seal,
    passwords: Shelf<Handed>,
    codes: Shelf<Codes>,
    by_code: Guesses,
    provider: Option<oidc::Provider>,
    by_account: Guesses,
    by_name: Guesses,
    by_address: Guesses,
    queue: Queue,
    refusals: Refusals,
}

/// Where the first administrator's password came from.
#[derive(Debug)]
pub enum FirstPassword {
    /// From `APPSTREAM_CONSOLE_ADMIN_PASSWORD`.
    Given,
    /// Made now; shown once, and to be changed at the first sign-in.
    Made(Password),
    /// Set at an earlier start.
    Kept,
}

fn sentence(error: impl std::fmt::Display) -> String {
    format!("The accounts could not be read or written: {error}.")
}

fn field(name: &str, sentence: &str) -> Failure {
    Failure::Fields(vec![FieldError::new(name, sentence)])
}

fn broken(error: impl std::fmt::Display) -> Failure {
    tracing::error!(%error, "the accounts could not be read or written");
    Failure::Internal { message: "The console’s accounts could not be read or written. Try again, or look into its log.".into() }
}

impl LocalDoor {
    /// The door over `pool`; sign-ins are kept in `sign_ins`.
    pub fn new(pool: SqlitePool, sign_ins: Store, seal: Seal) -> Result<Self, String> {
        Ok(Self {
            pool,
            sign_ins,
            seal,
            passwords: Shelf::default(),
            codes: Shelf::default(),
            by_code: Guesses::new(BURST, PAUSE)?,
            provider: None,
            by_account: Guesses::new(ACCOUNT_BURST, ACCOUNT_PAUSE)?,
            by_name: Guesses::new(BURST, PAUSE)?,
            by_address: Guesses::new(ADDRESS_BURST, PAUSE)?,
            queue: Queue::default(),
            refusals: Refusals::default(),
        })
    }

    /// The same, with single sign-on.
    pub fn with_single_sign_on(self, provider: Option<oidc::Provider>) -> Self {
        Self { provider, ..self }
    }

    /// The provider of single sign-on, where there is one.
    pub fn provider(&self) -> Option<&oidc::Provider> {
        self.provider.as_ref()
    }

    /// Makes sure that there is a first administrator. A given password replaces the one of before.
    pub async fn first(&self, given: Option<&str>) -> Result<FirstPassword, String> {
        let at_home = "select distinct address from sessions where account is not null and address is not null and expires > unixepoch()";
        let at_home: Vec<String> = sqlx::query_scalar(at_home).fetch_all(&self.pool).await.map_err(sentence)?;
        at_home.iter().for_each(|address| self.queue.welcome(address));
        let known: Option<String> = sqlx::query_scalar("select name from accounts where name = $1")
            .bind(FIRST)
            .fetch_optional(&self.pool)
            .await
            .map_err(sentence)?;
        let (hash, told) = match (given, known) {
            (Some(password), _) => (password::hash(password.to_owned()).await?, FirstPassword::Given),
            (None, Some(_)) => return Ok(FirstPassword::Kept),
            (None, None) => {
                let (made, hash) = password::made().await?;
                (hash, FirstPassword::Made(made))
            }
        };
        sqlx::query(
            "insert into accounts (name, password_hash, created_ms, one_time) values ($1, $2, unixepoch() * 1000, $3)
             on conflict (name) do update set password_hash = excluded.password_hash, one_time = excluded.one_time",
        )
        .bind(FIRST)
        .bind(hash)
        .bind(matches!(told, FirstPassword::Made(_)))
        .execute(&self.pool)
        .await
        .map_err(sentence)?;
        Ok(told)
    }

    /// Counts a guess for `name` from `address`; refuses when there were too many.
    fn guess(&self, name: &str, address: &str) -> Result<(), Failure> {
        let counted = self.by_name.count(&format!("{address} {name}")).and_then(|()| self.by_address.count(address));
        counted.map_err(|retry_in_seconds| Failure::TooManyAttempts { retry_in_seconds })
    }

    fn second(&self) -> Second<'_> {
        Second { pool: &self.pool, seal: &self.seal }
    }

    /// Refuses who does not know the password of `user`.
    async fn knows(&self, user: &str, password: &str, address: &str) -> Result<(), Failure> {
        self.guess(user, address)?;
        let hash: Option<String> = sqlx::query_scalar("select password_hash from accounts where name = $1 and subject is null")
            .bind(user)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        if password::matches(hash, password.to_owned()).await.map_err(broken)? == Matches::No {
            return Err(field("current_password", "This is not your password."));
        }
        self.guessed(user, address);
        Ok(())
    }

    /// Counts a guess of a code of `user`, wherever it comes from: whoever guesses codes knows the password.
    fn guess_code(&self, user: &str) -> Result<(), Failure> {
        self.by_code.count(user).map_err(|retry_in_seconds| Failure::TooManyAttempts { retry_in_seconds })
    }

    /// Whoever may come in is never kept waiting.
    fn guessed(&self, name: &str, address: &str) {
        self.by_account.forget(name);
        self.by_name.forget(&format!("{address} {name}"));
        self.by_address.forget(address);
        self.queue.welcome(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sessions::Limits;
    use app::door::Door;

    async fn door() -> (tempfile::TempDir, LocalDoor) {
        let folder = tempfile::tempdir().unwrap();
        let door = empty(&folder).await;
        door.first(Some("right")).await.unwrap();
        (folder, door)
    }

    async fn empty(folder: &tempfile::TempDir) -> LocalDoor {
        let pool = crate::store::open(folder.path()).await.unwrap();
        LocalDoor::new(pool.clone(), Store::new(pool, Limits::default()), Seal::open(folder.path()).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn wrong_guesses_are_bounded_and_a_right_password_forgets_them() {
        let (_folder, door) = door().await;
        for _ in 0..20 {
            assert_eq!(door.check("Admin", "right", "a").await.map(|o| o.user), Ok("admin".to_owned()), "however often one signs in");
        }
        for _ in 0..BURST.get() {
            assert_eq!(door.check("admin", "wrong", "a").await, Err(Failure::WrongPassword));
        }
        assert!(matches!(door.check("admin", "right", "a").await, Err(Failure::TooManyAttempts { retry_in_seconds: 1..=31 })));
        assert!(door.check("admin", "right", "b").await.is_ok(), "another address is not kept waiting");
    }

    #[tokio::test]
    async fn many_addresses_guess_no_more_and_keep_nobody_out_who_is_in() {
        let (_folder, door) = door().await;
        let put = "insert into sessions (key, data, expires, account, address) values (x'00', '{}', unixepoch() + 9, 'admin', 'home')";
        sqlx::query(put).execute(&door.pool).await.unwrap();
        for (name, at) in ["admin", "nobody"].into_iter().flat_map(|name| (0..ACCOUNT_BURST.get()).map(move |at| (name, at))) {
            assert_eq!(door.check(name, "wrong", &format!("{name} {at}")).await, Err(Failure::WrongPassword));
        }
        for name in ["admin", "nobody"] {
            let told = door.check(name, "right", "far").await;
            assert!(matches!(told, Err(Failure::TooManyAttempts { retry_in_seconds: 1..=61 })), "{name}: {told:?}");
        }
        assert!(door.check("admin", "right", "home").await.is_ok(), "where somebody is signed in they may sign in again");
        assert!(door.check("admin", "right", "far").await.is_ok(), "and a right password forgets the wrong ones");
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused_like_a_wrong_password() {
        let (_folder, door) = door().await;
        assert_eq!(door.check("nobody", "right", "a").await, Err(Failure::WrongPassword));
    }

    #[tokio::test]
    async fn the_first_password_is_made_once_for_one_time_and_a_given_one_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let door = empty(&folder).await;
        let FirstPassword::Made(made) = door.first(None).await.unwrap() else { panic!("one is made") };
        assert_eq!((made.reveal().len(), format!("{made:?}")), (20, "Password(…)".to_owned()));
        assert!(matches!(door.first(None).await, Ok(FirstPassword::Kept)));
        assert!(door.check("admin", made.reveal(), "a").await.unwrap().one_time);
        assert!(matches!(door.first(Some("other")).await, Ok(FirstPassword::Given)));
        assert!(!door.check("admin", "other", "a").await.unwrap().one_time);
        assert_eq!(door.check("admin", made.reveal(), "a").await, Err(Failure::WrongPassword));
    }

    #[tokio::test]
    async fn a_hash_of_an_earlier_cost_is_renewed_at_sign_in() {
        use argon2::password_hash::PasswordHasher;
        let (_folder, door) = door().await;
        let cheap =
            argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, argon2::Params::new(8192, 1, 1, None).unwrap());
        let old = cheap.hash_password(b"right").unwrap().to_string();
        let set = sqlx::query("update accounts set password_hash = $1").bind(old);
        set.execute(&door.pool).await.unwrap();
        assert!(door.check("admin", "right", "a").await.is_ok());
        let hash: String = sqlx::query_scalar("select password_hash from accounts").fetch_one(&door.pool).await.unwrap();
        assert!(hash.contains("m=19456,t=2,p=1"), "{hash}");
        assert!(door.check("admin", "right", "a").await.is_ok());
    }
}
