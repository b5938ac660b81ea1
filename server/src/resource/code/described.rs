//! An existing resource as the request that would make it: what AWS tells and what it takes differ in a few members.

use super::resources::{Doing, Resource, resource};
use crate::resource::images::catalogue::CONSOLE;
use domain::constraints::{Shape, operation, shape};
use serde_json::{Map, Value, json};

/// Kinds of the console by slug, and the operation that makes one.
const KINDS: [(&str, &str); 9] = [
    ("fleets", "CreateFleet"),
    ("stacks", "CreateStack"),
    ("image-builders", "CreateImageBuilder"),
    ("app-blocks", "CreateAppBlock"),
    ("app-block-builders", "CreateAppBlockBuilder"),
    ("applications", "CreateApplication"),
    ("users", "CreateUser"),
    ("entitlements", "CreateEntitlement"),
    ("directory-configs", "CreateDirectoryConfig"),
];

/// Members that the console adds to what AWS tells.
const OURS: [&str; 5] = ["UsedBy", "UsedByBuilders", CONSOLE, "RunningFor", "Progress"];
/// Members of a session that AWS tells in a structure.
const NETWORK: [&str; 3] = ["EniPrivateIpAddress", "EniIpv6Addresses", "EniId"];

/// The resource as AWS tells it, with its tags.
pub fn told(kind: &str, item: &Value) -> Value {
    let mut told = item.as_object().cloned().unwrap_or_default();
    told.retain(|member, value| !value.is_null() && !OURS.contains(&member.as_str()));
    if kind == "sessions" {
        let network: Map<String, Value> =
            NETWORK.iter().filter_map(|m| Some(((*m).to_owned(), told.remove(*m)?))).filter(|(_, v)| *v != json!([])).collect();
        if !network.is_empty() {
            told.insert("NetworkAccessConfiguration".to_owned(), Value::Object(network));
        }
    }
    Value::Object(told)
}

/// The resource of a page, where a type of it exists.
pub fn resource_of(kind: &str, item: &Value) -> Option<Resource> {
    let (_, make) = KINDS.iter().find(|(slug, _)| *slug == kind)?;
    let mut item = item.as_object()?.clone();
    adapt(make, &mut item);
    let off = item.get("Enabled") == Some(&json!(false));
    let mut input = match taken(operation(make)?.input?, Value::Object(item)) {
        Some(Value::Object(input)) => input,
        _ => return None,
    };
    // Terraform can say it; the API has an operation of its own for it.
    if *make == "CreateUser" && off {
        input.insert("Enabled".to_owned(), json!(false));
    }
    resource(make, input, Doing::Tell)
}

/// What is told under another name than it is taken.
fn adapt(make: &str, item: &mut Map<String, Value>) {
    if make == "CreateFleet" && item.get("FleetType").is_none_or(|t| t != "ELASTIC") {
        let status = item.get("ComputeCapacityStatus").cloned().unwrap_or_default();
        let capacity = match &status["DesiredUserSessions"] {
            Value::Null => json!({"DesiredInstances": status["Desired"]}),
            sessions => json!({"DesiredSessions": sessions}),
        };
        item.insert("ComputeCapacity".to_owned(), capacity);
        // That of the image.
        item.remove("Platform");
    }
    // Only one of the two may be sent; the ARN finds images of others as well.
    if item.get("ImageArn").is_some_and(Value::is_string) {
        item.remove("ImageName");
    }
    // Where settings are not kept, Terraform takes no group.
    if let Some(settings) = item.get_mut("ApplicationSettings").and_then(Value::as_object_mut)
        && settings.get("Enabled") == Some(&json!(false))
    {
        settings.remove("SettingsGroup");
    }
}

/// What a request takes of a value: states, times and whatever else only AWS sets are no part of it, nor is what is empty.
fn taken(of: &str, value: Value) -> Option<Value> {
    match (shape(of)?, value) {
        (_, Value::Null) => None,
        (Shape::Structure(members), Value::Object(mut told)) => {
            let kept: Map<String, Value> =
                members.iter().filter_map(|m| Some((m.name.to_owned(), taken(m.shape, told.remove(m.name)?)?))).collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        (Shape::List { of, .. }, Value::Array(all)) => {
            let kept: Vec<Value> = all.into_iter().filter_map(|v| taken(of, v)).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        (_, Value::String(text)) if text.is_empty() => None,
        (_, value) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(kind: &str, item: Value) -> Value {
        Value::Object(resource_of(kind, &item).unwrap().input)
    }

    #[test]
    fn what_is_told_becomes_what_is_taken() {
        let desk = json!({"Name": "desk", "Arn": "arn:x", "State": "RUNNING", "CreatedTime": 1.0, "FleetErrors": [], "FleetType": "ALWAYS_ON",
            "ImageName": "i", "ImageArn": "arn:i", "Platform": "WINDOWS", "InstanceType": "stream.standard.medium", "Description": null, "DisplayName": "",
            "ComputeCapacityStatus": {"Desired": 2, "Running": 1}, "VpcConfig": {"SubnetIds": ["a"], "SecurityGroupIds": []}});
        assert_eq!(
            input("fleets", desk),
            json!({"Name": "desk", "FleetType": "ALWAYS_ON", "ImageArn": "arn:i", "InstanceType": "stream.standard.medium",
                "ComputeCapacity": {"DesiredInstances": 2}, "VpcConfig": {"SubnetIds": ["a"]}})
        );
        let many = json!({"Name": "seats", "ComputeCapacityStatus": {"Desired": 2, "DesiredUserSessions": 8}});
        assert_eq!(input("fleets", many), json!({"Name": "seats", "ComputeCapacity": {"DesiredSessions": 8}}));
        let elastic = json!({"Name": "e", "FleetType": "ELASTIC", "ComputeCapacityStatus": {"Desired": 0}});
        assert_eq!(input("fleets", elastic), json!({"Name": "e", "FleetType": "ELASTIC"}));
        let stack = json!({"Name": "s", "ApplicationSettings": {"Enabled": false, "SettingsGroup": "s", "S3BucketName": "b"}});
        assert_eq!(input("stacks", stack), json!({"Name": "s", "ApplicationSettings": {"Enabled": false}}));
        let user = json!({"UserName": "a@b.c", "AuthenticationType": "USERPOOL", "Enabled": false, "Status": "CONFIRMED"});
        assert_eq!(input("users", user), json!({"UserName": "a@b.c", "AuthenticationType": "USERPOOL", "Enabled": false}));
        let session = json!({"Id": "x", "EniId": "eni-1", "EniPrivateIpAddress": null, "Progress": 1});
        assert_eq!(told("sessions", &session), json!({"Id": "x", "NetworkAccessConfiguration": {"EniId": "eni-1"}}));
        assert!(resource_of("images", &json!({"Name": "x"})).is_none());
    }
}
