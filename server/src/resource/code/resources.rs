//! Which resources a request makes or changes.

use super::types::{Type, Written};
use serde_json::{Map, Value, json};

/// A resource that a request makes, or that a page shows.
#[derive(Debug)]
pub struct Resource {
    /// The operation that makes it; types are found by it.
    pub of: &'static str,
    /// What is said of it, as that operation calls it.
    pub input: Map<String, Value>,
    /// What its name in a template is made from.
    pub names: Vec<String>,
    /// What is done to it.
    pub doing: Doing,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It is made.
    Make,
    /// Some members are changed: the rest is not known here.
    Change,
    /// It exists, and is told as a whole.
    Tell,
}

/// Operations that make a resource or change it, the one that makes it, and the members of its name.
const KNOWN: [(&str, &str, &[&str]); 20] = [
    ("CreateFleet", "CreateFleet", &["Name"]),
    ("UpdateFleet", "CreateFleet", &["Name"]),
    ("CreateStack", "CreateStack", &["Name"]),
    ("UpdateStack", "CreateStack", &["Name"]),
    ("CreateImageBuilder", "CreateImageBuilder", &["Name"]),
    ("UpdateImageBuilder", "CreateImageBuilder", &["Name"]),
    ("CreateAppBlock", "CreateAppBlock", &["Name"]),
    ("CreateAppBlockBuilder", "CreateAppBlockBuilder", &["Name"]),
    ("UpdateAppBlockBuilder", "CreateAppBlockBuilder", &["Name"]),
    ("CreateApplication", "CreateApplication", &["Name"]),
    ("UpdateApplication", "CreateApplication", &["Name"]),
    ("CreateUser", "CreateUser", &["UserName"]),
    ("CreateEntitlement", "CreateEntitlement", &["StackName", "Name"]),
    ("UpdateEntitlement", "CreateEntitlement", &["StackName", "Name"]),
    ("CreateDirectoryConfig", "CreateDirectoryConfig", &["DirectoryName"]),
    ("UpdateDirectoryConfig", "CreateDirectoryConfig", &["DirectoryName"]),
    ("AssociateFleet", "AssociateFleet", &["StackName", "FleetName"]),
    ("AssociateApplicationFleet", "AssociateApplicationFleet", &["FleetName", "ApplicationArn"]),
    ("AssociateApplicationToEntitlement", "AssociateApplicationToEntitlement", &["StackName", "EntitlementName", "ApplicationIdentifier"]),
    ("BatchAssociateUserStack", "BatchAssociateUserStack", &["StackName", "UserName"]),
];

/// The kinds of resources in ARNs that have tags and a type.
const TAGGED: [(&str, &str); 6] = [
    ("fleet", "CreateFleet"),
    ("stack", "CreateStack"),
    ("image-builder", "CreateImageBuilder"),
    ("app-block", "CreateAppBlock"),
    ("app-block-builder", "CreateAppBlockBuilder"),
    ("application", "CreateApplication"),
];

/// A resource of a type that `operation` makes or changes.
pub fn resource(operation: &str, input: Map<String, Value>, doing: Doing) -> Option<Resource> {
    let (_, of, members) = KNOWN.iter().find(|(name, ..)| *name == operation)?;
    // Of an ARN the name, which is its end.
    let last = |text: &str| if text.starts_with("arn:") { text.rsplit('/').next().unwrap_or_default().to_owned() } else { text.to_owned() };
    let names = members.iter().filter_map(|m| input.get(*m).and_then(Value::as_str)).map(last).collect();
    Some(Resource { of, input, names, doing })
}

