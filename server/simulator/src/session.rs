//! Streaming sessions. Lifecycle: behaviour notes 3.4, read 2026-11-24.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, not_available, not_found, not_permitted, validation};
use crate::fleet::{Asked, seconds};
use crate::switches;
use crate::viewer::{self, Link, Target};
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Who streams.
    pub user: String,
    /// Through which stack.
    pub stack: String,
    /// On which fleet.
    pub fleet: String,
    /// `API`, `SAML`, `USERPOOL`, `AWS_AD`.
    pub authentication: String,
    /// Whether its instance is still being made ready.
    pub pending: bool,
    /// When its instance was dedicated to the user.
    pub started: Option<Ms>,
    /// When it ends at the latest.
    pub max_expires: Ms,
    /// Since when the client is gone.
    pub cut: Option<Ms>,
    /// Whether it is over.
    pub expired: bool,
    /// Whether one of a crowd opened it. A crowd ends none but such.
    pub crowd: bool,
    /// Its instance.
    pub instance: Option<String>,
    /// Its network interface and private address, for fleets in a customer's VPC.
    pub network: Option<(String, String)>,
}

impl Session {
    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.expired
    }

    fn show(&self, world: &World) -> Value {
        let fleet = world.fleets.get(&self.fleet);
        let multi = fleet.is_some_and(|f| f.number("MaxSessionsPerInstance").is_some());
        let draining = self.instance.as_ref().and_then(|i| fleet?.pool.instances.get(i)).is_some_and(|i| i.draining);
        let drain = match (multi, draining) {
            (false, _) => "NOT_APPLICABLE",
            (_, true) => "DRAINING",
            _ => "ACTIVE",
        };
        let there = !self.pending;
        json!({
            "Id": self.id, "UserId": self.user, "StackName": self.stack, "FleetName": self.fleet,
            "State": if self.expired { "EXPIRED" } else if self.pending { "PENDING" } else { "ACTIVE" },
            "ConnectionState": there.then(|| if self.cut.is_some() || self.expired { "NOT_CONNECTED" } else { "CONNECTED" }),
            "StartTime": self.started.map(seconds), "MaxExpirationTime": self.started.map(|_| seconds(self.max_expires)),
            "AuthenticationType": self.authentication, "InstanceId": self.instance.as_ref().filter(|_| there), "InstanceDrainStatus": drain,
            "NetworkAccessConfiguration": self.network.as_ref().filter(|_| there).map(|(eni, ip)| json!({"EniId": eni, "EniPrivateIpAddress": ip})),
        })
    }
}

/// Why no session could be opened. The words of the controls' contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No seat is free.
    NoCapacity,
    /// The fleet is not RUNNING.
    NotRunning,
    /// Stack and fleet are not associated, or one does not exist.
    NotAssociated,
}

impl Refused {
    /// As the contract writes it.
    pub fn wire(self) -> &'static str {
        match self {
            Self::NoCapacity => "NO_CAPACITY",
            Self::NotRunning => "NOT_RUNNING",
            Self::NotAssociated => "NOT_ASSOCIATED",
        }
    }
}

/// A user opens a session at `now`; a user's session on the pair that is not over is joined (inferred). Answers its id.
pub fn open(
    world: &mut World,
    stack: &str,
    fleet_name: &str,
    user: &str,
    authentication: &str,
    now: Ms,
    clock: &Clock,
) -> Result<String, Refused> {
    let pair = (stack.to_owned(), fleet_name.to_owned());
    if !world.pairs.contains(&pair) {
        return Err(Refused::NotAssociated);
    }
    let mine = world
        .by_pair
        .get(&pair)
        .into_iter()
        .flatten()
        .copied()
        .find(|n| world.sessions.get(n).is_some_and(|s| !s.is_over() && s.user == user && s.authentication == authentication));
    if let Some(n) = mine {
        return Ok(reconnect(world, n));
    }
    let fleet = world.fleets.get_mut(fleet_name).ok_or(Refused::NotAssociated)?;
    if fleet.asked != Asked::Up {
        return Err(Refused::NotRunning);
    }
    let (elastic, slots) = (fleet.is_elastic(), fleet.slots());
    let placed = if elastic {
        (fleet.sessions < fleet.number("MaxConcurrentSessions").unwrap_or(0)).then_some(None)
    } else {
        fleet.pool.place(slots, now).map(Some)
    };
    let Some(instance) = placed else {
        *world.refused.entry(fleet_name.to_owned()).or_default() += 1;
        return Err(Refused::NoCapacity);
    };
    fleet.sessions += 1;
    let boot = match fleet.text("FleetType") {
        "ON_DEMAND" => switches::BOOT_ON_DEMAND,
        "ELASTIC" => switches::BOOT_ELASTIC,
        _ => 0,
    };
    let lasts = fleet.number("MaxUserDurationInSeconds").unwrap_or(57_600) * 1000;
    let in_vpc = fleet.given.contains_key("VpcConfig");
    let number = world.next_number;
    world.next_number += 1;
    let id = world.uuid();
    let instance = instance.unwrap_or_else(|| format!("i-{}", world.hex(17)));
    let network = in_vpc.then(|| (format!("eni-{}", world.hex(17)), format!("10.0.{}.{}", world.dice(250), 4 + world.dice(250))));
    let session = Session {
        id: id.clone(),
        user: user.to_owned(),
        stack: pair.0.clone(),
        fleet: pair.1.clone(),
        authentication: authentication.to_owned(),
        pending: boot > 0,
        started: (boot == 0).then_some(now),
        max_expires: now + lasts,
        cut: None,
        expired: false,
        crowd: false,
        instance: Some(instance),
        network,
    };
    world.sessions.insert(number, session);
    crate::software::used(world, fleet_name, user, now);
    world.session_ids.insert(id.clone(), number);
    world.by_pair.entry(pair).or_default().insert(number);
    if boot > 0 {
        world.schedule(now + clock.hasten(boot), Due::SessionReady(number));
    }
    world.schedule(now + lasts, Due::SessionEnd(number));
    Ok(id)
}

