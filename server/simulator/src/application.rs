//! App blocks, the applications of Elastic fleets, and which fleet offers which application. Rules: behaviour notes 3.11, 3.13, 3.14.

use crate::clock::Ms;
use crate::error::{Answer, ApiError, combination, exists, in_use, not_found, not_permitted, validation};
use crate::fleet::seconds;
use crate::record::{Record, paged, size, take, text, texts, update};
use crate::world::World;
use domain::constraints::Operation;
use serde_json::{Value, json};

const PLATFORMS: [&str; 3] = ["WINDOWS_SERVER_2019", "AMAZON_LINUX2", "UBUNTU_PRO_2404"];
const FAMILIES: [&str; 2] = ["GENERAL_PURPOSE", "GRAPHICS_G4"];
const BLOCK: [&str; 7] =
    ["Name", "Description", "DisplayName", "SourceS3Location", "SetupScriptDetails", "PostSetupScriptDetails", "PackagingType"];
const EDITABLE: [&str; 7] =
    ["DisplayName", "Description", "IconS3Location", "LaunchPath", "WorkingDirectory", "LaunchParameters", "AppBlockArn"];

/// A link to an object in S3, as AWS signs them: good for an hour.
pub fn link(location: &Value, region: &str) -> String {
    format!("https://{}.s3.{region}.amazonaws.com/{}?X-Amz-Expires=3600", text(location, "S3Bucket"), text(location, "S3Key"))
}

fn missing(kind: &str, which: &str) -> ApiError {
    not_found(format!("{kind} {which} does not exist."))
}

/// The record with that ARN.
fn by_arn<'a>(records: impl IntoIterator<Item = &'a Record>, arn: &str) -> Option<&'a Record> {
    records.into_iter().find(|r| r["Arn"] == arn)
}

fn script(input: &Value, member: &str) -> Answer<()> {
    let details = &input[member];
    let whole = details.is_null()
        || (!text(&details["ScriptS3Location"], "S3Key").is_empty()
            && !text(details, "ExecutablePath").is_empty()
            && details["TimeoutInSeconds"].as_i64().is_some_and(|n| n > 0));
    if whole {
        Ok(())
    } else {
        Err(validation(format!("{member} needs ScriptS3Location with S3Key, ExecutablePath and TimeoutInSeconds over 0.")))
    }
}

/// CreateAppBlock.
pub fn create_block(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = text(input, "Name").to_owned();
    if world.app_blocks.contains_key(&name) {
        return Err(exists(format!("App block {name} already exists.")));
    }
    let packaged_by_service = text(input, "PackagingType") == "APPSTREAM2";
    let has_package = !text(&input["SourceS3Location"], "S3Key").is_empty();
    script(input, "SetupScriptDetails")?;
    script(input, "PostSetupScriptDetails")?;
    if packaged_by_service && !input["SetupScriptDetails"].is_null() {
        return Err(not_permitted("An app block of type APPSTREAM2 takes no SetupScriptDetails; the builder records the installation."));
    }
    if !packaged_by_service && (input["SetupScriptDetails"].is_null() || !has_package) {
        return Err(not_permitted("An app block of type CUSTOM needs SetupScriptDetails and the S3Key of its VHD."));
    }
    if !packaged_by_service && !input["PostSetupScriptDetails"].is_null() {
        return Err(not_permitted("PostSetupScriptDetails goes with the packaging type APPSTREAM2 only."));
    }
    let arn = world.arn("app-block", &name);
    let mut record = take(input, &BLOCK);
    record.entry("PackagingType").or_insert("CUSTOM".into());
    record.insert("Arn".into(), arn.clone().into());
    record.insert("State".into(), if packaged_by_service && !has_package { "INACTIVE" } else { "ACTIVE" }.into());
    record.insert("AppBlockErrors".into(), json!([]));
    record.insert("CreatedTime".into(), json!(seconds(now)));
    crate::tags::set(world, &arn, &input["Tags"])?;
    world.app_blocks.insert(name, record.clone());
    Ok(json!({"AppBlock": record}))
}

