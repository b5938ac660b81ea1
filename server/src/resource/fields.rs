//! The fields of a form, from the service model: which members a request has, how each is entered, what stands in it, what it may hold.
//! What was entered is read by [`domain::entry::parse`].
//!
//! A structure's members are fields of their own, an S3 location is one (`s3://bucket/key`), a list of texts is one value a line, a
//! list of structures is rows. Blank fields are left out of a request: an empty text is invalid on the wire.

use super::layout::{self, Rows};
use super::words;
use domain::constraints::{Member, Operation, Shape, Text, shape};
use domain::entry::{Clear, Entry, Field, Group, Limit, Need, When};
use domain::form::FieldError;
use domain::ranges;
use domain::time::seconds_words;
use serde_json::{Value, json};

/// Blank rows offered beyond those that are filled.
const SPARE: usize = 8;

/// Whether a structure is a place in S3, entered as one text.
fn is_s3(of: &Shape) -> bool {
    matches!(of, Shape::Structure(members) if members.iter().any(|m| m.name == "S3Bucket"))
}

/// The members of an operation's request.
fn members(operation: &Operation) -> &'static [Member] {
    match operation.input.and_then(shape) {
        Some(Shape::Structure(members)) => members,
        _ => &[],
    }
}

/// Whether the operation's request has the member.
pub fn takes(operation: &Operation, member: &str) -> bool {
    members(operation).iter().any(|m| m.name == member)
}

/// What fields are made for.
pub struct Making<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// What stands in them at first.
    pub given: &'a Value,
    /// Whether an existing thing is edited.
    pub edits: bool,
    /// Which members of the request are fields.
    pub shown: &'a dyn Fn(&str) -> bool,
}

