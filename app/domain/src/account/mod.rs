//! Accounts of the console: what their pages show, and the forms on them.

mod manage;
mod second;

pub use manage::*;
pub use second::*;

use crate::form::FieldError;
use crate::role::Role;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Fewest characters of a password that somebody chooses (ASVS 2.1.1).
pub const MIN_PASSWORD: usize = 12;
/// Most of them (ASVS 2.1.2).
pub const MAX_PASSWORD: usize = 128;

/// “Change password”, as typed. `Debug` shows no password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordForm {
    /// The one that holds now.
    #[serde(default)]
    pub current_password: String,
    /// The one that is wanted.
    #[serde(default)]
    pub new_password: String,
    /// The same again.
    #[serde(default)]
    pub repeat_password: String,
    /// Where to go afterwards: a path of this console; empty to stay.
    #[serde(default)]
    pub to: String,
}

impl fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordForm").field("to", &self.to).finish_non_exhaustive()
    }
}

impl PasswordForm {
    /// Checks what can be checked without knowing which passwords are common.
    pub fn parse(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.current_password.is_empty() {
            errors.push(FieldError::new("current_password", "Enter the password that you have now."));
        } else if self.current_password.chars().count() > crate::form::MAX_CREDENTIAL_LENGTH {
            errors.push(FieldError::new("current_password", "That is longer than a password can be."));
        }
        match self.new_password.chars().count() {
            0 => errors.push(FieldError::new("new_password", "Enter a new password.")),
            n if n < MIN_PASSWORD => {
                errors
                    .push(FieldError::new("new_password", format!("A password has at least {MIN_PASSWORD} characters; this one has {n}.")));
            }
            n if n > MAX_PASSWORD => {
                errors
                    .push(FieldError::new("new_password", format!("A password has at most {MAX_PASSWORD} characters; this one has {n}.")));
            }
            _ if self.new_password == self.current_password => {
                errors.push(FieldError::new("new_password", "That is the password that you have now. Choose another one."));
            }
            _ if self.new_password != self.repeat_password => {
                errors.push(FieldError::new("repeat_password", "This differs from the new password. Enter the same again."));
            }
            _ => {}
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A sign-in that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Names it in forms; tells nothing.
    pub id: String,
    /// When it began.
    pub began: Millis,
    /// When somebody last did something in it.
    pub seen: Millis,
    /// The address it began from.
    pub address: String,
    /// The browser and its system.
    pub browser: String,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// What the page of one's own account shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Its name.
    pub user: String,
    /// What it is to the console.
    pub role: Role,
    /// Whether it has a password here; who comes by single sign-on has none.
    pub has_password: bool,
    /// Its second factor.
    pub second: SecondFactor,
    /// Recovery codes that were just made: shown once.
    pub codes: Codes,
    /// Its sign-ins, the newest first.
    pub sign_ins: Vec<SignIn>,
    /// For how many minutes somebody may do nothing.
    pub idle_minutes: u32,
    /// How many minutes a sign-in lasts at most.
    pub most_minutes: u32,
}

/// The browser and its system that a `User-Agent` names, in words: enough to tell one's own sign-ins apart.
pub fn browser(user_agent: &str) -> String {
    let first = |all: &[(&str, &'static str)]| all.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, words)| *words);
    // The order matters: each of them also names those that it wants to be taken for.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Another browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(current: &str, new: &str, repeat: &str) -> Vec<String> {
        let form =
            PasswordForm { current_password: current.into(), new_password: new.into(), repeat_password: repeat.into(), to: String::new() };
        form.parse().err().unwrap_or_default().into_iter().map(|e| e.field).collect()
    }

    #[test]
    fn a_new_password_has_twelve_characters_of_any_kind_and_is_typed_twice() {
        let none: [&str; 0] = [];
        assert_eq!(wrong("old", "zwölf Zeichen", "zwölf Zeichen"), none);
        assert_eq!(wrong("old", "äöüäöüäöüäöü", "äöüäöüäöüäöü"), none, "characters, not bytes");
        assert_eq!(wrong("", "", ""), ["current_password", "new_password"]);
        assert_eq!(wrong("old", "eleven char", "eleven char"), ["new_password"]);
        assert_eq!(wrong("old", &"x".repeat(129), &"x".repeat(129)), ["new_password"]);
        assert_eq!(wrong("twelve characters", "twelve characters", "twelve characters"), ["new_password"]);
        assert_eq!(wrong("old", "twelve characters", "twelve character"), ["repeat_password"]);
    }

    #[test]
    fn a_browser_is_named_in_words() {
        for (sent, told) in [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/19.0 Mobile/15E Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.1; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on macOS"),
            ("curl/8.5", "Another browser"),
            ("", "Another browser"),
        ] {
            assert_eq!(browser(sent), told, "{sent}");
        }
    }

    #[test]
    fn passwords_are_never_printed() {
        let form = PasswordForm { current_password: "hunter2".into(), new_password: "hunter3".into(), ..PasswordForm::default() };
        assert!(!format!("{form:?}").contains("hunter"));
    }
}
