//! Who may come in: accounts with argon2id hashes, checked in equal time and at a bounded rate; what people do with their own account.

pub mod accounts;
pub mod guesses;
pub mod password;
pub mod seal;
pub mod second;
pub mod shelf;

pub use accounts::Accounts;
pub use password::Password;

use crate::http::sessions::Store;
use app::door::{Door, From};
use async_trait::async_trait;
use domain::account::{Codes, Handed, OwnAccount, PasswordForm, SecondFactor, SecondForm, Step};
use domain::failure::Failure;
use domain::form::FieldError;
use domain::operator::Operator;
use domain::role::Role;
use guesses::{ADDRESS_BURST, BURST, Guesses};
use password::{Matches, NOBODY};
use seal::Seal;
use second::Second;
use shelf::Shelf;
use sqlx::SqlitePool;
use tower_sessions::Session;

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
    by_name: Guesses,
    by_address: Guesses,
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
            by_code: Guesses::new(BURST)?,
            by_name: Guesses::new(BURST)?,
            by_address: Guesses::new(ADDRESS_BURST)?,
        })
    }

    /// Makes sure that there is a first administrator. A given password replaces the one of before.
    pub async fn first(&self, given: Option<&str>) -> Result<FirstPassword, String> {
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
        self.by_name.forget(&format!("{address} {name}"));
        self.by_address.forget(address);
    }
}

#[async_trait]
impl Door for LocalDoor {
    async fn check(&self, user: &str, password: &str, address: &str) -> Result<Operator, Failure> {
        let name = user.to_lowercase();
        self.guess(&name, address)?;
        let row: Option<(String, String, String, bool)> =
            sqlx::query_as("select name, password_hash, role, one_time from accounts where name = $1 and disabled = 0 and subject is null")
                .bind(&name)
                .fetch_optional(&self.pool)
                .await
                .map_err(broken)?;
        // An unknown name costs the same hashing as a wrong password.
        let hash = row.as_ref().map_or(NOBODY, |(_, hash, ..)| hash);
        let matches = password::matches(hash.to_owned(), password.to_owned()).await.map_err(broken)?;
        let Some((user, _, role, one_time)) = row.filter(|_| matches != Matches::No) else { return Err(Failure::WrongPassword) };
        self.guessed(&name, address);
        if matches == Matches::Outdated {
            let hash = password::hash(password.to_owned()).await.map_err(broken)?;
            let renewed = sqlx::query("update accounts set password_hash = $2 where name = $1").bind(&user).bind(hash);
            // Whoever knows the password comes in, whether it could be hashed anew or not.
            if let Err(error) = renewed.execute(&self.pool).await {
                tracing::warn!(%error, "a password could not be hashed anew");
            }
        }
        // A role that this version does not know may look.
        Ok(Operator { user, role: Role::parse(&role).unwrap_or_default(), one_time })
    }

    async fn known(&self, user: &str) -> Option<String> {
        let found = sqlx::query_scalar("select name from accounts where name = $1").bind(user.to_lowercase());
        found.fetch_optional(&self.pool).await.ok().flatten()
    }

    async fn asks_code(&self, user: &str) -> Result<bool, Failure> {
        let asks: Option<bool> = sqlx::query_scalar("select totp_on from accounts where name = $1")
            .bind(user)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        Ok(asks.unwrap_or_default())
    }

    async fn code(&self, user: &str, code: &str) -> Result<Operator, Failure> {
        self.guess_code(user)?;
        let row: Option<(String, bool)> =
            sqlx::query_as("select role, one_time from accounts where name = $1 and disabled = 0 and totp_on = 1")
                .bind(user)
                .fetch_optional(&self.pool)
                .await
                .map_err(broken)?;
        let (role, one_time) = row.ok_or(Failure::WrongCode)?;
        let second = self.second();
        if !(second.take(user, code).await.map_err(broken)? || second.recover(user, code).await.map_err(broken)?) {
            return Err(Failure::WrongCode);
        }
        self.by_code.forget(user);
        Ok(Operator { user: user.to_owned(), role: Role::parse(&role).unwrap_or_default(), one_time })
    }

