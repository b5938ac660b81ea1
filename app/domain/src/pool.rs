//! Many users of the pool at once: what a paste would do, before anything is sent, and what came of it, row by row. Rules: behaviour
//! notes 3.15 and 3.16.

use crate::constraints::{Shape, shape};
use crate::job::{Item, JobId, Stands, Subject, Work};
use crate::resource::Code;
use crate::users_csv::{Person, write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most rows at once: AWS takes users one by one, so 500 take minutes already.
pub const MOST_ROWS: usize = 500;

/// What is done to many users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bulk {
    /// Stacks are assigned.
    #[default]
    Assign,
    /// Stacks are taken away.
    Unassign,
    /// They may sign in again.
    Enable,
    /// They may not sign in.
    Disable,
}

impl Bulk {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Assign, Self::Unassign, Self::Enable, Self::Disable];

    /// Its word in URLs.
    pub fn slug(self) -> &'static str {
        ["assign", "unassign", "enable", "disable"][self as usize]
    }
    /// What the page and the button call it.
    pub fn words(self) -> &'static str {
        ["Assign stacks", "Unassign stacks", "Enable", "Disable"][self as usize]
    }
    /// By its word; anything else is the first.
    pub fn of(slug: &str) -> Self {
        Self::ALL.into_iter().find(|b| b.slug() == slug).unwrap_or_default()
    }
    /// Whether it is about stacks.
    pub fn takes_stacks(self) -> bool {
        matches!(self, Self::Assign | Self::Unassign)
    }
    /// What it does, and what it does not.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Assign => "Each user can open each of the stacks.",
            Self::Unassign => "They can start no new session from the stacks. A portal that is open stays for up to about an hour.",
            Self::Enable => "They can sign in again, with the stacks they had.",
            Self::Disable => {
                "They cannot sign in any more; assignments stay. Running sessions, and portals that are open, last up to about an hour."
            }
        }
    }
}

/// What stands in AppStream, as far as a check needs it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// User name to first and last name.
    pub users: BTreeMap<String, (String, String)>,
    /// Stack to the fleet of it that is joined to a domain, if there is one.
    pub stacks: BTreeMap<String, Option<String>>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It can be sent.
    Ready,
    /// Nothing needs to be done for it.
    There,
    /// It would be refused: it is not sent.
    Refused,
    /// Sent, and AWS took it.
    Done,
    /// Sent, and AWS refused it or a part of it.
    Failed,
}

impl Stage {
    /// As a chip: tone, glyph, words.
    pub fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Ready => ("t-off", "s-off", "Ready"),
            Self::There => ("t-ok", "s-check", "There already"),
            Self::Refused => ("t-warn", "s-warn", "Needs a change"),
            Self::Done => ("t-ok", "s-check", "Done"),
            Self::Failed => ("t-fault", "s-fail", "Failed"),
        }
    }
}

/// One row of the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its line in the paste, from 1.
    pub line: usize,
    /// The user.
    pub user: String,
    /// First name; may be empty.
    pub first: String,
    /// Last name; may be empty.
    pub last: String,
    /// Its stacks.
    pub stacks: Vec<String>,
    /// Where it stands.
    pub stage: Stage,
    /// Sentences about it.
    pub told: Vec<String>,
}

/// What a check or an application of many rows came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// All rows.
    pub lines: Vec<Line>,
    /// Whether it was sent; else only checked.
    pub sent: bool,
    /// The paste without what is done: what can be sent again.
    pub left: String,
    /// What is ready, as code.
    pub code: Vec<Code>,
    /// The job that does it, while it is not done.
    pub job: Option<JobId>,
}

/// A check that went well: what it says, and what a job would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// What is shown.
    pub report: Report,
    /// What a job would do.
    pub work: Work,
    /// To whom.
    pub subjects: Vec<Subject>,
}

impl Report {
    /// How many rows stand so.
    pub fn count(&self, stage: Stage) -> usize {
        self.lines.iter().filter(|l| l.stage == stage).count()
    }
    /// Takes in what came of a job's `items` for the rows that were ready.
    pub fn settle(&mut self, work: &Work, items: &[Item]) {
        let verb = if matches!(work, Work::Users { what: Bulk::Unassign, .. }) { "taken away" } else { "assigned" };
        for line in self.lines.iter_mut().filter(|l| l.stage == Stage::Ready) {
            let mine: Vec<&Item> = items.iter().filter(|item| item.subject.label() == line.user).collect();
            let stack = |item: &Item| match &item.subject {
                Subject::Assignment { stack, .. } => Some(stack.clone()),
                _ => None,
            };
            let failed: Vec<&&Item> = mine.iter().filter(|item| item.stands != Stands::Done).collect();
            let taken = mine.iter().filter(|item| item.stands == Stands::Done && stack(item).is_some()).count();
            line.told = mine.iter().filter(|i| stack(i).is_none()).map(|i| i.told.clone()).filter(|told| !told.is_empty()).collect();
            if taken > 0 {
                line.told.push(format!("{taken} {} {verb}.", if taken == 1 { "stack" } else { "stacks" }));
            }
            line.told.extend(failed.iter().filter_map(|item| Some(format!("{}: {}", stack(item)?, item.told))));
            line.stage = if failed.is_empty() { Stage::Done } else { Stage::Failed };
            let left: Vec<String> = failed.iter().filter_map(|item| stack(item)).collect();
            if !left.is_empty() {
                line.stacks = left;
            }
        }
        self.sent = true;
    }

