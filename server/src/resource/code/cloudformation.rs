//! CloudFormation: the types of `AWS::AppStream`, and templates in YAML.
//!
//! The table was read from the types' published schemas; `cfn-lint`, which carries them, checks every form in the tests.

use super::names;
use super::quote::yaml;
use super::resources::Resource;
use super::types::{Body, Member, Node, PASSWORD, TAGS, Type, asks_password, block, m, must};
use serde_json::{Map, Value};

const VPC: Member = block("VpcConfig", &[m("SubnetIds"), m("SecurityGroupIds")]);
const JOIN: Member = block("DomainJoinInfo", &[m("DirectoryName"), m("OrganizationalUnitDistinguishedName")]);
const ENDPOINTS: Member = block("AccessEndpoints", &[must("EndpointType"), must("VpceId")]);
const VOLUME: Member = block("RootVolumeConfig", &[m("VolumeSizeInGb")]);
const S3: &[Member] = &[must("S3Bucket"), must("S3Key")];
const SCRIPT: &[Member] = &[
    block("ScriptS3Location", &[must("S3Bucket"), m("S3Key")]).required(),
    must("ExecutablePath"),
    m("ExecutableParameters"),
    must("TimeoutInSeconds"),
];
/// Platforms that the API has, and the types do not have yet.
const NEWER: &[&str] = &["WINDOWS_11"];
const REDIRECTION: &[Member] = &[must("Enabled"), m("AllowedUrls"), m("DeniedUrls")];

