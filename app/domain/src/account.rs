//! Accounts of the console: what their pages show, and the forms on them.

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