/// The resources of a request; none where it makes and changes nothing that a template could say.
pub fn of_request(operation: &str, input: &Map<String, Value>) -> Vec<Resource> {
    if operation == "TagResource" {
        return tagged(input).into_iter().collect();
    }
    // An invitation that is sent again is an act.
    if input.get("MessageAction").is_some_and(|a| a == "RESEND") {
        return vec![];
    }
    let doing = if operation.starts_with("Update") { Doing::Change } else { Doing::Make };
    let rows = match input.get("UserStackAssociations") {
        Some(rows) => rows.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect(),
        None => vec![input.clone()],
    };
    rows.into_iter().filter_map(|row| resource(operation, row, doing)).collect()
}

/// The resource that gets tags, by its ARN.
fn tagged(input: &Map<String, Value>) -> Option<Resource> {
    let (kind, name) = input.get("ResourceArn")?.as_str()?.splitn(6, ':').nth(5)?.split_once('/')?;
    let (_, of) = TAGGED.iter().find(|(k, _)| *k == kind)?;
    let told = json!({"Name": name, "Tags": input.get("Tags")?});
    resource(of, told.as_object()?.clone(), Doing::Change)
}

/// Members of changes that clear others: in a template one takes those out.
const CLEARS: [&str; 3] = ["AttributesToDelete", "DeleteStorageConnectors", "DeleteVpcConfig"];

/// What a reader must know of a resource in a template, a sentence each.
pub fn remarks(resource: &Resource, of: &Type, written: &Written) -> Vec<String> {
    let mut out = vec![];
    match resource.doing {
        Doing::Make if !of.note.is_empty() => out.push(of.note.to_owned()),
        Doing::Change => out.push("Only what changes; the rest of it stays as it is.".to_owned()),
        _ => {}
    }
    let (clears, left): (Vec<&str>, Vec<&str>) = written.left.iter().map(String::as_str).partition(|m| CLEARS.contains(m));
    let cleared: Vec<&str> = match resource.input.get("AttributesToDelete") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).filter(|t| is_constant(t)).collect(),
        _ => clears,
    };
    if !cleared.is_empty() {
        out.push(format!("Take out: {}.", cleared.join(", ")));
    }
    if !left.is_empty() {
        out.push(format!("{} has no {}.", of.name, left.join(", ")));
    }
    if resource.doing != Doing::Change && !written.missing.is_empty() {
        out.push(format!("Required, and not given: {}.", written.missing.join(", ")));
    }
    out
}

/// Whether it is a word of an enum. Others could end the comment that they stand in.
fn is_constant(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constraints::operation;

    #[test]
    fn a_request_is_one_resource_or_a_row_each_or_none() {
        for (name, of, _) in KNOWN {
            assert!(operation(name).is_some() && operation(of).is_some(), "{name}");
        }
        let of = |operation, input: Value| {
            of_request(operation, input.as_object().unwrap()).into_iter().map(|r| (r.of, r.names.join(" "), r.doing)).collect::<Vec<_>>()
        };
        assert_eq!(of("UpdateFleet", json!({"Name": "a"})), [("CreateFleet", "a".to_owned(), Doing::Change)]);
        let rows = json!({"UserStackAssociations": [{"StackName": "s", "UserName": "a"}, {"StackName": "s", "UserName": "b"}]});
        assert_eq!(of("BatchAssociateUserStack", rows.clone()).len(), 2);
        assert_eq!(of("BatchDisassociateUserStack", rows), []);
        assert_eq!(of("CreateUser", json!({"UserName": "a", "MessageAction": "RESEND"})), []);
        let arn = |rest: &str| json!({"ResourceArn": format!("arn:aws:appstream:eu-west-1:111122223333:{rest}"), "Tags": {"a": "b"}});
        assert_eq!(of("TagResource", arn("app-block/x")), [("CreateAppBlock", "x".to_owned(), Doing::Change)]);
        assert_eq!(of("TagResource", arn("image/x")), []);
        let associated = json!({"FleetName": "f", "ApplicationArn": "arn:aws:appstream:eu-west-1:111122223333:application/editor"});
        assert_eq!(of("AssociateApplicationFleet", associated)[0].1, "f editor");
    }
}
