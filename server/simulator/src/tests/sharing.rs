//! How images come about, what crosses worlds, and licensed software.

use super::Sim;
use crate::{Request, Seed};
use serde_json::{Value, json};

const OTHER: &str = "444455556666";

/// A call of another account or Region.
fn elsewhere(sim: &mut Sim, account: &str, region: &str, op: &str, input: &Value) -> (u16, Value) {
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={account}/20261124/{region}/appstream/aws4_request, SignedHeaders=host, Signature=0");
    let headers = vec![("x-amz-target".to_owned(), format!("PhotonAdminProxyService.{op}")), ("authorization".to_owned(), authorization)];
    let r =
        sim.send(&Request { method: "POST".into(), path: "/".into(), headers, body: input.to_string().into_bytes(), ..Request::default() });
    (r.status, if r.body.is_empty() { json!({}) } else { serde_json::from_slice(&r.body).unwrap() })
}

/// A world with the AVAILABLE image `gold` made in the builder `forge`.
fn with_image() -> Sim {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok(
        "CreateImageBuilder",
        json!({"Name": "forge", "InstanceType": "stream.standard.medium", "ImageName": "AppStream-WinServer2022-06-17-2026"}),
    );
    sim.pass(900);
    sim.control("POST", "images", json!({"ImageBuilderName": "forge", "ImageName": "gold"}));
    sim.pass(7200);
    sim
}

fn state(sim: &mut Sim, name: &str) -> Value {
    sim.ok("DescribeImages", json!({"Names": [name]}))["Images"][0]["State"].clone()
}

fn share(sim: &mut Sim, fleet: bool, builder: bool) {
    let rights = json!({"allowFleet": fleet, "allowImageBuilder": builder});
    sim.ok("UpdateImagePermissions", json!({"Name": "gold", "SharedAccountId": OTHER, "ImagePermissions": rights}));
}

