//! The new version of an app block: AppStream cannot change one, so another is made from its values and its applications move over.
//! Safe to repeat: what was made and moved by an attempt that failed half-way is found and kept.

use super::{Catalogue, code, refusal};
use app::resources::Entries;
use domain::entry::{Clear, Entry, Field, FormView, Group, Limit, Need, When};
use domain::failure::Failure;
use domain::packaging::{MOVE, button, ticked};
use domain::resource::{Code, Done};
use serde_json::{Map, Value, json};
use std::iter;

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// `2 fleets: claims-elastic, hr`; a sentence for the end of a row.
fn on_fleets(fleets: &[&str]) -> String {
    match fleets {
        [] => "not on a fleet".to_owned(),
        [_] => "1 fleet".to_owned(),
        all => format!("{} fleets", all.len()),
    }
}

impl Catalogue {
    /// The applications that start from the app block, with the fleets that each is on.
    pub(super) async fn starting_from(&self, block: &Value) -> Vec<(Value, Vec<String>)> {
        let all = self.listed("DescribeApplications", "Applications", &json!({})).await;
        let mut out = vec![];
        for application in all.into_iter().filter(|a| a["AppBlockArn"] == block["Arn"]) {
            let asked = json!({"ApplicationArn": application["Arn"]});
            let pairs = self.listed("DescribeApplicationFleetAssociations", "ApplicationFleetAssociations", &asked).await;
            let fleets = pairs.iter().map(|p| text(p, "FleetName").to_owned()).collect();
            out.push((application, fleets));
        }
        out
    }

