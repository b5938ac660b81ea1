//! Tags by ARN. Rules: behaviour notes 3.21.

use crate::error::{Answer, limit, not_found};
use crate::world::World;
use serde_json::{Value, json};

/// The most tags a resource may have.
const MOST: usize = 50;

/// Adds `tags` to the resource; equal keys are overwritten.
pub fn set(world: &mut World, arn: &str, tags: &Value) -> Answer<()> {
    let Some(new) = tags.as_object().filter(|t| !t.is_empty()) else { return Ok(()) };
    let mut all = world.tags.get(arn).cloned().unwrap_or_default();
    all.extend(new.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())));
    if all.len() > MOST {
        return Err(limit(format!("A resource has at most {MOST} tags; {arn} would have {}.", all.len())));
    }
    world.tags.insert(arn.to_owned(), all);
    Ok(())
}

fn taggable(world: &World, input: &Value) -> Answer<String> {
    let arn = input["ResourceArn"].as_str().unwrap_or_default();
    let known = world.fleets.values().any(|f| f.text("Arn") == arn)
        || world.stacks.values().any(|s| s.given["Arn"] == arn)
        || world.app_blocks.values().chain(world.applications.values()).any(|r| r["Arn"] == arn)
        || world.image_builders.values().any(|b| b.given["Arn"] == arn)
        || world.block_builders.values().any(|b| b.given["Arn"] == arn)
        || world.images.values().any(|i| i["Arn"] == arn && i["Visibility"] == "PRIVATE");
    if known { Ok(arn.to_owned()) } else { Err(not_found(format!("The resource {arn} does not exist."))) }
}

/// TagResource.
pub fn tag(world: &mut World, input: &Value) -> Answer {
    let arn = taggable(world, input)?;
    set(world, &arn, &input["Tags"])?;
    Ok(json!({}))
}

/// UntagResource. Unknown keys are ignored.
pub fn untag(world: &mut World, input: &Value) -> Answer {
    let arn = taggable(world, input)?;
    if let Some(all) = world.tags.get_mut(&arn) {
        input["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str).for_each(|k| {
            all.remove(k);
        });
    }
    Ok(json!({}))
}

/// ListTagsForResource.
pub fn list(world: &World, input: &Value) -> Answer {
    let arn = taggable(world, input)?;
    Ok(json!({"Tags": world.tags.get(&arn).cloned().unwrap_or_default()}))
}
