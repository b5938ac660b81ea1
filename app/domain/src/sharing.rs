//! Sharing of images with other accounts: what is staged, what it changes, what it costs others. Browser and server read the same
//! functions. Rules: behaviour notes 3.6, read 2026-11-24.

use crate::failure::Failure;
use crate::form::FieldError;
use crate::resource::Call;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most accounts that one image may be shared with. Source: guide, “Administer your images”.
pub const MOST_ACCOUNTS: usize = 100;
/// The most cells that one request may carry; a plain form of the whole matrix stays well below.
pub const MOST_CELLS: usize = 5_000;

/// What another account may do with an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Run fleets on it (`allowFleet`).
    pub fleet: bool,
    /// Start image builders from it (`allowImageBuilder`).
    pub builder: bool,
}

impl Rights {
    /// Neither: the image is not shared with the account.
    pub const NONE: Self = Self { fleet: false, builder: false };

    /// As the hidden fields of plain forms carry it: `fb`, `f`, `b` or nothing.
    pub fn code(self) -> &'static str {
        match (self.fleet, self.builder) {
            (true, true) => "fb",
            (true, false) => "f",
            (false, true) => "b",
            (false, false) => "",
        }
    }

    /// Reads [`Rights::code`].
    pub fn from_code(code: &str) -> Self {
        Self { fleet: code.contains('f'), builder: code.contains('b') }
    }

    /// In words: “Fleets, image builders”.
    pub fn words(self) -> &'static str {
        match (self.fleet, self.builder) {
            (true, true) => "Fleets, image builders",
            (true, false) => "Fleets",
            (false, true) => "Image builders",
            (false, false) => "Not shared",
        }
    }
}

/// Rights by cell. What is not in it has none.
pub type Table = BTreeMap<String, Rights>;

/// The cell of an image and an account: `a444455556666:gold`. The letter is for the names of form fields: in them a number would be
/// read as a place in a list.
pub fn cell(account: &str, image: &str) -> String {
    ["a", account, ":", image].concat()
}

/// Account and image of a cell.
pub fn parts(cell: &str) -> (&str, &str) {
    cell.strip_prefix('a').unwrap_or(cell).split_once(':').unwrap_or(("", cell))
}

/// The rights in a cell.
pub fn at(table: &Table, cell: &str) -> Rights {
    table.get(cell).copied().unwrap_or_default()
}

/// One cell that differs: one call of AppStream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// As [`cell`] makes it.
    pub cell: String,
    /// What the account may do now.
    pub was: Rights,
    /// What it shall be able to do.
    pub is: Rights,
}

impl Change {
    /// Whether the account gets an image that it did not have.
    pub fn adds(&self) -> bool {
        self.was == Rights::NONE
    }
    /// Whether the account loses the image.
    pub fn removes(&self) -> bool {
        self.is == Rights::NONE
    }
    /// The call that makes the change.
    pub fn call(&self) -> Call {
        let (account, image) = parts(&self.cell);
        if self.removes() {
            return Call::new("DeleteImagePermissions", &[("Name", image), ("SharedAccountId", account)]);
        }
        let input = serde_json::json!({
            "Name": image, "SharedAccountId": account,
            "ImagePermissions": {"allowFleet": self.is.fleet, "allowImageBuilder": self.is.builder},
        });
        Call { operation: "UpdateImagePermissions".to_owned(), input: input.to_string() }
    }
    /// Whether fleets of the account lose the image: they shrink to 0.
    pub fn takes_fleets(&self) -> bool {
        self.was.fleet && !self.is.fleet
    }
}

/// The cells in which `wanted` differs from `was`, in their order.
pub fn diff(was: &Table, wanted: &Table) -> Vec<Change> {
    let mut all: Vec<&String> = was.keys().chain(wanted.keys()).collect();
    all.sort();
    all.dedup();
    all.into_iter()
        .map(|cell| Change { cell: cell.clone(), was: at(was, cell), is: at(wanted, cell) })
        .filter(|change| change.was != change.is)
        .collect()
}

/// Makes the changes in `table`.
pub fn apply(table: &mut Table, changes: &[Change]) {
    for change in changes {
        if change.is == Rights::NONE {
            table.remove(&change.cell);
        } else {
            table.insert(change.cell.clone(), change.is);
        }
    }
}

/// What somebody changed from `was` to `wanted`, laid over what is true by now: rights that they did not touch stay as they are.
pub fn merge(was: Rights, wanted: Rights, truth: Rights) -> Rights {
    let pick = |was: bool, wanted: bool, truth: bool| if was == wanted { truth } else { wanted };
    Rights { fleet: pick(was.fleet, wanted.fleet, truth.fleet), builder: pick(was.builder, wanted.builder, truth.builder) }
}

