//! The accounts, as administrators change them: on the page, and by the command `users`.

use super::password::{self, Password};
use super::{LocalDoor, broken, sentence};
use app::door::Accounts as AppAccounts;
use async_trait::async_trait;
use domain::account::{AccountForm, AccountRow, AllAccounts, Handed, Verb, is_name};
use domain::failure::Failure;
use domain::form::FieldError;
use domain::role::Role;
use domain::time::Millis;
use sqlx::SqlitePool;

/// The accounts. Whoever is changed is signed out everywhere: a sign-in carries its role.
pub struct Accounts(pub SqlitePool);

/// What must hold of the others when `$1` is to be no administrator any more: nobody could make another.
macro_rules! with_another {
    ($sql:literal) => {
        concat!(
            $sql,
            " and exists (select 1 from accounts where role = 'administrator' and name <> $1 and disabled = 0 and subject is null)"
        )
    };
}

impl Accounts {
    /// Makes an account with a made password.
    pub async fn add(&self, name: &str, role: Role) -> Result<Password, String> {
        if !is_name(name) {
            return Err(format!(
                "“{name}” cannot be an account’s name. Use up to 64 small letters, digits, dots, dashes, underscores and @."
            ));
        }
        let (password, hash) = password::made().await?;
        let done = sqlx::query(
            "insert into accounts (name, password_hash, role, created_ms, one_time) values ($1, $2, $3, unixepoch() * 1000, 1) on conflict do nothing",
        )
        .bind(name)
        .bind(hash)
        .bind(role.slug())
        .execute(&self.0)
        .await
        .map_err(sentence)?;
        if done.rows_affected() == 0 {
            return Err(format!("There is an account {name} already. Choose another name, or change that account."));
        }
        Ok(password)
    }

    /// Names and roles, by name.
    pub async fn list(&self) -> Result<Vec<(String, Role)>, String> {
        Ok(self.rows().await.map_err(sentence)?.into_iter().map(|row| (row.name, row.role)).collect())
    }

    /// The accounts, by name.
    pub async fn rows(&self) -> sqlx::Result<Vec<AccountRow>> {
        type Row = (String, String, Option<i64>, u32, bool, bool, bool, bool);
        let rows: Vec<Row> = sqlx::query_as(
            "select name, role, signed_in, (select count(*) from sessions where account = name and expires > unixepoch()), totp_on, one_time,
             disabled, subject is not null from accounts order by name",
        )
        .fetch_all(&self.0)
        .await?;
        let row = |(name, role, signed_in, sign_ins, second_factor, one_time, disabled, single): Row| AccountRow {
            name,
            role: Role::parse(&role).unwrap_or_default(),
            signed_in: signed_in.map(|at| Millis(at * 1000)),
            sign_ins,
            second_factor,
            one_time,
            disabled,
            single,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Gives an account another role.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), String> {
        self.has_password(name).await?;
        if role == Role::Administrator {
            return self.change(name, "update accounts set role = $2 where name = $1", role.slug()).await;
        }
        self.change(name, with_another!("update accounts set role = $2 where name = $1"), role.slug()).await
    }

    /// Gives an account a made password.
    pub async fn renew(&self, name: &str) -> Result<Password, String> {
        self.has_password(name).await?;
        let (password, hash) = password::made().await?;
        self.change(name, "update accounts set password_hash = $2, one_time = 1 where name = $1", &hash).await?;
        Ok(password)
    }

    /// Takes an account's second factor away.
    pub async fn reset_second_factor(&self, name: &str) -> Result<(), String> {
        self.change(name, "update accounts set totp = null, totp_on = 0 where name = $1 and $2 = ''", "").await?;
        self.forget_codes(name).await
    }

    /// Lets an account sign in, or not.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<(), String> {
        if disabled {
            return self.change(name, with_another!("update accounts set disabled = 1 where name = $1 and $2 = ''"), "").await;
        }
        self.change(name, "update accounts set disabled = 0 where name = $1 and $2 = ''", "").await
    }

