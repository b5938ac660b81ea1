//! The second factor of an account.

use crate::form::FieldError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The second factor of an account: a code that an authenticator makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// None.
    Off,
    /// Not confirmed by a code yet.
    Begun(Enrolment),
    /// A code is asked at each sign-in.
    On {
        /// So many recovery codes are left.
        codes_left: u32,
    },
}

/// What an authenticator must be told. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret, to be typed.
    pub secret: String,
    /// All of it, as a URL.
    pub url: String,
    /// Squares of a side of its picture.
    pub side: u32,
    /// The dark squares, as an SVG path.
    pub path: String,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

/// Recovery codes. `Debug` shows nothing of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes(pub Vec<String>);

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Codes({})", self.0.len())
    }
}

/// What somebody does with their second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Makes a secret.
    Begin,
    /// Confirms it by a code.
    Confirm,
    /// Lets go of a secret that was not confirmed.
    Cancel,
    /// Makes new recovery codes.
    Codes,
    /// Is asked for no code any more.
    Off,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Begin, Self::Confirm, Self::Cancel, Self::Codes, Self::Off];

    /// In forms.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Confirm => "confirm",
            Self::Cancel => "cancel",
            Self::Codes => "codes",
            Self::Off => "off",
        }
    }
}

/// “Second factor”, as typed. `Debug` shows no secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondForm {
    /// The [`Step`].
    #[serde(default)]
    pub step: String,
    /// The code that confirms.
    #[serde(default)]
    pub code: String,
    /// The password, where one is asked.
    #[serde(default)]
    pub current_password: String,
}

impl fmt::Debug for SecondForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondForm").field("step", &self.step).finish_non_exhaustive()
    }
}

impl SecondForm {
    /// What is meant.
    pub fn parse(&self) -> Result<Step, Vec<FieldError>> {
        let bad = |field: &str, message: &str| Err(vec![FieldError::new(field, message)]);
        match Step::ALL.into_iter().find(|step| step.slug() == self.step) {
            None => bad("step", "Choose what to do with the second factor."),
            Some(Step::Confirm) if self.code.trim().is_empty() => bad("code", "Enter the code that the authenticator shows."),
            Some(Step::Begin | Step::Codes | Step::Off) if self.current_password.is_empty() => {
                bad("current_password", "Enter the password that you have now.")
            }
            Some(step) => Ok(step),
        }
    }
}

/// The code after the password, as typed. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeForm {
    /// The code of an authenticator, or a recovery code.
    #[serde(default)]
    pub code: String,
    /// Where to go afterwards.
    #[serde(default)]
    pub to: String,
}

impl fmt::Debug for CodeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeForm").field("to", &self.to).finish_non_exhaustive()
    }
}

impl CodeForm {
    /// Checks that there is one.
    pub fn parse(&self) -> Result<(), Vec<FieldError>> {
        match self.code.trim().len() {
            0 => Err(vec![FieldError::new("code", "Enter the code that the authenticator shows, or a recovery code.")]),
            1..=64 => Ok(()),
            _ => Err(vec![FieldError::new("code", "That is longer than a code can be.")]),
        }
    }
}
