//! Everything but fleets and sessions, through one machine: lists, pages, forms and acts are made from the service model and the
//! table in [`kinds`]. Reading order: [`kinds`], [`form`] with [`fields`] and [`layout`] (forms), [`show`] (lists and pages), then this
//! file (acts) with [`blockers`] (what stands in the way) and [`refusal`] (what AWS said, at its field). What is special has a file of its
//! own: [`users`], [`rollout`] and [`carry`] (many at once), [`version`] (of an app block), [`more`] (what pages and forms show beyond the table).

mod blockers;
mod carry;
pub mod cells;
pub mod code;
pub mod fields;
mod form;
pub mod images;
pub mod kinds;
pub mod layout;
mod more;
mod picks;
mod refusal;
mod rollout;
mod show;
mod touched;
mod users;
mod version;
pub mod words;

use crate::gateway::Sdk;
use crate::poll::Watcher;
use app::ctx::Watch;
use app::resources::{Entries, Resources};
use async_trait::async_trait;
use domain::constraints::{Operation, operation};
use domain::entry::{FormView, parse};
use domain::estate::Kind as Watched;
use domain::failure::Failure;
use domain::form::FieldError;
use domain::names::Scope;
use domain::resource::{Call, Code, Done, ItemView, ListView, Secret};
use domain::role::Right;
use domain::sharing::{ShareForm, ShareResult, SharingView};
use domain::time::Millis;
use kinds::{HIDE_ALL, Kind, Place, Then, Verb, kind};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For how long an answer of AWS serves everybody who asks the same: at least, and at most. What took long to get is kept longer.
const FRESH: (Duration, Duration) = (Duration::from_secs(4), Duration::from_secs(120));
/// The most pages of one list: images come 25 a page, and there may be ten thousand and more.
const PAGES: usize = 1_000;

type Rows = Arc<Vec<Value>>;
/// An answer of AWS: until when it serves, when AWS was asked, its rows.
type Kept = (Instant, Millis, Rows);
/// A section's rows, or why they could not be had.
type Part = (&'static kinds::Related, Result<Rows, Failure>);

/// [`Resources`] over the SDK. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue {
    sdk: Sdk,
    watcher: Watcher,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
    enriched: Arc<Mutex<Option<images::catalogue::Enriched>>>,
    /// When each image builder, by its ARN, was last seen not running: AWS does not tell when it started.
    idle: Arc<Mutex<HashMap<String, Millis>>>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogue")
    }
}

/// The parts of a query string that this module reads.
fn query(text: &str) -> Vec<(String, String)> {
    app::paths::pairs(text)
}

fn asked<'a>(query: &'a [(String, String)], name: &str) -> &'a str {
    query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
}

fn unknown(what: &str, name: &str) -> Failure {
    Failure::NotFound { noun: what.to_owned(), name: name.chars().take(120).collect() }
}

fn found(slug: &str) -> Result<&'static Kind, Failure> {
    kind(slug).ok_or_else(|| unknown("page", slug))
}

