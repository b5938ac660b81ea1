//! Users, entitlements, directory configs.

use super::*;

/// The kind `users`.
pub const USERS: Kind = Kind {
    slug: "users",
    noun: "user",
    title: "Users",
    about: "Users of the pool sign in with a mail address and a password of AppStream’s own.",
    list: ("DescribeUsers", "Users"),
    asked: || json!({"AuthenticationType": "USERPOOL"}),
    key: |i| i["UserName"].as_str().unwrap_or_default().to_owned(),
    state: "Status",
    columns: &[("Status", "Console.State"), ("First name", "FirstName"), ("Last name", "LastName"), ("Created", "CreatedTime")],
    choices: ("Console.State", &[("CONFIRMED", "Confirmed"), ("UNCONFIRMED", "Unconfirmed"), ("DISABLED", "Disabled")]),
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
            consequence: "{} can start no new session from the stack. A portal that is open stays for up to about an hour.",
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
        Verb {
            weight: Weight::Danger,
            ..act(
                "disable",
                "Disable…",
                "Disable",
                "DisableUser",
                &[],
                "{} cannot sign in any more; assignments stay. Running sessions, and a portal that is open, last up to about an hour.",
                USER,
            )
        },
        delete("DeleteUser", &[], "{} is deleted from the pool, with all assignments.", USER),
    ],
    tabs: &[("stacks", "Stacks", &[]), ("opens", "What this person can open", &[])],
    related: &[Related {
        slug: "stacks",
        tab: "stacks",
        title: "Stacks this person can open",
        operation: "DescribeUserStackAssociations",
        asked: |i| json!({"UserName": i["UserName"], "AuthenticationType": "USERPOOL"}),
        member: "UserStackAssociations",
        columns: &[("Stack", "StackName"), ("Mail", "SendEmailNotification")],
        row: "Stack",
        empty: "None.",
    }],
};

/// The kind `entitlements`.
pub const ENTITLEMENTS: Kind = Kind {
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
    tabs: &[("applications", "Applications", &[])],
    related: &[Related {
        slug: "applications",
        tab: "applications",
        title: "Applications",
        operation: "ListEntitledApplications",
        asked: |i| json!({"StackName": i["StackName"], "EntitlementName": i["Name"]}),
        member: "EntitledApplications",
        columns: &[("Application", "ApplicationIdentifier")],
        row: "Application",
        empty: "None listed.",
    }],
};

/// The kind `directory-configs`.
pub const DIRECTORY_CONFIGS: Kind = Kind {
    slug: "directory-configs",
    noun: "directory config",
    title: "Directory configs",
    about: "A directory config lets fleets and image builders join an Active Directory domain.",
    list: ("DescribeDirectoryConfigs", "DirectoryConfigs"),
    asked: NOTHING,
    key: |i| i["DirectoryName"].as_str().unwrap_or_default().to_owned(),
    state: "",
    columns: &[
        ("Organisational units", "OrganizationalUnitDistinguishedNames"),
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
    tabs: &[],
    related: &[],
};
