//! Stacks and their associations with fleets. Rules: behaviour notes 3.2.2 and 3.3, read 2026-11-24.

use crate::clock::Ms;
use crate::error::{Answer, combination, exists, in_use, limit, not_found};
use crate::switches;
use crate::world::World;
use domain::constraints::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// One stack: its members as DescribeStacks shows them, and its errors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stack {
    /// Members.
    pub given: Map<String, Value>,
    /// StackErrors.
    pub errors: Vec<(String, String)>,
}

impl Stack {
    fn show(&self) -> Value {
        let mut out = self.given.clone();
        let name = out.get("Name").cloned().unwrap_or_default();
        out.insert("StackErrors".into(), self.errors.iter().map(|(c, m)| json!({"ErrorCode": c, "ErrorMessage": m})).collect());
        out.insert("UserSettings".into(), complete_settings(&self.given["UserSettings"]));
        let app = out.entry("ApplicationSettings").or_insert_with(|| json!({"Enabled": false}));
        if app["Enabled"] == true {
            if app["SettingsGroup"].is_null() {
                app["SettingsGroup"] = name;
            }
            app["S3BucketName"] = json!("appstream-app-settings-embedded");
        } else {
            *app = json!({"Enabled": false});
        }
        Value::Object(out)
    }
}

/// Every action with its permission: as given, else the default. Smart card sign-in and time zone redirection are off by default.
fn complete_settings(given: &Value) -> Value {
    const OFF: [&str; 3] = ["DOMAIN_SMART_CARD_SIGNIN", "AUTO_TIME_ZONE_REDIRECTION", "SMART_CARD_REDIRECTION"];
    let Some(domain::constraints::Shape::Text(action)) = domain::constraints::shape("Action") else { return given.clone() };
    let of = |name: &&str| {
        let found = given.as_array().and_then(|all| all.iter().find(|s| s["Action"] == **name));
        found.cloned().unwrap_or_else(|| json!({"Action": name, "Permission": if OFF.contains(name) { "DISABLED" } else { "ENABLED" }}))
    };
    action.values.iter().map(of).collect()
}

const MEMBERS: [&str; 12] = [
    "DisplayName",
    "Description",
    "StorageConnectors",
    "RedirectURL",
    "FeedbackURL",
    "UserSettings",
    "ApplicationSettings",
    "AccessEndpoints",
    "EmbedHostDomains",
    "StreamingExperienceSettings",
    "ContentRedirection",
    "AgentAccessConfig",
];
const CLEARS: [(&str, &str); 9] = [
    ("STORAGE_CONNECTORS", "StorageConnectors"),
    ("REDIRECT_URL", "RedirectURL"),
    ("FEEDBACK_URL", "FeedbackURL"),
    ("USER_SETTINGS", "UserSettings"),
    ("EMBED_HOST_DOMAINS", "EmbedHostDomains"),
    ("ACCESS_ENDPOINTS", "AccessEndpoints"),
    ("STREAMING_EXPERIENCE_SETTINGS", "StreamingExperienceSettings"),
    ("CONTENT_REDIRECTION", "ContentRedirection"),
    ("AGENT_ACCESS_CONFIG", "AgentAccessConfig"),
];
const CONNECTORS: [(&str, &str); 3] = [
    ("STORAGE_CONNECTOR_HOMEFOLDERS", "HOMEFOLDERS"),
    ("STORAGE_CONNECTOR_GOOGLE_DRIVE", "GOOGLE_DRIVE"),
    ("STORAGE_CONNECTOR_ONE_DRIVE", "ONE_DRIVE"),
];

fn twice(list: &Value, member: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    list.as_array()?.iter().filter_map(|v| v[member].as_str()).find(|v| !seen.insert(*v)).map(str::to_owned)
}

