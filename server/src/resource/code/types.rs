//! What a type of Terraform or CloudFormation takes: its members as data, and how a request becomes what is written.

use super::names;
use serde_json::{Map, Value};

/// A type of resource.
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// The operation that makes it; for associations of users one row of it.
    pub of: &'static str,
    /// What it takes, the name first.
    pub members: &'static [Member],
    /// What else its tool does when it makes one; a sentence, or nothing.
    pub note: &'static str,
}

/// A member of a type.
#[derive(Clone, Copy)]
pub struct Member {
    /// As the API calls it.
    pub api: &'static str,
    /// As the type calls it; empty where the tool's rule makes it from the API's name.
    pub name: &'static str,
    /// What stands in it.
    pub is: Is,
    /// Whether the type must have it.
    pub required: bool,
    /// Values of the API that the type does not take.
    pub refused: &'static [&'static str],
}

/// What stands in a member.
#[derive(Clone, Copy)]
pub enum Is {
    /// A value, or a list of values.
    Plain,
    /// A password.
    Secret,
    /// Names and values.
    Tags,
    /// One structure, or a list of them.
    Block(&'static [Member]),
}

/// A value that the type has.
pub const fn m(api: &'static str) -> Member {
    Member { api, name: "", is: Is::Plain, required: false, refused: &[] }
}

/// A value that the type must have.
pub const fn must(api: &'static str) -> Member {
    m(api).required()
}

/// A structure, or a list of structures.
pub const fn block(api: &'static str, members: &'static [Member]) -> Member {
    Member { is: Is::Block(members), ..m(api) }
}

/// Tags.
pub const TAGS: Member = Member { is: Is::Tags, ..m("Tags") };

/// The account's password in a directory.
pub const PASSWORD: Member = Member { is: Is::Secret, ..must("AccountPassword") };

impl Member {
    /// The same, required.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same under another name than the rule makes.
    pub const fn called(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The same without these values.
    pub const fn but(self, refused: &'static [&'static str]) -> Self {
        Self { refused, ..self }
    }

    fn refuses(&self, value: &Value) -> bool {
        value.as_str().is_some_and(|v| self.refused.contains(&v))
    }
}

/// What is written in a member.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A value, or a list of values.
    Plain(Value),
    /// The placeholder of a password.
    Secret,
    /// Names and values.
    Tags(Vec<(String, String)>),
    /// A structure.
    Block(Body),
    /// A list of structures.
    Blocks(Vec<Body>),
}

/// Members as written.
pub type Body = Vec<(String, Node)>;

/// What a request becomes in a type.
#[derive(Debug)]
pub struct Written {
    /// What is written.
    pub body: Body,
    /// What the type must have and the request does not say, as the type calls it.
    pub missing: Vec<String>,
    /// What the request says and the type does not have, as the API calls it.
    pub left: Vec<String>,
}

impl Type {
    /// What `input` becomes. `spell` is the tool's rule for names.
    pub fn write(&self, input: &Map<String, Value>, spell: fn(&str) -> String) -> Written {
        let mut walk = Walk { spell, missing: vec![], left: vec![] };
        let body = walk.body(self.members, input, "", "");
        Written { body, missing: walk.missing, left: walk.left }
    }
}

/// Terraform's rule for names: `DisplayName` is `display_name`.
pub fn snake(api: &str) -> String {
    names::spelt(api, '_')
}

struct Walk {
    spell: fn(&str) -> String,
    missing: Vec<String>,
    left: Vec<String>,
}

impl Walk {
    fn leave(&mut self, what: String) {
        if !self.left.contains(&what) {
            self.left.push(what);
        }
    }

