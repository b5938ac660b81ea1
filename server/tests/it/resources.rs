//! Every operation through the console's forms, against the embedded AppStream: lists, pages, acts, and what they refuse.

use crate::support::{control, gateway, scope, simulator};
use app::gateway::AppStream as _;
use app::resources::{Entries, Resources};
use domain::failure::Failure;
use domain::resource::{Cell, Done, ItemView, ListView};
use serde_json::{Value, json};
use server::gateway::client::Wire;
use server::gateway::embedded::Embedded;
use server::poll::Watcher;
use server::resource::Catalogue;
use server::resource::kinds::KINDS;
use simulator::Seed;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio_util::sync::{CancellationToken, DropGuard};

struct Bench {
    embedded: Embedded,
    catalogue: Catalogue,
    watcher: Watcher,
    called: Mutex<BTreeSet<&'static str>>,
    _end: DropGuard,
}

fn entries(pairs: &[(&str, &str)]) -> Entries {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
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
        Self { embedded, catalogue: Catalogue::new(sdk, watcher.clone()), watcher, called: Mutex::default(), _end: end.drop_guard() }
    }

    /// Does an act; `row` is the row that it is on.
    async fn tried(&self, kind: &str, name: &str, verb: &str, row: &str, fields: &[(&str, &str)]) -> Result<Done, Failure> {
        let operation = KINDS.iter().find(|k| k.slug == kind).and_then(|k| k.verbs.iter().find(|v| v.slug == verb)).map(|v| v.operation);
        let query = if row.is_empty() { String::new() } else { format!("?row={}", app::paths::encode(row)) };
        let confirm = if row.is_empty() { name.rsplit(':').next().unwrap_or(name) } else { row };
        // As a browser does: what stands in the form, with what was typed over it.
        let form = self.catalogue.form(kind, name, verb, &query).await?;
        let mut all: Entries = form.standing();
        all.extend(entries(fields));
        let done = self.catalogue.act(kind, name, verb, &query, confirm, &all).await?;
        self.called.lock().unwrap().extend(operation);
        Ok(done)
    }

    #[track_caller]
    fn ok(
        &self,
        kind: &'static str,
        name: &'static str,
        verb: &'static str,
        row: &'static str,
        fields: &'static [(&'static str, &'static str)],
    ) -> impl Future<Output = Done> {
        let at = std::panic::Location::caller();
        async move { self.tried(kind, name, verb, row, fields).await.unwrap_or_else(|e| panic!("{at}: {kind} {name} {verb}: {e:?}")) }
    }

    fn pass(&self, seconds: i64) {
        control(&self.embedded, "POST", "clock", &json!({"advance_seconds": seconds}));
        // Whatever was asked before the clock moved is old.
        std::thread::sleep(std::time::Duration::from_millis(1));
        self.catalogue.forget();
    }

    async fn until_session(&self, id: &str) {
        for _ in 0..600 {
            if self.watcher.hub().estate().sessions.iter().any(|s| s.id.0 == id) {
                return;
            }
            app::ctx::Watch::hurry(&self.watcher, domain::estate::Kind::Sessions);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the session was never seen");
    }

    async fn state(&self, kind: &str, name: &str) -> String {
        match self.catalogue.item(kind, name, "").await.unwrap().state {
            Cell::Chip { raw, .. } => raw,
            other => format!("{other:?}"),
        }
    }
}

const BASE: &str = "AppStream-WinServer2022-06-17-2026";

