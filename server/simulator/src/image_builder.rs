//! Image builders: instances on which an administrator prepares an image. Rules: behaviour notes 3.9 and 8.6.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, ApiError, combination, exists, limit, not_available, not_found, not_permitted};
use crate::fleet::seconds;
use crate::image::{AGENT, Purpose};
use crate::record::{Record, paged, role, size, take, text, texts, update};
use crate::software::{self, Software};
use crate::switches;
use crate::viewer::Target;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

/// What a builder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Made or started.
    Pending,
    /// Started with another version of the agent.
    UpdatingAgent,
    /// Can be connected to.
    Running,
    /// Licensed software is about to be applied.
    PendingSync,
    /// Licensed software is being applied.
    Syncing,
    /// Image Assistant captures the image.
    Snapshotting,
    /// The hidden builder of a managed update at work.
    Updating,
    /// The same, being tested.
    PendingQualification,
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
            Self::PendingSync => "PENDING_SYNCING_APPS",
            Self::Syncing => "SYNCING_APPS",
            Self::Snapshotting => "SNAPSHOTTING",
            Self::Updating => "UPDATING",
            Self::PendingQualification => "PENDING_QUALIFICATION",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
            Self::Deleting => "DELETING",
        }
    }

    /// What follows by itself, and how long AWS takes until then.
    fn next(self) -> Option<(Self, Ms)> {
        match self {
            Self::Pending | Self::UpdatingAgent => Some((Self::Running, switches::IMAGE_BUILDER_START)),
            Self::PendingSync => Some((Self::Syncing, switches::SOFTWARE_WAIT)),
            Self::Syncing => Some((Self::Running, switches::SOFTWARE_SYNC)),
            Self::Snapshotting => Some((Self::Stopping, switches::SNAPSHOT)),
            Self::Updating => Some((Self::PendingQualification, switches::IMAGE_UPDATING)),
            Self::PendingQualification => Some((Self::Deleting, switches::IMAGE_UPDATE - switches::IMAGE_UPDATING)),
            Self::Stopping => Some((Self::Stopped, switches::IMAGE_BUILDER_STOP)),
            Self::Running | Self::Stopped | Self::Deleting => None,
        }
    }
}

/// One image builder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImageBuilder {
    /// Its members, but for state and network.
    pub given: Record,
    /// What it does.
    pub phase: Phase,
    /// Since when.
    pub since: Ms,
    /// Address and interface while it is up.
    network: Value,
    /// Whether software named at creation is applied once it runs.
    deploys: bool,
    /// Licensed software, and where it stands.
    pub software: Software,
    /// ImageBuilderErrors.
    pub errors: Vec<(String, String, Ms)>,
}

impl ImageBuilder {
    /// The licensed software that an image captured now holds.
    pub fn installed(&self) -> BTreeSet<String> {
        let there = |s: &str| matches!(s, "INSTALLED" | "STAGED_FOR_UNINSTALLATION" | "FAILED_TO_UNINSTALL");
        self.software.iter().filter(|(_, s)| there(s)).map(|(n, _)| n.clone()).collect()
    }

    fn show(&self) -> Value {
        let mut out = self.given.clone();
        out.insert("State".into(), self.phase.state().into());
        if matches!(self.phase, Phase::Running | Phase::PendingSync | Phase::Syncing | Phase::Snapshotting) {
            out.insert("NetworkAccessConfiguration".into(), self.network.clone());
        }
        let error = |(code, message, at): &(String, String, Ms)| json!({"ErrorCode": code, "ErrorMessage": message, "ErrorTimestamp": seconds(*at)});
        out.insert("ImageBuilderErrors".into(), self.errors.iter().map(error).collect());
        Value::Object(out)
    }
}

