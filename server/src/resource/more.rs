//! What pages, lists and forms show beyond their own members and single calls: what a person can open, what starts from an app block,
//! previews, how long a builder runs, which month of licences.

use super::kinds::Kind;
use super::{Catalogue, asked, cells, show};
use domain::entry::FormView;
use domain::pool::Bulk;
use domain::preview::Preview;
use domain::resource::{self, ActLink, Cell, ItemView, ListView, Narrow, Section, Weight};
use domain::role::Right;
use domain::time::Millis;
use serde_json::{Value, json};
use std::sync::PoisonError;

/// Months of licence usage that can be chosen.
const MONTHS: i64 = 24;
const NAMES: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
/// States in which an image builder is billed.
const RUNS: [&str; 6] = ["RUNNING", "REBOOTING", "SNAPSHOTTING", "UPDATING_AGENT", "SYNCING_APPS", "PENDING_SYNCING_APPS"];

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// The icon's link, where AWS gives one.
fn application(item: &Value) -> Preview {
    let name = item["DisplayName"].as_str().or(item["Name"].as_str()).unwrap_or_default();
    Preview::Application { name: name.to_owned(), icon: text(item, "IconURL").to_owned() }
}

fn theme(item: &Value) -> Preview {
    let links = item["ThemeFooterLinks"].as_array().into_iter().flatten().map(|l| text(l, "DisplayName").to_owned());
    Preview::Theme {
        title: text(item, "ThemeTitleText").to_owned(),
        styling: text(item, "ThemeStyling").to_owned(),
        links: links.collect(),
        logo: text(item, "ThemeOrganizationLogoURL").to_owned(),
        favicon: text(item, "ThemeFaviconURL").to_owned(),
        enabled: item["State"] != "DISABLED",
    }
}

impl Catalogue {
    /// Adds to a page what its tab shows from several calls.
    pub(super) async fn more(&self, kind: &Kind, item: &Value, view: &mut ItemView) {
        match (kind.slug, view.tab.as_str()) {
            ("users", "opens") => view.sections.push(self.opens(item).await),
            ("app-blocks", "applications") => view.sections.push(self.block_applications(item).await),
            ("applications", "") => view.preview = Some(application(item)),
            ("stacks", "branding") => {
                let found = self.listed("DescribeThemeForStack", "Theme", &json!({"StackName": item["Name"]})).await;
                view.preview = found.first().map(theme);
                // One theme a stack: it is made, or changed.
                let made = view.preview.is_some();
                for section in view.sections.iter_mut().filter(|s| s.title == "Theme") {
                    section.acts.retain(|act| made != act.label.starts_with("Create"));
                }
            }
            _ => {}
        }
    }

    /// What a user of the pool can open: stacks, their fleets, and the applications of each.
    async fn opens(&self, user: &Value) -> Section {
        let scope = self.scope();
        let link = |slug: &str, name: &str| Cell::Link { href: show::path(&scope, slug, name), text: name.to_owned() };
        let asked = json!({"UserName": user["UserName"], "AuthenticationType": "USERPOOL"});
        let stacks = self.listed("DescribeUserStackAssociations", "UserStackAssociations", &asked).await;
        let fleets = self.listed("DescribeFleets", "Fleets", &json!({})).await;
        let mut rows = vec![];
        for stack in stacks.iter().map(|s| text(s, "StackName")) {
            let on = self.listed("ListAssociatedFleets", "Names", &json!({"StackName": stack})).await;
            let on: Vec<&Value> = fleets.iter().filter(|f| on.contains(&f["Name"])).collect();
            if on.is_empty() {
                rows.push((vec![link("stacks", stack), Cell::None, Cell::None, Cell::Text("No fleet serves it.".to_owned())], vec![]));
            }
            for fleet in on {
                let applications = self.applications_of(fleet).await;
                let told = if applications.is_empty() { Cell::None } else { Cell::Many(applications) };
                rows.push((
                    vec![link("stacks", stack), link("fleets", text(fleet, "Name")), cells::chip(text(fleet, "State")), told],
                    vec![],
                ));
            }
        }
        let off = if user["Enabled"] == false {
            "The user is disabled and cannot sign in; this is what enabling gives back. Running sessions, and a portal that is open, last up to about an hour. "
        } else {
            ""
        };
        Section {
            columns: ["Stack", "Fleet", "State", "Applications"].map(str::to_owned).to_vec(),
            rows,
            note: format!("{off}Entitlements do not restrict users of the pool: they see every application of the fleet."),
            empty: "No stack is assigned, so there is nothing to open.".to_owned(),
            ..show::section("What this person can open")
        }
    }

    /// The words of what a fleet offers: applications of its image, or an Elastic fleet's own; and the desktop, where it streams it.
    async fn applications_of(&self, fleet: &Value) -> Vec<String> {
        let words = |a: &Value| a["DisplayName"].as_str().filter(|d| !d.is_empty()).or(a["Name"].as_str()).unwrap_or_default().to_owned();
        let mut all: Vec<String> = if fleet["FleetType"] == "ELASTIC" {
            let asked = json!({"FleetName": fleet["Name"]});
            let on = self.listed("DescribeApplicationFleetAssociations", "ApplicationFleetAssociations", &asked).await;
            let known = self.listed("DescribeApplications", "Applications", &json!({})).await;
            known.iter().filter(|a| on.iter().any(|o| o["ApplicationArn"] == a["Arn"])).map(words).collect()
        } else {
            let images = self.listed("DescribeImages", "Images", &json!({})).await;
            let image = images.iter().find(|i| i["Arn"] == fleet["ImageArn"]);
            image.and_then(|i| i["Applications"].as_array()).into_iter().flatten().map(words).collect()
        };
        if fleet["StreamView"] == "DESKTOP" {
            all.push("Desktop".to_owned());
        }
        all
    }

