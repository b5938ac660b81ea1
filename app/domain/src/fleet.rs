//! Fleets: what DescribeFleets tells, seats derived from it, and which verb is offered in which state.

use crate::names::FleetName;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// An enum of the API that stays open: a value this build does not know is kept as AWS sent it.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $wire:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A value newer than this build, as AWS sent it.
            Other(String),
        }
        impl $name {
            /// The values this build knows, in the API's order.
            pub const KNOWN: &[Self] = &[$(Self::$variant),*];
            /// From the API's spelling; total.
            pub fn from_wire(text: &str) -> Self {
                match text { $($wire => Self::$variant,)* other => Self::Other(other.to_owned()) }
            }
            /// The API's spelling.
            pub fn wire(&self) -> &str {
                match self { $(Self::$variant => $wire,)* Self::Other(text) => text }
            }
            /// Words for people, sentence case.
            pub fn words(&self) -> String {
                match self {
                    $(Self::$variant => $words.to_owned(),)*
                    Self::Other(text) => crate::fleet::plain_words(text),
                }
            }
        }
    };
}
pub(crate) use open_enum;

/// `SOME_NEW_STATE` → `Some new state`: how an unknown value of the API is shown.
pub fn plain_words(wire: &str) -> String {
    let lower = wire.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

open_enum! {
    /// A fleet's state. Source: API reference, Fleet.State.
    FleetState {
        /// Instances are being made. May never end: then `errors` tells why.
        Starting = "STARTING", "Starting";
        /// Sessions can start.
        Running = "RUNNING", "Running";
        /// Instances are being removed.
        Stopping = "STOPPING", "Stopping";
        /// No instances.
        Stopped = "STOPPED", "Stopped";
    }
}

impl FleetState {
    /// Whether AWS is at work on it and it will leave this state by itself.
    pub fn is_moving(&self) -> bool {
        matches!(self, Self::Starting | Self::Stopping)
    }
}

open_enum! {
    /// A fleet's type. Source: API reference, Fleet.FleetType.
    FleetType {
        /// Instances run all the time.
        AlwaysOn = "ALWAYS_ON", "Always-On";
        /// Instances boot when a session starts.
        OnDemand = "ON_DEMAND", "On-Demand";
        /// AWS keeps the pool; the limit is on sessions.
        Elastic = "ELASTIC", "Elastic";
    }
}

/// `Fleet.ComputeCapacityStatus`. Units: instances, or sessions where the name says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityStatus {
    /// Instances asked for.
    pub desired: i32,
    /// Instances that are up.
    pub running: i32,
    /// Instances with at least one session.
    pub in_use: i32,
    /// Instances that can take a session now.
    pub available: i32,
    /// The session counterparts; multi-session fleets only.
    pub user_sessions: Option<UserSessions>,
}

/// The session counts of a multi-session fleet. Unit: sessions, but `draining`: instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSessions {
    /// Slots asked for.
    pub desired: i32,
    /// Slots on instances that are up and not draining.
    pub actual: i32,
    /// Slots free now.
    pub available: i32,
    /// Slots taken, streaming or reconnectable.
    pub active: i32,
    /// Instances in drain mode.
    pub draining: i32,
    /// Sessions still on draining instances.
    pub drain_mode_active: i32,
    /// Free slots on draining instances, not usable.
    pub drain_mode_unused: i32,
}

/// One entry of FleetErrors. It carries no time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceError {
    /// The API's code, such as `SUBNET_NOT_FOUND`; open.
    pub code: String,
    /// AWS's own sentence.
    pub message: String,
}

/// What DescribeFleets tells of one fleet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fleet {
    /// Its name, unique in account and Region.
    pub name: FleetName,
    /// Its ARN.
    pub arn: String,
    /// What users see.
    pub display_name: Option<String>,
    /// What operators noted.
    pub description: Option<String>,
    /// Its state.
    pub state: FleetState,
    /// Always-On, On-Demand or Elastic.
    pub fleet_type: FleetType,
    /// Such as `stream.standard.medium`.
    pub instance_type: String,
    /// The image's name; none for Elastic fleets.
    pub image_name: Option<String>,
    /// The image's ARN; none for Elastic fleets.
    pub image_arn: Option<String>,
    /// Counts of instances and sessions.
    pub capacity: CapacityStatus,
    /// Elastic: the limit on sessions at once.
    pub max_concurrent_sessions: Option<i32>,
    /// Multi-session: sessions per instance, 2–50.
    pub max_sessions_per_instance: Option<i32>,
    /// Longest session, seconds, 600–432000.
    pub max_user_duration_in_seconds: Option<i32>,
    /// How long a cut session waits for its user, seconds, 60–36000.
    pub disconnect_timeout_in_seconds: Option<i32>,
    /// Idle time before the cut, seconds; 0 is never.
    pub idle_disconnect_timeout_in_seconds: Option<i32>,
    /// `APP` or `DESKTOP`.
    pub stream_view: Option<String>,
    /// The operating system, API spelling.
    pub platform: Option<String>,
    /// Subnets of VpcConfig.
    pub subnet_ids: Vec<String>,
    /// Security groups of VpcConfig.
    pub security_group_ids: Vec<String>,
    /// Whether instances reach the internet by the service's own route.
    pub enable_default_internet_access: bool,
    /// The directory the instances join.
    pub directory_name: Option<String>,
    /// The organisational unit within it.
    pub organizational_unit: Option<String>,
    /// The role that programs on the instances may use.
    pub iam_role_arn: Option<String>,
    /// USB devices that users may pass through; Elastic.
    pub usb_device_filter_strings: Vec<String>,
    /// `s3://bucket/key` of the session script; Elastic.
    pub session_script: Option<String>,
    /// Root volume, GB.
    pub root_volume_gb: Option<i32>,
    /// Whether version 1 of the instance metadata service is off.
    pub disable_imds_v1: Option<bool>,
    /// When it was made.
    pub created: Option<Millis>,
    /// What AWS reports as wrong.
    pub errors: Vec<ResourceError>,
}

