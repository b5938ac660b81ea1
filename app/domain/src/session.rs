//! Streaming sessions: what DescribeSessions tells of one.

use crate::fleet::open_enum;
use crate::names::{FleetName, SessionId, StackName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

open_enum! {
    /// A session's state. Source: API reference, Session.State.
    SessionState {
        /// In progress, connected or not.
        Active = "ACTIVE", "Active";
        /// An instance is being made ready.
        Pending = "PENDING", "Pending";
        /// Over.
        Expired = "EXPIRED", "Expired";
    }
}

open_enum! {
    /// Whether the user's client is there now.
    ConnectionState {
        /// Streaming.
        Connected = "CONNECTED", "Connected";
        /// Cut, and still holding its seat until the disconnect timeout.
        NotConnected = "NOT_CONNECTED", "Not connected";
    }
}

open_enum! {
    /// How the user signed in.
    AuthenticationType {
        /// Streaming URL.
        Api = "API", "Streaming URL";
        /// Company sign-in.
        Saml = "SAML", "SAML";
        /// The built-in user pool.
        UserPool = "USERPOOL", "User pool";
        /// Directory sign-in.
        AwsAd = "AWS_AD", "Active Directory";
    }
}

open_enum! {
    /// Drain mode of the session's instance; only multi-session instances have one.
    DrainStatus {
        /// Taking sessions.
        Active = "ACTIVE", "Taking sessions";
        /// Takes no new sessions.
        Draining = "DRAINING", "Draining";
        /// Single-session instance.
        NotApplicable = "NOT_APPLICABLE", "Single-session";
    }
}

/// One streaming session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who streams, 2–128 characters.
    pub user_id: String,
    /// The stack it was opened through.
    pub stack: StackName,
    /// The fleet that serves it.
    pub fleet: FleetName,
    /// Its state.
    pub state: SessionState,
    /// Absent while pending.
    pub connection: Option<ConnectionState>,
    /// When an instance was dedicated to the user; absent while pending.
    pub started: Option<Millis>,
    /// When AWS ends it at the latest.
    pub max_expires: Option<Millis>,
    /// How the user signed in.
    pub authentication: AuthenticationType,
    /// The instance; several sessions share one on multi-session fleets.
    pub instance_id: Option<String>,
    /// Its instance's drain mode.
    pub drain: Option<DrainStatus>,
    /// Private IPv4 address in the customer's VPC.
    pub eni_private_ip_address: Option<String>,
    /// IPv6 addresses in the customer's VPC.
    pub eni_ipv6_addresses: Vec<String>,
    /// The network interface.
    pub eni_id: Option<String>,
    /// Since when the console has seen this state and connection. AWS does not tell; none before the second sweep.
    pub since: Option<Millis>,
}

/// What a list shows as a session's state: the connection while active, else the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Presence {
    /// Active and streaming.
    Connected,
    /// Active, the user's client gone.
    NotConnected,
    /// Waiting for its instance.
    Pending,
    /// Over.
    Expired,
    /// A state newer than this build.
    Unknown,
}

impl Presence {
    /// The word in URLs: `connected`, `not-connected`, `pending`, `expired`, `unknown`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NotConnected => "not-connected",
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
    /// Words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::NotConnected => "Not connected",
            Self::Pending => "Pending",
            Self::Expired => "Expired",
            Self::Unknown => "Unknown",
        }
    }
}

impl Session {
    /// What a list shows as its state.
    pub fn presence(&self) -> Presence {
        match (&self.state, &self.connection) {
            (SessionState::Active, Some(ConnectionState::NotConnected)) => Presence::NotConnected,
            (SessionState::Active, _) => Presence::Connected,
            (SessionState::Pending, _) => Presence::Pending,
            (SessionState::Expired, _) => Presence::Expired,
            (SessionState::Other(_), _) => Presence::Unknown,
        }
    }

    /// Whether ExpireSession is offered; else the reason. Read by the button, the server and the dialog.
    pub fn can_expire(&self) -> Result<(), String> {
        match self.state {
            SessionState::Expired => Err(format!("The session of {} has already ended.", self.user_id)),
            _ => Ok(()),
        }
    }

    /// Whether AWS ends it within `ms` from `now`.
    pub fn ends_within(&self, ms: i64, now: Millis) -> bool {
        self.state != SessionState::Expired && self.max_expires.is_some_and(|end| end.since(now) <= ms)
    }
}

/// How many sessions there are, by presence. Expired ones are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Streaming.
    pub connected: u32,
    /// Cut, seat held.
    pub not_connected: u32,
    /// Waiting for an instance.
    pub pending: u32,
}

impl Tally {
    /// Counts `sessions`.
    pub fn of<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Self {
        sessions.into_iter().fold(Self::default(), |mut t, s| {
            match s.presence() {
                Presence::Connected => t.connected += 1,
                Presence::NotConnected => t.not_connected += 1,
                Presence::Pending => t.pending += 1,
                Presence::Expired | Presence::Unknown => {}
            }
            t
        })
    }
    /// All of them.
    pub fn total(&self) -> u32 {
        self.connected + self.not_connected + self.pending
    }
}
