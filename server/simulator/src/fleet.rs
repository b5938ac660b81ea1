//! Fleets: records, operations, states. Rules that the model cannot say: behaviour notes 3.1.2 to 3.1.4, read 2026-11-24.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, concurrent, exists, in_use, incompatible_image, limit, not_available, validation};
use crate::image::{Chosen, Purpose};
use crate::pool::Pool;
use crate::switches;
use crate::world::{Due, World};
use domain::entry::When;
use domain::fleet_members::{ELASTIC_PLATFORMS, FLEET_MEMBERS, Fits, takes, when_running};
use domain::ranges::RANGES;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What was last asked of a fleet's power, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// Nothing, or the stop is over.
    Rest,
    /// StartFleet.
    Start(Ms),
    /// The start is over.
    Up,
    /// StopFleet.
    Stop(Ms),
}

impl Asked {
    /// `STARTING` and so on.
    pub fn state(self) -> &'static str {
        match self {
            Self::Rest => "STOPPED",
            Self::Start(_) => "STARTING",
            Self::Up => "RUNNING",
            Self::Stop(_) => "STOPPING",
        }
    }
}

/// One fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    /// Its members as DescribeFleets shows them, but for state, capacity and errors.
    pub given: Map<String, Value>,
    /// What was last asked.
    pub asked: Asked,
    /// Instances wanted; sessions wanted on multi-session fleets.
    pub wanted: i64,
    /// Its instances.
    pub pool: Pool,
    /// Sessions at present; for Elastic fleets the only count.
    pub sessions: i64,
    /// FleetErrors.
    pub errors: Vec<(String, String)>,
    /// Whether an error keeps a start from ending.
    pub blocked: bool,
}

impl Fleet {
    /// A text member.
    pub fn text(&self, member: &str) -> &str {
        self.given.get(member).and_then(Value::as_str).unwrap_or_default()
    }
    /// A number member.
    pub fn number(&self, member: &str) -> Option<i64> {
        self.given.get(member).and_then(Value::as_i64)
    }
    /// `STARTING` and so on.
    pub fn state(&self) -> &'static str {
        self.asked.state()
    }
    /// Whether it is Elastic.
    pub fn is_elastic(&self) -> bool {
        self.text("FleetType") == "ELASTIC"
    }
    /// Sessions an instance takes.
    pub fn slots(&self) -> i64 {
        self.number("MaxSessionsPerInstance").unwrap_or(1)
    }
    /// Instances wanted: on multi-session fleets the service computes them.
    pub fn desired(&self) -> i64 {
        let slots = self.slots();
        if self.number("MaxSessionsPerInstance").is_some() { (self.wanted + slots - 1) / slots } else { self.wanted }
    }

    fn capacity(&self, now: Ms) -> Value {
        if self.is_elastic() {
            let free = if self.asked == Asked::Up { (self.number("MaxConcurrentSessions").unwrap_or(0) - self.sessions).max(0) } else { 0 };
            return json!({"Desired": 0, "Running": self.sessions, "InUse": self.sessions, "Available": free});
        }
        let c = self.pool.counts(self.slots(), now);
        let mut status = json!({"Desired": self.desired(), "Running": c.running, "InUse": c.in_use, "Available": c.available});
        if self.text("FleetType") == "ON_DEMAND" && self.number("MaxSessionsPerInstance").is_none() {
            // Provisioned instances are stopped until a session boots one.
            status["Running"] = json!(c.in_use);
        }
        if let (Some(slots), Some(map)) = (self.number("MaxSessionsPerInstance"), status.as_object_mut()) {
            let more = json!({"DesiredUserSessions": self.desired() * slots, "ActualUserSessions": c.actual, "AvailableUserSessions": c.actual - c.active,
                "ActiveUserSessions": c.active, "Draining": c.draining, "DrainModeActiveUserSessions": c.drain_active,
                "DrainModeUnusedUserSessions": c.draining * slots - c.drain_active});
            map.extend(more.as_object().cloned().unwrap_or_default());
        }
        status
    }

    /// As DescribeFleets shows it.
    pub fn show(&self, now: Ms) -> Value {
        let mut out = self.given.clone();
        out.insert("State".into(), self.state().into());
        out.insert("ComputeCapacityStatus".into(), self.capacity(now));
        out.insert("FleetErrors".into(), self.errors.iter().map(|(c, m)| json!({"ErrorCode": c, "ErrorMessage": m})).collect());
        Value::Object(out)
    }
}

fn int(input: &Value, member: &str) -> Option<i64> {
    input[member].as_i64()
}

fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input[member].as_str()
}

