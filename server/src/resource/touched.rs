//! What an act changes of what the watcher keeps. That is asked again at once; all the rest keeps its turn.

use domain::estate::{Kind, Touched};
use domain::names::FleetName;
use domain::stack::Pair;
use serde_json::Value;

fn name<T: for<'a> From<&'a str>>(of: &Value, member: &str) -> Option<T> {
    of[member].as_str().map(T::from)
}

/// What `operation` changes, by its request and by the resource that it was asked of (null on lists).
pub fn touched(operation: &str, input: &Value, item: &Value) -> Vec<Touched> {
    let session = || Some(Pair { stack: name(item, "StackName")?, fleet: name(item, "FleetName")? });
    match operation {
        "CreateFleet" | "UpdateFleet" | "DeleteFleet" | "StartFleet" | "StopFleet" => {
            name::<FleetName>(input, "Name").map(Touched::Fleet).into_iter().collect()
        }
        "CreateStack" | "UpdateStack" | "DeleteStack" => vec![Touched::Stacks],
        "AssociateFleet" | "DisassociateFleet" => name(input, "FleetName").map(Touched::Associations).into_iter().collect(),
        // Its place gets free.
        "ExpireSession" => session().map_or_else(
            || vec![Touched::Kind(Kind::Sessions), Touched::Kind(Kind::Fleets)],
            |pair| vec![Touched::Sessions(pair), Touched::Kind(Kind::Fleets)],
        ),
        // The instance's other sessions may belong to other stacks.
        "DrainSessionInstance" => session().map(|pair| Touched::Fleet(pair.fleet)).into_iter().collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::kinds;
    use serde_json::json;

    #[test]
    fn an_act_touches_what_it_changes_and_nothing_else() {
        let of = |operation: &str, input: Value| touched(operation, &input, &Value::Null);
        assert_eq!(of("UpdateFleet", json!({"Name": "cad"})), [Touched::Fleet("cad".into())]);
        assert_eq!(of("CreateStack", json!({"Name": "lab"})), [Touched::Stacks]);
        assert_eq!(of("AssociateFleet", json!({"StackName": "lab", "FleetName": "cad"})), [Touched::Associations("cad".into())]);
        assert_eq!(of("UpdateImage", json!({"Name": "gold"})), []);
        let session = json!({"Id": "1", "StackName": "lab", "FleetName": "cad"});
        let pair = Pair { stack: "lab".into(), fleet: "cad".into() };
        let expired = touched("ExpireSession", &json!({"SessionId": "1"}), &session);
        assert_eq!(expired, [Touched::Sessions(pair), Touched::Kind(Kind::Fleets)]);
        assert_eq!(touched("DrainSessionInstance", &json!({"SessionId": "1"}), &session), [Touched::Fleet("cad".into())]);
    }

    /// Acts on fleets, stacks and sessions that leave what the watcher keeps as it is.
    const UNSEEN: &[&str] = &[
        "AssociateApplicationFleet",
        "BatchAssociateUserStack",
        "BatchDisassociateUserStack",
        "CreateStreamingURL",
        "CreateThemeForStack",
        "DeleteThemeForStack",
        "DisassociateApplicationFleet",
        "TagResource",
        "UntagResource",
        "UpdateThemeForStack",
    ];

    #[test]
    fn no_act_on_what_is_watched_is_forgotten() {
        let item = json!({"Name": "x", "StackName": "x", "FleetName": "x"});
        let mut seen = 0;
        for kind in ["fleets", "stacks", "sessions"].into_iter().filter_map(kinds::kind) {
            for verb in kind.verbs {
                let touches = !touched(verb.operation, &item, &item).is_empty();
                assert_ne!(touches, UNSEEN.contains(&verb.operation), "{}", verb.operation);
                seen += 1;
            }
        }
        assert!(seen > 15, "{seen} acts");
    }
}