fn check(input: &Value) -> Answer<()> {
    if let Some(kind) = twice(&input["StorageConnectors"], "ConnectorType") {
        return Err(combination(format!("The storage connector {kind} is given twice.")));
    }
    for connector in input["StorageConnectors"].as_array().into_iter().flatten() {
        let home = connector["ConnectorType"] == "HOMEFOLDERS";
        let domains = connector["Domains"].as_array().is_some_and(|d| !d.is_empty());
        if home == domains {
            return Err(combination(if home { "Home folders take no Domains." } else { "Google Drive and OneDrive need Domains." }));
        }
        if !connector["DomainsRequireAdminConsent"].is_null() && connector["ConnectorType"] != "ONE_DRIVE" {
            return Err(combination("DomainsRequireAdminConsent goes with ONE_DRIVE only."));
        }
    }
    if let Some(action) = twice(&input["UserSettings"], "Action") {
        return Err(combination(format!("The user setting {action} is given twice.")));
    }
    for setting in input["UserSettings"].as_array().into_iter().flatten() {
        let Some(length) = setting["MaximumLength"].as_i64() else { continue };
        let clipboard = setting["Action"].as_str().is_some_and(|a| a.starts_with("CLIPBOARD_"));
        if !clipboard || setting["Permission"] == "DISABLED" || !(1..=20_971_520).contains(&length) {
            return Err(combination("MaximumLength is 1 to 20971520 and goes with an enabled clipboard action only."));
        }
    }
    let complete = complete_settings(&input["UserSettings"]);
    let off = |name: &str| complete.as_array().is_some_and(|all| all.iter().any(|s| s["Action"] == name && s["Permission"] == "DISABLED"));
    if off("DOMAIN_PASSWORD_SIGNIN") && off("DOMAIN_SMART_CARD_SIGNIN") {
        return Err(combination("At least one of DOMAIN_PASSWORD_SIGNIN and DOMAIN_SMART_CARD_SIGNIN must be enabled."));
    }
    Ok(())
}

/// CreateStack.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let name = input["Name"].as_str().unwrap_or_default().to_owned();
    if world.stacks.contains_key(&name) {
        return Err(exists(format!("Stack {name} already exists.")));
    }
    check(input)?;
    if i64::try_from(world.stacks.len()).unwrap_or(i64::MAX) >= world.quota("stacks") {
        return Err(limit(format!("The limit of {} stacks is reached.", world.quota("stacks"))));
    }
    let arn = world.arn("stack", &name);
    let mut given: Map<String, Value> =
        MEMBERS.iter().filter(|m| !input[**m].is_null()).map(|m| ((*m).to_owned(), input[*m].clone())).collect();
    given.entry("UserSettings").or_insert(Value::Null);
    given.insert("Name".into(), name.clone().into());
    given.insert("Arn".into(), arn.clone().into());
    given.insert("CreatedTime".into(), json!(crate::fleet::seconds(now)));
    crate::tags::set(world, &arn, &input["Tags"])?;
    let stack = Stack { given, errors: vec![] };
    let shown = stack.show();
    world.stacks.insert(name, stack);
    Ok(json!({"Stack": shown}))
}

/// UpdateStack.
pub fn update(world: &mut World, input: &Value) -> Answer {
    let name = input["Name"].as_str().unwrap_or_default();
    world.stack(name)?;
    check(input)?;
    let deletes: Vec<&str> =
        input["AttributesToDelete"].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    if let Some((_, member)) = CLEARS.iter().find(|(v, m)| deletes.contains(v) && !input[*m].is_null()) {
        return Err(combination(format!("{member} is both set and deleted.")));
    }
    let Some(stack) = world.stacks.get_mut(name) else { return Err(not_found(format!("Stack {name} does not exist."))) };
    for member in MEMBERS.iter().filter(|m| !input[**m].is_null()) {
        stack.given.insert((*member).to_owned(), input[*member].clone());
    }
    for (_, member) in CLEARS.iter().filter(|(v, _)| deletes.contains(v)) {
        stack.given.insert((*member).to_owned(), Value::Null);
    }
    if input["DeleteStorageConnectors"] == true {
        stack.given.insert("StorageConnectors".into(), Value::Null);
    }
    for (_, kind) in CONNECTORS.iter().filter(|(v, _)| deletes.contains(v)) {
        if let Some(all) = stack.given.get_mut("StorageConnectors").and_then(Value::as_array_mut) {
            all.retain(|c| c["ConnectorType"] != *kind);
        }
    }
    Ok(json!({"Stack": stack.show()}))
}

