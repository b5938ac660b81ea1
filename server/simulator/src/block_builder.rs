//! App block builders: instances that record an installation into an app block. Rules: behaviour notes 3.12.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, ApiError, combination, concurrent, exists, in_use, limit, not_found, not_permitted};
use crate::fleet::{Asked, seconds};
use crate::record::{Record, paged, size, take, text, texts, update};
use crate::switches;
use crate::viewer::Target;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const MEMBERS: [&str; 9] = [
    "DisplayName",
    "Description",
    "Platform",
    "InstanceType",
    "VpcConfig",
    "EnableDefaultInternetAccess",
    "IamRoleArn",
    "AccessEndpoints",
    "DisableIMDSV1",
];
const SIZES: [&str; 5] = ["small", "medium", "large", "xlarge", "2xlarge"];

/// One app block builder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockBuilder {
    /// Its members, but for the state.
    pub given: Record,
    /// What was last asked of its power.
    pub asked: Asked,
}

impl BlockBuilder {
    fn show(&self) -> Value {
        let mut out = self.given.clone();
        out.insert("State".into(), self.asked.state().into());
        Value::Object(out)
    }
}

fn missing(name: &str) -> ApiError {
    not_found(format!("App block builder {name} does not exist."))
}

fn find<'a>(world: &'a mut World, name: &str) -> Answer<&'a mut BlockBuilder> {
    world.block_builders.get_mut(name).ok_or_else(|| missing(name))
}

fn check(input: &Value) -> Answer<()> {
    if let Some(kind) = input["InstanceType"].as_str().filter(|t| !t.strip_prefix("stream.standard.").is_some_and(|s| SIZES.contains(&s))) {
        return Err(combination(format!("App block builders run on stream.standard.small to 2xlarge; {kind} was given.")));
    }
    if input["VpcConfig"]["SubnetIds"].as_array().is_some_and(|s| s.len() < 2) {
        return Err(combination("VpcConfig needs two subnets in different availability zones."));
    }
    Ok(())
}

/// CreateAppBlockBuilder.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = text(input, "Name").to_owned();
    if world.block_builders.contains_key(&name) {
        return Err(exists(format!("App block builder {name} already exists.")));
    }
    check(input)?;
    if input["VpcConfig"]["SubnetIds"].as_array().is_none_or(Vec::is_empty) {
        return Err(combination("VpcConfig needs two subnets in different availability zones."));
    }
    if i64::try_from(world.block_builders.len()).unwrap_or(i64::MAX) >= world.quota("app_block_builders") {
        return Err(limit(format!("The limit of {} app block builders is reached.", world.quota("app_block_builders"))));
    }
    let arn = world.arn("app-block-builder", &name);
    let mut given = take(input, &MEMBERS);
    for flag in ["EnableDefaultInternetAccess", "DisableIMDSV1"] {
        given.entry(flag).or_insert(false.into());
    }
    given.insert("Name".into(), name.clone().into());
    given.insert("Arn".into(), arn.clone().into());
    given.insert("CreatedTime".into(), json!(seconds(now)));
    given.insert("AppBlockBuilderErrors".into(), json!([]));
    crate::tags::set(world, &arn, &input["Tags"])?;
    let builder = BlockBuilder { given, asked: Asked::Rest };
    let shown = builder.show();
    world.block_builders.insert(name, builder);
    Ok(json!({"AppBlockBuilder": shown}))
}

/// UpdateAppBlockBuilder: everything while stopped, its words while running, nothing in between.
pub fn change(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "Name");
    check(input)?;
    let builder = find(world, name)?;
    match builder.asked {
        Asked::Start(_) | Asked::Stop(_) => return Err(concurrent(format!("App block builder {name} is {}.", builder.asked.state()))),
        Asked::Up => {
            let locked = MEMBERS.iter().find(|m| !["DisplayName", "Description"].contains(m) && !input[**m].is_null());
            if locked.is_some() || !input["AttributesToDelete"].is_null() {
                let what = locked.unwrap_or(&"AttributesToDelete");
                return Err(in_use(format!("App block builder {name} runs; stop it to change {what}.")));
            }
        }
        Asked::Rest => {}
    }
    update(&mut builder.given, input, &MEMBERS, &[("IAM_ROLE_ARN", "IamRoleArn"), ("ACCESS_ENDPOINTS", "AccessEndpoints")])?;
    if texts(input, "AttributesToDelete").contains("VPC_CONFIGURATION_SECURITY_GROUP_IDS")
        && let Some(vpc) = builder.given.get_mut("VpcConfig").and_then(Value::as_object_mut)
    {
        vpc.remove("SecurityGroupIds");
    }
    Ok(json!({"AppBlockBuilder": builder.show()}))
}

/// DescribeAppBlockBuilders.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let names = texts(input, "Names");
    if let Some(name) = names.iter().find(|n| !world.block_builders.contains_key(*n)) {
        return Err(missing(name));
    }
    let rows = world.block_builders.iter().filter(|(n, _)| names.is_empty() || names.contains(*n)).map(|(n, b)| (n.clone(), b.show()));
    paged(operation, input, &format!("{names:?}"), size(input, 25, 25), "AppBlockBuilders", rows)
}

/// DeleteAppBlockBuilder.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "Name");
    let builder = find(world, name)?;
    let (state, arn) = (builder.asked.state(), builder.given["Arn"].as_str().unwrap_or_default().to_owned());
    if world.packaging.contains_key(name) {
        return Err(in_use(format!("App block builder {name} has an app block; disassociate it first.")));
    }
    if state != "STOPPED" {
        return Err(not_permitted(format!("App block builder {name} is {state}; stop it first.")));
    }
    world.tags.remove(&arn);
    world.block_builders.remove(name);
    Ok(json!({}))
}

