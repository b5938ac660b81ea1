//! Licensed software in image builders and images, and what its use costs. Rules: behaviour notes 3.10 and 5.4.

use crate::clock::{Clock, Ms};
use crate::error::{Answer, combination, incompatible_image, not_found, not_permitted};
use crate::fleet::seconds;
use crate::image_builder::{ImageBuilder, Phase, missing};
use crate::record::{paged, size, text, texts};
use crate::world::World;
use domain::constraints::Operation;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Software by name, and where its installation stands.
pub type Software = BTreeMap<String, String>;

const PRODUCTS: [&str; 6] = [
    "Office_{}_LTSC_Professional_Plus",
    "Visio_{}_LTSC_Professional",
    "Project_{}_Professional",
    "Office_{}_LTSC_Standard",
    "Visio_{}_LTSC_Standard",
    "Project_{}_Standard",
];

/// All years and bitnesses.
fn editions() -> impl Iterator<Item = (&'static str, &'static str)> {
    ["2021", "2024"].into_iter().flat_map(|year| ["32", "64"].map(|bits| (year, bits)))
}

fn called(product: &str, (year, bits): (&str, &str)) -> String {
    format!("Microsoft_{}_{bits}Bit", product.replace("{}", year))
}

/// Every software that AWS sells with images.
pub fn names() -> Vec<String> {
    editions().flat_map(|edition| PRODUCTS.map(|p| called(p, edition))).collect()
}

/// Year and bitness of a software; none when AWS sells no such.
fn edition(name: &str) -> Option<(&'static str, &'static str)> {
    editions().find(|edition| PRODUCTS.iter().any(|p| called(p, *edition) == name))
}

/// All of `names` are sold, and together with `beside` of one year and one bitness, and fit the platform.
pub fn check<'a>(names: &'a BTreeSet<String>, beside: impl Iterator<Item = &'a str>, platform: &str) -> Answer<()> {
    if let Some(name) = names.iter().find(|n| edition(n).is_none()) {
        return Err(combination(format!("{name} is not a licensed software of AppStream.")));
    }
    let editions: BTreeSet<_> = names.iter().map(String::as_str).chain(beside).filter_map(edition).collect();
    if editions.len() > 1 {
        return Err(combination("Licensed software of one image has one year and one bitness; these are mixed."));
    }
    let allowed: &[&str] = match editions.first() {
        None => return Ok(()),
        Some(("2021", _)) => &["WINDOWS_SERVER_2019", "WINDOWS_SERVER_2022", "WINDOWS_SERVER_2025"],
        Some(_) => &["WINDOWS_SERVER_2022", "WINDOWS_SERVER_2025"],
    };
    if allowed.contains(&platform) { Ok(()) } else { Err(incompatible_image(format!("This software does not run on {platform}."))) }
}

fn builder<'a>(world: &'a mut World, input: &Value) -> Answer<&'a mut ImageBuilder> {
    let name = text(input, "ImageBuilderName");
    let builder = world.image_builders.get_mut(name).ok_or_else(|| missing(name))?;
    if matches!(builder.phase, Phase::Running | Phase::Stopped | Phase::Pending) {
        Ok(builder)
    } else {
        Err(not_permitted(format!("Image builder {name} is {}; its software cannot be changed now.", builder.phase.state())))
    }
}

/// AssociateSoftwareToImageBuilder: stages installations. What is installed already stays so.
pub fn associate(world: &mut World, input: &Value) -> Answer {
    let names = texts(input, "SoftwareNames");
    let builder = builder(world, input)?;
    let staying = builder.software.iter().filter(|(_, s)| !s.contains("UNINSTALL")).map(|(n, _)| n.as_str());
    check(&names, staying, text(&json!(builder.given), "Platform"))?;
    for name in names {
        let status = builder.software.entry(name).or_insert_with(|| "STAGED_FOR_INSTALLATION".to_owned());
        match status.as_str() {
            "STAGED_FOR_UNINSTALLATION" => "INSTALLED".clone_into(status),
            "FAILED_TO_INSTALL" => "STAGED_FOR_INSTALLATION".clone_into(status),
            _ => {}
        }
    }
    Ok(json!({}))
}

/// DisassociateSoftwareFromImageBuilder: stages removals; what was only staged is dropped.
pub fn disassociate(world: &mut World, input: &Value) -> Answer {
    let names = texts(input, "SoftwareNames");
    let name = text(input, "ImageBuilderName").to_owned();
    let builder = builder(world, input)?;
    if let Some(unknown) = names.iter().find(|n| !builder.software.contains_key(*n)) {
        return Err(not_found(format!("{unknown} is not associated with image builder {name}.")));
    }
    for name in names {
        match builder.software.get(&name).map(String::as_str) {
            Some("STAGED_FOR_INSTALLATION" | "FAILED_TO_INSTALL") => {
                builder.software.remove(&name);
            }
            _ => {
                builder.software.insert(name, "STAGED_FOR_UNINSTALLATION".into());
            }
        }
    }
    Ok(json!({}))
}

