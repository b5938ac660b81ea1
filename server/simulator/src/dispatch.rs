//! The way of a request: which world, which protocol, which fault meets it, which operation answers it.

use crate::clock::{Ms, http_date};
use crate::error::{Answer, ApiError, fit, not_found, serialization, status, throttling, unknown_operation};
use crate::journal::{Change, What};
use crate::universe::{DEFAULT_ACCOUNT, DEFAULT_REGION, Delivery, Fate, Key, Request, Response, Universe, hash};
use crate::wire::{self, Protocol};
use domain::constraints::{Operation, operation};
use serde_json::Value;

/// Account and Region of a signed request; the defaults where it does not tell.
fn scope(request: &Request) -> Key {
    let credential = request
        .header("authorization")
        .and_then(|a| a.split_once("Credential="))
        .map_or("", |(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
    let mut parts = credential.split('/');
    let account = parts.next().filter(|a| a.len() == 12 && a.bytes().all(|b| b.is_ascii_digit())).unwrap_or(DEFAULT_ACCOUNT);
    let region = parts.nth(1).filter(|r| !r.is_empty() && r.len() <= 32).unwrap_or(DEFAULT_REGION);
    (account.to_owned(), region.to_owned())
}

/// The whole simulator: the API over both protocols and, when `own_listener` is true, the private controls and the pages behind
/// streaming URLs. Total.
pub fn handle(universe: &mut Universe, wall_ms: Ms, own_listener: bool, request: &Request) -> Response {
    universe.requests += 1;
    universe.skipped.clear();
    let id = format!("{:08x}-0000-4000-8000-{:012x}", hash(&universe.requests.to_string()) >> 32, universe.requests);
    let mut response = if own_listener && request.path.starts_with("/_simulator/") {
        crate::controls::handle(universe, wall_ms, request)
    } else if own_listener && request.path == crate::viewer::PATH {
        crate::viewer::handle(universe, wall_ms, request)
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
                ..Response::default()
            },
        }
    };
    let skipped = std::mem::take(&mut universe.skipped);
    response.change = match response.change.take() {
        Some(change) => Some(Change { skipped, ..change }),
        None if skipped.is_empty() => None,
        None => Some(Change { wall: wall_ms, skipped, what: What::Look }),
    };
    response.headers.push(("x-amzn-requestid".into(), id));
    response.headers.push(("date".into(), http_date(universe.clock.now(wall_ms))));
    response
}

fn call(universe: &mut Universe, wall: Ms, request: &Request, protocol: Protocol, name: &str) -> Response {
    let key = scope(request);
    let model = operation(name);
    let faults = &mut universe.world(&key.0, &key.1, wall).faults;
    faults.count(name);
    let mut delivery = Delivery::default();
    if let Some(f) = faults.meet(name) {
        let fate = match (f.hang, f.close) {
            (true, _) => Fate::Hang,
            (_, true) => Fate::Close,
            _ => Fate::Answer,
        };
        delivery = Delivery { latency_ms: f.latency_ms, fate };
        if f.garbage {
            let body = b"\x00<not a protocol>\xff\xfe".to_vec();
            return Response { status: 200, headers: head(protocol), body, delivery, change: None };
        }
        if let Some(error) = &f.error {
            if error.contains("Throttl") || error == "RequestLimitExceededException" {
                faults.throttled();
            }
            let body = wire::write_error_named(protocol, error, &f.message);
            return Response { status: f.status, headers: head(protocol), body, delivery, change: None };
        }
        if fate != Fate::Answer {
            return Response { status: 200, headers: head(protocol), body: vec![], delivery, change: None };
        }
    }
    let mut change = None;
    match run(universe, &key, model, name, protocol, request, wall, &mut change) {
        Ok(tree) => {
            let body = wire::write(protocol, model.and_then(|m| m.output), tree);
            Response { status: 200, headers: head(protocol), body, delivery, change }
        }
        Err(error) => {
            let error = model.map_or(error.clone(), |m| fit(m, error));
            let body = wire::write_error(protocol, &error);
            Response { status: status(model, error.code), headers: head(protocol), body, delivery, change }
        }
    }
}

