//! Where images come from, by BaseImageArn: which public image is at the root, what lies between, what was made from it.
//!
//! AWS names the image that another was made from and nothing else: the source of a copy is not told (a copy has its source's base),
//! and a managed update names the image it updated. Old public images are withdrawn; their name in the ARN still tells family and date.

use crate::resource::{cells, show};
use domain::names::Scope;
use domain::resource::{Branch, Cell, Section};
use serde_json::Value;
use std::collections::HashMap;

/// The most descendants that are drawn; the others are counted.
const DRAWN: usize = 200;
/// How deep lists are nested.
const DEEP: usize = 40;

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// Whether the ARN is of a public image: its account is empty.
fn is_public(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("")
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// `AppStream-WinServer2022-06-17-2026` is of the family `AppStream-WinServer2022`, of the day 2026-06-17.
fn family_and_day(name: &str) -> (&str, Option<(u32, u32, u32)>) {
    let mut parts = name.rsplitn(4, '-');
    let (year, day, month, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>, digits: usize| part.filter(|p| p.len() == digits).and_then(|p| p.parse::<u32>().ok());
    match (number(year, 4), number(day, 2), number(month, 2), rest) {
        (Some(year), Some(day), Some(month), Some(rest)) => (rest, Some((year, month, day))),
        _ => (name, None),
    }
}

/// The release of a public base image, or of the one an image was made from: seconds since 1970.
fn released(image: &Value) -> Option<f64> {
    image["PublicBaseImageReleasedDate"].as_f64()
}

/// All visible images as a forest.
pub struct Family<'a> {
    images: &'a [Value],
    /// The image that each was made from, where it is visible.
    parent: Vec<Option<usize>>,
    before: Vec<usize>,
    after: Vec<usize>,
    /// Public images by family.
    releases: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Family<'a> {
    /// Of all that DescribeImages told.
    pub fn of(images: &'a [Value]) -> Self {
        let by_arn: HashMap<&str, usize> = images.iter().enumerate().map(|(i, image)| (text(image, "Arn"), i)).collect();
        let mut parent: Vec<Option<usize>> =
            images.iter().enumerate().map(|(i, image)| by_arn.get(text(image, "BaseImageArn")).copied().filter(|p| *p != i)).collect();
        let before = depths(images, &mut parent);
        let mut order: Vec<usize> = (0..images.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(steps(&parent, *i)));
        let mut after = vec![0; images.len()];
        for i in order {
            if let Some(p) = parent[i] {
                after[p] += after[i] + 1;
            }
        }
        let mut releases: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, image) in images.iter().enumerate().filter(|(_, image)| image["Visibility"] == "PUBLIC" && image["State"] == "AVAILABLE") {
            releases.entry(family_and_day(text(image, "Name")).0).or_default().push(i);
        }
        Self { images, parent, before, after, releases }
    }

    /// Images between this one and its public base, and images that were made from it, at any distance.
    pub fn size(&self, i: usize) -> (usize, usize) {
        (self.before[i], self.after[i])
    }

    /// How many newer public images of its base's family there are; none where the base is not known, or the image is public itself.
    pub fn newer(&self, i: usize) -> Option<usize> {
        let image = &self.images[i];
        if image["Visibility"] == "PUBLIC" {
            return None;
        }
        let mut root = i;
        while let Some(p) = self.parent[root] {
            root = p;
        }
        let base = if self.images[root]["Visibility"] == "PUBLIC" {
            text(&self.images[root], "Arn")
        } else {
            text(&self.images[root], "BaseImageArn")
        };
        if !is_public(base) {
            return None;
        }
        let (family, day) = family_and_day(name_of(base));
        let stands = released(image);
        let is_newer = |public: &&usize| match (stands, released(&self.images[**public])) {
            (Some(stands), Some(other)) => other > stands,
            _ => family_and_day(text(&self.images[**public], "Name")).1 > day,
        };
        Some(self.releases.get(family).map_or(0, |all| all.iter().filter(is_newer).count()))
    }
}

