//! Users in bulk, new versions of app blocks, and what pages show from several calls, against the embedded AppStream.

use crate::support::{Console, calls, control, gateway, scope, simulator, text};
use app::error::AppError;
use app::resources::{Entries, Many as _, Resources};
use domain::failure::Failure;
use domain::pool::{Bulk, Report, Stage};
use domain::preview::Preview;
use domain::resource::{Cell, ItemView};
use serde_json::{Value, json};
use server::gateway::client::Wire;
use server::gateway::embedded::Embedded;
use server::poll::Watcher;
use server::resource::Catalogue;
use simulator::Seed;
use std::sync::Arc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The catalogue over the demo estate.
async fn demo() -> (Catalogue, Embedded, DropGuard) {
    let embedded = simulator(Seed::Demo);
    let sdk = gateway(&embedded, Wire::Default);
    let end = CancellationToken::new();
    let watcher = Watcher::start(Arc::new(sdk.clone()), scope(), end.clone());
    while !watcher.hub().estate().is_ready() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    control(&embedded, "DELETE", "calls", &Value::Null);
    (Catalogue::new(sdk, watcher), embedded, end.drop_guard())
}

fn fault(embedded: &Embedded, operation: &str, error: &str, count: u32) {
    control(
        embedded,
        "POST",
        "faults",
        &json!({"operation": operation, "error": error, "status": 400, "message": "Not now.", "count": count}),
    );
}

/// A console whose calls are counted anew, and an administrator's cookie.
async fn signed_in() -> (Console, String) {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    control(&console.embedded, "DELETE", "calls", &Value::Null);
    (console, cookie)
}

async fn report(console: &Console, cookie: &str, path: &str, form: &[(&str, &str)]) -> Result<Report, Failure> {
    let pairs: Vec<(String, String)> = form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let form = app::paths::with_query("", &pairs);
    let (status, answer) = console.call(path, cookie, form.trim_start_matches('?')).await;
    if status.is_success() {
        Ok(serde_json::from_value(answer).unwrap())
    } else {
        Err(serde_json::from_value::<AppError>(answer).unwrap().0)
    }
}

async fn import(console: &Console, cookie: &str, text: &str, mail: bool, send: bool) -> Result<Report, Failure> {
    let step = if send { "send" } else { "check" };
    let mail = if mail { "true" } else { "false" };
    report(console, cookie, "/api/users/import", &[("text", text), ("mail", mail), ("step", step)]).await
}

/// Sends at once.
async fn bulk(console: &Console, cookie: &str, what: Bulk, users: &str, stacks: &[&str]) -> Result<Report, Failure> {
    let stacks: Vec<String> = stacks.iter().map(|s| format!("stacks[{s}]")).collect();
    let mut form = vec![("what", what.slug()), ("users", users), ("step", "send")];
    form.extend(stacks.iter().map(|s| (s.as_str(), "true")));
    report(console, cookie, "/api/users/bulk", &form).await
}

fn stages(report: &Report) -> Vec<Stage> {
    report.lines.iter().map(|l| l.stage).collect()
}

fn table(view: &ItemView, title: &str) -> Vec<Vec<String>> {
    let section = view.sections.iter().find(|s| s.title == title).unwrap_or_else(|| panic!("no section {title}"));
    section.rows.iter().map(|(cells, _)| cells.iter().map(Cell::words).collect()).collect()
}

async fn standing(catalogue: &Catalogue, kind: &str, name: &str, verb: &str, typed: &[(&str, &str)]) -> Entries {
    let mut all = catalogue.form(kind, name, verb, "").await.unwrap().standing();
    for (path, value) in typed {
        all.insert((*path).to_owned(), (*value).to_owned());
    }
    all
}

