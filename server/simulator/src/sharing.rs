//! Sharing of images between accounts of one Region. Rules: behaviour notes 3.6.
//!
//! The owner's world holds who may do what ([`World::shares`]); every other world holds what it sees of that
//! ([`World::shared_in`]), made anew by [`refresh`] whenever a right changes.

use crate::clock::Ms;
use crate::error::{Answer, limit, not_available, not_found, validation};
use crate::image;
use crate::record::{Record, paged, size, text, texts};
use crate::universe::Key;
use crate::world::World;
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What another account may do with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Run fleets on it.
    pub fleet: bool,
    /// Start image builders from it.
    pub builder: bool,
}

impl Rights {
    fn show(self) -> Value {
        json!({"allowFleet": self.fleet, "allowImageBuilder": self.builder})
    }
}

/// The accounts that an image is shared with.
pub fn receivers<'a>(world: &'a World, name: &str) -> impl Iterator<Item = &'a str> {
    world.shares.keys().filter(move |(image, _)| image == name).map(|(_, account)| account.as_str())
}

fn shareable<'a>(world: &'a World, input: &Value) -> Answer<&'a Record> {
    let name = text(input, "Name");
    let found = image::own(world, name)?;
    if found["State"] == "AVAILABLE" {
        Ok(found)
    } else {
        Err(not_available(format!("Image {name} is {}; only an AVAILABLE image is shared.", text(&json!(found), "State"))))
    }
}

/// UpdateImagePermissions: adds or overwrites what one account may do; neither right is the same as none.
pub fn change(world: &mut World, input: &Value) -> Answer {
    shareable(world, input)?;
    let (name, account) = (text(input, "Name").to_owned(), text(input, "SharedAccountId").to_owned());
    if account.len() != 12 {
        return Err(validation(format!("The account number {account} has {} digits; it needs 12.", account.len())));
    }
    if account == world.account {
        return Err(validation(format!("Image {name} belongs to account {account}; share it with another one.")));
    }
    let flag = |m: &str| input["ImagePermissions"][m] == true;
    let rights = Rights { fleet: flag("allowFleet"), builder: flag("allowImageBuilder") };
    let key = (name.clone(), account);
    if !rights.fleet && !rights.builder {
        world.shares.remove(&key);
        return Ok(json!({}));
    }
    let most = world.quota("image_shares");
    if !world.shares.contains_key(&key) && i64::try_from(receivers(world, &name).count()).unwrap_or(i64::MAX) >= most {
        return Err(limit(format!("Image {name} is shared with {most} accounts, the most there may be.")));
    }
    world.shares.insert(key, rights);
    Ok(json!({}))
}

/// DeleteImagePermissions.
pub fn withdraw(world: &mut World, input: &Value) -> Answer {
    shareable(world, input)?;
    let key = (text(input, "Name").to_owned(), text(input, "SharedAccountId").to_owned());
    match world.shares.remove(&key) {
        Some(_) => Ok(json!({})),
        None => Err(not_found(format!("Image {} is not shared with account {}.", key.0, key.1))),
    }
}

/// DescribeImagePermissions.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let name = text(input, "Name");
    image::own(world, name)?;
    let accounts = texts(input, "SharedAwsAccountIds");
    let rows = world
        .shares
        .iter()
        .filter(|((image, account), _)| image == name && (accounts.is_empty() || accounts.contains(account)))
        .map(|((_, account), rights)| (account.clone(), json!({"sharedAccountId": account, "imagePermissions": rights.show()})));
    let mut out = paged(operation, input, &format!("{name}{accounts:?}"), size(input, 500, 500), "SharedImagePermissionsList", rows)?;
    out["Name"] = name.into();
    Ok(out)
}

/// Tells the world `key` what the others of its Region share with it. Fleets on an image whose fleet right is gone want no instances
/// any more; their sessions go on (guide).
pub fn refresh(worlds: &mut BTreeMap<Key, World>, key: &Key, now: Ms) {
    let mut seen: BTreeMap<String, Record> = BTreeMap::new();
    for owner in worlds.values().filter(|w| w.region == key.1 && w.account != key.0) {
        for ((name, _), rights) in owner.shares.iter().filter(|((_, account), _)| *account == key.0) {
            let Some(mut image) = owner.images.get(name).cloned() else { continue };
            image.remove("ImageBuilderName");
            image.insert("Visibility".into(), "SHARED".into());
            image.insert("ImageBuilderSupported".into(), rights.builder.into());
            image.insert("ImagePermissions".into(), rights.show());
            seen.insert(image["Arn"].as_str().unwrap_or_default().to_owned(), image);
        }
    }
    let Some(world) = worlds.get_mut(key) else { return };
    let may = |images: &BTreeMap<String, Record>, arn: &str| images.get(arn).is_some_and(|i| i["ImagePermissions"]["allowFleet"] == true);
    let lost: Vec<String> = world
        .fleets
        .iter()
        .filter(|(_, f)| may(&world.shared_in, f.text("ImageArn")) && !may(&seen, f.text("ImageArn")))
        .map(|(name, _)| name.clone())
        .collect();
    world.shared_in = seen;
    for name in lost {
        if let Some(fleet) = world.fleets.get_mut(&name) {
            fleet.wanted = 0;
        }
        crate::fleet::refit(world, &name, now, now);
    }
}
