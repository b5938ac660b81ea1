//! Usage reports and licence usage.

use super::*;

/// The kind `usage-reports`.
pub const USAGE_REPORTS: Kind = Kind {
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
    tabs: &[],
    related: &[],
};

/// The kind `licence-usage`.
pub const LICENCE_USAGE: Kind = Kind {
    slug: "licence-usage",
    noun: "licence",
    title: "Licence usage",
    about: "Who used licensed software in the month: each is billed.",
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
    tabs: &[],
    related: &[],
};