    /// Adds to the form which applications move, and the old one's tags.
    pub(super) async fn extend_version(&self, form: &mut FormView, old: &Value) {
        let applications = self.starting_from(old).await;
        let names: Vec<String> = applications.iter().map(|(a, _)| text(a, "Name").to_owned()).collect();
        let choices = applications.iter().map(|(a, _)| {
            let name = text(a, "Name").to_owned();
            let words = a["DisplayName"].as_str().unwrap_or(&name).to_owned();
            (name, words)
        });
        let help = if names.is_empty() {
            "No application starts from it.".to_owned()
        } else {
            "New sessions use the new app block. Running sessions keep the old one until they end.".to_owned()
        };
        let field = Field {
            path: MOVE.to_owned(),
            label: format!("Move from {}", text(old, "Name")),
            help,
            entry: Entry::Many(choices.collect()),
            value: names.join("\n"),
            need: Need::No,
            limit: Limit::default(),
            only: vec![],
            picks: applications
                .iter()
                .map(|(a, fleets)| (text(a, "Name").to_owned(), on_fleets(&fleets.iter().map(String::as_str).collect::<Vec<_>>())))
                .collect(),
            row: String::new(),
            when: When::Always,
            clear: Clear::Never,
        };
        let group = Group {
            title: "Applications".to_owned(),
            help: "They keep their icons, entitlements and fleets.".to_owned(),
            fields: vec![field],
        };
        let tags = self.listed("ListTagsForResource", "Tags", &json!({"ResourceArn": old["Arn"]})).await;
        let tags = tags.iter().filter_map(Value::as_object).flatten().map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()));
        let at = match form.groups.iter_mut().position(|g| g.fields.iter().any(|f| f.path == "Tags")) {
            Some(at) => {
                let lines = tags.collect::<Vec<_>>().join("\n");
                form.groups[at].fields.iter_mut().filter(|f| f.path == "Tags").for_each(|f| f.value.clone_from(&lines));
                at
            }
            None => form.groups.len(),
        };
        form.groups.insert(at, group);
        form.submit = button(&form.standing());
    }

    /// Lets what is ticked stand although it moved with an attempt before this one: the form that is sent again is older than that.
    pub(super) fn allow_ticked(form: &mut FormView, entries: &Entries) {
        for field in form.groups.iter_mut().flat_map(|g| &mut g.fields).filter(|f| f.path == MOVE) {
            if let Entry::Many(choices) = &mut field.entry {
                for name in ticked(entries) {
                    if !choices.iter().any(|(value, _)| value == name) {
                        choices.push((name.to_owned(), name.to_owned()));
                    }
                }
            }
        }
    }

    /// The ARN that an app block of this name has.
    fn block_arn(&self, name: &str) -> String {
        let scope = self.scope();
        format!("arn:aws:appstream:{}:{}:app-block/{name}", scope.region, scope.account)
    }

    /// All commands of the form: the new app block, and each application that moves.
    pub(super) fn version_code(&self, mut input: Map<String, Value>) -> Vec<Code> {
        let moved = taken(&mut input);
        let region = self.scope().region.0;
        let arn = self.block_arn(input.get("Name").and_then(Value::as_str).unwrap_or("NAME"));
        let moves: Vec<Map<String, Value>> = moved
            .into_iter()
            .map(|name| Map::from_iter([("Name", name), ("AppBlockArn", arn.clone())].map(|(k, v)| (k.to_owned(), v.into()))))
            .collect();
        let calls: Vec<_> =
            iter::once(("CreateAppBlock", &input)).chain(moves.iter().map(|request| ("UpdateApplication", request))).collect();
        code::all(&region, &calls)
    }

    /// Makes the new app block and moves the applications, one after the other; a failure of one does not stop the rest.
    pub(super) async fn new_version(
        &self,
        old: &Value,
        form: &FormView,
        entries: &Entries,
        mut input: Map<String, Value>,
    ) -> Result<Done, Failure> {
        let moved = taken(&mut input);
        let name = input.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (arn, made) = match self.sdk.invoke("CreateAppBlock", &Value::Object(input.clone()), "app block", &name).await {
            Ok(answer) => (text(&answer["AppBlock"], "Arn").to_owned(), true),
            Err(failure @ Failure::Taken { .. }) => {
                self.forget();
                let all = self.listed("DescribeAppBlocks", "AppBlocks", &json!({})).await;
                match all.iter().find(|b| b["Name"] == name.as_str()).filter(|b| is_same(b, &input)) {
                    Some(same) => (text(same, "Arn").to_owned(), false),
                    None => return Err(refusal::place(failure, form, entries)),
                }
            }
            Err(failure) => return Err(refusal::place(failure, form, entries)),
        };
        self.forget();
        let there = self.listed("DescribeApplications", "Applications", &json!({})).await;
        let (mut rows, mut failed) = (vec![], 0);
        for application in &moved {
            let starts_from = there.iter().find(|a| a["Name"] == application.as_str()).map(|a| &a["AppBlockArn"]);
            if starts_from.is_some_and(|block| *block == arn) {
                rows.push((application.clone(), "Moved before.".to_owned()));
                continue;
            }
            if starts_from.is_some_and(|block| *block != old["Arn"]) {
                failed += 1;
                rows.push((application.clone(), "It starts from a third app block by now; it was left there.".to_owned()));
                continue;
            }
            let request = json!({"Name": application, "AppBlockArn": arn});
            rows.push((
                application.clone(),
                match self.sdk.invoke("UpdateApplication", &request, "application", application).await {
                    Ok(_) => "Moved.".to_owned(),
                    Err(failure) => {
                        failed += 1;
                        let advice = failure.advice();
                        format!("{}. {}", advice.title, advice.next)
                    }
                },
            ));
        }
        self.forget();
        let begin = if made { format!("{name} was created") } else { format!("{name} was there already, with the same values") };
        let (message, tab) = match (moved.len(), failed) {
            (0, _) => (format!("{begin}."), ""),
            (n, 0) => (format!("{begin}; {n} of {n} applications moved."), "/applications"),
            (n, f) => (format!("{begin}; {} of {n} applications moved. Send the form again to move the rest.", n - f), ""),
        };
        let to = if failed == 0 { super::show::path(&self.scope(), "app-blocks", &name) + tab } else { String::new() };
        Ok(Done { message, to, rows, ..Done::default() })
    }
}

/// Takes the applications out of what was read from the form: they are no part of the request.
fn taken(input: &mut Map<String, Value>) -> Vec<String> {
    let all = input.remove(MOVE).unwrap_or_default();
    all.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether the app block is what the request would make. Tags are not told with it.
fn is_same(block: &Value, input: &Map<String, Value>) -> bool {
    input.iter().filter(|(member, _)| *member != "Tags").all(|(member, value)| block[member] == *value)
}
