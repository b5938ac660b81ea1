//! App blocks, their builders, applications, and what Elastic fleets offer.

use super::Sim;
use crate::Seed;
use serde_json::{Value, json};

fn custom(name: &str) -> Value {
    json!({"Name": name, "SourceS3Location": {"S3Bucket": "apps-bucket", "S3Key": "app.vhdx"},
        "SetupScriptDetails": {"ScriptS3Location": {"S3Bucket": "apps-bucket", "S3Key": "mount.ps1"}, "ExecutablePath": "powershell.exe", "TimeoutInSeconds": 60}})
}

fn application(name: &str, block: &Value) -> Value {
    json!({"Name": name, "IconS3Location": {"S3Bucket": "apps-bucket", "S3Key": "icon.png"}, "LaunchPath": "C:\\app.exe",
        "Platforms": ["WINDOWS_SERVER_2019"], "InstanceFamilies": ["GENERAL_PURPOSE"], "AppBlockArn": block})
}

fn elastic(sim: &mut Sim, name: &str, platform: &str) {
    let vpc = json!({"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"]});
    sim.ok(
        "CreateFleet",
        json!({"Name": name, "InstanceType": "stream.standard.small", "FleetType": "ELASTIC", "Platform": platform, "MaxConcurrentSessions": 2, "VpcConfig": vpc}),
    );
}

#[test]
fn an_app_block_is_custom_or_packaged_by_a_builder() {
    let mut sim = Sim::new(Seed::Empty);
    let block = sim.ok("CreateAppBlock", custom("qgis"))["AppBlock"].clone();
    assert_eq!((&block["State"], &block["PackagingType"]), (&json!("ACTIVE"), &json!("CUSTOM")));
    assert_eq!(sim.refused("CreateAppBlock", custom("qgis")), "ResourceAlreadyExists");
    let bare = json!({"Name": "bare", "SourceS3Location": {"S3Bucket": "apps-bucket"}});
    assert_eq!(sim.refused("CreateAppBlock", bare.clone()), "OperationNotPermitted");
    let mut recorded = bare;
    recorded["PackagingType"] = json!("APPSTREAM2");
    assert_eq!(sim.ok("CreateAppBlock", recorded)["AppBlock"]["State"], "INACTIVE");
    let mut halfway = custom("halfway");
    halfway["SetupScriptDetails"].as_object_mut().unwrap().remove("ExecutablePath");
    sim.refused("CreateAppBlock", halfway);
    assert_eq!(sim.ok("DescribeAppBlocks", json!({}))["AppBlocks"].as_array().unwrap().len(), 2);
    assert_eq!(sim.ok("DescribeAppBlocks", json!({"Arns": [block["Arn"]]}))["AppBlocks"].as_array().unwrap().len(), 1);
    assert_eq!(
        sim.refused("DescribeAppBlocks", json!({"Arns": ["arn:aws:appstream:us-east-1:111122223333:app-block/none"]})),
        "ResourceNotFound"
    );
}

#[test]
fn applications_hold_their_block_and_fleets_hold_applications() {
    let mut sim = Sim::new(Seed::Empty);
    let block = sim.ok("CreateAppBlock", custom("qgis"))["AppBlock"]["Arn"].clone();
    let made = sim.ok("CreateApplication", application("qgis", &block))["Application"].clone();
    assert_eq!((&made["DisplayName"], &made["Enabled"]), (&json!("qgis"), &json!(true)));
    assert_eq!(sim.refused("DeleteAppBlock", json!({"Name": "qgis"})), "ResourceInUse");
    let mut odd = application("odd", &block);
    odd["Platforms"] = json!(["WINDOWS_SERVER_2022"]);
    assert_eq!(sim.refused("CreateApplication", odd), "OperationNotPermitted");
    elastic(&mut sim, "lean", "WINDOWS_SERVER_2019");
    elastic(&mut sim, "linux", "AMAZON_LINUX2");
    sim.create("heavy", json!({}));
    let pair = |fleet: &str| json!({"FleetName": fleet, "ApplicationArn": made["Arn"]});
    sim.ok("AssociateApplicationFleet", pair("lean"));
    sim.ok("AssociateApplicationFleet", pair("lean"));
    assert_eq!(sim.refused("AssociateApplicationFleet", pair("linux")), "InvalidParameterCombination");
    assert_eq!(sim.refused("AssociateApplicationFleet", pair("heavy")), "InvalidParameterCombination");
    assert_eq!(sim.refused("DeleteApplication", json!({"Name": "qgis"})), "ResourceInUse");
    let offers = sim.ok("DescribeApplicationFleetAssociations", json!({"FleetName": "lean"}));
    assert_eq!(offers["ApplicationFleetAssociations"], json!([pair("lean")]));
    assert_eq!(sim.refused("DescribeApplicationFleetAssociations", json!({})), "InvalidParameterCombination");
    let changed =
        sim.ok("UpdateApplication", json!({"Name": "qgis", "LaunchParameters": "--fast", "DisplayName": "QGIS"}))["Application"].clone();
    assert_eq!((&changed["LaunchParameters"], &changed["DisplayName"]), (&json!("--fast"), &json!("QGIS")));
    let cleared = sim.ok("UpdateApplication", json!({"Name": "qgis", "AttributesToDelete": ["LAUNCH_PARAMETERS"]}))["Application"].clone();
    assert!(cleared.get("LaunchParameters").is_none());
    sim.ok("TagResource", json!({"ResourceArn": made["Arn"], "Tags": {"team": "gis"}}));
    sim.ok("DisassociateApplicationFleet", pair("lean"));
    assert_eq!(sim.refused("DisassociateApplicationFleet", pair("lean")), "InvalidParameterCombination");
    sim.ok("DeleteApplication", json!({"Name": "qgis"}));
    sim.ok("DeleteAppBlock", json!({"Name": "qgis"}));
}

