//! `permissions`: what AWS must allow the console, for the role that its operators have here. Made from the same table that server
//! functions and buttons read (`domain::role`) and from the service model, so it cannot be behind.

use super::say;
use clap::Args;
use domain::constraints::{Shape, operation, operations, shape};
use domain::role::{Right, Role};
use serde_json::{Value, json};

/// Prints the least IAM policy for a role
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  appstream-console permissions --role help-desk > policy.json\n      what AWS must allow a console whose operators look and end sessions"
)]
pub struct Permissions {
    /// The greatest role that is used: viewer, help-desk, operator or administrator
    #[arg(long, default_value = "administrator", value_parser = role)]
    role: Role,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("give one of {}", Role::ALL.map(Role::slug).join(", ")))
}

impl Permissions {
    /// Prints it.
    pub fn run(self) -> Result<(), String> {
        let text = serde_json::to_string_pretty(&policy(self.role)).map_err(|e| format!("The policy cannot be written: {e}."))?;
        say(&text);
        Ok(())
    }
}

/// Operations that a console of `role` calls, beside those that `right` is about.
fn actions(role: Role, wanted: impl Fn(Right) -> bool) -> Vec<String> {
    // The SDK of this version cannot send it; it is shown as a command.
    let sent = |name: &str| name != "UpdateImageBuilder";
    let of = operations().iter().map(|o| o.name).filter(|name| sent(name));
    of.filter(|name| role.may(Right::of(name)) && wanted(Right::of(name))).map(|name| format!("appstream:{name}")).collect()
}

/// Whether an operation hands a role of the account to AWS.
fn passes_role(name: &str) -> bool {
    let members = operation(name).and_then(|o| o.input).and_then(shape);
    matches!(members, Some(Shape::Structure(members)) if members.iter().any(|m| m.name == "IamRoleArn"))
}

/// The policy for `role`, as IAM takes it.
pub fn policy(role: Role) -> Value {
    let statement = |sid: &str, actions: Vec<String>| json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"});
    let mut statements = vec![statement("Look", actions(role, |right| right == Right::Look))];
    let acts = actions(role, |right| right != Right::Look);
    let passes = acts.iter().any(|action| passes_role(action.trim_start_matches("appstream:")));
    if !acts.is_empty() {
        statements.push(statement("Act", acts));
    }
    if passes {
        let mut pass = statement("PassRolesToAppStream", vec!["iam:PassRole".to_owned()]);
        pass["Condition"] = json!({"StringEquals": {"iam:PassedToService": "appstream.amazonaws.com"}});
        statements.push(pass);
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(role: Role) -> Vec<String> {
        let policy = policy(role);
        let of = |s: &Value| s["Action"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned()).collect::<Vec<_>>();
        policy["Statement"].as_array().unwrap().iter().flat_map(of).collect()
    }

    #[test]
    fn each_operation_is_allowed_to_the_roles_of_the_table_and_to_no_other() {
        for o in operations().iter().filter(|o| o.name != "UpdateImageBuilder") {
            for role in Role::ALL {
                let allowed = all(role).contains(&format!("appstream:{}", o.name));
                assert_eq!(allowed, role.may(Right::of(o.name)), "{} for {}", o.name, role.slug());
            }
        }
    }

    #[test]
    fn who_looks_changes_nothing_and_only_who_hands_roles_over_may_pass_them() {
        let reads = |a: &String| ["Describe", "List", "Get"].iter().any(|verb| a.starts_with(&format!("appstream:{verb}")));
        assert!(all(Role::Viewer).iter().all(reads), "{:?}", all(Role::Viewer));
        assert!(!all(Role::HelpDesk).contains(&"iam:PassRole".to_owned()));
        assert!(all(Role::Operator).contains(&"iam:PassRole".to_owned()), "UpdateFleet takes a role");
        let policy = policy(Role::Administrator);
        assert_eq!(policy["Statement"][2]["Condition"]["StringEquals"]["iam:PassedToService"], "appstream.amazonaws.com");
        assert!(policy.to_string().len() < 6_144, "a managed policy holds so many characters: {}", policy.to_string().len());
    }
}
