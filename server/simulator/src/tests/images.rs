//! Image builders, and the images captured in them.

use super::Sim;
use crate::Seed;
use serde_json::{Value, json};

const BASE: &str = "AppStream-WinServer2022-06-17-2026";

fn builder(more: Value) -> Value {
    let mut input = json!({"Name": "ib", "InstanceType": "stream.standard.medium", "ImageName": BASE});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn state(sim: &mut Sim) -> Value {
    sim.ok("DescribeImageBuilders", json!({"Names": ["ib"]}))["ImageBuilders"][0]["State"].clone()
}

fn image(sim: &mut Sim, name: &str) -> Value {
    sim.ok("DescribeImages", json!({"Names": [name]}))["Images"][0].clone()
}

#[test]
fn a_builder_goes_its_way_and_each_state_refuses_what_it_must() {
    let mut sim = Sim::new(Seed::Empty);
    assert_eq!(
        sim.refused("CreateImageBuilder", json!({"Name": "ib", "InstanceType": "stream.standard.medium"})),
        "InvalidParameterCombination"
    );
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({"ImageName": "none"}))), "ResourceNotFound");
    assert_eq!(
        sim.refused("CreateImageBuilder", builder(json!({"VpcConfig": {"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"]}}))),
        "InvalidParameterCombination"
    );
    let made = sim.ok("CreateImageBuilder", builder(json!({"Tags": {"team": "images"}})))["ImageBuilder"].clone();
    assert_eq!(
        (&made["State"], made.get("ImageName"), &made["RootVolumeConfig"]),
        (&json!("PENDING"), None, &json!({"VolumeSizeInGb": 200}))
    );
    assert_eq!(sim.ok("ListTagsForResource", json!({"ResourceArn": made["Arn"]}))["Tags"], json!({"team": "images"}));
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({}))), "ResourceAlreadyExists");
    let name = json!({"Name": "ib"});
    assert_eq!(sim.refused("StopImageBuilder", name.clone()), "OperationNotPermitted");
    assert_eq!(sim.refused("DeleteImageBuilder", name.clone()), "OperationNotPermitted");
    assert_eq!(sim.refused("CreateImageBuilderStreamingURL", name.clone()), "OperationNotPermitted");
    sim.pass(900);
    assert_eq!(state(&mut sim), "RUNNING");
    assert!(sim.ok("CreateImageBuilderStreamingURL", name.clone())["StreamingURL"].is_string());
    assert_eq!(sim.refused("StartImageBuilder", name.clone()), "ResourceNotAvailable");
    assert_eq!(sim.ok("UpdateImageBuilder", json!({"Name": "ib", "DisplayName": "Builder"}))["ImageBuilder"]["DisplayName"], "Builder");
    assert_eq!(sim.ok("StopImageBuilder", name.clone())["ImageBuilder"]["State"], "STOPPING");
    sim.pass(600);
    let older = sim.ok("StartImageBuilder", json!({"Name": "ib", "AppstreamAgentVersion": "01-01-2026"}))["ImageBuilder"].clone();
    assert_eq!((&older["State"], &older["LatestAppstreamAgentVersion"]), (&json!("UPDATING_AGENT"), &json!("FALSE")));
    sim.pass(900);
    assert_eq!(sim.ok("DeleteImageBuilder", name.clone())["ImageBuilder"]["State"], "DELETING");
    sim.pass(600);
    assert_eq!(sim.refused("DescribeImageBuilders", json!({"Names": ["ib"]})), "ResourceNotFound");
    assert_eq!(sim.ok("DescribeImageBuilders", json!({}))["ImageBuilders"], json!([]));
}

#[test]
fn quotas_hold_for_all_builders_and_for_each_type() {
    let mut sim = Sim::new(Seed::Empty);
    for n in 0..5 {
        sim.ok("CreateImageBuilder", builder(json!({"Name": format!("l{n}"), "InstanceType": "stream.standard.large"})));
    }
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({"Name": "l5", "InstanceType": "stream.standard.large"}))), "LimitExceeded");
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({"InstanceType": "stream.graphics.g4dn.xlarge"}))), "LimitExceeded");
    sim.control("POST", "quotas", json!({"image_builders": 5}));
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({}))), "LimitExceeded");
}

#[test]
fn image_assistant_makes_an_image_that_fleets_use_and_that_goes_when_nobody_does() {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok("CreateImageBuilder", builder(json!({})));
    let capture = json!({"ImageBuilderName": "ib", "ImageName": "office-1", "Applications": ["Excel", {"Name": "Word", "DisplayName": "Microsoft Word"}]});
    assert_eq!(sim.control("POST", "images", capture.clone()).0, 409, "the builder is not running yet");
    assert_eq!(sim.control("POST", "images", json!({"ImageName": "x"})).0, 400);
    assert_eq!(sim.control("POST", "images", json!({"ImageBuilderName": "none", "ImageName": "x"})).0, 404);
    sim.pass(900);
    assert_eq!(sim.control("POST", "images", capture.clone()).0, 200);
    assert_eq!((state(&mut sim), image(&mut sim, "office-1")["State"].clone()), (json!("SNAPSHOTTING"), json!("PENDING")));
    assert_eq!(sim.refused("DeleteImage", json!({"Name": "office-1"})), "ConcurrentModification");
    sim.pass(1500);
    let made = image(&mut sim, "office-1");
    assert_eq!((&made["State"], &made["ImageBuilderName"], &made["Visibility"]), (&json!("AVAILABLE"), &json!("ib"), &json!("PRIVATE")));
    assert_eq!(made["Applications"][1]["DisplayName"], "Microsoft Word");
    sim.pass(600);
    assert_eq!(state(&mut sim), "STOPPED");
    sim.create("office", json!({"ImageName": "office-1"}));
    assert_eq!(sim.refused("DeleteImage", json!({"Name": "office-1"})), "ResourceInUse");
    assert_eq!(sim.refused("DeleteImage", json!({"Name": BASE})), "OperationNotPermitted");
    sim.ok("DisassociateFleet", json!({"FleetName": "office", "StackName": "office-stack"}));
    sim.ok("DeleteFleet", json!({"Name": "office"}));
    assert_eq!(sim.ok("DeleteImage", json!({"Name": "office-1"}))["Image"]["State"], "AVAILABLE");
    assert_eq!(image(&mut sim, "office-1")["State"], "DELETING");
    sim.pass(600);
    assert_eq!(sim.refused("DescribeImages", json!({"Names": ["office-1"]})), "ResourceNotFound");
}

#[test]
fn a_failed_snapshot_says_why() {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok("CreateImageBuilder", builder(json!({})));
    sim.pass(900);
    assert_eq!(sim.control("POST", "images", json!({"ImageBuilderName": "ib", "ImageName": "bad", "fail": true})).0, 200);
    sim.pass(3000);
    let failed = image(&mut sim, "bad");
    assert_eq!((&failed["State"], &failed["StateChangeReason"]["Code"]), (&json!("FAILED"), &json!("INTERNAL_ERROR")));
    assert_eq!(sim.refused("CreateImageBuilder", builder(json!({"Name": "two", "ImageName": "bad"}))), "ResourceNotAvailable");
    let both = json!({"Names": ["bad"], "Arns": [failed["Arn"]]});
    assert_eq!(sim.refused("DescribeImages", both), "InvalidParameterCombination");
}
