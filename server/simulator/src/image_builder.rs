//! Image builders: instances on which an administrator prepares an image. Rules: behaviour notes 3.9 and 8.6.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, ApiError, combination, exists, incompatible_image, limit, not_available, not_found, not_permitted};
use crate::fleet::seconds;
use crate::record::{Record, paged, size, take, text, texts, update};
use crate::switches;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde_json::{Value, json};

const MEMBERS: [&str; 11] = [
    "Name",
    "Description",
    "DisplayName",
    "InstanceType",
    "VpcConfig",
    "IamRoleArn",
    "DomainJoinInfo",
    "AccessEndpoints",
    "EnableDefaultInternetAccess",
    "DisableIMDSV1",
    "AgentAccessConfig",
];
/// The agent's newest version.
const AGENT: &str = "06-17-2026";

/// What a builder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Made or started.
    Pending,
    /// Started with another version of the agent.
    UpdatingAgent,
    /// Can be connected to.
    Running,
    /// Image Assistant captures the image.
    Snapshotting,
    /// Being stopped.
    Stopping,
    /// At rest.
    Stopped,
    /// Being deleted.
    Deleting,
}

impl Phase {
    /// As the API has it.
    pub fn state(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::UpdatingAgent => "UPDATING_AGENT",
            Self::Running => "RUNNING",
            Self::Snapshotting => "SNAPSHOTTING",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
            Self::Deleting => "DELETING",
        }
    }

    /// What follows by itself, and how long AWS takes until then.
    fn next(self) -> Option<(Self, Ms)> {
        match self {
            Self::Pending | Self::UpdatingAgent => Some((Self::Running, switches::IMAGE_BUILDER_START)),
            Self::Snapshotting => Some((Self::Stopping, switches::SNAPSHOT)),
            Self::Stopping => Some((Self::Stopped, switches::IMAGE_BUILDER_STOP)),
            Self::Running | Self::Stopped | Self::Deleting => None,
        }
    }
}

/// One image builder.
#[derive(Clone, Debug)]
pub struct ImageBuilder {
    /// Its members, but for state and network.
    pub given: Record,
    /// What it does.
    pub phase: Phase,
    /// Since when.
    pub since: Ms,
    /// Address and interface while it is up.
    network: Value,
    /// ImageBuilderErrors.
    pub errors: Vec<(String, String, Ms)>,
}

impl ImageBuilder {
    fn show(&self) -> Value {
        let mut out = self.given.clone();
        out.insert("State".into(), self.phase.state().into());
        if matches!(self.phase, Phase::Running | Phase::Snapshotting) {
            out.insert("NetworkAccessConfiguration".into(), self.network.clone());
        }
        let error = |(code, message, at): &(String, String, Ms)| json!({"ErrorCode": code, "ErrorMessage": message, "ErrorTimestamp": seconds(*at)});
        out.insert("ImageBuilderErrors".into(), self.errors.iter().map(error).collect());
        Value::Object(out)
    }
}

fn missing(name: &str) -> ApiError {
    not_found(format!("Image builder {name} does not exist."))
}

fn find<'a>(world: &'a mut World, name: &str) -> Answer<&'a mut ImageBuilder> {
    world.image_builders.get_mut(name).ok_or_else(|| missing(name))
}

/// Puts the builder into `phase`, and what follows by itself on the queue.
pub fn enter(world: &mut World, name: &str, phase: Phase, at: Ms, clock: &Clock) {
    let Some(builder) = world.image_builders.get_mut(name) else { return };
    (builder.phase, builder.since) = (phase, at);
    let takes = phase.next().map(|(_, takes)| takes).or((phase == Phase::Deleting).then_some(switches::IMAGE_BUILDER_DELETE));
    if let Some(takes) = takes {
        world.schedule(at + clock.hasten(takes), Due::ImageBuilder(name.to_owned(), at));
    }
}

/// What the builder has been doing since `since` is over.
pub fn arrived(world: &mut World, name: &str, since: Ms, at: Ms, clock: &Clock) {
    let Some(builder) = world.image_builders.get(name).filter(|b| b.since == since) else { return };
    match builder.phase.next() {
        Some((next, _)) => enter(world, name, next, at, clock),
        None if builder.phase == Phase::Deleting => {
            let arn = builder.given["Arn"].as_str().unwrap_or_default().to_owned();
            world.tags.remove(&arn);
            world.image_builders.remove(name);
        }
        None => {}
    }
}

/// Builders of one instance type that an account may have (behaviour notes 6.2).
fn quota(instance_type: &str) -> i64 {
    let small = instance_type.ends_with(".small") || instance_type.ends_with(".medium") || instance_type.ends_with(".large");
    match instance_type.split('.').nth(1) {
        Some("standard") if small => 5,
        Some("standard") => 3,
        Some("compute" | "memory") if instance_type.ends_with(".large") || instance_type.ends_with(".xlarge") => 3,
        _ => 0,
    }
}

