//! Entitlements of a stack. Rules: behaviour notes 3.18. Their identity is stack and name.

use crate::clock::Ms;
use crate::error::{Answer, ApiError, not_permitted};
use crate::fleet::seconds;
use crate::record::{Record, paged, size, take, text, update};
use crate::world::World;
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a SAML assertion may be asked for.
const ATTRIBUTES: [&str; 7] = ["roles", "department", "organization", "groups", "title", "costCenter", "userType"];

/// One entitlement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entitlement {
    /// Its members.
    pub given: Record,
    /// Identifiers of the applications it allows; asleep while its visibility is ALL.
    pub applications: BTreeSet<String>,
}

fn check(input: &Value) -> Answer<()> {
    let names = input["Attributes"].as_array().into_iter().flatten().map(|a| text(a, "Name"));
    match names.into_iter().find(|n| !ATTRIBUTES.contains(n)) {
        Some(name) => {
            Err(not_permitted(format!("{name} is not an attribute that entitlements know. Use one of {}.", ATTRIBUTES.join(", "))))
        }
        None => Ok(()),
    }
}

fn key(input: &Value, name: &str) -> (String, String) {
    (text(input, "StackName").to_owned(), text(input, name).to_owned())
}

fn missing((stack, name): &(String, String)) -> ApiError {
    ApiError { code: "EntitlementNotFoundException", message: format!("Stack {stack} has no entitlement {name}.") }
}

/// The entitlement that `input` names by `member`, once its stack is known.
fn find<'a>(world: &'a mut World, input: &Value, member: &str) -> Answer<&'a mut Entitlement> {
    let key = key(input, member);
    world.stack(&key.0)?;
    world.entitlements.get_mut(&key).ok_or_else(|| missing(&key))
}

/// CreateEntitlement.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let key = key(input, "Name");
    world.stack(&key.0)?;
    if world.entitlements.contains_key(&key) {
        let message = format!("Stack {} already has an entitlement {}.", key.0, key.1);
        return Err(ApiError { code: "EntitlementAlreadyExistsException", message });
    }
    check(input)?;
    let mut given = take(input, &["Name", "StackName", "Description", "AppVisibility", "Attributes"]);
    given.insert("CreatedTime".into(), json!(seconds(now)));
    given.insert("LastModifiedTime".into(), json!(seconds(now)));
    world.entitlements.insert(key, Entitlement { given: given.clone(), applications: BTreeSet::new() });
    Ok(json!({"Entitlement": given}))
}

/// UpdateEntitlement. Switching to ALL keeps the applications, asleep.
pub fn change(world: &mut World, input: &Value, now: Ms) -> Answer {
    find(world, input, "Name")?;
    check(input)?;
    let found = find(world, input, "Name")?;
    update(&mut found.given, input, &["Description", "AppVisibility", "Attributes"], &[])?;
    found.given.insert("LastModifiedTime".into(), json!(seconds(now)));
    Ok(json!({"Entitlement": found.given}))
}

/// DeleteEntitlement.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    find(world, input, "Name")?;
    world.entitlements.remove(&key(input, "Name"));
    Ok(json!({}))
}

/// DescribeEntitlements of one stack.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let (stack, name) = (text(input, "StackName"), input["Name"].as_str());
    world.stack(stack)?;
    if let Some(name) = name.filter(|n| !world.entitlements.contains_key(&(stack.to_owned(), (*n).to_owned()))) {
        return Err(missing(&(stack.to_owned(), name.to_owned())));
    }
    let rows = world
        .entitlements
        .iter()
        .filter(|((s, n), _)| s == stack && name.is_none_or(|x| x == n))
        .map(|((_, n), e)| (n.clone(), json!(e.given)));
    paged(operation, input, &format!("{stack}{name:?}"), size(input, 50, 500), "Entitlements", rows)
}

/// AssociateApplicationToEntitlement. Safe to repeat.
pub fn allow(world: &mut World, input: &Value) -> Answer {
    let found = find(world, input, "EntitlementName")?;
    if found.given["AppVisibility"] == "ALL" {
        return Err(not_permitted("This entitlement shows all applications; set its AppVisibility to ASSOCIATED first."));
    }
    found.applications.insert(text(input, "ApplicationIdentifier").to_owned());
    Ok(json!({}))
}

/// DisassociateApplicationFromEntitlement. An application that is not there is no error.
pub fn disallow(world: &mut World, input: &Value) -> Answer {
    find(world, input, "EntitlementName")?.applications.remove(text(input, "ApplicationIdentifier"));
    Ok(json!({}))
}

/// ListEntitledApplications.
pub fn list(world: &World, operation: &Operation, input: &Value) -> Answer {
    let key = key(input, "EntitlementName");
    world.stack(&key.0)?;
    let found = world.entitlements.get(&key).ok_or_else(|| missing(&key))?;
    let rows = found.applications.iter().map(|a| (a.clone(), json!({"ApplicationIdentifier": a})));
    paged(operation, input, &format!("{key:?}"), size(input, 50, 500), "EntitledApplications", rows)
}
