//! How images come about: captured in a builder, copied to a Region, updated by AWS, imported from a machine image. Each is a state
//! that ends by itself in AVAILABLE or FAILED. Rules: behaviour notes 3.5.2 to 3.5.4, 3.7, 8.6.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, concurrent, dry_run, exists, incompatible_image, limit, not_available, not_found, not_permitted};
use crate::fleet::seconds;
use crate::image::{self, AGENT};
use crate::image_builder::Phase;
use crate::record::{Record, role, text};
use crate::switches;
use crate::world::{Due, World};
use serde_json::{Value, json};

/// The code of StateChangeReason when what was in `state` fails.
fn reason(state: &str) -> &'static str {
    match state {
        "COPYING" => "IMAGE_COPY_FAILURE",
        "CREATING" => "IMAGE_UPDATE_FAILURE",
        "IMPORTING" | "VALIDATING" => "IMAGE_IMPORT_FAILURE",
        _ => "INTERNAL_ERROR",
    }
}

/// The work on an image is over; `failure` is what went wrong.
pub fn arrived(world: &mut World, name: &str, failure: Option<&str>, at: Ms, clock: &Clock) {
    let stuck = world.stuck.contains(&("image".to_owned(), name.to_owned()));
    let Some(image) = world.images.get_mut(name).filter(|_| !stuck) else { return };
    let state = image["State"].as_str().unwrap_or_default().to_owned();
    if matches!(state.as_str(), "AVAILABLE" | "FAILED" | "DELETING") {
        return;
    }
    if state == "IMPORTING" && world.validating.remove(name) && failure.is_none() {
        image.insert("State".into(), "VALIDATING".into());
        world.schedule(at + clock.hasten(switches::IMAGE_VALIDATION), Due::Image(name.to_owned(), None));
        return;
    }
    let Some(message) = failure else {
        image.insert("State".into(), "AVAILABLE".into());
        return;
    };
    image.insert("State".into(), "FAILED".into());
    image.insert("StateChangeReason".into(), json!({"Code": reason(&state), "Message": message}));
    let mut errors = image.get("ImageErrors").and_then(Value::as_array).cloned().unwrap_or_default();
    errors.push(json!({"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": message, "ErrorTimestamp": seconds(at)}));
    image.insert("ImageErrors".into(), errors.into());
}

/// What kept the work on an image from ending is gone: it takes its time from now on.
pub fn resume(world: &mut World, name: &str, now: Ms, clock: &Clock) {
    let takes = match world.images.get(name).and_then(|i| i["State"].as_str()) {
        Some("PENDING") => switches::SNAPSHOT,
        Some("COPYING") => switches::IMAGE_COPY,
        Some("CREATING") => switches::IMAGE_UPDATE,
        Some("IMPORTING") => switches::IMAGE_IMPORT,
        Some("VALIDATING") => switches::IMAGE_VALIDATION,
        _ => return,
    };
    world.schedule(now + clock.hasten(takes), Due::Image(name.to_owned(), None));
}

/// What keeps work from `source` from succeeding: an error that the controls put on it.
fn flaw(source: &Record) -> Option<String> {
    source.get("ImageErrors")?.as_array()?.first().map(|e| text(e, "ErrorMessage").to_owned())
}

/// Refuses when the quota of images is used up.
fn room(world: &World) -> Answer<()> {
    let have = world.images.values().filter(|i| i["Visibility"] == "PRIVATE").count();
    let most = world.quota("images");
    if i64::try_from(have).unwrap_or(i64::MAX) < most {
        Ok(())
    } else {
        Err(limit(format!("The limit of {most} images of account {} in {} is reached.", world.account, world.region)))
    }
}

/// Refuses when `most` images are in `state` already.
fn not_busy(world: &World, state: &str, quota: &str, what: &str) -> Answer<()> {
    let have = world.images.values().filter(|i| i["State"] == state).count();
    let most = world.quota(quota);
    if i64::try_from(have).unwrap_or(i64::MAX) < most {
        Ok(())
    } else {
        Err(limit(format!("{have} {what} are under way in {}; the limit is {most} at a time.", world.region)))
    }
}

