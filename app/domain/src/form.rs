//! Forms: strings as typed, parsed to what is meant or to a sentence at each field. The browser checks with it before sending,
//! the server checks again with the same code.

use crate::fleet::{Fleet, FleetType};
use crate::names::{FleetName, SessionId};
use serde::{Deserialize, Serialize};

/// What is wrong with one field, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in its form.
    pub field: String,
    /// A sentence that names the limit and what was given.
    pub message: String,
}

impl FieldError {
    /// An error at `field`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// The last member of a path as words for a summary: `VpcConfig.SubnetIds` is “SubnetIds”.
pub fn last_word(path: &str) -> String {
    path.rsplit('.').find(|p| p.parse::<usize>().is_err()).unwrap_or(path).to_owned()
}

/// What one plain form post (no WASM) has to tell the page that follows it: entries to refill, and the outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form, by its endpoint: `fleet/capacity`.
    pub form: String,
    /// What was typed, by field; never a password.
    pub entries: std::collections::BTreeMap<String, String>,
    /// What went wrong, if it did.
    pub failure: Option<crate::failure::Failure>,
    /// The outcome in JSON where a form has one, else empty.
    pub outcome: String,
}

/// User name and password, as typed. `Debug` never shows the password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInForm {
    /// The user name.
    #[serde(default)]
    pub user: String,
    /// The password; never logged, never sent back.
    #[serde(default)]
    pub password: String,
    /// Where to go afterwards: a path of this console.
    #[serde(default)]
    pub to: String,
}

impl std::fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInForm").field("user", &self.user).field("to", &self.to).finish_non_exhaustive()
    }
}

/// Longest user name and password accepted; longer ones cost hashing time and help nobody.
pub const MAX_CREDENTIAL_LENGTH: usize = 256;

impl SignInForm {
    /// Checks that both are there and not absurdly long.
    pub fn parse(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.user.trim().is_empty() {
            errors.push(FieldError::new("user", "Enter your user name."));
        } else if self.user.chars().count() > MAX_CREDENTIAL_LENGTH {
            errors.push(FieldError::new("user", format!("A user name has at most {MAX_CREDENTIAL_LENGTH} characters.")));
        }
        if self.password.is_empty() {
            errors.push(FieldError::new("password", "Enter your password."));
        } else if self.password.chars().count() > MAX_CREDENTIAL_LENGTH {
            errors.push(FieldError::new("password", format!("A password has at most {MAX_CREDENTIAL_LENGTH} characters.")));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// The path to return to after sign-in: `to` if it is a path of this console, else `/`. Refuses other hosts (`//evil`, `/\evil`).
pub fn safe_return(to: &str) -> &str {
    let inside = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') && !to.chars().any(char::is_control);
    let leads_on = to.starts_with("/sign-") || to.starts_with("/api/") || to.starts_with("/account/password");
    if inside && !leads_on { to } else { "/" }
}

/// “Change capacity” of one fleet, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCapacityForm {
    /// The fleet.
    #[serde(default)]
    pub name: String,
    /// The new number of instances, session slots or concurrent sessions.
    #[serde(default)]
    pub seats: String,
}

/// A new capacity in the fleet's own unit, as UpdateFleet takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewCapacity {
    /// ComputeCapacity.DesiredInstances.
    Instances(i32),
    /// ComputeCapacity.DesiredSessions, multi-session fleets.
    Sessions(i32),
    /// MaxConcurrentSessions, Elastic fleets.
    MaxConcurrentSessions(i32),
}

impl NewCapacity {
    /// The member of the request, and its value.
    pub fn member(self) -> &'static str {
        match self {
            Self::Instances(_) => "ComputeCapacity.DesiredInstances",
            Self::Sessions(_) => "ComputeCapacity.DesiredSessions",
            Self::MaxConcurrentSessions(_) => "MaxConcurrentSessions",
        }
    }
    /// The number.
    pub fn number(self) -> i32 {
        match self {
            Self::Instances(n) | Self::Sessions(n) | Self::MaxConcurrentSessions(n) => n,
        }
    }
}

/// Beyond this a typing mistake is likelier than an intention; AWS's own quotas are far below.
pub const MAX_SEATS: i32 = 100_000;

impl ChangeCapacityForm {
    /// The capacity meant for `fleet`.
    pub fn parse(&self, fleet: &Fleet) -> Result<NewCapacity, Vec<FieldError>> {
        let unit = fleet.seat_unit();
        let bad = |message: String| Err(vec![FieldError::new("seats", message)]);
        let typed = self.seats.trim();
        if typed.is_empty() {
            return bad(format!("Enter the number of {unit}s."));
        }
        let shown: String = typed.chars().take(24).collect();
        let Ok(number) = typed.parse::<i64>() else {
            return bad(format!("Enter a whole number of {unit}s; “{shown}” is not one."));
        };
        let elastic = fleet.fleet_type == FleetType::Elastic;
        let least = i64::from(elastic);
        if number < least || number > i64::from(MAX_SEATS) {
            return bad(format!("Enter {least} to {MAX_SEATS} {unit}s; {shown} is outside."));
        }
        let number = i32::try_from(number).unwrap_or(MAX_SEATS);
        Ok(match (elastic, fleet.is_multi_session()) {
            (true, _) => NewCapacity::MaxConcurrentSessions(number),
            (_, true) => NewCapacity::Sessions(number),
            _ => NewCapacity::Instances(number),
        })
    }
}

/// “Start” or “Stop” of one fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetForm {
    /// The fleet.
    #[serde(default)]
    pub name: String,
    /// Typed words where the act asks for them: the fleet's name when five or more people are connected.
    #[serde(default)]
    pub confirm: String,
}