/// What a builder's recording makes of an app block: its package is there and it can be used.
pub fn packaged(block: &mut Record) {
    let name = block["Name"].as_str().unwrap_or_default().to_owned();
    if let Some(location) = block.get_mut("SourceS3Location") {
        location["S3Key"] = format!("{name}.vhdx").into();
    }
    block.insert("State".into(), "ACTIVE".into());
}

/// DescribeAppBlocks, DescribeApplications: all, or those with the ARNs given.
fn describe<'a>(
    operation: &Operation,
    input: &Value,
    member: &str,
    kind: &str,
    records: impl Iterator<Item = (&'a String, &'a Record)> + Clone,
) -> Answer {
    let arns = texts(input, "Arns");
    if let Some(arn) = arns.iter().find(|a| by_arn(records.clone().map(|(_, r)| r), a).is_none()) {
        return Err(missing(kind, arn));
    }
    let wanted = |r: &Record| arns.is_empty() || r["Arn"].as_str().is_some_and(|a| arns.contains(a));
    let rows = records.filter(|(_, r)| wanted(r)).map(|(n, r)| (n.clone(), json!(r)));
    paged(operation, input, &format!("{arns:?}"), size(input, 50, 500), member, rows)
}

/// DescribeAppBlocks.
pub fn describe_blocks(world: &World, operation: &Operation, input: &Value) -> Answer {
    describe(operation, input, "AppBlocks", "App block", world.app_blocks.iter())
}

/// DeleteAppBlock. The objects in S3 stay.
pub fn delete_block(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "Name");
    let block = world.app_blocks.get(name).ok_or_else(|| missing("App block", name))?;
    let arn = block["Arn"].as_str().unwrap_or_default().to_owned();
    if let Some((application, _)) = world.applications.iter().find(|(_, a)| a["AppBlockArn"] == arn.as_str()) {
        return Err(in_use(format!("App block {name} is used by application {application}.")));
    }
    if let Some((builder, _)) = world.packaging.iter().find(|(_, block)| **block == arn) {
        return Err(in_use(format!("App block {name} is associated with app block builder {builder}.")));
    }
    world.tags.remove(&arn);
    world.app_blocks.remove(name);
    Ok(json!({}))
}

/// CreateApplication.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = text(input, "Name").to_owned();
    if world.applications.contains_key(&name) {
        return Err(exists(format!("Application {name} already exists.")));
    }
    let block = text(input, "AppBlockArn");
    by_arn(world.app_blocks.values(), block).ok_or_else(|| missing("App block", block))?;
    for (member, known) in [("Platforms", &PLATFORMS[..]), ("InstanceFamilies", &FAMILIES[..])] {
        if let Some(bad) = texts(input, member).iter().find(|v| !known.contains(&v.as_str())) {
            return Err(not_permitted(format!("{member} must be of {}; {bad} was given.", known.join(", "))));
        }
    }
    if text(&input["IconS3Location"], "S3Key").is_empty() {
        return Err(validation("IconS3Location needs the S3Key of the icon."));
    }
    let arn = world.arn("application", &name);
    let mut record = take(input, &EDITABLE);
    record.extend(take(input, &["Name", "Platforms", "InstanceFamilies"]));
    record.entry("DisplayName").or_insert(name.clone().into());
    record.insert("Arn".into(), arn.clone().into());
    record.insert("IconURL".into(), link(&input["IconS3Location"], &world.region).into());
    record.insert("Enabled".into(), true.into());
    record.insert("CreatedTime".into(), json!(seconds(now)));
    crate::tags::set(world, &arn, &input["Tags"])?;
    world.applications.insert(name, record.clone());
    Ok(json!({"Application": record}))
}