#[tokio::test]
async fn every_form_reaches_its_operation() {
    let b = Bench::start(Seed::Empty).await;
    b.ok(
        "fleets",
        "",
        "new",
        "",
        &[
            ("Name", "desk"),
            ("InstanceType", "stream.standard.medium"),
            ("FleetType", "ALWAYS_ON"),
            ("ImageName", BASE),
            ("ComputeCapacity.DesiredSessions", "4"),
            ("MaxSessionsPerInstance", "2"),
            ("VpcConfig.SubnetIds", "subnet-0a1f3c55\nsubnet-0b71c4e2"),
            ("Tags", "team=desk"),
        ],
    )
    .await;
    b.ok(
        "fleets",
        "",
        "new",
        "",
        &[
            ("Name", "elastic"),
            ("InstanceType", "stream.standard.small"),
            ("FleetType", "ELASTIC"),
            ("Platform", "AMAZON_LINUX2"),
            ("MaxConcurrentSessions", "5"),
            ("VpcConfig.SubnetIds", "subnet-0a1f3c55\nsubnet-0b71c4e2"),
        ],
    )
    .await;
    b.ok(
        "fleets",
        "desk",
        "edit",
        "",
        &[
            ("DisplayName", "Desks"),
            ("InstanceType", "stream.standard.medium"),
            ("ImageName", BASE),
            ("IdleDisconnectTimeoutInSeconds", "120"),
        ],
    )
    .await;
    b.ok("fleets", "desk", "tag", "", &[("Tags", "cost=42")]).await;
    b.ok("fleets", "desk", "untag", "cost", &[]).await;
    b.ok(
        "stacks",
        "",
        "new",
        "",
        &[("Name", "work"), ("DisplayName", "Work"), ("UserSettings.2.Permission", "DISABLED"), ("RedirectURL", "https://example.com/bye")],
    )
    .await;
    b.ok("stacks", "work", "fleet", "", &[("FleetName", "desk")]).await;
    b.ok("stacks", "work", "edit", "", &[("DisplayName", "Work place")]).await;
    b.ok(
        "stacks",
        "work",
        "theme",
        "",
        &[
            ("TitleText", "Work"),
            ("ThemeStyling", "BLUE"),
            ("OrganizationLogoS3Location", "s3://brand/logo.png"),
            ("FaviconS3Location", "s3://brand/icon.png"),
        ],
    )
    .await;
    b.ok("stacks", "work", "edit-theme", "", &[("ThemeStyling", "RED")]).await;
    b.ok("users", "", "new", "", &[("UserName", "ana@example.com"), ("FirstName", "Ana"), ("LastName", "Conti")]).await;
    b.ok("users", "ana@example.com", "resend", "", &[]).await;
    let rows = b
        .ok(
            "stacks",
            "work",
            "user",
            "",
            &[("UserStackAssociations.0.UserName", "ana@example.com"), ("UserStackAssociations.1.UserName", "gone@example.com")],
        )
        .await;
    assert!(rows.rows.len() == 1 && rows.rows[0].0.contains("gone@example.com"), "{rows:?}");
    b.ok("stacks", "work", "no-user", "ana@example.com", &[]).await;
    b.ok("users", "ana@example.com", "stack", "", &[("UserStackAssociations.0.StackName", "work")]).await;
    b.ok("users", "ana@example.com", "no-stack", "work", &[]).await;
    b.ok("users", "ana@example.com", "disable", "", &[]).await;
    b.ok("users", "ana@example.com", "enable", "", &[]).await;
    b.ok("users", "ana@example.com", "delete", "", &[]).await;
    b.ok(
        "entitlements",
        "",
        "new",
        "",
        &[
            ("Name", "staff"),
            ("StackName", "work"),
            ("AppVisibility", "ASSOCIATED"),
            ("Attributes.0.Name", "roles"),
            ("Attributes.0.Value", "staff"),
        ],
    )
    .await;
    b.ok("entitlements", "work:staff", "application", "", &[("ApplicationIdentifier", "Editor")]).await;
    b.ok("entitlements", "work:staff", "no-application", "Editor", &[]).await;
    b.ok(
        "entitlements",
        "work:staff",
        "edit",
        "",
        &[("Description", "All staff"), ("AppVisibility", "ASSOCIATED"), ("Attributes.0.Name", "roles"), ("Attributes.0.Value", "staff")],
    )
    .await;
    b.ok("entitlements", "work:staff", "delete", "", &[]).await;
    b.ok(
        "directory-configs",
        "",
        "new",
        "",
        &[
            ("DirectoryName", "corp.example.com"),
            ("OrganizationalUnitDistinguishedNames", "OU=a,DC=corp"),
            ("ServiceAccountCredentials.AccountName", "svc"),
            ("ServiceAccountCredentials.AccountPassword", "canary-4711"),
        ],
    )
    .await;
    b.ok(
        "directory-configs",
        "corp.example.com",
        "edit",
        "",
        &[("OrganizationalUnitDistinguishedNames", "OU=a,DC=corp\nOU=b,DC=corp"), ("ServiceAccountCredentials.AccountName", "svc")],
    )
    .await;
    b.ok("directory-configs", "corp.example.com", "delete", "", &[]).await;
    b.ok("usage-reports", "", "new", "", &[]).await;
    let bucket = b.catalogue.list("usage-reports", "", 0, 10).await.unwrap().rows[0].key.clone();
    b.tried("usage-reports", &bucket, "delete", "", &[]).await.unwrap();
    // Packaging.
    b.ok(
        "app-blocks",
        "",
        "new",
        "",
        &[
            ("Name", "editor"),
            ("SourceS3Location", "s3://apps-bucket/editor.vhdx"),
            ("SetupScriptDetails.ScriptS3Location", "s3://apps-bucket/mount.sh"),
            ("SetupScriptDetails.ExecutablePath", "/bin/sh"),
            ("SetupScriptDetails.TimeoutInSeconds", "60"),
        ],
    )
    .await;
    b.ok(
        "app-blocks",
        "editor",
        "new-version",
        "",
        &[
            ("Name", "editor-2"),
            ("PackagingType", "CUSTOM"),
            ("SourceS3Location", "s3://apps-bucket/editor-2.vhdx"),
            ("SetupScriptDetails.ScriptS3Location", "s3://apps-bucket/mount.sh"),
            ("SetupScriptDetails.ExecutablePath", "/bin/sh"),
            ("SetupScriptDetails.TimeoutInSeconds", "60"),
        ],
    )
    .await;
    b.ok("app-blocks", "", "new", "", &[("Name", "recorded"), ("PackagingType", "APPSTREAM2"), ("SourceS3Location", "s3://apps-bucket")])
        .await;
    b.ok(
        "app-block-builders",
        "",
        "new",
        "",
        &[
            ("Name", "packer"),
            ("Platform", "WINDOWS_SERVER_2019"),
            ("InstanceType", "stream.standard.large"),
            ("VpcConfig.SubnetIds", "subnet-0a1f3c55\nsubnet-0b71c4e2"),
        ],
    )
    .await;
    b.ok(
        "app-block-builders",
        "packer",
        "edit",
        "",
        &[
            ("DisplayName", "Packer"),
            ("Platform", "WINDOWS_SERVER_2019"),
            ("InstanceType", "stream.standard.large"),
            ("VpcConfig.SubnetIds", "subnet-0a1f3c55\nsubnet-0b71c4e2"),
        ],
    )
    .await;
    b.ok("app-blocks", "recorded", "builder", "", &[("AppBlockBuilderName", "packer")]).await;
    b.ok("app-block-builders", "packer", "start", "", &[]).await;
    b.pass(600);
    assert!(b.ok("app-block-builders", "packer", "url", "", &[]).await.secret.is_some());
    b.ok("app-block-builders", "packer", "stop", "", &[]).await;
    b.pass(600);
    b.ok("app-blocks", "recorded", "no-builder", "packer", &[]).await;
    b.ok("app-block-builders", "packer", "delete", "", &[]).await;
    const BLOCK: &str = "arn:aws:appstream:us-east-1:111122223333:app-block/editor";
    b.ok(
        "applications",
        "",
        "new",
        "",
        &[
            ("Name", "editor"),
            ("IconS3Location", "s3://apps-bucket/icon.png"),
            ("LaunchPath", "/opt/editor"),
            ("Platforms:AMAZON_LINUX2", "AMAZON_LINUX2"),
            ("InstanceFamilies", "GENERAL_PURPOSE"),
            ("AppBlockArn", BLOCK),
            ("LaunchParameters", "--fast"),
        ],
    )
    .await;
    b.ok(
        "applications",
        "editor",
        "edit",
        "",
        &[
            ("LaunchParameters", ""),
            ("DisplayName", "Editor"),
            ("IconS3Location", "s3://apps-bucket/icon.png"),
            ("LaunchPath", "/opt/editor"),
            ("AppBlockArn", BLOCK),
        ],
    )
    .await;
    let item = b.catalogue.item("applications", "editor", "").await.unwrap();
    assert!(!format!("{:?}", item.sections).contains("--fast"), "what was emptied is cleared");
    const APPLICATION: &str = "arn:aws:appstream:us-east-1:111122223333:application/editor";
    b.ok("applications", "editor", "fleet", "", &[("FleetName", "elastic")]).await;
    b.ok("applications", "editor", "no-fleet", "elastic", &[]).await;
    b.ok("fleets", "elastic", "application", "", &[("ApplicationArn", APPLICATION)]).await;
    b.ok("fleets", "elastic", "no-application", APPLICATION, &[]).await;
    b.ok("applications", "editor", "delete", "", &[]).await;
    b.ok("app-blocks", "editor", "delete", "", &[]).await;
    // Images and builders.
    b.ok("image-builders", "", "new", "", &[("Name", "forge"), ("InstanceType", "stream.standard.medium"), ("ImageName", BASE)]).await;
    b.pass(900);
    assert!(b.ok("image-builders", "forge", "url", "", &[("Validity", "600")]).await.secret.is_some());
    b.ok("image-builders", "forge", "software", "", &[("SoftwareNames", "Microsoft_Office_2021_LTSC_Standard_64Bit")]).await;
    b.ok("image-builders", "forge", "deploy", "", &[]).await;
    b.pass(1200);
    b.ok("image-builders", "forge", "no-software", "Microsoft_Office_2021_LTSC_Standard_64Bit", &[]).await;
    b.ok("image-builders", "forge", "deploy", "", &[]).await;
    b.pass(1200);
    control(&b.embedded, "POST", "images", &json!({"ImageBuilderName": "forge", "ImageName": "gold"}));
    b.pass(9000);
    b.ok("image-builders", "forge", "start", "", &[]).await;
    b.pass(900);
    b.ok("image-builders", "forge", "stop", "", &[]).await;
    b.pass(600);
    assert_eq!(b.state("image-builders", "forge").await, "STOPPED");
    assert!(
        b.tried("image-builders", "forge", "edit", "", &[("DisplayName", "Forge")])
            .await
            .is_err_and(|e| e.advice().next.contains("AWS CLI"))
    );
    b.ok("image-builders", "forge", "delete", "", &[]).await;
    b.ok("images", "gold", "copy", "", &[("DestinationImageName", "gold-copy"), ("DestinationRegion", "us-east-1")]).await;
    let dry = b.ok("images", "gold", "check", "", &[]).await;
    assert!(dry.message.contains("can be updated") && dry.next[0].1.ends_with("/images/gold/update"), "{dry:?}");
    b.ok("images", "gold", "update", "", &[("newImageName", "gold-2")]).await;
    b.ok("images", "gold", "export", "", &[("AmiName", "gold-ami"), ("IamRoleArn", "arn:aws:iam::111122223333:role/Export")]).await;
    let tasks = b.catalogue.list("image-exports", "", 0, 10).await.unwrap();
    assert!(tasks.moving && b.catalogue.item("image-exports", &tasks.rows[0].key, "").await.is_ok());
    let mine = [("Name", "mine"), ("SourceAmiId", "ami-0123456789abcdef0"), ("IamRoleArn", "arn:aws:iam::111122223333:role/Import")];
    let check = b.tried("images", "", "import", "", &mine).await.unwrap();
    assert!(check.message.contains("check succeeded") && check.to.is_empty() && !check.checked.is_empty(), "{check:?}");
    let go = |name: &'static str| [("Name", name), mine[1], mine[2], ("step", "go"), ("checked", check.checked.as_str())];
    assert!(
        b.tried("images", "", "import", "", &go("other")).await.is_err_and(|e| matches!(e, Failure::Fields(_))),
        "not what was checked"
    );
    assert_eq!(b.tried("images", "", "import", "", &go("mine")).await.unwrap().message, "The import has begun; it takes 30 to 60 minutes.");
    b.pass(9000);
    b.ok("images", "gold", "delete", "", &[]).await;
    // People, and how it all goes.
    b.catalogue.act("fleets", "desk", "edit", "", "", &entries(&[])).await.unwrap_err();
    gateway(&b.embedded, Wire::Default).start_fleet(&"desk".into()).await.unwrap();
    b.pass(1800);
    let url = b.ok("stacks", "work", "url", "", &[("FleetName", "desk"), ("UserId", "ana")]).await;
    assert!(url.secret.is_some() && url.to.is_empty() && !format!("{url:?}").contains("parameters="), "a URL is never printed");
    control(&b.embedded, "POST", "load", &json!({"StackName": "work", "FleetName": "desk", "count": 1}));
    let opened = control(&b.embedded, "POST", "sessions", &json!({"StackName": "work", "FleetName": "desk", "UserId": "bo"}))["Id"]
        .as_str()
        .unwrap()
        .to_owned();
    b.until_session(&opened).await;
    b.tried("sessions", &opened, "drain", "", &[]).await.unwrap();
    b.tried("sessions", &opened, "expire", "", &[]).await.unwrap();
    control(&b.embedded, "POST", "load", &json!({"StackName": "work", "FleetName": "desk", "count": 0}));
    gateway(&b.embedded, Wire::Default).stop_fleet(&"desk".into()).await.unwrap();
    b.pass(600);
    b.ok("stacks", "work", "no-fleet", "desk", &[]).await;
    b.ok("stacks", "work", "no-theme", "", &[]).await;
    b.ok("stacks", "work", "delete", "", &[]).await;
    b.ok("fleets", "elastic", "delete", "", &[]).await;
    for kind in &KINDS {
        b.catalogue.list(kind.slug, "", 0, 50).await.unwrap();
    }
    let all: BTreeSet<&str> =
        KINDS.iter().flat_map(|k| k.verbs).filter(|v| !v.own).map(|v| v.operation).filter(|o| *o != "UpdateImageBuilder").collect();
    assert_eq!(*b.called.lock().unwrap(), all, "every act was done");
}