#[test]
fn a_builder_records_a_package_and_stops() {
    let mut sim = Sim::new(Seed::Empty);
    let block = sim.ok("CreateAppBlock", json!({"Name": "cad", "PackagingType": "APPSTREAM2", "SourceS3Location": {"S3Bucket": "apps-bucket"}}))["AppBlock"]["Arn"].clone();
    let builder = json!({"Name": "pack", "Platform": "WINDOWS_SERVER_2019", "InstanceType": "stream.standard.large", "VpcConfig": {"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"]}});
    assert_eq!(sim.ok("CreateAppBlockBuilder", builder.clone())["AppBlockBuilder"]["State"], "STOPPED");
    assert_eq!(sim.refused("CreateAppBlockBuilder", builder), "ResourceAlreadyExists");
    let name = json!({"Name": "pack"});
    assert_eq!(sim.refused("StartAppBlockBuilder", name.clone()), "OperationNotPermitted");
    let pair = json!({"AppBlockArn": block, "AppBlockBuilderName": "pack"});
    assert_eq!(sim.ok("AssociateAppBlockBuilderAppBlock", pair.clone())["AppBlockBuilderAppBlockAssociation"], pair);
    assert_eq!(sim.refused("DeleteAppBlockBuilder", name.clone()), "ResourceInUse");
    assert_eq!(sim.refused("DeleteAppBlock", json!({"Name": "cad"})), "ResourceInUse");
    assert_eq!(sim.ok("StartAppBlockBuilder", name.clone())["AppBlockBuilder"]["State"], "STARTING");
    assert_eq!(sim.refused("CreateAppBlockBuilderStreamingURL", json!({"AppBlockBuilderName": "pack"})), "OperationNotPermitted");
    sim.pass(600);
    let state = |sim: &mut Sim| sim.ok("DescribeAppBlockBuilders", json!({"Names": ["pack"]}))["AppBlockBuilders"][0]["State"].clone();
    assert_eq!(state(&mut sim), "RUNNING");
    assert!(sim.ok("CreateAppBlockBuilderStreamingURL", json!({"AppBlockBuilderName": "pack"}))["StreamingURL"].is_string());
    assert_eq!(sim.refused("UpdateAppBlockBuilder", json!({"Name": "pack", "InstanceType": "stream.standard.small"})), "ResourceInUse");
    sim.ok("UpdateAppBlockBuilder", json!({"Name": "pack", "DisplayName": "Packer"}));
    assert_eq!(sim.control("POST", "app-blocks/cad/package", json!({})).0, 200);
    assert_eq!(sim.ok("DescribeAppBlocks", json!({}))["AppBlocks"][0]["State"], "ACTIVE");
    assert_eq!(state(&mut sim), "STOPPING");
    assert_eq!(sim.refused("DisassociateAppBlockBuilderAppBlock", pair.clone()), "OperationNotPermitted");
    sim.pass(600);
    assert_eq!(state(&mut sim), "STOPPED");
    sim.ok("DisassociateAppBlockBuilderAppBlock", pair);
    assert_eq!(sim.ok("DescribeAppBlockBuilderAppBlockAssociations", json!({}))["AppBlockBuilderAppBlockAssociations"], json!([]));
    sim.ok("DeleteAppBlockBuilder", name);
}
