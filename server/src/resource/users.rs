//! Many users of the pool at once. What is checked is in [`domain::pool`]; here is what is asked, what is sent, and what came of it.

use super::images::catalogue::CONSOLE;
use super::{Catalogue, code};
use app::resources::People;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::form::FieldError;
use domain::pool::{Bulk, Known, Line, MOST_ROWS, Plan, Report, Stage, address, plans, stack};
use domain::resource::Code;
use domain::users_csv::{Person, read, write};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// The most associations of one call.
const CHUNK: usize = 25;
/// The most pairs of user and stack at once.
const MOST_PAIRS: usize = 2_500;
/// How often, and after how long, what AWS does not know yet is sent again: users are new to BatchAssociateUserStack for a moment.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_secs(1);
const POOL: &str = "USERPOOL";

/// A user on a stack: the row it belongs to, and the stack.
type Pair = (usize, String);

fn at(field: &str, message: impl Into<String>) -> Failure {
    Failure::Fields(vec![FieldError::new(field, message)])
}

/// What a list tells of a user: AWS's status, or that the user is disabled, which AWS tells beside it.
pub(super) fn state(user: &mut Value) {
    let state = if user["Enabled"] == false { json!("DISABLED") } else { user["Status"].clone() };
    user[CONSOLE] = json!({ "State": state });
}

/// A failure in one line.
fn words(failure: &Failure) -> String {
    let advice = failure.advice();
    format!("{}. {}", advice.title, advice.next)
}

/// Whether it makes no sense to go on with the other rows.
fn ends_all(failure: &Failure) -> bool {
    matches!(failure, Failure::Quota { .. } | Failure::Denied { .. } | Failure::SignedOut)
}

fn line(person: &Person, stage: Stage, told: Vec<String>) -> Line {
    let names = format!("{} {}", person.first, person.last).trim().to_owned();
    Line { line: person.line, user: person.email.clone(), names, stacks: person.stacks.clone(), stage, told }
}

/// The request of CreateUser.
fn creation(person: &Person, mail: bool) -> Value {
    let mut input = json!({"UserName": person.email, "AuthenticationType": POOL});
    for (member, name) in [("FirstName", &person.first), ("LastName", &person.last)] {
        if !name.is_empty() {
            input[member] = json!(name);
        }
    }
    if !mail {
        input["MessageAction"] = json!("SUPPRESS");
    }
    input
}

fn association(user: &str, stack: &str, tell: bool) -> Value {
    let mut one = json!({"StackName": stack, "UserName": user, "AuthenticationType": POOL});
    if tell {
        one["SendEmailNotification"] = json!(true);
    }
    one
}

fn batch(assign: bool) -> &'static str {
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

    /// Creates the users of `plans`; the rows of those that are new. What is refused is told at its row.
    async fn create_all(&self, plans: &[Plan], mail: bool, lines: &mut [Line]) -> BTreeSet<usize> {
        let (mut new, mut end) = (BTreeSet::new(), None);
        for (row, plan) in plans.iter().enumerate().filter(|(_, p)| p.create && p.refused.is_empty()) {
            let result = match &end {
                Some(failure) => Err(Failure::clone(failure)),
                None => self.sdk.invoke("CreateUser", &creation(&plan.person, mail), "user", &plan.person.email).await,
            };
            match result {
                Ok(_) => {
                    new.insert(row);
                    lines[row].stage = Stage::Done;
                    lines[row].told = vec![if mail { "Created; AWS mails the invitation." } else { "Created, without a mail." }.to_owned()];
                }
                Err(failure) => {
                    if ends_all(&failure) {
                        end = Some(failure.clone());
                    }
                    lines[row].stage = Stage::Failed;
                    lines[row].told = vec![words(&failure)];
                }
            }
        }
        new
    }

    /// Assigns or unassigns, 25 a call; sentences about the pairs that were refused. `new` are rows whose users AWS has only just made.
    async fn pair_all(&self, assign: bool, pairs: Vec<Pair>, users: &[String], tell: bool, new: &BTreeSet<usize>) -> Vec<(Pair, String)> {
        let mut refused = vec![];
        let mut todo: Vec<Vec<Pair>> = pairs.chunks(CHUNK).map(<[Pair]>::to_vec).collect();
        let mut tries = 0;
        let mut end: Option<Failure> = None;
        loop {
            let mut again: Vec<Pair> = vec![];
            while let Some(chunk) = todo.pop() {
                let items: Vec<Value> = chunk.iter().map(|(row, stack)| association(&users[*row], stack, tell && assign)).collect();
                let answer = match &end {
                    Some(failure) => Err(failure.clone()),
                    None => self.sdk.invoke(batch(assign), &json!({"UserStackAssociations": items}), "stack", "").await,
                };
                let answer = match answer {
                    Ok(answer) => answer,
                    Err(failure) => {
                        if ends_all(&failure) {
                            end = Some(failure.clone());
                        } else if chunk.len() > 1 && !matches!(failure, Failure::Throttled { .. } | Failure::Unreachable { .. }) {
                            // One of them spoils the call: each is asked for alone.
                            todo.extend(chunk.into_iter().map(|pair| vec![pair]));
                            continue;
                        }
                        refused.extend(chunk.into_iter().map(|pair| (pair, words(&failure))));
                        continue;
                    }
                };
                // Errors of single rows come with a 200.
                for error in answer["errors"].as_array().into_iter().flatten() {
                    let of = &error["UserStackAssociation"];
                    let Some(pair) = chunk.iter().find(|(row, stack)| of["UserName"] == users[*row] && of["StackName"] == *stack) else {
                        continue;
                    };
                    let code = error["ErrorCode"].as_str().unwrap_or_default();
                    if tries < TRIES && new.contains(&pair.0) && code == "USER_NAME_NOT_FOUND" {
                        again.push(pair.clone());
                    } else {
                        refused.push((pair.clone(), error["ErrorMessage"].as_str().filter(|m| !m.is_empty()).unwrap_or(code).to_owned()));
                    }
                }
            }
            if again.is_empty() {
                return refused;
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
            todo = again.chunks(CHUNK).map(<[Pair]>::to_vec).collect();
        }
    }

    /// Puts what came of pairs at their rows; the stacks of each row that are still to be sent.
    fn note(assign: bool, refused: Vec<(Pair, String)>, lines: &mut [Line], sent: &BTreeSet<usize>) {
        for row in sent {
            let mine: Vec<&(Pair, String)> = refused.iter().filter(|((r, _), _)| r == row).collect();
            let (line, done) = (&mut lines[*row], |n: usize| match (assign, n) {
                (true, 1) => "1 stack assigned.".to_owned(),
                (true, n) => format!("{n} stacks assigned."),
                (false, 1) => "1 stack taken away.".to_owned(),
                (false, n) => format!("{n} stacks taken away."),
            });
            let taken = line.stacks.len() - mine.len();
            if line.stage == Stage::Ready {
                line.told.clear();
            }
            if taken > 0 {
                line.told.push(done(taken));
            }
            line.told.extend(mine.iter().map(|((_, stack), why)| format!("{stack}: {why}")));
            line.stage = if mine.is_empty() { Stage::Done } else { Stage::Failed };
            if !mine.is_empty() {
                line.stacks = mine.iter().map(|((_, stack), _)| stack.clone()).collect();
            }
        }
    }
}

