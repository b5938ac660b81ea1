//! Every kind of resource as data: how it is listed, what its page shows beside its own members, and which operations are its acts.
//! A new operation is a line here.

mod access;
mod account;
mod images;
mod operate;
mod packaging;

use domain::resource::Weight;
use serde_json::{Value, json};

/// One kind.
pub struct Kind {
    /// Its slug in paths.
    pub slug: &'static str,
    /// One of it.
    pub noun: &'static str,
    /// Its list's title.
    pub title: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// The operation that lists it, and the member of the answer.
    pub list: (&'static str, &'static str),
    /// What the list is asked with.
    pub asked: fn() -> Value,
    /// What tells one apart, also in its path.
    pub key: fn(&Value) -> String,
    /// The member of its state; empty for none.
    pub state: &'static str,
    /// Columns after the name: head and member.
    pub columns: &'static [(&'static str, &'static str)],
    /// Quick filters: a member, and its values with words.
    pub choices: (&'static str, &'static [(&'static str, &'static str)]),
    /// Operations on it.
    pub verbs: &'static [Verb],
    /// Tabs of its page after the overview: slug, words, and the members of the resource that are shown there instead of there.
    pub tabs: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// What its page shows from further calls.
    pub related: &'static [Related],
}

/// An operation on a kind.
pub struct Verb {
    /// Its slug in paths.
    pub slug: &'static str,
    /// Words of the link.
    pub label: &'static str,
    /// Words of the button.
    pub submit: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// Where it is offered.
    pub place: Place,
    /// How its link looks.
    pub weight: Weight,
    /// Members that come from the resource (`item`) or from the row that was chosen (`row`).
    pub fixed: fn(item: &Value, row: &str) -> Value,
    /// Members that are not asked for.
    pub hidden: &'static [&'static str],
    /// Whether the fields begin with the resource's values.
    pub filled: bool,
    /// Whether only changed members are sent.
    pub edits: bool,
    /// States in which it is possible; empty for all.
    pub needs: &'static [&'static str],
    /// Whether the name must be typed.
    pub confirms: bool,
    /// What it does; `{}` is the resource's name.
    pub consequence: &'static str,
    /// What is said when it is done; `{}` is the resource's name.
    pub said: &'static str,
    /// Where one goes on.
    pub then: Then,
    /// The member of a dry run that comes first: the form's main button checks, and only what was checked can be done. Empty for none.
    pub checks: &'static str,
    /// What is said when the check succeeded.
    pub said_checked: &'static str,
    /// Whether it has a dialog of its own instead of a form made from the model.
    pub own: bool,
}

/// Where a verb is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Above the list.
    List,
    /// In the head of the resource's page.
    Item,
    /// In a section of that page.
    Section(&'static str),
    /// On each row of a section.
    Row(&'static str),
}

/// Where one goes on after an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// To the resource's page.
    Item,
    /// To the list.
    List,
    /// To the page of what was made, by its name in the form.
    New(&'static str),
    /// Nowhere: the outcome is shown with the form.
    Stay,
}

/// A section from a further call.
pub struct Related {
    /// Its slug, by which verbs name it.
    pub slug: &'static str,
    /// The tab it is on; empty for the overview.
    pub tab: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// What it is asked with.
    pub asked: fn(item: &Value) -> Value,
    /// The member of the answer: a list of texts or structures, one structure, or a map.
    pub member: &'static str,
    /// Heads and members; members of a structure in it by dots. Empty for a list of texts and for facts.
    pub columns: &'static [(&'static str, &'static str)],
    /// The column whose value a row's acts get.
    pub row: &'static str,
    /// What is said when there is none.
    pub empty: &'static str,
}

const VERB: Verb = Verb {
    slug: "",
    label: "",
    submit: "",
    operation: "",
    place: Place::Item,
    weight: Weight::Plain,
    fixed: |_, _| json!({}),
    hidden: &[],
    filled: false,
    edits: false,
    needs: &[],
    confirms: false,
    consequence: "",
    said: "Done.",
    then: Then::Item,
    checks: "",
    said_checked: "",
    own: false,
};

const fn new(operation: &'static str, label: &'static str, hidden: &'static [&'static str], consequence: &'static str) -> Verb {
    Verb {
        slug: "new",
        label,
        submit: "Create",
        operation,
        place: Place::List,
        weight: Weight::Primary,
        hidden,
        consequence,
        said: "It was created.",
        then: Then::New("Name"),
        ..VERB
    }
}

const fn edit(operation: &'static str, hidden: &'static [&'static str], fixed: fn(&Value, &str) -> Value) -> Verb {
    Verb {
        slug: "edit",
        label: "Edit…",
        submit: "Save changes",
        operation,
        fixed,
        hidden,
        filled: true,
        edits: true,
        consequence: "Only what you change is sent.",
        said: "Saved.",
        ..VERB
    }
}

const fn delete(
    operation: &'static str,
    needs: &'static [&'static str],
    consequence: &'static str,
    fixed: fn(&Value, &str) -> Value,
) -> Verb {
    Verb {
        slug: "delete",
        label: "Delete…",
        submit: "Delete",
        operation,
        weight: Weight::Danger,
        fixed,
        hidden: HIDE_ALL,
        needs,
        confirms: true,
        consequence,
        said: "{} was deleted, or is being deleted.",
        then: Then::List,
        ..VERB
    }
}

