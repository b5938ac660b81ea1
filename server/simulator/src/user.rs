//! The user pool and its assignments to stacks. Rules: behaviour notes 3.15 and 3.16. User names are case-sensitive everywhere.

use crate::clock::Ms;
use crate::error::{Answer, ApiError, combination, exists, limit, not_found, not_permitted};
use crate::fleet::seconds;
use crate::record::{paged, size, take, text};
use crate::world::World;
use domain::constraints::Operation;
use serde_json::{Value, json};

/// Only pool users can be made or changed by API; for other types AWS answers with a code that the model does not list (observed).
fn pool_only(input: &Value) -> Answer<()> {
    match text(input, "AuthenticationType") {
        "USERPOOL" => Ok(()),
        other => {
            Err(ApiError { code: "InvalidParameterValueException", message: format!("Users of type {other} are not in the user pool.") })
        }
    }
}

fn missing(name: &str) -> ApiError {
    not_found(format!("User {name} is not in the user pool."))
}

/// CreateUser; with `RESEND` it only mails again.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    pool_only(input)?;
    let name = text(input, "UserName").to_owned();
    if text(input, "MessageAction") == "RESEND" {
        let user = world.users.get(&name).ok_or_else(|| missing(&name))?;
        if !input["FirstName"].is_null() || !input["LastName"].is_null() {
            return Err(combination("RESEND takes no FirstName and no LastName: the user exists already."));
        }
        if user["Status"] == "CONFIRMED" {
            return Err(not_permitted(format!("User {name} has set a password; there is nothing to send again.")));
        }
        return Ok(json!({}));
    }
    if world.users.contains_key(&name) {
        return Err(exists(format!("User {name} already exists.")));
    }
    if i64::try_from(world.users.len()).unwrap_or(i64::MAX) >= world.quota("users") {
        return Err(limit(format!("The limit of {} users is reached.", world.quota("users"))));
    }
    let mut record = take(input, &["UserName", "FirstName", "LastName", "AuthenticationType"]);
    let id = world.hex(32);
    record.insert("Arn".into(), world.arn("user/userpool", &id).into());
    record.insert("Enabled".into(), true.into());
    record.insert("Status".into(), "UNCONFIRMED".into());
    record.insert("CreatedTime".into(), json!(seconds(now)));
    world.users.insert(name, record);
    Ok(json!({}))
}

/// EnableUser and DisableUser. Safe to repeat.
pub fn enable(world: &mut World, input: &Value, on: bool) -> Answer {
    pool_only(input)?;
    let name = text(input, "UserName");
    let user = world.users.get_mut(name).ok_or_else(|| missing(name))?;
    user.insert("Enabled".into(), on.into());
    Ok(json!({}))
}

/// DeleteUser; its assignments go with it.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    pool_only(input)?;
    let name = text(input, "UserName");
    world.users.remove(name).ok_or_else(|| missing(name))?;
    world.assignments.retain(|(_, user), _| user != name);
    Ok(json!({}))
}

/// DescribeUsers.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    if text(input, "AuthenticationType") != "USERPOOL" {
        return Err(combination("Only users of type USERPOOL can be listed."));
    }
    let rows = world.users.iter().map(|(n, r)| (n.clone(), json!(r)));
    paged(operation, input, "", size(input, 50, 500), "Users", rows)
}

/// BatchAssociateUserStack and BatchDisassociateUserStack: an outcome for each item, status 200 throughout.
pub fn batch(world: &mut World, input: &Value, assign: bool) -> Answer {
    let mut errors = Vec::new();
    for item in input["UserStackAssociations"].as_array().into_iter().flatten() {
        let (stack, user) = (text(item, "StackName").to_owned(), text(item, "UserName").to_owned());
        let joined = || {
            world
                .pairs
                .iter()
                .filter(|(s, _)| *s == stack)
                .any(|(_, f)| world.fleets.get(f).is_some_and(|f| f.given.contains_key("DomainJoinInfo")))
        };
        let refused = if text(item, "AuthenticationType") != "USERPOOL" {
            Some(("DIRECTORY_NOT_FOUND", "Only users of type USERPOOL are assigned to stacks.".to_owned()))
        } else if !world.stacks.contains_key(&stack) {
            Some(("STACK_NOT_FOUND", format!("Stack {stack} does not exist.")))
        } else if !world.users.contains_key(&user) {
            Some(("USER_NAME_NOT_FOUND", format!("User {user} is not in the user pool.")))
        } else if assign && joined() {
            Some(("INTERNAL_ERROR", format!("The fleet of stack {stack} is joined to a domain; pool users cannot use it.")))
        } else {
            None
        };
        match refused {
            Some((code, message)) => errors.push(json!({"UserStackAssociation": item, "ErrorCode": code, "ErrorMessage": message})),
            None if assign => {
                world.assignments.insert((stack, user), item["SendEmailNotification"] == true);
            }
            None => {
                world.assignments.remove(&(stack, user));
            }
        }
    }
    Ok(json!({"errors": errors}))
}

/// DescribeUserStackAssociations: of a stack, of a user, or both.
pub fn associations(world: &World, operation: &Operation, input: &Value) -> Answer {
    let (stack, user) = (input["StackName"].as_str(), input["UserName"].as_str());
    if (stack.is_none() && user.is_none()) || (user.is_some() && input["AuthenticationType"].is_null()) {
        return Err(combination("Give StackName, or UserName with AuthenticationType, or both."));
    }
    let rows =
        world.assignments.iter().filter(|((s, u), _)| stack.is_none_or(|x| x == s) && user.is_none_or(|x| x == u)).map(|((s, u), mail)| {
            (format!("{s} {u}"), json!({"StackName": s, "UserName": u, "AuthenticationType": "USERPOOL", "SendEmailNotification": mail}))
        });
    paged(operation, input, &format!("{stack:?}{user:?}"), size(input, 25, 25), "UserStackAssociations", rows)
}
