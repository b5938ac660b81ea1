//! Both wire protocols: which operation is meant, its input as one tree, and answers written back. Codecs are serde_json and
//! ciborium; which members are timestamps comes from the service model.

use crate::error::{Answer, ApiError, serialization};
use crate::universe::Request;
use ciborium::Value as Cbor;
use domain::constraints::{Shape, shape};
use serde_json::{Map, Number, Value};

/// The service's name in both protocols.
const SERVICE: &str = "PhotonAdminProxyService";

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// AWS JSON 1.1: the operation is in `X-Amz-Target`.
    Json,
    /// Smithy RPC v2 CBOR: the operation is in the path.
    Cbor,
}

/// Whether the content type is one that the protocol has. None at all is accepted: a person with curl means well.
pub fn fits(protocol: Protocol, request: &Request) -> bool {
    let Some(given) = request.header("content-type") else { return true };
    let given = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match protocol {
        Protocol::Json => given.starts_with("application/x-amz-json-1.") || given == "application/json",
        Protocol::Cbor => given == "application/cbor",
    }
}

/// A request's protocol and operation name; none when it is neither.
pub fn recognise(request: &Request) -> Option<(Protocol, String)> {
    if request.method != "POST" {
        return None;
    }
    if let Some(rest) = request.path.strip_prefix("/service/") {
        let (service, operation) = rest.split_once("/operation/")?;
        // Smithy allows a namespace before the service's name.
        let service = service.rsplit('.').next().unwrap_or(service);
        return (service == SERVICE).then(|| (Protocol::Cbor, operation.to_owned()));
    }
    let target = request.header("x-amz-target")?;
    let (service, operation) = target.split_once('.')?;
    Some((Protocol::Json, if service == SERVICE { operation.to_owned() } else { target.to_owned() }))
}

/// The body as a tree. An empty body is an empty structure.
pub fn read(protocol: Protocol, body: &[u8]) -> Answer<Value> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let tree = match protocol {
        Protocol::Json => serde_json::from_slice(body).map_err(|e| serialization(format!("The body is not JSON: {e}.")))?,
        Protocol::Cbor => {
            let cbor: Cbor = ciborium::from_reader(body).map_err(|e| serialization(format!("The body is not CBOR: {e}.")))?;
            from_cbor(cbor)?
        }
    };
    if tree.is_object() { Ok(tree) } else { Err(serialization("The body must be one object.")) }
}

fn from_cbor(value: Cbor) -> Answer<Value> {
    Ok(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(b) => Value::Bool(b),
        Cbor::Integer(i) => i64::try_from(i128::from(i)).map(Value::from).map_err(|_| serialization("A number is too large."))?,
        Cbor::Float(f) => Number::from_f64(f).map(Value::Number).ok_or_else(|| serialization("A number is not finite."))?,
        Cbor::Text(t) => Value::String(t),
        Cbor::Tag(1, inner) => from_cbor(*inner)?,
        Cbor::Array(all) => Value::Array(all.into_iter().map(from_cbor).collect::<Answer<_>>()?),
        Cbor::Map(all) => {
            let mut map = Map::new();
            for (key, value) in all {
                let Cbor::Text(key) = key else { return Err(serialization("A member's name must be text.")) };
                map.insert(key, from_cbor(value)?);
            }
            Value::Object(map)
        }
        _ => return Err(serialization("The body holds a kind of value that this API does not use.")),
    })
}

/// An answer's body and content type. `output` is the shape of the answer; no output shape means no body.
pub fn write(protocol: Protocol, output: Option<&str>, mut tree: Value) -> Vec<u8> {
    drop_nulls(&mut tree);
    let empty = tree.as_object().is_some_and(Map::is_empty);
    match protocol {
        Protocol::Json if empty => Vec::new(),
        Protocol::Json => tree.to_string().into_bytes(),
        Protocol::Cbor => {
            let mut body = Vec::new();
            // Writing to memory cannot fail; an empty body would be read as an empty structure.
            let _ = ciborium::into_writer(&to_cbor(&tree, output), &mut body);
            body
        }
    }
}

/// An error's body.
pub fn write_error(protocol: Protocol, error: &ApiError) -> Vec<u8> {
    write_error_named(protocol, error.code, &error.message)
}

/// The body of an error whose code was chosen by a fault.
pub fn write_error_named(protocol: Protocol, code: &str, message: &str) -> Vec<u8> {
    let mut map = Map::new();
    map.insert("__type".into(), code.into());
    map.insert("Message".into(), message.into());
    write(protocol, None, Value::Object(map))
}

fn drop_nulls(tree: &mut Value) {
    match tree {
        Value::Object(map) => {
            map.retain(|_, v| !v.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(all) => all.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn to_cbor(tree: &Value, of: Option<&str>) -> Cbor {
    let of = of.and_then(shape);
    let member = |name: &str| match of {
        Some(Shape::Structure(members)) => members.iter().find(|m| m.name == name).map(|m| m.shape),
        Some(Shape::Map { value, .. }) => Some(*value),
        _ => None,
    };
    match (tree, of) {
        (Value::Number(n), Some(Shape::Timestamp)) => Cbor::Tag(1, Box::new(Cbor::Float(n.as_f64().unwrap_or_default()))),
        (Value::Null, _) => Cbor::Null,
        (Value::Bool(b), _) => Cbor::Bool(*b),
        (Value::Number(n), _) => n.as_i64().map_or_else(|| Cbor::Float(n.as_f64().unwrap_or_default()), |i| Cbor::Integer(i.into())),
        (Value::String(t), _) => Cbor::Text(t.clone()),
        (Value::Array(all), Some(Shape::List { of, .. })) => Cbor::Array(all.iter().map(|v| to_cbor(v, Some(of))).collect()),
        (Value::Array(all), _) => Cbor::Array(all.iter().map(|v| to_cbor(v, None)).collect()),
        (Value::Object(map), _) => Cbor::Map(map.iter().map(|(k, v)| (Cbor::Text(k.clone()), to_cbor(v, member(k)))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn timestamps_are_tagged_in_cbor_and_plain_in_json() {
        let tree = json!({"Fleets": [{"Name": "a", "CreatedTime": 1.5, "DisplayName": null}]});
        assert_eq!(write(Protocol::Json, Some("DescribeFleetsResult"), tree.clone()), br#"{"Fleets":[{"CreatedTime":1.5,"Name":"a"}]}"#);
        let bytes = write(Protocol::Cbor, Some("DescribeFleetsResult"), tree);
        let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        assert!(text.contains("c1f93e00"), "tag 1 over a float: {text}");
        assert_eq!(read(Protocol::Cbor, &bytes).unwrap(), json!({"Fleets": [{"Name": "a", "CreatedTime": 1.5}]}));
    }

    #[test]
    fn bytes_of_no_protocol_are_refused_with_a_sentence() {
        for (protocol, body) in
            [(Protocol::Json, &b"{"[..]), (Protocol::Json, b"[]"), (Protocol::Cbor, b"\xff\x00"), (Protocol::Cbor, b"\x01")]
        {
            let error = read(protocol, body).unwrap_err();
            assert_eq!(error.code, "SerializationException");
            assert!(error.message.ends_with('.'));
        }
        // Indefinite-length forms are what the Rust SDK sends.
        assert_eq!(read(Protocol::Cbor, b"\xbf\x64Name\x61a\xff").unwrap(), json!({"Name": "a"}));
    }
}