#[tokio::test]
async fn what_cannot_be_is_told_at_its_field_and_nothing_is_sent() {
    let b = Bench::start(Seed::Demo).await;
    control(&b.embedded, "DELETE", "calls", &Value::Null);
    for (kind, name, verb, fields, at) in [
        ("stacks", "", "new", vec![("Name", "-x")], "Name"),
        ("stacks", "", "new", vec![], "Name"),
        ("stacks", "", "new", vec![("Name", "a"), ("StorageConnectors.1.Domains", "example.com")], "StorageConnectors.1.ConnectorType"),
        ("stacks", "", "new", vec![("Name", "a"), ("EmbedHostDomains", "NOT A HOST")], "EmbedHostDomains"),
        (
            "fleets",
            "",
            "new",
            vec![("Name", "a"), ("InstanceType", "b"), ("ComputeCapacity.DesiredInstances", "many")],
            "ComputeCapacity.DesiredInstances",
        ),
        ("stacks", "finance", "tag", vec![("Tags", "no equals sign")], "Tags"),
        ("app-blocks", "", "new", vec![("Name", "a"), ("SourceS3Location", "bucket/key")], "SourceS3Location"),
        ("stacks", "finance", "delete", vec![], "confirm"),
    ] {
        match b.catalogue.act(kind, name, verb, "", "", &entries(&fields)).await {
            Err(Failure::Fields(errors)) => assert!(errors.iter().any(|e| e.field == at), "{kind} {verb}: {errors:?}"),
            other => panic!("{kind} {verb}: {other:?}"),
        }
    }
    let writes = crate::support::calls(&b.embedded);
    assert!(writes.as_object().unwrap().keys().all(|k| k.starts_with("Describe") || k.starts_with("List")), "{writes}");
    assert!(matches!(b.catalogue.item("stacks", "nowhere", "").await, Err(Failure::NotFound { .. })));
    assert!(matches!(b.catalogue.list("planets", "", 0, 10).await, Err(Failure::NotFound { .. })));
    // A public image, and one of another account, are read only.
    assert!(matches!(b.catalogue.act("images", BASE, "delete", "", BASE, &Entries::default()).await, Err(Failure::Busy { .. })));
    let shared = b.catalogue.list("images", "?is=SHARED", 0, 10).await.unwrap();
    assert_eq!(shared.rows[0].key, "444455556666:settlement-win22-2026-04-14");
    assert!(b.catalogue.item("images", &shared.rows[0].key, "").await.unwrap().acts.iter().all(|a| a.why_not.is_some()));
    let found = b.catalogue.list("users", "?q=contractor+whitfield", 0, 10).await.unwrap();
    assert!(found.matched < found.total);
    for kind in &KINDS {
        let list = b.catalogue.list(kind.slug, "", 0, 1000).await.unwrap();
        for row in list.rows.iter().take(3).filter(|r| r.href.is_some()) {
            b.catalogue.item(kind.slug, &row.key, "").await.unwrap_or_else(|e| panic!("{} {}: {e:?}", kind.slug, row.key));
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_told_filtered_and_offered_what_applies() {
    let b = Bench::start(Seed::Demo).await;
    let user = b.catalogue.list("users", "?is=CONFIRMED", 0, 1).await.unwrap().rows[0].key.clone();
    let offered = |item: ItemView, label: &str| item.acts.into_iter().find(|a| a.label == label).unwrap().why_not;
    let before = b.catalogue.item("users", &user, "").await.unwrap();
    assert_eq!(offered(before.clone(), "Enable…").as_deref(), Some("The user is enabled already."));
    assert_eq!(offered(before, "Disable…"), None);
    let off = |list: ListView| list.choices.into_iter().find(|c| c.value == "DISABLED").unwrap().count;
    let count = off(b.catalogue.list("users", "", 0, 1).await.unwrap());
    b.tried("users", &user, "disable", "", &[]).await.unwrap();
    assert_eq!(b.state("users", &user).await, "DISABLED");
    let now = b.catalogue.item("users", &user, "").await.unwrap();
    assert_eq!((offered(now.clone(), "Enable…"), offered(now, "Disable…").as_deref()), (None, Some("The user is disabled already.")));
    let list = b.catalogue.list("users", "?is=DISABLED", 0, 500).await.unwrap();
    assert!(list.rows.iter().any(|r| r.key == user) && list.matched == count + 1);
    assert!(matches!(b.tried("users", &user, "disable", "", &[]).await, Err(Failure::Busy { .. })));
}