impl Making<'_> {
    /// The groups of fields, in the order of [`layout`].
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<(usize, Group)> = vec![];
        // What must be filled comes first where the layout says nothing.
        let mut all: Vec<&Member> = members(self.operation).iter().filter(|m| (self.shown)(m.name)).collect();
        all.sort_by_key(|m| (layout::place(m.name), !m.required));
        for m in all {
            let Some(of) = shape(m.shape) else { continue };
            let nested = match of {
                Shape::Structure(_) => !is_s3(of),
                Shape::List { of, .. } => matches!(shape(of), Some(Shape::Structure(_))),
                _ => false,
            };
            let mut fields = vec![];
            let need = if m.required { Need::Yes } else { Need::No };
            self.walk(m.name, m.shape, &self.given[m.name], &need, &mut fields);
            let last = layout::LAST.iter().position(|l| *l == m.name).map(|at| (200 + at, String::new(), String::new()));
            let (at, title, help) = match (layout::group(m.name), last) {
                (_, Some(last)) => last,
                (Some((at, title, help)), _) => (at, title.to_owned(), help.to_owned()),
                (None, _) if nested => (100 + groups.len(), words::label(m.name), words::help(m.name)),
                (None, _) => (0, String::new(), String::new()),
            };
            match groups.iter_mut().find(|(place, _)| *place == at) {
                Some((_, group)) => group.fields.extend(fields),
                None => groups.push((at, Group { title, help, fields })),
            }
        }
        groups.sort_by_key(|(at, _)| *at);
        groups.into_iter().map(|(_, group)| group).filter(|g| !g.fields.is_empty()).collect()
    }

    /// What emptying each member means.
    pub fn clears(&self) -> Vec<(String, Clear)> {
        if !self.edits {
            return vec![];
        }
        members(self.operation).iter().filter(|m| (self.shown)(m.name)).map(|m| (m.name.to_owned(), self.clear(m))).collect()
    }

    fn clear(&self, m: &Member) -> Clear {
        match (attribute(self.operation, m.name), shape(m.shape)) {
            (Some(word), _) => Clear::Attribute(word.to_owned()),
            (_, Some(Shape::Text(t))) if t.values.is_empty() && t.min.is_none_or(|min| min == 0) => Clear::Blank,
            _ => Clear::Never,
        }
    }

    fn walk(&self, path: &str, of: &'static str, given: &Value, need: &Need, out: &mut Vec<Field>) {
        let Some(this) = shape(of) else { return };
        let text = || given.as_str().unwrap_or_default().to_owned();
        match this {
            Shape::Text(t) if t.sensitive && path.ends_with("Password") => {
                out.push(self.field(path, Entry::Password, String::new(), need, texts(t)))
            }
            Shape::Text(t) if !t.values.is_empty() => {
                let mut all = choices(t.values);
                // A value that is newer than this console stays what it is.
                if !text().is_empty() && !t.values.contains(&text().as_str()) {
                    all.push((text(), text()));
                }
                out.push(self.field(path, Entry::Choice(all), text(), need, Limit::default()));
            }
            Shape::Text(t) if t.max.is_some_and(|m| m >= 256) && path.ends_with("Description") => {
                out.push(self.field(path, Entry::Long, text(), need, texts(t)));
            }
            Shape::Text(t) => out.push(self.field(path, Entry::Text, text(), need, texts(t))),
            Shape::Integer { min, max } => {
                let range = ranges::of(last(path));
                let limit = Limit {
                    min: range.map(|r| r.min).or(*min),
                    max: range.and_then(|r| r.max).or(*max),
                    also: range.and_then(|r| r.also),
                    ..Limit::default()
                };
                let seconds = range.is_some_and(|r| r.seconds);
                let value = given.as_i64().map(|n| if seconds { seconds_words(n) } else { n.to_string() }).unwrap_or_default();
                out.push(self.field(path, if seconds { Entry::Seconds } else { Entry::Number }, value, need, limit));
            }
            Shape::Timestamp => {
                out.push(self.field(path, Entry::Number, given.as_i64().map(|n| n.to_string()).unwrap_or_default(), need, Limit::default()))
            }
            Shape::Boolean => {
                out.push(self.field(path, Entry::Flag, given.as_bool().map(|b| b.to_string()).unwrap_or_default(), need, Limit::default()))
            }
            Shape::Map { min, max, .. } => {
                let lines = given.as_object().into_iter().flatten().map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()));
                let limit = Limit { items: (*min, *max), ..Limit::default() };
                out.push(self.field(path, Entry::Pairs, lines.collect::<Vec<_>>().join("\n"), need, limit));
            }
            Shape::Structure(_) if is_s3(this) => {
                let (bucket, key) = (given["S3Bucket"].as_str().unwrap_or_default(), given["S3Key"].as_str().unwrap_or_default());
                let value = if bucket.is_empty() { String::new() } else { format!("s3://{bucket}/{key}") };
                out.push(self.field(path, Entry::S3, value, need, Limit::default()));
            }
            Shape::Structure(members) => {
                for m in *members {
                    let inner = match (m.required, need) {
                        (true, Need::Yes) => Need::Yes,
                        (true, _) => Need::With(path.to_owned()),
                        (false, _) => Need::No,
                    };
                    self.walk(&format!("{path}.{}", m.name), m.shape, &given[m.name], &inner, out);
                }
            }
            Shape::List { of: element, min, max } => match shape(element) {
                Some(Shape::Structure(members)) => self.rows(path, members, given, max.unwrap_or(50) as usize, out),
                Some(Shape::Text(t)) if !t.values.is_empty() => {
                    let limit = Limit { items: (*min, *max), ..Limit::default() };
                    out.push(self.field(path, Entry::Many(choices(t.values)), joined(given), need, limit));
                }
                Some(Shape::Text(t)) => {
                    let known = words::known(last(path));
                    let limit = Limit { items: (*min, *max), ..texts(t) };
                    let entry = if known.is_empty() {
                        Entry::Lines
                    } else {
                        Entry::Many(known.into_iter().map(|v| (v.clone(), words::value(&v))).collect())
                    };
                    out.push(self.field(path, entry, joined(given), need, limit));
                }
                _ => {}
            },
        }
    }

    /// The rows of a list of structures.
    fn rows(&self, path: &str, members: &'static [Member], given: &Value, most: usize, out: &mut Vec<Field>) {
        let none = vec![];
        let given = given.as_array().unwrap_or(&none);
        let values = |member: &str| match members.iter().find(|m| m.name == member).and_then(|m| shape(m.shape)) {
            Some(Shape::Text(t)) => t.values,
            _ => &[],
        };
        let layout = layout::rows(last(path));
        if let Rows::Each(key) | Rows::Ticked(key) = layout {
            let known = values(key);
            // What AWS has beyond the model keeps a row of its own.
            let strange = given.iter().filter_map(|g| g[key].as_str()).filter(|k| !known.contains(k));
            for (row, value) in known.iter().copied().chain(strange).enumerate() {
                let there = given.iter().find(|g| g[key] == value);
                let at = format!("{path}.{row}");
                let before = out.len();
                for m in members.iter().filter(|m| m.name == key || layout::takes(value, m.name)) {
                    let inner = if m.required && m.name != key { Need::With(at.clone()) } else { Need::No };
                    let stands = there.map_or(&Value::Null, |g| &g[m.name]);
                    if m.name == key {
                        let ticked = matches!(layout, Rows::Ticked(_));
                        let entry = if ticked { Entry::Switch(value.to_owned()) } else { Entry::Key(value.to_owned()) };
                        let need = if ticked { Need::With(at.clone()) } else { Need::No };
                        let stands = if ticked && there.is_some() { value.to_owned() } else { String::new() };
                        out.push(Field {
                            label: words::value(value),
                            ..self.field(&format!("{at}.{key}"), entry, stands, &need, Limit::default())
                        });
                    } else {
                        self.walk(&format!("{at}.{}", m.name), m.shape, stands, &inner, out);
                    }
                }
                out[before..].iter_mut().for_each(|f| {
                    f.row = words::value(value);
                    // What is permitted is said by the row: its own label would be the same on each.
                    if last(&f.path) == "Permission" {
                        f.label.clone_from(&f.row);
                    }
                });
            }
            return;
        }
        let one = words::one_of(last(path));
        for row in 0..(given.len() + SPARE).min(most.max(given.len())) {
            let before = out.len();
            let at = format!("{path}.{row}");
            let stands = given.get(row).unwrap_or(&Value::Null);
            for m in members {
                let only = values(m.name);
                if only.len() == 1 && m.required {
                    out.push(self.field(
                        &format!("{at}.{}", m.name),
                        Entry::Key(only[0].to_owned()),
                        String::new(),
                        &Need::No,
                        Limit::default(),
                    ));
                    continue;
                }
                let inner = if m.required { Need::With(at.clone()) } else { Need::No };
                self.walk(&format!("{at}.{}", m.name), m.shape, &stands[m.name], &inner, out);
            }
            let mut named = format!("{one} {}", row + 1);
            // A field that is all of its row is told from those of the others by its number.
            if let [alone] = out[before..].iter_mut().filter(|f| !matches!(f.entry, Entry::Key(_))).collect::<Vec<_>>().as_mut_slice() {
                named = format!("{} {}", alone.label, row + 1);
                alone.label.clone_from(&named);
            }
            out[before..].iter_mut().for_each(|f| f.row.clone_from(&named));
        }
    }

    fn field(&self, path: &str, entry: Entry, value: String, need: &Need, limit: Limit) -> Field {
        // Whatever has a word of its own among the attributes that can be deleted is cleared by it.
        let clear = part_of(self.operation, path).map_or(Clear::Never, |word| Clear::Attribute(word.to_owned()));
        Field {
            label: words::label(path),
            help: words::help(path),
            path: path.to_owned(),
            entry,
            value,
            need: need.clone(),
            limit,
            only: vec![],
            picks: vec![],
            row: String::new(),
            when: When::Always,
            clear,
        }
    }
}

