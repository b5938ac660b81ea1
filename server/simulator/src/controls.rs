//! The private controls under `/_simulator/`: a contract that tests of any language rely on. JSON in and out. Bad input changes
//! nothing. Reached only where the simulator has a listener of its own.

use crate::clock::Ms;
use crate::faults::Fault;
use crate::fleet::{Asked, begin};
use crate::journal::Change;
use crate::seed::Seed;
use crate::session;
use crate::universe::{DEFAULT_ACCOUNT, DEFAULT_REGION, Delivery, Key, Request, Response, Universe};
use crate::world::{Crowd, World};
use serde_json::{Value, json};

type Reply = Result<Value, (u16, Value)>;

fn sentence(status: u16, text: impl Into<String>) -> (u16, Value) {
    (status, json!({"error": text.into()}))
}

fn bad(text: impl Into<String>) -> (u16, Value) {
    sentence(400, text)
}

/// Answers a control.
pub fn handle(universe: &mut Universe, wall: Ms, request: &Request) -> Response {
    let (status, body) = match answer(universe, wall, request) {
        Ok(value) => (200, value),
        Err(refusal) => refusal,
    };
    let first = request.path.trim_start_matches("/_simulator/").split('/').next().unwrap_or_default();
    let lasts = !["health", "calls", "faults", "limits"].contains(&first);
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
        delivery: Delivery::default(),
        change: lasts.then(|| Change::control(wall, request)),
    }
}

fn answer(universe: &mut Universe, wall: Ms, request: &Request) -> Reply {
    let account = request.query_value("account").unwrap_or(DEFAULT_ACCOUNT).to_owned();
    let region = request.query_value("region").unwrap_or(DEFAULT_REGION).to_owned();
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) || region.is_empty() || region.len() > 32 {
        return Err(bad("The account must be twelve digits and the region a Region code."));
    }
    let path = request.path.trim_start_matches("/_simulator/");
    let parts: Vec<&str> = path.split('/').collect();
    let at = (account.as_str(), region.as_str());
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["health"]) => Ok(json!({"status": "ok"})),
        ("GET", ["calls"]) => Ok(universe.world(at.0, at.1, wall).faults.show_calls()),
        ("DELETE", ["calls"]) => {
            universe.world(at.0, at.1, wall).faults.forget_calls();
            Ok(json!({}))
        }
        ("DELETE", ["faults"]) => {
            universe.world(at.0, at.1, wall).faults.waiting.clear();
            Ok(json!({}))
        }
        ("DELETE", ["resource-errors"]) => clear_error(universe, wall, at, request),
        ("POST", ["reset"]) => {
            let seed = text(&body(request)?, "seed").unwrap_or("empty".into()).parse::<Seed>().map_err(bad)?;
            universe.reset(at.0, at.1, seed, wall);
            Ok(json!({"seed": seed.to_string()}))
        }
        ("POST", ["clock"]) => clock(universe, wall, &body(request)?),
        ("POST", ["sessions"]) => open(universe, wall, at, &body(request)?),
        ("POST", ["sessions", id]) => act(universe, wall, at, id, &body(request)?),
        ("POST", ["load"]) => load(universe, wall, at, &body(request)?),
        ("POST", ["resource-errors"]) => set_error(universe, wall, at, &body(request)?),
        ("POST", ["faults"]) => add_fault(universe, wall, at, &body(request)?),
        ("POST", ["limits"]) => limits(universe, wall, at, &body(request)?),
        ("POST", ["quotas"]) => quotas(universe, wall, at, &body(request)?),
        ("POST", ["app-blocks", name, "package"]) => package(universe, wall, at, name),
        ("POST", ["users", name]) => user(universe, wall, at, name, &body(request)?),
        ("POST", ["images"]) => capture(universe, wall, at, &body(request)?),
        _ => Err(sentence(404, "There is no such control. See the simulator's documentation for the list.")),
    }
}

fn body(request: &Request) -> Result<Value, (u16, Value)> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(value) if value.is_object() => Ok(value),
        _ => Err(bad("The body must be one JSON object.")),
    }
}

fn text(body: &Value, member: &str) -> Option<String> {
    body[member].as_str().map(str::to_owned)
}

fn needed(body: &Value, member: &str) -> Result<String, (u16, Value)> {
    text(body, member).filter(|t| !t.is_empty()).ok_or_else(|| bad(format!("The body needs {member}, a text.")))
}

fn positive(body: &Value, member: &str) -> Result<Option<f64>, (u16, Value)> {
    match &body[member] {
        Value::Null => Ok(None),
        v => v.as_f64().filter(|n| *n > 0.0 && n.is_finite()).map(Some).ok_or_else(|| bad(format!("{member} must be a number over 0."))),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "moves of at most centuries, checked here")]
