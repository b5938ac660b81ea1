//! Every URL of the console as a function, and the route table. A test keeps the two in step.

use domain::names::{FleetName, Scope};

/// The overview.
pub const OVERVIEW: &str = "/";
/// All fleets.
pub const FLEETS: &str = "/fleets";
/// Another image for many fleets: `?image=…&fleet=…&fleet=…`.
pub const ROLLOUT: &str = "/fleets/rollout";
/// All sessions.
pub const SESSIONS: &str = "/sessions";
/// Sessions that were.
pub const SESSION_HISTORY: &str = "/sessions/history";
/// Samples of a fleet's capacity as CSV: `?fleet=…&range=24h`.
pub const CAPACITY_CSV: &str = "/history/capacity.csv";
/// Sessions that started or ended as CSV: `?range=24h&fleet=…&q=…`.
pub const SESSIONS_CSV: &str = "/history/sessions.csv";
/// Long acts.
pub const JOBS: &str = "/jobs";
/// Who did what.
pub const AUDIT: &str = "/audit";
/// Its records as CSV, with the page's query string.
pub const AUDIT_CSV: &str = "/audit/records.csv";
/// Its records as JSON lines.
pub const AUDIT_JSON: &str = "/audit/records.jsonl";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// Where a one-time password is changed: outside of the frame, since nothing else is possible before.
pub const NEW_PASSWORD: &str = "/account/password";
/// The accounts of the console, for administrators.
pub const ACCOUNTS: &str = "/accounts";
/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// Where a code is asked after the password.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// The way to single sign-on: `?to=…`.
pub const SINGLE: &str = "/sign-in/single";
/// The way back from it.
pub const SINGLE_BACK: &str = "/sign-in/single/back";
/// The live stream: server-sent events. `?sessions=true` adds session rows.
pub const LIVE: &str = "/api/live";

/// One fleet, on its first tab.
pub fn fleet(scope: &Scope, name: &FleetName) -> String {
    format!("/{}/{}/fleets/{}", scope.account, scope.region, name)
}

/// One session.
pub fn session(scope: &Scope, id: &domain::names::SessionId) -> String {
    format!("/{}/{}/sessions/{}", scope.account, scope.region, encode(&id.0))
}

/// One job.
pub fn job(id: domain::job::JobId) -> String {
    format!("{JOBS}/{id}")
}

/// One tab of a fleet: `sessions`, `errors`, `configuration`.
pub fn fleet_tab(scope: &Scope, name: &FleetName, tab: &str) -> String {
    format!("{}/{tab}", fleet(scope, name))
}

/// The sign-in page that returns to `to`.
pub fn sign_in(to: &str) -> String {
    if to == "/" { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?to={}", encode(to)) }
}

/// The page where a one-time password is changed, which goes on to `to`.
pub fn new_password(to: &str) -> String {
    if to == "/" { NEW_PASSWORD.to_owned() } else { format!("{NEW_PASSWORD}?to={}", encode(to)) }
}

/// The page that asks for a code, and goes on to `to`.
pub fn sign_in_code(to: &str) -> String {
    if to == "/" { SIGN_IN_CODE.to_owned() } else { format!("{SIGN_IN_CODE}?to={}", encode(to)) }
}

/// Percent-encodes everything but unreserved characters and those that mean nothing here, for one query value or path segment.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/' | b',' | b':' | b'@') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

/// Decoded pairs of a query string (without `?`). Total: what cannot be decoded is kept as it is.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

/// Undoes percent encoding and `+` for blanks.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[at], hex) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `path?pairs`, encoded; without the `?` when there are no pairs.
pub fn with_query(path: &str, pairs: &[(String, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_back_as_it_was_written() {
        let all = vec![("q".to_owned(), "linn & co +1%é".to_owned()), ("state".to_owned(), "not:a,b".to_owned())];
        let url = with_query("/sessions", &all);
        assert_eq!(pairs(url.split_once('?').unwrap_or_default().1), all);
        assert_eq!(pairs("a=%zz&&b&c=%"), [("a".into(), "%zz".into()), ("b".into(), String::new()), ("c".to_owned(), "%".to_owned())]);
    }
}