fn free(world: &World, name: &str) -> Answer<()> {
    if world.images.contains_key(name) { Err(exists(format!("Image {name} already exists in {}.", world.region))) } else { Ok(()) }
}

/// Puts `image` on its way; it arrives after AWS's time `takes`.
fn begin(world: &mut World, image: Record, failure: Option<String>, now: Ms, clock: &Clock, takes: Ms) {
    let name = image["Name"].as_str().unwrap_or_default().to_owned();
    world.schedule(now + clock.hasten(takes), Due::Image(name.clone(), failure));
    world.images.insert(name, image);
}

/// A new image in `state`, with what it has from the one it is made from.
fn derived(world: &World, source: &Record, name: &str, state: &str, now: Ms) -> Record {
    let mut image = source.clone();
    for gone in ["ImageBuilderName", "Description", "StateChangeReason", "ImageErrors", "ImagePermissions"] {
        image.remove(gone);
    }
    for (member, value) in [
        ("Name", json!(name)),
        ("Arn", json!(world.arn("image", name))),
        ("State", json!(state)),
        ("Visibility", json!("PRIVATE")),
        ("CreatedTime", json!(seconds(now))),
    ] {
        image.insert(member.into(), value);
    }
    image
}

/// What Image Assistant does in a running builder: the builder is captured and stops, the image is PENDING until that is done.
pub fn capture(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let (builder, name) = (text(input, "ImageBuilderName").to_owned(), text(input, "ImageName").to_owned());
    let found = world.image_builders.get(&builder).ok_or_else(|| not_found(format!("Image builder {builder} does not exist.")))?;
    if found.phase != Phase::Running {
        return Err(not_permitted(format!("Image builder {builder} is {}; Image Assistant runs in a running one.", found.phase.state())));
    }
    free(world, &name)?;
    let given = json!(found.given);
    let software = found.installed();
    let mut image = image::record(&name, &world.arn("image", &name), text(&given, "Platform"), "PRIVATE");
    let applications: Vec<Value> = input["Applications"].as_array().into_iter().flatten().map(application).collect();
    let display = if input["DisplayName"].is_null() { json!(name) } else { input["DisplayName"].clone() };
    for (member, value) in [
        ("State", json!("PENDING")),
        ("DisplayName", display),
        ("BaseImageArn", given["ImageArn"].clone()),
        ("ImageBuilderName", json!(builder)),
        ("AppstreamAgentVersion", given["AppstreamAgentVersion"].clone()),
        ("ManagedSoftwareIncluded", json!(!software.is_empty())),
        ("CreatedTime", json!(seconds(now))),
        ("Applications", json!(applications)),
    ] {
        image.insert(member.into(), value);
    }
    if !software.is_empty() {
        world.image_software.insert(name, software);
    }
    crate::image_builder::enter(world, &builder, Phase::Snapshotting, now, clock);
    let failure = (input["fail"] == true).then(|| "The snapshot of the image builder stopped with an internal error.".to_owned());
    begin(world, image, failure, now, clock, switches::SNAPSHOT);
    Ok(json!({}))
}

fn application(given: &Value) -> Value {
    let name = given.as_str().map_or_else(|| text(given, "Name").to_owned(), str::to_owned);
    let display = given["DisplayName"].as_str().unwrap_or(&name).to_owned();
    let path = given["LaunchPath"].as_str().unwrap_or("C:\\Program Files\\app.exe");
    json!({"Name": name, "DisplayName": display, "LaunchPath": path, "Enabled": true})
}