/// The resource's name for sentences; of entitlements without the stack.
fn called(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

impl Catalogue {
    /// Over `sdk`; `watcher` knows the scope and the fleets.
    pub fn new(sdk: Sdk, watcher: Watcher) -> Self {
        Self { sdk, watcher, kept: Arc::default(), enriched: Arc::default(), idle: Arc::default() }
    }

    /// Forgets every answer: something changed, or time was moved.
    pub fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn scope(&self) -> Scope {
        self.watcher.estate().scope.clone()
    }

    /// What the watcher knows.
    fn watched(&self) -> Arc<domain::estate::Estate> {
        self.watcher.estate()
    }

    fn now(&self) -> Millis {
        use app::gateway::AppStream;
        self.sdk.aws_now()
    }

    /// All pages of a list, from memory while it is fresh.
    async fn all(&self, operation: &'static str, member: &str, input: &Value, noun: &'static str) -> Result<(Rows, Millis), Failure> {
        let key = format!("{operation} {input}");
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((_, taken, rows)) = kept.filter(|(until, ..)| Instant::now() < *until) {
            return Ok((rows, taken));
        }
        let began = Instant::now();
        let (mut rows, mut token, mut input) = (vec![], Value::Null, input.clone());
        for _ in 0..PAGES {
            if !token.is_null() {
                input["NextToken"] = token.clone();
            }
            let mut page = self.sdk.invoke(operation, &input, noun, "").await?;
            match page[member].take() {
                Value::Array(all) => rows.extend(all),
                Value::Null => {}
                one => rows.push(one),
            }
            let next = page["NextToken"].take();
            // A repeated token would never end.
            if next.is_null() || next == token {
                break;
            }
            token = next;
        }
        let (rows, taken) = (Arc::new(rows), self.now());
        let until = (began.elapsed() * 10).clamp(FRESH.0, FRESH.1);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (Instant::now() + until, taken, rows.clone()));
        Ok((rows, taken))
    }

    /// All resources of a kind, by key, with what the console adds to them.
    async fn resources(&self, kind: &'static Kind, query: &[(String, String)]) -> Result<(Rows, Millis), Failure> {
        let (operation, member) = kind.list;
        if kind.slug == "images" {
            return self.images().await;
        }
        if kind.slug == "sessions" {
            let estate = self.watcher.estate();
            let rows: Vec<Value> = estate.sessions.iter().map(|s| session(s)).collect();
            return Ok((
                Arc::new(rows),
                estate.health.iter().filter(|h| h.kind == Watched::Sessions).find_map(|h| h.taken).unwrap_or_default(),
            ));
        }
        let mut input = (kind.asked)();
        let (mut rows, taken) = match kind.slug {
            "entitlements" => {
                let (stacks, mut taken) = self.all("DescribeStacks", "Stacks", &json!({}), "stack").await?;
                let mut rows = vec![];
                for stack in stacks.iter() {
                    let (some, at) = self.all(operation, member, &json!({"StackName": stack["Name"]}), kind.noun).await?;
                    rows.extend(some.iter().cloned());
                    taken = taken.min(at);
                }
                (rows, taken)
            }
            "licence-usage" => {
                let month = Some(asked(query, "BillingPeriod"))
                    .filter(|m| !m.is_empty())
                    .map_or_else(|| self.now().iso().chars().take(7).collect(), str::to_owned);
                input["BillingPeriod"] = json!(month);
                match self.all(operation, member, &input, kind.noun).await {
                    // Nobody used any: that is no error to a reader.
                    Err(Failure::NotFound { .. }) => (vec![], self.now()),
                    other => other.map(|(rows, taken)| (rows.to_vec(), taken))?,
                }
            }
            _ => self.all(operation, member, &input, kind.noun).await.map(|(rows, taken)| (rows.to_vec(), taken))?,
        };
        if kind.slug == "image-exports" {
            rows = images::catalogue::exports(&rows, self.now());
        }
        if kind.slug == "image-builders" {
            self.running(&mut rows);
        }
        if kind.slug == "users" {
            rows.iter_mut().for_each(users::state);
        }
        rows.sort_by_cached_key(|r| (kind.key)(r));
        Ok((Arc::new(rows), taken))
    }

    async fn one(&self, kind: &'static Kind, name: &str) -> Result<(Value, Millis), Failure> {
        let (rows, taken) = self.resources(kind, &[]).await?;
        rows.iter().find(|r| (kind.key)(r) == name).map(|r| (r.clone(), taken)).ok_or_else(|| unknown(kind.noun, name))
    }

    /// Its tags; null where it has none, or they cannot be had.
    async fn tags(&self, kind: &Kind, item: &Value) -> Value {
        match kind.related.iter().find(|part| part.slug == "tags").filter(|_| has_tags(item)) {
            Some(part) => match self.all(part.operation, part.member, &(part.asked)(item), kind.noun).await {
                Ok((rows, _)) => rows.first().cloned().unwrap_or_default(),
                Err(_) => Value::Null,
            },
            None => Value::Null,
        }
    }

    /// The verb, its operation, and the resource it is on (null on lists).
    async fn verb(&self, slug: &str, name: &str, verb: &str) -> Result<(&'static Kind, &'static Verb, &'static Operation, Value), Failure> {
        let kind = found(slug)?;
        let verb = kind
            .verbs
            .iter()
            .find(|v| v.slug == verb && !v.own && (v.place == Place::List) == name.is_empty())
            .ok_or_else(|| unknown("act", verb))?;
        let operation = operation(verb.operation).ok_or_else(|| unknown("operation", verb.operation))?;
        let mut item = if name.is_empty() { Value::Null } else { self.one(kind, name).await?.0 };
        if verb.operation == "UpdateThemeForStack" {
            // What it changes is another answer's.
            let theme = self.listed("DescribeThemeForStack", "Theme", &json!({"StackName": item["Name"]})).await;
            if let (Some(of), Some(Value::Object(theme))) = (item.as_object_mut(), theme.into_iter().next()) {
                of.extend(theme);
            }
        }
        Ok((kind, verb, operation, item))
    }

    /// The form of an act, with what can be picked and what stands in the way.
    async fn made(
        &self,
        kind: &'static Kind,
        verb: &'static Verb,
        operation: &'static Operation,
        item: &Value,
        name: &str,
        row: &str,
    ) -> FormView {
        let mut form = form::form(kind, verb, operation, &self.scope(), item, name, row);
        self.pick(&mut form).await;
        self.extend(&mut form, is_new_version(verb), item).await;
        form.blockers = self.blockers(operation.name, item).await;
        form
    }

    /// The request that `entries` mean.
    fn request(verb: &Verb, form: &FormView, item: &Value, row: &str, entries: &Entries) -> Result<Map<String, Value>, Vec<FieldError>> {
        let fits = |pattern: &str, text: &str| simulator::validate::matches(pattern, text);
        let fixed = (verb.fixed)(item, row);
        parse(form, entries, &fits).map(|input| fields::with_fixed(input, &fixed))
    }

    /// What can be read of entries that are not complete yet.
    fn partial(verb: &Verb, form: &FormView, item: &Value, row: &str, entries: &Entries) -> Map<String, Value> {
        let mut form = form.clone();
        form.edits = false;
        form.groups.iter_mut().flat_map(|g| &mut g.fields).for_each(|f| f.need = domain::entry::Need::No);
        let untouched: Vec<String> = if verb.edits {
            let changed = domain::entry::changes(&form, entries);
            form.fields().map(|f| f.path.clone()).filter(|path| !changed.iter().any(|c| c.path == *path)).collect()
        } else {
            vec![]
        };
        form.groups.iter_mut().for_each(|g| g.fields.retain(|f| !untouched.contains(&f.path)));
        Self::request(verb, &form, item, row, entries).unwrap_or_else(|_| (verb.fixed)(item, row).as_object().cloned().unwrap_or_default())
    }

    /// What AWS answered, in words.
    fn told(verb: &Verb, name: &str, input: &Map<String, Value>, answer: &Value) -> Done {
        let made = match verb.then {
            Then::New(member) => input.get(member).and_then(Value::as_str).unwrap_or_default(),
            _ => name,
        };
        let mut done = Done { message: verb.said.replace("{}", called(made)), ..Done::default() };
        if let Some(url) = answer["StreamingURL"].as_str() {
            done.secret = Some(Secret(url.to_owned()));
            if let domain::resource::Cell::Time(until) = cells::moment(answer["Expires"].as_f64()) {
                done.until = Some(until);
                done.rows.push(("Valid until".to_owned(), until.exact()));
            }
        }
        for error in answer["errors"].as_array().into_iter().flatten() {
            let pair = &error["UserStackAssociation"];
            let who = format!("{} on {}", pair["UserName"].as_str().unwrap_or_default(), pair["StackName"].as_str().unwrap_or_default());
            done.rows.push((who, error["ErrorMessage"].as_str().unwrap_or_default().to_owned()));
            done.message = "AWS refused some rows.".to_owned();
        }
        if let Some(can) = answer["canUpdateImage"].as_bool()
            && input.get("dryRun").is_some_and(|d| d == true)
        {
            done.message = if can {
                "There is something newer: the image can be updated."
            } else {
                "Nothing is newer, or the image cannot be updated."
            }
            .to_owned();
        }
        done
    }

    fn to(&self, kind: &Kind, verb: &Verb, name: &str, input: &Map<String, Value>) -> String {
        match verb.then {
            Then::Stay => String::new(),
            Then::List => format!("/{}", kind.slug),
            Then::Item => show::path(&self.scope(), kind.slug, name) + &kinds::tab_of(kind, verb),
            Then::New(member) => show::path(&self.scope(), kind.slug, input.get(member).and_then(Value::as_str).unwrap_or_default()),
        }
    }
}

