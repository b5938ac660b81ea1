//! Export tasks: an image becomes a machine image of EC2. Rules: behaviour notes 3.8.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, concurrent, not_available, not_found, not_permitted, validation};
use crate::fleet::seconds;
use crate::image;
use crate::record::{paged, role, size, take, text, texts};
use crate::switches;
use crate::world::{Due, World};
use domain::constraints::Operation;
use serde_json::{Value, json};

/// CreateExportImageTask.
pub fn create(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let (name, ami) = (text(input, "ImageName"), text(input, "AmiName"));
    let source = image::own(world, name)?.clone();
    if source["State"] != "AVAILABLE" {
        return Err(not_available(format!("Image {name} is {}; only an AVAILABLE image is exported.", text(&json!(source), "State"))));
    }
    if source["Platform"] != "WINDOWS_SERVER_2022" && source["Platform"] != "WINDOWS_SERVER_2025" {
        return Err(not_permitted(format!("Image {name} is not of Windows Server 2022 or 2025; only such images are exported.")));
    }
    let running = |t: &&crate::record::Record| t["State"] == "EXPORTING";
    if world.exports.values().filter(running).any(|t| t["ImageArn"] == source["Arn"]) {
        return Err(concurrent(format!("Image {name} is being exported already.")));
    }
    if world.exports.values().any(|t| t["AmiName"] == ami && t["State"] != "FAILED") {
        return Err(not_permitted(format!("A machine image named {ami} exists already in {}.", world.region)));
    }
    role(input)?;
    let id = world.uuid();
    let mut task = take(input, &["AmiName", "AmiDescription", "TagSpecifications"]);
    task.insert("TaskId".into(), id.clone().into());
    task.insert("ImageArn".into(), source["Arn"].clone());
    task.insert("CreatedDate".into(), json!(seconds(now)));
    task.insert("State".into(), "EXPORTING".into());
    world.exports.insert(id.clone(), task.clone());
    world.schedule(now + clock.hasten(switches::IMAGE_EXPORT), Due::Export(id.clone()));
    world.schedule(now + switches::EXPORT_STAYS, Due::ExportGone(id));
    Ok(json!({"ExportImageTask": task}))
}

/// The export is over: it fails when an error lies on the image, or when the image is gone.
pub fn arrived(world: &mut World, id: &str) {
    let ami = format!("ami-{}", world.hex(17));
    let Some(task) = world.exports.get_mut(id) else { return };
    let image = world.images.values().find(|i| i["Arn"] == task["ImageArn"]);
    let flaw = match image {
        None => Some(json!({"ErrorCode": "IMAGE_NOT_FOUND", "ErrorMessage": "The image was deleted while it was exported."})),
        Some(image) => {
            image.get("ImageErrors").and_then(|e| e.get(0)).map(|e| json!({"ErrorCode": e["ErrorCode"], "ErrorMessage": e["ErrorMessage"]}))
        }
    };
    if let Some(flaw) = flaw {
        task.insert("State".into(), "FAILED".into());
        task.insert("ErrorDetails".into(), json!([flaw]));
    } else {
        task.insert("State".into(), "COMPLETED".into());
        task.insert("AmiId".into(), ami.into());
    }
}

/// GetExportImageTask.
pub fn get(world: &World, input: &Value) -> Answer {
    let id = input["TaskId"].as_str().ok_or_else(|| validation("Name the task: TaskId is missing."))?;
    let task = world.exports.get(id).ok_or_else(|| not_found(format!("The export task {id} does not exist.")))?;
    Ok(json!({"ExportImageTask": task}))
}

/// ListExportImageTasks, newest first within the page order of their creation. Filters: `state`, `image-name`, `ami-name`.
pub fn list(world: &World, operation: &Operation, input: &Value) -> Answer {
    let filters: Vec<(&str, std::collections::BTreeSet<String>)> =
        input["Filters"].as_array().into_iter().flatten().map(|f| (text(f, "Name"), texts(f, "Values"))).collect();
    if let Some((name, _)) = filters.iter().find(|(n, _)| !["state", "image-name", "ami-name"].contains(n)) {
        return Err(combination(format!("{name} is not a filter of export tasks; state, image-name and ami-name are.")));
    }
    let wanted = |task: &crate::record::Record| {
        filters.iter().all(|(name, values)| match *name {
            "state" => values.contains(task["State"].as_str().unwrap_or_default()),
            "ami-name" => values.contains(task["AmiName"].as_str().unwrap_or_default()),
            _ => values.contains(task["ImageArn"].as_str().and_then(|a| a.rsplit('/').next()).unwrap_or_default()),
        })
    };
    let mut rows: Vec<(String, Value)> = world
        .exports
        .values()
        .filter(|t| wanted(t))
        .map(|t| (format!("{:>20.3}{}", t["CreatedDate"].as_f64().unwrap_or(0.0), text(&json!(t), "TaskId")), json!(t)))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    paged(operation, input, &format!("{filters:?}"), size(input, 50, 500), "ExportImageTasks", rows.into_iter())
}