/// Places for one person's session each (design section 1): instances, session slots or concurrent sessions, by fleet type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Taken.
    pub in_use: i32,
    /// Free now.
    pub free: i32,
    /// Being made.
    pub pending: i32,
    /// Asked for; none for Elastic fleets, which have no such mark.
    pub desired: Option<i32>,
    /// The most there can be as things are configured: the limit of an Elastic fleet, else what is desired or already there.
    pub max: i32,
}

impl Seats {
    /// None free although seats exist or were asked for.
    pub fn is_full(&self) -> bool {
        self.free == 0 && self.in_use > 0
    }
    /// Under ten per cent free, but not full.
    pub fn is_low(&self) -> bool {
        self.free > 0 && self.free * 10 < self.in_use + self.free
    }
    /// The sum over fleets.
    pub fn sum(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self { desired: Some(0), ..Self::default() }, |a, b| Self {
            in_use: a.in_use + b.in_use,
            free: a.free + b.free,
            pending: a.pending + b.pending,
            desired: a.desired.zip(b.desired).map(|(x, y)| x + y).or(a.desired),
            max: a.max + b.max,
        })
    }
}

/// What a person can do with a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verb {
    /// StartFleet.
    Start,
    /// StopFleet.
    Stop,
    /// UpdateFleet with ComputeCapacity or MaxConcurrentSessions.
    ChangeCapacity,
    /// UpdateFleet with anything that needs a stopped fleet.
    Update,
    /// DeleteFleet.
    Delete,
}

/// States in which each verb is offered. Source: AppStream API reference 2016-12-01 and behaviour notes 3.1.3, read 2026-11-24.
/// StopFleet in STARTING is nowhere forbidden and is the only way out of a start that never ends.
pub const FLEET_CAN: &[(Verb, &[FleetState])] = &[
    (Verb::Start, &[FleetState::Stopped]),
    (Verb::Stop, &[FleetState::Running, FleetState::Starting]),
    (Verb::ChangeCapacity, &[FleetState::Running, FleetState::Stopped]),
    (Verb::Update, &[FleetState::Stopped]),
    (Verb::Delete, &[FleetState::Stopped]),
];

impl Verb {
    /// The verb in words, as on its button.
    pub fn words(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Stop => "Stop",
            Self::ChangeCapacity => "Change capacity",
            Self::Update => "Edit",
            Self::Delete => "Delete",
        }
    }
    /// The API operation behind it.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Start => "StartFleet",
            Self::Stop => "StopFleet",
            Self::ChangeCapacity | Self::Update => "UpdateFleet",
            Self::Delete => "DeleteFleet",
        }
    }
}

impl Fleet {
    /// Whether `verb` is offered now; else one sentence that says why not. Read by the button, its tooltip and the server.
    pub fn can(&self, verb: Verb) -> Result<(), String> {
        let states = FLEET_CAN.iter().find(|(v, _)| *v == verb).map_or(&[][..], |(_, states)| states);
        if states.contains(&self.state) {
            return Ok(());
        }
        let now = self.state.words().to_lowercase();
        Err(match verb {
            Verb::Start => format!("Only a stopped fleet can be started; {} is {now}.", self.name),
            Verb::Stop => format!("Only a running or starting fleet can be stopped; {} is {now}.", self.name),
            Verb::ChangeCapacity => {
                format!("Capacity cannot be changed while a fleet is {now}; wait until {} is running or stopped.", self.name)
            }
            Verb::Update => format!("Stop {} first; it is {now}.", self.name),
            Verb::Delete => format!("Only a stopped fleet can be deleted; {} is {now}.", self.name),
        })
    }

    /// Whether several sessions share an instance.
    pub fn is_multi_session(&self) -> bool {
        self.max_sessions_per_instance.is_some()
    }

