//! Images: the catalogue, the lineage, sharing with a result for each cell, the check before an import.

use crate::support::{Console, calls, control, gateway, gateway_of, scope, simulator, text};
use app::resources::{Entries, Resources};
use domain::failure::Failure;
use domain::names::Scope;
use domain::resource::Cell;
use domain::sharing::{Rights, ShareForm, Table, cell, confirm_field, diff};
use serde_json::{Value, json};
use server::gateway::Sdk;
use server::gateway::client::Wire;
use server::gateway::embedded::Embedded;
use server::poll::Watcher;
use server::resource::Catalogue;
use simulator::Seed;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_util::sync::{CancellationToken, DropGuard};

const PARTNER: &str = "444455556666";
const FINANCE: &str = "finance-win22-2026-03-10";
const FLEETS: Rights = Rights { fleet: true, builder: false };
const BOTH: Rights = Rights { fleet: true, builder: true };

struct Bench {
    embedded: Embedded,
    catalogue: Catalogue,
    _end: DropGuard,
}

impl Bench {
    async fn start(seed: Seed) -> Self {
        let embedded = simulator(seed);
        let sdk = gateway(&embedded, Wire::Default);
        let end = CancellationToken::new();
        let watcher = Watcher::start(Arc::new(sdk.clone()), scope(), end.clone());
        while !watcher.hub().estate().is_ready() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Self { embedded, catalogue: Catalogue::new(sdk, watcher), _end: end.drop_guard() }
    }

    fn reset_calls(&self) {
        control(&self.embedded, "DELETE", "calls", &Value::Null);
    }

    /// What `image` is shared with, as AWS tells it now.
    async fn shared(&self, image: &str) -> Table {
        self.catalogue.forget();
        self.catalogue.sharing(&format!("?image={image}")).await.unwrap().rights
    }

    /// The partner's console.
    fn partner(&self) -> Sdk {
        gateway_of(&self.embedded, &Scope::new(PARTNER, "us-east-1"))
    }
}

fn staged(cells: &[(&str, &str, Rights, Rights)], typed: &[&str]) -> ShareForm {
    let table = |pick: fn(&(&str, &str, Rights, Rights)) -> Rights| cells.iter().map(|c| (cell(c.0, c.1), pick(c))).collect::<Table>();
    let confirm: BTreeMap<String, String> = typed.iter().map(|n| (confirm_field(n), (*n).to_owned())).collect();
    ShareForm::of(&diff(&table(|c| c.2), &table(|c| c.3)), confirm)
}