/// StartSoftwareDeploymentToImageBuilder: applies what is staged, and what failed when that is asked for.
pub fn deploy(world: &mut World, input: &Value, now: Ms, clock: &Clock) -> Answer {
    let name = text(input, "ImageBuilderName").to_owned();
    let retry = input["RetryFailedDeployments"] == true;
    let builder = world.image_builders.get_mut(&name).ok_or_else(|| missing(&name))?;
    if builder.phase != Phase::Running {
        return Err(not_permitted(format!("Image builder {name} is {}; software is deployed to a running one.", builder.phase.state())));
    }
    if begin(builder, retry) {
        crate::image_builder::enter(world, &name, Phase::PendingSync, now, clock);
        Ok(json!({}))
    } else {
        Err(not_permitted(format!("Nothing is staged on image builder {name}; associate or disassociate software first.")))
    }
}

/// What is staged is pending; whether there was anything.
pub fn begin(builder: &mut ImageBuilder, retry: bool) -> bool {
    let mut any = false;
    for status in builder.software.values_mut() {
        let next = match status.as_str() {
            "STAGED_FOR_INSTALLATION" => "PENDING_INSTALLATION",
            "STAGED_FOR_UNINSTALLATION" => "PENDING_UNINSTALLATION",
            "FAILED_TO_INSTALL" if retry => "PENDING_INSTALLATION",
            "FAILED_TO_UNINSTALL" if retry => "PENDING_UNINSTALLATION",
            _ => continue,
        };
        next.clone_into(status);
        any = true;
    }
    any
}

/// The deployment is over. An error that lies on the builder makes it fail.
pub fn deployed(builder: &mut ImageBuilder) {
    let failed = !builder.errors.is_empty();
    builder.software.retain(|_, status| failed || status != "PENDING_UNINSTALLATION");
    for status in builder.software.values_mut() {
        match (status.as_str(), failed) {
            ("PENDING_INSTALLATION", false) => "INSTALLED".clone_into(status),
            ("PENDING_INSTALLATION", true) => "FAILED_TO_INSTALL".clone_into(status),
            ("PENDING_UNINSTALLATION", true) => "FAILED_TO_UNINSTALL".clone_into(status),
            _ => {}
        }
    }
}

/// DescribeSoftwareAssociations, of an image or a builder by its ARN.
pub fn describe(world: &World, operation: &Operation, input: &Value) -> Answer {
    let arn = text(input, "AssociatedResource");
    let on_builder = world.image_builders.values().find(|b| b.given["Arn"] == arn);
    let rows: Vec<(String, Value)> = if let Some(builder) = on_builder {
        let error: Vec<Value> =
            builder.errors.iter().take(1).map(|(code, message, _)| json!({"ErrorCode": code, "ErrorMessage": message})).collect();
        let of = |(name, status): (&String, &String)| {
            let error = if status.starts_with("FAILED") { error.clone() } else { vec![] };
            (name.clone(), json!({"SoftwareName": name, "Status": status, "DeploymentError": error}))
        };
        builder.software.iter().map(of).collect()
    } else if let Some(image) = crate::image::find(world, arn) {
        let software = world.image_software.get(image["Name"].as_str().unwrap_or_default());
        let of = |name: &String| (name.clone(), json!({"SoftwareName": name, "Status": "INSTALLED", "DeploymentError": []}));
        software.into_iter().flatten().map(of).collect()
    } else {
        return Err(not_found(format!("There is no image and no image builder {arn}.")));
    };
    let mut out = paged(operation, input, arn, size(input, 50, 500), "SoftwareAssociations", rows.into_iter())?;
    out["AssociatedResource"] = arn.into();
    Ok(out)
}

/// Notes that a user of a fleet with licensed software was there at `at`: that costs a licence a month.
pub fn used(world: &mut World, fleet: &str, user: &str, at: Ms) {
    let Some(image) = world.fleets.get(fleet).map(|f| f.text("ImageName").to_owned()) else { return };
    let Some(software) = world.image_software.get(&image).cloned() else { return };
    let period = domain::time::Millis(at).iso().chars().take(7).collect::<String>();
    for name in software {
        let (_, last) = world.licences.entry((period.clone(), user.to_owned(), name)).or_insert((at, at));
        *last = at;
    }
}

/// DescribeAppLicenseUsage of a month, `yyyy-mm`.
pub fn usage(world: &World, operation: &Operation, input: &Value) -> Answer {
    let period = text(input, "BillingPeriod");
    let (year, month) = period.split_once('-').unwrap_or_default();
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !(1..=12).contains(&month.parse::<u8>().unwrap_or(0)) {
        return Err(combination(format!("BillingPeriod is a month as yyyy-mm, such as 2026-11; {period} is none.")));
    }
    if !world.licences.keys().any(|(p, ..)| p == period) {
        return Err(not_found(format!("Account {} used no licensed software in {period}.", world.account)));
    }
    let rows = world.licences.iter().filter(|((p, ..), _)| p == period).map(|((_, user, name), (first, last))| {
        let row = json!({"UserArn": world.arn("user/userpool", user), "UserId": user, "BillingPeriod": period, "OwnerAWSAccountId": world.account,
            "LicenseType": name, "SubscriptionFirstUsedDate": seconds(*first), "SubscriptionLastUsedDate": seconds(*last)});
        (format!("{user} {name}"), row)
    });
    paged(operation, input, period, size(input, 50, 500), "AppLicenseUsages", rows)
}
