//! Directory configs, the user pool, entitlements, themes, usage reports.

use super::Sim;
use crate::Seed;
use serde_json::json;

const DIRECTORY: &str = "corp.example.com";

fn directory() -> serde_json::Value {
    json!({"DirectoryName": DIRECTORY, "OrganizationalUnitDistinguishedNames": ["OU=A,DC=corp", "OU=B,DC=corp"],
        "ServiceAccountCredentials": {"AccountName": "corp\\join", "AccountPassword": "hunter2secret"}})
}

#[test]
fn the_demo_company_is_whole() {
    let mut sim = Sim::new(Seed::Demo);
    let count = |sim: &mut Sim, op: &str, list: &str, input: serde_json::Value| {
        let (mut n, mut token) = (0, serde_json::Value::Null);
        loop {
            let mut asked = input.clone();
            if !token.is_null() {
                asked["NextToken"] = token;
            }
            let answer = sim.ok(op, asked);
            n += answer[list].as_array().unwrap().len();
            token = answer["NextToken"].clone();
            if token.is_null() {
                return n;
            }
        }
    };
    assert_eq!(count(&mut sim, "DescribeUsers", "Users", json!({"AuthenticationType": "USERPOOL"})), 600);
    assert_eq!(count(&mut sim, "DescribeAppBlocks", "AppBlocks", json!({})), 5);
    assert_eq!(count(&mut sim, "DescribeApplications", "Applications", json!({})), 4);
    assert_eq!(count(&mut sim, "DescribeEntitlements", "Entitlements", json!({"StackName": "claims"})), 2);
    assert_eq!(count(&mut sim, "DescribeUsageReportSubscriptions", "UsageReportSubscriptions", json!({})), 1, "the last thing planted");
    assert_eq!(sim.refused("DeleteDirectoryConfig", json!({"DirectoryName": "corp.halden.example"})), "ResourceInUse");
}

#[test]
fn a_directory_s_password_never_comes_back() {
    let mut sim = Sim::new(Seed::Empty);
    let made = sim.ok("CreateDirectoryConfig", directory());
    assert_eq!(made["DirectoryConfig"]["ServiceAccountCredentials"], json!({"AccountName": "corp\\join"}));
    assert_eq!(sim.refused("CreateDirectoryConfig", directory()), "ResourceAlreadyExists");
    let changed = sim.ok(
        "UpdateDirectoryConfig",
        json!({"DirectoryName": DIRECTORY, "ServiceAccountCredentials": {"AccountName": "corp\\two", "AccountPassword": "otherSecret1"}}),
    );
    let all = sim.ok("DescribeDirectoryConfigs", json!({}));
    for answer in [made, changed, all.clone()] {
        assert!(!answer.to_string().contains("ecret"), "{answer}");
    }
    assert!(!format!("{:?}", sim.universe).contains("hunter2secret"), "it is not even kept");
    assert_eq!(all["DirectoryConfigs"][0]["OrganizationalUnitDistinguishedNames"].as_array().unwrap().len(), 2);
    assert_eq!(sim.refused("DescribeDirectoryConfigs", json!({"DirectoryNames": ["none.example.com"]})), "ResourceNotFound");
    sim.ok("DeleteDirectoryConfig", json!({"DirectoryName": DIRECTORY}));
    assert_eq!(sim.refused("DeleteDirectoryConfig", json!({"DirectoryName": DIRECTORY})), "ResourceNotFound");
}

#[test]
fn a_directory_that_a_fleet_joins_stays() {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok("CreateDirectoryConfig", directory());
    sim.create("joined", json!({"DomainJoinInfo": {"DirectoryName": DIRECTORY, "OrganizationalUnitDistinguishedName": "OU=A,DC=corp"}}));
    assert_eq!(sim.refused("DeleteDirectoryConfig", json!({"DirectoryName": DIRECTORY})), "ResourceInUse");
    let drop = |units: &[&str]| json!({"DirectoryName": DIRECTORY, "OrganizationalUnitDistinguishedNames": units});
    assert_eq!(sim.refused("UpdateDirectoryConfig", drop(&["OU=B,DC=corp"])), "ResourceInUse");
    sim.ok("UpdateDirectoryConfig", drop(&["OU=A,DC=corp"]));
}

