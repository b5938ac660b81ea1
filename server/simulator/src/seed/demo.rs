//! The demo estate: Halden Group, a made-up company of the size whose operators use this console.

use super::crowd;
use crate::clock::{Clock, Ms};
use crate::controls::up_at_once;
use crate::fleet::{Asked, Fleet};
use crate::world::{Crowd, World};
use serde_json::json;

/// Name, type, instance type, image, platform, seats wanted, sessions an instance.
pub type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, i64, Option<i64>);

const FLEETS: [Row; 14] = [
    ("finance-desktop", "ALWAYS_ON", "stream.standard.large", "finance-win22-2026-03-10", "WINDOWS_SERVER_2022", 60, None),
    ("erp-legacy", "ALWAYS_ON", "stream.standard.medium", "erp-win19-2025-11-04", "WINDOWS_SERVER_2019", 20, None),
    ("callcentre-ie", "ALWAYS_ON", "stream.memory.xlarge", "callcentre-win22-2026-03-03", "WINDOWS_SERVER_2022", 160, Some(8)),
    ("cad-g4dn", "ON_DEMAND", "stream.graphics.g4dn.xlarge", "cad-win22-2026-02-18", "WINDOWS_SERVER_2022", 30, None),
    ("claims-us", "ALWAYS_ON", "stream.standard.large", "claims-win22-2026-03-01", "WINDOWS_SERVER_2022", 52, None),
    ("trading-tools", "ALWAYS_ON", "stream.compute.xlarge", "trading-win22-2026-03-12", "WINDOWS_SERVER_2022", 24, None),
    ("bim-workstation", "ON_DEMAND", "stream.graphics.g5.2xlarge", "bim-win22-2026-01-29", "WINDOWS_SERVER_2022", 16, None),
    ("contractor-vdi", "ON_DEMAND", "stream.standard.medium", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 50, None),
    ("claims-elastic", "ELASTIC", "stream.standard.small", "", "AMAZON_LINUX2", 80, None),
    ("hr-selfservice", "ELASTIC", "stream.standard.small", "", "WINDOWS_SERVER_2019", 40, None),
    ("print-review", "ON_DEMAND", "stream.standard.medium", "print-rocky8-2026-01-15", "ROCKY_LINUX8", 6, None),
    ("training-lab", "ON_DEMAND", "stream.standard.medium", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 40, None),
    ("apac-desktop", "ALWAYS_ON", "stream.standard.large", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 19, None),
    ("legal-research", "ON_DEMAND", "stream.standard.medium", "office-win22-2026-02-20", "WINDOWS_SERVER_2022", 12, None),
];

/// Stack, fleet, people at the busiest hour. The last two of a fleet that is full have more than it holds.
const CROWDS: [(&str, &str, usize); 13] = [
    ("finance", "finance-desktop", 90),
    ("finance-vip", "finance-desktop", 60),
    ("contact-centre", "callcentre-ie", 148),
    ("engineering", "cad-g4dn", 27),
    ("claims", "claims-us", 44),
    ("trading", "trading-tools", 18),
    ("engineering", "bim-workstation", 11),
    ("contractors", "contractor-vdi", 31),
    ("claims-casual", "claims-elastic", 38),
    ("people", "hr-selfservice", 9),
    ("print", "print-review", 2),
    ("apac", "apac-desktop", 18),
    ("legal", "legal-research", 5),
];

const FIRST: [&str; 34] = [
    "jonas", "noor", "nadia", "sinead", "yuki", "mateusz", "dmitri", "viktor", "sam", "ciaran", "aoife", "hanne", "kofi", "ingrid",
    "freya", "eluned", "olu", "declan", "chidi", "elif", "roisin", "hamza", "bram", "linnea", "grace", "pavel", "amara", "priya", "lucia",
    "matteo", "ruairi", "marta", "anders", "tomas",
];
const LAST: [&str; 24] = [
    "whitfield",
    "gallagher",
    "ferreira",
    "novak",
    "zhang",
    "conti",
    "horvat",
    "adeyemi",
    "menon",
    "nwosu",
    "wojcik",
    "orlov",
    "haddad",
    "siddiqui",
    "okafor",
    "farouk",
    "byrne",
    "kowalska",
    "demir",
    "weber",
    "lindqvist",
    "iyer",
    "kaya",
    "moreau",
];