fn head(protocol: Protocol) -> Vec<(String, String)> {
    match protocol {
        Protocol::Json => vec![("content-type".into(), "application/x-amz-json-1.1".into())],
        Protocol::Cbor => vec![("content-type".into(), "application/cbor".into()), ("smithy-protocol".into(), "rpc-v2-cbor".into())],
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where wire, world and journal meet")]
fn run(
    universe: &mut Universe,
    key: &Key,
    model: Option<&'static Operation>,
    name: &str,
    protocol: Protocol,
    request: &Request,
    wall: Ms,
    change: &mut Option<Change>,
) -> Answer {
    let shown: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).take(80).collect();
    let model = model.ok_or_else(|| unknown_operation(format!("AppStream has no operation {shown}.")))?;
    let is_read = ["Describe", "List", "Get"].iter().any(|p| name.starts_with(p));
    let faults = &mut universe.world(&key.0, &key.1, wall).faults;
    if !faults.admits(is_read, wall) {
        faults.throttled();
        return Err(throttling("Rate exceeded"));
    }
    if !wire::fits(protocol, request) {
        return Err(serialization("The content type does not fit: JSON is application/x-amz-json-1.1, CBOR is application/cbor."));
    }
    let input = wire::read(protocol, &request.body)?;
    crate::validate::validate(model, &input)?;
    let answer = act(universe, key, model, &input, wall);
    if !is_read {
        // Refused ones too: they may have drawn from chance.
        *change = Some(Change::call(wall, key, model.name, &input));
    }
    answer
}

/// Runs an operation on valid input.
pub(crate) fn act(universe: &mut Universe, key: &Key, model: &'static Operation, input: &Value, wall: Ms) -> Answer {
    use crate::{image, image_source, sharing};
    let (now, clock) = (universe.clock.now(wall), universe.clock.clone());
    let text = |member: &str| input[member].as_str().unwrap_or_default();
    match model.name {
        // These reach beyond one world.
        "CopyImage" => {
            let source = image_source::copied(universe.world(&key.0, &key.1, wall), input)?;
            let region = destination(text("DestinationRegion"))?;
            image_source::copy(universe.world(&key.0, region, wall), &source, input, now, &clock)
        }
        "UpdateImagePermissions" | "DeleteImagePermissions" => {
            let world = universe.world(&key.0, &key.1, wall);
            let done =
                if model.name == "UpdateImagePermissions" { sharing::change(world, input) } else { sharing::withdraw(world, input) }?;
            universe.link(&key.1, wall);
            Ok(done)
        }
        "DeleteImage" => {
            let arn = universe.world(&key.0, &key.1, wall).arn("image", text("Name"));
            let elsewhere = universe.worlds.iter().find(|(k, w)| *k != key && image::used_by(w, &arn).is_some()).map(|(k, _)| k.0.clone());
            image::delete(universe.world(&key.0, &key.1, wall), input, elsewhere.as_deref(), now, &clock)
        }
        _ => within(universe, key, model, input, wall),
    }
}

/// A Region to copy to: any that looks like one.
fn destination(region: &str) -> Answer<&str> {
    let parts: Vec<&str> = region.split('-').collect();
    let looks = parts.len() >= 3
        && parts.iter().rev().skip(1).all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase()))
        && parts.last().is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    if looks { Ok(region) } else { Err(unknown_region(region)) }
}

fn unknown_region(region: &str) -> ApiError {
    let shown: String = region.chars().take(32).collect();
    not_found(format!("{shown} is not a Region of AppStream."))
}

/// The operations that stay in one world.
fn within(universe: &mut Universe, key: &Key, model: &'static Operation, input: &Value, wall: Ms) -> Answer {
    use crate::{
        application, block_builder, directory, entitlement, export, fleet, image, image_builder, image_source, report, session, sharing,
        software, stack, tags, theme, user,
    };
    let (now, clock, base) = (universe.clock.now(wall), &universe.clock.clone(), universe.options.public_base.clone());
    let base = base.as_deref();
    let world = universe.world(&key.0, &key.1, wall);
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
        "CreateUpdatedImage" => image_source::update(world, input, now, clock),
        "CreateImportedImage" => image_source::import(world, input, now, clock),
        "DescribeImagePermissions" => sharing::describe(world, model, input),
        "CreateExportImageTask" => export::create(world, input, now, clock),
        "GetExportImageTask" => export::get(world, input),
        "ListExportImageTasks" => export::list(world, model, input),
        "AssociateSoftwareToImageBuilder" => software::associate(world, input),
        "DisassociateSoftwareFromImageBuilder" => software::disassociate(world, input),
        "StartSoftwareDeploymentToImageBuilder" => software::deploy(world, input, now, clock),
        "DescribeSoftwareAssociations" => software::describe(world, model, input),
        "DescribeAppLicenseUsage" => software::usage(world, model, input),
        // The model has no further operation; a test calls each.
        other => Err(unknown_operation(format!("The embedded AppStream does not know {other}."))),
    }
}
