//! Words for members, values and limits of the service model. Whatever has none here is put into words from its own name.

use simulator::validate::Rule;

/// Labels that the member's own name does not give well.
const LABELS: [(&str, &str); 67] = [
    ("AppCatalogConfig", "Applications"),
    ("RuntimeValidationConfig", "Validation"),
    ("SoftwaresToInstall", "Install"),
    ("SoftwaresToUninstall", "Remove"),
    ("UserStackAssociations", "Assignments"),
    ("AccessEndpoints", "VPC endpoints"),
    ("AgentAccessConfig", "Agent access"),
    ("CertificateBasedAuthProperties", "Certificate-based authentication"),
    ("EniId", "Network interface"),
    ("EniIpv6Addresses", "IPv6 addresses"),
    ("SecurityGroupIds", "Security groups"),
    ("SoftwareNames", "Software"),
    ("SubnetIds", "Subnets"),
    ("ApplicationArn", "Application ARN"),
    ("RunningFor", "Running"),
    ("ImageArn", "Image ARN"),
    ("SourceAmiId", "Source AMI"),
    ("TaskId", "Task"),
    ("AppVisibility", "Applications seen"),
    ("DomainJoinInfo", "Domain"),
    ("LatestAppstreamAgentVersion", "Newest agent"),
    ("PublicBaseImageReleasedDate", "Base released"),
    ("Arn", "ARN"),
    ("AmiName", "Name of the new AMI"),
    ("AppBlockArn", "App block"),
    ("AppstreamAgentVersion", "Agent version"),
    ("AttributesToDelete", "Cleared"),
    ("BaseImageArn", "Made from"),
    ("CreatedTime", "Created"),
    ("DesiredInstances", "Instances"),
    ("DesiredSessions", "Sessions"),
    ("DestinationRegion", "To Region"),
    ("DirectoryName", "Directory (domain name)"),
    ("DisableIMDSV1", "Require IMDSv2"),
    ("DisconnectTimeoutInSeconds", "Disconnect timeout"),
    ("EmbedHostDomains", "Hosts that may embed streams"),
    ("EnableDefaultInternetAccess", "Default internet access"),
    ("EniPrivateIpAddress", "Private address"),
    ("IamRoleArn", "IAM role"),
    ("IdleDisconnectTimeoutInSeconds", "Idle disconnect timeout"),
    ("MaxUserDurationInSeconds", "Longest session"),
    ("OrganizationalUnitDistinguishedName", "Organisational unit"),
    ("OrganizationalUnitDistinguishedNames", "Organisational units"),
    ("SharedAccountId", "Account"),
    ("SourceImageName", "Image"),
    ("UserId", "User"),
    ("WorkspaceImageId", "WorkSpaces image"),
    ("VolumeSizeInGb", "Root volume, GB"),
    ("VpceId", "VPC endpoint"),
    ("AmiDescription", "Description of the new AMI"),
    ("ApplicationIdentifier", "Application"),
    ("dryRun", "Only check"),
    ("DryRun", "Only check"),
    ("ExecutableParameters", "Arguments"),
    ("ExecutablePath", "Program that runs it"),
    ("IconS3Location", "Icon"),
    ("MaximumLength", "Longest text, characters"),
    ("MessageAction", "Invitation"),
    ("newImageDescription", "Description"),
    ("newImageDisplayName", "Display name"),
    ("newImageName", "Name of the new image"),
    ("newImageTags", "Tags"),
    ("ScriptS3Location", "Script"),
    ("SendEmailNotification", "Mail the user"),
    ("SourceS3Location", "Virtual hard disk or package"),
    ("TagSpecifications", "Tags of the new AMI"),
    ("TimeoutInSeconds", "Time limit"),
];

