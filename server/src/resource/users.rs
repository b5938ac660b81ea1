//! Many users of the pool at once: what is asked for is checked. The rules are in [`domain::pool`]; what is sent is in [`super::carry`].

use super::images::catalogue::CONSOLE;
use super::{Catalogue, code};
use domain::failure::Failure;
use domain::form::FieldError;
use domain::job::{MOST_PAIRS_A_CALL, Subject, Work};
use domain::pool::{Bulk, Known, Line, MOST_ROWS, Plan, Ready, Report, Stage, address, plans, stack};
use domain::resource::Code;
use domain::users_csv::{Person, read};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The most pairs of user and stack at once.
const MOST_PAIRS: usize = 2_500;
pub(super) const POOL: &str = "USERPOOL";

/// A user on a stack: the row it belongs to, and the stack.
type Pair = (usize, String);

pub(super) fn at(field: &str, message: impl Into<String>) -> Failure {
    Failure::Fields(vec![FieldError::new(field, message)])
}

/// What a list tells of a user: AWS's status, or that the user is disabled, which AWS tells beside it.
pub(super) fn state(user: &mut Value) {
    let state = if user["Enabled"] == false { json!("DISABLED") } else { user["Status"].clone() };
    user[CONSOLE] = json!({ "State": state });
}

fn line(person: &Person, stage: Stage, told: Vec<String>) -> Line {
    let (first, last) = (person.first.clone(), person.last.clone());
    Line { line: person.line, user: person.email.clone(), first, last, stacks: person.stacks.clone(), stage, told }
}

/// The request of CreateUser.
pub(super) fn creation(user: &str, first: &str, last: &str, mail: bool) -> Value {
    let mut input = json!({"UserName": user, "AuthenticationType": POOL});
    for (member, name) in [("FirstName", first), ("LastName", last)] {
        if !name.is_empty() {
            input[member] = json!(name);
        }
    }
    if !mail {
        input["MessageAction"] = json!("SUPPRESS");
    }
    input
}

pub(super) fn association(user: &str, stack: &str, tell: bool) -> Value {
    let mut one = json!({"StackName": stack, "UserName": user, "AuthenticationType": POOL});
    if tell {
        one["SendEmailNotification"] = json!(true);
    }
    one
}

pub(super) fn batch(assign: bool) -> &'static str {
    if assign { "BatchAssociateUserStack" } else { "BatchDisassociateUserStack" }
}