#[test]
fn a_shared_image_is_used_by_arn_and_withdrawing_it_empties_the_receivers_fleets() {
    let mut sim = with_image();
    share(&mut sim, true, false);
    let shown = sim.ok("DescribeImages", json!({"Names": ["gold"]}))["Images"][0].clone();
    assert_eq!(shown["ImageSharedWithOthers"], "TRUE");
    let arn = shown["Arn"].clone();
    let (_, seen) = elsewhere(&mut sim, OTHER, "us-east-1", "DescribeImages", &json!({"Type": "SHARED"}));
    assert_eq!(seen["Images"][0]["Visibility"], "SHARED");
    assert_eq!(seen["Images"][0]["ImagePermissions"], json!({"allowFleet": true, "allowImageBuilder": false}));
    assert_eq!(seen["Images"][0].get("ImageBuilderName"), None);
    assert_eq!(elsewhere(&mut sim, OTHER, "eu-west-1", "DescribeImages", &json!({"Type": "SHARED"})).1["Images"], json!([]), "one Region");
    let fleet = json!({"Name": "desk", "InstanceType": "stream.standard.medium", "ComputeCapacity": {"DesiredInstances": 2}});
    let with = |more: Value| {
        let mut input = fleet.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    assert_eq!(
        elsewhere(&mut sim, OTHER, "us-east-1", "CreateFleet", &with(json!({"ImageName": "gold"}))).1["__type"],
        "ResourceNotFoundException"
    );
    assert_eq!(elsewhere(&mut sim, OTHER, "us-east-1", "CreateFleet", &with(json!({"ImageArn": arn}))).0, 200);
    let builder = json!({"Name": "ib", "InstanceType": "stream.standard.medium", "ImageArn": arn});
    assert_eq!(elsewhere(&mut sim, OTHER, "us-east-1", "CreateImageBuilder", &builder).1["__type"], "IncompatibleImageException");
    for (op, input) in [
        ("DeleteImage", json!({"Name": "gold"})),
        ("CopyImage", json!({"SourceImageName": "gold", "DestinationImageName": "mine", "DestinationRegion": "us-east-1"})),
        ("UpdateImagePermissions", json!({"Name": "gold", "SharedAccountId": "999988887777", "ImagePermissions": {"allowFleet": true}})),
    ] {
        assert!(elsewhere(&mut sim, OTHER, "us-east-1", op, &input).0 >= 400, "a receiver may not {op}");
    }
    elsewhere(&mut sim, OTHER, "us-east-1", "StartFleet", &json!({"Name": "desk"}));
    sim.pass(1800);
    let desired = |sim: &mut Sim| {
        let (_, fleets) = elsewhere(sim, OTHER, "us-east-1", "DescribeFleets", &json!({}));
        let capacity = &fleets["Fleets"][0]["ComputeCapacityStatus"];
        (capacity["Desired"].clone(), capacity["Running"].clone())
    };
    assert_eq!(desired(&mut sim), (json!(2), json!(2)));
    share(&mut sim, false, true);
    assert_eq!(desired(&mut sim), (json!(0), json!(0)), "the fleet right is gone");
    share(&mut sim, false, false);
    assert_eq!(
        sim.ok("DescribeImagePermissions", json!({"Name": "gold"}))["SharedImagePermissionsList"],
        json!([]),
        "no right is no share"
    );
    assert_eq!(sim.refused("DeleteImage", json!({"Name": "gold"})), "ResourceInUse", "the receiver's fleet still uses it");
    elsewhere(&mut sim, OTHER, "us-east-1", "StopFleet", &json!({"Name": "desk"}));
    sim.pass(600);
    elsewhere(&mut sim, OTHER, "us-east-1", "DeleteFleet", &json!({"Name": "desk"}));
    sim.ok("DeleteImage", json!({"Name": "gold"}));
}

#[test]
fn sharing_refuses_what_makes_no_sense() {
    let mut sim = with_image();
    let to = |account: &str| json!({"Name": "gold", "SharedAccountId": account, "ImagePermissions": {"allowFleet": true}});
    assert_eq!(sim.refused("UpdateImagePermissions", to("111122223333")), "Validation");
    assert_eq!(sim.refused("UpdateImagePermissions", to("1234")), "Validation");
    sim.control("POST", "quotas", json!({"image_shares": 1}));
    sim.ok("UpdateImagePermissions", to(OTHER));
    sim.ok("UpdateImagePermissions", to(OTHER));
    assert_eq!(sim.refused("UpdateImagePermissions", to("999988887777")), "LimitExceeded");
    assert_eq!(sim.refused("DeleteImagePermissions", json!({"Name": "gold", "SharedAccountId": "999988887777"})), "ResourceNotFound");
    assert_eq!(sim.refused("DeleteImage", json!({"Name": "gold"})), "ResourceInUse");
}

#[test]
fn a_copy_arrives_in_its_region_without_tags_and_only_two_at_a_time() {
    let mut sim = with_image();
    let arn = "arn:aws:appstream:us-east-1:111122223333:image/gold";
    sim.ok("TagResource", json!({"ResourceArn": arn, "Tags": {"a": "b"}}));
    let copy = |n: i32| json!({"SourceImageName": "gold", "DestinationImageName": format!("gold-{n}"), "DestinationRegion": "eu-west-1", "DestinationImageDescription": "For Dublin"});
    assert_eq!(sim.ok("CopyImage", copy(1)), json!({"DestinationImageName": "gold-1"}));
    assert_eq!(sim.refused("CopyImage", copy(1)), "ResourceAlreadyExists");
    sim.ok("CopyImage", copy(2));
    assert_eq!(sim.refused("CopyImage", copy(3)), "LimitExceeded");
    assert_eq!(
        sim.refused("CopyImage", json!({"SourceImageName": "gold", "DestinationImageName": "x", "DestinationRegion": "nowhere"})),
        "ResourceNotFound"
    );
    let seen =
        |sim: &mut Sim| elsewhere(sim, "111122223333", "eu-west-1", "DescribeImages", &json!({"Names": ["gold-1"]})).1["Images"][0].clone();
    let image = seen(&mut sim);
    assert_eq!((&image["State"], &image["Description"], image.get("ImageBuilderName")), (&json!("COPYING"), &json!("For Dublin"), None));
    assert_eq!(image["BaseImageArn"], "arn:aws:appstream:eu-west-1::image/AppStream-WinServer2022-06-17-2026");
    sim.pass(3600);
    assert_eq!(seen(&mut sim)["State"], "AVAILABLE");
    let tags = elsewhere(&mut sim, "111122223333", "eu-west-1", "ListTagsForResource", &json!({"ResourceArn": image["Arn"]}));
    assert_eq!(tags.1["Tags"], json!({}));
    // What lies on the source makes the copy fail.
    sim.control(
        "POST",
        "resource-errors",
        json!({"kind": "image", "name": "gold", "code": "IMAGE_NOT_FOUND", "message": "The disk is broken."}),
    );
    sim.ok("CopyImage", json!({"SourceImageName": "gold", "DestinationImageName": "gold-4", "DestinationRegion": "us-east-1"}));
    sim.pass(3600);
    let failed = sim.ok("DescribeImages", json!({"Names": ["gold-4"]}))["Images"][0].clone();
    assert_eq!((&failed["State"], &failed["StateChangeReason"]["Code"]), (&json!("FAILED"), &json!("IMAGE_COPY_FAILURE")));
    assert_eq!(failed["ImageErrors"][0]["ErrorMessage"], "The disk is broken.");
    sim.ok("DeleteImage", json!({"Name": "gold-4"}));
}

#[test]
fn a_managed_update_runs_in_a_hidden_builder_and_a_dry_run_makes_nothing() {
    let mut sim = with_image();
    let update = |to: &str| json!({"existingImageName": "gold", "newImageName": to});
    let dry = sim.ok("CreateUpdatedImage", json!({"existingImageName": "gold", "newImageName": "gold-next", "dryRun": true}));
    assert_eq!((&dry["canUpdateImage"], &dry["image"]["Name"]), (&json!(true), &json!("gold")));
    assert_eq!(sim.refused("DescribeImages", json!({"Names": ["gold-next"]})), "ResourceNotFound");
    for (input, code) in [
        (update("gold"), "ResourceAlreadyExists"),
        (update("AWS-gold"), "OperationNotPermitted"),
        (json!({"existingImageName": "AppStream-WinServer2022-06-17-2026", "newImageName": "mine"}), "OperationNotPermitted"),
    ] {
        assert_eq!(sim.refused("CreateUpdatedImage", input), code);
    }
    let made = sim.ok("CreateUpdatedImage", update("gold-next"));
    assert_eq!((&made["image"]["State"], &made["canUpdateImage"]), (&json!("CREATING"), &json!(true)));
    assert_eq!(sim.refused("CreateUpdatedImage", update("gold-other")), "ConcurrentModification");
    let builders = sim.ok("DescribeImageBuilders", json!({}))["ImageBuilders"].clone();
    let hidden = builders.as_array().unwrap().iter().find(|b| b["Name"] != "forge").unwrap().clone();
    let suffix = hidden["Name"].as_str().unwrap().strip_prefix("gold-next-").unwrap();
    assert!(suffix.len() == 10 && suffix.bytes().all(|b| b.is_ascii_digit()), "{suffix}");
    assert_eq!(hidden["State"], "UPDATING");
    assert_eq!(sim.refused("StopImageBuilder", json!({"Name": hidden["Name"]})), "OperationNotPermitted");
    sim.pass(6000);
    assert_eq!(sim.ok("DescribeImageBuilders", json!({"Names": [hidden["Name"]]}))["ImageBuilders"][0]["State"], "PENDING_QUALIFICATION");
    sim.pass(3600);
    assert_eq!(state(&mut sim, "gold-next"), "AVAILABLE");
    assert_eq!(sim.ok("DescribeImageBuilders", json!({}))["ImageBuilders"].as_array().unwrap().len(), 1);
    let again = json!({"existingImageName": "gold-next", "newImageName": "gold-third", "dryRun": true});
    assert_eq!(sim.ok("CreateUpdatedImage", again)["canUpdateImage"], false, "nothing is newer yet");
}

#[test]
fn an_import_is_checked_at_once_and_its_dry_run_is_an_error_that_means_success() {
    let mut sim = Sim::new(Seed::Empty);
    let role = "arn:aws:iam::111122223333:role/Import";
    let import = |more: Value| {
        let mut input = json!({"Name": "mine", "SourceAmiId": "ami-0123456789abcdef0", "IamRoleArn": role});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (more, code) in [
        (json!({"WorkspaceImageId": "wsi-0123456789"}), "InvalidParameterCombination"),
        (json!({"SourceAmiId": null}), "InvalidParameterCombination"),
        (json!({"IamRoleArn": null}), "InvalidParameterCombination"),
        (json!({"SourceAmiId": "ami-missing00"}), "ResourceNotFound"),
        (json!({"SourceAmiId": "ami-encrypted0"}), "IncompatibleImage"),
        (json!({"IamRoleArn": "arn:aws:s3:::bucket"}), "InvalidRole"),
        (json!({"DryRun": true}), "DryRunOperation"),
    ] {
        assert_eq!(sim.refused("CreateImportedImage", import(more.clone())), code, "{more}");
    }
    assert_eq!(sim.raw("CreateImportedImage", &import(json!({"DryRun": true}))).0, 412);
    let made = sim.ok("CreateImportedImage", import(json!({"RuntimeValidationConfig": {"IntendedInstanceType": "GeneralPurpose.t3.medium"}})))["Image"].clone();
    assert_eq!((&made["State"], &made["ImageType"]), (&json!("IMPORTING"), &json!("CUSTOM")));
    sim.pass(2700);
    assert_eq!(state(&mut sim, "mine"), "VALIDATING");
    sim.pass(1200);
    assert_eq!(state(&mut sim, "mine"), "AVAILABLE");
    let fleet = |kind: &str| json!({"Name": "f", "InstanceType": kind, "ImageName": "mine", "ComputeCapacity": {"DesiredInstances": 1}});
    assert_eq!(sim.refused("CreateFleet", fleet("stream.standard.medium")), "IncompatibleImage");
    sim.ok("CreateFleet", fleet("GeneralPurpose.t3.medium"));
    let desktop = json!({"Name": "desktop", "WorkspaceImageId": "wsi-0123456789"});
    assert_eq!(sim.ok("CreateImportedImage", desktop)["Image"]["ImageType"], "BYOL");
}

#[test]
fn an_export_ends_with_a_machine_image_or_says_why_not() {
    let mut sim = with_image();
    let export = |ami: &str| json!({"ImageName": "gold", "AmiName": ami, "IamRoleArn": "arn:aws:iam::111122223333:role/Export"});
    let task = sim.ok("CreateExportImageTask", export("gold-ami"))["ExportImageTask"].clone();
    assert_eq!((&task["State"], task.get("AmiId")), (&json!("EXPORTING"), None));
    assert_eq!(sim.refused("CreateExportImageTask", export("other")), "ConcurrentModification");
    sim.pass(7200);
    let done = sim.ok("GetExportImageTask", json!({"TaskId": task["TaskId"]}))["ExportImageTask"].clone();
    assert_eq!(done["State"], "COMPLETED");
    assert!(done["AmiId"].as_str().unwrap().starts_with("ami-"));
    assert_eq!(sim.refused("CreateExportImageTask", export("gold-ami")), "OperationNotPermitted", "the name is taken");
    sim.control(
        "POST",
        "resource-errors",
        json!({"kind": "image", "name": "gold", "code": "INTERNAL_SERVICE_ERROR", "message": "The disk is broken."}),
    );
    sim.ok("CreateExportImageTask", export("second"));
    sim.pass(7200);
    let filter = |name: &str, value: &str| json!({"Filters": [{"Name": name, "Values": [value]}]});
    let failed = sim.ok("ListExportImageTasks", filter("state", "FAILED"))["ExportImageTasks"].clone();
    assert_eq!((&failed[0]["AmiName"], &failed[0]["ErrorDetails"][0]["ErrorMessage"]), (&json!("second"), &json!("The disk is broken.")));
    assert_eq!(sim.ok("ListExportImageTasks", filter("image-name", "gold"))["ExportImageTasks"].as_array().unwrap().len(), 2);
    sim.pass(91 * 86_400);
    assert_eq!(sim.ok("ListExportImageTasks", json!({}))["ExportImageTasks"], json!([]));
}

#[test]
fn licensed_software_is_staged_deployed_captured_and_paid_for() {
    let mut sim = with_image();
    sim.ok("StartImageBuilder", json!({"Name": "forge"}));
    sim.pass(900);
    let names = |names: &[&str]| json!({"ImageBuilderName": "forge", "SoftwareNames": names});
    let (office, visio) = ("Microsoft_Office_2024_LTSC_Standard_64Bit", "Microsoft_Visio_2024_LTSC_Standard_64Bit");
    assert_eq!(sim.refused("AssociateSoftwareToImageBuilder", names(&["Notepad"])), "InvalidParameterCombination");
    sim.ok("AssociateSoftwareToImageBuilder", names(&[office, visio]));
    assert_eq!(
        sim.refused("AssociateSoftwareToImageBuilder", names(&["Microsoft_Visio_2024_LTSC_Standard_32Bit"])),
        "InvalidParameterCombination"
    );
    sim.ok("DisassociateSoftwareFromImageBuilder", names(&[visio]));
    let status = |sim: &mut Sim| {
        let arn = "arn:aws:appstream:us-east-1:111122223333:image-builder/forge";
        sim.ok("DescribeSoftwareAssociations", json!({"AssociatedResource": arn}))["SoftwareAssociations"].clone()
    };
    assert_eq!(status(&mut sim), json!([{"SoftwareName": office, "Status": "STAGED_FOR_INSTALLATION", "DeploymentError": []}]));
    let error = json!({"kind": "image-builder", "name": "forge", "code": "INTERNAL_SERVICE_ERROR", "message": "No licence server."});
    sim.control("POST", "resource-errors", error);
    let forge = json!({"ImageBuilderName": "forge"});
    sim.ok("StartSoftwareDeploymentToImageBuilder", forge.clone());
    assert_eq!(sim.ok("DescribeImageBuilders", json!({"Names": ["forge"]}))["ImageBuilders"][0]["State"], "PENDING_SYNCING_APPS");
    sim.pass(1200);
    assert_eq!(status(&mut sim)[0]["DeploymentError"][0]["ErrorMessage"], "No licence server.");
    assert_eq!(sim.refused("StartSoftwareDeploymentToImageBuilder", forge), "OperationNotPermitted", "nothing new is staged");
    sim.control("DELETE", "resource-errors", json!({"kind": "image-builder", "name": "forge"}));
    sim.ok("StartSoftwareDeploymentToImageBuilder", json!({"ImageBuilderName": "forge", "RetryFailedDeployments": true}));
    sim.pass(1200);
    assert_eq!(status(&mut sim)[0]["Status"], "INSTALLED");
    sim.control("POST", "images", json!({"ImageBuilderName": "forge", "ImageName": "licensed"}));
    sim.pass(7200);
    let image = sim.ok("DescribeImages", json!({"Names": ["licensed"]}))["Images"][0].clone();
    assert_eq!(image["ManagedSoftwareIncluded"], true);
    assert_eq!(
        sim.ok("DescribeSoftwareAssociations", json!({"AssociatedResource": image["Arn"]}))["SoftwareAssociations"][0]["Status"],
        "INSTALLED"
    );
    let copy = json!({"SourceImageName": "licensed", "DestinationImageName": "x", "DestinationRegion": "eu-west-1"});
    assert_eq!(sim.refused("CopyImage", copy), "IncompatibleImage");
    assert_eq!(sim.refused("DescribeAppLicenseUsage", json!({"BillingPeriod": "November"})), "InvalidParameterCombination");
    assert_eq!(sim.refused("DescribeAppLicenseUsage", json!({"BillingPeriod": "2026-11"})), "ResourceNotFound");
    sim.running("office", json!({"ImageName": "licensed"}));
    sim.open("office", "ana").unwrap();
    let usage = sim.ok("DescribeAppLicenseUsage", json!({"BillingPeriod": "2026-11"}))["AppLicenseUsages"].clone();
    assert_eq!(usage.as_array().unwrap().len(), 1);
    assert_eq!((&usage[0]["UserId"], &usage[0]["LicenseType"]), (&json!("ana"), &json!(office)));
}

#[test]
fn errors_are_put_on_every_kind_of_resource_and_what_they_hold_up_goes_on_when_they_are_gone() {
    let mut sim = with_image();
    sim.ok("StartImageBuilder", json!({"Name": "forge"}));
    let on =
        |kind: &str, name: &str| json!({"kind": kind, "name": name, "code": "SUBNET_NOT_FOUND", "message": "Gone.", "blocks_start": true});
    assert_eq!(sim.control("POST", "resource-errors", on("image-builder", "forge")).0, 200);
    sim.pass(9000);
    let shown = sim.ok("DescribeImageBuilders", json!({"Names": ["forge"]}))["ImageBuilders"][0].clone();
    assert_eq!((&shown["State"], &shown["ImageBuilderErrors"][0]["ErrorCode"]), (&json!("PENDING"), &json!("SUBNET_NOT_FOUND")));
    sim.control("DELETE", "resource-errors", json!({"kind": "image-builder", "name": "forge"}));
    sim.pass(900);
    assert_eq!(sim.ok("DescribeImageBuilders", json!({"Names": ["forge"]}))["ImageBuilders"][0]["State"], "RUNNING");
    sim.ok("CopyImage", json!({"SourceImageName": "gold", "DestinationImageName": "twin", "DestinationRegion": "us-east-1"}));
    assert_eq!(sim.control("POST", "resource-errors", on("image", "twin")).0, 200);
    sim.pass(9000);
    assert_eq!(state(&mut sim, "twin"), "COPYING");
    sim.control("DELETE", "resource-errors", json!({"kind": "image", "name": "twin"}));
    sim.pass(9000);
    assert_eq!(state(&mut sim, "twin"), "AVAILABLE");
    sim.ok("CreateAppBlock", json!({"Name": "b", "PackagingType": "APPSTREAM2", "SourceS3Location": {"S3Bucket": "example-apps"}}));
    assert_eq!(sim.control("POST", "resource-errors", on("app-block", "b")).0, 200);
    assert_eq!(sim.ok("DescribeAppBlocks", json!({}))["AppBlocks"][0]["AppBlockErrors"][0]["ErrorMessage"], "Gone.");
    assert_eq!(sim.control("POST", "resource-errors", on("app-block-builder", "none")).0, 404);
    assert_eq!(sim.control("POST", "resource-errors", on("planet", "none")).0, 400);
}

#[test]
fn the_demo_company_reaches_into_another_region_and_another_account_and_has_its_troubles() {
    let mut sim = Sim::new(Seed::Demo);
    let (_, dublin) = elsewhere(&mut sim, "111122223333", "eu-west-1", "DescribeFleets", &json!({}));
    let stuck = dublin["Fleets"].as_array().unwrap().iter().find(|f| f["Name"] == "dublin-lab").unwrap().clone();
    assert_eq!((&stuck["State"], &stuck["FleetErrors"][0]["ErrorCode"]), (&json!("STARTING"), &json!("SUBNET_NOT_FOUND")));
    let (_, audit) = elsewhere(&mut sim, OTHER, "us-east-1", "DescribeFleets", &json!({}));
    assert_eq!(audit["Fleets"][0]["ImageArn"], "arn:aws:appstream:us-east-1:111122223333:image/finance-win22-2026-03-10");
    let images = sim.ok("DescribeImages", json!({"MaxResults": 25}));
    assert!(images["NextToken"].is_string(), "some thirty images");
    assert_eq!(
        sim.ok("DescribeImages", json!({"Names": ["cad-win22-2026-05-21-copy"]}))["Images"][0]["StateChangeReason"]["Code"],
        "IMAGE_COPY_FAILURE"
    );
    assert_eq!(sim.ok("DescribeImageBuilders", json!({"Names": ["cad-rebuild"]}))["ImageBuilders"][0]["State"], "RUNNING");
    assert_eq!(sim.ok("DescribeImages", json!({"Type": "SHARED"}))["Images"].as_array().unwrap().len(), 1);
}
