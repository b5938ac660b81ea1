//! Directory configs. Rules: behaviour notes 3.17. The password is not kept at all: nothing can leak it.

use crate::clock::Ms;
use crate::error::{Answer, combination, exists, in_use, not_found};
use crate::fleet::seconds;
use crate::record::{paged, size, take, text, texts, update};
use crate::world::World;
use domain::constraints::Operation;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MEMBERS: [&str; 2] = ["OrganizationalUnitDistinguishedNames", "CertificateBasedAuthProperties"];

fn missing(world: &World, name: &str) -> crate::error::ApiError {
    not_found(format!("Directory config {name} does not exist in {} {}.", world.account, world.region))
}

fn check(input: &Value) -> Answer<()> {
    let certificate = &input["CertificateBasedAuthProperties"];
    if text(certificate, "Status").starts_with("ENABLED") && certificate["CertificateAuthorityArn"].is_null() {
        return Err(combination("Certificate-based sign-in needs the CertificateAuthorityArn of a private certificate authority."));
    }
    Ok(())
}

/// Organisational units of `name` that fleets or image builders join.
fn used(world: &World, name: &str) -> BTreeSet<String> {
    let fleets = world.fleets.values().filter_map(|f| f.given.get("DomainJoinInfo"));
    let builders = world.image_builders.values().filter_map(|b| b.given.get("DomainJoinInfo"));
    fleets
        .chain(builders)
        .filter(|j| text(j, "DirectoryName") == name)
        .map(|j| text(j, "OrganizationalUnitDistinguishedName").to_owned())
        .collect()
}

/// CreateDirectoryConfig.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = text(input, "DirectoryName").to_owned();
    if world.directories.contains_key(&name) {
        return Err(exists(format!("A directory config for {name} already exists.")));
    }
    check(input)?;
    let mut record = take(input, &MEMBERS);
    record.insert("DirectoryName".into(), name.clone().into());
    record.insert("CreatedTime".into(), json!(seconds(now)));
    keep_account(&mut record, input);
    world.directories.insert(name, record.clone());
    Ok(json!({"DirectoryConfig": record}))
}

fn keep_account(record: &mut crate::record::Record, input: &Value) {
    let credentials = &input["ServiceAccountCredentials"];
    if !credentials.is_null() {
        record.insert("ServiceAccountCredentials".into(), json!({"AccountName": credentials["AccountName"]}));
    }
}

/// UpdateDirectoryConfig: the list of units is replaced as a whole; one in use cannot be dropped.
pub fn change(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "DirectoryName").to_owned();
    let gone = missing(world, &name);
    if !world.directories.contains_key(&name) {
        return Err(gone);
    }
    check(input)?;
    if !input["OrganizationalUnitDistinguishedNames"].is_null() {
        let kept = texts(input, "OrganizationalUnitDistinguishedNames");
        if let Some(unit) = used(world, &name).into_iter().find(|u| !kept.contains(u)) {
            return Err(in_use(format!("{unit} of {name} is used by a fleet or image builder and cannot be dropped.")));
        }
    }
    let Some(record) = world.directories.get_mut(&name) else { return Err(gone) };
    update(record, input, &MEMBERS, &[])?;
    keep_account(record, input);
    Ok(json!({"DirectoryConfig": record}))
}

/// DescribeDirectoryConfigs.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let names = texts(input, "DirectoryNames");
    if let Some(name) = names.iter().find(|n| !world.directories.contains_key(*n)) {
        return Err(missing(world, name));
    }
    let rows = world.directories.iter().filter(|(n, _)| names.is_empty() || names.contains(*n)).map(|(n, r)| (n.clone(), json!(r)));
    paged(operation, input, &format!("{names:?}"), size(input, 50, 500), "DirectoryConfigs", rows)
}

/// DeleteDirectoryConfig.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let name = text(input, "DirectoryName");
    if !world.directories.contains_key(name) {
        return Err(missing(world, name));
    }
    if !used(world, name).is_empty() {
        return Err(in_use(format!("Directory config {name} is used by a fleet or image builder.")));
    }
    world.directories.remove(name);
    Ok(json!({}))
}