/// Sentences beneath fields, by the last two members of their path or by the last.
const HELP: [(&str, &str); 41] = [
    ("AccountPassword", "It is never shown again. Leave it empty to keep the one there is."),
    ("AmiName", "3 to 128 characters, unique in the account and Region."),
    ("AppstreamAgentVersion", "LATEST, or a version such as 06-17-2026."),
    ("Attributes.Name", "An attribute of the SAML assertion, such as department or groups."),
    ("Attributes.Value", "What the assertion must hold under that name."),
    ("BillingPeriod", "A month, such as 2026-11."),
    ("DesiredInstances", "How many instances the fleet keeps. Not for multi-session and Elastic fleets."),
    ("DesiredSessions", "How many sessions a multi-session fleet holds ready."),
    ("DestinationRegion", "Such as eu-west-1. The copy appears there, without tags and permissions."),
    ("DisconnectTimeoutInSeconds", "How long a disconnected session waits for its user: 1 m to 10 h."),
    ("dryRun", "Only asks whether there is anything newer. Nothing is made."),
    ("DryRun", "Only checks. Nothing is imported."),
    ("EmbedHostDomains", "One host a line, such as portal.example.com."),
    ("IdleDisconnectTimeoutInSeconds", "Never, or 1 m to 10 h; AWS acts in whole minutes."),
    ("ImageArn", "For an image that is shared with this account. Else give its name."),
    ("ImageName", "An own image or a public one."),
    ("InstanceType", "Such as stream.standard.medium."),
    ("LaunchPath", "The program's path on the instance."),
    ("MaxConcurrentSessions", "How many people can stream at once."),
    ("MaxSessionsPerInstance", "2 to 50. Makes the fleet multi-session; Windows images only."),
    ("MaxUserDurationInSeconds", "10 m to 5 d. A session ends at the latest then."),
    ("Name", "Letters, digits, dot, dash and underscore; 101 at most. It cannot be changed later."),
    ("PackagingType", "Custom: your disk and a script that mounts it. AppStream 2.0: a package recorded in an app block builder."),
    ("SessionContext", "Passed to the session's scripts."),
    ("SharedAccountId", "12 digits. Sharing stays in this Region."),
    ("SourceAmiId", "With an IAM role. Or give a WorkSpaces image instead."),
    ("SubnetIds", "One a line, such as subnet-0a1b2c3d."),
    ("Tags", "One a line, as key=value. 50 at most."),
    ("TimeoutInSeconds", "The script is stopped after so long."),
    ("UsbDeviceFilterStrings", "One a line: eight fields, separated by commas."),
    ("ApplicationId", "What opens at once: the name of an application, or Desktop on fleets that stream it."),
    ("DirectoryName", "The domain, in full: corp.example.com."),
    ("FleetType", "Always-On: instances run all the time. On-Demand: they boot when a session starts. Elastic: AWS keeps the pool."),
    ("IconS3Location", "A square PNG: s3://bucket/key."),
    ("MessageAction", "AppStream mails an invitation, unless it is suppressed."),
    ("OrganizationalUnitDistinguishedNames", "One a line, such as OU=AppStream,DC=corp,DC=example,DC=com."),
    ("ScriptS3Location", "s3://bucket/key."),
    ("SecurityGroupIds", "One a line, 5 at most. Without any the VPC’s default group is used."),
    ("SourceS3Location", "s3://bucket/key of the disk; for AppStream packaging the bucket alone."),
    ("UserName", "A mail address. AWS tells capital letters from small ones."),
    ("Validity", "For how long the URL opens a session: 1 s to 7 d."),
];

/// A name in camel case as words: `IdleTimeout` is “Idle timeout”, `IconS3Location` “Icon S3 location”.
pub fn split(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (i, c) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| letters[b]);
        let after = letters.get(i + 1);
        let starts = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || (b.is_ascii_digit() && after.is_some_and(char::is_ascii_lowercase))
                    || (b.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts {
            out.push(' ');
        }
        let alone = starts && after.is_none_or(|a| a.is_ascii_lowercase());
        out.push(if alone { c.to_ascii_lowercase() } else { *c });
    }
    let mut all = out.chars();
    short(&all.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + all.as_str()))
}

