//! Every kind of resource as data: how it is listed, what its page shows beside its own members, and which operations are its acts.
//! A new operation is a line here.

use domain::resource::Weight;
use serde_json::{Value, json};

/// One kind.
pub struct Kind {
    /// Its slug in paths.
    pub slug: &'static str,
    /// One of it.
    pub noun: &'static str,
    /// Its list's title.
    pub title: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// The operation that lists it, and the member of the answer.
    pub list: (&'static str, &'static str),
    /// What the list is asked with.
    pub asked: fn() -> Value,
    /// What tells one apart, also in its path.
    pub key: fn(&Value) -> String,
    /// The member of its state; empty for none.
    pub state: &'static str,
    /// Columns after the name: head and member.
    pub columns: &'static [(&'static str, &'static str)],
    /// Quick filters: a member, and its values with words.
    pub choices: (&'static str, &'static [(&'static str, &'static str)]),
    /// Operations on it.
    pub verbs: &'static [Verb],
    /// What its page shows from further calls.
    pub related: &'static [Related],
}

/// An operation on a kind.
pub struct Verb {
    /// Its slug in paths.
    pub slug: &'static str,
    /// Words of the link.
    pub label: &'static str,
    /// Words of the button.
    pub submit: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// Where it is offered.
    pub place: Place,
    /// How its link looks.
    pub weight: Weight,
    /// Members that come from the resource (`item`) or from the row that was chosen (`row`).
    pub fixed: fn(item: &Value, row: &str) -> Value,
    /// Members that are not asked for.
    pub hidden: &'static [&'static str],
    /// Whether the fields begin with the resource's values.
    pub filled: bool,
    /// Whether only changed members are sent.
    pub edits: bool,
    /// States in which it is possible; empty for all.
    pub needs: &'static [&'static str],
    /// Whether the name must be typed.
    pub confirms: bool,
    /// What it does; `{}` is the resource's name.
    pub consequence: &'static str,
    /// What is said when it is done; `{}` is the resource's name.
    pub said: &'static str,
    /// Where one goes on.
    pub then: Then,
}

/// Where a verb is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Above the list.
    List,
    /// In the head of the resource's page.
    Item,
    /// In a section of that page.
    Section(&'static str),
    /// On each row of a section.
    Row(&'static str),
}

/// Where one goes on after an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// To the resource's page.
    Item,
    /// To the list.
    List,
    /// To the page of what was made, by its name in the form.
    New(&'static str),
    /// Nowhere: the outcome is shown with the form.
    Stay,
}

/// A section from a further call.
pub struct Related {
    /// Its slug, by which verbs name it.
    pub slug: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// What it is asked with.
    pub asked: fn(item: &Value) -> Value,
    /// The member of the answer: a list of texts or structures, one structure, or a map.
    pub member: &'static str,
    /// Heads and members; members of a structure in it by dots. Empty for a list of texts and for facts.
    pub columns: &'static [(&'static str, &'static str)],
    /// The column whose value a row's acts get.
    pub row: &'static str,
    /// What is said when there is none.
    pub empty: &'static str,
}

const VERB: Verb = Verb {
    slug: "",
    label: "",
    submit: "",
    operation: "",
    place: Place::Item,
    weight: Weight::Plain,
    fixed: |_, _| json!({}),
    hidden: &[],
    filled: false,
    edits: false,
    needs: &[],
    confirms: false,
    consequence: "",
    said: "Done.",
    then: Then::Item,
};

const fn new(operation: &'static str, label: &'static str, hidden: &'static [&'static str], consequence: &'static str) -> Verb {
    Verb {
        slug: "new",
        label,
        submit: "Create",
        operation,
        place: Place::List,
        weight: Weight::Primary,
        hidden,
        consequence,
        said: "It was created.",
        then: Then::New("Name"),
        ..VERB
    }
}