    /// Ends an account's sign-ins.
    pub async fn sign_out(&self, name: &str) -> Result<(), String> {
        self.change(name, "update accounts set name = name where name = $1 and $2 = ''", "").await
    }

    /// Removes an account.
    pub async fn remove(&self, name: &str) -> Result<(), String> {
        self.change(name, with_another!("delete from accounts where name = $1 and $2 = ''"), "").await?;
        self.forget_codes(name).await
    }

    /// Refuses an account that comes by single sign-on.
    async fn has_password(&self, name: &str) -> Result<(), String> {
        let single: Option<i64> = sqlx::query_scalar("select 1 from accounts where name = $1 and subject is not null")
            .bind(name)
            .fetch_optional(&self.0)
            .await
            .map_err(sentence)?;
        match single {
            Some(_) => Err(format!("{name} comes by single sign-on: its groups there say its role, and it has no password here.")),
            None => Ok(()),
        }
    }

    async fn forget_codes(&self, name: &str) -> Result<(), String> {
        sqlx::query("delete from recovery_codes where account = $1").bind(name).execute(&self.0).await.map(drop).map_err(sentence)
    }

    async fn change(&self, name: &str, sql: &'static str, value: &str) -> Result<(), String> {
        let done = sqlx::query(sql).bind(name).bind(value).execute(&self.0).await.map_err(sentence)?;
        if done.rows_affected() == 0 {
            let there: Option<i64> =
                sqlx::query_scalar("select 1 from accounts where name = $1").bind(name).fetch_optional(&self.0).await.map_err(sentence)?;
            return Err(match there {
                Some(_) => format!("{name} is the last administrator. Make another one first."),
                None => format!("There is no account {name}. The list of accounts tells which there are."),
            });
        }
        // Nor does anybody go on whose password was right and whose code is asked.
        let ended = sqlx::query("delete from sessions where account = $1 or data ->> '$.half.user' = $1").bind(name);
        ended.execute(&self.0).await.map(drop).map_err(sentence)
    }
}

#[async_trait]
impl AppAccounts for LocalDoor {
    async fn all(&self, ticket: &str) -> Result<AllAccounts, Failure> {
        let rows = Accounts(self.pool.clone()).rows().await.map_err(broken)?;
        Ok(AllAccounts { rows, handed: self.passwords.take(ticket) })
    }

    async fn act(&self, by: &str, form: &AccountForm) -> Result<String, Failure> {
        let (verb, role) = form.parse().map_err(Failure::Fields)?;
        let accounts = Accounts(self.pool.clone());
        let name = form.name.as_str();
        if let Some(row) = accounts.rows().await.map_err(broken)?.iter().find(|row| row.name == name) {
            if verb == Verb::Add {
                let message = format!("There is an account {name} already. Choose another name.");
                return Err(Failure::Fields(vec![FieldError::new("name", message)]));
            }
            if let Some(reason) = verb.why_not(row, by) {
                return Err(refused(name, reason));
            }
        }
        let password = match verb {
            Verb::Add => accounts.add(name, role).await.map(Some),
            Verb::Password => accounts.renew(name).await.map(Some),
            Verb::Role => accounts.set_role(name, role).await.map(|()| None),
            Verb::SecondFactor => accounts.reset_second_factor(name).await.map(|()| None),
            Verb::SignOut => accounts.sign_out(name).await.map(|()| None),
            Verb::Disable => accounts.set_disabled(name, true).await.map(|()| None),
            Verb::Enable => accounts.set_disabled(name, false).await.map(|()| None),
            Verb::Remove => accounts.remove(name).await.map(|()| None),
        };
        let password = password.map_err(|reason| refused(name, &reason))?;
        self.sign_ins.tell();
        let handed = password.map(|password| Handed { name: name.to_owned(), password: password.reveal().to_owned() });
        Ok(handed.map(|handed| self.passwords.put(handed)).unwrap_or_default())
    }
}

fn refused(name: &str, reason: &str) -> Failure {
    Failure::Busy { noun: "account".into(), name: name.chars().take(80).collect(), reason: reason.to_owned() }
}