/// The names asked for; empty when all are.
pub fn names(input: &Value) -> BTreeSet<String> {
    input["Names"].as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

/// DescribeStacks.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let names = names(input);
    for name in &names {
        world.stack(name)?;
    }
    let rows = world.stacks.iter().filter(|(n, _)| names.is_empty() || names.contains(n.as_str())).map(|(n, s)| (n.clone(), s));
    let (page, next) = crate::page::page(
        operation,
        &names.iter().cloned().collect::<Vec<_>>().join(","),
        input["NextToken"].as_str(),
        switches::PAGE,
        rows,
    )?;
    Ok(json!({"Stacks": page.iter().map(|s| s.show()).collect::<Vec<_>>(), "NextToken": next}))
}

/// DeleteStack.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let name = input["Name"].as_str().unwrap_or_default();
    world.stack(name)?;
    if let Some((_, fleet)) = world.pairs.iter().find(|(s, _)| s == name) {
        return Err(in_use(format!("Stack {name} is associated with fleet {fleet}; disassociate it first.")));
    }
    let arn = world.arn("stack", name);
    world.tags.remove(&arn);
    world.assignments.retain(|(stack, _), _| stack != name);
    world.entitlements.retain(|(stack, _), _| stack != name);
    world.themes.remove(name);
    world.stacks.remove(name);
    Ok(json!({}))
}

fn pair(input: &Value) -> (String, String) {
    let text = |m: &str| input[m].as_str().unwrap_or_default().to_owned();
    (text("StackName"), text("FleetName"))
}

/// AssociateFleet. Repeating it succeeds.
pub fn associate(world: &mut World, input: &Value) -> Answer {
    let (stack, fleet) = pair(input);
    world.stack(&stack)?;
    world.fleet(&fleet)?;
    if switches::ONE_FLEET_PER_STACK && world.pairs.iter().any(|(s, f)| *s == stack && *f != fleet) {
        return Err(limit(format!("Stack {stack} already has a fleet.")));
    }
    world.pairs.insert((stack, fleet));
    Ok(json!({}))
}

/// DisassociateFleet.
pub fn disassociate(world: &mut World, input: &Value) -> Answer {
    let pair = pair(input);
    world.stack(&pair.0)?;
    world.fleet(&pair.1)?;
    if !world.pairs.contains(&pair) {
        return Err(not_found(format!("Fleet {} is not associated with stack {}.", pair.1, pair.0)));
    }
    let active = world.by_pair.get(&pair).is_some_and(|all| all.iter().any(|n| world.sessions.get(n).is_some_and(|s| !s.is_over())));
    if switches::DISASSOCIATE_NEEDS_NO_SESSIONS && active {
        return Err(in_use(format!("Sessions are active on stack {} and fleet {}; end them first.", pair.0, pair.1)));
    }
    world.pairs.remove(&pair);
    Ok(json!({}))
}

/// ListAssociatedFleets and ListAssociatedStacks: names only, empty for an unknown name.
pub fn list_associated(world: &World, operation: &Operation, input: &Value) -> Answer {
    let fleets = operation.name == "ListAssociatedFleets";
    let of = input[if fleets { "StackName" } else { "FleetName" }].as_str().unwrap_or_default();
    let rows = world.pairs.iter().filter_map(|(s, f)| match fleets {
        true => (s == of).then(|| f.clone()),
        false => (f == of).then(|| s.clone()),
    });
    let (page, next) = crate::page::page(operation, of, input["NextToken"].as_str(), switches::PAGE, rows.map(|n| (n.clone(), n)))?;
    Ok(json!({"Names": page, "NextToken": next}))
}
