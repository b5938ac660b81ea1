//! The demo company's images with their ancestry, what is shared with whom, and its image builders.

use crate::clock::Ms;
use crate::fleet::seconds;
use crate::image;
use crate::image_builder::{self, Phase};
use crate::sharing::Rights;
use crate::world::World;
use serde_json::json;

const DAY: Ms = 86_400_000;

/// Public base images of before that AWS still offers, and the seconds at which they were released.
const EARLIER: [(&str, &str, i64); 4] = [
    ("AppStream-WinServer2022-12-05-2025", "WINDOWS_SERVER_2022", 1_764_892_800),
    ("AppStream-WinServer2022-03-24-2026", "WINDOWS_SERVER_2022", 1_774_310_400),
    ("AppStream-WinServer2019-03-24-2026", "WINDOWS_SERVER_2019", 1_774_310_400),
    ("AppStream-RockyLinux8-03-24-2026", "ROCKY_LINUX8", 1_774_310_400),
];

/// The release of a base image that AWS does not offer any more: the day in its name, and the seconds.
const WITHDRAWN: (&str, i64) = ("07-10-2025", 1_752_105_600);

/// The account that the company shares images with, and the other way round.
pub const PARTNER: &str = "444455556666";

/// Name, platform, the image it was made from (none: the public one), days ago.
const IMAGES: [(&str, &str, &str, i64); 25] = [
    ("win22-gold-2025-09", "WINDOWS_SERVER_2022", "", 430),
    ("win22-gold-2026-01", "WINDOWS_SERVER_2022", "win22-gold-2025-09", 310),
    ("office-win22-2025-11-18", "WINDOWS_SERVER_2022", "win22-gold-2025-09", 370),
    ("office-win22-2026-02-20", "WINDOWS_SERVER_2022", "office-win22-2025-11-18", 275),
    ("finance-win22-2025-09-12", "WINDOWS_SERVER_2022", "win22-gold-2025-09", 425),
    ("finance-win22-2025-12-01", "WINDOWS_SERVER_2022", "finance-win22-2025-09-12", 355),
    ("finance-win22-2026-03-10", "WINDOWS_SERVER_2022", "finance-win22-2025-12-01", 255),
    ("finance-win22-2026-06-02", "WINDOWS_SERVER_2022", "finance-win22-2026-03-10", 171),
    ("erp-win19-2025-06-20", "WINDOWS_SERVER_2019", "", 520),
    ("erp-win19-2025-11-04", "WINDOWS_SERVER_2019", "erp-win19-2025-06-20", 384),
    ("callcentre-win22-2025-10-30", "WINDOWS_SERVER_2022", "win22-gold-2025-09", 388),
    ("callcentre-win22-2026-03-03", "WINDOWS_SERVER_2022", "callcentre-win22-2025-10-30", 264),
    ("cad-win22-2025-08-07", "WINDOWS_SERVER_2022", "", 470),
    ("cad-win22-2026-02-18", "WINDOWS_SERVER_2022", "cad-win22-2025-08-07", 277),
    ("cad-win22-2026-05-21", "WINDOWS_SERVER_2022", "cad-win22-2026-02-18", 183),
    ("claims-win22-2026-03-01", "WINDOWS_SERVER_2022", "win22-gold-2026-01", 266),
    ("trading-win22-2025-12-15", "WINDOWS_SERVER_2022", "win22-gold-2025-09", 342),
    ("trading-win22-2026-03-12", "WINDOWS_SERVER_2022", "trading-win22-2025-12-15", 253),
    ("bim-win22-2026-01-29", "WINDOWS_SERVER_2022", "cad-win22-2025-08-07", 297),
    ("print-rocky8-2025-07-03", "ROCKY_LINUX8", "", 505),
    ("print-rocky8-2026-01-15", "ROCKY_LINUX8", "print-rocky8-2025-07-03", 311),
    ("training-win22-2025-10-02", "WINDOWS_SERVER_2022", "office-win22-2025-11-18", 360),
    ("legal-win22-2026-04-08", "WINDOWS_SERVER_2022", "office-win22-2026-02-20", 226),
    ("win25-pilot-2026-07-30", "WINDOWS_SERVER_2025", "", 113),
    ("dev-al2-2025-05-09", "AMAZON_LINUX2", "", 560),
];