fn texts(t: &Text) -> Limit {
    Limit { min: t.min.map(i64::from), max: t.max.map(i64::from), pattern: t.pattern.unwrap_or_default().to_owned(), ..Limit::default() }
}

fn choices(values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|v| ((*v).to_owned(), words::value(v))).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn joined(list: &Value) -> String {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// The limits of the model that `input` breaks, each at the field it was entered in: the last check before anything is sent.
pub fn check(operation: &Operation, input: &Value) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = vec![];
    for fault in simulator::validate::faults(operation, input) {
        let mut path = String::new();
        let mut of = operation.input.unwrap_or_default();
        for part in fault.path.iter().filter(|p| p.as_str() != "member") {
            let next = match shape(of) {
                Some(Shape::Structure(members)) => members.iter().find(|m| m.name == part).map(|m| (part.clone(), m.shape)),
                Some(Shape::List { of, .. }) if matches!(shape(of), Some(Shape::Structure(_))) => {
                    // The model counts from 1, the form's rows from 0.
                    part.parse::<usize>().ok().map(|n| ((n - 1).to_string(), *of))
                }
                _ => None,
            };
            let Some((name, shape_name)) = next else { break };
            path = if path.is_empty() { name } else { format!("{path}.{name}") };
            of = shape_name;
            if shape(of).is_some_and(is_s3) {
                break;
            }
        }
        if !errors.iter().any(|e| e.field == path) {
            errors.push(FieldError::new(&path, words::broken(&fault.rule)));
        }
    }
    errors
}

/// The words of `AttributesToDelete`.
fn attributes(operation: &Operation) -> &'static [&'static str] {
    let list = members(operation).iter().find(|m| m.name == "AttributesToDelete").and_then(|m| shape(m.shape));
    let Some(Shape::List { of, .. }) = list else { return &[] };
    match shape(of) {
        Some(Shape::Text(values)) => values.values,
        _ => &[],
    }
}

/// `AttributesToDelete`'s word for a member, where the operation can clear it.
fn attribute(operation: &Operation, member: &str) -> Option<&'static str> {
    let word = match member {
        "VpcConfig" => "VPC_CONFIGURATION".to_owned(),
        "RootVolumeConfig" => "VOLUME_CONFIGURATION".to_owned(),
        other => words::split(other).replace(' ', "_").to_uppercase(),
    };
    attributes(operation).iter().find(|v| **v == word).copied()
}

/// Its word for a part of a member.
fn part_of(operation: &Operation, path: &str) -> Option<&'static str> {
    let word = match path {
        "VpcConfig.SecurityGroupIds" => "VPC_CONFIGURATION_SECURITY_GROUP_IDS",
        _ => return None,
    };
    attributes(operation).iter().find(|v| **v == word).copied()
}

/// A request's body with `fixed` laid over it; rows of a batch get it each.
pub fn with_fixed(mut input: serde_json::Map<String, Value>, fixed: &Value) -> serde_json::Map<String, Value> {
    let fixed = fixed.as_object().cloned().unwrap_or_default();
    match input.get_mut("UserStackAssociations").and_then(Value::as_array_mut) {
        Some(rows) => {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.extend(fixed.clone());
                row.entry("AuthenticationType").or_insert(json!("USERPOOL"));
            }
        }
        None => input.extend(fixed),
    }
    input
}
