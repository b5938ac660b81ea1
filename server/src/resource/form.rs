//! The form of an act: the model's fields, with what the model cannot say laid over them — what applies to which type, what can change
//! now, what must be filled although the model leaves it open.

use super::fields::Making;
use super::kinds::{HIDE_ALL, Kind, Place, Verb};
use super::{called, show, shows, words};
use domain::constraints::Operation;
use domain::entry::{Entry, Field, FormView, Group, Need, Only, When};
use domain::fleet_members::{ELASTIC_PLATFORMS, Fits, fits, takes, when_running};
use domain::names::Scope;
use domain::resource::Weight;
use serde_json::{Value, json};

/// The form of an act on `item`, or on the `row` of one of its sections.
pub fn form(kind: &Kind, verb: &Verb, operation: &'static Operation, scope: &Scope, item: &Value, name: &str, row: &str) -> FormView {
    let fixed = (verb.fixed)(item, row);
    let batch = operation.name.starts_with("Batch");
    let given = given(verb, operation, item);
    let shown = |member: &str| shows(verb, &fixed, member);
    let making = Making { operation, given: &given, edits: verb.edits, shown: &shown };
    let mut groups = making.groups();
    if batch {
        // What is the same on each row is not asked for on each.
        let same = |path: &str| path.rsplit('.').next().is_some_and(|last| last == "AuthenticationType" || !fixed[last].is_null());
        groups.iter_mut().for_each(|g| g.fields.retain(|f| !same(&f.path)));
    }
    match operation.name {
        "CreateFleet" => create_fleet(&mut groups),
        "UpdateFleet" => update_fleet(&mut groups, item),
        "UpdateAppBlockBuilder" => fields(&mut groups).for_each(|f| f.when = when(operation.name, item, f.member())),
        "CreateAppBlock" => create_app_block(&mut groups, verb.filled),
        "CreateUser" => fields(&mut groups).for_each(|f| {
            if let Entry::Choice(values) = &mut f.entry {
                // Sending it again is an act of its own.
                values.retain(|(value, _)| value != "RESEND");
            }
        }),
        "CreateStack" | "UpdateStack" => fields(&mut groups).for_each(|f| match f.path.as_str() {
            "ApplicationSettings.SettingsGroup" => f.only = vec![Only::Is("ApplicationSettings.Enabled".into(), vec!["true".into()])],
            "ApplicationSettings.Enabled" => f.label = "Keep application settings".into(),
            _ => {}
        }),
        "CreateEntitlement" | "UpdateEntitlement" => {
            fields(&mut groups)
                .filter(|f| f.path == "Attributes.0.Name" || f.path == "Attributes.0.Value")
                .for_each(|f| f.need = Need::Yes);
        }
        _ => {}
    }
    let edits = verb.edits;
    groups.retain(|g| !g.fields.is_empty());
    if let [first, _, ..] = groups.as_mut_slice()
        && first.title.is_empty()
    {
        first.title = "General".to_owned();
    }
    let shown_name = called(name);
    let subject = if row.is_empty() { shown_name } else { row.rsplit('/').next().unwrap_or(row) };
    let words = words::software(subject);
    let subject = words.as_deref().unwrap_or(subject);
    let what = verb.label.trim_end_matches('…');
    // A verb alone and what it is done to are a sentence.
    let verbal = !what.contains(' ');
    let title = match verb.place {
        Place::List => what.to_owned(),
        Place::Item if operation.name == "CreateAppBlock" => format!("{what} of {shown_name}"),
        Place::Row(_) if what == "Remove" => format!("Remove {subject} from {shown_name}?"),
        Place::Row(_) => format!("{what} {subject} – {shown_name}"),
        // A dialog asks, a form's page says what it is for.
        Place::Item if verbal && (verb.weight == Weight::Danger || verb.hidden == HIDE_ALL) => format!("{what} {shown_name}?"),
        Place::Item if verbal => format!("{what} {shown_name}"),
        _ if verb.hidden == HIDE_ALL => format!("{what} – {shown_name}?"),
        _ => format!("{what} – {shown_name}"),
    };
    let confirm = match (verb.confirms, verb.place) {
        (false, _) => String::new(),
        (true, Place::Item) => shown_name.to_owned(),
        (true, _) => row.to_owned(),
    };
    FormView {
        title,
        list: kind.title.to_owned(),
        consequence: verb.consequence.replace("{}", shown_name),
        groups,
        submit: verb.submit.to_owned(),
        danger: verb.weight == Weight::Danger,
        confirm,
        back: if name.is_empty() { format!("/{}", kind.slug) } else { show::path(scope, kind.slug, name) },
        operation: operation.name.to_owned(),
        edits,
        clears: making.clears(),
        locked: if edits { locked(kind, operation, item) } else { vec![] },
        blockers: vec![],
        checks: if verb.checks.is_empty() { String::new() } else { "Check".to_owned() },
        preview: None,
    }
}

/// What stands in the fields.
fn given(verb: &Verb, operation: &Operation, item: &Value) -> Value {
    let mut given = if verb.filled { item.clone() } else { json!({}) };
    match operation.name {
        "CreateFleet" => given["FleetType"] = json!("ALWAYS_ON"),
        "CreateAppBlock" if !verb.filled => given["PackagingType"] = json!("CUSTOM"),
        "UpdateFleet" => {
            // Capacity is told under another name than it is asked for.
            let status = &item["ComputeCapacityStatus"];
            given["ComputeCapacity"] = if item["MaxSessionsPerInstance"].is_null() {
                json!({"DesiredInstances": status["Desired"]})
            } else {
                json!({"DesiredSessions": status["DesiredUserSessions"]})
            };
        }
        // Themes are told with other names than they are asked for; S3 locations are not told at all.
        "UpdateThemeForStack" => {
            given = json!({"TitleText": item["ThemeTitleText"], "ThemeStyling": item["ThemeStyling"],
                "FooterLinks": item["ThemeFooterLinks"], "State": item["State"]});
        }
        _ => {}
    }
    given
}

