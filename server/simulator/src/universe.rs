//! All worlds under one clock, and the way of a request through them.

use crate::clock::{Clock, Ms, http_date};
use crate::error::{Answer, ApiError, fit, not_permitted, status, throttling, unknown_operation};
use crate::seed::Seed;
use crate::wire::{self, Protocol};
use crate::world::World;
use domain::constraints::{Operation, operation};
use serde_json::Value;
use std::collections::BTreeMap;

/// The account of clients that name none.
pub const DEFAULT_ACCOUNT: &str = "111122223333";
/// The Region of clients that name none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// How a universe begins.
#[derive(Clone, Debug)]
pub struct Options {
    /// The estate of the default world; all others begin empty.
    pub seed: Seed,
    /// Speed of the clock.
    pub pace: f64,
    /// Divides AWS's own durations.
    pub haste: f64,
    /// Where chance begins.
    pub rng_seed: u64,
    /// Base of streaming URLs, such as `http://127.0.0.1:8080`; none gives AWS's own host.
    pub public_base: Option<String>,
}

/// One HTTP request as it came off the wire. Header names in lower case.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query without `?`.
    pub query: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    /// A query value; percent signs are not expected in account numbers, Regions and names.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.split('&').filter_map(|p| p.split_once('=')).find(|(k, _)| *k == name).map(|(_, v)| v)
    }
}

/// Whether and how the answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is sent.
    #[default]
    Answer,
    /// It never is.
    Hang,
    /// The connection is cut.
    Close,
}

/// When and whether the answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Held back for so long.
    pub latency_ms: u64,
    /// What becomes of it.
    pub fate: Fate,
}

/// What to send, and how.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// When and whether.
    pub delivery: Delivery,
}

/// All worlds, the clock, faults and counters. One value per running simulator.
#[derive(Clone, Debug)]
pub struct Universe {
    /// The clock of all worlds.
    pub clock: Clock,
    pub(crate) worlds: BTreeMap<(String, String), World>,
    options: Options,
    requests: u64,
}

impl Universe {
    /// A universe that begins at `wall_ms`.
    pub fn new(options: Options, wall_ms: Ms) -> Self {
        let clock = Clock::new(wall_ms, options.pace, options.haste);
        let mut universe = Self { clock, worlds: BTreeMap::new(), options, requests: 0 };
        universe.reset(DEFAULT_ACCOUNT, DEFAULT_REGION, universe.options.seed, wall_ms);
        universe
    }

    /// Begins a world anew with `seed`.
    pub(crate) fn reset(&mut self, account: &str, region: &str, seed: Seed, wall: Ms) {
        let mut world = World::new(account, region, self.options.rng_seed ^ hash(account) ^ hash(region));
        crate::seed::plant(&mut world, seed, self.clock.now(wall), &self.clock);
        self.worlds.insert((account.to_owned(), region.to_owned()), world);
    }

