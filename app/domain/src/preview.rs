//! How users will see a thing: drawn beside its form, live, and on its page. Made from values, no picture is loaded here.

use crate::entry::Entries;
use crate::packaging::ticked;
use serde::{Deserialize, Serialize};

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preview {
    /// The page on which users of a stack sign in.
    Theme {
        /// Its title.
        title: String,
        /// AWS's word for its colour.
        styling: String,
        /// Words of the links at its foot.
        links: Vec<String>,
        /// Where the logo is, if there is one; a URL, or a place in S3 that is not fetched.
        logo: String,
        /// Where the icon of the browser's tab is.
        favicon: String,
        /// Whether users see it.
        enabled: bool,
    },
    /// An application in the user's catalogue.
    Application {
        /// What users read.
        name: String,
        /// Its icon, where AWS gives one.
        icon: String,
    },
    /// What happens when a session starts: heads and sentences.
    Steps(Vec<(String, String)>),
}

fn last_part(place: &str) -> &str {
    place.trim_end_matches('/').rsplit('/').next().unwrap_or(place)
}

impl Preview {
    /// The picture with what is entered in the form at hand; `self` is the picture of what stands.
    pub fn with(&self, entries: &Entries) -> Self {
        let at = |path: &str| entries.get(path).map(|t| t.trim()).filter(|t| !t.is_empty());
        let or = |path: &str, old: &str| at(path).map_or_else(|| old.to_owned(), str::to_owned);
        match self {
            Self::Theme { logo, favicon, .. } => {
                let links = (0..).map_while(|row| {
                    let known = entries.contains_key(&format!("FooterLinks.{row}.DisplayName"));
                    known.then(|| at(&format!("FooterLinks.{row}.DisplayName")).map(str::to_owned))
                });
                Self::Theme {
                    title: or("TitleText", ""),
                    styling: or("ThemeStyling", ""),
                    links: links.flatten().collect(),
                    logo: or("OrganizationLogoS3Location", logo),
                    favicon: or("FaviconS3Location", favicon),
                    enabled: at("State") != Some("DISABLED"),
                }
            }
            Self::Application { name, icon } => Self::Application {
                name: at("DisplayName").or(at("Name")).unwrap_or(name).to_owned(),
                // Another place in S3 is another picture, which AWS has not made a link to yet.
                icon: icon.clone(),
            },
            Self::Steps(_) => {
                let custom = at("PackagingType") != Some("APPSTREAM2");
                let source = at("SourceS3Location");
                let download = match source.map(last_part) {
                    Some(file) if custom => {
                        (format!("Download {file}"), "AppStream gives up after 90 s; 1.5 GB is the advised limit.".to_owned())
                    }
                    Some(_) => ("Download the package".to_owned(), "Once an app block builder has recorded it.".to_owned()),
                    None => ("Download".to_owned(), "Say where the package is.".to_owned()),
                };
                let script = if custom { "SetupScriptDetails" } else { "PostSetupScriptDetails" };
                let file = at(&format!("{script}.ScriptS3Location")).map(last_part);
                let limit = at(&format!("{script}.TimeoutInSeconds"));
                let run = match (file, custom) {
                    (Some(file), _) => {
                        let limit = limit.map_or_else(String::new, |l| {
                            format!(" It is stopped after {l}{}.", if l.ends_with(|c: char| c.is_ascii_digit()) { " s" } else { "" })
                        });
                        Some((format!("Run {file}"), format!("As SYSTEM, before the user signs in.{limit}")))
                    }
                    (None, true) => Some(("Run the setup script".to_owned(), "Say where it is.".to_owned())),
                    (None, false) => None,
                };
                let names = ticked(entries);
                let appear = if names.is_empty() { "Those that start from this app block.".to_owned() } else { names.join(", ") };
                Self::Steps([Some(download), run, Some(("Applications appear".to_owned(), appear))].into_iter().flatten().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(pairs: &[(&str, &str)]) -> Entries {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_theme_follows_what_is_typed_and_keeps_what_aws_does_not_tell() {
        let old = Preview::Theme {
            title: "Old".into(),
            styling: "BLUE".into(),
            links: vec!["Old link".into()],
            logo: "https://logo".into(),
            favicon: String::new(),
            enabled: true,
        };
        let typed = entries(&[
            ("TitleText", "New"),
            ("ThemeStyling", "PINK"),
            ("FooterLinks.0.DisplayName", ""),
            ("FooterLinks.1.DisplayName", "Help"),
            ("State", "DISABLED"),
        ]);
        let Preview::Theme { title, styling, links, logo, enabled, .. } = old.with(&typed) else { panic!() };
        assert_eq!((title.as_str(), styling.as_str(), logo.as_str(), enabled), ("New", "PINK", "https://logo", false));
        assert_eq!(links, ["Help"]);
    }

    #[test]
    fn an_application_is_called_by_its_display_name_else_by_its_name() {
        let old = Preview::Application { name: "qgis".into(), icon: "https://icon".into() };
        let name = |typed: &[(&str, &str)]| match old.with(&entries(typed)) {
            Preview::Application { name, .. } => name,
            _ => String::new(),
        };
        assert_eq!([name(&[]), name(&[("DisplayName", " ")]), name(&[("Name", "a"), ("DisplayName", "A")])], ["qgis", "qgis", "A"]);
    }

    #[test]
    fn an_app_block_says_what_a_session_does_with_it() {
        let Preview::Steps(steps) = Preview::Steps(vec![]).with(&entries(&[
            ("SourceS3Location", "s3://b/qgis/qgis.vhdx"),
            ("SetupScriptDetails.ScriptS3Location", "s3://b/mount.ps1"),
            ("SetupScriptDetails.TimeoutInSeconds", "60"),
            ("MoveApplications:qgis", "qgis"),
        ])) else {
            panic!()
        };
        let heads: Vec<&str> = steps.iter().map(|(head, _)| head.as_str()).collect();
        assert_eq!(heads, ["Download qgis.vhdx", "Run mount.ps1", "Applications appear"]);
        assert!(steps[1].1.ends_with("after 60 s.") && steps[2].1 == "qgis");
        let Preview::Steps(steps) =
            Preview::Steps(vec![]).with(&entries(&[("PackagingType", "APPSTREAM2"), ("SourceS3Location", "s3://bucket")]))
        else {
            panic!()
        };
        assert_eq!(steps.len(), 2);
    }
}