    async fn began(&self, session: &Session, operator: &Operator, from: &From) -> Result<(), Failure> {
        self.sign_ins.began(session, &operator.user, from).await.map_err(broken)?;
        let noted = sqlx::query("update accounts set signed_in = unixepoch() where name = $1").bind(&operator.user);
        noted.execute(&self.pool).await.map(drop).map_err(broken)
    }

    async fn own(&self, user: &str, session: &Session, ticket: &str) -> Result<OwnAccount, Failure> {
        let row: Option<(String, bool, bool)> = sqlx::query_as("select role, subject is null, totp_on from accounts where name = $1")
            .bind(user)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        let (role, has_password, on) = row.ok_or(Failure::SignedOut)?;
        let second = match on {
            true => SecondFactor::On { codes_left: self.second().codes_left(user).await.map_err(broken)? },
            false => self.second().enrolment(user).await.map_err(broken)?.map_or(SecondFactor::Off, SecondFactor::Begun),
        };
        let (idle_minutes, most_minutes) = self.limits();
        Ok(OwnAccount {
            user: user.to_owned(),
            role: Role::parse(&role).unwrap_or_default(),
            has_password,
            second,
            codes: self.codes.take(ticket).unwrap_or_default(),
            sign_ins: self.sign_ins.of(user, Some(session)).await.map_err(broken)?,
            idle_minutes,
            most_minutes,
        })
    }

    async fn change_password(&self, user: &str, form: &PasswordForm, address: &str) -> Result<(), Failure> {
        form.parse().map_err(Failure::Fields)?;
        self.knows(user, &form.current_password, address).await?;
        if let Some(error) = password::weak(user, &form.new_password).await.map_err(broken)? {
            return Err(Failure::Fields(vec![error]));
        }
        let hash = password::hash(form.new_password.clone()).await.map_err(broken)?;
        let changed = sqlx::query("update accounts set password_hash = $2, one_time = 0 where name = $1").bind(user).bind(hash);
        changed.execute(&self.pool).await.map_err(broken)?;
        self.sign_ins.end(user, "").await.map_err(broken)
    }

    async fn second_factor(&self, user: &str, form: &SecondForm, address: &str) -> Result<String, Failure> {
        let step = form.parse().map_err(Failure::Fields)?;
        let on = self.asks_code(user).await?;
        let refused = |reason: &str| Err(Failure::Busy { noun: "account".into(), name: user.to_owned(), reason: reason.to_owned() });
        match (step, on) {
            (Step::Begin | Step::Confirm | Step::Cancel, true) => return refused("It has a second factor already. Reload the page."),
            (Step::Codes | Step::Off, false) => return refused("It has no second factor. Reload the page."),
            (Step::Begin | Step::Codes | Step::Off, _) => self.knows(user, &form.current_password, address).await?,
            (Step::Confirm | Step::Cancel, false) => {}
        }
        let second = self.second();
        match step {
            Step::Begin => second.begin(user).await.map(|()| None),
            Step::Confirm => {
                self.guess_code(user)?;
                if !second.take(user, &form.code).await.map_err(broken)? {
                    return Err(field("code", "That code is not right. Enter the one that the authenticator shows now."));
                }
                self.by_code.forget(user);
                second.switch_on(user).await.map(Some)
            }
            Step::Codes => second.switch_on(user).await.map(Some),
            Step::Cancel | Step::Off => second.switch_off(user).await.map(|()| None),
        }
        .map(|codes| codes.map(|codes| self.codes.put(Codes(codes))).unwrap_or_default())
        .map_err(broken)
    }

    async fn sign_out(&self, user: &str, id: &str) -> Result<(), Failure> {
        self.sign_ins.end(user, id).await.map_err(broken)
    }

    async fn leave(&self, session: &Session) -> Result<(), Failure> {
        let left = session.flush().await.map_err(broken);
        self.sign_ins.tell();
        left
    }

    fn limits(&self) -> (u32, u32) {
        self.sign_ins.limits().minutes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sessions::Limits;

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