fn clock(universe: &mut Universe, wall: Ms, body: &Value) -> Reply {
    let advance = match &body["advance_seconds"] {
        Value::Null => None,
        v => Some(
            v.as_f64()
                .filter(|n| (0.0..=3.2e9).contains(n))
                .ok_or_else(|| bad("advance_seconds must be 0 or more; the clock never goes back."))?,
        ),
    };
    let (pace, haste) = (positive(body, "pace")?, positive(body, "haste")?);
    let paused = match &body["paused"] {
        Value::Null => None,
        v => Some(v.as_bool().ok_or_else(|| bad("paused must be true or false."))?),
    };
    universe.clock.anchor(wall);
    if let Some(seconds) = advance {
        universe.clock.advance(wall, (seconds * 1000.0) as Ms);
    }
    if let Some(haste) = haste {
        let (now, old) = (universe.clock.now(wall), universe.clock.haste);
        let keys: Vec<Key> = universe.worlds.keys().cloned().collect();
        for (account, region) in keys {
            universe.world(&account, &region, wall).rescale(now, old, haste);
        }
        universe.clock.haste = haste;
    }
    universe.clock.pace = pace.unwrap_or(universe.clock.pace);
    universe.clock.paused = paused.unwrap_or(universe.clock.paused);
    let c = &universe.clock;
    Ok(json!({"now": c.now(wall) as f64 / 1000.0, "pace": c.pace, "haste": c.haste, "paused": c.paused}))
}

fn open(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    let (stack, fleet, user) = (needed(body, "StackName")?, needed(body, "FleetName")?, needed(body, "UserId")?);
    let kind = text(body, "AuthenticationType").unwrap_or("API".into());
    if !["API", "SAML", "USERPOOL", "AWS_AD"].contains(&kind.as_str()) {
        return Err(bad("AuthenticationType must be API, SAML, USERPOOL or AWS_AD."));
    }
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let world = universe.world(at.0, at.1, wall);
    match session::open(world, &stack, &fleet, &user, &kind, now, &clock) {
        Ok(id) => Ok(json!({"Id": id})),
        Err(refused) => Err((409, json!({"error": refused.wire()}))),
    }
}

fn act(universe: &mut Universe, wall: Ms, at: (&str, &str), id: &str, body: &Value) -> Reply {
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let world = universe.world(at.0, at.1, wall);
    let Some(n) = world.session_ids.get(id).copied() else { return Err(sentence(404, format!("There is no session {id}."))) };
    match text(body, "action").unwrap_or_default().as_str() {
        "disconnect" => session::cut(world, n, now),
        "reconnect" => {
            session::reconnect(world, n);
        }
        "end" => session::end(world, n, now, &clock),
        "idle" => session::idle(world, n, now),
        _ => return Err(bad("action must be disconnect, reconnect, end or idle.")),
    }
    Ok(json!({}))
}

fn load(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    let pair = (needed(body, "StackName")?, needed(body, "FleetName")?);
    let count = body["count"].as_u64().filter(|n| *n <= 100_000).ok_or_else(|| bad("count must be a whole number up to 100000."))?;
    let churn = match &body["churn_per_minute"] {
        Value::Null => 0.0,
        v => v.as_f64().filter(|n| (0.0..=100_000.0).contains(n)).ok_or_else(|| bad("churn_per_minute must be 0 or more."))?,
    };
    let now = universe.clock.now(wall);
    let clock = universe.clock.clone();
    let world = universe.world(at.0, at.1, wall);
    if !world.pairs.contains(&pair) {
        return Err((409, json!({"error": "NOT_ASSOCIATED"})));
    }
    if world.fleets.get(&pair.1).is_none_or(|f| f.asked != Asked::Up) {
        return Err((409, json!({"error": "NOT_RUNNING"})));
    }
    for old in &mut world.crowds {
        if old.as_ref().is_some_and(|c| c.pair == pair) {
            *old = None;
        }
    }
    let crowd =
        Crowd { pair, count: usize::try_from(count).unwrap_or(0), daily: false, churn_per_minute: churn, owed: 0.0, makes_room: true };
    crate::seed::crowd::settle_in(world, crowd, now, &clock);
    Ok(json!({}))
}

/// Kind and name of a resource that errors are put on.
fn target(body: &Value) -> Result<(String, String), (u16, Value)> {
    const KINDS: [&str; 6] = ["fleet", "image-builder", "stack", "image", "app-block", "app-block-builder"];
    let (kind, name) = (needed(body, "kind")?, needed(body, "name")?);
    if KINDS.contains(&kind.as_str()) { Ok((kind, name)) } else { Err(bad(format!("kind must be one of {}.", KINDS.join(", ")))) }
}

