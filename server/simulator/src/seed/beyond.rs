//! What the demo company has beside its first Region: an office in Ireland, and the account of a partner.

use super::crowd;
use super::demo::{associate, fleet};
use super::images::PARTNER;
use crate::clock::{Clock, Ms};
use crate::controls::up_at_once;
use crate::fleet::Asked;
use crate::image;
use crate::universe::DEFAULT_ACCOUNT;
use crate::world::{Crowd, World};

/// Stack, fleet and people at the busiest hour.
fn people(world: &mut World, (stack, fleet, count): (&str, &str, usize), now: Ms, clock: &Clock) {
    let pair = (stack.to_owned(), fleet.to_owned());
    let crowd = Crowd { pair, count, daily: true, churn_per_minute: 0.2, owed: 0.0, makes_room: false };
    crowd::settle_in(world, crowd, now, clock);
}

/// The same account in eu-west-1.
pub fn ireland(world: &mut World, now: Ms, clock: &Clock) {
    super::demo::names(world);
    world.quotas.insert("instances:stream.standard.large".into(), 60);
    for name in ["office-win22-2026-02-20", "callcentre-win22-2026-03-03", "cad-win22-2026-05-21"] {
        image::add_private(world, name, "WINDOWS_SERVER_2022", now - 200 * 86_400_000);
    }
    let row = ("dublin-desktop", "ALWAYS_ON", "stream.standard.large", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 24, None);
    let made = fleet(world, row, now);
    world.fleets.insert("dublin-desktop".into(), made);
    let row = ("dublin-elastic", "ELASTIC", "stream.standard.small", "", "AMAZON_LINUX2", 10, None);
    let made = fleet(world, row, now);
    world.fleets.insert("dublin-elastic".into(), made);
    // Stuck: somebody deleted its subnet, and the state alone never shows it.
    let row = ("dublin-lab", "ON_DEMAND", "stream.standard.large", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 4, None);
    let mut stuck = fleet(world, row, now);
    stuck.asked = Asked::Start(now - 52 * 60_000);
    stuck.blocked = true;
    stuck.errors.push(("SUBNET_NOT_FOUND".into(), "The subnet subnet-0b71c4e2 does not exist.".into()));
    world.fleets.insert("dublin-lab".into(), stuck);
    associate(world, "dublin", "dublin-lab", now);
    for (stack, fleet, count) in [("dublin", "dublin-desktop", 19), ("dublin-casual", "dublin-elastic", 4)] {
        associate(world, stack, fleet, now);
        up_at_once(world, fleet, now);
        people(world, (stack, fleet, count), now, clock);
    }
}

/// The partner's account, with a fleet on an image that the company shares with it, and an image that it shares in turn.
pub fn partner(world: &mut World, now: Ms, clock: &Clock) {
    super::demo::names(world);
    image::add_private(world, "settlement-win22-2026-04-14", "WINDOWS_SERVER_2022", now - 220 * 86_400_000);
    let rights = crate::sharing::Rights { fleet: true, builder: false };
    world.shares.insert(("settlement-win22-2026-04-14".into(), DEFAULT_ACCOUNT.into()), rights);
    let image = "finance-win22-2026-03-10";
    let mut made = fleet(world, ("audit-desktop", "ON_DEMAND", "stream.standard.medium", image, "WINDOWS_SERVER_2022", 8, None), now);
    made.given.insert("ImageArn".into(), format!("arn:aws:appstream:{}:{DEFAULT_ACCOUNT}:image/{image}", world.region).into());
    world.fleets.insert("audit-desktop".into(), made);
    associate(world, "audit", "audit-desktop", now);
    up_at_once(world, "audit-desktop", now);
    people(world, ("audit", "audit-desktop", 5), now, clock);
}

/// Both, for the list of parts.
pub const PARTS: [super::Part; 2] = [
    super::Part { account: DEFAULT_ACCOUNT, region: "eu-west-1", plant: ireland },
    super::Part { account: PARTNER, region: crate::universe::DEFAULT_REGION, plant: partner },
];
