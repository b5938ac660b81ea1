//! Which members of a fleet its type takes, and which may change while it runs. Forms hide and mark fields by it, the server and the
//! simulator refuse by it. Source: behaviour notes 3.1.2 and 3.1.4 (API reference 2016-12-01), read 2026-11-24.

use crate::entry::When;

/// The fleets that take a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    /// Every type.
    All,
    /// Always-On and On-Demand.
    Instances,
    /// Elastic.
    Elastic,
}

/// A member: its name, the fleets that take it, whether it may change while the fleet runs.
type Rule = (&'static str, Fits, bool);

/// Members of CreateFleet and UpdateFleet. `Name`, `FleetType` and `Tags` are set when the fleet is made and never here again.
pub const FLEET_MEMBERS: [Rule; 21] = [
    ("DisplayName", Fits::All, true),
    ("Description", Fits::All, false),
    ("ImageName", Fits::Instances, true),
    ("ImageArn", Fits::Instances, true),
    ("InstanceType", Fits::All, false),
    ("Platform", Fits::Elastic, false),
    ("ComputeCapacity", Fits::Instances, true),
    ("MaxSessionsPerInstance", Fits::Instances, false),
    ("MaxConcurrentSessions", Fits::Elastic, true),
    ("MaxUserDurationInSeconds", Fits::All, false),
    ("DisconnectTimeoutInSeconds", Fits::All, true),
    ("IdleDisconnectTimeoutInSeconds", Fits::All, true),
    ("StreamView", Fits::All, false),
    ("VpcConfig", Fits::All, false),
    ("EnableDefaultInternetAccess", Fits::Instances, false),
    ("DomainJoinInfo", Fits::Instances, false),
    ("IamRoleArn", Fits::All, false),
    ("RootVolumeConfig", Fits::Instances, false),
    ("DisableIMDSV1", Fits::All, false),
    ("UsbDeviceFilterStrings", Fits::Elastic, true),
    ("SessionScriptS3Location", Fits::Elastic, true),
];

fn rule(member: &str) -> Option<&'static Rule> {
    FLEET_MEMBERS.iter().find(|(name, ..)| *name == member)
}

/// The fleets that take `member`; all, where nothing is known of it.
pub fn fits(member: &str) -> Fits {
    rule(member).map_or(Fits::All, |(_, fits, _)| *fits)
}

/// Whether a fleet takes `member`.
pub fn takes(member: &str, elastic: bool) -> bool {
    match fits(member) {
        Fits::All => true,
        Fits::Instances => !elastic,
        Fits::Elastic => elastic,
    }
}

/// When a change of `member` takes effect on a running fleet.
pub fn when_running(member: &str) -> When {
    if rule(member).is_some_and(|(_, _, now)| *now) { When::Now } else { When::Stopped }
}

/// Platforms of Elastic fleets.
pub const ELASTIC_PLATFORMS: [&str; 3] = ["WINDOWS_SERVER_2019", "AMAZON_LINUX2", "UBUNTU_PRO_2404"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints::{Shape, operation, shape};

    #[test]
    fn every_member_of_the_model_has_a_rule() {
        for name in ["CreateFleet", "UpdateFleet"] {
            let Some(Shape::Structure(members)) = operation(name).and_then(|o| o.input).and_then(shape) else { panic!("{name}") };
            for m in members.iter().filter(|m| !["Name", "FleetType", "Tags", "AttributesToDelete", "DeleteVpcConfig"].contains(&m.name)) {
                assert!(rule(m.name).is_some(), "{name} {}", m.name);
            }
        }
        assert_eq!((when_running("ImageName"), when_running("Description")), (When::Now, When::Stopped));
        assert!(takes("ComputeCapacity", false) && !takes("ComputeCapacity", true) && takes("Description", true));
    }
}