/// The list member that shows errors of a resource whose record holds them, and the record.
fn record<'a>(world: &'a mut World, kind: &str, name: &str) -> Option<(&'static str, &'a mut crate::record::Record)> {
    match kind {
        "image" => world.images.get_mut(name).filter(|i| i["Visibility"] == "PRIVATE").map(|r| ("ImageErrors", r)),
        "app-block" => world.app_blocks.get_mut(name).map(|r| ("AppBlockErrors", r)),
        "app-block-builder" => world.block_builders.get_mut(name).map(|b| ("AppBlockBuilderErrors", &mut b.given)),
        _ => None,
    }
}

fn set_error(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    let (kind, name) = target(body)?;
    let (code, message) = (needed(body, "code")?, text(body, "message").unwrap_or_default());
    let now = universe.clock.now(wall);
    let world = universe.world(at.0, at.1, wall);
    let missing = || sentence(404, format!("There is no {kind} {name}."));
    match kind.as_str() {
        "fleet" => {
            let fleet = world.fleets.get_mut(&name).ok_or_else(missing)?;
            fleet.errors.retain(|(old, _)| *old != code);
            fleet.errors.push((code, message));
            fleet.blocked |= body["blocks_start"] == true;
            return Ok(json!({}));
        }
        "stack" => {
            let stack = world.stacks.get_mut(&name).ok_or_else(missing)?;
            stack.errors.retain(|(old, _)| *old != code);
            stack.errors.push((code, message));
            return Ok(json!({}));
        }
        "image-builder" => {
            let builder = world.image_builders.get_mut(&name).ok_or_else(missing)?;
            builder.errors.retain(|(old, ..)| *old != code);
            builder.errors.push((code, message, now));
        }
        _ => {
            let (member, record) = record(world, &kind, &name).ok_or_else(missing)?;
            let mut errors = record.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
            errors.retain(|e| e["ErrorCode"] != code.as_str());
            let mut error = json!({"ErrorCode": code, "ErrorMessage": message});
            if kind != "app-block" {
                error["ErrorTimestamp"] = json!(crate::fleet::seconds(now));
            }
            errors.push(error);
            record.insert(member.into(), errors.into());
        }
    }
    if body["blocks_start"] == true {
        world.stuck.insert((kind.clone(), name));
    }
    if kind == "image" {
        universe.link(at.1, wall);
    }
    Ok(json!({}))
}

/// The recording of an app block is done: the block is ACTIVE and its builder stops.
fn package(universe: &mut Universe, wall: Ms, at: (&str, &str), name: &str) -> Reply {
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let world = universe.world(at.0, at.1, wall);
    let block = world.app_blocks.get_mut(name).ok_or_else(|| sentence(404, format!("There is no app block {name}.")))?;
    if block["State"] != "ACTIVE" {
        crate::application::packaged(block);
    }
    let arn = block["Arn"].clone();
    if let Some((builder, _)) = world.packaging.iter().find(|(_, block)| arn == block.as_str()).map(|(b, a)| (b.clone(), a.clone())) {
        // One that does not run has nothing to stop.
        let _ = crate::block_builder::stop(world, &json!({"Name": builder}), now, &clock);
    }
    Ok(json!({}))
}

/// Image Assistant ran in a builder.
fn capture(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    needed(body, "ImageBuilderName")?;
    needed(body, "ImageName")?;
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let world = universe.world(at.0, at.1, wall);
    crate::image_source::capture(world, body, now, &clock).map_err(|e| {
        let status = match e.code {
            "ResourceNotFoundException" => 404,
            "ResourceAlreadyExistsException" | "OperationNotPermittedException" => 409,
            _ => 400,
        };
        sentence(status, e.message)
    })
}

/// What a pool user does with the invitation.
fn user(universe: &mut Universe, wall: Ms, at: (&str, &str), name: &str, body: &Value) -> Reply {
    let status = match text(body, "action").as_deref() {
        Some("confirm") => "CONFIRMED",
        Some("expire-password") => "UNCONFIRMED",
        _ => return Err(bad("action must be confirm or expire-password.")),
    };
    let name = name.replace("%40", "@");
    let world = universe.world(at.0, at.1, wall);
    let user = world.users.get_mut(&name).ok_or_else(|| sentence(404, format!("There is no user {name}.")))?;
    user.insert("Status".into(), status.into());
    Ok(json!({}))
}

