//! Lists, pages and forms as the browser gets them.

use super::images::catalogue;
use super::kinds::{HIDE_ALL, Kind, Place, Related, Verb, tab_of};
use super::{asked, cells, code, fields, form, layout, why_not, words};
use app::paths;
use domain::constraints::operation;
use domain::entry::When;
use domain::failure::Failure;
use domain::names::Scope;
use domain::resource::{ActLink, Cell, Choice, ItemView, ListView, Row, Section, Trouble};
use domain::role::Right;
use domain::time::Millis;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The path of one resource.
pub fn path(scope: &Scope, slug: &str, name: &str) -> String {
    format!("/{}/{}/{slug}/{}", scope.account, scope.region, paths::encode(name))
}

/// A cell that leads to what it names, where the console has a page for that.
fn linked(scope: &Scope, head: &str, cell: Cell) -> Cell {
    let text = match &cell {
        Cell::Text(t) | Cell::Mono(t) => t.clone(),
        _ => return cell,
    };
    let own = format!("arn:aws:appstream:{}:{}:", scope.region, scope.account);
    if let Some((kind, name)) = text.strip_prefix(&own).and_then(|t| t.split_once('/')) {
        let slug = match kind {
            "fleet" => "fleets",
            "stack" => "stacks",
            "image" => "images",
            "image-builder" => "image-builders",
            "app-block" => "app-blocks",
            "app-block-builder" => "app-block-builders",
            "application" => "applications",
            _ => return cell,
        };
        return Cell::Link { href: path(scope, slug, name), text: name.to_owned() };
    }
    if text.starts_with("arn:aws:appstream:") {
        // Of AWS, or of another account: no page, but its name says enough.
        return Cell::Text(text.rsplit('/').next().unwrap_or(&text).to_owned());
    }
    let slug = match head {
        "Fleet" | "Fleet name" => "fleets",
        "Stack" => "stacks",
        "User" => "users",
        "Builder" => "app-block-builders",
        "Image builder" => "image-builders",
        _ => return cell,
    };
    Cell::Link { href: path(scope, slug, &text), text }
}

/// The member at `path`, by dots.
fn member<'a>(value: &'a Value, path: &str) -> &'a Value {
    if path.is_empty() { value } else { path.split('.').fold(value, |at, part| &at[part]) }
}

