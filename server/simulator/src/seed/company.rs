//! What the demo estate has beside fleets: a directory, pool users, packaged applications, entitlements, branding. Made with the
//! operations themselves, so that nothing is planted that AWS would refuse.

use crate::clock::Ms;
use crate::error::Answer;
use crate::world::World;
use crate::{application, block_builder, directory, entitlement, report, theme, user};
use serde_json::{Value, json};

const DAY: Ms = 86_400_000;

/// Elastic application: name, words, executable, platform, fleet.
const APPLICATIONS: [(&str, &str, &str, &str, &str); 4] = [
    ("claims-viewer", "Claims Viewer", "/opt/claims/viewer", "AMAZON_LINUX2", "claims-elastic"),
    ("claims-scan", "Claims Scan", "/opt/claims/scan", "AMAZON_LINUX2", "claims-elastic"),
    ("qgis-ltr", "QGIS LTR", "C:\\AppStream\\QGIS\\bin\\qgis-ltr-bin.exe", "WINDOWS_SERVER_2019", "hr-selfservice"),
    ("time-sheets", "Time Sheets", "C:\\AppStream\\TimeSheets\\ts.exe", "WINDOWS_SERVER_2019", "hr-selfservice"),
];

/// Plants all of it. The tables of this file fit the fleets and stacks of the demo; a mistake in them shows in a test.
pub fn plant(world: &mut World, now: Ms) -> Answer<()> {
    let long_ago = now - 200 * DAY;
    directory::create(
        world,
        &json!({"DirectoryName": "corp.halden.example", "OrganizationalUnitDistinguishedNames": ["OU=AppStream,DC=corp,DC=halden,DC=example"],
            "ServiceAccountCredentials": {"AccountName": "corp\\svc-appstream", "AccountPassword": "never kept"}}),
        long_ago,
    )?;
    applications(world, now - 60 * DAY)?;
    users(world, now - 30 * DAY)?;
    for (name, visibility, role) in [("underwriters", "ASSOCIATED", "claims-underwriter"), ("all-claims-staff", "ALL", "claims")] {
        let attributes = json!([{"Name": "roles", "Value": role}]);
        entitlement::create(
            world,
            &json!({"Name": name, "StackName": "claims", "AppVisibility": visibility, "Attributes": attributes}),
            long_ago,
        )?;
    }
    entitlement::allow(world, &json!({"StackName": "claims", "EntitlementName": "underwriters", "ApplicationIdentifier": "Underwriting"}))?;
    let object = |key: &str| json!({"S3Bucket": "halden-appstream-branding", "S3Key": key});
    theme::create(
        world,
        &json!({"StackName": "finance", "TitleText": "Halden Finance", "ThemeStyling": "BLUE", "OrganizationLogoS3Location": object("logo.png"), "FaviconS3Location": object("favicon.png")}),
        long_ago,
    )?;
    report::create(world, long_ago)?;
    Ok(())
}

fn applications(world: &mut World, at: Ms) -> Answer<()> {
    let object = |key: String| json!({"S3Bucket": "halden-appstream-apps", "S3Key": key});
    for (name, words, path, platform, fleet) in APPLICATIONS {
        let script = json!({"ScriptS3Location": object(format!("{name}/mount")), "ExecutablePath": "/bin/sh", "TimeoutInSeconds": 60});
        let block = application::create_block(
            world,
            &json!({"Name": name, "SourceS3Location": object(format!("{name}/app.vhdx")), "SetupScriptDetails": script}),
            at,
        )?;
        let made = application::create(
            world,
            &json!({"Name": name, "DisplayName": words, "IconS3Location": object(format!("{name}/icon.png")), "LaunchPath": path, "Platforms": [platform],
                "InstanceFamilies": ["GENERAL_PURPOSE"], "AppBlockArn": block["AppBlock"]["Arn"]}),
            at,
        )?;
        application::offer(world, &json!({"FleetName": fleet, "ApplicationArn": made["Application"]["Arn"]}))?;
    }
    // One still waits for its recording.
    let recorded = application::create_block(
        world,
        &json!({"Name": "cad-viewer", "PackagingType": "APPSTREAM2", "SourceS3Location": {"S3Bucket": "halden-appstream-apps"}}),
        at,
    )?;
    let network = json!({"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"], "SecurityGroupIds": ["sg-0f2e9d10"]});
    block_builder::create(
        world,
        &json!({"Name": "packaging-large", "Platform": "WINDOWS_SERVER_2019", "InstanceType": "stream.standard.large", "VpcConfig": network}),
        at,
    )?;
    block_builder::associate(world, &json!({"AppBlockBuilderName": "packaging-large", "AppBlockArn": recorded["AppBlock"]["Arn"]}))?;
    Ok(())
}

/// Six hundred contractors in the pool; every third has not signed in yet, every fortieth is disabled.
fn users(world: &mut World, at: Ms) -> Answer<()> {
    world.quotas.insert("users".into(), 1000);
    let people: Vec<String> = world.people.iter().take(600).cloned().collect();
    for (n, name) in people.iter().enumerate() {
        let (first, last) = name.split('@').next().and_then(|n| n.split_once('.')).unwrap_or(("", ""));
        let pool = |more: Value| {
            let mut input = json!({"UserName": name, "AuthenticationType": "USERPOOL"});
            input.as_object_mut().into_iter().for_each(|i| i.extend(more.as_object().cloned().unwrap_or_default()));
            input
        };
        user::create(world, &pool(json!({"FirstName": first, "LastName": last})), at)?;
        if n % 3 != 0
            && let Some(record) = world.users.get_mut(name)
        {
            record.insert("Status".into(), "CONFIRMED".into());
        }
        if n % 40 == 7 {
            user::enable(world, &pool(json!({})), false)?;
        }
        let stack = ["contractors", "training", "people"][n % 3];
        user::batch(world, &json!({"UserStackAssociations": [pool(json!({"StackName": stack}))]}), true)?;
    }
    Ok(())
}