/// A session as DescribeSessions tells it. They come from the watcher, which asks all pairs anyway.
fn session(s: &domain::session::Session) -> Value {
    let seconds = |at: Option<Millis>| at.map(|at| json!(at.0 / 1000)).unwrap_or_default();
    json!({"Id": s.id.0, "UserId": s.user_id, "StackName": s.stack.0, "FleetName": s.fleet.0, "State": s.state.wire(),
        "ConnectionState": s.connection.as_ref().map(|c| c.wire()), "StartTime": seconds(s.started), "MaxExpirationTime": seconds(s.max_expires),
        "AuthenticationType": s.authentication.wire(), "InstanceId": s.instance_id, "InstanceDrainStatus": s.drain.as_ref().map(|d| d.wire()),
        "EniPrivateIpAddress": s.eni_private_ip_address, "EniIpv6Addresses": s.eni_ipv6_addresses, "EniId": s.eni_id})
}

/// What a request is, in short: proof for [`Done::checked`]. It guards against mistakes, not against people: AWS checks again.
fn print(input: &Map<String, Value>) -> String {
    let bytes = Value::Object(input.clone()).to_string();
    let sum = bytes.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}")
}

/// Whether this account can ask for the tags: of images that others share it cannot.
fn has_tags(item: &Value) -> bool {
    item["Visibility"] != "PUBLIC" && item["Visibility"] != "SHARED"
}

