//! Another image for many fleets: what is asked for is checked. What is sent is in [`super::carry`].

use super::{Catalogue, code};
use domain::failure::Failure;
use domain::form::FieldError;
use domain::job::{Subject, Work};
use domain::pool::{Line, MOST_ROWS, Ready, Report, Stage};
use serde_json::{Value, json};

/// The longest wait between two fleets, in minutes: a day.
const LONGEST: i64 = 1_440;

fn usable(image: &Value) -> bool {
    image["State"] == "AVAILABLE" && image["Visibility"] != "SHARED"
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

impl Catalogue {
    async fn every_image(&self) -> Result<super::Rows, Failure> {
        Ok(self.all("DescribeImages", "Images", &json!({}), "image").await?.0)
    }

    /// Images that a fleet can get by name, with their platform, the newest first.
    pub(super) async fn rollout_images(&self) -> Result<Vec<(String, String)>, Failure> {
        let images = self.every_image().await?;
        let mut usable: Vec<&Value> = images.iter().filter(|i| usable(i)).collect();
        usable.sort_by(|a, b| b["CreatedTime"].as_f64().unwrap_or_default().total_cmp(&a["CreatedTime"].as_f64().unwrap_or_default()));
        Ok(usable.into_iter().map(|i| (text(i, "Name").to_owned(), text(i, "Platform").to_owned())).collect())
    }

    /// A rollout of `image`, with `soak` minutes after each fleet, checked.
    pub(super) async fn check_rollout(&self, image: &str, fleets: &[String], soak: &str, anew: bool) -> Result<Ready, Failure> {
        if anew {
            self.forget();
        }
        let images = self.every_image().await?;
        let found = |name: &str| images.iter().find(|i| i["Name"] == name);
        let wanted = found(image);
        let mut errors = vec![];
        match wanted {
            _ if image.is_empty() => errors.push(FieldError::new("image", "Choose an image.")),
            None => errors.push(FieldError::new("image", format!("There is no image {image}."))),
            Some(wanted) if !usable(wanted) => {
                errors
                    .push(FieldError::new("image", format!("{image} is {}, or another account’s.", text(wanted, "State").to_lowercase())));
            }
            Some(_) => {}
        }
        if fleets.is_empty() || fleets.len() > MOST_ROWS {
            errors.push(FieldError::new("fleets", format!("Choose at least one fleet, and at most {MOST_ROWS}.")));
        }
        let minutes = if soak.trim().is_empty() { Some(0) } else { soak.trim().parse::<i64>().ok() };
        let minutes = minutes.filter(|m| (0..=LONGEST).contains(m));
        if minutes.is_none() {
            errors.push(FieldError::new("soak", format!("Enter whole minutes from 0 to {LONGEST}.")));
        }
        let (Some(wanted), Some(minutes), true) = (wanted, minutes, errors.is_empty()) else { return Err(Failure::Fields(errors)) };
        let (known, _) = self.all("DescribeFleets", "Fleets", &json!({}), "fleet").await?;
        let line = |(n, name): (usize, &String)| {
            let fleet = known.iter().find(|f| f["Name"] == name.as_str());
            let (stage, told) = fleet.map_or_else(
                || (Stage::Refused, "There is no such fleet.".to_owned()),
                |fleet| stands(fleet, wanted, found(text(fleet, "ImageName"))),
            );
            Line { line: n + 1, user: name.clone(), first: String::new(), last: String::new(), stacks: vec![], stage, told: vec![told] }
        };
        let lines: Vec<Line> = fleets.iter().enumerate().map(line).collect();
        let was = |name: &str| known.iter().find(|f| f["Name"] == name).map(|f| text(f, "ImageName").to_owned()).filter(|n| !n.is_empty());
        let ready = lines.iter().filter(|l| l.stage == Stage::Ready);
        let subjects: Vec<Subject> =
            ready.map(|l| Subject::Fleet { fleet: l.user.clone(), image: image.to_owned(), was: was(&l.user) }).collect();
        let inputs: Vec<Value> = subjects.iter().map(|s| json!({"Name": s.label(), "ImageName": image})).collect();
        let calls: Vec<_> = inputs.iter().filter_map(|input| Some(("UpdateFleet", input.as_object()?))).collect();
        let code = if calls.is_empty() { vec![] } else { code::all(&self.scope().region.0, &calls) };
        Ok(Ready { report: Report { lines, code, ..Report::default() }, work: Work::Rollout { soak: minutes * 60 }, subjects })
    }
}

/// Whether a fleet can get the image, and what that means for it.
fn stands(fleet: &Value, wanted: &Value, has: Option<&Value>) -> (Stage, String) {
    let runs = fleet["State"] == "RUNNING";
    let in_use = fleet["ComputeCapacityStatus"]["InUse"].as_i64().unwrap_or_default();
    let was = text(fleet, "ImageName");
    if fleet["FleetType"] == "ELASTIC" {
        return (Stage::Refused, "Elastic fleets have no image.".to_owned());
    }
    if fleet["ImageName"] == wanted["Name"] {
        return (Stage::There, "It has this image.".to_owned());
    }
    if !runs && fleet["State"] != "STOPPED" {
        return (Stage::Refused, format!("It is {}; wait until it runs or has stopped.", text(fleet, "State").to_lowercase()));
    }
    if let Some(has) = has.filter(|has| runs && has["Platform"] != wanted["Platform"]) {
        let (old, new) = (text(has, "Platform"), text(wanted, "Platform"));
        return (Stage::Refused, format!("It runs {old}; the image has {new}. Stop the fleet first."));
    }
    let told = match (runs, in_use) {
        (false, _) => format!("Stopped, with {was}. It starts with the new image."),
        (true, 0) => format!("Running, with {was}. Its instances are replaced by and by."),
        (true, 1) => format!("Running, with {was}. 1 instance in use keeps it until its session ends."),
        (true, n) => format!("Running, with {was}. {n} instances in use keep it until their sessions end."),
    };
    (Stage::Ready, told)
}
