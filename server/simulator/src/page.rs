//! Paging: opaque tokens bound to operation and filter, that say after which key to go on.

use crate::error::{Answer, combination, validation};
use domain::constraints::Operation;

/// Rows after the token, at most `size`, and the next token. `rows` are sorted by their key.
pub fn page<T>(
    operation: &Operation,
    filter: &str,
    token: Option<&str>,
    size: usize,
    rows: impl Iterator<Item = (String, T)>,
) -> Answer<(Vec<T>, Option<String>)> {
    let after = token.map(|t| read(operation, filter, t)).transpose()?;
    let mut rows = rows.skip_while(|(key, _)| after.as_ref().is_some_and(|a| key <= a)).peekable();
    let mut last = None;
    let mut out = Vec::new();
    while out.len() < size.max(1) {
        let Some((key, row)) = rows.next() else { break };
        last = Some(key);
        out.push(row);
    }
    let next = rows.peek().is_some().then(|| write(operation.name, filter, &last.unwrap_or_default()));
    Ok((out, next))
}

fn write(operation: &str, filter: &str, key: &str) -> String {
    format!("{operation}\n{filter}\n{key}").bytes().map(|b| format!("{b:02x}")).collect()
}

fn read(operation: &Operation, filter: &str, token: &str) -> Answer<String> {
    let bytes: Option<Vec<u8>> =
        (0..token.len()).step_by(2).map(|i| token.get(i..i + 2).and_then(|h| u8::from_str_radix(h, 16).ok())).collect();
    let text = bytes.and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
    let mut parts = text.splitn(3, '\n');
    if parts.next() == Some(operation.name) && parts.next() == Some(filter) {
        return Ok(parts.next().unwrap_or_default().to_owned());
    }
    let message = "The NextToken does not belong to this call. Use the token of the same operation with the same filters.";
    let modelled = operation.errors.iter().any(|(n, _)| *n == "InvalidParameterCombinationException");
    Err(if modelled { combination(message) } else { validation(message) })
}
