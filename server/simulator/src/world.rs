//! A world: one account in one Region, its records, and the queue of what is due. [`World::settle`] brings it to a moment; between
//! two calls nothing happens.

use crate::block_builder::BlockBuilder;
use crate::clock::{Clock, Ms};
use crate::entitlement::Entitlement;
use crate::error::{Answer, not_found};
use crate::faults::Faults;
use crate::fleet::Fleet;
use crate::image_builder::ImageBuilder;
use crate::record::Record;
use crate::session::Session;
use crate::sharing::Rights;
use crate::stack::Stack;
use crate::viewer::Link;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes due. Each carries what it was scheduled for, so that an outdated one is recognised and dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Due {
    /// The start of a fleet, asked for at the moment named, is over.
    FleetUp(String, Ms),
    /// The stop of a fleet, asked for at the moment named, is over.
    FleetDown(String, Ms),
    /// The start or stop of an app block builder, asked for at the moment named, is over.
    BlockBuilder(String, Ms),
    /// What an image builder has been doing since the moment named is over.
    ImageBuilder(String, Ms),
    /// The work on an image is over; what went wrong, if something did.
    Image(String, Option<String>),
    /// An export task is over.
    Export(String),
    /// An export task leaves the listing.
    ExportGone(String),
    /// A deleted image leaves the listing.
    ImageGone(String),
    /// A session's instance is ready.
    SessionReady(u64),
    /// A session's MaxExpirationTime.
    SessionEnd(u64),
    /// A session cut at the moment named has waited long enough.
    CutTooLong(u64, Ms),
    /// An idle session is cut.
    Idle(u64),
    /// An expired session leaves the listing.
    Forget(u64),
    /// A crowd looks whether somebody comes or goes.
    Crowd(usize),
}

impl Due {
    /// Whether AWS takes this time of its own accord, so that haste shortens it.
    fn is_aws_own(&self) -> bool {
        matches!(
            self,
            Self::FleetUp(..)
                | Self::FleetDown(..)
                | Self::BlockBuilder(..)
                | Self::ImageBuilder(..)
                | Self::Image(..)
                | Self::Export(_)
                | Self::ImageGone(_)
                | Self::SessionReady(_)
        )
    }
}

/// A stack and a fleet by name.
pub type Pair = (String, String);

/// Who comes and goes on a pair by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crowd {
    /// Where.
    pub pair: Pair,
    /// How many at most, or always when `daily` is false.
    pub count: usize,
    /// Whether the number follows the hours of a working day.
    pub daily: bool,
    /// How many of them end and start anew each simulated minute.
    pub churn_per_minute: f64,
    /// The churn that has not happened yet.
    pub owed: f64,
    /// Whether the fleet is enlarged when it is full.
    pub makes_room: bool,
}

