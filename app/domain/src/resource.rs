//! What a page of a resource shows, as the server tells it: lists, one thing, forms. Cells are data, not markup; the browser draws
//! them without knowing what an image or a stack is. Made in `server/src/resource`.

use crate::failure::Failure;
use crate::names::Scope;
use crate::preview::Preview;
use crate::role::{Right, Role};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value in a table or among facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Not there.
    None,
    /// Words.
    Text(String),
    /// An id, a path, an ARN: monospaced, broken anywhere.
    Mono(String),
    /// A state: tone class, glyph, words, AWS's own word, whether it needs eyes.
    Chip { tone: String, glyph: String, words: String, raw: String, fill: bool },
    /// A link inside the console.
    Link { href: String, text: String },
    /// A moment.
    Time(Millis),
    /// Several short values.
    Many(Vec<String>),
    /// A fact that deserves a look: tone class, glyph, words, what they mean.
    Tag { tone: String, glyph: String, text: String, title: String },
}

impl Cell {
    /// What a search finds in it.
    pub fn words(&self) -> String {
        match self {
            Self::None | Self::Time(_) => String::new(),
            Self::Text(t) | Self::Mono(t) => t.clone(),
            Self::Chip { words, raw, .. } => format!("{words} {raw}"),
            Self::Link { text, .. } => text.clone(),
            Self::Many(all) => all.join(" "),
            Self::Tag { text, .. } => text.clone(),
        }
    }
}

/// What a link to an act looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weight {
    /// The page's main act.
    Primary,
    /// Any other.
    Plain,
    /// One that takes something away.
    Danger,
}

/// A link to an act's form. One that is not possible now says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActLink {
    /// Its words, with “…” since a form follows.
    pub label: String,
    /// The form's path.
    pub href: String,
    /// How it looks.
    pub weight: Weight,
    /// Why it is not possible now; a sentence.
    pub why_not: Option<String>,
    /// What it demands of the person.
    pub right: Right,
}

impl ActLink {
    fn limit(&mut self, role: Role) {
        if let Some(reason) = role.why_not(self.right) {
            self.why_not = Some(reason);
        }
    }
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What tells it apart.
    pub key: String,
    /// Where its name leads.
    pub href: Option<String>,
    /// Its name.
    pub name: String,
    /// Cells in the order of the columns after the name.
    pub cells: Vec<Cell>,
}

/// A quick filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its parameter in the URL. Filters of one parameter exclude each other; those of two are both applied.
    pub key: String,
    /// Its value in the URL; empty for all.
    pub value: String,
    /// Its words.
    pub label: String,
    /// How many rows it leaves.
    pub count: usize,
    /// Tone class and glyph; empty for none.
    pub tone: String,
    /// The glyph.
    pub glyph: String,
}

/// What can be done to the rows that are ticked. A page of its own gets their keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// That page.
    pub path: String,
    /// The parameter that holds a key.
    pub key: String,
    /// The parameter that says what is done, with each value, its words, and whether it takes something away.
    pub acts: (String, Vec<(String, String, bool)>),
}

/// A choice that is part of what AWS is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrow {
    /// The parameter of the URL.
    pub key: String,
    /// Its words.
    pub label: String,
    /// Values and words.
    pub values: Vec<(String, String)>,
    /// The value at hand.
    pub chosen: String,
}

/// A window of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListView {
    /// The kind's slug, as in its path.
    pub kind: String,
    /// “Images”.
    pub title: String,
    /// “image”.
    pub noun: String,
    /// What the thing is for; shown when there is none.
    pub about: String,
    /// Heads of the columns, the name's first.
    pub columns: Vec<String>,
    /// Rows that match, from `start` on.
    pub rows: Vec<Row>,
    /// Where the window begins.
    pub start: usize,
    /// How many rows match.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
    /// Quick filters.
    pub choices: Vec<Choice>,
    /// Acts on the list: create, import.
    pub acts: Vec<ActLink>,
    /// What can be done to many rows at once.
    #[serde(default)]
    pub bulk: Option<Bulk>,
    /// What else narrows the question to AWS: a parameter of the URL, and its values.
    #[serde(default)]
    pub narrow: Option<Narrow>,
    /// Whether something is on its way, so that the list is asked again soon.
    pub moving: bool,
    /// When AWS was asked.
    pub taken: Millis,
}

