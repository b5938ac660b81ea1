//! `users`: the accounts of the console, in its database. It works while the console serves, and takes effect at once: whoever is changed
//! or removed is signed out everywhere.

use super::say;
use crate::audit::by_command;
use crate::door::Accounts;
use crate::store;
use clap::{Args, Subcommand};
use domain::role::Role;
use std::path::PathBuf;

/// The flags of `users`.
#[derive(Args, Debug)]
pub struct Users {
    /// Folder of the database [default: appstream-console in the user's data folder]
    #[arg(long, env = "APPSTREAM_CONSOLE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes an account; its password is printed once
    Add {
        /// Its name: small letters, digits, dot, dash, underscore and @
        name: String,
        /// viewer, help-desk, operator or administrator
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Lists the accounts
    List,
    /// Gives an account another role
    Role {
        /// Its name
        name: String,
        /// viewer, help-desk, operator or administrator
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Gives an account a new password, which is printed once
    Password {
        /// Its name
        name: String,
    },
    /// Takes an account's second factor away: no code is asked any more
    ResetSecondFactor {
        /// Its name
        name: String,
    },
    /// Removes an account
    Remove {
        /// Its name
        name: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("give one of {}", Role::ALL.map(Role::slug).join(", ")))
}

impl Users {
    /// Does it, and says what was done.
    pub async fn run(self) -> Result<(), String> {
        let folder = self.data_dir.map_or_else(super::serve::default_folder, Ok)?;
        let pool = store::open(&folder).await?;
        let accounts = Accounts(pool.clone());
        match self.act {
            Act::Add { name, role } => {
                let entered = [("role", role.slug())];
                let password = by_command(&pool, "users/add", &name, &entered, accounts.add(&name, role)).await?;
                say(&format!(
                    "{name} may sign in as {}.\n  password   {}   (shown once; it is changed at the first sign-in)",
                    role.words(),
                    password.reveal()
                ));
            }
            Act::List => {
                for (name, role) in accounts.list().await? {
                    say(&format!("{name:<32} {}", role.words()));
                }
            }
            Act::Role { name, role } => {
                by_command(&pool, "users/role", &name, &[("role", role.slug())], accounts.set_role(&name, role)).await?;
                say(&format!("{name} is {} now, and was signed out everywhere.", role.words()));
            }
            Act::Password { name } => {
                let password = by_command(&pool, "users/password", &name, &[], accounts.renew(&name)).await?;
                say(&format!(
                    "{name} was signed out everywhere.\n  password   {}   (shown once; it is changed at the next sign-in)",
                    password.reveal()
                ));
            }
            Act::ResetSecondFactor { name } => {
                by_command(&pool, "users/reset-second-factor", &name, &[], accounts.reset_second_factor(&name)).await?;
                say(&format!("{name} is asked for no code any more, and was signed out everywhere."));
            }
            Act::Remove { name } => {
                by_command(&pool, "users/remove", &name, &[], accounts.remove(&name)).await?;
                say(&format!("{name} cannot sign in any more, and was signed out everywhere."));
            }
        }
        Ok(())
    }
}