    /// `Always-On`, `Always-On ×8`, `Elastic`.
    pub fn type_words(&self) -> String {
        match self.max_sessions_per_instance {
            Some(m) => format!("{} ×{m}", self.fleet_type.words()),
            None => self.fleet_type.words(),
        }
    }

    /// What one seat of this fleet is, singular: `instance`, `session slot` or `concurrent session`.
    pub fn seat_unit(&self) -> &'static str {
        match (&self.fleet_type, self.is_multi_session()) {
            (FleetType::Elastic, _) => "concurrent session",
            (_, true) => "session slot",
            _ => "instance",
        }
    }

    /// Its seats. Pending is shown only while STARTING or RUNNING (behaviour notes 4.2).
    pub fn seats(&self) -> Seats {
        let c = &self.capacity;
        let grows = matches!(self.state, FleetState::Starting | FleetState::Running);
        let stopped = self.state == FleetState::Stopped;
        let (in_use, free, desired) = match (&self.fleet_type, &c.user_sessions) {
            (FleetType::Elastic, _) => {
                let max = self.max_concurrent_sessions.unwrap_or(0);
                let free = if stopped || self.state == FleetState::Starting { 0 } else { (max - c.in_use).max(0) };
                return Seats { in_use: c.in_use, free, pending: 0, desired: None, max: max.max(c.in_use) };
            }
            (_, Some(u)) => (u.active + u.drain_mode_active, u.available, u.desired),
            (_, None) => (c.in_use, c.available, c.desired),
        };
        let pending = if grows { (desired - free - in_use).max(0) } else { 0 };
        Seats { in_use, free, pending, desired: Some(desired), max: desired.max(in_use + free) }
    }

    /// Instance type without the `stream.` that all of them begin with.
    pub fn short_instance_type(&self) -> &str {
        self.instance_type.strip_prefix("stream.").unwrap_or(&self.instance_type)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A running Always-On fleet with `in_use` of `desired` instances taken.
    pub(crate) fn fleet(name: &str, in_use: i32, desired: i32) -> Fleet {
        Fleet {
            name: name.into(),
            arn: format!("arn:aws:appstream:us-east-1:111122223333:fleet/{name}"),
            display_name: None,
            description: None,
            state: FleetState::Running,
            fleet_type: FleetType::AlwaysOn,
            instance_type: "stream.standard.medium".into(),
            image_name: Some("office".into()),
            image_arn: None,
            capacity: CapacityStatus { desired, running: desired, in_use, available: desired - in_use, user_sessions: None },
            max_concurrent_sessions: None,
            max_sessions_per_instance: None,
            max_user_duration_in_seconds: Some(57_600),
            disconnect_timeout_in_seconds: Some(900),
            idle_disconnect_timeout_in_seconds: Some(0),
            stream_view: Some("APP".into()),
            platform: Some("WINDOWS_SERVER_2022".into()),
            subnet_ids: vec![],
            security_group_ids: vec![],
            enable_default_internet_access: false,
            directory_name: None,
            organizational_unit: None,
            iam_role_arn: None,
            usb_device_filter_strings: vec![],
            session_script: None,
            root_volume_gb: None,
            disable_imds_v1: None,
            created: None,
            errors: vec![],
        }
    }

    #[test]
    fn a_verb_is_refused_with_the_reason() {
        let mut f = fleet("cad", 1, 3);
        assert_eq!(f.can(Verb::Stop), Ok(()));
        assert_eq!(f.can(Verb::Start), Err("Only a stopped fleet can be started; cad is running.".into()));
        f.state = FleetState::Other("MENDING_ITSELF".into());
        for (verb, _) in FLEET_CAN {
            let reason = f.can(*verb).expect_err("an unknown state allows nothing");
            assert!(reason.contains("cad") && reason.contains("mending itself"), "{reason}");
        }
    }

    #[test]
    fn seats_follow_the_type() {
        assert_eq!(fleet("a", 2, 3).seats(), Seats { in_use: 2, free: 1, pending: 0, desired: Some(3), max: 3 });
        let mut refill = fleet("a", 1, 3);
        refill.capacity.available = 1;
        assert_eq!(refill.seats().pending, 1);
        refill.state = FleetState::Stopping;
        assert_eq!(refill.seats().pending, 0);
        let mut elastic = fleet("e", 5, 0);
        elastic.fleet_type = FleetType::Elastic;
        elastic.max_concurrent_sessions = Some(8);
        assert_eq!(elastic.seats(), Seats { in_use: 5, free: 3, pending: 0, desired: None, max: 8 });
    }

    #[test]
    fn unknown_values_survive_and_read_as_words() {
        let state = FleetState::from_wire("BEING_SERVICED");
        assert_eq!(state.wire(), "BEING_SERVICED");
        assert_eq!(state.words(), "Being serviced");
        assert_eq!(plain_words(""), "");
    }
}