#[async_trait]
impl People for Catalogue {
    async fn import(&self, text: &str, mail: bool, tell: bool, send: bool) -> Result<Report, Failure> {
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
        if send {
            // What stood when it was checked may have changed.
            self.forget();
        }
        let (known, _) = self.known(&stacks).await?;
        let plans = plans(people, &known);
        let mut lines: Vec<Line> = plans
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
        let mut requests: Vec<(&'static str, Value)> =
            ready.iter().filter(|(_, p)| p.create).map(|(_, p)| ("CreateUser", creation(&p.person, mail))).collect();
        requests.extend(batches(true, &pairs, &users, tell));
        let code = self.said(&requests);
        if send {
            let new = self.create_all(&plans, mail, &mut lines).await;
            let pairs: Vec<Pair> = pairs.into_iter().filter(|(row, _)| lines[*row].stage != Stage::Failed).collect();
            let sent: BTreeSet<usize> = pairs.iter().map(|(row, _)| *row).collect();
            let refused = self.pair_all(true, pairs, &users, tell, &new).await;
            Self::note(true, refused, &mut lines, &sent);
            self.forget();
        }
        let left = plans
            .iter()
            .zip(&lines)
            .filter(|(_, l)| matches!(l.stage, Stage::Failed | Stage::Refused))
            .map(|(plan, line)| write(&Person { stacks: line.stacks.clone(), ..plan.person.clone() }));
        let left = left.collect::<Vec<_>>().join("\n");
        Ok(Report { lines, sent: send, left, code })
    }

    async fn bulk(&self, what: Bulk, users: &str, stacks: &[String], tell: bool, send: bool) -> Result<Report, Failure> {
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
        if send {
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
        let mut lines: Vec<Line> = people
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
        if send && what.takes_stacks() {
            let sent: BTreeSet<usize> = ready.into_iter().collect();
            let refused = self.pair_all(what == Bulk::Assign, pairs, &names, tell, &BTreeSet::new()).await;
            Self::note(what == Bulk::Assign, refused, &mut lines, &sent);
        } else if send {
            let mut end: Option<Failure> = None;
            for row in ready {
                let result = match &end {
                    Some(failure) => Err(failure.clone()),
                    None => self.sdk.invoke(operation, &input(&row), "user", &names[row]).await,
                };
                lines[row].stage = if result.is_ok() { Stage::Done } else { Stage::Failed };
                if let Err(failure) = result {
                    lines[row].told = vec![words(&failure)];
                    end = end.or_else(|| ends_all(&failure).then_some(failure));
                }
            }
        }
        if send {
            self.forget();
        }
        let left = lines.iter().filter(|l| matches!(l.stage, Stage::Failed | Stage::Refused)).map(|l| l.user.as_str());
        let left = left.collect::<Vec<_>>().join("\n");
        Ok(Report { lines, sent: send, left, code })
    }
}

/// The requests for pairs, 25 each.
fn batches(assign: bool, pairs: &[Pair], users: &[String], tell: bool) -> Vec<(&'static str, Value)> {
    pairs
        .chunks(CHUNK)
        .map(|chunk| {
            let items: Vec<Value> = chunk.iter().map(|(row, stack)| association(&users[*row], stack, tell && assign)).collect();
            (batch(assign), json!({"UserStackAssociations": items}))
        })
        .collect()
}
