//! Forms as data, what was entered in them, and the one reading of it: [`parse`] turns entries into the request that is meant, or into
//! a sentence at each field. The browser checks with it as one types, the server reads with it what was sent. Forms themselves are
//! made from the service model in `server/src/resource`.

mod read;

use crate::form::FieldError;
use crate::preview::Preview;
use crate::secret::{HIDDEN, is_secret};
pub use read::{changes, of_the_form, parse};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was entered, by the field's path. Boxes that were ticked come as `path:value`. It never prints a secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entries(pub BTreeMap<String, String>);

impl std::fmt::Debug for Entries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told = |(path, value): (&String, &String)| (path.clone(), if is_secret(path) { HIDDEN.to_owned() } else { value.clone() });
        f.debug_map().entries(self.0.iter().map(told)).finish()
    }
}

impl std::ops::Deref for Entries {
    type Target = BTreeMap<String, String>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl std::ops::DerefMut for Entries {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl IntoIterator for Entries {
    type Item = (String, String);
    type IntoIter = std::collections::btree_map::IntoIter<String, String>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(String, String)> for Entries {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// Whether the whole of a text is of the form that a pattern of the service model asks for. The server brings the library's regular
/// expressions, the browser its own: neither ends up in this crate.
pub type Matches<'a> = &'a dyn Fn(&str, &str) -> bool;

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// One value a line.
    Lines,
    /// `key=value` a line.
    Pairs,
    /// A whole number.
    Number,
    /// Seconds, typed as `30 m`.
    Seconds,
    /// An object in S3: `s3://bucket/key`.
    S3,
    /// Never shown again.
    Password,
    /// Yes or no.
    Flag,
    /// One of values and words.
    Choice(Vec<(String, String)>),
    /// Some of values and words.
    Many(Vec<(String, String)>),
    /// What tells its row apart; part of the request as soon as something else in the row is filled.
    Key(String),
    /// A box: ticked, the row is there.
    Switch(String),
}

/// What the service model limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Fewest characters, or the smallest number.
    pub min: Option<i64>,
    /// Most characters, or the largest number.
    pub max: Option<i64>,
    /// A number that is fine although it lies outside: 0 for “never”.
    pub also: Option<i64>,
    /// Fewest and most values of a list.
    pub items: (Option<u32>, Option<u32>),
    /// The model's regular expression; empty for none.
    pub pattern: String,
}

/// Whether a field must be filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// It may stay blank.
    No,
    /// It must be filled.
    Yes,
    /// It must be, as soon as another field of this group or row is.
    With(String),
    /// It must be while the condition holds.
    If(Only),
}

/// A condition on another field of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Only {
    /// The field at the path has one of these values.
    Is(String, Vec<String>),
    /// It has none of these.
    Not(String, Vec<String>),
    /// It is filled, or blank.
    Filled(String, bool),
}

/// What is entered at `path`, without blanks around it.
fn entered<'a>(entries: &'a Entries, path: &str) -> &'a str {
    entries.get(path).map(|t| t.trim()).unwrap_or_default()
}

impl Only {
    /// Whether it holds for what is entered.
    pub fn holds(&self, entries: &Entries) -> bool {
        match self {
            Self::Is(path, values) => values.iter().any(|v| v == entered(entries, path)),
            Self::Not(path, values) => values.iter().all(|v| v != entered(entries, path)),
            Self::Filled(path, filled) => entered(entries, path).is_empty() != *filled,
        }
    }
}

/// What emptying a field of an existing thing means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clear {
    /// `AttributesToDelete` gets this word.
    Attribute(String),
    /// An empty text is sent.
    Blank,
    /// AWS cannot clear it.
    Never,
}

/// When a change of a field takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Nothing is to be said.
    #[default]
    Always,
    /// At once, although the thing runs.
    Now,
    /// Only on a stopped thing.
    Stopped,
    /// Never: it was set when the thing was made.
    Never,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The member's path in the request: `VpcConfig.SubnetIds`, `Attributes.0.Name`.
    pub path: String,
    /// Its label.
    pub label: String,
    /// A sentence beneath it.
    pub help: String,
    /// How it is entered.
    pub entry: Entry,
    /// What stands in it at first; lists joined by line breaks.
    pub value: String,
    /// Whether it must be filled.
    pub need: Need,
    /// What it may hold.
    pub limit: Limit,
    /// When it applies, all of them; it always does when empty.
    pub only: Vec<Only>,
    /// Values that can be picked: value and words. Others may be typed. Of boxes: what is said of each at its end. Of pairs: the keys
    /// that are there already, which count towards the limit.
    pub picks: Vec<(String, String)>,
    /// The heading of its row in a group of rows; empty for fields that stand alone.
    pub row: String,
    /// When a change of it takes effect.
    pub when: When,
    /// What emptying it means, on edits.
    pub clear: Clear,
}

impl Field {
    /// The member of the request that it is part of.
    pub fn member(&self) -> &str {
        self.path.split('.').next().unwrap_or(&self.path)
    }
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its heading.
    pub title: String,
    /// A sentence.
    pub help: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormView {
    /// “Create stack”.
    pub title: String,
    /// The list's title, for the crumbs.
    pub list: String,
    /// What it will do and to whom; a sentence.
    pub consequence: String,
    /// Fields.
    pub groups: Vec<Group>,
    /// The button.
    pub submit: String,
    /// Whether something is taken away.
    pub danger: bool,
    /// What must be typed to confirm; empty for nothing.
    pub confirm: String,
    /// Where Cancel leads.
    pub back: String,
    /// What AWS's API calls it.
    pub operation: String,
    /// Whether only what differs from the fields' values is sent.
    pub edits: bool,
    /// What emptying a whole member means, on edits.
    pub clears: Vec<(String, Clear)>,
    /// What was set when the thing was made, and cannot change: label and value.
    pub locked: Vec<(String, String)>,
    /// What stands in the way: a sentence, and the page where it can be removed. The act is refused while there is any.
    pub blockers: Vec<(String, String)>,
    /// Words of the button that checks before anything is done; empty where nothing is checked.
    #[serde(default)]
    pub checks: String,
    /// How users will see it, before anything is entered.
    #[serde(default)]
    pub preview: Option<Preview>,
}

impl FormView {
    /// All fields.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups.iter().flat_map(|g| &g.fields)
    }

    /// Whether `field` applies to what is entered.
    pub fn applies(&self, field: &Field, entries: &Entries) -> bool {
        field.only.iter().all(|only| only.holds(entries))
    }

    /// What stands in the form at first, as a browser would send it.
    pub fn standing(&self) -> Entries {
        let mut all = Entries::default();
        for field in self.fields() {
            match &field.entry {
                Entry::Many(_) => all.extend(field.value.lines().map(|v| (format!("{}:{v}", field.path), v.to_owned()))),
                Entry::Key(_) => {}
                _ if !field.value.is_empty() => {
                    all.insert(field.path.clone(), field.value.clone());
                }
                _ => {}
            }
        }
        all
    }
}

/// One changed field: its label, what it was, what it is now; empty where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field's path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Before.
    pub was: String,
    /// Now.
    pub is: String,
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
