//! Images: the public base images, those of an estate, those captured in a builder, and how they go. Copies, managed updates, import
//! and sharing come later. Rules: behaviour notes 3.5.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, concurrent, exists, in_use, not_found, not_permitted};
use crate::image_builder::Phase;
use crate::record::text;
use crate::switches;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde_json::{Map, Value, json};

/// Public base images: name and platform.
const PUBLIC: [(&str, &str); 4] = [
    ("AppStream-WinServer2019-06-17-2026", "WINDOWS_SERVER_2019"),
    ("AppStream-WinServer2022-06-17-2026", "WINDOWS_SERVER_2022"),
    ("AppStream-AmazonLinux2-06-17-2026", "AMAZON_LINUX2"),
    ("AppStream-RockyLinux8-06-17-2026", "ROCKY_LINUX8"),
];

/// Adds the public base images. Their ARNs have an empty account.
pub fn add_public(world: &mut World) {
    for (name, platform) in PUBLIC {
        let arn = format!("arn:aws:appstream:{}::image/{name}", world.region);
        world.images.insert(name.into(), record(name, &arn, platform, "PUBLIC"));
    }
}

/// Adds a private image.
pub fn add_private(world: &mut World, name: &str, platform: &str) {
    let arn = world.arn("image", name);
    world.images.insert(name.into(), record(name, &arn, platform, "PRIVATE"));
}

fn record(name: &str, arn: &str, platform: &str, visibility: &str) -> Map<String, Value> {
    let image = json!({"Name": name, "Arn": arn, "DisplayName": name, "State": "AVAILABLE", "Visibility": visibility, "Platform": platform,
        "ImageBuilderSupported": true, "CreatedTime": 1_771_000_000.0, "ImageType": "NATIVE", "AppstreamAgentVersion": "06-17-2026", "Applications": []});
    image.as_object().cloned().unwrap_or_default()
}

/// What Image Assistant does in a running builder: the builder is captured and stops, the image is PENDING until that is done.
pub fn capture(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let (builder, name) = (text(input, "ImageBuilderName").to_owned(), text(input, "ImageName").to_owned());
    let found = world.image_builders.get(&builder).ok_or_else(|| not_found(format!("Image builder {builder} does not exist.")))?;
    if found.phase != Phase::Running {
        return Err(not_permitted(format!("Image builder {builder} is {}; Image Assistant runs in a running one.", found.phase.state())));
    }
    if world.images.contains_key(&name) {
        return Err(exists(format!("Image {name} already exists.")));
    }
    let (base, platform) = (found.given["ImageArn"].clone(), text(&json!(found.given), "Platform").to_owned());
    let arn = world.arn("image", &name);
    let mut image = record(&name, &arn, &platform, "PRIVATE");
    let applications: Vec<Value> = input["Applications"].as_array().into_iter().flatten().map(application).collect();
    let display = if input["DisplayName"].is_null() { name.clone().into() } else { input["DisplayName"].clone() };
    for (member, value) in [
        ("State", json!("PENDING")),
        ("DisplayName", display),
        ("BaseImageArn", base),
        ("ImageBuilderName", json!(builder)),
        ("CreatedTime", json!(crate::fleet::seconds(now))),
        ("Applications", json!(applications)),
    ] {
        image.insert(member.into(), value);
    }
    world.images.insert(name.clone(), image);
    crate::image_builder::enter(world, &builder, Phase::Snapshotting, now, clock);
    world.schedule(now + clock.hasten(switches::SNAPSHOT), Due::Image(name, input["fail"] == true));
    Ok(json!({}))
}

fn application(given: &Value) -> Value {
    let name = given.as_str().map_or_else(|| text(given, "Name").to_owned(), str::to_owned);
    let display = given["DisplayName"].as_str().unwrap_or(&name).to_owned();
    json!({"Name": name, "DisplayName": display, "LaunchPath": given["LaunchPath"].as_str().unwrap_or("C:\\Program Files\\app.exe"), "Enabled": true})
}

/// The snapshot is over.
pub fn arrived(world: &mut World, name: &str, failed: bool, at: Ms) {
    let Some(image) = world.images.get_mut(name).filter(|i| i["State"] == "PENDING") else { return };
    image.insert("State".into(), if failed { "FAILED" } else { "AVAILABLE" }.into());
    if failed {
        let message = "The snapshot of the image builder stopped with an internal error.";
        image.insert("StateChangeReason".into(), json!({"Code": "INTERNAL_ERROR", "Message": message}));
        image.insert(
            "ImageErrors".into(),
            json!([{"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": message, "ErrorTimestamp": crate::fleet::seconds(at)}]),
        );
    }
}

/// DeleteImage: an own one that no fleet uses. The answer holds it as it was.
pub fn delete(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let image = world.images.get(&name).ok_or_else(|| not_found(format!("Image {name} does not exist.")))?;
    if image["Visibility"] != "PRIVATE" {
        return Err(not_permitted(format!("Image {name} is not this account's own; only its owner can delete it.")));
    }
    if let Some(fleet) = world.fleets.values().find(|f| image["Arn"] == f.text("ImageArn")) {
        return Err(in_use(format!("Image {name} is used by fleet {}.", fleet.text("Name"))));
    }
    if matches!(image["State"].as_str(), Some("PENDING" | "DELETING")) {
        return Err(concurrent(format!("Image {name} is {}.", text(&json!(image), "State"))));
    }
    let was = image.clone();
    if let Some(image) = world.images.get_mut(&name) {
        image.insert("State".into(), "DELETING".into());
    }
    world.schedule(now + clock.hasten(switches::IMAGE_DELETE), Due::ImageGone(name));
    Ok(json!({"Image": was}))
}

/// A deleted image leaves the listing.
pub fn gone(world: &mut World, name: &str) {
    if let Some(image) = world.images.remove(name) {
        world.tags.remove(image["Arn"].as_str().unwrap_or_default());
    }
}

/// DescribeImages, by names, ARNs or visibility.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let list = |m: &str| -> Vec<&str> { input[m].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default() };
    let (names, arns, kind) = (list("Names"), list("Arns"), input["Type"].as_str());
    if !names.is_empty() && !arns.is_empty() {
        return Err(combination("Give Names or Arns, not both."));
    }
    let known = |test: &dyn Fn(&Map<String, Value>) -> bool| world.images.values().any(test);
    for name in &names {
        if !world.images.contains_key(*name) {
            return Err(not_found(format!("Image {name} does not exist.")));
        }
    }
    for arn in &arns {
        if !known(&|i| i["Arn"] == *arn) {
            return Err(not_found(format!("Image {arn} does not exist.")));
        }
    }
    let wanted = |i: &&Map<String, Value>| {
        let text = |m: &str| i[m].as_str().unwrap_or_default().to_owned();
        (names.is_empty() || names.contains(&text("Name").as_str()))
            && (arns.is_empty() || arns.contains(&text("Arn").as_str()))
            && kind.is_none_or(|k| text("Visibility") == k)
    };
    let rows = world.images.iter().filter(|(_, i)| wanted(i)).map(|(n, i)| (n.clone(), Value::Object(i.clone())));
    let size = input["MaxResults"].as_u64().filter(|n| *n > 0).unwrap_or(25);
    let (page, next) = crate::page::page(
        operation,
        &format!("{names:?}{arns:?}{kind:?}"),
        input["NextToken"].as_str(),
        usize::try_from(size).unwrap_or(25),
        rows,
    )?;
    Ok(json!({"Images": page, "NextToken": next}))
}
