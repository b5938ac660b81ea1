//! The large estate: sixty fleets, two hundred pairs, ten thousand sessions. For speed, not for looks.

use super::crowd;
use crate::clock::{Clock, Ms};
use crate::controls::up_at_once;
use crate::world::{Crowd, World};
use serde_json::json;

/// Fills `world` at `now`.
pub fn plant(world: &mut World, now: Ms, clock: &Clock) {
    for key in ["fleets", "stacks"] {
        world.quotas.insert(key.into(), 1000);
    }
    world.quotas.insert("instances:stream.standard.medium".into(), 100_000);
    for f in 0..60 {
        let fleet = format!("fleet-{f:02}");
        let input = json!({"Name": fleet, "InstanceType": "stream.standard.medium", "ImageName": "AppStream-WinServer2022-06-17-2026",
            "ComputeCapacity": {"DesiredInstances": 190}, "VpcConfig": {"SubnetIds": ["subnet-0a1"]}});
        // Made-up names in an empty world: nothing can refuse them.
        let _ = crate::fleet::create(world, &input, now);
        up_at_once(world, &fleet, now);
    }
    for pair in 0..200 {
        let (stack, fleet) = (format!("stack-{pair:03}"), format!("fleet-{:02}", pair % 60));
        let _ = crate::stack::create(world, &json!({"Name": stack}), now);
        world.pairs.insert((stack.clone(), fleet.clone()));
        // Every other pair takes two pages of DescribeSessions.
        let count = if pair % 2 == 0 { 35 } else { 65 };
        let crowd = Crowd { pair: (stack, fleet), count, daily: false, churn_per_minute: 0.2, owed: 0.0, makes_room: true };
        crowd::settle_in(world, crowd, now, clock);
    }
}
