//! All worlds under one clock, and the requests and answers that travel to and from them.

use crate::clock::{Clock, Ms};
use crate::journal::{Change, Gap};
use crate::seed::Seed;
use crate::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The account of clients that name none.
pub const DEFAULT_ACCOUNT: &str = "111122223333";
/// The Region of clients that name none.
pub const DEFAULT_REGION: &str = "us-east-1";
/// How far back the coming and going of crowds is played when time has jumped; what came before has left no trace by then.
const PLAYED: Ms = 10 * 60_000;

/// How a universe begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// The estate of the default world and those around it; all others begin empty.
    pub seed: Seed,
    /// Speed of the clock.
    pub pace: f64,
    /// Divides AWS's own durations.
    pub haste: f64,
    /// Where chance begins.
    pub rng_seed: u64,
    /// Base of streaming URLs, such as `http://127.0.0.1:8080`; none gives AWS's own host.
    pub public_base: Option<String>,
}

/// Account and Region of a world.
pub type Key = (String, String);

/// One HTTP request as it came off the wire. Header names in lower case.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query without `?`.
    pub query: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    /// A query value; percent signs are not expected in account numbers, Regions and names.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.split('&').filter_map(|p| p.split_once('=')).find(|(k, _)| *k == name).map(|(_, v)| v)
    }
}

/// Whether and how the answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is sent.
    #[default]
    Answer,
    /// It never is.
    Hang,
    /// The connection is cut.
    Close,
}

/// When and whether the answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Held back for so long.
    pub latency_ms: u64,
    /// What becomes of it.
    pub fate: Fate,
}

/// What to send, and how.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// When and whether.
    pub delivery: Delivery,
    /// What the request changed, for a journal; none when nothing that lasts changed.
    pub change: Option<crate::journal::Change>,
}

/// All worlds, the clock, faults and counters. One value per running simulator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Universe {
    /// The clock of all worlds.
    pub clock: Clock,
    pub(crate) worlds: BTreeMap<Key, World>,
    /// How it began; pace and haste have moved on with the clock.
    pub options: Options,
    #[serde(skip)]
    pub(crate) requests: u64,
    /// Worlds whose crowds were spared a long gap during this request.
    #[serde(skip)]
    pub(crate) skipped: Vec<Gap>,
    /// While a journal is replayed: the worlds that were spared one then.
    #[serde(skip)]
    pub(crate) replayed: Option<Vec<Gap>>,
}

impl Universe {
    /// A universe that begins at `wall_ms`.
    pub fn new(options: Options, wall_ms: Ms) -> Self {
        let clock = Clock::new(wall_ms, options.pace, options.haste);
        let mut universe = Self { clock, worlds: BTreeMap::new(), options, requests: 0, skipped: vec![], replayed: None };
        universe.reset(DEFAULT_ACCOUNT, DEFAULT_REGION, universe.options.seed, wall_ms);
        universe
    }

    /// Begins a world anew with `seed`. An estate of the default world reaches into others; those are begun anew with it.
    pub(crate) fn reset(&mut self, account: &str, region: &str, seed: Seed, wall: Ms) {
        self.begin(account, region, wall, |world, now, clock| crate::seed::plant(world, seed, now, clock));
        if (account, region) == (DEFAULT_ACCOUNT, DEFAULT_REGION) {
            for part in crate::seed::beyond(seed) {
                self.begin(part.account, part.region, wall, part.plant);
            }
        }
        self.link(region, wall);
    }

    fn begin(&mut self, account: &str, region: &str, wall: Ms, plant: impl Fn(&mut World, Ms, &Clock)) {
        let now = self.clock.now(wall);
        let mut world = World::new(account, region, self.options.rng_seed ^ hash(account) ^ hash(region));
        plant(&mut world, now, &self.clock);
        world.settled = now;
        self.worlds.insert((account.to_owned(), region.to_owned()), world);
    }

    /// A world, brought to the present.
    pub(crate) fn world(&mut self, account: &str, region: &str, wall: Ms) -> &mut World {
        let key = (account.to_owned(), region.to_owned());
        let now = self.clock.now(wall);
        if !self.worlds.contains_key(&key) {
            self.begin(account, region, wall, |_, _, _| ());
            crate::sharing::refresh(&mut self.worlds, &key, now);
        }
        let world = self.worlds.entry(key.clone()).or_default();
        let gap = match &self.replayed {
            Some(then) => then.iter().find(|g| g.world == key).map(|g| g.settled),
            None => Some(world.settled).filter(|settled| now - settled > PLAYED),
        };
        if let Some(settled) = gap {
            // What was played by then stays played.
            world.settle(settled, &self.clock);
            if world.spare_crowds(now - PLAYED) {
                self.skipped.push(Gap { world: key, settled });
            }
        }
        world.settle(now, &self.clock);
        world
    }

    /// Tells every world of `region` what the others share with it.
    pub(crate) fn link(&mut self, region: &str, wall: Ms) {
        let keys: Vec<Key> = self.worlds.keys().filter(|(_, r)| r == region).cloned().collect();
        for key in keys {
            self.world(&key.0, &key.1, wall);
            let now = self.clock.now(wall);
            crate::sharing::refresh(&mut self.worlds, &key, now);
        }
    }

    /// Does again what a journal tells. The state is then as it was after that change.
    pub fn replay(&mut self, change: &Change) {
        self.replayed = Some(change.skipped.clone());
        crate::journal::apply(self, change);
        self.replayed = None;
        self.skipped.clear();
    }
}

/// FNV-1a: for seeds of chance and numbers of requests, never for secrets.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