/// Name of the fleet that `input` is about.
fn named(input: &Value) -> Answer<String> {
    text(input, "Name").map(str::to_owned).ok_or_else(|| combination("Name the fleet: the member Name is missing."))
}

/// Numbers that the model leaves open. `ComputeCapacity` and `RootVolumeConfig` hold some of them one step down.
fn check_numbers(input: &Value) -> Answer<()> {
    for range in &RANGES {
        for place in [input, &input["ComputeCapacity"], &input["RootVolumeConfig"]] {
            if let Some(n) = int(place, range.member).filter(|n| !range.holds(*n)) {
                return Err(validation(format!("{} must be {}; {n} was given.", range.member, range.words())));
            }
        }
    }
    Ok(())
}

fn check_instance_type(instance_type: &str, elastic: bool) -> Answer<()> {
    const FAMILIES: [&str; 11] = [
        "stream.standard.",
        "stream.compute.",
        "stream.memory.",
        "stream.graphics.g4dn.",
        "stream.graphics.g5.",
        "stream.graphics.g6.",
        "stream.graphics.gr6.",
        "stream.graphics.g6f.",
        "stream.graphics.gr6f.",
        "GeneralPurpose.",
        "MemoryOptimized.",
    ];
    if elastic && !instance_type.starts_with("stream.standard.") {
        return Err(combination(format!("An Elastic fleet takes stream.standard types; {instance_type} is not one.")));
    }
    let custom = ["ComputeOptimized.", "Accelerated."].iter().any(|f| instance_type.starts_with(f));
    if custom || FAMILIES.iter().any(|f| instance_type.starts_with(f)) {
        Ok(())
    } else {
        Err(combination(format!("{instance_type} is not an instance type of AppStream.")))
    }
}

/// The rules between members, for a fleet that is `given` with `input` laid over it.
fn check_combination(input: &Value, fleet_type: &str, max_per_instance: Option<i64>) -> Answer<()> {
    let has = |m: &str| !input[m].is_null();
    let elastic = fleet_type == "ELASTIC";
    for (member, fits, _) in FLEET_MEMBERS.iter().filter(|(member, ..)| has(member) && !takes(member, elastic)) {
        match fits {
            // A false says what holds anyway.
            _ if input[*member] == false => {}
            // AWS keeps what an image says about its platform; naming it again does no harm.
            _ if *member == "Platform" => {}
            Fits::Elastic => return Err(combination(format!("Only an Elastic fleet takes {member}."))),
            _ => return Err(combination(format!("An Elastic fleet takes no {member}."))),
        }
    }
    if elastic {
        return Ok(());
    }
    let capacity = &input["ComputeCapacity"];
    if capacity.is_null() {
        return Ok(());
    }
    match (int(capacity, "DesiredInstances"), int(capacity, "DesiredSessions"), max_per_instance) {
        (Some(_), None, None) | (None, Some(_), Some(_)) => Ok(()),
        (None, Some(_), None) => Err(combination("DesiredSessions needs MaxSessionsPerInstance.")),
        (Some(_), None, Some(_)) => Err(combination("A multi-session fleet takes DesiredSessions, not DesiredInstances.")),
        _ => Err(combination("ComputeCapacity takes exactly one of DesiredInstances and DesiredSessions.")),
    }
}

/// Refuses when all fleets of `instance_type` together would want more instances than the quota.
fn check_quota(world: &World, name: &str, instance_type: &str, wanted: i64) -> Answer<()> {
    let others: i64 = world
        .fleets
        .values()
        .filter(|f| f.text("InstanceType") == instance_type && f.text("Name") != name && !f.is_elastic())
        .map(Fleet::desired)
        .sum();
    let quota = world.quota(&format!("instances:{instance_type}"));
    if others + wanted > quota {
        return Err(limit(format!(
            "Fleet {name} asks for {wanted} instances of {instance_type}; with {others} of other fleets that is over the limit of {quota}."
        )));
    }
    Ok(())
}