#[tokio::test]
async fn a_paste_is_checked_without_a_write_and_then_sent_row_by_row() {
    let (console, cookie) = signed_in().await;
    let (catalogue, embedded) = (&console.catalogue, &console.embedded);
    let paste = "email,first name,last name,stacks\nnew.one@x.example,New,One,legal;training\nnew.two@x.example,Ne'w,Two\nNEW.one@x.example\nnew.three@x.example,,,nowhere\n\"new.four@x.example\",New,Four,legal";
    let report = import(&console, &cookie, paste, false, false).await.unwrap();
    assert_eq!(stages(&report), [Stage::Ready, Stage::Refused, Stage::Refused, Stage::Refused, Stage::Ready]);
    assert!(report.code[0].text.contains("aws appstream create-user") && report.code[0].text.contains("batch-associate-user-stack"));
    let asked = calls(embedded);
    assert!(asked.as_object().unwrap().keys().all(|k| k.starts_with("Describe") || k.starts_with("List")), "{asked}");

    fault(embedded, "CreateUser", "OperationNotPermittedException", 1);
    let report = import(&console, &cookie, paste, false, true).await.unwrap();
    assert_eq!(stages(&report), [Stage::Failed, Stage::Refused, Stage::Refused, Stage::Refused, Stage::Done]);
    assert!(report.left.contains("new.one@x.example,New,One,legal;training") && !report.left.contains("new.four"), "{}", report.left);
    // What is left is corrected and sent; what was done is sent again, too, and counts as done.
    let again = "new.one@x.example,New,One,legal;training\nnew.four@x.example,New,Four,legal\nnew.four@x.example";
    let report = import(&console, &cookie, again, false, true).await.unwrap();
    assert_eq!(stages(&report), [Stage::Done, Stage::Done, Stage::Refused]);
    let report = import(&console, &cookie, "new.one@x.example,New,One", true, true).await.unwrap();
    assert_eq!(stages(&report), [Stage::There]);
    let page = catalogue.item("users", "new.one@x.example", "stacks").await.unwrap();
    assert_eq!(table(&page, "Stacks this person can open").len(), 2);
    assert!(matches!(import(&console, &cookie, " \n", true, true).await, Err(Failure::Fields(e)) if e[0].field == "text"));
    let many: String = (0..501).map(|n| format!("u{n}@x.example\n")).collect();
    assert!(matches!(import(&console, &cookie, &many, true, true).await, Err(Failure::Fields(e)) if e[0].message.contains("501")));
}