    /// A world, brought to the present.
    pub(crate) fn world(&mut self, account: &str, region: &str, wall: Ms) -> &mut World {
        let key = (account.to_owned(), region.to_owned());
        if !self.worlds.contains_key(&key) {
            self.reset(account, region, Seed::Empty, wall);
        }
        let now = self.clock.now(wall);
        let clock = self.clock.clone();
        let world = self.worlds.entry(key).or_default();
        world.settle(now, &clock);
        world
    }
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Account and Region of a signed request; the defaults where it does not tell.
fn scope(request: &Request) -> (String, String) {
    let credential = request
        .header("authorization")
        .and_then(|a| a.split_once("Credential="))
        .map_or("", |(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
    let mut parts = credential.split('/');
    let account = parts.next().filter(|a| a.len() == 12 && a.bytes().all(|b| b.is_ascii_digit())).unwrap_or(DEFAULT_ACCOUNT);
    let region = parts.nth(1).filter(|r| !r.is_empty() && r.len() <= 32).unwrap_or(DEFAULT_REGION);
    (account.to_owned(), region.to_owned())
}

/// The whole simulator: the API over both protocols, and the private controls when `controls` is true. Total.
pub fn handle(universe: &mut Universe, wall_ms: Ms, controls: bool, request: &Request) -> Response {
    universe.requests += 1;
    let id = format!("{:08x}-0000-4000-8000-{:012x}", hash(&universe.requests.to_string()) >> 32, universe.requests);
    let mut response = if request.path.starts_with("/_simulator/") && controls {
        crate::controls::handle(universe, wall_ms, request)
    } else {
        match wire::recognise(request) {
            Some((protocol, name)) => call(universe, wall_ms, request, protocol, &name),
            None => Response {
                status: 404,
                headers: vec![("content-type".into(), "application/json".into())],
                body: wire::write_error(
                    Protocol::Json,
                    &unknown_operation("Name an operation: X-Amz-Target is missing, or the path is not one of AppStream's."),
                ),
                delivery: Delivery::default(),
            },
        }
    };
    response.headers.push(("x-amzn-requestid".into(), id));
    response.headers.push(("date".into(), http_date(universe.clock.now(wall_ms))));
    response
}

#[expect(clippy::cast_precision_loss, reason = "a chance of one in a million is fine enough")]
fn call(universe: &mut Universe, wall: Ms, request: &Request, protocol: Protocol, name: &str) -> Response {
    let (account, region) = scope(request);
    let base = universe.options.public_base.clone();
    let clock = universe.clock.clone();
    let now = clock.now(wall);
    let world = universe.world(&account, &region, wall);
    let model = operation(name);
    world.faults.count(name);
    let rolls: Vec<f64> = (0..world.faults.waiting.len()).map(|_| world.dice(1_000_000) as f64 / 1_000_000.0).collect();
    let mut rolls = rolls.into_iter();
    let fault = world.faults.meet(name, || rolls.next().unwrap_or(0.0));
    let mut delivery = Delivery::default();
    let answer = match &fault {
        Some(f) => {
            delivery = Delivery {
                latency_ms: f.latency_ms,
                fate: if f.hang {
                    Fate::Hang
                } else if f.close {
                    Fate::Close
                } else {
                    Fate::Answer
                },
            };
            if f.garbage {
                return Response { status: 200, headers: head(protocol), body: b"\x00<not a protocol>\xff\xfe".to_vec(), delivery };
            }
            if let Some(error) = &f.error {
                if error.contains("Throttl") || error == "RequestLimitExceededException" {
                    world.faults.throttled();
                }
                let body = wire::write_error_named(protocol, error, &f.message);
                return Response { status: f.status, headers: head(protocol), body, delivery };
            }
            if delivery.fate == Fate::Answer {
                run(world, model, name, protocol, request, now, &clock, wall, base.as_deref())
            } else {
                Ok(Value::Null)
            }
        }
        None => run(world, model, name, protocol, request, now, &clock, wall, base.as_deref()),
    };
    match answer {
        Ok(tree) => {
            Response { status: 200, headers: head(protocol), body: wire::write(protocol, model.and_then(|m| m.output), tree), delivery }
        }
        Err(error) => {
            let error = model.map_or(error.clone(), |m| fit(m, error));
            Response { status: status(model, error.code), headers: head(protocol), body: wire::write_error(protocol, &error), delivery }
        }
    }
}

fn head(protocol: Protocol) -> Vec<(String, String)> {
    match protocol {
        Protocol::Json => vec![("content-type".into(), "application/x-amz-json-1.1".into())],
        Protocol::Cbor => vec![("content-type".into(), "application/cbor".into()), ("smithy-protocol".into(), "rpc-v2-cbor".into())],
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where wire, world and clock meet")]
fn run(
    world: &mut World,
    model: Option<&'static Operation>,
    name: &str,
    protocol: Protocol,
    request: &Request,
    now: Ms,
    clock: &Clock,
    wall: Ms,
    base: Option<&str>,
) -> Answer {
    let shown: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).take(80).collect();
    let model = model.ok_or_else(|| unknown_operation(format!("AppStream has no operation {shown}.")))?;
    let is_read = ["Describe", "List", "Get"].iter().any(|p| name.starts_with(p));
    if !world.faults.admits(is_read, wall) {
        world.faults.throttled();
        return Err(throttling("Rate exceeded"));
    }
    let input = wire::read(protocol, &request.body)?;
    crate::validate::validate(model, &input)?;
    dispatch(world, model, &input, now, clock, base)
}

fn dispatch(world: &mut World, model: &'static Operation, input: &Value, now: Ms, clock: &Clock, base: Option<&str>) -> Answer {
    use crate::{
        application, block_builder, directory, entitlement, fleet, image, image_builder, report, session, stack, tags, theme, user,
    };
    match model.name {
        "CreateFleet" => fleet::create(world, input, now),
        "DescribeFleets" => fleet::describe(world, model, input, now),
        "UpdateFleet" => fleet::update(world, input, now, clock),
        "StartFleet" => fleet::start(world, input, now, clock),
        "StopFleet" => fleet::stop(world, input, now, clock),
        "DeleteFleet" => fleet::delete(world, input),
        "CreateStack" => stack::create(world, input, now),
        "DescribeStacks" => stack::describe(world, model, input),
        "UpdateStack" => stack::update(world, input),
        "DeleteStack" => stack::delete(world, input),
        "AssociateFleet" => stack::associate(world, input),
        "DisassociateFleet" => stack::disassociate(world, input),
        "ListAssociatedFleets" | "ListAssociatedStacks" => stack::list_associated(world, model, input),
        "DescribeSessions" => session::describe(world, model, input),
        "ExpireSession" => session::expire(world, input, now, clock),
        "DrainSessionInstance" => session::drain(world, input),
        "CreateStreamingURL" => session::streaming_url(world, input, now, base),
        "DescribeImages" => image::describe(world, model, input),
        "TagResource" => tags::tag(world, input),
        "UntagResource" => tags::untag(world, input),
        "ListTagsForResource" => tags::list(world, input),
        "CreateDirectoryConfig" => directory::create(world, input, now),
        "UpdateDirectoryConfig" => directory::change(world, input),
        "DescribeDirectoryConfigs" => directory::describe(world, model, input),
        "DeleteDirectoryConfig" => directory::delete(world, input),
        "CreateUser" => user::create(world, input, now),
        "EnableUser" => user::enable(world, input, true),
        "DisableUser" => user::enable(world, input, false),
        "DeleteUser" => user::delete(world, input),
        "DescribeUsers" => user::describe(world, model, input),
        "BatchAssociateUserStack" => user::batch(world, input, true),
        "BatchDisassociateUserStack" => user::batch(world, input, false),
        "DescribeUserStackAssociations" => user::associations(world, model, input),
        "CreateEntitlement" => entitlement::create(world, input, now),
        "UpdateEntitlement" => entitlement::change(world, input, now),
        "DeleteEntitlement" => entitlement::delete(world, input),
        "DescribeEntitlements" => entitlement::describe(world, model, input),
        "AssociateApplicationToEntitlement" => entitlement::allow(world, input),
        "DisassociateApplicationFromEntitlement" => entitlement::disallow(world, input),
        "ListEntitledApplications" => entitlement::list(world, model, input),
        "CreateThemeForStack" => theme::create(world, input, now),
        "UpdateThemeForStack" => theme::change(world, input),
        "DescribeThemeForStack" => theme::describe(world, input),
        "DeleteThemeForStack" => theme::delete(world, input),
        "CreateUsageReportSubscription" => report::create(world, now),
        "DescribeUsageReportSubscriptions" => report::describe(world, model, input, now),
        "DeleteUsageReportSubscription" => report::delete(world),
        "CreateAppBlock" => application::create_block(world, input, now),
        "DescribeAppBlocks" => application::describe_blocks(world, model, input),
        "DeleteAppBlock" => application::delete_block(world, input),
        "CreateApplication" => application::create(world, input, now),
        "UpdateApplication" => application::change(world, input),
        "DescribeApplications" => application::describe_all(world, model, input),
        "DeleteApplication" => application::delete(world, input),
        "AssociateApplicationFleet" => application::offer(world, input),
        "DisassociateApplicationFleet" => application::withdraw(world, input),
        "DescribeApplicationFleetAssociations" => application::offers(world, model, input),
        "CreateAppBlockBuilder" => block_builder::create(world, input, now),
        "UpdateAppBlockBuilder" => block_builder::change(world, input),
        "DescribeAppBlockBuilders" => block_builder::describe(world, model, input),
        "DeleteAppBlockBuilder" => block_builder::delete(world, input),
        "StartAppBlockBuilder" => block_builder::start(world, input, now, clock),
        "StopAppBlockBuilder" => block_builder::stop(world, input, now, clock),
        "CreateAppBlockBuilderStreamingURL" => block_builder::streaming_url(world, input, now, base),
        "AssociateAppBlockBuilderAppBlock" => block_builder::associate(world, input),
        "DisassociateAppBlockBuilderAppBlock" => block_builder::disassociate(world, input),
        "DescribeAppBlockBuilderAppBlockAssociations" => block_builder::associations(world, model, input),
        "CreateImageBuilder" => image_builder::create(world, input, now, clock),
        "UpdateImageBuilder" => image_builder::change(world, input),
        "DescribeImageBuilders" => image_builder::describe(world, model, input),
        "StartImageBuilder" => image_builder::start(world, input, now, clock),
        "StopImageBuilder" => image_builder::stop(world, input, now, clock),
        "DeleteImageBuilder" => image_builder::delete(world, input, now, clock),
        "CreateImageBuilderStreamingURL" => image_builder::streaming_url(world, input, now, base),
        "DeleteImage" => image::delete(world, input, now, clock),
        other => Err(not_offered(other)),
    }
}

/// The operations that are offered; the rest of the 90 answer with [`not_offered`].
pub const OFFERED: [&str; 76] = [
    "CreateFleet",
    "DescribeFleets",
    "UpdateFleet",
    "StartFleet",
    "StopFleet",
    "DeleteFleet",
    "CreateStack",
    "DescribeStacks",
    "UpdateStack",
    "DeleteStack",
    "AssociateFleet",
    "DisassociateFleet",
    "ListAssociatedFleets",
    "ListAssociatedStacks",
    "DescribeSessions",
    "ExpireSession",
    "DrainSessionInstance",
    "CreateStreamingURL",
    "DescribeImages",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "CreateDirectoryConfig",
    "UpdateDirectoryConfig",
    "DescribeDirectoryConfigs",
    "DeleteDirectoryConfig",
    "CreateUser",
    "EnableUser",
    "DisableUser",
    "DeleteUser",
    "DescribeUsers",
    "BatchAssociateUserStack",
    "BatchDisassociateUserStack",
    "DescribeUserStackAssociations",
    "CreateEntitlement",
    "UpdateEntitlement",
    "DeleteEntitlement",
    "DescribeEntitlements",
    "AssociateApplicationToEntitlement",
    "DisassociateApplicationFromEntitlement",
    "ListEntitledApplications",
    "CreateThemeForStack",
    "UpdateThemeForStack",
    "DescribeThemeForStack",
    "DeleteThemeForStack",
    "CreateUsageReportSubscription",
    "DescribeUsageReportSubscriptions",
    "DeleteUsageReportSubscription",
    "CreateAppBlock",
    "DescribeAppBlocks",
    "DeleteAppBlock",
    "CreateApplication",
    "UpdateApplication",
    "DescribeApplications",
    "DeleteApplication",
    "AssociateApplicationFleet",
    "DisassociateApplicationFleet",
    "DescribeApplicationFleetAssociations",
    "CreateAppBlockBuilder",
    "UpdateAppBlockBuilder",
    "DescribeAppBlockBuilders",
    "DeleteAppBlockBuilder",
    "StartAppBlockBuilder",
    "StopAppBlockBuilder",
    "CreateAppBlockBuilderStreamingURL",
    "AssociateAppBlockBuilderAppBlock",
    "DisassociateAppBlockBuilderAppBlock",
    "DescribeAppBlockBuilderAppBlockAssociations",
    "CreateImageBuilder",
    "UpdateImageBuilder",
    "DescribeImageBuilders",
    "StartImageBuilder",
    "StopImageBuilder",
    "DeleteImageBuilder",
    "CreateImageBuilderStreamingURL",
    "DeleteImage",
];

fn not_offered(name: &str) -> ApiError {
    not_permitted(format!("The embedded AppStream does not offer {name} yet."))
}