    /// The rows of a list of structures that the type takes: one without a member it must have would be none.
    fn rows<'a>(&mut self, members: &[Member], all: &'a [Value], path: &str) -> Vec<&'a Map<String, Value>> {
        let mut kept = vec![];
        for row in all.iter().filter_map(Value::as_object) {
            let refused = members.iter().filter(|m| m.required).find_map(|m| row.get(m.api).filter(|v| m.refuses(v)).map(|v| (m.api, v)));
            match refused {
                Some((name, value)) => self.leave(format!("{path}{name} {}", value.as_str().unwrap_or_default())),
                None => kept.push(row),
            }
        }
        kept
    }

    /// A value without what the type does not take.
    fn plain(&mut self, member: &Member, value: &Value, path: &str) -> Option<Value> {
        let mut takes = |v: &Value| {
            if member.refuses(v) {
                self.leave(format!("{path}{} {}", member.api, v.as_str().unwrap_or_default()));
            }
            !member.refuses(v)
        };
        match value {
            Value::Array(all) => {
                let kept: Vec<Value> = all.iter().filter(|v| takes(v)).cloned().collect();
                (!kept.is_empty() || all.is_empty()).then_some(Value::Array(kept))
            }
            value => takes(value).then(|| value.clone()),
        }
    }

    /// `path` is where it is as the API calls it, `at` as the type does.
    fn body(&mut self, members: &[Member], input: &Map<String, Value>, path: &str, at: &str) -> Body {
        for (name, _) in input.iter().filter(|(name, value)| !value.is_null() && !members.iter().any(|m| m.api == *name)) {
            self.leave(format!("{path}{name}"));
        }
        let mut out = vec![];
        for member in members {
            let name = if member.name.is_empty() { (self.spell)(member.api) } else { member.name.to_owned() };
            let given = input.get(member.api).filter(|v| !v.is_null());
            let (deeper, inner) = (format!("{path}{}.", member.api), format!("{at}{name}."));
            let node = match (member.is, given) {
                // It is asked for whether it was told or not: AWS never tells it.
                (Is::Secret, _) => Some(Node::Secret),
                (_, None) => None,
                (Is::Tags, Some(Value::Object(tags))) => {
                    let tags: Vec<_> = tags.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())).collect();
                    (!tags.is_empty()).then_some(Node::Tags(tags))
                }
                (Is::Block(members), Some(Value::Object(one))) => {
                    Some(Node::Block(self.body(members, one, &deeper, &inner))).filter(|n| *n != Node::Block(vec![]))
                }
                (Is::Block(members), Some(Value::Array(all))) => {
                    let rows = self.rows(members, all, &deeper);
                    let all: Vec<Body> = rows.into_iter().map(|o| self.body(members, o, &deeper, &inner)).collect();
                    (!all.is_empty()).then_some(Node::Blocks(all))
                }
                (_, Some(value)) => self.plain(member, value, path).map(Node::Plain),
            };
            match node {
                Some(node) => out.push((name, node)),
                None if member.required => self.missing.push(format!("{at}{name}")),
                None => {}
            }
        }
        out
    }
}

/// Whether a password is written anywhere in it.
pub fn asks_password(body: &Body) -> bool {
    body.iter().any(|(_, node)| match node {
        Node::Secret => true,
        Node::Block(inner) => asks_password(inner),
        Node::Blocks(all) => all.iter().any(asks_password),
        _ => false,
    })
}

/// Every member of the types, nested ones too, is one of the operation's request; for tests of the tables.
#[cfg(test)]
pub mod tests {
    use super::*;
    use domain::constraints::{Shape, operation, shape};

    /// The shape of a row of BatchAssociateUserStack, of the request otherwise.
    fn request(of: &str) -> &'static str {
        if of == "BatchAssociateUserStack" { "UserStackAssociation" } else { operation(of).and_then(|o| o.input).unwrap() }
    }

    fn check(members: &[Member], of: &str, name: &str, extra: &[&str]) {
        let Some(Shape::Structure(known)) = shape(of) else { panic!("{name}: {of}") };
        for member in members.iter().filter(|m| !extra.contains(&m.api)) {
            let found = known.iter().find(|k| k.name == member.api).unwrap_or_else(|| panic!("{name}: {} is not in {of}", member.api));
            let inner = match shape(found.shape) {
                Some(Shape::List { of, .. }) if matches!(shape(of), Some(Shape::Structure(_))) => of,
                _ => found.shape,
            };
            match (member.is, shape(inner)) {
                (Is::Block(members), Some(Shape::Structure(_))) => check(members, inner, name, extra),
                (Is::Block(_), _) | (_, Some(Shape::Structure(_))) => panic!("{name}: {} is a structure, or is none", member.api),
                (Is::Tags, Some(Shape::Map { .. })) | (Is::Plain | Is::Secret, Some(_)) => {}
                (Is::Tags, _) | (_, None) => panic!("{name}: {}", member.api),
            }
        }
    }

    /// `extra`: members that a tool has of its own.
    pub fn agrees_with_the_model(types: &[Type], extra: &[&str]) {
        for of in types {
            check(of.members, request(of.of), of.name, extra);
        }
    }
}