/// Steps from an image to its root.
fn steps(parent: &[Option<usize>], from: usize) -> usize {
    std::iter::successors(Some(from), |i| parent[*i]).count()
}

/// How many images lie between each and its public base. A circle, which AWS cannot make, is cut where it closes.
fn depths(images: &[Value], parent: &mut [Option<usize>]) -> Vec<usize> {
    let mut found: Vec<Option<usize>> = vec![None; images.len()];
    for start in 0..images.len() {
        let (mut path, mut at) = (vec![], start);
        let mut depth = loop {
            if let Some(known) = found[at] {
                break known + usize::from(images[at]["Visibility"] != "PUBLIC");
            }
            path.push(at);
            match parent[at] {
                None => break 0,
                Some(p) if path.contains(&p) => {
                    parent[at] = None;
                    break 0;
                }
                Some(p) => at = p,
            }
        };
        for i in path.into_iter().rev() {
            found[i] = Some(depth);
            depth += usize::from(images[i]["Visibility"] != "PUBLIC");
        }
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// How an image came about, as far as AWS tells.
fn made(image: &Value) -> &'static str {
    match (text(image, "Visibility"), text(image, "State"), text(image, "ImageType")) {
        ("PUBLIC", ..) => "public base image",
        ("SHARED", ..) => "of another account",
        (_, "COPYING", _) => "copy",
        (_, "CREATING", _) => "managed update",
        (_, _, "CUSTOM") => "imported",
        _ if !text(image, "ImageBuilderName").is_empty() => "made in a builder",
        _ if is_public(text(image, "BaseImageArn")) => "copy, or made elsewhere",
        _ => "managed update or copy",
    }
}

fn branch(scope: &Scope, image: &Value, here: bool) -> Branch {
    let name = text(image, "Name");
    let key = match image["Visibility"].as_str() {
        Some("SHARED") => format!("{}:{name}", text(image, "Arn").split(':').nth(4).unwrap_or_default()),
        _ => name.to_owned(),
    };
    let mut notes = vec![cells::moment(image["CreatedTime"].as_f64())];
    if let Some(agent) = image["AppstreamAgentVersion"].as_str() {
        notes.push(Cell::Text(format!("agent {agent}")));
    }
    notes.push(Cell::Text(made(image).to_owned()));
    if image["State"] != "AVAILABLE" {
        notes.push(cells::chip(text(image, "State")));
    }
    Branch { cell: Cell::Link { href: show::path(scope, "images", &key), text: name.to_owned() }, notes, here, below: vec![] }
}

/// What was made from the image with `arn`; `left` is how many may still be drawn.
fn below(scope: &Scope, arn: &str, children: &HashMap<&str, Vec<&Value>>, left: &mut usize, deep: usize) -> Vec<Branch> {
    let mut out = vec![];
    for child in children.get(arn).into_iter().flatten() {
        if *left == 0 || deep == 0 {
            break;
        }
        *left -= 1;
        let mut one = branch(scope, child, false);
        one.below = below(scope, text(child, "Arn"), children, left, deep - 1);
        out.push(one);
    }
    out
}

/// The tree of `image`: its ancestors, itself, and all that was made from it.
pub fn section(scope: &Scope, image: &Value, images: &[Value]) -> Section {
    let by_arn: HashMap<&str, &Value> = images.iter().map(|i| (text(i, "Arn"), i)).collect();
    let mut children: HashMap<&str, Vec<&Value>> = HashMap::new();
    for child in images.iter().filter(|i| text(i, "BaseImageArn") != text(i, "Arn")) {
        children.entry(text(child, "BaseImageArn")).or_default().push(child);
    }
    let after = image[super::catalogue::CONSOLE]["after"].as_u64().unwrap_or(0);
    let mut left = DRAWN;
    let mut tree = branch(scope, image, true);
    tree.below = below(scope, text(image, "Arn"), &children, &mut left, DEEP);
    let drawn = u64::try_from(DRAWN - left).unwrap_or(0);
    let mut at = image;
    for _ in 0..DEEP {
        let base = text(at, "BaseImageArn");
        if base.is_empty() {
            break;
        }
        let mut above = match by_arn.get(base) {
            Some(parent) => {
                at = parent;
                branch(scope, parent, false)
            }
            None => {
                let why = if is_public(base) {
                    "public base image, withdrawn by AWS"
                } else {
                    "no longer visible: deleted, or of another account"
                };
                at = &Value::Null;
                Branch { cell: Cell::Text(name_of(base).to_owned()), notes: vec![Cell::Text(why.to_owned())], here: false, below: vec![] }
            }
        };
        above.below = vec![tree];
        tree = above;
    }
    let mut facts = vec![];
    if after > drawn {
        facts.push(("Not drawn".to_owned(), Cell::Text(format!("{} more that were made from it", after - drawn))));
    }
    Section { title: "Lineage".to_owned(), facts, tree: vec![tree], ..Section::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn public(name: &str, released: i64) -> Value {
        json!({"Name": name, "Arn": format!("arn:aws:appstream:eu-west-1::image/{name}"), "Visibility": "PUBLIC", "State": "AVAILABLE",
            "PublicBaseImageReleasedDate": released})
    }

    fn own(name: &str, base: &str, released: Option<i64>) -> Value {
        let account = if base.starts_with("AppStream") { "" } else { "111122223333" };
        json!({"Name": name, "Arn": format!("arn:aws:appstream:eu-west-1:111122223333:image/{name}"), "Visibility": "PRIVATE", "State": "AVAILABLE",
            "BaseImageArn": format!("arn:aws:appstream:eu-west-1:{account}:image/{base}"), "PublicBaseImageReleasedDate": released})
    }

    #[test]
    fn newer_bases_of_the_same_family_are_counted_through_all_generations() {
        let images = [
            public("AppStream-WinServer2022-01-10-2026", 100),
            public("AppStream-WinServer2022-03-24-2026", 200),
            public("AppStream-WinServer2022-06-17-2026", 300),
            public("AppStream-WinServer2025-06-17-2026", 300),
            own("gold", "AppStream-WinServer2022-01-10-2026", Some(100)),
            own("gold-2", "gold", Some(100)),
            own("gold-3", "gold-2", Some(300)),
            own("withdrawn", "AppStream-WinServer2022-12-05-2025", None),
            own("orphan", "gone", Some(100)),
        ];
        let family = Family::of(&images);
        let newer: Vec<Option<usize>> = (0..images.len()).map(|i| family.newer(i)).collect();
        // A managed update moves its release on, though it descends from the old base.
        assert_eq!(newer, [None, None, None, None, Some(2), Some(2), Some(0), Some(3), None]);
        assert_eq!((family.size(0), family.size(4), family.size(6)), ((0, 3), (0, 2), (2, 0)));
    }

    #[test]
    fn a_circle_ends() {
        let images = [own("a", "b", None), own("b", "a", None)];
        let family = Family::of(&images);
        assert_eq!(family.newer(0), None);
        assert_eq!(family.size(0).0 + family.size(1).0, 1);
        let scope = Scope::new("111122223333", "eu-west-1");
        assert_eq!(section(&scope, &images[0], &images).tree.len(), 1);
    }

    #[test]
    fn names_tell_family_and_day() {
        assert_eq!(
            family_and_day("AppStream-Graphics-G4dn-WinServer2019-07-12-2022"),
            ("AppStream-Graphics-G4dn-WinServer2019", Some((2022, 7, 12)))
        );
        assert_eq!(family_and_day("Amazon-AppStream2-Sample-Image"), ("Amazon-AppStream2-Sample-Image", None));
    }
}