const fn edit(operation: &'static str, hidden: &'static [&'static str], fixed: fn(&Value, &str) -> Value) -> Verb {
    Verb {
        slug: "edit",
        label: "Edit…",
        submit: "Save changes",
        operation,
        fixed,
        hidden,
        filled: true,
        edits: true,
        consequence: "Only what you change is sent.",
        said: "Saved.",
        ..VERB
    }
}

const fn delete(
    operation: &'static str,
    needs: &'static [&'static str],
    consequence: &'static str,
    fixed: fn(&Value, &str) -> Value,
) -> Verb {
    Verb {
        slug: "delete",
        label: "Delete…",
        submit: "Delete",
        operation,
        weight: Weight::Danger,
        fixed,
        hidden: HIDE_ALL,
        needs,
        confirms: true,
        consequence,
        said: "{} was deleted, or is being deleted.",
        then: Then::List,
        ..VERB
    }
}

const fn act(
    slug: &'static str,
    label: &'static str,
    submit: &'static str,
    operation: &'static str,
    needs: &'static [&'static str],
    consequence: &'static str,
    fixed: fn(&Value, &str) -> Value,
) -> Verb {
    Verb { slug, label, submit, operation, fixed, hidden: HIDE_ALL, needs, consequence, said: "AWS accepted it.", ..VERB }
}

/// No member is a field.
pub const HIDE_ALL: &[&str] = &["*"];

const TAG: Verb = Verb {
    slug: "tag",
    label: "Add tags…",
    submit: "Add tags",
    operation: "TagResource",
    place: Place::Section("tags"),
    fixed: |i, _| json!({"ResourceArn": i["Arn"]}),
    hidden: &["ResourceArn"],
    consequence: "A tag with the same key gets the new value.",
    said: "The tags were added.",
    ..VERB
};
const UNTAG: Verb = Verb {
    slug: "untag",
    label: "Remove",
    submit: "Remove tag",
    operation: "UntagResource",
    place: Place::Row("tags"),
    weight: Weight::Danger,
    fixed: |i, row| json!({"ResourceArn": i["Arn"], "TagKeys": [row]}),
    hidden: HIDE_ALL,
    consequence: "The tag is removed from {}.",
    said: "The tag was removed.",
    ..VERB
};
const TAGS: Related = Related {
    slug: "tags",
    title: "Tags",
    operation: "ListTagsForResource",
    asked: |i| json!({"ResourceArn": i["Arn"]}),
    member: "Tags",
    columns: &[("Key", "Key"), ("Value", "Value")],
    row: "Key",
    empty: "No tags.",
};

fn name(item: &Value) -> String {
    item["Name"].as_str().unwrap_or_default().to_owned()
}
const NAMED: fn(&Value, &str) -> Value = |i, _| json!({"Name": i["Name"]});
const NOTHING: fn() -> Value = || json!({});

