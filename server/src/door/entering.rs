//! The door, as server functions see it.

use super::guesses::COME_AGAIN;
use super::password::{self, Matches, NOBODY};
use super::{LocalDoor, broken, field};
use app::door::{Door, From};
use async_trait::async_trait;
use domain::account::{Codes, OwnAccount, PasswordForm, SecondFactor, SecondForm, Step};
use domain::failure::Failure;
use domain::operator::Operator;
use domain::role::Role;
use tower_sessions::Session;

#[async_trait]
impl Door for LocalDoor {
    async fn check(&self, user: &str, password: &str, address: &str) -> Result<Operator, Failure> {
        let name = user.to_lowercase();
        // Before it counts as a guess: who is asked to come again shall not be kept out for it.
        let Some(_place) = self.queue.enter(address) else {
            return Err(Failure::TooManyAttempts { retry_in_seconds: COME_AGAIN });
        };
        self.guess(&name, address)?;
        if let Err(retry_in_seconds) = self.by_account.count(&name)
            && !self.sign_ins.is_at(&name, address).await.map_err(broken)?
        {
            return Err(Failure::TooManyAttempts { retry_in_seconds });
        }
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

    fn refused(&self) -> Option<u32> {
        self.refusals.count()
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

    fn single_sign_on(&self) -> Option<String> {
        self.provider().map(|provider| provider.label().to_owned())
    }

    fn limits(&self) -> (u32, u32) {
        self.sign_ins.limits().minutes()
    }
}
