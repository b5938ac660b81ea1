//! Images, as far as fleets need them: the public base images and those of an estate. The rest of their life comes later.

use crate::error::{Answer, not_found};
use crate::world::World;
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

/// DescribeImages, by names, ARNs or visibility.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let list = |m: &str| -> Vec<&str> { input[m].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default() };
    let (names, arns, kind) = (list("Names"), list("Arns"), input["Type"].as_str());
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