/// Whether a member of the request is a field of the verb's form.
fn shows(verb: &Verb, fixed: &Value, member: &str) -> bool {
    let batch = verb.operation.starts_with("Batch");
    verb.hidden != HIDE_ALL && !verb.hidden.contains(&member) && (batch || fixed[member].is_null())
}

/// Whether the verb makes a thing anew from another of its kind, which goes on beyond the one request.
fn is_new_version(verb: &Verb) -> bool {
    verb.operation == "CreateAppBlock" && verb.filled
}

/// Why the verb is not possible on the resource now.
fn why_not(kind: &Kind, verb: &Verb, item: &Value) -> Option<String> {
    if kind.slug == "images" && !item.is_null() && item["Visibility"] != "PRIVATE" {
        let whose = if item["Visibility"] == "PUBLIC" {
            "It is a public image of AWS."
        } else {
            "It belongs to another account, which shares it with this one."
        };
        return Some(whose.to_owned());
    }
    match (verb.operation, item["Enabled"].as_bool()) {
        ("EnableUser", Some(true)) => return Some("The user is enabled already.".to_owned()),
        ("DisableUser", Some(false)) => return Some("The user is disabled already.".to_owned()),
        _ => {}
    }
    let state = item[kind.state].as_str().unwrap_or_default();
    (!verb.needs.is_empty() && !verb.needs.contains(&state)).then(|| {
        let needed: Vec<String> = verb.needs.iter().map(|s| words::value(s).to_lowercase()).collect();
        format!("It is {}; this needs it {}.", words::value(state).to_lowercase(), needed.join(" or "))
    })
}