/// One account in one Region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct World {
    /// Twelve digits.
    pub account: String,
    /// Region code.
    pub region: String,
    /// Fleets by name.
    pub fleets: BTreeMap<String, Fleet>,
    /// Stacks by name.
    pub stacks: BTreeMap<String, Stack>,
    /// Associated pairs.
    pub pairs: BTreeSet<Pair>,
    /// Images by name: DescribeImages' members.
    pub images: BTreeMap<String, Record>,
    /// Images that other accounts share with this one, by ARN.
    pub shared_in: BTreeMap<String, Record>,
    /// What other accounts may do: own image and account.
    pub shares: BTreeMap<(String, String), Rights>,
    /// When images were made by a managed update, by name.
    pub updated: BTreeMap<String, Ms>,
    /// Imports that are validated on an instance afterwards.
    pub validating: BTreeSet<String>,
    /// Export tasks by id.
    pub exports: BTreeMap<String, Record>,
    /// Licensed software in images, by name.
    pub image_software: BTreeMap<String, BTreeSet<String>>,
    /// First and last use of licensed software: month, user, software.
    pub licences: BTreeMap<(String, String, String), (Ms, Ms)>,
    /// Kind and name of what an error keeps from getting on.
    pub stuck: BTreeSet<(String, String)>,
    /// Directory configs by directory name. No password is in them.
    pub directories: BTreeMap<String, Record>,
    /// Pool users by name.
    pub users: BTreeMap<String, Record>,
    /// Stack and pool user; whether a mail was asked for.
    pub assignments: BTreeMap<(String, String), bool>,
    /// Entitlements by stack and name.
    pub entitlements: BTreeMap<(String, String), Entitlement>,
    /// Themes by stack.
    pub themes: BTreeMap<String, Record>,
    /// The bucket of usage reports, and since when, while subscribed.
    pub report: Option<(String, Ms)>,
    /// App blocks by name.
    pub app_blocks: BTreeMap<String, Record>,
    /// Applications by name.
    pub applications: BTreeMap<String, Record>,
    /// Elastic fleets and the ARNs of the applications they offer.
    pub application_fleets: BTreeSet<(String, String)>,
    /// App block builders by name.
    pub block_builders: BTreeMap<String, BlockBuilder>,
    /// Image builders by name.
    pub image_builders: BTreeMap<String, ImageBuilder>,
    /// The ARN of the app block that each app block builder packages.
    pub packaging: BTreeMap<String, String>,
    /// Tags by ARN.
    pub tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Sessions by number, oldest first.
    pub sessions: BTreeMap<u64, Session>,
    /// Their numbers by id.
    pub session_ids: BTreeMap<String, u64>,
    /// Their numbers by pair.
    pub by_pair: BTreeMap<Pair, BTreeSet<u64>>,
    /// Crowds; removed ones keep their place.
    pub crowds: Vec<Option<Crowd>>,
    /// Faults, limits and counters. They end with the process.
    #[serde(skip)]
    pub faults: Faults,
    /// Quotas that differ from the default.
    pub quotas: BTreeMap<String, i64>,
    /// Refused session requests, by fleet.
    pub refused: BTreeMap<String, u64>,
    /// Users that the crowd picks from.
    pub people: Vec<String>,
    /// Streaming URLs by the hash of their code.
    pub links: BTreeMap<String, Link>,
    /// The moment the world was last brought to.
    pub settled: Ms,
    /// The next session's number.
    pub next_number: u64,
    /// State of the generator of chance.
    pub chance: u64,
    due: BTreeSet<(Ms, u64, Due)>,
    due_number: u64,
}

impl World {
    /// An empty world.
    pub fn new(account: &str, region: &str, rng_seed: u64) -> Self {
        let mut world =
            Self { account: account.to_owned(), region: region.to_owned(), next_number: 1, chance: rng_seed, ..Self::default() };
        crate::image::add_public(&mut world);
        world
    }

    /// The ARN of a resource of this world.
    pub fn arn(&self, kind: &str, name: &str) -> String {
        format!("arn:aws:appstream:{}:{}:{kind}/{name}", self.region, self.account)
    }

    /// A number below `below`.
    pub fn dice(&mut self, below: u64) -> u64 {
        draw(&mut self.chance) % below.max(1)
    }