/// Words that are letters, written as such: “Vpc config” is “VPC config”.
fn short(words: &str) -> String {
    const SHORT: [(&str, &str); 18] = [
        ("ami", "AMI"),
        ("api", "API"),
        ("arn", "ARN"),
        ("arns", "ARNs"),
        ("gb", "GB"),
        ("id", "ID"),
        ("ids", "IDs"),
        ("jpeg", "JPEG"),
        ("kms", "KMS"),
        ("mcp", "MCP"),
        ("png", "PNG"),
        ("saml", "SAML"),
        ("tcp", "TCP"),
        ("udp", "UDP"),
        ("url", "URL"),
        ("urls", "URLs"),
        ("usb", "USB"),
        ("vpc", "VPC"),
    ];
    let all = words.split(' ').map(|word| SHORT.iter().find(|(low, _)| word.eq_ignore_ascii_case(low)).map_or(word, |(_, right)| right));
    all.collect::<Vec<_>>().join(" ")
}

/// The label of a part of `member`, told among the facts: with the member's own where the part does not say it all.
pub fn part(member: &str, part: &str) -> String {
    let (whole, label) = (label(member), label(part));
    match member {
        // Their group says it.
        "CertificateBasedAuthProperties"
        | "ComputeCapacityStatus"
        | "DomainJoinInfo"
        | "NetworkAccessConfiguration"
        | "PostSetupScriptDetails"
        | "RootVolumeConfig"
        | "ServiceAccountCredentials"
        | "SetupScriptDetails"
        | "VpcConfig" => label,
        // Letters that stand for words stay large.
        _ if label.chars().nth(1).is_some_and(|c| !c.is_lowercase()) => format!("{whole}: {label}"),
        _ => format!("{whole}: {}", label[..1].to_lowercase() + &label[1..]),
    }
}

/// The label of the member that `path` ends with.
pub fn label(path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    LABELS.iter().find(|(name, _)| *name == last).map_or_else(|| split(last), |(_, words)| (*words).to_owned())
}

/// The sentence beneath the field at `path`; empty when there is nothing to say.
pub fn help(path: &str) -> String {
    let mut parts = path.rsplit('.').filter(|p| p.parse::<usize>().is_err());
    let last = parts.next().unwrap_or(path);
    let two = parts.next().map(|before| format!("{before}.{last}"));
    HELP.iter().find(|(name, _)| two.as_deref() == Some(*name) || *name == last).map_or_else(String::new, |(_, words)| (*words).to_owned())
}

/// Licensed software by its name in the API: `Microsoft_Office_2024_LTSC_Standard_64Bit` is “Microsoft Office 2024 LTSC Standard, 64-bit”.
/// None where it is no name of that kind.
pub fn software(raw: &str) -> Option<String> {
    let (product, bits) = raw.strip_suffix("Bit")?.rsplit_once('_')?;
    let named = product.starts_with("Microsoft_") && bits.parse::<u8>().is_ok();
    named.then(|| format!("{}, {bits}-bit", product.replace('_', " ")))
}

/// An enum's value in words: `FILE_UPLOAD` is “File upload”.
pub fn value(raw: &str) -> String {
    if let Some(words) = software(raw) {
        return words;
    }
    if raw.is_empty() || raw.chars().any(|c| c.is_ascii_lowercase()) {
        return raw.to_owned();
    }
    const NAMES: [(&str, &str); 20] = [
        ("ALWAYS_ON", "Always-On"),
        ("ON_DEMAND", "On-Demand"),
        ("APPSTREAM2", "AppStream 2.0"),
        ("DOMAIN_PASSWORD_SIGNIN", "Sign in with a domain password"),
        ("DOMAIN_SMART_CARD_SIGNIN", "Sign in with a smart card"),
        ("GOOGLE_DRIVE", "Google Drive"),
        ("GRAPHICS_G4", "Graphics G4"),
        ("HOMEFOLDERS", "Home folders"),
        ("ONE_DRIVE", "OneDrive"),
        ("USERPOOL", "User pool"),
        ("WINDOWS_11", "Windows 11"),
        ("WINDOWS", "Windows"),
        ("WINDOWS_SERVER_2016", "Windows Server 2016"),
        ("WINDOWS_SERVER_2019", "Windows Server 2019"),
        ("WINDOWS_SERVER_2022", "Windows Server 2022"),
        ("WINDOWS_SERVER_2025", "Windows Server 2025"),
        ("AMAZON_LINUX2", "Amazon Linux 2"),
        ("ROCKY_LINUX8", "Rocky Linux 8"),
        ("RHEL8", "RHEL 8"),
        ("UBUNTU_PRO_2404", "Ubuntu Pro 24.04"),
    ];
    if let Some((_, name)) = NAMES.iter().find(|(value, _)| *value == raw) {
        return (*name).to_owned();
    }
    let words = raw.replace('_', " ").to_lowercase();
    let mut letters = words.chars();
    short(&letters.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str()))
}