/// From this number of connected people on, ending them asks for typed words (design section 3, level 2).
pub const CONFIRM_FROM: usize = 5;

impl FleetForm {
    /// The fleet to stop, once the words needed for `connected` people are typed.
    pub fn parse_stop(&self, connected: usize) -> Result<FleetName, Vec<FieldError>> {
        if connected >= CONFIRM_FROM && self.confirm.trim() != self.name {
            return Err(vec![FieldError::new("confirm", format!("Type {} to confirm: {connected} people are connected.", self.name))]);
        }
        Ok(self.name.as_str().into())
    }
}

/// “Expire” of one session or many, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpireForm {
    /// Session ids.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Typed words where the act asks for them, see [`expire_words`].
    #[serde(default)]
    pub confirm: String,
}

/// What came of expiring sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// One for each session; empty while a job does it.
    pub results: Vec<ExpireResult>,
    /// The job that does it, while it is not done.
    pub job: Option<crate::job::JobId>,
}

/// The most sessions one request may expire; a bigger selection is sent in parts.
pub const MAX_EXPIRE: usize = 500;

/// What must be typed to expire `all` sessions of which `connected` are connected; none below the threshold.
pub fn expire_words(all: usize, connected: usize) -> Option<String> {
    (connected >= CONFIRM_FROM).then(|| format!("expire {all}"))
}

impl ExpireForm {
    /// The sessions to expire, once the words needed for `connected` of them are typed.
    pub fn parse(&self, connected: usize) -> Result<Vec<SessionId>, Vec<FieldError>> {
        let mut ids: Vec<SessionId> = self.ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).map(Into::into).collect();
        ids.sort();
        ids.dedup();
        if ids.is_empty() {
            return Err(vec![FieldError::new("ids", "Select at least one session.")]);
        }
        if ids.len() > MAX_EXPIRE {
            return Err(vec![FieldError::new("ids", format!("Select at most {MAX_EXPIRE} sessions at once; {} are selected.", ids.len()))]);
        }
        // AWS's are UUIDs; the rule is a little wider, should it ever widen them.
        let is_id = |id: &SessionId| {
            id.0.len() <= 128
                && id.0.starts_with(|c: char| c.is_ascii_alphanumeric())
                && id.0.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if let Some(bad) = ids.iter().find(|id| !is_id(id)) {
            let shown: String = bad.0.chars().take(24).filter(|c| !c.is_control()).collect();
            return Err(vec![FieldError::new("ids", format!("“{shown}” is not the id of a session."))]);
        }
        match expire_words(ids.len(), connected) {
            Some(words) if self.confirm.trim() != words => {
                Err(vec![FieldError::new("confirm", format!("Type “{words}” to confirm: {connected} people are connected."))])
            }
            _ => Ok(ids),
        }
    }
}

/// What became of one session of an [`ExpireForm`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpireResult {
    /// The session.
    pub id: SessionId,
    /// Whose it was; the id where the console no longer knows.
    pub user_id: String,
    /// Nothing, or why it failed.
    pub failure: Option<crate::failure::Failure>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::tests::fleet;

    #[test]
    fn a_capacity_is_a_whole_number_in_range() {
        let f = fleet("cad", 1, 3);
        let parse = |seats: &str| ChangeCapacityForm { name: "cad".into(), seats: seats.into() }.parse(&f);
        assert_eq!(parse(" 12 "), Ok(NewCapacity::Instances(12)));
        assert_eq!(parse("0"), Ok(NewCapacity::Instances(0)));
        for (typed, word) in
            [("", "Enter the number"), ("three", "three"), ("-1", "-1"), ("1e9", "1e9"), ("999999999999999999999", "9999"), ("<b>", "<b>")]
        {
            let errors = parse(typed).expect_err(typed);
            assert_eq!(errors[0].field, "seats");
            assert!(errors[0].message.contains(word), "{}", errors[0].message);
        }
        let mut elastic = fleet("e", 1, 0);
        elastic.fleet_type = FleetType::Elastic;
        assert!(ChangeCapacityForm { name: "e".into(), seats: "0".into() }.parse(&elastic).is_err());
    }

    #[test]
    fn expiring_five_connected_people_asks_for_words() {
        let form = |n: usize, confirm: &str| ExpireForm { ids: (0..n).map(|i| format!("s{i}")).collect(), confirm: confirm.into() };
        assert_eq!(form(4, "").parse(4).map(|ids| ids.len()), Ok(4));
        assert_eq!(form(7, "").parse(6).unwrap_err()[0].field, "confirm");
        assert_eq!(form(7, "expire 7").parse(6).map(|ids| ids.len()), Ok(7));
        assert_eq!(form(0, "").parse(0).unwrap_err()[0].message, "Select at least one session.");
        assert!(form(MAX_EXPIRE + 1, "").parse(0).is_err());
        assert!(ExpireForm { ids: vec!["a b".into()], confirm: String::new() }.parse(0).is_err());
    }

    #[test]
    fn only_paths_of_this_console_are_returned_to() {
        assert_eq!(safe_return("/sessions?q=ana"), "/sessions?q=ana");
        for bad in
            ["", "https://evil.example", "//evil.example", "/\\evil", "/sign-out", "/account/password?to=/", "/api/fleet/stop", "/a\r\nb"]
        {
            assert_eq!(safe_return(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let form = SignInForm { user: "ana".into(), password: "hunter2".into(), to: String::new() };
        assert!(!format!("{form:?}").contains("hunter2"));
    }
}