    /// The applications that start from an app block.
    async fn block_applications(&self, block: &Value) -> Section {
        let scope = self.scope();
        let link = |slug: &str, name: &str| Cell::Link { href: show::path(&scope, slug, name), text: name.to_owned() };
        let all = self.starting_from(block).await;
        let rows = all.iter().map(|(a, fleets)| {
            let words = a["DisplayName"].as_str().map_or(Cell::None, |d| Cell::Text(d.to_owned()));
            let fleets = if fleets.is_empty() { Cell::Text("On no fleet".to_owned()) } else { Cell::Many(fleets.clone()) };
            (vec![link("applications", text(a, "Name")), words, Cell::Mono(text(a, "LaunchPath").to_owned()), fleets], vec![])
        });
        Section {
            columns: ["Application", "Display name", "Launch path", "Fleets"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
            empty: "No application starts from it.".to_owned(),
            ..show::section("Applications")
        }
    }

    /// Adds to a form what it shows from further calls: what is there already, and how users will see it.
    pub(super) async fn extend(&self, form: &mut FormView, new_version: bool, item: &Value) {
        match form.operation.as_str() {
            "TagResource" => {
                let there = self.listed("ListTagsForResource", "Tags", &json!({"ResourceArn": item["Arn"]})).await;
                let keys: Vec<(String, String)> =
                    there.iter().filter_map(Value::as_object).flatten().map(|(k, _)| (k.clone(), String::new())).collect();
                for field in form.groups.iter_mut().flat_map(|g| &mut g.fields).filter(|f| f.path == "Tags") {
                    field.help = format!("One a line, as key=value. {} of 50 are there.", keys.len());
                    field.picks.clone_from(&keys);
                }
            }
            "CreateAppBlock" => {
                form.preview = Some(Preview::Steps(vec![]));
                if new_version {
                    self.extend_version(form, item).await;
                }
            }
            "CreateApplication" | "UpdateApplication" => form.preview = Some(application(item)),
            "CreateThemeForStack" | "UpdateThemeForStack" => form.preview = Some(theme(item)),
            _ => {}
        }
    }

    /// Adds to a list what it offers beyond its rows.
    pub(super) fn more_list(&self, kind: &Kind, query: &[(String, String)], view: &mut ListView) {
        match kind.slug {
            "users" => {
                view.acts.insert(0, link("Import users…", "/users/import", Right::Manage));
                let acts = Bulk::ALL.iter().map(|b| (b.slug().to_owned(), format!("{}…", b.words()), *b == Bulk::Disable)).collect();
                view.bulk =
                    Some(resource::Bulk { path: "/users/assign".to_owned(), key: "user".to_owned(), acts: ("what".to_owned(), acts) });
            }
            "licence-usage" => view.narrow = Some(months(self.now(), asked(query, "BillingPeriod"))),
            _ => {}
        }
    }

    /// Says of each image builder how long it runs. AWS tells only when it was made; a start that the console saw is known better.
    pub(super) fn running(&self, builders: &mut [Value]) {
        let now = self.now();
        let mut seen = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|name, _| builders.iter().any(|b| b["Arn"] == name.as_str()));
        for builder in builders {
            if !RUNS.contains(&text(builder, "State")) {
                seen.insert(text(builder, "Arn").to_owned(), now);
                continue;
            }
            let started = seen.get(text(builder, "Arn")).copied();
            let since = started.or_else(|| match cells::moment(builder["CreatedTime"].as_f64()) {
                Cell::Time(at) => Some(at),
                _ => None,
            });
            if let Some(since) = since {
                builder["RunningFor"] = json!({"Milliseconds": now.since(since), "Known": started.is_some()});
            }
        }
    }
}

fn link(label: &str, href: &str, right: Right) -> ActLink {
    ActLink { label: label.to_owned(), href: href.to_owned(), weight: Weight::Plain, why_not: None, right }
}

/// The months that licences can be asked for, newest first. `chosen` stays among them.
fn months(now: Millis, chosen: &str) -> Narrow {
    let iso = now.iso();
    let part = |from: usize, to: usize| iso.get(from..to).and_then(|t| t.parse::<i64>().ok()).unwrap_or_default();
    let last = part(0, 4) * 12 + part(5, 7) - 1;
    let mut values: Vec<(String, String)> = (0..MONTHS)
        .map(|back| last - back)
        .map(|n| {
            let (year, month) = (n.div_euclid(12), n.rem_euclid(12));
            let name = usize::try_from(month).ok().and_then(|m| NAMES.get(m)).copied().unwrap_or_default();
            (format!("{year:04}-{:02}", month + 1), format!("{name} {year}"))
        })
        .collect();
    let chosen = if chosen.is_empty() { values[0].0.clone() } else { chosen.chars().take(20).collect() };
    if !values.iter().any(|(v, _)| *v == chosen) {
        values.push((chosen.clone(), chosen.clone()));
    }
    Narrow { key: "BillingPeriod".to_owned(), label: "Month".to_owned(), values, chosen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_years_of_months_can_be_chosen() {
        // 15 January 2026.
        let narrow = months(Millis(1_768_435_200_000), "");
        assert_eq!((narrow.chosen.as_str(), narrow.values.len()), ("2026-01", 24));
        assert_eq!(narrow.values[1], ("2025-12".to_owned(), "December 2025".to_owned()));
        let old = months(Millis(1_768_435_200_000), "2020-05");
        assert_eq!((old.chosen.as_str(), old.values.len()), ("2020-05", 25));
    }
}
