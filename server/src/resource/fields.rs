//! Forms from the service model: which fields a request has, what stands in them, and the request that is meant by what was entered.
//!
//! A structure's members are fields of their own, an S3 location is one (`s3://bucket/key`), a list of texts is one value a line, a
//! list of structures is numbered rows of which blank ones do not count. Blank fields are left out: an empty text is invalid on the
//! wire.

use super::words;
use domain::constraints::{Operation, Shape, shape};
use domain::form::FieldError;
use domain::resource::{Entry, Field, Group};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What was entered, by path.
pub type Entries = BTreeMap<String, String>;

/// Whether a structure is a place in S3, entered as one text.
fn is_s3(of: &Shape) -> bool {
    matches!(of, Shape::Structure(members) if members.iter().any(|m| m.name == "S3Bucket"))
}

/// The groups of fields of `operation`'s request. `given` is what stands in them at first, `shown` tells which members of the request
/// are fields.
pub fn groups(operation: &Operation, given: &Value, shown: &dyn Fn(&str) -> bool) -> Vec<Group> {
    let Some(Shape::Structure(members)) = operation.input.and_then(shape) else { return vec![] };
    let mut general = Group { title: String::new(), help: String::new(), fields: vec![] };
    let mut rest = vec![];
    // What must be filled comes first, in the model's order otherwise.
    let ordered = members.iter().filter(|m| m.required).chain(members.iter().filter(|m| !m.required));
    for m in ordered.filter(|m| shown(m.name)) {
        let Some(of) = shape(m.shape) else { continue };
        let nested = match of {
            Shape::Structure(_) => !is_s3(of),
            Shape::List { of, .. } => matches!(shape(of), Some(Shape::Structure(_))),
            _ => false,
        };
        let mut fields = vec![];
        walk(m.name, m.shape, &given[m.name], m.required, &mut fields);
        if nested {
            rest.push(Group { title: words::label(m.name), help: words::help(m.name), fields });
        } else {
            general.fields.extend(fields);
        }
    }
    let mut all = vec![general];
    all.extend(rest);
    all.retain(|g| !g.fields.is_empty());
    all
}

fn walk(path: &str, of: &'static str, given: &Value, required: bool, out: &mut Vec<Field>) {
    let Some(this) = shape(of) else { return };
    let mut field = |entry: Entry, value: String| {
        out.push(Field { path: path.to_owned(), label: words::label(path), help: words::help(path), entry, value, required });
    };
    let text = || given.as_str().unwrap_or_default().to_owned();
    let choices = |values: &[&str]| values.iter().map(|v| ((*v).to_owned(), words::value(v))).collect::<Vec<_>>();
    match this {
        Shape::Text(t) if t.sensitive && path.ends_with("Password") => field(Entry::Password, String::new()),
        Shape::Text(t) if !t.values.is_empty() => {
            let mut all = choices(t.values);
            // A value that is newer than this console stays what it is.
            if !text().is_empty() && !t.values.contains(&text().as_str()) {
                all.push((text(), text()));
            }
            field(Entry::Choice(all), text());
        }
        Shape::Text(t) if t.max.is_some_and(|m| m >= 256) && path.ends_with("Description") => field(Entry::Long, text()),
        Shape::Text(_) => field(Entry::Text, text()),
        Shape::Integer { .. } | Shape::Timestamp => field(Entry::Number, given.as_i64().map(|n| n.to_string()).unwrap_or_default()),
        Shape::Boolean => {
            let yes_no = vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())];
            field(Entry::Choice(yes_no), given.as_bool().map(|b| b.to_string()).unwrap_or_default());
        }
        Shape::Map { .. } => {
            let lines = given.as_object().into_iter().flatten().map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()));
            field(Entry::Lines, lines.collect::<Vec<_>>().join("\n"));
        }
        Shape::Structure(_) if is_s3(this) => {
            let (bucket, key) = (given["S3Bucket"].as_str().unwrap_or_default(), given["S3Key"].as_str().unwrap_or_default());
            field(Entry::Text, if bucket.is_empty() { String::new() } else { format!("s3://{bucket}/{key}") });
        }
        Shape::Structure(members) => {
            for m in *members {
                walk(&format!("{path}.{}", m.name), m.shape, &given[m.name], required && m.required, out);
            }
        }
        Shape::List { of, .. } => match shape(of) {
            Some(Shape::Structure(_)) => {
                let rows = given.as_array().map_or(0, Vec::len);
                for row in 0..=rows.min(49) {
                    let before = out.len();
                    walk(&format!("{path}.{row}"), of, &given[row], false, out);
                    for field in &mut out[before..] {
                        field.label = format!("{} {}", field.label, row + 1);
                    }
                }
            }
            Some(Shape::Text(t)) if !t.values.is_empty() => field(Entry::Many(choices(t.values)), joined(given)),
            _ => field(Entry::Lines, joined(given)),
        },
    }
}

fn joined(list: &Value) -> String {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// The request that the entries mean. Errors are for what cannot be read at all; limits are checked after it.
pub fn read(operation: &Operation, entries: &Entries, shown: &dyn Fn(&str) -> bool) -> Result<Map<String, Value>, Vec<FieldError>> {
    let Some(Shape::Structure(members)) = operation.input.and_then(shape) else { return Ok(Map::new()) };
    let mut errors = vec![];
    let read =
        members.iter().filter(|m| shown(m.name)).filter_map(|m| Some((m.name.to_owned(), one(m.name, m.shape, entries, &mut errors)?)));
    let out: Map<String, Value> = read.collect();
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty()).collect()
}

