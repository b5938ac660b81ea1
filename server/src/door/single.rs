//! Accounts of people who come by single sign-on: who they are is the provider's subject, what they may do are its groups.

use super::oidc::Person;
use super::{LocalDoor, broken};
use domain::failure::Failure;
use domain::operator::Operator;
use domain::role::Role;

fn refused(reason: String) -> Failure {
    Failure::SingleSignOn { reason }
}

impl LocalDoor {
    /// The operator that `person` is here. The account is made at the first sign-in; another role ends the sign-ins with the old one.
    pub async fn by_single_sign_on(&self, person: &Person) -> Result<Operator, Failure> {
        let Some(role) = person.role else {
            let name = &person.name;
            return Err(refused(format!(
                "None of the groups of {name} has a role in this console. Ask whoever runs it to give one a role."
            )));
        };
        let known: Option<(String, String, bool)> = sqlx::query_as("select name, role, disabled from accounts where subject = $1")
            .bind(&person.subject)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        let user = match known {
            Some((name, _, true)) => {
                return Err(refused(format!("The account {name} is disabled. Ask an administrator of the console to enable it.")));
            }
            Some((name, before, _)) => {
                if Role::parse(&before) != Some(role) {
                    let changed = sqlx::query("update accounts set role = $2 where name = $1").bind(&name).bind(role.slug());
                    changed.execute(&self.pool).await.map_err(broken)?;
                    self.sign_ins.end(&name, "").await.map_err(broken)?;
                }
                name
            }
            None => {
                let made = sqlx::query(
                    "insert into accounts (name, password_hash, role, created_ms, subject) values ($1, '', $2, unixepoch() * 1000, $3) on conflict do nothing",
                )
                .bind(&person.name)
                .bind(role.slug())
                .bind(&person.subject)
                .execute(&self.pool)
                .await
                .map_err(broken)?;
                if made.rows_affected() == 0 {
                    let name = &person.name;
                    return Err(refused(format!(
                        "There is another account {name}. Ask an administrator of the console to remove that, or to rename this one at the provider."
                    )));
                }
                person.name.clone()
            }
        };
        Ok(Operator { user, role, one_time: false })
    }
}