fn column(scope: &Scope, head: &str, name: &str, value: &Value) -> Cell {
    if let Some(cell) = catalogue::cell(value, name) {
        return cell;
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    let found = member(value, name);
    // A list of structures as a few words each.
    if let Some(all) = found.as_array().filter(|a| a.first().is_some_and(Value::is_object)) {
        let words = |v: &Value| {
            let parts: Vec<String> = v.as_object().into_iter().flatten().filter_map(|(_, v)| v.as_str()).map(words::value).collect();
            parts.join(" ")
        };
        return Cell::Many(all.iter().map(words).collect());
    }
    let cell = if last == "SoftwareName" {
        cells::cell(last, found)
    } else if last == "InstanceType" {
        // The prefix is the same on all: lists leave it out.
        found.as_str().map_or(Cell::None, |t| Cell::Text(t.trim_start_matches("stream.").to_owned()))
    } else if ["Name", "UserName", "DisplayName", "Description", ""].contains(&last) || last.ends_with("Name") {
        found.as_str().filter(|t| !t.is_empty()).map_or(Cell::None, |t| Cell::Text(t.to_owned()))
    } else {
        cells::cell(last, found)
    };
    linked(scope, head, cell)
}

/// A window of a list: rows that match the query's `q` and quick filter.
pub fn list(
    kind: &Kind,
    scope: &Scope,
    rows: &[Value],
    query: &[(String, String)],
    (start, len): (usize, usize),
    taken: Millis,
) -> ListView {
    let needle = asked(query, "q").to_lowercase();
    let (choice_member, choices) = kind.choices;
    let (wanted, also) = (asked(query, "is"), asked(query, "has"));
    let cells = |value: &Value| -> Vec<Cell> { kind.columns.iter().map(|(head, name)| column(scope, head, name, value)).collect() };
    let shown = |value: &Value| {
        if kind.slug == "licence-usage" { value["UserId"].as_str().unwrap_or_default().to_owned() } else { (kind.key)(value) }
    };
    let hits = |value: &&Value| {
        // Cells are made for what is seen only, unless they are searched.
        needle.is_empty() || {
            let text = cells(value).iter().map(Cell::words).fold(shown(value).to_lowercase(), |all, w| all + " " + &w.to_lowercase());
            needle.split_whitespace().all(|word| text.contains(word))
        }
    };
    let is = |value: &Value, wanted: &str| match member(value, choice_member) {
        Value::Array(all) => all.iter().any(|v| v == wanted),
        one => one == wanted,
    };
    let named: Vec<&Value> = rows.iter().filter(hits).collect();
    let chosen: Vec<&Value> = named.iter().filter(|v| wanted.is_empty() || is(v, wanted)).copied().collect();
    let matching: Vec<&Value> = chosen.iter().filter(|v| also.is_empty() || catalogue::is(v, also)).copied().collect();
    let moving = !kind.state.is_empty() && rows.iter().any(|r| r[kind.state].as_str().is_some_and(cells::is_moving));
    let choice = |value: &str, label: &str, count| Choice {
        key: "is".into(),
        value: value.to_owned(),
        label: label.to_owned(),
        count,
        ..Choice::default()
    };
    let mut filters: Vec<Choice> =
        choices.iter().map(|(value, label)| choice(value, label, named.iter().filter(|v| is(v, value)).count())).collect();
    if !filters.is_empty() {
        filters.insert(0, choice("", "All", named.len()));
    }
    if kind.slug == "images" {
        filters.extend(catalogue::more(&chosen));
    }
    let row = |value: &&Value| {
        let key = (kind.key)(value);
        let href = (kind.slug != "licence-usage").then(|| path(scope, kind.slug, &key));
        Row { name: shown(value), key, href, cells: cells(value) }
    };
    let mut view = ListView {
        kind: kind.slug.to_owned(),
        title: kind.title.to_owned(),
        noun: kind.noun.to_owned(),
        about: kind.about.to_owned(),
        columns: std::iter::once(if kind.slug == "licence-usage" { "User" } else { "Name" })
            .chain(kind.columns.iter().map(|(head, _)| *head))
            .map(str::to_owned)
            .collect(),
        rows: matching.iter().skip(start).take(len).map(row).collect(),
        start,
        matched: matching.len(),
        total: rows.len(),
        choices: filters,
        acts: kind
            .verbs
            .iter()
            .filter(|v| v.place == Place::List)
            .map(|v| act(kind, v, &format!("/{}", kind.slug), &Value::Null, None))
            .collect(),
        bulk: None,
        narrow: None,
        moving,
        taken,
    };
    if kind.slug == "images" {
        catalogue::list_acts(&mut view);
    }
    view
}

/// The link to an act. One without fields is a dialog over the page it is offered on.
fn act(kind: &Kind, verb: &Verb, base: &str, item: &Value, row: Option<&str>) -> ActLink {
    let dialog = verb.hidden == HIDE_ALL;
    let row = row.map(paths::encode);
    let href = match (dialog, row) {
        (true, None) => format!("{base}{}?do={}", tab_of(kind, verb), verb.slug),
        (true, Some(row)) => format!("{base}{}?do={}&row={row}", tab_of(kind, verb), verb.slug),
        (false, None) => format!("{base}/{}", verb.slug),
        (false, Some(row)) => format!("{base}/{}?row={row}", verb.slug),
    };
    ActLink {
        label: verb.label.to_owned(),
        href,
        weight: verb.weight,
        why_not: why_not(kind, verb, item),
        right: Right::of(verb.operation),
    }
}

/// Members that are told elsewhere than among the facts.
const ELSEWHERE: [&str; 6] = ["Name", "UsedBy", "UsedByBuilders", catalogue::CONSOLE, "UserName", "DisplayName"];

/// Names and values, each with the member it is of.
fn facts(scope: &Scope, item: &Map<String, Value>, except: &str) -> Vec<(String, (String, Cell))> {
    let mut out: Vec<(String, (String, Cell))> = vec![];
    let mut tell = |member: &String, label: String, cell: Cell| {
        if cell != Cell::None {
            out.push((member.clone(), (label, cell)));
        }
    };
    for (name, value) in item {
        let told = ELSEWHERE.contains(&name.as_str()) || name == except || name.ends_with("Errors");
        if told || value.as_array().is_some_and(|a| a.first().is_some_and(Value::is_object)) {
            continue;
        }
        match value {
            Value::Object(_) if name == "RunningFor" => tell(name, words::label(name), cells::cell(name, value)),
            Value::Object(inner) if !inner.contains_key("S3Bucket") => {
                inner.iter().for_each(|(k, v)| tell(name, words::part(name, k), linked(scope, "", cells::cell(k, v))));
            }
            value if name == "Arn" => tell(name, words::label(name), Cell::Mono(value.as_str().unwrap_or_default().to_owned())),
            value => {
                let own_words = name.ends_with("Name") || name == "Description";
                let cell = if own_words {
                    value.as_str().map_or(Cell::None, |t| Cell::Text(t.to_owned()))
                } else {
                    linked(scope, "", cells::cell(name, value))
                };
                tell(name, words::label(name), cell);
            }
        }
    }
    out
}

/// A label and its value.
type Fact = (String, Cell);

/// The members of a resource as details, grouped as its forms are. `alone` is the heading where there is one group only; `needs_stop` tells
/// what cannot be changed now.
fn details(facts: Vec<(String, Fact)>, alone: &str, needs_stop: &dyn Fn(&str) -> bool) -> Vec<Section> {
    // Each with its place in its group, and whether it is locked.
    type Rows = Vec<(usize, bool, Fact)>;
    let mut groups: Vec<(usize, Rows, &str)> = vec![];
    for (member, fact) in facts {
        let (at, title) = layout::group(&member).map_or((usize::MAX, layout::OTHERS), |(at, title, _)| (at, title));
        let row = (layout::place(&member), needs_stop(&member), fact);
        match groups.iter_mut().find(|(place, ..)| *place == at) {
            Some((_, rows, _)) => rows.push(row),
            None => groups.push((at, vec![row], title)),
        }
    }
    groups.sort_by_key(|(at, ..)| *at);
    let one = groups.len() == 1;
    let drawn = groups.into_iter().map(|(_, mut rows, title)| {
        rows.sort_by_key(|(place, ..)| *place);
        let locked = rows.iter().filter(|(_, locked, _)| *locked).map(|(.., (label, _))| label.clone()).collect();
        let title = match title {
            _ if one => alone,
            "" => "General",
            own => own,
        };
        Section { facts: rows.into_iter().map(|(.., fact)| fact).collect(), locked, ..section(title) }
    });
    drawn.collect()
}

/// Whether a member of a thing that runs can only be changed once it is stopped. What no edit changes is no matter of that.
fn needs_stop(kind: &Kind, item: &Value, member: &str) -> bool {
    let edit = kind.verbs.iter().find(|v| v.edits && v.place == Place::Item).and_then(|v| operation(v.operation));
    edit.is_some_and(|o| fields::takes(o, member) && form::when(o.name, item, member) == When::Stopped)
}

pub(super) fn section(title: &str) -> Section {
    Section { title: title.to_owned(), ..Section::default() }
}

/// Lists of structures among the resource's own members, as tables.
fn tables(scope: &Scope, item: &Map<String, Value>) -> Vec<Section> {
    let mut out = vec![];
    for (name, value) in item.iter().filter(|(n, _)| !n.ends_with("Errors")) {
        let Some(all) = value.as_array().filter(|a| a.first().is_some_and(Value::is_object)) else { continue };
        let mut heads: Vec<&String> = vec![];
        all.iter().filter_map(Value::as_object).flatten().for_each(|(k, _)| {
            if !heads.contains(&k) {
                heads.push(k);
            }
        });
        let rows = all.iter().map(|v| (heads.iter().map(|h| column(scope, "", h, v)).collect(), vec![])).collect();
        out.push(Section { columns: heads.iter().map(|h| words::label(h)).collect(), rows, ..section(&words::label(name)) });
    }
    out
}

fn related(kind: &Kind, scope: &Scope, base: &str, item: &Value, part: &Related, rows: Result<Arc<Vec<Value>>, Failure>) -> Section {
    let mut out = Section { empty: part.empty.to_owned(), ..section(part.title) };
    out.acts = kind.verbs.iter().filter(|v| v.place == Place::Section(part.slug)).map(|v| act(kind, v, base, item, None)).collect();
    let rows = match rows {
        Ok(rows) => rows,
        // A theme that is not there is answered with an error.
        Err(Failure::NotFound { .. }) => return out,
        Err(failure) => return Section { failure: Some(failure), ..out },
    };
    if part.columns.is_empty() {
        out.facts = rows.iter().filter_map(Value::as_object).flat_map(|o| facts(scope, o, "")).map(|(_, fact)| fact).collect();
        return out;
    }
    out.columns = part.columns.iter().map(|(head, _)| (*head).to_owned()).collect();
    let tags: Vec<Value>;
    let rows: &[Value] = match rows.first().and_then(Value::as_object).filter(|_| part.slug == "tags") {
        Some(map) => {
            tags = map.iter().map(|(k, v)| json!({"Key": k, "Value": v})).collect();
            &tags
        }
        None => &rows,
    };
    if part.slug == "tags" {
        out.note = format!("{} of 50", rows.len());
    }
    for row in rows {
        let cell = |(head, name): &(&str, &str)| {
            if part.slug == "tags" {
                Cell::Text(row[*name].as_str().unwrap_or_default().to_owned())
            } else if *head == "Entitlement" {
                let name = row["Name"].as_str().unwrap_or_default();
                Cell::Link {
                    href: path(scope, "entitlements", &format!("{}:{name}", row["StackName"].as_str().unwrap_or_default())),
                    text: name.to_owned(),
                }
            } else {
                column(scope, head, name, row)
            }
        };
        let key = part.columns.iter().find(|(head, _)| *head == part.row).map(|(_, name)| member(row, name).as_str().unwrap_or_default());
        let acts = kind.verbs.iter().filter(|v| v.place == Place::Row(part.slug)).map(|v| act(kind, v, base, item, key)).collect();
        out.rows.push((part.columns.iter().map(cell).collect(), acts));
    }
    out
}

/// A resource's page, on one of its tabs. `tags` are for its code, where they are known.
pub fn item(kind: &Kind, scope: &Scope, value: &Value, (tab, parts): (&str, Vec<super::Part>), tags: Value, taken: Millis) -> ItemView {
    let name = (kind.key)(value);
    let base = path(scope, kind.slug, &name);
    let record = value.as_object().cloned().unwrap_or_default();
    // What the console makes of a state goes before AWS's.
    let state = member(value, "Console.State").as_str().or(value[kind.state].as_str()).unwrap_or_default();
    let troubles = record
        .iter()
        .filter(|(n, _)| n.ends_with("Errors"))
        .flat_map(|(_, v)| v.as_array().cloned().unwrap_or_default())
        .map(|e| Trouble {
            code: e["ErrorCode"].as_str().unwrap_or_default().to_owned(),
            message: e["ErrorMessage"].as_str().unwrap_or_default().to_owned(),
            since: match cells::moment(e["ErrorTimestamp"].as_f64()) {
                Cell::Time(at) => Some(at),
                _ => None,
            },
        })
        .collect();
    // Members that have a tab of their own are there, and only there.
    let tab_members: &[&str] = kind.tabs.iter().find(|(slug, ..)| *slug == tab).map_or(&[], |(.., members)| members);
    let elsewhere: Vec<&str> = kind.tabs.iter().flat_map(|(.., members)| *members).copied().collect();
    let here = |name: &str| if tab.is_empty() { !elsewhere.contains(&name) } else { tab_members.contains(&name) };
    let shown: Map<String, Value> = record.iter().filter(|(name, _)| here(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut sections = vec![];
    let alone = if tab.is_empty() { "Configuration" } else { "Settings" };
    sections.extend(details(facts(scope, &shown, kind.state), alone, &|member| needs_stop(kind, value, member)));
    sections.extend(tables(scope, &shown));
    sections.extend(parts.into_iter().map(|(part, rows)| related(kind, scope, &base, value, part, rows)));
    let mut whole = record;
    if tags.is_object() {
        whole.insert("Tags".to_owned(), tags);
    }
    let asked = kind.key;
    let request = match kind.list.0 {
        "DescribeUsers" | "ListExportImageTasks" | "DescribeUsageReportSubscriptions" => (kind.asked)(),
        "DescribeDirectoryConfigs" => json!({"DirectoryNames": [asked(value)]}),
        "DescribeEntitlements" => json!({"StackName": value["StackName"], "Name": value["Name"]}),
        "DescribeAppBlocks" | "DescribeApplications" => json!({"Arns": [value["Arn"]]}),
        // What others share is not found by its name.
        "DescribeImages" if value["Visibility"] == "SHARED" => json!({"Arns": [value["Arn"]]}),
        "DescribeSessions" => {
            json!({"StackName": value["StackName"], "FleetName": value["FleetName"], "UserId": value["UserId"], "AuthenticationType": value["AuthenticationType"]})
        }
        _ => json!({"Names": [value["Name"]]}),
    };
    ItemView {
        kind: kind.slug.to_owned(),
        list: kind.title.to_owned(),
        scope: scope.clone(),
        aka: value["DisplayName"].as_str().filter(|d| *d != name).unwrap_or_default().to_owned(),
        state: cells::chip(state),
        acts: kind.verbs.iter().filter(|v| v.place == Place::Item).map(|v| act(kind, v, &base, value, None)).collect(),
        troubles,
        tabs: std::iter::once((String::new(), "Overview".to_owned()))
            .chain(kind.tabs.iter().map(|(slug, words, _)| ((*slug).to_owned(), (*words).to_owned())))
            .collect(),
        tab: tab.to_owned(),
        preview: None,
        sections,
        code: code::of(kind.slug, (kind.list.0, request.as_object().unwrap_or(&Map::new())), &scope.region.0, &Value::Object(whole)),
        moving: cells::is_moving(state),
        taken,
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::kinds::kind;
    use domain::names::{AccountId, Region};

    #[test]
    fn details_are_grouped_as_forms_are_and_marked_where_a_change_needs_a_stop() {
        let scope = Scope { account: AccountId("111122223333".to_owned()), region: Region("eu-west-1".to_owned()) };
        let mut fleet = json!({"Arn": "arn:x", "CreatedTime": 1_700_000_000, "DisconnectTimeoutInSeconds": 900, "FleetType": "ON_DEMAND",
            "IamRoleArn": "arn:aws:iam::1:role/r", "ImageName": "base", "InstanceType": "stream.standard.medium", "Name": "f", "State": "RUNNING",
            "VpcConfig": {"SubnetIds": ["subnet-1"]}});
        let page = |fleet: &Value| {
            let view = item(kind("fleets").unwrap(), &scope, fleet, ("", vec![]), Value::Null, Millis(0));
            view.sections
                .into_iter()
                .map(|s| (s.title, s.facts.into_iter().map(|(label, _)| label).collect::<Vec<_>>(), s.locked))
                .collect::<Vec<_>>()
        };
        let running = page(&fleet);
        let titles: Vec<&str> = running.iter().map(|(title, ..)| title.as_str()).collect();
        assert_eq!(titles, ["General", "Image and compute", "Session limits", "Network", "Directory and identity", "Identity and dates"]);
        assert_eq!(running[1].1, ["Image name", "Instance type"]);
        assert_eq!((&running[1].2, &running[2].2, &running[5].2), (&vec!["Instance type".to_owned()], &vec![], &vec![]));
        fleet["State"] = json!("STOPPED");
        assert!(page(&fleet).iter().all(|(.., locked)| locked.is_empty()));
    }
}
