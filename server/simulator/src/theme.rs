//! Themes: a stack's branding, at most one a stack. Rules: behaviour notes 3.20.

use crate::clock::Ms;
use crate::error::{Answer, exists, not_found};
use crate::fleet::seconds;
use crate::record::{Record, text, update};
use crate::world::World;
use serde_json::{Value, json};

/// Members of the requests and what the theme calls them.
const NAMED: [(&str, &str); 3] = [("TitleText", "ThemeTitleText"), ("ThemeStyling", "ThemeStyling"), ("FooterLinks", "ThemeFooterLinks")];
/// Locations in S3 and the links made from them.
const LINKS: [(&str, &str); 2] = [("OrganizationLogoS3Location", "ThemeOrganizationLogoURL"), ("FaviconS3Location", "ThemeFaviconURL")];

fn fill(theme: &mut Record, input: &Value, region: &str) {
    for (member, name) in NAMED.iter().filter(|(m, _)| !input[*m].is_null()) {
        theme.insert((*name).to_owned(), input[*member].clone());
    }
    for (member, name) in LINKS.iter().filter(|(m, _)| !input[*m].is_null()) {
        theme.insert((*name).to_owned(), crate::application::link(&input[*member], region).into());
    }
}

/// CreateThemeForStack.
pub fn create(world: &mut World, input: &Value, now: Ms) -> Answer {
    let stack = text(input, "StackName").to_owned();
    world.stack(&stack)?;
    if world.themes.contains_key(&stack) {
        return Err(exists(format!("Stack {stack} already has a theme.")));
    }
    let mut theme = Record::new();
    theme.insert("StackName".into(), stack.clone().into());
    theme.insert("State".into(), "ENABLED".into());
    theme.insert("CreatedTime".into(), json!(seconds(now)));
    fill(&mut theme, input, &world.region);
    world.themes.insert(stack, theme.clone());
    Ok(json!({"Theme": theme}))
}

/// UpdateThemeForStack.
pub fn change(world: &mut World, input: &Value) -> Answer {
    let stack = text(input, "StackName").to_owned();
    let region = world.region.clone();
    let theme = find(world, &stack)?;
    let renamed =
        json!({"State": input["State"], "ThemeFooterLinks": input["FooterLinks"], "AttributesToDelete": input["AttributesToDelete"]});
    update(theme, &renamed, &["State"], &[("FOOTER_LINKS", "ThemeFooterLinks")])?;
    fill(theme, input, &region);
    Ok(json!({"Theme": theme}))
}

fn find<'a>(world: &'a mut World, stack: &str) -> Answer<&'a mut Record> {
    world.stack(stack)?;
    world.themes.get_mut(stack).ok_or_else(|| not_found(format!("Stack {stack} has no theme.")))
}

/// DescribeThemeForStack.
pub fn describe(world: &World, input: &Value) -> Answer {
    let stack = text(input, "StackName");
    world.stack(stack)?;
    let theme = world.themes.get(stack).ok_or_else(|| not_found(format!("Stack {stack} has no theme.")))?;
    Ok(json!({"Theme": theme}))
}

/// DeleteThemeForStack.
pub fn delete(world: &mut World, input: &Value) -> Answer {
    let stack = text(input, "StackName");
    find(world, stack)?;
    world.themes.remove(stack);
    Ok(json!({}))
}
