//! Where a member stands in its form and among the details of its page: the groups, in the order a person thinks of them, and the rows
//! of lists. Members that only answers have stand with those they belong to.

/// A group: heading, sentence, members in their order. A member that stands in none is in the first group if it is one value, else in a
/// group of its own.
pub const GROUPS: [(&str, &str, &[&str]); 19] = [
    (
        "",
        "",
        &[
            "Name",
            "StackName",
            "DirectoryName",
            "UserName",
            "FirstName",
            "LastName",
            "MessageAction",
            "newImageName",
            "newImageDisplayName",
            "newImageDescription",
            "DisplayName",
            "Description",
            "FleetType",
            "AppVisibility",
            "OrganizationalUnitDistinguishedNames",
            "Enabled",
            "RunningFor",
        ],
    ),
    (
        "Image and compute",
        "What the instances are made from.",
        &[
            "ImageName",
            "ImageArn",
            "InstanceType",
            "Platform",
            "RootVolumeConfig",
            "StreamView",
            "DisableIMDSV1",
            "AppstreamAgentVersion",
            "LatestAppstreamAgentVersion",
            "BaseImageArn",
            "PublicBaseImageReleasedDate",
            "ImageBuilderName",
            "SupportedInstanceFamilies",
            "DynamicAppProvidersEnabled",
        ],
    ),
    (
        "Capacity",
        "How many people can stream at once.",
        &["MaxSessionsPerInstance", "ComputeCapacity", "MaxConcurrentSessions", "ComputeCapacityStatus"],
    ),
    (
        "Session limits",
        "Durations such as 30 m or 2 h.",
        &["MaxUserDurationInSeconds", "DisconnectTimeoutInSeconds", "IdleDisconnectTimeoutInSeconds"],
    ),
    ("Package", "What the instance downloads before the first application starts.", &["PackagingType", "SourceS3Location"]),
    ("Setup script", "Mounts the disk, before the user signs in. For custom packaging.", &["SetupScriptDetails"]),
    ("Post-setup script", "Runs after the package is in place. For AppStream packaging.", &["PostSetupScriptDetails"]),
    ("In the catalogue", "What users see before they launch it.", &["IconS3Location"]),
    ("Launch", "What runs on the instance.", &["AppBlockArn", "LaunchPath", "LaunchParameters", "WorkingDirectory"]),
    ("Runs on", "AWS fixes these when an application is created.", &["Platforms", "InstanceFamilies"]),
    (
        "Licensed software",
        "Microsoft’s, of one year and one bitness; each user of it is billed monthly.",
        &["SoftwaresToInstall", "SoftwaresToUninstall"],
    ),
    ("Sharing", "", &["Visibility", "ImagePermissions", "ImageSharedWithOthers", "ImageBuilderSupported"]),
    ("Network", "", &["VpcConfig", "EnableDefaultInternetAccess", "NetworkAccessConfiguration", "AccessEndpoints"]),
    ("Directory and identity", "", &["DomainJoinInfo", "IamRoleArn", "ServiceAccountCredentials"]),
    (
        "Certificate-based authentication",
        "People are signed in to their domain without typing a password again.",
        &["CertificateBasedAuthProperties"],
    ),
    ("Session script and devices", "", &["SessionScriptS3Location", "UsbDeviceFilterStrings"]),
    ("Storage", "Where people keep their files and settings.", &["StorageConnectors", "ApplicationSettings"]),
    ("User settings", "What people may do between their device and the session. Changes reach new sessions.", &["UserSettings"]),
    ("Links and embedding", "", &["RedirectURL", "FeedbackURL", "EmbedHostDomains"]),
];

/// Groups that come last, whatever the operation.
pub const LAST: [&str; 4] = ["Tags", "newImageTags", "TagSpecifications", "dryRun"];

/// The group of a member: its place in the order, heading and sentence.
pub fn group(member: &str) -> Option<(usize, &'static str, &'static str)> {
    GROUPS.iter().enumerate().find(|(_, (.., members))| members.contains(&member)).map(|(at, (title, help, _))| (at, *title, *help))
}

/// The heading of what stands in no group: what AWS made of the thing.
pub const OTHERS: &str = "Identity and dates";

/// The place of a member within its group.
pub fn place(member: &str) -> usize {
    GROUPS.iter().find_map(|(.., members)| members.iter().position(|m| *m == member)).unwrap_or(usize::MAX)
}

/// How the rows of a list of structures are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One row for each value of the member.
    Each(&'static str),
    /// One row for each value of the member, which is a box to tick.
    Ticked(&'static str),
    /// As many as one needs.
    Free,
}

/// The rows of the list `member`.
pub fn rows(member: &str) -> Rows {
    match member {
        "UserSettings" => Rows::Each("Action"),
        "Settings" => Rows::Each("AgentAction"),
        "StorageConnectors" => Rows::Ticked("ConnectorType"),
        _ => Rows::Free,
    }
}

/// Members of a row that its key does not take.
pub fn takes(key: &str, member: &str) -> bool {
    match member {
        "MaximumLength" => key.starts_with("CLIPBOARD"),
        "ResourceIdentifier" | "Domains" => key != "HOMEFOLDERS",
        "DomainsRequireAdminConsent" => key == "ONE_DRIVE",
        _ => true,
    }
}
