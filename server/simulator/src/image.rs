//! Images: the public base images, an account's own, those shared with it, and how they are chosen, listed and deleted. How they come
//! about is in [`crate::image_source`], how they are shared in [`crate::sharing`]. Rules: behaviour notes 3.5.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, concurrent, in_use, incompatible_image, not_available, not_found, not_permitted};
use crate::record::{Record, text, texts};
use crate::switches;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde_json::{Value, json};

/// Public base images: name and platform.
const PUBLIC: [(&str, &str); 5] = [
    ("AppStream-WinServer2019-06-17-2026", "WINDOWS_SERVER_2019"),
    ("AppStream-WinServer2022-06-17-2026", "WINDOWS_SERVER_2022"),
    ("AppStream-WinServer2025-06-17-2026", "WINDOWS_SERVER_2025"),
    ("AppStream-AmazonLinux2-06-17-2026", "AMAZON_LINUX2"),
    ("AppStream-RockyLinux8-06-17-2026", "ROCKY_LINUX8"),
];
/// The newest version of the agent, that of the public images.
pub const AGENT: &str = "06-17-2026";
/// When the public images were released: 17 June 2026.
const RELEASED: f64 = 1_781_654_400.0;

/// Adds the public base images. Their ARNs have an empty account.
pub fn add_public(world: &mut World) {
    for (name, platform) in PUBLIC {
        let arn = format!("arn:aws:appstream:{}::image/{name}", world.region);
        world.images.insert(name.into(), record(name, &arn, platform, "PUBLIC"));
    }
}

/// Adds a private image made at `created`.
pub fn add_private(world: &mut World, name: &str, platform: &str, created: Ms) {
    let arn = world.arn("image", name);
    let mut image = record(name, &arn, platform, "PRIVATE");
    if let Some((base, _)) = PUBLIC.iter().find(|(_, p)| *p == platform) {
        image.insert("BaseImageArn".into(), format!("arn:aws:appstream:{}::image/{base}", world.region).into());
    }
    image.insert("CreatedTime".into(), json!(crate::fleet::seconds(created)));
    world.images.insert(name.into(), image);
}

/// An AVAILABLE image.
pub fn record(name: &str, arn: &str, platform: &str, visibility: &str) -> Record {
    let families = ["General Purpose", "Compute Optimized", "Memory Optimized", "Graphics G4", "Graphics G5", "Graphics G6"];
    let image = json!({"Name": name, "Arn": arn, "DisplayName": name, "State": "AVAILABLE", "Visibility": visibility, "Platform": platform,
        "ImageBuilderSupported": true, "CreatedTime": RELEASED, "PublicBaseImageReleasedDate": RELEASED, "ImageType": "NATIVE",
        "AppstreamAgentVersion": AGENT, "Applications": [], "SupportedInstanceFamilies": families, "DynamicAppProvidersEnabled": "DISABLED",
        "ManagedSoftwareIncluded": false});
    image.as_object().cloned().unwrap_or_default()
}

/// As DescribeImages shows it: what depends on others is added.
fn show(world: &World, image: &Record) -> Value {
    let mut out = image.clone();
    let name = image["Name"].as_str().unwrap_or_default();
    let flag = |yes: bool| Value::from(if yes { "TRUE" } else { "FALSE" });
    if image["Visibility"] == "PRIVATE" {
        out.insert("ImageSharedWithOthers".into(), flag(crate::sharing::receivers(world, name).next().is_some()));
        out.insert("LatestAppstreamAgentVersion".into(), flag(image["AppstreamAgentVersion"] == AGENT));
    }
    Value::Object(out)
}

/// What an image is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A fleet.
    Fleet,
    /// An image builder.
    Builder,
}

/// A chosen image.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its platform.
    pub platform: String,
}

/// The image that ImageName or ImageArn mean, if it may be used so; none when neither is given.
pub fn choose(world: &World, input: &Value, purpose: Purpose) -> Answer<Option<Chosen>> {
    let by_name = input["ImageName"].as_str().map(|n| world.images.get(n));
    let by_arn = input["ImageArn"].as_str().map(|a| find(world, a));
    let missing = || not_found("The image does not exist. A shared image is found by its ARN only.");
    let image = match (by_name, by_arn) {
        (None, None) => return Ok(None),
        (Some(a), Some(b)) if a.map(|i| &i["Arn"]) != b.map(|i| &i["Arn"]) => {
            return Err(combination("ImageName and ImageArn name different images."));
        }
        (Some(found), _) | (None, Some(found)) => found.ok_or_else(missing)?,
    };
    let get = |m: &str| image.get(m).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, state) = (get("Name"), get("State"));
    if state != "AVAILABLE" {
        return Err(not_available(format!("Image {name} is {state}; only an AVAILABLE image can be used.")));
    }
    if purpose == Purpose::Builder && image["ImageBuilderSupported"] == false {
        return Err(incompatible_image(format!("Image {name} does not allow image builders.")));
    }
    if purpose == Purpose::Fleet && image.get("ImagePermissions").is_some_and(|p| p["allowFleet"] == false) {
        return Err(not_permitted(format!("Image {name} is shared for image builders only; its owner can allow fleets.")));
    }
    let kind = input["InstanceType"].as_str().unwrap_or("stream.");
    if image["ImageType"] == "CUSTOM" && kind.starts_with("stream.") && !input["InstanceType"].is_null() {
        return Err(incompatible_image(format!(
            "Image {name} is imported; it runs on GeneralPurpose, MemoryOptimized, ComputeOptimized and Accelerated types, not on {kind}."
        )));
    }
    Ok(Some(Chosen { name, arn: get("Arn"), platform: get("Platform") }))
}