const fn act(
    slug: &'static str,
    label: &'static str,
    submit: &'static str,
    operation: &'static str,
    needs: &'static [&'static str],
    consequence: &'static str,
    fixed: fn(&Value, &str) -> Value,
) -> Verb {
    Verb { slug, label, submit, operation, fixed, hidden: HIDE_ALL, needs, consequence, said: "AWS accepted it.", ..VERB }
}

/// No member is a field.
pub const HIDE_ALL: &[&str] = &["*"];

const TAG: Verb = Verb {
    slug: "tag",
    label: "Add tags…",
    submit: "Add tags",
    operation: "TagResource",
    place: Place::Section("tags"),
    fixed: |i, _| json!({"ResourceArn": i["Arn"]}),
    hidden: &["ResourceArn"],
    consequence: "A tag with the same key gets the new value.",
    said: "The tags were added.",
    ..VERB
};
const UNTAG: Verb = Verb {
    slug: "untag",
    label: "Remove",
    submit: "Remove tag",
    operation: "UntagResource",
    place: Place::Row("tags"),
    weight: Weight::Danger,
    fixed: |i, row| json!({"ResourceArn": i["Arn"], "TagKeys": [row]}),
    hidden: HIDE_ALL,
    consequence: "The tag is removed from {}.",
    said: "The tag was removed.",
    ..VERB
};
const TAGS: Related = Related {
    slug: "tags",
    tab: "",
    title: "Tags",
    operation: "ListTagsForResource",
    asked: |i| json!({"ResourceArn": i["Arn"]}),
    member: "Tags",
    columns: &[("Key", "Key"), ("Value", "Value")],
    row: "Key",
    empty: "No tags.",
};

fn name(item: &Value) -> String {
    item["Name"].as_str().unwrap_or_default().to_owned()
}
const NAMED: fn(&Value, &str) -> Value = |i, _| json!({"Name": i["Name"]});
const NOTHING: fn() -> Value = || json!({});

/// All kinds, in the order of the navigation.
pub static KINDS: [Kind; 14] = [
    operate::SESSIONS,
    operate::FLEETS,
    operate::STACKS,
    images::IMAGES,
    images::IMAGE_EXPORTS,
    images::IMAGE_BUILDERS,
    packaging::APP_BLOCKS,
    packaging::APP_BLOCK_BUILDERS,
    packaging::APPLICATIONS,
    access::USERS,
    access::ENTITLEMENTS,
    access::DIRECTORY_CONFIGS,
    account::USAGE_REPORTS,
    account::LICENCE_USAGE,
];

const USER: fn(&Value, &str) -> Value = |i, _| json!({"UserName": i["UserName"], "AuthenticationType": "USERPOOL"});
const ENTITLEMENT: fn(&Value, &str) -> Value = |i, _| json!({"Name": i["Name"], "StackName": i["StackName"]});
const DIRECTORY: fn(&Value, &str) -> Value = |i, _| json!({"DirectoryName": i["DirectoryName"]});

/// The tab that a verb is offered on, as it follows the path of the thing: empty, or `/tab`.
pub fn tab_of(kind: &Kind, verb: &Verb) -> String {
    match verb.place {
        Place::Section(slug) | Place::Row(slug) => {
            kind.related.iter().find(|r| r.slug == slug && !r.tab.is_empty()).map(|r| format!("/{}", r.tab)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// A kind by its slug.
pub fn kind(slug: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constraints::{Shape, operation, shape};

    /// Members of a structure, empty when it is none.
    fn members(of: Option<&str>) -> Vec<&'static str> {
        match of.and_then(shape) {
            Some(Shape::Structure(m)) => m.iter().map(|m| m.name).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn what_the_table_names_is_in_the_model() {
        for kind in &KINDS {
            let list = operation(kind.list.0).unwrap();
            assert!(members(list.output).contains(&kind.list.1), "{}", kind.slug);
            for related in kind.related {
                let found = operation(related.operation).unwrap_or_else(|| panic!("{}", related.operation));
                assert!(members(found.output).contains(&related.member), "{} {}", kind.slug, related.slug);
            }
            for verb in kind.verbs {
                let input = members(operation(verb.operation).unwrap_or_else(|| panic!("{}", verb.operation)).input);
                for member in verb.hidden.iter().filter(|h| **h != "*") {
                    assert!(input.contains(member), "{} {}: {member}", kind.slug, verb.slug);
                }
                if let Place::Section(slug) | Place::Row(slug) = verb.place {
                    assert!(kind.related.iter().any(|r| r.slug == slug), "{} {} is nowhere", kind.slug, verb.slug);
                }
                assert!(!kind.tabs.iter().any(|(tab, ..)| *tab == verb.slug), "{} {} is a tab and a verb", kind.slug, verb.slug);
            }
            for related in kind.related.iter().filter(|r| !r.tab.is_empty()) {
                assert!(kind.tabs.iter().any(|(tab, ..)| *tab == related.tab), "{} {}: no such tab", kind.slug, related.slug);
            }
        }
    }
}