/// CopyImage, the source's half: the image that may be copied.
pub fn copied(world: &World, input: &Value) -> Answer<Record> {
    let name = text(input, "SourceImageName");
    let source = image::own(world, name)?;
    if source["State"] != "AVAILABLE" {
        return Err(not_available(format!("Image {name} is {}; only an AVAILABLE image can be copied.", text(&json!(source), "State"))));
    }
    if source["ManagedSoftwareIncluded"] == true {
        return Err(incompatible_image(format!("Image {name} holds licensed software; such an image cannot be copied.")));
    }
    Ok(source.clone())
}

/// CopyImage, the destination's half. Tags, builder and permissions stay behind.
pub fn copy(world: &mut World, source: &Record, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "DestinationImageName");
    free(world, name)?;
    not_busy(world, "COPYING", "concurrent_copies", "copies")?;
    room(world)?;
    let mut image = derived(world, source, name, "COPYING", now);
    if let Some(base) = source.get("BaseImageArn").and_then(Value::as_str) {
        let mut parts: Vec<&str> = base.split(':').collect();
        if let Some(region) = parts.get_mut(3) {
            *region = &world.region;
        }
        image.insert("BaseImageArn".into(), parts.join(":").into());
    }
    if !input["DestinationImageDescription"].is_null() {
        image.insert("Description".into(), input["DestinationImageDescription"].clone());
    }
    begin(world, image, flaw(source), now, clock, switches::IMAGE_COPY);
    Ok(json!({"DestinationImageName": name}))
}

/// CreateUpdatedImage: AWS makes a newer image of an own one in a hidden builder. A dry run tells whether there is anything newer.
pub fn update(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let (from, name) = (text(input, "existingImageName"), text(input, "newImageName"));
    let source = world.images.get(from).ok_or_else(|| not_found(format!("Image {from} does not exist.")))?.clone();
    free(world, name)?;
    if source["Visibility"] != "PRIVATE" {
        return Err(not_permitted(format!("Image {from} is not this account's own; only own images can be updated.")));
    }
    if ["Amazon", "AWS", "AppStream"].iter().any(|p| name.starts_with(p)) {
        return Err(not_permitted("The name of an updated image may not begin with Amazon, AWS or AppStream."));
    }
    if source["State"] != "AVAILABLE" {
        return Err(not_permitted(format!("Image {from} is {}; only an AVAILABLE image can be updated.", text(&json!(source), "State"))));
    }
    let platform = text(&json!(source), "Platform").to_owned();
    if !["WINDOWS", "RHEL", "ROCKY"].iter().any(|p| platform.starts_with(p)) {
        return Err(incompatible_image(format!("Image {from} is of {platform}; AWS updates Windows, RHEL and Rocky Linux images.")));
    }
    let fresh = world.updated.get(from).is_some_and(|at| now - at < switches::UPDATES_COME_EVERY);
    if input["dryRun"] == true {
        return Ok(json!({"image": source, "canUpdateImage": !fresh}));
    }
    if world.images.values().any(|i| i["State"] == "CREATING" && i.get("BaseImageArn") == Some(&source["Arn"])) {
        return Err(concurrent(format!("Image {from} is being updated already.")));
    }
    not_busy(world, "CREATING", "concurrent_updates", "updates")?;
    room(world)?;
    let mut image = derived(world, &source, name, "CREATING", now);
    image.insert("BaseImageArn".into(), source["Arn"].clone());
    image.insert("AppstreamAgentVersion".into(), AGENT.into());
    for (member, value) in [("Description", "newImageDescription"), ("DisplayName", "newImageDisplayName")] {
        if !input[value].is_null() {
            image.insert(member.into(), input[value].clone());
        }
    }
    let arn = world.arn("image", name);
    crate::tags::set(world, &arn, &input["newImageTags"])?;
    if let Some(software) = world.image_software.get(from).cloned() {
        world.image_software.insert(name.to_owned(), software);
    }
    let digits: String = (0..10).map(|_| char::from(b'0' + u8::try_from(world.dice(10)).unwrap_or(0))).collect();
    crate::image_builder::hidden(world, &format!("{name}-{digits}"), &source, now, clock);
    world.updated.insert(name.to_owned(), now);
    begin(world, image.clone(), flaw(&source), now, clock, switches::IMAGE_UPDATE);
    Ok(json!({"image": image, "canUpdateImage": true}))
}