/// Any visible image by its ARN.
pub fn find<'a>(world: &'a World, arn: &str) -> Option<&'a Record> {
    world.shared_in.get(arn).or_else(|| world.images.values().find(|i| i["Arn"] == arn))
}

/// An image of this account, or ResourceNotFound.
pub fn own<'a>(world: &'a World, name: &str) -> Answer<&'a Record> {
    let found = world.images.get(name).filter(|i| i["Visibility"] == "PRIVATE");
    found.ok_or_else(|| not_found(format!("Image {name} does not exist among the images of account {}.", world.account)))
}

/// The fleet that uses the image with this ARN, if one does.
pub fn used_by<'a>(world: &'a World, arn: &str) -> Option<&'a str> {
    world.fleets.values().find(|f| f.text("ImageArn") == arn).map(|f| f.text("Name"))
}

/// DeleteImage: an own one, that is not shared and that no fleet uses. The answer holds it as it was. `elsewhere` is the account
/// whose fleet uses it, when another one's does.
pub fn delete(world: &mut World, input: &Value, elsewhere: Option<&str>, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "Name").to_owned();
    let shared_in = world.shared_in.values().any(|i| i["Name"] == name.as_str());
    let image = match world.images.get(&name) {
        Some(image) => image,
        None if shared_in => return Err(not_permitted(format!("Image {name} belongs to another account; only its owner can delete it."))),
        None => return Err(not_found(format!("Image {name} does not exist."))),
    };
    if image["Visibility"] != "PRIVATE" {
        return Err(not_permitted(format!("Image {name} is a public one of AWS; it cannot be deleted.")));
    }
    let arn = image["Arn"].as_str().unwrap_or_default();
    if let Some(fleet) = used_by(world, arn) {
        return Err(in_use(format!("Image {name} is used by fleet {fleet}.")));
    }
    if let Some(account) = crate::sharing::receivers(world, &name).next() {
        return Err(in_use(format!("Image {name} is shared with account {account}; withdraw that first.")));
    }
    if let Some(account) = elsewhere {
        return Err(in_use(format!("Image {name} is used by a fleet of account {account}.")));
    }
    if !matches!(image["State"].as_str(), Some("AVAILABLE" | "FAILED")) {
        return Err(concurrent(format!("Image {name} is {}; wait until that is over.", text(&json!(image), "State"))));
    }
    let was = show(world, image);
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
        world.image_software.remove(name);
        world.updated.remove(name);
    }
}

/// DescribeImages, by names, ARNs or visibility. Shared ones are found by ARN, and listed.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let (names, arns, kind) = (texts(input, "Names"), texts(input, "Arns"), input["Type"].as_str());
    if !names.is_empty() && !arns.is_empty() {
        return Err(combination("Give Names or Arns, not both."));
    }
    if let Some(name) = names.iter().find(|n| !world.images.contains_key(*n)) {
        return Err(not_found(format!("Image {name} does not exist. A shared image is found by its ARN only.")));
    }
    if let Some(arn) = arns.iter().find(|a| find(world, a).is_none()) {
        return Err(not_found(format!("Image {arn} does not exist.")));
    }
    let text = |i: &Record, m: &str| i[m].as_str().unwrap_or_default().to_owned();
    let wanted = |i: &&Record| {
        (names.is_empty() || (names.contains(&text(i, "Name")) && i["Visibility"] != "SHARED"))
            && (arns.is_empty() || arns.contains(&text(i, "Arn")))
            && kind.is_none_or(|k| text(i, "Visibility") == k)
    };
    let mut rows: Vec<(String, &Record)> = world
        .images
        .values()
        .chain(world.shared_in.values())
        .filter(wanted)
        .map(|i| (format!("{} {}", text(i, "Name"), text(i, "Arn")), i))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let size = crate::record::size(input, 25, 25);
    let (page, next) =
        crate::page::page(operation, &format!("{names:?}{arns:?}{kind:?}"), input["NextToken"].as_str(), size, rows.into_iter())?;
    Ok(json!({"Images": page.into_iter().map(|i| show(world, i)).collect::<Vec<_>>(), "NextToken": next}))
}