fn one(path: &str, of: &'static str, entries: &Entries, errors: &mut Vec<FieldError>) -> Option<Value> {
    let this = shape(of)?;
    let entered = entries.get(path).map(|t| t.trim()).filter(|t| !t.is_empty());
    let short = |t: &str| t.chars().take(40).collect::<String>();
    match this {
        Shape::Text(_) => entered.map(|t| json!(t)),
        Shape::Boolean => entered.map(|t| json!(t == "true")),
        Shape::Integer { .. } | Shape::Timestamp => {
            let typed = entered?;
            match typed.replace([',', ' '], "").parse::<i32>() {
                Ok(n) => Some(json!(n)),
                Err(_) => {
                    errors.push(FieldError::new(path, format!("Enter a whole number; “{}” is none.", short(typed))));
                    None
                }
            }
        }
        Shape::Map { .. } => {
            let mut map = Map::new();
            for line in lines(entered?) {
                match line.split_once('=') {
                    Some((key, value)) => {
                        map.insert(key.trim().to_owned(), json!(value.trim()));
                    }
                    None => errors.push(FieldError::new(path, format!("Write key=value on each line; “{}” has no =.", short(line)))),
                }
            }
            Some(Value::Object(map))
        }
        Shape::Structure(_) if is_s3(this) => {
            let typed = entered?;
            let Some((bucket, key)) = typed.strip_prefix("s3://").map(|t| t.split_once('/').unwrap_or((t, ""))) else {
                errors.push(FieldError::new(path, format!("Write s3://bucket/key; “{}” does not begin with s3://.", short(typed))));
                return None;
            };
            let mut place = json!({"S3Bucket": bucket});
            if !key.is_empty() {
                place["S3Key"] = json!(key);
            }
            Some(place)
        }
        Shape::Structure(members) => {
            let inner: Map<String, Value> = members
                .iter()
                .filter_map(|m| Some((m.name.to_owned(), one(&format!("{path}.{}", m.name), m.shape, entries, errors)?)))
                .collect();
            (!inner.is_empty()).then_some(Value::Object(inner))
        }
        Shape::List { of, .. } => {
            if matches!(shape(of), Some(Shape::Structure(_))) {
                let rows: Vec<Value> = (0..50).filter_map(|row| one(&format!("{path}.{row}"), of, entries, errors)).collect();
                return (!rows.is_empty()).then_some(Value::Array(rows));
            }
            // Boxes that were ticked come as entries of their own.
            let ticked =
                entries.iter().filter(|(k, _)| k.strip_prefix(path).is_some_and(|rest| rest.starts_with(":"))).map(|(_, v)| v.as_str());
            let all: Vec<&str> = entered.map(lines).unwrap_or_default().into_iter().chain(ticked).collect();
            (!all.is_empty()).then(|| json!(all))
        }
    }
}

/// The limits that `input` breaks, each at the field it was entered in.
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

/// AttributesToDelete's word for a member, where the operation can clear it.
fn attribute(operation: &Operation, member: &str) -> Option<&'static str> {
    let Some(Shape::Structure(members)) = operation.input.and_then(shape) else { return None };
    let list = members.iter().find(|m| m.name == "AttributesToDelete")?;
    let Some(Shape::List { of, .. }) = shape(list.shape) else { return None };
    let Some(Shape::Text(values)) = shape(of) else { return None };
    let word = match member {
        "VpcConfig" => "VPC_CONFIGURATION".to_owned(),
        "RootVolumeConfig" => "VOLUME_CONFIGURATION".to_owned(),
        other => words::split(other).replace(' ', "_").to_uppercase(),
    };
    values.values.iter().find(|v| **v == word).copied()
}

/// Only what an edit changes: members that differ from `before`; those emptied are cleared, where the operation can.
pub fn changed(
    operation: &Operation,
    after: Map<String, Value>,
    before: &Value,
    shown: &dyn Fn(&str) -> bool,
) -> Result<Map<String, Value>, Vec<FieldError>> {
    let Some(Shape::Structure(members)) = operation.input.and_then(shape) else { return Ok(after) };
    let (mut out, mut cleared, mut errors) = (Map::new(), vec![], vec![]);
    for m in members.iter().filter(|m| shown(m.name) && m.name != "AttributesToDelete") {
        let was = &before[m.name];
        let empty = was.is_null() || *was == json!("") || *was == json!([]);
        match after.get(m.name) {
            Some(new) if same(new, was) => {}
            Some(new) => {
                out.insert(m.name.to_owned(), new.clone());
            }
            None if empty => {}
            None => match (attribute(operation, m.name), shape(m.shape)) {
                (Some(word), _) => cleared.push(word),
                (_, Some(Shape::Text(t))) if t.min.is_none() || t.min == Some(0) => {
                    out.insert(m.name.to_owned(), json!(""));
                }
                (_, Some(Shape::Boolean)) => {}
                _ => errors.push(FieldError::new(m.name, "AWS cannot clear this. Enter another value, or the one there was.")),
            },
        }
    }
    if !cleared.is_empty() {
        out.insert("AttributesToDelete".to_owned(), json!(cleared));
    }
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

/// Whether a value says nothing new: members that AWS adds of its own do not count.
fn same(new: &Value, was: &Value) -> bool {
    match (new, was) {
        (Value::Object(new), Value::Object(was)) => {
            new.iter().all(|(k, v)| was.get(k).is_some_and(|w| same(v, w))) && was.iter().all(|(k, w)| new.contains_key(k) || w.is_null())
        }
        (Value::Array(new), Value::Array(was)) => new.len() == was.len() && new.iter().zip(was).all(|(n, w)| same(n, w)),
        _ => new == was,
    }
}