/// Fills `world` with the company at `now`.
pub fn plant(world: &mut World, now: Ms, clock: &Clock) {
    names(world);
    for key in ["fleets", "stacks", "images"] {
        world.quotas.insert(key.into(), 60);
    }
    super::images::plant(world, now);
    for (name, kind, instance, image, platform, seats, per) in FLEETS {
        world.quotas.entry(format!("instances:{instance}")).and_modify(|q| *q += seats).or_insert(seats + 40);
        let fleet = fleet(world, (name, kind, instance, image, platform, seats, per), now);
        world.fleets.insert(name.into(), fleet);
    }
    for (stack, fleet, _) in CROWDS.iter().chain([("erp", "erp-legacy", 0), ("training", "training-lab", 0)].iter()) {
        associate(world, stack, fleet, now);
    }
    for (name, ..) in FLEETS.iter().filter(|(n, ..)| !["training-lab", "erp-legacy"].contains(n)) {
        up_at_once(world, name, now);
    }
    trouble(world, now);
    // What it plants is right by test; were it not, the rest of the estate would still be there.
    let _ = super::company::plant(world, now);
    for (stack, fleet, count) in CROWDS {
        let crowd = Crowd {
            pair: (stack.into(), fleet.into()),
            count,
            daily: true,
            churn_per_minute: 0.2 + count as f64 / 120.0,
            owed: 0.0,
            makes_room: false,
        };
        crowd::settle_in(world, crowd, now, clock);
    }
}

/// The names that people of the company have.
pub fn names(world: &mut World) {
    world.people = FIRST.iter().flat_map(|f| LAST.iter().map(move |l| format!("{f}.{l}@halden.example"))).collect();
}

/// Associates a fleet with a stack, which is made if there is none.
pub fn associate(world: &mut World, stack: &str, fleet: &str, now: Ms) {
    if !world.stacks.contains_key(stack) {
        // Names of the tables of this folder: no quota and no duplicate can refuse them.
        let _ = crate::stack::create(world, &json!({"Name": stack, "DisplayName": capital(stack)}), now - 90 * 86_400_000);
    }
    world.pairs.insert((stack.to_owned(), fleet.to_owned()));
}

fn trouble(world: &mut World, now: Ms) {
    let mut set = |fleet: &str, code: &str, message: &str| {
        if let Some(f) = world.fleets.get_mut(fleet) {
            f.errors.push((code.to_owned(), message.to_owned()));
        }
    };
    set("erp-legacy", "DOMAIN_JOIN_NERR_PASSWORD_EXPIRED", "The password of the service account for corp.halden.example has expired.");
    set("apac-desktop", "SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES", "The subnet subnet-0b71c4e2 has not enough free addresses.");
    if let Some(f) = world.fleets.get_mut("erp-legacy") {
        // Stuck: the state alone never shows the failure.
        f.asked = Asked::Start(now - 44 * 60_000);
        f.blocked = true;
    }
}

/// A fleet at rest.
pub fn fleet(world: &World, row: Row, now: Ms) -> Fleet {
    let (name, kind, instance, image, platform, seats, per) = row;
    let mut given = json!({
        "Name": name, "Arn": world.arn("fleet", name), "DisplayName": capital(name), "InstanceType": instance, "FleetType": kind, "Platform": platform,
        "CreatedTime": crate::fleet::seconds(now - 120 * 86_400_000), "MaxUserDurationInSeconds": 36_000, "DisconnectTimeoutInSeconds": 1800,
        "IdleDisconnectTimeoutInSeconds": 900, "EnableDefaultInternetAccess": false, "StreamView": if name.contains("desktop") || name.ends_with("vdi") { "DESKTOP" } else { "APP" },
        "DisableIMDSV1": true, "VpcConfig": {"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"], "SecurityGroupIds": ["sg-0f2e9d10"]},
    });
    if kind == "ELASTIC" {
        given["MaxConcurrentSessions"] = json!(seats);
        given["MaxUserDurationInSeconds"] = json!(14_400);
    } else {
        given["ImageName"] = json!(image);
        given["ImageArn"] = json!(world.arn("image", image));
        given["RootVolumeConfig"] = json!({"VolumeSizeInGb": 200});
    }
    if let Some(per) = per {
        given["MaxSessionsPerInstance"] = json!(per);
    }
    if name == "erp-legacy" {
        given["DomainJoinInfo"] = json!({"DirectoryName": "corp.halden.example", "OrganizationalUnitDistinguishedName": "OU=AppStream,DC=corp,DC=halden,DC=example"});
    }
    let given = given.as_object().cloned().unwrap_or_default();
    Fleet {
        given,
        asked: Asked::Rest,
        wanted: if kind == "ELASTIC" { 0 } else { seats },
        pool: crate::pool::Pool::default(),
        sessions: 0,
        errors: vec![],
        blocked: false,
    }
}

fn capital(name: &str) -> String {
    let words = name.replace('-', " ");
    words.chars().take(1).flat_map(char::to_uppercase).chain(words.chars().skip(1)).collect()
}