/// One row of a list: `Attributes` is “Attribute”.
pub fn one_of(list: &str) -> String {
    let words = match list {
        "UserStackAssociations" => return "Assignment".to_owned(),
        "AppCatalogConfig" => return "Application".to_owned(),
        other => split(other),
    };
    words.strip_suffix("ies").map_or_else(|| words.trim_end_matches('s').to_owned(), |start| format!("{start}y"))
}

/// Values of a list of texts that the model leaves open and AWS's texts name: boxes to tick. Source: behaviour notes 3.10 and 3.13.
pub fn known(list: &str) -> Vec<String> {
    match list {
        "InstanceFamilies" => ["GENERAL_PURPOSE", "GRAPHICS_G4"].map(str::to_owned).to_vec(),
        "SoftwareNames" | "SoftwaresToInstall" | "SoftwaresToUninstall" => simulator::software::names(),
        _ => vec![],
    }
}

/// What is wrong, as a sentence for the field.
pub fn broken(rule: &Rule) -> String {
    match rule {
        Rule::Missing | Rule::AtLeast(1) => "Fill this in.".to_owned(),
        Rule::AtLeast(n) => format!("Enter at least {n}; fewer were given."),
        Rule::AtMost(n) => format!("Enter at most {n}; more were given."),
        Rule::NotBelow(n) => format!("Enter {n} or more."),
        Rule::NotAbove(n) => format!("Enter {n} or less."),
        Rule::OneOf(values) => format!("Choose one of {}.", values.join(", ")),
        Rule::Pattern(pattern) => domain::entry::of_the_form(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, words) in [
            ("SessionScriptS3Location", "Session script S3 location"),
            ("FeedbackURL", "Feedback URL"),
            ("existingImageName", "Existing image name"),
            ("allowFleet", "Allow fleet"),
        ] {
            assert_eq!(split(name), words);
        }
        assert_eq!(
            (label("VpcConfig.SubnetIds"), value("FILE_UPLOAD"), value("stream.x")),
            ("Subnets".into(), "File upload".into(), "stream.x".into())
        );
        assert_eq!(
            (part("VpcConfig", "SubnetIds"), part("ApplicationSettings", "SettingsGroup")),
            ("Subnets".into(), "Application settings: settings group".into())
        );
        assert_eq!(
            (part("X", "S3BucketArn"), value("UDP"), label("TaskIds")),
            ("X: S3 bucket ARN".into(), "UDP".into(), "Task IDs".into())
        );
        assert!(help("UserStackAssociations.0.Name").starts_with("Letters"));
        assert!(help("Attributes.0.Name").starts_with("An attribute"), "a hint of its own, not that of names of things");
        assert_eq!(label("DomainJoinInfo.OrganizationalUnitDistinguishedName"), "Organisational unit");
        assert_eq!((label("KmsKeyArn"), value("DOMAIN_PASSWORD_SIGNIN")), ("KMS key ARN".into(), "Sign in with a domain password".into()));
        assert_eq!(value("Microsoft_Office_2024_LTSC_Professional_Plus_64Bit"), "Microsoft Office 2024 LTSC Professional Plus, 64-bit");
        assert_eq!((software("Microsoft_Office"), software("finance_64Bit")), (None, None));
    }
}