#[tokio::test]
async fn several_changes_are_applied_at_once_and_one_that_fails_stays_with_its_reason() {
    let b = Bench::start(Seed::Demo).await;
    let form = staged(
        &[
            ("777788889999", "win22-gold-2026-01", Rights::NONE, FLEETS),
            ("777788889999", "cad-win22-2026-05-21-copy", Rights::NONE, FLEETS),
            ("777788889999", "cad-win22-2026-02-18", Rights { fleet: false, builder: true }, BOTH),
        ],
        &[],
    );
    b.reset_calls();
    let results = b.catalogue.share(&form).await.unwrap();
    let failed: Vec<&str> = results.iter().filter(|r| r.failure.is_some()).map(|r| r.change.cell.as_str()).collect();
    // The failed copy is not AVAILABLE, so AWS does not share it.
    assert_eq!((results.len(), failed.as_slice()), (3, ["a777788889999:cad-win22-2026-05-21-copy"].as_slice()));
    let reason = results.iter().find_map(|r| r.failure.clone()).unwrap().advice();
    assert!(format!("{} {}", reason.title, reason.next).contains("FAILED"), "{reason:?}");
    assert_eq!(calls(&b.embedded)["UpdateImagePermissions"], 3, "a call a cell");
    assert_eq!(b.shared("win22-gold-2026-01").await[&cell("777788889999", "win22-gold-2026-01")], FLEETS);
    assert_eq!(b.shared("cad-win22-2026-02-18").await[&cell("777788889999", "cad-win22-2026-02-18")], BOTH);
    // Sent once more, only what is still to do is asked of AWS.
    b.reset_calls();
    let again = b.catalogue.share(&form).await.unwrap();
    assert_eq!(again.iter().filter(|r| r.failure.is_some()).count(), 1);
    assert_eq!(calls(&b.embedded)["UpdateImagePermissions"], 1);
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_kept() {
    let b = Bench::start(Seed::Demo).await;
    // The page was made when the partner had only the right for fleets; by now it has both.
    b.catalogue.share(&staged(&[(PARTNER, FINANCE, FLEETS, BOTH)], &[])).await.unwrap();
    let stale = staged(&[(PARTNER, FINANCE, FLEETS, Rights::NONE)], &[PARTNER]);
    b.catalogue.share(&stale).await.unwrap();
    assert_eq!(b.shared(FINANCE).await[&cell(PARTNER, FINANCE)], Rights { fleet: false, builder: true });
}

#[tokio::test]
async fn withdrawing_the_right_for_fleets_asks_for_the_number_and_empties_the_other_accounts_fleets() {
    let b = Bench::start(Seed::Demo).await;
    let form = |typed: &[&str]| staged(&[(PARTNER, FINANCE, FLEETS, Rights::NONE)], typed);
    let fleet = async || {
        let answer = b.partner().invoke("DescribeFleets", &json!({"Names": ["audit-desktop"]}), "fleet", "audit-desktop").await.unwrap();
        answer["Fleets"][0].clone()
    };
    assert_eq!(fleet().await["ComputeCapacityStatus"]["Desired"], 8);
    b.reset_calls();
    match b.catalogue.share(&form(&["111122223333"])).await {
        Err(Failure::Fields(errors)) => assert_eq!(errors[0].field, "account-444455556666"),
        other => panic!("{other:?}"),
    }
    assert_eq!(calls(&b.embedded)["DeleteImagePermissions"], Value::Null, "nothing was sent");
    let results = b.catalogue.share(&form(&[PARTNER])).await.unwrap();
    assert!(results.iter().all(|r| r.failure.is_none()), "{results:?}");
    assert!(b.shared(FINANCE).await.is_empty());
    // There: nobody new can start, who streams goes on.
    let there = fleet().await;
    assert_eq!(there["ComputeCapacityStatus"]["Desired"], 0, "{there}");
    assert!(there["ComputeCapacityStatus"]["InUse"].as_u64() > Some(0), "{there}");
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_and_nothing_is_sent() {
    let b = Bench::start(Seed::Demo).await;
    b.reset_calls();
    let mut own = ShareForm::default();
    own.was.insert(cell("111122223333", FINANCE), String::new());
    own.fleet.insert(cell("111122223333", FINANCE), "true".into());
    for form in [ShareForm::default(), own, staged(&[(PARTNER, FINANCE, FLEETS, FLEETS)], &[])] {
        assert!(matches!(b.catalogue.share(&form).await, Err(Failure::Fields(_))), "{form:?}");
    }
    assert_eq!(calls(&b.embedded)["UpdateImagePermissions"], Value::Null);
    // An image of another account, or of nobody: each cell says so.
    let results = b.catalogue.share(&staged(&[(PARTNER, "nobody-has-this", Rights::NONE, FLEETS)], &[])).await.unwrap();
    assert!(matches!(results[0].failure, Some(Failure::NotFound { .. })), "{results:?}");
}

#[tokio::test]
async fn the_matrix_shows_what_is_shared_first_and_the_accounts_that_the_address_adds() {
    let b = Bench::start(Seed::Demo).await;
    let view = b.catalogue.sharing("?add=2222+3333+4444&before=777788889999").await.unwrap();
    assert_eq!(view.accounts, ["222233334444", PARTNER, "777788889999"]);
    let first: Vec<&str> = view.images.iter().take(3).map(|i| i.name.as_str()).collect();
    assert!(first.contains(&FINANCE) && first.contains(&"win22-gold-2026-01") && first.contains(&"cad-win22-2026-02-18"), "{first:?}");
    assert!(view.images.iter().any(|i| i.why_not.is_some()), "failed images are locked");
    assert!(b.catalogue.sharing("?add=12").await.unwrap().wrong.unwrap().contains("this has 2"));
    assert!(matches!(b.catalogue.sharing("?image=AppStream-WinServer2022-06-17-2026").await, Err(Failure::NotFound { .. })));
    let shared = b.catalogue.sharing("?is=shared&q=gold").await.unwrap();
    assert_eq!(shared.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["win22-gold-2026-01"]);
}

#[tokio::test]
async fn the_catalogue_tells_freshness_use_and_ancestry_without_a_call_an_image() {
    let b = Bench::start(Seed::Demo).await;
    b.reset_calls();
    let list = b.catalogue.list("images", "?is=PRIVATE", 0, 100).await.unwrap();
    let made = calls(&b.embedded);
    assert!(made["DescribeImages"].as_u64().unwrap() <= 3 && made["DescribeImagePermissions"] == Value::Null, "{made}");
    let at = |head: &str| list.columns.iter().position(|c| c == head).unwrap() - 1;
    let row = |name: &str| list.rows.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("{name}"));
    let words = |name: &str, head: &str| row(name).cells[at(head)].words();
    assert!(
        matches!(&row("finance-win22-2026-06-02").cells[at("Base image")], Cell::Tag { text, .. } if text == "1 newer"),
        "{:?}",
        row("finance-win22-2026-06-02")
    );
    assert_eq!(words("win25-pilot-2026-07-30", "Base image"), "Current");
    assert_eq!(words("win25-pilot-2026-07-30", "Agent"), "Latest");
    assert_eq!(words("cad-win22-2025-08-07", "Agent"), "03-24-2026");
    assert_eq!(words("finance-win22-2026-03-10", "Ancestry"), "3 between, 1 from it");
    assert!(words(FINANCE, "Used by").contains("fleet"), "{}", words(FINANCE, "Used by"));
    // Counts of the quick filters are of what they leave.
    for filter in
        ["is=SHARED", "is=SHARED_OUT", "is=PUBLIC", "is=PRIVATE&has=update", "is=PRIVATE&has=failed", "is=PRIVATE&has=unused", "has=moving"]
    {
        let list = b.catalogue.list("images", &format!("?{filter}"), 0, 100).await.unwrap();
        let wanted = filter.rsplit('&').next().unwrap();
        let (key, value) = wanted.split_once('=').unwrap();
        let choice = list.choices.iter().find(|c| c.key == key && c.value == value).unwrap();
        assert_eq!(choice.count, list.matched, "{filter}");
    }
    assert_eq!(b.catalogue.list("images", "?is=SHARED_OUT", 0, 100).await.unwrap().matched, 3);
}

#[tokio::test]
async fn the_page_of_an_image_shows_where_it_comes_from_who_is_on_it_and_why_it_failed() {
    let b = Bench::start(Seed::Demo).await;
    let view = b.catalogue.item("images", "finance-win22-2026-03-10", "lineage").await.unwrap();
    let (mut path, mut at) = (vec![], &view.sections[0].tree[0]);
    loop {
        path.push(at.cell.words());
        match at.below.first() {
            Some(next) => at = next,
            None => break,
        }
    }
    assert_eq!(path.last().unwrap(), "finance-win22-2026-06-02");
    assert!(path[0].starts_with("AppStream-WinServer2022-"), "{path:?}");
    assert!(path.contains(&"win22-gold-2025-09".to_owned()) && path.contains(&"finance-win22-2025-12-01".to_owned()), "{path:?}");
    let used = b.catalogue.item("images", FINANCE, "used-by").await.unwrap();
    assert!(matches!(&used.sections[0].rows[0].0[0], Cell::Link { .. }) && used.sections[1].rows.len() == 1, "{used:?}");
    let failed = b.catalogue.item("images", "erp-win19-updated", "").await.unwrap();
    assert_eq!(failed.troubles.iter().map(|t| t.code.as_str()).collect::<Vec<_>>(), ["IMAGE_UPDATE_FAILURE"]);
    // Each thing in the way of a deletion is a link that works.
    let form = b.catalogue.form("images", FINANCE, "delete", "").await.unwrap();
    assert!(form.blockers.iter().any(|(sentence, _)| sentence.contains(PARTNER)), "{:?}", form.blockers);
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for (sentence, href) in &form.blockers {
        let page = console.get(href, &cookie).await;
        assert_eq!(page.status(), 200, "{sentence} {href}");
    }
}

#[tokio::test]
async fn an_export_says_how_far_it_is() {
    let b = Bench::start(Seed::Demo).await;
    let fields: Entries = [("AmiName", "finance-ami"), ("IamRoleArn", "arn:aws:iam::111122223333:role/Export")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into_iter()
        .collect();
    b.catalogue.act("images", FINANCE, "export", "", "", &fields).await.unwrap();
    let progress = async || {
        b.catalogue.forget();
        let list = b.catalogue.list("image-exports", "", 0, 10).await.unwrap();
        list.rows[0].cells[2].words()
    };
    assert!(progress().await.contains("usually 30 to 90 m"));
    control(&b.embedded, "POST", "clock", &json!({"advance_seconds": 6 * 3600}));
    assert_eq!(progress().await, "The machine image is in EC2.");
}

#[tokio::test]
async fn sharing_works_as_a_plain_form() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let page = format!("/111122223333/us-east-1/images/{FINANCE}/sharing?do=share");
    let html = text(console.get(&page, &cookie).await).await;
    assert!(html.contains(&format!("form[was][a{PARTNER}:{FINANCE}]")) && html.contains("Add an account"), "{html}");
    // The partner's boxes are empty, and another account is typed.
    let body = format!("form[image]={FINANCE}&form[add]=7777+8888+9999&form[was][a{PARTNER}:{FINANCE}]=f");
    let answer = console.post("/api/image/share", &cookie, &page, &body).await;
    assert!(answer.status().is_redirection());
    let html = text(console.get(&page, &cookie).await).await;
    assert!(html.contains(&format!("form[confirm][account-{PARTNER}]")) && html.contains("value=\"7777 8888 9999\""), "{html}");
    let body = format!("{body}&form[confirm][account-{PARTNER}]={PARTNER}");
    console.post("/api/image/share", &cookie, &page, &body).await;
    let html = text(console.get(&page, &cookie).await).await;
    assert!(html.contains("Every change was made.") && html.contains("777788889999"), "{html}");
    let matrix = text(console.get("/images/sharing?add=222233334444&q=gold", &cookie).await).await;
    assert_eq!(matrix.matches("222233334444 may use").count(), 4, "two images, two rights");
}

/// Ten thousand images: made by hand, since the simulator's quota is AWS's.
#[test]
fn ten_thousand_images_are_listed_quickly() {
    let images: Vec<Value> = (0..10_000)
        .map(|n| {
            let base = if n % 10 == 0 { "arn:aws:appstream:us-east-1::image/AppStream-WinServer2022-03-24-2026".to_owned() } else { format!("arn:aws:appstream:us-east-1:111122223333:image/i{}", n - 1) };
            json!({"Name": format!("i{n}"), "Arn": format!("arn:aws:appstream:us-east-1:111122223333:image/i{n}"), "State": "AVAILABLE", "Visibility": "PRIVATE",
                "BaseImageArn": base, "CreatedTime": 1_700_000_000 + n, "Platform": "WINDOWS_SERVER_2022", "AppstreamAgentVersion": "03-24-2026"})
        })
        .collect();
    let began = std::time::Instant::now();
    let rows = server::resource::images::catalogue::enrich(&images, &[], &domain::estate::Estate::default());
    let took = began.elapsed();
    assert_eq!((rows.len(), rows[0]["Name"].as_str()), (10_000, Some("i9999")));
    assert_eq!(rows[0]["Console"]["before"], 9);
    // Debug builds on a busy machine: a bound that only a quadratic way would miss.
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}
