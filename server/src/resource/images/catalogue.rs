//! The catalogue: what DescribeImages, DescribeImageBuilders and the watched fleets say together about each image. One pass over all
//! of them, no call an image.

use super::lineage::Family;
use crate::resource::{Catalogue, Rows, cells, show, words};
use domain::estate::Estate;
use domain::failure::Failure;
use domain::names::Scope;
use domain::resource::{ActLink, Cell, Choice, ItemView, ListView, Section, Trouble, Weight};
use domain::role::Right;
use domain::session::Presence;
use domain::time::{Millis, duration};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The member in which the console keeps what it knows of an image beyond AWS's own members.
pub const CONSOLE: &str = "Console";

/// Quick filters beside visibility: value, words, tone, glyph.
const MORE: [(&str, &str, &str, &str); 4] = [
    ("update", "Update available", "t-note", "s-update"),
    ("moving", "In progress", "t-busy", "s-work"),
    ("failed", "Failed", "t-fault", "s-fail"),
    ("unused", "Unused", "t-off", "s-off"),
];

/// What an enriched list was made from, and the list.
pub struct Enriched {
    images: Rows,
    builders: Rows,
    estate: Arc<Estate>,
    rows: Rows,
}

impl Catalogue {
    /// All visible images with what the console knows of them, newest first. Made anew only when one of its sources changed.
    pub(in crate::resource) async fn images(&self) -> Result<(Rows, Millis), Failure> {
        let nothing = json!({});
        let (images, taken) = self.all("DescribeImages", "Images", &nothing, "image").await?;
        // Without the builders the list is still worth showing.
        let builders = self.all("DescribeImageBuilders", "ImageBuilders", &nothing, "image builder").await.map(|(rows, _)| rows);
        let builders = builders.unwrap_or_default();
        let estate = self.watched();
        let mut kept = self.enriched.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(e) = kept.as_ref()
            && Arc::ptr_eq(&e.images, &images)
            && Arc::ptr_eq(&e.builders, &builders)
            && Arc::ptr_eq(&e.estate, &estate)
        {
            return Ok((e.rows.clone(), taken));
        }
        let rows = Arc::new(enrich(&images, &builders, &estate));
        *kept = Some(Enriched { images, builders, estate, rows: rows.clone() });
        Ok((rows, taken))
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// Each image with `UsedBy`, `UsedByBuilders` and [`CONSOLE`], newest first.
pub fn enrich(images: &[Value], builders: &[Value], estate: &Estate) -> Vec<Value> {
    let mut fleets: HashMap<&str, Vec<&str>> = HashMap::new();
    for fleet in &estate.fleets {
        fleets.entry(fleet.image_arn.as_deref().unwrap_or_default()).or_default().push(fleet.name.as_str());
    }
    let mut makers: HashMap<&str, Vec<&str>> = HashMap::new();
    for builder in builders {
        makers.entry(text(builder, "ImageArn")).or_default().push(text(builder, "Name"));
    }
    let family = Family::of(images);
    let mut order: Vec<usize> = (0..images.len()).collect();
    let age = |i: &usize| (images[*i]["CreatedTime"].as_f64().unwrap_or_default(), text(&images[*i], "Name"));
    order.sort_by(|a, b| age(b).0.total_cmp(&age(a).0).then_with(|| age(a).1.cmp(age(b).1)));
    order
        .into_iter()
        .map(|i| {
            let mut image = images[i].clone();
            let arn = text(&images[i], "Arn");
            let used = fleets.get(arn).cloned().unwrap_or_default();
            let built = makers.get(arn).cloned().unwrap_or_default();
            let own = image["Visibility"] == "PRIVATE";
            // Of an image that cannot be used, freshness says nothing.
            let newer = (image["State"] == "AVAILABLE").then(|| family.newer(i)).flatten();
            let mut is = vec![text(&image, "Visibility").to_owned()];
            let mut mark = |yes: bool, word: &str| {
                if yes {
                    is.push(word.to_owned());
                }
            };
            let (state, old_agent) = (text(&images[i], "State"), image["LatestAppstreamAgentVersion"] == "FALSE");
            mark(image["ImageSharedWithOthers"] == "TRUE", "SHARED_OUT");
            mark(own && state == "AVAILABLE" && (old_agent || newer.is_some_and(|n| n > 0)), "update");
            mark(cells::is_moving(state) || state == "DELETING", "moving");
            mark(state == "FAILED", "failed");
            mark(own && state == "AVAILABLE" && used.is_empty() && built.is_empty(), "unused");
            let (before, after) = family.size(i);
            image[CONSOLE] = json!({"is": is, "newer": newer, "before": before, "after": after});
            image["UsedBy"] = json!(used);
            image["UsedByBuilders"] = json!(built);
            image
        })
        .collect()
}

fn many(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The cell of a column that AWS has no member for.
pub fn cell(image: &Value, column: &str) -> Option<Cell> {
    let count = |member: &str| image[member].as_array().map_or(0, Vec::len);
    let number = |member: &str| image[CONSOLE][member].as_u64();
    let note =
        |text: String, title: &str| Cell::Tag { tone: "t-note".to_owned(), glyph: "s-update".to_owned(), text, title: title.to_owned() };
    Some(match column {
        "Console.base" => match number("newer") {
            None => Cell::None,
            Some(0) => Cell::Text("Current".to_owned()),
            Some(n) => note(format!("{n} newer"), "Public base images of its family that were released since"),
        },
        "Console.agent" => match (text(image, "LatestAppstreamAgentVersion"), text(image, "AppstreamAgentVersion")) {
            (_, "") => Cell::None,
            ("FALSE", version) => note(version.to_owned(), "There is a newer agent"),
            ("TRUE", _) => Cell::Text("Latest".to_owned()),
            (_, version) => Cell::Text(version.to_owned()),
        },
        "Console.used" => match (count("UsedBy"), count("UsedByBuilders")) {
            (0, 0) => Cell::None,
            (fleets, 0) => Cell::Text(many(fleets, "fleet")),
            (0, builders) => Cell::Text(many(builders, "builder")),
            (fleets, builders) => Cell::Text(format!("{}, {}", many(fleets, "fleet"), many(builders, "builder"))),
        },
        "Console.ancestry" => match (number("before").unwrap_or(0), number("after").unwrap_or(0)) {
            (0, 0) => Cell::None,
            (before, 0) => Cell::Text(format!("{before} between")),
            (0, after) => Cell::Text(format!("{after} from it")),
            (before, after) => Cell::Text(format!("{before} between, {after} from it")),
        },
        _ => return None,
    })
}

/// Whether the image counts for a quick filter.
pub fn is(image: &Value, filter: &str) -> bool {
    image[CONSOLE]["is"].as_array().is_some_and(|all| all.iter().any(|f| f == filter))
}

/// The quick filters beside visibility, with how many of `rows` each leaves.
pub fn more(rows: &[&Value]) -> Vec<Choice> {
    let all = Choice { key: "has".into(), label: "All".into(), count: rows.len(), ..Choice::default() };
    let one = |(value, label, tone, glyph): &(&str, &str, &str, &str)| Choice {
        key: "has".into(),
        value: (*value).into(),
        label: (*label).into(),
        count: rows.iter().filter(|r| is(r, value)).count(),
        tone: (*tone).into(),
        glyph: (*glyph).into(),
    };
    std::iter::once(all).chain(MORE.iter().map(one)).collect()
}

/// Acts on the list that are no operation on images.
pub fn list_acts(view: &mut ListView) {
    let link =
        |label: &str, href: &str, weight, right| ActLink { label: label.to_owned(), href: href.to_owned(), weight, why_not: None, right };
    view.acts.insert(0, link("Sharing", "/images/sharing", Weight::Plain, Right::Look));
    view.acts.insert(1, link("Roll out…", app::paths::ROLLOUT, Weight::Plain, Right::Run));
    view.acts.push(link("Build image…", "/image-builders/new", Weight::Primary, Right::Manage));
}

/// What an image's page shows beyond its members and the table's sections.
pub fn complete(view: &mut ItemView, image: &Value, images: &[Value], builders: &[Value], estate: &Estate) {
    let scope = view.scope.clone();
    if image["State"] == "AVAILABLE" && image["Visibility"] != "SHARED" {
        let href = app::paths::with_query(app::paths::ROLLOUT, &[("image".to_owned(), text(image, "Name").to_owned())]);
        view.acts
            .push(ActLink { label: "Roll out to fleets…".to_owned(), href, weight: Weight::Plain, why_not: None, right: Right::Run });
    }
    if image["State"] == "FAILED"
        && let Some(code) = image["StateChangeReason"]["Code"].as_str()
    {
        let message = text(&image["StateChangeReason"], "Message").to_owned();
        // The reason has the words; the error beside it has the time.
        let since = view.troubles.iter().find(|t| t.message == message).and_then(|t| t.since);
        view.troubles.retain(|t| t.message != message);
        view.troubles.insert(0, Trouble { code: code.to_owned(), message, since });
    }
    match view.tab.as_str() {
        "" => overview(view, image),
        "used-by" => view.sections = used_by(&scope, text(image, "Arn"), builders, estate),
        "lineage" => view.sections.insert(0, super::lineage::section(&scope, image, images)),
        _ => {}
    }
    if view.tab == "sharing" && image["Visibility"] != "PRIVATE" {
        view.sections = vec![Section {
            title: "Sharing".to_owned(),
            empty: "Only the account that owns an image can share it.".to_owned(),
            ..Section::default()
        }];
    }
}

/// Freshness and use, in front of AWS's own members.
fn overview(view: &mut ItemView, image: &Value) {
    let names = [("Base image", "Console.base"), ("Agent", "Console.agent"), ("Used by", "Console.used"), ("Ancestry", "Console.ancestry")];
    let facts = names.iter().filter_map(|(head, name)| cell(image, name).map(|c| ((*head).to_owned(), c)));
    let facts: Vec<_> = facts.filter(|(_, c)| *c != Cell::None).collect();
    if !facts.is_empty() {
        view.sections.insert(0, Section { title: "Freshness and use".to_owned(), facts, ..Section::default() });
    }
}

fn used_by(scope: &Scope, arn: &str, builders: &[Value], estate: &Estate) -> Vec<Section> {
    let link = |slug: &str, name: &str| Cell::Link { href: show::path(scope, slug, name), text: name.to_owned() };
    let fleets: Vec<_> = estate
        .fleets
        .iter()
        .filter(|f| f.image_arn.as_deref() == Some(arn))
        .map(|fleet| {
            let on = estate.sessions.iter().filter(|s| s.fleet == fleet.name && s.presence() == Presence::Connected).count();
            let streaming = if on == 0 { "Nobody".to_owned() } else { format!("{on} {}", if on == 1 { "person" } else { "people" }) };
            (vec![link("fleets", fleet.name.as_str()), cells::chip(fleet.state.wire()), Cell::Text(streaming)], vec![])
        })
        .collect();
    let made: Vec<_> = builders
        .iter()
        .filter(|b| text(b, "ImageArn") == arn)
        .map(|b| (vec![link("image-builders", text(b, "Name")), cells::chip(text(b, "State"))], vec![]))
        .collect();
    let heads = |all: &[&str]| all.iter().map(|h| (*h).to_owned()).collect();
    vec![
        Section {
            title: "Fleets".to_owned(),
            columns: heads(&["Fleet", "State", "Streaming"]),
            rows: fleets,
            empty: "No fleet of this account stands on it.".to_owned(),
            ..Section::default()
        },
        Section {
            title: "Image builders".to_owned(),
            columns: heads(&["Image builder", "State"]),
            rows: made,
            empty: "No image builder of this account was started from it.".to_owned(),
            ..Section::default()
        },
    ]
}

/// Export tasks with how far they are: AWS tells only when one began, so what is usual is said beside it (behaviour notes 3.8).
pub fn exports(tasks: &[Value], now: Millis) -> Vec<Value> {
    tasks
        .iter()
        .map(|task| {
            let mut task = task.clone();
            let began = match cells::moment(task["CreatedDate"].as_f64()) {
                Cell::Time(at) => now.since(at).max(0),
                _ => 0,
            };
            let failed = task["ErrorDetails"].as_array().into_iter().flatten().find_map(|e| e["ErrorMessage"].as_str()).map(str::to_owned);
            let progress = match text(&task, "State") {
                "EXPORTING" if began > 90 * 60_000 => format!("{} so far; longer than the usual 30 to 90 m", duration(began)),
                "EXPORTING" => format!("{} so far; usually 30 to 90 m", duration(began)),
                "COMPLETED" => "The machine image is in EC2.".to_owned(),
                "FAILED" => failed.unwrap_or_else(|| "AWS gives no reason.".to_owned()),
                other => words::value(other),
            };
            task["Progress"] = json!(progress);
            task
        })
        .collect()
}
