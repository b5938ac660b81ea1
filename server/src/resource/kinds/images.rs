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
        ("Base image", "Console.base"),
        ("Agent", "Console.agent"),
        ("Used by", "Console.used"),
        ("Platform", "Platform"),
        ("Ancestry", "Console.ancestry"),
        ("Created", "CreatedTime"),
    ],
    choices: (
        "Console.is",
        &[("PRIVATE", "Private"), ("SHARED", "Shared with us"), ("SHARED_OUT", "Shared with others"), ("PUBLIC", "Public base images")],
    ),
    verbs: &[
        Verb {
            slug: "import",
            label: "Import image…",
            submit: "Import",
            operation: "CreateImportedImage",
            place: Place::List,
            hidden: &["DryRun"],
            consequence: "Takes a machine image of EC2, or an image of WorkSpaces. What is entered is checked first, in a dry run; then it can be imported.",
            checks: "DryRun",
            said_checked: "The check succeeded: AWS would take this image. Nothing is imported yet.",
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
            hidden: HIDE_ALL,
            own: true,
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
            own: true,
            ..VERB
        },
        Verb {
            slug: "copy",
            label: "Copy to Region…",
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
            slug: "check",
            label: "Check for updates…",
            submit: "Check for updates",
            operation: "CreateUpdatedImage",
            needs: &["AVAILABLE"],
            // AWS wants a name that is free, also for an image that it does not make.
            fixed: |i, _| {
                let name: String = name(i).chars().take(90).collect();
                json!({"existingImageName": i["Name"], "newImageName": format!("{name}-dry-run"), "dryRun": true})
            },
            hidden: HIDE_ALL,
            consequence: "Asks AWS whether there is anything newer for {}: updates of its operating system, drivers and agent. Nothing is made.",
            then: Then::Stay,
            ..VERB
        },
        Verb {
            slug: "update",
            label: "Update…",
            submit: "Update",
            operation: "CreateUpdatedImage",
            needs: &["AVAILABLE"],
            fixed: |i, _| json!({"existingImageName": i["Name"]}),
            hidden: &["existingImageName", "dryRun"],
            consequence: "AWS makes a newer image of {} with its updates and the newest agent. It takes hours; fleets keep the old one until you change them.",
            said: "The update has begun.",
            then: Then::New("newImageName"),
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
    tabs: &[
        ("applications", "Applications", &["Applications"]),
        ("sharing", "Sharing", &[]),
        ("used-by", "Used by", &["UsedBy"]),
        ("lineage", "Lineage", &[]),
    ],
    related: &[
        Related {
            slug: "sharing",
            tab: "sharing",
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
            tab: "applications",
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
    columns: &[
        ("State", "State"),
        ("Image", "ImageArn"),
        ("Progress", "Progress"),
        ("AMI name", "AmiName"),
        ("AMI", "AmiId"),
        ("Began", "CreatedDate"),
    ],
    choices: ("", &[]),
    verbs: &[],
    tabs: &[],
    related: &[Related {
        slug: "task",
        tab: "",
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
        ("Running", "RunningFor"),
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
        Verb {
            weight: Weight::Danger,
            ..act(
                "stop",
                "Stop…",
                "Stop",
                "StopImageBuilder",
                &["RUNNING"],
                "Whoever works on {} is cut off. What is saved on it stays.",
                NAMED,
            )
        },
        Verb {
            slug: "edit",
            label: "Edit…",
            // There is nothing to send it with.
            submit: "",
            operation: "UpdateImageBuilder",
            fixed: NAMED,
            hidden: &["Name", "AttributesToDelete"],
            filled: true,
            edits: true,
            consequence: "This console cannot send UpdateImageBuilder yet: enter what shall change, copy the AWS CLI command and run it.",
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
    tabs: &[("licensed", "Software", &[])],
    related: &[
        Related {
            slug: "software",
            tab: "licensed",
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
