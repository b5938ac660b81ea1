//! Everything that can go wrong, as data, and its words: [`Failure::advice`] is the only maker of error text.

use crate::form::FieldError;
use crate::role::Role;
use serde::{Deserialize, Serialize};

/// What went wrong, in terms a person can act on. Travels to the browser; holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.advice().title)]
pub enum Failure {
    /// The named resource does not exist (any more).
    NotFound { noun: String, name: String },
    /// The name is in use.
    Taken { noun: String, name: String },
    /// The resource's state or use does not allow it now; `reason` is a sentence.
    Busy { noun: String, name: String, reason: String },
    /// AWS still applies an earlier change.
    Settling { noun: String, name: String },
    /// A quota of the account is reached.
    Quota { message: String, request_id: Option<String> },
    /// AWS asks to slow down.
    Throttled { retry_in_seconds: Option<u32> },
    /// AWS refused the values.
    Invalid { message: String, request_id: Option<String> },
    /// Values the console itself refused, each at its field.
    Fields(Vec<FieldError>),
    /// The role the console uses may not call `action`.
    Denied { action: String, message: String },
    /// AWS does not take the console's credentials, or there are none; AWS's code, empty where it was not asked.
    Credentials { trouble: Credentials, code: String },
    /// The console itself does not let this person: their role is `is`, it needs `needs`.
    NotAllowed { needs: Role, is: Role },
    /// Not signed in, or no longer.
    SignedOut,
    /// Name and password do not match.
    WrongPassword,
    /// Whoever came by single sign-on may not come in; `reason` is a sentence, or two.
    SingleSignOn { reason: String },
    /// The code after the password is not the one, or was used already.
    WrongCode,
    /// The password was made by somebody else and must be changed first.
    PasswordDue,
    /// Too many sign-in attempts.
    TooManyAttempts { retry_in_seconds: u32 },
    /// AWS could not be reached or did not answer in time.
    Unreachable { message: String },
    /// Anything else that AWS said.
    Upstream { code: String, message: String, request_id: Option<String> },
    /// A defect or trouble of the console's own; `message` is safe to show.
    Internal { message: String },
    /// The browser's request could not be read, or the server's answer could not.
    Wire { message: String },
}

/// What is wrong with the console's AWS credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credentials {
    /// They were good once.
    Expired,
    /// AWS does not know them, or they do not sign as they should.
    Refused,
    /// They may be good: AWS takes no signature of another time than its own.
    Clock,
    /// No place where they could be has any.
    Missing,
}

impl Credentials {
    /// Title and next step.
    fn advice(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => (
                "The console’s AWS credentials have expired",
                "Sign in again with `aws sso login`, or renew them where the console gets them from; keys in its environment or in a \
                 profile are read when it starts.",
            ),
            Self::Refused => (
                "AWS does not accept the console’s credentials",
                "They were deleted, disabled, or copied wrongly. Give the console others and start it again.",
            ),
            Self::Clock => (
                "The clock of the console’s machine is wrong",
                "AWS takes no request that is signed at another time than its own. Set the clock, or let NTP do it.",
            ),
            Self::Missing => (
                "The console has no AWS credentials",
                "Sign in with `aws sso login`, or see to the profile, the command or the role that it gets them from.",
            ),
        }
    }
}

/// Words for a [`Failure`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened, to which resource; one sentence without a full stop.
    pub title: String,
    /// Why, and what the person can do.
    pub next: String,
    /// Code and request id, one click away.
    pub details: Option<String>,
}

