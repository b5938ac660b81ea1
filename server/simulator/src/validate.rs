//! The model's own rules, before any operation runs: types (SerializationException), then required members, lengths, patterns,
//! enums and list sizes (ValidationException). Sensitive values are never echoed.

use crate::error::{Answer, serialization, validation};
use domain::constraints::{Operation, Shape, Text, shape};
use regex::Regex;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// A limit that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The members that lead to it, as the API spells them; list positions count from 1.
    pub path: Vec<String>,
    /// What it breaks.
    pub rule: Rule,
}

/// What a value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is missing.
    Missing,
    /// It is shorter, or a list or map smaller.
    AtLeast(i64),
    /// It is longer, or larger.
    AtMost(i64),
    /// A number below.
    NotBelow(i64),
    /// A number above.
    NotAbove(i64),
    /// None of these.
    OneOf(&'static [&'static str]),
    /// Not of this form.
    Pattern(&'static str),
}

impl Fault {
    /// As AWS words it.
    fn told(&self) -> String {
        let lower = |name: &String| {
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |c| c.to_lowercase().collect::<String>() + letters.as_str())
        };
        let path = self.path.iter().map(lower).collect::<Vec<_>>().join(".");
        let rule = match &self.rule {
            Rule::Missing => "not be null".to_owned(),
            Rule::AtLeast(n) => format!("have length greater than or equal to {n}"),
            Rule::AtMost(n) => format!("have length less than or equal to {n}"),
            Rule::NotBelow(n) => format!("have value greater than or equal to {n}"),
            Rule::NotAbove(n) => format!("have value less than or equal to {n}"),
            Rule::OneOf(values) => format!("satisfy enum value set: [{}]", values.join(", ")),
            Rule::Pattern(pattern) => format!("satisfy regular expression pattern: {pattern}"),
        };
        format!("Value at '{path}' failed to satisfy constraint: Member must {rule}")
    }
}

/// Every limit of `operation`'s request that `input` breaks. Forms ask this before anything is sent.
pub fn faults(operation: &Operation, input: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(name) = operation.input {
        limits(name, input, &[], &mut faults);
    }
    faults
}

/// Checks `input` against the request shape of `operation`.
pub fn validate(operation: &Operation, input: &Value) -> Answer<()> {
    let Some(name) = operation.input else { return Ok(()) };
    types(name, input, "")?;
    let faults: Vec<String> = faults(operation, input).iter().map(Fault::told).collect();
    if faults.is_empty() {
        return Ok(());
    }
    let n = faults.len();
    Err(validation(format!("{n} validation error{} detected: {}", if n == 1 { "" } else { "s" }, faults.join("; "))))
}