/// CreateFleet.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = named(input)?;
    if world.fleets.contains_key(&name) {
        return Err(exists(format!("Fleet {name} already exists.")));
    }
    let fleet_type = text(input, "FleetType").unwrap_or("ALWAYS_ON");
    let elastic = fleet_type == "ELASTIC";
    let image = crate::image::choose(world, input, Purpose::Fleet)?;
    check_combination(input, fleet_type, int(input, "MaxSessionsPerInstance"))?;
    let instance_type = text(input, "InstanceType").unwrap_or_default();
    check_instance_type(instance_type, elastic)?;
    if elastic {
        for member in ["Platform", "MaxConcurrentSessions", "VpcConfig"] {
            if input[member].is_null() {
                return Err(combination(format!("An Elastic fleet needs {member}.")));
            }
        }
        if input["VpcConfig"]["SubnetIds"].as_array().is_none_or(|s| s.len() < 2) {
            return Err(combination("An Elastic fleet needs at least two subnets in different zones."));
        }
        if !ELASTIC_PLATFORMS.contains(&text(input, "Platform").unwrap_or_default()) {
            return Err(combination("The platform of an Elastic fleet is WINDOWS_SERVER_2019, AMAZON_LINUX2 or UBUNTU_PRO_2404."));
        }
    } else {
        if image.is_none() {
            return Err(combination("Name an image: ImageName or ImageArn is missing."));
        }
        if input["ComputeCapacity"].is_null() {
            return Err(combination("Say how large the fleet is: ComputeCapacity is missing."));
        }
    }
    check_numbers(input)?;
    if int(input, "MaxSessionsPerInstance").is_some() && image.as_ref().is_some_and(|i| !i.platform.starts_with("WINDOWS")) {
        return Err(incompatible_image("Multi-session fleets need a Windows image."));
    }
    if i64::try_from(world.fleets.len()).unwrap_or(i64::MAX) >= world.quota("fleets") {
        return Err(limit(format!("The limit of {} fleets is reached.", world.quota("fleets"))));
    }
    let mut given = Map::new();
    for member in [
        "DisplayName",
        "Description",
        "VpcConfig",
        "DomainJoinInfo",
        "IamRoleArn",
        "MaxConcurrentSessions",
        "UsbDeviceFilterStrings",
        "SessionScriptS3Location",
        "MaxSessionsPerInstance",
    ] {
        if !input[member].is_null() {
            given.insert(member.into(), input[member].clone());
        }
    }
    let or = |member: &str, default: Value| if input[member].is_null() { default } else { input[member].clone() };
    given.insert("Name".into(), name.clone().into());
    given.insert("Arn".into(), world.arn("fleet", &name).into());
    given.insert("InstanceType".into(), instance_type.into());
    given.insert("FleetType".into(), fleet_type.into());
    given.insert("CreatedTime".into(), json!(seconds(now)));
    given.insert("MaxUserDurationInSeconds".into(), or("MaxUserDurationInSeconds", json!(57_600)));
    given.insert("DisconnectTimeoutInSeconds".into(), or("DisconnectTimeoutInSeconds", json!(900)));
    given.insert("IdleDisconnectTimeoutInSeconds".into(), or("IdleDisconnectTimeoutInSeconds", json!(0)));
    given.insert("EnableDefaultInternetAccess".into(), or("EnableDefaultInternetAccess", json!(false)));
    given.insert("StreamView".into(), or("StreamView", json!("APP")));
    given.insert("DisableIMDSV1".into(), or("DisableIMDSV1", json!(false)));
    if let Some(Chosen { name, arn, platform }) = image {
        given.insert("ImageName".into(), name.into());
        given.insert("ImageArn".into(), arn.into());
        given.insert("Platform".into(), platform.into());
        given.insert("RootVolumeConfig".into(), or("RootVolumeConfig", json!({"VolumeSizeInGb": 200})));
    } else {
        given.insert("Platform".into(), input["Platform"].clone());
    }
    let capacity = &input["ComputeCapacity"];
    let wanted = int(capacity, "DesiredInstances").or(int(capacity, "DesiredSessions")).unwrap_or(0);
    let fleet = Fleet { given, asked: Asked::Rest, wanted, pool: Pool::default(), sessions: 0, errors: vec![], blocked: false };
    check_quota(world, &name, instance_type, fleet.desired())?;
    crate::tags::set(world, fleet.text("Arn").to_owned().as_str(), &input["Tags"])?;
    let shown = fleet.show(now);
    world.fleets.insert(name, fleet);
    Ok(json!({"Fleet": shown}))
}

/// Epoch seconds with fraction, as the API tells times.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this century fit")]
pub fn seconds(at: Ms) -> f64 {
    at as f64 / 1000.0
}

/// Values of AttributesToDelete and the member that each clears.
const CLEARS: [(&str, &str); 7] = [
    ("VPC_CONFIGURATION", "VpcConfig"),
    ("DOMAIN_JOIN_INFO", "DomainJoinInfo"),
    ("IAM_ROLE_ARN", "IamRoleArn"),
    ("USB_DEVICE_FILTER_STRINGS", "UsbDeviceFilterStrings"),
    ("SESSION_SCRIPT_S3_LOCATION", "SessionScriptS3Location"),
    ("MAX_SESSIONS_PER_INSTANCE", "MaxSessionsPerInstance"),
    ("VOLUME_CONFIGURATION", "RootVolumeConfig"),
];