/// No such builder.
pub fn missing(name: &str) -> ApiError {
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
    let stuck = world.stuck.contains(&("image-builder".to_owned(), name.to_owned()));
    let Some(builder) = world.image_builders.get_mut(name).filter(|b| b.since == since && !(stuck && b.phase != Phase::Deleting)) else {
        return;
    };
    if builder.phase == Phase::Syncing {
        software::deployed(builder);
    }
    match builder.phase.next() {
        Some((Phase::Running, _)) if builder.phase != Phase::Syncing && builder.deploys && software::begin(builder, false) => {
            builder.deploys = false;
            enter(world, name, Phase::PendingSync, at, clock);
        }
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
    let Some(image) = crate::image::choose(world, input, Purpose::Builder)? else {
        return Err(combination("Name an image: ImageName or ImageArn is missing."));
    };
    let wanted = texts(input, "SoftwaresToInstall");
    software::check(&wanted, std::iter::empty(), &image.platform)?;
    let holds = world.image_software.get(&image.name).cloned().unwrap_or_default();
    role(input)?;
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
    given.insert("ImageArn".into(), image.arn.into());
    given.insert("Platform".into(), image.platform.into());
    given.insert("RootVolumeConfig".into(), json!({"VolumeSizeInGb": volume}));
    given.insert("CreatedTime".into(), json!(seconds(now)));
    agent(&mut given, input);
    let network = json!({"EniPrivateIpAddress": format!("10.0.{}.{}", world.dice(200), 4 + world.dice(250)), "EniId": format!("eni-{}", world.hex(17))});
    crate::tags::set(world, &own, &input["Tags"])?;
    let away = texts(input, "SoftwaresToUninstall");
    let status = |n: &String| if away.contains(n) { "STAGED_FOR_UNINSTALLATION" } else { "INSTALLED" };
    let mut software: Software = holds.iter().map(|n| (n.clone(), status(n).to_owned())).collect();
    software.extend(wanted.difference(&holds).map(|n| (n.clone(), "STAGED_FOR_INSTALLATION".to_owned())));
    let builder = ImageBuilder { given, phase: Phase::Pending, since: now, network, deploys: true, software, errors: vec![] };
    world.image_builders.insert(name.clone(), builder);
    enter(world, &name, Phase::Pending, now, clock);
    Ok(json!({"ImageBuilder": find(world, &name)?.show()}))
}

/// The builder that a managed update uses: in AWS's network, gone by itself (guide).
pub fn hidden(world: &mut World, name: &str, source: &Record, now: Ms, clock: &Clock) {
    let given = json!({"Name": name, "Arn": world.arn("image-builder", name), "ImageArn": source["Arn"], "Platform": source["Platform"],
        "InstanceType": "stream.standard.large", "CreatedTime": seconds(now), "EnableDefaultInternetAccess": false, "DisableIMDSV1": false,
        "RootVolumeConfig": {"VolumeSizeInGb": 200}, "AppstreamAgentVersion": AGENT, "LatestAppstreamAgentVersion": "TRUE"});
    let builder = ImageBuilder {
        given: given.as_object().cloned().unwrap_or_default(),
        phase: Phase::Updating,
        since: now,
        network: Value::Null,
        deploys: false,
        software: Software::new(),
        errors: vec![],
    };
    world.image_builders.insert(name.to_owned(), builder);
    enter(world, name, Phase::Updating, now, clock);
}

/// For estates: a builder that has been in `phase` since `since`.
pub fn plant(world: &mut World, name: &str, image: &str, instance_type: &str, phase: Phase, since: Ms) {
    let Some(base) = world.images.get(image).cloned() else { return };
    let mut given = json!({"Name": name, "Arn": world.arn("image-builder", name), "ImageArn": base["Arn"], "Platform": base["Platform"],
        "InstanceType": instance_type, "CreatedTime": seconds(since), "EnableDefaultInternetAccess": false, "DisableIMDSV1": true,
        "VpcConfig": {"SubnetIds": ["subnet-0a1f3c55"], "SecurityGroupIds": ["sg-0f2e9d10"]}, "RootVolumeConfig": {"VolumeSizeInGb": 200}});
    if let Some(given) = given.as_object_mut() {
        agent(given, &json!({"AppstreamAgentVersion": base["AppstreamAgentVersion"]}));
    }
    let installed = world.image_software.get(image).into_iter().flatten().map(|n| (n.clone(), "INSTALLED".to_owned())).collect();
    let builder = ImageBuilder {
        given: given.as_object().cloned().unwrap_or_default(),
        phase,
        since,
        network: json!({"EniPrivateIpAddress": format!("10.0.{}.{}", world.dice(200), 4 + world.dice(250)), "EniId": format!("eni-{}", world.hex(17))}),
        deploys: false,
        software: installed,
        errors: vec![],
    };
    world.image_builders.insert(name.to_owned(), builder);
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
    let base = builder.given["ImageArn"].as_str().unwrap_or_default().to_owned();
    if crate::image::find(world, &base).is_none() {
        return Err(not_available(format!("The image that {name} was made from is gone; make a new builder.")));
    }
    let builder = find(world, &name)?;
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
    crate::session::url(world, Target::ImageBuilder(name), input["Validity"].as_i64().unwrap_or(3600), now, base)
}