fn fields(groups: &mut [Group]) -> impl Iterator<Item = &mut Field> {
    groups.iter_mut().flat_map(|g| &mut g.fields)
}

const TYPE: &str = "FleetType";
const MULTI: &str = "MaxSessionsPerInstance";

fn create_fleet(groups: &mut [Group]) {
    let elastic = || vec!["ELASTIC".to_owned()];
    for f in fields(groups) {
        match fits(f.member()) {
            Fits::All => {}
            Fits::Elastic => f.only.push(Only::Is(TYPE.into(), elastic())),
            Fits::Instances => f.only.push(Only::Not(TYPE.into(), elastic())),
        }
        match f.path.as_str() {
            "ComputeCapacity.DesiredInstances" => f.only.push(Only::Filled(MULTI.into(), false)),
            "ComputeCapacity.DesiredSessions" => f.only.push(Only::Filled(MULTI.into(), true)),
            _ => {}
        }
        match f.path.as_str() {
            "ComputeCapacity.DesiredInstances" | "ComputeCapacity.DesiredSessions" | "MaxConcurrentSessions" | "Platform" => {
                f.need = Need::Yes
            }
            "ImageName" => f.need = Need::If(Only::Filled("ImageArn".into(), false)),
            "VpcConfig.SubnetIds" => f.need = Need::If(Only::Is(TYPE.into(), elastic())),
            _ => {}
        }
        platforms(f);
    }
}

/// When a change of `member` by the operation takes effect on `item` as it is now.
pub(super) fn when(operation: &str, item: &Value, member: &str) -> When {
    match operation {
        _ if item["State"] != "RUNNING" => When::Always,
        "UpdateFleet" => when_running(member),
        "UpdateAppBlockBuilder" if ["DisplayName", "Description"].contains(&member) => When::Now,
        "UpdateAppBlockBuilder" => When::Stopped,
        _ => When::Always,
    }
}

fn platforms(f: &mut Field) {
    if let ("Platform", Entry::Choice(values)) = (f.path.as_str(), &mut f.entry) {
        values.retain(|(value, _)| ELASTIC_PLATFORMS.contains(&value.as_str()) || *value == f.value);
    }
}

fn update_fleet(groups: &mut [Group], fleet: &Value) {
    let elastic = fleet["FleetType"] == "ELASTIC";
    let multi = !fleet[MULTI].is_null();
    for group in groups.iter_mut() {
        group.fields.retain(|f| takes(f.member(), elastic));
        for f in &mut group.fields {
            f.when = when("UpdateFleet", fleet, f.member());
            match f.path.as_str() {
                "ComputeCapacity.DesiredInstances" if multi => f.only.push(Only::Filled(MULTI.into(), false)),
                "ComputeCapacity.DesiredInstances" => f.only.push(Only::Filled(MULTI.into(), false)),
                "ComputeCapacity.DesiredSessions" => f.only.push(Only::Filled(MULTI.into(), true)),
                _ => {}
            }
            platforms(f);
        }
    }
}

fn create_app_block(groups: &mut [Group], filled: bool) {
    const PACKAGING: &str = "PackagingType";
    for f in fields(groups) {
        let custom = || Only::Is(PACKAGING.into(), vec!["CUSTOM".into()]);
        match f.member() {
            "SetupScriptDetails" => {
                f.only.push(custom());
                if !f.path.ends_with("Parameters") {
                    f.need = Need::Yes;
                }
            }
            "PostSetupScriptDetails" => f.only.push(Only::Is(PACKAGING.into(), vec!["APPSTREAM2".into()])),
            PACKAGING => f.need = Need::Yes,
            "Name" if filled => {
                // A new version needs a name of its own.
                f.value = next_version(&f.value);
            }
            _ => {}
        }
    }
}

/// `qgis-3-40-3` is followed by `qgis-3-40-4`, `editor` by `editor-2`.
fn next_version(name: &str) -> String {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let (start, number) = name.split_at(name.len() - digits);
    match number.parse::<u64>() {
        Ok(n) if digits < 18 => format!("{start}{}", n + 1),
        _ => format!("{name}-2"),
    }
}

/// What was set when the thing was made.
fn locked(kind: &Kind, operation: &Operation, item: &Value) -> Vec<(String, String)> {
    let members: &[&str] = match operation.name {
        "UpdateFleet" => &["Name", "FleetType"],
        "UpdateApplication" => &["Name", "Platforms", "InstanceFamilies"],
        "UpdateDirectoryConfig" => &["DirectoryName"],
        "UpdateEntitlement" => &["StackName", "Name"],
        "UpdateThemeForStack" => &[],
        _ if kind.state.is_empty() && item["Name"].is_null() => &[],
        _ => &["Name"],
    };
    let text = |value: &Value| match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(words::value).collect::<Vec<_>>().join(", "),
        other => other
            .as_str()
            .map(|t| if t.chars().any(|c| c.is_ascii_lowercase()) { t.to_owned() } else { words::value(t) })
            .unwrap_or_default(),
    };
    members.iter().map(|m| (words::label(m), text(&item[*m]))).filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::next_version;

    #[test]
    fn a_new_version_counts_on() {
        assert_eq!(
            (next_version("qgis-3-40-3"), next_version("editor"), next_version("v9")),
            ("qgis-3-40-4".into(), "editor-2".into(), "v10".into())
        );
    }
}
