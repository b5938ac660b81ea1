//! What can be picked in a field that names something else: fleets, images, app blocks. Anything else may still be typed: AWS knows
//! more than the lists say.

use super::Catalogue;
use super::kinds::kind;
use domain::entry::FormView;
use serde_json::Value;

/// What a field's values come from.
enum From {
    /// A kind's list: slug, the member that is the value, and which rows fit.
    Kind(&'static str, &'static str, fn(&Value) -> bool),
    /// Values that AWS's texts name.
    These(&'static [&'static str]),
    /// Instance types.
    Types,
    /// Organisational units of all directory configs.
    Units,
    /// Applications of images and of Elastic fleets.
    Applications,
}

/// Regions where AppStream is offered, as far as known; another may be typed.
const REGIONS: [&str; 16] = [
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "il-central-1",
    "us-gov-west-1",
];

/// Families of instance types and their sizes. Source: behaviour notes 5.3, read 2026-11-24; another may be typed.
const TYPES: [(&str, &str); 10] = [
    ("stream.standard", "small medium large xlarge 2xlarge"),
    ("stream.compute", "large xlarge 2xlarge 4xlarge 8xlarge"),
    ("stream.memory", "large xlarge 2xlarge 4xlarge 8xlarge"),
    ("stream.memory.z1d", "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge"),
    ("stream.graphics.g4dn", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
    ("stream.graphics.g5", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
    ("stream.graphics.g6", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
    ("stream.graphics.gr6", "4xlarge 8xlarge"),
    ("stream.graphics.g6f", "large xlarge 2xlarge 4xlarge"),
    ("stream.graphics.gr6f", "4xlarge"),
];

const ATTRIBUTES: [&str; 7] = ["roles", "department", "organization", "groups", "title", "costCenter", "userType"];

fn any(_: &Value) -> bool {
    true
}

fn usable(image: &Value) -> bool {
    image["State"] == "AVAILABLE" && image["Visibility"] != "SHARED"
}

fn shared(image: &Value) -> bool {
    image["State"] == "AVAILABLE" && image["Visibility"] == "SHARED"
}

fn elastic(fleet: &Value) -> bool {
    fleet["FleetType"] == "ELASTIC"
}

/// Where the values of the field at `path` come from.
fn from(operation: &str, path: &str) -> Option<From> {
    let plain = |p: &&str| p.parse::<usize>().is_err();
    let mut parts = path.rsplit('.').filter(plain);
    let (last, before) = (parts.next()?, parts.next().unwrap_or_default());
    Some(match (last, before) {
        ("FleetName", _) if operation == "AssociateApplicationFleet" => From::Kind("fleets", "Name", elastic),
        ("FleetName", _) => From::Kind("fleets", "Name", any),
        ("StackName", _) => From::Kind("stacks", "Name", any),
        ("ImageName", _) => From::Kind("images", "Name", usable),
        ("ImageArn", _) => From::Kind("images", "Arn", shared),
        ("AppBlockArn", _) => From::Kind("app-blocks", "Arn", any),
        ("ApplicationArn", _) => From::Kind("applications", "Arn", any),
        ("AppBlockBuilderName", _) => From::Kind("app-block-builders", "Name", any),
        ("UserName", "UserStackAssociations") => From::Kind("users", "UserName", any),
        ("DirectoryName", "DomainJoinInfo") => From::Kind("directory-configs", "DirectoryName", any),
        ("OrganizationalUnitDistinguishedName", _) => From::Units,
        ("ApplicationIdentifier" | "ApplicationId", _) => From::Applications,
        ("DestinationRegion", _) => From::These(&REGIONS),
        ("InstanceType", _) => From::Types,
        ("AppstreamAgentVersion", _) => From::These(&["LATEST"]),
        ("Name", "Attributes") => From::These(&ATTRIBUTES),
        _ => return None,
    })
}

impl Catalogue {
    /// Fills in what can be picked. A list that cannot be had leaves its fields to be typed.
    pub(super) async fn pick(&self, form: &mut FormView) {
        let operation = form.operation.clone();
        for field in form.groups.iter_mut().flat_map(|g| &mut g.fields) {
            field.picks = match from(&operation, &field.path) {
                Some(source) => self.values(source).await,
                None => vec![],
            };
        }
    }

    async fn rows(&self, slug: &str) -> Vec<Value> {
        match kind(slug) {
            Some(kind) => self.resources(kind, &[]).await.map(|(rows, _)| rows.to_vec()).unwrap_or_default(),
            None => vec![],
        }
    }

    async fn values(&self, source: From) -> Vec<(String, String)> {
        let plain = |v: &str| (v.to_owned(), String::new());
        let mut all: Vec<(String, String)> = match source {
            From::These(values) => return values.iter().map(|v| plain(v)).collect(),
            From::Types => {
                return TYPES
                    .iter()
                    .flat_map(|(family, sizes)| sizes.split(' ').map(move |size| plain(&format!("{family}.{size}"))))
                    .collect();
            }
            From::Units => {
                let rows = self.rows("directory-configs").await;
                let units = rows.iter().filter_map(|r| r["OrganizationalUnitDistinguishedNames"].as_array()).flatten();
                units.filter_map(Value::as_str).map(plain).collect()
            }
            From::Applications => {
                let (images, applications) = (self.rows("images").await, self.rows("applications").await);
                let own = images.iter().filter(|i| i["Visibility"] == "PRIVATE").filter_map(|i| i["Applications"].as_array()).flatten();
                own.chain(&applications)
                    .filter_map(|a| Some((a["Name"].as_str()?.to_owned(), a["DisplayName"].as_str().unwrap_or_default().to_owned())))
                    .collect()
            }
            From::Kind(slug, member, fits) => {
                let rows = self.rows(slug).await;
                let value = |r: &Value| {
                    let value = r[member].as_str()?.to_owned();
                    let words = if member.ends_with("Arn") { r["Name"].as_str() } else { r["DisplayName"].as_str() };
                    Some((value.clone(), words.filter(|w| *w != value).unwrap_or_default().to_owned()))
                };
                rows.iter().filter(|r| fits(r)).filter_map(value).collect()
            }
        };
        all.sort();
        all.dedup_by(|a, b| a.0 == b.0);
        all
    }
}