    /// The rows that are not done, as they can be pasted again.
    pub fn paste(&self) -> String {
        let left = |l: &&Line| matches!(l.stage, Stage::Failed | Stage::Refused);
        let person = |l: &Line| Person {
            email: l.user.clone(),
            first: l.first.clone(),
            last: l.last.clone(),
            stacks: l.stacks.clone(),
            ..Person::default()
        };
        self.lines.iter().filter(left).map(|l| write(&person(l))).collect::<Vec<_>>().join("\n")
    }

    /// The users of the rows that are not done, one a line.
    pub fn users(&self) -> String {
        let left = |l: &&Line| matches!(l.stage, Stage::Failed | Stage::Refused);
        self.lines.iter().filter(left).map(|l| l.user.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The sentence above the rows.
    pub fn summary(&self) -> String {
        let (ready, there, refused) = (self.count(Stage::Ready), self.count(Stage::There), self.count(Stage::Refused));
        let (done, failed) = (self.count(Stage::Done), self.count(Stage::Failed));
        let mut parts = vec![];
        let mut part = |n: usize, words: &str| {
            if n > 0 {
                parts.push(format!("{n} {words}"));
            }
        };
        if self.sent {
            part(done, "done");
            part(there, "there already");
            part(failed, "failed");
            part(refused, "not sent");
        } else {
            part(ready, "ready");
            part(there, "there already");
            part(refused, if refused == 1 { "needs a change" } else { "need a change" });
        }
        format!("{} of {} {}.", parts.join(", "), self.lines.len(), if self.lines.len() == 1 { "row" } else { "rows" })
    }
}

/// What is to be done for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who.
    pub person: Person,
    /// Whether the user has to be made.
    pub create: bool,
    /// Why nothing of it is sent; empty when it can be.
    pub refused: Vec<String>,
}

/// What each row of a paste would do. Nothing is asked: `known` says what there is.
pub fn plans(people: Vec<Person>, known: &Known) -> Vec<Plan> {
    let mut first_line: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let by_small: BTreeMap<String, &String> = known.users.keys().map(|u| (u.to_lowercase(), u)).collect();
    people
        .into_iter()
        .map(|person| {
            let mut refused = vec![];
            if person.broken {
                refused.push("A quote is opened and never closed; everything after it was read as one cell.".to_owned());
            }
            refused.extend(address(&person.email));
            for (what, name) in [("first name", &person.first), ("last name", &person.last)] {
                refused.extend(fits_name(what, name));
            }
            let small = person.email.to_lowercase();
            match first_line.get(&small) {
                Some((line, email)) if *email == person.email => refused.push(format!("The same address stands in line {line}.")),
                Some((line, email)) => refused.push(format!("Line {line} has it as {email}. AWS takes them for two people; keep one.")),
                None if !small.is_empty() => {
                    first_line.insert(small.clone(), (person.line, person.email.clone()));
                }
                None => {}
            }
            let there = known.users.get(&person.email);
            if let Some((first, last)) = there {
                let other = |new: &str, old: &str| !new.is_empty() && new != old;
                if other(&person.first, first) || other(&person.last, last) {
                    let name = format!("{first} {last}");
                    let name = if name.trim().is_empty() { "without a name".to_owned() } else { format!("as {}", name.trim()) };
                    refused
                        .push(format!("The user is there already, {name}. AWS cannot change names: leave them out, or delete the user."));
                }
            } else if let Some(other) = by_small.get(&small) {
                refused.push(format!("The pool has {other}. AWS tells capital letters from small ones and would make a second user."));
            }
            refused.extend(person.stacks.iter().filter_map(|s| stack(s, known)));
            Plan { create: there.is_none(), person, refused }
        })
        .collect()
}

/// What is wrong with a stack for pool users.
pub fn stack(name: &str, known: &Known) -> Option<String> {
    match known.stacks.get(name) {
        None => Some(format!("There is no stack {name}.")),
        Some(Some(fleet)) => Some(format!("Fleet {fleet} of stack {name} is joined to a domain; users of the pool cannot use it.")),
        Some(None) => None,
    }
}

/// What is wrong with a mail address as a user name.
pub fn address(email: &str) -> Option<String> {
    if email.is_empty() {
        return Some("There is no mail address.".to_owned());
    }
    let parts = email.split_once('@').filter(|(local, host)| {
        let labels: Vec<&str> = host.split('.').collect();
        !local.is_empty() && labels.len() > 1 && labels.iter().all(|l| !l.is_empty()) && !host.contains('@')
    });
    if parts.is_none() || email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;\"".contains(c)) {
        return Some(format!("“{}” is no mail address, such as ana@example.com.", email.chars().take(60).collect::<String>()));
    }
    let most = text("Username");
    (email.chars().count() > most).then(|| format!("An address has at most {most} characters; this one has {}.", email.chars().count()))
}