/// Makes a session look as if it had begun at `started`: for estates that begin in the middle of a day.
pub fn backdate(world: &mut World, id: &str, started: Ms) {
    let Some(number) = world.session_ids.get(id).copied() else { return };
    let lasts = world
        .sessions
        .get(&number)
        .and_then(|s| world.fleets.get(&s.fleet))
        .and_then(|f| f.number("MaxUserDurationInSeconds"))
        .unwrap_or(57_600)
        * 1000;
    if let Some(s) = world.sessions.get_mut(&number) {
        s.pending = false;
        s.started = Some(started);
        s.max_expires = started + lasts;
    }
    world.schedule(started + lasts, Due::SessionEnd(number));
}

/// The instance is there.
pub fn ready(world: &mut World, number: u64) {
    if let Some(s) = world.sessions.get_mut(&number).filter(|s| s.pending && !s.expired) {
        s.pending = false;
        // Dedicated when it was asked for plus the boot: the end moves with it only in the customer's favour, so it stays.
        let lasts = world.fleets.get(&s.fleet).and_then(|f| f.number("MaxUserDurationInSeconds")).unwrap_or(57_600) * 1000;
        s.started = Some(s.max_expires - lasts);
    }
}

/// The session ends at `at`; its seat comes back as behaviour notes section 4 says. Total: an ended one stays as it is. Also called
/// for MaxExpirationTime, which is checked here since a backdated session has two.
pub fn end(world: &mut World, number: u64, at: Ms, clock: &Clock) {
    let Some(session) = world.sessions.get_mut(&number).filter(|s| !s.expired) else { return };
    session.expired = true;
    session.pending = false;
    session.started.get_or_insert(at);
    let (fleet_name, instance) = (session.fleet.clone(), session.instance.clone());
    world.schedule(at + switches::EXPIRED_STAYS, Due::Forget(number));
    let ready = at + clock.hasten(switches::REFILL);
    let Some(fleet) = world.fleets.get_mut(&fleet_name) else { return };
    fleet.sessions = (fleet.sessions - 1).max(0);
    let multi = fleet.number("MaxSessionsPerInstance").is_some();
    let Some((id, left)) = instance.and_then(|id| {
        let i = fleet.pool.instances.get_mut(&id)?;
        i.sessions = (i.sessions - 1).max(0);
        let gone = if multi { i.draining && i.sessions == 0 } else { true };
        gone.then_some((id, i.sessions))
    }) else {
        // A multi-session instance lives on; it may now be one too many.
        crate::fleet::refit(world, &fleet_name, ready, at);
        return;
    };
    debug_assert!(left == 0 || !multi);
    fleet.pool.instances.remove(&id);
    crate::fleet::refit(world, &fleet_name, ready, at);
}

/// The session leaves the listing.
pub fn forget(world: &mut World, number: u64) {
    if let Some(s) = world.sessions.remove(&number) {
        world.session_ids.remove(&s.id);
        let pair = (s.stack, s.fleet);
        if let Some(all) = world.by_pair.get_mut(&pair) {
            all.remove(&number);
        }
    }
}

/// The client is gone from `at` on; the disconnect timeout begins.
pub fn cut(world: &mut World, number: u64, at: Ms) {
    let Some(s) = world.sessions.get_mut(&number).filter(|s| !s.expired && !s.pending && s.cut.is_none()) else { return };
    s.cut = Some(at);
    let waits = world.fleets.get(&s.fleet).and_then(|f| f.number("DisconnectTimeoutInSeconds")).unwrap_or(900) * 1000;
    world.schedule(at + waits, Due::CutTooLong(number, at));
}

/// The user is back. Answers the id.
pub fn reconnect(world: &mut World, number: u64) -> String {
    world
        .sessions
        .get_mut(&number)
        .map(|s| {
            s.cut = None;
            s.id.clone()
        })
        .unwrap_or_default()
}

/// The user leaves mouse and keyboard alone from `now` on. IdleDisconnectTimeout acts in whole minutes, half ones up; 0 never.
pub fn idle(world: &mut World, number: u64, now: Ms) {
    let timeout = world
        .sessions
        .get(&number)
        .and_then(|s| world.fleets.get(&s.fleet))
        .and_then(|f| f.number("IdleDisconnectTimeoutInSeconds"))
        .unwrap_or(0);
    if timeout > 0 {
        world.schedule(now + (timeout + 30) / 60 * 60_000, Due::Idle(number));
    }
}