/// “3 to add, 1 to change, 1 to remove”; nothing when nothing changes.
pub fn summary(changes: &[Change]) -> String {
    let count = |wanted: fn(&Change) -> bool| changes.iter().filter(|c| wanted(c)).count();
    let all = [(count(Change::adds), "to add"), (count(|c| !c.adds() && !c.removes()), "to change"), (count(Change::removes), "to remove")];
    let mut out = String::new();
    for (n, words) in all.into_iter().filter(|(n, _)| *n > 0) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&n.to_string());
        out.push(' ');
        out.push_str(words);
    }
    out
}

/// Accounts whose fleets lose an image, each once, with the images: their numbers are typed before that is done.
pub fn losing(changes: &[Change]) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = vec![];
    for (account, image) in changes.iter().filter(|c| c.takes_fleets()).map(|c| parts(&c.cell)) {
        match out.iter_mut().find(|(a, _)| a == account) {
            Some((_, images)) => images.push(image.to_owned()),
            None => out.push((account.to_owned(), vec![image.to_owned()])),
        }
    }
    out
}

/// What happens in an account that loses the right for fleets. Source: guide, read 2026-11-24.
pub const LOSING: &str = "Its fleets on the image are set to a desired capacity of 0: nobody can start a session on them any more. Sessions in progress go on until they end. This console does not see that account, so check with its owner first.";

/// The account number that was typed, without its blanks, or what is wrong with it.
pub fn account(typed: &str, own: &str) -> Result<String, String> {
    let number: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if number.is_empty() {
        return Err("Enter an account number.".to_owned());
    }
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err("An account number has digits only, 12 of them.".to_owned());
    }
    if number.len() != 12 {
        return Err(["An account number has 12 digits; this has ", &number.len().to_string(), "."].concat());
    }
    if number == own {
        return Err("This is the account that owns the image.".to_owned());
    }
    Ok(number)
}

/// The accounts of a list in a URL, without what is none.
pub fn accounts(list: &str, own: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for number in list.split(',').filter_map(|typed| account(typed, own).ok()) {
        if !all.contains(&number) && all.len() < MOST_ACCOUNTS {
            all.push(number);
        }
    }
    all
}

/// An image of `wanted` with more accounts than there may be.
pub fn crowded(wanted: &Table) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (cell, _) in wanted.iter().filter(|(_, rights)| **rights != Rights::NONE) {
        *counts.entry(parts(cell).1).or_default() += 1;
    }
    counts.into_iter().find(|(_, n)| *n > MOST_ACCOUNTS).map(|(image, _)| image.to_owned())
}

/// The calls that make the changes, one a change.
pub fn calls(changes: &[Change]) -> Vec<Call> {
    changes.iter().map(Change::call).collect()
}

/// The form of dialog and matrix, as it is sent: the cells that were shown, and the boxes that are ticked. The browser sends the
/// changed cells only; a plain form sends all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareForm {
    /// What stood in each cell when the page was made, as [`Rights::code`].
    #[serde(default)]
    pub was: BTreeMap<String, String>,
    /// Cells whose box for fleets is ticked.
    #[serde(default)]
    pub fleet: BTreeMap<String, String>,
    /// Cells whose box for image builders is ticked.
    #[serde(default)]
    pub builder: BTreeMap<String, String>,
    /// The image that [`ShareForm::add`] is for.
    #[serde(default)]
    pub image: String,
    /// An account to add with the right for fleets, as typed; of the dialog as a plain form.
    #[serde(default)]
    pub add: String,
    /// Numbers typed again, by `account-NUMBER`.
    #[serde(default)]
    pub confirm: BTreeMap<String, String>,
}

/// The field in which the number of `account` is typed again.
pub fn confirm_field(account: &str) -> String {
    ["account-", account].concat()
}

impl ShareForm {
    /// The form of staged changes.
    pub fn of(changes: &[Change], confirm: BTreeMap<String, String>) -> Self {
        let mut form = Self { confirm, ..Self::default() };
        for change in changes {
            form.was.insert(change.cell.clone(), change.was.code().to_owned());
            if change.is.fleet {
                form.fleet.insert(change.cell.clone(), "true".to_owned());
            }
            if change.is.builder {
                form.builder.insert(change.cell.clone(), "true".to_owned());
            }
        }
        form
    }