fn clear_error(universe: &mut Universe, wall: Ms, at: (&str, &str), request: &Request) -> Reply {
    let body = match (request.query_value("kind"), request.query_value("name")) {
        (Some(kind), Some(name)) => json!({"kind": kind, "name": name}),
        _ => body(request)?,
    };
    let (kind, name) = target(&body)?;
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let world = universe.world(at.0, at.1, wall);
    let missing = || sentence(404, format!("There is no {kind} {name}."));
    match kind.as_str() {
        "stack" => world.stacks.get_mut(&name).ok_or_else(missing)?.errors.clear(),
        "fleet" => {
            let fleet = world.fleets.get_mut(&name).ok_or_else(missing)?;
            fleet.errors.clear();
            let freed = std::mem::take(&mut fleet.blocked);
            if freed && matches!(fleet.asked, Asked::Start(_)) {
                // What blocked it is gone: the start takes its time from now on.
                begin(world, &name, now, &clock);
            }
        }
        "image-builder" => {
            let builder = world.image_builders.get_mut(&name).ok_or_else(missing)?;
            builder.errors.clear();
            let phase = builder.phase;
            if world.stuck.remove(&(kind, name.clone())) {
                crate::image_builder::enter(world, &name, phase, now, &clock);
            }
        }
        _ => {
            let (member, record) = record(world, &kind, &name).ok_or_else(missing)?;
            record.remove(member);
            let freed = world.stuck.remove(&(kind.clone(), name.clone()));
            if freed && kind == "image" {
                crate::image_source::resume(world, &name, now, &clock);
            } else if freed && kind == "app-block-builder" {
                crate::block_builder::resume(world, &name, now, &clock);
            }
            if kind == "image" {
                universe.link(at.1, wall);
            }
        }
    }
    Ok(json!({}))
}

fn add_fault(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    let operation = text(body, "operation").unwrap_or("*".into());
    if operation != "*" && domain::constraints::operation(&operation).is_none() {
        return Err(bad(format!("{operation} is not an operation of AppStream; name one, or *.")));
    }
    let whole = |m: &str, most: u64| match &body[m] {
        Value::Null => Ok(None),
        v => v.as_u64().filter(|n| *n <= most).map(Some).ok_or_else(|| bad(format!("{m} must be a whole number up to {most}."))),
    };
    let flag = |m: &str| body[m].as_bool().unwrap_or(false);
    let fault = Fault {
        error: text(body, "error"),
        status: u16::try_from(whole("status", 599)?.unwrap_or(400)).unwrap_or(400).max(200),
        message: text(body, "message").unwrap_or_else(|| "This fault was asked for.".into()),
        count: whole("count", 1_000_000)?,
        probability: match &body["probability"] {
            Value::Null => 1.0,
            v => v.as_f64().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| bad("probability must be 0 to 1."))?,
        },
        latency_ms: whole("latency_ms", 600_000)?.unwrap_or(0),
        hang: flag("hang"),
        garbage: flag("garbage"),
        close: flag("close"),
        operation,
    };
    if fault.error.is_none() && fault.latency_ms == 0 && !fault.hang && !fault.garbage && !fault.close {
        return Err(bad("Say what goes wrong: error, latency_ms, hang, garbage or close."));
    }
    if fault.count == Some(0) {
        return Ok(json!({}));
    }
    universe.world(at.0, at.1, wall).faults.waiting.push(fault);
    Ok(json!({}))
}

fn limits(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    let new = (positive(body, "reads_per_second")?, positive(body, "writes_per_second")?);
    universe.world(at.0, at.1, wall).faults.limits = new;
    Ok(json!({"reads_per_second": new.0, "writes_per_second": new.1}))
}

fn quotas(universe: &mut Universe, wall: Ms, at: (&str, &str), body: &Value) -> Reply {
    const KEYS: [&str; 8] =
        ["fleets", "stacks", "images", "image_builders", "app_block_builders", "users", "image_shares", "concurrent_copies"];
    let mut new = Vec::new();
    for (key, value) in body.as_object().into_iter().flatten() {
        if !KEYS.contains(&key.as_str()) && key != "concurrent_updates" && !key.starts_with("instances:") {
            return Err(bad(format!("{key} is not a quota. Quotas are {}, concurrent_updates and instances:<type>.", KEYS.join(", "))));
        }
        new.push((
            key.clone(),
            value.as_i64().filter(|n| *n >= 0).ok_or_else(|| bad(format!("{key} must be a whole number, 0 or more.")))?,
        ));
    }
    universe.world(at.0, at.1, wall).quotas.extend(new);
    Ok(json!({}))
}

/// For estates: a fleet of the world is up at once.
pub(crate) fn up_at_once(world: &mut World, name: &str, now: Ms) {
    if let Some(fleet) = world.fleets.get_mut(name) {
        fleet.asked = Asked::Up;
    }
    crate::fleet::refit(world, name, now, now);
}