const TYPES: &[Type] = &[
    Type {
        name: "AWS::AppStream::Fleet",
        of: "CreateFleet",
        members: &[
            must("Name"),
            must("InstanceType"),
            m("FleetType"),
            m("ImageName"),
            m("ImageArn"),
            m("DisplayName"),
            m("Description"),
            block("ComputeCapacity", &[m("DesiredInstances"), m("DesiredSessions")]),
            m("Platform").but(NEWER),
            m("MaxConcurrentSessions"),
            m("MaxSessionsPerInstance"),
            m("MaxUserDurationInSeconds"),
            m("DisconnectTimeoutInSeconds"),
            m("IdleDisconnectTimeoutInSeconds"),
            VPC,
            m("EnableDefaultInternetAccess"),
            JOIN,
            m("IamRoleArn"),
            m("StreamView"),
            m("UsbDeviceFilterStrings"),
            block("SessionScriptS3Location", S3),
            VOLUME,
            m("DisableIMDSV1"),
            TAGS,
        ],
        note: "CloudFormation also starts the fleet.",
    },
    Type {
        name: "AWS::AppStream::Stack",
        of: "CreateStack",
        members: &[
            must("Name"),
            m("DisplayName"),
            m("Description"),
            m("RedirectURL"),
            m("FeedbackURL"),
            m("EmbedHostDomains"),
            block("StorageConnectors", &[must("ConnectorType"), m("Domains")]),
            block("UserSettings", &[must("Action").but(&["SMART_CARD_REDIRECTION"]), must("Permission"), m("MaximumLength")]),
            block("ApplicationSettings", &[must("Enabled"), m("SettingsGroup")]),
            ENDPOINTS,
            block("StreamingExperienceSettings", &[m("PreferredProtocol")]),
            block("ContentRedirection", &[block("HostToClient", REDIRECTION)]),
            block(
                "AgentAccessConfig",
                &[
                    block("Settings", &[must("AgentAction"), must("Permission")]).required(),
                    must("ScreenResolution"),
                    must("ScreenImageFormat"),
                    m("UserControlMode"),
                    m("ScreenshotsUploadEnabled"),
                    m("S3BucketArn"),
                ],
            ),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::ImageBuilder",
        of: "CreateImageBuilder",
        members: &[
            must("Name"),
            must("InstanceType"),
            m("ImageName"),
            m("ImageArn"),
            m("DisplayName"),
            m("Description"),
            m("AppstreamAgentVersion"),
            VPC,
            m("EnableDefaultInternetAccess"),
            JOIN,
            m("IamRoleArn"),
            ENDPOINTS,
            VOLUME,
            m("SoftwaresToInstall"),
            m("SoftwaresToUninstall"),
            m("DisableIMDSV1"),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::AppBlock",
        of: "CreateAppBlock",
        members: &[
            must("Name"),
            m("DisplayName"),
            m("Description"),
            m("PackagingType"),
            block("SourceS3Location", &[must("S3Bucket"), m("S3Key")]).required(),
            block("SetupScriptDetails", SCRIPT),
            block("PostSetupScriptDetails", SCRIPT),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::AppBlockBuilder",
        of: "CreateAppBlockBuilder",
        members: &[
            must("Name"),
            must("Platform"),
            must("InstanceType"),
            m("DisplayName"),
            m("Description"),
            VPC.required(),
            m("EnableDefaultInternetAccess"),
            m("IamRoleArn"),
            ENDPOINTS,
            m("DisableIMDSV1"),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::Application",
        of: "CreateApplication",
        members: &[
            must("Name"),
            m("DisplayName"),
            m("Description"),
            must("AppBlockArn"),
            block("IconS3Location", S3).required(),
            must("LaunchPath"),
            m("LaunchParameters"),
            m("WorkingDirectory"),
            must("Platforms").but(NEWER),
            must("InstanceFamilies"),
            TAGS,
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::User",
        of: "CreateUser",
        members: &[must("UserName"), must("AuthenticationType"), m("FirstName"), m("LastName"), m("MessageAction")],
        note: "",
    },
    Type {
        name: "AWS::AppStream::Entitlement",
        of: "CreateEntitlement",
        members: &[
            must("Name"),
            must("StackName"),
            m("Description"),
            must("AppVisibility"),
            block("Attributes", &[must("Name"), must("Value")]).required(),
        ],
        note: "",
    },
    Type {
        name: "AWS::AppStream::DirectoryConfig",
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
        name: "AWS::AppStream::StackFleetAssociation",
        of: "AssociateFleet",
        members: &[must("FleetName"), must("StackName")],
        note: "",
    },
    Type {
        name: "AWS::AppStream::StackUserAssociation",
        of: "BatchAssociateUserStack",
        members: &[must("StackName"), must("UserName"), must("AuthenticationType"), m("SendEmailNotification")],
        note: "",
    },
    Type {
        name: "AWS::AppStream::ApplicationFleetAssociation",
        of: "AssociateApplicationFleet",
        members: &[must("FleetName"), must("ApplicationArn")],
        note: "",
    },
    Type {
        name: "AWS::AppStream::ApplicationEntitlementAssociation",
        of: "AssociateApplicationToEntitlement",
        members: &[must("StackName"), must("EntitlementName"), must("ApplicationIdentifier")],
        note: "",
    },
];

/// The parameter of a password.
const PARAMETER: &str = "Password";

/// Whether CloudFormation would put something else in the text's place. It has no way to say such a text.
fn is_resolved(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{resolve:"),
        Value::Array(all) => all.iter().any(is_resolved),
        Value::Object(all) => all.iter().any(|(k, v)| k.contains("{{resolve:") || is_resolved(v)),
        _ => false,
    }
}

fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), yaml)
}

/// A list: the first line of each item after a dash.
fn items(out: &mut String, indent: usize, all: &[String]) {
    let pad = " ".repeat(indent);
    for item in all {
        for (i, line) in item.lines().enumerate() {
            out.push_str(&format!("{pad}{} {line}\n", if i == 0 { "-" } else { " " }));
        }
    }
}

fn body(out: &mut String, indent: usize, members: &Body) {
    let pad = " ".repeat(indent);
    let inner = |members: &Body| {
        let mut out = String::new();
        body(&mut out, 0, members);
        out
    };
    for (name, node) in members {
        match node {
            Node::Secret => out.push_str(&format!("{pad}{name}: !Ref {PARAMETER}\n")),
            Node::Plain(Value::Array(all)) if !all.is_empty() => {
                out.push_str(&format!("{pad}{name}:\n"));
                items(out, indent + 2, &all.iter().map(scalar).collect::<Vec<_>>());
            }
            Node::Plain(value) => out.push_str(&format!("{pad}{name}: {}\n", scalar(value))),
            Node::Block(one) => {
                out.push_str(&format!("{pad}{name}:\n"));
                body(out, indent + 2, one);
            }
            Node::Blocks(all) => {
                out.push_str(&format!("{pad}{name}:\n"));
                items(out, indent + 2, &all.iter().map(inner).collect::<Vec<_>>());
            }
            Node::Tags(tags) => {
                out.push_str(&format!("{pad}{name}:\n"));
                let all: Vec<String> = tags.iter().map(|(k, v)| format!("Key: {}\nValue: {}", yaml(k), yaml(v))).collect();
                items(out, indent + 2, &all);
            }
        }
    }
}

/// A template with the resources; nothing where there is no type for them.
pub fn text(resources: &[Resource]) -> Option<String> {
    let mut out = String::new();
    let (mut taken, mut password) = (vec![PARAMETER.to_owned()], false);
    for resource in resources {
        let of = TYPES.iter().find(|t| t.of == resource.of)?;
        let (resolved, input): (Map<_, _>, Map<_, _>) = resource.input.clone().into_iter().partition(|(_, v)| is_resolved(v));
        let written = of.write(&input, str::to_owned);
        password |= asks_password(&written.body);
        out.push_str(&format!("  {}:\n", names::unique(names::logical(&resource.names), &mut taken)));
        for words in super::resources::remarks(resource, of, &written) {
            out.push_str(&format!("    # {words}\n"));
        }
        for member in resolved.keys() {
            out.push_str(&format!("    # {member} is left out: CloudFormation would resolve what stands in it.\n"));
        }
        out.push_str(&format!("    Type: {}\n    Properties:\n", of.name));
        body(&mut out, 6, &written.body);
    }
    if out.is_empty() {
        return None;
    }
    let parameters = if password { format!("Parameters:\n  {PARAMETER}:\n    Type: String\n    NoEcho: true\n") } else { String::new() };
    Some(format!("AWSTemplateFormatVersion: \"2010-09-09\"\n{parameters}Resources:\n{}", out.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::super::resources::of_request;
    use super::super::types::tests::agrees_with_the_model;
    use super::*;
    use serde_json::json;

    fn of(operation: &str, input: Value) -> Option<String> {
        text(&of_request(operation, input.as_object().unwrap()))
    }

    #[test]
    fn the_table_agrees_with_the_model() {
        agrees_with_the_model(TYPES, &[]);
    }

    #[test]
    fn a_fleet_is_a_template() {
        let input = json!({"Name": "training-lab", "InstanceType": "stream.standard.small", "FleetType": "ELASTIC", "MaxConcurrentSessions": 2,
            "SessionScriptS3Location": {"S3Bucket": "scripts", "S3Key": "a b.zip"}, "UsbDeviceFilterStrings": ["a,b", "yes"],
            "Tags": {"team": "no", "cost": "42"}, "DisableIMDSV1": true});
        let want = r#"AWSTemplateFormatVersion: "2010-09-09"
Resources:
  TrainingLab:
    # CloudFormation also starts the fleet.
    Type: AWS::AppStream::Fleet
    Properties:
      Name: training-lab
      InstanceType: stream.standard.small
      FleetType: ELASTIC
      MaxConcurrentSessions: 2
      UsbDeviceFilterStrings:
        - "a,b"
        - "yes"
      SessionScriptS3Location:
        S3Bucket: scripts
        S3Key: "a b.zip"
      DisableIMDSV1: true
      Tags:
        - Key: cost
          Value: "42"
        - Key: team
          Value: "no""#;
        assert_eq!(of("CreateFleet", input).unwrap(), want);
    }

    #[test]
    fn passwords_are_a_parameter_and_names_do_not_meet_it() {
        let input = json!({"DirectoryName": "password", "OrganizationalUnitDistinguishedNames": ["OU=a,DC=b"],
            "ServiceAccountCredentials": {"AccountName": "corp\\svc", "AccountPassword": "x"}});
        let text = of("CreateDirectoryConfig", input).unwrap();
        assert!(text.contains("Parameters:\n  Password:\n    Type: String\n    NoEcho: true\nResources:\n  Password2:\n"), "{text}");
        assert!(text.contains("        AccountName: \"corp\\\\svc\"\n        AccountPassword: !Ref Password"), "{text}");
    }

    #[test]
    fn what_cannot_be_said_is_told() {
        let text = of("CreateStack", json!({"Name": "s", "Description": "{{resolve:ssm:x}}", "StorageConnectorAuthentication": {"x": 1}}));
        let text = text.unwrap();
        assert!(text.contains("# Description is left out") && !text.contains("{{"), "{text}");
        assert!(text.contains("# AWS::AppStream::Stack has no StorageConnectorAuthentication."), "{text}");
        let settings = json!({"Name": "s", "UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "ENABLED"}]});
        assert!(
            of("UpdateStack", settings)
                .unwrap()
                .contains("      UserSettings:\n        - Action: FILE_UPLOAD\n          Permission: ENABLED")
        );
        assert_eq!(of("CopyImage", json!({"SourceImageName": "x"})), None);
        let newer = json!({"Name": "s", "UserSettings": [{"Action": "SMART_CARD_REDIRECTION", "Permission": "ENABLED"}, {"Action": "FILE_UPLOAD", "Permission": "ENABLED"}]});
        let text = of("CreateStack", newer).unwrap();
        assert!(
            text.contains("# AWS::AppStream::Stack has no UserSettings.Action SMART_CARD_REDIRECTION.") && !text.contains(": SMART"),
            "{text}"
        );
        let newer = of("CreateApplication", json!({"Name": "a", "Platforms": ["WINDOWS_11", "WINDOWS"]})).unwrap();
        assert!(newer.contains("has no Platforms WINDOWS_11.") && newer.contains("      Platforms:\n        - WINDOWS"), "{newer}");
    }
}