/// One line of a tree, with the lines below it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Its name, as a link where there is a page.
    pub cell: Cell,
    /// What is said beside it.
    pub notes: Vec<Cell>,
    /// Whether it is the thing whose page this is.
    pub here: bool,
    /// What comes below.
    pub below: Vec<Branch>,
}

/// A part of a thing's page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Names and values.
    pub facts: Vec<(String, Cell)>,
    /// Names of those that can only be changed once the thing is stopped.
    #[serde(default)]
    pub locked: Vec<String>,
    /// Heads and rows of a table; empty heads for none.
    pub columns: Vec<String>,
    /// Rows, each with the acts on it.
    pub rows: Vec<(Vec<Cell>, Vec<ActLink>)>,
    /// A tree.
    pub tree: Vec<Branch>,
    /// A sentence below the heading: what holds for all of it.
    #[serde(default)]
    pub note: String,
    /// What is said instead of an empty table.
    pub empty: String,
    /// Acts on the section.
    pub acts: Vec<ActLink>,
    /// Why it could not be had.
    pub failure: Option<Failure>,
}

/// An error that AWS put on a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// AWS's code.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
    /// Since when, if AWS tells.
    pub since: Option<Millis>,
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemView {
    /// The kind's slug.
    pub kind: String,
    /// “Images”.
    pub list: String,
    /// Where it is.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Its display name or what else describes it.
    pub aka: String,
    /// Its state.
    pub state: Cell,
    /// Acts on it.
    pub acts: Vec<ActLink>,
    /// Its errors.
    pub troubles: Vec<Trouble>,
    /// Tabs: the segment of the path and the words; the first is empty, the overview. One alone is not shown.
    pub tabs: Vec<(String, String)>,
    /// The tab at hand.
    pub tab: String,
    /// How users see it.
    #[serde(default)]
    pub preview: Option<Preview>,
    /// What the tab shows.
    pub sections: Vec<Section>,
    /// The request that shows it, as code.
    pub code: Vec<Code>,
    /// Whether it is on its way.
    pub moving: bool,
    /// When AWS was asked.
    pub taken: Millis,
}

/// A request of AppStream that somebody would like to read as code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The operation's name.
    pub operation: String,
    /// The request, as JSON.
    pub input: String,
}

impl Call {
    /// The most calls that are written out as code; of more, a remark tells the number.
    pub const MOST: usize = 100;

    /// A call whose request has these members, all of them texts.
    pub fn new(operation: &str, members: &[(&str, &str)]) -> Self {
        let all: BTreeMap<_, _> = members.iter().copied().collect();
        Self { operation: operation.to_owned(), input: serde_json::to_string(&all).unwrap_or_default() }
    }
}

/// The same request in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// “AWS CLI”, “boto3”, “JSON”.
    pub language: String,
    /// The text.
    pub text: String,
}

/// What came of an act.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// A sentence.
    pub message: String,
    /// Where to go on; empty to stay with the form.
    pub to: String,
    /// Further facts: results per row, a streaming URL's end.
    pub rows: Vec<(String, String)>,
    /// A streaming URL. Shown masked, copied once, kept nowhere.
    pub secret: Option<Secret>,
    /// Until when the URL opens.
    pub until: Option<Millis>,
    /// Where one may go on: words and paths.
    #[serde(default)]
    pub next: Vec<(String, String)>,
    /// After a successful check: what proves that the same entries were checked.
    #[serde(default)]
    pub checked: String,
}

/// A text that is never printed: its `Debug` says nothing. It travels to the one browser that asked for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}
impl ListView {
    /// Takes away what `role` may not do.
    pub fn limit(&mut self, role: Role) {
        self.acts.iter_mut().for_each(|act| act.limit(role));
        self.bulk = self.bulk.take().filter(|_| role.may(Right::Run));
    }
}

impl ItemView {
    /// Takes away what `role` may not do; each act says why.
    pub fn limit(&mut self, role: Role) {
        self.acts.iter_mut().for_each(|act| act.limit(role));
        for section in &mut self.sections {
            section.acts.iter_mut().for_each(|act| act.limit(role));
            section.rows.iter_mut().flat_map(|(_, acts)| acts).for_each(|act| act.limit(role));
        }
    }
}
