//! Every URL of the console as a function, and the route table. A test keeps the two in step.

use domain::names::{FleetName, Scope};

/// The overview.
pub const OVERVIEW: &str = "/";
/// All fleets.
pub const FLEETS: &str = "/fleets";
/// All sessions.
pub const SESSIONS: &str = "/sessions";
/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// The live stream: server-sent events. `?sessions=true` adds session rows.
pub const LIVE: &str = "/api/live";

/// One fleet, on its first tab.
pub fn fleet(scope: &Scope, name: &FleetName) -> String {
    format!("/{}/{}/fleets/{}", scope.account, scope.region, name)
}

/// One tab of a fleet: `sessions`, `errors`, `configuration`.
pub fn fleet_tab(scope: &Scope, name: &FleetName, tab: &str) -> String {
    format!("{}/{tab}", fleet(scope, name))
}

/// The sign-in page that returns to `to`.
pub fn sign_in(to: &str) -> String {
    if to == "/" { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?to={}", encode(to)) }
}

/// Percent-encodes everything but unreserved characters, for one query value or path segment.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}