    /// Hexadecimal digits by chance.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(u32::try_from(self.dice(16)).unwrap_or(0), 16).unwrap_or('0')).collect()
    }

    /// A version 4 UUID by chance.
    pub fn uuid(&mut self) -> String {
        format!("{}-{}-4{}-8{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12))
    }

    /// Schedules `due` at `at`.
    pub fn schedule(&mut self, at: Ms, due: Due) {
        self.due_number += 1;
        self.due.insert((at, self.due_number, due));
    }

    /// Crowds take up again at `from`: what they would have done before is left out. Whether there was anything to leave out.
    pub fn spare_crowds(&mut self, from: Ms) -> bool {
        let behind = |at: Ms, due: &Due| at < from && matches!(due, Due::Crowd(_));
        if !self.due.iter().any(|(at, _, due)| behind(*at, due)) {
            return false;
        }
        let all = std::mem::take(&mut self.due);
        self.due = all.into_iter().map(|(at, n, due)| (if behind(at, &due) { from } else { at }, n, due)).collect();
        true
    }

    /// Brings the world to `now`: everything due happens, in order, at its own moment.
    pub fn settle(&mut self, now: Ms, clock: &Clock) {
        self.settled = self.settled.max(now);
        while self.due.first().is_some_and(|(at, _, _)| *at <= now) {
            let Some((at, _, due)) = self.due.pop_first() else { break };
            match due {
                Due::FleetUp(name, asked) => crate::fleet::up(self, &name, asked, at),
                Due::FleetDown(name, asked) => crate::fleet::down(self, &name, asked, at),
                Due::BlockBuilder(name, asked) => crate::block_builder::arrived(self, &name, asked),
                Due::ImageBuilder(name, since) => crate::image_builder::arrived(self, &name, since, at, clock),
                Due::Image(name, failure) => crate::image_source::arrived(self, &name, failure.as_deref(), at, clock),
                Due::Export(id) => crate::export::arrived(self, &id),
                Due::ExportGone(id) => {
                    self.exports.remove(&id);
                }
                Due::ImageGone(name) => crate::image::gone(self, &name),
                Due::SessionReady(n) => crate::session::ready(self, n),
                Due::SessionEnd(n) => crate::session::end(self, n, at, clock),
                Due::CutTooLong(n, cut) if self.sessions.get(&n).is_some_and(|s| s.cut == Some(cut)) => {
                    crate::session::end(self, n, at, clock)
                }
                Due::CutTooLong(..) => {}
                Due::Idle(n) => crate::session::cut(self, n, at),
                Due::Forget(n) => crate::session::forget(self, n),
                Due::Crowd(index) => crate::seed::crowd::turn(self, index, at, clock),
            }
        }
    }

    /// Scales what is under way when haste changes from `old` to `new` at `now`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "durations of at most hours")]
    pub fn rescale(&mut self, now: Ms, old: f64, new: f64) {
        let scale = |at: Ms| if at > now { now + ((at - now) as f64 * old / new) as Ms } else { at };
        let all = std::mem::take(&mut self.due);
        self.due = all.into_iter().map(|(at, n, due)| (if due.is_aws_own() { scale(at) } else { at }, n, due)).collect();
        for fleet in self.fleets.values_mut() {
            fleet.pool.instances.values_mut().for_each(|i| i.ready = scale(i.ready));
        }
    }

    /// A fleet, or ResourceNotFound.
    pub fn fleet(&self, name: &str) -> Answer<&Fleet> {
        self.fleets.get(name).ok_or_else(|| not_found(format!("Fleet {name} does not exist in {} {}.", self.account, self.region)))
    }

    /// A fleet to change, or ResourceNotFound.
    pub fn fleet_mut(&mut self, name: &str) -> Answer<&mut Fleet> {
        let message = format!("Fleet {name} does not exist in {} {}.", self.account, self.region);
        self.fleets.get_mut(name).ok_or_else(|| not_found(message))
    }

    /// A stack, or ResourceNotFound.
    pub fn stack(&self, name: &str) -> Answer<&Stack> {
        self.stacks.get(name).ok_or_else(|| not_found(format!("Stack {name} does not exist in {} {}.", self.account, self.region)))
    }

    /// A quota, by the key that the controls use.
    pub fn quota(&self, key: &str) -> i64 {
        let default = match key {
            "fleets" | "stacks" | "images" | "image_builders" | "app_block_builders" => 10,
            "users" => 50,
            "image_shares" => 100,
            "concurrent_copies" => 2,
            "concurrent_updates" => 5,
            _ => instance_quota(key.strip_prefix("instances:").unwrap_or(key)),
        };
        self.quotas.get(key).copied().unwrap_or(default)
    }
}

/// The next number of a generator of chance (splitmix64).
pub fn draw(chance: &mut u64) -> u64 {
    *chance = chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *chance;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Default instance quota of a type (behaviour notes 6.2). Types that the list does not know get none.
fn instance_quota(instance_type: &str) -> i64 {
    let size = instance_type.rsplit('.').next().unwrap_or_default();
    let by_size = |small: i64, large: i64, xlarge: i64, more: i64| match size {
        "small" | "medium" => small,
        "large" => large,
        "xlarge" => xlarge,
        _ => more,
    };
    if instance_type.starts_with("stream.standard.") {
        by_size(50, 50, 10, 10)
    } else if instance_type.starts_with("stream.compute.") || instance_type.starts_with("stream.memory.") {
        by_size(5, 5, 2, 0)
    } else if instance_type.starts_with("GeneralPurpose.") {
        by_size(50, 10, 10, 10)
    } else if instance_type.starts_with("MemoryOptimized.") || instance_type.starts_with("ComputeOptimized.") {
        by_size(5, 5, 2, 0)
    } else {
        0
    }
}