impl Failure {
    /// Whether the same call may work a little later without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Settling { .. } | Self::Unreachable { .. })
    }

    /// Whether nothing more can be read before somebody gives the console a permission, or credentials.
    pub fn asks_for_access(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Credentials { .. })
    }

    /// Title, next step and details for people.
    pub fn advice(&self) -> Advice {
        let (title, next, details) = match self {
            Self::NotFound { noun, name } => {
                (format!("{} “{name}” no longer exists", capital(noun)), "It may have been deleted. Go back to the list.".to_owned(), None)
            }
            Self::Taken { noun, name } => (format!("A {noun} named “{name}” already exists"), "Choose another name.".to_owned(), None),
            Self::Busy { noun, name, reason } => (format!("{} “{name}” cannot do this now", capital(noun)), reason.clone(), None),
            Self::Settling { noun, name } => (
                format!("AWS is still applying an earlier change to {noun} “{name}”"),
                "Try again in a few minutes; nothing you entered is lost.".to_owned(),
                None,
            ),
            Self::Quota { message, request_id } => (
                "The account’s limit is reached".to_owned(),
                format!("{message} Ask AWS for a higher quota in Service Quotas, or free what is not needed."),
                request_id.as_ref().map(|id| format!("LimitExceededException, request {id}")),
            ),
            Self::Throttled { retry_in_seconds } => (
                "AWS asks us to slow down".to_owned(),
                retry_in_seconds.map_or_else(|| "Try again in a moment.".to_owned(), |s| format!("Trying again in {s} s.")),
                None,
            ),
            Self::Invalid { message, request_id } => {
                ("AWS refused these values".to_owned(), message.clone(), request_id.as_ref().map(|id| format!("Request {id}")))
            }
            Self::Fields(errors) => (
                if errors.len() == 1 { "One value needs attention".to_owned() } else { format!("{} values need attention", errors.len()) },
                errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" "),
                None,
            ),
            Self::Denied { action, message } => (
                format!("The console’s AWS role may not call {action}"),
                format!("Add “appstream:{action}” to the role’s policy, then try again."),
                (!message.is_empty()).then(|| message.clone()),
            ),
            Self::Credentials { trouble, code } => {
                let (title, next) = trouble.advice();
                (title.to_owned(), next.to_owned(), (!code.is_empty()).then(|| code.clone()))
            }
            Self::NotAllowed { needs, is } => (
                format!("This needs the role {}", needs.words()),
                format!("Yours is {}. Ask an administrator of the console to do it, or to give you the role.", is.words()),
                None,
            ),
            Self::SignedOut => ("You are signed out".to_owned(), "Sign in again; you return to this page.".to_owned(), None),
            Self::WrongPassword => ("That user name and password don’t match".to_owned(), "Check both and try again.".to_owned(), None),
            Self::SingleSignOn { reason } => ("Single sign-on did not let you in".to_owned(), reason.clone(), None),
            Self::WrongCode => (
                "That code is not right, or it was used already".to_owned(),
                "Wait for the authenticator’s next code, or use a recovery code.".to_owned(),
                None,
            ),
            Self::PasswordDue => (
                "Your password is a one-time password".to_owned(),
                "Choose one of your own on the account page; everything else is possible after that.".to_owned(),
                None,
            ),
            Self::TooManyAttempts { retry_in_seconds } => (
                "Too many sign-in attempts".to_owned(),
                format!("Wait {} and try again.", crate::time::duration(i64::from(*retry_in_seconds) * 1000)),
                None,
            ),
            Self::Unreachable { message } => (
                "AWS could not be reached".to_owned(),
                "The network or AWS is in trouble; what is on screen stays. Trying again by itself.".to_owned(),
                (!message.is_empty()).then(|| message.clone()),
            ),
            Self::Upstream { code, message, request_id } => (
                "AWS answered with an error".to_owned(),
                if message.is_empty() { format!("It gave no reason but the code {code}.") } else { message.clone() },
                Some(request_id.as_ref().map_or_else(|| code.clone(), |id| format!("{code}, request {id}"))),
            ),
            Self::Internal { message } => ("The console itself failed".to_owned(), message.clone(), None),
            Self::Wire { message } => (
                "The console’s answer could not be read".to_owned(),
                "Reload the page; the server may have been updated.".to_owned(),
                Some(message.clone()),
            ),
        };
        Advice { title, next, details }
    }
}

fn capital(noun: &str) -> String {
    let mut letters = noun.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_advice_with_a_next_step() {
        let some = || "x".to_owned();
        let all = [
            Failure::NotFound { noun: "fleet".into(), name: some() },
            Failure::Taken { noun: "fleet".into(), name: some() },
            Failure::NotAllowed { needs: Role::Operator, is: Role::Viewer },
            Failure::Busy { noun: "fleet".into(), name: some(), reason: "Stop it first.".into() },
            Failure::Settling { noun: "fleet".into(), name: some() },
            Failure::Quota { message: "No.".into(), request_id: None },
            Failure::Throttled { retry_in_seconds: None },
            Failure::Invalid { message: "No.".into(), request_id: Some(some()) },
            Failure::Fields(vec![FieldError::new("a", "Too long.")]),
            Failure::Denied { action: "StartFleet".into(), message: String::new() },
            Failure::Credentials { trouble: Credentials::Expired, code: "ExpiredTokenException".into() },
            Failure::Credentials { trouble: Credentials::Refused, code: some() },
            Failure::Credentials { trouble: Credentials::Clock, code: some() },
            Failure::Credentials { trouble: Credentials::Missing, code: String::new() },
            Failure::SignedOut,
            Failure::WrongPassword,
            Failure::SingleSignOn { reason: "No.".into() },
            Failure::WrongCode,
            Failure::PasswordDue,
            Failure::TooManyAttempts { retry_in_seconds: 900 },
            Failure::Unreachable { message: String::new() },
            Failure::Upstream { code: "Odd".into(), message: String::new(), request_id: None },
            Failure::Internal { message: "The database is full.".into() },
            Failure::Wire { message: "eof".into() },
        ];
        for failure in all {
            let advice = failure.advice();
            assert!(!advice.title.is_empty() && !advice.title.ends_with('.'), "{failure:?}");
            assert!(advice.next.ends_with('.'), "{failure:?}: {}", advice.next);
        }
    }
}