#[test]
fn pool_users_are_made_invited_again_disabled_and_removed() {
    let mut sim = Sim::new(Seed::Empty);
    let ana = json!({"UserName": "Ana@example.com", "AuthenticationType": "USERPOOL"});
    let with = |more: serde_json::Value| {
        let mut input = json!({"UserName": "Ana@example.com", "AuthenticationType": "USERPOOL"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    sim.ok("CreateUser", with(json!({"FirstName": "Ana", "LastName": "Conti"})));
    assert_eq!(sim.refused("CreateUser", ana.clone()), "ResourceAlreadyExists");
    sim.ok("CreateUser", json!({"UserName": "ana@example.com", "AuthenticationType": "USERPOOL"}));
    sim.ok("CreateUser", with(json!({"MessageAction": "RESEND"})));
    assert_eq!(sim.refused("CreateUser", with(json!({"MessageAction": "RESEND", "FirstName": "Ana"}))), "InvalidParameterCombination");
    assert_eq!(sim.control("POST", "users/Ana@example.com", json!({"action": "confirm"})).0, 200);
    assert_eq!(sim.refused("CreateUser", with(json!({"MessageAction": "RESEND"}))), "OperationNotPermitted");
    assert_eq!(sim.refused("CreateUser", json!({"UserName": "x", "AuthenticationType": "SAML"})), "InvalidParameterValue");
    sim.ok("DisableUser", ana.clone());
    sim.ok("DisableUser", ana.clone());
    let users = sim.ok("DescribeUsers", json!({"AuthenticationType": "USERPOOL"}))["Users"].clone();
    assert_eq!((users.as_array().unwrap().len(), &users[0]["Status"], &users[0]["Enabled"]), (2, &json!("CONFIRMED"), &json!(false)));
    assert!(users[0]["Arn"].as_str().unwrap().contains(":user/userpool/"));
    sim.ok("DeleteUser", ana.clone());
    assert_eq!(sim.refused("EnableUser", ana), "ResourceNotFound");
    sim.control("POST", "quotas", json!({"users": 1}));
    assert_eq!(sim.refused("CreateUser", json!({"UserName": "bo@example.com", "AuthenticationType": "USERPOOL"})), "LimitExceeded");
}

#[test]
fn a_batch_tells_each_row_s_outcome_with_status_200() {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok("CreateStack", json!({"Name": "one"}));
    sim.ok("CreateUser", json!({"UserName": "ana", "AuthenticationType": "USERPOOL"}));
    let item = |stack: &str, user: &str, kind: &str| json!({"StackName": stack, "UserName": user, "AuthenticationType": kind});
    let rows = json!({"UserStackAssociations": [item("one", "ana", "USERPOOL"), item("gone", "ana", "USERPOOL"), item("one", "bo", "USERPOOL"), item("one", "ana", "SAML")]});
    let errors = sim.ok("BatchAssociateUserStack", rows.clone())["errors"].clone();
    let codes: Vec<_> = errors.as_array().unwrap().iter().map(|e| e["ErrorCode"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes, ["STACK_NOT_FOUND", "USER_NAME_NOT_FOUND", "DIRECTORY_NOT_FOUND"]);
    assert_eq!(errors[0]["UserStackAssociation"]["StackName"], "gone");
    let of = |sim: &mut Sim, input: serde_json::Value| {
        sim.ok("DescribeUserStackAssociations", input)["UserStackAssociations"].as_array().unwrap().len()
    };
    assert_eq!(of(&mut sim, json!({"StackName": "one"})), 1);
    assert_eq!(of(&mut sim, json!({"UserName": "ana", "AuthenticationType": "USERPOOL"})), 1);
    assert_eq!(of(&mut sim, json!({"StackName": "unknown"})), 0);
    assert_eq!(sim.refused("DescribeUserStackAssociations", json!({"UserName": "ana"})), "InvalidParameterCombination");
    let many: Vec<_> = (0..26).map(|_| item("one", "ana", "USERPOOL")).collect();
    assert_eq!(sim.refused("BatchAssociateUserStack", json!({"UserStackAssociations": many})), "Validation");
    sim.ok("BatchDisassociateUserStack", json!({"UserStackAssociations": [item("one", "ana", "USERPOOL")]}));
    assert_eq!(of(&mut sim, json!({"StackName": "one"})), 0);
}

#[test]
fn entitlements_belong_to_a_stack_and_go_with_it() {
    let mut sim = Sim::new(Seed::Empty);
    let attributes = json!([{"Name": "roles", "Value": "finance"}]);
    let make = |name: &str| json!({"Name": name, "StackName": "one", "AppVisibility": "ASSOCIATED", "Attributes": attributes});
    assert_eq!(sim.refused("CreateEntitlement", make("f")), "ResourceNotFound");
    sim.ok("CreateStack", json!({"Name": "one"}));
    sim.ok("CreateEntitlement", make("f"));
    assert_eq!(sim.refused("CreateEntitlement", make("f")), "EntitlementAlreadyExists");
    let mut odd = make("g");
    odd["Attributes"] = json!([{"Name": "shoeSize", "Value": "44"}]);
    assert_eq!(sim.refused("CreateEntitlement", odd), "OperationNotPermitted");
    let app = |id: &str| json!({"StackName": "one", "EntitlementName": "f", "ApplicationIdentifier": id});
    sim.ok("AssociateApplicationToEntitlement", app("excel"));
    sim.ok("AssociateApplicationToEntitlement", app("excel"));
    let list = json!({"StackName": "one", "EntitlementName": "f"});
    assert_eq!(sim.ok("ListEntitledApplications", list.clone())["EntitledApplications"], json!([{"ApplicationIdentifier": "excel"}]));
    sim.ok("UpdateEntitlement", json!({"StackName": "one", "Name": "f", "AppVisibility": "ALL"}));
    assert_eq!(sim.refused("AssociateApplicationToEntitlement", app("word")), "OperationNotPermitted");
    assert_eq!(sim.refused("DeleteEntitlement", json!({"StackName": "one", "Name": "none"})), "EntitlementNotFound");
    sim.ok("DeleteStack", json!({"Name": "one"}));
    sim.ok("CreateStack", json!({"Name": "one"}));
    assert_eq!(sim.ok("DescribeEntitlements", json!({"StackName": "one"}))["Entitlements"], json!([]));
    assert_eq!(sim.refused("ListEntitledApplications", list), "EntitlementNotFound");
}

#[test]
fn a_stack_has_one_theme() {
    let mut sim = Sim::new(Seed::Empty);
    sim.ok("CreateStack", json!({"Name": "one"}));
    let s3 = |key: &str| json!({"S3Bucket": "brand-bucket", "S3Key": key});
    let theme = json!({"StackName": "one", "TitleText": "Halden", "ThemeStyling": "BLUE", "OrganizationLogoS3Location": s3("logo.png"), "FaviconS3Location": s3("icon.png"),
        "FooterLinks": [{"DisplayName": "Help", "FooterLinkURL": "https://help.example.com"}]});
    assert_eq!(sim.refused("DescribeThemeForStack", json!({"StackName": "one"})), "ResourceNotFound");
    let made = sim.ok("CreateThemeForStack", theme.clone())["Theme"].clone();
    assert_eq!((&made["State"], &made["ThemeTitleText"]), (&json!("ENABLED"), &json!("Halden")));
    assert!(made["ThemeOrganizationLogoURL"].as_str().unwrap().contains("logo.png"));
    assert_eq!(sim.refused("CreateThemeForStack", theme), "ResourceAlreadyExists");
    let off =
        sim.ok("UpdateThemeForStack", json!({"StackName": "one", "State": "DISABLED", "AttributesToDelete": ["FOOTER_LINKS"]}))["Theme"]
            .clone();
    assert_eq!((&off["State"], off.get("ThemeFooterLinks")), (&json!("DISABLED"), None));
    let both = json!({"StackName": "one", "AttributesToDelete": ["FOOTER_LINKS"], "FooterLinks": [{"DisplayName": "A", "FooterLinkURL": "https://a.example"}]});
    assert_eq!(sim.refused("UpdateThemeForStack", both), "InvalidParameterCombination");
    sim.ok("DeleteThemeForStack", json!({"StackName": "one"}));
    assert_eq!(sim.refused("DeleteThemeForStack", json!({"StackName": "one"})), "ResourceNotFound");
}

#[test]
fn usage_reports_are_written_once_a_day() {
    let mut sim = Sim::new(Seed::Empty);
    let bucket = sim.ok("CreateUsageReportSubscription", json!({}));
    assert_eq!(sim.ok("CreateUsageReportSubscription", json!({})), bucket);
    let one = |sim: &mut Sim| sim.ok("DescribeUsageReportSubscriptions", json!({}))["UsageReportSubscriptions"][0].clone();
    assert!(one(&mut sim).get("LastGeneratedReportDate").is_none());
    sim.pass(86_400);
    assert!(one(&mut sim)["LastGeneratedReportDate"].is_number());
    sim.ok("DeleteUsageReportSubscription", json!({}));
    assert_eq!(sim.refused("DeleteUsageReportSubscription", json!({})), "ResourceNotFound");
}