/// Plants images, sharing and builders of the company's first Region.
pub fn plant(world: &mut World, now: Ms) {
    for (name, platform, released) in EARLIER {
        let mut image = image::record(name, &format!("arn:aws:appstream:{}::image/{name}", world.region), platform, "PUBLIC");
        let agent = name.get(name.len().saturating_sub(10)..).unwrap_or(name);
        for (member, value) in
            [("CreatedTime", json!(released)), ("PublicBaseImageReleasedDate", json!(released)), ("AppstreamAgentVersion", json!(agent))]
        {
            image.insert(member.into(), value);
        }
        world.images.insert(name.into(), image);
    }
    for (name, platform, base, days) in IMAGES {
        image::add_private(world, name, platform, now - days * DAY);
        let (base, region) = (world.images.get(base).map(|b| b["Arn"].clone()), world.region.clone());
        let applications =
            json!([{"Name": "desktop-tools", "DisplayName": "Desktop Tools", "LaunchPath": "C:\\Tools\\tools.exe", "Enabled": true}]);
        if let Some(image) = world.images.get_mut(name) {
            if let Some(arn) = base {
                image.insert("BaseImageArn".into(), arn);
            }
            image.insert("Applications".into(), applications);
            // They stand on the base that was there when they were made; AWS has withdrawn the oldest one since.
            let made = (now - days * DAY) / 1000;
            let earlier = EARLIER.iter().filter(|(_, p, _)| *p == platform);
            if earlier.clone().next().is_some() {
                let stood = earlier.filter(|(.., released)| *released <= made).max_by_key(|(.., released)| *released);
                let family = image["BaseImageArn"].as_str().and_then(|arn| arn.strip_suffix("-06-17-2026")).map(str::to_owned);
                image.insert("PublicBaseImageReleasedDate".into(), json!(stood.map_or(WITHDRAWN.1, |(.., released)| *released)));
                if let Some(family) = family {
                    let name = stood.map_or_else(
                        || format!("{family}-{}", WITHDRAWN.0),
                        |(name, ..)| format!("arn:aws:appstream:{region}::image/{name}"),
                    );
                    image.insert("BaseImageArn".into(), name.into());
                }
            }
            if days > 240 {
                image.insert("AppstreamAgentVersion".into(), "03-24-2026".into());
            }
            image.insert("ImageBuilderName".into(), name.split("-20").next().unwrap_or(name).into());
        }
    }
    let failed = [
        ("cad-win22-2026-05-21-copy", "cad-win22-2026-05-21", "COPY", "The copy from eu-west-1 stopped: the image could not be read."),
        ("erp-win19-updated", "erp-win19-2025-11-04", "UPDATE", "The source image does not start: its agent is too old to be updated."),
    ];
    for (name, base, work, message) in failed {
        image::add_private(world, name, "WINDOWS_SERVER_2022", now - 6 * DAY);
        let base = world.images[base]["Arn"].clone();
        if let Some(image) = world.images.get_mut(name) {
            image.insert("State".into(), "FAILED".into());
            image.insert("BaseImageArn".into(), base);
            image.insert("StateChangeReason".into(), json!({"Code": format!("IMAGE_{work}_FAILURE"), "Message": message}));
            let error = json!([{"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": message, "ErrorTimestamp": seconds(now - 6 * DAY)}]);
            image.insert("ImageErrors".into(), error);
        }
    }
    for (name, account, fleet, builder) in [
        ("finance-win22-2026-03-10", PARTNER, true, false),
        ("win22-gold-2026-01", PARTNER, true, true),
        ("cad-win22-2026-02-18", "777788889999", false, true),
    ] {
        world.shares.insert((name.into(), account.into()), Rights { fleet, builder });
    }
    if let Some(office) = world.images.get_mut("office-win22-2026-02-20") {
        office.insert("ManagedSoftwareIncluded".into(), true.into());
        let software = ["Microsoft_Office_2021_LTSC_Standard_64Bit".to_owned()];
        world.image_software.insert("office-win22-2026-02-20".into(), software.into());
    }
    // The second one was forgotten: it has been running, and billed, for days.
    for (name, base, kind, phase, days) in [
        ("finance-win22", "finance-win22-2026-03-10", "stream.standard.large", Phase::Stopped, 40),
        ("cad-rebuild", "cad-win22-2026-05-21", "stream.graphics.g4dn.xlarge", Phase::Running, 9),
        ("office-win22", "office-win22-2026-02-20", "stream.standard.medium", Phase::Stopped, 90),
        ("win25-pilot", "win25-pilot-2026-07-30", "stream.standard.large", Phase::Stopped, 100),
    ] {
        image_builder::plant(world, name, base, kind, phase, now - days * DAY);
    }
}
