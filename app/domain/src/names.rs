//! Newtypes for the names of things, so that a stack's name cannot be passed where a fleet's is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

name!(/// A fleet's name; its identity within one account and Region.
    FleetName);
name!(/// A stack's name; its identity within one account and Region.
    StackName);
name!(/// A session's id, as DescribeSessions gives it.
    SessionId);
name!(/// An AWS account: twelve digits.
    AccountId);
name!(/// A Region code such as `eu-west-1`.
    Region);

/// One account in one Region: what a poller watches and what every AppStream name is unique within.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The account, twelve digits.
    pub account: AccountId,
    /// The Region code.
    pub region: Region,
}

impl Scope {
    /// A scope from its two parts.
    pub fn new(account: impl Into<AccountId>, region: impl Into<Region>) -> Self {
        Self { account: account.into(), region: region.into() }
    }
}

/// The digits of an account in groups of four, as they are shown.
pub fn fours(account: &AccountId) -> Vec<String> {
    let digits: Vec<char> = account.0.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect()).collect()
}