/// StartAppBlockBuilder.
pub fn start(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let attached = world.packaging.contains_key(&name);
    let builder = find(world, &name)?;
    if builder.asked != Asked::Rest {
        return Err(not_permitted(format!("App block builder {name} is {}; only a stopped one starts.", builder.asked.state())));
    }
    if !attached {
        return Err(not_permitted(format!("App block builder {name} has no app block; associate one first.")));
    }
    builder.asked = Asked::Start(now);
    let shown = builder.show();
    world.schedule(now + clock.hasten(switches::BLOCK_BUILDER_START), Due::BlockBuilder(name, now));
    Ok(json!({"AppBlockBuilder": shown}))
}

/// StopAppBlockBuilder.
pub fn stop(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let builder = find(world, &name)?;
    if builder.asked != Asked::Up {
        return Err(not_permitted(format!("App block builder {name} is {}; only a running one stops.", builder.asked.state())));
    }
    builder.asked = Asked::Stop(now);
    let shown = builder.show();
    world.schedule(now + clock.hasten(switches::BLOCK_BUILDER_STOP), Due::BlockBuilder(name, now));
    Ok(json!({"AppBlockBuilder": shown}))
}

/// The start or stop that was asked for at `asked` is over.
pub fn arrived(world: &mut World, name: &str, asked: Ms) {
    let stuck = world.stuck.contains(&("app-block-builder".to_owned(), name.to_owned()));
    let Some(builder) = world.block_builders.get_mut(name).filter(|b| !(stuck && matches!(b.asked, Asked::Start(_)))) else { return };
    builder.asked = match builder.asked {
        Asked::Start(at) if at == asked => Asked::Up,
        Asked::Stop(at) if at == asked => Asked::Rest,
        other => other,
    };
}

/// What kept it from starting is gone: the start takes its time from now on.
pub fn resume(world: &mut World, name: &str, now: Ms, clock: &Clock) {
    if let Some(builder) = world.block_builders.get_mut(name).filter(|b| matches!(b.asked, Asked::Start(_))) {
        builder.asked = Asked::Start(now);
        world.schedule(now + clock.hasten(switches::BLOCK_BUILDER_START), Due::BlockBuilder(name.to_owned(), now));
    }
}

/// CreateAppBlockBuilderStreamingURL.
pub fn streaming_url(world: &mut World, input: &Value, now: Ms, base: Option<&str>) -> Answer {
    let name = text(input, "AppBlockBuilderName").to_owned();
    let builder = find(world, &name)?;
    if builder.asked != Asked::Up {
        return Err(not_permitted(format!("App block builder {name} is {}; start it first.", builder.asked.state())));
    }
    crate::session::url(world, Target::AppBlockBuilder(name), input["Validity"].as_i64().unwrap_or(3600), now, base)
}

/// AssociateAppBlockBuilderAppBlock: one block a builder, one builder a block.
pub fn associate(world: &mut World, input: &Value) -> Answer {
    let (name, arn) = (text(input, "AppBlockBuilderName").to_owned(), text(input, "AppBlockArn").to_owned());
    let state = find(world, &name)?.asked.state();
    let block = world
        .app_blocks
        .values()
        .find(|b| b["Arn"] == arn.as_str())
        .ok_or_else(|| not_found(format!("App block {arn} does not exist.")))?;
    if block["PackagingType"] != "APPSTREAM2" || block["State"] != "INACTIVE" {
        return Err(not_permitted(format!("App block {arn} needs no builder: only an INACTIVE one of type APPSTREAM2 does.")));
    }
    let association = json!({"AppBlockBuilderAppBlockAssociation": {"AppBlockArn": arn, "AppBlockBuilderName": name}});
    match world.packaging.iter().find(|(builder, block)| **builder == name || **block == arn) {
        Some((builder, block)) if *builder == name && *block == arn => return Ok(association),
        Some((builder, block)) => return Err(limit(format!("App block builder {builder} is already associated with {block}."))),
        None => {}
    }
    if state != "STOPPED" {
        return Err(not_permitted(format!("App block builder {name} is {state}; stop it first.")));
    }
    world.packaging.insert(name, arn);
    Ok(association)
}

/// DisassociateAppBlockBuilderAppBlock.
pub fn disassociate(world: &mut World, input: &Value) -> Answer {
    let (name, arn) = (text(input, "AppBlockBuilderName").to_owned(), text(input, "AppBlockArn"));
    let state = find(world, &name)?.asked.state();
    if world.packaging.get(&name).is_none_or(|block| block != arn) {
        return Err(not_found(format!("App block builder {name} is not associated with {arn}.")));
    }
    if state != "STOPPED" {
        return Err(not_permitted(format!("App block builder {name} is {state}; stop it first.")));
    }
    world.packaging.remove(&name);
    Ok(json!({}))
}

/// DescribeAppBlockBuilderAppBlockAssociations: all, of a builder, of a block.
pub fn associations(world: &World, operation: &Operation, input: &Value) -> Answer {
    let (builder, arn) = (input["AppBlockBuilderName"].as_str(), input["AppBlockArn"].as_str());
    let rows = world.packaging.iter().filter(|(b, a)| builder.is_none_or(|x| x == *b) && arn.is_none_or(|x| x == *a));
    let rows = rows.map(|(b, a)| (b.clone(), json!({"AppBlockArn": a, "AppBlockBuilderName": b})));
    paged(operation, input, &format!("{builder:?}{arn:?}"), size(input, 25, 25), "AppBlockBuilderAppBlockAssociations", rows)
}
