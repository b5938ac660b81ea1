//! What stands in the way of a deletion, each with the page where it can be removed. Source: behaviour notes 3.22, read 2026-11-24.
//! AWS refuses the same things; here they are told before, all at once, and as links.

use super::{Catalogue, show};
use domain::failure::Failure;
use serde_json::{Value, json};

/// A sentence, and a page.
type Blocker = (String, String);

impl Catalogue {
    /// What keeps `operation` from working on `item`.
    pub(super) async fn blockers(&self, operation: &str, item: &Value) -> Vec<Blocker> {
        let scope = self.scope();
        let page = |slug: &str, name: &str| show::path(&scope, slug, name);
        let name = item["Name"].as_str().unwrap_or_default();
        let arn = item["Arn"].as_str().unwrap_or_default();
        match operation {
            "DeleteFleet" => {
                let stacks = self.listed("ListAssociatedStacks", "Names", &json!({"FleetName": name})).await;
                let stacks = stacks.iter().filter_map(Value::as_str);
                stacks.map(|s| (format!("It serves stack {s}. Remove it there."), format!("{}/fleets", page("stacks", s)))).collect()
            }
            "DeleteStack" => {
                let fleets = self.listed("ListAssociatedFleets", "Names", &json!({"StackName": name})).await;
                let fleets = fleets.iter().filter_map(Value::as_str);
                fleets.map(|f| (format!("Fleet {f} is on it. Remove it there."), format!("{}/fleets", page("stacks", name)))).collect()
            }
            "DeleteImage" => {
                let fleets = self.listed("DescribeFleets", "Fleets", &json!({})).await;
                let fleets = fleets.iter().filter(|f| f["ImageArn"] == arn).filter_map(|f| f["Name"].as_str());
                let mut all: Vec<Blocker> = fleets
                    .map(|f| (format!("Fleet {f} streams it. Give that fleet another image."), format!("{}/edit", page("fleets", f))))
                    .collect();
                let shared = self.listed("DescribeImagePermissions", "SharedImagePermissionsList", &json!({"Name": name})).await;
                all.extend(shared.iter().map(|p| {
                    let account = p["sharedAccountId"].as_str().unwrap_or_default();
                    (format!("It is shared with account {account}. Withdraw it."), format!("{}/sharing", page("images", name)))
                }));
                all
            }
            "DeleteAppBlock" => {
                let applications = self.listed("DescribeApplications", "Applications", &json!({})).await;
                let mut all: Vec<Blocker> = applications
                    .iter()
                    .filter(|a| a["AppBlockArn"] == arn)
                    .filter_map(|a| a["Name"].as_str())
                    .map(|a| {
                        (format!("Application {a} starts from it. Give it another app block."), format!("{}/edit", page("applications", a)))
                    })
                    .collect();
                let builders = self
                    .listed(
                        "DescribeAppBlockBuilderAppBlockAssociations",
                        "AppBlockBuilderAppBlockAssociations",
                        &json!({"AppBlockArn": arn}),
                    )
                    .await;
                all.extend(
                    builders
                        .iter()
                        .filter_map(|b| b["AppBlockBuilderName"].as_str())
                        .map(|b| (format!("Builder {b} is attached to it. Remove it."), format!("{}/builders", page("app-blocks", name)))),
                );
                all
            }
            "DeleteAppBlockBuilder" => {
                let blocks = self
                    .listed(
                        "DescribeAppBlockBuilderAppBlockAssociations",
                        "AppBlockBuilderAppBlockAssociations",
                        &json!({"AppBlockBuilderName": name}),
                    )
                    .await;
                let blocks = blocks.iter().filter_map(|b| b["AppBlockArn"].as_str()).filter_map(|a| a.rsplit('/').next());
                blocks
                    .map(|b| (format!("App block {b} is attached to it. Remove it there."), format!("{}/builders", page("app-blocks", b))))
                    .collect()
            }
            "DeleteApplication" => {
                let fleets = self
                    .listed("DescribeApplicationFleetAssociations", "ApplicationFleetAssociations", &json!({"ApplicationArn": arn}))
                    .await;
                let fleets = fleets.iter().filter_map(|f| f["FleetName"].as_str());
                fleets
                    .map(|f| (format!("It is on fleet {f}. Remove it from there."), format!("{}/fleets", page("applications", name))))
                    .collect()
            }
            "DeleteDirectoryConfig" => {
                let directory = item["DirectoryName"].as_str().unwrap_or_default();
                let joins = |all: &[Value]| -> Vec<String> {
                    let joined = all.iter().filter(|i| i["DomainJoinInfo"]["DirectoryName"] == directory);
                    joined.filter_map(|i| i["Name"].as_str()).map(str::to_owned).collect()
                };
                let fleets = joins(&self.listed("DescribeFleets", "Fleets", &json!({})).await);
                let mut all: Vec<Blocker> = fleets
                    .iter()
                    .map(|f| (format!("Fleet {f} joins this domain."), format!("{}/configuration", page("fleets", f))))
                    .collect();
                let builders = self.listed("DescribeImageBuilders", "ImageBuilders", &json!({})).await;
                all.extend(joins(&builders).iter().map(|b| (format!("Image builder {b} joins this domain."), page("image-builders", b))));
                all
            }
            _ => vec![],
        }
    }

    /// A list; nothing where it cannot be had, since AWS has the last word anyway.
    pub(super) async fn listed(&self, operation: &'static str, member: &str, input: &Value) -> Vec<Value> {
        self.all(operation, member, input, "resource").await.map(|(rows, _)| rows.to_vec()).unwrap_or_default()
    }

    /// The refusal that names all blockers.
    pub(super) fn blocked(noun: &str, name: &str, blockers: &[Blocker]) -> Failure {
        let reason = blockers.iter().map(|(sentence, _)| sentence.as_str()).collect::<Vec<_>>().join(" ");
        Failure::Busy { noun: noun.to_owned(), name: name.to_owned(), reason }
    }
}
