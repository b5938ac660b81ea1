//! Images, their exports, image builders.

use super::*;

/// The kind `images`.
pub const IMAGES: Kind = Kind {
    slug: "images",
    noun: "image",
    title: "Images",
    about: "An image is what fleets stream: an operating system with applications.",
    list: ("DescribeImages", "Images"),
    asked: NOTHING,
    key: |i| {
        if i["Visibility"] == "SHARED" {
            format!("{}:{}", i["Arn"].as_str().and_then(|a| a.split(':').nth(4)).unwrap_or_default(), name(i))
        } else {
            name(i)
        }
    },
    state: "State",
    columns: &[
        ("State", "State"),
        ("Visibility", "Visibility"),
        ("Platform", "Platform"),
        ("Made from", "BaseImageArn"),
        ("Agent", "AppstreamAgentVersion"),
        ("Used by", "UsedBy"),
        ("Created", "CreatedTime"),
    ],
    choices: ("Visibility", &[("PRIVATE", "Private"), ("SHARED", "Shared with me"), ("PUBLIC", "Public")]),
    verbs: &[
        Verb {
            slug: "import",
            label: "Import image…",
            submit: "Import",
            operation: "CreateImportedImage",
            place: Place::List,
            consequence: "Takes a machine image of EC2, or an image of WorkSpaces. Ask for a dry run first.",
            said: "The import has begun; it takes 30 to 60 minutes.",
            then: Then::New("Name"),
            ..VERB
        },
        Verb {
            slug: "share",
            label: "Share…",
            submit: "Share",
            operation: "UpdateImagePermissions",
            needs: &["AVAILABLE"],
            place: Place::Section("sharing"),
            fixed: NAMED,
            hidden: &["Name"],
            consequence: "The account finds {} by its ARN, in this Region. Without either right it is not shared any more; fleets on it there then shrink to 0.",
            said: "The rights were set.",
            ..VERB
        },
        Verb {
            slug: "unshare",
            label: "Withdraw…",
            submit: "Withdraw",
            operation: "DeleteImagePermissions",
            place: Place::Row("sharing"),
            weight: Weight::Danger,
            fixed: |i, row| json!({"Name": i["Name"], "SharedAccountId": row}),
            hidden: HIDE_ALL,
            confirms: true,
            consequence: "The account loses {}. Its fleets on it shrink to 0; sessions in progress finish.",
            said: "The image is withdrawn.",
            ..VERB
        },
        Verb {
            slug: "copy",
            label: "Copy…",
            submit: "Copy",
            operation: "CopyImage",
            needs: &["AVAILABLE"],
            fixed: |i, _| json!({"SourceImageName": i["Name"]}),
            hidden: &["SourceImageName"],
            consequence: "{} is copied to a Region, without tags and permissions.",
            said: "The copy has begun.",
            ..VERB
        },
        Verb {
            slug: "update",
            label: "Update…",
            submit: "Update",
            operation: "CreateUpdatedImage",
            needs: &["AVAILABLE"],
            fixed: |i, _| json!({"existingImageName": i["Name"]}),
            hidden: &["existingImageName"],
            consequence: "AWS makes a newer image of {} with its updates and the newest agent. It takes hours; fleets keep the old one until you change them.",
            said: "The update has begun.",
            then: Then::Stay,
            ..VERB
        },
        Verb {
            slug: "export",
            label: "Export…",
            submit: "Export",
            operation: "CreateExportImageTask",
            needs: &["AVAILABLE"],
            fixed: |i, _| json!({"ImageName": i["Name"]}),
            hidden: &["ImageName"],
            consequence: "{} becomes a machine image of EC2, without the agent and licensed applications.",
            said: "The export has begun. See Image exports.",
            ..VERB
        },
        delete(
            "DeleteImage",
            &["AVAILABLE", "FAILED"],
            "{} is deleted for good. No fleet of any account may use it, and it may not be shared.",
            NAMED,
        ),
        TAG,
        UNTAG,
    ],
    related: &[
        Related {
            slug: "sharing",
            title: "Sharing",
            operation: "DescribeImagePermissions",
            asked: |i| if i["Visibility"] == "PRIVATE" { json!({"Name": i["Name"]}) } else { Value::Null },
            member: "SharedImagePermissionsList",
            columns: &[
                ("Account", "sharedAccountId"),
                ("Fleets", "imagePermissions.allowFleet"),
                ("Image builders", "imagePermissions.allowImageBuilder"),
            ],
            row: "Account",
            empty: "Shared with no account.",
        },
        Related {
            slug: "software",
            title: "Licensed software",
            operation: "DescribeSoftwareAssociations",
            asked: |i| json!({"AssociatedResource": i["Arn"]}),
            member: "SoftwareAssociations",
            columns: &[("Software", "SoftwareName"), ("Status", "Status")],
            row: "",
            empty: "None.",
        },
        TAGS,
    ],
};