fn inner(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let name = letters.next().map_or_else(String::new, |c| c.to_lowercase().collect::<String>() + letters.as_str());
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

fn types(of: &str, value: &Value, path: &str) -> Answer<()> {
    let Some(of) = shape(of) else { return Ok(()) };
    let expected = match (of, value) {
        (_, Value::Null) | (Shape::Text(_), Value::String(_)) | (Shape::Boolean, Value::Bool(_)) | (Shape::Timestamp, Value::Number(_)) => {
            return Ok(());
        }
        (Shape::Integer { .. }, Value::Number(n)) if n.is_i64() || n.as_f64().is_some_and(|f| f.fract() == 0.0) => return Ok(()),
        (Shape::Structure(members), Value::Object(map)) => {
            return members
                .iter()
                .filter_map(|m| map.get(m.name).map(|v| (m, v)))
                .try_for_each(|(m, v)| types(m.shape, v, &inner(path, m.name)));
        }
        (Shape::List { of, .. }, Value::Array(all)) => {
            return all.iter().enumerate().try_for_each(|(i, v)| types(of, v, &format!("{path}.{}.member", i + 1)));
        }
        (Shape::Map { value: of, .. }, Value::Object(map)) => {
            return map.iter().try_for_each(|(k, v)| types(of, v, &format!("{path}.{k}")));
        }
        (Shape::Structure(_) | Shape::Map { .. }, _) => "an object",
        (Shape::List { .. }, _) => "a list",
        (Shape::Text(_), _) => "a string",
        (Shape::Integer { .. }, _) => "a whole number",
        (Shape::Boolean, _) => "true or false",
        (Shape::Timestamp, _) => "a time in epoch seconds",
    };
    Err(serialization(format!("The value at '{}' must be {expected}.", if path.is_empty() { "body" } else { path })))
}

fn limits(of: &str, value: &Value, path: &[String], faults: &mut Vec<Fault>) {
    let Some(of) = shape(of) else { return };
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    let size = |n: usize, min: Option<u32>, max: Option<u32>| match (min, max) {
        (Some(min), _) if n < min as usize => Some(Rule::AtLeast(min.into())),
        (_, Some(max)) if n > max as usize => Some(Rule::AtMost(max.into())),
        _ => None,
    };
    let broken = match (of, value) {
        (Shape::Structure(members), Value::Object(map)) => {
            for m in *members {
                match map.get(m.name).filter(|v| !v.is_null()) {
                    Some(v) => limits(m.shape, v, &below(m.name), faults),
                    None if m.required => faults.push(Fault { path: below(m.name), rule: Rule::Missing }),
                    None => {}
                }
            }
            None
        }
        (Shape::List { of, min, max }, Value::Array(all)) => {
            let rule = size(all.len(), *min, *max);
            for (i, v) in all.iter().enumerate() {
                limits(of, v, &[path, &[(i + 1).to_string(), "member".to_owned()]].concat(), faults);
            }
            rule
        }
        (Shape::Map { key, value: of, min, max }, Value::Object(map)) => {
            for (k, v) in map {
                limits(key, &Value::String(k.clone()), &below("key"), faults);
                limits(of, v, &below(k), faults);
            }
            size(map.len(), *min, *max)
        }
        (Shape::Text(t), Value::String(text)) => size(text.chars().count(), t.min, t.max).or_else(|| text_rule(t, text)),
        (Shape::Integer { min, max }, Value::Number(n)) => {
            let n = n.as_i64().unwrap_or(i64::MAX);
            min.filter(|m| n < *m).map(Rule::NotBelow).or(max.filter(|m| n > *m).map(Rule::NotAbove))
        }
        _ => None,
    };
    if let Some(rule) = broken {
        faults.push(Fault { path: path.to_vec(), rule });
    }
}

fn text_rule(limits: &Text, text: &str) -> Option<Rule> {
    if !limits.values.is_empty() && !limits.values.contains(&text) {
        return Some(Rule::OneOf(limits.values));
    }
    let pattern = limits.pattern?;
    let may_be_empty = limits.min == Some(0) && text.is_empty();
    (!may_be_empty && !matches(pattern, text)).then_some(Rule::Pattern(pattern))
}

/// Whether the whole of `text` matches `pattern`. Two patterns of the model use look-around, which the library leaves out; those
/// two are read by hand.
pub fn matches(pattern: &str, text: &str) -> bool {
    static CACHE: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let (plain, extra) = match pattern {
        r"^[0-9a-z\.\-]*(?<!\.)$" => (r"[0-9a-z.\-]*", !text.ends_with('.')),
        r"^(^(?!aws:).[\p{L}\p{Z}\p{N}_.:/=+\-@]*)$" => (r".[\p{L}\p{Z}\p{N}_.:/=+\-@]*", !text.starts_with("aws:")),
        other => (other, true),
    };
    let mut cache = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !cache.contains_key(pattern) {
        cache.insert(pattern.to_owned(), Regex::new(&format!("^(?:{plain})$")).ok());
    }
    let regex = cache.get(pattern).and_then(Option::as_ref);
    extra && regex.is_none_or(|r| r.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constraints::{operation, operations};
    use serde_json::json;

    fn check(op: &str, input: Value) -> Result<(), (String, String)> {
        validate(operation(op).unwrap(), &input).map_err(|e| (e.code.to_owned(), e.message))
    }

    #[test]
    fn the_models_limits_are_applied_with_sentences_that_name_the_member() {
        let (code, message) = check("CreateFleet", json!({"InstanceType": "stream.standard.medium"})).unwrap_err();
        assert_eq!(
            (code.as_str(), message.as_str()),
            ("ValidationException", "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null")
        );
        for (op, input, word) in [
            ("CreateFleet", json!({"Name": "-x", "InstanceType": "a"}), "pattern"),
            ("CreateFleet", json!({"Name": "x", "InstanceType": "a", "FleetType": "FAST"}), "enum"),
            ("CreateFleet", json!({"Name": "x", "InstanceType": "a", "Description": "x".repeat(257)}), "256"),
            ("StartFleet", json!({"Name": ""}), "length greater"),
            ("TagResource", json!({"ResourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/a", "Tags": {"aws:x": "1"}}), "pattern"),
            ("TagResource", json!({"ResourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/a", "Tags": {}}), "length greater"),
        ] {
            let (code, message) = check(op, input).unwrap_err();
            assert!(code == "ValidationException" && message.contains(word), "{message}");
        }
        assert_eq!(check("StartFleet", json!({"Name": 7})).unwrap_err().0, "SerializationException");
        assert_eq!(check("CreateFleet", json!({"Name": "x", "InstanceType": "a", "Unknown": 1, "Description": null})), Ok(()));
    }

    #[test]
    fn every_pattern_of_the_model_can_be_read() {
        fn walk(name: &'static str, seen: &mut Vec<&'static str>) {
            if seen.contains(&name) {
                return;
            }
            seen.push(name);
            match shape(name) {
                Some(Shape::Structure(members)) => members.iter().for_each(|m| walk(m.shape, seen)),
                Some(Shape::List { of, .. }) => walk(of, seen),
                Some(Shape::Map { key, value, .. }) => [key, value].into_iter().for_each(|n| walk(n, seen)),
                Some(Shape::Text(Text { pattern: Some(p), .. })) => assert!(!matches(p, "\0\n"), "{name}: {p} lets anything pass"),
                _ => {}
            }
        }
        let mut seen = Vec::new();
        operations().iter().filter_map(|o| o.input).for_each(|i| walk(i, &mut seen));
        assert!(matches(r"^[0-9a-z\.\-]*(?<!\.)$", "a.b") && !matches(r"^[0-9a-z\.\-]*(?<!\.)$", "a."));
    }
}
