//! The accounts, as administrators change them: on the page, and by the command `users`.

use super::password::{self, Password};
use super::sentence;
use domain::role::Role;
use sqlx::SqlitePool;

/// The accounts, as `users` keeps them. Whoever is changed is signed out everywhere: a sign-in carries its role.
pub struct Accounts(pub SqlitePool);

impl Accounts {
    /// Makes an account with a made password.
    pub async fn add(&self, name: &str, role: Role) -> Result<Password, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
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
            return Err(format!("There is an account {name} already. `users role` changes its role, `users password` its password."));
        }
        Ok(password)
    }

    /// Names and roles, by name.
    pub async fn list(&self) -> Result<Vec<(String, Role)>, String> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select name, role from accounts order by name").fetch_all(&self.0).await.map_err(sentence)?;
        Ok(rows.into_iter().map(|(name, role)| (name, Role::parse(&role).unwrap_or_default())).collect())
    }

    /// Gives an account another role.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), String> {
        if role != Role::Administrator {
            self.another_administrator(name).await?;
        }
        self.change(name, "update accounts set role = $2 where name = $1", role.slug()).await
    }

    /// Gives an account a made password.
    pub async fn renew(&self, name: &str) -> Result<Password, String> {
        let (password, hash) = password::made().await?;
        self.change(name, "update accounts set password_hash = $2, one_time = 1 where name = $1", &hash).await?;
        Ok(password)
    }

    /// Removes an account.
    pub async fn remove(&self, name: &str) -> Result<(), String> {
        self.another_administrator(name).await?;
        self.change(name, "delete from accounts where name = $1 and $2 = ''", "").await
    }

    async fn change(&self, name: &str, sql: &'static str, value: &str) -> Result<(), String> {
        let done = sqlx::query(sql).bind(name).bind(value).execute(&self.0).await.map_err(sentence)?;
        if done.rows_affected() == 0 {
            return Err(format!("There is no account {name}. `users list` tells which there are."));
        }
        sqlx::query("delete from sessions where account = $1").bind(name).execute(&self.0).await.map_err(sentence)?;
        Ok(())
    }

    /// The last administrator stays: nobody could make another.
    async fn another_administrator(&self, name: &str) -> Result<(), String> {
        let (others,): (i64,) = sqlx::query_as("select count(*) from accounts where role = 'administrator' and name <> $1")
            .bind(name)
            .fetch_one(&self.0)
            .await
            .map_err(sentence)?;
        if others == 0 { Err(format!("{name} is the last administrator. Make another one first.")) } else { Ok(()) }
    }
}