/// The kind `image-exports`.
pub const IMAGE_EXPORTS: Kind = Kind {
    slug: "image-exports",
    noun: "export task",
    title: "Image exports",
    about: "An export makes a machine image of EC2 out of an image.",
    list: ("ListExportImageTasks", "ExportImageTasks"),
    asked: NOTHING,
    key: |i| i["TaskId"].as_str().unwrap_or_default().to_owned(),
    state: "State",
    columns: &[("State", "State"), ("Image", "ImageArn"), ("AMI name", "AmiName"), ("AMI", "AmiId"), ("Began", "CreatedDate")],
    choices: ("", &[]),
    verbs: &[],
    related: &[Related {
        slug: "task",
        title: "The task now",
        operation: "GetExportImageTask",
        asked: |i| json!({"TaskId": i["TaskId"]}),
        member: "ExportImageTask",
        columns: &[],
        row: "",
        empty: "",
    }],
};

/// The kind `image-builders`.
pub const IMAGE_BUILDERS: Kind = Kind {
    slug: "image-builders",
    noun: "image builder",
    title: "Image builders",
    about: "An image builder is an instance on which an administrator prepares an image. It is billed while it runs.",
    list: ("DescribeImageBuilders", "ImageBuilders"),
    asked: NOTHING,
    key: name,
    state: "State",
    columns: &[
        ("State", "State"),
        ("Instance", "InstanceType"),
        ("Platform", "Platform"),
        ("Made from", "ImageArn"),
        ("Agent", "AppstreamAgentVersion"),
        ("Created", "CreatedTime"),
    ],
    choices: ("State", &[("RUNNING", "Running"), ("STOPPED", "Stopped")]),
    verbs: &[
        new("CreateImageBuilder", "Create image builder…", &[], "It starts at once, and is billed until you stop it."),
        Verb {
            slug: "start",
            label: "Start…",
            submit: "Start",
            operation: "StartImageBuilder",
            needs: &["STOPPED"],
            weight: Weight::Primary,
            fixed: NAMED,
            hidden: &["Name"],
            consequence: "{} starts, and is billed until you stop it. Without a version the agent stays as it is.",
            said: "It is starting.",
            ..VERB
        },
        Verb {
            slug: "url",
            label: "Connect…",
            submit: "Make URL",
            operation: "CreateImageBuilderStreamingURL",
            needs: &["RUNNING"],
            fixed: NAMED,
            hidden: &["Name"],
            consequence: "Whoever has the URL is administrator on {} until it expires. It is shown once.",
            then: Then::Stay,
            said: "The URL was made.",
            ..VERB
        },
        act("stop", "Stop…", "Stop", "StopImageBuilder", &["RUNNING"], "Whoever works on {} is cut off. What is saved on it stays.", NAMED),
        Verb {
            slug: "edit",
            label: "Edit…",
            submit: "Save changes",
            operation: "UpdateImageBuilder",
            fixed: NAMED,
            hidden: &["Name", "AttributesToDelete"],
            filled: true,
            edits: true,
            consequence: "The AWS SDK for Rust does not have this operation yet: copy the AWS CLI command.",
            said: "Saved.",
            ..VERB
        },
        delete("DeleteImageBuilder", &["STOPPED", "RUNNING", "FAILED"], "{} is deleted for good. Images made with it stay.", NAMED),
        Verb {
            slug: "software",
            label: "Add software…",
            submit: "Stage",
            operation: "AssociateSoftwareToImageBuilder",
            place: Place::Section("software"),
            fixed: |i, _| json!({"ImageBuilderName": i["Name"]}),
            hidden: &["ImageBuilderName"],
            consequence: "Licensed software of one year and one bitness is staged. Nothing is installed until you deploy it. Each user of a fleet with it is billed monthly.",
            said: "The software is staged.",
            ..VERB
        },
        Verb {
            slug: "no-software",
            label: "Remove",
            submit: "Stage removal",
            operation: "DisassociateSoftwareFromImageBuilder",
            place: Place::Row("software"),
            weight: Weight::Danger,
            fixed: |i, row| json!({"ImageBuilderName": i["Name"], "SoftwareNames": [row]}),
            hidden: HIDE_ALL,
            consequence: "The removal is staged, or what was only staged is dropped.",
            said: "The removal is staged.",
            ..VERB
        },
        Verb {
            slug: "deploy",
            label: "Deploy…",
            submit: "Deploy",
            operation: "StartSoftwareDeploymentToImageBuilder",
            place: Place::Section("software"),
            needs: &["RUNNING"],
            fixed: |i, _| json!({"ImageBuilderName": i["Name"]}),
            hidden: &["ImageBuilderName"],
            consequence: "What is staged is installed or removed on {} now.",
            said: "The deployment has begun.",
            ..VERB
        },
        TAG,
        UNTAG,
    ],
    related: &[
        Related {
            slug: "software",
            title: "Licensed software",
            operation: "DescribeSoftwareAssociations",
            asked: |i| json!({"AssociatedResource": i["Arn"]}),
            member: "SoftwareAssociations",
            columns: &[("Software", "SoftwareName"), ("Status", "Status"), ("Error", "DeploymentError")],
            row: "Software",
            empty: "None.",
        },
        TAGS,
    ],
};