#[async_trait]
impl Resources for Catalogue {
    async fn list(&self, kind: &str, text: &str, start: usize, len: usize) -> Result<ListView, Failure> {
        let (kind, query) = (found(kind)?, query(text));
        let (rows, taken) = self.resources(kind, &query).await?;
        let mut view = show::list(kind, &self.scope(), &rows, &query, (start, len), taken);
        self.more_list(kind, &query, &mut view);
        Ok(view)
    }

    fn right(&self, kind: &str, verb: &str) -> Result<Right, Failure> {
        let verbs = found(kind)?.verbs;
        verbs.iter().find(|v| v.slug == verb).map(|v| Right::of(v.operation)).ok_or_else(|| unknown("act", verb))
    }

    async fn item(&self, kind: &str, name: &str, tab: &str) -> Result<ItemView, Failure> {
        let kind = found(kind)?;
        if !tab.is_empty() && !kind.tabs.iter().any(|(slug, ..)| *slug == tab) {
            return Err(unknown("tab", tab));
        }
        let (item, taken) = self.one(kind, name).await?;
        let mut related: Vec<Part> = vec![];
        for part in kind.related.iter().filter(|part| part.tab == tab) {
            let input = (part.asked)(&item);
            if input.is_null() || (part.slug == "tags" && !has_tags(&item)) {
                continue;
            }
            related.push((part, self.all(part.operation, part.member, &input, kind.noun).await.map(|(rows, _)| rows)));
        }
        // The overview tells the whole resource as code, wherever its tags are shown.
        let tags = if tab.is_empty() { self.tags(kind, &item).await } else { Value::Null };
        let mut view = show::item(kind, &self.scope(), &item, (tab, related), tags, taken);
        if kind.slug == "images" {
            let (images, builders) = (self.images().await?.0, self.listed("DescribeImageBuilders", "ImageBuilders", &json!({})).await);
            images::catalogue::complete(&mut view, &item, &images, &builders, &self.watched());
        }
        self.more(kind, &item, &mut view).await;
        Ok(view)
    }

    async fn form(&self, kind: &str, name: &str, verb: &str, text: &str) -> Result<FormView, Failure> {
        let (kind, verb, operation, item) = self.verb(kind, name, verb).await?;
        if let Some(reason) = why_not(kind, verb, &item) {
            return Err(Failure::Busy { noun: kind.noun.to_owned(), name: called(name).to_owned(), reason });
        }
        let query = query(text);
        Ok(self.made(kind, verb, operation, &item, name, asked(&query, "row")).await)
    }

    async fn code(&self, kind: &str, name: &str, verb: &str, text: &str, entries: &Entries) -> Result<Vec<Code>, Failure> {
        let (kind, verb, operation, item) = self.verb(kind, name, verb).await?;
        let query = query(text);
        let row = asked(&query, "row");
        let mut form = form::form(kind, verb, operation, &self.scope(), &item, name, row);
        self.extend(&mut form, is_new_version(verb), &item).await;
        Self::allow_ticked(&mut form, entries);
        // What cannot be read yet is left out of the code; the form says so at its field.
        let mut readable = entries.clone();
        let input = loop {
            match Self::request(verb, &form, &item, row, &readable) {
                Ok(input) => break input,
                Err(errors) => {
                    let before = readable.len();
                    readable.retain(|path, _| !errors.iter().any(|e| e.field == *path));
                    if readable.len() == before {
                        break Self::partial(verb, &form, &item, row, &readable);
                    }
                }
            }
        };
        if is_new_version(verb) {
            return Ok(self.version_code(input));
        }
        Ok(code::all(&self.scope().region.0, &[(verb.operation, &input)]))
    }