/// All kinds, in the order of the navigation.
pub static KINDS: [Kind; 14] = [
    Kind {
        slug: "sessions",
        noun: "session",
        title: "Sessions",
        about: "A session is one person’s use of a stack and a fleet.",
        list: ("DescribeSessions", "Sessions"),
        asked: NOTHING,
        key: |i| i["Id"].as_str().unwrap_or_default().to_owned(),
        state: "State",
        columns: &[("State", "State"), ("User", "UserId"), ("Fleet", "FleetName"), ("Stack", "StackName")],
        choices: ("", &[]),
        verbs: &[
            Verb {
                submit: "Drain",
                label: "Drain instance…",
                ..act(
                    "drain",
                    "",
                    "",
                    "DrainSessionInstance",
                    &["ACTIVE"],
                    "The instance of this session takes no new sessions and ends after its last one. Multi-session fleets only.",
                    |i, _| json!({"SessionId": i["Id"]}),
                )
            },
            Verb {
                submit: "Expire session",
                label: "Expire…",
                weight: Weight::Danger,
                ..act(
                    "expire",
                    "",
                    "",
                    "ExpireSession",
                    &["ACTIVE", "PENDING"],
                    "The person is cut off at once, and work that is not saved is lost.",
                    |i, _| json!({"SessionId": i["Id"]}),
                )
            },
        ],
        related: &[],
    },
    Kind {
        slug: "fleets",
        noun: "fleet",
        title: "Fleets",
        about: "A fleet is a set of streaming instances.",
        list: ("DescribeFleets", "Fleets"),
        asked: NOTHING,
        key: name,
        state: "State",
        columns: &[("State", "State"), ("Type", "FleetType"), ("Instance", "InstanceType"), ("Image", "ImageName")],
        choices: ("", &[]),
        verbs: &[
            new(
                "CreateFleet",
                "Create fleet…",
                &[],
                "The fleet is made stopped; start it when it is ready. Fill only what its type takes.",
            ),
            edit("UpdateFleet", &["Name", "AttributesToDelete", "DeleteVpcConfig"], NAMED),
            delete("DeleteFleet", &["STOPPED"], "{} is deleted for good. It must be stopped and on no stack.", NAMED),
            Verb {
                slug: "application",
                label: "Add application…",
                submit: "Add",
                operation: "AssociateApplicationFleet",
                place: Place::Section("applications"),
                fixed: |i, _| json!({"FleetName": i["Name"]}),
                hidden: &["FleetName"],
                consequence: "People on this Elastic fleet see the application in new sessions.",
                said: "The application was added.",
                ..VERB
            },
            Verb {
                slug: "no-application",
                label: "Remove",
                submit: "Remove",
                operation: "DisassociateApplicationFleet",
                place: Place::Row("applications"),
                weight: Weight::Danger,
                fixed: |i, row| json!({"FleetName": i["Name"], "ApplicationArn": row}),
                hidden: HIDE_ALL,
                consequence: "The application disappears from new sessions on {}.",
                said: "The application was removed.",
                ..VERB
            },
            TAG,
            UNTAG,
        ],
        related: &[
            Related {
                slug: "stacks",
                title: "Stacks",
                operation: "ListAssociatedStacks",
                asked: |i| json!({"FleetName": i["Name"]}),
                member: "Names",
                columns: &[("Stack", "")],
                row: "Stack",
                empty: "On no stack: nobody can stream from it.",
            },
            Related {
                slug: "applications",
                title: "Applications",
                operation: "DescribeApplicationFleetAssociations",
                asked: |i| json!({"FleetName": i["Name"]}),
                member: "ApplicationFleetAssociations",
                columns: &[("Application", "ApplicationArn")],
                row: "Application",
                empty: "None. Only Elastic fleets have some.",
            },
            TAGS,
        ],
    },
    Kind {
        slug: "stacks",
        noun: "stack",
        title: "Stacks",
        about: "A stack is what people sign in to: a fleet, with storage, settings and branding.",
        list: ("DescribeStacks", "Stacks"),
        asked: NOTHING,
        key: name,
        state: "",
        columns: &[
            ("Display name", "DisplayName"),
            ("Description", "Description"),
            ("Storage", "StorageConnectors"),
            ("Created", "CreatedTime"),
        ],
        choices: ("", &[]),
        verbs: &[
            new("CreateStack", "Create stack…", &[], "People can use it once a fleet is associated with it."),
            Verb {
                slug: "url",
                label: "Streaming URL…",
                submit: "Make URL",
                operation: "CreateStreamingURL",
                fixed: |i, _| json!({"StackName": i["Name"]}),
                hidden: &["StackName"],
                consequence: "Whoever has the URL streams as the user you name, until it expires. It is shown once.",
                then: Then::Stay,
                said: "The URL was made.",
                ..VERB
            },
            edit("UpdateStack", &["Name", "AttributesToDelete", "DeleteStorageConnectors"], NAMED),
            delete(
                "DeleteStack",
                &[],
                "{} is deleted with its entitlements, its theme and its users’ assignments. What is in S3 stays. No fleet may be associated.",
                NAMED,
            ),
            Verb {
                slug: "fleet",
                label: "Associate fleet…",
                submit: "Associate",
                operation: "AssociateFleet",
                place: Place::Section("fleets"),
                fixed: |i, _| json!({"StackName": i["Name"]}),
                hidden: &["StackName"],
                consequence: "People of the stack stream from the fleet.",
                said: "The fleet was associated.",
                ..VERB
            },
            Verb {
                slug: "no-fleet",
                label: "Remove",
                submit: "Remove fleet",
                operation: "DisassociateFleet",
                place: Place::Row("fleets"),
                weight: Weight::Danger,
                fixed: |i, row| json!({"StackName": i["Name"], "FleetName": row}),
                hidden: HIDE_ALL,
                consequence: "Nobody can start a session from {} on the fleet any more.",
                said: "The fleet was removed.",
                ..VERB
            },
            Verb {
                slug: "user",
                label: "Assign users…",
                submit: "Assign",
                operation: "BatchAssociateUserStack",
                place: Place::Section("users"),
                consequence: "Each row is one user of the pool. Rows that AWS refuses are told one by one.",
                then: Then::Stay,
                said: "AWS took the assignments.",
                fixed: |i, _| json!({"StackName": i["Name"]}),
                ..VERB
            },
            Verb {
                slug: "no-user",
                label: "Remove",
                submit: "Remove user",
                operation: "BatchDisassociateUserStack",
                place: Place::Row("users"),
                weight: Weight::Danger,
                fixed: |i, row| json!({"UserStackAssociations": [{"StackName": i["Name"], "UserName": row, "AuthenticationType": "USERPOOL"}]}),
                hidden: HIDE_ALL,
                consequence: "The user can start no new session from {}.",
                said: "The user was removed.",
                ..VERB
            },
            Verb {
                slug: "theme",
                label: "Create theme…",
                submit: "Create theme",
                operation: "CreateThemeForStack",
                place: Place::Section("theme"),
                fixed: |i, _| json!({"StackName": i["Name"]}),
                hidden: &["StackName"],
                consequence: "People see it when they sign in.",
                said: "The theme was created.",
                ..VERB
            },
            Verb {
                slug: "edit-theme",
                label: "Change theme…",
                submit: "Save changes",
                operation: "UpdateThemeForStack",
                place: Place::Section("theme"),
                fixed: |i, _| json!({"StackName": i["Name"]}),
                hidden: &["StackName"],
                consequence: "Fill only what changes.",
                said: "The theme was changed.",
                ..VERB
            },
            Verb {
                slug: "no-theme",
                label: "Delete theme…",
                submit: "Delete theme",
                operation: "DeleteThemeForStack",
                place: Place::Section("theme"),
                weight: Weight::Danger,
                fixed: |i, _| json!({"StackName": i["Name"]}),
                hidden: HIDE_ALL,
                consequence: "People see AWS’s own look again.",
                said: "The theme was deleted.",
                ..VERB
            },
            TAG,
            UNTAG,
        ],
        related: &[
            Related {
                slug: "fleets",
                title: "Fleets",
                operation: "ListAssociatedFleets",
                asked: |i| json!({"StackName": i["Name"]}),
                member: "Names",
                columns: &[("Fleet", "")],
                row: "Fleet",
                empty: "No fleet yet: nobody can stream from it.",
            },
            Related {
                slug: "entitlements",
                title: "Entitlements",
                operation: "DescribeEntitlements",
                asked: |i| json!({"StackName": i["Name"]}),
                member: "Entitlements",
                columns: &[("Entitlement", "Name"), ("Applications", "AppVisibility"), ("Description", "Description")],
                row: "Entitlement",
                empty: "None: everybody sees all applications.",
            },
            Related {
                slug: "users",
                title: "Assigned users of the pool",
                operation: "DescribeUserStackAssociations",
                asked: |i| json!({"StackName": i["Name"]}),
                member: "UserStackAssociations",
                columns: &[("User", "UserName"), ("Authentication", "AuthenticationType")],
                row: "User",
                empty: "No user of the pool.",
            },
            Related {
                slug: "theme",
                title: "Theme",
                operation: "DescribeThemeForStack",
                asked: |i| json!({"StackName": i["Name"]}),
                member: "Theme",
                columns: &[],
                row: "",
                empty: "AWS’s own look.",
            },
            TAGS,
        ],
    },
    Kind {
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
    },
    Kind {
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
    },
    Kind {
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
            act(
                "stop",
                "Stop…",
                "Stop",
                "StopImageBuilder",
                &["RUNNING"],
                "Whoever works on {} is cut off. What is saved on it stays.",
                NAMED,
            ),
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
    },
    Kind {
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
            new(
                "CreateAppBlock",
                "Create app block…",
                &[],
                "AppStream can’t change an app block once it exists; a new version replaces it.",
            ),
            Verb {
                slug: "new-version",
                label: "New version…",
                submit: "Create",
                operation: "CreateAppBlock",
                filled: true,
                consequence: "AppStream can’t change an app block once it exists. This makes a new one from {}’s values: give it another name, then move the applications over.",
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
        related: &[
            Related {
                slug: "builders",
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
    },
    Kind {
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
            act("stop", "Stop…", "Stop", "StopAppBlockBuilder", &["RUNNING"], "Whoever works on {} is cut off.", NAMED),
            edit("UpdateAppBlockBuilder", &["Name", "AttributesToDelete"], NAMED),
            delete("DeleteAppBlockBuilder", &["STOPPED"], "{} is deleted. It must be stopped, with no app block.", NAMED),
            TAG,
            UNTAG,
        ],
        related: &[
            Related {
                slug: "blocks",
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
    },
    Kind {
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
        related: &[
            Related {
                slug: "fleets",
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
    },
    Kind {
        slug: "users",
        noun: "user",
        title: "Users",
        about: "Users of the pool sign in with a mail address and a password of AppStream’s own.",
        list: ("DescribeUsers", "Users"),
        asked: || json!({"AuthenticationType": "USERPOOL"}),
        key: |i| i["UserName"].as_str().unwrap_or_default().to_owned(),
        state: "Status",
        columns: &[
            ("Status", "Status"),
            ("First name", "FirstName"),
            ("Last name", "LastName"),
            ("Enabled", "Enabled"),
            ("Created", "CreatedTime"),
        ],
        choices: ("Status", &[("CONFIRMED", "Confirmed"), ("UNCONFIRMED", "Unconfirmed")]),
        verbs: &[
            Verb {
                slug: "new",
                label: "Create user…",
                submit: "Create",
                operation: "CreateUser",
                place: Place::List,
                weight: Weight::Primary,
                fixed: |_, _| json!({"AuthenticationType": "USERPOOL"}),
                hidden: &["AuthenticationType"],
                consequence: "AppStream mails the invitation, unless you suppress it.",
                said: "The user was created.",
                then: Then::New("UserName"),
                ..VERB
            },
            Verb {
                slug: "stack",
                label: "Assign stack…",
                submit: "Assign",
                operation: "BatchAssociateUserStack",
                place: Place::Section("stacks"),
                fixed: |i, _| json!({"UserName": i["UserName"]}),
                consequence: "Each row is one stack. Rows that AWS refuses are told one by one.",
                then: Then::Stay,
                said: "AWS took the assignments.",
                ..VERB
            },
            Verb {
                slug: "no-stack",
                label: "Remove",
                submit: "Remove",
                operation: "BatchDisassociateUserStack",
                place: Place::Row("stacks"),
                weight: Weight::Danger,
                fixed: |i, row| json!({"UserStackAssociations": [{"StackName": row, "UserName": i["UserName"], "AuthenticationType": "USERPOOL"}]}),
                hidden: HIDE_ALL,
                consequence: "{} can start no new session from the stack.",
                said: "The stack was removed.",
                ..VERB
            },
            Verb {
                slug: "resend",
                label: "Resend invitation…",
                submit: "Resend",
                operation: "CreateUser",
                needs: &["UNCONFIRMED"],
                fixed: |i, _| json!({"UserName": i["UserName"], "AuthenticationType": "USERPOOL", "MessageAction": "RESEND"}),
                hidden: HIDE_ALL,
                consequence: "{} gets the invitation again.",
                said: "The invitation was sent.",
                ..VERB
            },
            act("enable", "Enable…", "Enable", "EnableUser", &[], "{} can sign in again.", USER),
            act("disable", "Disable…", "Disable", "DisableUser", &[], "{} can start no new session; running ones last.", USER),
            delete("DeleteUser", &[], "{} is deleted from the pool, with all assignments.", USER),
        ],
        related: &[Related {
            slug: "stacks",
            title: "Stacks this person can open",
            operation: "DescribeUserStackAssociations",
            asked: |i| json!({"UserName": i["UserName"], "AuthenticationType": "USERPOOL"}),
            member: "UserStackAssociations",
            columns: &[("Stack", "StackName"), ("Mail", "SendEmailNotification")],
            row: "Stack",
            empty: "None.",
        }],
    },
    Kind {
        slug: "entitlements",
        noun: "entitlement",
        title: "Entitlements",
        about: "An entitlement shows applications of a stack to people with an attribute in their SAML assertion.",
        list: ("DescribeEntitlements", "Entitlements"),
        asked: NOTHING,
        key: |i| format!("{}:{}", i["StackName"].as_str().unwrap_or_default(), name(i)),
        state: "",
        columns: &[("Stack", "StackName"), ("Applications", "AppVisibility"), ("Attributes", "Attributes"), ("Description", "Description")],
        choices: ("", &[]),
        verbs: &[
            Verb {
                then: Then::List,
                ..new("CreateEntitlement", "Create entitlement…", &[], "People whose assertion holds all attributes see the applications.")
            },
            edit("UpdateEntitlement", &["Name", "StackName"], ENTITLEMENT),
            delete("DeleteEntitlement", &[], "{} is deleted; people who had applications only through it lose them.", ENTITLEMENT),
            Verb {
                slug: "application",
                label: "Add application…",
                submit: "Add",
                operation: "AssociateApplicationToEntitlement",
                place: Place::Section("applications"),
                fixed: |i, _| json!({"StackName": i["StackName"], "EntitlementName": i["Name"]}),
                hidden: &["StackName", "EntitlementName"],
                consequence: "The application’s name as the image has it.",
                said: "The application was added.",
                ..VERB
            },
            Verb {
                slug: "no-application",
                label: "Remove",
                submit: "Remove",
                operation: "DisassociateApplicationFromEntitlement",
                place: Place::Row("applications"),
                weight: Weight::Danger,
                fixed: |i, row| json!({"StackName": i["StackName"], "EntitlementName": i["Name"], "ApplicationIdentifier": row}),
                hidden: HIDE_ALL,
                consequence: "People of {} lose the application.",
                said: "The application was removed.",
                ..VERB
            },
        ],
        related: &[Related {
            slug: "applications",
            title: "Applications",
            operation: "ListEntitledApplications",
            asked: |i| json!({"StackName": i["StackName"], "EntitlementName": i["Name"]}),
            member: "EntitledApplications",
            columns: &[("Application", "ApplicationIdentifier")],
            row: "Application",
            empty: "None listed.",
        }],
    },
    Kind {
        slug: "directory-configs",
        noun: "directory config",
        title: "Directory configs",
        about: "A directory config lets fleets and image builders join an Active Directory domain.",
        list: ("DescribeDirectoryConfigs", "DirectoryConfigs"),
        asked: NOTHING,
        key: |i| i["DirectoryName"].as_str().unwrap_or_default().to_owned(),
        state: "",
        columns: &[
            ("Organizational units", "OrganizationalUnitDistinguishedNames"),
            ("Account", "ServiceAccountCredentials.AccountName"),
            ("Created", "CreatedTime"),
        ],
        choices: ("", &[]),
        verbs: &[
            Verb {
                then: Then::New("DirectoryName"),
                ..new("CreateDirectoryConfig", "Create directory config…", &[], "The password goes to AWS and is never shown again.")
            },
            edit("UpdateDirectoryConfig", &["DirectoryName"], DIRECTORY),
            delete("DeleteDirectoryConfig", &[], "{} is deleted. No fleet and no image builder may use it.", DIRECTORY),
        ],
        related: &[],
    },
    Kind {
        slug: "usage-reports",
        noun: "usage report subscription",
        title: "Usage reports",
        about: "AppStream writes a report of sessions and applications to S3, daily.",
        list: ("DescribeUsageReportSubscriptions", "UsageReportSubscriptions"),
        asked: NOTHING,
        key: |i| i["S3BucketName"].as_str().unwrap_or_default().to_owned(),
        state: "",
        columns: &[("Schedule", "Schedule"), ("Last report", "LastGeneratedReportDate")],
        choices: ("", &[]),
        verbs: &[
            Verb {
                then: Then::List,
                hidden: HIDE_ALL,
                submit: "Subscribe",
                ..new("CreateUsageReportSubscription", "Subscribe…", &[], "AppStream makes a bucket and writes there daily.")
            },
            Verb {
                submit: "Unsubscribe",
                label: "Unsubscribe…",
                ..delete("DeleteUsageReportSubscription", &[], "No more reports are written. The bucket {} stays.", |_, _| json!({}))
            },
        ],
        related: &[],
    },
    Kind {
        slug: "licence-usage",
        noun: "licence",
        title: "Licence usage",
        about: "Who used licensed software this month: each is billed. Choose another month with ?BillingPeriod=2026-10.",
        list: ("DescribeAppLicenseUsage", "AppLicenseUsages"),
        asked: NOTHING,
        key: |i| format!("{} {}", i["UserId"].as_str().unwrap_or_default(), i["LicenseType"].as_str().unwrap_or_default()),
        state: "",
        columns: &[
            ("Software", "LicenseType"),
            ("Month", "BillingPeriod"),
            ("First used", "SubscriptionFirstUsedDate"),
            ("Last used", "SubscriptionLastUsedDate"),
        ],
        choices: ("", &[]),
        verbs: &[],
        related: &[],
    },
];

const USER: fn(&Value, &str) -> Value = |i, _| json!({"UserName": i["UserName"], "AuthenticationType": "USERPOOL"});
const ENTITLEMENT: fn(&Value, &str) -> Value = |i, _| json!({"Name": i["Name"], "StackName": i["StackName"]});
const DIRECTORY: fn(&Value, &str) -> Value = |i, _| json!({"DirectoryName": i["DirectoryName"]});

/// A kind by its slug.
pub fn kind(slug: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constraints::{Shape, operation, shape};

    /// Members of a structure, empty when it is none.
    fn members(of: Option<&str>) -> Vec<&'static str> {
        match of.and_then(shape) {
            Some(Shape::Structure(m)) => m.iter().map(|m| m.name).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn what_the_table_names_is_in_the_model() {
        for kind in &KINDS {
            let list = operation(kind.list.0).unwrap();
            assert!(members(list.output).contains(&kind.list.1), "{}", kind.slug);
            for related in kind.related {
                let found = operation(related.operation).unwrap_or_else(|| panic!("{}", related.operation));
                assert!(members(found.output).contains(&related.member), "{} {}", kind.slug, related.slug);
            }
            for verb in kind.verbs {
                let input = members(operation(verb.operation).unwrap_or_else(|| panic!("{}", verb.operation)).input);
                for member in verb.hidden.iter().filter(|h| **h != "*") {
                    assert!(input.contains(member), "{} {}: {member}", kind.slug, verb.slug);
                }
                if let Place::Section(slug) | Place::Row(slug) = verb.place {
                    assert!(kind.related.iter().any(|r| r.slug == slug), "{} {} is nowhere", kind.slug, verb.slug);
                }
            }
        }
    }
}
