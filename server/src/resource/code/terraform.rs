//! Terraform: the types of the provider `hashicorp/aws`, and HCL as `terraform fmt` lays it out.
//!
//! The table was read from the provider's schema and documentation, version 6. It has no type for app blocks, their builders,
//! applications and entitlements. `aws_appstream_fleet` cannot make Elastic fleets: it demands a capacity, which AWS refuses for them,
//! and has neither their platform nor their sessions.

use super::names;
use super::quote::hcl;
use super::resources::{Doing, Resource};
use super::types::{Body, Member, Node, PASSWORD, TAGS, Type, asks_password, block, m, must, snake};
use serde_json::{Map, Value, json};

const VPC: Member = block("VpcConfig", &[m("SubnetIds"), m("SecurityGroupIds")]);
const JOIN: Member = block("DomainJoinInfo", &[m("DirectoryName"), m("OrganizationalUnitDistinguishedName")]);
const ENDPOINTS: Member = block("AccessEndpoints", &[must("EndpointType"), m("VpceId")]);
const STARTS: &str = "Terraform also starts the fleet.";

const TYPES: &[Type] = &[
    Type {
        name: "aws_appstream_fleet",
        of: "CreateFleet",
        members: &[
            must("Name"),
            must("InstanceType"),
            m("FleetType"),
            m("ImageName"),
            m("ImageArn"),
            m("DisplayName"),
            m("Description"),
            m("MaxSessionsPerInstance"),
            m("MaxUserDurationInSeconds"),
            m("DisconnectTimeoutInSeconds"),
            m("IdleDisconnectTimeoutInSeconds"),
            m("EnableDefaultInternetAccess"),
            m("IamRoleArn"),
            m("StreamView"),
            block("ComputeCapacity", &[m("DesiredInstances"), m("DesiredSessions")]).required(),
            VPC,
            JOIN,
            TAGS,
        ],
        note: STARTS,
    },
    Type {
        name: "aws_appstream_stack",
        of: "CreateStack",
        members: &[
            must("Name"),
            m("DisplayName"),
            m("Description"),
            m("RedirectURL"),
            m("FeedbackURL"),
            m("EmbedHostDomains"),
            block("StorageConnectors", &[must("ConnectorType"), m("ResourceIdentifier"), m("Domains")]),
            block("UserSettings", &[must("Action"), must("Permission")]),
            block("ApplicationSettings", &[must("Enabled"), m("SettingsGroup")]),
            ENDPOINTS,
            block("StreamingExperienceSettings", &[m("PreferredProtocol")]),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "aws_appstream_image_builder",
        of: "CreateImageBuilder",
        members: &[
            must("Name"),
            must("InstanceType"),
            m("ImageName"),
            m("ImageArn"),
            m("DisplayName"),
            m("Description"),
            m("AppstreamAgentVersion"),
            m("EnableDefaultInternetAccess"),
            m("IamRoleArn"),
            VPC,
            JOIN,
            ENDPOINTS.called("access_endpoint"),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "aws_appstream_user",
        of: "CreateUser",
        members: &[must("UserName"), must("AuthenticationType"), m("FirstName"), m("LastName"), m("SendEmailNotification"), m("Enabled")],
        note: "",
    },
    Type {
        name: "aws_appstream_directory_config",
        of: "CreateDirectoryConfig",
        members: &[
            must("DirectoryName"),
            must("OrganizationalUnitDistinguishedNames"),
            block("ServiceAccountCredentials", &[must("AccountName"), PASSWORD]).required(),
            block("CertificateBasedAuthProperties", &[m("Status"), m("CertificateAuthorityArn")]),
        ],
        note: "",
    },
    Type {
        name: "aws_appstream_fleet_stack_association",
        of: "AssociateFleet",
        members: &[must("FleetName"), must("StackName")],
        note: "",
    },
    Type {
        name: "aws_appstream_user_stack_association",
        of: "BatchAssociateUserStack",
        members: &[must("StackName"), must("UserName"), must("AuthenticationType"), m("SendEmailNotification")],
        note: "",
    },
];

/// Members that the provider has of its own.
#[cfg(test)]
const OWN: [&str; 2] = ["SendEmailNotification", "Enabled"];

/// The request as the provider says it.
fn adapted(resource: &Resource) -> Option<Map<String, Value>> {
    let mut input = resource.input.clone();
    if resource.of == "CreateFleet" {
        let elastic = input.get("FleetType").is_some_and(|t| t == "ELASTIC") || input.contains_key("MaxConcurrentSessions");
        return (!elastic).then_some(input);
    }
    if resource.of == "CreateUser" && input.remove("MessageAction").is_some_and(|a| a == "SUPPRESS") {
        input.insert("SendEmailNotification".to_owned(), json!(false));
    }
    Some(input)
}

fn comment(out: &mut String, indent: &str, words: &str) {
    out.push_str(&format!("{indent}# {words}\n"));
}

fn value(value: &Value) -> String {
    match value {
        Value::String(text) => hcl(text),
        Value::Array(all) => format!("[{}]", all.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// Names and texts, one a line, their equals signs in a column.
fn lines(out: &mut String, indent: &str, all: &[(String, String)]) {
    let width = all.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    for (name, text) in all {
        out.push_str(&format!("{indent}{name:<width$} = {text}\n"));
    }
}

fn body(out: &mut String, indent: &str, members: &Body) {
    let deeper = format!("{indent}  ");
    let flat: Vec<(String, String)> = members
        .iter()
        .filter_map(|(name, node)| match node {
            Node::Plain(v) => Some((name.clone(), value(v))),
            Node::Secret => Some((name.clone(), "var.password".to_owned())),
            _ => None,
        })
        .collect();
    lines(out, indent, &flat);
    for (name, node) in members {
        let blocks: Vec<&Body> = match node {
            Node::Block(one) => vec![one],
            Node::Blocks(all) => all.iter().collect(),
            Node::Tags(tags) => {
                out.push_str(&format!("\n{indent}{name} = {{\n"));
                lines(out, &deeper, &tags.iter().map(|(k, v)| (hcl(k), hcl(v))).collect::<Vec<_>>());
                out.push_str(&format!("{indent}}}\n"));
                continue;
            }
            _ => continue,
        };
        for one in blocks {
            out.push_str(&format!("\n{indent}{name} {{\n"));
            body(out, &deeper, one);
            out.push_str(&format!("{indent}}}\n"));
        }
    }
}

/// What `terraform import` calls it; for users and the rest as the provider documents it.
fn id(input: &Map<String, Value>) -> String {
    let text = |member: &str| input.get(member).and_then(Value::as_str).unwrap_or_default();
    match text("UserName") {
        "" => if input.contains_key("DirectoryName") { text("DirectoryName") } else { text("Name") }.to_owned(),
        user => format!("{user}/{}", text("AuthenticationType")),
    }
}

/// The resources as HCL; nothing where the provider has no type for them.
pub fn text(resources: &[Resource]) -> Option<String> {
    let mut parts = vec![];
    let (mut taken, mut password) = (vec![], false);
    for resource in resources {
        let of = TYPES.iter().find(|t| t.of == resource.of)?;
        let written = of.write(&adapted(resource)?, snake);
        password |= asks_password(&written.body);
        let label = names::unique(names::label(&resource.names), &mut taken);
        let mut out = format!("resource \"{}\" \"{label}\" {{\n", of.name);
        for words in super::resources::remarks(resource, of, &written) {
            comment(&mut out, "  ", &words);
        }
        body(&mut out, "  ", &written.body);
        out.push_str("}\n");
        parts.push(out);
        if resource.doing == Doing::Tell {
            let mut out = String::from("import {\n");
            lines(&mut out, "  ", &[("to".to_owned(), format!("{}.{label}", of.name)), ("id".to_owned(), hcl(&id(&resource.input)))]);
            parts.push(out + "}\n");
        }
    }
    if password {
        parts.insert(0, "variable \"password\" {\n  type      = string\n  sensitive = true\n}\n".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::resources::of_request;
    use super::super::types::tests::agrees_with_the_model;
    use super::*;

    fn of(operation: &str, input: Value) -> Option<String> {
        text(&of_request(operation, input.as_object().unwrap()))
    }

    #[test]
    fn the_table_agrees_with_the_model() {
        agrees_with_the_model(TYPES, &OWN);
    }

    #[test]
    fn a_fleet_has_its_blocks_and_says_what_is_left_out() {
        let input = json!({"Name": "training-lab", "InstanceType": "stream.standard.medium", "FleetType": "ON_DEMAND", "DisableIMDSV1": true,
            "ComputeCapacity": {"DesiredInstances": 2}, "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"]}, "Description": "${a}",
            "RootVolumeConfig": {"VolumeSizeInGb": 200}, "Tags": {"team": "desk", "cost \"x\"": "4"}});
        let want = r#"resource "aws_appstream_fleet" "training_lab" {
  # Terraform also starts the fleet.
  # aws_appstream_fleet has no DisableIMDSV1, RootVolumeConfig.
  name          = "training-lab"
  instance_type = "stream.standard.medium"
  fleet_type    = "ON_DEMAND"
  description   = "\u0024{a}"

  compute_capacity {
    desired_instances = 2
  }

  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }

  tags = {
    "cost \"x\"" = "4"
    "team"       = "desk"
  }
}"#;
        assert_eq!(of("CreateFleet", input).unwrap(), want);
    }

    #[test]
    fn differences_from_the_api() {
        let stack = of(
            "CreateStack",
            json!({"Name": "s", "UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "ENABLED"},
                {"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": "ENABLED", "MaximumLength": 10}], "RedirectURL": "https://e.com"}),
        )
        .unwrap();
        assert_eq!(stack.matches("user_settings {").count(), 2);
        assert!(stack.contains("# aws_appstream_stack has no UserSettings.MaximumLength.") && stack.contains("redirect_url = "), "{stack}");
        let builder = json!({"Name": "b", "InstanceType": "x", "AccessEndpoints": [{"EndpointType": "STREAMING", "VpceId": "vpce-1"}]});
        assert!(
            of("CreateImageBuilder", builder)
                .unwrap()
                .contains("  access_endpoint {\n    endpoint_type = \"STREAMING\"\n    vpce_id       = \"vpce-1\"")
        );
        let user = of("CreateUser", json!({"UserName": "a@b.c", "AuthenticationType": "USERPOOL", "MessageAction": "SUPPRESS"})).unwrap();
        assert!(user.contains("send_email_notification = false") && !user.contains("message_action"), "{user}");
        let rows = json!({"UserStackAssociations": [{"StackName": "s", "UserName": "a", "AuthenticationType": "USERPOOL"},
            {"StackName": "s", "UserName": "A", "AuthenticationType": "USERPOOL"}]});
        let rows = of("BatchAssociateUserStack", rows).unwrap();
        assert!(rows.contains("\"s_a\"") && rows.contains("\"s_a2\""), "{rows}");
        assert_eq!(of("CreateFleet", json!({"Name": "e", "FleetType": "ELASTIC"})), None);
        assert_eq!(of("CreateAppBlock", json!({"Name": "x"})), None);
        let directory = of("CreateDirectoryConfig", json!({"DirectoryName": "d"})).unwrap();
        assert!(directory.contains("# Required, and not given: organizational_unit_distinguished_names, service_account_credentials."));
        let settings = of("CreateStack", json!({"Name": "s", "ApplicationSettings": {"SettingsGroup": "g"}})).unwrap();
        assert!(settings.contains("not given: application_settings.enabled."), "{settings}");
        let change = of("UpdateFleet", json!({"Name": "f", "AttributesToDelete": ["IAM_ROLE_ARN"]})).unwrap();
        assert!(
            change.contains("# Only what changes; the rest of it stays as it is.") && change.contains("# Take out: IAM_ROLE_ARN."),
            "{change}"
        );
        assert!(!change.contains("has no") && !change.contains("Required"), "{change}");
    }

    #[test]
    fn what_exists_is_imported() {
        let user = json!({"UserName": "a@b.c", "AuthenticationType": "USERPOOL", "Enabled": false});
        let user = super::super::described::resource_of("users", &user).unwrap();
        let text = text(&[user]).unwrap();
        assert!(text.contains("enabled             = false"), "{text}");
        assert!(text.ends_with("import {\n  to = aws_appstream_user.a_b_c\n  id = \"a@b.c/USERPOOL\"\n}"), "{text}");
    }
}