    async fn act(&self, kind: &str, name: &str, verb: &str, text: &str, confirm: &str, entries: &Entries) -> Result<Done, Failure> {
        let (kind, verb, operation, item) = self.verb(kind, name, verb).await?;
        let shown = called(name);
        if let Some(reason) = why_not(kind, verb, &item) {
            return Err(Failure::Busy { noun: kind.noun.to_owned(), name: shown.to_owned(), reason });
        }
        let query = query(text);
        let row = asked(&query, "row");
        let words = if verb.place == Place::Item { shown } else { row };
        if verb.confirms && confirm.trim() != words {
            return Err(Failure::Fields(vec![FieldError::new("confirm", format!("Type {words} to confirm."))]));
        }
        let mut form = self.made(kind, verb, operation, &item, name, row).await;
        Self::allow_ticked(&mut form, entries);
        if !form.blockers.is_empty() {
            return Err(Self::blocked(kind.noun, shown, &form.blockers));
        }
        let mut input = Self::request(verb, &form, &item, row, entries).map_err(Failure::Fields)?;
        let mut sent = input.clone();
        // Which applications move is no part of the request.
        sent.remove(domain::packaging::MOVE);
        let errors = fields::check(operation, &Value::Object(sent));
        if !errors.is_empty() {
            return Err(Failure::Fields(errors));
        }
        if is_new_version(verb) {
            return self.new_version(&item, &form, entries, input).await;
        }
        let (print, checking) = (print(&input), !verb.checks.is_empty() && entries.get("step").is_none_or(|step| step != "go"));
        if checking {
            input.insert(verb.checks.to_owned(), true.into());
        } else if !verb.checks.is_empty() && entries.get("checked") != Some(&print) {
            let sentence = "These entries differ from those that were checked. Check them first.";
            return Err(Failure::Fields(vec![FieldError::new("", sentence)]));
        }
        app::audit::standing(if verb.edits { app::audit::leaves(&item).into_iter().chain(form.standing()).collect() } else { vec![] });
        let subject = input.get("Name").and_then(Value::as_str).unwrap_or(shown).to_owned();
        let asked = Value::Object(input.clone());
        let answer = self.sdk.invoke(operation.name, &asked, kind.noun, &subject).await;
        self.forget();
        // Also after a failure: a call that was not answered may have been heard.
        touched::touched(operation.name, &asked, &item).into_iter().for_each(|what| self.watcher.touch(what));
        let answer = match answer {
            // To AWS a dry run that finds nothing wrong is an error; to a person it is the good news.
            Err(Failure::Upstream { code, .. }) if code == "DryRunOperationException" => {
                return Ok(Done { message: verb.said_checked.to_owned(), checked: print, ..Done::default() });
            }
            Ok(_) if checking => return Ok(Done { message: verb.said_checked.to_owned(), checked: print, ..Done::default() }),
            other => other.map_err(|failure| refusal::place(failure, &form, entries))?,
        };
        let mut done = Self::told(verb, name, &input, &answer);
        done.to = self.to(kind, verb, name, &input);
        if answer["canUpdateImage"] == true && input.get("dryRun").is_some_and(|d| d == true) {
            done.next.push(("Update…".to_owned(), format!("{}/update", show::path(&self.scope(), kind.slug, name))));
        }
        Ok(done)
    }

    fn request_code(&self, calls: &[Call]) -> Result<Vec<Code>, Failure> {
        code::of_calls(&self.scope().region.0, calls)
    }

    async fn sharing(&self, query: &str) -> Result<SharingView, Failure> {
        self.shown_sharing(query).await
    }

    async fn share(&self, form: &ShareForm) -> Result<Vec<ShareResult>, Failure> {
        self.apply_sharing(form).await
    }
}