#[tokio::test]
async fn a_full_pool_ends_the_rest_without_a_call_for_each() {
    let (console, cookie) = signed_in().await;
    let embedded = &console.embedded;
    control(embedded, "POST", "quotas", &json!({"users": 601}));
    let paste: String = (0..9).map(|n| format!("u{n}@x.example,,,legal\n")).collect();
    let report = import(&console, &cookie, &paste, false, true).await.unwrap();
    let job = report.job.expect("it waits for somebody who makes room");
    assert_eq!(calls(embedded)["CreateUser"], 2);
    let view = console.read(&format!("/api/jobs/one?id={job}"), &cookie).await;
    assert_eq!(
        (&view["job"]["state"], &view["job"]["counts"]["done"], &view["job"]["counts"]["waiting"]),
        (&json!("paused"), &json!(1), &json!(17))
    );
    assert!(view["job"]["why"].as_str().unwrap().contains("limit"), "{view}");
    // Room is made, and it goes on.
    control(embedded, "POST", "quotas", &json!({"users": 700}));
    console.call("/api/jobs/steer", &cookie, &format!("id={job}&steer=resume")).await;
    for _ in 0..200 {
        if console.read(&format!("/api/jobs/one?id={job}"), &cookie).await["job"]["state"] == "done" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it did not go on");
}

#[tokio::test]
async fn many_pairs_go_in_calls_of_25_and_single_errors_of_an_answer_with_200_are_told() {
    let (console, cookie) = signed_in().await;
    let (catalogue, embedded) = (&console.catalogue, &console.embedded);
    let people = catalogue.list("users", "", 0, 40).await.unwrap().rows;
    let names: Vec<String> = people.into_iter().map(|r| r.key).collect();
    let stacks = ["legal", "training"];
    let report = bulk(&console, &cookie, Bulk::Assign, &names.join("\n"), &stacks).await.unwrap();
    assert_eq!(report.count(Stage::Done), 40);
    assert_eq!(calls(embedded)["BatchAssociateUserStack"], 4, "80 pairs");
    // One spoils a call: the others of it are not lost.
    fault(embedded, "BatchDisassociateUserStack", "OperationNotPermittedException", 2);
    let report = bulk(&console, &cookie, Bulk::Unassign, &names[..3].join("\n"), &stacks[..1]).await.unwrap();
    assert_eq!((report.count(Stage::Done), report.count(Stage::Failed)), (2, 1), "{:?}", report.lines);
    assert_eq!(report.left.lines().count(), 1);
    bulk(&console, &cookie, Bulk::Enable, &names[0], &[]).await.unwrap();
    let stranger = format!("{}\nnobody@x.example\n{}", names[0], names[1].to_uppercase());
    let report = bulk(&console, &cookie, Bulk::Disable, &stranger, &[]).await.unwrap();
    assert_eq!(stages(&report), [Stage::Done, Stage::Refused, Stage::Refused]);
    assert_eq!(stages(&bulk(&console, &cookie, Bulk::Disable, &names[0], &[]).await.unwrap()), [Stage::There]);
    assert_eq!(stages(&bulk(&console, &cookie, Bulk::Enable, &names[0], &[]).await.unwrap()), [Stage::Done]);
    for (users, stacks, at) in [("", vec!["legal"], "users"), ("a@x.example", vec![], "stacks"), ("a@x.example", vec!["nowhere"], "stacks")]
    {
        assert!(matches!(bulk(&console, &cookie, Bulk::Assign, users, &stacks).await, Err(Failure::Fields(e)) if e[0].field == at));
    }
}

#[tokio::test]
async fn a_stack_whose_fleet_is_joined_to_a_domain_is_refused_before_it_is_sent() {
    let (catalogue, embedded, _end) = demo().await;
    let directory =
        json!({"DirectoryName": "corp.halden.example", "OrganizationalUnitDistinguishedName": "OU=AppStream,DC=corp,DC=halden,DC=example"});
    let fleets = gateway(&embedded, Wire::Default).invoke("DescribeFleets", &json!({}), "fleet", "").await.unwrap();
    let on = |stack: &'static str| {
        let embedded = &embedded;
        async move {
            let names =
                gateway(embedded, Wire::Default).invoke("ListAssociatedFleets", &json!({"StackName": stack}), "stack", "").await.unwrap();
            names["Names"][0].as_str().unwrap().to_owned()
        }
    };
    let joined = fleets["Fleets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| !f["DomainJoinInfo"].is_null())
        .map(|f| f["Name"].as_str().unwrap().to_owned());
    let stack = match joined {
        Some(fleet) => {
            let stacks =
                gateway(&embedded, Wire::Default).invoke("ListAssociatedStacks", &json!({"FleetName": fleet}), "fleet", "").await.unwrap();
            stacks["Names"][0].as_str().unwrap().to_owned()
        }
        None => {
            let sdk = gateway(&embedded, Wire::Default);
            sdk.invoke("UpdateFleet", &json!({"Name": on("training").await, "DomainJoinInfo": directory}), "fleet", "").await.unwrap();
            "training".to_owned()
        }
    };
    let report = catalogue.import(&format!("new@x.example,,,{stack}"), false, false, false).await.unwrap().report;
    assert!(report.lines[0].told[0].contains("joined to a domain"), "{:?}", report.lines);
    let refused = catalogue.bulk(Bulk::Assign, "new@x.example", &[stack], false, false).await;
    assert!(matches!(refused, Err(Failure::Fields(e)) if e[0].message.contains("joined to a domain")));
}

#[tokio::test]
async fn a_person_s_page_says_what_they_can_open() {
    let (console, cookie) = signed_in().await;
    let catalogue = &console.catalogue;
    let user = catalogue.list("users", "?is=CONFIRMED", 0, 1).await.unwrap().rows[0].key.clone();
    bulk(&console, &cookie, Bulk::Assign, &user, &["claims-casual"]).await.unwrap();
    let page = catalogue.item("users", &user, "opens").await.unwrap();
    let rows = table(&page, "What this person can open");
    let elastic = rows.iter().find(|r| r[1] == "claims-elastic").unwrap_or_else(|| panic!("{rows:?}"));
    assert!(elastic[0] == "claims-casual" && elastic[3].contains("Claims Viewer"), "{rows:?}");
    assert!(rows.iter().any(|r| r[1] != "claims-elastic" && !r[3].is_empty()), "applications of an image: {rows:?}");
    assert!(page.sections[0].note.contains("Entitlements do not restrict"));
    let form = catalogue.form("users", &user, "disable", "").await.unwrap();
    assert!(form.consequence.contains("about an hour"));
    bulk(&console, &cookie, Bulk::Disable, &user, &[]).await.unwrap();
    assert!(catalogue.item("users", &user, "opens").await.unwrap().sections[0].note.contains("about an hour"));
}

#[tokio::test]
async fn a_new_version_takes_its_applications_along_and_can_be_sent_again() {
    let (catalogue, embedded, _end) = demo().await;
    let sdk = gateway(&embedded, Wire::Default);
    let blocks = sdk.invoke("DescribeAppBlocks", &json!({}), "", "").await.unwrap();
    let old = blocks["AppBlocks"].as_array().unwrap().iter().find(|b| b["Name"] == "qgis-ltr").unwrap()["Arn"].clone();
    sdk.invoke("UpdateApplication", &json!({"Name": "time-sheets", "AppBlockArn": old}), "", "").await.unwrap();
    sdk.invoke("TagResource", &json!({"ResourceArn": old, "Tags": {"team": "gis"}}), "", "").await.unwrap();
    let form = catalogue.form("app-blocks", "qgis-ltr", "new-version", "").await.unwrap();
    assert_eq!(form.submit, "Create and move 2 applications");
    assert!(matches!(form.preview, Some(Preview::Steps(_))));
    let find = |path: &str| form.fields().find(|f| f.path == path).unwrap();
    assert_eq!((find("Name").value.as_str(), find("Tags").value.as_str()), ("qgis-ltr-2", "team=gis"));
    assert_eq!(
        find("MoveApplications").picks,
        [("qgis-ltr".to_owned(), "1 fleet".to_owned()), ("time-sheets".to_owned(), "1 fleet".to_owned())]
    );
    let entries = form.standing();
    let code = catalogue.code("app-blocks", "qgis-ltr", "new-version", "", &entries).await.unwrap();
    let cli = &code[0].text;
    assert_eq!((cli.matches("create-app-block").count(), cli.matches("update-application").count()), (1, 2), "{cli}");
    assert!(cli.contains("app-block/qgis-ltr-2") && !cli.contains("move-applications"), "{cli}");

    fault(&embedded, "UpdateApplication", "ConcurrentModificationException", 1);
    let done = catalogue.act("app-blocks", "qgis-ltr", "new-version", "", "", &entries).await.unwrap();
    assert!(done.to.is_empty() && done.message.contains("1 of 2 applications moved"), "{done:?}");
    assert_eq!(done.rows.iter().filter(|(_, told)| told == "Moved.").count(), 1);
    // The same form once more: the block that is there is the one that was meant.
    let done = catalogue.act("app-blocks", "qgis-ltr", "new-version", "", "", &entries).await.unwrap();
    assert!(done.to.ends_with("/app-blocks/qgis-ltr-2/applications"), "{done:?}");
    let page = catalogue.item("app-blocks", "qgis-ltr-2", "applications").await.unwrap();
    let moved: Vec<String> = table(&page, "Applications").into_iter().map(|r| r[0].clone()).collect();
    assert_eq!(moved, ["qgis-ltr", "time-sheets"]);
    assert_eq!(catalogue.form("app-blocks", "qgis-ltr", "new-version", "").await.unwrap().submit, "Create");
    assert!(table(&catalogue.item("app-blocks", "qgis-ltr-2", "").await.unwrap(), "Tags").iter().any(|r| r[0] == "team"));
    // Another block of that name is not taken for it.
    let other = standing(&catalogue, "app-blocks", "qgis-ltr", "new-version", &[("Name", "time-sheets")]).await;
    let refused = catalogue.act("app-blocks", "qgis-ltr", "new-version", "", "", &other).await;
    assert!(matches!(refused, Err(Failure::Fields(e)) if e[0].field == "Name"));
}

#[tokio::test]
async fn what_is_emptied_on_an_application_is_deleted_by_its_word() {
    let (catalogue, embedded, _end) = demo().await;
    let set = standing(&catalogue, "applications", "qgis-ltr", "edit", &[("LaunchParameters", "--x"), ("WorkingDirectory", "C:\\Q")]).await;
    catalogue.act("applications", "qgis-ltr", "edit", "", "", &set).await.unwrap();
    let emptied = standing(&catalogue, "applications", "qgis-ltr", "edit", &[("LaunchParameters", ""), ("WorkingDirectory", "")]).await;
    let code = catalogue.code("applications", "qgis-ltr", "edit", "", &emptied).await.unwrap();
    assert!(code[0].text.contains("--attributes-to-delete LAUNCH_PARAMETERS WORKING_DIRECTORY"), "{}", code[0].text);
    catalogue.act("applications", "qgis-ltr", "edit", "", "", &emptied).await.unwrap();
    let all = gateway(&embedded, Wire::Default).invoke("DescribeApplications", &json!({}), "", "").await.unwrap();
    let now = all["Applications"].as_array().unwrap().iter().find(|a| a["Name"] == "qgis-ltr").unwrap();
    assert!(now["LaunchParameters"].is_null() && now["WorkingDirectory"].is_null(), "{now}");
    let form = catalogue.form("applications", "qgis-ltr", "edit", "").await.unwrap();
    assert!(matches!(form.preview, Some(Preview::Application { name, icon }) if name == "QGIS LTR" && icon.starts_with("https://")));
}

#[tokio::test]
async fn a_theme_s_form_begins_with_what_stands_and_clears_links_by_their_word() {
    let (catalogue, embedded, _end) = demo().await;
    let link = json!([{"DisplayName": "Help", "FooterLinkURL": "https://help.example"}]);
    gateway(&embedded, Wire::Default)
        .invoke("UpdateThemeForStack", &json!({"StackName": "finance", "FooterLinks": link}), "", "")
        .await
        .unwrap();
    let form = catalogue.form("stacks", "finance", "edit-theme", "").await.unwrap();
    let Some(Preview::Theme { title, styling, links, .. }) = &form.preview else { panic!("{:?}", form.preview) };
    assert_eq!((title.as_str(), styling.as_str(), links.len()), ("Halden Finance", "BLUE", 1));
    let typed = [("TitleText", "Finance"), ("FooterLinks.0.DisplayName", ""), ("FooterLinks.0.FooterLinkURL", "")];
    let entries = standing(&catalogue, "stacks", "finance", "edit-theme", &typed).await;
    catalogue.act("stacks", "finance", "edit-theme", "", "", &entries).await.unwrap();
    let page = catalogue.item("stacks", "finance", "branding").await.unwrap();
    let Some(Preview::Theme { title, links, logo, .. }) = page.preview else { panic!("a preview") };
    assert!(title == "Finance" && links.is_empty() && logo.contains("logo.png"));
    assert!(catalogue.item("stacks", "legal", "branding").await.unwrap().preview.is_none());
}

#[tokio::test]
async fn more_tags_than_fit_are_refused_at_the_field_before_they_are_sent() {
    let (catalogue, embedded, _end) = demo().await;
    let tags = |from: usize, to: usize| (from..to).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join("\n");
    let entries = |text: String| Entries::from_iter([("Tags".to_owned(), text)]);
    catalogue.act("stacks", "legal", "tag", "", "", &entries(tags(0, 40))).await.unwrap();
    let page = catalogue.item("stacks", "legal", "").await.unwrap();
    let note = page.sections.iter().find(|s| s.title == "Tags").unwrap().note.clone();
    let there: usize = note.split(' ').next().unwrap().parse().unwrap();
    assert!((40..=45).contains(&there) && note.ends_with("of 50"), "{note}");
    control(&embedded, "DELETE", "calls", &Value::Null);
    let refused = catalogue.act("stacks", "legal", "tag", "", "", &entries(tags(40, 51))).await;
    assert!(matches!(refused, Err(Failure::Fields(e)) if e[0].field == "Tags" && e[0].message.contains("allows 50")));
    assert!(calls(&embedded)["TagResource"].is_null());
    catalogue.act("stacks", "legal", "tag", "", "", &entries(tags(30, 44))).await.unwrap();
}

#[tokio::test]
async fn image_builders_say_how_long_they_run_and_licences_have_months() {
    let (catalogue, embedded, _end) = demo().await;
    let running = |view: domain::resource::ListView, name: &str| {
        let at = view.columns.iter().position(|c| c == "Running").unwrap() - 1;
        view.rows.iter().find(|r| r.name == name).unwrap().cells[at].clone()
    };
    let list = catalogue.list("image-builders", "", 0, 50).await.unwrap();
    assert_eq!(running(list, "finance-win22"), Cell::None, "it is stopped");
    catalogue.act("image-builders", "finance-win22", "start", "", "", &Entries::default()).await.unwrap();
    control(&embedded, "POST", "clock", &json!({"advance_seconds": 1230}));
    catalogue.forget();
    let list = catalogue.list("image-builders", "", 0, 50).await.unwrap();
    let words = running(list, "finance-win22").words();
    assert!(words.starts_with("Running 2"), "since the console saw it stand: {words}");
    control(&embedded, "POST", "clock", &json!({"advance_seconds": 9000}));
    catalogue.forget();
    let item = catalogue.item("image-builders", "finance-win22", "").await.unwrap();
    let facts: Vec<(String, Cell)> = item.sections.iter().flat_map(|s| s.facts.clone()).collect();
    let find = |name: &str| facts.iter().find(|(n, _)| n == name).map(|(_, c)| c.clone());
    assert!(matches!(find("Running"), Some(Cell::Chip { tone, .. }) if tone == "t-warn"), "{facts:?}");
    assert!(facts.iter().any(|(n, c)| n.contains("Private") && !c.words().is_empty() || n.contains("private address")), "{facts:?}");
    let months = catalogue.list("licence-usage", "?BillingPeriod=2026-01", 0, 50).await.unwrap().narrow.unwrap();
    assert_eq!(months.chosen, "2026-01");
}

#[tokio::test]
async fn without_scripts_a_paste_is_checked_and_sent_with_plain_posts() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let form = "text=plain%40x.example%2CPlain%2CPerson%2Clegal%0Abad&tell=true&step=check";
    let answer = console.post("/api/users/import", &cookie, "/users/import", form).await;
    assert!(answer.status().is_redirection(), "{}", answer.status());
    let page = text(console.get("/users/import", &cookie).await).await;
    assert!(
        page.contains("1 ready, 1 needs a change of 2 rows.")
            && page.contains("Send 1 row")
            && page.contains("plain@x.example,Plain,Person,legal")
    );
    console.post("/api/users/import", &cookie, "/users/import", &form.replace("check", "send")).await;
    let page = text(console.get("/users/import", &cookie).await).await;
    assert!(page.contains("1 done, 1 not sent of 2 rows."));
    let left = page.split("<textarea").nth(1).unwrap().split("</textarea").next().unwrap();
    assert!(left.ends_with(">bad"), "what is not done stays: {left}");
    let (status, answer) = console.call("/api/users/bulk", "", "what=disable&users=plain%40x.example&step=send").await;
    assert!(!status.is_success(), "signed out: {answer}");
}
