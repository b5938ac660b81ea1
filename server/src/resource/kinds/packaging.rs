//! App blocks, app block builders, applications.

use super::*;

/// The kind `app-blocks`.
pub const APP_BLOCKS: Kind = Kind {
    slug: "app-blocks",
    noun: "app block",
    title: "App blocks",
    about: "An app block is what an Elastic fleet’s instance downloads before applications start: a disk or a package, and its scripts.",
    list: ("DescribeAppBlocks", "AppBlocks"),
    asked: NOTHING,
    key: name,
    state: "State",
    columns: &[
        ("State", "State"),
        ("Packaging", "PackagingType"),
        ("Display name", "DisplayName"),
        ("Source", "SourceS3Location"),
        ("Created", "CreatedTime"),
    ],
    choices: ("State", &[("ACTIVE", "Active"), ("INACTIVE", "No package yet")]),
    verbs: &[
        new("CreateAppBlock", "Create app block…", &[], "AppStream can’t change an app block once it exists; a new version replaces it."),
        Verb {
            slug: "new-version",
            label: "New version…",
            submit: "Create",
            operation: "CreateAppBlock",
            filled: true,
            consequence: "AppStream can’t change an app block once it exists. This makes a new one from {}’s values and can move its applications over.",
            said: "The new version was created.",
            then: Then::New("Name"),
            ..VERB
        },
        delete("DeleteAppBlock", &[], "{} is deleted. No application and no builder may use it. What is in S3 stays.", NAMED),
        Verb {
            slug: "builder",
            label: "Package in a builder…",
            submit: "Associate",
            operation: "AssociateAppBlockBuilderAppBlock",
            place: Place::Section("builders"),
            fixed: |i, _| json!({"AppBlockArn": i["Arn"]}),
            hidden: &["AppBlockArn"],
            consequence: "The builder records the package of {}.",
            said: "The builder was associated.",
            ..VERB
        },
        Verb {
            slug: "no-builder",
            label: "Remove",
            submit: "Remove",
            operation: "DisassociateAppBlockBuilderAppBlock",
            place: Place::Row("builders"),
            weight: Weight::Danger,
            fixed: |i, row| json!({"AppBlockArn": i["Arn"], "AppBlockBuilderName": row}),
            hidden: HIDE_ALL,
            consequence: "The builder leaves {}. It must be stopped.",
            said: "The builder was removed.",
            ..VERB
        },
        TAG,
        UNTAG,
    ],
    tabs: &[("applications", "Applications", &[]), ("builders", "Builders", &[])],
    related: &[
        Related {
            slug: "builders",
            tab: "builders",
            title: "App block builders",
            operation: "DescribeAppBlockBuilderAppBlockAssociations",
            asked: |i| json!({"AppBlockArn": i["Arn"]}),
            member: "AppBlockBuilderAppBlockAssociations",
            columns: &[("Builder", "AppBlockBuilderName")],
            row: "Builder",
            empty: "None.",
        },
        TAGS,
    ],
};