/// UpdateApplication. Platforms and families are fixed at creation.
pub fn change(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "Name");
    if !world.applications.contains_key(name) {
        return Err(missing("Application", name));
    }
    if let Some(block) = input["AppBlockArn"].as_str().filter(|b| by_arn(world.app_blocks.values(), b).is_none()) {
        return Err(missing("App block", block));
    }
    let region = world.region.clone();
    let record = world.applications.get_mut(name).ok_or_else(|| missing("Application", name))?;
    update(record, input, &EDITABLE, &[("LAUNCH_PARAMETERS", "LaunchParameters"), ("WORKING_DIRECTORY", "WorkingDirectory")])?;
    if !input["IconS3Location"].is_null() {
        record.insert("IconURL".into(), link(&input["IconS3Location"], &region).into());
    }
    Ok(json!({"Application": record}))
}

/// DescribeApplications.
pub fn describe_all(world: &World, operation: &Operation, input: &Value) -> Answer {
    describe(operation, input, "Applications", "Application", world.applications.iter())
}

/// DeleteApplication.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "Name");
    let record = world.applications.get(name).ok_or_else(|| missing("Application", name))?;
    let arn = record["Arn"].as_str().unwrap_or_default().to_owned();
    if let Some((fleet, _)) = world.application_fleets.iter().find(|(_, a)| *a == arn) {
        return Err(in_use(format!("Application {name} is associated with fleet {fleet}.")));
    }
    world.tags.remove(&arn);
    world.applications.remove(name);
    Ok(json!({}))
}

fn pair(world: &World, input: &Value) -> Answer<(String, String)> {
    let (fleet, arn) = (text(input, "FleetName").to_owned(), text(input, "ApplicationArn").to_owned());
    world.fleet(&fleet)?;
    by_arn(world.applications.values(), &arn).ok_or_else(|| missing("Application", &arn))?;
    Ok((fleet, arn))
}

/// AssociateApplicationFleet: Elastic fleets only, and platform and family must agree. Safe to repeat.
pub fn offer(world: &mut World, input: &Value) -> Answer {
    let (fleet_name, arn) = pair(world, input)?;
    let (fleet, application) =
        (world.fleet(&fleet_name)?, by_arn(world.applications.values(), &arn).ok_or_else(|| missing("Application", &arn))?);
    if !fleet.is_elastic() {
        return Err(combination(format!("Fleet {fleet_name} is not Elastic; its applications come from its image.")));
    }
    let application = json!(application);
    let platform = fleet.text("Platform");
    if !texts(&application, "Platforms").contains(platform) {
        return Err(combination(format!("The application does not run on {platform}, the platform of fleet {fleet_name}.")));
    }
    let block = by_arn(world.app_blocks.values(), text(&application, "AppBlockArn"));
    if block.is_some_and(|b| b["State"] != "ACTIVE") {
        return Err(not_permitted("The application's app block is INACTIVE: no builder has made its package yet."));
    }
    world.application_fleets.insert((fleet_name.clone(), arn.clone()));
    Ok(json!({"ApplicationFleetAssociation": {"FleetName": fleet_name, "ApplicationArn": arn}}))
}

/// DisassociateApplicationFleet.
pub fn withdraw(world: &mut World, input: &Value) -> Answer {
    let pair = (text(input, "FleetName").to_owned(), text(input, "ApplicationArn").to_owned());
    if world.application_fleets.remove(&pair) {
        return Ok(json!({}));
    }
    Err(combination(format!("Application {} is not associated with fleet {}.", pair.1, pair.0)))
}

/// DescribeApplicationFleetAssociations: of a fleet or of an application.
pub fn offers(world: &World, operation: &Operation, input: &Value) -> Answer {
    let (fleet, arn) = (input["FleetName"].as_str(), input["ApplicationArn"].as_str());
    if fleet.is_some() == arn.is_some() {
        return Err(combination("Give either FleetName or ApplicationArn."));
    }
    let rows = world.application_fleets.iter().filter(|(f, a)| fleet.is_none_or(|x| x == f) && arn.is_none_or(|x| x == a));
    let rows = rows.map(|(f, a)| (format!("{f} {a}"), json!({"FleetName": f, "ApplicationArn": a})));
    paged(operation, input, &format!("{fleet:?}{arn:?}"), size(input, 25, 25), "ApplicationFleetAssociations", rows)
}