    /// What was shown and what is wanted, once the account numbers in it are ones.
    pub fn parse(&self, own: &str) -> Result<(Table, Table), Vec<FieldError>> {
        if self.was.len() > MOST_CELLS {
            return Err(vec![FieldError::new("", "That is too much at once. Filter the images first.")]);
        }
        let (mut was, mut wanted) = (Table::new(), Table::new());
        let mut put = |cell: &str, before: Rights, after: Rights| {
            was.insert(cell.to_owned(), before);
            wanted.insert(cell.to_owned(), after);
        };
        for (cell, code) in &self.was {
            let (number, image) = parts(cell);
            if image.is_empty() {
                return Err(vec![FieldError::new("", "The form names an image that is none.")]);
            }
            if let Err(sentence) = account(number, own) {
                return Err(vec![FieldError::new("", sentence)]);
            }
            let after = Rights { fleet: self.fleet.contains_key(cell), builder: self.builder.contains_key(cell) };
            put(cell, Rights::from_code(code), after);
        }
        if !self.add.trim().is_empty() {
            let number = account(&self.add, own).map_err(|sentence| vec![FieldError::new("add", sentence)])?;
            let new = cell(&number, &self.image);
            if self.was.get(&new).is_some_and(|code| !code.is_empty()) {
                return Err(vec![FieldError::new("add", "The image is shared with this account already; tick its boxes.")]);
            }
            put(&new, Rights::NONE, Rights { fleet: true, builder: false });
        }
        if let Some(image) = crowded(&wanted) {
            let sentence = format!("Image {image} would be shared with more than {MOST_ACCOUNTS} accounts, the most there may be.");
            return Err(vec![FieldError::new("add", sentence)]);
        }
        Ok((was, wanted))
    }

    /// What must still be typed before `changes` are made.
    pub fn unconfirmed(&self, changes: &[Change]) -> Vec<FieldError> {
        let typed = |number: &str| self.confirm.get(&confirm_field(number)).map(|t| t.chars().filter(|c| !c.is_whitespace()).collect());
        losing(changes)
            .into_iter()
            .filter(|(number, _)| typed(number).is_none_or(|t: String| t != *number))
            .map(|(number, _)| FieldError::new(&confirm_field(&number), ["Type ", &number, " to confirm."].concat()))
            .collect()
    }

    /// For the page after a plain post: the boxes as they were ticked, what was added, what was typed.
    pub fn entries(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::from([("add".to_owned(), self.add.clone())]);
        for (field, map) in [("was", &self.was), ("fleet", &self.fleet), ("builder", &self.builder), ("confirm", &self.confirm)] {
            all.extend(map.iter().map(|(key, value)| ([field, "/", key].concat(), value.clone())));
        }
        all
    }

    /// Reads [`ShareForm::entries`].
    pub fn from_entries(entries: &BTreeMap<String, String>) -> Self {
        let mut form = Self { add: entries.get("add").cloned().unwrap_or_default(), ..Self::default() };
        for (key, value) in entries {
            let Some((field, key)) = key.split_once('/') else { continue };
            let map = match field {
                "was" => &mut form.was,
                "fleet" => &mut form.fleet,
                "builder" => &mut form.builder,
                "confirm" => &mut form.confirm,
                _ => continue,
            };
            map.insert(key.to_owned(), value.clone());
        }
        form
    }
}

/// What became of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareResult {
    /// The change.
    pub change: Change,
    /// Nothing, or why it failed. A failed one stays staged.
    pub failure: Option<Failure>,
}

impl ShareResult {
    /// “444455556666 may use gold-2026: fleets.”
    pub fn words(&self) -> String {
        let (account, image) = parts(&self.change.cell);
        if self.change.removes() {
            [account, " no longer has ", image].concat()
        } else {
            [account, " has ", image, ": ", &self.change.is.words().to_lowercase()].concat()
        }
    }
}

/// An own image among those that can be shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedImage {
    /// Its name.
    pub name: String,
    /// Why its rights cannot be changed now; a sentence.
    pub why_not: Option<String>,
    /// Why its rights are not known.
    pub failure: Option<Failure>,
}

/// What dialog and matrix begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharingView {
    /// The owner.
    pub own: String,
    /// The Region: sharing stays in it.
    pub region: String,
    /// Images of the window.
    pub images: Vec<SharedImage>,
    /// Accounts that have a right on one of them, and those that the URL adds.
    pub accounts: Vec<String>,
    /// The rights.
    pub rights: Table,
    /// Where the window begins.
    pub start: usize,
    /// How many images match.
    pub matched: usize,
    /// Quick filters.
    pub choices: Vec<crate::resource::Choice>,
    /// What is wrong with an account that the URL adds.
    pub wrong: Option<String>,
    /// When AWS was asked.
    pub taken: crate::time::Millis,
}

#[cfg(test)]
#[path = "sharing_tests.rs"]
mod tests;
