//! What administrators do with accounts.

use crate::form::FieldError;
use crate::role::Role;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An account in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its name.
    pub name: String,
    /// What it is to the console.
    pub role: Role,
    /// When it last signed in.
    pub signed_in: Option<Millis>,
    /// How many sign-ins of it go on.
    pub sign_ins: u32,
    /// Whether a code is asked after its password.
    pub second_factor: bool,
    /// Whether its password must be changed at the next sign-in.
    pub one_time: bool,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Whether it comes by single sign-on: its role is its groups', and it has no password here.
    pub single: bool,
}

/// A password that was just made, for one time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// Whose.
    pub name: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handed").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the page of all accounts shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllAccounts {
    /// The accounts, by name.
    pub rows: Vec<AccountRow>,
    /// What was just made, if it was not shown yet.
    pub handed: Option<Handed>,
}

/// What an administrator does with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Makes one.
    Add,
    /// Gives it another role.
    Role,
    /// Gives it a one-time password.
    Password,
    /// Takes its second factor away.
    SecondFactor,
    /// Ends its sign-ins.
    SignOut,
    /// Lets it sign in no more, until it is enabled.
    Disable,
    /// Lets it sign in again.
    Enable,
    /// Takes it away.
    Remove,
}

impl Verb {
    /// All of them, as menus have them.
    pub const ALL: [Self; 8] =
        [Self::Add, Self::Role, Self::Password, Self::SecondFactor, Self::SignOut, Self::Disable, Self::Enable, Self::Remove];

    /// In URLs and forms.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Role => "role",
            Self::Password => "password",
            Self::SecondFactor => "second-factor",
            Self::SignOut => "sign-out",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Remove => "remove",
        }
    }

    /// Reads a [`slug`](Self::slug).
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.slug() == slug)
    }

    /// On its button.
    pub fn words(self) -> &'static str {
        match self {
            Self::Add => "Add account",
            Self::Role => "Change role",
            Self::Password => "Reset password",
            Self::SecondFactor => "Reset second factor",
            Self::SignOut => "Sign out everywhere",
            Self::Disable => "Disable",
            Self::Enable => "Enable",
            Self::Remove => "Remove",
        }
    }

    /// What comes of it; a sentence.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Add => "A one-time password is made and shown once. It is changed at the first sign-in.",
            Self::Role => "All its sign-ins end; the next one has the new role.",
            Self::Password => "All its sign-ins end. A one-time password is made and shown once; it is changed at the next sign-in.",
            Self::SecondFactor => "No code is asked any more, and its recovery codes are void. All its sign-ins end.",
            Self::SignOut => "All its sign-ins end at once, on every open page.",
            Self::Disable => "It may not sign in until it is enabled. All its sign-ins end at once.",
            Self::Enable => "It may sign in again, with the password that it had.",
            Self::Remove => "It is gone, with its sign-ins. What it did stays in the audit.",
        }
    }

    /// Whether it takes something away.
    pub fn is_danger(self) -> bool {
        matches!(self, Self::Disable | Self::Remove)
    }

    /// Why `by` may not do it with `row`; a sentence.
    pub fn why_not(self, row: &AccountRow, by: &str) -> Option<&'static str> {
        match self {
            Self::Disable | Self::Remove if row.name == by => Some("Nobody can lock themselves out. Another administrator can do this."),
            Self::Role | Self::Password if row.single => {
                Some("It comes by single sign-on: its groups say its role, and it has no password here.")
            }
            Self::SecondFactor if !row.second_factor => Some("It has no second factor."),
            Self::SignOut if row.sign_ins == 0 => Some("It is not signed in."),
            _ => None,
        }
    }

    /// Whether it is offered for `row` at all.
    pub fn is_for(self, row: &AccountRow) -> bool {
        match self {
            Self::Add => false,
            Self::Disable => !row.disabled,
            Self::Enable => row.disabled,
            _ => true,
        }
    }
}

/// What an administrator does with an account, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    /// The account.
    #[serde(default)]
    pub name: String,
    /// The [`Verb`].
    #[serde(default)]
    pub verb: String,
    /// The role, where one is chosen.
    #[serde(default)]
    pub role: String,
    /// The name again, where it is taken away.
    #[serde(default)]
    pub confirm: String,
}

/// The longest name of an account.
pub const MAX_NAME: usize = 64;

impl AccountForm {
    /// What is meant.
    pub fn parse(&self) -> Result<(Verb, Role), Vec<FieldError>> {
        let bad = |field: &str, message: String| Err(vec![FieldError::new(field, message)]);
        let Some(verb) = Verb::parse(&self.verb) else { return bad("verb", "Choose what to do with the account.".to_owned()) };
        if self.name.trim().is_empty() {
            return bad("name", "Enter the account’s name.".to_owned());
        }
        if verb == Verb::Add && !is_name(&self.name) {
            let most = format!("Use up to {MAX_NAME} small letters, digits, dots, dashes, underscores and @.");
            return bad("name", format!("This cannot be an account’s name. {most}"));
        }
        if verb == Verb::Remove && self.confirm.trim() != self.name {
            return bad("confirm", format!("Type {} to confirm.", self.name));
        }
        let role = Role::parse(&self.role);
        match (verb, role) {
            (Verb::Add | Verb::Role, None) => bad("role", "Choose a role.".to_owned()),
            _ => Ok((verb, role.unwrap_or_default())),
        }
    }
}

/// Whether it can be an account's name.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
    !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_on_an_account_needs_a_name_a_role_and_the_name_again() {
        let form = |verb: &str, name: &str, role: &str, confirm: &str| {
            let form = AccountForm { name: name.into(), verb: verb.into(), role: role.into(), confirm: confirm.into() };
            form.parse().map_err(|all| all[0].field.clone())
        };
        assert_eq!(form("add", "ana", "viewer", ""), Ok((Verb::Add, Role::Viewer)));
        assert_eq!(form("add", "Ana Silva", "viewer", ""), Err("name".into()));
        assert_eq!(form("role", "ana", "king", ""), Err("role".into()));
        assert_eq!(form("remove", "ana", "", "an"), Err("confirm".into()));
        assert_eq!(form("remove", "ana", "", "ana").map(|(verb, _)| verb), Ok(Verb::Remove));
        assert_eq!(form("destroy", "ana", "", ""), Err("verb".into()));
        assert_eq!(Verb::ALL.map(|v| Verb::parse(v.slug())), Verb::ALL.map(Some));
    }
}
