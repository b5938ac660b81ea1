//! A fleet's instances, and the arithmetic of behaviour notes section 4. Elastic fleets have no instances here: AWS owns theirs.

use crate::clock::Ms;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Instance {
    /// When it can take sessions.
    pub ready: Ms,
    /// Sessions on it.
    pub sessions: i64,
    /// Whether it takes no new ones.
    pub draining: bool,
}

/// The instances of one fleet, by id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Pool {
    /// Running, booting and pending ones.
    pub instances: BTreeMap<String, Instance>,
}

/// ComputeCapacityStatus, without what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Instances that are up.
    pub running: i64,
    /// Instances with a session.
    pub in_use: i64,
    /// Instances that can take a session now.
    pub available: i64,
    /// Sessions on instances that do not drain.
    pub active: i64,
    /// Slots on instances that are up and do not drain.
    pub actual: i64,
    /// Draining instances.
    pub draining: i64,
    /// Sessions on them.
    pub drain_active: i64,
}

impl Pool {
    /// The counts at `now` with `slots` sessions an instance.
    pub fn counts(&self, slots: i64, now: Ms) -> Counts {
        self.instances.values().filter(|i| i.ready <= now).fold(Counts::default(), |c, i| Counts {
            running: c.running + 1,
            in_use: c.in_use + i64::from(i.sessions > 0),
            available: c.available + i64::from(!i.draining && i.sessions < slots),
            active: c.active + if i.draining { 0 } else { i.sessions },
            actual: c.actual + if i.draining { 0 } else { slots },
            draining: c.draining + i64::from(i.draining),
            drain_active: c.drain_active + if i.draining { i.sessions } else { 0 },
        })
    }

    /// The instance that the next session goes to: the fullest that has room, so that scale-in finds idle ones (inferred).
    pub fn place(&mut self, slots: i64, now: Ms) -> Option<String> {
        let best = self.instances.iter().filter(|(_, i)| i.ready <= now && !i.draining && i.sessions < slots);
        let id = best.max_by_key(|(_, i)| i.sessions).map(|(id, _)| id.clone())?;
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.sessions += 1;
        }
        Some(id)
    }

    /// Brings the number of instances to `desired`: missing ones are made ready at `ready`, idle ones beyond it go, newest and
    /// pending first. Instances in use stay.
    pub fn fit(&mut self, desired: i64, ready: Ms, mut new_id: impl FnMut() -> String) {
        let mut have = i64::try_from(self.instances.len()).unwrap_or(i64::MAX);
        while have < desired {
            self.instances.insert(new_id(), Instance { ready, sessions: 0, draining: false });
            have += 1;
        }
        while have > desired {
            let idle = self.instances.iter().filter(|(_, i)| i.sessions == 0).max_by_key(|(_, i)| i.ready).map(|(id, _)| id.clone());
            let Some(id) = idle else { break };
            self.instances.remove(&id);
            have -= 1;
        }
    }
}