/// UpdateFleet.
pub fn update(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = named(input)?;
    let fleet = world.fleet(&name)?.clone();
    let image = crate::image::choose(world, input, Purpose::Fleet)?;
    let members: Vec<&String> = input
        .as_object()
        .map(|m| m.iter().filter(|(k, v)| !v.is_null() && k.as_str() != "Name").map(|(k, _)| k).collect())
        .unwrap_or_default();
    check_combination(input, fleet.text("FleetType"), int(input, "MaxSessionsPerInstance").or(fleet.number("MaxSessionsPerInstance")))?;
    check_numbers(input)?;
    if let Some(t) = text(input, "InstanceType") {
        check_instance_type(t, fleet.is_elastic())?;
    }
    let deletes: Vec<&str> =
        input["AttributesToDelete"].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    for (value, member) in CLEARS {
        if deletes.contains(&value) && !input[member].is_null() {
            return Err(combination(format!("{member} is both set and deleted.")));
        }
    }
    match fleet.asked {
        Asked::Rest => {}
        Asked::Up => {
            let locked = members.iter().find(|m| m.as_str() != "AttributesToDelete" && when_running(m) != When::Now);
            let elastic_deletes = ["USB_DEVICE_FILTER_STRINGS", "SESSION_SCRIPT_S3_LOCATION"];
            let locked_delete = deletes.iter().find(|d| !(fleet.is_elastic() && elastic_deletes.contains(d)));
            if let Some(member) = locked.map(|m| m.as_str()).or(locked_delete.copied()) {
                return Err(in_use(format!("Fleet {name} is RUNNING; stop it before changing {member}.")));
            }
            if image.as_ref().is_some_and(|i| i.platform != fleet.text("Platform")) {
                return Err(in_use(format!("Fleet {name} is RUNNING; stop it before changing to an image of another operating system.")));
            }
        }
        Asked::Start(_) | Asked::Stop(_) => {
            return Err(in_use(format!("Fleet {name} is {}; wait until it is RUNNING or STOPPED.", fleet.state())));
        }
    }
    let mut next = fleet;
    for member in [
        "DisplayName",
        "Description",
        "InstanceType",
        "VpcConfig",
        "MaxUserDurationInSeconds",
        "DisconnectTimeoutInSeconds",
        "IdleDisconnectTimeoutInSeconds",
        "EnableDefaultInternetAccess",
        "DomainJoinInfo",
        "IamRoleArn",
        "StreamView",
        "Platform",
        "MaxConcurrentSessions",
        "UsbDeviceFilterStrings",
        "SessionScriptS3Location",
        "MaxSessionsPerInstance",
        "RootVolumeConfig",
        "DisableIMDSV1",
    ] {
        if !input[member].is_null() {
            next.given.insert(member.into(), input[member].clone());
        }
    }
    for (_, member) in CLEARS.iter().filter(|(value, _)| deletes.contains(value)) {
        next.given.remove(*member);
    }
    if (deletes.contains(&"VPC_CONFIGURATION_SECURITY_GROUP_IDS"))
        && let Some(vpc) = next.given.get_mut("VpcConfig").and_then(Value::as_object_mut)
    {
        vpc.remove("SecurityGroupIds");
    }
    if input["DeleteVpcConfig"] == true {
        next.given.remove("VpcConfig");
    }
    if let Some(Chosen { name: image, arn, platform }) = image {
        next.given.insert("ImageName".into(), image.into());
        next.given.insert("ImageArn".into(), arn.into());
        next.given.insert("Platform".into(), platform.into());
    }
    let capacity = &input["ComputeCapacity"];
    if let Some(wanted) = int(capacity, "DesiredInstances").or(int(capacity, "DesiredSessions")) {
        next.wanted = wanted;
    }
    if !next.is_elastic() {
        check_quota(world, &name, next.text("InstanceType"), next.desired())?;
    }
    world.fleets.insert(name.clone(), next);
    refit(world, &name, now + clock.hasten(switches::REFILL), now);
    let shown = world.fleet(&name)?.show(now);
    Ok(json!({"Fleet": shown}))
}

/// Brings a running fleet's instances to what is wanted; new ones are ready at `ready`.
pub fn refit(world: &mut World, name: &str, ready: Ms, now: Ms) {
    let Some(mut fleet) = world.fleets.remove(name) else { return };
    if fleet.asked == Asked::Up && !fleet.is_elastic() {
        let wanted = fleet.desired();
        fleet.pool.fit(wanted, ready.max(now), || format!("i-{}", world.hex(17)));
    }
    world.fleets.insert(name.to_owned(), fleet);
}