/// The kind `app-block-builders`.
pub const APP_BLOCK_BUILDERS: Kind = Kind {
    slug: "app-block-builders",
    noun: "app block builder",
    title: "App block builders",
    about: "An app block builder records the package of an app block.",
    list: ("DescribeAppBlockBuilders", "AppBlockBuilders"),
    asked: NOTHING,
    key: name,
    state: "State",
    columns: &[("State", "State"), ("Instance", "InstanceType"), ("Platform", "Platform"), ("Created", "CreatedTime")],
    choices: ("", &[]),
    verbs: &[
        new(
            "CreateAppBlockBuilder",
            "Create app block builder…",
            &[],
            "It needs two subnets in different zones. Associate an app block before starting it.",
        ),
        act("start", "Start…", "Start", "StartAppBlockBuilder", &["STOPPED"], "{} starts, and is billed until you stop it.", NAMED),
        Verb {
            slug: "url",
            label: "Connect…",
            submit: "Make URL",
            operation: "CreateAppBlockBuilderStreamingURL",
            needs: &["RUNNING"],
            fixed: |i, _| json!({"AppBlockBuilderName": i["Name"]}),
            hidden: &["AppBlockBuilderName"],
            consequence: "Whoever has the URL is on {} until it expires. It is shown once.",
            then: Then::Stay,
            said: "The URL was made.",
            ..VERB
        },
        Verb {
            weight: Weight::Danger,
            ..act("stop", "Stop…", "Stop", "StopAppBlockBuilder", &["RUNNING"], "Whoever works on {} is cut off.", NAMED)
        },
        Verb { needs: &["STOPPED", "RUNNING"], ..edit("UpdateAppBlockBuilder", &["Name", "AttributesToDelete"], NAMED) },
        delete("DeleteAppBlockBuilder", &["STOPPED"], "{} is deleted. It must be stopped, with no app block.", NAMED),
        TAG,
        UNTAG,
    ],
    tabs: &[("blocks", "App blocks", &[])],
    related: &[
        Related {
            slug: "blocks",
            tab: "blocks",
            title: "App blocks",
            operation: "DescribeAppBlockBuilderAppBlockAssociations",
            asked: |i| json!({"AppBlockBuilderName": i["Name"]}),
            member: "AppBlockBuilderAppBlockAssociations",
            columns: &[("App block", "AppBlockArn")],
            row: "",
            empty: "None. Associate it on the app block’s page.",
        },
        TAGS,
    ],
};

/// The kind `applications`.
pub const APPLICATIONS: Kind = Kind {
    slug: "applications",
    noun: "application",
    title: "Applications",
    about: "An application is what people open on Elastic fleets: a program of an app block.",
    list: ("DescribeApplications", "Applications"),
    asked: NOTHING,
    key: name,
    state: "",
    columns: &[
        ("Display name", "DisplayName"),
        ("Launch path", "LaunchPath"),
        ("App block", "AppBlockArn"),
        ("Platforms", "Platforms"),
        ("Created", "CreatedTime"),
    ],
    choices: ("", &[]),
    verbs: &[
        new("CreateApplication", "Create application…", &[], "Name, platforms and instance families cannot be changed later."),
        edit("UpdateApplication", &["Name", "AttributesToDelete"], NAMED),
        delete("DeleteApplication", &[], "{} is deleted. It may be on no fleet.", NAMED),
        Verb {
            slug: "fleet",
            label: "Add to fleet…",
            submit: "Add",
            operation: "AssociateApplicationFleet",
            place: Place::Section("fleets"),
            fixed: |i, _| json!({"ApplicationArn": i["Arn"]}),
            hidden: &["ApplicationArn"],
            consequence: "People on the fleet see {} in new sessions.",
            said: "The application was added.",
            ..VERB
        },
        Verb {
            slug: "no-fleet",
            label: "Remove",
            submit: "Remove",
            operation: "DisassociateApplicationFleet",
            place: Place::Row("fleets"),
            weight: Weight::Danger,
            fixed: |i, row| json!({"ApplicationArn": i["Arn"], "FleetName": row}),
            hidden: HIDE_ALL,
            consequence: "{} disappears from new sessions on the fleet.",
            said: "The application was removed.",
            ..VERB
        },
        TAG,
        UNTAG,
    ],
    tabs: &[("fleets", "Fleets", &[])],
    related: &[
        Related {
            slug: "fleets",
            tab: "fleets",
            title: "Elastic fleets",
            operation: "DescribeApplicationFleetAssociations",
            asked: |i| json!({"ApplicationArn": i["Arn"]}),
            member: "ApplicationFleetAssociations",
            columns: &[("Fleet", "FleetName")],
            row: "Fleet",
            empty: "On no fleet.",
        },
        TAGS,
    ],
};