impl Catalogue {
    /// Requests as code.
    fn said(&self, requests: &[(&'static str, Value)]) -> Vec<Code> {
        let calls: Vec<_> = requests.iter().filter_map(|(operation, input)| Some((*operation, input.as_object()?))).collect();
        if calls.is_empty() { vec![] } else { code::all(&self.scope().region.0, &calls) }
    }

    async fn known(&self, stacks: &BTreeSet<&str>) -> Result<(Known, BTreeSet<String>), Failure> {
        let (users, _) = self.all("DescribeUsers", "Users", &json!({"AuthenticationType": POOL}), "user").await?;
        let text = |u: &Value, m: &str| u[m].as_str().unwrap_or_default().to_owned();
        let mut known = Known {
            users: users.iter().map(|u| (text(u, "UserName"), (text(u, "FirstName"), text(u, "LastName")))).collect(),
            ..Known::default()
        };
        let off = users.iter().filter(|u| u["Enabled"] == false).map(|u| text(u, "UserName")).collect();
        if stacks.is_empty() {
            return Ok((known, off));
        }
        let (all, _) = self.all("DescribeStacks", "Stacks", &json!({}), "stack").await?;
        let (fleets, _) = self.all("DescribeFleets", "Fleets", &json!({}), "fleet").await?;
        for stack in all.iter().filter_map(|s| s["Name"].as_str()).filter(|s| stacks.contains(s)) {
            let on = self.listed("ListAssociatedFleets", "Names", &json!({"StackName": stack})).await;
            let joined = fleets.iter().filter(|f| !f["DomainJoinInfo"].is_null()).find(|f| on.contains(&f["Name"]));
            known.stacks.insert(stack.to_owned(), joined.and_then(|f| f["Name"].as_str()).map(str::to_owned));
        }
        Ok((known, off))
    }

    /// Users from a paste, checked.
    pub(super) async fn check_import(&self, text: &str, mail: bool, tell: bool, anew: bool) -> Result<Ready, Failure> {
        let people = read(text);
        if people.is_empty() {
            return Err(at("text", "Paste at least one line, such as ana@example.com,Ana,Roy,legal."));
        }
        if people.len() > MOST_ROWS {
            return Err(at("text", format!("At most {MOST_ROWS} people at once; these are {}.", people.len())));
        }
        let stacks: BTreeSet<&str> = people.iter().flat_map(|p| &p.stacks).map(String::as_str).collect();
        let total: usize = people.iter().map(|p| p.stacks.len()).sum();
        if total > MOST_PAIRS {
            return Err(at("text", format!("At most {MOST_PAIRS} assignments at once; these are {total}.")));
        }
        if anew {
            self.forget();
        }
        let (known, _) = self.known(&stacks).await?;
        let plans = plans(people, &known);
        let lines: Vec<Line> = plans
            .iter()
            .map(|plan| match (plan.refused.is_empty(), plan.create, plan.person.stacks.is_empty()) {
                (false, ..) => line(&plan.person, Stage::Refused, plan.refused.clone()),
                (_, true, _) => line(&plan.person, Stage::Ready, vec!["Will be created.".to_owned()]),
                (_, _, true) => line(&plan.person, Stage::There, vec![]),
                _ => line(&plan.person, Stage::Ready, vec!["Is there already; gets the stacks.".to_owned()]),
            })
            .collect();
        let ready: Vec<(usize, &Plan)> = plans.iter().enumerate().filter(|(_, p)| p.refused.is_empty()).collect();
        let pairs: Vec<Pair> = ready.iter().flat_map(|(row, p)| p.person.stacks.iter().map(|s| (*row, s.clone()))).collect();
        let users: Vec<String> = plans.iter().map(|p| p.person.email.clone()).collect();
        let mut requests: Vec<(&'static str, Value)> = ready
            .iter()
            .filter(|(_, p)| p.create)
            .map(|(_, p)| ("CreateUser", creation(&p.person.email, &p.person.first, &p.person.last, mail)))
            .collect();
        requests.extend(batches(true, &pairs, &users, tell));
        let code = self.said(&requests);
        let mut subjects: Vec<Subject> = vec![];
        for (_, plan) in &ready {
            let Person { email: user, first, last, stacks, .. } = &plan.person;
            if plan.create {
                subjects.push(Subject::Person { user: user.clone(), first: first.clone(), last: last.clone() });
            }
            subjects.extend(stacks.iter().map(|stack| Subject::Assignment { user: user.clone(), stack: stack.clone() }));
        }
        // First all who are new: AWS needs a moment to know them.
        subjects.sort_by_key(|subject| !matches!(subject, Subject::Person { .. }));
        Ok(Ready { report: Report { lines, code, ..Report::default() }, work: Work::Import { mail, tell }, subjects })
    }

    /// Changes of many users, checked.
    pub(super) async fn check_bulk(&self, what: Bulk, users: &str, stacks: &[String], tell: bool, anew: bool) -> Result<Ready, Failure> {
        let mut people = read(users);
        let mut seen = BTreeSet::new();
        people.retain(|p| seen.insert(p.email.clone()));
        let stacks: Vec<String> = if what.takes_stacks() { stacks.to_vec() } else { vec![] };
        let mut errors = vec![];
        if people.is_empty() {
            errors.push(FieldError::new("users", "Enter at least one user name, one a line."));
        } else if people.len() > MOST_ROWS || people.len() * stacks.len() > MOST_PAIRS {
            let all = people.len() * stacks.len();
            let sentence = format!("At most {MOST_ROWS} users and {MOST_PAIRS} assignments at once; these are {} and {all}.", people.len());
            errors.push(FieldError::new("users", sentence));
        }
        if what.takes_stacks() && stacks.is_empty() {
            errors.push(FieldError::new("stacks", "Choose at least one stack."));
        }
        if !errors.is_empty() {
            return Err(Failure::Fields(errors));
        }
        if anew {
            self.forget();
        }
        let (known, off) = self.known(&stacks.iter().map(String::as_str).collect()).await?;
        let wrong: Vec<String> = match what {
            Bulk::Assign => stacks.iter().filter_map(|s| stack(s, &known)).collect(),
            Bulk::Unassign => stacks.iter().filter(|s| !known.stacks.contains_key(*s)).map(|s| format!("There is no stack {s}.")).collect(),
            _ => vec![],
        };
        if !wrong.is_empty() {
            return Err(at("stacks", wrong.join(" ")));
        }
        for person in &mut people {
            person.stacks.clone_from(&stacks);
        }
        let lines: Vec<Line> = people
            .iter()
            .map(|person| {
                let there = known.users.contains_key(&person.email);
                let enabled = !off.contains(&person.email);
                let other = known.users.keys().find(|u| u.to_lowercase() == person.email.to_lowercase());
                match (there, other) {
                    (false, Some(other)) => {
                        line(person, Stage::Refused, vec![format!("The pool has {other}: AWS tells capital letters from small ones.")])
                    }
                    (false, None) => {
                        let why = address(&person.email).unwrap_or_else(|| "There is no such user in the pool.".to_owned());
                        line(person, Stage::Refused, vec![why])
                    }
                    _ if (what == Bulk::Enable && enabled) || (what == Bulk::Disable && !enabled) => line(person, Stage::There, vec![]),
                    _ => line(person, Stage::Ready, vec![]),
                }
            })
            .collect();
        let ready: Vec<usize> = (0..lines.len()).filter(|row| lines[*row].stage == Stage::Ready).collect();
        let names: Vec<String> = people.iter().map(|p| p.email.clone()).collect();
        let pairs: Vec<Pair> = ready.iter().flat_map(|row| stacks.iter().map(|s| (*row, s.clone()))).collect();
        let operation = if what == Bulk::Enable { "EnableUser" } else { "DisableUser" };
        let input = |row: &usize| json!({"UserName": names[*row], "AuthenticationType": POOL});
        let requests = if what.takes_stacks() {
            batches(what == Bulk::Assign, &pairs, &names, tell)
        } else {
            ready.iter().map(|row| (operation, input(row))).collect()
        };
        let code = self.said(&requests);
        let subjects = if what.takes_stacks() {
            pairs.iter().map(|(row, stack)| Subject::Assignment { user: names[*row].clone(), stack: stack.clone() }).collect()
        } else {
            ready.iter().map(|row| Subject::User { user: names[*row].clone() }).collect()
        };
        Ok(Ready { report: Report { lines, code, ..Report::default() }, work: Work::Users { what, tell }, subjects })
    }
}

/// The requests for pairs, 25 each.
fn batches(assign: bool, pairs: &[Pair], users: &[String], tell: bool) -> Vec<(&'static str, Value)> {
    pairs
        .chunks(MOST_PAIRS_A_CALL)
        .map(|chunk| {
            let items: Vec<Value> = chunk.iter().map(|(row, stack)| association(&users[*row], stack, tell && assign)).collect();
            (batch(assign), json!({"UserStackAssociations": items}))
        })
        .collect()
}