/// DescribeFleets.
pub fn describe(world: &World, operation: &domain::constraints::Operation, input: &Value, now: Ms) -> Answer {
    let names = crate::stack::names(input);
    for name in &names {
        world.fleet(name)?;
    }
    let rows = world.fleets.iter().filter(|(n, _)| names.is_empty() || names.contains(n.as_str())).map(|(n, f)| (n.clone(), f));
    let (page, next) =
        crate::page::page(operation, &names.iter().cloned().collect::<Vec<_>>().join(","), text(input, "NextToken"), switches::PAGE, rows)?;
    Ok(json!({"Fleets": page.iter().map(|f| f.show(now)).collect::<Vec<_>>(), "NextToken": next}))
}

/// StartFleet. The state flips before the answer, as the waiters need.
pub fn start(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = named(input)?;
    let fleet = world.fleet(&name)?;
    match fleet.asked {
        Asked::Up | Asked::Start(_) => return Ok(json!({})),
        Asked::Stop(_) => return Err(concurrent(format!("Fleet {name} is STOPPING; start it once it is STOPPED."))),
        Asked::Rest => {}
    }
    if !fleet.is_elastic() {
        let state = crate::image::find(world, fleet.text("ImageArn")).and_then(|i| i["State"].as_str()).unwrap_or("gone");
        if state != "AVAILABLE" {
            return Err(not_available(format!("Image {} of fleet {name} is {state}.", fleet.text("ImageName"))));
        }
        check_quota(world, &name, fleet.text("InstanceType"), fleet.desired())?;
    }
    begin(world, &name, now, clock);
    Ok(json!({}))
}

/// Sets a stopped fleet STARTING at `now`.
pub fn begin(world: &mut World, name: &str, now: Ms, clock: &Clock) {
    let Some(fleet) = world.fleets.get_mut(name) else { return };
    fleet.asked = Asked::Start(now);
    let takes = match (fleet.is_elastic(), fleet.given.contains_key("DomainJoinInfo")) {
        (true, _) => switches::FLEET_START_ELASTIC,
        (_, true) => switches::FLEET_START_DOMAIN,
        _ => switches::FLEET_START,
    };
    world.schedule(now + clock.hasten(takes), Due::FleetUp(name.to_owned(), now));
}

/// The start asked for at `asked` is over, unless an error blocks it.
pub fn up(world: &mut World, name: &str, asked: Ms, at: Ms) {
    if let Some(fleet) = world.fleets.get_mut(name).filter(|f| f.asked == Asked::Start(asked) && !f.blocked) {
        fleet.asked = Asked::Up;
        refit(world, name, at, at);
    }
}

/// StopFleet: every session ends.
pub fn stop(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = named(input)?;
    let fleet = world.fleet_mut(&name)?;
    if matches!(fleet.asked, Asked::Up | Asked::Start(_)) {
        fleet.asked = Asked::Stop(now);
        let on_it: Vec<u64> = world.sessions.iter().filter(|(_, s)| s.fleet == name).map(|(n, _)| *n).collect();
        on_it.into_iter().for_each(|n| crate::session::end(world, n, now, clock));
        if let Some(fleet) = world.fleets.get_mut(&name) {
            fleet.pool.instances.clear();
        }
        world.schedule(now + clock.hasten(switches::FLEET_STOP), Due::FleetDown(name, now));
    }
    Ok(json!({}))
}

/// The stop asked for at `asked` is over.
pub fn down(world: &mut World, name: &str, asked: Ms, _at: Ms) {
    if let Some(fleet) = world.fleets.get_mut(name).filter(|f| f.asked == Asked::Stop(asked)) {
        fleet.asked = Asked::Rest;
    }
}

/// DeleteFleet.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let name = named(input)?;
    let fleet = world.fleet(&name)?;
    if fleet.asked != Asked::Rest {
        return Err(in_use(format!("Fleet {name} is {}; stop it before deleting it.", fleet.state())));
    }
    if let Some((stack, _)) = world.pairs.iter().find(|(_, f)| *f == name) {
        return Err(in_use(format!("Fleet {name} is associated with stack {stack}; disassociate it first.")));
    }
    let arn = fleet.text("Arn").to_owned();
    world.tags.remove(&arn);
    world.application_fleets.retain(|(fleet, _)| *fleet != name);
    world.fleets.remove(&name);
    Ok(json!({}))
}