/// CreateImageBuilder.
pub fn create(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    if world.image_builders.contains_key(&name) {
        return Err(exists(format!("Image builder {name} already exists.")));
    }
    let Some((image, arn, platform)) = crate::fleet::image(world, input)? else {
        return Err(combination("Name an image: ImageName or ImageArn is missing."));
    };
    if world.images.get(&image).is_some_and(|i| i["ImageBuilderSupported"] == false) {
        return Err(incompatible_image(format!("Image {image} does not allow image builders.")));
    }
    if input["VpcConfig"]["SubnetIds"].as_array().is_some_and(|s| s.len() > 1) {
        return Err(combination("An image builder takes one subnet."));
    }
    let volume = input["RootVolumeConfig"]["VolumeSizeInGb"].as_i64().unwrap_or(200);
    if !(200..=500).contains(&volume) {
        return Err(combination(format!("The root volume is 200 to 500 GB; {volume} was given.")));
    }
    let kind = text(input, "InstanceType");
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    if count(world.image_builders.len()) >= world.quota("image_builders") {
        return Err(limit(format!("The limit of {} image builders is reached.", world.quota("image_builders"))));
    }
    let same = world.image_builders.values().filter(|b| b.given["InstanceType"] == kind).count();
    let most = world.quotas.get(&format!("instances:{kind}")).copied().unwrap_or_else(|| quota(kind));
    if count(same) >= most {
        return Err(limit(format!("The limit of {most} image builders of type {kind} is reached.")));
    }
    let mut given = take(input, &MEMBERS);
    for flag in ["EnableDefaultInternetAccess", "DisableIMDSV1"] {
        given.entry(flag).or_insert(false.into());
    }
    let own = world.arn("image-builder", &name);
    given.insert("Arn".into(), own.clone().into());
    given.insert("ImageArn".into(), arn.into());
    given.insert("Platform".into(), platform.into());
    given.insert("RootVolumeConfig".into(), json!({"VolumeSizeInGb": volume}));
    given.insert("CreatedTime".into(), json!(seconds(now)));
    agent(&mut given, input);
    let network = json!({"EniPrivateIpAddress": format!("10.0.{}.{}", world.dice(200), 4 + world.dice(250)), "EniId": format!("eni-{}", world.hex(17))});
    crate::tags::set(world, &own, &input["Tags"])?;
    world.image_builders.insert(name.clone(), ImageBuilder { given, phase: Phase::Pending, since: now, network, errors: vec![] });
    enter(world, &name, Phase::Pending, now, clock);
    Ok(json!({"ImageBuilder": find(world, &name)?.show()}))
}

/// Notes the agent's version asked for; true when it is another than before.
fn agent(given: &mut Record, input: &Value) -> bool {
    let wanted = match text(input, "AppstreamAgentVersion") {
        "" if given.contains_key("AppstreamAgentVersion") => return false,
        "" | "LATEST" => AGENT,
        version => version,
    };
    let before = given.insert("AppstreamAgentVersion".into(), wanted.into());
    given.insert("LatestAppstreamAgentVersion".into(), if wanted == AGENT { "TRUE" } else { "FALSE" }.into());
    before.is_some_and(|b| b != wanted)
}

/// UpdateImageBuilder: its words and the access of agents.
pub fn change(world: &mut World, input: &Value) -> Answer {
    let builder = find(world, text(input, "Name"))?;
    update(
        &mut builder.given,
        input,
        &["Description", "DisplayName", "AgentAccessConfig"],
        &[("AGENT_ACCESS_CONFIG", "AgentAccessConfig")],
    )?;
    Ok(json!({"ImageBuilder": builder.show()}))
}

/// DescribeImageBuilders.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let names = texts(input, "Names");
    if let Some(name) = names.iter().find(|n| !world.image_builders.contains_key(*n)) {
        return Err(missing(name));
    }
    let rows = world.image_builders.iter().filter(|(n, _)| names.is_empty() || names.contains(*n)).map(|(n, b)| (n.clone(), b.show()));
    paged(operation, input, &format!("{names:?}"), size(input, 50, 500), "ImageBuilders", rows)
}

/// StartImageBuilder.
pub fn start(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let builder = find(world, &name)?;
    if builder.phase != Phase::Stopped {
        return Err(not_available(format!("Image builder {name} is {}; only a stopped one starts.", builder.phase.state())));
    }
    let phase = if agent(&mut builder.given, input) { Phase::UpdatingAgent } else { Phase::Pending };
    enter(world, &name, phase, now, clock);
    Ok(json!({"ImageBuilder": find(world, &name)?.show()}))
}

/// StopImageBuilder.
pub fn stop(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let builder = find(world, &name)?;
    if builder.phase != Phase::Running {
        return Err(not_permitted(format!("Image builder {name} is {}; only a running one stops.", builder.phase.state())));
    }
    enter(world, &name, Phase::Stopping, now, clock);
    Ok(json!({"ImageBuilder": find(world, &name)?.show()}))
}

/// DeleteImageBuilder: at rest or running (observed); images made with it stay.
pub fn delete(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let builder = find(world, &name)?;
    if !matches!(builder.phase, Phase::Stopped | Phase::Running) {
        return Err(not_permitted(format!("Image builder {name} is {}; wait until it is stopped.", builder.phase.state())));
    }
    enter(world, &name, Phase::Deleting, now, clock);
    Ok(json!({"ImageBuilder": find(world, &name)?.show()}))
}

/// CreateImageBuilderStreamingURL.
pub fn streaming_url(world: &mut World, input: &Value, now: Ms, base: Option<&str>) -> Answer {
    let name = text(input, "Name").to_owned();
    let builder = find(world, &name)?;
    if builder.phase != Phase::Running {
        return Err(not_permitted(format!("Image builder {name} is {}; start it first.", builder.phase.state())));
    }
    crate::session::url(world, input["Validity"].as_i64().unwrap_or(3600), now, base)
}
