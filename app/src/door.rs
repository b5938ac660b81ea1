//! Who may come in, and the sign-ins there are. Implemented in `server/src/door`.

use async_trait::async_trait;
use domain::account::{AccountForm, AllAccounts, OwnAccount, PasswordForm, SecondForm};
use domain::failure::Failure;
use domain::operator::Operator;
use tower_sessions::Session;

/// From where somebody signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct From {
    /// The address.
    pub address: String,
    /// The browser and its system, in words.
    pub browser: String,
}

/// Checks sign-ins, keeps them, and what somebody does with their own account.
#[async_trait]
pub trait Door: Send + Sync {
    /// The operator behind name and password, from `address`. Takes as long for an unknown name as for a wrong password; throttled.
    async fn check(&self, user: &str, password: &str, address: &str) -> Result<Operator, Failure>;
    /// Counts an attempt that was refused unchecked; how many there were since the last time, when they are to be recorded now.
    fn refused(&self) -> Option<u32>;
    /// The name of the account that `user` means, if there is one. For the audit: what somebody typed in the wrong field stays out of it.
    async fn known(&self, user: &str) -> Option<String>;
    /// Whether a code is asked of `user` after the password.
    async fn asks_code(&self, user: &str) -> Result<bool, Failure>;
    /// The operator behind `user`, whose password was right, and a code of theirs, which is taken once; throttled.
    async fn code(&self, user: &str, code: &str) -> Result<Operator, Failure>;
    /// Notes that `session`, which is saved, is a sign-in of `operator` from now on.
    async fn began(&self, session: &Session, operator: &Operator, from: &From) -> Result<(), Failure>;
    /// What the page of one's own account shows; and, once, the recovery codes that `ticket` stands for.
    async fn own(&self, user: &str, session: &Session, ticket: &str) -> Result<OwnAccount, Failure>;
    /// Gives `user` the password of `form`, if they know their old one, and ends all their sign-ins.
    async fn change_password(&self, user: &str, form: &PasswordForm, address: &str) -> Result<(), Failure>;
    /// Takes a step with the second factor of `user`; a ticket where recovery codes were made, else empty.
    async fn second_factor(&self, user: &str, form: &SecondForm, address: &str) -> Result<String, Failure>;
    /// Ends a sign-in of `user`, or, with an empty `id`, all of them.
    async fn sign_out(&self, user: &str, id: &str) -> Result<(), Failure>;
    /// Ends the sign-in of `session`.
    async fn leave(&self, session: &Session) -> Result<(), Failure>;
    /// The words of the button for single sign-on, where there is one.
    fn single_sign_on(&self) -> Option<String>;
    /// For how many minutes somebody may do nothing, and how long a sign-in lasts at most.
    fn limits(&self) -> (u32, u32);
}

/// What administrators do with accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// All of them, and the made password that `ticket` stands for, if nobody fetched it yet.
    async fn all(&self, ticket: &str) -> Result<AllAccounts, Failure>;
    /// Does what `form` asks for, as `by`. A ticket where a password was made, else empty.
    async fn act(&self, by: &str, form: &AccountForm) -> Result<String, Failure>;
}