/// What is wrong with a name. AWS takes plain letters only: pattern `^[A-Za-z0-9_\-\s]+$` of the model, tested against it on the server.
fn fits_name(what: &str, name: &str) -> Option<String> {
    let strange: String = name.chars().filter(|c| !(c.is_ascii_alphanumeric() || c.is_whitespace() || "_-".contains(*c))).take(8).collect();
    if !strange.is_empty() {
        return Some(format!("AWS takes plain letters, digits, blanks, dashes and underscores in a {what}; not “{strange}”."));
    }
    let (n, most) = (name.chars().count(), text("UserAttributeValue"));
    (n > most).then(|| format!("A {what} has at most {most} characters; this one has {n}."))
}

/// The most characters of a text of the model.
fn text(name: &str) -> usize {
    match shape(name) {
        Some(Shape::Text(t)) => t.max.map_or(usize::MAX, |m| m as usize),
        _ => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users_csv::read;

    fn known() -> Known {
        Known {
            users: [("ana@x.example", ("Ana", "Roy")), ("nameless@x.example", ("", ""))]
                .map(|(u, (f, l))| (u.to_owned(), (f.to_owned(), l.to_owned())))
                .into(),
            stacks: [("hr", None), ("erp", Some("erp-fleet".to_owned()))].map(|(s, f)| (s.to_owned(), f)).into(),
        }
    }

    #[test]
    fn each_row_says_what_it_would_do_or_why_not() {
        for (row, create, told) in [
            ("bo@x.example,Bo,Lind,hr", true, ""),
            ("ana@x.example,Ana,Roy,hr", false, ""),
            ("ana@x.example", false, ""),
            ("nameless@x.example,No,Name", false, "without a name"),
            ("ana@x.example,Anna,Roy", false, "cannot change names"),
            ("Ana@x.example", true, "would make a second user"),
            ("bo@x.example,,,nowhere", true, "no stack nowhere"),
            ("bo@x.example,,,erp", true, "joined to a domain"),
            ("bo@x.example,Bö,Lind", true, "not “ö”"),
            ("bo@x.example,Bo,O'Hara", true, "in a last name"),
            ("bo", true, "no mail address"),
            ("bo@host", true, "no mail address"),
            ("b o@x.example", true, "no mail address"),
            (",Bo", true, "There is no mail address"),
            ("bo@x.example,\"Bo", true, "never closed"),
        ] {
            let plan = plans(read(row), &known()).remove(0);
            assert_eq!(plan.create, create, "{row}");
            let all = plan.refused.join(" ");
            assert!(if told.is_empty() { all.is_empty() } else { all.contains(told) }, "{row}: {all}");
        }
    }

    #[test]
    fn doubles_are_told_with_the_line_they_repeat() {
        let all = plans(read("bo@x.example\ncy@x.example\nbo@x.example\nBO@x.example"), &known());
        assert!(all[0].refused.is_empty() && all[1].refused.is_empty());
        assert!(all[2].refused[0].contains("line 1") && all[3].refused[0].contains("Line 1 has it as bo@x.example"));
    }

    #[test]
    fn a_report_is_summed_up() {
        let line =
            |stage| Line { line: 1, user: String::new(), first: String::new(), last: String::new(), stacks: vec![], stage, told: vec![] };
        let report = |sent, stages: &[Stage]| Report { lines: stages.iter().map(|s| line(*s)).collect(), sent, ..Default::default() };
        assert_eq!(
            report(false, &[Stage::Ready, Stage::There, Stage::Refused]).summary(),
            "1 ready, 1 there already, 1 needs a change of 3 rows."
        );
        assert_eq!(report(true, &[Stage::Done, Stage::Failed, Stage::Refused]).summary(), "1 done, 1 failed, 1 not sent of 3 rows.");
        for bulk in Bulk::ALL {
            assert_eq!(Bulk::of(bulk.slug()), bulk);
        }
    }
}
