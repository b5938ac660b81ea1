//! Every choice that no source settles, and every duration, in one table. Listed for readers in `server/docs/simulator.md`.

use crate::clock::Ms;

const MINUTE: Ms = 60_000;

/// StartFleet to RUNNING, Always-On and On-Demand: 10–20 minutes on AWS (guide).
pub const FLEET_START: Ms = 15 * MINUTE;
/// The same, joined to a domain: up to 25 minutes (guide).
pub const FLEET_START_DOMAIN: Ms = 25 * MINUTE;
/// The same, Elastic (inferred).
pub const FLEET_START_ELASTIC: Ms = 2 * MINUTE;
/// StopFleet to STOPPED: 3–5 minutes (guide, observed).
pub const FLEET_STOP: Ms = 4 * MINUTE;
/// An instance's replacement: 10–20 minutes (guide).
pub const REFILL: Ms = 15 * MINUTE;
/// PENDING to ACTIVE on On-Demand fleets: 1–2 minutes (guide).
pub const BOOT_ON_DEMAND: Ms = 90_000;
/// PENDING to ACTIVE on Elastic fleets (inferred).
pub const BOOT_ELASTIC: Ms = MINUTE;
/// StartAppBlockBuilder to RUNNING (inferred: like an Elastic instance).
pub const BLOCK_BUILDER_START: Ms = 3 * MINUTE;
/// StopAppBlockBuilder to STOPPED (inferred).
pub const BLOCK_BUILDER_STOP: Ms = 2 * MINUTE;
/// An image builder's start: 5 to 15 minutes (observed).
pub const IMAGE_BUILDER_START: Ms = 8 * MINUTE;
/// An image builder's stop (inferred).
pub const IMAGE_BUILDER_STOP: Ms = 3 * MINUTE;
/// DeleteImageBuilder to gone (observed: minutes).
pub const IMAGE_BUILDER_DELETE: Ms = 3 * MINUTE;
/// Image Assistant's snapshot: 15 to 60 minutes (inferred).
pub const SNAPSHOT: Ms = 25 * MINUTE;
/// CopyImage: minutes to an hour (inferred).
pub const IMAGE_COPY: Ms = 20 * MINUTE;
/// CreateUpdatedImage: hours (guide).
pub const IMAGE_UPDATE: Ms = 120 * MINUTE;
/// Of that, the hidden builder's UPDATING; the rest is PENDING_QUALIFICATION (inferred).
pub const IMAGE_UPDATING: Ms = 90 * MINUTE;
/// For how long after a managed update a dry run finds nothing newer (inferred).
pub const UPDATES_COME_EVERY: Ms = 7 * 24 * 60 * MINUTE;
/// CreateImportedImage in IMPORTING: 30 to 60 minutes (guide).
pub const IMAGE_IMPORT: Ms = 45 * MINUTE;
/// The same in VALIDATING, when asked for (inferred).
pub const IMAGE_VALIDATION: Ms = 20 * MINUTE;
/// CreateExportImageTask: 30 to 90 minutes (inferred).
pub const IMAGE_EXPORT: Ms = 60 * MINUTE;
/// How long export tasks are listed (inferred).
pub const EXPORT_STAYS: Ms = 90 * 24 * 60 * MINUTE;
/// PENDING_SYNCING_APPS, then SYNCING_APPS (inferred).
pub const SOFTWARE_WAIT: Ms = MINUTE;
/// SYNCING_APPS (inferred).
pub const SOFTWARE_SYNC: Ms = 10 * MINUTE;
/// DeleteImage to gone (inferred: minutes).
pub const IMAGE_DELETE: Ms = MINUTE;
/// How long EXPIRED sessions stay in DescribeSessions: 1–5 minutes (inferred).
pub const EXPIRED_STAYS: Ms = 2 * MINUTE;
/// Whether one stack may have only one fleet. The texts speak of *the* fleet, the model has a list (inferred).
pub const ONE_FLEET_PER_STACK: bool = false;
/// Whether DisassociateFleet is refused while sessions are active (inferred).
pub const DISASSOCIATE_NEEDS_NO_SESSIONS: bool = true;
/// For how long a streaming URL is known as expired; after that it is unknown (inferred).
pub const LINKS_STAY: Ms = 24 * 60 * MINUTE;
/// Page size of lists that take none (inferred).
pub const PAGE: usize = 50;

#[cfg(test)]
mod tests {
    #[test]
    fn every_switch_is_in_the_list_of_differences() {
        let list = include_str!("../../docs/simulator.md");
        for line in include_str!("switches.rs").lines().filter_map(|l| l.strip_prefix("pub const ")) {
            let name = line.split(':').next().unwrap_or_default();
            assert!(list.contains(&format!("`{name}`")), "{name} is missing in server/docs/simulator.md");
        }
    }
}
