//! Who may do what: the one table of rights and roles. Server functions, routes, buttons and the documentation read it.

use serde::{Deserialize, Serialize};

/// What somebody is to the console. Each may do what the one before may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks.
    #[default]
    Viewer,
    /// Helps people: ends sessions, makes streaming URLs.
    HelpDesk,
    /// Runs what is there.
    Operator,
    /// Makes, deletes and shares.
    Administrator,
}

impl Role {
    /// From the least.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::HelpDesk, Self::Operator, Self::Administrator];

    /// As written in commands and kept in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::HelpDesk => "help-desk",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// For people, within a sentence.
    pub fn words(self) -> &'static str {
        if self == Self::HelpDesk { "help desk" } else { self.slug() }
    }

    /// Reads a [`slug`](Self::slug).
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.slug() == slug)
    }

    /// Whether it has `right`.
    pub fn may(self, right: Right) -> bool {
        self >= right.least()
    }

    /// Why it may not; a sentence for a button.
    pub fn why_not(self, right: Right) -> Option<String> {
        (!self.may(right)).then(|| ["This needs the role ", right.least().words(), "; yours is ", self.words(), "."].concat())
    }
}

/// What can be allowed. Every server function and every route demands one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Right {
    /// Every list, page, chart, file and request as code; the live stream.
    Look,
    /// Expire sessions, drain their instances.
    EndSessions,
    /// Streaming URLs.
    MakeUrls,
    /// Start, stop, capacity, settings, associations, tags, enabling and disabling.
    Run,
    /// Create, delete, copy, import, export, share; passwords of directories.
    Manage,
    /// The record of who did what.
    ReadAudit,
    /// Accounts of the console.
    Administer,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Look, Self::EndSessions, Self::MakeUrls, Self::Run, Self::Manage, Self::ReadAudit, Self::Administer];

    /// The least role that has it: the table.
    pub fn least(self) -> Role {
        match self {
            Self::Look => Role::Viewer,
            Self::EndSessions | Self::MakeUrls => Role::HelpDesk,
            Self::Run => Role::Operator,
            Self::Manage | Self::ReadAudit | Self::Administer => Role::Administrator,
        }
    }

    /// What it allows, for the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::Look => "see every list, page, chart and file, and requests as code",
            Self::EndSessions => "expire sessions, drain instances",
            Self::MakeUrls => "make streaming URLs",
            Self::Run => "start, stop, change capacity and settings, associate, tag, enable and disable",
            Self::Manage => "create, delete, copy, import, export and share; directory configs",
            Self::ReadAudit => "read the audit: who did what",
            Self::Administer => "accounts: add, change, remove, sign out",
        }
    }

    /// What an operation of the service model demands.
    pub fn of(operation: &str) -> Self {
        match operation {
            "ExpireSession" | "DrainSessionInstance" => Self::EndSessions,
            // Whoever resends an invitation or opens a stack for a person makes nothing.
            "BatchAssociateUserStack" | "BatchDisassociateUserStack" => Self::Run,
            // They carry a password, or give away what is inside.
            "UpdateDirectoryConfig" | "UpdateImagePermissions" => Self::Manage,
            other if other.ends_with("StreamingURL") => Self::MakeUrls,
            other if ["Describe", "List", "Get"].iter().any(|start| other.starts_with(start)) => Self::Look,
            other
                if ["Start", "Stop", "Update", "Associate", "Disassociate", "Tag", "Untag", "Enable", "Disable"]
                    .iter()
                    .any(|start| other.starts_with(start)) =>
            {
                Self::Run
            }
            // Create, Delete, Copy, Import, Export, and whatever AWS adds.
            _ => Self::Manage,
        }
    }
}

/// The table as it stands in the documentation.
pub fn table() -> String {
    let head = Role::ALL.map(Role::words).join(" | ");
    let line = |right: &Right| {
        let cells = Role::ALL.map(|role| if role.may(*right) { "yes" } else { "–" }).join(" | ");
        format!("| {} | {cells} |\n", right.words())
    };
    let lines: String = Right::ALL.iter().map(line).collect();
    format!("| | {head} |\n|---|---|---|---|---|\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_before_may() {
        for right in Right::ALL {
            let may: Vec<bool> = Role::ALL.map(|role| role.may(right)).to_vec();
            assert!(may.is_sorted() && may[3], "{right:?} {may:?}");
        }
        assert_eq!(Role::ALL.map(|r| Role::parse(r.slug())), Role::ALL.map(Some));
        assert_eq!(Role::HelpDesk.why_not(Right::Run).as_deref(), Some("This needs the role operator; yours is help desk."));
        assert_eq!(Role::Operator.why_not(Right::Run), None);
    }

    #[test]
    fn every_operation_of_the_model_demands_what_it_does() {
        let of = |right| -> Vec<&str> {
            crate::constraints::operations().iter().map(|o| o.name).filter(|name| Right::of(name) == right).collect()
        };
        assert_eq!(of(Right::EndSessions), ["DrainSessionInstance", "ExpireSession"]);
        assert_eq!(of(Right::MakeUrls), ["CreateAppBlockBuilderStreamingURL", "CreateImageBuilderStreamingURL", "CreateStreamingURL"]);
        for name in of(Right::Look) {
            assert!(["Describe", "List", "Get"].iter().any(|start| name.starts_with(start)), "{name} changes nothing");
        }
        for name in of(Right::Run) {
            assert!(!["Create", "Delete", "Copy", "Import"].iter().any(|start| name.starts_with(start)), "{name} makes nothing");
        }
    }
}