/// CreateImportedImage, from a machine image of EC2 or an image of WorkSpaces. There is no EC2 here: an id that begins with
/// `ami-missing`, `ami-encrypted` or `ami-linux` stands for one that is so.
pub fn import(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    if name.len() > 100 {
        return Err(combination("The name of an imported image has at most 100 characters."));
    }
    free(world, &name)?;
    let (ami, desktop) = (text(input, "SourceAmiId"), text(input, "WorkspaceImageId"));
    match (ami.is_empty(), desktop.is_empty()) {
        (true, true) => return Err(combination("Name a source: SourceAmiId with IamRoleArn, or WorkspaceImageId.")),
        (false, false) => return Err(combination("Name one source: SourceAmiId or WorkspaceImageId, not both.")),
        (false, true) if input["IamRoleArn"].is_null() => return Err(combination("SourceAmiId needs IamRoleArn.")),
        _ => {}
    }
    if ami.starts_with("ami-missing") {
        return Err(not_found(format!("The machine image {ami} does not exist in {}.", world.region)));
    }
    let catalogue: Vec<&str> = input["AppCatalogConfig"].as_array().into_iter().flatten().map(|a| text(a, "Name")).collect();
    if let Some(twice) = catalogue.iter().enumerate().find(|(i, n)| catalogue[..*i].contains(n)).map(|(_, n)| n) {
        return Err(combination(format!("The application {twice} is in the catalogue twice.")));
    }
    let unfit = if ami.starts_with("ami-encrypted") {
        Some("its volume is encrypted")
    } else if ami.starts_with("ami-linux") {
        Some("it is not Windows Server 2022 or 2025")
    } else {
        None
    };
    if let Some(why) = unfit {
        return Err(incompatible_image(format!("The machine image {ami} cannot be imported: {why}.")));
    }
    role(input)?;
    room(world)?;
    if input["DryRun"] == true {
        return Err(dry_run(format!("The import of {name} would succeed. Nothing was imported, since DryRun was set.")));
    }
    let arn = world.arn("image", &name);
    crate::tags::set(world, &arn, &input["Tags"])?;
    let platform = if desktop.is_empty() { "WINDOWS_SERVER_2022" } else { "WINDOWS_11" };
    let mut image = image::record(&name, &arn, platform, "PRIVATE");
    image.remove("PublicBaseImageReleasedDate");
    let applications: Vec<Value> = input["AppCatalogConfig"].as_array().into_iter().flatten().map(imported).collect();
    for (member, value) in [
        ("State", json!("IMPORTING")),
        ("ImageType", json!(if desktop.is_empty() { "CUSTOM" } else { "BYOL" })),
        ("CreatedTime", json!(seconds(now))),
        ("Applications", json!(applications)),
        ("SupportedInstanceFamilies", json!(["General Purpose", "Compute Optimized", "Memory Optimized", "Accelerated"])),
    ] {
        image.insert(member.into(), value);
    }
    for member in ["Description", "DisplayName"] {
        if !text(input, member).is_empty() {
            image.insert(member.into(), input[member].clone());
        }
    }
    if !input["RuntimeValidationConfig"].is_null() {
        world.validating.insert(name);
    }
    begin(world, image.clone(), None, now, clock, switches::IMAGE_IMPORT);
    Ok(json!({"Image": image}))
}

fn imported(given: &Value) -> Value {
    let name = text(given, "Name");
    let display = Some(text(given, "DisplayName")).filter(|d| !d.is_empty()).unwrap_or(name);
    let mut out = json!({"Name": name, "DisplayName": display, "LaunchPath": given["AbsoluteAppPath"], "Enabled": true});
    for member in ["WorkingDirectory", "LaunchParameters"] {
        if !text(given, member).is_empty() {
            out[member] = given[member].clone();
        }
    }
    out
}