/// DescribeSessions.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let text = |m: &str| input[m].as_str();
    let pair = (text("StackName").unwrap_or_default().to_owned(), text("FleetName").unwrap_or_default().to_owned());
    if !world.pairs.contains(&pair) {
        return Err(combination(format!("Stack {} and fleet {} are not associated, or do not exist.", pair.0, pair.1)));
    }
    let (user, kind, instance) = (text("UserId"), text("AuthenticationType"), text("InstanceId"));
    if user.is_some() && kind.is_none() {
        return Err(combination("UserId needs AuthenticationType."));
    }
    let limit = input["Limit"].as_i64().unwrap_or(20);
    if !(1..=50).contains(&limit) {
        return Err(validation(format!("Limit is 1 to 50; {limit} was given.")));
    }
    let wanted = |s: &&Session| {
        user.is_none_or(|u| u == s.user)
            && kind.is_none_or(|k| k == s.authentication)
            && instance.is_none_or(|i| s.instance.as_deref() == Some(i))
    };
    let rows = world
        .by_pair
        .get(&pair)
        .into_iter()
        .flatten()
        .filter_map(|n| world.sessions.get(n).filter(wanted).map(|s| (format!("{n:012}"), s)));
    let filter = format!("{}/{}/{user:?}/{kind:?}/{instance:?}", pair.0, pair.1);
    let (page, next) = crate::page::page(operation, &filter, text("NextToken"), usize::try_from(limit).unwrap_or(20), rows)?;
    Ok(json!({"Sessions": page.iter().map(|s| s.show(world)).collect::<Vec<_>>(), "NextToken": next}))
}

/// ExpireSession. Models no error: unknown and ended ids succeed.
pub fn expire(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    if let Some(n) = input["SessionId"].as_str().and_then(|id| world.session_ids.get(id)).copied() {
        end(world, n, now, clock);
    }
    Ok(json!({}))
}

/// DrainSessionInstance.
pub fn drain(world: &mut World, input: &Value) -> Answer {
    let id = input["SessionId"].as_str().unwrap_or_default();
    let missing = || not_found(format!("Session {id} does not exist."));
    let session = world.session_ids.get(id).and_then(|n| world.sessions.get(n)).filter(|s| !s.is_over()).ok_or_else(missing)?;
    let (name, instance) = (session.fleet.clone(), session.instance.clone().unwrap_or_default());
    let fleet = world.fleet_mut(&name)?;
    if fleet.number("MaxSessionsPerInstance").is_none() {
        return Err(not_permitted(format!("Fleet {name} is not multi-session; its instances cannot be drained.")));
    }
    if let Some(i) = fleet.pool.instances.get_mut(&instance) {
        i.draining = true;
    }
    Ok(json!({}))
}

/// CreateStreamingURL. Starts and reserves nothing.
pub fn streaming_url(world: &mut World, input: &Value, now: Ms, base: Option<&str>) -> Answer {
    let text = |m: &str| input[m].as_str().unwrap_or_default().to_owned();
    let (stack, name) = (text("StackName"), text("FleetName"));
    world.stack(&stack)?;
    let fleet = world.fleet(&name)?;
    if !world.pairs.contains(&(stack.clone(), name.clone())) {
        return Err(combination(format!("Fleet {name} is not associated with stack {stack}.")));
    }
    if fleet.given.contains_key("DomainJoinInfo") {
        return Err(not_permitted(format!("Fleet {name} is joined to a domain; its users sign in by SAML.")));
    }
    if text("ApplicationId") == "Desktop" && fleet.text("StreamView") != "DESKTOP" {
        return Err(combination(format!("Fleet {name} streams applications, not the desktop.")));
    }
    if fleet.asked != Asked::Up {
        return Err(not_available(format!("Fleet {name} is {}; streaming needs it RUNNING.", fleet.state())));
    }
    let target = Target::Session(stack, name, text("UserId"));
    url(world, target, input["Validity"].as_i64().unwrap_or(60), now, base)
}

/// A streaming URL to `target` that is good for `validity` seconds, as all three operations that make one answer it.
pub fn url(world: &mut World, target: Target, validity: i64, now: Ms, base: Option<&str>) -> Answer {
    if !(1..=604_800).contains(&validity) {
        return Err(validation(format!("Validity is 1 to 604800 seconds; {validity} was given.")));
    }
    let base = base.map_or_else(|| format!("https://appstream2.{}.aws.amazon.com", world.region), str::to_owned);
    let code = world.hex(96);
    let expires = now + validity * 1000;
    // One that expired long ago is as unknown as none.
    world.links.retain(|_, link| link.expires > now - switches::LINKS_STAY);
    world.links.insert(viewer::digest(&code), Link { target, expires });
    Ok(json!({"StreamingURL": format!("{base}{}?parameters={code}", viewer::PATH), "Expires": seconds(expires)}))
}
